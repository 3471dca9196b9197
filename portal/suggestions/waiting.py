"""Which consultations may have something to suggest since the last turn. One statement by indexes, no library."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.suggestions.decisions import ACTS, TO_BE_COMPARED
from portal.suggestions.texts import LIVE

#: After so many seconds everything is looked at again: a transaction may have been slow with a lower number.
_AGAIN: Final = 300.0

_SEEN: Final = text(f"""
    SELECT c.id, coalesce((SELECT max(s.id) FROM segments s WHERE s.consultation_id = c.id), 0) AS segment,
           {ACTS} AS act,
           coalesce((SELECT max(r.id) FROM analysis_runs r WHERE r.consultation_id = c.id AND r.state = 'done'), 0)
               AS run,
           coalesce((SELECT max(v.id) FROM draft_versions v WHERE v.consultation_id = c.id), 0) AS version,
           (SELECT count(*) FROM proposed_clusters p
             WHERE p.consultation_id = c.id AND p.state = 'open' AND p.engine = ''
               AND EXISTS (SELECT 1 FROM proposed_members m JOIN segments s ON s.id = m.segment_id
                            WHERE m.proposal_id = p.id AND {LIVE})) AS undescribed,
           (SELECT count(*) FROM campaigns g WHERE g.consultation_id = c.id AND {TO_BE_COMPARED}) AS uncompared
      FROM consultations c
     WHERE c.announced_at IS NOT NULL AND c.concluded_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM analysis_runs r
                        WHERE r.consultation_id = c.id AND r.state IN ('waiting', 'running'))
     ORDER BY c.id""")


@dataclass(frozen=True)
class Seen:
    """How far a consultation is: the newest segment, act of review, analysis and version of its text, and how many
    proposals with any member that counts have other members than what is said of them is of. `uncompared`: of how
    many campaigns the letters are to be compared anew."""

    segment: int
    act: int
    run: int
    version: int
    undescribed: int = 0
    uncompared: int = 0

    @property
    def of_decisions(self) -> tuple[int, int, int]:
        """All that people decided of segments."""
        return self.act, self.run, self.version


class Waiting:
    """What was seen of each consultation when nothing was left to do there."""

    def __init__(self) -> None:
        self._settled: dict[int, Seen] = {}
        self._since = time.monotonic()

    def look(self, session: Session) -> dict[int, Seen]:
        """The consultations under review that may have work; not those that are being analysed as a whole."""
        if time.monotonic() - self._since > _AGAIN:
            self._settled.clear()
            self._since = time.monotonic()
        found = {row.id: Seen(row.segment, row.act, row.run, row.version, row.undescribed, row.uncompared)
                 for row in session.execute(_SEEN)}
        return {one: seen for one, seen in found.items() if seen.segment and self._settled.get(one) != seen}

    def settle(self, consultation_id: int, seen: Seen) -> None:
        """Nothing is left to do there."""
        self._settled[consultation_id] = seen
