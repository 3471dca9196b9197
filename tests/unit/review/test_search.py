"""The queue: filters, numbers, search and pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.responses import services as responses
from portal.responses.services import ResponseInput
from portal.review import batches, clause_index, code_list, search, services
from portal.review.models import Segment
from portal.review.search import NONE, SORTS, Counts, Cursor, Filter
from tests.unit.review.scene import LABELS, Scene, scene, statements


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _query(it: Scene, wanted: Filter) -> search.Query:
    return search.query(it.id, it.reviewer.require_account(), wanted, clause_index.index(it.session, it.id),
                        code_list.code_list(it.session, it.id))


def _found(it: Scene, wanted: Filter) -> list[int]:
    return search.matching_ids(it.session, _query(it, wanted), limit=1000)


# ----------------------------------------------------------------------------------------------------------- search


@pytest.mark.parametrize(("asked", "reason"), [
    ("고지", "사전고지의무를 줄여 주십시오"),  # two syllables inside a longer word
    ("의무", "사전고지의무를 줄여 주십시오"),
    ("인공지능", "고영향인공지능사업자의 범위"),
    ("무", "의무"),  # one syllable, by prefix
    ("label", "Labelling is costly."),
    ("LABELS", "labelled outputs"),
    ('"영향 평가"', "기본권 영향 평가를 하는 경우"),
    ("평가 영향", "영향이 크므로 평가하여야"),
    ("2025", "2025년 시행")])
def test_what_is_found(it: Scene, asked: str, reason: str) -> None:
    it.file({"reason": reason}, {"reason": "전혀 다른 글 something else"})
    hit, _ = it.segments()
    assert _found(it, Filter(words=asked)) == [hit.id]
    assert _found(it, Filter(words=asked, clauses=("art_2",))) == [hit.id]  # looked for row by row


@pytest.mark.parametrize("asked", ["지고", "무의", '"평가 영향"', "!!!", "%", "_", "없는말", "' OR 1=1 --", "고지 없는말"])
def test_what_is_not_found(it: Scene, asked: str) -> None:
    it.file({"reason": "사전고지의 의무와 영향 평가"})
    assert _found(it, Filter(words=asked)) == []
    assert search.counts(it.session, _query(it, Filter(words=asked))).total == 0


# ----------------------------------------------------------------------------------------------------------- filters


def _mixed(it: Scene) -> dict[str, int]:
    """Segments of every sort; their ids by a name."""
    codes = it.codes()
    company = it.file({"clause_eid": "art_2", "reason": "사전고지"}, {"clause_eid": "art_2__para_2__subpara_1",
                      "position": "oppose"}, {"clause_eid": "doc", "position": "question"})
    union = it.file({"clause_eid": "after_art_2", "language": "en", "reason": "Notice"},
                    {"clause_eid": "art_3", "position": "support"}, kind="association", name="협회")
    gone = it.file({"clause_eid": "art_2__para_1"}, kind="individual", name="홍길동")
    it.withdraw(gone)
    names = ("article", "below", "whole", "behind", "other", "gone")
    ids = dict(zip(names, [part.id for part in it.segments()], strict=True))
    services.tag_segments(it.session, it.reviewer, it.id, [ids["article"], ids["below"]], add=[codes.tags[0].id],
                          now=it.now)
    services.tag_segments(it.session, it.reviewer, it.id, [ids["below"]], add=[codes.tags[2].id], now=it.now)
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[ids["below"], ids["whole"]],
                                         now=it.now)
    ids["cluster"] = cluster
    made = responses.draft_response(it.session, it.reviewer, it.id, segment_id=ids["other"], now=it.now)
    responses.save_response(it.session, it.reviewer, it.id, made, ResponseInput("noted", "이유"), expected_version=1,
                            now=it.now)
    assert company and union
    return ids


@pytest.mark.parametrize(("wanted", "names"), [
    (lambda ids, c: Filter(), "article below whole behind other gone"),
    (lambda ids, c: Filter(clauses=("art_2",)), "article below behind gone"),
    (lambda ids, c: Filter(clauses=("art_2__para_2",)), "below"),
    (lambda ids, c: Filter(clauses=("doc", "art_3")), "whole other"),
    (lambda ids, c: Filter(clauses=("chp_1",)), "article below behind other gone"),
    (lambda ids, c: Filter(clauses=("art_99",)), ""),
    (lambda ids, c: Filter(positions=("oppose", "question")), "below whole"),
    (lambda ids, c: Filter(kinds=("association",)), "behind other"),
    (lambda ids, c: Filter(languages=("en",)), "behind"),
    (lambda ids, c: Filter(tags=(c.tags[0].id,)), "article below"),
    (lambda ids, c: Filter(tags=(c.tags[1].id, c.tags[2].id)), "below"),
    (lambda ids, c: Filter(topics=(c.topics[0].id,)), "article below"),
    (lambda ids, c: Filter(tags=(NONE, c.tags[2].id)), "below whole behind other gone"),
    (lambda ids, c: Filter(clusters=(ids["cluster"],)), "below whole"),
    (lambda ids, c: Filter(clusters=(NONE,)), "article behind other gone"),
    (lambda ids, c: Filter(coverage=("untriaged",)), "behind"),
    (lambda ids, c: Filter(coverage=("triaged", "excused")), "article below whole gone"),
    (lambda ids, c: Filter(coverage=("disposed",)), "other"),
    (lambda ids, c: Filter(live=True), "article below whole behind other"),
    (lambda ids, c: Filter(live=True, words="고지"), "article below whole other"),
    (lambda ids, c: Filter(live=True, dealt_with=(True,)), ""),
    (lambda ids, c: Filter(live=True, coverage=("excused",)), "gone"),
    (lambda ids, c: Filter(dealt_with=(True,)), "gone"),
    (lambda ids, c: Filter(dealt_with=(False, True)), "article below whole behind other gone"),
    (lambda ids, c: Filter(unseen=True), "behind other gone"),
    (lambda ids, c: Filter(clauses=("art_2",), positions=("amend",), tags=(c.tags[0].id,), words="고지"), "article"),
    (lambda ids, c: Filter(kinds=("company",), coverage=("triaged",), clusters=(NONE,)), "article")])
def test_within_a_facet_or_across_and(it: Scene, wanted: Callable[[dict[str, int], code_list.CodeList], Filter],
                                      names: str) -> None:
    ids = _mixed(it)
    asked = wanted(ids, code_list.code_list(it.session, it.id))
    assert _found(it, asked) == [ids[name] for name in names.split()]
    assert search.counts(it.session, _query(it, asked)).total == len(names.split())


def test_what_counts_is_no_narrowing(it: Scene) -> None:
    _mixed(it)
    assert Filter(live=True).is_empty and Filter().is_empty and not Filter(live=True, unseen=True).is_empty
    counts = search.counts(it.session, _query(it, Filter(live=True)))
    assert (counts.total, counts.coverage["excused"]) == (5, 1)


def test_another_consultation_is_never_in_the_list(it: Scene) -> None:
    other = scene(it.session, it.now)
    other.file({"reason": "사전고지"})
    it.file({"reason": "사전고지"})
    for wanted in (Filter(), Filter(words="고지"), Filter(clauses=("art_2",)), Filter(unseen=True)):
        assert _found(it, wanted) == [part.id for part in it.segments()]


_KEYS = ("clauses", "positions", "kinds", "languages", "coverage", "dealt_with", "tags", "clusters")


@pytest.mark.parametrize("few", [-1, 1_000_000], ids=["row by row", "words first"])
def test_every_number_is_what_its_choice_would_show(it: Scene, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FEW_HITS", few)
    ids = _mixed(it)
    codes = code_list.code_list(it.session, it.id)
    for asked in (Filter(), Filter(positions=("amend",)), Filter(tags=(codes.tags[0].id,)), Filter(words="고지"),
                  Filter(live=True), Filter(live=True, words="고지"), Filter(live=True, clauses=("art_2",), words="고지"),
                  Filter(clauses=("art_2",), positions=("amend",), tags=(codes.tags[0].id,), words="고지"),
                  Filter(clusters=(ids["cluster"],), coverage=("triaged",), words="고지"),
                  Filter(coverage=("triaged",), unseen=True), Filter(clusters=(ids["cluster"], NONE)),
                  Filter(dealt_with=(True,)), Filter(positions=("amend",), kinds=("company",), languages=("ko",),
                                                     coverage=("triaged",), dealt_with=(False,), clauses=("art_2",),
                                                     clusters=(NONE,))):
        listed, counts = search.page_and_counts(it.session, _query(it, asked), "law")
        assert counts == search.counts(it.session, _query(it, asked))
        assert sorted(row.id for row in listed.rows) == _found(it, asked)
        assert counts.total == len(listed.rows)
        for facet in _KEYS:
            found = getattr(counts, facet)
            if facet != "tags":
                every = replace(asked, **{facet: ()}, live=asked.live and facet != "coverage")
                assert sum(found.values()) == len(_found(it, every)), (asked, facet)
            for choice, n in found.items():
                narrowed = Filter(**{**asked.__dict__, facet: (choice,),
                                     **({"topics": ()} if facet == "tags" else {})})
                exact = [each for each in _found(it, narrowed)
                         if facet != "clauses" or it.segment(each).clause_eid == choice]
                assert n == len(exact), (asked, facet, choice)
        assert counts.unseen == len(_found(it, Filter(**{**asked.__dict__, "unseen": True})))


# ------------------------------------------------------------------------------------------------------------- pages


def _walk(it: Scene, asked: search.Query, sort: str, size: int) -> list[list[int]]:
    """The pages, forwards."""
    pages, cursor = [], None
    while True:
        page = search.page(it.session, asked, sort, cursor, size=size)
        pages.append([row.id for row in page.rows])
        assert (page.previous is None) is (cursor is None)
        if page.next is None:
            return pages
        cursor = Cursor.read(str(page.next), after=True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.sampled_from(["art_1", "art_2", "art_3", "doc"]), st.integers(0, 3)), min_size=1,
                       max_size=14), size=st.integers(1, 5), narrow=st.booleans())
def test_every_segment_stands_on_exactly_one_page_both_ways(
        session: Session, now: datetime, places: list[tuple[str, int]], size: int, narrow: bool) -> None:
    with session.begin_nested() as whole:
        it = scene(session, now)
        for eid, minutes in places:
            filed = it.file({"clause_eid": eid})
            session.execute(text("UPDATE segments SET filed_at = :at WHERE comment_id = :c"),
                            {"at": now + timedelta(minutes=minutes, microseconds=minutes), "c": filed.comments[0].id})
        asked = _query(it, Filter(clauses=("art_2", "doc")) if narrow else Filter(words="고지"))
        wanted = set(search.matching_ids(session, asked, limit=100))
        for sort in SORTS:
            pages = _walk(it, asked, sort, size)
            listed = [each for page in pages for each in page]
            assert len(listed) == len(set(listed)) and set(listed) == wanted
            assert listed == _sorted(it, wanted, sort)
            cursor, back = None, [pages[-1]]
            page = search.page(session, asked, sort, None, size=len(listed) or 1)
            if page.rows and len(pages) > 1:
                last = next(row for row in page.rows if row.id == pages[-1][0])
                cursor = Cursor(search.key_of(last, sort), last.id, False)
                while cursor is not None:
                    page, counts = search.page_and_counts(session, asked, sort, cursor, size=size)
                    back.insert(0, [row.id for row in page.rows])
                    assert page.next is not None and counts.total == len(wanted)
                    cursor = page.previous
                assert [each for page_ in back for each in page_] == listed
        whole.rollback()


def _sorted(it: Scene, ids: set[int], sort: str) -> list[int]:
    rows = [row for row in it.segments() if row.id in ids]
    key: Callable[[Segment], tuple[object, int]] = {
        "law": lambda row: (row.clause_order, row.id), "oldest": lambda row: (row.filed_at, row.id),
        "newest": lambda row: (row.filed_at, row.id)}[sort]
    return [row.id for row in sorted(rows, key=key, reverse=sort == "newest")]  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["", "x", "1", "1.", ".1", "1.x", "1.2.3", "9" * 30 + ".1", "-1.5", "1.99999999999999999999",
                                     "253402300800000000.1", "٣.1"])
def test_a_cursor_typed_by_hand_breaks_nothing(it: Scene, written: str) -> None:
    it.file({}, {})
    for sort in SORTS:
        cursor = Cursor.read(written, after=True)
        page = search.page(it.session, _query(it, Filter()), sort, cursor)
        assert len(page.rows) <= 2


def test_a_filter_typed_by_hand_breaks_nothing(it: Scene) -> None:
    wanted = search.cleaned(Filter(positions=("amend", "x", "amend"), kinds=("'",), coverage=("nowhere",), languages=("xx",)))
    assert wanted == Filter(positions=("amend",))


def test_what_the_list_shows(it: Scene) -> None:
    codes = it.codes()
    filed = it.file({"clause_eid": "art_2__para_1", "reason": "첫 문장입니다. 둘째 문장입니다."}, name="별무리")
    services.split_comment(it.session, it.reviewer, it.id, filed.comments[0].id, [9], expected_version=1, now=it.now)
    first, second = it.segments(filed.comments[0].id)
    services.tag_segments(it.session, it.reviewer, it.id, [second.id], add=[codes.tags[2].id, codes.tags[0].id],
                          now=it.now)
    one, two = search.page(it.session, _query(it, Filter()), "law").rows
    assert (one.parts, one.ordinal, two.ordinal, two.lead) == (2, 1, 2, "둘째 문장입니다.")
    assert (two.organisation("ko"), two.organisation("en")) == ("별무리", "별무리 Inc.")
    assert two.tags == tuple(sorted((codes.tags[0].id, codes.tags[2].id)))
    assert one.seen and two.seen
    assert search.rows_of(it.session, it.id, 1, [two.id, 10**12, one.id])[0].id == two.id
    assert first.id == one.id


@pytest.mark.parametrize(("wanted", "most"), [
    (Filter(positions=("amend",)), 2),
    (Filter(clauses=("art_2",), words="고지"), 3),  # and the question how many hits there may be
    (Filter(positions=("amend",), words="고지"), 4),  # and two so that these words are planned for
], ids=["no search", "in a clause", "everywhere"])
def test_the_list_costs_a_constant_number_of_statements(it: Scene, wanted: Filter, most: int) -> None:
    def cost() -> int:
        asked = _query(it, wanted)
        with statements(it.session) as seen:
            search.page_and_counts(it.session, asked, "law")
        return len(seen)

    it.file({})
    few = cost()
    it.file(*[{} for _ in range(40)])
    assert cost() == few == most


@pytest.mark.parametrize(("wanted", "mode"), [
    (Filter(words="고지"), "force_custom_plan"), (Filter(words="고지", positions=("amend",)), "force_custom_plan"),
    (Filter(words="고지", clauses=("art_2",)), "auto"), (Filter(), "auto"), (Filter(words="?"), "auto")])
def test_a_search_alone_is_planned_for_its_words(it: Scene, wanted: Filter, mode: str) -> None:
    it.file({"reason": "사전고지"})
    it.session.execute(text("SET LOCAL max_parallel_workers_per_gather = 3"))
    with search.planned(it.session, _query(it, wanted)):
        assert it.session.scalar(text("SHOW plan_cache_mode")) == mode
    assert it.session.scalar(text("SHOW plan_cache_mode")) == "auto"
    assert it.session.scalar(text("SHOW max_parallel_workers_per_gather")) == "3"


def test_numbers_of_nothing(it: Scene) -> None:
    assert search.counts(it.session, _query(it, Filter())) == Counts(total=0)
    assert search.page(it.session, _query(it, Filter()), "law") == search.Page((), None, None)
    batches.mark_seen(it.session, it.reviewer, it.id, [], now=it.now)
