"""The outbox: what administrators see of the mails, what stays hidden from them, and sending again."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from jinja2 import meta
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.app import close, create_app
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.i18n import translate
from portal.notifications import reading, services, wording
from portal.notifications.models import Mail
from portal.settings import Settings, folder
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor

SignIn = Callable[[Actor], Visitor]
TOKEN = ids.token()
LINK = f"http://portal.test/password/reset/{TOKEN}"


@dataclass(frozen=True)
class Scene:
    admin: Actor
    other_admin: Actor
    publisher: Actor
    ministry_id: int


@pytest.fixture(scope="module")
def scene(sessions: sessionmaker[Session], clock: TestClock) -> Scene:
    with sessions() as session:
        ministry, other = factories.ministry(session, clock()), factories.ministry(session, clock())
        found = Scene(factories.staff(session, clock(), ministry, "administrator"),
                      factories.staff(session, clock(), other, "administrator", "reviewer"),
                      factories.staff(session, clock(), ministry, "publisher", "reviewer", "approver"), ministry.id)
        session.commit()
        return found


@pytest.fixture(autouse=True)
def _empty(sessions: sessionmaker[Session], app: Flask) -> Iterator[None]:
    """No mail is left by another test. The application may not delete mails, so they are hidden by age."""
    yield
    with sessions() as session:
        session.execute(text("UPDATE mails SET ministry_id = 10^12, key = key || ':' || id, status = 'sent'"
                             " WHERE ministry_id IS DISTINCT FROM 10^12"))
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.commit()


@pytest.fixture(scope="module")
def demo_app(settings: Settings, clock: TestClock) -> Iterator[Flask]:
    app = create_app(replace(settings, demo=True), clock)
    yield app
    close(app)


def write(sessions: sessionmaker[Session], clock: TestClock, key: str, *, ministry_id: int | None = None,
          template: str = "password_changed", locale: str = "ko", status: str = "waiting", **values: Any) -> int:
    with sessions() as session:
        services.send(session, key=key, template=template, recipient="person@firm.example", locale=locale, now=clock(),
                      values={"name": "홍길동", **values}, ministry_id=ministry_id)
        mail_id = session.scalars(select(Mail.id).where(Mail.key == key)).one()
        session.execute(text("UPDATE mails SET status = :s, attempts = CASE :s WHEN 'failed' THEN 6 ELSE 0 END,"
                             " last_error = CASE :s WHEN 'failed' THEN 'SMTPDataError 554' ELSE '' END,"
                             " sent_at = CASE :s WHEN 'sent' THEN created_at END WHERE id = :id"),
                        {"s": status, "id": mail_id})
        session.commit()
        return mail_id


def listed(body: str) -> list[int]:
    return [int(n) for n in re.findall(r'href="/admin/mail/(\d+)"', body)]


# ----------------------------------------------------------------------------------------------------------- who sees


def test_only_administrators_enter(visitor: Visitor, scene: Scene, sign_in: SignIn) -> None:
    assert visitor.get("/admin/mail/", status=303).headers["Location"].startswith("/sign-in")
    sign_in(scene.publisher).get("/admin/mail/", status=403)
    sign_in(scene.admin).get("/admin/mail/")


def test_the_administration_leads_to_it(scene: Scene, sign_in: SignIn) -> None:
    assert 'href="/admin/mail/"' in sign_in(scene.admin).get("/admin/").get_data(as_text=True)
    assert 'href="/admin/mail/"' not in sign_in(scene.publisher).get("/admin/").get_data(as_text=True)


def test_a_ministrys_mails_are_its_own(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock, demo_app: Flask) -> None:
    """Mails about a ministry's consultation are seen by its administrators; those about accounts by all of them."""
    own = write(sessions, clock, "own", ministry_id=scene.ministry_id, status="failed")
    account = write(sessions, clock, "account", status="failed")
    admin, other = sign_in(scene.admin), sign_in(scene.other_admin)
    assert listed(admin.get("/admin/mail/").get_data(as_text=True)) == [account, own]
    assert listed(other.get("/admin/mail/?show=failed").get_data(as_text=True)) == [account]
    other.get(f"/admin/mail/{account}")
    other.get(f"/admin/mail/{own}", status=404)
    other.post(f"/admin/mail/{own}/send-again", form_at="/admin/mail/", status=404)
    with sessions() as session:
        assert session.get_one(Mail, own).status == "failed"
    demo = Visitor(demo_app, other.cookie)
    assert {own, account} <= set(listed(demo.get("/admin/mail/").get_data(as_text=True)))
    demo.get(f"/admin/mail/{own}")


# ----------------------------------------------------------------------------------------------------------- the list


def test_the_list_says_how_it_went(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    failed = write(sessions, clock, "f", status="failed")
    sent = write(sessions, clock, "s", status="sent")
    waiting = write(sessions, clock, "w")
    admin = sign_in(scene.admin)
    body = admin.get("/admin/mail/").get_data(as_text=True)
    assert listed(body) == [waiting, sent, failed]
    for words in ("발송 실패", "보관됨", "발송 대기", "메일 서버가 메일을 받지 않았습니다", "person@firm.example",
                  "2025. 12. 3.(수) 12:00"):
        assert words in body
    for show, wanted in (("failed", [failed]), ("sent", [sent]), ("waiting", [waiting]),
                         ("all", [waiting, sent, failed]), ("<script>", [waiting, sent, failed])):
        assert listed(admin.get(f"/admin/mail/?show={show}").get_data(as_text=True)) == wanted
    assert "아직 메일이 없습니다" not in body


def test_a_mail_that_waits_after_a_failure_is_not_out_of_sight(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    admin, publisher = sign_in(scene.admin), sign_in(scene.publisher)
    alert = "메일 1통을 보내지 못했습니다"
    fresh = write(sessions, clock, "fresh", ministry_id=scene.ministry_id)
    assert "보내지 못했습니다" not in admin.get("/admin/").get_data(as_text=True)
    tried = write(sessions, clock, "tried", ministry_id=scene.ministry_id)
    with sessions() as session:
        session.execute(text("UPDATE mails SET attempts = 3, last_error = 'ConnectionRefusedError',"
                             " next_try_at = '2025-12-03T03:10:00Z' WHERE id = :id"), {"id": tried})
        session.commit()
    start = admin.get("/admin/").get_data(as_text=True)
    assert alert in start and 'href="/admin/mail/?show=undelivered"' in start
    assert alert not in publisher.get("/admin/").get_data(as_text=True), "only administrators look after mails"
    assert alert not in sign_in(scene.other_admin).get("/admin/").get_data(as_text=True)
    found = admin.get("/admin/mail/?show=undelivered").get_data(as_text=True)
    assert listed(found) == [tried] and fresh != tried
    assert "메일 서버가 연결을 거부했습니다" in found and "12:10" in found
    assert "ConnectionRefusedError" not in found
    failed = write(sessions, clock, "failed too", ministry_id=scene.ministry_id, status="failed")
    assert "메일 2통을 보내지 못했습니다" in admin.get("/admin/").get_data(as_text=True)
    assert listed(admin.get("/admin/mail/?show=undelivered").get_data(as_text=True)) == [failed, tried]


@pytest.mark.parametrize(("noted", "said"), [
    ("ConnectionRefusedError", "refused the connection"), ("gaierror", "name is not known"),
    ("SMTPRecipientsRefused 550", "refused the recipient's address"), ("SMTPDataError 451", "refused the mail"),
    ("SMTPAuthenticationError 535", "user name and password"), ("ZeroDivisionError", "the portal's log says why")])
def test_a_failure_is_said_in_words(noted: str, said: str) -> None:
    assert said in translate(wording.what_happened(noted), "en")


def test_where_mail_leaves_the_portal_it_says_so(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock, settings: Settings) -> None:
    mail_id = write(sessions, clock, "sent", status="sent")
    admin = sign_in(scene.admin)
    assert "메일은 이곳에 보관되며 밖으로 나가지 않습니다" in admin.get("/admin/mail/").get_data(as_text=True)
    app = create_app(replace(settings, mail_url="smtp://mail.firm.example"), clock)
    try:
        page = Visitor(app, admin.cookie).get("/admin/mail/").get_data(as_text=True)
        assert "밖으로 나가지 않습니다" not in page
        assert "발송됨" in page
        assert "메일 서버에 전달한 시각" in Visitor(app, admin.cookie).get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    finally:
        close(app)


def test_an_empty_outbox_says_so(scene: Scene, sign_in: SignIn) -> None:
    admin = sign_in(scene.admin)
    assert "아직 메일이 없습니다" in admin.get("/admin/mail/").get_data(as_text=True)
    admin.get("/admin/mail/?show=failed")


def test_the_list_is_paged_both_ways(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock, app: Flask) -> None:
    for n in range(120):
        write(sessions, clock, f"page-{n}", status="failed" if n % 3 == 0 else "sent")
    admin = sign_in(scene.admin)
    statements: list[str] = []
    engine = app.extensions["portal.engines"][0]
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    def walk(rel: str, address: str) -> tuple[list[int], str]:
        seen: list[int] = []
        while True:
            statements.clear()
            body = admin.get(address).get_data(as_text=True)
            assert len(statements) <= 6, statements
            seen = [*seen, *listed(body)] if rel == "next" else [*listed(body), *seen]
            found = re.search(rf'rel="{rel}" href="([^"]+)"', body)
            if found is None:
                return seen, address
            address = found[1].replace("&amp;", "&")

    forwards, last = walk("next", "/admin/mail/?show=failed")
    assert len(forwards) == len(set(forwards)) == 40
    assert forwards == sorted(forwards, reverse=True)
    everything, last = walk("next", "/admin/mail/")
    assert len(everything) == 120
    backwards, _ = walk("prev", last)
    assert backwards == everything


@pytest.mark.parametrize("query", ["before=x", "before=-1", "after=99999999999999999999", "before=²", "after=",
                                   "before=1&after=1"])
def test_a_strange_cursor_is_no_error(scene: Scene, sign_in: SignIn, query: str) -> None:
    sign_in(scene.admin).get(f"/admin/mail/?{query}")


@pytest.mark.parametrize("mail_id", ["0", "999999999999", "9223372036854775808", "9" * 60])
def test_an_unknown_mail(scene: Scene, sign_in: SignIn, mail_id: str) -> None:
    sign_in(scene.admin).get(f"/admin/mail/{mail_id}", status=404)


# -------------------------------------------------------------------------------------------------------- the message


def test_the_page_shows_the_real_message(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    mail_id = write(sessions, clock, "real", name="<b>굵은</b> 이름")
    body = sign_in(scene.admin).get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    with sessions() as session:
        mail = session.get_one(Mail, mail_id)
    assert "&lt;b&gt;굵은&lt;/b&gt; 이름" in body
    assert "<b>굵은" not in body
    assert mail.message.decode().replace("\r\n", "\n").split("\n\n", 1)[1].strip() in body, "the source, as it is"
    for header in ("Message-ID", "Auto-Submitted", "Content-Transfer-Encoding", "person@firm.example", "의견수렴 포털"):
        assert header in body


@pytest.mark.parametrize("name", sorted(
    path.stem for path in (folder("templates") / "mail").glob("*.txt") if re.search(r"\btoken\b", path.read_text())))
def test_secret_links_are_hidden_from_staff(clock: TestClock, name: str) -> None:
    """Every template that carries a secret: hidden in text and source, shown in the demonstration."""
    asked = meta.find_undeclared_variables(services._environment().parse(
        (folder("templates") / "mail" / f"{name}.txt").read_text()))
    subject, body = services.render(name, "ko", {
        **dict.fromkeys(asked, "x"), "token": TOKEN, "until": clock(), "by_operator": False})
    assert TOKEN in body, "is the secret called otherwise?"
    raw = services.compose(subject, body, "a@b.example", "ko", "k", clock()).as_bytes()
    hidden, shown = reading.read(raw, secrets=False), reading.read(raw, secrets=True)
    assert hidden.hidden
    assert not shown.hidden
    assert TOKEN in shown.text
    assert TOKEN not in hidden.text
    for line in hidden.source.split("\n\n", 1)[1].split():
        assert TOKEN not in line
    decoded = base64.b64decode("".join(hidden.source.split("\n\n", 1)[1].split())).decode()
    assert TOKEN not in decoded
    assert reading.HIDDEN in decoded
    assert sorted(hidden.headers) == sorted(shown.headers)


def test_only_secrets_are_hidden() -> None:
    slug = "a-consultation-about-artificial-intelligence-in-korea"
    text_ = (f"http://portal.test/c/{slug}/ {'A' * 43} signature {'B' * 86}==\n"
             f"http://portal.test/x?token={TOKEN}&next=/ http://portal.test/invitations/{TOKEN}.\n")
    assert reading.hide_secrets(text_) == text_.replace(TOKEN, reading.HIDDEN)


def test_staff_do_not_get_the_link_but_the_demonstration_does(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock, demo_app: Flask) -> None:
    mail_id = write(sessions, clock, "secret", template="reset_password", token=TOKEN,
                    until=clock() + timedelta(hours=1), following="")
    admin = sign_in(scene.admin)
    body = admin.get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    assert TOKEN not in body
    assert base64.b64encode(TOKEN.encode())[:40].decode() not in body.replace("\n", "")
    assert "비밀 링크를 가렸습니다" in body
    demo = Visitor(demo_app, admin.cookie).get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    assert f'<a href="{LINK}">{LINK}</a>' in demo
    assert "비밀 링크를 가렸습니다" not in demo


# ----------------------------------------------------------------------------------------------------- sending again


def test_a_failed_mail_is_sent_again(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    mail_id = write(sessions, clock, "again", status="failed")
    with sessions() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.commit()
    admin = sign_in(scene.admin)
    page = admin.get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    assert "SMTPDataError 554" in page
    answer = admin.post(f"/admin/mail/{mail_id}/send-again", form_at=f"/admin/mail/{mail_id}")
    assert answer.headers["Location"] == f"/admin/mail/{mail_id}"
    with sessions() as session:
        mail = session.get_one(Mail, mail_id)
        assert (mail.status, mail.attempts, mail.last_error, mail.next_try_at) == ("waiting", 0, "", clock())
        assert session.execute(text("SELECT args->>'mail_id' FROM procrastinate_jobs")).scalars().all() == [
            str(mail_id)]
        found = session.scalars(select(AuditEvent).where(
            AuditEvent.verb == "mail.sent_again", AuditEvent.subject_id == mail_id)).one()
        assert found.account_id == scene.admin.account_id
    assert "다시 보내고 있습니다" in admin.get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    admin.post(f"/admin/mail/{mail_id}/send-again", form_at="/admin/mail/", status=409)


def test_the_button_stands_at_failed_mails_only(
        scene: Scene, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    admin = sign_in(scene.admin)
    for status in ("waiting", "sent", "failed"):
        mail_id = write(sessions, clock, f"button-{status}", status=status)
        body = admin.get(f"/admin/mail/{mail_id}").get_data(as_text=True)
        assert ("/send-again" in body) == (status == "failed")


def test_the_pages_speak_english(
        scene: Scene, sessions: sessionmaker[Session], clock: TestClock, sign_in: SignIn) -> None:
    mail_id = write(sessions, clock, "english", status="failed", locale="en")
    with sessions() as session:
        session.execute(text("UPDATE accounts SET locale = 'en' WHERE id = :id"), {"id": scene.admin.account_id})
        session.commit()
    try:
        admin = sign_in(scene.admin)
        assert "Every mail that the portal wrote" in admin.get("/admin/mail/").get_data(as_text=True)
        assert "After 6 tries the portal stopped." in admin.get(f"/admin/mail/{mail_id}").get_data(as_text=True)
    finally:
        with sessions() as session:
            session.execute(text("UPDATE accounts SET locale = 'ko' WHERE id = :id"), {"id": scene.admin.account_id})
            session.commit()
