"""Signing in and out. A refused sign-in never says which part was wrong, nor whether there is such an account."""

from __future__ import annotations

from urllib.parse import quote

from flask import request

from portal.accounts import services
from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.kernel.permissions import ANYONE
from portal.organisations.queries import actor_by_account
from portal.web.access import Area, Context
from portal.web.account.forms import SignInForm
from portal.web.local_paths import local_path
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit, note

area = Area("sign_in", __name__)


def start_page_of(actor: Actor | None) -> str:
    """Where a person's work is."""
    if actor is None:
        return "/account/"
    roles = frozenset().union(*actor.staff_roles.values())
    if roles & {"reviewer", "approver", "publisher", "administrator"}:
        return "/review/"
    return "/workspace/" if actor.member_roles else "/account/"


@area.view("/sign-in", ANYONE)
def show(c: Context) -> Page | Redirect:
    """The form; who is signed in already goes on."""
    following = local_path(request.args.get("next"))
    if c.actor.account_id is not None and not c.actor.second_factor_due:
        return Redirect(following or start_page_of(c.actor))
    return page("account/sign_in.html", form=SignInForm(next=following), refused=False)


@area.view("/sign-in", ANYONE, methods=("POST",))
def sign_in(c: Context) -> Page | Redirect:
    """A new session, whatever the browser brought with it."""
    form = SignInForm.posted()
    form.next.data = local_path(form.next.data)
    if not form.validate():
        return page("account/sign_in.html", status=422, form=form, refused=False)
    typed = form.email.data.strip().lower()[:254]
    limit(c, "sign-in-address", request.remote_addr, count=False)
    limit(c, "sign-in-account", typed)
    done = services.sign_in(c.session, email=form.email.data, password=form.password.data, now=c.now,
                            user_agent=request.user_agent.string, ending=c.session_id)
    if done is None:
        c.portal.limiter.hit("sign-in-address", request.remote_addr)
        known = services.account_by_email(c.session, typed)
        note(c, "account.sign_in_failed", known.id if known else None)
        return page("account/sign_in.html", status=422, form=form, refused=True)
    c.portal.limiter.forget("sign-in-account", typed)
    following = local_path(form.next.data) or start_page_of(actor_by_account(c.session, done.account_id))
    if done.second_factor_due:
        following = "/account/second-factor?next=" + quote(following)
    return Redirect(following, cookies=c.portal.cookies.signed_in(done.secret))


@area.view("/sign-out", ANYONE, methods=("POST",))
def sign_out(c: Context) -> Redirect:
    """End this browser's session."""
    if c.session_id is not None:
        services.sign_out(c.session, c.actor, c.session_id, now=c.now)
    return Redirect("/sign-in", notice=msg("You are signed out."), cookies=c.portal.cookies.signed_out())
