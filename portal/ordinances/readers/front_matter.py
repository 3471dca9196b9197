"""The front matter of a legalize-kr file: what law.go.kr says of the text as a whole, and its list of annexes.

Only the shape that these files have: `key: value`, a list of words, a list of mappings. No general YAML.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

_PAIR: Final = re.compile(r"([^\s:\-#][^:]*):(?:\s+(.*))?")
_FENCE: Final = "---"


@dataclass(slots=True)
class Record:
    """One mapping of a list: its values and the lines that they stand on."""

    values: dict[str, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)

    def put(self, key: str, raw: str | None, line: int) -> None:
        """One more value of it."""
        self.values[key] = _scalar(raw)
        self.lines.append(line)


@dataclass(slots=True)
class FrontMatter:
    """`lines` is how many lines it takes, both fences included (0: there is none); `strange` are lines not understood,
    numbered from 1."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    lines: int = 0
    strange: list[int] = field(default_factory=list)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Everything in it as flat pairs, lists numbered from 1: `첨부파일.2.제목`."""
        pairs = [*self.values.items(), *((key, ", ".join(words)) for key, words in self.lists.items())]
        for key, records in self.records.items():
            for number, record in enumerate(records, 1):
                pairs += [(f"{key}.{number}.{name}", value) for name, value in record.values.items()]
        return tuple((key, value) for key, value in pairs if value)


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter at the head of a file, an empty one where the file has none or does not close it."""
    front = FrontMatter()
    if not lines or lines[0].strip() != _FENCE:
        return front
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        return front
    front.lines = end + 1
    key = ""
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip():
            continue
        nested = line.startswith((" ", "- "))
        match = _PAIR.fullmatch(line[2:].strip() if nested else line.strip())
        if nested and not key:
            front.strange.append(number)
        elif nested and line.startswith("- ") and match and match[1] in _RECORD_KEYS:
            front.records.setdefault(key, []).append(record := Record())
            record.put(match[1], match[2], number)
        elif nested and line.startswith("- "):
            front.lists.setdefault(key, []).append(_scalar(line[2:]))
        elif nested and match and front.records.get(key):
            front.records[key][-1].put(match[1], match[2], number)
        elif not nested and match:
            key = match[1]
            if (value := _scalar(match[2])) not in ("", "[]"):
                front.values[key] = value
        else:
            front.strange.append(number)
    return front


#: A list item that opens with one of these is a record; any other is a word that may hold a colon itself.
_RECORD_KEYS: Final = frozenset({"별표번호", "별표가지번호", "별표구분", "제목", "파일링크", "PDF링크"})


def _scalar(raw: str | None) -> str:
    value = (raw or "").strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        quote = value[0]
        value = value[1:-1].replace(quote * 2, quote)
    return html.unescape(value)
