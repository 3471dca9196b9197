"""From the bytes of a file to text and lines: size, encoding, normal form. Knows no format of any draft."""

from __future__ import annotations

import unicodedata
from typing import Final

from portal.ordinances.problems import UnreadableDraft

MAX_BYTES: Final = 20 * 1024 * 1024
_MEGABYTE: Final = 1024 * 1024


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without a mark), UTF-16 with a mark, or CP949, in NFC with `\\n` line ends.

    Raises UnreadableDraft for a file that is too large, binary, or in no such encoding.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableDraft("The file is larger than %(limit)s MB.", limit=MAX_BYTES // _MEGABYTE)
    if not data.strip():
        raise UnreadableDraft("The file is empty.")
    text = _decoded(data)
    if "\x00" in text:
        raise UnreadableDraft("The file is not a text file.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


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
