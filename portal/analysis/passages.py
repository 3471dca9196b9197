"""Suggests the clause that a passage is about: by what it cites, then by what it has in common with the clauses and
with earlier comments on them.

A citation says where a passage belongs only if the draft has such a clause; of several the one counts that the words
agree with best. Without one, the passage is compared with every article, and from the best on with what stands below,
as far down as that is likely enough. The draft itself teaches a machine the rest (`portal.analysis.learning`), and so
do comments at hand, whether their clause is known or not (`portal.analysis.comments_at_hand`). Suggestions are never
assignments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from portal.analysis.clause_index import ClauseIndex, Terms, article_of, without_clause_numbers
from portal.analysis.comments_at_hand import FEWEST, CommentsAtHand, weight
from portal.analysis.learning import MOST_EXAMPLES, SHOWN, Example, Learner, Vector
from portal.analysis.new_articles import place_of_new_article
from portal.analysis.texts import Text, Tokens
from portal.ordinances.addresses import AFTER
from portal.ordinances.clauses import Language
from portal.ordinances.references import find_citations, resolve

By = Literal["citation", "similarity"]

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
#: What is looked at of a passage: the clause it is about shows early.
_LOOKED_AT: Final = 5000


@dataclass(frozen=True, slots=True)
class ClauseSuggestion:
    """A clause, and the evidence: the citation as written, or words that the passage shares with the clause; `earlier`
    are the ids of the nearest comments on that article, or likely on it where nobody chose a clause. `score` (0 to 1)
    is the share of its article in what speaks for any: it ranks, and promises nothing."""

    clause: str
    score: float
    by: By
    evidence: tuple[str, ...]
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A passage with what speaks for each article beyond what speaks for it anyway, what speaks for each address of the
    index, and the nearest comments on each article."""

    text: Text
    words: Terms
    articles: Vector
    scores: Vector
    earlier: Mapping[str, tuple[str, ...]]


class ClauseModel:
    """The clauses of a draft, and what comments on them have taught."""

    def __init__(self, index: ClauseIndex, examples: Iterable[tuple[Text, Tokens]] = ()) -> None:
        """`examples` are texts with the clause that their filers chose, or None where nobody said; those on the whole
        draft or on nothing in an article are left out."""
        self.index: Final = index
        self._by_draft = Learner(index.examples, index.glossaries, use_clause=False)
        given = sorted(examples, key=lambda one: one[0].id)
        read = [(text, tokens, self._labels(text)) for text, tokens in given]
        comments = [
            Example(replace(text, clause=None), without_clause_numbers(tokens), labels)
            for text, tokens, labels in read if labels or text.clause is None
        ][-MOST_EXAMPLES:]  # fmt: skip
        told = [one for one in comments if one.labels]
        texts, tokens = [one.text for one in comments], [one.tokens for one in comments]
        self._comments = CommentsAtHand(index, comments, self._by_the_draft(texts, tokens, index.asked(texts, tokens)))
        # Sentences are compared with what comments with a clause teach by their words alone: it is quick.
        self._learner = Learner(told if len(told) >= FEWEST else (), index.glossaries, use_clause=False)
        self._weight = weight(len(told))

    def _labels(self, text: Text) -> tuple[str, ...]:
        """The clause that a filer chose, else the one that the text cites where it cites a single article, with all
        that it stands in."""
        if text.clause is not None:
            return self.index.labels(text.clause)
        found = [eid for eid, _ in cited(text.text[:_LOOKED_AT], text.language, self.index)]
        return self.index.labels(found[0]) if len({article_of(eid) for eid in found}) == 1 else ()

    def likeness(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Vector:
        """For each text and each address of the index a score from 0, quickly: by the draft, and by how much more than
        usual the words of comments with a clause speak for it."""
        asked = self.index.asked(texts, tokens)
        tokens = [without_clause_numbers(one) for one in tokens]
        scores = self._by_the_draft(texts, tokens, asked)
        if self._weight:
            beyond = self._scored(self._learner, self._learner.scores(texts, tokens) - self._learner.usual)
            scores = ((scores + self._weight * beyond) / (1 + self._weight)).clip(0)
        return scores * self._serving(texts)

    def _by_the_draft(self, texts: Sequence[Text], tokens: Sequence[Tokens], asked: Sequence[Terms]) -> Vector:
        """By what a text has in common with the draft, and what was learnt from it."""
        shares = self.index.shares(asked, [text.language for text in texts])
        return (shares + self._learnt(self._by_draft, texts, tokens)) / 2

    def _serving(self, texts: Sequence[Text]) -> Vector:
        """By how much the score of each address is raised for each text that cites what it serves of the act."""
        raised = np.ones((len(texts), len(self.index.addresses)))
        for row, text in enumerate(texts):
            for article, share in self.index.serving(text.text, text.language).items():
                raised[row, self.index.article == self.index.column[article]] *= 1 + _SERVES * share
        return raised

    def _learnt(self, learner: Learner, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Vector:
        """What was learnt of each address, from 0."""
        return self._scored(learner, learner.scores(texts, tokens) + 1).clip(0)

    def _scored(self, learner: Learner, scores: Vector) -> Vector:
        """A learner's scores by address, from its two ends (-1 and 1) one apart."""
        scored = np.zeros((len(scores), len(self.index.addresses)))
        scored[:, [self.index.column[label] for label in learner.labels]] = scores / 2
        return scored

    def suggest(self, texts: Sequence[Text], tokens: Sequence[Tokens], most: int = SHOWN
                ) -> list[tuple[ClauseSuggestion, ...]]:  # fmt: skip
        """For each passage the likeliest clauses, each in another article but for those cited, the likeliest first."""
        if not texts or not self.index.articles:
            return [() for _ in texts]
        texts = [replace(text, text=text.text[:_LOOKED_AT]) for text in texts]
        asked = self.index.asked(texts, tokens)
        plain = [without_clause_numbers(one) for one in tokens]
        scores = self._by_the_draft(texts, plain, asked)
        earlier: Sequence[Mapping[str, tuple[str, ...]]] = [{}] * len(texts)
        count = len(self.index.articles)
        usual = np.zeros((len(texts), count))
        if self._comments.weight:
            learnt = self._comments.learnt(texts, plain, scores)
            counts = self._comments.weight * learnt.counts[:, None]
            scores = ((scores + counts * learnt.scores) / (1 + counts)).clip(0)
            usual = counts / (1 + counts) * learnt.usual[:count]
            earlier = learnt.nearest
        raised = self._serving(texts)
        articles = (scores[:, :count] - usual).clip(0) * raised[:, :count]
        scores = scores * raised
        found = zip(texts, asked, articles, scores, earlier, strict=True)
        return [self._suggested(_Asked(*one), most) for one in found]

    def _suggested(self, asked: _Asked, most: int) -> tuple[ClauseSuggestion, ...]:
        language, scores = asked.text.language, asked.articles
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
        """The clauses that a passage cites: first the place of a new article that it asks for, then the one that its
        words agree with best, of the same article the one cited first."""
        found: dict[str, tuple[str, str]] = {}
        for eid, written in cited(asked.text.text, asked.text.language, self.index):
            if article_of(eid) not in found or eid.startswith(AFTER):
                found[article_of(eid)] = eid, written
        ordered = sorted(found, key=lambda article: (
            not found[article][0].startswith(AFTER), -asked.articles[self.index.column[article]],
        ))  # fmt: skip
        return [
            ClauseSuggestion(found[article][0], round(_CITED / 2**number, 4), "citation", (found[article][1],))
            for number, article in enumerate(ordered)
        ]


def cited(text: str, language: Language, index: ClauseIndex, at: str = "doc") -> list[tuple[str, str]]:
    """The clauses in articles of the draft that a text cites, with the words of the citation, in the order of the
    text; where it asks for a new article, the place for that. `at` is the clause that the text is about so far: what
    제2항 or "this paragraph" start from."""
    draft, articles = index.drafts[language], set(index.articles)
    found = []
    for citation in find_citations(text, language):
        new = place_of_new_article(text, citation, draft, language)
        for eid in [new] if new else resolve(citation, draft, at, language)[:1]:
            clause = index.stands_for.get(eid, eid)
            if clause != at and article_of(clause) in articles:
                found.append((clause, citation.words))
    return found
