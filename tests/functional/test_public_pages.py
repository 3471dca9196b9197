"""The public pages: what anyone reads of a consultation, and what nobody may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from bench.statements import counting
from portal.consultations.models import CommentPeriod, NoticeDocument, PeriodExtension
from portal.publication import queries, services, stored
from portal.responses.models import Response, ResponseEdition
from portal.review.models import Cluster, Segment
from portal.submissions.models import Comment
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.support.server import DatabaseUrls

SECRET = "영업비밀-표식-7731"
PHONE = "010-0000-7731"
#: Typed wherever a person may type what is published: every character that HTML gives a meaning.
MARK = "\"&<'"
#: A page that escaped twice shows these instead of the characters.
TWICE = re.compile(r"&amp;(?:amp|lt|gt|quot|#\w+);")


@dataclass(frozen=True)
class Published:
    consultation_id: int
    slug: str
    number: str
    response: int


def _segment(session: Session, now: datetime, consultation_id: int, filed: factories.Filed, comment: Comment,
             cluster: Cluster | None, ordinal: int = 1) -> Segment:
    row = Segment(
        consultation_id=consultation_id, submission_id=filed.submission.id, comment_id=comment.id,
        comment_uid=comment.uid, ordinal=ordinal, start=0, end=len(comment.reason), clause_eid=comment.clause_eid,
        clause_order=1, position=comment.position, language="ko", organisation_id=filed.submission.organisation_id,
        organisation_kind="company", filed_at=now, lead="", cluster_id=cluster and cluster.id, coverage="published")
    session.add(row)
    session.flush()
    return row


def _response(session: Session, now: datetime, consultation_id: int, approver: int, disposition: str, korean: str,
              english: str, editions: int = 1, **subject: int) -> int:
    """A published response to a cluster or a segment."""
    row = Response(
        consultation_id=consultation_id, disposition=disposition, text_ko=korean, text_en=english, step="published",
        edition=editions, approved_digest="0" * 64, approved_by=approver, approved_at=now, created_at=now,
        updated_at=now, **subject)
    session.add(row)
    session.flush()
    for number in range(1, editions + 1):
        session.add(ResponseEdition(
            response_id=row.id, number=number, disposition=disposition, text_ko=korean, text_en=english,
            changed_clauses=[], digest="0" * 64, approved_at=now, published_at=now))
    session.flush()
    return row.id


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
        response = _response(session, now, of.id, signer.require_account(), "partly_accepted", "일부 반영합니다.",
                             "Taken in part.", cluster_id=cluster.id)
        services.build(session, of.id, now)
        services.build_home(session, now)
        number = session.get_one(type(filed.submission), filed.submission.id).public_number
        session.commit()
        assert number is not None
        return Published(of.id, of.slug, number, response)


def _paths(published: Published) -> list[str]:
    base = f"/c/{published.slug}/"
    return ["/", base, f"{base}v1/", f"{base}v1/beside", f"{base}v1/a/2/1", f"{base}v1/a/2", f"{base}v1/a/3", f"{base}v1/doc",
            f"{base}v1/h/1", f"{base}submissions/", f"{base}submissions/{published.number}", f"{base}responses/",
            f"{base}responses/{published.response}", "/search", "/search?q=고지", "/search?q=notify",
            "/search?q=%EC%97%86%EC%9D%8C", f"{base}v1/a/3?after=0", f"{base}submissions/?kind=individual", f"{base}responses/?disposition=noted",
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


@dataclass(frozen=True)
class Marked:
    slug: str
    number: str
    responses: tuple[int, int]


def _marked(**names: str) -> dict[str, str]:
    """Fields in both languages, the marker in each: `_marked(reason="이유")`."""
    return {f"{name}_{language}": f"{words} {MARK} {language}" for name, words in names.items() for language in (
        "ko", "en")}


@pytest.fixture(scope="module")
def marked(sessions: sessionmaker[Session], clock: TestClock) -> Marked:
    """A pre-announcement of administration whose every word holds the marker: a comment in two parts that were answered
    apart, and a second version of the draft without what came after the articles of the first."""
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        of = factories.consultation(
            session, now, ministry, kind="administrative_notice", notice_number=f"공고 {MARK}",
            gazette_number=f"관보 {MARK}", omitted_documents={"old_new_table": {
                "ko": f"뺀 까닭 {MARK}", "en": f"Left out {MARK}"}},
            **_marked(title="제목", legal_basis="근거", reason="제정이유", main_content="주요내용", receiving_body="접수처",
                      method="방법"))
        period = session.scalars(select(CommentPeriod).where(CommentPeriod.consultation_id == of.id)).one()
        period.short_period_record = f"단축 {MARK}"
        session.add(PeriodExtension(
            period_id=period.id, old_closes_at=period.closes_at - timedelta(days=5), new_closes_at=period.closes_at,
            extended_at=now, **_marked(reason="연장")))
        session.add(NoticeDocument(
            consultation_id=of.id, kind="other", filename=f"글 {MARK}.pdf", media_type="application/pdf",
            content=b"%PDF-1.4", digest="0" * 64, added_at=now, **_marked(title="자료")))
        clauses: list[tuple[str, str | None, str, str, str | None, str, str]] = [
            (f"art_{n}", None, "article", f"제{n}조", f"제목 {MARK}", f"다람쥐표식 {MARK} 글", f"Squirrelmark {MARK} text")
            for n in range(1, 95)]
        company = factories.organisation(session, now, f"회사 {MARK}")
        signer = factories.member(session, now, company)
        factories.draft(session, now, of, 2, clauses)
        session.flush()
        filed = factories.filing(session, now, of, company, signer, {
            "clause_eid": "art_2", "reason": f"첫 부분 {MARK}. 둘째 부분.", "legal_basis": f"법 {MARK}",
            "proposal_form": "full_text", "proposal_language": "ko", "proposal_text": f"새 글 {MARK}"})
        cluster = Cluster(consultation_id=of.id, created_at=now, updated_at=now, **_marked(title="묶음", issue="쟁점"))
        session.add(cluster)
        session.flush()
        _segment(session, now, of.id, filed, filed.comments[0], cluster)
        second = _segment(session, now, of.id, filed, filed.comments[0], None, 2)
        responses = tuple(
            _response(session, now, of.id, signer.require_account(), disposition, f"답 {n} {MARK}", f"Answer {n} {MARK}",
                      editions=2, **subject)
            for n, (disposition, subject) in enumerate((
                ("partly_accepted", {"cluster_id": cluster.id}), ("not_accepted", {"segment_id": second.id})), 1))
        services.build(session, of.id, now)
        services.build_home(session, now)
        number = session.get_one(type(filed.submission), filed.submission.id).public_number
        session.commit()
        assert number is not None
        return Marked(of.slug, number, (responses[0], responses[1]))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_published_words_are_escaped_once(visitor: Visitor, marked: Marked, language: str) -> None:
    home = f"/c/{marked.slug}/"
    of_all = [f"제목 {MARK} {language}"]
    of_response = [f"답 1 {MARK}" if language == "ko" else f"Answer 1 {MARK}", f"묶음 {MARK} {language}"]
    of_comment = [f"첫 부분 {MARK}. 둘째 부분.", f"법 {MARK}", f"회사 {MARK}"]
    told = {
        "/": of_all,
        home: [*of_all, *of_response, *(f"{words} {MARK} {language}" for words in (
            "근거", "제정이유", "주요내용", "접수처", "방법", "연장", "자료")), f"단축 {MARK}", f"공고 {MARK}", f"관보 {MARK}",
               f"뺀 까닭 {MARK}" if language == "ko" else f"Left out {MARK}"],
        f"{home}v2/": of_all, f"{home}v2/beside": of_all, f"{home}v2/a/2": [*of_all, *of_response, *of_comment],
        f"{home}v2/a/2?after=0": of_comment, f"{home}v2/files/": of_all, f"{home}compare/v1/v2": of_all,
        f"{home}compare/v1/v2/text": of_all, f"{home}v2/a/999": of_all, f"{home}terms-of-filing": of_all,
        f"{home}submissions/": [*of_all, f"회사 {MARK}"], f"{home}submissions/{marked.number}": [*of_all, *of_comment],
        f"{home}responses/": [*of_all, *of_response],
        f"{home}responses/{marked.responses[0]}": [*of_all, *of_response, *of_comment, f"쟁점 {MARK} {language}"],
        f"/search?q={'다람쥐표식' if language == 'ko' else 'Squirrelmark'}": of_all, "/search?q=%22%26%3C%27": [],
        "/search?q=부분": of_comment}
    for path, words in told.items():
        address = path + ("&" if "?" in path else "?") + f"lang={language}"
        body = visitor.get(address, status=404 if path.endswith("/999") else 200).get_data(as_text=True)
        assert not TWICE.search(body), (address, TWICE.findall(body))
        assert MARK not in body, address
        for each in words:
            assert str(escape(each)) in body, (address, each)


def test_a_comment_with_two_results_shows_both(visitor: Visitor, marked: Marked) -> None:
    home = f"/c/{marked.slug}/"
    for path in (f"submissions/{marked.number}", "v2/a/2", "v2/a/2?after=0", f"responses/{marked.responses[1]}"):
        body = visitor.get(home + path).get_data(as_text=True)
        comment = body[body.index('<article class="comment '):]
        assert "일부 반영" in comment and "미반영" in comment, path
        for response_id in marked.responses:
            assert f'href="{home}responses/{response_id}"' in comment, path


def test_newest_responses_say_what_they_are_about(visitor: Visitor, marked: Marked) -> None:
    body = visitor.get(f"/c/{marked.slug}/").get_data(as_text=True)
    newest = body[body.index(f"/responses/{marked.responses[1]}\""):]
    assert "제2조에 대한 검토의견" in newest and "답 2 " in newest and f"검토의견 {marked.responses[1]}" not in newest
    assert "On Article 2" in visitor.get(f"/c/{marked.slug}/?lang=en").get_data(as_text=True)


def test_a_response_to_one_segment_is_named_by_its_clause(visitor: Visitor, marked: Marked) -> None:
    path = f"/c/{marked.slug}/responses/{marked.responses[1]}"
    for address, name in ((path, "제2조에 대한 검토의견"), (f"{path}?lang=en", "On Article 2")):
        body = visitor.get(address).get_data(as_text=True)
        assert re.search(rf"<h1[^>]*>\s*{name}\s*</h1>", body) and f"<title>{name} · " in body


def test_a_response_whose_comments_were_withdrawn_says_so(
        visitor: Visitor, published: Published, sessions: sessionmaker[Session], clock: TestClock) -> None:
    def stand(excuse: str | None, column: str) -> str:
        with sessions() as session:
            session.execute(text("UPDATE segments SET excuse = :excuse, coverage = :column WHERE consultation_id = :c"),
                            {"excuse": excuse, "column": column, "c": published.consultation_id})
            services.build(session, published.consultation_id, clock())
            session.commit()
        return visitor.get(f"/c/{published.slug}/responses/").get_data(as_text=True)

    try:
        assert "답한 의견이 철회되었거나 다시 제출됨" in stand("withdrawn", "excused")
    finally:
        assert "답한 의견이 철회되었거나" not in stand(None, "published")


def test_each_kind_of_notice_has_its_own_name(visitor: Visitor, marked: Marked, published: Published) -> None:
    ours, theirs = (visitor.get(f"/c/{slug}/").get_data(as_text=True) for slug in (marked.slug, published.slug))
    assert "행정예고안" in ours and "입법예고안" not in ours and "입법예고안" in theirs
    terms = visitor.get(f"/c/{marked.slug}/terms-of-filing").get_data(as_text=True)
    assert "행정예고에 의견서를" in terms


def test_an_unknown_clause_leads_on(visitor: Visitor, marked: Marked) -> None:
    home = f"/c/{marked.slug}/"
    body = visitor.get(f"{home}v1/a/50", status=404).get_data(as_text=True)
    assert "제1차 안에는 제50조가 없습니다." in body
    assert all(f'href="{home}{path}"' in body for path in ("", "v1/", "v2/a/50"))
    for path in ("v1/a/999", "v1/a/999?after=3", "v1/zzz"):
        response = visitor.get(home + path, status=404)
        body = response.get_data(as_text=True)
        assert f'href="{home}v1/"' in body and "/a/999\"" not in body, path
        assert response.headers["Cache-Control"] == "no-store" and not response.headers.getlist("Set-Cookie")
    assert "/v1/" not in visitor.get(f"{home}v9/a/1", status=404).get_data(as_text=True)


def test_a_comment_that_was_found_says_of_which_consultation_and_version_it_is(
        visitor: Visitor, published: Published) -> None:
    for query, version in (("/search?q=고지", "제1차 안에 대한 의견"), ("/search?q=고지&lang=en", "On version 1 of the draft")):
        body = visitor.get(query).get_data(as_text=True)
        shown = re.findall(r'<p class="comment__note"><a href="([^"?]+)[^>]*>([^<]+)</a> · ([^<]+)</p>', body)
        assert shown and {(href, said) for href, _, said in shown} == {(f"/c/{published.slug}/", version)}, query
        title = re.search(r"<h1[^>]*>\s*([^<]+?)\s*</h1>", visitor.get(
            f"/c/{published.slug}/" + query.partition("&")[2].replace("lang", "?lang")).get_data(as_text=True))
        assert title and {name for _, name, _ in shown} == {title[1]}, query
    assert "comment__note\"><a" not in visitor.get(f"/c/{published.slug}/v1/a/2").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["2조 1항", "제2조제1항", "Article 2 (1)", "art. 2(1)", "2(1)"])
def test_a_search_for_an_address_finds_the_clause_in_each_consultation_that_takes_comments_first(
        visitor: Visitor, sessions: sessionmaker[Session], clock: TestClock, typed: str) -> None:
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        closed = factories.consultation(session, now, ministry, opened_days_ago=50)
        opened = factories.consultation(session, now, ministry, opened_days_ago=30, days=60)
        gone = factories.consultation(session, now, ministry, opened_days_ago=20, concluded_at=now)
        without = factories.consultation(session, now, ministry)
        factories.draft(session, now, opened, 2)
        factories.draft(session, now, without, 2, factories.SMALL_DRAFT[:2])
        for each in (closed, opened, gone, without):
            services.build(session, each.id, now)
        result = queries.search(session, typed, now=now)
        slugs = {each: each.slug for each in (closed, opened, gone, without)}
        session.rollback()
    assert result is not None
    shown = [row["url"] for row in result.named]
    assert {row["name_ko"] for row in result.named} == {"제2조제1항"}
    assert f"/c/{slugs[without]}/v1/a/2/1" not in shown and result.named_total == len(shown)
    places = [shown.index(f"/c/{slugs[each]}/v{version}/a/2/1") for each, version in (
        (opened, 2), (gone, 1), (closed, 1))]
    assert places == sorted(places)


def test_a_search_page_shows_the_named_clause_before_those_that_hold_the_words(
        visitor: Visitor, published: Published) -> None:
    for query, name in (("2조 1항", "제2조제1항"), ("Article 2 (1)&lang=en", "Article 2 (1)")):
        body = visitor.get(f"/search?q={query}").get_data(as_text=True)
        heading = re.search(r"<h2[^>]*>([^<]*) <span", body)
        assert heading is not None and heading[1] == name
        assert f"/c/{published.slug}/v1/a/2/1" in body[heading.start():].partition("</ul>")[0], query
    assert not re.search(r"<h2[^>]*>제2조제1항", visitor.get("/search?q=고지").get_data(as_text=True))


def test_words_that_are_no_address_ask_no_statement_more(sessions: sessionmaker[Session], clock: TestClock,
                                                         published: Published) -> None:
    with sessions() as session:
        session.execute(text("SELECT 1"))
        for typed, most in (("고지", 4), ("2조 1항", 5)):
            with counting() as statements:
                queries.search(session, typed, now=clock())
            assert len(statements) <= most, typed


def test_an_open_consultation_leads_to_its_draft(visitor: Visitor, published: Published) -> None:
    for language, name in (("", "안 읽기"), ("?lang=en", "Read the draft")):
        band = visitor.get(f"/c/{published.slug}/{language}").get_data(as_text=True).partition("</main>")[0]
        buttons = re.findall(r'<a class="button[^"]*" href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?<span>([^<]*)</span>', band)
        assert (f"/c/{published.slug}/v1/{language}", name) in buttons
        assert f"/workspace/{published.slug}/" in [href for href, _ in buttons]


def test_a_response_without_a_title_is_not_headed_response_twice(visitor: Visitor, marked: Marked) -> None:
    body = visitor.get(f"/c/{marked.slug}/responses/{marked.responses[1]}?lang=en").get_data(as_text=True)
    titles = re.findall(r'class="response__title"[^>]*>([^<]*)<', body)
    assert titles == ["On Article 2"]


def test_a_search_counts_every_clause_and_leads_to_them(visitor: Visitor, marked: Marked) -> None:
    query, found = "/search?q=다람쥐표식", []
    for shown in (20, 50, 24):
        body = visitor.get(query).get_data(as_text=True)
        assert re.search(r'section-heading__count">94<', body), query
        here = re.findall(rf'href="(/c/{marked.slug}/v2/a/\d+)"', body)
        assert len(here) == shown, query
        found += here
        more = re.search(r'href="(/search\?q=[^"]*clauses=[^"]*)">(?:조항|다음)', body)
        query = more[1].replace("&amp;", "&") if more else ""
    assert not query and found == [f"/c/{marked.slug}/v2/a/{n}" for n in range(1, 95)]


def test_a_strange_place_in_a_search_is_its_beginning(
        sessions: sessionmaker[Session], clock: TestClock, marked: Marked) -> None:
    with sessions() as session:
        for key in ("x", "1-2", "-1-2-3", "9" * 40 + "-1-1"):
            result = queries.search(session, "다람쥐표식", now=clock(), clauses_after=key)
            assert result is not None and len(result.clauses) == 20 and result.clauses_began, key


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


def test_a_database_that_was_started_again_is_asked_again(
        visitor: Visitor, published: Published, database: DatabaseUrls) -> None:
    """Every connection that waits in the pool is dead then; nobody sees an error."""
    path = f"/c/{published.slug}/v1/"
    visitor.get(path)
    elsewhere = create_engine(database.public)
    with elsewhere.connect() as connection:
        ended = connection.execute(text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename ="
                                        " current_user AND datname = current_database() AND pid <> pg_backend_pid()"))
        assert ended.scalar_one() >= 1
    elsewhere.dispose()
    for _ in range(3):
        visitor.get(path)


def test_a_statement_that_took_too_long_is_an_answer_of_its_own(
        visitor: Visitor, published: Published, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to do with the connection: it is not asked twice, and the next page is as ever."""
    path = f"/c/{published.slug}/v1/"
    monkeypatch.setattr(stored, "_ONE", b"SELECT pg_sleep(5), $1::text, $2::text, $3::text")
    monkeypatch.setattr(stored, "_PREPARED", b"slow")
    [public] = [engine for engine in app.extensions["portal.engines"] if engine.url.username == "portal_public"]
    with public.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 50")
    visitor.get(path, status=503)
    monkeypatch.undo()
    public.dispose()
    visitor.get(path)


def test_after_midnight_the_sentence_is_another(visitor: Visitor, published: Published, clock: TestClock,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    # What a process keeps of a later day would be served to the tests that follow on an earlier one.
    monkeypatch.setattr(stored.stored_page, "__defaults__", (stored.PageCache(),))
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
