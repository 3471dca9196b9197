"""Writing a submission: opening it, adding, saving, removing and restoring comments. Filing is in `filing`.

Two colleagues cannot overwrite one another: every save names the version that it started from, and a stale one is
refused with what stands there now. A repeated request changes nothing twice. Nothing here commits.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations.models import CommentPeriod, Consultation
from portal.consultations.periods import Window
from portal.kernel import audit
from portal.kernel.actor import Actor
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.submissions import policies
from portal.submissions.comment_input import CommentInput, cleaned
from portal.submissions.confidentiality import stored_claims
from portal.submissions.law_text import AFTER, newest
from portal.submissions.models import MAX_COMMENTS, DraftComment, Submission
from portal.submissions.queries import input_of


@dataclass(frozen=True)
class SavedComment:
    """What a save left: `version` is what the next one starts from; `told` says what was taken out of the texts."""

    id: int
    submission_id: int
    uid: uuid.UUID
    version: int
    saved_at: datetime
    told: tuple[Message, ...] = ()


def open_submission(session: Session, actor: Actor, period_id: int, organisation_id: int, *, now: datetime) -> int:
    """The submission of an organisation in a comment period, begun now if there is none yet; its id."""
    policies.require_member(actor, organisation_id)
    found = session.scalar(select(Submission.id).where(
        Submission.period_id == period_id, Submission.organisation_id == organisation_id))
    if found is not None:
        return found
    period = session.execute(
        select(Consultation.id, Consultation.ministry_id, Consultation.announced_at, Consultation.concluded_at,
               CommentPeriod.opens_at, CommentPeriod.closes_at)
        .join(Consultation, Consultation.id == CommentPeriod.consultation_id)
        .where(CommentPeriod.id == period_id)).one_or_none()
    if period is None:
        raise NotFoundError(msg("There is no such comment period."))
    timing = policies.Timing(period.announced_at, Window(period.opens_at, period.closes_at), period.concluded_at)
    policies.can_write(actor, organisation_id, timing, now).require()
    made: int | None = session.scalar(
        insert(Submission).values(
            consultation_id=period.id, period_id=period_id, organisation_id=organisation_id, created_at=now,
            created_by=actor.account_id)
        .on_conflict_do_nothing(index_elements=[Submission.period_id, Submission.organisation_id])
        .returning(Submission.id))
    if made is None:  # a colleague was a moment faster
        return session.execute(select(Submission.id).where(
            Submission.period_id == period_id, Submission.organisation_id == organisation_id)).scalar_one()
    audit.record(session, actor, "submission.opened", "submission", made, now=now, ministry_id=period.ministry_id,
                 consultation_id=period.id, organisation_id=organisation_id)
    return made


def add_comment(session: Session, actor: Actor, submission_id: int, clause_eid: str, given: CommentInput, *,
                now: datetime, uid: uuid.UUID | None = None) -> SavedComment:
    """A new comment at a clause of the newest draft version, at a place behind one (`after_…`), or on the whole draft.

    `uid` is the mark of the form: the same form sent twice makes one comment, and with other words it is a stale save
    of the first. Raises InvalidError for an unknown or deleted clause and for what may not be stored.
    """
    submission = _submission(session, actor, submission_id, now)
    clean = cleaned(given)
    if uid is not None:
        twin = session.execute(select(DraftComment.id, DraftComment.submission_id).where(
            DraftComment.uid == uid)).one_or_none()
        if twin is not None and twin.submission_id == submission_id:
            return save_comment(session, actor, twin.id, given, 0, now=now)
        if twin is not None:
            uid = None  # somebody else's mark: never a way into their comment
    count = session.scalar(select(func.count()).select_from(DraftComment).where(
        DraftComment.submission_id == submission_id, DraftComment.removed_at.is_(None))) or 0
    if count >= MAX_COMMENTS:
        raise StateError(nmsg("A submission holds at most %(n)s comment.", "A submission holds at most %(n)s comments.",
                              MAX_COMMENTS))
    version_id, ordinal = _place(session, submission.consultation_id, clause_eid)
    made = DraftComment(
        uid=uid or uuid.uuid4(), submission_id=submission_id, draft_version_id=version_id, clause_eid=clause_eid,
        ordinal=ordinal, updated_by=actor.account_id, updated_at=now, version=1, **_columns(clean.input))
    session.add(made)
    session.flush()
    _touch(session, submission_id)
    return SavedComment(made.id, submission_id, made.uid, 1, now, clean.told)


def save_comment(session: Session, actor: Actor, comment_id: int, given: CommentInput, expected_version: int, *,
                 now: datetime) -> SavedComment:
    """Save what was typed. Raises ConflictError, with what stands there now, when somebody saved since
    `expected_version`; the same words once more are no conflict. A removed comment is one."""
    comment = _comment(session, actor, comment_id, now)
    clean = cleaned(given)
    columns = _columns(clean.input)
    same = all(getattr(comment, name) == value for name, value in columns.items())
    if same and comment.removed_at is None:
        return SavedComment(comment.id, comment.submission_id, comment.uid, comment.version, comment.updated_at,
                            clean.told)
    if comment.version != expected_version:
        raise _conflict(session, actor, comment)
    for name, value in columns.items():
        setattr(comment, name, value)
    comment.removed_at = None
    return _saved(session, actor, comment, now, clean.told)


def remove_comment(session: Session, actor: Actor, comment_id: int, expected_version: int, *,
                   now: datetime) -> SavedComment:
    """Take a comment out of the submission; it can be restored. What was filed of it stays filed."""
    comment = _comment(session, actor, comment_id, now)
    if comment.removed_at is not None:
        return SavedComment(comment.id, comment.submission_id, comment.uid, comment.version, comment.updated_at)
    if comment.version != expected_version:
        raise _conflict(session, actor, comment)
    comment.removed_at = now
    return _saved(session, actor, comment, now)


def restore_comment(session: Session, actor: Actor, comment_id: int, *, now: datetime) -> SavedComment:
    """Bring a removed comment back as it was."""
    comment = _comment(session, actor, comment_id, now)
    if comment.removed_at is None:
        return SavedComment(comment.id, comment.submission_id, comment.uid, comment.version, comment.updated_at)
    comment.removed_at = None
    return _saved(session, actor, comment, now)


# ------------------------------------------------------------------------------------------------------------ inside


def _columns(given: CommentInput) -> dict[str, Any]:
    return {
        "position": given.position, "proposal_form": given.proposal_form,
        "proposal_language": given.proposal_language, "language": given.language, **given.texts(),
        "confidential": stored_claims(given.confidential)}


def _saved(session: Session, actor: Actor, comment: DraftComment, now: datetime,
           told: tuple[Message, ...] = ()) -> SavedComment:
    comment.version += 1
    comment.updated_by, comment.updated_at = actor.account_id, now
    session.flush()
    _touch(session, comment.submission_id)
    return SavedComment(comment.id, comment.submission_id, comment.uid, comment.version, now, told)


def _touch(session: Session, submission_id: int) -> None:
    """The review page of this submission is out of date from now on."""
    session.execute(update(Submission).where(Submission.id == submission_id).values(version=Submission.version + 1),
                    execution_options={"synchronize_session": False})


def _submission(session: Session, actor: Actor, submission_id: int, now: datetime) -> Any:
    row = session.execute(
        select(Submission.consultation_id, Submission.organisation_id, Consultation.announced_at,
               Consultation.concluded_at, CommentPeriod.opens_at, CommentPeriod.closes_at)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Submission.consultation_id)
        .where(Submission.id == submission_id).with_for_update(of=Submission)).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such submission, or it is not your organisation's."))
    _require_writer(actor, row, now)
    return row


def _comment(session: Session, actor: Actor, comment_id: int, now: datetime) -> DraftComment:
    row = session.execute(
        select(DraftComment, Submission.organisation_id, Consultation.announced_at, Consultation.concluded_at,
               CommentPeriod.opens_at, CommentPeriod.closes_at)
        .join(Submission, Submission.id == DraftComment.submission_id)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Submission.consultation_id)
        .where(DraftComment.id == comment_id).with_for_update(of=DraftComment),
        execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such comment, or it is not your organisation's."))
    _require_writer(actor, row, now)
    comment: DraftComment = row[0]
    return comment


def _require_writer(actor: Actor, row: Any, now: datetime) -> None:
    policies.require_member(actor, row.organisation_id)
    timing = policies.Timing(row.announced_at, Window(row.opens_at, row.closes_at), row.concluded_at)
    policies.can_write(actor, row.organisation_id, timing, now).require()


def _conflict(session: Session, actor: Actor, comment: DraftComment) -> ConflictError:
    own = comment.updated_by is not None and comment.updated_by == actor.account_id
    name = session.scalar(select(Account.name).where(Account.id == comment.updated_by)) or ""
    return ConflictError(
        msg("You changed this comment in another window since this page was made.") if own else
        msg("%(name)s changed this comment since this page was made.", name=name),
        changed_by=name, changed_at=comment.updated_at, version=comment.version,
        theirs={"input": input_of(comment), "removed": comment.removed_at is not None, "id": comment.id},
        kept=msg("Nothing was overwritten: both texts stand below."))


def _place(session: Session, consultation_id: int, clause_eid: str) -> tuple[int, int]:
    """The newest draft version and the place of an address in the order of its text. Raises InvalidError."""
    law = newest(session, consultation_id)
    if law is None:
        raise StateError(msg("The draft is not published yet."))
    if not law.has(clause_eid):
        raise InvalidError(
            msg("The draft has no clause at the address “%(address)s”.", address=clause_eid[:80]),
            {"clause": [msg("Choose a clause of the draft.")]},
            what_next=msg("Go back to the board and open the clause from the text."))
    clause = law.clause(clause_eid)
    if clause is not None and not clause.takes_comments and not clause_eid.startswith(AFTER):
        raise InvalidError(msg("This clause was deleted from the text. It keeps its number and takes no comment."),
                           {"clause": [msg("Choose a clause of the draft.")]})
    return law.version_id, law.order(clause_eid)
