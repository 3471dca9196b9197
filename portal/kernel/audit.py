"""Audit events: what happened, by whom, to what. Appended in the transaction of what they record; never changed.

The application's role may only INSERT and SELECT here. The chain over the events is written by the sealer
(`portal.ledger.chain`), so that no business transaction waits for another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.actor import Actor
from portal.kernel.db import Base, BigId

#: Every verb that may stand in the log; one that is not here is refused. `docs/audit.md` is generated from this table.
AUDIT_VERBS: dict[str, str] = {
    "account.created": "An account was made.",
    "account.email_confirmed": "The address of an account was confirmed by the mailed link.",
    "account.signed_in": "A person signed in.",
    "account.sign_in_failed": "A sign-in was refused.",
    "account.signed_out": "A person signed out.",
    "account.password_changed": "A password was changed, by its owner or by the mailed link.",
    "account.second_factor_set": "A second factor was set up.",
    "account.recovery_code_used": "A recovery code was used instead of the second factor.",
    "account.session_revoked": "A session was ended from the account page.",
    "account.sign_up_started": "Somebody signed up; the mailed link is not opened yet.",
    "account.changed": "A person changed the name or language of the account.",
    "account.email_changed": "The address of an account was changed, by a link mailed to the new one.",
    "account.password_reset_asked": "A link to set a new password was mailed.",
    "account.second_factor_failed": "A code of the second factor was refused.",
    "account.second_factor_removed": "A second factor was removed by its owner.",
    "account.second_factor_reset": "A second factor was removed by the operator, for its owner had lost it.",
    "account.recovery_codes_made": "New recovery codes were made; the old ones are void.",
    "access.refused": "A request was refused by a policy.",
    "access.limited": "Too many attempts: further ones are refused for a while.",
    "organisation.created": "An organisation was founded.",
    "organisation.joined": "A person became a member of an organisation.",
    "organisation.join_requested": "A person asked to join an organisation that exists.",
    "organisation.request_decided": "A manager accepted or declined a request to join.",
    "organisation.member_invited": "A manager invited somebody to an organisation.",
    "organisation.invitation_withdrawn": "A manager withdrew an invitation.",
    "organisation.member_changed": "A member's roles were changed, or the membership ended.",
    "organisation.changed": "An organisation's own facts were changed.",
    "organisation.confirmed": "Staff confirmed an organisation's identity.",
    "organisation.confirmation_withdrawn": "Staff took back that an organisation's identity is confirmed.",
    "ministry.created": "A ministry was added.",
    "staff.role_given": "A person was given a role at a ministry.",
    "staff.role_ended": "A role at a ministry ended.",
    "consultation.created": "A consultation was made.",
    "consultation.changed": "Facts of a consultation were changed before its announcement.",
    "consultation.announced": "A consultation was announced.",
    "consultation.period_extended": "A comment period was extended, with a reason.",
    "consultation.period_added": "A further comment period was added after the announcement, with its scope.",
    "consultation.concluded": "A consultation was concluded.",
    "consultation.document_added": "A notice document was added.",
    "consultation.document_removed": "A notice document was removed before the announcement.",
    "consultation.holiday_changed": "An ad-hoc public holiday was entered or taken out of the calendar.",
    "draft.imported": "A draft text was read for preview.",
    "draft.import_changed": "A text under preview was corrected by hand, got its English, or clauses were marked.",
    "draft.alignment_decided": "Staff confirmed or corrected what a clause of a text under preview was before.",
    "draft.import_dropped": "A text under preview was dropped.",
    "draft.published": "A draft version was published; it is immutable from then on.",
    "submission.opened": "An organisation began a submission.",
    "submission.filed": "A submission was filed.",
    "submission.withdrawn": "A submission was withdrawn, with a reason.",
    "submission.unfiled_forgotten": "What was written and never filed was deleted, a year after the conclusion.",
    "submission.stopped": "A filing was stopped because a resident registration number stood in the text.",
    "review.code_list_changed": "A tag or topic was added or changed.",
    "review.tagged": "Tags of segments were changed.",
    "review.split": "A comment's segments were drawn anew.",
    "review.cluster_created": "A cluster was made.",
    "review.cluster_changed": "A cluster's title or issue was changed.",
    "review.cluster_merged": "A cluster went into another one.",
    "review.cluster_retired": "An empty cluster left the lists: the act that made it was taken back.",
    "review.cluster_locked": "A cluster was locked against suggestions, or unlocked.",
    "review.moved": "Segments were moved into, out of or between clusters.",
    "review.undone": "An act on segments was taken back.",
    "review.received": "A filing reached review: segments were made, earlier ones excused.",
    "review.withdrawn": "A withdrawal reached review: segments were excused.",
    "suggestion.run_asked": "An analysis of a consultation was asked for.",
    "suggestion.run_cancelled": "An analysis was cancelled.",
    "suggestion.run_ended": "An analysis ended, or failed.",
    "suggestion.regrouping_applied": "A proposed regrouping was taken over.",
    "suggestion.regrouping_discarded": "A proposed regrouping was discarded.",
    "suggestion.proposal_changed": "A proposed cluster was renamed, merged, split, locked, or its members changed.",
    "suggestion.proposal_accepted": "A proposed cluster was accepted.",
    "suggestion.proposal_dismissed": "A proposed cluster was dismissed.",
    "suggestion.proposal_reopened": "A dismissed proposal was taken up again.",
    "suggestion.campaign_accepted": "A campaign of near-copies was accepted as a cluster.",
    "suggestion.campaign_dismissed": "A campaign of near-copies was dismissed.",
    "suggestion.campaign_reopened": "A dismissed campaign was taken up again.",
    "response.drafted": "A response was begun.",
    "response.changed": "A response's text or disposition was changed.",
    "response.step_changed": "A response went to another step.",
    "response.published": "A response was published.",
    "mail.sent_again": "Staff had a mail that failed tried again.",
    "publication.edition": "An edition of the publication was made.",
}


class AuditEvent(Base):
    """One thing that happened. `xid` orders events for the sealer: it is the transaction that wrote the row."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "consultation_id", "id"), Index(None, "subject_kind", "subject_id"),
                      Index(None, "xid", "id"))

    id: Mapped[BigId]
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    at: Mapped[datetime]
    verb: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    ministry_id: Mapped[int | None] = mapped_column(BigInteger)
    consultation_id: Mapped[int | None] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]]


def record(session: Session, actor: Actor, verb: str, subject_kind: str, subject_id: int | None, *, now: datetime,
           ministry_id: int | None = None, consultation_id: int | None = None, organisation_id: int | None = None,
           **data: Any) -> None:
    """Append one event. `data` holds small facts (numbers, codes, reasons), never the words of a comment."""
    if verb not in AUDIT_VERBS:
        raise ValueError(f"unknown audit verb {verb}")
    session.add(AuditEvent(
        at=now, verb=verb, account_id=actor.account_id, ministry_id=ministry_id, consultation_id=consultation_id,
        organisation_id=organisation_id, subject_kind=subject_kind, subject_id=subject_id, data=data))
