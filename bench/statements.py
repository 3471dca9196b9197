"""Counting the SQL that a request sends: below SQLAlchemy, so that what others send on its connection counts too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg


class Counted:
    """Statements, each with its text. One with many sets of values (`executemany`, one round trip) counts once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __len__(self) -> int:
        return len(self.texts)


@contextmanager
def counting() -> Iterator[Counted]:
    """Count every statement of this process while the block lasts, without BEGIN and COMMIT."""
    counted = Counted()
    plain = {name: getattr(psycopg.Cursor, name) for name in ("execute", "executemany")}

    def counts(name: str) -> Any:
        def call(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
            counted.texts.append(query if isinstance(query, str) else str(query))
            return plain[name](self, query, *rest, **more)

        return call

    from portal.publication import stored  # the portal's pages, which most measurements do without

    asked = stored._row

    def asks(*values: Any) -> Any:
        counted.texts.append(stored._ONE.decode())
        return asked(*values)

    for name in plain:
        setattr(psycopg.Cursor, name, counts(name))
    stored._row = asks  # it goes past the driver's cursors
    try:
        yield counted
    finally:
        stored._row = asked
        for name, method in plain.items():
            setattr(psycopg.Cursor, name, method)
