/* Forms: the focus goes to the summary of errors; textareas with a limit count while one types; one press files once. */
export function wakeForms(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  for (const control of root.querySelectorAll("[data-counter]")) wakeCounter(control);
  for (const form of root.querySelectorAll("form[method=post]:not([data-guarded])")) guard(form);
}

function wakeCounter(control) {
  const limit = Number(control.dataset.counter);
  const output = root_of(control).querySelector(`[data-counter-of="${CSS.escape(control.id)}"]`);
  if (!output) return;
  const language = document.documentElement.lang;
  const format = new Intl.NumberFormat(language);
  const show = () => {
    /* the server counts code points, so do we */
    const length = [...control.value].length;
    output.textContent = `${format.format(length)} / ${format.format(limit)}`;
    output.parentElement.classList.toggle("field__counter--over", length > limit);
  };
  control.addEventListener("input", show);
  show();
}

function root_of(control) {
  return control.closest("form") || document;
}

/* A double click sends one request. The buttons stay enabled (a disabled one loses focus and name); the second
   submit is dropped. Coming back through history starts afresh. */
function guard(form) {
  form.dataset.guarded = "";
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) { event.preventDefault(); return; }
    sent = true;
    form.setAttribute("aria-busy", "true");
    setTimeout(() => { sent = false; form.removeAttribute("aria-busy"); }, 8000);
  });
  window.addEventListener("pageshow", () => { sent = false; form.removeAttribute("aria-busy"); });
}
