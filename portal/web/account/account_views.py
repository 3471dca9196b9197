"""A person's own account: name and language, address, password, the browsers signed in, the organisations."""

from __future__ import annotations

from flask import request

from portal.accounts import queries, services, sessions
from portal.kernel.errors import InvalidError, NotFoundError, StateError
from portal.kernel.i18n import LOCALES, msg, nmsg
from portal.kernel.permissions import SIGNED_IN
from portal.organisations import queries as organisations
from portal.web.access import Area, Context
from portal.web.account.devices import device
from portal.web.account.forms import (
    LANGUAGES,
    ChangeEmailForm,
    ChangePasswordForm,
    ProfileForm,
)
from portal.web.local_paths import local_path
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit

area = Area("account", __name__, "/account")


def _account_page(c: Context, form: ProfileForm, status: int = 200) -> Page:
    account_id = c.actor.require_account()
    return page(
        "account/account.html", status=status, form=form, account=queries.account_facts(c.session, account_id),
        second_factor=queries.second_factor_state(c.session, account_id),
        sessions=[(line, device(line.user_agent))
                  for line in queries.sessions_of(c.session, account_id, c.session_id, now=c.now)],
        organisations=organisations.organisations_of(c.session, account_id),
        waiting=organisations.waiting_for(c.session, account_id),
        requests=organisations.requests_of(c.session, account_id), is_staff=c.actor.is_staff)


@area.view("/", SIGNED_IN)
def show(c: Context) -> Page:
    """Everything of the account on one page."""
    return _account_page(c, ProfileForm(name=c.actor.name, locale=c.actor.locale))


@area.view("/profile", SIGNED_IN, methods=("POST",))
def change_profile(c: Context) -> Page | Redirect:
    """Another name or language."""
    form = ProfileForm.posted()
    try:
        services.change_profile(c.session, c.actor, name=form.name.data or "", locale=form.locale.data or "", now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _account_page(c, form, 422)
    return Redirect("/account/", notice=msg("Saved."))


@area.view("/language", SIGNED_IN)
def show_language(c: Context) -> Page:
    """A page with one button, for where only a link could stand."""
    asked = request.args.get("to")
    to = asked if asked in LOCALES else ("en" if c.locale == "ko" else "ko")
    return page("account/language.html", to=to, languages=LANGUAGES,
                following=local_path(request.args.get("next"), "/account/"))


@area.view("/language", SIGNED_IN, methods=("POST",))
def change_language(c: Context) -> Redirect:
    """Another language, and back to the page where one was."""
    services.change_language(c.session, c.actor, request.form.get("to", ""))
    return Redirect(local_path(request.form.get("next"), "/account/"))


# ---------------------------------------------------------------------------------------------------------- password


@area.view("/password", SIGNED_IN)
def show_password(c: Context) -> Page:
    """The form."""
    return page("account/password_change.html", form=ChangePasswordForm())


@area.view("/password", SIGNED_IN, methods=("POST",))
def change_password(c: Context) -> Page | Redirect:
    """A new password; other browsers are signed out, this one gets a new session."""
    form = ChangePasswordForm.posted()
    if form.validate():
        limit(c, "password-again", c.actor.account_id)
        assert c.session_id is not None
        try:
            secret = services.change_password(c.session, c.actor, c.session_id, password=form.password.data,
                                              new_password=form.new_password.data, now=c.now)
            c.portal.limiter.forget("password-again", c.actor.account_id)
            return Redirect("/account/", notice=msg("Your password is changed. All other browsers are signed out."),
                            cookies=c.portal.cookies.signed_in(secret))
        except InvalidError as error:
            form.add_problems(error.problems)
    return page("account/password_change.html", status=422, form=form)


# ----------------------------------------------------------------------------------------------------------- address


@area.view("/email", SIGNED_IN)
def show_email(c: Context) -> Page:
    """The form."""
    return page("account/email_change.html", form=ChangeEmailForm(), present=c.actor.email)


@area.view("/email", SIGNED_IN, methods=("POST",))
def ask_to_change_email(c: Context) -> Page | Redirect:
    """Mail a link to the new address; nothing changes before it is opened."""
    form = ChangeEmailForm.posted()
    if form.validate():
        limit(c, "password-again", c.actor.account_id)
        limit(c, "mail-account", c.actor.account_id)
        try:
            services.ask_to_change_email(c.session, c.actor, email=form.email.data, password=form.password.data,
                                         now=c.now)
            return Redirect("/account/", notice=msg("We have sent a link to the new address. Open it to confirm."))
        except InvalidError as error:
            form.add_problems(error.problems)
    return page("account/email_change.html", status=422, form=form, present=c.actor.email)


@area.view("/email/confirm/<token>", SIGNED_IN)
def show_new_email(c: Context, token: str) -> Page:
    """The new address, and a button."""
    target = queries.link_target(c.session, token, "confirm_email", now=c.now)
    if target is None or target.account_id != c.actor.account_id:
        return page("account/link_expired.html", status=410, what="email")
    return page("account/email_confirm.html", target=target)


@area.view("/email/confirm/<token>", SIGNED_IN, methods=("POST",))
def change_email(c: Context, token: str) -> Page | Redirect:
    """The new address is in force."""
    try:
        services.change_email(c.session, c.actor, token, now=c.now)
    except (NotFoundError, StateError):
        return page("account/link_expired.html", status=410, what="email")
    return Redirect("/account/", notice=msg("Your new e-mail address is in force. Sign in with it from now on."))


# ---------------------------------------------------------------------------------------------------------- sessions


@area.view("/sessions/<int:session_id>/end", SIGNED_IN, methods=("POST",))
def end_session(c: Context, session_id: int) -> Redirect:
    """Sign one browser out."""
    sessions.revoke(c.session, c.actor, session_id, now=c.now)
    if session_id == c.session_id:
        return Redirect("/sign-in", notice=msg("You are signed out."), cookies=c.portal.cookies.signed_out())
    return Redirect("/account/#sessions", notice=msg("That browser is signed out."))


@area.view("/sessions/end-others", SIGNED_IN, methods=("POST",))
def end_other_sessions(c: Context) -> Redirect:
    """Sign all other browsers out."""
    ended = sessions.revoke_others(c.session, c.actor, c.session_id, now=c.now)
    return Redirect("/account/#sessions", notice=nmsg("%(n)s other browser is signed out.",
                                                      "%(n)s other browsers are signed out.", ended))


