"""Reads plain text, as it is pasted from a word processor, a PDF or law.go.kr: one clause a line, in Korean or English.

Any spaces, either middle dot, hanja in brackets, tables drawn with boxes; UTF-8, UTF-16 or CP949. What the lines mean,
`line_grammar` says.
"""

from __future__ import annotations

from typing import Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.readers.line_grammar import read_lines
from portal.ordinances.readers.source import decode

FORMAT: Final = "plain_text"


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft when it is no text or holds no clause."""
    return read_text(decode(data), language)


def read_text(text: str, language: Language = "ko") -> Reading:
    """The reading of a text in NFC with `\\n` line ends."""
    return read_lines(list(enumerate(text.split("\n"), 1)), FORMAT, language)
