"""A further comment period (a renewed notice): whose receipt a link opens, what the period is about, what is told of
the one before; and what is said of text that was not filed before the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.consultations.models import CommentPeriod, Consultation
from portal.kernel.actor import Actor
from portal.kernel.i18n import use_locale
from portal.notifications.models import Mail
from portal.publication.services import build
from portal.submissions.jobs import send_receipt
from portal.submissions.models import Filing
from tests.conftest import TestClock
from tests.functional.test_workspace_filing import answered
from tests.functional.workspace_scene import REASON, Scene, comment_form, hidden_fields, make_scene, words
from tests.support.client import Visitor

DAY = timedelta(days=1)


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def closes_at(scene: Scene) -> datetime:
    with scene.sessions() as session:
        return session.scalars(select(CommentPeriod.closes_at).where(
            CommentPeriod.consultation_id == scene.consultation_id, CommentPeriod.number == 1)).one()


def after_further_period(scene: Scene, *, scope: list[str] | None = None) -> None:
    """A second period, and the clock a day into it."""
    opens = closes_at(scene) + 30 * DAY
    with scene.sessions() as session:
        session.add(CommentPeriod(
            consultation_id=scene.consultation_id, number=2, starts_on=opens.date(), days=20, opens_at=opens,
            closes_at=opens + 20 * DAY, short_period_record="", scope=scope))
        session.commit()
    scene.clock.at = opens + DAY
    scene.browser = scene.sign_in(scene.actor)


def receipt_number(scene: Scene, address: str) -> str:
    page = words(scene.browser.get(address))
    return page[page.index("R-"):][:21]


def mailed_path(scene: Scene) -> str:
    with scene.sessions() as session:
        filing_id = session.scalars(select(Filing.id).where(
            Filing.consultation_id == scene.consultation_id).order_by(Filing.id.desc())).first()
        assert filing_id is not None
        send_receipt(session, now=scene.clock(), filing_id=filing_id)
        body = session.scalars(select(Mail.message).order_by(Mail.id.desc()).limit(1)).one()
        session.rollback()
    text = message_from_bytes(body).get_payload(decode=True).decode()  # type: ignore[union-attr]
    return text[text.index(scene.path):].split()[0]


def test_the_mailed_link_leads_to_its_receipt_for_ever(scene: Scene) -> None:
    scene.write()
    scene.file()
    link = mailed_path(scene)
    number = receipt_number(scene, link)
    after_further_period(scene)
    assert receipt_number(scene, link) == number
    scene.write("art_3")
    scene.file()
    assert receipt_number(scene, link) == number
    later = mailed_path(scene)
    assert receipt_number(scene, later) != number


def test_a_link_without_a_period_opens_no_other_receipt(scene: Scene) -> None:
    scene.write()
    scene.file()
    address = f"{scene.path}filings/1?as={scene.organisation_id}"
    number = receipt_number(scene, address)
    after_further_period(scene)
    assert receipt_number(scene, address) == number, "there is only this one"
    assert number in scene.browser.get(f"{scene.path}filings/1/receipt.json").get_data(as_text=True)
    scene.write("art_3")
    location = scene.file().headers["Location"]
    assert location == f"{scene.path}filings/1?period=2"
    second = receipt_number(scene, location)
    asked = scene.browser.get(address)
    assert "어느 제출입니까" in words(asked)
    assert number in words(asked) and second in words(asked)
    for period, expected in ((1, number), (2, second)):
        assert f"period={period}" in asked.get_data(as_text=True)
        assert receipt_number(scene, f"{address}&period={period}") == expected
    scene.browser.get(f"{scene.path}filings/2", status=404)


def test_results_of_the_period_before_are_found_without_naming_it(scene: Scene) -> None:
    scene.write("art_1", reason="첫째 의견입니다.")
    scene.write("art_2__para_1", reason="첫 토막말 둘째 토막.")
    scene.file()
    answered(scene)
    after_further_period(scene)
    assert "일부 반영하였습니다." in words(scene.browser.get(f"{scene.path}results"))
    assert "답할 것이 없습니다" in words(scene.browser.get(f"{scene.path}results?period=2"))


def test_the_board_of_a_further_period_leads_to_what_was_filed_before(scene: Scene) -> None:
    scene.write()
    scene.file()
    assert "제1차 의견제출기간" not in words(scene.browser.get("/workspace/")), "with one period there is nothing to say"
    after_further_period(scene)
    board = scene.browser.get(scene.path)
    assert "제1차 의견제출기간에 제출한 의견" in words(board)
    assert f'href="{scene.path}filings/?period=1"' in board.get_data(as_text=True)
    scene.write("art_3")
    overview = words(scene.browser.get("/workspace/"))
    assert "제1차 의견제출기간" in overview and "제2차 의견제출기간" in overview


def test_the_list_of_what_is_open_calls_no_administrative_notice_a_legislative_one(
        sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> None:
    scene = make_scene(sessions, clock, sign_in, kind="administrative_notice")
    overview = words(scene.browser.get("/workspace/"))
    assert "의견을 받고 있는 예고" in overview
    assert "의견을 받고 있는 입법예고" not in overview


def test_what_a_partial_period_is_about_is_said_before_and_while_writing(scene: Scene, visitor: Visitor) -> None:
    after_further_period(scene, scope=["art_3"])
    published(scene)
    notice = words(visitor.get(f"/c/{scene.slug}/"))
    assert "안의 일부에 대하여: 제3조" in notice
    assert "대상 조항: 제3조." in notice
    assert "대상 조항: 제3조." in words(visitor.get(f"/c/{scene.slug}/v1/"))
    assert "It is about: Article 3. A comment on another clause" in words(visitor.get(f"/c/{scene.slug}/?lang=en"))
    outside = words(visitor.get(f"/c/{scene.slug}/v1/a/2"))
    assert "이 조항은 이번 의견제출기간의 대상이 아닙니다" in outside and "대상 조항: 제3조." in outside
    assert "대상이 아닙니다" not in words(visitor.get(f"/c/{scene.slug}/v1/a/3"))
    editor = words(scene.browser.get(f"{scene.path}comments/new?at=art_2__para_1"))
    assert "예고 대상이 아닌 조항입니다" in editor and "이번 의견제출기간의 대상: 제3조" in editor
    assert "예고 대상이 아닌" not in words(scene.browser.get(f"{scene.path}comments/new?at=art_3"))
    assert "예고 대상 밖" in words(scene.browser.get(scene.path))


def test_the_public_list_names_the_period(scene: Scene, visitor: Visitor) -> None:
    scene.write()
    scene.file()
    published(scene)
    assert "제1차 의견제출기간" not in words(visitor.get(f"/c/{scene.slug}/submissions/"))
    after_further_period(scene)
    scene.write("art_3")
    scene.file()
    published(scene)
    listed = words(visitor.get(f"/c/{scene.slug}/submissions/"))
    assert listed.count("제1차 의견제출기간") == listed.count("제2차 의견제출기간") == 1


def published(scene: Scene) -> None:
    with scene.sessions() as session, use_locale("ko"):
        build(session, session.get_one(Consultation, scene.consultation_id).id, now=scene.clock())
        session.commit()


# ------------------------------------------------------------------------------------------ what was not filed in time


def test_after_the_close_nothing_unfiled_looks_filed(scene: Scene) -> None:
    filed = scene.write("art_1")
    changed = scene.write("art_2__para_1")
    scene.file()
    form = comment_form(scene, changed)
    scene.browser.post(f"{scene.path}comments/{changed}", {
        **form, "position": "oppose", "reason": "나중에 고친 글", "language": "ko", "act": "save"})
    late = scene.write("art_3", reason="제출하지 못한 글")
    assert "제출 준비됨" in words(scene.browser.get(scene.path))
    scene.clock.at = closes_at(scene) + timedelta(hours=1)
    scene.browser = scene.sign_in(scene.actor)
    board = words(scene.browser.get(scene.path))
    assert "제출 준비됨" not in board
    assert "의견 2건은 여기에 적힌 내용으로 제출되지 않았습니다. 부처는 그 내용을 받지 않았습니다." in board
    review = words(scene.browser.get(f"{scene.path}review"))
    assert "아래 의견 가운데 2건은 제출되지 않았습니다" in review
    assert review.count("이 내용은 제출되지 않음") == 2
    assert "제출하는 내용" not in review
    assert "제출되지 않은 것이 있습니다" in words(scene.browser.get("/workspace/"))
    assert "부처는 이 의견을 받지 않았습니다" in words(scene.browser.get(f"{scene.path}comments/{late}"))
    assert "다른 내용으로 제출되었습니다" in words(scene.browser.get(f"{scene.path}comments/{changed}"))
    assert "받지 않았습니다" not in words(scene.browser.get(f"{scene.path}comments/{filed}"))


def test_a_desk_that_filed_all_or_nothing(scene: Scene) -> None:
    scene.write()
    with scene.at(closes_at(scene) + timedelta(hours=1)):
        board = words(scene.sign_in(scene.actor).get(scene.path))
        assert "아래 의견은 하나도 제출되지 않았습니다" in board and "제출 준비됨" not in board
    scene.file()
    with scene.at(closes_at(scene) + timedelta(hours=1)):
        browser = scene.sign_in(scene.actor)
        for page in (scene.path, f"{scene.path}review", "/workspace/"):
            assert "제출되지 않" not in words(browser.get(page)), page


def test_a_save_in_the_minute_after_the_close_says_that_it_is_not_filed(scene: Scene) -> None:
    comment = scene.write()
    with scene.at(closes_at(scene) - timedelta(minutes=5)):
        scene.browser = scene.sign_in(scene.actor)
        form = comment_form(scene, comment)
    with scene.at(closes_at(scene) + timedelta(seconds=30)):
        values = {**form, "position": "oppose", "reason": "늦은 글", "language": "ko", "act": "save"}
        location = scene.browser.post(f"{scene.path}comments/{comment}", values).headers["Location"]
        shown = words(scene.browser.get(location))
        assert "저장하였으나 제출되지 않았습니다" in shown
        assert "제출하기 전에는" not in shown


# ------------------------------------------------------------------------------------------------ filed once, and again


def test_a_superseded_receipt_promises_nothing(scene: Scene) -> None:
    comment = scene.write()
    scene.file()
    assert "처리결과와 이유를" in words(scene.browser.get(f"{scene.path}filings/1"))
    form = comment_form(scene, comment)
    scene.browser.post(f"{scene.path}comments/{comment}", {
        **form, "position": "oppose", "reason": "고친 글", "language": "ko", "act": "save"})
    scene.file()
    first = words(scene.browser.get(f"{scene.path}filings/1"))
    assert "제출 2차로 대체됨" in first
    assert "처리결과와 이유를" not in first
    assert "처리결과와 이유를" in words(scene.browser.get(f"{scene.path}filings/2"))


def test_nothing_changed_is_said_before_filing_again(scene: Scene) -> None:
    comment = scene.write()
    told = "마지막 제출 이후 바뀐 내용이 없습니다"
    assert told not in words(scene.browser.get(f"{scene.path}review"))
    scene.file()
    assert told in words(scene.browser.get(f"{scene.path}review"))
    scene.write("art_3")
    assert told not in words(scene.browser.get(f"{scene.path}review"))
    assert comment


def test_a_change_that_was_put_back_is_as_filed(scene: Scene) -> None:
    comment = scene.write()
    scene.file()

    def save(reason: str) -> None:
        scene.clock.at += timedelta(minutes=1)
        form = comment_form(scene, comment)
        scene.browser.post(f"{scene.path}comments/{comment}", {
            **form, "position": "amend", "reason": reason, "language": "ko", "proposal_form": "",
            "proposal_language": "ko", "act": "save"})

    save("다른 글")
    assert "제출 뒤 고침" in words(scene.browser.get("/workspace/"))
    save(REASON)
    assert "제출 뒤 고침" not in words(scene.browser.get("/workspace/"))
    added = scene.write("art_3")
    assert "제출 뒤 고침" in words(scene.browser.get("/workspace/"))
    hidden = scene.browser.get(f"{scene.path}comments/{added}/remove").get_data(as_text=True)
    scene.browser.post(f"{scene.path}comments/{added}/remove", hidden_fields(hidden, "/remove"))
    assert "제출 뒤 고침" not in words(scene.browser.get("/workspace/"))
