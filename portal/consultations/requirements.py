"""What must be there before a consultation can be announced, each with the law that asks for it.

A legislative notice carries what 법제업무 운영규정 제15조 ③ ④ lists: main content, receiving body, period, method (with
the Legislative Information System among the ways to file), regulatory impact analysis, full text with the old–new
table, and the reasons article by article. A document that a draft has no use for (a draft that regulates nothing needs
no impact analysis) is left out by stating why; the public reads the reason. Pure: facts in, a list out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from portal.consultations import periods
from portal.consultations.entries import NO_WORDS, Notice
from portal.consultations.queries import ConsultationFacts
from portal.kernel import public_words
from portal.kernel.clock import SEOUL
from portal.kernel.i18n import Message, msg
from portal.kernel.words import DOCUMENT_KINDS

#: Names under which people know the Legislative Information System that opinions can be filed through.
LEGISLATIVE_INFORMATION_SYSTEM: Final = ("법제정보시스템", "입법예고시스템", "국민참여입법센터", "lawmaking.go.kr")

_NOTICE_LAW: Final = "법제업무 운영규정 제15조제3항"


@dataclass(frozen=True)
class Requirement:
    """One thing that the announcement needs. `step` is where it is entered, `law` the provision (in Korean) or ""."""

    key: str
    step: str
    label: Message
    met: bool
    missing: Message
    law: str = ""


def required_documents(kind: str, draft_kind: str) -> tuple[str, ...]:
    """The kinds of document that the notice of such a draft carries beside its text."""
    if kind != "legislative_notice":
        return ()
    amends = draft_kind in ("full_amendment", "partial_amendment")
    return ("impact_analysis", *(("old_new_table",) if amends else ()), "article_reasons")


def requirements(facts: ConsultationFacts, *, has_draft: bool, makes_table: bool = False, now: datetime,
                 overrides: Iterable[periods.DayOverride] = ()) -> tuple[Requirement, ...]:
    """Everything that the announcement of this consultation needs, in the order of the steps, met or not.

    `makes_table`: the text in force stands beside the draft, so that the portal itself makes the old–new table.
    """
    legislative = facts.kind == "legislative_notice"

    def law(number: int) -> str:
        return f"{_NOTICE_LAW}제{number}호" if legislative else ""

    def text(field: str, label: Message, missing: Message, law: str = "") -> Requirement:
        return Requirement(field, "notice", label, bool(getattr(facts, field)), missing, law)

    found = [
        Requirement("title_ko", "basics", msg("Title"), bool(facts.title_ko), msg("Enter the title in Korean.")),
        Requirement("draft", "draft", msg("Text of the draft"), has_draft, msg("Import the text of the draft."),
                    law(6)),
        text("notice_number", msg("Notice number"), msg("Enter the number of the notice.")),
        text("legal_basis_ko", msg("Legal basis"), msg("Name the legal basis, in Korean."),
             "행정절차법 제41조" if legislative else "행정절차법 제46조"),
        text("reason_ko", msg("Reason for the draft"), msg("Give the reason for the draft, in Korean.")),
        text("main_content_ko", msg("Main content"), msg("Describe the main content, in Korean."), law(1)),
        text("receiving_body_ko", msg("Receiving body"), msg("Name the body that receives opinions, in Korean."),
             law(2)),
        text("method_ko", msg("How to file"), msg("Say how opinions are filed, in Korean."), law(4)),
    ]
    if legislative:
        found.append(Requirement(
            "method_system", "notice", msg("Legislative Information System among the ways to file"),
            any(name in facts.method_ko for name in LEGISLATIVE_INFORMATION_SYSTEM),
            msg("Name the Legislative Information System (%(name)s) among the ways to file: the law asks for it.",
                name=LEGISLATIVE_INFORMATION_SYSTEM[0]),
            "법제업무 운영규정 제15조제4항"))
    found.append(_period(facts, law(3), now, tuple(overrides)))
    of_documents = {"impact_analysis": law(5), "old_new_table": law(6), "article_reasons": law(7)}
    attached = {document.kind for document in facts.documents}
    for kind in required_documents(facts.kind, facts.draft_kind):
        found.append(Requirement(
            kind, "documents", DOCUMENT_KINDS[kind], kind in attached or kind in facts.omitted_documents or (
                makes_table and kind == "old_new_table"),
            msg("Attach this document, or state why the notice does without it."), of_documents[kind]))
    found += [Requirement(
        f"resident_number_{step}", step, msg("No resident registration number in what is published"), False,
        msg("A resident registration number stands in this text. It may not be kept: take it out."),
        "개인정보 보호법 제24조의2") for step, texts in _texts(facts).items() if public_words.problems_of(texts)]
    return tuple(found)


def _texts(facts: ConsultationFacts) -> dict[str, list[object]]:
    """What the public will read, by the step at which it was typed."""
    return {"basics": [facts.title_ko, facts.title_en],
            "notice": [getattr(facts, field.name) for field in fields(Notice) if field.name not in NO_WORDS],
            "period": [period.short_period_record for period in facts.periods],
            "documents": [facts.omitted_documents,
                          [(each.title_ko, each.title_en, each.filename) for each in facts.documents]]}


def _period(facts: ConsultationFacts, law: str, now: datetime,
            overrides: tuple[periods.DayOverride, ...]) -> Requirement:
    label = msg("Comment period")

    def unmet(missing: Message) -> Requirement:
        return Requirement("period", "period", label, False, missing, law)

    if not facts.periods:
        return unmet(msg("Set the comment period."))
    period = facts.periods[0]
    if period.starts_on < now.astimezone(SEOUL).date():
        return unmet(msg("The notice was to start on %(day)s, which is past. Choose today or a later day.",
                         day=period.starts_on))
    record = period.short_period_record
    for remark in periods.check_length(facts.kind, period.days, agreement_record=record, urgency_reason=record):
        if remark.blocking:
            return unmet(remark.message)
    if periods.deadline(period.starts_on, period.days, overrides).closes_at != period.closes_at:
        return unmet(msg("The calendar of holidays has changed since the period was set. Look at the deadline and save "
                         "the period again."))
    return Requirement("period", "period", label, True, msg("Set the comment period."), law)


def advice(facts: ConsultationFacts, *, english_share: float | None) -> tuple[Message, ...]:
    """What would make the notice better and stops nothing. `english_share`: how much of the text has English, 0 to 1;
    None where there is no text."""
    found = []
    if not facts.gazette_number or not facts.gazette_url:
        found.append(msg("Enter the number and the address of the gazette entry: the portal adds to the official "
                         "channel, and readers want to see it."))
    if not all((facts.title_en, facts.main_content_en, facts.receiving_body_en, facts.method_en)):
        found.append(msg("Some of the notice is in Korean only. Companies abroad will read the English."))
    if english_share is not None and english_share < 1:
        found.append(msg("The draft is not in English throughout. Where it is not, readers of English see the Korean, "
                         "and are told so."))
    return tuple(found)
