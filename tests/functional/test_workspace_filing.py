"""Reviewing, filing, receipts, withdrawal and results through the pages."""

from __future__ import annotations

import email
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.consultations.models import CommentPeriod
from portal.kernel.actor import Actor
from portal.kernel.i18n import use_locale
from portal.notifications.models import Mail
from portal.notifications.services import render
from portal.responses.models import Response, ResponseEdition
from portal.review.models import Cluster, Segment
from portal.submissions import terms
from portal.submissions.jobs import send_receipt, send_withdrawal
from portal.submissions.models import Comment, Filing, Receipt, Submission, Withdrawal
from tests import factories
from tests.conftest import TestClock
from tests.functional.workspace_scene import REASON, Scene, comment_form, hidden_fields, make_scene, words
from tests.support.client import Visitor


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def filings_of(scene: Scene) -> list[Filing]:
    with scene.sessions() as session:
        return list(session.scalars(select(Filing).where(Filing.consultation_id == scene.consultation_id)
                                    .order_by(Filing.number)))


def closes_at(scene: Scene) -> datetime:
    with scene.sessions() as session:
        return session.scalars(select(CommentPeriod.closes_at).where(
            CommentPeriod.consultation_id == scene.consultation_id)).one()


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_review_file_receipt(sessions: sessionmaker[Session], clock: TestClock,
                             sign_in: Callable[[Actor], Visitor], locale: str) -> None:
    scene = make_scene(sessions, clock, sign_in, locale=locale)
    scene.write(proposal_form="full_text", full_text="사업자는 알린다.", **{
        "confidential-0-words": "고지 의무", "confidential-0-ground": "trade_secret"})
    scene.write("doc", position="question", reason="언제 시행됩니까? 010-0000-4821로 알려 주십시오.")
    page = scene.browser.get(f"{scene.path}review")
    shown = words(page)
    assert ("안 전체" in shown) if locale == "ko" else ("whole draft" in shown)
    assert shown.index("언제 시행됩니까") < shown.index("사업자는 알린다")  # the order of the law
    assert re.search(r"안 제2조\S* 중 .*(으로|로) 한다\.|안 제2조\S*[을를] 다음과 같이 한다\.", shown)  # as a drafter writes it
    assert ("공개 보류" if locale == "ko" else "Withheld") in shown
    assert ("제10조" if locale == "ko" else "Article 10") in shown  # the terms stand there in full
    location = scene.file().headers["Location"]
    assert location == f"{scene.path}filings/1"
    receipt = scene.browser.get(location)
    shown = words(receipt)
    filing = filings_of(scene)[0]
    assert filing.digest in shown
    assert re.search(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", shown)
    assert ("2025. 12. 3.(수) 12:00:00 (한국 시각)" if locale == "ko" else "Wed 3 Dec 2025, 12:00:00 KST") in shown
    assert (filing.terms_version, filing.terms_digest) == (terms.current().version, terms.current().digest)
    assert "마루솔랩" in words(scene.browser.get(f"{scene.path}filings/1"))
    assert ("고칠 수 있습니다" if locale == "ko" else "can still correct it") in words(scene.browser.get("/workspace/"))


def test_the_public_never_learns_the_receipt_number(scene: Scene, visitor: Visitor) -> None:
    scene.write()
    scene.file()
    with scene.sessions() as session:
        digest = filings_of(scene)[0].digest
        for table in session.execute(text(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'publication'")).scalars().all():
            dump = session.execute(text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM publication.{table} t"))
            content = dump.scalar_one()
            assert digest not in content
            assert "R-" not in re.findall(r"R-[0-9A-Z]{4}-", content)


def test_problems_stand_on_top_with_links_and_nothing_is_filed(scene: Scene) -> None:
    scene.write()
    half = scene.write("art_3", position="", reason="")
    body = scene.browser.get(f"{scene.path}review").get_data(as_text=True)
    assert f'href="{scene.path}comments/{half}"' in body
    assert body.index("입장을 고르십시오") < body.index("filed-list")
    refused = scene.file(status=422, signer_name="", signer_title="이사")
    shown = refused.get_data(as_text=True)
    assert "입장을 고르십시오" in shown
    assert "서명하는 사람의 이름" in shown
    assert 'value="이사"' in shown  # what was typed is kept
    assert filings_of(scene) == []


def test_terms_must_be_agreed_to(scene: Scene) -> None:
    scene.write()
    form = scene.filing_form()
    del form["terms_agreed"]
    refused = scene.browser.post(f"{scene.path}file", form, status=422)
    assert "의견제출 약관에 동의하셔야" in words(refused)
    old = scene.browser.post(f"{scene.path}file", {**scene.filing_form(), "terms_digest": "0" * 64}, status=422)
    assert "약관이 바뀌었습니다" in words(old)
    assert filings_of(scene) == []


def test_nothing_to_file(scene: Scene) -> None:
    assert "아직 제출할 의견이 없습니다" in words(scene.browser.get(f"{scene.path}review"))
    token = scene.browser.token("/workspace/")
    form = {"csrf_token": token, "request_key": "k", "signer_name": "이서명", "terms_agreed": "y"}
    scene.browser.post(f"{scene.path}file", form, status=422)


def test_a_colleagues_change_while_the_signer_reads(scene: Scene) -> None:
    comment = scene.write()
    form = scene.filing_form()
    colleague = scene.colleague("drafter")
    theirs = comment_form(scene, comment, colleague)
    colleague.post(f"{scene.path}comments/{comment}",
                   {**theirs, "position": "oppose", "reason": "바뀐 글", "language": "ko", "act": "save"})
    stale = scene.browser.post(f"{scene.path}file", form, status=409)
    assert "바뀐 글" in words(stale)
    assert filings_of(scene) == []
    again = hidden_fields(stale.get_data(as_text=True), "/file")
    scene.browser.post(f"{scene.path}file", {**again, "signer_name": "이서명", "terms_agreed": "y"})
    assert len(filings_of(scene)) == 1


def test_only_signers_see_the_button(scene: Scene) -> None:
    scene.write()
    drafter = scene.colleague("drafter", name="박작성")
    page = drafter.get(f"{scene.path}review")
    assert "/file" not in page.get_data(as_text=True)
    assert "이서명" in words(page)  # who may sign
    form = {**scene.filing_form(), "csrf_token": drafter.token("/workspace/")}
    drafter.post(f"{scene.path}file", form, status=403)
    assert filings_of(scene) == []


def test_another_organisation_reads_nothing(scene: Scene) -> None:
    scene.write()
    scene.file()
    stranger = scene.outsider()
    for page in ("filings/1", "filings/1/receipt.json", "filings/1/content.json"):
        stranger.get(scene.path + page, status=404)
    assert "마루솔랩" not in words(stranger.get(f"{scene.path}filings/"))
    form = {**scene.filing_form(), "csrf_token": stranger.token("/workspace/")}
    stranger.post(f"{scene.path}file?as={scene.organisation_id}", form, status=404)
    stranger.post(f"{scene.path}withdraw?as={scene.organisation_id}", {"csrf_token": form["csrf_token"], "reason": "x"},
                  status=404)


def test_a_double_click_files_once(scene: Scene) -> None:
    scene.write()
    form = scene.filing_form()
    first = scene.browser.post(f"{scene.path}file", form)
    again = scene.browser.post(f"{scene.path}file", form)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(filings_of(scene)) == 1


def test_the_same_form_from_many_threads_files_once(scene: Scene) -> None:
    scene.write()
    form = scene.filing_form()
    answers: list[tuple[int, str | None]] = []
    barrier = threading.Barrier(6)

    def send() -> None:
        client = scene.browser.app.test_client()
        settings = scene.browser.settings
        client.set_cookie(scene.browser.app.extensions["portal"].cookies.session, scene.browser.cookie or "",
                          domain=settings.host)
        barrier.wait()
        response = client.post(f"{scene.path}file", base_url=settings.base_url, data=form)
        answers.append((response.status_code, response.headers.get("Location")))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(303, f"{scene.path}filings/1")] * 6
    assert len(filings_of(scene)) == 1
    with scene.sessions() as session:
        jobs = session.execute(text(
            "SELECT count(*) FROM procrastinate_jobs "
            "WHERE task_name = 'submissions.send_receipt' AND args->>'filing_id' = :id"),
            {"id": str(filings_of(scene)[0].id)}).scalar_one()
    assert jobs == 1


def test_of_two_windows_that_file_at_once_the_second_is_asked(scene: Scene) -> None:
    scene.write()
    forms = [scene.filing_form(), scene.filing_form()]
    barrier = threading.Barrier(2)
    codes: list[int] = []

    def send(form: dict[str, str]) -> None:
        client = scene.browser.app.test_client()
        client.set_cookie(scene.browser.app.extensions["portal"].cookies.session, scene.browser.cookie or "",
                          domain=scene.browser.settings.host)
        barrier.wait()
        codes.append(client.post(f"{scene.path}file", base_url=scene.browser.settings.base_url, data=form).status_code)

    threads = [threading.Thread(target=send, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]
    assert [filing.number for filing in filings_of(scene)] == [1]


@pytest.mark.parametrize(("locale", "told", "same", "to_receipt"), [
    ("ko", "제출 1차가 2025. 12. 3.(수) 12:00에 이루어졌습니다", "아래 의견과 똑같습니다", "제출 1차의 접수증 보기"),
    ("en", "Filing 1 was made on Wed 3 Dec 2025, 12:00", "It holds exactly these comments",
     "To the receipt of filing 1")])
def test_who_files_in_a_second_window_is_told_of_the_first(
        sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor], locale: str, told: str,
        same: str, to_receipt: str) -> None:
    scene = make_scene(sessions, clock, sign_in, locale=locale)
    scene.write()
    first, second = scene.filing_form(), scene.filing_form(signer_title="이사")
    assert (first["last_filing"], second["last_filing"]) == ("0", "0")
    filed = scene.browser.post(f"{scene.path}file", first)
    stopped = scene.browser.post(f"{scene.path}file", second, status=409)
    assert [filing.signer_title for filing in filings_of(scene)] == ["대표이사"]
    shown, body = words(stopped), stopped.get_data(as_text=True)
    assert told in shown and same in shown and to_receipt in shown
    assert f'href="{scene.path}filings/1">{to_receipt}' in body
    assert 'value="이사"' in body  # what was typed is kept
    assert re.search(r'<input[^>]*name="terms_agreed"[^>]*checked|<input[^>]*checked[^>]*name="terms_agreed"', body)
    again = {**hidden_fields(body, "/file"), "signer_name": "이서명", "signer_title": "이사", "terms_agreed": "y"}
    assert scene.browser.post(f"{scene.path}file", again).headers["Location"] == f"{scene.path}filings/2"
    # The same request still leads to its own receipt, whatever was filed after it.
    assert scene.browser.post(f"{scene.path}file", first).headers["Location"] == filed.headers["Location"]
    assert [filing.signer_title for filing in filings_of(scene)] == ["대표이사", "이사"]


def test_a_second_window_shows_what_was_changed_since_the_first_was_filed(scene: Scene) -> None:
    comment = scene.write()
    stale = scene.filing_form()
    scene.file()
    scene.browser.post(f"{scene.path}comments/{comment}", {
        **comment_form(scene, comment), "position": "oppose", "reason": "바뀐 글", "language": "ko", "act": "save"})
    shown = words(scene.browser.post(f"{scene.path}file", stale, status=409))
    assert "제출 1차가" in shown and "바뀐 글" in shown
    assert "똑같습니다" not in shown
    assert len(filings_of(scene)) == 1


def test_a_form_that_does_not_say_what_it_had_seen_is_not_asked(scene: Scene) -> None:
    scene.write()
    form = scene.filing_form()
    del form["last_filing"]
    for key in ("one", "two"):
        scene.browser.post(f"{scene.path}file", {**form, "request_key": key})
    assert [filing.number for filing in filings_of(scene)] == [1, 2]


def test_after_a_withdrawal_the_review_page_says_so(scene: Scene) -> None:
    scene.write()
    scene.file()
    assert "철회되었습니다" not in words(scene.browser.get(f"{scene.path}review"))
    scene.browser.post(f"{scene.path}withdraw", {"reason": "다시 검토하겠습니다."})
    for page in (scene.path, f"{scene.path}review"):
        shown = words(scene.browser.get(page))
        assert "철회되었습니다" in shown and "다시 제출하면" in shown, page


def test_a_closed_period_files_nothing_and_keeps_the_signers_block(scene: Scene) -> None:
    scene.write()
    with scene.at(closes_at(scene) + timedelta(seconds=61)):
        browser = scene.sign_in(scene.actor)
        form = {"request_key": "late", "signer_name": "늦은 서명자", "terms_agreed": "y",
                "terms_version": terms.current().version, "terms_digest": terms.current().digest,
                "submission_version": "2", "csrf_token": browser.token("/workspace/")}
        refused = browser.post(f"{scene.path}file", form, status=409)
        assert "의견제출기간이" in words(refused)
        assert REASON in words(refused)
    assert filings_of(scene) == []


def test_too_late_with_an_unfinished_comment_says_first_that_it_is_too_late(scene: Scene) -> None:
    scene.write(reason="")
    with scene.at(closes_at(scene) + timedelta(seconds=61)):
        browser = scene.sign_in(scene.actor)
        form = {"request_key": "late", "signer_name": "", "csrf_token": browser.token("/workspace/")}
        refused = browser.post(f"{scene.path}file", form, status=409).get_data(as_text=True)
        alert = re.search(r'(?s)role="alert".*?</div>', refused)
        assert alert is not None and "의견제출기간이" in alert[0]
        for page in (refused, browser.get(f"{scene.path}review").get_data(as_text=True)):
            assert "제출 전에" not in page, "what is unfinished is not to be done any more"
    assert "제출 전에" in words(scene.browser.get(f"{scene.path}review"))


def test_the_language_can_be_changed_on_a_refused_filing(scene: Scene) -> None:
    """The page answers a form at an address that cannot be opened: the way back is to the review page."""
    scene.write()
    refused = scene.file(status=422, signer_name="").get_data(as_text=True)
    assert f'name="next" value="{scene.path}review"' in refused


def test_half_a_minute_late_is_taken_and_marked(scene: Scene) -> None:
    scene.write()
    with scene.at(closes_at(scene) - timedelta(minutes=5)):
        browser = scene.sign_in(scene.actor)
        form = scene.filing_form(browser)
    with scene.at(closes_at(scene) + timedelta(seconds=30)):
        location = browser.post(f"{scene.path}file", form).headers["Location"]
        assert "30초 늦게" in words(browser.get(location))
    assert filings_of(scene)[0].late_seconds == 30


def test_an_extension_while_the_form_was_open_works(scene: Scene) -> None:
    scene.write()
    deadline = closes_at(scene)
    with scene.at(deadline - timedelta(minutes=5)):
        browser = scene.sign_in(scene.actor)
        form = scene.filing_form(browser)
    with scene.sessions() as session:
        session.scalars(select(CommentPeriod).where(
            CommentPeriod.consultation_id == scene.consultation_id)).one().closes_at = deadline + timedelta(days=10)
        session.commit()
    with scene.at(deadline + timedelta(minutes=5)):
        browser.post(f"{scene.path}file", form)
    assert filings_of(scene)[0].late_seconds == 0


def test_a_later_filing_supersedes(scene: Scene) -> None:
    comment = scene.write()
    scene.file()
    form = comment_form(scene, comment)
    scene.browser.post(f"{scene.path}comments/{comment}",
                       {**form, "position": "oppose", "reason": "고친 글", "language": "ko", "act": "save"})
    assert "제출된 내용과 다릅니다" in words(scene.browser.get(scene.path))
    scene.file()
    first = words(scene.browser.get(f"{scene.path}filings/1"))
    assert "나중에 제출한 것이" in first
    assert REASON in first
    assert "고친 글" in words(scene.browser.get(f"{scene.path}filings/2"))
    scene.browser.get(f"{scene.path}filings/3", status=404)


def test_withdrawing_asks_for_a_reason_and_filing_again_undoes_it(scene: Scene) -> None:
    scene.browser.get(f"{scene.path}withdraw", status=409)
    scene.write()
    scene.file()
    empty = scene.browser.post(f"{scene.path}withdraw", {"reason": " "}, status=422)
    assert "철회하는 이유" in words(empty)
    number = scene.browser.post(f"{scene.path}withdraw", {"reason": "900230-1234567"}, status=422)
    assert "900230-1234567" in number.get_data(as_text=True)
    scene.browser.post(f"{scene.path}withdraw", {"reason": "입장을 바꾸었습니다."})
    with scene.sessions() as session:
        assert session.scalars(select(Withdrawal.reason).join(Filing, Filing.id == Withdrawal.filing_id).where(
            Filing.consultation_id == scene.consultation_id)).one() == "입장을 바꾸었습니다."
    assert "입장을 바꾸었습니다." in words(scene.browser.get(f"{scene.path}filings/1"))
    assert "철회되었습니다" in words(scene.browser.get(scene.path))
    assert "답할 것이 없습니다" in words(scene.browser.get(f"{scene.path}results"))
    scene.file()
    assert "철회되었습니다" not in words(scene.browser.get(scene.path))


@pytest.mark.parametrize("changed", [False, True], ids=["as filed", "changed"])
def test_after_the_deadline_what_was_withdrawn_was_received_all_the_same(scene: Scene, changed: bool) -> None:
    comment = scene.write()
    scene.file()
    scene.browser.post(f"{scene.path}withdraw", {"reason": "입장을 바꾸었습니다."})
    open_still = words(scene.browser.get(f"{scene.path}review"))
    assert "마지막 제출 이후 바뀐 내용이 없습니다" not in open_still  # nothing stands: filing again would not be in vain
    assert "제출 준비됨" in words(scene.browser.get(scene.path))
    if changed:
        scene.browser.post(f"{scene.path}comments/{comment}", {
            **comment_form(scene, comment), "position": "oppose", "reason": "바뀐 글", "language": "ko", "act": "save"})
        added = scene.write("art_3", reason="나중에 쓴 글")
    with scene.at(closes_at(scene) + timedelta(minutes=1)):
        later = scene.sign_in(scene.actor)
        work, board, review, editor = (words(later.get(path)) for path in (
            "/workspace/", scene.path, f"{scene.path}review", f"{scene.path}comments/{comment}"))
        assert "철회" in work
        assert "철회되었습니다" in board
        assert "철회되었습니다" in review
        assert "공개되는 내용" not in review  # what is withdrawn is not
        for page in (work, review, editor):
            assert ("받지 않았습니다" in page) is changed  # what was written later, and only that
        if changed:
            assert "제출됨, 이후 고친 내용은 미제출" in board
            assert "다른 내용으로 제출되었습니다" in editor
            assert "의견 가운데 2건은 제출되지 않았습니다" in review
            assert "이 의견은 제출되지 않았습니다" in words(later.get(f"{scene.path}comments/{added}"))
        else:
            assert "제출하지 않음" not in board
        assert "제출된 뒤" in editor


# ----------------------------------------------------------------------------------------------------------- the mail


def _body(mail: Mail) -> str:
    """The words of a mail as it was sent."""
    body: bytes = email.message_from_bytes(mail.message).get_payload(decode=True)  # type: ignore[assignment]
    return body.decode()


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_receipt_is_mailed_once_in_the_readers_language(
        sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor], locale: str) -> None:
    scene = make_scene(sessions, clock, sign_in, locale=locale)
    scene.write(reason="메일에없는말")
    scene.file()
    filing = filings_of(scene)[0]
    for _ in range(2):
        with sessions() as session:
            send_receipt(session, now=clock(), filing_id=filing.id)
            session.commit()
    with sessions() as session:
        mail = session.scalars(select(Mail).where(Mail.key == f"receipt:{filing.id}")).one()
    assert (mail.recipient, mail.locale, mail.template) == (scene.actor.email, locale, "receipt")
    body = _body(mail)
    assert filing.digest in body
    assert f"{scene.path}filings/1" in body
    assert "메일에없는말" not in body
    assert ("제출 시각: 2025. 12. 3.(수) 12:00:00" if locale == "ko" else "Filed at: Wed 3 Dec 2025, 12:00:00") in body
    assert "%(" not in mail.subject


def test_a_mail_for_a_filing_that_is_not_there_is_nothing(session: Session, now: datetime) -> None:
    send_receipt(session, now=now, filing_id=10**9)
    send_withdrawal(session, now=now, withdrawal_id=10**9)


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_a_withdrawal_is_mailed_once_with_what_was_withdrawn_and_why(
        sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor], locale: str) -> None:
    scene = make_scene(sessions, clock, sign_in, locale=locale)
    scene.write(reason="메일에없는말")
    scene.file()
    scene.browser.post(f"{scene.path}withdraw", {"reason": "입장을 바꾸었습니다."})
    with sessions() as session:
        waiting = session.execute(text(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'submissions.send_withdrawal'")).scalars().all()
    withdrawal_id = waiting[-1]["withdrawal_id"]
    for minute in range(2):
        with sessions() as session:
            send_withdrawal(session, now=clock() + timedelta(minutes=minute), withdrawal_id=withdrawal_id)
            session.commit()
    with sessions() as session:
        mail = session.scalars(select(Mail).where(Mail.key.like(f"withdrawal:{withdrawal_id}:%"))).one()
        number = session.scalar(select(Receipt.number).where(Receipt.filing_id == filings_of(scene)[0].id))
    assert (mail.recipient, mail.locale, mail.template) == (scene.actor.email, locale, "withdrawal")
    body = _body(mail)
    assert number in body and "입장을 바꾸었습니다." in body and f"{scene.path}filings/1" in body
    assert ("철회 시각: 2025. 12. 3.(수) 12:00:00" if locale == "ko" else "Withdrawn at: Wed 3 Dec 2025, 12:00:00") in body
    assert ("다시 제출할 수" if locale == "ko" else "you can file again") in body
    assert "메일에없는말" not in body


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_mail_says_late_and_closed(locale: str) -> None:
    with use_locale(locale):
        subject, body = render("receipt", locale, {
            "name": "이서명", "number": "R-1", "filing": 2, "comments": 1, "title": "안", "organisation": "마루솔랩",
            "filed_at": datetime.fromisoformat("2025-12-22T15:00:20+00:00"), "late_seconds": 20,
            "closes_at": datetime.fromisoformat("2025-12-22T15:00:00+00:00"), "is_open": False, "payload": "p",
            "signature": "s", "key_id": "k", "path": "/x"})
    assert "R-1" in subject
    assert "20" in body
    assert ("다시 제출하거나" if locale == "ko" else "file again") not in body


# ------------------------------------------------------------------------------------------------------------- results


def answered(scene: Scene, *, published: bool = True) -> None:
    """The ministry's responses: to a cluster that holds the first comment, and to one passage of the second."""
    now = scene.clock()
    with scene.sessions() as session:
        filing = session.scalars(select(Submission.current_filing_id).where(
            Submission.consultation_id == scene.consultation_id)).one()
        comments = session.scalars(select(Comment).where(Comment.filing_id == filing).order_by(Comment.number)).all()
        cluster = Cluster(consultation_id=scene.consultation_id, title_ko="고지 의무의 범위",
                          title_en="Scope of notice", issue_ko="", issue_en="", created_at=now, updated_at=now)
        session.add(cluster)
        session.flush()
        segments = []
        for comment, spans in ((comments[0], [(0, 5)]), (comments[1], [(0, 5), (5, 10)])):
            for ordinal, (start, end) in enumerate(spans, 1):
                segments.append(Segment(
                    consultation_id=scene.consultation_id, submission_id=session.scalars(select(Submission.id).where(
                        Submission.consultation_id == scene.consultation_id)).one(), comment_id=comment.id,
                    comment_uid=comment.uid, ordinal=ordinal, start=start, end=end, clause_eid=comment.clause_eid,
                    clause_order=1, position=comment.position, language="ko", organisation_id=scene.organisation_id,
                    organisation_kind="company", filed_at=now, lead="",
                    cluster_id=cluster.id if comment is comments[0] else None, coverage="untriaged"))
        session.add_all(segments)
        session.flush()
        for subject, disposition, korean in (
                ({"cluster_id": cluster.id}, "partly_accepted", "일부 반영하였습니다."),
                ({"segment_id": segments[1].id}, "answered", "답변드립니다.")):
            response = Response(
                consultation_id=scene.consultation_id, disposition=disposition, text_ko=korean, text_en="",
                created_at=now, updated_at=now, step="published" if published else "approved",
                edition=1 if published else 0,
                approved_digest="0" * 64, approved_by=scene.actor.account_id, approved_at=now, **subject)
            session.add(response)
            session.flush()
            if published:
                session.add(ResponseEdition(
                    response_id=response.id, number=1, disposition=disposition, text_ko=korean, text_en="",
                    changed_clauses=[], digest="0" * 64, approved_by=scene.actor.account_id, approved_at=now,
                    published_at=now))
        session.commit()


def test_the_filer_sees_the_result_of_each_own_comment(scene: Scene) -> None:
    scene.write("art_1", reason="첫째 의견입니다.")
    scene.write("art_2__para_1", reason="첫 토막말 둘째 토막.")
    scene.file()
    assert "아직 공개된 검토의견이 없습니다" in words(scene.browser.get(f"{scene.path}results"))
    answered(scene)
    page = words(scene.browser.get(f"{scene.path}results"))
    assert "일부 반영하였습니다." in page
    assert "고지 의무의 범위" in page
    assert "답변드립니다." in page
    assert "일부만 답함" in page  # the second passage of the second comment waits
    assert "2건의 처리결과" in words(scene.browser.get("/workspace/"))
    stranger = words(scene.outsider().get(f"{scene.path}results"))
    assert "답변드립니다." not in stranger


def test_a_result_that_the_ministry_changed_says_so(scene: Scene) -> None:
    scene.write("art_1", reason="첫째 의견입니다.")
    scene.write("art_2__para_1", reason="첫 토막말 둘째 토막.")
    scene.file()
    answered(scene)
    told = "부처가 이 처리결과를 바꾸었습니다. 아래는 제2판입니다."
    assert told not in words(scene.browser.get(f"{scene.path}results"))
    with scene.sessions() as session:
        response = session.scalars(select(Response).where(
            Response.consultation_id == scene.consultation_id, Response.cluster_id.is_not(None))).one()
        response.edition, response.disposition = 2, "accepted"
        session.add(ResponseEdition(
            response_id=response.id, number=2, disposition="accepted", text_ko="반영하였습니다.", text_en="",
            changed_clauses=[], digest="0" * 64, approved_by=scene.actor.account_id, approved_at=scene.clock(),
            published_at=scene.clock()))
        response_id = response.id
        session.commit()
    page = scene.browser.get(f"{scene.path}results")
    assert words(page).count(told) == 1
    assert f'href="/c/{scene.slug}/responses/{response_id}"' in page.get_data(as_text=True)


def test_what_is_not_published_is_not_told(scene: Scene) -> None:
    scene.write("art_1", reason="첫째 의견입니다.")
    scene.write("art_2__para_1", reason="첫 토막말 둘째 토막.")
    scene.file()
    answered(scene, published=False)
    page = words(scene.browser.get(f"{scene.path}results"))
    assert "반영하였습니다" not in page
    assert "답변드립니다." not in page


def test_individuals_are_told_how_they_will_be_named(sessions: sessionmaker[Session], clock: TestClock,
                                                     sign_in: Callable[[Actor], Visitor]) -> None:
    now = clock()
    with sessions() as session:
        made = factories.consultation(session, now, factories.ministry(session, now))
        alone = factories.organisation(session, now, "홍길동", kind="individual")
        actor = factories.member(session, now, alone)
        session.commit()
        scene = Scene(sessions, clock, made.slug, alone.id, made.id, actor, sign_in(actor), sign_in)
    scene.write()
    assert "공개되는 이름: 홍○○" in words(scene.browser.get(f"{scene.path}review"))


def test_earlier_submissions_page_backwards(sessions: sessionmaker[Session], clock: TestClock,
                                            sign_in: Callable[[Actor], Visitor]) -> None:
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        company = factories.organisation(session, now)
        actor = factories.member(session, now, company)
        for _ in range(23):
            old = factories.consultation(session, now, ministry, opened_days_ago=80)
            factories.filing(session, now - timedelta(days=50), old, company, actor)
        session.commit()
    browser = sign_in(actor)
    first = browser.get("/workspace/").get_data(as_text=True).partition("지난 의견서")[2]
    assert len(re.findall(r'class="desk-line ', first)) == 20
    older = re.search(r'href="(/workspace/\?before=[0-9]+)"', first)
    assert older is not None
    second = browser.get(older[1]).get_data(as_text=True)
    assert len(re.findall(r'class="desk-line ', second)) == 3
    browser.get("/workspace/?before=xyz")
