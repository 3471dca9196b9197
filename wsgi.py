"""The WSGI entry point of a checkout: `flask --app wsgi` and gunicorn find `app` here. It starts no database server."""

from portal.wsgi import app

__all__ = ["app"]
