"""The job queue: procrastinate's own schema, pinned to the version in the lock file, inside the schema `portal`."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

_SQL = Path(__file__).parent.parent / "sql" / "procrastinate_3_10_0.sql"
_TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL search_path = portal")
    # A cursor of the driver itself: the text holds several statements and per cent signs.
    with connection.connection.cursor() as cursor:
        cursor.execute(_SQL.read_text())
    for table in _TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON portal.{table} TO portal_app")
    op.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA portal FROM PUBLIC")
    op.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA portal TO portal_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA portal TO portal_app")
    connection.exec_driver_sql("RESET search_path")


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"DROP TABLE IF EXISTS portal.{table} CASCADE")
    op.execute("""
        DO $$ DECLARE thing record; BEGIN
          FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
                        WHERE pronamespace = 'portal'::regnamespace AND proname LIKE 'procrastinate%' LOOP
            EXECUTE 'DROP FUNCTION IF EXISTS ' || thing.name || ' CASCADE';
          END LOOP;
          FOR thing IN SELECT oid::regtype AS name FROM pg_type
                        WHERE typnamespace = 'portal'::regnamespace AND typname LIKE 'procrastinate%'
                          AND typtype IN ('c', 'e') LOOP
            EXECUTE 'DROP TYPE IF EXISTS ' || thing.name || ' CASCADE';
          END LOOP;
        END $$""")
