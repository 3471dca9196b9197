"""The marks of history that stand behind a text: <개정 2012.2.10>, <2009.4.22>, [본조신설 2020.8.4], [전문개정 …].

They say when a clause got its words and are no part of them, so that a text that was only renumbered stays the same.
"""

from __future__ import annotations

import re
from typing import Final

_DATE: Final = r"[0-9]{4}\s*[.ㆍ·]\s*[0-9]{1,2}\s*[.ㆍ·]\s*[0-9]{1,2}\s*\.?"
_DATES: Final = rf"{_DATE}(?:\s*,\s*{_DATE})*"
#: <개정 D, D>, <신설 D>, <D>: at most a word or two before the dates. <단서 생략> is no mark of history.
_ANGLED: Final = rf"<\s*(?:[가-힣ㆍ·]{{2,10}}\s+)?{_DATES}\s*>"
_BRACKETED: Final = (
    r"\[\s*(?:(?:본[조장절항호목관편]|전문|제목|전부|조제목|종전|단순위헌|한정위헌|헌법불합치|위헌)[^\[\]]{0,200}"
    r"|[^\[\]]{0,100}(?:에서|으로|로)\s*이동[^\[\]]{0,100}|(?:시행일|유효기간)\s*:[^\[\]]{0,200})\]"
)
#: More than any clause has; keeps a file that is nothing but marks from taking for ever.
_MOST_MARKS: Final = 50
#: <Amended by Presidential Decree No. 36506, Jul. 20, 2026>, [This Article Newly Inserted by …].
_ENGLISH: Final = (
    r"<\s*(?i:Amended|Newly\s+(?:Inserted|Established|Added)|Deleted|Moved|Wholly\s+Amended|by\s)[^<>]{0,400}>"
    r"|\[\s*(?i:This\s+(?:Article|Paragraph|Chapter|Section)|Title|Moved|Previous|Enforcement\s+Date)[^\[\]]{0,400}\]"
)
_MARK: Final = re.compile(rf"{_ANGLED}|{_BRACKETED}|{_ENGLISH}")
#: In square brackets they speak of the whole article and stand below its last line.
_OF_THE_ARTICLE: Final = re.compile(
    rf"(?:{_BRACKETED}|{_ENGLISH})(?:\s*(?:{_BRACKETED}))*(?:\s*제[0-9][0-9조항호목의제,ㆍ및부터까지\s]*)?"
)
_OF_A_PART: Final = re.compile(r"\[\s*본[항호목]")


def is_notes(line: str) -> bool:
    """Whether a line holds marks of history and nothing else."""
    rest, notes = split_notes(line)
    return bool(notes) and not rest


def is_article_note(line: str) -> bool:
    """Whether a line speaks of the whole article that it stands in: [본조신설 2020.8.4], [시행일: 2026.4.2] 제3조."""
    return line.startswith("[") and _OF_THE_ARTICLE.fullmatch(line) is not None and not _OF_A_PART.match(line)


def split_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the marks at its end, and those marks in the order of the text."""
    notes: list[str] = []
    text = text.rstrip()
    while text.endswith((">", "]")) and len(notes) < _MOST_MARKS:
        start = text.rfind("<" if text.endswith(">") else "[")
        if start < 0 or not _MARK.fullmatch(text, start):
            break
        notes.insert(0, text[start:])
        text = text[:start].rstrip()
    return text, tuple(notes)
