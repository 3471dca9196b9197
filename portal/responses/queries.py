"""What the pages of review show of responses: one with its steps and authors, those of many segments, what waits.

Frozen dataclasses in a constant number of statements. Ask a policy first: nothing here knows who is looking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.responses.services import content_digest, unknown_response


@dataclass(frozen=True)
class ResponseFacts:
    """A response as it stands, with everyone's names. `authors`: who changed it since the last approval, or wrote what
    was approved; `title_*` of the cluster, "" for a segment's own."""

    id: int
    cluster_id: int | None
    segment_id: int | None
    disposition: str | None
    text_ko: str
    text_en: str
    changed_clauses: tuple[Mapping[str, Any], ...]
    step: str
    edition: int
    approved_by: str
    approved_at: datetime | None
    updated_by: str
    updated_at: datetime
    created_by: str
    version: int
    title_ko: str
    title_en: str
    clause_eid: str | None
    lead: str
    excuse: str | None
    authors: tuple[tuple[int, str], ...]

    @property
    def author_ids(self) -> frozenset[int]:
        """The accounts of the authors."""
        return frozenset(account_id for account_id, _ in self.authors)

    @property
    def digest(self) -> str:
        """What an approval of this very text binds to."""
        return content_digest(self.id, self.disposition, self.text_ko, self.text_en, self.changed_clauses)

    @property
    def is_approved(self) -> bool:
        """Whether an approval stands."""
        return self.step in ("approved", "published")

    def title(self, locale: str) -> str:
        """What it answers: the cluster's title, or the segment's first words."""
        title = (self.title_en or self.title_ko) if locale == "en" else (self.title_ko or self.title_en)
        return title or self.lead

    def words(self, locale: str) -> str:
        """The text in the reader's language, else the other."""
        return (self.text_en or self.text_ko) if locale == "en" else (self.text_ko or self.text_en)


_RESPONSE: Final = """
    SELECT r.id, r.cluster_id, r.segment_id, r.disposition, r.text_ko, r.text_en, r.changed_clauses, r.step, r.edition,
           coalesce(a.name, ''), CASE WHEN r.approved_digest IS NULL THEN NULL ELSE r.approved_at END,
           coalesce(u.name, ''), r.updated_at, coalesce(m.name, ''), r.version, coalesce(c.title_ko, ''),
           coalesce(c.title_en, ''), s.clause_eid, coalesce(s.lead, ''), s.excuse,
           coalesce((SELECT jsonb_agg(jsonb_build_array(w.id, w.name) ORDER BY h.since, w.id)
                       FROM response_authors h JOIN accounts w ON w.id = h.account_id WHERE h.response_id = r.id), '[]')
      FROM responses r
      LEFT JOIN accounts a ON a.id = r.approved_by
      LEFT JOIN accounts u ON u.id = r.updated_by
      LEFT JOIN accounts m ON m.id = r.created_by
      LEFT JOIN clusters c ON c.id = r.cluster_id
      LEFT JOIN segments s ON s.id = r.segment_id"""


def _facts(row: Any) -> ResponseFacts:
    return ResponseFacts(*[*row[:6], tuple(row[6]), *row[7:-1], tuple((each[0], each[1]) for each in row[-1])])


def response(session: Session, consultation_id: int, response_id: int) -> ResponseFacts:
    """One response of a consultation. Raises NotFoundError."""
    row = session.execute(text(f"{_RESPONSE} WHERE r.consultation_id = :c AND r.id = :id"),
                          {"c": consultation_id, "id": response_id}).first()
    if row is None:
        raise unknown_response()
    return _facts(row)


def of_cluster(session: Session, cluster_id: int) -> ResponseFacts | None:
    """The response to a cluster, or None."""
    row = session.execute(text(f"{_RESPONSE} WHERE r.cluster_id = :id"), {"id": cluster_id}).first()
    return None if row is None else _facts(row)


def of_segment(session: Session, segment_id: int, cluster_id: int | None) -> tuple[ResponseFacts | None,
                                                                                  ResponseFacts | None]:
    """A segment's own response and its cluster's. One statement. (Which of them applies: `review.coverage.State`.)"""
    rows = session.execute(text(f"{_RESPONSE} WHERE r.segment_id = :s OR r.cluster_id = :c"),
                           {"s": segment_id, "c": cluster_id}).all()
    found = [_facts(row) for row in rows]
    return (next((each for each in found if each.segment_id is not None), None),
            next((each for each in found if each.cluster_id is not None), None))


@dataclass(frozen=True)
class Standing:
    """How far a cluster's response is."""

    response_id: int
    step: str
    disposition: str | None
    edition: int

    @property
    def beyond_drafting(self) -> bool:
        """Whether it was sent on or published: whatever comes into the cluster is answered by it as it stands."""
        return self.edition > 0 or self.step != "drafting"


def of_clusters(session: Session, cluster_ids: Collection[int]) -> dict[int, Standing]:
    """How far the responses of these clusters are. One statement, none for none."""
    if not cluster_ids:
        return {}
    rows = session.execute(text(
        "SELECT cluster_id, id, step, disposition, edition FROM responses WHERE cluster_id = ANY(:ids)"),
        {"ids": list(cluster_ids)})
    return {row.cluster_id: Standing(*row[1:]) for row in rows}


# ------------------------------------------------------------------------------------------------------- the lists

#: A response `r` that answers somebody or may yet: not the draft of a cluster whose segments went into another one, nor
#: one to a segment that does not count any more before it was published.
_STANDS: Final = """(NOT EXISTS (SELECT 1 FROM clusters g WHERE g.id = r.cluster_id AND g.merged_into IS NOT NULL)
    AND NOT (r.edition = 0 AND EXISTS (
        SELECT 1 FROM segments x WHERE x.id = r.segment_id AND x.excuse IS NOT NULL)))"""


@dataclass(frozen=True)
class Listed:
    """A response in a list; `answers` counts the segments that count, of a cluster all of them, else one."""

    id: int
    cluster_id: int | None
    segment_id: int | None
    step: str
    disposition: str | None
    edition: int
    title_ko: str
    title_en: str
    clause_eid: str | None
    lead: str
    excuse: str | None
    updated_by: str
    updated_at: datetime
    authors: tuple[str, ...]
    mine: bool
    answers: int

    def title(self, locale: str) -> str:
        """What it answers: the cluster's title, or the segment's first words."""
        title = (self.title_en or self.title_ko) if locale == "en" else (self.title_ko or self.title_en)
        return title or self.lead


def listed(session: Session, consultation_id: int, account_id: int, *, steps: Collection[str] = (),
           not_mine: bool = False, after: int | None = None,
           size: int = 50) -> tuple[tuple[Listed, ...], int | None]:
    """Responses that stand, the newest first, and where the next page begins. `not_mine`: only those of which the
    person has written nothing, or which are approved: anyone may publish. One statement."""
    rows = session.execute(text(f"""
        WITH page AS (
            SELECT r.* FROM responses r
             WHERE r.consultation_id = :c AND {_STANDS} AND (:all_steps OR r.step = ANY(:steps))
               AND (NOT :not_mine OR r.step = 'approved'
                    OR NOT EXISTS (SELECT 1 FROM response_authors h
                                    WHERE h.response_id = r.id AND h.account_id = :me))
               AND (CAST(:after AS bigint) IS NULL OR r.id < :after)
             ORDER BY r.id DESC LIMIT :size)
        SELECT r.id, r.cluster_id, r.segment_id, r.step, r.disposition, r.edition, coalesce(c.title_ko, ''),
               coalesce(c.title_en, ''), s.clause_eid, coalesce(s.lead, ''), s.excuse, coalesce(u.name, ''),
               r.updated_at,
               ARRAY(SELECT w.name FROM response_authors h JOIN accounts w ON w.id = h.account_id
                      WHERE h.response_id = r.id ORDER BY h.since, w.id) AS authors,
               EXISTS (SELECT 1 FROM response_authors h WHERE h.response_id = r.id AND h.account_id = :me) AS mine,
               CASE WHEN r.cluster_id IS NULL THEN 1 ELSE
                    (SELECT count(*) FROM segments g WHERE g.cluster_id = r.cluster_id AND g.excuse IS NULL) END
          FROM page r
          LEFT JOIN clusters c ON c.id = r.cluster_id
          LEFT JOIN segments s ON s.id = r.segment_id
          LEFT JOIN accounts u ON u.id = r.updated_by
         ORDER BY r.id DESC"""),
        {"c": consultation_id, "me": account_id, "all_steps": not steps, "steps": list(steps), "not_mine": not_mine,
         "after": after, "size": size + 1}).all()
    found = tuple(Listed(*[*row[:13], tuple(row[13]), row[14], row[15]]) for row in rows[:size])
    return found, found[-1].id if len(rows) > size else None


@dataclass(frozen=True)
class StepCounts:
    """How many responses stand at each step: all, and those that the person may take further (see `listed`)."""

    all: Mapping[str, int]
    not_mine: Mapping[str, int]


def step_counts(session: Session, consultation_ids: Sequence[int], account_id: int) -> dict[int, StepCounts]:
    """The steps of several consultations at once. One statement."""
    found: dict[int, StepCounts] = {each: StepCounts({}, {}) for each in consultation_ids}
    every: dict[int, dict[str, int]] = {each: {} for each in consultation_ids}
    others: dict[int, dict[str, int]] = {each: {} for each in consultation_ids}
    for row in session.execute(text(f"""
            SELECT r.consultation_id, r.step, count(*) AS n,
                   count(*) FILTER (WHERE r.step = 'approved' OR NOT EXISTS (SELECT 1 FROM response_authors h
                          WHERE h.response_id = r.id AND h.account_id = :me)) AS others
              FROM responses r WHERE r.consultation_id = ANY(:ids) AND {_STANDS} GROUP BY r.consultation_id, r.step"""),
            {"ids": list(consultation_ids), "me": account_id}):
        every[row.consultation_id][row.step] = row.n
        others[row.consultation_id][row.step] = row.others
    return {each: StepCounts(every[each], others[each]) for each in found}


# ------------------------------------------------------------------------------------------------ editions, history


@dataclass(frozen=True)
class Edition:
    """A response as it was published."""

    number: int
    disposition: str
    text_ko: str
    text_en: str
    changed_clauses: tuple[Mapping[str, Any], ...]
    approved_by: str
    published_by: str
    published_at: datetime

    def words(self, locale: str) -> str:
        """The text in the reader's language, else the other."""
        return (self.text_en or self.text_ko) if locale == "en" else (self.text_ko or self.text_en)


def editions(session: Session, response_id: int) -> tuple[Edition, ...]:
    """The published editions, the newest first."""
    rows = session.execute(text("""
        SELECT e.number, e.disposition, e.text_ko, e.text_en, e.changed_clauses, coalesce(a.name, ''),
               coalesce(p.name, ''), e.published_at
          FROM response_editions e LEFT JOIN accounts a ON a.id = e.approved_by
          LEFT JOIN accounts p ON p.id = e.published_by
         WHERE e.response_id = :id ORDER BY e.number DESC"""), {"id": response_id})
    return tuple(Edition(*[*row[:4], tuple(row[4]), *row[5:]]) for row in rows)


@dataclass(frozen=True)
class Happened:
    """One event of a response's history. `data` as the audit log keeps it."""

    verb: str
    who: str
    at: datetime
    data: Mapping[str, Any]


def history(session: Session, response_id: int, *, size: int = 100) -> tuple[Happened, ...]:
    """What happened to a response, the newest first."""
    rows = session.execute(text("""
        SELECT e.verb, coalesce(a.name, ''), e.at, e.data FROM audit_events e
          LEFT JOIN accounts a ON a.id = e.account_id
         WHERE e.subject_kind = 'response' AND e.subject_id = :id ORDER BY e.id DESC LIMIT :size"""),
        {"id": response_id, "size": size})
    return tuple(Happened(*row) for row in rows)
