"""What a policy answers: yes, or no with the reason as a message key, so that a page can say why."""

from __future__ import annotations

from dataclasses import dataclass

from portal.kernel.errors import RefusedError, StateError
from portal.kernel.i18n import Message


@dataclass(frozen=True)
class Decision:
    """Whether an act is allowed. `reason` is set on every refusal; `state` tells a wrong moment from a wrong actor."""

    allowed: bool
    reason: Message | None = None
    state: bool = False

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise RefusedError (wrong actor) or StateError (wrong moment) unless allowed."""
        if self.allowed:
            return
        assert self.reason is not None
        raise (StateError if self.state else RefusedError)(self.reason)


ALLOWED = Decision(True)


def refused(reason: Message) -> Decision:
    """No: this person may not."""
    return Decision(False, reason)


def not_now(reason: Message) -> Decision:
    """No: nobody may at this step or phase."""
    return Decision(False, reason, state=True)
