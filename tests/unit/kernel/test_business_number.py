"""The check digit of business registration numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.business_number import check_digit, is_business_number

NINE = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize("digits", ["2208162517", "1248100998", "1208147521"])  # numbers that companies publish
def test_real_numbers(digits: str) -> None:
    assert is_business_number(digits)


@given(NINE)
def test_exactly_one_tenth_digit_fits(nine: str) -> None:
    fitting = [digit for digit in "0123456789" if is_business_number(nine + digit)]
    assert fitting == ([] if nine == "000000000" else [str(check_digit(nine))])


@given(NINE, st.integers(0, 7), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(nine: str, place: int, by: int) -> None:
    wrong = nine[:place] + str((int(nine[place]) + by) % 10) + nine[place + 1 :]
    assert not is_business_number(wrong + str(check_digit(nine)))


@pytest.mark.parametrize(
    "text", ["", "220816251", "22081625170", "220-81-62517", "２２０８１６２５１７", "220816251a", "0" * 10]
)
def test_what_is_no_number(text: str) -> None:
    assert not is_business_number(text)
