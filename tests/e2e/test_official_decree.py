"""The main job once on the official text: Presidential Decree 36053, 347 clauses, Korean with its English beside.

Done through the pages by a client that audits each; the text stands beside the project and is never copied into it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.app import registry
from portal.jobs import worker
from portal.kernel import unit_of_work
from portal.kernel.actor import Actor
from portal.responses import services as responses
from portal.responses.services import ChangedClause, ResponseInput
from portal.review import services as review
from portal.review.services import ClusterInput
from portal.settings import Settings
from tests import factories
from tests.conftest import TestClock
from tests.functional.workspace_scene import hidden_fields
from tests.support.client import Visitor
from tests.unit.ordinances.official import DECREE_1, MAPPING, needs_data

pytestmark = needs_data

SLUG = "official-decree"
BASE = f"/admin/consultations/{SLUG}/"
NOTICE = {
    "notice_number": "시험부공고 제2025-7호", "gazette_number": "제21000호", "gazette_url": "", "method_en": "",
    "legal_basis_ko": "행정절차법 제41조", "legal_basis_en": "Article 41", "reason_ko": "위임한 사항을 정함",
    "reason_en": "", "main_content_ko": "주요내용", "main_content_en": "", "receiving_body_ko": "시험정책과",
    "receiving_body_en": "", "method_ko": "법제정보시스템"}
REASON = "사전에 고지하는 방법을 소상공인이 고를 수 있게 하여 주십시오."
ANSWER = {"ko": "고지의 방법을 고를 수 있도록 일부 반영하였습니다.", "en": "Accepted in part: the manner may be chosen."}


def version(desk: Visitor, path: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', desk.get(path).get_data(as_text=True))
    assert found
    return found[1]


def notice(desk: Visitor, ministry: int) -> None:
    """From nothing to announced, with both files imported and looked at."""
    desk.post("/admin/consultations/new", {
        "ministry": str(ministry), "kind": "legislative_notice", "draft_kind": "enactment",
        "title_ko": "인공지능기본법 시행령 제정안", "title_en": "Draft AI Decree", "slug": SLUG,
        "number_prefix": "OFFICIAL", "action": "save"})
    english = MAPPING / "ai_decree_36053_en.json"
    desk.post(f"{BASE}draft/import", {
        "file": (io.BytesIO(DECREE_1.read_bytes()), DECREE_1.name),
        "english": (io.BytesIO(english.read_bytes()), english.name)}, form_at=f"{BASE}draft/")
    preview = desk.get(f"{BASE}draft/?view=both").get_data(as_text=True)
    assert ">347<" in preview and 'id="lines-title"' not in preview
    desk.post(f"{BASE}notice", {**NOTICE, "version": version(desk, f"{BASE}notice"), "action": "save"})
    desk.post(f"{BASE}period", {"starts_on": "2025-12-03", "days": "40", "short_period_record": "",
                                "version": version(desk, f"{BASE}period"), "action": "save"})
    desk.post(f"{BASE}rule", {"comments_appear": "as_screened", "responses_while_open": "y",
                              "version": version(desk, f"{BASE}rule"), "action": "save"})
    desk.post(f"{BASE}documents", {"kind": "impact_analysis", "file": (io.BytesIO(b"%PDF-1.7\n"), "분석서.pdf")})
    desk.post(f"{BASE}documents/omissions", {"article_reasons_ko": "제정이유에 적음", "version": version(
        desk, f"{BASE}documents")}, form_at=f"{BASE}documents")
    desk.post(f"{BASE}announce", {"version": version(desk, f"{BASE}check")}, form_at=f"{BASE}check")


def file_a_comment(filer: Visitor) -> None:
    """A fragment on the duty to notify, written and filed by its forms."""
    there = f"/workspace/{SLUG}/comments/new?at=art_23__para_1"
    page = filer.get(there).get_data(as_text=True)
    assert "인공지능사업자" in page and "notify" in page.lower()
    filer.post(there, {"position": "amend", "proposal_form": "fragment", "proposal_language": "ko", "language": "ko",
                       "fragment_old": "사전에 고지해야", "fragment_new": "사전에 알기 쉽게 고지해야", "reason": REASON,
                       "act": "save"})
    form = hidden_fields(filer.get(f"/workspace/{SLUG}/review").get_data(as_text=True), "/file")
    answer = filer.post(f"/workspace/{SLUG}/file", {**form, "signer_name": "이서명", "signer_title": "",
                                                    "terms_agreed": "y"}, form_at=f"/workspace/{SLUG}/review")
    assert answer.headers["Location"] == f"/workspace/{SLUG}/filings/1"


def answer_it(session: Session, people: dict[str, Actor], clock: TestClock) -> None:
    """Clustered and answered by the reviewer, approved by the approver, published by the publisher."""
    consultation, segment = session.execute(text(
        "SELECT s.consultation_id, s.id FROM segments s JOIN consultations k ON k.id = s.consultation_id"
        " WHERE k.slug = :slug"), {"slug": SLUG}).one()
    now = clock()
    cluster, _ = review.create_cluster(session, people["reviewer"], consultation, ClusterInput(
        "고지의 방법", "Manner of notice", "고를 수 있게 하자는 의견", "Leave a choice"), segment_ids=[segment], now=now)
    response = responses.draft_response(session, people["reviewer"], consultation, cluster_id=cluster, now=now)
    saved = responses.save_response(session, people["reviewer"], consultation, response, ResponseInput(
        "partly_accepted", ANSWER["ko"], ANSWER["en"], (ChangedClause(1, "art_23__para_1"),)), expected_version=1,
        now=now)
    responses.send_for_approval(session, people["reviewer"], consultation, response, expected_version=saved.version,
                                now=now)
    saved = responses.approve(session, people["approver"], consultation, response, now=now, seen_digest=responses.
                              digest_of(session.get_one(responses.Response, response)))
    responses.publish(session, people["publisher"], consultation, response, expected_version=saved.version, now=now)


def test_the_walk_on_the_official_text(
    app: Flask, settings: Settings, sessions: sessionmaker[Session], clock: TestClock, visitor: Visitor,
    sign_in: Callable[[Actor], Visitor],
) -> None:
    with sessions() as session:
        ministry = factories.ministry(session, clock())
        people = {role: factories.staff(session, clock(), ministry, role)
                  for role in ("publisher", "reviewer", "approver")}
        filer = factories.member(session, clock(), factories.organisation(session, clock()))
        session.commit()

    def work() -> None:
        """What the worker does, all that waits now."""
        assert settings.database_url is not None
        worker.run_waiting(settings.database_url, registry(settings), sessions, clock)

    notice(sign_in(people["publisher"]), ministry.id)
    work()
    read_every_clause(visitor)
    file_a_comment(sign_in(filer))
    clock.at += timedelta(minutes=5)
    work()
    assert REASON in visitor.get(f"/c/{SLUG}/v1/a/23/1").get_data(as_text=True)
    unit_of_work.run(sessions, lambda session: answer_it(session, people, clock))
    work()
    for language, words in ANSWER.items():
        page = visitor.get(f"/c/{SLUG}/v1/a/23/1" + ("?lang=en" if language == "en" else "")).get_data(as_text=True)
        assert words in page and "<ins>" in page
    draft = visitor.get(f"/c/{SLUG}/v1/").get_data(as_text=True)
    assert "clause-margin" in draft
    results = sign_in(filer).get(f"/workspace/{SLUG}/results").get_data(as_text=True)
    assert ANSWER["ko"] in results


def read_every_clause(visitor: Visitor) -> None:
    """347 clauses stand on the page of the draft in both languages, and the page of each opens."""
    korean = visitor.get(f"/c/{SLUG}/v1/").get_data(as_text=True)
    english = visitor.get(f"/c/{SLUG}/v1/?lang=en").get_data(as_text=True)
    for page in (korean, english):
        clauses = re.findall(
            r'<div class="clause clause--(?:article|paragraph|subparagraph|item)\b[^>]*\bid="(art_[^"]+)"', page)
        assert len(clauses) == len(set(clauses)) == 347
    places = re.findall(rf'href="(/c/{SLUG}/v1/a/[0-9][^"?#]*)"', korean)
    assert len(set(places)) == 347

    def opened(path: str) -> Any:
        # Not audited one by one: all are made by the template whose pages are audited above and below.
        answer = visitor.client.get(path, base_url=visitor.settings.base_url)
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)

    for place in sorted(set(places)):
        assert '<html lang="ko">' in opened(place)
        assert '<html lang="en">' in opened(f"{place}?lang=en")
    visitor.get(sorted(set(places))[170])
