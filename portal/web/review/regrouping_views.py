"""A proposed regrouping: the difference to what stands, each segment that it would move, and what is answered where,
before anything is changed; then taken over or discarded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask import request

from portal.kernel.errors import StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.responses import queries as responses
from portal.review import policies
from portal.review import queries as review
from portal.review.desk import Desk
from portal.submissions.law_text import spoken
from portal.suggestions import queries, runs
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import acts, suggested
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
    answers = responses.of_clusters(c.session, [one.id for one in found.changed if not one.proposed])
    moves = run.figures.get("moves")
    settled = [one for one in found.changed
               if not one.proposed and one.id in answers and answers[one.id].beyond_drafting]
    return page(
        "review/regrouping.html", desk=of, run=run, base=base, difference=found, shown=shown, place=spoken,
        later=queries.later(c.session, of.id, run_id),
        proposed=max(found.stored, moves if isinstance(moves, int) else 0),
        reasons=_reasons(c, of, run_id, [each for one in shown for each in one.coming]),
        on=c.portal.settings.analysis, answers=answers,
        answered=sum(one.comes for one in settled), left=sum(one.goes for one in settled),
        published=sum(one.comes for one in settled if answers[one.id].edition),
        whose=queries.whose(c.session, of.id, ids), triage=policies.can_triage(c.actor, of),
        first_url=base if first else None,
        next_url=f"{base}?from={first + _SHOWN}" if first + _SHOWN < len(found.changed) else None)


@area.view("/<slug>/suggestions/regrouping/<int:run_id>/moves", STAFF)
def regrouping_moves(c: Context, slug: str, run_id: int) -> Page | Redirect:
    """Every segment that would move; or those that come into a cluster, go out of it, or go into a new one or none."""
    of = desk(c, slug)
    run = queries.run(c.session, of.id, run_id)
    base = f"{of.url}suggestions/regrouping/{run_id}"
    if run.kind != "regrouping" or run.state != "done":
        return Redirect(f"{of.url}suggestions/")
    which = next((each for each in ("into", "out", "new") if number(request.args.get(each)) is not None),
                 "none" if "none" in request.args else "")
    one = number(request.args.get(which)) or 0
    after = number(request.args.get("after"))
    found, more, total = queries.moves(c.session, of.id, run_id, which, one, after=after)
    names = review.cluster_names(c.session, of.id, [one]) if which in ("into", "out") else {}
    here = f"{base}/moves?{which}={one or 1}" if which else f"{base}/moves?"
    return page(
        "review/regrouping_moves.html", desk=of, base=base, found=found, total=total, which=which, place=spoken,
        reasons=_reasons(c, of, run_id, [each.id for each in found]),
        name=names.get(one) or (found[0].proposed if found and which == "new" else None),
        first_url=here.rstrip("?") if after else None, next_url=f"{here}&after={more}" if more else None)


def _reasons(c: Context, of: Desk, run_id: int,
             ids: Collection[int]) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of these segments the words, as they stand there, and the addresses on which their moves rest."""
    found = {one: (suggested.standing(why.words, why.text), why.clauses)
             for one, why in queries.reasons(c.session, of.id, run_id, ids).items()}
    return {one: why for one, why in found.items() if any(why)}


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


@area.view("/<slug>/suggestions/regrouping/<int:run_id>/<any(apply, discard):act>", STAFF)
def instead_of_deciding(c: Context, slug: str, run_id: int, act: str) -> Redirect:
    """The address of either, opened: back to the difference, which says what became of it."""
    return Redirect(f"{desk(c, slug).url}suggestions/regrouping/{run_id}")
