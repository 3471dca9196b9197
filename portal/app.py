"""The composition root: the only module that knows every area, adapter and page."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Blueprint, Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

import portal.jobs.jobs
import portal.ledger.chain
import portal.organisations.jobs
import portal.publication.jobs
import portal.responses.jobs
import portal.review.jobs
import portal.submissions.jobs
import portal.suggestions.jobs
import portal.web.account.account_views
import portal.web.account.invitation_views
import portal.web.account.organisation_views
import portal.web.account.password_views
import portal.web.account.second_factor_views
import portal.web.account.sign_in_views
import portal.web.account.sign_up_views
import portal.web.admin.alignment_views
import portal.web.admin.consultation_views
import portal.web.admin.correction_views
import portal.web.admin.cross_check_views
import portal.web.admin.document_views
import portal.web.admin.draft_views
import portal.web.admin.mail_views
import portal.web.admin.organisation_views
import portal.web.admin.period_views
import portal.web.admin.staff_views
import portal.web.admin.start_views
import portal.web.health
import portal.web.public.about_views
import portal.web.public.consultation_views
import portal.web.review.pages
import portal.web.workspace.pages
from portal.adapters import mail
from portal.jobs.queue import Registry
from portal.kernel import templating
from portal.kernel.clock import Clock, system_clock
from portal.kernel.db import SessionFactory, make_engine, make_session_factory
from portal.kernel.logs import configure_logging
from portal.ledger.receipts import SigningKey
from portal.notifications import services as notifications
from portal.notifications.jobs import Sending
from portal.publication import rendering
from portal.settings import Settings, SettingsError, folder
from portal.web import access, csp, errors
from portal.web.limits import Limiter
from portal.web.sessions import Cookies, NoFlaskSession

MAX_REQUEST_BYTES = 25 * 1024 * 1024


def registry(settings: Settings) -> Registry:
    """Every job and ticker of every area."""
    registry = Registry()
    registry.add(*portal.jobs.jobs.WORK, *portal.ledger.chain.WORK, *portal.publication.jobs.WORK)
    registry.add(*portal.submissions.jobs.WORK, *portal.review.jobs.WORK, *portal.responses.jobs.WORK)
    registry.add(*portal.organisations.jobs.WORK)
    registry.add(*portal.suggestions.jobs.Analysing(settings.analysis, settings.embeddings).work())
    registry.add(*Sending(mail.carrier(settings.mail_url), settings.mail_from).work())
    return registry


@dataclass(frozen=True)
class Backend:
    """What commands and jobs work with: sessions, time, keys; no web."""

    settings: Settings
    clock: Clock
    engine: Engine
    sessions: SessionFactory
    signing_key: SigningKey


def create_backend(settings: Settings, clock: Clock = system_clock, *, statement_timeout_ms: int = 30_000) -> Backend:
    """The part of the portal below the web. A worker gives its statements longer: one may wait for another's build."""
    if settings.database_url is None:
        raise SettingsError("PORTAL_DATABASE_URL is not set, and no embedded server was started for this process")
    notifications.configure(notifications.Sender(settings.mail_from, settings.base_url))
    rendering.configure(rendering.Site(settings.operator_ko, settings.operator_en, settings.contact_email))
    engine = make_engine(settings.database_url, statement_timeout_ms=statement_timeout_ms)
    key = _configured_key(settings) or SigningKey.in_folder(settings.instance / "keys")
    return Backend(settings, clock, engine, make_session_factory(engine), key)


def _configured_key(settings: Settings) -> SigningKey | None:
    if not settings.ledger_key:
        return None
    try:
        return SigningKey.from_hex(settings.ledger_key)
    except ValueError:
        raise SettingsError("PORTAL_LEDGER_KEY must be 32 bytes in hex (64 digits)") from None


def require_keys(settings: Settings) -> None:
    """Raise SettingsError for settings with which neither web nor worker may start, whatever the database is."""
    if not settings.secret_keys:
        raise SettingsError("PORTAL_SECRET_KEY is not set: without a key nothing can be signed")
    _configured_key(settings)


def require_servable(settings: Settings) -> None:
    """Raise SettingsError for settings with which the web may not start: asked before a server is, so that the answer
    is one line."""
    require_keys(settings)
    if settings.database_url is None or settings.public_database_url is None:
        raise SettingsError("PORTAL_DATABASE_URL and PORTAL_PUBLIC_DATABASE_URL must both be set")


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """The web application. Raises SettingsError when it may not start with these settings."""
    require_servable(settings)
    assert settings.public_database_url is not None
    configure_logging(settings.log)
    backend = create_backend(settings, clock)
    public_engine = make_engine(settings.public_database_url, read_only=True, statement_timeout_ms=5_000)
    public = make_session_factory(public_engine)
    environment = templating.make_environment(watching=False)

    app = Flask("portal", static_folder=str(folder("static")), static_url_path="/static", template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES, MAX_FORM_PARTS=5_000,
        TRUSTED_HOSTS=[settings.host], SECRET_KEY=settings.secret_keys[0])
    app.session_interface = NoFlaskSession()
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=n, x_proto=n, x_host=0)
    access.install(app, access.Portal(
        settings=settings, clock=clock, sessions=backend.sessions, public_sessions=public, environment=environment,
        limiter=Limiter(backend.sessions), cookies=Cookies(secure=settings.secure, keys=settings.secret_keys),
        signing_key=backend.signing_key))
    app.extensions["portal.engines"] = (backend.engine, public_engine)
    errors.install(app, app.extensions["portal"])
    csp.install(app, secure=settings.secure)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    structlog.get_logger().debug("ready")
    return app


def close(app: Flask) -> None:
    """Close the database connections of an application that serves no longer."""
    for engine in app.extensions["portal.engines"]:
        engine.dispose()


def blueprints() -> list[Blueprint]:
    """Every page of the portal."""
    return [area.blueprint for area in (
        portal.web.health.area,
        portal.web.public.consultation_views.area,
        portal.web.public.about_views.area,
        portal.web.workspace.pages.area, portal.web.review.pages.area,
        portal.web.account.account_views.area, portal.web.account.invitation_views.area,
        portal.web.account.organisation_views.area, portal.web.account.password_views.area,
        portal.web.account.second_factor_views.area, portal.web.account.sign_in_views.area,
        portal.web.account.sign_up_views.area, portal.web.admin.mail_views.area,
        portal.web.admin.organisation_views.area,
        portal.web.admin.staff_views.area,
        portal.web.admin.start_views.area, portal.web.admin.consultation_views.area,
        portal.web.admin.draft_views.area, portal.web.admin.correction_views.area,
        portal.web.admin.cross_check_views.area, portal.web.admin.alignment_views.area,
        portal.web.admin.period_views.area,
        portal.web.admin.document_views.area)]
