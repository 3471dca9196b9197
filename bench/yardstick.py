"""The yardstick: a bare Flask application under the same gunicorn.

`/bytes` answers with a file's bytes, under the Content-Encoding that the portal's answer had; `/commit` stores as many
bytes as one request of the portal does, as one row in one durable transaction, and answers with a redirect.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response
from psycopg_pool import ConnectionPool

app = Flask(__name__)
_BODY = Path(os.environ["YARDSTICK_BODY"]).read_bytes()
_ENCODING = os.environ.get("YARDSTICK_ENCODING", "")
_DATABASE = os.environ.get("YARDSTICK_DATABASE")
_pool = ConnectionPool(_DATABASE, min_size=1, max_size=8, kwargs={"autocommit": True}) if _DATABASE else None


@app.get("/bytes")
def answer() -> Response:
    """The same bytes."""
    response = Response(_BODY, content_type="text/html; charset=utf-8")
    if _ENCODING:
        response.headers["Content-Encoding"] = _ENCODING
    return response


@app.post("/commit")
def commit() -> Response:
    """One row, on the disk when this answers."""
    assert _pool is not None
    with _pool.connection() as connection:
        connection.execute("INSERT INTO yardstick.rows (body) VALUES (%s)", [_BODY])
    return Response(status=303, headers={"Location": "/"})
