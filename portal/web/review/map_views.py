"""The map of clusters: where in the law, for or against, how many. A picture for those who see it, and the same as a
table; clusters that stand and proposed ones are told apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import request

from portal.kernel.i18n import Message, msg, translate
from portal.kernel.permissions import STAFF
from portal.kernel.words import POSITIONS
from portal.review import clause_index
from portal.review.clause_index import ClauseIndex, unit
from portal.review.desk import Desk
from portal.submissions import law_text
from portal.suggestions import queries
from portal.suggestions.queries import Bubble
from portal.web.access import Context
from portal.web.results import Bytes, Page, page
from portal.web.review.area import area, desk, number

#: So many lines of the table stand on one page.
_LINES: Final = 100
#: How wide the bubbles of one article are spread, in articles.
_SPREAD: Final = 0.8
_KINDS: Final[Mapping[str, Message]] = {"clusters": msg("Clusters"), "proposed": msg("Proposed clusters")}


@dataclass(frozen=True)
class Place:
    """An article on the map."""

    eid: str
    label: str
    order: int


@dataclass(frozen=True)
class View:
    """What an address of the map asks for: articles from one to another, main positions, kinds of cluster, order."""

    first: str
    last: str
    positions: tuple[str, ...]
    kinds: tuple[str, ...]
    sort: str

    def query(self, **more: str | int | None) -> str:
        """The address's query, with its `?`, or nothing."""
        pairs = [("from", self.first), ("to", self.last), *(("position", each) for each in self.positions),
                 *(("show", each) for each in self.kinds), ("sort", self.sort if self.sort != "law" else "")]
        pairs = [(name, value) for name, value in pairs if value and name not in more]
        pairs += [(name, str(value)) for name, value in more.items() if value is not None]
        return f"?{urlencode(pairs)}" if pairs else ""


#: How lines can be sorted: in the order of the law, or by a number, the largest first.
_SORTS: Final[Mapping[str, Any]] = {
    "law": lambda each: (each.order, -each.size),
    "size": lambda each: -each.size,
    "for": lambda each: (-each.positions.get("support", 0), -each.size),
    "against": lambda each: (-each.positions.get("oppose", 0), -each.size),
}


def _asked() -> View:
    sort = request.args.get("sort", "law")
    return View(request.args.get("from", ""), request.args.get("to", ""),
                tuple(each for each in POSITIONS if each in request.args.getlist("position")),
                tuple(each for each in _KINDS if each in request.args.getlist("show")),
                sort if sort in _SORTS else "law")


def _places(bubbles: Sequence[Bubble], clauses: ClauseIndex, locale: str) -> list[Place]:
    """The articles at which something stands, in the order of the law."""
    units = {unit(each.place) for each in bubbles}
    return [Place(each, law_text.title(each, locale), order)
            for order, each in enumerate(sorted(units, key=lambda each: (clauses.order(each), each)))]


def _chosen(bubbles: Sequence[Bubble], asked: View, places: Sequence[Place]) -> list[Bubble]:
    at = {place.eid: place.order for place in places}
    first, last = at.get(asked.first, 0), at.get(asked.last, len(places))
    if first > last:
        first, last = last, first
    return [each for each in bubbles if first <= at[unit(each.place)] <= last
            and (not asked.positions or each.main in asked.positions)
            and (not asked.kinds or ("proposed" if each.proposed else "clusters") in asked.kinds)]


def _href(of: Desk, bubble: Bubble) -> str:
    return f"{of.url}suggestions/proposals/{bubble.id}" if bubble.proposed else f"{of.url}clusters/{bubble.id}"


@area.view("/<slug>/map", STAFF)
def cluster_map(c: Context, slug: str) -> Page:
    """The map with its table. Two statements of its own, whatever the number of clusters."""
    of = desk(c, slug)
    asked = _asked()
    found = queries.bubbles(c.session, of.id)
    places = _places(found, clause_index.index(c.session, of.id), c.locale)
    chosen = sorted(_chosen(found, asked, places), key=_SORTS[asked.sort])
    start = min(number(request.args.get("line")) or 0, max(0, len(chosen) - 1)) // _LINES * _LINES
    here = f"{of.url}map"
    return page(
        "review/map.html", desk=of, asked=asked, here_url=here, places=places, kinds=_KINDS, all=len(found),
        total=len(chosen), start=start,
        lines=[(each, _href(of, each)) for each in chosen[start:start + _LINES]], place=law_text.spoken,
        data_url=f"{here}.json{asked.query(sort=None)}",
        previous_url=f"{here}{asked.query(line=start - _LINES or None)}#table" if start else None,
        next_url=f"{here}{asked.query(line=start + _LINES)}#table" if start + _LINES < len(chosen) else None)


@area.view("/<slug>/map.json", STAFF)
def map_data(c: Context, slug: str) -> Bytes:
    """What the script of the map draws: {"places": [label], "bubbles": [{"x", "y", "size", "main", "proposed", "title",
    "place", "told", "href"}]}; `x` counts articles from 0, those of one article are spread around it."""
    of = desk(c, slug)
    found = queries.bubbles(c.session, of.id)
    places = _places(found, clause_index.index(c.session, of.id), c.locale)
    chosen = _chosen(found, _asked(), places)
    units = {unit(each.place) for each in chosen}
    shown = [place for place in places if place.eid in units]
    at = {place.eid: order for order, place in enumerate(shown)}
    beside: dict[str, int] = {}
    for each in chosen:
        beside[unit(each.place)] = beside.get(unit(each.place), 0) + 1
    passed: dict[str, int] = {}
    words = {each: translate(label, c.locale) for each, label in POSITIONS.items()}
    bubbles = []
    for each in chosen:
        of_unit = unit(each.place)
        passed[of_unit] = passed.get(of_unit, 0) + 1
        spread = (passed[of_unit] / (beside[of_unit] + 1) - 0.5) * _SPREAD
        bubbles.append({
            "x": round(at[of_unit] + spread, 3), "y": round(each.balance, 3), "size": each.size, "main": each.main,
            "proposed": each.proposed, "title": each.title(c.locale), "place": law_text.spoken(each.place, c.locale),
            "told": ", ".join(f"{words[name]} {n}" for name, n in each.positions.items()), "href": _href(of, each)})
    told = {"places": [place.label for place in shown], "bubbles": bubbles}
    return Bytes(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")
