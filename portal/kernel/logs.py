"""Logging: one line an event, as text or JSON, on standard error. Never words that people filed, never secrets."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

import structlog

_KEPT_OUT = "(kept out of the log)"


def without_values(trace: str, error: BaseException | None) -> str:
    """A trace without what PostgreSQL tells of the rows that an error is about: it repeats every word in them."""
    while error is not None:
        detail = getattr(getattr(error, "diag", None), "message_detail", None)
        if detail:
            trace = trace.replace(detail, _KEPT_OUT)
        error = error.__cause__ or error.__context__
    return trace


def _trace(logger: Any, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    info = event.get("exc_info")
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    event = structlog.processors.format_exc_info(logger, name, event)
    if "exception" in event:
        event["exception"] = without_values(event["exception"], error)
    return event


class _Formatter(logging.Formatter):
    """For libraries that log through the standard library."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None]
                        | tuple[None, None, None]) -> str:
        return without_values(super().formatException(ei), ei[1])


def configure_logging(form: str) -> None:
    """Set up structlog and the standard library's loggers. `form` is `text` or `json`."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False))
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
                    _trace, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
