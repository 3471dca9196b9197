"""Confirming and correcting the alignment of a text under preview with the one before, clause by clause.

The machine's proposal is kept apart; decisions are acts that can be taken back one by one until the text is published.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.drafts import alignment, queries
from portal.drafts import held as preview
from portal.drafts.models import DraftImport
from portal.drafts.queries import AlignmentFacts
from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import msg

Sides = tuple[str | None, str | None]


def confirm(session: Session, actor: Actor, consultation_id: int, pairs: Collection[Sides], *, version: int,
            now: datetime) -> AlignmentFacts:
    """Take these pairs as they are proposed; what was inserted or deleted, with everything below it."""
    row, held, facts = _taken(session, actor, consultation_id, version)
    known = {pair.sides for pair in facts.pairs}
    if not pairs or any(sides not in known for sides in pairs):
        raise InvalidError(msg("These two clauses are not paired any more."))
    return _decide(session, actor, row, held, facts, {"act": "confirm", "pairs": [list(sides) for sides in pairs]}, now)


def confirm_rest(session: Session, actor: Actor, consultation_id: int, *, version: int,
                 now: datetime) -> AlignmentFacts:
    """Take everything that is not decided yet as it is proposed: one act, to be taken back as one."""
    row, held, facts = _taken(session, actor, consultation_id, version)
    rest = [list(pair.sides) for pair in facts.undecided]
    if not rest:
        raise StateError(msg("Every change is decided."))
    return _decide(session, actor, row, held, facts, {"act": "confirm", "pairs": rest}, now)


def part(session: Session, actor: Actor, consultation_id: int, old: str, new: str, *, version: int,
         now: datetime) -> AlignmentFacts:
    """Say that these are two clauses: the one was deleted, the other inserted."""
    row, held, facts = _taken(session, actor, consultation_id, version)
    return _decide(session, actor, row, held, facts, {"act": "apart", "old": old, "new": new}, now)


def pair(session: Session, actor: Actor, consultation_id: int, old: str, new: str, *, as_well: bool = False,
         version: int, now: datetime) -> AlignmentFacts:
    """Say that these are one clause, instead of their present counterparts or (a split, a merger) as well as them."""
    row, held, facts = _taken(session, actor, consultation_id, version)
    if any(known.sides == (old, new) for known in facts.pairs):
        act: dict[str, Any] = {"act": "confirm", "pairs": [[old, new]]}
    else:
        act = {"act": "join", "old": old, "new": new, "as_well": as_well}
    return _decide(session, actor, row, held, facts, act, now)


def undo(session: Session, actor: Actor, consultation_id: int, *, everything: bool = False, version: int,
         now: datetime) -> AlignmentFacts:
    """Take back the last decision, or all of them."""
    row, held, _ = _taken(session, actor, consultation_id, version)
    if not held.decisions:
        raise StateError(msg("Nothing was decided yet."))
    undone = held.decisions if everything else held.decisions[-1:]
    differed = preview.differing(session, row)
    held.decisions = [] if everything else held.decisions[:-1]
    back = [eid for act in undone for eid in act.get("brought_in", ())]
    held.outside_notice = list(dict.fromkeys([*held.outside_notice, *back]))
    session.flush()
    preview.bring_in(session, row, held, differed)
    return _done(session, actor, row, held, "undo", now)


def _taken(session: Session, actor: Actor, consultation_id: int,
           version: int) -> tuple[Consultation, DraftImport, AlignmentFacts]:
    row, held = preview.take(session, actor, consultation_id, version)
    if held.proposal is None:  # imported before proposals were kept
        preview.propose(session, row, held)
    return row, held, _facts(session, row)


def _facts(session: Session, row: Consultation) -> AlignmentFacts:
    facts = queries.alignment_of(session, preview.under_preview(session, row))
    if facts is None:
        raise StateError(msg("There is no earlier text that this one could be aligned with."))
    return facts


def _decide(session: Session, actor: Actor, row: Consultation, held: DraftImport, facts: AlignmentFacts,
            act: dict[str, Any], now: datetime) -> AlignmentFacts:
    noted = [*held.decisions, {**act, "by": actor.name, "at": now.isoformat()}]
    # A decision that does not fit is refused before anything is changed.
    alignment.decided(alignment.unpacked(held.proposal or ()), noted, facts.old, facts.new)
    differed = preview.differing(session, row)
    held.decisions = noted
    session.flush()
    brought = preview.bring_in(session, row, held, differed)
    if brought:
        held.decisions = [*noted[:-1], {**noted[-1], "brought_in": brought}]
    return _done(session, actor, row, held, str(act["act"]), now)


def _done(session: Session, actor: Actor, row: Consultation, held: DraftImport, act: str,
          now: datetime) -> AlignmentFacts:
    preview.touch(row, held)
    facts = _facts(session, row)
    preview.note(session, actor, "draft.alignment_decided", row, held, now, decided=act)
    return facts
