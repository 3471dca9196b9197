"""Sending mails, and finding those that are due again or whose job was lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.jobs.queue import Job, Ticker, enqueue
from portal.notifications import services
from portal.notifications.ports import MailCarrier, MailError

log = structlog.get_logger()

#: How long after the first, second, … failed try the next one follows.
RETRY_AFTER: Final = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1),
                      timedelta(hours=6))
#: After so many tries a mail is *failed* and staff see it; they may send it again.
MOST_ATTEMPTS: Final = len(RETRY_AFTER) + 1


class Sending:
    """The job with its carrier."""

    def __init__(self, carrier: MailCarrier, sender: str) -> None:
        self._carrier = carrier
        self._sender = sender

    def send(self, session: Session, *, now: datetime, mail_id: int) -> None:
        """Hand one mail to the carrier. A failure is noted on the mail; the ticker brings it back when it is due.

        A mail that was taken is sent once. Only if the database is lost between the carrier's word and our commit it
        goes out a second time, with the same Message-ID.
        """
        mail = services.claim(session, mail_id)
        if mail is None or mail.status == "failed":
            return
        try:
            self._carrier.carry(mail.message, self._sender, mail.recipient)
        except MailError as error:
            problem = str(error)
        except Exception as error:
            # Whatever goes wrong with one message must show on that message, and not be tried for ever.
            log.exception("mail carrier broke", mail=mail_id)
            problem = type(error).__name__
        else:
            mail.attempts += 1
            mail.status, mail.sent_at, mail.last_error = "sent", now, ""
            return
        mail.attempts += 1
        mail.last_error = problem[:500]
        if mail.attempts >= MOST_ATTEMPTS:
            mail.status = "failed"
            log.error("mail failed", mail=mail_id, template=mail.template, problem=problem)
        else:
            mail.next_try_at = now + RETRY_AFTER[mail.attempts - 1]

    def work(self) -> tuple[Job | Ticker, ...]:
        """What the registry gets."""
        return (Job("notifications.send", self.send, "Sends one mail."),
                Ticker("notifications.retry", 15, retry_waiting, "Brings back mails that could not be sent yet."))


def retry_waiting(session: Session, *, now: datetime) -> None:
    """Enqueue mails that are due (again) and have no job under way; also those whose job was lost."""
    due = session.execute(text("""
        SELECT m.id FROM mails m WHERE m.status = 'waiting' AND m.next_try_at <= :now AND NOT EXISTS (
               SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = 'notifications.send'
                  AND j.status IN ('todo', 'doing') AND (j.args->>'mail_id')::bigint = m.id)
         ORDER BY m.id LIMIT 200"""), {"now": now}).scalars().all()
    for mail_id in due:
        enqueue(session, "notifications.send", mail_id=mail_id)
