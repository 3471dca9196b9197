"""Every job that is enqueued by name has exactly one handler, and every mark is drained."""

from __future__ import annotations

import re
from pathlib import Path

import portal
from portal.app import registry
from portal.settings import Settings

_SOURCE = Path(portal.__file__).parent


def _named(pattern: str) -> set[str]:
    return {name for path in _SOURCE.rglob("*.py") for name in re.findall(pattern, path.read_text())}


def test_every_enqueued_name_has_one_handler() -> None:
    known = registry(Settings())
    enqueued = _named(r'enqueue\(\s*\w+,\s*"([\w.]+)"')
    assert enqueued, "no job is enqueued anywhere: has the function another name?"
    assert enqueued - set(known.jobs) == set()
    assert set(known.jobs) - enqueued == set(), "handlers that nothing enqueues"


def test_every_mark_is_drained() -> None:
    assert _named(r'mark_dirty\(\s*\w+,\s*"([\w.]+)"') <= {"publication"}


def test_names_begin_with_their_area() -> None:
    known = registry(Settings())
    for name, work in {**known.jobs, **known.tickers}.items():
        assert work.handler.__module__.split(".")[1] == name.split(".")[0], name
        assert work.doc.endswith(".")
