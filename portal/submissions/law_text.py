"""A published version of the draft as comments need it: its clauses by address, their order, and the law's own model of
the text, against which proposed wordings are checked and shown.

Published versions never change, so each process keeps those that it has read. Knows nothing of comments.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.drafts import queries as drafts
from portal.drafts.models import DraftVersion
from portal.drafts.queries import ClauseFacts
from portal.ordinances import addresses
from portal.ordinances.clauses import Clause, Draft, Kind, Status
from portal.ordinances.problems import InvalidAddress

#: The address of the draft as a whole.
WHOLE_DRAFT: Final = "doc"
#: What the address of a place behind a clause begins with.
AFTER: Final = addresses.AFTER
_KEPT_VERSIONS: Final = 16


@dataclass(frozen=True)
class LawText:
    """One version: `clauses` by address, in the order of the text."""

    version_id: int
    number: int
    clauses: Mapping[str, ClauseFacts]

    @cached_property
    def draft(self) -> Draft:
        """The same text in the law's own model."""
        return Draft(tuple(_model(clause) for clause in self.clauses.values()), version=self.number)

    @cached_property
    def by_lineage(self) -> Mapping[uuid.UUID, ClauseFacts]:
        """The same clauses by what stays the same through every version."""
        return {clause.lineage_uid: clause for clause in self.clauses.values()}

    def clause(self, eid: str) -> ClauseFacts | None:
        """The clause that an address is about (of a place behind a clause: that clause); None for the whole draft and
        for what is not there."""
        return self.clauses.get(base_eid(eid))

    def has(self, eid: str) -> bool:
        """Whether a comment can stand at this address: well formed, and in this text."""
        try:
            address = addresses.parse(eid)
        except InvalidAddress:
            return False
        return eid == WHOLE_DRAFT or address.clause.eid in self.clauses

    def order(self, eid: str) -> int:
        """Where a comment at this address stands in the order of the law: the whole draft first, a new clause behind
        everything below the clause that it follows."""
        if eid == WHOLE_DRAFT:
            return 0
        base = base_eid(eid)
        return 2 * self._last_below[base] + 3 if eid.startswith(AFTER) else 2 * self.clauses[base].position + 2

    @cached_property
    def _last_below(self) -> Mapping[str, int]:
        last = {eid: clause.position for eid, clause in self.clauses.items()}
        for clause in reversed(list(self.clauses.values())):
            if clause.parent_eid in last:
                last[clause.parent_eid] = max(last[clause.parent_eid], last[clause.eid])
        return last

    def ancestors(self, eid: str) -> tuple[ClauseFacts, ...]:
        """The clauses above the one that the address is about, the outermost first."""
        found: list[ClauseFacts] = []
        clause = self.clause(eid)
        while clause is not None and clause.parent_eid is not None:
            clause = self.clauses.get(clause.parent_eid)
            if clause is not None:
                found.insert(0, clause)
        return tuple(found)

    def below(self, eid: str) -> tuple[ClauseFacts, ...]:
        """Everything below a clause, in the order of the text."""
        base = base_eid(eid)
        return tuple(clause for clause in self.clauses.values()
                     if base in self._ancestor_eids[clause.eid])

    @cached_property
    def _ancestor_eids(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for eid, clause in self.clauses.items():
            parent = clause.parent_eid
            found[eid] = frozenset() if parent is None else found.get(parent, frozenset()) | {parent}
        return found


def base_eid(eid: str) -> str:
    """The clause that an address is about: itself, or the one that a new clause would follow."""
    return eid.removeprefix(AFTER)


@lru_cache(4_096)
def spoken(eid: str, locale: str) -> str:
    """An address as people say it, in their language: `제2조제1항`, `the whole draft`."""
    return addresses.parse(eid).spoken("en" if locale == "en" else "ko")


def title(eid: str, locale: str) -> str:
    """The same where it stands by itself, in a heading or a list: `The whole draft`."""
    words = spoken(eid, locale)
    return words[:1].upper() + words[1:]


_kept: WeakKeyDictionary[Engine, OrderedDict[int, LawText]] = WeakKeyDictionary()
_guard = threading.Lock()


def law_text(session: Session, version_id: int, number: int) -> LawText:
    """A version's text: from memory, or by one statement where this process has not read it yet."""
    engine = session.get_bind().engine
    with _guard:
        kept = _kept.setdefault(engine, OrderedDict())
        found = kept.get(version_id)
        if found is not None:
            kept.move_to_end(version_id)
            return found
    made = LawText(version_id, number, {clause.eid: clause for clause in drafts.clauses(session, version_id)})
    with _guard:
        kept[version_id] = made
        while len(kept) > _KEPT_VERSIONS:
            kept.popitem(last=False)
    return made


def newest(session: Session, consultation_id: int) -> LawText | None:
    """The newest published text of a consultation; None before the first."""
    row = session.execute(select(DraftVersion.id, DraftVersion.number).where(
        DraftVersion.consultation_id == consultation_id).order_by(DraftVersion.number.desc()).limit(1)).one_or_none()
    return None if row is None else law_text(session, row.id, row.number)


def _model(clause: ClauseFacts) -> Clause:
    return Clause(
        clause.eid, Kind(clause.kind), clause.label, clause.heading_ko, clause.text_ko, clause.heading_en,
        clause.text_en, clause.parent_eid, Status(clause.status), clause.notes, clause.label_en, clause.tables)
