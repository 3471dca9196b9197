"""Texts that no part of the engine may crash on or take long for."""

from __future__ import annotations

#: By a name.
HOSTILE = {
    "empty": "",
    "spaces": " \n\t" * 1000,
    "a megabyte": "제32조의 과태료는 지나치게 높습니다. The fine is too high. " * 20_000,
    "one character repeated": "ㅋ" * 200_000,
    "one syllable repeated": "가" * 200_000,
    "no spaces": "가나다라마바사아자차카타파하" * 15_000,
    "only emoji": "😀🎉👨‍👩‍👧‍👦" * 20_000,
    "right to left": "مرحبا بالعالم שלום עולם \u202e" * 5_000,
    "mixed scripts": "가a1漢字かなкириллица " * 5_000,
    "half a character": "가\ud800나\udfff",
    "conjoining letters": "ᄀ" * 50_000 + "\u0301" * 50_000,
    "stops": "." * 100_000 + "①. " * 10_000,
    "brackets": "(" * 100_000,
    "markup": "<script>alert(1)</script>" * 2_000,
    "invisible": "\u200b\u2060\ufeff" * 10_000,
}
