"""How a view is declared and called: permission, session, language, one commit, then the response.

A view is a function `view(c: Context, **of_the_address) -> Page | Redirect | Bytes | Stream`. It never commits and
never makes a response; the wrapper here does both, in this order, so that a conflict found at commit gets its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_login import LoginManager, UserMixin
from jinja2 import Environment
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.models import SignInSession
from portal.kernel import i18n, ids, unit_of_work
from portal.kernel.actor import ANONYMOUS, Actor
from portal.kernel.clock import Clock
from portal.kernel.db import SessionFactory
from portal.kernel.errors import RefusedError
from portal.kernel.i18n import in_both, msg
from portal.kernel.permissions import Permission
from portal.kernel.templating import use_public_links, without_controls
from portal.ledger.receipts import SigningKey
from portal.organisations import queries as organisations
from portal.settings import Settings
from portal.web import csrf, way_back
from portal.web.limits import Limiter
from portal.web.results import Bytes, Cookie, Page, Redirect, Result, Stream
from portal.web.sessions import Cookies

_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Portal:
    """What the composition root hands to the web: everything that outlives a request."""

    settings: Settings
    clock: Clock
    sessions: SessionFactory
    public_sessions: SessionFactory
    environment: Environment
    limiter: Limiter
    cookies: Cookies
    signing_key: SigningKey


@dataclass(frozen=True)
class Context:
    """What a view works with. `session` is of role *public* on public pages and of role *app* elsewhere."""

    portal: Portal
    session: Session
    actor: Actor
    session_id: int | None
    now: datetime
    entered_at: datetime
    locale: str

    @property
    def settings(self) -> Settings:
        """The deployment's settings."""
        return self.portal.settings


class SignInNeededError(Exception):
    """Nobody is signed in where somebody must be."""


class OrganisationNeededError(Exception):
    """Somebody without an organisation asks for a page of those who have one."""


class SecondFactorNeededError(Exception):
    """Staff without a second factor in this session, or anybody whose account has one that was not given yet."""


View = Callable[..., Result]
_csrf_token: ContextVar[str] = ContextVar("csrf_token", default="")


class Area:
    """A blueprint whose every view declares a permission."""

    def __init__(self, name: str, import_name: str, url_prefix: str | None = None) -> None:
        self.blueprint = Blueprint(name, import_name, url_prefix=url_prefix)

    def view(self, rule: str, permission: Permission, *, methods: tuple[str, ...] = ("GET",),
             endpoint: str | None = None) -> Callable[[View], View]:
        """Declare a view: its address, who may call it, and how."""
        def declare(view: View) -> View:
            @wraps(view)
            def call(**address: Any) -> Response:
                return _call(view, permission, address)

            call.permission = permission  # type: ignore[attr-defined]
            self.blueprint.add_url_rule(rule, endpoint or view.__name__, call, methods=list(methods))
            return view

        return declare


def portal() -> Portal:
    """The composition root's objects, inside a request."""
    return cast(Portal, current_app.extensions["portal"])


def _call(view: View, permission: Permission, address: dict[str, Any]) -> Response:
    p = portal()
    g.permission = permission
    if permission.public:
        locale = public_locale()
        with speaking(locale, public=True):
            result = unit_of_work.read(p.public_sessions, lambda session: view(
                Context(p, session, ANONYMOUS, None, p.clock(), g.entered_at, locale), **address))
            return respond(p, result)

    # The cookie is read by every page that is not public, and the form's token is bound to it.
    cookie = request.cookies.get(p.cookies.session) or request.cookies.get(p.cookies.visit)
    set_visit: tuple[Cookie, ...] = ()
    if cookie is None and request.method in csrf.SAFE_METHODS:
        cookie = ids.token()
        set_visit = (Cookie(p.cookies.visit, cookie, 24 * 3600),)
    g.set_visit = set_visit
    g.csrf_token = csrf.token_for(cookie, p.settings.secret_keys[0]) if cookie else ""

    def work(session: Session) -> Result:
        actor, session_id = who(p, session)
        g.actor = actor
        g.locale = locale = private_locale(actor)
        with speaking(locale, public=False):
            if permission.account and actor.account_id is None:
                raise SignInNeededError
            if permission.account and actor.second_factor_due and not permission.before_second_factor:
                raise SecondFactorNeededError
            csrf.check(request, cookie, p.settings.secret_keys, p.settings.base_url)
            if permission.member and not permission.admits(actor):
                raise OrganisationNeededError
            if not permission.admits(actor):
                raise RefusedError(
                    msg("Your account may not open this page."),
                    what_next=msg("If you think that it should, ask whoever manages your organisation's or ministry's "
                                  "accounts."))
            if permission.staff and not actor.second_factor and not p.settings.demo:
                raise SecondFactorNeededError
            return view(Context(p, session, actor, session_id, p.clock(), g.entered_at, locale), **address)

    result = unit_of_work.run(p.sessions, work)
    with speaking(g.locale, public=False):
        return respond(p, result)


def who(p: Portal, session: Session) -> tuple[Actor, int | None]:
    """Who is behind the session cookie; notes now and then that the session is in use."""
    token = request.cookies.get(p.cookies.session)
    if not token:
        return ANONYMOUS, None
    now = p.clock()
    found = organisations.actor_by_session(session, ids.token_digest(token), now)
    if found is None:
        return ANONYMOUS, None
    actor, session_id, last_seen = found
    if now - last_seen > _SEEN_EVERY:
        session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now))
    return actor, session_id


def public_locale() -> str:
    """Public pages: the address alone decides."""
    return "en" if request.args.get("lang") == "en" else "ko"


def private_locale(actor: Actor) -> str:
    """Signed-in pages: the account's language, else the address's, else the browser's, else Korean."""
    if actor.account_id is not None:
        return actor.locale
    asked = request.args.get("lang")
    if asked in i18n.LOCALES:
        return asked
    return request.accept_languages.best_match(i18n.LOCALES, "ko") or "ko"


@contextmanager
def speaking(locale: str, *, public: bool) -> Iterator[None]:
    """Language and kind of links for everything inside."""
    with i18n.use_locale(locale), use_public_links(public):
        yield


def respond(p: Portal, result: Result) -> Response:
    """The response for what a view returned."""
    if isinstance(result, Redirect):
        response = Response(status=303)
        response.headers["Location"] = result.to
        if result.notice is not None:
            p.cookies.set(response, p.cookies.notice_cookie(result.notice))
        cookies = result.cookies
    elif isinstance(result, Page):
        return page_response(p, result)
    elif isinstance(result, Bytes):
        response = Response(result.body, status=result.status, mimetype=None, content_type=result.media_type)
        if result.cache:
            response.headers["Cache-Control"] = result.cache
        response.headers.extend(dict(result.headers))
        cookies = ()
    else:
        assert isinstance(result, Stream)
        response = Response(result.chunks, content_type=result.media_type)
        response.headers.extend(dict(result.headers))
        cookies = ()
    for cookie in cookies:
        p.cookies.set(response, cookie)
    return response


def page_response(p: Portal, result: Page) -> Response:
    """A rendered page. On pages that are not public it carries what the layout shows of the person; a page that answers
    a form may say by the value `come_back_to` which page held it."""
    permission: Permission | None = getattr(g, "permission", None)
    values: dict[str, Any] = {**base_values(p), **result.values}
    notice = None
    if permission is None or not permission.public:
        notice = p.cookies.read_notice(request)
        actor: Actor = getattr(g, "actor", ANONYMOUS)
        values.setdefault("viewer", viewer(actor))
        values.setdefault("language_change", language_change(result.values.get("come_back_to")))
        values.setdefault("notices", [{"kind": "success", "message": notice}] if notice else [])
        values.setdefault("demo_banner", demo_banner(p))
    token = _csrf_token.set(getattr(g, "csrf_token", ""))
    try:
        body = without_controls(p.environment.get_template(result.template).render(values))
    finally:
        _csrf_token.reset(token)
    response = Response(body, status=result.status, content_type="text/html; charset=utf-8")
    for cookie in (*getattr(g, "set_visit", ()), *result.cookies):
        p.cookies.set(response, cookie)
    if notice is not None:
        p.cookies.set(response, Cookie(p.cookies.notice, None))
    return response


def base_values(p: Portal) -> dict[str, Any]:
    """What every layout needs."""
    locale = i18n.current_locale()
    return {"locale": locale, "site": site(p.settings), "home_url": "/?lang=en" if locale == "en" else "/",
            "alternate_url": alternate_url(), "official_notice": None, "demo": p.settings.demo}


def site(settings: Settings) -> dict[str, Any]:
    """The portal's name and who runs it."""
    locale = i18n.current_locale()
    return {"name": msg("Consultation portal"), "contact": settings.contact_email,
            "operator": settings.operator_ko if locale == "ko" else settings.operator_en}


def alternate_url() -> str:
    """This page in the other language. A signed-in person changes the account's language by a form instead."""
    other = "en" if i18n.current_locale() == "ko" else "ko"
    args = {key: value for key, value in request.args.items(multi=False) if key != "lang"}
    if getattr(g, "actor", ANONYMOUS).account_id is not None:
        return "/account/language?" + urlencode(language_change())
    permission: Permission | None = getattr(g, "permission", None)
    if other == "en" or permission is None or not permission.public:
        args["lang"] = other
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in args.items())
    path = request.path if request.method in csrf.SAFE_METHODS else way_back.here().partition("?")[0]
    return quote(path) + (f"?{query}" if query else "")


def language_change(come_back_to: str | None = None) -> dict[str, str]:
    """What the form that changes an account's language sends: the other language, and the page to come back to."""
    return {"to": "en" if i18n.current_locale() == "ko" else "ko", "next": come_back_to or way_back.here()}


def viewer(actor: Actor) -> dict[str, Any]:
    """What the layout shows of the person: name and the places to go."""
    areas: list[dict[str, Any]] = []

    def add(href: str, label: Any) -> None:
        areas.append({"href": href, "label": label, "current": request.path.startswith(href)})

    if actor.account_id is not None:
        add("/workspace/", msg("My work"))
    roles = frozenset().union(*actor.staff_roles.values()) if actor.staff_roles else frozenset()
    if roles & {"reviewer", "approver", "publisher", "administrator"}:
        add("/review/", msg("Review"))
    if roles & {"publisher", "administrator"}:
        add("/admin/", msg("Administration"))
    names = [in_both(ko=ko, en=en) for ko, en in actor.affiliations if actor.name not in (ko, en)]
    return {"name": actor.name, "email": actor.email, "organisation": i18n.show(names[0]) if names else None,
            "areas": areas,
            "account_url": "/account/", "sign_out_url": "/sign-out", "signed_in": actor.account_id is not None}


def demo_banner(p: Portal) -> Any:
    """What the demo waives, said on every page where it matters."""
    if not p.settings.demo:
        return None
    return msg("Demonstration: every text, company and person here is made up, and staff sign in without a second "
               "factor.")


def current_csrf_token() -> str:
    """The token of the form being rendered; a global of the templates."""
    return _csrf_token.get()


class _FlaskLoginUser(UserMixin):  # type: ignore[misc]
    def __init__(self, actor: Actor) -> None:
        self.id = actor.account_id
        self.actor = actor


def install(app: Flask, p: Portal) -> None:
    """Wire access into the app: the time of entry, and Flask-Login's `current_user` for extensions that ask for it."""
    app.extensions["portal"] = p
    p.environment.globals["csrf_token"] = current_csrf_token

    @app.before_request
    def note_entry() -> None:
        # Before the body is read: a slow upload that began in time is in time.
        g.entered_at = p.clock()

    login = LoginManager()
    # Not `init_app`: its hook after each request reads Flask's session, and every public page would vary by cookie.
    app.login_manager = login  # type: ignore[attr-defined]

    @login.request_loader  # type: ignore[untyped-decorator]
    def load(_: Any) -> _FlaskLoginUser | None:
        actor: Actor = getattr(g, "actor", ANONYMOUS)
        return _FlaskLoginUser(actor) if actor.account_id is not None else None
