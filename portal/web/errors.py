"""Errors become pages here and nowhere else: what went wrong, what was kept, what to do next.

Whatever was typed into a form that met an error is shown again, so that nobody loses a text to an error page.
"""

from __future__ import annotations

from urllib.parse import quote

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.kernel import unit_of_work
from portal.kernel.actor import ANONYMOUS
from portal.kernel.audit import record
from portal.kernel.errors import PortalError, StateError, TooManyError
from portal.kernel.i18n import Message, msg
from portal.web.access import (
    Portal,
    SecondFactorNeededError,
    SignInNeededError,
    page_response,
    private_locale,
    public_locale,
    speaking,
)
from portal.web.results import Page

log = structlog.get_logger()

_SECRET_FIELDS = ("csrf_token", "password", "new_password", "password_again", "code", "recovery_code", "request_key")
_TITLES: dict[int, Message] = {
    400: msg("The request could not be read"),
    403: msg("You may not do this"),
    404: msg("There is no such page"),
    405: msg("This address does not take that kind of request"),
    409: msg("This is not possible now"),
    413: msg("That is too large"),
    422: msg("Something in the form needs your attention"),
    429: msg("Too many attempts"),
    500: msg("Something went wrong on our side"),
    503: msg("The portal is busy"),
}
_TEXTS: dict[int, Message] = {
    400: msg("Your browser sent something that we could not understand."),
    404: msg("The address may be mistyped, or the page is not public."),
    405: msg("Please use the buttons and links of the page."),
    413: msg("What you sent is larger than 25 MB."),
    500: msg("It was recorded, and nothing was changed. Please try again in a moment."),
    503: msg("Nothing was changed. Please try again in a moment."),
}


def typed_fields() -> list[tuple[str, str]]:
    """(name, text) of what a person typed into the form that failed; never a password or token."""
    if request.method != "POST":
        return []
    try:
        form = request.form
    except HTTPException:
        return []
    return [(name, value) for name, value in form.items(multi=True)
            if value.strip() and name not in _SECRET_FIELDS and not name.endswith("_version")]


def error_page(p: Portal, status: int, message: Message | None = None, what_next: Message | None = None,
               kept: Message | None = None) -> Response:
    """The page for an error, in the reader's language."""
    permission = getattr(g, "permission", None)
    public = permission is not None and permission.public
    actor = getattr(g, "actor", ANONYMOUS)
    locale = public_locale() if public else private_locale(actor)
    with speaking(locale, public=public):
        return page_response(p, Page("error/error.html", {
            "status": status, "title": _TITLES.get(status, _TITLES[500]), "message": message or _TEXTS.get(status),
            "what_next": what_next, "kept": kept, "typed": typed_fields(), "is_public": public}, status))


def _record_refusal(p: Portal, error: PortalError) -> None:
    """Append a signed-in person's refusal to the audit log, in a transaction of its own; a flood of them does not flood
    the log. Nobody's refusal says nothing about anybody and goes to the text log."""
    actor = getattr(g, "actor", ANONYMOUS)
    if actor.account_id is None:
        log.info("refused", reason=error.message.msgid, path=request.path)
        return
    try:
        p.limiter.hit("security-event", "refused", actor.account_id)
    except TooManyError:
        return
    unit_of_work.run(p.sessions, lambda session: record(
        session, actor, "access.refused", "account", actor.account_id, now=p.clock(), endpoint=request.endpoint,
        reason=error.message.msgid[:200]))


def install(app: Flask, p: Portal) -> None:
    """Map every error to its page."""

    @app.errorhandler(PortalError)
    def portal_error(error: PortalError) -> Response:
        response = error_page(p, error.status, error.message, error.what_next, error.kept)
        if isinstance(error, TooManyError):
            response.headers["Retry-After"] = str(error.retry_after)
        if error.status == 403:
            _record_refusal(p, error)
        return response

    @app.errorhandler(SignInNeededError)
    def sign_in_needed(_: SignInNeededError) -> Response:
        if request.method in ("GET", "HEAD"):
            response = Response(status=303)
            response.headers["Location"] = "/sign-in?next=" + quote(request.full_path.rstrip("?"), safe="")
            return response
        return error_page(
            p, 403, msg("You are not signed in any more, so this was not sent."),
            msg("Sign in again in another tab, come back to the page before this one and send the form once more."),
            msg("Everything that you typed stands below; copy it if you are in doubt."))

    @app.errorhandler(SecondFactorNeededError)
    def second_factor_needed(_: SecondFactorNeededError) -> Response:
        if typed_fields():  # a form with nothing in it to lose goes straight on
            return error_page(
                p, 403, msg("Your second factor is needed first, so this was not sent."),
                msg("Give it in another tab, come back to the page before this one and send the form once more."),
                msg("Everything that you typed stands below; copy it if you are in doubt."))
        response = Response(status=303)
        response.headers["Location"] = "/account/second-factor?next=" + quote(
            request.full_path.rstrip("?") if request.method == "GET" else "/review/", safe="")
        return response

    @app.errorhandler(IntegrityError)
    def integrity(error: IntegrityError) -> Response:
        # A rule that two requests raced for; the database kept it.
        log.warning("constraint", constraint=getattr(getattr(error.orig, "diag", None), "constraint_name", None),
                    path=request.path)
        return portal_error(StateError(
            msg("Somebody else did the same thing at the same moment, and only one of the two could stand."),
            what_next=msg("Go back, look at what stands there now, and try again if it is still needed.")))

    @app.errorhandler(DataError)
    def unstorable(error: DataError) -> Response:
        # A value that no column holds, as no page of ours sends: a NUL, a number beyond all bounds.
        log.warning("unstorable", error=type(error.orig).__name__, path=request.path)
        return error_page(p, 404 if request.method in ("GET", "HEAD") else 400)

    @app.errorhandler(OperationalError)
    def operational(error: OperationalError) -> Response:
        log.error("database", error=type(error.orig).__name__, path=request.path)
        return error_page(p, 503)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if isinstance(error, SecurityError):
            # A foreign Host: a plain line, for nothing of ours should be shown under another's name.
            return Response("400: unknown host\n", status=400, content_type="text/plain; charset=utf-8")
        response = error_page(p, status if status in _TITLES else (500 if status >= 500 else 400))
        if status == 405 and error.get_response().headers.get("Allow"):
            response.headers["Allow"] = error.get_response().headers["Allow"]
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected", path=request.path, error=type(error).__name__)
        return error_page(p, 500)

