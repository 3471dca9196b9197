"""The acts of triage in one consultation, the newest first, each with its undo, and what people did to proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Line:
    """A line of the history; `batch` is the act on segments, None for what was done to a proposal, which changes
    none."""

    at: datetime
    who: str
    said: Message
    batch: BatchFacts | None


@area.view("/<slug>/history", STAFF)
def history(c: Context, slug: str) -> Page:
    """What was done to segments."""
    of = desk(c, slug)
    codes = code_list.code_list(c.session, of.id)
    found, more = batches.history(c.session, of.id, before=number(request.args.get("before")))
    names = queries.cluster_names(c.session, of.id, acts.clusters_of(found))
    before = number(request.args.get("before"))
    edge = None if before is None else batches.batch(c.session, of.id, before)
    proposed = suggestions.acts_on_proposals(c.session, of.id, since=found[-1].made_at if more else None,
                                             until=edge.made_at if edge else None)
    lines = [Line(batch.made_at, batch.who, acts.said(batch, codes, names, c.locale), batch) for batch in found]
    lines += [Line(act.at, act.who, acts.said_of_proposal(act, c.locale), None) for act in proposed]
    return page("review/history.html", desk=of, triage=policies.can_triage(c.actor, of),
                lines=sorted(lines, key=lambda line: line.at, reverse=True),
                next_url=f"{of.url}history?before={more}" if more else None,
                first_url=f"{of.url}history" if request.args.get("before") else None, skipped=batches.SKIPPED)
