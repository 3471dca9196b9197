"""Writes Akoma Ntoso 1.0 (OASIS LegalDocML, schema akomantoso30.xsd): one language, eIds as in `addresses`.

편 장 절 관 조 항 호 목 are `part` `chapter` `section` `subsection` `article` `paragraph` `subparagraph` `point`; a
sub-item is an `indent`, a set of addenda an `hcontainer`, an annex or a form an `attachment` with its own document.
Marks of history are `remark`s behind the words that they are about. What the format has no place for stands in the
`proprietary` metadata.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.merged_cells import printed_cells, sizes
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.writers.html_tables import reach
from portal.ordinances.writers.package import xml_text

NAMESPACE: Final = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
#: The element of the proprietary metadata that holds what the format has no place for.
PARTICULARS: Final = "{urn:consultation-portal:ordinance}particulars"
ELEMENTS: Final = {
    Kind.PART: "part", Kind.CHAPTER: "chapter", Kind.SECTION: "section", Kind.SUBSECTION: "subsection",
    Kind.ARTICLE: "article", Kind.PARAGRAPH: "paragraph", Kind.SUBPARAGRAPH: "subparagraph", Kind.ITEM: "point",
    Kind.SUBITEM: "indent", Kind.ADDENDUM: "hcontainer",
}  # fmt: skip
_ANNEXES: Final = (Kind.ANNEX, Kind.FORM)
_LANGUAGES: Final = {"ko": "kor", "en": "eng"}
#: The schema asks for a date; a draft has none.
_NO_DATE: Final = "0001-01-01"
_COVERED: Final = '<td class="covered"/>'


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The file, UTF-8."""
    writer = _Writer(draft, language)
    top = draft.children(None)
    preamble = "".join(writer.preamble(clause) for clause in top if clause.kind is Kind.PREAMBLE)
    body = "".join(writer.unit(clause) for clause in top if clause.kind not in (Kind.PREAMBLE, *_ANNEXES))
    annexes = "".join(writer.attachment(clause) for clause in top if clause.kind in _ANNEXES)
    attachments = f"<attachments>{annexes}</attachments>" if annexes else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<akomaNtoso xmlns="{NAMESPACE}">'
        f'<act name="ordinance" contains="originalVersion">{writer.metadata("main", proprietary=True)}'
        f"{writer.preface()}{preamble}<body>{body}</body>{attachments}</act></akomaNtoso>\n"
    ).encode()


class _Writer:
    def __init__(self, draft: Draft, language: Language) -> None:
        self._draft = draft
        self._language: Language = language

    # ---- metadata

    def metadata(self, component: str, proprietary: bool = False) -> str:
        """Who, what, which language; `component` is the part of the work: main, or the eId of an annex."""
        name = re.sub(r"[^0-9A-Za-z가-힣]+", "-", self._draft.title(self._language) or "draft").strip("-") or "draft"
        work = f"/akn/kr/act/ordinance/{_NO_DATE}/{name}"
        expression = f"{work}/{_LANGUAGES[self._language]}@"
        levels = (
            ("FRBRWork", work, '<FRBRcountry value="kr"/>'),
            ("FRBRExpression", expression, f'<FRBRlanguage language="{_LANGUAGES[self._language]}"/>'),
            ("FRBRManifestation", f"{expression}.xml", ""),
        )
        identification = "".join(
            f'<{level}><FRBRthis value="{address}/!{component}"/><FRBRuri value="{address}"/><FRBRdate '
            f'date="{_NO_DATE}" name="undated"/><FRBRauthor href="#portal"/>{rest}</{level}>'
            for level, address, rest in levels
        )
        more = ""
        if proprietary:
            more = (
                '<references source="#portal"><TLCOrganization eId="portal" '
                'href="/akn/ontology/organization/kr/portal" '
                f'showAs="Consultation portal"/></references><proprietary source="#portal">{self._particulars()}'
                "</proprietary>"
            )
        return f'<meta><identification source="#portal">{identification}</identification>{more}</meta>'

    def _particulars(self) -> str:
        particulars: dict[str, Any] = {"language": self._language}
        if self._draft.version is not None:
            particulars["version"] = self._draft.version
        odd: dict[str, dict[str, str]] = {}
        for clause in self._draft.clauses:
            address = parse(clause.eid)
            found: dict[str, str] = {}
            if (self._language == "en" or clause.kind is Kind.PREAMBLE) and clause.label != address.label:
                found["label"] = clause.label
            if clause.kind in HEADINGS and clause.label_en != english_heading_label(address.steps[-1]):
                found["label_en"] = clause.label_en or ""
            if found:
                odd[clause.eid] = found
        if odd:
            particulars["odd"] = odd
        namespace, name = PARTICULARS[1:].split("}")
        return f'<{name} xmlns="{namespace}">{xml_text(json.dumps(particulars, sort_keys=True))}</{name}>'

    def preface(self) -> str:
        """The title and the note to the reader."""
        title = self._draft.title(self._language)
        note = self._draft.note_ko if self._language == "ko" else self._draft.note_en
        words = f"<p><docTitle>{xml_text(title)}</docTitle></p>" if title else ""
        words += "".join(f'<p class="note">{xml_text(line)}</p>' for line in note.split("\n")) if note else ""
        return f"<preface>{words}</preface>" if words else ""

    # ---- clauses

    def preamble(self, clause: Clause) -> str:
        """The preamble, of which a text has one at most."""
        return f'<preamble eId="preamble"{_status(clause)}>{self._blocks(clause, remarks=True) or "<p/>"}</preamble>'

    def unit(self, clause: Clause) -> str:
        """A clause and everything below it."""
        element = ELEMENTS[clause.kind]
        name = ' name="addenda"' if clause.kind is Kind.ADDENDUM else ""
        children = self._draft.children(clause.eid)
        lines = clause.lines(self._language)
        in_text = bool(lines) or not (children or clause.heading(self._language) or self._number(clause))
        blocks = self._blocks(clause, remarks=in_text)
        inner = f"<intro>{blocks}</intro>" if blocks else ""
        if not children:
            inner = f"<content>{blocks or '<p/>'}</content>"
        below = "".join(map(self.unit, children))
        return (
            f'<{element} eId="{clause.eid}"{name}{_status(clause)}>{self._head(clause, remarks=not in_text)}'
            f"{inner}{below}</{element}>"
        )

    def attachment(self, clause: Clause) -> str:
        """An annex or a form."""
        kind = clause.kind.value
        return (
            f'<attachment eId="{clause.eid}"{_status(clause)}>{self._head(clause, remarks=True)}<doc name="{kind}">'
            f"{self.metadata(clause.eid)}<mainBody>{self._blocks(clause, remarks=False) or '<p/>'}</mainBody></doc>"
            "</attachment>"
        )

    def _number(self, clause: Clause) -> str:
        if self._language == "ko":
            return clause.label
        return (clause.label_en if clause.kind in HEADINGS else None) or parse(clause.eid).english_label

    def _head(self, clause: Clause, remarks: bool) -> str:
        heading = clause.heading(self._language)
        history = _remarks(clause.notes) if remarks else ""
        number = f"<num>{xml_text(self._number(clause))}{'' if heading else history}</num>"
        return number + (f"<heading>{xml_text(heading)}{history}</heading>" if heading else "")

    def _blocks(self, clause: Clause, remarks: bool) -> str:
        """Lines and tables; `remarks` puts the marks of history behind the last line."""
        lines = clause.lines(self._language)
        tables = [table for table in clause.tables if table.columns(self._language)]
        written: list[str] = []
        last = len(lines) - 1
        for place, line in enumerate(lines):
            while tables and tables[0].after_lines <= place:
                written.append(self._table(clause, tables.pop(0), len(written)))
            history = _remarks(clause.notes) if remarks and place == last else ""
            written.append(f"<p>{xml_text(line)}{history}</p>")
        written += [self._table(clause, table, len(written) + number) for number, table in enumerate(tables)]
        if remarks and not lines and clause.notes:
            written.append(f"<p>{_remarks(clause.notes)}</p>")
        return "".join(written)

    def _table(self, clause: Clause, table: Table, number: int) -> str:
        rows = (table.columns(self._language), *table.rows(self._language))
        written: list[str] = []
        for row, cells in enumerate(printed_cells(rows, sizes(table.spans))):
            element = "td" if row else "th"
            texts = "".join(f"<{element}{reach(cell)}>{_lines(cell.content)}</{element}>" for cell in cells)
            # A row must hold a cell: one that is covered altogether has one that spans nothing of its own.
            written.append(f"<tr>{texts or _COVERED}</tr>")
        return f'<table eId="{clause.eid}__table_{number + 1}">{"".join(written)}</table>'


def _lines(text: str) -> str:
    return "".join(f"<p>{xml_text(line)}</p>" for line in text.split("\n"))


def _status(clause: Clause) -> str:
    return ' status="removed"' if clause.status is Status.DELETED else ""


def _remarks(notes: tuple[str, ...]) -> str:
    return "".join(f" <remark>{xml_text(note)}</remark>" for note in notes)
