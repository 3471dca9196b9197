"""The wheel holds all that the portal needs: built offline, installed on its own, run from somewhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.embedded.processes import PROJECT, open_folder

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.timeout(300)]

SHIPPED = ("templates", "static", "migrations", "translations")


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    room = open_folder()
    yield room
    shutil.rmtree(room)


@pytest.fixture(scope="module")
def wheel(room: Path) -> Path:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", room / "built"], cwd=PROJECT,
                   check=True, capture_output=True, timeout=120)
    [found] = (room / "built").glob("*.whl")
    return found


def files_of(folder: Path) -> set[str]:
    """What version control would know of a folder; nothing that Python or an editor left there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
            and path.suffix not in (".pyc", ".mo")}


def test_every_file_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in SHIPPED:
        missing = {f"portal/_data/{folder}/{name}" for name in files_of(PROJECT / folder)} - names
        assert not missing, missing
    assert not {f"portal/{name}" for name in files_of(PROJECT / "portal")} - names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_it_runs_from_another_folder(wheel: Path, room: Path) -> None:
    """The demonstration is loaded by what was installed: templates, migrations, translations and data are found."""
    installed = room / "installed"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-index", "--no-compile", "--target", installed, wheel], check=True, capture_output=True,
                   timeout=120)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment["PYTHONPATH"] = str(installed)
    where = subprocess.run([sys.executable, "-c", "import portal; print(portal.__file__)"], cwd=room, check=True,
                           env=environment, capture_output=True, text=True).stdout
    assert where.startswith(str(installed))
    done = subprocess.run([sys.executable, "-m", "portal.cli", "demo", "--no-serve", "--instance", room / "instance"],
                          cwd=room, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "The demonstration is loaded." in done.stdout
    shown = subprocess.run(
        [sys.executable, "-c",
         "import portal.settings as s; from portal.kernel.i18n import msg, translate;"
         "assert all('_data' in str(s.folder(n)) for n in ('templates', 'static', 'migrations', 'translations'));"
         "print(translate(msg('Search'), 'ko'))"],
        cwd=room, env=environment, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "검색"
