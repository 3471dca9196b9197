"""What public pages show, as JSON-able facts. Made at a build from the publication's tables (and the consultation's own
facts), stored with each page, and rendered from alone: a page can be rendered anew without asking anything else.

Times are ISO texts under names that end in `_at`, days under names that end in `_on`; `rendering.thaw` reads them.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.consultations.models import CommentPeriod, Consultation, PeriodExtension
from portal.drafts.models import DraftVersion
from portal.ordinances import addresses
from portal.organisations.models import Ministry
from portal.publication.comment_facts import comment_facts
from portal.publication.models import PublishedClause, PublishedDocument, PublishedFile
from portal.publication.versions import Versions, history, table_facts

POSITIONS = ("support", "amend", "oppose", "question")
#: Comments on a clause page before it says where the others are.
FIRST_COMMENTS = 20

Facts = dict[str, Any]

_COPIED = (
    "slug", "kind", "draft_kind", "title_ko", "title_en", "notice_number", "gazette_number", "gazette_url",
    "legal_basis_ko", "legal_basis_en", "reason_ko", "reason_en", "main_content_ko", "main_content_en",
    "receiving_body_ko", "receiving_body_en", "method_ko", "method_en", "comments_appear", "responses_while_open",
    "omitted_documents")


def consultation_facts(session: Session, consultation: Consultation) -> Facts:
    """Everything of a consultation that the law wants public (법제업무 운영규정 제15조 ③④), without counts."""
    ministry = session.get_one(Ministry, consultation.ministry_id)
    periods = session.scalars(select(CommentPeriod).where(
        CommentPeriod.consultation_id == consultation.id).order_by(CommentPeriod.number)).all()
    extensions: dict[int, list[Facts]] = defaultdict(list)
    for e in session.scalars(select(PeriodExtension).where(
            PeriodExtension.period_id.in_([p.id for p in periods])).order_by(PeriodExtension.id)):
        extensions[e.period_id].append({
            "old_closes_at": e.old_closes_at.isoformat(), "new_closes_at": e.new_closes_at.isoformat(),
            "reason_ko": e.reason_ko, "reason_en": e.reason_en, "extended_at": e.extended_at.isoformat()})
    v = DraftVersion
    # By columns: the text in force is long, and asked here is only whether there is one.
    versions = session.execute(select(
        v.number, v.title_ko, v.title_en, v.note_ko, v.note_en, v.clause_count, v.published_at,
        v.in_force.is_not(None).label("amends")).where(
        v.consultation_id == consultation.id).order_by(v.number)).mappings().all()
    documents = session.execute(select(
        PublishedDocument.id, PublishedDocument.kind, PublishedDocument.title_ko, PublishedDocument.title_en,
        PublishedDocument.filename, PublishedDocument.size).where(
        PublishedDocument.consultation_id == consultation.id).order_by(PublishedDocument.id)).mappings().all()
    facts: Facts = {name: getattr(consultation, name) for name in _COPIED}
    facts.update({
        "ministry_ko": ministry.name_ko, "ministry_en": ministry.name_en,
        "announced_at": consultation.announced_at.isoformat() if consultation.announced_at else None,
        "concluded_at": consultation.concluded_at.isoformat() if consultation.concluded_at else None,
        "periods": [{
            "number": p.number, "starts_on": p.starts_on.isoformat(), "days": p.days,
            "opens_at": p.opens_at.isoformat(), "closes_at": p.closes_at.isoformat(), "scope": p.scope,
            "short_period_record": p.short_period_record, "extensions": extensions[p.id]} for p in periods],
        "versions": [{**version, "published_at": version["published_at"].isoformat()} for version in versions],
        "documents": [dict(document) for document in documents]})
    return facts


def small(facts: Facts) -> Facts:
    """What every page of a consultation shows of it: name, ministry, times, versions."""
    names = ("slug", "kind", "title_ko", "title_en", "ministry_ko", "ministry_en", "announced_at", "concluded_at",
             "periods", "versions", "comments_appear", "responses_while_open")
    return {name: facts[name] for name in names}


def counts(session: Session, consultation_id: int) -> Facts:
    """The numbers of the whole consultation."""
    row = session.execute(text("""
        SELECT count(*) AS submissions, count(*) FILTER (WHERE status = 'withdrawn') AS withdrawn,
               coalesce(sum(comment_count), 0)::bigint AS comments,
               coalesce(sum(withheld_count), 0)::bigint AS withheld
          FROM publication.submissions WHERE consultation_id = :c"""), {"c": consultation_id}).mappings().one()
    kinds = session.execute(text("""
        SELECT organisation_kind, count(*) FROM publication.submissions
         WHERE consultation_id = :c AND status = 'current' GROUP BY 1"""), {"c": consultation_id}).all()
    positions = session.execute(text("""
        SELECT position, count(*) FROM publication.comments WHERE consultation_id = :c GROUP BY 1"""),
        {"c": consultation_id}).all()
    dispositions = session.execute(text("""
        SELECT r.disposition, count(*) FROM publication.responses r WHERE r.consultation_id = :c GROUP BY 1"""),
        {"c": consultation_id}).all()
    answered = session.scalar(text("""
        SELECT count(DISTINCT comment_id) FROM publication.answered_comments WHERE consultation_id = :c"""),
        {"c": consultation_id})
    by_position: dict[str, int] = dict(positions)
    return {**row, "kinds": dict(sorted(kinds)), "positions": {p: by_position.get(p, 0) for p in POSITIONS},
            "dispositions": dict(sorted(dispositions)), "responses": sum(n for _, n in dispositions),
            "answered": answered or 0}


def files(session: Session, consultation_id: int) -> list[Facts]:
    """The files that stand, without their content. One statement."""
    f = PublishedFile
    rows = session.execute(select(f.version, f.compared_with, f.language, f.format, f.filename, f.size).where(
        f.consultation_id == consultation_id).order_by(f.version, f.compared_with, f.language.desc(), f.format))
    return [dict(row) for row in rows.mappings()]


@dataclass(frozen=True)
class Tally:
    """Comments at one lineage: by position, own and with everything below, and the dispositions of its responses."""

    own: dict[str, int]
    dispositions: dict[str, int]

    @property
    def total(self) -> int:
        """Comments of every position."""
        return sum(self.own.values())


def tallies(session: Session, consultation_id: int) -> dict[uuid.UUID | None, Tally]:
    """Counts and dispositions by lineage; None is the whole draft. Two statements."""
    own: dict[uuid.UUID | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(POSITIONS, 0))
    for uid, position, n in session.execute(text("""
            SELECT lineage_uid, position, count(*) FROM publication.comments
             WHERE consultation_id = :c GROUP BY 1, 2"""), {"c": consultation_id}):
        own[uid][position] = n
    dispositions: dict[uuid.UUID | None, dict[str, int]] = defaultdict(dict)
    for uid, disposition, n in session.execute(text("""
            SELECT p.lineage_uid, r.disposition, count(DISTINCT r.id) FROM publication.answered_comments a
              JOIN publication.comments p ON p.id = a.comment_id
              JOIN publication.responses r ON r.id = a.response_id
             WHERE a.consultation_id = :c GROUP BY 1, 2 ORDER BY 1, 2"""), {"c": consultation_id}):
        dispositions[uid][disposition] = n
    return {uid: Tally(own[uid], dispositions.get(uid, {})) for uid in {*own, *dispositions}}


@dataclass(frozen=True)
class Text:
    """One version's clauses in order, with what navigation needs."""

    version: int
    clauses: list[PublishedClause]

    def by_eid(self) -> dict[str, PublishedClause]:
        """The clauses by address."""
        return {c.eid: c for c in self.clauses}


def texts(session: Session, consultation_id: int) -> list[Text]:
    """Every version's clauses, oldest version first. One statement."""
    found: dict[int, list[PublishedClause]] = defaultdict(list)
    for clause in session.scalars(select(PublishedClause).where(
            PublishedClause.consultation_id == consultation_id).order_by(
            PublishedClause.version, PublishedClause.position)):
        found[clause.version].append(clause)
    return [Text(version, clauses) for version, clauses in sorted(found.items())]


def hang(eid: str) -> int:
    """How many numbers stand to the left of a clause's own: an article's paragraph 0, its subparagraph 1."""
    units = [step for step in addresses.parse(eid).steps if step.element in ("para", "subpara", "point", "sub")]
    return max(0, len(units) - 1)


def clause_facts(clause: PublishedClause, versions: Versions) -> Facts:
    """A clause's words, in both languages, with its address, and what they cite as links."""
    edition = versions.by_number[clause.version]
    address = addresses.parse(clause.eid)
    return {"eid": clause.eid, "name_ko": address.spoken("ko"), "name_en": address.spoken("en"), "url": address.path,
            "kind": clause.kind, "label": clause.label,
            "label_en": clause.label_en or address.english_label, "heading_ko": clause.heading_ko,
            "heading_en": clause.heading_en, "text_ko": clause.text_ko, "text_en": clause.text_en,
            "notes": clause.notes, "status": clause.status, "under_consultation": clause.under_consultation,
            "links_ko": edition.links(clause.eid, clause.text_ko, "ko"),
            "links_en": edition.links(clause.eid, clause.text_en, "en"), "tables": clause.tables or []}


_EMPTY = Tally(dict.fromkeys(POSITIONS, 0), {})


def draft_page(consultation: Facts, version: Text, all_texts: list[Text], tally: dict[uuid.UUID | None, Tally],
               versions: Versions) -> Facts:
    """The whole text with the count at each clause. Comments on clauses that this version no longer has are listed. A
    partial amendment opens on what differs from the text in force."""
    below: dict[str, int] = defaultdict(int)
    rows: list[Facts] = []
    for clause in reversed(version.clauses):
        below[clause.eid] += tally.get(clause.lineage_uid, _EMPTY).total
        if clause.parent_eid:
            below[clause.parent_eid] += below[clause.eid]
    for clause in version.clauses:
        mine = tally.get(clause.lineage_uid, _EMPTY)
        rows.append({**clause_facts(clause, versions), "parent_eid": clause.parent_eid, "hang": hang(clause.eid),
                     "positions": mine.own, "count": mine.total, "count_below": below[clause.eid],
                     "dispositions": mine.dispositions})
    here = {clause.lineage_uid for clause in version.clauses}
    gone: dict[uuid.UUID, Facts] = {}
    for other in all_texts:
        for clause in other.clauses:
            if clause.lineage_uid not in here and tally.get(clause.lineage_uid, _EMPTY).total:
                gone[clause.lineage_uid] = {"version": other.version, "count": tally[clause.lineage_uid].total,
                                            **clause_facts(clause, versions)}
    whole = tally.get(None, _EMPTY)
    return {"consultation": small(consultation), "version": version.version, "clauses": rows,
            "gone": sorted(gone.values(), key=lambda g: addresses.parse(g["eid"]).sort_key),
            "whole": {"positions": whole.own, "count": whole.total, "dispositions": whole.dispositions},
            "most": max((row["count_below"] for row in rows if row["kind"] == "article"), default=0),
            "older": [edition.key for edition in reversed(versions.editions) if edition.number < version.version],
            "amendment": None if 0 not in versions.by_number else table_facts(
                versions, versions.by_number[0], versions.by_number[version.version])}


_FIRST = text("""
    SELECT * FROM (
        SELECT p.id, p.number AS n, p.version, p.clause_eid, p.lineage_uid, p.outside_notice, p.language, p.position,
               p.proposal_form, p.proposal_language, p.proposal_old, p.proposal_text, p.reason, p.legal_basis,
               p.withheld, s.number, s.organisation_ko, s.organisation_en, s.organisation_kind, s.confirmed,
               s.filed_at, row_number() OVER (PARTITION BY p.lineage_uid ORDER BY p.id) AS place,
               (SELECT jsonb_agg(a.response_id ORDER BY a.response_id) FROM publication.answered_comments a
                 WHERE a.comment_id = p.id) AS responses
          FROM publication.comments p JOIN publication.submissions s ON s.id = p.submission_id
         WHERE p.consultation_id = :c AND (:all OR coalesce(p.lineage_uid, :none) = ANY(:lineages))) x
     WHERE place <= :most ORDER BY id""")

#: Stands for "no lineage" (the whole draft) in SQL, where NULL equals nothing.
NO_LINEAGE = uuid.UUID(int=0)


def first_comments(session: Session, consultation_id: int,
                   lineages: Iterable[uuid.UUID | None] | None) -> dict[uuid.UUID | None, list[Any]]:
    """The first comments at each of these lineages (all, when None). One statement."""
    found: dict[uuid.UUID | None, list[Any]] = defaultdict(list)
    for row in session.execute(_FIRST, {
            "c": consultation_id, "all": lineages is None, "none": NO_LINEAGE, "most": FIRST_COMMENTS,
            "lineages": [uid or NO_LINEAGE for uid in lineages or []]}):
        found[row.lineage_uid].append(row)
    return found


def responses(session: Session, consultation_id: int) -> dict[uuid.UUID | None, list[Facts]]:
    """Published responses by the lineages of the comments that they answer. One statement."""
    found: dict[uuid.UUID | None, list[Facts]] = defaultdict(list)
    for row in session.execute(text("""
            SELECT DISTINCT p.lineage_uid, r.id, r.edition, r.disposition, r.title_ko, r.title_en, r.text_ko,
                   r.text_en, r.changed_clauses::text AS changed, r.published_at, r.comment_count,
                   r.organisation_count
              FROM publication.answered_comments a JOIN publication.comments p ON p.id = a.comment_id
              JOIN publication.responses r ON r.id = a.response_id
             WHERE a.consultation_id = :c ORDER BY r.comment_count DESC, r.id"""), {"c": consultation_id}):
        found[row.lineage_uid].append({
            "id": row.id, "edition": row.edition, "disposition": row.disposition, "title_ko": row.title_ko,
            "title_en": row.title_en, "text_ko": row.text_ko, "text_en": row.text_en,
            "published_at": row.published_at.isoformat(), "comment_count": row.comment_count,
            "organisation_count": row.organisation_count, "changed": row.changed})
    return found


def places_of(session: Session, response_ids: Sequence[int]) -> dict[int, list[Facts]]:
    """What each of these responses is about: the clauses of the comments that it answers, the one with the most first.
    One statement."""
    found: dict[int, list[Facts]] = {response_id: [] for response_id in response_ids}
    for row in session.execute(text("""
            SELECT a.response_id, p.clause_eid FROM publication.answered_comments a
              JOIN publication.comments p ON p.id = a.comment_id
             WHERE a.response_id = ANY(:ids) GROUP BY 1, 2 ORDER BY 1, count(*) DESC, 2"""), {
            "ids": list(response_ids)}):
        address = addresses.parse(row.clause_eid)
        found[row.response_id].append({"name_ko": address.spoken("ko"), "name_en": address.spoken("en")})
    return found


def clause_page(consultation: Facts, version: Text, place: int,
                tally: dict[uuid.UUID | None, Tally], comments: dict[uuid.UUID | None, list[Any]],
                answered: dict[uuid.UUID | None, list[Facts]],
                by_version: dict[int, dict[str, PublishedClause]], versions: Versions) -> Facts:
    """One clause with its ancestors' opening words, what stands below it, its text in every version, responses and
    comments."""
    clause = version.clauses[place]
    known = by_version[version.version]
    ancestors: list[Facts] = []
    parent = clause.parent_eid
    while parent:
        ancestors.append(clause_facts(known[parent], versions))
        parent = known[parent].parent_eid
    # A division lists what is below it on the draft page; its own page shows its heading alone.
    inside = [] if clause.kind in _DIVISIONS else [
        c for c in version.clauses[place + 1:] if _is_below(c, clause.eid, known)]
    below = [{**clause_facts(c, versions), "count": tally.get(c.lineage_uid, _EMPTY).total,
              "positions": tally.get(c.lineage_uid, _EMPTY).own,
              "hang": hang(c.eid) - (hang(clause.eid) if clause.kind != "article" else 0)} for c in inside]
    mine = tally.get(clause.lineage_uid, _EMPTY)
    shown = [comment_facts(row, by_version) for row in comments.get(clause.lineage_uid, [])]
    return {"consultation": small(consultation), "version": version.version, "clause": clause_facts(clause, versions),
            "ancestors": ancestors[::-1], "below": below,
            "history": [] if clause.kind in _DIVISIONS else history(versions, version.version, clause.eid),
            "previous": _neighbour(version, place, -1), "next": _neighbour(version, place, 1),
            "positions": mine.own, "count": mine.total, "responses": answered.get(clause.lineage_uid, []),
            "comments": shown, "more_after": shown[-1]["id"] if mine.total > len(shown) and shown else None}


def whole_page(consultation: Facts, version: Text, tally: dict[uuid.UUID | None, Tally],
               comments: dict[uuid.UUID | None, list[Any]], answered: dict[uuid.UUID | None, list[Facts]],
               by_version: dict[int, dict[str, PublishedClause]]) -> Facts:
    """The comments on the whole draft."""
    mine = tally.get(None, _EMPTY)
    shown = [comment_facts(row, by_version) for row in comments.get(None, [])]
    return {"consultation": small(consultation), "version": version.version,
            "clause": {"eid": "doc", "name_ko": addresses.parse("doc").spoken("ko"),
                       "name_en": addresses.parse("doc").spoken("en"), "url": "doc", "kind": "whole", "label": "",
                       "label_en": None, "heading_ko": None, "heading_en": None, "text_ko": "", "text_en": None,
                       "notes": [], "status": "in_force", "under_consultation": True, "tables": []},
            "ancestors": [], "below": [], "history": [], "previous": None, "next": None, "positions": mine.own,
            "count": mine.total, "responses": answered.get(None, []), "comments": shown,
            "more_after": shown[-1]["id"] if mine.total > len(shown) and shown else None}


_DIVISIONS = ("part", "chapter", "section", "subsection")


def _neighbour(version: Text, place: int, step: int) -> Facts | None:
    at = place + step
    if not 0 <= at < len(version.clauses):
        return None
    clause = version.clauses[at]
    address = addresses.parse(clause.eid)
    return {"url": address.path, "name_ko": address.spoken("ko"), "name_en": address.spoken("en")}


def _is_below(clause: PublishedClause, eid: str, known: dict[str, PublishedClause]) -> bool:
    parent = clause.parent_eid
    while parent:
        if parent == eid:
            return True
        parent = known[parent].parent_eid
    return False

