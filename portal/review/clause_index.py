"""The clauses of a draft version as review asks for them: their order, what lies below one, how they are said.

Published versions never change, so each process keeps those it has read. Knows nothing of comments.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.drafts import queries as drafts
from portal.drafts.models import DraftVersion
from portal.drafts.queries import ClauseFacts
from portal.ordinances import addresses

#: What a new clause is filed at: `after_<eId>`.
AFTER: Final = "after_"
#: Before every clause.
WHOLE_DRAFT: Final = "doc"
#: A version whose text is not known to the index: behind everything.
_BEHIND_ALL: Final = 10**9
_KEPT_VERSIONS: Final = 32


@dataclass(frozen=True)
class VersionIndex:
    """The clauses of one version by address, in the order of the text."""

    version_id: int
    number: int
    clauses: Mapping[str, ClauseFacts]

    @cached_property
    def _last_below(self) -> dict[str, int]:
        """Address -> the place of the last clause below it (its own, where there is none)."""
        last = {eid: clause.position for eid, clause in self.clauses.items()}
        for clause in reversed(list(self.clauses.values())):
            if clause.parent_eid in last:
                last[clause.parent_eid] = max(last[clause.parent_eid], last[clause.eid])
        return last

    def order(self, eid: str) -> int:
        """Where comments at this address stand in a list in the order of the law: comments on the whole draft first, a
        new clause behind everything below the clause that it follows."""
        if eid == WHOLE_DRAFT:
            return 0
        if eid.startswith(AFTER):
            base = eid.removeprefix(AFTER)
            return 2 * self._last_below[base] + 3 if base in self.clauses else _BEHIND_ALL
        return 2 * self.clauses[eid].position + 2 if eid in self.clauses else _BEHIND_ALL

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        below: dict[str, list[str]] = {eid: [eid] for eid in self.clauses}
        for eid, clause in self.clauses.items():
            parent = clause.parent_eid
            while parent in below:
                below[parent].append(eid)
                parent = self.clauses[parent].parent_eid
        return below

    def below(self, eid: str) -> tuple[str, ...]:
        """The addresses at which comments on a clause can stand: it, everything below it, and behind each of them."""
        inside = self._below.get(eid, [eid])
        return (*inside, *(AFTER + each for each in inside))

    def parents(self, eid: str) -> tuple[ClauseFacts, ...]:
        """The clauses above one, the outermost first, without the headings of the text (chapters, sections)."""
        found: list[ClauseFacts] = []
        clause = self.clauses.get(eid)
        while clause is not None and clause.parent_eid is not None:
            clause = self.clauses.get(clause.parent_eid)
            if clause is None or clause.kind in ("part", "chapter", "section", "subsection"):
                break
            found.insert(0, clause)
        return tuple(found)

    def whole_text(self, eid: str, locale: str) -> str:
        """A clause's words with those of everything below it, line by line, each with its number: what a proposed
        full text is held against."""
        lines = []
        for each in self._below.get(eid, []):
            clause = self.clauses[each]
            words = clause.text(locale)
            lines.append(words if each == eid else f"{clause.label} {words}".strip())
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class ClauseIndex:
    """All published versions of one consultation, the oldest first."""

    versions: tuple[VersionIndex, ...]

    @property
    def latest(self) -> VersionIndex | None:
        """The newest version; None before the first is published."""
        return self.versions[-1] if self.versions else None

    def by_id(self, version_id: int) -> VersionIndex:
        """A version by its id. KeyError for one of another consultation."""
        for version in self.versions:
            if version.version_id == version_id:
                return version
        raise KeyError(version_id)

    def clause(self, eid: str) -> ClauseFacts | None:
        """The clause at this address in the newest version that has it."""
        return next((v.clauses[eid] for v in reversed(self.versions) if eid in v.clauses), None)

    def below(self, eid: str) -> tuple[str, ...]:
        """As `VersionIndex.below`, over all versions."""
        return tuple(dict.fromkeys(each for version in self.versions for each in version.below(eid))) or (eid,)

    def orders(self, eids: Iterable[str]) -> set[int]:
        """Every place at which comments at these addresses stand, in any version."""
        return {version.order(eid) for eid in eids for version in self.versions} or {_BEHIND_ALL}

    def order(self, eid: str) -> int:
        """As `VersionIndex.order`, in the newest version that has the clause."""
        return next((place for v in reversed(self.versions) if (place := v.order(eid)) < _BEHIND_ALL), _BEHIND_ALL)


def unit(eid: str) -> str:
    """The article, annex or other whole that a clause, or a place behind one, belongs to: the key of a facet."""
    base = eid.removeprefix(AFTER)
    parts = base.split("__")
    if parts[0].startswith(("art_", "addenda")):
        return parts[0]
    return base


def spoken(eid: str, locale: str) -> str:
    """The address as people say it: `제23조제2항`, `Article 23 (2)`."""
    return addresses.parse(eid).spoken("en" if locale == "en" else "ko")


_kept: WeakKeyDictionary[Engine, OrderedDict[int, VersionIndex]] = WeakKeyDictionary()
_guard = threading.Lock()


def index(session: Session, consultation_id: int) -> ClauseIndex:
    """The index of a consultation: one statement, and one more for each version that this process has not read yet."""
    numbers: Sequence[tuple[int, int]] = session.execute(
        select(DraftVersion.id, DraftVersion.number).where(DraftVersion.consultation_id == consultation_id)
        .order_by(DraftVersion.number)).all()
    return ClauseIndex(tuple(version(session, version_id, number) for version_id, number in numbers))


def version(session: Session, version_id: int, number: int) -> VersionIndex:
    """The index of one version, from memory where this process has it."""
    engine = session.get_bind().engine
    with _guard:
        kept = _kept.setdefault(engine, OrderedDict())
        found = kept.get(version_id)
        if found is not None:
            kept.move_to_end(version_id)
            return found
    made = VersionIndex(version_id, number, {c.eid: c for c in drafts.clauses(session, version_id)})
    with _guard:
        kept[version_id] = made
        while len(kept) > _KEPT_VERSIONS:
            kept.popitem(last=False)
    return made
