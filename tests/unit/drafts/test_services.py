"""Importing a text, and publishing it once and for all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.consultations import queries as consultations
from portal.drafts import queries, services
from portal.drafts.models import Clause, DraftVersion, Lineage
from portal.jobs.models import Dirty
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.ordinances.clauses import ARTICLE_TO_ITEM
from portal.organisations.models import Ministry
from tests import factories
from tests.unit.drafts.texts import DEMO, ENGLISH, MARKDOWN, NOW, OFFICIAL

ONLY_A_PREAMBLE = {
    "title_ko": "법", "title_en": None, "note_ko": None, "note_en": None, "chapters": [], "addenda": [], "annexes": [],
    "clauses": [{"eid": "preamble", "kind": "preamble", "label": "전문", "heading_ko": None, "text_ko": "유구한 역사",
                 "heading_en": None, "text_en": None, "parent": None, "chapter": None}]}


@pytest.fixture
def announced(session: Session, ministry: Ministry) -> int:
    """A consultation that is open, without any version yet."""
    return factories.consultation(session, NOW, ministry, with_draft=False).id


def imported(session: Session, publisher: Actor, consultation_id: int, words: str | bytes = MARKDOWN,
             **more: Any) -> queries.ImportFacts:
    data = words.encode() if isinstance(words, str) else words
    return services.import_draft(session, publisher, consultation_id, filename="안.md", data=data, now=NOW, **more)


def published(session: Session, publisher: Actor, consultation_id: int, words: str | bytes = MARKDOWN,
              **more: Any) -> queries.VersionFacts:
    imported(session, publisher, consultation_id, words, **more)
    return services.publish_version(session, publisher, consultation_id, rest_as_proposed=True, now=NOW)


# ------------------------------------------------------------------------------------------------------------- preview


def test_a_text_is_read_for_preview(session: Session, publisher: Actor, announced: int) -> None:
    words = MARKDOWN.replace("  1\\. 시험의 방법", "  1\\. 시험의 방법\n  1\\. 같은 번호")
    seen = imported(session, publisher, announced, words)
    assert seen.draft.clause_count == 6
    assert [(line.line, line.text) for line in seen.not_placed] == [
        (words.splitlines().index("  1\\. 같은 번호") + 1, "1\\. 같은 번호")]
    assert seen.filename == "안.md" and seen.imported_by == "박공고"
    assert seen.english_share == 0.0
    assert queries.versions(session, announced) == ()


def test_another_import_takes_the_place_of_the_first(session: Session, publisher: Actor, announced: int) -> None:
    first = imported(session, publisher, announced)
    second = imported(session, publisher, announced, MARKDOWN.replace("문서로", "서면으로"))
    assert second.version > first.version
    held = queries.current_import(session, announced)
    assert held is not None and "서면으로" in (held.draft.by_eid["art_2__para_2"].text_ko or "")
    services.drop_import(session, publisher, announced, now=NOW)
    services.drop_import(session, publisher, announced, now=NOW)
    assert queries.current_import(session, announced) is None


@pytest.mark.parametrize("data", [
    b"", b"%PDF-1.7 not a text", "아무 조문도 없는 글입니다.".encode(), b'{"title_ko": "x"', b"\x00\x01\x02",
    json.dumps(ENGLISH).encode(), b'{"title_ko": "x", "clauses": 3}', json.dumps(ONLY_A_PREAMBLE).encode()])
def test_what_is_no_draft_is_refused_and_the_old_one_stays(
        session: Session, publisher: Actor, announced: int, data: bytes) -> None:
    imported(session, publisher, announced)
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, announced, data)
    assert list(refusal.value.problems) == ["file"]
    assert queries.current_import(session, announced) is not None


def test_characters_that_cannot_be_stored_are_refused(session: Session, publisher: Actor, announced: int) -> None:
    draft = json.loads((DEMO / "draft_v1.json").read_bytes())
    for bad in ("\x00", "\ud800"):
        draft["clauses"][0]["text_ko"] = f"목적{bad}"
        with pytest.raises(InvalidError):
            imported(session, publisher, announced, json.dumps(draft))
    english = {**ENGLISH, "provisions": {"art_1": {"heading": "Purpose\x00", "text": ""}}}
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, announced, english=json.dumps(english).encode(), english_filename="en.json")
    assert list(refusal.value.problems) == ["english"]


def test_english_is_laid_over_and_taken_off(session: Session, publisher: Actor, announced: int) -> None:
    seen = imported(session, publisher, announced)
    seen = services.lay_english(session, publisher, announced, filename="en.json", data=json.dumps(ENGLISH).encode(),
                                version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_2__para_1"].text_en == "An operator shall notify the following:"
    assert seen.draft.by_eid["chp_1"].label_en == "Chapter I"
    assert seen.without_english == ("art_2__para_1__subpara_1", "art_2__para_1__subpara_2", "art_2__para_2")
    assert [piece.path for piece in seen.not_fitted] == ["provisions.art_9"]
    with pytest.raises(ConflictError):
        services.drop_english(session, publisher, announced, version=seen.version - 1, now=NOW)
    seen = services.drop_english(session, publisher, announced, version=seen.version, now=NOW)
    assert seen.english_filename is None and seen.draft.by_eid["art_1"].text_en is None


def test_the_english_of_another_text_is_refused(session: Session, publisher: Actor, announced: int) -> None:
    seen = imported(session, publisher, announced)
    foreign = {"title": "Another", "provisions": {"art_77": {"heading": "x", "text": "y"}}}
    for data in (json.dumps(foreign).encode(), b"[]", b"no json"):
        with pytest.raises(InvalidError) as refusal:
            services.lay_english(session, publisher, announced, filename="en.json", data=data, version=seen.version,
                                 now=NOW)
        assert list(refusal.value.problems) == ["english"]


def test_importing_is_for_publishers_of_the_ministry(session: Session, ministry: Ministry, announced: int) -> None:
    reviewer = factories.staff(session, NOW, ministry, "reviewer")
    stranger = factories.staff(session, NOW, factories.ministry(session, NOW), "publisher")
    for actor in (reviewer, stranger):
        with pytest.raises(RefusedError):
            imported(session, actor, announced)
        with pytest.raises(RefusedError):
            services.publish_version(session, actor, announced, now=NOW)
    secret = factories.consultation(session, NOW, ministry, announced=False, with_draft=False)
    with pytest.raises(NotFoundError):
        imported(session, stranger, secret.id)


# --------------------------------------------------------------------------------------------------- partial amendment


def test_in_a_partial_amendment_staff_say_what_is_outside_the_notice(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    of = factories.consultation(session, NOW, ministry, with_draft=False, draft_kind="partial_amendment").id
    seen = imported(session, publisher, of)
    assert seen.outside_notice == frozenset()
    seen = services.mark_outside_notice(session, publisher, of, ["art_1"], version=seen.version, now=NOW)
    version = services.publish_version(session, publisher, of, now=NOW)
    stored = {clause.eid: clause.under_consultation for clause in queries.clauses(session, version.id)}
    assert [eid for eid, under in stored.items() if not under] == ["art_1"]
    # The next version begins with what the one before says.
    assert imported(session, publisher, of).outside_notice == {"art_1"}


def test_marking_has_its_limits(session: Session, publisher: Actor, ministry: Ministry, announced: int) -> None:
    seen = imported(session, publisher, announced)
    with pytest.raises(StateError):  # an enactment is under consultation as a whole
        services.mark_outside_notice(session, publisher, announced, ["art_1"], version=seen.version, now=NOW)
    of = factories.consultation(session, NOW, ministry, with_draft=False, draft_kind="partial_amendment").id
    seen = imported(session, publisher, of)
    with pytest.raises(InvalidError):
        services.mark_outside_notice(session, publisher, of, list(seen.draft.by_eid), version=seen.version, now=NOW)
    with pytest.raises(InvalidError):
        services.mark_outside_notice(session, publisher, of, ["art_99"], version=seen.version, now=NOW)
    with pytest.raises(ConflictError):
        services.mark_outside_notice(session, publisher, of, ["art_1"], version=seen.version - 1, now=NOW)


# ---------------------------------------------------------------------------------------------------------- publishing


def test_a_version_is_written_whole(session: Session, publisher: Actor, announced: int) -> None:
    version = published(session, publisher, announced, english=json.dumps(ENGLISH).encode(), english_filename="en.json")
    assert (version.number, version.clause_count, version.title_ko) == (1, 6, "시험법 시행령")
    assert version.source_format == "legalize_markdown+english_by_eid"
    clauses = queries.clauses(session, version.id)
    assert [clause.position for clause in clauses] == list(range(len(clauses)))
    assert [clause.eid for clause in clauses][:4] == ["chp_1", "art_1", "art_2", "art_2__para_1"]
    item = queries.clause(session, version.id, "art_2__para_1__subpara_2")
    assert item is not None
    assert (item.path, item.spoken("ko"), item.label) == ("a/2/1/2", "제2조제1항제2호", "2.")
    assert item.text("en") == "시험의 결과" and item.language("en") == "ko"
    above = queries.ancestors(session, version.id, item.eid)
    assert [clause.eid for clause in above] == ["chp_1", "art_2", "art_2__para_1"]
    assert [clause.eid for clause in queries.children(session, version.id, "art_2")] == [
        "art_2__para_1", "art_2__para_2"]
    before, after = queries.neighbours(session, version.id, item.position)
    assert before is not None and before.eid == "art_2__para_1__subpara_1"
    assert after is not None and after.eid == "art_2__para_2"
    assert queries.current_import(session, announced) is None
    assert session.scalars(select(Dirty.key).where(Dirty.kind == "publication")).all() == [announced]
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.consultation_id == announced)
                            .order_by(AuditEvent.id)).all()
    assert list(verbs) == ["draft.imported", "draft.published"]


def test_the_stored_text_is_the_text_that_was_read(session: Session, publisher: Actor, announced: int) -> None:
    data = (DEMO / "draft_v1.json").read_bytes()
    seen = imported(session, publisher, announced, data)
    version = services.publish_version(session, publisher, announced, now=NOW)
    assert queries.draft(session, version).clauses == tuple(
        replace(clause, text_ko=clause.text_ko or "") for clause in seen.draft.clauses)


def test_a_revision_carries_the_identities_on(session: Session, publisher: Actor, announced: int) -> None:
    first = published(session, publisher, announced)
    revised = MARKDOWN.replace(
        "**②** 제1항에 따른 고지는 문서로 한다.",
        "**②** 고지의 시기는 시험을 시작하기 전으로 한다.\n\n**③** 제1항에 따른 고지는 문서로 한다.")
    second = published(session, publisher, announced, revised)
    old = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, first.id)}
    new = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, second.id)}
    assert second.number == 2
    assert new["art_2__para_3"] == old["art_2__para_2"]  # renumbered, and still the same rule
    assert new["art_2__para_2"] not in old.values()
    assert {eid: new[eid] for eid in old if eid != "art_2__para_2"} == {
        eid: uid for eid, uid in old.items() if eid != "art_2__para_2"}
    assert len(set(new.values())) == len(new)
    assert [version.number for version in queries.versions(session, announced)] == [1, 2]
    latest = queries.latest_version(session, announced)
    assert latest is not None and latest.id == second.id


def test_the_demonstration_draft_in_two_languages_and_two_versions(
        session: Session, publisher: Actor, announced: int) -> None:
    first = published(session, publisher, announced, (DEMO / "draft_v1.json").read_bytes())
    second = published(session, publisher, announced, (DEMO / "draft_v2.json").read_bytes())
    assert (first.clause_count, second.clause_count) == (347, 402)
    clauses = queries.clauses(session, first.id)
    assert all(clause.text_en is not None for clause in clauses)
    [table] = next(clause for clause in clauses if clause.eid == "tbl_1").tables
    assert len(table.rows_ko) == len(table.rows_en) > 0
    uids = {clause.lineage_uid for clause in clauses}
    carried = [clause for clause in queries.clauses(session, second.id) if clause.lineage_uid in uids]
    assert len(carried) > 300


def test_the_real_decree(session: Session, publisher: Actor, announced: int) -> None:
    path = OFFICIAL / "kr/ai/ai_basic_act_decree/2026-01-21_36053.md"
    if not path.exists():
        pytest.skip(f"the official decree is not here: {path}")
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    seen = imported(session, publisher, announced, path.read_bytes(),
                    english=(OFFICIAL / "mapping/ai_decree_36053_en.json").read_bytes(), english_filename="en.json")
    assert seen.draft.clause_count == 347 and seen.english_share == 1.0
    version = services.publish_version(session, publisher, announced, now=NOW)
    assert version.clause_count == 347
    kinds = Counter(clause.kind for clause in queries.clauses(session, version.id)
                    if not clause.eid.startswith(("addenda", "tbl_", "form_")))
    assert sum(kinds[kind] for kind in ARTICLE_TO_ITEM) == 347
    assert len(statements) < 40  # written in bulk, whatever the number of clauses


def test_a_revision_waits_for_the_announcement_and_ends_with_the_conclusion(
        session: Session, publisher: Actor, ministry: Ministry) -> None:
    preparing = factories.consultation(session, NOW, ministry, announced=False, with_draft=False)
    imported(session, publisher, preparing.id)
    with pytest.raises(StateError):
        services.publish_version(session, publisher, preparing.id, now=NOW)
    concluded = factories.consultation(session, NOW, ministry, concluded_at=NOW)
    with pytest.raises(StateError):
        imported(session, publisher, concluded.id)


def test_publishing_needs_a_text_and_the_one_that_was_looked_at(
        session: Session, publisher: Actor, announced: int) -> None:
    with pytest.raises(StateError):
        services.publish_version(session, publisher, announced, now=NOW)
    seen = imported(session, publisher, announced)
    imported(session, publisher, announced)
    with pytest.raises(ConflictError):
        services.publish_version(session, publisher, announced, import_version=seen.version, now=NOW)
    services.drop_import(session, publisher, announced, now=NOW)
    again = imported(session, publisher, announced)
    assert again.version > seen.version  # an old page never fits a new import


@pytest.mark.parametrize("statement", [
    "UPDATE draft_versions SET title_ko = 'x'", "UPDATE clauses SET text_ko = 'x'", "DELETE FROM clauses",
    "DELETE FROM draft_versions", "UPDATE lineages SET consultation_id = 1", "TRUNCATE clauses"])
def test_the_database_keeps_a_published_version_as_it_is(
        session: Session, publisher: Actor, announced: int, statement: str) -> None:
    published(session, publisher, announced)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_nothing_half_written_stays(session: Session, publisher: Actor, ministry: Ministry) -> None:
    """The announcement and its text are one transaction: what is missing leaves neither."""
    of = factories.consultation(session, NOW, ministry, announced=False, with_draft=False)
    imported(session, publisher, of.id)
    facts = consultations.consultation(session, of.id)
    with pytest.raises(InvalidError), session.begin_nested():
        services.announce_consultation(session, publisher, of.id, version=facts.version, now=NOW)
    for model in (DraftVersion, Lineage, Clause):
        where = DraftVersion.consultation_id == of.id if model is DraftVersion else (
            Lineage.consultation_id == of.id if model is Lineage else Clause.draft_version_id < 0)
        assert session.scalars(select(model).where(where)).first() is None
