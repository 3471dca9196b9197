/* A form with data-live-preview shows what it will become while one types: it is sent with act=preview, which
   changes nothing, and the part marked data-preview is taken from the answer. Without this module there is the button. */
const WAIT = 500;

for (const form of document.querySelectorAll("form[data-live-preview]")) wake(form);

function wake(form) {
  let timer = 0;
  let sent = 0;
  let controller = null;
  for (const button of form.querySelectorAll("[data-preview-button]")) button.hidden = true;

  const look = async () => {
    controller?.abort();
    controller = new AbortController();
    const mine = ++sent;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.set("act", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: controller.signal, redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== sent) return;
      if (!answer.ok) return refused(page);
      for (const part of document.querySelectorAll("[data-preview]")) {
        const fresh = page.querySelector(`[data-preview="${part.dataset.preview}"]`);
        if (fresh) part.replaceChildren(...fresh.childNodes);
      }
    } catch {
      /* what was shown before stays; saving tells what is wrong */
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(look, WAIT); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { clearTimeout(timer); controller?.abort(); });
}

/* Signed out, say: the page of the error has the words. What was shown before stays below them. */
function refused(page) {
  const [title, message] = ["h1", ".error-page__message"].map((part) => page.querySelector(part)?.textContent.trim());
  if (!title || !message) return;
  for (const part of document.querySelectorAll("[data-preview]")) {
    part.querySelector(".notice--danger")?.remove();
    const notice = document.createElement("div");
    const words = document.createElement("p");
    notice.className = "notice notice--danger";
    notice.setAttribute("role", "alert");
    words.textContent = `${title}: ${message}`;
    notice.append(words);
    part.prepend(notice);
  }
}
