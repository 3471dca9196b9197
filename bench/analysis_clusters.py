"""Clusters on the development corpus and on sets made of it: how good they are, what each stage earns, the time.

`python -m bench.analysis_clusters` runs it by itself; `--ablation` leaves out one stage at a time. The sets: all
segments of the comments; those of one language; those of half the issues, drawn three times; the segments of letters
and meetings, other texts on the same issues; those of the comments with less said of their clauses. Large sets are made
of the corpus by dropping and mixing words; their tokens are ready before the clock starts, in a process of their own.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis import clusters, features
from portal.analysis.assist import suggest_clusters
from portal.analysis.clause_space import ClauseSpace
from portal.analysis.clusters import Clustering, cluster_features
from portal.analysis.features import Features
from portal.analysis.nearest import nearest
from portal.analysis.placing import place
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser, terms_of
from portal.ordinances.clauses import Draft, Language
from portal.ordinances.readers import read
from portal.suggestions.queries import SURE

_PROJECT = Path(__file__).parents[1]
_DATA = _PROJECT.parent / "shared" / "data"
_ROUNDS = 10
#: Which share is grouped already, and for how many of the rest the right cluster is to be among the first three.
ASSISTED = ((0.1, 0.65), (0.3, 0.85), (0.5, 0.92))
#: Texts, seconds, megabytes.
_LARGE = ((10_000, 10, 800), (100_000, 90, 2_000))


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the corpus, its words, and the issue it belongs to."""

    text: Text
    tokens: Tokens
    issue: str


@dataclass(frozen=True)
class Stock:
    """The corpus as the measurements take it."""

    draft: Draft
    space: ClauseSpace
    sets: Mapping[str, tuple[Segment, ...]]

    @property
    def drafts(self) -> dict[Language, Draft]:
        return {"ko": self.draft, "en": self.draft}

    def features(self, segments: tuple[Segment, ...]) -> Features:
        return Features([one.text for one in segments], [one.tokens for one in segments], self.space, None, self.drafts)


@cache
def stock() -> Stock | None:
    """The corpus; None where it is not there."""
    if not (_DATA / "corpus").is_dir():
        return None
    draft = read((_DATA / "demo" / "draft_v1.json").read_bytes(), "draft_v1.json").draft
    tokeniser = Tokeniser(terms_of(draft))
    segments = tuple(_segments(tokeniser))
    filed = tuple(one for one in segments if one.text.id.startswith("c"))
    issues = sorted({one.issue for one in filed})
    sets = {"corpus": filed, "letters and meetings": tuple(one for one in segments if one not in set(filed))}
    for language in ("ko", "en"):
        sets[f"corpus, {language} alone"] = tuple(one for one in filed if one.text.language == language)
    for seed in range(3):
        half = set(random.Random(seed).sample(issues, len(issues) // 2))
        sets[f"half of the issues, {seed}"] = tuple(one for one in filed if one.issue in half)
    chance = random.Random(5)
    sets["three tenths to the whole draft"] = tuple(
        _filed_at(one, "doc") if chance.random() < 0.3 else one for one in filed
    )
    sets["articles alone chosen"] = tuple(_filed_at(one, (one.text.clause or "doc").split("__")[0]) for one in filed)
    return Stock(draft, ClauseSpace.learn(draft, tokeniser), sets)


def _filed_at(segment: Segment, clause: str) -> Segment:
    return replace(segment, text=replace(segment.text, clause=clause))


def _segments(tokeniser: Tokeniser) -> Iterator[Segment]:
    told = [json.loads(line) for line in (_DATA / "corpus" / "comments.jsonl").read_text("utf-8").splitlines()]
    for comment in told:
        yield from of_comment(tokeniser, comment, comment["id"], comment["lang"])
    for folder in ("letters", "meetings"):
        for file in sorted((_DATA / "corpus" / folder).glob("*.gold.json")):
            gold = json.loads(file.read_text("utf-8"))
            for comment in gold["comments"]:
                yield from of_comment(tokeniser, comment, f"{folder} {file.name[:2]} {comment['n']:02}", gold["lang"])


def of_comment(tokeniser: Tokeniser, comment: dict[str, Any], name: str, language: Language) -> Iterator[Segment]:
    """The segments of a comment as it is written down."""
    clause = (comment["clause"] or "doc").replace("after:", "after_")
    for number, segment in enumerate(comment["segments"]):
        text = Text(f"{name}-{number}", language, segment["text"], clause, comment["position"])
        yield Segment(text, tokeniser.tokens(text.text, language), segment["issue"])


# ------------------------------------------------------------------------------------------------------------- quality


def quality(segments: tuple[Segment, ...], found: Clustering) -> dict[str, float]:
    """The measures of the targets; a text in the tray is a cluster of its own. `same language` and `across` are the
    shares of pairs on one issue that share a cluster."""
    label = {one: cluster.id for cluster in found.clusters for one in cluster.members} | {
        one: one for one in found.tray
    }
    gold = np.asarray([one.issue for one in segments])
    said = np.asarray([label[one.text.id] for one in segments])
    same, together = gold[:, None] == gold[None], said[:, None] == said[None]
    languages = np.asarray([one.text.language for one in segments])
    across = languages[:, None] != languages[None]
    others = ~np.eye(len(gold), dtype=bool)
    measured = {
        "NMI": normalized_mutual_info_score(gold, said),
        "ARI": adjusted_rand_score(gold, said),
        "precision": ((same & together).sum(1) / together.sum(1)).mean(),
        "recall": ((same & together).sum(1) / same.sum(1)).mean(),
        "clusters": len(found.clusters),
        "tray": len(found.tray),
        "same language": together[same & others & ~across].mean(),
    }
    if across.any():
        measured["across"] = together[same & across].mean()
    return {what: round(float(value), 3) for what, value in measured.items()}


def assisted(stored: Stock, share: float) -> float:
    """How often the right cluster is among three for the rest, a share being grouped by people; the mean of rounds."""
    segments = stored.sets["corpus"]
    seen = stored.features(segments)
    issue_of = {one.text.id: one.issue for one in segments}
    right = []
    for seed in range(_ROUNDS):
        chance = random.Random(seed)
        decided = {one: issue for one, issue in issue_of.items() if chance.random() < share}
        found = suggest_clusters(seen, decided)
        right.append(np.mean([issue_of[one] in [each.cluster for each in three] for one, three in found.items()]))
    return float(np.mean(right))


def arriving(stored: Stock) -> dict[str, float]:
    """A tenth of the segments arriving: how many are placed, how often rightly, how many earlier ones move."""
    segments = stored.sets["corpus"]
    placed, right, of, moved = 0, 0, 0, 0
    for seed in range(_ROUNDS):
        chance = random.Random(seed)
        new = {one.text.id for one in segments if chance.random() < 0.1}
        standing = {one.text.id: one.issue for one in segments if one.text.id not in new}
        before = dict(standing)
        old = stored.features(tuple(one for one in segments if one.text.id not in new))
        arrived = [one for one in segments if one.text.id in new]
        found = place(old, standing, [one.text for one in arrived], [one.tokens for one in arrived])
        moved += sum(standing.get(one) != before[one] or one in found.tray for one in before)
        issue_of = {one.text.id: one.issue for one in arrived}
        of += len(arrived)
        placed += len(found.placed)
        right += sum(three[0].cluster == issue_of[one] for one, three in found.placed.items())
    return {"placed": round(placed / of, 3), "rightly": round(right / max(placed, 1), 3), "earlier ones moved": moved}


def surely(stored: Stock) -> dict[str, str]:
    """Where a share of the issues has a cluster, with four fifths of its comments: of the rest, how many first
    suggestions are sure (not called weak), and how many of these are right."""
    segments = stored.sets["corpus"]
    seen = stored.features(segments)
    issue_of = {one.text.id: one.issue for one in segments}
    issues = sorted(set(issue_of.values()))
    told = {}
    for share in (0.25, 0.5, 0.75, 1.0):
        asked, sure, right = 0, 0, 0
        for seed in range(_ROUNDS):
            chance = random.Random(seed * 100 + int(share * 100))
            stand = set(chance.sample(issues, max(2, int(len(issues) * share))))
            decided = {one: issue for one, issue in issue_of.items() if issue in stand and chance.random() < 0.8}
            for one, three in suggest_clusters(seen, decided).items():
                asked += 1
                if three and three[0].score >= SURE:
                    sure += 1
                    right += three[0].cluster == issue_of[one]
        told[f"{share:.0%} have one"] = f"{sure / asked:.2f} sure, {right / max(sure, 1):.2f} right"
    return told


# ------------------------------------------------------------------------------------------------------------ ablation


def _leiden(seen: Features) -> Clustering:
    """The clusters of the 15-nearest-neighbours graph by modularity, instead of average linkage."""
    from sknetwork.clustering import Leiden

    graph = nearest(seen.vectors, seen.vectors, 15, itself=False)
    labels = Leiden(resolution=2, random_state=0).fit_predict(sp.csr_matrix(graph.maximum(graph.T)))
    return clusters.named(seen.ids, np.asarray(labels, dtype=np.intp))


@contextmanager
def _without(**patches: Any) -> Iterator[None]:
    with ExitStack() as stack:
        for where, value in patches.items():
            module, _, name = where.partition("__")
            stack.enter_context(patch.object({"features": features, "clusters": clusters}[module], name, value))
        yield


def ablations(stored: Stock) -> dict[str, Callable[[tuple[Segment, ...]], Clustering]]:
    """The whole, and the whole without one stage."""

    def run(segments: tuple[Segment, ...], space: Any = stored.space, drafts: Any = stored.drafts,
            group: Callable[[Features], Clustering] = cluster_features, **patches: Any) -> Clustering:  # fmt: skip
        texts, tokens = [one.text for one in segments], [one.tokens for one in segments]
        with _without(**patches):
            return group(Features(texts, tokens, space, None, drafts))

    def alike(chosen: Any, *_: Any) -> Any:
        return np.ones(chosen.shape[1], dtype=np.float32)

    def unchosen(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
        return tuple(replace(one, text=replace(one.text, clause=None)) for one in segments)

    return {
        "the whole": run,
        "without the clause chosen": lambda segments: run(unchosen(segments)),
        "without the clauses cited": lambda segments: run(segments, drafts=None),
        "without weighing clauses": lambda segments: run(segments, features___likeness_of_clauses=alike),
        "without neighbours": lambda segments: run(segments, features___profiles=lambda own, *_: own),
        "without the words": lambda segments: run(segments, features__WORDS_WEIGHT=1e-6),
        "without the other language": lambda segments: run(segments, space=None),
        "without taking in": lambda segments: run(segments, clusters__TAKEN_IN=9.0),
        "Leiden instead": lambda segments: run(segments, group=_leiden),
        "words weighing 0.25": lambda segments: run(segments, features__WORDS_WEIGHT=0.25),
        "words weighing 1": lambda segments: run(segments, features__WORDS_WEIGHT=1.0),
        "joined at 0.65": lambda segments: run(segments, clusters__JOINED=0.65, clusters__TAKEN_IN=0.55),
        "joined at 0.70": lambda segments: run(segments, clusters__JOINED=0.70, clusters__TAKEN_IN=0.60),
        "joined at 0.80": lambda segments: run(segments, clusters__JOINED=0.80, clusters__TAKEN_IN=0.70),
        "150 compared, the rest placed": lambda segments: run(segments, clusters__COMPARED=150),
    }


# --------------------------------------------------------------------------------------------------------------- speed

_GROUP = """
import json, pickle, sys, time
from pathlib import Path
from bench.memory import peak_megabytes
from portal.analysis.clusters import cluster_features
from portal.analysis.features import Features
texts, tokens, space, drafts = pickle.loads(Path(sys.argv[1]).read_bytes())
start, began = time.perf_counter(), time.process_time()
features = Features(texts, tokens, space, None, drafts)
seen = time.perf_counter()
found = cluster_features(features)
print(json.dumps({"seconds": time.perf_counter() - start, "features": seen - start,
                  "processor seconds": time.process_time() - began, "clusters": len(found.clusters),
                  "tray": len(found.tray), "megabytes": peak_megabytes()}))
"""


def many(segments: tuple[Segment, ...], count: int) -> tuple[list[Text], list[Tokens]]:
    """So many texts: each a segment without three tenths of its words, with some of another's and four of its own."""
    chance = random.Random(count)
    of_language = {language: [one for one in segments if one.text.language == language] for language in ("ko", "en")}
    texts, tokens = [], []
    for number in range(count):
        one = chance.choice(segments)
        other = chance.choice(of_language[one.text.language])
        words = [word for word in one.tokens.words if chance.random() < 0.7]
        words += [word for word in other.tokens.words if chance.random() < 0.15]
        words += [f"w{chance.randrange(count // 4)}" for _ in range(4)]
        texts.append(replace(one.text, id=f"{number:07}"))
        tokens.append(Tokens(tuple(words), one.tokens.tokeniser))
    return texts, tokens


def _speed(stored: Stock, count: int, seconds: float, megabytes: float) -> Row:
    texts, tokens = many(stored.sets["corpus"], count)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts"
        file.write_bytes(pickle.dumps((texts, tokens, stored.space, stored.drafts)))
        done = subprocess.run([sys.executable, "-c", _GROUP, str(file)], cwd=_PROJECT, capture_output=True, text=True,
                              check=True)  # fmt: skip
    told = json.loads(done.stdout)
    row = Row(f"clusters of {count:,} texts", count, p50=told["seconds"] * 1000,
              more={what: round(value, 1) for what, value in told.items()})  # fmt: skip
    row.ask(f"≤ {seconds} s", told["seconds"] <= seconds)
    row.ask(f"≤ {megabytes} MB", told["megabytes"] <= megabytes)
    return row


# ------------------------------------------------------------------------------------------------------------ the rows


def ask(row: Row, measured: Mapping[str, float]) -> None:
    """The targets of a grouping."""
    row.ask("NMI ≥ 0.80", measured["NMI"] >= 0.80)
    row.ask("ARI ≥ 0.55", measured["ARI"] >= 0.55)
    row.ask("precision ≥ 0.70 at recall ≥ 0.45", measured["precision"] >= 0.70 and measured["recall"] >= 0.45)
    row.ask("not split by language", measured["across"] >= 0.8 * measured["same language"])


def measure(ready: Stand | None = None) -> list[Row]:
    """Every target of the clusters, a row each."""
    stored = stock()
    if stored is None:
        return []
    rows = []
    for name, segments in stored.sets.items():
        measured = quality(segments, cluster_features(stored.features(segments)))
        row = Row(f"clusters: {name}", len(segments), more=measured)
        if name == "corpus":
            ask(row, measured)
        rows.append(row)
    for share, target in ASSISTED:
        right = assisted(stored, share)
        row = Row(f"assisted, {share:.0%} grouped", len(stored.sets["corpus"]), more={"among three": round(right, 3)})
        row.ask(f"≥ {target}", right >= target)
        rows.append(row)
    row = Row("a tenth arriving", len(stored.sets["corpus"]), more=arriving(stored))
    row.ask("no earlier one moves", row.more["earlier ones moved"] == 0)
    rows.append(row)
    rows.append(Row("a cluster suggested, by the share of issues that have one", len(stored.sets["corpus"]),
                    more=dict(surely(stored))))
    rows.extend(_speed(stored, *large) for large in _LARGE)
    return rows


def _tell_ablation() -> None:
    stored = stock()
    assert stored is not None, f"the corpus is not at {_DATA}"
    for stage, run in ablations(stored).items():
        measured = [quality(segments, run(segments)) for segments in stored.sets.values()]
        means = {what: np.mean([one[what] for one in measured]) for what in ("NMI", "ARI", "precision", "recall")}
        print(f"{stage:28} corpus {measured[0]}\n{'':28} mean of all sets "
              + " ".join(f"{what} {value:.3f}" for what, value in means.items()))  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.analysis_clusters", description=__doc__)
    parser.add_argument("--ablation", action="store_true", help="leave out one stage at a time")
    if parser.parse_args().ablation:
        _tell_ablation()
    else:
        print(table(measure()))
