"""Places and people for the tests of the embedded PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.embedded import EmbeddedServer
from tests.functional.embedded.processes import Supervisors, give_folder, is_root, open_folder


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that everyone may enter (pytest's own ones are closed to others)."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def instance(room: Path) -> Path:
    return room / "instance"


@pytest.fixture(scope="session")
def made_instances() -> Iterator[dict[str | None, Path]]:
    """One instance with whole data for each user who starts it: making the data is what costs most."""
    instances: dict[str | None, Path] = {}
    yield instances
    for instance in instances.values():
        shutil.rmtree(instance.parent)


@pytest.fixture
def made(request: pytest.FixtureRequest, made_instances: dict[str | None, Path]) -> Path:
    """An instance with whole data, for tests that are not about making them: shared, so each leaves marks of its own
    and puts back what it takes away."""
    starter = request.getfixturevalue("starter") if "starter" in request.fixturenames else None
    if starter not in made_instances:
        folder = open_folder()
        if starter is not None:
            give_folder(folder, starter)
        made_instances[starter] = folder / "instance"
        supervisors = Supervisors()
        supervisors.start(folder / "instance", user=starter)
        supervisors.end_all()
    return made_instances[starter]


@pytest.fixture
def homes(room: Path) -> Path:
    """Stands for /var/lib."""
    folder = room / "homes"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def supervisors() -> Iterator[Supervisors]:
    supervisors = Supervisors()
    yield supervisors
    supervisors.end_all()


@pytest.fixture(params=["as root", "as an ordinary user"])
def starter(request: pytest.FixtureRequest, room: Path) -> str | None:
    """As whom a supervisor is started: None is the user of this process."""
    if request.param == "as root":
        if not is_root:
            pytest.skip("needs root: tries what the portal does when root starts it")
        return None
    if not is_root:
        return None
    give_folder(room, "nobody")
    return "nobody"


@pytest.fixture(scope="session", params=[18, 16], ids=["PostgreSQL 18", "PostgreSQL 16"])
def running(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """One server for the tests that only look at it."""
    folder = open_folder()
    with EmbeddedServer(folder / "instance", version=request.param) as server:
        yield server
    shutil.rmtree(folder)
