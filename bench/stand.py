"""The stand of a measurement: a database with its data, and web processes; all of it ended with the block.

The database is the embedded one with its default durability, in a folder of the benchmark's own. Web processes are
gunicorn's as `portal serve` runs them: two, with threads.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from bench import cpu
from bench.load import Outcome, Request, run
from bench.rows import Row
from bench.statements import Counted, counting
from portal.adapters import embedded
from portal.app import close, create_app
from portal.cli.backend import with_address
from portal.cli.supervisor import web_command
from portal.kernel.clock import Clock, system_clock
from portal.settings import Settings
from portal.web import csrf
from portal.web.sessions import Cookies

SLUG = "bench"
#: Comments in a submission, on average.
_PER_SUBMISSION = 10
#: Seconds of load before what is measured.
WARM_UP = 3


@dataclass(frozen=True)
class Web:
    """Running web processes."""

    base_url: str
    pid: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return [pid for pid in cpu.tree(self.pid) if pid != self.pid]


@dataclass(frozen=True)
class Signed:
    """Somebody who is signed in, as the data's loader made them."""

    token: str
    account_id: int
    organisation_id: int | None
    submission_id: int | None
    comments: int


class Stand:
    """What a measurement works with. `comments`: how many there are; `seconds`: how long to measure."""

    def __init__(self, settings: Settings, server: embedded.EmbeddedServer, comments: int, seconds: float) -> None:
        self.settings = settings
        self.comments = comments
        self.seconds = seconds
        self._server = server
        self._used = 0

    # ------------------------------------------------------------------------------------------------------- the data

    @cached_property
    def loaded(self) -> dict[str, Any]:
        """What `portal load-test-data` says it made."""
        found: dict[str, Any] = json.loads((self.settings.instance / f"load-test-{SLUG}.json").read_text())
        return found

    def staff(self, role: str) -> Signed:
        """Somebody of the ministry."""
        return Signed(**self.loaded["staff"][role])

    def filers(self, count: int) -> list[Signed]:
        """People whose organisation filed one comment; others at every call."""
        small = [Signed(**filer) for filer in self.loaded["filers"] if filer["comments"] <= 2]
        found = small[self._used:self._used + count]
        if len(found) < count:
            raise LookupError("there are too few small submissions in the data; take more comments")
        self._used += count
        return found

    def cookie(self, person: Signed) -> dict[str, str]:
        """The header that makes a request theirs."""
        name = Cookies(secure=self.settings.secure, keys=self.settings.secret_keys).session
        return {"Cookie": f"{name}={person.token}"}

    def token(self, person: Signed) -> str:
        """What their forms carry."""
        return csrf.token_for(person.token, self.settings.secret_keys[0])

    def owner(self) -> psycopg.Connection[Any]:
        """A connection as the role that owns the database."""
        assert self.settings.owner_database_url is not None
        return psycopg.connect(_plain(self.settings.owner_database_url), autocommit=True)

    # ------------------------------------------------------------------------------------------------- the processes

    @contextmanager
    def web(self, *, workers: int = 2, application: str = "portal.wsgi:app", **more: str) -> Iterator[Web]:
        """Web processes that answer, until the block ends."""
        port = int(self.settings.base_url.rpartition(":")[2])
        command = [application if part == "portal.wsgi:app" else part
                   for part in web_command(f"127.0.0.1:{port}", workers)]
        process = subprocess.Popen(command, env={**os.environ, **self.settings.to_env(), **more},
                                   cwd=Path(__file__).parent.parent)
        try:
            _wait(self.settings.base_url + ("/healthz" if application == "portal.wsgi:app" else "/bytes"), process)
            yield Web(self.settings.base_url, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def application(self, clock: Clock = system_clock) -> Iterator[Flask]:
        """The application inside this process."""
        app = create_app(self.settings, clock)
        try:
            yield app
        finally:
            close(app)

    # ---------------------------------------------------------------------------------------------------- measurements

    def measure(self, what: str, web: Web, plans: Callable[[], Sequence[Sequence[Request]]]) -> Row:
        """Rate, times and processor time under load. `plans` is asked twice: for warming up and for measuring, so that
        nothing is sent again that may be sent once only."""
        run(web.base_url, plans(), seconds=min(WARM_UP, self.seconds))
        ready = plans()
        before = cpu.seconds(web.pid), cpu.seconds(self._server.guardian_pid)
        outcome: Outcome = run(web.base_url, ready, seconds=self.seconds)
        spent = cpu.seconds(web.pid) - before[0], cpu.seconds(self._server.guardian_pid) - before[1]
        requests = max(1, outcome.requests)
        return Row(what, self.comments, outcome.rate, outcome.p50, outcome.p95, outcome.errors,
                   app_cpu=spent[0] / requests * 1e3, database_cpu=spent[1] / requests * 1e3)

    def beside_bytes(self, row: Row, body: bytes, encoding: str = "") -> None:
        """Measure the yardstick that sends the same bytes."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            with self.web(application="bench.yardstick:app", YARDSTICK_BODY=file.name,
                          YARDSTICK_ENCODING=encoding) as web:
                row.yardstick = f"a bare route with {len(body):,} bytes"
                self._beside(row, web, Request("/bytes"))

    def beside_commit(self, row: Row, size: int) -> None:
        """Measure the yardstick that stores as many bytes durably."""
        assert self.settings.owner_database_url is not None
        with self.owner() as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS yardstick")
            connection.execute("CREATE TABLE IF NOT EXISTS yardstick.rows"
                               " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)")
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x" * size)
            file.flush()
            with self.web(application="bench.yardstick:app", YARDSTICK_BODY=file.name,
                          YARDSTICK_DATABASE=_plain(self.settings.owner_database_url)) as web:
                row.yardstick = f"a bare route that commits one row of {size:,} bytes"
                self._beside(row, web, Request("/commit", "POST"))

    def _beside(self, row: Row, web: Web, request: Request) -> None:
        found = self.measure(row.yardstick, web, lambda: [[request]])
        row.yardstick_rate = found.rate
        row.yardstick_cpu = (found.app_cpu or 0) + (found.database_cpu or 0)

    def statements(self, request: Request, *, expected: int = 200) -> Counted:
        """What one request sends to the database, in a process that has answered the same before."""
        with self.application() as app:
            client = app.test_client(use_cookies=False)

            def send(n: int) -> None:
                body = None if request.body is None else request.body.replace("{n}", str(n)).replace(
                    "{v}", str(request.version + n))
                answer = client.open(request.path, method=request.method, headers=request.headers, data=body,
                                     base_url=self.settings.base_url)
                if answer.status_code != expected:
                    raise ValueError(f"{request.method} {request.path} answered {answer.status_code}: "
                                     f"{answer.get_data(as_text=True)[:500]}")

            send(0)
            with counting() as counted:
                send(1)
            return counted


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def fetch(url: str, headers: dict[str, str] | None = None) -> tuple[bytes, dict[str, str]]:
    """An answer's bytes as they came over the wire, and its headers in lower case."""
    request = urllib.request.Request(url, headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            fetch(url)
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise ValueError(f"nothing answers at {url}") from None
            time.sleep(0.02)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def stand(comments: int, seconds: float, folder: Path) -> Iterator[Stand]:
    """A stand over `folder`: made there the first time, found there afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / "bench-secret"
    if not key_file.exists():
        key_file.write_text(secrets.token_hex(16))
    settings = Settings(instance=folder, secret_keys=(key_file.read_text(),),
                        base_url=f"http://127.0.0.1:{free_port()}")
    with embedded.own(folder, "bench") as server:
        settings = with_address(settings, server.address)
        made = folder / f"load-test-{SLUG}.json"
        if not made.exists():
            portal = [sys.executable, "-m", "portal.cli"]
            environment = {**os.environ, **settings.to_env()}
            subprocess.run([*portal, "db", "upgrade"], env=environment, check=True)
            subprocess.run([*portal, "load-test-data", "--slug", SLUG, "--comments", str(comments), "--submissions",
                            str(max(1, comments // _PER_SUBMISSION))], env=environment, check=True)
        yield Stand(settings, server, comments, seconds)
