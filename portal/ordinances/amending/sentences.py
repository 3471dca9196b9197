"""Reads amending texts: the sentences in which a law is amended, and the new words below them.

    제11조제1항 각 호 외의 부분 중 "A"를 "B"로 하고, 같은 조에 제7항을 다음과 같이 신설한다.
      ⑦ …

A sentence is taken apart by what it cites (`references`) and what it quotes; what stands between them is one of the few
forms of the drafting rules (법령입안 심사기준). A line that fits none is reported, not guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from portal.ordinances.amending.blocks import counted, split_block
from portal.ordinances.amending.instructions import (
    Amendment,
    Fragment,
    Insert,
    Instruction,
    Renumber,
    ReplaceWords,
    Rewrite,
    Strike,
    Target,
    Unread,
)
from portal.ordinances.numbering import paragraph_number
from portal.ordinances.readers.marks import article_mark, split_parenthesised
from portal.ordinances.references import Citation, Scope, find_citations
from portal.ordinances.steps import HEADINGS, Step

_OPENING: Final = re.compile(
    r"(?P<mark>[①-⑳㉑-㉟] ?)?(?P<title>.{2,120}?)(?: ?일부| ?중)(?:를|을)? 다음과 같이 개정한다\.?"
)
_ADDENDA: Final = re.compile(r"부 *칙(?: *<.*>)?")
#: 제3조(정의) …: the head of a new article, no sentence.
_ARTICLE_HEAD: Final = re.compile(r"제[0-9]+조(?:의[0-9]+)?\s*\((?!종전)")
#: 제31조 입법권은 국회가 행한다: so the old texts, without a heading in brackets.
_OLD_ARTICLE_HEAD: Final = re.compile(r"제[0-9]+조(?:의[0-9]+)?\s+\S")
_SENTENCE_END: Final = re.compile(r"(?:한다|신설한다|삭제한다|개정한다|삽입한다|가한다)\.?$")
_SENTENCE_START: Final = re.compile(
    r"(?:안 ?)?(?:제 ?[0-9]+(?:조|편|장|절|관)|별표|별지|\[별표|부칙|제명|본칙|전문|「제?[0-9]+[장절]"
    r"|[가-힣]+(?:부령|령|법률) 제[0-9]+호)"
)
_IMAGE: Final = re.compile(r"</?img\b[^>]*>")
_OMITTED: Final = re.compile(r"\[본문[^\]]*생략\]|.*생략")


def parse(text: str) -> Amendment:
    """What an amending text orders. The lines around it (promulgation, signatures) are passed over."""
    lines = unicodedata.normalize("NFC", text).replace("\r", "").split("\n")
    body, addenda = _parts(lines)
    title, start = _title(lines, body)
    if title is None:  # sentences alone; what stands before the first is no part of them
        first = next((number for number in body if _is_sentence(lines[number - 1].strip())), len(lines) + 1)
        start = max(start, first)
    instructions, unread = _orders([(number, lines[number - 1]) for number in body if number >= start])
    plain = tuple(line for number in addenda if (line := _IMAGE.sub("", lines[number - 1]).strip()))
    others = _others([(number, lines[number - 1]) for number in addenda])
    return Amendment(title, instructions, unread, plain, others)


def parse_sentences(text: str) -> Amendment:
    """The same for sentences alone, without the line that names the law."""
    lines = [(number, line) for number, line in enumerate(unicodedata.normalize("NFC", text).split("\n"), 1)]
    instructions, unread = _orders(lines)
    return Amendment(None, instructions, unread)


def _parts(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """The numbers of the lines before and behind the head of the addenda."""
    numbers = list(range(1, len(lines) + 1))
    for number in numbers:
        if _ADDENDA.fullmatch(lines[number - 1].strip()):
            return numbers[: number - 1], numbers[number:]
    return numbers, []


def _title(lines: Sequence[str], body: Sequence[int]) -> tuple[str | None, int]:
    for number in body:
        if match := _OPENING.fullmatch(lines[number - 1].strip()):
            return match["title"].strip(), number + 1
    return None, 1


def _others(lines: list[tuple[int, str]]) -> tuple[Amendment, ...]:
    """부칙 제2조(다른 법령의 개정) ① … 시행령 일부를 다음과 같이 개정한다."""
    found: list[Amendment] = []
    title: str | None = None
    taken: list[tuple[int, str]] = []
    for (number, line), is_of_other in zip(lines, lines_of_other_laws([line for _, line in lines]), strict=True):
        if is_of_other:
            taken.append((number, line))
            continue
        found += _other(title, taken)
        match = _opening_in_addenda(line)
        title, taken = (match["title"].strip() if match else None), []
    return tuple(found + _other(title, taken))


def _opening_in_addenda(line: str) -> re.Match[str] | None:
    return _OPENING.fullmatch(re.sub(r"^제[0-9]+조\([^()]*\)\s*", "", line.strip()))


def lines_of_other_laws(lines: Sequence[str]) -> list[bool]:
    """Of each line of addenda, whether it stands below “… 일부를 다음과 같이 개정한다”: the sentences that amend the
    other law, and their new words. An article or paragraph that no sentence announces is of the addenda again."""
    found: list[bool] = []
    is_inside, announced = False, list[Step]()
    for line in lines:
        stripped = line.strip()
        if _opening_in_addenda(line):
            is_inside, announced = True, []
            found.append(False)
            continue
        if is_inside and _is_sentence(stripped):
            announced = _announced(stripped)
        elif is_inside and (begins := _begins_with(stripped)) is not None:
            is_inside = begins in announced
            if is_inside:
                announced = announced[announced.index(begins) + 1 :]
                if begins.element == "art" and (inner := _begins_with(_behind_heading(stripped))) is not None:
                    begins = inner
                if begins.element == "para":  # those that follow it in the same article
                    announced = [Step("para", begins.number + 1), *announced]
        found.append(is_inside)
    return found


def _announced(sentence: str) -> list[Step]:
    """The articles and paragraphs that are written out below a sentence."""
    orders = Sentence(sentence).orders() or []
    return [step for order in orders if isinstance(order, Rewrite | Insert) and not order.attached
            for step in counted(order.targets) or []]  # fmt: skip


def _begins_with(line: str) -> Step | None:
    """The article (제3조(…) …) or the paragraph that a line begins with."""
    if _ARTICLE_HEAD.match(line) and (mark := article_mark(line)):
        return Step("art", mark.number, mark.branch)
    number = paragraph_number(line[:1])
    return Step("para", number) if number else None


def _behind_heading(line: str) -> str:
    split = split_parenthesised(line.partition("조")[2].lstrip("의0123456789"))
    return split[1] if split else ""


def _other(title: str | None, lines: list[tuple[int, str]]) -> list[Amendment]:
    if title is None:
        return []
    instructions, unread = _orders(lines)
    return [Amendment(title, instructions, unread)]


# ----------------------------------------------------------------------------------------------------------- sentences


def _orders(lines: Sequence[tuple[int, str]]) -> tuple[tuple[Instruction, ...], tuple[Unread, ...]]:
    """The orders of the sentences, each with the lines of new words that follow it."""
    found: list[Instruction] = []
    unread: list[Unread] = []
    place = 0
    while place < len(lines):
        number, line = lines[place]
        stripped = _IMAGE.sub("", line).strip()
        place += 1
        if not stripped:
            continue
        block: list[tuple[int, str]] = []
        if not _is_sentence(stripped):
            unread.append(Unread(number, stripped))
            continue
        while place < len(lines) and not _ends_block(stripped, lines[place][1]):
            if words := _IMAGE.sub("", lines[place][1]).strip():
                block.append((lines[place][0], words))
            place += 1
        orders = Sentence(stripped).orders()
        if orders is None:
            unread += [Unread(number, stripped), *(Unread(*one) for one in block)]
            continue
        orders, rest = split_block(orders, [words for _, words in block])
        found += [replace(order, line=number) for order in orders]
        unread += [Unread(n, words) for n, words in block if words in rest]
    return tuple(found), tuple(unread)


def _is_sentence(line: str) -> bool:
    """An order begins with what it amends and ends with its verb; 제3조(정의) … is a new article."""
    return (_SENTENCE_START.match(line) is not None and _SENTENCE_END.search(line) is not None
            and _ARTICLE_HEAD.match(line) is None
            and (_OLD_ARTICLE_HEAD.match(line) is None or _looks_like_order(line)))  # fmt: skip


def _ends_block(sentence: str, line: str) -> bool:
    """Whether new words end here: a line that orders again, at the margin where it was indented in the block."""
    stripped = _IMAGE.sub("", line).strip()
    if not stripped or not _is_sentence(stripped):
        return False
    return "다음과 같이" not in sentence or _looks_like_order(stripped)


_ORDER_WORDS: Final = re.compile(
    r'(?:다음과 같이 (?:신설|한다|하고|하며|개정)|"(?:을|를) (?:각각 )?(?:"|삭제)|(?:을|를) (?:각각 )?삭제|별지와 같이'
    r'|" ?(?:다음|뒤|앞)에 ?"|」(?:을|를) ?「|」(?:을|를) 삭제|(?:항|조|호|목)(?:을|를) (?:각각 )?제'
    r"|목(?:을|를) (?:각각 )?[가-힣]목|로 한다\.?$)"
)


def _looks_like_order(line: str) -> bool:
    return _ORDER_WORDS.search(line) is not None


# ------------------------------------------------------------------------------------------------------- one sentence

_QUOTE_MARK, _CITE_MARK = "\ue000", "\ue001"
_Q: Final = rf"{_QUOTE_MARK}([0-9]+);"
_C: Final = rf"{_CITE_MARK}([0-9]+);"
_OBJECT: Final = "(?:을|를)"
_TO: Final = "(?:으로|로)"
_EACH: Final = "(?P<each>각각 )?"
_END: Final = r"(?:한다|하고|하며|하되|개정한다|개정하고|개정하며|,|$)\.?,? ?"
_ANY_C: Final = rf"{_CITE_MARK}[0-9]+;"
_JOIN: Final = r"(?:, | 및 | 또는 |ㆍ|·|와 |과 | 내지 )"
#: A place in an annex behind its citation: 위반행위란, 비고 제4호, 제2호의 근거 법조문란, a row of a table.
_TAIL: Final = rf"(?:(?:(?!하고|하며|한다|다음과|별지와)[^{_QUOTE_MARK}{_CITE_MARK}\"]){{0,120}}?)"
_COLUMN: Final = r"(?:[가-힣0-9()ㆍ·. ]{0,40}?(?:란|비고|쪽))"
_PLACE: Final = rf"{_ANY_C}(?:[(\[]{_ANY_C}[)\]])?"
_PLACES: Final = rf"(?P<places>{_PLACE}(?:(?:{_JOIN}|{_COLUMN}{_JOIN}){_PLACE})*)"
_FRAGMENT_WORDS: Final = r"(?:단서|후단|전단|본문|각 ?호|각 ?목)"

_REPLACE: Final = re.compile(
    rf'(?P<row>[^{_QUOTE_MARK}{_CITE_MARK}"]{{0,160}}?){_Q}(?:'
    rf" ?{_OBJECT} ?{_EACH}{_QUOTE_MARK}(?P<new>[0-9]+); ?{_TO} ?{_END}"
    rf"|{_OBJECT} ?(?P<each_struck>각각 )?(?P<struck>삭제){_END}"
    rf"| ?(?P<behind>다음에|뒤에|앞에) ?{_QUOTE_MARK}(?P<added>[0-9]+);"
    rf"{_OBJECT} ?(?:각각 )?(?:추가|삽입|신설|넣|더){_END})"
)
_PLACED_WORDS: Final = re.compile(rf"{_PLACES}(?P<inside>{_TAIL}) ?중 ?(?={_TAIL}{_QUOTE_MARK})")
#: Without 중 the whole is quoted: 제10조의 제목 "A"를 "B"로, and so in old texts 제39조 "A"를 "B"로.
_QUOTED_WHOLE: Final = re.compile(rf"{_PLACES}(?P<inside>) ?(?={_QUOTE_MARK})")
_INSERT_UNDER: Final = re.compile(
    rf"(?P<under>{_ANY_C})(?P<inside>{_TAIL})(?:에|으로|로) "
    rf"(?:{_PLACES}{_OBJECT}|(?P<fragment>{_FRAGMENT_WORDS}){_OBJECT}"
    rf"|(?P<other>{_TAIL}){_OBJECT}) ?(?:각각 )?(?P<how>다음과 같이|별지와 같이)? ?(?:신설|추가){_END}"
)
_INSERT: Final = re.compile(
    rf"{_PLACES}(?P<inside>{_TAIL})(?:{_OBJECT}|으로|로) ?(?:각각 )?(?P<how>다음과 같이|별지와 같이) ?신설{_END}"
)
_REWRITE: Final = re.compile(
    rf"{_PLACES}(?P<inside>{_TAIL}){_OBJECT} ?(?:각각 )?(?P<how>다음과 ?같이|별지와 ?같이) ?"
    r"(?:한다|하고|하며|하되|개정한다|개정하고)\.?,? ?"
)
_STRIKE: Final = re.compile(rf"{_PLACES}(?P<inside>{_TAIL}){_OBJECT} ?(?:각각 )?삭제{_END}")
_RENUMBER: Final = re.compile(
    rf"{_PLACES}(?P<inside>{_TAIL}){_OBJECT} ?(?:각각 )?(?P<to>{_ANY_C}(?:{_JOIN}{_ANY_C})*){_TO} ?{_END}"
)
_VERB_TAIL: Final = re.compile(r"(?:한다|하고|하며|하되)")

_FRAGMENT_OF: Final = {
    "main": Fragment.MAIN, "proviso": Fragment.PROVISO, "s1": Fragment.FIRST, "s2": Fragment.SECOND,
    "intro": Fragment.INTRO, "each": Fragment.EACH, "heading": Fragment.HEADING, "body": Fragment.BODY,
}  # fmt: skip
_INSERTED_FRAGMENT: Final = {"단서": Fragment.PROVISO, "후단": Fragment.SECOND, "전단": Fragment.FIRST,
                             "본문": Fragment.MAIN}  # fmt: skip

_QUOTE_END: Final = re.compile(
    r'"(?= ?(?:을|를) ?(?:각각 ?)?(?:"|삭제)| ?(?:다음|뒤|앞)에 ?"| ?(?:으로|로)(?:,| ?(?:한다|하고|하며|하되|개정))'
    r"|(?:을|를) ?(?:추가|삽입|신설|넣)| ?(?:을|를) ?\")"
)


class Sentence:
    """One amending sentence, its quotations and citations taken out and numbered."""

    def __init__(self, text: str) -> None:
        self._text = _plain_quotes(text)
        self._quotes: list[str] = []
        self._masked, spans = self._without_quotes(self._text)
        self._citations = _merged(find_citations(self._masked), self._masked)
        self._skeleton = self._without_citations(self._masked, spans)
        self._last: tuple[Target, ...] = ()
        self._last_place = ""

    def orders(self) -> list[Instruction] | None:
        """What it orders; None where a part of it is of no form that is known."""
        found: list[Instruction] = []
        rest = self._skeleton.strip()
        while rest:
            taken = self._order(rest, found)
            if not taken:
                return None
            rest = rest[taken:].lstrip(" ,")
            if rest in (".", ""):
                break
        return found

    # --------------------------------------------------------------------------------------------------- taking apart

    def _without_quotes(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """The quotations replaced by marks of the same length, so that places stay."""
        pieces: list[str] = []
        spans: list[tuple[int, int]] = []
        place = 0
        while (start := text.find('"', place)) >= 0:
            match = _QUOTE_END.search(text, start + 1)
            if match is None:
                break
            pieces.append(text[place:start])
            pieces.append(_QUOTE_MARK * (match.end() - start))
            spans.append((start, match.end()))
            self._quotes.append(text[start + 1 : match.start()])
            place = match.end()
        pieces.append(text[place:])
        return "".join(pieces), spans

    def _without_citations(self, masked: str, quotes: list[tuple[int, int]]) -> str:
        marks = [(start, end, f"{_QUOTE_MARK}{number};") for number, (start, end) in enumerate(quotes)]
        marks += [(one.start, one.end, f"{_CITE_MARK}{number};") for number, one in enumerate(self._citations)
                  if not one.is_whole_law]  # fmt: skip
        pieces, place = [], 0
        for start, end, mark in sorted(marks):
            pieces += [masked[place:start], mark]
            place = end
        skeleton = "".join([*pieces, masked[place:]])
        return re.sub(r"[\s]+", " ", skeleton)

    # --------------------------------------------------------------------------------------------------------- orders

    def _as_printed(self, words: str) -> str:
        """A piece of the skeleton with its quotations and citations back in their places."""
        words = re.sub(_Q, lambda match: f'"{self._quotes[int(match[1])]}"', words)
        return re.sub(_C, lambda match: self._citations[int(match[1])].words, words).strip()

    def _order(self, rest: str, found: list[Instruction]) -> int:
        for form in (self._placed_words, self._insertion, self._whole_insertion, self._rewriting, self._renumbering,
                     self._striking, self._further_words):  # fmt: skip
            if taken := form(rest, found):
                return taken
        return 0

    def _placed_words(self, rest: str, found: list[Instruction]) -> int:
        match = _QUOTED_WHOLE.match(rest) or _PLACED_WORDS.match(rest)
        if match is None:
            return 0
        targets = self._targets(match["places"], match["inside"])
        if not targets:
            return 0
        taken, orders = self._replacements(rest, match.end(), targets, match[0])
        if taken:
            self._last, self._last_place = targets, match[0]
            found += orders
        return taken

    def _further_words(self, rest: str, found: list[Instruction]) -> int:
        """More words of the clauses named last: …를 "B"로, "C"를 "D"로 한다."""
        if not self._last:
            return 0
        taken, orders = self._replacements(rest, 0, self._last, self._last_place)
        found += orders
        return taken

    def _replacements(self, rest: str, place: int, targets: tuple[Target, ...],
                      where: str) -> tuple[int, list[Instruction]]:  # fmt: skip
        found: list[Instruction] = []
        while match := _REPLACE.match(rest, place):
            old = self._quotes[int(match[2])]
            each = bool(match["each"] or match["each_struck"])
            if match["new"]:
                new = self._quotes[int(match["new"])]
            elif match["struck"]:
                new = ""
            else:
                added = self._quotes[int(match["added"])]
                new = added + old if match["behind"] == "앞에" else old + added
            row = match["row"].strip(" ,")
            found.append(ReplaceWords(self._as_printed(where + match[0]), targets, old, new, each, row))
            place = match.end()
        return (place, found) if found else (0, [])

    def _insertion(self, rest: str, found: list[Instruction]) -> int:
        match = _INSERT_UNDER.match(rest)
        if match is None:
            return 0
        unders = self._targets(match["under"], match["inside"])
        if len(unders) != 1:
            return 0
        under, attached = unders[0], match["how"] == "별지와 같이"
        targets = self._new_targets(under, match)
        if not targets:
            return 0
        found.append(Insert(self._as_printed(match[0]), targets, under, (), attached))
        return match.end()

    def _new_targets(self, under: Target, match: re.Match[str]) -> tuple[Target, ...]:
        if match["places"]:
            return tuple(_below(under, target) for target in self._targets(match["places"], ""))
        if match["fragment"]:
            fragment = _INSERTED_FRAGMENT.get(match["fragment"], Fragment.EACH)
            return (Target(under.parts, None, (*under.fragments, fragment), under.former, law=under.law),)
        inside = f"{under.inside} {match['other']}".strip()
        return (Target(under.parts, None, under.fragments, under.former, inside, under.law),) if under.parts else ()

    def _whole_insertion(self, rest: str, found: list[Instruction]) -> int:
        match = _INSERT.match(rest)
        targets = self._targets(match["places"], match["inside"]) if match else ()
        if match is None or not targets:
            return 0
        if all(len(target.parts) == 1 or target.parts[0].element in HEADINGS for target in targets):
            under = None
        else:
            under = Target(targets[0].parts[:-1], law=targets[0].law)
        if targets[0].fragments:  # 제1항 단서를 다음과 같이 신설한다
            under = Target(targets[0].parts, law=targets[0].law)
        found.append(Insert(self._as_printed(match[0]), targets, under, (), match["how"] == "별지와 같이"))
        return match.end()

    def _rewriting(self, rest: str, found: list[Instruction]) -> int:
        match = _REWRITE.match(rest)
        targets = self._targets(match["places"], match["inside"]) if match else ()
        if match is None or not targets:
            return 0
        found.append(Rewrite(self._as_printed(match[0]), targets, (), match["how"].startswith("별지")))
        return match.end()

    def _striking(self, rest: str, found: list[Instruction]) -> int:
        match = _STRIKE.match(rest)
        targets = self._targets(match["places"], match["inside"]) if match else ()
        if match is None or not targets:
            return 0
        found.append(Strike(self._as_printed(match[0]), targets))
        return match.end()

    def _renumbering(self, rest: str, found: list[Instruction]) -> int:
        match = _RENUMBER.match(rest)
        targets = self._targets(match["places"], match["inside"]) if match else ()
        if match is None or not targets:
            return 0
        to = tuple(_in_place_of(targets[0], target) for target in self._targets(match["to"], ""))
        found.append(Renumber(self._as_printed(match[0]), targets, to))
        return match.end()

    def _targets(self, places: str, inside: str) -> tuple[Target, ...]:
        """The clauses that a list of marks names; a bracket (종전의 제4항) goes with the one before it."""
        found: list[Target] = []
        for mark in re.finditer(_C, places):
            citation = self._citations[int(mark[1])]
            if citation.scope is Scope.FORMER and found:
                last = found[-1]
                found[-1] = replace(last, former=citation.parts)
                continue
            law = citation.law if citation.scope is Scope.NAMED else None
            if citation.scope not in (Scope.THIS, Scope.NAMED):
                law = citation.words
            found.append(Target(citation.parts, citation.until, _fragments(citation), None, "", law))
        former = re.search(_C, inside)
        if found and (former or inside.strip()):
            last = found[-1]
            words = re.sub(rf"[(\[]?{_C}[)\]]?", "", inside).strip(" ()[]")
            if rest := _BESIDE_SUBITEMS.fullmatch(words):
                return (*found[:-1], _beside_subitems(last, rest["sentence"]))
            fragments = _spelt_fragments(words)
            found[-1] = replace(last, fragments=(*last.fragments, *fragments), inside="" if fragments else words)
        return tuple(found)


def _plain_quotes(text: str) -> str:
    """One sort of quotation mark; the old texts quote with 「」 what they replace."""
    text = text.replace("“", '"').replace("”", '"').replace("″", '"')
    if '"' not in text and re.search(r"」(?:을|를) ?(?:「|삭제)", text):
        text = text.replace("「", '"').replace("」", '"')
    return text


_IN_ANNEX: Final = re.compile(r"의? ?비고 ?")


def _merged(citations: list[Citation], text: str) -> list[Citation]:
    """별표 9의 비고 제4호 is one place."""
    found: list[Citation] = []
    for one in citations:
        before = found[-1] if found else None
        if before and one.parts[:1] == before.parts[:1] and _IN_ANNEX.fullmatch(text[before.end : one.start]):
            found[-1] = replace(one, start=before.start, words=text[before.start : one.end])
        else:
            found.append(one)
    return found


def _fragments(citation: Citation) -> tuple[Fragment, ...]:
    """각 호 외의 부분 단서 is the proviso of the opening words: two parts of one clause."""
    if citation.fragment is None:
        return ()
    last = _FRAGMENT_OF[citation.fragment]
    intro = re.search(r"각 ?[호목] 외의 부분", citation.words) is not None
    return (Fragment.INTRO, last) if intro and last is not Fragment.INTRO else (last,)


_SPELT: Final = re.compile(r"(?P<intro>각 ?[항호목] 외의 부분)?(?:^| )?(?P<sentence>본문|단서|전단|후단)?")
_SENTENCES: Final = {"본문": Fragment.MAIN, "단서": Fragment.PROVISO, "전단": Fragment.FIRST, "후단": Fragment.SECOND}


#: 가목1) 및 2) 외의 부분, 가목1)부터 3)까지 외의 부분 단서: what a citation leaves of it.
_BESIDE_SUBITEMS: Final = re.compile(
    r"(?:(?:및|ㆍ|,)? ?\(?[0-9가-힣]{1,2}\)(?:부터|까지)? ?)*(?:의 규정 )?외의 부분"
    r"(?: (?P<sentence>본문|단서|전단|후단))?"
)


def _beside_subitems(target: Target, sentence: str | None) -> Target:
    """The opening words of the clause that the sub-items named stand in."""
    parts = target.parts[:-1] if target.parts[-1].element == "sub" else target.parts
    return Target(parts, None, (Fragment.INTRO, *((_SENTENCES[sentence],) if sentence else ())), law=target.law)


def _spelt_fragments(words: str) -> tuple[Fragment, ...]:
    """A fragment behind a bracket: 제15항(종전의 제14항) 본문."""
    match = _SPELT.fullmatch(words)
    if match is None or not words:
        return ()
    intro = (Fragment.INTRO,) if match["intro"] else ()
    return (*intro, _SENTENCES[match["sentence"]]) if match["sentence"] else intro


def _below(under: Target, target: Target) -> Target:
    """What is inserted, with the units that it goes under."""
    if target.parts[0].element in HEADINGS and under.parts[0].element in HEADINGS:
        return replace(target, parts=(*under.parts, *_own_steps(target.parts, under.parts)), law=under.law)
    if target.parts[0].element in ("art", "tbl", "form", *HEADINGS) and under.parts[0].element != "addenda":
        return target
    own = {step.element for step in target.parts}
    above = tuple(step for step in under.parts if step.element not in own)
    until = (*above, *_own_steps(target.until, above)) if target.until else None
    return Target((*above, *_own_steps(target.parts, above)), until, target.fragments, law=under.law)


def _own_steps(parts: tuple[Step, ...], above: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(step for step in parts if step not in above)


def _in_place_of(source: Target, target: Target) -> Target:
    """제3항을 제4항으로: the new number stands under the same clause as the old one."""
    first = target.parts[0].element
    if first in ("art", "tbl", "form", "addenda"):
        return target
    elements = [step.element for step in source.parts]
    if first in elements:
        above = source.parts[: elements.index(first)]
    else:
        above = source.parts if source.fragments else source.parts[:-1]
    until = (*above, *target.until[-1:]) if target.until else None
    return Target((*above, *target.parts), until)
