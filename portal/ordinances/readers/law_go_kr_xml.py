"""Reads the XML of law.go.kr (국가법령정보 공동활용, 법령 본문): 조문단위 > 항 > 호 > 목, 부칙단위, 별표단위.

The elements say which clause is where, and every number stands a second time at the head of its words. What they do
not say, the lines do: sub-items, 1) and 가), and tables lie within the words of a clause, rows with 조문여부 "전문" are
headings or a preamble, addenda are flat. A number that is empty (호 without 항) is no clause. Marks of history below an
article (조문참고자료) belong to it. An element that is not known here is reported with its words. Line numbers are
those of the file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from portal.ordinances import numbering
from portal.ordinances.clauses import Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.addenda import read_addenda
from portal.ordinances.readers.annexes import Annexes
from portal.ordinances.readers.containers import parse_xml
from portal.ordinances.readers.cursor import Cursor
from portal.ordinances.readers.history import is_notes
from portal.ordinances.readers.marks import (
    Mark,
    article_mark,
    heading_mark,
    item_mark,
    paragraph_mark,
    split_parenthesised,
    subitem_mark,
    subparagraph_mark,
)
from portal.ordinances.readers.outline import Outline
from portal.ordinances.readers.source import normal
from portal.ordinances.readers.tree import Node, TreeBuilder

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMAT: Final = "law_go_kr_xml"

_ROOT: Final = "법령"
#: What the source says of the text as a whole; of these the words are kept as facts.
_ABOUT: Final = ("개정문", "제개정이유")
_UNMOVED: Final = frozenset({"", "000000"})
_PREAMBLE: Final = "전문"
_ANNEX_HEAD: Final = re.compile(r"■.*\[\s*별[표지].*?\]\s*(.*)")
#: Elements below 조문, 부칙 and 별표 whose words are placed or are numbers and dates that the words say once more.
_KNOWN: Final = frozenset({
    "조문번호", "조문가지번호", "조문여부", "조문제목", "조문시행일자", "조문이동이전", "조문이동이후", "조문변경여부",
    "조문제개정유형", "조문제개정일자문자열", "조문내용", "조문참고자료", "항번호", "항가지번호", "항제개정유형",
    "항제개정일자문자열", "항내용", "호번호", "호가지번호", "호제개정유형", "호제개정일자문자열", "호내용", "목번호",
    "목가지번호", "목내용", "부칙공포일자", "부칙공포번호", "부칙내용",
})  # fmt: skip
_ANNEX_NOTE: Final = re.compile(r"\[(?:시행일|유효기간|대통령령|총리령|.{2,15}부령)[^\[\]]*\].*")
_ANNEX: Final = frozenset({"별표번호", "별표가지번호", "별표구분", "별표제목", "별표내용"})
_Line = tuple[int, str]


def looks_like(text: str) -> bool:
    """Whether an XML text is one of these, by its root element."""
    return re.search(rf"<{_ROOT}[\s>]", text[:2_000]) is not None and "<조문" in text


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft when it is no such XML or holds no clause."""
    root = parse_xml(data)
    # The service wraps its answer, where it is asked for several things at once.
    law = root if root.tag == _ROOT else root.find(f".//{_ROOT}")
    if law is None:
        raise UnreadableDraft("This XML file is no text of law: it has no element “%(element)s”.", element=_ROOT)
    tree = TreeBuilder(language)
    facts = _facts(law, tree)
    main_text = _MainText(tree)
    for unit in law.iterfind("조문/조문단위"):
        main_text.take(unit)
    facts += main_text.moves
    values = dict(facts)
    addenda = [line for content in law.iterfind("부칙/부칙단위/부칙내용") for line in _lines(content)]
    read_addenda(addenda, _number(values.get("공포번호")) or None, tree)
    annexes = Annexes(tree)
    for annex in law.iterfind("별표/별표단위"):
        facts += _read_annex(annex, annexes, tree)
    _report_unknown(law, tree)
    return tree.finish(FORMAT, title=values.get("법령명_한글"), facts=tuple(facts))


def _lines(element: _Element | None) -> list[_Line]:
    """The lines of an element's text that are not blank, with their numbers in the file."""
    return [] if element is None else _numbered_lines(element.text, element.sourceline)


def _numbered_lines(text: str | None, first: int | None) -> list[_Line]:
    lines = normal(text or "").split("\n")
    return [(number, line.strip()) for number, line in enumerate(lines, first or 1) if line.strip()]


def _text(parent: _Element, name: str) -> str:
    return (parent.findtext(name) or "").strip()


def _number(value: str | None) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _facts(law: _Element, tree: TreeBuilder) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    for parent in law.iterfind("기본정보"):
        for element in parent.iter():
            if len(element) == 0 and (value := (element.text or "").strip()):
                facts.append((str(element.tag), html.unescape(value)))
                facts += [(str(name), str(told)) for name, told in element.attrib.items()]
    for name in _ABOUT:
        for element in law.iterfind(f"{name}/{name}내용"):
            lines = _lines(element)
            facts.append((name, "\n".join(line for _, line in lines)))
            for number, _ in lines:
                tree.add_fact_line(number)
    return facts


class _MainText:
    def __init__(self, tree: TreeBuilder) -> None:
        self.moves: list[tuple[str, str]] = []
        self._tree = tree
        self._outline = Outline(tree)
        self._cursor = Cursor(tree)
        self._preamble: Node | None = None
        self._articles = False

    def take(self, unit: _Element) -> None:
        """One row of the main text: an article, or the headings and the preamble above one."""
        if _text(unit, "조문여부") == _PREAMBLE:
            for number, line in _lines(unit.find("조문내용")):
                if not self._heading(number, line):
                    self._tree.reject(number, line)
        elif not self._article(unit):
            self._cursor.close()
            for element in unit.iter("조문내용", "항내용", "호내용", "목내용", "조문참고자료"):
                for number, line in _lines(element):
                    self._tree.reject(number, line)

    def _heading(self, number: int, line: str) -> bool:
        if mark := heading_mark(line):
            self._preamble = None
            return self._outline.enter(number, mark) is not None
        if self._articles or self._outline.innermost is not None:
            return False
        if self._preamble is None:
            # The word 전문 stands above the preamble as its heading: the label of the clause says it.
            self._preamble = self._tree.add(number, "preamble", parent=None, text="" if line == _PREAMBLE else line)
            return self._preamble is not None
        self._tree.add_line(number, self._preamble, line)
        return True

    def _article(self, unit: _Element) -> bool:
        content = _lines(unit.find("조문내용"))
        number, branch = _number(_text(unit, "조문번호")), _number(_text(unit, "조문가지번호"))
        if not number:
            return False
        mark = article_mark(content[0][1]) if content else None
        if mark is None or (mark.number, mark.branch) != (number, branch):
            mark = Mark(number, branch, "", content[0][1] if content else "")
        heading, rest = split_parenthesised(mark.text) or (_text(unit, "조문제목") or None, mark.text.strip())
        eid = f"art_{number}" + (f"-{branch}" if branch else "")
        line = content[0][0] if content else unit.sourceline or 1
        node = self._tree.add(line, eid, parent=self._outline.innermost, heading=heading or None)
        if node is None:
            return False
        self._articles, self._preamble = True, None
        self._cursor.open(node)
        if rest:
            self._first_words(line, node, rest)
        for number, line_text in content[1:]:
            self._more(number, line_text)
        self._units(unit)
        for number, line_text in _lines(unit.find("조문참고자료")):
            self._tree.add_note(number, node, line_text)
        self._moves(unit, eid)
        return True

    def _first_words(self, line: int, node: Node, rest: str) -> None:
        """Words behind the number of an article; rarely they are its first paragraph, without an element of its own."""
        mark = paragraph_mark(rest)
        if mark is None or not mark.follows((0, 0)) or not self._cursor.enter(line, "para", mark, label=mark.printed):
            node.lines.append(rest)

    def _units(self, parent: _Element) -> None:
        """항, 호 and 목, however deep the source begins with them."""
        for element in parent:
            if element.tag == "항":
                self._paragraph(element)
            elif element.tag == "호":
                self._numbered(element, "subpara", "호")
            elif element.tag == "목":
                self._numbered(element, "point", "목")

    def _paragraph(self, element: _Element) -> None:
        content = _lines(element.find("항내용"))
        printed = _text(element, "항번호")
        number = numbering.paragraph_number(printed)
        if number is None:
            for line, text in content:
                self._more(line, text)
        else:
            line, text = content[0] if content else (element.sourceline or 1, printed)
            mark = paragraph_mark(text)
            if mark is None or mark.number != number:
                mark = Mark(number, 0, printed, text.removeprefix(printed).strip())
            if self._cursor.enter(line, "para", mark, label=mark.printed) is None:
                self._reject(element)
                return
            for line, text in content[1:]:
                self._more(line, text)
        self._units(element)

    def _numbered(self, element: _Element, step: str, unit: str) -> None:
        content = _lines(element.find(f"{unit}내용"))
        printed, branch = _text(element, f"{unit}번호"), _number(_text(element, f"{unit}가지번호"))
        name = printed.rstrip(". ")
        number = (numbering.item_place(name) or 0) if step == "point" else _number(name)
        if not number:
            for line, text in content:
                self._more(line, text)
            self._units(element)
            return
        line, text = content[0] if content else (element.sourceline or 1, "")
        mark = (item_mark if step == "point" else subparagraph_mark)(text)
        if mark is None or mark.number != number or mark.branch not in (0, branch):
            mark = Mark(number, branch, "", text.removeprefix(printed).strip(), lettered=step == "point")
        if mark.branch != branch:
            mark = Mark(number, branch, "", mark.text, lettered=mark.lettered)
        if self._cursor.enter(line, step, mark) is None:
            self._reject(element)
            return
        for line, text in content[1:]:
            self._more(line, text)
        self._units(element)

    def _more(self, line: int, text: str) -> None:
        """A further line of a clause: a sub-item, or one more line of its text."""
        mark = subitem_mark(text)
        if mark is not None and self._cursor.takes_subitem(mark) and self._cursor.enter_subitem(line, mark):
            return
        node = self._cursor.node
        if node is None:
            self._tree.reject(line, text)
        else:
            self._tree.add_line(line, node, text)

    def _reject(self, element: _Element) -> None:
        for content in element.iter("항내용", "호내용", "목내용"):
            for line, text in _lines(content):
                self._tree.reject(line, text)

    def _moves(self, unit: _Element, eid: str) -> None:
        for name in ("조문이동이전", "조문이동이후"):
            told = _text(unit, name)
            if told not in _UNMOVED:
                self.moves.append((f"{name}.{eid}", told))


def _read_annex(annex: _Element, annexes: Annexes, tree: TreeBuilder) -> Iterator[tuple[str, str]]:
    """One annex: its title is told apart, so the lines that print it once more above the text are not its text."""
    number, branch = _number(_text(annex, "별표번호")), _number(_text(annex, "별표가지번호"))
    element = "tbl" if _text(annex, "별표구분") in ("", "별표") else "form"
    title = html.unescape(_text(annex, "별표제목"))
    lines = _lines(annex.find("별표내용"))
    line = (_lines(annex.find("별표제목")) or lines or [(annex.sourceline or 1, "")])[0][0]
    node = annexes.add(line, element, number, branch, title or None)
    if node is None:
        for place, text in [(line, title), *lines]:
            tree.reject(place, text)
        return
    tree.add_source_lines([number for number, _ in _lines(annex.find("별표제목"))], node)
    for place, text in _body_of_annex(lines, title, node, tree):
        tree.add_line(place, node, html.unescape(text))
    for child in annex:
        if child.tag not in _ANNEX and len(child) == 0 and (told := (child.text or "").strip()):
            yield f"별표.{node.eid}.{child.tag}", told


def _report_unknown(law: _Element, tree: TreeBuilder) -> None:
    """Words that stand where this form has none: in an element of another name, beside elements, twice in one."""
    seen: set[tuple[_Element | None, str]] = set()
    for part in law:
        if part.tag == "기본정보":
            continue
        for element in part.iter():
            holder = element.getparent()
            place = holder, str(element.tag)
            twice = element.tag != "별표단위" and place in seen
            seen.add(place)
            known = (
                (element.tag in _KNOWN and not (twice and element.tag.endswith("내용")))
                or (holder is not None and holder.tag == "별표단위")
                or (part.tag in _ABOUT and element.tag == f"{part.tag}내용")
            )  # fmt: skip
            if not known:
                for line, text in _lines(element):
                    tree.reject(line, text)
            for line, text in _numbered_lines(element.tail, element.sourceline):
                tree.reject(line, text)


def _body_of_annex(lines: list[_Line], title: str, node: Node, tree: TreeBuilder) -> list[_Line]:
    """The lines below the title. Above it stand the law's name with the annex's number, and marks of history."""
    place = 0
    head: list[int] = []
    notes: list[str] = []
    if place < len(lines) and (match := _ANNEX_HEAD.fullmatch(lines[place][1])):
        if _letters(html.unescape(match[1])) == _letters(title):  # ■ the law's name [별표] 삭제 <2018. 12. 24.>
            tree.add_source_lines([lines[0][0]], node)
            return lines[1:]
        if match[1] and not is_notes(match[1]):
            return lines
        notes += [match[1]] if match[1] else []
        head.append(lines[place][0])
        place += 1
    while place < len(lines) and is_annex_note(lines[place][1]):
        notes.append(lines[place][1])
        head.append(lines[place][0])
        place += 1
    wanted, printed = _letters(title), ""
    end = place
    while end < len(lines) and len(printed) < len(wanted):
        printed += _letters(lines[end][1])
        end += 1
    if wanted and printed == wanted:
        head += [number for number, _ in lines[place:end]]
        place = end
    node.notes = (*node.notes, *notes)
    tree.add_source_lines(head, node)
    return lines[place:]


def is_annex_note(line: str) -> bool:
    """A mark of history above the title: <개정 …>, [시행일: 2026. 12. 31.] 제2호, [대통령령 제35363호(…) … 유효함]."""
    return is_notes(line) or _ANNEX_NOTE.fullmatch(line) is not None


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text)
