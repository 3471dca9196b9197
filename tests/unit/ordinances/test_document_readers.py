"""DOCX, HWPX and Akoma Ntoso as other people write them, and as they come back after somebody worked on them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from portal.ordinances import readers, writers
from portal.ordinances.clauses import Kind, Reading, Status
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import hwpx as hwpx_reader
from portal.ordinances.readers.containers import MAX_TAGS
from tests.unit.ordinances import official
from tests.unit.ordinances.hostile_files import HANGUL, WORD, docx_of, hwpx_of, zipped
from tests.unit.ordinances.small_draft import SMALL

LINES = ["시험 시행령", "제1장 총칙", "제1조(목적) 이 영은 시험이다.", "제2조(의무) ① 사업자는 다음 각 호의 조치를 해야 한다.",
         "1. 알릴 것", "2. 적을 것", "가. 이름", "② 삭제 <2025.1.1>", "부칙", "이 영은 공포한 날부터 시행한다.", "[별표 1]",
         "과태료의 부과기준(제2조 관련)", "1. 일반기준"]  # fmt: skip
EIDS = ["chp_1", "art_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2",
        "art_2__para_1__subpara_2__point_ga", "art_2__para_2", "addenda", "tbl_1"]  # fmt: skip


def _docx_of_lines() -> bytes:
    import docx

    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=3)
    for place, text in enumerate(("위반행위", "금액", "비고", "가", "나", "다")):
        table.cell(place // 3, place % 3).text = text
    table.cell(0, 1).merge(table.cell(0, 2)).text = "금액"
    document.add_paragraph("끝")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _hwpx_of_lines() -> bytes:
    from hwpx import HwpxDocument

    document = HwpxDocument.new()
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(2, 3)
    for place, text in enumerate(("위반행위", "금액", "", "가", "나", "다")):
        table.cell(place // 3, place % 3).text = text
    table.merge_cells(0, 1, 0, 2)
    document.add_paragraph("끝")
    return bytes(document.to_bytes())


@pytest.mark.parametrize("make", [_docx_of_lines, _hwpx_of_lines])
def test_a_document_without_our_styles_is_read_by_its_lines(make: Callable[[], bytes]) -> None:
    reading = readers.read(make())
    draft = reading.draft
    assert draft.title_ko == "시험 시행령"
    assert [clause.eid for clause in draft.clauses] == EIDS
    assert draft.by_eid["art_2__para_1"].text_ko == "사업자는 다음 각 호의 조치를 해야 한다."
    assert draft.by_eid["art_2__para_2"].status is Status.DELETED
    annex = draft.by_eid["tbl_1"]
    assert annex.heading_ko == "과태료의 부과기준(제2조 관련)"
    assert annex.text_ko == "1. 일반기준\n끝"
    assert annex.table is not None
    assert annex.table.columns_ko == ("위반행위", "금액", "")
    assert annex.table.rows_ko == (("가", "나", "다"),)
    assert (annex.table.after_lines, annex.table.spans) == (1, ((0, 1, 1, 2),))
    assert reading.not_placed == ()


# -------------------------------------------------------------------------------------------- what word processors do


def _word(body: str, **more: bytes) -> list[str]:
    reading = readers.read(docx_of(WORD + body.encode() + b"</w:body></w:document>", **more))
    return [f"{clause.eid}: {clause.text_ko}" for clause in reading.draft.clauses]


def _p(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


ARTICLE = _p("제1조(목적) 글")


def test_tracked_changes_are_read_as_they_would_be_accepted() -> None:
    body = ("<w:p><w:r><w:t>제1조(목적) </w:t></w:r><w:del><w:r><w:delText>옛</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>새</w:t></w:r></w:ins><w:r><w:t> 글</w:t></w:r></w:p>")  # fmt: skip
    assert _word(body) == ["art_1: 새 글"]


def test_a_frame_around_text_is_no_table() -> None:
    assert _word(f"<w:tbl><w:tr><w:tc>{ARTICLE}{_p('둘째 줄')}</w:tc></w:tr></w:tbl>") == ["art_1: 글\n둘째 줄"]


def test_text_in_content_controls_and_boxes_is_not_lost() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{_p('상자')}</w:txbxContent></w:pict></w:r></w:p>"
    controlled = f"<w:sdt><w:sdtPr/><w:sdtContent>{_p('제2조(뜻) 둘')}</w:sdtContent></w:sdt>"
    assert _word(ARTICLE + controlled + box) == ["art_1: 글", "art_2: 둘\n상자"]


def test_breaks_and_tabs_within_a_paragraph() -> None:
    body = "<w:p><w:r><w:t>제1조(목적) 글</w:t><w:br/><w:t>둘</w:t><w:tab/><w:t>셋</w:t></w:r></w:p>"
    assert _word(body) == ["art_1: 글\n둘 셋"]


def test_a_footnote_is_reported_where_it_stands() -> None:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = f'<w:footnotes {namespace}><w:footnote w:id="2">{_p("각주의 글")}</w:footnote></w:footnotes>'.encode()
    body = ARTICLE + '<w:p><w:r><w:t>둘째 줄</w:t><w:footnoteReference w:id="2"/></w:r></w:p></w:body></w:document>'
    reading = readers.read(docx_of(WORD + body.encode(), word__footnotes_dot_xml=notes))
    assert [(rejected.line, rejected.text) for rejected in reading.not_placed] == [(2, "각주의 글")]
    note = "<hp:ctrl><hp:footNote><hp:subList><hp:p><hp:run><hp:t>각주</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl>"
    section = f"<hp:p><hp:run><hp:t>제1조(목적) 글</hp:t>{note}</hp:run></hp:p></hs:sec>".encode()
    reading = readers.read(hwpx_of(HANGUL + section))
    assert [(rejected.line, rejected.text) for rejected in reading.not_placed] == [(1, "각주")]
    assert reading.draft.by_eid["art_1"].text_ko == "글"


def _hangul(body: str) -> tuple[list[str], list[tuple[int, str]]]:
    reading = readers.read(hwpx_of(HANGUL + body.encode() + b"</hs:sec>"))
    return ([f"{clause.eid}: {clause.text_ko}" for clause in reading.draft.clauses],
            [(rejected.line, rejected.text) for rejected in reading.not_placed])  # fmt: skip


def _hp(inside: str) -> str:
    return f"<hp:p><hp:run>{inside}</hp:run></hp:p>"


def _cells(*texts: str, column: str = "") -> str:
    address = f'<hp:cellAddr colAddr="{column}" rowAddr="0"/>' if column else ""
    return "".join(f"<hp:tc>{address}<hp:subList>{_hp(f'<hp:t>{text}</hp:t>')}</hp:subList></hp:tc>" for text in texts)


@pytest.mark.parametrize(("side", "text"), [(' side="TOP"', "글\n<표 1> 금액"), (' side="BOTTOM"', "글\n<표 1> 금액"),
                                            ("", "글\n<표 1> 금액")])  # fmt: skip
def test_the_caption_of_a_table_is_read_where_it_stands(side: str, text: str) -> None:
    caption = f"<hp:caption{side}><hp:subList>{_hp('<hp:t>&lt;표 1&gt; 금액</hp:t>')}</hp:subList></hp:caption>"
    table = f"<hp:tbl>{caption}<hp:tr>{_cells('가', '나')}</hp:tr></hp:tbl>"
    reading = readers.read(hwpx_of(HANGUL + (_hp("<hp:t>제1조(목적) 글</hp:t>") + _hp(table)).encode() + b"</hs:sec>"))
    (clause,) = reading.draft.clauses
    assert (clause.text_ko, reading.not_placed) == (text, ())
    assert [(table.columns_ko, table.after_lines) for table in clause.tables] == [
        (("가", "나"), 1 if "BOTTOM" in side else 2)]  # fmt: skip


def test_two_cells_that_say_they_stand_at_one_place_lose_no_word() -> None:
    table = f"<hp:tbl><hp:tr>{_cells('하나', '둘', column='0')}{_cells('셋', column='1')}</hp:tr></hp:tbl>"
    reading = readers.read(hwpx_of(HANGUL + (_hp("<hp:t>제1조(목적) 글</hp:t>") + _hp(table)).encode() + b"</hs:sec>"))
    assert reading.draft.clauses[0].tables[0].columns_ko == ("하나\n둘", "셋")
    alone = f"<hp:tbl><hp:tr>{_cells('하나', '둘', column='0')}</hp:tr></hp:tbl>"
    reading = readers.read(hwpx_of(HANGUL + (_hp("<hp:t>제1조(목적) 글</hp:t>") + _hp(alone)).encode() + b"</hs:sec>"))
    assert reading.draft.clauses[0].tables[0].columns_ko == ("하나\n둘",)


def test_a_memo_is_no_text_of_the_draft_and_is_reported() -> None:
    memo = (f'<hp:ctrl><hp:fieldBegin type="MEMO"><hp:parameters><hp:stringParam name="ID">memo</hp:stringParam>'
            f"</hp:parameters><hp:subList>{_hp('<hp:t>검토 필요</hp:t>')}</hp:subList></hp:fieldBegin></hp:ctrl>")  # fmt: skip
    assert _hangul(_hp(f"{memo}<hp:t>제1조(목적) 글</hp:t><hp:ctrl><hp:fieldEnd/></hp:ctrl>")) == (
        ["art_1: 글"], [(1, "검토 필요")])  # fmt: skip


DELETION, KEPT = ('<hp:deleteBegin Id="1" TcId="1"/>', '<hp:deleteEnd Id="1" TcId="1" paraend="0"/>')


def test_words_that_hangul_has_struck_out_are_not_read() -> None:
    body = _hp(f"<hp:t>제1조(기간) 기간은 {DELETION}3년{KEPT}<hp:insertBegin/>5년<hp:insertEnd/>으로 한다.</hp:t>")
    assert _hangul(body) == (["art_1: 기간은 5년으로 한다."], [])


def test_a_deletion_goes_on_over_runs_paragraphs_and_tables() -> None:
    table = f"<hp:tbl><hp:tr><hp:tc><hp:subList>{_hp('<hp:t>칸</hp:t>')}</hp:subList></hp:tc><hp:tc/></hp:tr></hp:tbl>"
    body = (f"<hp:p><hp:run><hp:t>제1조(기간) 글{DELETION}옛</hp:t></hp:run><hp:run><hp:t>말</hp:t></hp:run></hp:p>"
            + _hp("<hp:t>제2조(옛 조) 없다</hp:t>") + _hp(table) + _hp(f"<hp:t>끝{KEPT}둘째 줄</hp:t>"))  # fmt: skip
    assert _hangul(body) == (["art_1: 글\n둘째 줄"], [])


def test_a_deletion_that_nothing_ends_is_reported() -> None:
    body = _hp(f"<hp:t>제1조(기간) 글{DELETION} 더</hp:t>") + _hp("<hp:t>제2조(둘) 글</hp:t>")
    assert _hangul(body) == (["art_1: 글"], [(1, "더"), (2, "제2조(둘) 글")])


OTHER, OTHER_KEPT = DELETION.replace("1", "2"), KEPT.replace("1", "2")


@pytest.mark.parametrize("second", [DELETION, OTHER])
def test_a_deletion_that_nothing_ends_before_the_next_begins_is_reported(second: str) -> None:
    end = KEPT if second == DELETION else OTHER_KEPT
    body = (_hp(f"<hp:t>제1조(하나) 앞{DELETION} 더</hp:t>") + _hp("<hp:t>제2조(둘) 글</hp:t>")
            + _hp(f"<hp:t>제3조(셋) 앞 {second}작은 {end}말이다.</hp:t>"))  # fmt: skip
    assert _hangul(body) == (["art_1: 앞\n말이다."], [(1, "더"), (2, "제2조(둘) 글"), (3, "제3조(셋) 앞")])


def test_deletions_in_one_another_end_each_at_its_own_end() -> None:
    body = _hp(f"<hp:t>제1조(하나) 앞{DELETION}가{OTHER}나{OTHER_KEPT}다{KEPT} 뒤</hp:t>")
    assert _hangul(body) == (["art_1: 앞 뒤"], [])
    body = _hp(f"<hp:t>제1조(하나) 앞{DELETION}가{OTHER}나{KEPT}다{OTHER_KEPT} 뒤</hp:t>")
    assert _hangul(body) == (["art_1: 앞 뒤"], [])


def test_the_end_of_another_deletion_is_no_end_that_nobody_sees() -> None:
    body = _hp(f"<hp:t>제1조(하나) 앞{DELETION}가{OTHER_KEPT} 뒤</hp:t>")
    assert _hangul(body) == (["art_1: 앞 뒤"], [(1, "가")])
    body = _hp(f"<hp:t>제1조(하나) 앞{DELETION}가{OTHER_KEPT}나{KEPT} 뒤</hp:t>")
    assert _hangul(body) == (["art_1: 앞 뒤"], [(1, "가")])


def test_what_is_drawn_in_a_deletion_is_reported_with_the_words_of_it() -> None:
    drawn = "<hp:equation><hp:script>A over B</hp:script></hp:equation>"
    assert _hangul(_hp(f"<hp:t>제1조(하나) 글{DELETION}더</hp:t>{drawn}")) == (["art_1: 글"], [(1, "더"), (1, "A over B")])
    assert _hangul(_hp(f"<hp:t>제1조(하나) 글{DELETION}더</hp:t>{drawn}<hp:t>{KEPT}</hp:t>")) == (["art_1: 글"], [])
    note = f"<hp:ctrl><hp:footNote><hp:subList>{_hp(f'<hp:t>주: </hp:t>{drawn}')}</hp:subList></hp:footNote></hp:ctrl>"
    assert _hangul(_hp(f"<hp:t>제1조(하나) 글</hp:t>{note}")) == (["art_1: 글"], [(1, "주: A over B")])


COUNTED = (b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
           b'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
           b'<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
           b"</w:numbering>")  # fmt: skip
IN_LIST = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


def _counted(body: str) -> list[str]:
    return _word(body, word__numbering_dot_xml=COUNTED)


@pytest.mark.parametrize("change", ["del", "moveFrom"])
def test_a_counted_paragraph_that_is_deleted_takes_no_number(change: str) -> None:
    gone = (f'<w:p><w:pPr>{IN_LIST}<w:rPr><w:{change} w:id="1"/></w:rPr></w:pPr><w:{change}><w:r><w:delText>둘</w:delText>'
            f"</w:r></w:{change}></w:p>")  # fmt: skip
    assert _counted(ARTICLE + _p("하나", IN_LIST) + gone + '<w:bookmarkEnd w:id="1"/>' + _p("셋", IN_LIST)) == [
        "art_1: 글", "art_1__subpara_1: 하나", "art_1__subpara_2: 셋",
    ]  # fmt: skip
    assert _counted(ARTICLE + _p("하나", IN_LIST) + gone) == ["art_1: 글", "art_1__subpara_1: 하나"]


def test_a_counted_paragraph_whose_words_alone_are_deleted_keeps_its_number() -> None:
    empty = f"<w:p><w:pPr>{IN_LIST}</w:pPr><w:del><w:r><w:delText>둘</w:delText></w:r></w:del></w:p>"
    assert _counted(ARTICLE + _p("하나", IN_LIST) + empty + _p("셋", IN_LIST)) == [
        "art_1: 글", "art_1__subpara_1: 하나", "art_1__subpara_2: ", "art_1__subpara_3: 셋",
    ]  # fmt: skip


def test_paragraphs_whose_ends_are_deleted_are_one() -> None:
    ends = f'{IN_LIST}<w:rPr><w:del w:id="1"/></w:rPr>'
    assert _counted(ARTICLE + _p("하나", ends) + _p("이고", ends) + _p("둘", IN_LIST) + _p("셋", IN_LIST)) == [
        "art_1: 글", "art_1__subpara_1: 하나이고둘", "art_1__subpara_2: 셋",
    ]  # fmt: skip
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    assert _counted(ARTICLE + _p("하나", ends) + table + _p("둘", ends)) == [
        "art_1: 글", "art_1__subpara_1: 하나", "art_1__subpara_2: 둘",
    ]  # fmt: skip


def test_a_deleted_cell_of_word_is_not_read() -> None:
    gone = f"<w:tc><w:tcPr><w:cellDel w:id='1'/></w:tcPr>{_p('옛')}</w:tc>"
    row = f"<w:tr><w:tc>{_p('가')}</w:tc>{gone}<w:tc>{_p('나')}</w:tc></w:tr>"
    reading = readers.read(docx_of(WORD + f"{ARTICLE}<w:tbl>{row}</w:tbl></w:body></w:document>".encode()))
    table = reading.draft.by_eid["art_1"].table
    assert table is not None and table.columns_ko == ("가", "나")


def _reading(body: str, **more: bytes) -> tuple[str | None, list[str]]:
    reading = readers.read(docx_of(WORD + body.encode() + b"</w:body></w:document>", **more))
    return reading.draft.by_eid["art_1"].text_ko, [rejected.text for rejected in reading.not_placed]


def test_the_reading_above_a_word_is_reported_and_the_word_kept() -> None:
    ruby = ("<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>윤리</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>倫理</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r>")  # fmt: skip
    assert _reading(f"<w:p><w:r><w:t>제1조(뜻) 이 </w:t></w:r>{ruby}<w:r><w:t>를 말한다.</w:t></w:r></w:p>") == (
        "이 倫理를 말한다.", ["윤리"])  # fmt: skip


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def _m(name: str, *parts: str) -> str:
    return f"<m:{name}>{''.join(parts)}</m:{name}>"


def _r(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


def _e(words: str) -> str:
    return _m("e", _r(words))


def _val(name: str, value: str) -> str:
    return f'<m:{name} m:val="{value}"/>'


@pytest.mark.parametrize(("formula", "line"), [
    (_m("f", _m("num", _r("1")), _m("den", _r("2"))), "(1)/(2)"),
    (_m("f", _m("num", _r("가"), _m("f", _m("num", _r("나")), _m("den", _r("2")))), _m("den", _r("다"))), "(가(나)/(2))/(다)"),
    (_m("f", _m("fPr", _val("type", "noBar")), _m("num", _r("n")), _m("den", _r("k"))), "(n)¦(k)"),
    (_m("sSup", _e("10"), _m("sup", _r("3"))), "10³"),
    (_m("sSup", _e("a+b"), _m("sup", _r("가"))), "(a+b)^(가)"),
    (_m("sSup", _m("e", _m("d", _e("a+b"))), _m("sup", _r("2"))), "(a+b)²"),
    (_m("sSub", _e("A"), _m("sub", _r("최대"))), "A_(최대)"),
    (_m("sSubSup", _e("x"), _m("sub", _r("1")), _m("sup", _r("2"))), "x₁²"),
    (_m("sPre", _m("sub", _r("1")), _m("sup", _r("2")), _e("x")), "₁²x"),
    (_m("rad", _m("radPr", _val("degHide", "1")), _m("deg"), _e("A×B")), "√(A×B)"),
    (_m("rad", _m("deg", _r("3")), _e("x")), "√(3&x)"),
    (_m("nary", _m("naryPr", _val("chr", "∑")), _m("sub", _r("i=1")), _m("sup", _r("n")), _e("x")), "∑_(i=1)ⁿ(x)"),
    (_m("func", _m("fName", _r("max")), _e("x")), "max(x)"),
    (_m("limLow", _e("lim"), _m("lim", _r("x"))), "(lim)_(x)"),
    (_m("bar", _m("barPr", _val("pos", "top")), _e("x")), "¯x"),
    (_m("acc", _e("x")), "x\u0302"),
    (_m("m", _m("mr", _e("a"), _e("b")), _m("mr", _e("c"), _e("d"))), "(a, b; c, d)"),
    (_m("eqArr", _e("a"), _e("b")), "(a; b)"),
])  # fmt: skip
def test_a_formula_on_several_lines_is_written_on_one_and_reported(formula: str, line: str) -> None:
    body = f"<w:p><w:r><w:t>제1조(산식) 금액은 </w:t></w:r><m:oMath {MATH}>{formula}</m:oMath><w:r><w:t>이다.</w:t></w:r></w:p>"
    assert _reading(body) == (f"금액은 {line}이다.", [line])


def test_brackets_that_word_draws_round_a_formula_are_words() -> None:
    formula = _m("d", _e("A+B")) + _r("×C") + _m("d", _m("dPr", _val("begChr", "["), _val("endChr", "]")), _e("D"))
    body = f"<w:p><w:r><w:t>제1조(산식) </w:t></w:r><m:oMath {MATH}>{formula}</m:oMath></w:p>"
    assert _reading(body) == ("(A+B)×C[D]", [])


def test_what_a_tracked_change_deletes_of_a_formula_is_not_read() -> None:
    gone = _m("f", _m("num", f"<w:del>{_r('1')}</w:del>"), _m("den", f"<w:del>{_r('2')}</w:del>"))
    body = f"<w:p><w:r><w:t>제1조(산식) 글</w:t></w:r><m:oMath {MATH}>{gone}</m:oMath></w:p>"
    assert _reading(body) == ("글", [])


def test_a_formula_in_a_footnote_is_reported_with_it() -> None:
    formula = f"<m:oMath {MATH}>{_m('f', _m('num', _r('1')), _m('den', _r('2')))}</m:oMath>"
    notes = ('<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">'
             f'<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>첫째 </w:t></w:r>{formula}</w:p>'
             '<w:p><w:r><w:t>둘째</w:t><w:footnoteReference w:id="2"/></w:r></w:p></w:footnote></w:footnotes>').encode()  # fmt: skip
    text, reported = _reading(ARTICLE.replace("</w:t>", '</w:t><w:footnoteReference w:id="2"/>'), word__footnotes_dot_xml=notes)
    assert (text, reported) == ("글", ["(1)/(2)", "첫째 (1)/(2) 둘째"])


@pytest.mark.parametrize("part", ["word__numbering_dot_xml", "word__styles_dot_xml", "word__footnotes_dot_xml"])
def test_a_part_of_word_that_cannot_be_read_is_not_passed_over(part: str) -> None:
    many = b"<w:p/>" * (MAX_TAGS - 100)
    data = docx_of(WORD + ARTICLE.encode() + many + b"</w:body></w:document>", **{part: b"<a>" + b"<b/>" * 200 + b"</a>"})
    with pytest.raises(UnreadableDraft, match="more elements than any draft"):
        readers.read(data)
    with pytest.raises(UnreadableDraft, match="no well-formed XML"):
        readers.read(docx_of(WORD + ARTICLE.encode() + b"</w:body></w:document>", **{part: b"<a>"}))


def test_particulars_beyond_the_limit_are_not_passed_over() -> None:
    many = b"<w:p/>" * (MAX_TAGS - 100)
    with pytest.raises(UnreadableDraft, match="more elements than any draft"):
        readers.read(docx_of(WORD + ARTICLE.encode() + many + b"</w:body></w:document>",
                             customXml__item1_dot_xml=b"<a>" + b"<b/>" * 200 + b"</a>"))  # fmt: skip


def test_the_letters_of_a_formula_in_word_are_words() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    formula = f"<m:oMath {math}><m:r><m:t>A×B</m:t></m:r></m:oMath>"
    body = f"<w:p><w:r><w:t>제1조(산식) 금액은 </w:t></w:r>{formula}<w:r><w:t>이다.</w:t></w:r></w:p>"
    assert _word(f"{body}<m:oMathPara {math}>{formula}</m:oMathPara>") == ["art_1: 금액은 A×B이다.\nA×B"]


def test_a_document_in_a_document_of_word_is_reported() -> None:
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId9"'
    links = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             b'<Relationship Id="rId9" Type="aFChunk" Target="more.htm"/></Relationships>')  # fmt: skip
    data = docx_of(WORD + (ARTICLE + f"<w:altChunk {link}/></w:body></w:document>").encode(),
                   **{"word___rels__document.xml.rels": links})  # fmt: skip
    assert [(rejected.line, rejected.text) for rejected in readers.read(data).not_placed] == [(1, "altChunk more.htm")]


def test_what_hangul_draws_from_letters_is_reported_and_the_base_of_a_reading_is_a_word() -> None:
    dutmal = "<hp:dutmal><hp:mainText>본말</hp:mainText><hp:subText>덧말</hp:subText></hp:dutmal>"
    body = _hp(f"<hp:t>제1조(산식) </hp:t>{dutmal}<hp:t>이다.</hp:t><hp:equation><hp:script>A over B</hp:script></hp:equation>"
               '<hp:compose composeText="가나"/><hp:textart text="글맵시"/>')  # fmt: skip
    assert _hangul(body) == (["art_1: 본말이다."], [(1, "덧말"), (1, "A over B"), (1, "가나"), (1, "글맵시")])


def test_more_sections_than_are_let_in_are_refused_not_dropped() -> None:
    section = HANGUL + b"</hs:sec>"
    data = zipped(mimetype=b"application/hwp+zip",
                  **{f"Contents__section{number}_dot_xml": section for number in range(201)})  # fmt: skip
    with pytest.raises(UnreadableDraft, match="more sections than any draft"):
        readers.read(data)


def test_numbers_that_word_counts_are_printed() -> None:
    def level(place: int, how: str, text: str) -> str:
        return (f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{how}"/>'
                f'<w:lvlText w:val="{text}"/></w:lvl>')  # fmt: skip

    levels = level(0, "decimalEnclosedCircle", "%1") + level(1, "decimal", "%2.") + level(2, "ganada", "%3.")
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>'
        "</w:numbering>"
    ).encode()

    def counted(words: str, place: int) -> str:
        return _p(words, f'<w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="5"/></w:numPr>')

    body = (_p("제1조(목적)") + counted("하나", 0) + counted("다음 각 호", 0) + counted("호", 1) + counted("둘", 1)
            + counted("목", 2) + counted("셋째 항", 0))  # fmt: skip
    assert _word(body, word__numbering_dot_xml=numbering) == [
        "art_1: ", "art_1__para_1: 하나", "art_1__para_2: 다음 각 호", "art_1__para_2__subpara_1: 호",
        "art_1__para_2__subpara_2: 둘", "art_1__para_2__subpara_2__point_ga: 목", "art_1__para_3: 셋째 항",
    ]  # fmt: skip


def test_numbers_that_hangul_counts_are_printed() -> None:
    sample = official.DATA / "ordinances" / "samples" / "hwpxlib_ParaHead.hwpx"
    if not sample.is_file():
        pytest.skip(f"the sample is not at {sample}")
    texts = [getattr(block, "text", "") for block in hwpx_reader.read_blocks(sample.read_bytes()).blocks]
    assert {"3. 번호3", "3.1. 번호3-1", "가. 개요1-1", "1) 개요2-1-1"} <= set(texts)


@pytest.mark.parametrize(("name", "paragraphs", "tables"), [("hwpxlib_ParaHead", 26, 0), ("hwpxlib_SimpleTable", 1, 1)])
def test_the_samples_open_and_are_refused_as_holding_no_clause(name: str, paragraphs: int, tables: int) -> None:
    sample = official.DATA / "ordinances" / "samples" / f"{name}.hwpx"
    if not sample.is_file():
        pytest.skip(f"the sample is not at {sample}")
    blocks = hwpx_reader.read_blocks(sample.read_bytes()).blocks
    assert sum(hasattr(block, "runs") for block in blocks) == paragraphs
    assert sum(hasattr(block, "rows") for block in blocks) == tables
    with pytest.raises(UnreadableDraft, match="holds no clause"):
        readers.read(sample.read_bytes(), sample.name)


# ------------------------------------------------------------------------------------------ ours, after someone's work


def _edited(to: str, member: str, change: Callable[[str], str]) -> bytes:
    archive = ZipFile(BytesIO(writers.write(SMALL, to)))
    members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = change(members[member].decode()).encode()
    out = BytesIO()
    with ZipFile(out, "w") as copy:
        for name, content in members.items():
            copy.writestr(name, content)
    return out.getvalue()


def test_a_clause_that_somebody_typed_into_our_document_is_read_by_its_number() -> None:
    def change(xml: str) -> str:
        mark = '<w:p><w:pPr><w:pStyle w:val="ordChapter"/></w:pPr><w:r><w:rPr><w:rStyle w:val="ordNumber"/></w:rPr><w:t xml:space="preserve">제1장의2'
        assert mark in xml
        typed = ('<w:p><w:pPr><w:pStyle w:val="ordParagraph"/></w:pPr><w:r><w:t>③ 새로운 항이다. &lt;신설 2026.1.1&gt;</w:t></w:r></w:p>'
                 "<w:p><w:r><w:t>제2조의2(새 조) 새 글</w:t></w:r></w:p>")  # fmt: skip
        return xml.replace(mark, typed + mark)

    draft = readers.read(_edited("docx", "word/document.xml", change)).draft
    assert draft.by_eid["art_2__para_3"].text_ko == "새로운 항이다."
    assert draft.by_eid["art_2__para_3"].notes == ("<신설 2026.1.1>",)
    assert (draft.by_eid["art_2-2"].heading_ko, draft.by_eid["art_2-2"].text_ko) == ("새 조", "새 글")
    assert draft.by_eid["art_2-2"].parent == "chp_1"


def test_a_renumbered_paragraph_has_the_address_of_its_new_number() -> None:
    draft = readers.read(_edited("docx", "word/document.xml", lambda xml: xml.replace("②", "⑤"))).draft
    assert "art_2__para_5" in draft.by_eid and "art_2__para_2" not in draft.by_eid


def test_runs_that_a_word_processor_cut_up_are_one_again() -> None:
    def change(xml: str) -> str:
        note = '<w:r><w:rPr><w:rStyle w:val="ordNote"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
        assert note.format("&lt;2025.1.1&gt;") in xml
        return xml.replace(note.format("&lt;2025.1.1&gt;"), note.format("&lt;2025.") + note.format("1.1&gt;"))

    assert readers.read(_edited("docx", "word/document.xml", change)).draft.by_eid["art_2__para_2"].notes == (
        "<2025.1.1>",
    )


def test_a_number_that_stands_twice_is_reported_and_its_words_are_not_lost() -> None:
    reading = readers.read(_edited("docx", "word/document.xml", lambda xml: xml.replace("②", "①")))
    assert [rejected.text for rejected in reading.not_placed] == ["① 삭제 <2025.1.1>"]


@pytest.mark.parametrize(("to", "member"), [("docx", "customXml/item1.xml"), ("hwpx", "Contents/content.hpf")])
def test_without_the_particulars_the_addenda_are_told_by_their_numbers(to: str, member: str) -> None:
    reading = readers.read(
        _edited(to, member, lambda xml: xml.replace("particulars", "lost").replace("Particulars", "Lost"))
    )
    assert [clause.eid for clause in reading.draft.clauses if clause.kind is Kind.ADDENDUM] == ["addenda"]
    assert reading.draft.version is None


# ------------------------------------------------------------------------------------------------- Akoma Ntoso of others

FOREIGN = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><meta><identification source="#x">
<FRBRExpression><FRBRlanguage language="eng"/></FRBRExpression></identification></meta>
<preface><p>An Act <docTitle>Test Act</docTitle></p></preface><body>
<chapter eId="chp_I"><num>Chapter II</num><heading>General</heading>
<article eId="chp_I__art_3"><num>Article 3</num><heading>Purpose</heading>
<paragraph eId="chp_I__art_3__para_1"><num>1.</num><content><p>One <ref href="x">two</ref><br/>three.</p></content></paragraph>
<paragraph eId="x"><num>2.</num><intro><p>The following:</p></intro>
<point><num>(a)</num><content><p>A</p></content></point><point><num>(b)</num><content><p>B</p></content></point>
<wrapUp><p>and so on.</p></wrapUp></paragraph></article>
<article><num>Article 4</num><alinea><content><p>Alone</p></content></alinea></article></chapter>
<clause><num>9</num><content><p>Lost</p></content></clause></body></act></akomaNtoso>"""


def test_akoma_ntoso_of_another_hand() -> None:
    reading = readers.read(FOREIGN.encode())
    draft = reading.draft
    assert draft.title_en == "Test Act"
    assert {clause.eid: clause.text_en for clause in draft.clauses} == {
        "chp_2": "", "art_3": "", "art_3__para_1": "One two\nthree.", "art_3__para_2": "The following:\nand so on.",
        "art_3__para_2__point_ga": "A", "art_3__para_2__point_na": "B", "art_4": "Alone",
    }  # fmt: skip
    assert draft.by_eid["art_3"].parent == "chp_2"
    assert [rejected.text for rejected in reading.not_placed] == ["An Act", "9", "Lost"]


def _akoma(preface: str, body: str) -> Reading:
    return readers.read(f"""<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><meta>
<identification source="#x"><FRBRExpression><FRBRlanguage language="kor"/></FRBRExpression></identification></meta>
{preface}<body>{body}</body></act></akomaNtoso>""".encode())


KOREAN_ARTICLE = '<article eId="art_1"><num>제1조</num><heading>목적</heading><content><p>글</p></content></article>'


def test_what_stands_beside_the_title_of_akoma_ntoso_is_reported() -> None:
    cover = "<coverPage><p>관보 <shortTitle>시험령</shortTitle> 호외</p></coverPage>"
    preface = ("<preface><p>대통령령 <docNumber>제36053호</docNumber> <docTitle>시험 시행령<authorialNote><p>주</p></authorialNote>"
               "</docTitle> (일부개정)</p><p><shortTitle>시험령</shortTitle></p></preface>")  # fmt: skip
    reading = _akoma(cover + preface, KOREAN_ARTICLE)
    assert reading.draft.title_ko == "시험령"
    assert sorted(rejected.text for rejected in reading.not_placed) == sorted(
        ["관보 호외", "대통령령 제36053호 (일부개정)", "시험 시행령", "주"]
    )
    assert _akoma("<preface><p><docTitle>시험 시행령</docTitle></p></preface>", KOREAN_ARTICLE).not_placed == ()


@pytest.mark.parametrize(("number", "eid"), [
    ("②", "art_1__para_2"), ("<51>".replace("<", "&lt;"), "art_1__para_51"), ("제2항", "art_1__para_2"),
    ("(２)", "art_1__para_2"), ("㊱", "art_1__para_36"),
])  # fmt: skip
def test_a_paragraph_of_akoma_ntoso_has_the_address_of_its_printed_number(number: str, eid: str) -> None:
    article = f"<article><num>第1條</num><paragraph><num>{number}</num><content><p>글</p></content></paragraph></article>"
    reading = _akoma("", article)
    assert [clause.eid for clause in reading.draft.clauses] == ["art_1", eid]
    assert reading.not_placed == ()


def test_an_article_of_akoma_ntoso_has_the_address_of_its_printed_number() -> None:
    reading = _akoma("", KOREAN_ARTICLE.replace("제1조", "제2조").replace("<heading>", "<num>제9조</num><heading>"))
    assert [(clause.eid, clause.label) for clause in reading.draft.clauses] == [("art_2", "제2조")]
    assert [rejected.text for rejected in reading.not_placed] == ["제9조"]


def test_an_article_inside_another_one_is_reported() -> None:
    inner = KOREAN_ARTICLE.replace("art_1", "art_2").replace("제1조", "제2조")
    reading = _akoma("", KOREAN_ARTICLE.replace("</article>", f"{inner}</article>"))
    assert [clause.eid for clause in reading.draft.clauses] == ["art_1"]
    assert [rejected.text for rejected in reading.not_placed] == ["제2조 목적 글"]


def test_figures_above_and_below_the_line_stay_there() -> None:
    article = KOREAN_ARTICLE.replace("글", "10<sup>3</sup>배, CO<sub>2</sub>, 제1<sup>주</sup>")
    assert _akoma("", article).draft.by_eid["art_1"].text_ko == "10³배, CO₂, 제1주"

    def run(words: str, where: str) -> str:
        return f'<w:r><w:rPr><w:vertAlign w:val="{where}"/></w:rPr><w:t>{words}</w:t></w:r>'

    body = f"<w:p><w:r><w:t>제1조(양) 10</w:t></w:r>{run('3', 'superscript')}<w:r><w:t>배, CO</w:t></w:r>{run('2', 'subscript')}</w:p>"
    assert _word(body) == ["art_1: 10³배, CO₂"]
    header = (b'<hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"><hh:charPr id="3"><hh:supscript/></hh:charPr>'
              b'<hh:charPr id="4"><hh:subscript/></hh:charPr></hh:head>')  # fmt: skip
    section = ("<hp:p><hp:run><hp:t>제1조(양) 10</hp:t></hp:run><hp:run charPrIDRef='3'><hp:t>3</hp:t></hp:run><hp:run><hp:t>배, CO"
               "</hp:t></hp:run><hp:run charPrIDRef='4'><hp:t>2</hp:t></hp:run></hp:p></hs:sec>")  # fmt: skip
    data = hwpx_of(HANGUL + section.encode(), Contents__header_dot_xml=header)
    assert readers.read(data).draft.by_eid["art_1"].text_ko == "10³배, CO₂"


def test_no_word_beside_the_cells_of_a_table_is_lost() -> None:
    reading = _akoma("", """<article eId="art_1"><num>제1조</num><content><table><caption>Table 1</caption>
<tr><td><p>a</p></td><td class="covered"><p>b</p></td>between</tr><tbody><tr><td>c</td><td class="covered"/></tr></tbody>
</table></content></article>""")
    (table,) = reading.draft.clauses[0].tables
    assert (table.columns_ko, table.rows_ko) == (("a", "b"), (("c", ""),))
    assert [rejected.text for rejected in reading.not_placed] == ["Table 1", "between"]


LOOSE = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><meta/>
<coverPage><p>Cover</p></coverPage><body>Loose<article eId="art_1"><num>제1조</num>
<crossHeading>Cross <b>head</b></crossHeading><p>Direct</p><paragraph eId="art_1__para_1"><num>①</num>
<content><p>One<authorialNote><p>Note</p></authorialNote></p>behind</content></paragraph>tail
<tblock><p>In</p>after</tblock><content>Mixed <i>words</i> here</content></article><p>Stray</p>
<article eId="art_1"><num>제1조</num><content><p>LONG</p><p>again<authorialNote><p>inner</p></authorialNote></p></content></article></body>
<conclusions><p>Signed <b>b</b>y</p></conclusions>
<attachments><attachment eId="tbl_1"><heading>Annex</heading><doc><meta/><preface><p>Annex</p><p>Fore</p></preface>
<mainBody><p>Body</p></mainBody><conclusions><p>End</p></conclusions></doc></attachment></attachments></act></akomaNtoso>"""


def test_no_word_of_akoma_ntoso_vanishes() -> None:
    reading = readers.read(LOOSE.replace("LONG", "word " * 200).encode())
    assert {clause.eid: clause.text_ko for clause in reading.draft.clauses} == {
        "art_1": "Cross head\nDirect\ntail\nIn\nafter\nMixed words here", "art_1__para_1": "One\nbehind", "tbl_1": "Body",
    }  # fmt: skip
    assert sorted(rejected.text for rejected in reading.not_placed) == sorted([
        "Loose", "Cover", "Note", "Stray", "Signed by", "Fore", "End", f"제1조 {'word ' * 200}again inner",
    ])  # fmt: skip


@pytest.mark.parametrize(("data", "message"), [
    (b'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"/>', "holds no clause"),
    (b'<akomaNtoso xmlns="a"><bill><body><section/></body></bill></akomaNtoso>', "holds no clause"),
    (zipped(mimetype=b"application/hwp+zip"), "holds no text"),
    (docx_of(WORD + b"</w:body></w:document>"), "holds no clause"),
    (docx_of(b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'), "strict Open XML"),
])  # fmt: skip
def test_what_holds_no_clause_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableDraft, match=message):
        readers.read(data)


def test_heavy_libraries_are_loaded_by_those_who_need_them() -> None:
    import subprocess

    code = (
        "import sys; from portal.ordinances import readers, writers; from portal.ordinances.readers import docx, hwpx, "
        "akoma_ntoso, containers; print([name for name in ('lxml', 'docx', 'hwpx', 'openpyxl') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         cwd=Path(__file__).parents[3])  # fmt: skip
    assert ran.stdout.strip() == "[]"
