"""The small tree of errors that services raise, mapped to HTTP in one place (`portal.web.errors`).

An error carries message keys with values, never sentences: the web shows them in the reader's language.
A person is told what went wrong, what was kept and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.kernel.i18n import Message


class PortalError(Exception):
    """Something that a person can be told about. `ways` are (address, label) of the pages to go on to, where whoever
    raises it or lets it pass knows them."""

    status = 500

    def __init__(self, message: Message, *, what_next: Message | None = None, kept: Message | None = None,
                 ways: Sequence[tuple[str, Message]] = ()) -> None:
        super().__init__(message.msgid)
        self.message = message
        self.what_next = what_next
        self.kept = kept
        self.ways = tuple(ways)


class NotFoundError(PortalError):
    """There is no such thing, or the reader may not know that there is."""

    status = 404


class RefusedError(PortalError):
    """The actor may not do this (role, organisation, ministry, step or phase)."""

    status = 403


class InvalidError(PortalError):
    """The input breaks a rule. `problems` names the field for each message; `""` is the form as a whole."""

    status = 422

    def __init__(self, message: Message, problems: Mapping[str, Sequence[Message]] | None = None, *,
                 spans: Sequence[tuple[str, int, int]] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.problems: dict[str, list[Message]] = {key: list(value) for key, value in (problems or {}).items()}
        #: (field, start, end) of the words that the page marks.
        self.spans = tuple(spans)


class ConflictError(PortalError):
    """Somebody else changed it since this page was made. `theirs` is what stands there now, for a page with both."""

    status = 409

    def __init__(self, message: Message, *, changed_by: str, changed_at: Any, theirs: Mapping[str, Any],
                 version: int, **more: Any) -> None:
        super().__init__(message, **more)
        self.changed_by = changed_by
        self.changed_at = changed_at
        self.theirs = dict(theirs)
        self.version = version


class StateError(PortalError):
    """Right actor, wrong moment: the phase or the step does not allow it."""

    status = 409


class TooManyError(PortalError):
    """A limit was reached; `retry_after` in seconds."""

    status = 429

    def __init__(self, message: Message, *, retry_after: int, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after
