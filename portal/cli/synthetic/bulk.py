"""Writing many rows at once: COPY through the models' own tables. Knows nothing of what the rows mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session


def _table(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def reserve_ids(session: Session, model: type[DeclarativeBase], count: int) -> list[int]:
    """Surrogate keys that nobody else will get, ascending. One statement."""
    found = session.execute(
        text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"),
        {"table": _table(model).fullname, "count": count})
    return sorted(found.scalars())


def copy(session: Session, model: type[DeclarativeBase], columns: Sequence[str],
         rows: Iterable[Sequence[Any]]) -> None:
    """Write rows in the session's transaction. A column that is not named takes its default in the database."""
    table = _table(model)
    packed = [place for place, name in enumerate(columns) if isinstance(table.columns[name].type, JSONB)]
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(str(table.schema), table.name), sql.SQL(", ").join(map(sql.Identifier, columns)))
    with driver.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            if packed:
                values = list(row)
                for place in packed:
                    values[place] = None if values[place] is None else json.dumps(values[place], ensure_ascii=False)
                row = values
            stream.write_row(row)


def copy_dicts(session: Session, model: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for rows that name their values; all name the same ones."""
    if rows:
        columns = tuple(rows[0])
        copy(session, model, columns, ([row[name] for name in columns] for row in rows))
