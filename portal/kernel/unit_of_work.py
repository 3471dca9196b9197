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
    """Run `work` in a new session and commit. Serialisation failures and deadlocks are retried twice, and so is a
    connection that the server ended before the commit (it was started again, and the pool did not know).

    Everything that `work` raises rolls back and is raised again. Objects stay readable after the commit.
    """
    attempt = 0
    while True:
        committing = False
        with factory() as session:
            try:
                result = work(session)
                committing = True
                session.commit()
                return result
            except OperationalError as error:
                session.rollback()
                attempt += 1
                # What became of a commit whose answer was lost nobody knows.
                undone = (getattr(error.orig, "sqlstate", None) in _RETRYABLE
                          or (error.connection_invalidated and not committing))
                if attempt > _RETRIES or not undone:
                    raise
            except BaseException:
                session.rollback()
                raise


def read(factory: SessionFactory, work: Callable[[Session], T]) -> T:
    """Run `work`, which writes nothing, in a new session. Once more where the server had ended the connection."""
    try:
        with factory() as session:
            return work(session)
    except OperationalError as error:
        if not error.connection_invalidated:
            raise
        with factory() as session:
            return work(session)
