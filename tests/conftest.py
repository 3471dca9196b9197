"""Fixtures for every test. One throwaway server a run; each module gets its own clone of a migrated template."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords
from portal.adapters.embedded import Databases, ThrowawayServer
from portal.app import close, create_app
from portal.kernel import templating
from portal.kernel.actor import Actor
from portal.kernel.db import make_engine, make_session_factory
from portal.settings import Settings
from tests import factories
from tests.support import temporary
from tests.support.client import Visitor
from tests.support.server import DatabaseUrls, TestServer

# On a busy machine the first example may take long: it loads what all need. Time is measured by tests of their own.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

#: What tests sign in with costs a thousandth of it, for they do so hundreds of times; from here on, since some make
#: their hashes where they are imported.
_REAL_HASHER = passwords._hasher
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

_KEY = "portal_server"
_numbers = itertools.count(1)


def _start() -> tuple[TestServer, Any]:
    """The server of this run, and what has to be stopped at its end."""
    given = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if given:
        return TestServer.prepare(given), None
    embedded = ThrowawayServer(version=int(os.environ.get("PORTAL_TEST_POSTGRES", "18")))
    return TestServer.prepare(embedded.start()), embedded


def pytest_configure(config: pytest.Config) -> None:
    """Temporary files get their place; the controller of a parallel run starts the server for all workers."""
    if hasattr(config, "workerinput"):
        return
    config.stash[_FOLDER] = temporary.begin()
    if not getattr(config.option, "numprocesses", None):
        return
    server, embedded = _start()
    config.stash[_SERVER] = server
    config.stash[_EMBEDDED] = embedded


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that take long come first, so that no worker is left alone with one at the end. (`make test` keeps this
    order: xdist would begin with the modules that hold the most tests.)"""
    items.sort(key=lambda item: -sum(1 for mark in ("e2e", "slow") if item.get_closest_marker(mark)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the server is."""
    server = node.config.stash.get(_SERVER, None)
    if server is not None:
        node.workerinput[_KEY] = server.databases.to_json()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    embedded = config.stash.get(_EMBEDDED, None)
    if embedded is not None:
        embedded.stop()
    temporary.end(config.stash.get(_FOLDER, None))


_SERVER = pytest.StashKey[TestServer]()
_EMBEDDED = pytest.StashKey[Any]()
_FOLDER = pytest.StashKey[Path | None]()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[TestServer]:
    """The PostgreSQL server of this run."""
    told = getattr(request.config, "workerinput", {}).get(_KEY)
    if told:
        yield TestServer(Databases.from_json(told))
        return
    server, embedded = _start()
    yield server
    if embedded is not None:
        embedded.stop()


@pytest.fixture(scope="session")
def real_hasher() -> PasswordHasher:
    """The portal's own hasher."""
    return _REAL_HASHER


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Templates are compiled once a run, not once for every application that a module makes."""
    folder = temporary.shared("templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templating, "OPTIONS", {**templating.OPTIONS, "bytecode_cache": FileSystemBytecodeCache(str(folder))})
        yield


@pytest.fixture(scope="module")
def database(server: TestServer, worker_id: str) -> Iterator[DatabaseUrls]:
    """A migrated database of this module's own. Tests commit for real."""
    name = f"t_{worker_id}_{os.getpid()}_{next(_numbers)}"
    yield server.clone(name)
    server.drop(name)


@pytest.fixture(scope="module")
def sessions(database: DatabaseUrls) -> Iterator[sessionmaker[Session]]:
    """Sessions of the role *app* on this module's database."""
    engine = make_engine(database.app)
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that is rolled back: for tests of one service."""
    with sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def now() -> datetime:
    """A Wednesday noon in Seoul, three weeks into a notice of forty days."""
    return datetime(2025, 12, 3, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a portal on this module's database."""
    return Settings(
        database_url=database.app, owner_database_url=database.owner, public_database_url=database.public,
        secret_keys=("test-key-one", "test-key-two"), base_url="http://portal.test",
        instance=tmp_path_factory.mktemp("instance"), contact_email="contact@portal.test",
        analysis=False)  # its worker would load half a gigabyte; who tests it says so


class TestClock:
    """A clock that stands where a test puts it."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def clock() -> TestClock:
    """The portal's clock in web tests: a Wednesday noon in Seoul. Tests that move it put it back."""
    return TestClock(datetime(2025, 12, 3, 3, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def app(settings: Settings, clock: TestClock) -> Iterator[Flask]:
    """The whole web application on this module's database."""
    app = create_app(settings, clock)
    yield app
    close(app)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app)


@pytest.fixture
def sign_in(app: Flask, sessions: sessionmaker[Session], clock: TestClock) -> Callable[[Actor], Visitor]:
    """Signs a person in, without the pages for it."""

    def sign(actor: Actor) -> Visitor:
        with sessions() as session:
            secret = factories.signed_in(session, clock(), actor)
            session.commit()
        return Visitor(app, secret)

    return sign
