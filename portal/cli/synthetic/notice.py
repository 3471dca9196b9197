"""The notice of a synthetic consultation: the demonstration's words, marked as test data, made through the services."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.cli.synthetic.people import Staff
from portal.consultations import services
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.consultations.queries import consultation as consultation_facts
from portal.demo import source
from portal.drafts import services as drafts

#: What every title begins with.
MARK_KO = "[시험 데이터] "
MARK_EN = "[Test data] "
DAYS = 40


def announce(session: Session, staff: Staff, slug: str, starts_on: date, now: datetime) -> int:
    """Make the consultation on the demonstration draft and announce it; its id."""
    told = source.consultation(source.OPEN)
    publisher = staff.actors["publisher"]
    made = services.create_consultation(session, publisher, staff.ministry_id, Basics(
        told["kind"], told["draft_kind"], MARK_KO + told["title_ko"], MARK_EN + told["title_en"], slug,
        f"LT-{slug.upper()}"[:20].rstrip("-")), now=now)
    made = services.change_notice(session, publisher, made.id, Notice(
        told["notice_number_ko"], told["gazette_number_ko"], "", told["legal_basis_ko"], told["legal_basis_en"],
        told["reason_ko"], told["reason_en"], source.points(told, "ko"), source.points(told, "en"),
        source.receiving_body(told, "ko"), source.receiving_body(told, "en"), told["method_ko"], told["method_en"]),
        version=made.version, now=now)
    made = services.change_rule(session, publisher, made.id, Rule("as_screened", True, False, False),
                                version=made.version, now=now)
    made = services.set_period(session, publisher, made.id, PeriodEntry(starts_on, DAYS), version=made.version, now=now)
    none = {"ko": "시험 데이터에는 없다.", "en": "Test data has none."}
    services.omit_documents(session, publisher, made.id, dict.fromkeys(
        ("impact_analysis", "old_new_table", "article_reasons"), none), version=made.version, now=now)
    drafts.import_draft(session, publisher, made.id, filename="draft_v1.json", data=source.raw("draft_v1.json"),
                        now=now)
    session.flush()
    drafts.announce_consultation(session, publisher, made.id, version=consultation_facts(session, made.id).version,
                                 now=now)
    return made.id
