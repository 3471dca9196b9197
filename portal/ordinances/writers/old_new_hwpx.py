"""Writes the old–new table as HWPX, what ministries hand in: A4 upright, two columns, headings on each page.

Loads python-hwpx: not for a web process at its start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from itertools import groupby
from typing import Any, Final

from hwpx.document import HwpxDocument
from lxml import etree

from portal.ordinances.clauses import Language
from portal.ordinances.merged_cells import Cell, printed_cells, sizes
from portal.ordinances.old_new_table import WORDS, Line, Row, Run, TableLine
from portal.ordinances.writers.hwpx import whole_rows_kept
from portal.ordinances.writers.package import readable
from portal.ordinances.writers.repacking import repacked

_FONT: Final = "함초롬바탕"
_SIZE, _TITLE_SIZE = 10, 14
_MARGIN: Final = 20.0
#: Hundredths of a point (HWPUNIT): half of the text width of an A4 page with these margins.
_COLUMN: Final = 24_094
_INDENT: Final = 4.0
#: Left and right of the words of a cell together.
_MARGINS: Final = 1_020
_DEPTHS: Final = 5
_HP: Final = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
#: The member of the package that holds the text.
_SECTION: Final = "Contents/section0.xml"
_BREAKS: Final = re.compile("(\r\n|[\t\n\r])")


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """The file. `title` is that of the draft."""
    words = WORDS[language]
    document = HwpxDocument.new()
    document.page.setup(paper_size="A4", orientation="portrait", margins_mm=dict.fromkeys(
        ("left", "right", "top", "bottom"), _MARGIN))  # fmt: skip
    shapes = _Shapes(document)
    heading = f"{title} {words.title}" if language == "ko" else f"{words.title}: {title}"
    document.add_paragraph(readable(heading), para_pr_id_ref=shapes.centred, char_pr_id_ref=shapes.title,
                           inherit_style=False)  # fmt: skip
    table = document.add_table(1, 2, width=2 * _COLUMN, inherit_style=False)
    table.set_column_widths([_COLUMN, _COLUMN])
    table.element.set("repeatHeader", "1")
    table.element.set("pageBreak", "CELL")
    for cell, name in zip(table.rows[0].cells, (words.current, words.amended), strict=True):
        cell.element.set("header", "1")
        cell.paragraphs[0].clear_text()
        cell.paragraphs[0].para_pr_id_ref = shapes.centred
        cell.paragraphs[0].add_run(name, char_pr_id_ref=shapes.bold)
        cell.element.set("borderFillIDRef", shapes.border(True, True, headed=True))
    below = list(_rows(rows, shapes))
    data: bytes = document.to_bytes()
    return repacked(data, {_SECTION: lambda section: _with_rows(section, below)})


def _rows(rows: Sequence[Row], shapes: _Shapes) -> Iterator[Any]:
    place = 1
    for _, group in groupby(rows, key=lambda row: row.group):
        of_article = list(group)
        for number, row in enumerate(of_article):
            border = shapes.border(number == 0, number == len(of_article) - 1)
            written = shapes.element("tr")
            for column, lines in enumerate((row.current, row.amended)):
                cell = Cell(place, column, 1, 1, [_paragraph(line, shapes) for line in lines])
                written.append(shapes.cell(cell, _COLUMN, border, "TOP"))
            yield written
            place += 1


def _with_rows(section: bytes, rows: Sequence[Any]) -> bytes:
    """The section with these rows below the first of its table. They come last, for the library goes through all it is
    given several times. Paragraphs and tables are numbered in their order; the library draws their numbers by lot."""
    root = etree.fromstring(section)
    table = next(root.iter(f"{_HP}tbl"))
    table.set("rowCnt", str(1 + len(rows)))
    _make_taller(table, 1 + len(rows))
    table.extend(rows)
    named = (one for one in root.iter(f"{_HP}p", f"{_HP}tbl") if one.get("id"))
    for number, one in enumerate(named, 1):
        one.set("id", str(number))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _make_taller(table: Any, rows: int) -> None:
    """The height of so many rows for a table that has that of one."""
    size = table.find(f"{_HP}sz")
    size.set("height", str(int(size.get("height")) * rows))


class _Shapes:
    """The shapes of characters, paragraphs and edges, made once."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._borders: dict[tuple[bool, bool, bool], str] = {}
        style = document.styles.ensure_run
        self.plain = style(font=_FONT, size=_SIZE)
        self.changed = style(font=_FONT, size=_SIZE, underline=True)
        self.bold = style(font=_FONT, size=_SIZE, bold=True)
        self.title = style(font=_FONT, size=_TITLE_SIZE, bold=True)
        self.centred = self._paragraph(alignment="CENTER")
        self.indented = [self._paragraph(indent_left_mm=_INDENT * depth) for depth in range(_DEPTHS)]
        self._table, self._cell, self._plain_paragraph = self._models()

    def _paragraph(self, **form: Any) -> str:
        """The number of a paragraph shape: that of a paragraph formatted like this, which goes again."""
        paragraph = self._document.add_paragraph("", inherit_style=False)
        place = len(self._document.paragraphs) - 1
        self._document.styles.apply_paragraph_format(paragraph_index=place, line_spacing_percent=150, **form)
        number = str(self._document.paragraphs[place].para_pr_id_ref)
        paragraph.remove()
        return number

    def _models(self) -> tuple[Any, Any, Any]:
        """A table without rows, a cell without paragraphs and a paragraph without runs, as the library makes them: all
        others are copies, for the library takes twenty times as long over each."""
        paragraph = self._document.add_paragraph("", inherit_style=False)
        table = paragraph.add_table(1, 1, border_fill_id_ref=0).element  # each copy says which
        paragraph.remove()
        row = table.find(f"{_HP}tr")
        table.remove(row)
        cell = row.find(f"{_HP}tc")
        held = cell.find(f"{_HP}subList")
        inside = held.find(f"{_HP}p")
        held.remove(inside)
        for run in list(inside):
            inside.remove(run)
        return table, cell, inside

    def border(self, top: bool, bottom: bool, headed: bool = False) -> str:
        """Lines stand between articles, not between the rows of one."""
        if (top, bottom, headed) not in self._borders:
            self._borders[top, bottom, headed] = self._border(top, bottom, headed)
        return self._borders[top, bottom, headed]

    def _border(self, top: bool, bottom: bool, headed: bool) -> str:
        drawn = ["left", "right", *(["top"] if top else []), *(["bottom"] if bottom else [])]
        return str(self._document.styles.ensure_border_fill(
            border_color="#000000", active_borders=drawn, fill_color="#EEEEEE" if headed else None))  # fmt: skip


    def element(self, name: str) -> Any:
        """A new element of the text."""
        return self._cell.makeelement(f"{_HP}{name}")

    def table(self, rows: int, columns: int, width: int) -> Any:
        """A table without its rows."""
        table = deepcopy(self._table)
        for name, value in (("rowCnt", rows), ("colCnt", columns), ("borderFillIDRef", self.border(True, True))):
            table.set(name, str(value))
        table.find(f"{_HP}sz").set("width", str(width))
        _make_taller(table, rows)
        return table

    def cell(self, cell: Cell[list[Any]], width: int, border: str, align: str) -> Any:
        """A cell that holds these paragraphs, `width` wide."""
        own = deepcopy(self._cell)
        own.set("borderFillIDRef", border)
        height = int(own.find(f"{_HP}cellSz").get("height")) * cell.height
        for name, attributes in (
            ("cellAddr", {"colAddr": cell.column, "rowAddr": cell.row}),
            ("cellSpan", {"colSpan": cell.width, "rowSpan": cell.height}),
            ("cellSz", {"width": width, "height": height}),
        ):
            for attribute, value in attributes.items():
                own.find(f"{_HP}{name}").set(attribute, str(value))
        held = own.find(f"{_HP}subList")
        held.set("vertAlign", align)
        held.extend(cell.content or [self.paragraph(0)])
        return own

    def paragraph(self, depth: int) -> Any:
        """A paragraph without runs."""
        paragraph = deepcopy(self._plain_paragraph)
        paragraph.set("paraPrIDRef", self.indented[depth])
        return paragraph


def _paragraph(line: Line, shapes: _Shapes) -> Any:
    """A line of a cell; a table stands in a paragraph of its own."""
    if not isinstance(line, TableLine):
        return _of_runs(line.runs, shapes, line.depth)
    paragraph = shapes.paragraph(0)
    run = _added(paragraph, "run")
    run.set("charPrIDRef", "0")
    run.append(_table(line, shapes))
    return paragraph


def _of_runs(runs: Iterable[Run], shapes: _Shapes, depth: int = 0) -> Any:
    paragraph = shapes.paragraph(depth)
    for run in tuple(runs) or (Run(""),):
        written = _added(paragraph, "run")
        written.set("charPrIDRef", shapes.changed if run.changed else shapes.plain)
        text = _added(written, "t")
        text.text, *further = _BREAKS.split(readable(run.text))
        for mark, words in zip(further[::2], further[1::2], strict=True):
            _added(text, "tab" if mark == "\t" else "lineBreak").tail = words
    return paragraph


def _table(line: TableLine, shapes: _Shapes) -> Any:
    """A table within a cell."""
    count = len(line.rows[0])
    width = (_COLUMN - _MARGINS) // count
    table = shapes.table(len(line.rows), count, count * width)
    spans = whole_rows_kept(sizes(line.spans), len(line.rows), count)
    for row, cells in enumerate(printed_cells(line.rows, spans)):
        written = _added(table, "tr")
        border = shapes.border(True, True, headed=row < line.heads)
        for cell in cells:
            held = Cell(*cell[:-1], [_of_runs(cell.content, shapes)])
            written.append(shapes.cell(held, cell.width * width, border, "CENTER"))
    return table


def _added(element: Any, name: str) -> Any:
    added = element.makeelement(f"{_HP}{name}")
    element.append(added)
    return added
