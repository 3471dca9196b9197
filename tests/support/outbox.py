"""What the portal has mailed, as its recipient reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.notifications.models import Mail


@dataclass(frozen=True)
class Letter:
    """One mail that was written."""

    template: str
    recipient: str
    locale: str
    subject: str
    body: str

    @property
    def path(self) -> str:
        """The first link in it that leads to a page of ours, without the host."""
        found = re.search(r"https?://[^/\s]+(/[^\s]+)", self.body)
        assert found, f"no link in: {self.body}"
        return found[1]

    @property
    def token(self) -> str:
        """The secret at the end of that link."""
        return self.path.rsplit("/", 1)[-1]


def letters(session: Session, recipient: str | None = None) -> list[Letter]:
    """All mails, or those to one address, the oldest first."""
    statement = select(Mail).order_by(Mail.id)
    if recipient is not None:
        statement = statement.where(Mail.recipient == recipient)
    found = []
    for mail in session.scalars(statement):
        message = message_from_bytes(mail.message, policy=default)
        assert message["To"] == mail.recipient
        part = message.get_body(("plain",))
        assert part is not None
        found.append(Letter(mail.template, mail.recipient, mail.locale, mail.subject, part.get_content()))
    return found


def last_letter(session: Session, recipient: str) -> Letter:
    """The newest mail to an address."""
    found = letters(session, recipient)
    assert found, f"no mail to {recipient}"
    return found[-1]
