"""Bounds on computing time that hold on every machine.

A bound is written for an idle machine of the kind in `quality.md`. A slower or busier one first does a fixed piece of
work of the same kind (regular expressions, dictionaries and small objects over Korean text), and the bound grows as
that piece took longer. What a bound guards against, a cost that grows with the square of the length, goes far beyond it.
"""

from __future__ import annotations

import gc
import itertools
import re
import time
from collections.abc import Callable
from typing import Any

_TEXT = "제25조제1항 각 호의 사항만 보아서는 010-1234-5678 그중 어느 것이 해당하는지 의견이 갈립니다. " * 400
_WORDS = re.compile(r"\w+|[^\w\s]")
#: What the piece of work takes on an idle machine of two cores, in seconds of processor time.
_IDLE = 0.010
#: Works differ in what slows them (caches, memory); `make bench` measures the exact numbers.
ROOM = 1.5
#: A machine that is slower than this by its own measure makes a bound meaningless; the test then fails.
_SLOWEST = 6.0


def _piece_of_work() -> None:
    for _ in range(4):
        counts: dict[tuple[str, str], int] = {}
        words = _WORDS.findall(_TEXT)
        for pair in itertools.pairwise(words):
            counts[pair] = counts.get(pair, 0) + 1
        "".join(sorted(words))


def _processor_seconds(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def slowness() -> float:
    """How many times as long as an idle machine this one needs just now, at least 1."""
    return min(max(_processor_seconds(_piece_of_work) / _IDLE, 1.0), _SLOWEST)


def assert_within(seconds: float, work: Callable[[], Any], *, rounds: int = 3) -> None:
    """Fail unless `work` once takes no more than `seconds` of processor time on an idle machine, in one of `rounds`."""
    told = []
    collects = gc.isenabled()
    gc.disable()  # the objects of other tests are not this work's burden
    try:
        for _ in range(rounds):
            before = slowness()
            took = _processor_seconds(work)
            allowed = seconds * ROOM * max(before, slowness())
            if took <= allowed:
                return
            told.append(f"{took:.3f} s, allowed {allowed:.3f} s")
    finally:
        if collects:
            gc.enable()
    raise AssertionError(f"more than {seconds} s: {'; '.join(told)}")
