"""The parts put together: the same result in any order, added texts that move nothing, and texts that nobody wrote."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from portal.analysis.engine import ENGINE, Drafts, Grouping, analyse
from portal.analysis.texts import Text
from portal.analysis.tokens import TOKENISER
from portal.ordinances.clauses import Draft
from tests.unit.analysis.hostile_texts import HOSTILE


@pytest.fixture(scope="module")
def some(corpus: list[dict[str, Any]]) -> list[Text]:
    return [Text(one["id"], one["lang"], one["reason"], one["clause"].replace("whole", "doc").replace("after:", "after_"),
                 one["position"]) for one in corpus[:100]]  # fmt: skip


def test_the_engine_names_itself_and_its_tokeniser() -> None:
    assert TOKENISER in ENGINE
    assert analyse([]).engine == ENGINE


def test_nothing_at_all() -> None:
    analysis = analyse([])
    assert (analysis.campaigns, analysis.clusters, analysis.tray, analysis.suggestions) == ((), (), (), {})


def test_the_same_in_any_order(some: list[Text], draft: Draft) -> None:
    drafts = Drafts(draft, draft)
    assert drafts.each() == (draft,)
    once = analyse(some, drafts)
    shuffled = list(some)
    Random(2).shuffle(shuffled)
    assert analyse(shuffled, drafts) == once


def test_every_text_is_in_one_cluster_or_in_the_tray(some: list[Text], draft: Draft) -> None:
    analysis = analyse(some, Drafts(draft))
    members = [member for cluster in analysis.clusters for member in cluster.members]
    assert sorted([*members, *analysis.tray]) == sorted(text.id for text in some)
    assert set(analysis.descriptions) == {cluster.id for cluster in analysis.clusters}


def test_added_texts_move_nothing(some: list[Text], draft: Draft) -> None:
    before = analyse(some[:80], Drafts(draft))
    after = analyse(some[:80], Drafts(draft), added=some[80:], standing=Grouping(before.clusters))
    was = {member: cluster.id for cluster in before.clusters for member in cluster.members}
    now = {member: cluster.id for cluster in after.clusters for member in cluster.members}
    assert {member: now.get(member) for member in was} == was
    assert set(after.placed) == {text.id for text in some[80:]}
    assert all(len(found) <= 3 for found in after.placed.values())
    assert set(now) - set(was) | set(after.tray) >= {text.id for text in some[80:]}


def test_tags_are_suggested_for_what_has_none(some: list[Text], corpus: list[dict[str, Any]], draft: Draft) -> None:
    labels = {one["id"]: one["tags"] for one in corpus[:80]}
    analysis = analyse(some, Drafts(draft), labels)
    assert set(analysis.suggestions) == {text.id for text in some[80:]}
    known = {tag for tags in labels.values() for tag in tags}
    assert all(one.tag in known for found in analysis.suggestions.values() for one in found)


def test_two_texts_of_one_id() -> None:
    with pytest.raises(ValueError, match="'a'"):
        analyse([Text("a", "ko", "가"), Text("a", "en", "b")])


def test_hostile_texts(draft: Draft) -> None:
    texts = [Text(name, language, text, "art_32") for name, text in HOSTILE.items() for language in ("ko",)]  # type: ignore[arg-type]
    texts += [replace(text, id=f"{text.id} again", language="en", clause="no such clause", position="question") for text in texts[:4]]
    analysis = analyse(texts, Drafts(draft))
    members = [member for cluster in analysis.clusters for member in cluster.members]
    assert sorted([*members, *analysis.tray]) == sorted(text.id for text in texts)


def test_a_model_of_the_operators_own(some: list[Text], draft: Draft) -> None:
    import numpy as np

    class Letters:
        name, digest = "letters", "0123"

        def vectors(self, texts: list[str]) -> Any:
            counted = np.asarray([[text.count(letter) for letter in "가나다라마바사aeiou"] for text in texts], dtype=np.float32)
            return counted / np.maximum(np.linalg.norm(counted, axis=1, keepdims=True), 1)

    analysis = analyse(some[:40], Drafts(draft), embedder=Letters())  # type: ignore[arg-type]
    assert analysis.model == "letters 0123"
    assert analyse([], embedder=None).model is None
