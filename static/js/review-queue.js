/* The queue by keyboard. Everything here is also a link or a form of the page: a key follows the link or sends the
   form, the pane of another segment is fetched from that segment's own page, and an act brings back the same list. */

const KEYS_OFF = "review-keys-off";
const SEEN_AFTER = 1200;

let place = document.querySelector("[data-queue]");
let seenTimer = 0;
let busy = Promise.resolve();

function wake() {
  const button = place.querySelector(".queue-tools__keys");
  if (button) button.hidden = false;
  const current = place.querySelector(".queue-item--current");
  if (current) keepInView(current);
  markSeenSoon();
}

/* ---- moving through the list ---- */

function rows() { return [...place.querySelectorAll("[data-queue-item]")]; }

function currentIndex() { return rows().findIndex((row) => row.classList.contains("queue-item--current")); }

function linkOf(row) { return row.querySelector("a.queue-item__words"); }

function keepInView(row) { row.scrollIntoView({ block: "nearest" }); }

function step(by) {
  const all = rows();
  const at = currentIndex();
  const next = at < 0 ? (by > 0 ? 0 : -1) : at + by;
  if (next >= 0 && next < all.length) return open(linkOf(all[next]).href);
  const edge = document.querySelector(by > 0 ? ".pagination a[rel=next]" : ".pagination a[rel=prev]");
  if (!edge) return undefined;
  return go(edge.href + (edge.href.includes("?") ? "&" : "?") + (by > 0 ? "at=first" : "at=last"));
}

/* ---- one segment in the pane ---- */

async function open(href, { push = true } = {}) {
  const url = new URL(href, location.href);
  const id = url.searchParams.get("at");
  const pane = place.querySelector("[data-pane-place]");
  if (!id || !pane) { location.assign(href); return; }
  const own = new URL(`${place.dataset.url}segments/${id}`, location.href);
  own.search = url.search;
  own.searchParams.delete("at");
  const page = await fetched(own);
  const found = page && page.querySelector("[data-pane]");
  if (!found) { location.assign(href); return; }
  pane.replaceChildren(document.adoptNode(found));
  pane.scrollTop = 0;
  place.querySelector(".queue").classList.add("queue--open");
  mark(id);
  if (push) history.pushState({}, "", url);
  const title = pane.querySelector("#segment-title");
  if (title) title.focus({ preventScroll: matchMedia("(min-width: 80rem)").matches });
  waysBack(url);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: pane } }));
  markSeenSoon();
}

function mark(id) {
  for (const row of rows()) {
    const link = linkOf(row);
    const here = new URL(link.href).searchParams.get("at") === id;
    row.classList.toggle("queue-item--current", here);
    if (here) { link.setAttribute("aria-current", "true"); keepInView(row); } else link.removeAttribute("aria-current");
  }
}

/* The forms of a fetched pane go back to this list, and on to the row below. */
function waysBack(url) {
  const back = new URL(url);
  back.searchParams.delete("at");
  back.searchParams.delete("done");
  const all = rows();
  const next = all[currentIndex() + 1];
  const edge = document.querySelector(".pagination a[rel=next]");
  const onwards = next ? new URL(linkOf(next).href).search
    : edge && currentIndex() >= 0 ? `${new URL(edge.href).search}&at=first` : "";
  const pane = place.querySelector("[data-pane-place]");
  for (const field of pane.querySelectorAll("[data-way-back]")) field.value = back.search;
  for (const field of pane.querySelectorAll("[data-way-next]")) field.value = onwards;
}

function markSeenSoon() {
  clearTimeout(seenTimer);
  const pane = place.querySelector("[data-pane]");
  if (!pane || pane.dataset.seen === "yes") return;
  seenTimer = setTimeout(async () => {
    if (!pane.isConnected || document.hidden) return;
    const body = new URLSearchParams({ segment: pane.dataset.segment, quiet: "1", csrf_token: token() });
    const answer = await fetch(place.dataset.seenUrl, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok) return;
    pane.dataset.seen = "yes";
    const row = rows()[currentIndex()];
    if (row && new URL(linkOf(row).href).searchParams.get("at") === pane.dataset.segment) row.classList.remove("queue-item--unseen");
  }, SEEN_AFTER);
}

function token() { return document.querySelector("input[name=csrf_token]").value; }

/* ---- whole lists: after an act, another page, the way back ---- */

async function fetched(url, options = {}) {
  try {
    const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options });
    if (!answer.ok && answer.status !== 422 && answer.status !== 409) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.address = answer.url;
    return page;
  } catch { return null; }
}

function show(page) {
  const fresh = page.querySelector("[data-queue]");
  if (!fresh) return false;
  const scrolled = [".queue__facets", ".queue__list"].map((name) => [name, place.querySelector(name)?.scrollTop || 0]);
  const notices = page.querySelector("[data-notices]");
  if (notices) document.querySelector("[data-notices]").replaceChildren(...notices.childNodes);
  place.replaceWith(document.adoptNode(fresh));
  place = fresh;
  for (const [name, top] of scrolled) { const box = place.querySelector(name); if (box) box.scrollTop = top; }
  document.title = page.title;
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: place } }));
  wake();
  return true;
}

async function go(href, { push = true } = {}) {
  const page = await fetched(href);
  if (!page || !show(page)) { location.assign(href); return; }
  if (push) history.pushState({}, "", page.address);
  focusOpened();
}

function focusOpened() {
  /* what is asked before an act is done comes before all else, and may stand above what is on the screen */
  const asking = place.querySelector("[data-asking]");
  if (asking) { asking.focus({ preventScroll: true }); asking.scrollIntoView({ block: "nearest" }); return; }
  const title = place.querySelector("#segment-title");
  if (title) title.focus({ preventScroll: true });
}

async function send(form, submitter) {
  const body = new FormData(form, submitter || undefined);
  form.setAttribute("aria-busy", "true");
  const page = await fetched(form.action, { method: "POST", body: new URLSearchParams(body) });
  form.removeAttribute("aria-busy");
  if (page && page.querySelector("[data-queue]") && show(page)) {
    if (new URL(page.address).pathname === new URL(place.dataset.url, location.href).pathname) history.pushState({}, "", page.address);
    focusOpened();
    return;
  }
  /* something else than a list came back: let the browser ask again and show it */
  if (submitter && submitter.name) {
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(pressed);
  }
  form.submit();
}

/* ---- keys ---- */

function keysOff() { try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; } }

function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  t: () => focusOn("t"),
  c: () => focusOn("c"),
  r: () => press("r"),
  u: () => press("u"),
  1: () => press("1"),
  2: () => press("2"),
  3: () => press("3"),
  x: () => {
    const row = rows()[currentIndex()];
    const box = row && row.querySelector(".queue-item__select");
    if (box) box.checked = !box.checked;
  },
  "/": () => { const field = document.getElementById("search-q"); if (field) field.focus(); },
  "?": () => { const dialog = document.getElementById("keys"); if (dialog) dialog.showModal(); },
};

function focusOn(key) {
  const field = place.querySelector(`[data-pane] [data-key="${key}"]`);
  if (field) { field.focus(); field.scrollIntoView({ block: "nearest" }); }
}

function press(key) {
  const control = place.querySelector(`[data-key="${key}"]`);
  if (control) control.click();
}

if (place) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target) && place.contains(event.target)) { focusOpened(); return; }
    if (keysOff() || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = ACTS[event.key];
    if (!act) return;
    event.preventDefault();
    /* a key pressed while the next segment is still coming is about that one */
    busy = busy.then(act).catch(() => {});
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a.queue-item__words, [data-key-next], [data-key-previous]");
    if (!link || !place.contains(link)) return;
    event.preventDefault();
    const url = new URL(link.href);
    const to = /^[0-9]+$/.test(url.searchParams.get("at") || "") ? open : go;
    busy = busy.then(() => to(link.href)).catch(() => {});
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !place.contains(form)) return;
    if (!form.closest("[data-pane], [data-done]") || /\/response$/.test(form.action)) return;
    event.preventDefault();
    busy = busy.then(() => send(form, event.submitter)).catch(() => {});
  });
  window.addEventListener("popstate", () => {
    if (location.pathname === new URL(place.dataset.url, location.href).pathname) go(location.href, { push: false });
    else location.reload();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-on]")) return;
    try { localStorage.setItem(KEYS_OFF, event.target.checked ? "0" : "1"); } catch { /* only for this page then */ }
  });
  const toggle = place.querySelector("[data-keys-on]");
  if (toggle) toggle.checked = !keysOff();
  wake();
}
