"""A forgotten password, and the first one of a person whose account was made by others: by a mailed link."""

from __future__ import annotations

from flask import request

from portal.accounts import queries, services
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import msg
from portal.kernel.permissions import ANYONE
from portal.web.access import Area, Context
from portal.web.account.forms import ForgotForm, NewPasswordForm
from portal.web.local_paths import local_path, with_next
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit

area = Area("password", __name__, "/password")
_PURPOSES = ("reset_password", "accept_invitation")


@area.view("/forgot", ANYONE)
def show_forgot(c: Context) -> Page:
    """The form."""
    return page("account/password_forgot.html", form=ForgotForm(next=local_path(request.args.get("next"))))


@area.view("/forgot", ANYONE, methods=("POST",))
def forgot(c: Context) -> Page | Redirect:
    """Mail a link, or that there is no account: the page says the same."""
    form = ForgotForm.posted()
    form.next.data = following = local_path(form.next.data)
    if form.validate():
        try:
            services.refuse_if(services.problems_of(email=form.email.data))
            limit(c, "mail-account", form.email.data.strip().lower())
            services.ask_for_password_reset(c.session, email=form.email.data, locale=c.locale, following=following,
                                            now=c.now)
            return Redirect(with_next("/password/sent", following))
        except InvalidError as error:
            form.add_problems(error.problems)
    return page("account/password_forgot.html", status=422, form=form)


@area.view("/sent", ANYONE)
def sent(c: Context) -> Page:
    """Look into your mail."""
    return page("account/password_sent.html", following=local_path(request.args.get("next")))


@area.view("/reset/<token>", ANYONE)
def show_reset(c: Context, token: str) -> Page:
    """The form behind the mailed link."""
    target = queries.link_target(c.session, token, *_PURPOSES, now=c.now)
    if target is None:
        return page("account/link_expired.html", status=410, what="password")
    return page("account/password_reset.html", form=NewPasswordForm(), target=target)


@area.view("/reset/<token>", ANYONE, methods=("POST",))
def reset(c: Context, token: str) -> Page | Redirect:
    """The new password; every session of the account ends."""
    target = queries.link_target(c.session, token, *_PURPOSES, now=c.now)
    if target is None:
        return page("account/link_expired.html", status=410, what="password")
    form = NewPasswordForm.posted()
    if form.validate():
        try:
            services.set_password_by_link(c.session, token, password=form.password.data, now=c.now)
            c.portal.limiter.forget("sign-in-account", target.account_email)
            following = local_path(request.args.get("next"))
            return Redirect(with_next("/sign-in", following), notice=msg("Your new password is set. Sign in with it."),
                            cookies=c.portal.cookies.signed_out())
        except InvalidError as error:
            form.add_problems(error.problems)
    return page("account/password_reset.html", status=422, form=form, target=target)
