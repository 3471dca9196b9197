/* "Copy link": puts the absolute address on the clipboard and says so where the words stood. */
export function wakeLinks(root) {
  if (!navigator.clipboard) return;
  for (const anchor of root.querySelectorAll("a[data-copy-link]")) {
    anchor.addEventListener("click", async (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(anchor.href);
        anchor.classList.add("is-copied");
        setTimeout(() => anchor.classList.remove("is-copied"), 2000);
      } catch { window.location.assign(anchor.href); }
    });
  }
}
