"""The words of a text that carry its meaning: Korean morphemes, English stems.

Korean is cut into morphemes by Kiwi, whose model takes seconds to load and half a gigabyte: a process loads it once,
when the first Korean word comes, and processes that answer requests never do. Terms that the draft defines, and words
that it writes as one, are fed to it, so that they stay whole (인공지능사업자); their parts follow them, since many
write these apart. English words are those of the search (`portal.kernel.search_text`), without function words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from portal.analysis.texts import Text, Tokens
from portal.kernel.search_text import search_tokens
from portal.kernel.text import TEXT_LIMIT, canonical
from portal.ordinances.clauses import LANGUAGES, Draft, Language

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

#: Names the tokeniser and its version; `Tokeniser.name` adds the digest of the terms it was fed.
TOKENISER: Final = f"kiwipiepy {version('kiwipiepy')}, words 2"

#: A comment can hold no more; what stands behind it in a longer text has no say in how the text is grouped.
LONGEST_TEXT: Final = TEXT_LIMIT

# Kiwi's time grows with the square of a stretch without a space, so none is longer than this.
_LONGEST_STRETCH: Final = 200
#: What is longer than this is no word.
_LONGEST_WORD: Final = 40
_REPEATED: Final = re.compile(r"(.)\1{4,}", re.DOTALL)
_KEPT_OF_REPEATED: Final = 3

_HANGUL: Final = "가-힣ᄀ-ᇿㄱ-ㆎ"
_KOREAN_STRETCH: Final = re.compile(rf"[{_HANGUL}](?:[{_HANGUL}\d\s.,]*[{_HANGUL}])?")
_HAS_HANGUL: Final = re.compile(f"[{_HANGUL}]")
_HANGUL_WORD: Final = re.compile("[가-힣]+")

_NOUNS: Final = frozenset({"NNG", "NNP", "XR", "SH", "NF", "NV", "UN"})
_VERBS: Final = frozenset({"VV", "VA"})
_NUMBERS: Final = frozenset({"SN", "NR"})
#: What is counted is written behind a number: 27조, 4항, 3천만원, 6개월, 1인.
_COUNTED: Final = frozenset({"NNB", "NNG"})
_PREFIXES: Final = frozenset({"XPN", "MM"})
_SUFFIXES: Final = frozenset({"XSN"})
_LINKS: Final = frozenset({"JKG"})

#: Verbs and nouns that say nothing of what a text is about.
_KOREAN_FUNCTION_WORDS: Final = (
    "하다 되다 있다 없다 보다 주다 받다 같다 않다 아니다 위하다 대하다 관하다 따르다 의하다 통하다 인하다 말다 싶다 "
    "이렇다 그렇다 저렇다 어떻다 이러하다 그러하다 바라다 경우 때 점 중 시 및 등 이 그 저 것 수 바"
)
_ENGLISH_FUNCTION_WORDS: Final = (
    "a an the this that these those it its he she his her they them their theirs we us our ours you your yours i my "
    "mine me him who whom whose which what when where why how there here and or but nor if then than as so because "
    "while although though unless until since of at by for with about against between into through during before after "
    "above below to from up down in out on off over under again further once is are was were be been being am do does "
    "did doing done have has had having will would shall should can could may might must ought not no only own same "
    "such too very just also any each every both few more most other another some all either neither whether however "
    "therefore thus hence upon within without per via et al eg ie etc s t d ll m re ve don one two get got let"
)
_KOREAN_STOPS: Final = frozenset(_KOREAN_FUNCTION_WORDS.split())
#: English words that say nothing of what a text is about, as the search stems them.
ENGLISH_STOPS: Final = frozenset(word for word, _ in search_tokens(_ENGLISH_FUNCTION_WORDS))

_DEFINED_KO: Final = re.compile(r"이하[^()\"“”]{0,30}[\"“]([^\"“”()]{2,40})[\"”]\s?이?라\s?한다")
_MEANT_KO: Final = re.compile(r"[\"“]([^\"“”()]{2,40})[\"”](?:이란|란|이라 함은|라 함은)\s")
_DEFINED_EN: Final = re.compile(
    r"\((?:here(?:in)?after[^()\"“”]{0,60}|the\s|each,?\s(?:an?\s)?)?[\"“]([^\"“”()]{2,60})[\"”]\)"
)
#: A word that the draft writes as one so often, and so long, is a term of its own …
_OFTEN: Final = 3
_LONG: Final = range(5, 13)
#: … once what stands behind a noun is taken off: particles, and what makes a verb of it.
_BEHIND_A_NOUN: Final = re.compile(
    r"(?:으로서|으로써|에게서|에서는|으로부터|로부터|까지의|에게는|에서의|에게|에서|으로|부터|까지|이나|라도|에는|와의|과의|로서|로써|이란|란|"
    r"은|는|이|가|을|를|의|에|와|과|로|도|만|등|나)\Z"
)
_VERB: Final = re.compile(r"(?:하|되|한|된|할|될|하여|되어|다|여)\Z")
_MEANT_EN: Final = re.compile(r"[\"“]([^\"“”()]{2,60})[\"”]\s(?:means|refers\sto)\b")


def defined_terms(draft: Draft) -> tuple[str, ...]:
    """The terms that a draft defines, in both languages, in the order of the text, each once: `(이하 "X"라 한다)`,
    `"X"란 …`, `(hereinafter referred to as the "X")`, `"X" means …`."""
    patterns = {"ko": (_DEFINED_KO, _MEANT_KO), "en": (_DEFINED_EN, _MEANT_EN)}
    found: dict[str, None] = {}
    for language in LANGUAGES:
        for clause in draft.clauses:
            text = clause.text(language) or ""
            places = sorted(
                (match.start(), " ".join(match[1].split()))
                for pattern in patterns[language]
                for match in pattern.finditer(text)
            )
            found.update(dict.fromkeys(term for _, term in places))
    return tuple(found)


def terms_of(draft: Draft) -> tuple[str, ...]:
    """The terms of a draft: those that it defines, and the long Korean words that it writes as one, with different
    particles, three times or more (인공지능사업자, which the act defines)."""
    often: Counter[str] = Counter()
    endings: dict[str, set[str]] = defaultdict(set)
    for clause in draft.clauses:
        for word in _HANGUL_WORD.findall(f"{clause.heading_ko or ''}\n{clause.text_ko or ''}"):
            stem = _BEHIND_A_NOUN.sub("", word)
            if len(stem) in _LONG and not _VERB.search(stem):
                often[stem] += 1
                endings[stem].add(word.removeprefix(stem))
    as_one = sorted(stem for stem, count in often.items() if count >= _OFTEN and len(endings[stem]) > 1)
    return tuple(dict.fromkeys((*defined_terms(draft), *as_one)))


class Tokeniser:
    """Cuts texts into words. `terms` are kept whole where they are one Korean word (`terms_of`), their parts behind
    them."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._terms = tuple(sorted({term for term in terms if _is_one_korean_word(term)}))
        digest = hashlib.sha256("\n".join(self._terms).encode()).hexdigest()[:8]
        self.name: Final = f"{TOKENISER}, terms {digest}" if self._terms else TOKENISER

    def tokens(self, text: str, language: Language) -> Tokens:
        """The words of one text. What follows its first LONGEST_TEXT characters is left out."""
        plain = cleaned(text)
        return Tokens(tuple(self._korean(plain) if language == "ko" else self._english(plain)), self.name)

    def of_texts(self, texts: Iterable[Text]) -> list[Tokens]:
        """The words of many texts, in their order."""
        return [self.tokens(text.text, text.language) for text in texts]

    def _english(self, text: str) -> Iterator[str]:
        written = 0
        for stretch in _KOREAN_STRETCH.finditer(text):
            yield from _english_words(text[written : stretch.start()])
            yield from self._korean(stretch.group())
            written = stretch.end()
        yield from _english_words(text[written:])

    def _korean(self, text: str) -> Iterator[str]:
        if not _HAS_HANGUL.search(text):
            yield from _english_words(text)
            return
        kiwi, parts = _loaded(self._terms)
        for piece in _pieces(text):
            yield from _content_words(kiwi.tokenize(piece), parts)


@lru_cache(maxsize=1)
def _loaded(terms: tuple[str, ...]) -> tuple[Kiwi, Mapping[str, tuple[str, ...]]]:
    """Kiwi with these terms, and the parts into which it cut them before it knew them. The last one is kept: a process
    has room for one."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)
    cut = {term: tuple(_content_words(kiwi.tokenize(term), {})) for term in terms}
    for term in terms:
        kiwi.add_user_word(term, "NNP", 0.0)
    return kiwi, {term: parts for term, parts in cut.items() if len(parts) > 1}


def cleaned(text: str) -> str:
    """A text as the tokeniser reads it: canonical, compatibility characters as their plain ones (NFKC), of a character
    repeated five times or more three, at most LONGEST_TEXT characters."""
    plain = unicodedata.normalize("NFKC", canonical(text[: 4 * LONGEST_TEXT]))
    return _REPEATED.sub(lambda match: match[1] * _KEPT_OF_REPEATED, plain)[:LONGEST_TEXT]


def _pieces(text: str) -> Iterator[str]:
    """The text line by line, no stretch without a space longer than Kiwi reads quickly."""
    for line in text.split("\n"):
        yield " ".join(
            word[start : start + _LONGEST_STRETCH]
            for word in line.split()
            for start in range(0, len(word), _LONGEST_STRETCH)
        )


def _is_one_korean_word(term: str) -> bool:
    return bool(re.fullmatch(rf"[{_HANGUL}ㆍ·]+", term)) and len(term) > 1


def _english_words(text: str) -> Iterator[str]:
    for word, _ in search_tokens(text):
        if word not in ENGLISH_STOPS and (1 < len(word) <= _LONGEST_WORD or word.isdigit()):
            yield word


def _content_words(morphemes: Sequence[Any], parts: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The words of a stretch of morphemes (Kiwi's: form, tag, start, len), those that have `parts` before these.

    A prefix or suffix stays with its noun (고·영향, 투명·성), a number with what it counts (27·조, 3·천만·원), a verb
    is given in its dictionary form. Particles, endings, adverbs, pronouns and signs are left out.
    """
    index = 0
    while index < len(morphemes):
        tag = morphemes[index].tag.partition("-")[0]
        index, end = index + 1, index
        if tag in _NUMBERS:
            index = _end_of_number(morphemes, end)
            yield "".join(morpheme.form for morpheme in morphemes[end:index]).replace(",", "")
        elif tag in _PREFIXES and _adjoins(morphemes, index, _NOUNS):
            index += 1
            yield f"{morphemes[end].form}{morphemes[end + 1].form}".lower()
        elif tag in _NOUNS:
            word = morphemes[end].form
            if _adjoins(morphemes, index, _SUFFIXES):
                word += morphemes[index].form.removesuffix("들")
                index += 1
            if word not in _KOREAN_STOPS and len(word) <= _LONGEST_WORD:
                yield word.lower()
                yield from parts.get(morphemes[end].form, ())
        elif tag in _VERBS:
            if (word := f"{morphemes[end].form}다") not in _KOREAN_STOPS:
                yield word
        elif tag == "SL" or (tag == "SW" and morphemes[end].form.isalpha()):
            yield from _english_words(morphemes[end].form)


def _end_of_number(morphemes: Sequence[Any], start: int) -> int:
    """Where a number ends with what it counts: 3천만원, 27조, 12조의2, 1인."""
    end = start + 1
    while _adjoins(morphemes, end, _NUMBERS):
        end += 1
    if _adjoins(morphemes, end, _COUNTED) and len(morphemes[end].form) <= 2:
        end += 1
        if _adjoins(morphemes, end, _LINKS) and morphemes[end].form == "의" and _adjoins(morphemes, end + 1, _NUMBERS):
            end += 2
    return end


def _adjoins(morphemes: Sequence[Any], index: int, tags: frozenset[str]) -> bool:
    """Whether a morpheme of such a kind follows the one before it without a space."""
    if index >= len(morphemes):
        return False
    before, morpheme = morphemes[index - 1], morphemes[index]
    return morpheme.tag in tags and bool(before.start + before.len == morpheme.start)
