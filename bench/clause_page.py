"""The public page of a clause, with its comments and response: stored, and as it is made at a request."""

from __future__ import annotations

import re

from bench.draft_page import GZIP
from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Stand, fetch
from portal.ordinances import addresses


def measure(stand: Stand) -> list[Row]:
    """The twenty hottest clauses in turn; then the second page of comments at the hottest, which is never stored."""
    paths = [f"/c/{SLUG}/v1/{addresses.parse(eid).path}" for eid in stand.loaded["hot_clauses"]]
    requests = [Request(path, headers=GZIP) for path in paths]
    with stand.web() as web:
        answers = [fetch(web.base_url + path, GZIP) for path in paths]
        hot = stand.measure("public clause page, stored", web, lambda: [requests])
        page = fetch(web.base_url + paths[0])[0].decode()
        more = re.search(r'href="([^"]+\?after=\d+)"', page)
        assert more is not None, "the hottest clause has no second page of comments"
        made = Request(more[1], headers=GZIP)
        fresh = stand.measure("public clause page, made at each request", web, lambda: [[made]])
    body, headers = sorted(answers, key=lambda answer: len(answer[0]))[len(answers) // 2]
    stand.beside_bytes(hot, body, headers.get("content-encoding", ""))
    hot.statements = len(stand.statements(requests[0]))
    hot.more = {"bytes": len(body)}
    assert hot.ratio is not None
    hot.ask("at least 0.35 of the yardstick", hot.ratio >= 0.35)
    hot.ask("1 statement", hot.statements == 1)
    fresh.statements = len(stand.statements(made))
    assert fresh.rate is not None
    fresh.ask("at least 60 requests a second", fresh.rate >= 60)
    fresh.ask("at most 6 statements", fresh.statements <= 6)
    return [hot, fresh]


if __name__ == "__main__":
    main("clause_page")
