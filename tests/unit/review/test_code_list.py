"""The code list: adding, renaming, retiring, importing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.review import code_list
from portal.settings import folder
from tests import factories
from tests.unit.review.scene import Scene, scene


@pytest.fixture
def it(session: Session, now: datetime) -> Scene:
    return scene(session, now)


def _topic(it: Scene, name: str = "투명성", **more: Any) -> int:
    return code_list.add_topic(it.session, it.reviewer, it.id, **{"name_ko": name, "name_en": "", "now": it.now, **more})


def _add(it: Scene, topic: int, **more: Any) -> int:
    return code_list.add_tag(it.session, it.reviewer, it.id, topic,
                             **{"name_ko": "사전고지", "name_en": "Prior notice", "now": it.now, **more})


def test_two_levels_in_their_order(it: Scene) -> None:
    one, two = _topic(it), _topic(it, "적용범위")
    later, first = _add(it, two, name_en="Scope", name_ko="범위"), _add(it, one)
    codes = code_list.code_list(it.session, it.id)
    assert [topic.id for topic in codes.topics] == [one, two]
    assert [tag.id for tag in codes.tags] == [first, later]
    assert codes.by_id[first].key == "prior_notice"
    assert codes.named("  PRIOR  notice ") == codes.by_id[first] == codes.named("사전고지") == codes.named("prior_notice")
    assert codes.named("없음") is None
    assert it.verbs() == ["review.code_list_changed"] * 4


def test_a_key_is_made_and_never_taken_twice(it: Scene) -> None:
    topic = _topic(it)
    assert code_list.code_list(it.session, it.id).topics[0].key == "code"
    _add(it, topic)
    _add(it, topic)
    assert [tag.key for tag in code_list.code_list(it.session, it.id).tags] == ["prior_notice", "prior_notice_2"]
    with pytest.raises(InvalidError) as caught:
        _add(it, topic, key="prior_notice")
    assert "key" in caught.value.problems
    with pytest.raises(InvalidError):
        _add(it, topic, key="Not A Key")


@pytest.mark.parametrize("names", [{"name_ko": "", "name_en": "  "}, {"name_ko": "가" * 301}])
def test_a_name_is_needed(it: Scene, names: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        _topic(it, **names)
    topic = _topic(it)
    with pytest.raises(InvalidError):
        _add(it, topic, **names)


def test_a_tag_stands_under_a_topic_of_this_list(it: Scene) -> None:
    foreign = _topic(scene(it.session, it.now))
    with pytest.raises(InvalidError):
        _add(it, foreign)


def test_changing_and_a_stale_change(it: Scene) -> None:
    topic = _topic(it)
    tag = _add(it, topic)
    colleague = factories.staff(it.session, it.now, it.ministry, "reviewer", name="이검토")

    def change(who: Any, name: str, version: int) -> None:
        code_list.change_tag(it.session, who, it.id, tag, name_ko=name, name_en="", description="설명", topic_id=topic,
                             expected_version=version, now=it.now)

    change(colleague, "고지", 1)
    with pytest.raises(ConflictError) as caught:
        change(it.reviewer, "알림", 1)
    assert (caught.value.changed_by, caught.value.theirs["name_ko"]) == ("이검토", "고지")
    change(it.reviewer, "고지", 1)  # the same: nothing to refuse
    assert code_list.code_list(it.session, it.id).tags[0].description == "설명"
    code_list.rename_topic(it.session, colleague, it.id, topic, name_ko="새 이름", name_en="", expected_version=1,
                           now=it.now)
    with pytest.raises(ConflictError):
        code_list.rename_topic(it.session, it.reviewer, it.id, topic, name_ko="다른 이름", name_en="",
                               expected_version=1, now=it.now)
    with pytest.raises(NotFoundError):
        code_list.rename_topic(it.session, it.reviewer, it.id, 10**12, name_ko="이름", name_en="", expected_version=1,
                               now=it.now)


def test_retiring_and_offering_again(it: Scene) -> None:
    tag = _add(it, _topic(it))
    for _ in range(2):
        code_list.retire_tag(it.session, it.reviewer, it.id, tag, now=it.now)
    codes = code_list.code_list(it.session, it.id)
    assert codes.current == () and codes.tags[0].retired
    assert codes.named("사전고지") is None
    code_list.restore_tag(it.session, it.reviewer, it.id, tag, now=it.now)
    assert len(code_list.code_list(it.session, it.id).current) == 1
    assert it.verbs().count("review.code_list_changed") == 4


def test_importing_adds_what_is_missing(it: Scene) -> None:
    content = json.loads((folder("static").parent / "portal/demo/data/tags.json").read_text(encoding="utf-8"))
    topics, tags = len(content["topics"]), len(content["tags"])
    assert code_list.import_code_list(it.session, it.reviewer, it.id, content, now=it.now) == (topics, tags)
    assert code_list.import_code_list(it.session, it.reviewer, it.id, content, now=it.now) == (0, 0)
    assert len(code_list.code_list(it.session, it.id).tags) == tags
    assert it.verbs() == ["review.code_list_changed"]


@pytest.mark.parametrize("content", [
    {}, {"topics": "x", "tags": []}, {"topics": [], "tags": [{"key": "a"}]}, {"topics": [3], "tags": []},
    {"topics": [{"key": "A B", "name_ko": "가", "name_en": ""}], "tags": []},
    {"topics": [], "tags": [{"key": "a", "topic": "nowhere", "name_ko": "가", "name_en": "", "description": ""}]}])
def test_a_list_of_another_shape_is_refused(it: Scene, content: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        code_list.import_code_list(it.session, it.reviewer, it.id, content, now=it.now)
