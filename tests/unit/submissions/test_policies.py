"""Who may do what, when: one cell a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.consultations.periods import Window
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFoundError, RefusedError, StateError
from portal.submissions import policies
from portal.submissions.policies import Timing

ANNOUNCED = datetime(2025, 11, 12, tzinfo=UTC)
OPENS = ANNOUNCED + timedelta(days=1)
CLOSES = OPENS + timedelta(days=40)
TIMING = Timing(ANNOUNCED, Window(OPENS, CLOSES))
MOMENT = timedelta(microseconds=1)

WHEN = {"before": ANNOUNCED - MOMENT, "announced": ANNOUNCED, "opens": OPENS, "last": CLOSES - MOMENT, "closed": CLOSES,
        "grace": CLOSES + timedelta(seconds=60), "late": CLOSES + timedelta(seconds=60) + MOMENT}


def member(*roles: str, organisation: int = 7) -> Actor:
    return Actor(account_id=1, name="가", member_roles={organisation: frozenset(roles)})


@pytest.mark.parametrize(("when", "write", "file", "withdraw"), [
    ("before", False, False, True), ("announced", True, False, True), ("opens", True, True, True),
    ("last", True, True, True), ("closed", True, True, False), ("grace", True, True, False),
    ("late", False, False, False)])
def test_the_clock_decides(when: str, write: bool, file: bool, withdraw: bool) -> None:
    everyone, at = member("drafter", "signer"), WHEN[when]
    assert bool(policies.can_write(everyone, 7, TIMING, at)) is write
    assert bool(policies.can_file(everyone, 7, TIMING, OPENS, at)) is file
    assert bool(policies.can_withdraw(everyone, 7, TIMING, at)) is withdraw


@pytest.mark.parametrize("role", ["drafter", "checker", "signer", "manager", "observer"])
def test_each_role_does_its_own(role: str) -> None:
    actor = member(role)
    assert bool(policies.can_write(actor, 7, TIMING, OPENS)) is (role == "drafter")
    assert bool(policies.can_file(actor, 7, TIMING, OPENS, OPENS)) is (role == "signer")
    assert bool(policies.can_withdraw(actor, 7, TIMING, OPENS)) is (role == "signer")
    policies.require_member(actor, 7)


def test_roles_hold_in_their_own_organisation_only() -> None:
    outsider = member("drafter", "signer", organisation=8)
    assert not policies.can_write(outsider, 7, TIMING, OPENS)
    assert not policies.can_file(outsider, 7, TIMING, OPENS, OPENS)
    with pytest.raises(NotFoundError):
        policies.require_member(outsider, 7)


def test_the_wrong_moment_is_told_from_the_wrong_person() -> None:
    with pytest.raises(RefusedError):
        policies.can_file(member("drafter"), 7, TIMING, OPENS, WHEN["late"]).require()
    with pytest.raises(StateError):
        policies.can_file(member("signer"), 7, TIMING, OPENS, WHEN["late"]).require()


def test_only_a_submission_begun_in_time_has_the_grace() -> None:
    signer = member("signer")
    assert policies.can_file(signer, 7, TIMING, CLOSES - MOMENT, WHEN["grace"])
    assert not policies.can_file(signer, 7, TIMING, CLOSES, WHEN["grace"])


def test_a_concluded_consultation_takes_nothing() -> None:
    concluded = Timing(ANNOUNCED, Window(OPENS, CLOSES), OPENS + timedelta(days=3))
    assert not policies.can_write(member("drafter"), 7, concluded, OPENS + timedelta(days=4))
    assert not policies.can_file(member("signer"), 7, concluded, OPENS, OPENS + timedelta(days=4))


@pytest.mark.parametrize(("after", "seconds"), [
    (-MOMENT, 0), (timedelta(0), 1), (MOMENT, 1), (timedelta(seconds=30), 30), (timedelta(seconds=59) + MOMENT, 60),
    (timedelta(seconds=60), 60)])
def test_late_seconds_are_seconds_begun(after: timedelta, seconds: int) -> None:
    assert TIMING.late_seconds(CLOSES + after) == seconds
