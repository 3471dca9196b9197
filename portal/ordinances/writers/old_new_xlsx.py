"""Writes the old–new table as XLSX: a row for each row, changed words underlined within the cell.

Columns before the two texts name article, address and change, so that the sheet can be sorted and filtered. Loads
openpyxl: not for a web process at its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from portal.ordinances import addresses
from portal.ordinances.clauses import Language
from portal.ordinances.compare import ChangeName
from portal.ordinances.old_new_table import WORDS, Line, Row
from portal.ordinances.writers.package import readable
from portal.ordinances.writers.repacking import repacked

_HEADS: Final[dict[Language, tuple[str, str, str]]] = {
    "ko": ("현행 조항", "개정안 조항", "구분"), "en": ("Current clause", "Amended clause", "Change"),
}  # fmt: skip
_CHANGES: Final[dict[Language, dict[ChangeName, str]]] = {
    "ko": {
        ChangeName.SAME: "같음", ChangeName.REWORDED: "자구 수정", ChangeName.RENUMBERED: "번호 변경",
        ChangeName.MOVED: "이동", ChangeName.SPLIT: "분리", ChangeName.MERGED: "통합", ChangeName.DELETED: "삭제",
        ChangeName.INSERTED: "신설",
    },
    "en": {change: change.value for change in ChangeName},
}  # fmt: skip
_WIDTHS: Final = (20, 20, 12, 60, 60)
#: A cell of a spreadsheet holds no more characters.
_MOST: Final = 32_767
_LINE: Final = Side(style="thin", color="FF888888")


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """The file. `title` is that of the draft. Text is always text: nothing in a cell is taken for a formula."""
    words = WORDS[language]
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError("a new workbook has a sheet")
    sheet.title = words.title.replace("ㆍ", "·")[:31]
    sheet.append([*_HEADS[language], words.current, words.amended])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFEEEEEE")
        cell.alignment, cell.border = Alignment(horizontal="center"), Border(bottom=_LINE)
    for place, row in enumerate(rows, 2):
        values = (_spoken(row.old, language), _spoken(row.new, language), _CHANGES[language][row.change],
                  _text(row.current), _text(row.amended))  # fmt: skip
        for column, value in enumerate(values, 1):
            cell = sheet.cell(place, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            cell.alignment, cell.border = Alignment(vertical="top", wrap_text=True), Border(bottom=_LINE)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:E{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.title, book.properties.creator = readable(title), ""
    written = BytesIO()
    book.save(written)
    return repacked(written.getvalue())


def _spoken(eid: str | None, language: Language) -> str:
    return addresses.parse(eid).spoken(language) if eid else ""


def _text(lines: Iterable[Line]) -> CellRichText | str:
    """The lines of a cell, changed runs underlined; plain where nothing changed or there is more than a cell holds."""
    blocks: list[TextBlock | str] = []
    for line in lines:
        if blocks:
            blocks.append("\n")
        blocks.append("  " * line.depth)
        for run in line.runs:
            text = readable(run.text)
            blocks.append(TextBlock(InlineFont(u="single"), text) if run.changed else text)
    merged: list[TextBlock | str] = []
    for block in blocks:
        if isinstance(block, str) and merged and isinstance(merged[-1], str):
            merged[-1] += block
        elif isinstance(block, TextBlock) or block:
            merged.append(block)
    plain = "".join(block if isinstance(block, str) else block.text for block in merged)
    if len(plain) > _MOST or not any(isinstance(block, TextBlock) for block in merged):
        return plain[:_MOST]
    return CellRichText(*merged)
