"""The redline in the browser is the server's: `static/js/redline.js` gives what the shared vectors hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.settings import folder

VECTORS = json.loads((Path(__file__).parents[1] / "unit" / "ordinances" / "redline_vectors.json").read_text())
ORIGIN = "http://portal.test"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page beside the module: nothing else is needed to compare two texts."""
    page = browser.new_page()
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.route(f"{ORIGIN}/redline.js", lambda route: route.fulfill(
        content_type="text/javascript; charset=utf-8", path=folder("static") / "js" / "redline.js"))
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


def _in_browser(page: Page, asked: list[dict[str, str]]) -> Any:
    return page.evaluate("""async (asked) => {
        const {redline, spoken} = await import('/redline.js');
        return asked.map(({old, new: now, language}) => {
            const changes = redline(old, now, language);
            return [changes.map(({kind, text}) => [kind, text]), spoken(changes, language)];
        });
    }""", asked)


def test_every_vector(page: Page) -> None:
    assert len(VECTORS) > 50
    for vector, (changes, spoken) in zip(VECTORS, _in_browser(page, VECTORS), strict=True):
        assert changes == vector["changes"], (vector["old"], vector["new"])
        assert len(spoken) == len(changes)


def test_texts_that_are_equal_or_empty(page: Page) -> None:
    pairs = [("", ""), ("가", "가"), ("", "가"), ("가", "")]
    asked = [{"old": old, "new": new, "language": "ko"} for old, new in pairs]
    assert [changes for changes, _ in _in_browser(page, asked)] == [
        [], [["same", "가"]], [["inserted", "가"]], [["deleted", "가"]]]


@pytest.mark.parametrize(("language", "words"), [
    ("ko", ["삭제 “를”", "삽입 “가”"]), ("en", ["deleted “a”", "inserted “b”"])])
def test_a_change_can_be_heard(page: Page, language: str, words: list[str]) -> None:
    texts = {"ko": ("사업자를 돕는다", "사업자가 돕는다"),
             "en": ("a duty remains here", "b duty remains here")}[language]
    [(_, spoken)] = _in_browser(page, [{"old": texts[0], "new": texts[1], "language": language}])
    assert [piece for piece in spoken if "“" in piece] == words
