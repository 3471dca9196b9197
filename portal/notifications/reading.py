"""A stored mail as a person reads it: headers, text, source; with or without the secret links. Pure.

A link that confirms an address, sets a password or accepts an invitation acts for whoever holds it. Staff who look
after delivery need not hold it; only in the demonstration, where no mail leaves the portal, it must be read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

#: A secret of `portal.kernel.ids.token` inside an address: 256 bits, URL-safe, as a part of the path or a value.
_SECRET: Final = re.compile(r"(?P<before>https?://[^\s<>\"]*?[/=])(?P<secret>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
#: What stands in its place.
HIDDEN: Final = "*" * 12


@dataclass(frozen=True)
class Readable:
    """A mail taken apart: headers in their order, decoded; the text; the source as it goes over the wire.
    `hidden`: a secret link was taken out of text and source."""

    headers: tuple[tuple[str, str], ...]
    text: str
    source: str
    hidden: bool


def hide_secrets(text: str) -> str:
    """The text with every secret in its links replaced."""
    return _SECRET.sub(lambda found: found["before"] + HIDDEN, text)


def read(message: bytes, *, secrets: bool) -> Readable:
    """Take a stored message apart. With `secrets` false the links that act are hidden, in the source as well."""
    parsed = message_from_bytes(message, EmailMessage, policy=SMTP)
    text = parsed.get_content()
    shown = text if secrets else hide_secrets(text)
    if shown != text:
        encoding, language = str(parsed["Content-Transfer-Encoding"]), parsed["Content-Language"]
        parsed.set_content(shown, cte=encoding)  # removes the headers that speak of the content
        parsed["Content-Language"] = language
        message = parsed.as_bytes(policy=SMTP)
    return Readable(tuple((name, str(value)) for name, value in parsed.items()), shown.replace("\r\n", "\n"),
                    message.decode("utf-8", "replace").replace("\r\n", "\n"), shown != text)
