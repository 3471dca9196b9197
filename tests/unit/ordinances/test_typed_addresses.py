"""What people type into a search box as an address of a clause, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ordinances import addresses, typed_addresses


@pytest.mark.parametrize(("typed", "eid"), [
    ("23조 2항", "art_23__para_2"), ("제23조제2항", "art_23__para_2"), (" 제 23 조  2항 ", "art_23__para_2"),
    ("제12조의2", "art_12-2"), ("2조 1항 3호 나목", "art_2__para_1__subpara_3__point_na"),
    ("Article 23 (2)", "art_23__para_2"), ("art. 12-2", "art_12-2"), ("23(2)", "art_23__para_2"), ("23", "art_23"),
    ("ARTICLE 2 (1) 3 (b)", "art_2__para_1__subpara_3__point_na"),
    ("고지", None), ("2항", None), ("제23조제2항에 따른", None), ("Article", None), ("", None), ("2조 5천억", None)])
def test_what_is_typed(typed: str, eid: str | None) -> None:
    assert typed_addresses.read(typed) == eid


@given(st.integers(1, 999), st.integers(2, 9) | st.none(), st.integers(1, 99) | st.none())
def test_what_people_say_is_read(article: int, branch: int | None, paragraph: int | None) -> None:
    eid = f"art_{article}" + (f"-{branch}" if branch else "") + (f"__para_{paragraph}" if paragraph else "")
    address = addresses.parse(eid)
    assert typed_addresses.read(address.spoken("ko")) == typed_addresses.read(address.spoken("en")) == eid


@given(st.text(max_size=40))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    typed_addresses.read(typed)
