"""Background work of submissions: the mails on a filing and on a withdrawal, and forgetting what was never filed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations.models import CommentPeriod, Consultation
from portal.consultations.queries import in_language
from portal.jobs.queue import Job, Ticker
from portal.notifications.services import send
from portal.submissions.models import Filing, Receipt, Submission, Withdrawal
from portal.submissions.retention import forget_unfiled


def _filed(session: Session, filing_id: int) -> Any:
    """A filing with its receipt and what mails say of it; None where there is none."""
    return session.execute(
        select(Filing, Receipt, Consultation.slug, Consultation.title_ko, Consultation.title_en,
               Consultation.ministry_id, CommentPeriod.number.label("period"), CommentPeriod.closes_at,
               Submission.organisation_id)
        .join(Receipt, Receipt.filing_id == Filing.id)
        .join(Submission, Submission.id == Filing.submission_id)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Filing.consultation_id)
        .where(Filing.id == filing_id)).one_or_none()


def _said_of(row: Any, locale: str, now: datetime) -> dict[str, Any]:
    """What every mail says of a filing (a row of `_filed`)."""
    filing: Filing = row.Filing
    return {"number": row.Receipt.number, "filing": filing.number,
            "title": in_language(row.title_ko, row.title_en, locale),
            "organisation": in_language(filing.organisation_name_ko, filing.organisation_name_en, locale),
            "closes_at": row.closes_at, "is_open": now < row.closes_at,
            "path": f"/workspace/{row.slug}/filings/{filing.number}?as={row.organisation_id}&period={row.period}"}


def _people(session: Session, ids: Iterable[int]) -> Sequence[Any]:
    return session.execute(select(Account.id, Account.email, Account.name, Account.locale)
                           .where(Account.id.in_(ids)).order_by(Account.id)).all()


def send_receipt(session: Session, /, *, now: datetime, filing_id: int) -> None:
    """Mail the receipt of a filing to who filed it, in their language. Twice is once: the mail's key is the filing."""
    row = _filed(session, filing_id)
    if row is None:
        return
    filing: Filing = row.Filing
    receipt: Receipt = row.Receipt
    for person in _people(session, {filing.filed_by}):
        send(session, key=f"receipt:{filing_id}", template="receipt", recipient=person.email, locale=person.locale,
             now=now, ministry_id=row.ministry_id, values={
                 **_said_of(row, person.locale, now), "name": person.name, "comments": filing.comment_count,
                 "filed_at": filing.filed_at, "late_seconds": filing.late_seconds, "payload": receipt.payload,
                 "signature": receipt.signature, "key_id": receipt.key_id})


def send_withdrawal(session: Session, /, *, now: datetime, withdrawal_id: int) -> None:
    """Mail to who withdrew a submission, and to who had filed it, that it is withdrawn, each in their language. Twice
    is once: a mail's key is the withdrawal and the account."""
    withdrawal = session.get(Withdrawal, withdrawal_id)
    row = None if withdrawal is None else _filed(session, withdrawal.filing_id)
    if withdrawal is None or row is None:
        return
    for person in _people(session, {withdrawal.withdrawn_by, row.Filing.filed_by}):
        send(session, key=f"withdrawal:{withdrawal_id}:{person.id}", template="withdrawal", recipient=person.email,
             locale=person.locale, now=now, ministry_id=row.ministry_id, values={
                 **_said_of(row, person.locale, now), "name": person.name, "reason": withdrawal.reason,
                 "withdrawn_at": withdrawal.withdrawn_at})


WORK = (Job("submissions.send_receipt", send_receipt, "Mails the receipt of a filing to who filed it."),
        Job("submissions.send_withdrawal", send_withdrawal,
            "Mails to who withdrew a submission, and to who had filed it, that it is withdrawn."),
        Ticker("submissions.forget_unfiled", 3600, forget_unfiled,
               "Deletes what was written and never filed, a year after the conclusion."))
