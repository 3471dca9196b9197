"""The public pages: what anyone reads of a consultation, and what nobody may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bench.statements import counting
from portal.publication import services
from portal.responses.models import Response, ResponseEdition
from portal.review.models import Cluster, Segment
from portal.submissions.models import Comment
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor

SECRET = "영업비밀-표식-7731"
PHONE = "010-0000-7731"


@dataclass(frozen=True)
class Published:
    consultation_id: int
    slug: str
    number: str


def _segment(session: Session, now: datetime, consultation_id: int, filed: factories.Filed, comment: Comment,
             cluster: Cluster) -> None:
    session.add(Segment(
        consultation_id=consultation_id, submission_id=filed.submission.id, comment_id=comment.id,
        comment_uid=comment.uid, ordinal=1, start=0, end=len(comment.reason), clause_eid=comment.clause_eid,
        clause_order=1, position=comment.position, language="ko", organisation_id=filed.submission.organisation_id,
        organisation_kind="company", filed_at=now, lead="", cluster_id=cluster.id, coverage="published"))


@pytest.fixture(scope="module")
def published(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        of = factories.consultation(session, now, ministry)
        company = factories.organisation(session, now)
        signer = factories.member(session, now, company)
        filed = factories.filing(session, now, of, company, signer, {
            "proposal_form": "fragment", "proposal_language": "ko", "proposal_old": "사전에 고지하여야",
            "proposal_text": "사전에 알기 쉽게 고지하여야"}, {"clause_eid": "doc", "position": "support"}, {
            "clause_eid": "art_3", "position": "oppose", "reason": f"{SECRET} 때문에 반대합니다.",
            "confidential": [{"field": "reason", "start": 0, "end": 14, "ground": "trade_secret"}]}, {
            "clause_eid": "art_3", "reason": f"{PHONE}로 연락 주십시오.",
            "finds": [{"kind": "phone", "field": "reason", "start": 0, "end": 13}]})
        person = factories.organisation(session, now, "홍길동", "individual")
        factories.filing(session, now, of, person, factories.member(session, now, person, name="홍길동"),
                         {"clause_eid": "after_art_3", "proposal_form": "new_clause", "proposal_language": "ko",
                          "proposal_text": "제4조(유예) 과태료는 1년간 유예한다."})
        cluster = Cluster(consultation_id=of.id, title_ko="고지의 범위", title_en="Scope of notice",
                          issue_ko="범위가 넓다", issue_en="Too wide", created_at=now, updated_at=now)
        session.add(cluster)
        session.flush()
        _segment(session, now, of.id, filed, filed.comments[0], cluster)
        response = Response(
            consultation_id=of.id, cluster_id=cluster.id, disposition="partly_accepted", text_ko="일부 반영합니다.",
            text_en="Taken in part.", step="published", edition=1, approved_digest="0" * 64,
            approved_by=signer.account_id, approved_at=now, created_at=now, updated_at=now)
        session.add(response)
        session.flush()
        session.add(ResponseEdition(
            response_id=response.id, number=1, disposition="partly_accepted", text_ko="일부 반영합니다.",
            text_en="Taken in part.", changed_clauses=[], digest="0" * 64, approved_at=now, published_at=now))
        session.flush()
        services.build(session, of.id, now)
        services.build_home(session, now)
        number = session.get_one(type(filed.submission), filed.submission.id).public_number
        session.commit()
        assert number is not None
        return Published(of.id, of.slug, number)


def _paths(published: Published) -> list[str]:
    base = f"/c/{published.slug}/"
    return ["/", base, f"{base}v1/", f"{base}v1/beside", f"{base}v1/a/2/1", f"{base}v1/a/2", f"{base}v1/a/3", f"{base}v1/doc",
            f"{base}v1/h/1", f"{base}submissions/", f"{base}submissions/{published.number}", f"{base}responses/",
            f"{base}responses/1", "/search", "/search?q=고지", "/search?q=notify", "/search?q=%EC%97%86%EC%9D%8C",
            f"{base}v1/a/3?after=0", f"{base}submissions/?kind=individual", f"{base}responses/?disposition=noted",
            f"{base}terms-of-filing", "/terms", "/privacy", "/accessibility"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_in_both_languages(visitor: Visitor, published: Published, language: str) -> None:
    for path in _paths(published):
        address = path + ("" if language == "ko" else ("&" if "?" in path else "?") + "lang=en")
        page = visitor.get(address)
        body = page.get_data(as_text=True)
        assert f'<html lang="{language}">' in body, address
        assert not page.headers.getlist("Set-Cookie") and "Cookie" not in page.headers.get("Vary", ""), address
        assert "ETag" in page.headers and "public" in page.headers["Cache-Control"], address


def test_withheld_words_reach_no_page(visitor: Visitor, published: Published) -> None:
    for path in _paths(published):
        body = visitor.get(path).get_data(as_text=True)
        assert SECRET not in body and PHONE not in body and "홍길동" not in body, path
    page = visitor.get(f"/c/{published.slug}/v1/a/3").get_data(as_text=True)
    assert page.count("comment--withheld") == 2
    assert "홍○○" in visitor.get(f"/c/{published.slug}/submissions/").get_data(as_text=True)


def test_the_response_stands_beside_the_clause(visitor: Visitor, published: Published) -> None:
    body = visitor.get(f"/c/{published.slug}/v1/a/2/1").get_data(as_text=True)
    assert "일부 반영합니다." in body and "<ins>" in body
    english = visitor.get(f"/c/{published.slug}/v1/a/2/1?lang=en").get_data(as_text=True)
    assert "Taken in part." in english


def test_a_place_behind_a_clause_leads_to_the_clause(visitor: Visitor, published: Published) -> None:
    response = visitor.get(f"/c/{published.slug}/v1/after/3", status=303)
    assert response.headers["Location"] == f"/c/{published.slug}/v1/a/3"
    assert "유예" in visitor.get(f"/c/{published.slug}/v1/a/3").get_data(as_text=True)


@pytest.mark.parametrize("path", ["v1/a/99", "v2/", "v1/zzz", "v1/a/2/", "submissions/NO-1", "responses/999",
                                  "documents/1", "v1/a/99?after=3"])
def test_what_is_not_there(visitor: Visitor, published: Published, path: str) -> None:
    response = visitor.get(f"/c/{published.slug}/{path}", status=303 if path == "v1/a/2/" else 404)
    if response.status_code == 404:
        assert not response.headers.getlist("Set-Cookie")


def test_a_stored_page_costs_one_statement_and_304_none_of_its_bytes(
    visitor: Visitor, published: Published
) -> None:
    visitor.get("/")  # a new connection asks the server who it is
    with counting() as statements:
        first = visitor.get(f"/c/{published.slug}/v1/")
    assert len(statements) == 1
    again = visitor.get(f"/c/{published.slug}/v1/", status=304, headers={"If-None-Match": first.headers["ETag"]})
    assert again.get_data() == b""


def test_after_midnight_the_sentence_is_another(visitor: Visitor, published: Published, clock: TestClock) -> None:
    path = f"/c/{published.slug}/"
    today = visitor.get(path)
    clock.at += timedelta(days=1)
    try:
        tomorrow = visitor.get(path)
        clock.at += timedelta(days=60)
        closed = visitor.get(path).get_data(as_text=True)
    finally:
        clock.at -= timedelta(days=61)
    assert today.headers["ETag"] != tomorrow.headers["ETag"]
    assert "phase--open" in today.get_data(as_text=True)
    assert "phase--closed" in closed and "phase--open" not in closed


def test_max_age_never_passes_midnight(visitor: Visitor, published: Published, clock: TestClock) -> None:
    before = clock.at
    clock.at = before.replace(hour=14, minute=59, second=55)
    try:
        header = visitor.get(f"/c/{published.slug}/v1/a/2").headers["Cache-Control"]
    finally:
        clock.at = before
    assert "max-age=5," in header
