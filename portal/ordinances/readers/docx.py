"""Reads DOCX: one that we wrote by its styles, any other line by line, its tables kept as tables.

The XML is read directly and within the limits of `containers`; words that a tracked change deletes are left out, those
that it inserts are kept. Numbers that Word counts itself are printed as Word prints them, for the usual formats. Foot-
notes and headers are no text of the draft: notes are reported as not placed, headers and footers are left out. The
letters of a formula are words; a document that another one holds (altChunk) is reported by the name of its file.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.manuscript import Grid, Manuscript, Paragraph, Part, Run, Voice
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.containers import Archive, open_zip
from portal.ordinances.readers.counted_numbers import Level, NumberCounter, whole
from portal.ordinances.readers.grids import GridBuilder
from portal.ordinances.readers.lines import cell_text, read_manuscript
from portal.ordinances.readers.source import normal

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMAT: Final = "docx"

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_CHOICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PARTICULARS: Final = "{urn:consultation-portal:ordinance}particulars"

_PARTS: Final = {part.value: part for part in Part}
_VOICES: Final = {voice.value: voice for voice in Voice if voice is not Voice.TEXT}
#: How Word names the ways of counting; another one is printed in figures.
_COUNTS: Final = {
    "ganada": "syllable", "decimalEnclosedCircle": "circled", "decimalEnclosedCircleChinese": "circled",
    "lowerLetter": "letter", "upperLetter": "upper_letter", "lowerRoman": "roman", "upperRoman": "upper_roman",
    "bullet": "", "none": "",
}  # fmt: skip
#: What holds paragraphs or runs without being one: content controls, insertions, links, fields.
_DELETED: Final = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", f"{_CHOICE}Fallback"})


def looks_like(archive: Archive) -> bool:
    """Whether an archive is a text document of Word."""
    return "[Content_Types].xml" in archive and _main_part(archive) is not None


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file. Raises UnreadableDraft."""
    archive = open_zip(data)
    name = _main_part(archive)
    if name is None:
        raise UnreadableDraft("The file is no text document of Word.")
    root = archive.xml(name)
    if root.tag.startswith(f"{{{_STRICT}}}"):
        raise UnreadableDraft("The file is a strict Open XML document. Save it as an ordinary .docx and try again.")
    particulars = _particulars(archive)
    told = particulars.get("language")
    body = _Body(archive, name)
    manuscript = Manuscript(
        tuple(body.blocks(root)),
        title=None,
        language=told if told in ("ko", "en") else language,
        particulars=particulars,
        asides=tuple(body.asides),
    )
    return read_manuscript(manuscript, FORMAT)


def _main_part(archive: Archive) -> str | None:
    """The member that holds the text: word/document.xml, or what the relations of the package say."""
    if "word/document.xml" in archive:
        return "word/document.xml"
    if "_rels/.rels" not in archive:
        return None
    for relation in archive.xml("_rels/.rels").iter(_RELATIONSHIP):
        target = posixpath.normpath((relation.get("Target") or "").lstrip("/"))
        if (relation.get("Type") or "").endswith("/officeDocument") and target in archive and target.endswith(".xml"):
            return target if target.startswith("word/") else None
    return None


def _particulars(archive: Archive) -> Mapping[str, Any]:
    """What a file that we wrote says besides its page; nothing where it is damaged or not there."""
    for name in archive:
        if not (name.startswith("customXml/item") and name.endswith(".xml")) or "Props" in name:
            continue
        try:
            root = archive.xml(name)
            found = json.loads(root.text or "") if root.tag == _PARTICULARS else None
        except (UnreadableDraft, ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return {}


class _Body:
    """The paragraphs and tables of the main part, counted."""

    def __init__(self, archive: Archive, main_part: str) -> None:
        folder = posixpath.dirname(main_part)
        self._styles = _Styles(_optional(archive, f"{folder}/styles.xml"))
        self._numbers = NumberCounter(_lists(_optional(archive, f"{folder}/numbering.xml")))
        self._notes = {
            kind: _notes(_optional(archive, f"{folder}/{kind}s.xml"), kind) for kind in ("footnote", "endnote")
        }
        self._place = 0
        links = _optional(archive, f"{folder}/_rels/{posixpath.basename(main_part)}.rels")
        self._targets = {
            link.get("Id"): link.get("Target") for link in (links.iter(_RELATIONSHIP) if links is not None else ())
        }
        #: The words of footnotes, and the names of documents in the document, by the paragraph that they stand at.
        self.asides: list[tuple[int, str]] = []

    def blocks(self, root: _Element) -> Iterator[Paragraph | Grid]:
        """Everything in the order of the text."""
        body = root.find(f"{_W}body")
        if body is not None:
            yield from self._inside(body)

    def _inside(self, holder: _Element) -> Iterator[Paragraph | Grid]:
        for element in holder:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag == f"{_W}altChunk":
                which = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), None)
                self.asides.append((self._place, f"altChunk {self._targets.get(which) or which or ''}".strip()))
            elif _is_text(element) and (words := normal(element.text or "").strip()):
                self._place += 1
                yield Paragraph(None, (Run(words),), place=self._place)  # a formula between two paragraphs
            elif element.tag not in _DELETED and not element.tag.endswith(("Pr", "}tr", "}tc")):
                yield from self._inside(element)  # content controls, insertions, custom XML

    def _paragraph(self, element: _Element) -> Iterator[Paragraph | Grid]:
        self._place += 1
        properties = element.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        style_id = style.get(f"{_W}val") if style is not None else None
        part = _PARTS.get(self._styles.base(style_id))
        runs: list[Run] = []
        boxes: list[_Element] = []
        self._runs(element, runs, boxes)
        number = self._numbers.next(*self._styles.numbering(properties, style_id)) if part is None else ""
        if number:
            runs.insert(0, Run(number + " "))
        if runs or style_id != "ordTableEnd":
            yield Paragraph(part, tuple(runs), place=self._place)
        for box in boxes:  # text boxes stand at the paragraph that they are tied to
            yield from self._inside(box)

    def _runs(self, holder: _Element, runs: list[Run], boxes: list[_Element]) -> None:
        for element in holder:
            if element.tag in _DELETED:
                continue
            if element.tag == f"{_W}r":
                self._run(element, runs, boxes)
            elif _is_text(element):
                runs.append(Run(normal(element.text or "")))
            elif element.tag != f"{_W}pPr":
                self._runs(element, runs, boxes)

    def _run(self, element: _Element, runs: list[Run], boxes: list[_Element]) -> None:
        style = element.find(f"{_W}rPr/{_W}rStyle")
        voice = _VOICES.get((style.get(f"{_W}val") or "") if style is not None else "", Voice.TEXT)
        words: list[str] = []
        self._words(element, words, boxes)
        if words:
            runs.append(Run("".join(words), voice))

    def _words(self, holder: _Element, words: list[str], boxes: list[_Element]) -> None:
        for element in holder:
            tag = element.tag.removeprefix(_W)
            if tag == "t" or _is_text(element):
                words.append(normal(element.text or ""))
            elif tag in ("tab", "ptab"):
                words.append("\t")
            elif tag in ("br", "cr") and element.get(f"{_W}type") not in ("page", "column"):
                words.append("\n")
            elif tag == "noBreakHyphen":
                words.append("-")
            elif tag == "txbxContent":
                boxes.append(element)
            elif tag in ("footnoteReference", "endnoteReference"):
                note = self._notes[tag.removesuffix("Reference")].get(element.get(f"{_W}id") or "", "")
                if note:
                    self.asides.append((self._place, note))
            elif tag == "sym":
                words.append("\ufffd")  # a sign of a symbol font: no character of its own
            elif tag != "rPr" and element.tag not in _DELETED:
                self._words(element, words, boxes)

    def _table(self, element: _Element) -> Iterator[Paragraph | Grid]:
        grid = GridBuilder()
        inner: list[Paragraph | Grid] = []
        for row in _rows(element):
            before = row.find(f"{_W}trPr/{_W}gridBefore")
            grid.row(skip=_whole(before))
            for cell in _cells(row):
                properties = cell.find(f"{_W}tcPr")
                span = properties.find(f"{_W}gridSpan") if properties is not None else None
                merge = properties.find(f"{_W}vMerge") if properties is not None else None
                goes_on = merge is not None and merge.get(f"{_W}val") != "restart"
                blocks = list(self._inside(cell))
                inner = blocks
                grid.cell(cell_text(blocks), width=max(1, _whole(span)), goes_on=goes_on)
        self._place += 1
        style = element.find(f"{_W}tblPr/{_W}tblStyle")
        if grid.is_box and (style is None or style.get(f"{_W}val") != "ordTable"):
            yield from inner  # a frame around text, not a table
        elif found := grid.finish(self._place):
            yield found


def _is_text(element: _Element) -> bool:
    """Whether it holds letters, of a formula (m:t) or a drawing (a:t) as those of a run."""
    return str(element.tag).endswith("}t")


def _rows(table: _Element) -> Iterator[_Element]:
    for element in table:
        if element.tag == f"{_W}tr":
            if element.find(f"{_W}trPr/{_W}del") is None:
                yield element
        elif element.tag not in _DELETED and not element.tag.endswith(("Pr", "Grid")):
            yield from _rows(element)


def _cells(row: _Element) -> Iterator[_Element]:
    for element in row:
        if element.tag == f"{_W}tc":
            yield element
        elif element.tag not in _DELETED and not element.tag.endswith("Pr"):
            yield from _cells(element)


def _whole(element: _Element | None) -> int:
    value = element.get(f"{_W}val") if element is not None else None
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 4 else 0


def _optional(archive: Archive, name: str) -> _Element | None:
    if name not in archive:
        return None
    try:
        return archive.xml(name)
    except UnreadableDraft:
        return None


class _Styles:
    """Which style is based on which, and which one counts."""

    def __init__(self, root: _Element | None) -> None:
        self._based: dict[str, str] = {}
        self._numbering: dict[str, tuple[str, int]] = {}
        for style in root.iter(f"{_W}style") if root is not None else ():
            name = style.get(f"{_W}styleId") or ""
            based = style.find(f"{_W}basedOn")
            if based is not None:
                self._based[name] = based.get(f"{_W}val") or ""
            counted = _numbering(style.find(f"{_W}pPr"))
            if counted:
                self._numbering[name] = counted

    def base(self, style_id: str | None) -> str:
        """The style of ours that a style is, or is based on; else "" ."""
        for _ in range(10):
            if not style_id or style_id in _PARTS:
                break
            style_id = self._based.get(style_id)
        return style_id if style_id in _PARTS else ""

    def numbering(self, properties: _Element | None, style_id: str | None) -> tuple[str, int]:
        """The list and the level that a paragraph is counted in; ("", 0) for none."""
        own = _numbering(properties)
        if own is not None:
            return own
        for _ in range(10):
            if not style_id:
                break
            if style_id in self._numbering:
                return self._numbering[style_id]
            style_id = self._based.get(style_id)
        return "", 0


def _numbering(properties: _Element | None) -> tuple[str, int] | None:
    counted = properties.find(f"{_W}numPr") if properties is not None else None
    if counted is None:
        return None
    which, level = counted.find(f"{_W}numId"), counted.find(f"{_W}ilvl")
    return (which.get(f"{_W}val") or "" if which is not None else ""), min(_whole(level), 8)


def _notes(root: _Element | None, kind: str) -> dict[str, str]:
    """The words of the footnotes or endnotes, by their number."""
    found: dict[str, str] = {}
    for note in root.iter(f"{_W}{kind}") if root is not None else ():
        words = normal("".join(text.text or "" for text in note.iter("{*}t"))).strip()
        found[note.get(f"{_W}id") or ""] = words
    return found


def _lists(root: _Element | None) -> dict[str, list[Level]]:
    """The lists that Word counts, by the name that paragraphs give them."""
    if root is None:
        return {}
    abstract = {element.get(f"{_W}abstractNumId"): [_level(level) for level in element.iter(f"{_W}lvl")][:9]
                for element in root.iter(f"{_W}abstractNum")}  # fmt: skip
    return {number.get(f"{_W}numId") or "": abstract.get(_value(number, "abstractNumId"), [])
            for number in root.iter(f"{_W}num")}  # fmt: skip


def _level(element: _Element) -> Level:
    counts = _COUNTS.get(_value(element, "numFmt") or "decimal", "decimal")
    return Level(counts, _value(element, "lvlText") or "", whole(_value(element, "start"), 1))


def _value(element: _Element, name: str) -> str | None:
    found = element.find(f"{_W}{name}")
    return found.get(f"{_W}val") if found is not None else None
