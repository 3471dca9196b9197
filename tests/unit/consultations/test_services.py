"""Making a consultation and looking after it: what goes, and above all what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consultations import queries, services
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.consultations.models import CommentPeriod, Consultation, PeriodExtension
from portal.consultations.requirements import requirements
from portal.drafts import services as drafts
from portal.drafts.models import DraftImport
from portal.jobs.models import Dirty
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.kernel.i18n import translate
from portal.organisations.models import Ministry
from tests import factories
from tests.unit.drafts.texts import MARKDOWN

BASICS = Basics("legislative_notice", "enactment", "시험법 시행령 제정안",
                "Draft Enforcement Decree of the Testing Act", "testing-decree", "TEST-2025")
NOTICE = Notice(
    notice_number="시험부공고 제2025-7호", legal_basis_ko="행정절차법 제41조",
    reason_ko="법이 위임한 사항을 정하려는 것임.",
    main_content_ko="가. 목적을 정함.", receiving_body_ko="시험부 시험정책과",
    method_ko="이 포털 또는 법제정보시스템(국민참여입법센터)에 제출")
#: The Wednesday of the real notice: forty days from it end on Monday 22 December 2025.
START = date(2025, 11, 12)
NOTICE_DAY = datetime(2025, 11, 12, 1, 0, tzinfo=UTC)
CLOSE = datetime(2025, 12, 22, 15, 0, tzinfo=UTC)


@pytest.fixture
def ministry(session: Session) -> Ministry:
    return factories.ministry(session, NOTICE_DAY)


@pytest.fixture
def publisher(session: Session, ministry: Ministry) -> Actor:
    return factories.staff(session, NOTICE_DAY, ministry, "publisher", name="박공고")


@pytest.fixture
def stranger(session: Session) -> Actor:
    """A publisher of another ministry."""
    return factories.staff(session, NOTICE_DAY, factories.ministry(session, NOTICE_DAY), "publisher", name="남다름")


def create(session: Session, publisher: Actor, ministry: Ministry, **more: Any) -> queries.ConsultationFacts:
    return services.create_consultation(session, publisher, ministry.id, replace(BASICS, **more), now=NOTICE_DAY)


def ready(session: Session, publisher: Actor, ministry: Ministry, **more: Any) -> queries.ConsultationFacts:
    """A consultation that lacks nothing."""
    made = create(session, publisher, ministry, **more)
    at: dict[str, Any] = {"now": NOTICE_DAY}
    made = services.change_notice(session, publisher, made.id, NOTICE, version=made.version, **at)
    made = services.set_period(session, publisher, made.id, PeriodEntry(START, 40), version=made.version, **at)
    made = services.omit_documents(
        session, publisher, made.id, {"impact_analysis": {"ko": "규제가 없음", "en": "It regulates nothing"},
                                      "article_reasons": {"ko": "제정이유에 모두 적음", "en": ""}},
        version=made.version, **at)
    drafts.import_draft(session, publisher, made.id, filename="a.md", data=MARKDOWN.encode(), **at)
    return queries.consultation(session, made.id)


def announced(session: Session, publisher: Actor, ministry: Ministry, **more: Any) -> queries.ConsultationFacts:
    made = ready(session, publisher, ministry, **more)
    return drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)


def verbs(session: Session, consultation_id: int) -> list[str]:
    return list(session.scalars(select(AuditEvent.verb).where(AuditEvent.consultation_id == consultation_id)
                                .order_by(AuditEvent.id)))


def dirty(session: Session, consultation_id: int) -> int:
    session.flush()
    return len(session.scalars(select(Dirty).where(Dirty.kind == "publication", Dirty.key == consultation_id)).all())


# ------------------------------------------------------------------------------------------------------------ creating


def test_a_publisher_makes_a_consultation(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    assert (made.slug, made.number_prefix, made.ministry_id) == ("testing-decree", "TEST-2025", ministry.id)
    assert made.phase(NOTICE_DAY) == "preparing" and made.announced_at is None
    assert verbs(session, made.id) == ["consultation.created"]
    assert dirty(session, made.id) == 0


def test_address_and_prefix_are_chosen_where_they_are_left_empty(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    first = create(session, publisher, ministry, slug="", number_prefix="")
    second = create(session, publisher, ministry, slug="", number_prefix="")
    korean = create(session, publisher, ministry, slug="", number_prefix="", title_en="")
    assert (first.slug, first.number_prefix) == ("testing-2025", "T-2025")
    assert (second.slug, second.number_prefix) == ("testing-2025-2", "T-2025-2")
    assert korean.slug == f"{ministry.slug}-2025"


@pytest.mark.parametrize("role", ["reviewer", "approver", "administrator", "adviser"])
def test_only_a_publisher_makes_one(session: Session, ministry: Ministry, role: str) -> None:
    actor = factories.staff(session, NOTICE_DAY, ministry, role)
    with pytest.raises(RefusedError):
        services.create_consultation(session, actor, ministry.id, BASICS, now=NOTICE_DAY)


def test_no_publisher_makes_one_for_another_ministry(session: Session, ministry: Ministry, stranger: Actor) -> None:
    with pytest.raises(NotFoundError):
        services.create_consultation(session, stranger, ministry.id, BASICS, now=NOTICE_DAY)


@pytest.mark.parametrize(("more", "field"), [
    ({"title_ko": " "}, "title_ko"), ({"slug": "Ai Basic"}, "slug"), ({"slug": "new"}, "slug"),
    ({"slug": "a--b"}, "slug"), ({"slug": "x" * 81}, "slug"), ({"number_prefix": "AI/2025"}, "number_prefix"),
    ({"kind": "rumour"}, "kind"), ({"draft_kind": "poem"}, "draft_kind"), ({"title_ko": "가" * 301}, "title_ko")])
def test_what_cannot_be_taken_is_named(session: Session, publisher: Actor, ministry: Ministry, more: dict[str, str],
                                       field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        create(session, publisher, ministry, **more)
    assert list(refusal.value.problems) == [field]


def test_address_and_prefix_belong_to_one(session: Session, publisher: Actor, ministry: Ministry) -> None:
    create(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        create(session, publisher, ministry)
    assert set(refusal.value.problems) == {"slug", "number_prefix"}


# ------------------------------------------------------------------------------------------------------------- editing


def test_other_ministries_do_not_learn_of_a_preparation(
        session: Session, publisher: Actor, ministry: Ministry, stranger: Actor) -> None:
    made = create(session, publisher, ministry)
    with pytest.raises(NotFoundError):
        services.change_rule(session, stranger, made.id, Rule(), version=made.version, now=NOTICE_DAY)
    with pytest.raises(NotFoundError):
        services.require_manageable(session, stranger, made.slug)


def test_what_is_announced_is_known_and_refused(
        session: Session, publisher: Actor, ministry: Ministry, stranger: Actor) -> None:
    made = announced(session, publisher, ministry)
    period = made.periods[0]
    with pytest.raises(RefusedError):
        services.require_manageable(session, stranger, made.slug)
    with pytest.raises(RefusedError):
        services.extend_period(session, stranger, made.id, period.id, last_day=date(2026, 1, 9), reason_ko="가",
                               reason_en="a", version=made.version, now=NOTICE_DAY)
    with pytest.raises(RefusedError):
        services.add_document(session, stranger, made.id, kind="other", filename="a.txt", content=b"a",
                              now=NOTICE_DAY)


def test_a_reviewer_of_the_ministry_is_no_publisher(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    reviewer = factories.staff(session, NOTICE_DAY, ministry, "reviewer", "approver", "administrator")
    with pytest.raises(RefusedError):
        services.change_rule(session, reviewer, made.id, Rule(), version=made.version, now=NOTICE_DAY)
    with pytest.raises(RefusedError):
        drafts.announce_consultation(session, reviewer, made.id, version=made.version, now=NOTICE_DAY)


def test_a_step_can_be_saved_half_done(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    made = services.change_notice(session, publisher, made.id, Notice(main_content_ko="가.\r\n나.\x00 "),
                                  version=made.version, now=NOTICE_DAY)
    assert made.main_content_ko == "가.\n나."
    assert made.version == 2


def test_saving_the_same_again_changes_nothing(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    once = services.change_notice(session, publisher, made.id, NOTICE, version=made.version, now=NOTICE_DAY)
    twice = services.change_notice(session, publisher, made.id, NOTICE, version=made.version, now=NOTICE_DAY)
    assert once.version == twice.version
    assert verbs(session, made.id).count("consultation.changed") == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "gwanbo.go.kr/1", "https://", "https://a b"])
def test_the_address_of_the_gazette_is_one(session: Session, publisher: Actor, ministry: Ministry, url: str) -> None:
    made = create(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        services.change_notice(session, publisher, made.id, replace(NOTICE, gazette_url=url), version=made.version,
                               now=NOTICE_DAY)
    assert "gazette_url" in refusal.value.problems


def test_a_stale_save_is_refused_with_what_stands_there(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    colleague = factories.staff(session, NOTICE_DAY, ministry, "publisher", name="최동료")
    services.change_notice(session, colleague, made.id, replace(NOTICE, reason_ko="동료의 이유"), version=made.version,
                           now=NOTICE_DAY + timedelta(minutes=3))
    with pytest.raises(ConflictError) as conflict:
        services.change_notice(session, publisher, made.id, NOTICE, version=made.version, now=NOTICE_DAY)
    assert conflict.value.theirs == {"reason_ko": "동료의 이유"}
    assert conflict.value.changed_by == "최동료"
    assert conflict.value.changed_at == NOTICE_DAY + timedelta(minutes=3)
    assert queries.consultation(session, made.id).reason_ko == "동료의 이유"


def test_a_colleague_at_another_step_is_in_nobodys_way(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    services.change_rule(session, publisher, made.id, Rule("as_screened"), version=made.version, now=NOTICE_DAY)
    saved = services.change_notice(session, publisher, made.id, NOTICE, version=made.version, now=NOTICE_DAY)
    assert saved.reason_ko == NOTICE.reason_ko and saved.comments_appear == "as_screened"


def test_facts_are_fixed_by_the_announcement(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    at: dict[str, Any] = {"version": made.version, "now": NOTICE_DAY}
    for act in (lambda: services.change_basics(session, publisher, made.id, BASICS, **at),
                lambda: services.change_notice(session, publisher, made.id, NOTICE, **at),
                lambda: services.change_rule(session, publisher, made.id, Rule(), **at),
                lambda: services.set_period(session, publisher, made.id, PeriodEntry(START, 50), **at),
                lambda: services.omit_documents(session, publisher, made.id, {}, **at)):
        with pytest.raises(StateError):
            act()


# -------------------------------------------------------------------------------------------------------------- period


def test_the_deadline_of_the_real_notice(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    made = services.set_period(session, publisher, made.id, PeriodEntry(START, 40), version=made.version,
                               now=NOTICE_DAY)
    period = made.periods[0]
    assert period.opens_at == datetime(2025, 11, 11, 15, 0, tzinfo=UTC)
    assert period.closes_at == CLOSE


def test_an_ad_hoc_holiday_moves_the_deadline(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    services.set_holiday(session, publisher, day=date(2025, 12, 22), is_holiday=True, name_ko="임시공휴일", name_en="",
                         now=NOTICE_DAY)
    made = services.set_period(session, publisher, made.id, PeriodEntry(START, 40), version=made.version,
                               now=NOTICE_DAY)
    assert made.periods[0].closes_at == CLOSE + timedelta(days=1)
    services.remove_holiday(session, publisher, day=date(2025, 12, 22), now=NOTICE_DAY)
    assert queries.holiday_overrides(session) == ()


def test_only_staff_who_publish_keep_the_calendar(session: Session, ministry: Ministry) -> None:
    reviewer = factories.staff(session, NOTICE_DAY, ministry, "reviewer")
    with pytest.raises(RefusedError):
        services.set_holiday(session, reviewer, day=START, is_holiday=True, name_ko="쉬는 날", name_en="",
                             now=NOTICE_DAY)


@pytest.mark.parametrize(("kind", "days", "record", "field"), [
    ("legislative_notice", 39, "", "short_period_record"), ("legislative_notice", 0, "법제처 협의", "days"),
    ("administrative_notice", 19, " ", "short_period_record"), ("administrative_notice", 9, "긴급", None),
    ("legislative_notice", 40, "", ""), ("legislative_notice", 14, "법제처 2025. 11. 3. 협의", ""),
    ("administrative_notice", 20, "", ""), ("administrative_notice", 10, "긴급한 필요", "")])
def test_a_short_period_needs_its_record(session: Session, publisher: Actor, ministry: Ministry, kind: str, days: int,
                                         record: str, field: str | None) -> None:
    made = create(session, publisher, ministry, kind=kind)
    entry = PeriodEntry(START, days, record)
    if field == "":
        made = services.set_period(session, publisher, made.id, entry, version=made.version, now=NOTICE_DAY)
        assert made.periods[0].short_period_record == record
        return
    with pytest.raises(InvalidError) as refusal:
        services.set_period(session, publisher, made.id, entry, version=made.version, now=NOTICE_DAY)
    if field is not None:
        assert list(refusal.value.problems) == [field]


# ----------------------------------------------------------------------------------------------------------- documents


def test_documents_are_added_and_taken_off_before_the_announcement(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    document = services.add_document(session, publisher, made.id, kind="impact_analysis", filename="규제영향분석서.pdf",
                                     content=b"%PDF-1.7\n", now=NOTICE_DAY)
    assert (document.title_ko, document.media_type, document.size) == ("규제영향분석서", "application/pdf", 9)
    assert queries.document_content(session, made.id, document.id).content == b"%PDF-1.7\n"
    with pytest.raises(InvalidError):  # the same file twice
        services.add_document(session, publisher, made.id, kind="impact_analysis", filename="b.pdf",
                              content=b"%PDF-1.7\n", now=NOTICE_DAY)
    services.remove_document(session, publisher, made.id, document.id, now=NOTICE_DAY)
    services.remove_document(session, publisher, made.id, document.id, now=NOTICE_DAY)
    with pytest.raises(NotFoundError):
        queries.document_content(session, made.id, document.id)
    assert verbs(session, made.id)[1:] == ["consultation.document_added", "consultation.document_removed"]


def test_after_the_announcement_documents_are_only_added(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    before = dirty(session, made.id)
    document = services.add_document(session, publisher, made.id, kind="impact_analysis", filename="a.txt",
                                     content="규제".encode(), now=NOTICE_DAY)
    facts = queries.consultation(session, made.id)
    assert "impact_analysis" not in facts.omitted_documents
    assert dirty(session, made.id) == before + 1
    with pytest.raises(StateError):
        services.remove_document(session, publisher, made.id, document.id, now=NOTICE_DAY)


def test_a_document_of_another_consultation_is_not_found(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    one = create(session, publisher, ministry)
    other = create(session, publisher, ministry, slug="other", number_prefix="OTHER")
    document = services.add_document(session, publisher, one.id, kind="other", filename="a.txt", content=b"a",
                                     now=NOTICE_DAY)
    with pytest.raises(NotFoundError):
        queries.document_content(session, other.id, document.id)
    services.remove_document(session, publisher, other.id, document.id, now=NOTICE_DAY)
    assert queries.document_content(session, one.id, document.id).content == b"a"


# ---------------------------------------------------------------------------------------------------------- announcing


def test_what_the_law_lists_is_asked_for(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = create(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert set(refusal.value.problems) == {
        "draft", "notice_number", "legal_basis_ko", "reason_ko", "main_content_ko", "receiving_body_ko", "method_ko",
        "method_system", "period", "impact_analysis", "article_reasons"}
    assert queries.consultation(session, made.id).announced_at is None


@pytest.mark.parametrize("lacking", sorted(asdict(NOTICE).keys() - {
    "gazette_number", "gazette_url", "legal_basis_en", "reason_en", "main_content_en", "receiving_body_en",
    "method_en"}))
def test_each_korean_text_of_the_notice_is_needed(session: Session, publisher: Actor, ministry: Ministry,
                                                  lacking: str) -> None:
    made = ready(session, publisher, ministry)
    made = services.change_notice(session, publisher, made.id, replace(NOTICE, **{lacking: ""}), version=made.version,
                                  now=NOTICE_DAY)
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert set(refusal.value.problems) - {"method_system"} == {lacking}


def test_nothing_is_announced_without_a_draft(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    drafts.drop_import(session, publisher, made.id, now=NOTICE_DAY)
    made = queries.consultation(session, made.id)
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert set(refusal.value.problems) == {"draft"}


def test_an_amendment_needs_the_old_new_table(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry, draft_kind="partial_amendment")
    unmet = {r.key for r in requirements(made, has_draft=True, now=NOTICE_DAY) if not r.met}
    assert unmet == {"old_new_table"}


def test_the_table_that_the_portal_makes_is_the_old_new_table(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry, draft_kind="partial_amendment")
    drafts.import_draft(session, publisher, made.id, filename="개정안.md", data=MARKDOWN.encode(), now=NOTICE_DAY,
                        in_force=MARKDOWN.replace("고지", "통지").encode(), in_force_filename="현행.md")
    made = queries.consultation(session, made.id)
    assert all(r.met for r in requirements(made, has_draft=True, makes_table=True, now=NOTICE_DAY))
    made = services.omit_documents(session, publisher, made.id, {
        **made.omitted_documents, "old_new_table": {"ko": "없음"}}, version=made.version, now=NOTICE_DAY)
    made = drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert set(made.omitted_documents) == {"impact_analysis", "article_reasons"}, "a reason for having none is not true"


def test_an_administrative_notice_is_not_asked_for_what_only_legislation_has(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry, kind="administrative_notice")
    keys = {r.key for r in requirements(made, has_draft=True, now=NOTICE_DAY)}
    assert not keys & {"impact_analysis", "old_new_table", "article_reasons", "method_system"}


def test_a_start_that_is_past_is_no_start(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version,
                                     now=NOTICE_DAY + timedelta(days=1))
    assert set(refusal.value.problems) == {"period"}


def test_a_holiday_entered_since_asks_for_the_period_again(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    services.set_holiday(session, publisher, day=date(2025, 12, 22), is_holiday=True, name_ko="임시공휴일", name_en="",
                         now=NOTICE_DAY)
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert set(refusal.value.problems) == {"period"}


def test_the_announcement_is_bound_to_what_was_checked(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    services.change_rule(session, publisher, made.id, Rule("as_screened"), version=made.version, now=NOTICE_DAY)
    with pytest.raises(ConflictError):
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    made = queries.consultation(session, made.id)
    drafts.import_draft(session, publisher, made.id, filename="b.md", data=MARKDOWN.encode(), now=NOTICE_DAY)
    with pytest.raises(ConflictError):
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)


def test_announcing_opens_on_the_day_of_the_notice_but_not_before(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    assert made.announced_at == NOTICE_DAY
    assert made.periods[0].opens_at == NOTICE_DAY and made.periods[0].closes_at == CLOSE
    assert made.phase(NOTICE_DAY) == "open"
    assert made.phase(CLOSE - timedelta(microseconds=1)) == "open" and made.phase(CLOSE) == "closed"
    assert dirty(session, made.id) == 1
    assert verbs(session, made.id)[-2:] == ["consultation.announced", "draft.published"]
    with pytest.raises(StateError):
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)


def test_announced_before_its_day_it_can_be_read_but_not_answered(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    early = NOTICE_DAY - timedelta(days=2)
    made = drafts.announce_consultation(session, publisher, made.id, version=made.version, now=early)
    assert made.phase(early) == "announced" and made.current_period(early) is None
    period = made.current_period(NOTICE_DAY)
    assert period is not None and period.days_left(NOTICE_DAY) == 40


# -------------------------------------------------------------------------------------- what may not be made public

NUMBER = f"900101-{'1234567'}"
WITH_NUMBER = f"담당 홍길동 ({NUMBER})"


def refused_at(act: Callable[[], Any]) -> set[str]:
    with pytest.raises(InvalidError) as refusal:
        act()
    said = [translate(message, "ko") for messages in refusal.value.problems.values() for message in messages]
    assert any("주민등록번호" in sentence for sentence in said)
    assert any("900101-*******" in sentence for sentence in said), said
    assert not any(NUMBER in sentence for sentence in said)
    return set(refusal.value.problems)


@pytest.mark.parametrize("field", sorted(asdict(NOTICE).keys() - {"gazette_url"}))
def test_no_resident_number_enters_a_notice(session: Session, publisher: Actor, ministry: Ministry,
                                            field: str) -> None:
    made = create(session, publisher, ministry)
    assert refused_at(lambda: services.change_notice(
        session, publisher, made.id, replace(NOTICE, **{field: WITH_NUMBER}), version=made.version,
        now=NOTICE_DAY)) == {field}
    assert getattr(queries.consultation(session, made.id), field) == ""


def test_no_resident_number_enters_what_else_is_published(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    at: dict[str, Any] = {"version": made.version, "now": NOTICE_DAY}

    def document(**more: Any) -> Any:
        given = {"kind": "other", "filename": "a.txt", "content": b"a", "now": NOTICE_DAY, **more}
        return services.add_document(session, publisher, made.id, **given)

    for act, fields in (
            (lambda: create(session, publisher, ministry, slug="x", number_prefix="X", title_en=WITH_NUMBER),
             {"title_en"}),
            (lambda: services.change_basics(session, publisher, made.id, replace(BASICS, title_ko=WITH_NUMBER), **at),
             {"title_ko"}),
            (lambda: services.set_period(session, publisher, made.id, PeriodEntry(START, 40, WITH_NUMBER), **at),
             {"short_period_record"}),
            (lambda: services.omit_documents(session, publisher, made.id,
                                             {"impact_analysis": {"ko": "가", "en": WITH_NUMBER}}, **at),
             {"impact_analysis_en"}),
            (lambda: document(title_ko=WITH_NUMBER), {"title_ko"}),
            (lambda: document(filename=f"{WITH_NUMBER}.txt"), {"file"}),
            (lambda: document(content=WITH_NUMBER.encode()), {"file"}),
            (lambda: services.set_holiday(session, publisher, day=START, is_holiday=True, name_ko=WITH_NUMBER,
                                          name_en="", now=NOTICE_DAY), {"name_ko"}),
            (lambda: drafts.import_draft(session, publisher, made.id, filename="a.md", now=NOTICE_DAY,
                                         data=f"{MARKDOWN}\n{WITH_NUMBER}\n".encode()), {"file"}),
    ):
        assert refused_at(act) == fields


@pytest.mark.parametrize(("column", "step"), [("title_en", "basics"), ("receiving_body_ko", "notice")])
def test_what_was_stored_before_is_not_announced(session: Session, publisher: Actor, ministry: Ministry,
                                                 column: str, step: str) -> None:
    made = ready(session, publisher, ministry)
    setattr(session.get_one(Consultation, made.id), column, WITH_NUMBER)
    session.flush()
    with pytest.raises(InvalidError) as refusal:
        drafts.announce_consultation(session, publisher, made.id, version=made.version, now=NOTICE_DAY)
    assert list(refusal.value.problems) == [f"resident_number_{step}"]


def test_a_draft_that_was_stored_before_is_not_published(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == made.id)).one()
    held.content = {**held.content, "title_ko": WITH_NUMBER}
    session.flush()
    assert refused_at(lambda: drafts.announce_consultation(
        session, publisher, made.id, version=made.version, now=NOTICE_DAY)) == {""}


# --------------------------------------------------------------------------------------------- extending, and again


def extend(session: Session, actor: Actor, made: queries.ConsultationFacts, last_day: date,
           now: datetime = NOTICE_DAY, **more: Any) -> queries.ConsultationFacts:
    values: dict[str, Any] = {"reason_ko": "의견이 많음", "reason_en": "Many comments", "version": made.version, **more}
    return services.extend_period(session, actor, made.id, made.periods[0].id, last_day=last_day, now=now, **values)


def test_an_extension_is_recorded_and_public(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    before = dirty(session, made.id)
    made = extend(session, publisher, made, date(2026, 1, 9))
    assert made.periods[0].closes_at == datetime(2026, 1, 9, 15, 0, tzinfo=UTC)
    extension = made.extensions[0]
    assert (extension.old_closes_at, extension.new_closes_at) == (CLOSE, datetime(2026, 1, 9, 15, 0, tzinfo=UTC))
    assert extension.reason("en") == "Many comments"
    assert dirty(session, made.id) == before + 1
    assert verbs(session, made.id)[-1] == "consultation.period_extended"


def test_an_extension_ends_on_a_working_day(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = extend(session, publisher, announced(session, publisher, ministry), date(2026, 1, 10))  # a Saturday
    assert made.periods[0].closes_at == datetime(2026, 1, 12, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(("last_day", "more", "field"), [
    (date(2025, 12, 22), {}, "last_day"), (date(2025, 12, 1), {}, "last_day"), (date(2025, 11, 1), {}, "last_day"),
    (date(2045, 1, 1), {}, "last_day"), (date(2026, 1, 9), {"reason_ko": " "}, "reason_ko"),
    (date(2026, 1, 9), {"reason_en": f"Ask 900101-{'1234567'}."}, "reason_en")])
def test_an_extension_is_later_and_reasoned(session: Session, publisher: Actor, ministry: Ministry, last_day: date,
                                            more: dict[str, str], field: str) -> None:
    made = announced(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        extend(session, publisher, made, last_day, **more)
    assert list(refusal.value.problems) == [field]
    assert queries.consultation(session, made.id).periods[0].closes_at == CLOSE


def test_all_that_is_wrong_with_an_extension_is_said_at_once(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        extend(session, publisher, made, date(2025, 12, 1), reason_ko="", reason_en="a" * 6_000)
    assert set(refusal.value.problems) == {"last_day", "reason_ko", "reason_en"}


def test_an_extension_needs_no_english_reason(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = extend(session, publisher, announced(session, publisher, ministry), date(2026, 1, 9), reason_en=" ")
    assert made.extensions[0].reason("en") == "의견이 많음"


def test_a_closed_period_is_not_extended(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    assert extend(session, publisher, made, date(2026, 1, 9), now=CLOSE - timedelta(microseconds=1)).extensions
    made = announced(session, publisher, ministry, slug="other", number_prefix="OTHER")
    with pytest.raises(StateError):
        extend(session, publisher, made, date(2026, 1, 9), now=CLOSE)


def test_two_who_extend_at_once_do_not_overwrite(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    extend(session, publisher, made, date(2026, 1, 9))
    with pytest.raises(ConflictError):
        extend(session, publisher, made, date(2026, 1, 16))


def test_the_database_refuses_an_extension_backwards(session: Session, publisher: Actor, ministry: Ministry) -> None:
    from sqlalchemy.exc import IntegrityError

    made = announced(session, publisher, ministry)
    session.add(PeriodExtension(period_id=made.periods[0].id, old_closes_at=CLOSE, new_closes_at=CLOSE, reason_ko="가",
                                reason_en="a", extended_at=NOTICE_DAY))
    with pytest.raises(IntegrityError):
        session.flush()


def test_notice_is_given_again_over_some_clauses(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    later = CLOSE + timedelta(days=30, hours=2)
    made = services.add_period(session, publisher, made.id, PeriodEntry(date(2026, 1, 23), 40), scope=["art_2"],
                               version=made.version, now=later)
    assert made.periods[1].scope == ("art_2",) and made.periods[0].scope is None
    assert made.periods[1].number == 2 and made.periods[1].is_renewed_notice
    assert made.phase(later) == "between_periods"
    assert verbs(session, made.id)[-1] == "consultation.period_added"


@pytest.mark.parametrize(("start", "days", "scope", "field"), [
    (date(2025, 12, 22), 40, None, "starts_on"), (date(2025, 11, 1), 40, None, "starts_on"),
    (date(2025, 12, 23), 39, None, "short_period_record"), (date(2025, 12, 23), 40, [], "scope")])
def test_a_further_period_follows_the_law_too(session: Session, publisher: Actor, ministry: Ministry, start: date,
                                              days: int, scope: list[str] | None, field: str) -> None:
    made = announced(session, publisher, ministry)
    with pytest.raises(InvalidError) as refusal:
        services.add_period(session, publisher, made.id, PeriodEntry(start, days), scope=scope, version=made.version,
                            now=NOTICE_DAY)
    assert list(refusal.value.problems) == [field]


def test_no_further_period_before_the_announcement(session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = ready(session, publisher, ministry)
    with pytest.raises(StateError):
        services.add_period(session, publisher, made.id, PeriodEntry(date(2026, 1, 5), 40), scope=None,
                            version=made.version, now=NOTICE_DAY)


# ---------------------------------------------------------------------------------------------------------- concluding


def test_nothing_is_concluded_while_an_opinion_is_unanswered(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    with pytest.raises(StateError):
        services.conclude_consultation(session, publisher, made.id, unanswered=1, now=CLOSE)
    made = services.conclude_consultation(session, publisher, made.id, unanswered=0, now=CLOSE)
    assert made.concluded_at == CLOSE and made.phase(CLOSE) == "concluded"
    for act in (lambda: services.conclude_consultation(session, publisher, made.id, unanswered=0, now=CLOSE),
                lambda: services.add_document(session, publisher, made.id, kind="other", filename="a.txt",
                                              content=b"a", now=CLOSE),
                lambda: drafts.import_draft(session, publisher, made.id, filename="a.md", data=MARKDOWN.encode(),
                                            now=CLOSE)):
        with pytest.raises(StateError):
            act()


def test_nothing_is_concluded_while_a_period_is_open_or_to_come(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    made = announced(session, publisher, ministry)
    with pytest.raises(StateError):
        services.conclude_consultation(session, publisher, made.id, unanswered=0, now=CLOSE - timedelta(seconds=1))
    made = services.add_period(session, publisher, made.id, PeriodEntry(date(2026, 1, 5), 40), scope=None,
                               version=made.version, now=CLOSE)
    with pytest.raises(StateError):
        services.conclude_consultation(session, publisher, made.id, unanswered=0, now=CLOSE)


def test_facts_are_read_in_three_statements(session: Session, publisher: Actor, ministry: Ministry) -> None:
    from sqlalchemy import event

    made = extend(session, publisher, announced(session, publisher, ministry), date(2026, 1, 9))
    for n in range(3):
        create(session, publisher, ministry, slug=f"more-{n}", number_prefix=f"MORE-{n}")
    session.expire_all()
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    queries.consultation_by_slug(session, made.slug)
    assert len(statements) == 3
    assert len(queries.consultations_of(session, [ministry.id])) == 4
    assert len(statements) == 6


def test_rows_of_another_transaction_are_seen(session: Session, publisher: Actor, ministry: Ministry) -> None:
    """Facts are read anew even where this session holds the rows already."""
    made = announced(session, publisher, ministry)
    session.get_one(Consultation, made.id)
    period = session.get_one(CommentPeriod, made.periods[0].id)
    session.connection().exec_driver_sql(
        f"UPDATE comment_periods SET closes_at = closes_at + interval '1 day' WHERE id = {period.id}")
    assert queries.consultation(session, made.id).periods[0].closes_at == CLOSE + timedelta(days=1)
