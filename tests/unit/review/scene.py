"""A consultation with filings that have reached review, for the tests of review and responses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.kernel.actor import Actor
from portal.organisations.models import Ministry, Organisation
from portal.review import code_list, receiving
from portal.review.models import Segment
from portal.review.services import ClusterInput
from portal.submissions.models import Submission, Withdrawal
from tests import factories
from tests.factories import Filed


@dataclass
class Scene:
    """The consultation, its ministry, its staff and whatever was filed."""

    session: Session
    now: datetime
    ministry: Ministry
    consultation: Consultation
    reviewer: Actor
    approver: Actor
    publisher: Actor
    filed: list[Filed] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The consultation's id."""
        return self.consultation.id

    def file(self, *comments: dict[str, Any], kind: str = "company", by: Organisation | None = None,
             name: str = "마루솔랩", receive: bool = True) -> Filed:
        """A filing, received by review unless told otherwise."""
        organisation = by or factories.organisation(self.session, self.now, name=name, kind=kind)
        signer = factories.member(self.session, self.now, organisation)
        made = factories.filing(self.session, self.now, self.consultation, organisation, signer, *comments)
        self.filed.append(made)
        if receive:
            receiving.receive_filing(self.session, made.filing.id, now=self.now)
        return made

    def withdraw(self, filed: Filed, *, receive: bool = True) -> None:
        """The submission of a filing is withdrawn."""
        submission = self.session.get_one(Submission, filed.submission.id)
        submission.withdrawn_at = self.now
        self.session.add(Withdrawal(submission_id=submission.id, filing_id=filed.filing.id, reason="다시 검토",
                                    withdrawn_by=filed.filing.filed_by, withdrawn_at=self.now))
        self.session.flush()
        if receive:
            receiving.receive_withdrawal(self.session, submission.id, now=self.now)

    def segments(self, comment_id: int | None = None) -> list[Segment]:
        """The segments as the database has them now, in the order of making (of a comment: in their order)."""
        query = select(Segment).where(Segment.consultation_id == self.id).order_by(Segment.id)
        if comment_id is not None:
            query = select(Segment).where(Segment.comment_id == comment_id).order_by(Segment.ordinal)
        return list(self.session.scalars(query, execution_options={"populate_existing": True}))

    def segment(self, segment_id: int) -> Segment:
        """One segment as the database has it now."""
        return self.session.get_one(Segment, segment_id, populate_existing=True)

    def codes(self) -> code_list.CodeList:
        """A code list of two topics and three tags."""
        code_list.import_code_list(self.session, self.reviewer, self.id, {
            "topics": [{"key": "transparency", "name_ko": "투명성", "name_en": "Transparency"},
                       {"key": "scope", "name_ko": "적용범위", "name_en": "Scope"}],
            "tags": [{"key": "prior_notice", "topic": "transparency", "name_ko": "사전고지", "name_en": "Prior notice",
                      "description": ""},
                     {"key": "label", "topic": "transparency", "name_ko": "결과물 표시", "name_en": "Labelling",
                      "description": ""},
                     {"key": "operators", "topic": "scope", "name_ko": "사업자 구분", "name_en": "Operators",
                      "description": ""}]}, now=self.now)
        return code_list.code_list(self.session, self.id)

    def tags_of(self, segment_id: int) -> set[int]:
        """The tags that a segment carries now."""
        return set(self.session.scalars(text("SELECT tag_id FROM segment_tags WHERE segment_id = :id"),
                                        {"id": segment_id}))

    def verbs(self) -> list[str]:
        """The audit events of the consultation, in their order."""
        self.session.flush()
        return list(self.session.scalars(
            text("SELECT verb FROM audit_events WHERE consultation_id = :c ORDER BY id"), {"c": self.id}))

    def dirty(self) -> int:
        """How often the publication was marked to be made anew."""
        self.session.flush()
        return int(self.session.scalar(
            text("SELECT count(*) FROM dirty WHERE kind = 'publication' AND key = :c"), {"c": self.id}) or 0)


def scene(session: Session, now: datetime, **consultation: Any) -> Scene:
    """An open consultation of a ministry with a reviewer, an approver and a publisher."""
    ministry = factories.ministry(session, now)
    return Scene(
        session, now, ministry, factories.consultation(session, now, ministry, **consultation),
        factories.staff(session, now, ministry, "reviewer", name="김검토"),
        factories.staff(session, now, ministry, "approver", name="박승인"),
        factories.staff(session, now, ministry, "publisher", name="최공개"))


LABELS = ClusterInput("고지 범위", "Scope of notice", "고지 의무의 범위를 줄일 것인지", "Whether to narrow the duty")


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that are run inside."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
