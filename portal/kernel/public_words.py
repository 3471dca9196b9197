"""What may not stand in words that the public will read: a resident registration number (개인정보 보호법 제24조의2).

One place says it for everything that a ministry publishes: the notice, its documents, the reasons of periods, the text
of the draft, clusters and responses. It knows nothing of what a text is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portal.kernel.i18n import Message, msg
from portal.kernel.personal_data import Find, find_resident_numbers
from portal.kernel.text import Typed

#: So many places are quoted; whoever takes these out learns of the others.
_MOST_QUOTED: Final = 3
#: So many characters around a number are quoted, so that it is found in a long text.
_AROUND: Final = 20
#: Stands between texts that are looked through together: no number is made of the end of one and the next one's begin.
_BETWEEN: Final = "\n\n\n"
#: Of a number so many digits are quoted: the birthday tells which it is, the rest is repeated nowhere.
_DIGITS_QUOTED: Final = 6


def problems(text: str) -> list[Message]:
    """Why the text cannot be taken, and where: the words around each number, the number itself masked. Empty for a text
    without one."""
    found = find_resident_numbers(text)
    if not found:
        return []
    masked = text
    for each in found:
        masked = masked[:each.start] + _masked(each.text) + masked[each.end:]
    places = " / ".join(_quoted(masked, each) for each in found[:_MOST_QUOTED])
    return [msg("A resident registration number stands in this text: “%(words)s”. It may not be kept: take it out.",
                words=places)]


def stopping(read: Typed) -> list[Message]:
    """Why a text as it was typed cannot be taken, for its form or for a number in it."""
    return [*read.problems, *problems(read.text)]


def spans(texts: Mapping[str, str]) -> list[tuple[str, int, int]]:
    """(name, start, end) of every number in the texts."""
    return [(name, found.start, found.end) for name, text in texts.items() for found in find_resident_numbers(text)]


def texts_of(document: Any) -> Iterator[str]:
    """Every text in a value as JSON has it, in its order; keys are ours and no texts."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for value in document.values():
            yield from texts_of(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from texts_of(value)


def problems_of(document: Any) -> list[Message]:
    """The same for every text in a value as JSON has it."""
    return problems(_BETWEEN.join(texts_of(document)))


def _masked(number: str) -> str:
    kept, digits = [], 0
    for character in number:
        digits += character.isdigit()
        kept.append("*" if character.isdigit() and digits > _DIGITS_QUOTED else character)
    return "".join(kept)


def _quoted(masked: str, found: Find) -> str:
    before = masked[:found.start].rpartition(_BETWEEN)[2]
    after = masked[found.end:].partition(_BETWEEN)[0]
    words = " ".join((before[-_AROUND:] + masked[found.start:found.end] + after[:_AROUND]).split())
    return f"{'…' if len(before) > _AROUND else ''}{words}{'…' if len(after) > _AROUND else ''}"
