"""The phase of a published consultation, from its facts and the clock, for the sentence at the top of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.consultations import periods


@dataclass(frozen=True)
class PhaseFacts:
    """The phase, the period that matters now (open, else next, else last), and the days left in an open one."""

    facts: periods.Facts
    phase: str
    period: Mapping[str, Any] | None
    days_left: int | None


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
