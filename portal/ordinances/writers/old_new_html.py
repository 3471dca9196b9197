"""Writes the old–new table as accessible HTML: headed columns, a row group for each article, `<del>` and `<ins>`
for what changed.

Both are underlined, as the ministries' tables have them, and named in words for who listens. `table` is the table
alone, for a page with a style sheet of its own; `write` is a whole document that needs nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import Final

from portal.ordinances.clauses import Language
from portal.ordinances.merged_cells import laid_out
from portal.ordinances.old_new_table import WORDS, Line, Row, Run, TableLine
from portal.ordinances.writers.html_tables import html_table

_SPOKEN: Final[dict[Language, dict[str, tuple[str, str]]]] = {
    "ko": {"del": ("삭제되는 부분: ", " (끝)"), "ins": ("새로 들어가는 부분: ", " (끝)")},
    "en": {"del": ("deleted: ", " (end)"), "ins": ("inserted: ", " (end)")},
}
#: Control characters, which no page may hold.
_NOT_IN_HTML: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FONTS: Final = '"함초롬바탕", "Batang", "Noto Serif CJK KR", serif'
_STYLE: Final = f"""
body {{ margin: 2rem auto; max-width: 70rem; padding: 0 1rem; font: 1rem/1.7 {_FONTS}; color: #111; background: #fff; }}
h1 {{ font-size: 1.5rem; text-align: center; word-break: keep-all; }}
.old-new {{ border-collapse: collapse; table-layout: fixed; width: 100%; }}
.old-new caption {{ padding: 0 0 0.75rem; }}
.old-new th, .old-new td {{ border-left: 1px solid #444; border-right: 1px solid #444; padding: 0.25rem 0.75rem;
  vertical-align: top; word-break: keep-all; overflow-wrap: anywhere; width: 50%; text-align: left; }}
.old-new thead th {{ border: 1px solid #444; text-align: center; background: #eee; }}
.old-new tbody {{ border-top: 1px solid #444; border-bottom: 1px solid #444; }}
.old-new p {{ margin: 0; }}
.old-new .cells {{ border-collapse: collapse; width: 100%; margin: 0.35rem 0; font-size: 0.9em; line-height: 1.5; }}
.old-new .cells th, .old-new .cells td {{ border: 1px solid #444; padding: 0.15rem 0.4rem; width: auto; }}
.old-new .depth-1 {{ padding-left: 1em; }} .old-new .depth-2 {{ padding-left: 2em; }}
.old-new .depth-3 {{ padding-left: 3em; }} .old-new .depth-4 {{ padding-left: 4em; }}
.old-new del, .old-new ins {{ text-decoration: underline; text-underline-offset: 0.2em; }}
.old-new .remark {{ color: #444; }}
.spoken {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }}
@media (max-width: 40rem) {{
  .old-new th, .old-new td {{ padding: 0.25rem 0.4rem; }}
  .old-new .depth-2, .old-new .depth-3, .old-new .depth-4 {{ padding-left: 1em; }}
}}
@media print {{
  body {{ margin: 0; max-width: none; font-size: 10pt; }}
  .old-new thead {{ display: table-header-group; }}
}}
""".strip()


def write(rows: Sequence[Row], title: str, language: Language = "ko") -> bytes:
    """A document of its own, in UTF-8. `title` is that of the draft."""
    words = WORDS[language]
    heading = f"{title} {words.title}" if language == "ko" else f"{words.title}: {title}"
    heading = _escaped(heading)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{heading}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        f"{table(rows, language)}\n</main>\n</body>\n</html>\n"
    ).encode()


def table(rows: Sequence[Row], language: Language = "ko", caption: str = "") -> str:
    """The table alone. Classes: `old-new`, `depth-1` to `depth-4`, `remark`, `cells` for a table in a
    cell, and `spoken` for what is only heard."""
    words = WORDS[language]
    groups = "\n".join(
        "<tbody>\n" + "\n".join(_row(row, language) for row in group) + "\n</tbody>"
        for _, group in groupby(rows, key=lambda row: row.group)
    )
    return (
        f'<table class="old-new" lang="{language}">\n<caption>{escape(caption or words.title)}</caption>\n'
        f'<thead>\n<tr><th scope="col">{escape(words.current)}</th><th scope="col">{escape(words.amended)}</th></tr>\n'
        f"</thead>\n{groups}\n</table>"
    )


def _escaped(text: str) -> str:
    return escape(_NOT_IN_HTML.sub("\ufffd", text))


def _row(row: Row, language: Language) -> str:
    return f"<tr><td>{_cell(row.current, 'del', language)}</td><td>{_cell(row.amended, 'ins', language)}</td></tr>"


def _cell(lines: Iterable[Line], changed: str, language: Language) -> str:
    paragraphs = []
    for line in lines:
        depth = f"depth-{line.depth}" if line.depth else ""
        if isinstance(line, TableLine):
            paragraphs.append(_table(line, depth, changed, language))
        else:
            named = f' class="{depth}"' if depth else ""
            paragraphs.append(f"<p{named}>{_runs(line.runs, changed, language)}</p>")
    return "".join(paragraphs)


def _runs(runs: Iterable[Run], changed: str, language: Language) -> str:
    before, after = _SPOKEN[language][changed]
    pieces = []
    for run in runs:
        text = "<br>".join(map(_escaped, run.text.split("\n")))
        if run.remark:
            pieces.append(f'<span class="remark">{text}</span>')
        elif run.changed:
            pieces.append(f'<{changed}><span class="spoken">{before}</span>{text}'
                          f'<span class="spoken">{after}</span></{changed}>')  # fmt: skip
        else:
            pieces.append(text)
    return "".join(pieces)


def _table(line: TableLine, depth: str, changed: str, language: Language) -> str:
    """A table within a cell of the table."""
    rows = [[_runs(runs, changed, language) for runs in cells] for cells in line.rows]
    return html_table(laid_out(rows, line.spans, line.heads), f' class="{f"cells {depth}".strip()}"')
