"""A consultation in the middle of its work, for tests that are about something else than how it came to be: comments
filed, some tagged, clustered and answered, one response published. Set up below the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords
from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.clock import system_clock
from portal.publication import services as publication
from portal.responses import services as responses
from portal.responses.services import ChangedClause, ResponseInput
from portal.review import code_list, receiving, services
from portal.review.models import Segment
from portal.review.services import ClusterInput
from portal.submissions.models import Submission
from tests import factories

PASSWORD = "a quiet lake in early autumn"
REASON = "고지 의무의 범위가 넓어 소상공인의 부담이 커집니다. 방법을 하나로 좁혀 주시기 바랍니다."
ANSWER = "고지의 방법을 고를 수 있도록 일부 반영하였습니다."


@dataclass(frozen=True)
class Scene:
    """Addresses and people. `emails` and `cookies` are by role: filer, reviewer, approver, publisher, administrator."""

    slug: str
    emails: dict[str, str]
    cookies: dict[str, str]
    segments: list[int]
    cluster_id: int
    response_id: int
    public_number: str
    ministry: str


def make_scene(sessions: sessionmaker[Session], locale: str = "ko", *, comments: int = 6,
               now: datetime | None = None) -> Scene:
    """Make one. Its people read `locale`; all have the same password. `now`: what the portal's clock says there."""
    now = now or system_clock()
    with sessions() as session:
        ministry = factories.ministry(session, now - timedelta(days=20))
        consultation = factories.consultation(session, now, ministry, legal_review=False)
        staff = {role: factories.staff(session, now, ministry, role, name=f"{role} 김")
                 for role in ("reviewer", "approver", "publisher", "administrator")}
        marusol = factories.organisation(session, now, "마루솔랩")
        people = {**staff, "filer": factories.member(session, now, marusol, name="이서명")}
        before = now - timedelta(days=2)
        filed = []
        for number in range(comments):
            organisation = factories.organisation(session, now, f"단체 {number}", "association",
                                                  member_count=number + 2)
            filed.append(factories.filing(
                session, before + timedelta(minutes=number), consultation, organisation,
                factories.member(session, now, organisation), {
                    "clause_eid": ("art_2__para_1", "art_3", "doc")[number % 3], "reason": f"{number + 1}. {REASON}",
                    "position": ("amend", "oppose", "question")[number % 3],
                    **({"proposal_form": "fragment", "proposal_language": "ko", "proposal_old": "사전에 고지하여야",
                        "proposal_text": "사전에 알기 쉽게 고지하여야"} if number % 3 == 0 else {})}))
        for each in filed:
            receiving.receive_filing(session, each.filing.id, now=before + timedelta(hours=1))
        session.flush()
        segments = list(session.scalars(select(Segment.id).where(
            Segment.consultation_id == consultation.id).order_by(Segment.id)))
        cluster_id, response_id = _answered(session, consultation.id, staff, segments, now)
        publication.build(session, consultation.id, now)
        publication.build_home(session, now)
        number = session.scalars(select(Submission.public_number).where(
            Submission.id == filed[0].submission.id)).one()
        assert number is not None
        for actor in people.values():
            account = session.get_one(Account, actor.require_account())
            account.locale, account.password_hash = locale, passwords.hashed(PASSWORD)
        cookies = {role: factories.signed_in(session, now, actor) for role, actor in people.items()}
        session.commit()
        return Scene(consultation.slug, {role: actor.email for role, actor in people.items()}, cookies, segments,
                     cluster_id, response_id, number, ministry.slug)


def _answered(session: Session, consultation_id: int, staff: dict[str, Actor], segments: list[int],
              now: datetime) -> tuple[int, int]:
    """The first segment is tagged, clustered and answered, the answer published; the second is tagged."""
    at = now - timedelta(hours=5)
    reviewer = staff["reviewer"]
    topic = code_list.add_topic(session, reviewer, consultation_id, name_ko="투명성", name_en="Transparency", now=at)
    tag = code_list.add_tag(session, reviewer, consultation_id, topic, name_ko="고지 방법", name_en="Manner of notice",
                            now=at)
    code_list.add_tag(session, reviewer, consultation_id, topic, name_ko="표시", name_en="Labelling", now=at)
    services.tag_segments(session, reviewer, consultation_id, segments[:2], add=[tag], now=at)
    cluster_id, _ = services.create_cluster(
        session, reviewer, consultation_id, ClusterInput("고지의 방법", "Manner of notice", "고르게 하자",
                                                        "Let them choose"), segment_ids=segments[:1], now=at)
    response_id = responses.draft_response(session, reviewer, consultation_id, cluster_id=cluster_id, now=at)
    saved = responses.save_response(session, reviewer, consultation_id, response_id, ResponseInput(
        "partly_accepted", ANSWER, "Accepted in part.", (ChangedClause(1, "art_2__para_1"),)), expected_version=1,
        now=at)
    responses.send_for_approval(session, reviewer, consultation_id, response_id, expected_version=saved.version, now=at)
    saved = responses.approve(session, staff["approver"], consultation_id, response_id, now=at,
                              seen_digest=responses.digest_of(session.get_one(responses.Response, response_id)))
    responses.publish(session, staff["publisher"], consultation_id, response_id, expected_version=saved.version, now=at)
    return cluster_id, response_id
