"""Business registration numbers as people type them."""

from __future__ import annotations

import re

import pytest

from portal.kernel.i18n import translate
from portal.organisations.registration_number import RegistrationNumberError, normalise, with_hyphens
from portal.settings import folder


@pytest.mark.parametrize(
    "typed",
    ["220-81-62517", "2208162517", " 220 81 62517 ", "220–81–62517", "２２０－８１－６２５１７", "220.81.62517"]
)
def test_is_stored_as_ten_digits(typed: str) -> None:
    assert normalise(typed) == "2208162517"
    assert with_hyphens(normalise(typed)) == "220-81-62517"


@pytest.mark.parametrize(
    "typed", ["", "220-81-6251", "220-81-625170", "220-81-6251x", "사업자 220-81-62517", "٢٢٠٨١٦٢٥١٧"]
)
def test_ten_digits_are_asked_for(typed: str) -> None:
    with pytest.raises(RegistrationNumberError) as refusal:
        normalise(typed)
    assert "ten digits" in translate(refusal.value.message, "en")
    assert "열 자리" in translate(refusal.value.message, "ko")


@pytest.mark.parametrize("typed", ["220-81-62518", "202-81-62517", "000-00-00000"])
def test_a_wrong_check_digit_is_refused(typed: str) -> None:
    with pytest.raises(RegistrationNumberError) as refusal:
        normalise(typed)
    assert "not a valid" in translate(refusal.value.message, "en")


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_example_in_the_message_is_one_that_is_taken(locale: str) -> None:
    with pytest.raises(RegistrationNumberError) as refusal:
        normalise("1")
    example = re.search(r"\d{3}-\d{2}-\d{5}", translate(refusal.value.message, locale))
    assert example is not None and with_hyphens(normalise(example[0])) == example[0]
    hint = re.search(r"\d{3}-\d{2}-\d{5}", (folder("templates") / "account/_organisation_fields.html").read_text())
    assert hint is not None and hint[0] == example[0]
