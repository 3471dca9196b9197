"""Consultations: their facts, comment periods, extensions, notice documents and ad-hoc holidays.

The *phase* is stored nowhere: it is a function of these facts and the clock (`portal.consultations.periods`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import Account
from portal.kernel.db import Base, BigId
from portal.organisations.models import Ministry, one_of

CONSULTATION_KINDS = ("legislative_notice", "administrative_notice")
DRAFT_KINDS = ("enactment", "full_amendment", "partial_amendment", "repeal")
DOCUMENT_KINDS = ("full_text", "old_new_table", "impact_analysis", "article_reasons", "other")


class Consultation(Base):
    """One exercise on one draft ordinance of one ministry.

    What 법제업무 운영규정 제15조 ③④ wants listed stands here: main content, receiving body, period, method.
    """

    __tablename__ = "consultations"
    __table_args__ = (
        CheckConstraint(one_of("kind", CONSULTATION_KINDS), name="kind"),
        CheckConstraint(one_of("draft_kind", DRAFT_KINDS), name="draft_kind"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug"),
        CheckConstraint("number_prefix ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'", name="number_prefix"),
        CheckConstraint("comments_appear IN ('after_close', 'as_screened')", name="comments_appear"),
        CheckConstraint("concluded_at IS NULL OR announced_at IS NOT NULL", name="concluded_after_announced"),
        Index("uq_consultations_slug", "slug", unique=True),
        Index("uq_consultations_number_prefix", "number_prefix", unique=True),
    )

    id: Mapped[BigId]
    ministry_id: Mapped[int] = mapped_column(ForeignKey(Ministry.id), index=True)
    slug: Mapped[str]
    kind: Mapped[str]
    draft_kind: Mapped[str]
    title_ko: Mapped[str]
    title_en: Mapped[str]
    notice_number: Mapped[str]
    gazette_number: Mapped[str]
    gazette_url: Mapped[str]
    legal_basis_ko: Mapped[str]
    legal_basis_en: Mapped[str]
    reason_ko: Mapped[str]
    reason_en: Mapped[str]
    main_content_ko: Mapped[str]
    main_content_en: Mapped[str]
    receiving_body_ko: Mapped[str]
    receiving_body_en: Mapped[str]
    method_ko: Mapped[str]
    method_en: Mapped[str]
    number_prefix: Mapped[str]
    comments_appear: Mapped[str]
    responses_while_open: Mapped[bool]
    technical_review: Mapped[bool]
    legal_review: Mapped[bool]
    #: Documents that the notice does without: kind -> {"ko": reason, "en": reason}. The public sees the reason.
    omitted_documents: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    announced_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class CommentPeriod(Base):
    """A window in which filings are taken: `opens_at` is in, `closes_at` is out. A later one is a 재입법예고."""

    __tablename__ = "comment_periods"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opens"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id))
    number: Mapped[int]
    starts_on: Mapped[date]
    days: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    short_period_record: Mapped[str]  # the agreement, or the urgency, that allows fewer days than the law's
    scope: Mapped[list[Any] | None] = mapped_column(JSONB)  # eIds under consultation in this period; null is all


class PeriodExtension(Base):
    """A period was extended, with a reason that the public sees. Kept for ever."""

    __tablename__ = "period_extensions"
    __table_args__ = (CheckConstraint("new_closes_at > old_closes_at", name="later"),)

    id: Mapped[BigId]
    period_id: Mapped[int] = mapped_column(ForeignKey(CommentPeriod.id), index=True)
    old_closes_at: Mapped[datetime]
    new_closes_at: Mapped[datetime]
    reason_ko: Mapped[str]
    reason_en: Mapped[str]
    extended_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    extended_at: Mapped[datetime]


class NoticeDocument(Base):
    """A document of the notice (행정절차법 제42조, 법제업무 운영규정 제15조): a file that anyone may see and copy."""

    __tablename__ = "notice_documents"
    __table_args__ = (
        CheckConstraint(one_of("kind", DOCUMENT_KINDS), name="kind"),
        CheckConstraint("octet_length(content) BETWEEN 1 AND 20971520", name="size"),
    )

    id: Mapped[BigId]
    consultation_id: Mapped[int] = mapped_column(ForeignKey(Consultation.id), index=True)
    kind: Mapped[str]
    title_ko: Mapped[str]
    title_en: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    added_at: Mapped[datetime]


class HolidayOverride(Base):
    """An ad-hoc public holiday (or a working day) that the `holidays` package does not know yet."""

    __tablename__ = "holiday_overrides"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_holiday: Mapped[bool]
    name_ko: Mapped[str]
    name_en: Mapped[str]
