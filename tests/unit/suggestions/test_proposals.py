"""What people do with a proposal: each verb, each refusal, and that only accepting changes segments."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, RefusedError, StateError
from portal.review import batches, services
from portal.review.models import Batch, Cluster
from portal.review.services import ClusterInput
from portal.suggestions import decisions, proposals
from portal.suggestions.storing import Found, Storing
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import members, proposal, propose, segments


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _do(it: Scene, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return verb(it.session, more.pop("actor", it.reviewer), it.id, *given, now=it.now, **more)


# --------------------------------------------------------------------------------------------------------- accepting


def test_accepted_as_a_new_cluster(it: Scene) -> None:
    ids = segments(it, 3)
    row = propose(it, ids)
    cluster_id, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    assert (done.changed, done.preview.skipped_count) == (3, 0)
    assert [it.segment(each).cluster_id for each in ids] == [cluster_id] * 3
    assert it.session.get_one(Cluster, cluster_id).title_ko == LABELS.title_ko
    found = proposal(it, row.id)
    assert (found.state, found.cluster_id, found.decided_by) == ("accepted", cluster_id, it.reviewer.account_id)
    batch = it.session.get_one(Batch, done.batch_id)
    assert (batch.verb, batch.data["proposal"], batch.data["to"]) == ("clustered", row.id, cluster_id)
    assert it.verbs()[-1] == "suggestion.proposal_accepted"
    assert batches.undo(it.session, it.reviewer, it.id, batch.id, now=it.now) == 3
    assert it.segment(ids[0]).cluster_id is None


def test_accepted_into_a_cluster_that_stands(it: Scene) -> None:
    first, *rest = segments(it, 4)
    into, _ = _do(it, services.create_cluster, LABELS, segment_ids=[first])
    row = propose(it, [first, *rest])
    assert _do(it, proposals.accept, row.id, given=None, into=into, expected_version=1)[0] == into
    assert {it.segment(each).cluster_id for each in [first, *rest]} == {into}


def test_what_people_put_elsewhere_meanwhile_is_left_out_and_told(it: Scene) -> None:
    one, two, three = segments(it, 3)
    other, _ = _do(it, services.create_cluster, LABELS, segment_ids=[one])
    gone = it.file({}, name="거둔 단체")
    excused = it.segments(gone.comments[0].id)[0].id
    row = propose(it, [one, two, three, excused])
    it.withdraw(gone)
    _, done = _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    assert done.preview.changes == (two, three)
    assert done.preview.skipped == {"excused": (excused,), "elsewhere": (one,)}
    assert it.segment(one).cluster_id == other
    assert set(done.preview.skipped) <= set(batches.SKIPPED)


def test_nothing_left_to_accept(it: Scene) -> None:
    ids = segments(it, 2)
    row = propose(it, ids)
    _do(it, services.create_cluster, LABELS, segment_ids=ids)
    clusters = it.session.query(Cluster).count()
    with pytest.raises(StateError):
        _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    assert proposal(it, row.id).state == "open"
    assert it.session.query(Cluster).count() == clusters


def test_what_makes_no_point_makes_no_cluster(it: Scene) -> None:
    [only] = segments(it, 1)
    row = propose(it, [only])
    it.session.execute(text("UPDATE segments SET no_point = true WHERE id = :id"), {"id": only})
    before = it.session.scalar(text("SELECT count(*) FROM clusters"))
    with pytest.raises(StateError):
        _do(it, proposals.accept, row.id, given=LABELS, expected_version=1)
    assert it.session.scalar(text("SELECT count(*) FROM clusters")) == before


@pytest.mark.parametrize("target", [{"given": None}, {"given": LABELS, "into": 1}, {"given": ClusterInput()},
                                    {"given": ClusterInput(title_en="Fines")}])
def test_accepted_as_what(it: Scene, target: dict[str, Any]) -> None:
    row = propose(it, segments(it, 2))
    with pytest.raises(InvalidError):
        _do(it, proposals.accept, row.id, expected_version=1, **target)
    assert proposal(it, row.id).state == "open"


def test_a_cluster_that_takes_nothing(it: Scene) -> None:
    ids = segments(it, 3)
    row = propose(it, ids[:2])
    with pytest.raises(NotFoundError):
        _do(it, proposals.accept, row.id, given=None, into=10**9, expected_version=1)
    gone, _ = _do(it, services.create_cluster, LABELS, segment_ids=ids[2:])
    into, _ = _do(it, services.create_cluster, LABELS)
    _do(it, services.merge_clusters, gone, into=into, expected_version=1)
    with pytest.raises(StateError):
        _do(it, proposals.accept, row.id, given=None, into=gone, expected_version=1)


# ---------------------------------------------------------------------------------------------------------- changing


def test_renamed_and_kept(it: Scene) -> None:
    row = propose(it, segments(it, 2))
    _do(it, proposals.change_titles, row.id, "  새 이름 ", "", expected_version=1)
    found = proposal(it, row.id)
    assert (found.title_ko, found.title_en, found.kept, found.version) == ("새 이름", "", True, 2)
    _do(it, proposals.change_titles, row.id, "새 이름", "", expected_version=2)
    assert proposal(it, row.id).version == 2, "what is so already changes nothing"
    with pytest.raises(InvalidError) as caught:
        _do(it, proposals.change_titles, row.id, " ", "New name", expected_version=2)
    assert set(caught.value.problems) == {"title_ko"}


def test_merged_into_the_largest(it: Scene) -> None:
    ids = segments(it, 7)
    small, large, other = propose(it, ids[:2]), propose(it, ids[2:5]), propose(it, ids[5:])
    into = _do(it, proposals.merge, {small.id: 1, large.id: 1, other.id: 1})
    assert into == large.id
    assert members(it, into) == [*ids[2:5], *ids[:2], *ids[5:]]
    assert proposal(it, into).kept
    for gone in (small, other):
        assert (proposal(it, gone.id).state, members(it, gone.id)) == ("replaced", [])
    with pytest.raises(InvalidError):
        _do(it, proposals.merge, {into: proposal(it, into).version})
    with pytest.raises(StateError):
        _do(it, proposals.merge, {into: proposal(it, into).version, small.id: 2})


def test_split_off(it: Scene) -> None:
    ids = segments(it, 4)
    row = propose(it, ids, central=ids[1])
    new = _do(it, proposals.split, row.id, [ids[3], ids[1]], expected_version=1)
    assert (members(it, row.id), members(it, new)) == ([ids[0], ids[2]], [ids[1], ids[3]])
    assert proposal(it, row.id).central == {}, "the sentence is another proposal's now"
    assert proposal(it, row.id).voices == [ids[0], ids[2]]
    assert proposal(it, row.id).kept and proposal(it, new).kept
    assert proposal(it, new).central["ko"] == {"segment": ids[1], "sentence": it.segment(ids[1]).lead}
    for chosen in ([], [ids[0], ids[2]], [ids[1]]):
        with pytest.raises(InvalidError):
            _do(it, proposals.split, row.id, chosen, expected_version=2)


def test_moved_to_another_and_out(it: Scene) -> None:
    ids = segments(it, 5)
    row, other = propose(it, ids[:3]), propose(it, ids[3:])
    _do(it, proposals.move, row.id, [ids[1]], to=other.id, expected_version=1)
    assert (members(it, row.id), members(it, other.id)) == ([ids[0], ids[2]], [*ids[3:], ids[1]])
    assert proposal(it, other.id).kept and proposal(it, other.id).version == 2
    _do(it, proposals.move, row.id, [ids[0]], to=None, expected_version=2)
    assert members(it, row.id) == [ids[2]]
    _do(it, proposals.move, row.id, [ids[2]], to=other.id, expected_version=3)
    assert (proposal(it, row.id).state, members(it, row.id)) == ("replaced", [])
    with pytest.raises(InvalidError):
        _do(it, proposals.move, other.id, [ids[3]], to=other.id, expected_version=3)
    with pytest.raises(StateError):
        _do(it, proposals.move, other.id, [ids[3]], to=row.id, expected_version=3)
    with pytest.raises(NotFoundError):
        _do(it, proposals.move, other.id, [ids[3]], to=10**9, expected_version=3)


def test_kept_and_let_go(it: Scene) -> None:
    row = propose(it, segments(it, 2))
    _do(it, proposals.keep, row.id, kept=True, expected_version=1)
    assert proposal(it, row.id).kept
    _do(it, proposals.keep, row.id, kept=False, expected_version=2)
    assert (proposal(it, row.id).kept, proposal(it, row.id).version) == (False, 3)


def test_dismissed_and_taken_up_again_without_what_another_has(it: Scene) -> None:
    ids = segments(it, 4)
    row = propose(it, ids[:3])
    _do(it, proposals.dismiss, row.id, expected_version=1)
    assert proposal(it, row.id).state == "dismissed"
    other = propose(it, ids[1:2])
    _do(it, proposals.reopen, row.id, expected_version=2)
    assert (proposal(it, row.id).state, proposal(it, row.id).kept) == ("open", True)
    assert proposal(it, row.id).decided_by is None
    assert members(it, row.id) == [ids[0], ids[2]]
    _do(it, proposals.dismiss, other.id, expected_version=1)
    propose(it, ids[1:2])
    with pytest.raises(StateError):
        _do(it, proposals.reopen, other.id, expected_version=2)


# ----------------------------------------------------------------------------------------------------------- refusals

VERBS: dict[str, Callable[..., Any]] = {
    "accept": lambda it, row, **v: _do(it, proposals.accept, row, given=LABELS, **v),
    "change_titles": lambda it, row, **v: _do(it, proposals.change_titles, row, "다른 이름", "", **v),
    "split": lambda it, row, **v: _do(it, proposals.split, row, members(it, row)[:1], **v),
    "move": lambda it, row, **v: _do(it, proposals.move, row, members(it, row)[:1], to=None, **v),
    "keep": lambda it, row, **v: _do(it, proposals.keep, row, kept=True, **v),
    "dismiss": lambda it, row, **v: _do(it, proposals.dismiss, row, **v),
    "merge": lambda it, row, expected_version, **v: _do(
        it, proposals.merge, {row: expected_version, propose(it, segments(it, 1)).id: 1}, **v),
}


@pytest.mark.parametrize("verb", VERBS)
def test_who_was_faster_is_told_and_nothing_done(it: Scene, verb: str) -> None:
    row = propose(it, segments(it, 3))
    _do(it, proposals.change_titles, row.id, "먼저 고친 이름", "", expected_version=1)
    before = (proposal(it, row.id).version, members(it, row.id))
    with pytest.raises(ConflictError) as caught:
        VERBS[verb](it, row.id, expected_version=1)
    assert (caught.value.changed_by, caught.value.version) == (it.reviewer.name, 2)
    assert caught.value.theirs["title_ko"] == "먼저 고친 이름"
    assert (proposal(it, row.id).version, members(it, row.id)) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ["accepted", "dismissed", "replaced", "regrouping"])
def test_what_is_not_open_is_left_alone(it: Scene, verb: str, state: str) -> None:
    row = propose(it, segments(it, 3))
    cluster_id = _do(it, services.create_cluster, LABELS)[0] if state == "accepted" else None
    row.state, row.cluster_id = state, cluster_id
    it.session.flush()
    with pytest.raises(StateError):
        VERBS[verb](it, row.id, expected_version=1)


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not(it: Scene, verb: str) -> None:
    row = propose(it, segments(it, 3))
    outsider = factories.staff(it.session, it.now, factories.ministry(it.session, it.now), "reviewer")
    for actor, kind in ((it.approver, RefusedError), (outsider, NotFoundError)):
        with pytest.raises(kind):
            VERBS[verb](it, row.id, expected_version=1, actor=actor)
    other = scene(it.session, it.now)
    with pytest.raises(NotFoundError):
        VERBS[verb](other, row.id, expected_version=1)
    it.consultation.concluded_at = it.now + timedelta(days=1)
    it.session.flush()
    with pytest.raises(StateError):
        VERBS[verb](it, row.id, expected_version=1)


# ----------------------------------------------------------------------------------------------------------- property

ACTS = st.lists(st.tuples(st.sampled_from([
    "accept", "into", "merge", "split", "move", "out", "keep", "dismiss", "reopen", "titles"]),
    st.integers(0, 9), st.integers(0, 9), st.integers(1, 3)), max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_no_segment_is_in_two_open_proposals_and_only_accepting_changes_one(
        session: Session, now: datetime, acts: list[tuple[str, int, int, int]]) -> None:
    with session.begin_nested() as point:
        it = scene(session, now)
        ids = segments(it, 9)
        rows = [propose(it, ids[:4]).id, propose(it, ids[4:7]).id, propose(it, ids[7:]).id]
        cluster_id, _ = _do(it, services.create_cluster, LABELS)
        for act, one, two, n in acts:
            row, other = rows[one % len(rows)], rows[two % len(rows)]
            version, there = proposal(it, row).version, members(it, row)
            before = {each.id: (each.cluster_id, each.version) for each in it.segments()}
            with suppress(PortalError):
                match act:
                    case "accept":
                        _do(it, proposals.accept, row, given=LABELS, expected_version=version)
                    case "into":
                        _do(it, proposals.accept, row, given=None, into=cluster_id, expected_version=version)
                    case "merge":
                        _do(it, proposals.merge, {row: version, other: proposal(it, other).version})
                    case "split":
                        rows.append(_do(it, proposals.split, row, there[:n], expected_version=version))
                    case "move":
                        _do(it, proposals.move, row, there[:n], to=other, expected_version=version)
                    case "out":
                        _do(it, proposals.move, row, there[-n:], to=None, expected_version=version)
                    case "keep":
                        _do(it, proposals.keep, row, kept=n == 1, expected_version=version)
                    case "dismiss":
                        _do(it, proposals.dismiss, row, expected_version=version)
                    case "reopen":
                        _do(it, proposals.reopen, row, expected_version=version)
                    case "titles":
                        _do(it, proposals.change_titles, row, f"이름 {n}", "", expected_version=version)
            if act not in ("accept", "into"):
                assert before == {each.id: (each.cluster_id, each.version) for each in it.segments()}
            session.flush()
            twice = session.execute(text("""
                SELECT m.segment_id FROM proposed_members m JOIN proposed_clusters p ON p.id = m.proposal_id
                 WHERE p.state = 'open' AND p.consultation_id = :c GROUP BY 1 HAVING count(*) > 1"""),
                {"c": it.id}).all()
            assert twice == []
        point.rollback()


# ------------------------------------------------------------------------------- titles, and what is said of proposals


def test_a_title_that_a_person_gave_survives_merging(it: Scene) -> None:
    one, two, three, *rest = segments(it, 6)
    small, other, large = propose(it, [one]), propose(it, [two]), propose(it, [three, *rest], title="기계가 지은 이름")
    _do(it, proposals.change_titles, small.id, "사람이 지은 이름", "", expected_version=1)
    into = _do(it, proposals.merge, {small.id: 2, large.id: 1})
    assert into == large.id
    assert (proposal(it, into).title_ko, proposal(it, into).title_en) == ("사람이 지은 이름", "")
    _do(it, proposals.change_titles, other.id, "다른 이름", "", expected_version=1)
    _do(it, proposals.merge, {other.id: 2, into: 2})
    assert proposal(it, into).title_ko == "사람이 지은 이름", "the larger one has one, too, by the merging before"


def test_what_is_said_of_other_members_is_said_anew(it: Scene) -> None:
    one, two, three, four, five, six = segments(it, 6)
    first, second, third = propose(it, [one, two, three]), propose(it, [four, five]), propose(it, [six])
    due = lambda: set(decisions.to_be_described(it.session, it.id))  # noqa: E731
    assert due() == set()
    made = _do(it, proposals.split, first.id, [one], expected_version=1)
    assert due() == {first.id, made}
    _do(it, proposals.move, second.id, [five], to=third.id, expected_version=1)
    assert due() == {first.id, made, second.id, third.id}
    storing = Storing(it.session, it.id, "analysis (test)", None, it.now)
    storing.look([one, two, three, four, five, six])
    said = {"ko": {"segment": five, "sentence": "다시 본 문장."}}
    _do(it, proposals.change_titles, made, "사람이 지은 이름", "", expected_version=1)
    storing.describe_anew({
        third.id: Found((five, six), {"ko": "새 제목", "en": "New"}, {"ko": ["새말"]}, said, (five,)),
        made: Found((one,), {"ko": "기계의 제목"}, {}, {}, ()),
        first.id: Found((one, two, three), {"ko": "옛 구성"}, {}, {}, ())})  # its members are others now
    it.session.expire_all()
    row = proposal(it, third.id)
    assert (row.title_ko, row.title_en, row.terms, row.central, row.voices) == (
        "새 제목", "New", {"ko": ["새말"]}, said, [five])
    assert members(it, third.id) == [five, six], "the most typical first"
    assert proposal(it, made).title_ko == "사람이 지은 이름"
    assert due() == {first.id, second.id}
