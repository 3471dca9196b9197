"""What notifications ask of the outside world."""

from __future__ import annotations

from typing import Protocol


class MailCarrier(Protocol):
    """Takes a finished message away. Raises MailError for anything that may go better later."""

    def carry(self, message: bytes, sender: str, recipient: str) -> None: ...


class MailError(Exception):
    """The message was not taken; trying again later makes sense."""
