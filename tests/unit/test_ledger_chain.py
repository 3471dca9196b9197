"""The chain over audit events: what was recorded cannot be changed, removed or inserted unseen."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel import audit
from portal.kernel.actor import SYSTEM
from portal.ledger import chain
from tests.support.server import DatabaseUrls


def _record(sessions: sessionmaker[Session], now: datetime, count: int) -> None:
    for n in range(count):
        with sessions() as session:
            audit.record(session, SYSTEM, "ministry.created", "ministry", n, now=now, slug=f"m{n}")
            session.commit()


def _seal(sessions: sessionmaker[Session], now: datetime, waiting: int = 0) -> None:
    """Seal until only `waiting` events are left: a transaction of any other test on this server holds the sealer up."""
    deadline = time.monotonic() + 20
    while True:
        with sessions() as session:
            chain.seal(session, now=now)
            session.commit()
        with sessions() as session:
            if chain.verify(session).unsealed <= waiting:
                return
        assert time.monotonic() < deadline, "the sealer was held up for 20 s"
        time.sleep(0.05)


@pytest.fixture
def sealed(sessions: sessionmaker[Session], now: datetime) -> sessionmaker[Session]:
    _record(sessions, now, 4)
    _seal(sessions, now)
    return sessions


def test_every_finished_event_is_sealed(sealed: sessionmaker[Session], now: datetime) -> None:
    with sealed() as session:
        result = chain.verify(session)
    assert result.intact
    assert result.sealed >= 4
    assert result.unsealed == 0


def test_an_event_of_a_running_transaction_waits(sealed: sessionmaker[Session], now: datetime) -> None:
    with sealed() as running:
        audit.record(running, SYSTEM, "ministry.created", "ministry", 90, now=now)
        running.flush()
        with sealed() as session:
            chain.seal(session, now=now)
            session.commit()
        with sealed() as session:
            sealed_before = chain.verify(session).sealed
        running.commit()
    _seal(sealed, now)
    with sealed() as session:
        result = chain.verify(session)
    assert result.intact and result.unsealed == 0
    assert result.sealed == sealed_before + 1


@pytest.mark.parametrize(("tampering", "said"), [
    ("UPDATE portal.audit_events SET data = '{\"slug\": \"other\"}' "
     "WHERE id = (SELECT min(id) + 1 FROM portal.audit_events)", "was changed"),
    ("UPDATE portal.audit_chain SET event_id = event_id + 100000 WHERE false; "
     "DELETE FROM portal.audit_chain WHERE number = 2", "link 2 is missing"),
    # With its event, and those behind numbered anew: each link still fits its event, but not the link before.
    ("DELETE FROM portal.audit_chain WHERE number = 2; "
     "DELETE FROM portal.audit_events WHERE id NOT IN (SELECT event_id FROM portal.audit_chain); "
     "UPDATE portal.audit_chain SET number = number - 1 WHERE number > 2", "link 2: the event"),
    ("INSERT INTO portal.audit_events (xid, at, verb, subject_kind, data) "
     "SELECT min(xid), now(), 'ministry.created', 'ministry', '{}' FROM portal.audit_events", "was inserted"),
])
def test_tampering_by_the_owner_is_seen(
    sealed: sessionmaker[Session], database: DatabaseUrls, tampering: str, said: str
) -> None:
    engine = create_engine(database.owner)
    with engine.connect() as connection, sealed() as session:
        for statement in tampering.split("; "):
            connection.execute(text(statement))
        broken = chain.verify(Session(connection)).broken
        connection.rollback()
        assert chain.verify(session).intact
    engine.dispose()
    assert broken is not None and said in broken


def test_an_unknown_verb_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(ValueError, match="unknown audit verb"):
        audit.record(session, SYSTEM, "made.up", "thing", 1, now=now)
