"""Copying what may be public into the publication: texts, documents, submissions, comments, responses.

Everything that decides what the public may read stands here: the publication rule, masking, withholding. Each function
returns which clause lineages it touched, so that only their pages are made anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.drafts.models import Alignment, Clause, DraftVersion
from portal.kernel.search_text import tsvector_literal
from portal.publication.models import PublishedAlignment, PublishedClause, PublishedComment, PublishedSubmission
from portal.responses.filer_results import PUBLISHED
from portal.submissions.models import Comment

_BATCH = 1_000


@dataclass
class Touched:
    """Which pages a build has to look at: those of these lineages (None: the whole draft), or all."""

    everything: bool = False
    files: bool = False
    lineages: set[uuid.UUID | None] = field(default_factory=set)
    submissions: bool = False
    responses: bool = False

    def __bool__(self) -> bool:
        return self.everything or self.files or bool(self.lineages) or self.submissions or self.responses


def masked(name: str) -> str:
    """An individual's name as the public sees it: 홍○○, J○○○."""
    first = name.strip()[:1]
    return first + "○○" if not first.isascii() else first + "○○○"


def withheld_ground(confidential: Sequence[Any], finds: Sequence[Any]) -> str | None:
    """Why a comment does not appear: an undecided confidential claim, or an unreviewed find of personal data."""
    if confidential:
        return "confidential_claim"
    return "personal_data_find" if finds else None


def publish_texts(session: Session, consultation: Consultation, touched: Touched) -> None:
    """Copy the clauses of versions that the publication does not have yet, and what each was before. Versions are
    immutable: once is enough."""
    known = set(session.scalars(select(PublishedClause.version).where(
        PublishedClause.consultation_id == consultation.id).distinct()))
    for version in session.execute(select(DraftVersion.id, DraftVersion.number).where(
            DraftVersion.consultation_id == consultation.id)):
        if version.number in known:
            continue
        touched.everything = True
        clauses = session.scalars(select(Clause).where(Clause.draft_version_id == version.id)).all()
        session.add_all(PublishedClause(
            consultation_id=consultation.id, version=version.number, eid=c.eid, position=c.position,
            parent_eid=c.parent_eid, lineage_uid=c.lineage_uid, kind=c.kind, label=c.label, label_en=c.label_en,
            heading_ko=c.heading_ko, heading_en=c.heading_en, text_ko=c.text_ko, text_en=c.text_en, notes=c.notes,
            status=c.status, under_consultation=c.under_consultation,
            tables=[c.annex_table] if isinstance(c.annex_table, dict) else c.annex_table,
            words=tsvector_literal("\n".join(filter(None, (c.heading_ko, c.heading_en, c.text_ko, c.text_en)))))
            for c in clauses)
        session.add_all(PublishedAlignment(
            consultation_id=consultation.id, version=version.number, against=a.against, position=a.position,
            old_eid=a.old_eid, new_eid=a.new_eid, change=a.change, score=a.score)
            for a in session.scalars(select(Alignment).where(Alignment.draft_version_id == version.id)))
    session.flush()


def publish_documents(session: Session, consultation: Consultation, touched: Touched) -> None:
    """Mirror the notice documents."""
    values = {"c": consultation.id}
    gone = session.execute(text("""
        DELETE FROM publication.documents p WHERE consultation_id = :c
           AND NOT EXISTS (SELECT 1 FROM portal.notice_documents n WHERE n.id = p.id)"""), values)
    new = session.execute(text("""
        INSERT INTO publication.documents
              (id, consultation_id, kind, title_ko, title_en, filename, media_type, size, digest, content)
        SELECT id, consultation_id, kind, title_ko, title_en, filename, media_type, octet_length(content), digest,
               content
          FROM portal.notice_documents WHERE consultation_id = :c
        ON CONFLICT (id) DO NOTHING"""), values)
    if gone.rowcount or new.rowcount:  # type: ignore[attr-defined]
        touched.everything = True


_UNNUMBERED = text("""
    SELECT s.id FROM portal.submissions s JOIN portal.comment_periods t ON t.id = s.period_id
     WHERE s.consultation_id = :c AND s.public_number IS NULL AND s.current_filing_id IS NOT NULL
       AND (:appear = 'as_screened' OR t.closes_at <= :now)""")


def give_numbers(session: Session, consultation: Consultation, now: datetime, *, wait: bool) -> None:
    """Public numbers for every submission that will be published and has none, in the order of the first filing.

    The rows stay locked until the end of the transaction, and their filers wait for it: whoever can, calls this in a
    short one before the pages are built. One at a time; without `wait`, nothing is done while another is at it.
    """
    values = {"c": consultation.id, "appear": consultation.comments_appear, "now": now}
    if not session.execute(_UNNUMBERED, values).first():
        return
    lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    if session.scalar(text(f"SELECT {lock}(hashtextextended('public numbers', :c))"), {"c": consultation.id}) is False:
        return
    _number(session, consultation, session.scalars(_UNNUMBERED, values).all())


_CHANGED_SUBMISSIONS = text("""
    SELECT s.id, s.filing_count, s.current_filing_id, s.withdrawn_at, f.filed_at,
           f.organisation_name_ko, f.organisation_name_en, o.kind, o.show_full_name,
           o.confirmed_at IS NOT NULL AS confirmed, p.id IS NOT NULL AS known
      FROM portal.submissions s
      JOIN portal.filings f ON f.id = s.current_filing_id
      JOIN portal.organisations o ON o.id = s.organisation_id
      JOIN portal.comment_periods t ON t.id = s.period_id
      LEFT JOIN publication.submissions p ON p.id = s.id
     WHERE s.consultation_id = :c AND (:appear = 'as_screened' OR t.closes_at <= :now)
       AND s.public_number IS NOT NULL  -- what was filed a moment ago is numbered before the next build
       AND (p.id IS NULL OR p.filing <> f.number OR (p.status = 'withdrawn') <> (s.withdrawn_at IS NOT NULL)
            OR p.confirmed <> (o.confirmed_at IS NOT NULL) OR p.organisation_kind <> o.kind
            OR p.shown_in_full <> (o.kind <> 'individual' OR o.show_full_name))
     ORDER BY s.id""")


def publish_submissions(session: Session, consultation: Consultation, now: datetime, touched: Touched) -> None:
    """Mirror every submission whose newest state the publication does not have, under the consultation's rule."""
    give_numbers(session, consultation, now, wait=True)
    rows = session.execute(_CHANGED_SUBMISSIONS, {
        "c": consultation.id, "appear": consultation.comments_appear, "now": now}).all()
    if not rows:
        return
    touched.submissions = True
    numbers: dict[int, str] = dict(session.execute(text(
        "SELECT id, public_number FROM portal.submissions WHERE consultation_id = :c AND id = ANY(:ids)"),
        {"c": consultation.id, "ids": [row.id for row in rows]}).all())
    lines = {uid: number for number, uid in session.execute(select(DraftVersion.number, DraftVersion.id).where(
        DraftVersion.consultation_id == consultation.id))}
    for start in range(0, len(rows), _BATCH):
        _mirror(session, consultation, rows[start:start + _BATCH], numbers, lines, touched)
        session.flush()
        session.expunge_all()


def _number(session: Session, consultation: Consultation, ids: Iterable[int]) -> None:
    session.execute(text("""
        WITH first AS (
            SELECT s.id, row_number() OVER (ORDER BY min(f.filed_at), s.id) AS n
              FROM portal.submissions s JOIN portal.filings f ON f.submission_id = s.id
             WHERE s.id = ANY(:ids) GROUP BY s.id),
        highest AS (
            SELECT coalesce(max(substring(public_number FROM '[0-9]+$')::int), 0) AS n
              FROM portal.submissions WHERE consultation_id = :c)
        UPDATE portal.submissions s
           SET public_number = :prefix || '-' || lpad(given.n, greatest(4, length(given.n)), '0')
          FROM (SELECT first.id, (highest.n + first.n)::text AS n FROM first, highest) given WHERE s.id = given.id"""),
        {"ids": list(ids), "c": consultation.id, "prefix": consultation.number_prefix})


def _mirror(session: Session, consultation: Consultation, rows: Sequence[Any], numbers: dict[int, str],
            versions: dict[int, int], touched: Touched) -> None:
    ids = [row.id for row in rows]
    old = session.execute(delete(PublishedComment).where(PublishedComment.submission_id.in_(ids))
                          .returning(PublishedComment.lineage_uid)).scalars().all()
    touched.lineages.update(old)
    session.execute(delete(PublishedSubmission).where(PublishedSubmission.id.in_(ids)))
    standing = [row.current_filing_id for row in rows if row.withdrawn_at is None]
    comments: dict[int, list[Comment]] = {}
    for comment in session.scalars(select(Comment).where(Comment.filing_id.in_(standing)).order_by(Comment.id)):
        comments.setdefault(comment.filing_id, []).append(comment)
    for row in rows:
        number = numbers[row.id]
        in_full = row.kind != "individual" or row.show_full_name
        mine = comments.get(row.current_filing_id, [])
        grounds = [withheld_ground(c.confidential, c.finds) for c in mine]
        session.add(PublishedSubmission(
            id=row.id, consultation_id=consultation.id, number=number, ordinal=int(number.rsplit("-", 1)[1]),
            organisation_ko=row.organisation_name_ko if in_full else masked(row.organisation_name_ko),
            organisation_en=row.organisation_name_en if in_full else masked(row.organisation_name_en),
            organisation_kind=row.kind, confirmed=row.confirmed, shown_in_full=in_full, filing=row.filing_count,
            filed_at=row.filed_at, status="current" if row.withdrawn_at is None else "withdrawn",
            withdrawn_at=row.withdrawn_at, comment_count=len(mine),
            withheld_count=sum(ground is not None for ground in grounds)))
        for comment, ground in zip(mine, grounds, strict=True):
            touched.lineages.add(comment.lineage_uid)
            session.add(_published(consultation.id, row.id, comment, ground, versions[comment.draft_version_id]))


def _published(consultation_id: int, submission_id: int, c: Comment, ground: str | None,
               version: int) -> PublishedComment:
    shown = ground is None
    return PublishedComment(
        id=c.id, consultation_id=consultation_id, submission_id=submission_id, number=c.number, version=version,
        clause_eid=c.clause_eid, lineage_uid=c.lineage_uid, outside_notice=c.outside_notice, language=c.language,
        position=c.position, proposal_form=c.proposal_form if shown else None,
        proposal_language=c.proposal_language if shown else None, proposal_old=c.proposal_old if shown else "",
        proposal_text=c.proposal_text if shown else "", reason=c.reason if shown else "",
        legal_basis=c.legal_basis if shown else "", withheld=ground,
        words=tsvector_literal("\n".join((c.reason, c.proposal_old, c.proposal_text, c.legal_basis)))
        if shown else None)


_ANSWERS = f"""
    SELECT DISTINCT g.comment_id, coalesce(own.id, theirs.id) AS response_id
      FROM portal.segments g
      JOIN publication.comments p ON p.id = g.comment_id {PUBLISHED}
     WHERE g.consultation_id = :c AND g.coverage <> 'excused' AND coalesce(own.id, theirs.id) IS NOT NULL"""


def publish_responses(session: Session, consultation: Consultation, touched: Touched) -> None:
    """Mirror published responses in their newest edition, and which comments each of them answers."""
    values = {"c": consultation.id}
    lineages = session.execute(text(f"""
        WITH answers AS ({_ANSWERS}),
        gone AS (
            DELETE FROM publication.answered_comments a WHERE a.consultation_id = :c
               AND NOT EXISTS (SELECT 1 FROM answers n
                                WHERE n.response_id = a.response_id AND n.comment_id = a.comment_id)
            RETURNING a.comment_id),
        new AS (
            INSERT INTO publication.answered_comments (response_id, comment_id, consultation_id)
            SELECT response_id, comment_id, :c FROM answers
            ON CONFLICT DO NOTHING RETURNING comment_id)
        SELECT DISTINCT p.lineage_uid FROM publication.comments p
         WHERE p.id IN (SELECT comment_id FROM gone UNION SELECT comment_id FROM new)"""), values).scalars().all()
    changed = session.execute(text("""
        WITH newest AS (
            SELECT DISTINCT ON (e.response_id) e.response_id AS id, e.number AS edition, e.disposition, e.text_ko,
                   e.text_en, e.changed_clauses, e.published_at, r.cluster_id, r.segment_id
              FROM portal.response_editions e JOIN portal.responses r ON r.id = e.response_id
             WHERE r.consultation_id = :c ORDER BY e.response_id, e.number DESC),
        counted AS (
            SELECT a.response_id AS id, count(*) AS comments,
                   count(DISTINCT p.submission_id) AS organisations
              FROM publication.answered_comments a JOIN publication.comments p ON p.id = a.comment_id
             WHERE a.consultation_id = :c GROUP BY a.response_id),
        wanted AS (
            SELECT n.id, n.edition, n.disposition, coalesce(k.title_ko, '') AS title_ko,
                   coalesce(k.title_en, '') AS title_en, coalesce(k.issue_ko, '') AS issue_ko,
                   coalesce(k.issue_en, '') AS issue_en, n.text_ko, n.text_en, n.changed_clauses, n.published_at,
                   coalesce(t.comments, 0) AS comments, coalesce(t.organisations, 0) AS organisations,
                   (SELECT jsonb_agg(jsonb_build_object('number', o.number, 'disposition', o.disposition,
                           'text_ko', o.text_ko, 'text_en', o.text_en, 'published_at', o.published_at)
                           ORDER BY o.number) FROM portal.response_editions o WHERE o.response_id = n.id
                       AND o.number < n.edition) AS earlier
              FROM newest n LEFT JOIN portal.clusters k ON k.id = n.cluster_id
              LEFT JOIN counted t ON t.id = n.id)
        INSERT INTO publication.responses AS p
              (id, consultation_id, edition, disposition, title_ko, title_en, issue_ko, issue_en, text_ko, text_en,
               changed_clauses, published_at, comment_count, organisation_count, editions)
        SELECT id, :c, edition, disposition, title_ko, title_en, issue_ko, issue_en, text_ko, text_en,
               changed_clauses, published_at, comments, organisations, coalesce(earlier, '[]') FROM wanted
        ON CONFLICT (id) DO UPDATE SET edition = EXCLUDED.edition, disposition = EXCLUDED.disposition,
               title_ko = EXCLUDED.title_ko, title_en = EXCLUDED.title_en, issue_ko = EXCLUDED.issue_ko,
               issue_en = EXCLUDED.issue_en, text_ko = EXCLUDED.text_ko,
               text_en = EXCLUDED.text_en, changed_clauses = EXCLUDED.changed_clauses,
               published_at = EXCLUDED.published_at, comment_count = EXCLUDED.comment_count,
               organisation_count = EXCLUDED.organisation_count, editions = EXCLUDED.editions
         WHERE (p.edition, p.comment_count, p.organisation_count, p.title_ko, p.title_en, p.issue_ko, p.issue_en)
               IS DISTINCT FROM (EXCLUDED.edition, EXCLUDED.comment_count, EXCLUDED.organisation_count,
                                 EXCLUDED.title_ko, EXCLUDED.title_en, EXCLUDED.issue_ko, EXCLUDED.issue_en)
        RETURNING id"""), values).scalars().all()
    touched.lineages.update(lineages)
    if changed:
        touched.responses = True
        touched.lineages.update(session.execute(text("""
            SELECT DISTINCT p.lineage_uid FROM publication.answered_comments a
              JOIN publication.comments p ON p.id = a.comment_id WHERE a.response_id = ANY(:ids)"""),
            {"ids": list(changed)}).scalars())

