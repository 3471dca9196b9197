"""Publishing a new edition after one response: from the publisher's act to pages that stand."""

from __future__ import annotations

import time

from sqlalchemy import select

from bench.rows import Row
from bench.run import main
from bench.stand import Stand
from portal.app import create_backend
from portal.kernel import unit_of_work
from portal.kernel.clock import system_clock
from portal.organisations.queries import actor_by_account
from portal.publication import services as publication
from portal.responses import services as responses
from portal.responses.models import Response

_TIMES = 3


def measure(stand: Stand) -> list[Row]:
    """Publish an approved response and build the publication, each in its own transaction, as web and worker do; the
    middle one of three."""
    backend = create_backend(stand.settings)
    consultation_id = stand.loaded["consultation_id"]
    # What came in meanwhile is published first, so that the edition is one response's.
    unit_of_work.run(backend.sessions, lambda session: publication.build(session, consultation_id, system_clock()))
    with backend.sessions() as session:
        approved = session.scalars(select(Response).where(
            Response.consultation_id == consultation_id, Response.step == "approved").order_by(Response.id)
            .limit(_TIMES)).all()
        publisher = actor_by_account(session, stand.staff("publisher").account_id, second_factor=True)
    assert publisher is not None and approved, "there is no approved response"
    found = []
    for response in approved:
        begun = time.perf_counter()
        unit_of_work.run(backend.sessions, lambda session, response=response: responses.publish(  # type: ignore[misc]
            session, publisher, consultation_id, response.id, expected_version=response.version, now=system_clock()))
        pages = unit_of_work.run(
            backend.sessions, lambda session: publication.build(session, consultation_id, system_clock()))
        found.append((time.perf_counter() - begun, pages))
    backend.engine.dispose()
    seconds, pages = sorted(found)[len(found) // 2]
    row = Row("new edition after one response", stand.comments, more={"seconds": seconds, "pages": pages})
    most = 2 if stand.comments <= 20_000 else 5
    row.ask(f"at most {most} s", seconds <= most)
    return [row]


if __name__ == "__main__":
    main("edition")
