"""What a public page shows of one comment: its words, or that it is withheld; its proposed wording as a redline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.ordinances import addresses
from portal.ordinances.clauses import Language
from portal.ordinances.redline import redline
from portal.publication.models import PublishedClause

Facts = dict[str, Any]


def comment_facts(row: Any, by_version: Mapping[int, Mapping[str, PublishedClause]]) -> Facts:
    """Facts of a row of `publication.comments` joined with its submission.

    `by_version` holds the clauses at hand, by version and address: the redline is made against the text that the
    comment was filed on, never a later one.
    """
    address = addresses.parse(row.clause_eid)
    clause = by_version.get(row.version, {}).get(address.clause.eid)
    return {
        "id": row.id, "n": row.n, "number": row.number, "version": row.version, "clause_eid": row.clause_eid,
        "url": address.clause.path, "name_ko": address.spoken("ko"), "name_en": address.spoken("en"),
        "after": address.after, "outside_notice": row.outside_notice, "language": row.language,
        "position": row.position, "proposal": _proposal(row, clause), "reason": row.reason,
        "legal_basis": row.legal_basis, "withheld": row.withheld, "organisation_ko": row.organisation_ko,
        "organisation_en": row.organisation_en, "organisation_kind": row.organisation_kind,
        "confirmed": row.confirmed, "filed_at": row.filed_at.isoformat(), "responses": row.responses or []}


def _proposal(row: Any, clause: PublishedClause | None) -> Facts | None:
    """The proposed wording: form, language, and the changes against the clause's own words where there are any."""
    if row.proposal_form is None:
        return None
    language = row.proposal_language
    base = "" if clause is None else (clause.text_ko if language == "ko" else clause.text_en or "")
    form = row.proposal_form
    changes: list[list[str]] = []
    if form == "full_text":
        changes = _changes(base, row.proposal_text, language)
    elif form == "fragment":
        changes = _changes(base, base.replace(row.proposal_old, row.proposal_text, 1), language)
    elif form == "deletion" and base:
        changes = [["deleted", base]]
    elif form == "new_clause":
        changes = [["inserted", row.proposal_text]]
    return {"form": form, "language": language, "text": row.proposal_text, "changes": changes}


def _changes(old: str, new: str, language: Language) -> list[list[str]]:
    return [[str(change.kind), change.text] for change in redline(old, new, language)]
