"""A whole analysis as the portal does it: read from the database, grouped, tagged, written down.

`python -m bench.analysis_run` runs it by itself. A consultation of `portal load-test-data` with 10,000 comments is
analysed in a process of its own, as a worker does it: a grouping that has to make the words first, one that finds them
stored, and a regrouping. The sentences are made ones with many near-copies, harder than real ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.memory import peak_megabytes
from bench.rows import Row, table
from bench.stand import Stand, stand

_COMMENTS: Final = 10_000
_RUNS: Final = (("grouping, words made", "grouping"), ("grouping, words stored", "grouping"),
                ("regrouping, words stored", "regrouping"))
#: Seconds that a grouping with stored words may take.
_MOST: Final = 15


def measure(_stand: Stand | None) -> list[Row]:
    """One row: seconds and processor time of each run, and the memory of the process."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        if os.geteuid() == 0:
            Path(folder).chmod(0o711)  # the database runs as another user, who passes through to its data
        told = subprocess.run([sys.executable, "-m", "bench.analysis_run", folder], check=True, stdout=subprocess.PIPE,
                              cwd=Path(__file__).parents[1])
    found: dict[str, Any] = json.loads(told.stdout.decode().splitlines()[-1])
    row = Row("a whole analysis", _COMMENTS, more=found)
    row.ask(f"at most {_MOST} s with the words stored", found[f"{_RUNS[1][0]}: s"] <= _MOST)
    return [row]


def _analysed(folder: Path) -> dict[str, Any]:
    from portal.app import create_backend
    from portal.kernel.clock import system_clock
    from portal.suggestions import queries, runs
    from portal.suggestions.jobs import Analysing

    found: dict[str, Any] = {}
    with stand(_COMMENTS, 0, folder) as ready:
        backend = create_backend(ready.settings)
        analysing, consultation_id = Analysing(True, None), ready.loaded["consultation_id"]
        for what, kind in _RUNS:
            with backend.sessions() as session:
                run_id = runs.ask(session, None, consultation_id, kind, now=system_clock())  # type: ignore[arg-type]
                session.commit()
            began, spent = time.perf_counter(), time.process_time()
            with backend.sessions() as session:
                analysing.analyse(session, now=system_clock(), run_id=run_id)
                session.commit()
            found[f"{what}: s"] = round(time.perf_counter() - began, 1)
            found[f"{what}: processor s"] = round(time.process_time() - spent, 1)
            with backend.sessions() as session:
                done = queries.run(session, consultation_id, run_id)
                session.rollback()
            if done.state != "done":
                raise ValueError(f"the analysis ended as {done.state}: {done.problem}")
            found["segments"] = done.figures["segments"]
        backend.engine.dispose()
    found["MB"] = round(peak_megabytes())
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_analysed(Path(sys.argv[1]))))
    else:
        print(table(measure(None)))
