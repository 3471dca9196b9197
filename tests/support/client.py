"""A test client that audits every page it fetches, as a strict reviewer would."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import html5lib
import lxml.html
from flask import Flask
from werkzeug.test import TestResponse

from tests.support import temporary

#: What the parser of the standard makes errors of: tags, names of attributes, and ampersands. Not words and values.
_WORDS = re.compile(r"&(?:amp|lt|gt|quot|#3[49]);|(?<=>)[^<>&]+|(?<==\")[^\"<>&]+(?=\")")
_TOKENS = re.compile(r'name="csrf_token" value="[0-9a-f]+"')
_UNFILLED = re.compile(r"%\(\w+\)s|\{\{|\[을/를\]|\[은/는\]|\[이/가\]|\[과/와\]")
#: Pages that this process has audited.
_audited: set[int] = set()


class _Page:
    """What the audit asks of a page whose markup is valid."""

    def __init__(self, body: str) -> None:
        root = lxml.html.document_fromstring(body.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
        self.ids: list[str] = root.xpath("//@id")
        self.inline: list[str] = [element.tag for element in root.xpath(
            "//script[not(@src)] | //style | //*[@style] | //*[@*[starts-with(name(), 'on')]]")]
        self.h1: list[str] = [" ".join(h1.itertext()) for h1 in root.iter("h1")]
        self.title = " ".join("".join(title.itertext()) for title in root.xpath("//title[not(ancestor::svg)]"))
        named = set(root.xpath("//label/@for"))
        self.unnamed: list[dict[str, str]] = [
            dict(control.attrib) for control in root.xpath(
                "//input[not(@type='hidden' or @type='submit' or @type='button')] | //select | //textarea")
            if not (control.get("id") in named or control.get("aria-label") or control.get("aria-labelledby")
                    or any(above.tag == "label" for above in control.iterancestors()))]
        self._root = root

    def our_words(self) -> str:
        """The text, without what people typed and without quotations in another language."""
        return " ".join(self._root.xpath(
            "//text()[not(ancestor::script or ancestor::style or ancestor::textarea or ancestor::*[@data-typed]"
            " or ancestor::*[not(self::html) and @lang and @lang != /html/@lang])]"))


def _valid_markup(body: str) -> None:
    """Fail on an error of the standard's own parser. Pages alike in all of which it makes errors are parsed once in a
    run, in whichever of its processes: the parser is slow."""
    seen = temporary.shared("valid") / hashlib.sha256(_WORDS.sub("", body).encode()).hexdigest()
    if seen.exists():
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(body)
    errors = [f"{code} {data} at {where}" for where, code, data in parser.errors]
    assert not errors, f"invalid HTML: {errors[:5]}"
    seen.touch()


def audit(response: TestResponse) -> None:
    """Fail on anything that a page of ours must never have."""
    headers = response.headers
    assert "default-src 'none'" in headers.get("Content-Security-Policy", ""), "no content security policy"
    assert headers.get("X-Content-Type-Options") == "nosniff"
    assert headers.get("Cache-Control"), "no cache header"
    if 300 <= response.status_code < 400 or not headers.get("Content-Type", "").startswith("text/html"):
        return
    body = response.get_data(as_text=True)
    # Forms are sent with the token of the page they stand on, so the same page is fetched again and again.
    digest = hash(_TOKENS.sub("", body))
    if digest in _audited:
        return
    _valid_markup(body)
    page = _Page(body)
    doubled = [name for name, times in Counter(page.ids).items() if times > 1]
    assert not doubled, f"ids used twice: {doubled}"
    assert not page.inline, f"inline scripts, styles or handlers: {page.inline}"
    assert len(page.h1) == 1, f"{len(page.h1)} h1 on the page"
    heading, title = " ".join(page.h1[0].split()), " ".join(page.title.split())
    assert heading, "empty h1"
    assert heading.split(" ")[0] in title or title.split(" · ")[0] in heading, f"title {title!r} and h1 {heading!r}"
    assert not page.unnamed, f"fields without a label: {page.unnamed}"
    if _UNFILLED.search(body):
        raw = _UNFILLED.findall(page.our_words())
        assert not raw, f"unfilled text: {raw}"
    _audited.add(digest)


@dataclass
class Visitor:
    """A browser without JavaScript, signed in or not, whose every page is audited."""

    app: Flask
    cookie: str | None = None

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.settings = self.app.extensions["portal"].settings
        if self.cookie:
            self.client.set_cookie(self.app.extensions["portal"].cookies.session, self.cookie,
                                   domain=self.settings.host.split(":")[0])

    def get(self, path: str, *, status: int = 200, **more: Any) -> TestResponse:
        """Fetch a page; its status is asserted and its content audited."""
        response = self.client.get(path, base_url=self.settings.base_url, **more)
        assert response.status_code == status, f"{path}: {response.status_code} {response.headers.get('Location')}"
        audit(response)
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, *, status: int = 303,
             form_at: str | None = None, **more: Any) -> TestResponse:
        """Send a form, with the token of the page it stands on (`form_at`, by default the same address)."""
        values = dict(data or {})
        if "csrf_token" not in values:
            values["csrf_token"] = self.token(form_at or path)
        response = self.client.post(path, base_url=self.settings.base_url, data=values, **more)
        assert response.status_code == status, (
            f"{path}: {response.status_code} {response.headers.get('Location')} {_words(response)}")
        audit(response)
        return response

    def token(self, path: str) -> str:
        """The form token on a page."""
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.get(path).get_data(as_text=True))
        assert found, f"no form on {path}"
        return found[1]


def _words(response: TestResponse) -> str:
    body = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(body.split())[:600]
