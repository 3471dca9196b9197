"""What is stored of a text: imports under preview, published versions, their clauses, lineages.

`draft_versions`, `clauses`, `lineages` and `alignments` are frozen: the application's role may only INSERT and SELECT
them. A version is written whole, in the transaction that publishes it; until then the text lives in `draft_imports`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.consultations.models import Consultation
from portal.kernel.db import Base, BigId


class DraftImport(Base):
    """A text that was read and is being looked at. One for a consultation at a time; can be replaced or dropped."""

    __tablename__ = "draft_imports"

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id), unique=True)
    filename: Mapped[str]
    source_format: Mapped[str]
    source_digest: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the portal's own JSON
    not_placed: Mapped[list[Any]] = mapped_column(JSONB)  # [{"line": n, "text": "…"}]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    imported_at: Mapped[datetime]
    #: English text by eId to be laid over it, as it was read; null when there is none.
    english: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    english_filename: Mapped[str | None]
    #: eIds that staff marked as outside the notice (a partial amendment); all others are under consultation.
    outside_notice: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    #: What staff corrected by hand, in order: replayed over `content` (`portal.drafts.corrections`).
    corrections: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    #: The alignment that the machine proposes, with the version before or the text in force: [old, new, change, score].
    proposal: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: What staff decided about it, in order (`portal.drafts.alignment`).
    decisions: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    #: Of a partial amendment: the text in force, in the portal's own JSON.
    in_force: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    in_force_filename: Mapped[str | None]


class DraftVersion(Base):
    """One immutable published text of the draft."""

    __tablename__ = "draft_versions"
    __table_args__ = (UniqueConstraint("consultation_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    number: Mapped[int]
    title_ko: Mapped[str]
    title_en: Mapped[str]
    note_ko: Mapped[str]
    note_en: Mapped[str]
    source_format: Mapped[str]
    source_digest: Mapped[str]
    clause_count: Mapped[int]  # articles to items of the main text
    published_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    published_at: Mapped[datetime]
    #: Of a partial amendment: the text in force that it amends, in the portal's own JSON.
    in_force: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Lineage(Base):
    """The identity of a clause across draft versions, whatever its number there."""

    __tablename__ = "lineages"

    uid: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id), index=True)


class Clause(Base):
    """An addressable unit of one version's text, in the order of the text (`position` from 0).

    `under_consultation`: in a partial amendment only the clauses that differ are; a comment on another one is taken
    and marked *outside the notice*.
    """

    __tablename__ = "clauses"
    __table_args__ = (
        UniqueConstraint("draft_version_id", "eid"), UniqueConstraint("draft_version_id", "position"),
        CheckConstraint("status IN ('in_force', 'deleted')", name="status"),
        Index(None, "lineage_uid"),
    )

    id: Mapped[BigId]
    draft_version_id: Mapped[int] = mapped_column(ForeignKey(DraftVersion.id))
    lineage_uid: Mapped[uuid.UUID] = mapped_column(ForeignKey(Lineage.uid))
    position: Mapped[int]
    eid: Mapped[str]
    parent_eid: Mapped[str | None]
    kind: Mapped[str]
    label: Mapped[str]
    label_en: Mapped[str | None]
    heading_ko: Mapped[str | None]
    heading_en: Mapped[str | None]
    text_ko: Mapped[str]
    text_en: Mapped[str | None]
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    status: Mapped[str]
    under_consultation: Mapped[bool]
    #: The tables in its text (`portal.drafts.stored_tables` says how); null where there is none.
    annex_table: Mapped[list[Any] | dict[str, Any] | None] = mapped_column(JSONB)


class Alignment(Base):
    """What a clause of one text is in the next: confirmed by staff, corrected, or taken as proposed.

    `against` is the version before, or the text in force that a partial amendment amends. One side is null for what was
    inserted or deleted. A split is several rows with one old clause, a merger several with one new. `position` is the
    order of the new text, then what is gone. Frozen, like the version.
    """

    __tablename__ = "alignments"
    __table_args__ = (
        UniqueConstraint("draft_version_id", "against", "position"),
        CheckConstraint("against IN ('previous', 'in_force')", name="against"),
        CheckConstraint("change IN ('same', 'reworded', 'renumbered', 'moved', 'split', 'merged', 'deleted',"
                        " 'inserted')", name="change"),
        CheckConstraint("decided IN ('confirmed', 'corrected', 'as_proposed')", name="decided"),
        CheckConstraint("old_eid IS NOT NULL OR new_eid IS NOT NULL", name="sides"),
    )

    id: Mapped[BigId]
    draft_version_id: Mapped[int] = mapped_column(ForeignKey(DraftVersion.id))
    against: Mapped[str]
    position: Mapped[int]
    old_eid: Mapped[str | None]
    new_eid: Mapped[str | None]
    change: Mapped[str]
    score: Mapped[float]
    decided: Mapped[str]
