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
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from portal.ordinances.clauses import Language
from portal.ordinances.old_new_table import WORDS, Line, Row, Run, TableLine
from portal.ordinances.writers.docx_cells import docx_cells
from portal.ordinances.writers.package import readable, xml_text
from portal.ordinances.writers.repacking import repacked

_FONT: Final = {"ko": "바탕", "en": "Times New Roman"}
_CELL_WIDTH: Final = Cm(8.5)
_INDENT: Final = Cm(0.4)
#: Left and right of the words of a cell together, in twentieths of a point.
_MARGINS: Final = 216


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """The file. `title` is that of the draft."""
    words = WORDS[language]
    document = docx.Document()
    _page(document)
    _fonts(document, language)
    heading = document.add_heading(level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.add_run(readable(f"{title} {words.title}" if language == "ko" else f"{words.title}: {title}"))
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
    properties.title, properties.author = readable(title), ""
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
    free = cell.paragraphs[0]  # a cell begins with a paragraph, and has to end with one
    for line in lines:
        if isinstance(line, TableLine):
            if free is not None:
                cell._tc.remove(free._p)
            cell._tc.append(_table(line))
            free = cell.add_paragraph()
            continue
        paragraph, free = free if free is not None else cell.add_paragraph(), None
        paragraph.paragraph_format.left_indent = _INDENT * line.depth
        for run in line.runs:
            paragraph.add_run(readable(run.text)).underline = True if run.changed else None


def _table(line: TableLine) -> Any:
    """A table within a cell. Written as a whole: cell by cell, python-docx takes time with the square of their
    number."""
    count = len(line.rows[0])
    width = (int(_CELL_WIDTH.twips) - _MARGINS) // count
    rows: list[str] = []
    for row, cells in enumerate(docx_cells(line.rows, line.spans, count)):
        written = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{cell.width * width}" w:type="dxa"/>{cell.merging}</w:tcPr>'
            f"<w:p>{''.join(map(_run, cell.content or ()))}</w:p></w:tc>"
            for cell in cells
        )
        head = "<w:trPr><w:tblHeader/></w:trPr>" if row < line.heads else ""
        rows.append(f"<w:tr>{head}{written}</w:tr>")
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{count * width}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{f"""<w:gridCol w:w="{width}"/>""" * count}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def _run(run: Run) -> str:
    underlined = '<w:rPr><w:u w:val="single"/></w:rPr>' if run.changed else ""
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{xml_text(line)}</w:t>' for line in run.text.split("\n"))
    return f"<w:r>{underlined}{words}</w:r>"


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
