"""What a filer typed into one comment: its shape, its clean-up, and what may not be stored at all.

A comment that is being written may be incomplete; what is still missing is told by `portal.submissions.completeness`.
Refused here is only what must not reach the database: texts beyond the limit and resident registration numbers. This
module must not know the database, the clause or who writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.kernel import personal_data
from portal.kernel import text as texts_
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import Message, msg, nmsg
from portal.submissions.models import CONFIDENTIAL_GROUNDS, MAX_TEXT, POSITIONS, PROPOSAL_FORMS

LANGUAGES: Final = ("ko", "en")
#: The fields of a comment that hold running text, in the order of the page.
TEXT_FIELDS: Final = ("proposal_old", "proposal_text", "reason", "legal_basis")
#: Those of them that are the filer's own words: the only ones that can be confidential.
OWN_FIELDS: Final = ("proposal_text", "reason", "legal_basis")
MAX_CLAIMS: Final = 50
MAX_CLAIM_WORDS: Final = 500
MAX_CLAIM_NOTE: Final = 1_000

_LAST_SEVEN: Final = re.compile(r"\d(?:\D{0,6}\d){6}$")


@dataclass(frozen=True)
class Claim:
    """Words that the filer wants kept confidential, exactly as they stand in the comment, with a ground."""

    words: str
    ground: str
    note: str = ""


@dataclass(frozen=True)
class CommentInput:
    """One comment as it was typed. Empty text is ""; nothing chosen yet is None."""

    position: str | None = None
    proposal_form: str | None = None
    proposal_language: str | None = None
    proposal_old: str = ""
    proposal_text: str = ""
    reason: str = ""
    legal_basis: str = ""
    language: str = "ko"
    confidential: tuple[Claim, ...] = ()

    def texts(self) -> dict[str, str]:
        """The texts of the comment by field."""
        return {name: getattr(self, name) for name in TEXT_FIELDS}

    def with_masked_resident_numbers(self) -> CommentInput:
        """The same with every resident registration number masked behind its date of birth."""
        claims = tuple(Claim(mask_resident_numbers(claim.words), claim.ground, mask_resident_numbers(claim.note))
                       for claim in self.confidential)
        return self._with(claims, {name: mask_resident_numbers(text) for name, text in self.texts().items()})

    def _with(self, claims: tuple[Claim, ...], texts: Mapping[str, str]) -> CommentInput:
        values: dict[str, Any] = dict(texts)
        return replace(self, confidential=claims, **values)


@dataclass(frozen=True)
class Cleaned:
    """An input that may be stored, and what its writer should be told about it."""

    input: CommentInput
    told: tuple[Message, ...] = ()


def cleaned(given: CommentInput) -> Cleaned:
    """The input as it is stored: texts canonical, claims without words gone, a chosen form with a language (the
    comment's own unless told), no wording in a deletion, old words only in a fragment.

    Raises InvalidError, naming the fields and marking the words, for what may not be stored.
    """
    problems: dict[str, list[Message]] = {}
    spans: list[tuple[str, int, int]] = []
    told: dict[Message, None] = {}

    def taken(field: str, text: str, limit: int = MAX_TEXT) -> str:
        typed = texts_.typed(text, limit=limit)
        told.update(dict.fromkeys(typed.told))
        problems.setdefault(field, []).extend(typed.problems)
        if not typed.problems and (numbers := personal_data.find_resident_numbers(typed.text)):
            problems[field].append(resident_number_refused())
            spans.extend((field, number.start, number.end) for number in numbers if field in TEXT_FIELDS)
        return typed.text

    form = given.proposal_form or None
    texts = given.texts() | ({} if form == "fragment" else {"proposal_old": ""})
    if form == "deletion":
        texts["proposal_text"] = ""
    texts = {name: taken(name, text) for name, text in texts.items()}
    claims = dict.fromkeys(
        Claim(taken("confidential", claim.words, MAX_CLAIM_WORDS), claim.ground,
              taken("confidential", claim.note, MAX_CLAIM_NOTE)) for claim in given.confidential[:MAX_CLAIMS + 1])
    made = given._with(tuple(claim for claim in claims if claim.words.strip()), texts)
    made = replace(made, position=given.position or None, proposal_form=form,
                   proposal_language=(given.proposal_language or given.language) if form else None)
    for field, message in _unknown_choices(made):
        problems.setdefault(field, []).append(message)
    problems = {field: list(dict.fromkeys(messages)) for field, messages in problems.items() if messages}
    if problems:
        raise InvalidError(msg("This comment cannot be saved as it stands."), problems, spans=spans,
                           kept=msg("Nothing that you typed is lost: it still stands in the form."))
    return Cleaned(made, tuple(told))


def _unknown_choices(given: CommentInput) -> list[tuple[str, Message]]:
    found = []
    if given.position is not None and given.position not in POSITIONS:
        found.append(("position", msg("Choose one of the four positions.")))
    if given.proposal_form is not None and given.proposal_form not in PROPOSAL_FORMS:
        found.append(("proposal_form", msg("Choose one of the five forms of proposed wording.")))
    if given.proposal_language not in (None, *LANGUAGES):
        found.append(("proposal_language", msg("Choose Korean or English.")))
    if given.language not in LANGUAGES:
        found.append(("language", msg("Choose Korean or English.")))
    if len(given.confidential) > MAX_CLAIMS:
        found.append(("confidential", nmsg(
            "You can mark %(n)s passage at most.", "You can mark %(n)s passages at most.", MAX_CLAIMS)))
    if any(claim.ground not in CONFIDENTIAL_GROUNDS for claim in given.confidential):
        found.append(("confidential", msg("Choose a ground for the words that you want kept confidential.")))
    return found


def resident_number_refused() -> Message:
    """Why a text with a resident registration number is not taken (개인정보 보호법 제24조의2), and what to do."""
    return msg("There is a resident registration number in it. The law forbids us to take it: mask it first, for "
               "example as 900230-*******.")


def mask_resident_numbers(text: str) -> str:
    """The text with the last seven digits of each resident registration number as asterisks: `900230-*******`."""
    parts: list[str] = []
    last = 0
    for found in personal_data.find_resident_numbers(text):
        tail = _LAST_SEVEN.search(found.text)
        birth = "".join(c for c in found.text[:tail.start()] if c.isdigit()) if tail else ""
        parts += (text[last:found.start], f"{birth}-{'*' * 7}")
        last = found.end
    return "".join([*parts, text[last:]])
