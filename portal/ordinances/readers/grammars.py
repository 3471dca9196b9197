"""What the lines of a flat text begin with, in Korean and in English, without any help of a format.

    제12조의2(…) ①  ·  1.  ·  가.  ·  1)  ·  제3장 …  ·  부칙 <제12호, 2026.1.1>
    Article 12-2 (…) (1)  ·  1.  ·  (a)  ·  1)  ·  Chapter III …  ·  Addenda

Forms of a letter that mean the same in a number are read alike: full-width figures and brackets, 第3條(目的), 附則.
Whether the number stands in the right place, `line_grammar` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from portal.ordinances import numbering
from portal.ordinances.readers import addenda
from portal.ordinances.readers.annexes import AnnexName, flat_annex_name
from portal.ordinances.readers.marks import (
    Mark,
    article_mark,
    heading_mark,
    item_mark,
    paragraph_mark,
    split_parenthesised,
    subitem_mark,
    subparagraph_mark,
)


@dataclass(frozen=True)
class Grammar:
    """The marks of one language. `goes_on` tells from the words behind a number that it is cited and opens nothing;
    `deleted` are the words of an article that is no more."""

    heading: Callable[[str], Mark | None]
    article: Callable[[str], Mark | None]
    paragraph: Callable[[str], Mark | None]
    subparagraph: Callable[[str], Mark | None]
    item: Callable[[str], Mark | None]
    subitem: Callable[[str], Mark | None]
    annex: Callable[[str], AnnexName | None]
    is_addenda: Callable[[str], bool]
    is_contents: Callable[[str], bool]
    goes_on: Callable[[str], bool]
    deleted: re.Pattern[str]
    labels_printed: bool


# ------------------------------------------------------------------------------------------------------ shapes alike

#: Full-width ASCII, and brackets that are printed for (…) around the heading of an article.
_ALIKE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict(
    zip(map(ord, "【〔［】〕］"), map(ord, "((()))"), strict=True)
)
_HANJA: Final = dict(zip(map(ord, "第編篇章節款條附則之"), map(ord, "제편편장절관조부칙의"), strict=True))
_HANJA_MARK: Final = re.compile(r"第\s*[0-9]{1,4}\s*[編篇章節款條](?:之[0-9]{1,3})?|附\s*則")


def alike(line: str) -> str:
    """The line, letter by letter, in the forms that the marks are written in; as long as the line."""
    if line.isascii():
        return line
    plain = line.translate(_ALIKE)
    if match := _HANJA_MARK.match(plain):
        plain = match[0].translate(_HANJA) + plain[match.end() :]
    return plain


def _as_printed(mark: Mark | None, line: str) -> Mark | None:
    """The mark with the words behind it in the letters that the line has them in."""
    if mark is None or not mark.text:
        return mark
    kept = line.rstrip()
    return replace(mark, text=kept[len(kept) - len(mark.text.rstrip()) :] + mark.text[len(mark.text.rstrip()) :])


def _lenient(read: Callable[[str], Mark | None]) -> Callable[[str], Mark | None]:
    def read_line(line: str) -> Mark | None:
        return _as_printed(read(alike(line)), line)

    return read_line


# ------------------------------------------------------------------------------------------------------------ Korean

#: 37.「댐건설…」: no space behind the full stop; 1.5배 is a number, and 2026.1.1 a date.
_TIGHT_NUMBER: Final = re.compile(r"([1-9][0-9]{0,3}(?:의[1-9][0-9]{0,3})?)\.(?=[^\s0-9.)])")
_TIGHT_ITEM: Final = re.compile(rf"([{''.join(numbering.ITEM_SYLLABLES)}](?:의[1-9][0-9]{{0,3}})?)\.(?=[「『“\"‘'(\[])")
_GOES_ON: Final = re.compile(
    r"(?:제\s?[0-9]|및|또는|내지|부터|까지|중\s|본문|단서|전단|후단|각\s|같은"
    r"|에\s|에서|에는|에도|의\s|을\s|를\s|와\s|과\s|[,ㆍ·])"
)
_HEADING_GOES_ON: Final = re.compile(
    r"(?:제\s?[0-9]|(?:및|또는|내지|중|에|의|을|를|와|과)\s|부터|까지|에서|[,ㆍ·])"
)
_LONGEST_HEADING: Final = 120


def _korean_heading(line: str) -> Mark | None:
    mark = heading_mark(alike(line))
    if mark is None or len(line) > _LONGEST_HEADING or _HEADING_GOES_ON.match(mark.text):
        return None
    if mark.text.rstrip(" .").endswith("다") and mark.text.endswith("."):
        return None
    return _as_printed(mark, line)


def _korean_subparagraph(line: str) -> Mark | None:
    return subparagraph_mark(line) or subparagraph_mark(_TIGHT_NUMBER.sub(r"\1. ", line, count=1))


def _korean_item(line: str) -> Mark | None:
    return item_mark(line) or item_mark(_TIGHT_ITEM.sub(r"\1. ", line, count=1))


def _korean_goes_on(behind: str) -> bool:
    return _GOES_ON.match(behind.lstrip()) is not None


KOREAN: Final = Grammar(
    heading=_korean_heading,
    article=_lenient(article_mark),
    paragraph=_lenient(paragraph_mark),
    subparagraph=_lenient(_korean_subparagraph),
    item=_lenient(_korean_item),
    subitem=_lenient(subitem_mark),
    annex=lambda line: flat_annex_name(alike(line)),
    is_addenda=lambda line: addenda.is_root(alike(line)),
    is_contents=lambda line: re.fullmatch(r"[<\[]?\s*(?:목\s*차|차\s*례|목\s*록)\s*[>\]]?", line) is not None,
    goes_on=_korean_goes_on,
    deleted=re.compile(
        r"\s*(?:(?:부터|내지|및|,|ㆍ|와|과|까지|를|는|은|\s|제[0-9]{1,4}조(?:의[0-9]{1,3})?){0,20})삭제\s*(?:<.*)?"
    ),
    labels_printed=False,
)


# ----------------------------------------------------------------------------------------------------------- English

_DASHED: Final = r"([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?"
_ENGLISH_HEADING: Final = re.compile(
    r"(part|chapter|section|subsection)\s+([0-9]{1,4}|[IVXLC]{1,12})(?:-([1-9][0-9]{0,3}))?(?:\s*[:.–—-]?\s+(.*)|\s*:?)",
    re.IGNORECASE,
)
_UNIT_OF_ENGLISH: Final = {"part": "편", "chapter": "장", "section": "절", "subsection": "관"}
_ENGLISH_ARTICLE: Final = re.compile(rf"Article\s+{_DASHED}(?![0-9-])[.:]?(.*)", re.IGNORECASE | re.DOTALL)
_ENGLISH_PARAGRAPH: Final = re.compile(rf"\({_DASHED}\)(?:\s+(.*)|$)", re.DOTALL)
_ENGLISH_SUBPARAGRAPH: Final = re.compile(rf"{_DASHED}\.(?:\s+(.*)|$)", re.DOTALL)
_ENGLISH_ITEM: Final = re.compile(r"\(([a-z]{1,2})(?:-([1-9][0-9]{0,3}))?\)(?:\s+(.*)|$)", re.DOTALL)
_ENGLISH_SUBITEM: Final = re.compile(r"(\()?(?:([1-9][0-9]{0,3})|([a-z]{1,2}))\)(?:\s+(.*)|$)", re.DOTALL)
_ENGLISH_ANNEX: Final = re.compile(
    r"\[?(Annex|Attached\s+Table|Form|Attached\s+Form)(?:\s+(?:No\.\s*)?([0-9]{1,3})(?:-([0-9]{1,2}))?)?\]?"
    r"(?:\s*[:.]?\s+(.*)|$)",
    re.IGNORECASE,
)
_ENGLISH_GOES_ON: Final = re.compile(
    r"\s*(?:\([0-9]+\)\s*)*(?:(?:of|and|or|to|through|shall|is|are|above|thereof)\b|[,;])"
)
_SENTENCE: Final = re.compile(r".*[.;:,]$", re.DOTALL)


def _english_heading(line: str) -> Mark | None:
    match = _ENGLISH_HEADING.fullmatch(line)
    if match is None or len(line) > 2 * _LONGEST_HEADING or _ENGLISH_GOES_ON.match(match[4] or ""):
        return None
    number = int(match[2]) if match[2].isdigit() else numbering.roman_value(match[2].upper())
    if not number or (_SENTENCE.fullmatch(match[4] or "") and not (match[4] or "").isupper()):
        return None
    return Mark(number, int(match[3] or 0), "", (match[4] or "").strip(), unit=_UNIT_OF_ENGLISH[match[1].lower()])


def _english_article(line: str) -> Mark | None:
    match = _ENGLISH_ARTICLE.fullmatch(line)
    return Mark(int(match[1]), int(match[2] or 0), "", match[3]) if match else None


def _english_numbered(pattern: re.Pattern[str]) -> Callable[[str], Mark | None]:
    def read(line: str) -> Mark | None:
        match = pattern.fullmatch(line)
        return Mark(int(match[1]), int(match[2] or 0), "", match[3] or "") if match else None

    return read


def _english_item(line: str) -> Mark | None:
    match = _ENGLISH_ITEM.fullmatch(line)
    place = numbering.item_place_of_letter(match[1]) if match else 0
    if match is None or place > len(numbering.ITEM_NAMES):
        return None
    return Mark(place, int(match[2] or 0), "", match[3] or "", lettered=True)


def _english_subitem(line: str) -> Mark | None:
    match = _ENGLISH_SUBITEM.fullmatch(line)
    if match is None:
        return None
    place = int(match[2]) if match[2] else numbering.item_place_of_letter(match[3])
    if match[3] and place > len(numbering.ITEM_NAMES):
        return None
    return Mark(place, 0, "", match[4] or "", lettered=bool(match[3]), inner=bool(match[1]))


def _english_annex(line: str) -> AnnexName | None:
    match = _ENGLISH_ANNEX.fullmatch(line)
    if match is None or _ENGLISH_GOES_ON.match(match[4] or "") or (match[4] or "").endswith((".", ";", ",")):
        return None
    element = "form" if match[1].lower().endswith("form") else "tbl"
    if not line.startswith("[") and not match[2] and element == "form":
        return None
    return AnnexName(element, int(match[2] or 0), int(match[3] or 0), (match[4] or "").strip())


ENGLISH: Final = Grammar(
    heading=_english_heading,
    article=_english_article,
    paragraph=_english_numbered(_ENGLISH_PARAGRAPH),
    subparagraph=_english_numbered(_ENGLISH_SUBPARAGRAPH),
    item=_english_item,
    subitem=_english_subitem,
    annex=_english_annex,
    is_addenda=lambda line: re.fullmatch(r"addend(?:a|um)(?:\s*<[^<>]*>)?", line, re.IGNORECASE) is not None,
    is_contents=lambda line: line.lower() in ("contents", "table of contents"),
    goes_on=lambda behind: _ENGLISH_GOES_ON.match(behind) is not None,
    deleted=re.compile(r"\s*(?:and\s.*)?Deleted\b.*", re.IGNORECASE),
    labels_printed=True,
)


def heading_of_article(mark: Mark) -> tuple[str, str] | None:
    """`(heading) rest` behind the number of an article, None where it has no heading; brackets of any shape."""
    split = split_parenthesised(alike(mark.text))
    if split is None:
        return None
    heading, rest = split
    kept = mark.text.strip()
    start = alike(kept).index("(") + 1
    begins = start + alike(kept)[start:].index(heading) if heading else start
    return kept[begins : begins + len(heading)], kept[len(kept) - len(rest) :] if rest else ""
