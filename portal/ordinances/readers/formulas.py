"""Formulas of Word (Office MathML) on one line: a fraction as (1)/(2), a root as √(x), a power as x^(가).

What a formula sets above, below or around something else is told by brackets, so that two formulas that say different
things do not read alike. Knows no document: what a run of letters says, whoever reads the document tells.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Final

from portal.ordinances.readers.raised import lowered, raised

if TYPE_CHECKING:
    from lxml.etree import _Element

_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
#: A formula, and formulas that stand on lines of their own.
FORMULAS: Final = frozenset({f"{_M}oMath", f"{_M}oMathPara"})
#: The letters of a formula. A longer one is none that a law has: its letters are written one after the other.
_LONGEST: Final = 10_000


def on_one_line(formula: _Element, said: Callable[[_Element], str], passed_over: Container[str]) -> tuple[str, bool]:
    """The words of a formula, and whether any of it is set otherwise than sign after sign, or it is too long to tell.

    `said` gives the words of a run; elements with a tag in `passed_over` are no text.
    """
    is_long = sum(map(len, formula.itertext())) > _LONGEST
    line = _Line(said, passed_over, is_long)
    return line.of(formula), line.is_built


class _Line:
    def __init__(self, said: Callable[[_Element], str], passed_over: Container[str], is_long: bool) -> None:
        self._said, self._passed_over, self._is_long = said, passed_over, is_long
        self.is_built = is_long

    def of(self, element: _Element) -> str:
        """The words of an element of a formula."""
        tag = str(element.tag)
        name = tag.rpartition("}")[2]
        if tag in self._passed_over or name.endswith("Pr"):
            return ""
        if name == "r":
            return self._said(element)
        if name == "oMathPara":
            return "\n".join(filter(None, map(self.of, element)))
        is_formula = tag.startswith(_M) and not self._is_long
        if name == "d" and is_formula:
            return self._bracket(element)
        built = self._built(name, element) if is_formula else None
        if built is None:
            return "".join(map(self.of, element))
        self.is_built = self.is_built or bool(built)
        return built

    def _built(self, name: str, element: _Element) -> str | None:
        """What is set above, below or around something else; None for an element that only holds others."""
        if name in ("f", "sSub", "sSup", "sSubSup", "sPre", "limLow", "limUpp", "func", "bar", "acc", "groupChr"):
            return self._fixed(name, element)
        if name == "rad":
            degree, radicand = self._part(element, "deg"), self._part(element, "e")
            return f"√({degree}&{radicand})" if degree else f"√({radicand})" if radicand else ""
        if name == "nary":
            of = self._part(element, "e")
            limits = _below(self._part(element, "sub")) + _above(self._part(element, "sup"))
            return f"{_sign(element, 'naryPr', 'chr', '∫')}{limits}({of})" if of or limits else ""
        if name in ("eqArr", "m"):
            rows = [", ".join(map(self.of, row.iterchildren(f"{_M}e"))) if name == "m" else self.of(row)
                    for row in element.iterchildren(f"{_M}mr", f"{_M}e")]  # fmt: skip
            return f"({'; '.join(rows)})" if any(rows) else ""
        return None

    def _fixed(self, name: str, element: _Element) -> str:
        """What has the same few parts each time."""
        if name == "f":
            over, under = self._bracketed(element, "num"), self._bracketed(element, "den")
            stroke = "¦" if _sign(element, "fPr", "type", "bar", 10) == "noBar" else "/"
            return "" if (over, under) == ("()", "()") else f"{over}{stroke}{under}"
        if name == "func":
            function = self._part(element, "fName")
            of = self._bracketed(element, "e")
            return f"{function}{of}" if function or of != "()" else ""
        if name == "sPre":
            return f"{_below(self._part(element, 'sub'))}{_above(self._part(element, 'sup'))}{self._base(element)}"
        base = self._base(element)
        if name == "bar":
            mark = "¯" if _sign(element, "barPr", "pos", "bot", 3) == "top" else "▁"
            return f"{mark}{base}" if base else ""
        if name == "acc":
            return f"{base}{_sign(element, 'accPr', 'chr', chr(0x302))}" if base else ""
        if name == "groupChr":
            return f"{base}{_sign(element, 'groupChrPr', 'chr', '⏟')}" if base else ""
        if name in ("limLow", "limUpp"):
            limit = self._part(element, "lim")
            return base + (_below(limit) if name == "limLow" else _above(limit))
        return base + _below(self._part(element, "sub")) + _above(self._part(element, "sup"))

    def _bracket(self, element: _Element) -> str:
        """Brackets, which Word draws: they are no letters of the formula."""
        separator = _sign(element, "dPr", "sepChr", "|")
        words = separator.join(map(self.of, element.iterchildren(f"{_M}e")))
        return f"{_sign(element, 'dPr', 'begChr', '(')}{words}{_sign(element, 'dPr', 'endChr', ')')}" if words else ""

    def _part(self, element: _Element, name: str) -> str:
        part = element.find(f"{_M}{name}")
        return "" if part is None else "".join(map(self.of, part))

    def _bracketed(self, element: _Element, name: str) -> str:
        """A part in round brackets, which it may have already."""
        words = self._part(element, name)
        return words if _is_in_brackets(element, name) else f"({words})"

    def _base(self, element: _Element) -> str:
        """What something is set beside: in brackets, where it is more than a sign or a number."""
        words = self._part(element, "e")
        return words if len(words) < 2 or words.isdigit() or _is_in_brackets(element, "e") else f"({words})"


def _above(words: str) -> str:
    return (raised(words) or f"^({words})") if words else ""


def _below(words: str) -> str:
    return (lowered(words) or f"_({words})") if words else ""


def _is_in_brackets(element: _Element, name: str) -> bool:
    """Whether a part of it holds nothing but round brackets with something in them."""
    part = element.find(f"{_M}{name}")
    held = [child for child in part if not str(child.tag).endswith("Pr")] if part is not None else []
    return (len(held) == 1 and held[0].tag == f"{_M}d" and _sign(held[0], "dPr", "begChr", "(") == "("
            and _sign(held[0], "dPr", "endChr", ")") == ")")  # fmt: skip


def _sign(element: _Element, properties: str, name: str, otherwise: str, longest: int = 2) -> str:
    """A sign or a word that the properties of an element name; `otherwise` where they name none."""
    told = element.find(f"{_M}{properties}/{_M}{name}")
    return otherwise if told is None else (told.get(f"{_M}val") or "")[:longest]
