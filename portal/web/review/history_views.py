"""The acts of triage in one consultation, the newest first, each with its undo."""

from __future__ import annotations

from flask import request

from portal.kernel.permissions import STAFF
from portal.review import batches, code_list, policies, queries
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.review import acts
from portal.web.review.area import area, desk, number


@area.view("/<slug>/history", STAFF)
def history(c: Context, slug: str) -> Page:
    """What was done to segments."""
    of = desk(c, slug)
    codes = code_list.code_list(c.session, of.id)
    found, more = batches.history(c.session, of.id, before=number(request.args.get("before")))
    names = queries.cluster_names(c.session, of.id, acts.clusters_of(found))
    return page("review/history.html", desk=of, triage=policies.can_triage(c.actor, of),
                lines=[(batch, acts.said(batch, codes, names, c.locale)) for batch in found],
                next_url=f"{of.url}history?before={more}" if more else None,
                first_url=f"{of.url}history" if request.args.get("before") else None, skipped=batches.SKIPPED)
