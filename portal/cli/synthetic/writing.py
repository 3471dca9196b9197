"""What the filers of a synthetic consultation write: comments over the clauses, some clauses hot, as the rules allow.

Every comment could have been filed: a test asks `completeness` and the form's own clean-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from portal.cli.synthetic import words
from portal.submissions.comment_input import Claim, CommentInput
from portal.submissions.law_text import AFTER, WHOLE_DRAFT, LawText
from portal.submissions.models import MAX_COMMENTS
from portal.submissions.wording import starting_words

#: How steeply attention falls from the hottest clause on (Zipf); in the demonstration's comments about this.
_SKEW: Final = 0.9
_POSITIONS: Final = {"amend": 60, "support": 16, "oppose": 11, "question": 13}
_WHOLE_DRAFT_SHARE: Final = 0.04
_NEW_CLAUSE_SHARE: Final = 0.02
_WORDING_SHARE: Final = 0.6
_LEGAL_BASIS_SHARE: Final = 0.3
#: Comments that are withheld: words claimed as confidential, and a telephone number for the detector to find.
_CLAIM_SHARE: Final = 0.01
_PHONE_SHARE: Final = 0.005
_LEGAL_BASES: Final = ("인공지능기본법 제31조", "개인정보 보호법 제3조", "행정규제기본법 제4조", "EU AI Act Article 50",
                       "헌법 제37조제2항")


@dataclass(frozen=True)
class Written:
    """One comment and where it stands."""

    clause_eid: str
    input: CommentInput


class Pen:
    """Writes comments on one text."""

    def __init__(self, random: Random, law: LawText) -> None:
        self._random = random
        self._law = law
        commentable = [eid for eid, clause in law.clauses.items() if clause.takes_comments and clause.text_ko]
        random.shuffle(commentable)
        #: The clauses, the hottest first.
        self.clauses = commentable
        self._weights = list(accumulate(1 / (rank + 1) ** _SKEW for rank in range(len(commentable))))
        self._position_weights = list(accumulate(_POSITIONS.values()))
        self._starts: dict[tuple[str, str], str] = {}

    def comment(self) -> Written:
        """The next comment."""
        random = self._random
        language = words.language(random)
        position = random.choices(list(_POSITIONS), cum_weights=self._position_weights)[0]
        eid = random.choices(self.clauses, cum_weights=self._weights)[0]
        place = random.random()
        if place < _WHOLE_DRAFT_SHARE:
            eid = WHOLE_DRAFT
        elif place < _WHOLE_DRAFT_SHARE + _NEW_CLAUSE_SHARE:
            eid, position = AFTER + eid, "amend"
        reason = words.reason(random, language)
        claims: tuple[Claim, ...] = ()
        chance = random.random()
        if chance < _CLAIM_SHARE:
            claims = (Claim(" ".join(reason.split()[:3]), "trade_secret", ""),)
        elif chance < _CLAIM_SHARE + _PHONE_SHARE:
            reason += f" 문의 02-{random.randint(2000, 3999)}-{random.randint(1000, 9999)}"
        form, old, text = self._wording(eid, language) if (
            position == "amend" and (eid.startswith(AFTER) or random.random() < _WORDING_SHARE)) else (None, "", "")
        return Written(eid, CommentInput(
            position=position, proposal_form=form, proposal_language=None if form is None else language,
            proposal_old=old, proposal_text=text, reason=reason, language=language, confidential=claims,
            legal_basis=random.choice(_LEGAL_BASES) if random.random() < _LEGAL_BASIS_SHARE else ""))

    def _wording(self, eid: str, language: str) -> tuple[str, str, str]:
        """A form of proposed wording that fits the place, with old and new words."""
        random = self._random
        said = words.voice(language).sentence(random)
        if eid == WHOLE_DRAFT:
            return "instruction", "", said
        if eid.startswith(AFTER):
            return "new_clause", "", said
        current = self._current(eid, language)
        share = random.random()
        own = [word for word in current.split() if current.count(word) == 1 and len(word) > 2]
        if share < 0.5 and own:
            old = random.choice(own)
            return "fragment", old, " ".join(said.split()[:2])
        if share < 0.75 and current:
            return "full_text", "", f"{current} {said}"
        if share < 0.85 and current:
            return "deletion", "", ""
        return "instruction", "", said

    def _current(self, eid: str, language: str) -> str:
        known = self._starts.get((eid, language))
        if known is None:
            known = self._starts[eid, language] = starting_words(self._law, eid, language) or ""
        return known


def sizes(random: Random, submissions: int, comments: int) -> list[int]:
    """How many comments each submission has: a long tail, exactly `comments` together, each from 1 to the most that
    may be filed. Raises ValueError when that cannot be."""
    if not submissions <= comments <= submissions * MAX_COMMENTS:
        raise ValueError(f"{submissions} submissions hold {submissions} to {submissions * MAX_COMMENTS} comments")
    shares = [random.lognormvariate(0, 1.1) for _ in range(submissions)]
    scale = (comments - submissions) / sum(shares)
    found = [1 + min(MAX_COMMENTS - 1, int(share * scale)) for share in shares]
    missing = comments - sum(found)
    while missing:
        for place in random.sample(range(submissions), min(missing, submissions)):
            if found[place] < MAX_COMMENTS:
                found[place] += 1
                missing -= 1
    return found
