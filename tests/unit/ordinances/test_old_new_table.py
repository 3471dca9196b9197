"""The old–new table by the ministries' conventions: what stands in which column, and what is underlined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.ordinances import readers
from portal.ordinances.clauses import Clause, Draft, Language, Status, Table
from portal.ordinances.compare import ChangeName, compare
from portal.ordinances.merged_cells import printed_cells, sizes
from portal.ordinances.old_new_table import Line, Row, TableLine, old_new_rows
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL, clause
from tests.unit.ordinances.truths import Truth


def draft(*clauses: Clause) -> Draft:
    return Draft(clauses, title_ko="시험")


def rows(old: Draft, new: Draft, language: Language = "ko", *, whole: bool = False) -> list[Row]:
    return old_new_rows(old, new, compare(old, new, language if language == "en" else None), language, whole=whole)


def shown(old: Draft, new: Draft, language: Language = "ko", *, whole: bool = False) -> list[tuple[str, str]]:
    """Every row as text, underlined words between low lines, the lines of a cell set apart by a stroke."""

    def cell(lines: tuple[Line, ...]) -> str:
        return " / ".join("".join(f"_{run.text}_" if run.changed else run.text for run in line.runs) for line in lines)

    return [(cell(row.current), cell(row.amended)) for row in rows(old, new, language, whole=whole)]


ARTICLE = clause("art_1", heading_ko="실태조사", heading_en="Survey")
FIRST = clause("art_1__para_1", "장관은 매년 실태조사를 한다.", "The Minister conducts a survey every year.")
SECOND = clause("art_1__para_2", "장관은 조사 결과를 공표한다.", "The Minister publishes the results.")
THIRD = clause("art_1__para_3", "조사의 방법은 고시로 정한다.", "The method is prescribed by public notice.")
OTHER = clause("art_2", "위원회의 위원은 위촉한다.", "Members are appointed.", heading_ko="위원", heading_en="Members")


def at(one: Clause, eid: str, **changes: object) -> Clause:
    """The clause with its words at another address."""
    return replace(
        clause(eid, one.text_ko, one.text_en), heading_ko=one.heading_ko, heading_en=one.heading_en, **changes
    )  # type: ignore[arg-type]


def test_what_did_not_change_is_no_part_of_the_table() -> None:
    assert rows(SMALL, SMALL) == []
    assert shown(draft(ARTICLE, FIRST, OTHER), draft(ARTICLE, FIRST, OTHER)) == []


def test_changed_words_are_underlined_and_neighbours_left_out() -> None:
    new = replace(SECOND, text_ko="장관은 조사 결과를 즉시 공표한다.")
    assert shown(draft(ARTICLE, FIRST, SECOND, THIRD, OTHER), draft(ARTICLE, FIRST, new, THIRD, OTHER)) == [
        ("제1조(실태조사) ① (생략)", "제1조(실태조사) ① (현행과 같음)"),
        ("② 장관은 조사 결과를 공표한다.", "② 장관은 조사 결과를 _즉시 _공표한다."),
        ("③ (생략)", "③ (현행과 같음)"),
    ]


def test_in_english() -> None:
    new = replace(SECOND, text_en="The Minister publishes the results at once.")
    assert shown(draft(ARTICLE, FIRST, SECOND, THIRD), draft(ARTICLE, FIRST, new, THIRD), "en") == [
        ("Article 1 (Survey) (1) (omitted)", "Article 1 (Survey) (1) (same as current)"),
        ("(2) The Minister publishes the results.", "(2) The Minister publishes the results_ at once_."),
        ("(3) (omitted)", "(3) (same as current)"),
    ]


def test_neighbours_that_are_the_same_share_a_row() -> None:
    fourth = clause("art_1__para_4", "그 밖의 사항은 훈령으로 정한다.")
    new = replace(fourth, text_ko="그 밖의 사항은 예규로 정한다.")
    old_text = (ARTICLE, FIRST, SECOND, THIRD)
    assert shown(draft(*old_text, fourth), draft(*old_text, new)) == [
        ("제1조(실태조사) ① ∼ ③ (생략)", "제1조(실태조사) ① ∼ ③ (현행과 같음)"),
        ("④ 그 밖의 사항은 _훈령으로_ 정한다.", "④ 그 밖의 사항은 _예규로_ 정한다."),
    ]


def test_new_stands_beside_its_word_and_pushes_numbers_on() -> None:
    inserted = clause("art_1__para_2", "시ㆍ도지사는 조사에 협조해야 한다.")
    new = draft(ARTICLE, FIRST, inserted, at(SECOND, "art_1__para_3"), at(THIRD, "art_1__para_4"))
    assert shown(draft(ARTICLE, FIRST, SECOND, THIRD), new) == [
        ("제1조(실태조사) ① (생략)", "제1조(실태조사) ① (현행과 같음)"),
        ("<신 설>", "_② 시ㆍ도지사는 조사에 협조해야 한다._"),
        ("_②ㆍ③_ (생략)", "_③ㆍ④_ (현행 제2항 및 제3항과 같음)"),
    ]


def test_a_new_article_is_one_row_with_all_that_is_in_it() -> None:
    assert shown(draft(OTHER), draft(ARTICLE, FIRST, SECOND, OTHER)) == [
        ("<신 설>", "_제1조(실태조사) ① 장관은 매년 실태조사를 한다._ / _② 장관은 조사 결과를 공표한다._"),
    ]


def test_what_is_gone_is_shown_in_full_beside_its_word() -> None:
    struck = clause("art_1", "삭제", status=Status.DELETED)
    whole = "_제1조(실태조사) ① 장관은 매년 실태조사를 한다._ / _② 장관은 조사 결과를 공표한다._"
    assert shown(draft(ARTICLE, FIRST, SECOND, OTHER), draft(struck, OTHER)) == [(whole, "<삭 제>")]
    assert shown(draft(ARTICLE, FIRST, SECOND, OTHER), draft(OTHER)) == [(whole, "<삭 제>")]
    assert shown(draft(ARTICLE, FIRST, SECOND), draft(ARTICLE, FIRST)) == [
        ("제1조(실태조사) ① (생략)", "제1조(실태조사) ① (현행과 같음)"), ("_② 장관은 조사 결과를 공표한다._", "<삭 제>"),
    ]  # fmt: skip


def test_a_number_that_was_struck_and_speaks_again() -> None:
    struck = replace(SECOND, text_ko="삭제", status=Status.DELETED)
    assert shown(draft(ARTICLE, FIRST, struck), draft(ARTICLE, FIRST, SECOND)) == [
        ("제1조(실태조사) ① (생략)", "제1조(실태조사) ① (현행과 같음)"),
        ("② 삭제", "_② 장관은 조사 결과를 공표한다._"),
    ]


def test_what_stands_before_the_subparagraphs_is_named_when_only_they_changed() -> None:
    one, two = clause("art_1__subpara_1", "대상에 관한 사항"), clause("art_1__subpara_2", "방법에 관한 사항")
    host = replace(ARTICLE, text_ko="조사에는 다음 각 호의 사항이 포함되어야 한다.")
    new = draft(host, one, replace(two, text_ko="방법과 시기에 관한 사항"))
    assert shown(draft(host, one, two), new) == [
        ("제1조(실태조사) (각 호 외의 부분 생략)", "제1조(실태조사) (각 호 외의 부분 현행과 같음)"),
        ("1. (생략)", "1. (현행과 같음)"),
        ("2. 방법에 관한 사항", "2. 방법_과 시기_에 관한 사항"),
    ]


def test_an_article_that_moves_shows_its_old_number() -> None:
    old = draft(ARTICLE, FIRST, SECOND, OTHER)
    new = draft(OTHER, at(ARTICLE, "art_9"), at(FIRST, "art_9__para_1"), at(SECOND, "art_9__para_2"))
    assert shown(old, new) == [("_제1조_(실태조사) (생략)", "_제9조_(실태조사) (현행 제1조와 같음)")]


def test_a_number_left_behind_says_where_its_words_went() -> None:
    struck = clause("art_1", "삭제", status=Status.DELETED)
    new = draft(struck, OTHER, at(ARTICLE, "art_9"), at(FIRST, "art_9__para_1"), at(SECOND, "art_9__para_2"))
    found = shown(draft(ARTICLE, FIRST, SECOND, OTHER), new)
    assert found[0] == ("_제1조(실태조사)_ (생략)", "<삭 제> (제9조로 이동)")
    assert found[1][1].endswith("(현행 제1조와 같음)")


def test_a_text_that_gets_its_first_paragraph_stands_beside_it() -> None:
    old = draft(replace(ARTICLE, text_ko=FIRST.text_ko))
    assert shown(old, draft(ARTICLE, FIRST, SECOND)) == [
        ("제1조(실태조사) 장관은 매년 실태조사를 한다.", "제1조(실태조사) _①_ 장관은 매년 실태조사를 한다."),
        ("<신 설>", "_② 장관은 조사 결과를 공표한다._"),
    ]
    assert shown(draft(ARTICLE, FIRST, SECOND), old) == [
        ("제1조(실태조사) _①_ 장관은 매년 실태조사를 한다.", "제1조(실태조사) 장관은 매년 실태조사를 한다."),
        ("_② 장관은 조사 결과를 공표한다._", "<삭 제>"),
    ]


def test_a_chapter_is_a_row_of_its_own_and_never_holds_its_articles() -> None:
    chapter = clause("chp_1", heading_ko="총칙")
    inside = [replace(one, parent="chp_1") if one.kind.value == "article" else one for one in (ARTICLE, FIRST)]
    found = shown(draft(OTHER), draft(chapter, *inside, OTHER))
    assert found[0] == ("<신 설>", "_제1장 총칙_")
    assert found[1:] == [("<신 설>", "_제1조(실태조사) ① 장관은 매년 실태조사를 한다._")]


def test_whole_leaves_nothing_out() -> None:
    text = draft(ARTICLE, FIRST, SECOND, OTHER)
    assert shown(text, text, whole=True) == [
        ("제1조(실태조사) ① 장관은 매년 실태조사를 한다.",) * 2, ("② 장관은 조사 결과를 공표한다.",) * 2,
        ("제2조(위원) 위원회의 위원은 위촉한다.",) * 2,
    ]  # fmt: skip


HEADS = ("위반행위", "근거", "1차", "2차")
FINES = (
    ("가. 고지하지 않은 경우", "제1조", "100", "200"), ("나. 신고하지 않은 경우", "제2조", "100", "300"), ("", "", "150", "350"),
    ("다. 그 밖의 경우", "제3조", "10", "20"), ("라. 없어지는 경우", "제4조", "10", "20"),
)  # fmt: skip
#: 나. has two rows.
SPANS = ((2, 0, 2, 1), (2, 1, 2, 1))
AMENDED = (
    ("가. 고지하지 않은 경우", "제1조", "100", "200"), ("나. 신고하지 않은 경우", "제2조", "100", "300"), ("", "", "150", "400"),
    ("나의2. 거짓으로 답한 자", "제2조의2", "10", "20"), ("다. 그 밖의 경우", "제3조", "10", "20"),
)  # fmt: skip


def annex(rows: tuple[tuple[str, ...], ...], text: str = "", after: int = 0,
          spans: tuple[tuple[int, int, int, int], ...] = SPANS, heads: tuple[str, ...] = HEADS) -> Clause:  # fmt: skip
    return clause("tbl_1", text, heading_ko="과태료", tables=(Table(heads, (), rows, (), after, spans),))


def cells(line: Line) -> list[list[str]]:
    """The rows of a table, what changed between low lines, without the cells that a merged one covers."""
    assert isinstance(line, TableLine)
    return [["".join(f"_{run.text}_" if run.changed else run.text for run in cell.content) for cell in row]
            for row in printed_cells(line.rows, sizes(line.spans))]  # fmt: skip


def test_tables_of_annexes_are_compared_cell_by_cell() -> None:
    (row,) = rows(draft(OTHER, annex(FINES)), draft(OTHER, annex(AMENDED)))
    assert [line.text for line in (row.current[0], row.amended[0])] == ["[별표 1] 과태료"] * 2
    assert cells(row.current[1]) == [
        list(HEADS), ["(생략)"], ["나. 신고하지 않은 경우", "제2조", "150", "_350_"], ["<신 설>"], ["(생략)"],
        ["_라. 없어지는 경우_", "_제4조_", "_10_", "_20_"],
    ]  # fmt: skip
    assert cells(row.amended[1]) == [
        list(HEADS), ["(현행과 같음)"], ["나. 신고하지 않은 경우", "제2조", "150", "_400_"],
        ["_나의2. 거짓으로 답한 자_", "_제2조의2_", "_10_", "_20_"], ["(현행과 같음)"], ["<삭 제>"],
    ]  # fmt: skip


def test_a_table_is_text_too_for_whoever_prints_none() -> None:
    ((current, amended),) = shown(draft(OTHER, annex(FINES)), draft(OTHER, annex(AMENDED)))
    assert current.startswith("[별표 1] 과태료") and "| 제2조 | 150 | _350_" in current and "\n<신 설>\n" in current
    assert "| 제2조 | 150 | _400_" in amended and amended.endswith("\n<삭 제>")


def test_a_merged_cell_that_is_shown_whole_stays_merged() -> None:
    new = (*FINES[:1], ("나. 신고하지 않은 경우", "제2조", "120", "300"), ("", "", "150", "400"), *FINES[3:])
    (row,) = rows(draft(OTHER, annex(FINES)), draft(OTHER, annex(new)))
    line = row.amended[1]
    assert isinstance(line, TableLine) and {(2, 0, 2, 1), (2, 1, 2, 1)} <= set(line.spans)
    assert cells(line)[2:4] == [["나. 신고하지 않은 경우", "제2조", "_120_", "300"], ["150", "_400_"]]


def test_tables_stand_between_the_lines_of_their_text() -> None:
    old, new = annex(FINES, "단위: 만원\n비고", after=1), annex(FINES, "단위: 천원\n비고", after=1)
    (row,) = rows(draft(OTHER, old), draft(OTHER, new))
    assert [line.text for line in row.current] == ["[별표 1] 과태료 단위: 만원", "(표 생략)", "비고"]
    assert [line.text for line in row.amended] == ["[별표 1] 과태료 단위: 천원", "(표는 현행과 같음)", "비고"]
    whole = rows(draft(OTHER, old), draft(OTHER, new), whole=True)[-1]
    assert cells(whole.current[1])[1] == ["가. 고지하지 않은 경우", "제1조", "100", "200"]


def test_text_that_did_not_change_is_left_out_above_its_table() -> None:
    (row,) = rows(draft(OTHER, annex(FINES, "비고")), draft(OTHER, annex(AMENDED, "비고")))
    assert row.current[0].text == "[별표 1] 과태료 (생략)" and isinstance(row.current[1], TableLine)
    assert row.amended[0].text == "[별표 1] 과태료 (현행과 같음)"


def test_a_table_with_other_columns_is_shown_row_by_row() -> None:
    narrow = annex((("가. 고지하지 않은 경우", "100"),), spans=(), heads=("위반행위", "금액"))
    (row,) = rows(draft(OTHER, annex(FINES[:1], spans=())), draft(OTHER, narrow))
    tables = [line for line in row.amended if isinstance(line, TableLine)]
    assert cells(tables[-1]) == [["_위반행위_", "_금액_"], ["_가. 고지하지 않은 경우_", "_100_"]]


def test_a_new_table_and_one_that_is_gone_stand_there_in_full() -> None:
    bare = clause("tbl_1", "", heading_ko="과태료")
    for old, new in ((bare, annex(FINES)), (annex(FINES), bare)):
        (row,) = rows(draft(OTHER, old), draft(OTHER, new))
        full, other = (row.amended, row.current) if new is not bare else (row.current, row.amended)
        assert cells(full[1])[1] == ["_가. 고지하지 않은 경우_", "_제1조_", "_100_", "_200_"]
        assert other[1].text == ("<신 설>" if new is not bare else "<삭 제>")
    (inserted,) = rows(draft(OTHER), draft(OTHER, annex(FINES)))
    assert cells(inserted.amended[1])[0] == [f"_{head}_" for head in HEADS]


def test_own_addenda_of_two_drafts_are_compared_and_those_of_an_amending_decree_left_out() -> None:
    at_once, later = "이 영은 공포한 날부터 시행한다.", "이 영은 공포 후 6개월이 경과한 날부터 시행한다."
    bare = clause("addenda")
    found = shown(
        draft(OTHER, bare, clause("addenda__para_1", at_once)), draft(OTHER, bare, clause("addenda__para_1", later))
    )
    assert [row for row in found if "시행한다" in row[1]] and found[0][0].startswith("부칙")
    first = (clause("addenda", notes=("<제12호,2025.1.1>",)), clause("addenda__para_1", at_once))
    older = [replace(one, eid=one.eid.replace("addenda", "addenda_12"),
                     parent=one.parent and one.parent.replace("addenda", "addenda_12")) for one in first]  # fmt: skip
    second = (clause("addenda", notes=("<제13호,2026.1.1>",)), clause("addenda__para_1", later))
    assert shown(draft(OTHER, *first), draft(OTHER, *older, *second)) == []


def test_rows_name_their_clauses_and_article() -> None:
    new = draft(ARTICLE, FIRST, replace(SECOND, text_ko="장관은 조사 결과를 즉시 공표한다."))
    found = rows(draft(ARTICLE, FIRST, SECOND), new)
    assert [(row.group, row.old, row.new, row.change) for row in found] == [
        ("art_1", "art_1__para_1", "art_1__para_1", ChangeName.SAME),
        ("art_1", "art_1__para_2", "art_1__para_2", ChangeName.REWORDED),
    ]


# ---------------------------------------------------------------------------------------------------- official texts


@pytest.mark.parametrize("pair", [
    (official.DECREE_1, official.DECREE_2), (official.DRAFT_1, official.DRAFT_2),
    "pipa_decree_32813_to_33723", "intelligent_informatization_decree_35948_to_36005",
], ids=str)  # fmt: skip
@official.needs_data
def test_every_changed_word_of_an_official_pair_stands_in_the_table(pair: object) -> None:
    """Nothing that changed is left out, and nothing is underlined that stands on both sides as it was."""
    if isinstance(pair, str):
        truth = Truth(pair)
        paths = truth.old, truth.new
    else:
        assert isinstance(pair, tuple)
        paths = pair
    old, new = (readers.read(path.read_bytes()).draft for path in paths)
    alignment = compare(old, new)
    table = old_new_rows(old, new, alignment)
    current = "\n".join(line.text for row in table for line in row.current)
    amended = "\n".join(line.text for row in table for line in row.amended)
    for one in alignment:
        if one.change is ChangeName.INSERTED and one.new and new.by_eid[one.new].is_main_text:
            assert (new.by_eid[one.new].text_ko or "") in amended, one
        if one.old is None or not old.by_eid[one.old].is_main_text:
            continue
        before = old.by_eid[one.old]
        if one.change is ChangeName.DELETED and one.new is None and before.status is Status.IN_FORCE:
            assert (before.text_ko or "") in current, one
        if one.change is ChangeName.REWORDED and one.new and before.text_ko != new.by_eid[one.new].text_ko:
            assert (before.text_ko or "") in current
            assert (new.by_eid[one.new].text_ko or "") in amended
    for row in table:
        assert row.current and row.amended and row.group


@official.needs_data
def test_the_table_of_the_ai_decree_as_a_lawyer_would_have_it() -> None:
    old, new = readers.read(official.DECREE_1.read_bytes()).draft, readers.read(official.DECREE_2.read_bytes()).draft
    found = shown(old, new)
    assert ("_③_ (생략)", "_④_ (현행 제3항과 같음)") in found
    assert ("_2. ∼ 4._ (생략)", "_4. ∼ 6._ (현행 제2호부터 제4호까지와 같음)") in found
    assert ("2. ∼ 7. (생략)", "2. ∼ 7. (현행과 같음)") in found
    assert found[-1] == ("④ (생략)", "④ (현행과 같음)")
