"""One campaign of near-copies: its template, and what each letter adds to it and leaves out."""

from __future__ import annotations

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError, StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.review import policies
from portal.review import queries as review
from portal.review.desk import Desk
from portal.submissions.law_text import spoken
from portal.suggestions import campaigns, queries
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import acts
from portal.web.review.area import area, desk, number
from portal.web.review.forms import ClusterForm

#: A campaign has no title of its own: one is offered that begins as its template does.
_TITLE = 60


@area.view("/<slug>/suggestions/campaigns/<int:campaign_id>", STAFF)
def campaign(c: Context, slug: str, campaign_id: int) -> Page:
    """A campaign with its letters."""
    return _page(c, desk(c, slug), campaign_id)


def _page(c: Context, of: Desk, campaign_id: int, *, form: ClusterForm | None = None, into: int | None = None,
          cut: bool = True, problem: PortalError | None = None, conflict: ConflictError | None = None) -> Page:
    facts = queries.campaign(c.session, of.id, campaign_id)
    template, variants, more = queries.letters(c.session, campaign_id, after=number(request.args.get("after")))
    places = sorted({each.clause_eid for each in (*variants, *((template,) if template else ()))})
    clusters = review.nearest_clusters(c.session, of.id, places, size=300)
    named = {each.cluster_id for each in (*variants, *((template,) if template else ())) if each.cluster_id}
    names = review.cluster_names(c.session, of.id, named | ({facts.cluster_id} if facts.cluster_id else set()))
    if form is None:
        words = " ".join((template.words if template else "").split())
        title = words if len(words) <= _TITLE else words[:_TITLE].rsplit(" ", 1)[0] + "…"
        form = ClusterForm(data={"version": facts.version, **(
            {} if template is None else {f"title_{template.language}": title})})
        if facts.mostly_in in {each.id for each in clusters}:  # that is where people have put its letters so far
            into = facts.mostly_in
    error = problem or conflict
    base = f"{of.url}suggestions/campaigns/{campaign_id}"
    return page(
        "review/campaign.html", status=200 if error is None else error.status, desk=of, campaign=facts, base=base,
        template=template, variants=variants, clusters=clusters, names=names, place=spoken, form=form, into=into,
        cut=cut, problem=problem, conflict=conflict, triage=policies.can_triage(c.actor, of),
        first_url=f"{base}#letters" if request.args.get("after") else None,
        next_url=f"{base}?after={more}#letters" if more else None)


def _stale(c: Context, of: Desk, campaign_id: int, error: PortalError, form: ClusterForm | None = None,
           into: int | None = None, cut: bool = True) -> Page:
    """The same page, saying why nothing was done."""
    return _page(c, of, campaign_id, form=form, into=into, cut=cut, **acts.not_done(error, form))


@area.view("/<slug>/suggestions/campaigns/<int:campaign_id>/accept", REVIEWER, methods=("POST",))
def accept_campaign(c: Context, slug: str, campaign_id: int) -> Page | Redirect:
    """Take it over: as a new cluster, or into one that stands."""
    of = desk(c, slug)
    form = ClusterForm.posted()
    into = number(request.form.get("into"))
    existing, cut = request.form.get("way") == "into", request.form.get("cut_additions") == "1"
    try:
        if existing and into is None:
            raise InvalidError(msg("Choose a cluster."))
        with c.session.begin_nested():  # what was cut off first is whole again when the page is shown again
            cluster_id, done = campaigns.accept(
                c.session, c.actor, of.id, campaign_id, given=None if existing else form.input,
                into=into if existing else None, cut_additions=cut, expected_version=form.version.data or 0, now=c.now)
    except (InvalidError, ConflictError, StateError) as error:
        return _stale(c, of, campaign_id, error, form, (into or 0) if existing else None, cut)
    return Redirect(f"{of.url}clusters/{cluster_id}" + (f"?done={done.batch_id}" if done.batch_id else ""),
                    notice=acts.left_out(done))


@area.view("/<slug>/suggestions/campaigns/<int:campaign_id>/dismiss", REVIEWER, methods=("POST",))
def dismiss_campaign(c: Context, slug: str, campaign_id: int) -> Page | Redirect:
    """Dismiss it."""
    of = desk(c, slug)
    try:
        campaigns.dismiss(c.session, c.actor, of.id, campaign_id, now=c.now,
                          expected_version=number(request.form.get("version")) or 0)
    except (ConflictError, StateError) as error:
        return _stale(c, of, campaign_id, error)
    return Redirect(f"{of.url}suggestions/#campaigns",
                    notice=msg("Dismissed. It stands among the dismissed ones and can be taken up again."))


@area.view("/<slug>/suggestions/campaigns/<int:campaign_id>/reopen", REVIEWER, methods=("POST",))
def reopen_campaign(c: Context, slug: str, campaign_id: int) -> Page | Redirect:
    """Take a dismissed one up again."""
    of = desk(c, slug)
    try:
        campaigns.reopen(c.session, c.actor, of.id, campaign_id, now=c.now,
                         expected_version=number(request.form.get("version")) or 0)
    except (ConflictError, StateError) as error:
        return _stale(c, of, campaign_id, error)
    return Redirect(f"{of.url}suggestions/campaigns/{campaign_id}", notice=msg("Taken up again."))
