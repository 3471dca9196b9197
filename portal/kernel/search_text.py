"""Words for full-text search in Korean and English, the same for what is searched and what is asked for.

PostgreSQL is used without any text search configuration: this module makes the text forms of `tsvector` and `tsquery`
itself. A run of Korean syllables is indexed by every two that stand together, and its last one alone: so a word of two
syllables is found inside any other, and a single syllable by prefix. English words are lower-cased and lightly stemmed;
numbers are words. Positions count syllables, words and numbers, so that phrases are found.

An asker's words are all required, in any order; what stands in quotation marks stands together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal, NamedTuple, TypeAlias

# What a tsvector can hold (PostgreSQL, "Limitations" of text search): positions below 16,384, 256 of one word, 1 MB.
_LAST_POSITION: Final = 16_382
_POSITIONS_OF_ONE_TOKEN: Final = 255
_BYTES: Final = 900_000
_LONGEST_TOKEN: Final = 60
_LONGEST_QUERY: Final = 200

#: Marks a text of which some positions could not be kept. No text has it as a word. A phrase in such a text is found
#: by its words in any place: too much may be found there, never too little.
_LONG_TEXT: Final = "*"

# Hangul, old Hangul, kana, Chinese characters: all are read by the syllable and written without spaces inside a word.
_SYLLABLES: Final = (
    "가-힣ㄱ-ㆎ\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_TOKEN: Final = re.compile(
    rf"(?P<syllables>[{_SYLLABLES}]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?![,\d])|\d+)"
    rf"|(?P<word>[^\W\d_{_SYLLABLES}]+(?:['’][^\W\d_{_SYLLABLES}]+)*)"
)
_SUPERSCRIPT: Final = re.compile(r"(?<=\d)(?=[⁰¹²³⁴-⁹])")

_Run: TypeAlias = "tuple[Literal['syllables', 'token'], str, int]"


class _Sought(NamedTuple):
    token: str
    position: int
    prefix: bool = False

    def __str__(self) -> str:
        return f"{_quoted(self.token)}{':*' if self.prefix else ''}"


def search_tokens(text: str) -> list[tuple[str, int]]:
    """The tokens of a text with their positions, from 1, in the order of the text."""
    return list(_tokens(text))


def tsvector_literal(text: str) -> str:
    """The text as the text form of a `tsvector`, to be cast (`CAST(:value AS tsvector)`). Of a text beyond what a
    tsvector can hold, some 60,000 different words, the rest is left out."""
    places: dict[str, list[int]] = {}
    room = _BYTES
    for token, position in _tokens(text):
        known = places.get(token)
        if known is None:
            room -= len(token.encode()) + 8
            known = places[token] = []
        if position <= _LAST_POSITION and len(known) < _POSITIONS_OF_ONE_TOKEN:
            known.append(position)
            room -= 2
        else:
            places.setdefault(_LONG_TEXT, [])
        if room < 0:
            break
    return " ".join(
        f"{_quoted(token)}:{','.join(map(str, positions))}" if positions else _quoted(token)
        for token, positions in places.items()
    )


def tsquery_literal(query: str) -> str | None:
    """What a person asks for as the text form of a `tsquery`, or None when it holds no word to look for. Only the first
    200 characters count."""
    parts = []
    for match in _PART.finditer(query[:_LONGEST_QUERY]):
        sought = _sought(match["phrase"] if match["phrase"] is not None else match["word"])
        if sought:
            parts.append(_together(sought))
    return " & ".join(dict.fromkeys(parts)) or None


_PART: Final = re.compile(r"""["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]?|(?P<word>[^\s"“”„«»]+)""")


def _together(sought: list[_Sought]) -> str:
    if len(sought) == 1:
        return str(sought[0])
    adjacent = str(sought[0])
    for before, after in pairwise(sought):
        distance = after.position - before.position
        adjacent += f" {'<->' if distance == 1 else f'<{distance}>'} {after}"
    anywhere = " & ".join(dict.fromkeys(map(str, sought)))
    return f"({adjacent} | {_quoted(_LONG_TEXT)} & {anywhere})"


def _sought(text: str) -> list[_Sought]:
    sought = []
    for kind, run, position in _runs(text):
        if kind == "token":
            sought.append(_Sought(run, position))
        elif len(run) == 1:
            sought.append(_Sought(run, position, prefix=True))
        else:
            sought += [_Sought(run[i : i + 2], position + i) for i in range(len(run) - 1)]
    return sought


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for kind, run, position in _runs(text):
        if kind == "token":
            yield run, position
        else:
            for i in range(len(run) - 1):
                yield run[i : i + 2], position + i
            yield run[-1], position + len(run) - 1


def _runs(text: str) -> Iterator[_Run]:
    """Runs of syllables, words and numbers, each with the position of its beginning."""
    position = 1
    plain = unicodedata.normalize("NFKC", _SUPERSCRIPT.sub(" ", text))
    for match in _TOKEN.finditer(plain):
        if syllables := match["syllables"]:
            yield "syllables", syllables, position
            position += len(syllables)
        elif number := match["number"]:
            yield "token", number.replace(",", "")[:_LONGEST_TOKEN], position
            position += 1
        else:
            yield "token", _word(match["word"]), position
            position += 1


def _word(word: str) -> str:
    """A word as it is looked for: without case, accents, possessive and the commonest English endings."""
    folded = unicodedata.normalize("NFD", word.casefold())
    plain = re.sub(r"['’]s$", "", "".join(c for c in folded if not unicodedata.combining(c)))
    plain = plain.replace("'", "").replace("’", "")
    return _stem(plain)[:_LONGEST_TOKEN] or word[:1]


_VOWEL: Final = re.compile("[aeiouy]")


def _stem(word: str) -> str:
    """An English word without plural *s*, *ed*, *ing* and what these do to the letter before: labels, labelled and
    labelling are *label*; notices and noticed *notic*."""
    if len(word) <= 3 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ied") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("ing") and len(word) > 5 and _VOWEL.search(word[:-3]):
        word = word[:-3]
    elif word.endswith("ed") and not word.endswith("eed") and len(word) > 4 and _VOWEL.search(word[:-2]):
        word = word[:-2]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def _quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
