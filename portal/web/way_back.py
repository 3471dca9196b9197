"""Where a page that answers a form leads back to: an address that can be opened, and holds the form or stands above it.

An address that only takes forms cannot be come back to, neither by a link nor after signing in.
"""

from __future__ import annotations

from flask import current_app, request

from portal.web.local_paths import local_path

_ACCOUNT = "/account/"


def here() -> str:
    """This page, or the page that held the form it answers, or the nearest one above it."""
    if _opens(request.path):
        return local_path(request.full_path.rstrip("?"), _ACCOUNT)
    return _page_before() or _page_above()


def _page_before() -> str:
    """The page of ours that the browser came from, if it says so."""
    base_url = current_app.extensions["portal"].settings.base_url
    came_from = request.referrer or ""
    path = local_path(came_from[len(base_url):]) if came_from.startswith(base_url + "/") else ""
    return path if path and _opens(path.partition("?")[0]) else ""


def _page_above() -> str:
    parts = request.path.strip("/").split("/")
    query = request.query_string.decode("ascii", "ignore")
    for length in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:length])
        for path in (above + "/", above):
            if _opens(path):
                return local_path(path + (f"?{query}" if query else ""), _ACCOUNT)
    return _ACCOUNT


def _opens(path: str) -> bool:
    """Whether an address names a page, not only something that takes forms. Whether it is there is not asked."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")
