"""Writes the old–new table as DOCX: A4 upright, two columns of one width, headings that stand again on each page.

Loads python-docx: not for a web process at its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from portal.ordinances.clauses import Language
from portal.ordinances.old_new_table import WORDS, Line, Row
from portal.ordinances.writers.repacking import repacked

_FONT: Final = {"ko": "바탕", "en": "Times New Roman"}
_CELL_WIDTH: Final = Cm(8.5)
_INDENT: Final = Cm(0.4)
#: XML has no way to write these.
_NOT_IN_XML: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "\ufffd")


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """The file. `title` is that of the draft."""
    words = WORDS[language]
    document = docx.Document()
    _page(document)
    _fonts(document, language)
    heading = document.add_heading(level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.add_run(_clean(f"{title} {words.title}" if language == "ko" else f"{words.title}: {title}"))
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for cell, name in zip(table.rows[0].cells, (words.current, words.amended), strict=True):
        cell.width = _CELL_WIDTH
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].add_run(name).bold = True
    _mark(table.rows[0], "w:tblHeader")
    for _, group in groupby(rows, key=lambda row: row.group):
        of_article = list(group)
        for place, row in enumerate(of_article):
            cells = table.add_row().cells
            for cell, lines in zip(cells, (row.current, row.amended), strict=True):
                cell.width = _CELL_WIDTH
                _fill(cell, lines)
                _borders(cell, top=place == 0, bottom=place == len(of_article) - 1)
    properties = document.core_properties
    properties.title, properties.author = _clean(title), ""
    properties.language = language
    written = BytesIO()
    document.save(written)
    return repacked(written.getvalue())


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)


def _fonts(document: Any, language: Language) -> None:
    for name, size in (("Normal", 10), ("Heading 1", 14)):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT[language], Pt(size)
        style.font.color.rgb = None
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT["ko"])
    document.styles["Normal"].paragraph_format.space_after = Pt(0)


def _fill(cell: Any, lines: Iterable[Line]) -> None:
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.paragraph_format.left_indent = _INDENT * line.depth
        for run in line.runs:
            paragraph.add_run(_clean(run.text)).underline = True if run.changed else None


def _borders(cell: Any, top: bool, bottom: bool) -> None:
    """Lines stand between articles, not between the rows of one."""
    if top and bottom:
        return
    borders = OxmlElement("w:tcBorders")
    for edge, drawn in (("w:top", top), ("w:bottom", bottom)):
        if not drawn:
            line = OxmlElement(edge)
            line.set(qn("w:val"), "nil")
            borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _clean(text: str) -> str:
    return text.translate(_NOT_IN_XML)
