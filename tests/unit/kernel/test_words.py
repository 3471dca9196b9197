"""The words of every stored code: complete, in both languages, and consistent with one another."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from portal.kernel import words
from portal.kernel.i18n import Message, translate

TABLES = {name: table for name, table in vars(words).items() if name.isupper() and isinstance(table, Mapping)}
LABELS = {name: table for name, table in TABLES.items() if all(isinstance(v, Message) for v in table.values())}


@pytest.mark.parametrize("name", LABELS)
def test_every_label_has_its_korean(name: str) -> None:
    for code, label in LABELS[name].items():
        korean = translate(label, "ko")
        assert any("가" <= character <= "힣" for character in korean), f"{name}[{code!r}] is {korean!r} in Korean"


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("locale", ["ko", "en"])
def test_no_two_codes_of_a_table_share_a_label(name: str, locale: str) -> None:
    shown = [translate(label, locale) for label in LABELS[name].values()]
    assert len(set(shown)) == len(shown)


def test_tables_about_the_same_codes_agree() -> None:
    assert words.POSITION_SIGNS.keys() == words.POSITION_HINTS.keys() == words.POSITIONS.keys()
    assert words.DISPOSITION_SIGNS.keys() == words.DISPOSITION_COLUMN_OF.keys() == words.DISPOSITIONS.keys()
    assert set(words.DISPOSITION_COLUMN_OF.values()) == set(words.DISPOSITION_COLUMNS)
    assert words.PROPOSAL_FORM_NAMES.keys() == words.PROPOSAL_FORMS.keys()
    assert words.MEMBER_ROLE_HINTS.keys() == words.MEMBER_ROLES.keys()
    assert words.STAFF_ROLE_HINTS.keys() == words.STAFF_ROLES.keys()


def test_signs_differ() -> None:
    for signs in (words.POSITION_SIGNS, words.DISPOSITION_SIGNS):
        assert len(set(signs.values())) == len(signs)


def test_a_public_column_is_never_kinder_than_the_disposition() -> None:
    """Only what was accepted or already covered counts as accepted (법제업무 운영규정: the public result)."""
    accepted = [code for code, column in words.DISPOSITION_COLUMN_OF.items() if column == "accepted"]
    assert accepted == ["accepted", "already_covered"]


def test_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        words.POSITIONS["support"] = words.POSITIONS["oppose"]  # type: ignore[index]
