"""The three database roles, proved by walking the catalogue as each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from tests.support.server import DatabaseUrls

pytestmark = pytest.mark.database

#: What was filed, published or recorded: the application may add to it and read it, nothing else.
FROZEN = {
    "audit_chain", "audit_events", "clauses", "comments", "draft_versions", "filing_salts", "filings", "leaves",
    "lineages", "period_extensions", "receipts", "response_editions", "withdrawals",
}

_RIGHTS = text("""
    SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
           has_table_privilege(c.oid, 'SELECT') AS reads, has_table_privilege(c.oid, 'INSERT') AS adds,
           has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE') AS changes,
           has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE') AS removes,
           pg_get_userbyid(c.relowner) AS owner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%'
       AND n.nspname <> 'information_schema'""")


@pytest.fixture(scope="module")
def as_public(database: DatabaseUrls) -> Iterator[Connection]:
    engine = create_engine(database.public, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Read-only transactions are a second fence, which a session can take down; here the grants alone must hold.
        connection.execute(text("SET default_transaction_read_only = off"))
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def as_app(database: DatabaseUrls) -> Iterator[Connection]:
    engine = create_engine(database.app, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_public_reads_the_publication_and_nothing_else(as_public: Connection) -> None:
    for row in as_public.execute(_RIGHTS):
        if row.schema == "publication":
            assert row.kind == "r", f"publication.{row.name} is no table"
            assert row.reads and not (row.adds or row.changes or row.removes), row
        else:
            assert not (row.reads or row.adds or row.changes or row.removes), row


@pytest.mark.parametrize("statement", [
    "SELECT * FROM portal.comments", "SELECT * FROM portal.accounts",
    "CREATE TEMP TABLE t (x int)", "CREATE TABLE publication.t (x int)", "CREATE TABLE public.t (x int)",
    "INSERT INTO publication.documents SELECT * FROM publication.documents", "DELETE FROM publication.pages",
    "SELECT pg_read_file('/etc/passwd')", "CREATE FUNCTION publication.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
])
def test_public_is_refused(as_public: Connection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be"):
        as_public.execute(text(statement))


def test_public_is_let_into_one_schema(as_public: Connection) -> None:
    """And into that which PostgreSQL makes, in which nothing stands and nothing may be made."""
    let_into = as_public.scalars(text("""
        SELECT nspname FROM pg_namespace
         WHERE has_schema_privilege(oid, 'USAGE') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""))
    assert set(let_into) <= {"publication", "public"}


def test_public_may_execute_no_function_of_ours(as_public: Connection) -> None:
    found = as_public.execute(text("""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('portal', 'publication', 'public') AND has_function_privilege(p.oid, 'EXECUTE')""")
    ).scalars().all()
    assert found == []


def test_app_may_only_add_to_what_is_frozen(as_app: Connection) -> None:
    rights = {row.name: row for row in as_app.execute(_RIGHTS) if row.schema == "portal"}
    assert set(rights) >= FROZEN
    for name in FROZEN:
        row = rights[name]
        assert row.reads and row.adds and not row.changes and not row.removes, row


def test_app_owns_nothing_and_is_no_superuser(as_app: Connection) -> None:
    row = as_app.execute(text("""
        SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user""")).one()
    assert not any(row)
    assert {row.owner for row in as_app.execute(_RIGHTS)} == {"portal_owner"}
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_app.execute(text("CREATE TABLE portal.t (x int)"))
    with pytest.raises(ProgrammingError, match="must be owner"):
        as_app.execute(text("ALTER TABLE portal.comments DISABLE TRIGGER ALL"))


def test_nothing_runs_with_its_owners_rights(as_app: Connection) -> None:
    assert as_app.scalar(text("""
        SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE p.prosecdef AND n.nspname IN ('portal', 'publication', 'public')""")) == 0


def test_every_constraint_has_a_name_of_ours(as_app: Connection) -> None:
    unnamed = as_app.execute(text("""
        SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint c
          JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
         WHERE n.nspname IN ('portal', 'publication') AND c.contype <> 'n' AND r.relname NOT LIKE 'procrastinate%'
           AND conname !~ '^(pk|fk|uq|ck)_'""")).scalars().all()
    assert unnamed == []
