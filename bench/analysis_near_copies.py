"""Near-copies: how well campaigns are found and told from what only shares a passage, and the time for many texts.

`python -m bench.analysis_near_copies` runs it by itself; `--quick` with 20,000 texts in place of a million.
"""

from __future__ import annotations

import subprocess
import sys
import time

from bench.made_letters import corpus_comments, corpus_letters, made_texts, pairwise
from bench.memory import peak_megabytes
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.near_copies import NearCopies, find_campaigns
from portal.analysis.texts import Text

_SEEDS = range(1, 7)
_MANY = 1_000_000
_QUICK = 20_000


def measure(stand: Stand | None, many: int = _MANY) -> list[Row]:
    """A row for the corpus' own campaigns, one for those made of its comments, one for many texts."""
    size = stand.comments if stand is not None else 0
    rows = []
    if corpus_comments():
        rows += [_corpus(size), _made(size)]
    else:
        rows.append(Row("near-copies", size, more={"not measured": "the corpus is not beside the project"}))
    return [*rows, _many(size, many)]


def _corpus(size: int) -> Row:
    comments = corpus_comments()
    texts = [Text(str(one["id"]), one["lang"], str(one["reason"])) for one in comments]  # type: ignore[arg-type]
    meant = {str(one["id"]): str(one["campaign"]) for one in comments if one["campaign"]}
    return _judged("near-copies: the corpus' campaigns", size, [(find_campaigns(texts), meant)])


def _made(size: int) -> Row:
    sets = [corpus_letters(seed) for seed in _SEEDS]
    row = _judged("near-copies: campaigns made of its comments", size,
                  [(find_campaigns(made.texts), made.campaigns) for made in sets])  # fmt: skip
    found = [find_campaigns(made.texts) for made in sets]
    told = sum(len(made.quoting & {m for one in copies.shared_passages for m in one.members})
               for made, copies in zip(sets, found, strict=True))  # fmt: skip
    row.more["quotations named"] = round(told / max(sum(len(made.quoting) for made in sets), 1), 3)
    return row


def _judged(what: str, size: int, results: list[tuple[NearCopies, dict[str, str]]]) -> Row:
    scores, unrelated, texts = [], 0, 0
    for copies, meant in results:
        found = {member: one.id for one in copies.campaigns for member in one.members}
        scores.append(pairwise(found, meant))
        unrelated += sum(member not in meant for member in found)
        texts += len(meant)
    worst = min(scores, key=lambda score: score[2])
    row = Row(what, size, more={"precision": round(worst[0], 4), "recall": round(worst[1], 4),
                                "F1": round(worst[2], 4), "unrelated": unrelated, "variants": texts})  # fmt: skip
    row.ask("pairwise F1 at least 0.98", worst[2] >= 0.98)
    row.ask("no unrelated letter in a group", unrelated == 0)
    return row


def _many(size: int, many: int) -> Row:
    """In a process of its own: its memory is that of the texts and of their grouping."""
    told = subprocess.run([sys.executable, "-m", "bench.analysis_near_copies", "--many", str(many)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    seconds, megabytes, campaigns = (float(part) for part in told.stdout.split())
    row = Row(f"near-copies of {many:,} short texts", size,
              more={"seconds": round(seconds, 1), "MB": megabytes, "campaigns": int(campaigns)})  # fmt: skip
    row.ask("at most 120 s", seconds <= 120)
    row.ask("at most 4 GB", megabytes <= 4096)
    return row


def _run_many(many: int) -> None:
    texts = list(made_texts(many))
    began = time.perf_counter()
    copies = find_campaigns(texts)
    seconds = time.perf_counter() - began
    print(seconds, round(peak_megabytes()), len(copies.campaigns))


if __name__ == "__main__":
    if "--many" in sys.argv:
        _run_many(int(sys.argv[-1]))
    else:
        print(table(measure(None, many=_QUICK if "--quick" in sys.argv else _MANY)))
