"""What a cluster is about, in its filers' own words: terms, the most central sentence, and who says what.

Terms are words and pairs of words that its members have far more often than other texts in the language (TF-IDF of
classes: Grootendorst 2022), written as they stand there; the central sentence is quoted from one of the texts most
alike to the rest, of those that take the most frequent position. A title is made of terms; where few speak, chance has
a say in what their words have in common, and the clause that they are about stands before two of them, as where fewer
than two words tell anything. A title is never written by the machine in words of its own. Everything is given in each
language that is present; in the other language of the draft a title names the clause.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from portal.analysis.clusters import Cluster
from portal.analysis.features import Features, Places
from portal.analysis.rows import Vectors
from portal.analysis.sentences import split_sentences
from portal.analysis.telling import is_weak, tells
from portal.analysis.texts import Text, Tokens
from portal.kernel.search_text import search_tokens
from portal.ordinances import addresses
from portal.ordinances.clauses import LANGUAGES, Draft, Language

#: So many terms are named, and so many of them make the title.
TERMS: Final = 6
TITLE_TERMS: Final = 3
#: Where fewer texts than this speak in a language, its title names the clause, and beside its heading so many terms.
FEW: Final = 6
TITLE_TERMS_BESIDE_A_HEADING: Final = 2
#: So many of the most different voices are named.
VOICES: Final = 3

_CENTRAL_TEXTS: Final = 10
_SENTENCE_LENGTHS: Final = (15, 300)
_READ: Final = 5_000
#: So many words of a title tell something, or it names the clause.
_TELLING_WORDS: Final = 2
#: A longer heading stands in no title that has telling terms, and is cut in others; a sentence is cut there.
_LONGEST_HEADING: Final[Mapping[Language, int]] = {"ko": 20, "en": 40}
_LONGEST_SENTENCE: Final = 60
#: A clause is what a group is about when at least this share of what its members say of clauses is of it.
_MOSTLY: Final = 0.5
#: A term counts as if so many texts more had it: what one text alone says is no term of a group.
_HEARD_BEFORE: Final = 3
#: Where a group is nearly all there is, no term is rarer elsewhere.
_RARE_AT_LEAST: Final = 1.01
#: How much more it counts that a term is rare elsewhere than that many members have it.
_RARITY: Final = 1.5
#: How a term is written is seen in so many of the texts that have it, for so many of the best terms.
_SEEN_IN: Final = 8
_TRIED: Final = 40
_HANGUL: Final = re.compile("[가-힣]")
#: What stands between two words that are written as one term.
_BETWEEN_KOREAN: Final = r"(?:의|적|받는|하는|되는|한|된|할|될)?\s?"
_BETWEEN_ENGLISH: Final = r"(?:[-‐‑/]|\s+(?:of\s+(?:the\s+)?)?)"
_SHORT_STEM: Final = 3
#: So many texts write two words as one where they are named as one.
_IN_COMPOUND: Final = 2
#: Where a sentence begins: marks that stand between it and the end of the one before, which is looked for so far back.
_BETWEEN_SENTENCES: Final = " \t\"'“”‘’()[]*•–-"
_LOOKED_BACK: Final = 10
_ENDS: Final = ".!?…:\n"
#: Two English words are forms of one when they begin alike for so many letters, and for so much of the longer one.
_SAME_LETTERS: Final = 5
_SAME_SHARE: Final = 0.6
#: A number or a word of a list that a sentence begins with: 셋째, 7. (가) ② - First,
_NUMBERING: Final = re.compile(
    r"(?:(?:[-*•·∙○●◦□■▪▶◆※ㅇ→–—]|[①-⑳㉠-㉻]|\(?(?:\d{1,3}|[가-하]|[A-Za-z]|[ivxIVX]{1,5})[.)](?!\d)|"
    r"(?:첫|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열)(?:번)?째(?:로|는)?[,.:]?(?=\s)|"
    r"(?:first|second|third|fourth|fifth|finally|lastly)(?:ly)?,)\s*)+",
    re.IGNORECASE,
)
#: Words by which a sentence leans on the one before it.
_LEANS: Final = re.compile(
    r"(?:이|그|저|이는|이를|이에|이때|이런|이러한|이렇게|이처럼|그런|그런데|그런데도|그러나|그러면|그래서|그러므로|그리고|"
    r"그것|그중|그때|따라서|또한|또|다만|하지만|반면|반면에|즉|곧|오히려|특히|더구나|나아가|아울러|한편|예컨대|예를|물론|"
    r"앞의|위의|위와|같은|둘|이와|이로|이것[은이을]?|여기에|거기에|단)(?=[\s,])"
    r"|(?:it|its|they|their|them|this|these|that|those|such|he|she|his|her|however|therefore|thus|hence|but|and|or|nor|"
    r"also|otherwise|then|so|yet|instead|moreover|furthermore|besides|both|neither|either|the (?:first|second|former|"
    r"latter|same|other)|two points|one of them|for (?:example|instance)|in (?:that|this|such)|as a result|"
    r"under that|at that)\b",
    re.IGNORECASE,
)
#: What ends a sentence, and a sign that one is a list.
_CLOSED: Final = re.compile(r"[.!?。？！][\"'”’」』)\]]*\Z")
_LISTS: Final = re.compile(r":\s*\Z|[①-⑳].*[①-⑳]|\([가-하\d]\).*\([가-하\d]\)|\(가\)|\(1\)", re.DOTALL)
#: A sentence that is understood only in its place counts so much of another, and so does what is no whole sentence.
_OUT_OF_PLACE: Final = 0.5
#: A word is named with another that stands beside it in so many of the texts that have it.
_NEARLY_ALWAYS: Final = 0.6
#: A pair of words is one number of two halves.
_SHIFT: Final = 32
_MASK: Final = (1 << _SHIFT) - 1

#: Numbers of words and of pairs.
Items: TypeAlias = NDArray[np.int64]


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
    """Describes clusters of a collection of texts. `drafts` have the headings of the clauses."""

    def __init__(self, texts: Sequence[Text], tokens: Sequence[Tokens], features: Features,
                 drafts: Mapping[Language, Draft] | None = None) -> None:  # fmt: skip
        self._features: Final = features
        self._drafts: Final = drafts or {}
        self._row: Final = {one: row for row, one in enumerate(features.ids)}
        self._texts: Final = {text.id: text for text in texts}
        self._spoken: Final = {
            language: _Spoken([(text, words) for text, words in zip(texts, tokens, strict=True)
                               if text.language == language])
            for language in LANGUAGES
        }  # fmt: skip

    def describe(self, cluster: Cluster, kinds: Mapping[str, str] | None = None,
                 unquoted: Collection[str] = frozenset()) -> Description:  # fmt: skip
        """The description of a cluster of texts at hand; `kinds` is the kind of organisation of a text, by its id.
        Texts that are `unquoted` lend no word to the titles."""
        rows = np.asarray([self._row[one] for one in cluster.members], dtype=np.intp)
        vectors = self._features.vectors[rows]
        centrality = vectors @ vectors.mean(axis=0)
        ordered = [cluster.members[row] for row in np.argsort(-centrality, kind="stable")]
        positions = Counter(position for one in cluster.members if (position := self._texts[one].position))
        usual = {position for position, often in positions.items() if often == max(positions.values())}
        terms: dict[Language, tuple[str, ...]] = {}
        central: dict[Language, Quotation] = {}
        titles: dict[Language, str] = {}
        named: list[str] = []
        for language in LANGUAGES:
            members = [self._texts[one] for one in ordered if self._texts[one].language == language]
            if not members:
                continue
            found = self._spoken[language].terms(members)
            terms[language] = tuple(term.written for term in found)
            speaking = [text for text in members if text.position in usual] or members
            if quotation := _central(speaking[:_CENTRAL_TEXTS], found, language):
                central[language] = quotation
            if unquoted:
                found = self._spoken[language].terms(members, unquoted)
                quoted = [text for text in members if text.id not in unquoted]
                quotation = _central(quoted[:_CENTRAL_TEXTS], found, language) if quoted else None
            if title := self._title(members, rows, found, quotation, language):
                titles[language] = title
            named = named or [term.written for term in found if _is_telling(term)]
        for language in LANGUAGES:
            # Where nobody speaks a language its title names the clause, and what tells the cluster from others on it.
            place, heading = ("", "") if language in terms else self._place(rows, language, mostly=0.0)
            if place:
                clause = f"{place} {_shortened(heading)}".strip()
                titles[language] = " · ".join([clause, *named[:TITLE_TERMS_BESIDE_A_HEADING]])
        organisations = Counter(kinds[one] for one in cluster.members if kinds and one in kinds)
        return Description(
            titles, terms, central, dict(sorted(positions.items())), dict(sorted(organisations.items())),
            self._voices(ordered, {one: vectors[row] for row, one in enumerate(cluster.members)}),
        )  # fmt: skip

    def _title(self, members: Sequence[Text], rows: Places, found: Sequence[_Term], quotation: Quotation | None,
               language: Language) -> str:  # fmt: skip
        """The title in a language: of what many say their terms, those that tell something first; of few, or where
        fewer than two words do, the clause and the first of them; without terms the clause and what the central
        sentence begins with. A sentence of nothing but words of any opinion stands there only where there is no clause
        either."""
        terms = [term.written for term in sorted(found, key=lambda term: not _is_telling(term))]
        telling = sum(not is_weak(word) for term in found for word in term.words)
        if len(members) >= FEW and telling >= _TELLING_WORDS:
            return " · ".join(terms[:TITLE_TERMS])
        place, heading = self._place(rows, language)
        if len(heading) > _LONGEST_HEADING[language]:
            heading = _shortened(heading, _LONGEST_HEADING[language]) if telling < _TELLING_WORDS else ""
        clause = [f"{place} {heading}".strip()] if place else []
        new = [term for term in terms if term.casefold() not in f"{place} {heading}".casefold()]
        if new:
            return " · ".join([*clause, *new[: TITLE_TERMS_BESIDE_A_HEADING if heading else TITLE_TERMS]])
        if quotation is None:
            return ""
        says = not clause or self._spoken[language].tells(quotation)
        return " · ".join([*clause, _shortened(quotation.sentence)] if says else clause)

    def _place(self, rows: Places, language: Language, mostly: float = _MOSTLY) -> tuple[str, str]:
        """The article that a group is about, and its heading; nothing where it is about several, none of which has so
        much of what is said."""
        said = np.asarray(self._features.profiles[rows].mean(axis=0)).ravel()
        articles = [column for column, eid in enumerate(self._features.clauses) if "__" not in eid and said[column] > 0]
        if language not in self._drafts or not articles:
            return "", ""
        best = max(articles, key=lambda column: (said[column], -column))
        eid = self._features.clauses[best]
        clause = self._drafts[language].by_eid.get(eid.removeprefix("after_"))
        if clause is None or said[best] < mostly * said[articles].sum():
            return "", ""
        spoken = addresses.parse(eid).spoken(language)
        heading = "" if eid.startswith("after_") else clause.heading(language) or ""
        return spoken[:1].upper() + spoken[1:], heading

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


Words: TypeAlias = tuple[str, ...]
#: The weight of a term, its words, and its number.
_Found: TypeAlias = tuple[float, Words, int]


@dataclass(frozen=True, slots=True)
class _Term:
    """One or two words that tell some texts from the rest, how much, and how they are written there."""

    words: Words
    weight: float
    written: str


def _is_telling(term: _Term) -> bool:
    """Whether a term tells something by itself."""
    return not all(map(is_weak, term.words))


class _Spoken:
    """What is said in one language: the words of each text that tell something and the pairs of them that follow one
    another, and in how many texts each stands."""

    def __init__(self, said: Sequence[tuple[Text, Tokens]]) -> None:
        numbers: dict[str, int] = {}
        words: Items = np.asarray(
            [numbers.setdefault(word, len(numbers)) for _, its in said for word in its.words], dtype=np.int64
        )
        self._words: Final = list(numbers)
        self._row: Final = {text.id: row for row, (text, _) in enumerate(said)}
        self._starts: Final = np.cumsum([0, *(len(its.words) for _, its in said)])
        owner = np.repeat(np.arange(len(said)), np.diff(self._starts))
        telling = np.asarray([tells(word) for word in self._words], dtype=bool)[words]
        follows = np.zeros(len(words), dtype=bool)
        follows[:-1] = telling[:-1] & telling[1:] & (owner[:-1] == owner[1:]) & (words[:-1] != words[1:])
        #: At each place the number of the word, or of the pair that begins there; -1: it tells nothing.
        self._items: Final = (
            np.where(telling, words, -1), np.where(follows, (words << _SHIFT) | np.roll(words, -1), -1)
        )  # fmt: skip
        self._often: Final = tuple(_counted(items, owner) for items in self._items)

    def tells(self, quotation: Quotation) -> bool:
        """Whether a sentence has a word that tells something, in any of its forms."""
        row = self._row[quotation.id]
        numbers = self._items[0][self._starts[row] : self._starts[row + 1]]
        words = {self._words[number] for number in numbers[numbers >= 0].tolist()}
        stems = {stem for stem, _ in search_tokens(quotation.sentence)}
        lower = quotation.sentence.lower()
        return any(word in stems or word.lower() in lower for word in words)

    def terms(self, members: Sequence[Text], unquoted: Collection[str] = frozenset()) -> list[_Term]:
        """The terms that tell these texts from the rest, the weightiest first; of those that share a word one alone.
        What nobody says but the `unquoted` is left out."""
        places = [np.arange(*self._starts[[row, row + 1]]) for row in (self._row[text.id] for text in members)]
        owner = np.repeat(np.arange(len(members)), [len(one) for one in places])
        here = [items[np.concatenate(places)] for items in self._items]
        quoted = np.asarray([text.id not in unquoted for text in members])[owner]
        found: list[_Found] = []
        seen: dict[Words, int] = {}
        for size, (items, often) in enumerate(zip(here, self._often, strict=True), 1):
            keys, texts, counts = _counted(items, owner)
            everywhere = often[1][np.searchsorted(often[0], keys)]
            share = texts / len(members)
            rarity = np.log(np.maximum(share * len(self._row) / (everywhere + _HEARD_BEFORE), _RARE_AT_LEAST))
            weights = share * rarity**_RARITY * np.log1p(counts / texts)
            # What one text alone says is chance: of the whole collection, and of a group of many.
            kept = (everywhere > 1) & (texts >= (2 if len(members) >= FEW else 1))
            kept &= np.isin(keys, items[quoted])
            for key, weight, often_here in zip(keys[kept].tolist(), weights[kept], texts[kept].tolist(), strict=True):
                term = (self._words[key],) if size == 1 else (self._words[key >> _SHIFT], self._words[key & _MASK])
                found.append((float(weight), term, key))
                seen[term] = often_here
        pairs = {one[2]: one for one in found if len(one[1]) == 2}
        said = [np.where(quoted, items, -1) for items in here]
        return self._chosen(found, pairs, seen, said, owner, members)

    def _chosen(self, found: list[_Found], pairs: Mapping[int, _Found], seen: Mapping[Words, int],
                here: Sequence[Items], owner: Places, members: Sequence[Text]) -> list[_Term]:  # fmt: skip
        chosen: list[_Term] = []
        taken: set[str] = set()
        for weight, term, key in sorted(found, key=lambda one: (-one[0], one[1]))[:_TRIED]:
            for words, number in [*self._wider(term, pairs, seen), (term, key)]:
                if taken.intersection(words):
                    continue
                texts = np.unique(owner[here[len(words) - 1] == number])[:_SEEN_IN]
                having = [members[place] for place in texts.tolist()]
                if written := _written(words, having):
                    _take(chosen, _Term(words, weight, written), having)
                    taken.update(words)
                    break
            if len(chosen) == TERMS:
                break
        return chosen

    @staticmethod
    def _wider(term: Words, pairs: Mapping[int, _Found], seen: Mapping[Words, int]) -> list[tuple[Words, int]]:
        """The pairs that a word nearly always stands in, the weightiest first."""
        if len(term) == 2:
            return []
        wider = [(-weight, pair, key) for weight, pair, key in pairs.values()
                 if term[0] in pair and seen[pair] >= _NEARLY_ALWAYS * seen[term]]
        return [(pair, key) for _, pair, key in sorted(wider)]


def _take(chosen: list[_Term], term: _Term, texts: Sequence[Text]) -> None:
    """Choose a term, or the compound that it makes with one that was chosen and that stands in two of the texts that
    have it (영향, 평가: 영향평가). Of a compound and its part, and of two forms of a word, one alone is chosen."""
    for place, other in enumerate(chosen):
        if len(term.words) == len(other.words) == 1 and _HANGUL.search(term.written) and _HANGUL.search(other.written):
            for parts in ((other, term), (term, other)):
                compound = "".join(part.written for part in parts)
                if sum(compound in text.text[:_READ] for text in texts) >= _IN_COMPOUND:
                    chosen[place] = _Term((*other.words, *term.words), other.weight, compound)
                    return
    for place, other in enumerate(chosen):
        if _is_part(term.written, other.written):
            return
        if _is_part(other.written, term.written):
            chosen[place] = _Term(term.words, other.weight, term.written)
            return
    chosen.append(term)


def _is_part(one: str, other: str) -> bool:
    """Whether a term is a part of a Korean compound, or a form of a word of an English term."""
    if _HANGUL.search(one):
        return len(one) > 1 and one != other and one in other
    if " " in one:
        return False
    word = one.casefold()
    return any(_begin_alike(word, each) >= max(_SAME_LETTERS, _SAME_SHARE * max(len(word), len(each)))
               for each in other.casefold().replace("-", " ").split())  # fmt: skip


def _begin_alike(one: str, other: str) -> int:
    """With how many of the same letters two words begin."""
    apart = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(apart, min(len(one), len(other)))


def _counted(items: Items, owner: Places) -> tuple[Items, Items, Items]:
    """Each item but -1, ascending, in how many texts it stands, and how often in all."""
    its = items >= 0
    pairs, counts = np.unique(np.stack((items[its], owner[its])), axis=1, return_counts=True)
    keys, place, texts = np.unique(pairs[0], return_inverse=True, return_counts=True)
    return keys, texts, np.bincount(place, counts, minlength=len(keys)).astype(np.int64)


def _written(words: Words, texts: Sequence[Text]) -> str | None:
    """How a term is written most often in these texts, which have it; of ways as frequent the one with fewer capitals.
    A capital that a sentence begins with tells nothing. None where its words do not stand together anywhere."""
    forms: dict[str, Counter[str]] = {}
    telling: Counter[str] = Counter()
    for text in texts:
        for match in islice(_pattern(words).finditer(text.text, 0, _READ), _SEEN_IN):
            form = " ".join(match[0].split())
            stems = [stem for stem, _ in search_tokens(form)]
            if _HANGUL.search(words[0]) or (stems and (stems[0], stems[-1]) == (words[0], words[-1])):
                forms.setdefault(form.casefold(), Counter())[form] += 1
                telling[form] += not (_is_capitalised(form) and _begins_a_sentence(text.text, match.start()))
    if not forms:
        return None
    most = min(forms, key=lambda folded: (-sum(forms[folded].values()), len(folded), folded))
    return min(forms[most], key=lambda form: (-telling[form], sum(map(str.isupper, form)), form))


def _is_capitalised(form: str) -> bool:
    """Whether a capital stands at the beginning of a word and none behind it: Threshold, and not API."""
    return form[:1].isupper() and form[1:2].islower()


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start].rstrip(_BETWEEN_SENTENCES)
    return not before or before[-1] in _ENDS


@lru_cache(maxsize=10_000)
def _pattern(words: Words) -> re.Pattern[str]:
    """Where words stand in a text: Korean ones as they are, with an ending or a particle between two; English ones in
    any form, with small words between them."""
    if _HANGUL.search("".join(words)):
        return re.compile(_BETWEEN_KOREAN.join(map(re.escape, words)), re.IGNORECASE)
    stems = (word[:-1] if len(word) > _SHORT_STEM and word[-1] in "iy" else word for word in words)
    forms = [re.escape(stem) + r"\w*" for stem in stems]
    return re.compile(r"\b" + _BETWEEN_ENGLISH.join(forms), re.IGNORECASE)


def _shortened(sentence: str, longest: int = _LONGEST_SENTENCE) -> str:
    """The beginning of a sentence, whole words."""
    line = " ".join(sentence.split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0].rstrip(',;:·')}…"


def _central(members: Sequence[Text], terms: Sequence[_Term], language: Language) -> Quotation | None:
    """The sentence that has the most of the terms for its length, of the texts most alike to the rest; one that can be
    understood by itself before others, and without a number before it. Else the first sentence of the most central
    text."""
    stems = {word: term.weight for term in terms for word in term.words}
    best: tuple[float, Quotation] | None = None
    shortest, longest = _SENTENCE_LENGTHS
    for place, text in enumerate(members):
        read = text.text[:_READ]
        for begin, end in split_sentences(read, language):
            numbering = _NUMBERING.match(read, begin, end)
            start = numbering.end() if numbering else begin
            if not shortest <= end - start <= longest:
                continue
            lower = read[start:end].lower()
            said = sum(weight for stem, weight in stems.items() if stem in lower)
            score = said / (40 + end - start) ** 0.5 / (1 + place / _CENTRAL_TEXTS)
            if _LEANS.match(read, start, end):
                score *= _OUT_OF_PLACE
            if not _CLOSED.search(read[start:end]) or _LISTS.search(read[start:end]):
                score *= _OUT_OF_PLACE
            if best is None or score > best[0]:
                best = (score, Quotation(text.id, start, end, read[start:end]))
    if best is not None:
        return best[1]
    first = members[0].text[: _SENTENCE_LENGTHS[1]].strip()
    start = members[0].text.find(first)
    return Quotation(members[0].id, start, start + len(first), first) if first else None
