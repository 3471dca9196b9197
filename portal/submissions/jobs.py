"""Background work of submissions: the mails on a filing and on a withdrawal, and forgetting what was never filed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations.models import CommentPeriod, Consultation
from portal.consultations.queries import in_language
from portal.jobs.queue import Job, Ticker
from portal.notifications.services import send
from portal.submissions.models import Filing, Receipt, Submission, Withdrawal
from portal.submissions.retention import forget_unfiled


def send_receipt(session: Session, /, *, now: datetime, filing_id: int) -> None:
    """Mail the receipt of a filing to who filed it, in their language. Twice is once: the mail's key is the filing."""
    row = session.execute(
        select(Filing, Receipt, Account.email, Account.name, Account.locale, Consultation.slug, Consultation.title_ko,
               Consultation.title_en, CommentPeriod.number.label("period"), CommentPeriod.closes_at,
               Submission.organisation_id, Consultation.ministry_id)
        .join(Receipt, Receipt.filing_id == Filing.id).join(Account, Account.id == Filing.filed_by)
        .join(Submission, Submission.id == Filing.submission_id)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Filing.consultation_id)
        .where(Filing.id == filing_id)).one_or_none()
    if row is None:
        return
    filing: Filing = row[0]
    receipt: Receipt = row[1]
    send(session, key=f"receipt:{filing_id}", template="receipt", recipient=row.email, locale=row.locale, now=now,
         ministry_id=row.ministry_id, values={
             "name": row.name, "number": receipt.number, "filing": filing.number, "comments": filing.comment_count,
             "title": in_language(row.title_ko, row.title_en, row.locale),
             "organisation": in_language(filing.organisation_name_ko, filing.organisation_name_en, row.locale),
             "filed_at": filing.filed_at, "late_seconds": filing.late_seconds, "closes_at": row.closes_at,
             "is_open": now < row.closes_at, "payload": receipt.payload, "signature": receipt.signature,
             "key_id": receipt.key_id,
             "path": f"/workspace/{row.slug}/filings/{filing.number}?as={row.organisation_id}&period={row.period}"})


def send_withdrawal(session: Session, /, *, now: datetime, withdrawal_id: int) -> None:
    """Mail to who withdrew a submission, and to who had filed it, that it is withdrawn, each in their language. Twice
    is once: a mail's key is the withdrawal and the account."""
    row = session.execute(
        select(Withdrawal.reason, Withdrawal.withdrawn_at, Withdrawal.withdrawn_by, Filing.filed_by,
               Filing.number.label("filing"), Filing.organisation_name_ko, Filing.organisation_name_en,
               Receipt.number, Consultation.slug, Consultation.title_ko, Consultation.title_en,
               CommentPeriod.number.label("period"), CommentPeriod.closes_at, Submission.organisation_id,
               Consultation.ministry_id)
        .join(Filing, Filing.id == Withdrawal.filing_id).join(Receipt, Receipt.filing_id == Filing.id)
        .join(Submission, Submission.id == Withdrawal.submission_id)
        .join(CommentPeriod, CommentPeriod.id == Submission.period_id)
        .join(Consultation, Consultation.id == Filing.consultation_id)
        .where(Withdrawal.id == withdrawal_id)).one_or_none()
    if row is None:
        return
    people = session.execute(select(Account.id, Account.email, Account.name, Account.locale)
                             .where(Account.id.in_({row.withdrawn_by, row.filed_by})).order_by(Account.id))
    for person in people:
        send(session, key=f"withdrawal:{withdrawal_id}:{person.id}", template="withdrawal", recipient=person.email,
             locale=person.locale, now=now, ministry_id=row.ministry_id, values={
                 "name": person.name, "number": row.number, "filing": row.filing, "reason": row.reason,
                 "title": in_language(row.title_ko, row.title_en, person.locale),
                 "organisation": in_language(row.organisation_name_ko, row.organisation_name_en, person.locale),
                 "withdrawn_at": row.withdrawn_at, "closes_at": row.closes_at, "is_open": now < row.closes_at,
                 "path": f"/workspace/{row.slug}/filings/{row.filing}?as={row.organisation_id}&period={row.period}"})


WORK = (Job("submissions.send_receipt", send_receipt, "Mails the receipt of a filing to who filed it."),
        Job("submissions.send_withdrawal", send_withdrawal,
            "Mails to who withdrew a submission, and to who had filed it, that it is withdrawn."),
        Ticker("submissions.forget_unfiled", 3600, forget_unfiled,
               "Deletes what was written and never filed, a year after the conclusion."))
