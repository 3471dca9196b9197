"""Rows for tests that are about something else: a ministry with staff, an organisation, an open consultation, a filing.

They are written through the models, so that a test of one area does not need the services of another. What a test is
*about* is always done through its service or page.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, SignInSession
from portal.consultations.models import CommentPeriod, Consultation
from portal.drafts.models import Clause, DraftVersion, Lineage
from portal.kernel import ids
from portal.kernel.actor import Actor
from portal.organisations.models import Membership, Ministry, Organisation, StaffRole
from portal.organisations.queries import actor_by_account
from portal.submissions.models import Comment, Filing, FilingSalt, Receipt, Submission

_n = itertools.count(1)

#: (eid, parent, kind, label, heading, Korean, English) of a small draft: two articles, one with paragraphs.
SMALL_DRAFT: list[tuple[str, str | None, str, str, str | None, str, str]] = [
    ("chp_1", None, "chapter", "제1장 총칙", None, "", ""),
    ("art_1", "chp_1", "article", "제1조", "목적",
     "이 영은 법에서 위임된 사항과 그 시행에 필요한 사항을 규정함을 목적으로 한다.",
     "The purpose of this Decree is to prescribe matters delegated by the Act."),
    ("art_2", "chp_1", "article", "제2조", "투명성 확보 의무", "", ""),
    ("art_2__para_1", "art_2", "paragraph", "①", None,
     "인공지능사업자는 제품 또는 서비스가 인공지능에 기반하여 운용된다는 사실을 이용자에게 사전에 고지하여야 한다.",
     "An artificial intelligence business operator shall notify users in advance that a product or service is operated "
     "based on artificial intelligence."),
    ("art_2__para_2", "art_2", "paragraph", "②", None, "제1항에 따른 고지는 다음 각 호의 방법으로 한다.",
     "The notice under paragraph (1) shall be given in the following manners:"),
    ("art_2__para_2__subpara_1", "art_2__para_2", "subparagraph", "1.", None, "계약서 또는 설명서에 적는 방법",
     "Stating it in a contract or a manual"),
    ("art_3", "chp_1", "article", "제3조", "과태료", "과태료의 부과기준은 별표 1과 같다.",
     "The criteria for imposing administrative fines are as in attached Table 1."),
]


def account(session: Session, now: datetime, name: str = "홍길동", email: str | None = None, **more: Any) -> Account:
    """A person with a confirmed address. The password hash is of no password; sign in with `signed_in`."""
    row = Account(email=email or f"person{next(_n)}@example.org", name=name, password_hash="!", locale="ko",
                  email_confirmed_at=now, created_at=now, **more)
    session.add(row)
    session.flush()
    return row


def ministry(session: Session, now: datetime, slug: str | None = None) -> Ministry:
    """A tenant."""
    row = Ministry(slug=slug or f"ministry-{next(_n)}", name_ko="시험부", name_en="Ministry of Tests", created_at=now)
    session.add(row)
    session.flush()
    return row


def staff(session: Session, now: datetime, of: Ministry, *roles: str, name: str = "김검토") -> Actor:
    """A person of a ministry with these roles, with the second factor given."""
    person = account(session, now, name)
    for role in roles:
        session.add(StaffRole(ministry_id=of.id, account_id=person.id, role=role, given_at=now))
    session.flush()
    actor = actor_by_account(session, person.id, second_factor=True)
    assert actor is not None
    return actor


def organisation(session: Session, now: datetime, name: str = "마루솔랩", kind: str = "company",
                 **more: Any) -> Organisation:
    """An organisation that files."""
    row = Organisation(kind=kind, name_ko=name, name_en=f"{name} Inc.", name_key=name.lower(), country="KR",
                       created_at=now, **more)
    session.add(row)
    session.flush()
    return row


def member(session: Session, now: datetime, of: Organisation, *roles: str, name: str = "이서명") -> Actor:
    """A person of an organisation; all roles when none is named."""
    person = account(session, now, name)
    session.add(Membership(organisation_id=of.id, account_id=person.id, joined_at=now,
                           roles=list(roles) or ["drafter", "checker", "signer", "manager"]))
    session.flush()
    actor = actor_by_account(session, person.id)
    assert actor is not None
    return actor


def everybody(session: Session, now: datetime, of: Ministry, by: Organisation) -> Actor:
    """One person with every role of staff and of a member that there is, so that no role is in the way."""
    person = staff(session, now, of, "reviewer", "approver", "publisher", "administrator")
    session.add(Membership(organisation_id=by.id, account_id=person.require_account(), joined_at=now,
                           roles=["drafter", "checker", "signer", "manager"]))
    session.flush()
    actor = actor_by_account(session, person.require_account(), second_factor=True)
    assert actor is not None
    return actor


def consultation(session: Session, now: datetime, of: Ministry, *, opened_days_ago: int = 10, days: int = 40,
                 announced: bool = True, with_draft: bool = True, **more: Any) -> Consultation:
    """A consultation, announced and open on a small draft unless told otherwise."""
    n = next(_n)
    opens = now - timedelta(days=opened_days_ago)
    values: dict[str, Any] = {
        "slug": f"decree-{n}", "kind": "legislative_notice", "draft_kind": "enactment",
        "title_ko": "인공지능 시행령 제정안", "title_en": "Draft AI decree", "notice_number": "시험부공고 제2025-1호",
        "gazette_number": "", "gazette_url": "", "legal_basis_ko": "행정절차법 제41조",
        "legal_basis_en": "Article 41 of the Administrative Procedures Act", "reason_ko": "제정이유",
        "reason_en": "Reason", "main_content_ko": "주요내용", "main_content_en": "Main content",
        "receiving_body_ko": "시험부 시험과", "receiving_body_en": "Test Division", "method_ko": "포털",
        "method_en": "Portal", "number_prefix": f"FACTORY-{n}", "comments_appear": "as_screened",
        "responses_while_open": True, "technical_review": False, "legal_review": False,
        "announced_at": opens if announced else None, "created_at": opens}
    row = Consultation(ministry_id=of.id, **{**values, **more})
    session.add(row)
    session.flush()
    session.add(CommentPeriod(
        consultation_id=row.id, number=1, starts_on=date(2025, 11, 12), days=days, opens_at=opens,
        closes_at=opens + timedelta(days=days), short_period_record=""))
    if with_draft:
        draft(session, now, row)
    session.flush()
    return row


def draft(session: Session, now: datetime, of: Consultation, number: int = 1,
          clauses: list[tuple[str, str | None, str, str, str | None, str, str]] | None = None) -> DraftVersion:
    """A published version. Addresses that an earlier version has keep their lineage."""
    clauses = clauses or SMALL_DRAFT
    version = DraftVersion(
        consultation_id=of.id, number=number, title_ko=of.title_ko, title_en=of.title_en, note_ko="", note_en="",
        source_format="portal_json", source_digest="0" * 64,
        clause_count=sum(kind not in ("chapter", "section") for _, _, kind, *_ in clauses), published_at=now)
    session.add(version)
    session.flush()
    known = dict(session.execute(
        select(Clause.eid, Clause.lineage_uid).join(DraftVersion, DraftVersion.id == Clause.draft_version_id)
        .where(DraftVersion.consultation_id == of.id).order_by(DraftVersion.number)).all())
    for position, (eid, parent, kind, label, heading, korean, english) in enumerate(clauses):
        uid = known.get(eid)
        if uid is None:
            uid = uuid.uuid4()
            session.add(Lineage(uid=uid, consultation_id=of.id))
            session.flush()
        session.add(Clause(
            draft_version_id=version.id, lineage_uid=uid, position=position, eid=eid, parent_eid=parent, kind=kind,
            label=label, label_en=None, heading_ko=heading, heading_en=None, text_ko=korean, text_en=english or None,
            notes=[], status="in_force", under_consultation=True))
    session.flush()
    return version


@dataclass(frozen=True)
class Filed:
    """A filing with its submission and comments."""

    submission: Submission
    filing: Filing
    comments: list[Comment]


def filing(session: Session, now: datetime, of: Consultation, by: Organisation, signer: Actor,
           *comments: dict[str, Any]) -> Filed:
    """A filed submission, as a later area finds it. Each dict overrides the defaults of one comment."""
    period = session.scalars(select(CommentPeriod).where(CommentPeriod.consultation_id == of.id)).first()
    version = session.scalars(select(DraftVersion).where(DraftVersion.consultation_id == of.id)
                              .order_by(DraftVersion.number.desc())).first()
    assert period is not None and version is not None
    lineages = dict(session.execute(select(Clause.eid, Clause.lineage_uid).where(
        Clause.draft_version_id == version.id)).all())
    submission = session.scalars(select(Submission).where(
        Submission.period_id == period.id, Submission.organisation_id == by.id)).first()
    if submission is None:
        submission = Submission(consultation_id=of.id, period_id=period.id, organisation_id=by.id, created_at=now,
                                created_by=signer.account_id)
        session.add(submission)
        session.flush()
    items = comments or ({},)
    number = (submission.filing_count or 0) + 1
    row = Filing(
        submission_id=submission.id, consultation_id=of.id, number=number, request_key=ids.token(), entered_at=now,
        filed_at=now, late_seconds=0, filed_by=signer.require_account(), signer_name=signer.name, signer_title="",
        organisation_name_ko=by.name_ko, organisation_name_en=by.name_en, terms_version="1", terms_digest="0" * 64,
        comment_count=len(items), digest=hashlib.sha256(ids.token().encode()).hexdigest())
    session.add(row)
    session.flush()
    session.add(FilingSalt(filing_id=row.id, salt=b"0" * 32))
    session.add(Receipt(filing_id=row.id, number="R-" + ids.readable_code(), payload="x", key_id="k", signature="s"))
    made = []
    for n, item in enumerate(items, 1):
        eid = item.get("clause_eid", "art_2__para_1")
        values: dict[str, Any] = {
            "uid": uuid.uuid4(), "number": n, "draft_version_id": version.id, "clause_eid": eid,
            "lineage_uid": lineages.get(eid.removeprefix("after_")), "outside_notice": False, "language": "ko", "position": "amend",
            "proposal_form": None, "proposal_language": None, "proposal_old": "", "proposal_text": "",
            "reason": "고지 의무의 범위가 넓으므로 줄여 주시기 바랍니다.", "legal_basis": "", "confidential": [],
            "finds": [], "detector": "1", "digest": "0" * 64}
        comment = Comment(filing_id=row.id, **{**values, **item})
        session.add(comment)
        made.append(comment)
    submission.filing_count = number
    submission.current_filing_id = row.id
    session.flush()
    return Filed(submission, row, made)


def signed_in(session: Session, now: datetime, actor: Actor) -> str:
    """A session for this person; returns the cookie's secret."""
    secret = ids.token()
    session.add(SignInSession(
        digest=ids.token_digest(secret), account_id=actor.require_account(), created_at=now, last_seen_at=now,
        expires_at=now + timedelta(hours=12), second_factor_at=now if actor.second_factor else None,
        user_agent="test"))
    session.flush()
    return secret
