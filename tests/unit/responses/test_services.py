"""Responses: who writes, what an approval binds to, what drops it, when they are published, and as what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.consultations.models import CommentPeriod
from portal.kernel.actor import Actor
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, RefusedError, StateError
from portal.responses import filer_results, services
from portal.responses.models import Response, ResponseEdition
from portal.responses.services import ChangedClause, ResponseInput
from portal.review import services as review
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene

DRAFT = ResponseInput("partly_accepted", "고지의 범위를 줄였습니다.", "The duty was narrowed.",
                      (ChangedClause(1, "art_2__para_1"),))


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


class Answering:
    """A response, and its acts in few words."""

    def __init__(self, it: Scene, **subject: int) -> None:
        self.it = it
        self.id = services.draft_response(it.session, it.reviewer, it.id, **subject, now=it.now)

    @property
    def row(self) -> Response:
        return self.it.session.get_one(Response, self.id, populate_existing=True)

    def save(self, given: ResponseInput = DRAFT, who: Actor | None = None, version: int | None = None,
             **more: Any) -> services.Saved:
        return services.save_response(
            self.it.session, who or self.it.reviewer, self.it.id, self.id, given,
            expected_version=self.row.version if version is None else version, now=more.get("now", self.it.now))

    def act(self, name: str, who: Actor, **more: Any) -> services.Saved:
        do = {"send": services.send_for_approval, "pass": services.pass_review, "send_back": services.send_back,
              "publish": services.publish, "reopen": services.begin_edition,
              "give_up": services.give_up_edition}[name]
        values = {"expected_version": self.row.version, "now": self.it.now, **more}
        return do(self.it.session, who, self.it.id, self.id, **values)  # type: ignore[operator, no-any-return]

    def approve(self, who: Actor | None = None, seen: str | None = None) -> services.Saved:
        return services.approve(self.it.session, who or self.it.approver, self.it.id, self.id,
                                seen_digest=seen or services.digest_of(self.row), now=self.it.now)

    def published(self) -> Answering:
        self.save()
        self.act("send", self.it.reviewer)
        self.approve()
        self.act("publish", self.it.publisher)
        return self

    def authors(self) -> set[int]:
        return set(self.it.session.scalars(text("SELECT account_id FROM response_authors WHERE response_id = :r"),
                                           {"r": self.id}))


def _cluster(it: Scene, n: int = 2) -> int:
    it.file(*[{} for _ in range(n)])
    ids = [part.id for part in it.segments()][-n:]
    return review.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids, now=it.now)[0]


def _columns(it: Scene) -> list[str]:
    return [part.coverage for part in it.segments()]


def test_the_whole_way_of_a_response(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    assert _columns(it) == ["triaged"] * 2
    saved = answer.save()
    assert (saved.step, saved.version, _columns(it)) == ("drafting", 2, ["disposed"] * 2)
    assert answer.act("send", it.reviewer).step == "for_approval"
    marked = it.dirty()
    assert answer.approve().step == "approved"
    assert _columns(it) == ["approved"] * 2
    assert answer.row.approved_digest == services.digest_of(answer.row)
    assert it.dirty() == marked
    assert answer.act("publish", it.publisher).step == "published"
    assert _columns(it) == ["published"] * 2
    assert it.dirty() == marked + 1
    edition = it.session.scalars(select(ResponseEdition)).one()
    assert (edition.number, edition.disposition, edition.text_ko) == (1, "partly_accepted", DRAFT.text_ko)
    assert (edition.approved_by, edition.published_by) == (it.approver.account_id, it.publisher.account_id)
    assert edition.changed_clauses == [{"version": 1, "eid": "art_2__para_1"}]
    assert [verb for verb in it.verbs() if verb.startswith("response.")] == [
        "response.drafted", "response.changed", "response.step_changed", "response.step_changed",
        "response.step_changed", "response.published"]


def test_the_reviews_that_are_set(session: Session, now: datetime) -> None:
    it = scene(session, now, technical_review=True, legal_review=True)
    colleague = factories.staff(session, now, it.ministry, "reviewer", name="이검토")
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    assert answer.act("send", it.reviewer).step == "technical_review"
    with pytest.raises(RefusedError):
        answer.act("pass", it.reviewer)  # who wrote it
    with pytest.raises(RefusedError):
        answer.act("pass", it.approver)
    assert answer.act("pass", colleague).step == "legal_review"
    assert answer.act("pass", colleague).step == "for_approval"
    assert answer.act("send_back", it.approver, note="근거를 더 적어 주십시오.").step == "drafting"
    note = session.scalars(text("SELECT data->>'note' FROM audit_events WHERE data ? 'note'")).one()
    assert note == "근거를 더 적어 주십시오."


def test_a_response_is_begun_once(it: Scene) -> None:
    cluster = _cluster(it)
    assert Answering(it, cluster_id=cluster).id == Answering(it, cluster_id=cluster).id
    segment = it.segments()[0].id
    own = Answering(it, segment_id=segment)
    assert own.id == Answering(it, segment_id=segment).id != Answering(it, cluster_id=cluster).id
    with pytest.raises(ValueError, match="cluster or to a segment"):
        services.draft_response(it.session, it.reviewer, it.id, now=it.now)


def test_an_own_response_applies_before_the_clusters(it: Scene) -> None:
    Answering(it, cluster_id=_cluster(it)).published()
    first, second = it.segments()
    own = Answering(it, segment_id=first.id)
    assert _columns(it) == ["published", "published"]  # nothing was said in it yet
    own.save()
    assert _columns(it) == ["disposed", "published"]
    own.save(ResponseInput(None, "", ""))  # which gives it up
    assert _columns(it) == ["published", "published"]
    assert second.id


def _told(it: Scene) -> list[str | None]:
    """The published text that each filer is told, in the order of the segments."""
    return [result.text_ko for filed in it.filed
            for found in filer_results.results_for_submission(it.session, filed.submission.id).values()
            for result in found]


def test_a_published_answer_stands_until_the_own_one_is_published(it: Scene) -> None:
    cluster = _cluster(it)
    Answering(it, cluster_id=cluster).published()
    first, _ = it.segments()
    own = Answering(it, segment_id=first.id)
    assert _told(it) == [DRAFT.text_ko] * 2
    own.save(ResponseInput("accepted", "따로 답합니다."))
    own.act("send", it.reviewer)
    own.approve()
    assert _told(it) == [DRAFT.text_ko] * 2
    own.act("publish", it.publisher)
    assert _told(it) == ["따로 답합니다.", DRAFT.text_ko]
    own.act("reopen", it.reviewer)
    own.save(ResponseInput("noted", "다시 씁니다."))
    assert _told(it) == ["따로 답합니다.", DRAFT.text_ko]


def test_an_own_answer_begun_first_is_waited_for(it: Scene) -> None:
    cluster = _cluster(it)
    first, _ = it.segments()
    own = Answering(it, segment_id=first.id)
    own.save(ResponseInput("accepted", "따로 답합니다."))
    answer = Answering(it, cluster_id=cluster)
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    with pytest.raises(StateError, match="answered by itself"):
        answer.act("publish", it.publisher)
    own.act("send", it.reviewer)
    own.approve()
    own.act("publish", it.publisher)
    answer.act("publish", it.publisher)
    assert _told(it) == ["따로 답합니다.", DRAFT.text_ko]


def test_a_draft_that_gets_its_result_later_takes_no_answer_away(it: Scene) -> None:
    cluster = _cluster(it)
    own = Answering(it, segment_id=it.segments()[0].id)  # nothing is said in it yet
    Answering(it, cluster_id=cluster).published()
    own.save(ResponseInput("accepted", "따로 답합니다."))
    assert _told(it) == [DRAFT.text_ko] * 2


def test_a_new_edition_is_given_up(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it)).published()
    before = services.digest_of(answer.row)
    answer.act("reopen", it.reviewer)
    answer.save(ResponseInput("noted", "다시 씁니다."))
    assert _columns(it) == ["disposed"] * 2
    with pytest.raises(RefusedError):
        answer.act("give_up", it.publisher)
    with pytest.raises(ConflictError):
        answer.act("give_up", it.reviewer, expected_version=1)
    assert answer.act("give_up", it.reviewer).step == "published"
    assert services.digest_of(answer.row) == before == answer.row.approved_digest
    assert (answer.row.edition, _columns(it), _told(it)) == (1, ["published"] * 2, [DRAFT.text_ko] * 2)
    assert answer.row.approved_by == it.approver.account_id
    [kept] = it.session.scalars(text("SELECT data->'given_up'->>'text_ko' FROM audit_events WHERE data ? 'given_up'"))
    assert kept == "다시 씁니다."  # what a colleague typed is not lost


def test_what_was_never_published_has_no_edition_to_go_back_to(it: Scene) -> None:
    with pytest.raises(StateError, match="no edition"):
        Answering(it, cluster_id=_cluster(it)).act("give_up", it.reviewer)


# ------------------------------------------------------------------------------------------------- what is refused


def test_nothing_is_sent_without_a_result_and_its_reason(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    with pytest.raises(InvalidError) as caught:
        answer.act("send", it.reviewer)
    assert set(caught.value.problems) == {"disposition", "text_ko"}
    answer.save(ResponseInput("noted", "", "Only English"))
    with pytest.raises(InvalidError) as caught:
        answer.act("send", it.reviewer)
    assert set(caught.value.problems) == {"text_ko"}


@pytest.mark.parametrize(("given_", "field"), [
    (ResponseInput("agreed"), "disposition"),
    (ResponseInput(text_ko="가" * 20_001), "text_ko"),
    (ResponseInput(text_en="a 900230-1234567 b"), "text_en"),
    (ResponseInput(changed_clauses=(ChangedClause(1, "art_99"),)), "changed_clauses"),
    (ResponseInput(changed_clauses=(ChangedClause(2, "art_1"),)), "changed_clauses")])
def test_what_cannot_be_saved(it: Scene, given_: ResponseInput, field: str) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    with pytest.raises(InvalidError) as caught:
        answer.save(given_)
    assert field in caught.value.problems
    assert answer.row.version == 1


def test_a_note_is_needed_to_send_back(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.act("send", it.reviewer)
    with pytest.raises(InvalidError):
        answer.act("send_back", it.approver, note="  ")
    assert answer.row.step == "for_approval"


def test_nobody_approves_an_own_text(it: Scene) -> None:
    both = factories.staff(it.session, it.now, it.ministry, "reviewer", "approver", name="둘다")
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.save(ResponseInput("noted", "쉼표 하나를 고쳤습니다."), who=both)
    answer.act("send", it.reviewer)
    assert answer.authors() == {it.reviewer.account_id, both.account_id}
    with pytest.raises(RefusedError):
        answer.approve(both)
    answer.approve(it.approver)


def test_taking_back_and_sending_again_makes_nobody_else_the_author(it: Scene) -> None:
    both = factories.staff(it.session, it.now, it.ministry, "reviewer", "approver", name="둘다")
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save(who=both)
    answer.act("send", both)
    answer.approve()
    answer.act("send_back", both, note="다시")
    answer.act("send", both)
    with pytest.raises(RefusedError):  # the text is still theirs, though nobody has changed it since
        answer.approve(both)


def test_after_an_approval_authorship_begins_anew(it: Scene) -> None:
    both = factories.staff(it.session, it.now, it.ministry, "reviewer", "approver", name="둘다")
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save(who=both)
    answer.act("send", both)
    answer.approve()
    answer.save(ResponseInput("noted", "고쳤습니다."))
    assert answer.authors() == {it.reviewer.account_id}
    answer.act("send", it.reviewer)
    answer.approve(both)


def test_an_edit_drops_the_approval(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    assert answer.save(DRAFT).dropped is False  # the same words: nothing happened
    assert answer.row.step == "approved"
    saved = answer.save(ResponseInput("accepted", DRAFT.text_ko, DRAFT.text_en, DRAFT.changed_clauses))
    assert (saved.step, saved.dropped) == ("drafting", True)
    assert (answer.row.approved_digest, _columns(it)) == (None, ["disposed"] * 2)
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)


@pytest.mark.parametrize("change", [
    ResponseInput("accepted", DRAFT.text_ko, DRAFT.text_en, DRAFT.changed_clauses),
    ResponseInput(DRAFT.disposition, DRAFT.text_ko + ".", DRAFT.text_en, DRAFT.changed_clauses),
    ResponseInput(DRAFT.disposition, DRAFT.text_ko, "", DRAFT.changed_clauses),
    ResponseInput(DRAFT.disposition, DRAFT.text_ko, DRAFT.text_en, ())])
def test_what_the_approver_has_not_seen_is_not_approved(it: Scene, change: ResponseInput) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.act("send", it.reviewer)
    seen = services.digest_of(answer.row)
    answer.save(change)
    answer.act("send", it.reviewer)
    with pytest.raises(ConflictError) as caught:
        answer.approve(seen=seen)
    assert caught.value.theirs["text_ko"] == change.text_ko
    assert answer.row.step == "for_approval"


def test_a_text_that_is_not_the_approved_one_is_not_published(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    it.session.execute(text("UPDATE responses SET text_ko = 'by the back door' WHERE id = :r"), {"r": answer.id})
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)
    assert it.session.scalars(select(ResponseEdition)).all() == []


def test_a_stale_save_is_refused_with_what_stands_there(it: Scene) -> None:
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save(ResponseInput("noted", "동료의 글"), who=colleague)
    with pytest.raises(ConflictError) as caught:
        answer.save(ResponseInput("noted", "나의 글"), version=1)
    assert (caught.value.changed_by, caught.value.theirs["text_ko"], caught.value.version) == ("이검토", "동료의 글", 2)
    answer.save(ResponseInput("noted", "동료의 글"), version=1)  # the same words are no conflict
    assert answer.row.version == 2
    with pytest.raises(ConflictError):
        answer.act("send", it.reviewer, expected_version=1)


@pytest.mark.parametrize(("role", "error"), [
    ("approver", RefusedError), ("publisher", RefusedError), ("administrator", RefusedError),
    ("adviser", NotFoundError), ("elsewhere", NotFoundError)])
def test_who_may_not_write(it: Scene, role: str, error: type[PortalError]) -> None:
    at = factories.ministry(it.session, it.now) if role == "elsewhere" else it.ministry
    who = factories.staff(it.session, it.now, at, "reviewer" if role == "elsewhere" else role)
    cluster = _cluster(it)
    with pytest.raises(error):
        services.draft_response(it.session, who, it.id, cluster_id=cluster, now=it.now)
    answer = Answering(it, cluster_id=cluster)
    with pytest.raises(error):
        answer.save(who=who)
    assert answer.row.text_ko == ""


def test_other_consultations_things_are_not_there(it: Scene) -> None:
    other = scene(it.session, it.now)
    foreign = Answering(other, cluster_id=_cluster(other))
    with pytest.raises(NotFoundError):
        services.draft_response(it.session, it.reviewer, it.id, cluster_id=foreign.row.cluster_id, now=it.now)
    with pytest.raises(NotFoundError):
        services.draft_response(it.session, it.reviewer, it.id, segment_id=other.segments()[0].id, now=it.now)
    with pytest.raises(NotFoundError):
        services.save_response(it.session, it.reviewer, it.id, foreign.id, DRAFT, expected_version=1, now=it.now)


def test_before_the_first_close_the_rule_decides(session: Session, now: datetime) -> None:
    it = scene(session, now, responses_while_open=False)
    answer = Answering(it, cluster_id=_cluster(it))
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)
    closes = session.scalars(select(CommentPeriod.closes_at).where(CommentPeriod.consultation_id == it.id)).one()
    with pytest.raises(StateError):
        answer.act("publish", it.publisher, now=closes - timedelta(microseconds=1))
    answer.act("publish", it.publisher, now=closes)
    assert answer.row.edition == 1


def test_a_response_to_a_superseded_segment_goes_no_further(it: Scene) -> None:
    filed = it.file({"reason": "처음"})
    answer = Answering(it, segment_id=it.segments()[0].id)
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    it.file({"reason": "나중"}, by=it.session.get_one(factories.Organisation, filed.submission.organisation_id))
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)
    with pytest.raises(StateError):
        answer.save(ResponseInput("noted", "다른 글"))
    with pytest.raises(StateError):
        Answering(it, segment_id=it.segments()[0].id)
    assert it.session.scalars(select(ResponseEdition)).all() == []


def test_a_cluster_that_answers_nobody_is_not_published(it: Scene) -> None:
    cluster = review.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)[0]
    answer = Answering(it, cluster_id=cluster)
    answer.save()
    answer.act("send", it.reviewer)
    answer.approve()
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)
    filed = it.file({})
    review.move_segments(it.session, it.reviewer, it.id, [it.segments()[0].id], to=cluster, now=it.now)
    it.withdraw(filed)
    with pytest.raises(StateError):
        answer.act("publish", it.publisher)


def test_a_later_change_is_a_new_edition(it: Scene) -> None:
    answer = Answering(it, cluster_id=_cluster(it)).published()
    with pytest.raises(StateError):
        answer.save(ResponseInput("accepted", "바로 고치기"))
    answer.act("reopen", it.reviewer)
    assert (answer.row.step, answer.row.edition, _columns(it)) == ("drafting", 1, ["disposed"] * 2)
    answer.save(ResponseInput("accepted", "새로 쓴 답"))
    answer.act("send", it.reviewer)
    answer.approve()
    answer.act("publish", it.publisher)
    editions = it.session.execute(select(ResponseEdition.number, ResponseEdition.text_ko)
                                  .order_by(ResponseEdition.number)).all()
    assert [tuple(row) for row in editions] == [(1, DRAFT.text_ko), (2, "새로 쓴 답")]
    assert _columns(it) == ["published"] * 2


def test_a_passage_without_a_point_gets_no_response_of_its_own(it: Scene) -> None:
    reason = "안녕하십니까. 고지 의무를 줄여 주십시오."
    comment = it.file({"reason": reason}).comments[0].id
    silent, _ = review.split_comment(it.session, it.reviewer, it.id, comment, [reason.index("고지")], no_point=[1],
                                     expected_version=1, now=it.now)
    with pytest.raises(StateError):
        Answering(it, segment_id=silent)


def test_the_digest_covers_everything_that_is_published() -> None:
    base = services.content_digest(1, "noted", "가", "a", [{"version": 1, "eid": "art_1"}])
    others = {services.content_digest(2, "noted", "가", "a", [{"version": 1, "eid": "art_1"}]),
              services.content_digest(1, "accepted", "가", "a", [{"version": 1, "eid": "art_1"}]),
              services.content_digest(1, "noted", "나", "a", [{"version": 1, "eid": "art_1"}]),
              services.content_digest(1, "noted", "가", "b", [{"version": 1, "eid": "art_1"}]),
              services.content_digest(1, "noted", "가", "a", [{"version": 2, "eid": "art_1"}]),
              services.content_digest(1, "noted", "가a", "", [{"version": 1, "eid": "art_1"}])}
    assert base not in others and len(others) == 6
