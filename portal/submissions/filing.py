"""Filing and withdrawing: from what was written to an immutable, receipted state, in one transaction.

What was filed is never changed and never lost: until the deadline a new filing supersedes the last one, and both are
kept. The same request files once, whoever sends it again and however fast. The number of statements does not depend on
the number of comments. Nothing here commits: the receipt is given to anyone only after the commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, insert, literal, select, update
from sqlalchemy.orm import Session

from portal.consultations.models import CommentPeriod, Consultation
from portal.consultations.periods import Window, in_scope
from portal.drafts.queries import ClauseFacts
from portal.jobs.queue import enqueue, mark_dirty
from portal.kernel import audit, ids, personal_data
from portal.kernel import text as texts_
from portal.kernel.actor import Actor
from portal.kernel.db import Base
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.ledger.commitments import leaf_hash
from portal.ledger.models import Leaf
from portal.ledger.receipts import ReceiptFacts, SigningKey
from portal.organisations.models import Organisation
from portal.submissions import canonical, policies, terms
from portal.submissions.comment_input import CommentInput, resident_number_refused
from portal.submissions.confidentiality import locate
from portal.submissions.models import (
    MAX_COMMENTS,
    Comment,
    Filing,
    FilingSalt,
    Receipt,
    Submission,
    Withdrawal,
)
from portal.submissions.queries import Written, written_comments

SALT_BYTES = 32
MAX_REQUEST_KEY = 100


@dataclass(frozen=True)
class FilingInput:
    """What the signer gives. `request_key` names the request, so that a repeated one files once; `expected_version` is
    the submission's version that the signer looked at (None: whatever stands there now); `last_filing` the number of
    the filing that stood last when the signer looked, 0 where there was none (None: not asked); the terms are those
    shown."""

    signer_name: str
    request_key: str
    terms_version: str
    terms_digest: str
    terms_agreed: bool
    signer_title: str = ""
    expected_version: int | None = None
    last_filing: int | None = None


class FiledMeanwhileError(ConflictError):
    """Another filing of the same submission came between: its number, and when it was filed. `version` is the
    submission's now."""

    def __init__(self, number: int, filed_at: datetime, version: int) -> None:
        super().__init__(msg("This was filed already while the page was open."), changed_by="", changed_at=filed_at,
                         theirs={}, version=version)
        self.number = number
        self.filed_at = filed_at


@dataclass(frozen=True)
class FiledReceipt:
    """The receipt of a filing. `repeated`: the same request had filed before, and this is its receipt."""

    filing_id: int
    submission_id: int
    filing_number: int
    number: str
    filed_at: datetime
    digest: str
    comments: int
    late_seconds: int
    payload: str
    signature: str
    key_id: str
    repeated: bool = False


def file_submission(session: Session, actor: Actor, submission_id: int, given: FilingInput, *, signing_key: SigningKey,
                    entered_at: datetime, now: datetime) -> FiledReceipt:
    """File what is written. `entered_at` is when the request entered, the time by which the filing is judged.

    Raises RefusedError for who may not sign, StateError outside the period, FiledMeanwhileError when another filing
    came since the signer looked, ConflictError when the comments changed since, InvalidError with every problem of
    every comment (`comments.<id>.<field>`) and of the signer's block.
    """
    if not 0 < len(given.request_key) <= MAX_REQUEST_KEY:
        raise InvalidError(msg("The form has lost its mark. Open the page again."))
    submission = _locked(session, actor, submission_id)
    earlier = _receipt_of(session, submission_id, given.request_key)
    if earlier is not None:
        return earlier
    timing = policies.Timing(submission.announced_at, Window(submission.opens_at, submission.closes_at),
                             submission.concluded_at)
    policies.can_file(actor, submission.organisation_id, timing, submission.created_at, entered_at).require()
    if given.last_filing is not None and given.last_filing < submission.filing_count:
        raise FiledMeanwhileError(submission.filing_count, session.execute(select(Filing.filed_at).where(
            Filing.id == submission.current_filing_id)).scalar_one(), submission.version)
    if given.expected_version is not None and given.expected_version != submission.version:
        raise ConflictError(
            msg("The comments were changed since you opened this page. Look through them once more before you file."),
            changed_by="", changed_at=now, theirs={}, version=submission.version)
    written = written_comments(session, submission_id)
    signer_name, signer_title = _require_fileable(given, written)

    number = submission.filing_count + 1
    ready = [_ready(place, item, submission.scope) for place, item in enumerate(written, 1)]
    digest = canonical.digest(canonical.filing_content(
        consultation=submission.slug, period=submission.period_number, organisation_ko=submission.name_ko,
        organisation_en=submission.name_en, filing=number, signer_name=signer_name, signer_title=signer_title,
        terms_version=given.terms_version, terms_digest=given.terms_digest, filed_at=now,
        comment_digests=[item["digest"] for item in ready]))
    late = timing.late_seconds(entered_at)
    facts = ReceiptFacts(number="R-" + ids.readable_code(), consultation=submission.slug,
                         organisation=submission.name_ko or submission.name_en, filing=number, comments=len(ready),
                         filed_at=now, digest=digest)
    payload = facts.payload()
    signature = signing_key.sign(payload)
    filing_id = _insert_filing(
        session, {
            "submission_id": submission_id, "consultation_id": submission.consultation_id, "number": number,
            "request_key": given.request_key, "entered_at": entered_at, "filed_at": now, "late_seconds": late,
            "filed_by": actor.require_account(), "signer_name": signer_name, "signer_title": signer_title,
            "organisation_name_ko": submission.name_ko, "organisation_name_en": submission.name_en,
            "terms_version": given.terms_version, "terms_digest": given.terms_digest, "comment_count": len(ready),
            "digest": digest},
        {"number": facts.number, "payload": payload, "key_id": signing_key.key_id, "signature": signature})
    # With its absent values written out: else every run of comments that lack the same ones is a statement of its own.
    session.execute(insert(Comment).execution_options(render_nulls=True),
                    [{"filing_id": filing_id, **item} for item in ready])
    audit.record(session, actor, "submission.filed", "submission", submission_id, now=now,
                 ministry_id=submission.ministry_id, consultation_id=submission.consultation_id,
                 organisation_id=submission.organisation_id, filing=number, comments=len(ready), digest=digest,
                 late_seconds=late)
    mark_dirty(session, "publication", submission.consultation_id, now=now)
    enqueue(session, "submissions.send_receipt", filing_id=filing_id)
    enqueue(session, "review.receive_filing", filing_id=filing_id)
    return FiledReceipt(filing_id, submission_id, number, facts.number, now, digest, len(ready), late, payload,
                        signature, signing_key.key_id)


def withdraw_submission(session: Session, actor: Actor, submission_id: int, reason: str, *, entered_at: datetime,
                        now: datetime) -> int:
    """Withdraw what is filed, with a reason; the id of the withdrawal. The filings stay, and a later filing in the
    period stands again. Withdrawing twice is one withdrawal."""
    submission = _locked(session, actor, submission_id)
    timing = policies.Timing(submission.announced_at, Window(submission.opens_at, submission.closes_at),
                             submission.concluded_at)
    policies.can_withdraw(actor, submission.organisation_id, timing, entered_at).require()
    if submission.current_filing_id is None:
        raise StateError(msg("Nothing is filed yet, so there is nothing to withdraw."))
    if submission.withdrawn_at is not None:
        return session.execute(select(Withdrawal.id).where(
            Withdrawal.filing_id == submission.current_filing_id)).scalar_one()
    typed = texts_.typed(reason, limit=texts_.REMARK_LIMIT)
    problems = list(typed.problems)
    if not typed.text.strip():
        problems.append(msg("Say in a few words why you withdraw."))
    elif personal_data.find_resident_numbers(typed.text):
        problems.append(resident_number_refused())
    if problems:
        raise InvalidError(msg("The submission was not withdrawn."), {"reason": problems})
    made = session.execute(insert(Withdrawal).values(
        submission_id=submission_id, filing_id=submission.current_filing_id, reason=typed.text,
        withdrawn_by=actor.require_account(), withdrawn_at=now).returning(Withdrawal.id)).scalar_one()
    session.execute(update(Submission).where(Submission.id == submission_id).values(withdrawn_at=now),
                    execution_options={"synchronize_session": False})
    audit.record(session, actor, "submission.withdrawn", "submission", submission_id, now=now,
                 ministry_id=submission.ministry_id, consultation_id=submission.consultation_id,
                 organisation_id=submission.organisation_id, filing=submission.filing_count)
    mark_dirty(session, "publication", submission.consultation_id, now=now)
    enqueue(session, "submissions.send_withdrawal", withdrawal_id=made)
    enqueue(session, "review.receive_withdrawal", submission_id=submission_id)
    return made


def outside_notice(clause: ClauseFacts | None, scope: Sequence[str] | None) -> bool:
    """Whether the clause is not under consultation: unchanged by a partial amendment, or not in the period's part. The
    whole draft (None) always is."""
    if clause is None:
        return False
    return not (clause.under_consultation and in_scope(clause.eid, scope))


# ------------------------------------------------------------------------------------------------------------ inside


def _locked(session: Session, actor: Actor, submission_id: int) -> Any:
    """The submission with what filing asks of it, locked: two filings of one submission go one after the other."""
    row = session.execute(
        select(Submission.consultation_id, Submission.organisation_id, Submission.filing_count,
               Submission.current_filing_id, Submission.withdrawn_at, Submission.created_at, Submission.version,
               CommentPeriod.number.label("period_number"), CommentPeriod.opens_at, CommentPeriod.closes_at,
               CommentPeriod.scope, Consultation.slug, Consultation.ministry_id, Consultation.announced_at,
               Consultation.concluded_at, Organisation.name_ko, Organisation.name_en)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Submission.consultation_id)
        .join(Organisation, Organisation.id == Submission.organisation_id)
        .where(Submission.id == submission_id).with_for_update(of=Submission)).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such submission, or it is not your organisation's."))
    policies.require_member(actor, row.organisation_id)
    return row


def _insert_filing(session: Session, filing: dict[str, Any], receipt: dict[str, Any]) -> int:
    """The filing with its salt, receipt and ledger leaf, and the submission pointing at it: one statement. Its id."""
    salt = secrets.token_bytes(SALT_BYTES)
    leaf = {"at": filing["filed_at"], "kind": "filing", "leaf_hash": leaf_hash(salt, filing["digest"])}
    made = insert(Filing).values(**filing).returning(Filing.id).cte("made")

    def beside(model: type[Base], key: str, values: dict[str, Any]) -> CTE:
        columns = [getattr(model, name) for name in values]
        row = select(made.c.id, *(literal(value, column.type) for value, column in zip(
            values.values(), columns, strict=True)))
        return insert(model).from_select([key, *values], row).cte(f"made_{model.__tablename__}")

    pointed = (update(Submission).where(Submission.id == filing["submission_id"])
               .values(filing_count=filing["number"], current_filing_id=select(made.c.id).scalar_subquery(),
                       withdrawn_at=None).cte("pointed"))
    filing_id: int = session.execute(select(made.c.id).add_cte(
        beside(FilingSalt, "filing_id", {"salt": salt}), beside(Receipt, "filing_id", receipt),
        beside(Leaf, "subject_id", leaf), pointed)).scalar_one()
    return filing_id


def _receipt_of(session: Session, submission_id: int, request_key: str) -> FiledReceipt | None:
    row = session.execute(
        select(Filing.id, Filing.number, Filing.filed_at, Filing.digest, Filing.comment_count, Filing.late_seconds,
               Receipt.number.label("receipt"), Receipt.payload, Receipt.signature, Receipt.key_id)
        .join(Receipt, Receipt.filing_id == Filing.id)
        .where(Filing.submission_id == submission_id, Filing.request_key == request_key)).one_or_none()
    if row is None:
        return None
    return FiledReceipt(row.id, submission_id, row.number, row.receipt, row.filed_at, row.digest, row.comment_count,
                        row.late_seconds, row.payload, row.signature, row.key_id, repeated=True)


def _require_fileable(given: FilingInput, written: Sequence[Written]) -> tuple[str, str]:
    """The signer's name and title as they are kept, if everything may be filed. Raises InvalidError."""
    found: dict[str, list[Message]] = {}
    kept = {}
    for field in ("signer_name", "signer_title"):
        typed = texts_.typed(getattr(given, field), limit=texts_.LINE_LIMIT, one_line=True)
        kept[field] = typed.text
        found[field] = list(typed.problems)
        if personal_data.find_resident_numbers(typed.text):
            found[field].append(resident_number_refused())
    if not kept["signer_name"]:
        found["signer_name"].append(msg("Give the name of the person who signs."))
    if not given.terms_agreed:
        found["terms_agreed"] = [msg("Filing needs your agreement to the terms of filing.")]
    elif (given.terms_version, given.terms_digest) != (terms.current().version, terms.current().digest):
        found["terms_agreed"] = [msg("The terms of filing were changed since you opened this page. Read them again.")]
    if not written:
        found[""] = [msg("There is no comment to file yet.")]
    elif len(written) > MAX_COMMENTS:
        found[""] = [nmsg("A submission holds at most %(n)s comment.", "A submission holds at most %(n)s comments.",
                          MAX_COMMENTS)]
    for item in written:
        for problem in item.problems:
            found.setdefault(f"comments.{item.id}.{problem.field}", []).append(problem.message)
    found = {field: messages for field, messages in found.items() if messages}
    if found:
        raise InvalidError(msg("Nothing was filed yet: a few things need your attention first."), found,
                           kept=msg("All comments are kept as they are."))
    return kept["signer_name"], kept["signer_title"]


def _ready(number: int, item: Written, scope: Sequence[str] | None) -> dict[str, Any]:
    """One row of `comments`."""
    given = item.input
    spans = locate(given.confidential, given.texts()).spans
    return {
        "uid": item.uid, "number": number, "draft_version_id": item.law.version_id, "clause_eid": item.clause_eid,
        "lineage_uid": None if item.clause is None else item.clause.lineage_uid,
        "outside_notice": outside_notice(item.clause, scope),
        "language": given.language, "position": given.position, "proposal_form": given.proposal_form,
        "proposal_language": given.proposal_language, **given.texts(), "confidential": spans,
        "finds": finds(given), "detector": str(personal_data.DETECTOR_VERSION),
        "digest": canonical.digest(item.content(spans))}


def finds(given: CommentInput) -> list[dict[str, Any]]:
    """What the detector of personal data finds in a comment: kinds and places, not the words."""
    return [{"field": field, "kind": str(found.kind), "start": found.start, "end": found.end}
            for field, text in given.texts().items() if text for found in personal_data.find(text)]
