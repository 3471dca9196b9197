"""The numbers of a Korean statute, as printed and as spelled in addresses."""

from __future__ import annotations

import pytest

from portal.ordinances import numbering


def test_items_run_through_four_vowels() -> None:
    assert len(numbering.ITEM_SYLLABLES) == len(numbering.ITEM_NAMES) == len(set(numbering.ITEM_NAMES)) == 56
    shown = {1: ("가", "ga"), 2: ("나", "na"), 8: ("아", "a"), 10: ("차", "cha"), 14: ("하", "ha"), 15: ("거", "geo"),
             28: ("허", "heo"), 29: ("고", "go"), 30: ("노", "no"), 36: ("오", "o")}  # fmt: skip
    for place, (syllable, name) in shown.items():
        assert (numbering.item_syllable(place), numbering.item_name(place)) == (syllable, name)
        assert numbering.item_place(syllable) == numbering.item_place(name) == place
    assert numbering.item_place("각") is numbering.item_place("x") is None
    for outside in (0, -1, 57):
        with pytest.raises(IndexError):
            numbering.item_name(outside)


def test_letters_of_items_in_english() -> None:
    assert [numbering.item_letter(place) for place in (1, 26, 27, 56)] == ["a", "z", "aa", "bd"]
    assert all(numbering.item_place_of_letter(numbering.item_letter(place)) == place for place in range(1, 800))


def test_paragraphs_go_on_behind_twenty() -> None:
    assert [numbering.paragraph_label(number) for number in (1, 15, 20, 21, 26, 35, 36, 50, 51, 388)] == [
        "①", "⑮", "⑳", "㉑", "㉖", "㉟", "㊱", "㊿", "<51>", "<388>",
    ]  # fmt: skip
    assert all(numbering.paragraph_number(numbering.paragraph_label(number)) == number for number in range(1, 500))
    assert numbering.paragraph_number("<16>") == 16
    assert [numbering.paragraph_number(label) for label in ("1", "<0>", "", "①②")] == [None] * 4


def test_labels() -> None:
    assert numbering.article_label(12, 2) == "제12조의2"
    assert numbering.heading_label("장", 6, 2) == "제6장의2"
    assert (numbering.subparagraph_label(1), numbering.subparagraph_label(1, 2)) == ("1.", "1의2.")
    assert (numbering.item_label(1), numbering.item_label(30, 2)) == ("가.", "노의2.")
    assert (numbering.subitem_label("1", False), numbering.subitem_label("가", False)) == ("1)", "가)")
    assert (numbering.subitem_label("1", True), numbering.subitem_label("가", True)) == ("(1)", "(가)")


def test_roman_numerals() -> None:
    assert [numbering.roman(number) for number in (1, 4, 9, 14, 40, 90, 1994)] == [
        "I", "IV", "IX", "XIV", "XL", "XC", "MCMXCIV",
    ]  # fmt: skip
    assert all(numbering.roman_value(numbering.roman(number)) == number for number in range(1, 4000))
    assert numbering.roman_value("IIII") is numbering.roman_value("") is numbering.roman_value("i") is None
    for outside in (0, 4000):
        with pytest.raises(ValueError, match="Roman"):
            numbering.roman(outside)
