"""Hand-made truths about pairs of official texts, and how near an alignment comes to them.

A truth was written from reading both texts, before there was a program to compare them. It holds eIds alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.ordinances.compare import ChangeName, Pair
from tests.unit.ordinances import official

_FOLDER = Path(__file__).with_name("truth")
Sides = tuple[str | None, str | None]


@dataclass(frozen=True)
class Measured:
    """How near: of the pairs that are no *same* in the main text, those found that are right (precision), and those
    that are there that were found (recall). `labels`: of the right ones that the truth names, those with its change."""

    wrong: tuple[Sides, ...]
    missed: tuple[Sides, ...]
    other_label: tuple[Sides, ...]
    found: int
    asked: int

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / self.found

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.asked

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


class Truth:
    """One file of `truth/`."""

    def __init__(self, name: str) -> None:
        self._document: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
        self.old = official.DATA / "ordinances" / self._document["old"]
        self.new = official.DATA / "ordinances" / self._document["new"]

    @cached_property
    def changes(self) -> dict[Sides, str]:
        """The pairs that have to be found, with what became of the clause."""
        return {_sides(pair): pair["change"] for pair in self._document["pairs"]}

    @cached_property
    def either(self) -> list[list[Sides]]:
        """Where more than one reading is right: one of each list has to be found."""
        return [[_sides(pair) for pair in one["any_of"]] for one in self._document["either"]]

    @cached_property
    def right(self) -> set[Sides]:
        """Every pair that is right."""
        allowed = {_sides(pair) for pair in self._document["allowed"]}
        return {*self.changes, *allowed, *(pair for one in self.either for pair in one)}

    def measured(self, pairs: Iterable[Pair]) -> Measured:
        """How near an alignment of the two texts comes."""
        found = {
            (pair.old, pair.new): pair.change.value for pair in pairs
            if pair.change is not ChangeName.SAME and _is_below_articles(pair.old) and _is_below_articles(pair.new)
        }  # fmt: skip
        missed = [pair for pair in self.changes if pair not in found]
        missed += [one[0] for one in self.either if not any(pair in found for pair in one)]
        return Measured(
            wrong=tuple(pair for pair in found if pair not in self.right), missed=tuple(missed),
            other_label=tuple(pair for pair, change in found.items() if self.changes.get(pair, change) != change),
            found=len(found), asked=len(self.changes) + len(self.either))  # fmt: skip


def _sides(pair: dict[str, Any]) -> Sides:
    return pair["old"], pair["new"]


def _is_below_articles(eid: str | None) -> bool:
    return eid is None or eid.startswith("art_")
