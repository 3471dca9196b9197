"""A server for the length of a test run: fast, forgetful, gone afterwards. Knows no table and no test framework."""

import os
import tempfile
from pathlib import Path
from types import TracebackType

from portal.adapters.embedded.databases import Databases
from portal.adapters.embedded.server import DEFAULT_VERSION, EmbeddedServer


class ThrowawayServer:
    """A context manager that gives the databases of a fresh server.

    Nothing of it is left once its process has ended, also by a kill. Other processes use it through
    `Databases.from_json(databases.to_json())`.
    """

    def __init__(self, version: int = DEFAULT_VERSION, *, max_connections: int = 200) -> None:
        self._version = version
        self._max_connections = max_connections
        self._server: EmbeddedServer | None = None

    def start(self) -> Databases:
        """Starts the server. Raises ServerFailed."""
        folder = Path(tempfile.mkdtemp(prefix="portal-throwaway-"))
        if os.geteuid() == 0:
            folder.chmod(0o711)  # the server runs as another user, who passes through to its data
        self._server = EmbeddedServer(
            folder,
            purpose="tests",
            version=self._version,
            durable=False,
            ephemeral=True,
            max_connections=self._max_connections,
        )
        self._server.start()
        return self._server.databases

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Databases:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
