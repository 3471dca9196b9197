"""Where the people who publish and administer begin: their ministry's consultations, and what each needs next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.consultations import policies, queries
from portal.consultations.queries import ConsultationFacts
from portal.consultations.requirements import Requirement, requirements
from portal.drafts.queries import imports_of
from portal.kernel.i18n import Message, as_deadline, msg, nmsg
from portal.kernel.permissions import STAFF
from portal.notifications import policies as of_mails
from portal.notifications import queries as mails
from portal.review.unanswered import unanswered
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.results import Page, page

area = Area("admin", __name__, "/admin")

#: Phases in the order in which they ask for attention.
_GROUPS: Final = (
    ("preparing", ("preparing",), msg("In preparation")),
    ("running", ("announced", "open", "between_periods"), msg("Announced")),
    ("closed", ("closed",), msg("Closed, under review")),
    ("concluded", ("concluded",), msg("Concluded")),
)


@dataclass(frozen=True)
class Line:
    """A consultation in the list. `next_label` says what to do next and `next_href` where; both None for nothing."""

    facts: ConsultationFacts
    phase: str
    title: str
    title_lang: str
    sentence: Message
    next_label: Message | None
    next_href: str | None
    has_import: bool
    can_manage: bool


@area.view("/", STAFF)
def show(c: Context) -> Page:
    """The consultations of one's ministries. A constant number of statements."""
    found = queries.consultations_of(c.session, c.actor.staff_roles)
    imports = imports_of(c.session, [facts.id for facts in found])
    open_questions = unanswered(c.session, [facts.id for facts in found if facts.phase(c.now) == "closed"])
    overrides = queries.holiday_overrides(c.session)
    lines = []
    for facts in found:
        lacking = [r for r in requirements(
            facts, has_draft=facts.id in imports, makes_table=imports.get(facts.id, False), now=c.now,
            overrides=overrides) if not r.met]
        lines.append(_line(c, facts, imports, lacking, open_questions.get(facts.id, 0)))
    publishes = [ministry for ministry in c.actor.staff_roles if policies.can_create(c.actor, ministry)]
    administers = bool(of_mails.administered(c.actor))
    return page(
        "admin/start.html", publishes=bool(publishes), administers=administers,
        undelivered=mails.undelivered(c.session, of_mails.whose_mails(c.actor, demo=c.settings.demo))
        if administers else None,
        several_ministries=len({facts.ministry_id for facts in found}) > 1,
        groups=[(key, label, [line for line in lines if line.phase in phases]) for key, phases, label in _GROUPS],
        empty=not lines)


def _line(c: Context, facts: ConsultationFacts, imports: Mapping[int, bool], lacking: Sequence[Requirement],
          open_questions: int) -> Line:
    phase = str(facts.phase(c.now))
    manages = policies.can_manage(c.actor, facts).allowed
    shown = wizard.title(c, facts)
    label, href = _next(c, facts, phase, facts.id in imports, lacking, open_questions)
    return Line(
        facts, phase, shown["title"], shown["title_lang"], _sentence(c, facts, phase), label,
        href if manages or (href or "").startswith("/review/") else None, facts.id in imports, manages)


def _sentence(c: Context, facts: ConsultationFacts, phase: str) -> Message:
    current, coming, last = facts.current_period(c.now), facts.next_period(c.now), facts.last_close()
    if phase == "preparing" and facts.periods:
        return msg("Planned from %(start)s to %(deadline)s", start=facts.periods[0].starts_on,
                   deadline=as_deadline(facts.periods[0].closes_at))
    if phase == "open" and current is not None:
        left = current.days_left(c.now) or 0
        if left == 0:
            return msg("Open until %(deadline)s, the last day", deadline=as_deadline(current.closes_at))
        return nmsg("Open until %(deadline)s, %(n)s day left", "Open until %(deadline)s, %(n)s days left", left,
                    deadline=as_deadline(current.closes_at))
    if coming is not None:
        return msg("Opens on %(when)s", when=coming.opens_at)
    if phase == "closed" and last is not None:
        return msg("Closed since %(deadline)s", deadline=as_deadline(last))
    if phase == "concluded":
        return msg("Concluded on %(when)s", when=facts.concluded_at)
    return msg("Begun on %(when)s", when=facts.created_at)


def _next(c: Context, facts: ConsultationFacts, phase: str, has_import: bool, lacking: Sequence[Requirement],
          open_questions: int) -> tuple[Message | None, str | None]:
    if phase == "preparing":
        if not lacking:
            return msg("Everything is there: check and announce it"), wizard.step_address(facts, "check")
        steps = [step for step, _, _ in wizard.STEPS]
        first = min(lacking, key=lambda r: steps.index(r.step) if r.step in steps else -1)
        return first.missing, wizard.step_address(facts, first.step)
    if phase == "concluded":
        return None, None
    if has_import:
        return msg("A revised text is under preview: publish it or drop it"), wizard.step_address(facts, "draft")
    if phase == "closed":
        if open_questions:
            return nmsg("%(n)s opinion still needs a published response", "%(n)s opinions still need a published "
                        "response", open_questions), f"/review/{facts.slug}/"
        return msg("Every opinion is answered: conclude it"), wizard.address(facts, "conclude")
    return None, None
