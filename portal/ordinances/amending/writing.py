"""Writes the amending sentence for a proposed wording, as a drafter of the ministry would: 안 제3조제2항 단서 중
"3년"을 "1년"으로 한다.

Each of the five forms of proposal has its sentence. The sentence names the part of the clause (각 호 외의 부분, 본문,
단서), quotes no more than is needed for the place to be clear, gives a new clause its number (branch numbers for 조
and 호, the following ones moved up for 항 and 목), and its particles follow the sound before them. What is written is
applied to the draft before it is given out: it says what the filer proposed, or the clause is written out as a whole.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.kernel.i18n import choose_particle
from portal.ordinances import numbering, spoken
from portal.ordinances.addresses import Address
from portal.ordinances.addresses import parse as parse_address
from portal.ordinances.amending import fragments
from portal.ordinances.amending.applying import apply
from portal.ordinances.amending.blocks import Piece, read_pieces, read_plain
from portal.ordinances.amending.instructions import Fragment
from portal.ordinances.amending.sentences import parse_sentences
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind
from portal.ordinances.problems import InvalidProposal
from portal.ordinances.proposals import (
    WHOLE_DRAFT,
    Form,
    Proposal,
    check,
    clause_text,
    occurrences,
)
from portal.ordinances.proposals import apply as apply_proposal
from portal.ordinances.redline import ChangeKind, redline
from portal.ordinances.steps import Step

#: A clause with more places changed than this is written out as a whole.
_MOST_PLACES: Final = 4
#: More of the text quoted than this part of it: the clause is written out as a whole.
_MOST_QUOTED: Final = 0.6

_SENTENCE_NAMES: Final = {Fragment.MAIN: "본문", Fragment.PROVISO: "단서", Fragment.FIRST: "전단",
                          Fragment.SECOND: "후단"}  # fmt: skip
#: What is counted, behind its number: 년, 년간, 퍼센트, 명 이상's 명.
_UNIT: Final = re.compile(
    r"(?:년간|년|개월간|개월|일간|일|명|인|퍼센트|%|분의 ?[0-9]+|회|점|원|만원|억원|시간|배|주일|주|세|호|건|개)"
)
_UNIT_NAMES: Final = {"art": "조", "para": "항", "subpara": "호", "point": "목"}


def amending_sentence(draft: Draft, eid: str, proposal: Proposal, *, of_draft: bool = True) -> str:
    """The sentence, and below it, after an empty line, the new words where they are written out.

    `of_draft` puts 안 before the address, as for a text that is not yet in force. Raises InvalidProposal where the
    proposal does not fit the clause.
    """
    check(proposal, draft, eid)
    if proposal.language == "en":
        return _english(draft, eid, proposal)
    return _Writer(draft, of_draft).write(eid, proposal)


def particle(words: str, consonant: str, vowel: str) -> str:
    """The words with the particle that their sound asks for; the one after a consonant where nothing tells it."""
    chosen = choose_particle(words.rstrip("ㆍ· "), consonant, vowel)
    return words + (consonant if chosen is None or "(" in chosen else chosen)


def _object(words: str) -> str:
    return particle(words, "을", "를")


def _to(words: str) -> str:
    return particle(words, "으로", "로")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a clause's own words: text[start:end] becomes `new`."""

    start: int
    end: int
    new: str


class _Writer:
    def __init__(self, draft: Draft, of_draft: bool) -> None:
        self._draft = draft
        self._prefix = "안 " if of_draft else ""

    def write(self, eid: str, proposal: Proposal) -> str:
        match proposal.form:
            case Form.INSTRUCTION:
                return self._instruction(eid, proposal.text)
            case Form.NEW_CLAUSE:
                return _NewClause(self._draft, self._prefix).write(parse_address(eid).clause, proposal.text)
            case Form.DELETION:
                return self._deletion(eid)
        return self._change(eid, proposal)

    def _name(self, eid: str) -> str:
        return self._prefix + parse_address(eid).spoken("ko")

    # ---------------------------------------------------------------------------------------------- prose, and deletion

    def _instruction(self, eid: str, prose: str) -> str:
        lines = "\n".join(f"  {line.strip()}" for line in prose.strip().split("\n") if line.strip())
        if eid == WHOLE_DRAFT:
            return f"안 전체를 다음의 취지로 수정한다.\n\n{lines}"
        address = parse_address(eid)
        if address.after:
            return f"{self._name(address.clause.eid)} 다음에 다음의 취지로 규정을 신설한다.\n\n{lines}"
        return f"{_object(self._name(eid))} 다음의 취지로 수정한다.\n\n{lines}"

    def _deletion(self, eid: str) -> str:
        clause = self._draft.by_eid[eid]
        name = self._name(eid)
        if clause.kind in HEADINGS:
            articles = [one for one in self._draft.subtree(eid) if one.kind is Kind.ARTICLE]
            if len(articles) > 1:
                name += f"({articles[0].label}부터 {articles[-1].label}까지)"
            elif articles:
                name += f"({articles[0].label})"
        return f"{_object(name)} 삭제한다."

    # -------------------------------------------------------------------------------------------------- words that
    # change

    def _change(self, eid: str, proposal: Proposal) -> str:
        clause = self._draft.by_eid[eid]
        old = unicodedata.normalize("NFC", clause_text(self._draft, eid, "ko") or "")
        new = apply_proposal(proposal, old)
        if new is None:
            raise InvalidProposal("Write the new wording, or choose deletion to strike the clause.", field="text")
        new = unicodedata.normalize("NFC", new).strip()
        if clause.kind in HEADINGS and not new:
            return f"{self._name(eid)}의 제목을 삭제한다."
        if clause.kind in HEADINGS:
            return f"{self._name(eid)}의 제목 {_quoted(old, '을', '를')} {_quoted(_one_line(new), '으로', '로')} 한다."
        if not clause.text("ko") and self._draft.children(eid):
            return self._article_in_lines(clause, old, new)
        stripped = _without_number(new, clause)
        if added := self._added_sentence(eid, old, stripped):
            return added
        if clause.table is not None:  # text and table are one string there: quoted where the place is clear
            return self._in_quotes(eid, old, stripped, proposal, check_by_applying=False) or self._whole(
                clause, stripped
            )
        found = self._in_quotes(eid, old, stripped, proposal)
        return found or self._whole(clause, stripped)

    def _added_sentence(self, eid: str, old: str, new: str) -> str | None:
        """단서를 신설한다, where nothing is changed but that a proviso or a second sentence follows."""
        rest = new[len(old) :].removeprefix(".") if new.startswith(old) else ""
        if not rest.startswith(" ") or self._draft.by_eid[eid].kind in (Kind.ANNEX, Kind.FORM):
            return None
        parts, words = fragments.sentences(old), rest.strip()
        if Fragment.PROVISO in fragments.names(old) or len(fragments.sentences(words)) != 1:
            return None
        if words.startswith("다만,"):
            name = "단서"
        elif words.startswith("이 경우") and len(parts) == 1:
            name = "후단"
        else:
            return None
        sentence = f"{self._name(eid)}{self._intro(eid)}에 {_object(name)} 다음과 같이 신설한다.\n\n  {words}"
        return sentence if self._gives(sentence, eid, new) else None

    def _in_quotes(
        self, eid: str, old: str, new: str, proposal: Proposal, *, check_by_applying: bool = True
    ) -> str | None:
        """중 "A"를 "B"로 한다; None where that would be no clear way to say it."""
        if "\n" in new and "\n" not in old:
            return None
        spots = self._spots(old, new, proposal)
        if spots is None:
            return None
        sentence = self._quote(eid, old, spots)
        if sentence is None or (check_by_applying and not self._gives(sentence, eid, new)):
            return None
        return sentence

    def _spots(self, old: str, new: str, proposal: Proposal) -> list[_Spot] | None:
        if proposal.form is Form.FRAGMENT and proposal.text.strip():
            start, end = occurrences(old, proposal.old_words)[(proposal.occurrence or 1) - 1]
            return _grown_all(old, [_Spot(start, end, _one_line(proposal.text))])
        spots: list[_Spot] = []
        place = 0
        for change in redline(old, new, "ko"):
            if change.kind is ChangeKind.SAME:
                place += len(change.text)
            elif change.kind is ChangeKind.DELETED:
                spots.append(_Spot(place, place + len(change.text), ""))
                place += len(change.text)
            elif spots and spots[-1].end == place and not spots[-1].new:
                spots[-1] = _Spot(spots[-1].start, place, change.text)
            else:
                spots.append(_Spot(place, place, change.text))
        spots = _grown_all(old, spots)
        quoted = sum(spot.end - spot.start for spot in spots)
        if len(spots) > _MOST_PLACES or (proposal.form is Form.FULL_TEXT and quoted > _MOST_QUOTED * len(old)):
            return None
        return spots

    def _quote(self, eid: str, old: str, spots: Sequence[_Spot]) -> str | None:
        """The spots in the order of the text, those of one part of the clause together."""
        groups: list[tuple[str, list[str]]] = []
        for spot in spots:
            words, new = _one_line(old[spot.start : spot.end]), _one_line(spot.new)
            if not words or ('"' in new and new.count('"') % 2):
                return None
            part = self._part(eid, old, spot)
            if new:
                said = f"{_quoted(words, '을', '를')} {_quoted(new, '으로', '로')}"
            else:
                said = f"{_quoted(words, '을', '를')} 삭제"
            if not groups or groups[-1][0] != part:
                groups.append((part, []))
            groups[-1][1].append(said)
        sentences = []
        for number, (part, said_all) in enumerate(groups):
            place = self._name(eid) if number == 0 else f"{_same(eid)} "
            sentences.append(_listed(f"{place.rstrip() if part[:1] in ('', ' ') else place}{part} 중 ", said_all))
        return _joined(sentences)

    def _part(self, eid: str, old: str, spot: _Spot) -> str:
        """` 각 호 외의 부분 단서`: the part of the clause that the words stand in."""
        if self._draft.by_eid[eid].kind in (Kind.ANNEX, Kind.FORM):
            return ""
        part = fragments.part_of(old, spot.start, spot.end)
        return self._intro(eid) + (f" {_SENTENCE_NAMES[part]}" if part else "")

    def _intro(self, eid: str) -> str:
        """The opening words of a clause, behind its name: 각 호 외의 부분. Sub-items have no such name; their numbers
        are said (1)부터 3)까지 외의 부분)."""
        children = self._draft.children(eid)
        below = {parse_address(child.eid).steps[-1].element for child in children}
        for element in ("para", "subpara", "point"):
            if element in below:
                return f" 각 {_UNIT_NAMES[element]} 외의 부분"
        if below != {"sub"}:
            return ""
        labels = [one.label for one in children]
        if len(labels) < 3:
            return f"{' 및 '.join(labels)} 외의 부분"
        return f"{labels[0]}부터 {labels[-1]}까지 외의 부분"

    def _gives(self, sentence: str, eid: str, new: str) -> bool:
        """Whether the sentence, applied to the draft, gives the proposed wording and leaves all other clauses."""
        applied = apply(self._draft, parse_sentences(sentence))
        if applied.not_applied or not parse_sentences(sentence).instructions:
            return False
        clause = applied.draft.by_eid.get(eid)
        if clause is None or _letters(clause.text_ko or "") != _letters(new):
            return False
        return all(one == self._draft.by_eid.get(one.eid) for one in applied.draft.clauses if one is not clause)

    def _whole(self, clause: Clause, new: str) -> str:
        """다음과 같이 한다, with the new words below."""
        name = self._name(clause.eid)
        if parse_address(clause.eid).steps[-1].element not in _ELEMENTS:
            return f"{_object(name)} 다음과 같이 한다.\n\n{_indent(new)}"
        text, below = read_plain(new.split("\n"))
        if not below and (intro := self._intro(clause.eid)):
            words = "\n".join(f"  {line.strip()}" for line in text.split("\n"))
            return f"{_object(name + intro)} 다음과 같이 한다.\n\n{words}"
        return f"{_object(name)} 다음과 같이 한다.\n\n{_block(clause, text, below)}"

    # ----------------------------------------------------------------------- an article whose words stand in paragraphs

    def _article_in_lines(self, article: Clause, old: str, new: str) -> str:
        """Its lines with their numbers were the text that the filer changed: where a line stays in its place, only that
        paragraph is amended."""
        below = [one for one in self._draft.subtree(article.eid) if one.eid != article.eid and one.text("ko")]
        old_lines = [f"{one.label} {one.text('ko')}" for one in below]
        new_lines = _lines_like(new, old_lines)
        if new_lines is not None:
            changed = [(one, line) for one, before, line in zip(below, old_lines, new_lines, strict=True)
                       if _letters(before) != _letters(line)]  # fmt: skip
            if len(changed) == 1:
                clause, line = changed[0]
                proposal = Proposal(Form.FULL_TEXT, "ko", _without_number(line, clause))
                return self._change(clause.eid, proposal)
        head = f"{article.label}({article.heading_ko})" if article.heading_ko else article.label
        stripped = re.sub(r"^제[0-9]+조(?:의[0-9]+)?\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?\s*", "", new)
        given = new[: len(new) - len(stripped)].strip()
        lines = [line.strip() for line in stripped.split("\n") if line.strip()]
        body = "\n".join([f"{given or head} {lines[0]}", *(_indented(line) for line in lines[1:])])
        return f"{_object(self._name(article.eid))} 다음과 같이 한다.\n\n{body}"


# ------------------------------------------------------------------------------------------------------------ new
# clauses


class _NewClause:
    """신설한다: the number of the new clause, and what happens to those behind it."""

    def __init__(self, draft: Draft, prefix: str) -> None:
        self._draft, self._prefix = draft, prefix

    def write(self, after: Address, text: str) -> str:
        text = unicodedata.normalize("NFC", text).strip()
        clause = self._draft.by_eid[after.eid]
        element = after.steps[-1].element
        given = _given_element(text)
        if given is not None and _depth(given) > _depth(element) >= 0:
            return self._under(clause, given, text)
        if element in ("preamble", "addenda"):
            return f"{self._prefix}{after.spoken('ko')} 다음에 다음과 같이 신설한다.\n\n{_indent(text)}"
        peers = self._peers(clause)
        place = peers.index(clause)
        following = peers[place + 1 :]
        step = after.steps[-1]
        if step.element == "sub" and (step.lettered or after.steps[-2].element != "point"):
            step, following = parse_address(peers[-1].eid).steps[-1], []  # no sentence moves them: it comes last
        pieces = _pieces(step.element, text)
        steps = [parse_address(one.eid).steps[-1] for one in following]
        new, moved = _numbered(step, steps, len(pieces))
        return self._sentence(after.steps[:-1], new, moved, pieces, is_last=not following)

    def _under(self, clause: Clause, element: str, text: str) -> str:
        """The number that the filer wrote is of a deeper sort: the new clause goes under this one, at its end."""
        address = parse_address(clause.eid)
        children = [parse_address(one.eid).steps[-1] for one in self._draft.children(clause.eid)]
        steps = [step for step in children if step.element == element]
        last = max((step.number for step in steps), default=0)
        pieces = _pieces(element, text)
        new = [Step(element, last + number, 0, element == "point") for number in range(1, len(pieces) + 1)]
        if element == "para" and not steps and clause.text("ko"):
            name = f"{self._prefix}{address.spoken('ko')}"
            block = _numbered_block([Step("para", 2)], _pieces("para", text)[:1])
            return f"{name} 제목 외의 부분을 제1항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n\n{block}"
        return self._sentence(address.steps, new, [], pieces, is_last=True)

    def _peers(self, clause: Clause) -> list[Clause]:
        if clause.kind is Kind.ARTICLE and clause.is_main_text:
            return [one for one in self._draft.clauses if one.kind is Kind.ARTICLE and one.is_main_text]
        return [one for one in self._draft.children(clause.parent) if one.kind is clause.kind]

    def _sentence(self, above: tuple[Step, ...], new: Sequence[Step], moved: Sequence[tuple[Step, Step]],
                  pieces: Sequence[Piece], *, is_last: bool) -> str:  # fmt: skip
        block = _numbered_block(new, pieces)
        each = "각각 " if len(new) > 1 else ""
        if not above:
            where = self._chapter_at_end(new[0], is_last)
            renumbering = self._renumbering("", moved)
            name = _object(self._first(_range(new), renumbering, where))
            return f"{renumbering}{where}{name} {each}다음과 같이 신설한다.\n\n{block}"
        parent = Address(above)
        if new[0].element == "sub" and (new[0].lettered or above[-1].element != "point"):
            name = self._prefix + Address((*above, new[0])).spoken("ko")
            return f"{_object(name)} 다음과 같이 신설한다.\n\n{block}"
        renumbering = self._renumbering(parent.spoken("ko"), moved)
        place = _same(parent.eid) if renumbering else self._prefix + parent.spoken("ko")
        return f"{renumbering}{place}에 {_object(_range(new))} {each}다음과 같이 신설한다.\n\n{block}"

    def _first(self, name: str, renumbering: str, where: str) -> str:
        return name if renumbering or where else self._prefix + name

    def _chapter_at_end(self, step: Step, is_last: bool) -> str:
        """제3장에: at the end of a chapter the number alone does not say which chapter the article is of."""
        if step.element != "art" or is_last:
            return ""
        articles = [one for one in self._draft.clauses if one.kind is Kind.ARTICLE and one.is_main_text]
        before = [one for one in articles if _pair(parse_address(one.eid).steps[-1]) < _pair(step)]
        behind = [one for one in articles if _pair(parse_address(one.eid).steps[-1]) > _pair(step)]
        if not before or not behind or before[-1].parent == behind[0].parent or before[-1].parent is None:
            return ""
        return f"{self._prefix}{parse_address(before[-1].parent).spoken('ko')}에 "

    def _renumbering(self, parent: str, moved: Sequence[tuple[Step, Step]]) -> str:
        if not moved:
            return ""
        old, new = [one for one, _ in moved], [one for _, one in moved]
        name = self._prefix + parent
        each = "각각 " if len(moved) > 1 else ""
        return f"{_object(name + _range(old))} {each}{_to(_range(new))} 하고, "


def _numbered(after: Step, following: Sequence[Step], count: int) -> tuple[list[Step], list[tuple[Step, Step]]]:
    """The numbers of so many clauses behind `after`, and the new numbers of those behind it that make room."""
    element, lettered = after.element, after.lettered
    if not following or element in ("para", "point", "sub"):
        new = [Step(element, after.number + number, 0, lettered) for number in range(1, count + 1)]
        return new, _moved(following, [(step.number + count, 0) for step in following], new[-1])
    first = after.branch + 1 if after.branch else 2
    new = [Step(element, after.number, first + number, lettered) for number in range(count)]
    return new, _moved(following, [(step.number, step.branch + count) for step in following], new[-1])


def _moved(following: Sequence[Step], to: Sequence[tuple[int, int]], last: Step) -> list[tuple[Step, Step]]:
    """Those that stand on a number that is taken, one pushing the next."""
    found: list[tuple[Step, Step]] = []
    taken = _pair(last)
    for step, number in zip(following, to, strict=True):
        if _pair(step) > taken:
            break
        taken = number
        found.append((step, Step(step.element, *number, step.lettered)))
    return found


def _range(steps: Sequence[Step]) -> str:
    """제3항; 제3항 및 제4항; 제3항부터 제7항까지."""
    names = [_unit(step) for step in steps]
    if len(names) == 1:
        return names[0]
    return f"{names[0]} 및 {names[1]}" if len(names) == 2 else f"{names[0]}부터 {names[-1]}까지"


def _unit(step: Step) -> str:
    """제3항, 나목, 3)."""
    if step.element == "sub":
        name = numbering.item_syllable(step.number) if step.lettered else str(step.number)
        return numbering.subitem_label(name, False, step.branch)
    return spoken.say((step,), False, "ko")


def _same(eid: str) -> str:
    """같은 조, 같은 항 …: the clause just named, once more."""
    return f"같은 {_UNIT_NAMES.get(parse_address(eid).steps[-1].element, '표')}"


def _pair(step: Step) -> tuple[int, int]:
    return step.number, step.branch


# ------------------------------------------------------------------------------------------------------------------
# text


def _quoted(words: str, consonant: str, vowel: str) -> str:
    """The words in quotation marks, with the particle that they ask for: the marks are silent."""
    return f'"{words}"{particle(words, consonant, vowel).removeprefix(words)}'


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _letters(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _listed(place: str, said: Sequence[str]) -> str:
    """제3조 중 "A"를 "B"로, "C"를 "D"로; a deletion among them is 삭제하고."""
    pieces = []
    for one, following in itertools.zip_longest(said, said[1:]):
        if following is None:
            pieces.append(one)
        elif one.endswith("삭제"):
            pieces.append(f"{one}하고, ")
        elif following.endswith("삭제"):
            pieces.append(f"{one} 하고, ")
        else:
            pieces.append(f"{one}, ")
    return place + "".join(pieces)


def _joined(sentences: Sequence[str]) -> str:
    """하고, 하며, 하고 … by turns, and 한다 at the end."""
    said = ""
    for number, sentence in enumerate(sentences):
        space = "" if sentence.endswith("삭제") else " "
        if number == len(sentences) - 1:
            said += f"{sentence}{space}한다."
        else:
            said += f"{sentence}{space}{'하며' if number % 2 else '하고'}, "
    return said


def _grown_all(text: str, spots: Iterable[_Spot]) -> list[_Spot]:
    """Each spot grown by whole words until its words stand once in the part of the clause; those that meet are one."""
    found: list[_Spot] = []
    for spot in spots:
        grown = _grown(text, spot)
        while found and found[-1].end >= grown.start:
            last = found.pop()
            grown = _merged(text, last, grown)
            grown = _grown(text, grown)
        found.append(grown)
    return found


def _merged(text: str, first: _Spot, second: _Spot) -> _Spot:
    """Two spots that touch: what stands between them (or in both) once."""
    if first.end <= second.start:
        between = text[first.end : second.start]
        return _Spot(first.start, second.end, first.new + between + second.new)
    overlap = first.end - second.start  # the second grew to the left over words that the first keeps as they are
    shared = text[second.start : first.end]
    if second.new.startswith(shared):
        return _Spot(first.start, max(first.end, second.end), first.new + second.new[overlap:])
    if first.new.endswith(shared):
        return _Spot(first.start, max(first.end, second.end), first.new[:-overlap] + second.new)
    return _Spot(first.start, max(first.end, second.end), first.new + second.new)


def _grown(text: str, spot: _Spot) -> _Spot:
    part = fragments.part_of(text, spot.start, spot.end)
    low, high = (fragments.find(text, part) or (0, len(text))) if part else (0, len(text))
    start, end, new = spot.start, spot.end, spot.new
    if not text[start:end].strip():
        start, end, new = _anchored(text, start, end, new, low, high)
    # The space at an edge goes with neither side.
    while start < end and text[start].isspace() and new[:1].isspace():
        start, new = start + 1, new[1:]
    while start < end and text[end - 1].isspace() and new[-1:].isspace():
        end, new = end - 1, new[:-1]
    if new and (
        new[:1].isspace() or new[-1:].isspace() or (start < end and (text[start].isspace() or text[end - 1].isspace()))
    ):
        start, end, new = _to_words(text, start, end, new, low, high)
    start, end, new = _rounded(text, start, end, new, high)
    turn = 0
    while len(occurrences(text[low:high], text[start:end])) > 1 and (start > low or end < high):
        if (turn % 2 == 0 and start > low) or end >= high:
            begin = _word_before(text, start, low)
            start, new = begin, text[begin:start] + new
        else:
            stop = _word_behind(text, end, high)
            end, new = stop, new + text[end:stop]
        turn += 1
    return _Spot(start, end, new)


def _rounded(text: str, start: int, end: int, new: str, high: int) -> tuple[int, int, str]:
    """A full stop that stays is not quoted; a number is quoted with its unit: "3년간", not "3"."""
    if new.endswith(".") and text[start:end].endswith(".") and end - start > 1 and len(new) > 1:
        return start, end - 1, new[:-1]
    if text[start:end][-1:].isdigit() and new[-1:].isdigit() and (unit := _UNIT.match(text, end, high)):
        return start, unit.end(), new + unit[0]
    return start, end, new


def _anchored(text: str, start: int, end: int, new: str, low: int, high: int) -> tuple[int, int, str]:
    """What is only inserted is quoted with the word before it, or the one behind."""
    if start > low:
        begin = _word_before(text, start, low)
        return begin, end, text[begin:start] + new
    stop = _word_behind(text, end, high)
    return start, stop, new + text[end:stop]


def _to_words(text: str, start: int, end: int, new: str, low: int, high: int) -> tuple[int, int, str]:
    """A spot whose edge is a space takes in the word beyond it."""
    if (new[:1].isspace() or text[start : start + 1].isspace()) and start > low:
        begin = _word_before(text, start, low)
        start, new = begin, text[begin:start] + new
    if (new[-1:].isspace() or text[end - 1 : end].isspace()) and end < high:
        stop = _word_behind(text, end, high)
        end, new = stop, new + text[end:stop]
    return start, end, new


def _word_before(text: str, place: int, low: int) -> int:
    """Where the word before a place begins; of a word that the place cuts, its beginning."""
    place -= 1
    while place > low and text[place].isspace():
        place -= 1
    while place > low and not text[place - 1].isspace():
        place -= 1
    return place


def _word_behind(text: str, place: int, high: int) -> int:
    while place < high and text[place].isspace():
        place += 1
    while place < high and not text[place].isspace():
        place += 1
    return place


# ----------------------------------------------------------------------------------------------------------------
# blocks

_INDENT: Final = {"para": "  ", "subpara": "  ", "point": "    ", "sub": "      "}
_ELEMENTS: Final = ("art", "para", "subpara", "point", "sub")


def _depth(element: str) -> int:
    return _ELEMENTS.index(element) if element in _ELEMENTS else -1


def _given_element(text: str) -> str | None:
    """The sort of clause whose number the text begins with; None where it has none."""
    first = text.split("\n")[0].strip()
    for element in _ELEMENTS:
        if read_pieces([first], element) is not None:
            return element
    return None


def _without_number(text: str, clause: Clause) -> str:
    """The text without the clause's own number (and heading), which people write with it."""
    step = parse_address(clause.eid).steps[-1]
    first, _, rest = text.partition("\n")
    pieces = read_pieces([first.strip()], step.element) if step.element in _ELEMENTS else None
    if pieces and pieces[0].step == step and not pieces[0].below:
        return f"{pieces[0].text}\n{rest}".strip() if rest else pieces[0].text
    return text


#: 제○조(…): the number left open.
_OPEN_NUMBER: Final = re.compile(r"^제\s*[○◯Oㅇ_ ]+\s*조(?:의\s*[○◯Oㅇ_0-9]+)?(?=\s*\()")


def _pieces(element: str, text: str) -> list[Piece]:
    """The new clauses that the filer wrote: one, or as many as begin with a number of this sort."""
    if element == "art":
        text = _OPEN_NUMBER.sub("제1조", text)
    found = read_pieces(text.split("\n"), element) if element in _ELEMENTS else None
    if found:
        return found
    plain, below = read_plain(text.split("\n"))
    return [Piece(Step(element, 1), None, plain, below)]


def _numbered_block(steps: Sequence[Step], pieces: Sequence[Piece]) -> str:
    """New words under their numbers, in the ministry's indentation; a number that the filer gave is replaced."""
    lines: list[str] = []
    for step, piece in zip(steps, pieces, strict=True):
        piece.step = step
        if lines and step.element == "art":
            lines.append("")
        lines += _printed(piece, ())
    return "\n".join(lines)


def _block(clause: Clause, text: str, below: Sequence[Piece]) -> str:
    step = parse_address(clause.eid).steps[-1]
    piece = Piece(step, clause.heading_ko, text, list(below))
    return "\n".join(_printed(piece, parse_address(clause.eid).steps[:-1]))


def _printed(piece: Piece, above: tuple[Step, ...]) -> list[str]:
    steps = (*above, piece.step)
    label = spoken.label(steps)
    if piece.step.element == "art":
        head = f"{label}({piece.heading})" if piece.heading else label
        first = f"{head} {piece.text}".rstrip() if piece.text else head
        lines = [line for below in piece.below for line in _printed(below, steps)]
        if not piece.text and lines and piece.below[0].step.element == "para":
            return [f"{first} {lines[0].strip()}", *lines[1:]]
        return [first, *lines]
    indent = _INDENT.get(piece.step.element, "")
    text = piece.text.split("\n")
    lines = [f"{indent}{label} {text[0]}", *(f"{indent}{line.strip()}" for line in text[1:])]
    return lines + [line for below in piece.below for line in _printed(below, steps)]


def _indented(line: str) -> str:
    element = _given_element(line)
    return f"{_INDENT.get(element or '', '  ')}{line}"


def _indent(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.split("\n") if line.strip())


def _lines_like(new: str, old_lines: Sequence[str]) -> list[str] | None:
    """The new text cut into as many pieces as the old had, each beginning with the same number; None where it
    cannot."""
    lines = new.split("\n")
    found: list[str] = []
    place = 0
    for number, old in enumerate(old_lines):
        label = old.split(" ", 1)[0]
        if place >= len(lines) or lines[place].split(" ", 1)[0] != label:
            return None
        taken = [lines[place]]
        place += 1
        following = old_lines[number + 1].split(" ", 1)[0] if number + 1 < len(old_lines) else None
        while place < len(lines) and lines[place].split(" ", 1)[0] != following:
            taken.append(lines[place])
            place += 1
        found.append("\n".join(taken))
    return found if place == len(lines) else None


# ---------------------------------------------------------------------------------------------------------------
# English


def _english(draft: Draft, eid: str, proposal: Proposal) -> str:
    """The same in English, for a wording in English."""
    address = parse_address(eid)
    text = proposal.text.strip()
    if eid == WHOLE_DRAFT:
        return f"The draft is to be amended to the following effect:\n\n{_indent(text)}"
    name = _of_draft(address.clause.spoken("en"))
    match proposal.form:
        case Form.INSTRUCTION:
            place = (
                f"After {name}, a provision is to be inserted"
                if address.after
                else f"{_capital(name)} is to be amended"
            )
            return f"{place} to the following effect:\n\n{_indent(text)}"
        case Form.NEW_CLAUSE:
            return f"After {name}, the following is inserted:\n\n{_indent(text)}"
        case Form.DELETION:
            return f"{_capital(name)} is deleted."
        case Form.FRAGMENT:
            return _english_fragment(draft, eid, name, proposal)
    if draft.by_eid[eid].kind in HEADINGS:
        return f"The heading of {name} is replaced by “{_one_line(text)}”."
    return f"{_capital(name)} is replaced by the following:\n\n{_indent(text)}"


def _english_fragment(draft: Draft, eid: str, name: str, proposal: Proposal) -> str:
    old = clause_text(draft, eid, "en") or ""
    start, end = occurrences(old, proposal.old_words)[(proposal.occurrence or 1) - 1]
    spot = _Spot(start, end, _one_line(proposal.text))
    if spot.new or len(occurrences(old, old[start:end])) > 1:
        spot = _grown(old, spot)
    words, new = _one_line(old[spot.start : spot.end]), _one_line(spot.new)
    if not new:
        return f"In {name}, “{words}” is deleted."
    return f"In {name}, “{words}” is replaced by “{new}”."


def _of_draft(name: str) -> str:
    return f"the {name}" if name.startswith(("Preamble", "Addenda")) else name


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
