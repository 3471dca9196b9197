"""The review queue: a clause, a position, a tag and a word; the first page of fifty, the exact count and all facets.

Two words: one stands in about 1 % of the comments, one in about 30 %. Every request asks for another clause and tag.
"""

from __future__ import annotations

import time
from itertools import product
from urllib.parse import urlencode

from bench.draft_page import GZIP
from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Stand, fetch
from portal.app import create_backend
from portal.cli.synthetic import words
from portal.review import clause_index, code_list, search

PATH = f"/review/{SLUG}/"
_CLAUSES = 10
_TAGS = 5


def filters(stand: Stand, word: str) -> list[search.Filter]:
    """What reviewers ask for: the hottest clauses, each with the commonest tags."""
    backend = create_backend(stand.settings)
    with backend.sessions() as session:
        tags = code_list.code_list(session, stand.loaded["consultation_id"]).tags[:_TAGS]
    backend.engine.dispose()
    return [search.Filter(clauses=(eid,), positions=("amend",), tags=(tag.id,), words=word, live=True)
            for eid, tag in product(stand.loaded["hot_clauses"][:_CLAUSES], tags)]


def address(wanted: search.Filter) -> str:
    """The queue's address with this filter."""
    return PATH + "?" + urlencode([("clause", wanted.clauses[0]), ("position", wanted.positions[0]),
                                   ("tag", wanted.tags[0]), ("q", wanted.words)])


def bare(stand: Stand, asked: list[search.Filter]) -> float:
    """Milliseconds of page and counts alone, the 95th of a hundred, one after the other in this process."""
    backend = create_backend(stand.settings)
    reviewer = stand.staff("reviewer")
    times = []
    with backend.sessions() as session:
        index = clause_index.index(session, stand.loaded["consultation_id"])
        codes = code_list.code_list(session, stand.loaded["consultation_id"])
        for each in asked * 2:
            begun = time.perf_counter()
            query = search.query(stand.loaded["consultation_id"], reviewer.account_id, each, index, codes)
            search.page_and_counts(session, query, "law")
            times.append((time.perf_counter() - begun) * 1e3)
    backend.engine.dispose()
    return sorted(times)[len(times) * 95 // 100]


def measure(stand: Stand) -> list[Row]:
    """A row for each word."""
    rows = []
    cookie = stand.cookie(stand.staff("reviewer"))
    for share, word in ((1, words.RARE), (30, words.COMMON)):
        asked = filters(stand, word)
        requests = [Request(address(each), headers={**cookie, **GZIP}) for each in asked]
        with stand.web() as web:
            body, _ = fetch(web.base_url + requests[0].path, cookie)
            row = stand.measure(f"review queue, a word in {share} %", web, lambda requests=requests: [requests])
        stand.beside_bytes(row, body)
        row.statements = len(stand.statements(requests[0]))
        row.more = {"bytes": len(body), "page and counts alone, p95 ms": bare(stand, asked)}
        most = 80 if stand.comments <= 20_000 else 150
        assert row.rate is not None and row.p95 is not None
        if stand.comments <= 20_000:
            row.ask("at least 140 requests a second", row.rate >= 140)
        row.ask(f"p95 at most {most} ms", row.p95 <= most)
        rows.append(row)
    return rows


if __name__ == "__main__":
    main("review_queue")
