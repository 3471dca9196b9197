"""Clusters: the list, one with its members and, beside them, the response that answers them all."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, StateError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.responses import policies as response_policies
from portal.responses import queries as responses
from portal.responses import services as response_services
from portal.responses.queries import ResponseFacts
from portal.review import batches, clause_index, code_list, policies, queries, search, services
from portal.review.desk import Desk
from portal.review.queries import ClusterFacts
from portal.review.search import Cursor, Filter
from portal.submissions.law_text import spoken
from portal.suggestions import queries as suggestions
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import acts
from portal.web.review.answering import answering
from portal.web.review.area import area, desk, edge, number, written
from portal.web.review.forms import ClusterForm, NoteForm, ResponseForm

_LIVE = ("untriaged", "triaged", "disposed", "approved", "published")


@area.view("/<slug>/clusters/", STAFF)
def clusters(c: Context, slug: str) -> Page:
    """All clusters, the largest first."""
    of = desk(c, slug)
    after = edge(request.args.get("after"))
    cards, more, total = queries.clusters(c.session, of.id, after=after)
    return page("review/clusters.html", desk=of, cards=cards, total=total,
                answers=responses.of_clusters(c.session, [card.id for card in cards]),
                next_url=f"{of.url}clusters/?after={written(more)}" if more else None,
                first_url=f"{of.url}clusters/" if after else None, triage=policies.can_triage(c.actor, of))


@area.view("/<slug>/clusters/new", REVIEWER, methods=("GET", "POST"))
def new_cluster(c: Context, slug: str) -> Page | Redirect:
    """Make a cluster, yet without segments."""
    of = desk(c, slug)
    policies.can_triage(c.actor, of).require()
    if request.method == "GET":
        return page("review/cluster_form.html", desk=of, form=ClusterForm(), cluster=None, conflict=None)
    form = ClusterForm.posted()
    try:
        made, _ = services.create_cluster(c.session, c.actor, of.id, form.input, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return page("review/cluster_form.html", status=422, desk=of, form=form, cluster=None, conflict=None)
    return Redirect(f"{of.url}clusters/{made}",
                    notice=msg("The cluster was made. Move segments into it from the queue."))


@area.view("/<slug>/clusters/<int:cluster_id>", STAFF)
def cluster(c: Context, slug: str, cluster_id: int) -> Page:
    """A cluster: its issue, its members, its response."""
    of = desk(c, slug)
    facts = queries.cluster(c.session, of.id, cluster_id)
    return cluster_page(c, of, facts, responses.of_cluster(c.session, cluster_id))


def cluster_page(c: Context, of: Desk, facts: ClusterFacts, answer: ResponseFacts | None, *, status: int = 200,
                 form: ResponseForm | None = None, note: NoteForm | None = None,
                 conflict: ConflictError | None = None) -> Page:
    """The page of a cluster; with the form as it was sent where a save or a step did not succeed."""
    clauses, codes = clause_index.index(c.session, of.id), code_list.code_list(c.session, of.id)
    excused = request.args.get("excused") == "1"
    wanted = search.query(of.id, c.actor.require_account(), Filter(
        clusters=(facts.id,), coverage=("excused",) if excused else _LIVE), clauses, codes)
    cursor = None
    for name, after in (("after", True), ("before", False)):
        if request.args.get(name):
            cursor = Cursor.read(request.args[name], after=after)
    listed = search.page(c.session, wanted, "law", cursor)
    base = f"{of.url}clusters/{facts.id}"
    more = "&excused=1" if excused else ""
    done = acts.just_done(c, of)
    return page(
        "review/cluster.html", status=status, desk=of, cluster=facts, listed=listed, codes=codes, place=spoken,
        excused=excused, base=base, triage=policies.can_triage(c.actor, of), done=done,
        done_said=acts.said(done, codes, {facts.id: facts}, c.locale) if done else None, skipped=batches.SKIPPED,
        fits=0 if facts.locked else suggestions.fitting_count(c.session, of.id, facts.id),
        can_draft=response_policies.can_draft(c.actor, of),
        previous_url=f"{base}?before={listed.previous}{more}" if listed.previous else None,
        next_url=f"{base}?after={listed.next}{more}" if listed.next else None,
        answering=None if answer is None else answering(
            c, of, answer, clauses, [row.clause_eid for row in listed.rows], form=form, note=note, conflict=conflict))


@area.view("/<slug>/clusters/<int:cluster_id>/edit", REVIEWER, methods=("GET", "POST"))
def edit_cluster(c: Context, slug: str, cluster_id: int) -> Page | Redirect:
    """Change a cluster's title and issue."""
    of = desk(c, slug)
    policies.can_triage(c.actor, of).require()
    facts = queries.cluster(c.session, of.id, cluster_id)
    if request.method == "GET":
        return _edit_page(of, facts, ClusterForm(obj=facts))
    form = ClusterForm.posted()
    try:
        services.change_cluster(c.session, c.actor, of.id, cluster_id, form.input,
                                expected_version=form.version.data or 0, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _edit_page(of, facts, form, status=422)
    except ConflictError as error:
        form.version.data, form.version.raw_data = error.version, None
        return _edit_page(of, facts, form, status=409, conflict=error)
    return Redirect(f"{of.url}clusters/{cluster_id}", notice=msg("Saved."))


def _edit_page(of: Desk, facts: ClusterFacts, form: ClusterForm, **more: Any) -> Page:
    return page("review/cluster_form.html", desk=of, cluster=facts, form=form, **{"conflict": None, **more})


@area.view("/<slug>/clusters/<int:cluster_id>/response", REVIEWER, methods=("POST",))
def answer_cluster(c: Context, slug: str, cluster_id: int) -> Redirect:
    """Begin the response to a cluster."""
    of = desk(c, slug)
    response_services.draft_response(c.session, c.actor, of.id, cluster_id=cluster_id, now=c.now)
    return Redirect(f"{of.url}clusters/{cluster_id}#response")


@area.view("/<slug>/clusters/<int:cluster_id>/lock", REVIEWER, methods=("POST",))
def lock_cluster(c: Context, slug: str, cluster_id: int) -> Redirect:
    """Lock a cluster, so that no suggestion changes who is in it, or unlock it."""
    of = desk(c, slug)
    locked = request.form.get("locked") == "1"
    services.lock_cluster(c.session, c.actor, of.id, cluster_id, locked=locked,
                          expected_version=number(request.form.get("version")) or 0, now=c.now)
    return Redirect(f"{of.url}clusters/{cluster_id}", notice=msg(
        "Locked: no suggestion changes who is in this cluster. People still may.") if locked else msg(
        "Unlocked: suggestions may name this cluster again."))


@area.view("/<slug>/clusters/<int:cluster_id>/merge", REVIEWER, methods=("GET", "POST"))
def merge_cluster(c: Context, slug: str, cluster_id: int) -> Page | Redirect:
    """Merge a cluster into another one: choose it, see what would happen, do it."""
    of = desk(c, slug)
    policies.can_triage(c.actor, of).require()
    facts = queries.cluster(c.session, of.id, cluster_id)
    into = number(request.values.get("into"))
    if request.method == "GET":
        return _merge_page(c, of, facts, into)
    try:
        if into is None:
            raise InvalidError(msg("Choose a cluster."))
        done = services.merge_clusters(c.session, c.actor, of.id, cluster_id, into=into, now=c.now,
                                       expected_version=number(request.form.get("version")) or 0)
    except (InvalidError, ConflictError, StateError, NotFoundError) as error:
        return _merge_page(c, of, facts, into, error)
    return Redirect(f"{of.url}clusters/{into}?done={done.batch_id}")


def _merge_page(c: Context, of: Desk, facts: ClusterFacts, into: int | None,
                problem: PortalError | None = None) -> Page:
    others = [each for each in queries.nearest_clusters(
        c.session, of.id, queries.places_of_cluster(c.session, facts.id), size=300) if each.id != facts.id]
    chosen = next((each for each in others if each.id == into), None)
    target = None if chosen is None else queries.cluster(c.session, of.id, chosen.id)
    answer = responses.of_cluster(c.session, facts.id)
    return page(
        "review/cluster_merge.html", status=200 if problem is None else problem.status, desk=of, cluster=facts,
        base=f"{of.url}clusters/{facts.id}", others=others, target=target, answer=answer, problem=problem)
