"""What the ministry did with a synthetic consultation: code list, clusters with responses, segments with decisions.

Clusters gather the comments on one clause that take one position; the first gathers those on the hottest clause, up to
BIG segments. Where a segment stands is decided by review's own table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.cli.synthetic.bulk import copy, reserve_ids
from portal.cli.synthetic.filing import Filed
from portal.cli.synthetic.people import Staff
from portal.demo import source
from portal.responses.models import DISPOSITIONS, Response, ResponseAuthor, ResponseEdition
from portal.responses.services import content_digest
from portal.review import code_list, coverage, segments
from portal.review.coverage import State
from portal.review.models import Cluster, SeenSegment, Segment, SegmentTag, SegmentWords
from portal.review.segments import Drawn
from portal.submissions.law_text import LawText, spoken
from portal.submissions.models import Comment

#: The most segments in the largest cluster.
BIG: Final = 1_200
_MOST_CLUSTERS: Final = 300
_CLUSTERED_SHARE: Final = 0.5
_TAGGED_SHARE: Final = 0.6
_SEEN_SHARE: Final = 0.3
_SPLIT_SHARE: Final = 0.08
_POSITIONS: Final = ("amend", "oppose", "question")
#: How far responses are, in turn.
_STEPS: Final = ("published", "published", "approved", "for_approval", "drafting", None)


@dataclass
class Issue:
    """A cluster, how far its response is, and how many segments it may still take."""

    id: int
    answer: coverage.Answer | None
    room: int


class Desk:
    """The reviewers of one consultation."""

    def __init__(self, session: Session, random: Random, staff: Staff, consultation_id: int, index: LawText,
                 hot: Sequence[str], comments: int, now: datetime) -> None:
        self._session = session
        self._random = random
        self._index = index
        self._consultation_id = consultation_id
        self._now = now
        self._reviewer, self._approver, self._publisher = (
            staff.actors[role] for role in ("reviewer", "approver", "publisher"))
        code_list.import_code_list(session, self._reviewer, consultation_id, source.read("tags.json"), now=now)
        self._tags = [tag.id for tag in code_list.code_list(session, consultation_id).tags]
        self._tag_weights = [1 / (rank + 1) for rank in range(len(self._tags))]
        self.issues = self._make_clusters(hot, max(2, min(_MOST_CLUSTERS, comments // 200)))

    def _make_clusters(self, hot: Sequence[str], count: int) -> dict[tuple[str, str], Issue]:
        places = [(eid, position) for eid in hot for position in _POSITIONS][:count]
        cluster_ids = reserve_ids(self._session, Cluster, len(places))
        self._first = cluster_ids[0]
        by, at = self._reviewer.require_account(), self._now - timedelta(days=3)
        copy(self._session, Cluster, ("id", "consultation_id", "title_ko", "title_en", "issue_ko", "issue_en",
                                      "created_by", "created_at", "updated_by", "updated_at"),
             ((cluster_id, self._consultation_id, f"{spoken(eid, 'ko')} 쟁점 {n}", f"Issue {n} at {spoken(eid, 'en')}",
               "이 조항을 고칠 것인지 유지할 것인지", "Whether to change the clause or keep it", by, at, by, at)
              for n, (cluster_id, (eid, _)) in enumerate(zip(cluster_ids, places, strict=True), 1)))
        answers = self._answer(cluster_ids)
        return {place: Issue(cluster_id, answers.get(cluster_id), BIG)
                for place, cluster_id in zip(places, cluster_ids, strict=True)}

    def _answer(self, cluster_ids: Sequence[int]) -> dict[int, coverage.Answer]:
        """Write responses to most clusters; the first one is published."""
        told = [each for each in source.read("responses.json")[source.CONCLUDED]["clusters"] if each["reason_ko"]]
        reviewer, approver, publisher = (actor.require_account() for actor in (
            self._reviewer, self._approver, self._publisher))
        written = self._now - timedelta(days=2)
        done = self._now - timedelta(days=1)
        steps = [(cluster_id, step) for n, cluster_id in enumerate(cluster_ids)
                 if (step := _STEPS[n % len(_STEPS)]) is not None]
        response_ids = reserve_ids(self._session, Response, len(steps))
        responses: list[tuple[Any, ...]] = []
        editions: list[tuple[Any, ...]] = []
        found: dict[int, coverage.Answer] = {}
        for n, (response_id, (cluster_id, step)) in enumerate(zip(response_ids, steps, strict=True)):
            text = told[n % len(told)]
            disposition = DISPOSITIONS[n % len(DISPOSITIONS)]
            approved = step in ("approved", "published")
            digest = content_digest(response_id, disposition, text["reason_ko"], text["reason_en"], [])
            responses.append((
                response_id, self._consultation_id, cluster_id, disposition, text["reason_ko"], text["reason_en"], [],
                step, int(step == "published"), digest if approved else None, approver if approved else None,
                done if approved else None, reviewer, written, reviewer, written))
            if step == "published":
                editions.append((response_id, 1, disposition, text["reason_ko"], text["reason_en"], [], digest,
                                 approver, done, publisher, done))
            found[cluster_id] = coverage.answer(disposition, step)
        copy(self._session, Response, (
            "id", "consultation_id", "cluster_id", "disposition", "text_ko", "text_en", "changed_clauses", "step",
            "edition", "approved_digest", "approved_by", "approved_at", "created_by", "created_at", "updated_by",
            "updated_at"), responses)
        copy(self._session, ResponseAuthor, ("response_id", "account_id", "since"),
             ((response_id, reviewer, written) for response_id in response_ids))
        copy(self._session, ResponseEdition, (
            "response_id", "number", "disposition", "text_ko", "text_en", "changed_clauses", "digest", "approved_by",
            "approved_at", "published_by", "published_at"), editions)
        return found

    def receive(self, filed: Sequence[Filed]) -> int:
        """Make the segments of these submissions with everything that was decided of them; how many."""
        drawn = [(each, comment, parts) for each in filed for comment in each.comments
                 for parts in [self._drawn(comment)]]
        segment_ids = iter(reserve_ids(self._session, Segment, sum(len(parts) for _, _, parts in drawn)))
        rows: list[tuple[Any, ...]] = []
        words: list[tuple[int, str]] = []
        tagged: list[tuple[int, int, int, datetime]] = []
        seen: list[tuple[int, int, datetime]] = []
        reviewer = self._reviewer.require_account()
        for each, comment, parts in drawn:
            decided = [self._decide(each, comment, drawn_part) for drawn_part in parts]
            columns = [coverage.column(state) for state, _, _ in decided]
            dealt_with = all(column in coverage.DONE for column in columns)
            for part, (state, cluster_id, tags), column in zip(parts, decided, columns, strict=True):
                segment_id = next(segment_ids)
                rows.append((
                    segment_id, self._consultation_id, each.submission_id, comment.id, comment.uid, part.ordinal,
                    part.start, part.end, comment.clause_eid, self._index.order(comment.clause_eid), comment.position,
                    comment.language, each.filer.organisation_id, each.filer.kind, each.filed_at,
                    segments.lead(comment, part), cluster_id, column, state.excuse, dealt_with))
                words.append((segment_id, segments.searched(comment, part)))
                tagged += [(segment_id, tag, reviewer, self._now) for tag in tags]
                if tags or self._random.random() < _SEEN_SHARE:
                    seen.append((reviewer, segment_id, self._now))
        copy(self._session, Segment, (
            "id", "consultation_id", "submission_id", "comment_id", "comment_uid", "ordinal", "start", "end",
            "clause_eid", "clause_order", "position", "language", "organisation_id", "organisation_kind", "filed_at",
            "lead", "cluster_id", "coverage", "excuse", "dealt_with"), rows)
        copy(self._session, SegmentWords, ("segment_id", "words"), words)
        copy(self._session, SegmentTag, ("segment_id", "tag_id", "tagged_by", "tagged_at"), tagged)
        copy(self._session, SeenSegment, ("account_id", "segment_id", "seen_at"), seen)
        return len(rows)

    def _drawn(self, comment: Comment) -> list[Drawn]:
        """One segment over all of it, or two where a reviewer found two points."""
        length = len(comment.reason)
        cut = comment.reason.find(". ", length // 3) + 2
        if 2 < cut < length and self._random.random() < _SPLIT_SHARE:
            return [Drawn(1, 0, cut), Drawn(2, cut, length)]
        return [Drawn(1, 0, length)]

    def _decide(self, each: Filed, comment: Comment, part: Drawn) -> tuple[State, int | None, list[int]]:
        random = self._random
        issue = self.issues.get((comment.clause_eid, comment.position))
        # All that fits goes into the first cluster: it is to be as large as asked for with 20,000 comments, too.
        share = 1.0 if issue is not None and issue.id == self._first else _CLUSTERED_SHARE
        if issue is not None and (not issue.room or random.random() > share):
            issue = None
        if issue is not None:
            issue.room -= 1
        tags: list[int] = []
        if random.random() < _TAGGED_SHARE:
            tags = sorted(set(random.choices(self._tags, self._tag_weights, k=random.choice((1, 1, 2)))))
        state = State(excuse="withdrawn" if each.withdrawn else None, tagged=bool(tags), clustered=issue is not None,
                      shared=None if issue is None else issue.answer)
        return state, None if issue is None else issue.id, tags
