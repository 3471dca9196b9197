"""The addenda (부칙) of a statute: flat lines, whatever the format, in three styles: articles, bare ①, one sentence.

A law in force carries the addenda of every amendment. Only those of the text's own promulgation have the address
`addenda`; the others carry their number. Addenda quote the laws that they amend, and a quoted 제5조 looks like one of
their own: a line opens a clause only where its number comes next, and never right after the words that announce it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.ordinances import numbering
from portal.ordinances.clauses import Table
from portal.ordinances.readers.cursor import Cursor
from portal.ordinances.readers.marks import (
    Mark,
    article_mark,
    item_mark,
    paragraph_mark,
    split_parenthesised,
    subitem_mark,
    subparagraph_mark,
)
from portal.ordinances.readers.tree import Node, TreeBuilder

_ROOT: Final = re.compile(r"부\s{0,20}칙\s*(?:(\(.*\))\s*)?(<[^<>]*>)?")
_ROOT_NUMBER: Final = re.compile(r"제\s*([0-9]{1,6})\s*호")
_ARTICLE_RANGE: Final = re.compile(
    r"(?:\s*(?:부터|내지|및|,|ㆍ|와|과)\s*제[0-9]{1,4}조(?:의[0-9]{1,3})?)*\s*(?:까지)?\s*(?:의 규정은?)?\s*생략\s*\.?"
)
_ARTICLE_DELETED: Final = re.compile(r"\s*삭제\s*(?:<[^<>]*>)?")
_ARTICLE_NUMBER: Final = re.compile(r"제([0-9]{1,4})조")
_PARAGRAPH_RANGE: Final = re.compile(rf"(?:부터|내지|및|,|ㆍ|와|과)\s*([{numbering.CIRCLED}]|<[0-9]{{1,4}}>)")
_OMITTED: Final = re.compile(rf"(?:부터|까지|내지|및|,|ㆍ|\s|<[0-9]{{1,4}}>|[{numbering.CIRCLED}])*생략\W*")
_AMENDING: Final = re.compile(r"(?:개정|폐지)\s*등?$")
_AMENDS: Final = re.compile(
    r"(?:개정한다|생략|삭제한다|폐지한다|삭제)\W*(?:<[^<>]*>)?\W*$|다음과 같이|이 [법영규칙]+ 시행\s?당시"
    r"|\"[^\"]*\"[을를]\s.*\"[^\"]*\"으?로"
)
_ANNOUNCES: Final = re.compile(r"다음과 같이\s*(?:한다|신설한다|개정한다)\W*$|신설한다\W*$")
#: How much of a line is looked at to tell whether it quotes: sentences that amend say so at their ends.
_READ_BACK: Final = 2000
_ENUMERATES: Final = re.compile(r"다음|각 ?호|각 ?목")
#: What an article of another law is called in an amending sentence, not at its own head: 제5조 중 "…"을.
_CITED: Final = re.compile(r"\s*(?:중|본문|단서|전단|후단|각|제|및|의|에|을|를|부터|내지|제목|다음|[,ㆍ\"「])")


def is_root(line: str) -> bool:
    """Whether a line opens a set of addenda: 부칙 <제36053호,2026.1.21>, 부칙(도로법 시행령) <…>, 부 칙."""
    return _ROOT.fullmatch(line.strip()) is not None


def read_addenda(lines: Sequence[tuple[int, str | Table]], own_number: int | None, tree: TreeBuilder) -> None:
    """Places the lines (number, text) of all addenda in the tree, and tables that stand among them.

    `own_number` is the number of promulgation of the text itself; without one the last set of addenda is its own.
    Lines before the first root are the draft's own addenda without one.
    """
    texts = [(number, line) for number, line in lines if isinstance(line, str)]
    reader = _AddendaReader(tree, _own_root(texts, own_number))
    for number, line in lines:
        if isinstance(line, Table):
            reader.take_table(number, line)
        elif text := line.strip():
            reader.take(number, text)


def _own_root(lines: Sequence[tuple[int, str]], own_number: int | None) -> int | None:
    """The line of the root that is the text's own: the last of its number, else the last without a number, else (where
    nothing tells the number of the text) the last."""
    roots = [(number, _number_of(text.strip())) for number, text in lines if is_root(text)]
    own = [line for line, number in roots if own_number is not None and number == own_number]
    own = own or [line for line, number in roots if number is None]
    own = own or [line for line, _ in roots if own_number is None]
    return own[-1] if own else None


def _amends(text: str) -> bool:
    return _AMENDS.search(text[:_READ_BACK]) is not None or _AMENDS.search(text[-_READ_BACK:]) is not None


def _number_of(root: str) -> int | None:
    match = _ROOT.fullmatch(root)
    number = _ROOT_NUMBER.search(match[2]) if match and match[2] else None
    return int(number[1]) if number and int(number[1]) else None


@dataclass(slots=True)
class _State:
    """Where in one set of addenda the reader stands."""

    root: Node
    article: tuple[int, int] = (0, 0)
    #: The article at hand, or the bare paragraph, amends other laws: what follows is quoted unless it says otherwise.
    amending: bool = False


class _AddendaReader:
    def __init__(self, tree: TreeBuilder, own_root: int | None) -> None:
        self._tree = tree
        self._own_root = own_root
        self._cursor = Cursor(tree)
        self._state: _State | None = None
        self._lost = False
        self._before = ""
        self._repeated: dict[int, int] = {}

    def take(self, line: int, text: str) -> None:
        """One line that is not blank."""
        if not self._take(line, text):
            self._tree.reject(line, text)
        self._before = text[-_READ_BACK:]

    def take_table(self, line: int, table: Table) -> None:
        """A table of the source."""
        self._tree.place_table(line, None if self._lost else self._cursor.node, table)

    def _take(self, line: int, text: str) -> bool:
        if _ROOT.fullmatch(text):
            return self._open_root(line, text)
        if self._lost:
            return False
        if self._state is None:
            root = self._tree.add(line, "addenda", parent=None)
            if root is None:
                return False
            self._start(root)
        for opens in (self._article, self._paragraph, self._subparagraph, self._item, self._subitem):
            if opens(line, text):
                return True
        node = self._cursor.node
        if node is None:
            return False
        self._tree.add_line(line, node, text)
        return True

    # ---- the parts of a line's grammar, outermost first; each says whether it took the line

    def _open_root(self, line: int, text: str) -> bool:
        match = _ROOT.fullmatch(text)
        number = _number_of(text)
        if match is None:
            return False
        eid = "addenda" if line == self._own_root else self._older_root(number)
        heading = match[1][1:-1].strip() if match[1] else None
        notes = (match[2],) if match[2] else ()
        root = self._tree.add(line, eid, parent=None, heading=heading, notes=notes) if eid else None
        self._lost = root is None
        if root is not None:
            self._start(root)
        return root is not None

    def _older_root(self, number: int | None) -> str | None:
        """The next free address for older addenda of this number."""
        if number is None:
            return None
        self._repeated[number] = repeated = self._repeated.get(number, 0) + 1
        return f"addenda_{number}" if repeated == 1 else f"addenda_{number}-{repeated}"

    def _start(self, root: Node) -> None:
        self._state = _State(root)
        self._cursor.open(root)

    def _article(self, line: int, text: str) -> bool:
        mark, state = article_mark(text), self._state
        if mark is None or state is None or not self._may_open_article(mark, state):
            return False
        heading, rest = self._head_of_article(mark, state)
        if heading is None and rest is None:
            return False
        branch = f"-{mark.branch}" if mark.branch else ""
        node = self._tree.add(line, f"{state.root.eid}__art_{mark.number}{branch}", parent=state.root, heading=heading)
        if node is None:
            return False
        numbers = [int(n) for n in _ARTICLE_NUMBER.findall(mark.text)] if heading is None else []
        state.article = (max([mark.number, *numbers]), 0 if numbers else mark.branch)
        state.amending = bool(heading and _AMENDING.search(heading))
        self._cursor.open(node)
        # The first paragraph stands on the line of its article: 제4조(경과조치) ① 이 영 시행 당시 …
        if rest and not self._paragraph(line, rest):
            node.lines.append(rest)
        return True

    def _may_open_article(self, mark: Mark, state: _State) -> bool:
        announced = rf"제{mark.number}조{numbering.branch_suffix(mark.branch)}(?![0-9의]).*(?:다음과 같이|신설)"
        if _ANNOUNCES.search(self._before) and re.search(announced, self._before):
            return False
        ahead = mark.number > state.article[0] and not mark.branch
        return mark.follows(state.article) or (ahead and not state.amending)

    def _head_of_article(self, mark: Mark, state: _State) -> tuple[str | None, str | None]:
        """Heading and the rest of the line; (None, None) where the line only cites an article."""
        if split := split_parenthesised(mark.text):
            return split
        if _ARTICLE_RANGE.fullmatch(mark.text) or _ARTICLE_DELETED.fullmatch(mark.text):
            return None, mark.text.strip()
        plain = mark.text[:1].isspace() and not _CITED.match(mark.text) and not state.amending
        return None, mark.text.strip() if plain and mark.follows(state.article) else None

    def _paragraph(self, line: int, text: str) -> bool:
        mark, state = paragraph_mark(text), self._state
        if mark is None or state is None:
            return False
        last = self._cursor.last("para")
        in_article = self._cursor.base is not state.root
        split = None if in_article else split_parenthesised(mark.text)
        if state.amending and not (split or _amends(mark.text)):
            return False
        announced = rf"제{mark.number}항.*(?:다음과 같이|신설)"
        if _ANNOUNCES.search(self._before) and re.search(announced, self._before) and not split:
            return False
        ahead = mark.number > last[0] and state.amending
        if not (mark.follows(last) or ahead):
            return False
        heading, rest = split or (None, mark.text)
        node = self._cursor.enter(line, "para", mark, heading=heading, text=rest, label=mark.printed)
        if node is None:
            return False
        if not in_article:
            state.amending = bool(heading and _AMENDING.search(heading))
        if _OMITTED.fullmatch(mark.text) and (ends := _PARAGRAPH_RANGE.findall(mark.text)):
            self._cursor.skip_to("para", max(numbering.paragraph_number(end) or 0 for end in ends))
        return True

    def _subparagraph(self, line: int, text: str) -> bool:
        mark, state, node = subparagraph_mark(text), self._state, self._cursor.node
        if mark is None or state is None or node is None or state.amending:
            return False
        last = self._cursor.last("subpara")
        if not mark.follows(last) or (last == (0, 0) and not _ENUMERATES.search(node.text)):
            return False
        return self._cursor.enter(line, "subpara", mark) is not None

    def _item(self, line: int, text: str) -> bool:
        mark, state = item_mark(text), self._state
        if mark is None or state is None or state.amending or self._cursor.last("subpara") == (0, 0):
            return False
        return mark.follows(self._cursor.last("point")) and self._cursor.enter(line, "point", mark) is not None

    def _subitem(self, line: int, text: str) -> bool:
        mark, state = subitem_mark(text), self._state
        if mark is None or state is None or state.amending or self._cursor.last("subpara") == (0, 0):
            return False
        return self._cursor.takes_subitem(mark) and self._cursor.enter_subitem(line, mark) is not None
