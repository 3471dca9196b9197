"""Reads the Markdown of legalize-kr (https://github.com/legalize-kr), and what people write like it.

    ---                               front matter: ministry, number and date, list of annexes
    # 법령명                           the title; a part (편) has one # too
    ## 제1장 총칙                       ### 절, #### 관
    ##### 제1조 (목적)
    **①** 항
      1\\. 호
        가\\. 목
     1) sub-items, tables and further lines of the clause above
    ## 부칙                            flat lines, see the addenda

Annexes have a title and no text. The marks decide, not the depth of a heading or of an indentation.
"""

from __future__ import annotations

import re
from typing import Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.readers import anchored_markdown
from portal.ordinances.readers.addenda import is_root, read_addenda
from portal.ordinances.readers.annexes import Annexes, annex_name
from portal.ordinances.readers.cursor import Cursor
from portal.ordinances.readers.front_matter import FrontMatter, read_front_matter
from portal.ordinances.readers.history import is_article_note
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
from portal.ordinances.readers.source import decode
from portal.ordinances.readers.tree import Node, TreeBuilder

FORMAT: Final = "legalize_markdown"

_BOLD_LINE: Final = re.compile(r"\*\*[^*]+\*\*")


def looks_like(text: str) -> bool:
    """Whether the text is Markdown of this kind: an article as a heading, or front matter of law.go.kr."""
    if anchored_markdown.looks_like(text):
        return True
    return re.search(r"^#{1,6}[ \t]*제 ?[0-9]+ ?조", text, re.MULTILINE) is not None or (
        text.startswith("---") and "법령MST" in text[:4000]
    )


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft when it is no text or holds no clause."""
    return read_text(decode(data), language)


def read_text(text: str, language: Language = "ko") -> Reading:
    """The reading of a text in NFC with `\\n` line ends."""
    if anchored_markdown.looks_like(text):
        return anchored_markdown.read_text(text, FORMAT, language)
    lines = text.split("\n")
    tree = TreeBuilder(language)
    front = read_front_matter(lines)
    for number in range(1, front.lines + 1):
        if lines[number - 1].strip() and number not in front.strange:
            tree.add_fact_line(number)
    for number in front.strange:
        tree.reject(number, lines[number - 1])
    main_text, annexes = _MainText(tree), Annexes(tree)
    addenda: list[tuple[int, str]] = []
    section = "main"
    for number, line in enumerate(lines[front.lines :], front.lines + 1):
        stripped = line.strip()
        if not stripped:
            continue
        heading = stripped.strip("#").strip() if stripped.startswith("#") else None
        if heading is not None and is_root(heading):
            section = "addenda"
            if heading == "부칙":
                tree.add_fact_line(number)
            else:
                addenda.append((number, heading))
        elif heading is not None and (annex := annex_name(heading)):
            section = "annexes"
            annexes.open(number, heading, annex)
        elif section == "annexes":
            annexes.take(number, stripped)
        elif section == "addenda":
            addenda.append((number, heading or stripped))
        else:
            main_text.take(number, stripped, heading)
    read_addenda(addenda, _own_number(front), tree)
    _listed_annexes(annexes, front, tree)
    return tree.finish(FORMAT, title=main_text.title or front.values.get("제목"), facts=front.facts())


def _own_number(front: FrontMatter) -> int | None:
    number = front.values.get("공포번호", "").strip()
    return _digits(number) or None


class _MainText:
    """Title, preamble, headings, articles and what is below them."""

    def __init__(self, tree: TreeBuilder) -> None:
        self.title: str | None = None
        self._tree = tree
        self._cursor = Cursor(tree)
        self._outline = Outline(tree)
        self._preamble: Node | None = None
        self._lost = False

    def take(self, line: int, text: str, heading: str | None) -> None:
        """One line that is not blank; `heading` is its text when Markdown makes it a heading."""
        taken = self._heading(line, heading) if heading is not None else self._plain(line, text)
        if not taken:
            self._tree.reject(line, text)

    def _heading(self, line: int, text: str) -> bool:
        if (mark := article_mark(text)) and self._article(line, mark):
            return True
        if (mark := heading_mark(text)) and self._open_heading(line, mark):
            return True
        self._preamble = None
        if self.title is None and not article_mark(text) and not heading_mark(text):
            self.title = text
            self._tree.add_fact_line(line)
            return True
        # A heading that fits nowhere: what follows must not be taken for the text of the article before it.
        self._lost = True
        self._cursor.close()
        return False

    def _open_heading(self, line: int, mark: Mark) -> bool:
        if self._outline.enter(line, mark) is None:
            return False
        self._preamble, self._lost = None, False
        self._cursor.close()
        return True

    def _article(self, line: int, mark: Mark) -> bool:
        heading, rest = split_parenthesised(mark.text) or (None, mark.text.strip())
        branch = f"-{mark.branch}" if mark.branch else ""
        parent = self._outline.innermost
        node = self._tree.add(line, f"art_{mark.number}{branch}", parent=parent, heading=heading, text=rest)
        if node is None:
            return False
        self._cursor.open(node)
        self._preamble, self._lost = None, False
        return True

    def _plain(self, line: int, text: str) -> bool:
        if self._lost:
            return False
        if self._cursor.base is None:
            return self._before_articles(line, text)
        for opens in (self._paragraph, self._subparagraph, self._item, self._subitem):
            opened = opens(line, text)
            if opened is not None:
                return opened
        if _BOLD_LINE.fullmatch(text):
            return False  # a heading below the subsection (제1항 협의상 파양 of the Civil Act): no kind of ours
        node = self._cursor.node
        if node is None:
            return False
        if self._cursor.base is not None and is_article_note(text):
            self._tree.add_note(line, self._cursor.base, text)
        else:
            self._tree.add_line(line, node, text)
        return True

    def _before_articles(self, line: int, text: str) -> bool:
        """The words between the title and the first heading are the preamble (of the constitution); elsewhere a line
        that follows a heading and no article has no place."""
        if self._outline.innermost or _BOLD_LINE.fullmatch(text):
            return False
        if self._preamble is None:
            self._preamble = self._tree.add(line, "preamble", parent=None, text=text)
            return self._preamble is not None
        self._tree.add_line(line, self._preamble, text)
        return True

    # Each says whether the line was placed, or None where it is none of its marks.

    def _paragraph(self, line: int, text: str) -> bool | None:
        mark = paragraph_mark(text)
        if mark is None or not (mark.escaped or mark.follows(self._cursor.last("para"))):
            return None
        return self._cursor.enter(line, "para", mark, label=mark.printed) is not None

    def _subparagraph(self, line: int, text: str) -> bool | None:
        mark = subparagraph_mark(text)
        if mark is None or not (mark.escaped or mark.follows(self._cursor.last("subpara"))):
            return None
        return self._cursor.enter(line, "subpara", mark) is not None

    def _item(self, line: int, text: str) -> bool | None:
        mark = item_mark(text)
        if mark is None or not (mark.escaped or mark.follows(self._cursor.last("point"))):
            return None
        return self._cursor.enter(line, "point", mark) is not None

    def _subitem(self, line: int, text: str) -> bool | None:
        mark = subitem_mark(text)
        if mark is None or not self._cursor.takes_subitem(mark):
            return None
        return self._cursor.enter_subitem(line, mark) is not None


def _listed_annexes(annexes: Annexes, front: FrontMatter, tree: TreeBuilder) -> None:
    """Adds those that the front matter lists by title alone, where the text did not have them."""
    for record in front.records.get("첨부파일", []):
        values = record.values
        number, branch = _digits(values.get("별표번호")), _digits(values.get("별표가지번호"))
        element = "tbl" if values.get("별표구분", "별표") == "별표" else "form"
        address = f"{element}_{number}" + (f"-{branch}" if branch else "")
        if number and tree.has(address):
            continue
        if node := annexes.add(record.lines[0], element, number, branch, values.get("제목") or None):
            tree.add_source_lines(record.lines, node)


def _digits(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else 0
