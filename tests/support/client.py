"""A test client that audits every page it fetches, as a strict reviewer would."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

#: What the parser of the standard makes errors of: tags, names of attributes, and ampersands. Not words and values.
_WORDS = re.compile(r"&(?:amp|lt|gt|quot|#3[49]);|(?<=>)[^<>&]+|(?<==\")[^\"<>&]+(?=\")")
#: Pages alike in that are parsed once in a run: the parser is slow.
_valid: set[str] = set()
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fors: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.h1: list[str] = []
        self.title = ""
        self.inline: list[str] = []
        self.lang: str | None = None
        self.text: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.lang = values.get("lang")
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "label" and values.get("for"):
            self.fors.add(str(values["for"]))
        if tag in ("input", "select", "textarea") and values.get("type") not in ("hidden", "submit", "button"):
            labelled = any(name == "label" for name, _ in self._open)
            self.controls.append({**values, "_labelled": "yes" if labelled else None})
        if tag == "h1":
            self.h1.append("")
        if tag == "script" and not values.get("src"):
            self.inline.append("script")
        if tag == "style" or "style" in values or any(name.startswith("on") for name in values):
            self.inline.append(f"{tag} with inline style or handler")
        if tag not in _VOID:
            self._open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "h1" in tags:
            self.h1[-1] += data
        if "title" in tags and "svg" not in tags:
            self.title += data
        if "script" not in tags and "style" not in tags:
            foreign = any(values.get("lang") not in (None, self.lang) for _, values in self._open[1:])
            typed = any("data-typed" in values or tag == "textarea" for tag, values in self._open)
            if not foreign and not typed:
                self.text.append(data)


def audit(response: TestResponse, *, language: str | None = None) -> None:
    """Fail on anything that a page of ours must never have."""
    headers = response.headers
    assert "default-src 'none'" in headers.get("Content-Security-Policy", ""), "no content security policy"
    assert headers.get("X-Content-Type-Options") == "nosniff"
    assert headers.get("Cache-Control"), "no cache header"
    if 300 <= response.status_code < 400 or not headers.get("Content-Type", "").startswith("text/html"):
        return
    body = response.get_data(as_text=True)
    shape = hashlib.sha256(_WORDS.sub("", body).encode()).hexdigest()
    if shape not in _valid:
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(body)
        errors = [f"{code} {data} at {where}" for where, code, data in parser.errors]
        assert not errors, f"invalid HTML: {errors[:5]}"
        _valid.add(shape)
    page = _Reader()
    page.feed(body)
    doubled = [name for name, times in Counter(page.ids).items() if times > 1]
    assert not doubled, f"ids used twice: {doubled}"
    assert not page.inline, f"inline: {page.inline}"
    assert len(page.h1) == 1, f"{len(page.h1)} h1 on the page"
    heading, title = " ".join(page.h1[0].split()), " ".join(page.title.split())
    assert heading, "empty h1"
    assert heading.split(" ")[0] in title or title.split(" · ")[0] in heading, f"title {title!r} and h1 {heading!r}"
    for control in page.controls:
        named = (control.get("id") in page.fors or control.get("aria-label") or control.get("aria-labelledby")
                 or control["_labelled"])
        assert named, f"a field without a label: {control}"
    text = " ".join(page.text)
    raw = re.findall(r"%\(\w+\)s|\{\{|\[을/를\]|\[은/는\]|\[이/가\]|\[과/와\]", text)
    assert not raw, f"unfilled text: {raw}"


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
