"""Reads flat lines, as they are pasted from a word processor or come out of one: articles, addenda, annexes.

A number opens a clause where it comes next (or, where the text leaves numbers out, where it is a later one and looks
like nothing else); any other line goes on with the clause above it. What stands before the first article is the title,
what the gazette prints above it, or a preamble; the rest is reported. A table among the lines belongs to the clause in
whose text it stands. Knows no file: plain text, DOCX and HWPX come here as lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from portal.ordinances.clauses import Language, Reading, Table
from portal.ordinances.readers.addenda import read_addenda
from portal.ordinances.readers.annexes import Annexes
from portal.ordinances.readers.cursor import Cursor
from portal.ordinances.readers.grammars import ENGLISH, KOREAN, Grammar, heading_of_article
from portal.ordinances.readers.heads import Head, read_head
from portal.ordinances.readers.history import is_article_note
from portal.ordinances.readers.marks import Mark
from portal.ordinances.readers.outline import Outline
from portal.ordinances.readers.tree import Node, TreeBuilder

#: A line of the source, or one of its tables, with its number from 1.
Block = tuple[int, str | Table]

_SPACES: Final = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
#: `- 12 -`, and what the PDF of law.go.kr prints on every page.
_PAGE: Final = re.compile(r"[-–—]\s*[0-9]{1,4}\s*[-–—]|법제처\s+[0-9]{1,4}\s+국가법령정보센터|국가법령정보센터")
#: The furthest that a number may jump where numbers are left out: 1.ㆍ2. (생략) / 3. …
_FURTHEST: Final = {"para": 20, "subpara": 20, "point": 10}
#: 제2항 재판상 파양 <개정 2012.2.10>: the Civil Act has a level below the subsection, for which there is no address.
_LEVEL_BELOW: Final = re.compile(r"제[0-9]{1,2}항\s+[가-힣()ㆍ· ]{2,30}(?<![은는이가을를에의])\s*(?:<[^<>]*>)?")
_ENDED: Final = re.compile(r"(?:[.>\]]|삭제)$")
_DRAWN: Final = re.compile(r"[\u2500-\u257f]")


def clean(line: str) -> str:
    """The line without the white space at its ends, every space in it an ordinary one, nothing invisible in it."""
    return _SPACES.sub(" ", line.translate(_INVISIBLE)).strip()


def read_lines(
    blocks: Sequence[Block], source_format: str, language: Language = "ko", facts: tuple[tuple[str, str], ...] = ()
) -> Reading:
    """The reading of lines and tables in the order of the text. Raises UnreadableDraft when no line is an article."""
    grammar = KOREAN if language == "ko" else ENGLISH
    tree = TreeBuilder(language, english_labels=grammar.labels_printed)
    cleaned: list[Block] = []
    for number, block in blocks:
        content = block if isinstance(block, Table) else clean(block)
        if content:
            cleaned.append((number, content))
    cleaned = _without_contents(cleaned, grammar, tree)
    first = next((place for place, block in enumerate(cleaned) if _opens_main_text(block, grammar)), len(cleaned))
    head = read_head(cleaned[:first], tree, language)
    _Lines(tree, grammar, head).read(cleaned[first:])
    return tree.finish(source_format, title=head.title, facts=(*facts, *head.facts))


def _opens_main_text(block: Block, grammar: Grammar) -> bool:
    line = block[1]
    if isinstance(line, Table):
        return False
    mark = grammar.article(line)
    return grammar.heading(line) is not None or (mark is not None and not grammar.goes_on(mark.text))


def _without_contents(blocks: list[Block], grammar: Grammar, tree: TreeBuilder) -> list[Block]:
    """The lines without a table of contents: from the line that says so to where its first entry stands again."""
    start = next((place for place, (_, line) in enumerate(blocks)
                  if isinstance(line, str) and grammar.is_contents(line)), None)  # fmt: skip
    if start is None or start + 1 >= len(blocks):
        return blocks
    number = _number(blocks[start + 1], grammar)
    again = next((place for place in range(start + 2, len(blocks))
                  if number and _number(blocks[place], grammar) == number), None)  # fmt: skip
    if again is None:
        return blocks
    for line, _ in blocks[start:again]:
        tree.add_fact_line(line)
    return blocks[:start] + blocks[again:]


def _number(block: Block, grammar: Grammar) -> tuple[str, int, int] | None:
    line = block[1]
    mark = (grammar.heading(line) or grammar.article(line)) if isinstance(line, str) else None
    return (mark.unit, mark.number, mark.branch) if mark else None


class _Lines:
    """Main text, addenda and annexes, one after the other."""

    def __init__(self, tree: TreeBuilder, grammar: Grammar, head: Head) -> None:
        self._tree, self._grammar, self._head = tree, grammar, head
        self._annexes = Annexes(tree)

    def read(self, blocks: Sequence[Block]) -> None:
        """Places every line."""
        body: _Body | None = _Body(self._tree, self._grammar)
        addenda: list[Block] = []
        section = "main"
        for number, block in blocks:
            if isinstance(block, Table):
                if section == "annexes":
                    self._annexes.take_table(number, block)
                elif section == "addenda":
                    addenda.append((number, block))
                elif body is not None:
                    body.take_table(number, block)
                continue
            if _PAGE.fullmatch(block):
                self._tree.reject(number, block)
            elif self._grammar.is_addenda(block):
                section = "addenda"
                addenda.append((number, block))
            elif name := self._grammar.annex(block):
                section = "annexes"
                self._annexes.open(number, block, name, flat=True)
            elif section == "annexes":
                self._annexes.take(number, block)
            elif section == "addenda":
                addenda.append((number, block))
            elif body is not None:
                body.take(number, block)
        if self._grammar is KOREAN:
            read_addenda(addenda, self._head.number, self._tree)
        else:
            self._read_english_addenda(addenda)

    def _read_english_addenda(self, blocks: list[Block]) -> None:
        """An English text has the addenda of its own, and articles or paragraphs in them."""
        body: _Body | None = None
        for number, block in blocks:
            if isinstance(block, str) and self._grammar.is_addenda(block):
                stamp = block[block.index("<") :] if "<" in block else ""
                root = self._tree.add(number, "addenda", parent=None, notes=(stamp,) if stamp else ())
                body = _Body(self._tree, self._grammar, root) if root else None
                if root is None:
                    self._tree.reject(number, block)
            elif body is None:
                self._tree.reject(number, block if isinstance(block, str) else block.as_text("en"))
            elif isinstance(block, Table):
                body.take_table(number, block)
            else:
                body.take(number, block)


class _Body:
    """Headings, articles and what is below them: of the main text, or of addenda (`root`), which have no headings."""

    def __init__(self, tree: TreeBuilder, grammar: Grammar, root: Node | None = None) -> None:
        self._tree, self._grammar, self._root = tree, grammar, root
        self._outline = Outline(tree)
        self._cursor = Cursor(tree)
        self._untitled: Node | None = None
        self._article_before = (0, 0)
        self._have_headings = False
        self._lost = False
        if root is not None:
            self._cursor.open(root)

    def take(self, line: int, text: str) -> None:
        """One line that is not blank."""
        if not self._take(line, text):
            self._tree.reject(line, text)

    def take_table(self, line: int, table: Table) -> None:
        """A table between the lines."""
        self._tree.place_table(line, None if self._lost else self._cursor.node, table)

    def _take(self, line: int, text: str) -> bool:
        for opens in (self._heading, self._article):
            opened = opens(line, text)
            if opened is not None:
                return opened
        if self._lost:
            return False
        if self._untitled is not None:
            self._untitled.heading, self._untitled = text, None
            self._tree.add_source_lines([line], self._outline_node())
            return True
        if self._cursor.base is None:
            return False
        return self._below_article(line, text)

    def _outline_node(self) -> Node:
        node = self._outline.innermost
        if node is None:
            raise ValueError("no heading is open")
        return node

    # Each says whether the line was placed, or None where it is none of its marks.

    def _heading(self, line: int, text: str) -> bool | None:
        mark = self._grammar.heading(text) if self._root is None else None
        if mark is None:
            return None
        node = self._outline.enter(line, mark)
        self._cursor.close()
        self._lost, self._untitled = node is None, None
        if node is not None and not mark.text:
            self._untitled = node
        return node is not None

    def _article(self, line: int, text: str) -> bool | None:
        mark = self._grammar.article(text)
        if mark is None:
            return None
        split = heading_of_article(mark)
        if not self._is_article(mark, split):
            return None
        heading, rest = split or (None, mark.text.strip())
        parent = self._outline.innermost if self._root is None else self._root
        branch = f"-{mark.branch}" if mark.branch else ""
        prefix = "" if self._root is None else f"{self._root.eid}__"
        node = self._tree.add(line, f"{prefix}art_{mark.number}{branch}", parent=parent, heading=heading)
        self._lost = node is None
        self._untitled = None
        if node is None:
            # What follows belongs to an article that stands there already: it must not be taken for another's.
            self._cursor.close()
            return False
        self._cursor.open(node)
        self._article_before = mark.number, mark.branch
        self._have_headings = self._have_headings or heading is not None
        # The first paragraph stands on the line of its article: 제4조(경과조치) ① 이 영 시행 당시 …
        if rest and not self._paragraph(line, rest):
            node.lines.append(rest)
        return True

    def _is_article(self, mark: Mark, split: tuple[str, str] | None) -> bool:
        follows = mark.follows(self._article_before)
        if split is not None:
            attached = split[1] and not mark.text.rstrip().endswith(f") {split[1]}") and split[1][0].isalpha()
            cites = self._grammar.goes_on(split[1]) and attached
            return not cites and (follows or not attached)
        rest = mark.text
        if not rest.strip():
            return mark.number >= self._article_before[0]
        if self._grammar.deleted.fullmatch(rest):
            return True
        return rest[0].isspace() and follows and not self._have_headings and not self._grammar.goes_on(rest)

    def _below_article(self, line: int, text: str) -> bool:
        if not _DRAWN.match(text):
            for opens in self._order():
                opened = opens(line, text)
                if opened is not None:
                    return opened
        node, base = self._cursor.node, self._cursor.base
        if node is None or (_LEVEL_BELOW.fullmatch(text) and _ENDED.search(node.text)):
            return False
        if base is not None and is_article_note(text):
            self._tree.add_note(line, base, text)
        else:
            self._tree.add_line(line, node, text)
        return True

    def _order(self) -> tuple[Callable[[int, str], bool | None], ...]:
        """In English (1) and (a) are also the sub-items below 1) and a): where one is open, it comes first."""
        units = (self._paragraph, self._subparagraph, self._item)
        return (self._subitem, *units) if self._cursor.in_subitems else (*units, self._subitem)

    def _paragraph(self, line: int, text: str) -> bool | None:
        mark = self._grammar.paragraph(text)
        if mark is None or not self._comes_next("para", mark):
            return None
        return self._cursor.enter(line, "para", mark, label=mark.printed or None) is not None

    def _subparagraph(self, line: int, text: str) -> bool | None:
        mark = self._grammar.subparagraph(text)
        if mark is None or not self._comes_next("subpara", mark):
            return None
        return self._cursor.enter(line, "subpara", mark) is not None

    def _item(self, line: int, text: str) -> bool | None:
        mark = self._grammar.item(text)
        # A line that is `다.` and nothing else is the end of a sentence: … 하여야 한 / 다.
        if mark is None or not mark.text or not self._comes_next("point", mark):
            return None
        return self._cursor.enter(line, "point", mark) is not None

    def _subitem(self, line: int, text: str) -> bool | None:
        mark = self._grammar.subitem(text)
        if mark is None or not self._cursor.takes_subitem(mark):
            return None
        if self._grammar is ENGLISH and mark.inner and not self._cursor.in_subitems:
            return None  # (1) of this Article: the end of a citation
        return self._cursor.enter_subitem(line, mark) is not None

    def _comes_next(self, element: str, mark: Mark) -> bool:
        last = self._cursor.last(element)
        if mark.follows(last):
            return True
        ahead = mark.number - last[0]
        looks_numbered = mark.text[:1] not in "0123456789" if mark.text else False
        return last != (0, 0) and 1 <= ahead <= _FURTHEST[element] and looks_numbered and not mark.branch
