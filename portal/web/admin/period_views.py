"""Comment periods: the first one with its computed deadline, extensions, further periods; and the ad-hoc holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import request

from portal.consultations import periods, policies, queries, services
from portal.consultations.queries import ConsultationFacts, PeriodFacts
from portal.drafts import queries as drafts
from portal.drafts.queries import ClauseFacts
from portal.kernel.clock import SEOUL
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import Message, as_deadline, msg, show
from portal.kernel.permissions import PUBLISHER
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.calendar_months import Month, months_of
from portal.web.admin.consultation_forms import ExtensionForm, FurtherPeriodForm, HolidayForm, PeriodForm
from portal.web.admin.consultation_views import wants_preview
from portal.web.results import Page, Redirect, page

area = Area("admin_periods", __name__, "/admin")


class Computed:
    """What the page shows beside the form: the deadline with its explanation, what the law says, the calendar."""

    def __init__(self, kind: str, form: PeriodForm, overrides: tuple[periods.DayOverride, ...]) -> None:
        self.minimum = periods.minimum_days(kind)
        self.result: periods.PeriodComputation | None = None
        self.months: tuple[Month, ...] = ()
        self.problem: Message | None = None
        self.remarks: list[periods.LengthRemark] = []
        self.is_short = False
        entry = form.entry()
        if entry is None:
            return
        self.remarks = periods.check_length(kind, entry.days, agreement_record=entry.short_period_record,
                                            urgency_reason=entry.short_period_record)
        self.is_short = entry.days < self.minimum
        try:
            self.result = periods.deadline(entry.starts_on, entry.days, overrides)
        except (ValueError, OverflowError):
            self.problem = msg("A notice runs at least one day and at most ten years.")
            return
        self.months = months_of(self.result, overrides)


def _period_page(c: Context, facts: ConsultationFacts, form: PeriodForm, *, status: int = 200,
                 conflict: ConflictError | None = None) -> Page:
    overrides = queries.holiday_overrides(c.session)
    return page("admin/consultation_period.html", status=status, form=form,
                computed=Computed(facts.kind, form, overrides), overrides=overrides, today=_today(c),
                **wizard.frame(c, facts, "period", form, conflict))


def _today(c: Context) -> date:
    return c.now.astimezone(SEOUL).date()


@area.view("/consultations/<slug>/period", PUBLISHER)
def show_period(c: Context, slug: str) -> Page:
    """The first comment period. Without one stored: today and the law's days."""
    facts = wizard.in_preparation(c, slug)
    values: dict[str, Any] = {"version": str(facts.version)}
    if facts.periods:
        period = facts.periods[0]
        values |= {"starts_on": period.starts_on, "days": period.days,
                   "short_period_record": period.short_period_record}
    else:
        values |= {"starts_on": _today(c), "days": periods.minimum_days(facts.kind)}
    return _period_page(c, facts, PeriodForm(data=values))


@area.view("/consultations/<slug>/period", PUBLISHER, methods=("POST",))
def save_period(c: Context, slug: str) -> Page | Redirect:
    """Compute, or save."""
    facts = wizard.in_preparation(c, slug)
    form = PeriodForm.posted()
    readable = form.validate()
    if wants_preview():
        return _period_page(c, facts, form)
    entry = form.entry()
    if not readable or entry is None:
        return _period_page(c, facts, form, status=422)
    try:
        facts = services.set_period(c.session, c.actor, facts.id, entry, version=form.seen_version, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _period_page(c, facts, form, status=422)
    except ConflictError as error:
        return _period_page(c, facts, form, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "rule"), notice=msg(
        "Saved. Comments can be filed until %(deadline)s.", deadline=as_deadline(facts.periods[0].closes_at)))


# ------------------------------------------------------------------------------------------------------------ extending


def _period(facts: ConsultationFacts, number: int) -> PeriodFacts:
    for period in facts.periods:
        if period.number == number:
            return period
    raise NotFoundError(msg("There is no such comment period."))


def _extension_page(c: Context, facts: ConsultationFacts, period: PeriodFacts, form: ExtensionForm, *,
                    status: int = 200, conflict: ConflictError | None = None) -> Page:
    chosen = form.last_day.data
    closes_at: datetime | None = None
    if isinstance(chosen, date):
        closes_at = services.extended_close(c.session, period, chosen)
    return page("admin/consultation_extend.html", status=status, form=form, conflict=conflict, consultation=facts,
                base=wizard.address(facts), period=period, new_closes_at=closes_at, chosen=chosen,
                rolled=closes_at is not None and closes_at != periods.midnight_after(chosen),
                **wizard.title(c, facts))


@area.view("/consultations/<slug>/periods/<int:number>/extend", PUBLISHER)
def show_extension(c: Context, slug: str, number: int) -> Page:
    """A later last day, with the reason that the public reads."""
    facts = wizard.of_publisher(c, slug)
    period = _period(facts, number)
    policies.can_extend(c.actor, facts, period, c.now).require()
    return _extension_page(c, facts, period, ExtensionForm(data={"version": str(facts.version)}))


@area.view("/consultations/<slug>/periods/<int:number>/extend", PUBLISHER, methods=("POST",))
def extend(c: Context, slug: str, number: int) -> Page | Redirect:
    """Extend it."""
    facts = wizard.of_publisher(c, slug)
    period = _period(facts, number)
    policies.can_extend(c.actor, facts, period, c.now).require()
    form = ExtensionForm.posted()
    readable = form.validate()
    if wants_preview():
        return _extension_page(c, facts, period, form)
    try:
        facts = services.extend_period(
            c.session, c.actor, facts.id, period.id, last_day=form.last_day.data if readable else None,
            reason_ko=form.reason_ko.data or "", reason_en=form.reason_en.data or "",
            version=form.seen_version, now=c.now)
    except InvalidError as error:
        # A day that could not be read was said to be so by the form.
        form.add_problems({name: found for name, found in error.problems.items() if readable or name != "last_day"})
        return _extension_page(c, facts, period, form, status=422)
    except ConflictError as error:
        form.version.data = str(error.version)
        facts = queries.consultation(c.session, facts.id)
        return _extension_page(c, facts, _period(facts, number), form, status=409, conflict=error)
    return Redirect(wizard.address(facts), notice=msg(
        "Extended. Comments can be filed until %(deadline)s.",
        deadline=as_deadline(_period(facts, number).closes_at)))


# ---------------------------------------------------------------------------------------------------- a further period


def _choices(c: Context, facts: ConsultationFacts) -> tuple[ClauseFacts, ...]:
    """What notice can be given of again: articles, addenda and annexes of the newest version, with all below them."""
    newest = drafts.latest_version(c.session, facts.id)
    return () if newest is None else drafts.clauses(c.session, newest.id)


def _scope(chosen: list[str], clauses: tuple[ClauseFacts, ...]) -> list[str]:
    """The chosen clauses with everything below them, in the order of the text."""
    taken: set[str] = set()
    for clause in clauses:
        if clause.eid in chosen or clause.parent_eid in taken:
            taken.add(clause.eid)
    return [clause.eid for clause in clauses if clause.eid in taken]


def _further_page(c: Context, facts: ConsultationFacts, form: FurtherPeriodForm, *, status: int = 200,
                  conflict: ConflictError | None = None) -> Page:
    overrides = queries.holiday_overrides(c.session)
    tops = [clause for clause in _choices(c, facts)
            if clause.kind in ("article", "annex", "form", "addendum") and not (
                clause.kind == "article" and clause.eid.startswith("addenda"))]
    return page("admin/consultation_further_period.html", status=status, form=form, conflict=conflict,
                consultation=facts, base=wizard.address(facts), computed=Computed(facts.kind, form, overrides),
                overrides=overrides, clauses=tops, chosen=set(form.scope.data or ()), today=_today(c),
                **wizard.title(c, facts))


@area.view("/consultations/<slug>/periods/new", PUBLISHER)
def show_further(c: Context, slug: str) -> Page:
    """Notice given again: a further period, over all of the text or some articles."""
    facts = wizard.of_publisher(c, slug)
    policies.can_add_period(c.actor, facts).require()
    last = facts.last_close()
    earliest = _today(c) if last is None else max(_today(c), last.astimezone(SEOUL).date())
    return _further_page(c, facts, FurtherPeriodForm(data={
        "version": str(facts.version), "starts_on": earliest, "days": periods.minimum_days(facts.kind),
        "over": "all"}))


@area.view("/consultations/<slug>/periods/new", PUBLISHER, methods=("POST",))
def add_further(c: Context, slug: str) -> Page | Redirect:
    """Add it."""
    facts = wizard.of_publisher(c, slug)
    policies.can_add_period(c.actor, facts).require()
    form = FurtherPeriodForm.posted()
    readable = form.validate()
    if wants_preview():
        return _further_page(c, facts, form)
    entry = form.entry()
    if not readable or entry is None:
        return _further_page(c, facts, form, status=422)
    scope = None if form.over.data != "some" else _scope(form.scope.data or [], _choices(c, facts))
    try:
        facts = services.add_period(c.session, c.actor, facts.id, entry, scope=scope, version=form.seen_version,
                                    now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _further_page(c, facts, form, status=422)
    except ConflictError as error:
        form.version.data = str(error.version)
        return _further_page(c, queries.consultation(c.session, facts.id), form, status=409, conflict=error)
    return Redirect(wizard.address(facts), notice=msg(
        "The further period is public. Comments can be filed until %(deadline)s.",
        deadline=as_deadline(facts.periods[-1].closes_at)))


# ------------------------------------------------------------------------------------------------------------- holidays


def _holidays_page(c: Context, form: HolidayForm, *, status: int = 200) -> Page:
    return page("admin/holidays.html", status=status, form=form, overrides=queries.holiday_overrides(c.session),
                known=_known_holidays(c))


def _known_holidays(c: Context) -> list[tuple[date, str]]:
    """The public holidays of the coming months that the calendar knows by itself."""
    first = _today(c)
    days = (first + timedelta(days=n) for n in range(183))
    found = ((day, periods.why_no_working_day(day, {})) for day in days)
    return [(day, show(why)) for day, why in found if why is not None and not isinstance(why, Message)]


@area.view("/holidays/", PUBLISHER)
def show_holidays(c: Context) -> Page:
    """The ad-hoc days that deadlines are computed with."""
    policies.can_keep_calendar(c.actor).require()
    return _holidays_page(c, HolidayForm())


@area.view("/holidays/", PUBLISHER, methods=("POST",))
def save_holiday(c: Context) -> Page | Redirect:
    """Enter one, or correct it."""
    form = HolidayForm.posted()
    if not form.validate():
        return _holidays_page(c, form, status=422)
    try:
        services.set_holiday(c.session, c.actor, day=form.day.data, is_holiday=form.is_holiday.data != "no",
                             name_ko=form.name_ko.data or "", name_en=form.name_en.data or "", now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _holidays_page(c, form, status=422)
    return Redirect("/admin/holidays/", notice=msg("Entered. Deadlines that were announced stay as they are."))


@area.view("/holidays/remove", PUBLISHER, methods=("POST",))
def remove_holiday(c: Context) -> Redirect:
    """Take one out again."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise NotFoundError(msg("There is no such day in the calendar.")) from None
    services.remove_holiday(c.session, c.actor, day=day, now=c.now)
    return Redirect("/admin/holidays/", notice=msg("Removed. Deadlines that were announced stay as they are."))
