"""Writing in the browser, without JavaScript: from the clause to a saved comment and back, and all that refuses."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import escape
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import SignInSession
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.organisations.models import JoinRequest
from portal.submissions.models import DraftComment
from tests import factories
from tests.conftest import TestClock
from tests.functional.workspace_scene import REASON, Scene, comment_form, hidden_fields, make_scene, words
from tests.support.client import Visitor


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def stored(scene: Scene, comment_id: int) -> DraftComment:
    with scene.sessions() as session:
        return session.get_one(DraftComment, comment_id)


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_from_the_clause_to_a_saved_comment_and_back(
        sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor], locale: str) -> None:
    scene = make_scene(sessions, clock, sign_in, locale=locale)
    overview = words(scene.browser.get("/workspace/"))
    assert ("첫 의견 쓰기" if locale == "ko" else "write the first comment") in overview
    board = scene.browser.get(scene.path).get_data(as_text=True)
    assert f"{scene.path}comments/new?at=art_2__para_1" in board
    assert f"{scene.path}comments/new?at=after_art_2" in board
    page = words(scene.browser.get(f"{scene.path}comments/new?at=art_2__para_2__subpara_1"))
    assert "투명성 확보 의무" in page  # the article above
    assert "제1항에 따른 고지는 다음 각 호의 방법으로 한다." in page or locale == "en"
    assert "계약서 또는 설명서에 적는 방법" in page  # both languages
    assert "Stating it in a contract or a manual" in page

    comment = scene.write(proposal_form="fragment", fragment_old="사전에", fragment_new="사전 또는 사후에",
                          legal_basis="법 제31조")
    kept = stored(scene, comment)
    assert (kept.position, kept.proposal_form, kept.proposal_old, kept.proposal_text) == (
        "amend", "fragment", "사전에", "사전 또는 사후에")
    assert (kept.reason, kept.legal_basis) == (REASON, "법 제31조")
    editor = scene.browser.get(f"{scene.path}comments/{comment}")
    body = editor.get_data(as_text=True)
    assert re.search(r"<ins>.*또는 사후.*</ins>", body)
    assert (("[추가:" if locale == "ko" else "[inserted:") in words(editor)), "the redline reads as text"
    assert scene.path in scene.browser.get("/workspace/").get_data(as_text=True)


def test_the_full_text_starts_from_the_clauses_own_words(scene: Scene) -> None:
    body = scene.browser.get(f"{scene.path}comments/new?at=art_2__para_1").get_data(as_text=True)
    field = re.search(r'(?s)<textarea[^>]*name="full_text"[^>]*>(.*?)</textarea>', body)
    assert field is not None
    assert "인공지능사업자는 제품 또는 서비스가" in field[1]
    assert "An artificial intelligence business operator" in body  # offered in English as well


@pytest.mark.parametrize(("eid", "offered"), [
    ("art_2__para_1", {"", "full_text", "fragment", "new_clause", "deletion", "instruction"}),
    ("after_art_2", {"", "new_clause", "instruction"}),
    ("doc", {"", "instruction"}),
    ("chp_1", {"", "new_clause", "instruction"}),
])
def test_only_forms_that_fit_the_place_are_offered(scene: Scene, eid: str, offered: set[str]) -> None:
    body = scene.browser.get(f"{scene.path}comments/new?at={eid}").get_data(as_text=True)
    radios = re.findall(r'<input[^>]*name="proposal_form"[^>]*>', body)
    assert {match[1] for radio in radios if (match := re.search(r'value="([^"]*)"', radio))} == offered


@pytest.mark.parametrize(("eid", "chosen", "hint"), [
    ("art_2__para_1", "", "안의 조문을 그대로 두기를"), ("doc", "", "안의 조문을 그대로 두기를"),
    ("after_art_2", "new_clause", "조항을 신설하지 않고")])
def test_behind_a_clause_a_new_one_is_what_is_written(scene: Scene, eid: str, chosen: str, hint: str) -> None:
    editor = scene.browser.get(f"{scene.path}comments/new?at={eid}")
    radios = re.findall(r'<input[^>]*name="proposal_form"[^>]*>', editor.get_data(as_text=True))
    assert [re.search(r'value="([^"]*)"', radio)[1] for radio in radios if "checked" in radio] == [chosen]  # type: ignore[index]
    assert hint in words(editor)
    assert ("안의 조문을 그대로" in words(editor)) is (chosen == "")


def test_who_writes_no_new_clause_behind_a_clause_has_proposed_no_wording(scene: Scene) -> None:
    behind = scene.write("after_art_2", proposal_form="new_clause", new_clause=" ")
    scene.browser.post(f"{scene.path}comments/{behind}", {
        **comment_form(scene, behind), "position": "amend", "proposal_form": "new_clause", "new_clause": "",
        "reason": "다른 이유", "language": "ko", "act": "save"})
    below = scene.write("art_2__para_1", proposal_form="new_clause", new_clause="")
    with scene.sessions() as session:
        chosen = {row.id: (row.proposal_form, row.reason) for row in session.scalars(select(DraftComment).where(
            DraftComment.id.in_((behind, below))))}
    assert chosen == {behind: (None, "다른 이유"), below: ("new_clause", REASON)}


def test_another_choice_behind_a_clause_stays(scene: Scene) -> None:
    comment = scene.write("after_art_2")
    editor = scene.browser.get(f"{scene.path}comments/{comment}").get_data(as_text=True)
    radios = re.findall(r'<input[^>]*name="proposal_form"[^>]*>', editor)
    assert [radio for radio in radios if "checked" in radio and 'value=""' in radio]


@pytest.mark.parametrize(("form", "fields", "old", "text"), [
    ("full_text", {"full_text": "사업자는 알린다."}, "", "사업자는 알린다."),
    ("new_clause", {"new_clause": "③ 새 항"}, "", "③ 새 항"),
    ("deletion", {}, "", ""),
    ("instruction", {"instruction": "범위를 줄여 주십시오."}, "", "범위를 줄여 주십시오."),
])
def test_each_form_is_saved_with_its_own_words(scene: Scene, form: str, fields: dict[str, str], old: str,
                                               text: str) -> None:
    kept = stored(scene, scene.write(proposal_form=form, **fields))
    assert (kept.proposal_form, kept.proposal_old, kept.proposal_text) == (form, old, text)


def test_words_under_a_form_that_was_not_chosen_are_not_dropped_silently(scene: Scene) -> None:
    form = hidden_fields(scene.browser.get(f"{scene.path}comments/new?at=art_1").get_data(as_text=True), "new")
    response = scene.browser.post(
        f"{scene.path}comments/new?at=art_1",
        {**form, "position": "amend", "reason": REASON, "proposal_form": "instruction", "instruction": "이렇게",
         "new_clause": "내가 쓴 다른 글", "act": "save", "language": "ko"}, status=200)
    page = response.get_data(as_text=True)
    assert "내가 쓴 다른 글" in page
    assert "고른 수정안만 저장" in page
    # the form on the page goes on from what was saved
    again = hidden_fields(page, "comments/")
    assert again["expected_version"] == "1"


def test_confidential_words_and_the_public_version(scene: Scene) -> None:
    comment = scene.write(**{
        "reason": "우리 매출은 31억 원이고 내년에도 31억 원입니다.", "confidential-0-words": "31억 원\n없는 말",
        "confidential-0-ground": "trade_secret", "confidential-0-note": "미공개 실적"})
    kept = stored(scene, comment)
    assert kept.confidential == [
        {"words": "31억 원", "ground": "trade_secret", "note": "미공개 실적"},
        {"words": "없는 말", "ground": "trade_secret", "note": "미공개 실적"}]
    editor = words(scene.browser.get(f"{scene.path}comments/{comment}"))
    assert "“없는 말”" in editor, "the words must stand in the text"
    public = words(scene.browser.get(f"{scene.path}comments/{comment}/public"))
    assert "31억" not in public
    assert "공개 보류" in public
    assert "[비공개: 영업비밀]" in public


def test_personal_data_is_told_before_filing(scene: Scene) -> None:
    comment = scene.write(reason="연락처는 02-0000-7310입니다.")
    assert "개인정보로 보이는 것이 있습니다" in words(scene.browser.get(f"{scene.path}comments/{comment}"))


def test_a_resident_number_is_not_stored_but_marked_and_can_be_masked(scene: Scene) -> None:
    address = f"{scene.path}comments/new?at=art_1"
    values = {"position": "question", "reason": "홍길동(900230-1234567)이 묻습니다.", "language": "ko", "act": "save"}
    response = scene.browser.post(address, values, status=422)
    body = response.get_data(as_text=True)
    assert '<mark class="found">900230-1234567</mark>' in body
    assert "홍길동(900230-1234567)이 묻습니다." in body  # kept in the form
    with scene.sessions() as session:
        assert session.scalar(select(DraftComment.id).where(DraftComment.reason.contains("1234567"))) is None
        stopped = session.scalars(select(AuditEvent).where(
            AuditEvent.verb == "submission.stopped",
            AuditEvent.consultation_id == scene.consultation_id)).one()
        assert "1234567" not in json.dumps(stopped.data)
    masked = scene.browser.post(address, {**values, "act": "mask"})
    comment = int(re.findall(r"comments/([0-9]+)", masked.headers["Location"])[0])
    assert stored(scene, comment).reason == "홍길동(900230-*******)이 묻습니다."


def test_a_text_of_five_megabytes_is_refused_and_kept(scene: Scene) -> None:
    long = "가나다라마" * (5 * 1024 * 1024 // 15)
    response = scene.browser.post(f"{scene.path}comments/new?at=art_1",
                                  {"position": "support", "reason": long, "language": "ko", "act": "save"}, status=422)
    body = response.get_data(as_text=True)
    assert long in body
    assert "20,000" in body


def test_characters_that_cannot_be_seen_are_told(scene: Scene) -> None:
    response = scene.browser.post(
        f"{scene.path}comments/new?at=art_1",
        {"position": "support", "reason": "가\x00나\x07다\u202e라", "language": "ko", "act": "save"})
    comment = int(re.findall(r"comments/([0-9]+)", response.headers["Location"])[0])
    assert stored(scene, comment).reason == "가나다라"
    assert "3개" in words(scene.browser.get(response.headers["Location"]))


def test_hostile_words_are_shown_as_words(scene: Scene) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}<b onclick=x>&amp;'
    comment = scene.write(reason=hostile, legal_basis=hostile, proposal_form="instruction", instruction=hostile)
    scene.file()
    for page in ("", f"comments/{comment}", f"comments/{comment}/public", "review", "filings/1", "results"):
        body = scene.browser.get(scene.path + page).get_data(as_text=True)
        assert "<script>alert" not in body
        assert "<b onclick" not in body


@pytest.mark.parametrize("eid", ["art_99", "nonsense", "after_doc", "art_2__para_1__sub_x"])
def test_an_unknown_clause_gets_a_clear_page_with_what_was_typed(scene: Scene, eid: str) -> None:
    scene.browser.get(f"{scene.path}comments/new?at={eid}", status=404)
    token = scene.browser.token(f"{scene.path}comments/new?at=art_1")
    response = scene.browser.post(f"{scene.path}comments/new?at={eid}",
                                  {"csrf_token": token, "reason": "쓴 글은 남는다", "position": "amend"}, status=422)
    assert "쓴 글은 남는다" in response.get_data(as_text=True)
    assert "조항이 없습니다" in words(response)


def test_a_closed_period_keeps_what_was_typed(scene: Scene) -> None:
    comment = scene.write()
    with scene.at(timedelta(days=31)):
        scene.browser = scene.sign_in(scene.actor)
        token = scene.browser.token("/workspace/")
        response = scene.browser.post(
            f"{scene.path}comments/{comment}",
            {"csrf_token": token, "expected_version": "1", "position": "oppose", "reason": "마감 뒤에 쓴 글",
             "language": "ko", "act": "save"}, status=409)
        assert "마감 뒤에 쓴 글" in response.get_data(as_text=True)
        assert "의견제출기간이" in words(response)
        assert stored(scene, comment).reason == REASON
        board = scene.browser.get(scene.path).get_data(as_text=True)
        assert "comments/new" not in board


def test_anothers_draft_is_not_found(scene: Scene) -> None:
    comment = scene.write()
    stranger = scene.outsider()
    for page in (f"comments/{comment}", f"comments/{comment}/public", f"comments/{comment}/remove"):
        stranger.get(scene.path + page, status=404)
    token = stranger.token(f"{scene.path}comments/new?at=art_1")
    for page in (f"comments/{comment}", f"comments/{comment}/remove", f"comments/{comment}/restore"):
        response = stranger.post(scene.path + page, {"csrf_token": token, "reason": "끼어들기"}, status=404)
        assert REASON not in response.get_data(as_text=True)
    stranger.get(f"{scene.path}?as={scene.organisation_id}", status=404)
    stranger.get(f"{scene.path}review?as={scene.organisation_id}", status=404)
    assert stored(scene, comment).reason == REASON
    # a comment's address under another consultation's name leads nowhere either
    other = make_scene(scene.sessions, scene.clock, scene.sign_in)
    scene.browser.get(f"{other.path}comments/{comment}", status=404)


@pytest.mark.parametrize("page", ["", "review", "filings/", "filings/1", "results", "withdraw", "comments/new?at=art_1",
                                  "comments/1", "comments/1/public", "comments/1/remove"])
def test_who_is_not_signed_in_is_asked_to(scene: Scene, visitor: Visitor, page: str) -> None:
    response = visitor.get(scene.path + page, status=303)
    assert response.headers["Location"].startswith("/sign-in")


def test_an_observer_reads_and_may_not_write(scene: Scene) -> None:
    comment = scene.write()
    observer = scene.colleague("observer")
    assert REASON in observer.get(f"{scene.path}comments/{comment}").get_data(as_text=True)
    observer.get(f"{scene.path}comments/new?at=art_1", status=403)
    token = observer.token("/workspace/")
    response = observer.post(f"{scene.path}comments/{comment}", {"csrf_token": token, "reason": "몰래"}, status=403)
    assert "몰래" in response.get_data(as_text=True)


def test_a_stale_save_shows_both_texts_and_either_or_both_can_be_kept(scene: Scene) -> None:
    comment = scene.write()
    colleague = scene.colleague("drafter")
    mine = comment_form(scene, comment)
    theirs = {**comment_form(scene, comment, colleague), "position": "oppose", "reason": "동료의 글", "language": "ko"}
    colleague.post(f"{scene.path}comments/{comment}", {**theirs, "act": "save"})

    typed = {**mine, "position": "amend", "reason": "나의 글", "language": "ko", "proposal_form": "instruction",
             "instruction": "나의 수정안", "act": "save"}
    response = scene.browser.post(f"{scene.path}comments/{comment}", typed, status=409)
    page = words(response)
    assert "동료의 글" in page
    assert "나의 글" in page
    assert "김동료" in page
    body = response.get_data(as_text=True)

    both = hidden_fields(body, "comments/new")
    location = scene.browser.post(f"{scene.path}comments/new?at=art_2__para_1", both).headers["Location"]
    second = int(re.findall(r"comments/([0-9]+)", location)[0])
    assert second != comment
    assert (stored(scene, second).reason, stored(scene, second).proposal_text) == ("나의 글", "나의 수정안")
    assert stored(scene, comment).reason == "동료의 글"

    keep_mine = hidden_fields(body, f"comments/{comment}")
    scene.browser.post(f"{scene.path}comments/{comment}", keep_mine)
    assert stored(scene, comment).reason == "나의 글"


def test_two_tabs_with_the_same_new_form(scene: Scene) -> None:
    address = f"{scene.path}comments/new?at=art_1"
    form = hidden_fields(scene.browser.get(address).get_data(as_text=True), "new")
    typed = {**form, "position": "amend", "reason": "첫 글", "language": "ko", "act": "save"}
    first = scene.browser.post(address, typed).headers["Location"]
    assert scene.browser.post(address, typed).headers["Location"] == first  # a double click
    response = scene.browser.post(address, {**typed, "reason": "다른 글"}, status=409)
    assert "첫 글" in words(response)
    assert "다른 글" in words(response)


def test_a_comment_is_removed_and_restored(scene: Scene) -> None:
    comment = scene.write()
    address = f"{scene.path}comments/{comment}/remove"
    form = hidden_fields(scene.browser.get(address).get_data(as_text=True), "remove")
    scene.browser.post(address, form)
    board = words(scene.browser.get(scene.path))
    assert "뺀 의견 1건" in board
    scene.browser.post(f"{scene.path}comments/{comment}/restore", form_at=scene.path)
    assert stored(scene, comment).removed_at is None


# ----------------------------------------------------------------------------------------- saving by itself (fetch)

JSON = {"Accept": "application/json"}


def test_a_text_saves_itself(scene: Scene) -> None:
    address = f"{scene.path}comments/new?at=art_1"
    form = hidden_fields(scene.browser.get(address).get_data(as_text=True), "new")
    form |= {"reason": "쓰는", "language": "ko"}
    first = scene.browser.post(address, form, status=200, headers=JSON).get_json()
    assert first["state"] == "saved"
    assert first["version"] == 1
    assert first["message"] == "12:00에 저장하였습니다"
    again = scene.browser.post(first["url"], {**form, "expected_version": "1", "reason": "쓰는 중"}, status=200,
                               headers=JSON).get_json()
    assert (again["id"], again["version"]) == (first["id"], 2)
    assert stored(scene, first["id"]).reason == "쓰는 중"
    stale = scene.browser.post(first["url"], {**form, "expected_version": "1", "reason": "다른 창"}, status=409,
                               headers=JSON).get_json()
    assert stale["state"] == "conflict"
    assert stored(scene, first["id"]).reason == "쓰는 중"


def test_what_cannot_be_saved_by_itself_is_told(scene: Scene) -> None:
    address = f"{scene.path}comments/new?at=art_1"
    form = hidden_fields(scene.browser.get(address).get_data(as_text=True), "new")
    refused = scene.browser.post(address, {**form, "reason": "900230-1234567"}, status=422, headers=JSON).get_json()
    assert refused["state"] == "refused"
    assert "주민등록번호" in refused["message"]
    with scene.at(timedelta(days=31)):
        again = scene.sign_in(scene.actor)
        late = again.post(address, {**form, "reason": "늦은 글", "csrf_token": again.token("/workspace/")}, status=409,
                          headers=JSON).get_json()
    assert "끝나" in late["message"]


# ---------------------------------------------------------------------------------------------------- finding a clause


@pytest.mark.parametrize(("query", "there", "not_there"), [
    ("2조 1항", "comments/new?at=art_2__para_1", "comments/new?at=art_2__para_2"),
    ("제2조제2항제1호", "comments/new?at=art_2__para_2__subpara_1", "comments/new?at=art_3"),
    ("Article 2 (2)", "comments/new?at=art_2__para_2", "comments/new?at=art_2__para_1"),
    ("과태료", "comments/new?at=art_3", "comments/new?at=art_1\""),
    ("administrative fines", "comments/new?at=art_3", "comments/new?at=art_1\""),
])
def test_a_clause_is_found_by_address_or_word(scene: Scene, query: str, there: str, not_there: str) -> None:
    body = scene.browser.get(scene.path, query_string={"q": query}).get_data(as_text=True)
    assert there in body
    assert not_there not in body


def test_nothing_found_says_so_and_states_filter(scene: Scene) -> None:
    scene.write("art_1")
    assert "조건에 맞는 것이 없습니다" in words(scene.browser.get(scene.path, query_string={"q": "없는낱말"}))
    mine = scene.browser.get(scene.path, query_string={"state": "writing"}).get_data(as_text=True)
    assert "comments/new?at=art_1\"" in mine
    assert "comments/new?at=art_3\"" not in mine
    rest = scene.browser.get(scene.path, query_string={"state": "none"}).get_data(as_text=True)
    assert "comments/new?at=art_1\"" not in rest


# --------------------------------------------------------------------------------------------- several organisations


def test_who_belongs_to_several_is_asked_for_which_one(scene: Scene) -> None:
    with scene.sessions() as session:
        from portal.organisations.models import Membership

        other = factories.organisation(session, scene.clock(), "두번째회사")
        session.add(Membership(organisation_id=other.id, account_id=scene.actor.require_account(), roles=["drafter"],
                               joined_at=scene.clock()))
        session.commit()
        other_id = other.id
    page = scene.browser.get(scene.path).get_data(as_text=True)
    assert f"{scene.path}?as={other_id}" in page
    scene.browser.post(f"{scene.path}comments/new?at=art_1", {
        "csrf_token": scene.browser.token(f"{scene.path}?as={other_id}"), "reason": "어디로?"}, status=403)
    comment = re.findall(r"comments/([0-9]+)", scene.browser.post(
        f"{scene.path}comments/new?at=art_1&as={other_id}",
        {"position": "support", "reason": "두번째회사의 글", "language": "ko", "act": "save"}).headers["Location"])[0]
    assert "두번째회사의 글" in words(scene.browser.get(f"{scene.path}?as={other_id}"))
    assert "두번째회사의 글" not in words(scene.browser.get(f"{scene.path}?as={scene.organisation_id}"))
    editor = scene.browser.get(f"{scene.path}comments/{comment}").get_data(as_text=True)
    assert f"as={other_id}" in editor  # remembered in the address


def test_no_organisation_yet(sessions: sessionmaker[Session], clock: TestClock,
                             sign_in: Callable[[Actor], Visitor]) -> None:
    with sessions() as session:
        person = factories.account(session, clock())
        session.commit()
        actor = Actor(account_id=person.id, name=person.name)
    assert "누구의 이름으로 제출하십니까?" in words(sign_in(actor).get("/workspace/"))


def test_who_has_no_organisation_is_led_to_one_and_on(scene: Scene) -> None:
    """From a public page to a comment: every page of the workspace asks first for whom one files, and leads on."""
    with scene.sessions() as session:
        person = factories.account(session, scene.clock(), name="김개인")
        session.commit()
    alone = scene.sign_in(Actor(account_id=person.id, name=person.name))
    wanted = f"{scene.path}comments/new?at=art_1"
    for path in (wanted, scene.path, f"{scene.path}review"):
        led = alone.get(path, status=303).headers["Location"]
        assert led == "/workspace/?" + urlencode({"next": path})
    led = alone.get(wanted, status=303).headers["Location"]
    body = alone.get(led).get_data(as_text=True)
    assert f"/account/organisations/new?next={quote(wanted)}" in body
    refused = alone.post(f"{scene.path}comments/new?at=art_1", {"reason": REASON, "act": "save"}, form_at=led, status=403)
    assert REASON in refused.get_data(as_text=True)
    assert f'href="/workspace/?{escape(urlencode({"next": wanted}))}"' in refused.get_data(as_text=True)
    fields = hidden_fields(body, "/account/organisations/individual")
    assert alone.post("/account/organisations/individual", fields).headers["Location"] == wanted
    assert alone.get(led, status=303).headers["Location"] == wanted, "what was missing is there"
    alone.get(wanted)
    away = hidden_fields(body, "/account/organisations/individual") | {"next": "//evil.example/"}
    with scene.sessions() as session:
        other = factories.account(session, scene.clock(), name="이개인")
        session.commit()
    second = scene.sign_in(Actor(account_id=other.id, name=other.name))
    away["csrf_token"] = second.token("/workspace/")
    assert second.post("/account/organisations/individual", away).headers["Location"].startswith("/account/")


def test_a_request_that_waits_is_told_in_the_workspace(scene: Scene) -> None:
    with scene.sessions() as session:
        person = factories.account(session, scene.clock(), name="박지원")
        other = factories.account(session, scene.clock(), name="최지원")
        session.add(JoinRequest(organisation_id=scene.organisation_id, account_id=person.id, declared_name="기다리는 회사",
                                matched_by="name", created_at=scene.clock()))
        session.commit()
    waiting = scene.sign_in(Actor(account_id=person.id, name=person.name))
    page = words(waiting.get(waiting.get(scene.path, status=303).headers["Location"]))
    assert "기다리는 회사" in page
    assert "/account/organisations/individual" in waiting.get("/workspace/").get_data(as_text=True)
    asked_nobody = scene.sign_in(Actor(account_id=other.id, name=other.name))
    assert "기다리는 회사" not in words(asked_nobody.get("/workspace/"))


def test_a_found_clause_says_which_article_it_is_of(scene: Scene) -> None:
    """In a list of paragraphs from several articles `①` names nothing, neither on the page nor in a link's name."""
    page = scene.browser.get(f"{scene.path}?q=고지").get_data(as_text=True)
    assert '<span class="clause-line__label">제2조제1항</span>' in page
    assert '<span class="visually-hidden"> 제2조제1항 </span>' in page
    whole = scene.browser.get(scene.path).get_data(as_text=True)
    assert '<span class="clause-line__label">①</span>' in whole, "under its article the number is enough"
    names = re.findall(r'clause-line__act" href="[^"]*".*?<span class="visually-hidden">(.*?)</span>', whole)
    assert len(names) > 5 and len(names) == len(set(names)), "no two links of the same name"


def test_an_unknown_clause_leads_back_to_the_board(scene: Scene) -> None:
    page = scene.browser.get(f"{scene.path}comments/new?at=art_999", status=404).get_data(as_text=True)
    assert f'href="{scene.path}"' in page
    page = scene.browser.get("/workspace/no-such-consultation/", status=404).get_data(as_text=True)
    assert 'href="/workspace/"' in page


# --------------------------------------------------------------------------------------------- signed out while writing


def typed_in(scene: Scene, **more: str) -> dict[str, str]:
    return {"uid": "0d9a5c1e-0000-4000-8000-00000000aaaa", "expected_version": "0", "position": "amend", "language": "ko",
            "proposal_form": "", "proposal_language": "ko", "act": "save", "reason": REASON,
            "legal_basis": "법 제31조 \"나\"", "full_text": "인공지능사업자는 제품 또는 서비스가 인공지능에 기반하여 운용된다는 사실을 "
            "이용자에게 사전에 고지하여야 한다.", **more}


def own_page(scene: Scene) -> dict[str, str]:
    """What a browser says of a form of our own page."""
    return {"Origin": scene.browser.settings.base_url, "Sec-Fetch-Site": "same-origin"}


def test_signed_out_while_writing_nothing_is_lost(scene: Scene) -> None:
    """The page shows the texts under their labels and sends them once more after signing in anew: no JavaScript."""
    address = f"{scene.path}comments/new?at=art_2__para_1"
    token = scene.browser.token(address)
    with scene.sessions() as session:
        session.execute(update(SignInSession).where(SignInSession.account_id == scene.actor.account_id)
                        .values(revoked_at=scene.clock()))
        session.commit()
    out = scene.browser.post(address, typed_in(scene, csrf_token=token), status=403, headers=own_page(scene))
    body = out.get_data(as_text=True)
    shown = re.findall(r'(?s)<label class="field__label" for="typed-[0-9]+">(.*?)</label><textarea[^>]*>(.*?)</textarea>',
                       body)
    assert [(label, html.unescape(text).strip()) for label, text in shown] == [
        ("이유", REASON), ("법적 근거 또는 다른 나라의 규정", "법 제31조 \"나\"")]
    assert f'href="/sign-in?{urlencode({"next": address})}" target="_blank"' in body
    # Signed in anew, in another tab of the same browser: another session, another token.
    anew = scene.sign_in(scene.actor)
    again = anew.post(address, hidden_fields(body, address), status=403, headers=own_page(scene))
    fresh = hidden_fields(again.get_data(as_text=True), address)
    assert fresh["csrf_token"] == anew.token(scene.path)
    assert REASON in words(again)
    done = anew.post(address, fresh, headers=own_page(scene))
    comment = int(re.findall(r"comments/([0-9]+)", done.headers["Location"])[0])
    kept = stored(scene, comment)
    assert (kept.reason, kept.legal_basis, kept.position) == (REASON, "법 제31조 \"나\"", "amend")


def test_the_editor_is_told_why_it_cannot_save_by_itself(scene: Scene) -> None:
    address = f"{scene.path}comments/new?at=art_2__para_1"
    token = scene.browser.token(address)
    by_itself = {**own_page(scene), "Accept": "application/json", "Accept-Language": "ko"}
    nobody = Visitor(scene.browser.app)
    out = nobody.post(address, typed_in(scene, csrf_token=token), status=403, headers=by_itself).get_json()
    assert out["state"] == "signed_out"
    assert "로그아웃되어" in out["message"]
    assert out["href"] == "/sign-in?" + urlencode({"next": address})
    anew = scene.sign_in(scene.actor)
    stale = anew.post(address, typed_in(scene, csrf_token=token), status=403, headers=by_itself).get_json()
    assert (stale["state"], stale["token"]) == ("renewed", anew.token(scene.path))
    assert stale["account"] == scene.actor.email
    saved = anew.post(address, typed_in(scene, csrf_token=stale["token"]), status=200, headers=by_itself).get_json()
    assert saved["state"] == "saved"
    foreign = anew.post(address, typed_in(scene, csrf_token=token), status=403,
                        headers={**by_itself, "Origin": "https://evil.example"}).get_json()
    assert foreign["state"] == "refused" and "token" not in foreign


def test_a_preview_says_when_a_claim_withholds_nothing(scene: Scene) -> None:
    claimed = {"confidential-0-words": "어디에도 없는 말", "confidential-0-ground": "trade_secret"}
    comment = scene.write(**claimed)
    page = words(scene.browser.get(f"{scene.path}comments/{comment}/public"))
    assert "가려지지 않는 비공개 요청" in page and "어디에도 없는 말" in page
    fitting = scene.write("art_1", **{**claimed, "confidential-0-words": "고지 의무"})
    assert "가려지지 않는" not in words(scene.browser.get(f"{scene.path}comments/{fitting}/public"))


def test_a_consultation_in_preparation_is_not_there(sessions: sessionmaker[Session], clock: TestClock,
                                                    sign_in: Callable[[Actor], Visitor]) -> None:
    hidden = make_scene(sessions, clock, sign_in, announced=False)
    hidden.browser.get(hidden.path, status=404)
    hidden.browser.get("/workspace/no-such-consultation/", status=404)
    hidden.browser.get(f"{hidden.path}?as=9999999999999999999999", status=404)


def test_the_board_asks_the_same_number_of_questions_whatever_is_written(scene: Scene) -> None:
    from sqlalchemy import event

    from portal.web.access import Portal

    portal: Portal = scene.browser.app.extensions["portal"]
    engine = portal.sessions.kw["bind"]  # type: ignore[attr-defined]

    def statements(page: str) -> int:
        seen: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        scene.browser.get(scene.path + page)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    scene.write()
    scene.file()
    pages = ("", "review", "filings/1", "filings/", "results")
    before = [statements(page) for page in pages]
    for number in range(8):
        scene.write("art_3", reason=f"의견 {number}")
    scene.file()
    assert [statements(page) for page in pages] == before
    assert max(before) <= 7
