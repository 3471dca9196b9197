"""At the end: the published result of each own comment, with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.responses import filer_results
from portal.responses.filer_results import SegmentResult
from portal.submissions import queries
from portal.web.access import Context
from portal.web.results import Page, page
from portal.web.workspace.comment_shown import CommentShown, shown
from portal.web.workspace.place import Place, desk_view


@dataclass(frozen=True)
class Answered:
    """A comment with its results: (the passage, or "" for the whole comment, and what was answered)."""

    comment: CommentShown
    results: Sequence[tuple[str, SegmentResult]]
    pending: int


@desk_view("results", of_filings=True)
def results(c: Context, place: Place) -> Page:
    """Every comment of the current filing with the ministry's disposition and reason, once they are published."""
    desk = place.desk
    answered: list[Answered] = []
    filing = None
    if desk.is_filed and desk.submission_id is not None:
        filing = queries.filing(c.session, desk.submission_id, desk.filing_count)
        found = filer_results.results_for_submission(c.session, desk.submission_id)
        newest = queries.newest_text(c.session, desk)
        answered = [_answered(shown(desk, item, item.number, c.locale, newest, with_sentence=False),
                              found.get(item.id, []))
                    for item in queries.filed_comments(c.session, filing.id)]
    dispositions = Counter(result.disposition for item in answered for _, result in item.results)
    return page("workspace/results.html", place=place, filing=filing, answered=answered, dispositions=dispositions,
                done=sum(1 for item in answered if item.results and not item.pending))


def _answered(comment: CommentShown, results: Sequence[SegmentResult]) -> Answered:
    published = [result for result in results if result.disposition is not None]
    whole = len(results) <= 1
    return Answered(
        comment, [("" if whole else comment.given.reason[result.start:result.end], result) for result in published],
        sum(1 for result in results if result.disposition is None and not result.no_point) if results else 1)
