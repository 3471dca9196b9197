"""The database: the base of all models, engines and types. No other module makes an engine.

Every private table stands in the schema `portal`, every published one in `publication`. Constraints are named by one
convention, so that a violated one can be mapped to a message. Relationships are not used: queries say what they fetch.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, Text, TypeDecorator, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

SCHEMA = "portal"
PUBLICATION_SCHEMA = "publication"

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """`timestamptz` that refuses naive datetimes and always answers in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All private tables."""

    metadata = MetaData(schema=SCHEMA, naming_convention=_NAMING)
    type_annotation_map = {datetime: UtcDateTime(), str: Text(), int: BigInteger(), dict[str, Any]: JSONB(),
                           list[Any]: JSONB()}


class PublishedBase(DeclarativeBase):
    """All tables that the role *public* may read."""

    metadata = MetaData(schema=PUBLICATION_SCHEMA, naming_convention=_NAMING)
    type_annotation_map = Base.type_annotation_map


#: A surrogate key, given by the database.
BigId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
#: A reference to a surrogate key; the ForeignKey is added where it is used.
Big = Annotated[int, mapped_column(BigInteger)]

SessionFactory = Callable[[], Session]


def make_engine(url: str, *, pool_size: int = 8, read_only: bool = False, statement_timeout_ms: int = 30_000) -> Engine:
    """An engine for one role. A read-only one refuses to write and gives up sooner; each of its statements is a
    read-only transaction of its own (it would see a snapshot of its own in any case), which saves two round trips."""
    options = [f"-c search_path={SCHEMA}", "-c timezone=UTC", f"-c statement_timeout={statement_timeout_ms}"]
    if read_only:
        options += ["-c default_transaction_read_only=on"]
    return create_engine(
        url, pool_size=pool_size, max_overflow=4, pool_pre_ping=False, pool_recycle=1800,
        isolation_level="AUTOCOMMIT" if read_only else None,
        pool_reset_on_return=None if read_only else "rollback",  # no transaction outlives a statement there
        hide_parameters=True,  # an error is logged; the words that people filed are not
        connect_args={"options": " ".join(options), "connect_timeout": 5, "application_name": "portal"})


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep loaded values after commit (pages show them then) and never flush by surprise."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=True)
