"""Migrations: up, down, and whether the database stands at head and equals the models.

It knows every area's models, as `portal.app` does, and is used by commands and tests, never by a serving process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine

import portal.accounts.models
import portal.consultations.models
import portal.drafts.models
import portal.jobs.models
import portal.kernel.audit
import portal.ledger.models
import portal.notifications.models
import portal.organisations.models
import portal.publication.models
import portal.responses.models
import portal.review.models
import portal.submissions.models
import portal.suggestions.models  # noqa: F401 - importing a model is what registers its table
from portal.kernel.db import PUBLICATION_SCHEMA, SCHEMA, Base, PublishedBase
from portal.settings import folder


def all_metadata() -> list[MetaData]:
    """The metadata of all private and all published tables."""
    return [Base.metadata, PublishedBase.metadata]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")).replace("%", "%%"))
    config.set_main_option("version_path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _owner(owner_url: str) -> Iterator[Connection]:
    engine = create_engine(owner_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def head() -> str:
    """The revision that the code expects."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def current(owner_url: str) -> str | None:
    """The revision at which the database stands; None for an empty one."""
    with _owner(owner_url) as connection:
        return MigrationContext.configure(
            connection, opts={"version_table_schema": "public"}).get_current_revision()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`; runs as role *owner*."""
    with _owner(owner_url) as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(owner_url: str, revision: str) -> None:
    """Bring the database down to `revision` (`base` for empty)."""
    with _owner(owner_url) as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def differences(owner_url: str) -> list[str]:
    """Where models and database differ; empty when they are equal."""
    with _owner(owner_url) as connection:
        migration = MigrationContext.configure(connection, opts={
            "include_schemas": True, "compare_type": True, "target_metadata": all_metadata(),
            "version_table_schema": "public",
            "include_name": lambda name, kind, _: (
                name in (SCHEMA, PUBLICATION_SCHEMA) if kind == "schema"
                else not (kind == "table" and (name or "").startswith(("procrastinate_", "alembic_"))))})
        metadata = all_metadata()
        return [str(change) for change in compare_metadata(migration, metadata)]  # type: ignore[arg-type]


def new_revision(owner_url: str, message: str, revision: str) -> None:
    """Write a migration from the difference between models and database, to be read and mended by hand."""
    with _owner(owner_url) as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
