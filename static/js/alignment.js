/* The alignment by keyboard: j and k go from pair to pair, the other keys press what the pair itself shows. Without this
   module there are the buttons, and after each decision the browser stands at the next pair by itself. */
const list = document.querySelector("[data-align]");
if (list) wake(list);

function wake(list) {
  const rows = [...list.querySelectorAll("[data-align-row]")];
  for (const told of document.querySelectorAll("[data-align-keys]")) told.hidden = false;
  const current = () => rows.findIndex((row) => row.contains(document.activeElement) || row.classList.contains("is-current"));

  const choose = (place) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    for (const other of rows) other.classList.toggle("is-current", other === row);
    return row;
  };
  const go = (place) => {
    const row = choose(place);
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  // A page that was just opened leaves the focus where it is; only an address that names a pair takes it there.
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && rows.includes(target)) go(rows.indexOf(target));
  else choose(0);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      go(current() + (event.key === "j" ? 1 : -1));
      return;
    }
    const own = rows[current()]?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    const found = own || (event.key === "u" && document.querySelector('[data-key="u"]'));
    if (!found) return;
    event.preventDefault();
    found.click();
  });
}
