"""The analysis engine's measurements together: each part's own `bench.analysis_*`, in the order of docs/analysis.md.

Needs neither server nor load: `python -m bench.analysis` runs all of them by themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench.rows import Row, table
from bench.stand import Stand


def parts() -> list[str]:
    """The modules that measure a part of the engine."""
    return sorted(one.name for one in pkgutil.iter_modules(bench.__path__) if one.name.startswith("analysis_"))


def measure(stand: Stand | None) -> list[Row]:
    """The rows of every part. `stand` is not needed."""
    rows: list[Row] = []
    for part in parts():
        rows += importlib.import_module(f"bench.{part}").measure(stand)
    return rows


if __name__ == "__main__":
    measured = measure(None)
    print(table(measured))
    sys.exit(0 if all(row.met for row in measured) else 1)
