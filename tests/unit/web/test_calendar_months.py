"""The calendar of a comment period says the same as its computation."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.consultations import periods
from portal.kernel.i18n import use_locale
from portal.web.admin.calendar_months import months_of


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 100))
def test_every_day_has_its_part(start: date, days: int) -> None:
    computed = periods.deadline(start, days)
    shown = [day for month in months_of(computed, ()) for week in month.weeks for day in week if day.in_month]
    by_role: dict[str, list[date]] = {}
    for day in shown:
        by_role.setdefault(day.role, []).append(day.day)
    assert by_role["start"] == [start] and by_role["last"] == [computed.last_day]
    assert by_role.get("rolled", []) == [day for day, _ in computed.rolled_over]
    assert all(day.why is not None for day in shown if day.role == "rolled")
    numbers = [day.number for day in shown if day.number is not None]
    assert numbers == sorted(numbers) and numbers[-1] == days
    if len(shown) <= 124 and len(months_of(computed, ())) < 4:
        assert numbers == list(range(1, days + 1))


def test_months_are_named_in_the_readers_language() -> None:
    month = months_of(periods.deadline(date(2025, 11, 12), 40), ())[0]
    with use_locale("ko"):
        assert month.name == "2025년 11월" and month.weekdays[0] == ("일", "일요일")
    with use_locale("en"):
        assert month.name == "November 2025" and month.weekdays[6] == ("Sat", "Saturday")


def test_the_middle_of_a_long_period_is_left_out() -> None:
    months = months_of(periods.deadline(date(2025, 1, 2), 400), ())
    assert [month.first.month for month in months] == [1, 2, 1, 2]
