"""An invitation that came by mail: what it is for, and a button. Who has no account yet gets one with it."""

from __future__ import annotations

from flask import request

from portal.accounts import sessions
from portal.kernel.errors import InvalidError, NotFoundError
from portal.kernel.i18n import msg
from portal.kernel.permissions import ANYONE
from portal.organisations import members, queries
from portal.web.access import Area, Context, SecondFactorNeededError
from portal.web.account.forms import AcceptForm
from portal.web.results import Page, Redirect, page
from portal.web.two_languages import name_of

area = Area("invitation", __name__, "/invitation")


def _page(c: Context, token: str, form: AcceptForm, status: int = 200) -> Page:
    found = queries.invitation_page(c.session, token, now=c.now)
    if found is None:
        return page("account/link_expired.html", status=410, what="invitation")
    signed_in = c.actor.account_id is not None
    return page("account/invitation.html", status=status, invitation=found, form=form, token=token,
                organisation=name_of(found), signed_in=signed_in,
                fits=signed_in and c.actor.email == found.email, own_email=c.actor.email)


@area.view("/<token>", ANYONE)
def show(c: Context, token: str) -> Page:
    """What the invitation is for; opening it does nothing by itself."""
    return _page(c, token, AcceptForm())


@area.view("/<token>", ANYONE, methods=("POST",))
def accept(c: Context, token: str) -> Page | Redirect:
    """Become a member."""
    form = AcceptForm.posted()
    found = queries.invitation_page(c.session, token, now=c.now)
    if found is None:
        return page("account/link_expired.html", status=410, what="invitation")
    welcome = msg("Welcome. You are a member now.")
    there = f"/account/organisations/{found.organisation_id}/"
    try:
        if c.actor.account_id is not None and c.actor.email == found.email:
            if c.actor.second_factor_due:
                raise SecondFactorNeededError
            members.accept_invitation(c.session, c.actor, token, now=c.now)
            return Redirect(there, notice=welcome)
        if found.has_account:
            return _page(c, token, form)
        form.validate()
        joined = members.accept_with_new_account(
            c.session, token, name=form.name.data or "", password=form.password.data or "", locale=c.locale, now=c.now,
            user_agent=request.user_agent.string)
    except NotFoundError:
        return page("account/link_expired.html", status=410, what="invitation")
    except InvalidError as error:
        form.add_problems(error.problems)
        return _page(c, token, form, 422)
    assert joined.secret is not None
    if c.session_id is not None:
        sessions.end(c.session, c.session_id, now=c.now)
    return Redirect(there, notice=welcome, cookies=c.portal.cookies.signed_in(joined.secret))
