"""What the pages of suggestions show: runs, proposed clusters, campaigns, what fits where, the map, a regrouping.

Frozen dataclasses in a constant number of statements; lists are paged by their edges. Ask a policy first: nothing here
knows who is looking. Members of an open proposal that were placed elsewhere, or do not count any more, are not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.consultations.queries import in_language
from portal.review import coverage
from portal.review.queries import ClusterName
from portal.submissions.models import POSITIONS
from portal.suggestions import acts
from portal.suggestions.decisions import CUT_SINCE, PLACED
from portal.suggestions.models import AnalysisRun, Campaign, ProposedCluster
from portal.suggestions.texts import LIVE

#: So many proposals, campaigns or passages stand on one page of a list; so many segments.
PAGE: Final = 30
SEGMENTS: Final = 50
#: In which order proposed clusters can stand.
SORTS: Final = ("size", "law")

Edge = tuple[int, int]

#: A segment in a proposal that can still come into a cluster.
_FREE: Final = "s.excuse IS NULL AND s.cluster_id IS NULL AND NOT s.no_point"
_BY_POSITION: Final = ", ".join(f"count(*) FILTER (WHERE s.position = '{each}') AS {each}" for each in POSITIONS)
#: The place at which most of them stand: its order in the law, then its address.
_PLACE: Final = "mode() WITHIN GROUP (ORDER BY lpad(s.clause_order::text, 10, '0') || s.clause_eid)"
#: What a segment says, in the filer's own words: where the reason is empty, the proposed wording or the legal basis.
_WORDS: Final = """
    coalesce(nullif(substr(k.reason, CAST(s.start + 1 AS integer), CAST(s."end" - s.start AS integer)), ''),
             nullif(k.proposal_text, ''), k.legal_basis)"""


def _positions(row: Any) -> dict[str, int]:
    return {each: n for each in POSITIONS if (n := getattr(row, each))}


# -------------------------------------------------------------------------------------------------------------- runs


@dataclass(frozen=True)
class Run:
    """One analysis that somebody asked for; names are "" for a command."""

    id: int
    kind: str
    state: str
    stage: str
    share: float
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancelled_by: str
    applied_at: datetime | None
    applied_by: str
    engine: str
    model: str | None
    figures: Mapping[str, Any]
    problem: str

    @property
    def under_way(self) -> bool:
        """Whether it has yet to end."""
        return self.finished_at is None

    @property
    def discarded(self) -> bool:
        """Whether it came to its end, and what it proposed was discarded then."""
        return self.kind == "regrouping" and self.state == "cancelled" and bool(self.figures)


_RUN: Final = """
    SELECT r.id, r.kind, r.state, r.stage, r.share, coalesce(a.name, '') AS asked_by, r.asked_at, r.started_at,
           r.finished_at, coalesce(x.name, '') AS cancelled_by, r.applied_at, coalesce(t.name, '') AS applied_by,
           r.engine, r.model, r.figures, r.problem
      FROM analysis_runs r LEFT JOIN accounts a ON a.id = r.asked_by LEFT JOIN accounts x ON x.id = r.cancelled_by
      LEFT JOIN accounts t ON t.id = r.applied_by"""


@dataclass(frozen=True)
class Runs:
    """What a consultation's analysis is doing: the run under way, the last that ended, the last that ended well, and a
    regrouping whose difference waits to be looked at."""

    under_way: Run | None
    last: Run | None
    last_good: Run | None
    regrouping: Run | None


def runs(session: Session, consultation_id: int) -> Runs:
    """The runs that a page tells of. One statement."""
    rows = [Run(*row) for row in session.execute(
        text(f"{_RUN} WHERE r.consultation_id = :c ORDER BY r.id DESC LIMIT 30"), {"c": consultation_id})]
    ended = [run for run in rows if not run.under_way]
    good = next((run for run in ended if run.state == "done"), None)
    return Runs(next((run for run in rows if run.under_way), None), next(iter(ended), None), good,
                good if good is not None and good.kind == "regrouping" and good.applied_at is None else None)


def run(session: Session, consultation_id: int, run_id: int) -> Run:
    """One run. Raises NotFoundError."""
    row = session.execute(text(f"{_RUN} WHERE r.consultation_id = :c AND r.id = :id"),
                          {"c": consultation_id, "id": run_id}).first()
    if row is None:
        raise acts.unknown(AnalysisRun)
    return Run(*row)


@dataclass(frozen=True)
class Counts:
    """How many proposals and campaigns stand in which state, how many shared passages there are, and how many segments
    fit a cluster."""

    proposals: Mapping[str, int]
    campaigns: Mapping[str, int]
    passages: int
    fitting: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is proposed and nothing was dismissed."""
        return not (self.passages or self.fitting or any(
            of.get(state) for of in (self.proposals, self.campaigns) for state in ("open", "dismissed")))


def counts(session: Session, consultation_id: int) -> Counts:
    """The numbers. One statement."""
    rows = session.execute(text(f"""
        SELECT 'proposals' AS what, p.state, count(*) AS n FROM proposed_clusters p
         WHERE p.consultation_id = :c AND (p.state <> 'open' OR EXISTS (
               SELECT 1 FROM proposed_members m JOIN segments s ON s.id = m.segment_id
                WHERE m.proposal_id = p.id AND {_FREE}))
         GROUP BY p.state
        UNION ALL
        SELECT 'campaigns', state, count(*) FROM campaigns WHERE consultation_id = :c GROUP BY state
        UNION ALL
        SELECT 'passages', '', count(*) FROM shared_passages WHERE consultation_id = :c
        UNION ALL
        SELECT 'fitting', '', count(*) FROM {_FITTING}"""), {"c": consultation_id}).all()
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.what, {})[row.state] = row.n
    return Counts(found.get("proposals", {}), found.get("campaigns", {}), found["passages"][""], found["fitting"][""])


# --------------------------------------------------------------------------------------------------- whose words


@dataclass(frozen=True)
class Whose:
    """A segment where only its place and its filer are told."""

    id: int
    clause_eid: str
    language: str
    position: str
    organisation_ko: str
    organisation_en: str
    lead: str

    def organisation(self, locale: str) -> str:
        """The filer's name in the reader's language."""
        return in_language(self.organisation_ko, self.organisation_en, locale)


def whose(session: Session, consultation_id: int, ids: Collection[int]) -> dict[int, Whose]:
    """These segments of a consultation. One statement, none for none."""
    if not ids:
        return {}
    rows = session.execute(text("""
        SELECT s.id, s.clause_eid, s.language, s.position, f.organisation_name_ko, f.organisation_name_en, s.lead
          FROM segments s JOIN comments k ON k.id = s.comment_id JOIN filings f ON f.id = k.filing_id
         WHERE s.consultation_id = :c AND s.id = ANY(:ids)"""), {"c": consultation_id, "ids": sorted(set(ids))})
    return {row.id: Whose(*row) for row in rows}


@dataclass(frozen=True)
class Quote:
    """The most typical sentence in a language, and the segment that says it."""

    language: str
    sentence: str
    segment_id: int


def _quotes(central: Mapping[str, Any]) -> tuple[Quote, ...]:
    return tuple(Quote(language, central[language]["sentence"], central[language]["segment"])
                 for language in ("ko", "en") if central.get(language))


# ------------------------------------------------------------------------------------------------ proposed clusters


@dataclass(frozen=True)
class Card(ClusterName):
    """A proposed cluster in the list. `size` and the numbers count the segments that can still come into it; `place` is
    where most of them stand."""

    version: int
    state: str
    kept: bool
    decided_by: str
    decided_at: datetime | None
    terms: Mapping[str, Sequence[str]]
    quotes: tuple[Quote, ...]
    size: int
    positions: Mapping[str, int]
    languages: Mapping[str, int]
    place: str
    order: int


@dataclass(frozen=True)
class Page:
    """A page of a list: what stands on it, the edge from which the next one is asked for, and how many there are."""

    items: tuple[Any, ...]
    next: Edge | None
    total: int


def proposals(session: Session, consultation_id: int, *, state: str = "open", clauses: Collection[str] = (),
              sort: str = "size", after: Edge | None = None, size: int = PAGE) -> Page:
    """Proposed clusters, the largest first or in the order of the law; with `clauses` those of which a segment stands
    at one of these addresses. One statement."""
    free = _FREE if state == "open" else "s.excuse IS NULL"
    ordered, edge = ("n DESC, id DESC", "(n, id) < (:key, :id)") if sort == "size" else (
        "at_order, id", "(at_order, id) > (:key, :id)")
    rows = session.execute(text(f"""
        WITH counted AS (
            SELECT m.proposal_id, count(*) AS n, {_BY_POSITION}, count(*) FILTER (WHERE s.language = 'ko') AS ko,
                   count(*) FILTER (WHERE s.language = 'en') AS en, {_PLACE} AS at
              FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
              JOIN segments s ON s.id = m.segment_id
             WHERE p.consultation_id = :c AND p.state = :state AND {free}
             GROUP BY m.proposal_id
            {"HAVING bool_or(s.clause_eid = ANY(:clauses))" if clauses else ""}),
        found AS (
            SELECT p.id, p.title_ko, p.title_en, p.version, p.state, p.kept, coalesce(a.name, '') AS decided_by,
                   p.decided_at, p.terms, p.central, c.*, left(c.at, 10)::bigint AS at_order, substr(c.at, 11) AS place
              FROM counted c JOIN proposed_clusters p ON p.id = c.proposal_id
              LEFT JOIN accounts a ON a.id = p.decided_by)
        SELECT found.*, (SELECT count(*) FROM found) AS total FROM found {f"WHERE {edge}" if after else ""}
         ORDER BY {ordered} LIMIT :size"""),
        {"c": consultation_id, "state": state, "size": size + 1, **({"clauses": list(clauses)} if clauses else {}),
         **({"key": after[0], "id": after[1]} if after else {})}).all()
    cards = tuple(Card(
        id=row.id, title_ko=row.title_ko, title_en=row.title_en, version=row.version, state=row.state, kept=row.kept,
        decided_by=row.decided_by, decided_at=row.decided_at, terms=row.terms, quotes=_quotes(row.central), size=row.n,
        positions=_positions(row), languages={each: n for each in ("ko", "en") if (n := getattr(row, each))},
        place=row.place, order=row.at_order) for row in rows[:size])
    edge_of = None
    if len(rows) > size:
        edge_of = (cards[-1].size if sort == "size" else cards[-1].order, cards[-1].id)
    return Page(cards, edge_of, rows[0].total if rows else 0)


@dataclass(frozen=True)
class ProposedPlace:
    """An address at which proposed clusters stand, for a filter."""

    eid: str
    proposals: int


def places(session: Session, consultation_id: int) -> tuple[ProposedPlace, ...]:
    """The addresses of the segments of open proposals, with the number of proposals. One statement."""
    rows = session.execute(text(f"""
        SELECT s.clause_eid, count(DISTINCT m.proposal_id) FROM proposed_clusters p
          JOIN proposed_members m ON m.proposal_id = p.id JOIN segments s ON s.id = m.segment_id
         WHERE p.consultation_id = :c AND p.state = 'open' AND {_FREE} GROUP BY s.clause_eid"""),
        {"c": consultation_id})
    return tuple(ProposedPlace(*row) for row in rows)


@dataclass(frozen=True)
class Proposal(ClusterName):
    """A proposed cluster with why it is one. `elsewhere` counts members that were placed in a cluster since,
    `excused` those that do not count any more."""

    version: int
    state: str
    kept: bool
    cluster_id: int | None
    run_id: int | None
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    engine: str
    model: str | None
    terms: Mapping[str, Sequence[str]]
    quotes: tuple[Quote, ...]
    voices: tuple[int, ...]
    size: int = 0
    elsewhere: int = 0
    excused: int = 0
    submissions: int = 0
    organisations: int = 0
    positions: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


def proposal(session: Session, consultation_id: int, proposal_id: int) -> Proposal:
    """One proposed cluster with its numbers. Two statements. Raises NotFoundError."""
    row = session.execute(text("""
        SELECT p.id, p.title_ko, p.title_en, p.version, p.state, p.kept, p.cluster_id, p.run_id, p.made_at,
               coalesce(a.name, '') AS decided_by, p.decided_at, p.engine, p.model, p.terms, p.central, p.voices
          FROM proposed_clusters p LEFT JOIN accounts a ON a.id = p.decided_by
         WHERE p.consultation_id = :c AND p.id = :id"""), {"c": consultation_id, "id": proposal_id}).first()
    if row is None:
        raise acts.unknown(ProposedCluster)
    numbers = session.execute(text(f"""
        SELECT s.position, s.organisation_kind, s.language, count(*) AS n,
               count(DISTINCT s.submission_id) AS submissions, count(DISTINCT s.organisation_id) AS organisations,
               GROUPING(s.position) AS p, GROUPING(s.organisation_kind) AS k, GROUPING(s.language) AS l
          FROM proposed_members m JOIN segments s ON s.id = m.segment_id
         WHERE m.proposal_id = :id AND {_FREE if row.state == 'open' else 's.excuse IS NULL'}
         GROUP BY GROUPING SETS ((s.position), (s.organisation_kind), (s.language), ())
        UNION ALL
        SELECT 'elsewhere', NULL, NULL, count(*) FILTER (WHERE s.excuse IS NULL AND s.cluster_id IS NOT NULL),
               count(*) FILTER (WHERE s.excuse IS NOT NULL OR s.no_point), 0, 1, 1, 0
          FROM proposed_members m JOIN segments s ON s.id = m.segment_id WHERE m.proposal_id = :id"""),
        {"id": proposal_id}).all()
    whole = next(each for each in numbers if each.p and each.k and each.l)
    others = next(each for each in numbers if each.position == "elsewhere")
    by_position = {each.position: each.n for each in numbers if not each.p}
    return Proposal(
        id=row.id, title_ko=row.title_ko, title_en=row.title_en, version=row.version, state=row.state, kept=row.kept,
        cluster_id=row.cluster_id, run_id=row.run_id, made_at=row.made_at, decided_by=row.decided_by,
        decided_at=row.decided_at, engine=row.engine, model=row.model, terms=row.terms, quotes=_quotes(row.central),
        voices=tuple(row.voices), size=whole.n, elsewhere=others.n, excused=others.submissions,
        submissions=whole.submissions, organisations=whole.organisations,
        positions={each: by_position[each] for each in POSITIONS if each in by_position},
        kinds={each.organisation_kind: each.organisations for each in numbers if not each.k},
        languages={each.language: each.n for each in numbers if not each.l and each.position != "elsewhere"})


def members(session: Session, proposal_id: int, *, after: Edge | None = None,
            size: int = SEGMENTS) -> tuple[tuple[int, ...], Edge | None]:
    """Ids of a page of a proposal's segments, the most typical first, and where the next one begins. One statement."""
    rows = session.execute(text(f"""
        SELECT ordinal, segment_id FROM proposed_members WHERE proposal_id = :p
           {"AND (ordinal, segment_id) > (:ordinal, :id)" if after else ""}
         ORDER BY ordinal, segment_id LIMIT :size"""),
        {"p": proposal_id, "size": size + 1, **({"ordinal": after[0], "id": after[1]} if after else {})}).all()
    ids = tuple(row.segment_id for row in rows[:size])
    return ids, (rows[size - 1].ordinal, ids[-1]) if len(rows) > size else None


def other_proposals(session: Session, consultation_id: int, proposal_id: int, *,
                    size: int = 200) -> tuple[ClusterName, ...]:
    """The other open proposals, those that share most addresses with this one first. One statement."""
    rows = session.execute(text("""
        WITH here AS (SELECT DISTINCT s.clause_eid FROM proposed_members m JOIN segments s ON s.id = m.segment_id
                       WHERE m.proposal_id = :id)
        SELECT p.id, p.title_ko, p.title_en FROM proposed_clusters p
          LEFT JOIN (SELECT m.proposal_id, count(*) AS n FROM proposed_members m JOIN segments s ON s.id = m.segment_id
                      WHERE s.consultation_id = :c AND s.clause_eid IN (SELECT clause_eid FROM here)
                      GROUP BY m.proposal_id) h ON h.proposal_id = p.id
         WHERE p.consultation_id = :c AND p.state = 'open' AND p.id <> :id
         ORDER BY h.n DESC NULLS LAST, p.id LIMIT :size"""), {"c": consultation_id, "id": proposal_id, "size": size})
    return tuple(ClusterName(*row) for row in rows)


def places_of(session: Session, proposal_id: int) -> list[str]:
    """The addresses at which a proposal's segments stand, those with most first. One statement."""
    return list(session.scalars(text("""
        SELECT s.clause_eid FROM proposed_members m JOIN segments s ON s.id = m.segment_id WHERE m.proposal_id = :id
         GROUP BY s.clause_eid ORDER BY count(*) DESC, s.clause_eid LIMIT 50"""), {"id": proposal_id}))


# --------------------------------------------------------------------------------------------------------- campaigns


@dataclass(frozen=True)
class CampaignCard:
    """A campaign in the list: its template's first words, how many letters it has, how many of them add something, how
    many are in no cluster yet, and the cluster that has most of the others. `compared`: what they add and leave out is
    known; where it is not, none counts as adding anything. `run_id` None: it was found when a filing arrived."""

    id: int
    version: int
    state: str
    cluster_id: int | None
    run_id: int | None
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    engine: str
    template: Whose | None
    compared: bool
    size: int
    adding: int
    free: int
    mostly_in: int | None
    organisations: int
    positions: Mapping[str, int]


#: Of a member `m` and its segment `s`: that it is a template that makes a point.
_TEMPLATE: Final = f"m.template AND {LIVE}"
#: A campaign counts letters: of one that was cut, several segments may be in it.
_LETTERS: Final = "count(DISTINCT s.comment_id)"
_CAMPAIGN: Final = f"""
    WITH counted AS (
        SELECT m.campaign_id, {_LETTERS} AS n,
               {_LETTERS} FILTER (WHERE jsonb_array_length(m.additions) > 0) AS adding,
               {_LETTERS} FILTER (WHERE {_FREE}) AS free, mode() WITHIN GROUP (ORDER BY s.cluster_id) AS mostly_in,
               count(DISTINCT s.organisation_id) AS organisations, {_BY_POSITION.replace("count(*)", _LETTERS)},
               max(m.segment_id) FILTER (WHERE {_TEMPLATE}) AS template_id
          FROM campaigns c JOIN campaign_members m ON m.campaign_id = c.id JOIN segments s ON s.id = m.segment_id
         WHERE c.consultation_id = :c AND {{which}} AND s.excuse IS NULL GROUP BY m.campaign_id),
    found AS (
        SELECT c.id, c.version, c.state, c.cluster_id, c.run_id, c.made_at, coalesce(a.name, '') AS decided_by,
               c.decided_at, c.engine, n.*
          FROM campaigns c JOIN counted n ON n.campaign_id = c.id LEFT JOIN accounts a ON a.id = c.decided_by)"""


def _campaign(row: Any, templates: Mapping[int, Whose]) -> CampaignCard:
    compared = row.engine != "" and row.template_id is not None
    return CampaignCard(
        id=row.id, version=row.version, state=row.state, cluster_id=row.cluster_id, run_id=row.run_id,
        made_at=row.made_at, decided_by=row.decided_by, decided_at=row.decided_at, engine=row.engine,
        template=templates.get(row.template_id), compared=compared, size=row.n,
        adding=row.adding if compared else 0, free=row.free, mostly_in=row.mostly_in, organisations=row.organisations,
        positions=_positions(row))


def campaigns(session: Session, consultation_id: int, *, state: str = "open", after: Edge | None = None,
              size: int = PAGE) -> Page:
    """Campaigns, the largest first. Two statements."""
    rows = session.execute(text(f"""{_CAMPAIGN.format(which="c.state = :state")}
        SELECT found.*, (SELECT count(*) FROM found) AS total FROM found
               {"WHERE (n, id) < (:key, :id)" if after else ""} ORDER BY n DESC, id DESC LIMIT :size"""),
        {"c": consultation_id, "state": state, "size": size + 1,
         **({"key": after[0], "id": after[1]} if after else {})}).all()
    templates = whose(session, consultation_id, [row.template_id for row in rows if row.template_id])
    cards = tuple(_campaign(row, templates) for row in rows[:size])
    return Page(cards, (cards[-1].size, cards[-1].id) if len(rows) > size else None, rows[0].total if rows else 0)


def campaign(session: Session, consultation_id: int, campaign_id: int) -> CampaignCard:
    """One campaign. Two statements. Raises NotFoundError."""
    row = session.execute(text(f"{_CAMPAIGN.format(which='c.id = :id')} SELECT * FROM found"),
                          {"c": consultation_id, "id": campaign_id}).first()
    if row is None:
        raise acts.unknown(Campaign)
    return _campaign(row, whose(session, consultation_id, [row.template_id] if row.template_id else []))


def campaign_titles(session: Session, campaign_id: int) -> tuple[str, str, str]:
    """Titles in Korean and English that a campaign could have, "" for none: those of the open proposal that most of its
    letters are in. And the address at which most of them stand. One statement."""
    row = session.execute(text("""
        SELECT (SELECT s.clause_eid FROM campaign_members m JOIN segments s ON s.id = m.segment_id
                 WHERE m.campaign_id = :id GROUP BY s.clause_eid ORDER BY count(*) DESC, s.clause_eid LIMIT 1) AS place,
               p.title_ko, p.title_en
          FROM campaigns c LEFT JOIN LATERAL (
               SELECT p.title_ko, p.title_en FROM campaign_members m
                 JOIN proposed_members o ON o.segment_id = m.segment_id
                 JOIN proposed_clusters p ON p.id = o.proposal_id AND p.state = 'open'
                WHERE m.campaign_id = c.id GROUP BY p.id ORDER BY count(*) DESC, p.id LIMIT 1) p ON true
         WHERE c.id = :id"""), {"id": campaign_id}).one()
    return row.title_ko or "", row.title_en or "", row.place or ""


@dataclass(frozen=True)
class Letter(Whose):
    """A member of a campaign with its words. `additions` are spans of these (of a segment that was drawn anew since,
    none; of the template what is its own), `omissions` spans of the template's."""

    words: str
    filed_at: datetime
    version: int
    cluster_id: int | None
    template: bool
    additions: tuple[tuple[int, int], ...]
    omissions: tuple[tuple[int, int], ...]

    def pieces(self, spans: Sequence[tuple[int, int]] | None = None) -> list[tuple[str, bool]]:
        """The words in pieces, in order, and whether each is marked: its additions, or other spans of its words."""
        pieces: list[tuple[str, bool]] = []
        at = 0
        for start, end in sorted(self.additions if spans is None else spans):
            if not at <= start < end <= len(self.words):
                continue
            pieces += [(self.words[at:start], False), (self.words[start:end], True)]
            at = end
        return [piece for piece in (*pieces, (self.words[at:], False)) if piece[0]]


_LETTER: Final = f"""
    SELECT s.id, s.clause_eid, s.language, s.position, f.organisation_name_ko, f.organisation_name_en, s.lead,
           {_WORDS} AS words, s.filed_at, s.version, s.cluster_id, m.template,
           CASE WHEN t.segment_id IS NULL THEN m.additions ELSE '[]' END, m.omissions
      FROM campaign_members m JOIN segments s ON s.id = m.segment_id JOIN comments k ON k.id = s.comment_id
      JOIN filings f ON f.id = k.filing_id
      LEFT JOIN segment_tokens t ON t.segment_id = s.id AND (t.start <> s.start OR t."end" <> s."end")
     WHERE m.campaign_id = :id AND s.excuse IS NULL AND (m.template OR m.additions <> '[]' OR NOT EXISTS (
           SELECT 1 FROM campaign_members o JOIN segments e ON e.id = o.segment_id
            WHERE o.campaign_id = m.campaign_id AND e.comment_id = s.comment_id AND e.ordinal < s.ordinal))"""


def letters(session: Session, campaign_id: int, *, after: int | None = None,
            size: int = PAGE) -> tuple[Letter | None, tuple[Letter, ...], int | None]:
    """The template, a page of the variants, and where the next one begins. Two statements."""
    def made(rows: Sequence[Any]) -> tuple[Letter, ...]:
        return tuple(Letter(*row[:-2], *(tuple((each[0], each[1]) for each in spans) for spans in row[-2:]))
                     for row in rows)

    template = made(session.execute(text(f"{_LETTER} AND {_TEMPLATE}"), {"id": campaign_id}).all())
    rows = session.execute(
        text(f"{_LETTER} AND NOT ({_TEMPLATE}) AND m.segment_id > :after ORDER BY m.segment_id LIMIT :size"),
        {"id": campaign_id, "after": after or 0, "size": size + 1}).all()
    variants = made(rows[:size])
    return next(iter(template), None), variants, variants[-1].id if len(rows) > size else None


# ------------------------------------------------------------------------------------- segments that fit a cluster

#: From here on most suggestions of a cluster are right, also where half of the issues have no cluster yet (0.64 of
#: them; where all have one 0.95). Below, a suggestion is called weak, and taken one by one. Measured on comments whose
#: issues are known (docs/analysis.md).
SURE: Final = 0.85

#: The campaigns of which most letters are in a cluster, or which were accepted as that cluster and have in no other one
#: more of their letters: `copies` of their `letters` that count are there.
_HOMES: Final = """
        WITH counted AS (
            SELECT m.campaign_id, s.cluster_id, grouping(s.cluster_id) = 1 AS whole,
                   a.cluster_id = s.cluster_id AS accepted, count(DISTINCT s.comment_id) AS n
              FROM campaigns a JOIN campaign_members m ON m.campaign_id = a.id JOIN segments s ON s.id = m.segment_id
             WHERE a.consultation_id = :c AND a.state IN ('open', 'accepted') AND s.excuse IS NULL AND {which}
             GROUP BY m.campaign_id, a.cluster_id, GROUPING SETS ((s.cluster_id), ())),
        homes AS MATERIALIZED (
            SELECT campaign_id, cluster_id, n AS copies, letters FROM (
                SELECT counted.*, max(n) FILTER (WHERE whole) OVER its AS letters,
                       max(n) FILTER (WHERE cluster_id IS NOT NULL) OVER its AS most
                  FROM counted WINDOW its AS (PARTITION BY campaign_id)) h
             WHERE cluster_id IS NOT NULL AND (2 * n > letters OR accepted AND n = most))"""
#: Of a suggestion `g`: that the segment adds nothing to such a campaign, so that it raises the same issue as the rest,
#: however alike it is to all else in the cluster.
_COPY: Final = """
          LEFT JOIN LATERAL (
               SELECT h.campaign_id, h.copies, h.letters FROM campaign_members m
                 JOIN homes h ON h.campaign_id = m.campaign_id AND h.cluster_id = g.cluster_id
                WHERE m.segment_id = g.segment_id AND m.additions = '[]'
                ORDER BY h.copies DESC, h.campaign_id LIMIT 1) p ON true"""

#: What would be placed in a cluster; `sure` are those of which most are right, and such copies.
_FITTING: Final = f"""({_HOMES.format(which="true")}
        SELECT g.cluster_id, g.segment_id, g.score, g.evidence, s.version, s.comment_id, s.start, s."end",
               g.score >= {SURE} OR p.campaign_id IS NOT NULL AS sure, p.campaign_id, p.copies, p.letters
          FROM segments s JOIN suggestions g ON g.segment_id = s.id AND g.kind = 'cluster' AND g.rank = 1 AND g.fits
          JOIN clusters c ON c.id = g.cluster_id AND NOT c.locked AND c.merged_into IS NULL
{_COPY.lstrip()}
         WHERE s.consultation_id = :c AND {_FREE}) fitting"""


#: Of tags that are less likely most are wrong: such a one is called weak, too.
LIKELY: Final = 0.5


@dataclass(frozen=True)
class FitsCluster(ClusterName):
    """A cluster, how many segments that are in none would be placed in it, and of how many of them that is weak."""

    segments: int
    weak: int


def fitting(session: Session, consultation_id: int, *, after: Edge | None = None, size: int = PAGE) -> Page:
    """The clusters that segments in none fit, those with most first. One statement."""
    rows = session.execute(text(f"""
        WITH counted AS (SELECT cluster_id, count(*) AS n, count(*) FILTER (WHERE NOT sure) AS weak
                           FROM {_FITTING} GROUP BY cluster_id)
        SELECT c.id, c.title_ko, c.title_en, n, weak, (SELECT count(*) FROM counted) AS total
          FROM counted JOIN clusters c ON c.id = cluster_id {"WHERE (n, c.id) < (:key, :id)" if after else ""}
         ORDER BY n DESC, c.id DESC LIMIT :size"""),
        {"c": consultation_id, "size": size + 1, **({"key": after[0], "id": after[1]} if after else {})}).all()
    items = tuple(FitsCluster(*row[:5]) for row in rows[:size])
    return Page(items, (items[-1].segments, items[-1].id) if len(rows) > size else None, rows[0].total if rows else 0)


@dataclass(frozen=True)
class Fitting:
    """A segment that fits a cluster, how well, and the evidence; `text` is what it says. `campaign_id`: it is a copy in
    this campaign, `copies` of whose `letters` are in the cluster."""

    segment_id: int
    version: int
    score: float
    text: str
    words: tuple[str, ...]
    clauses: tuple[str, ...]
    earlier: tuple[int, ...]
    weak: bool = False
    campaign_id: int | None = None
    copies: int = 0
    letters: int = 0


def fitting_segments(session: Session, consultation_id: int, cluster_id: int, *, after: tuple[float, int] | None = None,
                     size: int = SEGMENTS) -> tuple[tuple[Fitting, ...], tuple[float, int] | None]:
    """A page of the segments that fit a cluster, the best first, and where the next one begins. One statement."""
    rows = session.execute(text(f"""
        SELECT segment_id, version, score, evidence, {_WORDS} AS words, sure, campaign_id, copies, letters
          FROM (SELECT * FROM {_FITTING} WHERE cluster_id = :id
                   {"AND (score, -segment_id) < (:score, -:segment)" if after else ""}
                 ORDER BY score DESC, segment_id LIMIT :size) s
          JOIN comments k ON k.id = s.comment_id ORDER BY score DESC, segment_id"""),
        {"c": consultation_id, "id": cluster_id, "size": size + 1,
         **({"score": after[0], "segment": after[1]} if after else {})}).all()
    found = tuple(Fitting(row.segment_id, row.version, row.score, row.words, *_evidence(row.evidence), not row.sure,
                          row.campaign_id, row.copies or 0, row.letters or 0) for row in rows[:size])
    return found, (found[-1].score, found[-1].segment_id) if len(rows) > size else None


#: Names all the segments that fit a cluster, as they are: other segments, or one that was changed, another digest.
_ALL_OF_THEM: Final = "md5(coalesce(string_agg(segment_id || '.' || version, ',' ORDER BY segment_id), ''))"


def fitting_count(session: Session, consultation_id: int, cluster_id: int) -> int:
    """How many segments fit a cluster. One statement."""
    return int(session.scalar(text(f"SELECT count(*) FROM {_FITTING} WHERE cluster_id = :id"),
                              {"c": consultation_id, "id": cluster_id}) or 0)


def fitting_now(session: Session, consultation_id: int, cluster_id: int) -> tuple[int, str]:
    """How many segments fit a cluster surely, and a digest of which. One statement."""
    row = session.execute(text(f"SELECT count(*), {_ALL_OF_THEM} FROM {_FITTING} WHERE cluster_id = :id"
                               " AND sure"),
                          {"c": consultation_id, "id": cluster_id}).one()
    return row[0], row[1]


def all_fitting(session: Session, consultation_id: int, cluster_id: int) -> tuple[dict[int, int], str]:
    """All segments that surely fit a cluster with their versions, and the same digest. One statement."""
    row = session.execute(text(f"""
        SELECT coalesce(array_agg(segment_id ORDER BY segment_id), '{{}}'),
               coalesce(array_agg(version ORDER BY segment_id), '{{}}'), {_ALL_OF_THEM}
          FROM {_FITTING} WHERE cluster_id = :id AND sure"""),
        {"c": consultation_id, "id": cluster_id}).one()
    return dict(zip(row[0], row[1], strict=True)), row[2]


def _evidence(stored: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    return (tuple(stored.get("words", ())), tuple(stored.get("clauses", ())),
            tuple(int(each) for each in stored.get("earlier", ())))


# ------------------------------------------------------------------------------------------------- shared passages


@dataclass(frozen=True)
class SharedWords:
    """A passage that stands word for word in several segments."""

    id: int
    words: str
    segment_ids: tuple[int, ...]


def shared_passages(session: Session, consultation_id: int, *, after: Edge | None = None, size: int = PAGE) -> Page:
    """Shared passages, those in most segments first. One statement."""
    rows = session.execute(text(f"""
        SELECT id, words, segment_ids, cardinality(segment_ids) AS n,
               (SELECT count(*) FROM shared_passages WHERE consultation_id = :c) AS total
          FROM shared_passages WHERE consultation_id = :c
           {"AND (cardinality(segment_ids), id) < (:key, :id)" if after else ""}
         ORDER BY n DESC, id DESC LIMIT :size"""),
        {"c": consultation_id, "size": size + 1, **({"key": after[0], "id": after[1]} if after else {})}).all()
    items = tuple(SharedWords(row.id, row.words, tuple(row.segment_ids)) for row in rows[:size])
    return Page(items, (len(items[-1].segment_ids), items[-1].id) if len(rows) > size else None,
                rows[0].total if rows else 0)


# -------------------------------------------------------------------------------------------------- for one segment


@dataclass(frozen=True)
class Suggested:
    """A tag or a cluster that is suggested for a segment; `title` is the cluster's. `fits`: of a cluster, that the
    segment would be placed there; `sure`: that this is no question. `campaign_id`, `copies`, `letters`: as of
    `Fitting`."""

    kind: str
    rank: int
    tag_id: int | None
    cluster: ClusterName | None
    score: float
    fits: bool
    words: tuple[str, ...]
    clauses: tuple[str, ...]
    earlier: tuple[Whose, ...]
    sure: bool
    campaign_id: int | None
    copies: int
    letters: int


def for_segment(session: Session, consultation_id: int, segment_id: int) -> tuple[Suggested, ...]:
    """What is suggested for a segment: tags, then clusters, the likeliest first. At most two statements."""
    its = "m.campaign_id IN (SELECT o.campaign_id FROM campaign_members o WHERE o.segment_id = :id)"
    rows = session.execute(text(f"""{_HOMES.format(which=its)}
        SELECT g.kind, g.rank, g.tag_id, g.cluster_id, g.score, g.fits, g.evidence, c.title_ko, c.title_en,
               g.kind = 'cluster' AND (g.score >= {SURE} OR g.fits AND p.campaign_id IS NOT NULL) AS sure,
               p.campaign_id, p.copies, p.letters
          FROM suggestions g LEFT JOIN clusters c ON c.id = g.cluster_id
{_COPY.lstrip()}
         WHERE g.segment_id = :id AND (g.kind = 'tag' OR NOT c.locked AND c.merged_into IS NULL)
         ORDER BY g.kind DESC, g.rank"""), {"id": segment_id, "c": consultation_id}).all()
    read = [_evidence(row.evidence) for row in rows]
    earlier = whose(session, consultation_id, {each for _, _, ids in read for each in ids})
    return tuple(Suggested(
        row.kind, row.rank, row.tag_id,
        None if row.cluster_id is None else ClusterName(row.cluster_id, row.title_ko, row.title_en), row.score,
        row.fits, words, clauses, tuple(earlier[each] for each in ids if each in earlier), row.sure, row.campaign_id,
        row.copies or 0, row.letters or 0)
        for row, (words, clauses, ids) in zip(rows, read, strict=True))


# ----------------------------------------------------------------------------------------------------------- the map


@dataclass(frozen=True)
class Bubble(ClusterName):
    """A cluster, or a proposed one, on the map: `place` is the address at which most of its segments stand, `order`
    that place in the law."""

    proposed: bool
    positions: Mapping[str, int]
    place: str
    order: int
    locked: bool

    @property
    def size(self) -> int:
        """Its segments."""
        return sum(self.positions.values())

    @property
    def balance(self) -> float:
        """From -1, everybody opposes, to 1, everybody supports."""
        return (self.positions.get("support", 0) - self.positions.get("oppose", 0)) / self.size

    @property
    def main(self) -> str:
        """The position that most of them take; of several the first in the order of positions."""
        return max(self.positions, key=lambda each: self.positions[each])


def bubbles(session: Session, consultation_id: int) -> tuple[Bubble, ...]:
    """All clusters and open proposals that hold segments, in the order of the law. One statement."""
    rows = session.execute(text(f"""
        WITH found AS (
            SELECT c.id, c.title_ko, c.title_en, false AS proposed, c.locked, n.* FROM clusters c JOIN (
                SELECT s.cluster_id AS of, {_BY_POSITION}, {_PLACE} AS at FROM segments s
                 WHERE s.consultation_id = :c AND s.cluster_id IS NOT NULL AND s.excuse IS NULL GROUP BY s.cluster_id
                ) n ON n.of = c.id
            UNION ALL
            SELECT p.id, p.title_ko, p.title_en, true, p.kept, n.* FROM proposed_clusters p JOIN (
                SELECT m.proposal_id AS of, {_BY_POSITION}, {_PLACE} AS at
                  FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
                  JOIN segments s ON s.id = m.segment_id
                 WHERE p.consultation_id = :c AND p.state = 'open' AND {_FREE} GROUP BY m.proposal_id) n ON n.of = p.id)
        SELECT * FROM found ORDER BY at, proposed, id"""), {"c": consultation_id})
    return tuple(Bubble(row.id, row.title_ko, row.title_en, row.proposed, _positions(row), row.at[10:],
                        int(row.at[:10]), row.locked) for row in rows)


# -------------------------------------------------------------------------------------------------------- regrouping


@dataclass(frozen=True)
class Changed(ClusterName):
    """What a regrouping would do to one cluster: how many come, how many go, and how many would stay in it. `proposed`:
    it is new, and `terms` are the words that tell it from the rest. Examples are ids of segments."""

    proposed: bool
    comes: int
    goes: int
    stays: int
    coming: tuple[int, ...]
    going: tuple[int, ...]
    terms: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_gone(self) -> bool:
        """Whether nothing would be left of it."""
        return not self.proposed and not self.comes and not self.stays


@dataclass(frozen=True)
class Difference:
    """What a regrouping would change, that which changes most first. `loose` counts segments that would be in no
    cluster any more, `untouched` the clusters that stay as they are; `stored` the moves that are known, `moves` those
    of them that can still be made."""

    changed: tuple[Changed, ...]
    new: int
    gone: int
    untouched: int
    moves: int
    loose: int
    stored: int


_EXAMPLES: Final = 4
#: What people keep in a proposal stays there.
_NOT_KEPT: Final = """NOT EXISTS (
                   SELECT 1 FROM proposed_members m JOIN proposed_clusters p ON p.id = m.proposal_id
                    WHERE m.segment_id = s.id AND p.state = 'open' AND p.kept)"""


#: The moves that would be made (`runs.apply_regrouping` judges the same); a segment that the public reads a response
#: to stays where that is.
_MOVES: Final = f"""
            SELECT v.segment_id, v.cluster_before, v.cluster_after, v.proposal_after
              FROM proposed_moves v JOIN segments s ON s.id = v.segment_id
             WHERE v.run_id = :run AND s.consultation_id = :c AND {LIVE}
               AND s.cluster_id IS NOT DISTINCT FROM v.cluster_before AND {_NOT_KEPT} AND NOT {coverage.ANSWERED}
               AND NOT {CUT_SINCE} AND NOT {PLACED}
               AND NOT EXISTS (SELECT 1 FROM clusters x WHERE x.id IN (v.cluster_before, v.cluster_after)
                                  AND (x.locked OR x.merged_into IS NOT NULL))"""


def difference(session: Session, consultation_id: int, run_id: int) -> Difference:
    """A regrouping as a difference to what stands now; moves that would not be made are left out: of segments that were
    moved or cut otherwise since, count no more, or to which the public reads a response. One statement, two where there
    is no cluster."""
    rows = session.execute(text(f"""
        WITH moves AS ({_MOVES}),
        sizes AS (
            SELECT cluster_id, count(*) AS n FROM segments
             WHERE consultation_id = :c AND cluster_id IS NOT NULL AND excuse IS NULL GROUP BY cluster_id),
        comes AS (
            SELECT cluster_after AS cluster, proposal_after AS proposal, count(*) AS n,
                   (array_agg(segment_id ORDER BY segment_id))[1\\:{_EXAMPLES}] AS ids
              FROM moves WHERE cluster_after IS NOT NULL OR proposal_after IS NOT NULL
             GROUP BY cluster_after, proposal_after),
        goes AS (
            SELECT cluster_before AS cluster, count(*) AS n,
                   (array_agg(segment_id ORDER BY segment_id))[1\\:{_EXAMPLES}] AS ids
              FROM moves WHERE cluster_before IS NOT NULL GROUP BY cluster_before)
        SELECT c.id, c.title_ko, c.title_en, false AS proposed, coalesce(i.n, 0) AS comes, coalesce(o.n, 0) AS goes,
               coalesce(z.n, 0) - coalesce(o.n, 0) AS stays, coalesce(i.ids, CAST('{{}}' AS bigint[])) AS coming,
               coalesce(o.ids, CAST('{{}}' AS bigint[])) AS going, (SELECT count(*) FROM moves) AS moves,
               (SELECT count(*) FROM moves WHERE cluster_after IS NULL AND proposal_after IS NULL) AS loose,
               (SELECT count(*) FROM proposed_moves WHERE run_id = :run) AS stored, CAST('{{}}' AS jsonb) AS terms
          FROM clusters c LEFT JOIN comes i ON i.cluster = c.id LEFT JOIN goes o ON o.cluster = c.id
          LEFT JOIN sizes z ON z.cluster_id = c.id
         WHERE c.consultation_id = :c AND (z.n IS NOT NULL OR i.n IS NOT NULL)
        UNION ALL
        SELECT p.id, p.title_ko, p.title_en, true, i.n, 0, 0, i.ids, CAST('{{}}' AS bigint[]),
               (SELECT count(*) FROM moves),
               (SELECT count(*) FROM moves WHERE cluster_after IS NULL AND proposal_after IS NULL),
               (SELECT count(*) FROM proposed_moves WHERE run_id = :run), p.terms
          FROM comes i JOIN proposed_clusters p ON p.id = i.proposal"""), {"c": consultation_id, "run": run_id}).all()
    found = [Changed(row.id, row.title_ko, row.title_en, row.proposed, row.comes, row.goes, row.stays,
                     tuple(row.coming), tuple(row.going), row.terms) for row in rows]
    changed = sorted((each for each in found if each.comes or each.goes),
                     key=lambda each: (-(each.comes + each.goes), each.proposed, each.id))
    return Difference(
        tuple(changed), sum(each.proposed for each in changed), sum(each.is_gone for each in changed),
        len(found) - len(changed), rows[0].moves if rows else 0, rows[0].loose if rows else 0,
        rows[0].stored if rows else int(session.scalar(
            text("SELECT count(*) FROM proposed_moves WHERE run_id = :run"), {"run": run_id}) or 0))


@dataclass(frozen=True)
class Later:
    """What came after a run: when the newest of the later analyses ended, and the newest regrouping among them that was
    not discarded."""

    at: datetime
    regrouping: int | None


def later(session: Session, consultation_id: int, run_id: int) -> Later | None:
    """The analyses that came to their end after a run; None: it is the newest. One statement."""
    row = session.execute(text("""
        SELECT max(finished_at) AS at, max(id) FILTER (WHERE kind = 'regrouping' AND state = 'done') AS regrouping
          FROM analysis_runs
         WHERE consultation_id = :c AND id > :id AND (state = 'done' OR state = 'cancelled' AND figures <> '{}')"""),
        {"c": consultation_id, "id": run_id}).one()
    return None if row.at is None else Later(row.at, row.regrouping)


@dataclass(frozen=True)
class Reason:
    """What a move rests on: words that may stand in the segment (`text`), and clauses."""

    text: str
    words: tuple[str, ...]
    clauses: tuple[str, ...]


def reasons(session: Session, consultation_id: int, run_id: int, ids: Collection[int]) -> dict[int, Reason]:
    """Why a regrouping would move these segments where it would, as far as the engine stored it: why the segment suits
    the cluster, else the words that tell the proposal, which the cluster was or would be, from the rest. One statement,
    none for none."""
    if not ids:
        return {}
    rows = session.execute(text(f"""
        SELECT v.segment_id, {_WORDS} AS words, s.language, g.evidence,
               CASE WHEN v.proposal_after IS NOT NULL THEN jsonb_build_array(p.terms) ELSE (
                   SELECT jsonb_agg(a.terms ORDER BY a.id) FROM proposed_clusters a
                    WHERE a.consultation_id = :c AND a.state = 'accepted' AND a.cluster_id = v.cluster_after
                   ) END AS terms
          FROM proposed_moves v JOIN segments s ON s.id = v.segment_id JOIN comments k ON k.id = s.comment_id
          LEFT JOIN suggestions g ON g.segment_id = v.segment_id AND g.kind = 'cluster'
                                 AND g.cluster_id = v.cluster_after
          LEFT JOIN proposed_clusters p ON p.id = v.proposal_after
         WHERE v.run_id = :run AND s.consultation_id = :c AND v.segment_id = ANY(:ids)"""),
        {"c": consultation_id, "run": run_id, "ids": sorted(set(ids))})
    found = {}
    for row in rows:
        words, clauses, _ = _evidence(row.evidence or {})
        terms = [term for each in row.terms or () for term in each.get(row.language, ())]
        if words or clauses or terms:
            found[row.segment_id] = Reason(row.words, words if words or clauses else tuple(dict.fromkeys(terms)),
                                           clauses)
    return found


@dataclass(frozen=True)
class Moved(Whose):
    """A segment that a regrouping would move: out of a cluster (None: it is in none), and into a cluster, one that it
    would make, or none."""

    before: ClusterName | None
    after: ClusterName | None
    proposed: ClusterName | None


#: Which moves are asked for: into a cluster, out of one, into a new one (a proposal), into none.
MOVES: Final[Mapping[str, str]] = {
    "into": "v.cluster_after = :id", "out": "v.cluster_before = :id", "new": "v.proposal_after = :id",
    "none": "v.cluster_after IS NULL AND v.proposal_after IS NULL", "": "true"}


def moves(session: Session, consultation_id: int, run_id: int, which: str = "", of: int = 0, *,
          after: int | None = None, size: int = SEGMENTS) -> tuple[tuple[Moved, ...], int | None, int]:
    """A page of the segments that a regrouping would move, as `difference` counts them; where the next one begins, and
    how many they are. One statement."""
    rows = session.execute(text(f"""
        WITH moves AS ({_MOVES} AND {MOVES[which]})
        SELECT s.id, s.clause_eid, s.language, s.position, f.organisation_name_ko, f.organisation_name_en, s.lead,
               b.id AS b_id, b.title_ko AS b_ko, b.title_en AS b_en, a.id AS a_id, a.title_ko AS a_ko,
               a.title_en AS a_en, p.id AS p_id, p.title_ko AS p_ko, p.title_en AS p_en,
               (SELECT count(*) FROM moves) AS total
          FROM moves v JOIN segments s ON s.id = v.segment_id JOIN comments k ON k.id = s.comment_id
          JOIN filings f ON f.id = k.filing_id LEFT JOIN clusters b ON b.id = v.cluster_before
          LEFT JOIN clusters a ON a.id = v.cluster_after LEFT JOIN proposed_clusters p ON p.id = v.proposal_after
         WHERE s.id > :after ORDER BY s.id LIMIT :size"""),
        {"c": consultation_id, "run": run_id, "after": after or 0, "size": size + 1,
         **({"id": of} if ":id" in MOVES[which] else {})}).all()
    found = tuple(Moved(*row[:7], *(None if row[at] is None else ClusterName(*row[at:at + 3]) for at in (7, 10, 13)))
                  for row in rows[:size])
    return found, found[-1].id if len(rows) > size else None, rows[0].total if rows else 0


# ------------------------------------------------------------------------------------- what people did to proposals


@dataclass(frozen=True)
class Act:
    """What a person did to a proposal: `what` is the act (merged, split, moved, …). `others` are the proposals that
    were merged into it, or the one that took its segments; `segments` counts these. All bear the titles that they had
    then (of acts that were recorded without, those of now). Later acts have higher ids."""

    id: int
    at: datetime
    who: str
    what: str
    proposal: ClusterName
    others: tuple[ClusterName, ...]
    segments: int


_ACTS: Final = ("merged", "split", "moved", "emptied", "titles")


def acts_on_proposals(session: Session, consultation_id: int, *, before: int | None = None,
                      size: int = 50) -> tuple[tuple[Act, ...], int | None]:
    """What people did to the members and titles of proposals, the newest first, and where the next page begins. Two
    statements."""
    rows = session.execute(text("""
        SELECT e.id, e.subject_id AS of, e.at, coalesce(a.name, '') AS who, e.data FROM audit_events e
          LEFT JOIN accounts a ON a.id = e.account_id
         WHERE e.consultation_id = :c AND e.verb = 'suggestion.proposal_changed' AND e.data->>'act' = ANY(:acts)
           AND (CAST(:before AS bigint) IS NULL OR e.id < :before) ORDER BY e.id DESC LIMIT :size"""),
        {"c": consultation_id, "acts": list(_ACTS), "before": before, "size": size + 1}).all()
    more, rows = len(rows) > size, rows[:size]
    others = [[*row.data.get("merged", []), *(row.data[key] for key in ("into", "to") if row.data.get(key))]
              for row in rows]
    named = {row.id: ClusterName(*row) for row in session.execute(
        text("SELECT id, title_ko, title_en FROM proposed_clusters WHERE id = ANY(:ids)"),
        {"ids": sorted({row.of for row in rows} | {each for ids in others for each in ids})})} if rows else {}

    def then(row: Any, one: int) -> ClusterName:
        titles = row.data.get("titles", {}).get(str(one))
        return named[one] if titles is None else ClusterName(one, *titles)

    found = tuple(Act(row.id, row.at, row.who, row.data["act"], then(row, row.of),
                      tuple(then(row, each) for each in ids), row.data.get("segments", 0))
                  for row, ids in zip(rows, others, strict=True))
    return found, found[-1].id if more else None
