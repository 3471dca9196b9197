"""Mail carriers: SMTP, or none at all (the mail stays on the page for staff)."""

from __future__ import annotations

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from portal.notifications.ports import MailCarrier, MailError
from portal.settings import SettingsError

_TIMEOUT_SECONDS = 20


class OutboxCarrier:
    """Carries nothing: `outbox:` keeps every mail on the page for staff, where the demo shows it."""

    def carry(self, message: bytes, sender: str, recipient: str) -> None:
        """Done already: the message stands in the database."""


class SmtpCarrier:
    """An SMTP server: `smtp://` in plain, `smtps://` in TLS from the start, `smtp+starttls://`."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
            raise SettingsError("PORTAL_MAIL_URL must be like smtps://user:password@mail.example:465, or outbox:")
        self._scheme = parts.scheme
        self._host = parts.hostname
        self._port = port or {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "")

    def carry(self, message: bytes, sender: str, recipient: str) -> None:
        """One connection a message: mails are few, and a broken connection harms no other."""
        try:
            with self._connect() as smtp:
                if self._user:
                    smtp.login(self._user, self._password)
                smtp.sendmail(sender, [recipient], message)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise MailError(_problem(error)) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_SECONDS, context=context)
        smtp = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        if self._scheme == "smtp+starttls":
            try:
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
        return smtp


def _problem(error: Exception) -> str:
    """What went wrong, for staff: the kind of error and the server's code. Its words may repeat the message or a
    password, so they are not kept."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((answer[0] for answer in error.recipients.values()), None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"


def carrier(url: str) -> MailCarrier:
    """The carrier that a setting names."""
    return OutboxCarrier() if url == "outbox:" else SmtpCarrier(url)
