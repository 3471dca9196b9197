"""The terms of filing: the version in force and the digest of its text, stored with every filing.

The text is a template of the product (`templates/legal/terms_of_filing_<language>.html`), filled with the names of the
deployment, the kind and the rule of the consultation. Who changes the text raises VERSION; a test holds the two
together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from portal.ledger import commitments
from portal.settings import folder

VERSION: Final = "2"
LANGUAGES: Final = ("ko", "en")


@dataclass(frozen=True)
class Terms:
    """What a filer agrees to: `digest` is SHA-256 over the texts in both languages, in hex."""

    version: str
    digest: str


def template_name(language: str) -> str:
    """The template of the text in a language."""
    if language not in LANGUAGES:
        raise ValueError(f"there are no terms of filing in {language!r}")
    return f"legal/terms_of_filing_{language}.html"


@cache
def current() -> Terms:
    """The terms in force."""
    texts = {language: (folder("templates") / template_name(language)).read_text() for language in LANGUAGES}
    return Terms(VERSION, commitments.digest({"version": VERSION, **texts}))
