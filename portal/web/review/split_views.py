"""Cutting a comment into parts: sentence by sentence on the page, or at any place by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask import request

from portal.kernel.errors import ConflictError, InvalidError
from portal.kernel.i18n import msg
from portal.kernel.permissions import REVIEWER
from portal.review import policies, queries, services
from portal.review.queries import SegmentDetail
from portal.submissions.law_text import spoken
from portal.web.access import Context
from portal.web.results import Page, Redirect, page
from portal.web.review import filters
from portal.web.review.area import area, desk, number, numbers

#: Where a part may begin, as the page offers it: after a sentence's end, or with a line.
_BEGINNING = re.compile(r"(?<=[.?!。？！])[\"'”’)\]]*\s+|\n+\s*")


@dataclass(frozen=True)
class Piece:
    """A sentence or line of the reason: where it begins, and its words."""

    start: int
    text: str


def pieces(reason: str, boundaries: tuple[int, ...] = ()) -> list[Piece]:
    """The reason in pieces, cut at sentence ends, at lines and at `boundaries`."""
    starts = {0, *boundaries, *(match.end() for match in _BEGINNING.finditer(reason))}
    places = sorted(place for place in starts if 0 <= place < len(reason))
    made = [Piece(start, reason[start:end]) for start, end in zip(places, [*places[1:], len(reason)], strict=True)]
    return [piece for piece in made if piece.text.strip()] or made


def _page(c: Context, slug: str, of_segment: SegmentDetail, *, boundaries: tuple[int, ...], silent: tuple[int, ...],
          problem: object = None, status: int = 200) -> Page:
    of = desk(c, slug)
    return page("review/split.html", status=status, desk=of, segment=of_segment, place=spoken,
                pieces=pieces(of_segment.given.reason, boundaries), boundaries=boundaries, silent=silent,
                back=filters.read(request.args).query(), problem=problem)


@area.view("/<slug>/segments/<int:segment_id>/split", REVIEWER)
def split_form(c: Context, slug: str, segment_id: int) -> Page:
    """The comment of a segment, sentence by sentence, with the parts that it is cut into now."""
    of = desk(c, slug)
    policies.can_triage(c.actor, of).require()
    segment = queries.segment(c.session, of.id, c.actor.require_account(), segment_id)
    return _page(c, slug, segment, boundaries=tuple(part.start for part in segment.parts[1:]),
                 silent=tuple(part.start for part in segment.parts if part.no_point))


@area.view("/<slug>/segments/<int:segment_id>/split", REVIEWER, methods=("POST",))
def split(c: Context, slug: str, segment_id: int) -> Page | Redirect:
    """Cut it. `begins` and `silent` are places in the reason, from 0: where a part begins, and which makes no point."""
    of = desk(c, slug)
    segment = queries.segment(c.session, of.id, c.actor.require_account(), segment_id)
    boundaries = tuple(sorted(each for each in numbers(request.form.getlist("begins")) if each > 0))
    starts = (0, *boundaries)
    silent = tuple(each for each in numbers(request.form.getlist("silent")) if each in starts)
    try:
        made = services.split_comment(
            c.session, c.actor, of.id, segment.comment_id, boundaries,
            no_point=[starts.index(each) + 1 for each in silent],
            expected_version=number(request.form.get("version")) or 0, now=c.now)
    except (InvalidError, ConflictError) as error:
        return _page(c, slug, segment, boundaries=boundaries, silent=silent, problem=error, status=error.status)
    back = replace(filters.read_back(request.form.get("back", "")), at=str(made[0]))
    return Redirect(of.url + back.query(at=back.at) + "#segment", notice=msg("The comment was cut anew."))
