"""E-mail addresses as people type them: the one form that is kept, and what cannot be an address."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal.kernel.i18n import Message, msg

LONGEST: Final = 254

_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=[^@]{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")


class EmailAddressError(ValueError):
    """What was typed is no e-mail address; `message` says so."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


def normalised(typed: str) -> str:
    """The address in lower case, a Korean domain in its ASCII form. Raises EmailAddressError."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    local, at, domain = plain.rpartition("@")
    if at and not domain.isascii() and len(plain) <= LONGEST:
        try:
            plain = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            plain = ""
    plain = plain.lower()
    if len(plain) > LONGEST or len(local) > 64 or not _ADDRESS.fullmatch(plain):
        raise EmailAddressError(msg("Enter an e-mail address in the form name@example.org."))
    return plain


def domain(email: str) -> str:
    """What stands after the @ of a normalised address."""
    return email.rpartition("@")[2]
