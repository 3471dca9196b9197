"""New texts into what stands; regrouping as a difference; people's decisions always win."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.analysis.features import Features
from portal.analysis.placing import Move, place, regroup
from portal.analysis.texts import Text, Tokens

from .collections_of_texts import ISSUES, collection, shuffled

TEXTS, TOKENS, ISSUE_OF = collection()
FEATURES = Features(TEXTS, TOKENS)


def test_new_texts_go_where_they_belong_and_nothing_else_moves() -> None:
    new, tokens, issue_of = collection(each=2, seed=9, prefix="new-")
    standing = dict(ISSUE_OF)
    found = place(FEATURES, standing, new, tokens)
    assert standing == ISSUE_OF
    assert set(found.placed) | set(found.unsure) == set(issue_of)
    right = [suggestions[0].cluster == issue_of[one] for one, suggestions in found.placed.items()]
    assert len(right) >= 6 and sum(right) >= 0.9 * len(right)


def test_what_fits_nowhere_goes_to_the_tray_and_only_the_tray_is_grouped() -> None:
    new = [Text(f"new{number}", "ko", "동물원 코끼리", "art_99") for number in range(6)]
    found = place(FEATURES, ISSUE_OF, new, [Tokens(("동물원", "코끼리", "우리"), "")] * 6)
    assert found.placed == {}
    assert found.tray == tuple(text.id for text in new)
    grouped = {one for proposal in found.proposals for one in proposal.members}
    assert grouped <= set(found.tray)
    assert not {proposal.id for proposal in found.proposals} & set(ISSUE_OF.values())


def test_texts_at_hand_without_a_cluster_are_in_the_tray_too() -> None:
    loose = [one for one in ISSUE_OF if one.startswith("label")]
    standing = {one: issue for one, issue in ISSUE_OF.items() if one not in loose}
    found = place(FEATURES, standing, [], [])
    assert found.tray == tuple(sorted(loose))
    assert found.proposals and set(found.proposals[0].members) <= set(loose)


def test_placing_is_independent_of_the_order() -> None:
    new, tokens, _ = collection(each=3, seed=9, prefix="new-")
    assert place(FEATURES, ISSUE_OF, new, tokens) == place(FEATURES, ISSUE_OF, *shuffled(new, tokens, 2))


def test_an_id_at_hand_is_refused() -> None:
    with pytest.raises(ValueError, match="one id"):
        place(FEATURES, ISSUE_OF, [TEXTS[0]], [TOKENS[0]])


def test_nothing_grouped_yet() -> None:
    new, tokens, issue_of = collection(each=2, seed=9, prefix="new-")
    found = place(Features([], []), {}, new, tokens)
    assert found.placed == {} and set(found.tray) == set(issue_of)


def test_regrouping_what_is_right_carries_every_identity() -> None:
    found = regroup(FEATURES, ISSUE_OF)
    assert {cluster.id for cluster in found.clusters} >= set(ISSUES)
    assert found.gone == ()
    assert len(found.moves) < len(ISSUE_OF) / 4


def test_a_text_in_the_wrong_cluster_would_move_unless_a_person_put_it_there() -> None:
    wrong = {**ISSUE_OF, "label00": "grace"}
    assert Move("label00", "grace", "label") in regroup(FEATURES, wrong).moves
    kept = regroup(FEATURES, wrong, placed_by_people=["label00"])
    assert "label00" not in {move.id for move in kept.moves}
    assert "label00" in next(cluster.members for cluster in kept.clusters if cluster.id == "grace")


def test_a_locked_cluster_keeps_its_members_and_takes_no_other() -> None:
    half = {one: issue for one, issue in ISSUE_OF.items() if issue != "grace" or one < "grace06"}
    found = regroup(FEATURES, half, locked=["grace"])
    members = next(cluster.members for cluster in found.clusters if cluster.id == "grace")
    assert members == tuple(sorted(one for one, issue in half.items() if issue == "grace"))


def test_a_person_may_have_put_a_text_into_the_tray() -> None:
    standing = {one: issue for one, issue in ISSUE_OF.items() if one != "agent00"}
    assert "agent00" in regroup(FEATURES, standing, placed_by_people=["agent00"]).tray


def test_what_belongs_together_stays_in_one_cluster_unless_people_say_otherwise() -> None:
    issues = sorted(set(ISSUE_OF.values()))[:2]
    first, second = (sorted(one for one in ISSUE_OF if ISSUE_OF[one] == issue) for issue in issues)
    letters = [*first[:3], second[0]]
    found = regroup(FEATURES, ISSUE_OF, together=[letters])
    assert Move(second[0], issues[1], issues[0]) in found.moves
    kept = regroup(FEATURES, ISSUE_OF, placed_by_people=[second[0]], together=[letters])
    assert second[0] not in {move.id for move in kept.moves}


def test_new_and_gone_clusters_are_told() -> None:
    merged = dict.fromkeys(ISSUE_OF, "all")
    found = regroup(FEATURES, merged)
    assert found.new and found.gone == () and "all" not in found.new
    empty = regroup(FEATURES, {**ISSUE_OF, **dict.fromkeys(("label00", "agent00"), "odd")})
    assert empty.gone == ("odd",)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_locked_clusters_and_peoples_moves_always_win(data: st.DataObject) -> None:
    ids = sorted(ISSUE_OF)
    clusters = st.sampled_from(["k1", "k2", "k3", None])
    drawn = dict(zip(ids, data.draw(st.lists(clusters, min_size=len(ids), max_size=len(ids))), strict=True))
    standing = {one: cluster for one, cluster in drawn.items() if cluster is not None}
    locked = data.draw(st.sets(st.sampled_from(["k1", "k2"])))
    people = data.draw(st.sets(st.sampled_from(ids)))
    found = regroup(FEATURES, standing, locked, people)
    after = {one: cluster.id for cluster in found.clusters for one in cluster.members}
    assert sorted(list(after) + list(found.tray)) == ids
    for one in ids:
        if one in people or standing.get(one) in locked or after.get(one) in locked:
            assert after.get(one) == standing.get(one)
    assert {(move.id, move.before, move.after) for move in found.moves} == {
        (one, standing.get(one), after.get(one)) for one in ids if standing.get(one) != after.get(one)
    }
