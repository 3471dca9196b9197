"""Alembic's environment: runs as role *owner* on the connection that `portal.migrating` hands over."""

from __future__ import annotations

from alembic import context

from portal.kernel.db import PUBLICATION_SCHEMA, SCHEMA
from portal.migrating import all_metadata

connection = context.config.attributes["connection"]


def include_name(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Only our two schemas, without the job queue's own tables."""
    if kind == "schema":
        return name in (SCHEMA, PUBLICATION_SCHEMA)
    if kind == "table":
        return not (name or "").startswith(("procrastinate_", "alembic_"))
    return True


context.configure(
    connection=connection, target_metadata=all_metadata(), include_schemas=True, include_name=include_name,
    version_table="alembic_version", version_table_schema="public", compare_type=True, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
