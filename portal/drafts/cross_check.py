"""A text under preview that amending sentences made, against the consolidated text that the ministry has: a check for
staff. It stores and changes nothing, and decides nothing: what was computed is never the authority.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.drafts import imports
from portal.drafts.queries import ImportFacts
from portal.kernel.errors import StateError
from portal.kernel.i18n import msg
from portal.ordinances.amending.checking import Difference, differences


@dataclass(frozen=True)
class CrossCheck:
    """What was compared, and where the two say something else. `not_placed`: lines of the consolidated text that no
    clause took, which were not compared."""

    filename: str
    clauses: int
    differences: tuple[Difference, ...]
    not_placed: int


def can_be_checked(text: ImportFacts) -> bool:
    """Whether the text was made from amending sentences."""
    return text.source_format == imports.AMENDING_SENTENCES


def cross_check(text: ImportFacts, filename: str, data: bytes) -> CrossCheck:
    """Compare the main text, as it is corrected by now, with a consolidated text in any format that a draft can have.
    Raises StateError for a text that was not made from sentences, InvalidError at `file`."""
    if not can_be_checked(text):
        raise StateError(msg("Only a text that was made from amending sentences can be checked."))
    reading = imports.read_draft(filename, data)
    return CrossCheck(filename, sum(clause.is_main_text for clause in reading.draft.clauses),
                      tuple(differences(text.draft, reading.draft)), len(reading.not_placed))
