"""What changes from one wording of a clause to another, word by word, as a lawyer would mark it.

Words are compared first (runs without a space); inside what changed, Korean words are cut at their particles and
endings, so that 사업자를 → 사업자가 is a change of particle and 사업자를 → 이용자를 one of stem. What stays the same
between two changes but is too small to be read by itself goes with them: no letter soup.

The browser shows the same redline while a person types: `static/js/redline.js` is this module once more, step by step,
and both are held together by one file of cases. A change here is a change there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from portal.ordinances.clauses import Language
from portal.ordinances.korean_words import ENDINGS, SUFFIXES, split_word, words


class ChangeKind(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


class Change(NamedTuple):
    """A piece of text and what happened to it. Same and deleted pieces together are the old text, same and inserted
    ones the new text, to the last space."""

    kind: ChangeKind
    text: str


#: An island of sameness between two changes goes with them when it is no longer than this (letters and digits counted).
_ISLAND: Final = {"ko": 4, "en": 8}
#: Less than this part of the shorter text is left: the whole was rewritten, and is shown so.
_LEAST_KEPT: Final = 0.25
#: Inside a rewritten stretch, stems are only matched where they make up this part of the shorter side.
_LEAST_KEPT_INSIDE: Final = 0.3
#: Two stretches of words whose lengths multiply to more are not compared word by word (bits of memory).
_MAX_CELLS: Final = 200_000_000
_MAX_ROUNDS: Final = 8

# No \s and no \w: the browser's and Python's differ. The pattern stands word for word in redline.js.
_SPACE: Final = " \\t\\n\\r\\f\\v\\u00a0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_WORDS: Final = re.compile(f"[{_SPACE}]+|[^{_SPACE}]+")
_TOKENS: Final = re.compile(
    f"(?P<space>[{_SPACE}]+)"
    "|(?P<reference>제[0-9]+(?:편|장|절|관|조|항|호|차)(?:의[0-9]+)?)"
    "|(?P<number>[0-9]+(?:[.,][0-9]+)*)"
    "|(?P<latin>[A-Za-z\\u00c0-\\u024f]+(?:['\\u2019-][A-Za-z\\u00c0-\\u024f]+)*)"
    "|(?P<hangul>[\\uac00-\\ud7a3]+)"
    "|(?P<other>[\\u1100-\\u11ff\\u3131-\\u318c\\u318e\\ua960-\\ua97f\\ud7b0-\\ud7ff]+"
    "|[\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff]+)"
    "|(?P<mark>[\\s\\S])"
)
#: English words that are no anchor of their own.
_SMALL_WORDS: Final = words(
    "a an and any are as at be by for from has have in is it its may no not of on or shall such that the their this to "
    "under was were which who with"
)


class _Token(NamedTuple):
    text: str
    weight: int  # letters and digits; 0 for spaces and marks
    anchor: bool  # may hold two texts together inside a changed stretch


class _Block(NamedTuple):
    """A stretch of both texts: the same in both, or changed (`same` is empty then)."""

    same: str
    deleted: str
    inserted: str
    weights: tuple[int, int, int]


def redline(old: str, new: str, language: Language = "ko") -> list[Change]:
    """The changes from `old` to `new`, in the order of reading; a replacement is a deletion and then an insertion.

    Exact in every character. Time grows with the product of the numbers of words, in bits: 5,000 characters take some
    milliseconds, 50,000 well under a second; beyond that a rewritten middle is shown as replaced.
    """
    blocks = _merged(_blocks(old, new, language))
    for _ in range(_MAX_ROUNDS):
        fewer = _without_islands(blocks, _ISLAND[language])
        if len(fewer) == len(blocks):
            break
        blocks = fewer
    return list(_changes(_whole_if_rewritten(blocks, old, new)))


def spoken(changes: Iterable[Change], language: Language) -> list[str]:
    """The changes as text for a reader who cannot see them, one piece each: `삭제 “를”`, `inserted “the operator”`;
    what stays the same is given as it is."""
    deleted, inserted = ("삭제", "삽입") if language == "ko" else ("deleted", "inserted")
    pieces = []
    for change in changes:
        if change.kind is ChangeKind.SAME:
            pieces.append(change.text)
        else:
            pieces.append(f"{deleted if change.kind is ChangeKind.DELETED else inserted} “{change.text}”")
    return pieces


# ------------------------------------------------------------------------------------------------------- comparing


def _blocks(old: str, new: str, language: Language) -> list[_Block]:
    """Words held against words; what lies between two that match is looked into more closely."""
    old_words, new_words = _placed_words(old), _placed_words(new)
    blocks: list[_Block] = []
    old_place = new_place = 0
    for i, j in common([text for _, text in old_words], [text for _, text in new_words]):
        (old_start, text), (new_start, _) = old_words[i], new_words[j]
        blocks += _closer(old[old_place:old_start], new[new_place:new_start], language)
        blocks.append(_same(text, language))
        old_place, new_place = old_start + len(text), new_start + len(text)
    return blocks + _closer(old[old_place:], new[new_place:], language)


def _placed_words(text: str) -> list[tuple[int, str]]:
    """Where each word begins, and the word."""
    return [(match.start(), match[0]) for match in _WORDS.finditer(text) if not _is_space(match[0])]


def _is_space(text: str) -> bool:
    match = _TOKENS.match(text)
    return match is not None and match.lastgroup == "space"


def _closer(old: str, new: str, language: Language) -> list[_Block]:
    """A stretch that changed, cut into stems, particles, numbers and marks: what its ends have in common, then the
    stems that both sides have, and around each of them again what its neighbours have in common."""
    if old == new:
        return [_same(old, language)] if old else []
    a, b = _tokens(old, language), _tokens(new, language)
    head, tail = _common_ends(a, b)
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    anchors = _anchors(inner_a, inner_b)
    blocks = [_same_tokens(a[:head])]
    i = j = 0
    for next_i, next_j in [*anchors, (len(inner_a), len(inner_b))]:
        part_a, part_b = inner_a[i:next_i], inner_b[j:next_j]
        part_head, part_tail = _common_ends(part_a, part_b)
        end_a, end_b = len(part_a) - part_tail, len(part_b) - part_tail
        blocks.append(_same_tokens(part_a[:part_head]))
        blocks.append(_changed(part_a[part_head:end_a], part_b[part_head:end_b]))
        blocks.append(_same_tokens(part_a[end_a:]))
        if next_i < len(inner_a):
            blocks.append(_same_tokens(inner_a[next_i : next_i + 1]))
        i, j = next_i + 1, next_j + 1
    blocks.append(_same_tokens(a[len(a) - tail :]))
    return blocks


def _anchors(a: Sequence[_Token], b: Sequence[_Token]) -> list[tuple[int, int]]:
    """Stems, names and numbers that both sides have in the same order, if they make up enough of the shorter side."""
    places_a = [place for place, token in enumerate(a) if token.anchor]
    places_b = [place for place, token in enumerate(b) if token.anchor]
    pairs = common([a[place].text for place in places_a], [b[place].text for place in places_b])
    kept = sum(a[places_a[i]].weight for i, _ in pairs)
    shorter = min(sum(token.weight for token in a), sum(token.weight for token in b))
    if kept < _LEAST_KEPT_INSIDE * shorter:
        return []
    return [(places_a[i], places_b[j]) for i, j in pairs]


def _common_ends(a: Sequence[_Token], b: Sequence[_Token]) -> tuple[int, int]:
    """How many tokens are the same at the beginning, and of the rest at the end.

    An ending goes with its verb: 공포한 → 공포 후 6개월이 경과한 is no insertion before 한.
    """
    most = min(len(a), len(b))
    head = 0
    while head < most and a[head].text == b[head].text:
        head += 1
    tail = 0
    while tail < most - head and a[-1 - tail].text == b[-1 - tail].text:
        tail += 1
    while 0 < tail == most - head and a[len(a) - tail].text in ENDINGS:
        tail -= 1
    return head, tail


def common(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of places.

    Bit-parallel (H. Hyyrö, Bit-parallel LCS-length computation revisited, 2004): one row of the table is one number,
    one bit for each word of `b`, so a row costs a handful of operations on long integers.
    """
    most = min(len(a), len(b))
    head = 0
    while head < most and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < most - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    ends = [(place, place) for place in range(head)]
    middle = _longest_common(a[head : len(a) - tail], b[head : len(b) - tail])
    ends += [(i + head, j + head) for i, j in middle]
    return ends + [(len(a) - place, len(b) - place) for place in range(tail, 0, -1)]


def _longest_common(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    if not a or not b or len(a) * len(b) > _MAX_CELLS:
        return []
    places: dict[str, int] = {}
    for place, text in enumerate(b):
        places[text] = places.get(text, 0) | 1 << place
    full = (1 << len(b)) - 1
    row, rows = full, []
    for text in a:
        matches = row & places.get(text, 0)
        row = (row + matches | row - matches) & full
        rows.append(row)
    pairs = []
    i, j = len(a), len(b)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
        elif i > 1 and not rows[i - 2] >> (j - 1) & 1:
            i -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


# ---------------------------------------------------------------------------------------------------------- tokens


def _tokens(text: str, language: Language) -> list[_Token]:
    tokens: list[_Token] = []
    attached = False
    for match in _TOKENS.finditer(text):
        piece, sort = match[0], match.lastgroup
        if sort == "hangul" and language == "ko":
            tokens += _korean_tokens(piece, attached)
        elif sort in ("space", "mark"):
            tokens.append(_Token(piece, 0, False))
        else:
            small = sort == "latin" and piece.lower() in _SMALL_WORDS
            tokens.append(_Token(piece, len(piece), not small))
        attached = sort != "space"
    return tokens


def _korean_tokens(word: str, attached: bool) -> list[_Token]:
    """Stem and suffixes; the stem is an anchor, unless what is `attached` to a mark or a number (AI를, "법"이라) is
    itself a suffix."""
    pieces = split_word(word)
    stem = pieces[0]
    anchor = len(stem) >= 2 and not (attached and stem in SUFFIXES)
    return [_Token(stem, len(stem), anchor), *(_Token(piece, len(piece), False) for piece in pieces[1:])]


def _weight(text: str, language: Language) -> int:
    return sum(token.weight for token in _tokens(text, language))


# ---------------------------------------------------------------------------------------------------------- blocks


def _same(text: str, language: Language) -> _Block:
    return _Block(text, "", "", (_weight(text, language), 0, 0))


def _same_tokens(tokens: Sequence[_Token]) -> _Block:
    return _Block("".join(token.text for token in tokens), "", "", (sum(token.weight for token in tokens), 0, 0))


def _changed(old: Sequence[_Token], new: Sequence[_Token]) -> _Block:
    weights = (0, sum(token.weight for token in old), sum(token.weight for token in new))
    return _Block("", "".join(token.text for token in old), "".join(token.text for token in new), weights)


def _merged(blocks: Iterable[_Block]) -> list[_Block]:
    """Neighbours of one sort made one, empty blocks left out."""
    merged: list[_Block] = []
    for block in blocks:
        if not (block.same or block.deleted or block.inserted):
            continue
        if merged and bool(merged[-1].same) == bool(block.same):
            merged[-1] = _joined(merged[-1], block)
        else:
            merged.append(block)
    return merged


def _joined(first: _Block, second: _Block) -> _Block:
    (a, b, c), (d, e, f) = first.weights, second.weights
    return _Block(first.same + second.same, first.deleted + second.deleted, first.inserted + second.inserted,
                  (a + d, b + e, c + f))  # fmt: skip


def _without_islands(blocks: Sequence[_Block], largest: int) -> list[_Block]:
    """What is the same between two changes, but is smaller than both of them and small in itself, is shown deleted and
    inserted with them."""
    kept: list[_Block] = []
    for place, block in enumerate(blocks):
        if kept and block.same and 0 < place < len(blocks) - 1:
            before, after = kept[-1], blocks[place + 1]
            smaller = min(max(before.weights[1:]), max(after.weights[1:]), largest)
            if block.weights[0] <= smaller or block.weights[0] == 0:
                weight = block.weights[0]
                block = _Block("", block.same, block.same, (0, weight, weight))
        if kept and bool(kept[-1].same) == bool(block.same):
            kept[-1] = _joined(kept[-1], block)
        else:
            kept.append(block)
    return kept


def _whole_if_rewritten(blocks: Sequence[_Block], old: str, new: str) -> Sequence[_Block]:
    if sum(1 for block in blocks if not block.same) < 2:
        return blocks
    kept = sum(block.weights[0] for block in blocks)
    deleted, inserted = (sum(block.weights[side] for block in blocks) for side in (1, 2))
    if kept >= _LEAST_KEPT * (kept + min(deleted, inserted)):
        return blocks
    return [_Block("", old, new, (0, 0, 0))]


def _changes(blocks: Iterable[_Block]) -> Iterable[Change]:
    for block in blocks:
        if block.same:
            yield Change(ChangeKind.SAME, block.same)
        if block.deleted:
            yield Change(ChangeKind.DELETED, block.deleted)
        if block.inserted:
            yield Change(ChangeKind.INSERTED, block.inserted)
