"""The measurements of `docs/benchmarks.md`, each runnable by itself: `python -m bench.draft_page --quick`.

A stand (`bench.stand`) is a database of its own with a synthetic consultation, and web processes as `portal serve` runs
them; the load comes from wrk (`bench.load`). Nothing here is part of the product.
"""
