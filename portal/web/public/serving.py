"""How public pages leave: with an ETag and a max-age that never passes the moment at which their sentences change."""

from __future__ import annotations

import gzip
import hashlib
from datetime import datetime
from typing import Any

from flask import request

from portal.publication import rendering
from portal.publication.queries import not_found
from portal.publication.rendering import Rendered
from portal.publication.stored import stored_page
from portal.web.access import Context
from portal.web.results import Bytes

_MAX_AGE = 30
_HTML = "text/html; charset=utf-8"


def serve(page: Rendered, now: datetime) -> Bytes:
    """A finished page: 304 where the reader has it, gzip where the reader takes it."""
    age = max(0, min(_MAX_AGE, int((page.valid_until - now).total_seconds())))
    headers = {"ETag": f'"{page.etag}"', "Vary": "Accept-Encoding"}
    cache = f"public, max-age={age}, must-revalidate"
    if page.etag in request.if_none_match:
        return Bytes(b"", _HTML, 304, cache, headers)
    if request.accept_encodings["gzip"]:
        return Bytes(page.zipped, _HTML, 200, cache, {**headers, "Content-Encoding": "gzip"})
    return Bytes(page.body, _HTML, 200, cache, headers)


def stored(c: Context) -> Bytes:
    """The stored page at this address. Raises NotFoundError."""
    page = stored_page(c.session, request.path, c.locale, c.now)
    if page is None:
        raise not_found()
    return serve(page, c.now)


def _body(c: Context, template: str, facts: dict[str, Any], values: dict[str, Any]) -> bytes:
    path = request.full_path.rstrip("?").replace("&lang=en", "").replace("?lang=en&", "?").replace("?lang=en", "")
    return rendering.html(template, facts, c.locale, path, c.now, **values).encode()


def missing(c: Context, template: str, facts: dict[str, Any], **values: Any) -> Bytes:
    """A page that says what is not at this address, and where else to look: 404."""
    return Bytes(_body(c, template, facts, values), _HTML, 404, "no-store")


def fresh(c: Context, template: str, facts: dict[str, Any], **values: Any) -> Bytes:
    """A page made now. `values` are thawed already; `facts` are stored ones."""
    body = _body(c, template, facts, values)
    page = Rendered(body, gzip.compress(body, 5, mtime=0), hashlib.sha256(body).hexdigest()[:24],
                    rendering.valid_until(facts, c.now))
    return serve(page, c.now)
