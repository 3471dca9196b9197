"""An organisation that writes on an open consultation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consultations.models import CommentPeriod, Consultation
from portal.drafts.models import Clause, DraftVersion, Lineage
from portal.kernel.actor import Actor
from portal.ledger.receipts import SigningKey
from portal.organisations.models import Organisation
from portal.submissions import services, terms
from portal.submissions.comment_input import CommentInput
from portal.submissions.filing import FilingInput
from tests import factories

KEY = SigningKey.from_hex("11" * 32)


@dataclass
class Scene:
    """Everything that a test of filing needs at hand."""

    session: Session
    now: datetime
    consultation: Consultation
    period: CommentPeriod
    organisation: Organisation
    actor: Actor

    def open(self) -> int:
        """The submission, begun now."""
        return services.open_submission(self.session, self.actor, self.period.id, self.organisation.id, now=self.now)

    def write(self, eid: str = "art_2__para_1", given: CommentInput | None = None) -> services.SavedComment:
        """A comment that may be filed."""
        given = given or CommentInput(position="amend", reason="고지 의무의 범위를 줄여 주시기 바랍니다.")
        return services.add_comment(self.session, self.actor, self.open(), eid, given, now=self.now)


def filing_input(key: str = "key-1", **more: object) -> FilingInput:
    """What a signer gives."""
    values: dict[str, object] = {
        "signer_name": "이서명", "signer_title": "대표이사", "request_key": key, "terms_agreed": True,
        "terms_version": terms.current().version, "terms_digest": terms.current().digest}
    return FilingInput(**{**values, **more})  # type: ignore[arg-type]


def add_clause(scene: Scene, eid: str, *, status: str = "in_force", under_consultation: bool = True) -> None:
    """One more article in the text of the scene; before anybody has read it."""
    uid = uuid.uuid4()
    scene.session.add(Lineage(uid=uid, consultation_id=scene.consultation.id))
    scene.session.flush()
    version = scene.session.scalars(select(DraftVersion).where(
        DraftVersion.consultation_id == scene.consultation.id)).one()
    scene.session.add(Clause(
        draft_version_id=version.id, lineage_uid=uid, position=100, eid=eid, parent_eid="chp_1", kind="article",
        label="제4조", label_en=None, heading_ko="시행", heading_en=None, text_ko="이 조문에 따라 시행한다.",
        text_en=None, notes=[], status=status, under_consultation=under_consultation))
    scene.session.flush()


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    """An open consultation, a company and its only person, who holds all roles."""
    consultation = factories.consultation(session, now, factories.ministry(session, now))
    period = session.scalars(select(CommentPeriod).where(CommentPeriod.consultation_id == consultation.id)).one()
    organisation = factories.organisation(session, now)
    return Scene(session, now, consultation, period, organisation, factories.member(session, now, organisation))
