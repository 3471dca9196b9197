"""What every response carries, errors included."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/no-such-page", 404)])
def test_every_response_is_audited(visitor: Visitor, path: str, status: int) -> None:
    response = visitor.get(path, status=status)
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_an_unknown_page_speaks_the_readers_language(visitor: Visitor) -> None:
    korean = visitor.get("/no-such-page", status=404, headers={"Accept-Language": "ko"}).get_data(as_text=True)
    english = visitor.get("/no-such-page", status=404, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="ko">' in korean and '<html lang="en">' in english


def test_a_foreign_host_is_refused(app: Flask) -> None:
    response = app.test_client().get("/healthz", base_url="http://evil.example")
    assert response.status_code == 400
    assert "Content-Security-Policy" in response.headers


def test_the_wrong_method_is_refused(visitor: Visitor) -> None:
    response = visitor.client.post("/healthz", base_url=visitor.settings.base_url)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_refusal_outlives_the_request(
    app: Flask, sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]
) -> None:
    with sessions() as session:
        organisation = factories.organisation(session, clock())
        filer = factories.member(session, clock(), organisation)
        session.commit()
    sign_in(filer).get("/admin/", status=403)
    with sessions() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "access.refused")).one()
    assert event.account_id == filer.account_id and event.data["endpoint"]
