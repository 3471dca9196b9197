"""Reads HWPX: one that we wrote by its styles, any other line by line, its tables kept as tables.

The XML is read directly and within the limits of `containers`; words that a tracked change deletes are left out, those
that it inserts are kept. Headers, footers and hidden comments are no text of the draft; the words of a footnote, the
script of a formula, letters that are drawn and the words of a memo are reported with the line that they stand at.
Binary HWP is not read.
"""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.manuscript import STYLE_NAMES, Grid, Manuscript, Paragraph, Part, Run, Voice
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.containers import Archive, open_zip
from portal.ordinances.readers.counted_numbers import LEVELS, Level, NumberCounter, whole
from portal.ordinances.readers.grids import GridBuilder
from portal.ordinances.readers.lines import cell_text, read_manuscript
from portal.ordinances.readers.raised import lowered, raised
from portal.ordinances.readers.source import normal

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMAT: Final = "hwpx"

_PARTICULARS: Final = "OrdinanceParticulars"
_PARTS: Final = {name: part for part, name in STYLE_NAMES.items() if isinstance(part, Part)}
_VOICES: Final = {("0", "0"): Voice.TEXT, ("0", "1"): Voice.NUMBER, ("1", "0"): Voice.HEADING, ("1", "1"): Voice.NOTE}
_PACKAGE: Final = "Contents/content.hpf"
#: What a paragraph carries that is no text of the draft.
_ASIDE: Final = frozenset({"header", "footer", "hiddenComment", "secPr", "linesegarray"})
_SIGNS: Final = {"tab": "\t", "lineBreak": "\n", "nbSpace": "\u00a0", "fwSpace": "\u3000", "hyphen": "-"}
#: What is drawn from letters, and the attribute that holds them: one sign over another, a word as a picture.
_DRAWN: Final = {"compose": "composeText", "textart": "text"}
_MAX_SECTIONS: Final = 200
#: A tracked change by its number and that of its kind, as the signs of its begin and its end name it.
_Change = tuple[str | None, str | None]
#: How Hangul names the ways of counting; another one is printed in figures.
_COUNTS: Final = {
    "HANGUL_SYLLABLE": "syllable", "CIRCLED_DIGIT": "circled", "LATIN_SMALL": "letter",
    "LATIN_CAPITAL": "upper_letter", "ROMAN_SMALL": "roman", "ROMAN_CAPITAL": "upper_roman",
}  # fmt: skip


def looks_like(archive: Archive) -> bool:
    """Whether an archive is a document of Hangul."""
    return _PACKAGE in archive or (archive.get("mimetype") or b"").strip() == b"application/hwp+zip"


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft."""
    manuscript = read_blocks(data, language)
    return read_manuscript(manuscript, FORMAT)


def read_blocks(data: bytes, language: Language = "ko") -> Manuscript:
    """The paragraphs and tables of a file, before anything is made of them. Raises UnreadableDraft."""
    archive = open_zip(data)
    if not looks_like(archive):
        raise UnreadableDraft("The file is no document of Hangul.")
    package = archive.xml(_PACKAGE) if _PACKAGE in archive else None
    particulars = _particulars(package)
    header = _header(archive)
    sections = [archive.xml(name) for name in _sections(archive, package)]
    body = _Body(header, sections)
    blocks: list[Paragraph | Grid] = []
    for section in sections:
        blocks.extend(body.blocks(section))
    body.close()
    told = particulars.get("language")
    title = package.findtext(".//{*}title") if package is not None else None
    language = told if told in ("ko", "en") else language
    return Manuscript(tuple(blocks), title or None, language, particulars, tuple(body.asides))


def _name(element: _Element) -> str:
    """The name without its namespace: editions of the format differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def _particulars(package: _Element | None) -> Mapping[str, Any]:
    """What a file that we wrote says besides its page; nothing where it is damaged or not there."""
    for meta in package.iter("{*}meta") if package is not None else ():
        if meta.get("name") == _PARTICULARS:
            try:
                found = json.loads(meta.text or "")
            except (ValueError, RecursionError):
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _sections(archive: Archive, package: _Element | None) -> list[str]:
    """The members that hold the text, in the order of the package's spine."""
    names: list[str] = []
    if package is not None:
        items = {item.get("id"): item.get("href") or "" for item in package.iter("{*}item")}
        for reference in package.iter("{*}itemref"):
            target = items.get(reference.get("idref"), "")
            for name in (target, posixpath.join("Contents", posixpath.basename(target))):
                if "section" in posixpath.basename(name) and name in archive and name not in names:
                    names.append(name)
    if not names:
        names = sorted((name for name in archive if _is_section(name)), key=lambda name: (len(name), name))
    if not names:
        raise UnreadableDraft("The file holds no text.")
    if len(names) > _MAX_SECTIONS:
        raise UnreadableDraft("The file has more sections than any draft has.")
    return names


def _is_section(name: str) -> bool:
    return name.startswith("Contents/section") and name.endswith(".xml")


def _header(archive: Archive) -> _Element | None:
    return archive.xml("Contents/header.xml") if "Contents/header.xml" in archive else None


class _Body:
    """The paragraphs and tables of all sections, counted."""

    def __init__(self, header: _Element | None, sections: Iterable[_Element]) -> None:
        self._parts: dict[str, Part] = {}
        self._voices: dict[str, Voice] = {}
        #: The words of footnotes and of what is drawn, by the paragraph that they stand at.
        self.asides: list[tuple[int, str]] = []
        self._place = 0
        #: The deletions of tracked changes that are open here, the one of them that has no end, and the words that they
        #: have taken so far; how many ends of each are still to come.
        self._open: set[_Change] = set()
        self._endless: _Change | None = None
        self._taken: list[tuple[int, str]] = []
        self._ends = Counter(_change(end) for section in sections for end in section.iter("{*}deleteEnd"))
        self._deletions = 0
        self._scripts = {} if header is None else _scripts(header)
        self._counted = {} if header is None else _counted(header)
        self._numbers = NumberCounter({} if header is None else _lists(header))
        self._outline = "1"
        if header is None:
            return
        for style in header.iter("{*}style"):
            if part := _PARTS.get(style.get("name") or ""):
                self._parts[style.get("id") or ""] = part
        if self._parts:
            for shape in header.iter("{*}charPr"):
                flags = (shape.get("useFontSpace") or "0", shape.get("useKerning") or "0")
                self._voices[shape.get("id") or ""] = _VOICES.get(flags, Voice.TEXT)

    def blocks(self, holder: _Element) -> Iterator[Paragraph | Grid]:
        """Everything below an element in the order of the text."""
        outline = holder.find("{*}p/{*}run/{*}secPr")
        if outline is not None:
            self._outline = outline.get("outlineShapeIDRef") or self._outline
        for element in holder:
            if _name(element) == "p":
                yield from self._paragraph(element)

    def close(self) -> None:
        """The end of the text: a deletion that nothing ended may have taken words that stand."""
        self._report_taken()

    def _paragraph(self, element: _Element) -> Iterator[Paragraph | Grid]:
        self._place += 1
        place = self._place
        deletions = self._deletions
        part = self._parts.get(element.get("styleIDRef") or "")
        runs: list[Run] = []
        held: list[Paragraph | Grid] = []
        for run in element:
            if _name(run) == "run":
                words: list[str] = []
                self._words(run, words, held)
                if words:
                    shape, said = run.get("charPrIDRef") or "", normal("".join(words))
                    to = self._scripts.get(shape)
                    runs.append(Run((to(said) if to else None) or said, self._voices.get(shape, Voice.TEXT)))
        which, level = self._counted.get(element.get("paraPrIDRef") or "", (None, 0))
        if self._deletions > deletions and not any(run.text.strip() for run in runs):
            yield from held  # all of it is deleted, its number too
            return
        if which is not None and part is None and (number := self._numbers.next(which or self._outline, level)):
            runs.insert(0, Run(number + " "))
        if any(run.text for run in runs) or not held:
            yield Paragraph(part, tuple(runs), place=place)
        yield from held

    def _words(self, holder: _Element, words: list[str], held: list[Paragraph | Grid]) -> None:
        for element in holder:
            name = _name(element)
            if name == "t":
                self._text(element, words)
            elif name == "tbl":
                held.extend(self._table(element))
            elif name == "subList":
                held.extend(self.blocks(element))  # a text box or a caption, at the paragraph that it is tied to
            elif name in ("footNote", "endNote", "fieldBegin"):  # a field may begin with a memo on what follows
                note: list[str] = []
                for text in element.iter("{*}t", "{*}script"):
                    self._text(text, note)
                self._aside("".join(note))
            elif name == "dutmal":  # a word with its reading above or below it
                for text in element.iter("{*}mainText"):
                    self._text(text, words)
                self._aside(element.findtext("{*}subText") or "")
            elif name in _DRAWN:
                self._aside(element.get(_DRAWN[name]) or "")
                self._words(element, words, held)
            elif name == "script":
                self._aside(element.text or "")
            elif name not in _ASIDE:
                self._words(element, words, held)

    def _aside(self, words: str) -> None:
        if words.strip():
            (self._taken if self._open else self.asides).append((self._place, normal(words).strip()))

    def _text(self, element: _Element, words: list[str]) -> None:
        self._say(element.text or "", words)
        for sign in element:
            name = _name(sign)
            if name == "deleteBegin":
                self._begin(_change(sign))
            elif name == "deleteEnd":
                self._end(_change(sign))
            elif name in _SIGNS:
                self._say(_SIGNS[name], words)
            else:
                self._text(sign, words)
            self._say(sign.tail or "", words)

    def _begin(self, change: _Change) -> None:
        """A deletion begins. One that is open without an end to come ends here, for all that the file says."""
        if self._endless is not None or change in self._open:
            self._report_taken()
        self._open.discard(self._endless or change)
        self._open.add(change)
        self._endless = None if self._ends[change] else change

    def _end(self, change: _Change) -> None:
        """A deletion ends. The end of another may be meant for one that is open and has none of its own."""
        self._ends[change] -= 1
        if change not in self._open:
            self._report_taken()
            change = self._endless or change
        self._open.discard(change)
        if change == self._endless:
            self._endless = None
        if not self._open:
            self._taken = []

    def _report_taken(self) -> None:
        """The words that deletions took so far, which may stand: what deletes them begins or ends wrongly."""
        self.asides.extend(self._taken)
        self._taken = []

    def _say(self, said: str, words: list[str]) -> None:
        if not self._open:
            words.append(said)
        elif said:
            self._deletions += 1
            if taken := normal(said).strip():
                self._taken.append((self._place, taken))

    def _table(self, element: _Element) -> Iterator[Paragraph | Grid]:
        grid = GridBuilder()
        inner: list[Paragraph | Grid] = []
        deleting, kept = bool(self._open), False
        caption = element.find("{*}caption")
        above = caption is not None and caption.get("side", "TOP") in ("TOP", "LEFT")
        if above:
            yield from self._caption(caption)
        for row in element.iterchildren("{*}tr"):
            grid.row()
            for cell in row.iterchildren("{*}tc"):
                address, span = cell.find("{*}cellAddr"), cell.find("{*}cellSpan")
                inner = [block for held in cell.iterchildren("{*}subList") for block in self.blocks(held)]
                words = cell_text(inner)
                kept = kept or bool(words.strip())
                grid.cell(
                    words,
                    width=_whole(span, "colSpan", 1),
                    height=_whole(span, "rowSpan", 1),
                    column=_whole(address, "colAddr", 0) if address is not None else None,
                )
        self._place += 1
        found = grid.finish(self._place)
        if deleting and not kept:
            pass  # all of it is deleted
        elif grid.is_box and not self._parts:
            yield from inner  # a frame around text, not a table
        elif found:
            yield found
        if not above:
            yield from self._caption(caption)

    def _caption(self, caption: _Element | None) -> Iterator[Paragraph | Grid]:
        """The words above or below a table."""
        for held in caption.iterchildren("{*}subList") if caption is not None else ():
            yield from self.blocks(held)


def _change(sign: _Element) -> _Change:
    """Which deletion begins or ends at a sign."""
    return sign.get("Id"), sign.get("TcId")


def _scripts(header: _Element) -> dict[str, Callable[[str], str | None]]:
    """The shapes of characters that stand above or below the line."""
    return {
        shape.get("id") or "": to for shape in header.iter("{*}charPr")
        for name, to in (("supscript", raised), ("subscript", lowered)) if shape.find(f"{{*}}{name}") is not None
    }  # fmt: skip


def _lists(header: _Element) -> dict[str, list[Level]]:
    """The lists that Hangul counts, by their number."""
    lists: dict[str, list[Level]] = {}
    for numbering in header.iter("{*}numbering"):
        levels: list[Level] = []
        for head in numbering.iter("{*}paraHead"):
            counts = _COUNTS.get(head.get("numFormat") or "", "decimal")
            levels.append(Level(counts, head.text or "", whole(head.get("start"), 1)))
        lists[numbering.get("id") or ""] = levels[:LEVELS]
    return lists


def _counted(header: _Element) -> dict[str, tuple[str, int]]:
    """Which shapes of paragraphs are counted: in which list ("" for that of the outline) and at which level."""
    counted: dict[str, tuple[str, int]] = {}
    for shape in header.iter("{*}paraPr"):
        heading = shape.find("{*}heading")
        if heading is not None and heading.get("type") in ("NUMBER", "OUTLINE"):
            which = heading.get("idRef") or "" if heading.get("type") == "NUMBER" else ""
            counted[shape.get("id") or ""] = which, whole(heading.get("level"), 0)
    return counted


def _whole(element: _Element | None, name: str, otherwise: int) -> int:
    value = element.get(name) if element is not None else None
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else otherwise
