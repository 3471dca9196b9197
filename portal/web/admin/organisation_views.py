"""Organisations for staff: which have signed up, and confirming that one is who it says."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request

from portal.kernel.errors import ConflictError, NotFoundError
from portal.kernel.i18n import current_locale, msg
from portal.kernel.permissions import ADMINISTRATOR
from portal.organisations import policies, queries, registration_number, services
from portal.organisations.facts import countries
from portal.web.access import Area, Context
from portal.web.results import Page, Redirect, page
from portal.web.two_languages import name_of

area = Area("admin_organisations", __name__, "/admin/organisations")
_PAGE = 50
_FILTERS = {"unconfirmed": False, "confirmed": True, "all": None}


@area.view("/", ADMINISTRATOR)
def show_all(c: Context) -> Page:
    """Those that wait for confirmation, or all; by name or number."""
    policies.can_confirm_organisations(c.actor).require()
    which = request.args.get("show", "")
    which = which if which in _FILTERS else "unconfirmed"
    words = request.args.get("q", "").strip()[:200]
    before = request.args.get("before", "")
    found = queries.organisations(
        c.session, confirmed=_FILTERS[which], words=words, limit=_PAGE + 1,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None)
    shown = found[:_PAGE]
    next_url = None
    if len(found) > _PAGE:
        next_url = "/admin/organisations/?" + urlencode({"show": which, "q": words, "before": shown[-1].id})
    return page("admin/staff_organisations.html", which=which, words_sought=words, next_url=next_url, lines=[
        (line, name_of(line), countries(current_locale()).get(line.country, line.country))
        for line in shown], first_url=None if not before else "/admin/organisations/?" + urlencode(
            {"show": which, "q": words}))


def _page(c: Context, organisation_id: int, *, status: int = 200, conflict: ConflictError | None = None) -> Page:
    policies.can_confirm_organisations(c.actor).require()
    found = queries.organisation_page(c.session, organisation_id)
    if found is None or found.kind == "individual":
        raise NotFoundError(msg("There is no such organisation."))
    number = found.registration_number
    return page("admin/staff_organisation.html", status=status, organisation=found, conflict=conflict,
                name=name_of(found),
                number=registration_number.with_hyphens(number) if number else None,
                country=countries(current_locale()).get(found.country, found.country),
                managers=queries.managers_of(c.session, organisation_id))


@area.view("/<int:organisation_id>/", ADMINISTRATOR)
def show(c: Context, organisation_id: int) -> Page:
    """What it says of itself, and who manages it."""
    return _page(c, organisation_id)


@area.view("/<int:organisation_id>/confirm", ADMINISTRATOR, methods=("POST",))
def confirm(c: Context, organisation_id: int) -> Page | Redirect:
    """Confirm it, or take the confirmation back. What was looked at is what is confirmed."""
    version = request.form.get("version", "")
    confirmed = request.form.get("confirmed") == "yes"
    try:
        services.confirm_organisation(
            c.session, c.actor, organisation_id, confirmed=confirmed, now=c.now,
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0)
    except ConflictError as conflict:
        return _page(c, organisation_id, status=409, conflict=conflict)
    return Redirect(f"/admin/organisations/{organisation_id}/", notice=(
        msg("The organisation is confirmed. Its name is no longer shown as self-declared.") if confirmed else
        msg("The confirmation is taken back. The name is shown as self-declared again.")))
