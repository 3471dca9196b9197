"""One text that arrives: its words, what it is a copy of, the clusters and tags that suit it, in a moment.

Everything that a consultation's texts have taught is made once and kept in memory by whoever asks (a worker); a text
that arrives is only compared with it. What is said of it is a proposal like all else. It says nothing of when what is
kept has grown old: that depends on what people decided meanwhile, and is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from portal.analysis.assist import ClusterSuggestion, Standing
from portal.analysis.copies_at_hand import CopiesAtHand, Copy
from portal.analysis.embeddings import Embedder
from portal.analysis.engine import ENGINE, Engine, Grouping
from portal.analysis.near_copies import Campaign
from portal.analysis.placing import least_fit
from portal.analysis.tags import TagSuggestion
from portal.analysis.texts import Text, Tokens


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the engine says of one text: its words, to be stored with it, the letter it is a copy of, three clusters at
    most, of which it fits the first or none (`fits`; else it belongs in the tray), and three tags at most."""

    id: str
    tokens: Tokens
    copy: Copy | None
    clusters: tuple[ClusterSuggestion, ...]
    fits: bool
    tags: tuple[TagSuggestion, ...]
    engine: str = ENGINE


class AtHand:
    """The texts of a consultation with their clusters, campaigns and tags, ready for one more."""

    def __init__(self, engine: Engine, texts: Sequence[Text], tokens: Sequence[Tokens], standing: Grouping, *,
                 campaigns: Iterable[Campaign] = (), labels: Mapping[str, Sequence[str]] | None = None,
                 embedder: Embedder | None = None) -> None:  # fmt: skip
        """`tokens[i]` belong to `texts[i]`. Raises ValueError for two texts with one id."""
        self._engine: Final = engine
        self._given: Final = {text.id: (text, words) for text, words in zip(texts, tokens, strict=True)}
        self._embedder: Final = embedder
        self._copies: Final = CopiesAtHand(texts, campaigns, engine.drafts.words())
        self._features: Final = engine.features(texts, tokens, embedder)
        cluster_of = {member: one.id for one in standing.clusters for member in one.members}
        self._standing: Final = Standing(self._features, cluster_of)
        self._least_fit: Final = least_fit(self._standing)
        self._tags: Final = engine.tag_model(texts, tokens, labels or {})

    def __contains__(self, identity: str) -> bool:
        """Whether the text with this id is at hand."""
        return identity in self._given

    def copy_of(self, text: Text) -> Copy | None:
        """What a text, at hand or not, is a copy of."""
        return self._copies.of(text)

    def again(self, ids: Sequence[str]) -> list[Arrival]:
        """What is to be said now of texts at hand that have no cluster or no tags: all at once, without their copies,
        which are known. Raises KeyError for a text that is not at hand."""
        given = [self._given[one] for one in ids]
        texts, tokens = [text for text, _ in given], [words for _, words in given]
        clusters: list[tuple[ClusterSuggestion, ...]] = [()] * len(given)
        if self._standing.clusters and given:
            row_of = {one: row for row, one in enumerate(self._features.ids)}
            rows = np.asarray([row_of[one] for one in ids], dtype=np.intp)
            clusters = self._standing.suggestions(self._features.rows(rows))
        tags = self._tags.suggest(texts, tokens) if given else []
        return [
            Arrival(text.id, words, None, found, bool(found) and found[0].score >= self._least_fit, guesses)
            for (text, words), found, guesses in zip(given, clusters, tags, strict=True)
        ]

    def arrival(self, text: Text) -> Arrival:
        """What is to be said of one text more."""
        words = self._engine.tokeniser.tokens(text.text, text.language)
        vectors = self._embedder.vectors([text.text]) if self._embedder is not None else None
        clusters: tuple[ClusterSuggestion, ...] = ()
        if self._standing.clusters:
            clusters = self._standing.suggestions(self._features.of([text], [words], vectors))[0]
        fits = bool(clusters) and clusters[0].score >= self._least_fit
        tags = self._tags.suggest([text], [words])[0]
        return Arrival(text.id, words, self._copies.of(text), clusters, fits, tags)
