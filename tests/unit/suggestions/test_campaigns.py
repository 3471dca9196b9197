"""Accepting a campaign: what is cut off, what is left as it is, what is told; dismissing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.responses import services as responses
from portal.review import batches, services
from portal.review.models import Batch, Cluster
from portal.review.services import drawing_version
from portal.suggestions import campaigns, decisions, queries, undoing
from portal.suggestions.models import Campaign, CampaignMember, SegmentTokens
from tests.unit.review.scene import LABELS, Scene, scene
from tests.unit.suggestions.scene import campaign, in_campaign, propose, read, segments

LETTER = "고지 의무의 범위를 줄여 주십시오. 표시 방법도 정하여 주십시오."
OWN = "우리 단체는 음성 안내도 바랍니다."
MORE = "점자도 바랍니다."


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _do(it: Scene, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    return verb(it.session, more.pop("actor", it.reviewer), it.id, *given, now=it.now, **more)


def _accept(it: Scene, row: Campaign, **more: Any) -> tuple[int, batches.Done]:
    given = {"given": LABELS, "cut_additions": True, "expected_version": 1, **more}
    done: tuple[int, batches.Done] = _do(it, campaigns.accept, row.id, **given)
    return done


def _span(reason: str, words: str) -> list[int]:
    start = reason.index(words)
    return [start, start + len(words)]


def _variant(it: Scene, reason: str, *added: str) -> tuple[int, list[list[int]]]:
    [segment] = segments(it, 1, reason=reason)
    return segment, [_span(reason, each) for each in added]


def _parts(it: Scene, comment_id: int) -> list[tuple[str, int | None]]:
    reason = next(each.reason for filed in it.filed for each in filed.comments if each.id == comment_id)
    return [(reason[part.start:part.end], part.cluster_id) for part in it.segments(comment_id)]


def test_additions_become_segments_of_their_own(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    behind, additions = _variant(it, f"{LETTER} {OWN}\n{MORE}", OWN, MORE)
    middle, inside = _variant(it, LETTER.replace(". ", f". {OWN} ", 1), OWN)
    first, before = _variant(it, f"\n{OWN} {LETTER}", OWN)
    comments = {each: it.segment(each).comment_id for each in (behind, middle, first)}
    row = campaign(it, template, {behind: additions, middle: inside, first: before})
    cluster_id, done = _accept(it, row)
    assert _parts(it, comments[behind]) == [(f"{LETTER} ", cluster_id), (f"{OWN}\n{MORE}", None)]
    assert _parts(it, comments[middle]) == [
        ("고지 의무의 범위를 줄여 주십시오. ", cluster_id), (f"{OWN} ", None), ("표시 방법도 정하여 주십시오.", cluster_id)]
    assert _parts(it, comments[first]) == [(f"\n{OWN} ", None), (LETTER, cluster_id)]
    assert it.segment(template).cluster_id == cluster_id
    assert (done.changed, done.preview.skipped_count) == (5, 0)
    # One of the four letters went in two parts: the act is told in letters, as the page promised.
    assert it.session.get_one(Batch, done.batch_id).data["letters"] == 4
    assert in_campaign(it, row.id) == set(done.preview.changes)
    assert it.session.get_one(Campaign, row.id).state == "accepted"
    assert it.verbs()[-1] == "suggestion.campaign_accepted"


def test_without_cutting_they_stay_whole(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    cluster_id, done = _accept(it, campaign(it, template, {variant: additions}), cut_additions=False)
    assert [it.segment(each).cluster_id for each in (template, variant)] == [cluster_id] * 2
    assert done.changed == 2
    assert "letters" not in it.session.get_one(Batch, done.batch_id).data


def test_what_cannot_be_cut_is_left_as_it_is_and_told(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    made = [_variant(it, f"{LETTER} {number}. {OWN}", OWN) for number in range(6)]
    tagged, answered, redrawn, elsewhere, whole, wordless = (segment for segment, _ in made)
    additions = dict(made)
    additions[whole] = [[0, len(f"{LETTER} 4. {OWN}")]]
    additions[wordless] = [[0, 10**6]]
    row = campaign(it, template, additions)
    _do(it, services.tag_segments, [tagged], add=[it.codes().tags[0].id])
    responses.draft_response(it.session, it.reviewer, it.id, segment_id=answered, now=it.now)
    other, _ = _do(it, services.create_cluster, LABELS, segment_ids=[elsewhere])
    part = it.segment(redrawn)
    _do(it, services.split_comment, part.comment_id, [len("고지 의무의")], expected_version=drawing_version([part]))
    still = it.segments(it.segment(tagged).comment_id)
    _, done = _accept(it, row)
    assert done.preview.changes == (template,)
    skipped = {why: set(ids) for why, ids in done.preview.skipped.items()}
    assert skipped == {"uncut": {tagged, answered, whole, wordless}, "elsewhere": {elsewhere}}
    assert it.segment(elsewhere).cluster_id == other
    assert [part.id for part in it.segments(it.segment(tagged).comment_id)] == [part.id for part in still]
    assert set(done.preview.skipped) <= set(batches.SKIPPED)


def test_a_part_that_was_redrawn_keeps_its_words(it: Scene) -> None:
    """The engine saw another stretch of the reason under the same id: its offsets mean other words now."""
    [template] = segments(it, 1, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    row = campaign(it, template, {variant: additions})
    it.session.get_one(SegmentTokens, variant).end -= 1
    part = it.segment(variant)
    parts = _parts(it, part.comment_id)
    _, done = _accept(it, row)
    assert done.preview.skipped == {"uncut": (variant,)}
    assert _parts(it, part.comment_id) == parts


def test_comments_in_parts_are_cut_within_the_part(it: Scene) -> None:
    reason = f"먼저 밝힙니다. {LETTER} {OWN}"
    [template] = segments(it, 1, reason=LETTER)
    [whole] = segments(it, 1, reason=reason)
    comment_id, at = it.segment(whole).comment_id, reason.index(LETTER)
    first, second = _do(it, services.split_comment, comment_id, [at], no_point=[1],
                        expected_version=drawing_version([it.segment(whole)]))
    row = campaign(it, template, {second: [_span(reason[at:], OWN)]})
    cluster_id, _ = _accept(it, row)
    assert _parts(it, comment_id) == [("먼저 밝힙니다. ", None), (f"{LETTER} ", cluster_id), (OWN, None)]
    assert [part.no_point for part in it.segments(comment_id)] == [True, False, False]
    assert first in {part.id for part in it.segments(comment_id)}, "the other part stays as it was"


def test_refusals(it: Scene) -> None:
    ids = segments(it, 2, reason=LETTER)
    row = campaign(it, ids[0], {ids[1]: []})
    for verb in (lambda **v: _do(it, campaigns.accept, row.id, given=LABELS, cut_additions=True, **v),
                 lambda **v: _do(it, campaigns.dismiss, row.id, **v)):
        with pytest.raises(ConflictError):
            verb(expected_version=7)
        with pytest.raises(RefusedError):
            verb(expected_version=1, actor=it.approver)
    with pytest.raises(InvalidError):
        _accept(it, row, given=None)
    with pytest.raises(NotFoundError):
        _do(scene(it.session, it.now), campaigns.dismiss, row.id, expected_version=1)
    with pytest.raises(StateError):
        _do(it, campaigns.reopen, row.id, expected_version=1)
    _do(it, campaigns.dismiss, row.id, expected_version=1)
    with pytest.raises(StateError):
        _accept(it, row, expected_version=2)
    _do(it, campaigns.reopen, row.id, expected_version=2)
    _do(it, services.create_cluster, LABELS, segment_ids=ids)
    with pytest.raises(StateError):
        _accept(it, row, expected_version=3)


def test_a_wrong_title_cuts_nothing(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    row = campaign(it, template, {variant: additions})
    read(it, [variant])
    for wrong in ({"given": services.ClusterInput()}, {"given": services.ClusterInput(title_en="Letters")},
                  {"given": None, "into": 10**9}):
        with pytest.raises((InvalidError, NotFoundError)):
            _accept(it, row, **wrong)
        assert len(it.segments(it.segment(variant).comment_id)) == 1


def test_one_whose_letters_another_has_is_not_taken_up_again(it: Scene) -> None:
    template, variant, other = segments(it, 3)
    row = campaign(it, template, {variant: []})
    _do(it, campaigns.dismiss, row.id, expected_version=1)
    later = campaign(it, other, {variant: []})
    with pytest.raises(StateError):
        _do(it, campaigns.reopen, row.id, expected_version=2)
    _do(it, campaigns.dismiss, later.id, expected_version=1)
    _do(it, campaigns.reopen, row.id, expected_version=2)
    assert it.session.get_one(Campaign, row.id, populate_existing=True).state == "open"


def test_more_than_one_act_can_cut_is_refused_before_anything_is_cut(
        it: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "MOST_CUTS", 1)
    [template] = segments(it, 1, reason=LETTER)
    variants = dict(_variant(it, f"{LETTER} {each}", each) for each in (OWN, MORE))
    row = campaign(it, template, variants)
    with pytest.raises(InvalidError):
        _accept(it, row)
    assert _accept(it, row, cut_additions=False)[1].changed == 3


def test_a_letter_is_cut_into_passages_not_into_shreds(it: Scene) -> None:
    """Additions here and there between the template's sentences: the nearest are one with what stands between them."""
    [template] = segments(it, 1, reason=LETTER)
    first, second = LETTER.split(". ")
    reason = f"{first}. {OWN} {second} {MORE} 지침도 함께 내어 주십시오."
    variant, additions = _variant(it, reason, OWN, MORE)
    closing, around = _variant(it, f"{OWN} {LETTER} {MORE}", OWN, MORE)
    comments = [it.segment(each).comment_id for each in (variant, closing)]
    cluster_id, _ = _accept(it, campaign(it, template, {variant: additions, closing: around}))
    assert _parts(it, comments[0]) == [
        (f"{first}. ", cluster_id), (f"{OWN} {second} {MORE} ", None), ("지침도 함께 내어 주십시오.", cluster_id)]
    assert _parts(it, comments[1]) == [(f"{OWN} ", None), (f"{LETTER} ", cluster_id), (MORE, None)]


def test_taken_back_its_letters_are_whole_and_it_is_offered_again(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    made = [_variant(it, LETTER.replace(". ", f". {number}. {OWN} ", 1), OWN) for number in range(3)]
    comments = [it.segment(segment).comment_id for segment, _ in made]
    row = campaign(it, template, dict(made))
    before = len(it.segments())
    cluster_id, done = _accept(it, row)
    facts = queries.campaign(it.session, it.id, row.id)
    assert (facts.size, sum(facts.positions.values())) == (4, 4), "it counts letters, not the parts of them"
    _, letters, _ = queries.letters(it.session, row.id)
    assert len(letters) == 3
    [act] = [each for each in batches.history(it.session, it.id)[0] if each.id == done.batch_id]
    assert "cuts" not in act.data and act.data["letters"] == 4, "what only taking back needs is on no page"
    tagged = it.segments(comments[2])[1].id  # somebody decided something of one piece
    _do(it, services.tag_segments, [tagged], add=[it.codes().tags[0].id])
    assert _do(it, undoing.undo, done.batch_id) == 7
    assert [len(it.segments(each)) for each in comments] == [1, 1, 3]
    assert len(it.segments()) == before + 2
    assert [(it.segments(each)[0].start, it.segments(each)[0].cluster_id) for each in comments[:2]] == [(0, None)] * 2
    row = it.session.get_one(Campaign, row.id, populate_existing=True)
    assert (row.state, row.cluster_id) == ("open", None)
    splits = it.session.execute(text("SELECT undone_at IS NOT NULL FROM batches WHERE consultation_id = :c"
                                     " AND verb = 'split' ORDER BY id"), {"c": it.id}).scalars().all()
    assert splits == [True, True, False], "what was joined again is told as taken back"
    assert it.session.get_one(Cluster, cluster_id, populate_existing=True).merged_into == cluster_id
    facts = queries.campaign(it.session, it.id, row.id)
    assert (facts.size, facts.adding, facts.free) == (4, 2, 4)
    # And it can be accepted again at once, before the engine has read the letters that were joined.
    again, done = _accept(it, row, expected_version=row.version)
    assert again != cluster_id and [len(it.segments(each)) for each in comments] == [3, 3, 3]
    assert done.preview.skipped_count == 0


@pytest.mark.parametrize("changed", [False, True])
def test_letters_that_were_cut_for_another_template_are_compared_anew(it: Scene, changed: bool) -> None:
    """What a letter added before it was cut was said of the template of then; the one that it has now stays."""
    [template, other] = segments(it, 2, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    row = campaign(it, template, {other: [], variant: additions})
    _, done = _accept(it, row)
    if changed:
        it.session.execute(text("UPDATE campaign_members SET template = false WHERE segment_id = :id"),
                           {"id": template})
        it.session.execute(text("UPDATE campaign_members SET template = true WHERE segment_id = :id"), {"id": other})
    _do(it, undoing.undo, done.batch_id)
    assert in_campaign(it, row.id) == {template, other, *[part.id for part in it.segments()][-1:]}
    templates = it.session.scalars(text("SELECT segment_id FROM campaign_members WHERE campaign_id = :id AND template"),
                                   {"id": row.id}).all()
    assert templates == [other if changed else template]
    assert list(decisions.to_be_compared(it.session, it.id)) == ([row.id] if changed else [])
    facts = queries.campaign(it.session, it.id, row.id)
    assert (facts.compared, facts.adding) == ((False, 0) if changed else (True, 1))


@pytest.mark.parametrize("why", ["withdrawn", "silent", "joined uncompared"])
def test_nothing_is_cut_that_nobody_was_shown(it: Scene, why: str) -> None:
    """What a letter added to a template that counts or makes a point no more is on no page."""
    [template] = segments(it, 1, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    row = campaign(it, template, {variant: additions})
    assert queries.campaign(it.session, it.id, row.id).adding == 1
    it.session.execute(text({
        "withdrawn": "UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :template",
        "silent": "UPDATE segments SET no_point = true WHERE id = :template",
        "joined uncompared": "UPDATE campaigns SET engine = '' WHERE id = :id"}[why]), {"template": template, "id": row.id})
    assert list(decisions.to_be_compared(it.session, it.id)) == [row.id]
    facts, (shown, others, _) = queries.campaign(it.session, it.id, row.id), queries.letters(it.session, row.id)
    assert (facts.compared, facts.adding) == (False, 0)
    assert (shown is None, len(others)) == {
        "withdrawn": (True, 1), "silent": (True, 2), "joined uncompared": (False, 1)}[why]
    with pytest.raises(StateError):
        _accept(it, row)
    cluster_id, _ = _accept(it, row, cut_additions=False)
    assert [part.cluster_id for part in it.segments(it.segment(variant).comment_id)] == [cluster_id]


def test_what_only_the_template_says_is_cut_off_too(it: Scene) -> None:
    template, own = _variant(it, f"{LETTER} {OWN}", OWN)
    [other] = segments(it, 1, reason=LETTER)
    comment_id = it.segment(template).comment_id
    row = campaign(it, template, {other: []})
    it.session.get_one(CampaignMember, (row.id, template)).additions = own
    cluster_id, done = _accept(it, row)
    assert _parts(it, comment_id) == [(f"{LETTER} ", cluster_id), (OWN, None)]
    # The others were compared with the whole of it: another letter has to be the template.
    assert list(decisions.to_be_compared(it.session, it.id)) == [row.id]
    _do(it, undoing.undo, done.batch_id)
    assert decisions.to_be_compared(it.session, it.id) == {}
    shown, [left], _ = queries.letters(it.session, row.id)
    assert shown is not None and [words for words, marked in shown.pieces() if marked] == [OWN] and left.id == other


def test_what_was_cut_otherwise_since_is_not_joined(it: Scene) -> None:
    [template] = segments(it, 1, reason=LETTER)
    variant, additions = _variant(it, f"{LETTER} {OWN}", OWN)
    comment_id = it.segment(variant).comment_id
    row = campaign(it, template, {variant: additions})
    _, done = _accept(it, row)
    parts = it.segments(comment_id)
    _do(it, services.split_comment, comment_id, [parts[1].start, parts[1].start + 4],
        expected_version=drawing_version(parts))
    _do(it, undoing.undo, done.batch_id)
    assert len(it.segments(comment_id)) == 3


def test_the_title_that_is_offered_is_no_sentence_of_a_letter(it: Scene) -> None:
    ids = segments(it, 3, clause_eid="art_3")
    row = campaign(it, ids[0], {each: [] for each in ids[1:]})
    assert queries.campaign_titles(it.session, row.id) == ("", "", "art_3")
    propose(it, ids[:1], title="다른 것")
    propose(it, ids[1:])
    assert queries.campaign_titles(it.session, row.id) == ("고지 범위", "Scope of notice", "art_3")


@given(words=st.lists(st.sampled_from(["고지.", " ", "음성 안내.", "\n", "점자"]), min_size=1, max_size=12),
       marks=st.lists(st.booleans(), min_size=12, max_size=12))
def test_every_addition_is_in_a_passage_and_no_letter_in_many_parts(words: list[str], marks: list[bool]) -> None:
    reason, additions, at = "".join(words), [], 0
    for word, marked in zip(words, marks, strict=False):
        if marked:
            additions.append([at, at + len(word)])
        at += len(word)
    found = campaigns._passages(reason, 0, len(reason), additions)
    assert all(any(first <= start and end <= last for first, last in found) for start, end in additions)
    assert all(first < last for first, last in found)
    assert all(last <= first for (_, last), (first, _) in pairwise(found))
    assert len({0, len(reason), *(edge for span in found for edge in span)}) - 1 <= campaigns.MOST_PARTS
