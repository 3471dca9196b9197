"""The Markdown that a draft is written in where the plain form of legalize-kr would not give the same draft back.

Each clause has an anchor with its address (which is a link's target too), its number is bold, its heading bold and in
brackets, a mark of history small; a line of text that goes on ends in a backslash; tables are HTML, one row a line.
This module has the escapes and the marks that writer and reader share.
"""

from __future__ import annotations

import html
import re
from typing import Final

#: The key of the front matter that says that a file has anchors, and holds what the page does not show.
PARTICULARS: Final = "ordinance"
NOTE: Final = ("<small>", "</small>")

_ESCAPED: Final = re.compile("[\\\\*<>&\u2060]")
_AT_START: Final = re.compile(r"^(?=[\s#|+\-`~=_]|[0-9]+[.)]|\Z)")
_ESCAPE: Final = re.compile(r"\\(.)|\u2060", re.DOTALL)
_JOINER: Final = "\u2060"


def escaped(line: str) -> str:
    """A line of text in which Markdown finds no marks of its own."""
    return _AT_START.sub(_JOINER, _ESCAPED.sub(lambda match: "\\" + match[0], line))


def unescaped(line: str) -> str:
    """The line that was escaped."""
    return _ESCAPE.sub(lambda match: match[1] or "", line)


def cell(text: str) -> str:
    """The words of a cell in HTML, on one line."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def cell_text(written: str) -> str:
    """The words of a cell that was written so."""
    return html.unescape(written.replace("<br>", "\n"))
