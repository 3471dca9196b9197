"""A portal that really runs (gunicorn and worker, as users have them) and a real browser that reports every fault."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, sync_playwright

from portal.cli.supervisor import web_command, worker_command
from portal.kernel.i18n import msg, translate
from portal.settings import Settings
from tests.support import temporary
from tests.support.browser import ARGUMENTS, find_or_install
from tests.support.ports import free_port

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
#: Whether the focused control, or the label drawn in its place, has a ring.
FOCUS_SHOWS = """(() => {
    const control = document.activeElement;
    const drawn = [control, ...(control.labels || []), control.parentElement];
    return drawn.some(element => { const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'; });
})()"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)


#: What a page is made of, without its words: each element within the two around it. A page that holds nothing which was
#: not examined before in this layout is not examined again (the language is no part of it, but every `lang` is): axe
#: takes a third of a second for a page.
SHAPE = """(() => {
    const told = element => element === null ? '' : [element.localName,
        element.className.baseVal ?? element.className,
        element.lang === '' ? '' : element.lang === document.documentElement.lang, element.hidden, element.open, element.disabled,
        element.ariaLabel !== null, element.getAttribute('role'), element.type].join('.');
    const layout = innerWidth < 600;
    const found = Array.from(document.querySelectorAll('body, body *'), element =>
        [layout, told(element.parentElement?.parentElement ?? null), told(element.parentElement), told(element)].join(' > '));
    return Array.from(new Set(found));
})()"""


class Examined:
    """The shapes that this run has examined, in whichever of its processes: an empty file for each."""

    def __init__(self) -> None:
        self._folder = temporary.shared("examined")

    def new(self, shapes: Iterable[str]) -> list[Path]:
        """What stands for those of the shapes that were not examined yet."""
        files = {self._folder / hashlib.sha1(shape.encode(), usedforsecurity=False).hexdigest() for shape in shapes}
        return [file for file in files if not file.exists()]

    def add(self, files: Iterable[Path]) -> None:
        """These were examined, and nothing was found."""
        for file in files:
            file.touch()


@dataclass(frozen=True)
class Running:
    """A portal with its address."""

    url: str
    settings: Settings


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
def analysis() -> bool:
    """Whether the worker suggests clusters and tags: its tokeniser takes seconds to load, so only where it matters."""
    return False


@pytest.fixture(scope="module")
def running(settings: Settings, analysis: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal on this module's database, as in the demo: staff need no second factor."""
    live = replace(settings, base_url=f"http://127.0.0.1:{free_port()}", demo=True, analysis=analysis)
    log = tmp_path_factory.mktemp("live") / "log"
    portal, children = start(live, log)
    yield portal
    ended = [child.args for child in children if child.poll() is not None]
    stop(children)
    said = log.read_text()
    assert not ended, f"{ended} ended by itself: {said}"
    assert not re.search(r"job failed|ticker failed|unexpected|Traceback", said), said


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module and no longer: while Playwright runs in a thread, nothing else there can run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=ARGUMENTS)
        yield browser
        browser.close()


def _is_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


@dataclass
class Person:
    """Somebody at a browser. Every page opened is checked: no console error, no CSP report, nothing that axe finds."""

    page: Page
    url: str
    language: str = "ko"
    faults: list[str] = field(default_factory=list)
    #: Where axe looks at the pages of somebody without JavaScript, in which axe cannot run.
    mirror: Page | None = None

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.faults.append(f"script: {e}"))
        self.page.on("request", lambda r: None if r.url.startswith((self.url, "data:", "blob:"))
                     else self.faults.append(f"foreign request: {r.url}"))

    def say(self, text: str, **values: Any) -> str:
        """Our words in this person's language."""
        said = translate(msg(text, **values), self.language)
        assert self.language == "en" or said != text, f"there is no Korean for {text!r}"
        return said

    def open(self, path: str) -> None:
        """Go to a page and look it over."""
        self.page.goto(self.url + path)
        self.look()

    def open_when(self, path: str, words: str, *, absent: bool = False) -> None:
        """Wait until a page holds the words (or holds them no more), as when the worker has still to publish it."""
        deadline = time.monotonic() + 40
        while True:
            answer = self.page.request.get(self.url + path)
            if answer.status == 200 and (words in answer.text()) is not absent:
                break
            assert time.monotonic() < deadline, f"{path} answers {answer.status}; {words!r} is not as it should be"
            time.sleep(0.1)
        self.open(path)

    def look(self, status: int = 200) -> None:
        """Axe, and what the browser complained of. `status`: of a page that answers 4xx on purpose."""
        page = self.page
        if self.mirror is not None:
            page, words = self.mirror, self.page.content()
            page.unroute_all()
            page.route("**/*.js*", lambda route: route.abort())
            page.route(self.page.url, lambda route: route.fulfill(body=words, content_type="text/html; charset=utf-8"))
            page.goto(self.page.url)
        examined = Examined()
        if new := examined.new(page.evaluate(SHAPE)):
            found = page.evaluate(AXE + """;
                axe.run(document, {resultTypes: ['violations'], preload: false}).then(r => r.violations.map(
                    v => v.id + ': ' + v.nodes.slice(0, 3).map(
                        n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')))""")
            assert found == [], f"{self.page.url}: {found}"
            examined.add(new)
        faults = [fault for fault in self.faults if status == 200 or f"status of {status}" not in fault]
        self.faults.clear()
        assert faults == [], f"{self.page.url}: {faults}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def press_button(self, name: str, status: int = 200) -> None:
        """Press a button by its name in English and look at the page that follows."""
        self.press(self.page.get_by_role("button", name=self.say(name), exact=True), status)

    def follow(self, name: str) -> None:
        """Follow a link by its name in English and look at the page."""
        self.press(self.page.get_by_role("link", name=self.say(name), exact=True))

    def press(self, target: Locator, status: int = 200) -> None:
        """Press what leads to another page, and look at that."""
        # Not `expect_navigation`: an editor that saves itself changes its address, too.
        with self.page.expect_event("load"), self.page.expect_response(_is_page) as answer:
            target.first.click()
        assert answer.value.status == status, f"{self.page.url} answers {answer.value.status}: {self.words()[:600]}"
        self.look(status)

    def fill(self, values: dict[str, str]) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def choose(self, name: str, value: str) -> None:
        """Choose one of several by pressing its label, as a person does."""
        box = self.page.locator(f'input[name="{name}"][value="{value}"]')
        self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        assert box.is_checked(), f"{name} = {value} is not chosen"

    def sign_in(self, email: str, password: str, to: str = "") -> None:
        """Sign in by the form."""
        self.open("/sign-in?" + (f"next={to}&" if to else "") + f"lang={self.language}")
        self.fill({"email": email, "password": password})
        self.press_button("Sign in")

    def carry(self, secret: str) -> None:
        """Be signed in already, with a session's secret."""
        self.page.context.add_cookies([{"name": "portal_session", "value": secret, "url": self.url}])

    def tab_to(self, target: Locator, most: int = 120) -> None:
        """Reach a control with the Tab key alone; whatever has the focus on the way can be seen to have it."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                assert self.page.evaluate(FOCUS_SHOWS), f"the focus cannot be seen on {target}"
                return
        raise AssertionError(f"{most} times Tab does not lead to {target}")

    def words(self, selector: str = "main") -> str:
        """What can be read there, with single spaces."""
        return re.sub(r"\s+", " ", self.page.locator(selector).first.inner_text())


@pytest.fixture
def person(browser: Browser, running: Running) -> Iterator[Callable[..., Person]]:
    """Makes people at browsers: in a language, at a width, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def make(language: str = "ko", *, javascript: bool = True, width: int = 1280) -> Person:
        def page(javascript: bool) -> Page:
            context = browser.new_context(
                locale={"ko": "ko-KR", "en": "en-GB"}[language], java_script_enabled=javascript,
                viewport={"width": width, "height": 900}, reduced_motion="reduce", bypass_csp=False)
            context.set_default_timeout(15_000)
            contexts.append(context)
            return context.new_page()

        someone = Person(page(javascript), running.url, language)
        if not javascript:
            someone.mirror = page(True)
        return someone

    yield make
    for context in contexts:
        context.close()
