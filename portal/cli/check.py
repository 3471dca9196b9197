"""`portal check`: is this configuration fit for production? Every weakness is named.

A *weakness* makes the check fail; a *note* is something that an operator should have decided, and may have.
"""

from __future__ import annotations

import ipaddress
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import click
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from portal import migrating
from portal.accounts.email_addresses import EmailAddressError, normalised
from portal.adapters import embedded
from portal.adapters.mail import carrier
from portal.cli.backend import running_settings
from portal.kernel.db import PUBLICATION_SCHEMA, SCHEMA
from portal.ledger.receipts import SigningKey
from portal.settings import Settings, SettingsError

#: What was filed, published or recorded: the application may add to it and read it, nothing else.
FROZEN: Final = frozenset({
    "alignments", "audit_chain", "audit_events", "clauses", "comments", "draft_versions", "filing_salts", "filings",
    "leaves", "lineages", "period_extensions", "receipts", "response_editions", "segment_changes", "withdrawals"})

_SHORTEST_KEY: Final = 32
_FEWEST_CHARACTERS: Final = 10
_OLDEST_SERVER: Final = 160000
_MOST_SKEW_SECONDS: Final = 2.0
#: Names that are on nobody's network (RFC 2606, RFC 6762).
_NOWHERE: Final = (".localhost", ".example", ".test", ".invalid", ".local")


@dataclass(frozen=True)
class Finding:
    """One thing that was found; `weak` makes the check fail."""

    text: str
    weak: bool = True


def _default(name: str) -> object:
    return next(field.default for field in fields(Settings) if field.name == name)


def _local(host: str | None) -> bool:
    """Whether a host is this machine, or no real name at all."""
    if not host or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(_NOWHERE) or "." not in host


# ----------------------------------------------------------------------------------------------------- the settings


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """What is weak in the settings alone."""
    yield from _keys(settings)
    yield from _addresses(settings)
    yield from _mail(settings)
    if settings.demo:
        yield Finding("PORTAL_DEMO is set: staff sign in without a second factor, and administrators read secret links")
    if settings.demo_password is not None:
        yield Finding("PORTAL_DEMO_PASSWORD is set: it is for the demonstration only")
    for name, variable in (("operator_ko", "PORTAL_OPERATOR_KO"), ("operator_en", "PORTAL_OPERATOR_EN")):
        if getattr(settings, name) == _default(name):
            yield Finding(f"{variable} is not set: the terms and the privacy notice name nobody")
    if settings.database_url is None:
        yield Finding("PORTAL_DATABASE_URL is not set: the embedded database serves one machine, and its backups are "
                      "yours to make", weak=False)


def _keys(settings: Settings) -> Iterator[Finding]:
    if not settings.secret_keys:
        yield Finding("PORTAL_SECRET_KEY is not set: nothing starts without it")
    for number, key in enumerate(settings.secret_keys, 1):
        if len(key) < _SHORTEST_KEY:
            yield Finding(f"PORTAL_SECRET_KEY, key {number}: {len(key)} characters are too few, take {_SHORTEST_KEY} "
                          "random ones or more")
        elif len(set(key)) < _FEWEST_CHARACTERS:
            yield Finding(f"PORTAL_SECRET_KEY, key {number}: it is not random")
    if len(set(settings.secret_keys)) != len(settings.secret_keys):
        yield Finding("PORTAL_SECRET_KEY: the same key stands there twice")
    if settings.ledger_key is not None:
        try:
            SigningKey.from_hex(settings.ledger_key)
        except ValueError:
            yield Finding("PORTAL_LEDGER_KEY is no Ed25519 key: 32 bytes in hexadecimal digits are needed")
    else:
        yield Finding("PORTAL_LEDGER_KEY is not set: the key that signs receipts lies in the instance folder; keep a "
                      "copy apart", weak=False)
    folder = settings.instance / "keys"
    for path in (folder, *sorted(folder.glob("*"))) if folder.is_dir() else ():
        if stat.S_IMODE(path.stat().st_mode) & (0o077 if path.is_file() else 0o022):
            yield Finding(f"{path} can be {'read' if path.is_file() else 'changed'} by other users of this machine")


def _addresses(settings: Settings) -> Iterator[Finding]:
    if not settings.secure:
        yield Finding("PORTAL_BASE_URL is no https address: passwords and sessions travel in the clear")
    elif settings.proxies == 0:
        yield Finding("PORTAL_PROXIES is 0, but whatever serves https stands before the portal: to its limits all "
                      "visitors are one")
    if _local(urlsplit(settings.base_url).hostname):
        yield Finding(f"PORTAL_BASE_URL, {settings.base_url}, reaches this machine only: links in mails lead nowhere")
    if _unreachable(settings.contact_email):
        yield Finding(f"PORTAL_CONTACT_EMAIL, {settings.contact_email}, reaches nobody")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail_url == "outbox:":
        yield Finding("PORTAL_MAIL_URL is outbox: no mail leaves the portal, so nobody can sign up")
    else:
        try:
            carrier(settings.mail_url)
        except SettingsError as error:
            yield Finding(str(error))
        else:
            parts = urlsplit(settings.mail_url)
            if parts.scheme == "smtp" and not _local(parts.hostname):
                yield Finding("PORTAL_MAIL_URL is smtp: mails and the password travel in the clear; take smtps or "
                              "smtp+starttls")
    if _unreachable(settings.mail_from):
        yield Finding(f"PORTAL_MAIL_FROM, {settings.mail_from}, is nobody's address: servers refuse such mail")


def _unreachable(email: str) -> bool:
    try:
        return _local(normalised(email).rpartition("@")[2])
    except EmailAddressError:
        return True


# ----------------------------------------------------------------------------------------------------- the database


def database_findings(settings: Settings) -> Iterator[Finding]:
    """What is weak in the database and in what each role may do there."""
    urls = {"PORTAL_DATABASE_URL": settings.database_url, "PORTAL_PUBLIC_DATABASE_URL": settings.public_database_url,
            "PORTAL_OWNER_DATABASE_URL": settings.owner_database_url}
    known: dict[str, URL] = {}
    for variable, raw in urls.items():
        try:
            if raw is not None:
                known[variable] = make_url(raw)
        except ArgumentError:
            yield Finding(f"{variable} is no database address")
    for variable, url in known.items():
        if not _local(url.host or str(url.query.get("host", ""))) and url.query.get("sslmode") not in (
                "require", "verify-ca", "verify-full"):
            yield Finding(f"{variable}: the connection to {url.host} is not encrypted; add ?sslmode=verify-full")
    if "PORTAL_PUBLIC_DATABASE_URL" not in known:
        yield Finding("PORTAL_PUBLIC_DATABASE_URL is not set: the public pages need a role of their own")
    names = {variable: url.username for variable, url in known.items()}
    for one, other in (("PORTAL_DATABASE_URL", "PORTAL_PUBLIC_DATABASE_URL"),
                       ("PORTAL_DATABASE_URL", "PORTAL_OWNER_DATABASE_URL"),
                       ("PORTAL_PUBLIC_DATABASE_URL", "PORTAL_OWNER_DATABASE_URL")):
        if one in names and other in names and names[one] == names[other]:
            yield Finding(f"{one} and {other} are the same role, {names[one]}: the fence between them is gone")
    looks = {"PORTAL_DATABASE_URL": _as_app, "PORTAL_PUBLIC_DATABASE_URL": _as_public}
    for variable, look in looks.items():
        if variable in known:
            engine = create_engine(known[variable], poolclass=NullPool, connect_args={"connect_timeout": 5})
            try:
                with engine.connect() as connection:
                    yield from look(connection)
            except SQLAlchemyError as error:
                yield Finding(f"{variable}: no connection ({type(error).__name__})")
    yield from _migrations(settings)


def _migrations(settings: Settings) -> Iterator[Finding]:
    if settings.owner_database_url is None:
        yield Finding("PORTAL_OWNER_DATABASE_URL is not set here, so the migrations were not looked at; "
                      "`portal db check` does", weak=False)
        return
    try:
        current, head = migrating.current(settings.owner_database_url), migrating.head()
    except SQLAlchemyError as error:
        yield Finding(f"PORTAL_OWNER_DATABASE_URL: no connection ({type(error).__name__})")
        return
    if current != head:
        yield Finding(f"the database stands at {current or 'no migration'}, this portal needs {head}: "
                      "`portal db upgrade`")


_ROLE: Final = text("""
    SELECT current_user AS name, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
      FROM pg_roles WHERE rolname = current_user""")
_RIGHTS: Final = text("""
    SELECT n.nspname AS schema, c.relname AS name,
           has_table_privilege(c.oid, 'SELECT') AS reads, has_table_privilege(c.oid, 'INSERT') AS adds,
           has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE') AS changes,
           has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE') AS removes,
           pg_has_role(c.relowner, 'MEMBER') AS owns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname = ANY(:schemas) ORDER BY 1, 2""")


def _powers(connection: Connection, role: str) -> Iterator[Finding]:
    """What no role of ours may be, and whether it may make what it likes."""
    row = connection.execute(_ROLE).one()
    powers = {"superuser": row.rolsuper, "may make roles": row.rolcreaterole, "may make databases": row.rolcreatedb,
              "passes row security": row.rolbypassrls, "may replicate": row.rolreplication}
    for power, has in powers.items():
        if has:
            yield Finding(f"the role {role}, {row.name}: {power}")
    for schema in (SCHEMA, PUBLICATION_SCHEMA):
        if connection.scalar(text("SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = :s"),
                             {"s": schema}):
            yield Finding(f"the role {role}, {row.name}: may make tables in {schema}")


def _as_app(connection: Connection) -> Iterator[Finding]:
    yield from _powers(connection, "app")
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < _OLDEST_SERVER:
        yield Finding(f"PostgreSQL {version // 10000} is too old: 16 to 18 are supported")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield Finding(f"{name} is off: a filing that got a receipt could be lost with the power")
    if connection.scalar(text("SHOW server_encoding")) != "UTF8":
        yield Finding("the database does not store UTF-8")
    told = connection.scalar(text("SELECT clock_timestamp()"))
    skew = abs((told - datetime.now(UTC)).total_seconds()) if told else 0.0
    if skew > _MOST_SKEW_SECONDS:
        yield Finding(f"the clocks of this machine and of the database are {skew:.0f} seconds apart: deadlines are "
                      "judged by one and recorded by both")
    rows = connection.execute(_RIGHTS, {"schemas": [SCHEMA]}).all()
    if not {row.name for row in rows} >= FROZEN:
        yield Finding("the tables are not there: `portal db upgrade`")
    for row in rows:
        if row.owns:
            yield Finding(f"the role app owns {SCHEMA}.{row.name}, or is a member of the role that does")
        elif row.name in FROZEN and (row.changes or row.removes):
            yield Finding(f"the role app may {'change' if row.changes else 'remove'} what is frozen: "
                          f"{SCHEMA}.{row.name}")


def _as_public(connection: Connection) -> Iterator[Finding]:
    yield from _powers(connection, "public")
    for row in connection.execute(_RIGHTS, {"schemas": [SCHEMA, PUBLICATION_SCHEMA, "public"]}):
        if row.schema != PUBLICATION_SCHEMA and (row.reads or row.adds or row.changes or row.removes):
            yield Finding(f"the role public reaches {row.schema}.{row.name}, which is not published")
        elif row.adds or row.changes or row.removes:
            yield Finding(f"the role public may write {row.schema}.{row.name}")
    # The portal asks for both with each connection; set on the role they hold for whoever else uses it.
    if connection.scalar(text("SHOW default_transaction_read_only")) != "on":
        yield Finding("the role public begins transactions that may write: ALTER ROLE … SET "
                      "default_transaction_read_only = on", weak=False)
    if connection.scalar(text("SHOW statement_timeout")) == "0":
        yield Finding("the role public may run a statement for ever: ALTER ROLE … SET statement_timeout", weak=False)


# ------------------------------------------------------------------------------------------------------ the command


def findings(settings: Settings) -> list[Finding]:
    """Everything. An embedded database is looked at where the instance has one already."""
    found = list(settings_findings(settings))
    if settings.database_url is None and not embedded.exists(settings.instance):
        return [*found, Finding(f"{settings.instance} holds no database yet: it was not looked at", weak=False)]
    with running_settings(settings) as running:
        return [*found, *database_findings(running)]


@click.command()
def check() -> None:
    """Is this configuration fit for production? Names every weakness, and exits with 1 if there is one."""
    found = findings(Settings.from_env())
    for each in sorted(found, key=lambda finding: not finding.weak):
        click.echo(f"{'WEAK' if each.weak else 'note'}  {each.text}")
    weak = sum(each.weak for each in found)
    if weak:
        click.echo(f"{weak} {'weakness' if weak == 1 else 'weaknesses'}: not fit for production", err=True)
        sys.exit(1)
    click.echo("Nothing weak was found.")


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(check)
