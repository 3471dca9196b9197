"""A reviewer's page of a cluster with more than 1,000 segments, paged."""

from __future__ import annotations

from bench.draft_page import GZIP
from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Stand, fetch


def measure(stand: Stand) -> list[Row]:
    """The largest cluster of the data."""
    cluster = stand.loaded["big_cluster"]
    headers = {**stand.cookie(stand.staff("reviewer")), **GZIP}
    request = Request(f"/review/{SLUG}/clusters/{cluster}", headers=headers)
    with stand.owner() as connection:
        (members,) = connection.execute(
            "SELECT count(*) FROM portal.segments WHERE cluster_id = %s", [cluster]).fetchone() or (0,)
    with stand.web() as web:
        body, answered = fetch(web.base_url + request.path, headers)
        row = stand.measure("cluster page", web, lambda: [[request]])
    stand.beside_bytes(row, body, answered.get("content-encoding", ""))
    row.statements = len(stand.statements(request))
    row.more = {"segments": members, "bytes": len(body)}
    assert row.p95 is not None
    row.ask("p95 at most 80 ms", row.p95 <= 80)
    if stand.comments >= 20_000:
        row.ask("at least 1,000 segments", members >= 1_000)
    return [row]


if __name__ == "__main__":
    main("cluster_page")
