"""The steps of a response as data: which act is possible at which step, who may do it, and where it leads.

Pure. Whether the moment allows it (a consultation that is concluded, responses before the first close) is asked by
`policies`; what an act does is written by `services`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal.responses.models import STEPS

#: What can be done to a response.
ACTS: Final = ("edit", "send", "pass", "send_back", "approve", "publish", "reopen", "give_up")

#: Where an act leads that goes on: to the next step that is set for the consultation.
NEXT: Final = "next"


@dataclass(frozen=True)
class Rule:
    """One cell of the table. `roles`: one of these at the consultation's ministry. `not_an_author`: and has written
    none of the text. `to`: the step that it leads to, or NEXT."""

    roles: frozenset[str]
    to: str
    not_an_author: bool = False


def _rule(*roles: str, to: str, not_an_author: bool = False) -> Rule:
    return Rule(frozenset(roles), to, not_an_author)


_EDIT: Final = _rule("reviewer", to="drafting")
_PASS: Final = _rule("reviewer", "adviser", to=NEXT, not_an_author=True)
_BACK: Final = _rule("reviewer", "adviser", to="drafting")

#: (step, act) -> rule. What is not here is possible for nobody.
TABLE: Final[Mapping[tuple[str, str], Rule]] = MappingProxyType({
    ("drafting", "edit"): _EDIT,
    ("drafting", "send"): _rule("reviewer", to=NEXT),
    ("drafting", "give_up"): _rule("reviewer", to="published"),
    ("technical_review", "edit"): _EDIT,
    ("technical_review", "pass"): _PASS,
    ("technical_review", "send_back"): _BACK,
    ("legal_review", "edit"): _EDIT,
    ("legal_review", "pass"): _PASS,
    ("legal_review", "send_back"): _BACK,
    ("for_approval", "edit"): _EDIT,
    ("for_approval", "approve"): _rule("approver", to="approved", not_an_author=True),
    ("for_approval", "send_back"): _rule("reviewer", "approver", to="drafting"),
    ("approved", "edit"): _EDIT,
    ("approved", "publish"): _rule("publisher", to="published"),
    ("approved", "send_back"): _rule("reviewer", "approver", "publisher", to="drafting"),
    ("published", "reopen"): _rule("reviewer", to="drafting"),
})


def track(*, technical_review: bool, legal_review: bool) -> tuple[str, ...]:
    """The steps that are set for a consultation, in their order."""
    left_out = {name for name, wanted in (("technical_review", technical_review), ("legal_review", legal_review))
                if not wanted}
    return tuple(step for step in STEPS if step not in left_out)


def destination(step: str, act: str, steps: Sequence[str]) -> str:
    """Where an act leads from a step, given the steps that are set. KeyError for what is not possible there."""
    to = TABLE[step, act].to
    return next(each for each in steps if STEPS.index(each) > STEPS.index(step)) if to == NEXT else to
