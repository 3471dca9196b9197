"""A web process: how long it takes to start, and how much memory it holds after load."""

from __future__ import annotations

import time

from bench import cpu
from bench.draft_page import GZIP, PATH
from bench.filing import prepare, requests
from bench.load import Request, run
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Stand
from portal.ordinances import addresses


def measure(stand: Stand) -> list[Row]:
    """Start: from the command to the first answer, one process, the middle one of three. Memory: the larger of two
    processes after public pages and filings."""
    starts = []
    for _ in range(3):
        begun = time.perf_counter()
        with stand.web(workers=1):
            starts.append(time.perf_counter() - begun)
    people, versions = prepare(stand, 1)
    pages = [Request(PATH, headers=GZIP), *(Request(f"/c/{SLUG}/v1/{addresses.parse(eid).path}", headers=GZIP)
                                            for eid in stand.loaded["hot_clauses"])]
    with stand.web() as web:
        fresh = cpu.resident_megabytes(web.workers)
        run(web.base_url, [pages], seconds=stand.seconds)
        run(web.base_url, requests(stand, people, versions), seconds=stand.seconds)
        loaded = cpu.resident_megabytes(web.workers)
    seconds = sorted(starts)[1]
    row = Row("a web process", stand.comments, more={
        "seconds to the first answer": seconds, "MB at start": fresh, "MB after load": loaded})
    most = 130 if stand.comments <= 20_000 else 150
    row.ask("starts in at most 1.5 s", seconds <= 1.5)
    row.ask(f"at most {most} MB after load", loaded <= most)
    return [row]


if __name__ == "__main__":
    main("process")
