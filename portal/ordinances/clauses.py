"""What a draft is made of: clauses in the order of the text, in Korean and English.

The words are those of a Korean statute (편 장 절 관 조 항 호 목); the identity of a clause across versions is not known
here, only its address in this text. Knows no format and no storage: readers make drafts, writers print them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal, TypeAlias

Language = Literal["ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")


class Kind(StrEnum):
    """What a clause is. `addendum` is the root of one set of addenda (부칙); below it kinds are article, paragraph …"""

    PREAMBLE = "preamble"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    SUBSECTION = "subsection"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    SUBPARAGRAPH = "subparagraph"
    ITEM = "item"
    SUBITEM = "subitem"
    ADDENDUM = "addendum"
    ANNEX = "annex"
    FORM = "form"


class Status(StrEnum):
    """A deleted clause (삭제) keeps its node and its number, and takes no comment."""

    IN_FORCE = "in_force"
    DELETED = "deleted"


#: 편 장 절 관: they hold clauses and are no part of an article's address.
HEADINGS: Final = frozenset({Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUBSECTION})
#: What the number of clauses of a draft counts ("347 clauses").
ARTICLE_TO_ITEM: Final = (Kind.ARTICLE, Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM)
#: The kinds that occur in the main text, in the order in which counts are shown.
MAIN_TEXT_KINDS: Final = (Kind.PREAMBLE, Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUBSECTION, *ARTICLE_TO_ITEM,
                          Kind.SUBITEM)  # fmt: skip


#: A merged cell: row, column, rows, columns.
Span: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the text of a clause: columns and rows in each language. A language that is absent has no columns and
    its rows are empty; otherwise every row has as many cells as there are columns.

    It stands after `after_lines` lines of the clause's own text (0: before them all). `spans` are the merged cells, as
    row, column, rows, columns; row 0 is the row of headings. The cells that a merged one covers are "".
    """

    columns_ko: tuple[str, ...]
    columns_en: tuple[str, ...]
    rows_ko: tuple[tuple[str, ...], ...]
    rows_en: tuple[tuple[str, ...], ...]
    after_lines: int = 0
    spans: tuple[Span, ...] = ()

    @staticmethod
    def of_rows(rows: Sequence[tuple[str, ...]], language: Language, after_lines: int = 0,
                spans: tuple[Span, ...] = ()) -> Table:  # fmt: skip
        """A table in one language, the first of the rows being its headings."""
        head, below = tuple(rows[0]), tuple(rows[1:])
        if language == "ko":
            return Table(head, (), below, (), after_lines, spans)
        return Table((), head, (), below, after_lines, spans)

    def columns(self, language: Language) -> tuple[str, ...]:
        """The headings of the columns; empty where the table is not in this language."""
        return self.columns_ko if language == "ko" else self.columns_en

    def rows(self, language: Language) -> tuple[tuple[str, ...], ...]:
        """The cells, row by row."""
        return self.rows_ko if language == "ko" else self.rows_en

    def as_text(self, language: Language) -> str:
        """The table as lines, cells set apart by ` | `, each on one line: for comparing and for search."""
        if not self.columns(language):
            return ""
        rows = (self.columns(language), *self.rows(language))
        return "\n".join(" | ".join(cell.replace("\n", " ") for cell in cells) for cells in rows)


@dataclass(frozen=True, slots=True)
class Clause:
    """An addressable unit of the text.

    `label` is its number as printed (제12조의2, ①, 1., 가., 제3장, 별표 1); `label_en` is set for headings alone
    (Chapter III), the rest being said by its address. `heading_*` is None where a clause has none; `text_*` is the
    clause's own text without that of the clauses below it, "" for none, None where that language is missing.
    `parent` is the nearest clause above, chapters and sections included. `notes` are marks of history that stand
    behind the text (<개정 2012.2.10>, [본조신설 2020.8.4]) and, for addenda, their number and date. `tables` stand in
    the order of the text, each after some of its lines.
    """

    eid: str
    kind: Kind
    label: str
    heading_ko: str | None = None
    text_ko: str | None = ""
    heading_en: str | None = None
    text_en: str | None = None
    parent: str | None = None
    status: Status = Status.IN_FORCE
    notes: tuple[str, ...] = ()
    label_en: str | None = None
    tables: tuple[Table, ...] = ()

    def heading(self, language: Language) -> str | None:
        """The heading in a language; None where there is none."""
        return self.heading_ko if language == "ko" else self.heading_en

    def text(self, language: Language) -> str | None:
        """The clause's own text in a language; None where that language is missing."""
        return self.text_ko if language == "ko" else self.text_en

    @property
    def table(self) -> Table | None:
        """The first table, None where the clause has none."""
        return self.tables[0] if self.tables else None

    def lines(self, language: Language) -> list[str]:
        """The lines of its own text; none where it has no text or not in this language."""
        text = self.text(language)
        return text.split("\n") if text else []

    def blocks(self, language: Language) -> Iterator[str | Table]:
        """Its own text as it is read from top to bottom: pieces of text and the tables that have this language."""
        lines, written = self.lines(language), 0
        for table in self.tables:
            if not table.columns(language):
                continue
            if lines[written : table.after_lines]:
                yield "\n".join(lines[written : table.after_lines])
            written = max(written, table.after_lines)
            yield table
        if lines[written:]:
            yield "\n".join(lines[written:])

    @property
    def is_main_text(self) -> bool:
        """Whether the clause is of the main text: neither addenda nor annex nor form."""
        return not self.eid.startswith(("addenda", "tbl_", "form_"))


@dataclass(frozen=True)
class Draft:
    """One text: titles, a note to the reader, and its clauses in the order of the text, each address once."""

    clauses: tuple[Clause, ...]
    title_ko: str | None = None
    title_en: str | None = None
    note_ko: str | None = None
    note_en: str | None = None
    version: int | None = None

    def title(self, language: Language) -> str | None:
        """The title in a language; None where that language is missing."""
        return self.title_ko if language == "ko" else self.title_en

    @cached_property
    def by_eid(self) -> Mapping[str, Clause]:
        """Every clause by its address."""
        return {clause.eid: clause for clause in self.clauses}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Clause, ...]]:
        children: dict[str | None, list[Clause]] = {}
        for clause in self.clauses:
            children.setdefault(clause.parent, []).append(clause)
        return {parent: tuple(clauses) for parent, clauses in children.items()}

    def children(self, eid: str | None) -> tuple[Clause, ...]:
        """The clauses directly below one (None: those that stand on top), in the order of the text."""
        return self._children.get(eid, ())

    def subtree(self, eid: str) -> Iterator[Clause]:
        """The clause and everything below it, in the order of the text. Raises KeyError for an unknown address."""
        yield self.by_eid[eid]
        for child in self.children(eid):
            yield from self.subtree(child.eid)

    def ancestors(self, eid: str) -> tuple[Clause, ...]:
        """The clauses above one, the outermost first. Raises KeyError for an unknown address."""
        found: list[Clause] = []
        parent = self.by_eid[eid].parent
        while parent is not None:
            found.append(self.by_eid[parent])
            parent = self.by_eid[parent].parent
        return tuple(reversed(found))

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        """How many clauses of each kind the main text has (deleted ones included), every kind of it named."""
        counts = dict.fromkeys(MAIN_TEXT_KINDS, 0)
        for clause in self.clauses:
            if clause.is_main_text:
                counts[clause.kind] += 1
        return counts

    @property
    def clause_count(self) -> int:
        """The number of clauses as it is shown everywhere: articles to items of the main text."""
        return sum(self.counts[kind] for kind in ARTICLE_TO_ITEM)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """The languages that any clause has a text in."""
        return tuple(language for language in LANGUAGES if any(clause.text(language) for clause in self.clauses))


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """A line of the source (from 1) that no clause took. Nothing is lost silently: staff see it and decide."""

    line: int
    text: str


@dataclass(frozen=True)
class Reading:
    """What a reader made of a file.

    `source_format` names the reader; `facts` are what the source says about the text as a whole, in its own words
    (ministry, number and date of promulgation, links to annexes); `placed` says for each line of the source, from 1,
    which clause took it (None: the text as a whole). Formats without lines leave it empty.
    """

    draft: Draft
    source_format: str
    not_placed: tuple[NotPlaced, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    placed: Mapping[int, str | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many clauses of each kind the main text has."""
        return self.draft.counts
