"""The whole engine on collections by other authors (`bench/collections/`): another writer on the demonstration draft,
and another ministry's decree.

`python -m bench.analysis_collections` runs it by itself. What is measured is what the other `bench.analysis_*` measure
on the development corpus, with the same functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench import analysis_clusters, analysis_languages, analysis_letters, analysis_tags
from bench.analysis_tags import DATA, WAYS, Comment
from bench.made_letters import pairwise
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.clause_index import ClauseIndex
from portal.analysis.clause_space import ClauseSpace
from portal.analysis.clusters import cluster_features
from portal.analysis.letters import LetterReader
from portal.analysis.near_copies import find_campaigns
from portal.analysis.passages import ClauseModel
from portal.analysis.texts import Text
from portal.analysis.tokens import Tokeniser, terms_of
from portal.ordinances.clauses import LANGUAGES, Draft
from portal.ordinances.readers import read

_SETS = Path(__file__).parent / "collections"
#: Each collection and the draft that it is on.
COLLECTIONS: Mapping[str, Path] = {
    "ai_decree": DATA / "demo" / "draft_v1.json",
    "virtual_assets": DATA / "ordinances/kr/decree/virtual_asset_user_protection_decree/2024-07-02_34658.md",
}
_DECISIONS = (50, 100)


@dataclass(frozen=True)
class Collection:
    """Comments on a draft, and letters."""

    name: str
    draft: Draft

    @cached_property
    def told(self) -> list[dict[str, Any]]:
        """The comments as they are written down."""
        lines = (_SETS / self.name / "comments.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @cached_property
    def tokeniser(self) -> Tokeniser:
        return Tokeniser(terms_of(self.draft))

    @cached_property
    def index(self) -> ClauseIndex:
        return ClauseIndex(self.draft, None, self.tokeniser)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(analysis_tags.comment(self.tokeniser, one, one["id"], one["lang"], one["reason"])
                     for one in self.told)  # fmt: skip

    @cached_property
    def passages(self) -> tuple[Comment, ...]:
        """Comments with one segment, copies aside, without what they cite."""
        return tuple(
            analysis_tags.comment(self.tokeniser, one, one["id"], one["lang"],
                                  analysis_tags.without_citations(one["segments"][0]["text"], one["lang"]))
            for one in self.told
            if len(one["segments"]) == 1 and one["clause"].startswith("art_") and not one["variant_of"]
        )  # fmt: skip

    def letters(self) -> Iterator[dict[str, Any]]:
        """What is marked in each letter, with its text."""
        for file in sorted((_SETS / self.name / "letters").glob("*.gold.json")):
            gold = json.loads(file.read_text("utf-8"))
            yield {**gold, "text": file.with_name(gold["file"]).read_text("utf-8")}


def collections() -> list[Collection]:
    """Those whose drafts are there."""
    return [Collection(name, read(path.read_bytes(), path.name).draft)
            for name, path in COLLECTIONS.items() if path.is_file()]  # fmt: skip


def measure(stand: Stand | None) -> list[Row]:
    """Rows for everything that the engine proposes, for each collection."""
    return [row for each in collections() for part in (_clusters, _campaigns, _tags, _clauses, _letters)
            for row in part(each)]  # fmt: skip


def _clusters(given: Collection) -> Iterator[Row]:
    segments = tuple(
        one for comment in given.told
        for one in analysis_clusters.of_comment(given.tokeniser, comment, comment["id"], comment["lang"])
    )  # fmt: skip
    stored = analysis_clusters.Stock(given.draft, ClauseSpace.learn(given.draft, given.tokeniser), {"corpus": segments})
    measured = analysis_clusters.quality(segments, cluster_features(stored.features(segments)))
    row = Row(f"{given.name}: clusters", len(segments), more=measured)
    analysis_clusters.ask(row, measured)
    yield row
    for share, target in analysis_clusters.ASSISTED:
        right = analysis_clusters.assisted(stored, share)
        row = Row(f"{given.name}: assisted, {share:.0%} grouped", len(segments), more={"among three": round(right, 3)})
        row.ask(f"≥ {target}", right >= target)
        yield row
    languages = {one.text.language for one in segments}
    if languages == set(LANGUAGES):
        texts, issues = [one.text for one in segments], [one.issue for one in segments]
        area = analysis_languages.area(stored.space, texts, [one.tokens for one in segments], issues)
        row = Row(f"{given.name}: Korean–English pairs", len(segments), more={"AUROC": round(area, 3)})
        row.ask("AUROC at least .85", area >= 0.85)
        yield row


def _campaigns(given: Collection) -> Iterator[Row]:
    quoted = [text for clause in given.draft.clauses for language in LANGUAGES if (text := clause.text(language))]
    copies = find_campaigns([Text(one["id"], one["lang"], one["reason"]) for one in given.told], quoted)
    meant = {one["id"]: one["campaign"] for one in given.told if one["campaign"]}
    found = {member: one.id for one in copies.campaigns for member in one.members}
    precision, recall, both = pairwise(found, meant)
    unrelated = sum(member not in meant for member in found)
    row = Row(f"{given.name}: near-copies", len(given.told), more={
        "precision": round(precision, 3), "recall": round(recall, 3), "F1": round(both, 3), "unrelated": unrelated,
        "variants": len(meant), "missed": ", ".join(sorted(meant.keys() - found.keys()))})  # fmt: skip
    row.ask("pairwise F1 at least 0.98", both >= 0.98)
    row.ask("no unrelated letter in a group", unrelated == 0)
    yield row


def _tags(given: Collection) -> Iterator[Row]:
    for count in _DECISIONS:
        told = analysis_tags.after_decisions(given.comments, given.index, count)
        row = Row(f"{given.name}: tags after {count} decisions", len(given.told),
                  more={name: round(value, 3) for name, value in told.items()})
        if count == _DECISIONS[-1]:
            row.ask("one of three right >= 0.85", told["one of three right"] >= 0.85)
        yield row


def _clauses(given: Collection) -> Iterator[Row]:
    for how in WAYS:
        row = analysis_tags.clauses(given.index, given.passages, given.comments, how, f"{given.name}: ")
        yield row


def _letters(given: Collection) -> Iterator[Row]:
    for how in WAYS:
        sums = analysis_letters.Sums()
        for gold in given.letters():
            marked = analysis_letters.marked_in(gold)
            writers = {gold["organisation"], *(one["organisation"] for one in gold["comments"])}
            others = (one for one in given.comments if one.organisation not in writers)
            reader = LetterReader(ClauseModel(given.index, analysis_tags.taught_by(others, how)), given.tokeniser)
            sums.add(reader.split(gold["text"]), marked)
        yield sums.row(f"{given.name}: letters, {how}", len(given.told))


if __name__ == "__main__":
    print(table(measure(None)))
