"""Writing comments: nothing is overwritten, nothing unstorable is stored, outsiders see nothing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.submissions import queries, retention, services
from portal.submissions.comment_input import Claim, CommentInput
from portal.submissions.filing import file_submission
from portal.submissions.models import MAX_TEXT, DraftComment, Submission
from tests import factories
from tests.unit.submissions.conftest import KEY, Scene, add_clause, filing_input

GIVEN = CommentInput(position="amend", proposal_form="fragment", proposal_old="사전에",
                     proposal_text="사전 또는 사후에", reason="이유", legal_basis="법 제31조", language="ko",
                     confidential=(Claim("이유", "trade_secret", "비밀"),))


def test_a_submission_is_begun_once(scene: Scene) -> None:
    first = scene.open()
    assert scene.open() == first
    assert scene.session.scalar(select(func.count()).select_from(AuditEvent).where(
        AuditEvent.verb == "submission.opened", AuditEvent.subject_id == first)) == 1


def test_a_comment_comes_back_as_it_was_typed(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    kept = queries.written_comment(scene.session, saved.id)
    assert kept.input == replace(GIVEN, proposal_language="ko")
    assert (kept.version, kept.clause_eid, kept.law.number) == (1, "art_2__para_1", 1)
    assert kept.updated_by == scene.actor.name
    assert kept.problems == []


def test_comments_stand_in_the_order_of_the_law(scene: Scene) -> None:
    for eid in ("after_art_2", "art_3", "art_2__para_2__subpara_1", "doc", "art_1", "after_art_2__para_1", "art_2",
                "after_chp_1"):
        scene.write(eid)
    order = [item.clause_eid for item in queries.written_comments(scene.session, scene.open())]
    assert order == ["doc", "art_1", "art_2", "after_art_2__para_1", "art_2__para_2__subpara_1", "after_art_2", "art_3",
                     "after_chp_1"]


def test_what_is_typed_is_kept_in_one_form(scene: Scene) -> None:
    typed = "가\r\n나\u0000\u200b \u1100\u1161\n\n"
    saved = scene.write(given=CommentInput(position="support", reason=typed, language="en"))
    assert queries.written_comment(scene.session, saved.id).input.reason == "가\n나 가"
    assert len(saved.told) == 1
    assert saved.told[0].n == 2


def test_a_deletion_has_no_wording_and_a_full_text_no_old_words(scene: Scene) -> None:
    deletion = scene.write(given=replace(GIVEN, proposal_form="deletion", confidential=()))
    full = scene.write(given=replace(GIVEN, proposal_form="full_text", confidential=()))
    kept = queries.written_comment(scene.session, deletion.id).input
    assert (kept.proposal_old, kept.proposal_text) == ("", "")
    assert queries.written_comment(scene.session, full.id).input.proposal_old == ""


@pytest.mark.parametrize(("given", "field"), [
    (CommentInput(reason="가" * (MAX_TEXT + 1)), "reason"),
    (CommentInput(proposal_text="x" * 5_000_000, proposal_form="instruction"), "proposal_text"),
    (CommentInput(reason="제 번호는 900230-1234567입니다."), "reason"),
    (CommentInput(legal_basis="９００２３０－１２３４５６７"), "legal_basis"),
    (CommentInput(position="love"), "position"),
    (CommentInput(proposal_form="poem"), "proposal_form"),
    (CommentInput(proposal_form="instruction", proposal_language="fr"), "proposal_language"),
    (CommentInput(language="fr"), "language"),
    (CommentInput(reason="비밀", confidential=(Claim("비밀", "whim"),)), "confidential"),
    (CommentInput(reason="비밀", confidential=(Claim("비밀", "other", "900230-1234567"),)), "confidential"),
    (CommentInput(reason="비밀", confidential=(Claim("비" * 501, "other"),)), "confidential"),
    (CommentInput(reason="비밀", confidential=tuple(Claim(f"비{i}", "other") for i in range(51))), "confidential"),
])
def test_what_may_not_be_stored_is_refused_by_field(scene: Scene, given: CommentInput, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        scene.write(given=given)
    assert list(refused.value.problems) == [field]
    assert scene.session.scalar(select(func.count()).select_from(DraftComment)) == 0


def test_a_resident_number_is_marked_and_can_be_masked(scene: Scene) -> None:
    given = CommentInput(position="question", reason="홍길동(900230-1234567, 9 0 0 2 3 0 - 1 2 3 4 5 6 7)입니다.")
    with pytest.raises(InvalidError) as refused:
        scene.write(given=given)
    assert [given.reason[start:end] for _, start, end in refused.value.spans] == [
        "900230-1234567", "9 0 0 2 3 0 - 1 2 3 4 5 6 7"]
    masked = given.with_masked_resident_numbers()
    assert masked.reason == "홍길동(900230-*******, 900230-*******)입니다."
    scene.write(given=masked)


@pytest.mark.parametrize("eid", ["art_99", "nonsense", "after_doc", "", "art_2__para_1__", "after_art_99", "1;DROP"])
def test_an_unknown_clause_is_refused(scene: Scene, eid: str) -> None:
    with pytest.raises(InvalidError) as refused:
        scene.write(eid)
    assert list(refused.value.problems) == ["clause"]
    assert refused.value.what_next is not None


def test_a_deleted_clause_takes_no_comment_but_a_new_clause_behind_it(scene: Scene) -> None:
    add_clause(scene, "art_4", status="deleted")
    with pytest.raises(InvalidError) as refused:
        scene.write("art_4")
    assert list(refused.value.problems) == ["clause"]
    scene.write("after_art_4")


def test_a_stale_save_gets_both_texts(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    colleague = factories.member(scene.session, scene.now, scene.organisation, "drafter", name="김동료")
    later = scene.now + timedelta(minutes=3)
    theirs, mine = replace(GIVEN, reason="이유: 동료의 글"), replace(GIVEN, reason="이유: 나의 글")
    services.save_comment(scene.session, colleague, saved.id, theirs, 1, now=later)
    with pytest.raises(ConflictError) as stale:
        services.save_comment(scene.session, scene.actor, saved.id, mine, 1, now=later)
    error = stale.value
    assert (error.changed_by, error.changed_at, error.version) == ("김동료", later, 2)
    assert error.theirs["input"].reason == "이유: 동료의 글"
    kept = queries.written_comment(scene.session, saved.id)
    assert (kept.input.reason, kept.version, kept.updated_by) == ("이유: 동료의 글", 2, "김동료")
    services.save_comment(scene.session, scene.actor, saved.id, mine, 2, now=later)


def test_the_same_words_once_more_are_no_conflict(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    changed = replace(GIVEN, reason="이유: 새 글")
    first = services.save_comment(scene.session, scene.actor, saved.id, changed, 1, now=scene.now)
    again = services.save_comment(scene.session, scene.actor, saved.id, changed, 1, now=scene.now)
    assert (first.version, again.version) == (2, 2)


def test_the_same_form_twice_makes_one_comment(scene: Scene) -> None:
    submission, mark = scene.open(), uuid.uuid4()

    def send(given: CommentInput) -> services.SavedComment:
        return services.add_comment(scene.session, scene.actor, submission, "art_1", given, now=scene.now, uid=mark)

    first = send(GIVEN)
    assert send(GIVEN) == first
    with pytest.raises(ConflictError):
        send(replace(GIVEN, reason="이유, 두 번째 창"))
    assert len(queries.written_comments(scene.session, submission)) == 1


def test_anothers_mark_is_no_way_into_their_comment(scene: Scene) -> None:
    mine = scene.write(given=GIVEN)
    other = factories.organisation(scene.session, scene.now, "다른회사")
    outsider = factories.member(scene.session, scene.now, other)
    theirs = services.open_submission(scene.session, outsider, scene.period.id, other.id, now=scene.now)
    made = services.add_comment(scene.session, outsider, theirs, "art_1", GIVEN, now=scene.now, uid=mine.uid)
    assert made.id != mine.id
    assert made.uid != mine.uid


def test_an_outsider_finds_nothing(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    outsider = factories.member(scene.session, scene.now, factories.organisation(scene.session, scene.now, "다른회사"))
    for act in (
        lambda: services.open_submission(scene.session, outsider, scene.period.id, scene.organisation.id,
                                         now=scene.now),
        lambda: services.add_comment(scene.session, outsider, saved.submission_id, "art_1", GIVEN, now=scene.now),
        lambda: services.save_comment(scene.session, outsider, saved.id, GIVEN, 1, now=scene.now),
        lambda: services.remove_comment(scene.session, outsider, saved.id, 1, now=scene.now),
        lambda: services.restore_comment(scene.session, outsider, saved.id, now=scene.now),
        lambda: services.save_comment(scene.session, scene.actor, 10**12, GIVEN, 1, now=scene.now),
        lambda: queries.desk_of_comment(scene.session, scene.consultation.slug, saved.id, outsider.member_roles,
                                        now=scene.now),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_an_observer_may_not_write(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    observer = factories.member(scene.session, scene.now, scene.organisation, "observer", "signer", name="관찰자")
    with pytest.raises(RefusedError):
        services.save_comment(scene.session, observer, saved.id, GIVEN, 1, now=scene.now)


def test_writing_begins_at_the_announcement_and_ends_a_minute_after_the_close(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    closes = scene.period.closes_at
    changed = replace(GIVEN, reason="이유, 마지막 순간")
    services.save_comment(scene.session, scene.actor, saved.id, changed, 1, now=closes + timedelta(seconds=60))
    for late in (closes + timedelta(seconds=61), closes + timedelta(days=30)):
        with pytest.raises(StateError):
            services.save_comment(scene.session, scene.actor, saved.id, GIVEN, 2, now=late)
    assert scene.consultation.announced_at is not None
    with pytest.raises(StateError):
        services.save_comment(scene.session, scene.actor, saved.id, GIVEN, 2,
                              now=scene.consultation.announced_at - timedelta(seconds=1))


def test_a_removed_comment_comes_back_as_it_was(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    removed = services.remove_comment(scene.session, scene.actor, saved.id, 1, now=scene.now)
    assert queries.written_comments(scene.session, saved.submission_id) == []
    assert services.remove_comment(scene.session, scene.actor, saved.id, 1, now=scene.now).version == removed.version
    with pytest.raises(ConflictError) as stale:
        services.save_comment(scene.session, scene.actor, saved.id, replace(GIVEN, reason="이유 2"), 1, now=scene.now)
    assert stale.value.theirs["removed"] is True
    services.restore_comment(scene.session, scene.actor, saved.id, now=scene.now)
    back = queries.written_comments(scene.session, saved.submission_id)
    assert [item.input for item in back] == [replace(GIVEN, proposal_language="ko")]


def test_a_stale_removal_is_refused(scene: Scene) -> None:
    saved = scene.write(given=GIVEN)
    services.save_comment(scene.session, scene.actor, saved.id, replace(GIVEN, reason="이유 2"), 1, now=scene.now)
    with pytest.raises(ConflictError):
        services.remove_comment(scene.session, scene.actor, saved.id, 1, now=scene.now)


def test_every_change_makes_the_review_page_stale(scene: Scene) -> None:
    def version() -> int:
        return scene.session.scalars(select(Submission.version).where(Submission.id == scene.open())).one()

    seen = [version()]
    saved = scene.write(given=GIVEN)
    seen.append(version())
    services.save_comment(scene.session, scene.actor, saved.id, replace(GIVEN, reason="이유 2"), 1, now=scene.now)
    seen.append(version())
    services.remove_comment(scene.session, scene.actor, saved.id, 2, now=scene.now)
    seen.append(version())
    services.restore_comment(scene.session, scene.actor, saved.id, now=scene.now)
    seen.append(version())
    assert seen == sorted(set(seen))


# ------------------------------------------------------------------------------------------- what was never filed goes


def test_what_was_never_filed_is_deleted_a_year_after_the_conclusion(scene: Scene) -> None:
    filed = scene.write(given=CommentInput(position="amend", reason="제출한 이유", language="ko"))
    file_submission(scene.session, scene.actor, scene.open(), filing_input(), signing_key=KEY, entered_at=scene.now,
                    now=scene.now)
    services.save_comment(scene.session, scene.actor, filed.id, CommentInput(position="oppose", reason="나중에 고친 이유"),
                          expected_version=filed.version, now=scene.now)
    secret = scene.write("art_3", GIVEN)
    removed = scene.write("art_1", GIVEN)
    services.remove_comment(scene.session, scene.actor, removed.id, expected_version=removed.version, now=scene.now)

    def words() -> list[str]:
        scene.session.expire_all()
        return [item.input.reason for item in queries.written_comments(scene.session, scene.open(), removed=True)]

    kept = words()
    retention.forget_unfiled(scene.session, now=scene.now + timedelta(days=4000))
    assert words() == kept, "nothing is deleted before the conclusion"
    scene.consultation.concluded_at = scene.now + timedelta(days=100)
    scene.session.flush()
    retention.forget_unfiled(scene.session, now=scene.now + timedelta(days=100) + timedelta(days=365))
    assert words() == kept, "nothing is deleted within the year"
    after = scene.now + timedelta(days=100) + retention.KEPT
    retention.forget_unfiled(scene.session, now=after)
    assert sorted(words()) == ["", "", "제출한 이유"]
    for comment in (secret, removed):
        left = scene.session.get_one(DraftComment, comment.id)
        assert left.removed_at is not None
        assert (left.position, left.proposal_old, left.proposal_text, left.legal_basis, left.confidential) == (
            None, "", "", "", [])
    assert scene.session.get_one(DraftComment, filed.id).position == "amend"
    retention.forget_unfiled(scene.session, now=after)
    events = scene.session.scalars(select(AuditEvent.data).where(
        AuditEvent.verb == "submission.unfiled_forgotten", AuditEvent.subject_id == scene.consultation.id)).all()
    assert events == [{"comments": 3}], "once, and of every comment"


def test_a_turn_of_forgetting_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_MOST", 1)
    for eid in ("art_1", "art_3"):
        scene.write(eid)
    scene.consultation.concluded_at = scene.now
    scene.session.flush()

    def left() -> int:
        return scene.session.scalar(select(func.count()).where(DraftComment.reason != "")) or 0

    assert left() == 2
    for wanted in (1, 0):
        retention.forget_unfiled(scene.session, now=scene.now + retention.KEPT)
        assert left() == wanted
