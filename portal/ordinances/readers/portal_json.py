"""Reads the portal's own JSON (its shape: `portal.ordinances.writers.portal_json`), strictly.

A file that breaks the shape is refused with the path of what is wrong, as `clauses[12].text_ko`: it was written by a
program, and a draft that is nearly right is not to be guessed at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

from portal.ordinances import numbering
from portal.ordinances.addresses import Address, parse
from portal.ordinances.clauses import HEADINGS, LANGUAGES, Clause, Draft, Kind, Language, Reading, Status, Table
from portal.ordinances.problems import InvalidAddress, UnreadableDraft
from portal.ordinances.readers.marks import heading_mark
from portal.ordinances.readers.source import decode, normal
from portal.ordinances.spoken import english_heading_label, split_english_heading

FORMAT: Final = "portal_json"

_TOP: Final = ("title_ko", "title_en", "note_ko", "note_en", "chapters", "clauses", "addenda", "annexes")
_CHAPTER: Final = ("eid", "label_ko", "label_en", "parent")
_UNIT: Final = ("eid", "kind", "label", "heading_ko", "text_ko", "heading_en", "text_en", "parent", "chapter")
_ANNEX: Final = ("eid", "kind", "label", "heading_ko", "heading_en", "note_ko", "note_en")
_REST: Final = ("notes", "status")
_CHAPTER_REST: Final = ("text_ko", "text_en", "tables", *_REST)
_TABLE: Final = ("columns_ko", "columns_en", "rows")
_PLACED: Final = ("after_lines", "spans")
_PRINT: Final = re.compile(r"\(?(?:[1-9][0-9]{0,5}|[a-z]{1,6})(?:\)|\.|\.\))")
#: No real draft comes near it; a path from clause to clause stays short whatever a file says.
_MAX_CLAUSES: Final = 100_000


def looks_like(document: object) -> bool:
    """Whether a JSON document says that it is one of these."""
    return isinstance(document, dict) and "clauses" in document and ("title_ko" in document or "title_en" in document)


def read(data: bytes, language: Language = "ko") -> Reading:
    """The reading of a file; it says itself which languages it has. Raises UnreadableDraft, naming the path of what is
    wrong."""
    return read_document(parse_json(decode(data)))


def parse_json(text: str) -> object:
    """JSON without doubled keys and without NaN. Raises UnreadableDraft with the line of a mistake."""
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
    except json.JSONDecodeError as mistake:
        line, column = mistake.lineno, mistake.colno
    except UnreadableDraft:
        raise
    except (RecursionError, ValueError):  # nested without end, or a number of thousands of digits
        line, column = 1, 1
    raise UnreadableDraft("This is no valid JSON: line %(line)s, column %(column)s.", line=line, column=column)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableDraft("The key “%(key)s” stands twice in one object.", key=key[:80])
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableDraft("“%(name)s” is no JSON value.", name=name)


def read_document(document: object) -> Reading:
    """The reading of a JSON document. Raises UnreadableDraft, naming the path of what is wrong."""
    top = _Node(document, "")
    fields = top.fields(_TOP, optional=("version",))
    collected = _Clauses()
    _read_main_text(collected, list(fields["chapters"].items()), list(fields["clauses"].items()))
    _read_addenda(collected, fields["addenda"].items())
    for node in fields["annexes"].items():
        collected.add(node, _annex(node))
    if not any(clause.is_main_text and clause.kind is Kind.ARTICLE for clause in collected.clauses):
        raise UnreadableDraft("The file holds no clause: there is no article in its list of clauses.")
    draft = Draft(
        tuple(collected.clauses),
        title_ko=fields["title_ko"].text_or_null(),
        title_en=fields["title_en"].text_or_null(),
        note_ko=fields["note_ko"].text_or_null(),
        note_en=fields["note_en"].text_or_null(),
        version=fields["version"].positive() if "version" in fields else None,
    )
    return Reading(draft, FORMAT)


# ------------------------------------------------------------------------------------------------ a value and its path


@dataclass(frozen=True, slots=True)
class _Node:
    value: object
    path: str

    @property
    def at(self) -> str:
        """The path as it is shown."""
        return self.path or "$"

    def must_be(self, expected: str) -> UnreadableDraft:
        """The error for a value that can only be this one."""
        return UnreadableDraft("%(path)s must be “%(expected)s”.", path=self.at, expected=expected)

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, _Node]:
        """The members of an object: all that are required, none that is unknown."""
        if not isinstance(self.value, dict):
            raise UnreadableDraft("%(path)s must be an object.", path=self.at)
        for key in required:
            if key not in self.value:
                raise UnreadableDraft("%(path)s: the key “%(key)s” is missing.", path=self.at, key=key)
        for key in self.value:
            if key not in required and key not in optional:
                raise UnreadableDraft(
                    "%(path)s: the key “%(key)s” is not known here.", path=self.at, key=str(key)[:80]
                )
        prefix = f"{self.path}." if self.path else ""
        return {key: _Node(value, prefix + key) for key, value in self.value.items()}

    def items(self) -> Iterator[_Node]:
        """The members of a list."""
        if not isinstance(self.value, list):
            raise UnreadableDraft("%(path)s must be a list.", path=self.at)
        for place, value in enumerate(self.value):
            yield _Node(value, f"{self.path}[{place}]")

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise UnreadableDraft("%(path)s must be a text.", path=self.at)
        return normal(self.value)

    def text_or_null(self) -> str | None:
        if self.value is not None and not isinstance(self.value, str):
            raise UnreadableDraft("%(path)s must be a text or null.", path=self.at)
        return None if self.value is None else normal(self.value)

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def positive(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            raise UnreadableDraft("%(path)s must be a whole number from 1.", path=self.at)
        return self.value

    def count(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise UnreadableDraft("%(path)s must be a whole number from 0.", path=self.at)
        return self.value

    def address(self) -> Address:
        try:
            return parse(self.text())
        except InvalidAddress:
            raise UnreadableDraft("%(path)s is not the eId of a clause.", path=self.at) from None


@dataclass(slots=True)
class _Clauses:
    """What was read so far, each address once."""

    clauses: list[Clause] = field(default_factory=list)
    eids: set[str] = field(default_factory=set)

    def add(self, node: _Node, clause: Clause) -> None:
        if clause.eid in self.eids:
            raise UnreadableDraft(
                "%(path)s: there is a clause with the eId “%(eid)s” already.", path=node.path, eid=clause.eid
            )
        if len(self.clauses) >= _MAX_CLAUSES:
            raise UnreadableDraft("The file holds more than %(limit)s clauses.", limit=_MAX_CLAUSES)
        self.clauses.append(clause)
        self.eids.add(clause.eid)


# ---------------------------------------------------------------------------------------------------------- main text


def _read_main_text(collected: _Clauses, chapters: list[_Node], clauses: list[_Node]) -> None:
    """Puts each heading before the first clause that lies in it or in a later one."""
    headings = [_heading(node) for node in chapters]
    places = {heading.eid: place for place, heading in enumerate(headings)}
    names: dict[str, list[int]] = {}
    for number, node in enumerate(chapters):
        names.setdefault(node.fields(_CHAPTER, _CHAPTER_REST)["label_ko"].text(), []).append(number)
    written = 0

    def write_headings(until: int) -> None:
        nonlocal written
        for number in range(written, until):
            _check_parent(chapters[number], headings[number], collected)
            collected.add(chapters[number], headings[number])
        written = max(written, until)

    for node in clauses:
        fields = node.fields(_UNIT, ("chapter_eid", "tables", *_REST))
        clause = _unit(node, fields)
        place = _place_of_chapter(fields, names, places)
        if place is not None:
            if place < written - 1:
                raise UnreadableDraft("%(path)s goes back to an earlier chapter.", path=fields["chapter"].at)
            write_headings(place + 1)
        collected.add(node, _with_parent(clause, fields, headings[place] if place is not None else None, collected))
    write_headings(len(headings))


def _heading(node: _Node) -> Clause:
    fields = node.fields(_CHAPTER, _CHAPTER_REST)
    address = fields["eid"].address()
    if address.kind not in HEADINGS or address.kind is None:
        raise UnreadableDraft(
            "%(path)s is not the eId of a part, chapter, section or subsection.", path=fields["eid"].at
        )
    label_ko = fields["label_ko"].text()
    mark = heading_mark(label_ko)
    step = address.steps[-1]
    if mark is None or numbering.heading_label(mark.unit, mark.number, mark.branch) != address.label:
        raise UnreadableDraft(
            "%(path)s must begin with “%(expected)s”.", path=fields["label_ko"].at, expected=address.label
        )
    label_en = fields["label_en"].text_or_null()
    english = (english_heading_label(step), None) if label_en is None else split_english_heading(label_en)
    texts = {language: fields[key].text() if (key := f"text_{language}") in fields else "" for language in LANGUAGES}
    heading = Clause(
        eid=address.eid,
        kind=address.kind,
        label=address.label,
        label_en=english[0],
        heading_ko=mark.text or None,
        heading_en=english[1],
        text_ko=texts["ko"],
        text_en=None if label_en is None else texts["en"],
        parent=fields["parent"].text_or_null(),
        **_rest(fields),
    )
    return _with_tables(heading, fields)


def _check_parent(node: _Node, heading: Clause, collected: _Clauses) -> None:
    nearest = _nearest(parse(heading.eid), collected.eids)
    if heading.parent != nearest:
        raise node.fields(_CHAPTER, _CHAPTER_REST)["parent"].must_be(nearest or "null")


def _place_of_chapter(
    fields: Mapping[str, _Node], names: Mapping[str, list[int]], places: Mapping[str, int]
) -> int | None:
    name = fields["chapter"].text_or_null()
    if name is None:
        return None
    if name not in names:
        raise UnreadableDraft("%(path)s names no chapter of this file.", path=fields["chapter"].at)
    if "chapter_eid" in fields:
        eid = fields["chapter_eid"].text()
        if eid not in places or places[eid] not in names[name]:
            raise UnreadableDraft(
                "%(path)s is not the eId of a chapter with this label.", path=fields["chapter_eid"].at
            )
        return places[eid]
    if len(names[name]) > 1:
        raise UnreadableDraft(
            "%(path)s: several chapters have this label, so a “chapter_eid” is needed beside it.",
            path=fields["chapter"].at,
        )
    return names[name][0]


def _with_parent(clause: Clause, fields: Mapping[str, _Node], heading: Clause | None, collected: _Clauses) -> Clause:
    nearest = _nearest(parse(clause.eid), collected.eids)
    given = fields["parent"].text_or_null()
    if nearest is None and given is None:
        return replace(clause, parent=heading.eid if heading else None)
    if given != nearest:
        raise fields["parent"].must_be(nearest or "null")
    return replace(clause, parent=nearest)


def _nearest(address: Address, eids: Iterable[str]) -> str | None:
    return next((above.eid for above in address.parents if above.eid in eids), None)


# -------------------------------------------------------------------------------------------------- addenda, annexes


def _read_addenda(collected: _Clauses, nodes: Iterable[_Node]) -> None:
    for node in nodes:
        fields = node.fields(_UNIT, ("tables", *_REST))
        clause = _unit(node, fields, addenda=True)
        root = parse(clause.eid).steps[0].eid
        given = fields["parent"].text_or_null()
        if clause.kind is Kind.ADDENDUM:
            if given is not None:
                raise fields["parent"].must_be("null")
            collected.add(node, clause)
            continue
        if root not in collected.eids:
            korean, english = (None if clause.text(language) is None else "" for language in LANGUAGES)
            collected.add(node, Clause(root, Kind.ADDENDUM, "부칙", text_ko=korean, text_en=english))
        nearest = _nearest(parse(clause.eid), collected.eids)
        if given != nearest and not (given is None and nearest == root):
            raise fields["parent"].must_be("null" if nearest == root else str(nearest))
        collected.add(node, replace(clause, parent=nearest))


def _annex(node: _Node) -> Clause:
    fields = node.fields(_ANNEX, ("table", "tables", *_REST))
    address = fields["eid"].address()
    if address.kind not in (Kind.ANNEX, Kind.FORM):
        raise UnreadableDraft("%(path)s is not the eId of an annex or a form.", path=fields["eid"].at)
    annex = Clause(
        eid=address.eid,
        kind=_kind(fields, address),
        label=fields["label"].text(),
        heading_ko=fields["heading_ko"].text_or_null(),
        heading_en=fields["heading_en"].text_or_null(),
        text_ko=fields["note_ko"].text_or_null(),
        text_en=fields["note_en"].text_or_null(),
        **_rest(fields),
    )
    return _with_tables(annex, fields)


def _with_tables(clause: Clause, fields: Mapping[str, _Node]) -> Clause:
    """The clause with its tables: `table` stands behind its lines, each of `tables` says after how many."""
    last = max(len(clause.lines(language)) for language in LANGUAGES)
    if "table" in fields:
        if "tables" in fields:
            raise UnreadableDraft("%(path)s: “table” and “tables” exclude each other.", path=fields["table"].at)
        return replace(clause, tables=(replace(_table(fields["table"]), after_lines=last),))
    if "tables" not in fields:
        return clause
    tables: list[Table] = []
    for node in fields["tables"].items():
        table, after = _table(node, placed=True), node.fields(_TABLE, _PLACED)["after_lines"]
        if not (tables[-1].after_lines if tables else 0) <= table.after_lines <= last:
            raise UnreadableDraft("%(path)s must follow the order of the text and its number of lines.", path=after.at)
        tables.append(table)
    return replace(clause, tables=tuple(tables))


def _spans(node: _Node, rows: int, columns: int) -> tuple[tuple[int, int, int, int], ...]:
    found: list[tuple[int, int, int, int]] = []
    covered: set[tuple[int, int]] = set()
    for span in node.items():
        values = [item.value for item in span.items()]
        numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
        if len(values) != 4 or len(numbers) != 4:
            raise UnreadableDraft("%(path)s must be four whole numbers.", path=span.at)
        row, column, height, width = numbers
        fits = min(row, column, height - 1, width - 1) >= 0 and row + height <= rows and column + width <= columns
        cells = {(row + down, column + right) for down in range(height) for right in range(width)} if fits else set()
        if not fits or height * width == 1 or cells & covered:
            raise UnreadableDraft("%(path)s names no cells that can be merged.", path=span.at)
        covered |= cells
        found.append((row, column, height, width))
    return tuple(found)


def _table(node: _Node, placed: bool = False) -> Table:
    fields = node.fields((*_TABLE, "after_lines") if placed else _TABLE, ("spans",) if placed else ())
    columns = {language: fields[f"columns_{language}"].texts() for language in LANGUAGES}
    rows: dict[str, list[tuple[str, ...]]] = {language: [] for language in LANGUAGES}
    for row in fields["rows"].items():
        cells = row.fields(LANGUAGES)
        for language in LANGUAGES:
            texts = cells[language].texts()
            if len(texts) != len(columns[language]):
                raise UnreadableDraft(
                    "%(path)s must have %(count)s cells, as many as there are columns.",
                    path=cells[language].at, count=len(columns[language]),
                )  # fmt: skip
            rows[language].append(texts)
    rows_ko, rows_en = (tuple(rows[language]) if columns[language] else () for language in LANGUAGES)
    after = fields["after_lines"].count() if placed else 0
    height, width = len(rows["ko"]) + 1, max(map(len, columns.values()))
    spans = _spans(fields["spans"], height, width) if "spans" in fields else ()
    return Table(columns["ko"], columns["en"], rows_ko, rows_en, after, spans)


# ------------------------------------------------------------------------------------------------------- one clause


def _unit(node: _Node, fields: Mapping[str, _Node], addenda: bool = False) -> Clause:
    address = fields["eid"].address()
    kind = address.kind
    if kind is None or kind in (*HEADINGS, Kind.ANNEX, Kind.FORM) or addenda != address.eid.startswith("addenda"):
        raise UnreadableDraft("%(path)s is not an eId for this list of clauses.", path=fields["eid"].at)
    unit = Clause(
        eid=address.eid,
        kind=_kind(fields, address),
        label=_label(fields["label"], address),
        heading_ko=fields["heading_ko"].text_or_null(),
        text_ko=fields["text_ko"].text_or_null(),
        heading_en=fields["heading_en"].text_or_null(),
        text_en=fields["text_en"].text_or_null(),
        **_rest(fields),
    )
    return _with_tables(unit, fields)


def _kind(fields: Mapping[str, _Node], address: Address) -> Kind:
    if fields["kind"].value != address.kind or address.kind is None:
        raise fields["kind"].must_be(str(address.kind))
    return address.kind


def _label(node: _Node, address: Address) -> str:
    """The label as it stands there, if it has the number of the eId: ⑯ and <16> are the same."""
    label = node.text()
    if address.kind is Kind.PARAGRAPH and numbering.paragraph_number(label) == address.steps[-1].number:
        return label
    if address.kind is Kind.SUBITEM and label.strip("()") == address.label.strip("()"):
        return label
    if label not in (address.label, address.english_label) and not _is_other_print(label, address):
        raise node.must_be(address.label)
    return label


def _is_other_print(label: str, address: Address) -> bool:
    """Whether a label has the number of the eId in the way of another country's laws: 1., (1), (a), (i)."""
    step, name = address.steps[-1], label.strip("().")
    if address.kind not in (Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM, Kind.SUBITEM) or not _PRINT.fullmatch(label):
        return False
    if name.isdigit():
        return not step.lettered and name == step.numeral
    number = numbering.item_place_of_letter(name) if step.lettered else numbering.roman_value(name.upper())
    return number == step.number and not step.branch


def _rest(fields: Mapping[str, _Node]) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    if "notes" in fields:
        rest["notes"] = fields["notes"].texts()
    if "status" in fields:
        if fields["status"].value not in [status.value for status in Status]:
            raise UnreadableDraft("%(path)s must be “in_force” or “deleted”.", path=fields["status"].at)
        rest["status"] = Status(fields["status"].text())
    return rest
