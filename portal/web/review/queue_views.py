"""The queue: one list of segments, filtered and searched; the open one beside it with everything that can be done.

Every act is a plain form that comes back to the same list with the next segment open and one line of what was done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.responses import policies as response_policies
from portal.responses import queries as response_queries
from portal.responses import services as responses
from portal.review import batches, clause_index, code_list, policies, queries, search, services
from portal.review.batches import Done
from portal.review.code_list import CodeList
from portal.review.desk import Desk
from portal.review.search import Page as ListPage
from portal.review.services import ClusterInput
from portal.submissions.law_text import spoken
from portal.suggestions import undoing
from portal.web.access import Context
from portal.web.results import Bytes, Page, Redirect, page
from portal.web.review import acts, filters
from portal.web.review.area import area, desk, number, numbers
from portal.web.review.filters import Asked
from portal.web.review.pane import Pane, pane


@dataclass(frozen=True)
class Asking:
    """What is asked before a segment is moved into a cluster whose response the public reads: the act as it was sent,
    and the edition that would answer it."""

    to: int
    title: str
    edition: int
    version: int | None
    next_at: str
    stay: bool
    cancel_href: str


@area.view("/<slug>/", STAFF)
def queue(c: Context, slug: str) -> Page:
    """The queue of a consultation."""
    return queue_page(c, desk(c, slug), filters.read(request.args))


def queue_page(c: Context, of: Desk, asked: Asked, *, problem: Message | None = None, typed: str = "",
               asking: Asking | None = None, status: int = 200) -> Page:
    """The queue as an address asks for it. `problem`: why the act that was asked for could not be done; `typed` is
    what was typed for it; `asking`: what has to be answered before it is done."""
    clauses, codes = clause_index.index(c.session, of.id), code_list.code_list(c.session, of.id)
    wanted = search.query(of.id, c.actor.require_account(), asked.filter, clauses, codes)
    listed, counts = search.page_and_counts(c.session, wanted, asked.sort, asked.cursor)
    if asked.at in ("first", "last"):
        asked = replace(asked, at=str(listed.rows[0 if asked.at == "first" else -1].id) if listed.rows else "")
    opened = None if asked.at_id is None else pane(c, of, asked.at_id, clauses, codes)
    done = acts.just_done(c, of)
    named = {*filters.shown_clusters(asked, counts), *asked.filter.clusters,
             *(row.cluster_id for row in listed.rows if row.cluster_id), *acts.clusters_of([done] if done else [])}
    names = queries.cluster_names(c.session, of.id, named)
    return page(
        "review/queue.html", status=status, desk=of, asked=asked, listed=listed, counts=counts, names=names,
        groups=filters.facet_groups(asked, counts, clauses, codes, names, c.locale),
        chips=filters.chips(asked, of.url, codes, names, c.locale), sorts=filters.SORT_NAMES,
        kept_search=filters.kept(asked, "q"), kept_all=filters.kept(asked),
        hidden={name: value for name, value in asked.pairs(paged=False) if name in ("sort", "q", "all")},
        previous_url=_turned(of, asked, listed, back=True), next_url=_turned(of, asked, listed),
        not_counting=0 if asked.filter.coverage else counts.coverage.get("excused", 0),
        with_url=of.url + asked.narrowed(live=False).query(), without_url=of.url + asked.narrowed(live=True).query(),
        done=done, done_said=acts.said(done, codes, names, c.locale) if done else None, problem=problem, typed=typed,
        asking=asking,
        waiting=queries.comments_waiting(c.session, of.id) if asked.filter.is_empty else 0,
        **pane_values(c, of, asked, opened, codes, listed))


def pane_values(c: Context, of: Desk, asked: Asked, opened: Pane | None, codes: CodeList,
                listed: ListPage | None) -> dict[str, Any]:
    """What `_pane.html` needs beside the pane itself."""
    triage = policies.can_triage(c.actor, of)
    beside = _beside(of, asked, listed) if listed is not None and opened is not None else {}
    return {"opened": opened, "codes": codes, "triage": triage, "back": asked.query(at=None),
            "can_draft": response_policies.can_draft(c.actor, of), "next_at": beside.get("next_at", ""),
            "previous_href": beside.get("previous_href"), "next_href": beside.get("next_href"), "place": spoken}


def _turned(of: Desk, asked: Asked, listed: ListPage, *, back: bool = False) -> str | None:
    cursor = listed.previous if back else listed.next
    return None if cursor is None else of.url + asked.turned(cursor).query()


def _where(asked: Asked, listed: ListPage) -> int | None:
    """The place of the open segment in the page, from 0; None when it is not on it."""
    return next((place for place, row in enumerate(listed.rows) if row.id == asked.at_id), None)


def _beside(of: Desk, asked: Asked, listed: ListPage) -> dict[str, str | None]:
    """The neighbours of the open segment: on this page, or at the edge of the next."""
    at = _where(asked, listed)
    rows = listed.rows
    if at is None:
        first = str(rows[0].id) if rows else ""
        return {"next_at": asked.query(at=first) if first else asked.query(at=None),
                "previous_href": None, "next_href": of.url + asked.query(at=first) if first else None}
    if at + 1 < len(rows):
        onwards = asked.query(at=rows[at + 1].id)
    elif listed.next is not None:
        onwards = asked.turned(listed.next).query(at="first")
    else:
        onwards = ""
    if at > 0:
        backwards = asked.query(at=rows[at - 1].id)
    elif listed.previous is not None:
        backwards = asked.turned(listed.previous).query(at="last")
    else:
        backwards = ""
    return {"next_at": onwards, "next_href": of.url + onwards if onwards else None,
            "previous_href": of.url + backwards if backwards else None}


@area.view("/<slug>/segments/<int:segment_id>", STAFF)
def segment(c: Context, slug: str, segment_id: int) -> Page:
    """One segment on a page of its own: what a link to it opens, and what the queue's script fetches."""
    of = desk(c, slug)
    asked = replace(filters.read(request.args), at=str(segment_id))
    clauses, codes = clause_index.index(c.session, of.id), code_list.code_list(c.session, of.id)
    opened = pane(c, of, segment_id, clauses, codes)
    return page("review/segment.html", desk=of, asked=asked,
                **{**pane_values(c, of, asked, opened, codes, None), "next_at": request.args.get("next", "")[:4_000]})


# -------------------------------------------------------------------------------------------------------------- acts


def _onwards(of: Desk, done: Done | None, *, notice: Message | None = None, stay: int | None = None) -> Redirect:
    """Back to the list that the form came from: the next segment is open, and what was done stands in a line."""
    back = filters.read_back(request.form.get("back", ""))
    onwards = request.form.get("next", "")
    asked = filters.read_back(onwards) if onwards and stay is None else replace(back, at=str(stay or ""))
    if not asked.at and stay is None:
        asked = replace(asked, at=request.form.get("segment", "")[:20])
    batch = done.batch_id if done is not None else None
    return Redirect(of.url + asked.query(at=asked.at or None, done=batch) + ("#segment" if asked.at else ""),
                    notice=notice)


@area.view("/<slug>/seen", STAFF, methods=("POST",))
def seen(c: Context, slug: str) -> Redirect | Bytes:
    """Note that the reader has looked at segments."""
    of = desk(c, slug)
    batches.mark_seen(c.session, c.actor, of.id, numbers(request.form.getlist("segment"))[:search.PAGE], now=c.now)
    if request.form.get("quiet"):
        return Bytes(b"", "text/plain; charset=utf-8", status=204)
    return _onwards(of, None)


@area.view("/<slug>/segments/<int:segment_id>/tags", REVIEWER, methods=("POST",))
def tag(c: Context, slug: str, segment_id: int) -> Redirect | Page:
    """Give a segment tags, by name or key, or take one away."""
    of = desk(c, slug)
    add, remove = numbers(request.form.getlist("add")), numbers(request.form.getlist("remove"))
    written = request.form.get("tag", "").strip()
    try:
        add += _named(code_list.code_list(c.session, of.id), written)
        if not add and not remove:
            raise InvalidError(msg("Type or choose a tag first."))
        done = services.tag_segments(c.session, c.actor, of.id, [segment_id], add=add, remove=remove, now=c.now)
    except InvalidError as error:
        return _again(c, of, segment_id, error, typed=written)
    stay = segment_id if request.form.get("stay") else None
    return _onwards(of, done, notice=None if done.batch_id else _nothing(c, of, segment_id, done), stay=stay)


def _named(codes: CodeList, written: str) -> list[int]:
    """The tags that a reviewer typed, by name or key, with commas between them. Raises InvalidError."""
    whole = codes.named(written)
    if whole is not None:
        return [whole.id]
    found = []
    for each in filter(None, (part.strip() for part in written.split(","))):
        named = codes.named(each)
        if named is None:
            raise InvalidError(msg("There is no tag “%(name)s” on the code list.", name=each[:80]))
        found.append(named.id)
    return found


@area.view("/<slug>/segments/<int:segment_id>/cluster", REVIEWER, methods=("POST",))
def cluster_of(c: Context, slug: str, segment_id: int) -> Redirect | Page:
    """Move a segment into a cluster, into a new one, or out of its cluster."""
    of = desk(c, slug)
    title = request.form.get("new_title", "").strip()
    version, to = number(request.form.get("version")), number(request.form.get("to"))
    try:
        if title:
            given = ClusterInput(title_ko=title) if c.locale == "ko" else ClusterInput(title_en=title)
            _, done = services.create_cluster(c.session, c.actor, of.id, given, segment_ids=[segment_id], now=c.now)
        elif to is None and not request.form.get("out"):
            raise InvalidError(msg("Choose a cluster, or give a new one a title."))
        elif to is not None and (asking := _asking(c, of, segment_id, to, version)) is not None:
            asked = replace(filters.read_back(request.form.get("back", "")), at=str(segment_id))
            return queue_page(c, of, asked, asking=asking)
        else:
            done = services.move_segments(c.session, c.actor, of.id, [segment_id], to=to, now=c.now,
                                          expected_versions=None if version is None else {segment_id: version})
    except (InvalidError, ConflictError) as error:
        return _again(c, of, segment_id, error)
    stay = segment_id if request.form.get("stay") else None
    return _onwards(of, done, notice=None if done.batch_id else _nothing(c, of, segment_id, done), stay=stay)


def _asking(c: Context, of: Desk, segment_id: int, to: int, version: int | None) -> Asking | None:
    """What to ask before this move: the public would read the cluster's response beside the segment at once. None where
    that is not so, where it was asked already about the same edition, or where nothing would be moved."""
    answer = response_queries.of_clusters(c.session, [to]).get(to)
    if answer is None or not answer.edition or number(request.form.get("sure")) == answer.edition:
        return None
    policies.can_triage(c.actor, of).require()
    services.require_cluster(c.session, of.id, to)
    if not services.preview_move(c.session, of.id, [segment_id], to,
                                 expected_versions=None if version is None else {segment_id: version}).changes:
        return None
    back = filters.read_back(request.form.get("back", ""))
    return Asking(to, queries.cluster_names(c.session, of.id, [to])[to].title(c.locale), answer.edition, version,
                  request.form.get("next", "")[:4_000], bool(request.form.get("stay")),
                  f"{of.url}{back.query(at=segment_id)}#segment")


def _again(c: Context, of: Desk, segment_id: int, error: PortalError, *, typed: str = "") -> Page:
    """The same list with the same segment open, saying why nothing was done."""
    asked = replace(filters.read_back(request.form.get("back", "")), at=str(segment_id))
    problems = [each for found in getattr(error, "problems", {}).values() for each in found]
    return queue_page(c, of, asked, problem=(problems or [error.message])[0], typed=typed, status=error.status)


@area.view("/<slug>/segments/<int:segment_id>/response", REVIEWER, methods=("POST",))
def respond(c: Context, slug: str, segment_id: int) -> Redirect:
    """Begin a response to one segment alone, or go on with it."""
    of = desk(c, slug)
    made = responses.draft_response(c.session, c.actor, of.id, segment_id=segment_id, now=c.now)
    return Redirect(f"{of.url}responses/{made}")


@area.view("/<slug>/history/<int:batch_id>/undo", REVIEWER, methods=("POST",))
def undo(c: Context, slug: str, batch_id: int) -> Redirect:
    """Take an act back."""
    of = desk(c, slug)
    count = undoing.undo(c.session, c.actor, of.id, batch_id, now=c.now)
    notice: Message = nmsg("Taken back: %(n)s segment is as it was before.",
                           "Taken back: %(n)s segments are as they were before.", count)
    of_act = batches.batch(c.session, of.id, batch_id)
    if of_act is not None and (left := of_act.segment_count - count) > 0:
        more = nmsg("%(n)s stays as it is: it was changed since, or a published response answers it.",
                    "%(n)s stay as they are: they were changed since, or a published response answers them.", left)
        notice = msg("%(said)s %(more)s", said=notice, more=more)
    if request.form.get("back") is None:
        return Redirect(f"{of.url}history", notice=notice)
    at = batches.only_segment(c.session, batch_id)
    return Redirect(of.url + filters.read_back(request.form["back"]).query(at=at) + ("#segment" if at else ""),
                    notice=notice)


def _nothing(c: Context, of: Desk, segment_id: int, done: Done) -> Message:
    """Why nothing was done to the one segment that the act was about; it was looked at all the same."""
    batches.mark_seen(c.session, c.actor, of.id, [segment_id], now=c.now)
    return batches.SKIPPED[next(iter(done.preview.skipped), "unchanged")]
