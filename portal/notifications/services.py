"""Writing a mail: made at once in the transaction that causes it, sent by a job.

The text is a Jinja template `templates/mail/<name>.txt`: its first line is `Subject: …`, then a blank line, then the
body, in the reader's language. Mails never carry confidential words, secrets other than their own link, or attachments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.jobs.queue import enqueue
from portal.kernel import templating
from portal.kernel.clock import SEOUL
from portal.kernel.i18n import msg, translate, use_locale
from portal.notifications.models import Mail


@dataclass(frozen=True)
class Sender:
    """How this installation signs its mails, and under which address its pages stand."""

    address: str
    base_url: str


_sender = Sender("portal@localhost", "http://127.0.0.1:8000")


def configure(sender: Sender) -> None:
    """Tell the sender's address and the base of links; called once by the composition root."""
    global _sender
    _sender = sender


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return templating.make_environment()


def send(session: Session, *, key: str, template: str, recipient: str, locale: str, now: datetime,
         values: Mapping[str, Any]) -> None:
    """Write a mail and enqueue its sending, in this transaction. The same `key` a second time does nothing."""
    subject, body = render(template, locale, values)
    message = compose(subject, body, recipient, key, now)
    mail_id = session.scalar(
        insert(Mail).values(key=key, template=template, recipient=recipient, locale=locale, subject=subject,
                            message=message.as_bytes(policy=SMTP), status="waiting", created_at=now)
        .on_conflict_do_nothing(index_elements=[Mail.key]).returning(Mail.id))
    if mail_id is not None:
        enqueue(session, "notifications.send", mail_id=mail_id)


def render(template: str, locale: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail. Links in templates are `{{ base_url }}/…`."""
    with use_locale(locale):
        text = _environment().get_template(f"mail/{template}.txt").render({**values, "base_url": _sender.base_url})
    first, _, body = text.partition("\n")
    if not first.startswith("Subject: "):
        raise ValueError(f"mail/{template}.txt must begin with its subject")
    # A value with a line break must not become a header of its own.
    return " ".join(first.removeprefix("Subject: ").split()), body.strip() + "\n"


def compose(subject: str, body: str, recipient: str, key: str, now: datetime) -> EmailMessage:
    """The MIME message. Its id follows from the key, so that a second sending is recognised as the same."""
    user, _, domain = _sender.address.rpartition("@")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = Address(translate(msg("Consultation portal"), "ko"), user, domain)
    message["To"] = recipient
    message["Date"] = format_datetime(now.astimezone(SEOUL))
    message["Message-ID"] = f"<{uuid5(NAMESPACE_URL, key)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="base64" if not body.isascii() else "7bit")
    return message


def waiting_or_failed(session: Session, mail_id: int) -> Mail | None:
    """The mail, locked, unless it was sent already or another worker has it."""
    return session.scalars(select(Mail).where(Mail.id == mail_id, Mail.status != "sent")
                           .with_for_update(skip_locked=True)).first()
