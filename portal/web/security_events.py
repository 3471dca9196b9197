"""Security events: recorded in a short transaction of their own, so that they outlive the refusal they are about."""

from __future__ import annotations

from typing import Any

from portal.kernel import unit_of_work
from portal.kernel.audit import record
from portal.kernel.errors import TooManyError
from portal.web.access import Context


def note(c: Context, verb: str, account_id: int | None, **data: Any) -> None:
    """Append one event to the audit log, whatever becomes of the request. No address that was typed is kept: the log
    cannot forget."""
    unit_of_work.run(c.portal.sessions, lambda session: record(
        session, c.actor, verb, "account", account_id, now=c.now, **data))


def limit(c: Context, name: str, *keys: Any, count: bool = True) -> None:
    """Count an attempt (or only look whether there may be one); raises TooManyError at the limit. The first refusal in
    a while is recorded; a flood of them does not flood the log."""
    try:
        if count:
            c.portal.limiter.hit(name, *keys)
        else:
            c.portal.limiter.check(name, *keys)
    except TooManyError:
        try:
            c.portal.limiter.hit("security-event", name, *keys)
        except TooManyError:
            pass
        else:
            note(c, "access.limited", c.actor.account_id, limit=name)
        raise
