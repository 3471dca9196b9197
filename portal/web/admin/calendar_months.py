"""The months of a comment period as a calendar that explains the count of days: which day is which, and why."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates

from portal.consultations import periods
from portal.kernel.i18n import Value, current_locale

#: Months that are drawn; of a longer period the first and the last ones are.
_MOST = 4


@dataclass(frozen=True)
class Day:
    """A day of a month. `number`: its place in the count; `why`: the name of a day that is no working day."""

    day: date
    in_month: bool
    role: str  # 'start', 'counted', 'rolled', 'last' or ''
    number: int | None
    why: Value


@dataclass(frozen=True)
class Month:
    """A month as weeks from Sunday to Saturday."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]

    @property
    def name(self) -> str:
        """`2025년 11월`, `November 2025`, in the language of whoever is being answered."""
        return str(dates.format_skeleton("yMMMM", self.first, locale=current_locale()))

    @property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The days of the week from Sunday, short and in full."""
        short, full = (dates.get_day_names(width, locale=current_locale()) for width in ("abbreviated", "wide"))
        return tuple((short[day], full[day]) for day in (6, 0, 1, 2, 3, 4, 5))


def months_of(computed: periods.PeriodComputation, overrides: Iterable[periods.DayOverride]) -> tuple[Month, ...]:
    """The months from the start to the last day; the middle of a long period is left out."""
    by_day = {override.day: override for override in overrides}
    firsts = []
    first = computed.start.replace(day=1)
    while first <= computed.last_day:
        firsts.append(first)
        first = (first + timedelta(days=32)).replace(day=1)
    if len(firsts) > _MOST:
        firsts = firsts[: _MOST // 2] + firsts[-_MOST // 2 :]
    weeks_of = calendar.Calendar(calendar.SUNDAY).monthdatescalendar
    return tuple(
        Month(first, tuple(tuple(_day(day, first, computed, by_day) for day in week)
                           for week in weeks_of(first.year, first.month)))
        for first in firsts)


def _day(day: date, first: date, computed: periods.PeriodComputation,
         overrides: dict[date, periods.DayOverride]) -> Day:
    in_month = day.month == first.month
    number = (day - computed.start).days
    role = ""
    if day == computed.last_day:
        role = "last"
    elif day == computed.start:
        role = "start"
    elif day >= computed.nominal_last_day and day < computed.last_day:
        role = "rolled"
    elif computed.start < day < computed.nominal_last_day:
        role = "counted"
    counted = role in ("counted", "last", "rolled") and number <= computed.days
    return Day(day, in_month, role, number if counted else None, periods.why_no_working_day(day, overrides))
