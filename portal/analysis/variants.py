"""What a variant of a letter adds to its template and what it leaves out, sentence by sentence.

A sentence of the variant is the template's when it stands there word for word, in part (cut off), mostly, or in other
words: a paraphrase takes the place of a sentence that is missing otherwise. The rest is the variant's own. Lines that
only name the filer are no addition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from portal.analysis.glossary_figures import figures
from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text
from portal.analysis.tokens import ENGLISH_STOPS
from portal.kernel.search_text import search_tokens
from portal.kernel.text import TEXT_LIMIT
from portal.ordinances.clauses import Language

Span = tuple[int, int]

#: Of so many sentences each is compared with each; of more, the first.
_COMPARED: Final = 200
#: So much of a sentence's words stand in the template's: it was hardly touched.
_HARDLY_TOUCHED: Final = 0.8
#: So much two sentences have in common when one may be a paraphrase of the other.
_PARAPHRASE: Final = 0.3
#: A line that names who writes and announces what follows, as letters begin and end.
_NAMES_ONLY: Final = re.compile(
    r"(?:입니다|드립니다|냅니다|올립니다|제출합니다|제출하오니|동의합니다|지지합니다|찬성합니다|동참합니다|서명합니다|"
    r"같이\s?합니다|함께\s?합니다|공감합니다|감사합니다|드림|올림|귀중|귀하|끝)[.!]?\Z"
    r"|\b(?:submits?|supports?|endorses?|shares?|joins?|following|below|comments?|disposal|discuss|regards|sincerely|"
    r"faithfully|behalf|members?|signed)\b"
    r"|\A(?:\S+\s){1,8}(?:agrees?|concurs?)[.!]?\Z",
    re.IGNORECASE,
)
#: Who agrees has to say with what: with the letter, or with something in it.
_AGREES: Final = re.compile(
    r"[에을를은는]\s(?:적극\s|깊이\s)?(?:동의|지지|찬성|공감)합니다[.!]?\Z|"
    r"\b(?:supports?|endorses?|shares?|joins?|members?)\b",
    re.IGNORECASE,
)
_WITH_THE_LETTER: Final = re.compile(
    r"의견|취지|서한|성명|입장|뜻|공동|연대|위\s|아래|이에|함께|"
    r"\b(?:comments?|letter|statement|positions?|views?|submission|joint|following|below|above|this|it|these)\b",
    re.IGNORECASE,
)
#: What announces the letter, whatever it names.
_ANNOUNCES: Final = re.compile(
    r"다음과 같(?:이|은)|의견을?\s(?:드립|제출|올립|냅|말씀)|"
    r"\b(?:as follows|following comments|comments below|write about)\b",
    re.IGNORECASE,
)
#: What names nobody but says something of the draft.
_SAYS_SOMETHING: Final = re.compile(
    r"제\s?\d+\s?조|별표\s?\d|부칙에|(?<![가-힣])(?:다만|않|없[습다는고으]|못[하합한])|해야|하여야|지나치|(?<![가-힣])너무|"
    r"(?<![가-힣])(?:삭제|제외|추가|완화|강화|도입|폐지|확대|축소|유예|반대)(?:[하되해을를에의는은]|합|한다|할|된)"
    r"|\b(?:Articles?|Art\.|Annex|paragraphs?|items?|should|must|ought|not|no|never|nobody|too|delete[ds]?|remove[ds]?|"
    r"unless|except|until|years?|months?|days?|burden\w*|however|but)\b",
    re.IGNORECASE,
)
#: What turns a sentence into its opposite.
_DENIES: Final[dict[Language, re.Pattern[str]]] = {
    "ko": re.compile(
        r"지\s?(?:않|못)|(?<![가-힣])(?:않|아니|아닌|아닙|없|못)|말고|말아|말도록|지\s?마[시십라]|금지|반대"
    ),
    "en": re.compile(r"\b(?:not|no|never|nor|neither|cannot|without|oppose[ds]?|against)\b|n['’]t\b", re.IGNORECASE),
}
#: The number of a clause is no figure, but another number is another demand.
_CLAUSE: Final = re.compile(
    r"제\s?\d+\s?[조항호](?:의\s?\d+)?|별표\s?\d+|\b(?:Art(?:icles?|\.)|Annex)\s?\d+(?:[-(]\w{1,3}\)?)*", re.IGNORECASE
)
#: Of sentences so much alike it is told whether one denies what the other says; others differ in too much.
_OTHERWISE_ALIKE: Final = 0.65
#: A line that begins a letter by saying who its filer is.
_INTRODUCES: Final = re.compile(
    r"\b(?:is|are|am|as)\s+an?\s+(?:[\w-]+\s+){0,4}(?:company|association|organi[sz]ation|firm|start-?up|charity|"
    r"federation|society|union|institute|university|foundation|non-profit|business|group|network|coalition|citizen)\b",
    re.IGNORECASE,
)
#: A line that closes a letter, wherever something was written behind it.
_CLOSES: Final = re.compile(
    r"\b(?:pleased|happy|glad|available|remain|ready)\b.*\b(?:discuss|disposal|further|questions?|meet|information)\b"
    r"|\Athank you\b"
    r"|\A(?:(?:긍정|적극)적인?\s|면밀한\s|깊이\s)?(?:검토|반영|고려)(?:[를을]|하여|해)?\s?(?:주시기\s|주시길\s)?"
    r"(?:부탁\s?드립니다|바랍니다)[.!]?\Z"
    r"|\A(?:읽어\s?주셔서\s|항상\s|늘\s|대단히\s)?감사합니다[.!]?\Z",
    re.IGNORECASE,
)
_LONGEST_NAMING_LINE: Final = {"ko": 60, "en": 130}
#: A line without an end is a name or a title up to this length.
_LONGEST_NAME: Final = 40
_HAS_END: Final = re.compile(r"[.!?…][\"'”’」』)]*\Z")


#: A text of which this much is its own, that leaves out as much and has one sentence in common, quotes that sentence.
_OF_ITS_OWN: Final = 0.4
#: Shorter sentences are alike by chance.
_TELLING_LETTERS: Final = 20
#: A text adapts a letter when so many of its sentences stand there, at least so much alike, and make up so much of what
#: it says and of what the letter says. Of 640 texts of the corpus and of sets made of it that only have something in
#: common with a letter, 6 have two such sentences, and these make up less than a third of any.
_ADAPTED: Final = 2
_ADAPTED_ALIKE: Final = 0.4
_ADAPTED_OF_THE_TEXT: Final = 0.4
_ADAPTED_OF_THE_LETTER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Variant:
    """A member of a campaign against its template: the sentences it adds, as spans of its own text, and those it leaves
    out, as spans of the template's."""

    id: str
    additions: tuple[Span, ...]
    omissions: tuple[Span, ...]


class _Sentence:
    """A sentence with its letters, by which it is recognised, and its words, which few are asked for."""

    def __init__(self, text: Text, span: Span) -> None:
        self.span: Final = span
        self.language: Final = text.language
        self.written: Final = text.text[slice(*span)]
        self.letters: Final = "".join(filter(str.isalnum, self.written)).casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for word, _ in search_tokens(self.written) if word not in ENGLISH_STOPS)

    @cached_property
    def figures(self) -> frozenset[str]:
        """What it counts, amounts to or dates, in one form, and the clauses it cites."""
        clauses = ("".join(one.split()) for one in _CLAUSE.findall(self.written))
        return frozenset((*figures(_CLAUSE.sub(" ; ", self.written), self.language), *clauses))

    @cached_property
    def denies(self) -> bool:
        """Whether it denies anything."""
        return bool(_DENIES[self.language].search(self.written))


class Letter:
    """A template made ready to be compared with many texts."""

    def __init__(self, text: Text) -> None:
        self.text: Final = text
        self.sentences: Final = _sentences(text)

    @cached_property
    def words(self) -> frozenset[str]:
        """All its words."""
        return frozenset[str]().union(*(sentence.words for sentence in self.sentences))

    @cached_property
    def figures(self) -> frozenset[str]:
        """All its figures."""
        return frozenset[str]().union(*(sentence.figures for sentence in self.sentences))

    @cached_property
    def _telling(self) -> list[_Sentence]:
        return _telling(self.sentences)

    def is_adapted_by(self, text: Text) -> bool:
        """Whether a text says much of what the letter says, sentence by sentence, with its own words between: it was
        written with the letter at hand, though the two have few words in common."""
        of_template, own = self._telling, _telling(_sentences(text))
        pairs = sorted(
            (-alike, index, place)
            for index, sentence in enumerate(own)
            for place, other in enumerate(of_template)
            if (alike := 1.0 if _is_cut_off(sentence, (other,)) else _likeness(sentence, other)) >= _ADAPTED_ALIKE
        )
        taken: dict[int, int] = {}
        found: set[int] = set()
        for _, index, place in pairs:
            if index not in taken and place not in found:
                taken[index] = place
                found.add(place)
        return (
            len(taken) >= _ADAPTED
            and _letters([own[index] for index in taken]) >= _ADAPTED_OF_THE_TEXT * _letters(own)
            and _letters([of_template[place] for place in found]) >= _ADAPTED_OF_THE_LETTER * _letters(of_template)
        )


def compare_variants(template: Text, variants: Sequence[Text]) -> tuple[Variant, ...]:
    """What each variant adds to the template and leaves out, in the order given."""
    letter = Letter(template)
    return tuple(_compared(letter, variant) for variant in variants)


def adapts(template: Text, text: Text) -> bool:
    """Whether a text adapts a letter (`Letter.is_adapted_by`)."""
    return Letter(template).is_adapted_by(text)


def _telling(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    return [one for one in sentences if len(one.letters) >= _TELLING_LETTERS][:_COMPARED]


def only_quotes(template: Text, text: Text, variant: Variant) -> bool:
    """Whether a text that was compared with a template has one sentence in common with it and nothing else, both saying
    other things besides: two opinions that quote the same, and not the same letter."""
    if not variant.additions or not variant.omissions:
        return False
    of_template, own = _sentences(template), _sentences(text)
    shared = {one.letters for one in own} & {one.letters for one in of_template}
    if len(shared) != 1:
        return False
    rest, missing = (
        [one for one in sentences if one.letters not in shared and not _names_only(text.language, one, sentences)]
        for sentences in (own, of_template)
    )
    if any(_letters(left) < _OF_ITS_OWN * _letters(whole) for left, whole in ((rest, own), (missing, of_template))):
        return False
    return not any(
        _likeness(one, other) >= _PARAPHRASE or _is_cut_off(one, (other,))
        for one in rest[:_COMPARED] if len(one.letters) >= _TELLING_LETTERS
        for other in missing[:_COMPARED] if len(other.letters) >= _TELLING_LETTERS
    )  # fmt: skip


def _letters(sentences: Sequence[_Sentence]) -> int:
    return sum(len(one.letters) for one in sentences)


def _sentences(text: Text) -> list[_Sentence]:
    return [_Sentence(text, span) for span in split_sentences(text.text[:TEXT_LIMIT], text.language)]


def _compared(letter: Letter, variant: Text) -> Variant:
    template = letter.text
    if variant.text == template.text:
        return Variant(variant.id, (), ())
    own = _sentences(variant)
    missing = _without(letter.sentences, own)
    added = _without(own, letter.sentences)
    kept = [sentence for sentence in added if not _is_cut_off(sentence, missing)]
    everything = "".join(sentence.letters for sentence in own)
    lost = [_rest(sentence, added, everything) for sentence in missing if _is_cut_off_by(sentence, added)]
    missing = [sentence for sentence in missing if not _is_cut_off_by(sentence, added)]
    pairs = sorted(
        (
            (-_likeness(sentence, other), index, place)
            for index, sentence in enumerate(kept[:_COMPARED])
            for place, other in enumerate(missing[:_COMPARED])
            if sentence.figures <= letter.figures and not _says_otherwise(sentence, other)
        )
    )
    gone: set[int] = set()
    found: set[int] = set()
    for likeness, index, place in pairs:
        if -likeness >= _PARAPHRASE and index not in gone and place not in found:
            gone.add(index)
            found.add(place)
    additions = [
        sentence for index, sentence in enumerate(kept)
        if index not in gone and not _is_of(sentence, letter) and not _names_only(variant.language, sentence, own)
    ]  # fmt: skip
    omissions = [
        sentence for place, sentence in enumerate(missing)
        if place not in found and not _names_only(template.language, sentence, letter.sentences)
    ]  # fmt: skip
    return Variant(variant.id, tuple(sentence.span for sentence in additions),
                   tuple(sorted([*(sentence.span for sentence in omissions), *filter(None, lost)])))  # fmt: skip


def _without(sentences: list[_Sentence], others: list[_Sentence]) -> list[_Sentence]:
    there = {sentence.letters for sentence in others}
    return [sentence for sentence in sentences if sentence.letters not in there]


def _is_cut_off(sentence: _Sentence, missing: Sequence[_Sentence]) -> bool:
    """Whether a sentence is the beginning of one that is missing."""
    return bool(sentence.letters) and any(other.letters.startswith(sentence.letters) for other in missing)


def _is_cut_off_by(sentence: _Sentence, added: Sequence[_Sentence]) -> bool:
    return any(_is_cut_off(other, (sentence,)) for other in added)


def _rest(sentence: _Sentence, added: Sequence[_Sentence], everything: str) -> Span | None:
    """What is left of a sentence of the template behind the longest beginning of it that was added; None where that is
    nothing but signs, or stands elsewhere in the variant (`everything` are its letters): the sentence was broken."""
    begun = max(len(one.letters) for one in added if _is_cut_off(one, (sentence,)))
    if sentence.letters[begun:] in everything:
        return None
    for place, sign in enumerate(sentence.written):
        if sign.isalnum():
            begun -= len(sign.casefold())
            if begun < 0:
                return sentence.span[0] + place, sentence.span[1]
    return None


def _says_otherwise(one: _Sentence, other: _Sentence) -> bool:
    """Whether a sentence asks for other numbers than one like it, or denies what that says."""
    if one.figures - other.figures and other.figures - one.figures:
        return True
    return one.denies != other.denies and _likeness(one, other) >= _OTHERWISE_ALIKE


def _likeness(one: _Sentence, other: _Sentence) -> float:
    """The share of the words that two sentences have in common (Dice)."""
    return 2 * len(one.words & other.words) / max(len(one.words) + len(other.words), 1)


def _is_of(sentence: _Sentence, letter: Letter) -> bool:
    """Whether a sentence is put together of the template's words and figures and denies nothing that is said there."""
    if len(sentence.words & letter.words) < _HARDLY_TOUCHED * max(len(sentence.words), 1):
        return False
    if not sentence.figures <= letter.figures:
        return False
    nearest = max(letter.sentences[:_COMPARED], key=lambda one: _likeness(sentence, one), default=None)
    return nearest is not None and not _says_otherwise(sentence, nearest)


def _names_only(language: Language, sentence: _Sentence, sentences: list[_Sentence]) -> bool:
    """Whether a sentence only says who writes, at the beginning or the end of a text, or closes the letter."""
    written = sentence.written
    short = len(written) <= _LONGEST_NAMING_LINE[language]
    if short and _CLOSES.search(written):
        return True
    is_name = len(written) <= _LONGEST_NAME and not _HAS_END.search(written)
    says = not is_name and _SAYS_SOMETHING.search(written) and not _ANNOUNCES.search(written)
    if says or (_AGREES.search(written) and not _WITH_THE_LETTER.search(written)):
        return False
    if short and sentence in sentences[:2] and _INTRODUCES.search(written):
        return True
    if sentence not in (*sentences[:2], *sentences[-2:]):
        return False
    return is_name or (short and bool(_NAMES_ONLY.search(written)))
