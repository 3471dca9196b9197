"""Comments against the text: where they can stand, in which order, which wordings fit, how they read."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from portal.ordinances.redline import ChangeKind
from portal.submissions import wording
from portal.submissions.comment_input import CommentInput
from portal.submissions.law_text import LawText, base_eid, newest, spoken, title
from tests import factories
from tests.unit.submissions.conftest import Scene, add_clause

NOTICE = "인공지능사업자는 제품 또는 서비스가 인공지능에 기반하여 운용된다는 사실을 이용자에게 사전에 고지하여야 한다."


@pytest.fixture
def law(scene: Scene) -> LawText:
    add_clause(scene, "art_4", status="deleted")
    text = newest(scene.session, scene.consultation.id)
    assert text is not None
    return text


def test_a_text_is_read_once_by_a_process(scene: Scene, law: LawText) -> None:
    seen: list[str] = []
    connection = scene.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    assert newest(scene.session, scene.consultation.id) is law
    assert len(seen) == 1


def test_nothing_is_published_yet(scene: Scene) -> None:
    empty = factories.consultation(scene.session, scene.now, factories.ministry(scene.session, scene.now),
                                   with_draft=False)
    assert newest(scene.session, empty.id) is None


@pytest.mark.parametrize(("eid", "there"), [
    ("doc", True), ("art_2", True), ("after_art_2__para_1", True), ("chp_1", True), ("art_4", True), ("art_9", False),
    ("after_art_9", False), ("after_doc", False), ("art_2__para_0", False), ("", False), ("x" * 5000, False)])
def test_where_a_comment_can_stand(law: LawText, eid: str, there: bool) -> None:
    assert law.has(eid) is there


def test_the_order_is_that_of_the_law(law: LawText) -> None:
    wanted = ["doc", "chp_1", "art_1", "after_art_1", "art_2", "art_2__para_1", "after_art_2__para_1", "art_2__para_2",
              "art_2__para_2__subpara_1", "after_art_2__para_2__subpara_1"]
    assert sorted(set(wanted), key=law.order) == wanted
    assert law.order("after_art_2") == law.order("after_art_2__para_2") < law.order("art_3")


def test_parents_and_what_is_below(law: LawText) -> None:
    assert [clause.eid for clause in law.ancestors("art_2__para_2__subpara_1")] == ["chp_1", "art_2", "art_2__para_2"]
    assert [clause.eid for clause in law.ancestors("after_art_2__para_1")] == ["chp_1", "art_2"]
    assert law.ancestors("doc") == ()
    assert [clause.eid for clause in law.below("art_2")] == [
        "art_2__para_1", "art_2__para_2", "art_2__para_2__subpara_1"]
    assert base_eid("after_art_2") == base_eid("art_2") == "art_2"


def test_addresses_are_said_in_the_readers_language() -> None:
    assert spoken("art_12-2__para_3", "ko") == "제12조의2제3항"
    assert title("doc", "en") == "The whole draft"
    assert title("after_art_2", "en").startswith("New clause after")


@pytest.mark.parametrize(("eid", "forms"), [
    ("doc", ("instruction",)), ("after_art_1", ("new_clause", "instruction")),
    ("art_1", ("full_text", "fragment", "new_clause", "deletion", "instruction"))])
def test_forms_that_fit_a_place(law: LawText, eid: str, forms: tuple[str, ...]) -> None:
    assert wording.forms_at(law, eid) == forms


def test_a_wording_starts_from_the_clauses_own_words(law: LawText) -> None:
    assert wording.starting_words(law, "art_2__para_1", "ko") == NOTICE
    assert (wording.starting_words(law, "art_2__para_1", "en") or "").startswith("An artificial intelligence")
    whole = wording.starting_words(law, "art_2", "ko") or ""  # an article without words of its own: its paragraphs
    assert NOTICE in whole
    assert "계약서 또는 설명서에 적는 방법" in whole
    for eid in ("doc", "after_art_1", "art_9"):
        assert wording.starting_words(law, eid, "ko") is None


@pytest.mark.parametrize(("given", "old", "new"), [
    (CommentInput("amend", "full_text", "ko", proposal_text="사업자는 알린다."), NOTICE, "사업자는 알린다."),
    (CommentInput("amend", "fragment", "ko", "사전에", "미리"), NOTICE, NOTICE.replace("사전에", "미리")),
    (CommentInput("amend", "fragment", "ko", "사전에", ""), NOTICE, NOTICE.replace("사전에 ", "")),
    (CommentInput("oppose", "deletion", "ko"), NOTICE, ""),
    (CommentInput("amend", "new_clause", "ko", proposal_text="③ 새 항"), "", "③ 새 항")])
def test_a_redline_holds_both_texts(law: LawText, given: CommentInput, old: str, new: str) -> None:
    shown = wording.shown(given, law, "art_2__para_1")
    assert shown is not None
    assert "".join(c.text for c in shown.changes if c.kind is not ChangeKind.INSERTED) == old
    assert "".join(c.text for c in shown.changes if c.kind is not ChangeKind.DELETED) == new


def test_what_cannot_be_a_redline_is_none(law: LawText) -> None:
    assert wording.shown(CommentInput("support"), law, "art_1") is None
    assert wording.shown(CommentInput("amend", "fragment", "ko", "없는 말", "새 말"), law, "art_1") is None
    prose = wording.shown(CommentInput("amend", "instruction", "ko", proposal_text="줄여 주십시오."), law, "art_1")
    assert prose is not None
    assert (prose.changes, prose.prose) == ((), "줄여 주십시오.")


def test_a_wording_reads_as_an_amending_sentence(law: LawText) -> None:
    told = wording.sentence(CommentInput("amend", "fragment", "ko", "사전에", "미리"), law, "art_2__para_1")
    assert told is not None and told.prose == '안 제2조제1항 중 "사전에"를 "미리"로 한다.'
    deleted = wording.sentence(CommentInput("oppose", "deletion", "ko"), law, "art_2__para_1")
    assert deleted is not None and deleted.prose == "안 제2조제1항을 삭제한다."
    for given in (CommentInput("support"), CommentInput("amend", "fragment", "ko", "없는 말", "새 말"),
                  CommentInput("amend", "instruction", "ko", proposal_text="줄여 주십시오.")):
        assert wording.sentence(given, law, "art_2__para_1") is None
