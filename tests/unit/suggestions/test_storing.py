"""Writing down what the engine found: again and again the same, and never against what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.review import code_list, services
from portal.suggestions import campaigns, decisions, proposals
from portal.suggestions.models import AnalysisRun, CampaignMember
from portal.suggestions.storing import Found, FoundCampaign, Storing, Suggested, Words
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import ENGINE, campaign, in_campaign, members, proposal, propose, segments


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _storing(it: Scene) -> Storing:
    run = AnalysisRun(consultation_id=it.id, kind="grouping", state="done", stage="", share=1.0, asked_at=it.now,
                      finished_at=it.now, engine=ENGINE, figures={}, problem="")
    it.session.add(run)
    it.session.flush()
    made = Storing(it.session, it.id, ENGINE, None, it.now, run.id)
    made.look([part.id for part in it.segments()])
    return made


def _found(ids: Sequence[int], title: str = "고지 범위") -> Found:
    return Found(tuple(ids), {"ko": title}, {"ko": ("고지",)}, {"ko": {"segment": ids[0], "sentence": "고지"}}, tuple(ids[:1]))


def _campaign(template: int, *variants: int) -> FoundCampaign:
    return FoundCampaign(template, {each: ([(0, 3)], []) for each in variants})


def _rows(it: Scene, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    it.session.flush()
    return [tuple(row) for row in it.session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3"))]


def _open(it: Scene) -> list[list[int]]:
    it.session.flush()
    return [members(it, each) for each in it.session.scalars(text(
        "SELECT id FROM proposed_clusters WHERE consultation_id = :c AND state = 'open' ORDER BY id"), {"c": it.id})]


def _tell(it: Scene, found: Iterable[Sequence[int]]) -> int:
    return _storing(it).proposals([_found(ids) for ids in found])


# ---------------------------------------------------------------------------------------------------------- proposals


def test_what_is_found_again_stays_as_it_is(it: Scene) -> None:
    ids = segments(it, 6)
    assert _tell(it, [ids[:3], ids[3:]]) == 2
    before = _rows(it, "proposed_clusters", "id, version, state, title_ko"), _rows(it, "proposed_members")
    assert _tell(it, [ids[3:], ids[:3]]) == 2
    assert before == (_rows(it, "proposed_clusters", "id, version, state, title_ko"), _rows(it, "proposed_members"))


def test_what_is_not_found_again_is_replaced_and_gives_its_members_up(it: Scene) -> None:
    ids = segments(it, 6)
    earlier = propose(it, ids[:4])
    assert _tell(it, [ids[:3], ids[3:]]) == 2
    assert (proposal(it, earlier.id).state, members(it, earlier.id)) == ("replaced", [])
    assert _open(it) == [ids[:3], ids[3:]]


def test_what_people_keep_is_left_alone(it: Scene) -> None:
    ids = segments(it, 6)
    kept = propose(it, ids[:2], kept=True)
    assert _tell(it, [ids[1:4], ids[4:]]) == 2
    assert (proposal(it, kept.id).version, members(it, kept.id)) == (1, ids[:2])
    assert _open(it) == [ids[:2], ids[2:4], ids[4:]]


def test_what_was_dismissed_does_not_come_back(it: Scene) -> None:
    ids = segments(it, 12)
    row = propose(it, ids[:10])
    proposals.dismiss(it.session, it.reviewer, it.id, row.id, expected_version=1, now=it.now)
    for again in (ids[:10], ids[:8], ids[:11]):
        assert _tell(it, [again]) == 0
    assert _tell(it, [ids[:4]]) == 1, "a part that says something of its own is another set"
    services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids[:6], now=it.now)
    assert _tell(it, [ids[6:10]]) == 0, "what is left of it"
    proposals.reopen(it.session, it.reviewer, it.id, row.id, expected_version=2, now=it.now)
    assert _tell(it, [ids[6:12]]) == 1
    assert sorted(map(len, _open(it))) == [2, 10]


def test_what_was_decided_meanwhile_wins(it: Scene) -> None:
    ids = segments(it, 5)
    services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=ids[:1], now=it.now)
    gone = it.file({}, name="거둔 단체")
    excused = it.segments(gone.comments[0].id)[0].id
    it.withdraw(gone)
    assert _tell(it, [[*ids[:3], excused], [ids[3], excused, 10**9]]) == 1
    assert _open(it) == [ids[1:3]]


# -------------------------------------------------------------------------------------------------------- suggestions


def test_suggestions_hold_for_what_is_undecided_and_may_be_chosen(it: Scene) -> None:
    tagged, clustered, free = segments(it, 3)
    tag, retired, _ = (each.id for each in it.codes().tags)
    services.tag_segments(it.session, it.reviewer, it.id, [tagged], add=[tag], now=it.now)
    code_list.retire_tag(it.session, it.reviewer, it.id, retired, now=it.now)
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[clustered], now=it.now)
    locked, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)
    services.lock_cluster(it.session, it.reviewer, it.id, locked, locked=True, expected_version=1, now=it.now)
    storing = _storing(it)
    everywhere = [tagged, clustered, free, 10**9]
    storing.suggestions("tag", [Suggested(each, 1, tag, 1.01, {"words": ["고지"], "earlier": []}) for each in everywhere]
                        + [Suggested(free, 2, retired, 0.2, {})], None)
    storing.suggestions("cluster", [Suggested(each, 1, cluster, 0.7, {}, True) for each in everywhere]
                        + [Suggested(free, 2, locked, 0.2, {})], None)
    assert _rows(it, "suggestions", "segment_id, kind, rank, tag_id, cluster_id, score, fits") == [
        (tagged, "cluster", 1, None, cluster, 0.7, True), (clustered, "tag", 1, tag, None, 1.0, False),
        (free, "cluster", 1, None, cluster, 0.7, True), (free, "tag", 1, tag, None, 1.0, False)]
    storing.suggestions("cluster", [], [tagged])
    assert len(_rows(it, "suggestions")) == 3
    storing.suggestions("tag", [], None)
    assert [row[:2] for row in _rows(it, "suggestions")] == [(free, "cluster")]


def test_what_a_person_places_or_takes_out_while_it_is_written_stops_nothing(it: Scene) -> None:
    """Placed after it was looked at: what it had gives way to what was found. Taken out: what it had is kept."""
    free, clustered = segments(it, 2)
    one, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)
    two, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)
    _storing(it).suggestions("cluster", [Suggested(each, 1, one, 0.7, {}) for each in (free, clustered)], None)
    services.move_segments(it.session, it.reviewer, it.id, [clustered], to=two, now=it.now)
    for asked in (None, [free, clustered]):
        storing = _storing(it)
        services.move_segments(it.session, it.reviewer, it.id, [free], to=two, now=it.now)
        services.move_segments(it.session, it.reviewer, it.id, [clustered], to=None, now=it.now)
        storing.suggestions("cluster", [Suggested(each, 1, two, 0.7, {}) for each in (free, clustered)], asked)
        assert _rows(it, "suggestions", "segment_id, rank, cluster_id") == [(free, 1, two), (clustered, 1, one)]
        services.move_segments(it.session, it.reviewer, it.id, [free], to=None, now=it.now)
        services.move_segments(it.session, it.reviewer, it.id, [clustered], to=two, now=it.now)


def test_words_are_stored_for_what_stands_where_it_stood(it: Scene) -> None:
    one, two = segments(it, 2, reason="고지 의무")
    storing = _storing(it)
    storing.words([Words(one, 0, 5, "test", ("고지", "의무")), Words(two, 0, 4, "test", ("고지",))])
    storing.words([Words(one, 0, 5, "test 2", ())])
    storing.knows([one, two], 7)
    assert _rows(it, "segment_tokens") == [(one, 0, 5, "test 2", [], 7)]


# ---------------------------------------------------------------------------------------------------------- campaigns


def _states(it: Scene) -> dict[str, int]:
    it.session.flush()
    return dict(it.session.execute(text("SELECT state, count(*) FROM campaigns WHERE consultation_id = :c GROUP BY 1"),
                                   {"c": it.id}).all())


def test_open_campaigns_give_way_to_what_is_found_anew(it: Scene) -> None:
    ids = segments(it, 7)
    staying, gone = campaign(it, ids[0], {ids[1]: []}), campaign(it, ids[2], {ids[3]: []})
    assert _storing(it).campaigns([_campaign(ids[0], ids[1]), _campaign(ids[2], *ids[4:6])]) == 2
    assert _states(it) == {"open": 2, "replaced": 1}
    assert (in_campaign(it, staying.id), in_campaign(it, gone.id)) == ({*ids[:2]}, set())
    before = _rows(it, "campaigns", "id, version, state"), _rows(it, "campaign_members")
    assert _storing(it).campaigns([_campaign(ids[0], ids[1]), _campaign(ids[2], *ids[4:6])]) == 2
    assert before == (_rows(it, "campaigns", "id, version, state"), _rows(it, "campaign_members"))


def test_accepted_ones_grow_and_dismissed_ones_do_not_come_back(it: Scene) -> None:
    ids = segments(it, 12)
    accepted, dismissed = campaign(it, ids[0], {ids[1]: [], ids[2]: []}), campaign(it, ids[6], {ids[7]: []})
    campaigns.accept(it.session, it.reviewer, it.id, accepted.id, given=LABELS, cut_additions=True, expected_version=1,
                     now=it.now)
    campaigns.dismiss(it.session, it.reviewer, it.id, dismissed.id, expected_version=1, now=it.now)
    assert _storing(it).campaigns([_campaign(ids[0], *ids[1:6]), _campaign(ids[6], ids[7], ids[8])]) == 0
    assert in_campaign(it, accepted.id) == set(ids[:6])
    assert _states(it) == {"accepted": 1, "dismissed": 1}
    assert _storing(it).campaigns([_campaign(ids[8], ids[6], *ids[9:])]) == 1, "mostly other segments"


def test_one_whose_template_ceased_to_count_while_it_was_found_waits_for_another(it: Scene) -> None:
    """What its letters add was said of words that count no more: no other letter is called the template for it."""
    ids = segments(it, 4)
    it.session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :id"),
                       {"id": ids[0]})
    assert _storing(it).campaigns([_campaign(ids[0], *ids[1:])]) == 1
    [campaign_id] = decisions.to_be_compared(it.session, it.id)
    assert in_campaign(it, campaign_id) == set(ids[1:])
    for_good = campaign(it, ids[0], {})
    assert for_good.id not in decisions.to_be_compared(it.session, it.id), "nothing of it counts"
    stands = campaign(it, ids[1], {ids[0]: []})
    assert stands.id not in decisions.to_be_compared(it.session, it.id)


@pytest.mark.parametrize("own", [False, True])
def test_what_an_accepted_one_takes_in_was_compared_with_its_template_or_counts_as_added(it: Scene, own: bool) -> None:
    """The run may have chosen another template, and knows nothing of what only this one says."""
    ids = segments(it, 6)
    row = campaign(it, ids[0], {ids[1]: [], ids[2]: []})
    campaigns.accept(it.session, it.reviewer, it.id, row.id, given=LABELS, cut_additions=False, expected_version=1,
                     now=it.now)
    assert _storing(it).campaigns([_campaign(ids[0], *ids[1:4])]) == 0
    assert decisions.to_be_compared(it.session, it.id) == {} and row.version == 3
    if own:
        it.session.get_one(CampaignMember, (row.id, ids[0])).additions = [[0, 1]]
    assert _storing(it).campaigns([_campaign(ids[0] if own else ids[4], *ids[1:4], *ids[4:])]) == 0
    added = dict(it.session.execute(select(CampaignMember.segment_id, CampaignMember.additions).where(
        CampaignMember.campaign_id == row.id, CampaignMember.segment_id.in_(ids[3:]))).all())
    assert added == {ids[3]: [[0, 3]], **{each: [[0, it.segment(each).end]] for each in ids[4:]}}
    assert decisions.to_be_compared(it.session, it.id) == {row.id: 4}


def test_passages_are_those_of_the_last_run(it: Scene) -> None:
    ids = segments(it, 3)
    assert _storing(it).passages([("같은 문장", ids), ("하나뿐", [ids[0], 10**9])]) == 1
    assert _storing(it).passages([("다른 문장", ids[:2])]) == 1
    assert _rows(it, "shared_passages", "words, segment_ids, engine") == [("다른 문장", ids[:2], ENGINE)]
