"""Reading texts of law: Markdown, the largest decree, XML and the EU AI Act, each in a process of its own.

The official texts stand beside the project and are not copied into it: without them there are no rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rows import Row, Target

if TYPE_CHECKING:
    from bench.stand import Stand

_PROJECT = Path(__file__).parents[1]
_DATA = _PROJECT.parent / "shared" / "data" / "ordinances"
#: Which file, read how, and the milliseconds that it may take after the imports.
_FILES = (
    ("AI decree, Markdown", "kr/ai/ai_basic_act_decree/2026-07-20_36506.md", "legalize_markdown", 50),
    ("building decree, Markdown", "kr/decree/building_decree/2025-10-01_35811.md", "legalize_markdown", 1_000),
    ("carbon neutrality decree, XML", "kr_xml/carbon_neutral_decree_285223.xml", "law_go_kr_xml", 200),
    ("EU AI Act, JSON", "eu/eu_ai_act_2024_1689_en.json", "eu_ai_act_json", 200),
)
_MEGABYTES = 300
_READ = """
import json, sys, time
from pathlib import Path
from bench.memory import peak_megabytes
from portal.ordinances import readers
data = Path(sys.argv[1]).read_bytes()
times = []
for _ in range(int(sys.argv[3])):
    start = time.process_time()
    reading = readers.read_as(sys.argv[2], data)
    times.append((time.process_time() - start) * 1000)
print(json.dumps({"times": times, "clauses": len(reading.draft.clauses), "lost": len(reading.not_placed),
                  "megabytes": peak_megabytes()}))
"""


def measure(ready: Stand | None = None) -> list[Row]:
    """A row for each file."""
    return [row for row in (_row(*file) for file in _FILES) if row is not None]


def _row(what: str, path: str, source_format: str, allowed: int) -> Row | None:
    file = _DATA / path
    if not file.exists():
        return None
    done = subprocess.run([sys.executable, "-c", _READ, str(file), source_format, "8"], cwd=_PROJECT,
                          capture_output=True, text=True, check=True)  # fmt: skip
    told = json.loads(done.stdout)
    times = sorted(told["times"])
    median = times[len(times) // 2]
    return Row(
        f"read {what}", 0, p50=median, p95=times[-1], app_cpu=median,
        more={"clauses": told["clauses"], "lines not placed": told["lost"], "MB": round(told["megabytes"])},
        targets=[Target(f"under {allowed} ms", median < allowed),
                 Target(f"under {_MEGABYTES} MB", told["megabytes"] < _MEGABYTES)],
    )  # fmt: skip


if __name__ == "__main__":
    from bench.rows import table

    print(table(measure()))
