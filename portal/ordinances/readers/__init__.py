"""Readers: from the bytes of a file to a draft. Each format has a module; which one a file is, its content tells.

Nothing is lost silently: a reading counts what it read and names each line that it could not place, and a file that
holds no clause is refused. A module is loaded when a file of its format comes: those for XML and word processors are
heavy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final, Protocol, cast

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import source

_PACKAGE: Final = "portal.ordinances.readers"
_MODULES: Final[Mapping[str, str]] = MappingProxyType({
    name: f"{_PACKAGE}.{name}" for name in (
        "legalize_markdown", "portal_json", "law_go_kr_xml", "plain_text", "docx", "hwpx", "akoma_ntoso",
        "eu_ai_act_json",
    )
})  # fmt: skip
FORMATS: Final = tuple(_MODULES)


#: How XML begins, and a page of the web. Korean titles stand in the same brackets: <입법예고안>.
_XML_START: Final = re.compile(r"<(?:[?!A-Za-z]|법령[\s>/])")


class _Reader(Protocol):
    def read(self, data: bytes, language: Language = "ko") -> Reading: ...


def read(data: bytes, filename: str | None = None, language: Language = "ko") -> Reading:
    """The reading of a draft, its format told by its content.

    `filename` is only a hint for what the content does not tell. `language` is the one that a text in a single
    language is written in; the portal's own JSON has two and says which is which. Raises UnreadableDraft.
    """
    return read_as(told_format(data, filename), data, language)


def read_as(source_format: str, data: bytes, language: Language = "ko") -> Reading:
    """The reading of a draft in a format that is named: one of FORMATS. Raises UnreadableDraft, or ValueError for a
    format that there is not."""
    if source_format not in _MODULES:
        raise ValueError(f"there is no format {source_format!r}")
    return cast(_Reader, import_module(_MODULES[source_format])).read(data, language)


def told_format(data: bytes, filename: str | None = None) -> str:
    """The format that a file is in: one of FORMATS. Raises UnreadableDraft for a file that is in none of them."""
    if len(data) > source.MAX_BYTES:
        raise source.too_large()
    if data.startswith(b"PK\x03\x04"):
        return _told_archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableDraft("This is a file of an old format (HWP or DOC). Save it as HWPX or DOCX and try again.")
    if data.startswith(b"%PDF"):
        raise UnreadableDraft("This is a PDF. Use the file that it was made from, or paste its text as plain text.")
    text, ending = source.decode(data), (filename or "").lower()
    start = text.lstrip()[:4_000]
    if _XML_START.match(start):
        return _told_xml(text, start)
    if start.startswith(("{", "[")) and (ending.endswith(".json") or _is_json(start)):
        return _told_json(text)
    from portal.ordinances.readers import legalize_markdown

    if ending.endswith(".json"):
        return _told_json(text)
    return legalize_markdown.FORMAT if legalize_markdown.looks_like(text) else "plain_text"


def _told_archive(data: bytes) -> str:
    from portal.ordinances.readers import containers, docx, hwpx

    archive = containers.open_zip(data)
    if hwpx.looks_like(archive):
        return hwpx.FORMAT
    if docx.looks_like(archive):
        return docx.FORMAT
    raise UnreadableDraft("This archive is no text document: we read DOCX and HWPX.")


def _told_xml(text: str, start: str) -> str:
    from portal.ordinances.readers import akoma_ntoso, law_go_kr_xml

    if akoma_ntoso.looks_like(start):
        return akoma_ntoso.FORMAT
    if law_go_kr_xml.looks_like(text):
        return law_go_kr_xml.FORMAT
    if start[:200].lower().startswith(("<!doctype html", "<html")):
        raise UnreadableDraft("This is a web page. Paste its text, or use the file that it was made from.")
    # What the file is, its reader says: that it is damaged, or that it is another XML.
    return law_go_kr_xml.FORMAT


def _is_json(start: str) -> bool:
    """Whether a text that opens with a bracket is JSON: [별표 1] and [시행 2026. 1. 22.] are not."""
    behind = start[1:].lstrip()
    return behind[:1] in ('"', "{", "[", "}", "]", "") or (behind[:1].isascii() and behind[:1].isdigit())


def _told_json(text: str) -> str:
    from portal.ordinances.readers import english_by_eid, eu_ai_act_json, portal_json

    document = portal_json.parse_json(text)
    if english_by_eid.looks_like(document):
        raise UnreadableDraft(
            "This is an English text by clause address. Import the Korean text first and add this one beside it."
        )
    if eu_ai_act_json.looks_like(document):
        return eu_ai_act_json.FORMAT
    if not portal_json.looks_like(document):
        raise UnreadableDraft("This JSON file is no draft: it has no title or no clauses.")
    return portal_json.FORMAT
