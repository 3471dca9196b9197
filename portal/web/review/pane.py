"""What a page shows of one segment: its words in the comment, the clause, the proposed wording, what was decided.

Makes plain values for `templates/review/_pane.html`; used by the queue and by the segment's own page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import Message, msg
from portal.ordinances import addresses
from portal.ordinances.clauses import HEADINGS
from portal.responses import queries as responses
from portal.responses.queries import ResponseFacts
from portal.responses.queries import Standing as Answer
from portal.review import batches, queries
from portal.review.batches import ChangeFacts
from portal.review.clause_index import ClauseIndex, unit
from portal.review.code_list import CodeList
from portal.review.desk import Desk
from portal.review.queries import ClusterName, SegmentDetail
from portal.submissions import wording
from portal.submissions.law_text import AFTER, LawText, spoken
from portal.submissions.standing import Standing, standing
from portal.submissions.wording import Redline
from portal.web.access import Context
from portal.web.review import suggested
from portal.web.review.suggested import Proposed

_MOST_BELOW = 12


@dataclass(frozen=True)
class Pane:
    """A segment with everything that a reviewer looks at before deciding. `answers`: how far the responses are of the
    clusters that it can be moved into; `why_few_tags`: why fewer tags are suggested than for others."""

    segment: SegmentDetail
    clause: dict[str, Any]
    standing: Standing
    redline: Redline | None
    sentence: Redline | None
    cluster: ClusterName | None
    nearest: tuple[ClusterName, ...]
    own: ResponseFacts | None
    shared: ResponseFacts | None
    history: list[dict[str, Any]]
    tags: tuple[Proposed, ...]
    clusters: tuple[Proposed, ...]
    answers: Mapping[int, Answer]
    why_few_tags: Message | None

    def pieces(self) -> list[tuple[list[tuple[str, str]], bool, str | None]]:
        """The reason in pieces as `SegmentDetail.pieces` has them, the segment's own cut again where words stand on
        which suggestions rest: each with the keys of these suggestions."""
        return [(suggested.marked(words, (*self.tags, *self.clusters)) if own else [(words, "")], own, ground)
                for words, own, ground in self.segment.pieces()]


def pane(c: Context, desk: Desk, segment_id: int, clauses: ClauseIndex, codes: CodeList) -> Pane:
    """The pane of a segment. Raises NotFoundError."""
    try:
        segment = queries.segment(c.session, desk.id, c.actor.require_account(), segment_id)
    except NotFoundError as error:
        error.ways = ((desk.url, msg("To the queue")),)
        raise
    law = clauses.by_id(segment.draft_version_id)
    own, shared = responses.of_segment(c.session, segment.id, segment.cluster_id)
    changes = batches.of_comment(c.session, desk.id, segment.comment_id)
    mentioned = {each for change in changes for each in (change.cluster_before, change.cluster_after)
                 if each is not None}
    if segment.cluster_id is not None:
        mentioned.add(segment.cluster_id)
    names = queries.cluster_names(c.session, desk.id, mentioned)
    at = clauses.below(unit(segment.clause_eid))
    nearest = queries.nearest_clusters(c.session, desk.id, at)
    tags, proposed = suggested.of_segment(c, desk, segment, codes)
    return Pane(
        segment, clause_shown(law, segment.clause_eid, desk.slug, c.locale),
        standing(law, segment.clause_eid, clauses.latest),
        wording.shown(segment.given, law, segment.clause_eid),
        wording.sentence(segment.given, law, segment.clause_eid),
        names.get(segment.cluster_id) if segment.cluster_id else None,
        nearest, own, shared,
        [_happened(change, segment, codes, names, c.locale) for change in changes], tags, proposed,
        responses.of_clusters(c.session, {*(each.id for each in nearest), *(each.id for each in proposed)}),
        suggested.why_few_tags(c, desk, segment, tags, codes))


def clause_shown(law: LawText, eid: str, slug: str, locale: str) -> dict[str, Any]:
    """A clause with its parents' opening words and what stands below it, in the reader's language."""
    clause = law.clause(eid)
    public = f"/c/{slug}/v{law.number}/"
    shown: dict[str, Any] = {"name": spoken(eid, locale), "href": public, "parents": [], "rows": [], "more": 0,
                             "after": eid.startswith(AFTER), "lang": None}
    if clause is None:
        return shown
    below = [] if clause.kind in HEADINGS or shown["after"] else list(law.below(eid))
    shown["href"] = public + clause.path
    shown["parents"] = [
        {"label": _label(each, locale), "text": _opening(each, locale), "href": public + each.path}
        for each in law.ancestors(eid) if each.kind not in HEADINGS]
    shown["rows"] = [
        {"label": _label(each, locale), "heading": each.heading(locale) or "", "text": each.text(locale),
         "kind": each.kind, "current": each is clause} for each in [clause, *below[:_MOST_BELOW]]]
    shown["more"] = max(0, len(below) - _MOST_BELOW)
    shown["lang"] = clause.language(locale) if clause.language(locale) != locale else None
    return shown


def _label(clause: Any, locale: str) -> str:
    if locale == "en":
        return str(clause.label_en or addresses.parse(clause.eid).english_label)
    return str(clause.label)


def _opening(clause: Any, locale: str) -> str:
    return " ".join(each for each in (f"({clause.heading(locale)})" if clause.heading(locale) else "",
                                      clause.text(locale)) if each)


def _happened(change: ChangeFacts, segment: SegmentDetail, codes: CodeList, names: dict[int, ClusterName],
              locale: str) -> dict[str, Any]:
    """One line of the history."""
    def tag_names(ids: tuple[int, ...]) -> str:
        return ", ".join(codes.by_id[each].name(locale) for each in ids if each in codes.by_id)

    def cluster_name(cluster_id: int | None) -> str:
        return names[cluster_id].title(locale) if cluster_id in names else ""

    what: list[Message] = []
    match change.batch.verb:
        case "split":
            what.append(msg("Comment cut anew"))
        case "carried":
            what.append(msg("Carried over from the earlier filing, word for word the same"))
    if change.tags_added:
        what.append(msg("Tagged: %(tags)s", tags=tag_names(change.tags_added)))
    if change.tags_removed:
        what.append(msg("Tag taken away: %(tags)s", tags=tag_names(change.tags_removed)))
    if change.batch.verb in ("moved", "clustered", "merged", "regrouped") or (
            change.batch.verb == "carried" and change.cluster_after is not None):
        what.append(msg("Moved to the cluster “%(title)s”", title=cluster_name(change.cluster_after))
                    if change.cluster_after is not None else msg("Taken out of its cluster"))
    return {"what": what, "who": change.batch.who or msg("the portal"), "when": change.batch.made_at,
            "undone": change.batch.undone_at is not None, "name": change.batch.name,
            "other_part": change.segment_id != segment.id}
