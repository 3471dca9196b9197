/* Tabs that do not fit beside one another are one row that scrolls: the one where the reader is stands in sight. */
export function wakeTabs(root) {
  for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.closest(".tabs");
    const { left, right } = tab.getBoundingClientRect();
    const seen = row.getBoundingClientRect();
    if (left < seen.left || right > seen.right) row.scrollLeft += (left + right - seen.left - seen.right) / 2;
  }
}
