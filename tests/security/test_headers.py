"""What every response carries, errors included."""

from __future__ import annotations

import pytest
from flask import Flask

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
