"""Two people at the same moment, and jobs beside them: real transactions, one waiting for the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.consultations import services as consultations
from portal.kernel import unit_of_work
from portal.kernel.errors import ConflictError, StateError
from portal.responses import services as responses
from portal.responses.models import Response
from portal.responses.services import ResponseInput
from portal.review import batches, coverage, receiving, services
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene

REASON = "안녕하십니까. 고지 의무를 줄여 주십시오."
Work = Callable[[Session], Any]


class Race:
    """One transaction held open while another begins; then both end."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions

    def run(self, first: Work, second: Work) -> list[Any]:
        """What both gave, or raised. `second` starts when `first` has done its work and has not committed."""
        outcome: list[Any] = [None, None]
        done, go = threading.Event(), threading.Event()

        def hold(session: Session) -> Any:
            made = first(session)
            session.flush()
            done.set()
            go.wait(20)
            return made

        def one(place: int, work: Work) -> None:
            try:
                outcome[place] = unit_of_work.run(self.sessions, work)
            except Exception as error:
                outcome[place] = error

        threads = [threading.Thread(target=one, args=(0, hold)), threading.Thread(target=one, args=(1, second))]
        threads[0].start()
        assert done.wait(20)
        threads[1].start()
        threads[1].join(0.4)  # it waits for the other, or is through already
        go.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        return outcome


@pytest.fixture
def race(sessions: sessionmaker[Session]) -> Race:
    return Race(sessions)


@pytest.fixture
def it(sessions: sessionmaker[Session], now: datetime) -> Any:
    with sessions() as session:
        made = scene(session, now)
        made.file({"reason": REASON}, {"reason": REASON})
        session.commit()
        yield made
        session.rollback()


def _settled(it: Scene) -> None:
    it.session.rollback()
    assert coverage.wrong(it.session, coverage.of_consultation(it.id)) == []


def test_tags_of_both_stay(it: Scene, race: Race) -> None:
    codes = it.codes()
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer")
    it.session.commit()
    one = it.segments()[0].id
    race.run(
        lambda s: services.tag_segments(s, it.reviewer, it.id, [one], add=[codes.tags[0].id], now=it.now),
        lambda s: services.tag_segments(s, colleague, it.id, [one], add=[codes.tags[1].id], now=it.now))
    _settled(it)
    assert it.tags_of(one) == {codes.tags[0].id, codes.tags[1].id}
    assert it.segment(one).version == 3


@pytest.mark.parametrize("publisher_first", [True, False])
def test_moving_into_a_cluster_while_it_is_published(it: Scene, race: Race, publisher_first: bool) -> None:
    session, now = it.session, it.now
    one, two = (part.id for part in it.segments())
    cluster, _ = services.create_cluster(session, it.reviewer, it.id, LABELS, segment_ids=[one], now=now)
    answer = responses.draft_response(session, it.reviewer, it.id, cluster_id=cluster, now=now)
    saved = responses.save_response(session, it.reviewer, it.id, answer, ResponseInput("noted", "이유"),
                                    expected_version=1, now=now)
    saved = responses.send_for_approval(session, it.reviewer, it.id, answer, expected_version=saved.version, now=now)
    saved = responses.approve(session, it.approver, it.id, answer,
                              seen_digest=responses.digest_of(session.get_one(Response, answer)), now=now)
    session.commit()

    def publish(s: Session) -> Any:
        return responses.publish(s, it.publisher, it.id, answer, expected_version=saved.version, now=now)

    def move(s: Session) -> Any:
        return services.move_segments(s, it.reviewer, it.id, [two], to=cluster, now=now)

    outcome = race.run(publish, move) if publisher_first else race.run(move, publish)
    assert not any(isinstance(each, Exception) for each in outcome)
    _settled(it)
    assert [it.segment(each).coverage for each in (one, two)] == ["published", "published"]


@pytest.mark.parametrize("filing_first", [True, False])
def test_tagging_while_a_later_filing_supersedes(it: Scene, race: Race, filing_first: bool) -> None:
    codes = it.codes()
    first = it.filed[0]
    organisation = it.session.get_one(factories.Organisation, first.submission.organisation_id)
    later = it.file({"reason": "다시 씁니다."}, by=organisation, receive=False)
    it.session.commit()
    one = it.segments()[0].id

    def receive(s: Session) -> None:
        receiving.receive_filing(s, later.filing.id, now=it.now)

    def tag(s: Session) -> Any:
        return services.tag_segments(s, it.reviewer, it.id, [one], add=[codes.tags[0].id], now=it.now)

    outcome = race.run(receive, tag) if filing_first else race.run(tag, receive)
    assert not any(isinstance(each, Exception) for each in outcome)
    _settled(it)
    assert it.segment(one).coverage == "excused"
    assert it.tags_of(one) == (set() if filing_first else {codes.tags[0].id})


def test_tagging_waits_for_a_conclusion_and_sees_it(it: Scene, race: Race) -> None:
    codes = it.codes()
    it.session.commit()
    one, later = it.segments()[0].id, it.now + timedelta(days=90)
    _, refused = race.run(
        lambda s: consultations.conclude_consultation(s, it.publisher, it.id, unanswered=0, now=later),
        lambda s: services.tag_segments(s, it.reviewer, it.id, [one], add=[codes.tags[0].id], now=later))
    assert isinstance(refused, StateError)
    _settled(it)
    assert it.tags_of(one) == set()


def test_a_filing_received_twice_at_once(it: Scene, race: Race) -> None:
    filed = it.file({}, {}, {}, receive=False)
    it.session.commit()

    def receive(s: Session) -> None:
        receiving.receive_filing(s, filed.filing.id, now=it.now)

    assert race.run(receive, receive) == [None, None]
    _settled(it)
    assert len([part for part in it.segments() if part.submission_id == filed.submission.id]) == 3


def test_two_write_one_response(it: Scene, race: Race) -> None:
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    answer = responses.draft_response(it.session, it.reviewer, it.id, segment_id=it.segments()[0].id, now=it.now)
    it.session.commit()

    def save(who: Any, words: str) -> Work:
        return lambda s: responses.save_response(s, who, it.id, answer, ResponseInput("noted", words),
                                                 expected_version=1, now=it.now)

    kept, refused = race.run(save(colleague, "동료"), save(it.reviewer, "나"))
    assert kept.version == 2
    assert isinstance(refused, ConflictError) and refused.theirs["text_ko"] == "동료"
    assert refused.changed_by == "이검토"


def test_two_begin_one_response(it: Scene, race: Race) -> None:
    segment = it.segments()[0].id

    def draft(s: Session) -> int:
        return responses.draft_response(s, it.reviewer, it.id, segment_id=segment, now=it.now)

    first, second = race.run(draft, draft)
    assert first == second


def test_two_move_one_segment(it: Scene, race: Race) -> None:
    one = it.segments()[0].id
    clusters = [services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)[0] for _ in range(2)]
    it.session.commit()

    def move(to: int) -> Work:
        return lambda s: services.move_segments(s, it.reviewer, it.id, [one], to=to, expected_versions={one: 1},
                                                now=it.now)

    moved, refused = race.run(move(clusters[0]), move(clusters[1]))
    assert moved.changed == 1 and isinstance(refused, ConflictError)
    _settled(it)
    assert it.segment(one).cluster_id == clusters[0]


def test_cutting_while_it_is_tagged(it: Scene, race: Race) -> None:
    codes, comment = it.codes(), it.filed[0].comments[0].id
    it.session.commit()
    one = it.segments(comment)[0].id
    cut, tagged = race.run(
        lambda s: services.split_comment(s, it.reviewer, it.id, comment, [REASON.index("고지")], expected_version=1,
                                         now=it.now),
        lambda s: services.tag_segments(s, it.reviewer, it.id, [one], add=[codes.tags[0].id], now=it.now))
    assert len(cut) == 2
    assert isinstance(tagged, batches.Done) and tagged.preview.skipped == {"unknown": (one,)}
    _settled(it)


def test_an_act_is_taken_back_once(it: Scene, race: Race) -> None:
    codes = it.codes()
    done = services.tag_segments(it.session, it.reviewer, it.id, [it.segments()[0].id], add=[codes.tags[0].id],
                                 now=it.now)
    it.session.commit()
    assert done.batch_id is not None

    def undo(s: Session) -> int:
        return batches.undo(s, it.reviewer, it.id, done.batch_id or 0, now=it.now)

    first, second = race.run(undo, undo)
    assert first == 1 and isinstance(second, Exception)
