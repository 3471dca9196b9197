"""Responses: who has to do what, one to be written or approved, and its way from step to step."""

from __future__ import annotations

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import Message, msg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.kernel.words import STEPS
from portal.responses import queries, services, steps
from portal.responses.queries import ResponseFacts
from portal.review import clause_index
from portal.review import queries as review
from portal.review.desk import Desk
from portal.review.queries import ClusterFacts, SegmentDetail
from portal.submissions.law_text import spoken
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review.answering import answering
from portal.web.review.area import area, desk, number
from portal.web.review.cluster_views import cluster_page
from portal.web.review.forms import NoteForm, ResponseForm
from portal.web.review.pane import clause_shown
from portal.web.review.waiting import waits_for


@area.view("/<slug>/responses/", STAFF)
def responses(c: Context, slug: str) -> Page:
    """All responses by step, or those that wait for the reader."""
    of = desk(c, slug)
    mine = request.args.get("waiting") == "me"
    step = request.args.get("step", "")
    wanted = waits_for(c.actor, of, c.now) if mine else ((step,) if step in STEPS else ())
    account = c.actor.require_account()
    found, more = ((), None) if mine and not wanted else queries.listed(
        c.session, of.id, account, steps=wanted, not_mine=mine, after=number(request.args.get("after")))
    counts = queries.step_counts(c.session, [of.id], account)[of.id]
    here = f"{of.url}responses/?" + ("waiting=me&" if mine else f"step={step}&" if wanted else "")
    return page("review/responses.html", desk=of, found=found, mine=mine, step=wanted[0] if wanted and not mine else "",
                counts=counts, waiting=sum(counts.not_mine.get(each, 0) for each in waits_for(c.actor, of, c.now)),
                track=steps.track(technical_review=of.technical_review, legal_review=of.legal_review), place=spoken,
                next_url=f"{here}after={more}" if more else None,
                first_url=here.rstrip("?&") if request.args.get("after") else None)


@area.view("/<slug>/responses/<int:response_id>", STAFF)
def response(c: Context, slug: str, response_id: int) -> Page:
    """One response: to be written, read, approved, published."""
    of = desk(c, slug)
    return _page(c, of, queries.response(c.session, of.id, response_id))


def _page(c: Context, of: Desk, facts: ResponseFacts, *, form: ResponseForm | None = None,
          note: NoteForm | None = None, conflict: ConflictError | None = None, status: int = 200) -> Page:
    """The response's own page, or that of the cluster where it was being written."""
    if request.form.get("at") == "cluster" and facts.cluster_id is not None:
        cluster = review.cluster(c.session, of.id, facts.cluster_id)
        return cluster_page(c, of, cluster, facts, status=status, form=form, note=note, conflict=conflict)
    clauses = clause_index.index(c.session, of.id)
    segment: SegmentDetail | None = None
    answered: ClusterFacts | None = None
    near: list[str] = []
    shown = None
    if facts.segment_id is not None:
        segment = review.segment(c.session, of.id, c.actor.require_account(), facts.segment_id)
        near = [segment.clause_eid]
        shown = clause_shown(clauses.by_id(segment.draft_version_id), segment.clause_eid, of.slug, c.locale)
    elif facts.cluster_id is not None:
        answered = review.cluster(c.session, of.id, facts.cluster_id)
        near = review.places_of_cluster(c.session, facts.cluster_id)
    return page("review/response.html", status=status, desk=of, cluster=answered, segment=segment, clause=shown,
                place=spoken, answering=answering(c, of, facts, clauses, near, form=form, note=note,
                                                  conflict=conflict))


def _back(of: Desk, facts: ResponseFacts, notice: Message) -> Redirect:
    if request.form.get("at") == "cluster" and facts.cluster_id is not None:
        return Redirect(f"{of.url}clusters/{facts.cluster_id}#response", notice=notice)
    return Redirect(f"{of.url}responses/{facts.id}", notice=notice)


@area.view("/<slug>/responses/<int:response_id>", REVIEWER, methods=("POST",))
def save_response(c: Context, slug: str, response_id: int) -> Page | Redirect:
    """Save result, texts and changed clauses; with `act=send` also send it on."""
    of = desk(c, slug)
    facts = queries.response(c.session, of.id, response_id)
    form = ResponseForm.posted()
    try:
        saved = services.save_response(c.session, c.actor, of.id, response_id, form.input,
                                       expected_version=form.version.data or 0, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _page(c, of, facts, form=form, status=422)
    except ConflictError as error:
        return _page(c, of, queries.response(c.session, of.id, response_id), form=form, conflict=error, status=409)
    notice = msg("Saved.")
    if saved.dropped:
        notice = msg("Saved. The approval was dropped, because the text is another one now.")
    if request.form.get("act") == "send":
        try:
            sent = services.send_for_approval(c.session, c.actor, of.id, response_id, expected_version=saved.version,
                                              now=c.now)
        except InvalidError as error:  # it is saved all the same
            stands = queries.response(c.session, of.id, response_id)
            form = ResponseForm.of(stands)
            form.add_problems(error.problems)
            return _page(c, of, stands, form=form, status=422)
        notice = msg("Saved and sent on: %(step)s.", step=STEPS[sent.step])
    return _back(of, facts, notice)


_DONE = {"send": msg("Sent on: %(step)s."), "pass": msg("Passed. It stands now at: %(step)s."),
         "send_back": msg("Sent back to drafting, with your note."), "approve": msg("Approved: exactly this text."),
         "publish": msg("Published. The public pages show it within a minute."),
         "reopen": msg("A new edition is begun. The public goes on reading the published one."),
         "give_up": msg("The new edition was given up. The response stands as it is published.")}


@area.view("/<slug>/responses/<int:response_id>/step", STAFF, methods=("POST",))
def step_response(c: Context, slug: str, response_id: int) -> Page | Redirect:
    """Take a response to another step. An approval brings the digest of the text that its page showed."""
    of = desk(c, slug)
    facts = queries.response(c.session, of.id, response_id)
    act, note = request.form.get("act", ""), NoteForm.posted()
    version = note.version.data or 0
    common = (c.session, c.actor, of.id, response_id)
    try:
        match act:
            case "send":
                saved = services.send_for_approval(*common, expected_version=version, now=c.now)
            case "pass":
                saved = services.pass_review(*common, expected_version=version, now=c.now)
            case "send_back":
                saved = services.send_back(*common, note=note.note.data or "", expected_version=version, now=c.now)
            case "approve":
                saved = services.approve(*common, seen_digest=note.digest.data or "", now=c.now)
            case "publish":
                saved = services.publish(*common, expected_version=version, now=c.now)
            case "reopen":
                saved = services.begin_edition(*common, expected_version=version, now=c.now)
            case "give_up":
                saved = services.give_up_edition(*common, expected_version=version, now=c.now)
            case _:
                raise NotFoundError(msg("There is no such act."))
    except InvalidError as error:
        note.add_problems(error.problems)
        form = ResponseForm.of(facts)
        form.add_problems({name: found for name, found in error.problems.items() if name != "note"})
        return _page(c, of, facts, form=form, note=note, status=422)
    except ConflictError as error:
        return _page(c, of, queries.response(c.session, of.id, response_id), note=note, conflict=error, status=409)
    done = _DONE[act]
    return _back(of, facts, msg(done.msgid, step=STEPS[saved.step]) if act in ("send", "pass") else done)
