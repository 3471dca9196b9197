"""How an address is said, in Korean and English: 제12조의2제3항제4호가목, Article 12-2 (3) 4 (a).

Each address is said in one way, and that way is read back; looser references, as people write them, are not for here.
"""

from __future__ import annotations

import re
from typing import Final

from portal.ordinances import numbering
from portal.ordinances.clauses import Language
from portal.ordinances.steps import NUMBER, UNITS, Step, checked, malformed


def say(steps: tuple[Step, ...], after: bool, language: Language) -> str:
    """`제12조의2제3항제4호가목`, `Article 12-2 (3) 4 (a)`; with `after`, the place behind that clause."""
    if language == "ko":
        return _korean(steps) + (" 다음에 신설" if after else "")
    english = _english(steps)
    if not after:
        return english
    return f"new clause after {_with_article(english)}"


# ------------------------------------------------------------------------------------------------------------ labels


def label(steps: tuple[Step, ...]) -> str:
    """The number as it is printed at the clause itself: `제12조의2`, `①`, `1의2.`, `가.`, `제3장`, `별표 1`, `부칙`."""
    last = steps[-1]
    match last.element:
        case "art":
            return numbering.article_label(last.number, last.branch)
        case "para":
            return numbering.paragraph_label(last.number, last.branch)
        case "subpara":
            return numbering.subparagraph_label(last.number, last.branch)
        case "point":
            return numbering.item_label(last.number, last.branch)
        case "sub":
            return _subitem_label(steps)
        case "tbl":
            return _annex_korean(last)
        case "form":
            return _form_korean(last)
        case "addenda":
            return "부칙"
        case "preamble":
            return "전문"
    return numbering.heading_label(_KOREAN_UNITS[last.element], last.number, last.branch)


def english_label(steps: tuple[Step, ...]) -> str:
    """The number as an English text prints it at the clause: `Article 12-2`, `(3)`, `4.`, `(a)`, `Chapter III`."""
    last = steps[-1]
    match last.element:
        case "subpara":
            return f"{last.numeral}."
        case "art" | "para" | "point" | "sub":
            return _english_piece(steps)
    return say(steps, False, "en")


def _subitem_label(steps: tuple[Step, ...]) -> str:
    last = steps[-1]
    name = numbering.item_syllable(last.number) if last.lettered else str(last.number)
    return numbering.subitem_label(name, _is_inner(steps), last.branch)


def _is_inner(steps: tuple[Step, ...]) -> bool:
    """Whether the last sub-item is the second of its sort on the way down: (1) below 1), (가) below 가)."""
    last = steps[-1]
    return any(step.element == "sub" and step.lettered == last.lettered for step in steps[:-1])


# ------------------------------------------------------------------------------------------------------------ Korean

_KOREAN_UNITS: Final = {"part": "편", "chp": "장", "sec": "절", "subsec": "관",
                        "art": "조", "para": "항", "subpara": "호"}  # fmt: skip


def _annex_korean(step: Step) -> str:
    return f"별표 {step.number}{numbering.branch_suffix(step.branch)}" if step.number else f"별표{_second(step)}"


def _form_korean(step: Step) -> str:
    if step.number:
        return f"별지 제{step.number}호{numbering.branch_suffix(step.branch)}서식"
    return f"별지 서식{_second(step)}"


def _second(step: Step) -> str:
    return f"({step.branch})" if step.branch else ""


def _korean(steps: tuple[Step, ...]) -> str:
    first = steps[0]
    match first.element:
        case "doc":
            return "안 전체"
        case "preamble":
            return "전문"
        case "tbl":
            return _annex_korean(first)
        case "form":
            return _form_korean(first)
        case "addenda":
            number = f" <제{first.number}호>" if first.number else ""
            repeated = f"({first.branch})" if first.branch else ""
            under = _korean_units(steps[1:])
            return f"부칙{number}{repeated}" + (f" {under}" if under else "")
    return _korean_units(steps)


def _korean_units(steps: tuple[Step, ...]) -> str:
    spoken = ""
    for depth, step in enumerate(steps, 1):
        if step.element == "point":
            spoken += numbering.item_syllable(step.number) + "목" + numbering.branch_suffix(step.branch)
        elif step.element == "sub":
            spoken += (" " if spoken[-1:].isdigit() else "") + _subitem_label(steps[:depth])
        else:
            spoken += numbering.heading_label(_KOREAN_UNITS[step.element], step.number, step.branch)
    return spoken


# ----------------------------------------------------------------------------------------------------------- English

_ENGLISH_HEADINGS: Final = {"part": "Part", "chp": "Chapter", "sec": "Section", "subsec": "Subsection"}
_ENGLISH_SKIPPED: Final = {"para": "paragraph ", "subpara": "subparagraph ", "point": "item ", "sub": "sub-item "}


def _dashed(number: int | str, branch: int) -> str:
    return f"{number}-{branch}" if branch else str(number)


def english_heading_label(step: Step) -> str:
    """`Chapter III`, `Section 1`, `Chapter VI-2`: parts and chapters in Roman numerals, as official translations do."""
    number = numbering.roman(step.number) if step.element in ("part", "chp") and step.number <= 3999 else step.number
    return f"{_ENGLISH_HEADINGS[step.element]} {_dashed(number, step.branch)}"


_ENGLISH_NAME: Final = re.compile(r"((?:Part|Chapter|Section|Subsection) [0-9IVXLCDM]+(?:-[0-9]+)?)(?:\s+(.*))?")


def split_english_heading(name: str) -> tuple[str, str | None]:
    """`Chapter I General Provisions` as label and heading; a name of another form has no label."""
    match = _ENGLISH_NAME.fullmatch(name)
    return (match[1], match[2] or None) if match else ("", name or None)


def _english(steps: tuple[Step, ...]) -> str:
    first = steps[0]
    match first.element:
        case "doc":
            return "the whole draft"
        case "preamble":
            return "Preamble"
        case "tbl" | "form":
            name = "Annex" if first.element == "tbl" else "Form"
            return f"{name} {_dashed(first.number, first.branch)}" if first.number else name + _second_english(first)
        case "addenda":
            return _english_units(_addenda_english(first), steps[1:])
        case "art":
            return _english_units("", steps)
    return ", ".join(english_heading_label(step) for step in steps)


def _second_english(step: Step) -> str:
    return f" ({step.branch})" if step.branch else ""


def _addenda_english(root: Step) -> str:
    return f"Addenda No. {_dashed(root.number, root.branch)}" if root.number else "Addenda"


def _english_units(spoken: str, steps: tuple[Step, ...]) -> str:
    """Units read on one after the other, `Article 12-2 (3) 4 (a)`; where one is skipped the rest comes first, with
    its name: `subparagraph 1 (a) of Article 2`."""
    order = (*UNITS, "sub")
    expected, skipped = 0, ""
    bare = bool(spoken)
    for depth, step in enumerate(steps, 1):
        place = order.index(step.element)
        piece = _english_piece(steps[:depth])
        if step.element == "art":
            spoken = f"{spoken}, {piece}" if spoken else piece
        elif skipped:
            skipped += f" {piece}"
        elif place in (expected, expected - (step.element == "sub")) or (bare and step.element == "para"):
            spoken += f" {piece}"
        else:
            skipped = _ENGLISH_SKIPPED[step.element] + piece
        expected = place + 1
    return f"{skipped} of {spoken}" if skipped else spoken


def _english_piece(steps: tuple[Step, ...]) -> str:
    last = steps[-1]
    match last.element:
        case "art":
            return f"Article {last.numeral}"
        case "para":
            return f"({last.numeral})"
        case "subpara":
            return last.numeral
        case "point":
            return f"({_dashed(numbering.item_letter(last.number), last.branch)})"
    name = _dashed(numbering.item_letter(last.number) if last.lettered else last.number, last.branch)
    return f"({name})" if _is_inner(steps) else f"{name})"


def _with_article(english: str) -> str:
    return f"the {english}" if english.startswith(("Addenda", "Preamble")) else english


# ------------------------------------------------------------------------------------------------------------ spoken

_SPOKEN_BRANCH: Final = rf"(?:의(?P<branch>{NUMBER}))?"
_KOREAN_UNIT: Final = re.compile(rf"제(?P<number>{NUMBER})(?P<unit>[편장절관조항호]){_SPOKEN_BRANCH}")
_KOREAN_ITEM: Final = re.compile(rf"(?P<item>[가-힣])목{_SPOKEN_BRANCH}")
_KOREAN_SUBITEM: Final = re.compile(rf" ?\(?(?P<name>{NUMBER}|[가-힣]){_SPOKEN_BRANCH}\)")
_KOREAN_ADDENDA: Final = re.compile(rf"부칙(?: <제(?P<number>{NUMBER})호>)?(?:\((?P<branch>{NUMBER})\))?")
_KOREAN_ANNEX: Final = re.compile(rf"별표(?: (?P<number>{NUMBER}){_SPOKEN_BRANCH}|(?:\((?P<second>{NUMBER})\))?)")
_KOREAN_FORM: Final = re.compile(
    rf"별지 (?:제(?P<number>{NUMBER})호{_SPOKEN_BRANCH}서식|서식(?:\((?P<second>{NUMBER})\))?)"
)
_ELEMENT_OF_KOREAN: Final = {unit: element for element, unit in _KOREAN_UNITS.items()}


def hear(text: str, language: Language) -> tuple[tuple[Step, ...], bool]:
    """The steps that `say` says like this, and whether they are the place behind a clause. Raises InvalidAddress."""
    try:
        steps, after = _from_korean(text) if language == "ko" else _from_english(text)
        heard = checked(tuple(steps), after, text)
        fits = say(heard, after, language) == text
    except (KeyError, IndexError, ValueError):
        fits = False
    if not fits:
        raise malformed(text)
    return heard, after


def _from_korean(text: str) -> tuple[list[Step], bool]:
    clause = text.removesuffix(" 다음에 신설")
    named = {"안 전체": "doc", "전문": "preamble"}
    steps: list[Step]
    if clause in named:
        steps = [Step(named[clause])]
    elif match := _KOREAN_ANNEX.fullmatch(clause) or _KOREAN_FORM.fullmatch(clause):
        branch = match["branch"] or match["second"] or 0
        steps = [Step("tbl" if clause.startswith("별표") else "form", int(match["number"] or 0), int(branch))]
    elif match := _KOREAN_ADDENDA.match(clause):
        root = Step("addenda", int(match["number"] or 0), int(match["branch"] or 0))
        steps = [root, *_from_korean_units(clause[match.end() :].removeprefix(" "))]
    else:
        steps = _from_korean_units(clause)
    return steps, clause != text


def _from_korean_units(text: str) -> list[Step]:
    steps: list[Step] = []
    place = 0
    while place < len(text):
        if match := _KOREAN_UNIT.match(text, place):
            steps.append(Step(_ELEMENT_OF_KOREAN[match["unit"]], int(match["number"]), int(match["branch"] or 0)))
        elif match := _KOREAN_ITEM.match(text, place):
            steps.append(_named_step("point", match["item"], match["branch"]))
        elif match := _KOREAN_SUBITEM.match(text, place):
            steps.append(_named_step("sub", match["name"], match["branch"]))
        else:
            raise ValueError(text)
        place = match.end()
    return steps


def _named_step(element: str, name: str, branch: str | None) -> Step:
    if name.isdigit():
        return Step(element, int(name), int(branch or 0))
    place = numbering.item_place(name)
    if place is None:
        raise ValueError(name)
    return Step(element, place, int(branch or 0), lettered=True)


_ENGLISH_SKIP: Final = re.compile(r"(?:paragraph|subparagraph|item|sub-item) (?P<inner>.+?) of (?P<outer>.+)")
_ENGLISH_DASHED: Final = rf"(?P<number>{NUMBER}|[IVXLCDM]+)(?:-(?P<branch>{NUMBER}))?"
_ENGLISH_HEADING: Final = re.compile(rf"(?P<unit>Part|Chapter|Section|Subsection) {_ENGLISH_DASHED}")
_ENGLISH_ANNEX: Final = re.compile(rf"(?P<unit>Annex|Form)(?: {_ENGLISH_DASHED}| \((?P<second>{NUMBER})\))?")
_ENGLISH_ADDENDA: Final = re.compile(rf"Addenda(?: No\. {_ENGLISH_DASHED})?(?:, (?=Article)|(?= )|$)")
_ENGLISH_PIECE: Final = re.compile(
    rf" ?(?:Article (?P<article>{NUMBER})|(?P<open>\()?(?P<name>{NUMBER}|[a-z]{{1,2}}))"
    rf"(?:-(?P<branch>{NUMBER}))?(?P<close>\))?(?= |$)"
)
_ELEMENT_OF_ENGLISH: Final = {name: element for element, name in _ENGLISH_HEADINGS.items()}


def _from_english(text: str) -> tuple[list[Step], bool]:
    clause = text.removeprefix("new clause after ")
    after = clause != text
    if after:
        clause = clause.removeprefix("the ")
    named = {"the whole draft": "doc", "Preamble": "preamble"}
    steps: list[Step]
    if clause in named:
        steps = [Step(named[clause])]
    elif match := _ENGLISH_ANNEX.fullmatch(clause):
        branch = match["branch"] or match["second"] or 0
        steps = [Step("tbl" if match["unit"] == "Annex" else "form", int(match["number"] or 0), int(branch))]
    elif _ENGLISH_HEADING.match(clause):
        steps = [_from_english_heading(piece) for piece in clause.split(", ")]
    else:
        steps = _from_english_units(clause)
    return steps, after


def _from_english_heading(piece: str) -> Step:
    match = _ENGLISH_HEADING.fullmatch(piece)
    if match is None:
        raise ValueError(piece)
    number = numbering.roman_value(match["number"]) or int(match["number"])
    return Step(_ELEMENT_OF_ENGLISH[match["unit"]], number, int(match["branch"] or 0))


def _from_english_units(clause: str) -> list[Step]:
    steps: list[Step] = []
    skipped = _ENGLISH_SKIP.fullmatch(clause)
    outer = skipped["outer"] if skipped else clause
    if match := _ENGLISH_ADDENDA.match(outer):
        steps.append(Step("addenda", int(match["number"] or 0), int(match["branch"] or 0)))
        outer = outer[match.end() :]
    _read_english_pieces(outer, steps)
    if skipped:
        _read_english_pieces(skipped["inner"], steps)
    return steps


def _read_english_pieces(text: str, steps: list[Step]) -> None:
    place = 0
    while place < len(text):
        match = _ENGLISH_PIECE.match(text, place)
        if match is None:
            raise ValueError(text)
        steps.append(_english_step(match, steps))
        place = match.end()


def _english_step(match: re.Match[str], before: list[Step]) -> Step:
    branch = int(match["branch"] or 0)
    if match["article"]:
        return Step("art", int(match["article"]), branch)
    name, inner = match["name"], any(step.element == "sub" for step in before)
    lettered = not name.isdigit()
    number = numbering.item_place_of_letter(name) if lettered else int(name)
    if not match["close"]:
        return Step("subpara", number, branch)
    if inner or not match["open"]:
        return Step("sub", number, branch, lettered)
    return Step("point" if lettered else "para", number, branch, lettered)


