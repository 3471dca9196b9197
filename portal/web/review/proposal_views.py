"""One proposed cluster: why it is one, its segments, and what people do with it until it is accepted or dismissed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError, StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.responses import queries as responses
from portal.review import code_list, policies, search
from portal.review import queries as review
from portal.review.desk import Desk
from portal.submissions.law_text import spoken
from portal.suggestions import proposals, queries
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import acts
from portal.web.review.area import area, desk, edge, number, numbers, written
from portal.web.review.forms import ClusterForm


@area.view("/<slug>/suggestions/proposals/<int:proposal_id>", STAFF)
def proposal(c: Context, slug: str, proposal_id: int) -> Page:
    """A proposed cluster."""
    return proposal_page(c, desk(c, slug), proposal_id)


def proposal_page(c: Context, of: Desk, proposal_id: int, *, form: ClusterForm | None = None, into: int | None = None,
                  problem: PortalError | None = None, conflict: ConflictError | None = None,
                  chosen: Collection[int] = ()) -> Page:
    """The page of a proposal; with everything that was typed and chosen where an act did not succeed."""
    facts = queries.proposal(c.session, of.id, proposal_id)
    codes = code_list.code_list(c.session, of.id)
    account = c.actor.require_account()
    ids, more = queries.members(c.session, proposal_id, after=edge(request.args.get("after")))
    rows = search.rows_of(c.session, of.id, account, ids)
    standing = queries.whose(c.session, of.id, [*facts.voices, *(quote.segment_id for quote in facts.quotes)])
    clusters = review.nearest_clusters(c.session, of.id, queries.places_of(c.session, proposal_id), size=300)
    elsewhere = {row.cluster_id for row in rows if row.cluster_id is not None}
    named = review.cluster_names(c.session, of.id, elsewhere | ({facts.cluster_id} if facts.cluster_id else set()))
    error = problem or conflict
    base = f"{of.url}suggestions/proposals/{proposal_id}"
    return page(
        "review/proposal.html", status=200 if error is None else error.status, desk=of, proposal=facts, base=base,
        rows=rows, codes=codes, place=spoken, whose=standing, clusters=clusters, names=named,
        others=queries.other_proposals(c.session, of.id, proposal_id) if facts.state == "open" else (),
        triage=policies.can_triage(c.actor, of),
        answers=responses.of_clusters(c.session, [each.id for each in clusters]),
        form=form or ClusterForm(obj=facts), into=into, problem=problem, conflict=conflict, chosen=chosen,
        first_url=f"{base}#members" if request.args.get("after") else None,
        next_url=f"{base}?after={written(more)}#members" if more else None)


@area.view("/<slug>/suggestions/proposals/<int:proposal_id>/titles", REVIEWER, methods=("POST",))
def title_proposal(c: Context, slug: str, proposal_id: int) -> Page | Redirect:
    """Change the titles alone; the proposal is kept."""
    of = desk(c, slug)
    form = ClusterForm.posted()
    try:
        others = proposals.change_titles(
            c.session, c.actor, of.id, proposal_id, form.input.title_ko, form.input.title_en,
            expected_version=form.version.data or 0, now=c.now)
    except (InvalidError, ConflictError, StateError) as error:
        return proposal_page(c, of, proposal_id, form=form, **acts.not_done(error, form))
    return Redirect(f"{of.url}suggestions/proposals/{proposal_id}", notice=msg(
        "The titles were saved. The proposal is locked from now on: later analyses leave it as it is.") if others else
        msg("It has these titles already. Nothing was changed."))


#: What is told of members that went elsewhere (else they are in no proposal now), and whether others are left.
_MOVED: Final = {
    (True, True): msg("The chosen segments were moved. Both proposals are locked from now on: later analyses leave "
                      "them as they are."),
    (True, False): msg("All segments were moved. The proposal that they are in is locked from now on: later analyses "
                       "leave it as it is."),
    (False, True): msg("The chosen segments were taken out. The proposal is locked from now on: later analyses leave "
                       "it as it is."),
    (False, False): msg("All segments were taken out, so that there is no such proposal any more."),
}


@area.view("/<slug>/suggestions/proposals/<int:proposal_id>/segments", REVIEWER, methods=("POST",))
def move_proposed(c: Context, slug: str, proposal_id: int) -> Page | Redirect:
    """Split the chosen segments off, move them to another proposal, or take them out."""
    of = desk(c, slug)
    chosen = numbers(request.form.getlist("select"))
    expected, to = number(request.form.get("version")) or 0, number(request.form.get("to"))
    base = f"{of.url}suggestions/proposals/"
    act = request.form.get("act", "")
    try:
        if act == "split":
            made = proposals.split(c.session, c.actor, of.id, proposal_id, chosen, expected_version=expected, now=c.now)
            return Redirect(f"{base}{made}", notice=msg(
                "The chosen segments are a proposal of their own now. Both are locked from now on: later analyses "
                "leave them as they are."))
        if act == "move" and to is None:
            raise InvalidError(msg("Choose the proposal that they belong to."))
        proposals.move(c.session, c.actor, of.id, proposal_id, chosen, to=to if act == "move" else None,
                       expected_version=expected, now=c.now)
    except (InvalidError, ConflictError, StateError) as error:
        return proposal_page(c, of, proposal_id, chosen=chosen, **acts.not_done(error))
    stands = queries.proposal(c.session, of.id, proposal_id).state == "open"
    return Redirect(f"{base}{proposal_id}#members" if stands else f"{of.url}suggestions/#clusters",
                    notice=_MOVED[act == "move", stands])


@area.view("/<slug>/suggestions/proposals/<int:proposal_id>/keep", REVIEWER, methods=("POST",))
def keep_proposal(c: Context, slug: str, proposal_id: int) -> Page | Redirect:
    """Lock it, so that later analyses leave it alone, or unlock it."""
    of = desk(c, slug)
    kept = request.form.get("kept") == "1"
    try:
        proposals.keep(c.session, c.actor, of.id, proposal_id, kept=kept,
                       expected_version=number(request.form.get("version")) or 0, now=c.now)
    except (ConflictError, StateError) as error:
        return proposal_page(c, of, proposal_id, **acts.not_done(error))
    return Redirect(f"{of.url}suggestions/proposals/{proposal_id}", notice=msg(
        "Locked: later analyses leave this proposal as it is.") if kept else msg(
        "Unlocked: the next analysis may replace this proposal or give it another title."))
