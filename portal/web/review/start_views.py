"""Where review begins: the consultations of a person's ministries, and what waits for that person at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from portal.consultations import queries as consultations
from portal.consultations.queries import ConsultationFacts
from portal.kernel.i18n import Message, as_deadline, msg, nmsg
from portal.kernel.permissions import STAFF
from portal.kernel.words import COVERAGE_STATES
from portal.responses import queries as responses
from portal.responses.queries import StepCounts
from portal.review import policies, queries
from portal.review.desk import Desk, desks_of
from portal.review.policies import READERS
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.review.area import area
from portal.web.review.waiting import waits_for

#: Phases in the order in which review is needed.
_GROUPS: Final = (
    ("running", ("closed", "open", "between_periods"), msg("Under review")),
    ("coming", ("announced", "preparing"), msg("Not open yet")),
    ("concluded", ("concluded",), msg("Concluded")),
)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person: how many of what, and the list of them."""

    words: Message
    href: str


@dataclass(frozen=True)
class Line:
    """A consultation in the list. `columns`: how many segments stand where."""

    facts: ConsultationFacts
    phase: str
    sentence: Message
    url: str
    columns: Mapping[str, int]
    hrefs: Mapping[str, str]
    waiting: tuple[Waiting, ...]


@area.view("/", STAFF)
def start(c: Context) -> Page:
    """The consultations of one's ministries. A constant number of statements."""
    ministries = [each for each in c.actor.staff_roles if c.actor.has_staff_role(each, *READERS)]
    found = consultations.consultations_of(c.session, ministries)
    ids = [facts.id for facts in found]
    desks = {each.id: each for each in desks_of(c.session, ministries)}
    columns = queries.columns_of(c.session, ids)
    steps = responses.step_counts(c.session, ids, c.actor.require_account())
    lines = [_line(c, facts, desks[facts.id], columns[facts.id], steps[facts.id]) for facts in found]
    return page(
        "review/start.html", several_ministries=len({facts.ministry_id for facts in found}) > 1, empty=not lines,
        publishes=any("publisher" in roles for roles in c.actor.staff_roles.values()),
        groups=[(key, label, [line for line in lines if line.phase in phases]) for key, phases, label in _GROUPS])


def _line(c: Context, facts: ConsultationFacts, desk: Desk, columns: Mapping[str, int], steps: StepCounts) -> Line:
    phase = str(facts.phase(c.now))
    return Line(facts, phase, _sentence(c, facts, phase), desk.url, columns,
                {state: f"{desk.url}?coverage={state}" for state in COVERAGE_STATES},
                tuple(_waiting(c, desk, columns, steps)))


def _waiting(c: Context, desk: Desk, columns: Mapping[str, int], steps: StepCounts) -> Iterator[Waiting]:
    """What a person can do next at a consultation, by role; only what there is. What one wrote oneself does not wait
    for one's own review or approval."""
    if policies.can_triage(c.actor, desk):
        if n := columns.get("untriaged", 0):
            yield Waiting(nmsg("%(n)s segment to triage", "%(n)s segments to triage", n),
                          f"{desk.url}?coverage=untriaged")
        if n := columns.get("triaged", 0):
            yield Waiting(nmsg("%(n)s segment without a disposition", "%(n)s segments without a disposition", n),
                          f"{desk.url}?coverage=triaged")
    for step in waits_for(c.actor, desk, c.now):
        if n := (steps.all if step == "approved" else steps.not_mine).get(step, 0):
            yield Waiting(_responses(step, n), f"{desk.url}responses/?step={step}")


def _responses(step: str, n: int) -> Message:
    return {
        "technical_review": nmsg("%(n)s response for technical review", "%(n)s responses for technical review", n),
        "legal_review": nmsg("%(n)s response for legal review", "%(n)s responses for legal review", n),
        "for_approval": nmsg("%(n)s response to approve", "%(n)s responses to approve", n),
        "approved": nmsg("%(n)s approved response to publish", "%(n)s approved responses to publish", n)}[step]


def _sentence(c: Context, facts: ConsultationFacts, phase: str) -> Message:
    current, coming, last = facts.current_period(c.now), facts.next_period(c.now), facts.last_close()
    if current is not None:
        left = current.days_left(c.now) or 0
        if left == 0:
            return msg("Open until %(deadline)s, the last day", deadline=as_deadline(current.closes_at))
        return nmsg("Open until %(deadline)s, %(n)s day left", "Open until %(deadline)s, %(n)s days left", left,
                    deadline=as_deadline(current.closes_at))
    if coming is not None and phase != "preparing":
        return msg("Opens on %(when)s", when=coming.opens_at)
    if phase == "closed" and last is not None:
        return msg("Closed since %(deadline)s", deadline=as_deadline(last))
    if phase == "concluded":
        return msg("Concluded on %(when)s", when=facts.concluded_at)
    return msg("Begun on %(when)s", when=facts.created_at)
