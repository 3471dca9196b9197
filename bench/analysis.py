"""The analysis engine's measurements together: each part's own `bench.analysis_*`, in the order of their names.

Needs neither server nor load; a whole analysis makes a database of its own. `python -m bench.analysis` runs all of them
by themselves; each part is printed when it is measured, and one that fails costs no other.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback

import bench
from bench.rows import Row, Target, table
from bench.stand import Stand


def parts() -> list[str]:
    """The modules that measure a part of the engine."""
    return sorted(one.name for one in pkgutil.iter_modules(bench.__path__) if one.name.startswith("analysis_"))


def measure(stand: Stand | None) -> list[Row]:
    """The rows of every part, printed as they are measured. `stand` is not needed."""
    rows: list[Row] = []
    for part in parts():
        try:
            measured: list[Row] = importlib.import_module(f"bench.{part}").measure(stand)
        except Exception:  # one broken measurement must not cost the others
            traceback.print_exc()
            measured = [Row(part, 0, targets=[Target("can be measured", False)])]
        print(table(measured), flush=True)
        rows += measured
    return rows


if __name__ == "__main__":
    sys.exit(0 if all(row.met for row in measure(None)) else 1)
