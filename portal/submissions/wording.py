"""A proposed wording against the text that it would change: whether it fits, and how it reads word by word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.drafts.imports import said
from portal.kernel.i18n import Message
from portal.ordinances import proposals
from portal.ordinances.amending.writing import amending_sentence
from portal.ordinances.clauses import Language
from portal.ordinances.problems import InvalidProposal
from portal.ordinances.proposals import Form, Proposal
from portal.ordinances.redline import Change, redline
from portal.submissions.comment_input import CommentInput
from portal.submissions.law_text import AFTER, WHOLE_DRAFT, LawText

#: What a problem with a wording is called in the comment's form.
_FIELDS = {"form": "proposal_form", "language": "proposal_language", "text": "proposal_text",
           "old_words": "proposal_old"}


def forms_at(law: LawText, eid: str) -> tuple[str, ...]:
    """The forms of wording that can be proposed at an address, in the order in which they are offered."""
    if eid == WHOLE_DRAFT:
        return ("instruction",)
    if eid.startswith(AFTER):
        return ("new_clause", "instruction")
    if starting_words(law, eid, "ko") or starting_words(law, eid, "en"):
        return ("full_text", "fragment", "new_clause", "deletion", "instruction")
    return ("new_clause", "instruction")


def starting_words(law: LawText, eid: str, language: str) -> str | None:
    """The words of the clause that a wording starts from; None where there are none in this language."""
    if eid == WHOLE_DRAFT or eid.startswith(AFTER) or eid not in law.clauses:
        return None
    return proposals.clause_text(law.draft, eid, _language(language)) or None


def problems(given: CommentInput, law: LawText, eid: str) -> list[tuple[str, Message]]:
    """Why the wording does not fit, by field of the form; empty when it does, or when none is proposed."""
    proposal = _proposal(given)
    if proposal is None:
        return []
    return [(_FIELDS[problem.field], said(problem)) for problem in proposals.problems(proposal, law.draft, eid)]


@dataclass(frozen=True)
class Redline:
    """A wording as it is read: the changes in order, in a language; or, of an instruction, none and its prose."""

    language: str
    changes: Sequence[Change]
    prose: str = ""


def shown(given: CommentInput, law: LawText, eid: str) -> Redline | None:
    """The wording against the clause; None when none is proposed, or when it does not fit the clause."""
    proposal = _proposal(given)
    if proposal is None:
        return None
    if proposal.form is Form.INSTRUCTION:
        return Redline(given.language, (), given.proposal_text)
    current = starting_words(law, eid, proposal.language) or ""
    try:
        new = proposals.apply(proposal, current)
    except InvalidProposal:
        return None
    old = proposals.base(proposal, current)
    if new is None or old is None:
        return None
    return Redline(proposal.language, redline(old, new, proposal.language))


def sentence(given: CommentInput, law: LawText, eid: str) -> Redline | None:
    """The wording as an amending sentence, as the ministry's drafter would write it (안 제3조제2항 중 "3년"을 "1년"으로
    한다), as the prose of a Redline; None when no exact wording is proposed, or when it does not fit the clause."""
    proposal = _proposal(given)
    if proposal is None or proposal.form is Form.INSTRUCTION:
        return None
    try:
        return Redline(proposal.language, (), amending_sentence(law.draft, eid, proposal))
    except (InvalidProposal, KeyError):
        return None


def _proposal(given: CommentInput) -> Proposal | None:
    if given.proposal_form not in {form.value for form in Form}:  # none; or one that is refused elsewhere
        return None
    return Proposal(Form(given.proposal_form), _language(given.proposal_language), given.proposal_text,
                    given.proposal_old)


def _language(language: str | None) -> Language:
    return "en" if language == "en" else "ko"
