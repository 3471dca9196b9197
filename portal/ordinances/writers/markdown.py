"""Writes Markdown: in the plain form of legalize-kr where reading that gives the same draft, else with anchors.

The plain form has no room for tables, for a second language's numbers, or for a text that looks like numbers where it
is none; so what is written is read, and the form with anchors (`markdown_text`) is taken where the two differ.
"""

from __future__ import annotations

import json
from typing import Any, Final

from portal.ordinances import markdown_text
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.merged_cells import printed_cells, sizes
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import legalize_markdown
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.writers.html_tables import reach
from portal.ordinances.writers.package import readable

_LEVELS: Final = {Kind.PART: "#", Kind.CHAPTER: "##", Kind.SECTION: "###", Kind.SUBSECTION: "####",
                  Kind.ARTICLE: "#####", Kind.ADDENDUM: "##", Kind.ANNEX: "##", Kind.FORM: "##"}  # fmt: skip
_INDENTS: Final = {Kind.SUBPARAGRAPH: "  ", Kind.ITEM: "    ", Kind.SUBITEM: "      "}


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The file, UTF-8."""
    if language == "ko":
        plain = _plain(draft)
        if plain is not None and plain == readable(plain) and _reads_back(plain, draft):
            return plain.encode()
    return readable(_anchored(draft, language)).encode()


# ------------------------------------------------------------------------------------------------------ the plain form


def _plain(draft: Draft) -> str | None:
    """The form of legalize-kr; None where there is something that it has no form for."""
    if draft.note_ko or any(clause.tables for clause in draft.clauses):
        return None
    lines = ["---", *([f"제목: {draft.title_ko}"] if draft.title_ko else []), "---", ""]
    if draft.title_ko:
        lines += [f"# {draft.title_ko}", ""]
    for clause in draft.clauses:
        lines += _plain_clause(draft, clause)
    return "\n".join(lines)


def _plain_clause(draft: Draft, clause: Clause) -> list[str]:
    text, heading, history = clause.text_ko or "", clause.heading_ko, " ".join(clause.notes)
    behind = f" {history}" if history else ""
    match clause.kind:
        case Kind.PREAMBLE:
            return [text + behind, ""]
        case Kind.PART | Kind.CHAPTER | Kind.SECTION | Kind.SUBSECTION:
            return [f"{_LEVELS[clause.kind]} {clause.label} {heading or ''}".rstrip() + behind, ""]
        case Kind.ADDENDUM:
            first = f"{clause.label}({heading})" if heading else clause.label
            return [f"## {first}{behind}", "", *([text, ""] if text else [])]
        case Kind.ANNEX | Kind.FORM:
            return [f"## [{clause.label}] {heading or ''}".rstrip() + behind, "", *([text, ""] if text else [])]
        case Kind.ARTICLE if clause.is_main_text:
            first = f"##### {clause.label}" + (f" ({heading})" if heading else "")
            return [first + ("" if text else behind), "", *([text + behind, ""] if text else [])]
        case Kind.ARTICLE:
            return [f"{clause.label}{f'({heading})' if heading else ''} {text}".rstrip() + behind]
    words = f"({heading}) {text}" if heading else text
    if not clause.is_main_text:
        return [f"{clause.label} {words}".rstrip() + behind]
    number = f"**{clause.label}**" if clause.kind is Kind.PARAGRAPH else clause.label.replace(".", "\\.")
    line = f"{_INDENTS.get(clause.kind, '')}{number} {words}".rstrip() + behind
    return [line, ""] if clause.kind is Kind.PARAGRAPH else [line]


def _reads_back(text: str, draft: Draft) -> bool:
    try:
        reading = legalize_markdown.read_text(text)
    except UnreadableDraft:
        return False
    return (not reading.not_placed and reading.draft.title_ko == draft.title_ko
            and len(reading.draft.clauses) == len(draft.clauses)
            and all(map(_same, reading.draft.clauses, draft.clauses)))  # fmt: skip


def _same(read: Clause, written: Clause) -> bool:
    return (
        read.eid == written.eid
        and read.label == written.label
        and (read.label_en or "") == (written.label_en or "")
        and (read.heading_ko or "") == (written.heading_ko or "")
        and (read.text_ko or "") == (written.text_ko or "")
        and read.parent == written.parent
        and read.status == written.status
        and read.notes == written.notes
        and not read.tables
    )


# ------------------------------------------------------------------------------------------------ the form with anchors


def _anchored(draft: Draft, language: Language) -> str:
    particulars: dict[str, Any] = {"language": language}
    if draft.version is not None:
        particulars["version"] = draft.version
    if odd := {clause.eid: found for clause in draft.clauses if (found := _odd(clause, language))}:
        particulars["odd"] = odd
    title, note = draft.title(language), draft.note_ko if language == "ko" else draft.note_en
    told = json.dumps(particulars, sort_keys=True).replace("'", "''")
    lines = ["---", f"{markdown_text.PARTICULARS}: '{told}'", "---", ""]
    if title:
        lines += [f"# {markdown_text.escaped(title)}", ""]
    if note:
        lines += [*(f"> {markdown_text.escaped(line)}" for line in note.split("\n")), ""]
    for clause in draft.clauses:
        lines += _anchored_clause(clause, language)
    return "\n".join(lines)


def _odd(clause: Clause, language: Language) -> dict[str, str]:
    """What the anchor and the printed number do not tell."""
    address = parse(clause.eid)
    found: dict[str, str] = {}
    if clause.label != address.label and language == "en":
        found["label"] = clause.label
    if clause.kind in HEADINGS and clause.label_en != english_heading_label(address.steps[-1]):
        found["label_en"] = clause.label_en or ""
    if clause.status is Status.DELETED:
        found["status"] = clause.status.value
    return found


def _anchored_clause(clause: Clause, language: Language) -> list[str]:
    number = clause.label
    if language == "en":
        number = (clause.label_en if clause.kind in HEADINGS else None) or parse(clause.eid).english_label
    heading = clause.heading(language)
    first = f"**{markdown_text.escaped(number)}**" + (f" **({markdown_text.escaped(heading)})**" if heading else "")
    for note in clause.notes:
        first += f" {markdown_text.NOTE[0]}{markdown_text.escaped(note)}{markdown_text.NOTE[1]}"
    level = _LEVELS.get(clause.kind, "")
    prefix = f"{level} " if level else _INDENTS.get(clause.kind, "")
    written = [f'{prefix}<a id="{clause.eid}"></a>{first}']
    texts = list(clause.blocks(language))
    if texts and isinstance(texts[0], str) and not level:  # the text stands on the line of its number
        lines = [markdown_text.escaped(line) for line in texts.pop(0).split("\n")]  # type: ignore[union-attr]
        written = "\\\n".join([f"{written[0]} {lines[0]}", *lines[1:]]).split("\n")
    written.append("")
    for block in texts:
        if isinstance(block, Table):
            written += [*_table(block, language), ""]
        else:
            written += [*"\\\n".join(markdown_text.escaped(line) for line in block.split("\n")).split("\n"), ""]
    return written


def _table(table: Table, language: Language) -> list[str]:
    lines = ["<table>"]
    rows = (table.columns(language), *table.rows(language))
    for row, cells in enumerate(printed_cells(rows, sizes(table.spans))):
        name = "td" if row else "th"
        texts = "".join(f"<{name}{reach(cell)}>{markdown_text.cell(cell.content)}</{name}>" for cell in cells)
        lines.append(f"<tr>{texts}</tr>")
    return [*lines, "</table>"]
