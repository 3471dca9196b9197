"""The row of the text under preview, as every act on it takes it: locked, of the state that was looked at, recorded.

One counter serves the import and its consultation: an announcement is bound to the text that was looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations import queries as of_consultations
from portal.consultations import services as consultations
from portal.consultations.models import Consultation
from portal.drafts import alignment, imports, policies, queries
from portal.drafts.models import DraftImport
from portal.drafts.queries import ImportFacts
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent, record
from portal.kernel.errors import ConflictError, NotFoundError
from portal.kernel.i18n import msg


def locked(session: Session, consultation_id: int) -> DraftImport | None:
    """The row, locked; None where no text is under preview."""
    return session.scalars(select(DraftImport).where(DraftImport.consultation_id == consultation_id).with_for_update()
                           .execution_options(populate_existing=True)).first()


def take(session: Session, actor: Actor, consultation_id: int, version: int) -> tuple[Consultation, DraftImport]:
    """The consultation and its row, for an act by this person on the state of this number. Raises NotFoundError,
    ConflictError."""
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import, facts_stay=True)
    held = locked(session, row.id)
    if held is None:
        raise NotFoundError(msg("No text is under preview."), what_next=msg("A colleague may have dropped or published "
                                                                            "it. Import it again if it is needed."))
    require_version(session, held, version)
    return row, held


def require_version(session: Session, held: DraftImport, version: int | None) -> None:
    """Raises ConflictError where the state is another than the one that was looked at."""
    if version is None or held.version == version:
        return
    name, at = last_change(session, held)
    raise ConflictError(
        msg("%(name)s changed the text under preview on %(when)s, after you had opened this page. It is the file "
            "%(file)s.", file=held.filename, name=name, when=at),
        changed_by=name, changed_at=at, theirs={"filename": held.filename}, version=held.version,
        what_next=msg("Look at what stands there now, and decide."))


def require_state(session: Session, row: Consultation, version: int | None) -> DraftImport | None:
    """What stands under preview, locked; None for nothing, which has the version 0. Raises ConflictError where another
    state was looked at; without a version nobody looked."""
    held = locked(session, row.id)
    if held is not None:
        require_version(session, held, version)
    elif version:
        name, at = of_consultations.last_change(session, row.id) or ("", row.created_at)
        raise ConflictError(
            msg("%(name)s dropped or published the text under preview on %(when)s, after you had opened this page.",
                name=name, when=at),
            changed_by=name, changed_at=at, theirs={}, version=0,
            what_next=msg("Look at what stands there now, and decide."))
    return held


def last_change(session: Session, held: DraftImport) -> tuple[str, datetime]:
    """Who changed this text last, and when: imported, corrected, marked, aligned it or laid English over it."""
    found = session.execute(
        select(Account.name, AuditEvent.at).outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.subject_kind == "draft_import", AuditEvent.subject_id == held.id)
        .order_by(AuditEvent.id.desc()).limit(1)).first()
    return (found[0] or "", found[1]) if found is not None else ("", held.imported_at)


def touch(row: Consultation, held: DraftImport) -> None:
    """One counter for both, so that a text that was dropped and imported again never has an old number."""
    row.version += 1
    held.version = row.version


def under_preview(session: Session, row: Consultation) -> ImportFacts:
    """What stands there now."""
    session.flush()
    text = queries.current_import(session, row.id)
    assert text is not None
    return text


def propose(session: Session, row: Consultation, held: DraftImport) -> None:
    """Have the machine align the text anew, after it was read or corrected; the decisions that still fit stay."""
    newest = queries.latest_version(session, row.id)
    said = held.proposal if newest is None and held.source_format == imports.AMENDING_SENTENCES else None
    held.proposal = None
    text = under_preview(session, row)
    old = queries.draft(session, newest) if newest is not None else text.in_force
    if old is not None:
        proposal = alignment.proposed(old, text.draft)
        if said is not None:  # the sentences say which clause is which
            proposal = alignment.kept(alignment.unpacked(said), proposal, old, text.draft)
        held.proposal = alignment.packed(proposal)
        held.decisions = list(alignment.still_fitting(proposal, held.decisions, old, text.draft))
        session.flush()


def rename(held: DraftImport, renamed: Mapping[str, str], gone: Collection[str] = ()) -> None:
    """Follow clauses whose address was corrected, in everything that names them, and leave out what names clauses that
    are gone: none that gets their address later has anything to do with it."""
    held.outside_notice = [renamed.get(eid, eid) for eid in held.outside_notice if eid not in gone]
    found = [_renamed(act, renamed, gone) for act in held.decisions]
    held.decisions = [act for act in found if act is not None]
    if held.proposal is not None:
        held.proposal = [[old, renamed.get(new, new) if new else None, *rest] for old, new, *rest in held.proposal
                         if new not in gone]


def _renamed(act: Mapping[str, Any], renamed: Mapping[str, str], gone: Collection[str] = ()) -> dict[str, Any] | None:
    changed = dict(act)
    if "new" in act:
        if act["new"] in gone:
            return None
        changed["new"] = renamed.get(act["new"], act["new"])
    if "pairs" in act:
        changed["pairs"] = [[old, renamed.get(new, new) if new else None] for old, new in act["pairs"]
                            if new not in gone]
        if not changed["pairs"]:
            return None
    if "brought_in" in act:
        changed["brought_in"] = [renamed.get(eid, eid) for eid in act["brought_in"] if eid not in gone]
    return changed


def lost(before: tuple[Sequence[str], Sequence[Mapping[str, Any]], Sequence[Sequence[Any]]], held: DraftImport,
         renamed: Mapping[str, str], gone: Collection[str]) -> dict[str, Any]:
    """What an act took from the marks, decisions and proposed pairs that were there before it, with the addresses of
    then, so that it can be put back; empty where nothing is lost."""
    marks, decisions, proposal = before
    now = set(held.outside_notice)
    left = list(held.decisions)
    missing: list[list[Any]] = []
    for place, act in enumerate(decisions):
        follows = _renamed(act, renamed, gone)
        if follows is None or not left or left[0] != follows:
            missing.append([place, dict(act), False])
            continue
        left.pop(0)
        if follows != _renamed(act, renamed):
            missing.append([place, dict(act), True])
    found = {"marks": [eid for eid in marks if eid in gone or renamed.get(eid, eid) not in now],
             "decisions": missing, "pairs": [list(pair) for pair in proposal if pair[1] in gone]}
    return {name: value for name, value in found.items() if value}


def put_back(held: DraftImport, taken: Mapping[str, Any]) -> None:
    """Put back what an act took that is undone, once everything has the addresses of then."""
    held.outside_notice = list(dict.fromkeys([*held.outside_notice, *taken.get("marks", ())]))
    decisions = list(held.decisions)
    for place, act, shortened in taken.get("decisions", ()):
        if not shortened:
            decisions.insert(place, act)
        elif place < len(decisions) and decisions[place].get("at") == act.get("at"):
            decisions[place] = act
    held.decisions = decisions
    if held.proposal is not None:
        held.proposal = [*held.proposal, *taken.get("pairs", ())]


def differing(session: Session, row: Consultation) -> set[str]:
    """The clauses of a partial amendment that are not as they were, by address; none of another draft."""
    if row.draft_kind != "partial_amendment":
        return set()
    text = under_preview(session, row)
    facts = queries.alignment_of(session, text)
    return set() if facts is None else alignment.differing(facts.pairs, facts.old, facts.new)


def bring_in(session: Session, row: Consultation, held: DraftImport, before: Collection[str]) -> list[str]:
    """Put under consultation what differs now and did not before. Returns what was marked outside the notice of it."""
    newly = differing(session, row) - set(before)
    found = [eid for eid in held.outside_notice if eid in newly]
    if found:
        held.outside_notice = [eid for eid in held.outside_notice if eid not in newly]
        session.flush()
    return found


def note(session: Session, actor: Actor, verb: str, row: Consultation, held: DraftImport, now: datetime,
         **data: Any) -> None:
    """Record an act on it."""
    record(session, actor, verb, "draft_import", held.id, now=now, ministry_id=row.ministry_id,
           consultation_id=row.id, **data)
