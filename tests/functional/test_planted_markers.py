"""Confidential words and personal data are planted in the demonstration's comments: no page, search, published column,
mail or log that is not their filer's own may show one. The full resident number is stored nowhere at all.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from portal.demo import load, source
from portal.kernel import unit_of_work
from portal.kernel.logs import configure_logging
from tests.conftest import TestClock
from tests.support.server import DatabaseUrls

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
COMMENTS = source.read("comments.jsonl")
RESIDENT_NUMBER = "900230-1234567"
MARKERS = sorted({marker for comment in COMMENTS for marker in (*comment["confidential_spans"], *comment["pii"])})
LANGUAGES = ("ko", "en")
#: Where a page of results says again what was asked: title, heading, the search box, links that carry it on.
ASKED = re.compile(r'''(?sx) <title>.*?</title> | <h1.*?</h1> | <input[^>]*name="q"[^>]*> | <a[ ][^>]*[?&]q=[^>]*>''')


@dataclass(frozen=True)
class Loaded:
    """The demonstration in this module's database, and what was said while it was loaded and read."""

    app: Flask
    log: io.StringIO

    def get(self, path: str, language: str = "ko") -> str:
        """A page as anybody gets it, its words as they are read."""
        address = path if language == "ko" else f"{path}{'&' if '?' in path else '?'}lang=en"
        settings = self.app.extensions["portal"].settings
        with redirect_stdout(self.log), redirect_stderr(self.log):
            response = self.app.test_client().get(address, base_url=settings.base_url)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        return response.get_data(as_text=True)


@pytest.fixture(scope="module")
def loaded(app: Flask, sessions: sessionmaker[Session], clock: TestClock) -> Loaded:
    clock.at = NOW
    log = io.StringIO()
    with redirect_stdout(log), redirect_stderr(log):
        configure_logging("text")
        unit_of_work.run(sessions, lambda session: load.load(
            session, load.Options("a quiet lake in early autumn", analysis=True), app.extensions["portal"].signing_key, NOW,
            lambda: None))
    return Loaded(app, log)


def found_in(words: str) -> list[str]:
    """The markers that stand in these words, however they are spaced or escaped."""
    plain = " ".join(unescape(words).split())
    return [marker for marker in MARKERS if " ".join(marker.split()) in plain]


def test_the_demonstration_asks_for_an_analysis(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    """The worker does it after the start; the markers are looked for with the request in place."""
    with sessions() as session:
        assert session.execute(text("SELECT c.slug, r.state, r.kind, r.asked_by IS NOT NULL FROM analysis_runs r"
                                    " JOIN consultations c ON c.id = r.consultation_id")).all() == [
            (source.OPEN, "waiting", "grouping", True)]


def test_there_are_markers_to_look_for() -> None:
    assert len(MARKERS) > 25 and RESIDENT_NUMBER in MARKERS
    for marker in MARKERS:
        holders = [comment["id"] for comment in COMMENTS if marker in json.dumps(comment, ensure_ascii=False)]
        assert len(holders) == 1, f"{marker!r} stands in several comments: {holders}"


def test_every_marker_was_filed(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    """They are all there where they belong: what is looked for elsewhere is not absent by mistake."""
    with sessions() as session:
        filed = " ".join(session.scalars(text(
            "SELECT reason || ' ' || proposal_text || ' ' || legal_basis FROM comments")))
    assert found_in(filed) == [marker for marker in MARKERS if marker != RESIDENT_NUMBER]
    assert "900230-*******" in filed


def test_no_stored_page_shows_one(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        pages = session.execute(text("SELECT path, language, body, facts::text FROM publication.pages")).all()
    assert len(pages) > 2_000
    for path, language, body, facts in pages:
        assert not found_in(gzip.decompress(body).decode() + facts), f"{path} in {language}"


def test_no_page_shows_one_when_it_is_fetched(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        stored = session.execute(text("SELECT path, language FROM publication.pages")).all()
    for path, language in stored:
        assert not found_in(loaded.get(path, language)), f"{path} in {language}"


def lists(loaded: Loaded, path: str) -> Iterator[tuple[str, str]]:
    """A list with all its further pages: address and words."""
    seen: set[str] = set()
    following: str | None = path
    while following is not None:
        seen.add(following)
        words = loaded.get(following)
        yield following, words
        links = [unescape(link) for link in re.findall(r'href="([^"]*[?&]after=[^"]*)"', words)]
        following = next((link.partition("#")[0] for link in links if link.partition("#")[0] not in seen), None)


@pytest.mark.parametrize("slug", [source.OPEN, source.CONCLUDED])
def test_no_live_view_shows_one(loaded: Loaded, slug: str) -> None:
    base = f"/c/{slug}/"
    pages = [base, f"{base}terms-of-filing"]
    for kind in ("submissions", "responses"):
        for _, words in lists(loaded, f"{base}{kind}/"):
            assert not found_in(words)
            pages += re.findall(rf'href="({re.escape(base)}{kind}/[^"?#/]+)"', words)
    for path in re.findall(rf'href="({re.escape(base)}documents/\d+)"', loaded.get(base)):
        pages.append(path)
    assert len(pages) > 20
    for path in sorted(set(pages)):
        for language in LANGUAGES:
            assert not found_in(loaded.get(path, language)), f"{path} in {language}"
    for clause in ("art_23__para_1", "doc"):
        path = f"{base}v1/doc" if clause == "doc" else f"{base}v1/a/23/1"
        for address, words in lists(loaded, f"{path}?after=0"):
            assert not found_in(words), address


@pytest.mark.parametrize("marker", MARKERS)
def test_searching_for_one_finds_nothing(loaded: Loaded, marker: str) -> None:
    for language in LANGUAGES:
        words = loaded.get("/search?q=" + quote(marker), language)
        assert marker in " ".join(unescape(words).split())  # what was asked is said again; what is found is not it
        results = ASKED.sub("", words)
        assert not found_in(results), language


def test_no_published_column_holds_one(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        tables = list(session.scalars(text(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'publication'")))
        assert {"comments", "submissions", "responses", "pages", "consultations"} <= set(tables)
        for table in tables:
            for row in session.scalars(text(f"SELECT t::text FROM publication.{table} t")):
                assert not found_in(row), table
        assert session.scalar(text(
            "SELECT count(*) FROM publication.comments WHERE withheld IS NOT NULL AND words IS NOT NULL")) == 0


def test_what_is_withheld_is_counted(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    marked = sum(bool(comment["confidential_spans"] or comment["pii"]) for comment in COMMENTS)
    with sessions() as session:
        withheld = session.scalar(text(
            "SELECT count(*) FROM publication.comments p JOIN publication.consultations k ON k.id = p.consultation_id"
            " WHERE k.slug = :slug AND p.withheld IS NOT NULL"), {"slug": source.OPEN})
    assert withheld is not None and withheld >= marked


def test_no_mail_holds_one(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        mails = session.execute(text("SELECT recipient, subject, message FROM mails")).all()
    assert mails
    for recipient, subject, raw in mails:
        part = message_from_bytes(raw, policy=default).get_body(("plain",))
        assert part is not None
        assert not found_in(f"{subject} {part.get_content()}"), recipient


def test_no_log_holds_one(loaded: Loaded) -> None:
    said = loaded.log.getvalue()
    assert "published" in said and not found_in(said)


def test_nobody_is_named_who_is_not_to_be(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    """No account's address and no individual's full name on a public page."""
    with sessions() as session:
        addresses = list(session.scalars(text("SELECT email FROM accounts")))
        people = list(session.scalars(text(
            "SELECT DISTINCT name_ko FROM organisations WHERE kind = 'individual' AND name_ko <> ''")))
        bodies = session.scalars(text("SELECT body FROM publication.pages WHERE language = 'ko'"))
        words = " ".join(gzip.decompress(body).decode() for body in bodies)
    assert len(addresses) > 50 and people
    assert [address for address in addresses if address in words] == []
    assert [name for name in people if name in words] == []


def test_the_resident_number_is_stored_nowhere(loaded: Loaded, database: DatabaseUrls) -> None:
    """Not in any column of any table of any schema, as text or as bytes, in any spelling."""
    digits = RESIDENT_NUMBER.replace("-", "")
    spellings = [RESIDENT_NUMBER, digits, RESIDENT_NUMBER.replace("-", " "), digits[6:]]
    engine = create_engine(database.owner, poolclass=NullPool)
    columns: dict[tuple[str, str], list[str]] = {}
    with engine.connect() as connection:
        for schema, table, column, kind in connection.execute(text(
                "SELECT c.table_schema, c.table_name, c.column_name, c.udt_name FROM information_schema.columns c"
                " JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE'"
                " AND c.table_schema NOT IN ('pg_catalog', 'information_schema')")):
            columns.setdefault((schema, table), []).append(f"encode(\"{column}\", 'escape')" if kind == "bytea"
                                                           else f'"{column}"::text')
        assert len(columns) > 30
        for (schema, table), parts in columns.items():
            where = " OR ".join(f"{part} LIKE :like" for part in parts)
            for spelling in spellings:
                count = connection.scalar(text(f'SELECT count(*) FROM "{schema}"."{table}" WHERE {where}'),
                                          {"like": f"%{spelling}%"})
                assert count == 0, f"{schema}.{table} holds {spelling}"


def test_the_attempt_is_not_hidden_either(loaded: Loaded, sessions: sessionmaker[Session]) -> None:
    """420 comments were filed: the one with the number as well, masked."""
    with sessions() as session:
        count: Any = session.scalar(text(
            "SELECT count(*) FROM comments c JOIN filings f ON f.id = c.filing_id JOIN consultations k"
            " ON k.id = f.consultation_id WHERE k.slug = :slug"), {"slug": source.OPEN})
    assert count == 420
