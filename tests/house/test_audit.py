"""The audit of the test client: what a page of ours must never have makes it fail."""

from __future__ import annotations

import pytest
from flask import Response
from werkzeug.test import TestResponse

from tests.support.client import audit

_HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"}
_PAGE = """<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>의견 · 포털</title></head>
<body><h1>의견</h1>{}</body></html>"""


def _answer(body: str, **headers: str) -> TestResponse:
    response = Response(body, headers={**_HEADERS, **headers})
    return TestResponse([body.encode()], response.status, response.headers, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [
    "", '<label for="a">말</label><input id="a" name="a">', "<label>말 <textarea></textarea></label>",
    '<input type="hidden" name="csrf_token" value="0a">', '<p data-typed>{{ %(name)s</p>', "<textarea aria-label='x'>[을/를]</textarea>",
    '<p lang="en">[이/가]</p>', "<svg><title>그림</title></svg>"])
def test_what_may_stand(body: str) -> None:
    audit(_answer(_PAGE.format(body)))


@pytest.mark.parametrize(("body", "said"), [
    ("<p><div></p>", "invalid HTML"), ('<p id="a" id="b"></p>', "invalid HTML"), ("<p>a & b &nope; c</p>", "invalid HTML"),
    ('<p id="a"></p><p id="a"></p>', "ids used twice"),
    ("<script>1</script>", "inline"), ("<p style='x'></p>", "inline"), ("<p onclick='x'></p>", "inline"),
    ("<h1>둘</h1>", "h1"), ("<input name='a'>", "without a label"), ("<select name='a'></select>", "without a label"),
    ("<label for='b'>말</label><textarea id='a'></textarea>", "without a label"),
    ("<p>%(name)s</p>", "unfilled"), ("<p>의견[을/를]</p>", "unfilled"), ("<p>{{ name }}</p>", "unfilled"),
    ("<p lang='ko'>[은/는]</p>", "unfilled")])
def test_what_may_not(body: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        audit(_answer(_PAGE.format(body)))


def test_a_title_that_is_not_the_heading() -> None:
    with pytest.raises(AssertionError, match="title"):
        audit(_answer(_PAGE.format("").replace("<title>의견", "<title>응답")))


@pytest.mark.parametrize("name", ["Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"])
def test_missing_headers(name: str) -> None:
    with pytest.raises(AssertionError):
        audit(_answer(_PAGE.format(""), **{name: ""}))
