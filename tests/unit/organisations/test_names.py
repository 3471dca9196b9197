"""When two spellings are one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.organisations.names import SHARED_MAIL_DOMAINS, name_key, own_mail_domain


@pytest.mark.parametrize("names", [
    ("마루솔랩", "(주)마루솔랩", "㈜마루솔랩", "주식회사 마루솔랩", "마루솔랩 주식회사", "마루솔 랩",
     "마루솔랩(주)", "（주） 마루솔랩"),
    ("Marusol Lab", "MARUSOL LAB", "Marusol Lab Inc.", "Marusol Lab, Ltd", "Marusol Lab Co., Ltd.", "marusol-lab LLC",
     "The Marusol Lab"),
    ("Krummbach", "Krummbach GmbH", "Krummbach GmbH & Co. KG"), ("Dubois", "Dubois S.A.", "DUBOIS SA"),
    ("한국인공지능협회", "사단법인 한국인공지능협회", "(사)한국인공지능협회"),
    ("법무법인 다솜", "법무법인(유한) 다솜")])
def test_spellings_of_one_name(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), [
    ("마루솔랩", "마루솔"), ("법무법인 다솜", "다솜"), ("Marusol Lab", "Marusol Labs"), ("한빛 1", "한빛 2"),
    ("Co", "Inc"), ("글로벌협회(가상)", "글로벌협회")])
def test_two_names(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_a_name_with_a_letter_or_digit_has_a_key(name: str) -> None:
    key = name_key(name)
    assert name_key(f"{name}한") and key == name_key(f"  {name}  ")


def test_shared_mail_domains_tell_nothing() -> None:
    assert own_mail_domain("marusol.example") == "marusol.example"
    assert all(own_mail_domain(domain) is None for domain in SHARED_MAIL_DOMAINS)
    assert own_mail_domain("naver.com") is None and own_mail_domain("korea.kr") is None
