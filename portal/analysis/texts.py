"""What the engine works on: a text somebody filed, and what the tokeniser made of it.

Every part of the engine takes these two and gives values of its own. They say nothing of who filed a text, when, or
where it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeVar, get_args

from portal.ordinances.clauses import Language

Position = Literal["support", "oppose", "amend", "question"]
POSITIONS: Final[tuple[Position, ...]] = get_args(Position)

#: Two addresses besides those of the clauses: the whole draft, in the words of the portal and of a file's author.
WHOLE: Final = frozenset({"doc", "whole"})


@dataclass(frozen=True, slots=True)
class Text:
    """One segment, one comment or one passage of a letter.

    `clause` is where its filer put it: a clause's address, `doc` for the whole draft, `after_…` for a place behind a
    clause, None where nobody said. `proposed` is the proposed wording, where there is one.
    """

    id: str
    language: Language
    text: str
    clause: str | None = None
    position: Position | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text that carry its meaning, lower case, in their order: Korean morphemes, English stems.

    They are stored with the segment, so that grouping never waits for the tokeniser; `tokeniser` names what made them.
    """

    words: tuple[str, ...]
    tokeniser: str


_Identified = TypeVar("_Identified", bound=Text)


def in_order(texts: Iterable[_Identified]) -> list[_Identified]:
    """The texts by their ids, so that no result depends on the order in which they came.

    Raises ValueError when two texts have the same id.
    """
    ordered = sorted(texts, key=lambda text: text.id)
    for before, after in pairwise(ordered):
        if before.id == after.id:
            raise ValueError(f"two texts with the id {after.id!r}")
    return ordered
