"""Which text a comment stands on, and what became of its clause in the newest one. Pure.

A comment keeps the version that it was begun or filed on; here is only told what a later one did to the clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.drafts.queries import ClauseFacts
from portal.submissions.law_text import AFTER, WHOLE_DRAFT, LawText


@dataclass(frozen=True)
class Standing:
    """`version` of the draft that the comment stands on, the `newest` there is, and in that one the clause: `became` is
    same, reworded (with what stands below it), moved (only its number is another) or deleted; `eid` is its address
    there, None where it is deleted."""

    version: int
    newest: int
    became: str
    eid: str | None

    @property
    def outdated(self) -> bool:
        """Whether there is a newer version."""
        return self.version < self.newest


def standing(law: LawText, eid: str, newest: LawText | None) -> Standing:
    """Where a comment at an address of one version stands beside the newest version."""
    if newest is None or newest.number <= law.number:
        return Standing(law.number, law.number, "same", eid)
    if eid == WHOLE_DRAFT:
        return Standing(law.number, newest.number, "same", eid)
    old = law.clause(eid)
    new = None if old is None else newest.by_lineage.get(old.lineage_uid)
    if old is None or new is None or (old.takes_comments and not new.takes_comments):
        return Standing(law.number, newest.number, "deleted", None)
    became = "reworded" if _words(law, old) != _words(newest, new) else "moved" if old.eid != new.eid else "same"
    return Standing(law.number, newest.number, became, f"{AFTER}{new.eid}" if eid.startswith(AFTER) else new.eid)


def _words(law: LawText, clause: ClauseFacts) -> Sequence[Any]:
    """What a clause and everything below it says, without the clause's own number."""
    def said(each: ClauseFacts) -> tuple[Any, ...]:
        return each.heading_ko, each.heading_en, each.text_ko, each.text_en, each.tables

    return [said(clause), *((each.label, *said(each)) for each in law.below(clause.eid))]
