"""Reads Akoma Ntoso (OASIS LegalDocML): acts and bills whose basic unit is the article.

An eId in our form is taken as it is; any other clause gets its address from its element, its number and what it lies
in. Hierarchical elements that we have no kind for are transparent: their words go to the clause around them, as do
words that stand where the schema has none. What stands outside clauses (conclusions, notes of authors, covers) is
reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from portal.ordinances import numbering
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Kind, Language, NotPlaced, Reading, Status, Table
from portal.ordinances.printed_numbers import number_at_start
from portal.ordinances.problems import InvalidAddress, UnreadableDraft
from portal.ordinances.readers.containers import parse_xml
from portal.ordinances.readers.grammars import alike
from portal.ordinances.readers.grids import GridBuilder
from portal.ordinances.readers.one_language import holds_no_clause, one_language_clause, one_language_draft
from portal.ordinances.readers.raised import lowered, raised
from portal.ordinances.readers.source import normal
from portal.ordinances.steps import KIND_OF_ELEMENT

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMAT: Final = "akoma_ntoso"

_KINDS: Final = {
    "part": Kind.PART, "chapter": Kind.CHAPTER, "section": Kind.SECTION, "subsection": Kind.SUBSECTION,
    "article": Kind.ARTICLE, "paragraph": Kind.PARAGRAPH, "subparagraph": Kind.SUBPARAGRAPH, "point": Kind.ITEM,
    "indent": Kind.SUBITEM, "level": Kind.SUBITEM,
}  # fmt: skip
_STEP_NAMES: Final = {kind: element for element, kind in KIND_OF_ELEMENT.items()}
_HEAD: Final = frozenset({"num", "heading", "subheading"})
_OWN_TEXT: Final = frozenset({"content", "intro", "wrapUp"})
#: Reported where they stand in a text, or no words.
_NO_TEXT: Final = frozenset({"authorialNote", "noteRef", "marker", "meta"})
_PARTICULARS: Final = "{urn:consultation-portal:ordinance}particulars"
_NUMERAL: Final = re.compile(
    rf"([0-9]{{1,6}}|[A-Za-z]{{1,8}}|[가-힣]|[{numbering.CIRCLED}])"
    r"(?:[조항호목장절편관.]?\s?의\s?([0-9]{1,4})|-([0-9]{1,4}))?"
)
_UNIT_WORDS: Final = re.compile(
    r"(?i)\b(?:part|title|chapter|section|subsection|article|art|paragraph|para|point)\b|제"
)
_LANGUAGES: Final = {"kor": "ko", "ko": "ko", "eng": "en", "en": "en"}


def looks_like(text: str) -> bool:
    """Whether the head of a text says that it is Akoma Ntoso."""
    return re.search(r"<(?:[A-Za-z][\w.-]{0,20}:)?akomaNtoso[\s>]", text[:4000]) is not None


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft."""
    root = parse_xml(data)
    if _name(root) != "akomaNtoso":
        raise UnreadableDraft("The file is no Akoma Ntoso document.")
    document = next((child for child in root if isinstance(child.tag, str)), None)
    body = document.find("{*}body") if document is not None else None
    if document is None or body is None:
        raise holds_no_clause()
    particulars = _particulars(document)
    return _Reader(root, document, body, _language(document, particulars, language), particulars).read()


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _particulars(document: _Element) -> Mapping[str, Any]:
    element = document.find(f"{{*}}meta/{{*}}proprietary/{_PARTICULARS}")
    try:
        found = json.loads(element.text or "") if element is not None else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _language(document: _Element, particulars: Mapping[str, Any], otherwise: Language) -> Language:
    told = document.find("{*}meta/{*}identification/{*}FRBRExpression/{*}FRBRlanguage")
    code = particulars.get("language") or (told.get("language") if told is not None else None)
    known = _LANGUAGES.get(code) if isinstance(code, str) else None
    return "ko" if known == "ko" else "en" if known == "en" else otherwise


@dataclass(slots=True)
class _Open:
    """A clause while it is read."""

    eid: str
    kind: Kind
    number: str
    parent: str | None
    line: int
    heading: str | None = None
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    removed: bool = False
    has_children: bool = False


class _Reader:
    def __init__(self, root: _Element, document: _Element, body: _Element, language: Language,
                 particulars: Mapping[str, Any]) -> None:  # fmt: skip
        self._root, self._document, self._body = root, document, body
        self._language: Language = language
        self._particulars = particulars
        odd = particulars.get("odd")
        self._odd: Mapping[str, Any] = odd if isinstance(odd, dict) else {}
        self._clauses: dict[str, _Open] = {}
        self._not_placed: list[NotPlaced] = []
        self._placed: dict[int, str | None] = {}
        #: The elements that are reported with all that is in them.
        self._rejected: set[_Element] = set()

    def read(self) -> Reading:
        """The reading. Raises UnreadableDraft when no article is in the body."""
        preamble = self._document.find("{*}preamble")
        if preamble is not None:
            opened = self._add(preamble, "preamble", Kind.PREAMBLE, None)
            if opened is not None:
                self._text_of(preamble, opened)
        self._inside(self._body, None)
        for attachment in self._document.iterfind("{*}attachments/{*}attachment"):
            self._attachment(attachment)
        clauses = [self._finished(opened) for opened in self._clauses.values()]
        title, note = self._preface()
        draft = one_language_draft(self._language, clauses, title, note, self._particulars.get("version"))
        self._reject_the_rest()
        not_placed = tuple(sorted(self._not_placed, key=lambda rejected: rejected.line))
        return Reading(draft, FORMAT, not_placed, (), self._placed)

    def _preface(self) -> tuple[str | None, str | None]:
        titles: list[tuple[_Element, str]] = []
        notes: list[str] = []
        for name in ("coverPage", "preface", "preamble"):
            holder = self._document.find(f"{{*}}{name}")
            if holder is None:
                continue
            for title in holder.iter("{*}docTitle", "{*}shortTitle"):
                if words := _words(title)[0].strip():
                    titles.append((title, words))
            for block in _blocks(holder) if name == "preface" else ():
                if isinstance(block, str):
                    self._reject(holder, block)
                elif block.get("class") == "note":
                    notes.append(_words(block)[0])
                elif _titles(block):
                    self._reject(block, _everything(block, beside_titles=True))
                else:
                    self._reject_all(block)
        for title, words in titles[1:]:
            if words != titles[0][1] and not any(_name(above) == "preamble" for above in title.iterancestors()):
                self._reject(title, words)
        return (titles[0][1] if titles else None), ("\n".join(notes) or None)

    def _reject_the_rest(self) -> None:
        """What stands beside the body: covers, conclusions, other documents; and notes of authors everywhere."""
        for element in self._root:
            if element is not self._document:
                self._reject_all(element)
        for element in self._document:
            if _name(element) not in ("meta", "preface", "preamble", "body", "attachments"):
                self._reject_blocks(element, titles=_name(element) != "coverPage")
        for note in self._document.iter("{*}authorialNote"):
            if not any(above in self._rejected for above in note.iterancestors()):
                self._reject_all(note)

    # ---- the hierarchy

    def _inside(self, holder: _Element, above: _Open | None) -> None:
        self._loose(holder, holder.text, above)
        for element in holder:
            self._element(element, above)
            self._loose(element, element.tail, above)

    def _loose(self, element: _Element, text: str | None, above: _Open | None) -> None:
        """Words beside elements, where the schema has none."""
        words = " ".join(normal(text or "").split())
        if words and above is not None:
            above.lines.append(words)
        elif words:
            self._reject(element, words)

    def _element(self, element: _Element, above: _Open | None) -> None:
        name = _name(element)
        kind = _KINDS.get(name)
        if name == "hcontainer" and element.get("name") == "addenda":
            kind = Kind.ADDENDUM
        if kind is not None:
            self._unit(element, kind, above)
        elif name in _OWN_TEXT or (name in _BLOCKS and name not in _HEAD):
            if above is None:
                self._reject_all(element)
            elif name in _OWN_TEXT:
                self._text_of(element, above)
            else:
                self._take([element], above)
        elif name not in _HEAD and name not in _NO_TEXT:
            self._transparent(element, above)

    def _transparent(self, element: _Element, above: _Open | None) -> None:
        """An element that we have no kind for."""
        head = " ".join(_words(child)[0].strip() for child in element if _name(child) in _HEAD)
        if head and above is not None:
            above.lines.append(head)
        elif head:
            self._reject(element, head)
        self._inside(element, above)

    def _unit(self, element: _Element, kind: Kind, above: _Open | None) -> None:
        inside_a_clause = above is not None and above.kind is not Kind.ADDENDUM and above.kind not in HEADINGS
        opened = None
        if not (kind is Kind.ARTICLE and inside_a_clause):  # no article stands in another
            opened = self._add(element, self._address(element, kind, above), kind, above)
        if opened is None:
            self._reject_all(element)
            return
        if above is not None:
            above.has_children = True
        self._head(element, opened)
        self._inside(element, opened)

    def _attachment(self, element: _Element) -> None:
        kind = Kind.ANNEX
        eid: str | None = element.get("eId") or ""
        try:
            kind = parse(eid or "").kind or kind
        except InvalidAddress:
            eid = None
        if kind not in (Kind.ANNEX, Kind.FORM) or not eid:
            kind, number = Kind.ANNEX, sum(clause.kind is Kind.ANNEX for clause in self._clauses.values()) + 1
            while f"tbl_{number}" in self._clauses:
                number += 1
            eid = f"tbl_{number}"
        opened = self._add(element, eid, kind, None)
        if opened is None:
            self._reject_all(element)
            return
        self._head(element, opened)
        for document in element:
            if _name(document) in _HEAD:
                continue
            if document.find("{*}mainBody") is None:
                self._reject_blocks(document)
                continue
            for part in document:
                if _name(part) == "mainBody":
                    self._text_of(part, opened)
                elif _name(part) != "meta":
                    self._reject_blocks(part, known=opened.heading)

    def _add(self, element: _Element, eid: str | None, kind: Kind, above: _Open | None) -> _Open | None:
        if eid is None or eid in self._clauses or not _names(eid, kind):
            return None
        opened = _Open(eid, kind, "", above.eid if above else None, element.sourceline or 0)
        opened.removed = element.get("status") == "removed"
        self._clauses[eid] = opened
        self._placed[opened.line] = eid
        return opened

    def _head(self, element: _Element, opened: _Open) -> None:
        for child in element:
            if _name(child) == "num":
                words, notes = _words(child)
                if opened.number:  # a clause is cited by its first number
                    self._reject_all(child)
                    continue
                opened.number = words.strip()
                opened.notes += notes
            elif _name(child) in ("heading", "subheading"):
                words, notes = _words(child)
                opened.heading = " ".join(filter(None, (opened.heading, words.strip()))) or None
                opened.notes += notes

    def _address(self, element: _Element, kind: Kind, above: _Open | None) -> str | None:
        """The eId, where it is one of ours and lies where the element lies; else one made from the printed number. In a
        file of another hand `point_a` is the first item; in ours it is 아."""
        given = element.get("eId") or ""
        prefix = self._prefix(kind, above)
        lettered = kind in (Kind.ITEM, Kind.SUBITEM)
        if _names(given, kind) and (self._particulars or not lettered):
            own = given.startswith(prefix) if prefix else len(parse(given).steps) == 1 or kind in HEADINGS
            # An article is cited by the number that is printed, whatever its eId says.
            printed = self._numeral(element, kind) if kind is Kind.ARTICLE else None
            if own and (printed is None or given.endswith(f"{_STEP_NAMES[kind]}_{printed}")):
                return given
        if kind is Kind.ADDENDUM:
            return "addenda"
        numeral = self._numeral(element, kind)
        return f"{prefix or ''}{_STEP_NAMES[kind]}_{numeral}" if numeral else None

    def _prefix(self, kind: Kind, above: _Open | None) -> str | None:
        if above is None or kind is Kind.ADDENDUM:
            return None
        if kind is Kind.ARTICLE:
            return f"{above.eid}__" if above.kind is Kind.ADDENDUM else None
        return f"{above.eid}__"

    def _numeral(self, element: _Element, kind: Kind) -> str | None:
        """The last part of the address, by the printed number or, where none is printed, by the eId."""
        printed = next((_words(child)[0] for child in element if _name(child) == "num"), "")
        own = (element.get("eId") or "").rpartition("__")[2].partition("_")[2]
        for text in (_UNIT_WORDS.sub(" ", alike(printed.strip())), own):
            match = _NUMERAL.search(text)
            found = _numeral_of(match[1], kind) if match else None
            if match and found:
                numeral = f"{found}-{match[2] or match[3]}" if match[2] or match[3] else found
                step = f"{_STEP_NAMES[kind]}_{numeral}"
                if _names(step if kind is Kind.ARTICLE or kind in HEADINGS else f"art_1__{step}", kind):
                    return numeral
        return None

    # ---- text

    def _text_of(self, holder: _Element, opened: _Open) -> None:
        """The blocks below an element as lines and tables of a clause."""
        self._take(list(_blocks(holder)), opened)

    def _take(self, blocks: list[_Element | str], opened: _Open) -> None:
        for element in blocks:
            if isinstance(element, str):
                opened.lines.append(element)
                continue
            if element.sourceline:
                self._placed.setdefault(element.sourceline, opened.eid)
            if _name(element) == "table":
                opened.tables.extend(self._table(element, len(opened.lines)))
                continue
            if _name(element) == "remark":
                opened.notes.append("".join(element.itertext()))
                continue
            words, notes = _words(element)
            opened.notes += notes
            if notes:
                words = words.rstrip()
            if words or not (notes or len(blocks) == 1):
                opened.lines.extend(words.split("\n"))

    def _table(self, element: _Element, after: int) -> Iterator[Table]:
        grid = GridBuilder()
        for row in element.iter("{*}tr"):
            if next((above for above in row.iterancestors("{*}table")), None) is not element:
                continue
            grid.row()
            for cell in row:
                if _name(cell) in ("td", "th") and (cell.get("class") != "covered" or _everything(cell)):
                    blocks = list(_blocks(cell))
                    lines = [block if isinstance(block, str) else _words(block)[0] for block in blocks]
                    lines = lines or [_words(cell)[0]]
                    grid.cell("\n".join(lines), width=_whole(cell.get("colspan")), height=_whole(cell.get("rowspan")))
        self._reject_beside_cells(element)
        if found := grid.finish(element.sourceline or 0):
            yield Table.of_rows(found.rows, self._language, after, found.spans)

    def _reject_beside_cells(self, holder: _Element) -> None:
        """The caption of a table, and words that stand in none of its cells."""
        self._reject(holder, " ".join(normal(holder.text or "").split()))
        for element in holder:
            if _name(element) in ("tr", "thead", "tbody", "tfoot"):
                self._reject_beside_cells(element)
            elif _name(element) not in ("td", "th"):
                self._reject_all(element)
            self._reject(element, " ".join(normal(element.tail or "").split()))

    def _reject(self, element: _Element, text: str) -> None:
        if text.strip():
            self._not_placed.append(NotPlaced(element.sourceline or 0, text.strip()))

    def _reject_all(self, element: _Element) -> None:
        """An element with everything in it."""
        self._rejected.add(element)
        self._reject(element, _everything(element))

    def _reject_blocks(self, holder: _Element, *, titles: bool = True, known: str | None = None) -> None:
        """Everything in an element, a block at a time, but for what is `known` as a heading, and for titles where they
        are read."""
        for block in _blocks(holder):
            if isinstance(block, str):
                self._reject(holder, block)
            elif not titles and _titles(block):
                self._reject(block, _everything(block, beside_titles=True))
            elif _everything(block) != known:
                self._reject_all(block)

    def _finished(self, opened: _Open) -> Clause:
        told = number_at_start(opened.kind, opened.number or "", "ko") if self._language == "ko" else None
        whole = told == opened.number or opened.kind in (Kind.ANNEX, Kind.FORM)
        label = (opened.number if self._language == "ko" and whole else None) or parse(opened.eid).label
        return one_language_clause(
            self._language, opened.eid, opened.kind, label=label, heading=opened.heading,
            text="\n".join(opened.lines), parent=opened.parent,
            status=Status.DELETED if opened.removed else Status.IN_FORCE, notes=opened.notes, tables=opened.tables,
            odd=self._odd.get(opened.eid),
        )  # fmt: skip


def _numeral_of(value: str, kind: Kind) -> str | None:
    """A number as an address of this kind has it: figures (headings have Roman ones too), or the name of an item."""
    lettered = kind in (Kind.ITEM, Kind.SUBITEM)
    circled = numbering.paragraph_number(value)
    value = str(circled) if circled else value
    if value.isdigit() and kind is not Kind.ITEM:
        return str(int(value))
    if kind in HEADINGS or kind is Kind.ARTICLE:
        roman = numbering.roman_value(value.upper())
        return str(roman) if roman else None
    if value.isdigit():
        place: int | None = int(value)
    elif value.isascii():
        place = numbering.item_place_of_letter(value.lower()) if len(value) < 3 else None
    else:
        place = numbering.item_place(value)
    if place is None or not 1 <= place <= len(numbering.ITEM_NAMES):
        return None
    return numbering.item_name(place) if lettered else str(place)


def _names(eid: str, kind: Kind) -> bool:
    """Whether this is the address of a clause of this kind."""
    try:
        address = parse(eid)
    except InvalidAddress:
        return False
    return address.kind is kind


def _whole(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and 0 < len(value) < 5 and int(value) else 1


_BLOCKS: Final = frozenset({"p", "table", "block", "tocItem", "listIntroduction", "listWrapUp", "crossHeading",
                            "num", "heading"})  # fmt: skip
_APART: Final = _BLOCKS | _OWN_TEXT | _HEAD | {*_KINDS, "tr", "td", "th", "item", "li", "br", "eol"}


def _blocks(holder: _Element) -> Iterator[_Element | str]:
    """The innermost blocks below an element: paragraphs and tables, those of lists one by one; and words beside them,
    where the schema has none."""
    loose = any((text or "").strip() for text in (holder.text, *(element.tail for element in holder)))
    if loose and not any(_name(below) in _BLOCKS for below in holder.iterdescendants()):
        yield holder  # nothing but words
        return
    if words := " ".join(normal(holder.text or "").split()):
        yield words
    for element in holder:
        if _name(element) in _BLOCKS or _name(element) == "remark":
            yield element
        elif _name(element) in ("docTitle", "meta"):
            pass
        elif any(_name(below) in _BLOCKS for below in element.iter()):
            yield from _blocks(element)
        elif "".join(element.itertext()).strip():
            yield element
        if words := " ".join(normal(element.tail or "").split()):
            yield words


def _titles(element: _Element) -> list[_Element]:
    """The titles of the whole that an element holds."""
    return list(element.iter("{*}docTitle", "{*}shortTitle"))


def _everything(element: _Element, *, beside_titles: bool = False) -> str:
    """All words of an element in one line; those of two blocks do not run together. `beside_titles` leaves out titles
    of the whole and notes of authors, which are taken elsewhere."""
    words: list[str] = []
    left_out = ("docTitle", "shortTitle", "authorialNote") if beside_titles else ()

    def collect(holder: _Element) -> None:
        if _name(holder) in left_out:
            return
        words.append(holder.text or "")
        for child in holder:
            apart = " " if _name(child) in _APART else ""
            words.append(apart)
            words.append(_above_or_below(child) or "")
            if not words[-1]:
                collect(child)
            words.append(apart + (child.tail or ""))

    collect(element)
    return " ".join(normal("".join(words)).split())


def _above_or_below(element: _Element) -> str | None:
    """The figures of an element that stands above or below the line, as characters that do."""
    to = {"sup": raised, "sub": lowered}.get(_name(element))
    return to(element.text or "") if to and not len(element) else None


def _words(element: _Element) -> tuple[str, list[str]]:
    """The words of an element without its remarks, and those."""
    words: list[str] = []
    notes: list[str] = []

    def collect(holder: _Element) -> None:
        words.append(holder.text or "")
        for child in holder:
            name = _name(child)
            if name == "remark":
                notes.append("".join(child.itertext()))
            elif name in ("br", "eol"):
                words.append("\n")
            elif figures := _above_or_below(child):
                words.append(figures)
            elif name not in ("authorialNote", "noteRef", "marker"):
                collect(child)
            words.append(child.tail or "")

    collect(element)
    text = normal("".join(words))
    return (text.rstrip() if notes else text), notes
