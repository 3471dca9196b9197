"""The Markdown reader on small texts: what people write, and what breaks the form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Kind, Reading, Status
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import legalize_markdown, portal_json
from portal.ordinances.writers import portal_json as writer
from tests.support.timing import assert_within


def read(text: str) -> Reading:
    return legalize_markdown.read(text.encode())


def eids(text: str) -> list[str]:
    return [clause.eid for clause in read(text).draft.clauses]


TEXT = """---
제목: 시험 시행령
공포번호: '00012'
소관부처:
- 시험부
- 다른부
출처: https://www.law.go.kr/법령/시험
첨부파일:
- 별표번호: '0001'
  별표가지번호: '03'
  별표구분: 별표
  제목: 'it''s &lt;표&gt;'
- 별표번호: '0000'
  별표가지번호: '00'
  별표구분: 서식
  제목: 신청서
- 별표번호: '0000'
  별표가지번호: '00'
  별표구분: 서식
  제목: 보고서
---

# 시험 시행령

# 제1편 총칙

## 제1장 목적 <개정 2020.1.2>

##### 제1조 (목적)

이 영은 시험을 위한 것이다. <개정 2012.2.10, 2013.3.23> [본조신설 2009.4.22]

##### 제2조 (정의(定義) 등)

다음 각 호와 같다.

  1\\. 첫째
    가\\. 목 하나

 1) 세목 하나


 2) 세목 둘
    나\\. 목 둘
  1의2\\. 가지
  2\\. 삭제 <2011.1.1>

**①** 첫 항

다음 줄

**②** 삭제 <2012.1.1>

## 제1장의2 보칙

##### 제2조의2

삭제 <2010.1.1>

# 제2편 각칙

## 제1장 벌칙

##### 제3조

## 부칙

부칙 <제11호,2009.1.1>


①(시행일) 이 영은 공포한 날부터 시행한다.


② 생략

부칙(다른 법) <제12호,2010.1.1>


제1조(시행일) 이 영은 다음 각 호의 날부터 시행한다.


1. 앞의 것: 공포한 날


2. 뒤의 것: 그 다음 날


제2조(다른 법령의 개정) ①부터 ③까지 생략


④ 어떤 법 시행령 일부를 다음과 같이 개정한다.


제3조 중 "가"를 "나"로 한다.


제3조 생략
"""


def test_a_whole_text() -> None:
    reading = read(TEXT)
    clauses = reading.draft.by_eid
    assert list(clauses) == [
        "part_1", "part_1__chp_1", "art_1", "art_2", "art_2__subpara_1", "art_2__subpara_1__point_ga",
        "art_2__subpara_1__point_ga__sub_1", "art_2__subpara_1__point_ga__sub_2", "art_2__subpara_1__point_na",
        "art_2__subpara_1-2", "art_2__subpara_2", "art_2__para_1", "art_2__para_2", "part_1__chp_1-2", "art_2-2",
        "part_2", "part_2__chp_1", "art_3", "addenda_11", "addenda_11__para_1", "addenda_11__para_2", "addenda",
        "addenda__art_1", "addenda__art_1__subpara_1", "addenda__art_1__subpara_2", "addenda__art_2",
        "addenda__art_2__para_1", "addenda__art_2__para_4", "addenda__art_3", "tbl_1-3", "form_0", "form_0-2",
    ]  # fmt: skip
    assert reading.not_placed == ()
    assert reading.draft.title_ko == "시험 시행령"
    assert dict(reading.counts) == dict.fromkeys(reading.counts, 0) | {
        Kind.PART: 2, Kind.CHAPTER: 3, Kind.ARTICLE: 4, Kind.PARAGRAPH: 2, Kind.SUBPARAGRAPH: 3, Kind.ITEM: 2,
        Kind.SUBITEM: 2,
    }  # fmt: skip
    assert reading.draft.clause_count == 11

    first = clauses["art_1"]
    assert (first.heading_ko, first.text_ko, first.parent) == ("목적", "이 영은 시험을 위한 것이다.", "part_1__chp_1")
    assert first.notes == ("<개정 2012.2.10, 2013.3.23>", "[본조신설 2009.4.22]")
    assert clauses["part_1__chp_1"].notes == ("<개정 2020.1.2>",)
    assert clauses["art_2"].heading_ko == "정의(定義) 등"
    assert clauses["art_2__para_1"].text_ko == "첫 항\n다음 줄"
    deleted = [clause.eid for clause in reading.draft.clauses if clause.status is Status.DELETED]
    assert deleted == ["art_2__subpara_2", "art_2__para_2", "art_2-2", "art_3"]
    assert clauses["art_2__subpara_2"].text_ko == "삭제"
    assert [clauses[eid].label for eid in ("art_2-2", "art_2__subpara_1-2", "part_1__chp_1-2")] == [
        "제2조의2", "1의2.", "제1장의2",
    ]  # fmt: skip

    assert (clauses["addenda"].heading_ko, clauses["addenda"].notes) == ("다른 법", ("<제12호,2010.1.1>",))
    assert clauses["addenda_11__para_1"].heading_ko == "시행일"
    assert clauses["addenda__art_2__para_4"].text_ko == (
        '어떤 법 시행령 일부를 다음과 같이 개정한다.\n제3조 중 "가"를 "나"로 한다.'
    )
    assert clauses["addenda__art_3"].text_ko == "생략"

    assert clauses["tbl_1-3"].heading_ko == "it's <표>"
    assert (clauses["form_0-2"].label, clauses["form_0-2"].heading_ko) == ("별지 서식(2)", "보고서")
    facts = dict(reading.facts)
    assert facts["소관부처"] == "시험부, 다른부"
    assert facts["출처"] == "https://www.law.go.kr/법령/시험"
    assert facts["첨부파일.3.제목"] == "보고서"


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\\.", "."), lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text,
    lambda text: text.replace("**", ""), lambda text: text.replace("조 (", "조("), lambda text: text + "\n\n\n",
    lambda text: text.replace("    가", "가").replace("    나", "나").replace("  1", "1").replace("  2", "2"),
    lambda text: text.replace("    ", "\t"),
])  # fmt: skip
def test_looser_writing_gives_the_same_tree(change: object) -> None:
    assert callable(change)
    assert read(change(TEXT)).draft.clauses == read(TEXT).draft.clauses


def test_without_front_matter_the_last_addenda_are_the_own_ones() -> None:
    text = TEXT[TEXT.index("# 시험") :]
    assert [eid for eid in eids(text) if eid in ("addenda", "addenda_11", "tbl_1-3")] == ["addenda_11", "addenda"]
    assert read(text).draft.title_ko == "시험 시행령"


def test_front_matter_that_is_not_closed_or_not_understood() -> None:
    assert "art_1" in eids("---\n# 제목\n##### 제1조 (목적)\n글\n")
    reading = read("---\n제목: 하나\n???\n  홀로: 선\n---\n##### 제1조 (목적)\n글\n")
    assert [rejected.line for rejected in reading.not_placed] == [3, 4]
    assert reading.draft.title_ko == "하나"


def test_an_address_that_stands_twice_is_reported_with_what_hangs_on_it() -> None:
    reading = read(
        "##### 제1조 (하나)\n글\n##### 제1조 (둘)\n딴 글\n  1\\. 호\n"
        "##### 제2조 (셋)\n  1\\. 호\n  1\\. 또\n"
    )
    assert [clause.eid for clause in reading.draft.clauses] == ["art_1", "art_2", "art_2__subpara_1"]
    assert [(rejected.line, rejected.text) for rejected in reading.not_placed] == [
        (3, "##### 제1조 (둘)"), (4, "딴 글"), (5, "1\\. 호"), (8, "1\\. 또"),
    ]  # fmt: skip


def test_a_line_that_only_looks_numbered_stays_text() -> None:
    reading = read("##### 제1조 (하나)\n**①** 글\n3. 셋부터\n2026. 1. 1. 현재\n나. 다음\n2) 둘\n")
    assert [clause.eid for clause in reading.draft.clauses] == ["art_1", "art_1__para_1"]
    assert reading.draft.by_eid["art_1__para_1"].text_ko == "글\n3. 셋부터\n2026. 1. 1. 현재\n나. 다음\n2) 둘"


def test_items_and_subitems_may_skip_a_level() -> None:
    text = (
        "##### 제1조 (하나)\n    가\\. 목\n"
        "##### 제2조 (둘)\n  1\\. 호\n1) 세목\n가) 더\n(1) 더\n(2) 더\n2) 세목\n"
    )
    assert eids(text) == [
        "art_1", "art_1__point_ga", "art_2", "art_2__subpara_1", "art_2__subpara_1__sub_1",
        "art_2__subpara_1__sub_1__sub_ga", "art_2__subpara_1__sub_1__sub_ga__sub_1",
        "art_2__subpara_1__sub_1__sub_ga__sub_2", "art_2__subpara_1__sub_2",
    ]  # fmt: skip


def test_items_reach_the_thirtieth() -> None:
    syllables = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노"
    lines = "".join(f"    {syllable}\\. 목\n" for syllable in syllables)
    assert eids(f"##### 제1조 (하나)\n  1\\. 호\n{lines}")[-1] == "art_1__subpara_1__point_no"


def test_a_preamble_stands_before_everything() -> None:
    reading = read("# 대한민국헌법\n유구한 역사\n와 전통\n## 제1장 총강\n##### 제1조\n**①** 글\n")
    preamble = reading.draft.clauses[0]
    assert (preamble.eid, preamble.kind, preamble.text_ko) == ("preamble", Kind.PREAMBLE, "유구한 역사\n와 전통")


def test_annexes_in_the_text() -> None:
    reading = read(
        "##### 제1조 (하나)\n글\n## 별표 1 기준(제1조 관련)\n1. 가\n|표|\n## [별지 제2호의3서식] 신청서\n## 별표\n끝\n"
    )
    clauses = reading.draft.by_eid
    assert list(clauses) == ["art_1", "tbl_1", "form_2-3", "tbl_0"]
    assert (clauses["tbl_1"].heading_ko, clauses["tbl_1"].text_ko) == ("기준(제1조 관련)", "1. 가\n|표|")
    assert clauses["tbl_0"].text_ko == "끝"


def test_a_heading_that_fits_nowhere_takes_its_lines_with_it() -> None:
    reading = read("# 제목\n##### 제1조 (하나)\n글\n## 참고\n설명\n##### 제2조 (둘)\n글\n")
    assert [rejected.line for rejected in reading.not_placed] == [4, 5]
    assert reading.draft.by_eid["art_1"].text_ko == "글"


@pytest.mark.parametrize(("addenda", "expected"), [
    ("## 부칙\n이 영은 공포한 날부터 시행한다.\n", ["addenda"]),
    ("## 부칙\n제1조(시행일) 하나\n제2조(특례) ① 둘\n② 셋\n", [
        "addenda", "addenda__art_1", "addenda__art_2", "addenda__art_2__para_1", "addenda__art_2__para_2"]),
    ("## 부칙 <제7호, 2025. 1. 1.>\n① 하나\n② 둘\n", ["addenda", "addenda__para_1", "addenda__para_2"]),
    ("## 부칙\n부  칙\n이 영은 시행한다.\n", ["addenda"]),
    ("## 부칙\n부칙 <제7호,2025.1.1>\n하나\n부칙\n둘\n부칙 <제7호,2024.1.1>\n셋\n부칙 <제7호,2023.1.1>\n넷\n", [
        "addenda_7", "addenda", "addenda_7-2", "addenda_7-3"]),
    ("## 부칙\n제1조 내지 제5조 생략\n제6조 (다른 법령의 개정) ①내지 <35>생략\n<36>어떤령중 다음과 같이 개정한다.\n"
     "제7조 (등록) 인용\n제7조 생략\n<37>및 <38>생략\n", [
        "addenda", "addenda__art_1", "addenda__art_6", "addenda__art_6__para_1", "addenda__art_6__para_36",
        "addenda__art_7"]),
    ("## 부칙\n제1조(다른 법령의 개정) 어떤 법 일부를 다음과 같이 개정한다.\n제2조를 다음과 같이 한다.\n"
     "제2조(정의) 인용\n① 인용한 항\n제2조(시행일) 글\n", ["addenda", "addenda__art_1", "addenda__art_2"]),
])  # fmt: skip
def test_the_styles_of_addenda(addenda: str, expected: list[str]) -> None:
    assert eids(f"##### 제1조 (하나)\n글\n{addenda}")[1:] == expected


@pytest.mark.parametrize("text", [
    "# 제목\n", "## 제1장 총칙\n", "본문만 있는 글\n\n## 부칙\n시행한다", "---\n제목: 가\n---\n", "## 별표 1 기준\n",
])  # fmt: skip
def test_a_text_without_articles_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDraft, match="holds no clause"):
        read(text)


def test_text_is_kept_in_nfc() -> None:
    assert read("##### 제1조 (한글)\n復歸\n").draft.clauses[0].text_ko == "復歸"


def test_a_text_in_english_fills_the_other_side() -> None:
    reading = legalize_markdown.read("# Title\n##### 제1조 (Purpose)\nText\n".encode(), "en")
    clause = reading.draft.clauses[0]
    assert (clause.heading_en, clause.text_en, clause.text_ko) == ("Purpose", "Text", None)
    assert reading.draft.title_en == "Title"
    assert reading.draft.languages == ("en",)


@pytest.mark.parametrize("text", [
    "#a" + " " * 1_000_000 + "b\n", "글 " + "<2020.1.1>" * 200_000, "글" + "[" * 500_000 + "]", "#" * 1_000_000,
    "  1\\. 호\n" * 50_000, "## 부칙\n① 가\n② " + '"a"를 ' * 200_000, "## 부칙\n제1조" + " 및 제2조" * 100_000,
    "## 부칙\n제1조" + "(" * 500_000, "## 부칙\n" + "제5조 " * 200_000 + "다음과 같이 한다.\n제5조(가) 글",
], ids=["heading", "marks", "brackets", "hashes", "number", "quotes", "range", "parentheses", "announced"])  # fmt: skip
def test_a_hostile_file_takes_no_longer_than_it_is_long(text: str) -> None:
    assert_within(5, lambda: read(f"##### 제1조 (목적)\n{text}\n"))


_small = st.integers(0, 6)
_lines = st.one_of(
    _small.map(lambda n: f"##### 제{n}조 (목적)"), _small.map(lambda n: f"##### 제1조의{n}"),
    _small.map(lambda n: f"## 제{n}장 총칙 <개정 2012.1.{n + 1}>"), _small.map(lambda n: f"### 제{n}절"),
    _small.map(lambda n: f"# 제{n}편 물권"), _small.map(lambda n: f"#### 제{n}관 글"),
    st.sampled_from("①②③㉖").map(lambda c: f"**{c}** 항"), st.sampled_from("①②③").map(lambda c: f"{c} 항"),
    _small.map(lambda n: f"  {n}\\. 호"), _small.map(lambda n: f"{n}의2. 호"),
    st.sampled_from("가나다노").map(lambda c: f"    {c}\\. 목"), st.sampled_from("가나다").map(lambda c: f"{c}. 목"),
    _small.map(lambda n: f" {n}) 세목"), st.sampled_from("가나").map(lambda c: f"{c}) 세목"),
    _small.map(lambda n: f"({n}) 세목"), _small.map(lambda n: f"부칙 <제{n}호,2020.1.1>"),
    _small.map(lambda n: f"제{n}조(시행일) 이 영은"), _small.map(lambda n: f"제{n}조 생략"),
    st.sampled_from(["## 부칙", "①(시행일) 이 영은", "## 별표 1 표", "## [별지 서식] 표", "## 별표", "---", " ",
                     "**줄**", "삭제 <2012.1.1>", "# 제목", "제2조를 다음과 같이 한다."]),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r\x00"), max_size=12),
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_lines, max_size=25))
def test_whatever_a_file_holds_every_line_is_accounted_for(lines: list[str]) -> None:
    try:
        reading = legalize_markdown.read_text("\n".join(lines))
    except UnreadableDraft:
        return
    reported = {rejected.line for rejected in reading.not_placed}
    for number, line in enumerate(lines, 1):
        assert not line.strip() or (number in reading.placed) != (number in reported)
    seen: set[str] = set()
    for clause in reading.draft.clauses:
        assert parse(clause.eid).kind is clause.kind
        assert clause.eid not in seen
        assert clause.parent is None or clause.parent in seen
        seen.add(clause.eid)
    assert portal_json.read(writer.write(reading.draft)).draft == reading.draft
