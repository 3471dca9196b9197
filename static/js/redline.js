// The redline of a proposed wording, live while a person types: `portal/ordinances/redline.py` once more, step by step.
// Both give the same pieces for the same texts; `tests/unit/ordinances/redline_vectors.json` holds them together, so a
// change here is a change there. It only compares: showing the pieces is the page's part.

const words = (line) => new Set(line.trim().split(/\s+/));

// Particles, each the smallest piece; a word may carry several, one behind the other.
const PARTICLES = words(`
  을 를 은 는 이 가 의 에 로 과 와 만 등 들 으로 에서 에게 께서 부터 까지 마다 보다 처럼 만큼 밖에 조차 마저
  이나 이든 라도 이라도 로서 으로서 로써 으로써 에도 에는 이란 이라 이라는 이라고 라는 라고 이며 이고 이다 인지
`);
// What turns a noun into a verb (지원|하는, 개정|된).
const ENDINGS = words(`
  한 할 함 해 하는 하여 하여야 하고 하며 하거나 하지 하도록 한다 했다 하였다 하려는 하려고 하기 하면 하되 해야 해서
  하여서는 하던 하자 한정 된 될 됨 되는 되어 되어야 되고 되며 되거나 되지 되도록 된다 되었다 되면 되기 돼야
`);
const SUFFIXES = new Set([...PARTICLES, ...ENDINGS]);
const LONGEST = Math.max(...[...SUFFIXES].map((suffix) => suffix.length));
const MOST_SUFFIXES = 4;

// Two syllables at the end of a noun that look like a syllable with a particle or an ending.
const NOT_SUFFIXED = words(`
  결과 효과 경과 초과 통과 부과 성과 학과 교과 여과 전과 투과 치과 외과 내과
  허가 추가 부가 대가 국가 휴가 주가 시가 여가 고가 저가 유가 재가
  협의 심의 회의 동의 결의 합의 논의 정의 주의 건의 이의 임의 고의 명의 질의 유의 편의 강의 토의 발의 문의 모의
  높이 길이 넓이 깊이 없이 같이 많이 차이 나이 사이 추이
  도로 수로 서로 새로 바로 대로 따로 별로 미로 회로 주로 차로 경로 통로 선로
  미만 불만 균등 평등 차등 동등 고등 대등
  제한 권한 기한 유한 무한 상한 하한 연한 시한 극한 국한 포함 결함 역할 분할 관할
  저해 피해 손해 방해 재해 침해 이해
`);

const AFTER_CONSONANT = words("을 은 이 과 이나 이든 이란 이라 이라는 이라고 이라도");
const AFTER_VOWEL = words("를 는 가 와 라는 라고 라도");
const AFTER_CONSONANT_NOT_RIEUL = words("으로 으로서 으로써");
const AFTER_VOWEL_OR_RIEUL = words("로 로서 로써");
const BEHIND_ONE_SYLLABLE = words("을 를 은 는");
const FIRST_SYLLABLE = 0xac00;
const RIEUL = 8;
const VERBAL_FINALS = [6, 20];

const ISLAND = { ko: 4, en: 8 };
const LEAST_KEPT = 0.25;
const LEAST_KEPT_INSIDE = 0.3;
const MAX_CELLS = 200_000_000;
const MAX_ROUNDS = 8;

const SPACE = String.raw` \t\n\r\f\v\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff`;
const WORDS = new RegExp(`[^${SPACE}]+`, "gu");
const TOKENS = new RegExp(
  `(?<space>[${SPACE}]+)` +
    "|(?<reference>제[0-9]+(?:편|장|절|관|조|항|호|차)(?:의[0-9]+)?)" +
    "|(?<number>[0-9]+(?:[.,][0-9]+)*)" +
    String.raw`|(?<latin>[A-Za-z\u00c0-\u024f]+(?:['\u2019-][A-Za-z\u00c0-\u024f]+)*)` +
    String.raw`|(?<hangul>[\uac00-\ud7a3]+)` +
    String.raw`|(?<other>[\u1100-\u11ff\u3131-\u318c\u318e\ua960-\ua97f\ud7b0-\ud7ff]+` +
    String.raw`|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)` +
    String.raw`|(?<mark>[\s\S])`,
  "gu",
);
const SMALL_WORDS = words(
  "a an and any are as at be by for from has have in is it its may no not of on or shall such that the their this to " +
    "under was were which who with",
);

/**
 * The changes from one text to another, in the order of reading.
 * @param {string} oldText
 * @param {string} newText
 * @param {"ko"|"en"} language
 * @returns {{kind: "same"|"deleted"|"inserted", text: string}[]} same and deleted pieces together are the old text,
 *   same and inserted ones the new text
 */
export function redline(oldText, newText, language = "ko") {
  let blocks = merged(blocksOf(oldText, newText, language));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const fewer = withoutIslands(blocks, ISLAND[language]);
    if (fewer.length === blocks.length) break;
    blocks = fewer;
  }
  return changesOf(wholeIfRewritten(blocks, oldText, newText));
}

/**
 * The changes as text for a reader who cannot see them, one piece each.
 * @param {{kind: string, text: string}[]} changes
 * @param {"ko"|"en"} language
 * @returns {string[]}
 */
export function spoken(changes, language = "ko") {
  const [deleted, inserted] = language === "ko" ? ["삭제", "삽입"] : ["deleted", "inserted"];
  return changes.map(({ kind, text }) => {
    if (kind === "same") return text;
    return `${kind === "deleted" ? deleted : inserted} “${text}”`;
  });
}

// ---------------------------------------------------------------------------------------------------- comparing

function blocksOf(oldText, newText, language) {
  const oldWords = placedWords(oldText);
  const newWords = placedWords(newText);
  const blocks = [];
  let oldPlace = 0;
  let newPlace = 0;
  const pairs = common(
    oldWords.map((word) => word.text),
    newWords.map((word) => word.text),
  );
  for (const [i, j] of pairs) {
    const { start: oldStart, text } = oldWords[i];
    const newStart = newWords[j].start;
    blocks.push(...closer(oldText.slice(oldPlace, oldStart), newText.slice(newPlace, newStart), language));
    blocks.push(sameText(text, language));
    oldPlace = oldStart + text.length;
    newPlace = newStart + text.length;
  }
  blocks.push(...closer(oldText.slice(oldPlace), newText.slice(newPlace), language));
  return blocks;
}

function placedWords(text) {
  return [...text.matchAll(WORDS)].map((match) => ({ start: match.index, text: match[0] }));
}

function closer(oldText, newText, language) {
  if (oldText === newText) return oldText ? [sameText(oldText, language)] : [];
  const a = tokensOf(oldText, language);
  const b = tokensOf(newText, language);
  const [head, tail] = commonEnds(a, b);
  const innerA = a.slice(head, a.length - tail);
  const innerB = b.slice(head, b.length - tail);
  const blocks = [sameTokens(a.slice(0, head))];
  let i = 0;
  let j = 0;
  for (const [nextI, nextJ] of [...anchorsOf(innerA, innerB), [innerA.length, innerB.length]]) {
    const partA = innerA.slice(i, nextI);
    const partB = innerB.slice(j, nextJ);
    const [partHead, partTail] = commonEnds(partA, partB);
    const endA = partA.length - partTail;
    const endB = partB.length - partTail;
    blocks.push(sameTokens(partA.slice(0, partHead)));
    blocks.push(changedTokens(partA.slice(partHead, endA), partB.slice(partHead, endB)));
    blocks.push(sameTokens(partA.slice(endA)));
    if (nextI < innerA.length) blocks.push(sameTokens(innerA.slice(nextI, nextI + 1)));
    i = nextI + 1;
    j = nextJ + 1;
  }
  blocks.push(sameTokens(a.slice(a.length - tail)));
  return blocks;
}

function anchorsOf(a, b) {
  const placesA = [...a.keys()].filter((place) => a[place].anchor);
  const placesB = [...b.keys()].filter((place) => b[place].anchor);
  const pairs = common(
    placesA.map((place) => a[place].text),
    placesB.map((place) => b[place].text),
  );
  const kept = pairs.reduce((sum, [i]) => sum + a[placesA[i]].weight, 0);
  const shorter = Math.min(weightOf(a), weightOf(b));
  if (kept < LEAST_KEPT_INSIDE * shorter) return [];
  return pairs.map(([i, j]) => [placesA[i], placesB[j]]);
}

function commonEnds(a, b) {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head].text === b[head].text) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail].text === b[b.length - 1 - tail].text) tail += 1;
  while (tail > 0 && tail === most - head && ENDINGS.has(a[a.length - tail].text)) tail -= 1;
  return [head, tail];
}

function common(a, b) {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const pairs = [];
  for (let place = 0; place < head; place += 1) pairs.push([place, place]);
  for (const [i, j] of longestCommon(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) {
    pairs.push([i + head, j + head]);
  }
  for (let place = tail; place > 0; place -= 1) pairs.push([a.length - place, b.length - place]);
  return pairs;
}

// Hyyrö's bit-parallel table: a row is a number with one bit for each word of `b`, here in limbs of 32 bits.
function longestCommon(a, b) {
  if (a.length === 0 || b.length === 0 || a.length * b.length > MAX_CELLS) return [];
  const limbs = Math.ceil(b.length / 32);
  const places = new Map();
  b.forEach((text, place) => {
    if (!places.has(text)) places.set(text, new Uint32Array(limbs));
    places.get(text)[place >>> 5] |= 1 << (place & 31);
  });
  const table = new Uint32Array(limbs * a.length);
  let row = new Uint32Array(limbs).fill(0xffffffff);
  a.forEach((text, place) => {
    const matches = places.get(text);
    const next = table.subarray(place * limbs, (place + 1) * limbs);
    if (matches === undefined) {
      next.set(row);
    } else {
      let carry = 0;
      for (let limb = 0; limb < limbs; limb += 1) {
        const hit = (row[limb] & matches[limb]) >>> 0;
        const sum = row[limb] + hit + carry;
        carry = sum > 0xffffffff ? 1 : 0;
        next[limb] = (sum >>> 0) | (row[limb] & ~hit);
      }
    }
    row = next;
  });
  const bit = (i, j) => (table[i * limbs + (j >>> 5)] >>> (j & 31)) & 1;
  const pairs = [];
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (bit(i - 1, j - 1)) {
      j -= 1;
    } else if (i > 1 && !bit(i - 2, j - 1)) {
      i -= 1;
    } else {
      i -= 1;
      j -= 1;
      pairs.push([i, j]);
    }
  }
  return pairs.reverse();
}

// -------------------------------------------------------------------------------------------------------- tokens

function tokensOf(text, language) {
  const tokens = [];
  let attached = false;
  for (const match of text.matchAll(TOKENS)) {
    const piece = match[0];
    const { space, mark, hangul, latin } = match.groups;
    if (hangul !== undefined && language === "ko") {
      tokens.push(...koreanTokens(piece, attached));
    } else if (space !== undefined || mark !== undefined) {
      tokens.push({ text: piece, weight: 0, anchor: false });
    } else {
      const small = latin !== undefined && SMALL_WORDS.has(piece.toLowerCase());
      tokens.push({ text: piece, weight: piece.length, anchor: !small });
    }
    attached = space === undefined;
  }
  return tokens;
}

function koreanTokens(word, attached) {
  const pieces = splitWord(word);
  const tokens = pieces.map((text) => ({ text, weight: text.length, anchor: false }));
  tokens[0].anchor = pieces[0].length >= 2 && !(attached && SUFFIXES.has(pieces[0]));
  return tokens;
}

function splitWord(word) {
  const suffixes = [];
  let stem = word;
  while (suffixes.length < MOST_SUFFIXES) {
    const suffix = lastSuffix(stem);
    if (suffix === null) break;
    suffixes.unshift(suffix);
    stem = stem.slice(0, -suffix.length);
  }
  return [stem, ...suffixes];
}

function lastSuffix(word) {
  if (NOT_SUFFIXED.has(word.slice(-2))) return null;
  for (let length = Math.min(LONGEST, word.length - 1); length > 0; length -= 1) {
    const suffix = word.slice(-length);
    if (!SUFFIXES.has(suffix)) continue;
    const stem = word.slice(0, -length);
    if ((stem.length >= 2 || BEHIND_ONE_SYLLABLE.has(suffix)) && soundsRight(stem, suffix)) return suffix;
  }
  return null;
}

function soundsRight(stem, suffix) {
  const final = (stem.charCodeAt(stem.length - 1) - FIRST_SYLLABLE) % 28;
  if (AFTER_CONSONANT.has(suffix)) return final !== 0 && !VERBAL_FINALS.includes(final);
  if (AFTER_VOWEL.has(suffix)) return final === 0;
  if (AFTER_CONSONANT_NOT_RIEUL.has(suffix)) return final !== 0 && final !== RIEUL;
  if (AFTER_VOWEL_OR_RIEUL.has(suffix)) return final === 0 || final === RIEUL;
  return true;
}

const weightOf = (tokens) => tokens.reduce((sum, token) => sum + token.weight, 0);
const textOf = (tokens) => tokens.map((token) => token.text).join("");

// -------------------------------------------------------------------------------------------------------- blocks
// A block is a stretch of both texts: the same in both, or changed (`same` is empty then); `weights` belong to its parts.

const sameText = (text, language) => sameTokens(tokensOf(text, language));
const sameTokens = (tokens) => ({ same: textOf(tokens), deleted: "", inserted: "", weights: [weightOf(tokens), 0, 0] });
const changedTokens = (oldTokens, newTokens) => ({
  same: "",
  deleted: textOf(oldTokens),
  inserted: textOf(newTokens),
  weights: [0, weightOf(oldTokens), weightOf(newTokens)],
});

function pushJoining(blocks, block) {
  const last = blocks[blocks.length - 1];
  if (last === undefined || (last.same !== "") !== (block.same !== "")) {
    blocks.push(block);
    return;
  }
  blocks[blocks.length - 1] = {
    same: last.same + block.same,
    deleted: last.deleted + block.deleted,
    inserted: last.inserted + block.inserted,
    weights: last.weights.map((weight, part) => weight + block.weights[part]),
  };
}

function merged(blocks) {
  const kept = [];
  for (const block of blocks) {
    if (block.same || block.deleted || block.inserted) pushJoining(kept, block);
  }
  return kept;
}

function withoutIslands(blocks, largest) {
  const kept = [];
  blocks.forEach((block, place) => {
    let shown = block;
    if (kept.length > 0 && block.same && place < blocks.length - 1) {
      const before = kept[kept.length - 1];
      const after = blocks[place + 1];
      const [weight] = block.weights;
      const smaller = Math.min(
        Math.max(before.weights[1], before.weights[2]),
        Math.max(after.weights[1], after.weights[2]),
        largest,
      );
      if (weight <= smaller || weight === 0) {
        shown = { same: "", deleted: block.same, inserted: block.same, weights: [0, weight, weight] };
      }
    }
    pushJoining(kept, shown);
  });
  return kept;
}

function wholeIfRewritten(blocks, oldText, newText) {
  if (blocks.filter((block) => !block.same).length < 2) return blocks;
  const [kept, deleted, inserted] = [0, 1, 2].map((part) => blocks.reduce((sum, block) => sum + block.weights[part], 0));
  if (kept >= LEAST_KEPT * (kept + Math.min(deleted, inserted))) return blocks;
  return [{ same: "", deleted: oldText, inserted: newText, weights: [0, 0, 0] }];
}

function changesOf(blocks) {
  const changes = [];
  for (const { same, deleted, inserted } of blocks) {
    if (same) changes.push({ kind: "same", text: same });
    if (deleted) changes.push({ kind: "deleted", text: deleted });
    if (inserted) changes.push({ kind: "inserted", text: inserted });
  }
  return changes;
}
