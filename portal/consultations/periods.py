"""The calendar of a notice and the phase of a consultation: pure functions of days, facts and the clock.

A notice runs a number of days. The day it starts is not counted; a last day on a Saturday, a Sunday or a public
holiday rolls to the next working day; the period ends when that day ends in Korea (행정기본법 제6조 ①; 민법 제157조,
제159조, 제161조). Public holidays come from the `holidays` package, ad-hoc ones from overrides. The phase is stored
nowhere: it follows from what was announced, opened, closed and concluded, and when. Nothing here knows a database or a
person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from holidays import country_holidays

from portal.kernel.clock import SEOUL
from portal.kernel.i18n import Message, Value, as_deadline, in_both, msg, nmsg

#: Longest notice that is computed: far beyond any real one, and short of the end of the calendar.
LONGEST_DAYS: Final = 3_650

_MINIMUM_DAYS: Final = {"legislative_notice": 40, "administrative_notice": 20}
_URGENT_MINIMUM_DAYS: Final = 10


# ------------------------------------------------------------------------------------------------------- the calendar


@dataclass(frozen=True, slots=True)
class DayOverride:
    """A day that the government made a public holiday (or a working day) and that the package does not know."""

    day: date
    is_holiday: bool
    name_ko: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class PeriodComputation:
    """How a period's end was found.

    `nominal_last_day` is `days` after `start`; `last_day` the working day it rolled to; `closes_at` the midnight in
    Korea that ends it, in UTC, itself no longer in. `rolled_over` names the days that were passed over, and why;
    `steps` says all of it in sentences.
    """

    start: date
    days: int
    nominal_last_day: date
    last_day: date
    closes_at: datetime
    rolled_over: tuple[tuple[date, Value], ...]
    steps: tuple[Message, ...]


def deadline(start: date, days: int, overrides: Iterable[DayOverride] = ()) -> PeriodComputation:
    """The end of a notice that starts on a day (in Korea) and runs for a number of days, with its explanation.

    Raises ValueError for fewer than one day or more than LONGEST_DAYS.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"a notice cannot run {days} days")
    by_day = {override.day: override for override in overrides}
    nominal = last = start + timedelta(days=days)
    rolled_over: list[tuple[date, Value]] = []
    while (why := why_no_working_day(last, by_day)) is not None:
        rolled_over.append((last, why))
        last += timedelta(days=1)
    closes_at = midnight_after(last)
    steps = [
        msg("The notice starts on %(day)s. That day is not counted.", day=start),
        nmsg("Day %(n)s is %(day)s.", "Day %(n)s is %(day)s.", days, day=nominal),
        *(msg("%(day)s is no working day (%(why)s): the period runs on.", day=d, why=why) for d, why in rolled_over),
        msg("Comments can be filed until %(deadline)s.", deadline=as_deadline(closes_at)),
    ]
    return PeriodComputation(start, days, nominal, last, closes_at, tuple(rolled_over), tuple(steps))


def why_no_working_day(day: date, overrides: Mapping[date, DayOverride]) -> Value:
    """The name of the holiday or of the day of the weekend; None on a working day. An override decides alone, but makes
    no working day of a Saturday or Sunday."""
    override = overrides.get(day)
    if override is not None and override.is_holiday:
        return in_both(ko=override.name_ko, en=override.name_en)
    if override is None and (name := _holidays(day.year).get(day)) is not None:
        return name
    return {5: msg("Saturday"), 6: msg("Sunday")}.get(day.weekday())


@lru_cache(maxsize=64)
def _holidays(year: int) -> Mapping[date, Value]:
    """The public holidays of a year with their names in both languages."""
    english = country_holidays("KR", years=year, language="en_US")
    return {
        day: in_both(ko=name.replace("; ", ", "), en=english[day].replace("; ", ", "))
        for day, name in country_holidays("KR", years=year, language="ko").items()
    }


def midnight_after(day: date) -> datetime:
    """The instant at which a day ends in Korea, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SEOUL).astimezone(UTC)


def midnight_before(day: date) -> datetime:
    """The instant at which a day begins in Korea, in UTC."""
    return datetime.combine(day, time(), SEOUL).astimezone(UTC)


def in_scope(eid: str, scope: Sequence[str] | None) -> bool:
    """Whether a clause is in the part of the draft that a comment period is about; None is all of it, and the draft as
    a whole (`doc`) is in every part."""
    return scope is None or eid == "doc" or any(eid == part or eid.startswith(f"{part}__") for part in scope)


# ------------------------------------------------------------------------------------------------ how long it must run


@dataclass(frozen=True, slots=True)
class LengthRemark:
    """What is to be said of a notice's length. A blocking one stops the announcement; the others warn."""

    message: Message
    blocking: bool


def minimum_days(kind: str) -> int:
    """How many days the law asks of a notice: 40 of a legislative one (행정절차법 제43조), 20 of an administrative one
    (제46조 ③). Raises KeyError for another kind."""
    return _MINIMUM_DAYS[kind]


def check_length(kind: str, days: int, *, agreement_record: str = "", urgency_reason: str = "") -> list[LengthRemark]:
    """What the law says against a notice of so many days; empty where it is long enough.

    A shorter legislative notice needs the recorded agreement of the Ministry of Government Legislation (법제업무
    운영규정 제14조 ②); a shorter administrative one a recorded reason of urgency, and ten days in any case (행정절차법
    제46조 ④).
    """
    least = minimum_days(kind)
    if days < 1 or days > LONGEST_DAYS:
        return [LengthRemark(msg("A notice runs at least one day and at most ten years."), blocking=True)]
    if days >= least:
        return []
    short = nmsg(
        "This notice runs %(n)s day. The law asks for at least %(least)s.",
        "This notice runs %(n)s days. The law asks for at least %(least)s.",
        days,
        least=least,
    )
    if kind == "administrative_notice":
        if days < _URGENT_MINIMUM_DAYS:
            too_short = msg(
                "An administrative notice runs at least %(least)s days, even in urgency.", least=_URGENT_MINIMUM_DAYS
            )
            return [LengthRemark(too_short, blocking=True)]
        record = urgency_reason
        needed = msg("Record why it is urgent: only then may an administrative notice be shorter.")
    else:
        record = agreement_record
        needed = msg(
            "Record the agreement of the Ministry of Government Legislation (date and document number): "
            "only with it may a legislative notice be shorter."
        )
    if record.strip():
        return [LengthRemark(short, blocking=False)]
    return [LengthRemark(short, blocking=False), LengthRemark(needed, blocking=True)]


# ----------------------------------------------------------------------------------------------------------- the phase


class Phase(StrEnum):
    """Where a consultation stands, by its facts and the clock."""

    PREPARING = "preparing"
    ANNOUNCED = "announced"
    OPEN = "open"
    BETWEEN_PERIODS = "between_periods"
    CLOSED = "closed"
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True)
class Window:
    """A comment period: `opens_at` is in, `closes_at` is out."""

    opens_at: datetime
    closes_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether filings are taken at this instant."""
        return self.opens_at <= now < self.closes_at


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the phase follows from."""

    announced_at: datetime | None
    windows: Sequence[Window]
    concluded_at: datetime | None


def phase(facts: Facts, now: datetime) -> Phase:
    """The phase at an instant."""
    if facts.concluded_at is not None and facts.concluded_at <= now:
        return Phase.CONCLUDED
    if facts.announced_at is None or now < facts.announced_at:
        return Phase.PREPARING
    if any(window.holds(now) for window in facts.windows):
        return Phase.OPEN
    past = any(window.closes_at <= now for window in facts.windows)
    coming = any(now < window.opens_at for window in facts.windows)
    if past:
        return Phase.BETWEEN_PERIODS if coming else Phase.CLOSED
    return Phase.ANNOUNCED


def days_left(closes_at: datetime, now: datetime) -> int | None:
    """How many days after today filings are still taken: 0 on the last day, None once the period is closed. Days are
    those of the Korean calendar."""
    if now >= closes_at:
        return None
    last_day = (closes_at - timedelta(microseconds=1)).astimezone(SEOUL).date()
    return (last_day - now.astimezone(SEOUL).date()).days


def valid_until(facts: Facts, now: datetime) -> datetime:
    """The next instant at which a page about this consultation says something else: a midnight in Korea (days left), or
    the next announcement, opening, close or conclusion, whichever comes first. In UTC."""
    instants = [facts.announced_at, facts.concluded_at]
    instants += [instant for window in facts.windows for instant in (window.opens_at, window.closes_at)]
    midnight = midnight_after(now.astimezone(SEOUL).date())
    return min([midnight, *(instant.astimezone(UTC) for instant in instants if instant is not None and instant > now)])
