"""The clauses of all published versions of a consultation as the queue asks for them: their order, what lies below one.

The text of each version is kept by `portal.submissions.law_text`. Knows nothing of comments or segments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.drafts.queries import ClauseFacts
from portal.submissions.law_text import AFTER, LawText, base_eid, law_text

#: Where an address that no version has stands in a list: behind everything.
_BEHIND_ALL: Final = 10**9


@dataclass(frozen=True)
class ClauseIndex:
    """All published versions of one consultation, the oldest first."""

    versions: tuple[LawText, ...]

    @property
    def latest(self) -> LawText | None:
        """The newest version; None before the first is published."""
        return self.versions[-1] if self.versions else None

    def by_id(self, version_id: int) -> LawText:
        """A version by its id. KeyError for one of another consultation."""
        for version in self.versions:
            if version.version_id == version_id:
                return version
        raise KeyError(version_id)

    def clause(self, eid: str) -> ClauseFacts | None:
        """The clause that an address is about, in the newest version that has it."""
        return next((clause for v in reversed(self.versions) if (clause := v.clause(eid)) is not None), None)

    def below(self, eid: str) -> tuple[str, ...]:
        """The addresses at which comments on a clause can stand: it, everything below it, and behind each of them. Of a
        place behind a clause, that place alone."""
        if eid.startswith(AFTER):
            return (eid,)
        inside = dict.fromkeys([eid, *(each.eid for version in self.versions for each in version.below(eid))])
        return (*inside, *(AFTER + each for each in inside))

    def orders(self, eids: Iterable[str]) -> set[int]:
        """Every place at which comments at these addresses stand in a list, in any version."""
        return {order(version, eid) for eid in eids for version in self.versions} or {_BEHIND_ALL}

    def order(self, eid: str) -> int:
        """The place of an address in the newest version that has it."""
        return next((version.order(eid) for version in reversed(self.versions) if version.has(eid)), _BEHIND_ALL)


def order(version: LawText, eid: str) -> int:
    """Where comments at an address stand in a list in the order of the law: comments on the whole draft first, a new
    clause behind everything below the clause that it follows; an address that the text does not have, at the end."""
    return version.order(eid) if version.has(eid) else _BEHIND_ALL


@lru_cache(4_096)
def unit(eid: str) -> str:
    """The article, annex or other whole that a clause, or a place behind one, belongs to: what a facet counts."""
    base = base_eid(eid)
    first = base.split("__", 1)[0]
    return first if first.startswith(("art_", "addenda")) else base


_VERSIONS: Final = text("SELECT id, number FROM draft_versions WHERE consultation_id = :c ORDER BY number")


def index(session: Session, consultation_id: int) -> ClauseIndex:
    """The index of a consultation: one statement, and one more for each version that this process has not read yet."""
    versions = session.execute(_VERSIONS, {"c": consultation_id}).all()
    return ClauseIndex(tuple(law_text(session, version_id, number) for version_id, number in versions))
