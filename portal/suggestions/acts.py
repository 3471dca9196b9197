"""What every act on a suggestion begins with: who may, one at a time, and from which version.

Acts on the suggestions of one consultation, and whoever stores new ones, wait for one another (an advisory lock, taken
before any row): so a segment is never in two open proposals. Clusters are locked after it, then segments, as in review.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg
from portal.review import policies
from portal.review.batches import Preview
from portal.review.desk import Desk, desk_by_id, last_change
from portal.suggestions.models import AnalysisRun, Campaign, ProposedCluster

_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('suggestions:' || :id, 0))")
_AT_ONCE: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('suggestions:' || :id, 0))")
#: So long a person waits: what a large analysis found is written down for a minute or more.
_PATIENCE_MS: Final = 10_000
_LOCK_NOT_AVAILABLE: Final = "55P03"

Row = TypeVar("Row", bound=ProposedCluster | Campaign | AnalysisRun)

#: What an event of the audit log calls these.
KINDS: Final[Mapping[type, str]] = {ProposedCluster: "proposal", Campaign: "campaign", AnalysisRun: "run"}
_UNKNOWN: Final[Mapping[type, Message]] = {
    ProposedCluster: msg("There is no such proposal in this consultation."),
    Campaign: msg("There is no such campaign in this consultation."),
    AnalysisRun: msg("There is no such analysis in this consultation."),
}
_NOT_OPEN: Final[Mapping[str, Message]] = {
    "accepted": msg("This suggestion was accepted already."),
    "dismissed": msg("This suggestion was dismissed."),
    "replaced": msg("A later analysis, or another suggestion, took the place of this one."),
    "regrouping": msg("This is part of a proposed regrouping, which is taken over or discarded as a whole."),
}


def begin(session: Session, actor: Actor, consultation_id: int) -> Desk:
    """The consultation, when the actor may work on its suggestions; others wait until this transaction ends.

    Raises NotFoundError, RefusedError, StateError, which is told too where others are at it for longer than a person
    waits.
    """
    desk = desk_by_id(session, consultation_id)
    policies.require_knowledge(actor, desk)
    policies.can_triage(actor, desk).require()
    lock_for_person(session, consultation_id)
    return desk


def lock_for_person(session: Session, consultation_id: int) -> None:
    """As `lock`, but wait no longer than a person does: then raise StateError."""
    if session.scalar(_AT_ONCE, {"id": str(consultation_id)}):
        return
    try:
        with session.begin_nested():
            session.execute(text(f"SET LOCAL lock_timeout = {_PATIENCE_MS}"))
            lock(session, consultation_id)
            session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise StateError(
            msg("The suggestions are being changed at this moment, by an analysis or by somebody else. Nothing was "
                "done."), what_next=msg("Try again in a minute.")) from None


def lock(session: Session, consultation_id: int) -> None:
    """Wait for whoever works on this consultation's suggestions, and make others wait."""
    session.execute(_ONE_AT_A_TIME, {"id": str(consultation_id)})


def unknown(kind: type[Row]) -> NotFoundError:
    """What is told of a suggestion or an analysis that is not there."""
    return NotFoundError(_UNKNOWN[kind], what_next=None if kind is AnalysisRun else msg(
        "A later analysis may have taken its place. Go back to the suggestions."))


def found(session: Session, kind: type[Row], consultation_id: int, row_id: int) -> Row:
    """A suggestion or an analysis of a consultation, locked. Raises NotFoundError."""
    row = session.get(kind, row_id, with_for_update=True, populate_existing=True)
    if row is None or row.consultation_id != consultation_id:
        raise unknown(kind)
    return row


def dismiss(session: Session, actor: Actor, consultation_id: int, kind: type[ProposedCluster] | type[Campaign],
            row_id: int, *, expected_version: int, now: datetime) -> None:
    """Dismiss a suggestion: the same segments are not suggested so again. Raises ConflictError, StateError,
    NotFoundError, RefusedError."""
    desk = begin(session, actor, consultation_id)
    row: ProposedCluster | Campaign = found(session, kind, consultation_id, row_id)
    require(session, row, expected_version)
    decide(row, "dismissed", actor, now)
    note(session, actor, desk, f"suggestion.{KINDS[kind]}_dismissed", KINDS[kind], row_id, now)


def require(session: Session, row: ProposedCluster | Campaign, expected_version: int, state: str = "open") -> None:
    """Raise StateError when a suggestion is not in this state, ConflictError when it changed since a page was made."""
    if row.state != state:
        raise StateError(_NOT_OPEN.get(row.state, msg("This suggestion is open.")))
    if row.version != expected_version:
        who, when = last_change(session, KINDS[type(row)], row.id)
        message = (msg("%(who)s changed this suggestion since your page was made. Nothing was done.", who=who) if who
                   else msg("This suggestion was changed since your page was made. Nothing was done."))
        raise ConflictError(message, changed_by=who, changed_at=when or row.made_at, theirs=_shown(row),
                            version=row.version)


def _shown(row: ProposedCluster | Campaign) -> Mapping[str, Any]:
    """What a page shows of a suggestion that people can change."""
    if isinstance(row, Campaign):
        return {}
    return {"title_ko": row.title_ko, "title_en": row.title_en, "kept": row.kept}


def decide(row: ProposedCluster | Campaign, state: str, actor: Actor, now: datetime,
           cluster_id: int | None = None) -> None:
    """Write down what became of a suggestion, and who decided it."""
    row.state, row.cluster_id = state, cluster_id
    row.decided_by, row.decided_at = (None, None) if state == "open" else (actor.account_id, now)
    row.version += 1


def note(session: Session, actor: Actor, desk: Desk, verb: str, kind: str, subject_id: int, now: datetime,
         **data: Any) -> None:
    """The audit event of an act."""
    session.flush()
    record(session, actor, verb, kind, subject_id, now=now, ministry_id=desk.ministry_id, consultation_id=desk.id,
           **data)


def without(preview: Preview, left_out: Mapping[str, Collection[int]]) -> Preview:
    """What was done, with what was left out of it before."""
    skipped = {why: tuple(ids) for why, ids in preview.skipped.items()}
    for why, ids in left_out.items():
        if ids:
            skipped[why] = tuple(dict.fromkeys([*skipped.get(why, ()), *ids]))
    return Preview(preview.changes, skipped)
