"""Reads DOCX: one that we wrote by its styles, any other line by line, its tables kept as tables.

The XML is read directly and within the limits of `containers`; words that a tracked change deletes are left out, those
that it inserts are kept. Numbers that Word counts itself are printed as Word prints them, for the usual formats. Foot-
notes and headers are no text of the draft: notes are reported as not placed, headers and footers are left out. A
formula is written on one line, and reported where it stands on more than one; so is the reading above a word. A
document that another one holds (altChunk) is reported by the name of its file.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from portal.ordinances.clauses import Language, Reading
from portal.ordinances.manuscript import Grid, Manuscript, Paragraph, Part, Run, Voice
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.containers import Archive, open_zip
from portal.ordinances.readers.counted_numbers import Level, NumberCounter, whole
from portal.ordinances.readers.formulas import FORMULAS, on_one_line
from portal.ordinances.readers.grids import GridBuilder
from portal.ordinances.readers.lines import cell_text, read_manuscript
from portal.ordinances.readers.raised import lowered, raised
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
            if archive.is_full:
                raise
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
        self._words_of_notes: dict[_Element, str] = {}
        self._in_note = self._in_formula = self._is_built = False
        self._place = 0
        links = _optional(archive, f"{folder}/_rels/{posixpath.basename(main_part)}.rels")
        self._targets = {
            link.get("Id"): link.get("Target") for link in (links.iter(_RELATIONSHIP) if links is not None else ())
        }
        #: The words of footnotes and of readings above a word, formulas that stand on more than one line, and the names
        #: of documents in the document, by the paragraph that they stand at.
        self.asides: list[tuple[int, str]] = []

    def blocks(self, root: _Element) -> Iterator[Paragraph | Grid]:
        """Everything in the order of the text."""
        body = root.find(f"{_W}body")
        if body is not None:
            yield from self._inside(body)

    def _inside(self, holder: _Element) -> Iterator[Paragraph | Grid]:
        joined: list[_Element] = []  # paragraphs whose ends are deleted: what follows goes on with them
        for element in holder:
            if element.tag == f"{_W}p":
                joined.append(element)
                if not _is_end_deleted(element):
                    yield from self._paragraph(joined)
                    joined = []
                continue
            if joined and len(element):
                yield from self._paragraph(joined)
                joined = []
            if element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag == f"{_W}altChunk":
                which = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), None)
                self.asides.append((self._place, f"altChunk {self._targets.get(which) or which or ''}".strip()))
            elif element.tag in FORMULAS:
                self._place += 1
                boxes: list[_Element] = []
                if words := self._formula(element, boxes).strip():
                    yield Paragraph(None, (Run(words),), place=self._place)  # between two paragraphs
                for box in boxes:
                    yield from self._inside(box)
            elif _is_text(element) and (words := normal(element.text or "").strip()):
                self._place += 1
                yield Paragraph(None, (Run(words),), place=self._place)  # letters of a drawing between two paragraphs
            elif element.tag not in _DELETED and not element.tag.endswith(("Pr", "}tr", "}tc")):
                yield from self._inside(element)  # content controls, insertions, custom XML
        if joined:
            yield from self._paragraph(joined)

    def _paragraph(self, elements: Sequence[_Element]) -> Iterator[Paragraph | Grid]:
        """One paragraph: an element, or several whose ends but for the last one's are deleted. The first that has words
        says how it is counted; where none has and the last end is deleted too, there is no paragraph."""
        runs: list[Run] = []
        boxes: list[_Element] = []
        head: _Element | None = None
        place = 0
        for element in elements:
            self._place += 1
            before = len(runs)
            self._runs(element, runs, boxes)
            if head is None and any(run.text.strip() for run in runs[before:]):
                head, place = element, self._place
        if head is not None or not _is_end_deleted(elements[-1]):
            yield from self._counted(elements[-1] if head is None else head, runs, place or self._place)
        for box in boxes:  # text boxes stand at the paragraph that they are tied to
            yield from self._inside(box)

    def _counted(self, head: _Element, runs: list[Run], place: int) -> Iterator[Paragraph]:
        properties = head.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        style_id = style.get(f"{_W}val") if style is not None else None
        part = _PARTS.get(self._styles.base(style_id))
        number = self._numbers.next(*self._styles.numbering(properties, style_id)) if part is None else ""
        if number:
            runs.insert(0, Run(number + " "))
        if runs or style_id != "ordTableEnd":
            yield Paragraph(part, tuple(runs), place=place)

    def _runs(self, holder: _Element, runs: list[Run], boxes: list[_Element]) -> None:
        for element in holder:
            if element.tag in _DELETED:
                continue
            if element.tag == f"{_W}r":
                self._run(element, runs, boxes)
            elif element.tag in FORMULAS:
                runs.append(Run(self._formula(element, boxes)))
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
            runs.append(Run(_set_up_or_down(element, "".join(words)), voice))

    def _formula(self, element: _Element, boxes: list[_Element]) -> str:
        def said(run: _Element) -> str:
            words: list[str] = []
            self._words(run, words, boxes)
            return "".join(words)

        is_whole, self._in_formula = not self._in_formula, True
        line, is_built = on_one_line(element, said, _DELETED)
        self._is_built = self._is_built or is_built
        if is_whole:  # one that stands in another is reported with it
            line = normal(line)
            if self._is_built:
                self.asides.append((self._place, line.strip()))
            self._in_formula = self._is_built = False
        return line

    def _words(self, holder: _Element, words: list[str], boxes: list[_Element]) -> None:
        for element in holder:
            tag = element.tag.removeprefix(_W)
            if tag == "t" or _is_text(element):
                words.append(normal(element.text or ""))
            elif element.tag in FORMULAS:
                words.append(self._formula(element, boxes))
            elif tag == "rt":  # the reading above a word
                reading: list[str] = []
                self._words(element, reading, boxes)
                if aside := "".join(reading).strip():
                    self.asides.append((self._place, aside))
            elif tag in ("tab", "ptab"):
                words.append("\t")
            elif tag in ("br", "cr") and element.get(f"{_W}type") not in ("page", "column"):
                words.append("\n")
            elif tag == "noBreakHyphen":
                words.append("-")
            elif tag == "txbxContent":
                boxes.append(element)
            elif tag in ("footnoteReference", "endnoteReference"):
                note = self._notes[tag.removesuffix("Reference")].get(element.get(f"{_W}id") or "")
                if note is not None and not self._in_note and (aside := self._words_of_note(note)):
                    self.asides.append((self._place, aside))
            elif tag == "sym":
                words.append("\ufffd")  # a sign of a symbol font: no character of its own
            elif tag not in ("rPr", "pPr") and element.tag not in _DELETED:
                self._words(element, words, boxes)

    def _words_of_note(self, note: _Element) -> str:
        """The words of a footnote, those of its paragraphs apart."""
        if note not in self._words_of_notes:
            self._in_note = True  # one that refers to another, or to itself, is not looked up
            said: list[str] = []
            boxes: list[_Element] = [note]
            for holder in boxes:  # and the boxes in it, which are found on the way
                for element in holder:
                    words: list[str] = []
                    self._words(element, words, boxes)
                    said.append("".join(words))
            self._in_note = False
            self._words_of_notes[note] = " ".join(" ".join(said).split())
        return self._words_of_notes[note]

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


def _set_up_or_down(run: _Element, words: str) -> str:
    """Figures that a run sets above or below the line, as characters that stand there."""
    where = run.find(f"{_W}rPr/{_W}vertAlign")
    to = {"superscript": raised, "subscript": lowered}.get(where.get(f"{_W}val") or "") if where is not None else None
    return (to(words) if to else None) or words


def _is_end_deleted(paragraph: _Element) -> bool:
    """Whether a tracked change deletes the end of a paragraph: it goes on with the next one, or is gone."""
    return any(paragraph.find(f"{_W}pPr/{_W}rPr/{_W}{change}") is not None for change in ("del", "moveFrom"))


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
            if element.find(f"{_W}tcPr/{_W}cellDel") is None:
                yield element
        elif element.tag not in _DELETED and not element.tag.endswith("Pr"):
            yield from _cells(element)


def _whole(element: _Element | None) -> int:
    value = element.get(f"{_W}val") if element is not None else None
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 4 else 0


def _optional(archive: Archive, name: str) -> _Element | None:
    """A part that a document may do without. One that is damaged or too much is refused with the file: to go on without
    it would lose numbers or notes that nobody would miss."""
    return archive.xml(name) if name in archive else None


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


def _notes(root: _Element | None, kind: str) -> dict[str, _Element]:
    """The footnotes or endnotes, by their number."""
    return {note.get(f"{_W}id") or "": note for note in root.iter(f"{_W}{kind}")} if root is not None else {}


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
