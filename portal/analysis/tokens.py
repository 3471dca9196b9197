"""The words of a text that carry its meaning: Korean morphemes, English stems.

Korean is cut into morphemes by Kiwi, whose model takes seconds to load and half a gigabyte: a process loads it once,
when the first Korean word comes, and processes that answer requests never do. Terms that the draft defines are fed to
it, so that they stay whole. English words are those of the search (`portal.kernel.search_text`), without function
words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
TOKENISER: Final = f"kiwipiepy {version('kiwipiepy')}, words 1"

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


class Tokeniser:
    """Cuts texts into words. `terms` are kept whole where they are one Korean word (`defined_terms`)."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._terms = tuple(sorted({term for term in terms if _is_one_korean_word(term)}))
        digest = hashlib.sha256("\n".join(self._terms).encode()).hexdigest()[:8]
        self.name: Final = f"{TOKENISER}, terms {digest}" if self._terms else TOKENISER

    @property
    def _kiwi(self) -> Kiwi:
        return _loaded(self._terms)

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
        for piece in _pieces(text):
            yield from _content_words(self._kiwi.tokenize(piece))


@lru_cache(maxsize=1)
def _loaded(terms: tuple[str, ...]) -> Kiwi:
    """Kiwi with these terms, the last one kept: a process has room for one."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)
    for term in terms:
        kiwi.add_user_word(term, "NNP", 0.0)
    return kiwi


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


def _content_words(morphemes: Sequence[Any]) -> Iterator[str]:
    """The words of a stretch of morphemes (Kiwi's: form, tag, start, len).

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
