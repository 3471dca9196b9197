"""Settings: one frozen object read from the environment, and the place of the folders that ship with the product.

Nothing else reads `os.environ`. Every setting carries its own documentation, from which `docs/settings.md` is
generated (`portal docs`). This module knows nothing of the rest of the product.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

_SHIPPED = ("templates", "static", "migrations", "translations")


class SettingsError(Exception):
    """The environment does not describe a portal that can start. The text says which variable and why."""


def folder(name: str) -> Path:
    """The folder `name` (templates, static, migrations or translations) that ships with the product.

    In a checkout it stands beside the package; in an installed wheel inside it.
    """
    if name not in _SHIPPED:
        raise KeyError(name)
    inside = Path(__file__).parent / "_data" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


def _setting(doc: str, default: Any = None, *, variable: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"doc": doc, "variable": variable, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ between two installations."""

    database_url: str | None = _setting(
        "PostgreSQL (16 to 18) as role *app*. Without it the portal starts its own server.",
        variable="PORTAL_DATABASE_URL", secret=True)
    owner_database_url: str | None = _setting(
        "The same database as role *owner*; used by `portal db` only.",
        variable="PORTAL_OWNER_DATABASE_URL", secret=True)
    public_database_url: str | None = _setting(
        "The same database, or a replica, as role *public*, for the public pages.",
        variable="PORTAL_PUBLIC_DATABASE_URL", secret=True)
    secret_keys: tuple[str, ...] = _setting(
        "Keys that sign and encrypt, separated by commas, newest first. Without one nothing starts outside the demo.",
        (), variable="PORTAL_SECRET_KEY", secret=True)
    base_url: str = _setting(
        "The address under which people reach the portal. Other Host headers are refused.",
        "http://127.0.0.1:8000", variable="PORTAL_BASE_URL")
    instance: Path = _setting(
        "The folder of this installation: the embedded database, keys, blobs.", Path("var"), variable="PORTAL_INSTANCE")
    mail_url: str = _setting(
        "Where mail goes: `smtp://user:password@host:port` (`smtps://`, or `smtp+starttls://`), or `outbox:` to keep "
        "it on a page for staff only.", "outbox:", variable="PORTAL_MAIL_URL", secret=True)
    mail_from: str = _setting(
        "The sender's address of every mail.", "portal@localhost", variable="PORTAL_MAIL_FROM")
    proxies: int = _setting(
        "How many trusted proxies stand before the portal; counted exactly, 0 trusts no forwarded header.",
        0, variable="PORTAL_PROXIES")
    ledger_key: str | None = _setting(
        "Ed25519 private key (32 bytes, hex) that signs receipts. Without it one is made in the instance folder.",
        variable="PORTAL_LEDGER_KEY", secret=True)
    locale: str = _setting(
        "Language (`ko` or `en`) of mails and documents for people without an account; never of public pages.",
        "ko", variable="PORTAL_LOCALE")
    log: str = _setting("Log format: `text` or `json`.", "text", variable="PORTAL_LOG")
    operator_ko: str = _setting(
        "Who runs this deployment, in Korean; named in the terms and the privacy notice.",
        "입법예고 의견 포털 운영기관", variable="PORTAL_OPERATOR_KO")
    operator_en: str = _setting(
        "Who runs this deployment, in English.", "the operator of this portal", variable="PORTAL_OPERATOR_EN")
    contact_email: str = _setting(
        "Where people write about the portal itself.", "contact@localhost", variable="PORTAL_CONTACT_EMAIL")
    analysis: bool = _setting(
        "`on`, or `off`: the worker then suggests no clusters and tags, and needs about a gigabyte less memory.",
        True, variable="PORTAL_ANALYSIS")
    embeddings: Path | None = _setting(
        "The folder of a sentence model of your own, one more likeness for the suggestions; none is needed.",
        variable="PORTAL_EMBEDDINGS")
    demo: bool = _setting(
        "Set by `portal demo` only: waives the second factor of staff and shows the banner.",
        False, variable="PORTAL_DEMO")
    demo_password: str | None = _setting(
        "The one password of the demo's accounts; random when not set.", variable="PORTAL_DEMO_PASSWORD", secret=True)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Read the environment. Raises SettingsError naming the variable that makes no sense."""
        env = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for f in fields(cls):
            raw = env.get(f.metadata["variable"])
            if raw is None or raw == "":
                continue
            values[f.name] = cls._parse(f.name, f.metadata["variable"], raw)
        return cls(**{**values, **overrides})

    @staticmethod
    def _parse(name: str, variable: str, raw: str) -> Any:
        if name == "secret_keys":
            return tuple(part.strip() for part in raw.split(",") if part.strip())
        if name in ("instance", "embeddings"):
            return Path(raw)
        if name == "analysis":
            if raw not in ("on", "off"):
                raise SettingsError(f"{variable} must be on or off, not {raw!r}")
            return raw == "on"
        if name == "proxies":
            if not (raw.isascii() and raw.isdigit()):
                raise SettingsError(f"{variable} must be a whole number, not {raw!r}")
            return int(raw)
        if name == "demo":
            return raw == "1"
        if name == "locale" and raw not in ("ko", "en"):
            raise SettingsError(f"{variable} must be ko or en, not {raw!r}")
        if name == "log" and raw not in ("text", "json"):
            raise SettingsError(f"{variable} must be text or json, not {raw!r}")
        if name == "base_url":
            parts = urlsplit(raw)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
                raise SettingsError(f"{variable} must be like https://portal.example.go.kr, not {raw!r}")
            return f"{parts.scheme}://{parts.netloc}"
        return raw

    @property
    def host(self) -> str:
        """The Host header that requests must carry, with the port where it is not the scheme's own."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        """Whether cookies carry Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    def to_env(self) -> dict[str, str]:
        """These settings as environment variables, for the processes that `portal` starts."""
        env: dict[str, str] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value is None or value == f.default:
                continue
            env[f.metadata["variable"]] = self.written(f.name, value)
        return env

    @staticmethod
    def written(name: str, value: Any) -> str:
        """A value as it stands in the environment."""
        if isinstance(value, tuple):
            return ",".join(value)
        if isinstance(value, bool):
            return ("off", "on")[value] if name == "analysis" else ("0", "1")[value]
        return str(value)
