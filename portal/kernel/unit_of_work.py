"""One transaction around one use case: the only place that commits. Web, commands and jobs all come through here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.kernel.db import SessionFactory

T = TypeVar("T")

#: serialization_failure and deadlock_detected: the database undid everything, the same input may be tried again.
_RETRYABLE = {"40001", "40P01"}
_RETRIES = 2


def run(factory: SessionFactory, work: Callable[[Session], T]) -> T:
    """Run `work` in a new session and commit. Serialisation failures and deadlocks are retried twice.

    Everything that `work` raises rolls back and is raised again. Objects stay readable after the commit.
    """
    attempt = 0
    while True:
        with factory() as session:
            try:
                result = work(session)
                session.commit()
                return result
            except OperationalError as error:
                session.rollback()
                attempt += 1
                if attempt > _RETRIES or getattr(error.orig, "sqlstate", None) not in _RETRYABLE:
                    raise
            except BaseException:
                session.rollback()
                raise
