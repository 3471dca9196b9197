"""A portal that really runs (gunicorn and worker, as users have them) and a real browser that reports every fault."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.cli.supervisor import web_command, worker_command
from portal.settings import Settings
from tests.support.browser import ARGUMENTS, find_or_install

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)


@dataclass(frozen=True)
class Running:
    """A portal with its address."""

    url: str
    settings: Settings


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start(settings: Settings, log: Path) -> tuple[Running, list[subprocess.Popen[bytes]]]:
    """The web and the worker on these settings."""
    env = {**os.environ, **settings.to_env()}
    children = []
    with log.open("wb") as out:
        for command in (web_command(settings.host, 1), worker_command()):
            children.append(subprocess.Popen(command, env=env, stdout=out, stderr=out))
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(settings.base_url + "/healthz", timeout=2):
                return Running(settings.base_url, settings), children
        except OSError:  # not listening yet, or still starting
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.wait(30)


@pytest.fixture(scope="module")
def running(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal on this module's database, as in the demo: staff need no second factor."""
    live = replace(settings, base_url=f"http://127.0.0.1:{free_port()}", demo=True)
    portal, children = start(live, tmp_path_factory.mktemp("live") / "log")
    yield portal
    stop(children)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser. Every page opened is checked: no console error, no CSP report, nothing that axe finds."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        self.page.on("request", lambda r: None if r.url.startswith((self.url, "data:", "blob:"))
                     else self.faults.append(f"foreign request: {r.url}"))

    def open(self, path: str) -> None:
        """Go to a page and look it over."""
        self.page.goto(self.url + path)
        self.look()

    def look(self) -> None:
        """Axe, and what the browser complained of. A page that answers 4xx on purpose is told apart by its caller."""
        found = self.page.evaluate(AXE + """;
            axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(
                v => v.id + ': ' + v.nodes.slice(0, 3).map(
                    n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')))""")
        assert found == [], f"{self.page.url}: {found}"
        assert self.faults == [], f"{self.page.url}: {self.faults}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def press_button(self, name: str) -> None:
        """Press a button by its name and look at the page that follows."""
        self.page.get_by_role("button", name=name, exact=False).first.click()
        self.page.wait_for_load_state()
        self.look()


@pytest.fixture
def person(browser: Browser, running: Running) -> Iterator[Callable[..., Person]]:
    """Makes people at browsers: in a language, at a width, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def make(language: str = "ko", *, javascript: bool = True, width: int = 1280) -> Person:
        context = browser.new_context(
            locale={"ko": "ko-KR", "en": "en-GB"}[language], java_script_enabled=javascript,
            viewport={"width": width, "height": 900}, reduced_motion="reduce", bypass_csp=False)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Person(context.new_page(), running.url)

    yield make
    for context in contexts:
        context.close()
