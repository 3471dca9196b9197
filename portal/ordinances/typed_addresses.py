"""The address of a clause as a person types it into a search box: `23조 2항`, `제12조의2`, `Article 23 (2)`, `23(2)`.

Freer than the spellings of `portal.ordinances.addresses`, and only of clauses of the main text. Whether a draft has
such a clause is the draft's business.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal.ordinances import numbering

_KOREAN: Final = re.compile(
    r"(?:제?\s*(?P<art>[0-9]{1,4})\s*조)?(?:\s*의\s*(?P<branch>[0-9]{1,3}))?\s*"
    r"(?:제?\s*(?P<para>[0-9]{1,3})\s*항)?\s*(?:제?\s*(?P<subpara>[0-9]{1,3})\s*호)?\s*(?:(?P<item>[가-하])\s*목)?")
_ENGLISH: Final = re.compile(
    r"(?:art(?:icle|\.)?\s*)?(?P<art>[0-9]{1,4})(?:-(?P<branch>[0-9]{1,3}))?\s*(?:\(\s*(?P<para>[0-9]{1,3})\s*\))?\s*"
    r"(?P<subpara>[0-9]{1,3})?\s*(?:\(\s*(?P<item>[a-z])\s*\))?", re.IGNORECASE)


def read(typed: str) -> str | None:
    """The eId of the clause that a text names; None where it is no address but words."""
    asked = " ".join(unicodedata.normalize("NFC", typed).split())
    match = _KOREAN.fullmatch(asked) or _ENGLISH.fullmatch(asked)
    if match is None or match["art"] is None:
        return None
    eid = f"art_{int(match['art'])}" + (f"-{int(match['branch'])}" if match["branch"] else "")
    if match["para"]:
        eid += f"__para_{int(match['para'])}"
    if match["subpara"]:
        eid += f"__subpara_{int(match['subpara'])}"
    if match["item"]:
        name = match["item"]
        place = numbering.item_place(name) if not name.isascii() else numbering.item_place_of_letter(name.lower())
        if place is None:
            return None
        eid += f"__point_{numbering.item_name(place)}"
    return eid
