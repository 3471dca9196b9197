"""A comment on the whole draft that cites a clause: the clause is suggested, and taken only where the filer says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.actor import Actor
from portal.submissions import law_text
from portal.submissions.comment_input import CommentInput
from portal.submissions.models import DraftComment
from portal.web.workspace.clause_suggestion import cited_clauses
from tests.conftest import TestClock
from tests.functional.workspace_scene import Scene, comment_form, make_scene, words
from tests.support.client import Visitor

REASON = "안 제2조제1항의 고지 의무는 너무 넓습니다. 제2조제1항을 고치고 제3조도 함께 보아 주십시오."


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def stored(scene: Scene, comment_id: int) -> DraftComment:
    with scene.sessions() as session:
        return session.get_one(DraftComment, comment_id)


def test_the_clause_is_suggested_and_nothing_is_moved(scene: Scene) -> None:
    comment = scene.write("doc", reason=REASON)
    page = words(scene.browser.get(f"{scene.path}comments/{comment}"))
    assert "제2조제1항, 제3조에 대한 의견으로 보입니다" in page and "제2조제1항으로 옮기기" in page
    assert "특정 조항에 대한 것으로 보입니다" in words(scene.browser.get(f"{scene.path}review"))
    assert stored(scene, comment).clause_eid == "doc"
    scene.file()  # a suggestion is in nobody's way


def test_it_is_put_there_with_what_was_typed_since(scene: Scene) -> None:
    comment = scene.write("doc", reason=REASON)
    address = f"{scene.path}comments/{comment}"
    typed = {"position": "oppose", "reason": REASON + " 급합니다.", "language": "ko", "proposal_form": "",
             "proposal_language": "ko"}
    sent = scene.browser.post(address, {**comment_form(scene, comment), **typed, "act": "clause:art_2__para_1"},
                              form_at=address)
    made = int(sent.headers["Location"].rpartition("/")[2])
    there, gone = stored(scene, made), stored(scene, comment)
    assert (there.clause_eid, there.position, there.reason) == ("art_2__para_1", "oppose", REASON + " 급합니다.")
    assert gone.removed_at is not None and gone.reason == there.reason
    page = words(scene.browser.get(f"{scene.path}comments/{made}"))
    assert "대한 의견으로 보입니다" not in page
    scene.browser.post(f"{address}/restore", form_at=scene.path)
    assert stored(scene, comment).removed_at is None


def test_a_stale_form_moves_nothing(scene: Scene) -> None:
    comment = scene.write("doc", reason=REASON)
    address = f"{scene.path}comments/{comment}"
    fields = {**comment_form(scene, comment), "position": "oppose", "language": "ko", "proposal_form": "",
              "proposal_language": "ko"}
    scene.browser.post(address, {**fields, "reason": "다른 말", "act": "save"}, form_at=address)
    scene.browser.post(address, {**fields, "reason": "또 다른 말", "act": "clause:art_3"}, form_at=address, status=409)
    assert stored(scene, comment).removed_at is None and stored(scene, comment).reason == "다른 말"


@pytest.mark.parametrize("to", ["art_99", "doc", "", "x", "after_art_99"])
def test_only_clauses_of_the_draft(scene: Scene, to: str) -> None:
    comment = scene.write("doc", reason=REASON)
    address = f"{scene.path}comments/{comment}"
    fields = {**comment_form(scene, comment), "position": "amend", "language": "ko", "proposal_form": "",
              "proposal_language": "ko", "reason": REASON}
    status = 409 if to != "doc" else None
    scene.browser.post(address, {**fields, "act": f"clause:{to}"}, form_at=address, **(
        {"status": status} if status else {}))
    assert stored(scene, comment).removed_at is None or to == "doc"


def test_what_is_suggested(scene: Scene) -> None:
    with scene.sessions() as session:
        law = law_text.newest(session, scene.consultation_id)
    assert law is not None

    def cited(reason: str, eid: str = "doc", **more: str) -> tuple[str, ...]:
        return cited_clauses(law, eid, CommentInput(reason=reason, **more))

    assert cited("제3조를 고쳐 주십시오.") == ("art_3",)
    assert cited("Article 2 (1) and Article 3", language="en") == ("art_2__para_1", "art_3")
    assert cited("", proposal_form="instruction", proposal_text="제3조를 삭제") == ("art_3",)
    assert cited("제3조를 고쳐 주십시오.", "art_1") == ()
    # Another law's, one that there is not, the text itself, none at all.
    assert cited("「행정절차법」 제3조, 제77조, 이 영") == cited("말") == ()
    # Whoever cites many speaks of the whole.
    assert cited("제1조, 제2조, 제2조제1항, 제3조") == ()
