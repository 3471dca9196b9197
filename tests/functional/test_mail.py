"""Mail: written with what causes it, a real MIME message, delivered to a real server, tried again, never lost."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.adapters.mail import SmtpCarrier, carrier
from portal.jobs import worker
from portal.jobs.queue import Registry
from portal.kernel import unit_of_work
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import NotFoundError, StateError
from portal.notifications import services
from portal.notifications.jobs import MOST_ATTEMPTS, RETRY_AFTER, Sending, retry_waiting
from portal.notifications.models import Mail
from portal.notifications.ports import MailCarrier, MailError
from portal.settings import Settings, SettingsError
from tests import factories

pytestmark = pytest.mark.enable_socket

NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)
SENDER = "portal@portal.test"


def write(session: Session, key: str = "k", *, recipient: str = "person@firm.example",
          template: str = "password_changed", locale: str = "ko", now: datetime = NOW, **values: Any) -> None:
    services.send(session, key=key, template=template, recipient=recipient, locale=locale, now=now,
                  values={"name": "홍길동", **values})


@pytest.fixture
def outbox(sessions: sessionmaker[Session]) -> Iterator[sessionmaker[Session]]:
    """The factory; no mail and no job is left by another test."""
    yield sessions
    with sessions() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(text("UPDATE mails SET status = 'sent', key = key || ':' || id"))
        session.commit()


def stored(outbox: sessionmaker[Session]) -> Mail:
    """The newest mail."""
    with outbox() as session:
        return session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()


def jobs(outbox: sessionmaker[Session]) -> list[int]:
    with outbox() as session:
        return list(session.execute(text(
            "SELECT (args->>'mail_id')::bigint FROM procrastinate_jobs WHERE task_name = 'notifications.send'"
            " AND status = 'todo'")).scalars())


class Recorded:
    """A carrier that takes everything, or refuses as often as it is told."""

    def __init__(self, refuse: int = 0, error: Exception | None = None) -> None:
        self.refuse = refuse
        self.error = error or MailError("SMTPDataError 451")
        self.taken: list[tuple[bytes, str, str]] = []

    def carry(self, message: bytes, sender: str, recipient: str) -> None:
        if self.refuse:
            self.refuse -= 1
            raise self.error
        self.taken.append((message, sender, recipient))


def send(outbox: sessionmaker[Session], by: MailCarrier, mail_id: int, now: datetime = NOW) -> None:
    """The job, as the worker runs it."""
    unit_of_work.run(outbox, lambda session: Sending(by, SENDER).send(session, now=now, mail_id=mail_id))


# ------------------------------------------------------------------------------------------------------------ writing


def test_a_mail_is_written_with_what_causes_it(outbox: sessionmaker[Session]) -> None:
    with outbox() as session:
        before = session.scalars(select(Mail.id)).all()
        write(session, "rolled-back")
        session.rollback()
        assert session.scalars(select(Mail.id)).all() == before
    assert jobs(outbox) == []
    with outbox() as session:
        write(session, "committed")
        session.commit()
    mail = stored(outbox)
    assert (mail.key, mail.status, mail.attempts, mail.recipient) == ("committed", "waiting", 0, "person@firm.example")
    assert jobs(outbox) == [mail.id]


def test_the_same_key_is_one_mail_and_one_job(outbox: sessionmaker[Session]) -> None:
    for recipient in ("first@firm.example", "second@firm.example"):
        with outbox() as session:
            write(session, "same", recipient=recipient)
            session.commit()
    with outbox() as session:
        write(session, "same")
        write(session, "same")
        session.commit()
        assert session.scalars(select(Mail.recipient).where(Mail.key == "same")).all() == ["first@firm.example"]
    assert len(jobs(outbox)) == 1


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_message_is_real_mime(outbox: sessionmaker[Session], locale: str) -> None:
    with outbox() as session:
        write(session, f"mime-{locale}", template="reset_password", locale=locale, token="t" * 43, until=NOW,
              following="")
        session.commit()
    raw = stored(outbox).message
    assert raw.isascii(), "what goes over the wire is ASCII: not every server takes more"
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998, "RFC 5322 2.1.1"
    parsed = message_from_bytes(raw, policy=SMTP)
    assert not parsed.defects
    subject, body = parsed["Subject"], parsed.get_content()
    assert subject == stored(outbox).subject
    word, portal = {"ko": ("비밀번호", "의견수렴 포털"), "en": ("password", "Consultation portal")}[locale]
    assert word in subject
    assert word in body
    assert "홍길동" in body
    assert "/password/reset/" + "t" * 43 in body, "a link must survive the line length of the encoding"
    assert parsed["To"] == "person@firm.example"
    assert parsed["From"].addresses[0].addr_spec == services._sender.address
    assert parsed["From"].addresses[0].display_name == portal
    assert parsed["Date"].datetime == NOW
    assert parsed["Content-Language"] == locale
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_content_charset() == "utf-8"


def test_the_message_id_follows_from_the_key() -> None:
    def message_id(key: str) -> str:
        return str(services.compose("s", "b", "a@b.example", "en", key, NOW)["Message-ID"])

    assert message_id("one") == message_id("one") != message_id("two")


@pytest.mark.parametrize("name", [
    "홍길동\r\nBcc: everyone@evil.example", "x\nX-Own: 1", "x\r\rSubject: other", "a\u2028Bcc: b@evil.example",
    "a\x0b\x0c\x85Bcc: b@evil.example", "오른쪽\u202ereversed", "zero\u200bwidth",
])
def test_values_cannot_become_headers(name: str) -> None:
    """A person's or ministry's name stands in subjects."""
    subject, body = services.render("staff_invitation", "ko", {
        "name": name, "ministry": name, "who": name, "roles": "r", "token": "t", "by_operator": False})
    raw = services.compose(subject, body, "person@firm.example", "ko", "k", NOW).as_bytes(policy=SMTP)
    parsed = message_from_bytes(raw, policy=SMTP)
    assert not parsed.defects
    assert set(parsed.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version"}
    assert parsed["Subject"] == subject
    assert subject.isprintable()


@pytest.mark.parametrize("recipient", [
    "a@b.example\r\nBcc: c@d.example", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example\x00",
    "a@b.example c@d.example",
])
def test_a_recipient_is_one_address(outbox: sessionmaker[Session], recipient: str) -> None:
    with outbox() as session, pytest.raises(ValueError, match="not one address"):
        write(session, "bad", recipient=recipient)


def test_mail_is_plain_text(outbox: sessionmaker[Session]) -> None:
    """Nothing is escaped for HTML, and nothing that a person typed is a template."""
    _, body = services.render("password_changed", "en", {"name": "O'Neil & <b>Co</b> {{ base_url }} [을/를] %(name)s"})
    assert "O'Neil & <b>Co</b> {{ base_url }} [을/를] %(name)s" in body


# ------------------------------------------------------------------------------------------------------------ sending


def test_it_is_sent_once_however_often_the_job_runs(outbox: sessionmaker[Session]) -> None:
    with outbox() as session:
        write(session, "once")
        session.commit()
    mail, by = stored(outbox), Recorded()
    for _ in range(3):
        send(outbox, by, mail.id)
    assert len(by.taken) == 1
    assert by.taken[0] == (mail.message, SENDER, "person@firm.example")
    sent = stored(outbox)
    assert (sent.status, sent.attempts, sent.sent_at, sent.last_error) == ("sent", 1, NOW, "")


def test_two_workers_send_it_once(outbox: sessionmaker[Session]) -> None:
    with outbox() as session:
        write(session, "raced")
        session.commit()
    mail_id, by = stored(outbox).id, Recorded()
    with outbox() as first, outbox() as second:
        assert services.claim(first, mail_id) is not None
        Sending(by, SENDER).send(second, now=NOW, mail_id=mail_id)
        assert by.taken == []
        second.commit()
        Sending(by, SENDER).send(first, now=NOW, mail_id=mail_id)
        first.commit()
    assert len(by.taken) == 1


def test_a_slow_server_holds_up_nobody(outbox: sessionmaker[Session]) -> None:
    """While a mail server thinks, the transaction has no number: the sealer of the audit chain does not wait for it."""
    with outbox() as session:
        write(session, "slow")
        session.commit()

    class Looking:
        numbers: list[Any] = []

        def carry(self, message: bytes, sender: str, recipient: str) -> None:
            self.numbers.append(current.scalar(text("SELECT pg_current_xact_id_if_assigned()")))

    with outbox() as current:
        Sending(Looking(), SENDER).send(current, now=NOW, mail_id=stored(outbox).id)
        current.commit()
    assert Looking.numbers == [None]
    assert stored(outbox).status == "sent"


def test_what_is_refused_is_tried_later_and_fails_in_the_end(outbox: sessionmaker[Session]) -> None:
    with outbox() as session:
        write(session, "refused")
        session.commit()
    mail_id, by, at = stored(outbox).id, Recorded(refuse=99), NOW
    for attempt, pause in enumerate(RETRY_AFTER, 1):
        send(outbox, by, mail_id, at)
        mail = stored(outbox)
        assert (mail.status, mail.attempts, mail.last_error) == ("waiting", attempt, "SMTPDataError 451")
        with outbox() as session:
            session.execute(text("DELETE FROM procrastinate_jobs"))
            retry_waiting(session, now=at + pause - timedelta(seconds=1))
            session.commit()
        assert jobs(outbox) == [], "not before its time"
        at += pause
        with outbox() as session:
            retry_waiting(session, now=at)
            retry_waiting(session, now=at)
            session.commit()
        assert jobs(outbox) == [mail_id], "brought back, once"
    send(outbox, by, mail_id, at)
    mail = stored(outbox)
    assert (mail.status, mail.attempts) == ("failed", MOST_ATTEMPTS)
    send(outbox, Recorded(), mail_id, at)
    assert stored(outbox).status == "failed", "only a person brings a failed mail back"


def test_a_mail_whose_job_was_lost_is_brought_back(outbox: sessionmaker[Session]) -> None:
    with outbox() as session:
        write(session, "lost")
        session.commit()
        session.execute(text("DELETE FROM procrastinate_jobs"))
        retry_waiting(session, now=NOW)
        session.commit()
    assert jobs(outbox) == [stored(outbox).id]


def test_a_broken_carrier_is_noted_on_the_mail(outbox: sessionmaker[Session]) -> None:
    """What nobody foresaw must not leave a mail that is tried for ever with nothing to be seen."""
    with outbox() as session:
        write(session, "broken")
        session.commit()
    send(outbox, Recorded(refuse=1, error=ZeroDivisionError("secret words")), stored(outbox).id)
    mail = stored(outbox)
    assert (mail.status, mail.attempts, mail.last_error) == ("waiting", 1, "ZeroDivisionError")


def test_one_bad_mail_does_not_hold_up_another(outbox: sessionmaker[Session], settings: Settings) -> None:
    with outbox() as session:
        write(session, "bad", recipient="bad@firm.example")
        write(session, "good", recipient="good@firm.example")
        session.commit()

    class Picky:
        taken: list[str] = []

        def carry(self, message: bytes, sender: str, recipient: str) -> None:
            if recipient.startswith("bad"):
                raise MailError("no")
            self.taken.append(recipient)

    registry = Registry()
    registry.add(*Sending(Picky(), SENDER).work())
    assert settings.database_url is not None
    worker.run_waiting(settings.database_url, registry, outbox, lambda: NOW)
    assert Picky.taken == ["good@firm.example"]
    assert jobs(outbox) == []


# ------------------------------------------------------------------------------------------------------- a real server


class Mailbox:
    """What a server does with a message: keeps it, or refuses at a stage with an answer."""

    def __init__(self, **refusals: str) -> None:
        self.refusals = refusals
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(self, server: Server, session: SmtpSession, envelope: Envelope, address: str,
                          options: list[str]) -> str:
        if "rcpt" in self.refusals:
            return self.refusals["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Server, session: SmtpSession, envelope: Envelope) -> str:
        if "data" in self.refusals:
            return self.refusals["data"]
        self.envelopes.append(envelope)
        return "250 taken"


@contextmanager
def serving(mailbox: Mailbox, **more: Any) -> Iterator[int]:
    """A server on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def test_delivery_to_a_real_server(outbox: sessionmaker[Session], settings: Settings) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        with outbox() as session:
            write(session, "real")
            session.commit()
        registry = Registry()
        registry.add(*Sending(carrier(f"smtp://127.0.0.1:{port}"), SENDER).work())
        assert settings.database_url is not None
        for _ in range(2):
            worker.run_waiting(settings.database_url, registry, outbox, lambda: NOW)
    [envelope] = mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["person@firm.example"])
    assert isinstance(envelope.content, bytes)
    arrived = message_from_bytes(envelope.content, policy=SMTP)
    assert not arrived.defects
    assert "홍길동" in arrived.get_content()
    assert envelope.content.strip() == stored(outbox).message.strip()
    assert stored(outbox).status == "sent"


@pytest.mark.parametrize(("stage", "answer", "noted"), [
    ("rcpt", "550 no such user", "SMTPRecipientsRefused 550"), ("rcpt", "450 busy", "SMTPRecipientsRefused 450"),
    ("data", "451 try later", "SMTPDataError 451"), ("data", "554 refused", "SMTPDataError 554")])
def test_a_servers_refusal_is_noted(outbox: sessionmaker[Session], stage: str, answer: str, noted: str) -> None:
    with outbox() as session:
        write(session, f"{stage} {answer}")
        session.commit()
    with serving(Mailbox(**{stage: answer})) as port:
        send(outbox, carrier(f"smtp://127.0.0.1:{port}"), stored(outbox).id)
    mail = stored(outbox)
    assert (mail.status, mail.attempts, mail.last_error) == ("waiting", 1, noted)
    assert mail.next_try_at == NOW + RETRY_AFTER[0]


def test_a_server_that_is_down_and_comes_back(outbox: sessionmaker[Session]) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        pass
    with outbox() as session:
        write(session, "down")
        session.commit()
    mail_id = stored(outbox).id
    send(outbox, carrier(f"smtp://127.0.0.1:{port}"), mail_id)
    assert stored(outbox).last_error == "ConnectionRefusedError"
    with serving(mailbox) as port:
        send(outbox, carrier(f"smtp://127.0.0.1:{port}"), mail_id)
    assert len(mailbox.envelopes) == 1
    assert (stored(outbox).status, stored(outbox).attempts, stored(outbox).last_error) == ("sent", 2, "")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1's name that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256()))
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


def test_a_server_that_nobody_vouches_for_gets_no_mail(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    mailbox = Mailbox()
    with serving(mailbox, tls_context=context) as port, pytest.raises(MailError, match="SSLCertVerificationError"):
        SmtpCarrier(f"smtp+starttls://user:word@localhost:{port}").carry(b"x", SENDER, "a@b.example")
    assert mailbox.envelopes == []


def test_starttls_is_never_given_up(certificate: tuple[Path, Path]) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as port, pytest.raises(MailError, match="SMTPNotSupportedError"):
        SmtpCarrier(f"smtp+starttls://127.0.0.1:{port}").carry(b"x", SENDER, "a@b.example")
    assert mailbox.envelopes == []


def test_starttls_and_password(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    # The system's list of authorities, with ours on it.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    given: list[tuple[bytes, bytes]] = []

    def authenticate(server: Server, session: SmtpSession, envelope: Envelope, how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss word", handled=False)

    mailbox = Mailbox()
    with serving(mailbox, tls_context=context, require_starttls=True, authenticator=authenticate,
                 auth_required=True) as port:
        SmtpCarrier(f"smtp+starttls://user%40firm:p%40ss%20word@localhost:{port}").carry(b"x", SENDER, "a@b.example")
        with pytest.raises(MailError, match="SMTPAuthenticationError 535"):
            SmtpCarrier(f"smtp+starttls://user%40firm:wrong@localhost:{port}").carry(b"x", SENDER, "a@b.example")
    assert given[0] == (b"user@firm", b"p@ss word")
    assert len(mailbox.envelopes) == 1


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "outbox", "smtp://h:x",
                                 "smtp://[", "smtp://h:99999"])
def test_a_setting_that_makes_no_sense_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_MAIL_URL"):
        carrier(url)


def test_send_again_needs_a_failed_mail_and_its_administrator(
        outbox: sessionmaker[Session]) -> None:
    """The service; the pages stand in test_mail_pages.py."""
    with outbox() as session:
        ministry, other = factories.ministry(session, NOW), factories.ministry(session, NOW)
        admin = factories.staff(session, NOW, ministry, "administrator")
        stranger = factories.staff(session, NOW, other, "administrator")
        publisher = factories.staff(session, NOW, ministry, "publisher")
        services.send(session, key="again", template="password_changed", recipient="a@b.example", locale="ko", now=NOW,
                      values={"name": "n"}, ministry_id=ministry.id)
        session.commit()
        mail_id = stored(outbox).id

        def again(actor: Actor, demo: bool = False) -> None:
            services.send_again(session, actor, mail_id, demo=demo, now=NOW + timedelta(days=2))

        with pytest.raises(StateError):
            again(admin)
        session.execute(text("UPDATE mails SET status = 'failed', attempts = 6, last_error = 'x' WHERE id = :id"),
                        {"id": mail_id})
        session.execute(text("DELETE FROM procrastinate_jobs"))
        for actor in (stranger, publisher):
            with pytest.raises(NotFoundError):
                again(actor)
        again(stranger, demo=True)
        session.rollback()
        session.execute(text("UPDATE mails SET status = 'failed', attempts = 6 WHERE id = :id"), {"id": mail_id})
        session.execute(text("DELETE FROM procrastinate_jobs"))
        again(admin)
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "mail.sent_again")).one()
        assert (event.account_id, event.subject_id, event.ministry_id) == (admin.account_id, mail_id, ministry.id)
        session.commit()
    assert (stored(outbox).status, stored(outbox).attempts) == ("waiting", 0)
    assert jobs(outbox) == [mail_id]


def test_unknown_mails_are_no_error(outbox: sessionmaker[Session]) -> None:
    send(outbox, Recorded(), 10**12)
