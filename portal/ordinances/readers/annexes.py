"""Annexes and forms (별표, 별지): how one begins, and where its lines go. What is in them has no addresses of its own.

    [별표 1의3]
    ■ 건축법 시행령 [별표 2] <개정 2018. 1. 23.>
    [별지 제3호서식] 신청서
    별표 1 과태료의 부과기준(제3조 관련)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from portal.ordinances.clauses import Table
from portal.ordinances.readers.history import is_notes
from portal.ordinances.readers.tree import Node, TreeBuilder

_NAME: Final = (
    r"(?:별\s?표\s*(?:제\s*)?(?P<table>[0-9]{1,3})?(?:\s*호)?|별\s?지\s*(?:제\s*)?(?P<form>[0-9]{1,3})?(?:\s*호)?\s*)"
    r"(?:의\s?(?P<branch>[0-9]{1,2}))?(?:\s*(?:호\s*)?서식)?"
)
_NAMED: Final = re.compile(rf"\[?{_NAME}\]?(?=\s|\(|$)\s*(?P<title>.*)")
_HEADED: Final = re.compile(rf"(?P<law>■.{{0,200}})?[\[<〈]\s*{_NAME}\s*[\]>〉]\s*(?P<title>.*)")
_RELATED: Final = re.compile(r"(?:관련|관계)\s*\)$")
#: [별표 1]을 삭제한다. [별표 3] 제2호러목 중 …
_IN_A_SENTENCE: Final = re.compile(r"(?:을|를|의|에|과|와|은|는|이|가|중|및)(?:\s|$)|제\s?[0-9]|[,ㆍ·]|비고")
_BEGINS_TEXT: Final = re.compile(
    r"(?:[0-9]{1,3}|[가-하]|[IVX]{1,4})\s*\.|[0-9]{1,3}\)|[①-⑳※○ㅇ□◦\-\u2500-\u257f<]|비\s?고"
)
#: A unit of an address that is parted from its number by the end of a line: (제90조제1항제2 / 호 관련).
_PARTED: Final = re.compile(r"^(?:조|항|호|목)(?:의[0-9]|[가-힣\s제)])")
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class AnnexName:
    """What the line says that an annex begins with: `element` is tbl or form, number 0 is none; `title` is what else
    stands on the line, and `law` what stands before it."""

    element: str
    number: int
    branch: int
    title: str
    law: str = ""


def annex_name(line: str) -> AnnexName | None:
    """The annex that a heading of this wording opens, None where it is no annex."""
    return _found(_NAMED.fullmatch(line))


def flat_annex_name(line: str) -> AnnexName | None:
    """The annex that a line of running text opens: its name stands in brackets, alone, or before a title that says to
    which article it belongs. 별표 1 제2호에 따른 … is a sentence."""
    found = _found(_HEADED.fullmatch(line))
    if found and (not _IN_A_SENTENCE.match(found.title) and not found.title.endswith(("다.", "다"))):
        return found
    found = _found(_NAMED.fullmatch(line))
    return found if found and (not found.title or _RELATED.search(found.title)) else None


def _found(match: re.Match[str] | None) -> AnnexName | None:
    if match is None:
        return None
    law = (match.groupdict().get("law") or "").strip()
    table = re.match(r"별\s?표", match[0][match[0].find("별", len(law)) :]) is not None
    return AnnexName("tbl" if table else "form", int(match["table"] or match["form"] or 0), int(match["branch"] or 0),
                     match["title"].strip(), law)  # fmt: skip


@dataclass
class Annexes:
    """The annexes of one text, in its order. `opens_text` tells whether a line can be no title."""

    tree: TreeBuilder
    opens_text: Callable[[str], bool] = field(default=lambda line: _BEGINS_TEXT.match(line) is not None)
    node: Node | None = None
    _expects_title: bool = False
    _unnumbered: dict[str, int] = field(default_factory=dict)

    def open(self, line: int, text: str, name: AnnexName, *, flat: bool = False) -> None:
        """An annex that begins on this line. In running text (`flat`) its title may follow on the next lines."""
        title, notes = name.title, ()
        if flat and is_notes(title):
            title, notes = "", (title,)  # type: ignore[assignment]
        self.node = self.add(line, name.element, name.number, name.branch, title or None, notes)
        self._expects_title = flat and not title
        if self.node is None:
            self.tree.reject(line, text)

    def take(self, line: int, text: str) -> None:
        """A line of the annex."""
        if self.node is None:
            self.tree.reject(line, text)
        elif not self._title(line, self.node, text):
            self.tree.add_line(line, self.node, text)

    def take_table(self, line: int, table: Table) -> None:
        """A table of the annex."""
        self._expects_title = False
        self.tree.place_table(line, self.node, table)

    def _title(self, line: int, node: Node, text: str) -> bool:
        """Whether the line was the title, or one more line of it, or a mark of history above it."""
        if not self._expects_title:
            return False
        if node.heading is None and is_notes(text):
            node.notes = (*node.notes, text)
        elif self.opens_text(text) or len((node.heading or "") + text) > _LONGEST_TITLE:
            self._expects_title = False
            return False
        elif node.heading is None:
            node.heading = text
            self._expects_title = _RELATED.search(text) is None
        elif _RELATED.search(text):
            node.heading += ("" if _PARTED.match(text) else " ") + text
            self._expects_title = False
        else:
            self._expects_title = False
            return False
        self.tree.add_source_lines([line], node)
        return True

    def add(self, line: int, element: str, number: int, branch: int, title: str | None,
            notes: tuple[str, ...] = ()) -> Node | None:  # fmt: skip
        """A new annex or form; a second one without a number gets the next free address. None where it is taken."""
        address = f"{element}_{number}" + (f"-{branch}" if branch else "")
        if not number and self.tree.has(address):
            branch = max(self._unnumbered.get(element, 1), branch)
            while self.tree.has(address):
                branch += 1
                address = f"{element}_0-{branch}"
            self._unnumbered[element] = branch
        return self.tree.add(line, address, parent=None, heading=title, notes=notes)
