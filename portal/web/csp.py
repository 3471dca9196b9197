"""Security headers on every response, errors included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_CSP = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"))

_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask, *, secure: bool) -> None:
    """Add the headers to every response. Pages are private and unstored unless they say otherwise."""
    fixed = list(_HEADERS.items())
    if secure:
        fixed.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    inner = app.wsgi_app

    def with_headers(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Outside of Flask, whose response objects check and copy each header several times: a third of the time that
        # a stored page takes.
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            return start_response(status, headers + fixed, exc_info)

        return inner(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]

    @app.after_request
    def add(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            # An address with a content hash names one content for ever.
            response.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if request.args.get("v") else "public, max-age=3600")
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
            response.vary.add("Cookie")
        return response
