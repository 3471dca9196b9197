"""Readers: from the bytes of a file to a draft. Each format has a module; which one a file is, its content tells.

Nothing is lost silently: a reading counts what it read and names each line that it could not place, and a file that
holds no clause is refused.
"""

from __future__ import annotations

from typing import Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import english_by_eid, legalize_markdown, portal_json, source

FORMATS: Final = (legalize_markdown.FORMAT, portal_json.FORMAT)


def read(data: bytes, filename: str | None = None, language: Language = "ko") -> Reading:
    """The reading of a draft, its format told by its content.

    `filename` is only a hint for what the content does not tell. `language` is the one that a text in a single
    language is written in; the portal's own JSON has two and says which is which. Raises UnreadableDraft.
    """
    text = source.decode(data)
    if text.lstrip().startswith(("{", "[")) or (filename or "").lower().endswith(".json"):
        return _read_json(text)
    if legalize_markdown.looks_like(text) or (filename or "").lower().endswith((".md", ".markdown")):
        return legalize_markdown.read_text(text, language)
    raise UnreadableDraft(
        "This is no draft in a format that we read: Markdown in the form of legalize-kr, or the portal's own JSON."
    )


def read_as(source_format: str, data: bytes, language: Language = "ko") -> Reading:
    """The reading of a draft in a format that is named: one of FORMATS. Raises UnreadableDraft, or ValueError for a
    format that there is not."""
    if source_format == legalize_markdown.FORMAT:
        return legalize_markdown.read(data, language)
    if source_format == portal_json.FORMAT:
        return portal_json.read(data)
    raise ValueError(f"there is no format {source_format!r}")


def _read_json(text: str) -> Reading:
    document = portal_json.parse_json(text)
    if english_by_eid.looks_like(document):
        raise UnreadableDraft(
            "This is an English text by clause address. Import the Korean text first and add this one beside it."
        )
    if not portal_json.looks_like(document):
        raise UnreadableDraft("This JSON file is no draft: it has no title or no clauses.")
    return portal_json.read_document(document)
