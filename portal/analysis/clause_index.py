"""How much a text has in common with each clause of a draft, in the text's own language.

A clause stands for all that is below it; an annex for the clause that it belongs to (제27조제5항 관련), since that is
where people comment on it. Besides words, their meanings count (`portal.analysis.glossary`), half as much: they meet
where people and the law name a thing differently.

Scores are BM25 (S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009) with its
usual constants. Knows drafts and words, nobody's decisions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from scipy import sparse

from portal.analysis.clause_space import ClauseSpace
from portal.analysis.learning import Example, Vector
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import LANGUAGES, Clause, Draft, Kind, Language, Status
from portal.ordinances.references import find_citations, resolve

#: How often a text has each term: a word as it is, a meaning under its number.
Terms: TypeAlias = Mapping[str, float]

#: BM25's saturation and correction for length, as they are usually set.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
#: A word said often in a short text counts no more than this.
_OFTEN: Final = 3
#: How much the best paragraph of an article, and the best clause at any level, add to the article as a whole.
_BEST_PLACE: Final = 0.5
#: What a meaning counts beside a word: it stands for words that differ.
_MEANING: Final = 0.5
#: Names of meanings begin with this sign, words never do.
_IS_MEANING: Final = "="
#: The score of a text that has two or three telling words in common with an article. Below it nothing is certain.
_TELLING: Final = 5.0
#: A clause below is suggested in place of the one above when it explains so much of what that one explains.
_EXPLAINS: Final = 0.5
#: The number of a clause is a citation and says nothing of the subject; other numbers do (10일, 5년, 100억원).
_CLAUSE_NUMBER: Final = re.compile(r"제?\d+[조항호](?:의\d+)?")


class _Bm25:
    """Some documents, to be compared with queries all at once."""

    def __init__(self, documents: Sequence[Terms]) -> None:
        terms = sorted({term for document in documents for term in document})
        self.places: Mapping[str, int] = {term: place for place, term in enumerate(terms)}
        count = max(1, len(documents))
        having = np.zeros(len(terms))
        lengths = np.array([sum(document.values()) for document in documents], dtype=float)
        average = lengths.mean() if lengths.sum() else 1.0
        self.worth: Final = np.array([_MEANING if term.startswith(_IS_MEANING) else 1.0 for term in terms])
        rows, columns, values = [], [], []
        for row, document in enumerate(documents):
            room = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[row] / average)
            for term, often in document.items():
                column = self.places[term]
                having[column] += 1
                rows.append(row)
                columns.append(column)
                values.append(often * (_SATURATION + 1) / (often + room))
        rarity = np.log(1 + (count - having + 0.5) / (having + 0.5))
        shape = (len(documents), len(terms))
        plain = sparse.csr_matrix((values, (rows, columns)), shape=shape)
        self.weights: Any = (plain @ sparse.diags(rarity * self.worth)).tocsr()
        self._turned: Any = self.weights.T.tocsr()
        self._terms: Final = terms
        self._documents: dict[int, Terms] = {}

    def of_document(self, row: int) -> Terms:
        """What each term of a document weighs."""
        if row not in self._documents:
            start, end = self.weights.indptr[row : row + 2]
            terms = (self._terms[place] for place in self.weights.indices[start:end])
            self._documents[row] = dict(zip(terms, self.weights.data[start:end].tolist(), strict=True))
        return self._documents[row]

    def scores(self, queries: Sequence[Terms]) -> Vector:
        """One row for each query, one column for each document."""
        rows, columns, values = [], [], []
        for row, words in enumerate(queries):
            for term, often in words.items():
                if (column := self.places.get(term)) is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(min(often, _OFTEN) ** 0.5)
        asked = sparse.csr_matrix((values, (rows, columns)), shape=(len(queries), len(self.places)))
        return np.asarray((asked @ self._turned).todense(), dtype=float)


class ClauseIndex:
    """The clauses of a draft, as texts in either language are compared with them.

    `articles` are the addresses of the articles, `places` those of the clauses below them, `units` the articles and
    then the paragraphs (or what else stands directly below an article), all in the order of the text and the same for
    both languages; `article_of_unit` says which article each unit is of. A language that the draft does not have is
    compared by meanings alone.
    """

    def __init__(self, draft_ko: Draft, draft_en: Draft | None = None, tokeniser: Tokeniser | None = None,
                 space: ClauseSpace | None = None) -> None:  # fmt: skip
        """`space` is that of the draft, where the caller has it."""
        self.drafts: Final[Mapping[Language, Draft]] = {"ko": draft_ko, "en": draft_en or draft_ko}
        self._tokeniser = tokeniser or Tokeniser()
        self.space: Final = space or ClauseSpace.learn(draft_ko, self._tokeniser)
        clauses = {
            clause.eid: clause
            for draft in dict.fromkeys((draft_ko, draft_en or draft_ko))
            for clause in draft.clauses
            if clause.is_main_text and clause.status is Status.IN_FORCE
        }
        self.articles: Final = tuple(eid for eid, clause in clauses.items() if clause.kind is Kind.ARTICLE)
        known = set(self.articles)
        self.places: Final = tuple(eid for eid in clauses if eid not in known and article_of(eid) in known)
        self._place: Final = {eid: number for number, eid in enumerate(self.places)}
        self._article: Final = {eid: number for number, eid in enumerate(self.articles)}
        # The places directly below an article, and which article each is of.
        self._upper: Final = [number for number, eid in enumerate(self.places) if eid.count("__") == 1]
        self._of_upper: Final = [self._article[article_of(self.places[number])] for number in self._upper]
        self.units: Final = (*self.articles, *(self.places[number] for number in self._upper))
        self.article_of_unit: Final = np.array([*range(len(self.articles)), *self._of_upper], dtype=int)
        self._article_of_place: Final = np.array([self._article[article_of(eid)] for eid in self.places], dtype=int)
        self._known: Final = frozenset(self.units)
        self._places_of: dict[str, list[int]] = defaultdict(list)
        for number, eid in enumerate(self.places):
            self._places_of[article_of(eid)].append(number)
        self._below: dict[str, list[str]] = defaultdict(list)
        for eid in self.places:
            self._below[eid.rpartition("__")[0]].append(eid)
        self.stands_for: Final = self._annexes(draft_ko)
        self._outer: dict[Language, _Bm25] = {}
        self._paragraphs: dict[Language, _Bm25] = {}
        self._inner: dict[Language, _Bm25] = {}
        for language in LANGUAGES:
            words = self._words(language)
            self._outer[language] = _Bm25([words[eid] for eid in self.articles])
            # An article without paragraphs is its own; what stands above the paragraphs of another is read as one, too.
            alone = [words[f"{eid} alone"] for eid in self.articles]
            self._paragraphs[language] = _Bm25([*alone, *(words[self.places[number]] for number in self._upper)])
            self._inner[language] = _Bm25([words[eid] for eid in self.places])
        #: The clauses as texts that say what they are about: what the draft itself teaches.
        self.examples: Final = tuple(self._examples())

    def _annexes(self, draft: Draft) -> dict[str, str]:
        """For each annex the clause that its heading names."""
        found = {}
        for clause in draft.clauses:
            if clause.kind in (Kind.ANNEX, Kind.FORM):
                cited = [
                    eid
                    for citation in find_citations(clause.heading_ko or "", "ko")
                    for eid in resolve(citation, draft, clause.eid)
                    if article_of(eid) in self._article
                ]
                if cited:
                    found[clause.eid] = cited[0]
        return found

    def _words(self, language: Language) -> Mapping[str, Terms]:
        """The words and meanings of each clause with those below it."""
        words: dict[str, dict[str, float]] = defaultdict(dict)
        for eid, text, tokens in self._read(language):
            into = [eid]
            while "__" in into[-1]:
                into.append(into[-1].rpartition("__")[0])
            if eid in self._article:
                into.append(f"{eid} alone")
            for term, often in self._terms(text, tokens).items():
                if text.language == language or term.startswith(_IS_MEANING):
                    for one in into:
                        words[one][term] = words[one].get(term, 0) + often
        return words

    def _read(self, language: Language) -> Iterator[tuple[str, Text, Tokens]]:
        """Each clause in articles and annexes, where people comment on it, in a language or else in the other one."""
        draft = self.drafts[language]
        read = language if language in draft.languages else draft.languages[0] if draft.languages else language
        for clause in draft.clauses:
            eid = self.stands_for.get(clause.eid.partition("__")[0], clause.eid)
            if article_of(eid) in self._article:
                text = Text(f"{read} {clause.eid}", read, _text(clause, read))
                yield eid, text, self._tokeniser.tokens(text.text, read)

    def _examples(self) -> Iterator[Example]:
        for language in LANGUAGES:
            heads: dict[str, Tokens] = {}
            for eid, text, tokens in self._read(language):
                if text.language != language:
                    return
                article = article_of(eid)
                if article not in heads:
                    heading = self.drafts[language].by_eid[article].heading(language) or ""
                    heads[article] = self._tokeniser.tokens(heading, language)
                words = Tokens((*tokens.words, *heads[article].words), tokens.tokeniser)
                yield Example(text, without_clause_numbers(words), self.labels(eid))

    def _terms(self, text: Text, tokens: Tokens) -> Terms:
        words = without_clause_numbers(tokens).words
        meanings = self.space.glossary.of_words(words, text.language)
        return {**Counter(words), **{f"{_IS_MEANING}{meaning}": often for meaning, often in meanings.items()}}

    def asked(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> list[Terms]:
        """The texts as they are compared."""
        return [self._terms(text, its) for text, its in zip(texts, tokens, strict=True)]

    def place_scores(self, queries: Sequence[Terms], languages: Sequence[Language]) -> Vector:
        """How much each text has in common with each of `places`."""
        return self._scores(self._inner, queries, languages, len(self.places))

    def paragraph_scores(self, queries: Sequence[Terms], languages: Sequence[Language]) -> Vector:
        """How much each text has in common with each of `units`: an article alone, a paragraph with all below it."""
        return self._scores(self._paragraphs, queries, languages, len(self.units))

    def article_scores(self, queries: Sequence[Terms], languages: Sequence[Language]) -> Vector:
        """How much each text has in common with each of `articles`: as a whole, with the best paragraph and with the
        best clause at any level in it."""
        scores = self._scores(self._outer, queries, languages, len(self.articles))
        paragraphs = self._best(self.paragraph_scores(queries, languages), self.article_of_unit)
        places = self._best(self.place_scores(queries, languages), self._article_of_place)
        return scores + _BEST_PLACE * (paragraphs + np.maximum(places, paragraphs))

    def _best(self, scores: Vector, articles: Any) -> Vector:
        """The best score within each article, the columns being of these articles."""
        best = np.zeros((len(self.articles), len(scores)))
        np.maximum.at(best, articles, scores.T)
        return best.T

    def labels(self, clause: str) -> tuple[str, ...]:
        """The units that a clause stands in: its article and the one directly below; none outside articles."""
        clause = self.stands_for.get(clause, clause)
        return tuple(dict.fromkeys(unit for unit in (article_of(clause), upper_of(clause)) if unit in self._known))

    def unit_shares(self, queries: Sequence[Terms], languages: Sequence[Language]) -> Vector:
        """How likely each of `units` is what each text is about, as far as the draft tells: an article by its share
        (`shares`), a paragraph by that of its article, the less the more another paragraph of it is the better one."""
        shares = self.shares(self.article_scores(queries, languages))
        inner = self.paragraph_scores(queries, languages)
        of_best = inner / np.maximum(self._best(inner, self.article_of_unit)[:, self.article_of_unit], _TELLING / 2)
        below = slice(len(self.articles), None)
        return np.concatenate([shares, shares[:, self._of_upper] * (1 + of_best[:, below]) / 2], axis=1)

    def _scores(self, of: Mapping[Language, _Bm25], queries: Sequence[Terms], languages: Sequence[Language],
                width: int) -> Vector:  # fmt: skip
        scores = np.zeros((len(queries), width))
        for language in LANGUAGES:
            rows = [row for row, one in enumerate(languages) if one == language]
            if rows and width:
                scores[rows] = of[language].scores([queries[row] for row in rows])
        return scores

    @staticmethod
    def shares(scores: Vector) -> Vector:
        """Scores of articles as shares of the best one; where even that is low, all are."""
        best = scores.max(axis=1, initial=0.0)
        shares: Vector = scores / np.maximum(best, _TELLING)[:, None]
        return shares

    def within(self, eid: str, scores: Vector) -> str:
        """The clause at or below this one that a text is about, by its scores for `places`: down as long as one of
        those below explains enough."""
        of_article = self._places_of.get(article_of(eid), [])
        best = scores[of_article].max(initial=0.0)
        while below := self._below.get(eid):
            found = max(below, key=lambda one: (scores[self._place[one]], -self._place[one]))
            if scores[self._place[found]] < max(_EXPLAINS * best, _TELLING / 2):
                break
            eid = found
        return eid

    def shared(self, eid: str, words: Terms, language: Language, most: int = 5) -> tuple[str, ...]:
        """The words that a text shares with a clause, the most telling first; for a meaning the words of the text."""
        of, row = (self._inner, self._place.get(eid)) if eid in self._place else (self._outer, self._article.get(eid))
        if row is None:
            return ()
        weights = of[language].of_document(row)
        weighed = {term: weights[term] * min(often, _OFTEN) ** 0.5 for term, often in words.items() if term in weights}
        best = sorted(weighed, key=lambda term: (-weighed[term], term))[:most]
        said = [
            word
            for term in best
            for word in ([term] if not term.startswith(_IS_MEANING) else
                         self._meant(words, language, int(term.removeprefix(_IS_MEANING))))
        ]  # fmt: skip
        return tuple(dict.fromkeys(said))[:most]

    def _meant(self, words: Terms, language: Language, meaning: int) -> list[str]:
        """The words of a text that have a meaning by themselves."""
        glossary = self.space.glossary
        plain = (word for word in words if not word.startswith(_IS_MEANING))
        return [word for word in plain if meaning in glossary.of_words((word,), language)]


def article_of(eid: str) -> str:
    """The address of the article that a clause is or stands in; of a clause outside articles the outermost one."""
    return eid.removeprefix("after_").removeprefix("after:").partition("__")[0]


def upper_of(eid: str) -> str:
    """The address of the clause directly below its article that a clause is or stands in."""
    return "__".join(eid.removeprefix("after_").removeprefix("after:").split("__")[:2])


def without_clause_numbers(tokens: Tokens) -> Tokens:
    """The words without 제27조 and the like."""
    return Tokens(tuple(word for word in tokens.words if not _CLAUSE_NUMBER.fullmatch(word)), tokens.tokeniser)


def _text(clause: Clause, language: Language) -> str:
    tables = (table.as_text(language) for table in clause.tables)
    parts = (clause.heading(language) or "", clause.text(language) or "", *tables)
    return "\n".join(part for part in parts if part)
