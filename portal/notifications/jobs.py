"""Sending mails, and finding those whose job was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.jobs.queue import Job, Ticker, enqueue
from portal.notifications import services
from portal.notifications.models import Mail
from portal.notifications.ports import MailCarrier, MailError

#: After so many tries a mail is *failed* and staff see it; they may send it again.
MOST_ATTEMPTS = 6
_RETRY_AFTER = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1),
                timedelta(hours=6))


class Sending:
    """The job with its carrier."""

    def __init__(self, carrier: MailCarrier, sender: str) -> None:
        self._carrier = carrier
        self._sender = sender

    def send(self, session: Session, *, now: datetime, mail_id: int) -> None:
        """Hand one mail to the carrier. A failure is noted on the mail; the sweeper brings it back when it is due."""
        mail = services.waiting_or_failed(session, mail_id)
        if mail is None:
            return
        mail.attempts += 1
        try:
            self._carrier.carry(mail.message, self._sender, mail.recipient)
        except MailError as error:
            mail.last_error = str(error)[:500]
            mail.status = "failed" if mail.attempts >= MOST_ATTEMPTS else "waiting"
        else:
            mail.status, mail.sent_at, mail.last_error = "sent", now, ""

    def work(self) -> tuple[Job | Ticker, ...]:
        """What the registry gets."""
        return (Job("notifications.send", self.send, "Sends one mail."),
                Ticker("notifications.retry", 15, retry_waiting, "Brings back mails that could not be sent yet."))


def retry_waiting(session: Session, *, now: datetime) -> None:
    """Enqueue mails that wait longer than their last try allows; also those whose job was lost."""
    pending = session.execute(text(
        "SELECT (args->>'mail_id')::bigint FROM procrastinate_jobs"
        " WHERE task_name = 'notifications.send' AND status IN ('todo', 'doing')")).scalars().all()
    waiting = session.scalars(select(Mail).where(Mail.status == "waiting", Mail.id.not_in(pending or [0]))
                              .order_by(Mail.id).limit(200)).all()
    for mail in waiting:
        pause = timedelta(seconds=30) if mail.attempts == 0 else _RETRY_AFTER[
            min(mail.attempts, len(_RETRY_AFTER)) - 1]
        # Measured from the writing: the pauses add up to about as much, and no column is needed for the last try.
        if now - mail.created_at >= pause:
            enqueue(session, "notifications.send", mail_id=mail.id)
