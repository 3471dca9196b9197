"""Splits a letter, an e-mail or minutes into passages on one clause each, and says which.

A letter is read line by line: heads of e-mails, letterheads, greetings, signatures and what officials say are set
aside; headings, numbering, rows of tables and empty lines part what stands on its own; within a paragraph the subject
may change from sentence to sentence. There the best sequence of clauses is looked for, in which every change costs
something (A. Viterbi, 1967): less where words announce it or a request has just been made, more where a sentence goes
on with the one before. A part is a passage when it asks for something; what is asked for anew, and announced, is
another one. A passage belongs to the clause that it cites or that its heading cites, else to the one it is most like,
with what leads to it (`portal.analysis.passages`).

Everything is a proposal for a person who has the letter beside it. Time grows with the length of the letter only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from portal.analysis.clause_index import ClauseIndex, article_of, upper_of
from portal.analysis.learning import Vector
from portal.analysis.passages import By, ClauseModel, ClauseSuggestion, cited
from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser, defined_terms
from portal.ordinances.clauses import Draft, Language

#: What changing the subject between two sentences costs, in likenesses of a sentence to its clause; so much less where
#: words announce it (Finally, 둘째) or where something was asked for and the next sentence does not, and so much more
#: where a sentence goes on with what was said, or where nothing was asked for yet.
_CHANGE: Final = 0.15
_LESS: Final = 0.5
_MORE: Final = 1.5
#: How much likeness a sentence needs to be about a clause rather than about nothing, unless it asks for something.
_NOTHING: Final = 0.3
#: The share of the paragraph in what a sentence is about.
_AROUND: Final = 0.1
#: What a citation in a sentence, and one in the heading above it, add to the likeness.
_CITED: Final = 1.0
_HEADING_CITES: Final = 0.5
#: Shorter passages, in letters and digits, say nothing.
_SHORTEST: Final[dict[Language, int]] = {"ko": 8, "en": 20}
#: A first sentence that asks for nothing and is so short beside the rest announces it.
_SHORT: Final = 0.5
_LONGEST_HEADING: Final = 70
_LONGEST_CONTACT: Final = 120
#: Lines are not broken before so many characters.
_SHORTEST_BROKEN: Final = 30
#: A line of a head or a signature is looked for within so many lines of the beginning or the end.
_HEAD_LINES: Final = 15
_SIGNATURE_LINES: Final = 12
#: A sentence is looked at so far, and so many sentences are compared at once.
_LOOKED_AT: Final = 2000
_AT_ONCE: Final = 2048

_HANGUL: Final = re.compile("[가-힣]")
_LATIN: Final = re.compile("[A-Za-z]")
_SIGN: Final = re.compile(r"\w")

_QUOTED: Final = re.compile(r"[ \t]*(?:>[ \t]*)+")
#: 1. 1) (1) ① 가. (가) a) A. I. - • □ ○ ▪ ※, 첫째, and the like.
_MARKER: Final = re.compile(
    r"[ \t]*(?:(?:\d{1,2}(?:[.-]\d{1,2}){0,3}[.)]?|[(]\d{1,2}[)]|[가-하][.)]|[(][가-하][)]|[A-Za-z][.)]|"
    r"[(][a-z][)]|[IVX]{1,4}[.)])[ \t]+"
    r"|[①-⑳㉮-㉻][ \t]*|[-–—*•·∙○●◦□■▪▫▶▷◆◇※ㅇ][ \t]+)"
)
_HEAD: Final = re.compile(
    r"[ \t□○▪-]*(?:from|to|cc|bcc|subject|date|sent|re|attn|attention|reply-to|attachments?|place|present|minutes|"
    r"venue|"
    r"보낸[ ]?(?:사람|이)|받는[ ]?(?:사람|이)|제[ ]?목|날[ ]?짜|참[ ]?조|수[ ]?신(?:자)?|발[ ]?신(?:자)?|"
    r"일[ ]?시(?:[·ㆍ]장소)?|"
    r"장[ ]?소|참[ ]?석(?:자)?|기[ ]?록(?:자)?|첨[ ]?부|붙[ ]?임|문서[ ]?번호|담[ ]?당(?:자)?|주[ ]?소|전[ ]?화|"
    r"연락처)[ \t]*[:：]",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}\.|https?://|\bwww\.|(?:\+\d{1,3}[ -])?\(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{4}\b|"
    r"\b\d{3}-\d{4}\b"
)
_GREETING: Final = re.compile(
    r"[ \t]*(?:dear\b|hello\b|hi\b|good (?:morning|afternoon)|to whom it may|안녕하|존경하는|귀 (?:부|기관|부처)의)",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"[ \t]*(?:(?:kind |best |warm )?regards\b|(?:yours )?(?:sincerely|faithfully|truly|respectfully)\b|"
    r"with (?:respect|thanks)\b|"
    r"best wishes|respectfully(?: submitted|,)|cheers|thanks,|many thanks|감사합니다[.!]*[ \t]*$|"
    r"고맙습니다[.!]*[ \t]*$|"
    r"이상입니다|이상과 같이|.{0,40}(?:드림|올림|배상)[.]?[ \t]*$|--[ ]?$)",
    re.IGNORECASE,
)
#: Sentences about the letter itself, what it encloses and how it may be used.
_ABOUT_THE_LETTER: Final = re.compile(
    r"안녕하(?:십|세)|의견을 (?:보내|드립|드리고자|제출)|의견을? 보내|보내 ?드립니다|(?:정리하여|정리해서) (?:보냅|"
    r"보내|제출)|"
    r"(?:감사|고맙)(?:드립|습|합)니다|회신(?:을)? (?:부탁|바랍)|양해 (?:부탁|바랍|하여)|연락 ?(?:주십|주세|주시|"
    r"바랍|드리)|궁금하신|"
    r"다음과 같(?:이|은) 의견|접수되었는지|공개(?:하지 말아|를 원하지 않|하지 않아 주)|비공개(?:로| 요청|"
    r"를 (?:요청|부탁))|"
    r"^이상입니다|입니다\.? 의견 드|동의를 받아|"
    r"\b(?:thank you (?:for|again)|thanks for|sorry for|happy to (?:turn|discuss|meet|provide|answer)|please find|"
    r"following up|"
    r"here it is|(?:paste|list) them|grateful for (?:the|this) opportunity|appreciate the opportunity|"
    r"(?:i am|we are) writing (?:to|on behalf)|look forward to|do not hesitate|please do not (?:quote|publish|"
    r"disclose|share) |"
    r"please (?:keep|treat) (?:this|that|it|them) (?:as )?confidential|our comments (?:follow|are below)|"
    r"we write (?:on behalf|as)|"
    r"confidentiality order|for your consideration)",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_ABOUT_THE_LETTER: Final = 220
#: In minutes: who speaks, at the beginning of a line; and those whose words are no comments.
_SPEAKER: Final = re.compile(r"[ \t]*(?:[(\[][^()\[\]\n]{1,40}[)\]]|[A-Z][^:.,\n]{1,40}[:]|[가-힣][가-힣 ]{0,20}[:：])")
_OFFICIAL: Final = re.compile(
    r"과장|사무관|서기관|주무관|국장|실장|차관|장관|부처|정부 ?측|과기정통부|사회자?|좌장|의장|"
    r"\b(?:ministry|minister|chair|moderator|director[ -]general|deputy director|official|secretariat|MSIT|host)\b",
    re.IGNORECASE,
)
#: Minutes say so at their beginning; there a sentence may tell what an official said.
_MINUTES: Final = re.compile(
    r"회의록|간담회|회의[ ]?결과|\b(?:minutes|(?:summary|record) of (?:the )?meeting)\b", re.IGNORECASE
)
_MINUTES_WITHIN: Final = 200
_OFFICIAL_SAID: Final = re.compile(
    r"[ \t]*(?:(?:이에|이어|그러자) )?(?:부처|과기정통부)?(?:의 |에서는 )?(?:담당 )?"
    r"(?:과장|사무관|서기관|주무관|국장|실장|차관|장관|사회자|좌장)[은는이가도과와]|"
    r"[ \t]*(?:the |an? )?(?:deputy )?(?:director|minister|ministry|official|secretariat|moderator|expert)\b",
    re.IGNORECASE,
)
_NO_OFFICIAL: Final = re.compile(r"사무국장|협회|연대|연합|회사|company|association|연구소", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.!?。…][\"'”’)\]]*[ \t]*$|(?:다|요|까|함|음|임|것|됨|라|자)[.]?[ \t]*$")
_ANNOUNCES: Final = re.compile(
    r"[\"“(\s]*(?:그리고|또한?[, ]|또는 |끝으로|마지막으로|아울러|한편|다음으로|먼저|우선|첫째|둘째|셋째|넷째|"
    r"다섯째|추가로|더불어|"
    r"(?:also|finally|lastly|last|first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|next|then|separately|"
    r"moreover|"
    r"furthermore|in addition|as (?:for|to|regards)|on (?!the (?:other|contrary))|regarding|concerning|turning to|"
    r"with (?:regard|respect) to|another|one (?:more|further)|two remarks|they (?:also|add))\b)",
    re.IGNORECASE,
)
#: A sentence that asks for something often ends what is said on a subject; one that begins so goes on with it.
_ASKS: Final = re.compile(
    r"(?:주십시오|주시기|바랍니다|바람|해야|하여야|요청|건의|제안|좋겠|해 주|달라|부탁|반대|찬성|어렵습니다)|"
    r"\b(?:should|must|please|ought|ask|suggest|propose|recommend|urge|request|need to|would like|let|welcome|oppose|"
    r"support|require|keep|delete)\b|[?]",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"[\"“(\s]*(?:이는|이것|이런|이러한|이 경우|그것|그런|그렇게|그러면|그래서|따라서|다만|예를 들|즉|특히|왜냐|"
    r"하지만|그러나|그런데|참고로|"
    r"(?:this|that|these|those|it|they|such|therefore|thus|hence|so|but|however|yet|otherwise|for example|"
    r"for instance|"
    r"in practice|as a result|instead|at the same time)\b)",
    re.IGNORECASE,
)
_LEAD_IN: Final = re.compile(r"[^:：.?!\n]{2,60}[:：][ \t]+(?=\S)")
_CELLS: Final = re.compile(r"\t|\s*[|│┃]\s*")
_ROW_OF_HEADINGS: Final = 15


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a letter: text[start:end] is `text`. `clause` is the one it is about (None where nothing tells),
    `score` how strongly it is suggested (0 to 1: it ranks, and promises nothing), `by` what told it."""

    start: int
    end: int
    text: str
    clause: str | None
    score: float
    by: By


@dataclass(slots=True)
class _Unit:
    """Sentences that stand together, as spans, with the heading above them."""

    spans: list[tuple[int, int]]
    heading: str
    cited: str | None  # the clause that the heading cites


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage before it is assigned: its span, what it stands in, and its words with those that lead to it."""

    start: int
    end: int
    unit: _Unit
    words: Tokens


def split(text: str, draft_ko: Draft, draft_en: Draft | None = None, tokeniser: Tokeniser | None = None,
          examples: Iterable[tuple[Text, Tokens]] = ()) -> list[Passage]:  # fmt: skip
    """The passages of a letter on clauses of a draft, in their order. `examples` are earlier comments with the clause
    that their filers chose. For many letters make one LetterReader."""
    tokeniser = tokeniser or Tokeniser(defined_terms(draft_ko))
    model = ClauseModel(ClauseIndex(draft_ko, draft_en, tokeniser), examples)
    return LetterReader(model, tokeniser).split(text)


class LetterReader:
    """Reads letters about one draft."""

    def __init__(self, model: ClauseModel, tokeniser: Tokeniser) -> None:
        self._model, self._index, self._tokeniser = model, model.index, tokeniser
        self._units_of = {eid: place for place, eid in enumerate(self._index.units)}

    def split(self, text: str) -> list[Passage]:
        """The passages of a letter, in their order."""
        if not self._index.articles:
            return []
        units = _without_introduction(text, list(self._units(text)))
        sentences = [span for unit in units for span in unit.spans]
        tokens = self._words(text, sentences)
        likeness = self._likeness(text, sentences, tokens)
        found: list[_Found] = []
        row = 0
        for unit in units:
            rows = slice(row, row + len(unit.spans))
            row = rows.stop
            before = rows.start
            for first, last in self._parts(text, unit, likeness[rows]):
                start, end = _after_lead_in(text, *unit.spans[first])[0], unit.spans[last][1]
                if len(_SIGN.findall(text[start:end][:_LOOKED_AT])) >= _SHORTEST[language_of(text[start:end])]:
                    context = tokens[before : rows.start + last + 1]
                    words = tuple(word for one in context for word in one.words)
                    found.append(_Found(start, end, unit, Tokens(words, self._tokeniser.name)))
                    before = rows.start + last + 1
        return self._assigned(text, found)

    # ------------------------------------------------------------------------------------------------------- reading

    def _units(self, text: str) -> Iterator[_Unit]:
        """What stands together in a letter: paragraphs, items of lists, rows of tables, what one speaker says."""
        lines = list(_lines(text))
        skipped = _set_aside(lines, text)
        wrapped = _is_wrapped([text[start:end] for start, end in lines])
        minutes = bool(_MINUTES.search(text[:_MINUTES_WITHIN]))
        heading, its_clause, official = "", None, False
        block: tuple[int, int] | None = None

        def flush() -> Iterator[_Unit]:
            nonlocal block
            if block is not None:
                spans = [
                    span for span in _sentences(text, *block)
                    if not _is_about_the_letter(text, *span) and not (minutes and _OFFICIAL_SAID.match(text, *span))
                ]  # fmt: skip
                if spans:
                    yield _Unit(spans, heading, its_clause)
            block = None

        blank_before = True
        for number, (start, end) in enumerate(lines):
            line = text[start:end]
            if not line.strip() or skipped[number]:
                yield from flush()
                blank_before, official = True, official and not line.strip()
                continue
            speaker = _SPEAKER.match(line)
            if speaker and blank_before:
                official = _is_official(speaker.group())
            elif blank_before and not _MARKER.match(line):
                official = False
            if official:
                yield from flush()
                blank_before = False
                continue
            following = next((text[a:b] for a, b in lines[number + 1 : number + 3] if text[a:b].strip()), "")
            marker = _MARKER.match(line)
            after = text[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
            if self._is_heading(line, following, blank_before, number == 0) and not _is_broken(line, after):
                yield from flush()
                heading, its_clause = line.strip(), self._heading_clause(line, language_of(line))
            elif len(_CELLS.split(line.strip("| \t"))) > 2:
                yield from flush()
                if any(len(cell) > _ROW_OF_HEADINGS for cell in _CELLS.split(line)):
                    yield _Unit([(start, end)], heading, its_clause)
            elif marker or speaker or block is None or not (wrapped or _goes_on(text, *block)):
                yield from flush()
                opening = marker or speaker
                block = (start + (opening.end() if opening else 0), end)
            else:
                block = (block[0], end)
            blank_before = False
        yield from flush()

    def _is_heading(self, line: str, following: str, blank_before: bool, is_first: bool) -> bool:
        """Whether a line is a heading: short, no sentence, and something stands below it."""
        plain = line.strip()
        if len(plain) > _LONGEST_HEADING or not following or (_SENTENCE_END.search(plain) and not plain.endswith("것")):
            return False
        if len(_CELLS.split(plain.strip("|"))) > 2:
            return False
        return bool(blank_before or _MARKER.match(line) or plain.endswith((":", "：")) or is_first)

    def _heading_clause(self, heading: str, language: Language) -> str | None:
        found = cited(heading, language, self._index)
        return found[0][0] if found else None

    # ----------------------------------------------------------------------------------------------------- comparing

    def _words(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Tokens]:
        """The words of each sentence; one that stands in the letter again is not read again."""
        known: dict[str, Tokens] = {}
        for start, end in spans:
            if (sentence := text[start:end][:_LOOKED_AT]) not in known:
                known[sentence] = self._tokeniser.tokens(sentence, language_of(sentence))
        return [known[text[start:end][:_LOOKED_AT]] for start, end in spans]

    def _likeness(self, text: str, spans: Sequence[tuple[int, int]], tokens: Sequence[Tokens]) -> Vector:
        """How like each sentence is to each article and paragraph."""
        found = [np.zeros((0, len(self._index.units)))]
        for first in range(0, len(spans), _AT_ONCE):
            texts = [_text(number, text, *span) for number, span in enumerate(spans[first : first + _AT_ONCE])]
            found.append(self._model.likeness(texts, tokens[first : first + _AT_ONCE]))
        return np.concatenate(found)

    def _parts(self, text: str, unit: _Unit, likeness: Vector) -> list[tuple[int, int]]:
        """The parts of a unit that ask for something on one clause each, as its first and last sentence."""
        count, width = likeness.shape
        asks = [bool(_ASKS.search(text, start, min(end, start + _LOOKED_AT))) for start, end in unit.spans]
        around = likeness * (1 - _AROUND) + likeness.mean(axis=0) * _AROUND
        nothing = np.where(asks, 0.0, _NOTHING)[:, None]
        gains = np.concatenate([around, nothing], axis=1)
        at = unit.cited or "doc"
        for row, (start, end) in enumerate(unit.spans):
            sentence = text[start:end][:_LOOKED_AT]
            for clause, _ in cited(sentence, language_of(sentence), self._index, at):
                self._add(gains, row, clause, _CITED)
            if unit.cited:
                self._add(gains, row, unit.cited, _HEADING_CITES)
        costs = [0.0] + [_cost(text, unit.spans[row], asks[row - 1], asks[row]) for row in range(1, count)]
        chosen = _best_sequence(gains, costs)
        parts: list[tuple[int, int]] = []
        first = 0
        for row in range(1, count + 1):
            announced = (row < count and asks[row] and any(asks[first:row])
                         and bool(_ANNOUNCES.match(text, *unit.spans[row])))  # fmt: skip
            if row == count or chosen[row] != chosen[first] or announced:
                if chosen[first] != width:
                    parts.append((first, row - 1))
                first = row
        asking = [(one, other) for one, other in parts if any(asks[one : other + 1])]
        return [self._without_announcement(unit, asks, *part) for part in asking or parts]

    @staticmethod
    def _without_announcement(unit: _Unit, asks: Sequence[bool], first: int, last: int) -> tuple[int, int]:
        """A part without a short sentence at its beginning that only says what comes."""
        lengths = [end - start for start, end in unit.spans[first : last + 1]]
        announces = len(lengths) > 1 and not asks[first] and lengths[0] < _SHORT * sum(lengths[1:])
        return (first + announces, last)

    def _add(self, gains: Vector, row: int, clause: str, gain: float) -> None:
        """A citation speaks for its paragraph, or for every paragraph of the article when it names none."""
        unit = self._units_of.get(upper_of(clause), self._units_of[article_of(clause)])
        if unit < len(self._index.articles):
            gains[row, :-1][self._index.article_of_unit == unit] += gain
        else:
            gains[row, unit] += gain

    def _assigned(self, text: str, found: Sequence[_Found]) -> list[Passage]:
        texts, tokens = [], []
        for number, one in enumerate(found):
            heading = self._tokeniser.tokens(one.unit.heading, language_of(one.unit.heading)).words
            texts.append(_text(number, text, one.start, one.end))
            tokens.append(Tokens((*heading, *one.words.words), one.words.tokeniser))
        passages = []
        at = "doc"
        for one, suggested in zip(found, self._suggested(texts, tokens), strict=True):
            start, end, unit = one.start, one.end, one.unit
            own = cited(text[start:end][:_LOOKED_AT], language_of(text[start:end]), self._index, unit.cited or at)
            clause: str | None = None
            score: float = 0.0
            by: By = "similarity"
            if suggested:
                clause, score, by = suggested[0].clause, suggested[0].score, suggested[0].by
            if unit.cited and not any(article_of(eid) != article_of(unit.cited) for eid, _ in own):
                clause, score, by = unit.cited, max(score, 0.95), "citation"
            if own and clause and by != "citation":
                clause, score, by = own[0][0], 0.9, "citation"
            deeper = [eid for eid, _ in own if clause and eid.startswith(f"{clause}__")]
            if deeper:
                clause = deeper[0]
            at = clause or at
            passages.append(Passage(start, end, text[start:end], clause, score, by))
        return passages

    def _suggested(self, texts: Sequence[Text], tokens: Sequence[Tokens]
                   ) -> Iterator[tuple[ClauseSuggestion, ...]]:  # fmt: skip
        for first in range(0, len(texts), _AT_ONCE):
            yield from self._model.suggest(texts[first : first + _AT_ONCE], tokens[first : first + _AT_ONCE], 1)


def language_of(text: str) -> Language:
    """The language that most of the letters of a text are in, a Korean syllable counting for three letters."""
    looked = text[:_LOOKED_AT]
    return "ko" if 3 * len(_HANGUL.findall(looked)) >= len(_LATIN.findall(looked)) else "en"


def _text(number: int, text: str, start: int, end: int) -> Text:
    return Text(str(number), language_of(text[start:end]), text[start:end][:_LOOKED_AT])


def _without_introduction(text: str, units: Sequence[_Unit]) -> Sequence[_Unit]:
    """The units from the first one that asks for something or is under a heading; all where none does."""
    for place, unit in enumerate(units):
        if unit.heading or any(_ASKS.search(text, start, min(end, start + _LOOKED_AT)) for start, end in unit.spans):
            return units[place:]
    return units


def _after_lead_in(text: str, start: int, end: int) -> tuple[int, int]:
    """A sentence without what announces it: On labels: …"""
    lead_in = _LEAD_IN.match(text, start, end)
    return (lead_in.end() if lead_in else start, end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The lines of a text as spans, without the marks of a quoted mail."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        quoted = _QUOTED.match(line)
        yield (start + (quoted.end() if quoted else 0), start + len(line.rstrip()) if line.strip() else end)
        start = end + 1


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines are broken where they are full, in the middle of sentences: half of those that another follows."""
    followed = [line for line, other in pairwise(lines) if line.strip() and other.strip() and not _MARKER.match(other)]
    return 2 * sum(not _SENTENCE_END.search(line) for line in followed) >= max(1, len(followed))


def _is_broken(line: str, following: str) -> bool:
    """Whether a line ends where it is full: the first word of the next one, which is not longer, had no room."""
    plain, first = line.strip(), following.split(maxsplit=1)[:1]
    return (bool(first) and len(plain) >= _SHORTEST_BROKEN and len(plain) + 1 + len(first[0]) > len(following.strip())
            and not _MARKER.match(line) and not plain.endswith((":", "：")))  # fmt: skip


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a line ends within a sentence."""
    return not _SENTENCE_END.search(text[max(start, end - _LONGEST_CONTACT) : end])


def _set_aside(lines: Sequence[tuple[int, int]], text: str) -> list[bool]:
    """Which lines are no comment: heads, greetings, contacts, and what follows the greeting at the end."""
    aside = []
    for start, end in lines:
        line = text[start:end]
        short = len(line) <= _LONGEST_CONTACT
        aside.append(
            (short and bool(_HEAD.match(line)))
            or (len(line) <= _LONGEST_HEADING and bool(_GREETING.match(line)) and not line.rstrip().endswith("다."))
            or (short and bool(_CONTACT.search(line)))
        )
    written = [number for number, (start, end) in enumerate(lines) if text[start:end].strip()]
    for place, number in enumerate(written[-_SIGNATURE_LINES:]):
        start, end = lines[number]
        if end - start <= _LONGEST_CONTACT and _CLOSING.match(text, start, end):
            for after in written[-_SIGNATURE_LINES:][place:]:
                aside[after] = aside[after] or lines[after][1] - lines[after][0] <= _LONGEST_CONTACT
            break
    return aside


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    return [(start + first, start + last) for first, last in split_sentences(piece, language_of(piece))]


def _is_about_the_letter(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_ABOUT_THE_LETTER and bool(_ABOUT_THE_LETTER.search(text[start:end]))


def _is_official(speaker: str) -> bool:
    return bool(_OFFICIAL.search(speaker)) and not _NO_OFFICIAL.search(speaker)


def _cost(text: str, sentence: tuple[int, int], asked: bool, asks: bool) -> float:
    """What changing the subject before a sentence costs; `asked` says whether the one before it asks for something."""
    if _ANNOUNCES.match(text, *sentence):
        return _CHANGE * _LESS
    if _GOES_ON.match(text, *sentence) or not asked:
        return _CHANGE * _MORE
    return _CHANGE * (1.0 if asks else _LESS)


def _best_sequence(gains: Vector, costs: Sequence[float]) -> list[int]:
    """The sequence of columns, one a row, with the greatest sum of gains less the cost of each change."""
    count, width = gains.shape
    came = np.zeros((count, width), dtype=int)
    best = gains[0].copy()
    columns = np.arange(width)
    for row in range(1, count):
        top = int(best.argmax())
        changed = best[top] - costs[row]
        came[row] = np.where(best >= changed, columns, top)
        best = np.maximum(best, changed) + gains[row]
    chosen = [int(best.argmax())]
    for row in range(count - 1, 0, -1):
        chosen.append(int(came[row, chosen[-1]]))
    return chosen[::-1]
