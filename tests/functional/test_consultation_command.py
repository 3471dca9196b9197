"""`portal consultation …`: a consultation from its facts to its conclusion, and what the commands refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from portal.cli.consultation import consultation
from portal.consultations import queries
from portal.kernel.clock import SEOUL, system_clock
from portal.settings import Settings
from tests import factories
from tests.unit.drafts.texts import ENGLISH, MARKDOWN

Portal = Callable[..., Result]


@pytest.fixture
def portal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """The command, on this module's database."""
    monkeypatch.setenv("PORTAL_DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("PORTAL_PUBLIC_DATABASE_URL", str(settings.public_database_url))
    monkeypatch.setenv("PORTAL_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a-test-key")
    return lambda *args: CliRunner().invoke(consultation, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def staffed(sessions: sessionmaker[Session]) -> tuple[str, str, str]:
    """A ministry's slug, its publisher's address and a reviewer's."""
    now = system_clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        publisher = factories.staff(session, now, ministry, "publisher")
        reviewer = factories.staff(session, now, ministry, "reviewer")
        session.commit()
        return ministry.slug, publisher.email, reviewer.email


def facts(path: Path, ministry: str, **more: Any) -> Path:
    file = path / "facts.json"
    file.write_text(json.dumps({
        "ministry": ministry, "kind": "legislative_notice", "draft_kind": "enactment", "title_ko": "시험법 시행령",
        "slug": f"by-command-{ministry}", "number_prefix": f"CLI-{ministry.upper()}", "notice_number": "제1호",
        "legal_basis_ko": "행정절차법 제41조", "reason_ko": "이유", "main_content_ko": "내용",
        "receiving_body_ko": "시험과", "method_ko": "법제정보시스템", "comments_appear": "as_screened", "days": 40,
        "starts_on": system_clock().astimezone(SEOUL).date().isoformat(),
        "omitted_documents": {"impact_analysis": {"ko": "규제 없음"}, "article_reasons": {"ko": "이유에 적음"}},
        **more}), "utf-8")
    return file


def test_from_the_facts_to_the_extension(portal: Portal, staffed: tuple[str, str, str], tmp_path: Path,
                                         sessions: sessionmaker[Session]) -> None:
    ministry, publisher, _ = staffed
    made = portal("create", facts(tmp_path, ministry), "--as", publisher)
    assert made.exit_code == 0, made.output
    slug = made.output.strip()
    assert slug == f"by-command-{ministry}"
    too_soon = portal("announce", slug, "--as", publisher)
    assert too_soon.exit_code == 1 and "draft: Import the text of the draft." in too_soon.output

    draft, english = tmp_path / "draft.md", tmp_path / "en.json"
    draft.write_text(MARKDOWN.replace("  1\\. 시험의 방법", "  1\\. 시험의 방법\n  1\\. 두 번째"), "utf-8")
    english.write_text(json.dumps(ENGLISH), "utf-8")
    read = portal("import-draft", slug, draft, "--english", english, "--as", publisher)
    assert read.exit_code == 0 and "6 clauses, 1 lines not placed" in read.output and "두 번째" in read.output

    announced = portal("announce", slug, "--as", publisher)
    assert announced.exit_code == 0, announced.output
    with sessions() as session:
        close = queries.consultation_by_slug(session, slug).periods[0].closes_at
    later = (close + timedelta(days=20)).astimezone(SEOUL).date()
    earlier = portal("extend", slug, "--until", (close - timedelta(days=9)).date(), "--reason-ko", "가", "--reason-en",
                     "a", "--as", publisher)
    assert earlier.exit_code == 1 and "last_day" in earlier.output
    extended = portal("extend", slug, "--until", later, "--reason-ko", "가", "--reason-en", "a", "--as", publisher)
    assert extended.exit_code == 0 and "24:00 KST" in extended.output
    early = portal("conclude", slug, "--as", publisher)
    assert early.exit_code == 1 and "periods are closed" in early.output


def test_what_the_commands_refuse(portal: Portal, staffed: tuple[str, str, str], tmp_path: Path) -> None:
    ministry, publisher, reviewer = staffed
    good = facts(tmp_path, ministry)
    assert portal("create", good, "--as", reviewer).exit_code == 1
    assert portal("create", good, "--as", "nobody@example.org").exit_code == 1
    slug = portal("create", good, "--as", publisher).output.strip()
    again = portal("create", good, "--as", publisher)
    assert again.exit_code == 1 and "slug: Another consultation has this address." in again.output
    assert portal("announce", "no-such", "--as", publisher).exit_code == 1
    assert portal("extend", slug, "--until", "2030-01-01", "--reason-ko", "가", "--reason-en", "a", "--as",
                  publisher).exit_code == 1
    for broken in ({"colour": "blue"}, {"starts_on": "soon"}, {"ministry": "nowhere"}, {"omitted_documents": [1]}):
        assert portal("create", facts(tmp_path, **{"ministry": ministry, **broken}), "--as", publisher).exit_code == 1
    no_json = tmp_path / "facts.json"
    for words in ("[]", "{", '"text"'):
        no_json.write_text(words, "utf-8")
        assert portal("create", no_json, "--as", publisher).exit_code == 1
    no_draft = tmp_path / "a.md"
    no_draft.write_text("조문 없음", "utf-8")
    refused = portal("import-draft", slug, no_draft, "--as", publisher)
    assert refused.exit_code == 1 and "file: " in refused.output


def test_a_partial_amendment_comes_with_the_text_in_force(portal: Portal, staffed: tuple[str, str, str],
                                                          tmp_path: Path) -> None:
    ministry, publisher, _ = staffed
    slug = portal("create", facts(tmp_path, ministry, draft_kind="partial_amendment"), "--as", publisher).output.strip()
    in_force, amended, sentences = (tmp_path / name for name in ("now.md", "then.md", "sentences.txt"))
    in_force.write_text(MARKDOWN, "utf-8")
    amended.write_text(MARKDOWN.replace("문서로 한다", "전자문서로 한다"), "utf-8")
    sentences.write_text("시험법 시행령 일부를 다음과 같이 개정한다.\n제2조제2항 중 “문서로”를 “전자문서로”로 한다.\n"
                         "제9조를 삭제한다.\n", "utf-8")
    read = portal("import-draft", slug, amended, "--in-force", in_force, "--as", publisher)
    assert read.exit_code == 0, read.output
    assert "2 clauses under consultation, against now.md" in read.output
    read = portal("import-draft", slug, sentences, "--in-force", in_force, "--sentences", "--as", publisher)
    assert read.exit_code == 0, read.output
    assert "2 clauses under consultation" in read.output and "line 3: 제9조를 삭제한다." in read.output
    refused = portal("import-draft", slug, sentences, "--sentences", "--as", publisher)
    assert refused.exit_code == 1 and "in_force: " in refused.output
    enactment = portal("create", facts(tmp_path, ministry, slug=f"enacted-{ministry}", number_prefix=f"E-{ministry}"),
                       "--as", publisher).output.strip()
    refused = portal("import-draft", enactment, amended, "--in-force", in_force, "--as", publisher)
    assert refused.exit_code == 1 and "in_force: " in refused.output
