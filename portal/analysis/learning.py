"""Learns labels from texts that bear some: the tags of a segment, the clause of a passage.

A least-squares support vector machine with a linear kernel (J. Suykens, J. Vandewalle, 1999; R. Rifkin, A. Klautau,
2004): on the corpus it is as good as one with hinge loss, and all labels are learnt at once by solving one system of
equations, so that a correction shows within a second. Its scores become probabilities (`calibration`) by what comes
of texts left out of the training in turn, near copies always together.

A label is guessed where something of the text speaks for it more than for any text: an example with it on the clause,
or words or meanings that such examples have in common, more often than others. How common a label is, is no ground.

A text is seen by its words, its characters (which find what the tokeniser cut otherwise), the meanings of its words
(the same for both languages, so that decisions on Korean texts help English ones), and the clause that its filer chose.
Knows nobody's names and stores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from portal.analysis.calibration import Calibration
from portal.analysis.glossary import Counting
from portal.analysis.standing_clauses import StandingClauses, clause_path
from portal.analysis.telling import is_reason
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import cleaned
from portal.kernel.search_text import search_tokens
from portal.kernel.text import TEXT_LIMIT

Vector = NDArray[np.float64]

#: More decisions than this are not learnt from: those with the last ids are. A correction shall show in seconds.
MOST_EXAMPLES: Final = 3000
#: How strongly the machine is held back from learning each example by heart.
_HELD_BACK: Final = 0.3
#: Likeness of words from which texts are near copies, and are not tested on one another.
_NEAR_COPY: Final = 0.5
_FOLDS: Final = 5
#: Characters of a text that are looked at one by one.
_CHARACTERS: Final = 5000
#: How many suggestions a reader gets, and probabilities are about.
SHOWN: Final = 3
#: So many words speak for a suggestion, and so many earlier texts.
_WORDS_SHOWN: Final = 4
_EARLIER_SHOWN: Final = 3
#: A word that speaks for a label less than this part of what the first one does is not named.
_OF_THE_BEST: Final = 0.25
#: Nor is one that fewer examples with the label have, or that speaks for less than this part of what the label's score
#: is beyond the usual: it stands there by chance.
_HAVE_IT: Final = 2
_OF_THE_SCORE: Final = 0.01
#: So many times as many labels as are shown are looked at for grounds.
_LOOKED_AT: Final = 2
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z]+")
#: So many texts are compared with the examples at once.
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the labels that people gave it: none is a decision, too."""

    text: Text
    tokens: Tokens
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A label with the probability that it is right, the words that speak for it, the ids of the earlier texts it is
    nearest to, the nearest first, and whether an example with it stands on the clause of the text, above or below."""

    label: str
    score: float
    words: tuple[str, ...]
    earlier: tuple[str, ...]
    by_clause: bool


class Features:
    """Turns texts into rows of numbers, as the texts it was made from (`of_examples`) tell: rare words weigh more."""

    def __init__(self, texts: Sequence[Text], tokens: Sequence[Tokens], glossary: Counting | None,
                 use_clause: bool) -> None:  # fmt: skip
        self._glossary = glossary
        self._words = TfidfVectorizer(analyzer=_itself, sublinear_tf=True)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=min(2, len(texts)), lowercase=False
        )
        self._meanings = TfidfTransformer()
        self._clauses = DictVectorizer()
        self._has_characters = self._has_words = True
        blocks: list[Any] = []
        try:
            blocks.append(self._words.fit_transform(_words(texts, tokens)))
        except ValueError:  # no text has a word
            self._has_words = False
        if glossary is not None:
            blocks.append(self._meanings.fit_transform(_meanings(glossary, texts, tokens)))
        clauses = self._clauses.fit_transform([_clause(text) for text in texts])
        self._use_clause = use_clause and bool(self._clauses.feature_names_)
        self.words: Final = list(self._words.get_feature_names_out()) if self._has_words else []
        if self._use_clause:
            blocks.append(normalize(clauses))
        try:
            blocks.append(self._characters.fit_transform(_characters(texts)))
        except ValueError:  # nor two of them a pair of characters in common
            self._has_characters = False
        self.of_examples: Final = _beside(blocks, len(texts))
        self.said: Final = len(self.words) + (0 if glossary is None else self._meanings.n_features_in_)
        self.read: Final = self.said + (len(self._clauses.feature_names_) if self._use_clause else 0)

    def rows(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Any:
        """One row for each text. The first columns are those of `words`, the first `said` these and the meanings, the
        first `read` all but the characters."""
        blocks: list[Any] = []
        if self._has_words:
            blocks.append(self._words.transform(_words(texts, tokens)))
        if self._glossary is not None:
            blocks.append(self._meanings.transform(_meanings(self._glossary, texts, tokens)))
        if self._use_clause:
            blocks.append(normalize(self._clauses.transform([_clause(text) for text in texts])))
        if self._has_characters:
            blocks.append(self._characters.transform(_characters(texts)))
        return _beside(blocks, len(texts))


class Learner:
    """What was learnt from examples. The same examples in any order give the same."""

    def __init__(self, examples: Iterable[Example], glossary: Counting | None = None, *,
                 use_clause: bool = True) -> None:  # fmt: skip
        ordered = sorted(examples, key=lambda example: example.text.id)[-MOST_EXAMPLES:]
        self.labels: Final = tuple(sorted({label for example in ordered for label in example.labels}))
        self.ids: Final = [example.text.id for example in ordered]
        self._given: Final = [frozenset(example.labels) for example in ordered]
        #: The score of each label for a text of which nothing is known: what many examples have scores more.
        self.usual: Vector = np.zeros(len(self.labels))
        if not self.labels:
            return
        texts, tokens = [one.text for one in ordered], [one.tokens for one in ordered]
        self._features = Features(texts, tokens, glossary, use_clause)
        self._places = StandingClauses(texts if use_clause else [replace(one, clause=None) for one in texts])
        self._rows = self._features.of_examples
        self._targets: Vector = np.array(
            [[1.0 if label in labels else -1.0 for label in self.labels] for labels in self._given]
        )
        self._kernel: Vector = np.asarray((self._rows @ self._rows.T).todense())
        self.usual = self._targets.mean(axis=0)
        self._dual = _solve(self._kernel, self._targets - self.usual)

    def scores(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Vector:
        """For each text and each of `labels` a score, about 1 for yes and -1 for no."""
        if not self.labels or not texts:
            return np.zeros((len(texts), len(self.labels)))
        return self._scored(self._features.rows(texts, tokens))

    def guesses(self, texts: Sequence[Text], tokens: Sequence[Tokens], most: int = SHOWN, least: float = 0.0
                ) -> list[tuple[Guess, ...]]:  # fmt: skip
        """For each text the labels most likely to be right, the likeliest first: those that have a ground, and a
        probability of at least `least`."""
        if not self.labels or not texts:
            return [() for _ in texts]
        rows = self._features.rows(texts, tokens)
        scores = np.asarray(rows @ self._spoken, dtype=float) + self.usual
        standing = self._places.of(texts, self._targets > 0)
        likely = self.calibration.likely(scores, standing)
        best = np.argsort(-likely, axis=1, kind="stable")[:, : most * _LOOKED_AT]
        words, spoken = self._telling(rows[:, : self._features.said], best, scores)
        earlier = self._earlier(rows[:, : self._features.read], best)
        grounds = spoken | np.take_along_axis(standing, best, axis=1)
        beyond = np.take_along_axis(scores > self.usual, best, axis=1)
        shown = grounds & beyond & (np.take_along_axis(likely, best, axis=1) >= least)
        written = [_written_in(text, found) for text, found in zip(texts, words, strict=True)]
        return [
            tuple(
                Guess(self.labels[label], round(float(likely[number, label]), 4), written[number][rank],
                      earlier[number][rank], bool(standing[number, label]))
                for rank, label in enumerate(labels) if shown[number, rank]
            )[:most]
            for number, labels in enumerate(best.tolist())
        ]  # fmt: skip

    def _scored(self, rows: Any) -> Vector:
        scores: Vector = np.asarray((rows @ self._rows.T) @ self._dual, dtype=float) + self.usual
        return scores

    def _telling(self, rows: Any, best: Any, scores: Vector) -> tuple[list[list[tuple[str, ...]]], NDArray[np.bool_]]:
        """The words of each text that speak most for each of its labels, those of any opinion left out, and whether any
        of them or their meanings do; `rows` are its words and meanings."""
        found, spoken = [], np.zeros(best.shape, dtype=bool)
        words = len(self._features.words)
        for number, labels in enumerate(best):
            columns = rows.indices[rows.indptr[number] : rows.indptr[number + 1]]
            data = rows.data[rows.indptr[number] : rows.indptr[number + 1]]
            here = np.ix_(columns, labels)
            weights = self._spoken[here] * data[:, None]
            beyond = scores[number, labels] - self.usual[labels]
            weights = np.where(self._in_common[here] & (weights >= _OF_THE_SCORE * beyond), weights, 0).clip(0)
            spoken[number] = (weights > 0).any(axis=0)
            tells = columns < words
            tells[tells] = self._telling_words[columns[tells]]
            columns, weights = columns[tells], weights[tells]
            order = np.lexsort((np.broadcast_to(columns[:, None], weights.shape), -weights), axis=0)[:_WORDS_SHOWN]
            found.append([
                tuple(_of(self._features.words[columns[place]]) for place in order[:, rank]
                      if weights[place, rank] > _OF_THE_BEST * weights[order[0, rank], rank])
                if len(order) else () for rank in range(len(labels))
            ])  # fmt: skip
        return found, spoken

    @cached_property
    def _in_common(self) -> NDArray[np.bool_]:
        """Which words and meanings (a row each) texts with a label (a column each) have in common: some have them, and
        more often than other texts do."""
        having = (self._rows[:, : self._features.said] > 0).astype(np.float64)
        given = (self._targets > 0).astype(np.float64)
        times = np.asarray(having.T @ given)
        usual = np.asarray(having.sum(axis=0)).reshape(-1, 1) / len(self.ids)
        return np.asarray((times >= _HAVE_IT) & (times > usual * given.sum(axis=0)))

    @cached_property
    def _telling_words(self) -> NDArray[np.bool_]:
        """Which of the words can be a reason."""
        return np.asarray([is_reason(_of(word)) for word in self._features.words], dtype=bool)

    @cached_property
    def _spoken(self) -> Vector:
        """How much each thing that is seen of a text speaks for each label."""
        return np.asarray(self._rows.T @ self._dual)

    @cached_property
    def _having(self) -> list[Any]:
        """For each label the places of the texts that have it."""
        return [np.asarray([place for place, labels in enumerate(self._given) if label in labels], dtype=np.intp)
                for label in self.labels]  # fmt: skip

    def _earlier(self, rows: Any, best: Any) -> list[list[tuple[str, ...]]]:
        """For each text and each of its labels the nearest of the texts that have the label, the nearest first, of
        equals that with the first id. `rows` are all that is seen of the texts but the characters."""
        found: list[list[tuple[str, ...]]] = [[()] * best.shape[1] for _ in range(len(best))]
        of_examples = self._rows[:, : self._features.read].T
        for start in range(0, len(best), _AT_ONCE):
            nearness = (rows[start : start + _AT_ONCE] @ of_examples).toarray()
            shown = best[start : start + _AT_ONCE]
            for label in np.unique(shown).tolist():
                having = self._having[label]  # in the order of their ids
                numbers, ranks = np.nonzero(shown == label)
                alike = nearness[np.ix_(numbers, having)]
                named: list[list[str]] = [[] for _ in numbers]
                for _ in range(min(_EARLIER_SHOWN, len(having))):
                    nearest = alike.argmax(axis=1)
                    for which, place in enumerate(nearest.tolist()):
                        if alike[which, place] > 0:
                            named[which].append(self.ids[having[place]])
                    alike[np.arange(len(alike)), nearest] = 0
                for which, (number, rank) in enumerate(zip(numbers.tolist(), ranks.tolist(), strict=True)):
                    found[start + number][rank] = tuple(named[which])
        return found

    @cached_property
    def calibration(self) -> Calibration:
        """What makes the scores of the labels shown probabilities."""
        folds, given = self._folds(), self._targets > 0
        seen = []
        for fold in range(_FOLDS):
            held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
            if not len(held) or not len(kept):
                continue
            level = self._targets[kept].mean(axis=0)
            dual = _solve(self._kernel[np.ix_(kept, kept)], self._targets[kept] - level)
            of_fold = self._kernel[np.ix_(held, kept)] @ dual + level
            standing = self._places.of_examples(held, kept, given[kept])
            shown = np.argsort(-Calibration().odds(of_fold, standing), axis=1, kind="stable")[:, :SHOWN]
            seen.append([np.take_along_axis(each, shown, axis=1).ravel() for each in (of_fold, standing, given[held])])
        if not seen:
            return Calibration()
        scores, standing, right = (np.concatenate(each) for each in zip(*seen, strict=True))
        return Calibration.of(scores, standing, right)

    def _folds(self) -> Any:
        """A fold for each example; near copies of one another in the same."""
        if not self._features.words:
            return np.arange(len(self.ids)) % _FOLDS
        words = self._rows[:, : len(self._features.words)]
        alike = words @ words.T
        alike.data = np.where(alike.data >= _NEAR_COPY, 1.0, 0.0)
        alike.eliminate_zeros()
        count, group = connected_components(alike, directed=False)
        # The largest groups first, each into the fold that has the fewest so far.
        sizes = np.bincount(group, minlength=count)
        filled = np.zeros(_FOLDS)
        chosen = np.zeros(count, dtype=int)
        for one in np.lexsort((np.arange(count), -sizes)):
            chosen[one] = int(np.argmin(filled))
            filled[chosen[one]] += sizes[one]
        return chosen[group]


def _solve(kernel: Vector, targets: Vector) -> Vector:
    with threadpool_limits(1):
        held = kernel + _HELD_BACK * np.eye(len(kernel))
        return np.asarray(linalg.solve(held, targets, assume_a="pos", overwrite_a=True), dtype=np.float64)


def _beside(blocks: Sequence[Any], height: int) -> Any:
    return sparse.hstack([sparse.csr_matrix((height, 0)), *blocks], format="csr")


def _itself(words: Sequence[str]) -> Sequence[str]:
    return words


def _of(written: str) -> str:
    """A word without the language it is in."""
    return written.partition(" ")[2]


def _written_in(text: Text, found: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Words that a tokeniser made as they stand in a text: an English stem as the first word that has it. Korean
    morphemes stand as they are."""
    wanted = {word for words in found for word in words if word.isascii()}
    forms: dict[str, str] = {}
    for match in _ENGLISH_WORD.finditer(text.text[:TEXT_LIMIT]) if wanted else ():
        for stem, _ in search_tokens(match[0]):
            if stem in wanted:
                form = match[0]
                known = forms.get(stem)
                # A capital that a sentence begins with is no part of the word where it stands without it, too.
                forms[stem] = form if known is None or (known.istitle() and known.lower() == form) else known
    return [tuple(dict.fromkeys(forms.get(word, word) for word in words)) for words in found]


def _words(texts: Sequence[Text], tokens: Sequence[Tokens]) -> list[list[str]]:
    return [[f"{text.language} {word}" for word in its.words] for text, its in zip(texts, tokens, strict=True)]


def _characters(texts: Sequence[Text]) -> list[str]:
    return [cleaned(text.text[:_CHARACTERS]).lower() for text in texts]


def _meanings(glossary: Counting, texts: Sequence[Text], tokens: Sequence[Tokens]) -> Any:
    return sparse.csr_matrix(glossary.of_texts(tokens, [text.language for text in texts]), dtype=np.float64)


def _clause(text: Text) -> dict[Hashable, float]:
    """The clause that the filer chose and those above it."""
    return dict.fromkeys(clause_path(text), 1.0)
