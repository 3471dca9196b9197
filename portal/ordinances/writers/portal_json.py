"""Writes the portal's own JSON: one draft, two languages, clauses flat in the order of the text.

    {"title_ko", "title_en", "version", "note_ko", "note_en",
     "chapters": [{"eid", "label_ko", "label_en", "parent"}],
     "clauses":  [{"eid", "kind", "label", "heading_ko", "text_ko", "heading_en", "text_en", "parent", "chapter"}],
     "addenda":  [the same],
     "annexes":  [{"eid", "kind", "label", "heading_ko", "heading_en", "note_ko", "note_en", "table"}]}

A table is {"columns_ko", "columns_en", "rows": [{"ko", "en"}]}. The one table of an annex, behind all its lines, is its
`table`; any other clause, several tables, and a table between lines are `tables`, each with "after_lines" and, where
cells are merged, "spans": [[row, column, rows, columns]], row 0 being the headings.

A chapter has `text_ko`, `text_en` only where lines stand between it and its first article.
An article's `parent` is null and `chapter` names its innermost heading by its label; where two headings have the same
label, `chapter_eid` says which. Addenda lie directly under their root by their eId; the root is written only where it
says something itself. `notes` and `status` are written only where there are notes and where a clause is deleted.
The reader, `portal.ordinances.readers.portal_json`, gives back an equal draft.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, LANGUAGES, Clause, Draft, Kind, Language, Status, Table

ADDENDA = "부칙"


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The file, UTF-8. It has both languages, whichever is asked for."""
    return json.dumps(as_json(draft), ensure_ascii=False, indent=1).encode()


def as_json(draft: Draft) -> dict[str, Any]:
    """The draft as JSON values."""
    document: dict[str, Any] = {"title_ko": draft.title_ko, "title_en": draft.title_en}
    if draft.version is not None:
        document["version"] = draft.version
    document |= {"note_ko": draft.note_ko, "note_en": draft.note_en}
    headings = [clause for clause in draft.clauses if clause.kind in HEADINGS]
    names = Counter(heading_name(heading, "ko") for heading in headings)
    document["chapters"] = [_chapter(heading) for heading in headings]
    document["clauses"] = [
        _clause(draft, clause, names) for clause in draft.clauses if clause.is_main_text and clause.kind not in HEADINGS
    ]
    document["addenda"] = [_addendum(clause) for clause in draft.clauses if _is_written_addendum(draft, clause)]
    document["annexes"] = [_annex(clause) for clause in draft.clauses if clause.kind in (Kind.ANNEX, Kind.FORM)]
    return document


def heading_name(heading: Clause, language: Language) -> str | None:
    """Label and heading of a chapter in one: `제1장 총칙`, `Chapter I General Provisions`; None where that language
    is missing."""
    if heading.text(language) is None:
        return None
    label = heading.label if language == "ko" else heading.label_en
    return " ".join(part for part in (label, heading.heading(language)) if part)


def _chapter(heading: Clause) -> dict[str, Any]:
    return {
        "eid": heading.eid,
        "label_ko": heading_name(heading, "ko"),
        "label_en": heading_name(heading, "en"),
        "parent": heading.parent,
        **({"text_ko": heading.text_ko} if heading.text_ko else {}),
        **({"text_en": heading.text_en} if heading.text_en else {}),
        **_rest(heading),
    }


def _clause(draft: Draft, clause: Clause, names: Counter[str | None]) -> dict[str, Any]:
    parent = draft.by_eid[clause.parent] if clause.parent else None
    under_heading = parent is None or parent.kind in HEADINGS
    heading = next((above for above in reversed(draft.ancestors(clause.eid)) if above.kind in HEADINGS), None)
    name = heading_name(heading, "ko") if heading else None
    written = _unit(clause) | {"parent": None if under_heading else clause.parent, "chapter": name}
    if heading and names[name] > 1:
        written["chapter_eid"] = heading.eid
    return written | _rest(clause)


def _is_written_addendum(draft: Draft, clause: Clause) -> bool:
    if not clause.eid.startswith("addenda"):
        return False
    if clause.kind is not Kind.ADDENDUM:
        return True
    says = (clause.heading_ko or clause.heading_en or clause.text_ko or clause.text_en or clause.notes
            or clause.label != ADDENDA or clause.status is not Status.IN_FORCE)  # fmt: skip
    below = draft.children(clause.eid)
    return bool(says) or not below or any(
        (clause.text(language) is None) != (below[0].text(language) is None) for language in LANGUAGES
    )  # fmt: skip


def _addendum(clause: Clause) -> dict[str, Any]:
    direct = clause.parent is None or parse(clause.parent).kind is Kind.ADDENDUM
    return _unit(clause) | {"parent": None if direct else clause.parent, "chapter": ADDENDA} | _rest(clause)


def _unit(clause: Clause) -> dict[str, Any]:
    return {
        "eid": clause.eid,
        "kind": clause.kind.value,
        "label": clause.label,
        "heading_ko": clause.heading_ko,
        "text_ko": clause.text_ko,
        "heading_en": clause.heading_en,
        "text_en": clause.text_en,
    }


def _annex(clause: Clause) -> dict[str, Any]:
    written: dict[str, Any] = {
        "eid": clause.eid,
        "kind": clause.kind.value,
        "label": clause.label,
        "heading_ko": clause.heading_ko,
        "heading_en": clause.heading_en,
        "note_ko": clause.text_ko,
        "note_en": clause.text_en,
    }
    return written | _rest(clause)


def stands_behind(table: Table, clause: Clause) -> bool:
    """Whether a table stands behind all lines of the clause: where a table without `after_lines` is."""
    return table.after_lines == max(len(clause.lines(language)) for language in LANGUAGES)


def _tables(clause: Clause) -> dict[str, Any]:
    if clause.kind in (Kind.ANNEX, Kind.FORM) and len(clause.tables) == 1:
        table = clause.tables[0]
        if stands_behind(table, clause) and not table.spans:
            return {"table": _table(table)}
    if not clause.tables:
        return {}
    return {"tables": [
        _table(table) | {"after_lines": table.after_lines}
        | ({"spans": [list(span) for span in table.spans]} if table.spans else {})
        for table in clause.tables
    ]}  # fmt: skip


def _table(table: Table) -> dict[str, Any]:
    rows = max(len(table.rows_ko), len(table.rows_en))
    return {
        "columns_ko": list(table.columns_ko),
        "columns_en": list(table.columns_en),
        "rows": [
            {
                "ko": list(table.rows_ko[place]) if table.columns_ko else [],
                "en": list(table.rows_en[place]) if table.columns_en else [],
            }
            for place in range(rows)
        ],
    }


def _rest(clause: Clause) -> dict[str, Any]:
    rest = _tables(clause)
    if clause.notes:
        rest["notes"] = list(clause.notes)
    if clause.status is not Status.IN_FORCE:
        rest["status"] = clause.status.value
    return rest
