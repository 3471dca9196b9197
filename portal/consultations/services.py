"""Making a consultation and looking after it: the acts of a publisher, each with its rule, its record and its mark.

Until the announcement everything can be changed, by whoever saw the newest state (`version`); from then on the facts
are fixed, but for what only adds: an extension, a further period, a document. What the public sees is made anew after
each of these. The announcement itself begins in `portal.drafts.services`, for it publishes the first version of the
text; the count of unanswered opinions comes from above, for this area knows no opinions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.consultations import entries, periods, policies, queries
from portal.consultations.documents import checked_file
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.consultations.models import (
    DOCUMENT_KINDS,
    CommentPeriod,
    Consultation,
    HolidayOverride,
    NoticeDocument,
    PeriodExtension,
)
from portal.consultations.queries import ConsultationFacts
from portal.consultations.requirements import requirements
from portal.jobs.queue import mark_dirty
from portal.kernel import public_words
from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.clock import SEOUL
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.policy import Decision
from portal.kernel.text import LINE_LIMIT, REMARK_LIMIT, Typed, typed
from portal.organisations.models import Ministry

#: Documents that a notice can have; nobody has a use for more.
MAX_DOCUMENTS: Final = 50


def create_consultation(session: Session, actor: Actor, ministry_id: int, basics: Basics, *,
                        now: datetime) -> ConsultationFacts:
    """Begin a consultation of a ministry, in preparation. An address and a prefix left empty are chosen.

    Raises RefusedError for who is no publisher there, InvalidError naming the fields.
    """
    ministry = session.get(Ministry, ministry_id)
    if ministry is None or ministry_id not in actor.staff_roles:
        raise NotFoundError(msg("There is no such ministry."))
    policies.can_create(actor, ministry_id).require()
    clean = entries.checked_basics(basics)
    slug, prefix = clean.slug, clean.number_prefix
    if not slug:
        slug = entries.suggested_slug(clean.title_en, ministry.slug, now,
                                      session.scalars(select(Consultation.slug)).all())
    if not prefix:
        prefix = entries.suggested_prefix(clean.title_en, ministry.slug, now,
                                          session.scalars(select(Consultation.number_prefix)).all())
    _require_free(session, slug, prefix)
    values = {**asdict(clean), **asdict(Notice()), **asdict(Rule()), "slug": slug, "number_prefix": prefix}
    row = Consultation(ministry_id=ministry_id, omitted_documents={}, created_at=now,
                       created_by=actor.require_account(), version=1, **values)
    session.add(row)
    session.flush()
    _record(session, actor, "consultation.created", row, now, slug=slug)
    return queries.consultation(session, row.id)


def change_basics(session: Session, actor: Actor, consultation_id: int, basics: Basics, *, version: int,
                  now: datetime) -> ConsultationFacts:
    """Change kind, title, address or prefix before the announcement."""
    row = _editable(session, actor, consultation_id)
    clean = entries.checked_basics(basics)
    values = asdict(clean)
    values["slug"] = clean.slug or row.slug
    values["number_prefix"] = clean.number_prefix or row.number_prefix
    _require_free(session, values["slug"], values["number_prefix"], but=row.id)
    return _change(session, actor, row, values, version=version, step="basics", now=now)


def change_notice(session: Session, actor: Actor, consultation_id: int, notice: Notice, *, version: int,
                  now: datetime) -> ConsultationFacts:
    """Change the words of the notice before the announcement. What is missing is told by the check, not here."""
    row = _editable(session, actor, consultation_id)
    return _change(session, actor, row, asdict(entries.checked_notice(notice)), version=version, step="notice", now=now)


def change_rule(session: Session, actor: Actor, consultation_id: int, rule: Rule, *, version: int,
                now: datetime) -> ConsultationFacts:
    """Change the publication rule before the announcement; filers agree to it, so that it is fixed afterwards."""
    row = _editable(session, actor, consultation_id)
    return _change(session, actor, row, asdict(entries.checked_rule(rule)), version=version, step="rule", now=now)


def set_period(session: Session, actor: Actor, consultation_id: int, entry: PeriodEntry, *, version: int,
               now: datetime) -> ConsultationFacts:
    """Set the first comment period before the announcement. Its deadline follows from start, days and holidays.

    Raises InvalidError for a period shorter than the law allows without the record that it asks for.
    """
    row = _editable(session, actor, consultation_id)
    clean, computed = _computed(session, row.kind, entry)
    period = session.scalars(select(CommentPeriod).where(CommentPeriod.consultation_id == row.id)
                             .order_by(CommentPeriod.number).limit(1)).first()
    values = {"starts_on": clean.starts_on, "days": clean.days, "short_period_record": clean.short_period_record,
              "opens_at": periods.midnight_before(clean.starts_on), "closes_at": computed.closes_at}
    if period is None:
        _require_version(session, row, version, "period", {}, values)
        session.add(CommentPeriod(consultation_id=row.id, number=1, scope=None, **values))
    else:
        stored = {name: getattr(period, name) for name in values}
        if stored == values:
            return queries.consultation(session, row.id)
        _require_version(session, row, version, "period", stored, values)
        _set(period, values)
    row.version += 1
    _record(session, actor, "consultation.changed", row, now, step="period", starts_on=clean.starts_on.isoformat(),
            days=clean.days, closes_at=computed.closes_at.isoformat())
    session.flush()
    return queries.consultation(session, row.id)


def _computed(session: Session, kind: str, entry: PeriodEntry) -> tuple[PeriodEntry, periods.PeriodComputation]:
    """The entry in canonical form with its deadline, or InvalidError at the field that stands in its way."""
    clean = entries.checked_period(entry)
    remarks = periods.check_length(kind, clean.days, agreement_record=clean.short_period_record,
                                   urgency_reason=clean.short_period_record)
    stopping = [remark.message for remark in remarks if remark.blocking]
    if stopping:
        possible = clean.days >= 1 and any(not remark.blocking for remark in remarks)
        raise entries.invalid({"short_period_record" if possible else "days": stopping})
    return clean, periods.deadline(clean.starts_on, clean.days, queries.holiday_overrides(session))


# ---------------------------------------------------------------------------------------------------------- documents


def add_document(session: Session, actor: Actor, consultation_id: int, *, kind: str, filename: str, content: bytes,
                 title_ko: str = "", title_en: str = "", now: datetime) -> queries.DocumentFacts:
    """Attach a document to the notice; without a title it is called by its file's name. Possible until the conclusion.

    Raises InvalidError at `file` for content that its name belies, at `kind` and the titles.
    """
    row = _locked(session, actor, consultation_id)
    policies.can_add_document(actor, row).require()
    problems: dict[str, list[Message]] = {}
    if kind not in DOCUMENT_KINDS:
        problems["kind"] = [msg("Choose what the document is.")]
    titles = {name: typed(value, limit=LINE_LIMIT, one_line=True)
              for name, value in (("title_ko", title_ko), ("title_en", title_en))}
    problems |= _problems(titles)
    try:
        file = checked_file(filename, content)
    except InvalidError as error:
        raise entries.invalid({**error.problems, **problems}) from None
    # Of other formats nothing is read: what stands in them is for the eyes of who attaches them.
    words = file.content.decode() if file.media_type.startswith("text/") else ""
    if numbers := public_words.problems_of([file.filename, words]):
        problems["file"] = numbers
    if problems:
        raise entries.invalid(problems)
    held = session.execute(select(func.count(), func.count().filter(
        NoticeDocument.digest == file.digest, NoticeDocument.kind == kind))
        .where(NoticeDocument.consultation_id == row.id)).one()
    if held[0] >= MAX_DOCUMENTS:
        raise entries.invalid({"file": [nmsg("A notice has at most %(n)s document.",
                                             "A notice has at most %(n)s documents.", MAX_DOCUMENTS)]})
    if held[1]:
        raise entries.invalid({"file": [msg("This very file is attached already.")]})
    document = NoticeDocument(
        consultation_id=row.id, kind=kind, title_ko=titles["title_ko"].text or file.filename.rpartition(".")[0],
        title_en=titles["title_en"].text, filename=file.filename, media_type=file.media_type, content=file.content,
        digest=file.digest, added_by=actor.require_account(), added_at=now)
    session.add(document)
    if kind in row.omitted_documents:
        row.omitted_documents = {key: value for key, value in row.omitted_documents.items() if key != kind}
    row.version += 1
    session.flush()
    record(session, actor, "consultation.document_added", "notice_document", document.id, now=now,
           ministry_id=row.ministry_id, consultation_id=row.id, kind=kind, digest=file.digest)
    _publish_anew(session, row, now)
    return queries.DocumentFacts(
        document.id, row.id, kind, document.title_ko, document.title_en, document.filename, document.media_type,
        len(file.content), file.digest, now)


def remove_document(session: Session, actor: Actor, consultation_id: int, document_id: int, *, now: datetime) -> None:
    """Take a document off the notice, before the announcement. One that is gone already stays gone."""
    row = _editable(session, actor, consultation_id)
    gone = session.execute(delete(NoticeDocument).where(
        NoticeDocument.id == document_id, NoticeDocument.consultation_id == row.id)
        .returning(NoticeDocument.kind, NoticeDocument.digest)).first()
    if gone is None:
        return
    row.version += 1
    record(session, actor, "consultation.document_removed", "notice_document", document_id, now=now,
           ministry_id=row.ministry_id, consultation_id=row.id, kind=gone.kind, digest=gone.digest)
    session.flush()


def omit_documents(session: Session, actor: Actor, consultation_id: int, reasons: Mapping[str, Mapping[str, str]], *,
                   version: int, now: datetime) -> ConsultationFacts:
    """State, before the announcement, which documents the notice does without, and why: kind -> {"ko", "en"}.

    The Korean reason is what counts: a kind without one is not left out. Raises InvalidError at `<kind>_ko`.
    """
    row = _editable(session, actor, consultation_id)
    problems: dict[str, list[Message]] = {}
    kept: dict[str, dict[str, str]] = {}
    for kind, reason in reasons.items():
        if kind not in DOCUMENT_KINDS:
            raise entries.invalid({"": [msg("Choose what the document is.")]})
        read = {locale: typed(reason.get(locale, ""), limit=REMARK_LIMIT) for locale in ("ko", "en")}
        problems |= _problems({f"{kind}_{locale}": text for locale, text in read.items()})
        if read["en"].text and not read["ko"].text:
            problems[f"{kind}_ko"] = [msg("Give the reason in Korean, too.")]
        if read["ko"].text:
            kept[kind] = {locale: text.text for locale, text in read.items()}
    if problems:
        raise entries.invalid(problems)
    return _change(session, actor, row, {"omitted_documents": kept}, version=version, step="documents", now=now)


# ---------------------------------------------------------------------------- announcing, extending, adding, concluding


def mark_announced(session: Session, actor: Actor, consultation_id: int, *, has_draft: bool, makes_table: bool,
                   version: int, now: datetime) -> ConsultationFacts:
    """Announce what was checked, in the state that was checked. Called by `portal.drafts.services`, which publishes the
    first version of the text in the same transaction.

    Filings are taken from the day of the notice on, but not before the announcement. Raises InvalidError with what is
    missing (keys are those of the requirements), ConflictError when a colleague changed something since.
    """
    row = _locked(session, actor, consultation_id)
    policies.can_announce(actor, row).require()
    facts = queries.consultation(session, row.id)
    if row.version != version:
        raise _conflict(session, row, {})
    needed = requirements(facts, has_draft=has_draft, makes_table=makes_table, now=now,
                          overrides=queries.holiday_overrides(session))
    missing = {requirement.key: [requirement.missing] for requirement in needed if not requirement.met}
    if missing:
        raise InvalidError(
            nmsg("%(n)s thing is missing for the announcement.", "%(n)s things are missing for the announcement.",
                 len(missing)), missing)
    period = session.get_one(CommentPeriod, facts.periods[0].id)
    period.opens_at = max(period.opens_at, now)
    if makes_table:  # a reason for having none is true no more
        row.omitted_documents = {kind: reason for kind, reason in row.omitted_documents.items()
                                 if kind != "old_new_table"}
    row.announced_at = now
    row.version += 1
    session.flush()
    _record(session, actor, "consultation.announced", row, now, opens_at=period.opens_at.isoformat(),
            closes_at=period.closes_at.isoformat(), days=period.days)
    _publish_anew(session, row, now)
    return queries.consultation(session, row.id)


def extend_period(session: Session, actor: Actor, consultation_id: int, period_id: int, *, last_day: date | None,
                  reason_ko: str, reason_en: str, version: int, now: datetime) -> ConsultationFacts:
    """Extend a comment period to the end of a later day (of the next working day after it, where it is none).

    The reason is public, in Korean, and in English where it is given. Raises InvalidError naming all the fields at
    once (`last_day` None: none that could be read), StateError once it is closed.
    """
    row = _locked(session, actor, consultation_id)
    facts = queries.consultation(session, row.id)
    period = next((period for period in facts.periods if period.id == period_id), None)
    if period is None:
        raise NotFoundError(msg("There is no such comment period."))
    policies.can_extend(actor, facts, period, now).require()
    reasons = {name: typed(value, limit=REMARK_LIMIT) for name, value in (("reason_ko", reason_ko),
                                                                         ("reason_en", reason_en))}
    problems = _problems(reasons)
    if not reasons["reason_ko"].text:
        problems.setdefault("reason_ko", []).append(msg("Give the reason in Korean: the public reads it."))
    closes_at = None if last_day is None else extended_close(session, period, last_day)
    if closes_at is None:
        problems["last_day"] = [msg("Choose a day after %(day)s, on which the period ends now.",
                                    day=_last_day(period.closes_at))]
    if problems or closes_at is None:
        raise entries.invalid(problems)
    if row.version != version:
        raise _conflict(session, row, {"last_day": _last_day(period.closes_at)})
    session.add(PeriodExtension(
        period_id=period.id, old_closes_at=period.closes_at, new_closes_at=closes_at,
        reason_ko=reasons["reason_ko"].text, reason_en=reasons["reason_en"].text,
        extended_by=actor.require_account(), extended_at=now))
    session.get_one(CommentPeriod, period.id).closes_at = closes_at
    row.version += 1
    session.flush()
    record(session, actor, "consultation.period_extended", "comment_period", period.id, now=now,
           ministry_id=row.ministry_id, consultation_id=row.id, number=period.number,
           old_closes_at=period.closes_at.isoformat(), new_closes_at=closes_at.isoformat())
    _publish_anew(session, row, now)
    return queries.consultation(session, row.id)


def extended_close(session: Session, period: queries.PeriodFacts, last_day: date) -> datetime | None:
    """When a period extended to this day would close; None where that is no extension."""
    days = (last_day - period.starts_on).days
    if not 1 <= days <= periods.LONGEST_DAYS:
        return None
    closes_at = periods.deadline(period.starts_on, days, queries.holiday_overrides(session)).closes_at
    return closes_at if closes_at > period.closes_at else None


def _last_day(closes_at: datetime) -> date:
    """The day that ends at this midnight in Korea."""
    return date.fromordinal(closes_at.astimezone(SEOUL).date().toordinal() - 1)


def add_period(session: Session, actor: Actor, consultation_id: int, entry: PeriodEntry, *,
               scope: Sequence[str] | None, version: int, now: datetime) -> ConsultationFacts:
    """Give notice again (재입법예고, 행정절차법 제41조 ④) of a consultation that was announced: a further period, over
    all of the text or over some clauses (`scope`: their eIds, which the caller has found in the newest version).

    It starts today or later and not before the last period is closed. The law's days apply as to the first.
    """
    row = _locked(session, actor, consultation_id)
    policies.can_add_period(actor, row).require()
    facts = queries.consultation(session, row.id)
    clean, computed = _computed(session, row.kind, entry)
    opens_at = max(periods.midnight_before(clean.starts_on), now)
    last_close = facts.last_close()
    if clean.starts_on < now.astimezone(SEOUL).date():
        raise entries.invalid({"starts_on": [msg("Choose today or a later day.")]})
    if last_close is not None and periods.midnight_before(clean.starts_on) < last_close and opens_at < last_close:
        raise entries.invalid({"starts_on": [msg("The period before it ends on %(day)s. Choose a later day.",
                                                 day=_last_day(last_close))]})
    if scope is not None and not scope:
        raise entries.invalid({"scope": [msg("Choose at least one clause, or give notice of the whole text.")]})
    if row.version != version:
        raise _conflict(session, row, {})
    number = max(period.number for period in facts.periods) + 1
    period = CommentPeriod(
        consultation_id=row.id, number=number, starts_on=clean.starts_on, days=clean.days, opens_at=opens_at,
        closes_at=computed.closes_at, short_period_record=clean.short_period_record,
        scope=None if scope is None else list(scope))
    session.add(period)
    row.version += 1
    session.flush()
    record(session, actor, "consultation.period_added", "comment_period", period.id, now=now,
           ministry_id=row.ministry_id, consultation_id=row.id, number=number, opens_at=opens_at.isoformat(),
           closes_at=computed.closes_at.isoformat(), scope=None if scope is None else list(scope))
    _publish_anew(session, row, now)
    return queries.consultation(session, row.id)


def conclude_consultation(session: Session, actor: Actor, consultation_id: int, *, unanswered: int,
                          now: datetime) -> ConsultationFacts:
    """Conclude, once every opinion has its published answer (행정절차법 제44조 ④).

    `unanswered` counts the segments of current filings that are neither published nor excused; whoever calls has
    counted them in this transaction. Raises StateError while there is one, or while a period is to come or open.
    """
    row = _locked(session, actor, consultation_id)
    facts = queries.consultation(session, row.id)
    policies.can_conclude(actor, facts, now).require()
    if unanswered > 0:
        raise StateError(
            nmsg("%(n)s opinion has no published response yet.", "%(n)s opinions have no published response yet.",
                 unanswered),
            what_next=msg("Everyone who filed is told result and reason, item by item. Publish the responses that are "
                          "missing, then conclude."))
    row.concluded_at = now
    row.version += 1
    session.flush()
    _record(session, actor, "consultation.concluded", row, now)
    _publish_anew(session, row, now)
    return queries.consultation(session, row.id)


# ----------------------------------------------------------------------------------------------------------- holidays


def set_holiday(session: Session, actor: Actor, *, day: date, is_holiday: bool, name_ko: str, name_en: str,
                now: datetime) -> None:
    """Enter an ad-hoc public holiday (임시공휴일), or a holiday that is a working day after all, for what is computed
    from now on. Deadlines that were announced stay as announced. For publishers and administrators of any ministry.
    """
    policies.can_keep_calendar(actor).require()
    names = {"name_ko": typed(name_ko, limit=LINE_LIMIT, one_line=True),
             "name_en": typed(name_en, limit=LINE_LIMIT, one_line=True)}
    problems = _problems(names)
    if not names["name_ko"].text:
        problems["name_ko"] = [msg("Enter the name of the day in Korean.")]
    if problems:
        raise entries.invalid(problems)
    values = {"is_holiday": is_holiday, "name_ko": names["name_ko"].text,
              "name_en": names["name_en"].text or names["name_ko"].text}
    session.execute(insert(HolidayOverride).values(day=day, **values)
                    .on_conflict_do_update(index_elements=["day"], set_=values))
    record(session, actor, "consultation.holiday_changed", "holiday", None, now=now, day=day.isoformat(),
           is_holiday=is_holiday)


def remove_holiday(session: Session, actor: Actor, *, day: date, now: datetime) -> None:
    """Take an ad-hoc day out of the calendar again."""
    policies.can_keep_calendar(actor).require()
    session.execute(delete(HolidayOverride).where(HolidayOverride.day == day))
    record(session, actor, "consultation.holiday_changed", "holiday", None, now=now, day=day.isoformat(),
           is_holiday=None)


# -------------------------------------------------------------------------------------------------------------- common


def require_manageable(session: Session, actor: Actor, slug: str) -> ConsultationFacts:
    """The consultation at this address for a publisher of its ministry. To others one in preparation does not exist."""
    facts = queries.consultation_by_slug(session, slug)
    if not policies.knows_of(actor, facts):
        raise NotFoundError(msg("There is no such consultation."))
    policies.can_manage(actor, facts).require()
    return facts


def lock_for(session: Session, actor: Actor, consultation_id: int,
             rule: Callable[[Actor, Consultation], Decision], *, facts_stay: bool = False) -> Consultation:
    """The row, locked against every other act on this consultation, if the rule admits the actor. With `facts_stay`,
    for what takes its time on the text under preview only, those who file on it are not kept waiting."""
    row = _locked(session, actor, consultation_id, key_share=facts_stay)
    rule(actor, row).require()
    return row


def _problems(read: Mapping[str, Typed]) -> dict[str, list[Message]]:
    """Why texts that the public will read cannot be taken, by name."""
    return {name: problems for name, each in read.items() if (problems := public_words.stopping(each))}


def _locked(session: Session, actor: Actor, consultation_id: int, *, key_share: bool = False) -> Consultation:
    row = session.get(Consultation, consultation_id, with_for_update={"key_share": key_share}, populate_existing=True)
    if row is None or not policies.knows_of(actor, row):
        raise NotFoundError(msg("There is no such consultation."))
    return row


def _editable(session: Session, actor: Actor, consultation_id: int) -> Consultation:
    return lock_for(session, actor, consultation_id, policies.can_edit)


def _change(session: Session, actor: Actor, row: Consultation, values: Mapping[str, Any], *, version: int, step: str,
            now: datetime) -> ConsultationFacts:
    stored = {name: getattr(row, name) for name in values}
    changed = sorted(name for name, value in values.items() if stored[name] != value)
    if changed:
        _require_version(session, row, version, step, stored, values)
        _set(row, values)
        row.version += 1
        session.flush()
        _record(session, actor, "consultation.changed", row, now, step=step, fields=changed)
    return queries.consultation(session, row.id)


def _set(row: Consultation | CommentPeriod, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _require_version(session: Session, row: Consultation, version: int, step: str, stored: Mapping[str, Any],
                     sent: Mapping[str, Any]) -> None:
    """A save from a page older than the last change of the same step is refused, with what stands there now where the
    two differ. What a colleague did to another step in the meantime is in nobody's way."""
    if row.version != version and queries.step_changed_since(session, row.id, step, version):
        raise _conflict(session, row, {name: value for name, value in stored.items() if value != sent[name]})


def _conflict(session: Session, row: Consultation, theirs: Mapping[str, Any]) -> ConflictError:
    name, at = queries.last_change(session, row.id) or ("", row.created_at)
    return ConflictError(
        msg("%(name)s changed this consultation on %(when)s, after you had opened this page.", name=name, when=at),
        changed_by=name, changed_at=at, theirs=theirs, version=row.version,
        what_next=msg("Look at what stands there now, and decide."))


def _require_free(session: Session, slug: str, prefix: str, but: int | None = None) -> None:
    problems: dict[str, list[Message]] = {}
    if queries.slug_is_taken(session, slug, but):
        problems["slug"] = [msg("Another consultation has this address.")]
    if queries.prefix_is_taken(session, prefix, but):
        problems["number_prefix"] = [msg("Another consultation numbers its submissions so.")]
    if problems:
        raise entries.invalid(problems)


def _publish_anew(session: Session, row: Consultation, now: datetime) -> None:
    """Public facts changed: the publication is made anew. Nothing is published of what is in preparation."""
    if row.announced_at is not None:
        mark_dirty(session, "publication", row.id, now=now)


def _record(session: Session, actor: Actor, verb: str, row: Consultation, now: datetime, **data: Any) -> None:
    record(session, actor, verb, "consultation", row.id, now=now, ministry_id=row.ministry_id, consultation_id=row.id,
           version=row.version, **data)

