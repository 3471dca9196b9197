"""The three database roles, and the SQL that makes them and the database: one place of knowledge.

*owner* migrates and owns every object; *app* is the web and the worker; *public* serves the public pages. None is a
superuser or may make roles or databases. The embedded server runs these statements itself; `portal db roles` prints
them for a server that is not ours. What the roles may do with tables is granted by the migrations: this module knows
no table and no schema of the portal.
"""

from dataclasses import dataclass

from psycopg import sql

DATABASE = "portal"

PUBLIC_STATEMENT_TIMEOUT = "5s"
"""How long a statement of a public page may take; one costs some milliseconds."""


@dataclass(frozen=True)
class RoleNames:
    """The names of the three roles on a server."""

    owner: str = "portal_owner"
    app: str = "portal_app"
    public: str = "portal_public"


ROLES = RoleNames()


def _render(template: str, **names: str | sql.Composable) -> str:
    """The statement with each name quoted as an identifier, so that any name a server allows is safe."""
    parts = {key: value if isinstance(value, sql.Composable) else sql.Identifier(value) for key, value in names.items()}
    return sql.SQL(template).format(**parts).as_string(None)


def role_statements(role: str, roles: RoleNames = ROLES) -> tuple[str, ...]:
    """Makes one of the three roles, without a password: who runs the statements gives it one."""
    attributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    statements = [_render(f"CREATE ROLE {{role}} {attributes}", role=role)]
    if role == roles.public:
        # A second fence behind the grants: what serves the public neither writes nor holds a connection for long.
        timeout = sql.Literal(PUBLIC_STATEMENT_TIMEOUT)
        statements += [
            _render("ALTER ROLE {role} SET default_transaction_read_only = on", role=role),
            _render("ALTER ROLE {role} SET statement_timeout = {timeout}", role=role, timeout=timeout),
        ]
    return tuple(statements)


def create_database_statement(database: str, roles: RoleNames = ROLES) -> str:
    """Makes an empty database that *owner* owns. Cannot run inside a transaction."""
    return _render("CREATE DATABASE {database} OWNER {owner} ENCODING 'UTF8'", database=database, owner=roles.owner)


def database_statements(database: str, roles: RoleNames = ROLES) -> tuple[str, ...]:
    """Who may connect to the database. Run from any database of the server; a copy of a database needs them again."""
    return (
        # PUBLIC (everyone) has CONNECT and TEMPORARY on a new database.
        _render("REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=database),
        _render("GRANT CONNECT ON DATABASE {database} TO {app}", database=database, app=roles.app),
        _render("GRANT CONNECT ON DATABASE {database} TO {public}", database=database, public=roles.public),
    )


def schema_statements(roles: RoleNames = ROLES) -> tuple[str, ...]:
    """What PUBLIC loses inside the database. Run while connected to it; a copy of a database has them already."""
    return (
        _render("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        # A new function may be executed by everyone unless its owner's defaults say otherwise.
        _render("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON ROUTINES FROM PUBLIC", owner=roles.owner),
    )


def roles_sql(
    database: str = DATABASE, owner: str = ROLES.owner, app: str = ROLES.app, public: str = ROLES.public
) -> str:
    """A psql script that makes the three roles and the database on a server that is not ours (PostgreSQL 16 to 18)."""
    roles = RoleNames(owner, app, public)
    names = (owner, app, public)
    if len(set(names)) != len(names):
        raise ValueError("the three roles need three different names")
    lines = [
        "-- Run once with psql, as a superuser, connected to any database of the server.",
        "-- (Without a superuser: as a role that may create roles and databases; grant it the owner role before the",
        "-- database is made.)",
        "-- The tables and what each role may do with them come afterwards, with `portal db upgrade`.",
        "",
    ]
    lines += [f"{statement};" for role in names for statement in role_statements(role, roles)]
    lines += ["", "-- Give each role a password of its own:"]
    lines += [_render("\\password {role}", role=role) for role in names]
    lines += ["", f"{create_database_statement(database, roles)};"]
    lines += [f"{statement};" for statement in database_statements(database, roles)]
    lines += ["", _render("\\connect {database}", database=database)]
    lines += [f"{statement};" for statement in schema_statements(roles)]
    return "\n".join(lines) + "\n"
