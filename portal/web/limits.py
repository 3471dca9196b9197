"""Rate limits, counted in a table that all processes share (the library has no storage for PostgreSQL).

Counting has its own short transaction, so that a refused request counts as well. A full or unreachable table never
stops a filing: limits guard sign-in and mails, not filing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import case

from portal.accounts.models import RateLimit
from portal.kernel.db import SessionFactory
from portal.kernel.errors import TooManyError
from portal.kernel.i18n import nmsg

#: By name: how often within how long. Keys are told apart by what is counted (an address, an account).
LIMITS: dict[str, RateLimitItem] = {
    "sign-in-account": RateLimitItemPerMinute(10, 15),
    "sign-in-address": RateLimitItemPerMinute(60, 15),
    "mail-account": RateLimitItemPerMinute(5, 60),
    "sign-up-address": RateLimitItemPerMinute(30, 60),
    "second-factor": RateLimitItemPerMinute(10, 15),
    "password-again": RateLimitItemPerMinute(10, 15),
    "security-event": RateLimitItemPerMinute(1, 15),
    "invitation-organisation": RateLimitItemPerMinute(50, 60),
}


class PostgresStorage(Storage):
    """Fixed windows in the UNLOGGED table `rate_limits`."""

    STORAGE_SCHEME = ["portal-postgres"]

    def __init__(self, factory: SessionFactory) -> None:
        super().__init__()
        self._factory = factory

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = datetime.now(UTC)
        ends = now + timedelta(seconds=expiry)
        fresh = RateLimit.expires_at <= now
        statement = (
            insert(RateLimit).values(key=key, count=amount, expires_at=ends)
            .on_conflict_do_update(index_elements=[RateLimit.key], set_={
                "count": case((fresh, amount), else_=RateLimit.count + amount),
                "expires_at": case((fresh, ends), else_=RateLimit.expires_at)})
            .returning(RateLimit.count))
        with self._factory() as session:
            count = session.execute(statement).scalar_one()
            session.commit()
        return int(count)

    def get(self, key: str) -> int:
        with self._factory() as session:
            return session.scalar(select(RateLimit.count).where(
                RateLimit.key == key, RateLimit.expires_at > datetime.now(UTC))) or 0

    def get_expiry(self, key: str) -> float:
        with self._factory() as session:
            ends = session.scalar(select(RateLimit.expires_at).where(RateLimit.key == key))
        return ends.timestamp() if ends else time.time()

    def check(self) -> bool:
        with self._factory() as session:
            session.execute(select(RateLimit.key).limit(1))
        return True

    def reset(self) -> int | None:
        with self._factory() as session:
            done = session.execute(delete(RateLimit)).rowcount  # type: ignore[attr-defined]
            session.commit()
        return int(done)

    def clear(self, key: str) -> None:
        with self._factory() as session:
            session.execute(delete(RateLimit).where(RateLimit.key == key))
            session.commit()


class Limiter:
    """Counts, and refuses with the time to wait."""

    def __init__(self, factory: SessionFactory) -> None:
        self._limiter = FixedWindowRateLimiter(PostgresStorage(factory))

    def hit(self, name: str, *keys: Any) -> None:
        """Count one; raises TooManyError when the limit is passed."""
        limit = LIMITS[name]
        parts = [name, *map(str, keys)]
        if not self._limiter.hit(limit, *parts):
            self._refuse(limit, parts)

    def _refuse(self, limit: RateLimitItem, parts: list[str]) -> NoReturn:
        wait = max(1, int(self._limiter.get_window_stats(limit, *parts).reset_time - time.time()))
        minutes = -(-wait // 60)
        raise TooManyError(
            nmsg("Too many attempts. Please wait %(n)s minute and try again.",
                 "Too many attempts. Please wait %(n)s minutes and try again.", minutes), retry_after=wait)

    def check(self, name: str, *keys: Any) -> None:
        """Refuse as `hit` does when the limit is used up, without counting: for what only counts when it fails."""
        limit = LIMITS[name]
        parts = [name, *map(str, keys)]
        if not self._limiter.test(limit, *parts):
            self._refuse(limit, parts)

    def forget(self, name: str, *keys: Any) -> None:
        """Start counting anew, after a success."""
        self._limiter.clear(LIMITS[name], name, *map(str, keys))
