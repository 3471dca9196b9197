"""Forms that a page's script sends by itself, and their answers in JSON. Knows nothing of what is saved.

An answer says in `state` what came of it, and in `message` the same in the reader's words.
"""

from __future__ import annotations

import json
from typing import Any

from flask import request

from portal.web.results import Bytes


def sent_by_itself() -> bool:
    """Whether a script of ours sent this form and reads the answer; a browser asks for a page."""
    return (request.method == "POST"
            and request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json")


def answer(status: int, state: str, message: str, **values: Any) -> Bytes:
    """What came of it."""
    packed = json.dumps({"state": state, "message": message, **values}, ensure_ascii=False)
    return Bytes(packed.encode(), "application/json", status=status)
