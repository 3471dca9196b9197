"""What pages and other areas ask of a stored text: versions, their clauses, and the import under preview.

Versions and clauses are frozen, so what is read here may be kept by whoever reads it. A clause is found by its address
in one version; its identity across versions is `lineage_uid`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.drafts import alignment, imports, stored_tables
from portal.drafts.alignment import Aligned
from portal.drafts.corrections import SetAside, Waiting
from portal.drafts.models import Alignment, Clause, DraftImport, DraftVersion
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.ordinances import addresses
from portal.ordinances.clauses import Clause as PureClause
from portal.ordinances.clauses import Draft, Kind, Status, Table
from portal.ordinances.readers import portal_json
from portal.ordinances.readers.english_by_eid import NotFitted


@dataclass(frozen=True)
class VersionFacts:
    """One published text. `clause_count` counts articles to items of the main text."""

    id: int
    consultation_id: int
    number: int
    title_ko: str
    title_en: str
    note_ko: str
    note_en: str
    source_format: str
    source_digest: str
    clause_count: int
    published_at: datetime

    def title(self, locale: str) -> str:
        """The title in the reader's language; the other one where that is missing."""
        return (self.title_en or self.title_ko) if locale == "en" else (self.title_ko or self.title_en)

    def note(self, locale: str) -> str:
        """The note to the reader, likewise."""
        return (self.note_en or self.note_ko) if locale == "en" else (self.note_ko or self.note_en)


@dataclass(frozen=True)
class ClauseFacts:
    """A clause of one version. `position` is its place in the order of the text, from 0.

    `text_*` is its own text without that of the clauses below it; `text_en` is None where there is no English.
    """

    id: int
    draft_version_id: int
    lineage_uid: uuid.UUID
    position: int
    eid: str
    parent_eid: str | None
    kind: str
    label: str
    label_en: str | None
    heading_ko: str | None
    heading_en: str | None
    text_ko: str
    text_en: str | None
    notes: tuple[str, ...]
    status: str
    under_consultation: bool
    tables: tuple[Table, ...]

    def number(self, locale: str) -> str:
        """The number as it is printed at the clause: `제12조의2`, `①`; `Article 12-2`, `(1)`."""
        return (self.label_en or addresses.parse(self.eid).english_label) if locale == "en" else self.label

    def heading(self, locale: str) -> str | None:
        """The heading in the reader's language, else the Korean; None where there is none."""
        return (self.heading_en or self.heading_ko) if locale == "en" else self.heading_ko

    def text(self, locale: str) -> str:
        """The text in the reader's language, else the Korean (see `language`)."""
        return self.text_en if locale == "en" and self.text_en is not None else self.text_ko

    def language(self, locale: str) -> str:
        """The language that `text(locale)` is in."""
        return "en" if locale == "en" and self.text_en is not None else "ko"

    @property
    def takes_comments(self) -> bool:
        """A deleted clause keeps its place and takes none."""
        return self.status == "in_force"

    @property
    def path(self) -> str:
        """What follows `/c/<slug>/v<n>/`: `a/12-2/3/4/ga`."""
        return addresses.parse(self.eid).path

    def spoken(self, locale: str) -> str:
        """The address as people say it: `제12조의2제3항제4호가목`, `Article 12-2 (3) 4 (a)`."""
        return addresses.parse(self.eid).spoken("en" if locale == "en" else "ko")


@dataclass(frozen=True)
class ImportFacts:
    """A text under preview, as it would be published.

    `id`: of this import, another one when a file is imported in its place; `origins`: see `portal.drafts.corrections`;
    `not_placed`: lines of the file that no clause took; `set_aside`: what staff left out on purpose; `corrections`:
    what they corrected by hand, in order, as `portal.drafts.corrections` has it with `by` and `at`; `not_fitted`:
    pieces of the English text that no clause takes; `without_english`: clauses of the main text that say something in
    Korean only; `outside_notice`: what staff marked; `in_force`: the text that a partial amendment amends; `proposal`
    and `decisions`: see `alignment_of`.
    """

    id: int
    consultation_id: int
    filename: str
    source_format: str
    source_digest: str
    english_filename: str | None
    imported_by: str
    imported_at: datetime
    version: int
    draft: Draft
    origins: Mapping[str, str]
    not_placed: tuple[Waiting, ...]
    set_aside: tuple[SetAside, ...]
    corrections: tuple[Mapping[str, Any], ...]
    not_fitted: tuple[NotFitted, ...]
    without_english: tuple[str, ...]
    outside_notice: frozenset[str]
    in_force: Draft | None
    in_force_filename: str | None
    proposal: tuple[Aligned, ...] | None
    decisions: tuple[Mapping[str, Any], ...]

    @property
    def english_share(self) -> float:
        """How much of the text has English: the share of the clauses that say something."""
        saying = sum(clause.is_main_text and imports.has_words(clause) for clause in self.draft.clauses)
        return 1 - len(self.without_english) / saying if saying else 1.0


_VERSION = (DraftVersion.id, DraftVersion.consultation_id, DraftVersion.number, DraftVersion.title_ko,
            DraftVersion.title_en, DraftVersion.note_ko, DraftVersion.note_en, DraftVersion.source_format,
            DraftVersion.source_digest, DraftVersion.clause_count, DraftVersion.published_at)
_NAMES = ("id", "draft_version_id", "lineage_uid", "position", "eid", "parent_eid", "kind", "label", "label_en",
          "heading_ko", "heading_en", "text_ko", "text_en", "notes", "status", "under_consultation", "annex_table")
_CLAUSE = tuple(getattr(Clause, name) for name in _NAMES)


def versions(session: Session, consultation_id: int) -> tuple[VersionFacts, ...]:
    """All published versions, the first first."""
    rows = session.execute(select(*_VERSION).where(DraftVersion.consultation_id == consultation_id)
                           .order_by(DraftVersion.number))
    return tuple(VersionFacts(*row) for row in rows)


def version(session: Session, consultation_id: int, number: int) -> VersionFacts:
    """A published version by its number. Raises NotFoundError."""
    row = session.execute(select(*_VERSION).where(DraftVersion.consultation_id == consultation_id,
                                                  DraftVersion.number == number)).first()
    if row is None:
        raise NotFoundError(msg("There is no such version of this draft."))
    return VersionFacts(*row)


def version_by_id(session: Session, version_id: int) -> VersionFacts:
    """A published version by its id. Raises NotFoundError."""
    row = session.execute(select(*_VERSION).where(DraftVersion.id == version_id)).first()
    if row is None:
        raise NotFoundError(msg("There is no such version of this draft."))
    return VersionFacts(*row)


def latest_version(session: Session, consultation_id: int) -> VersionFacts | None:
    """The newest published version; None before the announcement."""
    row = session.execute(select(*_VERSION).where(DraftVersion.consultation_id == consultation_id)
                          .order_by(DraftVersion.number.desc()).limit(1)).first()
    return None if row is None else VersionFacts(*row)


def clauses(session: Session, version_id: int) -> tuple[ClauseFacts, ...]:
    """Every clause of a version in the order of the text. One statement."""
    rows = session.execute(select(*_CLAUSE).where(Clause.draft_version_id == version_id).order_by(Clause.position))
    return tuple(_clause(row) for row in rows)


def draft(session: Session, version: VersionFacts) -> Draft:
    """A published version as the pure text that `portal.ordinances` works with. One statement."""
    return Draft(
        tuple(_pure(found) for found in clauses(session, version.id)), title_ko=version.title_ko or None,
        title_en=version.title_en or None, note_ko=version.note_ko or None, note_en=version.note_en or None,
        version=version.number)


def _pure(found: ClauseFacts) -> PureClause:
    return PureClause(
        eid=found.eid, kind=Kind(found.kind), label=found.label, heading_ko=found.heading_ko, text_ko=found.text_ko,
        heading_en=found.heading_en, text_en=found.text_en, parent=found.parent_eid, status=Status(found.status),
        notes=found.notes, label_en=found.label_en, tables=found.tables)


def clause(session: Session, version_id: int, eid: str) -> ClauseFacts | None:
    """The clause at this address of a version, or None."""
    row = session.execute(select(*_CLAUSE).where(Clause.draft_version_id == version_id, Clause.eid == eid)).first()
    return None if row is None else _clause(row)


def has_import(session: Session, consultation_id: int) -> bool:
    """Whether a text is under preview."""
    return consultation_id in imports_of(session, [consultation_id])


def imports_of(session: Session, consultation_ids: Iterable[int]) -> Mapping[int, bool]:
    """Those of these consultations that have a text under preview, each with whether the text in force stands beside
    it, so that the portal makes their old–new table. One statement."""
    return {row.consultation_id: row.amends for row in session.execute(
        select(DraftImport.consultation_id, DraftImport.in_force.is_not(None).label("amends"))
        .where(DraftImport.consultation_id.in_(tuple(consultation_ids))))}


def current_import(session: Session, consultation_id: int) -> ImportFacts | None:
    """The text under preview with its English laid over it; None when there is none. One statement."""
    row = session.execute(
        select(DraftImport, Account.name).outerjoin(Account, Account.id == DraftImport.imported_by)
        .where(DraftImport.consultation_id == consultation_id), execution_options={"populate_existing": True}).first()
    if row is None:
        return None
    held, name = row
    restored = imports.restored(held.content, held.english, held.not_placed, held.corrections)
    return ImportFacts(
        id=held.id, consultation_id=consultation_id, filename=held.filename, source_format=held.source_format,
        source_digest=held.source_digest, english_filename=held.english_filename, imported_by=name or "",
        imported_at=held.imported_at, version=held.version, draft=restored.draft,
        origins=restored.corrected.origins,
        not_placed=restored.corrected.waiting, set_aside=restored.corrected.set_aside,
        corrections=tuple(held.corrections), not_fitted=restored.not_fitted, without_english=restored.without_english,
        outside_notice=frozenset(held.outside_notice),
        in_force=None if held.in_force is None else portal_json.read_document(held.in_force).draft,
        in_force_filename=held.in_force_filename,
        proposal=None if held.proposal is None else tuple(alignment.unpacked(held.proposal)),
        decisions=tuple(held.decisions))


@dataclass(frozen=True)
class AlignmentFacts:
    """What becomes of each clause of an older text in the one under preview, as far as it was decided.

    `against`: `previous` (then `version` is the one before), or `in_force`. `pairs` are in the order of the new text,
    then what is gone.
    """

    against: str
    version: VersionFacts | None
    old: Draft
    new: Draft
    pairs: tuple[Aligned, ...]
    decisions: tuple[Mapping[str, Any], ...]

    @property
    def changed(self) -> list[Aligned]:
        """What a person has to look at."""
        return alignment.of_interest(self.pairs, self.old, self.new)

    @property
    def undecided(self) -> list[Aligned]:
        """What nobody has decided yet."""
        return alignment.undecided(self.pairs, self.old, self.new)

    @property
    def differing(self) -> set[str]:
        """What differs from the older text, by eId, and what holds it."""
        return alignment.differing(self.pairs, self.old, self.new)


@dataclass(frozen=True)
class LeftOpen:
    """What publishing the text as it stands would leave out or take silently. `waiting`: lines of the file without a
    place, which are not published; `undecided`: changes that nobody looked at, taken as proposed; `outside`: clauses of
    a partial amendment that differ and are marked outside the notice all the same."""

    waiting: int
    undecided: int
    outside: tuple[str, ...]

    def named(self, locale: str) -> list[tuple[str, str]]:
        """The clauses marked outside, by eId, with their addresses as people say them."""
        return [(eid, addresses.parse(eid).spoken("en" if locale == "en" else "ko")) for eid in self.outside]


def left_open(text: ImportFacts, aligned: AlignmentFacts | None) -> LeftOpen:
    """What whoever publishes this text has to be told."""
    differing = aligned.differing if aligned is not None and text.outside_notice else set()
    return LeftOpen(len(text.not_placed), 0 if aligned is None else len(aligned.undecided), tuple(
        clause.eid for clause in text.draft.clauses if clause.eid in text.outside_notice and clause.eid in differing))


def alignment_of(session: Session, text: ImportFacts) -> AlignmentFacts | None:
    """The alignment of the text under preview with the version before, or for a first version with the text in force;
    None where there is neither. Two statements."""
    newest = latest_version(session, text.consultation_id)
    old = draft(session, newest) if newest is not None else text.in_force
    if old is None:
        return None
    proposal = alignment.proposed(old, text.draft) if text.proposal is None else text.proposal
    return AlignmentFacts("previous" if newest is not None else "in_force", newest, old, text.draft,
                          tuple(alignment.decided(proposal, text.decisions, old, text.draft)), text.decisions)


def stored_alignment(session: Session, version_id: int, against: str = "previous") -> tuple[Aligned, ...]:
    """The alignment of a published version, as it was decided; empty for a version without one. One statement."""
    rows = session.execute(select(Alignment.old_eid, Alignment.new_eid, Alignment.change, Alignment.score,
                                  Alignment.decided).where(
        Alignment.draft_version_id == version_id, Alignment.against == against).order_by(Alignment.position))
    return tuple(Aligned(*row) for row in rows)


def text_in_force(session: Session, version_id: int) -> Draft | None:
    """The text that a version of a partial amendment amends; None for other drafts. One statement."""
    stored = session.scalar(select(DraftVersion.in_force).where(DraftVersion.id == version_id))
    return None if stored is None else portal_json.read_document(stored).draft


_ANCESTORS = text(f"""
    WITH RECURSIVE up AS (
        SELECT parent_eid FROM clauses WHERE draft_version_id = :version AND eid = :eid
        UNION ALL
        SELECT c.parent_eid FROM clauses c JOIN up ON c.eid = up.parent_eid WHERE c.draft_version_id = :version)
    SELECT {', '.join('c.' + name for name in _NAMES)}
      FROM clauses c JOIN up ON c.eid = up.parent_eid
     WHERE c.draft_version_id = :version ORDER BY c.position""").columns(*_CLAUSE)


def ancestors(session: Session, version_id: int, eid: str) -> tuple[ClauseFacts, ...]:
    """The clauses above one, the outermost first, with their opening words. Empty for an unknown address."""
    return tuple(_clause(row) for row in session.execute(_ANCESTORS, {"version": version_id, "eid": eid}))


def children(session: Session, version_id: int, eid: str) -> tuple[ClauseFacts, ...]:
    """The clauses directly below one, in the order of the text."""
    rows = session.execute(select(*_CLAUSE).where(Clause.draft_version_id == version_id, Clause.parent_eid == eid)
                           .order_by(Clause.position))
    return tuple(_clause(row) for row in rows)


def neighbours(session: Session, version_id: int, position: int) -> tuple[ClauseFacts | None, ClauseFacts | None]:
    """The clauses before and after a place in the order of the text. One statement."""
    rows = session.execute(select(*_CLAUSE).where(Clause.draft_version_id == version_id,
                                                  Clause.position.in_((position - 1, position + 1))))
    found = {row.position: row for row in map(_clause, rows)}
    return found.get(position - 1), found.get(position + 1)


def _clause(row: Any) -> ClauseFacts:
    values = dict(zip(_NAMES, row, strict=True))
    values["notes"] = tuple(values["notes"])
    values["tables"] = stored_tables.read(values.pop("annex_table"), values["text_ko"])
    return ClauseFacts(**values)
