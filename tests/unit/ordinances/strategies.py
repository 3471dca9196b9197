"""Addresses of every form, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from portal.ordinances.addresses import Address
from portal.ordinances.steps import Step

_numbers = st.one_of(st.integers(1, 30), st.integers(1, 999_999))
_branches = st.one_of(st.just(0), st.integers(1, 30))


def _step(element: str) -> st.SearchStrategy[Step]:
    return st.tuples(_numbers, _branches).map(lambda found: Step(element, *found))


def _lettered(element: str) -> st.SearchStrategy[Step]:
    branches = st.one_of(st.just(0), st.integers(1, 5))
    return st.tuples(st.integers(1, 56), branches).map(lambda found: Step(element, *found, lettered=True))


def _maybe(step: st.SearchStrategy[Step]) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.one_of(st.just(()), step.map(lambda one: (one,)))


def _printable(subitems: list[Step]) -> bool:
    return all([step.lettered for step in subitems].count(sort) <= 2 for sort in (True, False))


def _chain(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.tuples(*parts).map(lambda found: tuple(step for part in found for step in part))


_subitems = st.lists(st.one_of(_step("sub"), _lettered("sub")), max_size=4).filter(_printable).map(tuple)
_below_article = _chain(_maybe(_step("para")), _maybe(_step("subpara")), _maybe(_lettered("point")), _subitems)
_main = _chain(_step("art").map(lambda one: (one,)), _below_article)
_root = st.one_of(st.just(Step("addenda")), _step("addenda")).map(lambda one: (one,))
_addenda = _chain(_root, _maybe(_step("art")), _below_article)
_headings = _chain(*(_maybe(_step(element)) for element in ("part", "chp", "sec", "subsec"))).filter(bool)
_annexes = st.tuples(st.sampled_from(["tbl", "form"]), st.integers(0, 20), _branches).map(
    lambda found: (Step(*found),)
)

clauses = st.one_of(_main, _addenda, _headings, _annexes, st.just((Step("preamble"),)))
#: Every address that there can be.
addresses = st.one_of(st.builds(Address, clauses, st.booleans()), st.just(Address((Step("doc"),))))
