"""Serving stored pages: one indexed statement a request, and a bounded cache of bytes in each process."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from psycopg import pq
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.publication.models import Page
from portal.publication.rendering import Rendered, render

_ONE: Final = b"""
    SELECT etag, valid_until, CASE WHEN etag = $1 THEN NULL ELSE body END
      FROM publication.pages WHERE path = $2 AND language = $3"""
#: Its name on a connection that has been told of it.
_PREPARED: Final = b"portal_stored_page"

#: Bytes of pages, plain and gzipped, that one process keeps.
CACHE_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True)
class _Kept:
    source: str  # the etag of the stored page it was made from
    page: Rendered

    @property
    def size(self) -> int:
        return len(self.page.body) + len(self.page.zipped)


class PageCache:
    """Least recently used pages go first. Threads share it."""

    def __init__(self, most: int = CACHE_BYTES) -> None:
        self._most = most
        self._size = 0
        self._pages: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> _Kept | None:
        """What is kept under this address and language."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: tuple[str, str], kept: _Kept) -> None:
        """Keep, and let go of the oldest beyond the bound."""
        with self._lock:
            old = self._pages.pop(key, None)
            self._size += kept.size - (old.size if old else 0)
            self._pages[key] = kept
            while self._size > self._most and len(self._pages) > 1:
                _, gone = self._pages.popitem(last=False)
                self._size -= gone.size


_cache = PageCache()


def _row(session: Session, path: str, language: str, known: str) -> tuple[str, datetime, bytes | None] | None:
    """By libpq itself, on a connection of the session's engine: this is the statement that a whole country may ask for,
    and what session, SQLAlchemy and driver do around it would take three times as long. Raises SQLAlchemy's
    OperationalError, which says whether the connection was lost."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    values = [value.encode("utf-8", "replace") for value in (known, path, language)]
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        try:
            if _PREPARED not in connection.info:
                _checked(driver, driver.pgconn.prepare(_PREPARED, _ONE))
                connection.info[_PREPARED] = True
            found = _checked(driver, driver.pgconn.exec_prepared(_PREPARED, values))
        except psycopg.Error as error:
            lost = bool(driver.closed)
            if lost:  # with it, most likely, all that wait in the pool
                connection.invalidate(error)
                engine.dispose()
            raise OperationalError(_ONE.decode(), None, error, connection_invalidated=lost) from error
        if not found.ntuples:
            return None
        etag, valid_until, body = (found.get_value(0, column) for column in range(3))
        return (etag.decode(), datetime.fromisoformat(valid_until.decode()).astimezone(UTC),
                None if body is None else pq.Escaping().unescape_bytea(body))
    finally:
        connection.close()


def _checked(driver: Any, result: Any) -> Any:
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise psycopg.errors.error_from_result(result, driver.info.encoding)
    return result


def stored_page(session: Session, path: str, language: str, now: datetime,
                cache: PageCache = _cache) -> Rendered | None:
    """The page at an address, or None. After `valid_until` it is rendered anew from its facts, once a process."""
    if "\x00" in path:  # no text of the database can hold it
        return None
    key = (path, language)
    kept = cache.get(key)
    row = _row(session, path, language, kept.source if kept else "")
    if row is None:
        return None
    etag, valid_until, zipped = row
    if kept is not None and kept.source == etag and now < kept.page.valid_until:
        return kept.page
    if now < valid_until:
        if zipped is None and kept is not None:  # the same words hold for another day
            page = Rendered(kept.page.body, kept.page.zipped, kept.page.etag, valid_until)
        else:
            assert zipped is not None  # the statement leaves it out for what is kept only
            page = Rendered(gzip.decompress(zipped), zipped, etag, valid_until)
    else:
        facts = session.execute(select(Page.template, Page.facts, Page.made_at).where(
            Page.path == path, Page.language == language)).one()
        page = render(facts.template, facts.facts, language, path, now, made_at=facts.made_at)
    cache.put(key, _Kept(etag, page))
    return page
