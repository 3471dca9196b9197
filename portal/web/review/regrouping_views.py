"""A proposed regrouping: the difference to what stands, before anything is changed; then taken over or discarded."""

from __future__ import annotations

from typing import Final

from flask import request

from portal.kernel.errors import StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.review import policies
from portal.submissions.law_text import spoken
from portal.suggestions import queries, runs
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import acts
from portal.web.review.area import area, desk, number
from portal.web.review.suggestion_views import suggestions_page

#: So many clusters that would change stand on one page.
_SHOWN: Final = 50


@area.view("/<slug>/suggestions/regrouping/<int:run_id>", STAFF)
def regrouping(c: Context, slug: str, run_id: int) -> Page | Redirect:
    """What would change."""
    of = desk(c, slug)
    run = queries.run(c.session, of.id, run_id)
    if run.kind != "regrouping" or run.state != "done":
        return Redirect(f"{of.url}suggestions/")
    found = queries.difference(c.session, of.id, run_id)
    first = number(request.args.get("from")) or 0
    shown = found.changed[first:first + _SHOWN]
    ids = [each for one in shown for each in (*one.coming, *one.going)]
    base = f"{of.url}suggestions/regrouping/{run_id}"
    return page(
        "review/regrouping.html", desk=of, run=run, base=base, difference=found, shown=shown, place=spoken,
        whose=queries.whose(c.session, of.id, ids), triage=policies.can_triage(c.actor, of),
        first_url=base if first else None,
        next_url=f"{base}?from={first + _SHOWN}" if first + _SHOWN < len(found.changed) else None)


@area.view("/<slug>/suggestions/regrouping/<int:run_id>/apply", REVIEWER, methods=("POST",))
def apply_regrouping(c: Context, slug: str, run_id: int) -> Page | Redirect:
    """Take it over, as one act that can be taken back."""
    of = desk(c, slug)
    try:
        done = runs.apply_regrouping(c.session, c.actor, of.id, run_id, now=c.now)
    except StateError as error:
        return suggestions_page(c, of, problem=error)
    return Redirect(f"{of.url}history" if done.batch_id else f"{of.url}suggestions/", notice=acts.taken_over(done))


@area.view("/<slug>/suggestions/regrouping/<int:run_id>/discard", REVIEWER, methods=("POST",))
def discard_regrouping(c: Context, slug: str, run_id: int) -> Page | Redirect:
    """Discard it."""
    of = desk(c, slug)
    try:
        runs.discard_regrouping(c.session, c.actor, of.id, run_id, now=c.now)
    except StateError as error:
        return suggestions_page(c, of, problem=error)
    return Redirect(f"{of.url}suggestions/", notice=msg("The regrouping was discarded. Nothing was changed."))
