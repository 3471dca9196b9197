"""The parts put together: the same result in any order, added texts that move nothing, and texts that nobody wrote."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from portal.analysis.engine import ENGINE, Analysis, Drafts, Engine, Grouping
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import TOKENISER
from portal.ordinances.clauses import Draft
from tests.unit.analysis.hostile_texts import HOSTILE


@pytest.fixture(scope="module")
def some(corpus: list[dict[str, Any]]) -> list[Text]:
    return [Text(one["id"], one["lang"], one["reason"], one["clause"].replace("whole", "doc").replace("after:", "after_"),
                 one["position"]) for one in corpus[:80]]  # fmt: skip


@pytest.fixture(scope="module")
def labels(corpus: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {one["id"]: tuple(one["tags"]) for one in corpus[:60]}


@pytest.fixture(scope="module")
def analysis(engine: Engine, some: list[Text], labels: dict[str, tuple[str, ...]]) -> Analysis:
    return engine.analyse(some, labels)


def test_the_engine_names_itself_and_its_tokeniser(analysis: Analysis) -> None:
    assert TOKENISER in ENGINE
    assert analysis.engine == ENGINE and analysis.model is None


def test_nothing_at_all(engine: Engine) -> None:
    for ready in (engine, Engine()):
        analysis = ready.analyse([])
        assert (analysis.campaigns, analysis.clusters, analysis.tray, analysis.suggestions) == ((), (), (), {})


def test_what_depends_on_the_draft_is_made_once(engine: Engine) -> None:
    assert engine.space is engine.space and engine.index is engine.index
    assert engine.index is not None and engine.index.space is engine.space


def test_the_same_in_any_order(engine: Engine, some: list[Text], labels: dict[str, tuple[str, ...]], analysis: Analysis) -> None:
    shuffled = list(some)
    Random(2).shuffle(shuffled)
    assert engine.analyse(shuffled, dict(reversed(labels.items()))) == analysis


def test_every_text_is_in_one_cluster_or_in_the_tray(some: list[Text], analysis: Analysis) -> None:
    members = [member for cluster in analysis.clusters for member in cluster.members]
    assert sorted([*members, *analysis.tray]) == sorted(text.id for text in some)
    assert set(analysis.descriptions) == {cluster.id for cluster in analysis.clusters}


def test_tags_are_suggested_for_what_has_none(some: list[Text], labels: dict[str, tuple[str, ...]], analysis: Analysis) -> None:
    assert set(analysis.suggestions) == {text.id for text in some[60:]}
    known = {tag for tags in labels.values() for tag in tags}
    assert all(one.tag in known for found in analysis.suggestions.values() for one in found)


def test_labels_of_one_each_are_clusters_and_those_that_suit_the_others_are_suggested(
    engine: Engine, corpus: list[dict[str, Any]], some: list[Text]
) -> None:
    issue = {one["id"]: one["segments"][0]["issue"] for one in corpus if one["segments"]}
    known = {text.id: (issue[text.id],) for text in some[::2] if text.id in issue}
    found = engine.analyse(some, known).suggestions
    there = {issue for issue, in known.values()}
    asked = [text.id for text in some if text.id not in known and issue.get(text.id) in there]
    right = sum(issue[one] in {tag.tag for tag in found[one][:3]} for one in asked)
    assert asked and right >= 0.75 * len(asked)
    assert any(engine.analyse(some, dict(list(known.items())[:6])).suggestions.values()), "of tags there would be too few"
    for tags in found.values():
        assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
        assert all(tag.earlier for tag in tags), "the members most alike are named"


def test_letters_of_a_campaign_and_the_same_few_words_are_kept_together(engine: Engine, some: list[Text]) -> None:
    few = [Text(f"z{number}", "ko", "반대합니다.", "doc") for number in range(4)]
    letter = "이 법안은 국민의 안전을 위협하므로 전면 반대합니다. 즉시 철회하여 주시기 바랍니다."
    letters = [Text(f"y{number}", "ko", letter, "doc" if number % 2 else "art_23") for number in range(4)]
    clusters = [set(one.members) for one in engine.analyse([*some, *few, *letters]).clusters]
    assert {one.id for one in few} in clusters
    assert any({one.id for one in letters} <= members for members in clusters)


def test_added_texts_move_nothing(engine: Engine, some: list[Text]) -> None:
    before = engine.analyse(some[:60])
    after = engine.analyse(some[:60], added=some[60:], standing=Grouping(before.clusters))
    was = {member: cluster.id for cluster in before.clusters for member in cluster.members}
    now = {member: cluster.id for cluster in after.clusters for member in cluster.members}
    assert {member: now.get(member) for member in was} == was
    assert set(after.placed) == {text.id for text in some[60:]}
    assert all(len(found) <= 3 for found in after.placed.values())
    assert set(now) - set(was) | set(after.tray) >= {text.id for text in some[60:]}
    joined = set(now) - set(was)
    assert all(now[text] == after.placed[text][0].cluster for text in joined) and not joined & set(after.tray)


def test_stored_words_are_taken_where_this_tokeniser_made_them(engine: Engine, some: list[Text]) -> None:
    name = engine.tokeniser.name
    stored = {some[0].id: Tokens(("stored",), name), some[1].id: Tokens(("old",), "another tokeniser")}
    found = engine.tokens_of(some[:3], stored=stored)
    assert found[0].words == ("stored",) and "old" not in found[1].words
    assert all(one.tokeniser == name for one in found)
    words = {text.id: words for text, words in zip(some[:30], engine.tokens_of(some[:30]), strict=True)}
    assert engine.analyse(some[:30], stored=words) == engine.analyse(some[:30])


def test_two_drafts_of_one_language_each_are_one(draft: Draft) -> None:
    korean = Draft(tuple(replace(one, heading_en=None, text_en=None) for one in draft.clauses), draft.title_ko)
    english = Draft(tuple(replace(one, heading_ko=None, text_ko=None) for one in draft.clauses[:-1]), title_en=draft.title_en)
    joined = Drafts(korean, english).joined()
    assert joined is not None and joined.languages == ("ko", "en") and joined.title_en == draft.title_en
    assert [one.text_en for one in joined.clauses] == [*(one.text_en for one in draft.clauses[:-1]), None]
    assert [one.text_ko for one in joined.clauses] == [one.text_ko for one in draft.clauses]
    assert set(Drafts(korean, english).terms()) >= set(Drafts(korean).terms()) | set(Drafts(None, english).terms())
    assert Drafts(draft, draft).joined() is draft and Drafts(draft, draft).each() == (draft,)
    assert Drafts(None, english).joined() is english and Drafts().joined() is None


def test_two_texts_of_one_id(engine: Engine) -> None:
    with pytest.raises(ValueError, match="'a'"):
        engine.analyse([Text("a", "ko", "가"), Text("a", "en", "b")])


def test_hostile_texts(engine: Engine) -> None:
    texts = [Text(name, "ko", text[:20_000], "art_32") for name, text in HOSTILE.items()]
    texts += [replace(text, id=f"{text.id} again", language="en", clause="no such clause", position="question") for text in texts[:2]]
    stored = {name: Tokens((), engine.tokeniser.name) for name in ("no spaces", "one syllable repeated")}  # see test_tokens
    analysis = engine.analyse(texts, {"empty": ("nothing",), "stops": ("nothing",)}, stored=stored)
    members = [member for cluster in analysis.clusters for member in cluster.members]
    assert sorted([*members, *analysis.tray]) == sorted(text.id for text in texts)


class Letters:
    """A model of the operator's own: how often some letters stand in a text."""

    name, digest = "letters", "0123"

    def vectors(self, texts: list[str]) -> Any:
        counted = np.asarray([[text.count(letter) for letter in "가나다라마바사aeiou"] for text in texts], dtype=np.float32)
        return counted / np.maximum(np.linalg.norm(counted, axis=1, keepdims=True), 1)


def test_a_model_of_the_operators_own(engine: Engine, some: list[Text]) -> None:
    assert engine.analyse(some[:20], embedder=Letters()).model == "letters 0123"  # type: ignore[arg-type]
