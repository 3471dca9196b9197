"""The acts of triage in one consultation, the newest first, each with its undo, and what people did to proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Final
from urllib.parse import urlencode

from flask import request

from portal.kernel.i18n import Message
from portal.kernel.permissions import STAFF
from portal.review import batches, code_list, policies, queries
from portal.review.batches import BatchFacts
from portal.suggestions import queries as suggestions
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.review import acts
from portal.web.review.area import area, desk, number

#: So many stand on a page.
LINES: Final = 50


@dataclass(frozen=True)
class Line:
    """A line of the history; `batch` is the act on segments, None for what was done to a proposal, which changes
    none; `number` is its number among its like."""

    number: int
    at: datetime
    who: str
    said: Message
    batch: BatchFacts | None


@area.view("/<slug>/history", STAFF)
def history(c: Context, slug: str) -> Page:
    """What was done to segments."""
    of = desk(c, slug)
    codes = code_list.code_list(c.session, of.id)
    before = {name: number(request.args.get(name)) for name in ("before", "proposals")}
    found, more = batches.history(c.session, of.id, before=before["before"], size=LINES)
    proposed, more_proposed = suggestions.acts_on_proposals(c.session, of.id, before=before["proposals"], size=LINES)
    names = queries.cluster_names(c.session, of.id, acts.clusters_of(found))
    # Each list goes on where it was shown to: what does not stand on this page stands on the next.
    both = list(merge(
        [Line(batch.id, batch.made_at, batch.who, acts.said(batch, codes, names, c.locale), batch) for batch in found],
        [Line(act.id, act.at, act.who, acts.said_of_proposal(act, c.locale), None) for act in proposed],
        key=lambda line: line.at, reverse=True))
    lines = both[:LINES]
    after = before | {"before" if line.batch else "proposals": line.number for line in lines}
    going_on = urlencode({name: value for name, value in after.items() if value is not None})
    return page("review/history.html", desk=of, triage=policies.can_triage(c.actor, of), lines=lines,
                next_url=f"{of.url}history?{going_on}" if more or more_proposed or both[LINES:] else None,
                first_url=f"{of.url}history" if any(before.values()) else None, skipped=batches.SKIPPED)
