"""What strangers put into addresses and forms: never an error of ours, never markup, never a text of ours."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import html5lib
import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import portal.web
from portal.kernel.actor import Actor
from portal.kernel.permissions import Permission
from portal.organisations.models import Membership
from portal.organisations.queries import actor_by_account
from portal.publication import services
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor, audit

HOSTILE = {
    "script": "<script>alert(1)</script>", "attribute": '"><img src=x onerror=alert(1)>', "quote": "' onmouseover='x",
    "SQL": "'; DROP TABLE portal.comments; --", "SQL with or": "1 OR 1=1", "Jinja": "{{ 7*7 }}{% for x in y %}",
    "format": "%(name)s %s %d {0} {name}", "particle": "값[을/를] 값[이/가]", "turned": "\u202egnp.exe\u202c\u2066",
    "NUL": "a\x00b", "control": "\x01\x08\x1b[31m\x7f", "emoji": "👩‍👩‍👧‍👦🇰🇷" * 20, "long word": "가" * 5_000,
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<b>", "half": "\ud83d", "not UTF-8": "%FF%FE",
    "path": "../../../etc/passwd", "no digit": "²", "Arabic digits": "١٢٣", "great number": "9" * 40,
    "nearly great": str(2**63), "negative": "-1", "script address": "javascript:alert(1)",
    "other site": "//evil.example/", "tsquery": "a & ! | ( :* <-> 'b", "regular expression": "(a+)+$[\\",
    "JSON": '{"a": [1, null]}', "white": " \t\u3000\u200b ", "empty": "",
}


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
        person = factories.staff(session, clock(), ministry, "reviewer", "approver", "publisher", "administrator")
        session.add(Membership(
            organisation_id=company.id, account_id=person.require_account(), joined_at=clock(),
            roles=["drafter", "checker", "signer", "manager"]))
        session.flush()
        factories.filing(session, clock(), of, company, person, {}, {"clause_eid": "art_3"})
        services.build(session, of.id, clock())
        services.build_home(session, clock())
        actor = actor_by_account(session, person.require_account(), second_factor=True)
        session.commit()
        assert actor is not None
        return Scene(of.slug, actor)


def written(value: str) -> str:
    """The value as it stands in an address, whatever it is made of."""
    if value == "%FF%FE":
        return value
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def parameters() -> list[str]:
    """Every query parameter that any page reads."""
    source = "\n".join(path.read_text() for path in Path(portal.web.__file__).parent.rglob("*.py"))
    return sorted({*re.findall(r'args\.get(?:list)?\(\s*"(\w+)"', source), *re.findall(r'number\("(\w+)"', source), "lang"})


def _kind(permission: Permission) -> str:
    return "public" if permission.public else "anyone" if not permission.account else "signed in"


def pages(app: Flask, *kinds: str) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and "GET" in (rule.methods or ())
                   and _kind(app.view_functions[rule.endpoint].permission) in kinds),  # type: ignore[union-attr]
                  key=lambda rule: rule.rule)


def filled(rule: Rule, slug: str) -> str:
    known = {"slug": slug, "place": "a/2/1", "public_number": "TEST-1-0001", "version": "1", "number": "1"}
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: known.get(part[2], "1" if part[1] == "int" else "x"), rule.rule)


def check(response: TestResponse, value: str, where: str) -> None:
    """No error of ours, nothing of theirs taken for markup, no header of theirs, no text of ours unfilled."""
    assert response.status_code < 500, f"{where}: {response.status_code}"
    assert "x=1" not in response.headers.get("Set-Cookie", "")
    location = response.headers.get("Location", "")
    assert not location.startswith(("//", "javascript:")), where
    assert "evil.example" not in location.split("?")[0], f"{where} -> {location}"
    assert "\n" not in location
    if not response.headers.get("Content-Type", "").startswith("text/html") or response.status_code in (301, 303, 308):
        return
    body = response.get_data(as_text=True)
    if any(mark in value for mark in "<\"'"):
        assert value not in body, f"{where}: reflected as it is"
    assert "<script>alert" not in body
    assert "49{%" not in body
    tree = html5lib.parse(body, namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            bad = [name for name in element.attrib if str(name).lower().startswith("on")]
            assert not bad, f"{where}: {element.tag} with {bad}"
            for name in ("href", "src", "action", "formaction"):
                address = str(element.attrib.get(name, ""))
                assert not address.lower().startswith(("javascript:", "//", "data:text")), f"{where}: {name}={address}"
                assert not address.startswith("http") or "evil" not in address, f"{where}: {name}={address}"
    try:
        audit(response)
    except AssertionError as problem:
        raise AssertionError(f"{where}: {problem}") from None


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
    """Each page that anyone may open, with each parameter that any page reads, alone and in both languages."""
    visitor, value = Visitor(app), HOSTILE[name]
    for rule in pages(app, "public", "anyone"):
        address = filled(rule, scene.slug)
        for parameter in parameters():
            where = f"{address}?{parameter}={written(value)}"
            check(get(visitor, where), value, where[:200])
    check(get(visitor, f"/search?lang=en&q={written(value)}"), value, "/search in English")


@pytest.mark.parametrize("name", HOSTILE)
def test_signed_in_pages_with_all_parameters(
        app: Flask, scene: Scene, sign_in: Callable[[Actor], Visitor], name: str) -> None:
    visitor, value = sign_in(scene.everybody), HOSTILE[name]
    query = "&".join(f"{parameter}={written(value)}" for parameter in parameters())
    for rule in pages(app, "signed in", "anyone"):
        for address in {filled(rule, scene.slug)}:
            where = f"{address}?{query}"
            check(get(visitor, where), value, f"{address} with {name}")


@pytest.mark.parametrize("name", HOSTILE)
def test_any_part_of_an_address(app: Flask, scene: Scene, sign_in: Callable[[Actor], Visitor], name: str) -> None:
    """Slugs, numbers, tokens: each part of each address."""
    value = HOSTILE[name]
    if not value:
        pytest.skip("an empty part is another address")
    people = {"public": Visitor(app), "anyone": Visitor(app), "signed in": sign_in(scene.everybody)}
    for rule in pages(app, *people):
        visitor = people[_kind(app.view_functions[rule.endpoint].permission)]  # type: ignore[union-attr]
        for part in re.findall(r"<[^>]+>", rule.rule):
            address = filled_but(rule, scene.slug, part, written(value))
            check(get(visitor, address), value, f"{rule.rule} with {name} in {part}")
    check(get(Visitor(app), f"/{written(value)}"), value, f"/{name}")


def filled_but(rule: Rule, slug: str, part: str, value: str) -> str:
    """The address with `value` in one part and something known in the others."""
    before, _, after = rule.rule.partition(part)
    known = {"slug": slug, "place": "a/2/1", "public_number": "TEST-1-0001", "version": "1"}

    def fill(text: str) -> str:
        return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: known.get(found[2], "1" if found[1] == "int" else "x"), text)

    return fill(before) + value + fill(after)


@pytest.mark.parametrize("query", [
    "%", "q=%", "q=%ZZ", "&&&=&=", "q=a;b", "q" * 3_000, "=".join("q" * 100), "&".join(f"p{n}=1" for n in range(1_500)),
    "q[]=1&q[0]=2", "lang=en&lang=ko&lang=%00"])
def test_strange_queries(app: Flask, scene: Scene, query: str) -> None:
    for address in ("/", "/search", f"/c/{scene.slug}/submissions/", "/sign-in"):
        check(get(Visitor(app), f"{address}?{query}"), "<", f"{address}?{query[:60]}")


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
        address = filled(rule, scene.slug)
        page = get(visitor, address)
        names = set(fields(page.get_data(as_text=True))) - {"csrf_token"}
        methods = {method for other in app.url_map.iter_rules() if other.rule == rule.rule for method in other.methods or ()}
        if "POST" not in methods or not names or page.status_code != 200:
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
