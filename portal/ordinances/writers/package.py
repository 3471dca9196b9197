"""What the files of word processors are made of: XML text, and a ZIP archive that is the same for the same content.

Knows no format of its own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Final

#: XML 1.0 has no way to write these, not even escaped.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNREADABLE: Final = "\ufffd"
#: The first moment that a ZIP archive can name: files carry no time of their own.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def xml_text(text: str) -> str:
    """The text for the inside of an element or an attribute in double quotes. A character that XML cannot hold
    becomes the sign for one that cannot be read."""
    escaped = readable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;").replace("\r", "&#13;")


def readable(text: str) -> str:
    """The text, with the sign for a character that cannot be read in place of those that XML cannot hold."""
    return _NOT_IN_XML.sub(_UNREADABLE, text)


def packed(members: Iterable[tuple[str, str | bytes]], stored: frozenset[str] = frozenset()) -> bytes:
    """A ZIP archive of the members in this order; those in `stored` are not compressed."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, compresslevel=6)
    return written.getvalue()
