"""Importing a text for preview, and publishing it: written once, whole, and never changed (invariant 3).

The announcement begins here, for it publishes the first version of the text: one transaction, so that no consultation
is announced without its text. A later version carries the identities of the clauses on.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations import policies as of_consultations
from portal.consultations import services as consultations
from portal.consultations.documents import safe_filename
from portal.consultations.models import Consultation
from portal.consultations.queries import ConsultationFacts
from portal.consultations.queries import consultation as consultation_facts
from portal.drafts import imports, policies, queries
from portal.drafts.models import Clause as ClauseRow
from portal.drafts.models import DraftImport, DraftVersion, Lineage
from portal.drafts.queries import ImportFacts, VersionFacts
from portal.jobs.queue import mark_dirty
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import msg
from portal.ordinances.clauses import ARTICLE_TO_ITEM, Clause, Draft
from portal.ordinances.readers import english_by_eid
from portal.ordinances.writers.portal_json import as_json

#: Rows a statement inserts at once.
_BATCH: Final = 1_000


def import_draft(session: Session, actor: Actor, consultation_id: int, *, filename: str, data: bytes,
                 english: bytes | None = None, english_filename: str = "", now: datetime) -> ImportFacts:
    """Read a text for preview, in place of the one that was there. Its English can come along or be laid over later.

    In a partial amendment, what the published version marks as outside the notice stays so. Raises InvalidError at
    `file` or `english`, saying what the reader could not take.
    """
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import)
    reading = imports.read_draft(filename, data)
    document = None if english is None else dict(imports.read_english(reading.draft, english))
    session.execute(delete(DraftImport).where(DraftImport.consultation_id == row.id))
    row.version += 1
    held = DraftImport(
        consultation_id=row.id, filename=safe_filename(filename), source_format=reading.source_format,
        source_digest=hashlib.sha256(data).hexdigest(), content=as_json(reading.draft),
        not_placed=[{"line": line.line, "text": line.text} for line in reading.not_placed],
        imported_by=actor.require_account(), imported_at=now, english=document,
        english_filename=safe_filename(english_filename) if document is not None else None,
        outside_notice=_outside_before(session, row, reading.draft), version=row.version)
    session.add(held)
    session.flush()
    _record(session, actor, "draft.imported", row, held, now, filename=held.filename, digest=held.source_digest,
            clauses=reading.draft.clause_count, not_placed=len(reading.not_placed))
    return _under_preview(session, row)


def lay_english(session: Session, actor: Actor, consultation_id: int, *, filename: str, data: bytes, version: int,
                now: datetime) -> ImportFacts:
    """Lay an English text, given by eId, over the text under preview, in place of one laid over before."""
    row, held = _held(session, actor, consultation_id, version)
    draft = imports.restored(held.content, None).draft
    held.english = dict(imports.read_english(draft, data))
    held.english_filename = safe_filename(filename)
    _touch(row, held)
    session.flush()
    _record(session, actor, "draft.import_changed", row, held, now, english=held.english_filename)
    return _under_preview(session, row)


def drop_english(session: Session, actor: Actor, consultation_id: int, *, version: int, now: datetime) -> ImportFacts:
    """Take the English text off again; what the draft's own file has in English stays."""
    row, held = _held(session, actor, consultation_id, version)
    held.english, held.english_filename = None, None
    _touch(row, held)
    session.flush()
    _record(session, actor, "draft.import_changed", row, held, now, english=None)
    return _under_preview(session, row)


def drop_import(session: Session, actor: Actor, consultation_id: int, *, now: datetime) -> None:
    """Drop the text under preview. Published versions are untouched; dropping twice is dropping."""
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import)
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == row.id)).first()
    if held is None:
        return
    _record(session, actor, "draft.import_dropped", row, held, now, filename=held.filename)
    row.version += 1
    session.delete(held)
    session.flush()


def mark_outside_notice(session: Session, actor: Actor, consultation_id: int, eids: Collection[str], *, version: int,
                        now: datetime) -> ImportFacts:
    """Say which clauses of a partial amendment are *not* under consultation; all others are.

    A text of another kind is under consultation as a whole. Raises InvalidError when nothing would be left.
    """
    row, held = _held(session, actor, consultation_id, version)
    if row.draft_kind != "partial_amendment":
        raise StateError(msg("Only of a partial amendment can clauses be outside the notice."))
    draft = imports.restored(held.content, None).draft
    unknown = [eid for eid in eids if eid not in draft.by_eid]
    if unknown:
        raise InvalidError(msg("This text has no clause %(eid)s.", eid=unknown[0][:80]))
    outside = [clause.eid for clause in draft.clauses if clause.eid in set(eids)]
    if not any(clause.kind in ARTICLE_TO_ITEM and clause.eid not in set(eids) for clause in draft.clauses):
        raise InvalidError(msg("At least one clause has to be under consultation."),
                           {"under": [msg("At least one clause has to be under consultation.")]})
    held.outside_notice = outside
    _touch(row, held)
    session.flush()
    _record(session, actor, "draft.import_changed", row, held, now, outside=len(outside))
    return _under_preview(session, row)


def announce_consultation(session: Session, actor: Actor, consultation_id: int, *, version: int,
                          now: datetime) -> ConsultationFacts:
    """Announce a consultation and publish the first version of its text.

    `version` is that of the facts that were looked at, the text included: what is announced is what was checked. Raises
    InvalidError with what is missing, ConflictError when something changed since.
    """
    row = consultations.lock_for(session, actor, consultation_id, of_consultations.can_announce)
    has_draft = queries.has_import(session, row.id)
    consultations.mark_announced(session, actor, row.id, has_draft=has_draft, version=version, now=now)
    _publish(session, actor, row, None, now)
    return consultation_facts(session, row.id)


def publish_version(session: Session, actor: Actor, consultation_id: int, *, import_version: int | None = None,
                    now: datetime) -> VersionFacts:
    """Publish the text under preview as the next version of an announced consultation: immutable from then on.

    Comments stay bound to the version they were filed on; the lineage tells where their clause stands now.
    """
    row = consultations.lock_for(session, actor, consultation_id, policies.can_publish_revision)
    published = _publish(session, actor, row, import_version, now)
    mark_dirty(session, "publication", row.id, now=now)
    return published


def _publish(session: Session, actor: Actor, row: Consultation, import_version: int | None,
             now: datetime) -> VersionFacts:
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == row.id).with_for_update()
                           .execution_options(populate_existing=True)).first()
    if held is None:
        raise StateError(msg("No text is under preview. Import it first."))
    _require_version(session, held, import_version)
    text = queries.current_import(session, row.id)
    assert text is not None
    latest = queries.latest_version(session, row.id)
    draft = text.draft
    version = DraftVersion(
        consultation_id=row.id, number=1 if latest is None else latest.number + 1,
        title_ko=draft.title_ko or row.title_ko, title_en=draft.title_en or row.title_en,
        note_ko=draft.note_ko or "", note_en=draft.note_en or "",
        source_format=held.source_format + (f"+{english_by_eid.FORMAT}" if held.english is not None else ""),
        source_digest=held.source_digest, clause_count=draft.clause_count, published_by=actor.require_account(),
        published_at=now)
    session.add(version)
    session.flush()
    identities = _identities(session, row, draft, latest)
    rows = [_clause_row(version.id, place, clause, identities[clause.eid], clause.eid not in text.outside_notice)
            for place, clause in enumerate(draft.clauses)]
    # Apart, for a column that is left out is NULL and a None in it would be JSON's null.
    _insert(session, [values for values in rows if "annex_table" not in values])
    _insert(session, [values for values in rows if "annex_table" in values])
    session.delete(held)
    row.version += 1
    session.flush()
    record(session, actor, "draft.published", "draft_version", version.id, now=now, ministry_id=row.ministry_id,
           consultation_id=row.id, number=version.number, clauses=version.clause_count, digest=version.source_digest)
    return queries.version_by_id(session, version.id)


def _identities(session: Session, row: Consultation, draft: Draft,
                latest: VersionFacts | None) -> dict[str, uuid.UUID]:
    """The identity of each clause: carried on from the version before, or new."""
    known: dict[str, uuid.UUID] = {}
    if latest is not None:
        uids = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, latest.id)}
        known = {pair.new: uids[pair.old] for pair in queries.comparison(session, latest, draft)
                 if pair.old is not None and pair.new is not None}
    made = {clause.eid: uuid.uuid4() for clause in draft.clauses if clause.eid not in known}
    if made:
        session.execute(insert(Lineage), [{"uid": uid, "consultation_id": row.id} for uid in made.values()])
    return known | made


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        # Else each combination of absent values would become a statement of its own.
        session.execute(insert(ClauseRow).execution_options(render_nulls=True), rows[start:start + _BATCH])


def _clause_row(version_id: int, place: int, clause: Clause, uid: uuid.UUID,
                under_consultation: bool) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if clause.table is not None:
        table["annex_table"] = {
            "columns_ko": list(clause.table.columns_ko), "columns_en": list(clause.table.columns_en),
            "rows_ko": [list(cells) for cells in clause.table.rows_ko],
            "rows_en": [list(cells) for cells in clause.table.rows_en]}
    return {
        "draft_version_id": version_id, "lineage_uid": uid, "position": place, "eid": clause.eid,
        "parent_eid": clause.parent, "kind": clause.kind.value, "label": clause.label, "label_en": clause.label_en,
        "heading_ko": clause.heading_ko, "heading_en": clause.heading_en, "text_ko": clause.text_ko or "",
        "text_en": clause.text_en, "notes": list(clause.notes), "status": clause.status.value,
        "under_consultation": under_consultation, **table}


# -------------------------------------------------------------------------------------------------------------- common


def _outside_before(session: Session, row: Consultation, draft: Draft) -> list[str]:
    latest = queries.latest_version(session, row.id)
    if latest is None or row.draft_kind != "partial_amendment":
        return []
    outside = set(session.scalars(select(ClauseRow.eid).where(
        ClauseRow.draft_version_id == latest.id, ClauseRow.under_consultation.is_(False))))
    return [clause.eid for clause in draft.clauses if clause.eid in outside]


def _held(session: Session, actor: Actor, consultation_id: int, version: int) -> tuple[Consultation, DraftImport]:
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import)
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == row.id).with_for_update()
                           .execution_options(populate_existing=True)).first()
    if held is None:
        raise NotFoundError(msg("No text is under preview."), what_next=msg("A colleague may have dropped or published "
                                                                            "it. Import it again if it is needed."))
    _require_version(session, held, version)
    return row, held


def _touch(row: Consultation, held: DraftImport) -> None:
    """One counter for both: an announcement is bound to the text that was looked at, and a text that was dropped and
    imported again never has an old number."""
    row.version += 1
    held.version = row.version


def _require_version(session: Session, held: DraftImport, version: int | None) -> None:
    if version is None or held.version == version:
        return
    name = session.scalar(select(Account.name).where(Account.id == held.imported_by)) or ""
    raise ConflictError(
        msg("The text under preview was changed after you had opened this page. It is now the file %(file)s, imported "
            "by %(name)s on %(when)s.", file=held.filename, name=name, when=held.imported_at),
        changed_by=name, changed_at=held.imported_at, theirs={"filename": held.filename}, version=held.version,
        what_next=msg("Look at what stands there now, and decide."))


def _under_preview(session: Session, row: Consultation) -> ImportFacts:
    text = queries.current_import(session, row.id)
    assert text is not None
    return text


def _record(session: Session, actor: Actor, verb: str, row: Consultation, held: DraftImport, now: datetime,
            **data: Any) -> None:
    record(session, actor, verb, "draft_import", held.id, now=now, ministry_id=row.ministry_id,
           consultation_id=row.id, **data)
