"""Korean and English words that mean the same: a bilingual vocabulary, and what a draft in both languages adds to it.

A *meaning* is a set of terms that stand for one another (계도기간, 유예기간: grace period, transition). A text in
either language is counted by its meanings, so that texts of two languages can be compared without translating either.
`data/vocabulary.txt` holds the general words of consultations on ordinances, written for this project; it knows no
ministry, no draft and no issue. `data/matters.txt` joins what people say of a matter to what the law calls it: looser
than a meaning, it is used where passages are compared with clauses.

Knows no clause's address and nothing of pairs: see `clause_space`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Protocol, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from portal.analysis.texts import Tokens
from portal.analysis.tokens import Tokeniser
from portal.ordinances.clauses import Language

Words: TypeAlias = Sequence[str]

#: No term of the vocabulary is longer, in words of the tokeniser.
_LONGEST_TERM: Final = 5
#: A pair of words is learnt when each is the other's translation so often, as far as the aligned pieces tell, and each
#: stands in so many pieces at least.
_LEARNT: Final = 0.3
_PIECES: Final = 2
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """Terms that stand for one another, as they are written."""

    korean: tuple[str, ...]
    english: tuple[str, ...]


class Counting(Protocol):
    """Counts what texts in either language have in common."""

    def of_texts(self, tokens: Sequence[Tokens], languages: Sequence[Language]) -> sp.csr_array:
        """A row a text, a column for each thing that is counted."""


def general_vocabulary() -> tuple[Meaning, ...]:
    """The vocabulary that comes with the portal."""
    return _listed("vocabulary.txt")


def general_matters() -> tuple[Meaning, ...]:
    """The matters of ordinances that come with the portal."""
    return _listed("matters.txt")


def _listed(name: str) -> tuple[Meaning, ...]:
    text = files("portal.analysis").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(_meaning(line) for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _meaning(line: str) -> Meaning:
    korean, _, english = line.partition(" = ")
    return Meaning(_terms(korean), _terms(english))


def _terms(listed: str) -> tuple[str, ...]:
    return tuple(term.strip() for term in listed.split(",") if term.strip())


class Glossary:
    """Meanings, found in texts by their words.

    A Korean term is found however the tokeniser cut it (계도·기간 or 계도기간), an English one as its words in a row.
    A term of several meanings counts for each, the less the more they are. What a draft in both languages teaches is
    added where the vocabulary lacks a word.
    """

    def __init__(
        self, meanings: Iterable[Meaning], tokeniser: Tokeniser, aligned: Sequence[tuple[Words, Words]] = ()
    ) -> None:
        """`aligned` are the words of pieces of a text in Korean and in English, each with its translation."""
        self._terms: Final[dict[Language, dict[str, set[int]]]] = {"ko": {}, "en": {}}
        column = 0
        for column, meaning in enumerate(meanings, 1):
            listed: tuple[tuple[Language, tuple[str, ...]], ...] = (("ko", meaning.korean), ("en", meaning.english))
            for language, terms in listed:
                for term in terms:
                    if words := tokeniser.tokens(term, language).words[:_LONGEST_TERM]:
                        self._add(language, words, column - 1)
        for korean, english in learnt_pairs(aligned):
            if korean not in self._terms["ko"] or english not in self._terms["en"]:
                self._add("ko", (korean,), column)
                self._add("en", (english,), column)
                column += 1
        #: How many columns `of_texts` gives.
        self.size: Final = column
        self._beginnings: Final = {language: _beginnings(terms) for language, terms in self._terms.items()}
        self._found: Final = {
            language: {term: (len(columns) ** -0.5, sorted(columns)) for term, columns in terms.items()}
            for language, terms in self._terms.items()
        }

    def _add(self, language: Language, words: Sequence[str], column: int) -> None:
        self._terms[language].setdefault(_key(words, language), set()).add(column)

    def of_texts(self, tokens: Sequence[Tokens], languages: Sequence[Language]) -> sp.csr_array:
        """How often each text (a row) has each meaning (a column): the logarithm of the count plus one."""
        pointers, columns, counts = [0], list[int](), list[float]()
        for one, language in zip(tokens, languages, strict=True):
            found = self.of_words(one.words, language)
            columns.extend(found)
            counts.extend(found.values())
            pointers.append(len(columns))
        return sp.csr_array(
            (np.log1p(np.asarray(counts, dtype=np.float32)), np.asarray(columns, dtype=np.int32), np.asarray(pointers)),
            shape=(len(tokens), self.size),
        )

    def of_words(self, words: Sequence[str], language: Language) -> dict[int, float]:
        """How often words in a row have each meaning; one of several meanings counts for each the less."""
        terms, beginnings = self._found[language], self._beginnings[language]
        joint, count = "" if language == "ko" else " ", len(words)
        found: dict[int, float] = {}
        for start, word in enumerate(words):
            term = word
            for following in range(start + 1, start + 1 + _LONGEST_TERM):
                if term in terms:
                    share, meanings = terms[term]
                    for meaning in meanings:
                        found[meaning] = found.get(meaning, 0.0) + share
                if following >= count or term not in beginnings:
                    break
                term = f"{term}{joint}{words[following]}"
        return found


class Glossaries:
    """Several glossaries side by side."""

    def __init__(self, *glossaries: Glossary) -> None:
        self._glossaries = glossaries

    def of_texts(self, tokens: Sequence[Tokens], languages: Sequence[Language]) -> sp.csr_array:
        """The columns of each glossary, one after another."""
        return sp.csr_array(sp.hstack([one.of_texts(tokens, languages) for one in self._glossaries]))


def _key(words: Sequence[str], language: Language) -> str:
    return ("" if language == "ko" else " ").join(words)


def _beginnings(terms: Iterable[str]) -> frozenset[str]:
    """What a longer term begins with. Of a Korean term any beginning may be a word of the tokeniser's."""
    return frozenset(term[:end] for term in terms for end in range(1, len(term)))


def learnt_pairs(aligned: Sequence[tuple[Words, Words]]) -> list[tuple[str, str]]:
    """Korean and English words that are each other's translations in aligned pieces of text, in alphabetical order.

    IBM model 1 in both directions (P. Brown et al.: The Mathematics of Statistical Machine Translation, 1993), kept
    where the geometric mean of the two probabilities is at least 0.3. Numbers are left out.
    """
    worded = ([sorted(filter(_is_word, set(words))) for words in piece] for piece in aligned)
    pieces = [piece for piece in worded if all(piece)]
    if not pieces:
        return []
    often = [Counter(word for piece in pieces for word in piece[side]) for side in (0, 1)]
    known = [{word: place for place, word in enumerate(sorted(counts))} for counts in often]
    together = [
        (number, known[0][korean], known[1][english])
        for number, piece in enumerate(pieces) for korean in piece[0] for english in piece[1]
    ]  # fmt: skip
    piece, korean, english = np.asarray(together, dtype=np.int64).T
    cells, cell = np.unique(korean * len(known[1]) + english, return_inverse=True)
    there = _translated(piece, korean, english, cell)
    back = _translated(piece, english, korean, cell)
    words = [sorted(counts) for counts in often]
    found = []
    for place in np.flatnonzero(np.sqrt(there * back) >= _LEARNT):
        pair = words[0][cells[place] // len(known[1])], words[1][cells[place] % len(known[1])]
        if min(often[0][pair[0]], often[1][pair[1]]) >= _PIECES:
            found.append(pair)
    return sorted(found)


def _translated(
    piece: NDArray[np.int64], source: NDArray[np.int64], target: NDArray[np.int64], cell: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For each cell (a pair of words) how probably the source is translated by the target, after some rounds."""
    _, place = np.unique(piece * (target.max() + 1) + target, return_inverse=True)
    of_cell = np.zeros(cell.max() + 1, dtype=np.int64)
    of_cell[cell] = source
    probable = np.ones(len(of_cell))
    for _ in range(_ROUNDS):
        share = probable[cell]
        share = share / np.bincount(place, share)[place]
        counts = np.bincount(cell, share)
        probable = counts / np.bincount(of_cell, counts)[of_cell]
    return probable


def _is_word(word: str) -> bool:
    return not any(sign.isdigit() for sign in word)
