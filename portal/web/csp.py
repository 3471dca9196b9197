"""Security headers on every response, errors included."""

from __future__ import annotations

from flask import Flask, Response, request

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
    """Add the headers after every request. Pages are private and unstored unless they say otherwise."""
    headers = dict(_HEADERS)
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def add(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}  # asking for each one costs more than this
        for name, value in headers.items():
            if name.lower() not in given:
                response.headers.add(name, value)
        if request.endpoint == "static" and response.status_code in (200, 304):
            # An address with a content hash names one content for ever.
            response.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if request.args.get("v") else "public, max-age=3600")
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
            response.vary.add("Cookie")
        return response
