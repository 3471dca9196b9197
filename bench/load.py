"""Load by wrk, a compiled generator: as many connections as asked for, each sending the next request at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 8
_SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Request:
    """One request. In a body `{n}` becomes its number in its connection, `{v}` counts up from `version`."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    version: int = 1


@dataclass(frozen=True)
class Outcome:
    """What wrk saw. `refused`: answers of 400 and above; `broken`: no answer at all. Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    slowest: float
    bytes: int
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.requests - self.refused) / self.seconds

    @property
    def errors(self) -> int:
        """Everything that was no good answer."""
        return self.refused + self.broken


def read_outcome(printed: str) -> Outcome:
    """What the script wrote as its last line. Raises ValueError for anything else."""
    lines = printed.strip().splitlines()
    try:
        return Outcome(**json.loads(lines[-1]))
    except (IndexError, TypeError) as error:
        raise ValueError(f"wrk said something else: {printed!r}") from error


def lua(value: object) -> str:
    """A value as Lua source."""
    if isinstance(value, str):
        level = "="
        while f"]{level}]" in value or value.endswith(f"]{level}"):
            level += "="
        return f"[{level}[\n{value}]{level}]"  # a line end that begins a long string is skipped
    if isinstance(value, dict):
        # Spaces, for two brackets side by side begin a text.
        return "{" + ", ".join(f"[ {lua(name)} ] = {lua(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(map(lua, value)) + "}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nil"}[value]
    assert isinstance(value, int)
    return str(value)


def wrk() -> str:
    """The program. Raises SystemExit saying how to get it."""
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("wrk is needed to make the load: apt-get install wrk")
    return found


def run(base_url: str, plans: Sequence[Sequence[Request]], *, seconds: float,
        connections: int = CONNECTIONS) -> Outcome:
    """Send each plan's requests in turn, over and over, for whole seconds. With one plan all connections share it (two
    threads); with more, every connection has a thread and a plan of its own."""
    threads = 2 if len(plans) == 1 else connections
    packed = [[{"method": r.method, "path": r.path, "headers": r.headers, "version": r.version,
                **({} if r.body is None else {"body": r.body})} for r in plan] for plan in plans]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(f"return {lua(packed)}")
        file.flush()

        done = subprocess.run(
            [wrk(), f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s",
             "-s", str(_SCRIPT), base_url, "--", file.name],
            capture_output=True, text=True, timeout=seconds + 60, check=False)
    if done.returncode:
        raise ValueError(f"wrk ended with {done.returncode}: {done.stdout}{done.stderr}")
    return read_outcome(done.stderr)
