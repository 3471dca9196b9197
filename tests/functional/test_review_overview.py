"""The first page of review, where we stand, and the code list: what adds up, what waits for whom, what is refused."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.consultations.models import Consultation
from portal.kernel.actor import Actor
from portal.kernel.words import COVERAGE_STATES, POSITIONS
from portal.publication import services as publication
from portal.responses.models import Response, ResponseAuthor
from portal.review import services
from portal.review.models import Segment, Tag, Topic
from portal.review.services import ClusterInput
from portal.web.review import code_list_views
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.unit.review.scene import Scene, scene

SignIn = Callable[[Actor], Visitor]


@dataclass(frozen=True)
class Stand:
    """A consultation with segments in most columns, another one of the ministry, and people of two ministries."""

    id: int
    slug: str
    empty_slug: str
    reviewer: Actor
    approver: Actor
    publisher: Actor
    elsewhere: Actor
    tags: dict[str, int]

    @property
    def url(self) -> str:
        return f"/review/{self.slug}/"


def _in_language(session: Session, actor: Actor, locale: str) -> None:
    session.get_one(Account, actor.require_account()).locale = locale


@pytest.fixture(scope="module")
def stand(sessions: sessionmaker[Session], clock: TestClock) -> Stand:
    now = clock()
    with sessions() as session:
        it = scene(session, now)
        codes = {tag.key: tag.id for tag in it.codes().tags}
        _comments(it)
        first, second, third, *rest = it.segments()
        services.tag_segments(session, it.reviewer, it.id, [first.id, second.id], add=[codes["label"]], remove=[],
                              now=now)
        cluster, _ = services.create_cluster(session, it.reviewer, it.id, ClusterInput("묶음", "Bundle"),
                                             segment_ids=[third.id], now=now)
        _answer(session, it, cluster, "for_approval")
        other, _ = services.create_cluster(session, it.reviewer, it.id, ClusterInput("다른 묶음", "Another"),
                                           segment_ids=[rest[0].id], now=now)
        _answer(session, it, other, "approved")
        it.withdraw(it.filed[-1])
        # Columns as the services leave them once responses have gone on.
        for name, of in (("disposed", third.id), ("approved", rest[0].id)):
            session.get_one(Segment, of).coverage = name
        publication.build(session, it.id, now)
        empty = factories.consultation(session, now, it.ministry, title_ko="빈 입법예고", title_en="Empty one")
        elsewhere = factories.staff(session, now, factories.ministry(session, now), "reviewer", "publisher")
        session.commit()
        return Stand(it.id, it.consultation.slug, empty.slug, it.reviewer, it.approver, it.publisher, elsewhere, codes)


def _comments(it: Scene) -> None:
    it.file({"position": "amend"}, {"clause_eid": "art_3", "position": "oppose"},
            {"clause_eid": "doc", "position": "support"}, {"clause_eid": "after_art_3", "position": "question"})
    it.file({"position": "support", "language": "en"}, {"clause_eid": "art_2", "position": "oppose",
            "confidential": [{"field": "reason", "start": 0, "end": 2, "ground": "trade_secret"}]},
            kind="association", name="협회")
    it.file({"clause_eid": "art_3", "finds": [{"kind": "phone", "field": "reason", "start": 0, "end": 2}]},
            kind="individual", name="홍길동")
    it.file({"clause_eid": "art_3"}, {"clause_eid": "art_2__para_1"}, kind="individual", name="김철회")


def _answer(session: Session, it: Scene, cluster_id: int, step: str) -> None:
    response = Response(
        consultation_id=it.id, cluster_id=cluster_id, disposition="accepted", text_ko="반영합니다.",
        text_en="Taken in.", step=step, edition=0, created_at=it.now, updated_at=it.now,
        **({"approved_digest": "0" * 64, "approved_by": it.approver.account_id, "approved_at": it.now}
           if step == "approved" else {}))
    session.add(response)
    session.flush()
    session.add(ResponseAuthor(response_id=response.id, account_id=it.reviewer.require_account(), since=it.now))
    session.flush()


@contextmanager
def _speaking(sessions: sessionmaker[Session], actor: Actor, locale: str) -> Iterator[None]:
    with sessions() as session:
        _in_language(session, actor, locale)
        session.commit()
    try:
        yield
    finally:
        with sessions() as session:
            _in_language(session, actor, "ko")
            session.commit()


def _html(visitor: Visitor, path: str) -> Any:
    return lxml.html.document_fromstring(visitor.get(path).get_data(as_text=True))


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _table(page: Any, name: str) -> list[list[tuple[str, str | None]]]:
    """The rows of a table: what each cell says, and where it leads."""
    return [[(_words(cell), next((a.get("href") for a in cell.iter("a")), None)) for cell in row]
            for row in page.find(f".//table[@id='{name}']/tbody").iter("tr")]


def _flow(page: Any) -> list[tuple[int, str | None]]:
    found = [each for each in page.iter() if "flow__number" in (each.get("class") or "").split()]
    return [(int(_words(each).replace(",", "")), each.get("href")) for each in found]


def _listed(visitor: Visitor, href: str) -> int:
    """How many segments the queue shows there."""
    assert href.startswith("/review/")
    page = _html(visitor, href)
    found = next(each for each in page.iter("p") if "queue-tools__total" in (each.get("class") or ""))
    digits = re.search(r"[\d,]+", _words(found))
    assert digits
    return int(digits[0].replace(",", ""))


def _count(sessions: sessionmaker[Session], stand: Stand) -> int:
    with sessions() as session:
        return int(session.scalar(text("SELECT count(*) FROM segments WHERE consultation_id = :c"),
                                  {"c": stand.id}) or 0)


# ---------------------------------------------------------------------------------------------------- where we stand


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("path", ["/review/", "{url}coverage", "{url}code-list", "{url}coverage?position=amend",
                                  "/review/{empty}/coverage", "/review/{empty}/code-list"])
def test_every_page_in_both_languages(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session], path: str,
                                      locale: str) -> None:
    with _speaking(sessions, stand.reviewer, locale):
        sign_in(stand.reviewer).get(path.format(url=stand.url, empty=stand.empty_slug))


FILTERS = ["", "?position=amend", "?position=amend&position=oppose&kind=company", "?kind=individual",
           "?language=en", "?tag=none", "?clause=art_2", "?clause=art_2__para_1", "?coverage=untriaged",
           "?clause=art_3&position=oppose", "?position=question&language=ko", "?q=고지", "?unseen=1", "?dealt=yes",
           "?all=1", "?coverage=excused", "?coverage=excused&coverage=untriaged"]


@pytest.mark.parametrize("query", FILTERS)
def test_columns_add_up_and_lead_to_their_lists(stand: Stand, sign_in: SignIn, query: str) -> None:
    reviewer = sign_in(stand.reviewer)
    page = _html(reviewer, f"{stand.url}coverage{query}")
    (received, all_href), *states = _flow(page)
    assert received > 0
    assert sum(n for n, _ in states) == received == _listed(reviewer, str(all_href))
    for n, href in states:
        if "coverage=" not in query:
            assert _listed(reviewer, str(href)) == n
    counting = received - states[-1][0]
    for name, width, whole in (("by-article", len(COVERAGE_STATES), received), ("by-kind", len(COVERAGE_STATES), received),
                               ("positions-by-article", len(POSITIONS), counting)):
        *rows, last = _table(page, name)
        numbers = [[int(words.replace(",", "")) for words, _ in row[1:]] for row in (*rows, last)]
        assert all(sum(row[:-1]) == row[-1] and len(row) == width + 1 for row in numbers)
        assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
        assert numbers[-1][-1] == whole
        for row in (*rows, last):
            assert row[-1][1] or row[-1][0] == "0", f"{row[0]} has no list"
            assert not row[-1][1] or _listed(reviewer, row[-1][1]) == int(row[-1][0])
            counted = [(int(words), href) for words, href in row[1:-1] if href]
            assert all(_listed(reviewer, str(href)) == n for n, href in counted)


def test_the_columns_are_those_of_the_database(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    (received, _), *states = _flow(_html(sign_in(stand.reviewer), f"{stand.url}coverage"))
    with sessions() as session:
        counted = dict(session.execute(text(
            "SELECT coverage, count(*) FROM segments WHERE consultation_id = :c GROUP BY 1"), {"c": stand.id}).all())
    assert received == _count(sessions, stand)
    assert {name: n for name, (n, _) in zip(COVERAGE_STATES, states, strict=True) if n} == counted
    assert counted.keys() == {"untriaged", "triaged", "disposed", "approved", "excused"}


def test_the_start_leads_to_all_that_was_received(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    reviewer = sign_in(stand.reviewer)
    found = [(n, href) for n, href in _flow(_html(reviewer, "/review/")) if (href or "").startswith(stand.url)]
    received, href = found[0]
    assert received == _count(sessions, stand) == _listed(reviewer, str(href))


def test_the_work_is_measured_by_what_counts(sign_in: SignIn, sessions: sessionmaker[Session],
                                             clock: TestClock) -> None:
    with sessions() as session:
        it = scene(session, clock())
        gone = it.file({"position": "oppose"}, {"clause_eid": "art_3", "position": "oppose"}, name="떠난곳")
        it.withdraw(gone)
        it.file({"position": "oppose"}, name="남은곳")
        _in_language(session, it.reviewer, "en")
        session.commit()
    page = _html(sign_in(it.reviewer), f"/review/{it.consultation.slug}/coverage")
    meters = {each.get("aria-label"): (each.get("value"), each.get("max")) for each in page.iter("meter")}
    assert meters["Published, of those that count"] == ("0", "1")
    assert "1 segment still needs a published response" in _words(page)
    oppose = [*POSITIONS].index("oppose")
    assert [row[1 + oppose][0] for row in _table(page, "positions-by-article")] == ["1", "0", "1"]
    assert "of 1." in _words(page)  # most is left at the article of which one of two counts


def test_a_filter_can_be_taken_away_and_stays_in_the_links(stand: Stand, sign_in: SignIn) -> None:
    page = sign_in(stand.reviewer).get(f"{stand.url}coverage?position=amend&q=고지").get_data(as_text=True)
    assert f'href="{stand.url}coverage?position=amend"' in page
    assert '<input type="hidden" name="q" value="고지">' in page
    assert re.search(r'class="flow__number" href="[^"]*position=amend[^"]*coverage=untriaged[^"]*q=', page)


def test_nothing_matches(stand: Stand, sign_in: SignIn) -> None:
    page = _html(sign_in(stand.reviewer), f"{stand.url}coverage?kind=law_firm")
    assert not _flow(page)
    assert page.find(".//table") is None


def test_what_is_withheld_and_why(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    with _speaking(sessions, stand.reviewer, "en"):
        page = _html(sign_in(stand.reviewer), f"{stand.url}coverage")
    grounds = [_words(each) for each in page.iter("ul") if each.get("class") == "grounds" for each in each]
    assert grounds == ["1 A claim of confidentiality is undecided", "1 A find of personal data is not yet reviewed"]
    meters = {each.get("aria-label"): (each.get("value"), each.get("max")) for each in page.iter("meter")}
    assert meters["Comments that the public can read"] == ("5", "7")


def test_the_legal_date(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session], clock: TestClock) -> None:
    began = clock.at
    try:
        with _speaking(sessions, stand.reviewer, "en"):
            reviewer = sign_in(stand.reviewer)
            assert "30 days are left" in _words(_html(reviewer, f"{stand.url}coverage"))
            clock.at = began + timedelta(days=30, hours=-1)
            assert "closes today" in _words(_html(sign_in(stand.reviewer), f"{stand.url}coverage"))
            clock.at = began + timedelta(days=31)
            assert "1 day ago" in _words(_html(sign_in(stand.reviewer), f"{stand.url}coverage"))
    finally:
        clock.at = began


def _statements(app: Flask, visitor: Visitor, path: str) -> list[str]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = app.extensions["portal.engines"][0]
    visitor.get(path)
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_statements_do_not_grow_with_anything(app: Flask, sign_in: SignIn, sessions: sessionmaker[Session],
                                              clock: TestClock) -> None:
    with sessions() as session:
        it = scene(session, clock())
        it.codes()
        it.file({})
        session.commit()
        paths = ["/review/", f"/review/{it.consultation.slug}/coverage", f"/review/{it.consultation.slug}/code-list"]
        reviewer = sign_in(it.reviewer)
        before = [len(_statements(app, reviewer, path)) for path in paths]
        for n in range(12):
            it.file({"clause_eid": "art_3"}, {"clause_eid": "art_2", "position": "oppose"}, name=f"기업 {n}")
            session.add(Topic(consultation_id=it.id, key=f"t{n}", name_ko="주제", name_en="", ordinal=9 + n))
            factories.consultation(session, clock(), it.ministry)
        session.commit()
        assert [len(_statements(app, reviewer, path)) for path in paths] == before
        assert max(before) < 16


# --------------------------------------------------------------------------------------------------- the first page


def _waits(page: Any) -> list[tuple[str, str]]:
    return [(_words(a), a.get("href")) for each in page.iter("ul") if each.get("class") == "waits"
            for a in each.iter("a")]


def test_each_role_sees_what_waits_for_it(stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session]) -> None:
    waits = {}
    for actor in (stand.reviewer, stand.approver, stand.publisher):
        with _speaking(sessions, actor, "en"):
            waits[actor.name] = _waits(_html(sign_in(actor), "/review/"))
    with sessions() as session:
        counted = dict(session.execute(text(
            "SELECT coverage, count(*) FROM segments WHERE consultation_id = :c GROUP BY 1"), {"c": stand.id}).all())
    assert waits["김검토"] == [
        (f"{counted['untriaged']} segments to triage", f"{stand.url}?coverage=untriaged"),
        (f"{counted['triaged']} segments without a disposition", f"{stand.url}?coverage=triaged")]
    assert waits["박승인"] == [("1 response to approve", f"{stand.url}responses/?step=for_approval")]
    assert waits["최공개"] == [("1 approved response to publish", f"{stand.url}responses/?step=approved")]


def test_an_own_text_does_not_wait_for_its_author(sign_in: SignIn, sessions: sessionmaker[Session],
                                                  clock: TestClock) -> None:
    with sessions() as session:
        it = scene(session, clock())
        both = factories.staff(session, clock(), it.ministry, "reviewer", "approver", name="양수겸")
        it.file({})
        cluster, _ = services.create_cluster(session, it.reviewer, it.id, ClusterInput("묶음"),
                                             segment_ids=[it.segments()[0].id], now=clock())
        _answer(session, it, cluster, "for_approval")
        session.execute(text("UPDATE response_authors SET account_id = :a WHERE response_id IN"
                             " (SELECT id FROM responses WHERE consultation_id = :c)"),
                        {"a": both.account_id, "c": it.id})
        session.commit()
        approver = it.approver
    assert not [href for _, href in _waits(_html(sign_in(both), "/review/")) if "responses" in href]
    assert [href for _, href in _waits(_html(sign_in(approver), "/review/")) if "responses" in href]


def test_only_the_consultations_of_the_own_ministry(stand: Stand, sign_in: SignIn) -> None:
    assert stand.slug in sign_in(stand.reviewer).get("/review/").get_data(as_text=True)
    assert stand.slug not in sign_in(stand.elsewhere).get("/review/").get_data(as_text=True)


@pytest.mark.parametrize("path", ["coverage", "code-list", "code-list.json"])
def test_another_ministry_finds_no_such_page(stand: Stand, sign_in: SignIn, path: str) -> None:
    sign_in(stand.elsewhere).get(stand.url + path, status=404)


def test_a_filer_is_refused_and_a_stranger_signs_in(stand: Stand, sign_in: SignIn, visitor: Visitor,
                                                    sessions: sessionmaker[Session], clock: TestClock) -> None:
    with sessions() as session:
        member = factories.member(session, clock(), factories.organisation(session, clock()))
        session.commit()
    for path in ("/review/", f"{stand.url}coverage", f"{stand.url}code-list"):
        sign_in(member).get(path, status=403)
        visitor.get(path, status=303)


# ----------------------------------------------------------------------------------------------------- the code list


@pytest.fixture
def it(sessions: sessionmaker[Session], clock: TestClock) -> Iterator[Scene]:
    """A consultation of its own for each test that changes a list."""
    with sessions() as session:
        made = scene(session, clock())
        made.codes()
        session.commit()
        yield made


def _at(it: Scene) -> str:
    return f"/review/{it.consultation.slug}/code-list"


def _rows(it: Scene, of: type[Tag] | type[Topic]) -> list[Any]:
    it.session.rollback()
    return list(it.session.query(of).filter_by(consultation_id=it.id).order_by(of.id))


def test_topics_and_tags_are_added(it: Scene, sign_in: SignIn) -> None:
    reviewer, at = sign_in(it.reviewer), _at(it)
    reviewer.post(f"{at}/topics", {"topic-name_ko": "집행", "topic-name_en": "Enforcement"}, form_at=at)
    topic = _rows(it, Topic)[-1]
    assert (topic.name_ko, topic.key) == ("집행", "enforcement")
    reviewer.post(f"{at}/tags", {"topic_id": str(topic.id), "name_ko": "과태료 <b>", "name_en": "Fines"}, form_at=at)
    tag = _rows(it, Tag)[-1]
    assert (tag.name_ko, tag.topic_id) == ("과태료 <b>", topic.id)
    shown = reviewer.get(at).get_data(as_text=True)
    assert "과태료 &lt;b&gt;" in shown


@pytest.mark.parametrize(("where", "sent"), [
    ("topics", {"topic-name_ko": "", "topic-name_en": " "}),
    ("topics", {"topic-name_ko": "가" * 301}),
    ("tags", {"topic_id": "0", "name_ko": "새 분류"}),
    ("tags", {"topic_id": "9" * 30, "name_ko": "새 분류"}),
    ("tags", {"topic_id": "x", "name_ko": "새 분류"}),
    ("tags", {"name_ko": ""}),
    ("tags", {"name_ko": "새 분류", "description": "가" * 5_001}),
])
def test_what_cannot_be_added_stays_in_the_form(it: Scene, sign_in: SignIn, where: str, sent: dict[str, str]) -> None:
    at, before = _at(it), [len(_rows(it, Tag)), len(_rows(it, Topic))]
    if where == "tags":
        sent = {"topic_id": str(_rows(it, Topic)[0].id), **sent}
    shown = sign_in(it.reviewer).post(f"{at}/{where}", sent, form_at=at, status=422).get_data(as_text=True)
    assert "error-summary" in shown
    assert all(value in shown for name, value in sent.items() if "name_ko" in name)
    assert [len(_rows(it, Tag)), len(_rows(it, Topic))] == before


def test_names_are_changed_and_a_stale_form_overwrites_nothing(it: Scene, sign_in: SignIn) -> None:
    reviewer, tag, topic = sign_in(it.reviewer), _rows(it, Tag)[0], _rows(it, Topic)[0]
    at = f"{_at(it)}/tags/{tag.id}"
    sent = {"name_ko": "고지", "name_en": "Notice", "description": "", "topic_id": str(topic.id), "version": "1"}
    reviewer.post(at, sent)
    assert _rows(it, Tag)[0].name_ko == "고지"
    stale = reviewer.post(at, {**sent, "name_ko": "나의 이름"}, status=409).get_data(as_text=True)
    assert "나의 이름" in stale
    assert "고지" in stale
    assert "김검토" in stale
    assert 'name="version" value="2"' in stale
    assert _rows(it, Tag)[0].name_ko == "고지"
    reviewer.post(at, {**sent, "name_ko": "나의 이름", "version": "2"})
    assert _rows(it, Tag)[0].name_ko == "나의 이름"

    at = f"{_at(it)}/topics/{topic.id}"
    reviewer.post(at, {"name_ko": "알림", "name_en": "", "version": "1"})
    reviewer.post(at, {"name_ko": "다른 알림", "name_en": "", "version": "1"}, status=409)
    reviewer.post(at, {"name_ko": "", "name_en": "", "version": "2"}, status=422)
    assert _rows(it, Topic)[0].name_ko == "알림"


def test_a_tag_is_retired_and_restored(it: Scene, sign_in: SignIn) -> None:
    reviewer, tag = sign_in(it.reviewer), _rows(it, Tag)[0]
    for act, retired in (("retire", True), ("retire", True), ("restore", False), ("restore", False)):
        reviewer.post(f"{_at(it)}/tags/{tag.id}/{act}", form_at=_at(it))
        assert (_rows(it, Tag)[0].retired_at is not None) is retired


@pytest.mark.parametrize("path", ["tags/{tag}", "topics/{topic}", "tags/{tag}/retire", "tags/{tag}/restore"])
def test_entries_of_another_list_and_of_none(it: Scene, stand: Stand, sign_in: SignIn, sessions: sessionmaker[Session],
                                             path: str) -> None:
    reviewer, at = sign_in(it.reviewer), _at(it)
    with sessions() as session:
        topic = session.query(Topic).filter_by(consultation_id=stand.id).first()
        assert topic is not None
    foreign = path.format(tag=stand.tags["label"], topic=topic.id)
    for wrong in (foreign, re.sub(r"\d+", str(10**30), foreign)):
        reviewer.post(f"{at}/{wrong}", {"name_ko": "x", "version": "1"}, form_at=at, status=404)
    with sessions() as session:
        assert session.get_one(Tag, stand.tags["label"]).retired_at is None


def test_who_is_no_reviewer_reads_only(it: Scene, sign_in: SignIn) -> None:
    at, tag = _at(it), _rows(it, Tag)[0]
    approver = sign_in(it.approver)
    assert f'action="{at}' not in approver.get(at).get_data(as_text=True)
    token = sign_in(it.reviewer).token(at)
    for path in ("topics", "tags", f"tags/{tag.id}", f"tags/{tag.id}/retire", "import"):
        approver.post(f"{at}/{path}", {"csrf_token": token}, status=403)
    assert not [each for each in _rows(it, Tag) if each.retired_at]


def test_a_reviewer_elsewhere_changes_nothing(it: Scene, stand: Stand, sign_in: SignIn) -> None:
    stranger, tag = sign_in(stand.elsewhere), _rows(it, Tag)[0]
    for path in ("topics", "tags", f"tags/{tag.id}", f"tags/{tag.id}/retire", "import"):
        stranger.post(f"{_at(it)}/{path}", {"topic-name_ko": "x", "name_ko": "x"}, form_at="/review/", status=404)


def test_after_the_conclusion_nothing_changes(it: Scene, sign_in: SignIn) -> None:
    reviewer, at = sign_in(it.reviewer), _at(it)
    token = reviewer.token(at)
    it.session.get_one(Consultation, it.id).concluded_at = it.now
    it.session.commit()
    assert f'action="{at}' not in reviewer.get(at).get_data(as_text=True)
    reviewer.post(f"{at}/topics", {"topic-name_ko": "늦은 분류", "csrf_token": token}, status=409)


def test_the_list_of_another_consultation_is_imported(it: Scene, sign_in: SignIn, sessions: sessionmaker[Session],
                                                      clock: TestClock) -> None:
    other = factories.consultation(it.session, clock(), it.ministry, title_ko="두 번째 입법예고")
    it.session.commit()
    reviewer, at = sign_in(it.reviewer), f"/review/{other.slug}/code-list"
    retired = _rows(it, Tag)[0]
    reviewer.post(f"{_at(it)}/tags/{retired.id}/retire", form_at=_at(it))
    reviewer.post(f"{at}/import", {"from": str(it.id)}, form_at=at)
    with sessions() as session:
        assert {tag.key for tag in session.query(Tag).filter_by(consultation_id=other.id)} == {"label", "operators"}
    again = reviewer.post(f"{at}/import", {"from": str(it.id)}, form_at=at)
    assert again.headers["Location"].endswith("/code-list")


def test_a_list_goes_out_as_a_file_and_comes_in_again(it: Scene, sign_in: SignIn, sessions: sessionmaker[Session],
                                                      clock: TestClock) -> None:
    other = factories.consultation(it.session, clock(), it.ministry)
    it.session.commit()
    reviewer, at = sign_in(it.reviewer), f"/review/{other.slug}/code-list"
    file = reviewer.get(f"{_at(it)}.json")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(json.loads(file.data)["tags"]) == 3
    reviewer.post(f"{at}/import", {"file": (io.BytesIO(file.data), "list.json")}, form_at=at)
    assert reviewer.get(f"{at}.json").data == file.data


@pytest.mark.parametrize("content", [
    b"", b"not json", b"\xff\xfe", b"[]", b'"x"', b"{}", b'{"topics": "x", "tags": []}', b"[" * 200_000,
    b'{"topics": [{"key": "Not A Key", "name_ko": "x"}], "tags": []}',
    b'{"topics": [], "tags": [{"key": "a", "topic": "none", "name_ko": "x"}]}',
    b'{"topics": [{"key": "a", "name_ko": 3}], "tags": []}',
    b'{"topics": [{"key": "a", "name_ko": "x"}, {"key": "a", "name_ko": "y"}], "tags": []}',
    json.dumps({"topics": [{"key": "a", "name_ko": "x"}],
                "tags": [{"key": f"t{n}", "topic": "a", "name_ko": "x"} for n in range(501)]}).encode(),
])
def test_a_file_that_is_no_list_is_refused(it: Scene, sign_in: SignIn, content: bytes) -> None:
    before = len(_rows(it, Topic))
    shown = sign_in(it.reviewer).post(f"{_at(it)}/import", {"file": (io.BytesIO(content), "list.json")},
                                      form_at=_at(it), status=422)
    assert "notice--danger" in shown.get_data(as_text=True)
    assert len(_rows(it, Topic)) == before


def test_a_file_that_is_too_large_is_refused(it: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_list_views, "_LARGEST_FILE", 100)
    for size, status in ((100, 303), (101, 422)):
        content = b'{"topics": [], "tags": []}'.ljust(size)
        sign_in(it.reviewer).post(f"{_at(it)}/import", {"file": (io.BytesIO(content), "list.json")}, form_at=_at(it),
                                  status=status)


@pytest.mark.parametrize("name", ["a\\u0000b", "a\\ud800b", "\\u202eb"])
def test_letters_that_cannot_be_kept_do_no_harm(it: Scene, sign_in: SignIn, name: str) -> None:
    content = f'{{"topics": [{{"key": "odd", "name_ko": "{name}"}}], "tags": []}}'.encode()
    sign_in(it.reviewer).post(f"{_at(it)}/import", {"file": (io.BytesIO(content), "list.json")}, form_at=_at(it))
    assert "b" in _rows(it, Topic)[-1].name_ko
    assert not set(_rows(it, Topic)[-1].name_ko) & set("\u0000\ud800\u202e")


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"from": "x"}, 422), ({"from": "999999999"}, 404)])
def test_nothing_chosen_to_import(it: Scene, sign_in: SignIn, sent: dict[str, str], status: int) -> None:
    sign_in(it.reviewer).post(f"{_at(it)}/import", sent, form_at=_at(it), status=status)


def test_the_list_of_another_ministry_is_not_imported(it: Scene, stand: Stand, sign_in: SignIn) -> None:
    before = len(_rows(it, Tag))
    sign_in(it.reviewer).post(f"{_at(it)}/import", {"from": str(stand.id)}, form_at=_at(it), status=404)
    assert len(_rows(it, Tag)) == before
