"""The parts of the engine put together: texts in, what a reviewer is shown out.

What comes out is a proposal, bears the version of the engine, and is the same for the same texts in whatever order they
come. Nothing is known here of files, of storage or of who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from portal.analysis.assist import ClusterSuggestion, suggest_clusters
from portal.analysis.clause_index import ClauseIndex
from portal.analysis.clause_space import ClauseSpace
from portal.analysis.clusters import Cluster, belonging_together, grouped, kept_together, named
from portal.analysis.embeddings import Embedder
from portal.analysis.features import Features
from portal.analysis.learning import Example
from portal.analysis.letters import LetterReader, Passage
from portal.analysis.near_copies import Campaign, SharedPassage, find_campaigns
from portal.analysis.passages import ClauseModel
from portal.analysis.placing import place
from portal.analysis.tags import TagModel, TagSuggestion
from portal.analysis.texts import Text, Tokens, in_order
from portal.analysis.titles import Describer, Description
from portal.analysis.tokens import TOKENISER, Tokeniser, terms_of
from portal.ordinances.clauses import LANGUAGES, Draft, Language

#: Stored with every suggestion. Changes whenever the same texts may give another result.
ENGINE: Final = f"analysis 7 ({TOKENISER})"

#: Told what is being done and the share of it that is done, from 0 to 1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Drafts:
    """The draft that the texts are about, in one object a language; one that has both may stand twice."""

    ko: Draft | None = None
    en: Draft | None = None

    def each(self) -> tuple[Draft, ...]:
        """The drafts there are, each once."""
        drafts = [draft for draft in (self.ko, self.en) if draft is not None]
        return tuple(drafts[:1]) if len(drafts) == 2 and drafts[0] is drafts[1] else tuple(drafts)

    def by_language(self) -> dict[Language, Draft]:
        """The drafts there are by their language."""
        both: tuple[tuple[Language, Draft | None], ...] = (("ko", self.ko), ("en", self.en))
        return {language: draft for language, draft in both if draft is not None}

    def joined(self) -> Draft | None:
        """The draft in all its languages as one: where they came apart, the English words stand at the addresses of the
        Korean text."""
        if self.ko is None or self.en is None or "en" in self.ko.languages:
            return self.ko or self.en
        english = self.en.by_eid
        return replace(self.ko, title_en=self.en.title_en, clauses=tuple(
            replace(clause, heading_en=english[clause.eid].heading_en, text_en=english[clause.eid].text_en)
            if clause.eid in english else clause
            for clause in self.ko.clauses
        ))  # fmt: skip

    def words(self) -> tuple[str, ...]:
        """The draft's own words, clause by clause: what everybody may quote."""
        return tuple(
            text for draft in self.each() for clause in draft.clauses for language in LANGUAGES
            if (text := clause.text(language))
        )  # fmt: skip

    def terms(self) -> tuple[str, ...]:
        """The terms that the draft defines."""
        return tuple(dict.fromkeys(term for draft in self.each() for term in terms_of(draft)))


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the engine says of some texts.

    `descriptions` has what is said of each cluster, by its id. Where texts were added to what stood, `placed` has the
    clusters that suit each of them, the first being the one it is in now, and `proposals` are clusters of the tray.
    `suggestions` has a text's suggested tags by its id. `model` names the operator's own model, where one was used.
    """

    campaigns: tuple[Campaign, ...]
    shared_passages: tuple[SharedPassage, ...]
    clusters: tuple[Cluster, ...]
    descriptions: Mapping[str, Description]
    tray: tuple[str, ...]
    suggestions: Mapping[str, tuple[TagSuggestion, ...]] = field(default_factory=dict)
    placed: Mapping[str, tuple[ClusterSuggestion, ...]] = field(default_factory=dict)
    proposals: tuple[Cluster, ...] = ()
    engine: str = ENGINE
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Clusters as they stood before texts were added."""

    clusters: tuple[Cluster, ...]


def tell_nobody(_what: str, _share: float) -> None:
    """No progress is shown."""


class Engine:
    """The engine made ready for a draft: what depends on the draft alone is made once, when it is first needed, and
    serves every call."""

    def __init__(self, drafts: Drafts = Drafts()) -> None:
        self.drafts: Final = drafts
        self.tokeniser: Final = Tokeniser(drafts.terms())

    @cached_property
    def space(self) -> ClauseSpace:
        """What the draft tells of the two languages."""
        return ClauseSpace.learn(self.drafts.joined(), self.tokeniser)

    @cached_property
    def index(self) -> ClauseIndex | None:
        """The clauses of the draft; None where there is no draft."""
        joined = self.drafts.joined()
        if joined is None:
            return None
        return ClauseIndex(joined, self.drafts.en, self.tokeniser, self.space)

    @cached_property
    def _reader(self) -> LetterReader | None:
        return LetterReader(ClauseModel(self.index), self.tokeniser) if self.index is not None else None

    def letter_reader(self, examples: Iterable[Text] = (),
                      stored: Mapping[str, Tokens] = MappingProxyType({})) -> LetterReader | None:  # fmt: skip
        """What reads letters on the draft, taught by earlier comments with the clause that their filers chose, or None
        where nobody said; None where there is no draft. `stored` has the words of comments whose ids it knows."""
        earlier = in_order(examples)
        if self.index is None or not earlier:
            return self._reader
        tokens = self.tokens_of(earlier, stored=stored)
        return LetterReader(ClauseModel(self.index, zip(earlier, tokens, strict=True)), self.tokeniser)

    def passages(self, letter: str, examples: Iterable[Text] = (),
                 progress: Progress = tell_nobody) -> list[Passage]:  # fmt: skip
        """The passages of a letter, each with the clause that it is about; none where there is no draft. `examples` are
        earlier comments with the clause that their filers chose, or None where nobody said; for many letters take one
        `letter_reader`. Raises ValueError when two of them have the same id."""
        progress("Draft", 0.0)
        reader = self.letter_reader(examples)
        return reader.split(letter, lambda share: progress("Letter", share)) if reader is not None else []

    def features(self, texts: Sequence[Text], tokens: Sequence[Tokens], embedder: Embedder | None = None) -> Features:
        """Texts as they are compared with one another."""
        vectors = embedder.vectors([text.text for text in texts]) if embedder is not None else None
        space = self.space if len({text.language for text in texts}) > 1 else None
        return Features(texts, tokens, space, vectors, self.drafts.by_language())

    def tokens_of(self, texts: Sequence[Text], progress: Progress = tell_nobody,
                  stored: Mapping[str, Tokens] = MappingProxyType({})) -> list[Tokens]:  # fmt: skip
        """The words of texts, in their order: those that are `stored`, by id, where this tokeniser made them."""
        tokens = []
        for done, text in enumerate(texts):
            known = stored.get(text.id)
            if known is None or known.tokeniser != self.tokeniser.name:
                known = self.tokeniser.tokens(text.text, text.language)
            tokens.append(known)
            if done % 50 == 0:
                progress("Words", done / len(texts))
        return tokens

    def tag_model(self, texts: Sequence[Text], tokens: Sequence[Tokens], labels: Mapping[str, Sequence[str]]
                  ) -> TagModel:  # fmt: skip
        """What the texts that have labels teach of tags."""
        examples = [
            Example(text, words, tuple(labels[text.id]))
            for text, words in zip(texts, tokens, strict=True) if text.id in labels
        ]  # fmt: skip
        return TagModel.train(examples, self.space.glossary)

    def analyse(self, texts: Iterable[Text], labels: Mapping[str, Sequence[str]] | None = None, *,
                added: Iterable[Text] = (), standing: Grouping | None = None, embedder: Embedder | None = None,
                stored: Mapping[str, Tokens] = MappingProxyType({}),
                progress: Progress = tell_nobody) -> Analysis:  # fmt: skip
        """Near-copies and clusters of texts and, where some bear `labels`, suggested tags for the others.

        Where each text that has labels bears one, they are the clusters that people made: the clusters that suit the
        others are suggested, with a score that says how well and is no probability.

        With `standing` clusters are not made anew: what they hold stays, and the texts that are `added` are placed
        among them. `stored` has the words of texts whose ids it knows. Raises ValueError when two texts have the same
        id.
        """
        before, new = in_order(texts), in_order(added)
        ordered = in_order([*before, *new])
        words = dict(zip((text.id for text in ordered), self.tokens_of(ordered, progress, stored), strict=True))
        copies = find_campaigns(ordered, self.drafts.words(), lambda share: progress("Near-copies", share))
        progress("Clusters", 0.0)
        compared = before if standing is not None else ordered
        features = self.features(compared, [words[text.id] for text in compared], embedder)
        progress("Clusters", 0.5)
        placed: Mapping[str, tuple[ClusterSuggestion, ...]] = {}
        proposals: tuple[Cluster, ...] = ()
        if standing is None:
            together = belonging_together(copies.campaigns, ordered)
            labels_of = kept_together(grouped(features.vectors, features.ids), features.ids, together)
            clustering = named(features.ids, labels_of)
            clusters, tray = clustering.clusters, clustering.tray
        else:
            cluster_of = {member: one.id for one in standing.clusters for member in one.members}
            further = embedder.vectors([text.text for text in new]) if embedder is not None else None
            placement = place(features, cluster_of, new, [words[text.id] for text in new], further)
            placed = {**placement.placed, **placement.unsure}
            clusters = _joined(standing.clusters, placement.placed)
            tray, proposals = placement.tray, placement.proposals
        describer = Describer(compared, [words[text.id] for text in compared], features, self.drafts.by_language())
        known = set(features.ids)
        descriptions = {
            one.id: describer.describe(Cluster(one.id, members))
            for one in clusters if (members := tuple(member for member in one.members if member in known))
        }  # fmt: skip
        progress("Clusters", 1.0)
        suggestions: Mapping[str, tuple[TagSuggestion, ...]] = {}
        if labels:
            progress("Tags", 0.0)
            if standing is None and all(len(set(tags)) == 1 for tags in labels.values()):
                suggestions = _as_tags(suggest_clusters(features, {one: tags[0] for one, tags in labels.items()}))
            else:
                model = self.tag_model(ordered, [words[text.id] for text in ordered], labels)
                progress("Tags", 0.5)
                asked = [text for text in ordered if text.id not in labels]
                suggested = model.suggest(asked, [words[text.id] for text in asked])
                suggestions = {text.id: tags for text, tags in zip(asked, suggested, strict=True)}
            progress("Tags", 1.0)
        model_named = f"{embedder.name} {embedder.digest}" if embedder is not None else None
        return Analysis(copies.campaigns, copies.shared_passages, clusters, descriptions, tray, suggestions, placed,
                        proposals, model=model_named)  # fmt: skip


def _joined(clusters: Iterable[Cluster], placed: Mapping[str, Sequence[ClusterSuggestion]]) -> tuple[Cluster, ...]:
    """The clusters with the texts that were placed, each in the first that is suggested for it."""
    into: dict[str, list[str]] = {}
    for text, found in placed.items():
        into.setdefault(found[0].cluster, []).append(text)
    return tuple(Cluster(one.id, tuple(sorted({*one.members, *into.get(one.id, ())}))) for one in clusters)


def _as_tags(suggested: Mapping[str, Sequence[ClusterSuggestion]]) -> dict[str, tuple[TagSuggestion, ...]]:
    """Clusters suggested for texts, as tags."""
    return {
        text: tuple(TagSuggestion(one.cluster, one.score, one.words, one.nearest, one.clauses) for one in found)
        for text, found in suggested.items()
    }
