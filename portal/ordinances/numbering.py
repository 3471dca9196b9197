"""How the units of a Korean statute are numbered: ①, 1., 1의2., 가., 1), 가), (1), and chapters in English.

Numbers only: no addresses, no texts. The order of items (목) is the order of this table, never that of code points.
"""

from __future__ import annotations

import re
from typing import Final

# 가나다… for the first fourteen, then the same consonants with 어, 오, 우. Decrees in force reach the thirtieth (노).
_CONSONANTS: Final = ("g", "n", "d", "r", "m", "b", "s", "", "j", "ch", "k", "t", "p", "h")
_VOWELS: Final = ("a", "eo", "o", "u")
_ROWS: Final = ("가나다라마바사아자차카타파하", "거너더러머버서어저처커터퍼허", "고노도로모보소오조초코토포호",
                "구누두루무부수우주추쿠투푸후")  # fmt: skip

#: Item 1 is 가 (ga), 14 is 하 (ha), 15 is 거 (geo), 29 is 고 (go), 30 is 노 (no), 56 is 후 (hu).
ITEM_SYLLABLES: Final = tuple("".join(_ROWS))
ITEM_NAMES: Final = tuple(consonant + vowel for vowel in _VOWELS for consonant in _CONSONANTS)

_PLACE_OF_SYLLABLE: Final = {syllable: place for place, syllable in enumerate(ITEM_SYLLABLES, 1)}
_PLACE_OF_NAME: Final = {name: place for place, name in enumerate(ITEM_NAMES, 1)}

#: ① to ㊿ stand in three blocks of Unicode; law.go.kr writes <51> beyond them (and in places <16> from sixteen on).
CIRCLED: Final = "".join(
    [chr(0x2460 + i) for i in range(20)] + [chr(0x3251 + i) for i in range(15)] + [chr(0x32B1 + i) for i in range(15)]
)
_CIRCLED_NUMBERS: Final = {character: number for number, character in enumerate(CIRCLED, 1)}
_BRACKETED_NUMBER: Final = re.compile(r"<([1-9][0-9]{0,3})>")


def item_place(syllable_or_name: str) -> int | None:
    """The place of an item from 1, given `가` or `ga`; None for anything that is no item's name."""
    return _PLACE_OF_SYLLABLE.get(syllable_or_name) or _PLACE_OF_NAME.get(syllable_or_name)


def item_name(place: int) -> str:
    """`ga` for 1. Raises IndexError beyond the table."""
    return ITEM_NAMES[_counted(place)]


def item_syllable(place: int) -> str:
    """`가` for 1. Raises IndexError beyond the table."""
    return ITEM_SYLLABLES[_counted(place)]


def _counted(place: int) -> int:
    if place < 1:
        raise IndexError("items are counted from 1")
    return place - 1


def item_letter(place: int) -> str:
    """The letter that an English text gives the item: a to z, then aa, ab, …"""
    place = _counted(place)
    letters = ""
    while place >= 0:
        letters = chr(ord("a") + place % 26) + letters
        place = place // 26 - 1
    return letters


def item_place_of_letter(letters: str) -> int:
    """The place from 1 of `a`, `z`, `aa`. The inverse of `item_letter`; lower-case letters only."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("a") + 1
    return place


def branch_suffix(branch: int) -> str:
    """`의2` for a branch number, nothing for none."""
    return f"의{branch}" if branch else ""


def article_label(number: int, branch: int = 0) -> str:
    """`제12조의2`."""
    return f"제{number}조{branch_suffix(branch)}"


def heading_label(unit: str, number: int, branch: int = 0) -> str:
    """`제3장의2`; `unit` is one of 편 장 절 관."""
    return f"제{number}{unit}{branch_suffix(branch)}"


def paragraph_label(number: int, branch: int = 0) -> str:
    """`①` to `㊿`, then `<51>`."""
    circled = CIRCLED[number - 1] if 1 <= number <= len(CIRCLED) else f"<{number}>"
    return circled + branch_suffix(branch)


def paragraph_number(label: str) -> int | None:
    """The number of `①` or `<51>`; None for anything else."""
    if match := _BRACKETED_NUMBER.fullmatch(label):
        return int(match[1])
    return _CIRCLED_NUMBERS.get(label)


def subparagraph_label(number: int, branch: int = 0) -> str:
    """`1.`, `1의2.`"""
    return f"{number}{branch_suffix(branch)}."


def item_label(place: int, branch: int = 0) -> str:
    """`가.`, `가의2.`"""
    return f"{item_syllable(place)}{branch_suffix(branch)}."


def subitem_label(name: str, inner: bool, branch: int = 0) -> str:
    """`1)`, `가)`, and one level further in `(1)`, `(가)`."""
    numbered = name + branch_suffix(branch)
    return f"({numbered})" if inner else f"{numbered})"


_ROMAN: Final = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
                 (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def roman(number: int) -> str:
    """`XIV`: how English texts of Korean statutes number parts and chapters. From 1 to 3999."""
    if not 1 <= number <= 3999:
        raise ValueError("no Roman numeral")
    numeral = ""
    for value, letters in _ROMAN:
        while number >= value:
            numeral += letters
            number -= value
    return numeral


def roman_value(numeral: str) -> int | None:
    """The number of a well-formed Roman numeral, None for anything else."""
    value, rest = 0, numeral
    for worth, letters in _ROMAN:
        while rest.startswith(letters):
            value += worth
            rest = rest[len(letters) :]
    return value if not rest and 1 <= value <= 3999 and roman(value) == numeral else None
