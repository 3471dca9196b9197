"""Rendering public pages from stored facts, without Flask: by the worker, and by a web process after midnight."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from portal.consultations import periods
from portal.kernel import templating
from portal.kernel.i18n import msg, use_locale
from portal.kernel.templating import use_public_links
from portal.publication import shown
from portal.publication.phases import phase_facts
from portal.settings import folder


@dataclass(frozen=True)
class Site:
    """What every page says of the portal and who runs it."""

    operator_ko: str
    operator_en: str
    contact: str


_site = Site("", "", "")


def configure(site: Site) -> None:
    """Called once by the composition root."""
    global _site
    _site = site
    made_with.cache_clear()


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The publication's own Jinja environment."""
    return templating.make_environment(watching=False)


@lru_cache(maxsize=1)
def made_with() -> str:
    """A digest of everything but facts that a page is made of: templates, catalogues, who runs the portal. When it
    changes, with a new release or setting, stored pages are made anew."""
    parts = hashlib.sha256(repr(_site).encode())
    for name, pattern in (("templates", "**/*.html"), ("translations", "**/*.po")):
        for path in sorted(folder(name).glob(pattern)):
            parts.update(path.read_bytes())
    return parts.hexdigest()[:24]


@dataclass(frozen=True)
class Rendered:
    """A page as bytes: plain and gzipped, its ETag (of the bytes) and until when its sentences are true."""

    body: bytes
    zipped: bytes
    etag: str
    valid_until: datetime


def thaw(facts: Any) -> Any:
    """Facts as stored, with the times and days among them read."""
    if isinstance(facts, dict):
        return {name: _thaw_value(name, value) for name, value in facts.items()}
    if isinstance(facts, list):
        return [thaw(item) for item in facts]
    return facts


def _thaw_value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name.endswith("_at"):
            return datetime.fromisoformat(value)
        if name.endswith("_on"):
            return date.fromisoformat(value)
        return value
    return thaw(value)


def base_values(language: str, path: str) -> dict[str, Any]:
    """What the public layout needs."""
    return {
        "locale": language, "home_url": "/?lang=en" if language == "en" else "/",
        "alternate_url": path if language == "en" else path + ("&" if "?" in path else "?") + "lang=en",
        "official_notice": None,
        "site": {"name": msg("Consultation portal"), "contact": _site.contact,
                 "operator": _site.operator_ko if language == "ko" else _site.operator_en}}


def html(template: str, facts: dict[str, Any], language: str, path: str, now: datetime, **more: Any) -> str:
    """A public page as text."""
    values: dict[str, Any] = {**base_values(language, path), **thaw(facts), **more, "now": now}
    if "consultation" in values:
        values["phase"] = phase_facts(values["consultation"], now)
    with use_locale(language), use_public_links(True):
        if template in shown.DERIVED:
            values.update(shown.DERIVED[template](values, language, now))
        return templating.without_controls(environment().get_template(template).render(values))


def render(template: str, facts: dict[str, Any], language: str, path: str, now: datetime, **more: Any) -> Rendered:
    """A public page as bytes."""
    body = html(template, facts, language, path, now, **more).encode()
    return Rendered(body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:24],
                    valid_until(facts, now))


def valid_until(facts: dict[str, Any], now: datetime) -> datetime:
    """Until when the page's sentences hold: of every consultation on it, the nearest."""
    found = [facts["consultation"]] if "consultation" in facts else facts.get("consultations", [])
    instants = [periods.valid_until(phase_facts(thaw(c), now).facts, now) for c in found]
    return min(instants, default=periods.valid_until(periods.Facts(None, (), None), now))
