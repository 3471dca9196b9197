"""Figures and signs that a document sets above or below the line, as characters that stand there themselves: 10³, CO₂.

Read as plain letters they would be another number. Letters that have no such character stay as they are. Knows no
format.
"""

from __future__ import annotations

import re
from typing import Final

_PLAIN: Final = "0123456789+-=()n"
_ABOVE: Final = {ord(plain): above for plain, above in zip(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True)} | {ord("−"): "⁻"}
_BELOW: Final = {ord(plain): below for plain, below in zip(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ", strict=True)} | {ord("−"): "₋"}
_SHORT: Final = re.compile(rf"\s{{0,9}}[{re.escape(_PLAIN)}−]{{1,20}}\s{{0,9}}")


def raised(words: str) -> str | None:
    """`³` for `3`; None where a character of the words has none above the line."""
    return words.translate(_ABOVE) if _SHORT.fullmatch(words) else None


def lowered(words: str) -> str | None:
    """`₂` for `2`; None where a character of the words has none below the line."""
    return words.translate(_BELOW) if _SHORT.fullmatch(words) else None
