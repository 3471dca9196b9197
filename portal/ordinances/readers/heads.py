"""What stands above the first article of a flat text: the title, what the gazette or law.go.kr prints round it, and in
a constitution the preamble. Lines that are none of these (the reasons that a ministry puts before its draft) are
reported, for no clause holds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.ordinances.clauses import Language, Table
from portal.ordinances.readers.tree import Node, TreeBuilder

_ISSUED: Final = r"(?:법률|대통령령|총리령|[가-힣]{2,20}부령|[가-힣]{2,20}(?:규칙|훈령|예규|고시|조례))"
_NUMBER: Final = re.compile(rf"[⊙◎○]?\s*\[?{_ISSUED}\s*제\s*([0-9]{{1,6}})\s*호")
_BRACKETED_NUMBER: Final = re.compile(rf"\[{_ISSUED}\s*제\s*([0-9]{{1,6}})\s*호")
#: Printed above a title: dates, numbers, who signed, which department answers the telephone.
_STAMP: Final = re.compile(
    rf"\[시행[^\[\]]*\].*|[⊙◎○]?\s*\[?{_ISSUED}\s*제?\s*[0-9\s]*(?:-[0-9\s]*)?호?\s*(?:[,(\]].*)?"
    r"|\(\s*약칭\s*:.*\)|[⊙◎○]?\s*[가-힣ㆍ·○\s]{1,60}공고\s*제?\s*[0-9\s]{0,9}(?:-[0-9\s]{0,9})?호\s*(?:[,(].*)?"
    r"|국무회의의? 심의를 거친.*|.{0,60}(?:이에|여기에) 공포한다\.?"
    r"|(?:대통령|국무총리|국무위원|[가-힣]{2,20}장관|국회의장).{0,60}(?:\(인\)|[가-힣]{2,5})?"
    r"|(?:19|20)[0-9]{2}\s*[년.]\s*[0-9]{1,2}\s*[월.]\s*[0-9]{1,2}\s*[일.]?"
    r"|[가-힣ㆍ·]{2,30}\s*\([^()]{2,60}\)\s*,?\s*[0-9]{2,3}-[0-9]{3,4}(?:-[0-9]{4})?.*|법제처|관\s*보"
)
_TITLE: Final = re.compile(
    r".{0,200}(?:법|법률|령|규칙|규정|조례|훈령|예규|고시|지침|기준|헌법|요령|세칙)"
    r"\s*(?:\(안\)|안|(?:제정|전부개정|일부개정)(?:령|법률|규칙)?\s*(?:\(안\)|안)?)?\s*(?:\([^()]{1,60}\))?"
)
_PREAMBLE: Final = frozenset({"전문", "前文", "preamble"})
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Head:
    """`number` is that of promulgation, where the lines tell it."""

    title: str | None
    number: int | None
    facts: tuple[tuple[str, str], ...]


def read_head(blocks: Sequence[tuple[int, str | Table]], tree: TreeBuilder, language: Language) -> Head:
    """Places the lines above the first article or reports them."""
    title_at = _title_at([block for _, block in blocks], language)
    title: str | None = None
    number: int | None = None
    facts: list[tuple[str, str]] = []
    preamble: Node | None = None
    preamble_told = False
    for place, (line, block) in enumerate(blocks):
        if isinstance(block, Table):
            tree.reject(line, block.as_text(language))
        elif place == title_at:
            title = block
            tree.add_fact_line(line)
        elif block.lower() in _PREAMBLE:
            preamble_told = True
            tree.add_fact_line(line)
        elif not preamble_told and _is_stamp(block):
            facts.append((f"머리글.{len(facts) + 1}", block))
            tree.add_fact_line(line)
            found = _NUMBER.match(block) or _BRACKETED_NUMBER.search(block)
            number = int(found[1]) if found and int(found[1]) else number
        elif preamble is not None:
            tree.add_line(line, preamble, block)
        elif preamble_told or (title and title.endswith("헌법")):
            preamble = tree.add(line, "preamble", parent=None, text=block)
        else:
            tree.reject(line, block)
    return Head(title, number, tuple(facts))


def _title_at(lines: Sequence[str | Table], language: Language) -> int | None:
    """The place of the title: the first line that ends as titles do, else the first that is no sentence."""
    others = [(place, line) for place, line in enumerate(lines)
              if isinstance(line, str) and len(line) <= _LONGEST_TITLE and not line.endswith((".", ":", ";", ","))
              and line.lower() not in _PREAMBLE and not _is_stamp(line)]  # fmt: skip
    if language == "ko":
        for place, line in others:
            if _TITLE.fullmatch(_with_single_spaces(line)):
                return place
    return others[0][0] if others else None


def _is_stamp(line: str) -> bool:
    return _STAMP.fullmatch(_with_single_spaces(line)) is not None


def _with_single_spaces(line: str) -> str:
    """A run of spaces can be shared out among several parts of a pattern in more ways than there is time for."""
    return " ".join(line.split())
