"""What a cluster is about, in its filers' own words: terms, the most central sentence, and who says what.

Terms are words and pairs of words that many members have and few other texts (TF-IDF of classes: Grootendorst 2022);
the central sentence is quoted from one of the texts most alike to the rest. A title is never written by the machine in
words of its own. Everything is given in each language that is present.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from portal.analysis.clusters import Cluster
from portal.analysis.features import Features
from portal.analysis.rows import Vectors
from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text, Tokens
from portal.kernel.search_text import search_tokens
from portal.ordinances.clauses import LANGUAGES, Language

#: So many terms are named, and so many of them make the title.
TERMS: Final = 6
TITLE_TERMS: Final = 3
#: So many of the most different voices are named.
VOICES: Final = 3

_CENTRAL_TEXTS: Final = 10
_SENTENCE_LENGTHS: Final = (15, 300)
_READ: Final = 5_000
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_IS_TERM: Final = re.compile(r"[^\W\d_][\w·-]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a text: text[start:end] of the text with this id."""

    id: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a cluster, by language where it is said in words; `voices` are ids of its most different texts,
    the most central one first. `kinds` counts the kinds of organisation, where they are given."""

    titles: dict[Language, str]
    terms: dict[Language, tuple[str, ...]]
    central: dict[Language, Quotation]
    positions: dict[str, int]
    kinds: dict[str, int]
    voices: tuple[str, ...]


class Describer:
    """Describes clusters of a collection of texts."""

    def __init__(self, texts: Sequence[Text], tokens: Sequence[Tokens], features: Features) -> None:
        self._features: Final = features
        self._row: Final = {one: row for row, one in enumerate(features.ids)}
        self._texts: Final = {text.id: text for text in texts}
        self._terms: Final = {text.id: frozenset(_terms(one)) for text, one in zip(texts, tokens, strict=True)}
        self._often: Final = Counter(term for terms in self._terms.values() for term in terms)

    def describe(self, cluster: Cluster, kinds: Mapping[str, str] | None = None) -> Description:
        """The description of a cluster of texts at hand; `kinds` is the kind of organisation of a text, by its id."""
        rows = np.asarray([self._row[one] for one in cluster.members], dtype=np.intp)
        vectors = self._features.vectors[rows]
        centrality = vectors @ vectors.mean(axis=0)
        ordered = [cluster.members[row] for row in np.argsort(-centrality, kind="stable")]
        terms: dict[Language, tuple[str, ...]] = {}
        central: dict[Language, Quotation] = {}
        titles: dict[Language, str] = {}
        for language in LANGUAGES:
            members = [self._texts[one] for one in ordered if self._texts[one].language == language]
            if not members:
                continue
            weights = self._weighted(members)
            terms[language] = _written(list(weights), members, language)
            if quotation := _central(members[:_CENTRAL_TEXTS], weights, language):
                central[language] = quotation
            if terms[language] or quotation:
                titles[language] = " · ".join(terms[language][:TITLE_TERMS]) or quotation.sentence  # type: ignore[union-attr]
        positions = Counter(position for one in cluster.members if (position := self._texts[one].position))
        organisations = Counter(kinds[one] for one in cluster.members if kinds and one in kinds)
        return Description(
            titles, terms, central, dict(sorted(positions.items())), dict(sorted(organisations.items())),
            self._voices(ordered, {one: vectors[row] for row, one in enumerate(cluster.members)}),
        )  # fmt: skip

    def _weighted(self, members: Sequence[Text]) -> dict[str, float]:
        """The terms that tell these texts from the rest, the weightiest first; of a pair and its words one alone."""
        here = Counter(term for text in members for term in self._terms[text.id])
        least = 2 if len(members) > 1 else 1
        found = {
            term: often / len(members) * float(np.log1p(len(self._texts) / self._often[term]))
            for term, often in here.items()
            if often >= least
        }
        chosen: dict[str, float] = {}
        for term in sorted(found, key=lambda term: (-found[term], term)):
            parts = set(term.split(" "))
            if not any(parts & set(other.split(" ")) for other in chosen):
                chosen[term] = found[term]
            if len(chosen) == TERMS:
                break
        return chosen

    def _voices(self, ordered: Sequence[str], vectors: Mapping[str, Vectors]) -> tuple[str, ...]:
        """The most central text, then each time the one least like those named, another position coming first."""
        named = [ordered[0]]
        while len(named) < min(VOICES, len(ordered)):
            positions = {self._texts[one].position for one in named}
            apart = {
                one: min(float(1 - vectors[one] @ vectors[other]) for other in named)
                + (self._texts[one].position not in positions)
                for one in ordered
                if one not in named
            }
            named.append(max(apart, key=lambda one: (apart[one], one)))
        return tuple(named)


def _terms(tokens: Tokens) -> Iterator[str]:
    """Words that can stand in a title, and pairs of them: no numbers, no Korean verbs (…다)."""
    for word in tokens.words:
        if _can_stand(word):
            yield word
    for first, second in pairwise(tokens.words):
        if _can_stand(first) and _can_stand(second) and first not in second and second not in first:
            yield f"{first} {second}"


def _can_stand(word: str) -> bool:
    return _IS_TERM.fullmatch(word) is not None and not ("가" <= word[-1] <= "힣" and word.endswith("다"))


def _written(terms: Sequence[str], members: Sequence[Text], language: Language) -> tuple[str, ...]:
    """Terms as people write them: for a stem its most frequent form in these texts."""
    stems = {part for term in terms for part in term.split(" ")}
    forms: dict[str, Counter[str]] = {stem: Counter() for stem in stems}
    if language == "en" or any(stem.isascii() for stem in stems):
        for text in members[: 5 * _CENTRAL_TEXTS]:
            for word in _ENGLISH_WORD.findall(text.text[:_READ]):
                found = search_tokens(word)
                if found and found[-1][0] in forms:
                    forms[found[-1][0]][word if word.isupper() else word.lower()] += 1
    best = {stem: max(seen, key=lambda form: (seen[form], form)) if seen else stem for stem, seen in forms.items()}
    return tuple(" ".join(best[part] for part in term.split(" ")) for term in terms)


def _central(members: Sequence[Text], weights: Mapping[str, float], language: Language) -> Quotation | None:
    """The sentence that has the most of the terms for its length, of the texts most alike to the rest; else the first
    sentence of the most central text."""
    stems: Counter[str] = Counter()
    for term, weight in weights.items():
        for part in term.split(" "):
            stems[part] = max(stems[part], weight)  # type: ignore[assignment]
    best: tuple[float, Quotation] | None = None
    shortest, longest = _SENTENCE_LENGTHS
    for place, text in enumerate(members):
        read = text.text[:_READ]
        for start, end in split_sentences(read, language):
            if not shortest <= end - start <= longest:
                continue
            lower = read[start:end].lower()
            said = sum(weight for stem, weight in stems.items() if stem in lower)
            score = said / (40 + end - start) ** 0.5 / (1 + place / _CENTRAL_TEXTS)
            if best is None or score > best[0]:
                best = (score, Quotation(text.id, start, end, read[start:end]))
    if best is not None:
        return best[1]
    first = members[0].text[: _SENTENCE_LENGTHS[1]].strip()
    start = members[0].text.find(first)
    return Quotation(members[0].id, start, start + len(first), first) if first else None
