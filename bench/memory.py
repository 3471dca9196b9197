"""How much memory a process had at most."""

from __future__ import annotations

from pathlib import Path


def peak_megabytes() -> float:
    """The most memory that this process held, in MiB. What `getrusage` says would begin with that of the process it
    came from."""
    told = Path("/proc/self/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) / 1024
