"""The web is killed, master and all, while two hundred organisations file at once: nothing with a receipt is lost,
nothing is half done, and the same form sent again gives the same receipt.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.cli.supervisor import web_command
from portal.kernel.clock import system_clock
from portal.settings import Settings
from portal.submissions import services
from portal.submissions.comment_input import CommentInput
from tests import factories
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

FILERS = 200
#: The web is killed as soon as so many have their receipt.
KILLED_AFTER = 50
COOKIE = "portal_session"


@dataclass
class Web:
    """gunicorn on these settings, with one worker, in a process group of its own."""

    settings: Settings
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                web_command(self.settings.host, 1, threads=16), env={**os.environ, **self.settings.to_env()},
                stdout=out, stderr=out, start_new_session=True)
        deadline = time.monotonic() + 30
        while True:
            try:
                if self.ask("GET", "/healthz", "")[0] == 200:
                    return
            except OSError:
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL for master and worker at once. Nobody is told."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def ask(self, method: str, path: str, cookie: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Location and words of an answer. Raises OSError when none comes."""
        connection = http.client.HTTPConnection(self.settings.host, timeout=15)
        try:
            connection.request(
                method, path, urlencode(fields) if fields else None,
                {"Cookie": f"{COOKIE}={cookie}", "Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            return response.status, response.getheader("Location") or "", response.read().decode()
        except http.client.HTTPException as error:  # cut off in the middle of an answer
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@dataclass
class Filer:
    """One organisation's signer before the form: what to send, and what came back."""

    cookie: str
    fields: dict[str, str]
    receipt: str = ""
    answered: bool = False


@pytest.fixture
def web(settings: Settings, tmp_path: Path) -> Iterator[Web]:
    web = Web(replace(settings, base_url=f"http://127.0.0.1:{free_port()}"), tmp_path / "log")
    web.start()
    yield web
    web.kill()


def set_up(sessions: sessionmaker[Session]) -> tuple[str, list[str]]:
    """An open consultation, and two hundred organisations that have each written one comment."""
    now = system_clock()
    cookies = []
    with sessions() as session:
        consultation = factories.consultation(session, now, factories.ministry(session, now))
        period = session.scalar(text("SELECT id FROM comment_periods WHERE consultation_id = :id"),
                                {"id": consultation.id})
        for number in range(FILERS):
            organisation = factories.organisation(session, now, f"기관 {number}")
            signer = factories.member(session, now, organisation)
            submission = services.open_submission(session, signer, period, organisation.id, now=now)
            services.add_comment(session, signer, submission, "art_2__para_1", CommentInput(
                position="oppose", reason="고지 의무의 범위가 넓습니다.", language="ko"), now=now)
            cookies.append(factories.signed_in(session, now, signer))
        session.commit()
        return consultation.slug, cookies


def form_of(web: Web, slug: str, cookie: str) -> Filer:
    """The signer's form as the page gives it."""
    status, _, page = web.ask("GET", f"/workspace/{slug}/review", cookie)
    assert status == 200
    names = ("csrf_token", "request_key", "terms_version", "terms_digest", "submission_version")
    fields = {name: found for name in names for found in _values(page, name)}
    assert set(fields) == set(names)
    return Filer(cookie, {**fields, "signer_name": "이서명", "signer_title": "", "terms_agreed": "y"})


def _values(page: str, name: str) -> list[str]:
    tags = [tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag]
    return [found[1] for tag in tags for found in [re.search(r'value="([^"]*)"', tag)] if found]


def receipt_at(web: Web, slug: str, filer: Filer, location: str) -> str:
    assert location == f"/workspace/{slug}/filings/1"
    status, _, page = web.ask("GET", location, filer.cookie)
    found = re.search(r"R-[0-9A-Z][0-9A-Z-]+", page)
    assert status == 200 and found
    return found[0]


def test_a_killed_web_loses_no_receipt(web: Web, sessions: sessionmaker[Session]) -> None:
    slug, cookies = set_up(sessions)
    filers = [form_of(web, slug, cookie) for cookie in cookies]
    begin = threading.Barrier(FILERS + 1)
    many = threading.Semaphore(0)
    faults: list[str] = []

    def file(filer: Filer) -> None:
        begin.wait(20)
        try:
            status, location, page = web.ask("POST", f"/workspace/{slug}/file", filer.cookie, filer.fields)
            if status != 303:
                faults.append(f"{status}: {page[:300]}")
                return
            filer.answered = True
            many.release()
            filer.receipt = receipt_at(web, slug, filer, location)
        except OSError:
            pass  # killed under it: whether it was filed is what the filer asks next
        except AssertionError as error:
            faults.append(str(error))

    threads = [threading.Thread(target=file, args=(filer,)) for filer in filers]
    for thread in threads:
        thread.start()
    begin.wait(20)
    for _ in range(KILLED_AFTER):
        assert many.acquire(timeout=20), faults
    web.kill()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads) and not faults, faults
    answered = [filer for filer in filers if filer.answered]
    assert KILLED_AFTER <= len(answered) < FILERS, "it was not killed in the middle"

    with sessions() as session:
        filed: dict[str, str] = dict(session.execute(text(
            "SELECT f.request_key, r.number FROM filings f JOIN receipts r ON r.filing_id = f.id")).all())
    for filer in answered:
        number = filed[filer.fields["request_key"]]
        assert filer.receipt in ("", number)
    assert_whole(sessions, len(filed))

    web.start()
    for filer in filers:
        status, location, _ = web.ask("POST", f"/workspace/{slug}/file", filer.cookie, filer.fields)
        assert status == 303
        number = receipt_at(web, slug, filer, location)
        assert number == filed.get(filer.fields["request_key"], number)
        assert filer.receipt in ("", number)
    assert_whole(sessions, FILERS)


def assert_whole(sessions: sessionmaker[Session], filings: int) -> None:
    """So many filings, each with all that belongs to one, and nothing that belongs to none."""
    with sessions() as session:
        counts = session.execute(text("""
            SELECT (SELECT count(*) FROM filings), (SELECT count(*) FROM receipts), (SELECT count(*) FROM filing_salts),
                   (SELECT count(*) FROM comments), (SELECT count(*) FROM leaves WHERE kind = 'filing'),
                   (SELECT count(*) FROM audit_events WHERE verb = 'submission.filed'),
                   (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'submissions.send_receipt'),
                   (SELECT count(*) FROM submissions WHERE filing_count = 1 AND current_filing_id IS NOT NULL),
                   (SELECT count(*) FROM submissions WHERE filing_count > 1)""")).one()
    assert list(counts) == [filings] * 8 + [0]
