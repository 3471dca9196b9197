"""Saving a comment by itself while it is written: the form sent by the editor's script, answered in JSON."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import select

from bench.filing import prepare
from bench.load import Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Signed, Stand
from portal.app import create_backend
from portal.submissions.models import DraftComment

_BYTES = 1_500


def _requests(stand: Stand, people: list[Signed]) -> list[list[Request]]:
    """Each saves the own comment over and over, every time with other words and the version it just got."""
    backend = create_backend(stand.settings)
    with backend.sessions() as session:
        found = {row.submission_id: row for row in session.scalars(select(DraftComment).where(
            DraftComment.submission_id.in_([p.submission_id for p in people]), DraftComment.removed_at.is_(None)))}
    backend.engine.dispose()
    plans = []
    for person in people:
        assert person.submission_id is not None
        comment = found[person.submission_id]
        form = urlencode({
            "csrf_token": stand.token(person), "uid": str(comment.uid), "position": "question", "proposal_form": "",
            "language": "ko", "reason": comment.reason[:600].rsplit(" ", 1)[0]})
        plans.append([Request(
            f"/workspace/{SLUG}/comments/{comment.id}", "POST", {
                **stand.cookie(person), "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json", "Origin": stand.settings.base_url},
            form + "+{v}&expected_version={v}", comment.version)])
    return plans


def measure(stand: Stand) -> list[Row]:
    """Saves a second."""
    people, _ = prepare(stand, 1)
    with stand.web() as web:
        row = stand.measure("autosave of a draft comment", web, lambda: _requests(stand, people))
    stand.beside_commit(row, _BYTES)
    row.statements = len(stand.statements(_requests(stand, people)[0][0]))
    assert row.rate is not None
    row.ask("at least 200 a second", row.rate >= 200)
    row.ask("no error", row.errors == 0)
    return [row]


if __name__ == "__main__":
    main("autosave")
