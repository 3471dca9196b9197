"""Grouping: known issues are found, in any order, at any size, in both languages; quality on the corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from portal.analysis import clusters
from portal.analysis.clause_space import ClauseSpace
from portal.analysis.clusters import Cluster, cluster, cluster_features, kept_together, named, same_words
from portal.analysis.engine import Engine
from portal.analysis.features import Features
from portal.analysis.texts import Text, Tokens

from .collections_of_texts import ISSUES, collection, shuffled


def _purity(found: tuple[Cluster, ...], issue_of: dict[str, str]) -> float:
    inside = [[issue_of[one] for one in group.members] for group in found]
    return sum(max(map(group.count, group)) for group in inside) / sum(map(len, inside))


def test_known_issues_are_found_whatever_the_language() -> None:
    texts, tokens, issue_of = collection()
    found = cluster(texts, tokens)
    assert _purity(found.clusters, issue_of) > 0.95
    for issue in ISSUES:
        largest = max(found.clusters, key=lambda group: sum(issue_of[one] == issue for one in group.members))
        languages = {text.language for text in texts if text.id in largest.members}
        assert languages == {"ko", "en"}


def test_every_text_is_in_one_cluster_or_in_the_tray() -> None:
    texts, tokens, _ = collection()
    texts.append(Text("alone", "ko", "전혀 다른 이야기", "doc"))
    tokens.append(Tokens(("고양이", "날씨"), ""))
    found = cluster(texts, tokens)
    everything = [one for group in found.clusters for one in group.members] + list(found.tray)
    assert sorted(everything) == sorted(text.id for text in texts)
    assert "alone" in found.tray
    assert all(len(group.members) > 1 for group in found.clusters)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_texts_does_not_matter(seed: int) -> None:
    texts, tokens, _ = collection()
    assert cluster(texts, tokens) == cluster(*shuffled(texts, tokens, seed))


def test_more_texts_than_are_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, tokens, issue_of = collection(each=40)
    monkeypatch.setattr(clusters, "COMPARED", 60)
    found = cluster(texts, tokens)
    assert _purity(found.clusters, issue_of) > 0.95
    assert len(found.tray) < len(texts) / 10
    assert cluster(*shuffled(texts, tokens, 5)) == found


def test_texts_that_are_all_the_same_are_one_cluster() -> None:
    texts = [Text(f"{number:02}", "ko", "같은 글", "art_1") for number in range(30)]
    found = cluster(texts, [Tokens(("같다", "글"), "")] * 30)
    assert [len(group.members) for group in found.clusters] == [30]


@pytest.mark.parametrize("count", [0, 1])
def test_no_text_or_one(count: int) -> None:
    found = cluster([Text("a", "ko", "글")][:count], [Tokens(("글",), "")][:count])
    assert found.clusters == () and len(found.tray) == count


def test_texts_without_words_or_clauses_stay_in_the_tray() -> None:
    found = cluster([Text(str(number), "en", "") for number in range(5)], [Tokens((), "")] * 5)
    assert found.clusters == () and len(found.tray) == 5


def test_clusters_are_named_by_size() -> None:
    found = named(["a", "b", "c", "d", "e", "f"], np.asarray([7, 7, -1, 3, 3, 3]))
    assert found.clusters == (Cluster("c1", ("d", "e", "f")), Cluster("c2", ("a", "b")))
    assert found.tray == ("c",)


def _segments(corpus: list[dict[str, Any]], tokeniser: Any) -> tuple[list[Text], list[Tokens], dict[str, str]]:
    texts, issue_of = [], {}
    for comment in corpus:
        for number, segment in enumerate(comment["segments"]):
            clause = comment["clause"].replace("after:", "after_")
            texts.append(
                Text(f"{comment['id']}-{number}", comment["lang"], segment["text"], clause, comment["position"])
            )
            issue_of[texts[-1].id] = segment["issue"]
    return texts, tokeniser.of_texts(texts), issue_of


def test_clusters_of_the_corpus(corpus: list[dict[str, Any]], tokeniser: Any, draft: Any) -> None:
    texts, tokens, issue_of = _segments(corpus, tokeniser)
    space = ClauseSpace.learn(draft, tokeniser)
    found = cluster_features(Features(texts, tokens, space, drafts={"ko": draft, "en": draft}))
    label = {one: group.id for group in found.clusters for one in group.members} | {one: one for one in found.tray}
    gold, said = [issue_of[text.id] for text in texts], [label[text.id] for text in texts]
    assert normalized_mutual_info_score(gold, said) >= 0.80
    assert adjusted_rand_score(gold, said) >= 0.55
    same_issue = np.equal.outer(np.asarray(gold), np.asarray(gold))
    together = np.equal.outer(np.asarray(said), np.asarray(said))
    shared = same_issue & together
    assert (shared.sum(1) / together.sum(1)).mean() >= 0.70
    assert (shared.sum(1) / same_issue.sum(1)).mean() >= 0.45
    languages = np.asarray([text.language for text in texts])
    across = np.not_equal.outer(languages, languages)
    assert together[same_issue & across].mean() > 0.8 * together[same_issue & ~across].mean()


def test_texts_with_nothing_readable_in_common_form_no_cluster(engine: Engine, corpus: list[dict[str, Any]]) -> None:
    """Neither with one another nor with a letter whose numbers they happen to hold."""
    letter = " ".join(one["reason"] for one in corpus if one["lang"] == "en")[:20_000]
    written = {
        "control characters": ("ko", "\x00\x01\x02\x1b[31m"), "markup": ("ko", "<script>alert(1)</script><p></p>"),
        "no word": ("en", "x1y2z3" * 1_000), "list": ("ko", "".join(f"{number}. 항목\n" for number in range(300))),
        "letter": ("en", letter),
    }  # fmt: skip
    texts = [Text(one, language, text) for one, (language, text) in written.items()]  # type: ignore[arg-type]
    features = engine.features(texts, engine.tokens_of(texts))
    assert not features.vectors[[one != "letter" for one in features.ids]].any(), "nothing is borrowed for them"
    found = cluster_features(features)
    assert found.clusters == () and set(found.tray) == set(written)


def test_what_belongs_together_is_in_one_group() -> None:
    ids = [f"{number}" for number in range(7)]
    labels = np.array([0, 0, 1, 1, 0, -1, 1])
    assert kept_together(labels, ids, [("0", "2", "3", "5", "9")]).tolist() == [1, 0, 1, 1, 0, 1, 1]
    assert kept_together(labels, ids, [("0", "2")]).tolist() == [0, 0, 0, 1, 0, -1, 1], "the first of equals"
    assert kept_together(labels, ids, [("0", "1", "2", "3", "6")]).tolist() == [1, 1, 1, 1, -1, -1, 1], "nothing alone"
    assert labels.tolist() == [0, 0, 1, 1, 0, -1, 1]
    alone = np.full(7, -1)
    assert kept_together(alone, ids, [("1", "3"), ("4",), ("8", "9")]).tolist() == [-1, 0, -1, 0, -1, -1, -1]


def test_short_texts_that_say_the_same_on_one_clause() -> None:
    said = [("a", "반대합니다.", "doc"), ("b", "반대 합니다!", "doc"), ("c", "반대합니다", "art_1"), ("d", "찬성합니다", "doc"),
            ("e", "…", "doc"), ("f", "!", "doc"), ("g", "I object.", "doc"), ("h", "i OBJECT", "doc")]
    texts = [Text(name, "ko" if name < "g" else "en", words, clause) for name, words, clause in said]
    assert same_words(texts) == [("a", "b"), ("g", "h")]
    assert same_words([]) == []
