"""What becomes of a suggestion, a proposed cluster or a campaign: it is accepted, dismissed, or taken up again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError, StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER
from portal.review.desk import Desk
from portal.suggestions import campaigns, proposals
from portal.web.access import Context
from portal.web.results import Page, Redirect
from portal.web.review import acts
from portal.web.review.area import area, desk, number
from portal.web.review.campaign_views import campaign_page
from portal.web.review.forms import ClusterForm
from portal.web.review.proposal_views import proposal_page

_ONE = "/<slug>/suggestions/<any(proposals, campaigns):kind>/<int:suggestion_id>"
#: Where those of a kind stand in the list of suggestions.
_LISTED = {"proposals": "clusters", "campaigns": "campaigns"}


@area.view(f"{_ONE}/accept", REVIEWER, methods=("POST",))
def accept_suggestion(c: Context, slug: str, kind: str, suggestion_id: int) -> Page | Redirect:
    """Take it over: as a new cluster, or into one that stands."""
    of = desk(c, slug)
    form = ClusterForm.posted()
    into = number(request.form.get("into"))
    existing, cut = request.form.get("way") == "into", request.form.get("cut_additions") == "1"
    accept = partial(campaigns.accept, cut_additions=cut) if kind == "campaigns" else proposals.accept
    try:
        if existing and into is None:
            raise InvalidError(msg("Choose a cluster."))
        with c.session.begin_nested():  # nothing is half done when the page is shown again
            cluster_id, done = accept(
                c.session, c.actor, of.id, suggestion_id, given=None if existing else form.input,
                into=into if existing else None, expected_version=form.version.data or 0, now=c.now)
    except (InvalidError, ConflictError, StateError) as error:
        return _not_done(c, of, kind, suggestion_id, error, form, into=(into or 0) if existing else None,
                         **({"cut": cut} if kind == "campaigns" else {}))
    return Redirect(f"{of.url}clusters/{cluster_id}" + (f"?done={done.batch_id}" if done.batch_id else ""),
                    notice=acts.left_out(done))


@area.view(f"{_ONE}/dismiss", REVIEWER, methods=("POST",))
def dismiss_suggestion(c: Context, slug: str, kind: str, suggestion_id: int) -> Page | Redirect:
    """Dismiss it."""
    of = desk(c, slug)
    dismiss = campaigns.dismiss if kind == "campaigns" else proposals.dismiss
    return _decided(c, of, kind, suggestion_id, dismiss) or Redirect(
        f"{of.url}suggestions/#{_LISTED[kind]}",
        notice=msg("Dismissed. It stands among the dismissed ones and can be taken up again."))


@area.view(f"{_ONE}/reopen", REVIEWER, methods=("POST",))
def reopen_suggestion(c: Context, slug: str, kind: str, suggestion_id: int) -> Page | Redirect:
    """Take a dismissed one up again."""
    of = desk(c, slug)
    reopen = campaigns.reopen if kind == "campaigns" else proposals.reopen
    return _decided(c, of, kind, suggestion_id, reopen) or Redirect(
        f"{of.url}suggestions/{kind}/{suggestion_id}", notice=msg(
            "Taken up again. It is locked from now on: later analyses leave it as it is.") if kind == "proposals" else
        msg("Taken up again."))


def _decided(c: Context, of: Desk, kind: str, suggestion_id: int, decide: Callable[..., None]) -> Page | None:
    """Decide; the page of the suggestion where that did not succeed."""
    try:
        decide(c.session, c.actor, of.id, suggestion_id, expected_version=number(request.form.get("version")) or 0,
               now=c.now)
    except (ConflictError, StateError) as error:
        return _not_done(c, of, kind, suggestion_id, error)
    return None


def _not_done(c: Context, of: Desk, kind: str, suggestion_id: int, error: PortalError, form: ClusterForm | None = None,
              **kept: Any) -> Page:
    """The page of the suggestion, saying why nothing was done."""
    show = campaign_page if kind == "campaigns" else proposal_page
    return show(c, of, suggestion_id, form=form, **acts.not_done(error, form), **kept)
