"""The exact content that a filing's digest covers. Pure.

A comment's digest covers its words; a filing's digest covers its facts and, in order, the digests of its comments. So
the words of one comment can be destroyed by law and everything else still verifies. Keys are only ever added under a
new `format`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from portal.ledger import commitments

COMMENT_FORMAT: Final = "consultation-portal comment 1"
FILING_FORMAT: Final = "consultation-portal filing 1"


def comment_content(
    *, uid: str, draft_version: int, clause_eid: str, language: str, position: str, proposal_form: str | None,
    proposal_language: str | None, proposal_old: str, proposal_text: str, reason: str, legal_basis: str,
    confidential: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What the digest of a comment covers."""
    proposal = None
    if proposal_form is not None:
        proposal = {"form": proposal_form, "language": proposal_language, "old": proposal_old, "text": proposal_text}
    return {
        "format": COMMENT_FORMAT, "uid": uid, "draft_version": draft_version, "clause": clause_eid,
        "language": language, "position": position, "proposal": proposal, "reason": reason,
        "legal_basis": legal_basis,
        "confidential": [{key: span[key] for key in ("field", "start", "end", "ground", "note")}
                         for span in confidential]}


def filing_content(
    *, consultation: str, period: int, organisation_ko: str, organisation_en: str, filing: int, signer_name: str,
    signer_title: str, terms_version: str, terms_digest: str, filed_at: datetime, comment_digests: Sequence[str],
) -> dict[str, Any]:
    """What the digest of a filing covers. Times in UTC with microseconds."""
    return {
        "format": FILING_FORMAT, "consultation": consultation, "period": period,
        "organisation": {"ko": organisation_ko, "en": organisation_en}, "filing": filing,
        "signer": {"name": signer_name, "title": signer_title},
        "terms": {"version": terms_version, "digest": terms_digest},
        "filed_at": filed_at.isoformat(timespec="microseconds"), "comments": list(comment_digests)}


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return commitments.digest(dict(content))
