"""The public draft page: the whole text with counts and positions at each clause."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Stand, fetch
from portal.app import close, create_app
from portal.kernel.clock import system_clock
from portal.settings import Settings

PATH = f"/c/{SLUG}/v1/"
GZIP = {"Accept-Encoding": "gzip"}


def measure(stand: Stand) -> list[Row]:
    """Hot, from the processes' cache; and cold, the first page of a new day, rendered anew from its facts."""
    request = Request(PATH, headers=GZIP)
    with stand.web() as web:
        body, headers = fetch(web.base_url + PATH, GZIP)
        row = stand.measure("public draft page", web, lambda: [[request]])
    stand.beside_bytes(row, body, headers.get("content-encoding", ""))
    row.statements = len(stand.statements(request))
    row.more = {"bytes": len(body), "cold ms": cold(stand)}
    assert row.ratio is not None
    row.ask("at least 0.5 of the yardstick", row.ratio >= 0.5)
    row.ask("1 statement", row.statements == 1)
    row.ask("cold at most 300 ms", row.more["cold ms"] <= 300)
    return [row]


def cold(stand: Stand) -> float:
    """Milliseconds of the first answer after the page's sentences have run out, in a new process that has answered
    another page before. The middle one of three."""
    times = []
    for _ in range(3):
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            times.append(process.submit(first_answer, stand.settings).result())
    return sorted(times)[1]


def first_answer(settings: Settings) -> float:
    """Milliseconds of the first answer two days from now."""
    app = create_app(settings, lambda: system_clock() + timedelta(days=2))
    client = app.test_client(use_cookies=False)
    # Another page of the same making, so that what is measured is the page and not reading the templates.
    client.get(PATH + "?lang=en", base_url=settings.base_url)
    begun = time.perf_counter()
    answer = client.get(PATH, base_url=settings.base_url, headers=GZIP)
    taken = (time.perf_counter() - begun) * 1e3
    assert answer.status_code == 200, answer.status_code
    close(app)
    return taken


if __name__ == "__main__":
    main("draft_page")
