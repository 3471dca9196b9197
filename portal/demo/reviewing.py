"""The ministry's acts: tags, clusters, responses, approvals, publication, conclusion. Approver and author differ."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consultations import services as consultations
from portal.demo import source
from portal.demo.people import People
from portal.drafts.queries import versions
from portal.responses import services as responses
from portal.responses.models import Response
from portal.responses.services import ChangedClause, ResponseInput
from portal.review import code_list, receiving, services
from portal.review.models import Segment
from portal.review.services import ClusterInput
from portal.review.unanswered import unanswered
from portal.submissions.models import Comment, Filing


@dataclass(frozen=True)
class _Part:
    """A part of a comment as the data knows it: its number from 1, tags and issue."""

    number: int
    tags: tuple[str, ...]
    issue: str | None


class Reviewers:
    """Works on one consultation. `uids` tells which stored comment a comment of the data became."""

    def __init__(self, session: Session, people: People, consultation_id: int, uids: Mapping[str, uuid.UUID],
                 step: Callable[[], None]) -> None:
        self._session = session
        self._staff = people.staff
        self._id = consultation_id
        self._uids = uids
        self._step = step
        self._clusters: dict[str, int] = {}

    def receive(self) -> None:
        """What the worker does for every filing: its comments become segments."""
        for filing_id, filed_at in self._session.execute(select(Filing.id, Filing.filed_at).where(
                Filing.consultation_id == self._id).order_by(Filing.id)):
            receiving.receive_filing(self._session, filing_id, now=filed_at + timedelta(seconds=2))
        self._session.flush()

    def triage(self, now: datetime) -> None:
        """The open consultation: about two thirds of the segments are tagged and clustered."""
        work: list[tuple[str, bool, list[_Part]]] = []
        for item in source.read("triage.json")["comments"]:
            parts = [_Part(p["segment"] or 1, tuple(p["tags"]), p["issue"]) for p in item["segments"]]
            work.append((item["comment"], item["split"], parts))
        self._decide(work, {c["id"]: c for c in source.read("comments.jsonl")}, now)

    def sort_everything(self, comments: Sequence[dict[str, Any]], now: datetime) -> None:
        """The concluded consultation: every segment is tagged and clustered."""
        work = [(c["id"], len(c["segments"]) > 1,
                 [_Part(n, tuple(c["tags"]), s["issue"]) for n, s in enumerate(c["segments"], 1)]) for c in comments]
        self._decide(work, {c["id"]: c for c in comments}, now)

    def _decide(self, work: Sequence[tuple[str, bool, list[_Part]]], comments: Mapping[str, dict[str, Any]],
                now: datetime) -> None:
        reviewer = self._staff["reviewer"]
        code_list.import_code_list(self._session, reviewer, self._id, source.read("tags.json"), now=now)
        tag_ids = {tag.key: tag.id for tag in code_list.code_list(self._session, self._id).tags}
        by_tags: dict[tuple[str, ...], list[int]] = defaultdict(list)
        by_issue: dict[str, list[int]] = defaultdict(list)
        for n, (comment_id, split, parts) in enumerate(work):
            at = now + timedelta(minutes=n)
            segments = self._split(comments[comment_id], at) if split else self._segments(comment_id)
            for part in parts:
                by_tags[part.tags].append(segments[part.number - 1])
                if part.issue:
                    by_issue[part.issue].append(segments[part.number - 1])
            self._step()
        last = now + timedelta(minutes=len(work))
        for tags, segment_ids in by_tags.items():
            if tags:
                services.tag_segments(self._session, reviewer, self._id, segment_ids,
                                      add=[tag_ids[tag] for tag in tags], now=last)
        for issue, segment_ids in by_issue.items():
            told = next(c for c in source.read("clusters.json") if c["key"] == issue)
            self._clusters[issue], _ = services.create_cluster(
                self._session, reviewer, self._id,
                ClusterInput(told["title_ko"], told["title_en"], told["issue_ko"], told["issue_en"]),
                segment_ids=segment_ids, now=last + timedelta(hours=1))

    def _segments(self, comment_id: str) -> list[int]:
        return list(self._session.scalars(
            select(Segment.id).join(Comment, Comment.id == Segment.comment_id)
            .where(Comment.uid == self._uids[comment_id], Segment.excuse.is_(None)).order_by(Segment.ordinal)))

    def _split(self, comment: dict[str, Any], now: datetime) -> list[int]:
        """Cut a comment where its points begin; lead-ins go with what follows or stood before."""
        stored = self._session.execute(
            select(Comment.id, Comment.reason).join(Filing, Filing.id == Comment.filing_id)
            .where(Comment.uid == self._uids[comment["id"]])).one()
        boundaries = [stored.reason.index(point["text"]) for point in comment["segments"][1:]]
        parts = self._session.scalars(select(Segment).where(Segment.comment_id == stored.id)).all()
        return services.split_comment(
            self._session, self._staff["reviewer"], self._id, stored.id, boundaries,
            expected_version=services.drawing_version(parts), now=now)

    def answer(self, slug: str, now: datetime, publish_at: datetime) -> None:
        """Write every response of the data and take it as far as its step says."""
        told = source.read("responses.json")[slug]
        newest = max(v.number for v in versions(self._session, self._id))
        for item in told["clusters"]:
            response_id = responses.draft_response(self._session, self._staff["reviewer"], self._id,
                                                   cluster_id=self._clusters[item["issue"]], now=now)
            self._take(response_id, item, newest, now, publish_at)
        for item in told["segments"]:
            segment_id = self._segments(item["comment"])[item["segment"] - 1 if item["segment"] else 0]
            response_id = responses.draft_response(self._session, self._staff["reviewer"], self._id,
                                                   segment_id=segment_id, now=now)
            self._take(response_id, item, newest, now, publish_at)

    def _take(self, response_id: int, item: dict[str, Any], newest: int, now: datetime, publish_at: datetime) -> None:
        session, staff = self._session, self._staff
        given = ResponseInput(item["disposition"], item["reason_ko"], item["reason_en"], tuple(
            ChangedClause(newest, eid) for eid in item["changed_clauses"]))
        saved = responses.save_response(session, staff["reviewer"], self._id, response_id, given, expected_version=1,
                                        now=now)
        if item["step"] == "drafting":
            return
        saved = responses.send_for_approval(session, staff["reviewer"], self._id, response_id,
                                            expected_version=saved.version, now=now + timedelta(hours=1))
        if item["step"] == "for_approval":
            return
        row = session.get_one(Response, response_id)
        saved = responses.approve(session, staff["approver"], self._id, response_id,
                                  seen_digest=responses.digest_of(row), now=now + timedelta(hours=8))
        if item["step"] == "published":
            responses.publish(session, staff["publisher"], self._id, response_id, expected_version=saved.version,
                              now=publish_at)

    def conclude(self, now: datetime) -> None:
        """Conclude: possible only while nobody waits for an answer."""
        self._session.flush()
        consultations.conclude_consultation(
            self._session, self._staff["publisher"], self._id,
            unanswered=unanswered(self._session, [self._id])[self._id], now=now)
