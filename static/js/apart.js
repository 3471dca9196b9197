/* Signs on a map, apart: each stands at its place or as near to it as there is room, so that none lies on another. */

const GAP = 1;
const STEP = 4;

/* Where the signs are drawn. marks: [{x, y, r}] in pixels; area: {left, right, top, bottom}; band: how far a sign may be
   moved aside, so that it stays at its article. The largest stand first; who finds no room stays where it belongs. */
export function apart(marks, area, band) {
  const placed = [];
  const found = marks.map(({ x, y }) => ({ x, y }));
  const order = marks.map((_, index) => index).sort((one, other) => marks[other].r - marks[one].r || one - other);
  const free = (x, y, r) => placed.every((each) => (each.x - x) ** 2 + (each.y - y) ** 2 >= (each.r + r + GAP) ** 2);
  const aside = [0];
  for (let dx = STEP; dx <= band; dx += STEP) aside.push(dx, -dx);
  for (const index of order) {
    const { x, y, r } = marks[index];
    const most = area.bottom - area.top;
    search: for (let dy = 0; dy <= most; dy += STEP) {
      for (const up of dy ? [-dy, dy] : [0]) {
        if (dy && (y + up < area.top + r || y + up > area.bottom - r)) continue;
        for (const dx of aside) {
          if (dx && (x + dx < area.left + r || x + dx > area.right - r)) continue;
          if (free(x + dx, y + up, r)) { found[index] = { x: x + dx, y: y + up }; break search; }
        }
      }
    }
    placed.push({ ...found[index], r });
  }
  return found;
}
