"""Migrations go up and down, with data in place, and the models equal head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.orm import Session

from portal import migrating
from portal.settings import folder
from tests import factories
from tests.support.server import DatabaseUrls, TestServer

pytestmark = pytest.mark.database


@pytest.fixture
def empty(server: TestServer, worker_id: str) -> Iterator[DatabaseUrls]:
    name = f"m_{worker_id}"
    server.drop(name)
    yield server.create_empty(name)
    server.drop(name)


def _revisions() -> list[str]:
    script = ScriptDirectory(str(folder("migrations")))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def test_revisions_are_numbered_in_order() -> None:
    assert _revisions() == [f"{n:04d}" for n in range(1, len(_revisions()) + 1)]


def test_models_equal_head(database: DatabaseUrls) -> None:
    assert migrating.current(database.owner) == migrating.head()
    assert migrating.differences(database.owner) == []


def test_rules_and_indexes_of_the_models_equal_head(database: DatabaseUrls, empty: DatabaseUrls) -> None:
    """What the comparison of tables leaves out: CHECK constraints, and how an index is made."""
    engine = create_engine(empty.owner)
    with engine.begin() as connection:
        for metadata in migrating.all_metadata():
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {metadata.schema}"))
        for metadata in migrating.all_metadata():
            metadata.create_all(connection)
    engine.dispose()
    of_models, of_head = _rules(empty), _rules(database)
    assert {name: of_head.get(name) for name in of_models} == of_models
    # The queue's tables are no models; nothing else may stand at head alone.
    assert [name for name in of_head if name not in of_models and "procrastinate" not in name] == []


def _rules(urls: DatabaseUrls) -> dict[str, str]:
    """Every constraint and index of the two schemas by its table and name, as PostgreSQL says it."""
    engine = create_engine(urls.owner)
    with engine.connect() as connection:
        rows = connection.execute(text("""
            SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
             WHERE contype <> 'n' AND connamespace = ANY(ARRAY['portal', 'publication']::regnamespace[])
            UNION ALL
            SELECT indrelid::regclass || ' ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index i
              JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relnamespace = ANY(ARRAY['portal', 'publication']::regnamespace[])""")).all()
    engine.dispose()
    return {row[0]: row[1] for row in rows}


def test_each_migration_goes_up_and_down(empty: DatabaseUrls) -> None:
    for revision in _revisions():
        before = _tables(empty)
        migrating.upgrade(empty.owner, revision)
        migrating.downgrade(empty.owner, f"-{1}" if revision != "0001" else "base")
        assert _tables(empty) == before, f"{revision} leaves something behind"
        migrating.upgrade(empty.owner, revision)
    migrating.downgrade(empty.owner, "base")
    assert _tables(empty) == set()


def test_down_and_up_with_data(empty: DatabaseUrls, now: datetime) -> None:
    """The newest migration undone and done again over a consultation with a filing."""
    migrating.upgrade(empty.owner)
    engine = create_engine(empty.app, connect_args={"options": "-c search_path=portal"})
    with Session(engine) as session:
        ministry = factories.ministry(session, now)
        consultation = factories.consultation(session, now, ministry)
        organisation = factories.organisation(session, now)
        factories.filing(session, now, consultation, organisation, factories.member(session, now, organisation))
        session.commit()
    engine.dispose()
    migrating.downgrade(empty.owner, "-1")
    migrating.upgrade(empty.owner)
    assert migrating.differences(empty.owner) == []
    engine = create_engine(empty.owner)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM portal.comments")) == 1
    engine.dispose()


def test_pages_that_the_former_release_cannot_render_go_with_0003(empty: DatabaseUrls) -> None:
    migrating.upgrade(empty.owner)
    engine = create_engine(empty.owner)
    with engine.begin() as connection:
        for name in ("draft", "compare", "compare_text", "files"):
            connection.execute(text("""
                INSERT INTO publication.pages (path, language, consultation_id, template, facts, facts_digest, etag,
                                               body, valid_until, made_at)
                VALUES (:name, 'ko', 1, :template, '{}', '', '', '', now(), now())"""),
                {"name": f"/{name}", "template": f"public/{name}.html"})
    migrating.downgrade(empty.owner, "0002")
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT path FROM publication.pages")).all() == ["/draft"]
    engine.dispose()


def _tables(urls: DatabaseUrls) -> set[str]:
    engine = create_engine(urls.owner)
    inspector = inspect(engine)
    found = {f"{schema}.{table}" for schema in inspector.get_schema_names()
             if schema in ("portal", "publication") for table in inspector.get_table_names(schema)}
    engine.dispose()
    return found
