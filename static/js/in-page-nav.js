/* Marks the place where the reader is, in a table of contents or a list of headings ([data-in-page-nav]). */
export function wakeInPageNavigation(root) {
  for (const nav of root.querySelectorAll("[data-in-page-nav]")) {
    const links = new Map();
    for (const link of nav.querySelectorAll('a[href*="#"]')) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) links.set(target, link);
    }
    if (!links.size || !("IntersectionObserver" in window)) continue;
    const targets = [...links.keys()];
    let current = null;
    const mark = () => {
      const line = window.innerHeight * 0.3;
      let at = targets[0];
      for (const target of targets) { if (target.getBoundingClientRect().top <= line) at = target; else break; }
      if (at === current) return;
      if (current) links.get(current).removeAttribute("aria-current");
      const link = links.get(at);
      link.setAttribute("aria-current", "location");
      current = at;
      if (nav.scrollHeight > nav.clientHeight) {
        const { top, bottom } = link.getBoundingClientRect();
        const box = nav.getBoundingClientRect();
        if (top < box.top || bottom > box.bottom) nav.scrollTop += top - box.top - box.height / 3;
      }
    };
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -70% 0px", threshold: [0, 1] });
    targets.forEach((target) => observer.observe(target));
    mark();
  }
}
