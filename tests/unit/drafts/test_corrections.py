"""What staff correct by hand is replayed over what was read; nothing is lost, and everything can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.drafts import placing
from portal.drafts.corrections import Waiting, corrected, ways_back
from portal.kernel.errors import InvalidError
from portal.ordinances import readers
from portal.ordinances.clauses import Clause, Draft, Kind, Status, Table
from tests.unit.drafts.texts import DEMO, MARKDOWN, OFFICIAL

DRAFT = readers.read(MARKDOWN.encode()).draft
LINE = Waiting(15, "제1조의2 (정의) 뜻은 다음과 같다.", "art_1")


def after(*acts: dict[str, Any], waiting: tuple[Waiting, ...] = ()) -> Any:
    return corrected(DRAFT, waiting, acts)


def eids(draft: Draft) -> list[str]:
    return [clause.eid for clause in draft.clauses]


def words(draft: Draft) -> list[str]:
    return [line for clause in draft.clauses for line in (clause.heading_ko or "", *clause.lines("ko")) if line]


# ------------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(("kind", "typed", "step"), [
    ("article", "제12조의2", "art_12-2"), ("article", "12-2", "art_12-2"), ("article", "3", "art_3"),
    ("paragraph", "②", "para_2"), ("paragraph", "2", "para_2"), ("paragraph", "②의2", "para_2-2"),
    ("subparagraph", "2.", "subpara_2"), ("subparagraph", "2의3.", "subpara_2-3"), ("item", "나.", "point_na"),
    ("item", "거", "point_geo"), ("subitem", "1)", "sub_1"), ("subitem", "가)", "sub_ga"),
    ("chapter", "제3장", "chp_3"), ("chapter", "제3장의2", "chp_3-2"), ("section", "1", "sec_1"),
    ("annex", "별표 1", "tbl_1"), ("annex", "", "tbl_0"), ("form", "별지 제2호서식", "form_2"),
    ("preamble", "", "preamble"), ("addendum", "", "addenda")])
def test_a_number_is_read_as_it_is_printed(kind: str, typed: str, step: str) -> None:
    assert placing.step_of(Kind(kind), typed) == step


@pytest.mark.parametrize(("kind", "typed"), [
    ("article", ""), ("article", "제조"), ("article", "0"), ("paragraph", "두 번째"), ("item", "2"), ("item", "뷁뷁"),
    ("subparagraph", "<script>"), ("article", "1" * 30)])
def test_what_is_no_number_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        placing.step_of(Kind(kind), typed)
    assert list(refusal.value.problems) == ["number"]


@pytest.mark.parametrize(("line", "kind", "number", "text"), [
    ("##### 제5조 (벌칙) 벌한다.", "article", "제5조", "벌한다."), ("**②** 고지한다.", "paragraph", "②", "고지한다."),
    ("1\\. 시험", "subparagraph", "1.", "시험"), ("나. 시험", "item", "나.", "시험"), ("1) 시험", "subitem", "1)", "시험"),
    ("제2장 보칙", "chapter", "제2장", ""), ("아무 표시가 없는 줄", "paragraph", "", "아무 표시가 없는 줄")])
def test_a_line_is_guessed_by_its_mark(line: str, kind: str, number: str, text: str) -> None:
    guess = placing.guess(line)
    assert (guess.kind.value, guess.number, guess.text) == (kind, number, text)


def test_hanging_anew_changes_nothing_where_nothing_was_wrong() -> None:
    """The order of the text says what hangs on what, in every draft that we have."""
    files = sorted(OFFICIAL.glob("kr/**/*.md")) if OFFICIAL.exists() else []
    for path in (DEMO / "draft_v1.json", DEMO / "draft_v2.json", *files[:12]):
        draft = readers.read(path.read_bytes(), path.name).draft
        clauses = list(draft.clauses)
        for place in range(0, len(clauses), 7):
            assert placing.hang_anew(clauses, place, placing.rank(clauses[place])) == {}, (path.name, place)
        assert tuple(clauses) == draft.clauses


# ---------------------------------------------------------------------------------------------------------------- acts


FINES = Table(("위반", "금액"), (), (("가", "10"),), (), after_lines=0)


def test_what_is_left_out_is_listed_with_its_tables_and_its_history() -> None:
    annex = Clause("tbl_1", Kind.ANNEX, "별표 1", "과태료", "", notes=("<개정 2025.1.1>",), tables=(FINES,))
    done = corrected(Draft((*DRAFT.clauses, annex)), (), [{"act": "drop", "eid": "tbl_1"}])
    assert done.set_aside[-1].text == "별표 1 과태료 <개정 2025.1.1>\n위반 | 금액\n가 | 10"


def test_the_table_of_a_clause_that_is_joined_stays_behind_its_number() -> None:
    item = Clause("art_9__subpara_1", Kind.SUBPARAGRAPH, "1.", None, "", parent="art_9", tables=(FINES,))
    article = Clause("art_9", Kind.ARTICLE, "제9조", "금액", "다음과 같다.")
    done = corrected(Draft((*DRAFT.clauses[:2], article, item)), (), [{"act": "join", "eid": item.eid}])
    joined = done.draft.by_eid["art_9"]
    assert (joined.text_ko, joined.tables[0].after_lines) == ("다음과 같다.\n1.", 2)


def test_a_number_is_corrected_with_what_hangs_on_it() -> None:
    done = after({"act": "number", "eid": "art_2", "kind": "article", "step": "art_5"})
    assert eids(done.draft) == ["chp_1", "art_1", "art_5", "art_5__para_1", "art_5__para_1__subpara_1",
                                "art_5__para_1__subpara_2", "art_5__para_2", "addenda"]
    assert done.draft.by_eid["art_5"].label == "제5조" and done.draft.by_eid["art_5__para_1"].label == "①"
    assert done.renamed["art_2__para_1__subpara_2"] == "art_5__para_1__subpara_2"
    assert words(done.draft) == words(DRAFT)


def test_a_kind_is_corrected() -> None:
    done = after({"act": "number", "eid": "art_2__para_2", "kind": "subparagraph", "step": "subpara_3"})
    assert done.draft.by_eid["art_2__para_1__subpara_3"].parent == "art_2__para_1"
    assert done.draft.by_eid["art_2__para_1__subpara_3"].label == "3."


def test_what_follows_hangs_on_a_clause_that_is_put_before_it() -> None:
    done = after({"act": "place", "key": 0, "kind": "article", "step": "art_1-2", "heading": "정의", "text": "뜻은"},
                 waiting=(LINE,))
    assert eids(done.draft)[:3] == ["chp_1", "art_1", "art_1-2"]
    assert done.draft.by_eid["art_1-2"].label == "제1조의2" and done.waiting == ()
    # A paragraph between ① and its subparagraphs takes them over, where that is said.
    done = after({"act": "insert", "after": "art_2__para_1", "kind": "paragraph", "step": "para_1-2", "text": "둘째",
                  "takes": True})
    assert "art_2__para_1-2__subpara_1" in done.draft.by_eid


def test_a_clause_is_added_behind_what_hangs_on_the_one_before_it() -> None:
    """Beside or above that one; a lower one is the first below it."""
    whole = eids(DRAFT)
    for after_, kind, step, made, before in (
            ("art_2__para_1", "paragraph", "para_1-2", "art_2__para_1-2", "art_2__para_2"),
            ("art_2__para_1", "article", "art_3", "art_3", "art_3__para_2"),
            ("art_2", "article", "art_3", "art_3", "addenda"), ("chp_1", "chapter", "chp_2", "chp_2", "addenda"),
            ("art_2__para_1", "subparagraph", "subpara_9", "art_2__para_1__subpara_9", "art_2__para_1__subpara_1"),
            ("art_2", "annex", "tbl_1", "tbl_1", None), ("art_1", "annex", "tbl_1", "tbl_1", None)):
        done = after({"act": "insert", "after": after_, "kind": kind, "step": step, "text": "더한 글", "heading": "더함"})
        found = eids(done.draft)
        place = found.index(made)
        assert (found[place + 1] if place + 1 < len(found) else None) == before, made
        assert done.origins[made] == "#0"
        assert [done.origins[eid] for eid in found if eid != made] == whole
        if kind == "annex":  # nothing hangs on it, and nothing ceases to hang where it did
            assert done.renamed == {} and done.draft.by_eid["art_2"].parent == "chp_1"


def test_a_subitem_is_added_beside_those_that_are_counted_alike() -> None:
    draft = readers.read_as("plain_text", """시험법 시행령

제1조(목적) 다음 각 호와 같다.
1. 하나
가. 둘
1) 셋
가) 넷
나) 다섯
2) 여섯
""".encode(), "ko").draft
    labels = [clause.label for clause in draft.clauses]
    one, two = labels.index("1)"), labels.index("2)")
    assert placing.behind(draft.clauses, one, Clause("sub_1-2", Kind.SUBITEM, "1의2)")) == two
    assert placing.behind(draft.clauses, one, Clause("sub_다", Kind.SUBITEM, "다)")) == one + 1
    assert placing.behind(draft.clauses, one + 1, Clause("sub_1-2", Kind.SUBITEM, "1의2)")) == one + 2


def test_an_article_that_is_added_to_the_addenda_renames_no_other() -> None:
    act = {"act": "insert", "after": "addenda", "kind": "article", "step": "art_1", "heading": "시행일", "text": "이 영은"}
    done = after(act)
    assert "addenda__art_1" in done.draft.by_eid and "art_1" in done.draft.by_eid
    assert done.renamed == {} and done.origins["art_1"] == "art_1"
    [back] = ways_back(DRAFT, (), [act])
    assert back.renamed == {} and back.gone == {"addenda__art_1"}


def test_a_number_that_another_clause_has_is_refused() -> None:
    with pytest.raises(InvalidError) as refusal:
        after({"act": "number", "eid": "art_2", "kind": "article", "step": "art_1"})
    assert "number" in refusal.value.problems
    with pytest.raises(InvalidError):  # nothing to hang on
        after({"act": "number", "eid": "art_1", "kind": "paragraph", "step": "para_1"})
    with pytest.raises(InvalidError):  # a chapter in the addenda
        after({"act": "insert", "after": "addenda", "kind": "chapter", "step": "chp_9", "heading": "장"})


def test_lines_join_the_text_of_a_clause_and_lead_on() -> None:
    lines = (LINE, Waiting(16, "둘째 줄", "art_1"))
    done = after({"act": "take", "key": 0, "eid": "art_2__para_2"}, waiting=lines)
    assert (done.draft.by_eid["art_2__para_2"].text_ko or "").endswith("\n제1조의2 (정의) 뜻은 다음과 같다.")
    assert [(each.line, each.after) for each in done.waiting] == [(16, "art_2__para_2")]


def test_what_is_set_aside_or_left_out_stays_listed() -> None:
    done = after({"act": "aside", "key": 0}, {"act": "drop", "eid": "art_2"}, waiting=(LINE,))
    assert (done.set_aside[0].line, done.set_aside[0].text) == (15, LINE.text)
    assert any("시험의 결과" in each.text for each in done.set_aside)
    assert not any(eid.startswith("art_2") for eid in eids(done.draft))
    with pytest.raises(InvalidError):  # one article at least
        after({"act": "drop", "eid": "art_2"}, {"act": "drop", "eid": "art_1"})


def test_a_clause_is_divided_and_joined_again() -> None:
    joined = after({"act": "join", "eid": "art_2__para_2"})
    assert joined.draft.by_eid["art_2__para_1__subpara_2"].text_ko == "시험의 결과\n② 제1항에 따른 고지는 문서로 한다."
    divided = after({"act": "join", "eid": "art_2__para_2"},
                    {"act": "split", "eid": "art_2__para_1__subpara_2", "from_line": 1, "kind": "paragraph", "step": "para_2",
                     "text": "제1항에 따른 고지는 문서로 한다."})
    assert divided.draft == DRAFT
    with pytest.raises(InvalidError):
        after({"act": "split", "eid": "art_1", "from_line": 9, "kind": "paragraph", "step": "para_1", "text": "x"})
    with pytest.raises(InvalidError):
        after({"act": "join", "eid": "chp_1"})


def test_words_are_corrected_and_a_deleted_clause_is_told() -> None:
    done = after({"act": "words", "eid": "art_2__para_2", "text_ko": "삭제"},
                 {"act": "words", "eid": "art_1", "heading_en": "Purpose", "text_en": "The purpose."})
    assert done.draft.by_eid["art_2__para_2"].status is Status.DELETED
    assert done.english_by_hand == {"art_1"}


def test_tables_stay_with_their_lines() -> None:
    table = Table(("구분", "금액"), (), (("1차", "10"),), (), 2)
    draft = Draft((Clause("art_1", Kind.ARTICLE, "제1조", "과태료", "첫 줄\n둘째 줄\n셋째 줄", tables=(table,)),))
    done = corrected(draft, (), [{"act": "split", "eid": "art_1", "from_line": 1, "kind": "paragraph", "step": "para_1",
                                  "text": "둘째 줄\n셋째 줄"}])
    assert done.draft.by_eid["art_1"].tables == ()
    assert done.draft.by_eid["art_1__para_1"].tables[0].after_lines == 1
    done = corrected(done.draft, (), [{"act": "join", "eid": "art_1__para_1"}])
    assert done.draft.by_eid["art_1"].tables == (table,)


@given(st.lists(st.tuples(st.sampled_from(["number", "join", "drop", "insert", "words"]), st.integers(0, 7),
                          st.integers(1, 4), st.sampled_from(list(Kind))), max_size=8))
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_addresses_stay_unique_and_no_word_is_lost(acts: list[tuple[str, int, int, Kind]]) -> None:
    done: list[dict[str, Any]] = []
    added: list[str] = []
    for name, place, number, kind in acts:
        clauses = corrected(DRAFT, (), done).draft.clauses
        eid = clauses[place % len(clauses)].eid
        letters = kind is Kind.ITEM
        step = placing.step_of(kind, "가나다라"[number - 1] if letters else str(number))
        act: dict[str, Any] = {"act": name, "eid": eid}
        if name == "number":
            act |= {"kind": kind.value, "step": step}
        elif name == "insert":
            act = {"act": name, "after": eid, "kind": kind.value, "step": step, "text": f"더한 글 {len(done)}"}
        elif name == "words":
            act |= {"heading_en": "x"}
        try:
            result = corrected(DRAFT, (), [*done, act])
        except InvalidError:
            continue
        done.append(act)
        added += [act["text"]] if name == "insert" else []
        draft = result.draft
        assert len(draft.by_eid) == len(draft.clauses)
        # Each has an origin of its own, and only such as there were are renamed.
        assert set(result.origins) == set(draft.by_eid)
        assert len(set(result.origins.values())) == len(draft.clauses)
        earlier = corrected(DRAFT, (), done[:-1])
        now_at = {origin: eid for eid, origin in result.origins.items()}
        assert result.renamed == {old: now_at[origin] for old, origin in earlier.origins.items()
                                  if origin in now_at and now_at[origin] != old}
        assert all(clause.parent is None or clause.parent in draft.by_eid for clause in draft.clauses)
        kept = "\n".join([*words(draft), *(each.text for each in result.set_aside)])
        assert all(line in kept for line in [*words(DRAFT), *added])
        assert [clause.eid for root in draft.children(None) for clause in draft.subtree(root.eid)] == eids(draft)
    assert corrected(DRAFT, (), []).draft == DRAFT
