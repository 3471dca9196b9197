"""The pages of suggestions, without JavaScript: lists, proposals, campaigns, what fits a cluster, the map, a regrouping,
and what is suggested beside a segment. The rows are made here; how the engine finds them is tested elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.i18n import msg
from portal.responses import services as responses
from portal.responses.models import Response
from portal.review import services
from portal.review.models import Batch, Cluster
from portal.settings import Settings
from portal.suggestions import queries
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


def value_of(page: TestResponse, name: str) -> str:
    """What stands in a field."""
    [found] = re.findall(rf'<input[^>]* name="{name}"[^>]*>', source(page))
    return (re.findall(r' value="([^"]*)"', found) or [""])[0]


# -------------------------------------------------------------------------------------------------- the page of lists


def test_before_any_analysis_the_page_says_what_one_does(at: Desk) -> None:
    page = at.visitor("reviewer").get(f"{at.url}suggestions/")
    assert "지금 분석" in words(page) and "아직 분석하지 않았습니다" in words(page)
    page = at.visitor("approver").get(f"{at.url}suggestions/")
    assert "지금 분석" not in words(page)
    at.visitor("approver").post(f"{at.url}suggestions/runs", {}, form_at=f"{at.url}code-list", status=403)


def test_after_the_conclusion_no_analysis_is_promised(at: Desk) -> None:
    at.scene.consultation.concluded_at = at.scene.now
    at.keep()
    said = words(at.visitor("reviewer").get(f"{at.url}suggestions/"))
    assert "더 이상 분석하지 않습니다" in said and "지금 분석" not in said and "아직 분석하지 않았습니다" not in said


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
    assert "하나로 합쳤습니다. 이제 이 후보는 잠겨 있어" in words(visitor.get(sent.headers["Location"]))
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
    english = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": " ", "title_en": "Notice, how"},
                           form_at=here, status=422)
    assert re.search(r'<input[^>]* aria-invalid="true"[^>]* name="title_ko"', source(english))
    assert re.search(r'to-form.*아직 채택하지 않았습니다.*href="#accept"', source(english), re.S)
    assert "한국어 화면에는 이 제목이 표시됩니다." in words(english) and value_of(english, "title_en") == "Notice, how"
    assert not at.scene.session.scalars(select(Cluster).where(Cluster.title_en == "Notice, how")).all()
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

    def told(sent: TestResponse) -> str:
        return words(visitor.get(sent.headers["Location"]))

    assert "하나" in words(act(422, act="split"))
    act(422, act="move", select=[str(fine)])
    # Each of these locks, and says so; the button then says what unlocking would do.
    assert "이제 두 후보 모두 잠겨 있어" in told(act(act="move", select=[str(fine)], to=str(other.id)))
    assert "이제 이 후보는 잠겨 있어" in told(act(act="out", select=[str(whole)]))
    assert "이제 두 후보 모두 잠겨 있어" in told(act(act="split", select=[str(two)]))
    at.fresh()
    members = dict[int, list[int]]()
    for member in at.scene.session.scalars(select(ProposedMember).order_by(ProposedMember.segment_id)):
        members.setdefault(member.proposal_id, []).append(member.segment_id)
    assert members[row.id] == [one] and members[other.id] == sorted([fine, keep_it]) and [two] in members.values()

    page = visitor.get(here)
    assert "잠긴 후보입니다." in words(page) and "잠금 해제(분석에서 대체 허용)" in words(page)
    visitor.post(f"{here}/keep", {"version": hidden(page, "version")[0], "kept": ""}, form_at=here)
    page = visitor.get(here)
    assert "잠기지 않은 후보입니다. 다음 분석에서 다른 후보로 대체되거나 제목이 바뀔 수 있습니다." in words(page)
    assert "잠금(분석에서 그대로 유지)" in words(page) and "해제(분석" not in words(page)
    titles = {"version": hidden(page, "version")[0], "title_ko": "고지", "title_en": ""}
    assert "이제 이 후보는 잠겨 있어" in told(visitor.post(f"{here}/titles", titles, form_at=here))
    version = hidden(visitor.get(here), "version")[0]
    assert "이미 같은 제목입니다." in told(visitor.post(f"{here}/titles", {**titles, "version": version}, form_at=here))
    visitor.post(f"{here}/dismiss", {"version": version}, form_at=here)
    page = visitor.get(here)
    assert "accept" not in source(page).replace("accept-charset", "")
    assert "이제 이 후보는 잠겨 있어" in told(
        visitor.post(f"{here}/reopen", {"version": hidden(page, "version")[0]}, form_at=here))
    at.fresh()
    assert at.scene.session.get_one(ProposedCluster, row.id).state == "open"
    assert english


def test_what_gives_all_its_segments_up_says_so(at: Desk) -> None:
    one, fine, two, keep_it, *_ = ids(at)
    row, other, third = proposal(at, [one]), proposal(at, [fine], "과태료"), proposal(at, [two, keep_it], "시행")
    at.keep()
    visitor = at.visitor("reviewer")
    base = f"{at.url}suggestions/proposals/"

    def told(of: int, **values: Any) -> str:
        sent = visitor.post(f"{base}{of}/segments", {"version": "1", **values}, form_at=f"{base}{of}")
        return words(visitor.get(sent.headers["Location"]))

    assert "모두 옮겼습니다. 옮긴 후보는 이제 잠겨 있어" in told(row.id, act="move", select=[str(one)], to=str(third.id))
    assert "이 후보는 없어졌습니다." in told(other.id, act="out", select=[str(fine)])


def test_who_only_reads_a_proposal_has_its_segments_beside_the_reasons(at: Desk) -> None:
    """Where nothing can be accepted no half of the page stands empty."""
    one, _, two, *_ = ids(at)
    row = proposal(at, [one, two])
    at.keep()
    here = f"{at.url}suggestions/proposals/{row.id}"

    def panes(role: str) -> list[str]:
        return re.split(r'<div class="pane[ "]', source(at.visitor(role).get(here)))[1:]

    why, accepting = panes("reviewer")
    assert 'id="members"' in why and 'id="accept"' in accepting
    why, beside = panes("approver")
    assert 'id="members"' not in why and 'id="members"' in beside and 'id="why"' in why
    page = at.visitor("approver").get(here)
    assert "잠기지 않은 후보입니다." in words(page) and "/keep" not in source(page)
    assert "/keep" in source(at.visitor("reviewer").get(here))


def test_what_was_done_to_proposals_stands_in_the_history(at: Desk) -> None:
    one, two, three, four, five, _ = ids(at)
    first, second = proposal(at, [one, two, three]), proposal(at, [four, five], title="과태료")
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/proposals/{first.id}"
    visitor.post(f"{here}/titles", {"version": "1", "title_ko": "사람이 준 이름"}, form_at=here)
    visitor.post(f"{here}/segments", {"version": "2", "act": "split", "select": str(one)}, form_at=here)
    visitor.post(f"{here}/segments", {"version": "3", "act": "move", "to": str(second.id), "select": str(two)},
                 form_at=here)
    visitor.post(f"{here}/segments", {"version": "4", "act": "out", "select": str(three)}, form_at=here)
    told = words(visitor.get(f"{at.url}history"))
    for line in ("후보 이름을 “사람이 준 이름”으로 바꿈", "후보 “사람이 준 이름”에서 “사람이 준 이름”으로 나눔: 의견 단위 1건",
                 "후보 “사람이 준 이름”에서 “과태료”로 옮김: 의견 단위 1건", "후보 “사람이 준 이름”에서 뺌: 의견 단위 1건"):
        assert line in told
    at.fresh()
    merged = proposal(at, [three], title="셋")
    at.keep()
    there = f"{at.url}suggestions/"
    visitor.post(f"{there}merge", {"proposal": [str(second.id), str(merged.id)],
                                   "version": [f"{second.id}-2", f"{merged.id}-1"]}, form_at=there)
    page = visitor.get(f"{at.url}history")
    assert "후보 “과태료”에 합침: “셋”" in words(page) and "/undo" not in source(page)
    # What each was called then, also when the larger one takes over the title that a person gave to the other.
    at.fresh()
    small, fourth = proposal(at, [one], "작은 것"), proposal(at, [two, four, five], "기계가 준 이름")
    at.keep()
    here = f"{at.url}suggestions/proposals/{small.id}"
    visitor.post(f"{here}/titles", {"version": "1", "title_ko": "작은 것의 이름"}, form_at=here)
    visitor.post(f"{there}merge", {"proposal": [str(small.id), str(fourth.id)],
                                   "version": [f"{small.id}-2", f"{fourth.id}-1"]}, form_at=there)
    at.fresh()
    assert at.scene.session.get_one(ProposedCluster, fourth.id).title_ko == "작은 것의 이름"
    here = f"{at.url}suggestions/proposals/{fourth.id}"
    visitor.post(f"{here}/titles", {"version": "2", "title_ko": "또 다른 이름"}, form_at=here)
    told = words(visitor.get(f"{at.url}history"))
    for line in ("후보 “기계가 준 이름”에 합침: “작은 것의 이름”", "후보 이름을 “작은 것의 이름”으로 바꿈", "후보 이름을 “또 다른 이름”으로 바꿈", "후보 이름을 “사람이 준 이름”으로 바꿈"):
        assert line in told


@pytest.mark.parametrize(("moved", "said"), [(3, 120), (120, 3), (0, 120), (60, 60), (50, 0)])
def test_the_history_loses_no_act_between_its_pages(at: Desk, moved: int, said: int) -> None:
    [one, *_] = ids(at)
    it = at.scene
    row = proposal(at, [one])
    acts: list[tuple[datetime, str]] = []
    for number in range(moved):
        when = it.now + timedelta(minutes=60 + number)
        made(at, Batch(consultation_id=it.id, verb="moved", name=f"이름 {number}.", made_by=it.reviewer.account_id,
                       made_at=when, segment_count=1, data={"to": None}))
        acts.append((when, f"이름 {number}."))
    for number in range(said):
        when = it.now + timedelta(minutes=59 + number, seconds=30)
        record(it.session, it.reviewer, "suggestion.proposal_changed", "proposal", row.id, now=when,
               consultation_id=it.id, act="emptied", segments=1000 + number)
        it.session.flush()
        acts.append((when, f"의견 단위 {1000 + number:,}건"))
    at.keep()
    visitor = at.visitor("reviewer")
    shown: list[str] = []
    url: str | None = f"{at.url}history"
    pages = 0
    while url is not None:
        page = source(visitor.get(url))
        shown += re.findall(r"이름 \d+\.|의견 단위 [\d,]+건(?=</span>)", page.replace("의견 단위 1건", ""))
        following = re.search(r'href="([^"]+/history\?[^"]+)"', page)
        url, pages = unescape(following[1]) if following else None, pages + 1
    assert shown == [what for _, what in sorted(acts, reverse=True)]
    assert pages == -(-(moved + said) // 50)


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
    # Nothing is cut that nobody asked for, and no filer's sentence is offered as what the public reads.
    assert 'name="cut_additions" value="1" ' in source(page)
    assert not re.search(r'name="cut_additions" value="1" checked', source(page))
    assert [value_of(page, name) for name in ("title_ko", "title_en")] == ["제2조", "Article 2"]
    wrong = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "", "title_en": "Notice, how",
                                            "cut_additions": "1"}, form_at=here, status=422)
    assert re.search(r'name="cut_additions" value="1" checked', source(wrong))
    assert re.search(r'<input[^>]* aria-invalid="true"[^>]* name="title_ko"', source(wrong))
    assert value_of(wrong, "title_en") == "Notice, how"
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


@pytest.mark.parametrize(("length", "said", "not_said"), [
    (len(REASON), "글자까지 같습니다", "표현이 다른 곳은"), (len(REASON) - 1, "표현이 다른 곳은", "글자까지 같습니다"),
])  # fmt: skip
def test_a_letter_with_nothing_added_says_whether_it_is_the_same_word_for_word(at: Desk, length: int, said: str,
                                                                               not_said: str) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: []})
    session = at.scene.session
    session.execute(text("UPDATE campaign_members SET omissions = '[]' WHERE campaign_id = :id"), {"id": row.id})
    for each, end in ((one, len(REASON)), (two, length)):
        session.execute(text('UPDATE segments SET start = 0, "end" = :end WHERE id = :id'), {"id": each, "end": end})
        session.execute(text('UPDATE segment_tokens SET start = 0, "end" = :end WHERE segment_id = :id'),
                        {"id": each, "end": end})
    at.keep()
    page = words(at.visitor("reviewer").get(f"{at.url}suggestions/campaigns/{row.id}"))
    assert said in page and not_said not in page


def test_a_campaign_without_its_template_compares_its_letters_with_nothing(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: [[len(REASON) + 1, len(REASON + ADDED)]]})
    at.scene.session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :id"),
                             {"id": one})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    page = visitor.get(here)
    said = words(page)
    assert "의견을 다시 비교한 뒤 여기에 표시합니다" in said and ADDED.strip() in said
    assert "<ins>" not in source(page) and "덧붙이거나 뺀 내용이 없습니다" not in said and "나머지 의견" not in said
    # Nobody is shown what would be cut off: nothing is counted, and nothing is cut.
    assert "cut_additions" not in source(page) and "덧붙인 의견" not in said
    assert "덧붙" not in words(visitor.get(f"{at.url}suggestions/campaigns/"))
    sent = {"version": "1", "way": "new", "title_ko": "고지의 방법"}
    wrong = visitor.post(f"{here}/accept", {**sent, "cut_additions": "1"}, form_at=here, status=409)
    assert "덧붙인 부분을 나누지 않고 채택" in words(wrong) and value_of(wrong, "title_ko") == "고지의 방법"
    assert len(ids(at)) == 6
    visitor.post(f"{here}/accept", sent, form_at=here)


def test_a_template_with_something_of_its_own_shows_what(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, two, {one: []})
    at.scene.session.get_one(CampaignMember, (row.id, two)).additions = [[len(REASON) + 1, len(REASON + ADDED)]]
    at.keep()
    page = source(at.visitor("reviewer").get(f"{at.url}suggestions/campaigns/{row.id}"))
    [template] = re.findall(r'<section class="template".*?</section>', page, re.S)
    assert re.search(r"<ins>.*유예기간도 두어 주십시오\..*</ins>", template, re.S)
    assert "이 의견이 덧붙인 내용" in template and "cut_additions" in page


def test_what_is_wrong_with_a_campaigns_titles_is_told_where_the_form_is_far_below(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: []})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    assert 'class="to-form"' not in source(visitor.get(here))
    page = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "", "title_en": ""}, form_at=here,
                        status=422)
    assert re.search(r'class="to-form">.*href="#accept"', source(page), re.S)


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


def test_a_campaign_is_offered_again_when_its_acceptance_is_taken_back(at: Desk) -> None:
    one, _, two, *_ = ids(at)
    row = campaign(at, one, {two: [[len(REASON) + 1, len(REASON + ADDED)]]})
    proposal(at, [one, two], title="고지 · 방법", title_en="Notice · manner")
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/campaigns/{row.id}"
    offered = visitor.get(here)
    assert [value_of(offered, name) for name in ("title_ko", "title_en")] == ["고지 · 방법", "Notice · manner"]
    sent = visitor.post(f"{here}/accept", {"version": "1", "way": "new", "title_ko": "고지의 방법", "cut_additions": "1"},
                        form_at=here)
    made = sent.headers["Location"].split("?")[0]
    assert "2건" in words(visitor.get(here)) and len(ids(at)) == 7
    [undo] = re.findall(r'action="([^"]+/undo)"', source(visitor.get(f"{at.url}history")))
    visitor.post(undo, {}, form_at=f"{at.url}history")
    assert len(ids(at)) == 6
    assert f"{here}/accept" in source(visitor.get(here))
    gone = visitor.get(made)
    assert "이 쟁점 묶음을 만든 작업이 되돌려졌습니다" in words(gone) and "/merge" not in source(gone)
    assert made not in source(visitor.get(f"{at.url}clusters/"))
    assert "/undo" not in source(visitor.get(f"{at.url}history"))


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
        suggestion(at, segment, cluster_id=into, score=0.92, fits=segment != keep_it, evidence={
            "words": ["고지"], "clauses": ["art_2"], "earlier": [str(fine)]})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/fitting/{into}"
    page = visitor.get(here)
    assert "92%" in words(page) and "별무리" in words(page) and "약함" not in words(page)
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


def test_a_weak_one_is_told_apart_and_moved_alone(at: Desk) -> None:
    """Below what was measured a suggestion of a cluster is called weak, and *all* leaves it out."""
    one, fine, two, three, _, whole = ids(at)
    into = cluster(at, fine)
    for segment, score in ((one, queries.SURE), (two, queries.SURE - 0.001), (three, 0.6)):
        suggestion(at, segment, cluster_id=into, score=score, fits=True, evidence={
            "words": ["고지"] if segment == one else [], "clauses": ["art_2"], "earlier": []})
    suggestion(at, whole, cluster_id=into, score=0.39, evidence={"words": [], "clauses": [], "earlier": []})
    at.keep()
    visitor = at.visitor("reviewer")
    assert "(약함 2건)" in words(visitor.get(f"{at.url}suggestions/"))
    here = f"{at.url}suggestions/fitting/{into}"
    page = visitor.get(here)
    said = words(page)
    assert said.count("조문만을 근거로") == 2 and "‘약함’을 뺀 1건" in said and "85% 미만" in said
    assert "84% 약함" in said and "85% ·" in said  # what is weak never bears the number of what is not
    beside = {each: words(visitor.get(f"{at.url}segments/{each}")) for each in (one, two, three, whole)}
    assert "적합" in beside[one] and "약함" not in beside[one] and "조문만을 근거로" not in beside[one]
    assert all("적합" not in beside[each] and "약함" in beside[each] and "조문만을 근거로" in beside[each]
               for each in (two, three))
    assert "39%" not in beside[whole]  # hardly alike: not offered
    visitor.post(here, {"all": "1", "expected": hidden(page, "expected")}, form_at=here)
    at.fresh()
    assert {part.id for part in at.scene.segments() if part.cluster_id == into} == {one, fine}
    page = visitor.get(here)
    assert 'name="all"' not in source(page)
    visitor.post(here, {"select": [str(two)], "version": hidden(page, "version")}, form_at=here)
    at.fresh()
    assert two in {part.id for part in at.scene.segments() if part.cluster_id == into}


@pytest.mark.parametrize("how", ["most are there", "accepted", "half are there", "it adds something"])
def test_a_copy_goes_surely_where_its_campaign_is(at: Desk, how: str) -> None:
    """However alike a letter is to all else in a cluster: it is the letter that is in it."""
    one, two, three, four, five, weak = ids(at)
    into = cluster(at, *[one, two, three][:2 if how in ("half are there", "accepted") else 3], weak)
    row = campaign(at, one, {two: [], three: [], four: [[0, 5]] if how == "it adds something" else []})
    if how == "accepted":
        row.state, row.cluster_id = "accepted", into
    for each in (four, five):
        suggestion(at, each, cluster_id=into, score=0.82, fits=True)
    at.keep()
    sure = how in ("most are there", "accepted")
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/fitting/{into}"
    page = visitor.get(here)
    there = {"most are there": 3, "accepted": 2}.get(how)
    assert ((f"동일·유사 의견 4건 가운데 {there}건이 이 쟁점 묶음에 있음" in words(page)
             and f"suggestions/campaigns/{row.id}" in source(page)) if sure else "이 쟁점 묶음에 있음" not in words(page))
    assert words(page).count("82% 약함") == (1 if sure else 2)
    assert f"(약함 {1 if sure else 2}건)" in words(visitor.get(f"{at.url}suggestions/"))
    assert f"(약함 {1 if sure else 2}건)" in words(visitor.get(f"{at.url}suggestions/fitting/"))
    pane = visitor.get(f"{at.url}segments/{four}")
    assert ("약함" not in words(pane)) == sure
    assert (f"suggestions/campaigns/{row.id}" in source(pane)) == sure
    assert (f"동일·유사 의견 4건 가운데 {there}건이 이 쟁점 묶음에 있음 · 제2조" in words(pane)) == sure
    assert "약함" in words(visitor.get(f"{at.url}segments/{five}"))
    if sure:
        visitor.post(here, {"all": "1", "expected": hidden(page, "expected")}, form_at=here)
        at.fresh()
        assert four in {part.id for part in at.scene.segments() if part.cluster_id == into}
        assert five not in {part.id for part in at.scene.segments() if part.cluster_id == into}
    else:
        assert 'name="all"' not in source(page)


def test_a_copy_whose_clause_speaks_for_it_is_not_told_to_rest_on_that_alone(at: Desk) -> None:
    one, two, three, four, five, _ = ids(at)
    into = cluster(at, one, two, three)
    campaign(at, one, {two: [], three: [], four: []})
    for each in (four, five):
        suggestion(at, each, cluster_id=into, fits=True, evidence={"words": [], "clauses": ["art_2"], "earlier": []})
    at.keep()
    visitor = at.visitor("reviewer")
    assert words(visitor.get(f"{at.url}suggestions/fitting/{into}")).count("조문만을 근거로") == 1
    assert "조문만을 근거로" not in words(visitor.get(f"{at.url}segments/{four}"))
    assert "조문만을 근거로" in words(visitor.get(f"{at.url}segments/{five}"))


def test_a_tag_without_a_word_says_that_the_clause_speaks_where_it_does(at: Desk) -> None:
    one, fine, *_ = ids(at)
    for segment, clauses in ((one, ["art_2"]), (fine, [])):
        suggestion(at, segment, tag_id=at.scene.codes().tags[0].id,
                   evidence={"words": [], "clauses": clauses, "earlier": []})
    at.keep()
    visitor = at.visitor("reviewer")
    assert "조문만을 근거로" in words(visitor.get(f"{at.url}segments/{one}"))
    then = words(visitor.get(f"{at.url}segments/{fine}"))
    assert "82%" in then and "조문만을 근거로" not in then


def test_a_tag_that_is_rather_wrong_than_right_is_called_weak(at: Desk) -> None:
    one, fine, *_ = ids(at)
    for segment, score in ((one, 0.49), (fine, 0.5)):
        suggestion(at, segment, tag_id=at.scene.codes().tags[0].id, score=score)
    at.keep()
    visitor = at.visitor("reviewer")
    assert "약함" in words(visitor.get(f"{at.url}segments/{one}"))
    assert "약함" not in words(visitor.get(f"{at.url}segments/{fine}"))


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
    here_alone = Batch.consultation_id == at.scene.id
    assert at.scene.session.scalars(select(Batch).where(Batch.verb == "regrouped", here_alone)).one()
    visitor.get(here)
    visitor.get(f"{at.url}history")
    visitor.post(f"{here}/apply", {}, form_at=here, status=409)


def test_a_regrouping_is_discarded(at: Desk) -> None:
    row = run(at, kind="regrouping", figures={"segments": 6, "moves": 0})
    at.keep()
    visitor = at.visitor("reviewer")
    visitor.post(f"{at.url}suggestions/regrouping/{row.id}/discard", {}, form_at=f"{at.url}suggestions/")
    page = visitor.get(f"{at.url}suggestions/")
    assert "regrouping/" not in source(page)
    assert "재구성안을 폐기하였습니다(김검토)" in words(page) and "분석은 취소" not in words(page)


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


def test_where_few_tags_are_suggested_or_none_the_pane_says_why(at: Desk) -> None:
    one, fine, two, four, english, whole = ids(at)
    first, second, third = at.scene.codes().tags
    suggestion(at, two, tag_id=first.id)
    for rank, each in enumerate((first, second, third), 1):
        suggestion(at, four, tag_id=each.id, rank=rank)
    stands = cluster(at, english)
    suggestion(at, english, tag_id=first.id)
    at.keep()
    visitor = at.visitor("reviewer")

    def why(segment: int) -> str:
        found = re.findall(r'class="suggestions__few">([^<]*)<', source(visitor.get(f"{at.url}segments/{segment}")))
        return unescape(" ".join(found))

    def tag(segments: list[int], of: int) -> None:
        services.tag_segments(at.scene.session, at.scene.reviewer, at.scene.id, segments, add=[of], now=at.scene.now)
        at.keep()

    assert why(one) == "분류를 붙인 의견 단위가 10건이 되면 분류를 추천합니다. 지금은 0건입니다."
    assert why(two) == why(english) == "그 밖에는 추천할 만큼 가능성이 높은 분류가 없었습니다." and stands
    assert why(four) == ""
    more = [at.scene.file({"reason": f"의견 {n}"}, name=f"단체 {n}") for n in range(9)]
    others = [part.id for filed in more for part in at.scene.segments(filed.comments[0].id)]
    tag([*others, whole], first.id)
    at.scene.withdraw(more[0])
    at.keep()
    assert why(one).endswith("지금은 9건입니다."), "what does not count any more taught nothing"
    assert why(others[1]) == "", "it has its tags"
    tag([fine], first.id)
    assert why(one) == "서로 다른 분류를 두 가지 이상 붙이면 분류를 추천합니다. 지금은 모두 같은 분류입니다."
    tag([fine], second.id)
    assert why(one) == "이 의견 단위를 분석한 뒤에 분류를 추천합니다."
    part = at.scene.segment(one)
    made(at, SegmentTokens(segment_id=one, start=part.start, end=part.end, tokeniser="test", words=[], knows_batch=1))
    at.keep()
    assert why(one) == "마지막 분석에서 추천할 만큼 가능성이 높은 분류가 없었습니다."
    assert "suggestions__few" not in source(at.visitor("approver").get(f"{at.url}segments/{one}"))
    at.scene.session.execute(text("UPDATE tags SET retired_at = :now WHERE id = :id"),
                             {"now": at.scene.now, "id": second.id})
    at.keep()
    assert "모두 같은 분류" in why(one), "a retired tag is suggested no more"
    assert why(two) == "그 밖에는 추천할 만큼 가능성이 높은 분류가 없었습니다."
    suggestion(at, two, tag_id=third.id, rank=2)
    at.keep()
    assert why(two) == "", "there is no further one"
    asked = cost(at.visitor("approver"), f"{at.url}segments/{one}")
    at.scene.session.execute(text("UPDATE segments SET no_point = true WHERE id = :id"), {"id": one})
    at.keep()
    # The two statements of what is suggested: whoever is not shown why there is none asks for nothing further.
    assert asked == cost(at.visitor("approver"), f"{at.url}segments/{one}") + 1


def test_so_many_tags_are_shown_as_the_engine_suggests_and_from_as_many_decisions_on() -> None:
    from portal.analysis import enough, learning, tags
    assert suggested.TAGS == learning.SHOWN and tags.FEWEST == enough.FEWEST


def test_suggestions_cost_the_pane_two_statements_however_many_there_are(at: Desk) -> None:
    one, fine, two, *_ = ids(at)
    stands = cluster(at, fine)
    at.keep()
    visitor = at.visitor("reviewer")
    visitor.get(f"{at.url}segments/{one}")
    none = cost(visitor, f"{at.url}segments/{one}")
    first, second, third = at.scene.codes().tags
    for rank, tag in enumerate((first, second, third), 1):
        suggestion(at, one, tag_id=tag.id, rank=rank, evidence={"words": ["고지"], "clauses": [], "earlier": [fine, two]})
    suggestion(at, one, cluster_id=stands, fits=True)
    at.keep()
    visitor.get(f"{at.url}segments/{one}")
    # One for them and one for whose segments they name; where there are none, one for why.
    assert cost(visitor, f"{at.url}segments/{one}") == none


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


# --------------------------------------------------------------------------- what is answered already is told before


def answer(at: Desk, cluster_id: int, step: str, edition: int = 0) -> None:
    """A response to a cluster, as far as that."""
    response_id = responses.draft_response(at.scene.session, at.scene.reviewer, at.scene.id, cluster_id=cluster_id,
                                           now=at.scene.now)
    row = at.scene.session.get_one(Response, response_id)
    if step == "published":
        row.disposition, row.approved_digest = "noted", "0" * 64
        row.approved_by, row.approved_at = at.scene.reviewer.account_id, at.scene.now
    row.step, row.edition = step, edition
    at.scene.session.flush()


ANSWERS = "새로 들어오는 의견 단위에도 적용"
PUBLIC = "검토의견은 이미 공개되었습니다"


@pytest.mark.parametrize(("step", "edition", "said"), [
    ("drafting", 0, ()), ("for_approval", 0, (ANSWERS, "승인 요청")), ("published", 1, (ANSWERS, PUBLIC)),
    ("drafting", 1, (ANSWERS, PUBLIC))])
def test_who_moves_segments_is_told_that_the_cluster_is_answered(at: Desk, step: str, edition: int,
                                                                 said: tuple[str, ...]) -> None:
    one, fine, two, three, *_ = ids(at)
    into = cluster(at, fine)
    answer(at, into, step, edition)
    suggestion(at, one, cluster_id=into, fits=True)
    found = campaign(at, two, {three: []})
    row = proposal(at, [two, three])
    at.keep()
    visitor = at.visitor("reviewer")
    sheets = {
        "fitting": visitor.get(f"{at.url}suggestions/fitting/{into}"),
        "bulk": visitor.get(f"{at.url}bulk?act=move&scope=selected&select={one}&to={into}"),
        "campaign": visitor.get(f"{at.url}suggestions/campaigns/{found.id}"),
        "proposal": visitor.get(f"{at.url}suggestions/proposals/{row.id}")}
    for name, page in sheets.items():
        told = words(page)
        assert (ANSWERS in told) == bool(said), name
        if name in ("fitting", "bulk"):
            assert all(each in told for each in said), name
        else:  # the choice itself says it, of each cluster
            assert bool(re.search(rf'<option value="{into}"[^>]*>[^<]*\(검토의견: ', source(page))) == bool(said), name
    for lists in (visitor.get(f"{at.url}suggestions/"), visitor.get(f"{at.url}suggestions/fitting/")):
        badge = re.search(rf'clusters/{into}"[^>]*>[^<]*</a>(.*?)</span><a class="fits__look"', source(lists), re.DOTALL)
        assert badge is not None and ("step--" in badge[1]) == bool(said)
    again = visitor.post(f"{at.url}suggestions/proposals/{row.id}/accept",
                         {"way": "into", "into": str(into), "version": "99"},
                         form_at=f"{at.url}suggestions/proposals/{row.id}", status=409)
    assert all(each in words(again) for each in said)


def regrouped(at: Desk) -> tuple[AnalysisRun, int, int, ProposedCluster, list[int]]:
    """A regrouping that moves everything: out of an answered cluster, into a published one, a new one and none."""
    segments = ids(at)
    goes, takes = cluster(at, *segments[:4]), cluster(at, segments[4])
    row = run(at, kind="regrouping", figures={"moves": 6})
    new = proposal(at, segments[2:4], "새 묶음", state="regrouping", run_id=row.id)
    at.scene.session.execute(text("UPDATE batches SET data = data || '{\"proposal\": 1}'"))
    made(at, *[ProposedMove(run_id=row.id, segment_id=each, cluster_before=goes, **to) for each, to in zip(
        segments[:4], [{"cluster_after": takes}, {"cluster_after": takes}, {"proposal_after": new.id},
                       {"proposal_after": new.id}], strict=True)],
         ProposedMove(run_id=row.id, segment_id=segments[4], cluster_before=takes),
         ProposedMove(run_id=row.id, segment_id=segments[5], cluster_after=takes))
    return row, goes, takes, new, segments


def test_a_regrouping_says_what_it_puts_under_which_answer(at: Desk) -> None:
    row, goes, takes, *_ = regrouped(at)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/regrouping/{row.id}"
    assert "적용 범위가 달라집니다" not in words(visitor.get(here))
    answer(at, goes, "for_approval")
    answer(at, takes, "published", 1)
    at.keep()
    said = words(visitor.get(here))
    assert "의견 단위 3건이 들어가고" in said and "그중 3건에는 이미 공개된" in said
    assert "의견 단위 5건이 빠지고" in said and PUBLIC in said


def test_every_segment_that_a_regrouping_moves_can_be_seen(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SEGMENTS", 2)
    monkeypatch.setattr(queries.moves, "__kwdefaults__", {"after": None, "size": 2})
    row, goes, takes, new, segments = regrouped(at)
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/regrouping/{row.id}"
    assert f'{here}/moves"' in source(visitor.get(here)) and f"{here}/moves?none=1" in source(visitor.get(here))
    assert f"{here}/moves?out={goes}" not in source(visitor.get(here))  # all four stand there
    for query, which in (("", segments), (f"?out={goes}", segments[:4]), (f"?new={new.id}", segments[2:4]),
                         (f"?into={takes}", [*segments[:2], segments[5]]), ("?none=1", segments[4:5])):
        at_page, seen = f"{here}/moves{query}", []
        while at_page:
            page = source(visitor.get(at_page))
            seen += [int(each) for each in re.findall(r'segments/(\d+)" class="line-of"', page)]
            following = re.search(r'href="([^"]+after=\d+)"', page)
            at_page = following[1] if following else ""
        assert seen == which, query
    assert "새 묶음" in words(visitor.get(f"{here}/moves?new={new.id}"))
    assert "의견 단위가 없습니다" in words(visitor.get(f"{here}/moves?into=999999"))
    assert visitor.get(f"{at.url}suggestions/regrouping/{run(at).id + 1}/moves", status=404)


def test_a_regrouping_says_of_when_it_is_what_it_rests_on_and_what_no_longer_applies(at: Desk) -> None:
    row, goes, takes, new, segments = regrouped(at)
    row.model, row.finished_at = "model-7", at.scene.now + timedelta(minutes=5)
    row.figures = {"moves": 7}  # one segment is no more
    new.terms = {"ko": ["의무", "방법", "신고"], "en": ["unclear"]}
    one, _, three, _, _, last = segments
    suggestion(at, last, cluster_id=takes, evidence={"words": ["시행", "없는말"], "clauses": ["art_2", "art_3"]})
    suggestion(at, one, cluster_id=takes, evidence={"words": [], "clauses": ["art_2"]})
    at.keep()
    visitor = at.visitor("reviewer")
    here = f"{at.url}suggestions/regrouping/{row.id}"
    page = visitor.get(here)
    said = words(page)
    assert "분석 엔진 test-1" in said and "model-7" in said
    assert "의견 단위 6건 이동" in said and "7건 가운데 1건" in said and "오래된" not in said
    assert re.search(r"근거 낱말\s+의무 방법", said) and "조문만을 근거로 함" in said
    moves = words(visitor.get(f"{here}/moves"))
    assert re.search(r"근거 낱말\s+의무 방법", moves) and re.search(r"근거 낱말\s+시행 · 제2조", moves)
    assert "없는말" not in moves and "신고" not in moves
    at.scene.session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :id"),
                             {"id": three})
    run(at, finished_at=at.scene.now + timedelta(hours=1))
    at.keep()
    page = visitor.get(here)
    said = words(page)
    assert "오래된 재구성안입니다" in said and "7건 가운데 2건" in said and "의견 단위 5건 이동" in said
    assert re.search(r'class="button[^"]*primary', source(page).split("/suggestions/runs", 1)[1])
    assert "/suggestions/runs" not in source(at.visitor("approver").get(here))
    visitor.post(f"{here}/apply", {}, form_at=here)
    at.fresh()
    assert {part.id: part.cluster_id for part in at.scene.segments()}[three] == goes


def test_a_regrouping_that_another_followed_leads_to_that_one(at: Desk) -> None:
    row, *_ = regrouped(at)
    newer = run(at, kind="regrouping", figures={"moves": 0})
    at.keep()
    here = f"{at.url}suggestions/regrouping/"
    page = source(at.visitor("reviewer").get(f"{here}{row.id}"))
    assert f'{here}{newer.id}"' in page and "/apply" not in page and "/suggestions/runs" not in page
    # Discarded, it took the moves of the earlier one with it: nobody is told that their segments were changed.
    visitor = at.visitor("reviewer")
    visitor.post(f"{here}{newer.id}/discard", {}, form_at=f"{at.url}suggestions/")
    said = words(visitor.get(f"{here}{row.id}"))
    assert "오래된 재구성안입니다" in said and "바뀌는 내용이 없습니다" in said and "건 가운데" not in said


def test_more_than_a_few_lead_to_all_of_them(at: Desk) -> None:
    segments = ids(at)
    stands = cluster(at, *segments)
    row = run(at, kind="regrouping", figures={})
    at.scene.session.execute(text("UPDATE batches SET data = data || '{\"proposal\": 1}'"))
    new = proposal(at, segments, "새 묶음", state="regrouping", run_id=row.id)
    made(at, *[ProposedMove(run_id=row.id, segment_id=each, cluster_before=stands, proposal_after=new.id)
               for each in segments])
    at.keep()
    here = f"{at.url}suggestions/regrouping/{row.id}"
    page = source(at.visitor("reviewer").get(here))
    assert f"{here}/moves?new={new.id}" in page and f"{here}/moves?out={stands}" in page


# ------------------------------------------------------------------------------------------------- addresses of acts


def test_the_address_of_an_act_leads_back_to_its_page(at: Desk) -> None:
    one, *_ = ids(at)
    row, found, regroups = proposal(at, [one]), campaign(at, one, {}), run(at, kind="regrouping")
    at.keep()
    visitor, base = at.visitor("reviewer"), f"{at.url}suggestions/"
    for act, stands in (("runs", ""), ("merge", ""), (f"runs/{regroups.id}/cancel", ""),
                        *((f"proposals/{row.id}/{act}", f"proposals/{row.id}")
                          for act in ("accept", "dismiss", "reopen", "titles", "segments", "keep")),
                        *((f"campaigns/{found.id}/{act}", f"campaigns/{found.id}")
                          for act in ("accept", "dismiss", "reopen")),
                        *((f"regrouping/{regroups.id}/{act}", f"regrouping/{regroups.id}")
                          for act in ("apply", "discard"))):
        assert visitor.get(base + act, status=303).headers["Location"] == base + stands
