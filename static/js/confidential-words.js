/* Marking words as confidential by selecting them: what is selected in a text of the comment is added, line by line, to
   the list of words to keep confidential. Without this module the words are typed into that list. */
const TEXTS = ["full_text", "fragment_new", "new_clause", "instruction", "reason", "legal_basis"];

export function wakeClaims(form) {
  const place = form.querySelector("[data-claims]");
  const line = place && place.querySelector("[data-claims-mark]");
  if (!line) return;
  let selected = "";
  for (const name of TEXTS) {
    const field = form.elements[name];
    if (!field) continue;
    const remember = () => { selected = field.value.slice(field.selectionStart, field.selectionEnd); };
    for (const event of ["select", "keyup", "mouseup", "blur"]) field.addEventListener(event, remember);
  }
  line.hidden = false;
  line.querySelector("button").addEventListener("click", () => {
    const list = place.querySelector("textarea");
    const known = list.value.split("\n").map((words) => words.trim()).filter(Boolean);
    const added = selected.split("\n").map((words) => words.trim()).filter((words) => words && !known.includes(words));
    if (!added.length) { list.focus(); return; }
    list.value = [...known, ...added].join("\n");
    list.dispatchEvent(new Event("input", { bubbles: true }));
    list.focus();
  });
}
