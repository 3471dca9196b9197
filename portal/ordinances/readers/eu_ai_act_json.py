"""Reads the EU AI Act (Regulation (EU) 2024/1689) as JSON scraped from artificialintelligenceact.eu.

    {"regulation", "citation", "source_url", "scraped_at",
     "chapters": [{"chapter": "Chapter I: …", "title", "articles": [{"article": "Article 1: …", "text", …}]}],
     "annexes":  [{"annex": "Annex I: …", "text", …}]}

Articles, numbered paragraphs `1.`, numbered points `(1)`, points `(a)` and sub-points `(i)`: other numbers than those
of a Korean statute, the same tree. Each link of the page broke its line: what stands before and after it is one line
again. The page's own cross-references (“Related: Recital 12”) and footnotes are no words of a clause: they stand with
the marks of history. Lines are counted through all texts, for the file has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from portal.ordinances import numbering
from portal.ordinances.clauses import Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.cursor import Cursor
from portal.ordinances.readers.marks import Mark
from portal.ordinances.readers.outline import Outline
from portal.ordinances.readers.portal_json import parse_json
from portal.ordinances.readers.source import decode, normal
from portal.ordinances.readers.tree import Node, TreeBuilder

FORMAT: Final = "eu_ai_act_json"

_NAME: Final = re.compile(r"(Chapter|Article|Annex)\s+([0-9]{1,4}|[IVXLC]{1,12})\s*(?::\s*(.*))?", re.DOTALL)
_PARAGRAPH: Final = re.compile(r"([1-9][0-9]{0,3})\.(?:\s+(.*)|$)")
_BRACKETED: Final = re.compile(r"\(([1-9][0-9]{0,3}|[a-z]{1,6})\)(?:\s+(.*)|$)")
#: The words of a link, alone on their line.
_LINK: Final = re.compile(
    r"(?:Articles?|Annex(?:es)?|Chapters?|Sections?|Recitals?|Titles?)\s+(?:[0-9]+|[IVXLC]+)\b(?:\([0-9a-z]+\))*"
    r"|(?:[0-9]+|[IVXLC]+)|OJ\s[LC].*|https?://\S+|\[(?:[0-9]+|\*)\]"
)
_FOOTNOTE_MARK: Final = re.compile(r"\[(?:[0-9]+|\*)\]")
_FOOTNOTE: Final = re.compile(r"\[(?:[0-9]+|\*)\]\s\S.*")
#: A line that breaks off within a sentence, before a link.
_BREAKS_OFF: Final = re.compile(r".*(?:,|\b(?:in|this|to|of|under|with|the|and|or|by|from))$")
_PUNCTUATION: Final = re.compile(r"[,;:.)\]’](?:\s|$)|[,;:.]$")
_RELATED: Final = re.compile(r"Related:?(?:\s*Recitals?:?)?")
_RELATED_MORE: Final = re.compile(r"(?:Recitals?\s*)?[0-9]*\s*(?:,\s*and|,|and|\.)?")


def looks_like(document: object) -> bool:
    """Whether a JSON document says that it is one of these."""
    return isinstance(document, dict) and "regulation" in document and isinstance(document.get("chapters"), list)


def read(data: bytes, language: Language = "en") -> Reading:
    """The reading of a file; the act is in English, whatever is asked for. Raises UnreadableDraft."""
    return read_document(parse_json(decode(data)))


def read_document(document: object) -> Reading:
    """The reading of a JSON document. Raises UnreadableDraft, naming the path of what is wrong."""
    if not isinstance(document, dict) or not looks_like(document):
        raise UnreadableDraft("This JSON file is no draft: it has no title or no clauses.")
    reader = _Reader()
    for place, chapter in enumerate(_list(document, "chapters", "")):
        reader.chapter(_object(chapter, f"chapters[{place}]"), f"chapters[{place}]")
    for place, annex in enumerate(_list(document, "annexes", "") if "annexes" in document else ()):
        reader.annex(_object(annex, f"annexes[{place}]"), f"annexes[{place}]")
    facts = tuple((normal(key), normal(told)) for key, told in document.items() if isinstance(told, str) and told)
    about = [normal(told) for key in ("regulation", "citation") if isinstance(told := document.get(key), str) and told]
    title = f"{about[0]} ({about[1]})" if len(about) == 2 else "".join(about)
    return reader.tree.finish(FORMAT, title=title or None, facts=(*facts, *reader.facts))


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableDraft("%(path)s must be an object.", path=path)
    return value


def _list(parent: dict[str, Any], key: str, path: str) -> list[Any]:
    value = parent.get(key)
    if not isinstance(value, list):
        raise UnreadableDraft("%(path)s must be a list.", path=f"{path}.{key}" if path else key)
    return value


def _text(parent: dict[str, Any], key: str, path: str) -> str:
    value = parent.get(key, "")
    if not isinstance(value, str):
        raise UnreadableDraft("%(path)s must be a text.", path=f"{path}.{key}")
    return normal(value)


# ------------------------------------------------------------------------------------------------------ whole lines


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the act, made whole again: the source's lines that it was made of, or those of a cross-reference."""

    numbers: tuple[int, ...]
    text: str
    is_note: bool = False


def _whole_lines(numbered: Iterable[tuple[int, str]]) -> Iterator[_Line]:
    """Joins what a link parted. A line break is one of the page's links where the line before or after is the link's
    words; any other is the act's own."""
    raw = [(number, text.strip()) for number, text in numbered if text.strip()]
    place = 0
    open_line: _Line | None = None
    last = ""
    while place < len(raw):
        number, text = raw[place]
        if _RELATED.fullmatch(text):
            end = place + 1
            while end < len(raw) and (_RELATED_MORE.fullmatch(raw[end][1]) or _RELATED.fullmatch(raw[end][1])):
                end += 1
            if open_line:
                yield open_line
            words = " ".join(word for _, word in raw[place:end])
            yield _Line(tuple(at for at, _ in raw[place:end]), re.sub(r"\s+,", ",", words), is_note=True)
            open_line, last, place = None, "", end
            continue
        if open_line is not None and _goes_on(last, text):
            tight = (_PUNCTUATION.match(text) or _FOOTNOTE_MARK.fullmatch(text) or open_line.text.endswith("(")
                     or (text.startswith("(") and _LINK.fullmatch(last)))  # fmt: skip
            open_line = _Line((*open_line.numbers, number), open_line.text + ("" if tight else " ") + text)
        else:
            if open_line:
                yield open_line
            open_line = _Line((number,), text)
        last = text
        place += 1
    if open_line:
        yield open_line


def _goes_on(last: str, text: str) -> bool:
    if _LINK.fullmatch(text) or _PUNCTUATION.match(text):
        return True
    if _FOOTNOTE.fullmatch(text):
        return False
    if _BREAKS_OFF.fullmatch(last) and text.startswith("Section"):
        return True
    if not _LINK.fullmatch(last):
        # A mark alone on its line, before a link: (b) / Chapter III
        return _BRACKETED.fullmatch(last) is not None and last.endswith(")")
    cites = re.match(r"\([0-9]+\)", text) is not None and last.startswith(("Article", "Articles"))
    return cites or not (_BRACKETED.fullmatch(text) or _PARAGRAPH.fullmatch(text))


# ---------------------------------------------------------------------------------------------------------- the tree


class _Reader:
    def __init__(self) -> None:
        self.tree = TreeBuilder("en", english_labels=True)
        self.facts: list[tuple[str, str]] = []
        self._outline = Outline(self.tree)
        self._cursor = Cursor(self.tree)
        self._line = 0
        #: A second list (a), (b) … in one paragraph has no addresses of its own: its lines go on with the text.
        self._again = False

    def _next(self) -> int:
        self._line += 1
        return self._line

    def _numbered(self, text: str) -> list[tuple[int, str]]:
        return [(self._next(), line) for line in text.split("\n")]

    def chapter(self, chapter: dict[str, Any], path: str) -> None:
        """A chapter and its articles."""
        name = " ".join(_text(chapter, "chapter", path).split())
        match, line = _NAME.fullmatch(name), self._next()
        number = _value(match[2]) if match and match[1] == "Chapter" else None
        heading = Mark(number, 0, "", match[3] or "", unit="장") if match and number else None
        if heading is None or self._outline.enter(line, heading) is None:
            self.tree.reject(line, name)
        self._cursor.close()
        for place, article in enumerate(_list(chapter, "articles", path)):
            self._article(_object(article, f"{path}.articles[{place}]"), f"{path}.articles[{place}]")

    def _article(self, article: dict[str, Any], path: str) -> None:
        name, text = " ".join(_text(article, "article", path).split()), _text(article, "text", path)
        match, line = _NAME.fullmatch(name), self._next()
        numbered = self._numbered(text)
        number = _value(match[2]) if match and match[1] == "Article" else None
        node = None
        if match is not None and number is not None:
            node = self.tree.add(line, f"art_{number}", parent=self._outline.innermost, heading=match[3] or None)
        if node is None:
            for place, words in [(line, name), *numbered]:
                if words.strip():
                    self.tree.reject(place, words)
            return
        self._cursor.open(node)
        self._again = False
        self._remember(node, article, path)
        lines = list(_whole_lines(numbered))
        for place, whole in enumerate(lines):
            later = next((each.text for each in lines[place + 1 :] if _BRACKETED.match(each.text)), "")
            self._take(whole, _roman(later))

    def _take(self, line: _Line, next_roman: int) -> None:
        node = self._cursor.node
        if node is None:
            return
        if line.is_note:
            self.tree.add_note(line.numbers[0], node, line.text)
        elif self._cursor.base is not None and _FOOTNOTE.fullmatch(line.text):
            node = self._cursor.base
            self.tree.add_note(line.numbers[0], node, line.text)
        elif opened := self._open(line, next_roman):
            node = opened
        else:
            self.tree.add_line(line.numbers[0], node, line.text)
        self.tree.add_source_lines(list(line.numbers), node)

    def _open(self, line: _Line, next_roman: int) -> Node | None:
        first = line.numbers[0]
        if match := _PARAGRAPH.fullmatch(line.text):
            mark = Mark(int(match[1]), 0, "", match[2] or "")
            if mark.follows(self._cursor.last("para")):
                self._again = False
                return self._cursor.enter(first, "para", mark, label=f"{match[1]}.")
            return None
        match = _BRACKETED.fullmatch(line.text)
        if match is None:
            return None
        name, words = match[1], match[2] or ""
        if name.isdigit():
            mark = Mark(int(name), 0, f"({name})", words)
            if mark.follows(self._cursor.last("subpara")):
                self._again = False
                return self._cursor.enter(first, "subpara", mark, label=mark.printed)
            return None
        roman = numbering.roman_value(name.upper()) or 0
        sub = Mark(roman, 0, f"({name})", words, inner=True)
        letter = Mark(numbering.item_place_of_letter(name) if len(name) == 1 else 0, 0, "", words, lettered=True)
        last = self._cursor.last("point")
        self._again = self._again or (name == "a" and last != (0, 0))
        if self._again:
            return None
        is_letter = letter.number > 0 and letter.follows(last)
        # (i) behind (h) is the ninth letter, unless (ii) comes next.
        if is_letter and not (roman == 1 and next_roman == 2):
            return self._cursor.enter(first, "point", letter, label=f"({name})")
        if roman and self._cursor.takes_subitem(sub):
            return self._cursor.enter_subitem(first, sub)
        return None

    def annex(self, annex: dict[str, Any], path: str) -> None:
        """An annex: its title and its lines."""
        name, text = " ".join(_text(annex, "annex", path).split()), _text(annex, "text", path)
        match, line = _NAME.fullmatch(name), self._next()
        numbered = self._numbered(text)
        number = _value(match[2]) if match and match[1] == "Annex" else None
        node = None
        if match is not None and number is not None:
            label = f"Annex {match[2]}"
            node = self.tree.add(line, f"tbl_{number}", parent=None, label=label, heading=match[3] or None)
        if node is None:
            for place, words in [(line, name), *numbered]:
                if words.strip():
                    self.tree.reject(place, words)
            return
        self._remember(node, annex, path)
        for whole in _whole_lines(numbered):
            if whole.is_note:
                self.tree.add_note(whole.numbers[0], node, whole.text)
            else:
                self.tree.add_line(whole.numbers[0], node, whole.text)
            self.tree.add_source_lines(list(whole.numbers), node)

    def _remember(self, node: Node, value: dict[str, Any], path: str) -> None:
        if url := _text(value, "url", path):
            self.facts.append((f"url.{node.eid}", url))


def _value(numeral: str) -> int | None:
    return int(numeral) or None if numeral.isdigit() else numbering.roman_value(numeral)


def _roman(text: str) -> int:
    match = _BRACKETED.match(text)
    return (numbering.roman_value(match[1].upper()) or 0) if match else 0
