"""One row of the result: what was measured, beside which yardstick, and whether it is as good as asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    """What is asked for, in words, and whether it is met."""

    words: str
    met: bool


@dataclass
class Row:
    """Times in milliseconds, processor times per request. None: does not apply. `errors`: what was no good answer."""

    what: str
    comments: int
    rate: float | None = None
    p50: float | None = None
    p95: float | None = None
    errors: int | None = None
    statements: int | None = None
    app_cpu: float | None = None
    database_cpu: float | None = None
    yardstick: str = ""
    yardstick_rate: float | None = None
    yardstick_cpu: float | None = None
    more: dict[str, Any] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """How near the yardstick it comes; 1 is as fast."""
        return self.rate / self.yardstick_rate if self.rate is not None and self.yardstick_rate else None

    def ask(self, words: str, met: bool) -> None:
        """Add a target."""
        self.targets.append(Target(words, bool(met)))

    @property
    def met(self) -> bool:
        """Whether every target is."""
        return all(target.met for target in self.targets)

    def to_json(self) -> dict[str, Any]:
        """As the results file holds it."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


_HEADS = ("what", "comments", "req/s", "p50 ms", "p95 ms", "errors", "SQL", "app ms", "db ms", "yardstick/s", "y. ms",
          "ratio")


def table(rows: list[Row]) -> str:
    """All rows with their targets below each, for a terminal."""
    lines = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADS))]

    def laid(cells: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                         for place, (cell, width) in enumerate(zip(cells, widths, strict=True)))

    printed = [laid(_HEADS), "-" * (sum(widths) + 2 * len(widths) - 2)]
    for row in rows:
        printed.append(laid(_cells(row)))
        if row.more:
            printed.append("    " + ", ".join(f"{name} {_shown(value)}" for name, value in row.more.items()))
        printed += [f"    {'pass' if target.met else 'FAIL'}  {target.words}" for target in row.targets]
    return "\n".join(printed)


def _cells(row: Row) -> tuple[str, ...]:
    return (row.what, f"{row.comments:,}", _shown(row.rate), _shown(row.p50), _shown(row.p95), _shown(row.errors),
            _shown(row.statements), _shown(row.app_cpu), _shown(row.database_cpu), _shown(row.yardstick_rate),
            _shown(row.yardstick_cpu), _shown(row.ratio))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
