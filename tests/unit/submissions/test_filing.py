"""Filing: every rule that may refuse, what a filing leaves behind, and that none of it can happen twice or halfway."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from portal.jobs.models import Dirty
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.ledger import receipts
from portal.ledger.commitments import digest, leaf_hash
from portal.ledger.models import Leaf
from portal.submissions import canonical, filing, queries, services
from portal.submissions.comment_input import Claim, CommentInput
from portal.submissions.filing import FiledMeanwhileError, FiledReceipt, file_submission, withdraw_submission
from portal.submissions.models import Comment, Filing, FilingSalt, Receipt, Submission, Withdrawal
from tests import factories
from tests.unit.submissions.conftest import KEY, Scene, add_clause, filing_input


def file(scene: Scene, key: str = "key-1", *, at: timedelta = timedelta(0), **more: object) -> FiledReceipt:
    return file_submission(scene.session, scene.actor, scene.open(), filing_input(key, **more), signing_key=KEY,
                           entered_at=scene.now + at, now=scene.now + at)


def waiting_jobs(session: Session) -> list[tuple[str, dict[str, int]]]:
    return [(name, args) for name, args in session.execute(text(
        "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"))]


def test_a_filing_leaves_everything_that_proves_it(scene: Scene) -> None:
    scene.write(given=CommentInput(
        position="amend", proposal_form="fragment", proposal_old="사전에", proposal_text="사전 또는 사후에",
        reason="저희 연락처는 02-0000-7310이고 매출은 31억입니다.", confidential=(Claim("31억", "trade_secret", "n"),)))
    scene.write("doc")
    receipt = file(scene)
    session = scene.session

    row = session.scalars(select(Filing).where(Filing.id == receipt.filing_id)).one()
    assert (row.number, row.late_seconds, row.comment_count, row.signer_name, row.signer_title) == (
        1, 0, 2, "이서명", "대표이사")
    assert (row.organisation_name_ko, row.entered_at, row.filed_at) == ("마루솔랩", scene.now, scene.now)
    comments = session.scalars(select(Comment).where(Comment.filing_id == row.id).order_by(Comment.number)).all()
    assert [c.clause_eid for c in comments] == ["doc", "art_2__para_1"]
    assert comments[0].lineage_uid is None
    assert comments[1].lineage_uid is not None
    assert comments[1].proposal_language == "ko"
    assert comments[1].finds == [{"field": "reason", "kind": "phone", "start": 8, "end": 20}]
    assert comments[1].confidential == [{"field": "reason", "start": 27, "end": 30, "words": "31억",
                                         "ground": "trade_secret", "note": "n"}]
    salt = session.scalars(select(FilingSalt.salt).where(FilingSalt.filing_id == row.id)).one()
    leaf = session.scalars(select(Leaf).where(Leaf.subject_id == row.id)).one()
    assert leaf.leaf_hash == leaf_hash(salt, row.digest)
    assert len(salt) == 32
    stored = session.scalars(select(Receipt).where(Receipt.filing_id == row.id)).one()
    assert receipts.verify(stored.payload, stored.signature, KEY.public)
    assert f"digest: sha256:{row.digest}" in stored.payload
    assert (stored.number, stored.key_id) == (receipt.number, KEY.key_id)
    submission = session.scalars(select(Submission).where(Submission.id == receipt.submission_id)
                                 .execution_options(populate_existing=True)).one()
    assert (submission.filing_count, submission.current_filing_id) == (1, row.id)
    entry = session.scalars(select(AuditEvent).where(AuditEvent.verb == "submission.filed")).one()
    assert entry.organisation_id == scene.organisation.id
    assert entry.data == {"filing": 1, "comments": 2, "digest": row.digest, "late_seconds": 0}
    assert waiting_jobs(session) == [("submissions.send_receipt", {"filing_id": row.id}),
                                     ("review.receive_filing", {"filing_id": row.id})]
    assert session.scalars(select(Dirty.key).where(Dirty.kind == "publication")).all() == [scene.consultation.id]


def test_the_digest_covers_every_word_and_can_be_made_again(scene: Scene) -> None:
    scene.write()
    receipt = file(scene)
    facts = queries.filing(scene.session, receipt.submission_id, 1)
    comments = queries.filed_comments(scene.session, receipt.filing_id)
    assert [digest(c.content()) for c in comments] == [c.digest for c in comments]
    content = canonical.filing_content(
        consultation=scene.consultation.slug, period=1, organisation_ko=facts.organisation_ko,
        organisation_en=facts.organisation_en, filing=1, signer_name=facts.signer_name,
        signer_title=facts.signer_title, terms_version=facts.terms_version, terms_digest=facts.terms_digest,
        filed_at=facts.filed_at, comment_digests=[c.digest for c in comments])
    assert digest(content) == facts.digest == receipt.digest


def test_the_same_request_files_once_even_after_the_deadline(scene: Scene) -> None:
    scene.write()
    first = file(scene)
    again = file(scene, at=timedelta(days=90), signer_name="다른 이름")
    assert again.repeated
    assert (again.number, again.payload, again.signature) == (first.number, first.payload, first.signature)
    assert scene.session.scalar(select(func.count()).select_from(Filing)) == 1
    assert len(waiting_jobs(scene.session)) == 2


def test_a_filing_that_came_between_stops_the_next(scene: Scene) -> None:
    scene.write()
    first = file(scene, last_filing=0)
    with pytest.raises(FiledMeanwhileError) as stopped:
        file(scene, "key-2", at=timedelta(hours=1), last_filing=0)
    assert (stopped.value.number, stopped.value.filed_at) == (1, scene.now)
    assert scene.session.scalar(select(func.count()).select_from(Filing)) == 1
    assert file(scene, last_filing=0).number == first.number, "the same request has its receipt"
    assert file(scene, "key-2", last_filing=1).filing_number == 2
    assert file(scene, "key-3").filing_number == 3, "who was not asked, files"


def test_a_later_filing_supersedes_and_both_are_kept(scene: Scene) -> None:
    saved = scene.write()
    first = file(scene)
    services.save_comment(scene.session, scene.actor, saved.id,
                          CommentInput(position="oppose", reason="다시 생각하였습니다."), 1, now=scene.now)
    second = file(scene, "key-2", at=timedelta(hours=1))
    assert second.filing_number == 2
    assert second.number != first.number
    facts = queries.filings(scene.session, first.submission_id)
    assert [f.number for f in facts] == [2, 1]
    before, after = (queries.filed_comments(scene.session, f.id)[0] for f in reversed(facts))
    assert before.uid == after.uid
    assert (before.input.position, after.input.position) == ("amend", "oppose")


@pytest.mark.parametrize(("after_close", "late"), [
    (timedelta(microseconds=-1), 0), (timedelta(0), 1), (timedelta(seconds=1), 1), (timedelta(seconds=30), 30),
    (timedelta(seconds=59, microseconds=1), 60), (timedelta(seconds=60), 60)])
def test_the_last_moment_counts_by_the_entry_of_the_request(scene: Scene, after_close: timedelta, late: int) -> None:
    scene.write()
    entered = scene.period.closes_at + after_close
    receipt = file_submission(scene.session, scene.actor, scene.open(), filing_input(), signing_key=KEY,
                              entered_at=entered, now=entered + timedelta(seconds=45))
    assert receipt.late_seconds == late


def test_a_minute_and_a_moment_late_is_too_late(scene: Scene) -> None:
    scene.write()
    entered = scene.period.closes_at + timedelta(seconds=60, microseconds=1)
    with pytest.raises(StateError) as refused:
        file_submission(scene.session, scene.actor, scene.open(), filing_input(), signing_key=KEY, entered_at=entered,
                        now=entered)
    assert "ended" in refused.value.message.msgid


def test_who_only_began_after_the_close_is_too_late(scene: Scene) -> None:
    begun = scene.period.closes_at + timedelta(seconds=5)
    submission = services.open_submission(scene.session, scene.actor, scene.period.id, scene.organisation.id, now=begun)
    services.add_comment(scene.session, scene.actor, submission, "art_1", CommentInput(position="support", reason="네"),
                         now=begun)
    with pytest.raises(StateError):
        file_submission(scene.session, scene.actor, submission, filing_input(), signing_key=KEY,
                        entered_at=begun + timedelta(seconds=1), now=begun)


def test_nothing_is_filed_before_the_opening(scene: Scene) -> None:
    scene.write()
    with pytest.raises(StateError) as refused:
        file(scene, at=-timedelta(days=11))
    assert "taken from" in refused.value.message.msgid


def test_an_extension_counts_at_once(scene: Scene) -> None:
    scene.write()
    scene.period.closes_at = scene.now + timedelta(minutes=1)
    scene.session.flush()
    with pytest.raises(StateError):
        file(scene, at=timedelta(minutes=3))
    scene.period.closes_at = scene.now + timedelta(days=1)
    scene.session.flush()
    assert file(scene, at=timedelta(minutes=3)).late_seconds == 0


@pytest.mark.parametrize("roles", [("drafter",), ("manager", "checker"), ("observer",)])
def test_only_signers_file_and_withdraw(scene: Scene, roles: tuple[str, ...]) -> None:
    scene.write()
    other = factories.member(scene.session, scene.now, scene.organisation, *roles)
    for act in (lambda: file_submission(scene.session, other, scene.open(), filing_input(), signing_key=KEY,
                                        entered_at=scene.now, now=scene.now),
                lambda: withdraw_submission(scene.session, other, scene.open(), "왜", entered_at=scene.now,
                                            now=scene.now)):
        with pytest.raises(RefusedError):
            act()


def test_outsiders_find_nothing_to_file(scene: Scene) -> None:
    scene.write()
    receipt = file(scene)
    outsider = factories.member(scene.session, scene.now, factories.organisation(scene.session, scene.now, "다른회사"))
    with pytest.raises(NotFoundError):  # not even with the key of the request
        file_submission(scene.session, outsider, receipt.submission_id, filing_input(), signing_key=KEY,
                        entered_at=scene.now, now=scene.now)
    with pytest.raises(NotFoundError):
        withdraw_submission(scene.session, outsider, receipt.submission_id, "왜", entered_at=scene.now, now=scene.now)
    with pytest.raises(NotFoundError):
        file_submission(scene.session, scene.actor, 10**12, filing_input(), signing_key=KEY, entered_at=scene.now,
                        now=scene.now)


@pytest.mark.parametrize(("more", "field"), [
    ({"signer_name": "  "}, "signer_name"),
    ({"signer_name": "가" * 301}, "signer_name"),
    ({"signer_name": "홍길동 900230-1234567"}, "signer_name"),
    ({"signer_title": "9002301234567"}, "signer_title"),
    ({"terms_agreed": False}, "terms_agreed"),
    ({"terms_version": "0"}, "terms_agreed"),
    ({"terms_digest": "0" * 64}, "terms_agreed"),
])
def test_the_signers_block_is_complete(scene: Scene, more: dict[str, object], field: str) -> None:
    scene.write()
    with pytest.raises(InvalidError) as refused:
        file(scene, **more)
    assert list(refused.value.problems) == [field]
    assert scene.session.scalar(select(func.count()).select_from(Filing)) == 0


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_request_without_a_key_is_refused(scene: Scene, key: str) -> None:
    with pytest.raises(InvalidError):
        file(scene, key)


def test_there_must_be_a_comment(scene: Scene) -> None:
    with pytest.raises(InvalidError) as refused:
        file(scene)
    assert list(refused.value.problems) == [""]
    saved = scene.write()
    services.remove_comment(scene.session, scene.actor, saved.id, 1, now=scene.now)
    with pytest.raises(InvalidError):
        file(scene)


FULL = "인공지능사업자는 제품 또는 서비스가 인공지능에 기반하여 운용된다는 사실을 이용자에게 사전에 고지하여야 한다."


@pytest.mark.parametrize(("eid", "given", "field"), [
    ("art_1", CommentInput(reason="이유"), "position"),
    ("art_1", CommentInput(position="amend"), "reason"),
    ("art_1", CommentInput(position="support"), "reason"),
    ("art_1", CommentInput(position="question", proposal_form="deletion"), "reason"),
    ("art_2__para_1", CommentInput("amend", "full_text"), "proposal_text"),
    ("art_2__para_1", CommentInput("amend", "full_text", proposal_text=FULL), "proposal_text"),
    ("art_2__para_1", CommentInput("amend", "fragment", proposal_text="b"), "proposal_old"),
    ("art_2__para_1", CommentInput("amend", "fragment", proposal_old="없는 말", proposal_text="b"), "proposal_old"),
    ("art_2__para_1", CommentInput("amend", "fragment", proposal_old="인공지능", proposal_text="b"), "proposal_old"),
    ("art_2__para_1", CommentInput("amend", "new_clause"), "proposal_text"),
    ("art_2__para_1", CommentInput("amend", "instruction"), "proposal_text"),
    ("after_art_2", CommentInput("amend", "deletion"), "proposal_form"),
    ("doc", CommentInput("amend", "full_text", proposal_text="새 글"), "proposal_form"),
    ("art_1", CommentInput("support", reason="이유", confidential=(Claim("없는 말", "other"),)), "confidential"),
])
def test_every_incomplete_comment_is_named_by_its_field(
        scene: Scene, eid: str, given: CommentInput, field: str) -> None:
    scene.write("art_3")
    saved = scene.write(eid, given)
    with pytest.raises(InvalidError) as refused:
        file(scene)
    assert list(refused.value.problems) == [f"comments.{saved.id}.{field}"]
    assert scene.session.scalar(select(func.count()).select_from(Filing)) == 0


@pytest.mark.parametrize(("eid", "given"), [
    ("art_2__para_1", CommentInput("amend", "full_text", "ko", proposal_text="사업자는 알린다.")),
    ("art_2__para_1", CommentInput("amend", "full_text", "en", proposal_text="An operator shall notify users.")),
    ("art_2__para_1", CommentInput("amend", "fragment", "en", "in advance", "in advance or afterwards")),
    ("art_2", CommentInput("amend", "full_text", "ko", proposal_text="① 사업자는 알린다.")),
    ("art_2__para_1", CommentInput("oppose", "deletion")),
    ("art_2", CommentInput("amend", "new_clause", "ko", proposal_text="③ 새 항")),
    ("after_art_2__para_1", CommentInput("amend", "new_clause", "ko", proposal_text="② 새 항")),
    ("chp_1", CommentInput("amend", "instruction", "ko", proposal_text="장의 이름을 바꿉니다.")),
    ("doc", CommentInput("amend", "instruction", "en", proposal_text="Simplify.")),
    ("doc", CommentInput("question", reason="언제 시행됩니까?")),
])
def test_each_form_can_be_filed_where_it_belongs(scene: Scene, eid: str, given: CommentInput) -> None:
    scene.write(eid, given)
    filed = queries.filed_comments(scene.session, file(scene).filing_id)
    assert filed[0].input.proposal_text == given.proposal_text
    assert filed[0].input.proposal_form == given.proposal_form


def test_a_clause_outside_the_notice_is_taken_and_marked(scene: Scene) -> None:
    add_clause(scene, "art_4", under_consultation=False)
    for eid in ("art_4", "art_1", "doc", "after_art_4"):
        scene.write(eid)
    marks = {c.clause_eid: c.outside_notice for c in queries.filed_comments(scene.session, file(scene).filing_id)}
    assert marks == {"art_4": True, "after_art_4": True, "art_1": False, "doc": False}


def test_a_period_over_a_part_marks_the_rest(scene: Scene) -> None:
    scene.period.scope = ["art_2"]
    scene.session.flush()
    for eid in ("art_1", "art_2__para_2__subpara_1", "doc"):
        scene.write(eid)
    marks = {c.clause_eid: c.outside_notice for c in queries.filed_comments(scene.session, file(scene).filing_id)}
    assert marks == {"art_1": True, "art_2__para_2__subpara_1": False, "doc": False}


def test_the_signer_files_what_was_looked_at(scene: Scene) -> None:
    scene.write()
    seen = scene.session.scalars(select(Submission.version).where(Submission.id == scene.open())
                                 .execution_options(populate_existing=True)).one()
    scene.write("art_1")
    with pytest.raises(ConflictError):
        file(scene, expected_version=seen)
    assert file(scene, expected_version=seen + 1).comments == 2


def test_withdrawing_is_a_fact_with_a_reason_and_a_later_filing_stands_again(scene: Scene) -> None:
    scene.write()
    first = file(scene)

    def withdraw(reason: str = "입장을 바꾸었습니다.", at: timedelta = timedelta(hours=1)) -> int:
        return withdraw_submission(scene.session, scene.actor, first.submission_id, reason, entered_at=scene.now + at,
                                   now=scene.now + at)

    for reason in ("", " \n", "900230-1234567"):
        with pytest.raises(InvalidError) as refused:
            withdraw(reason)
        assert list(refused.value.problems) == ["reason"]
    made = withdraw()
    assert withdraw("한 번 더") == made
    fact = scene.session.scalars(select(Withdrawal)).one()
    assert (fact.filing_id, fact.reason) == (first.filing_id, "입장을 바꾸었습니다.")
    assert waiting_jobs(scene.session)[-1][0] == "review.receive_withdrawal"
    assert queries.filing(scene.session, first.submission_id, 1).withdrawal_reason == "입장을 바꾸었습니다."
    desk = queries.desk(scene.session, scene.consultation.slug, scene.organisation.id, now=scene.now)
    assert not desk.is_filed

    file(scene, "key-2", at=timedelta(hours=2))
    assert queries.desk(scene.session, scene.consultation.slug, scene.organisation.id, now=scene.now).is_filed
    withdraw(at=timedelta(hours=3))
    assert scene.session.scalar(select(func.count()).select_from(Withdrawal)) == 2


def test_nothing_is_withdrawn_that_was_not_filed_or_is_past_the_deadline(scene: Scene) -> None:
    scene.write()
    with pytest.raises(StateError):
        withdraw_submission(scene.session, scene.actor, scene.open(), "왜", entered_at=scene.now, now=scene.now)
    receipt = file(scene)
    with pytest.raises(StateError):
        withdraw_submission(scene.session, scene.actor, receipt.submission_id, "왜",
                            entered_at=scene.period.closes_at, now=scene.now)


def test_the_number_of_statements_does_not_depend_on_the_number_of_comments(scene: Scene) -> None:
    def statements(key: str) -> int:
        seen: list[str] = []
        connection = scene.session.connection()

        def note(_: object, __: object, statement: str, *___: object) -> None:
            seen.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        submission = scene.open()
        seen.clear()
        file_submission(scene.session, scene.actor, submission, filing_input(key), signing_key=KEY,
                        entered_at=scene.now, now=scene.now)
        scene.session.flush()
        event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    scene.write()
    file(scene, "warm-up")
    one = statements("one")
    for _ in range(49):
        scene.write("art_3")
    assert statements("fifty") == one
    assert one <= 9


def test_no_word_of_a_comment_is_in_the_audit_log(scene: Scene) -> None:
    scene.write(given=CommentInput("amend", reason="감사기록에는없는말"))
    file(scene)
    for entry in scene.session.scalars(select(AuditEvent)):
        assert "감사기록에는없는말" not in json.dumps(entry.data, ensure_ascii=False)


def test_finds_name_places_and_not_words() -> None:
    found = filing.finds(CommentInput(reason="hong@example.com", legal_basis="010-0000-4821"))
    assert found == [{"field": "reason", "kind": "email", "start": 0, "end": 16},
                     {"field": "legal_basis", "kind": "phone", "start": 0, "end": 13}]
