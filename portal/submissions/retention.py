"""How long what was written and never filed is kept: as the terms of filing promise, a year after the conclusion.

The words go, for good; the empty row stays, marked as removed, so that a submission's order and numbers keep their
places. What was filed is no matter of this module: where it was changed afterwards and not filed again, the working
copy gets the filed words back.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.actor import SYSTEM
from portal.kernel.audit import record

#: `templates/legal/terms_of_filing_*.html` name the same time.
KEPT: Final = timedelta(days=366)
#: So many comments a turn; the next turn goes on.
_MOST: Final = 500

_WRITTEN: Final = """draft_comments w JOIN submissions s ON s.id = w.submission_id
    JOIN consultations k ON k.id = s.consultation_id"""
_LONG_AGO: Final = "k.concluded_at <= :before AND w.updated_at <= :before"

_NEVER_FILED: Final = text(f"""
    WITH due AS (SELECT w.id, k.id AS consultation_id, k.ministry_id FROM {_WRITTEN}
      WHERE {_LONG_AGO} AND (w.position IS NOT NULL OR w.proposal_form IS NOT NULL OR w.confidential <> '[]'
             OR w.proposal_old || w.proposal_text || w.reason || w.legal_basis <> '')
        AND NOT EXISTS (SELECT FROM comments f WHERE f.uid = w.uid)
      ORDER BY w.id LIMIT :most FOR UPDATE OF w SKIP LOCKED)
    UPDATE draft_comments d SET position = NULL, proposal_form = NULL, proposal_language = NULL, proposal_old = '',
           proposal_text = '', reason = '', legal_basis = '', confidential = '[]', version = version + 1,
           removed_at = coalesce(removed_at, :now)
      FROM due WHERE d.id = due.id RETURNING due.consultation_id, due.ministry_id""")

_CHANGED_SINCE: Final = text(f"""
    WITH due AS (SELECT w.id, k.id AS consultation_id, k.ministry_id, f.position, f.proposal_form, f.proposal_language,
             f.proposal_old, f.proposal_text, f.reason, f.legal_basis, f.language, (
             SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
                        'words', span->'words', 'ground', span->'ground', 'note', span->'note')), '[]')
               FROM jsonb_array_elements(f.confidential) span) AS confidential
       FROM {_WRITTEN}
       CROSS JOIN LATERAL (SELECT c.* FROM comments c WHERE c.uid = w.uid ORDER BY c.id DESC LIMIT 1) f
      WHERE {_LONG_AGO} AND (w.position, w.proposal_old, w.proposal_text, w.reason, w.legal_basis)
            IS DISTINCT FROM (f.position, f.proposal_old, f.proposal_text, f.reason, f.legal_basis)
      ORDER BY w.id LIMIT :most FOR UPDATE OF w SKIP LOCKED)
    UPDATE draft_comments d SET position = due.position, proposal_form = due.proposal_form,
           proposal_language = due.proposal_language, proposal_old = due.proposal_old, language = due.language,
           proposal_text = due.proposal_text, reason = due.reason, legal_basis = due.legal_basis,
           confidential = due.confidential, version = version + 1
      FROM due WHERE d.id = due.id RETURNING due.consultation_id, due.ministry_id""")


def forget_unfiled(session: Session, *, now: datetime) -> None:
    """Delete the words that nobody filed, of consultations concluded so long ago; one audit event a consultation."""
    values = {"now": now, "before": now - KEPT, "most": _MOST}
    done: Counter[tuple[int, int]] = Counter()
    for statement in (_NEVER_FILED, _CHANGED_SINCE):
        done.update((row.consultation_id, row.ministry_id) for row in session.execute(statement, values))
    for (consultation_id, ministry_id), comments in sorted(done.items()):
        record(session, SYSTEM, "submission.unfiled_forgotten", "consultation", consultation_id, now=now,
               ministry_id=ministry_id, consultation_id=consultation_id, comments=comments)
