"""A web process that leaves new connections to the others while it serves more than they do.

All processes listen on one socket, and whichever wakes first takes a connection. Browsers and proxies keep connections
open for many requests, so that what one process happened to take stays with it: of eight connections opened at once,
two processes shared 8 : 0 or 7 : 1 more often than 4 : 4, and half of the machine stood still.
"""

from __future__ import annotations

import time
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

#: Seconds for each connection that is open here. The processes that wait on the socket wake within less.
_STEP: Final = 0.0001
#: Nobody waits longer than for so many: meanwhile the process does not look after the connections that it has. Idle
#: ones that are kept open count, too, so that processes with more than these share by chance again.
_MOST: Final = 10


class FairWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's worker with threads; before it takes a connection it waits a moment for each that it has."""

    def accept(self, listener: Any) -> None:
        """Take a connection, if no other process has taken it meanwhile."""
        if self.nr_conns and self.cfg.workers > 1:
            time.sleep(min(self.nr_conns, _MOST) * _STEP)
        super().accept(listener)
