"""What this installation promises, each promise compared with the rows that should keep it. Only reads.

Everything is recomputed from what was stored at the time, not from what a page shows. A check returns how many things
it looked at and what is wrong, in sentences for an operator; they name rows by id, never words that people filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.ledger import chain
from portal.ledger.commitments import leaf_hash
from portal.ledger.receipts import ReceiptFacts, verify
from portal.publication import files as version_files
from portal.publication.versions import Versions
from portal.publication.versions import editions as published_texts
from portal.responses.services import content_digest
from portal.review import coverage
from portal.submissions import canonical

#: What is done in the background may be so late before it counts as wrong.
LATE: Final = timedelta(minutes=5)
_ROWS_AT_A_TIME: Final = 1_000


@dataclass(frozen=True)
class Found:
    """What a check looked at, and what is wrong."""

    looked_at: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """What a check works with. `keys`: the public keys that may have signed receipts, by their key id."""

    session: Session
    now: datetime
    keys: Mapping[str, bytes]

    def rows(self, statement: str, **values: Any) -> Iterator[Row[Any]]:
        """Rows in constant memory."""
        return iter(self.session.execute(text(statement), values, execution_options={"yield_per": _ROWS_AT_A_TIME}))

    def all(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """Rows that are few when all is well."""
        return self.session.execute(text(statement), values).all()

    def told(self, sentence: str, statement: str, **values: Any) -> list[str]:
        """`sentence`, filled in from each row that the statement finds."""
        return [sentence.format(**row._mapping) for row in self.all(statement, **values)]

    def count(self, statement: str) -> int:
        """A number."""
        return self.session.scalar(text(statement)) or 0

    @property
    def late(self) -> datetime:
        """What happened before this should have had its effect by now."""
        return self.now - LATE


# ------------------------------------------------------------------------------------------------------- what was filed


def filings(place: Place) -> Found:
    """Every filing has its comments, a receipt, a salt and a leaf."""
    wrong = []
    for row in place.all("""
            SELECT f.id, f.comment_count, k.n, k.highest, r.filing_id IS NULL AS receipt, t.filing_id IS NULL AS salt,
                   l.id IS NULL AS leaf
              FROM filings f
              LEFT JOIN receipts r ON r.filing_id = f.id
              LEFT JOIN filing_salts t ON t.filing_id = f.id
              LEFT JOIN leaves l ON l.subject_id = f.id AND l.kind = 'filing'
              LEFT JOIN (SELECT filing_id, count(*) AS n, max(number) AS highest FROM comments GROUP BY 1) k
                     ON k.filing_id = f.id
             WHERE r.filing_id IS NULL OR t.filing_id IS NULL OR l.id IS NULL
                OR (k.n, k.highest) IS DISTINCT FROM (f.comment_count, f.comment_count) ORDER BY f.id"""):
        wrong += [f"filing {row.id} has no {name}" for name in ("receipt", "salt", "leaf") if getattr(row, name)]
        if (row.n, row.highest) != (row.comment_count, row.comment_count):
            wrong.append(f"filing {row.id} says that it has {row.comment_count} comments; there are {row.n or 0}, "
                         f"numbered up to {row.highest or 0}")
    wrong += place.told("leaf {id} commits to filing {subject_id}, which is not there", """
        SELECT l.id, l.subject_id FROM leaves l
         WHERE l.kind = 'filing' AND NOT EXISTS (SELECT 1 FROM filings f WHERE f.id = l.subject_id) ORDER BY 1""")
    return Found(place.count("SELECT count(*) FROM filings"), tuple(wrong))


_FILINGS: Final = """
    SELECT f.id, f.number, f.filed_at, f.comment_count, f.digest, f.signer_name, f.signer_title, f.terms_version,
           f.terms_digest, f.organisation_name_ko, f.organisation_name_en, c.slug, p.number AS period,
           r.number AS receipt, r.payload, r.key_id, r.signature, t.salt, l.leaf_hash
      FROM filings f
      JOIN submissions s ON s.id = f.submission_id
      JOIN comment_periods p ON p.id = s.period_id
      JOIN consultations c ON c.id = f.consultation_id
      LEFT JOIN receipts r ON r.filing_id = f.id
      LEFT JOIN filing_salts t ON t.filing_id = f.id
      LEFT JOIN leaves l ON l.subject_id = f.id AND l.kind = 'filing'
     ORDER BY f.id"""


def receipts(place: Place) -> Found:
    """Every receipt says what was filed, and its signature holds; every leaf is the commitment to its filing."""
    looked_at, wrong = 0, []
    foreign: dict[str, int] = {}
    for row in place.rows(_FILINGS):
        if row.receipt is not None:
            looked_at += 1
            facts = ReceiptFacts(
                number=row.receipt, consultation=row.slug, filing=row.number, comments=row.comment_count,
                organisation=row.organisation_name_ko or row.organisation_name_en, filed_at=row.filed_at,
                digest=row.digest)
            if row.payload != facts.payload():
                wrong.append(f"the receipt of filing {row.id} does not say what the filing says")
            key = place.keys.get(row.key_id)
            if key is None:
                foreign[row.key_id] = foreign.get(row.key_id, 0) + 1
            elif not verify(row.payload, row.signature, key):
                wrong.append(f"the signature on the receipt of filing {row.id} does not hold")
        if row.salt is not None and row.leaf_hash is not None and leaf_hash(row.salt, row.digest) != row.leaf_hash:
            wrong.append(f"the leaf of filing {row.id} is not the commitment to its salt and digest")
    wrong += [f"{n} receipts are signed with the key {key_id}, which is not known here: name its public key with --key"
              for key_id, n in sorted(foreign.items())]
    return Found(looked_at, tuple(wrong))


_COMMENTS: Final = """
    SELECT k.id, k.filing_id, k.uid, k.number, v.number AS draft_version, k.clause_eid, k.language, k.position,
           k.proposal_form, k.proposal_language, k.proposal_old, k.proposal_text, k.reason, k.legal_basis,
           k.confidential, k.digest
      FROM comments k JOIN draft_versions v ON v.id = k.draft_version_id ORDER BY k.filing_id, k.number"""


def digests(place: Place) -> Found:
    """Every word is as it was filed: the digests of comments and filings, made again."""
    looked_at, wrong = 0, []
    of_filing = {row.id: row for row in place.rows(_FILINGS)}
    for filing_id, group in groupby(place.rows(_COMMENTS), key=lambda row: row.filing_id):
        stored = []
        for row in group:
            looked_at += 1
            stored.append(row.digest)
            content = canonical.comment_content(
                uid=str(row.uid), draft_version=row.draft_version, clause_eid=row.clause_eid, language=row.language,
                position=row.position, proposal_form=row.proposal_form, proposal_language=row.proposal_language,
                proposal_old=row.proposal_old, proposal_text=row.proposal_text, reason=row.reason,
                legal_basis=row.legal_basis, confidential=row.confidential)
            if canonical.digest(content) != row.digest:
                wrong.append(f"comment {row.id} (filing {filing_id}, number {row.number}) is not as it was filed")
        filing = of_filing[filing_id]
        whole = canonical.filing_content(
            consultation=filing.slug, period=filing.period, organisation_ko=filing.organisation_name_ko,
            organisation_en=filing.organisation_name_en, filing=filing.number, signer_name=filing.signer_name,
            signer_title=filing.signer_title, terms_version=filing.terms_version, terms_digest=filing.terms_digest,
            filed_at=filing.filed_at, comment_digests=stored)
        if canonical.digest(whole) != filing.digest:
            wrong.append(f"filing {filing_id} is not as it was filed")
    return Found(looked_at, tuple(wrong))


def submissions(place: Place) -> Found:
    """Every submission counts its filings, points at the newest, and is withdrawn exactly where that one was."""
    wrong = place.told("submission {id} {state}", """
        SELECT s.id, CASE WHEN (s.filing_count, f.n) IS DISTINCT FROM (f.n, coalesce(f.highest, 0))
                          THEN 'counts ' || s.filing_count || ' filings; there are ' || f.n || ', numbered up to '
                               || coalesce(f.highest, 0)
                          WHEN s.current_filing_id IS DISTINCT FROM f.newest THEN 'does not stand at its newest filing'
                          ELSE 'and its withdrawals disagree' END AS state
          FROM submissions s
          CROSS JOIN LATERAL (SELECT count(*) AS n, max(number) AS highest,
                                     (array_agg(id ORDER BY number DESC))[1] AS newest
                                FROM filings WHERE submission_id = s.id) f
          LEFT JOIN withdrawals w ON w.filing_id = s.current_filing_id
         WHERE (s.filing_count, s.current_filing_id, s.withdrawn_at IS NOT NULL)
               IS DISTINCT FROM (f.n, f.newest, w.id IS NOT NULL) OR f.n <> coalesce(f.highest, 0)
         ORDER BY s.id""")
    return Found(place.count("SELECT count(*) FROM submissions"), tuple(wrong))


def documents(place: Place) -> Found:
    """Every notice document is the file that was attached."""
    wrong = place.told("notice document {id} is not the file that was attached", """
        SELECT id FROM notice_documents WHERE encode(sha256(content), 'hex') <> digest ORDER BY id""")
    return Found(place.count("SELECT count(*) FROM notice_documents"), tuple(wrong))


# ------------------------------------------------------------------------------------------------------------- review


def segments(place: Place) -> Found:
    """Every comment has segments that cover its text; excused are exactly those that do not count; every column is the
    one that coverage decides."""
    wrong = place.told("comment {id} has no segment", """
        SELECT k.id FROM comments k JOIN filings f ON f.id = k.filing_id
         WHERE f.filed_at < :late AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.comment_id = k.id)
         ORDER BY k.id""", late=place.late)
    wrong += place.told("the segments of comment {comment_id} do not cover its text", """
        SELECT s.comment_id FROM (
               SELECT comment_id, start, "end", lag("end", 1, 0::bigint) OVER w AS before,
                      lead(start) OVER w IS NULL AS last
                 FROM segments WINDOW w AS (PARTITION BY comment_id ORDER BY ordinal)) s
          JOIN comments k ON k.id = s.comment_id
         WHERE s.start <> s.before OR (s.last AND s."end" <> length(k.reason))
         GROUP BY 1 ORDER BY 1""")
    wrong += place.told("segment {id} is {state}", """
        SELECT s.id, CASE WHEN s.excuse IS NULL THEN 'not excused, but its comment does not count'
                          ELSE 'excused, but its comment counts' END AS state
          FROM segments s JOIN comments k ON k.id = s.comment_id JOIN filings f ON f.id = k.filing_id
          JOIN submissions b ON b.id = f.submission_id
          JOIN filings newest ON newest.id = b.current_filing_id
         WHERE s.excuse IS DISTINCT FROM 'erased' AND greatest(newest.filed_at, b.withdrawn_at) < :late
           AND (s.excuse IS NULL) <> (k.filing_id = b.current_filing_id AND b.withdrawn_at IS NULL)
         ORDER BY s.id""", late=place.late)
    for row in place.all("SELECT id, slug FROM consultations ORDER BY id"):
        wrong += [f"segment {segment_id} ({row.slug}) stands in another column than its state says"
                  for segment_id in coverage.wrong(place.session, coverage.of_consultation(row.id))]
    return Found(place.count("SELECT count(*) FROM segments"), tuple(wrong))


def clusters(place: Place) -> Found:
    """A cluster that went into another one holds nothing; no segment is proposed for two clusters at once."""
    wrong = place.told("cluster {id} went into cluster {merged_into} and still holds {n} segments", """
        SELECT c.id, c.merged_into, count(*) AS n FROM clusters c JOIN segments s ON s.cluster_id = c.id
         WHERE c.merged_into IS NOT NULL GROUP BY c.id ORDER BY c.id""")
    wrong += place.told("segment {segment_id} stands in {n} open proposals of clusters", """
        SELECT m.segment_id, count(*) AS n FROM proposed_members m
          JOIN proposed_clusters p ON p.id = m.proposal_id AND p.state = 'open'
         GROUP BY m.segment_id HAVING count(*) > 1 ORDER BY m.segment_id""")
    return Found(place.count("SELECT count(*) FROM clusters"), tuple(wrong))


def editions(place: Place) -> Found:
    """Every published response is as it was approved, and its editions are all there."""
    looked_at, wrong = 0, []
    for row in place.rows("""
            SELECT e.id, e.response_id, e.number, e.disposition, e.text_ko, e.text_en, e.changed_clauses, e.digest
              FROM response_editions e ORDER BY e.id"""):
        looked_at += 1
        if content_digest(row.response_id, row.disposition, row.text_ko, row.text_en,
                          row.changed_clauses) != row.digest:
            wrong.append(f"edition {row.number} of response {row.response_id} is not what was approved")
    wrong += place.told("response {id} stands at edition {edition}; {n} editions are kept", """
        SELECT r.id, r.edition, count(e.id) AS n FROM responses r LEFT JOIN response_editions e ON e.response_id = r.id
         GROUP BY r.id HAVING (r.edition, r.edition) IS DISTINCT FROM (count(e.id), coalesce(max(e.number), 0))
         ORDER BY r.id""")
    return Found(looked_at, tuple(wrong))


# -------------------------------------------------------------------------------------------------------- publication


def numbers(place: Place) -> Found:
    """Public numbers: one each, the consultation's own, 1 to n without a hole."""
    looked_at, wrong = 0, []
    rows = place.rows("""
        SELECT c.slug, c.number_prefix, s.id, s.public_number FROM submissions s
          JOIN consultations c ON c.id = s.consultation_id WHERE s.public_number IS NOT NULL ORDER BY c.id, s.id""")
    for slug, group in groupby(rows, key=lambda row: row.slug):
        given: set[int] = set()
        for row in group:
            looked_at += 1
            prefix, _, digits = row.public_number.rpartition("-")
            if prefix != row.number_prefix or not (digits.isascii() and digits.isdigit()):
                wrong.append(f"submission {row.id} ({slug}) has a number that is not of its consultation")
            elif int(digits) in given:
                wrong.append(f"the number {int(digits)} of {slug} was given twice")
            else:
                given.add(int(digits))
        if holes := sorted(set(range(1, max(given, default=0) + 1)) - given):
            wrong.append(f"numbers of {slug} are missing: {', '.join(map(str, holes[:10]))}"
                         + (f" and {len(holes) - 10} more" if len(holes) > 10 else ""))
    return Found(looked_at, tuple(wrong))


#: Submissions that the public may read by now, under the rule of their consultation, and since when.
_PUBLISHABLE: Final = """
    WITH publishable AS (
        SELECT s.id, s.consultation_id, s.public_number, s.current_filing_id, f.number, f.comment_count,
               s.withdrawn_at IS NOT NULL AS withdrawn,
               greatest(f.filed_at, s.withdrawn_at, c.announced_at,
                        CASE WHEN c.comments_appear = 'after_close' THEN p.closes_at END) AS since
          FROM portal.submissions s
          JOIN portal.filings f ON f.id = s.current_filing_id
          JOIN portal.comment_periods p ON p.id = s.period_id
          JOIN portal.consultations c ON c.id = s.consultation_id
         WHERE c.announced_at <= :now AND (c.comments_appear = 'as_screened' OR p.closes_at <= :now))"""


def publication(place: Place) -> Found:
    """The public reads every submission that it may read, in its newest state, and nothing else."""
    times = {"now": place.now, "late": place.late}
    wrong = place.told("submission {id} is not published, or in an older state", _PUBLISHABLE + """
        SELECT w.id FROM publishable w LEFT JOIN publication.submissions p ON p.id = w.id
         WHERE w.since < :late AND (p.number, p.filing, p.status = 'withdrawn', p.comment_count) IS DISTINCT FROM
               (w.public_number, w.number, w.withdrawn, CASE WHEN w.withdrawn THEN p.comment_count
                                                             ELSE w.comment_count END)
         ORDER BY w.id""", **times)
    wrong += place.told("submission {id} is published, and may not be", _PUBLISHABLE + """
        SELECT p.id FROM publication.submissions p WHERE NOT EXISTS (SELECT 1 FROM publishable w WHERE w.id = p.id)
         ORDER BY p.id""", now=place.now)
    wrong += place.told("comment {id} is published, and is not of a current filing", _PUBLISHABLE + """
        SELECT p.id FROM publication.comments p LEFT JOIN portal.comments k ON k.id = p.id
          LEFT JOIN publishable w ON w.current_filing_id = k.filing_id AND NOT w.withdrawn
         WHERE w.id IS NULL AND NOT EXISTS (
               SELECT 1 FROM publishable v WHERE v.id = p.submission_id AND v.since >= :late) ORDER BY p.id""", **times)
    wrong += place.told("comment {id} is {state}", """
        SELECT p.id, CASE WHEN p.withheld IS NULL THEN 'published in spite of a claim or a find'
                          ELSE 'withheld without a ground' END AS state
          FROM publication.comments p JOIN portal.comments k ON k.id = p.id
         WHERE (p.withheld IS NULL) <> (k.confidential = '[]'::jsonb AND k.finds = '[]'::jsonb) ORDER BY p.id""")
    wrong += place.told("comment {id} is published in other words than it was filed in", """
        SELECT p.id FROM publication.comments p JOIN portal.comments k ON k.id = p.id
         WHERE p.withheld IS NULL AND (p.reason, p.proposal_old, p.proposal_text, p.legal_basis, p.position)
               IS DISTINCT FROM (k.reason, k.proposal_old, k.proposal_text, k.legal_basis, k.position)
         ORDER BY p.id""")
    wrong += place.told("response {id} is not published in its newest edition", """
        SELECT r.id FROM portal.responses r
          JOIN portal.response_editions e ON e.response_id = r.id AND e.number = r.edition
          LEFT JOIN publication.responses p ON p.id = r.id
         WHERE e.published_at < :late AND (p.edition, p.disposition, p.text_ko, p.text_en)
               IS DISTINCT FROM (e.number, e.disposition, e.text_ko, e.text_en) ORDER BY r.id""", late=place.late)
    wrong += place.told("response {id} is public, and was never published", """
        SELECT p.id FROM publication.responses p LEFT JOIN portal.response_editions e
            ON e.response_id = p.id AND e.number = p.edition WHERE e.id IS NULL ORDER BY p.id""")
    wrong += place.told("the page {path} ({language}) is not there", """
        SELECT '/c/' || c.slug || '/' AS path, l.language FROM portal.consultations c
         CROSS JOIN (VALUES ('ko'), ('en')) l (language)
          LEFT JOIN publication.pages p ON p.path = '/c/' || c.slug || '/' AND p.language = l.language
         WHERE c.announced_at < :late AND p.path IS NULL ORDER BY 1, 2""", late=place.late)
    return Found(place.count("SELECT count(*) FROM publication.submissions"), tuple(wrong))


def files(place: Place) -> Found:
    """Every file of a version and of its old–new tables stands, as it was made, and none is of a text that is not."""
    wrong = place.told("the file {filename} is not what was made: its size or digest is another", """
        SELECT filename FROM publication.files
         WHERE size <> octet_length(content) OR digest <> encode(sha256(content), 'hex') ORDER BY 1""")
    kept = place.all("""
        SELECT consultation_id, version, compared_with, language, format, filename FROM publication.files
         ORDER BY consultation_id, filename""")
    known: dict[int, dict[tuple[int, str, str, str], str]] = {}
    for row in kept:
        key = (row.version, row.compared_with, row.language, row.format)
        known.setdefault(row.consultation_id, {})[key] = row.filename
    published = {(row.consultation_id, row.number): (row.slug, row.late) for row in place.all("""
        SELECT v.consultation_id, v.number, c.slug, v.published_at < :late AS late
          FROM portal.draft_versions v JOIN portal.consultations c ON c.id = v.consultation_id""", late=place.late)}
    for consultation_id in sorted({of for of, _ in published} | known.keys()):
        standing = known.get(consultation_id, {})
        texts = published_texts(place.session, consultation_id)
        mirrored = {edition.number for edition in texts}
        wrong += [f"version {number} of {slug} is not in the publication" for (of, number), (slug, late)
                  in published.items() if of == consultation_id and late and number not in mirrored]
        wanted = version_files.wanted(Versions(texts, {}))
        wrong += [f"the file {name} is of a text that is not published"
                  for key, name in standing.items() if key not in wanted]
        for version, compared_with, language, of in wanted:
            slug, late = published.get((consultation_id, version), ("", False))
            if late and (version, compared_with, language, of) not in standing:
                table = f", old–new table with {compared_with}" if compared_with else ""
                wrong.append(f"a file is missing: {slug}, version {version}{table}, {language}, {of}")
    return Found(len(kept), tuple(wrong))


# ----------------------------------------------------------------------------------------------- work in the background


def background(place: Place) -> Found:
    """No job failed, none waits for a worker that is not there."""
    wrong = place.told("{n} jobs {task_name} failed: `portal jobs failed`", """
        SELECT task_name, count(*) AS n FROM procrastinate_jobs WHERE status IN ('failed', 'aborted', 'cancelled')
         GROUP BY 1 ORDER BY 1""")
    # The queue's times are the database's own.
    wrong += place.told("{n} jobs {task_name} wait for longer than five minutes: is a worker running?", """
        SELECT j.task_name, count(*) AS n FROM procrastinate_jobs j
         CROSS JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) e
         WHERE j.status = 'todo' AND greatest(j.scheduled_at, e.at) < now() - make_interval(secs => :late)
         GROUP BY 1 ORDER BY 1""", late=LATE.total_seconds())
    wrong += place.told("{n} marks ({kind}) wait for longer than five minutes: is a worker running?", """
        SELECT kind, count(*) AS n FROM dirty WHERE marked_at < :late GROUP BY 1 ORDER BY 1""", late=place.late)
    return Found(place.count("SELECT count(*) FROM procrastinate_jobs"), tuple(wrong))


def mails(place: Place) -> Found:
    """No mail was given up."""
    wrong = place.told("{n} mails ({template}) could not be sent: see the outbox, /admin/mail/?show=failed", """
        SELECT template, count(*) AS n FROM mails WHERE status = 'failed' GROUP BY 1 ORDER BY 1""")
    return Found(place.count("SELECT count(*) FROM mails"), tuple(wrong))


def audit(place: Place) -> Found:
    """The chain over the audit events holds, and events are sealed."""
    result = chain.verify(place.session)
    wrong = [] if result.broken is None else [f"the audit chain is broken at {result.broken}"]
    waiting = place.session.scalar(text("""
        SELECT count(*) FROM audit_events e WHERE e.at < :late
           AND NOT EXISTS (SELECT 1 FROM audit_chain l WHERE l.event_id = e.id)"""), {"late": place.late})
    if waiting and result.broken is None:
        wrong.append(f"{waiting} audit events wait to be sealed for longer than five minutes: is a worker running?")
    return Found(result.sealed, tuple(wrong))


CHECKS: Final = {
    "filings": filings, "receipts": receipts, "digests": digests, "submissions": submissions, "documents": documents,
    "segments": segments, "clusters": clusters, "editions": editions, "public numbers": numbers,
    "publication": publication, "files": files, "jobs": background, "mails": mails, "audit": audit}
