"""The XML reader on all official files: counts are those of the elements, each line of the file accounted for, nothing
lost; and the one text that is also there as Markdown gives the same tree."""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Kind, Reading, Status
from portal.ordinances.readers import law_go_kr_xml
from tests.support.timing import assert_within
from tests.unit.ordinances import official

XML = official.DATA / "ordinances" / "kr_xml"
pytestmark = official.needs_data
FILES = sorted(XML.glob("*.xml"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
CONTENT = ("조문내용", "조문참고자료", "항내용", "호내용", "목내용", "부칙내용", "별표내용")


@lru_cache(maxsize=8)
def read(path: Path) -> Reading:
    return readers.read(path.read_bytes(), path.name)


@lru_cache(maxsize=8)
def source(path: Path) -> ET.Element:
    # The standard library's parser: the test does not count with what it tests.
    return ET.fromstring(path.read_bytes())


def letters(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", unicodedata.normalize("NFC", html.unescape(text))))


def test_all_files_are_there() -> None:
    assert len(FILES) == 7


@every_file
def test_counts_are_those_of_the_elements(path: Path) -> None:
    root, counts = source(path), read(path).counts
    units = root.findall("조문/조문단위")
    headings = [unit.findtext("조문내용", "").strip() for unit in units if unit.findtext("조문여부") == "전문"]
    expected = {
        Kind.ARTICLE: sum(unit.findtext("조문여부") == "조문" for unit in units),
        Kind.PARAGRAPH: sum(bool((each.text or "").strip()) for each in root.iter("항번호")),
        Kind.SUBPARAGRAPH: sum(bool((each.text or "").strip()) for each in root.iter("호번호")),
        Kind.ITEM: sum(bool((each.text or "").strip()) for each in root.iter("목번호")),
        Kind.PART: sum(bool(re.match(r"제\d+편", line)) for line in headings),
        Kind.CHAPTER: sum(bool(re.match(r"제\d+장", line)) for line in headings),
        Kind.SECTION: sum(bool(re.match(r"제\d+절", line)) for line in headings),
        Kind.SUBSECTION: sum(bool(re.match(r"제\d+관", line)) for line in headings),
        Kind.PREAMBLE: int(any(not re.match(r"제\d+[편장절관]", line) for line in headings)),
        Kind.SUBITEM: sum(len(re.findall(r"^\s*(?:\d+|[가-하])\) ", each.text or "", re.MULTILINE))
                          for name in ("항내용", "호내용", "목내용") for each in root.iter(name)),
    }  # fmt: skip
    assert dict(counts) == expected
    kinds = Counter(clause.kind for clause in read(path).draft.clauses)
    assert kinds[Kind.ADDENDUM] == len(root.findall("부칙/부칙단위"))
    assert kinds[Kind.ANNEX] + kinds[Kind.FORM] == len(root.findall("별표/별표단위"))


@every_file
def test_each_address_is_unique_and_each_parent_comes_before(path: Path) -> None:
    seen: set[str] = set()
    for clause in read(path).draft.clauses:
        assert clause.eid not in seen
        assert clause.kind is parse(clause.eid).kind
        assert clause.parent is None or clause.parent in seen
        seen.add(clause.eid)


@every_file
def test_no_line_is_lost_and_none_left_over(path: Path) -> None:
    reading = read(path)
    assert reading.not_placed == ()
    lines = path.read_text("utf-8").split("\n")
    for number in reading.placed:
        assert lines[number - 1].strip(), number


@every_file
def test_the_clauses_hold_every_letter_of_the_source(path: Path) -> None:
    clauses = [clause for clause in read(path).draft.clauses if clause.kind not in (Kind.ANNEX, Kind.FORM)]
    root = source(path)
    expected: Counter[str] = Counter()
    for unit in root.iter("조문단위"):
        for element in unit.iter():
            if element.tag in CONTENT:
                expected += letters(element.text or "")
    for element in root.iter("부칙내용"):
        expected += letters(element.text or "")
    printed: Counter[str] = Counter()
    for clause in clauses:
        printed += letters(_printed(clause))
    lost, added = expected - printed, printed - expected
    # What is drawn is no text of a table; the word 전문 is the label of the preamble.
    assert not {letter: count for letter, count in lost.items() if not "\u2500" <= letter <= "\u257f"}
    assert not added


def _printed(clause: Clause) -> str:
    heading = clause.heading_ko or ""
    if heading and clause.kind in (Kind.ARTICLE, Kind.PARAGRAPH, Kind.ADDENDUM):
        heading = f"({heading})"
    tables = "".join("".join(cell for row in (table.columns_ko, *table.rows_ko) for cell in row)
                     for table in clause.tables)  # fmt: skip
    return "".join((clause.label, heading, clause.text_ko or "", *clause.notes, tables))


@every_file
def test_annexes_hold_every_letter_of_theirs(path: Path) -> None:
    reading = read(path)
    for unit, annex in zip(
        source(path).findall("별표/별표단위"),
        [clause for clause in reading.draft.clauses if clause.kind in (Kind.ANNEX, Kind.FORM)],
        strict=True,
    ):
        content = unit.findtext("별표내용", "")
        assert annex.heading_ko and re.sub(r"\s", "", annex.heading_ko) in re.sub(
            r"\s", "", html.unescape(unit.findtext("별표제목", ""))
        )
        tables = "".join(cell for table in annex.tables for row in (table.columns_ko, *table.rows_ko) for cell in row)
        printed = letters("".join((annex.heading_ko or "", annex.text_ko or "", *annex.notes, tables)))
        lost = letters(content) - printed
        head = letters(content[: content.find("]") + 1])  # ■ the law's name [별표 1]
        assert not {each for each in (lost - head) if not "\u2500" <= each <= "\u257f"}
        assert len(annex.tables) == len(re.findall(r"^\s*[┌┏]", content, re.MULTILINE))
        assert not re.search("[\u2500-\u257f]", annex.text_ko or "")


def test_the_text_that_is_there_as_markdown_too_gives_the_same_tree() -> None:
    markdown = readers.read(
        (official.MARKDOWN / "procedure/legislative_affairs_regulation/2026-03-31_36233.md").read_bytes()
    ).draft
    xml = read(XML / "legislative_affairs_regulation_285173.xml").draft
    # The Markdown leaves out what stands below an article: [전문개정 2010.10.5].
    plain = tuple(replace(c, notes=tuple(note for note in c.notes if note.startswith("<"))) for c in xml.clauses)
    assert plain == markdown.clauses
    assert xml.title_ko == markdown.title_ko == "법제업무 운영규정"
    assert xml.by_eid["art_11-3"].notes == (
        "[본조신설 2014.11.19]", "[제목개정 2025.12.30]",
        "[제11조의2에서 이동, 종전 제11조의3은 제11조의4로 이동 <2021.1.5>]",
    )  # fmt: skip


def test_the_preamble_of_the_constitution() -> None:
    reading = read(XML / "constitution_1987_61603.xml")
    preamble = reading.draft.clauses[0]
    assert preamble.eid == "preamble"
    assert (preamble.text_ko or "").startswith("유구한 역사와 전통에 빛나는 우리 대한국민은")
    assert (preamble.text_ko or "").endswith("\n1987년 10월 29일")
    assert reading.draft.by_eid["art_69"].text_ko == (
        "대통령은 취임에 즈음하여 다음의 선서를 한다.\n\"나는 헌법을 준수하고 국가를 보위하며 조국의 평화적 통일과 국민의"
        " 자유와 복리의 증진 및 민족문화의 창달에 노력하여 대통령으로서의 직책을 성실히 수행할 것을 국민 앞에 엄숙히 선서합니다.\""
    )
    assert reading.draft.by_eid["chp_4__sec_2__subsec_3"].heading_ko == "행정각부"


def test_moves_are_told_by_notes_and_facts() -> None:
    reading = read(XML / "building_sale_decree_285171.xml")
    assert reading.draft.by_eid["art_12-3"].notes[1:] == ("[본조신설 2013.12.30]", "[제12조의2에서 이동 <2026.3.31>]")
    facts = dict(reading.facts)
    assert facts["조문이동이전.art_12-3"] == "001202"
    assert facts["조문이동이후.art_12-2"] == "001203"
    assert "조문이동이전.art_9" not in facts
    assert facts["공포번호"] == "36232"
    assert facts["개정문"].startswith("국무회의의 심의를 거친")


def test_a_table_of_fines_has_the_amounts_beside_what_they_are_for() -> None:
    annex = read(XML / "residents_training_decree_285051.xml").draft.by_eid["tbl_0"]
    [table] = annex.tables
    assert table.columns_ko == ("위반행위", "근거 법조문", "과태료 금액(단위: 만원)", "", "")
    assert table.rows_ko[0] == ("", "", "1차\n위반", "2차\n위반", "3차 이상\n위반")
    assert table.spans[:3] == ((0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 1, 3))
    row = next(row for row in table.rows_ko if row[0].startswith("2) 전공의에게 법 제7조제2항"))
    assert row[1:] == ("", "100", "250", "400")
    assert annex.notes == ("<개정 2026. 3. 31.>", "[시행일: 2026. 12. 31.] 제2호사목, 제2호타목, 제2호파목, 제2호하목")


def test_a_deleted_annex() -> None:
    annex = read(XML / "fire_industry_decree_285219.xml").draft.by_eid["tbl_0"]
    assert annex.status is Status.DELETED
    assert annex.notes[0] == "<2018. 12. 24.>"


def test_reading_is_fast() -> None:
    data = (XML / "carbon_neutral_decree_285223.xml").read_bytes()
    assert_within(0.5, lambda: law_go_kr_xml.read(data))
