/* The redline under a proposed wording, while one types. The server's own redline stands there until the first key. */
import { redline } from "./redline.js";

const WAIT = 120;

export function wakeWording(form) {
  const box = form.querySelector("[data-wording]");
  const place = box && box.querySelector("[data-redline]");
  if (!place) return;
  const chosen = (name) => { const radio = box.querySelector(`[name="${name}"]:checked`); return radio ? radio.value : ""; };
  const words = (name) => { const field = box.querySelector(`[name="${name}"]`); return field ? field.value.replace(/\r\n?/g, "\n") : ""; };
  let language = chosen("proposal_language") || "ko";
  let timer = 0;

  const start = (code) => (code === "en" ? box.dataset.en : box.dataset.ko) || "";

  /* a full text that nobody has touched yet follows the language */
  const followLanguage = () => {
    const next = chosen("proposal_language") || "ko";
    const full = box.querySelector('[name="full_text"]');
    if (full && next !== language && full.value.replace(/\r\n?/g, "\n").trim() === start(language).trim() && start(next)) {
      full.value = start(next);
      full.dispatchEvent(new Event("input", { bubbles: true }));
    }
    language = next;
  };

  const show = () => {
    const result = wording(chosen("proposal_form"), start(language), words, place.dataset);
    place.replaceChildren(...(result ? [drawn(result, language, place.dataset)] : []));
  };

  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, WAIT); });
  box.addEventListener("change", () => { followLanguage(); show(); });
}

/* {old, now} to compare, {note} to say, or nothing. */
function wording(form, current, words, said) {
  if (form === "full_text") {
    const now = words("full_text");
    if (!now.trim()) return null;
    return now.trim() === current.trim() ? { note: said.same } : { old: current, now: now.trim() };
  }
  if (form === "fragment") {
    const pieces = words("fragment_old").normalize("NFC").split(/\s+/u).filter(Boolean);
    if (!pieces.length) return null;
    const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = [...current.matchAll(new RegExp(`(?=(${escaped.join("\\s+")}))`, "gu"))];
    if (!found.length) return { note: said.absent };
    if (found.length > 1) return { note: said.several };
    const at = found[0].index;
    return { old: current, now: replaced(current.slice(0, at), words("fragment_new").trim(), current.slice(at + found[0][1].length)) };
  }
  if (form === "new_clause") return words("new_clause").trim() ? { old: "", now: words("new_clause").trim() } : null;
  if (form === "deletion") return current ? { old: current, now: "" } : null;
  return null;
}

/* as portal/ordinances/proposals.py puts it together: words struck out leave one space, not two */
function replaced(before, now, after) {
  const rest = !now && (!before || /\s$/u.test(before)) ? after.replace(/^ +/u, "") : after;
  return rest ? before + now + rest : (before + now).trimEnd();
}

function drawn(result, language, said) {
  const frame = element("div", "redline-block");
  if (result.note) {
    frame.append(element("p", "wording__note", result.note));
    return frame;
  }
  frame.append(element("p", "redline-block__title", said.title));
  const law = element("p", "law");
  const line = element("span", "redline");
  if (language !== document.documentElement.lang) line.lang = language;
  for (const { kind, text } of redline(result.old, result.now, language)) {
    if (kind === "same") { line.append(text); continue; }
    const mark = document.createElement(kind === "deleted" ? "del" : "ins");
    mark.append(heard(`${kind === "deleted" ? said.deleted : said.inserted} `), text, heard(` ${said.end}`));
    line.append(mark);
  }
  law.append(line);
  frame.append(law);
  return frame;
}

/* what is said to those who hear the page, in its own language whatever the words are in */
function heard(text) {
  const made = element("span", "visually-hidden", text);
  made.lang = document.documentElement.lang;
  return made;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
