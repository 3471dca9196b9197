"""What the pages of review show: one segment in its comment, clusters, where everything stands, what waits.

Frozen dataclasses in a constant number of statements. Ask a policy first: nothing here knows who is looking.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.review.search import Query, planned
from portal.submissions.comment_input import CommentInput
from portal.submissions.models import POSITIONS

# ------------------------------------------------------------------------------------------------------- one segment


@dataclass(frozen=True)
class Part:
    """A segment among the parts of its comment."""

    id: int
    ordinal: int
    start: int
    end: int
    no_point: bool
    coverage: str
    version: int


@dataclass(frozen=True)
class SegmentDetail:
    """A segment with the comment that it is a passage of, as it was filed, and who filed it. `withdrawn`: the reason
    for which that filing was withdrawn."""

    id: int
    version: int
    ordinal: int
    start: int
    end: int
    no_point: bool
    coverage: str
    excuse: str | None
    dealt_with: bool
    cluster_id: int | None
    tags: tuple[int, ...]
    seen: bool
    clause_eid: str
    language: str
    position: str
    comment_id: int
    comment_uid: uuid.UUID
    comment_number: int
    comment_count: int
    draft_version_id: int
    outside_notice: bool
    given: CommentInput
    claims: tuple[Mapping[str, Any], ...]
    finds: int
    filing_number: int
    filed_at: datetime
    late_seconds: int
    public_number: str | None
    organisation_ko: str
    organisation_en: str
    organisation_kind: str
    organisation_confirmed: bool
    member_count: int | None
    withdrawn: str | None
    parts: tuple[Part, ...]

    def organisation(self, locale: str) -> str:
        """The filer's name as filed, in the reader's language."""
        return (self.organisation_en or self.organisation_ko) if locale == "en" else self.organisation_ko

    @property
    def words(self) -> str:
        """The segment's own words in the reason."""
        return self.given.reason[self.start:self.end]

    def pieces(self) -> list[tuple[str, bool, str | None]]:
        """The reason in pieces, in order: the words, whether they are the segment's own, and the ground on which the
        filer claims them as confidential, if so."""
        reason = self.given.reason
        claimed = [(each["start"], each["end"], each["ground"]) for each in self.claims if each["field"] == "reason"]
        edges = sorted({0, self.start, self.end, len(reason), *(edge for claim in claimed for edge in claim[:2])})
        return [(reason[start:end], self.start <= start and end <= self.end,
                 next((ground for first, last, ground in claimed if first <= start and end <= last), None))
                for start, end in pairwise(edges)]

    @property
    def drawing_version(self) -> int:
        """The version of how the comment is cut (`services.drawing_version`)."""
        return sum(part.version for part in self.parts)


_DETAIL: Final = text("""
    SELECT s.id, s.version, s.ordinal, s.start, s."end", s.no_point, s.coverage, s.excuse, s.dealt_with, s.cluster_id,
           ARRAY(SELECT t.tag_id FROM segment_tags t WHERE t.segment_id = s.id ORDER BY t.tag_id) AS tags,
           EXISTS (SELECT 1 FROM seen_segments x WHERE x.account_id = :me AND x.segment_id = s.id) AS seen,
           s.clause_eid, s.language, s.position, k.id AS comment_id, k.uid, k.number, f.comment_count,
           k.draft_version_id, k.outside_notice, k.proposal_form, k.proposal_language, k.proposal_old, k.proposal_text,
           k.reason, k.legal_basis, k.confidential AS claims, jsonb_array_length(k.finds) AS finds,
           f.number AS filing_number, f.filed_at, f.late_seconds, u.public_number, f.organisation_name_ko,
           f.organisation_name_en, s.organisation_kind, o.confirmed_at IS NOT NULL AS confirmed, o.member_count,
           (SELECT w.reason FROM withdrawals w WHERE w.filing_id = f.id) AS withdrawn
      FROM segments s
      JOIN comments k ON k.id = s.comment_id
      JOIN filings f ON f.id = k.filing_id
      JOIN submissions u ON u.id = s.submission_id
      JOIN organisations o ON o.id = s.organisation_id
     WHERE s.consultation_id = :c AND s.id = :id""")
_PARTS: Final = text("""
    SELECT id, ordinal, start, "end", no_point, coverage, version FROM segments WHERE comment_id = :id
     ORDER BY ordinal""")


def segment(session: Session, consultation_id: int, account_id: int, segment_id: int) -> SegmentDetail:
    """One segment of a consultation. Two statements. Raises NotFoundError."""
    row = session.execute(_DETAIL, {"c": consultation_id, "me": account_id, "id": segment_id}).first()
    if row is None:
        raise unknown_segment()
    parts = tuple(Part(*part) for part in session.execute(_PARTS, {"id": row.comment_id}))
    given = CommentInput(
        position=row.position, proposal_form=row.proposal_form, proposal_language=row.proposal_language,
        proposal_old=row.proposal_old, proposal_text=row.proposal_text, reason=row.reason, legal_basis=row.legal_basis,
        language=row.language)
    return SegmentDetail(
        id=row.id, version=row.version, ordinal=row.ordinal, start=row.start, end=row.end, no_point=row.no_point,
        coverage=row.coverage, excuse=row.excuse, dealt_with=row.dealt_with, cluster_id=row.cluster_id,
        tags=tuple(row.tags), seen=row.seen, clause_eid=row.clause_eid, language=row.language, position=row.position,
        comment_id=row.comment_id, comment_uid=row.uid, comment_number=row.number, comment_count=row.comment_count,
        draft_version_id=row.draft_version_id, outside_notice=row.outside_notice, given=given, claims=tuple(row.claims),
        finds=row.finds, filing_number=row.filing_number, filed_at=row.filed_at, late_seconds=row.late_seconds,
        public_number=row.public_number, organisation_ko=row.organisation_name_ko,
        organisation_en=row.organisation_name_en, organisation_kind=row.organisation_kind,
        organisation_confirmed=row.confirmed, member_count=row.member_count, withdrawn=row.withdrawn, parts=parts)


def unknown_segment() -> NotFoundError:
    """What is told of a segment that is not there: it may have been cut anew."""
    return NotFoundError(msg("There is no such segment in this consultation."),
                         what_next=msg("Its comment may have been cut anew. Go back to the queue."))


# --------------------------------------------------------------------------------------------------------- clusters


@dataclass(frozen=True)
class ClusterName:
    """A cluster where only its title is needed."""

    id: int
    title_ko: str
    title_en: str

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return (self.title_en or self.title_ko) if locale == "en" else (self.title_ko or self.title_en)


@dataclass(frozen=True)
class ClusterFacts(ClusterName):
    """A cluster with what stands in it now: live segments by position and by kind of organisation, and excused ones.
    `organisations` counts each filer once; `merged_into` is the cluster that took its segments."""

    issue_ko: str
    issue_en: str
    version: int
    created_by: str
    updated_by: str
    updated_at: datetime
    locked: bool = False
    merged_into: ClusterName | None = None
    segments: int = 0
    excused: int = 0
    submissions: int = 0
    organisations: int = 0
    positions: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    def issue(self, locale: str) -> str:
        """The issue in the reader's language."""
        return (self.issue_en or self.issue_ko) if locale == "en" else (self.issue_ko or self.issue_en)


_NAMES: Final = text("SELECT id, title_ko, title_en FROM clusters WHERE consultation_id = :c AND id = ANY(:ids)")


def cluster_names(session: Session, consultation_id: int, ids: Collection[int]) -> dict[int, ClusterName]:
    """These clusters of a consultation. One statement, none for none."""
    if not ids:
        return {}
    rows = session.execute(_NAMES, {"c": consultation_id, "ids": list(ids)})
    return {row.id: ClusterName(*row) for row in rows}


def nearest_clusters(session: Session, consultation_id: int, eids: Sequence[str], *,
                     size: int = 60) -> tuple[ClusterName, ...]:
    """The clusters that a segment at one of these addresses may belong to: those that hold most segments there first,
    then the newest. One statement."""
    rows = session.execute(text("""
        SELECT c.id, c.title_ko, c.title_en FROM clusters c
          LEFT JOIN (SELECT cluster_id, count(*) AS n FROM segments
                      WHERE consultation_id = :c AND clause_eid = ANY(:eids) AND cluster_id IS NOT NULL
                      GROUP BY cluster_id) h ON h.cluster_id = c.id
         WHERE c.consultation_id = :c AND c.merged_into IS NULL
         ORDER BY h.n DESC NULLS LAST, c.id DESC LIMIT :size"""),
        {"c": consultation_id, "eids": list(eids), "size": size})
    return tuple(ClusterName(*row) for row in rows)


_CLUSTER: Final = """
    SELECT c.id, c.title_ko, c.title_en, c.issue_ko, c.issue_en, c.version, coalesce(m.name, '') AS made_by,
           coalesce(u.name, '') AS changed_by, c.updated_at, c.locked, c.merged_into, i.title_ko AS into_ko,
           i.title_en AS into_en
      FROM clusters c LEFT JOIN accounts m ON m.id = c.created_by LEFT JOIN accounts u ON u.id = c.updated_by
      LEFT JOIN clusters i ON i.id = c.merged_into"""


_ONE: Final = text(f"{_CLUSTER} WHERE c.consultation_id = :c AND c.id = :id")
#: In one pass over the segments: `n` and what follows it count those that are live, `excused` the others.
_NUMBERS: Final = text("""
    SELECT position, organisation_kind, language, count(*) FILTER (WHERE excuse IS NULL) AS n,
           count(DISTINCT submission_id) FILTER (WHERE excuse IS NULL) AS submissions,
           count(DISTINCT organisation_id) FILTER (WHERE excuse IS NULL) AS organisations,
           count(*) FILTER (WHERE excuse IS NOT NULL) AS excused, GROUPING(position) AS p,
           GROUPING(organisation_kind) AS k, GROUPING(language) AS l
      FROM segments WHERE cluster_id = :id
     GROUP BY GROUPING SETS ((position), (organisation_kind), (language), ())""")


def cluster(session: Session, consultation_id: int, cluster_id: int) -> ClusterFacts:
    """One cluster with its numbers. Two statements. Raises NotFoundError."""
    row = session.execute(_ONE, {"c": consultation_id, "id": cluster_id}).first()
    if row is None:
        raise NotFoundError(msg("There is no such cluster in this consultation."))
    numbers = session.execute(_NUMBERS, {"id": cluster_id}).all()
    whole = next(each for each in numbers if each.p and each.k and each.l)
    return ClusterFacts(
        id=row.id, title_ko=row.title_ko, title_en=row.title_en, issue_ko=row.issue_ko, issue_en=row.issue_en,
        version=row.version, created_by=row.made_by, updated_by=row.changed_by, updated_at=row.updated_at,
        locked=row.locked,
        merged_into=None if row.merged_into is None else ClusterName(row.merged_into, row.into_ko, row.into_en),
        segments=whole.n, submissions=whole.submissions, organisations=whole.organisations, excused=whole.excused,
        positions={each.position: each.n for each in numbers if not each.p and each.n},
        kinds={each.organisation_kind: each.organisations for each in numbers if not each.k and each.n},
        languages={each.language: each.n for each in numbers if not each.l and each.n})


def places_of_cluster(session: Session, cluster_id: int) -> list[str]:
    """The addresses at which a cluster's live segments stand, those with most first."""
    return list(session.scalars(text("""
        SELECT clause_eid FROM segments WHERE cluster_id = :id AND excuse IS NULL
         GROUP BY clause_eid ORDER BY count(*) DESC, clause_eid LIMIT 50"""), {"id": cluster_id}))


@dataclass(frozen=True)
class ClusterCard(ClusterName):
    """A cluster in the list of clusters; `size` counts its live segments."""

    issue_ko: str
    issue_en: str
    locked: bool
    size: int
    positions: Mapping[str, int]

    def issue(self, locale: str) -> str:
        """The issue in the reader's language."""
        return (self.issue_en or self.issue_ko) if locale == "en" else (self.issue_ko or self.issue_en)


def clusters(session: Session, consultation_id: int, *, after: tuple[int, int] | None = None,
             size: int = 50) -> tuple[tuple[ClusterCard, ...], tuple[int, int] | None, int]:
    """A page of clusters, the largest first, the edge from which the next one is asked for, and how many there are.
    Two statements."""
    total: int = session.scalar(text("SELECT count(*) FROM clusters WHERE consultation_id = :c"
                                     " AND merged_into IS NULL"), {"c": consultation_id}) or 0
    edge = "WHERE (p.n, p.id) < (:n, :id)" if after is not None else ""
    by_position = ", ".join(f"count(*) FILTER (WHERE position = '{each}') AS {each}" for each in POSITIONS)
    rows = session.execute(text(f"""
        WITH sizes AS (
            SELECT cluster_id, count(*) AS n, {by_position} FROM segments
             WHERE consultation_id = :c AND cluster_id IS NOT NULL AND coverage <> 'excused' GROUP BY cluster_id),
        p AS (SELECT c.id, c.title_ko, c.title_en, c.issue_ko, c.issue_en, c.locked, coalesce(s.n, 0) AS n,
                     {', '.join(POSITIONS)}
                FROM clusters c LEFT JOIN sizes s ON s.cluster_id = c.id
               WHERE c.consultation_id = :c AND c.merged_into IS NULL)
        SELECT * FROM p {edge} ORDER BY n DESC, id DESC LIMIT :size"""),
        {"c": consultation_id, "size": size + 1, **({} if after is None else {"n": after[0], "id": after[1]})}).all()
    cards = tuple(ClusterCard(
        row.id, row.title_ko, row.title_en, row.issue_ko, row.issue_en, row.locked, row.n,
        {each: n for each in POSITIONS if (n := getattr(row, each))}) for row in rows[:size])
    return cards, (cards[-1].size, cards[-1].id) if len(rows) > size else None, total


# -------------------------------------------------------------------------------------------------- where we stand


@dataclass(frozen=True)
class Standing:
    """How many segments stand in which column: as a whole, by clause and by kind of organisation; each sums to
    `received`. And which positions are taken at which clause, by those that count: what was withdrawn, superseded or
    erased takes none any more."""

    columns: Mapping[str, int]
    by_clause: Mapping[str, Mapping[str, int]]
    by_kind: Mapping[str, Mapping[str, int]]
    positions: Mapping[str, Mapping[str, int]]

    @property
    def received(self) -> int:
        """All of them."""
        return sum(self.columns.values())


def where_we_stand(session: Session, asked: Query) -> Standing:
    """The columns under a filter. One statement."""
    sql = text(f"""
        SELECT clause_eid, organisation_kind, position, coverage, count(*) AS n,
               count(*) FILTER (WHERE coverage <> 'excused') AS live, GROUPING(clause_eid) AS no_clause,
               GROUPING(organisation_kind) AS no_kind, GROUPING(position) AS no_position
          FROM ({asked.rows()}) s
         GROUP BY GROUPING SETS ((clause_eid, coverage), (organisation_kind, coverage), (clause_eid, position),
                                 (coverage))""")
    with planned(session, asked):
        rows = session.execute(sql, asked.parameters).all()
    columns: dict[str, int] = {}
    by_clause: dict[str, dict[str, int]] = {}
    by_kind: dict[str, dict[str, int]] = {}
    positions: dict[str, dict[str, int]] = {}
    for row in rows:
        if not row.no_position:
            if row.live:
                positions.setdefault(row.clause_eid, {})[row.position] = row.live
        elif not row.no_clause:
            by_clause.setdefault(row.clause_eid, {})[row.coverage] = row.n
        elif not row.no_kind:
            by_kind.setdefault(row.organisation_kind, {})[row.coverage] = row.n
        else:
            columns[row.coverage] = row.n
    return Standing(columns, by_clause, by_kind, positions)


def columns_of(session: Session, consultation_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """The columns of several consultations at once. One statement."""
    found: dict[int, dict[str, int]] = {each: {} for each in consultation_ids}
    for row in session.execute(text("""
            SELECT consultation_id, coverage, count(*) AS n FROM segments WHERE consultation_id = ANY(:ids)
             GROUP BY consultation_id, coverage"""), {"ids": list(consultation_ids)}):
        found[row.consultation_id][row.coverage] = row.n
    return found


def comments_waiting(session: Session, consultation_id: int) -> int:
    """Comments of current filings that have no segment yet, because the job that draws it is still to run."""
    return int(session.scalar(text("""
        SELECT count(*) FROM submissions u JOIN comments k ON k.filing_id = u.current_filing_id
         WHERE u.consultation_id = :c AND u.withdrawn_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.comment_id = k.id)"""), {"c": consultation_id}) or 0)
