"""Staff: the ministries that a person administers, their people, roles given and ended."""

from __future__ import annotations

from flask import request

from portal.kernel.errors import InvalidError, NotFoundError
from portal.kernel.i18n import Message, msg
from portal.kernel.permissions import ADMINISTRATOR
from portal.kernel.words import STAFF_ROLES
from portal.organisations import policies, queries, staff
from portal.organisations.queries import MinistryLine, StaffLine
from portal.web.access import Area, Context
from portal.web.admin.staff_forms import AddStaffForm, GiveRolesForm
from portal.web.forms import choices
from portal.web.results import Page, Redirect, page
from portal.web.security_events import limit
from portal.web.two_languages import name_of

area = Area("staff", __name__, "/admin/staff")
_PAGE_OF_PEOPLE = 100


def _administered(c: Context) -> list[MinistryLine]:
    return queries.ministries(c.session, [ministry_id for ministry_id in c.actor.staff_roles
                                          if policies.can_administer(c.actor, ministry_id)])


def _ministry(c: Context, slug: str) -> MinistryLine:
    """The ministry, for its administrators; another's does not exist for them."""
    found = queries.ministry_by_slug(c.session, slug)
    if found is None or not policies.can_administer(c.actor, found.id):
        raise NotFoundError(msg("There is no such ministry, or you are no administrator of it."))
    return found


def _address(ministry: MinistryLine) -> str:
    return f"/admin/staff/{ministry.slug}/"


@area.view("/", ADMINISTRATOR)
def show_ministries(c: Context) -> Page | Redirect:
    """The ministries; who administers one only is shown that one."""
    administered = _administered(c)
    if len(administered) == 1:
        return Redirect(_address(administered[0]))
    return page("admin/staff_ministries.html", ministries=[
        (line, name_of(line)) for line in administered])


def _people_page(c: Context, ministry: MinistryLine, form: AddStaffForm, status: int = 200) -> Page:
    after = request.args.get("after", "")
    from_here = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    found = queries.staff_of(c.session, ministry.id, after=from_here, limit=_PAGE_OF_PEOPLE + 1)
    return page("admin/staff.html", status=status, ministry=ministry,
                name=name_of(ministry),
                people=found[:_PAGE_OF_PEOPLE], form=form, after=from_here, several=len(_administered(c)) > 1,
                next_after=found[_PAGE_OF_PEOPLE - 1].account_id if len(found) > _PAGE_OF_PEOPLE else None)


@area.view("/<slug>/", ADMINISTRATOR)
def show_people(c: Context, slug: str) -> Page:
    """The people of a ministry, and the form to add one."""
    return _people_page(c, _ministry(c, slug), AddStaffForm())


@area.view("/<slug>/", ADMINISTRATOR, methods=("POST",))
def add_person(c: Context, slug: str) -> Page | Redirect:
    """Give a person roles; who has no account gets one by mail."""
    ministry = _ministry(c, slug)
    form = AddStaffForm.posted()
    if form.validate():
        limit(c, "invitation-organisation", "ministry", ministry.id)
        try:
            given = staff.give_roles(c.session, c.actor, ministry.id, email=form.email.data, name=form.name.data or "",
                                     roles=form.roles.data or (), locale=c.locale, now=c.now)
            return Redirect(_address(ministry), notice=_told(given))
        except InvalidError as error:
            form.add_problems(error.problems)
    return _people_page(c, ministry, form, 422)


def _told(given: staff.Given) -> Message:
    if given.secret is not None:
        return msg("The account is made, and a link to choose a password was mailed.")
    if given.roles:
        return msg("The roles are given, and the person was told by mail.")
    return msg("The person held all of these roles already.")


def _person(c: Context, ministry: MinistryLine, account_id: int) -> StaffLine:
    found = queries.staff_of(c.session, ministry.id, account_id=account_id)
    if not found:
        raise NotFoundError(msg("This person holds no role at this ministry."))
    return found[0]


def _person_page(c: Context, ministry: MinistryLine, person: StaffLine, form: GiveRolesForm, status: int = 200) -> Page:
    held = {role.role for role in person.roles}
    form.roles.choices = choices({role: label for role, label in STAFF_ROLES.items() if role not in held})
    return page("admin/staff_person.html", status=status, ministry=ministry, person=person, form=form,
                name=name_of(ministry))


@area.view("/<slug>/people/<int:account_id>", ADMINISTRATOR)
def show_person(c: Context, slug: str, account_id: int) -> Page:
    """One person: the roles held, each with a button that ends it, and those that can be given."""
    ministry = _ministry(c, slug)
    return _person_page(c, ministry, _person(c, ministry, account_id), GiveRolesForm())


@area.view("/<slug>/people/<int:account_id>", ADMINISTRATOR, methods=("POST",))
def give_roles(c: Context, slug: str, account_id: int) -> Page | Redirect:
    """More roles; for a person who has not accepted the invitation yet, the mail once more."""
    ministry = _ministry(c, slug)
    person = _person(c, ministry, account_id)
    form = GiveRolesForm.posted()
    roles = form.roles.data or ([role.role for role in person.roles] if not person.confirmed else [])
    limit(c, "invitation-organisation", "ministry", ministry.id)
    try:
        given = staff.give_roles(c.session, c.actor, ministry.id, email=person.email, name=person.name, roles=roles,
                                 locale=c.locale, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _person_page(c, ministry, person, form, 422)
    return Redirect(f"{_address(ministry)}people/{account_id}", notice=_told(given))


@area.view("/<slug>/people/<int:account_id>/roles/<int:staff_role_id>/end", ADMINISTRATOR, methods=("POST",))
def end_role(c: Context, slug: str, account_id: int, staff_role_id: int) -> Redirect:
    """End one role."""
    ministry = _ministry(c, slug)
    staff.end_role(c.session, c.actor, ministry.id, staff_role_id, now=c.now)
    c.session.flush()
    still = queries.staff_of(c.session, ministry.id, account_id=account_id)
    return Redirect(f"{_address(ministry)}people/{account_id}" if still else _address(ministry),
                    notice=msg("The role is ended."))
