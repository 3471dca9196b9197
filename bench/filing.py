"""Filing through the signed-in web form with its token: one comment each, one account a connection.

Each answer is a receipt's address, after one durable transaction with filing, comment, salt, receipt, leaf, audit event
and jobs. Every request files anew, with a request key of its own, and supersedes the one before.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy import select

from bench.load import CONNECTIONS, Request
from bench.rows import Row
from bench.run import main
from bench.stand import SLUG, Signed, Stand
from portal.app import create_backend
from portal.kernel.clock import system_clock
from portal.organisations.queries import actor_by_account
from portal.submissions import services, terms
from portal.submissions.comment_input import CommentInput
from portal.submissions.models import DraftComment, Submission

#: What a filing of one comment writes into tables, about: filing, comment, receipt, leaf, audit event, jobs, draft.
_BYTES = 4_000


def prepare(stand: Stand, comments: int, count: int = CONNECTIONS) -> tuple[list[Signed], list[int]]:
    """People whose organisations have exactly so many comments to file, and their submissions' versions."""
    people = stand.filers(count)
    backend = create_backend(stand.settings)
    versions = []
    for person in people:
        with backend.sessions() as session:
            actor = actor_by_account(session, person.account_id)
            assert actor is not None and person.submission_id is not None
            written = session.scalars(select(DraftComment).where(
                DraftComment.submission_id == person.submission_id, DraftComment.removed_at.is_(None))).all()
            for spare in written[comments:]:
                services.remove_comment(session, actor, spare.id, spare.version, now=system_clock())
            for n in range(comments - len(written)):
                services.add_comment(session, actor, person.submission_id,
                                     stand.loaded["hot_clauses"][n % 20], CommentInput(
                                         position="amend", reason=written[0].reason), now=system_clock())
            session.commit()
            versions.append(session.execute(
                select(Submission.version).where(Submission.id == person.submission_id)).scalar_one())
    backend.engine.dispose()
    return people, versions


def requests(stand: Stand, people: Sequence[Signed], versions: Sequence[int]) -> list[list[Request]]:
    """The form as each of them sends it, with keys that were never sent before."""
    current = terms.current()
    plans = []
    for person, version in zip(people, versions, strict=True):
        form = urlencode({
            "csrf_token": stand.token(person), "submission_version": version, "terms_version": current.version,
            "terms_digest": current.digest, "signer_name": "시험인", "signer_title": "", "terms_agreed": "y"})
        plans.append([Request(
            f"/workspace/{SLUG}/file", "POST", {
                **stand.cookie(person), "Content-Type": "application/x-www-form-urlencoded",
                "Origin": stand.settings.base_url},
            form + f"&request_key={uuid.uuid4()}-{{n}}")])
    return plans


def filings(stand: Stand) -> int:
    """How many filings the database holds."""
    with stand.owner() as connection:
        (count,) = connection.execute("SELECT count(*) FROM portal.filings").fetchone() or (0,)
        return int(count)


def measure(stand: Stand) -> list[Row]:
    """Filings a second; every answered one is counted in the database afterwards."""
    people, versions = prepare(stand, 1)
    with stand.web() as web:
        before = filings(stand)
        row = stand.measure("filing, one comment each", web, lambda: requests(stand, people, versions))
        stored = filings(stand) - before
    stand.beside_commit(row, _BYTES)
    row.statements = len(stand.statements(requests(stand, people, versions)[0][0], expected=303))
    assert row.rate is not None
    row.more = {"filings in the database, warm-up included": stored}
    row.ask("at least 120 a second", row.rate >= 120)
    row.ask("no error", row.errors == 0)
    row.ask("each good answer is a filing in the database", stored >= row.rate * stand.seconds * 0.99)
    return [row]


if __name__ == "__main__":
    main("filing")
