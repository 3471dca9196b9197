"""Filed submissions as rows: each with its draft, one filing, receipt, salt, leaf and audit events, a few withdrawn.

The shape is that of `portal.submissions.filing`, whose functions make every digest, payload and find here. Numbers,
salts and signatures are random, as they must be; all else follows from the random numbers handed in.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.cli.synthetic.bulk import copy, copy_dicts, reserve_ids
from portal.cli.synthetic.people import Filer
from portal.cli.synthetic.writing import Pen, Written
from portal.kernel import ids, personal_data
from portal.kernel.audit import AuditEvent
from portal.ledger.commitments import leaf_hash
from portal.ledger.models import Leaf
from portal.ledger.receipts import ReceiptFacts, SigningKey
from portal.submissions import canonical, filing, terms
from portal.submissions.comment_input import CommentInput
from portal.submissions.confidentiality import locate
from portal.submissions.law_text import LawText
from portal.submissions.models import Comment, DraftComment, Filing, FilingSalt, Receipt, Submission, Withdrawal

_WITHDRAWN_SHARE: Final = 0.005
_MARK: Final = re.compile(r"[\d@]")
_FILING_COLUMNS: Final = (
    "id", "submission_id", "consultation_id", "number", "request_key", "entered_at", "filed_at", "late_seconds",
    "filed_by", "signer_name", "signer_title", "organisation_name_ko", "organisation_name_en", "terms_version",
    "terms_digest", "comment_count", "digest")


@dataclass(frozen=True)
class Window:
    """The consultation, its period and text, and when filings came in."""

    consultation_id: int
    ministry_id: int
    slug: str
    period_id: int
    law: LawText
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Filed:
    """A submission as the reviewers get it."""

    submission_id: int
    filer: Filer
    filed_at: datetime
    withdrawn: bool
    comments: Sequence[Comment]


def file_all(session: Session, random: Random, window: Window, pen: Pen, filers: Sequence[Filer],
             sizes: Sequence[int], moments: Sequence[datetime], key: SigningKey) -> list[Filed]:
    """File for each of these organisations as many comments as `sizes` says, at `moments`."""
    count, total = len(filers), sum(sizes)
    submission_ids, filing_ids = reserve_ids(session, Submission, count), reserve_ids(session, Filing, count)
    comment_ids = iter(reserve_ids(session, Comment, total))
    filed: list[Filed] = []
    filings: list[tuple[Any, ...]] = []
    comments: list[dict[str, Any]] = []
    for submission_id, filing_id, filer, size, moment in zip(
            submission_ids, filing_ids, filers, sizes, moments, strict=True):
        written = sorted((pen.comment() for _ in range(size)), key=lambda each: window.law.order(each.clause_eid))
        rows = [_comment_row(window, next(comment_ids), filing_id, number, each)
                for number, each in enumerate(written, 1)]
        comments += rows
        filings.append(_filing_row(window, filing_id, submission_id, filer, moment, rows))
        filed.append(Filed(submission_id, filer, moment, random.random() < _WITHDRAWN_SHARE,
                           [Comment(**row) for row in rows]))
    copy(session, Submission, ("id", "consultation_id", "period_id", "organisation_id", "filing_count",
                               "current_filing_id", "withdrawn_at", "created_at", "created_by", "version"),
         ((each.submission_id, window.consultation_id, window.period_id, each.filer.organisation_id, 1, filing_id,
           each.filed_at if each.withdrawn else None, each.filed_at, each.filer.account_id, 1 + len(each.comments))
          for each, filing_id in zip(filed, filing_ids, strict=True)))
    _copy_drafts(session, window, filed)
    copy(session, Filing, _FILING_COLUMNS, filings)
    copy_dicts(session, Comment, comments)
    _copy_proofs(session, window, filed, filings, key)
    return filed


def _comment_row(window: Window, comment_id: int, filing_id: int, number: int, written: Written) -> dict[str, Any]:
    given = written.input
    assert given.position is not None
    clause = window.law.clause(written.clause_eid)
    uid = uuid.uuid5(uuid.NAMESPACE_URL, f"load-test:{window.slug}:{comment_id}")
    spans = locate(given.confidential, given.texts()).spans
    content = canonical.comment_content(
        uid=str(uid), draft_version=window.law.number, clause_eid=written.clause_eid, language=given.language,
        position=given.position, proposal_form=given.proposal_form, proposal_language=given.proposal_language,
        confidential=spans, **given.texts())
    return {
        "id": comment_id, "filing_id": filing_id, "uid": uid, "number": number,
        "draft_version_id": window.law.version_id, "clause_eid": written.clause_eid,
        "lineage_uid": None if clause is None else clause.lineage_uid,
        "outside_notice": filing.outside_notice(clause, None), "language": given.language, "position": given.position,
        "proposal_form": given.proposal_form, "proposal_language": given.proposal_language, **given.texts(),
        "confidential": spans, "finds": _finds(given), "detector": str(personal_data.DETECTOR_VERSION),
        "digest": canonical.digest(content)}


def _finds(given: CommentInput) -> list[dict[str, Any]]:
    """What the detector finds: nothing without a digit or an at sign, and it need not look for it 200,000 times."""
    return filing.finds(given) if any(_MARK.search(text) for text in given.texts().values()) else []


def _filing_row(window: Window, filing_id: int, submission_id: int, filer: Filer, moment: datetime,
                rows: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    current = terms.current()
    digest = canonical.digest(canonical.filing_content(
        consultation=window.slug, period=1, organisation_ko=filer.name_ko, organisation_en=filer.name_en, filing=1,
        signer_name=filer.person, signer_title="", terms_version=current.version, terms_digest=current.digest,
        filed_at=moment, comment_digests=[row["digest"] for row in rows]))
    return (filing_id, submission_id, window.consultation_id, 1, f"load-test-{filing_id}", moment, moment, 0,
            filer.account_id, filer.person, "", filer.name_ko, filer.name_en, current.version, current.digest,
            len(rows), digest)


def _copy_drafts(session: Session, window: Window, filed: Sequence[Filed]) -> None:
    """What was filed still stands in the organisation's desk, unchanged."""
    copy(session, DraftComment, (
        "uid", "submission_id", "draft_version_id", "clause_eid", "ordinal", "language", "position", "proposal_form",
        "proposal_language", "proposal_old", "proposal_text", "reason", "legal_basis", "confidential", "updated_by",
        "updated_at", "version"), (
        (c.uid, each.submission_id, c.draft_version_id, c.clause_eid, window.law.order(c.clause_eid), c.language,
         c.position, c.proposal_form, c.proposal_language, c.proposal_old, c.proposal_text, c.reason, c.legal_basis,
         _claims(c.confidential), each.filer.account_id, each.filed_at, 1)
        for each in filed for c in each.comments))


def _claims(spans: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    claims = {(span["words"], span["ground"], span["note"]) for span in spans}
    return [{"words": words, "ground": ground, "note": note} for words, ground, note in sorted(claims)]


def _copy_proofs(session: Session, window: Window, filed: Sequence[Filed], filings: Sequence[tuple[Any, ...]],
                 key: SigningKey) -> None:
    """Salt, receipt, leaf and audit events of each filing; withdrawals."""
    salts, receipts, leaves, withdrawals = [], [], [], []
    events: list[tuple[Any, ...]] = []
    for each, row in zip(filed, filings, strict=True):
        filing_id, digest, count, at = row[0], row[-1], row[-2], each.filed_at
        facts = ReceiptFacts(
            number="R-" + ids.readable_code(), consultation=window.slug, organisation=each.filer.name_ko, filing=1,
            comments=count, filed_at=at, digest=digest)
        payload = facts.payload()
        salt = secrets.token_bytes(filing.SALT_BYTES)
        salts.append((filing_id, salt))
        receipts.append((filing_id, facts.number, payload, key.key_id, key.sign(payload)))
        leaves.append((at, "filing", filing_id, leaf_hash(salt, digest)))
        about = (each.filer.account_id, window.ministry_id, window.consultation_id, each.filer.organisation_id,
                 "submission", each.submission_id)
        events.append((at, "submission.opened", *about, {}))
        events.append((at, "submission.filed", *about,
                       {"filing": 1, "comments": count, "digest": digest, "late_seconds": 0}))
        if each.withdrawn:
            withdrawals.append((each.submission_id, filing_id, "시험 삼아 철회함", each.filer.account_id, at))
            events.append((at, "submission.withdrawn", *about, {"filing": 1}))
    copy(session, FilingSalt, ("filing_id", "salt"), salts)
    copy(session, Receipt, ("filing_id", "number", "payload", "key_id", "signature"), receipts)
    copy(session, Leaf, ("at", "kind", "subject_id", "leaf_hash"), leaves)
    copy(session, Withdrawal, ("submission_id", "filing_id", "reason", "withdrawn_by", "withdrawn_at"), withdrawals)
    copy(session, AuditEvent, ("at", "verb", "account_id", "ministry_id", "consultation_id", "organisation_id",
                               "subject_kind", "subject_id", "data"), events)
