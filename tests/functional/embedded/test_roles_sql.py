"""The SQL for a server that is not ours makes what the embedded server has."""

from __future__ import annotations

import subprocess

import pytest

from portal.adapters.embedded import EmbeddedServer, ThrowawayServer, find_binaries
from portal.kernel.roles import ROLES, roles_sql
from tests.functional.embedded.processes import query

GRANTS = {
    "database": "SELECT coalesce(array_to_string(datacl, ' '), '') FROM pg_database WHERE datname = current_database()",
    "schema": "SELECT array_to_string(nspacl, ' ') FROM pg_namespace WHERE nspname = 'public'",
    "defaults": "SELECT defaclobjtype::text, array_to_string(defaclacl, ' ') FROM pg_default_acl ORDER BY 1",
    "roles": "SELECT rolname::text, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, "
    "rolconfig::text FROM pg_roles WHERE rolname ~ '^portal_' ORDER BY 1",
}


def test_printed_sql_makes_what_the_embedded_server_has(running: EmbeddedServer) -> None:
    version = int(query(running.address.app_url, "SHOW server_version_num")[0][0]) // 10_000
    expected = {name: query(running.databases.superuser, f"{GRANTS[name]}") for name in ("roles",)}
    expected |= {name: query(running.address.owner_url, statement) for name, statement in GRANTS.items()}
    script = "\n".join(line for line in roles_sql().splitlines() if not line.startswith("\\password"))
    with ThrowawayServer(version) as databases:
        databases.drop("portal")
        for role in (ROLES.owner, ROLES.app, ROLES.public):
            query(databases.superuser, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
        run_psql(databases.superuser, version, script)
        databases.prepare()  # passwords, which the script leaves to whoever runs it
        address = databases.address("portal")
        assert {name: query(address.owner_url, statement) for name, statement in GRANTS.items()} == expected


def test_printed_sql_quotes_every_name() -> None:
    names = ['Portal "2026"; DROP ROLE x', "owner'$$", "App-Role", "öffentlich"]
    script = "\n".join(line for line in roles_sql(*names).splitlines() if not line.startswith("\\password"))
    with ThrowawayServer() as databases:
        run_psql(databases.superuser, 18, script)
        found = query(databases.superuser, "SELECT rolname::text FROM pg_roles") + query(
            databases.superuser, "SELECT datname::text FROM pg_database"
        )
        assert {name for (name,) in found} >= set(names)


def test_three_roles_need_three_names() -> None:
    with pytest.raises(ValueError, match="three different names"):
        roles_sql("portal", "one", "one", "two")


def run_psql(superuser: str, version: int, script: str) -> None:
    psql = find_binaries(version).folder / "bin" / "psql"
    done = subprocess.run(
        [psql, "-X", "-v", "ON_ERROR_STOP=1", "-d", superuser],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
