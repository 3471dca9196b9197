"""Writes HTML: the draft as one page to read, print or keep, with the address of every clause as its anchor.

The page stands alone: no script, nothing from elsewhere. HTML is not read back.
"""

from __future__ import annotations

from html import escape
from typing import Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.manuscript import is_drawn
from portal.ordinances.merged_cells import laid_out
from portal.ordinances.writers.html_tables import html_table
from portal.ordinances.writers.package import readable

_HEADING_LEVELS: Final = {Kind.PART: 2, Kind.CHAPTER: 2, Kind.SECTION: 3, Kind.SUBSECTION: 4, Kind.ADDENDUM: 2,
                          Kind.ANNEX: 2, Kind.FORM: 2}  # fmt: skip
_CONTENTS: Final = {"ko": "차례", "en": "Contents"}
_STYLE: Final = """
:root { color-scheme: light; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font-family: "Noto Serif KR", "함초롬바탕", Batang, serif;
  line-height: 1.75; color: #1b1b1b; background: #fff; overflow-wrap: anywhere; }
h1, h2, h3, h4 { text-align: center; line-height: 1.4; margin: 2.2em 0 .9em; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; } h3, h4 { font-size: 1.05rem; }
nav ol { list-style: none; padding: 0; } nav a { color: inherit; }
.note { border: 1px solid #767676; padding: .5rem .8rem; font-size: .9rem; }
.clause p { margin: 0; }
.article { margin-top: 1.1em; } .article > p { padding-left: 1em; text-indent: -1em; }
.paragraph > p { padding-left: 1em; } .subparagraph > p { padding-left: 2em; text-indent: -1em; }
.item > p { padding-left: 3em; text-indent: -1em; } .subitem > p { padding-left: 4em; text-indent: -1em; }
.subitem .subitem > p { padding-left: 5em; } .subitem .subitem .subitem > p { padding-left: 6em; }
.clause > p.further { text-indent: 0; }
.drawn { font-family: GulimChe, "굴림체", "Noto Sans Mono CJK KR", monospace; white-space: pre; overflow-x: auto;
  line-height: 1.2; }
.history { color: #1f4e9e; font-size: .85em; } .deleted { color: #595959; }
.annex { break-before: page; }
table { border-collapse: collapse; width: 100%; margin: .8em 0; font-size: .92rem; line-height: 1.5; }
th, td { border: 1px solid #555; padding: .35rem .5rem; vertical-align: middle; text-align: left; }
th { background: #ececec; text-align: center; }
@media print { body { max-width: none; margin: 0; } nav { display: none; } tr { break-inside: avoid; } }
""".strip()


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The page, UTF-8."""
    page = _Page(draft, language)
    title = draft.title(language) or ("법령안" if language == "ko" else "Draft")
    note = draft.note_ko if language == "ko" else draft.note_en
    remark = f'<p class="note">{_lines(note)}</p>\n' if note else ""
    body = "".join(map(page.clause, draft.children(None)))
    page_text = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{remark}{page.contents()}{body}"
        "</main>\n</body>\n</html>\n"
    )
    return readable(page_text).encode()


class _Page:
    def __init__(self, draft: Draft, language: Language) -> None:
        self._draft = draft
        self._language: Language = language

    def contents(self) -> str:
        """Links to the chapters, the addenda and the annexes, where there are several."""
        entries = [clause for clause in self._draft.clauses if clause.kind in _HEADING_LEVELS]
        if len(entries) < 2:
            return ""
        links = "".join(f'<li><a href="#{clause.eid}">{self._heading(clause)}</a></li>\n' for clause in entries)
        name = _CONTENTS[self._language]
        return f'<nav aria-label="{name}">\n<ol>\n{links}</ol>\n</nav>\n'

    def clause(self, clause: Clause) -> str:
        """A clause and everything below it."""
        below = "".join(map(self.clause, self._draft.children(clause.eid)))
        level = _HEADING_LEVELS.get(clause.kind)
        if level is not None:
            annex = clause.kind in (Kind.ANNEX, Kind.FORM)
            head = f'<h{level} id="{clause.eid}">{self._heading(clause)}</h{level}>\n'
            history = f"<p>{self._history(clause)}</p>\n" if clause.notes else ""
            own = head + history + self._blocks(clause, "")
            return f'<section class="annex">\n{own}{below}</section>\n' if annex else own + below
        kinds = f"clause {clause.kind.value}" + (" deleted" if clause.status is Status.DELETED else "")
        return f'<div class="{kinds}" id="{clause.eid}">\n{self._blocks(clause, self._head(clause))}{below}</div>\n'

    def _number(self, clause: Clause) -> str:
        if self._language == "ko":
            return clause.label
        return (clause.label_en if clause.kind in HEADINGS else None) or parse(clause.eid).english_label

    def _heading(self, clause: Clause) -> str:
        heading = clause.heading(self._language)
        number = self._number(clause)
        if clause.kind in (Kind.ANNEX, Kind.FORM):
            number = f"[{number}]"
        return escape(f"{number} {heading}" if heading else number)

    def _head(self, clause: Clause) -> str:
        if clause.kind is Kind.PREAMBLE:
            return ""
        heading = clause.heading(self._language)
        gap = "" if self._language == "ko" and clause.kind is Kind.ARTICLE else " "
        words = escape(self._number(clause)) + (f"{gap}({escape(heading)})" if heading else "")
        return f"<strong>{words}</strong>" if clause.kind is Kind.ARTICLE else words

    def _history(self, clause: Clause) -> str:
        return " ".join(f'<span class="history">{escape(note)}</span>' for note in clause.notes)

    def _blocks(self, clause: Clause, head: str) -> str:
        """Text and tables, the first line behind the number, the history behind the last."""
        paragraphs: list[str] = [head] if head else []
        written: list[tuple[str, str]] = []
        for block in clause.blocks(self._language):
            if isinstance(block, Table):
                written += [("p", text) for text in paragraphs]
                paragraphs = []
                written.append(("table", _table(block, self._language)))
                continue
            for line in block.split("\n"):
                if paragraphs and not written and paragraphs == [head]:
                    paragraphs = [f"{head} {escape(line)}"]
                elif is_drawn(line):
                    written += [("p", text) for text in paragraphs]
                    paragraphs = []
                    written.append(("drawn", escape(line)))
                else:
                    paragraphs.append(escape(line))
        written += [("p", text) for text in paragraphs]
        if clause.notes and head:
            last = max((place for place, (kind, _) in enumerate(written) if kind == "p"), default=None)
            if last is None:
                written.append(("p", self._history(clause)))
            else:
                written[last] = ("p", f"{written[last][1]} {self._history(clause)}")
        return _printed(written)


def _printed(written: list[tuple[str, str]]) -> str:
    out = ""
    first = True
    for place, (kind, text) in enumerate(written):
        if kind == "p":
            out += f"<p>{text}</p>\n" if first else f'<p class="further">{text}</p>\n'
            first = False
        elif kind == "drawn":
            before = written[place - 1][0] if place else ""
            after = written[place + 1][0] if place + 1 < len(written) else ""
            out += "\n" if before == "drawn" else '<div class="drawn">'
            out += text if after == "drawn" else f"{text}</div>\n"
        else:
            out += text
    return out


def _table(table: Table, language: Language) -> str:
    rows = [[_lines(text) for text in texts] for texts in (table.columns(language), *table.rows(language))]
    return html_table(laid_out(rows, table.spans), end="\n")


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.split("\n")))
