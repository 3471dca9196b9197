"""The versions of a text beside one another, as facts: the old–new table, the text with its changes marked, and each
clause in every version. The text in force that a partial amendment amends stands before the first version.

Everything here is made from the publication's own rows (and the text in force); it decides nothing about which clause
is which, for staff did that before the version was published.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from portal.drafts import alignment, stored_tables
from portal.drafts.alignment import Aligned
from portal.drafts.models import DraftVersion
from portal.kernel.i18n import msg, translate
from portal.kernel.words import CLAUSE_CHANGES
from portal.ordinances import addresses
from portal.ordinances.clauses import Clause, Draft, Kind, Language, Status
from portal.ordinances.marked_tables import MarkedTable, marked_tables, plain_tables
from portal.ordinances.merged_cells import Laid, laid_out
from portal.ordinances.old_new_table import Line, Row, TableLine, old_new_rows
from portal.ordinances.readers import portal_json
from portal.ordinances.redline import redline
from portal.publication.citations import Citations, Link
from portal.publication.models import PublishedAlignment, PublishedClause

Facts = dict[str, Any]
T = TypeVar("T")
#: How the text in force is called in addresses; versions are `v1`, `v2`.
IN_FORCE: Final = "in-force"
_NUMBERED: Final = frozenset({Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM, Kind.SUBITEM})
_DEPTHS: Final = {Kind.SUBPARAGRAPH: 1, Kind.ITEM: 2, Kind.SUBITEM: 3}


@dataclass(frozen=True)
class Edition:
    """One text: the text in force (number 0), or a version."""

    number: int
    draft: Draft

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return f"v{self.number}" if self.number else IN_FORCE

    @property
    def has_english(self) -> bool:
        """Whether it can be read in English."""
        return "en" in self.draft.languages

    @cached_property
    def citations(self) -> Citations | None:
        """What its words cite, as links; None for the text in force, whose clauses have no pages."""
        return Citations(self.number, self.draft) if self.number else None

    def links(self, eid: str, words: str | None, language: Language) -> list[Link]:
        """The links in these words of one of its clauses."""
        return self.citations.links(eid, words, language) if self.citations else []


@dataclass(frozen=True)
class Versions:
    """Every text of a consultation, the oldest first, and what each clause is in the next one."""

    editions: tuple[Edition, ...]
    pairs: Mapping[tuple[int, int], Sequence[Aligned]] = field(repr=False)

    @cached_property
    def by_number(self) -> Mapping[int, Edition]:
        """The texts by version; 0 is the text in force."""
        return {edition.number: edition for edition in self.editions}

    def couples(self) -> Iterator[tuple[Edition, Edition]]:
        """Every two texts, the older first."""
        for place, new in enumerate(self.editions):
            for old in self.editions[:place]:
                yield old, new

    def between(self, old: int, new: int) -> Sequence[Aligned]:
        """The alignment of two texts."""
        return self.pairs[old, new]

    @cached_property
    def marks(self) -> Mapping[tuple[int, int], Marks]:
        """The changes between every two texts that follow one another."""
        return {(old.number, new.number): Marks(old, new, self.between(old.number, new.number))
                for old, new in zip(self.editions, self.editions[1:], strict=False)}


def pure(clause: PublishedClause) -> Clause:
    """A published clause as `portal.ordinances` takes it."""
    return Clause(
        eid=clause.eid, kind=Kind(clause.kind), label=clause.label, heading_ko=clause.heading_ko,
        text_ko=clause.text_ko, heading_en=clause.heading_en, text_en=clause.text_en, parent=clause.parent_eid,
        status=Status(clause.status), notes=tuple(clause.notes), label_en=clause.label_en,
        tables=stored_tables.read(clause.tables, clause.text_ko))


def versions(session: Session, consultation_id: int,
             clauses: Mapping[int, Sequence[PublishedClause]] | None = None) -> Versions:
    """Every text of a consultation. `clauses`: those of each version, where they are at hand. At most three
    statements."""
    if clauses is None:
        clauses = _clauses(session, consultation_id)
    texts = editions(session, consultation_id, clauses)
    stored: dict[tuple[int, str], list[Aligned]] = defaultdict(list)
    for row in session.scalars(select(PublishedAlignment).where(
            PublishedAlignment.consultation_id == consultation_id).order_by(PublishedAlignment.position)):
        stored[row.version, row.against].append(Aligned(row.old_eid, row.new_eid, row.change, row.score))
    lineages = {number: {clause.eid: clause.lineage_uid for clause in those} for number, those in clauses.items()}
    return Versions(texts, _aligned(texts, stored, lineages))


def _clauses(session: Session, consultation_id: int) -> dict[int, list[PublishedClause]]:
    found: dict[int, list[PublishedClause]] = defaultdict(list)
    for clause in session.scalars(select(PublishedClause).where(
            PublishedClause.consultation_id == consultation_id).order_by(
            PublishedClause.version, PublishedClause.position)):
        found[clause.version].append(clause)
    return found


def editions(session: Session, consultation_id: int,
             clauses: Mapping[int, Sequence[PublishedClause]] | None = None) -> tuple[Edition, ...]:
    """The texts alone, the oldest first. At most two statements."""
    if clauses is None:
        clauses = _clauses(session, consultation_id)
    titles = {row.number: row for row in session.execute(select(
        DraftVersion.number, DraftVersion.title_ko, DraftVersion.title_en, DraftVersion.note_ko, DraftVersion.note_en,
        # Of the first alone, and not read for the others: it is long.
        case((DraftVersion.number == 1, DraftVersion.in_force)).label("in_force")).where(
        DraftVersion.consultation_id == consultation_id))}
    found: list[Edition] = []
    in_force = titles[1].in_force if 1 in titles else None
    if in_force is not None:
        found.append(Edition(0, portal_json.read_document(in_force).draft))
    for number in sorted(clauses):
        told = titles[number]
        found.append(Edition(number, Draft(
            tuple(map(pure, clauses[number])), title_ko=told.title_ko or None, title_en=told.title_en or None,
            note_ko=told.note_ko or None, note_en=told.note_en or None, version=number)))
    return tuple(found)


def _aligned(editions: Sequence[Edition], stored: Mapping[tuple[int, str], list[Aligned]],
             lineages: Mapping[int, Mapping[str, uuid.UUID]]) -> dict[tuple[int, int], Sequence[Aligned]]:
    """The alignment of every two texts: as it was decided, else by the identities, else by way of those between."""
    found: dict[tuple[int, int], Sequence[Aligned]] = {}
    for place, new in enumerate(editions):
        for old in reversed(editions[:place]):
            against = "previous" if old.number else "in_force"
            direct = stored.get((new.number, against)) if old.number in (0, new.number - 1) else None
            if direct is not None:
                found[old.number, new.number] = direct
            elif old is editions[place - 1]:
                at = {uid: eid for eid, uid in lineages.get(old.number, {}).items()}
                links = [(at[uid], eid) for eid, uid in lineages[new.number].items() if uid in at]
                found[old.number, new.number] = alignment.linked(links, old.draft, new.draft)
            else:
                between = editions[place - 1].number
                found[old.number, new.number] = alignment.composed(
                    found[old.number, between], found[between, new.number], old.draft, new.draft)
    return found


# ----------------------------------------------------------------------------------------------------- the changed text


class Marks:
    """The changes from one text to the next, clause by clause; each is computed once."""

    def __init__(self, old: Edition, new: Edition, pairs: Sequence[Aligned]) -> None:
        self._old, self._new = old.draft, new.draft
        self._older, self._newer = old, new
        self._old_of = alignment.carried(pairs)
        self._new_of = {one: other for other, one in self._old_of.items()}
        #: What was merged away, by where its words are now.
        self._into = {pair.old: pair.new for pair in pairs
                      if pair.old and pair.new and pair.old not in self._new_of}
        self.changes = {pair.new: pair.change for pair in pairs if pair.new}
        self._known: dict[tuple[str | None, str | None], Facts] = {}

    def lines(self, new: str | None) -> list[Facts]:
        """A clause of the new text with everything below it (None: the whole text), every change marked; what is gone
        stands where it stood, and so does what was merged away, with the clause that it is in now."""
        if new is None:
            return list(self._below(None, None))
        return list(self._walk(self._old_of.get(new), new))

    def changed(self, new: str) -> bool:
        """Whether anything in a clause, or below it, is not as it was."""
        return any(line["change"] != "same" for line in self.lines(new))

    def _walk(self, old: str | None, new: str | None) -> Iterator[Facts]:
        yield self._line(old, new)
        yield from self._below(old, new)

    def _below(self, old: str | None, new: str | None) -> Iterator[Facts]:
        whole = old is None and new is None
        olds = self._old.children(old) if whole or old else ()
        news = self._new.children(new) if whole or new else ()
        for one, other in self._in_order(olds, news):
            yield from self._walk(one, other)

    def _in_order(self, olds: Sequence[Clause], news: Sequence[Clause]) -> list[tuple[str | None, str | None]]:
        places = {clause.eid: place for place, clause in enumerate(news)}
        gone: dict[int, list[str]] = defaultdict(list)
        last = -1
        for clause in olds:
            now_at = self._new_of.get(clause.eid)
            if now_at is None:
                gone[last].append(clause.eid)
            else:  # elsewhere, it is shown where it stands now
                last = places.get(now_at, last)
        ordered: list[tuple[str | None, str | None]] = [(eid, None) for eid in gone[-1]]
        for place, clause in enumerate(news):
            ordered.append((self._old_of.get(clause.eid), clause.eid))
            ordered += [(eid, None) for eid in gone[place]]
        return ordered

    def _line(self, old: str | None, new: str | None) -> Facts:
        if (old, new) not in self._known:
            self._known[old, new] = self._made(old, new)
        return self._known[old, new]

    def _made(self, old: str | None, new: str | None) -> Facts:
        before = self._old.by_eid[old] if old else None
        after = self._new.by_eid[new] if new else None
        clause = after or before
        assert clause is not None
        draft = self._new if after else self._old
        tables = {language: _tables(before, after, language) for language in _LANGUAGES}
        marked = {language: _cut(_marked(before, after, language), _opening(before, language),
                                 _opening(after, language), tables[language]) for language in _LANGUAGES}
        same = before is not None and after is not None and all(
            kind == "same" for pieces, _ in marked.values() for kind, _ in pieces) and all(
            table.is_same for found in tables.values() for table in found)
        moved = self.changes.get(new, "same") in ("moved", "renumbered") if new else False
        into = self._into.get(old) if old and not new else None
        return {
            "eid": clause.eid, "kind": clause.kind.value, "old": old, "new": new,
            "depth": _depth(draft, clause), "label_ko": _labels(before, after, "ko"),
            "label_en": _labels(before, after, "en"), "changes_ko": marked["ko"][0], "changes_en": marked["en"][0],
            "links_ko": self._links(marked["ko"][0], old, new, "ko"),
            "links_en": self._links(marked["en"][0], old, new, "en"),
            "tables_ko": marked["ko"][1], "tables_en": marked["en"][1],
            "remark_ko": _merged_into(into, "ko"), "remark_en": _merged_into(into, "en"),
            "change": "same" if same and not moved else self.changes.get(new, "deleted") if new
            else "merged" if into else "deleted"}

    def _links(self, pieces: Sequence[Sequence[str]], old: str | None, new: str | None,
               language: Language) -> list[list[Link]]:
        """The links in each piece: of what is gone to the older text, of all else to the newer one."""
        found: list[list[Link]] = [[] for _ in pieces]
        gone = any(kind == "deleted" for kind, _ in pieces)
        for left_out, edition, eid in (("inserted", self._older, old if gone else None), ("deleted", self._newer, new)):
            if eid is None or edition.citations is None:
                continue
            kept = [place for place, (kind, _) in enumerate(pieces) if kind != left_out]
            links = edition.citations.of_pieces(eid, [pieces[place][1] for place in kept], language)
            for place in kept:  # what both texts say is linked to the newer one, which comes last
                found[place] = []
            for place, those in zip(kept, links, strict=False):
                found[place] = those
        return found if any(found) else []


_LANGUAGES: Final[tuple[Language, Language]] = ("ko", "en")


def _depth(draft: Draft, clause: Clause) -> int:
    """How far a clause stands in: by the numbers above it, and at least as far as its kind does in print."""
    above = sum(above.kind in _NUMBERED for above in draft.ancestors(clause.eid))
    return max(above, _DEPTHS.get(clause.kind, 0))


def _label(clause: Clause, language: Language) -> str:
    return clause.label if language == "ko" else clause.label_en or addresses.parse(clause.eid).english_label


def _labels(before: Clause | None, after: Clause | None, language: Language) -> list[list[str]]:
    old = _label(before, language) if before else None
    new = _label(after, language) if after else None
    if old == new and new is not None:
        return [["same", new]]
    return [[kind, label] for kind, label in (("deleted", old), ("inserted", new)) if label]


def _merged_into(eid: str | None, language: Language) -> str:
    return translate(msg("(merged into %(name)s)", name=addresses.parse(eid).spoken(language)), language) if eid else ""


def _words(clause: Clause | None, language: Language) -> str | None:
    """What a clause says beside its tables: heading and text; None where it says nothing in this language."""
    if clause is None:
        return ""
    heading, text = clause.heading(language), clause.text(language)
    if text is None and not heading:
        return None
    plain = clause.kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUBSECTION)
    return "\n".join(filter(None, (heading if plain or not heading else f"({heading})", text)))


def _opening(clause: Clause | None, language: Language) -> int:
    """How many lines of its words stand before those of its text."""
    return int(bool(clause and clause.heading(language)))


def _tables(before: Clause | None, after: Clause | None, language: Language) -> list[MarkedTable]:
    old, new = _words(before, language), _words(after, language)
    if old is None or new is None:  # in one of the texts only
        shown = after if old is None else before
        return plain_tables(shown.tables, language) if shown is not None else []
    return marked_tables(before.tables if before else (), after.tables if after else (), language)


def _cut(pieces: Sequence[Sequence[str]], old_opening: int, new_opening: int,
         tables: Sequence[MarkedTable]) -> tuple[list[list[str]], list[list[Any]]]:
    """The pieces, cut at the lines that tables stand behind, and the tables, each with the number of pieces that stand
    before it."""
    if not tables:
        return [list(piece) for piece in pieces], []
    cut: list[list[str]] = []
    placed: list[list[Any]] = []
    waiting = list(tables)
    old_lines, new_lines = -old_opening, -new_opening

    def place(at_end: bool = False) -> None:
        while waiting and (at_end or waiting[0].after_lines <= (old_lines if waiting[0].is_gone else new_lines)):
            placed.append([len(cut), _marked_table(waiting.pop(0))])

    place()
    for kind, words in pieces:
        for line in words.splitlines(keepends=True):
            cut.append([kind, line])
            if line.endswith("\n"):
                old_lines += kind != "inserted"
                new_lines += kind != "deleted"
                place()
    place(at_end=True)
    return cut, placed


def _marked_table(table: MarkedTable) -> Facts:
    """A table with its changes: rows of headings and others; of each cell its pieces, and how far it reaches."""
    return _laid(laid_out(table.rows, table.spans, table.heads), lambda cell: {
        "changes": [[str(change.kind), change.text] for change in cell]})


def _marked(before: Clause | None, after: Clause | None, language: Language) -> list[list[str]]:
    old, new = _words(before, language), _words(after, language)
    if old is None or new is None:
        # In one of the texts only: what is there is shown as it is, unless the clause itself is new or gone.
        words = new or old or ""
        return [["same", words]] if words else []
    if before is None or after is None:
        return [["inserted" if before is None else "deleted", new or old]] if new or old else []
    return [[str(change.kind), change.text] for change in redline(old, new, language)]


# ------------------------------------------------------------------------------------------------ each clause's history


def history(texts: Versions, version: int, eid: str) -> list[Facts]:
    """A clause in every text, the oldest first: where it stands there, and its words with the changes from the text
    before. Empty where there is one text only."""
    if len(texts.editions) < 2:
        return []
    at = _followed(texts, version, eid)
    found: list[Facts] = []
    before: Edition | None = None
    for edition in texts.editions:
        eids = at[edition.number]
        marks = texts.marks[before.number, edition.number] if before else None
        was_there = bool(before and at[before.number])
        entry: Facts = {
            "version": edition.number, "here": edition.number == version, "first": before is None,
            "clauses": [], "gone": was_there and not eids}
        for one in eids:
            lines = marks.lines(one) if marks else [_plain(edition, clause)
                                                    for clause in edition.draft.subtree(one)]
            address = addresses.parse(one)
            changed = marks is not None and any(line["change"] != "same" for line in lines)
            entry["clauses"].append({
                "eid": one, "url": address.path, "name_ko": address.spoken("ko"), "name_en": address.spoken("en"),
                "change": (marks.changes.get(one, "same") if marks else "first"), "changed": changed,
                "lines": lines if changed or marks is None else []})
        found.append(entry)
        before = edition
    return found


def _followed(texts: Versions, version: int, eid: str) -> dict[int, list[str]]:
    """Where the clause stands in every text, by way of those between; of a split or a merger, every piece."""
    at: dict[int, list[str]] = {version: [eid]}
    numbers = [edition.number for edition in texts.editions]
    place = numbers.index(version)
    for older, newer in zip(numbers[place - 1::-1] if place else [], numbers[place:0:-1], strict=False):
        at[older] = list(dict.fromkeys(pair.old for pair in texts.between(older, newer)
                                       if pair.old and pair.new in at[newer]))
    for older, newer in zip(numbers[place:], numbers[place + 1:], strict=False):
        at[newer] = list(dict.fromkeys(pair.new for pair in texts.between(older, newer)
                                       if pair.new and pair.old in at[older]))
    return at


def _plain(edition: Edition, clause: Clause) -> Facts:
    line: Facts = {
        "eid": clause.eid, "kind": clause.kind.value, "old": None, "new": clause.eid,
        "depth": _depth(edition.draft, clause), "label_ko": [["same", _label(clause, "ko")]],
        "label_en": [["same", _label(clause, "en")]], "remark_ko": "", "remark_en": "", "change": "same"}
    for language in _LANGUAGES:
        words, opening = _words(clause, language), _opening(clause, language)
        pieces, tables = _cut([["same", words]] if words else [], opening, opening,
                              plain_tables(clause.tables, language))
        line[f"changes_{language}"], line[f"tables_{language}"] = pieces, tables
        line[f"links_{language}"] = edition.citations.of_pieces(
            clause.eid, [text for _, text in pieces], language) if edition.citations else []
    return line


# ---------------------------------------------------------------------------------------------------- the old–new table


def table_facts(texts: Versions, old: Edition, new: Edition) -> Facts:
    """The old–new table of two texts, in each language that both have."""
    pairs = texts.between(old.number, new.number)
    both_english = old.has_english and new.has_english
    counted = Counter(pair.change for pair in pairs)
    interest = alignment.of_interest(pairs, old.draft, new.draft)
    return {
        "old": old.number, "new": new.number, "old_key": old.key, "new_key": new.key,
        "counts": {change: counted[change] for change in CLAUSE_CHANGES if counted[change]},
        "changed": len(interest),
        "groups_ko": _groups(old_new_rows(old.draft, new.draft, alignment.as_pairs(pairs), "ko"), old, new, "ko"),
        "groups_en": _groups(old_new_rows(old.draft, new.draft, alignment.as_pairs(pairs), "en"), old, new, "en")
        if both_english else None}


def _groups(rows: Sequence[Row], old: Edition, new: Edition, language: Language) -> list[Facts]:
    found: list[Facts] = []
    for row in rows:
        gone = (row.new is None and row.old == row.group) or row.group not in new.draft.by_eid
        there = old if gone else new
        anchor = f"{'gone-' if gone else ''}{row.group}"
        if not found or found[-1]["anchor"] != anchor:
            address = addresses.parse(row.group)
            clause = there.draft.by_eid[row.group]
            found.append({
                "anchor": anchor, "eid": row.group, "version": there.number, "url": address.path,
                "name_ko": address.spoken("ko"), "name_en": address.spoken("en"), "heading_ko": clause.heading_ko,
                "heading_en": clause.heading_en, "rows": []})
        found[-1]["rows"].append({"change": str(row.change.value), "current": [
            _cell(line, old, row.old, language) for line in row.current], "amended": [
            _cell(line, new, row.new, language) for line in row.amended]})
    return found


def _cell(line: Line, edition: Edition, eid: str | None, language: Language) -> Facts:
    if isinstance(line, TableLine):  # words in tables stay words
        return {"depth": line.depth, "runs": [], "links": [], "table": _table(line)}
    said = ["" if run.remark else run.text for run in line.runs]
    links = edition.citations.of_pieces(eid, said, language) if edition.citations and eid else []
    if links and links[0]:  # what a line begins with is the clause's own number
        links[0] = [one for one in links[0] if one[0] != 0]
    return {"depth": line.depth, "runs": list(map(list, line.runs)), "links": links, "table": None}


def _table(line: TableLine) -> Facts:
    """A table within a cell: rows of headings and others; of each cell its words, and how far it reaches."""
    return _laid(laid_out(line.rows, line.spans, line.heads), lambda cell: {"runs": list(map(list, cell))})


def _laid(laid: Laid[T], said: Callable[[T], Facts]) -> Facts:
    return {name: [[{"height": cell.height, "width": cell.width, **said(cell.content)} for cell in cells]
                   for cells in rows] for name, rows in laid._asdict().items()}


def marked_facts(texts: Versions, old: Edition, new: Edition) -> Facts:
    """The newer of two texts as a whole, with the changes from the older one marked."""
    marks = texts.marks.get((old.number, new.number)) or Marks(
        old, new, texts.between(old.number, new.number))
    lines = marks.lines(None)
    return {"old": old.number, "new": new.number, "old_key": old.key, "new_key": new.key,
            "changed": sum(line["change"] != "same" for line in lines), "lines": lines,
            "english": old.has_english and new.has_english}
