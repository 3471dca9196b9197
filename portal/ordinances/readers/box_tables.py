"""Tables drawn with the characters of a box (┌─┬─┐ │ │ │ └─┴─┘), as law.go.kr and plain texts have them.

A table becomes rows of cells where its lines say without doubt which cell is where: its rules meet its bars, merged
cells are rectangles, and every line of text has as many bars as the rule above it opened. Any other stays as it is,
line by line. The lines within a cell stay lines: whether a word was broken at their end, the source does not tell. The
work grows with the characters that are drawn, whatever they draw. Knows no clause and no format.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from portal.ordinances.readers.marks import Mark, item_mark, paragraph_mark, subitem_mark, subparagraph_mark


class _Arms(NamedTuple):
    up: bool
    down: bool
    left: bool
    right: bool


def _arms(character: str) -> _Arms:
    words = set(unicodedata.name(character).split())
    both = "VERTICAL" in words, "HORIZONTAL" in words
    return _Arms("UP" in words or both[0], "DOWN" in words or both[0], "LEFT" in words or both[1],
                 "RIGHT" in words or both[1])  # fmt: skip


_ARMS: Final = {chr(code): _arms(chr(code)) for code in range(0x2500, 0x2580) if any(_arms(chr(code)))}
_DRAWING: Final = "".join(_ARMS)
_STROKES: Final = "".join(character for character, arms in _ARMS.items() if arms == (False, False, True, True))
_BAR: Final = "".join(character for character, arms in _ARMS.items() if arms == (True, True, False, False))
#: Whether a text has any character of a box at all.
_DRAWN: Final = re.compile(r"[\u2500-\u257f]")
#: Only a rule has a stroke to the left or to the right.
_RULED: Final = re.compile(f"[{''.join(character for character, arms in _ARMS.items() if arms.left or arms.right)}]")
#: A rule in pieces: strokes in a row, one of the other characters of a drawing, words.
_PIECES: Final = re.compile(f"[{_STROKES}]+|[{_DRAWING}]|[^{_DRAWING}]+")
_SPLIT_AT_BARS: Final = re.compile(f"[{_BAR}]")
#: law.go.kr puts a table that it also has as a picture between <img src="…"> and </img>.
_PICTURE: Final = re.compile(r"(?:<img\b[^<>]*>(?:</img>)?)+")
_END_OF_PICTURE: Final = "</img>"
#: No table that is printed in a gazette comes near it; what is wider stays as it is.
_MOST_COLUMNS: Final = 60
#: A row has a cell in every column, also where one merged cell reaches over all of them. A table as printed draws each
#: of its columns in every row, with two characters at least; one with more cells than characters stays as it is.
_FEW_CELLS: Final = 400
#: The characters of all drawings of a text that are looked at; what is drawn beyond them stays as it is.
_MOST_DRAWN: Final = 600_000
#: What a drawing costs beside its characters, in characters.
_BESIDE: Final = 20


@dataclass(frozen=True, slots=True)
class BoxTable:
    """Rows of cells, the first row being the headings; `spans` are the merged cells as row, column, rows, columns.
    `after_lines` of the lines that are left stand before it; `picture` is the tag of the picture that it was put in."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...]
    after_lines: int
    picture: str = ""


_Span = tuple[int, int, int, int]
_Found = tuple[tuple[tuple[str, ...], ...], tuple[_Span, ...]]


class Drawings:
    """The drawings of one text, as they come."""

    def __init__(self) -> None:
        self._looked_at = 0

    def take(self, lines: Sequence[str]) -> tuple[list[str], list[BoxTable]]:
        """The lines that are no part of a table, and the tables."""
        left: list[str] = []
        tables: list[BoxTable] = []
        if not any(_DRAWN.search(line) for line in lines):
            return list(lines), tables
        place = 0
        while place < len(lines):
            end = _end_of_table(lines, place)
            found = self._read([line.strip() for line in lines[place:end]]) if end else None
            if found is None or end is None:
                left.append(lines[place])
                place += 1
                continue
            picture = ""
            if end < len(lines) and lines[end].strip() == _END_OF_PICTURE:
                begins = _begins_picture(left)
                if begins is not None:
                    picture = left.pop(begins).strip()
                    end += 1
            tables.append(BoxTable(*found, after_lines=len(left), picture=picture))
            place = end
        return left, tables

    def _read(self, lines: list[str]) -> _Found | None:
        self._looked_at += sum(map(len, lines)) + _BESIDE
        return _read(lines) if self._looked_at <= _MOST_DRAWN else None


def _begins_picture(left: list[str]) -> int | None:
    """The place of the line that opens the picture of a table here: above it, or above the unit that stands over it."""
    for place in range(len(left) - 1, max(-1, len(left) - 4), -1):
        if _PICTURE.fullmatch(left[place].strip()):
            return place
    return None


def _end_of_table(lines: Sequence[str], start: int) -> int | None:
    """The place behind a table that begins on this line, None where none does."""
    first = _ARMS.get(lines[start].strip()[:1])
    if first is None or not (first.down and first.right) or first.up:
        return None
    for place in range(start + 1, len(lines)):
        arms = _ARMS.get(lines[place].strip()[:1])
        if arms is None or not arms.up:
            return None
        if arms.right and not arms.down:
            return place + 1
    return None


# ------------------------------------------------------------------------------------------------- rules and the grid


@dataclass(slots=True)
class _Band:
    """What stands between two rules: the positions of its bars, and its lines, each cut at them."""

    bars: tuple[int, ...]
    lines: list[list[str]]


@dataclass(slots=True)
class _Rule:
    """A line that holds at least one horizontal stroke: which stretches it covers, and the texts beside it by the bar
    that they stand behind."""

    covers: list[tuple[int, int]] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)


def _read(lines: list[str]) -> _Found | None:
    """Rows and merged cells, or None where the drawing does not say without doubt."""
    rules: list[_Rule] = []
    bands: list[_Band] = []
    bars: tuple[int, ...] = ()
    known: dict[tuple[str, tuple[int, ...]], tuple[_Rule, tuple[int, ...]]] = {}
    text: list[list[str]] = []
    for line in lines:
        if _RULED.search(line):
            opened = known.get((line, bars)) or _read_rule(line, bars)
            if opened is None:
                return None
            known[line, bars] = opened
            rule, bars = opened
            rules.append(rule)
            bands.append(_Band(bars, text := []))
            continue
        pieces = _SPLIT_AT_BARS.split(line)
        if not bands or pieces[0] or pieces[-1] or len(pieces) != len(bars) + 1:
            return None
        text.append([piece.strip() for piece in pieces[1:-1]])
    if not bands or bands.pop().bars or rules[-1].texts:  # the last rule opens nothing
        return None
    return _Grid(rules, bands).rows(sum(map(len, lines)))


def _read_rule(line: str, above: tuple[int, ...]) -> tuple[_Rule, tuple[int, ...]] | None:
    """The rule and the bars that it opens below. Where a bar comes down from above, the position is that bar's: so the
    width of the letters beside a rule does not matter."""
    covers: list[tuple[int, int]] = []
    texts: list[tuple[int, str]] = []
    below: list[int] = []
    position, met, run, text = 0, 0, -1, ""
    for piece in _PIECES.findall(line):
        arms = _ARMS.get(piece[0])
        if arms is None:
            if run >= 0:
                return None  # text upon a stroke
            text = piece
            continue
        if arms.up:
            if met == len(above):
                return None
            position, met = above[met], met + 1
        elif text:
            return None
        if text and met >= 2:
            texts.append((above[met - 2], text))
        text = ""
        if arms.left != (run >= 0):
            return None
        if arms.down:
            if (below and position <= below[-1]) or len(below) > _MOST_COLUMNS:
                return None
            below.append(position)
        if arms.left and (arms.up or arms.down or not arms.right):
            covers.append((run, position))
            run = -1
        if arms.right and run < 0:
            run = position
        position += len(piece)
    if met != len(above) or text or run >= 0:
        return None
    return _Rule(covers, texts), tuple(below)


class _Grid:
    """The cells between the rules. What two bars of a band hold is a piece, by its number; pieces that no line parts
    are one cell, which has the number of its first piece."""

    def __init__(self, rules: list[_Rule], bands: list[_Band]) -> None:
        self._rules, self._bands = rules, bands
        drawn = {band.bars for band in bands}
        edges = sorted({bar for bars in drawn for bar in bars})
        self._column = {bar: column for column, bar in enumerate(edges)}
        self._width = len(edges) - 1
        columns = {bars: [self._column[bar] for bar in bars] for bars in drawn}
        #: For each band the columns that its pieces begin at, and where the last one ends; the number of its first.
        self._starts = [columns[band.bars] for band in bands]
        self._first: list[int] = []
        self._cell_of: list[int] = []
        self._joined: list[int] = []

    def rows(self, characters: int) -> _Found | None:
        """The rows of the table; None where a merged cell is no rectangle, or the drawing of so many characters has
        more cells than a table as printed."""
        most = max(_FEW_CELLS, characters)
        if not 1 <= self._width <= _MOST_COLUMNS or len(self._bands) * self._width > most:
            return None
        if not all(len(starts) > 1 and starts[0] == 0 and starts[-1] == self._width for starts in self._starts):
            return None
        pieces = 0
        for starts in self._starts:
            self._first.append(pieces)
            pieces += len(starts) - 1
        self._cell_of = list(range(pieces))
        if not self._join():
            return None
        tall = self._tall_cells()
        return None if tall is None else self._printed(tall, most)

    # ---- which pieces are one cell

    def _join(self) -> bool:
        """Joins the pieces above and below each stretch that a rule leaves open."""
        known: dict[int, list[tuple[int, int]] | None] = {}
        for number, rule in enumerate(self._rules):
            stretches = known[id(rule)] if id(rule) in known else self._left_open(rule)
            known[id(rule)] = stretches
            if stretches is None or (stretches and number in (0, len(self._bands))):
                return False
            for start, end in stretches:
                self._join_between(number - 1, start, end)
        return True

    def _left_open(self, rule: _Rule) -> list[tuple[int, int]] | None:
        """The columns that a rule does not cover; None where one of its strokes ends between two columns."""
        if not all(start in self._column and end in self._column for start, end in rule.covers):
            return None
        found: list[tuple[int, int]] = []
        reached = 0
        for start, end in sorted((self._column[start], self._column[end]) for start, end in rule.covers):
            if start > reached:
                found.append((reached, start))
            reached = max(reached, end)
        return [*found, (reached, self._width)] if reached < self._width else found

    def _join_between(self, band: int, start: int, end: int) -> None:
        """The pieces of this band and of the one below it that stand over one another between two columns."""
        above, below = self._starts[band], self._starts[band + 1]
        upper, lower = bisect_right(above, start) - 1, bisect_right(below, start) - 1
        column = start
        while column < end:
            self._unite(self._first[band] + upper, self._first[band + 1] + lower)
            column = min(above[upper + 1], below[lower + 1])
            upper += above[upper + 1] == column
            lower += below[lower + 1] == column

    def _find(self, piece: int) -> int:
        cell_of = self._cell_of
        while (cell := cell_of[piece]) != piece:
            cell_of[piece] = cell_of[cell]
            piece = cell
        return piece

    def _unite(self, one: int, other: int) -> None:
        first, second = self._find(one), self._find(other)
        if first != second:
            self._cell_of[max(first, second)] = min(first, second)
            self._joined.append(max(first, second))

    def _tall_cells(self) -> dict[int, _Span] | None:
        """The cells of more than one band, as band, column, bands, columns; None where one is no rectangle."""
        parts: dict[int, list[tuple[int, int, int]]] = {}
        for piece in self._joined:
            parts.setdefault(self._find(piece), []).append(self._place(piece))
        tall: dict[int, _Span] = {}
        for cell, found in parts.items():
            top, left, right = self._place(cell)
            found.append((top, left, right))
            height = max(band for band, _, _ in found) - top + 1
            width = max(end for _, _, end in found) - left
            if left != min(start for _, start, _ in found) or height * width != sum(b - a for _, a, b in found):
                return None
            tall[cell] = top, left, height, width
        return tall

    def _place(self, piece: int) -> tuple[int, int, int]:
        """The band of a piece, the column that it begins at, and the one that it ends before."""
        band = bisect_right(self._first, piece) - 1
        starts, place = self._starts[band], piece - self._first[band]
        return band, starts[place], starts[place + 1]

    # ---- rows

    def _printed(self, tall: dict[int, _Span], most: int) -> _Found | None:
        rows: list[tuple[str, ...]] = []
        spans: list[_Span] = []
        row_of: list[int] = []
        in_tall = {place for band, _, height, _ in tall.values() for place in range(band, band + height)}
        words = self._words_of(in_tall)
        for band, starts in enumerate(self._starts):
            row_of.append(len(rows))
            first = self._first[band]
            if band in in_tall:
                printed = [[_joined(words.get(first + place, [])) for place in range(len(starts) - 1)]]
            elif self._rules[band].texts:
                return None  # words where a stroke should be
            else:
                printed = _rows_of(self._bands[band].lines, len(starts) - 1)
            if (len(rows) + len(printed)) * self._width > most:
                return None
            if len(starts) <= self._width:
                wide = [(starts[place], starts[place + 1] - starts[place]) for place in range(len(starts) - 1)
                        if starts[place + 1] - starts[place] > 1 and first + place not in tall
                        and self._cell_of[first + place] == first + place]  # fmt: skip
                spans += [(len(rows) + down, column, 1, width) for down in range(len(printed))
                          for column, width in wide]  # fmt: skip
                rows += [self._spread(texts, starts) for texts in printed]
            else:
                rows += map(tuple, printed)
        spans += [(row_of[band], column, height, width) for band, column, height, width in tall.values()]
        return tuple(rows), tuple(sorted(spans))

    def _spread(self, texts: Sequence[str], starts: Sequence[int]) -> tuple[str, ...]:
        """The texts of the pieces of a band as a row with every column."""
        row = [""] * self._width
        for place, text in enumerate(texts):
            row[starts[place]] = text
        return tuple(row)

    def _words_of(self, bands: set[int]) -> dict[int, list[str]]:
        """The lines of each cell in these bands, by its number."""
        words: dict[int, list[str]] = {}
        for number in sorted(bands):
            starts, first = self._starts[number], self._first[number]
            for bar, text in self._rules[number].texts:
                piece = first + bisect_right(starts, self._column[bar]) - 1
                words.setdefault(self._find(piece), []).append(text.strip())
            for line in self._bands[number].lines:
                for piece, text in enumerate(line, first):
                    if text:
                        words.setdefault(self._find(piece), []).append(text)
        return words


# ---------------------------------------------------------------------------------------------------- lines and cells


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(filter(None, lines))


def _rows_of(lines: list[list[str]], width: int) -> list[list[str]]:
    """The rows of a band of so many columns: one, where it is not plain that it holds several."""
    if len(lines) < 2:
        return lines or [[""] * width]
    return _parted(lines) or [[*map(_joined, zip(*lines, strict=True))]]


def _parted(lines: list[list[str]]) -> list[list[str]]:
    """A band that holds several rows without a rule between them, as rows: in tables of fines `1) …` and `2) …` stand
    below one another, and the amounts beside each. None where that is not plain, then the band is one row."""
    blank = [not any(line) for line in lines]
    after_blank = {place for place in range(1, len(lines)) if blank[place - 1] and not blank[place]}
    for starts in (after_blank | _numbered(lines), after_blank):
        if not starts:
            return []
        rows = _cut(lines, sorted({0, *starts}))
        if _amounts_stand_beside(rows, lines, starts):
            return rows
    return []


def _numbered(lines: list[list[str]]) -> set[int]:
    """The lines whose first cell begins with a number that is the first of its sort or follows the one before."""
    starts: set[int] = set()
    last: dict[tuple[bool, bool, bool], tuple[int, int]] = {}
    for place, line in enumerate(lines):
        mark = _any_mark(line[0])
        if mark is None:
            continue
        shape = (mark.lettered, mark.inner, ")" in line[0][:6])
        if mark.follows(last.get(shape, (0, 0))) or mark.follows((0, 0)):
            starts.add(place)
            last[shape] = mark.number, mark.branch
    return starts


def _any_mark(text: str) -> Mark | None:
    return subitem_mark(text) or item_mark(text) or subparagraph_mark(text) or paragraph_mark(text)


def _cut(lines: list[list[str]], starts: list[int]) -> list[list[str]]:
    ends = [*starts[1:], len(lines)]
    rows = [[*map(_joined, zip(*lines[start:end], strict=True))]
            for start, end in zip(starts, ends, strict=True)]  # fmt: skip
    return [row for row in rows if any(row)]


def _amounts_stand_beside(rows: list[list[str]], lines: list[list[str]], starts: set[int]) -> bool:
    """Whether the other columns begin where rows begin and nowhere else, and not in the first row alone."""
    if len(rows) < 2 or not any(any(row[1:]) for row in rows[1:]):
        return False
    begins = {0, *starts}
    first = next(place for place, line in enumerate(lines) if any(line))
    for column in range(1, len(lines[0])):
        before = ""
        for place, line in enumerate(lines):
            if line[column] and not before and place not in begins and place != first:
                return False
            if line[column] and before and place in begins:
                return False
            before = line[column]
    return True
