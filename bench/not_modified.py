"""Answers to a reader who has the page already: 304, no body."""

from __future__ import annotations

from bench.draft_page import GZIP, PATH
from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import Stand, fetch


def measure(stand: Stand) -> list[Row]:
    """The draft page, asked for with its ETag."""
    with stand.web() as web:
        _, headers = fetch(web.base_url + PATH, GZIP)
        request = Request(PATH, headers={**GZIP, "If-None-Match": headers["etag"]})
        row = stand.measure("304 for the draft page", web, lambda: [[request]])
    stand.beside_bytes(row, b"")
    row.statements = len(stand.statements(request, expected=304))
    assert row.app_cpu is not None and row.database_cpu is not None
    row.ask("under 2 ms of processor time, the database's included", row.app_cpu + row.database_cpu < 2)
    return [row]


if __name__ == "__main__":
    main("not_modified")
