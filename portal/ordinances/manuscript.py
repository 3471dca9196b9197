"""A draft set out for a word processor: paragraphs that each play a part, and tables between them.

What DOCX and HWPX have in common. A paragraph's `Part` becomes a paragraph style, a run's `Voice` a character style;
so the way back does not guess which words are a heading and which a mark of history. Knows neither format, and no
address: the writer (`writers.manuscript`) sets a draft out, the reader (`readers.manuscript`) makes one of it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from portal.ordinances.clauses import Kind, Language


class Part(StrEnum):
    """What a paragraph is. The values are the identifiers of paragraph styles in files."""

    TITLE = "ordTitle"
    REMARK = "ordRemark"
    PREAMBLE = "ordPreamble"
    PART = "ordPart"
    CHAPTER = "ordChapter"
    SECTION = "ordSection"
    SUBSECTION = "ordSubsection"
    ARTICLE = "ordArticle"
    PARAGRAPH = "ordParagraph"
    SUBPARAGRAPH = "ordSubparagraph"
    ITEM = "ordItem"
    SUBITEM_1 = "ordSubitem1"
    SUBITEM_2 = "ordSubitem2"
    SUBITEM_3 = "ordSubitem3"
    SUBITEM_4 = "ordSubitem4"
    ADDENDA = "ordAddenda"
    ANNEX = "ordAnnex"
    FORM = "ordForm"
    ANNEX_TITLE = "ordAnnexTitle"
    LINE = "ordLine"
    CLOSING = "ordClosing"


class Voice(StrEnum):
    """What the words of a run are. The values are the identifiers of character styles; TEXT has none."""

    TEXT = ""
    NUMBER = "ordNumber"
    HEADING = "ordHeading"
    NOTE = "ordNote"


#: What a word processor shows in its list of styles: the words of a Korean statute.
STYLE_NAMES: Final[Mapping[Part | Voice, str]] = {
    Part.TITLE: "법령 제목", Part.REMARK: "법령 알림", Part.PREAMBLE: "법령 전문", Part.PART: "법령 편",
    Part.CHAPTER: "법령 장", Part.SECTION: "법령 절", Part.SUBSECTION: "법령 관", Part.ARTICLE: "법령 조",
    Part.PARAGRAPH: "법령 항", Part.SUBPARAGRAPH: "법령 호", Part.ITEM: "법령 목", Part.SUBITEM_1: "법령 세목 1",
    Part.SUBITEM_2: "법령 세목 2", Part.SUBITEM_3: "법령 세목 3", Part.SUBITEM_4: "법령 세목 4",
    Part.ADDENDA: "법령 부칙", Part.ANNEX: "법령 별표", Part.FORM: "법령 별지", Part.ANNEX_TITLE: "법령 별표 제목",
    Part.LINE: "법령 이어진 줄", Part.CLOSING: "법령 조 연혁", Voice.NUMBER: "법령 번호",
    Voice.HEADING: "법령 조제목", Voice.NOTE: "법령 연혁",
}  # fmt: skip
STYLE_NAMES_EN: Final[Mapping[Part | Voice, str]] = {
    Part.TITLE: "Law Title", Part.REMARK: "Law Remark", Part.PREAMBLE: "Law Preamble", Part.PART: "Law Part",
    Part.CHAPTER: "Law Chapter", Part.SECTION: "Law Section", Part.SUBSECTION: "Law Subsection",
    Part.ARTICLE: "Law Article", Part.PARAGRAPH: "Law Paragraph", Part.SUBPARAGRAPH: "Law Subparagraph",
    Part.ITEM: "Law Item", Part.SUBITEM_1: "Law Sub-item 1", Part.SUBITEM_2: "Law Sub-item 2",
    Part.SUBITEM_3: "Law Sub-item 3", Part.SUBITEM_4: "Law Sub-item 4", Part.ADDENDA: "Law Addenda",
    Part.ANNEX: "Law Annex", Part.FORM: "Law Form", Part.ANNEX_TITLE: "Law Annex Title",
    Part.LINE: "Law Further Line", Part.CLOSING: "Law Article History", Voice.NUMBER: "Law Number",
    Voice.HEADING: "Law Heading", Voice.NOTE: "Law History",
}  # fmt: skip

SUBITEMS: Final = (Part.SUBITEM_1, Part.SUBITEM_2, Part.SUBITEM_3, Part.SUBITEM_4)
PART_OF_KIND: Final[Mapping[Kind, Part]] = {
    Kind.PREAMBLE: Part.PREAMBLE, Kind.PART: Part.PART, Kind.CHAPTER: Part.CHAPTER, Kind.SECTION: Part.SECTION,
    Kind.SUBSECTION: Part.SUBSECTION, Kind.ARTICLE: Part.ARTICLE, Kind.PARAGRAPH: Part.PARAGRAPH,
    Kind.SUBPARAGRAPH: Part.SUBPARAGRAPH, Kind.ITEM: Part.ITEM, Kind.ADDENDUM: Part.ADDENDA, Kind.ANNEX: Part.ANNEX,
    Kind.FORM: Part.FORM,
}  # fmt: skip

#: How far in a paragraph begins and how far in its further lines stand, in characters: the ministries' way.
INDENTS: Final[Mapping[Part, tuple[int, int]]] = {
    Part.ARTICLE: (0, 1), Part.PARAGRAPH: (1, 1), Part.SUBPARAGRAPH: (1, 2), Part.ITEM: (2, 3),
    Part.SUBITEM_1: (3, 4), Part.SUBITEM_2: (4, 5), Part.SUBITEM_3: (5, 6), Part.SUBITEM_4: (6, 7),
}  # fmt: skip
CENTRED: Final = frozenset({Part.TITLE, Part.PART, Part.CHAPTER, Part.SECTION, Part.SUBSECTION, Part.ADDENDA,
                            Part.ANNEX_TITLE})  # fmt: skip


def is_drawn(text: str) -> bool:
    """Whether a line draws a table with characters: its columns stand only in a font of one width."""
    return any("─" <= character <= "▟" for character in text)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one voice. A tab is `\\t`, a break within the paragraph `\\n`."""

    text: str
    voice: Voice = Voice.TEXT


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`part` is None where the file does not say it; `under` is the part whose text a LINE goes on with, for its
    indent; a CLOSING is the history of its article, behind all of it. `place` is the paragraph's number in the file,
    from 1."""

    part: Part | None
    runs: tuple[Run, ...] = ()
    under: Part | None = None
    place: int = 0

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts, every row as long as the others. `spans` are merged cells: row, column, rows, columns."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...] = ()
    place: int = 0


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Paragraphs and tables in order. `particulars` are what the page does not show (see `writers.manuscript`): empty
    for a file that was written elsewhere. `asides` are footnotes, by the place that they stand at."""

    blocks: tuple[Paragraph | Grid, ...]
    title: str | None = None
    language: Language = "ko"
    particulars: Mapping[str, Any] = field(default_factory=dict)
    asides: tuple[tuple[int, str], ...] = ()
