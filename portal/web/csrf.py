"""Cross-site request forgery: every unsafe request proves that it came from one of our own pages.

Two independent proofs are asked for. The browser's word where it gives one (`Sec-Fetch-Site`, `Origin`), and a token in
the form that is a keyed digest of a cookie that other sites can neither read nor set: the session's for who is signed
in, a visit's for who is not. The token stays the same for the life of the cookie, so that a form left open overnight
works. Where it changed under an open page, because somebody signed in anew in another tab, what the page sends is not
taken, but shown again with the new token, to be sent once more: only if the browser says that it came from a page of
ours, or another site could have its own words confirmed.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Request

from portal.kernel.errors import RefusedError
from portal.kernel.i18n import msg

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class StaleFormError(RefusedError):
    """A form of one of our own pages, whose token is of another session or visit than the browser's present one."""


def token_for(cookie: str, key: str) -> str:
    """The token that belongs to a session's or visit's cookie."""
    return hmac.new(key.encode(), b"csrf\x00" + cookie.encode(), hashlib.sha256).hexdigest()


def from_our_page(request: Request, base_url: str) -> bool:
    """Whether the browser itself says that the request was made by a page of ours. No word is none."""
    return request.headers.get("Origin") == base_url and request.headers.get("Sec-Fetch-Site") in (None, "same-origin")


def check(request: Request, cookie: str | None, keys: tuple[str, ...], base_url: str) -> None:
    """Raise RefusedError unless the request is ours. What was typed is shown again by the error page."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    foreign = (origin not in (None, "null") and origin != base_url) or site in ("cross-site", "same-site")
    # As bytes: compare_digest takes no text beyond ASCII.
    sent = (request.headers.get(HEADER) or request.form.get(FIELD, "")).encode("utf-8", "replace")
    good = cookie is not None and any(hmac.compare_digest(sent, token_for(cookie, key).encode()) for key in keys)
    if cookie is not None and not good and from_our_page(request, base_url):
        raise StaleFormError(
            msg("This page was opened before you last signed in or out, so what it sent was not taken yet."),
            what_next=msg("Look through it and send it once more."))
    if foreign or not good:
        raise RefusedError(
            msg("This form could not be accepted, because we cannot tell that it was sent from this page."),
            what_next=msg("Go back, reload the page and send the form again. If you signed out in the meantime, sign "
                          "in first. Your browser must accept cookies of this site."))
