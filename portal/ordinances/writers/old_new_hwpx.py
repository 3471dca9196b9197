"""Writes the old–new table as HWPX, what ministries hand in: A4 upright, two columns, headings on each page.

Loads python-hwpx: not for a web process at its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from hwpx.document import HwpxDocument

from portal.ordinances.clauses import Language, covered_cells, sizes
from portal.ordinances.old_new_table import WORDS, Line, Row, Run, TableLine
from portal.ordinances.writers.hwpx import whole_rows_kept

_FONT: Final = "함초롬바탕"
_SIZE, _TITLE_SIZE = 10, 14
_MARGIN: Final = 20.0
#: Hundredths of a point (HWPUNIT): half of the text width of an A4 page with these margins.
_COLUMN: Final = 24_094
_INDENT: Final = 4.0
#: Left and right of the words of a cell together.
_MARGINS: Final = 1_020
_DEPTHS: Final = 5
_NOT_IN_XML: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "\ufffd")


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """The file. `title` is that of the draft."""
    words = WORDS[language]
    document = HwpxDocument.new()
    document.page.setup(paper_size="A4", orientation="portrait", margins_mm=dict.fromkeys(
        ("left", "right", "top", "bottom"), _MARGIN))  # fmt: skip
    shapes = _Shapes(document)
    heading = f"{title} {words.title}" if language == "ko" else f"{words.title}: {title}"
    document.add_paragraph(_clean(heading), para_pr_id_ref=shapes.centred, char_pr_id_ref=shapes.title,
                           inherit_style=False)  # fmt: skip
    table = document.add_table(len(rows) + 1, 2, width=2 * _COLUMN, inherit_style=False)
    table.set_column_widths([_COLUMN, _COLUMN])
    table.element.set("repeatHeader", "1")
    table.element.set("pageBreak", "CELL")
    grid = table.rows
    for cell, name in zip(grid[0].cells, (words.current, words.amended), strict=True):
        cell.element.set("header", "1")
        _paragraph(cell, 0, shapes.centred).add_run(name, char_pr_id_ref=shapes.bold)
        cell.element.set("borderFillIDRef", shapes.border(True, True, headed=True))
    place = 1
    for _, group in groupby(rows, key=lambda row: row.group):
        of_article = list(group)
        for number, row in enumerate(of_article):
            border = shapes.border(number == 0, number == len(of_article) - 1)
            for cell, lines in zip(grid[place].cells, (row.current, row.amended), strict=True):
                cell.element.set("borderFillIDRef", border)
                for content in cell.element.iter():
                    if content.tag.endswith("}subList"):
                        content.set("vertAlign", "TOP")
                _fill(cell, lines, shapes)
            place += 1
    _number(document)
    data: bytes = document.to_bytes()
    return data


def _number(document: Any) -> None:
    """Numbers for paragraphs and tables in their order, for the library draws them by lot."""
    for section in document.sections:
        named = [one for one in section.element.iter() if one.tag.endswith(("}p", "}tbl")) and one.get("id")]
        for number, one in enumerate(named, 1):
            one.set("id", str(number))


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

    def _paragraph(self, **form: Any) -> str:
        """The number of a paragraph shape: that of a paragraph formatted like this, which goes again."""
        paragraph = self._document.add_paragraph("", inherit_style=False)
        place = len(self._document.paragraphs) - 1
        self._document.styles.apply_paragraph_format(paragraph_index=place, line_spacing_percent=150, **form)
        number = str(self._document.paragraphs[place].para_pr_id_ref)
        paragraph.remove()
        return number

    def border(self, top: bool, bottom: bool, headed: bool = False) -> str:
        """Lines stand between articles, not between the rows of one."""
        if (top, bottom, headed) not in self._borders:
            self._borders[top, bottom, headed] = self._border(top, bottom, headed)
        return self._borders[top, bottom, headed]

    def _border(self, top: bool, bottom: bool, headed: bool) -> str:
        drawn = ["left", "right", *(["top"] if top else []), *(["bottom"] if bottom else [])]
        return str(self._document.styles.ensure_border_fill(
            border_color="#000000", active_borders=drawn, fill_color="#EEEEEE" if headed else None))  # fmt: skip


def _fill(cell: Any, lines: Iterable[Line], shapes: _Shapes) -> None:
    for place, line in enumerate(lines):
        if isinstance(line, TableLine):
            _table(_paragraph(cell, place, shapes.indented[0]), line, shapes)
            continue
        _runs(_paragraph(cell, place, shapes.indented[line.depth]), line.runs, shapes)


def _runs(paragraph: Any, runs: Iterable[Run], shapes: _Shapes) -> None:
    for run in runs:
        paragraph.add_run(_clean(run.text), char_pr_id_ref=shapes.changed if run.changed else shapes.plain)


def _table(paragraph: Any, line: TableLine, shapes: _Shapes) -> None:
    """A table within a cell."""
    count = len(line.rows[0])
    width = (_COLUMN - _MARGINS) // count
    table = paragraph.add_table(len(line.rows), count, width=count * width,
                                border_fill_id_ref=shapes.border(True, True))  # fmt: skip
    spans = whole_rows_kept(sizes(line.spans),
                            len(line.rows), count)  # fmt: skip
    covered = covered_cells(spans)
    for row, (cells, texts) in enumerate(zip(table.rows, line.rows, strict=True)):
        border = shapes.border(True, True, headed=row < line.heads)
        for column, (cell, runs) in enumerate(zip(list(cells.cells), texts, strict=True)):
            if (row, column) in covered:
                cell.element.getparent().remove(cell.element)
                continue
            height, wide = spans.get((row, column), (1, 1))
            if height * wide > 1:
                cell.set_span(height, wide)
            cell.set_size(wide * width, cell.height * height)
            cell.element.set("borderFillIDRef", border)
            _runs(_paragraph(cell, 0, shapes.indented[0]), runs, shapes)


def _paragraph(cell: Any, place: int, shape: str) -> Any:
    if place:
        return cell.add_paragraph("", para_pr_id_ref=shape)
    paragraph = cell.paragraphs[0]
    paragraph.clear_text()
    paragraph.para_pr_id_ref = shape
    return paragraph


def _clean(text: str) -> str:
    return text.translate(_NOT_IN_XML)
