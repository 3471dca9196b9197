"""From the bytes of a file to text and lines: size, encoding, normal form. Knows no format of any draft."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal.ordinances.problems import UnreadableDraft

MAX_BYTES: Final = 20 * 1024 * 1024
#: A text alone, without pictures: the largest decree has half a megabyte.
MAX_TEXT_BYTES: Final = 8 * 1024 * 1024
_MOST_ACCENTS: Final = 40
_NO_LETTERS: Final = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_ACCENTS},}}")
_HALVES: Final = re.compile("[\ud800-\udfff]")
_MEGABYTE: Final = 1024 * 1024


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without a mark), UTF-16 with a mark, or CP949, in NFC with `\\n` line ends.

    Raises UnreadableDraft for a file that is too large, binary, or in no such encoding.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise too_large(MAX_TEXT_BYTES)
    if not data.strip():
        raise UnreadableDraft("The file is empty.")
    text = _decoded(data)
    if "\x00" in text:
        raise UnreadableDraft("The file is not a text file.")
    return normal(text.replace("\r\n", "\n").replace("\r", "\n"))


def normal(text: str) -> str:
    """The text in NFC. Raises UnreadableDraft where accents are heaped on one letter without end (to sort them takes
    time with the square of their number, and no text of law has more than two), and for halves of characters, which
    JSON can name and nothing can store."""
    if not text.isascii() and _HALVES.search(text):
        raise UnreadableDraft("The file is not a text file.")
    for run in _NO_LETTERS.finditer(text):
        heaped = 0
        for character in run[0]:
            heaped = heaped + 1 if unicodedata.combining(character) else 0
            if heaped >= _MOST_ACCENTS:
                raise UnreadableDraft("The file is not a text file.")
    return unicodedata.normalize("NFC", text)


def too_large(limit: int = MAX_BYTES) -> UnreadableDraft:
    """The error for a file beyond the limit."""
    return UnreadableDraft("The file is larger than %(limit)s MB.", limit=limit // _MEGABYTE)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp949"]  # CP949 takes nearly any bytes: only after UTF-8 has failed
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or (encoding == "cp949" and not any("가" <= character <= "힣" for character in text)):
            break
        return text
    if data.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or b"\x00" in data:
        raise UnreadableDraft("The file is not a text file.")
    raise UnreadableDraft("The file is in no encoding that we can read. Save it as UTF-8 or CP949 and try again.")
