"""A person's organisations: registering one, its facts, its members, invitations and requests to join."""

from __future__ import annotations

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import current_locale, msg
from portal.kernel.permissions import SIGNED_IN
from portal.organisations import members, policies, queries, registration_number, services
from portal.organisations.facts import countries
from portal.organisations.queries import OrganisationPage
from portal.web.access import Area, Context
from portal.web.account.forms import FactsForm, InviteForm, OrganisationForm, RolesForm
from portal.web.local_paths import local_path
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit
from portal.web.two_languages import name_of

area = Area("organisation", __name__, "/account/organisations")
_PAGE_OF_MEMBERS = 100


def _address(organisation_id: int) -> str:
    return f"/account/organisations/{organisation_id}/"


def _organisation(c: Context, organisation_id: int) -> OrganisationPage:
    """The organisation, for its members; for others there is none."""
    found = (queries.organisation_page(c.session, organisation_id)
             if policies.can_see_organisation(c.actor, organisation_id) else None)
    if found is None:
        raise NotFoundError(msg("There is no such organisation, or you are no member of it."))
    return found


def _shown_number(digits: str | None) -> str:
    return registration_number.with_hyphens(digits) if digits else ""


def _version(raw: str | None) -> int:
    """The version that a form was made from; 0, which is always stale, for what is none."""
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 10 else 0


# ------------------------------------------------------------------------------------------------------- registering


@area.view("/new", SIGNED_IN)
def show_new(c: Context) -> Page:
    """The form for another organisation."""
    return page("account/organisation_new.html", form=OrganisationForm())


@area.view("/new", SIGNED_IN, methods=("POST",))
def declare(c: Context) -> Page | Redirect:
    """Found it, or ask the managers of the one that it seems to be; then on to the page that was asked for before."""
    following = local_path(request.args.get("next"))
    form = OrganisationForm.posted()
    form.validate()
    try:
        limit(c, "sign-up-address", "account", c.actor.account_id)
        if form.kind.data == "individual":
            return _individual(c, following)
        done = services.declare_organisation(c.session, c.actor, form.facts(), now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return page("account/organisation_new.html", status=422, form=form)
    if done.organisation_id is not None:
        return Redirect(following or _address(done.organisation_id),
                        notice=msg("The organisation is registered. You manage it."))
    return Redirect(following or "/account/#organisations",
                    notice=msg("The organisation's managers have been asked to let you in."))


@area.view("/individual", SIGNED_IN, methods=("POST",))
def file_as_individual(c: Context) -> Redirect:
    """Who files for nobody else can begin at once."""
    return _individual(c, local_path(request.form.get("next")))


def _individual(c: Context, following: str) -> Redirect:
    organisation_id = services.file_as_individual(c.session, c.actor, now=c.now)
    return Redirect(following or _address(organisation_id), notice=msg("You can file as an individual now."))


# ------------------------------------------------------------------------------------------------------ the page of one


def _page(c: Context, organisation_id: int, *, status: int = 200, invite: InviteForm | None = None) -> Page:
    organisation = _organisation(c, organisation_id)
    manages = policies.can_manage_organisation(c.actor, organisation_id).allowed
    after = request.args.get("after", "")
    from_here = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    found = queries.members_of(c.session, organisation_id, after=from_here, limit=_PAGE_OF_MEMBERS + 1)
    return page(
        "account/organisation.html", status=status, organisation=organisation, manages=manages,
        name=name_of(organisation),
        number=_shown_number(organisation.registration_number),
        country=countries(current_locale()).get(organisation.country, organisation.country),
        members=found[:_PAGE_OF_MEMBERS], after=from_here, own_account=c.actor.account_id,
        next_after=found[_PAGE_OF_MEMBERS - 1].membership_id if len(found) > _PAGE_OF_MEMBERS else None,
        invitations=queries.invitations_of(c.session, organisation_id, now=c.now) if manages else [],
        requests=queries.requests_for(c.session, organisation_id) if manages else [],
        invite=invite or InviteForm(roles=["drafter"]))


@area.view("/<int:organisation_id>/", SIGNED_IN)
def show(c: Context, organisation_id: int) -> Page:
    """Facts and members; for managers, everything that can be done with them."""
    return _page(c, organisation_id)


@area.view("/<int:organisation_id>/facts", SIGNED_IN)
def show_facts(c: Context, organisation_id: int) -> Page:
    """The form of its facts."""
    organisation = _organisation(c, organisation_id)
    policies.can_manage_organisation(c.actor, organisation_id).require()
    return _facts_page(organisation, _facts_form(organisation))


def _facts_form(organisation: OrganisationPage) -> FactsForm:
    return FactsForm(
        kind=organisation.kind, organisation_name_ko=organisation.name_ko, organisation_name_en=organisation.name_en,
        country=organisation.country, registration_number=_shown_number(organisation.registration_number),
        member_count="" if organisation.member_count is None else str(organisation.member_count),
        show_full_name=organisation.show_full_name, version=str(organisation.version))


def _facts_page(organisation: OrganisationPage, form: FactsForm, *, status: int = 200,
                conflict: ConflictError | None = None) -> Page:
    if organisation.kind != "individual":
        form.kind.choices = [choice for choice in form.kind.choices if choice.value != "individual"]
    return page("account/organisation_facts.html", status=status, organisation=organisation, form=form,
                name=name_of(organisation), conflict=conflict, countries=countries(current_locale()),
                number_now=_shown_number(conflict.theirs["registration_number"]) if conflict else None)


@area.view("/<int:organisation_id>/facts", SIGNED_IN, methods=("POST",))
def change_facts(c: Context, organisation_id: int) -> Page | Redirect:
    """Other facts; a stale form shows both states and keeps what was typed."""
    organisation = _organisation(c, organisation_id)
    form = FactsForm.posted()
    form.validate()
    try:
        services.change_organisation(c.session, c.actor, organisation_id, form.facts(),
                                     version=_version(form.version.data), now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _facts_page(organisation, form, status=422)
    except ConflictError as conflict:
        # What was typed stays in the form, which now counts from the newer state: sending it again is a decision.
        form.version.data = str(conflict.version)
        return _facts_page(organisation, form, status=409, conflict=conflict)
    return Redirect(_address(organisation_id), notice=msg("Saved."))


# ------------------------------------------------------------------------------------------------------------ members


@area.view("/<int:organisation_id>/invitations", SIGNED_IN, methods=("POST",))
def invite(c: Context, organisation_id: int) -> Page | Redirect:
    """Mail a colleague an invitation."""
    _organisation(c, organisation_id)
    form = InviteForm.posted()
    if form.validate():
        policies.can_manage_organisation(c.actor, organisation_id).require()
        limit(c, "invitation-organisation", organisation_id)
        try:
            members.invite(c.session, c.actor, organisation_id, email=form.email.data, roles=form.roles.data or (),
                           now=c.now)
            return Redirect(_address(organisation_id), notice=msg("The invitation is on its way."))
        except InvalidError as error:
            form.add_problems(error.problems)
    return _page(c, organisation_id, status=422, invite=form)


@area.view("/<int:organisation_id>/invitations/<int:invitation_id>/withdraw", SIGNED_IN, methods=("POST",))
def withdraw_invitation(c: Context, organisation_id: int, invitation_id: int) -> Redirect:
    """The mailed link stops working."""
    members.withdraw_invitation(c.session, c.actor, organisation_id, invitation_id, now=c.now)
    return Redirect(_address(organisation_id), notice=msg("The invitation is withdrawn."))


@area.view("/<int:organisation_id>/requests/<int:request_id>", SIGNED_IN, methods=("POST",))
def decide_request(c: Context, organisation_id: int, request_id: int) -> Redirect:
    """Let somebody in, or not."""
    accept = request.form.get("decision") == "accept"
    members.decide_request(c.session, c.actor, organisation_id, request_id, accept=accept,
                           roles=request.form.getlist("roles"), now=c.now)
    return Redirect(_address(organisation_id), notice=msg("The person is a member now.") if accept else
                    msg("The request is declined."))


def _member_page(c: Context, organisation_id: int, membership_id: int, form: RolesForm | None = None, *,
                 status: int = 200, conflict: ConflictError | None = None) -> Page:
    organisation = _organisation(c, organisation_id)
    found = queries.member(c.session, organisation_id, membership_id)
    if found is None:
        raise NotFoundError(msg("There is no such member of this organisation any more."))
    last_manager = "manager" in found.roles and organisation.managers == 1
    return page(
        "account/member.html", status=status, organisation=organisation, member=found, conflict=conflict,
        name=name_of(organisation), own=found.account_id == c.actor.account_id,
        form=form or RolesForm(roles=list(found.roles), version=str(found.version)),
        manages=policies.can_manage_organisation(c.actor, organisation_id).allowed,
        ending=policies.can_end_membership(c.actor, organisation_id, found.account_id, last_manager=last_manager))


@area.view("/<int:organisation_id>/members/<int:membership_id>", SIGNED_IN)
def show_member(c: Context, organisation_id: int, membership_id: int) -> Page:
    """One member: roles, and the end of the membership."""
    return _member_page(c, organisation_id, membership_id)


@area.view("/<int:organisation_id>/members/<int:membership_id>", SIGNED_IN, methods=("POST",))
def change_roles(c: Context, organisation_id: int, membership_id: int) -> Page | Redirect:
    """Other roles."""
    form = RolesForm.posted()
    form.validate()
    try:
        members.change_roles(c.session, c.actor, organisation_id, membership_id, form.roles.data or (),
                             version=_version(form.version.data), now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _member_page(c, organisation_id, membership_id, form, status=422)
    except ConflictError as conflict:
        form.version.data = str(conflict.version)
        return _member_page(c, organisation_id, membership_id, form, status=409, conflict=conflict)
    return Redirect(_address(organisation_id), notice=msg("The roles are changed."))


@area.view("/<int:organisation_id>/members/<int:membership_id>/end", SIGNED_IN, methods=("POST",))
def end_membership(c: Context, organisation_id: int, membership_id: int) -> Redirect:
    """A member leaves, or is taken out."""
    found = queries.member(c.session, organisation_id, membership_id)
    members.end_membership(c.session, c.actor, organisation_id, membership_id, now=c.now)
    if found is not None and found.account_id == c.actor.account_id:
        return Redirect("/account/", notice=msg("You have left the organisation."))
    return Redirect(_address(organisation_id), notice=msg("The membership is ended."))
