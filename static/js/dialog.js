/* Native dialogs. An opener is a link or button with data-dialog="<id>"; without this module the link's own page asks
   the same question. The browser keeps the focus inside, closes on Escape and gives the focus back. */
export function wakeDialogs(root) {
  for (const opener of root.querySelectorAll("[data-dialog]")) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || typeof dialog.showModal !== "function") continue;
    opener.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const dialog of root.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-dialog-close]")) dialog.close();
    });
  }
}
