"""One filing that arrives in a warm worker: its words, what it is a copy of, its clusters, its tags.

`python -m bench.analysis_arriving` runs it by itself. The worker has 10,000 texts at hand, made of the corpus' segments
as for the clusters, and the corpus' comments with their tags; other comments of the corpus arrive one by one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, Final

from bench.analysis_clusters import many, stock
from bench.made_letters import corpus_comments
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.arriving import AtHand
from portal.analysis.clusters import cluster_features
from portal.analysis.engine import Drafts, Engine, Grouping
from portal.analysis.near_copies import find_campaigns
from portal.analysis.texts import Text

_AT_HAND: Final = 10_000
_ARRIVING: Final = 60


def measure(stand: Stand | None) -> list[Row]:
    """One row: the time of a filing's own analysis, and what a worker spends to be warm."""
    stored = stock()
    if stored is None:
        return [Row("a filing's own analysis", 0, more={"not measured": "the corpus is not beside the project"})]
    engine = Engine(Drafts(stored.draft, stored.draft))
    engine.tokeniser.tokens("가", "ko")
    comments = corpus_comments()
    filed = [Text(str(one["id"]), one["lang"], str(one["reason"]), str(one["clause"])) for one in comments]  # type: ignore[arg-type]
    there, arriving = filed[:-_ARRIVING], filed[-_ARRIVING:]
    further, tokens = many(stored.sets["corpus"], _AT_HAND - len(there))
    texts, words = [*there, *further], [*engine.tokens_of(there), *tokens]
    grouping = Grouping(cluster_features(engine.features(texts, words)).clusters)
    campaigns = find_campaigns(texts, engine.drafts.words()).campaigns
    labels = {str(one["id"]): [str(tag) for tag in one["tags"]] for one in comments[: len(there)]}  # type: ignore[attr-defined]
    warm, at_hand = _timed(lambda: AtHand(engine, texts, words, grouping, campaigns=campaigns, labels=labels))
    times = sorted(_timed(lambda text=text: at_hand.arrival(text))[0] * 1000 for text in arriving)  # type: ignore[misc]
    row = Row("a filing's own analysis", len(texts), p50=statistics.median(times), p95=times[int(0.95 * len(times))],
              more={"longest ms": round(times[-1], 1), "seconds to warm up": round(warm, 1)})  # fmt: skip
    row.ask("at most 150 ms (p95)", times[int(0.95 * len(times))] <= 150)
    return [row]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


if __name__ == "__main__":
    print(table(measure(None)))
