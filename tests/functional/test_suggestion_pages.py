"""The pages of suggestions, without JavaScript: lists, proposals, campaigns, what fits a cluster, the map, a regrouping,
and what is suggested beside a segment. The rows are made here; how the engine finds them is tested elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from portal.kernel.actor import Actor
from portal.kernel.i18n import msg
from portal.responses import services as responses
from portal.responses.models import Response
from portal.review import services
from portal.review.models import Batch, Cluster
from portal.settings import Settings
from portal.suggestions.models import (
    AnalysisRun,
    Campaign,
    CampaignMember,
    ProposedCluster,
    ProposedMember,
    ProposedMove,
    SegmentTokens,
    SharedPassage,
    Suggestion,
)
from portal.web.review import suggested
from portal.web.review.suggested import Proposed
from tests.functional.review_pages import Desk, desk, hidden, words
from tests.support.client import Visitor
from tests.unit.review.scene import LABELS

REASON = "고지 의무의 범위가 넓어 부담이 큽니다. 방법을 하나로 정하여 주십시오."
ADDED = " 유예기간도 두어 주십시오."


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """The analysis is on; no worker runs here."""
    return replace(settings, analysis=True)


@pytest.fixture
def at(sessions: sessionmaker[Session], now: datetime, sign_in: Callable[[Actor], Visitor]) -> Iterator[Desk]:
    """Six segments, none of them in a cluster."""
    with desk(sessions, now, sign_in) as made:
        it = made.scene
        it.codes()
        it.file({"clause_eid": "art_2", "reason": REASON},
                {"clause_eid": "art_3", "position": "oppose", "reason": "과태료를 낮추어 주십시오."}, name="별무리")
        it.file({"clause_eid": "art_2", "reason": REASON + ADDED},
                {"clause_eid": "art_3", "position": "support", "reason": "과태료는 그대로가 좋습니다."}, name="마루솔")
        it.file({"clause_eid": "art_2", "position": "question", "language": "en", "reason": "Obligations are unclear."},
                {"clause_eid": "doc", "reason": "시행을 늦추어 주십시오."}, kind="association", name="협회")
        made.keep()
        yield made


def ids(at: Desk) -> list[int]:
    at.fresh()
    return [part.id for part in at.scene.segments()]


def made(at: Desk, *rows: Any) -> None:
    at.scene.session.add_all(rows)
    at.scene.session.flush()


def run(at: Desk, **more: Any) -> AnalysisRun:
    values = {"consultation_id": at.scene.id, "kind": "grouping", "state": "done", "asked_at": at.scene.now,
              "finished_at": at.scene.now, "share": 1.0, "engine": "test-1",
              "figures": {"segments": 6, "proposals": 2}, **more}
    row = AnalysisRun(**values)
    made(at, row)
    return row


def proposal(at: Desk, segments: list[int], title: str = "고지 · 의무", **more: Any) -> ProposedCluster:
    values = {"consultation_id": at.scene.id, "title_ko": title, "title_en": "", "terms": {"ko": ["고지", "의무"]},
              "central": {"ko": {"segment": segments[0], "sentence": "방법을 하나로 정하여 주십시오."}},
              "voices": segments[:2], "engine": "test-1", "made_at": at.scene.now, **more}
    row = ProposedCluster(**values)
    made(at, row)
    made(at, *[ProposedMember(proposal_id=row.id, segment_id=each, ordinal=place)
               for place, each in enumerate(segments, 1)])
    return row


def campaign(at: Desk, template: int, others: dict[int, list[list[int]]]) -> Campaign:
    row = Campaign(consultation_id=at.scene.id, engine="test-1", made_at=at.scene.now)
    made(at, row)
    made(at, CampaignMember(campaign_id=row.id, segment_id=template, template=True),
         *[CampaignMember(campaign_id=row.id, segment_id=each, additions=spans, omissions=[[0, 5]])
           for each, spans in others.items()])
    for part in at.scene.segments():
        if part.id in others:
            at.scene.session.merge(SegmentTokens(segment_id=part.id, start=part.start, end=part.end, tokeniser="test",
                                                 words=[]))
    return row


def suggestion(at: Desk, segment: int, **more: Any) -> Suggestion:
    values = {"segment_id": segment, "kind": "cluster" if more.get("cluster_id") else "tag", "rank": 1, "score": 0.82,
              "evidence": {"words": ["고지", "의무"], "clauses": ["art_2"], "earlier": []}, "engine": "test-1",
              "made_at": at.scene.now, **more}
    row = Suggestion(**values)
    made(at, row)
    return row


def cluster(at: Desk, *segments: int) -> int:
    made_id, _ = services.create_cluster(at.scene.session, at.scene.reviewer, at.scene.id, LABELS,
                                         segment_ids=segments, now=at.scene.now)
    return made_id


def source(page: TestResponse) -> str:
    return unescape(page.get_data(as_text=True))


# -------------------------------------------------------------------------------------------------- the page of lists


def test_before_any_analysis_the_page_says_what_one_does(at: Desk) -> None:
    page = at.visitor("reviewer").get(f"{at.url}suggestions/")
    assert "지금 분석" in words(page) and "아직 분석하지 않았습니다" in words(page)
    page = at.visitor("approver").get(f"{at.url}suggestions/")
    assert "지금 분석" not in words(page)
    at.visitor("approver").post(f"{at.url}suggestions/runs", {}, form_at=f"{at.url}code-list", status=403)


def test_asking_for_an_analysis_its_progress_and_cancelling_it(at: Desk) -> None:
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/"
    visitor.post(f"{here}runs", {}, form_at=here)
    page = visitor.get(here)
    assert "<progress" in source(page) and "지금 분석" not in words(page)
    again = visitor.post(f"{here}runs", {}, form_at=here, status=409)
    assert 'role="alert"' in source(again)
    at.fresh()
    row = at.scene.session.scalars(select(AnalysisRun).where(AnalysisRun.consultation_id == at.scene.id)).one()
    told = json.loads(visitor.get(f"{here}runs/{row.id}").get_data())
    assert told == {"under_way": True, "percent": None, "stage": told["stage"]} and told["stage"]
    visitor.post(f"{here}runs/{row.id}/cancel", {}, form_at=here)
    at.fresh()
    assert at.scene.session.get_one(AnalysisRun, row.id).state == "cancelled"
    assert "<progress" not in source(visitor.get(here))
    visitor.post(f"{here}runs/{row.id}/cancel", {}, form_at=here, status=409)
    visitor.get(f"{here}runs/999999", status=404)


def test_a_failed_analysis_says_why(at: Desk) -> None:
    run(at, state="failed", problem="memory", figures={})
    at.keep()
    page = at.visitor("reviewer").get(f"{at.url}suggestions/")
    assert "실패" in words(page) and "지금 분석" in words(page)


def test_the_lists(at: Desk) -> None:
    one, fine, two, keep_it, english, whole = ids(at)
    run(at)
    proposal(at, [one, two, english])
    proposal(at, [fine, keep_it], "과태료")
    proposal(at, [whole], "시행일", state="dismissed")
    campaign(at, one, {two: [[len(REASON) + 1, len(REASON + ADDED)]]})
    made(at, SharedPassage(consultation_id=at.scene.id, run_id=run(at).id, words="방법을 하나로", segment_ids=[one, two],
                           engine="test-1"))
    suggestion(at, whole, cluster_id=cluster(at), fits=True)
    at.keep()
    visitor = at.visitor("reviewer")
    page = visitor.get(f"{at.url}suggestions/")
    said = words(page)
    assert "방법을 하나로 정하여 주십시오." in said and "별무리" in said
    assert said.index("고지 · 의무") < said.index("과태료 방법을")
    assert "시행일" not in said
    for path in ("suggestions/campaigns/", "suggestions/passages", "suggestions/dismissed", "suggestions/fitting/"):
        visitor.get(at.url + path)
    assert "시행일" in words(visitor.get(f"{at.url}suggestions/dismissed"))
    narrowed = words(visitor.get(f"{at.url}suggestions/?clause=art_3"))
    assert "고지 · 의무" not in narrowed and "과태료" in narrowed
    by_law = words(visitor.get(f"{at.url}suggestions/?sort=law"))
    assert by_law.index("고지 · 의무") < by_law.index("과태료 방법을")
    at.visitor("approver").get(f"{at.url}suggestions/")


@pytest.mark.parametrize("query", ["?after=a.b&sort=x&clause=%27", "?after=1.99999999999999999999", "?clause=art_99"])
def test_an_address_typed_by_hand_breaks_nothing(at: Desk, query: str) -> None:
    one, *_ = ids(at)
    proposal(at, [one])
    at.keep()
    visitor = at.visitor("reviewer")
    for path in ("suggestions/", "suggestions/campaigns/", "suggestions/passages", "suggestions/dismissed", "map",
                 "suggestions/fitting/"):
        visitor.get(at.url + path + query)


def test_proposals_are_paged_and_cost_the_same(at: Desk) -> None:
    visitor = at.visitor("reviewer")
    one = ids(at)[0]
    proposal(at, [one], "첫째")
    at.keep()
    visitor.get(f"{at.url}suggestions/")
    few = cost(visitor, f"{at.url}suggestions/")
    at.scene.file(*[{} for _ in range(45)])
    at.keep()
    for place, each in enumerate(ids(at)[6:]):
        proposal(at, [each], f"묶음 {place:02}")
    at.keep()
    assert cost(visitor, f"{at.url}suggestions/") == few
    seen: list[str] = []
    url: str | None = f"{at.url}suggestions/"
    while url:
        page = source(visitor.get(url))
        seen += re.findall(r"suggestions/proposals/(\d+)", page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        url = further[1] if further else None
    assert len(seen) == len(set(seen)) == 46


def cost(visitor: Visitor, url: str) -> int:
    """The statements that a page takes."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = visitor.app.extensions["portal"].sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(url)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_merging_the_chosen_proposals(at: Desk) -> None:
    one, fine, two, keep_it, *_ = ids(at)
    large, small = proposal(at, [one, two, keep_it]).id, proposal(at, [fine], "과태료").id
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/"
    versions = hidden(visitor.get(here), "version")
    alone = visitor.post(f"{here}merge", {"proposal": [str(small)], "version": versions}, form_at=here, status=422)
    assert f'value="{small}" aria-label="' in source(alone) and "checked" in source(alone)
    sent = visitor.post(f"{here}merge", {"proposal": [str(large), str(small)], "version": versions}, form_at=here)
    assert sent.headers["Location"] == f"{here}proposals/{large}"
    at.fresh()
    assert at.scene.session.get_one(ProposedCluster, small).state == "replaced"
    late = [f"{large}-2", f"{small}-2"]
    again = visitor.post(f"{here}merge", {"proposal": [str(large), str(small)], "version": late}, form_at=here,
                         status=409)
    assert "합치지 못했습니다" in words(again)


# ------------------------------------------------------------------------------------------------------ one proposal


def test_a_proposal_is_accepted_as_a_new_cluster(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    row = proposal(at, [one, two, fine])
    cluster(at, fine)  # somebody was faster with one of them
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/proposals/{row.id}"
    page = visitor.get(here)
    assert "고지" in words(page) and "방법을 하나로 정하여 주십시오." in words(page)
    assert re.search(r'name="title_ko"[^>]* value="고지 · 의무"', source(page))
    empty = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "", "title_en": ""},
                         form_at=here, status=422)
    assert "제목" in words(empty) and source(empty).count('role="alert"') == 1  # said once, at the form
    sent = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "고지의 범위", "title_en": ""},
                        form_at=here)
    then = visitor.get(sent.headers["Location"])
    assert "고지의 범위" in words(then) and "2건을 묶었습니다. 제외 1건" in words(then)
    at.fresh()
    made_cluster = at.scene.session.scalars(select(Cluster).where(Cluster.title_ko == "고지의 범위")).one()
    assert [part.id for part in at.scene.segments() if part.cluster_id == made_cluster.id] == [one, two]
    assert "되돌리기" in words(then) or "취소" in words(then)
    visitor.post(f"{here}/accept", {"version": "2", "way": "new", "title_ko": "또"}, form_at=here, status=409)


def test_a_proposal_is_accepted_into_a_cluster(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    row, into = proposal(at, [one, two]), cluster(at, fine)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/proposals/{row.id}"
    nowhere = visitor.post(f"{here}/accept", {"version": "1", "way": "into", "title_ko": "그대로", "into": ""},
                           form_at=here, status=422)
    assert 'value="그대로"' in source(nowhere) and re.search(r'id="way-into"[^>]* checked', source(nowhere))
    assert re.search(r'id="accept-into"[^>]* aria-invalid="true" aria-describedby="accept-into-error"', source(nowhere))
    sent = visitor.post(f"{here}/accept", {"version": "1", "way": "into", "title_ko": "x", "into": str(into)},
                        form_at=here)
    assert sent.headers["Location"].startswith(f"{at.url}clusters/{into}?done=")
    assert "묶었습니다" not in words(visitor.get(sent.headers["Location"]))  # the line with the way back says it
    at.fresh()
    assert {part.id for part in at.scene.segments() if part.cluster_id == into} == {one, fine, two}


def test_a_stale_page_keeps_what_was_typed(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    row = proposal(at, [one, two, fine])
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/proposals/{row.id}"
    visitor.post(f"{here}/titles", {"version": "1", "title_ko": "다른 제목", "title_en": ""}, form_at=here)
    stale = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "내 제목", "title_en": "Mine"},
                         form_at=here, status=409)
    assert 'value="내 제목"' in source(stale) and "다른 제목" in words(stale)
    assert "2" in hidden(stale, "version")
    stale = visitor.post(f"{here}/segments", {"version": "1", "act": "out", "select": [str(two)]}, form_at=here,
                         status=409)
    assert re.search(rf'value="{two}" checked', source(stale))
    for act in ("keep", "dismiss"):
        visitor.post(f"{here}/{act}", {"version": "1", "kept": "1"}, form_at=here, status=409)
    at.fresh()
    assert all(part.cluster_id is None for part in at.scene.segments())


def test_splitting_moving_taking_out_keeping_dismissing_reopening(at: Desk) -> None:
    one, fine, two, keep_it, english, whole = ids(at)
    row, other = proposal(at, [one, two, fine, whole]), proposal(at, [keep_it], "과태료")
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/proposals/{row.id}"

    def act(status: int = 303, **values: Any) -> TestResponse:
        version = hidden(visitor.get(here), "version")[0]
        return visitor.post(f"{here}/segments", {"version": version, **values}, form_at=here, status=status)

    assert "하나" in words(act(422, act="split"))
    act(422, act="move", select=[str(fine)])
    act(act="move", select=[str(fine)], to=str(other.id))
    act(act="out", select=[str(whole)])
    sent = act(act="split", select=[str(two)])
    assert visitor.get(sent.headers["Location"])
    at.fresh()
    members = dict[int, list[int]]()
    for member in at.scene.session.scalars(select(ProposedMember).order_by(ProposedMember.segment_id)):
        members.setdefault(member.proposal_id, []).append(member.segment_id)
    assert members[row.id] == [one] and members[other.id] == sorted([fine, keep_it]) and [two] in members.values()

    version = hidden(visitor.get(here), "version")[0]
    visitor.post(f"{here}/keep", {"version": version, "kept": ""}, form_at=here)
    version = hidden(visitor.get(here), "version")[0]
    visitor.post(f"{here}/dismiss", {"version": version}, form_at=here)
    page = visitor.get(here)
    assert "accept" not in source(page).replace("accept-charset", "")
    visitor.post(f"{here}/reopen", {"version": hidden(page, "version")[0]}, form_at=here)
    at.fresh()
    assert at.scene.session.get_one(ProposedCluster, row.id).state == "open"
    assert english


def test_proposals_of_others_and_unknown_ones_are_not_found(at: Desk) -> None:
    row = proposal(at, ids(at)[:2])
    at.keep()
    visitor = at.visitor("reviewer")
    visitor.get(f"{at.url}suggestions/proposals/{row.id + 1}", status=404)
    visitor.get(f"{at.url}suggestions/campaigns/1", status=404)
    visitor.get(f"{at.url}suggestions/fitting/99", status=404)
    visitor.get(f"{at.url}suggestions/regrouping/99", status=404)
    page = at.visitor("approver").get(f"{at.url}suggestions/proposals/{row.id}")
    assert "/accept" not in source(page)
    at.visitor("approver").post(f"{at.url}suggestions/proposals/{row.id}/dismiss", {"version": "1"},
                                form_at=f"{at.url}code-list", status=403)


# ------------------------------------------------------------------------------------------------------ one campaign


def test_a_campaign_shows_what_each_letter_adds_and_is_accepted(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: [[len(REASON) + 1, len(REASON + ADDED)]]})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    page = visitor.get(here)
    assert re.search(r"<ins>.*유예기간도 두어 주십시오\..*</ins>", source(page), re.S) and "<del>" in source(page)
    assert re.search(r'name="cut_additions" value="1" checked', source(page))
    wrong = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": ""}, form_at=here, status=422)
    assert not re.search(r'name="cut_additions" value="1" checked', source(wrong))
    visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "", "cut_additions": "1"}, form_at=here,
                 status=422)
    assert len(ids(at)) == 6  # nothing was cut
    sent = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "고지의 방법", "cut_additions": "1"},
                        form_at=here)
    visitor.get(sent.headers["Location"])
    at.fresh()
    parts = at.scene.segments()
    assert len(parts) == 7
    outside = [part for part in parts if part.comment_id == next(p for p in parts if p.id == one).comment_id
               and part.cluster_id is None]
    assert outside == [] and sum(part.cluster_id is not None for part in parts) == 2
    assert "승인" not in words(visitor.get(here)) and "/accept" not in source(visitor.get(here))


def test_a_campaign_that_was_cut_is_told_in_letters(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    middle = REASON.index(" ") + 1
    row = campaign(at, one, {two: [[middle, REASON.index(" ", middle)]]})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    sent = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "고지의 방법", "cut_additions": "1"},
                        form_at=here)
    assert "의견 2건(의견 단위 3건)" in words(visitor.get(sent.headers["Location"]))


def test_a_campaign_of_which_people_placed_letters_goes_where_they_are(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row, into = campaign(at, one, {two: []}), cluster(at, one)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    page = source(visitor.get(here))
    assert re.search(r'id="way-into"[^>]* checked', page) and f'<option value="{into}" selected>' in page
    visitor.post(f"{here}/accept", {"version": "1", "way": "into", "into": str(into)}, form_at=here)
    done = campaign(at, one, {two: []})
    at.keep()
    assert "/accept" not in source(visitor.get(f"{at.url}suggestions/campaigns/{done.id}"))


def test_a_campaign_is_dismissed_and_taken_up_again(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: []})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    visitor.post(f"{here}/dismiss", {"version": "1"}, form_at=here)
    visitor.post(f"{here}/dismiss", {"version": "1"}, form_at=here, status=409)
    visitor.post(f"{here}/reopen", {"version": "2"}, form_at=here)
    at.fresh()
    assert at.scene.session.get_one(Campaign, row.id).state == "open"


# ------------------------------------------------------------------------------------------ what fits a cluster


def test_segments_that_fit_are_moved_chosen_or_all(at: Desk) -> None:
    one, fine, two, keep_it, *_ = ids(at)
    into = cluster(at, fine)
    for segment in (one, two, keep_it):
        suggestion(at, segment, cluster_id=into, fits=segment != keep_it, evidence={
            "words": ["고지"], "clauses": ["art_2"], "earlier": [str(fine)]})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/fitting/{into}"
    page = visitor.get(here)
    assert "82%" in words(page) and "별무리" in words(page)
    seen = hidden(page, "expected")
    assert "2건" in words(visitor.get(f"{at.url}clusters/{into}"))
    visitor.post(here, {"version": hidden(page, "version")}, form_at=here, status=422)
    versions = hidden(page, "version")
    changed = [each.replace(f"{one}-", f"{one}-9") for each in versions]
    late = visitor.post(here, {"select": [str(one)], "version": changed}, form_at=here, status=409)
    assert re.search(rf'value="{one}" checked', source(late))
    visitor.post(here, {"select": [str(one)], "version": versions}, form_at=here)
    now = hidden(visitor.post(here, {"all": "1", "expected": seen, "version": versions}, form_at=here, status=409),
                 "expected")
    assert now != seen
    # As many as were shown, but others: nothing moves either.
    at.scene.session.execute(text("UPDATE suggestions SET fits = NOT fits WHERE segment_id = ANY(:ids) AND rank = 1"),
                             {"ids": [two, keep_it]})
    at.keep()
    stale = visitor.post(here, {"all": "1", "expected": now, "version": versions}, form_at=here, status=409)
    at.scene.session.execute(text("UPDATE suggestions SET fits = NOT fits WHERE segment_id = ANY(:ids) AND rank = 1"),
                             {"ids": [two, keep_it]})
    at.keep()
    assert hidden(stale, "expected") not in (seen, now)
    sent = visitor.post(here, {"all": "1", "expected": now, "version": versions}, form_at=here)
    assert sent.headers["Location"].startswith(f"{at.url}clusters/{into}?done=")
    at.fresh()
    assert {part.id for part in at.scene.segments() if part.cluster_id == into} == {one, fine, two}
    assert "없습니다" in words(visitor.get(here))


# ------------------------------------------------------------------------------------------------------------ the map


def test_the_map_says_as_a_table_what_it_draws(at: Desk) -> None:
    one, fine, two, keep_it, *_ = ids(at)
    visitor = at.visitor("reviewer")
    visitor.get(f"{at.url}map")
    stands = cluster(at, fine, keep_it)
    proposed = proposal(at, [one, two])
    at.keep()
    page = visitor.get(f"{at.url}map")
    assert "고지 범위" in words(page) and "고지 · 의무" in words(page)
    told = json.loads(visitor.get(f"{at.url}map.json").get_data())
    assert [(each["title"], each["proposed"], each["size"], each["main"], each["href"]) for each in told["bubbles"]] == [
        ("고지 · 의무", True, 2, "amend", f"{at.url}suggestions/proposals/{proposed.id}"),
        ("고지 범위", False, 2, "support", f"{at.url}clusters/{stands}")]
    assert told["bubbles"][1]["y"] == 0 and len(told["places"]) == 2
    opposed = visitor.get(f"{at.url}map?sort=against")
    assert words(opposed).rindex("고지 범위") < words(opposed).rindex("고지 · 의무")
    assert re.search(r'aria-sort="descending"><a[^>]*>반대', source(opposed))
    narrowed = words(visitor.get(f"{at.url}map?from=art_3&position=support"))
    assert "고지 · 의무" not in narrowed and "고지 범위" in narrowed
    only = json.loads(visitor.get(f"{at.url}map.json?show=proposed").get_data())
    assert [each["proposed"] for each in only["bubbles"]] == [True]
    assert "고지 범위" not in words(visitor.get(f"{at.url}map?position=question&sort=against"))


# ---------------------------------------------------------------------------------------------------- a regrouping


def test_a_regrouping_is_a_difference_first(at: Desk) -> None:
    one, fine, two, keep_it, *_ = ids(at)
    stands, empty = cluster(at, one, fine), cluster(at, two)
    row = run(at, kind="regrouping", figures={"moves": 3})
    new = proposal(at, [two, fine], "새 묶음", state="regrouping", run_id=row.id)
    made(at, ProposedMove(run_id=row.id, segment_id=two, cluster_before=empty, proposal_after=new.id),
         ProposedMove(run_id=row.id, segment_id=fine, cluster_before=stands, proposal_after=new.id),
         ProposedMove(run_id=row.id, segment_id=keep_it, cluster_before=None, cluster_after=stands))
    at.scene.session.execute(text("UPDATE batches SET data = data || '{\"proposal\": 1}'"))  # nobody placed them by hand
    at.keep()
    visitor = at.visitor("reviewer")
    assert "regrouping/" in source(visitor.get(f"{at.url}suggestions/"))
    here = f"{at.url}suggestions/regrouping/{row.id}"
    said = words(visitor.get(here))
    assert "새 묶음" in said and "고지 범위" in said and "/apply" in source(visitor.get(here))
    assert "/apply" not in source(at.visitor("approver").get(here))
    visitor.post(f"{here}/apply", {}, form_at=here)
    at.fresh()
    assert {part.id: part.cluster_id for part in at.scene.segments()}[keep_it] == stands
    assert at.scene.session.scalars(select(Batch).where(Batch.verb == "regrouped")).one()
    visitor.get(here)
    visitor.get(f"{at.url}history")
    visitor.post(f"{here}/apply", {}, form_at=here, status=409)


def test_a_regrouping_is_discarded(at: Desk) -> None:
    row = run(at, kind="regrouping", figures={})
    at.keep()
    visitor = at.visitor("reviewer")
    visitor.post(f"{at.url}suggestions/regrouping/{row.id}/discard", {}, form_at=f"{at.url}suggestions/")
    assert "regrouping/" not in source(visitor.get(f"{at.url}suggestions/"))


# ------------------------------------------------------------------------------------------- beside a segment


def test_the_pane_suggests_tags_and_clusters(at: Desk) -> None:
    one, fine, _, _, english, whole = ids(at)
    first, second, third = at.scene.codes().tags
    stands, unlike = cluster(at, fine), cluster(at, whole)
    suggestion(at, one, tag_id=first.id, evidence={"words": ["고지", "없는말"], "clauses": [], "earlier": [fine]})
    suggestion(at, one, tag_id=second.id, rank=2, score=1.0)
    suggestion(at, one, cluster_id=stands, fits=True)
    suggestion(at, one, cluster_id=unlike, rank=2, score=0.05)
    suggestion(at, english, tag_id=third.id, evidence={"words": ["oblig"], "clauses": [], "earlier": []})
    at.keep()
    visitor = at.visitor("reviewer")
    page = source(visitor.get(f"{at.url}segments/{one}"))
    assert re.search(rf'name="add" value="{first.id}"[^>]*data-key="1"[^>]*data-suggestion="tag-1"', page)
    assert re.search(r'data-evidence="[^"]*tag-1[^"]*">고지<', page) and "없는말" not in page
    assert "99%" in page and "82%" in page and "별무리" in page
    assert f'name="to" value="{stands}"' in page and f'name="to" value="{unlike}"' not in page
    assert re.search(r'data-evidence="tag-1">Obligations<', source(visitor.get(f"{at.url}segments/{english}")))
    visitor.post(f"{at.url}segments/{one}/tags", {"add": str(first.id), "back": "", "next": ""},
                 form_at=f"{at.url}segments/{one}")
    visitor.post(f"{at.url}segments/{one}/cluster", {"to": str(stands), "back": "", "next": ""},
                 form_at=f"{at.url}segments/{one}")
    at.fresh()
    assert at.scene.tags_of(one) == {first.id}
    then = source(visitor.get(f"{at.url}segments/{one}"))
    assert 'data-suggestion="tag-1"' not in then and 'data-suggestion="tag-2"' in then
    assert "data-suggestion=\"cluster-1\"" not in then
    assert "data-suggestion" not in source(visitor.get(f"{at.url}segments/{fine}"))
    assert 'data-suggestion="tag-2"' not in source(at.visitor("approver").get(f"{at.url}segments/{one}"))


def test_suggestions_cost_the_pane_two_statements_however_many_there_are(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    at.keep()
    visitor = at.visitor("reviewer")
    visitor.get(f"{at.url}segments/{one}")
    none = cost(visitor, f"{at.url}segments/{one}")
    first, second, third = at.scene.codes().tags
    for rank, tag in enumerate((first, second, third), 1):
        suggestion(at, one, tag_id=tag.id, rank=rank, evidence={"words": ["고지"], "clauses": [], "earlier": [fine, two]})
    suggestion(at, one, cluster_id=cluster(at, fine), fits=True)
    at.keep()
    visitor.get(f"{at.url}segments/{one}")
    assert cost(visitor, f"{at.url}segments/{one}") == none + 1


@given(st.text(alphabet="가나 다abc(*\n", max_size=60), st.lists(st.text(alphabet="가다abc(*", min_size=1, max_size=3)))
def test_marking_evidence_changes_no_word(written: str, found: list[str]) -> None:
    """Whatever the words of the engine, the text stays as it was filed, and what is marked is one of them."""
    made = Proposed("tag-1", 1, 1, "", msg(""), False, (), tuple(map(suggested.pattern, found)), (), ())
    pieces = suggested.marked(written, [made])
    assert "".join(words for words, _ in pieces) == written
    assert all(words for words, _ in pieces)
    for word in suggested.standing(found, written):
        assert word in written


def test_english_stems_are_shown_as_the_words_they_are() -> None:
    said = "Companies must apply the 2 rules; obligations are unclear."
    assert suggested.standing(["compani", "appli", "oblig", "2", "x", "missing"], said) == (
        "Companies", "apply", "obligations")
    assert suggested.standing(["지키다", "법"], "법을 지켜 주십시오. 지키다") == ("지키", "법")


# --------------------------------------------------------------------------------------------------- on a cluster


def test_a_cluster_is_locked_and_unlocked(at: Desk) -> None:
    one, fine, *_ = ids(at)
    stands = cluster(at, fine)
    suggestion(at, one, cluster_id=stands, fits=True)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}clusters/{stands}"
    visitor.post(f"{here}/lock", {"version": "1", "locked": "1"}, form_at=here)
    page = visitor.get(here)
    assert "잠김" in words(page) and "suggestions/fitting" not in source(page)
    assert "잠김" in words(visitor.get(f"{at.url}clusters/"))
    visitor.post(f"{here}/lock", {"version": "1", "locked": ""}, form_at=here, status=409)
    visitor.post(f"{here}/lock", {"version": "2", "locked": ""}, form_at=here)
    assert "잠김" not in words(visitor.get(here))


def test_a_cluster_with_a_response_beyond_drafting_offers_no_merging(at: Desk) -> None:
    one, fine, *_ = ids(at)
    goes, stays = cluster(at, one), cluster(at, fine)
    response_id = responses.draft_response(at.scene.session, at.scene.reviewer, at.scene.id, cluster_id=goes,
                                           now=at.scene.now)
    at.scene.session.get_one(Response, response_id).step = "for_approval"
    at.keep()
    page = at.visitor("reviewer").get(f"{at.url}clusters/{goes}/merge?into={stays}")
    assert "작성 단계" in words(page) and 'name="into"' not in source(page)
    assert f'href="{at.url}clusters/{goes}"' in source(page)


def test_a_cluster_is_merged_into_another(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    goes, stays = cluster(at, one, two), cluster(at, fine)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}clusters/{goes}/merge"
    visitor.get(here)
    visitor.post(here, {"into": "", "version": "1"}, form_at=here, status=422)
    preview = visitor.get(f"{here}?into={stays}")
    assert "2건" in words(preview) and hidden(preview, "version") == ["1"]
    visitor.post(here, {"into": str(stays), "version": "9"}, form_at=here, status=409)
    sent = visitor.post(here, {"into": str(stays), "version": "1"}, form_at=here)
    visitor.get(sent.headers["Location"])
    gone = visitor.get(f"{at.url}clusters/{goes}")
    assert "합쳐" in words(gone) and "/lock" not in source(gone)
    at.fresh()
    assert {part.id for part in at.scene.segments() if part.cluster_id == stays} == {one, fine, two}
    visitor.post(here, {"into": str(stays), "version": "2"}, form_at=here, status=409)
