"""What strangers put into addresses and forms: never an error of ours, never markup, never a text of ours."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import portal.web
from portal.kernel.actor import Actor
from portal.kernel.permissions import Permission
from portal.publication import services
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor, audit
from tests.support.rules import filled

HOSTILE = {
    "script": "<script>alert(1)</script>", "attribute": '"><img src=x onerror=alert(1)>', "quote": "' onmouseover='x",
    "SQL": "'; DROP TABLE portal.comments; --", "SQL with or": "1 OR 1=1", "Jinja": "{{ 7*7 }}{% for x in y %}",
    "format": "%(name)s %s %d {0} {name}", "particle": "값[을/를] 값[이/가]", "turned": "\u202egnp.exe\u202c\u2066",
    "NUL": "a\x00b", "control": "\x01\x08\x1b[31m\x7f", "emoji": "👩‍👩‍👧‍👦🇰🇷" * 20, "long word": "가" * 400,
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<b>", "half": "\ud83d", "not UTF-8": "%FF%FE",
    "path": "../../../etc/passwd", "no digit": "²", "Arabic digits": "١٢٣", "great number": "9" * 40,
    "nearly great": str(2**63), "negative": "-1", "script address": "javascript:alert(1)",
    "other site": "//evil.example/", "tsquery": "a & ! | ( :* <-> 'b", "regular expression": "(a+)+$[\\",
    "JSON": '{"a": [1, null]}', "white": " \t\u3000\u200b ", "empty": "",
}
#: For walks over many pages: of each way to break something one.
FEW = ("attribute", "particle", "NUL", "half", "no digit", "nearly great", "other site")


@dataclass(frozen=True)
class Scene:
    slug: str
    everybody: Actor


@pytest.fixture(scope="module")
def scene(sessions: sessionmaker[Session], clock: TestClock) -> Scene:
    """A published consultation with a submission, and one person who holds every role and filed it."""
    with sessions() as session:
        ministry = factories.ministry(session, clock())
        of = factories.consultation(session, clock(), ministry)
        company = factories.organisation(session, clock())
        person = factories.everybody(session, clock(), ministry, company)
        factories.filing(session, clock(), of, company, person, {}, {"clause_eid": "art_3"})
        services.build(session, of.id, clock())
        services.build_home(session, clock())
        session.commit()
        return Scene(of.slug, person)


def written(value: str) -> str:
    """The value as it stands in an address, whatever it is made of."""
    if value == "%FF%FE":
        return value
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


_READS = (re.compile(r'args\.get(?:list)?\(\s*"(\w+)"'), re.compile(r'number\("(\w+)"'))


def _read_in(source: str) -> set[str]:
    return {name for pattern in _READS for name in pattern.findall(source)}


def parameters() -> list[str]:
    """Every query parameter that any page reads."""
    files = Path(portal.web.__file__).parent.rglob("*.py")
    return sorted({name for path in files for name in _read_in(path.read_text())} | {"lang"})


def parameters_of(view: Any) -> list[str]:
    """Those that this page reads itself."""
    return sorted(_read_in(inspect.getsource(inspect.unwrap(view))) | {"lang"})


def _view(app: Flask, rule: Rule) -> Any:
    return app.view_functions[rule.endpoint]


def _kind(permission: Permission) -> str:
    return "public" if permission.public else "anyone" if not permission.account else "signed in"


def pages(app: Flask, *kinds: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and "GET" in (rule.methods or ())]
    return sorted((rule for rule in found if _kind(_view(app, rule).permission) in kinds), key=lambda rule: rule.rule)


def opened(rule: str, slug: str) -> str:
    """The address of a page of the scene."""
    return filled(rule, {"slug": slug, "place": "a/2/1", "public_number": "TEST-1-0001", "version": "1", "number": "1"})


_ADDRESS = re.compile(r'\b(?:href|src|action|formaction)="([^"]*)"')
_audited: set[int] = set()


def check(response: TestResponse, value: str, where: str, *, whole: bool = True) -> None:
    """No error of ours, nothing of theirs taken for markup, no header of theirs; with `whole` also everything that the
    test client asks of a page, once for the same bytes."""
    assert response.status_code < 500, f"{where}: {response.status_code}"
    assert "x=1" not in response.headers.get("Set-Cookie", "")
    location = response.headers.get("Location", "")
    assert not location or location.startswith("http://portal.test/") or (
        location.startswith("/") and not location.startswith("//")), f"{where} -> {location}"
    if not response.headers.get("Content-Type", "").startswith("text/html") or "Content-Encoding" in response.headers:
        return
    body = response.get_data(as_text=True)
    if any(mark in value for mark in "<\"'"):
        assert value not in body, f"{where}: reflected as it is"
    assert "<script>alert" not in body, where
    assert "<img src=x" not in body, where
    assert "49{%" not in body, f"{where}: taken for a template"
    for address in _ADDRESS.findall(body):
        plain = html.unescape(address).lower()
        assert not plain.startswith(("javascript:", "//", "data:text")), f"{where}: {address}"
        host = urlsplit(plain).hostname if plain.startswith("http") else None
        assert host in (None, "portal.test", "www.gov.example"), f"{where}: {address}"
    # What was typed is shown again as it is, and the audit is about our own words; a page that differs in nothing else
    # was looked at already. Where something was not escaped as it should be, the page differs.
    rest = body
    for spelling in (str(escape(value)), written(value), quote(written(value)), value):
        rest = rest.replace(spelling, "typed") if spelling.strip() else rest
    key = hash(re.sub(r'value="[0-9a-f]{64}"', "", rest))
    if whole and key not in _audited:
        response.set_data(rest)
        try:
            audit(response)
        except AssertionError as problem:
            raise AssertionError(f"{where}: {problem}") from None
        _audited.add(key)


def get(visitor: Visitor, address: str) -> TestResponse:
    return visitor.client.get(address, base_url="http://portal.test")


# ----------------------------------------------------------------------------------------------------------- addresses


def test_the_walk_knows_parameters_and_pages(app: Flask) -> None:
    assert {"q", "after", "before", "kind", "disposition", "lang", "next", "show"} <= set(parameters())
    assert len(pages(app, "public")) >= 10
    assert len(pages(app, "anyone")) >= 5
    assert len(pages(app, "signed in")) >= 20


@pytest.mark.parametrize("name", HOSTILE)
def test_public_pages_with_any_parameter(app: Flask, scene: Scene, name: str) -> None:
    """Each page that anyone may open: with each parameter that it reads, and with every other one at once."""
    visitor, value = Visitor(app), HOSTILE[name]
    everything = "&".join(f"{parameter}={written(value)}" for parameter in parameters())
    for rule in pages(app, "public", "anyone"):
        address = opened(rule.rule, scene.slug)
        for query in (*(f"{parameter}={written(value)}" for parameter in parameters_of(_view(app, rule))), everything):
            check(get(visitor, f"{address}?{query}"), value, f"{address}?{query[:60]} with {name}")
    check(get(visitor, f"/search?lang=en&q={written(value)}"), value, f"/search in English with {name}")


@pytest.mark.parametrize("name", FEW)
def test_signed_in_pages_with_all_parameters(
        app: Flask, scene: Scene, sign_in: Callable[[Actor], Visitor], name: str) -> None:
    visitor, value = sign_in(scene.everybody), HOSTILE[name]
    query = "&".join(f"{parameter}={written(value)}" for parameter in parameters())
    for rule in pages(app, "signed in", "anyone"):
        address = opened(rule.rule, scene.slug)
        check(get(visitor, f"{address}?{query}"), value, f"{address} with {name}")


@pytest.mark.parametrize("name", FEW)
def test_any_part_of_an_address(app: Flask, scene: Scene, sign_in: Callable[[Actor], Visitor], name: str) -> None:
    """Slugs, numbers, tokens: each part of each address."""
    value = HOSTILE[name]
    people = {"public": Visitor(app), "anyone": Visitor(app), "signed in": sign_in(scene.everybody)}
    for rule in pages(app, *people):
        visitor = people[_kind(_view(app, rule).permission)]
        for part in re.findall(r"<[^>]+>", rule.rule):
            address = filled_but(rule, scene.slug, part, written(value))
            check(get(visitor, address), value, f"{rule.rule} with {name} in {part}", whole=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_addresses_that_lead_nowhere(app: Flask, scene: Scene, name: str) -> None:
    for address in ("/", f"/c/{scene.slug}/", f"/c/{scene.slug}/v1/", f"/c/{scene.slug}/submissions/", "/c/"):
        check(get(Visitor(app), address + written(HOSTILE[name])), HOSTILE[name], f"{address} and {name}")


def filled_but(rule: Rule, slug: str, part: str, value: str) -> str:
    """The address with `value` in one part and something known in the others."""
    before, _, after = rule.rule.partition(part)
    return opened(before, slug) + value + opened(after, slug)


@pytest.mark.parametrize("query", [
    "%", "q=%", "q=%ZZ", "&&&=&=", "q=a;b", "q" * 3_000, "=".join("q" * 100), "&".join(f"p{n}=1" for n in range(1_500)),
    "q[]=1&q[0]=2", "lang=en&lang=ko&lang=%00"], ids=range(10))
def test_strange_queries(app: Flask, scene: Scene, query: str) -> None:
    for address in ("/", "/search", f"/c/{scene.slug}/submissions/", "/sign-in"):
        check(get(Visitor(app), f"{address}?{query}"), "", f"{address}?{query[:60]}")


@pytest.mark.parametrize("header", ["Accept-Language", "Accept-Encoding", "If-None-Match", "User-Agent", "Referer",
                                    "Cookie", "Accept", "Range", "X-Forwarded-For", "X-Forwarded-Host", "Origin"])
def test_strange_headers(app: Flask, scene: Scene, header: str) -> None:
    for value in ("\"'<script>alert(1)</script>", "ko;q=x,en;q=-1,*", "a" * 5_000, "W/\"", "bytes=-1-", "é" * 10,
                  "portal_session=x; portal_notice=eyJ4.y.z; portal_visit=\"\\"):
        for address in ("/", "/sign-in", "/account/", "/search?q=a"):
            response = Visitor(app).client.get(address, base_url="http://portal.test",
                                               headers={header: value.encode("latin-1", "replace").decode("latin-1")})
            check(response, "<script>alert(1)</script>", f"{address} with {header}")


# --------------------------------------------------------------------------------------------------------------- forms


def fields(body: str) -> Iterator[str]:
    """Names of what a form sends."""
    for name in re.findall(r'<(?:input|textarea|select)\b[^>]*\bname="([^"]+)"', body):
        yield html.unescape(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_forms_that_anyone_may_send(app: Flask, scene: Scene, sessions: sessionmaker[Session], name: str) -> None:
    """Every field of every form on a page without an account, all with the same."""
    value = HOSTILE[name]
    body_value = written(value)
    for rule in pages(app, "anyone"):
        visitor = Visitor(app)
        address = opened(rule.rule, scene.slug)
        page = get(visitor, address)
        names = set(fields(page.get_data(as_text=True))) - {"csrf_token"}
        methods = [other.methods or set() for other in app.url_map.iter_rules() if other.rule == rule.rule]
        if "POST" not in set().union(*methods) or not names or page.status_code != 200:
            continue
        token = visitor.token(address)
        data = "&".join([f"csrf_token={token}", *(f"{quote(field)}={body_value}" for field in sorted(names))])
        response = visitor.client.post(address, base_url="http://portal.test", data=data,
                                       content_type="application/x-www-form-urlencoded")
        check(response, value, f"POST {address} with {name}")
        assert response.status_code in (303, 400, 404, 409, 422, 429), f"POST {address}: {response.status_code}"


def test_the_tables_are_still_there(sessions: sessionmaker[Session], visitor: Visitor, scene: Scene) -> None:
    body = visitor.get(f"/c/{scene.slug}/submissions/").get_data(as_text=True)
    assert "마루솔랩" in body
