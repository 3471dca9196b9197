"""A publisher makes a consultation in the browser, without JavaScript: every step in both languages, every refusal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.consultations import queries
from portal.drafts import queries as drafts
from portal.kernel.actor import Actor
from portal.web import csrf
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor, audit
from tests.unit.drafts.texts import DEMO, ENGLISH, MARKDOWN

NOTICE_DAY = datetime(2025, 11, 12, 1, 0, tzinfo=UTC)
NOTICE = {
    "notice_number": "시험부공고 제2025-7호", "gazette_number": "제21000호", "gazette_url": "https://gwanbo.go.kr/1",
    "legal_basis_ko": "행정절차법 제41조", "legal_basis_en": "Article 41", "reason_ko": "법이 위임한 사항을 정함",
    "reason_en": "", "main_content_ko": "가. 목적 <b>(안 제1조)</b>", "main_content_en": "", "receiving_body_ko":
    "시험부 시험정책과", "receiving_body_en": "", "method_ko": "포털 또는 법제정보시스템", "method_en": "Portal"}


@pytest.fixture(autouse=True)
def on_the_day(clock: TestClock) -> Iterator[None]:
    """The day of the real notice."""
    before, clock.at = clock.at, NOTICE_DAY
    yield
    clock.at = before


@pytest.fixture(params=["ko", "en"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def publisher(sessions: sessionmaker[Session], locale: str) -> Actor:
    with sessions() as session:
        ministry = factories.ministry(session, NOTICE_DAY)
        actor = factories.staff(session, NOTICE_DAY, ministry, "publisher", "approver", "reviewer", name="박공고")
        session.get_one(Account, actor.require_account()).locale = locale
        session.commit()
    return replace(actor, locale=locale)


@pytest.fixture
def desk(publisher: Actor, sign_in: Callable[[Actor], Visitor]) -> Visitor:
    return sign_in(publisher)


_numbers = iter(range(1, 10_000))


def begin(desk: Visitor, **more: str) -> str:
    """Make one by its form; the base address of its pages."""
    n = next(_numbers)
    answer = desk.post("/admin/consultations/new", {
        "ministry": ministry_of(desk), "kind": "legislative_notice", "draft_kind": "enactment",
        "title_ko": "시험법 시행령 제정안", "title_en": "Draft Testing Decree", "slug": f"testing-{n}",
        "number_prefix": f"TEST-{n}", "act": "save", **more})
    location = answer.headers["Location"]
    assert location.endswith("/draft/")
    return location.removesuffix("draft/")


def ministry_of(desk: Visitor) -> str:
    found = re.search(r'name="ministry" value="(\d+)"', words(desk.get("/admin/consultations/new")))
    assert found
    return found[1]


def words(response: Any) -> str:
    return str(response.get_data(as_text=True))


def version(desk: Visitor, path: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', words(desk.get(path)))
    assert found, f"no version on {path}"
    return found[1]


def upload(filename: str, content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), filename


def make_ready(desk: Visitor, **more: str) -> str:
    """Everything that the announcement needs, through the pages."""
    base = begin(desk, **more)
    desk.post(base + "draft/import", {"file": upload("안.md", MARKDOWN.encode())}, form_at=base + "draft/")
    desk.post(base + "notice", {**NOTICE, "version": version(desk, base + "notice"), "act": "save"})
    desk.post(base + "period", {"starts_on": "2025-11-12", "days": "40", "short_period_record": "",
                                "version": version(desk, base + "period"), "act": "save"})
    desk.post(base + "rule", {"comments_appear": "as_screened", "responses_while_open": "y",
                              "version": version(desk, base + "rule"), "act": "save"})
    desk.post(base + "documents", {"kind": "impact_analysis", "file": upload("규제영향분석서.pdf", b"%PDF-1.7\n")})
    desk.post(base + "documents/omissions", {"article_reasons_ko": "제정이유에 적음", "version": version(
        desk, base + "documents")}, form_at=base + "documents")
    return base


def slug_of(base: str) -> str:
    return base.rstrip("/").rpartition("/")[2]


# ------------------------------------------------------------------------------------------------------------ the walk


def test_the_whole_walk(desk: Visitor, publisher: Actor, sign_in: Callable[[Actor], Visitor],
                        sessions: sessionmaker[Session], locale: str, clock: TestClock) -> None:
    assert "/admin/consultations/new" in words(desk.get("/admin/"))
    base = begin(desk)
    step = words(desk.get(base + "draft/"))
    assert 'aria-current="step"' in step

    desk.post(base + "draft/import", {"file": upload("draft_v1.json", (DEMO / "draft_v1.json").read_bytes())},
              form_at=base + "draft/")
    preview = words(desk.get(base + "draft/"))
    assert "347" in preview and "인공지능사업자" in preview
    for view in ("en", "both"):
        assert "artificial intelligence" in words(desk.get(base + f"draft/?view={view}")).lower()

    desk.post(base + "notice", {**NOTICE, "version": version(desk, base + "notice"), "act": "save"})
    assert "&lt;b&gt;(안 제1조)&lt;/b&gt;" in words(desk.get(base + "notice"))
    period = words(desk.get(base + "period"))
    assert 'value="2025-11-12"' in period and 'value="40"' in period  # today, and the law's forty days
    answer = desk.post(base + "period", {"starts_on": "2025-11-12", "days": "40", "short_period_record": "",
                                         "version": version(desk, base + "period"), "act": "save"})
    assert answer.headers["Location"] == base + "rule"
    assert ("2025. 12. 22.(월) 24:00" if locale == "ko" else "Mon 22 Dec 2025, 24:00 KST") in words(
        desk.get(base + "period"))
    desk.post(base + "rule", {"comments_appear": "as_screened", "responses_while_open": "y", "legal_review": "y",
                              "version": version(desk, base + "rule"), "act": "save"})
    desk.post(base + "documents", {"kind": "impact_analysis", "title_ko": "규제영향분석서",
                                   "file": upload("../분석서.pdf", b"%PDF-1.7\n")})
    documents = words(desk.get(base + "documents"))
    assert "규제영향분석서" in documents and "박공고" in documents

    check = words(desk.get(base + "check"))
    assert check.count("checks__item--missing") == 1 and f'action="{base}announce"' not in check
    desk.post(base + "documents/omissions", {
        "article_reasons_ko": "제정이유에 적음", "article_reasons_en": "In the reason",
        "version": version(desk, base + "documents")}, form_at=base + "documents")
    check = words(desk.get(base + "check"))
    assert "checks__item--missing" not in check and f'action="{base}announce"' in check
    start = words(desk.get("/admin/"))
    assert f'href="{base}check"' in start

    answer = desk.post(base + "announce", {"version": version(desk, base + "check")}, form_at=base + "check")
    assert answer.headers["Location"] == base
    own = words(desk.get(base))
    assert "/periods/1/extend" in own and "/periods/new" in own
    with sessions() as session:
        facts = queries.consultation_by_slug(session, slug_of(base))
        assert facts.phase(clock()) == "open" and facts.legal_review and facts.responses_while_open
        published = drafts.latest_version(session, facts.id)
        assert published is not None and (published.number, published.clause_count) == (1, 347)

    # The deadline is extended with a reason; notice is given again over one article; the text is revised.
    desk.post(base + "periods/1/extend", {"last_day": "2026-01-10", "reason_ko": "의견이 많음", "reason_en": "Many",
                                          "version": version(desk, base + "periods/1/extend"), "act": "save"})
    assert ("2026. 1. 12.(월) 24:00" if locale == "ko" else "Mon 12 Jan 2026, 24:00 KST") in words(desk.get(base))
    desk.post(base + "draft/import", {"file": upload("draft_v2.json", (DEMO / "draft_v2.json").read_bytes())},
              form_at=base + "draft/")
    revised = words(desk.get(base + "draft/"))
    assert "402" in revised and f'action="{base}draft/publish"' in revised
    desk.post(base + "draft/publish", {"version": version(desk, base + "draft/"), "rest": "y"}, form_at=base + "draft/")
    desk.post(base + "periods/new", {
        "starts_on": "2026-01-13", "days": "40", "short_period_record": "", "over": "some", "scope": ["art_2", "tbl_1"],
        "version": version(desk, base + "periods/new"), "act": "save"})
    with sessions() as session:
        facts = queries.consultation_by_slug(session, slug_of(base))
        scope = facts.periods[1].scope
        assert scope is not None and {"art_2", "tbl_1"} < set(scope) and all(
            eid == "tbl_1" or eid == "art_2" or eid.startswith("art_2__") for eid in scope)
        assert [v.number for v in drafts.versions(session, facts.id)] == [1, 2]

    # After the last close, with nothing unanswered, it is concluded.
    clock.at = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    desk = sign_in(publisher)
    assert "/conclude" in words(desk.get("/admin/"))
    desk.post(base + "conclude")
    desk.get(base)
    with sessions() as session:
        assert queries.consultation_by_slug(session, slug_of(base)).phase(clock()) == "concluded"


def test_looking_changes_nothing(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    base = begin(desk)
    seen = desk.post(base + "notice", {**NOTICE, "reason_ko": "미리 본 이유", "version": "1", "act": "preview"},
                     status=200)
    assert words(seen).count("미리 본 이유") == 2  # in the field and beside it
    desk.post(base + "rule", {"comments_appear": "as_screened", "version": "1", "act": "preview"}, status=200)
    desk.post(base + "basics", {"title_ko": "다른 제목", "kind": "legislative_notice", "draft_kind": "repeal",
                                "version": "1", "act": "preview"}, status=200)
    desk.post(base + "period", {"starts_on": "", "days": "forty", "version": "1", "act": "preview"}, status=200)
    with sessions() as session:
        facts = queries.consultation_by_slug(session, slug_of(base))
        assert (facts.version, facts.reason_ko, facts.comments_appear, facts.periods) == (1, "", "after_close", ())


def test_the_deadline_is_explained_step_by_step(desk: Visitor, locale: str) -> None:
    base = begin(desk)
    seen = words(desk.post(base + "period", {
        "starts_on": "2026-01-22", "days": "40", "short_period_record": "", "version": "1", "act": "preview"},
        status=200))
    # Day 40 is 3 March 2026, the day after the substitute holiday of 1 March: a working day.
    assert ("2026. 3. 3.(화) 24:00" if locale == "ko" else "Tue 3 Mar 2026, 24:00 KST") in seen
    seen = words(desk.post(base + "period", {
        "starts_on": "2026-01-20", "days": "40", "short_period_record": "", "version": "1", "act": "preview"},
        status=200))
    # Day 40 is Sunday, 1 March; Monday is the substitute holiday.
    assert ("2026. 3. 3.(화) 24:00" if locale == "ko" else "Tue 3 Mar 2026, 24:00 KST") in seen
    assert seen.count("is-rolled") == 2


# --------------------------------------------------------------------------------------------------------- refusals


def test_a_short_period_asks_for_the_record(desk: Visitor) -> None:
    base = begin(desk)
    sent = {"starts_on": "2025-11-12", "days": "20", "short_period_record": "", "version": "1", "act": "save"}
    refused = words(desk.post(base + "period", sent, status=422))
    assert 'id="short_period_record-error"' in refused and 'value="20"' in refused
    desk.post(base + "period", {**sent, "short_period_record": "법제처 2025. 11. 3. 협의"})


@pytest.mark.parametrize(("starts_on", "days"), [
    ("12.11.2025", "40"), ("", "40"), ("2025-11-12", ""), ("2025-11-12", "forty"), ("2025-11-12", "0"),
    ("2025-11-12", "99999999999"), ("9999-12-31", "40")])
def test_a_period_that_cannot_be_read(desk: Visitor, starts_on: str, days: str) -> None:
    base = begin(desk)
    for action, status in (("preview", 200), ("save", 422)):
        desk.post(base + "period", {"starts_on": starts_on, "days": days, "short_period_record": "x", "version": "1",
                                    "act": action}, status=status)


def test_nothing_is_announced_while_something_is_missing(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    base = begin(desk)
    refused = words(desk.post(base + "announce", {"version": "1"}, form_at=base + "rule", status=422))
    assert refused.count("checks__item--missing") == 11
    with sessions() as session:
        assert queries.consultation_by_slug(session, slug_of(base)).announced_at is None


def test_a_stale_save_shows_both_texts(desk: Visitor, publisher: Actor, sign_in: Callable[[Actor], Visitor],
                                       sessions: sessionmaker[Session]) -> None:
    base = begin(desk)
    seen = version(desk, base + "notice")
    colleague = sign_in(publisher)
    colleague.post(base + "notice", {**NOTICE, "reason_ko": "동료가 쓴 이유", "version": seen, "act": "save"})
    conflict = desk.post(base + "notice", {**NOTICE, "reason_ko": "내가 쓴 이유", "version": seen, "act": "save"},
                         status=409)
    shown = words(conflict)
    assert "동료가 쓴 이유" in shown and shown.count("내가 쓴 이유") >= 2
    newest = re.search(r'name="version"[^>]*value="(\d+)"', shown)
    assert newest and newest[1] != seen
    desk.post(base + "notice", {**NOTICE, "reason_ko": "내가 쓴 이유", "version": newest[1], "act": "save"})
    with sessions() as session:
        assert queries.consultation_by_slug(session, slug_of(base)).reason_ko == "내가 쓴 이유"


def test_stale_saves_of_the_other_steps(desk: Visitor) -> None:
    base = begin(desk)
    for path, first, second in (
            ("basics", {"title_ko": "가", "kind": "legislative_notice", "draft_kind": "enactment"},
             {"title_ko": "나", "kind": "administrative_notice", "draft_kind": "repeal"}),
            ("rule", {"comments_appear": "as_screened"}, {"comments_appear": "after_close", "legal_review": "y"}),
            ("period", {"starts_on": "2025-11-12", "days": "40", "short_period_record": ""},
             {"starts_on": "2025-11-13", "days": "41", "short_period_record": ""})):
        seen = version(desk, base + path)
        desk.post(base + path, {**first, "version": seen, "act": "save"})
        desk.post(base + path, {**second, "version": seen, "act": "save"}, status=409)
    seen = version(desk, base + "documents")
    desk.post(base + "documents/omissions", {"article_reasons_ko": "하나", "version": seen}, form_at=base + "documents")
    shown = words(desk.post(base + "documents/omissions", {"article_reasons_ko": "둘", "version": seen},
                            form_at=base + "documents", status=409))
    assert "하나" in shown and "둘" in shown


def test_an_announcement_of_what_was_not_seen_is_refused(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    base = make_ready(desk)
    seen = version(desk, base + "check")
    desk.post(base + "rule", {"comments_appear": "after_close", "version": version(desk, base + "rule"),
                              "act": "save"})
    desk.post(base + "announce", {"version": seen}, form_at=base + "check", status=409)
    with sessions() as session:
        assert queries.consultation_by_slug(session, slug_of(base)).announced_at is None
    desk.post(base + "announce", {"version": version(desk, base + "check")}, form_at=base + "check")
    desk.get(base + "notice", status=409)  # fixed from now on
    desk.post(base + "notice", {**NOTICE, "version": "1"}, form_at=base, status=409)


def test_an_earlier_end_is_no_extension(desk: Visitor) -> None:
    base = make_ready(desk)
    desk.post(base + "announce", {"version": version(desk, base + "check")}, form_at=base + "check")
    path = base + "periods/1/extend"
    sent = {"last_day": "2025-12-01", "reason_ko": "가", "reason_en": "a", "version": version(desk, path)}
    assert 'id="last_day-error"' in words(desk.post(path, {**sent, "act": "save"}, status=422))
    for unreadable in ("soon", ""):
        answer = words(desk.post(path, {**sent, "last_day": unreadable, "reason_ko": "", "reason_en": "", "act": "save"},
                                 status=422))
        assert 'id="last_day-error"' in answer and 'id="reason_ko-error"' in answer, "all problems at once"
        assert 'id="reason_en-error"' not in answer
    desk.post(path, {**sent, "last_day": "2026-01-09", "act": "preview"}, status=200)
    desk.post(path, {**sent, "last_day": "2026-01-09", "reason_en": "", "act": "save"}, status=303)
    desk.get(base + "periods/7/extend", status=404)


@pytest.mark.parametrize(("filename", "content"), [
    ("a.pdf", b"MZ not a pdf"), ("a.exe", b"MZ"), ("a.docx", b"PK\x03\x04broken"), ("", b""), ("a.txt", b"\x00\x01")])
def test_hostile_files_are_refused(desk: Visitor, filename: str, content: bytes) -> None:
    base = begin(desk)
    refused = desk.post(base + "documents", {
        "kind": "other", "title_ko": "지킨 제목", "file": upload(filename, content)}, status=422)
    assert 'id="file-error"' in words(refused) and "지킨 제목" in words(refused)


@pytest.mark.parametrize(("megabytes", "status"), [(21, 422), (26, 413)])
def test_a_file_that_is_too_large_gets_a_page(desk: Visitor, megabytes: int, status: int) -> None:
    base = begin(desk)
    boundary = "a-boundary"
    parts = {"csrf_token": desk.token(base + "documents"), "kind": "other", "title_ko": "지킨 제목"}
    body = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                   for name, value in parts.items()).encode()
    body += (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
             "Content-Type: application/pdf\r\n\r\n").encode()
    body += b"%PDF-1.7" + b"0" * (megabytes * 1024 * 1024) + f"\r\n--{boundary}--\r\n".encode()
    answer = desk.client.post(base + "documents", base_url=desk.settings.base_url, input_stream=io.BytesIO(body),
                              content_length=len(body), content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == status
    audit(answer)
    if status == 422:
        assert "지킨 제목" in words(answer)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", "조문이 없습니다".encode(), b"{}", b"\x00\xff"])
def test_a_file_that_is_no_draft(desk: Visitor, data: bytes) -> None:
    base = begin(desk)
    for at in ("draft/", "draft/"):
        desk.post(base + "draft/import", {"file": upload("a.md", data)}, form_at=base + at, status=422)
    desk.post(base + "draft/import", {}, form_at=base + "draft/", status=422)


def test_a_text_with_lines_that_fit_nowhere(desk: Visitor) -> None:
    base = begin(desk)
    bad = MARKDOWN.replace("  1\\. 시험의 방법", "  1\\. 시험의 방법\n  1\\. <script>같은 번호</script>")
    desk.post(base + "draft/import", {"file": upload("a.md", bad.encode())}, form_at=base + "draft/")
    seen = words(desk.get(base + "draft/"))
    assert "&lt;script&gt;같은 번호&lt;/script&gt;" in seen and "not-placed" in seen
    line = bad.splitlines().index("  1\\. <script>같은 번호</script>") + 1
    assert re.search(rf"<b>[^<]*{line}[^<]*</b>", seen)
    desk.post(base + "draft/drop", {"version": version(desk, base + "draft/")}, form_at=base + "draft/")
    assert "not-placed" not in words(desk.get(base + "draft/"))


def test_the_check_names_lines_that_would_not_be_published(desk: Visitor) -> None:
    base = make_ready(desk)
    assert 'class="alert alert--warning' not in words(desk.get(base + "check"))
    bad = MARKDOWN.replace("  1\\. 시험의 방법", "  1\\. 시험의 방법\n  1\\. 같은 번호")
    seen = {"version": version(desk, base + "draft/"), "file": upload("a.md", bad.encode())}
    desk.post(base + "draft/import", seen, form_at=base + "draft/")
    assert 'class="alert alert--warning' in words(desk.get(base + "check"))


def test_english_comes_apart_and_goes_again(desk: Visitor) -> None:
    import json

    base = begin(desk)
    desk.post(base + "draft/import", {"file": upload("a.md", MARKDOWN.encode())}, form_at=base + "draft/")
    seen = version(desk, base + "draft/")
    desk.post(base + "draft/english", {"english": upload("x.json", b"[]"), "version": seen}, form_at=base + "draft/",
              status=422)
    desk.post(base + "draft/english", {"english": upload("en.json", json.dumps(ENGLISH).encode()), "version": seen},
              form_at=base + "draft/")
    shown = words(desk.get(base + "draft/?view=both"))
    assert "An operator shall notify the following:" in shown and "provisions.art_9" in shown
    desk.post(base + "draft/english", {"english": upload("en.json", json.dumps(ENGLISH).encode()), "version": seen},
              form_at=base + "draft/", status=409)
    desk.post(base + "draft/english/drop", {"version": version(desk, base + "draft/")}, form_at=base + "draft/")
    assert "An operator shall" not in words(desk.get(base + "draft/"))


def test_clauses_of_a_partial_amendment_are_marked(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    base = begin(desk, draft_kind="partial_amendment")
    desk.post(base + "draft/import", {"file": upload("a.md", MARKDOWN.encode())}, form_at=base + "draft/")
    shown = words(desk.get(base + "draft/"))
    assert shown.count('name="under"') == shown.count('name="under" value=') and "checked" in shown
    desk.post(base + "draft/marks", {"under": ["art_2", "art_2__para_2"], "version": version(desk, base + "draft/")},
              form_at=base + "draft/")
    with sessions() as session:
        facts = queries.consultation_by_slug(session, slug_of(base))
        text_ = drafts.current_import(session, facts.id)
        assert text_ is not None and "art_1" in text_.outside_notice and "art_2" not in text_.outside_notice
        assert "chp_1" not in text_.outside_notice
    desk.post(base + "draft/marks", {"under": [], "version": version(desk, base + "draft/")},
              form_at=base + "draft/", status=422)


def test_the_portals_own_table_counts(desk: Visitor) -> None:
    base = make_ready(desk, draft_kind="partial_amendment")
    title = re.compile("신ㆍ구조문대비표|신·구조문대비표|Old–new table")
    missing = words(desk.get(base + "check")).count("checks__item--missing")
    assert missing == 1
    desk.post(base + "draft/import", {
        "file": upload("안.md", MARKDOWN.encode()), "in_force": upload("현행.md", MARKDOWN.encode()),
        "version": version(desk, base + "draft/")}, form_at=base + "draft/")
    assert "checks__item--missing" not in words(desk.get(base + "check"))
    documents = words(desk.get(base + "documents"))
    assert title.search(documents)
    assert "포털이 만듦" in documents or "Made by the portal" in documents


def test_a_resident_number_in_the_notice_is_refused_where_it_stands(desk: Visitor) -> None:
    base = begin(desk)
    number = f"900101-{'1234567'}"
    body = "시험정책과 담당 홍길동 " + number
    answer = words(desk.post(base + "notice", {**NOTICE, "receiving_body_ko": body, "act": "save",
                                               "version": version(desk, base + "notice")}, status=422))
    assert 'id="receiving_body_ko-error"' in answer
    assert "홍길동 900101-*******" in answer
    assert body in answer, "what was typed is kept"


# ------------------------------------------------------------------------------------------------------ who may not


def test_other_people_and_other_ministries(desk: Visitor, sessions: sessionmaker[Session], visitor: Visitor,
                                           publisher: Actor, sign_in: Callable[[Actor], Visitor]) -> None:
    base = make_ready(desk)
    with sessions() as session:
        ministry_id = next(iter(publisher.staff_roles))
        from portal.organisations.models import Ministry

        reviewer = factories.staff(session, NOTICE_DAY, session.get_one(Ministry, ministry_id), "reviewer")
        stranger = factories.staff(session, NOTICE_DAY, factories.ministry(session, NOTICE_DAY), "publisher")
        filer = factories.member(session, NOTICE_DAY, factories.organisation(session, NOTICE_DAY))
        session.commit()
    pages = ["", "basics", "notice", "period", "rule", "documents", "check", "draft/"]
    acts = ["basics", "notice", "period", "rule", "documents", "documents/omissions", "announce", "draft/import",
            "draft/drop", "draft/marks", "draft/publish", "conclude"]
    for who, status in ((stranger, 404), (reviewer, 403), (filer, 403)):
        someone = sign_in(who)
        for path in pages:
            someone.get(base + path, status=status)
        token = csrf.token_for(str(someone.cookie), someone.settings.secret_keys[0])
        for path in acts:
            someone.post(base + path, {"version": "1", "csrf_token": token}, status=status)
    for path in pages:
        visitor.get(base + path, status=303)
    assert base not in words(sign_in(stranger).get("/admin/"))
    assert f'href="{base}"' not in words(sign_in(reviewer).get("/admin/"))

    desk.post(base + "announce", {"version": version(desk, base + "check")}, form_at=base + "check")
    other = sign_in(stranger)
    for path in ["", "periods/1/extend", "periods/new", "documents", "draft/"]:
        other.get(base + path, status=403)  # it is public that there is one; its desk is not theirs


def test_a_form_without_its_token_is_refused(desk: Visitor) -> None:
    base = begin(desk)
    desk.post(base + "rule", {"comments_appear": "as_screened", "version": "1", "csrf_token": "0" * 64}, status=403)


def test_nobody_makes_one_for_a_ministry_of_others(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        other = factories.ministry(session, NOTICE_DAY)
        session.commit()
    desk.post("/admin/consultations/new", {
        "ministry": str(other.id), "kind": "legislative_notice", "draft_kind": "enactment", "title_ko": "가"},
        status=404)


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "한글", "../../x", "A B", "%(name)s"])
def test_what_is_typed_wrongly_is_kept(desk: Visitor, typed: str) -> None:
    shown = words(desk.post("/admin/consultations/new", {
        "ministry": ministry_of(desk), "kind": "legislative_notice", "draft_kind": "enactment", "title_ko": "지킨 제목",
        "slug": typed, "number_prefix": "x y"}, status=422))
    assert "지킨 제목" in shown and "<script>alert" not in shown and 'id="slug-error"' in shown


def test_holidays_are_kept(desk: Visitor, sessions: sessionmaker[Session]) -> None:
    desk.post("/admin/holidays/", {"day": "2025-12-22", "is_holiday": "yes", "name_ko": "", "name_en": ""}, status=422)
    desk.post("/admin/holidays/", {"day": "soon", "is_holiday": "yes", "name_ko": "가", "name_en": ""}, status=422)
    desk.post("/admin/holidays/", {"day": "2025-12-22", "is_holiday": "yes", "name_ko": "임시공휴일", "name_en": ""})
    base = begin(desk)
    seen = words(desk.post(base + "period", {"starts_on": "2025-11-12", "days": "40", "version": "1",
                                             "short_period_record": "", "act": "preview"}, status=200))
    assert "임시공휴일" in seen
    desk.post("/admin/holidays/remove", {"day": "2025-12-22"}, form_at="/admin/holidays/")
    desk.post("/admin/holidays/remove", {"day": "never"}, form_at="/admin/holidays/", status=404)
    with sessions() as session:
        assert queries.holiday_overrides(session) == ()


def test_unanswered_opinions_stop_the_conclusion(
        desk: Visitor, publisher: Actor, sign_in: Callable[[Actor], Visitor], sessions: sessionmaker[Session],
        clock: TestClock) -> None:
    base = make_ready(desk)
    desk.post(base + "announce", {"version": version(desk, base + "check")}, form_at=base + "check")
    with sessions() as session:
        facts = queries.consultation_by_slug(session, slug_of(base))
        from portal.consultations.models import Consultation

        organisation = factories.organisation(session, NOTICE_DAY)
        signer = factories.member(session, NOTICE_DAY, organisation)
        factories.filing(session, NOTICE_DAY, session.get_one(Consultation, facts.id), organisation, signer,
                         {"clause_eid": "art_1"}, {"clause_eid": "art_2"})
        session.commit()
    clock.at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    desk = sign_in(publisher)
    assert f'action="{base}conclude"' not in words(desk.get(base + "conclude"))
    desk.post(base + "conclude", form_at="/admin/holidays/", status=409)
    with sessions() as session:
        assert queries.consultation_by_slug(session, slug_of(base)).concluded_at is None


def test_documents_are_sent_as_files(desk: Visitor) -> None:
    base = make_ready(desk)
    found = re.search(rf'href="({re.escape(base)}documents/\d+)"', words(desk.get(base + "documents")))
    assert found
    answer = desk.get(found[1])
    assert answer.headers["Content-Disposition"].startswith("attachment;") and answer.data == b"%PDF-1.7\n"
    desk.post(found[1] + "/remove", form_at=base + "documents")
    desk.get(found[1], status=404)


def test_the_start_page_costs_the_same_whatever_it_lists(desk: Visitor, publisher: Actor, app: Any,
                                                         sessions: sessionmaker[Session]) -> None:
    def count() -> int:
        statements: list[str] = []
        engine = app.extensions["portal"].sessions.kw["bind"]
        listen = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        desk.get("/admin/")
        event.remove(engine, "before_cursor_execute", listen)
        return len(statements)

    begin(desk)
    one = count()
    with sessions() as session:
        from portal.organisations.models import Ministry

        ministry = session.scalars(select(Ministry).where(Ministry.id.in_(publisher.staff_roles))).one()
        for days_ago in (-5, 10, 60, 70):
            factories.consultation(session, NOTICE_DAY, ministry, opened_days_ago=days_ago)
        factories.consultation(session, NOTICE_DAY, ministry, opened_days_ago=70, concluded_at=NOTICE_DAY)
        session.commit()
    assert count() <= one + 2  # what is unanswered is only counted where something is closed
