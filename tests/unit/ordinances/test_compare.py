"""Which clause of a new version is which of the old, and what became of it."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Draft, Kind, Status
from portal.ordinances.compare import ChangeName, Pair, compare, identities
from portal.ordinances.similarity import similarity
from tests.unit.ordinances.small_draft import SMALL, clause


def draft(*clauses: Clause) -> Draft:
    return Draft(clauses, title_ko="시험")


def changes(old: Draft, new: Draft) -> set[tuple[str | None, str | None, str]]:
    pairs = compare(old, new)
    assert {pair.old for pair in pairs if pair.old} == {one.eid for one in old.clauses}
    assert list(dict.fromkeys(pair.new for pair in pairs if pair.new)) == [one.eid for one in new.clauses]
    assert all(0 <= pair.score <= 1 for pair in pairs)
    return {(pair.old, pair.new, pair.change.value) for pair in pairs if pair.change != "same"}


LONG = "과학기술정보통신부장관은 매년 실태조사를 하고 그 결과를 공표해야 한다."
OTHER = "위원회의 위원은 학식과 경험이 풍부한 사람 중에서 위촉한다."
THIRD = "시ㆍ도지사는 관할 구역의 수질오염물질 배출시설에 개선을 명할 수 있다."


def test_a_draft_is_itself() -> None:
    assert changes(SMALL, SMALL) == set()
    assert {pair.score for pair in compare(SMALL, SMALL)} == {1.0}


def test_nothing_against_something() -> None:
    assert compare(Draft(()), Draft(())) == []
    assert {change for _, _, change in changes(Draft(()), SMALL)} == {"inserted"}
    assert {change for _, _, change in changes(SMALL, Draft(()))} == {"deleted"}


def test_reworded_at_its_address() -> None:
    old, new = draft(clause("art_1", LONG)), draft(clause("art_1", LONG.replace("매년", "3년마다")))
    assert changes(old, new) == {("art_1", "art_1", "reworded")}
    assert 0.5 <= compare(old, new)[0].score < 1


def test_a_number_used_for_another_rule_is_another_clause() -> None:
    assert changes(draft(clause("art_1", LONG)), draft(clause("art_1", OTHER))) == {
        ("art_1", None, "deleted"), (None, "art_1", "inserted"),
    }  # fmt: skip


def test_a_number_used_for_another_rule_while_the_old_one_moves_on() -> None:
    old = draft(clause("art_1", LONG), clause("art_2", THIRD))
    new = draft(clause("art_1", OTHER), clause("art_1-2", LONG.replace("매년", "3년마다")), clause("art_2", THIRD))
    assert changes(old, new) == {(None, "art_1", "inserted"), ("art_1", "art_1-2", "renumbered")}


def test_two_articles_that_change_places() -> None:
    old = draft(clause("art_1", LONG, heading_ko="조사"), clause("art_2", OTHER, heading_ko="위원"))
    new = draft(clause("art_1", OTHER, heading_ko="위원"), clause("art_2", LONG, heading_ko="조사"))
    assert changes(old, new) == {("art_1", "art_2", "renumbered"), ("art_2", "art_1", "renumbered")}


def test_the_same_heading_and_number_is_the_same_article_however_much_was_rewritten() -> None:
    old = draft(clause("art_1", LONG, heading_ko="실태조사"))
    new = draft(clause("art_1", "실태조사의 방법과 시기는 고시로 정한다.", heading_ko="실태조사"))
    assert changes(old, new) == {("art_1", "art_1", "reworded")}


def test_renumbered_by_an_insertion_before_it() -> None:
    old = draft(clause("art_1"), clause("art_1__para_1", LONG), clause("art_1__para_2", "그 밖의 것"))
    new = draft(clause("art_1"), clause("art_1__para_1", OTHER), clause("art_1__para_2", LONG),
                clause("art_1__para_3", "그 밖의 것"))  # fmt: skip
    assert changes(old, new) == {
        (None, "art_1__para_1", "inserted"), ("art_1__para_1", "art_1__para_2", "renumbered"),
        ("art_1__para_2", "art_1__para_3", "renumbered"),
    }  # fmt: skip


def test_what_hangs_on_a_renumbered_clause_is_renumbered_with_it() -> None:
    old = draft(clause("art_1"), clause("art_1__para_1", LONG), clause("art_1__para_1__subpara_1", "외교부"))
    new = draft(clause("art_1"), clause("art_1__para_1", OTHER), clause("art_1__para_1__subpara_1", "국방부"),
                clause("art_1__para_2", LONG), clause("art_1__para_2__subpara_1", "외교부"))  # fmt: skip
    assert changes(old, new) == {
        (None, "art_1__para_1", "inserted"), (None, "art_1__para_1__subpara_1", "inserted"),
        ("art_1__para_1", "art_1__para_2", "renumbered"),
        ("art_1__para_1__subpara_1", "art_1__para_2__subpara_1", "renumbered"),
    }  # fmt: skip


def test_moved_to_another_article_with_its_words() -> None:
    old = draft(clause("art_1", heading_ko="하나"), clause("art_1__para_1", LONG), clause("art_2", OTHER))
    new = draft(clause("art_1", heading_ko="하나"), clause("art_2", OTHER), clause("art_2__para_1", LONG))
    assert ("art_1__para_1", "art_2__para_1", "moved") in changes(old, new)


def test_an_article_that_changes_its_chapter_is_moved_and_no_other() -> None:
    chapters = (clause("chp_1", heading_ko="총칙"), clause("chp_2", heading_ko="보칙"))
    old = draft(chapters[0], clause("art_1", LONG, parent="chp_1"), chapters[1], clause("art_2", OTHER, parent="chp_2"))
    new = draft(chapters[0], chapters[1], clause("art_1", LONG, parent="chp_2"), clause("art_2", OTHER, parent="chp_2"))
    assert changes(old, new) == {("art_1", "art_1", "moved")}


def test_a_chapter_is_the_one_that_has_its_articles() -> None:
    old = draft(clause("chp_1", heading_ko="총칙"), clause("art_1", LONG, parent="chp_1"))
    new = draft(clause("chp_1", heading_ko="위원회"), clause("art_1", OTHER, parent="chp_1"),
                clause("chp_2", heading_ko="실태조사 등"), clause("art_2", LONG, parent="chp_2"))  # fmt: skip
    assert changes(old, new) == {
        (None, "chp_1", "inserted"), (None, "art_1", "inserted"), ("chp_1", "chp_2", "renumbered"),
        ("art_1", "art_2", "renumbered"),
    }  # fmt: skip


def test_short_words_are_not_followed_to_another_parent() -> None:
    old = draft(clause("art_1", LONG), clause("art_1__subpara_1", "외교부"), clause("art_2", OTHER))
    new = draft(clause("art_1", LONG), clause("art_2", OTHER), clause("art_2__subpara_1", "외교부"))
    assert changes(old, new) == {
        ("art_1__subpara_1", None, "deleted"), (None, "art_2__subpara_1", "inserted"),
    }  # fmt: skip


def test_a_clause_struck_in_its_place_is_deleted_and_named_on_both_sides() -> None:
    struck = clause("art_1", "삭제", status=Status.DELETED)
    assert changes(draft(clause("art_1", LONG)), draft(struck)) == {("art_1", "art_1", "deleted")}
    assert changes(draft(struck), draft(struck)) == set()
    assert changes(draft(struck), draft(clause("art_1", LONG))) == {
        ("art_1", None, "deleted"), (None, "art_1", "inserted"),
    }  # fmt: skip


def test_what_hung_on_a_struck_clause_is_gone() -> None:
    old = draft(clause("art_1", LONG), clause("art_1__subpara_1", "외교부의 업무에 관한 사항"))
    assert changes(old, draft(clause("art_1", "삭제", status=Status.DELETED))) == {
        ("art_1", "art_1", "deleted"), ("art_1__subpara_1", None, "deleted"),
    }  # fmt: skip


def test_a_number_left_behind_by_words_that_moved_is_deleted_beside() -> None:
    old = draft(clause("art_1", LONG, heading_ko="조사"), clause("art_9", OTHER))
    new = draft(clause("art_1", "삭제", status=Status.DELETED), clause("art_5", LONG, heading_ko="조사"),
                clause("art_9", OTHER))  # fmt: skip
    assert changes(old, new) == {("art_1", "art_5", "renumbered"), ("art_1", "art_1", "deleted")}
    assert identities(compare(old, new)) == {"art_5": "art_1", "art_9": "art_9"}


SUBPARAGRAPHS = (("subpara_1", "실태조사의 대상과 범위에 관한 사항"), ("subpara_2", "실태조사의 방법에 관한 사항"))


def test_an_article_that_gets_a_first_paragraph_is_split_into_its_heading_and_it() -> None:
    old = draft(
        clause("art_1", LONG, heading_ko="조사"), *(clause(f"art_1__{eid}", text) for eid, text in SUBPARAGRAPHS)
    )
    new = draft(clause("art_1", heading_ko="조사"), clause("art_1__para_1", LONG),
                *(clause(f"art_1__para_1__{eid}", text) for eid, text in SUBPARAGRAPHS),
                clause("art_1__para_2", OTHER))  # fmt: skip
    numbered = {
        ("art_1", "art_1", "split"), ("art_1", "art_1__para_1", "split"),
        ("art_1__subpara_1", "art_1__para_1__subpara_1", "renumbered"),
        ("art_1__subpara_2", "art_1__para_1__subpara_2", "renumbered"),
    }  # fmt: skip
    assert changes(old, new) == numbered | {(None, "art_1__para_2", "inserted")}
    assert identities(compare(old, new))["art_1"] == "art_1"
    assert "art_1__para_1" not in identities(compare(old, new))
    assert changes(new, old) == {
        (b, a, "merged" if change == "split" else change) for a, b, change in numbered if a and b
    } | {("art_1__para_2", None, "deleted")}


def test_a_paragraph_that_becomes_two() -> None:
    first = "사업자는 이용자에게 고영향 인공지능의 이용 사실을 서면으로 미리 알려야 하고"
    second = "위험관리방안의 수립과 운영에 관한 기록을 5년간 보관해야 한다"
    old = draft(clause("art_1"), clause("art_1__para_1", f"{first}, {second}."), clause("art_1__para_2", OTHER))
    new = draft(clause("art_1"), clause("art_1__para_1", f"{first[:-2]} 한다."), clause("art_1__para_2", f"{second}."),
                clause("art_1__para_3", OTHER))  # fmt: skip
    assert changes(old, new) == {
        ("art_1__para_1", "art_1__para_1", "split"), ("art_1__para_1", "art_1__para_2", "split"),
        ("art_1__para_2", "art_1__para_3", "renumbered"),
    }  # fmt: skip
    assert changes(new, old) == {
        ("art_1__para_1", "art_1__para_1", "merged"), ("art_1__para_2", "art_1__para_1", "merged"),
        ("art_1__para_3", "art_1__para_2", "renumbered"),
    }  # fmt: skip


def test_an_article_that_becomes_two_takes_its_paragraphs_along() -> None:
    old = draft(
        clause("art_1", heading_ko="조사와 위원"), clause("art_1__para_1", LONG), clause("art_1__para_2", OTHER)
    )
    new = draft(clause("art_1", heading_ko="조사"), clause("art_1__para_1", LONG), clause("art_2", heading_ko="위원"),
                clause("art_2__para_1", OTHER))  # fmt: skip
    found = changes(old, new)
    assert ("art_1__para_2", "art_2__para_1", "moved") in found
    assert ("art_1__para_1", "art_1__para_1", "moved") not in found


def test_two_articles_that_said_the_same_are_one_now() -> None:
    old = draft(clause("art_1", LONG, heading_ko="실태조사"), clause("art_2", THIRD),
                clause("art_3", f"{LONG} 이 경우 서면으로 한다.", heading_ko="실태조사의 특례"))  # fmt: skip
    new = draft(clause("art_1", LONG.replace("매년", "3년마다"), heading_ko="실태조사"), clause("art_2", THIRD))
    assert changes(old, new) == {("art_1", "art_1", "merged"), ("art_3", "art_1", "merged")}


def test_own_addenda_become_older_ones() -> None:
    text, at_once = clause("art_1", LONG), clause("addenda__art_1", "이 영은 공포한 날부터 시행한다.")
    first = (clause("addenda", notes=("<제12호,2025.1.1>",)), at_once)
    older = (replace(first[0], eid="addenda_12"), replace(first[1], eid="addenda_12__art_1", parent="addenda_12"))
    second = (clause("addenda", notes=("<제13호,2026.1.1>",)), at_once)
    assert changes(draft(text, *first), draft(text, *older, *second)) == {
        ("addenda", "addenda_12", "renumbered"), ("addenda__art_1", "addenda_12__art_1", "renumbered"),
        (None, "addenda", "inserted"), (None, "addenda__art_1", "inserted"),
    }  # fmt: skip


def test_own_addenda_of_a_draft_stay_its_own() -> None:
    old = draft(clause("art_1", LONG), clause("addenda"), clause("addenda__art_1", "이 영은 공포한 날부터 시행한다."))
    new = draft(clause("art_1", LONG), clause("addenda"), clause("addenda__art_1", "이 영은 2027년 1월 1일부터 시행한다."),
                clause("addenda__art_2", OTHER))  # fmt: skip
    assert changes(old, new) == {
        ("addenda__art_1", "addenda__art_1", "reworded"), (None, "addenda__art_2", "inserted"),
    }  # fmt: skip


def test_one_language_alone() -> None:
    old = draft(clause("art_1", LONG, "Everyone keeps records."), clause("art_2", OTHER, None))
    new = draft(clause("art_1", LONG, "Every operator keeps records."), clause("art_2", OTHER, None))
    assert {pair.change for pair in compare(old, new)} == {ChangeName.SAME}
    assert [pair.change.value for pair in compare(old, new, "en")] == ["reworded", "same"]


def test_english_is_told_by_its_words() -> None:
    one = "The Minister shall publish the results of the survey every year."
    two = "A member of the committee shall be appointed for a term of three years."
    old, new = draft(clause("art_1", None, one), clause("art_2", None, two)), draft(
        clause("art_1", None, two.replace("three", "two")), clause("art_2", None, one.replace("every", "each")))  # fmt: skip
    assert changes(old, new) == {("art_1", "art_2", "renumbered"), ("art_2", "art_1", "renumbered")}


def test_similarity() -> None:
    assert similarity("같은 글", "같은글") == 1.0
    assert similarity("", "") == 1.0
    assert similarity("가", "") == similarity("가나", "다라") == 0.0
    assert similarity("인공지능사업자", "인공지능이용자") == similarity("인공지능이용자", "인공지능사업자")


def test_identities_are_one_to_one_and_prefer_what_stayed() -> None:
    pairs = [
        Pair("art_1", "art_1", ChangeName.SPLIT, 0.4), Pair("art_1", "art_2", ChangeName.SPLIT, 0.9),
        Pair("art_3", "art_4", ChangeName.MERGED, 0.3), Pair("art_5", "art_4", ChangeName.MERGED, 0.8),
        Pair("art_5__para_1", "art_4__para_1", ChangeName.MERGED, 0.2),
        Pair("art_3__para_1", "art_4__para_1", ChangeName.MERGED, 0.9), Pair(None, "art_6", ChangeName.INSERTED, 0),
    ]  # fmt: skip
    assert identities(pairs) == {"art_1": "art_1", "art_4": "art_5", "art_4__para_1": "art_5__para_1"}


def test_it_is_the_same_every_time() -> None:
    articles = [replace(one, parent=None) for one in SMALL.clauses if one.kind is Kind.ARTICLE]
    new = replace(SMALL, clauses=tuple(reversed(articles)))
    assert compare(SMALL, new) == compare(SMALL, new)


# -------------------------------------------------------------------------------------------------------- properties

_SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호구누두루"


@st.composite
def texts(draw: st.DrawFn) -> Draft:
    """Articles with paragraphs and subparagraphs, every one with words of its own."""
    chance = random.Random(draw(st.integers(0, 1_000_000)))

    def sentence() -> str:
        words = ("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 6))) for _ in range(chance.randint(6, 18)))
        return " ".join(words)

    sentences = iter(sentence, None)
    clauses = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        paragraphs = draw(st.integers(0, 3))
        clauses.append(clause(f"art_{number}", "" if paragraphs else next(sentences), heading_ko=next(sentences)))
        for paragraph in range(1, paragraphs + 1):
            clauses.append(clause(f"art_{number}__para_{paragraph}", next(sentences)))
            for subparagraph in range(1, draw(st.integers(0, 2)) + 1):
                clauses.append(clause(f"art_{number}__para_{paragraph}__subpara_{subparagraph}", next(sentences)))
    return draft(*clauses)


@settings(max_examples=60, deadline=None)
@given(texts())
def test_every_text_is_all_the_same_as_itself(one: Draft) -> None:
    assert [(pair.old, pair.new, pair.change) for pair in compare(one, one)] == [
        (clause.eid, clause.eid, ChangeName.SAME) for clause in one.clauses
    ]


@settings(max_examples=60, deadline=None)
@given(texts(), st.integers(1, 9), st.randoms(use_true_random=False))
def test_a_renumbered_copy_has_every_clause_in_it(one: Draft, by: int, chance: random.Random) -> None:
    articles = [clause for clause in one.clauses if clause.kind is Kind.ARTICLE]
    numbers = [number + by for number in range(1, len(articles) + 1)]
    if chance.random() < 0.5:
        chance.shuffle(numbers)
    renamed = {article.eid: f"art_{number}" for article, number in zip(articles, numbers, strict=True)}

    def named(eid: str) -> str:
        article, *rest = eid.split("__")
        return "__".join((renamed[article], *rest))

    copies = [replace(one_clause, eid=named(one_clause.eid), label=parse(named(one_clause.eid)).label,
                      parent=named(one_clause.parent) if one_clause.parent else None)
              for one_clause in one.clauses]  # fmt: skip
    copies.sort(key=lambda copy: parse(copy.eid).sort_key)
    pairs = compare(one, draft(*copies))
    assert {(pair.old, pair.new) for pair in pairs} == {(c.eid, named(c.eid)) for c in one.clauses}
    assert all(pair.score == 1 for pair in pairs)
    assert all((pair.change is ChangeName.SAME) == (pair.old == pair.new) for pair in pairs)
    assert {pair.change for pair in pairs} <= {ChangeName.SAME, ChangeName.RENUMBERED}


@settings(max_examples=60, deadline=None)
@given(texts(), texts())
def test_any_two_texts_are_accounted_for_in_full(one: Draft, other: Draft) -> None:
    pairs = compare(one, other)
    assert {pair.old for pair in pairs} - {None} == {clause.eid for clause in one.clauses}
    assert {pair.new for pair in pairs} - {None} == {clause.eid for clause in other.clauses}
    assert len({(pair.old, pair.new) for pair in pairs}) == len(pairs)
    carried = identities(pairs)
    assert len(set(carried.values())) == len(carried)
    for pair in pairs:
        assert (pair.change is ChangeName.INSERTED) == (pair.old is None)
        assert pair.change is ChangeName.DELETED or pair.new is not None


def test_changes_are_the_words_that_commands_promise() -> None:
    words = "same reworded renumbered moved split merged deleted inserted"
    assert " ".join(change.value for change in ChangeName) == words
