"""Clusters and responses in the browser: made, written, sent, approved by somebody else, published, revised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.responses import services as responses
from portal.responses.models import Response, ResponseEdition
from portal.responses.services import ResponseInput
from portal.review import services
from portal.review.services import ClusterInput
from portal.submissions.models import Withdrawal
from tests import factories
from tests.functional.review_pages import Desk, desk, hidden, words
from tests.support.client import Visitor
from tests.unit.review.scene import LABELS

SignIn = Callable[[Actor], Visitor]
TEXT = {"disposition": "partly_accepted", "text_ko": "고지의 범위를 줄였습니다.", "text_en": "The duty was narrowed.",
        "changed_clauses": "1:art_2__para_1"}


@pytest.fixture
def at(sessions: sessionmaker[Session], now: datetime, sign_in: SignIn) -> Iterator[Desk]:
    with desk(sessions, now, sign_in) as made:
        it = made.scene
        it.file({"reason": "고지를 줄여 주십시오."}, {"position": "oppose", "reason": "고지는 필요합니다."}, name="별무리")
        services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[p.id for p in it.segments()],
                                now=it.now)
        made.keep()
        yield made


def _cluster(at: Desk) -> int:
    at.fresh()
    return int(at.scene.session.scalar(text("SELECT max(id) FROM clusters WHERE consultation_id = :c"),
                                       {"c": at.scene.id}) or 0)


def _response(at: Desk) -> Response:
    at.fresh()
    return at.scene.session.scalars(select(Response).where(Response.consultation_id == at.scene.id)).one()


def _columns(at: Desk) -> list[str]:
    at.fresh()
    return [part.coverage for part in at.scene.segments()]


def test_the_whole_way(at: Desk) -> None:
    reviewer, approver, publisher = (at.visitor(role) for role in ("reviewer", "approver", "publisher"))
    page = f"{at.url}clusters/{_cluster(at)}"
    assert "고지 범위" in words(reviewer.get(page)) and "검토의견 작성" in words(reviewer.get(page))
    reviewer.post(f"{page}/response", form_at=page)
    url = f"{at.url}responses/{_response(at).id}"
    shown = reviewer.get(page)
    sent = reviewer.post(url, {**TEXT, "version": hidden(shown, "version")[-1], "at": "cluster", "act": "send"},
                         form_at=page)
    assert sent.headers["Location"] == f"{page}#response"
    assert (_response(at).step, _columns(at)) == ("for_approval", ["disposed"] * 2)

    # The approver reads exactly what the approval binds to; the writer is offered no approval.
    assert 'name="digest"' not in reviewer.get(url).get_data(as_text=True)
    reading = approver.get(url)
    assert TEXT["text_ko"] in words(reading) and TEXT["text_en"] in words(reading) and "제2조제1항" in words(reading)
    digest = hidden(reading, "digest")[0]
    assert digest == responses.digest_of(_response(at)) and digest in words(reading)
    approver.post(f"{url}/step", {"act": "approve", "digest": digest}, form_at=url)
    assert _columns(at) == ["approved"] * 2
    publisher.post(f"{url}/step", {"act": "publish", "version": hidden(publisher.get(url), "version")[0]}, form_at=url)
    assert _columns(at) == ["published"] * 2
    at.fresh()
    edition = at.scene.session.scalars(select(ResponseEdition).where(ResponseEdition.response_id == _response(at).id)).one()
    assert (edition.text_ko, edition.changed_clauses) == (TEXT["text_ko"], [{"version": 1, "eid": "art_2__para_1"}])
    assert "제1판 공개 중" in words(reviewer.get(url))
    assert at.scene.dirty() >= 1

    # A later change is a new edition; the public goes on reading the first.
    reviewer.post(f"{url}/step", {"act": "reopen", "version": hidden(reviewer.get(url), "version")[0]}, form_at=url)
    assert (_response(at).step, _response(at).edition, _columns(at)) == ("drafting", 1, ["disposed"] * 2)


def _drafted(at: Desk, who: Actor | None = None, step: str = "drafting") -> str:
    """A response with text, taken to a step by the services; its page."""
    it = at.scene
    made = responses.draft_response(it.session, it.reviewer, it.id, cluster_id=_cluster(at), now=it.now)
    saved = responses.save_response(it.session, who or it.reviewer, it.id, made, ResponseInput("noted", "처음 글", "First"),
                                    expected_version=1, now=it.now)
    if step != "drafting":
        responses.send_for_approval(it.session, who or it.reviewer, it.id, made, expected_version=saved.version,
                                    now=it.now)
    if step == "approved":
        row = it.session.get_one(Response, made)
        responses.approve(it.session, it.approver, it.id, made, seen_digest=responses.digest_of(row), now=it.now)
    at.keep()
    return f"{at.url}responses/{made}"


def test_a_stale_save_shows_both_texts(at: Desk) -> None:
    url = _drafted(at)
    it = at.scene
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    at.keep()
    reviewer = at.visitor("reviewer")
    version = hidden(reviewer.get(url), "version")[-1]
    row = _response(at)
    responses.save_response(it.session, colleague, it.id, row.id, ResponseInput("accepted", "동료의 글", ""),
                            expected_version=row.version, now=it.now)
    at.keep()
    mine = {"disposition": "noted", "text_ko": "내가 고친 글", "text_en": "Mine", "version": version}
    answer = reviewer.post(url, mine, form_at=url, status=409)
    said = words(answer)
    assert "이검토가 검토의견을 고쳤습니다" in said and "동료의 글" in said
    assert "내가 고친 글" in answer.get_data(as_text=True)
    reviewer.post(url, {**mine, "version": hidden(answer, "version")[-1]}, form_at=url)  # knowing both, mine stands
    assert _response(at).text_ko == "내가 고친 글"


def test_what_changed_since_it_was_read_is_not_approved(at: Desk) -> None:
    url = _drafted(at, step="for_approval")
    approver, it = at.visitor("approver"), at.scene
    digest = hidden(approver.get(url), "digest")[0]
    row = _response(at)
    saved = responses.save_response(it.session, it.reviewer, it.id, row.id, ResponseInput("noted", "바꾼 글", "First"),
                                    expected_version=row.version, now=it.now)
    responses.send_for_approval(it.session, it.reviewer, it.id, row.id, expected_version=saved.version, now=it.now)
    at.keep()
    answer = approver.post(f"{url}/step", {"act": "approve", "digest": digest}, form_at=url, status=409)
    assert "바꾼 글" in words(answer) and "승인하기 전에 현재 문안을 읽어" in words(answer)
    assert _response(at).step == "for_approval"


def test_nobody_approves_an_own_text(at: Desk) -> None:
    it = at.scene
    both = factories.staff(it.session, it.now, it.ministry, "reviewer", "approver", name="둘다")
    at.keep()
    url = _drafted(at, who=both, step="for_approval")
    visitor = at.sign_in(both)
    page = visitor.get(url)
    assert "자신의 글은 승인할 수 없으므로" in words(page) and 'name="digest"' not in page.get_data(as_text=True)
    visitor.post(f"{url}/step", {"act": "approve", "digest": responses.digest_of(_response(at))}, form_at=url, status=403)
    assert _response(at).step == "for_approval"


def test_sending_back_with_a_note(at: Desk) -> None:
    url = _drafted(at, step="for_approval")
    approver, reviewer = at.visitor("approver"), at.visitor("reviewer")
    version = hidden(approver.get(url), "version")[0]
    refused = approver.post(f"{url}/step", {"act": "send_back", "version": version, "note": ""}, form_at=url, status=422)
    assert "되돌리는 이유를 짧게" in words(refused)
    approver.post(f"{url}/step", {"act": "send_back", "version": version, "note": "근거 조문을\n더 적어 주십시오."}, form_at=url)
    assert "박승인이 되돌렸습니다" in words(reviewer.get(url)) and "근거 조문을" in words(reviewer.get(url))


def test_an_edit_after_the_approval_drops_it(at: Desk) -> None:
    url = _drafted(at, step="approved")
    reviewer = at.visitor("reviewer")
    page = reviewer.get(url)
    assert "승인은 취소됩니다" in words(page)
    saved = reviewer.post(url, {"disposition": "noted", "text_ko": "다른 글", "text_en": "First",
                                "version": hidden(page, "version")[-1]}, form_at=url)
    assert "승인이 취소되었습니다" in words(reviewer.get(saved.headers["Location"]))
    assert (_response(at).step, _columns(at)) == ("drafting", ["disposed"] * 2)


def test_what_is_missing_is_told_and_what_was_typed_is_saved(at: Desk) -> None:
    reviewer, page = at.visitor("reviewer"), f"{at.url}clusters/{_cluster(at)}"
    reviewer.post(f"{page}/response", form_at=page)
    url = f"{at.url}responses/{_response(at).id}"
    answer = reviewer.post(url, {"text_en": "Only English", "version": "1", "act": "send"}, form_at=url, status=422)
    assert "반영 여부를 먼저 선택해 주십시오" in words(answer) and "이유를 먼저 한국어로" in words(answer)
    assert (_response(at).text_en, _response(at).step) == ("Only English", "drafting")
    again = reviewer.post(url, {"text_ko": "주민등록번호 900230-1234567", "version": "2"}, form_at=url, status=422)
    assert "900230-1234567" in again.get_data(as_text=True) and _response(at).text_ko == ""


def test_before_the_first_close_the_button_is_not_there(sessions: sessionmaker[Session], now: datetime,
                                                        sign_in: SignIn) -> None:
    with desk(sessions, now, sign_in, responses_while_open=False) as at:
        it = at.scene
        it.file({})
        services.create_cluster(it.session, it.reviewer, it.id, LABELS, segment_ids=[it.segments()[0].id], now=now)
        at.keep()
        url = _drafted(at, step="approved")
        publisher = at.visitor("publisher")
        page = publisher.get(url)
        assert "첫 의견제출기간이 끝난 뒤에" in words(page) and 'value="publish"' not in page.get_data(as_text=True)
        version = hidden(page, "version")[0]
        publisher.post(f"{url}/step", {"act": "publish", "version": version}, form_at=url, status=409)
        assert _response(at).edition == 0


@pytest.mark.parametrize(("role", "act", "status"), [
    ("approver", "publish", 409), ("publisher", "approve", 403), ("reviewer", "publish", 409),
    ("reviewer", "approve", 403), ("publisher", "send_back", 403), ("approver", "nonsense", 404)])
def test_steps_that_are_not_theirs(at: Desk, role: str, act: str, status: int) -> None:
    url = _drafted(at, step="for_approval")
    row = _response(at)
    visitor = at.visitor(role)
    visitor.post(f"{url}/step", {"act": act, "version": str(row.version), "digest": responses.digest_of(row), "note": "x",
                                 "csrf_token": visitor.token(f"{at.url}responses/")}, status=status)
    assert _response(at).step == "for_approval"


def test_the_list_by_step_and_what_waits_for_me(at: Desk) -> None:
    url = _drafted(at, step="for_approval")
    approver, reviewer = at.visitor("approver"), at.visitor("reviewer")
    assert url in approver.get(f"{at.url}responses/?waiting=me").get_data(as_text=True)
    assert "기다리는 것이 없습니다" in words(reviewer.get(f"{at.url}responses/?waiting=me"))
    assert url in reviewer.get(f"{at.url}responses/?step=for_approval").get_data(as_text=True)
    assert "해당하는 검토의견이 없습니다" in words(reviewer.get(f"{at.url}responses/?step=published"))
    for query in ("", "?step=nonsense", "?after=abc", "?after=99999999999999999999"):
        reviewer.get(f"{at.url}responses/{query}")


def test_a_response_to_a_superseded_segment_says_so(at: Desk) -> None:
    it = at.scene
    filed = it.file({"reason": "처음"}, name="다시내는곳")
    part = it.segments(filed.comments[0].id)[0]
    made = responses.draft_response(it.session, it.reviewer, it.id, segment_id=part.id, now=it.now)
    it.file({"reason": "나중"}, by=it.session.get_one(factories.Organisation, filed.submission.organisation_id))
    at.keep()
    reviewer = at.visitor("reviewer")
    url = f"{at.url}responses/{made}"
    assert "더 이상 집계하지 않는 의견" in words(reviewer.get(url))
    reviewer.post(url, {"disposition": "noted", "text_ko": "글", "version": "1"}, form_at=url, status=409)


# ---------------------------------------------------------------------------------------------------------- clusters


def test_a_cluster_is_made_and_changed(at: Desk) -> None:
    reviewer = at.visitor("reviewer")
    new = f"{at.url}clusters/new"
    assert "제목을 한국어나 영어로" in words(reviewer.post(new, {"title_ko": " "}, status=422))
    sent = reviewer.post(new, {"title_ko": "과태료", "issue_ko": "낮출 것인지"})
    page = sent.headers["Location"]
    assert "아직 묶인 의견 단위가 없습니다" in words(reviewer.get(page))
    edit = f"{page}/edit"
    version = hidden(reviewer.get(edit), "version")[0]
    it, cluster = at.scene, int(page.rsplit("/", 1)[1])
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")
    services.change_cluster(it.session, colleague, it.id, cluster, ClusterInput("동료의 제목"), expected_version=1,
                            now=it.now)
    at.keep()
    answer = reviewer.post(edit, {"title_ko": "나의 제목", "version": version}, status=409)
    assert "이검토가 이 쟁점 묶음을 고쳤습니다" in words(answer) and "동료의 제목" in words(answer)
    reviewer.post(edit, {"title_ko": "나의 제목", "version": hidden(answer, "version")[0]})
    assert "나의 제목" in words(reviewer.get(page))
    cards = words(reviewer.get(f"{at.url}clusters/"))
    assert "나의 제목" in cards and "찬성" not in cards.split("나의 제목")[1][:20]


def test_members_are_paged_and_the_excused_stand_apart(at: Desk) -> None:
    it, cluster = at.scene, _cluster(at)
    gone = it.file({"reason": "철회할 글"}, name="철회한곳")
    it.file(*[{} for _ in range(60)], kind="association", name="협회")
    services.move_segments(it.session, it.reviewer, it.id, [p.id for p in it.segments()], to=cluster, now=it.now)
    it.withdraw(gone)
    at.keep()
    reviewer, page = at.visitor("reviewer"), f"{at.url}clusters/{cluster}"
    first = reviewer.get(page)
    assert "의견 단위 62건" in words(first) and "집계 제외 1건" in words(first) and "철회한곳" not in words(first)
    onwards = re.search(r'rel="next" href="([^"]+)"', first.get_data(as_text=True))
    assert onwards
    second = reviewer.get(onwards[1].replace("&amp;", "&"))
    assert second.get_data(as_text=True).count("data-queue-item") == 12
    assert "철회한곳" in words(reviewer.get(f"{page}?excused=1"))


@pytest.mark.parametrize("path", ["clusters/", "clusters/{cluster}", "responses/", "responses/{response}"])
def test_another_ministry_finds_nothing(at: Desk, path: str) -> None:
    _drafted(at)
    it = at.scene
    stranger = factories.staff(it.session, it.now, factories.ministry(it.session, it.now), "reviewer", "approver",
                               "publisher", "administrator")
    at.keep()
    address = at.url + path.format(cluster=_cluster(at), response=_response(at).id)
    visitor = at.sign_in(stranger)
    visitor.get(address, status=404)
    at.visitor("publisher").get(address)
    token = {"csrf_token": visitor.token("/account/")}
    for act in (f"responses/{_response(at).id}", f"responses/{_response(at).id}/step",
                f"clusters/{_cluster(at)}/response", f"clusters/{_cluster(at)}/edit"):
        visitor.post(at.url + act, {**token, "act": "publish", "version": "2"}, status=404)


def test_things_of_another_consultation_are_not_there(at: Desk, sessions: sessionmaker[Session], now: datetime,
                                                      sign_in: SignIn) -> None:
    _drafted(at)
    response, cluster, segment = _response(at).id, _cluster(at), at.scene.segments()[0].id
    with desk(sessions, now, sign_in) as other:
        visitor = other.visitor("reviewer")
        for path in (f"responses/{response}", f"clusters/{cluster}", f"segments/{segment}", f"segments/{segment}/split"):
            visitor.get(other.url + path, status=404)
        token = visitor.token(other.url)
        visitor.post(f"{other.url}segments/{segment}/response", {"csrf_token": token}, status=404)


def test_a_withdrawal_brings_its_reason_to_the_ministry(at: Desk) -> None:
    it = at.scene
    gone = it.file({"reason": "철회할 글"}, name="철회한곳")
    it.withdraw(gone)
    [reason] = it.session.scalars(select(Withdrawal.reason).where(Withdrawal.filing_id == gone.filing.id))
    at.keep()
    [segment] = [part.id for part in it.segments() if part.excuse == "withdrawn"]
    assert reason and f"부처에 밝힌 철회 사유: {reason}" in words(at.visitor("reviewer").get(f"{at.url}segments/{segment}"))


def test_a_new_edition_begun_by_mistake_is_given_up(at: Desk) -> None:
    _drafted(at)
    reviewer, address = at.visitor("reviewer"), f"{at.url}responses/{_response(at).id}"
    it, row = at.scene, _response(at)
    saved = responses.send_for_approval(it.session, it.reviewer, it.id, row.id, expected_version=row.version, now=it.now)
    responses.approve(it.session, it.approver, it.id, row.id, seen_digest=responses.digest_of(row), now=it.now)
    responses.publish(it.session, it.publisher, it.id, row.id, expected_version=saved.version + 1, now=it.now)
    at.keep()
    assert 'value="give_up"' not in reviewer.get(address).get_data(as_text=True)
    reviewer.post(f"{address}/step", {"act": "reopen", "version": hidden(reviewer.get(address), "version")[0]},
                  form_at=address)
    begun = reviewer.get(address)
    assert "국민이 보는 제1판" in words(begun)
    reviewer.post(f"{address}/step", {"act": "give_up", "version": hidden(begun, "version")[0]}, form_at=address)
    stands = words(reviewer.get(address))
    assert "새 판 작성 취소" in stands and "국민이 보는 제1판" not in stands
    assert _columns(at)[0] == "published"
