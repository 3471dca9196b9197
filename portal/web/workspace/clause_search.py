"""Finding a clause by what a person types: `23조 2항`, `제12조의2`, `Article 23 (2)`, `23(2)`, or words of the text.

Pure: takes a text and answers with its clauses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from portal.drafts.queries import ClauseFacts
from portal.ordinances import typed_addresses
from portal.submissions.law_text import LawText


def found(law: LawText, query: str) -> list[ClauseFacts]:
    """The clauses that a query names or whose words hold it, in the order of the text; all for an empty query."""
    asked = " ".join(unicodedata.normalize("NFC", query).split())
    if not asked:
        return list(law.clauses.values())
    eid = typed_addresses.read(asked)
    if eid is not None:
        named = [clause for clause in law.clauses.values()
                 if _under(clause.eid, eid) and not clause.eid.startswith("addenda")]
        if named:
            return named
    low = asked.casefold()
    return [clause for clause in law.clauses.values() if any(low in text.casefold() for text in _texts(clause))]


def _texts(clause: ClauseFacts) -> Sequence[str]:
    return [text for text in (clause.label, clause.label_en, clause.heading_ko, clause.heading_en, clause.text_ko,
                              clause.text_en, clause.spoken("ko"), clause.spoken("en")) if text]


def _under(eid: str, address: str) -> bool:
    """Whether a clause is the one named or below it; a skipped level (제2조제1호) is looked for under any paragraph."""
    return eid == address or eid.startswith(f"{address}__")
