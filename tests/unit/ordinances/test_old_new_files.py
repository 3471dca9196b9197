"""The old–new table as HTML, DOCX, HWPX and XLSX: every word of it is in each file, and what changed is underlined."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from io import BytesIO

import html5lib
import pytest

from portal.ordinances.clauses import Language
from portal.ordinances.compare import ChangeName
from portal.ordinances.old_new_table import Line, Row, Run, TableLine
from portal.ordinances.writers import old_new, old_new_html
from tests.support.timing import assert_within

ROWS = [
    Row("art_1", (Line((Run("제1조(목적) ① 이 영은 "), Run("시험", changed=True), Run("이다."))),),
        (Line((Run("제1조(목적) ① 이 영은 "), Run("본시험", changed=True), Run("이다."))),), "art_1__para_1", "art_1__para_1",
        ChangeName.REWORDED),
    Row("art_1", (Line((Run("<신 설>", remark=True),), 1),),
        (Line((Run("② 둘째 & <셋째>\n다음 줄", changed=True),), 1), Line((Run("1. 첫째", changed=True),), 2)), None,
        "art_1__para_2", ChangeName.INSERTED),
    Row("art_2", (Line((Run("=1+1", changed=True), Run("\x07"))),), (Line((Run("<삭 제>", remark=True),)),), "art_2", None,
        ChangeName.DELETED),
]  # fmt: skip
TITLE = "시험 시행령 & 규칙"


def written(to: str, language: Language = "ko") -> bytes:
    return old_new.write(ROWS, to, TITLE, language)


@pytest.mark.parametrize("to", old_new.FORMATS)
def test_the_same_rows_are_the_same_file(to: str) -> None:
    assert written(to) == written(to)
    assert to in old_new.MEDIA_TYPES


@pytest.mark.parametrize("to", old_new.FORMATS)
def test_a_table_without_rows_is_a_file_too(to: str) -> None:
    assert old_new.write([], to, "", "en")


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="pdf"):
        old_new.write(ROWS, "pdf", TITLE)


def test_web_processes_load_no_office_library_with_the_list_of_formats() -> None:
    code = ("import sys, portal.ordinances.writers.old_new, portal.ordinances.writers.old_new_html;"
            "print([m for m in ('docx', 'hwpx', 'openpyxl', 'lxml') if m in sys.modules])")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# -------------------------------------------------------------------------------------------------------------- HTML


def test_html_is_valid_and_accessible() -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document = parser.parse(written("html").decode())
    assert document.get("lang") == "ko"
    assert document.findtext(".//title") == document.findtext(".//h1") == f"{TITLE} 신ㆍ구조문대비표"
    assert [(head.text, head.get("scope")) for head in document.iter("th")] == [("현행", "col"), ("개정안", "col")]
    assert document.findtext(".//caption") == "신ㆍ구조문대비표"
    assert len(list(document.iter("tbody"))) == 2 and len(list(document.iter("tr"))) == 4


def test_html_marks_what_changed_for_eyes_and_ears() -> None:
    page = written("html").decode()
    assert '<del><span class="spoken">삭제되는 부분: </span>시험<span class="spoken"> (끝)</span></del>' in page
    assert "본시험" in page and "둘째 &amp; &lt;셋째&gt;<br>다음 줄" in page
    assert '<p class="depth-2"><ins>' in page
    assert "text-decoration: underline" in page
    assert '<span class="spoken">inserted: </span>' in written("html", "en").decode()


def test_the_table_alone_has_neither_style_nor_script() -> None:
    table = old_new_html.table(ROWS, "ko", "제1안과 제2안")
    assert table.startswith('<table class="old-new" lang="ko">') and "<caption>제1안과 제2안</caption>" in table
    assert not re.search(r"style=|<style|<script|on\w+=", table)


# -------------------------------------------------------------------------------------------------------------- DOCX


def test_docx_holds_the_table() -> None:
    import docx

    document = docx.Document(BytesIO(written("docx")))
    assert document.paragraphs[0].text == f"{TITLE} 신ㆍ구조문대비표"
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["현행", "개정안"], ["제1조(목적) ① 이 영은 시험이다.", "제1조(목적) ① 이 영은 본시험이다."],
        ["<신 설>", "② 둘째 & <셋째>\n다음 줄\n1. 첫째"], ["=1+1\ufffd", "<삭 제>"],
    ]  # fmt: skip
    underlined = [run.text for run in table.rows[1].cells[1].paragraphs[0].runs if run.underline]
    assert underlined == ["본시험"]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    depths = [paragraph.paragraph_format.left_indent or 0 for paragraph in table.rows[2].cells[1].paragraphs]
    assert 0 < depths[0] < depths[1]


# -------------------------------------------------------------------------------------------------------------- XLSX


def test_xlsx_holds_the_table_with_underlined_words() -> None:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    sheet = openpyxl.load_workbook(BytesIO(written("xlsx")), rich_text=True).active
    assert [cell.value for cell in sheet[1]] == ["현행 조항", "개정안 조항", "구분", "현행", "개정안"]
    assert [str(cell.value) for cell in sheet[2]] == [
        "제1조제1항", "제1조제1항", "자구 수정", "제1조(목적) ① 이 영은 시험이다.", "제1조(목적) ① 이 영은 본시험이다."]  # fmt: skip
    amended = sheet["E2"].value
    assert isinstance(amended, CellRichText)
    assert [block.text for block in amended if isinstance(block, TextBlock) and block.font.u == "single"] == ["본시험"]
    assert (sheet["A3"].value, sheet["B3"].value, sheet["C3"].value) == (None, "제1조제2항", "신설")
    assert sheet.freeze_panes == "A2"


def test_nothing_in_a_cell_is_a_formula() -> None:
    plain = [Row("art_2", (Line((Run("=1+1"),)),), (Line((Run("@SUM(A1)"),)),), "art_2", "art_2", ChangeName.SAME)]
    with zipfile.ZipFile(BytesIO(old_new.write(plain, "xlsx", TITLE))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "=1+1" not in re.sub(r"<(is|v)>.*?</\1>", "", sheet)


# -------------------------------------------------------------------------------------------------------------- HWPX


def test_hwpx_holds_the_table() -> None:
    from hwpx.document import HwpxDocument

    document = HwpxDocument.open(BytesIO(written("hwpx")))
    assert any(paragraph.text == f"{TITLE} 신ㆍ구조문대비표" for paragraph in document.paragraphs)
    (table,) = [table for paragraph in document.paragraphs for table in paragraph.tables]
    assert (table.row_count, table.column_count) == (4, 2)
    assert table.cell(0, 0).text == "현행" and table.cell(0, 1).text == "개정안"
    assert table.cell(1, 1).text == "제1조(목적) ① 이 영은 본시험이다."
    assert table.cell(3, 1).text == "<삭 제>"
    assert (table.element.get("repeatHeader"), table.element.get("pageBreak")) == ("1", "CELL")
    shapes = {run.text: run.char_pr_id_ref for run in table.cell(1, 1).paragraphs[0].runs}
    underline = document.styles.char_property(shapes["본시험"]).child_attributes["underline"]["type"]
    assert underline == "BOTTOM" and shapes["본시험"] != shapes["이다."]
    assert not document.validate().issues


# ------------------------------------------------------------------------------------------------- tables in a cell


def _cell(text: str, changed: bool = False) -> tuple[Run, ...]:
    return (Run(text, changed),) if text else ()


TABLE = TableLine(
    (Run("위반 | 금액\n가 | 1차 | 10\n | 2차 | 20\n(생략)"),), 1,
    ((_cell("위반"), _cell("금액"), ()), (_cell("가 & 나"), _cell("1차"), _cell("10", True)),
     ((), _cell("2차"), _cell("20\n30")), ((Run("(생략)", remark=True),), (), ())),
    ((0, 1, 1, 2), (1, 0, 2, 1), (3, 0, 1, 3)),
)  # fmt: skip
ANNEX = [Row("tbl_1", (Line((Run("[별표 1]"),)), TABLE), (TABLE, Line((Run("비고"),))), "tbl_1", "tbl_1",
             ChangeName.REWORDED)]  # fmt: skip


def test_html_holds_the_table_in_its_cell() -> None:
    page = old_new.write(ANNEX, "html", TITLE).decode()
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    current = page.split("<td><p>[별표 1]</p>")[1]
    assert current.startswith(
        '<table class="cells depth-1"><thead><tr><th scope="col">위반</th><th scope="colgroup" colspan="2">금액</th></tr>'
        '</thead><tbody><tr><td rowspan="2">가 &amp; 나</td><td>1차</td><td><del>'
    )
    assert '<tr><td>2차</td><td>20<br>30</td></tr><tr><td colspan="3"><span class="remark">(생략)</span></td></tr>' in page


def test_docx_holds_the_table_in_its_cell() -> None:
    import docx

    document = docx.Document(BytesIO(old_new.write(ANNEX, "docx", TITLE)))
    current, amended = document.tables[0].rows[1].cells
    for cell in (current, amended):
        (inner,) = cell.tables
        assert [[each.text for each in row.cells] for row in inner.rows] == [
            ["위반", "금액", "금액"], ["가 & 나", "1차", "10"], ["가 & 나", "2차", "20\n30"], ["(생략)"] * 3,
        ]  # fmt: skip
        assert [run.text for run in inner.rows[1].cells[2].paragraphs[0].runs if run.underline] == ["10"]
        assert cell._tc[-1].tag.endswith("}p")  # Word opens no cell that ends with a table
    assert [child.tag.rpartition("}")[2] for child in current._tc] == ["tcPr", "p", "tbl", "p"]
    assert [child.tag.rpartition("}")[2] for child in amended._tc] == ["tcPr", "tbl", "p"]
    assert amended.paragraphs[0].text == "비고"


def test_hwpx_holds_the_table_in_its_cell() -> None:
    from hwpx.document import HwpxDocument

    document = HwpxDocument.open(BytesIO(old_new.write(ANNEX, "hwpx", TITLE)))
    assert not document.validate().issues
    (outer,) = [table for paragraph in document.paragraphs for table in paragraph.tables]
    assert outer.cell(1, 0).paragraphs[0].text == "[별표 1]"
    for column in (0, 1):
        (inner,) = outer.cell(1, column).tables
        assert [[(cell.text, cell.span) for cell in row.cells] for row in inner.rows] == [
            [("위반", (1, 1)), ("금액", (1, 2))], [("가 & 나", (2, 1)), ("1차", (1, 1)), ("10", (1, 1))],
            [("2차", (1, 1)), ("20\n30", (1, 1))], [("(생략)", (1, 3))],
        ]  # fmt: skip


def test_xlsx_has_the_table_as_lines_of_its_cell() -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(BytesIO(old_new.write(ANNEX, "xlsx", TITLE))).active
    assert "[별표 1]\n  위반 | 금액\n" in sheet["D2"].value


def test_a_long_table_is_written_as_hwpx_in_little_time() -> None:
    """The library alone takes a second for 125 rows."""
    rows = tuple(tuple(_cell(f"{row}. {column}", changed=True) for column in range(4)) for row in range(400))
    long = TableLine((Run("표"),), 0, rows, (), 1)
    annex = [Row("tbl_1", (long,), (long,), "tbl_1", "tbl_1", ChangeName.REWORDED)]
    old_new.write(ROWS, "hwpx", TITLE)
    assert_within(0.7, lambda: old_new.write(annex, "hwpx", TITLE))
