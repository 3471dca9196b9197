"""The publisher's acts: both consultations are made, announced, revised and concluded at past times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.consultations import queries, services
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.demo import source
from portal.demo.people import People
from portal.drafts import services as drafts

_DOCUMENT_KINDS = {"article_reasons": "article_reasons", "regulatory_impact": "impact_analysis"}


@dataclass(frozen=True)
class DraftFiles:
    """The text to notice: a file in any format that the readers know, and its English by eId if it comes apart."""

    filename: str
    data: bytes
    english_filename: str = ""
    english: bytes | None = None


def announce(session: Session, people: People, slug: str, draft: DraftFiles, starts_on: date,
             now: datetime) -> int:
    """Make a consultation with everything that the law wants listed, and announce it. Returns its id."""
    told = source.consultation(slug)
    publisher = people.staff["publisher"]
    made = services.create_consultation(session, publisher, people.ministry_id, Basics(
        told["kind"], told["draft_kind"], told["title_ko"], told["title_en"], slug, told["number_prefix"]), now=now)
    made = services.change_notice(session, publisher, made.id, Notice(
        told["notice_number_ko"], told["gazette_number_ko"], "", told["legal_basis_ko"], told["legal_basis_en"],
        told["reason_ko"], told["reason_en"], source.points(told, "ko"), source.points(told, "en"),
        source.receiving_body(told, "ko"), source.receiving_body(told, "en"), told["method_ko"],
        told["method_en"]), version=made.version, now=now)
    made = services.change_rule(session, publisher, made.id, Rule("as_screened", True, False, False),
                                version=made.version, now=now)
    made = services.set_period(session, publisher, made.id, PeriodEntry(starts_on, 40), version=made.version, now=now)
    documents = {d["key"]: d for d in source.read("consultations.json")["documents"]}
    for key in told["documents"]:
        document = documents[key]
        services.add_document(
            session, publisher, made.id, kind=_DOCUMENT_KINDS[key], filename=f"{document['title_ko']}.md",
            content=f"{document['text_ko']}\n\n---\n\n{document['text_en']}\n".encode(),
            title_ko=document["title_ko"], title_en=document["title_en"], now=now)
    made = services.omit_documents(session, publisher, made.id, {"old_new_table": {
        "ko": "제정안이므로 신ㆍ구조문대비표가 없다.", "en": "A new decree has no former text to compare with."}},
        version=_version(session, made.id), now=now)
    drafts.import_draft(session, publisher, made.id, filename=draft.filename, data=draft.data,
                        english=draft.english, english_filename=draft.english_filename, now=now)
    drafts.announce_consultation(session, publisher, made.id, version=_version(session, made.id), now=now)
    return made.id


def revise(session: Session, people: People, consultation_id: int, draft: DraftFiles, now: datetime) -> None:
    """Publish a revised text as the next version."""
    drafts.import_draft(session, people.staff["publisher"], consultation_id, filename=draft.filename,
                        data=draft.data, now=now)
    drafts.publish_version(session, people.staff["publisher"], consultation_id, rest_as_proposed=True, now=now)


def _version(session: Session, consultation_id: int) -> int:
    session.flush()
    return queries.consultation(session, consultation_id).version
