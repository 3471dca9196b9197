"""The second factor: asked for at sign-in, set up, replaced, removed; the recovery codes.

The pages that ask for the code are reached by who has given only the password; all others, and those that change the
second factor, by who is signed in fully. A given code exchanges the session for a new one.
"""

from __future__ import annotations

from datetime import timedelta

from flask import request

from portal.accounts import policies, queries, second_factor, services, sessions, totp
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import msg, nmsg, translate
from portal.kernel.permissions import PASSWORD_GIVEN, SIGNED_IN
from portal.web.access import Area, Context
from portal.web.account.forms import CodeForm, PasswordAgainForm, RecoveryForm
from portal.web.account.qr_code import qr_code
from portal.web.account.sign_in_views import start_page_of
from portal.web.local_paths import local_path, with_next
from portal.web.results import Cookie, Page, Redirect, page
from portal.web.security_events import limit, note

area = Area("second_factor", __name__, "/account/second-factor")
_HERE = "/account/second-factor"
#: Who has just given the password is not asked for it again.
_FRESH = timedelta(minutes=30)


def _password_needed(c: Context) -> bool:
    assert c.session_id is not None
    return c.now - queries.session_began_at(c.session, c.session_id) > _FRESH


def _check_password(c: Context, form: PasswordAgainForm) -> bool:
    """Whether the password was given; the form tells what is wrong."""
    if not form.validate():
        return False
    limit(c, "password-again", c.actor.account_id)
    try:
        services.require_password(c.session, c.actor, form.password.data)
    except InvalidError as error:
        form.add_problems(error.problems)
        return False
    c.portal.limiter.forget("password-again", c.actor.account_id)
    return True


def _state_page(c: Context, following: str, *, status: int = 200, form: CodeForm | None = None,
                password: PasswordAgainForm | None = None) -> Page:
    account_id = c.actor.require_account()
    state = queries.second_factor_state(c.session, account_id)
    secret = totp.decrypted(state.pending, c.settings.secret_keys) if state.pending else None
    if secret is not None:
        address = totp.address(secret, c.actor.email, translate(msg("Consultation portal"), c.locale))
        return page("account/second_factor_set_up.html", status=status, form=form or CodeForm(next=following),
                    code=qr_code(address), address=address, secret=totp.in_groups(secret), following=following,
                    replaces=state.since is not None)
    return page(
        "account/second_factor.html", status=status, state=state, following=following, is_staff=c.actor.is_staff,
        waived=c.settings.demo, needed=c.actor.is_staff and state.since is None,
        may_remove=policies.can_remove_second_factor(c.actor).allowed,
        password_needed=state.since is not None or _password_needed(c), form=password or PasswordAgainForm())


@area.view("", PASSWORD_GIVEN)
def show(c: Context) -> Page | Redirect:
    """The code, when it is due; else how the second factor stands."""
    following = local_path(request.args.get("next"))
    if c.actor.second_factor_due:
        return page("account/second_factor_code.html", form=CodeForm(next=following), following=following)
    return _state_page(c, following)


@area.view("", PASSWORD_GIVEN, methods=("POST",))
def give_code(c: Context) -> Page | Redirect:
    """The code at sign-in."""
    account_id = c.actor.require_account()
    form = CodeForm.posted()
    following = local_path(form.next.data)
    if not c.actor.second_factor_due:
        return Redirect(following or start_page_of(c.actor))
    if form.validate():
        limit(c, "second-factor", account_id)
        if second_factor.give_code(c.session, c.actor, form.code.data, keys=c.settings.secret_keys, now=c.now):
            return _go_on(c, following)
        note(c, "account.second_factor_failed", account_id)
        form.add_problems({"code": [msg("This code is not right, or it was used already. Wait for the next one that "
                                        "your app shows.")]})
    return page("account/second_factor_code.html", status=422, form=form, following=following)


def _go_on(c: Context, following: str, notice: object = None) -> Redirect:
    c.portal.limiter.forget("second-factor", c.actor.account_id)
    return Redirect(following or start_page_of(c.actor), notice=notice, cookies=_new_session(c))


def _new_session(c: Context) -> tuple[Cookie, ...]:
    assert c.session_id is not None
    secret = sessions.exchange(c.session, c.session_id, now=c.now, second_factor=True)
    return c.portal.cookies.signed_in(secret)


@area.view("/recovery", PASSWORD_GIVEN)
def show_recovery(c: Context) -> Page | Redirect:
    """A recovery code instead."""
    following = local_path(request.args.get("next"))
    if not c.actor.second_factor_due:
        return Redirect(with_next(_HERE, following))
    return page("account/second_factor_recovery.html", form=RecoveryForm(next=following), following=following)


@area.view("/recovery", PASSWORD_GIVEN, methods=("POST",))
def give_recovery_code(c: Context) -> Page | Redirect:
    """A recovery code is good for one sign-in."""
    account_id = c.actor.require_account()
    form = RecoveryForm.posted()
    following = local_path(form.next.data)
    if not c.actor.second_factor_due:
        return Redirect(with_next(_HERE, following))
    if form.validate():
        limit(c, "second-factor", account_id)
        if second_factor.use_recovery_code(c.session, c.actor, form.recovery_code.data, now=c.now):
            left = queries.second_factor_state(c.session, account_id).recovery_codes_left
            return _go_on(c, following, nmsg(
                "You have %(n)s recovery code left. If you have lost your app, set up another second factor now.",
                "You have %(n)s recovery codes left. If you have lost your app, set up another second factor now.",
                left))
        note(c, "account.second_factor_failed", account_id, recovery=True)
        form.add_problems({"recovery_code": [msg("This is none of your recovery codes, or it was used already.")]})
    return page("account/second_factor_recovery.html", status=422, form=form, following=following)


# ------------------------------------------------------------------------------------------ set up, replace, remove


@area.view("/begin", SIGNED_IN, methods=("POST",))
def begin(c: Context) -> Page | Redirect:
    """Make a secret that waits for its first code."""
    policies.can_begin_second_factor(c.actor).require()
    following = local_path(request.form.get("next"))
    state = queries.second_factor_state(c.session, c.actor.require_account())
    form = PasswordAgainForm.posted()
    if (state.since is not None or _password_needed(c)) and not _check_password(c, form):
        return _state_page(c, following, status=422, password=form)
    second_factor.begin(c.session, c.actor, keys=c.settings.secret_keys, now=c.now)
    return Redirect(with_next(_HERE, following))


@area.view("/give-up", SIGNED_IN, methods=("POST",))
def give_up(c: Context) -> Redirect:
    """Leave the set-up; what stood before stays."""
    second_factor.give_up(c.session, c.actor)
    return Redirect(with_next(_HERE, local_path(request.form.get("next"))))


@area.view("/confirm", SIGNED_IN, methods=("POST",))
def confirm(c: Context) -> Page:
    """The first code puts it in force; the recovery codes are shown, this once."""
    account_id = c.actor.require_account()
    form = CodeForm.posted()
    following = local_path(form.next.data)
    if form.validate():
        limit(c, "second-factor", account_id)
        try:
            codes = second_factor.confirm(c.session, c.actor, form.code.data, keys=c.settings.secret_keys, now=c.now)
            c.portal.limiter.forget("second-factor", account_id)
            return page("account/recovery_codes.html", codes=codes, cookies=_new_session(c), first=True,
                        following=following or start_page_of(c.actor))
        except InvalidError as error:
            form.add_problems(error.problems)
    return _state_page(c, following, status=422, form=form)


@area.view("/codes", SIGNED_IN, methods=("POST",))
def new_codes(c: Context) -> Page:
    """Ten new recovery codes, shown this once."""
    policies.can_begin_second_factor(c.actor).require()
    form = PasswordAgainForm.posted()
    if not _check_password(c, form):
        return _state_page(c, "", status=422, password=form)
    codes = second_factor.new_recovery_codes(c.session, c.actor, now=c.now)
    return page("account/recovery_codes.html", codes=codes, first=False, following=_HERE)


@area.view("/remove", SIGNED_IN, methods=("POST",))
def remove(c: Context) -> Page | Redirect:
    """Back to the password alone; not for staff."""
    policies.can_remove_second_factor(c.actor).require()
    form = PasswordAgainForm.posted()
    if not _check_password(c, form):
        return _state_page(c, "", status=422, password=form)
    second_factor.remove(c.session, c.actor, now=c.now)
    return Redirect(_HERE, notice=msg("Your second factor is removed. You sign in with your password alone."))
