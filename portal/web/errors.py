"""Errors become pages here and nowhere else: what went wrong, what was kept, what to do next.

Whatever was typed into a form that met an error is shown again, so that nobody loses a text to an error page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.kernel import unit_of_work
from portal.kernel.actor import ANONYMOUS
from portal.kernel.audit import record
from portal.kernel.errors import PortalError, RefusedError, StateError, TooManyError
from portal.kernel.i18n import Message, msg, translate
from portal.web import by_itself, failed_form, way_back
from portal.web.access import (
    OrganisationNeededError,
    Portal,
    SecondFactorNeededError,
    SignInNeededError,
    base_values,
    page_response,
    private_locale,
    public_locale,
    respond,
    speaking,
    viewer,
)
from portal.web.csrf import StaleFormError
from portal.web.local_paths import with_next
from portal.web.results import Page

log = structlog.get_logger()

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


@dataclass(frozen=True)
class Way:
    """A page to go on to; `apart`: in a tab of its own, so that this page stays."""

    href: str
    label: Message
    apart: bool = False


def error_page(p: Portal, status: int, message: Message | None = None, what_next: Message | None = None,
               kept: Message | None = None, *, title: Message | None = None, ways: Sequence[Way] = (),
               again: Message | None = None) -> Response:
    """The page for an error, in the reader's language. `again` is the label of the button that sends the same form once
    more; without it there is none."""
    permission = getattr(g, "permission", None)
    public = permission is not None and permission.public
    actor = getattr(g, "actor", ANONYMOUS)
    locale = public_locale() if public else private_locale(actor)
    with speaking(locale, public=public):
        return page_response(p, Page("error/error.html", {
            "status": status, "title": title or _TITLES.get(status, _TITLES[500]),
            "message": message or _TEXTS.get(status), "what_next": what_next, "kept": kept,
            "typed": failed_form.typed_texts(), "ways": [*ways, *_places(p, public, status)],
            "again": again, "again_to": request.full_path.rstrip("?"),
            "carried": failed_form.to_send_again(p.settings.base_url) if again else [], "is_public": public}, status))


def _places(p: Portal, public: bool, status: int) -> list[Way]:
    """Where one can go from any error: back to the form, to the part of the portal where one is, to its start."""
    start = Way(base_values(p)["home_url"], msg("To the start page"))
    actor = getattr(g, "actor", ANONYMOUS)
    if public or actor.account_id is None:
        return [start]
    back = way_back.here()
    found = [Way(back, msg("Back to the page"))] if request.method == "POST" and status in (403, 409) else []
    areas = [*viewer(actor)["areas"], {"href": "/account/", "label": msg("My account"), "current":
                                       request.path.startswith("/account/")}]
    here = next((area for area in areas if area["current"]), areas[0])
    if here["href"] not in (back, request.path):
        found.append(Way(here["href"], here["label"]))
    return [*found, start]


def _see_other(address: str) -> Response:
    response = Response(status=303)
    response.headers["Location"] = address
    return response


def _told_by_itself(p: Portal, status: int, state: str, message: Message,
                    **values: str | Message) -> Response:
    """The same for a form that a script sent and whose answer it reads."""
    with speaking(private_locale(getattr(g, "actor", ANONYMOUS)), public=False):
        return respond(p, by_itself.answer(status, state, translate(message), **{
            name: translate(value) if isinstance(value, Message) else value for name, value in values.items()}))


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
        if error.status == 403:
            _record_refusal(p, error)
        if by_itself.sent_by_itself():
            response = _told_by_itself(p, error.status, "refused", error.message)
        else:
            response = error_page(p, error.status, error.message, error.what_next, error.kept,
                                  ways=[Way(href, label) for href, label in error.ways])
        if isinstance(error, TooManyError):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(StaleFormError)
    def stale_form(error: StaleFormError) -> Response:
        _record_refusal(p, error)
        actor = getattr(g, "actor", ANONYMOUS)
        if by_itself.sent_by_itself():
            # The script sends it again with this token, if who is signed in is who opened its page.
            return _told_by_itself(p, error.status, "renewed", msg(
                "Not saved: you are signed in as %(name)s now. Reload the page to go on as that person.",
                name=actor.name), token=g.csrf_token, account=actor.email)
        return error_page(
            p, error.status, error.message, error.what_next,
            msg("You are signed in as %(name)s.", name=actor.name) if actor.account_id is not None else None,
            title=msg("Not sent yet"), again=msg("Send it now"))

    @app.errorhandler(SignInNeededError)
    def sign_in_needed(_: SignInNeededError) -> Response:
        sign_in = with_next("/sign-in", way_back.here())
        if request.method in ("GET", "HEAD"):
            return _see_other(sign_in)
        return _first(
            sign_in, msg("You are signed out"), msg("You are not signed in any more, so this was not sent."),
            msg("Sign in in a new tab, come back to this one and send it again."),
            msg("Not saved: you are signed out. Sign in in another tab, then it is saved here."), msg("Sign in"))

    @app.errorhandler(SecondFactorNeededError)
    def second_factor_needed(_: SecondFactorNeededError) -> Response:
        if request.method not in ("GET", "HEAD") and (failed_form.typed_texts() or by_itself.sent_by_itself()):
            return _first(
                with_next("/account/second-factor", way_back.here()), msg("Second factor needed"),
                msg("Your second factor is needed first, so this was not sent."),
                msg("Give it in a new tab, come back to this one and send it again."),
                msg("Not saved: your second factor is needed. Give it in another tab, then it is saved here."),
                msg("Give the second factor"))
        # A form with nothing in it to lose goes straight on.
        return _see_other(with_next(
            "/account/second-factor", request.full_path.rstrip("?") if request.method == "GET" else "/review/"))

    def _first(href: str, title: Message, message: Message, what_next: Message, to_script: Message,
               label: Message) -> Response:
        """Something is to be done in another tab before what was sent can be taken."""
        if by_itself.sent_by_itself():
            return _told_by_itself(p, 403, "signed_out", to_script, href=href, label=label)
        if not failed_form.to_send_again(p.settings.base_url):
            before = msg("Do that first, then go back to the page before this one and send its form again.")
            return error_page(p, 403, message, before, title=title, ways=[Way(href, label)])
        return error_page(p, 403, message, what_next, msg("Nothing that you typed is lost: it goes along with it."),
                          title=title, ways=[Way(href, label, apart=True)], again=msg("Done: send it again"))

    @app.errorhandler(OrganisationNeededError)
    def organisation_needed(_: OrganisationNeededError) -> Response:
        choose = with_next("/workspace/", way_back.here())
        if request.method in ("GET", "HEAD"):
            return _see_other(choose)
        if by_itself.sent_by_itself():
            return _told_by_itself(p, 403, "refused", msg("You belong to no organisation any more."))
        return portal_error(RefusedError(
            msg("You belong to no organisation, so this was not taken."),
            what_next=msg("Comments are filed by an organisation, or by you as an individual."),
            ways=((choose, msg("Choose for whom you file")),)))

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

