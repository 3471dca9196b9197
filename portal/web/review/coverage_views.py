"""Where a consultation stands: the coverage columns as one flow, by article and kind of organisation, under any filter.

The filter is the queue's, in the same address, so that every number leads to the list that it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import request

from portal.kernel.i18n import Message
from portal.kernel.permissions import STAFF
from portal.kernel.words import COVERAGE_STATES, ORGANISATION_KINDS, POSITIONS
from portal.review import clause_index, code_list, overview, queries, search
from portal.review.clause_index import ClauseIndex, unit
from portal.review.coverage import DONE, counting
from portal.review.desk import Desk
from portal.review.queries import Standing
from portal.submissions import law_text
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.review import filters
from portal.web.review.area import area, desk
from portal.web.review.filters import Asked

#: The facets of the queue that this page offers; the others stay in force when the address carries them.
_FACETS: Final = ("position", "clause", "kind", "tag", "language")


@dataclass(frozen=True)
class Line:
    """A row of a table: a whole that adds up from its parts. `href` leads to the whole, `hrefs` to the parts; no link
    stands where the queue could not show exactly what was counted."""

    label: str | Message
    counts: Mapping[str, int]
    href: str | None
    hrefs: Mapping[str, str]

    @property
    def total(self) -> int:
        """The whole."""
        return sum(self.counts.values())


@area.view("/<slug>/coverage", STAFF)
def coverage(c: Context, slug: str) -> Page:
    """The columns, as a whole and by article, kind of organisation and position. A constant number of statements."""
    of = desk(c, slug)
    asked = filters.read(request.args).first_page()
    clauses, codes = clause_index.index(c.session, of.id), code_list.code_list(c.session, of.id)
    wanted = search.query(of.id, c.actor.require_account(), replace(asked.filter, live=False), clauses, codes)
    standing = queries.where_we_stand(c.session, wanted)
    counts = search.counts(c.session, wanted)
    names = queries.cluster_names(c.session, of.id, set(asked.filter.clusters))
    here = f"{of.url}coverage"
    groups = {group["name"]: group for group in filters.facet_groups(asked, counts, clauses, codes, names, c.locale)}
    by_article, heat = articles(of, asked, standing, clauses, c.locale)
    positions = _added(standing.positions, standing.positions)
    slowest = max(by_article, key=_open, default=None)
    return page(
        "review/coverage.html", desk=of, asked=asked, here_url=here, standing=standing,
        received_href=_received(of, asked), hrefs=_states(of, asked), groups=[groups[name] for name in _FACETS],
        chips=filters.chips(asked, here, codes, names, c.locale), kept=filters.kept(asked, *_FACETS, "topic"),
        by_article=by_article, by_kind=kinds(of, asked, standing), heat=heat,
        positions=positions, position_hrefs={
            position: of.url + _counting(asked).narrowed(positions=(position,)).query() for position in POSITIONS},
        counting_href=of.url + _counting(asked).query(),
        warmest=max((n for line in heat for n in line.counts.values()), default=0),
        pace=overview.pace(of, standing.columns, c.now), slowest=slowest if slowest and _open(slowest) else None,
        open_of=_open, counting_of=_count_of, withheld=overview.withheld(c.session, of.id),
        waiting=queries.comments_waiting(c.session, of.id) if asked.filter.is_empty else 0)


def _open(line: Line) -> int:
    """How many segments of a row still need something."""
    return sum(n for state, n in line.counts.items() if state not in DONE)


def _count_of(line: Line) -> int:
    """How many segments of a row count."""
    return counting(line.counts)


def _received(of: Desk, asked: Asked) -> str:
    """The list of all that was received, with what does not count any more."""
    return of.url + asked.narrowed(live=False).query()


def _counting(asked: Asked) -> Asked:
    """The same without what does not count any more."""
    return asked.narrowed(live=True, coverage=tuple(each for each in asked.filter.coverage if each != "excused"))


def _states(of: Desk, asked: Asked) -> dict[str, str]:
    return {state: of.url + asked.narrowed(coverage=(state,)).query() for state in COVERAGE_STATES}


def kinds(of: Desk, asked: Asked, standing: Standing) -> list[Line]:
    """The columns by kind of organisation, in the fixed order of kinds."""
    found = []
    for kind, label in ORGANISATION_KINDS.items():
        if standing.by_kind.get(kind):
            narrowed = asked.narrowed(kinds=(kind,))
            found.append(Line(label, standing.by_kind[kind], _received(of, narrowed), _states(of, narrowed)))
    return found


def articles(of: Desk, asked: Asked, standing: Standing, clauses: ClauseIndex,
             locale: str) -> tuple[list[Line], list[Line]]:
    """By article, in the order of the law: the columns, and the positions."""
    eids: dict[str, list[str]] = {}
    for eid in sorted(standing.by_clause, key=lambda each: (clauses.order(each), each)):
        eids.setdefault(unit(eid), []).append(eid)
    columns, heat = [], []
    for of_unit, members in sorted(eids.items(), key=lambda item: (clauses.order(item[0]), item[0])):
        label = law_text.title(of_unit, locale)
        narrowed = _narrowed(asked, of_unit, members, standing.by_clause, clauses)
        if narrowed is None:
            columns.append(Line(label, _added(members, standing.by_clause), None, {}))
            heat.append(Line(label, _added(members, standing.positions), None, {}))
            continue
        counting = _counting(narrowed)
        columns.append(Line(label, _added(members, standing.by_clause), _received(of, narrowed), _states(of, narrowed)))
        heat.append(Line(label, _added(members, standing.positions), of.url + counting.query(), {
            position: of.url + counting.narrowed(positions=(position,)).query() for position in POSITIONS}))
    return columns, heat


def _narrowed(asked: Asked, of_unit: str, members: Collection[str], counted: Collection[str],
              clauses: ClauseIndex) -> Asked | None:
    """The filter that shows exactly these addresses of an article, or None where the queue has none: a chapter's own
    comments cannot be listed without those of its articles."""
    below = set(clauses.below(of_unit))
    chosen = asked.filter.clauses
    if chosen and not any(of_unit in clauses.below(each) for each in chosen):
        taken = tuple(each for each in chosen if each in below)
    else:
        taken = (of_unit,)
    shown = {eid for each in taken for eid in clauses.below(each)} & set(counted)
    return asked.narrowed(clauses=taken) if shown == set(members) else None


def _added(members: Collection[str], numbers: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for eid in members:
        for name, n in numbers.get(eid, {}).items():
            total[name] = total.get(name, 0) + n
    return total
