"""Acts on many segments: what is chosen, what would happen and what is left out, then one named act with its undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.kernel.errors import InvalidError, NotFoundError, PortalError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import REVIEWER
from portal.responses import queries as responses
from portal.review import batches, clause_index, code_list, policies, queries, search, services
from portal.review.batches import Done, Preview
from portal.review.code_list import CodeList
from portal.review.desk import Desk
from portal.review.services import ClusterInput
from portal.submissions.law_text import spoken
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import filters
from portal.web.review.area import area, desk, number, numbers
from portal.web.review.filters import Asked

#: How many of those that are left out are named, by reason.
_NAMED = 10


@dataclass(frozen=True)
class Plan:
    """What was asked for: the act (`tag` or `move`), on which segments, and with what."""

    act: str
    scope: str
    ids: list[int]
    total: int
    add: list[int]
    remove: list[int]
    to: int | None
    out: bool
    new_title: str
    versions: Mapping[int, int]

    @property
    def is_whole(self) -> bool:
        """Whether it says everything that the act needs."""
        if self.act == "tag":
            return bool(self.add or self.remove)
        return self.to is not None or self.out or bool(self.new_title)


def _plan(c: Context, of: Desk, asked: Asked, codes: CodeList) -> Plan:
    values = request.values
    scope = "all" if values.get("scope") == "all" else "selected"
    chosen = numbers(values.getlist("select"))[:search.PAGE]
    clauses = clause_index.index(c.session, of.id)
    wanted = search.query(of.id, c.actor.require_account(), asked.filter, clauses, codes)
    total = search.count(c.session, wanted)
    ids = chosen
    if scope == "all":
        if total > batches.MAX_SEGMENTS:
            raise InvalidError(nmsg("One act can be about at most %(n)s segment.",
                                    "One act can be about at most %(n)s segments.", batches.MAX_SEGMENTS),
                               what_next=msg("Narrow the filter, and do it in several acts."))
        ids = search.matching_ids(c.session, wanted, limit=batches.MAX_SEGMENTS)
    to = number(values.get("to"))
    versions = {}
    for written in values.getlist("version"):
        segment, _, version = written.partition("-")
        if (one := number(segment)) is not None and (of_one := number(version)) is not None:
            versions[one] = of_one
    return Plan(
        "move" if values.get("act") == "move" else "tag", scope, ids, total,
        [each for each in numbers(values.getlist("add")) if each in codes.by_id],
        [each for each in numbers(values.getlist("remove")) if each in codes.by_id], to,
        values.get("to") == "out", " ".join(values.get("new_title", "").split())[:300], versions)


def _preview(c: Context, of: Desk, plan: Plan) -> Preview:
    if plan.act == "tag":
        return services.preview_tags(c.session, of.id, plan.ids, add=plan.add, remove=plan.remove)
    # A cluster that is yet to be made holds nothing: 0 is no cluster's number.
    return services.preview_move(c.session, of.id, plan.ids, 0 if plan.new_title else plan.to,
                                 expected_versions=plan.versions)


def _page(c: Context, of: Desk, asked: Asked, plan: Plan, codes: CodeList, *, problem: PortalError | None = None,
          note: Message | None = None, status: int = 200) -> Page:
    preview = _preview(c, of, plan) if plan.is_whole and plan.ids else None
    named = [each for ids in (preview.skipped.values() if preview else ()) for each in ids[:_NAMED]]
    account = c.actor.require_account()
    concerned = plan.ids if preview is None else list(preview.changes)
    shown = concerned[:5]
    rows = {row.id: row for row in search.rows_of(c.session, of.id, account, [*named, *shown])}
    known = queries.nearest_clusters(c.session, of.id, sorted({row.clause_eid for row in rows.values()}), size=300)
    standing = batches.standing(c.session, of.id, plan.ids) if plan.scope == "selected" else {}
    skipped: list[dict[str, Any]] = [
        {"why": batches.SKIPPED[why], "count": len(ids),
         "named": [{"where": spoken(rows[each].clause_eid, c.locale), "who": rows[each].organisation(c.locale)}
                   for each in ids[:_NAMED] if each in rows],
         "more": max(0, len(ids) - _NAMED)} for why, ids in (preview.skipped.items() if preview else ())]
    return page(
        "review/bulk.html", status=status, desk=of, asked=asked, plan=plan, codes=codes, clusters=known,
        answers=responses.of_clusters(c.session, [each.id for each in known]) if plan.act == "move" else {},
        cluster_titles={each.id: each.title(c.locale) for each in known}, preview=preview, skipped=skipped,
        examples=[rows[each] for each in shown if each in rows], more_examples=len(concerned) > len(shown),
        place=spoken, kept=filters.kept(asked),
        versions=[f"{each.id}-{each.version}" for each in standing.values()], problem=problem, note=note,
        most=batches.MAX_SEGMENTS)


@area.view("/<slug>/bulk", REVIEWER)
def bulk_form(c: Context, slug: str) -> Page:
    """Choose what to do with the chosen segments, or with all that match, and see what would happen."""
    of = desk(c, slug)
    policies.can_triage(c.actor, of).require()
    codes = code_list.code_list(c.session, of.id)
    asked = filters.read(request.args).first_page()
    return _page(c, of, asked, _plan(c, of, asked, codes), codes)


@area.view("/<slug>/bulk", REVIEWER, methods=("POST",))
def bulk(c: Context, slug: str) -> Page | Redirect:
    """Do it, as one act; if what matches the filter is not what was shown, show it again instead."""
    of = desk(c, slug)
    codes = code_list.code_list(c.session, of.id)
    asked = filters.read(request.form).first_page()
    plan = _plan(c, of, asked, codes)
    expected = number(request.form.get("expected"))
    if plan.is_whole and plan.scope == "all" and expected != len(_preview(c, of, plan).changes):
        note = msg("Since this page was made the list has changed. Nothing was done yet: look at the numbers again.")
        return _page(c, of, asked, plan, codes, note=note, status=409)
    try:
        if not plan.ids:
            raise InvalidError(msg("No segment was chosen."))
        if not plan.is_whole:
            raise InvalidError(msg("Choose at least one tag.") if plan.act == "tag" else msg("Choose a cluster."))
        done = _do(c, of, plan)
    except (InvalidError, NotFoundError) as error:
        return _page(c, of, asked, plan, codes, problem=error, status=error.status)
    notice = None if done.batch_id else msg("There was nothing to do: all of them are so already, or do not count.")
    return Redirect(of.url + asked.query(done=done.batch_id), notice=notice)


def _do(c: Context, of: Desk, plan: Plan) -> Done:
    name = request.form.get("name", "")
    if plan.act == "tag":
        return services.tag_segments(c.session, c.actor, of.id, plan.ids, add=plan.add, remove=plan.remove, now=c.now,
                                     name=name)
    if plan.new_title:
        given = ClusterInput(title_ko=plan.new_title) if c.locale == "ko" else ClusterInput(title_en=plan.new_title)
        return services.create_cluster(c.session, c.actor, of.id, given, segment_ids=plan.ids, now=c.now)[1]
    # One chosen alone is among many of one: a change meanwhile is told in the preview, not as a page of its own.
    return services.move_segments(c.session, c.actor, of.id, plan.ids, to=plan.to, now=c.now, name=name,
                                  expected_versions=plan.versions or None)
