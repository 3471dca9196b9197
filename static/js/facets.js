/* Facets apply at once; the button is for when this module is absent. */
export function wakeFacets(root) {
  for (const form of root.querySelectorAll("form[data-facets]")) {
    form.classList.add("facets--live");
    form.addEventListener("change", () => form.requestSubmit());
  }
}
