"""`portal check`: a fit configuration passes, and each weakness is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from portal import migrating
from portal.cli import check, cli
from portal.cli.check import FROZEN, findings, settings_findings
from portal.settings import Settings, folder
from tests.support.server import DatabaseUrls, TestServer

KEY = "Yf3kQ0s9vT7mX2pLr8Hc5Nw1Zb6Gd4Ja"
#: A test server may not write through to the disk; that is not what these tests are about.
_SERVER = ("fsync is off", "full_page_writes is off", "synchronous_commit is off")


@pytest.fixture
def fit(database: DatabaseUrls, tmp_path: Path) -> Settings:
    """A configuration with nothing weak."""
    return Settings(
        database_url=database.app, owner_database_url=database.owner, public_database_url=database.public,
        secret_keys=(KEY, KEY[::-1]), base_url="https://opinion.molab.go.kr", instance=tmp_path / "var",
        mail_url="smtps://portal:word@mail.molab.go.kr:465", mail_from="opinion@molab.go.kr", proxies=1,
        ledger_key="ab" * 32, operator_ko="시험부", operator_en="Ministry of Tests", contact_email="help@molab.go.kr")


def weak(settings: Settings) -> list[str]:
    return [found.text for found in findings(settings) if found.weak and not found.text.startswith(_SERVER)]


def run(settings: Settings) -> Any:
    return CliRunner().invoke(cli, ["check"], env={
        **dict.fromkeys((f.metadata["variable"] for f in Settings.__dataclass_fields__.values()), ""),
        **settings.to_env()})


def test_a_fit_configuration_passes(fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert weak(fit) == []
    monkeypatch.setattr(check, "database_findings", lambda _: iter(()))  # what a test server lacks is not the point
    result = run(fit)
    assert (result.exit_code, result.output) == (0, "Nothing weak was found.\n")


@pytest.mark.parametrize(("change", "named"), [
    ({"secret_keys": ()}, "PORTAL_SECRET_KEY is not set"),
    ({"secret_keys": (KEY, "short")}, "PORTAL_SECRET_KEY, key 2: 5 characters are too few"),
    ({"secret_keys": ("ab" * 20,)}, "PORTAL_SECRET_KEY, key 1: it is not random"),
    ({"secret_keys": (KEY, KEY)}, "the same key stands there twice"),
    ({"base_url": "http://opinion.molab.go.kr"}, "no https address"),
    ({"base_url": "https://127.0.0.1:8000"}, "reaches this machine only"),
    ({"base_url": "https://[::1]"}, "reaches this machine only"),
    ({"base_url": "https://portal.example"}, "reaches this machine only"),
    ({"base_url": "https://portal"}, "reaches this machine only"),
    ({"proxies": 0}, "PORTAL_PROXIES is 0"),
    ({"mail_url": "outbox:"}, "no mail leaves the portal"),
    ({"mail_url": "smtp://mail.molab.go.kr"}, "travel in the clear"),
    ({"mail_url": "http://mail.molab.go.kr"}, "PORTAL_MAIL_URL must be like"),
    ({"mail_url": "smtps://mail.molab.go.kr:port"}, "PORTAL_MAIL_URL must be like"),
    ({"mail_from": "portal@localhost"}, "PORTAL_MAIL_FROM, portal@localhost"),
    ({"mail_from": "the portal"}, "PORTAL_MAIL_FROM"),
    ({"mail_from": "portal@portal.test"}, "PORTAL_MAIL_FROM"),
    ({"contact_email": "contact@localhost"}, "PORTAL_CONTACT_EMAIL"),
    ({"demo": True}, "PORTAL_DEMO is set"),
    ({"demo_password": "word"}, "PORTAL_DEMO_PASSWORD"),
    ({"operator_ko": Settings().operator_ko}, "PORTAL_OPERATOR_KO"),
    ({"operator_en": Settings().operator_en}, "PORTAL_OPERATOR_EN"),
    ({"ledger_key": "not hexadecimal"}, "PORTAL_LEDGER_KEY is no Ed25519 key"),
    ({"ledger_key": "ab"}, "PORTAL_LEDGER_KEY is no Ed25519 key"),
    ({"database_url": "not an address"}, "PORTAL_DATABASE_URL is no database address"),
    ({"database_url": "postgresql+psycopg://portal_app:x@/n?host=/nowhere"}, "PORTAL_DATABASE_URL: no connection"),
    ({"public_database_url": None}, "PORTAL_PUBLIC_DATABASE_URL is not set"),
])
def test_each_weakness_is_named(fit: Settings, change: dict[str, Any], named: str) -> None:
    found = weak(replace(fit, **change))
    assert any(named in line for line in found), found
    assert len(found) == 1, found


def test_all_are_named_at_once_and_the_exit_code_is_1(database: DatabaseUrls, tmp_path: Path) -> None:
    result = run(Settings(database_url=database.app, public_database_url=database.public, instance=tmp_path))
    assert result.exit_code == 1
    for named in ("SECRET_KEY", "BASE_URL", "MAIL_URL", "MAIL_FROM", "OPERATOR_KO", "OPERATOR_EN", "CONTACT_EMAIL"):
        assert f"PORTAL_{named}" in result.output
    assert "weaknesses: not fit for production" in result.output
    assert "note  PORTAL_LEDGER_KEY is not set" in result.output
    assert "note  PORTAL_OWNER_DATABASE_URL is not set here" in result.output


def test_no_secret_is_printed(fit: Settings, database: DatabaseUrls) -> None:
    password = "p4ssw0rd-of-mail"
    output = run(replace(fit, mail_url=f"smtp://u:{password}@mail.molab.go.kr", secret_keys=("short-secret",),
                         public_database_url=fit.database_url)).output
    assert "PORTAL_MAIL_URL" in output
    for secret in (password, "short-secret", "ab" * 32):
        assert secret not in output
    for url in (database.app, database.owner, database.public):
        assert url not in output
        assert url.split(":")[2].split("@")[0] not in output


def test_the_embedded_database_is_a_note(fit: Settings) -> None:
    """It is a way to run, not a mistake; and looking must not make one."""
    embedded = replace(fit, database_url=None, public_database_url=None, owner_database_url=None)
    found = findings(embedded)
    assert [each.text for each in found if each.weak] == []
    assert any("embedded database" in each.text for each in found)
    assert any("was not looked at" in each.text for each in found)
    assert not embedded.instance.exists()


@pytest.mark.parametrize(("name", "mode", "named"), [
    ("ledger.key", 0o640, "can be read by other users"), ("secret.key", 0o604, "can be read by other users"),
    ("", 0o722, "can be changed by other users")])
def test_keys_in_the_instance_are_nobody_elses(fit: Settings, name: str, mode: int, named: str) -> None:
    keys = fit.instance / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for file in ("ledger.key", "secret.key"):
        (keys / file).touch(0o600)
    assert weak(fit) == []
    (keys / name).chmod(mode)
    [found] = weak(fit)
    assert named in found
    assert str(keys / name).rstrip("/") in found


# ------------------------------------------------------------------------------------------------------- the database


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[Any]:
    engine = create_engine(database.owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("table", sorted(FROZEN))
def test_what_is_frozen_is_watched(fit: Settings, owner: Any, table: str) -> None:
    for right, verb in (("UPDATE", "change"), ("DELETE", "remove"), ("TRUNCATE", "remove")):
        owner(f"GRANT {right} ON portal.{table} TO portal_app")
        try:
            assert weak(fit) == [f"the role app may {verb} what is frozen: portal.{table}"]
        finally:
            owner(f"REVOKE {right} ON portal.{table} FROM portal_app")


def test_a_grant_on_one_column_is_seen(fit: Settings, owner: Any) -> None:
    owner("GRANT UPDATE (reason) ON portal.comments TO portal_app")
    try:
        assert weak(fit) == ["the role app may change what is frozen: portal.comments"]
    finally:
        owner("REVOKE UPDATE (reason) ON portal.comments FROM portal_app")


def test_the_frozen_tables_are_those_of_the_migrations() -> None:
    script = ScriptDirectory(str(folder("migrations")))
    frozen = {name for revision in script.walk_revisions() for name in getattr(revision.module, "FROZEN", ())}
    assert frozen == FROZEN


@pytest.mark.parametrize(("grant", "named"), [
    ("SELECT ON portal.comments TO portal_public", "the role public reaches portal.comments"),
    ("INSERT ON publication.pages TO portal_public", "the role public may write publication.pages"),
    ("CREATE ON SCHEMA publication TO portal_public", "may make tables in publication"),
    ("CREATE ON SCHEMA portal TO portal_app", "may make tables in portal"),
])
def test_grants_too_many(fit: Settings, owner: Any, grant: str, named: str) -> None:
    owner(f"GRANT {grant}")
    try:
        [found] = weak(fit)
        assert named in found
    finally:
        owner(f"REVOKE {grant.replace(' TO ', ' FROM ')}")


def test_the_public_role_is_its_own(fit: Settings, database: DatabaseUrls) -> None:
    found = weak(replace(fit, public_database_url=database.app))
    assert found[0] == ("PORTAL_DATABASE_URL and PORTAL_PUBLIC_DATABASE_URL are the same role, portal_app: the fence "
                        "between them is gone")
    assert any("the role public reaches portal.comments" in line for line in found)
    found = weak(replace(fit, database_url=database.owner))
    assert found[0].startswith("PORTAL_DATABASE_URL and PORTAL_OWNER_DATABASE_URL are the same role")
    assert any("the role app owns portal.filings" in line for line in found)


def test_a_superuser_is_no_app(fit: Settings, database: DatabaseUrls, server: TestServer) -> None:
    given = conninfo_to_dict(server.databases.superuser)
    place = {name: str(given[name]) for name in ("host", "port") if name in given}
    url = URL.create("postgresql+psycopg", str(given["user"]), given.get("password") and str(given["password"]),
                     database=database.name, query=place)
    found = weak(replace(fit, database_url=url.render_as_string(hide_password=False)))
    for power in ("superuser", "may make roles", "may make databases"):
        assert any(f"the role app, {given['user']}: {power}" in line for line in found), found


def test_an_old_migration_is_named(fit: Settings, owner: Any) -> None:
    owner("UPDATE public.alembic_version SET version_num = '0001'")
    try:
        [found] = weak(fit)
        assert found.startswith("the database stands at 0001")
    finally:
        owner(f"UPDATE public.alembic_version SET version_num = '{migrating.head()}'")


def test_an_empty_database_is_named(fit: Settings, server: TestServer, worker_id: str) -> None:
    name = f"empty_{worker_id}"
    server.drop(name)
    urls = server.create_empty(name)
    try:
        found = weak(replace(fit, database_url=urls.app, owner_database_url=urls.owner,
                             public_database_url=urls.public))
    finally:
        server.drop(name)
    assert found == ["the tables are not there: `portal db upgrade`",
                     f"the database stands at no migration, this portal needs {migrating.head()}: `portal db upgrade`"]


def test_a_database_that_forgets_is_named(fit: Settings, database: DatabaseUrls) -> None:
    url = database.app + ("&" if "?" in database.app else "?") + "options=-csynchronous_commit%3Doff"
    assert "synchronous_commit is off: a filing that got a receipt could be lost with the power" in [
        found.text for found in findings(replace(fit, database_url=url))]


def test_a_connection_over_the_network_is_encrypted(fit: Settings) -> None:
    """Only the address is looked at; the name resolves to nothing."""
    plain = "postgresql+psycopg://portal_app:word@db.molab.invalid.go.kr/portal?connect_timeout=1"
    found = [line for line in weak(replace(fit, database_url=plain)) if "encrypted" in line]
    assert found == ["PORTAL_DATABASE_URL: the connection to db.molab.invalid.go.kr is not encrypted; add "
                     "?sslmode=verify-full"]
    assert not any("encrypted" in line for line in weak(replace(fit, database_url=plain + "&sslmode=verify-full")))


def test_the_settings_alone_need_no_database(fit: Settings) -> None:
    assert list(settings_findings(fit)) == []
