"""The phase of a published consultation, from its facts and the clock, for the sentence at the top of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.consultations import periods
from portal.ordinances import addresses
from portal.ordinances.clauses import Language


@dataclass(frozen=True)
class PhaseFacts:
    """The phase, the period that matters now (open, else next, else last), and the days left in an open one."""

    facts: periods.Facts
    phase: str
    period: Mapping[str, Any] | None
    days_left: int | None

    @property
    def partial(self) -> bool:
        """Whether comments are or will be taken, in a period that is about part of the draft only."""
        return (self.phase in ("open", "announced", "between_periods") and self.period is not None
                and self.period["scope"] is not None)

    def covers(self, eid: str) -> bool:
        """Whether that period is about a clause."""
        return self.period is None or periods.in_scope(eid, self.period["scope"])

    def scope(self, language: str) -> str:
        """That part, by the names of its clauses."""
        return scope_names(self.period, language) if self.period is not None else ""


def scope_names(period: Mapping[str, Any], language: str) -> str:
    """The clauses that a period is about, as people say them; nothing where it is about the whole draft."""
    spoken: Language = "en" if language == "en" else "ko"
    return ", ".join(addresses.parse(eid).spoken(spoken) for eid in period["scope"] or ())


def phase_facts(consultation: Mapping[str, Any], now: datetime) -> PhaseFacts:
    """From thawed facts."""
    windows = [periods.Window(p["opens_at"], p["closes_at"]) for p in consultation["periods"]]
    facts = periods.Facts(consultation["announced_at"], windows, consultation["concluded_at"])
    phase = periods.phase(facts, now)
    found = list(consultation["periods"])
    current = [p for p in found if p["opens_at"] <= now < p["closes_at"]]
    coming = [p for p in found if p["opens_at"] > now]
    period = (max(current, key=lambda p: p["closes_at"]) if current
              else min(coming, key=lambda p: p["opens_at"]) if coming
              else max(found, key=lambda p: p["closes_at"], default=None))
    left = periods.days_left(period["closes_at"], now) if period and phase == "open" else None
    return PhaseFacts(facts, str(phase), period, left)
