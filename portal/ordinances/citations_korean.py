"""Finds citations in Korean: 제12조의2제3항, 12조의2③, 같은 조 제2항, 제1항부터 제3항까지, 법 제4조 및 제5조, 「…법」
제3조.

Read from left to right, for what a citation means depends on those before it: 같은 조 is the article last named, and
in a list (제3조제1항 및 제2항) what is not said is taken from the one before. What only looks like a citation is
passed over: numbers of promulgation (법률 제1234호), sums (3조 원), 다음 각 호.
"""

from __future__ import annotations

import re
from typing import Final

from portal.ordinances import numbering
from portal.ordinances.korean_words import words
from portal.ordinances.references import Citation, Relative, Scope, antecedent, parts_to
from portal.ordinances.steps import HEADINGS, UNITS, Step

# ------------------------------------------------------------------------------------------------------------ the words

_N: Final = r"[1-9][0-9]{0,4}"
#: 의2 is a branch number; 의 2분의 1, 의 3배 is none.
_COUNTED: Final = "분의|배|개|명|인|년|월|일|회|층|퍼센트|%|제곱|미터|억|천|만|원|할|차"
_BRANCH: Final = rf"(?:의 ?([1-9][0-9]?)(?![0-9]|[.,][0-9]| ?(?:{_COUNTED})))?"
_CIRCLED: Final = f"[{numbering.CIRCLED}]"
_SYLLABLES: Final = "".join(numbering.ITEM_SYLLABLES[:42])

_HEADING: Final = re.compile(
    rf"제 ?({_N}) ?(편|장|절|관)(?:의([1-9][0-9]?))?"
    r"(?=[^가-힣]|$|제[0-9]|에|의|은|는|을|를|과|와|부터|까지|이|중|로|으로|각|단서|본문)"
)
_ARTICLE: Final = re.compile(rf"제 ?({_N}) ?조(?!례|정|치|직|합|사|항|건|약){_BRANCH}")
#: Without 제 only where what follows leaves no doubt: 12조의2, 12조 3항, 12조에서; not 3조 원, 2조 5천억.
_LOOSE_ARTICLE: Final = re.compile(
    rf"(?<![0-9.,~∼제第])(?<![제] )({_N})조(?:의 ?([1-9][0-9]?)(?=[^0-9]|$)"
    rf"|(?= ?(?:제 ?{_N} ?항|{_N}항|{_CIRCLED}|제 ?{_N} ?호)"
    r"|\(|에서|에 |에는|에도|에 따|의 |은 |는 |를 |을 |와 |가 |및|,|\.|$))"
)
_PARAGRAPH: Final = re.compile(rf"제 ?({_N}) ?항(?!공|만|로|해|암|생|목|구|의서)")
_LOOSE_PARAGRAPH: Final = re.compile(rf"({_N})항(?!공|만[^ ]|로|해|암|생|목)|({_CIRCLED})항?")
_SUBPARAGRAPH: Final = re.compile(rf"제 ?({_N}) ?호(?!서식|선|기|봉){_BRANCH}(?! ?서식)")
_LOOSE_SUBPARAGRAPH: Final = re.compile(rf"({_N})호(?!서식|선|기|봉){_BRANCH}(?! ?서식)")
_ITEM: Final = re.compile(rf"([{_SYLLABLES}]) ?목(?!적|표|록|차|재|욕|숨|격|재)(?:의([1-9][0-9]?))?")
#: An item by itself (가목부터 다목까지) only where no word of that sound is meant.
_LONE_ITEM: Final = re.compile(
    r"(?<![가-힣0-9])([가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허])목"
    r"(?=[^가-힣]|에|의|은|을|과|이|으로|부터|까지|및|또는|중|단서|본문|외|$)"
)
_SUBITEM: Final = re.compile(rf" ?(\()?(?:({_N})|([{_SYLLABLES[:14]}]))\)")
_ANNEX: Final = re.compile(rf"별표(?: ?({_N})(?:의([1-9][0-9]?))?(?![0-9]*[호항조]))?(?![가-힣]*별로)")
_FORM: Final = re.compile(rf"별지(?: ?제 ?({_N}) ?호(?:의([1-9][0-9]?))? ?서식| ?서식)")
_ADDENDA: Final = re.compile(
    rf"부칙(?: ?<(?:제|법률 제|대통령령 제)({_N})호[^>]{{0,40}}>)?(?:\([^()]{{1,160}}\) ?(?=제))?"
    r"(?= ?제 ?[0-9]+ ?[조항]| 단서| 본문)"
)

_FRAGMENT: Final = re.compile(
    r" ?(?:(각 ?[호목] 외의 부분)|(각 ?[호목])(?! 외)|(제목 외의 부분)|(?:의 )?(제목)(?! 외))?"
    r"(?: ?(본문|단서|전단|후단))?"
)
_FRAGMENTS: Final = {"본문": "main", "단서": "proviso", "전단": "s1", "후단": "s2"}

_RIGHT: Final = (
    r"(?=[^가-힣]|$|제[0-9]|에|의|은|는|을|를|이|가|과|와|로|으로|부터|까지|및|또는|중|단서|본문|전단|후단|각|시행)"
)
_LEFT: Final = r"(?<![가-힣0-9])"

#: Everything that a citation can begin with.
_TOKEN: Final = re.compile(
    r"(?P<name>「[^「」]{1,160}」)"
    rf"|(?P<promulgated>{_LEFT}(?:법률|대통령령|총리령|[가-힣]{{2,14}}부령|[가-힣]{{0,10}}(?:훈령|예규|고시|공고|조례|규칙|령))"
    r" ?제 ?[0-9][0-9,]*(?:-[0-9]+)? ?호(?!의| ?[가-하]목|에 따|를|나|서식))"
    rf"|(?P<same>{_LEFT}(?:같은 |동(?=법|조|항|호|목|영|규칙))"
    rf"(?P<same_word>법률?(?: 시행령| 시행규칙)?|영|규칙|규정|조례|조|항|호|목|표|부칙|장|절|관|편){_RIGHT})"
    # Behind a bracket or a quotation 이 is a particle: 정하는 자(…)이 법 제3조에 따라.
    rf"|(?P<this>(?<![가-힣0-9)\]”\"」])(?:이 |본(?=[법조항호장절영]))"
    rf"(?P<this_word>법률?|영|규칙|규정|조례|헌법|조|항|호|목|장|절|관|편){_RIGHT})"
    rf"|(?P<before>{_LEFT}전(?P<count>[2-9])?(?P<before_word>[조항호])(?=[^가-힣]|$|제|의|에|을|를|과|와|및))"
    rf"|(?P<former>{_LEFT}종전(?:의)? ?(?=제|「|별표|부칙|별지|법 제|영 제|[가-하]목))"
    r"|(?P<draft>(?<![가-힣])"
    r"(?:[가-힣]{0,12}(?:시행령|시행규칙|개정|제정|예고|법률|규칙|고시|규정|조례|법))? ?\(?안\)? ?"
    r"(?=제? ?[0-9]+ ?[조장편절관]|별표|별지|부칙))"
    rf"|(?P<law>{_LEFT}(?:법|영|규칙|시행령|시행규칙) ?(?=제 ?{_N} ?[조장편]|{_N}조|별표|별지 ?(?:제|서식)|부칙 ?제))"
    rf"|(?P<unquoted>(?<![가-힣ㆍ·])[가-힣ㆍ·]{{0,40}}(?:법|법률|시행령|시행규칙|규정|규칙|조례|령) ?"
    rf"(?=제 ?{_N} ?[조장편]|별표|별지 ?(?:제|서식)|부칙 ?제))"
    rf"|(?P<units>제 ?{_N} ?(?:편|장|절|관|조|항|호)|별표|별지(?= ?서식| ?제)"
    rf"|부칙(?= ?제 ?[0-9]+ ?[조항]| ?<| 단서| 본문|\([^()]{{1,160}}\) ?제)"
    rf"|(?<![0-9.,])[1-9][0-9]{{0,3}}조|{_LONE_ITEM.pattern})"
    r"|(?P<subitem>(?<![0-9가-힣)])[1-9][0-9]?\)(?=부터|까지| 및|,|을|를|으로|로|에|의|은|는))"
)
#: Words that end like the name of a law and are none.
_NO_LAW: Final = words("""
    방법 기법 수법 용법 처벌법 불법 적법 합법 입법 사법 준법 위법 문법 어법 공법 화법 비법 요법
    명령 수령 법령 발령 점령 연령 대령 소령 중령 사령 부령 훈령 개정규정 규정 준용규정 해당규정
""")
#: The law that a number of promulgation is of: 법률 제1234호 건축법 일부개정법률 부칙 제3조.
_PROMULGATED_LAW: Final = re.compile(
    r"[^.,()「」\n]{0,80}?(?:개정법률|개정령|제정령|시행령|시행규칙|규정|규칙|법률|법)"
    r"(?= ?(?:부칙|별표|별지|제[0-9]))(?: ?\([^()]{0,120}\) ?)? ?"
)

#: Between the name of a law and what is cited of it.
_AFTER_LAW: Final = re.compile(r" ?(?:\((?:[^()]|\([^()]*\)){0,200}\) ?)?")
#: Between two members of a list: what they have in common may stand with the first only.
_LIST: Final = re.compile(
    r"(?:까지)?(?:\((?:[^()]|\([^()]*\)){0,300}\))?(?:의)?"
    r" ?(?:,|ㆍ|·|‧|ᆞ|및|또는|이나|나|과|와|이거나)? ?(?:및|또는|그리고)? ?(?:각각 )?"
)
_JOINS: Final = re.compile(r",|ㆍ|·|‧|ᆞ|및|또는|나|과|와")
#: Inside an annex: 별표 1 비고 제3호, 별표 15 위반 건축물란의 제1호.
_IN_ANNEX: Final = re.compile(r" ?[가-힣0-9()ㆍ ]{0,30}(?:란|비고)(?:의| 중)? ?")
#: A bracket behind a citation that takes a part of it in or out: 제27조(제5항은 제외한다).
_EXCEPTING: Final = re.compile(r"[^()]{0,80}(?:제외|한정|해당)")
_APPLIED: Final = re.compile(r"(?:에 따라|에서|에 의하여) 준용[하되]")
#: The words of the law cited are quoted: 법 제3조에서 "제5조에 따른 …"이란.
_QUOTING: Final = re.compile(r"(?:에서|의|에 따른|중)? ?")
_RANGE: Final = re.compile(r" ?(?:부터|내지|에서|~|∼|～|-|–) ?")
#: Between the units of one citation: 제12조의2 제3항, 별표 1의 제4호.
_GAP: Final = re.compile(r"의 ?(?=제 ?[0-9]+ ?[항호])| ?")
#: 1)을 각각 2)로: between an old number and the new one.
_BECOMES: Final = re.compile(r"(?:을|를) (?:각각 )?")
_UNTIL: Final = re.compile(r" ?까지")

_ELEMENTS: Final = {"편": "part", "장": "chp", "절": "sec", "관": "subsec", "조": "art", "항": "para", "호": "subpara",
                    "목": "point", "표": "tbl", "부칙": "addenda"}  # fmt: skip
_LAWS: Final = {"법": Scope.ACT, "영": Scope.DECREE, "시행령": Scope.DECREE, "규칙": Scope.RULE, "시행규칙": Scope.RULE}
_ORDER: Final = (*UNITS, "sub")
#: No sentence goes further back.
_MOST_BACK: Final = 60


def find(text: str) -> list[Citation]:
    """What a Korean text cites, in its order."""
    return _Finder(text).find()


class _Finder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Citation] = []

    def find(self) -> list[Citation]:
        place = 0
        while match := _TOKEN.search(self._text, place):
            place = max(self._take(match), match.start() + 1)
        return self._found

    def _take(self, match: re.Match[str]) -> int:
        """Reads what begins here; the place behind it."""
        start, end = match.start(), match.end()
        if match["promulgated"]:
            return self._promulgated(start, end)
        if match["former"]:
            return self._former(end, start)
        if match["name"]:
            return self._of_law(start, end, Scope.NAMED, match["name"][1:-1].strip(), bare=True)
        if match["same"]:
            return self._same(match)
        if match["this"]:
            return self._this(match)
        if match["before"]:
            relative = Relative("before", _ELEMENTS[match["before_word"]], int(match["count"] or 1))
            return self._units(start, end, Scope.THIS, None, relative=relative)
        if match["draft"]:
            return self._of_law(start, end, Scope.THIS, None, bare=False)
        if match["law"]:
            return self._of_law(start, end, _LAWS[match["law"].strip()], None, bare=False)
        if match["unquoted"]:
            return self._unquoted(match)
        if match["subitem"]:
            return self._lone_subitem(start, end)
        return self._units(start, start, Scope.THIS, None)

    # ------------------------------------------------------------------------------------------ what stands in front

    def _promulgated(self, start: int, end: int) -> int:
        """법률 제1234호 …법 일부개정법률 부칙 제3조: of another law; the number is none of a subparagraph."""
        if match := _PROMULGATED_LAW.match(self._text, end):
            return self._of_law(start, match.end(), Scope.NAMED, self._text[start : match.end()].strip(), bare=False)
        return end

    def _former(self, place: int, start: int) -> int:
        match = _TOKEN.match(self._text, place)
        if match is None:
            return place
        before = len(self._found)
        end = self._take(match)
        for number in range(before, len(self._found)):
            one = self._found[number]
            scope = Scope.FORMER if one.scope is Scope.THIS else one.scope
            first = start if number == before else one.start
            self._found[number] = _changed(one, start=first, words=self._text[first : one.end], scope=scope)
        return end

    def _of_law(self, start: int, end: int, scope: Scope, law: str | None, *, bare: bool) -> int:
        gap = _AFTER_LAW.match(self._text, end)
        place = gap.end() if gap else end
        if self._begins_units(place):
            return self._units(start, place, scope, law)
        if bare:
            self._keep(start, end, scope, law, ())
        return end

    def _begins_units(self, place: int) -> bool:
        match = _TOKEN.match(self._text, place)
        return match is not None and match["units"] is not None

    def _unquoted(self, match: re.Match[str]) -> int:
        name = match["unquoted"].strip()
        if name in _NO_LAW or name.endswith(("방법", "입법", "법령", "명령", "개정규정")) or len(name) < 2:
            return match.end()
        if name in ("이법", "이영"):
            return self._of_law(match.start(), match.end(), Scope.THIS, None, bare=False)
        return self._of_law(match.start(), match.end(), Scope.NAMED, name, bare=False)

    def _same(self, match: re.Match[str]) -> int:
        start, end, word = match.start(), match.end(), match["same_word"]
        if word not in _ELEMENTS:
            return self._same_law(start, end, word)
        element = _ELEMENTS[word]
        earlier = antecedent(self._recent(), element)
        if earlier is None:
            return self._units(start, end, Scope.THIS, None, relative=Relative("same", element))
        context = parts_to(earlier.parts, element)
        return self._units(start, end, earlier.scope, earlier.law, context=context, kept=True)

    def _recent(self) -> list[Citation]:
        """Those that a word like 같은 may go back to."""
        return [one for one in self._found[-_MOST_BACK:] if not self._is_aside(one)]

    def _is_aside(self, citation: Citation) -> bool:
        """제5항(종전의 제4항): what it was before is said by the way, and 같은 항 is not that."""
        return citation.scope is Scope.FORMER and self._text[citation.start - 1 : citation.start] in ("(", "[")

    def _same_law(self, start: int, end: int, word: str) -> int:
        laws = [one for one in self._found[-_MOST_BACK:] if one.scope not in (Scope.THIS, Scope.FORMER)]
        if word.startswith("법"):
            laws = [one for one in laws if one.scope is Scope.ACT or (one.law or "").endswith(("법", "법률"))] or laws
        earlier = laws[-1] if laws else None
        scope, law = (earlier.scope, earlier.law) if earlier else (Scope.NAMED, f"같은 {word}")
        if word.endswith(("시행령", "시행규칙")):
            below = Scope.DECREE if word.endswith("시행령") else Scope.RULE
            scope, law = (below, None) if scope is Scope.ACT else (Scope.NAMED, f"{law} {word.split()[-1]}")
        return self._of_law(start, end, scope, law, bare=True)

    def _this(self, match: re.Match[str]) -> int:
        start, end, word = match.start(), match.end(), match["this_word"]
        if word in _ELEMENTS:
            return self._units(start, end, Scope.THIS, None, relative=Relative("this", _ELEMENTS[word]))
        return self._of_law(start, end, Scope.THIS, None, bare=True)

    # ------------------------------------------------------------------------------------------------------- the units

    def _units(self, start: int, place: int, scope: Scope, law: str | None, *, relative: Relative | None = None,
               context: tuple[Step, ...] = (), kept: bool = False) -> int:  # fmt: skip
        """One citation, and the range that it may begin."""
        above = context[-1] if context else Step(relative.element) if relative else None
        own, end = self._chain(place, above)
        fragment, end = self._fragment(end)
        if not own and not kept and relative is None:
            return place + 1
        if not (kept or relative or start != place):
            before = self._bracketed(start, end, own) or self._quoted(start, own)
            if before is not None:
                taken = _above(before.parts, own[0].element)
                return self._keep(start, end, before.scope, before.law, (*taken, *own), fragment=fragment,
                                  taken=len(taken))  # fmt: skip
            joined = self._joined(start)
            if joined is not None:
                return self._member(joined, start, end, own, fragment)
        return self._keep(start, end, scope, law, (*context, *own), relative=relative, fragment=fragment)

    def _member(self, before: Citation, start: int, end: int, own: tuple[Step, ...], fragment: str | None) -> int:
        """A further member of a list, or the end of a range: what it does not say, the one before says."""
        between = self._text[before.end : start]
        taken = _above(before.until or before.parts, own[0].element)
        parts = (*taken, *own)
        if _RANGE.fullmatch(between) and before.until is None and self._found[-1] is before:
            until = _UNTIL.match(self._text, end)
            end = until.end() if until else end
            self._found[-1] = _changed(before, end=end, words=self._text[before.start : end], until=parts)
            return end
        if before.relative is not None and not before.parts and not taken:
            return self._keep(start, end, Scope.THIS, None, own, fragment=fragment)
        return self._keep(start, end, before.scope, before.law, parts, fragment=fragment, taken=len(taken))

    def _bracketed(self, start: int, end: int, own: tuple[Step, ...]) -> Citation | None:
        """제1항 각 호(제4호는 제외한다): a bracket that opens behind a citation speaks of its subparagraphs."""
        before = self._found[-1] if self._found else None
        if before is None or not before.parts or self._text[before.end : start] != "(":
            return None
        if own[0].element in ("subpara", "point"):
            return before
        if own[0].element == "art":  # 법 제25조제6항(제25조의2제4항에 따라 준용되는 경우를 포함한다)
            return before if _APPLIED.match(self._text, end) else None
        deeper = own[0].element == "para" and before.parts[-1].element == "art"
        return before if deeper and _EXCEPTING.match(self._text, end) else None

    def _quoted(self, start: int, own: tuple[Step, ...]) -> Citation | None:
        """법 제3조에서 "제5조에 따른 …"이란: what another law says, it says of itself."""
        opening = self._text.rfind('"', max(0, start - 200), start)
        if opening < 0 or '"' in self._text[opening + 1 : start]:
            return None
        for earlier in self._found[:-6:-1]:
            if earlier.end <= opening:
                of_other = earlier.parts and earlier.scope is not Scope.THIS
                return earlier if of_other and _QUOTING.fullmatch(self._text[earlier.end : opening]) else None
        return None

    def _lone_subitem(self, start: int, end: int) -> int:
        """2) by itself, where it can only go on from a sub-item or an item just named: 가목1) 및 2), 같은 목에 3)을."""
        before = self._found[-1] if self._found else None
        if before is None or not before.parts:
            return end
        between, last = self._text[before.end : start], before.parts[-1].element
        step = Step("sub", int(self._text[start : end - 1]))
        if last == "point" and between == "에 ":
            return self._keep(start, end, before.scope, before.law, (*before.parts, step), taken=len(before.parts))
        if last != "sub":
            return end
        parts = (*before.parts[:-1], step)
        if _RANGE.fullmatch(between) and before.until is None:
            until = _UNTIL.match(self._text, end)
            end = until.end() if until else end
            self._found[-1] = _changed(before, end=end, words=self._text[before.start : end], until=parts)
        elif (_JOINS.search(between) and _LIST.fullmatch(between)) or _BECOMES.fullmatch(between):
            self._keep(start, end, before.scope, before.law, parts, taken=len(parts) - 1)
        return end

    def _joined(self, start: int) -> Citation | None:
        """The citation that this one goes on from, with nothing between them but 및, a comma, 부터 …"""
        for earlier in self._found[:-12:-1]:
            between = self._text[earlier.end : start]
            if len(between) > 330:
                break
            if not earlier.parts and earlier.relative is None:
                continue
            is_list = _LIST.fullmatch(between) and _JOINS.search(between.rpartition(")")[2])
            in_annex = earlier.parts and earlier.parts[0].element in ("tbl", "form") and _IN_ANNEX.fullmatch(between)
            if is_list or in_annex or _RANGE.fullmatch(between):
                return earlier
        return None

    def _chain(self, place: int, above: Step | None) -> tuple[tuple[Step, ...], int]:
        """Units one behind the other, each deeper than the one before: 제2장제1절, 제12조의2 제3항, 12조 3항 1호
        가목."""
        steps: list[Step] = []
        while True:
            gap = _GAP.match(self._text, place) if steps or above else None
            found = self._unit(gap.end() if gap else place, steps[-1] if steps else above, first=not steps)
            if found is None:
                return tuple(steps), place
            step, place = found
            steps.append(step)

    def _unit(self, place: int, above: Step | None, *, first: bool) -> tuple[Step, int] | None:
        text, level = self._text, _level(above)
        if level < 0 and (match := _ANNEX.match(text, place)):
            return Step("tbl", int(match[1] or 0), int(match[2] or 0)), match.end()
        if level < 0 and (match := _FORM.match(text, place)):
            return Step("form", int(match[1] or 0), int(match[2] or 0)), match.end()
        if level < 0 and above is None and (match := _ADDENDA.match(text, place)):
            return Step("addenda", int(match[1] or 0)), match.end()
        if level < 0 and (match := _HEADING.match(text, place)):
            number, unit, branch = match.groups()
            element = _ELEMENTS[unit]
            deeper = (
                above is None
                or above.element not in HEADINGS
                or HEADINGS.index(above.element) < HEADINGS.index(element)
            )
            return (Step(element, int(number), int(branch or 0)), match.end()) if deeper else None
        in_annex = above is not None and above.element in ("tbl", "form")
        if level < 0 and not in_annex and (match := _ARTICLE.match(text, place) or _LOOSE_ARTICLE.match(text, place)):
            return Step("art", int(match[1]), int(match[2] or 0)), match.end()
        loose = not first or above is not None
        if level < 1 and not in_annex:
            if match := _PARAGRAPH.match(text, place):
                return Step("para", int(match[1])), match.end()
            if loose and (match := _LOOSE_PARAGRAPH.match(text, place)):
                number = int(match[1]) if match[1] else numbering.paragraph_number(match[2])
                return Step("para", number or 0), match.end()
        if level < 2:
            match = _SUBPARAGRAPH.match(text, place) or (_LOOSE_SUBPARAGRAPH.match(text, place) if loose else None)
            if match:
                return Step("subpara", int(match[1]), int(match[2] or 0)), match.end()
        return self._item(place, level, loose)

    def _item(self, place: int, level: int, loose: bool) -> tuple[Step, int] | None:
        if level < 3 and (match := (_ITEM if loose else _LONE_ITEM).match(self._text, place)):
            number = numbering.item_place(match[1])
            branch = match[2] if match.re is _ITEM else None
            return (Step("point", number, int(branch or 0), lettered=True), match.end()) if number else None
        if level >= 3 and (match := _SUBITEM.match(self._text, place)):
            if match[2]:
                return Step("sub", int(match[2])), match.end()
            number = numbering.item_place(match[3])
            return (Step("sub", number, lettered=True), match.end()) if number else None
        return None

    def _fragment(self, place: int) -> tuple[str | None, int]:
        match = _FRAGMENT.match(self._text, place)
        if match is None or not any(match.groups()):
            return None, place
        intro, each, body, heading, sentence = match.groups()
        whole = "intro" if intro else "each" if each else "body" if body else "heading" if heading else None
        name = _FRAGMENTS.get(sentence or "") or whole
        return name, match.end()

    def _keep(self, start: int, end: int, scope: Scope, law: str | None, parts: tuple[Step, ...], *,
              relative: Relative | None = None, fragment: str | None = None, taken: int = 0) -> int:  # fmt: skip
        words = self._text[start:end]
        end = start + len(words.rstrip())
        self._found.append(Citation(start, end, words.rstrip(), scope, law, parts, None, fragment, relative, taken))
        return end


def _level(step: Step | None) -> int:
    """How deep a unit stands: an article 0, a paragraph 1, … sub-items 4; headings, annexes and nothing -1."""
    return _ORDER.index(step.element) if step is not None and step.element in _ORDER else -1


def _above(parts: tuple[Step, ...], element: str) -> tuple[Step, ...]:
    """What a member of a list takes from the one before: the units above its own first one."""
    if element in HEADINGS:
        return tuple(s for s in parts if s.element in HEADINGS and HEADINGS.index(s.element) < HEADINGS.index(element))
    roots = ("addenda", "tbl", "form")
    if element in roots:
        return ()
    level = _ORDER.index(element)
    return tuple(s for s in parts if (s.element in _ORDER and _ORDER.index(s.element) < level) or s.element in roots)


def _changed(citation: Citation, *, start: int | None = None, end: int | None = None, words: str | None = None,
             scope: Scope | None = None, until: tuple[Step, ...] | None = None) -> Citation:  # fmt: skip
    return Citation(
        citation.start if start is None else start,
        citation.end if end is None else end,
        citation.words if words is None else words,
        citation.scope if scope is None else scope,
        citation.law,
        citation.parts,
        citation.until if until is None else until,
        citation.fragment,
        citation.relative,
        citation.taken,
    )
