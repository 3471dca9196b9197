"""Writing a mail: made at once in the transaction that causes it, sent by a job.

The text is a Jinja template `templates/mail/<name>.txt`: its first line is `Subject: …`, then a blank line, then the
body, in the reader's language. Mails never carry confidential words, attachments, or secrets other than their own link.
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
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.jobs.queue import enqueue
from portal.kernel import templating
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.clock import SEOUL
from portal.kernel.errors import NotFoundError, StateError
from portal.kernel.i18n import msg, translate, use_locale
from portal.notifications import policies
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
         values: Mapping[str, Any], ministry_id: int | None = None) -> None:
    """Write a mail and enqueue its sending, in this transaction. The same `key` a second time does nothing.

    `ministry_id` says whose consultation or staff the mail is about, and so which administrators may read it; none
    where it is about an account or an organisation. Raises ValueError for a recipient that cannot stand in a header.
    """
    subject, body = render(template, locale, values)
    message = compose(subject, body, recipient, locale, key, now)
    mail_id = session.scalar(
        insert(Mail).values(key=key, ministry_id=ministry_id, template=template, recipient=recipient, locale=locale,
                            subject=subject, message=message.as_bytes(policy=SMTP), status="waiting", created_at=now,
                            next_try_at=now)
        .on_conflict_do_nothing(index_elements=[Mail.key]).returning(Mail.id))
    if mail_id is not None:
        enqueue(session, "notifications.send", mail_id=mail_id)


def render(template: str, locale: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail. Links in templates are `{{ base_url }}/…`."""
    with use_locale(locale):
        words = _environment().get_template(f"mail/{template}.txt").render({**values, "base_url": _sender.base_url})
    first, _, body = words.partition("\n")
    if not first.startswith("Subject: "):
        raise ValueError(f"mail/{template}.txt must begin with its subject")
    return one_line(first.removeprefix("Subject: ")), body.strip() + "\n"


def one_line(words: str) -> str:
    """Words that may stand in a header: a line break in a value must not begin a header of its own, and nothing may
    be hidden in it or turn it around."""
    return "".join(character for character in " ".join(words.split()) if character.isprintable())


def compose(subject: str, body: str, recipient: str, locale: str, key: str, now: datetime) -> EmailMessage:
    """The MIME message. Its id follows from the key, so that a second sending is recognised as the same."""
    if one_line(recipient) != recipient or "," in recipient or " " in recipient:
        raise ValueError("the recipient is not one address")
    user, _, domain = _sender.address.rpartition("@")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(subject)
    message["From"] = Address(translate(msg("Consultation portal"), locale), user, domain)
    message["To"] = recipient
    message["Date"] = format_datetime(now.astimezone(SEOUL))
    message["Message-ID"] = f"<{uuid5(NAMESPACE_URL, key)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="base64" if not body.isascii() else "quoted-printable")
    message["Content-Language"] = locale
    return message


def claim(session: Session, mail_id: int) -> Mail | None:
    """The mail, if it is not sent and no other worker has it at this moment; ours until the transaction ends.

    An advisory lock, for a lock on the row would give this transaction a number, and the sealer of the audit chain
    would wait for as long as a mail server takes to answer.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('mail', :id))"), {"id": mail_id}):
        return None
    return session.scalars(select(Mail).where(Mail.id == mail_id, Mail.status != "sent")
                           .execution_options(populate_existing=True)).first()


def send_again(session: Session, actor: Actor, mail_id: int, *, demo: bool, now: datetime) -> None:
    """Try a failed mail again, as often as a new one. Raises NotFoundError for whoever may not see it, and StateError
    unless it failed."""
    mail = session.scalars(select(Mail).where(Mail.id == mail_id).with_for_update()
                           .execution_options(populate_existing=True)).first()
    if mail is None or not policies.can_see_mail(actor, mail.ministry_id, demo=demo):
        raise NotFoundError(msg("There is no such mail."))
    if mail.status != "failed":
        raise StateError(msg("This mail did not fail: it was sent, or it is still being tried."))
    mail.status, mail.attempts, mail.last_error, mail.next_try_at = "waiting", 0, "", now
    record(session, actor, "mail.sent_again", "mail", mail.id, now=now, ministry_id=mail.ministry_id,
           template=mail.template)
    enqueue(session, "notifications.send", mail_id=mail.id)
