/* Marking a clause marks everything below it too: the addresses of what lies below begin with its own. */
for (const form of document.querySelectorAll("form[data-clause-marks]")) {
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox") return;
    for (const other of form.querySelectorAll(`input[type=checkbox][value^="${CSS.escape(box.value)}__"]`)) other.checked = box.checked;
  });
}
