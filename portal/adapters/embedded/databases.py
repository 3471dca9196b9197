"""Databases of one server, made, copied and dropped as its superuser, with the three roles and their addresses.

Serves the embedded server and the tests, which may run on any server. Knows no table.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.adapters.embedded.cluster import Passwords
from portal.kernel.roles import (
    ROLES,
    create_database_statement,
    database_statements,
    role_statements,
    schema_statements,
)

_CONNECT_SECONDS = 10


@dataclass(frozen=True)
class ServerAddress:
    """One database as each of the three roles: SQLAlchemy URLs, with passwords."""

    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    public_url: str = field(repr=False)


def address_of(server: str, passwords: Passwords, database: str) -> ServerAddress:
    """The addresses of a database; `server` is a libpq connection string, of which user and database do not count."""
    # Host and port stand as parameters: the folder of a socket is no host that the URL itself could hold.
    place = {k: v for k, v in conninfo_to_dict(server).items() if k not in ("user", "password", "dbname")}
    query = urlencode(place, quote_via=quote, safe="/")

    def url(role: str, password: str) -> str:
        return f"postgresql+psycopg://{quote(role, safe='')}:{quote(password, safe='')}@/{quote(database)}?{query}"

    return ServerAddress(
        url(ROLES.owner, passwords.owner), url(ROLES.app, passwords.app), url(ROLES.public, passwords.public)
    )


@dataclass(frozen=True)
class Databases:
    """A server as its superuser sees it. `superuser` is a libpq connection string to any database of it."""

    superuser: str = field(repr=False)
    passwords: Passwords = field(repr=False)

    def address(self, database: str) -> ServerAddress:
        """The three addresses of a database, whether it exists or not."""
        return address_of(self.superuser, self.passwords, database)

    def prepare(self, *, dedicated: bool = False) -> None:
        """Makes the roles that are missing, and gives each of the three its password.

        On a server that is `dedicated` to the portal, its own databases are closed to the roles.
        """
        passwords = {
            ROLES.owner: self.passwords.owner,
            ROLES.app: self.passwords.app,
            ROLES.public: self.passwords.public,
        }
        with self._connection() as connection:
            found = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            with connection.transaction():
                for role, password in passwords.items():
                    for statement in role_statements(role) if role not in found else ():
                        connection.execute(statement.encode())
                    self._set_password(connection, role, password)
                for database in ("postgres", "template1") if dedicated else ():
                    self._execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)

    def ensure(self, database: str) -> ServerAddress:
        """Makes the database where it is missing. Interrupted, it leaves either none or a whole one."""
        with self._connection() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        return self.address(database) if known else self.create(database)

    def create(self, database: str) -> ServerAddress:
        """Makes an empty database that *owner* owns and only the three roles may enter."""
        making = f"{database}.new"
        with self._connection() as connection:
            self._execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
            connection.execute(create_database_statement(making).encode())
            for statement in database_statements(making):
                connection.execute(statement.encode())
            with self._connection(making) as inside:
                for statement in schema_statements():
                    inside.execute(statement.encode())
            self._execute(connection, "ALTER DATABASE {} RENAME TO {}", making, database)
        return self.address(database)

    def clone(self, template: str, database: str) -> ServerAddress:
        """A copy of a database to which nobody is connected."""
        with self._connection() as connection:
            # Copying files writes a page once, copying through the log three times; but it waits for the disk, where
            # the server does.
            durable = connection.execute("SELECT current_setting('fsync')::bool").fetchone() == (True,)
            statement = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY " + ("wal_log" if durable else "file_copy")
            self._execute(connection, statement, database, template, ROLES.owner)
            for statement in database_statements(database):
                connection.execute(statement.encode())
        return self.address(database)

    def drop(self, database: str) -> None:
        """Drops a database, ending the sessions that are in it; none is as good as a dropped one."""
        with self._connection() as connection:
            self._execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def to_json(self) -> str:
        """Everything another process needs to use the server, secrets included."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        record = json.loads(text)
        return cls(record["superuser"], Passwords(**record["passwords"]))

    @contextmanager
    def _connection(self, database: str | None = None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        more = {"dbname": database} if database else {}
        conninfo = make_conninfo(self.superuser, connect_timeout=_CONNECT_SECONDS, **more)
        connection = psycopg.connect(conninfo, autocommit=True)
        try:
            yield connection
        finally:
            connection.close()

    @staticmethod
    def _set_password(connection: psycopg.Connection[tuple[Any, ...]], role: str, password: str) -> None:
        # Encrypted here: the password itself never reaches the server or its log.
        secret = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), secret))

    @staticmethod
    def _execute(connection: psycopg.Connection[tuple[Any, ...]], statement: str, *names: str) -> None:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
