"""What can go wrong with the embedded server, in words for the person at the terminal. Knows nothing else."""

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded server cannot do what was asked; the message says why and what to do."""


class InstanceBusy(EmbeddedError):
    """Another process owns this instance's server.

    `name` is what it runs (`demo`, `serve`), `pid` its process (0 where it left none), `address` where people reach
    it (empty until it has announced one).
    """

    def __init__(self, instance: Path, name: str, pid: int, address: str) -> None:
        self.instance, self.name, self.pid, self.address = instance, name, pid, address
        where = f" at {address}" if address else ""
        super().__init__(
            f"“{name}” (process {pid}) already runs this instance{where}: {instance}. "
            "Stop it first, or choose another instance."
        )


class NotRunning(EmbeddedError):
    """No server of this instance runs, so there is none to join."""


class ServerFailed(EmbeddedError):
    """The server did not start, or its data are not in order."""
