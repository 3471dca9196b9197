"""One campaign of near-copies: its template, and what each letter adds to it and leaves out."""

from __future__ import annotations

from flask import request

from portal.kernel.errors import ConflictError, PortalError
from portal.kernel.permissions import STAFF
from portal.responses import queries as responses
from portal.review import policies
from portal.review import queries as review
from portal.review.desk import Desk
from portal.submissions.law_text import spoken, title
from portal.suggestions import queries
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.review.area import area, desk, number
from portal.web.review.forms import ClusterForm


@area.view("/<slug>/suggestions/campaigns/<int:campaign_id>", STAFF)
def campaign(c: Context, slug: str, campaign_id: int) -> Page:
    """A campaign with its letters."""
    return campaign_page(c, desk(c, slug), campaign_id)


def campaign_page(c: Context, of: Desk, campaign_id: int, *, form: ClusterForm | None = None, into: int | None = None,
                  cut: bool = False, problem: PortalError | None = None,
                  conflict: ConflictError | None = None) -> Page:
    """The page of a campaign; with everything that was typed and chosen where an act did not succeed."""
    facts = queries.campaign(c.session, of.id, campaign_id)
    template, variants, more = queries.letters(c.session, campaign_id, after=number(request.args.get("after")))
    places = sorted({each.clause_eid for each in (*variants, *((template,) if template else ()))})
    clusters = review.nearest_clusters(c.session, of.id, places, size=300)
    named = {each.cluster_id for each in (*variants, *((template,) if template else ())) if each.cluster_id}
    names = review.cluster_names(c.session, of.id, named | ({facts.cluster_id} if facts.cluster_id else set()))
    if form is None:
        # The public reads the title: that of the proposal its letters are in, else the clause; never a letter's words.
        title_ko, title_en, place = queries.campaign_titles(c.session, campaign_id)
        form = ClusterForm(data={"version": facts.version, "title_ko": title_ko or (place and title(place, "ko")),
                                 "title_en": title_en or (place and title(place, "en"))})
        if facts.mostly_in in {each.id for each in clusters}:  # that is where people have put its letters so far
            into = facts.mostly_in
    error = problem or conflict
    base = f"{of.url}suggestions/campaigns/{campaign_id}"
    return page(
        "review/campaign.html", status=200 if error is None else error.status, desk=of, campaign=facts, base=base,
        template=template, variants=variants, clusters=clusters, names=names, place=spoken, form=form, into=into,
        answers=responses.of_clusters(c.session, [each.id for each in clusters]), cut=cut, problem=problem,
        conflict=conflict, triage=policies.can_triage(c.actor, of),
        first_url=f"{base}#letters" if request.args.get("after") else None,
        next_url=f"{base}?after={more}#letters" if more else None)
