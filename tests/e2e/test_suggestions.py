"""What the machine proposes, in a real browser: a suggested tag by its key, a proposal accepted, the map by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.kernel.clock import system_clock
from portal.review.models import Segment, Tag
from portal.suggestions.models import AnalysisRun, ProposedCluster, ProposedMember, Suggestion
from tests.e2e.conftest import Person
from tests.support.scene import Scene, make_scene


@pytest.fixture
def scene(sessions: sessionmaker[Session]) -> Scene:
    """A consultation of which the machine has made a proposal of two segments and suggested a tag for one."""
    made = make_scene(sessions)
    with sessions() as session:
        now = system_clock()
        consultation_id = session.get_one(Segment, made.segments[0]).consultation_id
        tag = session.query(Tag).filter(Tag.consultation_id == consultation_id, Tag.name_ko == "표시").one()
        run = AnalysisRun(consultation_id=consultation_id, kind="grouping", state="done", share=1.0, asked_at=now,
                          finished_at=now, engine="made", figures={"segments": 6, "proposals": 1})
        session.add(run)
        session.flush()
        first, second = made.segments[3:5]
        row = ProposedCluster(
            consultation_id=consultation_id, run_id=run.id, title_ko="고지 · 범위", title_en="", terms={"ko": ["고지"]},
            central={"ko": {"segment": first, "sentence": "고지 의무의 범위가 넓습니다."}}, voices=[first, second],
            engine="made", made_at=now)
        session.add(row)
        session.flush()
        session.add_all([
            ProposedMember(proposal_id=row.id, segment_id=first, ordinal=1),
            ProposedMember(proposal_id=row.id, segment_id=second, ordinal=2),
            Suggestion(segment_id=made.segments[2], kind="tag", rank=1, tag_id=tag.id, score=0.8, engine="made",
                       evidence={"words": ["고지"], "clauses": [], "earlier": [first]}, made_at=now)])
        session.commit()
    return made


def test_a_suggested_tag_is_taken_by_its_key(person: Callable[..., Person], scene: Scene) -> None:
    reviewer = person("ko")
    reviewer.carry(scene.cookies["reviewer"])
    page, keys = reviewer.page, reviewer.page.keyboard
    reviewer.open(f"/review/{scene.slug}/?at={scene.segments[2]}")
    word, taking = page.locator('[data-evidence~="tag-1"]').first, page.locator('[data-suggestion="tag-1"]')
    plain = word.evaluate("element => getComputedStyle(element).textDecorationLine")
    taking.focus()
    keys.press("Shift")  # a key was pressed: the focus shows
    assert plain == "none" and word.evaluate("element => getComputedStyle(element).textDecorationLine") == "underline"
    page.locator("#segment-title").focus()
    keys.press("1")
    page.locator("[data-done]").wait_for()
    assert "표시" in reviewer.words("[data-done]")


def test_a_proposal_from_the_list_to_a_cluster(person: Callable[..., Person], scene: Scene) -> None:
    reviewer = person("ko", width=390)
    reviewer.carry(scene.cookies["reviewer"])
    page = reviewer.page
    reviewer.open(f"/review/{scene.slug}/suggestions/")
    reviewer.press(page.locator(".cluster-card__title a"))
    titles = page.locator(".accept__new")
    page.locator("#way-into").check()
    assert not titles.is_visible() and page.locator("#accept-into").is_visible()
    page.locator("#way-new").check()
    reviewer.fill({"title_ko": "고지의 범위"})
    reviewer.press(page.locator(".accept button[type=submit]").last)
    assert "/clusters/" in page.url and "고지의 범위" in reviewer.words("h1")


def test_the_map_by_keyboard(person: Callable[..., Person], scene: Scene) -> None:
    reviewer = person("en", width=1280)
    reviewer.carry(scene.cookies["reviewer"])
    page, keys = reviewer.page, reviewer.page.keyboard
    reviewer.open(f"/review/{scene.slug}/map")
    picture = page.locator("[data-map-picture]")
    picture.locator("canvas").first.wait_for()
    reviewer.look()
    reviewer.tab_to(picture)
    keys.press("End")
    told = page.locator("[data-map-told]")
    told.filter(has_text="·").wait_for()
    keys.press("ArrowLeft")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/clusters/" in page.url or "/proposals/" in page.url


@pytest.mark.parametrize(("width", "height", "many"), [(1280, 500, 60), (390, 320, 60), (1280, 500, 3)])
def test_signs_that_would_lie_on_one_another_are_moved_apart(person: Callable[..., Person], scene: Scene, width: int,
                                                             height: int, many: int) -> None:
    """Most of them stand for amendments at two articles, so at the same two places."""
    reviewer = person("en", width=1280)
    reviewer.carry(scene.cookies["reviewer"])
    reviewer.open(f"/review/{scene.slug}/map")
    marks = [{"x": width / 3 * (1 + each % 2), "y": height / 2, "r": 4 + each % 7} for each in range(many)]
    area = {"left": 0, "right": width, "top": 0, "bottom": height}
    found = reviewer.page.evaluate(
        "async ([marks, area]) => (await import('/static/js/apart.js')).apart(marks, area, 20)", [marks, area])
    for one, (mark, at) in enumerate(zip(marks, found, strict=True)):
        assert abs(at["x"] - mark["x"]) <= 20  # at its article
        assert mark["r"] <= at["y"] <= height - mark["r"]
        assert all((at["x"] - other["x"]) ** 2 + (at["y"] - other["y"]) ** 2 > (mark["r"] + marks[n]["r"]) ** 2
                   for n, other in enumerate(found) if n != one)
    if many == 3:  # who stands alone stays where it belongs
        assert found[1] == {"x": marks[1]["x"], "y": marks[1]["y"]}
