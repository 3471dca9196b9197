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
_MARK: Final = re.compile(rf"{_ANGLED}|{_BRACKETED}")


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
