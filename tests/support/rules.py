"""Addresses made from the routing rules of the application, for tests that open every page or send every form."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: `<name>`, `<int:name>`, `<any(one, other):name>`.
_PART = re.compile(r"<(?:(\w+)(?:\((\w+)[^)]*\))?:)?(\w+)>")


def filled(rule: str, known: Mapping[str, str] | None = None) -> str:
    """The address of a rule, or of a piece of one, with something in each part: what is known under its name, else the
    first of what may stand there."""
    def value(part: re.Match[str]) -> str:
        kind, first, name = part.groups()
        return (known or {}).get(name) or first or ("1" if kind == "int" else "x")

    return _PART.sub(value, rule)
