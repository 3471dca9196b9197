"""Figures that each language writes in its own way: 30일, 30 days; 3천만원, KRW 30 million; 10의 26승, 10^26.

A figure is a number with its unit, in one form for both languages. The numbers of clauses are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from portal.ordinances.clauses import Language

_KOREAN_SCALES: Final = {"십": 10, "백": 100, "천": 10**3, "만": 10**4, "십만": 10**5, "백만": 10**6, "천만": 10**7,
                         "억": 10**8, "십억": 10**9, "백억": 10**10, "천억": 10**11, "조": 10**12}  # fmt: skip
_KOREAN_NUMBERS: Final = {"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7,
                          "여덟": 8, "아홉": 9, "열": 10, "열두": 12}  # fmt: skip
_KOREAN_UNITS: Final = {"일": "day", "주": "week", "개월": "month", "달": "month", "월": "month", "년": "year",
                        "해": "year", "시간": "hour", "%": "percent", "퍼센트": "percent", "명": "person",
                        "인": "person", "원": "won", "배": "fold", "회": "time", "번": "time",
                        "차례": "time"}  # fmt: skip
_ENGLISH_SCALES: Final = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ENGLISH_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
                           "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60,
                           "ninety": 90}  # fmt: skip
_ENGLISH_UNITS: Final = {"day": "day", "week": "week", "month": "month", "year": "year", "hour": "hour", "%": "percent",
                         "percent": "percent", "person": "person", "people": "person", "user": "person",
                         "employee": "person", "won": "won", "fold": "fold", "time": "time"}  # fmt: skip
_ENGLISH_ONCE: Final = {"once": "1 time", "twice": "2 time", "double": "2 fold", "triple": "3 fold", "half": "half",
                        "annual": "1 year", "annually": "1 year", "yearly": "1 year"}  # fmt: skip


def _one_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_READ: Final = 20_000
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER: Final = re.compile(r"10(?:\s?\^\s?\{?|의\s?| to the (?:power of )?)(\d{1,3})|10([⁰¹²³⁴-⁹]+)")
_NUMBER: Final = r"(\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,6})?)"
_KOREAN: Final = re.compile(
    rf"{_NUMBER}\s?((?:{_one_of(_KOREAN_SCALES)})?)\s?({_one_of(_KOREAN_UNITS)})(?!반)"
    rf"|(?<![가-힣])({_one_of(_KOREAN_NUMBERS)})\s?(해|달|번|차례|배)(?![가-힣]{{2}})|(절반)"
)
_ENGLISH: Final = re.compile(
    rf"\b(?:(krw|won|₩)\s?)?(?:{_NUMBER}|\b({_one_of(_ENGLISH_NUMBERS)})\b)[\s-]?(?:({_one_of(_ENGLISH_SCALES)})\b)?"
    rf"[\s-]?(?:((?:{_one_of(_ENGLISH_UNITS)})s?(?![a-z])))?|\b({_one_of(_ENGLISH_ONCE)})\b"
)


def figures(text: str, language: Language) -> tuple[str, ...]:
    """The figures of a text (of its first 20,000 characters), each once, in alphabetical order: `30 day`,
    `30000000 won`, `10^26`, `half`."""
    text = text[:_READ]
    found = {f"10^{match[1] or match[2].translate(_SUPERSCRIPTS)}" for match in _POWER.finditer(text)}
    found.update(_korean(text) if language == "ko" else _english(text.lower()))
    return tuple(sorted(found))


def _korean(text: str) -> set[str]:
    found: set[str] = set()
    for number, scale, unit, word, counted, half in _KOREAN.findall(text):
        if half:
            found.add("half")
        elif word:
            found.add(f"{_KOREAN_NUMBERS[word]} {_KOREAN_UNITS[counted]}")
        elif scale != "조" or unit == "원":
            found.add(_written(number, _KOREAN_SCALES.get(scale, 1), _KOREAN_UNITS[unit]))
    return found


def _english(text: str) -> set[str]:
    found: set[str] = set()
    for won, number, word, scale, unit, once in _ENGLISH.findall(text):
        named = "won" if won else _ENGLISH_UNITS.get(unit) or _ENGLISH_UNITS.get(unit.removesuffix("s"))
        if once:
            found.add(_ENGLISH_ONCE[once])
        elif named:
            found.add(_written(number or str(_ENGLISH_NUMBERS[word]), _ENGLISH_SCALES.get(scale, 1), named))
    return found


def _written(number: str, scale: int, unit: str) -> str:
    return f"{round(float(number.replace(',', '')) * scale, 6):.15g} {unit}"
