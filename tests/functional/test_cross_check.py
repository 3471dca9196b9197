"""Staff hold what amending sentences made against the consolidated text: told are the differences, and nothing changes."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.drafts import queries, services
from portal.kernel.actor import Actor
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.unit.drafts.texts import MARKDOWN

SENTENCES = """시험법 시행령 일부를 다음과 같이 개정한다.
제2조제2항 중 “문서로”를 “전자문서로”로 한다.
제2조제1항제2호를 삭제한다.
"""
CONSOLIDATED = MARKDOWN.replace("문서로 한다", "전자문서로 한다").replace("2\\. 시험의 결과", "2\\. 삭제")


@dataclass(frozen=True)
class Desk:
    visitor: Visitor
    base: str
    of: int
    sessions: sessionmaker[Session]

    def check(self, status: int = 200, **values: Any) -> str:
        response = self.visitor.post(self.base + "check", values, status=status, form_at=self.base + "check")
        return str(response.get_data(as_text=True))


@pytest.fixture
def make_desk(sessions: sessionmaker[Session], clock: TestClock,
              sign_in: Callable[[Actor], Visitor]) -> Callable[..., Desk]:
    def make(locale: str = "ko", *, words: str = SENTENCES, sentences: bool = True) -> Desk:
        with sessions() as session:
            ministry = factories.ministry(session, clock())
            of = factories.consultation(session, clock(), ministry, with_draft=False, draft_kind="partial_amendment")
            publisher = factories.staff(session, clock(), ministry, "publisher")
            session.get_one(Account, publisher.require_account()).locale = locale
            services.import_draft(session, publisher, of.id, filename="개정문.txt", data=words.encode(), now=clock(),
                                  in_force=MARKDOWN.encode(), in_force_filename="현행.md", sentences=sentences)
            session.commit()
            return Desk(sign_in(publisher), f"/admin/consultations/{of.slug}/draft/", of.id, sessions)

    return make


def said(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_where_the_two_differ(make_desk: Callable[..., Desk], locale: str) -> None:
    desk = make_desk(locale)
    assert f'href="{desk.base}check"' in desk.visitor.get(desk.base).get_data(as_text=True)
    other = CONSOLIDATED.replace("전자문서로 한다", "전자문서로 <b>하여야</b> 한다").replace(
        "## 부칙", "##### 제3조 (기록)\n\n기록한다.\n\n## 부칙")
    page = desk.check(pasted=other)
    assert "&lt;b&gt;하여야&lt;/b&gt;" in page and "<b>하여야" not in page
    words = said(page)
    if locale == "ko":
        assert "조항 2개가 서로 다릅니다" in words and "제2조제2항" in words and "이 조항이 없음" in words
        assert "계산한 결과는 기준이 될 수 없습니다" in words
    else:
        assert "The two differ in 2 clauses" in words and "Article 2 (2)" in words and "No such clause" in words
        assert "never the authority" in words
    assert f'href="{desk.base}clause?at=art_2__para_2"' in page and f'href="{desk.base}clause?at=art_3"' not in page
    # What was pasted stands there still.
    assert "제3조 (기록)" in html.unescape(page.split("<textarea")[1].split("</textarea>")[0])


def test_where_they_say_the_same(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    with desk.sessions() as session:
        before = queries.current_import(session, desk.of)
    words = said(desk.check(file=(io.BytesIO(CONSOLIDATED.encode()), "통합본.md")))
    assert "두 글이 같습니다" in words and "통합본.md" in words
    with desk.sessions() as session:
        assert queries.current_import(session, desk.of) == before


def test_what_cannot_be_compared_is_said_and_kept(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    assert "통합본 파일을 고르거나 붙여 넣으십시오" in said(desk.check(422))
    page = desk.check(422, pasted="조문이 없는 글")
    assert "조문이 없는 글" in page.split("<textarea")[1]


def test_only_a_text_made_from_sentences_is_checked(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(words=CONSOLIDATED, sentences=False)
    assert "draft/check" not in desk.visitor.get(desk.base).get_data(as_text=True)
    desk.visitor.get(desk.base + "check", status=404)
    desk.visitor.post(desk.base + "check", {"pasted": CONSOLIDATED}, status=404, form_at=desk.base)
