"""Text that people type: the one form in which it is stored and signed, its limits, its first words in a list.

A text is canonical when it is in NFC, has `\\n` for every line end, no space at a line's end, no blank line before or
after, and no character that nobody can see or that rearranges others. Two people who see the same words have the same
canonical text, and so the same digest. Nothing is removed silently: `typed` says what it took out. This module knows
nothing of what a text is about.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from portal.kernel.i18n import Message, as_number, nmsg

#: Limits in characters of the canonical text: a name or a title; a remark or a short field; a comment's reason.
LINE_LIMIT: Final = 300
REMARK_LIMIT: Final = 5_000
TEXT_LIMIT: Final = 50_000

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE_AT_LINE_END: Final = re.compile(r"[^\S\n]+(?=\n|\Z)")
_REMOVED: Final = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters; PostgreSQL cannot even store the first
    "\u00ad\u200b\u2060-\u2064\ufeff"  # not seen: soft hyphen, zero-width space, word joiner, invisible operators
    "\u202a-\u202e\u2066-\u206f"  # show a text in another order than it has
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    "]"
)
_HALF_A_CHARACTER: Final = re.compile("[\ud800-\udfff]")
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it will be kept, what the person should be told about it, and why it cannot be taken (if so)."""

    text: str
    told: tuple[Message, ...] = ()
    problems: tuple[Message, ...] = ()


def canonical(text: str) -> str:
    """The one form of a text that is stored, compared and digested. Idempotent."""
    return _tidied(_HALF_A_CHARACTER.sub(_UNREADABLE, _REMOVED.sub("", _LINE_ENDS.sub("\n", text))))


def _tidied(text: str) -> str:
    return _SPACE_AT_LINE_END.sub("", unicodedata.normalize("NFC", text)).strip("\n")


def typed(text: str, *, limit: int = TEXT_LIMIT, one_line: bool = False) -> Typed:
    """A typed text in canonical form, with what was taken out of it and whether it is too long.

    `limit` counts characters. A text far over it comes back as it is, for the page to show again, without further work.
    """
    if len(text) > 4 * limit:
        return Typed(text, problems=(_too_long(len(text), limit),))
    told = []
    lines = _LINE_ENDS.sub("\n", text)
    kept, removed = _REMOVED.subn("", lines)
    kept, unreadable = _HALF_A_CHARACTER.subn(_UNREADABLE, kept)
    if removed:
        told.append(
            nmsg(
                "%(n)s character that cannot be seen was removed from your text.",
                "%(n)s characters that cannot be seen were removed from your text.",
                removed,
            )
        )
    if unreadable:
        told.append(
            nmsg(
                "%(n)s character of your text could not be read; %(mark)s stands in its place.",
                "%(n)s characters of your text could not be read; %(mark)s stands in their place.",
                unreadable,
                mark=_UNREADABLE,
            )
        )
    kept = _tidied(" ".join(kept.split()) if one_line else kept)
    problems = (_too_long(len(kept), limit),) if len(kept) > limit else ()
    return Typed(kept, tuple(told), problems)


def _too_long(length: int, limit: int) -> Message:
    return nmsg(
        "This text is %(n)s character too long: %(length)s of at most %(limit)s characters.",
        "This text is %(n)s characters too long: %(length)s of at most %(limit)s characters.",
        length - limit,
        length=as_number(length),
        limit=as_number(limit),
    )


def lead_words(text: str, length: int) -> str:
    """The first words of a text as one line of at most `length` characters, cut where a word ends, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[:length]
    if line[length - 1] != " " and (end := cut[: length - 1].rfind(" ")) >= length // 2:
        cut = cut[:end]
    else:
        cut = cut[: length - 1]  # one word as long as the line
    return cut.rstrip(" ,;:·") + "…"
