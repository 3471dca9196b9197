"""Public pages that are made at each request, from the publication's tables alone: lists, one submission, search."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, undefer

from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.kernel.search_text import tsquery_literal
from portal.ordinances import addresses, typed_addresses
from portal.publication.comment_facts import comment_facts
from portal.publication.models import (
    PublishedClause,
    PublishedConsultation,
    PublishedDocument,
    PublishedFile,
    PublishedResponse,
    PublishedSubmission,
)
from portal.publication.rendering import thaw

Facts = dict[str, Any]
PAGE = 50


def not_found() -> NotFoundError:
    """The same answer for what is not there and what is not public."""
    return NotFoundError(msg("There is no such page, or it is not public."))


def consultation(session: Session, slug: str) -> tuple[int, Facts, Facts]:
    """(id, facts, counts) of an announced consultation. Raises NotFoundError."""
    row = session.scalars(select(PublishedConsultation).where(PublishedConsultation.slug == slug)).first()
    if row is None:
        raise not_found()
    return row.id, row.facts["consultation"], {**row.facts["counts"], "counted_at": row.counted_at}


@dataclass(frozen=True)
class Listed:
    """A page of a list, and where the neighbouring pages begin (None at either end)."""

    rows: Sequence[Any]
    before: int | None
    after: int | None


def _page(rows: list[Any], before: int | None, after: int | None, key: str) -> Listed:
    """Keyset paging: PAGE + 1 rows were fetched in the direction of reading; the extra one tells that there is more."""
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if before is not None:
        rows = rows[::-1]
        return Listed(rows, getattr(rows[0], key) if more and rows else None,
                      getattr(rows[-1], key) if rows else None)
    return Listed(rows, getattr(rows[0], key) if after is not None and rows else None,
                  getattr(rows[-1], key) if more else None)


def submissions(session: Session, consultation_id: int, *, kind: str | None, before: int | None,
                after: int | None) -> Listed:
    """Submissions in the order of their public numbers. One statement."""
    s = PublishedSubmission
    query = select(s).where(s.consultation_id == consultation_id)
    if kind:
        query = query.where(s.organisation_kind == kind)
    if before is not None:
        query = query.where(s.ordinal < before).order_by(s.ordinal.desc())
    else:
        query = query.where(s.ordinal > (after or 0)).order_by(s.ordinal)
    return _page(list(session.scalars(query.limit(PAGE + 1))), before, after, "ordinal")


_COMMENT_COLUMNS = """
    p.id, p.number AS n, p.version, p.clause_eid, p.lineage_uid, p.outside_notice, p.language, p.position,
    p.proposal_form, p.proposal_language, p.proposal_old, p.proposal_text, p.reason, p.legal_basis, p.withheld,
    s.number, s.organisation_ko, s.organisation_en, s.organisation_kind, s.confirmed, s.filed_at,
    (SELECT jsonb_agg(a.response_id ORDER BY a.response_id) FROM publication.answered_comments a
      WHERE a.comment_id = p.id) AS responses"""


def submission(session: Session, consultation_id: int, number: str) -> tuple[PublishedSubmission, list[Facts]]:
    """A submission with its comments as thawed facts. Three statements. Raises NotFoundError."""
    found = session.scalars(select(PublishedSubmission).where(
        PublishedSubmission.consultation_id == consultation_id, PublishedSubmission.number == number)).first()
    if found is None:
        raise not_found()
    rows = session.execute(text(f"""
        SELECT {_COMMENT_COLUMNS} FROM publication.comments p
          JOIN publication.submissions s ON s.id = p.submission_id
         WHERE p.submission_id = :id ORDER BY p.number"""), {"id": found.id}).all()
    return found, _with_clauses(session, consultation_id, rows)


def comments_at(session: Session, consultation_id: int, lineage: uuid.UUID | None, after: int) -> Listed:
    """Comments at one clause after the one with id `after`. Two statements."""
    rows = list(session.execute(text(f"""
        SELECT {_COMMENT_COLUMNS} FROM publication.comments p
          JOIN publication.submissions s ON s.id = p.submission_id
         WHERE p.consultation_id = :c AND p.lineage_uid IS NOT DISTINCT FROM :lineage AND p.id > :after
         ORDER BY p.id LIMIT :most"""), {
        "c": consultation_id, "lineage": lineage, "after": after, "most": PAGE + 1}))
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return Listed(_with_clauses(session, consultation_id, rows[:PAGE]), None, more)


def _with_clauses(session: Session, consultation_id: int, rows: Sequence[Any]) -> list[Facts]:
    eids = {addresses.parse(row.clause_eid).clause.eid for row in rows}
    by_version: dict[int, dict[str, PublishedClause]] = {}
    for clause in session.scalars(select(PublishedClause).where(
            PublishedClause.consultation_id == consultation_id, PublishedClause.eid.in_(eids))):
        by_version.setdefault(clause.version, {})[clause.eid] = clause
    facts: list[Facts] = [thaw(comment_facts(row, by_version)) for row in rows]
    return facts


def responses(session: Session, consultation_id: int, *, disposition: str | None, before: int | None,
              after: int | None) -> Listed:
    """Published responses, oldest first. One statement."""
    r = PublishedResponse
    query = select(r).where(r.consultation_id == consultation_id)
    if disposition:
        query = query.where(r.disposition == disposition)
    if before is not None:
        query = query.where(r.id < before).order_by(r.id.desc())
    else:
        query = query.where(r.id > (after or 0)).order_by(r.id)
    return _page(list(session.scalars(query.limit(PAGE + 1))), before, after, "id")


def response(session: Session, consultation_id: int, response_id: int, after: int) -> tuple[PublishedResponse, Listed]:
    """A response with the comments that it answers. Three statements. Raises NotFoundError."""
    found = session.scalars(select(PublishedResponse).where(
        PublishedResponse.consultation_id == consultation_id, PublishedResponse.id == response_id)).first()
    if found is None:
        raise not_found()
    rows = list(session.execute(text(f"""
        SELECT {_COMMENT_COLUMNS} FROM publication.answered_comments b
          JOIN publication.comments p ON p.id = b.comment_id
          JOIN publication.submissions s ON s.id = p.submission_id
         WHERE b.response_id = :id AND p.id > :after ORDER BY p.id LIMIT :most"""), {
        "id": response_id, "after": after, "most": PAGE + 1}))
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return found, Listed(_with_clauses(session, consultation_id, rows[:PAGE]), None, more)


def responses_by_id(session: Session, ids: set[int]) -> Mapping[int, PublishedResponse]:
    """Responses that a page's comments name. One statement."""
    if not ids:
        return {}
    return {r.id: r for r in session.scalars(select(PublishedResponse).where(PublishedResponse.id.in_(ids)))}


def changed_clauses(session: Session, consultation_id: int, changed: Sequence[Any]) -> list[PublishedClause]:
    """The clauses that carry the change, as responses name them."""
    wanted = {(item["version"], item["eid"]) for item in changed}
    if not wanted:
        return []
    return [c for c in session.scalars(select(PublishedClause).where(
        PublishedClause.consultation_id == consultation_id,
        PublishedClause.eid.in_({eid for _, eid in wanted})).order_by(PublishedClause.version,
                                                                     PublishedClause.position))
            if (c.version, c.eid) in wanted]


def document(session: Session, consultation_id: int, document_id: int) -> PublishedDocument:
    """A notice document with its content. Raises NotFoundError."""
    found = session.scalars(select(PublishedDocument).where(
        PublishedDocument.consultation_id == consultation_id, PublishedDocument.id == document_id)
        .options(undefer(PublishedDocument.content))).first()
    if found is None:
        raise not_found()
    return found


@dataclass(frozen=True)
class SearchResult:
    """What was found: one page of comments and one of clauses, each with the number of all. A page that goes on with
    either holds none of the other. `named`: where the words are the address of a clause (`23조 2항`), the clauses
    there, on the first page only; `named_total`: how many there are."""

    comments: Listed
    total: int
    clauses: Sequence[Facts]
    clauses_total: int
    clauses_after: str | None
    clauses_began: bool  # false: this page goes on with the clauses
    named: Sequence[Facts]
    named_total: int


#: Where a page of clauses goes on: consultation, place in its text, version.
_CLAUSE_KEY = re.compile(r"(\d{1,18})-(\d{1,9})-(\d{1,9})", re.ASCII)
#: Clauses of a search on its first page, above the comments; on the pages that go on with them there are PAGE.
FIRST_CLAUSES = 20


def search(session: Session, words: str, *, now: datetime, after: int = 0,
           clauses_after: str = "") -> SearchResult | None:
    """The clauses that the words name, then comments and clauses that hold all of them: from the beginning, or after a
    comment, or after a clause. None when there is nothing to search for. At most four statements, and one more where
    the words are an address."""
    query, key = tsquery_literal(words), _CLAUSE_KEY.fullmatch(clauses_after)
    eid = None if after or key else typed_addresses.read(words)
    named, named_total = ([], 0) if eid is None else _named_clauses(session, eid, now)
    if query is None and not named:
        return None
    shown, total, more = ([], 0, None) if key or query is None else _found_comments(session, query, after)
    clauses, clauses_total, next_clauses = (
        ([], 0, None) if (after and not key) or query is None else _found_clauses(session, query, key))
    return SearchResult(Listed(shown, None, more), total, clauses, clauses_total, next_clauses, key is None, named,
                        named_total)


def _named_clauses(session: Session, eid: str, now: datetime) -> tuple[list[Facts], int]:
    """The first clauses at an address, each in the newest version of its consultation: of those that take comments now,
    then of the others, the newest first; and the number of all. One statement."""
    rows = list(session.execute(text("""
        SELECT c.version, c.eid, c.heading_ko, c.heading_en, c.text_ko, c.text_en, k.slug,
               k.facts->'consultation'->>'title_ko' AS title_ko, k.facts->'consultation'->>'title_en' AS title_en,
               count(*) OVER () AS total
          FROM publication.consultations k
          JOIN publication.clauses c ON c.consultation_id = k.id AND c.eid = :eid AND c.version = (
               SELECT max(v.version) FROM publication.clauses v WHERE v.consultation_id = k.id)
         ORDER BY coalesce((k.facts->'consultation'->>'concluded_at')::timestamptz <= :now, false)
                  OR NOT EXISTS (SELECT FROM jsonb_array_elements(k.facts->'consultation'->'periods') p
                                  WHERE (p->>'opens_at')::timestamptz <= :now
                                    AND (p->>'closes_at')::timestamptz > :now),
                  k.announced_at DESC, k.id DESC LIMIT :most"""), {"eid": eid, "now": now, "most": FIRST_CLAUSES}))
    return [_clause_facts(row) for row in rows], rows[0].total if rows else 0


def _found_comments(session: Session, query: str, after: int) -> tuple[list[Facts], int, int | None]:
    """A page of comments, the number of all, and after which the next page begins."""
    total = session.scalar(text("SELECT count(*) FROM publication.comments WHERE words @@ CAST(:q AS tsquery)"),
                           {"q": query}) or 0
    rows = list(session.execute(text(f"""
        SELECT {_COMMENT_COLUMNS}, k.slug, k.facts->'consultation'->>'title_ko' AS title_ko,
               k.facts->'consultation'->>'title_en' AS title_en
          FROM publication.comments p JOIN publication.submissions s ON s.id = p.submission_id
          JOIN publication.consultations k ON k.id = p.consultation_id
         WHERE p.words @@ CAST(:q AS tsquery) AND p.id > :after ORDER BY p.id LIMIT :most"""), {
        "q": query, "after": after, "most": PAGE + 1}))
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    shown = [{**thaw(comment_facts(row, {})), "slug": row.slug, "title_ko": row.title_ko, "title_en": row.title_en}
             for row in rows[:PAGE]]
    return shown, total, more


def _found_clauses(session: Session, query: str, key: re.Match[str] | None) -> tuple[list[Facts], int, str | None]:
    """A page of clauses, each in its newest version that holds the words, in the order of their texts; the number of
    all, and after which the next page begins. Two statements."""
    consultation_id, position, version = map(int, key.groups()) if key else (0, 0, 0)
    most = PAGE if key else FIRST_CLAUSES
    total = session.scalar(text("""
        SELECT count(DISTINCT (consultation_id, lineage_uid)) FROM publication.clauses
         WHERE words @@ CAST(:q AS tsquery)"""), {"q": query}) or 0
    rows = list(session.execute(text("""
        SELECT c.*, k.slug, k.facts->'consultation'->>'title_ko' AS title_ko,
               k.facts->'consultation'->>'title_en' AS title_en
          FROM (SELECT DISTINCT ON (consultation_id, lineage_uid) consultation_id, position, version, eid, heading_ko,
                       heading_en, text_ko, text_en
                  FROM publication.clauses WHERE words @@ CAST(:q AS tsquery)
                 ORDER BY consultation_id, lineage_uid, version DESC) c
          JOIN publication.consultations k ON k.id = c.consultation_id
         WHERE (c.consultation_id, c.position, c.version) > (:k, :p, :v)
         ORDER BY c.consultation_id, c.position, c.version LIMIT :most"""), {
        "q": query, "k": consultation_id, "p": position if key else -1, "v": version, "most": most + 1}))
    last = rows[most - 1] if len(rows) > most else None
    return [_clause_facts(row) for row in rows[:most]], total, (
        f"{last.consultation_id}-{last.position}-{last.version}" if last else None)


def _clause_facts(row: Any) -> Facts:
    address = addresses.parse(row.eid)
    return {"url": f"/c/{row.slug}/v{row.version}/{address.path}", "name_ko": address.spoken("ko"),
            "name_en": address.spoken("en"), "heading_ko": row.heading_ko, "heading_en": row.heading_en,
            "text_ko": row.text_ko, "text_en": row.text_en, "title_ko": row.title_ko, "title_en": row.title_en}


def versions_with(session: Session, consultation_id: int, eid: str) -> list[int]:
    """The versions that have a clause at this address, the newest first. One statement."""
    return list(session.scalars(select(PublishedClause.version).where(
        PublishedClause.consultation_id == consultation_id, PublishedClause.eid == eid)
        .order_by(PublishedClause.version.desc())))


def file(session: Session, consultation_id: int, version: int, filename: str,
         compared_with: str = "") -> PublishedFile:
    """A file of a version by its name, with its content. Raises NotFoundError."""
    found = session.scalars(select(PublishedFile).options(undefer(PublishedFile.content)).where(
        PublishedFile.consultation_id == consultation_id, PublishedFile.version == version,
        PublishedFile.compared_with == compared_with, PublishedFile.filename == filename)).first()
    if found is None:
        raise not_found()
    return found


def lineage_at(session: Session, consultation_id: int, version: int, eid: str) -> uuid.UUID | None:
    """The lineage of a clause; None for the whole draft. Raises NotFoundError."""
    if eid == "doc":
        return None
    uid = session.scalar(select(PublishedClause.lineage_uid).where(
        PublishedClause.consultation_id == consultation_id, PublishedClause.version == version,
        PublishedClause.eid == eid))
    if uid is None:
        raise not_found()
    return uid
