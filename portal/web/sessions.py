"""Cookies of people who sign in: the session's, the visit's (before signing in), and the notice shown once.

Public pages neither set nor read any of them.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.accounts.sessions import LIFETIME
from portal.kernel.i18n import Message
from portal.web.results import Cookie

_SESSION = "portal_session"
_VISIT = "portal_visit"
_NOTICE = "portal_notice"
SESSION_SECONDS = int(LIFETIME.total_seconds())


class NoFlaskSession(SessionInterface):
    """Flask's own session, which is used for nothing: who is signed in stands in the database. Opening and saving one
    would cost every public page as much as finding its words. To write to it is an error."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """A session that refuses to be written to."""
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""


class Cookies:
    """Names and attributes of the cookies: over HTTPS they carry Secure and the `__Host-` prefix."""

    def __init__(self, *, secure: bool, keys: tuple[str, ...]) -> None:
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session = prefix + _SESSION
        self.visit = prefix + _VISIT
        self.notice = prefix + _NOTICE
        # itsdangerous signs with the last key and accepts all.
        self._signer = URLSafeTimedSerializer(list(reversed(keys)), salt="notice")

    def set(self, response: Response, cookie: Cookie) -> None:
        """Write or delete one cookie."""
        if cookie.value is None:
            response.delete_cookie(cookie.name, path="/", secure=self._secure, httponly=True, samesite="Lax")
        else:
            response.set_cookie(cookie.name, cookie.value, max_age=cookie.max_age, path="/", secure=self._secure,
                                httponly=True, samesite="Lax")

    def signed_in(self, token: str) -> tuple[Cookie, ...]:
        """The cookies of a browser that has just signed in. The visit ends, and with it its form token."""
        return (Cookie(self.session, token, SESSION_SECONDS), Cookie(self.visit, None))

    def signed_out(self) -> tuple[Cookie, ...]:
        """The cookies of a browser that has just signed out."""
        return (Cookie(self.session, None),)

    def notice_cookie(self, message: Message) -> Cookie:
        """A notice for the next page, signed so that nobody can plant a sentence."""
        return Cookie(self.notice, self._signer.dumps(json.dumps(message.to_json())), 120)

    def read_notice(self, request: Request) -> Message | None:
        """The notice that the last page left, if any."""
        raw = request.cookies.get(self.notice)
        if not raw:
            return None
        try:
            packed: Any = json.loads(self._signer.loads(raw, max_age=120))
            return Message.from_json(packed)
        except (BadData, ValueError, KeyError):
            return None
