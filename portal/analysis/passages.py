"""Suggests the clause that a passage is about: by what it cites, then by what it has in common with the clauses and
with earlier comments on them.

A citation says where a passage belongs only if the draft has such a clause; of several the one counts that the words
agree with best. Without one, the passage is compared with every article, and from the best on with what stands below,
as far down as that is likely enough. The draft itself and comments whose clause is known teach a machine the rest
(`portal.analysis.learning`). Suggestions are never assignments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from scipy import sparse

from portal.analysis.clause_index import ClauseIndex, Terms, article_of, without_clause_numbers
from portal.analysis.learning import MOST_EXAMPLES, SHOWN, Example, Learner, Vector
from portal.analysis.nearest import nearest
from portal.analysis.texts import Text, Tokens
from portal.ordinances.clauses import Language
from portal.ordinances.references import find_citations, resolve

By = Literal["citation", "similarity"]

#: With fewer comments of which the clause is known the draft alone tells more; with so many they count as much as it.
FEWEST_EXAMPLES: Final = 30
_ENOUGH: Final = 240
#: So many of the nearest comments are looked through for evidence.
_NEAREST: Final = 10
#: The score of a clause that a passage cites: what people cite is not always what they write about.
_CITED: Final = 0.95
#: A paragraph is suggested in place of its article when it has so much of its score, and one below of that one's.
_LIKELY: Final = 0.6
_LIKELY_BELOW: Final = 0.7
#: By what share it raises the scores of an article and its clauses that it serves what a passage cites of the act,
#: where no other article does.
_SERVES: Final = 0.5
#: How sharply likenesses become shares of one.
_TEMPERATURE: Final = 0.1
#: Ids of texts that are asked about, behind those of all known ones.
_NEW: Final = "\U0010ffff"
#: What is looked at of a passage: the clause it is about shows early.
_LOOKED_AT: Final = 5000


@dataclass(frozen=True, slots=True)
class ClauseSuggestion:
    """A clause, and the evidence: the citation as written, or words that the passage shares with the clause; `earlier`
    are the ids of the nearest comments on that article. `score` (0 to 1) is the share of its article in what speaks
    for any: it ranks, and promises nothing."""

    clause: str
    score: float
    by: By
    evidence: tuple[str, ...]
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A passage with what speaks for each address of the index, and the nearest comments on each article."""

    text: Text
    words: Terms
    scores: Vector
    earlier: Mapping[str, tuple[str, ...]]


class ClauseModel:
    """The clauses of a draft, and what comments on them have taught."""

    def __init__(self, index: ClauseIndex, examples: Iterable[tuple[Text, Tokens]] = ()) -> None:
        """`examples` are texts with the clause that their filers chose; those at no article are left out."""
        self.index: Final = index
        self._by_draft = Learner(index.examples, index.glossaries, use_clause=False)
        usable = [
            Example(replace(text, clause=None), without_clause_numbers(tokens), labels)
            for text, tokens in examples if (labels := index.labels(text.clause or ""))
        ]  # fmt: skip
        usable = sorted(usable, key=lambda one: one.text.id)[-MOST_EXAMPLES:] if len(usable) >= FEWEST_EXAMPLES else []
        self._examples = usable
        self._learner = Learner(usable, index.glossaries, use_clause=False)
        self._weight = min(1.0, (len(usable) / _ENOUGH) ** 0.5)

    def likeness(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Vector:
        """For each text and each address of the index a score from 0 to 1: by what it has in common with the draft, by
        what was learnt from the draft and from earlier comments."""
        return self._likeness(texts, tokens, self.index.asked(texts, tokens))

    def _likeness(self, texts: Sequence[Text], tokens: Sequence[Tokens], asked: Sequence[Terms]) -> Vector:
        tokens = [without_clause_numbers(one) for one in tokens]
        shares = self.index.shares(asked, [text.language for text in texts])
        scores = (shares + self._learnt(self._by_draft, texts, tokens)) / 2
        if self._examples:
            learnt = self._learnt(self._learner, texts, tokens)
            scores = (scores + self._weight * learnt) / (1 + self._weight)
        for row, text in enumerate(texts):
            for article, share in self.index.serving(text.text, text.language).items():
                scores[row, self.index.article == self.index.column[article]] *= 1 + _SERVES * share
        return scores

    def _learnt(self, learner: Learner, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Vector:
        """What was learnt of each address."""
        learnt = np.zeros((len(texts), len(self.index.addresses)))
        learnt[:, [self.index.column[label] for label in learner.labels]] = (learner.scores(texts, tokens) + 1) / 2
        return learnt.clip(0)

    def _nearest(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Any:
        """The nearest earlier comments of each text, in either language, by their likeness."""
        if not self._examples:
            return sparse.csr_array((len(texts), 0))
        known = [one.text for one in self._examples]
        new = [replace(text, id=f"{_NEW}{number:08}", clause=None) for number, text in enumerate(texts)]
        tokens = [without_clause_numbers(one) for one in tokens]
        vectors = self.index.space.represent([*known, *new], [*(one.tokens for one in self._examples), *tokens])
        return nearest(vectors[len(known) :], vectors[: len(known)], _NEAREST)

    def suggest(self, texts: Sequence[Text], tokens: Sequence[Tokens], most: int = SHOWN
                ) -> list[tuple[ClauseSuggestion, ...]]:  # fmt: skip
        """For each passage the likeliest clauses, each in another article but for those cited, the likeliest first."""
        if not texts or not self.index.articles:
            return [() for _ in texts]
        texts = [replace(text, text=text.text[:_LOOKED_AT]) for text in texts]
        asked = self.index.asked(texts, tokens)
        likeness, near = self._likeness(texts, tokens, asked), self._nearest(texts, tokens)
        return [
            self._suggested(_Asked(text, words, scores, self._earlier(near[[row]])), most)
            for row, (text, words, scores) in enumerate(zip(texts, asked, likeness, strict=True))
        ]  # fmt: skip

    def _earlier(self, near: Any) -> dict[str, tuple[str, ...]]:
        """The comments nearest to a text by their article, the nearest first."""
        found: dict[str, tuple[str, ...]] = {}
        for place in np.lexsort((near.indices, -near.data)):
            one = self._examples[near.indices[place]]
            article = one.labels[0]
            found[article] = (*found.get(article, ()), one.text.id)[:SHOWN]
        return found

    def _suggested(self, asked: _Asked, most: int) -> tuple[ClauseSuggestion, ...]:
        language, scores = asked.text.language, asked.scores[: len(self.index.articles)]
        found = self._cited(asked)[:most]
        taken = {article_of(one.clause) for one in found}
        likely = np.exp((scores - scores.max()) / _TEMPERATURE)
        likely /= likely.sum()
        for place in np.lexsort((np.arange(len(scores)), -scores)):
            article = self.index.articles[place]
            if len(found) >= most or not scores[place]:
                break
            if article in taken:
                continue
            eid = self._within(article, asked.scores)
            evidence = self.index.shared(eid, asked.words, language)
            if evidence or article in asked.earlier:
                score = float(likely[place]) * (1 - _CITED if taken else 1.0)
                earlier = asked.earlier.get(article, ())
                found.append(ClauseSuggestion(eid, round(score, 4), "similarity", evidence, earlier))
        return tuple(found)

    def _within(self, eid: str, scores: Vector) -> str:
        """The clause of an article that a passage is about: what is likeliest, as far down as that is likely enough."""
        column = self.index.column
        enough = _LIKELY
        while below := self.index.below.get(eid):
            best = max(below, key=lambda one: (scores[column[one]], -column[one]))
            if scores[column[best]] < enough * scores[column[eid]]:
                break
            eid, enough = best, _LIKELY_BELOW
        return eid

    def _cited(self, asked: _Asked) -> list[ClauseSuggestion]:
        """The clauses that a passage cites: first the one that its words agree with best, of the same article the one
        cited first."""
        found: dict[str, tuple[str, str]] = {}
        for eid, written in cited(asked.text.text, asked.text.language, self.index):
            found.setdefault(article_of(eid), (eid, written))
        ordered = sorted(found, key=lambda article: -asked.scores[self.index.column[article]])
        return [
            ClauseSuggestion(found[article][0], round(_CITED / 2**number, 4), "citation", (found[article][1],))
            for number, article in enumerate(ordered)
        ]


def cited(text: str, language: Language, index: ClauseIndex, at: str = "doc") -> list[tuple[str, str]]:
    """The clauses in articles of the draft that a text cites, with the words of the citation, in the order of the
    text. `at` is the clause that the text is about so far: what 제2항 or "this paragraph" start from."""
    draft, articles = index.drafts[language], set(index.articles)
    found = []
    for citation in find_citations(text, language):
        for eid in resolve(citation, draft, at, language)[:1]:
            clause = index.stands_for.get(eid, eid)
            if clause != at and article_of(clause) in articles:
                found.append((clause, citation.words))
    return found
