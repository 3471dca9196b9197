"""Proposed wording: the five forms in which a filer says what the text should become, checked against the clause.

Full text, fragment (old words → new words), new clause, deletion, and an instruction in prose, which is quoted and
never redlined. Pure logic over a draft: what is stored and who may say it is decided elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.ordinances.addresses import Address, parse
from portal.ordinances.clauses import HEADINGS, LANGUAGES, Clause, Draft, Language, Status
from portal.ordinances.problems import InvalidAddress, InvalidProposal

WHOLE_DRAFT: Final = "doc"


class Form(StrEnum):
    """The forms of proposed wording."""

    FULL_TEXT = "full_text"
    FRAGMENT = "fragment"
    NEW_CLAUSE = "new_clause"
    DELETION = "deletion"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed wording in one language. `text` is the new wording (for an instruction, the prose); `old_words` and
    `occurrence` (from 1, None when the words occur once) are for a fragment."""

    form: Form
    language: Language
    text: str = ""
    old_words: str = ""
    occurrence: int | None = None


def clause_text(draft: Draft, eid: str, language: Language) -> str | None:
    """The words of a clause that a proposal starts from and is held against: its own text; of an article that has
    none, its paragraphs and what is below them, a line each with its number; of a chapter, its heading; of an annex,
    its notes and its table. None where the language is missing. Raises KeyError for an unknown address."""
    clause = draft.by_eid[eid]
    own = clause.heading(language) if clause.kind in HEADINGS else clause.text(language)
    if clause.tables:
        own = "\n".join(block if isinstance(block, str) else block.as_text(language)
                        for block in clause.blocks(language)) or own  # fmt: skip
    if own or clause.kind in HEADINGS:
        return own
    lines = [_line(below, language) for below in draft.subtree(eid) if below.eid != eid and below.text(language)]
    return "\n".join(lines) if lines else own


def _line(clause: Clause, language: Language) -> str:
    return f"{clause.label} {clause.text(language)}"


def context(draft: Draft, eid: str) -> tuple[Clause, ...]:
    """The clauses above the one that is commented on, the outermost first: their headings and opening words say what
    an item is an item of. For a place behind a clause, those above that clause; none for the whole draft.

    Raises InvalidAddress for what is no address, KeyError for a clause that the draft does not have.
    """
    address = parse(eid)
    return () if eid == WHOLE_DRAFT else draft.ancestors(address.clause.eid)


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand in the text, as (start, end), overlapping ones too. A space in the words stands for any
    white space in the text, for a line may break there."""
    pieces = [re.escape(piece) for piece in unicodedata.normalize("NFC", words).split()]
    if not pieces:
        return []
    pattern = re.compile(r"(?=(" + r"\s+".join(pieces) + "))")
    return [match.span(1) for match in pattern.finditer(text)]


def problems(proposal: Proposal, draft: Draft, eid: str) -> list[InvalidProposal]:
    """Everything that keeps the proposal from being made at this address: empty when it fits."""
    try:
        address = parse(eid)
    except InvalidAddress:
        return [InvalidProposal("This is not the address of a clause.")]
    if proposal.language not in LANGUAGES:
        return [InvalidProposal("A wording is in Korean or in English.", field="language")]
    if misplaced := _misplaced(proposal, draft, address):
        return [misplaced]
    match proposal.form:
        case Form.FULL_TEXT:
            return _full_text_problems(proposal, clause_text(draft, eid, proposal.language))
        case Form.FRAGMENT:
            return _fragment_problems(proposal, clause_text(draft, eid, proposal.language))
        case Form.NEW_CLAUSE if not proposal.text.strip():
            return [InvalidProposal("Write the words of the new clause.", field="text")]
        case Form.INSTRUCTION if not proposal.text.strip():
            return [InvalidProposal("Write what is to be changed.", field="text")]
    return []


def check(proposal: Proposal, draft: Draft, eid: str) -> None:
    """Raises the first of `problems`."""
    for problem in problems(proposal, draft, eid):
        raise problem


def _misplaced(proposal: Proposal, draft: Draft, address: Address) -> InvalidProposal | None:
    if address.eid == WHOLE_DRAFT:
        if proposal.form is Form.INSTRUCTION:
            return None
        return InvalidProposal("For the whole draft, say in prose what is to be changed.")
    clause = draft.by_eid.get(address.clause.eid)
    if clause is None:
        return InvalidProposal("The draft has no such clause.")
    if address.after:
        if proposal.form in (Form.NEW_CLAUSE, Form.INSTRUCTION):
            return None
        return InvalidProposal("At a place between two clauses, only a new clause can be proposed.")
    if clause.status is Status.DELETED:
        return InvalidProposal("This clause is deleted and takes no comment.")
    if proposal.form is Form.NEW_CLAUSE or proposal.form is Form.INSTRUCTION:
        return None
    if not clause_text(draft, address.eid, proposal.language):
        return InvalidProposal("This clause has no text in this language.", field="language")
    return None


def _full_text_problems(proposal: Proposal, current: str | None) -> list[InvalidProposal]:
    if not proposal.text.strip():
        return [InvalidProposal("Write the new wording, or choose deletion to strike the clause.", field="text")]
    if _plain(proposal.text) == _plain(current or ""):
        return [InvalidProposal("The new wording is the same as the draft's.", field="text")]
    return []


def _fragment_problems(proposal: Proposal, current: str | None) -> list[InvalidProposal]:
    if not proposal.old_words.strip():
        return [InvalidProposal("Quote the words that are to be changed.", field="old_words")]
    found = []
    if _plain(proposal.old_words) == _plain(proposal.text):
        found.append(InvalidProposal("The new words are the same as the old ones.", field="text"))
    count = len(occurrences(unicodedata.normalize("NFC", current or ""), proposal.old_words))
    if count == 0:
        found.append(InvalidProposal("The clause does not hold these words.", field="old_words"))
    elif proposal.occurrence is None and count > 1:
        several = InvalidProposal(
            "These words occur %(count)s times in the clause. Quote more of them, so that the place is clear.",
            field="old_words",
            count=count,
        )
        found.append(several)
    elif proposal.occurrence is not None and not 1 <= proposal.occurrence <= count:
        beyond = InvalidProposal(
            "These words occur %(count)s times in the clause; there is no occurrence %(occurrence)s.",
            field="old_words",
            count=count,
            occurrence=proposal.occurrence,
        )
        found.append(beyond)
    return found


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def apply(proposal: Proposal, text: str) -> str | None:
    """What the clause would read; a redline shows it against `text`.

    Of a new clause, its words, to be shown against nothing (`base`). None for an instruction. Raises InvalidProposal
    where a fragment's words do not stand there, or at several places with none chosen.
    """
    match proposal.form:
        case Form.FULL_TEXT | Form.NEW_CLAUSE:
            return proposal.text
        case Form.DELETION:
            return ""
        case Form.FRAGMENT:
            return _with_fragment(proposal, text)
    return None


def base(proposal: Proposal, text: str) -> str | None:
    """The words that the redline starts from: the clause's, none for a new clause; None for an instruction."""
    if proposal.form is Form.INSTRUCTION:
        return None
    return "" if proposal.form is Form.NEW_CLAUSE else text


def _with_fragment(proposal: Proposal, text: str) -> str:
    wrong = [problem for problem in _fragment_problems(proposal, text) if problem.field == "old_words"]
    if wrong:
        raise wrong[0]
    normal = unicodedata.normalize("NFC", text)
    start, end = occurrences(normal, proposal.old_words)[(proposal.occurrence or 1) - 1]
    before, words, after = normal[:start], proposal.text.strip(), normal[end:]
    if not words and (not before or before[-1].isspace()):
        after = after.lstrip(" ")  # words struck out leave one space, not two
    return (before + words + after).rstrip() if not after else before + words + after
