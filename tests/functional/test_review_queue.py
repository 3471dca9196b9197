"""The queue in the browser, without JavaScript: filters, search, pages, acts and the way to the next one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.responses import services as responses
from portal.review import services
from portal.review.models import Batch
from tests import factories
from tests.functional.review_pages import Desk, desk, hidden, words
from tests.support.client import Visitor
from tests.unit.review.scene import LABELS

REASON = "안녕하십니까. 고지 의무를 줄여 주십시오. 표시 방법도 정하여 주십시오."


@pytest.fixture
def at(sessions: sessionmaker[Session], now: datetime, sign_in: Callable[[Actor], Visitor]) -> Iterator[Desk]:
    with desk(sessions, now, sign_in) as made:
        it = made.scene
        it.codes()
        it.file({"clause_eid": "art_2", "reason": REASON}, {"clause_eid": "art_3", "position": "oppose",
                "reason": "과태료를 낮추어 주십시오."}, name="별무리")
        it.file({"clause_eid": "doc", "position": "question", "language": "en", "reason": "When does it apply?"},
                kind="association", name="협회")
        made.keep()
        yield made


def _ids(at: Desk) -> list[int]:
    at.fresh()
    return [part.id for part in at.scene.segments()]


def _rows(page: Any) -> list[int]:
    found = re.findall(r'class="queue-item__words" href="([^"]+)"', page.get_data(as_text=True))
    return [int(parse_qs(urlsplit(unescape(href)).query)["at"][0]) for href in found]


def test_the_list_stands_in_the_order_of_the_law(at: Desk) -> None:
    one, two, whole = _ids(at)
    page = at.visitor("reviewer").get(at.url)
    assert _rows(page) == [whole, one, two]
    assert "의견 단위 3건" in words(page)
    assert "별무리" in words(page)


def test_filters_and_their_numbers(at: Desk) -> None:
    one, two, whole = _ids(at)
    visitor = at.visitor("reviewer")
    assert _rows(visitor.get(f"{at.url}?clause=art_2")) == [one]
    assert _rows(visitor.get(f"{at.url}?position=oppose&position=question")) == [whole, two]
    assert _rows(visitor.get(f"{at.url}?position=oppose&kind=association")) == []
    assert _rows(visitor.get(f"{at.url}?language=en")) == [whole]
    assert _rows(visitor.get(f"{at.url}?q=과태")) == [two]
    assert _rows(visitor.get(f"{at.url}?tag=none&cluster=none&dealt=no&unseen=1&coverage=untriaged")) == [whole, one, two]
    page = visitor.get(f"{at.url}?position=oppose")
    assert re.search(r'value="oppose" checked>.*?반대</span><span class="facet__count">1<', page.get_data(as_text=True))
    assert re.search(r'value="amend">.*?수정</span><span class="facet__count">1<', page.get_data(as_text=True))


@pytest.mark.parametrize("query", [
    "?clause=%27&position=x&kind=%00&topic=a&tag=-1&cluster=99999999999999999999&coverage=&dealt=maybe&language=fr",
    "?sort=up&after=x.y&before=1&at=abc&done=99999999999999999999999", "?q=%00%ff!!!", "?q=" + "가" * 5000,
    "?after=9223372036854775808.1&sort=newest", "?tag=9223372036854775807"])
def test_an_address_typed_by_hand_breaks_nothing(at: Desk, query: str) -> None:
    at.visitor("reviewer").get(at.url + query)


def test_what_does_not_count_any_more_is_left_out(at: Desk) -> None:
    one, two, whole = _ids(at)
    it = at.scene
    it.withdraw(it.file({"clause_eid": "art_2", "position": "oppose"}, name="떠난곳"))
    at.keep()
    gone = _ids(at)[-1]
    visitor = at.visitor("reviewer")
    page = visitor.get(f"{at.url}?q=")
    assert _rows(page) == [whole, one, two]
    assert "의견 단위 3건" in words(page) and "집계에서 제외된 1건은 목록에서 뺐습니다. 함께 보기" in words(page)
    assert f'href="{at.url}?all=1"' in page.get_data(as_text=True)
    assert "검색 결과 3건 전체" in words(page)
    shown = visitor.get(f"{at.url}?all=1&position=oppose")
    assert set(_rows(shown)) == {two, gone}
    assert "집계 제외 철회됨" in words(shown) and f'href="{at.url}?position=oppose"' in shown.get_data(as_text=True)
    # It stays so from form to form, and in an act on all that match.
    assert hidden(shown, "all") and all(each == "1" for each in hidden(shown, "all"))
    assert f'{at.url}bulk?position=oppose&amp;all=1&amp;act=tag' in shown.get_data(as_text=True)
    assert "선택한 의견 단위 2건" in words(visitor.get(f"{at.url}bulk?position=oppose&all=1&act=tag&scope=all"))
    assert "선택한 의견 단위 1건" in words(visitor.get(f"{at.url}bulk?position=oppose&act=tag&scope=all"))
    # Whoever asks for them by name sees them, and nothing is left out there.
    excused = visitor.get(f"{at.url}?coverage=excused")
    assert _rows(excused) == [gone] and "목록에서 뺐습니다" not in words(excused)
    opened = visitor.get(f"{at.url}?at={one}").get_data(as_text=True)
    next_href = re.search(r'href="([^"]+)" rel="next" data-key-next', opened)
    assert next_href and f"at={two}" in next_href[1]


def test_a_queue_in_which_nothing_counts_says_so(sessions: sessionmaker[Session], now: datetime,
                                                 sign_in: Callable[[Actor], Visitor]) -> None:
    with desk(sessions, now, sign_in) as made:
        made.scene.withdraw(made.scene.file({}))
        made.keep()
        said = words(made.visitor("reviewer").get(made.url))
        assert "집계할 의견이 없습니다" in said and "아직 접수된 의견이 없습니다" not in said and "함께 보기" in said


def test_a_later_filing_is_named_as_the_reason(at: Desk) -> None:
    it = at.scene
    it.session.execute(text("UPDATE segments SET excuse = 'superseded', coverage = 'excused' WHERE id = :id"),
                       {"id": _ids(at)[0]})
    at.keep()
    assert "나중 제출로 대체됨" in words(at.visitor("reviewer").get(f"{at.url}?all=1"))


def test_pages_go_both_ways(at: Desk) -> None:
    at.scene.file(*[{} for _ in range(60)])
    at.keep()
    visitor = at.visitor("reviewer")
    first = visitor.get(f"{at.url}?clause=art_2")
    onwards = unescape(re.search(r'rel="next" href="([^"]+)"', first.get_data(as_text=True))[1])  # type: ignore[index]
    second = visitor.get(onwards)
    back = unescape(re.search(r'rel="prev" href="([^"]+)"', second.get_data(as_text=True))[1])  # type: ignore[index]
    assert _rows(visitor.get(back)) == _rows(first)
    assert len(_rows(first)) == 50 and len(_rows(second)) == 11
    assert not set(_rows(first)) & set(_rows(second))
    last = visitor.get(f"{back}&at=last").get_data(as_text=True)
    assert f'data-segment="{_rows(first)[-1]}"' in last


def test_the_list_costs_the_same_at_any_size(at: Desk, sessions: sessionmaker[Session]) -> None:
    visitor = at.visitor("reviewer")
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    visitor.get(at.url)
    engine = visitor.app.extensions["portal"].sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(at.url)
        few = len(seen)
        at.scene.file(*[{} for _ in range(80)])
        at.keep()
        seen.clear()
        visitor.get(at.url)
        assert len(seen) == few <= 12
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_open_segment(at: Desk) -> None:
    one, two, whole = _ids(at)
    page = at.visitor("reviewer").get(f"{at.url}?at={one}")
    said = words(page)
    assert "고지 의무를 줄여 주십시오" in said
    assert "투명성 확보 의무" in said  # the clause
    assert "별무리" in said and "자기 신고" in said
    assert f'data-segment="{one}"' in page.get_data(as_text=True)
    next_href = re.search(r'href="([^"]+)" rel="next" data-key-next', page.get_data(as_text=True))
    assert next_href and f"at={two}" in next_href[1]
    for address in (f"{at.url}?at=999999", f"{at.url}segments/999999"):
        gone = at.visitor("reviewer").get(address, status=404)
        assert f'href="{at.url}"' in gone.get_data(as_text=True)  # the way back to the queue
    assert whole


def test_tagging_goes_on_to_the_next_with_an_undo(at: Desk) -> None:
    one, two, _ = _ids(at)
    visitor = at.visitor("reviewer")
    page = visitor.get(f"{at.url}?clause=art_2&clause=art_3&at={one}")
    sent = visitor.post(f"{at.url}segments/{one}/tags", {
        "tag": "사전고지, labelling", "back": hidden(page, "back")[-1], "next": hidden(page, "next")[-1]},
        form_at=f"{at.url}?at={one}")
    where = urlsplit(sent.headers["Location"])
    query = parse_qs(where.query)
    assert (query["at"], query["clause"], where.fragment) == ([str(two)], ["art_2", "art_3"], "segment")
    after = visitor.get(sent.headers["Location"])
    assert "분류 추가 사전고지, 결과물 표시: 의견 단위 1건" in words(after)
    at.fresh()
    assert len(at.scene.tags_of(one)) == 2
    batch = query["done"][0]
    undone = visitor.post(f"{at.url}history/{batch}/undo", {"back": hidden(after, "back")[0]},
                          form_at=sent.headers["Location"])
    assert "clause=art_2" in undone.headers["Location"]
    at.fresh()
    assert at.scene.tags_of(one) == set()
    assert "되돌렸습니다" in words(visitor.get(undone.headers["Location"]))
    visitor.post(f"{at.url}history/{batch}/undo", form_at=at.url + f"?at={one}", status=409)


def test_an_unknown_tag_is_told_with_what_was_typed(at: Desk) -> None:
    one = _ids(at)[0]
    visitor = at.visitor("reviewer")
    answer = visitor.post(f"{at.url}segments/{one}/tags", {"tag": "없는 분류", "back": "?clause=art_2"},
                          form_at=f"{at.url}?at={one}", status=422)
    assert "분류표에 “없는 분류” 분류가 없습니다" in words(answer)
    assert 'value="없는 분류"' in answer.get_data(as_text=True)
    assert f'data-segment="{one}"' in answer.get_data(as_text=True)
    visitor.post(f"{at.url}segments/{one}/tags", {"tag": " "}, form_at=f"{at.url}?at={one}", status=422)


def test_a_tag_is_taken_away_and_the_segment_stays_open(at: Desk) -> None:
    one = _ids(at)[0]
    tag = at.scene.codes().tags[0].id
    services.tag_segments(at.scene.session, at.scene.reviewer, at.scene.id, [one], add=[tag], now=at.scene.now)
    at.keep()
    visitor = at.visitor("reviewer")
    sent = visitor.post(f"{at.url}segments/{one}/tags", {"remove": str(tag), "stay": "1", "back": ""},
                        form_at=f"{at.url}?at={one}")
    assert f"at={one}" in sent.headers["Location"]
    at.fresh()
    assert at.scene.tags_of(one) == set()


def test_moving_into_a_new_cluster_and_out(at: Desk) -> None:
    one, two, _ = _ids(at)
    visitor = at.visitor("reviewer")
    visitor.post(f"{at.url}segments/{one}/cluster", {"new_title": "고지 범위"}, form_at=f"{at.url}?at={one}")
    at.fresh()
    cluster = at.scene.segment(one).cluster_id
    assert cluster is not None
    version = at.scene.segment(two).version
    visitor.post(f"{at.url}segments/{two}/cluster", {"to": str(cluster), "version": str(version)},
                 form_at=f"{at.url}?at={two}")
    visitor.post(f"{at.url}segments/{one}/cluster", {"out": "1", "stay": "1"}, form_at=f"{at.url}?at={one}")
    at.fresh()
    assert (at.scene.segment(one).cluster_id, at.scene.segment(two).cluster_id) == (None, cluster)
    assert visitor.post(f"{at.url}segments/{one}/cluster", {"to": ""}, form_at=f"{at.url}?at={one}", status=422)


def test_a_stale_move_names_who_was_faster(at: Desk) -> None:
    one = _ids(at)[0]
    it = at.scene
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    first, _ = services.create_cluster(it.session, colleague, it.id, LABELS, segment_ids=[one], now=it.now)
    second, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)
    at.keep()
    visitor = at.visitor("reviewer")
    answer = visitor.post(f"{at.url}segments/{one}/cluster", {"to": str(second), "version": "1", "back": "?clause=art_2"},
                          form_at=f"{at.url}?at={one}", status=409)
    assert "이검토가 이 의견 단위를 바꾸었습니다" in words(answer)
    at.fresh()
    assert it.segment(one).cluster_id == first


def _published(at: Desk, segment_id: int) -> int:
    """A cluster with this segment, whose response is published."""
    it = at.scene
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[segment_id], now=it.now)
    made = responses.draft_response(it.session, it.reviewer, it.id, cluster_id=cluster, now=it.now)
    it.session.execute(text("""
        UPDATE responses SET step = 'published', edition = 1, disposition = 'accepted', text_ko = '반영합니다.',
               approved_digest = repeat('0', 64), approved_by = :who, approved_at = :now WHERE id = :id"""),
        {"id": made, "who": it.approver.account_id, "now": it.now})
    at.keep()
    return cluster


def test_moving_under_a_published_response_is_asked_first(at: Desk) -> None:
    one, two, whole = _ids(at)
    cluster = _published(at, one)
    visitor = at.visitor("reviewer")
    page = visitor.get(f"{at.url}?unseen=1&at={whole}")
    assert "고지 범위 (검토의견: 공개)" in words(page)
    bar = {"to": str(cluster), "version": str(at.scene.segment(whole).version), "back": "?unseen=1",
           "next": f"?unseen=1&at={two}"}
    asked = visitor.post(f"{at.url}segments/{whole}/cluster", bar, form_at=f"{at.url}?unseen=1&at={whole}", status=200)
    assert "이 쟁점 묶음의 검토의견은 공개되어 있습니다" in words(asked)
    assert f'<option value="{cluster}" selected>' in asked.get_data(as_text=True)
    assert f'data-segment="{whole}"' in asked.get_data(as_text=True)
    at.fresh()
    assert at.scene.segment(whole).cluster_id is None
    form = re.search(r'(?s)<div data-typed data-asking.*?</form>', asked.get_data(as_text=True))
    assert form is not None
    sent = {unescape(name): unescape(value) for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])}
    assert f'action="{at.url}segments/{whole}/cluster"' in form[0]
    assert f'href="{at.url}?unseen=1&amp;at={whole}#segment"' in form[0]
    moved = visitor.post(f"{at.url}segments/{whole}/cluster", sent)
    assert parse_qs(urlsplit(moved.headers["Location"]).query)["at"] == [str(two)]
    at.fresh()
    assert at.scene.segment(whole).cluster_id == cluster


def test_what_was_asked_is_asked_again_when_another_edition_stands(at: Desk) -> None:
    one, two, _ = _ids(at)
    cluster = _published(at, one)
    visitor = at.visitor("reviewer")
    to = {"to": str(cluster), "version": str(at.scene.segment(two).version)}
    for sure in ("", "0", "2", "x"):
        visitor.post(f"{at.url}segments/{two}/cluster", {**to, "sure": sure}, form_at=f"{at.url}?at={two}", status=200)
    at.fresh()
    assert at.scene.segment(two).cluster_id is None
    # What would change nothing, or is not there, is told at once.
    visitor.post(f"{at.url}segments/{two}/cluster", {**to, "version": "99"}, form_at=f"{at.url}?at={two}", status=409)
    visitor.post(f"{at.url}segments/{two}/cluster", {"to": "999999"}, form_at=f"{at.url}?at={two}", status=404)


def test_seen_marks(at: Desk) -> None:
    one = _ids(at)[0]
    visitor = at.visitor("approver")
    assert "queue-item--unseen" in visitor.get(f"{at.url}?clause=art_2").get_data(as_text=True)
    visitor.post(f"{at.url}seen", {"segment": str(one), "quiet": "1", "csrf_token": at.visitor("reviewer").token(
        f"{at.url}?at={one}")}, status=403)
    token = visitor.token(at.url)
    visitor.post(f"{at.url}seen", {"segment": str(one), "quiet": "1", "csrf_token": token}, status=204)
    assert "queue-item--unseen" not in visitor.get(f"{at.url}?clause=art_2").get_data(as_text=True)
    assert "queue-item--unseen" in at.visitor("reviewer").get(f"{at.url}?clause=art_2").get_data(as_text=True)


def test_what_many_at_once_skips_stays_unseen_and_what_was_open_does_not(at: Desk) -> None:
    one, two, whole = _ids(at)
    it = at.scene
    tag = it.codes().tags[0].id
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    services.tag_segments(it.session, colleague, it.id, [one, two], add=[tag], now=it.now)
    at.keep()
    visitor = at.visitor("reviewer")
    form = f"{at.url}bulk?act=tag&scope=all&add={tag}"
    visitor.post(f"{at.url}bulk", {"act": "tag", "scope": "all", "add": str(tag),
                                   "expected": hidden(visitor.get(form), "expected")[0]}, form_at=form)
    assert _rows(visitor.get(f"{at.url}?unseen=1")) == [one, two], whole
    # Who gives one segment alone what it has already had it open.
    visitor.post(f"{at.url}segments/{one}/tags", {"add": str(tag)}, form_at=f"{at.url}?at={one}")
    assert _rows(visitor.get(f"{at.url}?unseen=1")) == [two]


def test_responding_to_one_segment(at: Desk) -> None:
    one = _ids(at)[0]
    visitor = at.visitor("reviewer")
    sent = visitor.post(f"{at.url}segments/{one}/response", form_at=f"{at.url}?at={one}")
    page = visitor.get(sent.headers["Location"])
    assert "의견 단위 하나에 대한 검토의견" in words(page)
    assert "고지 의무를 줄여" in words(page)
    again = visitor.post(f"{at.url}segments/{one}/response", form_at=f"{at.url}?at={one}")
    assert again.headers["Location"] == sent.headers["Location"]


# -------------------------------------------------------------------------------------------------------------- split


def test_cutting_from_a_stale_page(at: Desk) -> None:
    one = _ids(at)[0]
    visitor = at.visitor("reviewer")
    path = f"{at.url}segments/{one}/split"
    version = hidden(visitor.get(path), "version")[0]
    services.tag_segments(at.scene.session, at.scene.reviewer, at.scene.id, [one], add=[at.scene.codes().tags[0].id],
                          now=at.scene.now)
    at.keep()
    stale = visitor.post(path, {"version": version, "begins": str(REASON.index("표시"))}, status=409)
    assert "김검토가 이 의견의 단위를 바꾸었습니다" in words(stale)
    assert f'value="{REASON.index("표시")}" checked' in stale.get_data(as_text=True)


def test_cutting_a_comment(at: Desk) -> None:
    one = _ids(at)[0]
    visitor = at.visitor("reviewer")
    path = f"{at.url}segments/{one}/split"
    page = visitor.get(f"{path}?clause=art_2")
    second, third = REASON.index("고지"), REASON.index("표시")
    assert f'name="begins" value="{second}"' in page.get_data(as_text=True)
    data = {"version": hidden(page, "version")[0], "back": hidden(page, "back")[0], "begins": [str(second), str(third)],
            "silent": "0"}
    sent = visitor.post(path, data)
    at.fresh()
    comment = at.scene.filed[0].comments[0].id
    assert [(part.start, part.no_point) for part in at.scene.segments(comment)] == [
        (0, True), (second, False), (third, False)]
    assert "clause=art_2" in sent.headers["Location"]
    shown = words(visitor.get(sent.headers["Location"]))
    assert "1번째" in shown and "쟁점 없음" in shown
    gone = visitor.post(path, {**data, "csrf_token": visitor.token(at.url + f"?at={_ids(at)[0]}")}, status=404)
    assert "의견이 다시 나뉘었을 수 있습니다" in words(gone)
    parts = at.scene.segments(comment)
    page = visitor.get(f"{at.url}segments/{parts[0].id}/split")
    refused = visitor.post(f"{at.url}segments/{parts[0].id}/split", {
        "version": hidden(page, "version")[0], "begins": [str(second)], "silent": ["0", str(second)]}, status=422)
    assert "쟁점이 있는 단위가 하나 이상" in words(refused)


# --------------------------------------------------------------------------------------------------------------- many


def test_many_at_once_with_a_preview_and_an_undo(at: Desk) -> None:
    one, two, whole = _ids(at)
    it = at.scene
    tag = it.codes().tags[0].id
    services.tag_segments(it.session, it.reviewer, it.id, [two], add=[tag], now=it.now)
    gone = it.file({"clause_eid": "art_2"}, name="철회한곳")
    it.withdraw(gone)
    at.keep()
    visitor = at.visitor("reviewer")
    page = visitor.get(f"{at.url}bulk?act=tag&scope=all&add={tag}&sort=newest&all=1")
    said = words(page)
    assert "의견 단위 2건이 바뀝니다" in said
    assert "1건 제외 · 이미 그렇게 되어 있습니다." in said and "1건 제외 · 철회·대체·파기되어" in said
    assert "철회한곳" in said
    data = {"act": "tag", "scope": "all", "add": str(tag), "expected": hidden(page, "expected")[0], "name": "첫 분류",
            "sort": "newest", "all": "1"}
    sent = visitor.post(f"{at.url}bulk", data, form_at=f"{at.url}bulk?act=tag&scope=all&add={tag}")
    at.fresh()
    assert all(it.tags_of(each) == {tag} for each in (one, two, whole))
    done = words(visitor.get(sent.headers["Location"]))
    assert "의견 단위 2건" in done and "되돌리기" in done
    history = visitor.get(f"{at.url}history")
    assert "첫 분류" in words(history) and "1건 제외" in words(history)
    batch = it.session.query(Batch).order_by(Batch.id.desc()).first()
    assert batch is not None
    visitor.post(f"{at.url}history/{batch.id}/undo", form_at=f"{at.url}history")
    at.fresh()
    assert [it.tags_of(each) for each in (one, two, whole)] == [set(), {tag}, set()]


def test_a_preview_names_only_what_would_change(at: Desk) -> None:
    one, two, _ = _ids(at)
    it = at.scene
    tag = it.codes().tags[0].id
    services.tag_segments(it.session, it.reviewer, it.id, [one], add=[tag], now=it.now)
    at.keep()
    visitor = at.visitor("reviewer")
    nothing = visitor.get(f"{at.url}bulk?act=tag&scope=selected&select={one}&add={tag}").get_data(as_text=True)
    assert "bulk-preview__skipped" in nothing and "bulk-preview__named" not in nothing
    assert "바뀌는 것이 없습니다." in nothing and "0건이 바뀝니다" not in nothing
    some = visitor.get(f"{at.url}bulk?act=tag&scope=selected&select={one}&select={two}&add={tag}").get_data(as_text=True)
    named = re.search(r'(?s)<ul class="bulk-preview__named">.*?</ul>', some)
    assert named is not None and named[0].count("<li>") == 1 and "과태료" in named[0]


def test_a_list_that_changed_since_the_preview_is_shown_again(at: Desk) -> None:
    tag = at.scene.codes().tags[0].id
    at.keep()
    visitor = at.visitor("reviewer")
    form = f"{at.url}bulk?act=tag&scope=all&add={tag}"
    expected = hidden(visitor.get(form), "expected")[0]
    at.scene.file({})
    at.keep()
    answer = visitor.post(f"{at.url}bulk", {"act": "tag", "scope": "all", "add": str(tag), "expected": expected},
                          form_at=form, status=409)
    assert "목록이 바뀌었습니다" in words(answer)
    at.fresh()
    assert at.scene.session.query(Batch).filter_by(consultation_id=at.scene.id).count() == 0


def test_the_chosen_ones_are_moved(at: Desk) -> None:
    one, two, whole = _ids(at)
    it = at.scene
    cluster, _ = services.create_cluster(it.session, it.reviewer, it.id, LABELS, now=it.now)
    at.keep()
    visitor = at.visitor("reviewer")
    form = f"{at.url}bulk?act=move&select={one}&select={whole}&to={cluster}"
    page = visitor.get(form)
    services.tag_segments(it.session, it.reviewer, it.id, [whole], add=[it.codes().tags[0].id], now=it.now)
    at.keep()  # somebody decides on one of them meanwhile
    data = {"act": "move", "scope": "selected", "select": hidden(page, "select"), "to": str(cluster),
            "version": hidden(page, "version")}
    visitor.post(f"{at.url}bulk", data, form_at=form)
    at.fresh()
    assert [it.segment(each).cluster_id for each in (one, two, whole)] == [cluster, None, None]
    visitor.post(f"{at.url}bulk", {"act": "move", "scope": "selected", "select": [str(one)], "to": "out"}, form_at=form)
    at.fresh()
    assert it.segment(one).cluster_id is None


@pytest.mark.parametrize("data", [{"act": "tag", "scope": "selected"}, {"act": "move", "scope": "all"},
                                  {"act": "tag", "scope": "all"}, {"act": "move", "scope": "all", "to": "99999999"}])
def test_an_act_that_says_too_little_is_shown_again(at: Desk, data: dict[str, str]) -> None:
    visitor = at.visitor("reviewer")
    expected = {"expected": "3"} if data.get("to") else {}
    visitor.post(f"{at.url}bulk", {**data, **expected}, form_at=f"{at.url}?at={_ids(at)[0]}",
                 status=404 if "to" in data else 422)
    visitor.get(f"{at.url}bulk?act={data['act']}")


# ---------------------------------------------------------------------------------------------------------- who may


@pytest.mark.parametrize("path", ["", "history", "segments/{one}", "?at={one}"])
def test_the_queue_belongs_to_its_ministry(at: Desk, path: str) -> None:
    one = _ids(at)[0]
    it = at.scene
    stranger = factories.staff(it.session, it.now, factories.ministry(it.session, it.now), "reviewer", "approver")
    filer = factories.member(it.session, it.now, factories.organisation(it.session, it.now))
    at.keep()
    address = at.url + path.format(one=one)
    at.sign_in(stranger).get(address, status=404)
    at.sign_in(filer).get(address, status=403)
    at.visitor("publisher").get(address)
    at.visitor("approver").get(address)


def test_who_only_reads_sees_no_forms_of_deciding(at: Desk) -> None:
    one = _ids(at)[0]
    page = at.visitor("approver").get(f"{at.url}?at={one}").get_data(as_text=True)
    assert "work-bar" not in page and 'name="select"' not in page
    visitor = at.visitor("approver")
    token = visitor.token(at.url)
    visitor.post(f"{at.url}segments/{one}/tags", {"tag": "사전고지", "csrf_token": token}, status=403)
    visitor.post(f"{at.url}bulk", {"act": "tag", "csrf_token": token}, status=403)
    visitor.get(f"{at.url}bulk", status=403)
    visitor.get(f"{at.url}segments/{one}/split", status=403)


def test_after_the_conclusion_it_is_read_only(at: Desk) -> None:
    one = _ids(at)[0]
    at.scene.session.execute(text("UPDATE consultations SET concluded_at = :now WHERE id = :c"),
                             {"now": at.scene.now, "c": at.scene.id})
    at.keep()
    visitor = at.visitor("reviewer")
    assert "work-bar" not in visitor.get(f"{at.url}?at={one}").get_data(as_text=True)
    visitor.post(f"{at.url}segments/{one}/tags", {"add": "1", "csrf_token": visitor.token(at.url)}, status=409)


def test_the_whole_queue_in_english(at: Desk) -> None:
    it = at.scene
    it.session.execute(text("UPDATE accounts SET locale = 'en' WHERE id = :a"), {"a": it.reviewer.account_id})
    at.keep()
    page = at.visitor("reviewer").get(f"{at.url}?at={_ids(at)[0]}")
    said = words(page)
    assert "3 segments" in said and "Order of the law" in said and "Article 2" in said
