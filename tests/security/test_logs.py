"""The log never holds words that people filed, nor secrets, whatever goes wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from portal.kernel.logs import _Formatter, configure_logging
from portal.notifications.models import Mail

WORDS = "아무도 읽어서는 안 되는 말\n둘째 줄"


@pytest.fixture(autouse=True)
def _configuration() -> Iterator[None]:
    """The log of the tests after these goes where it went before."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def _break_a_constraint(session: Session) -> None:
    """A row with words in it that the database refuses."""
    session.execute(text(
        "INSERT INTO mails (key, template, recipient, locale, subject, message, status, created_at, next_try_at)"
        " VALUES ('k', 't', 'r', 'ko', :words, '', 'no such status', now(), now())"), {"words": WORDS})


def test_the_database_does_repeat_them(session: Session) -> None:
    """What the other tests keep out is there to be kept out."""
    with pytest.raises(IntegrityError) as caught:
        _break_a_constraint(session)
    assert "아무도 읽어서는" in str(caught.value.orig.diag.message_detail)  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_is_logged_without_the_words(
        session: Session, capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure_logging(form)
    try:
        _break_a_constraint(session)
    except IntegrityError:
        structlog.get_logger().exception("unexpected", path="/workspace/x/")
    logged = capsys.readouterr().err
    assert "ck_mails_status" in logged, "what went wrong is said"
    assert "IntegrityError" in logged
    assert "읽어서는" not in logged
    assert "둘째 줄" not in logged
    if form == "json":
        assert json.loads(logged.strip().splitlines()[-1])["path"] == "/workspace/x/"


def test_parameters_are_not_repeated(session: Session) -> None:
    with pytest.raises(ProgrammingError) as caught:
        session.execute(text("SELECT no_such_column FROM mails WHERE subject = :words"), {"words": WORDS})
    assert "읽어서는" not in str(caught.value)
    assert "no_such_column" in str(caught.value)
    session.rollback()
    assert session.scalars(select(Mail).where(Mail.subject == WORDS)).all() == []


def test_libraries_are_held_to_it_too(session: Session) -> None:
    try:
        _break_a_constraint(session)
    except IntegrityError as error:
        record = logging.LogRecord("procrastinate.worker", logging.ERROR, "", 0, "Job ended", (),
                                   (type(error), error, error.__traceback__))
    logged = _Formatter("%(message)s").format(record)
    assert "ck_mails_status" in logged
    assert "읽어서는" not in logged


def test_an_error_of_ours_is_logged_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("text")
    try:
        raise ValueError("plain words")
    except ValueError as error:
        structlog.get_logger().error("one", exc_info=error)
        structlog.get_logger().error("two", exc_info=True)
        structlog.get_logger().exception("three")
    structlog.get_logger().info("four")
    logged = capsys.readouterr().err
    assert logged.count("ValueError: plain words") == 3
    assert "four" in logged
