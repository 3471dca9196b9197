"""What still keeps a comment from being filed, field by field. Told while writing, and the rule when filing. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.kernel import personal_data
from portal.kernel.i18n import Message, msg
from portal.submissions import wording
from portal.submissions.comment_input import TEXT_FIELDS, CommentInput, resident_number_refused
from portal.submissions.confidentiality import locate
from portal.submissions.law_text import AFTER, LawText


@dataclass(frozen=True)
class Problem:
    """Something to do before filing. `field` is one of the comment's form, or `clause`."""

    field: str
    message: Message


def problems(clause_eid: str, given: CommentInput, law: LawText) -> list[Problem]:
    """What is missing or wrong, in the order of the form."""
    return list(_problems(clause_eid, given, law))


def _problems(clause_eid: str, given: CommentInput, law: LawText) -> Iterator[Problem]:
    if not law.has(clause_eid):
        yield Problem("clause", msg("The draft has no such clause."))
        return
    clause = law.clause(clause_eid)
    if clause is not None and not clause.takes_comments and not clause_eid.startswith(AFTER):
        yield Problem("clause", msg("This clause was deleted from the text and takes no comment."))
    if given.position is None:
        yield Problem("position", msg("Choose a position."))
    for field, message in wording.problems(given, law, clause_eid):
        yield Problem(field, message)
    if not given.reason.strip():
        if given.position == "question":
            yield Problem("reason", msg("Write your question."))
        elif given.proposal_form is None:
            yield Problem("reason", msg("Write a reason, or propose a wording."))
    for claim in locate(given.confidential, given.texts()).missing:
        yield Problem("confidential", msg(
            "The words “%(words)s” are marked as confidential, but stand nowhere in your comment.",
            words=claim.words))
    for field in TEXT_FIELDS:
        text = getattr(given, field)
        if text and personal_data.find_resident_numbers(text):
            yield Problem(field, resident_number_refused())
