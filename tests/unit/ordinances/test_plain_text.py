"""Flat text line by line: what opens a clause and what goes on with one, Korean and English."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Kind, Reading, Status, Table
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import plain_text, portal_json
from portal.ordinances.readers.line_grammar import read_lines
from portal.ordinances.writers import portal_json as writer
from tests.support.timing import assert_within
from tests.unit.ordinances import hostile_texts

TEXT = """\
대통령령 제      호
시험 산업 진흥·육성에 관한 법률 시행령안
제1장　총칙(總則)

제１조（목적） 이 영은 「시험법」에서 위임된 사항을 규정함을 목적으로 한다.
제2조(정의(定義)) ① 이 영에서 사용하는 용어의 뜻은 다음 각 호와 같다. <개정 2012·2·10>
  1.「시험법」 제3조에 따른 것
  2. 둘째 것으로서 다음 각 목의 것
    가. 하나
    나. 정보를 제공하여야 한
다.
      1) 세목
      2) 세목 둘
  ② 제1항에 따른
제3조에 따른 것은 그러하지 아니하다.
제3조 삭제 <2009. 4. 22.>
제4조【벌칙】 다음 표와 같다.
┌───┬───┐
│구분  │금액  │
├───┼───┤
│가    │10    │
└───┴───┘
[본조신설 2020. 8. 4.]
- 3 -
부      칙
제1조(시행일) 이 영은 공포한 날부터 시행한다.
제2조(경과조치) ① 하나
② 둘
■ 시험법 시행령 [별표 1] <개정 2018. 1. 23.>
시험의 기준 및 과태료의
부과기준(제4조 관련)
1. 일반기준
 가. 가
[별지 제1호의2서식] <신설 2020.1.1>
신청서
"""


def read(text: str, language: str = "ko") -> Reading:
    return plain_text.read(text.encode(), language)  # type: ignore[arg-type]


def eids(text: str, language: str = "ko") -> list[str]:
    return [clause.eid for clause in read(text, language).draft.clauses]


def test_a_whole_text() -> None:
    reading = readers.read(TEXT.encode(), "안.txt")
    clauses = reading.draft.by_eid
    assert reading.source_format == "plain_text"
    assert list(clauses) == [
        "chp_1", "art_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2",
        "art_2__para_1__subpara_2__point_ga", "art_2__para_1__subpara_2__point_na",
        "art_2__para_1__subpara_2__point_na__sub_1", "art_2__para_1__subpara_2__point_na__sub_2", "art_2__para_2",
        "art_3", "art_4", "addenda", "addenda__art_1", "addenda__art_2", "addenda__art_2__para_1",
        "addenda__art_2__para_2", "tbl_1", "form_1-2",
    ]  # fmt: skip
    assert reading.draft.title_ko == "시험 산업 진흥ㆍ육성에 관한 법률 시행령안"
    assert reading.facts == (("머리글.1", "대통령령 제      호"),)
    assert clauses["chp_1"].heading_ko == "총칙(總則)"
    assert clauses["art_1"].heading_ko == "목적"
    assert clauses["art_2"].heading_ko == "정의(定義)"
    assert clauses["art_2__para_1"].notes == ("<개정 2012·2·10>",)
    assert clauses["art_2__para_1__subpara_1"].text_ko == "「시험법」 제3조에 따른 것"
    assert clauses["art_2__para_1__subpara_2__point_na"].text_ko == "정보를 제공하여야 한\n다."
    assert clauses["art_2__para_2"].text_ko == "제1항에 따른\n제3조에 따른 것은 그러하지 아니하다."
    assert (clauses["art_3"].status, clauses["art_3"].notes) == (Status.DELETED, ("<2009. 4. 22.>",))
    assert clauses["art_4"].text_ko == "다음 표와 같다."
    assert clauses["art_4"].tables == (Table(("구분", "금액"), (), (("가", "10"),), (), 1),)
    assert clauses["art_4"].notes == ("[본조신설 2020. 8. 4.]",)
    assert clauses["tbl_1"].heading_ko == "시험의 기준 및 과태료의 부과기준(제4조 관련)"
    assert (clauses["tbl_1"].notes, clauses["tbl_1"].text_ko) == (("<개정 2018. 1. 23.>",), "1. 일반기준\n가. 가")
    assert (clauses["form_1-2"].heading_ko, clauses["form_1-2"].notes) == ("신청서", ("<신설 2020.1.1>",))
    assert [(rejected.line, rejected.text) for rejected in reading.not_placed] == [(24, "- 3 -")]


@pytest.mark.parametrize(("line", "opens"), [
    ("제4조(적용) 글", True),
    ("제4조 (적용) 글", True),
    ("제 4 조(적용)", True),
    ("第4條(適用) 글", True),
    ("제4조(적용)이 영은", True),
    ("제4조 삭제", True),
    ("제4조", True),
    ("제9조(건너뜀) 글", True),
    ("제3조의 2(적용) 글", True),
    ("제3조 의 2 (적용) 글", True),
    ("제3조의 2【적용】 글", True),
    ("제3조의 2 삭제 <2020.1.1>", True),
    ("제3조의 2 배를 곱한 것", False),
    ("제3조의 2(적용)에 따른 것", False),
    ("제4조의2 (적용)에 따른 것", False),
    ("제4조(적용)에 따른 것", False),
    ("제4조(적용)에서 정한 것", False),
    ("제4조제1항에 따른 것", False),
    ("제4조 및 제5조에 따른 것", False),
    ("제4조 각 호의 것", False),
    ("제4조에 따라", False),
])  # fmt: skip
def test_what_opens_an_article(line: str, opens: bool) -> None:
    found = eids(f"제1조(하나) 글\n제2조(둘) 글\n제3조(셋) ① 글\n{line}\n")
    assert (len([eid for eid in found if "__" not in eid]) == 4) is opens


def test_articles_without_headings_follow_one_another() -> None:
    text = "대한민국헌법\n전문\n유구한 역사\n제1장 총강\n제1조 ①대한민국은\n②주권은\n제2조 국민이 되는\n제3조 영토는\n제7조 아니다"
    reading = read(text)
    assert [clause.eid for clause in reading.draft.clauses] == [
        "preamble", "chp_1", "art_1", "art_1__para_1", "art_1__para_2", "art_2", "art_3",
    ]  # fmt: skip
    assert reading.draft.by_eid["art_3"].text_ko == "영토는\n제7조 아니다"
    assert reading.draft.title_ko == "대한민국헌법"


@pytest.mark.parametrize(("line", "opens"), [
    ("제2장 보칙", True),
    ("제 2 장  보칙", True),
    ("제2장의2 보칙", True),
    ("제2장의 2 보칙", True),
    ("제2장", True),
    ("제2장 삭제 <2010.1.1>", True),
    ("제1절 통칙", True),
    ("제2장에 따른 것", False),
    ("제2장 및 제3장의 규정", False),
    ("제2장 제1절에 따른 것", False),
    ("제2장의 규정에 따른다.", False),
    ("제2장 보칙의 규정은 준용한다.", False),
])  # fmt: skip
def test_what_opens_a_chapter(line: str, opens: bool) -> None:
    found = read(f"제1장 총칙\n제1조(하나) 글\n{line}\n")
    headings = [clause for clause in found.draft.clauses if clause.kind in (Kind.CHAPTER, Kind.SECTION)]
    assert (len(headings) == 2) is opens


def test_the_heading_of_a_chapter_on_a_line_of_its_own() -> None:
    assert read("제1장\n총칙\n제1조(하나) 글").draft.by_eid["chp_1"].heading_ko == "총칙"


@pytest.mark.parametrize(("lines", "expected"), [
    (["1. 하나", "2. 둘", "4. 넷"], ["1", "2", "4"]),
    (["1. 하나", "1의2. 둘", "2. 셋"], ["1", "1-2", "2"]),
    (["1. 하나", "1의 2. 둘", "2. 셋"], ["1", "1-2", "2"]),
    (["1. 하나", "2026. 1. 1. 현재"], ["1"]),
    (["1. 하나", "5. 31.까지"], ["1"]),
    (["3. 셋"], []),
    (["1.5배를 곱한 것"], []),
    (["１． 하나", "２．둘"], ["1", "2"]),
    (["1. 하나", "60. 예순"], ["1"]),
])  # fmt: skip
def test_subparagraphs_and_lines_that_only_look_like_them(lines: list[str], expected: list[str]) -> None:
    found = eids("\n".join(["제1조(하나) 다음 각 호의 것", *lines]))
    assert found[1:] == [f"art_1__subpara_{number}" for number in expected]


def test_a_number_that_stands_twice_takes_its_lines_with_it() -> None:
    reading = read("제1조(하나) 글\n제2조(둘) 글\n제1조(하나) 또\n① 항\n제3조(셋) 글")
    assert [clause.eid for clause in reading.draft.clauses] == ["art_1", "art_2", "art_3"]
    assert [rejected.line for rejected in reading.not_placed] == [3, 4]


def test_a_table_of_contents_is_no_text() -> None:
    text = "시험법\n목 차\n제1장 총칙\n제1조(목적)\n제2조(정의)\n부칙\n제1장 총칙\n제1조(목적) 글\n제2조(정의) 글\n부칙\n시행한다."
    reading = read(text)
    assert [clause.eid for clause in reading.draft.clauses] == ["chp_1", "art_1", "art_2", "addenda"]
    assert reading.not_placed == ()
    assert reading.draft.by_eid["art_2"].text_ko == "글"


def test_what_stands_above_the_first_article() -> None:
    text = (
        "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 시행령 ( 약칭: 인공지능기본법 시행령 )\n"
        "[시행 2026. 1. 22.] [대통령령 제36053호, 2026. 1. 21., 제정]\n"
        "과학기술정보통신부(인공지능안전신뢰정책과) 044-202-6291, 6292\n"
        "1. 제정이유\n가. 이러이러하다.\n제1조(목적) 글\n부칙 <제36000호, 2025. 1. 1.>\n① 하나\n"
        "부칙 <제36053호, 2026. 1. 21.>\n제1조(시행일) 글"
    )
    reading = read(text)
    assert reading.draft.title_ko == "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 시행령 ( 약칭: 인공지능기본법 시행령 )"
    assert [rejected.text for rejected in reading.not_placed] == ["1. 제정이유", "가. 이러이러하다."]
    assert [clause.eid for clause in reading.draft.clauses] == [
        "art_1", "addenda_36000", "addenda_36000__para_1", "addenda", "addenda__art_1",
    ]  # fmt: skip
    assert len(reading.facts) == 2


@pytest.mark.parametrize("line", [
    "과학기술정보통신부 공고 제2025-100호", "과학기술정보통신부공고제2025 - 100호 (2025. 1. 2.)", "○ 서울특별시 공고 제 2025-1 호",
    "과학기술정보통신부고시 제2025-10호", "과학기술정보통신부고시 제2025-10호, 2025. 1. 2.",
])  # fmt: skip
def test_the_number_of_a_notice_is_no_title(line: str) -> None:
    reading = read(f"{line}\n인공지능 시행령 제정(안) 입법예고\n제1조(목적) 글")
    assert reading.draft.title_ko == "인공지능 시행령 제정(안) 입법예고"
    assert (reading.facts, reading.not_placed) == ((("머리글.1", line),), ())


def test_annexes_in_sentences_are_no_annexes() -> None:
    text = "제1조(하나) 다음과 같다.\n별표 1과 같다.\n[별표 1] 제2호에 따른다.\n[별표 2]를 삭제한다.\n별표 3에 따른다.\n부칙\n글\n별표 3\n기준(제1조 관련)\n표"
    assert eids(text) == ["art_1", "addenda", "tbl_3"]


def test_tables_among_lines_belong_to_the_clause_above_them() -> None:
    table = Table(("가",), (), (("나",),), ())
    reading = read_lines(
        [(1, "시험법"), (2, table), (3, "제1조(하나) 글"), (4, table), (5, "더"), (6, "부칙"), (7, "글"), (8, table),
         (9, "[별표 1]"), (10, "표(제1조 관련)"), (11, table), (12, "비고"), (13, table)], "docx")  # fmt: skip
    clauses = reading.draft.by_eid
    assert [t.after_lines for t in clauses["art_1"].tables] == [1]
    assert clauses["art_1"].text_ko == "글\n더"
    assert [t.after_lines for t in clauses["addenda"].tables] == [1]
    assert [t.after_lines for t in clauses["tbl_1"].tables] == [0, 1]
    assert [rejected.line for rejected in reading.not_placed] == [2]
    assert portal_json.read(writer.write(reading.draft)).draft == reading.draft


ENGLISH = """\
Enforcement Decree of the Test Act
CHAPTER I GENERAL PROVISIONS
Article 1 (Purpose) The purpose of this Decree is to test.
Article 2 (Definitions) (1) The terms used are as follows:
1. The term "one" means the first;
2. The term "two" means:
(a) a part;
(b) another:
1) an item;
2) and one more.
(2) Article 1 shall apply to paragraph
(1) of this Article.
Article 3 Deleted. <by Presidential Decree No. 1, Jan. 1, 2020>
CHAPTER II-2
SUPPLEMENTS
Article 4-2 (Notice) Notice shall be given. <Amended by Presidential Decree No. 2, Feb. 2, 2021>
ADDENDA <Presidential Decree No. 3, Mar. 3, 2022>
Article 1 (Enforcement Date)
This Decree shall enter into force on the date of its promulgation.
Annex 1 Criteria for Fines
1. General criteria
"""


def test_an_english_text() -> None:
    reading = readers.read(ENGLISH.encode(), "decree.txt", "en")
    clauses = reading.draft.by_eid
    assert list(clauses) == [
        "chp_1", "art_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2",
        "art_2__para_1__subpara_2__point_ga", "art_2__para_1__subpara_2__point_na",
        "art_2__para_1__subpara_2__point_na__sub_1", "art_2__para_1__subpara_2__point_na__sub_2", "art_2__para_2",
        "art_3", "chp_2-2", "art_4-2", "addenda", "addenda__art_1", "tbl_1",
    ]  # fmt: skip
    assert reading.draft.title_en == "Enforcement Decree of the Test Act"
    assert [clauses[eid].label for eid in ("art_4-2", "art_2__para_1", "art_2__para_1__subpara_2__point_na", "tbl_1")] == [
        "Article 4-2", "(1)", "(b)", "Annex 1",
    ]  # fmt: skip
    assert (clauses["chp_2-2"].label_en, clauses["chp_2-2"].heading_en) == ("Chapter II-2", "SUPPLEMENTS")
    assert clauses["art_2__para_2"].text_en == "Article 1 shall apply to paragraph\n(1) of this Article."
    assert clauses["art_3"].status is Status.DELETED
    assert clauses["art_4-2"].notes == ("<Amended by Presidential Decree No. 2, Feb. 2, 2021>",)
    assert clauses["tbl_1"].heading_en == "Criteria for Fines"
    assert reading.not_placed == ()
    assert portal_json.read(writer.write(reading.draft)).draft == reading.draft


@pytest.mark.parametrize("text", ["그냥 글\n또 글", "제3조에 따른 것", "\n\n", "①\n1.\n가."])
def test_a_text_without_articles_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDraft):
        read(text)


def test_a_file_may_be_called_anything(tmp_path: Path) -> None:
    assert readers.read("제1조(하나) 글".encode(), "x.bin").source_format == "plain_text"
    assert readers.read("[시행 2026. 1. 22.]\n제1조(하나) 글".encode()).source_format == "plain_text"
    assert readers.read("<개정 2020.1.1>\n제1조(하나) 글".encode()).source_format == "plain_text"


@pytest.mark.parametrize("place", range(len(hostile_texts.TEXTS)))
def test_a_hostile_text_takes_no_longer_than_it_is_long(place: int) -> None:
    assert_within(1.5, lambda: hostile_texts.seconds(place))


_PIECES = st.sampled_from([
    "제1조(목적) 글", "제2조 (정의) ① 글", "제3조 삭제 <2009.4.22>", "제1장 총칙", "제1절 통칙", "① 글", "② 글", "1. 글", "2. 글", "가. 글",
    "나. 글", "1) 글", "가) 글", "(1) 글", "글", "부칙", "부칙 <제12호,2010.1.1>", "[별표 1] 표", "[별지 제1호서식]", "┌──┐", "│가  │", "└──┘",
    "[본조신설 2020.1.1]", "제1항 협의", "목차", "- 1 -", "Article 1 (A) b", "(1) b", "(a) b", "ADDENDA", "Chapter I A", "",
])  # fmt: skip


@given(st.lists(st.one_of(_PIECES, st.text(max_size=20)), max_size=30), st.sampled_from(["ko", "en"]))
@settings(max_examples=80, deadline=None)
def test_whatever_a_text_holds_every_line_is_accounted_for(lines: list[str], language: str) -> None:
    text = "\n".join(lines).replace("\x00", "")
    try:
        reading = plain_text.read_text(text, language)  # type: ignore[arg-type]
    except UnreadableDraft:
        return
    reported = {rejected.line for rejected in reading.not_placed}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            assert (number in reading.placed) or (number in reported) or not line.strip("\u200b\u3164\ufeff\u00ad \u2060\uffa0")
        assert not (number in reading.placed and number in reported)
    seen: set[str] = set()
    for clause in reading.draft.clauses:
        assert parse(clause.eid).kind is clause.kind
        assert clause.eid not in seen
        assert clause.parent is None or clause.parent in seen
        seen.add(clause.eid)
    assert portal_json.read(writer.write(reading.draft)).draft == reading.draft
