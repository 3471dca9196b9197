"""How much a text has in common with each clause of a draft, in the text's own language.

A clause stands for all that is below it; an annex for the clause that it belongs to (제27조제5항 관련), since that is
where people comment on it. Besides words, figures and matters count, and meanings half as much
(`portal.analysis.glossary`): they meet where people and the law name a thing differently, and are those of the clause
in both languages.

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
from portal.analysis.glossary import Glossaries, Glossary, general_matters
from portal.analysis.glossary_figures import figures
from portal.analysis.learning import Example, Vector
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import LANGUAGES, Clause, Draft, Kind, Language, Status
from portal.ordinances.references import Citation, Scope, find_citations, resolve

#: How often a text has each term: a word as it is, a meaning, a matter or a figure behind its sign.
Terms: TypeAlias = Mapping[str, float]
#: A clause that was read: where people comment on it, its text, its words.
_Read: TypeAlias = tuple[str, Text, Tokens]

#: BM25's saturation and correction for length, as they are usually set.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
#: A word said often in a short text counts no more than this.
_OFTEN: Final = 3
#: How much the best paragraph of an article, and the best clause at any level, add to the article as a whole.
_BEST_PLACE: Final = 0.5
#: What a meaning counts beside a word: it stands for words that differ.
_MEANING: Final = 0.5
#: With these signs begins what is no word but counted in either language; words never begin so.
_IS_SHARED: Final = "="
_IS_MATTER: Final = "=~"
_IS_FIGURE: Final = "=#"
#: The score of a text that has two or three telling words in common with an article. Below it nothing is certain.
_TELLING: Final = 5.0
#: How a decree names the act that it serves, to call it 법 or the Act from there on.
_ITS_ACT: Final[Mapping[Language, re.Pattern[str]]] = {
    "ko": re.compile(r"「([^」]{1,200})」\s?\(이하 [\"“]법[\"”]이라 한다\)"),
    "en": re.compile(r"the ([A-Z][^()\"“]{1,300}?) \(hereinafter referred to as the [\"“]Act[\"”]\)"),
}
#: What no citation of an article lacks: quickly found.
_MAY_CITE: Final = re.compile(r"\d\s?조|\bart", re.IGNORECASE)
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
        self.worth: Final = np.array([_worth(term) for term in terms])
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

    `addresses` are those of the articles, then those of the clauses below them, both in the order of the text and the
    same for both languages. A language that the draft does not have is compared by what is counted in either.
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
        self._places: Final = tuple(eid for eid in clauses if eid not in known and article_of(eid) in known)
        self.addresses: Final = (*self.articles, *self._places)
        self.column: Final[Mapping[str, int]] = {eid: number for number, eid in enumerate(self.addresses)}
        #: For each address the column of its article.
        self.article: Final = np.array([self.column[article_of(eid)] for eid in self.addresses], dtype=int)
        # The places directly below an article.
        self._upper: Final = [number for number, eid in enumerate(self._places) if eid.count("__") == 1]
        self.below: Final[dict[str, list[str]]] = defaultdict(list)
        for eid in self._places:
            self.below[eid.rpartition("__")[0]].append(eid)
        self.stands_for: Final = self._annexes(draft_ko)
        self._of_act: Final = self._acts()
        self._matters: Final = Glossary(general_matters(), self._tokeniser)
        #: What texts are counted by in either language.
        self.glossaries: Final = Glossaries(self.space.glossary, self._matters)
        self._outer: dict[Language, _Bm25] = {}
        self._paragraphs: dict[Language, _Bm25] = {}
        self._inner: dict[Language, _Bm25] = {}
        read = {language: list(self._read(language)) for language in LANGUAGES}
        for language in LANGUAGES:
            words = self._words(language, [*read["ko"], *read["en"]])
            self._outer[language] = _Bm25([words[eid] for eid in self.articles])
            # An article without paragraphs is its own; what stands above the paragraphs of another is read as one, too.
            alone = [words[f"{eid} alone"] for eid in self.articles]
            self._paragraphs[language] = _Bm25([*alone, *(words[self._places[number]] for number in self._upper)])
            self._inner[language] = _Bm25([words[eid] for eid in self._places])
        #: The clauses as texts that say what they are about: what the draft itself teaches.
        self.examples: Final = tuple(self._examples([*read["ko"], *read["en"]]))

    def _annexes(self, draft: Draft) -> dict[str, str]:
        """For each annex the clause that its heading names."""
        found = {}
        for clause in draft.clauses:
            if clause.kind in (Kind.ANNEX, Kind.FORM):
                cited = [
                    eid
                    for citation in find_citations(clause.heading_ko or "", "ko")
                    for eid in resolve(citation, draft, clause.eid)
                    if article_of(eid) in self.column
                ]
                if cited:
                    found[clause.eid] = cited[0]
        return found

    def _acts(self) -> Mapping[tuple[str, ...], set[str]]:
        """For each clause of the act, by its steps, the articles of the draft that cite it or what stands in it."""
        found: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for language in LANGUAGES:
            draft = self.drafts[language]
            texts = {clause.eid: clause.text(language) or "" for clause in draft.clauses}
            names = {name for text in texts.values() for name in _ITS_ACT[language].findall(text)}
            for eid, text in texts.items():
                article = article_of(self.stands_for.get(eid.partition("__")[0], eid))
                for citation in find_citations(text, language) if article in self.column else ():
                    if citation.scope is Scope.ACT or citation.law in names:
                        steps = _steps(citation)
                        for depth in range(1, len(steps) + 1):
                            found[steps[:depth]].add(article)
        return found

    def serving(self, text: str, language: Language) -> dict[str, float]:
        """The articles that serve what a text cites of the act, each with a share: where many do, this tells the less.
        Where the draft has no such article, what is cited is the act's."""
        served: dict[str, float] = {}
        for citation in find_citations(text, language) if _MAY_CITE.search(text) else ():
            steps = _steps(citation)
            article = steps[0] if steps and citation.relative is None else ""
            is_unknown = article.startswith("art_") and article not in self.column
            if citation.scope is Scope.ACT or (citation.scope is Scope.THIS and is_unknown):
                depths = range(len(steps), 0, -1)
                articles = next((self._of_act[steps[:one]] for one in depths if steps[:one] in self._of_act), set())
                served.update({eid: max(served.get(eid, 0.0), 1 / len(articles)) for eid in articles})
        return served

    def _words(self, language: Language, read: Sequence[_Read]) -> Mapping[str, Terms]:
        """The words in a language of each clause with those below it, and what is counted in either."""
        words: dict[str, dict[str, float]] = defaultdict(dict)
        for eid, text, tokens in read:
            into = [eid]
            while "__" in into[-1]:
                into.append(into[-1].rpartition("__")[0])
            if eid in self.column and "__" not in eid:
                into.append(f"{eid} alone")
            for term, often in self._terms(text, tokens).items():
                if text.language == language or term.startswith(_IS_SHARED):
                    for one in into:
                        words[one][term] = words[one].get(term, 0) + often
        return words

    def _read(self, language: Language) -> Iterator[_Read]:
        """Each clause in articles and annexes, where people comment on it, in a language that the draft has."""
        draft = self.drafts[language]
        if language not in draft.languages:
            return
        for clause in draft.clauses:
            eid = self.stands_for.get(clause.eid.partition("__")[0], clause.eid)
            if article_of(eid) in self.column:
                text = Text(f"{language} {clause.eid}", language, _text(clause, language))
                yield eid, text, self._tokeniser.tokens(text.text, language)

    def _examples(self, read: Sequence[_Read]) -> Iterator[Example]:
        heads: dict[tuple[Language, str], Tokens] = {}
        for eid, text, tokens in read:
            article = article_of(eid)
            if (text.language, article) not in heads:
                heading = self.drafts[text.language].by_eid[article].heading(text.language) or ""
                heads[text.language, article] = self._tokeniser.tokens(heading, text.language)
            words = Tokens((*tokens.words, *heads[text.language, article].words), tokens.tokeniser)
            yield Example(text, without_clause_numbers(words), self.labels(eid))

    def _terms(self, text: Text, tokens: Tokens) -> Terms:
        words = without_clause_numbers(tokens).words
        meanings = self.space.glossary.of_words(words, text.language)
        matters = self._matters.of_words(words, text.language)
        return {
            **Counter(words),
            **{f"{_IS_SHARED}{meaning}": often for meaning, often in meanings.items()},
            **{f"{_IS_MATTER}{matter}": often for matter, often in matters.items()},
            **{f"{_IS_FIGURE}{figure}": 1.0 for figure in figures(text.text, text.language)},
        }

    def asked(self, texts: Sequence[Text], tokens: Sequence[Tokens]) -> list[Terms]:
        """The texts as they are compared."""
        return [self._terms(text, its) for text, its in zip(texts, tokens, strict=True)]

    def shares(self, asked: Sequence[Terms], languages: Sequence[Language]) -> Vector:
        """How much each text has in common with each of `addresses`, from 0 to 1: for an article that it has most in
        common with 1, unless even that is little; for a clause directly below one half of that, and more the more of
        the article it explains; for one further below as much as it explains of its article."""
        count, width = len(self.articles), len(self._places)
        whole = self._scores(self._outer, asked, languages, count)
        upper = self.article[[count + number for number in self._upper]]
        paragraphs = self._scores(self._paragraphs, asked, languages, count + len(upper))
        places = self._scores(self._inner, asked, languages, width)
        by_paragraph = self._best(paragraphs, np.concatenate([np.arange(count), upper]))
        by_place = self._best(places, self.article[count:])
        articles = _shares(whole + _BEST_PLACE * (by_paragraph + np.maximum(by_place, by_paragraph)))
        explained = paragraphs[:, count:] / np.maximum(by_paragraph, _TELLING / 2)[:, upper]
        within = places / np.maximum(by_place, _TELLING / 2)[:, self.article[count:]]
        shares = np.concatenate([articles, within], axis=1)
        shares[:, [count + number for number in self._upper]] = articles[:, upper] * (1 + explained) / 2
        return shares

    def _best(self, scores: Vector, articles: Any) -> Vector:
        """The best score within each article, the columns being of these articles."""
        best = np.zeros((len(self.articles), len(scores)))
        np.maximum.at(best, articles, scores.T)
        return best.T

    def labels(self, clause: str) -> tuple[str, ...]:
        """A clause and all it stands in, from its article down; none outside articles."""
        clause = self.stands_for.get(clause, clause).removeprefix("after_").removeprefix("after:")
        steps = clause.split("__")
        whole = ("__".join(steps[: depth + 1]) for depth in range(len(steps)))
        return tuple(eid for eid in whole if eid in self.column) if steps[0] in self.column else ()

    def _scores(self, of: Mapping[Language, _Bm25], queries: Sequence[Terms], languages: Sequence[Language],
                width: int) -> Vector:  # fmt: skip
        scores = np.zeros((len(queries), width))
        for language in LANGUAGES:
            rows = [row for row, one in enumerate(languages) if one == language]
            if rows and width:
                scores[rows] = of[language].scores([queries[row] for row in rows])
        return scores

    def shared(self, eid: str, words: Terms, language: Language, most: int = 5) -> tuple[str, ...]:
        """The words that a text shares with a clause, the most telling first; for a meaning or a matter the words of
        the text."""
        if eid not in self.column:
            return ()
        place = self.column[eid] - len(self.articles)
        of, row = (self._inner, place) if place >= 0 else (self._outer, self.column[eid])
        weights = of[language].of_document(row)
        weighed = {term: weights[term] * min(often, _OFTEN) ** 0.5 for term, often in words.items() if term in weights}
        best = sorted(weighed, key=lambda term: (-weighed[term], term))[:most]
        said = [word for term in best for word in self._said(term, words, language)]
        return tuple(dict.fromkeys(said))[:most]

    def _said(self, term: str, words: Terms, language: Language) -> Sequence[str]:
        """The words of a text that a term stands for."""
        if term.startswith(_IS_FIGURE):
            return [term.removeprefix(_IS_FIGURE)]
        if not term.startswith(_IS_SHARED):
            return [term]
        is_matter = term.startswith(_IS_MATTER)
        glossary = self._matters if is_matter else self.space.glossary
        column = int(term.removeprefix(_IS_MATTER if is_matter else _IS_SHARED))
        plain = (word for word in words if not word.startswith(_IS_SHARED))
        return [word for word in plain if column in glossary.of_words((word,), language)]


def _steps(citation: Citation) -> tuple[str, ...]:
    return tuple(step.eid for step in citation.parts)


def _worth(term: str) -> float:
    is_meaning = term.startswith(_IS_SHARED) and not term.startswith((_IS_MATTER, _IS_FIGURE))
    return _MEANING if is_meaning else 1.0


def _shares(scores: Vector) -> Vector:
    """Scores as shares of the best one; where even that is low, all are."""
    best = scores.max(axis=1, initial=0.0)
    shares: Vector = scores / np.maximum(best, _TELLING)[:, None]
    return shares


def article_of(eid: str) -> str:
    """The address of the article that a clause is or stands in; of a clause outside articles the outermost one."""
    return eid.removeprefix("after_").removeprefix("after:").partition("__")[0]


def without_clause_numbers(tokens: Tokens) -> Tokens:
    """The words without 제27조 and the like."""
    return Tokens(tuple(word for word in tokens.words if not _CLAUSE_NUMBER.fullmatch(word)), tokens.tokeniser)


def _text(clause: Clause, language: Language) -> str:
    tables = (table.as_text(language) for table in clause.tables)
    parts = (clause.heading(language) or "", clause.text(language) or "", *tables)
    return "\n".join(part for part in parts if part)
