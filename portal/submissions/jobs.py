"""Background work of submissions: the mail with the receipt, and forgetting what was never filed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations.models import CommentPeriod, Consultation
from portal.consultations.queries import in_language
from portal.jobs.queue import Job, Ticker
from portal.notifications.services import send
from portal.submissions.models import Filing, Receipt, Submission
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


WORK = (Job("submissions.send_receipt", send_receipt, "Mails the receipt of a filing to who filed it."),
        Ticker("submissions.forget_unfiled", 3600, forget_unfiled,
               "Deletes what was written and never filed, a year after the conclusion."))
