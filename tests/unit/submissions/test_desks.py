"""Which period a desk is in, and what the list of desks says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.consultations.models import CommentPeriod
from portal.kernel.errors import NotFoundError
from portal.submissions import queries, services
from portal.submissions.comment_input import CommentInput
from tests import factories
from tests.unit.submissions.conftest import Scene

DAY = timedelta(days=1)


def second_period(scene: Scene) -> CommentPeriod:
    """A renewed notice over one article, half a year later."""
    opens = scene.period.closes_at + 180 * DAY
    period = CommentPeriod(
        consultation_id=scene.consultation.id, number=2, starts_on=opens.date(), days=20, opens_at=opens,
        closes_at=opens + 20 * DAY, short_period_record="", scope=["art_2"])
    scene.session.add(period)
    scene.session.flush()
    return period


def test_a_desk_is_in_the_period_that_opened_last(scene: Scene) -> None:
    later = second_period(scene)

    def number(at: timedelta, period: int | None = None) -> tuple[int, bool]:
        desk = queries.desk(scene.session, scene.consultation.slug, scene.organisation.id, now=scene.now + at,
                            period=period)
        return desk.period_number, desk.newest_period

    until_second = later.opens_at - scene.now
    assert number(timedelta(0)) == (1, True)
    assert number(until_second - timedelta(seconds=1)) == (1, True)
    assert number(until_second) == (2, True)
    assert number(until_second, period=1) == (1, False)
    with pytest.raises(NotFoundError):
        number(timedelta(0), period=3)
    with pytest.raises(NotFoundError):
        number(-11 * DAY)  # not announced then


def test_each_period_has_a_submission_of_its_own(scene: Scene) -> None:
    later = second_period(scene)
    first = scene.write().submission_id
    second = services.open_submission(scene.session, scene.actor, later.id, scene.organisation.id, now=later.opens_at)
    assert first != second
    services.add_comment(scene.session, scene.actor, second, "art_2", CommentInput(position="support", reason="네"),
                         now=later.opens_at)
    assert len(queries.written_comments(scene.session, first)) == 1


def test_the_phase_follows_the_clock(scene: Scene) -> None:
    desk = queries.desk(scene.session, scene.consultation.slug, scene.organisation.id, now=scene.now)
    assert [desk.phase(at) for at in (desk.announced_at - DAY, desk.opens_at, desk.closes_at)] == [
        "preparing", "open", "closed"]
    assert desk.days_left(desk.closes_at) is None


def test_the_lists_hold_what_is_open_and_what_is_mine(scene: Scene) -> None:
    mine = [scene.organisation.id]
    untouched = factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now))
    hidden = factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now),
                                    announced=False)
    over = factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now),
                                  opened_days_ago=60)
    foreign = factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now),
                                     opened_days_ago=60)
    factories.filing(scene.session, scene.now - 30 * DAY, over, scene.organisation, scene.actor)
    other = factories.organisation(scene.session, scene.now, "다른회사")
    factories.filing(scene.session, scene.now - 30 * DAY, foreign, other,
                     factories.member(scene.session, scene.now, other))
    scene.write()
    current = {s.desk.slug: s for s in queries.current_desks(scene.session, mine, now=scene.now)}
    past = [s.desk.slug for s in queries.past_desks(scene.session, mine, now=scene.now)]
    assert {scene.consultation.slug, untouched.slug} <= set(current)
    assert hidden.slug not in current
    assert over.slug not in current
    assert past == [over.slug]
    assert current[scene.consultation.slug].comments == 1
    assert current[untouched.slug].desk.submission_id is None
    filed = queries.past_desks(scene.session, mine, now=scene.now)[0]
    assert filed.receipt is not None
    assert queries.past_desks(scene.session, mine, now=scene.now, before=filed.desk.submission_id) == []


def test_a_deadline_that_comes_first_stands_first(scene: Scene) -> None:
    for days in (60, 20, 41):
        factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now), days=days)
    deadlines = [s.desk.closes_at for s in queries.current_desks(scene.session, [scene.organisation.id], now=scene.now)]
    assert deadlines == sorted(deadlines)


def test_who_may_sign(scene: Scene) -> None:
    factories.member(scene.session, scene.now, scene.organisation, "drafter", name="박작성")
    factories.member(scene.session, scene.now, scene.organisation, "signer", name="최서명")
    assert queries.signers(scene.session, scene.organisation.id) == ["이서명", "최서명"]
