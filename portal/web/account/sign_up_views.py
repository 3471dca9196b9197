"""Signing up: a person and an organisation in one form; then the link in the mail, and the password once more.

The answer to the form is the same whether or not there is such an account or organisation.
"""

from __future__ import annotations

from flask import request

from portal.accounts import sessions
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import ANYONE
from portal.organisations import queries, sign_up
from portal.web.access import Area, Context
from portal.web.account.forms import ConfirmSignUpForm, SignUpForm
from portal.web.local_paths import local_path, with_next
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit

area = Area("sign_up", __name__)


@area.view("/sign-up", ANYONE)
def show(c: Context) -> Page:
    """The form."""
    return page("account/sign_up.html", form=SignUpForm(next=local_path(request.args.get("next"))))


@area.view("/sign-up", ANYONE, methods=("POST",))
def start(c: Context) -> Page | Redirect:
    """Keep what was typed and mail the link."""
    form = SignUpForm.posted()
    form.validate()
    form.next.data = following = local_path(form.next.data)
    limit(c, "sign-up-address", request.remote_addr)
    try:
        # What can be wrong is told before the address is counted: mistakes do not use up its mails.
        sign_up.check(name=form.name.data or "", email=form.email.data or "", password=form.password.data or "",
                      facts=form.facts())
        limit(c, "mail-account", (form.email.data or "").strip().lower())
        sign_up.start(c.session, name=form.name.data or "", email=form.email.data or "",
                      password=form.password.data or "", facts=form.facts(), locale=c.locale, following=following,
                      now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return page("account/sign_up.html", status=422, form=form)
    return Redirect(with_next("/sign-up/sent", following))


@area.view("/sign-up/sent", ANYONE)
def sent(c: Context) -> Page:
    """Look into your mail."""
    return page("account/sign_up_sent.html", following=local_path(request.args.get("next")))


@area.view("/sign-up/confirm/<token>", ANYONE)
def show_confirmation(c: Context, token: str) -> Page:
    """What was typed, and a button: opening the link does nothing by itself."""
    waiting = queries.sign_up_page(c.session, token, now=c.now)
    if waiting is None:
        return page("account/link_expired.html", status=410, what="sign_up")
    return page("account/sign_up_confirm.html", form=ConfirmSignUpForm(), waiting=waiting)


@area.view("/sign-up/confirm/<token>", ANYONE, methods=("POST",))
def confirm(c: Context, token: str) -> Page | Redirect:
    """Make the account, declare the organisation, sign in, and go on to the page for which one signed up."""
    form, following = ConfirmSignUpForm.posted(), local_path(request.args.get("next"))
    waiting = queries.sign_up_page(c.session, token, now=c.now)
    if waiting is None:
        return page("account/link_expired.html", status=410, what="sign_up")
    if not form.validate():
        return page("account/sign_up_confirm.html", status=422, form=form, waiting=waiting)
    limit(c, "sign-in-account", waiting.email)
    try:
        done = sign_up.confirm(c.session, token, password=form.password.data, now=c.now,
                               user_agent=request.user_agent.string)
    except NotFoundError:
        return page("account/link_expired.html", status=410, what="sign_up")
    except StateError as error:
        return Redirect(with_next("/sign-in", following), notice=error.message)
    except InvalidError as error:
        form.add_problems(error.problems)
        return page("account/sign_up_confirm.html", status=422, form=form, waiting=waiting)
    c.portal.limiter.forget("sign-in-account", waiting.email)
    if c.session_id is not None:
        sessions.end(c.session, c.session_id, now=c.now)
    notice = (msg("Your account is ready, and so is your organisation.") if done.organisation_id is not None else
              msg("Your account is ready. Your organisation's managers have been asked to let you in."))
    return Redirect(following or "/account/", notice=notice, cookies=c.portal.cookies.signed_in(done.secret))
