"""How much a text has in common with each clause of a draft, in the text's own language.

The clauses are the same in both languages, so that texts of two languages can be compared by theirs: cross-language
explicit semantic analysis (P. Sorg, P. Cimiano: Cross-lingual Information Retrieval with Explicit Semantic Analysis,
2008) with clauses in place of encyclopaedia articles, at every level from article to item. A clause has the words of
all that is below it, and the heading of its article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from portal.analysis.rows import Sparse, unit_rows
from portal.analysis.texts import Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import LANGUAGES, Clause, Draft, Kind, Language

#: A text keeps its likeness to so many clauses, squared: what it has in common with many says little.
_KEPT: Final = 5
_KINDS: Final = frozenset({Kind.ARTICLE, Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM, Kind.ANNEX})
_BLOCK: Final = 4_096


class ClauseProfiles:
    """The clauses of a draft by their words in both languages."""

    def __init__(self, eids: Sequence[str], words: Mapping[Language, Sequence[Counter[str]]],
                 aligned: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:  # fmt: skip
        #: The clauses, each a column of what `of_texts` gives.
        self.eids: Final = tuple(eids)
        #: The words of headings, texts and cells of tables, each with those of its translation.
        self.aligned: Final = tuple(aligned)
        self._columns: Final = {language: _columns(words[language]) for language in LANGUAGES}
        self._clauses: Final = {
            language: _matrix(words[language], self._columns[language]) for language in LANGUAGES
        }  # fmt: skip

    @classmethod
    def learn(cls, draft: Draft, tokeniser: Tokeniser) -> ClauseProfiles:
        """The profiles that a draft in both languages gives."""
        pieces = {clause.eid: _pieces(clause, tokeniser) for clause in draft.clauses}
        clauses = [clause for clause in draft.clauses if clause.kind in _KINDS]
        words: dict[Language, list[Counter[str]]] = {"ko": [], "en": []}
        for side, language in enumerate(LANGUAGES):
            headings = {eid: Counter(of_clause[0][side]) for eid, of_clause in pieces.items() if of_clause}
            for clause in clauses:
                counted = Counter(
                    word for below in draft.subtree(clause.eid) for piece in pieces[below.eid] for word in piece[side]
                )
                for above in draft.ancestors(clause.eid):
                    if above.kind is Kind.ARTICLE:
                        counted.update(headings.get(above.eid, Counter()))
                words[language].append(counted)
        aligned = dict.fromkeys(piece for of_clause in pieces.values() for piece in of_clause if all(piece))
        return cls([clause.eid for clause in clauses], words, list(aligned))

    def of_texts(self, tokens: Sequence[Tokens], languages: Sequence[Language]) -> Sparse:
        """The likeness of each text to its five most alike clauses, squared: a row a text, a column a clause."""
        given = np.asarray(languages)
        result = sp.csr_array((len(tokens), len(self.eids)), dtype=np.float32)
        for language in LANGUAGES:
            rows = np.flatnonzero(given == language)
            columns, clauses = self._columns[language], self._clauses[language]
            texts = _matrix([Counter(tokens[row].words) for row in rows.tolist()], columns)
            rarity = np.sqrt(_rarity(clauses) * _rarity(texts))
            clauses, texts = (unit_rows(sp.csr_array(each.multiply(rarity[None, :]))) for each in (clauses, texts))
            found = [_best(texts[start : start + _BLOCK], clauses) for start in range(0, len(rows), _BLOCK)]
            if found:
                placed = sp.coo_array(sp.vstack(found))
                result = result + sp.csr_array((placed.data, (rows[placed.row], placed.col)), shape=result.shape)
        return sp.csr_array(result)


def _pieces(clause: Clause, tokeniser: Tokeniser) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The heading, the text and the cells of the tables of a clause, by their words in Korean and in English."""
    written = [(clause.heading_ko, clause.heading_en), (clause.text_ko, clause.text_en)]
    for table in clause.tables:
        for korean, english in zip(
            (table.columns_ko, *table.rows_ko), (table.columns_en, *table.rows_en), strict=True
        ):  # fmt: skip
            written.extend(zip(korean, english, strict=False))
    return [
        (tokeniser.tokens(korean or "", "ko").words, tokeniser.tokens(english or "", "en").words)
        for korean, english in written
    ]


def _columns(words: Sequence[Counter[str]]) -> dict[str, int]:
    return {word: column for column, word in enumerate(sorted({word for counted in words for word in counted}))}


def _matrix(words: Sequence[Counter[str]], columns: Mapping[str, int]) -> Sparse:
    """How often each has each of the known words: the logarithm of the count plus one."""
    pointers, indices, counts = [0], list[int](), list[int]()
    for counted in words:
        known = [(columns[word], count) for word, count in counted.items() if word in columns]
        indices.extend(column for column, _ in known)
        counts.extend(count for _, count in known)
        pointers.append(len(indices))
    values = np.log1p(np.asarray(counts, dtype=np.float32))
    places = np.asarray(indices, dtype=np.int32), np.asarray(pointers)
    return sp.csr_array((values, *places), shape=(len(words), max(1, len(columns))))


def _rarity(counted: Sparse) -> Any:
    often = np.bincount(counted.indices, minlength=counted.shape[1])
    return np.where(often > 0, np.maximum(np.log((counted.shape[0] + 1) / (often + 0.5)), 0), 0).astype(np.float32)



def _best(texts: Sparse, clauses: Sparse) -> Sparse:
    """Of each text its likeness to the most alike clauses, squared."""
    alike = (texts @ clauses.T).toarray()
    kept = min(_KEPT, alike.shape[1])
    best = np.sort(np.argsort(-alike, axis=1, kind="stable")[:, :kept], axis=1)
    values = np.take_along_axis(alike, best, 1) ** 2
    rows = np.repeat(np.arange(len(alike)), kept)
    found = sp.csr_array((values.ravel(), (rows, best.ravel())), shape=alike.shape)
    found.eliminate_zeros()
    return found
