/* The editor of a comment: it saves itself, one press files once, Alt+↑ and Alt+↓ go to the comment before and after.
   Everything here makes pleasant what the page can do without it. */
import { wakeWording } from "./live-wording.js";
import { wakeClaims } from "./confidential-words.js";

const QUIET = 1500; /* ms without typing before a save */
const LONGEST = 10000; /* ms of typing without one */
const AGAIN = 5000; /* ms before a failed save is tried again */

const form = document.querySelector("form[data-comment-form]");
if (form) {
  wakeWording(form);
  wakeClaims(form);
  if (form.dataset.readonly === undefined) keepSaved(form);
}
wakeNeighbours();

function keepSaved(form) {
  const told = form.querySelector("[data-saved]");
  let dirty = false; /* something was typed that no answer has confirmed */
  let stopped = false; /* the server refused for a reason that typing on does not mend */
  let waiting = false; /* signed out: as soon as one comes back from signing in elsewhere it is tried again */
  let renewed = false; /* the last answer was a new token */
  let sending = null; /* the save under way */
  let timer = 0;
  let since = 0;

  const say = (text, failed = false, link = null) => {
    const words = link ? `${text} ${link.textContent}` : text;
    if (told.textContent.trim() === words) return;
    told.replaceChildren(text, ...(link ? [" ", link] : []));
    told.classList.toggle("autosave--failed", failed);
  };

  /* what typing on does not mend is said where it cannot be overlooked; "" takes it away */
  const warn = (why) => {
    const place = form.querySelector("[data-not-saved]");
    const words = why ? form.querySelector("[data-not-saved-words]").content.cloneNode(true) : "";
    if (why) words.querySelector("[data-why]").textContent = why;
    place.replaceChildren(words);
  };

  const plan = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  const typed = () => {
    if (!dirty) since = Date.now();
    dirty = true;
    stopped = waiting = renewed = false;
    plan(Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())));
  };

  async function send() {
    clearTimeout(timer);
    if (!dirty || stopped || sending) return;
    dirty = false;
    const body = new FormData(form);
    /* the answer is in the page's language, whoever is signed in by now */
    const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
    sending = fetch(form.action, { method: "POST", body, headers, credentials: "same-origin" });
    try {
      const response = await sending;
      const answer = (response.headers.get("Content-Type") || "").startsWith("application/json") ? await response.json() : null;
      if (response.ok && answer && answer.state === "saved") {
        renewed = false;
        taken(answer);
      } else if (answer && answer.state === "renewed" && answer.account === form.dataset.account && !renewed) {
        /* the same person has signed in anew in another tab: the page goes on with the new session's token */
        dirty = renewed = true;
        for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = answer.token;
      } else if (answer && answer.state === "signed_out") {
        dirty = stopped = waiting = true;
        say(answer.message, true, apart(answer.href, answer.label));
      } else {
        dirty = true;
        /* a conflict, a closed period, a text that may not be stored: the button leads to the page that explains it */
        stopped = response.status < 500;
        say(stopped || !answer ? form.dataset.refused : answer.message, true);
        if (stopped) warn(answer ? answer.message : form.dataset.refused);
        else plan(AGAIN);
      }
    } catch {
      dirty = true;
      say(form.dataset.offline, true);
      plan(AGAIN);
    } finally {
      sending = null;
      if (dirty && !stopped) plan(QUIET);
    }
  }

  function apart(href, label) {
    const link = document.createElement("a");
    link.href = href;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = `${label} ${form.dataset.newTab}`;
    return link;
  }

  function back() {
    if (!waiting || document.visibilityState === "hidden") return;
    stopped = waiting = false;
    plan(0);
  }

  function taken(answer) {
    form.elements.expected_version.value = answer.version;
    say(answer.message);
    warn("");
    if (new URL(form.action).pathname !== new URL(answer.url, location.href).pathname) {
      /* the first save of a new comment: from here on this is its page */
      form.action = answer.url;
      history.replaceState(history.state, "", answer.url);
    }
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);

  let submitting = false;
  form.addEventListener("submit", async (event) => {
    if (submitting) { event.preventDefault(); return; }
    clearTimeout(timer);
    if (sending) {
      /* wait for the save under way, or this one would be stale against ourselves */
      event.preventDefault();
      const submitter = event.submitter;
      try { await sending; } catch { /* said already */ }
      await new Promise((done) => { setTimeout(done, 0); });
      form.requestSubmit(submitter);
      return;
    }
    submitting = true;
    form.setAttribute("aria-busy", "true");
    setTimeout(() => { submitting = false; form.removeAttribute("aria-busy"); }, 8000);
  });
  window.addEventListener("pageshow", () => { submitting = false; form.removeAttribute("aria-busy"); });

  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); else back(); });
  window.addEventListener("focus", back);
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !submitting) event.preventDefault();
  });
}

function wakeNeighbours() {
  const place = document.querySelector("[data-comment-neighbours]");
  if (!place) return;
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rel = { ArrowUp: "prev", ArrowDown: "next" }[event.key];
    const link = rel && place.querySelector(`a[rel="${rel}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}
