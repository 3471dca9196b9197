"""The queue: which segments match a filter, how many, in which order, page by page, and the numbers of its facets.

Within a facet the choices are alternatives, across facets all must hold. The number beside a choice says how many
segments it would show with the rest of the filter as it is. A page is found by its edge (keyset), so that page 2,000
costs what page 1 costs. Nothing here decides who may look; the number of statements does not grow with anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.search_text import tsquery_literal
from portal.organisations.models import ORGANISATION_KINDS
from portal.review.clause_index import ClauseIndex
from portal.review.code_list import CodeList
from portal.review.models import COVERAGE_COLUMNS
from portal.submissions.models import POSITIONS

PAGE: Final = 50
#: Choices in the facets of tags and clusters: in none of them.
NONE: Final = 0
SORTS: Final = ("law", "newest", "oldest")
LANGUAGES: Final = ("ko", "en")


@dataclass(frozen=True)
class Filter:
    """What a reviewer asked for. Empty means everything. `clauses` are addresses, each with everything below it;
    `topics` stand for all their tags; NONE in `tags` or `clusters` is *in none*. `live` leaves out what does not count
    any more (withdrawn, superseded, erased), unless `coverage` is chosen."""

    clauses: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    clusters: tuple[int, ...] = ()
    coverage: tuple[str, ...] = ()
    dealt_with: tuple[bool, ...] = ()
    languages: tuple[str, ...] = ()
    unseen: bool = False
    words: str = ""
    live: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it shows everything, or everything that counts."""
        return not any(getattr(self, each.name) for each in fields(self) if each.name != "live")

    def to_json(self) -> dict[str, Any]:
        """What is kept of it in the record of a bulk act."""
        return {each.name: list(value) if isinstance(value, tuple) else value
                for each in fields(self) if (value := getattr(self, each.name))}


class Condition(NamedTuple):
    """One facet's part of a filter, as SQL on the alias `s`. `narrow`: it leaves few enough to look at each."""

    facet: str
    sql: str
    narrow: bool = False


#: The SQL of a filter is long, and the same for all values: what it asks for is read out of it once.
_statement: Final = lru_cache(512)(text)
#: What facets count and lists sort by: all of it in one index.
_COUNTED: Final = ("id", "clause_eid", "position", "organisation_kind", "language", "coverage", "dealt_with",
                   "cluster_id", "clause_order", "filed_at")
_UNSEEN: Final = "NOT EXISTS (SELECT 1 FROM seen_segments x WHERE x.account_id = :me AND x.segment_id = s.id)"


@dataclass(frozen=True)
class Query:
    """A filter as SQL: conditions by facet, and their values. `words`: a search is part of it; None where what was
    asked for holds no word."""

    consultation_id: int
    account_id: int
    conditions: tuple[Condition, ...]
    values: Mapping[str, Any]
    words: bool | None = False

    def rows(self, *, but: str | None = None) -> str:
        """The matching segments, all facets or all but one applied, with what is counted.

        Words are looked for in the inverted index, or, where the rest leaves few segments, in each of these: the
        database cannot tell how common a word is. OFFSET 0 keeps the two steps apart.
        """
        held = [each for each in self.conditions if each.facet != but]
        columns = ", ".join(f"s.{column}" for column in _COUNTED)
        where = " AND ".join(["s.consultation_id = :c", *(each.sql for each in held)])
        rows = f"SELECT {columns} FROM segments s WHERE {where}"
        if self.words is None:
            return f"{rows} AND false"
        if not self.words:
            return rows
        if not any(each.narrow for each in held):
            return (f"{rows} AND s.id IN (SELECT w.segment_id FROM segment_words w"
                    " WHERE w.words @@ CAST(:words AS tsquery))")
        return (f"SELECT s.* FROM ({rows} OFFSET 0) s WHERE EXISTS (SELECT 1 FROM segment_words w"
                " WHERE w.segment_id = s.id AND w.words @@ CAST(:words AS tsquery) OFFSET 0)")

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the conditions."""
        return {"c": self.consultation_id, "me": self.account_id, **self.values}

    @property
    def facets(self) -> frozenset[str]:
        """Which facets hold a choice."""
        return frozenset(each.facet for each in self.conditions)


def _alone(asked: Query) -> bool:
    """Whether nothing but a search narrows the list."""
    return bool(asked.words) and not any(each.narrow for each in asked.conditions)


_ANEW: Final = text("""
    SELECT current_setting('plan_cache_mode') AS mode, current_setting('max_parallel_workers_per_gather') AS processes,
           set_config('plan_cache_mode', 'force_custom_plan', true),
           set_config('max_parallel_workers_per_gather', '0', true)""")
_AS_EVER: Final = text("""
    SELECT set_config('plan_cache_mode', :mode, true),
           set_config('max_parallel_workers_per_gather', :processes, true)""")


@contextmanager
def planned(session: Session, asked: Query) -> Iterator[None]:
    """Around the statement of a filter. Where a search alone narrows it, how common its words are decides how it is
    best done: the database is to look at them, rather than take the plan that it keeps for all words; nor is it to
    start processes, which takes longer than to find rare words. Two statements there, none elsewhere."""
    if not _alone(asked):
        yield
        return
    before = session.execute(_ANEW).one()
    yield
    session.execute(_AS_EVER, {"mode": before.mode, "processes": before.processes})


def query(consultation_id: int, account_id: int, wanted: Filter, clauses: ClauseIndex, codes: CodeList) -> Query:
    """The filter as SQL. What it names and does not exist matches nothing."""
    conditions: list[Condition] = []
    values: dict[str, Any] = {}

    def add(facet: str, sql: str, narrow: bool = False, **more: Any) -> None:
        conditions.append(Condition(facet, sql, narrow))
        values.update(more)

    if wanted.clauses:
        below = sorted({each for eid in wanted.clauses for each in clauses.below(eid)})
        places = clauses.orders(below)
        # The range says nothing new, but finds the place in an index when the list is in the order of the law.
        add("clauses", "s.clause_eid = ANY(:clauses) AND s.clause_order BETWEEN :first_clause AND :last_clause",
            narrow=True, clauses=below, first_clause=min(places), last_clause=max(places))
    if wanted.positions:
        add("positions", "s.position = ANY(:positions)", positions=list(wanted.positions))
    if wanted.kinds:
        add("kinds", "s.organisation_kind = ANY(:kinds)", kinds=list(wanted.kinds))
    if wanted.languages:
        add("languages", "s.language = ANY(:languages)", languages=list(wanted.languages))
    if wanted.coverage:
        add("coverage", "s.coverage = ANY(:coverage)", coverage=list(wanted.coverage))
    elif wanted.live:
        # A choice of that facet like any other: the facet itself still counts all of it.
        add("coverage", "s.coverage <> 'excused'")
    if len(set(wanted.dealt_with)) == 1:
        add("dealt_with", "s.dealt_with" if wanted.dealt_with[0] else "NOT s.dealt_with")
    if wanted.topics or wanted.tags:
        ids = {each for each in wanted.tags if each != NONE} | {
            tag.id for tag in codes.tags if tag.topic_id in wanted.topics}
        alternatives = ["s.id IN (SELECT t.segment_id FROM segment_tags t WHERE t.tag_id = ANY(:tags))"]
        if NONE in wanted.tags:
            alternatives.append("NOT EXISTS (SELECT 1 FROM segment_tags t WHERE t.segment_id = s.id)")
        add("tags", f"({' OR '.join(alternatives)})", narrow=NONE not in wanted.tags, tags=sorted(ids))
    if wanted.clusters:
        alternatives = ["s.cluster_id = ANY(:clusters)"]
        if NONE in wanted.clusters:
            alternatives.append("s.cluster_id IS NULL")
        add("clusters", f"({' OR '.join(alternatives)})", narrow=NONE not in wanted.clusters,
            clusters=sorted(set(wanted.clusters) - {NONE}))
    if wanted.unseen:
        add("unseen", _UNSEEN, me=account_id)
    words: bool | None = False
    if wanted.words:
        sought = tsquery_literal(wanted.words)
        words = None if sought is None else True
        if sought is not None:
            values["words"] = sought
    return Query(consultation_id, account_id, tuple(conditions), values, words)


# ------------------------------------------------------------------------------------------------------------ the page


@dataclass(frozen=True)
class Row:
    """A segment in the list. `organisation_*` as filed; `tags` are ids; `parts`: of how many parts its comment is."""

    id: int
    version: int
    comment_id: int
    ordinal: int
    parts: int
    no_point: bool
    clause_eid: str
    clause_order: int
    position: str
    language: str
    organisation_ko: str
    organisation_en: str
    organisation_kind: str
    filed_at: datetime
    lead: str
    cluster_id: int | None
    coverage: str
    excuse: str | None
    dealt_with: bool
    tags: tuple[int, ...]
    seen: bool

    def organisation(self, locale: str) -> str:
        """The filer's name in the reader's language."""
        return (self.organisation_en or self.organisation_ko) if locale == "en" else self.organisation_ko


@dataclass(frozen=True)
class Cursor:
    """The edge of a page: `after` or before the segment `id` whose sort key is `key`."""

    key: int
    id: int
    after: bool = True

    def __str__(self) -> str:
        return f"{self.key}.{self.id}"

    @classmethod
    def read(cls, written: str, *, after: bool) -> Cursor | None:
        """The cursor as an address carries it, or None for anything else."""
        key, dot, of = written.partition(".")
        if not dot or not (key.removeprefix("-").isascii() and key.removeprefix("-").isdecimal()
                           and of.isascii() and of.isdecimal()) or len(written) > 36:
            return None
        return cls(int(key), int(of), after)


@dataclass(frozen=True)
class Page:
    """A page of the list. `previous` and `next` are the edges from which the neighbouring pages are asked for."""

    rows: tuple[Row, ...]
    previous: Cursor | None
    next: Cursor | None


class _Sort(NamedTuple):
    column: str
    descending: bool


_SORTS: Final = {"law": _Sort("clause_order", False), "newest": _Sort("filed_at", True),
                 "oldest": _Sort("filed_at", False)}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def key_of(row: Row, sort: str) -> int:
    """A row's sort key as a cursor carries it: the clause's place, or microseconds since 1970."""
    if _SORTS[sort].column == "clause_order":
        return row.clause_order
    return (row.filed_at - _EPOCH) // timedelta(microseconds=1)


def _edge(cursor: Cursor, sort: _Sort) -> tuple[str, dict[str, Any]] | None:
    """The condition of a cursor; None for one that no row can have given."""
    key: Any = cursor.key
    if sort.column == "filed_at":
        try:
            key = _EPOCH + timedelta(microseconds=cursor.key)
        except OverflowError:
            return None
    elif abs(key) >= 2**63:
        return None
    if cursor.id >= 2**63:
        return None
    sign = "<" if sort.descending == cursor.after else ">"
    return f"(s.{sort.column}, s.id) {sign} (:edge_key, :edge_id)", {"edge_key": key, "edge_id": cursor.id}


def _page_ids(asked: Query, rows: str, sort: str, cursor: Cursor | None,
              size: int) -> tuple[str, dict[str, Any], bool]:
    """SQL of the ids of a page and one more, its values, and whether they come backwards."""
    by = _SORTS[sort]
    edge = None if cursor is None else _edge(cursor, by)
    backwards = edge is not None and cursor is not None and not cursor.after
    direction = "DESC" if by.descending != backwards else "ASC"
    order = f"s.{by.column} {direction}, s.id {direction}"
    where = "" if edge is None else f"WHERE {edge[0]}"
    # A cluster is small: its segments are sorted, not met by chance on the way through the whole list.
    if any(each.facet == "clusters" and each.narrow for each in asked.conditions):
        rows = f"{rows} OFFSET 0"
    values: dict[str, Any] = {"size": size + 1, **({} if edge is None else edge[1])}
    return f"SELECT s.id FROM ({rows}) s {where} ORDER BY {order} LIMIT :size", values, backwards


_ROW: Final = text("""
    SELECT s.id, s.version, s.comment_id, s.ordinal,
           (SELECT count(*) FROM segments o WHERE o.comment_id = s.comment_id) AS parts, s.no_point, s.clause_eid,
           s.clause_order, s.position, s.language, f.organisation_name_ko, f.organisation_name_en, s.organisation_kind,
           s.filed_at, s.lead, s.cluster_id, s.coverage, s.excuse, s.dealt_with,
           ARRAY(SELECT t.tag_id FROM segment_tags t WHERE t.segment_id = s.id ORDER BY t.tag_id) AS tags,
           EXISTS (SELECT 1 FROM seen_segments x WHERE x.account_id = :me AND x.segment_id = s.id) AS seen
      FROM segments s
      JOIN comments k ON k.id = s.comment_id
      JOIN filings f ON f.id = k.filing_id
     WHERE s.consultation_id = :c AND s.id = ANY(:ids)""")


def rows_of(session: Session, consultation_id: int, account_id: int, ids: Sequence[int]) -> tuple[Row, ...]:
    """These segments of a consultation as the list shows them, in the order asked for; unknown ones are left out."""
    if not ids:
        return ()
    found = session.execute(_ROW, {"c": consultation_id, "me": account_id, "ids": list(ids)})
    by_id = {each[0]: Row(*[*each[:-2], tuple(each[-2]), each[-1]]) for each in found}
    return tuple(by_id[each] for each in ids if each in by_id)


def _page(session: Session, asked: Query, ids: Sequence[int], sort: str, cursor: Cursor | None, size: int,
          backwards: bool) -> Page:
    more = len(ids) > size
    rows = rows_of(session, asked.consultation_id, asked.account_id, ids[:size])
    if backwards:
        rows = rows[::-1]
    began = cursor is not None and _edge(cursor, _SORTS[sort]) is not None
    first_more, last_more = (more, True) if backwards else (began, more)
    return Page(
        rows,
        Cursor(key_of(rows[0], sort), rows[0].id, False) if rows and first_more else None,
        Cursor(key_of(rows[-1], sort), rows[-1].id, True) if rows and last_more else None)


def page(session: Session, asked: Query, sort: str, cursor: Cursor | None = None, *, size: int = PAGE) -> Page:
    """One page of matching segments. Two statements; for a search alone, two more on how it is best done. A cursor that
    no row can have given begins at the first page."""
    ids, values, backwards = _page_ids(asked, asked.rows(), sort, cursor, size)
    with planned(session, asked):
        found = session.execute(_statement(ids), {**asked.parameters, **values}).scalars().all()
    return _page(session, asked, found, sort, cursor, size, backwards)


def matching_ids(session: Session, asked: Query, *, limit: int) -> list[int]:
    """The segments that match, the oldest first; at most `limit`."""
    with planned(session, asked):
        return list(session.execute(
            _statement(f"SELECT s.id FROM ({asked.rows()}) s ORDER BY s.id LIMIT :limit"),
            {**asked.parameters, "limit": limit}).scalars())


# ----------------------------------------------------------------------------------------------------------- facets


@dataclass(frozen=True)
class Counts:
    """The exact number of matching segments, and for every facet: choice -> number, were it the facet's only choice.
    `unseen` is the number of matching segments that the reader has not looked at."""

    total: int
    clauses: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    coverage: Mapping[str, int] = field(default_factory=dict)
    dealt_with: Mapping[bool, int] = field(default_factory=dict)
    tags: Mapping[int, int] = field(default_factory=dict)
    clusters: Mapping[int, int] = field(default_factory=dict)
    unseen: int = 0


_COLUMNS: Final = {"clauses": "clause_eid", "positions": "position", "kinds": "organisation_kind",
                   "languages": "language", "coverage": "coverage", "dealt_with": "dealt_with",
                   "clusters": "coalesce(cluster_id, 0)"}


def count(session: Session, asked: Query) -> int:
    """How many segments match, exactly."""
    with planned(session, asked):
        return int(session.scalar(_statement(f"SELECT count(*) FROM ({asked.rows()}) s"), asked.parameters) or 0)


def counts(session: Session, asked: Query) -> Counts:
    """The numbers of all facets, and the exact total. One statement."""
    sql, values = _counts(asked)
    with planned(session, asked):
        return _read(session.execute(_statement(sql), values))


def page_and_counts(session: Session, asked: Query, sort: str, cursor: Cursor | None = None, *,
                    size: int = PAGE) -> tuple[Page, Counts]:
    """A page with the numbers beside it. Two statements and, for a search, one or two more on how it is best done."""
    sql, values = _counts(asked, words_first=_words_first(session, asked))
    ids, more, backwards = _page_ids(asked, "SELECT * FROM base" if asked.words else asked.rows(), sort, cursor, size)
    with planned(session, asked):
        rows = session.execute(
            _statement(f"{sql} UNION ALL SELECT 'page', p.id::text, row_number() OVER () FROM ({ids}) p"),
            {**values, **more}).all()
    found = [int(row[1]) for row in rows if row[0] == "page"]
    return _page(session, asked, found, sort, cursor, size, backwards), _read(rows)


#: So many hits are sooner found and then filtered than every segment that the rest of the filter leaves is searched.
_FEW_HITS: Final = 4_000


def _words_first(session: Session, asked: Query) -> bool:
    """Whether to begin at the words: where nothing else narrows the search, or where there are few hits."""
    return bool(asked.words) and (_alone(asked) or _hits_expected(session, asked) <= _FEW_HITS)


def _hits_expected(session: Session, asked: Query) -> int:
    """How many hits the planner expects, in all consultations. It keeps how common the commonest word pairs are
    (`pg_stats.most_common_elems`); the others are rare. For a longer word it multiplies those of its pairs, as if they
    met by chance: it expects too few."""
    plan = session.scalar(_EXPECTED, asked.parameters)
    return int(plan[0]["Plan"]["Plan Rows"])


_EXPECTED: Final = text(
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM segment_words w WHERE w.words @@ CAST(:words AS tsquery)")


def _counts(asked: Query, *, words_first: bool = False) -> tuple[str, dict[str, Any]]:
    """A facet that holds a choice is counted over everything that the others leave; the others share one pass. What a
    search has found is kept for all of them; without one, the index alone answers each. With `words_first` the hits are
    fetched once, with a column that says of each condition whether it holds."""
    chosen = asked.facets
    hits = _hits(asked) if words_first else ""

    def rows(but: str | None = None) -> str:
        if not words_first:
            return asked.rows(but=but)
        held = " AND ".join(f"holds_{facet}" for facet in sorted(chosen - {but}))
        return f"SELECT * FROM hits WHERE {held or 'true'}"

    free = [facet for facet in _COLUMNS if facet not in chosen]
    parts = []
    if free:
        case = " ".join(f"WHEN GROUPING({_COLUMNS[facet]}) = 0 THEN '{facet}'" for facet in free)
        value = ", ".join(f"({_COLUMNS[facet]})::text" for facet in free)
        sets = ", ".join(f"({_COLUMNS[facet]})" for facet in free)
        parts.append(f"SELECT CASE {case} ELSE 'total' END AS facet, coalesce({value}) AS choice, count(*) AS n"
                     f" FROM base GROUP BY GROUPING SETS ({sets}, ())")
    else:
        parts.append("SELECT 'total' AS facet, NULL::text AS choice, count(*) AS n FROM base")
    parts.append(_tags_of(rows("tags") if "tags" in chosen else "SELECT * FROM base"))
    parts.append("SELECT 'unseen', NULL, count(*) FROM base s" + ("" if "unseen" in chosen else f" WHERE {_UNSEEN}"))
    for facet in sorted(chosen & _COLUMNS.keys()):
        parts.append(f"SELECT '{facet}', ({_COLUMNS[facet]})::text, count(*) FROM ({rows(facet)}) b"
                     f" GROUP BY {_COLUMNS[facet]}")
    kept = "MATERIALIZED" if asked.words else "NOT MATERIALIZED"
    return f"WITH {hits}base AS {kept} ({rows()}) {' UNION ALL '.join(parts)}", asked.parameters


def _hits(asked: Query) -> str:
    """The hits for which all conditions hold or all but one: one that fails two is counted by no facet."""
    columns = ", ".join(f"s.{column}" for column in _COUNTED)
    # A segment in no cluster is in none that was asked for; SQL alone would say that this is unknown.
    holds = "".join(f", ({each.sql}) IS TRUE AS holds_{each.facet}" for each in asked.conditions)
    held = " + ".join(f"holds_{each.facet}::int" for each in asked.conditions) or "0"
    return (f"hits AS MATERIALIZED (SELECT * FROM (SELECT {columns}{holds} FROM segment_words w"
            " JOIN segments s ON s.id = w.segment_id WHERE w.words @@ CAST(:words AS tsquery)"
            f" AND s.consultation_id = :c OFFSET 0) h WHERE {held} >= {len(asked.conditions) - 1}), ")


def _read(rows: Iterable[Any]) -> Counts:
    found: dict[str, dict[Any, int]] = {}
    for facet, choice, n in rows:
        if facet != "page":
            found.setdefault(facet, {})[_choice(facet, choice)] = n
    return Counts(
        total=found.get("total", {}).get(None, 0), unseen=found.get("unseen", {}).get(None, 0),
        **{facet: found.get(facet, {}) for facet in (*_COLUMNS, "tags")})


def _tags_of(rows: str) -> str:
    return (f"SELECT 'tags', coalesce(t.tag_id, {NONE})::text, count(*) FROM ({rows}) b"
            " LEFT JOIN segment_tags t ON t.segment_id = b.id GROUP BY t.tag_id")


def _choice(facet: str, written: str | None) -> Any:
    if written is None:
        return None
    if facet in ("tags", "clusters"):
        return int(written)
    return written == "true" if facet == "dealt_with" else written


# ------------------------------------------------------------------------------------------------- reading a filter


def cleaned(wanted: Filter) -> Filter:
    """The filter without what no facet has: an address may have been typed by hand. Words are kept as typed."""
    known = {"positions": POSITIONS, "kinds": ORGANISATION_KINDS, "coverage": COVERAGE_COLUMNS, "languages": LANGUAGES}
    kept: dict[str, Any] = {name: tuple(v for v in dict.fromkeys(getattr(wanted, name)) if v in values)
                            for name, values in known.items()}
    return replace(wanted, **kept)
