"""The calendar of a notice, the length that the law asks for, and the phase that follows from the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consultations.periods import (
    LONGEST_DAYS,
    DayOverride,
    Facts,
    Phase,
    Window,
    check_length,
    days_left,
    deadline,
    midnight_after,
    midnight_before,
    minimum_days,
    phase,
    valid_until,
    why_no_working_day,
)
from portal.kernel.clock import SEOUL
from portal.kernel.i18n import show, translate

DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))
MICROSECOND = timedelta(microseconds=1)


class TestDeadline:
    def test_the_notice_of_the_ai_decree(self) -> None:
        found = deadline(date(2025, 11, 12), 40)
        assert found.nominal_last_day == found.last_day == date(2025, 12, 22)
        assert found.closes_at == datetime(2025, 12, 22, 15, tzinfo=UTC)
        assert found.closes_at.astimezone(SEOUL) == datetime(2025, 12, 23, tzinfo=SEOUL)
        assert found.rolled_over == ()
        assert [translate(step, "ko") for step in found.steps] == [
            "예고는 2025. 11. 12.(수)에 시작하며, 첫날은 기간에 넣지 않습니다.",
            "40일째 되는 날은 2025. 12. 22.(월)입니다.",
            "의견은 한국 시각으로 2025. 12. 22.(월) 24:00까지 제출할 수 있습니다.",
        ]

    @pytest.mark.parametrize(
        ("start", "days", "last", "passed"),
        [
            (date(2025, 11, 10), 40, date(2025, 12, 22), ["Saturday", "Sunday"]),
            (date(2025, 11, 15), 40, date(2025, 12, 26), ["Christmas Day"]),
            # Chuseok 2025: a Saturday, three days with a substitute, Hangul Day, then a Friday
            (
                date(2025, 8, 25), 40, date(2025, 10, 10),
                ["Saturday", "The day preceding Chuseok", "Chuseok", "The second day of Chuseok",
                 "Alternative holiday for Chuseok", "Hangul Day"],
            ),
            # the substitute of a holiday on a Sunday (삼일절 2026)
            (date(2026, 1, 19), 40, date(2026, 3, 3), ["Saturday", "Independence Movement Day",
                                                     "Alternative holiday for Independence Movement Day"]),
            (date(2026, 3, 22), 40, date(2026, 5, 4), ["Labor Day", "Saturday", "Sunday"]),
            (date(2025, 12, 2), 30, date(2026, 1, 2), ["New Year's Day"]),
            (date(2025, 4, 24), 40, date(2025, 6, 4), ["Presidential Election Day"]),
        ],
    )
    def test_rolls_to_the_next_working_day(self, start: date, days: int, last: date, passed: list[str]) -> None:
        found = deadline(start, days)
        assert found.last_day == last
        assert [show(why, "en") for _, why in found.rolled_over] == passed
        assert len(found.steps) == 3 + len(passed)

    def test_holidays_have_their_names_in_both_languages(self) -> None:
        ((day, why),) = deadline(date(2025, 11, 15), 40).rolled_over
        assert day == date(2025, 12, 25)
        assert (show(why, "ko"), show(why, "en")) == ("기독탄신일", "Christmas Day")
        both = why_no_working_day(date(2025, 5, 5), {})
        assert show(both, "ko") == "부처님오신날, 어린이날"

    def test_an_ad_hoc_holiday_rolls_on(self) -> None:
        override = DayOverride(date(2025, 12, 22), True, "임시공휴일", "Temporary holiday")
        found = deadline(date(2025, 11, 12), 40, [override])
        assert found.last_day == date(2025, 12, 23)
        ((_, why),) = found.rolled_over
        assert (show(why, "ko"), show(why, "en")) == ("임시공휴일", "Temporary holiday")

    def test_an_override_can_take_a_holiday_away_but_not_a_weekend(self) -> None:
        working = [DayOverride(date(2025, 12, 25), False), DayOverride(date(2025, 12, 20), False)]
        assert deadline(date(2025, 11, 15), 40, working).last_day == date(2025, 12, 25)
        assert deadline(date(2025, 11, 10), 40, working).last_day == date(2025, 12, 22)

    @pytest.mark.parametrize("days", [0, -1, LONGEST_DAYS + 1])
    def test_a_senseless_length_is_refused(self, days: int) -> None:
        with pytest.raises(ValueError, match=str(days)):
            deadline(date(2025, 1, 1), days)

    @given(DAYS, st.integers(1, 200))
    def test_ends_at_a_midnight_after_a_working_day(self, start: date, days: int) -> None:
        found = deadline(start, days)
        assert found.nominal_last_day == start + timedelta(days=days)
        assert why_no_working_day(found.last_day, {}) is None
        assert found.last_day.weekday() < 5
        assert found.closes_at.astimezone(SEOUL).date() == found.last_day + timedelta(days=1)
        assert (found.closes_at - MICROSECOND).astimezone(SEOUL).date() == found.last_day
        passed = [day for day, _ in found.rolled_over]
        assert passed == [found.nominal_last_day + timedelta(days=n) for n in range(len(passed))]
        assert found.last_day == found.nominal_last_day + timedelta(days=len(passed))

    @given(DAYS, st.integers(1, 200))
    def test_a_longer_notice_never_ends_sooner(self, start: date, days: int) -> None:
        assert deadline(start, days + 1).closes_at >= deadline(start, days).closes_at

    @given(DAYS)
    def test_a_day_lies_between_its_midnights(self, day: date) -> None:
        assert midnight_before(day) == midnight_after(day - timedelta(days=1))
        assert midnight_after(day) - midnight_before(day) == timedelta(days=1)
        assert midnight_before(day).utcoffset() == timedelta(0)


class TestLength:
    def test_minimum(self) -> None:
        assert minimum_days("legislative_notice") == 40
        assert minimum_days("administrative_notice") == 20
        with pytest.raises(KeyError):
            minimum_days("another")

    @pytest.mark.parametrize(
        ("kind", "days", "record", "remarks"),
        [
            ("legislative_notice", 40, "", []),
            ("legislative_notice", 39, "", [False, True]),
            ("legislative_notice", 39, "   ", [False, True]),
            ("legislative_notice", 39, "법제처 법제총괄과-123 (2025. 11. 3.)", [False]),
            ("legislative_notice", 1, "법제처 법제총괄과-123 (2025. 11. 3.)", [False]),
            ("administrative_notice", 20, "", []),
            ("administrative_notice", 19, "", [False, True]),
            ("administrative_notice", 19, "긴급", [False]),
            ("administrative_notice", 10, "긴급", [False]),
            ("administrative_notice", 9, "긴급", [True]),
            ("administrative_notice", 9, "", [True]),
            ("legislative_notice", 0, "협의", [True]),
            ("administrative_notice", -3, "긴급", [True]),
            ("legislative_notice", LONGEST_DAYS + 1, "", [True]),
        ],
    )
    def test_what_blocks_and_what_warns(self, kind: str, days: int, record: str, remarks: list[bool]) -> None:
        found = check_length(kind, days, agreement_record=record, urgency_reason=record)
        assert [remark.blocking for remark in found] == remarks

    def test_each_kind_has_its_own_record(self) -> None:
        assert any(r.blocking for r in check_length("legislative_notice", 30, urgency_reason="긴급"))
        assert any(r.blocking for r in check_length("administrative_notice", 15, agreement_record="협의"))

    def test_says_what_is_asked_for(self) -> None:
        warning, needed = check_length("legislative_notice", 20)
        assert translate(warning.message, "en") == "This notice runs 20 days. The law asks for at least 40."
        assert "Ministry of Government Legislation" in translate(needed.message, "en")
        assert "법제처" in translate(needed.message, "ko")


ANNOUNCED = datetime(2025, 11, 11, 0, tzinfo=UTC)
FIRST = Window(datetime(2025, 11, 11, 15, tzinfo=UTC), datetime(2025, 12, 22, 15, tzinfo=UTC))
SECOND = Window(datetime(2026, 1, 10, 15, tzinfo=UTC), datetime(2026, 1, 20, 15, tzinfo=UTC))
CONCLUDED = datetime(2026, 3, 1, tzinfo=UTC)
FACTS = Facts(ANNOUNCED, [FIRST, SECOND], CONCLUDED)


class TestPhase:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (ANNOUNCED - MICROSECOND, Phase.PREPARING),
            (ANNOUNCED, Phase.ANNOUNCED),
            (FIRST.opens_at - MICROSECOND, Phase.ANNOUNCED),
            (FIRST.opens_at, Phase.OPEN),
            (FIRST.closes_at - MICROSECOND, Phase.OPEN),
            (FIRST.closes_at, Phase.BETWEEN_PERIODS),
            (SECOND.opens_at, Phase.OPEN),
            (SECOND.closes_at - MICROSECOND, Phase.OPEN),
            (SECOND.closes_at, Phase.CLOSED),
            (CONCLUDED - MICROSECOND, Phase.CLOSED),
            (CONCLUDED, Phase.CONCLUDED),
        ],
    )
    def test_one_consultation_through_its_life(self, now: datetime, expected: Phase) -> None:
        assert phase(FACTS, now) == expected
        assert phase(Facts(ANNOUNCED, [SECOND, FIRST], CONCLUDED), now) == expected  # whatever the order

    def test_without_facts(self) -> None:
        assert phase(Facts(None, [FIRST], None), FIRST.opens_at) == Phase.PREPARING
        assert phase(Facts(ANNOUNCED, [], None), CONCLUDED) == Phase.ANNOUNCED
        assert phase(Facts(ANNOUNCED, [FIRST], None), CONCLUDED) == Phase.CLOSED

    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (datetime(2025, 12, 22, 0, tzinfo=SEOUL), 0),
            (datetime(2025, 12, 22, 23, 59, 59, tzinfo=SEOUL), 0),
            (datetime(2025, 12, 21, 23, 59, 59, tzinfo=SEOUL), 1),
            (datetime(2025, 12, 10, 9, tzinfo=SEOUL), 12),
            (FIRST.closes_at - MICROSECOND, 0),
            (FIRST.closes_at, None),
        ],
    )
    def test_days_left(self, now: datetime, left: int | None) -> None:
        assert days_left(FIRST.closes_at, now) == left
        assert days_left(FIRST.closes_at, now.astimezone(UTC)) == left

    def test_a_page_is_valid_until_the_next_boundary(self) -> None:
        assert valid_until(FACTS, datetime(2025, 12, 1, 3, tzinfo=UTC)) == datetime(2025, 12, 1, 15, tzinfo=UTC)
        at_noon = Window(FIRST.opens_at, datetime(2025, 12, 22, 3, tzinfo=UTC))
        morning = datetime(2025, 12, 22, 1, tzinfo=UTC)
        facts = Facts(ANNOUNCED, [at_noon], None)
        assert valid_until(facts, morning) == at_noon.closes_at
        assert valid_until(facts, at_noon.closes_at) == datetime(2025, 12, 22, 15, tzinfo=UTC)
        tonight = datetime(2025, 12, 22, 10, tzinfo=SEOUL)
        assert valid_until(Facts(tonight + timedelta(hours=1), [], None), tonight) == tonight + timedelta(hours=1)

    INSTANTS = st.datetimes(datetime(2025, 10, 1), datetime(2026, 4, 1), timezones=st.just(UTC))

    @given(INSTANTS, st.lists(st.tuples(INSTANTS, INSTANTS), max_size=3), st.none() | INSTANTS, st.none() | INSTANTS)
    def test_nothing_changes_before_valid_until(
        self,
        now: datetime,
        pairs: list[tuple[datetime, datetime]],
        announced: datetime | None,
        concluded: datetime | None,
    ) -> None:
        windows = [Window(min(pair), max(pair)) for pair in pairs]
        facts = Facts(announced, windows, concluded)
        until = valid_until(facts, now)
        assert now < until <= now + timedelta(days=1)
        last = until - MICROSECOND
        assert phase(facts, now) == phase(facts, last)
        for window in windows:
            assert days_left(window.closes_at, now) == days_left(window.closes_at, last)
