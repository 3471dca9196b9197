"""The steps as a table: one test for each cell of role × step × act, against a table typed here by hand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from portal.kernel.actor import Actor
from portal.responses import policies, steps
from portal.responses.models import STEPS
from portal.review.desk import Desk

NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)
ROLES = ("reviewer", "approver", "publisher", "administrator", "adviser")

#: Who may do what at which step; everything else is refused.
ALLOWED = """
drafting          edit       reviewer
drafting          send       reviewer
drafting          give_up    reviewer
technical_review  edit       reviewer
technical_review  pass       reviewer adviser
technical_review  send_back  reviewer adviser
legal_review      edit       reviewer
legal_review      pass       reviewer adviser
legal_review      send_back  reviewer adviser
for_approval      edit       reviewer
for_approval      approve    approver
for_approval      send_back  reviewer approver
approved          edit       reviewer
approved          publish    publisher
approved          send_back  reviewer approver publisher
published         reopen     reviewer
"""
EXPECTED = {(step, act): set(roles) for step, act, *roles in map(str.split, ALLOWED.strip().splitlines())}
#: Acts that nobody does to an own text.
NOT_AN_AUTHOR = {"pass", "approve"}


def _desk(**more: object) -> Desk:
    values: dict[str, object] = {
        "id": 1, "ministry_id": 7, "slug": "x", "title_ko": "", "title_en": "", "announced_at": NOW - timedelta(50),
        "concluded_at": None, "responses_while_open": False, "technical_review": True, "legal_review": True,
        "first_close": NOW - timedelta(10), "last_close": NOW - timedelta(10)}
    return Desk(**{**values, **more})  # type: ignore[arg-type]


def _actor(role: str, ministry: int = 7) -> Actor:
    return Actor(account_id=1, name="", staff_roles={ministry: frozenset({role})})


@pytest.mark.parametrize(("role", "step", "act"), list(itertools.product(ROLES, STEPS, steps.ACTS)))
def test_each_cell(role: str, step: str, act: str) -> None:
    allowed = role in EXPECTED.get((step, act), set())
    decision = policies.can(act, _actor(role), _desk(), step, set(), NOW)
    assert bool(decision) is allowed
    assert (decision.reason is None) is allowed
    if (step, act) not in EXPECTED:
        assert decision.state  # nobody may, at this step
    as_author = policies.can(act, _actor(role), _desk(), step, {1}, NOW)
    assert bool(as_author) is (allowed and act not in NOT_AN_AUTHOR)
    assert not policies.can(act, _actor(role, ministry=8), _desk(), step, set(), NOW)
    assert not policies.can(act, _actor(role), _desk(concluded_at=NOW), step, set(), NOW)


def test_the_table_holds_nothing_else() -> None:
    assert set(steps.TABLE) == set(EXPECTED)
    assert {act for _, act in steps.TABLE} == set(steps.ACTS)


@pytest.mark.parametrize(("technical", "legal", "path"), [
    (False, False, "drafting for_approval approved published"),
    (True, False, "drafting technical_review for_approval approved published"),
    (False, True, "drafting legal_review for_approval approved published"),
    (True, True, "drafting technical_review legal_review for_approval approved published")])
def test_the_reviews_are_set_for_the_consultation(technical: bool, legal: bool, path: str) -> None:
    track = steps.track(technical_review=technical, legal_review=legal)
    assert list(track) == path.split()
    at, walked = "drafting", ["drafting"]
    forward = {"drafting": "send", "technical_review": "pass", "legal_review": "pass", "for_approval": "approve",
               "approved": "publish"}
    while at != "published":
        at = steps.destination(at, forward[at], track)
        walked.append(at)
    assert walked == path.split()


@pytest.mark.parametrize("step", STEPS)
def test_every_way_back_leads_to_drafting(step: str) -> None:
    for act in ("edit", "send_back", "reopen"):
        if (step, act) in steps.TABLE:
            assert steps.destination(step, act, STEPS) == "drafting"


@pytest.mark.parametrize(("while_open", "first_close", "announced", "allowed"), [
    (False, NOW + timedelta(microseconds=1), True, False),
    (False, NOW, True, True),
    (False, NOW - timedelta(1), True, True),
    (True, NOW + timedelta(5), True, True),
    (True, NOW + timedelta(5), False, False),
    (False, None, True, False)])
def test_when_responses_are_published(while_open: bool, first_close: datetime | None, announced: bool,
                                      allowed: bool) -> None:
    desk = _desk(responses_while_open=while_open, first_close=first_close,
                 announced_at=NOW - timedelta(50) if announced else None)
    decision = policies.can_publish_now(desk, NOW)
    assert bool(decision) is allowed
    assert allowed or decision.state
