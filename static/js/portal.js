/* The small behaviours of the components; each module looks for its own mark in the page and does nothing without it.
   Every page works without them. */
import { wakeForms } from "./form.js";
import { wakeDialogs } from "./dialog.js";
import { wakeFacets } from "./facets.js";
import { wakeLinks } from "./copy-link.js";
import { wakeInPageNavigation } from "./in-page-nav.js";
import { wakeTabs } from "./tabs.js";

export function wake(root) {
  wakeForms(root);
  wakeDialogs(root);
  wakeFacets(root);
  wakeLinks(root);
  wakeInPageNavigation(root);
  wakeTabs(root);
}

wake(document);
/* what htmx swaps in wakes like what was there before */
document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
