"""Suggestions of a cluster: the right one among three, with what they rest on."""

from __future__ import annotations

import random

import numpy as np
import pytest

from portal.analysis.assist import SHOWN, Standing, suggest_clusters
from portal.analysis.features import Features

from .collections_of_texts import collection, shuffled


def test_the_right_cluster_comes_first_for_nearly_all() -> None:
    texts, tokens, issue_of = collection(each=20)
    decided = random.Random(3).sample(sorted(issue_of), len(issue_of) * 3 // 10)
    found = suggest_clusters(Features(texts, tokens), {one: issue_of[one] for one in decided})
    assert set(found) == set(issue_of) - set(decided)
    assert np.mean([suggestions[0].cluster == issue_of[one] for one, suggestions in found.items()]) > 0.9
    assert all(len(suggestions) <= SHOWN for suggestions in found.values())


def test_a_suggestion_names_what_it_rests_on() -> None:
    texts, tokens, issue_of = collection()
    words = {text.id: one.words for text, one in zip(texts, tokens, strict=True)}
    left = "retention00"
    features = Features(texts, tokens)
    suggestion = suggest_clusters(features, {one: issue for one, issue in issue_of.items() if one != left})[left][0]
    assert suggestion.cluster == "retention"
    assert suggestion.words and set(suggestion.words) <= set(words[left])
    assert suggestion.clauses == ("art_27__para_2",)
    assert suggestion.nearest and all(issue_of[one] == "retention" for one in suggestion.nearest)
    assert 0.5 < suggestion.score <= 1


def test_scores_fall_and_are_independent_of_the_order() -> None:
    texts, tokens, issue_of = collection()
    decided = {one: issue for one, issue in issue_of.items() if one.endswith(("0", "3"))}
    found = suggest_clusters(Features(texts, tokens), decided)
    assert found == suggest_clusters(Features(*shuffled(texts, tokens, 4)), decided)
    for suggestions in found.values():
        scores = [suggestion.score for suggestion in suggestions]
        assert scores == sorted(scores, reverse=True)


def test_nothing_is_suggested_where_nothing_is_grouped() -> None:
    texts, tokens, issue_of = collection()
    assert set(suggest_clusters(Features(texts, tokens), {}).values()) == {()}
    assert suggest_clusters(Features(texts, tokens), issue_of) == {}


def test_only_for_the_texts_asked_for_and_unknown_ids_are_passed_over() -> None:
    texts, tokens, issue_of = collection()
    decided = {one: issue for one, issue in issue_of.items() if one != "label00" and one != "label01"}
    found = suggest_clusters(Features(texts, tokens), {**decided, "unknown": "other"}, ids=["label01"])
    assert list(found) == ["label01"]
    assert "other" not in {suggestion.cluster for suggestion in found["label01"]}


def test_a_text_is_left_out_of_its_own_score() -> None:
    texts, tokens, issue_of = collection()
    features = Features(texts, tokens)
    right = Standing(features, issue_of).scores_of_own()
    wrong = Standing(features, {**issue_of, "label00": "grace"}).scores_of_own()
    row = features.ids.index("label00")
    assert wrong[row] < right[row] - 0.2


@pytest.mark.parametrize("most", [1, 2])
def test_fewer_suggestions_when_asked(most: int) -> None:
    texts, tokens, issue_of = collection()
    decided = {one: issue for one, issue in issue_of.items() if one != "agent00"}
    assert len(suggest_clusters(Features(texts, tokens), decided, most)["agent00"]) == most
