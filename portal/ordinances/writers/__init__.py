"""Writers: from a draft to a file. Reading what was written gives the same draft (HTML is not read back).

Each format has a module, which is loaded when it is asked for: those for word processors are heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from portal.ordinances.clauses import Draft, Language

_MODULES: Final[Mapping[str, str]] = MappingProxyType({
    "akoma_ntoso": "portal.ordinances.writers.akoma_ntoso",
    "docx": "portal.ordinances.writers.docx",
    "hwpx": "portal.ordinances.writers.hwpx",
    "markdown": "portal.ordinances.writers.markdown",
    "html": "portal.ordinances.writers.html",
    "portal_json": "portal.ordinances.writers.portal_json",
})  # fmt: skip
FORMATS: Final = tuple(_MODULES)

#: The ending of a file's name and its media type.
FILE_TYPES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "akoma_ntoso": ("xml", "application/akn+xml"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "hwpx": ("hwpx", "application/hwp+zip"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "html": ("html", "text/html; charset=utf-8"),
    "portal_json": ("json", "application/json"),
})  # fmt: skip


def write(draft: Draft, to: str, language: Language = "ko") -> bytes:
    """The draft as a file of a format: one of FORMATS.

    `language` is the one that is written; the portal's own JSON has both. Raises ValueError for a format that there is
    not. The same draft gives the same bytes.
    """
    if to not in _MODULES:
        raise ValueError(f"there is no format {to!r}")
    written = import_module(_MODULES[to]).write(draft, language)
    if not isinstance(written, bytes):
        raise TypeError(f"the writer of {to} gave no bytes")
    return written
