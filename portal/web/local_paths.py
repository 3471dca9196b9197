"""Where to go after signing in and the like: only ever a page of this portal."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

#: One slash, then neither another nor a backslash: browsers read both as the beginning of a foreign address.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
_LONGEST: Final = 2_000


def local_path(asked: str | None, default: str = "") -> str:
    """The path that was asked for, if it is one of ours; else `default`."""
    if not asked or len(asked) > _LONGEST or not _LOCAL.fullmatch(asked):
        return default
    parts = urlsplit(asked)
    if parts.scheme or parts.netloc:
        return default
    return quote(asked, safe="/?&=%:@+,;~!$'()*#-._")


def with_next(path: str, following: str) -> str:
    """The address of a step on the way to a page (`following`, by `local_path`; empty for none)."""
    return f"{path}?{urlencode({'next': following})}" if following else path
