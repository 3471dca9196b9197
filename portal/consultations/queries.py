"""What pages, policies and other areas ask about consultations: frozen facts, in a constant number of statements.

Nothing here decides what the public may see: the publication is built from these facts, and staff pages ask a policy
first. The phase is asked of the facts with a time, for it is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations import periods as timing
from portal.consultations.models import (
    CommentPeriod,
    Consultation,
    HolidayOverride,
    NoticeDocument,
    PeriodExtension,
)
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.organisations.models import Ministry


def in_language(korean: str, english: str, locale: str) -> str:
    """The text in the reader's language; the other one where that is missing."""
    return (english or korean) if locale == "en" else (korean or english)


@dataclass(frozen=True)
class MinistryFacts:
    """The tenant that a consultation belongs to."""

    id: int
    slug: str
    name_ko: str
    name_en: str

    def name(self, locale: str) -> str:
        """The name in the reader's language."""
        return in_language(self.name_ko, self.name_en, locale)


@dataclass(frozen=True)
class ExtensionFacts:
    """A period was extended: from when to when, why, and when that was decided."""

    period_id: int
    old_closes_at: datetime
    new_closes_at: datetime
    reason_ko: str
    reason_en: str
    extended_at: datetime

    def reason(self, locale: str) -> str:
        """The reason in the reader's language."""
        return in_language(self.reason_ko, self.reason_en, locale)


@dataclass(frozen=True)
class PeriodFacts:
    """A window in which filings are taken: `opens_at` is in, `closes_at` is out. `scope`: eIds; None is everything."""

    id: int
    number: int
    starts_on: date
    days: int
    opens_at: datetime
    closes_at: datetime
    short_period_record: str
    scope: tuple[str, ...] | None
    extensions: tuple[ExtensionFacts, ...] = ()

    @property
    def window(self) -> timing.Window:
        """The two instants."""
        return timing.Window(self.opens_at, self.closes_at)

    @property
    def is_renewed_notice(self) -> bool:
        """Whether this is a later period of the same consultation (재입법예고)."""
        return self.number > 1

    def days_left(self, now: datetime) -> int | None:
        """How many days after today filings are still taken: 0 on the last day, None once it is closed."""
        return timing.days_left(self.closes_at, now)


@dataclass(frozen=True)
class DocumentFacts:
    """A notice document without its content."""

    id: int
    consultation_id: int
    kind: str
    title_ko: str
    title_en: str
    filename: str
    media_type: str
    size: int
    digest: str
    added_at: datetime

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return in_language(self.title_ko, self.title_en, locale)


@dataclass(frozen=True)
class DocumentContent:
    """A notice document to be sent."""

    facts: DocumentFacts
    content: bytes


@dataclass(frozen=True)
class ConsultationFacts:
    """Everything that is known of one consultation but its text."""

    id: int
    ministry: MinistryFacts
    slug: str
    kind: str
    draft_kind: str
    title_ko: str
    title_en: str
    notice_number: str
    gazette_number: str
    gazette_url: str
    legal_basis_ko: str
    legal_basis_en: str
    reason_ko: str
    reason_en: str
    main_content_ko: str
    main_content_en: str
    receiving_body_ko: str
    receiving_body_en: str
    method_ko: str
    method_en: str
    number_prefix: str
    comments_appear: str
    responses_while_open: bool
    technical_review: bool
    legal_review: bool
    omitted_documents: Mapping[str, Mapping[str, str]]
    announced_at: datetime | None
    concluded_at: datetime | None
    created_at: datetime
    version: int
    periods: tuple[PeriodFacts, ...]
    documents: tuple[DocumentFacts, ...]

    @property
    def ministry_id(self) -> int:
        """The tenant's id, which every policy asks."""
        return self.ministry.id

    @property
    def extensions(self) -> tuple[ExtensionFacts, ...]:
        """All extensions of all periods, the oldest first."""
        return tuple(sorted((e for period in self.periods for e in period.extensions), key=lambda e: e.extended_at))

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return in_language(self.title_ko, self.title_en, locale)

    def legal_basis(self, locale: str) -> str:
        """The legal basis in the reader's language."""
        return in_language(self.legal_basis_ko, self.legal_basis_en, locale)

    def reason(self, locale: str) -> str:
        """Why the draft is made, in the reader's language."""
        return in_language(self.reason_ko, self.reason_en, locale)

    def main_content(self, locale: str) -> str:
        """The main content in the reader's language."""
        return in_language(self.main_content_ko, self.main_content_en, locale)

    def receiving_body(self, locale: str) -> str:
        """Who receives the opinions, in the reader's language."""
        return in_language(self.receiving_body_ko, self.receiving_body_en, locale)

    def method(self, locale: str) -> str:
        """How opinions are filed, in the reader's language."""
        return in_language(self.method_ko, self.method_en, locale)

    @property
    def clock_facts(self) -> timing.Facts:
        """What `portal.consultations.periods` computes with."""
        return timing.Facts(self.announced_at, tuple(period.window for period in self.periods), self.concluded_at)

    def phase(self, now: datetime) -> timing.Phase:
        """Where the consultation stands: a key of `words.PHASES`."""
        return timing.phase(self.clock_facts, now)

    def current_period(self, now: datetime) -> PeriodFacts | None:
        """The period in which filings are taken now (of two that overlap the one that closes last); None unless the
        phase is *open*."""
        if self.phase(now) != timing.Phase.OPEN:
            return None
        return max((period for period in self.periods if period.window.holds(now)), key=lambda p: p.closes_at)

    def valid_until(self, now: datetime) -> datetime:
        """The next instant at which a page about this consultation says something else."""
        return timing.valid_until(self.clock_facts, now)

    def next_period(self, now: datetime) -> PeriodFacts | None:
        """The first period that has yet to open."""
        return min((period for period in self.periods if period.opens_at > now), key=lambda p: p.opens_at, default=None)

    def first_close(self) -> datetime | None:
        """When the first period closes: responses are published from then on, unless the rule says earlier."""
        return min((period.closes_at for period in self.periods), default=None)

    def last_close(self) -> datetime | None:
        """When the last period closes."""
        return max((period.closes_at for period in self.periods), default=None)


def consultation(session: Session, consultation_id: int) -> ConsultationFacts:
    """A consultation by its id. Raises NotFoundError. Three statements."""
    return _one(session, select(Consultation, Ministry).join(Ministry, Ministry.id == Consultation.ministry_id)
                .where(Consultation.id == consultation_id))


def consultation_by_slug(session: Session, slug: str) -> ConsultationFacts:
    """A consultation by its address, announced or not: ask a policy before showing it. Raises NotFoundError."""
    return _one(session, select(Consultation, Ministry).join(Ministry, Ministry.id == Consultation.ministry_id)
                .where(Consultation.slug == slug))


def consultations_of(session: Session, ministry_ids: Iterable[int]) -> tuple[ConsultationFacts, ...]:
    """All consultations of these ministries, the newest first, in preparation or not. Three statements."""
    return _all(session, select(Consultation, Ministry).join(Ministry, Ministry.id == Consultation.ministry_id)
                .where(Consultation.ministry_id.in_(tuple(ministry_ids)))
                .order_by(Consultation.created_at.desc(), Consultation.id.desc()))


def document_content(session: Session, consultation_id: int, document_id: int) -> DocumentContent:
    """A notice document of this consultation, with its content. Raises NotFoundError."""
    row = session.execute(select(*_DOCUMENT_COLUMNS, NoticeDocument.content).where(
        NoticeDocument.id == document_id, NoticeDocument.consultation_id == consultation_id)).first()
    if row is None:
        raise NotFoundError(msg("There is no such document."))
    return DocumentContent(DocumentFacts(*row[:-1]), row[-1])


def holiday_overrides(session: Session) -> tuple[timing.DayOverride, ...]:
    """The ad-hoc days that the calendar of public holidays does not know, in their order."""
    rows = session.execute(select(HolidayOverride.day, HolidayOverride.is_holiday, HolidayOverride.name_ko,
                                  HolidayOverride.name_en).order_by(HolidayOverride.day))
    return tuple(timing.DayOverride(*row) for row in rows)


def last_change(session: Session, consultation_id: int) -> tuple[str, datetime] | None:
    """Who changed the consultation last, and when: for the page that a stale save gets."""
    row = session.execute(
        select(Account.name, AuditEvent.at).outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(AuditEvent.consultation_id == consultation_id,
               or_(AuditEvent.verb.startswith("consultation."), AuditEvent.verb.startswith("draft.")))
        .order_by(AuditEvent.id.desc()).limit(1)).first()
    return None if row is None else (row[0] or "", row[1])


def step_changed_since(session: Session, consultation_id: int, step: str, version: int) -> bool:
    """Whether this step of making the consultation was changed after the state with this version."""
    return session.scalar(select(AuditEvent.id).where(
        AuditEvent.consultation_id == consultation_id, AuditEvent.verb == "consultation.changed",
        AuditEvent.data["step"].astext == step, AuditEvent.data["version"].as_integer() > version).limit(1)) is not None


def prefix_is_taken(session: Session, prefix: str, but: int | None = None) -> bool:
    """Whether another consultation numbers its submissions so."""
    return _taken(session, Consultation.number_prefix == prefix, but)


def slug_is_taken(session: Session, slug: str, but: int | None = None) -> bool:
    """Whether another consultation has this address."""
    return _taken(session, Consultation.slug == slug, but)


def _taken(session: Session, which: Any, but: int | None) -> bool:
    query = select(Consultation.id).where(which)
    if but is not None:
        query = query.where(Consultation.id != but)
    return session.scalar(query.limit(1)) is not None


_DOCUMENT_COLUMNS = (
    NoticeDocument.id, NoticeDocument.consultation_id, NoticeDocument.kind, NoticeDocument.title_ko,
    NoticeDocument.title_en, NoticeDocument.filename, NoticeDocument.media_type,
    func.octet_length(NoticeDocument.content), NoticeDocument.digest, NoticeDocument.added_at)


def _one(session: Session, query: Select[Consultation, Ministry]) -> ConsultationFacts:
    found = _all(session, query)
    if not found:
        raise NotFoundError(msg("There is no such consultation."))
    return found[0]


def _all(session: Session, query: Select[Consultation, Ministry]) -> tuple[ConsultationFacts, ...]:
    # A row that this session has already loaded must not hide what another transaction committed since.
    rows: Sequence[Any] = session.execute(query, execution_options={"populate_existing": True}).all()
    ids = [row[0].id for row in rows]
    if not ids:
        return ()
    of_periods = _periods(session, ids)
    of_documents: dict[int, list[DocumentFacts]] = {}
    for values in session.execute(select(*_DOCUMENT_COLUMNS).where(NoticeDocument.consultation_id.in_(ids))
                                  .order_by(NoticeDocument.id)):
        document = DocumentFacts(*values)
        of_documents.setdefault(document.consultation_id, []).append(document)
    return tuple(_facts(row, ministry, of_periods.get(row.id, ()), tuple(of_documents.get(row.id, ())))
                 for row, ministry in rows)


def _periods(session: Session, ids: Sequence[int]) -> dict[int, tuple[PeriodFacts, ...]]:
    rows = session.execute(
        select(CommentPeriod, PeriodExtension).outerjoin(PeriodExtension, PeriodExtension.period_id == CommentPeriod.id)
        .where(CommentPeriod.consultation_id.in_(ids))
        .order_by(CommentPeriod.number, PeriodExtension.id), execution_options={"populate_existing": True})
    periods_by_id: dict[int, CommentPeriod] = {}
    extensions: dict[int, list[ExtensionFacts]] = {}
    for period, extension in rows:
        periods_by_id[period.id] = period
        if extension is not None:
            extensions.setdefault(period.id, []).append(ExtensionFacts(
                period.id, extension.old_closes_at, extension.new_closes_at, extension.reason_ko,
                extension.reason_en, extension.extended_at))
    found: dict[int, list[PeriodFacts]] = {}
    for period in periods_by_id.values():
        found.setdefault(period.consultation_id, []).append(PeriodFacts(
            period.id, period.number, period.starts_on, period.days, period.opens_at, period.closes_at,
            period.short_period_record, None if period.scope is None else tuple(period.scope),
            tuple(extensions.get(period.id, ()))))
    return {key: tuple(values) for key, values in found.items()}


def _facts(row: Consultation, ministry: Ministry, of_periods: tuple[PeriodFacts, ...],
           documents: tuple[DocumentFacts, ...]) -> ConsultationFacts:
    return ConsultationFacts(
        id=row.id, ministry=MinistryFacts(ministry.id, ministry.slug, ministry.name_ko, ministry.name_en),
        slug=row.slug, kind=row.kind, draft_kind=row.draft_kind, title_ko=row.title_ko, title_en=row.title_en,
        notice_number=row.notice_number, gazette_number=row.gazette_number, gazette_url=row.gazette_url,
        legal_basis_ko=row.legal_basis_ko, legal_basis_en=row.legal_basis_en, reason_ko=row.reason_ko,
        reason_en=row.reason_en, main_content_ko=row.main_content_ko, main_content_en=row.main_content_en,
        receiving_body_ko=row.receiving_body_ko, receiving_body_en=row.receiving_body_en, method_ko=row.method_ko,
        method_en=row.method_en, number_prefix=row.number_prefix, comments_appear=row.comments_appear,
        responses_while_open=row.responses_while_open, technical_review=row.technical_review,
        legal_review=row.legal_review, omitted_documents=row.omitted_documents, announced_at=row.announced_at,
        concluded_at=row.concluded_at, created_at=row.created_at, version=row.version, periods=of_periods,
        documents=documents)
