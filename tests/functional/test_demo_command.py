"""`portal demo` as one types it: on a fresh instance with its own database, a second time, and where it must refuse.

One instance serves the whole module, for loading costs most. It is loaded with the official decree where that stands
beside the project (the demonstration's own draft is loaded by other tests), else with the demonstration's draft. What
runs is the wheel, installed on its own and started in another folder: it holds all that the portal needs.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.adapters.embedded import join
from portal.cli import cli
from portal.demo import source
from tests.functional.embedded.processes import PROJECT, await_end, family, open_folder, query
from tests.support.ports import free_port
from tests.unit.ordinances.official import DECREE_1, MAPPING, needs_data

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.timeout(300)]

PASSWORD = "a quiet lake in early autumn"
#: What the second run may take to its first page, in seconds, on a machine with nothing else to do.
SECONDS_TO_FIRST_PAGE = 8.0
SHIPPED = ("templates", "static", "migrations", "translations")


@dataclass(frozen=True)
class Installed:
    """The wheel, and the folder that it was installed in."""

    wheel: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """This process's, without the portal's settings; Python finds the installed portal before the checkout's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        return {**kept, "PORTAL_DEMO_PASSWORD": PASSWORD, "PORTAL_ANALYSIS": "off", "PYTHONPATH": str(self.folder)}

    def command(self, *options: str | Path) -> list[str]:
        return [sys.executable, "-m", "portal.cli", "demo", *map(str, options)]

    def run(self, *options: str | Path) -> subprocess.CompletedProcess[str]:
        """`portal demo` with these options, to its end."""
        return subprocess.run(self.command(*options), env=self.environment, cwd=self.folder.parent,
                              capture_output=True, text=True, timeout=240, check=False)

    def python(self, program: str) -> str:
        """What a short program prints."""
        return subprocess.run([sys.executable, "-c", program], env=self.environment, cwd=self.folder.parent,
                              capture_output=True, text=True, timeout=60, check=True).stdout.strip()


@dataclass
class Served:
    """A demonstration that runs: its process, address, and what it has said so far."""

    process: subprocess.Popen[str]
    port: int
    seconds: float
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())


@dataclass(frozen=True)
class Loaded:
    """The module's instance, and how its loading went."""

    instance: Path
    first: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    room = open_folder()
    yield room
    shutil.rmtree(room)


@pytest.fixture(scope="module")
def installed(room: Path) -> Installed:
    """Built offline and installed on its own, without what it depends on."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", room / "built"], cwd=PROJECT,
                   check=True, capture_output=True, timeout=120)
    [wheel] = (room / "built").glob("*.whl")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-index", "--no-compile", "--target", room / "installed", wheel], check=True,
                   capture_output=True, timeout=120)
    return Installed(wheel, room / "installed")


@pytest.fixture(scope="module")
def loaded(installed: Installed, room: Path) -> Loaded:
    official = ["--draft", DECREE_1, "--draft-en", MAPPING / "ai_decree_36053_en.json"] if DECREE_1.exists() else []
    return Loaded(room / "instance", installed.run("--no-serve", "--instance", room / "instance", *official))


@pytest.fixture(scope="module")
def served(installed: Installed, loaded: Loaded) -> Iterator[Served]:
    """The second run on the instance, serving."""
    assert loaded.first.returncode == 0, loaded.first.stderr
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen(
        installed.command("--instance", loaded.instance, "--port", str(port)), env=installed.environment,
        cwd=installed.folder.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True)
    said: list[str] = []
    stdout = process.stdout
    assert stdout is not None
    reader = threading.Thread(target=lambda: said.extend(stdout), daemon=True)
    reader.start()
    try:
        deadline = begun + 90
        while True:
            assert process.poll() is None and time.monotonic() < deadline, said
            with contextlib.suppress(OSError), urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/c/{source.OPEN}/", timeout=20) as answer:
                assert answer.status == 200
                break
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        while not any("Ctrl-C" in line for line in said):  # it says so once it has seen the page itself
            assert process.poll() is None and time.monotonic() < deadline, said
            time.sleep(0.05)
        yield Served(process, port, seconds, said)
        ctrl_c(process, port)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(60)
        reader.join(10)
        stdout.close()


def ctrl_c(process: subprocess.Popen[str], port: int) -> None:
    """Ctrl-C, as a terminal sends it, ends everything that was started. (The end of this module's one served run, for
    an instance has one at a time.)"""
    members = family(process.pid)
    assert len(members) >= 5  # gunicorn with two workers, the worker, the database with its own
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    await_end(members, 20)
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0


def files_of(folder: Path) -> set[str]:
    """What version control would know of a folder; nothing that Python or an editor left there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
            and path.suffix not in (".pyc", ".mo")}


def test_every_file_is_in_the_wheel(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    for folder in SHIPPED:
        missing = {f"portal/_data/{folder}/{name}" for name in files_of(PROJECT / folder)} - names
        assert not missing, missing
    assert not {f"portal/{name}" for name in files_of(PROJECT / "portal")} - names
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_the_wheel_finds_its_own_files(installed: Installed) -> None:
    assert installed.python("import portal; print(portal.__file__)").startswith(str(installed.folder))
    assert installed.python(
        "import portal.settings as s; from portal.kernel.i18n import msg, translate;"
        f"assert all('_data' in str(s.folder(name)) for name in {SHIPPED});"
        "print(translate(msg('Search'), 'ko'))") == "검색"


def test_a_fresh_instance_is_loaded_with_a_progress_bar(loaded: Loaded) -> None:
    assert loaded.first.returncode == 0, loaded.first.stderr
    assert "Loading the demonstration" in loaded.first.stdout and "The demonstration is loaded." in loaded.first.stdout


def test_the_second_run_is_quick_and_says_where_to_go(served: Served) -> None:
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert served.seconds < SECONDS_TO_FIRST_PAGE * busy, f"{served.seconds:.1f} s, at a load of {busy:.1f} a core"
    said = "".join(served.said)
    assert "Loading the demonstration" not in said
    for words in (f"{served.url}/c/{source.OPEN}/", f"{served.url}/c/{source.CONCLUDED}/", f"{served.url}/sign-in",
                  "manager@quillmere.example", "reviewer@ministry.example", "manager@gsa.example", PASSWORD, "Ctrl-C"):
        assert words in said, words


def test_it_listens_on_loopback_only(served: Served) -> None:
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {line[1].split(":")[0] for line in lines
                 if line[3] == "0A" and int(line[1].split(":")[1], 16) == served.port}
    assert listening == {"0100007F"}


def test_both_consultations_stand_and_nothing_twice(served: Served, loaded: Loaded) -> None:
    home = served.get("/")
    assert len(re.findall(rf'<h\d[^>]*>\s*<a href="/c/{source.OPEN}/"', home)) == 1
    assert len(re.findall(rf'<h\d[^>]*>\s*<a href="/c/{source.CONCLUDED}/"', home)) == 1
    address = join(loaded.instance)
    assert query(address.owner_url, "SELECT count(*) FROM portal.consultations") == [(2,)]
    assert query(address.owner_url, "SELECT k.slug, count(*) FROM portal.comments c JOIN portal.filings f ON f.id ="
                 " c.filing_id JOIN portal.consultations k ON k.id = f.consultation_id GROUP BY 1 ORDER BY 1") == [
        (source.OPEN, 420), (source.CONCLUDED, 80)]


@needs_data
def test_the_official_decree_is_what_was_noticed(served: Served) -> None:
    korean, english = served.get(f"/c/{source.OPEN}/v1/"), served.get(f"/c/{source.OPEN}/v1/?lang=en")
    page = served.get(f"/c/{source.OPEN}/")
    assert "347" in page
    numbered = re.findall(r'<div class="clause clause--(?:article|paragraph|subparagraph|item)[^>]*id="(art_[^"]+)"',
                          korean)
    assert len(numbered) == len(set(numbered)) == 347
    assert "인공지능사업자" in korean and "artificial intelligence business operator" in english.lower()


def test_staff_and_filers_sign_in(served: Served) -> None:
    for email, there in (("reviewer@ministry.example", "/review/"), ("manager@quillmere.example", "/workspace/")):
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stays())
        with browser.open(served.url + "/sign-in", timeout=20) as page:
            found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.read().decode())
        assert found
        form = urllib.parse.urlencode({"csrf_token": found[1], "email": email, "password": PASSWORD}).encode()
        with pytest.raises(urllib.error.HTTPError) as answer:
            browser.open(served.url + "/sign-in", form, timeout=20)
        with answer.value:
            assert answer.value.code == 303 and answer.value.headers["Location"] == there


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def test_a_second_demo_on_one_instance_is_refused_by_name(
        served: Served, installed: Installed, loaded: Loaded) -> None:
    refused = installed.run("--instance", loaded.instance, "--port", str(free_port()))
    assert refused.returncode == 1
    assert "“demo”" in refused.stderr and served.url in refused.stderr and str(served.process.pid) in refused.stderr


def refuse(monkeypatch: pytest.MonkeyPatch, *options: str | Path, **more: str) -> str:
    """What `portal demo` says when it refuses before it has begun anything."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, ["demo", *map(str, options)])
    assert result.exit_code == 1
    return result.output


def test_a_taken_port_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refuse(monkeypatch, "--instance", tmp_path / "other", "--port", port)
    assert f"Port {port}" in said and "PORT=" in said
    assert not (tmp_path / "other").exists()


def test_it_never_mixes_with_a_real_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refuse(monkeypatch, "--instance", tmp_path / "other", PORTAL_DATABASE_URL="postgresql://app@/production")
    assert "PORTAL_DATABASE_URL" in said and "--into-this-database" in said
    assert not (tmp_path / "other").exists()


def test_an_english_text_alone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = tmp_path / "en.json"
    english.write_text("{}")
    assert "--draft" in refuse(monkeypatch, "--instance", tmp_path / "other", "--draft-en", english)
