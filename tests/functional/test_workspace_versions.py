"""A comment and the version of the draft that it stands on: told on the board, in the editor, before and after filing,
and on the public pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.consultations.models import Consultation
from portal.kernel.actor import Actor
from portal.kernel.i18n import use_locale
from portal.publication.services import build
from tests import factories
from tests.conftest import TestClock
from tests.functional.workspace_scene import Scene, comment_form, make_scene, words
from tests.support.client import Visitor

#: The second version says this of article 2 (1), and has no article 3 any more.
NEW_WORDS = "인공지능사업자는 미리 이용자에게 그 사실을 알려야 한다."


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def revised(scene: Scene) -> None:
    """Version 2: article 2 (1) is reworded, article 3 deleted."""
    clauses = [(*clause[:5], NEW_WORDS, clause[6]) if clause[0] == "art_2__para_1" else clause
               for clause in factories.SMALL_DRAFT if not clause[0].startswith("art_3")]
    with scene.sessions() as session:
        of = session.get_one(Consultation, scene.consultation_id)
        factories.draft(session, scene.clock(), of, 2, clauses)
        session.commit()


def published(scene: Scene) -> None:
    with scene.sessions() as session, use_locale("ko"):
        build(session, scene.consultation_id, now=scene.clock())
        session.commit()


def test_with_one_version_nothing_is_said_of_it(scene: Scene) -> None:
    comment = scene.write()
    for page in ("", f"comments/{comment}", "review"):
        assert "제1차 안" not in words(scene.browser.get(scene.path + page))


def test_the_filers_pages_say_on_which_version_a_comment_stands(scene: Scene) -> None:
    scene.write("art_1")
    scene.write("art_2__para_1")
    scene.write("art_3")
    revised(scene)
    newer = scene.write("art_2__para_1", reason="둘째 안에 대한 글")
    scene.file()
    for page in ("", "review", "filings/1"):
        shown = words(scene.browser.get(scene.path + page))
        assert shown.count("제1차 안") == 3, page
        assert "제2차 안에서 삭제됨" in shown and "제2차 안에서 문구가 바뀜" in shown, page
        assert shown.count("제2차 안에서도 그대로") == 1, page
        assert "제2차 안 " in shown, page
    assert "최신 안은" not in words(scene.browser.get(f"{scene.path}comments/{newer}"))


def test_words_of_a_later_version_are_refused_with_the_version(scene: Scene) -> None:
    comment = scene.write("art_2__para_1")
    revised(scene)
    form = comment_form(scene, comment)
    scene.browser.post(f"{scene.path}comments/{comment}", {
        **form, "position": "amend", "reason": "글", "language": "ko", "proposal_form": "fragment",
        "proposal_language": "ko", "fragment_old": "미리 이용자에게", "fragment_new": "이용자에게", "act": "save"})
    editor = scene.browser.get(f"{scene.path}comments/{comment}")
    shown = words(editor)
    assert "이 의견은 제1차 안에 대한 것이며, 최신 안은 제2차입니다" in shown
    assert "이 조항은 제2차 안에서 문구가 바뀌었습니다" in shown
    assert "바꿀 문구는 제1차 안에서만 찾습니다" in shown
    assert "comments/new?at=art_2__para_1" in editor.get_data(as_text=True)
    review = words(scene.browser.get(f"{scene.path}review"))
    assert "제2조제1항 (제1차 안): " in review


def test_a_deleted_clause_offers_no_new_comment(scene: Scene) -> None:
    comment = scene.write("art_3")
    revised(scene)
    editor = scene.browser.get(f"{scene.path}comments/{comment}")
    assert "이 조항은 제2차 안에서 삭제되었습니다" in words(editor)
    assert "comments/new?at=art_3" not in editor.get_data(as_text=True)


def test_the_public_reads_on_which_version_a_comment_stands(scene: Scene, visitor: Visitor) -> None:
    scene.write("art_2__para_1", proposal_form="fragment", fragment_old="고지하여야", fragment_new="통지하여야")
    scene.file()
    published(scene)
    listed = visitor.get(f"/c/{scene.slug}/submissions/").get_data(as_text=True)
    number = listed[listed.index("FACTORY-"):].split('"')[0].split("<")[0]
    said = "제1차 안에 대한 의견"
    assert said not in words(visitor.get(f"/c/{scene.slug}/submissions/{number}"))
    revised(scene)
    published(scene)
    assert said in words(visitor.get(f"/c/{scene.slug}/submissions/{number}"))
    assert said in words(visitor.get(f"/c/{scene.slug}/v2/a/2/1"))
    assert said not in words(visitor.get(f"/c/{scene.slug}/v1/a/2/1"))
