"""Filings and withdrawals as they reach review: in order, out of order, twice."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.search_text import tsvector_literal
from portal.responses import services as responses
from portal.responses.models import Response
from portal.responses.services import ResponseInput
from portal.review import coverage, receiving, services
from portal.review.unanswered import unanswered
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene, statements

REASON = "고지 의무의 범위가 넓으므로 줄여 주시기 바랍니다. 그리고 표시 방법도 정하여 주십시오."


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _jobs(session: Session, name: str) -> list[dict[str, int]]:
    return list(session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = :n ORDER BY id"), {"n": name}))


def test_one_segment_for_each_comment(it: Scene) -> None:
    filed = it.file({"clause_eid": "art_2__para_1"}, {"clause_eid": "doc", "position": "oppose", "language": "en"},
                    kind="association")
    first, second = it.segments()
    assert [part.comment_id for part in (first, second)] == [comment.id for comment in filed.comments]
    assert (first.start, first.end, first.ordinal) == (0, len(filed.comments[0].reason), 1)
    assert (first.clause_eid, first.position, first.language) == ("art_2__para_1", "amend", "ko")
    assert (first.organisation_kind, first.organisation_id) == ("association", filed.submission.organisation_id)
    assert (first.comment_uid, first.submission_id) == (filed.comments[0].uid, filed.submission.id)
    assert first.lead.startswith("고지 의무의 범위가")
    assert (first.coverage, first.excuse, first.dealt_with) == ("untriaged", None, False)
    assert second.clause_order == 0 < first.clause_order  # the whole draft comes first
    assert it.verbs() == ["review.received"]


def test_a_place_behind_a_clause_comes_after_everything_below_it(it: Scene) -> None:
    it.file({"clause_eid": "after_art_2"}, {"clause_eid": "art_2__para_2__subpara_1"}, {"clause_eid": "art_3"})
    behind, below, later = it.segments()
    assert below.clause_order < behind.clause_order < later.clause_order


def test_the_words_of_all_fields_can_be_searched(it: Scene) -> None:
    it.file({"reason": "", "proposal_form": "fragment", "proposal_language": "ko", "proposal_old": "사전에",
             "proposal_text": "미리", "legal_basis": "행정기본법"})
    words = it.session.scalar(text("SELECT words::text FROM segment_words"))
    expected = it.session.scalar(text("SELECT CAST(:w AS tsvector)::text"),
                                 {"w": tsvector_literal("사전에\n미리\n행정기본법")})
    assert words == expected
    assert it.segments()[0].lead == "미리"
    assert it.segments()[0].end == 0


def test_twice_does_nothing(it: Scene) -> None:
    filed = it.file({}, {})
    before = [(part.id, part.version) for part in it.segments()]
    receiving.receive_filing(it.session, filed.filing.id, now=it.now)
    assert [(part.id, part.version) for part in it.segments()] == before
    assert it.verbs() == ["review.received"]


def test_a_filing_that_is_not_there_is_nobodys(it: Scene) -> None:
    receiving.receive_filing(it.session, 10**12, now=it.now)
    receiving.receive_withdrawal(it.session, 10**12, now=it.now)
    assert it.segments() == []


def test_a_later_filing_supersedes(it: Scene) -> None:
    first = it.file({"reason": "처음 쓴 글입니다."})
    organisation = it.session.get_one(factories.Organisation, first.submission.organisation_id)
    second = it.file({"reason": "다시 쓴 글입니다."}, {}, by=organisation)
    old, new, other = it.segments()
    assert (old.excuse, old.coverage) == ("superseded", "excused")
    assert [part.excuse for part in (new, other)] == [None, None]
    assert {part.comment_id for part in (new, other)} == {comment.id for comment in second.comments}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_the_jobs_ends_alike(it: Scene, order: tuple[int, ...]) -> None:
    first = it.file({"reason": "가"}, receive=False)
    organisation = it.session.get_one(factories.Organisation, first.submission.organisation_id)
    it.withdraw(first, receive=False)
    first.submission.withdrawn_at = None
    second = it.file({"reason": "나"}, by=organisation, receive=False)
    third = it.file({"reason": "다"}, by=organisation, receive=False)
    it.withdraw(third, receive=False)
    jobs = [lambda: receiving.receive_filing(it.session, first.filing.id, now=it.now),
            lambda: receiving.receive_filing(it.session, second.filing.id, now=it.now),
            lambda: receiving.receive_filing(it.session, third.filing.id, now=it.now),
            lambda: receiving.receive_withdrawal(it.session, first.submission.id, now=it.now)]
    for each in order:
        jobs[each]()
    excuses = {part.comment_id: part.excuse for part in it.segments()}
    assert excuses == {first.comments[0].id: "superseded", second.comments[0].id: "superseded",
                       third.comments[0].id: "withdrawn"}
    assert all(part.coverage == "excused" and part.dealt_with for part in it.segments())


def test_withdrawing_excuses(it: Scene) -> None:
    filed = it.file({}, {})
    it.withdraw(filed)
    assert [part.excuse for part in it.segments()] == ["withdrawn", "withdrawn"]
    assert it.verbs() == ["review.received", "review.withdrawn"]
    receiving.receive_withdrawal(it.session, filed.submission.id, now=it.now)
    assert it.verbs() == ["review.received", "review.withdrawn"]


def _refile(it: Scene, filed: factories.Filed, *comments: dict[str, object]) -> factories.Filed:
    return it.file(*comments, by=it.session.get_one(factories.Organisation, filed.submission.organisation_id))


def test_what_was_decided_is_carried_over_to_the_same_words(it: Scene) -> None:
    codes, uid, other = it.codes(), uuid.uuid4(), uuid.uuid4()
    filed = it.file({"uid": uid, "reason": REASON}, {"uid": other, "reason": "바뀔 글입니다."})
    same, changed = it.segments()
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[same.id, changed.id],
                                         now=it.now)
    services.tag_segments(it.session, it.reviewer, it.id, [same.id, changed.id], add=[codes.tags[0].id], now=it.now)
    again = _refile(it, filed, {"uid": other, "reason": "바뀐 글입니다."}, {"uid": uid, "reason": REASON})
    new = {part.comment_uid: part for part in it.segments() if part.comment_id in {c.id for c in again.comments}}
    assert new[uid].cluster_id == cluster
    assert it.tags_of(new[uid].id) == {codes.tags[0].id}
    assert new[uid].coverage == "triaged"
    assert (new[other].cluster_id, it.tags_of(new[other].id), new[other].coverage) == (None, set(), "untriaged")
    batch = it.session.execute(text("SELECT verb, made_by, segment_count FROM batches ORDER BY id DESC LIMIT 1")).one()
    assert tuple(batch) == ("carried", None, 1)
    event = it.session.scalars(text("SELECT data FROM audit_events WHERE verb = 'review.received' ORDER BY id DESC")).first()
    assert event is not None and event["carried"] == 1 and event["excused"] == 2


def test_what_was_answered_stays_answered_after_filing_the_same_words_again(it: Scene) -> None:
    uid = uuid.uuid4()
    filed = it.file({"uid": uid, "reason": REASON})
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[it.segments()[0].id],
                                         now=it.now)
    made = responses.draft_response(it.session, it.reviewer, it.id, cluster_id=cluster, now=it.now)
    saved = responses.save_response(it.session, it.reviewer, it.id, made, ResponseInput("noted", "이유"),
                                    expected_version=1, now=it.now)
    saved = responses.send_for_approval(it.session, it.reviewer, it.id, made, expected_version=saved.version, now=it.now)
    saved = responses.approve(it.session, it.approver, it.id, made, now=it.now,
                              seen_digest=responses.digest_of(it.session.get_one(responses.Response, made)))
    responses.publish(it.session, it.publisher, it.id, made, expected_version=saved.version, now=it.now)
    it.now += timedelta(days=1)
    again = _refile(it, filed, {"uid": uid, "reason": REASON})
    new = it.segments(again.comments[0].id)[0]
    assert new.coverage == "published"
    done = services.move_segments(it.session, it.reviewer, it.id, [new.id], to=None, now=it.now)
    assert done.preview.skipped == {"answered": (new.id,)}


def test_a_cut_comment_is_carried_over_in_its_parts(it: Scene) -> None:
    uid = uuid.uuid4()
    filed = it.file({"uid": uid, "reason": REASON})
    whole = it.segments()[0]
    at = REASON.index("그리고")
    parts = services.split_comment(it.session, it.reviewer, it.id, whole.comment_id, [at], no_point=[2],
                                   expected_version=whole.version, now=it.now)
    tag = it.codes().tags[1].id
    services.tag_segments(it.session, it.reviewer, it.id, parts[:1], add=[tag], now=it.now)
    again = _refile(it, filed, {"uid": uid, "reason": REASON})
    first, second = it.segments(again.comments[0].id)
    assert [(part.start, part.end, part.no_point) for part in (first, second)] == [
        (0, at, False), (at, len(REASON), True)]
    assert it.tags_of(first.id) == {tag}
    assert not coverage.wrong(it.session, coverage.of_consultation(it.id))


def test_other_words_of_the_same_comment_are_not_the_same(it: Scene) -> None:
    uid, tag = uuid.uuid4(), it.codes().tags[0].id
    filed = it.file({"uid": uid, "reason": REASON, "position": "amend"})
    services.tag_segments(it.session, it.reviewer, it.id, [it.segments()[0].id], add=[tag], now=it.now)
    again = _refile(it, filed, {"uid": uid, "reason": REASON, "position": "oppose"})
    assert it.tags_of(it.segments(again.comments[0].id)[0].id) == set()


def test_an_own_response_follows_by_a_job(it: Scene) -> None:
    uid = uuid.uuid4()
    filed = it.file({"uid": uid, "reason": REASON})
    old = it.segments()[0]
    response = responses.draft_response(it.session, it.reviewer, it.id, segment_id=old.id, now=it.now)
    responses.save_response(it.session, it.reviewer, it.id, response, ResponseInput("noted", "이유"),
                            expected_version=1, now=it.now)
    again = _refile(it, filed, {"uid": uid, "reason": REASON})
    new = it.segments(again.comments[0].id)[0]
    assert new.coverage == "untriaged"
    assert _jobs(it.session, "responses.carry_over") == [{"from_segment_id": old.id, "to_segment_id": new.id}]
    for _ in range(2):
        responses.carry_over(it.session, from_segment_id=old.id, to_segment_id=new.id, now=it.now)
    row = it.session.get_one(Response, response, populate_existing=True)
    assert row.segment_id == new.id
    assert it.segment(new.id).coverage == "disposed"
    assert it.segment(old.id).coverage == "excused"


def test_nothing_filed_is_outside_the_count(it: Scene) -> None:
    it.file({}, {})
    waiting = it.file({}, {}, {}, receive=False)
    assert unanswered(it.session, [it.id]) == {it.id: 5}
    receiving.receive_filing(it.session, waiting.filing.id, now=it.now)
    assert unanswered(it.session, [it.id]) == {it.id: 5}


def test_forty_comments_cost_as_many_statements_as_two(it: Scene) -> None:
    def cost(n: int) -> int:
        filed = it.file(*[{} for _ in range(n)], receive=False)
        with statements(it.session) as seen:
            receiving.receive_filing(it.session, filed.filing.id, now=it.now)
        return len(seen)

    cost(1)
    assert cost(40) == cost(2)
