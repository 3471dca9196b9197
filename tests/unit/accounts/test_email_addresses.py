"""What is an e-mail address, and its one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import email_addresses as addresses


@pytest.mark.parametrize(("typed", "kept"), [
    ("  Ji-Yeon.Kim+ai@Marusol.Example ", "ji-yeon.kim+ai@marusol.example"), ("a@b.kr", "a@b.kr"),
    ("kim@한국.kr", "kim@xn--3e0b707e.kr"), ("ｋｉｍ@ｂ.ｋｒ", "kim@b.kr")])
def test_one_form(typed: str, kept: str) -> None:
    assert addresses.normalised(typed) == kept
    assert addresses.normalised(kept) == kept


@pytest.mark.parametrize("typed", [
    "", "kim", "@b.kr", "kim@", "kim@b", "kim@@b.kr", "kim b@c.kr", "김@b.kr", "kim@b..kr", ".kim@b.kr", "kim@-b.kr",
    "kim@b.kr\nBcc: x@y.kr", "kim@b.kr,lee@b.kr", "<kim@b.kr>", "k" * 65 + "@b.kr", "kim@" + "b." * 130 + "kr",
    "kim@[1.2.3.4]", '"kim"@b.kr', "x" * 100_000 + "@" + "한" * 100_000])
def test_what_is_none(typed: str) -> None:
    with pytest.raises(addresses.EmailAddressError):
        addresses.normalised(typed)


@given(st.text())
def test_whatever_is_taken_can_stand_in_a_header(text: str) -> None:
    try:
        kept = addresses.normalised(text)
    except addresses.EmailAddressError:
        return
    assert kept.isascii() and kept.isprintable() and " " not in kept and kept == kept.lower()
