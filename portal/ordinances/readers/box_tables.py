"""Tables drawn with the characters of a box (┌─┬─┐ │ │ │ └─┴─┘), as law.go.kr and plain texts have them.

A table becomes rows of cells where its lines say without doubt which cell is where: its rules meet its bars, merged
cells are rectangles, and every line of text has as many bars as the rule above it opened. Any other stays as it is,
line by line. The lines within a cell stay lines: whether a word was broken at their end, the source does not tell.
Knows no clause and no format.
"""

from __future__ import annotations

import re
import unicodedata
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
#: Whether a text has any character of a box at all.
_DRAWN: Final = re.compile(r"[\u2500-\u257f]")
_BAR: Final = "".join(character for character, arms in _ARMS.items() if arms == (True, True, False, False))
_SPLIT_AT_BARS: Final = re.compile(f"[{_BAR}]")
#: law.go.kr puts a table that it also has as a picture between <img src="…"> and </img>.
_PICTURE: Final = re.compile(r"(?:<img\b[^<>]*>(?:</img>)?)+")
_END_OF_PICTURE: Final = "</img>"
#: No table that is printed in a gazette comes near them; what is larger stays as it is.
_MOST_LINES: Final = 1_500
_MOST_COLUMNS: Final = 60


@dataclass(frozen=True, slots=True)
class BoxTable:
    """Rows of cells, the first row being the headings; `spans` are the merged cells as row, column, rows, columns.
    `after_lines` of the lines that are left stand before it; `picture` is the tag of the picture that it was put in."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...]
    after_lines: int
    picture: str = ""


def take_tables(lines: Sequence[str]) -> tuple[list[str], list[BoxTable]]:
    """The lines that are no part of a table, and the tables."""
    left: list[str] = []
    tables: list[BoxTable] = []
    if not any(_DRAWN.search(line) for line in lines):
        return list(lines), tables
    place = 0
    while place < len(lines):
        end = _end_of_table(lines, place)
        found = _read([line.strip() for line in lines[place:end]]) if end else None
        if found is None or end is None:
            left.append(lines[place])
            place += 1
            continue
        picture = ""
        begins = _begins_picture(left)
        if begins is not None and end < len(lines) and lines[end].strip() == _END_OF_PICTURE:
            picture = left.pop(begins).strip()
            end += 1
        tables.append(BoxTable(*found, after_lines=len(left), picture=picture))
        place = end
    return left, tables


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
    for place in range(start + 1, min(len(lines), start + _MOST_LINES)):
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

    bars: list[int]
    lines: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class _Rule:
    """A line that holds at least one horizontal stroke: which stretches it covers, and the texts beside it by the bar
    that they stand behind."""

    covers: list[tuple[int, int]] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)


_Found = tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, int, int, int], ...]]


def _read(lines: list[str]) -> _Found | None:
    """Rows and merged cells, or None where the drawing does not say without doubt."""
    # In the fonts of law.go.kr a stroke is as wide as a syllable; elsewhere it is as wide as a space.
    return _read_as(lines, 2) or _read_as(lines, 1)


def _read_as(lines: list[str], stroke: int) -> _Found | None:
    rules: list[_Rule] = []
    bands: list[_Band] = []
    for line in lines:
        if _is_rule(line):
            opened = _read_rule(line, bands[-1].bars if bands else [], stroke)
            if opened is None:
                return None
            rules.append(opened[0])
            bands.append(_Band(opened[1]))
            continue
        pieces = _SPLIT_AT_BARS.split(line)
        if not bands or pieces[0] or pieces[-1] or len(pieces) != len(bands[-1].bars) + 1:
            return None
        bands[-1].lines.append(pieces[1:-1])
    if not bands or bands.pop().bars:  # the last rule opens nothing
        return None
    return _Grid(rules, bands).rows()


def _is_rule(line: str) -> bool:
    return any((arms := _ARMS.get(character)) is not None and (arms.left or arms.right) for character in line)


def _read_rule(line: str, above: list[int], stroke: int) -> tuple[_Rule, list[int]] | None:
    """The rule and the bars that it opens below. Where a bar comes down from above, the position is that bar's: so the
    width of the letters beside a rule does not matter."""
    rule, below = _Rule(), []
    position, met, run, text = 0, 0, -1, ""
    for character in line:
        arms = _ARMS.get(character)
        if arms is None:
            if run >= 0:
                return None  # text upon a stroke
            text += character
            position += _width(character)
            continue
        if arms.up:
            if met == len(above):
                return None
            position, met = above[met], met + 1
        elif text:
            return None
        if text and met >= 2:
            rule.texts.append((above[met - 2], text))
        text = ""
        if arms.left != (run >= 0):
            return None
        if arms.down:
            below.append(position)
        if arms.left and (arms.up or arms.down or not arms.right):
            rule.covers.append((run, position))
            run = -1
        if arms.right and run < 0:
            run = position
        position += stroke
    if met != len(above) or text or run >= 0 or below != sorted(set(below)):
        return None
    return rule, below


def _width(character: str) -> int:
    """How many columns a letter takes: in CP949 as many as bytes."""
    if character.isascii():
        return 1
    return 2 if unicodedata.east_asian_width(character) in "WFA" or character in "·°±×÷" else 1


class _Grid:
    """The cells between the rules: elementary ones joined where no line parts them."""

    def __init__(self, rules: list[_Rule], bands: list[_Band]) -> None:
        self._rules, self._bands = rules, bands
        self._edges = sorted({bar for band in bands for bar in band.bars})
        self._column = {bar: column for column, bar in enumerate(self._edges)}
        self._width = len(self._edges) - 1
        self._joined: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> _Found | None:
        """The rows of the table, None where a merged cell is no rectangle."""
        if not 1 <= self._width <= _MOST_COLUMNS or not all(self._reaches_both_edges(band) for band in self._bands):
            return None
        if not self._join():
            return None
        cells = self._cells()
        if cells is None:
            return None
        texts = self._texts()
        rows: list[tuple[str, ...]] = []
        spans: list[tuple[int, int, int, int]] = []
        tall = {band for (band, _), (height, _) in cells.items() for band in range(band, band + height) if height > 1}
        starts: list[int] = []
        for band in range(len(self._bands)):
            starts.append(len(rows))
            parted = [] if band in tall else _parted([texts.get((band, column), []) for column in range(self._width)])
            wide = [(column, width) for (row, column), (height, width) in cells.items()
                    if row == band and width > 1 and height == 1]  # fmt: skip
            for row in parted or [tuple(_joined(texts.get((band, column), [])) for column in range(self._width))]:
                spans += [(len(rows), column, 1, width) for column, width in wide]
                rows.append(row)
        spans += [(starts[band], column, height, width) for (band, column), (height, width) in cells.items()
                  if height > 1]  # fmt: skip
        return tuple(rows), tuple(sorted(spans))

    def _reaches_both_edges(self, band: _Band) -> bool:
        return len(band.bars) >= 2 and band.bars[0] == self._edges[0] and band.bars[-1] == self._edges[-1]

    def _find(self, cell: tuple[int, int]) -> tuple[int, int]:
        while (above := self._joined.get(cell, cell)) != cell:
            self._joined[cell] = self._joined.get(above, above)
            cell = above
        return cell

    def _join(self) -> bool:
        for number, band in enumerate(self._bands):
            bars = set(band.bars)
            for column in range(1, self._width):
                if self._edges[column] not in bars:
                    self._unite((number, column - 1), (number, column))
        for number, rule in enumerate(self._rules):
            covered = [False] * self._width
            for start, end in rule.covers:
                if start not in self._column or end not in self._column:
                    return False
                for column in range(self._column[start], self._column[end]):
                    covered[column] = True
            if number in (0, len(self._bands)):
                if not all(covered):
                    return False
                continue
            for column in range(self._width):
                if not covered[column]:
                    self._unite((number - 1, column), (number, column))
        return True

    def _unite(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        upper, lower = sorted((self._find(first), self._find(second)))
        self._joined[lower] = upper

    def _cells(self) -> dict[tuple[int, int], tuple[int, int]] | None:
        """Each cell by its upper left corner, with its height and width in the grid; None where one is no rectangle."""
        members: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for band in range(len(self._bands)):
            for column in range(self._width):
                members.setdefault(self._find((band, column)), []).append((band, column))
        cells: dict[tuple[int, int], tuple[int, int]] = {}
        for corner, parts in members.items():
            height = max(band for band, _ in parts) - corner[0] + 1
            width = max(column for _, column in parts) - corner[1] + 1
            if corner[1] != min(column for _, column in parts) or height * width != len(parts):
                return None
            cells[corner] = height, width
        return cells

    def _texts(self) -> dict[tuple[int, int], list[str]]:
        """The lines of each cell, by its upper left corner."""
        texts: dict[tuple[int, int], list[str]] = {}
        for number, band in enumerate(self._bands):
            for bar, text in self._rules[number].texts:
                texts.setdefault(self._find((number, self._column[bar])), []).append(text)
            for line in band.lines:
                for bar, text in zip(band.bars, line, strict=False):
                    texts.setdefault(self._find((number, self._column[bar])), []).append(text)
        return texts


# ---------------------------------------------------------------------------------------------------- lines and cells


def _joined(lines: list[str]) -> str:
    return "\n".join(filter(None, (line.strip() for line in lines)))


def _parted(columns: list[list[str]]) -> list[tuple[str, ...]]:
    """A band that holds several rows without a rule between them, as rows: in tables of fines `1) …` and `2) …` stand
    below one another, and the amounts beside each. None where that is not plain, then the band is one row."""
    height = max(map(len, columns))
    lines = [[column[place].strip() if place < len(column) else "" for column in columns] for place in range(height)]
    blank = [not any(line) for line in lines]
    after_blank = {place for place in range(1, height) if blank[place - 1] and not blank[place]}
    for starts in (after_blank | _numbered(lines), after_blank):
        rows = _cut(lines, sorted({0, *starts}))
        if rows and _amounts_stand_beside(rows, lines, starts):
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


def _cut(lines: list[list[str]], starts: list[int]) -> list[tuple[str, ...]]:
    ends = [*starts[1:], len(lines)]
    rows = [tuple(_joined([line[column] for line in lines[start:end]]) for column in range(len(lines[0])))
            for start, end in zip(starts, ends, strict=True)] if lines else []  # fmt: skip
    return [row for row in rows if any(row)]


def _amounts_stand_beside(rows: list[tuple[str, ...]], lines: list[list[str]], starts: set[int]) -> bool:
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
