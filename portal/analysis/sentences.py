"""The sentences of a text as spans: by rules for Korean and English, without a model.

A line ends a sentence unless the text is wrapped at a fixed width; so does a full stop that is no part of a number, a
date, a numbering or an abbreviation. Items of a list are sentences. Every character that is no space belongs to one.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from portal.ordinances.clauses import Language

_END: Final = re.compile(r"[.!?。…！？]+(?P<closed>[\"'”’」』)\]〉》]*)")
_ITEM: Final = re.compile(r"\s[①-⑳㉮-㉻]")
#: What an item of a list begins with: 1. (1) 1) 가. (가) ① - • ○ □ ※, one or two letters or roman numbers.
_MARKER: Final = re.compile(
    r"[ \t]*(?:[-*•·∙○●◦□■▪▶◆※ㅇ→–—]|[①-⑳㉠-㉻]|\(?(?:\d{1,3}|[가-하]|[A-Za-z]|[ivxIVX]{1,5})[.)](?!\d))"
    r"(?=[ \t]|[가-힣])"
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|viz|al|etc|no|nos|art|arts|sec|secs|para|paras|subpara|ch|fig|p|pp|vol|ed|eds|approx|"
    r"mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|dept|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)|\b[A-Za-z])\.\Z",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION: Final = 12
_NUMBER_GOES_ON: Final = re.compile(r"\s?\d")
#: A Korean sentence's last syllable: the full stop behind it ends it even without a space.
_KOREAN_END: Final = frozenset("다요까오죠네음함임됨것")
_HANGUL: Final = re.compile("[가-힣]")
#: A line that long, without an end, goes on in the next one: the text is wrapped.
_WRAPPED: Final[dict[Language, int]] = {"ko": 30, "en": 50}
_LINE_ENDS: Final = frozenset(".!?。…:;)]\"'”’」』")


def split_sentences(text: str, language: Language) -> list[tuple[int, int]]:
    """The sentences of a text as (start, end), in order, without the spaces around them."""
    spans = []
    for start, end in _blocks(text, language):
        for first, last in _within(text, start, end):
            while first < last and text[first].isspace():
                first += 1
            while last > first and text[last - 1].isspace():
                last -= 1
            if first < last:
                spans.append((first, last))
    return spans


def _blocks(text: str, language: Language) -> list[tuple[int, int]]:
    """Lines, those of a wrapped sentence taken together."""
    blocks: list[tuple[int, int]] = []
    start = 0
    lines = text.split("\n")
    for index, line in enumerate(lines):
        end = start + len(line)
        if blocks and _goes_on(lines[index - 1], line, language):
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
        start = end + 1
    return blocks


def _goes_on(line: str, following: str, language: Language) -> bool:
    ended = line.rstrip()
    if len(ended) < _WRAPPED[language] or not following.strip() or _MARKER.match(following):
        return False
    if ended[-1] in _LINE_ENDS or (_HANGUL.match(ended[-1]) and ended[-1] in _KOREAN_END):
        return False
    return language == "ko" or following.lstrip()[:1].islower()


def _within(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of one block."""
    marker = _MARKER.match(text, start, end)
    places = {match.start() + 1 for match in _ITEM.finditer(text, start, end)}
    for match in _END.finditer(text, marker.end() if marker else start, end):
        if _ends_sentence(text, match, end):
            places.add(match.end())
    edges = [start, *sorted(place for place in places if start < place < end), end]
    return list(pairwise(edges))


def _ends_sentence(text: str, match: re.Match[str], end: int) -> bool:
    place = match.end()
    if place >= end:
        return True
    following = text[place]
    is_stop = match.group().startswith(".") and not match["closed"]
    before = text[match.start() - 1] if match.start() else ""
    if not following.isspace():
        if match["closed"] or not _HANGUL.match(following):
            return False
        return not is_stop or before in _KOREAN_END
    if is_stop and before.isdigit() and _NUMBER_GOES_ON.match(text, place, end):
        return False
    if is_stop and match.group() == "." and before.isascii() and before.isalpha():
        stretch = text[max(0, match.end() - _LONGEST_ABBREVIATION) : match.end()]
        if _ABBREVIATION.search(stretch):
            return False
    next_letter = text[place:end].lstrip()[:1] if end - place < 40 else text[place : place + 40].lstrip()[:1]
    return not next_letter.islower()
