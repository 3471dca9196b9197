"""Importing a text for preview, and publishing it: written once, whole, and never changed (invariant 3).

The announcement begins here, for it publishes the first version of the text: one transaction, so that no consultation
is announced without its text. A later version carries the identities of the clauses on.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.consultations import policies as of_consultations
from portal.consultations import services as consultations
from portal.consultations.documents import safe_filename
from portal.consultations.models import Consultation
from portal.consultations.queries import ConsultationFacts
from portal.consultations.queries import consultation as consultation_facts
from portal.drafts import alignment, imports, policies, queries, stored_tables
from portal.drafts import held as preview
from portal.drafts.alignment import Aligned
from portal.drafts.models import Alignment, DraftImport, DraftVersion, Lineage
from portal.drafts.models import Clause as ClauseRow
from portal.drafts.queries import AlignmentFacts, ImportFacts, VersionFacts
from portal.jobs.queue import mark_dirty
from portal.kernel import public_words
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import msg, nmsg
from portal.ordinances.clauses import ARTICLE_TO_ITEM, Clause, Draft
from portal.ordinances.readers import english_by_eid
from portal.ordinances.writers.portal_json import as_json

#: Rows a statement inserts at once.
_BATCH: Final = 1_000


def import_draft(session: Session, actor: Actor, consultation_id: int, *, filename: str, data: bytes,
                 english: bytes | None = None, english_filename: str = "", in_force: bytes | None = None,
                 in_force_filename: str = "", sentences: bool = False, version: int | None = None,
                 now: datetime) -> ImportFacts:
    """Read a text for preview, in place of the one that was there. Its English can come along or be laid over later.

    A partial amendment comes as the text as it would become, with the text in force beside it: under consultation is
    what differs. With `sentences` the file holds the sentences that amend the text in force instead. A revised one
    keeps the text in force, and what was outside the notice stays so unless it changed. `version`: of the text that it
    takes the place of, 0 for none; None where nobody looked at one. Raises InvalidError at `file`, `english` or
    `in_force`, saying what the reader could not take, and ConflictError.
    """
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import, facts_stay=True)
    preview.require_state(session, row, version)
    if in_force is not None and row.draft_kind != "partial_amendment":
        raise InvalidError(msg("This file could not be imported."), {"in_force": [
            msg("Only a partial amendment amends a text in force.")]})
    if sentences and in_force is None:
        raise InvalidError(msg("This file could not be imported."), {"in_force": [
            msg("Choose the text in force, which the sentences amend.")]})
    former = None if in_force is None else imports.read_draft(in_force_filename, in_force, "in_force").draft
    amended: list[Aligned] | None = None
    if sentences and former is not None:
        reading, amended = imports.read_amendment(former, data)
    else:
        reading = imports.read_draft(filename, data)
    document = None if english is None else dict(imports.read_english(reading.draft, english_filename, english))
    session.execute(delete(DraftImport).where(DraftImport.consultation_id == row.id))
    row.version += 1
    held = DraftImport(
        consultation_id=row.id, filename=safe_filename(filename), source_format=reading.source_format,
        source_digest=hashlib.sha256(data).hexdigest(), content=as_json(reading.draft),
        not_placed=imports.waiting_lines(reading),
        imported_by=actor.require_account(), imported_at=now, english=document,
        english_filename=safe_filename(english_filename) if document is not None else None,
        in_force=None if former is None else as_json(former),
        in_force_filename=safe_filename(in_force_filename) if former is not None else None,
        outside_notice=[], version=row.version, corrections=[], decisions=[])
    session.add(held)
    session.flush()
    preview.propose(session, row, held)
    if amended is not None and queries.latest_version(session, row.id) is None:
        held.proposal = alignment.packed(amended)  # the sentences say which clause is which
    if row.draft_kind == "partial_amendment":
        held.outside_notice = _outside(session, row)
    preview.note(session, actor, "draft.imported", row, held, now, filename=held.filename, digest=held.source_digest,
                 clauses=reading.draft.clause_count, not_placed=len(reading.not_placed))
    return preview.under_preview(session, row)


def _outside(session: Session, row: Consultation) -> list[str]:
    """What of a partial amendment is outside the notice, before staff mark anything: of a first version what stands in
    the text in force as it is; of a revised one what was outside and did not change. Nothing, where nothing is known.
    """
    text = queries.current_import(session, row.id)
    facts = None if text is None else queries.alignment_of(session, text)
    if text is None or facts is None:
        return []
    under = alignment.differing(facts.pairs, facts.old, facts.new)
    outside = {clause.eid for clause in text.draft.clauses if clause.eid not in under}
    if facts.version is not None:
        before = {clause.eid for clause in queries.clauses(session, facts.version.id) if not clause.under_consultation}
        carried = alignment.carried(facts.pairs)
        outside = {eid for eid in outside if carried.get(eid) in before}
    return [clause.eid for clause in text.draft.clauses
            if clause.eid in outside and clause.kind not in alignment.NEVER_OUTSIDE]


def lay_english(session: Session, actor: Actor, consultation_id: int, *, filename: str, data: bytes, version: int,
                now: datetime) -> ImportFacts:
    """Lay an English text, given by eId, over the text under preview, in place of one laid over before."""
    row, held = preview.take(session, actor, consultation_id, version)
    draft = _korean(held)
    held.english = dict(imports.read_english(draft, filename, data))
    held.english_filename = safe_filename(filename)
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, english=held.english_filename)
    return preview.under_preview(session, row)


def paste_english(session: Session, actor: Actor, consultation_id: int, *, words: str, start: str | None = None,
                  version: int, now: datetime) -> ImportFacts:
    """Lay pasted English lines over the text under preview, each found by the number it begins with; what was laid over
    elsewhere stays. `start`: the clause at which lines without a number begin. Raises InvalidError at `pasted`."""
    row, held = preview.take(session, actor, consultation_id, version)
    draft = _korean(held)
    if start is not None and start not in draft.by_eid:
        raise InvalidError(msg("This text has no clause %(eid)s.", eid=start[:80]))
    held.english = dict(imports.fit_pasted(draft, words, start, held.english))
    held.english_filename = held.english_filename or ""
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, english="pasted")
    return preview.under_preview(session, row)


def _korean(held: DraftImport) -> Draft:
    return imports.restored(held.content, None, held.not_placed, held.corrections).draft


def drop_english(session: Session, actor: Actor, consultation_id: int, *, version: int, now: datetime) -> ImportFacts:
    """Take the English text off again; what the draft's own file has in English stays, and what was typed by hand."""
    row, held = preview.take(session, actor, consultation_id, version)
    held.english, held.english_filename = None, None
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, english=None)
    return preview.under_preview(session, row)


def drop_import(session: Session, actor: Actor, consultation_id: int, *, version: int | None = None,
                now: datetime) -> None:
    """Drop the text under preview. Published versions are untouched; dropping twice is dropping. `version`: of the text
    that was looked at; None where nobody did. Raises ConflictError."""
    row = consultations.lock_for(session, actor, consultation_id, policies.can_import, facts_stay=True)
    held = preview.locked(session, row.id)
    if held is None:
        return
    preview.require_version(session, held, version)
    preview.note(session, actor, "draft.import_dropped", row, held, now, filename=held.filename)
    row.version += 1
    session.delete(held)
    session.flush()


def mark_outside_notice(session: Session, actor: Actor, consultation_id: int, eids: Collection[str], *, version: int,
                        now: datetime) -> ImportFacts:
    """Say which clauses of a partial amendment are *not* under consultation; all others are.

    A text of another kind is under consultation as a whole. Raises InvalidError when nothing would be left.
    """
    row, held = preview.take(session, actor, consultation_id, version)
    if row.draft_kind != "partial_amendment":
        raise StateError(msg("Only of a partial amendment can clauses be outside the notice."))
    draft = _korean(held)
    unknown = [eid for eid in eids if eid not in draft.by_eid]
    if unknown:
        raise InvalidError(msg("This text has no clause %(eid)s.", eid=unknown[0][:80]))
    outside = [clause.eid for clause in draft.clauses if clause.eid in set(eids)]
    if not any(clause.kind in ARTICLE_TO_ITEM and clause.eid not in set(eids) for clause in draft.clauses):
        raise InvalidError(msg("At least one clause has to be under consultation."),
                           {"under": [msg("At least one clause has to be under consultation.")]})
    held.outside_notice = outside
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, outside=len(outside))
    return preview.under_preview(session, row)


def mark_differing(session: Session, actor: Actor, consultation_id: int, *, version: int, now: datetime) -> ImportFacts:
    """Put under consultation what differs from the text in force (or was, in the version before), and nothing else."""
    row, held = preview.take(session, actor, consultation_id, version)
    if row.draft_kind != "partial_amendment":
        raise StateError(msg("Only of a partial amendment can clauses be outside the notice."))
    held.outside_notice = _outside(session, row)
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, outside=len(held.outside_notice))
    return preview.under_preview(session, row)


def announce_consultation(session: Session, actor: Actor, consultation_id: int, *, version: int,
                          now: datetime) -> ConsultationFacts:
    """Announce a consultation and publish the first version of its text.

    `version` is that of the facts that were looked at, the text included: what is announced is what was checked. Raises
    InvalidError with what is missing, ConflictError when something changed since.
    """
    row = consultations.lock_for(session, actor, consultation_id, of_consultations.can_announce)
    held = queries.imports_of(session, [row.id])
    consultations.mark_announced(session, actor, row.id, has_draft=row.id in held,
                                 makes_table=held.get(row.id, False), version=version, now=now)
    _publish(session, actor, row, None, now, rest_as_proposed=True)
    return consultation_facts(session, row.id)


def publish_version(session: Session, actor: Actor, consultation_id: int, *, import_version: int | None = None,
                    rest_as_proposed: bool = False, now: datetime) -> VersionFacts:
    """Publish the text under preview as the next version of an announced consultation: immutable from then on.

    Comments stay bound to the version they were filed on; the lineage tells where their clause stands now. Raises
    InvalidError at `rest` while there are changes that nobody decided, unless they are taken as proposed.
    """
    row = consultations.lock_for(session, actor, consultation_id, policies.can_publish_revision, facts_stay=True)
    published = _publish(session, actor, row, import_version, now, rest_as_proposed=rest_as_proposed)
    mark_dirty(session, "publication", row.id, now=now)
    return published


def _publish(session: Session, actor: Actor, row: Consultation, import_version: int | None,
             now: datetime, *, rest_as_proposed: bool) -> VersionFacts:
    held = preview.locked(session, row.id)
    if held is None:
        raise StateError(msg("No text is under preview. Import it first."))
    preview.require_version(session, held, import_version)
    text = preview.under_preview(session, row)
    latest = queries.latest_version(session, row.id)
    draft = text.draft
    if numbers := public_words.problems_of([as_json(draft), None if text.in_force is None else as_json(text.in_force)]):
        raise InvalidError(msg("This text cannot be published yet."), {"": numbers})
    aligned = queries.alignment_of(session, text)
    if aligned is not None and aligned.undecided and not rest_as_proposed:
        raise InvalidError(msg("This text cannot be published yet."), {"rest": [nmsg(
            "%(n)s change was not decided yet. Decide it, or take it as it is proposed.",
            "%(n)s changes were not decided yet. Decide them, or take them as they are proposed.",
            len(aligned.undecided))]})
    version = DraftVersion(
        consultation_id=row.id, number=1 if latest is None else latest.number + 1,
        title_ko=draft.title_ko or row.title_ko, title_en=draft.title_en or row.title_en,
        note_ko=draft.note_ko or "", note_en=draft.note_en or "",
        source_format=held.source_format + (f"+{english_by_eid.FORMAT}" if held.english is not None else ""),
        source_digest=held.source_digest, clause_count=draft.clause_count, published_by=actor.require_account(),
        published_at=now, in_force=held.in_force)
    if latest is not None:
        version.in_force = session.scalar(select(DraftVersion.in_force).where(DraftVersion.id == latest.id))
    session.add(version)
    session.flush()
    identities = _identities(session, row, draft, latest, aligned)
    rows = [_clause_row(version.id, place, clause, identities[clause.eid], clause.eid not in text.outside_notice)
            for place, clause in enumerate(draft.clauses)]
    # Apart, for a column that is left out is NULL and a None in it would be JSON's null.
    _insert(session, [values for values in rows if "annex_table" not in values])
    _insert(session, [values for values in rows if "annex_table" in values])
    if aligned is not None:
        _insert_alignment(session, version.id, aligned.against, aligned.pairs)
    former = None if latest is None else queries.text_in_force(session, latest.id)
    if aligned is not None and latest is not None and former is not None:
        before = queries.stored_alignment(session, latest.id, "in_force")
        _insert_alignment(session, version.id, "in_force", alignment.composed(before, aligned.pairs, former, draft))
    decided = Counter(pair.decided for pair in aligned.changed) if aligned is not None else Counter[str]()
    corrections = len(held.corrections)
    session.delete(held)
    row.version += 1
    session.flush()
    record(session, actor, "draft.published", "draft_version", version.id, now=now, ministry_id=row.ministry_id,
           consultation_id=row.id, number=version.number, clauses=version.clause_count, digest=version.source_digest,
           corrections=corrections, not_placed=len(text.not_placed),
           **{name: decided[name] for name in ("confirmed", "corrected", "as_proposed")})
    return queries.version_by_id(session, version.id)


def _identities(session: Session, row: Consultation, draft: Draft, latest: VersionFacts | None,
                aligned: AlignmentFacts | None) -> dict[str, uuid.UUID]:
    """The identity of each clause: carried on from the version before, or new."""
    known: dict[str, uuid.UUID] = {}
    if latest is not None and aligned is not None:
        uids = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, latest.id)}
        known = {new: uids[old] for new, old in alignment.carried(aligned.pairs).items()}
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
    if clause.tables:
        table["annex_table"] = stored_tables.written(clause.tables)
    return {
        "draft_version_id": version_id, "lineage_uid": uid, "position": place, "eid": clause.eid,
        "parent_eid": clause.parent, "kind": clause.kind.value, "label": clause.label, "label_en": clause.label_en,
        "heading_ko": clause.heading_ko, "heading_en": clause.heading_en, "text_ko": clause.text_ko or "",
        "text_en": clause.text_en, "notes": list(clause.notes), "status": clause.status.value,
        "under_consultation": under_consultation, **table}


def _insert_alignment(session: Session, version_id: int, against: str, pairs: Sequence[Aligned]) -> None:
    rows = [{"draft_version_id": version_id, "against": against, "position": place, "old_eid": pair.old,
             "new_eid": pair.new, "change": pair.change, "score": pair.score, "decided": pair.decided}
            for place, pair in enumerate(pairs)]
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(Alignment).execution_options(render_nulls=True), rows[start:start + _BATCH])
