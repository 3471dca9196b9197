"""The row of the text under preview, as every act on it takes it: locked, of the state that was looked at, recorded.

One counter serves the import and its consultation: an announcement is bound to the text that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations import services as consultations
from portal.consultations.models import Consultation
from portal.drafts import alignment, policies, queries
from portal.drafts.models import DraftImport
from portal.drafts.queries import ImportFacts
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, NotFoundError
from portal.kernel.i18n import msg


def locked(session: Session, consultation_id: int) -> DraftImport | None:
    """The row, locked; None where no text is under preview."""
    return session.scalars(select(DraftImport).where(DraftImport.consultation_id == consultation_id).with_for_update()
                           .execution_options(populate_existing=True)).first()


def take(session: Session, actor: Actor, consultation_id: int, version: int) -> tuple[Consultation, DraftImport]:
    """The consultation and its row, for an act by this person on the state of this number. Raises NotFoundError,
    ConflictError."""
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import)
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
    name = session.scalar(select(Account.name).where(Account.id == held.imported_by)) or ""
    raise ConflictError(
        msg("The text under preview was changed after you had opened this page. It is now the file %(file)s, imported "
            "by %(name)s on %(when)s.", file=held.filename, name=name, when=held.imported_at),
        changed_by=name, changed_at=held.imported_at, theirs={"filename": held.filename}, version=held.version,
        what_next=msg("Look at what stands there now, and decide."))


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
    held.proposal = None
    text = under_preview(session, row)
    newest = queries.latest_version(session, row.id)
    old = queries.draft(session, newest) if newest is not None else text.in_force
    if old is not None:
        proposal = alignment.proposed(old, text.draft)
        held.proposal = alignment.packed(proposal)
        held.decisions = list(alignment.still_fitting(proposal, held.decisions, old, text.draft))
        session.flush()


def rename(held: DraftImport, renamed: Mapping[str, str]) -> None:
    """Follow clauses whose address was corrected, in everything that names them."""
    if not renamed:
        return
    held.outside_notice = [renamed.get(eid, eid) for eid in held.outside_notice]
    held.decisions = [_renamed(act, renamed) for act in held.decisions]


def _renamed(act: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    changed = dict(act)
    if "new" in act:
        changed["new"] = renamed.get(act["new"], act["new"])
    if "pairs" in act:
        changed["pairs"] = [[old, renamed.get(new, new) if new else None] for old, new in act["pairs"]]
    return changed


def note(session: Session, actor: Actor, verb: str, row: Consultation, held: DraftImport, now: datetime,
         **data: Any) -> None:
    """Record an act on it."""
    record(session, actor, verb, "draft_import", held.id, now=now, ministry_id=row.ministry_id,
           consultation_id=row.id, **data)
