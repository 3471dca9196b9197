"""The formats of the old–new table; each is loaded when it is asked for, for those of office software are heavy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Final

from portal.ordinances.clauses import Language
from portal.ordinances.old_new_table import Row

FORMATS: Final = ("html", "docx", "hwpx", "xlsx")

#: The media type of each; the name of a file ends with the name of its format.
MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType({
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "hwpx": "application/hwp+zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
})  # fmt: skip


def write(rows: Sequence[Row], to: str, title: str, language: Language = "ko") -> bytes:
    """The table as a file of a format: one of FORMATS. `title` is that of the draft. Raises ValueError for a format
    that there is not. The same rows give the same bytes."""
    if to not in FORMATS:
        raise ValueError(f"there is no format {to!r}")
    written = import_module(f"portal.ordinances.writers.old_new_{to}").write(rows, title, language)
    if not isinstance(written, bytes):
        raise TypeError(f"the writer of {to} gave no bytes")
    return written
