/* The map of clusters. The table below it says the same; without this file that is all there is. */

import { apart } from "./apart.js";

const SHAPES = { support: "circle", amend: "diamond", oppose: "triangle", question: "rect" };
const place = document.querySelector("[data-map]");

/* Colours come from the style sheets, so that the map follows the theme: a probe shows what a name means here. Where
   people choose the colours of all pages there are two, text and ground: shape and filling say the rest. */
const FORCED = "(forced-colors: active)";
const SYSTEM = { surface: "Canvas", focus: "Highlight" };

function colours() {
  const probe = document.createElement("span");
  probe.style.forcedColorAdjust = "none";
  place.append(probe);
  const forced = matchMedia(FORCED).matches;
  const read = (name) => {
    probe.style.color = forced ? SYSTEM[name] || "CanvasText" : `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { ink: read("ink"), faint: read("ink-faint"), line: read("line"), ground: read("surface"), focus: read("focus") };
  for (const position of Object.keys(SHAPES)) found[position] = read(`${position}-fill`);
  probe.remove();
  return found;
}

/* How wide a sign is: its area says how many segments. On a narrow map, and with many signs, all are smaller. */
function width(size, data) {
  const largest = Math.max(...data.bubbles.map((each) => each.size));
  const room = Math.min(1, place.clientWidth / 900, Math.sqrt(40 / data.bubbles.length));
  return 7 + 41 * Math.max(0.25, room) * Math.sqrt(size / Math.max(largest, 1));
}

function told(bubble) {
  const kind = bubble.proposed ? `${place.dataset.proposed}, ` : "";
  return `${bubble.title} (${kind}${bubble.place}) · ${bubble.told}`;
}

function option(data, marked, places) {
  const look = colours();
  /* as far up and down as any of them goes, a little more, so that the middle is not all there is to see */
  const reach = Math.min(1, Math.max(0.2, ...data.bubbles.map((each) => Math.abs(each.y))) * 1.15);
  const every = Math.max(1, Math.ceil(data.places.length / (place.clientWidth / 70)));
  const narrow = place.clientWidth < 600;
  const words = { color: look.faint, fontFamily: getComputedStyle(place).fontFamily, fontSize: 12 };
  return {
    animation: false,
    textStyle: words,
    grid: { left: 12, right: 16, top: 22, bottom: 8, containLabel: true },
    xAxis: {
      type: "value", min: -1, max: data.places.length, interval: 1,
      axisLabel: { ...words, hideOverlap: true, rotate: every > 1 || narrow ? 40 : 0,
        formatter: (value) => (Number.isInteger(value) && value % every === 0 ? data.places[value] || "" : "") },
      axisLine: { onZero: false, lineStyle: { color: look.line } }, axisTick: { show: false }, splitLine: { show: false },
    },
    yAxis: {
      type: "value", min: -reach, max: reach, interval: reach,
      /* above its line, where there is no room beside it */
      axisLabel: { ...words, inside: narrow, verticalAlign: narrow ? "bottom" : "middle", padding: narrow ? [0, 0, 5, 0] : 0,
        formatter: (value) => (value > 0 ? place.dataset.for : value < 0 ? place.dataset.against : "") },
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: look.line, type: "dashed" } },
    },
    series: [{
      type: "scatter", cursor: "pointer", clip: false,
      data: data.bubbles.map((bubble, index) => ({
        value: places[index], bubble, symbol: SHAPES[bubble.main], symbolSize: width(bubble.size, data),
        itemStyle: {
          color: bubble.proposed ? look.ground : look[bubble.main], opacity: index === marked ? 1 : 0.8,
          borderColor: index === marked ? look.focus : bubble.proposed ? look[bubble.main] : look.ground,
          borderWidth: index === marked ? 4 : bubble.proposed ? 2 : 1,
        },
        z: index === marked ? 3 : 2,
      })),
      emphasis: { scale: false, itemStyle: { opacity: 1 } },
    }],
  };
}

/* What a bubble is, beside it: stays while the pointer is on it, and goes with Escape. */
function tipOf(chart, picture) {
  const tip = place.querySelector("[data-map-tip]");
  let timer = 0;
  const hide = () => { tip.hidden = true; };
  const stay = () => clearTimeout(timer);
  const hideSoon = () => { stay(); timer = setTimeout(hide, 250); };
  tip.addEventListener("mouseenter", stay);
  tip.addEventListener("mouseleave", hideSoon);
  picture.addEventListener("blur", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  function show(bubble, at) {
    stay();
    const kind = bubble.proposed ? `${place.dataset.proposed} · ` : "";
    tip.textContent = `${bubble.title}\n${kind}${bubble.place}\n${bubble.told}`;
    tip.hidden = false;
    const [x, y] = chart.convertToPixel({ seriesIndex: 0 }, at);
    const left = Math.max(0, Math.min(x + 12, picture.clientWidth - tip.offsetWidth));
    const top = y + 12 + tip.offsetHeight > picture.clientHeight ? Math.max(0, y - 12 - tip.offsetHeight) : y + 12;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }
  return { show, hideSoon };
}

async function draw() {
  const [library, answer] = await Promise.all([
    import(new URL(place.dataset.library, location.href).href),
    fetch(place.dataset.source, { credentials: "same-origin" }),
  ]);
  if (!answer.ok) return;
  const data = await answer.json();
  if (!data.bubbles.length) return;
  /* the small ones last, so that they lie on top of the large ones and can be reached */
  const drawn = { ...data, bubbles: [...data.bubbles].sort((one, other) => other.size - one.size) };
  const places = new Map(drawn.bubbles.map((bubble, index) => [bubble, index]));
  place.hidden = false;
  const picture = place.querySelector("[data-map-picture]");
  const chart = library.init(picture, null, { renderer: "canvas" });
  let at = -1;
  const belong = drawn.bubbles.map((each) => [each.x, each.y]);
  let stand = belong;
  const show = () => chart.setOption(option(drawn, at < 0 ? -1 : places.get(data.bubbles[at]), stand), { notMerge: true });
  /* Many that stand for amendments at one article share one place: they are moved apart, as far as they have to. */
  function lay() {
    stand = belong;
    show();
    const pixel = (value) => chart.convertToPixel({ seriesIndex: 0 }, value);
    const marks = drawn.bubbles.map((each, index) => {
      const [x, y] = pixel(belong[index]);
      return { x, y, r: width(each.size, drawn) / 2 };
    });
    const [left] = pixel([0, 0]);
    const [next] = pixel([1, 0]);
    const area = { left: 0, right: picture.clientWidth, top: 4, bottom: picture.clientHeight - 40 };
    stand = apart(marks, area, (next - left) / 2).map(({ x, y }) => chart.convertFromPixel({ seriesIndex: 0 }, [x, y]));
    show();
  }
  lay();
  /* a canvas does not ask for the parts of a font that it lacks */
  document.fonts.load(`12px ${getComputedStyle(place).fontFamily}`, data.places.join("")).then(lay, () => {});
  chart.on("click", ({ data: { bubble } }) => location.assign(bubble.href));
  const tip = tipOf(chart, picture);
  chart.on("mouseover", ({ data: { bubble } }) => tip.show(bubble, stand[places.get(bubble)]));
  chart.on("mouseout", tip.hideSoon);
  new ResizeObserver(() => { chart.resize(); lay(); }).observe(picture);
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", FORCED]) matchMedia(query).addEventListener("change", show);
  new MutationObserver(show).observe(document.documentElement, { attributes: true });

  const said = place.querySelector("[data-map-told]");
  function go(to) {
    at = Math.max(0, Math.min(data.bubbles.length - 1, to));
    show();
    said.textContent = told(data.bubbles[at]);
    tip.show(data.bubbles[at], stand[places.get(data.bubbles[at])]);
  }
  const KEYS = {
    ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), ArrowDown: () => go(at + 1), ArrowUp: () => go(at - 1),
    Home: () => go(0), End: () => go(data.bubbles.length - 1),
    Enter: () => { if (at >= 0) location.assign(data.bubbles[at].href); },
    Escape: () => { at = -1; said.textContent = ""; show(); },
  };
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}

if (place) draw().catch(() => { place.hidden = true; });
