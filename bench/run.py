"""Runs measurements, one size after the other, prints the table and writes the results file."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bench.load import wrk
from bench.rows import Row, Target, table

if TYPE_CHECKING:
    from bench.stand import Stand

#: In the order of the table in docs/benchmarks.md; what writes comes after what only reads.
MEASUREMENTS = ("draft_page", "clause_page", "not_modified", "review_queue", "cluster_page", "edition", "filing",
                "filing_fifty", "autosave", "process", "comparing", "reading", "search", "analysis")
#: These need neither server nor load and are measured once, whatever the sizes; `--quick` leaves them out.
WITHOUT_STAND = ("analysis",)
#: These make a stand of their own for each of their sizes; `--quick` leaves them out, too.
OWN_SIZES = ("search",)
_RESULTS = Path(__file__).with_name("results")


def options(arguments: Sequence[str] | None = None, only: str | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m bench{'.' + only if only else ''}",
                                     description="The benchmarks of docs/benchmarks.md.")
    parser.add_argument("--sizes", default="20000,200000", type=_sizes, help="numbers of comments [%(default)s]")
    parser.add_argument("--seconds", default=20.0, type=float, help="how long each row is measured [%(default)s]")
    parser.add_argument("--quick", action="store_true", help="2,000 comments, 2 seconds: does everything work?")
    parser.add_argument("--keep", type=Path, help="keep the data in this folder, and use what is there")
    parser.add_argument("--only", default=only, help="measurements, separated by commas")
    parser.add_argument("--out", type=Path, help=f"the results file [{_RESULTS}/<date>.json]")
    told = parser.parse_args(arguments)
    if told.quick:
        told.sizes, told.seconds = (2_000,), 2.0
    usual = tuple(name for name in MEASUREMENTS if not (told.quick and name in WITHOUT_STAND + OWN_SIZES))
    told.only = tuple(told.only.split(",")) if told.only else usual
    unknown = set(told.only) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    return told


def _sizes(written: str) -> tuple[int, ...]:
    sizes = tuple(int(part) for part in written.split(","))
    if not sizes or min(sizes) < 500:
        raise argparse.ArgumentTypeError("at least 500 comments are needed")
    return sizes


def main(only: str | None = None, arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write. Ends with 1 when a target was missed or a measurement failed."""
    told = options(arguments, only)
    rows: list[Row] = []
    if not set(told.only) <= set(WITHOUT_STAND):
        rows += _with_stand(told)
    for name in told.only:
        if name in WITHOUT_STAND:
            rows += _measured(name, None)
    print("\n" + table(rows))
    path = told.out or _RESULTS / f"{date.today().isoformat()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        "date": date.today().isoformat(), "machine": machine(), "seconds": told.seconds,
        "rows": [row.to_json() for row in rows]}, ensure_ascii=False, indent=1) + "\n")
    print(f"\nwritten to {path}")
    sys.exit(0 if all(row.met for row in rows) else 1)


def _with_stand(told: argparse.Namespace) -> list[Row]:
    from bench.stand import stand  # the stand imports the portal, which --help can do without

    wrk()
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = told.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        if told.keep is None and os.geteuid() == 0:
            folder.chmod(0o711)  # the database runs as another user, who passes through to its data
        for size in told.sizes:
            names = [name for name in told.only if name not in WITHOUT_STAND + OWN_SIZES]
            if names:
                print(f"{size:,} comments", flush=True)
                with stand(size, told.seconds, folder / str(size)) as ready:
                    for name in names:
                        rows += _measured(name, ready)
        for name in (name for name in told.only if name in OWN_SIZES):
            of = importlib.import_module(f"bench.{name}")
            for size in of.SIZES:
                print(f"{name}, {size:,} comments", flush=True)
                with stand(of.FILED, told.seconds, folder / f"{name}-{size}") as ready:
                    rows += _measured(name, ready, size)
    return rows


def _measured(name: str, ready: Stand | None, *own_size: int) -> list[Row]:
    """The rows of one measurement, printed at once; what needs no stand prints its own."""
    try:
        measured: list[Row] = importlib.import_module(f"bench.{name}").measure(ready, *own_size)
    except Exception:  # one broken measurement must not cost the others
        traceback.print_exc()
        size = own_size[0] if own_size else ready.comments if ready is not None else 0
        measured = [Row(name, size, targets=[Target("can be measured", False)])]
    if ready is not None:
        print(table(measured), flush=True)
    return measured


def machine() -> dict[str, object]:
    """What the numbers depend on. `busy`: processes that wanted to run in the last minute; others' work spoils them."""
    return {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(),
            "busy": round(os.getloadavg()[0], 1)}
