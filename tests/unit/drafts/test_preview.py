"""A text under preview is corrected, gets its English, and is aligned; all of it can be taken back until then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from portal.drafts import aligning, correcting, queries, services
from portal.drafts import held as preview
from portal.drafts.models import Alignment, DraftImport
from portal.kernel.actor import Actor
from portal.kernel.audit import AuditEvent
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, RefusedError, StateError
from portal.ordinances import readers
from portal.organisations.models import Ministry
from tests import factories
from tests.unit.drafts.texts import MARKDOWN, NOW

#: Line 17 has a number that stands there already.
BROKEN = MARKDOWN.replace("  2\\. 시험의 결과", "  1\\. 시험의 결과\n  2\\. 시험의 기간")
REVISED = MARKDOWN.replace("**②** 제1항에 따른 고지는 문서로 한다.",
                           "**②** 고지의 시기는 시험 전으로 한다.\n\n**③** 제1항에 따른 고지는 문서로 한다.")


@pytest.fixture
def of(session: Session, ministry: Ministry) -> int:
    return factories.consultation(session, NOW, ministry, with_draft=False).id


@pytest.fixture
def amending(session: Session, ministry: Ministry) -> int:
    return factories.consultation(session, NOW, ministry, with_draft=False, draft_kind="partial_amendment").id


def imported(session: Session, publisher: Actor, of: int, words: str = MARKDOWN, **more: Any) -> queries.ImportFacts:
    return services.import_draft(session, publisher, of, filename="안.md", data=words.encode(), now=NOW, **more)


def revised(session: Session, publisher: Actor, of: int, words: str = REVISED) -> queries.ImportFacts:
    imported(session, publisher, of)
    services.publish_version(session, publisher, of, now=NOW)
    return imported(session, publisher, of, words)


def under(session: Session, of: int) -> queries.ImportFacts:
    found = queries.current_import(session, of)
    assert found is not None
    return found


# --------------------------------------------------------------------------------------------------- corrected by hand


def test_a_line_is_placed_and_taken_back(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of, BROKEN)
    [line] = seen.not_placed
    assert line.after == "art_2__para_1__subpara_1"
    placed = correcting.place_line(session, publisher, of, line.key, kind="subparagraph", number="1의2.",
                                   text="시험의 결과", version=seen.version, now=NOW)
    assert placed.not_placed == ()
    assert placed.draft.by_eid["art_2__para_1__subpara_1-2"].text_ko == "시험의 결과"
    back = correcting.undo(session, publisher, of, version=placed.version, now=NOW)
    assert back.draft == seen.draft and back.not_placed == seen.not_placed and back.corrections == ()
    with pytest.raises(StateError):
        correcting.undo(session, publisher, of, version=back.version, now=NOW)


def test_lines_are_added_or_set_aside_together(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of, BROKEN)
    numbers, keys = [line.line for line in seen.not_placed], [line.key for line in seen.not_placed]
    taken = correcting.add_lines(session, publisher, of, keys, version=seen.version, now=NOW)
    assert "시험의 결과" in (taken.draft.by_eid["art_2__para_1__subpara_1"].text_ko or "")
    back = correcting.undo(session, publisher, of, everything=True, version=taken.version, now=NOW)
    aside = correcting.set_aside(session, publisher, of, keys, version=back.version, now=NOW)
    assert aside.not_placed == () and [each.line for each in aside.set_aside] == numbers
    with pytest.raises(InvalidError):
        correcting.set_aside(session, publisher, of, keys, version=aside.version, now=NOW)


def test_a_clause_is_corrected_and_what_names_it_follows(session: Session, publisher: Actor, amending: int) -> None:
    seen = imported(session, publisher, amending)
    seen = services.mark_outside_notice(session, publisher, amending, ["art_2__para_2"], version=seen.version, now=NOW)
    words = {"heading_ko": "알림", "text_ko": "", "heading_en": "Notice", "text_en": ""}
    seen, eid = correcting.correct_clause(session, publisher, amending, "art_2", kind="article", number="제7조",
                                          words=words, version=seen.version, now=NOW)
    assert eid == "art_7" and seen.draft.by_eid["art_7"].heading_ko == "알림"
    assert seen.outside_notice == {"art_7__para_2"}
    assert seen.draft.by_eid["art_7"].heading_en == "Notice"
    back = correcting.undo(session, publisher, amending, version=seen.version, now=NOW)
    assert back.outside_notice == {"art_2__para_2"} and back.draft.by_eid["art_2"].heading_ko == "알림"


def test_a_correction_that_does_not_fit_changes_nothing(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    words = {"heading_ko": "다른 제목"}
    with pytest.raises(InvalidError) as refusal:
        correcting.correct_clause(session, publisher, of, "art_2", kind="article", number="제1조", words=words,
                                  version=seen.version, now=NOW)
    assert "number" in refusal.value.problems
    for number in ("", "없음"):
        with pytest.raises(InvalidError):
            correcting.correct_clause(session, publisher, of, "art_2", kind="article", number=number, words={},
                                      version=seen.version, now=NOW)
    with pytest.raises(InvalidError):
        correcting.correct_clause(session, publisher, of, "art_99", kind="article", number="1", words={},
                                  version=seen.version, now=NOW)
    with pytest.raises(InvalidError):
        correcting.add_clause(session, publisher, of, "art_1", kind="nonsense", number="1", text="x",
                              version=seen.version, now=NOW)
    with pytest.raises(InvalidError):
        correcting.add_clause(session, publisher, of, "art_1", kind="article", number="1의2", version=seen.version, now=NOW)
    assert under(session, of).corrections == () and under(session, of).version == seen.version


def test_correcting_asks_version_ministry_and_time(session: Session, publisher: Actor, ministry: Ministry,
                                                   of: int) -> None:
    seen = imported(session, publisher, of)
    with pytest.raises(ConflictError):
        correcting.drop_clause(session, publisher, of, "art_1", version=seen.version - 1, now=NOW)
    for actor in (factories.staff(session, NOW, ministry, "reviewer"),
                  factories.staff(session, NOW, factories.ministry(session, NOW), "publisher")):
        with pytest.raises(RefusedError):
            correcting.drop_clause(session, actor, of, "art_1", version=seen.version, now=NOW)
    services.drop_import(session, publisher, of, now=NOW)
    with pytest.raises(NotFoundError):
        correcting.drop_clause(session, publisher, of, "art_1", version=seen.version, now=NOW)


def test_the_published_text_is_the_corrected_one(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of, BROKEN)
    correcting.place_line(session, publisher, of, seen.not_placed[0].key, kind="subparagraph", number="3.",
                          text="시험의 결과", version=seen.version, now=NOW)
    version = services.publish_version(session, publisher, of, now=NOW)
    found = queries.clause(session, version.id, "art_2__para_1__subpara_3")
    assert found is not None and found.text_ko == "시험의 결과"
    published = session.scalars(select(AuditEvent).where(AuditEvent.verb == "draft.published")).one()
    assert published.data["corrections"] == 1


def test_two_pieces_of_one_line_are_two(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of, BROKEN)
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == of)).one()
    held.not_placed = [*held.not_placed, {**held.not_placed[0], "text": "둘째 조각"}]
    session.flush()
    both = under(session, of).not_placed
    assert [line.text for line in both][1] == "둘째 조각" and both[0].line == both[1].line
    left = correcting.set_aside(session, publisher, of, [both[1].key], version=seen.version, now=NOW)
    assert [line.text for line in left.not_placed] == [both[0].text] and left.set_aside[0].line == both[1].line


def test_who_files_does_not_wait_for_who_corrects_a_text(sessions: sessionmaker[Session]) -> None:
    with sessions() as setting_up:
        ministry = factories.ministry(setting_up, NOW)
        publisher = factories.staff(setting_up, NOW, ministry, "publisher")
        of = factories.consultation(setting_up, NOW, ministry, with_draft=False).id
        version = imported(setting_up, publisher, of).version
        setting_up.commit()
    with sessions() as correcting_it, sessions() as filing, sessions() as colleague:
        preview.take(correcting_it, publisher, of, version)
        # What a row that refers to the consultation takes of it.
        filing.execute(text("SELECT id FROM portal.consultations WHERE id = :of FOR KEY SHARE NOWAIT"), {"of": of})
        with pytest.raises(OperationalError):
            colleague.execute(text("SELECT id FROM portal.consultations WHERE id = :of FOR NO KEY UPDATE NOWAIT"),
                              {"of": of})


def test_a_stale_page_names_who_changed_the_text_last(session: Session, publisher: Actor, ministry: Ministry,
                                                      of: int) -> None:
    seen = imported(session, publisher, of)
    colleague = factories.staff(session, NOW, ministry, "publisher", name="최동료")
    later = NOW + timedelta(hours=1)
    correcting.correct_clause(session, colleague, of, "art_1", kind="article", number="제1조",
                              words={"heading_ko": "다른 제목"}, version=seen.version, now=later)
    with pytest.raises(ConflictError) as conflict:
        correcting.drop_clause(session, publisher, of, "art_1", version=seen.version, now=later)
    assert (conflict.value.changed_by, conflict.value.changed_at) == ("최동료", later)
    # Neither is it dropped, nor another text put in its place, by who has not seen it.
    for act in (lambda: services.drop_import(session, publisher, of, version=seen.version, now=later),
                lambda: imported(session, publisher, of, version=seen.version),
                lambda: imported(session, publisher, of, version=0)):
        with pytest.raises(ConflictError):
            act()
    services.drop_import(session, publisher, of, version=under(session, of).version, now=later)
    with pytest.raises(ConflictError):
        imported(session, publisher, of, version=seen.version)
    assert imported(session, publisher, of, version=0).draft.clause_count


# ------------------------------------------------------------------------------------------------------------- English


def test_correcting_one_english_field_keeps_the_other(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    seen = services.paste_english(session, publisher, of, words="Article 1 (Purpose)\nThe purpose.\nArticle 2 (Notice)",
                                  version=seen.version, now=NOW)
    shown = seen.draft.by_eid["art_1"]
    words = {name: getattr(shown, name) or "" for name in ("heading_ko", "text_ko", "heading_en", "text_en")}
    seen, _ = correcting.correct_clause(session, publisher, of, "art_1", kind="article", number="제1조",
                                        words={**words, "heading_en": "Aim"}, version=seen.version, now=NOW)
    assert (seen.draft.by_eid["art_1"].heading_en, seen.draft.by_eid["art_1"].text_en) == ("Aim", "The purpose.")
    # What has no English text is not given an empty one.
    seen, _ = correcting.correct_clause(session, publisher, of, "art_2__para_1", kind="paragraph", number="①",
                                        words={"heading_en": "Heading"}, version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_2__para_1"].text_en is None


def test_english_lines_are_pasted_and_typed(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    seen = services.paste_english(session, publisher, of, words="Article 1 (Purpose)\nThe purpose.\nArticle 2 (Notice)",
                                  version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_1"].text_en == "The purpose."
    # More lines are laid beside those that stand, also from a clause on.
    seen = services.paste_english(session, publisher, of, words="In writing.", start="art_2__para_2",
                                  version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_1"].text_en == "The purpose."
    assert seen.draft.by_eid["art_2__para_2"].text_en == "In writing."
    # What was typed by hand is not overlaid.
    seen, _ = correcting.correct_clause(session, publisher, of, "art_1", kind="article", number="제1조",
                                        words={"text_en": "The aim."}, version=seen.version, now=NOW)
    seen = services.paste_english(session, publisher, of, words="Article 1 (Purpose) Other words.",
                                  version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_1"].text_en == "The aim."
    seen = services.drop_english(session, publisher, of, version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_2__para_2"].text_en is None and seen.draft.by_eid["art_1"].text_en == "The aim."


def test_lines_that_fit_nowhere_are_named_and_nothing_is_laid(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    for words in ("Article 1 (Purpose) x\nArticle 9 (Stray) y", "no number at all", "", "\x00"):
        with pytest.raises(InvalidError) as refusal:
            services.paste_english(session, publisher, of, words=words, version=seen.version, now=NOW)
        assert list(refusal.value.problems) == ["pasted"]
    assert under(session, of).draft.by_eid["art_1"].text_en is None
    with pytest.raises(InvalidError):
        services.paste_english(session, publisher, of, words="x", start="art_99", version=seen.version, now=NOW)


def test_an_english_draft_is_laid_over_by_address(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    lines = b"Chapter I General Provisions\nArticle 1 (Purpose)\nThe purpose.\nArticle 8 (Stray)\nNowhere.\n"
    seen = services.lay_english(session, publisher, of, filename="english.txt", data=lines, version=seen.version, now=NOW)
    assert seen.draft.by_eid["art_1"].heading_en == "Purpose"
    assert seen.draft.by_eid["chp_1"].heading_en == "General Provisions"
    assert any("Article 8" in piece.text for piece in seen.not_fitted)


# ----------------------------------------------------------------------------------------------------------- alignment


def test_the_alignment_is_confirmed_and_published(session: Session, publisher: Actor, of: int) -> None:
    seen = revised(session, publisher, of)
    facts = queries.alignment_of(session, seen)
    assert facts is not None and facts.against == "previous" and len(facts.undecided) == 2
    with pytest.raises(InvalidError) as refusal:
        services.publish_version(session, publisher, of, now=NOW)
    assert list(refusal.value.problems) == ["rest"]
    facts = aligning.confirm(session, publisher, of, [("art_2__para_2", "art_2__para_3")], version=seen.version, now=NOW)
    facts = aligning.confirm_rest(session, publisher, of, version=under(session, of).version, now=NOW)
    assert facts.undecided == []
    with pytest.raises(StateError):
        aligning.confirm_rest(session, publisher, of, version=under(session, of).version, now=NOW)
    version = services.publish_version(session, publisher, of, now=NOW)
    stored = {pair.new: pair for pair in queries.stored_alignment(session, version.id)}
    assert stored["art_2__para_3"].old == "art_2__para_2" and stored["art_2__para_3"].decided == "confirmed"
    assert stored["art_1"].change == "same" and stored["art_1"].decided == "as_proposed"


def test_what_staff_correct_decides_the_identities(session: Session, publisher: Actor, of: int) -> None:
    revised(session, publisher, of)
    facts = aligning.part(session, publisher, of, "art_2__para_2", "art_2__para_3", version=under(session, of).version,
                          now=NOW)
    assert facts.pairs[-1].sides == ("art_2__para_2", None)
    aligning.pair(session, publisher, of, "art_2__para_2", "art_2__para_2", version=under(session, of).version, now=NOW)
    first = queries.version(session, of, 1)
    second = services.publish_version(session, publisher, of, rest_as_proposed=True, now=NOW)
    old = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, first.id)}
    new = {clause.eid: clause.lineage_uid for clause in queries.clauses(session, second.id)}
    assert new["art_2__para_2"] == old["art_2__para_2"] and new["art_2__para_3"] not in old.values()
    decided = session.execute(select(Alignment.change, Alignment.decided).where(
        Alignment.draft_version_id == second.id, Alignment.new_eid == "art_2__para_2")).one()
    assert tuple(decided) == ("reworded", "corrected")


def test_a_split_keeps_one_identity_and_both_links(session: Session, publisher: Actor, of: int) -> None:
    revised(session, publisher, of)
    aligning.pair(session, publisher, of, "art_2__para_2", "art_2__para_2", as_well=True,
                  version=under(session, of).version, now=NOW)
    second = services.publish_version(session, publisher, of, rest_as_proposed=True, now=NOW)
    links = [pair for pair in queries.stored_alignment(session, second.id) if pair.old == "art_2__para_2"]
    assert {pair.new for pair in links} == {"art_2__para_2", "art_2__para_3"}
    assert {pair.change for pair in links} == {"split"}
    uids = [clause.lineage_uid for clause in queries.clauses(session, second.id)]
    assert len(set(uids)) == len(uids)


def test_decisions_are_taken_back_one_by_one_or_all(session: Session, publisher: Actor, of: int) -> None:
    seen = revised(session, publisher, of)
    before = queries.alignment_of(session, seen)
    assert before is not None
    aligning.confirm(session, publisher, of, [(None, "art_2__para_2")], version=seen.version, now=NOW)
    aligning.part(session, publisher, of, "art_1", "art_1", version=under(session, of).version, now=NOW)
    once = aligning.undo(session, publisher, of, version=under(session, of).version, now=NOW)
    assert len(once.decisions) == 1
    none = aligning.undo(session, publisher, of, everything=True, version=under(session, of).version, now=NOW)
    assert none.pairs == before.pairs
    with pytest.raises(StateError):
        aligning.undo(session, publisher, of, version=under(session, of).version, now=NOW)


def test_a_decision_that_does_not_fit_changes_nothing(session: Session, publisher: Actor, of: int) -> None:
    seen = revised(session, publisher, of)
    for act in (lambda: aligning.confirm(session, publisher, of, [("art_1", "art_2")], version=seen.version, now=NOW),
                lambda: aligning.confirm(session, publisher, of, [], version=seen.version, now=NOW),
                lambda: aligning.part(session, publisher, of, "art_1", "art_2", version=seen.version, now=NOW),
                lambda: aligning.pair(session, publisher, of, "art_1", "art_99", version=seen.version, now=NOW)):
        with pytest.raises(InvalidError):
            act()
    with pytest.raises(ConflictError):
        aligning.confirm_rest(session, publisher, of, version=seen.version - 1, now=NOW)
    assert under(session, of).decisions == () and under(session, of).version == seen.version


def test_a_first_version_has_nothing_to_be_aligned_with(session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    assert queries.alignment_of(session, seen) is None
    with pytest.raises(StateError):
        aligning.confirm_rest(session, publisher, of, version=seen.version, now=NOW)


def test_the_alignment_of_an_old_import_is_proposed_when_it_is_first_decided(session: Session, publisher: Actor,
                                                                            of: int) -> None:
    seen = revised(session, publisher, of)
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == of)).one()
    held.proposal = None
    session.flush()
    facts = aligning.part(session, publisher, of, "art_1", "art_1", version=seen.version, now=NOW)
    assert ("art_1", None) in {pair.sides for pair in facts.pairs}


def test_a_corrected_number_keeps_the_decisions_that_fit(session: Session, publisher: Actor, of: int) -> None:
    seen = revised(session, publisher, of)
    aligning.confirm(session, publisher, of, [("art_2__para_2", "art_2__para_3")], version=seen.version, now=NOW)
    seen, eid = correcting.correct_clause(session, publisher, of, "art_2__para_3", kind="paragraph", number="④",
                                          words={}, version=under(session, of).version, now=NOW)
    facts = queries.alignment_of(session, seen)
    assert facts is not None and eid == "art_2__para_4"
    [pair] = [pair for pair in facts.pairs if pair.new == eid]
    assert pair.old == "art_2__para_2" and pair.decided == "confirmed"


def test_the_alignment_of_a_version_is_frozen(session: Session, publisher: Actor, of: int) -> None:
    revised(session, publisher, of)
    services.publish_version(session, publisher, of, rest_as_proposed=True, now=NOW)
    for statement in ("UPDATE portal.alignments SET change = 'same'", "DELETE FROM portal.alignments"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(statement))


# ---------------------------------------------------------------------------------------------------- partial amendment


def test_of_an_amendment_is_under_consultation_what_differs(session: Session, publisher: Actor, amending: int) -> None:
    seen = imported(session, publisher, amending, REVISED, in_force=MARKDOWN.encode(), in_force_filename="현행.md")
    assert seen.in_force is not None and seen.in_force_filename == "현행.md"
    assert seen.outside_notice == {"art_1", "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2",
                                   "addenda"}
    facts = queries.alignment_of(session, seen)
    assert facts is not None and facts.against == "in_force"
    # Staff may put others under consultation, and go back to those that differ.
    seen = services.mark_outside_notice(session, publisher, amending, ["addenda"], version=seen.version, now=NOW)
    seen = services.mark_differing(session, publisher, amending, version=seen.version, now=NOW)
    assert "art_1" in seen.outside_notice
    first = services.publish_version(session, publisher, amending, rest_as_proposed=True, now=NOW)
    stored = {pair.new: pair.old for pair in queries.stored_alignment(session, first.id, "in_force")}
    assert stored["art_2__para_3"] == "art_2__para_2" and stored["art_2__para_2"] is None
    former = queries.text_in_force(session, first.id)
    assert former is not None and former.clauses == readable(MARKDOWN)
    # A revised one keeps the text in force, and is aligned with it by way of the version before.
    again = imported(session, publisher, amending, REVISED.replace("시험 전으로", "시험 하루 전으로"))
    assert "art_2__para_2" not in again.outside_notice and "art_1" in again.outside_notice
    second = services.publish_version(session, publisher, amending, rest_as_proposed=True, now=NOW)
    assert queries.text_in_force(session, second.id) == former
    stored = {pair.new: pair.old for pair in queries.stored_alignment(session, second.id, "in_force")}
    assert stored["art_2__para_3"] == "art_2__para_2"


def amended(session: Session, publisher: Actor, amending: int) -> queries.ImportFacts:
    return imported(session, publisher, amending, REVISED, in_force=MARKDOWN.encode(), in_force_filename="현행.md")


def test_what_is_changed_by_hand_comes_under_consultation(session: Session, publisher: Actor, amending: int) -> None:
    seen = amended(session, publisher, amending)
    assert "art_1" in seen.outside_notice
    seen, _ = correcting.correct_clause(session, publisher, amending, "art_1", kind="article", number="제1조",
                                        words={"text_ko": "다른 말"}, version=seen.version, now=NOW)
    assert "art_1" not in seen.outside_notice
    seen = correcting.undo(session, publisher, amending, version=seen.version, now=NOW)
    assert "art_1" in seen.outside_notice
    aligning.part(session, publisher, amending, "art_1", "art_1", version=seen.version, now=NOW)
    assert "art_1" not in under(session, amending).outside_notice
    aligning.undo(session, publisher, amending, version=under(session, amending).version, now=NOW)
    assert "art_1" in under(session, amending).outside_notice
    # Staff may mark what differs as outside the notice: whoever publishes is told.
    seen = services.mark_outside_notice(session, publisher, amending, ["art_1", "art_2__para_3"],
                                        version=under(session, amending).version, now=NOW)
    left = queries.left_open(seen, queries.alignment_of(session, seen))
    assert left.outside == ("art_2__para_3",) and left.undecided == 2 and left.waiting == 0


def test_marks_and_decisions_of_a_clause_that_is_gone_pass_to_no_other(session: Session, publisher: Actor,
                                                                      amending: int) -> None:
    seen = amended(session, publisher, amending)
    aligning.confirm(session, publisher, amending, [("art_2__para_1", "art_2__para_1"), ("art_1", "art_1")],
                     version=seen.version, now=NOW)
    seen = services.mark_outside_notice(session, publisher, amending, ["art_2__para_1__subpara_2", "addenda"],
                                        version=under(session, amending).version, now=NOW)
    decisions = seen.decisions
    seen = correcting.join_clause(session, publisher, amending, "art_2__para_1__subpara_2", version=seen.version, now=NOW)
    assert seen.outside_notice == {"addenda"}
    seen = correcting.undo(session, publisher, amending, version=seen.version, now=NOW)
    assert seen.outside_notice == {"art_2__para_1__subpara_2", "addenda"}
    seen = correcting.drop_clause(session, publisher, amending, "art_2__para_1", version=seen.version, now=NOW)
    assert seen.outside_notice == {"addenda"}
    assert [act["pairs"] for act in seen.decisions] == [[["art_1", "art_1"]]]
    # A clause that comes to its address is another one.
    seen = correcting.add_clause(session, publisher, amending, "art_2", kind="paragraph", number="①", text="전혀 다른 말",
                                 version=seen.version, now=NOW)
    assert [act["pairs"] for act in seen.decisions] == [[["art_1", "art_1"]]]
    seen = correcting.undo(session, publisher, amending, everything=True, version=seen.version, now=NOW)
    assert seen.outside_notice == {"art_2__para_1__subpara_2", "addenda"}
    assert seen.decisions == decisions


def test_all_is_taken_back_as_it_is_one_by_one(session: Session, publisher: Actor, amending: int) -> None:
    seen = amended(session, publisher, amending)
    seen = services.mark_outside_notice(session, publisher, amending, ["art_2__para_1__subpara_2", "addenda"],
                                        version=seen.version, now=NOW)
    aligning.confirm(session, publisher, amending, [("art_2__para_1", "art_2__para_1"), ("art_1", "art_1")],
                     version=seen.version, now=NOW)

    def state() -> tuple[Any, ...]:
        at = under(session, amending)
        return at.draft, at.outside_notice, at.decisions, at.proposal, at.origins

    def correct(act: Any, *args: Any, **more: Any) -> None:
        act(session, publisher, amending, *args, **more, version=under(session, amending).version, now=NOW)

    for everything in (False, True):
        states = [state()]
        for step in (
                lambda: correct(correcting.correct_clause, "art_2__para_1", kind="paragraph", number="⑤", words={}),
                lambda: correct(correcting.add_clause, "art_2__para_5", kind="paragraph", number="①", text="전혀 다른 말"),
                lambda: correct(correcting.join_clause, "art_2__para_5__subpara_2"),
                lambda: correct(correcting.drop_clause, "art_2__para_5"),
                lambda: correct(correcting.add_clause, "addenda", kind="article", number="제1조", text="이 영은")):
            step()
            states.append(state())
        assert "art_1" in under(session, amending).draft.by_eid
        for before in states[-2::-1] if not everything else states[:1]:
            correct(correcting.undo, everything=everything)
            assert state() == before


def test_what_the_sentences_say_of_pairs_outlives_a_correction(session: Session, publisher: Actor,
                                                               amending: int) -> None:
    seen = imported(session, publisher, amending, '제2조제2항 중 "문서로"를 "서면으로"로 한다.', sentences=True,
                    in_force=MARKDOWN.encode(), in_force_filename="현행.md")
    held = session.scalars(select(DraftImport).where(DraftImport.consultation_id == amending)).one()
    # As sentences can say it and no comparison would: the paragraph is a new one in the place of another.
    held.proposal = [pair for pair in held.proposal or [] if pair[1] != "art_2__para_2"] + [
        [None, "art_2__para_2", "inserted", 0.0], ["art_2__para_2", None, "deleted", 0.0]]
    session.flush()
    seen, _ = correcting.correct_clause(session, publisher, amending, "art_2", kind="article", number="제3조",
                                        words={}, version=seen.version, now=NOW)
    facts = queries.alignment_of(session, seen)
    assert facts is not None
    pairs = {pair.new: pair.old for pair in facts.pairs}
    assert pairs["art_3__para_2"] is None and pairs["art_3__para_1"] == "art_2__para_1"
    seen = correcting.undo(session, publisher, amending, version=seen.version, now=NOW)
    facts = queries.alignment_of(session, seen)
    assert facts is not None and {pair.new: pair.old for pair in facts.pairs}["art_2__para_2"] is None


def test_an_amendment_may_come_as_its_sentences(session: Session, publisher: Actor, amending: int) -> None:
    sentences = """시험법 시행령 일부를 다음과 같이 개정한다.
제2조제2항 중 "문서로"를 "문서 또는 전자문서로"로 한다.
제9조제1항 중 "없는 말"을 "있는 말"로 한다.
"""
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, amending, sentences, sentences=True)
    assert list(refusal.value.problems) == ["in_force"]
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, amending, "아무 것도 고치지 않는다.", sentences=True, in_force=MARKDOWN.encode(),
                 in_force_filename="현행.md")
    assert list(refusal.value.problems) == ["file"]
    seen = imported(session, publisher, amending, sentences, sentences=True, in_force=MARKDOWN.encode(),
                    in_force_filename="현행.md")
    assert seen.draft.by_eid["art_2__para_2"].text_ko == "제1항에 따른 고지는 문서 또는 전자문서로 한다."
    assert seen.source_format == "amending_sentences"
    assert [line.line for line in seen.not_placed] == [3]  # what could not be carried out waits for staff
    assert "art_2__para_2" not in seen.outside_notice and "art_1" in seen.outside_notice
    facts = queries.alignment_of(session, seen)
    assert facts is not None
    assert [pair.sides for pair in facts.undecided] == [("art_2__para_2", "art_2__para_2")]


def readable(words: str) -> Any:
    return readers.read(words.encode()).draft.clauses


def test_only_an_amendment_has_a_text_in_force(session: Session, publisher: Actor, of: int, amending: int) -> None:
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, of, in_force=MARKDOWN.encode(), in_force_filename="현행.md")
    assert list(refusal.value.problems) == ["in_force"]
    with pytest.raises(InvalidError) as refusal:
        imported(session, publisher, amending, in_force=b"%PDF-1.7", in_force_filename="x.pdf")
    assert list(refusal.value.problems) == ["in_force"]
    with pytest.raises(StateError):
        services.mark_differing(session, publisher, of, version=imported(session, publisher, of).version, now=NOW)


def test_no_resident_number_comes_in_by_hand_or_with_the_english(
        session: Session, publisher: Actor, of: int) -> None:
    seen = imported(session, publisher, of)
    words = f"Ask Mr Hong 900101-{'1234567'}."
    with pytest.raises(InvalidError) as refusal:
        correcting.correct_clause(session, publisher, of, "art_2", kind="article", number="제2조",
                                  words={"text_en": words}, version=seen.version, now=NOW)
    assert list(refusal.value.problems) == ["text_en"]
    with pytest.raises(InvalidError) as refusal:
        services.paste_english(session, publisher, of, words=f"Article 1 (Purpose)\n{words}", version=seen.version,
                               now=NOW)
    assert list(refusal.value.problems) == ["pasted"]
