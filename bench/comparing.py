"""Comparing two texts: the pairs of decrees that are asked for, memory, and how the cost grows on unchanged text.

Needs neither server nor load: `python -m bench.comparing` runs it by itself in seconds. Without the official texts
beside the project there is nothing to measure, and the row says so.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.memory import peak_megabytes
from bench.rows import Row, table
from bench.stand import Stand
from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Draft
from portal.ordinances.compare import compare

_TEXTS = Path(__file__).parents[2] / "shared" / "data" / "ordinances" / "kr"
_AI = ("ai/ai_basic_act_decree/2026-01-21_36053.md", "ai/ai_basic_act_decree/2026-07-20_36506.md")
_PERSONAL_DATA = ("decree/pipa_decree/2022-07-19_32813.md", "decree/pipa_decree/2023-09-12_33723.md")
_BUILDING = "decree/building_decree/2025-10-01_35811.md"
_CIVIL_ACT = "act/civil_act/2026-03-17_21454.md"
_PAIRS = (
    ("comparing the two AI decrees", *_AI, 0.3),
    ("comparing 개인정보 보호법 시행령 2022 and 2023", *_PERSONAL_DATA, 3.0),
    ("comparing 건축법 시행령 with itself", _BUILDING, _BUILDING, None),
    ("comparing two texts that share nothing", _BUILDING, _CIVIL_ACT, None),
)
_COPIES = (1, 2, 4, 8, 16)
_RUNS = 5


def measure(stand: Stand | None) -> list[Row]:
    """A row for each pair, and one for growth. `stand` is not needed; rows say its number of comments."""
    size = stand.comments if stand is not None else 0
    if not _TEXTS.is_dir():
        return [Row("comparing", size, more={"not measured": f"the official texts are not at {_TEXTS}"})]
    rows = [_pair(size, *pair) for pair in _PAIRS]
    rows.append(_growth(size))
    return rows


def _pair(size: int, what: str, old: str, new: str, most: float | None) -> Row:
    """Seconds of processor time for comparing alone, the middle one of five, and the memory of a process that reads and
    compares nothing else."""
    before, after = _read(old), _read(new)
    seconds = sorted(_seconds(before, after) for _ in range(_RUNS))[_RUNS // 2]
    megabytes = _megabytes(old, new)
    row = Row(what, size, more={"seconds": seconds, "clauses": len(before.clauses) + len(after.clauses),
                                "MB of a process": megabytes})  # fmt: skip
    if most is not None:
        row.ask(f"under {most} s", seconds < most)
    row.ask("under 300 MB", megabytes < 300)
    return row


def _growth(size: int) -> Row:
    """Unchanged text of one, two, four … decrees: the time of each doubling over that of the one before; twice and a
    little is n·log n, four times would be n²."""
    one = _read(_AI[0])
    times = [min(_seconds(text, text) for _ in range(_RUNS)) for text in (_copies(one, number) for number in _COPIES)]
    growth = [after / before for before, after in itertools.pairwise(times)]
    row = Row(
        "comparing unchanged text, each twice as long",
        size,
        more={f"{copies} decrees, ms": 1_000 * seconds for copies, seconds in zip(_COPIES, times, strict=True)},
    )
    row.more["most for a doubling"] = max(growth)
    row.ask("sixteen times the text takes at most 24 times as long", times[-1] / times[0] <= 24)
    return row


def _read(path: str) -> Draft:
    return readers.read((_TEXTS / path).read_bytes()).draft


def _seconds(old: Draft, new: Draft) -> float:
    start = time.process_time()
    compare(old, new)
    return time.process_time() - start


def _copies(draft: Draft, number: int) -> Draft:
    """The articles of a text several times over, under numbers of their own."""
    return Draft(tuple(
        replace(clause, eid=_moved_on(clause.eid, copy) or "", parent=_moved_on(clause.parent, copy))
        for copy in range(number) for clause in draft.clauses if clause.eid.startswith("art_")))  # fmt: skip


def _moved_on(eid: str | None, copy: int) -> str | None:
    """The address in a later copy; chapters are left away."""
    if eid is None or not eid.startswith("art_"):
        return None
    first, *rest = eid.split("__")
    step = parse(first).steps[0]
    return "__".join((step._replace(number=step.number + 1_000 * copy).eid, *rest))


def _megabytes(old: str, new: str) -> float:
    """The most memory that a process of its own held while it read and compared two texts, in MiB."""
    asked = [sys.executable, "-m", "bench.comparing", "--memory", old, new]
    return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        compare(_read(sys.argv[2]), _read(sys.argv[3]))
        print(peak_megabytes())
    else:
        found = measure(None)
        print(table(found))
        sys.exit(0 if all(row.met for row in found) else 1)
