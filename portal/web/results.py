"""What a view returns: plain values, made into a response only after the transaction is committed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Page:
    """A template with what it shows: frozen dataclasses and plain values, nothing that would load lazily."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    cookies: tuple[Cookie, ...] = ()


@dataclass(frozen=True)
class Redirect:
    """Go there with GET (303). `notice` is shown once on the next page."""

    to: str
    notice: Any = None
    cookies: tuple[Cookie, ...] = ()


@dataclass(frozen=True)
class Bytes:
    """A finished body. `cache` is the Cache-Control header; None leaves `private, no-store`."""

    body: bytes
    media_type: str
    status: int = 200
    cache: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """A body that is made while it is sent."""

    chunks: Iterator[bytes]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cookie:
    """A cookie to set; `value` None deletes it."""

    name: str
    value: str | None
    max_age: int | None = None


Result = Page | Redirect | Bytes | Stream


def page(template: str, /, status: int = 200, cookies: tuple[Cookie, ...] = (), **values: Any) -> Page:
    """A page, with its values as keywords."""
    return Page(template, values, status, cookies)
