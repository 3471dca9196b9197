"""For whoever watches the machine: is the process alive, can it reach what it needs."""

from __future__ import annotations

from sqlalchemy import text

from portal.kernel.permissions import ANYONE, PUBLIC
from portal.web.access import Area, Context
from portal.web.results import Bytes

area = Area("health", __name__)


@area.view("/healthz", PUBLIC)
def healthz(c: Context) -> Bytes:
    """Alive: this process answers."""
    return Bytes(b"ok\n", "text/plain; charset=utf-8", cache="no-store")


@area.view("/readyz", ANYONE)
def readyz(c: Context) -> Bytes:
    """Ready: the database answers, and stands at a revision."""
    c.session.execute(text("SELECT 1 FROM accounts LIMIT 1"))
    return Bytes(b"ready\n", "text/plain; charset=utf-8", cache="no-store")
