"""The one place that commits: what is tried again, and what never is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel import unit_of_work
from portal.kernel.db import make_engine, make_session_factory
from tests.support.server import DatabaseUrls

pytestmark = pytest.mark.database


def end_connections(database: DatabaseUrls) -> None:
    """As a server that is started again does, for the role *app*."""
    engine = create_engine(database.app)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
                                " AND datname = current_database() AND pid <> pg_backend_pid()"))
    engine.dispose()


@pytest.mark.parametrize("how", [unit_of_work.run, unit_of_work.read])
def test_a_connection_that_died_in_the_pool_is_nobodys_concern(
        how: Any, sessions: sessionmaker[Session], database: DatabaseUrls) -> None:
    how(sessions, lambda session: session.scalar(text("SELECT 1")))
    end_connections(database)
    assert how(sessions, lambda session: session.scalar(text("SELECT 1"))) == 1


def test_a_server_that_stays_away_is_told(database: DatabaseUrls) -> None:
    engine = make_engine(database.app.replace("port=5432", "port=1"))
    factory = make_session_factory(engine)
    for how in (unit_of_work.run, unit_of_work.read):
        with pytest.raises(OperationalError):
            how(factory, lambda session: session.scalar(text("SELECT 1")))
    engine.dispose()


def test_what_becomes_of_a_lost_commit_is_not_guessed(database: DatabaseUrls) -> None:
    """The work is not done a second time: the first may stand."""
    engine = make_engine(database.app)
    times = []

    def work(session: Session) -> None:
        times.append(session.scalar(text("SELECT 1")))

    @event.listens_for(engine, "commit")
    def lose(_: object) -> None:
        end_connections(database)

    with pytest.raises(OperationalError):
        unit_of_work.run(make_session_factory(engine), work)
    assert times == [1]
    engine.dispose()
