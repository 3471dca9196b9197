"""Which clause a comment on the draft as a whole seems to be about: those that its own words cite. A suggestion only.

Pure: takes a text and what was typed, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from portal.ordinances.clauses import Language, Status
from portal.ordinances.references import find_citations, resolve
from portal.submissions.comment_input import CommentInput
from portal.submissions.law_text import WHOLE_DRAFT, LawText

#: A comment that cites more clauses than this is about the whole after all.
_MOST: Final = 3


def cited_clauses(law: LawText, eid: str, given: CommentInput) -> tuple[str, ...]:
    """The addresses that the reason and the wording of a comment on the whole draft cite, the most cited first; of a
    range its first clause. None for a comment at a clause, and none where it cites many."""
    if eid != WHOLE_DRAFT:
        return ()
    languages: tuple[Language, Language] = ("ko", "en")
    found: Counter[str] = Counter()
    for words in (given.reason, given.proposal_text):
        for language in languages:
            for citation in find_citations(words, language):
                cited = [] if citation.is_whole_law else resolve(citation, law.draft, language=language)
                found.update(cited[:1])
    open_ = [one for one, _ in found.most_common() if law.draft.by_eid[one].status is not Status.DELETED]
    return tuple(open_) if len(open_) <= _MOST else ()
