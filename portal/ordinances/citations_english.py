"""Finds citations in English: Article 12-2 (3) 4 (a), Article 5(1), point (c), paragraphs (1) through (3),
subparagraph 1 (a) of Article 2 of the Act.

English says the inner unit first as often as the outer one, and names the law last: units are read one after the
other, joined by "of", and what follows the last (of the Act, of the same Article) holds for the whole list.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from portal.ordinances import numbering
from portal.ordinances.references import Citation, Relative, Scope, antecedent, parts_to
from portal.ordinances.steps import HEADINGS, UNITS, Step

_NUMBER: Final = r"[1-9][0-9]{0,3}"
_BRANCH: Final = rf"(?:-({_NUMBER})(?![0-9./]))?"

_UNIT: Final = re.compile(
    rf"(?P<article>\bArt(?:icles?|s?\.) ?)(?P<art>{_NUMBER})(?:-(?P<art_branch>[1-9][0-9]?)(?![0-9]))?"
    rf"|(?P<paragraph>\b[Pp]aragraphs? )\(?(?P<para>{_NUMBER})\)?"
    rf"|(?P<subparagraph>\b[Ss]ubparagraphs? )(?P<subpara>{_NUMBER})(?:-(?P<sub_branch>[1-9][0-9]?))?"
    rf"|(?P<item>\b(?:[Ii]tems?|[Pp]oints?) )\((?P<point>[a-z]{{1,2}})\)"
    rf"|(?P<numbered_item>\b[Ii]tems? )(?P<item_number>{_NUMBER})(?![0-9.])"
    rf"|(?P<heading>\b(?:(?:Part|Chapter)s? (?=[IVXLC0-9])|(?:Section|Subsection)s? (?=[0-9])))"
    rf"(?P<name>[IVXLC]+|{_NUMBER})(?:-(?P<heading_branch>[1-9][0-9]?))?\b"
    rf"|(?P<annex>\b(?:(?:[Aa]ttached )?Table|Annex|Appendix) )(?P<tbl>[IVXLC]+|{_NUMBER}){_BRANCH}\b"
    rf"|(?P<form_word>\b(?:[Aa]ttached )?Form )(?:No\. ?)?(?P<form>{_NUMBER})(?:-(?P<form_branch>[1-9][0-9]?))?"
    r"|(?P<addenda>\bAddenda\b)"
)
#: Deeper units that follow at once: (3), 4, (a), (i); `, point (a)` and `, paragraph 2` in the style of the Union.
_PARAGRAPH: Final = re.compile(rf" ?\(({_NUMBER})\)")
_SUBPARAGRAPH: Final = re.compile(
    rf" ({_NUMBER})(?:-([1-9][0-9]?))?(?![0-9]|[.,][0-9]|[-/][0-9]"
    r"| ?(?:%|per ?cent|days?|months?|years?|billion|million|won|persons?))"
    r"(?=[ ,.;:)]|$)"
)
_TIGHT_SUBPARAGRAPH: Final = re.compile(rf"(?<=\))({_NUMBER})(?=[ ,.;:)(]|$)")
_ITEM: Final = re.compile(r" ?\(([a-z]{1,2})\)")
_SPELT: Final = re.compile(
    rf",? (?:paragraph \(?(?P<para>{_NUMBER})\)?|(?:subparagraph|item) (?P<subpara>{_NUMBER})"
    r"|(?:point|item) \((?P<point>[a-z]{1,2})\))"
)
_SECTION: Final = re.compile(rf",? (?P<word>Section|Subsection) (?P<name>{_NUMBER})\b")
_ORDINAL: Final = re.compile(r",? (?:first|second|third|fourth|last) (?:sub)?(?:paragraph|sentence)(?=,? point)")

_OF: Final = re.compile(
    r",? (?:of|to|in|under) (?=(?:Article|[Pp]aragraph|[Ss]ubparagraph|Chapter|Annex|(?:attached )?Table|Addenda))"
)
_JOIN: Final = re.compile(r"(?:, (?:and |or |and/or )?| and | or | and/or | as well as )")
_RANGE: Final = re.compile(r" (?:through|to) | ?[–-] ?")

_LAW_WORDS: Final = (
    r"(?:Acts?|Decrees?|Regulations?|Rules?|Codes?|Law|Constitution|Directive|Treaty|Charter|Ordinance|Convention|GDPR)"
)
_NAME_WORD: Final = (
    r"(?:(?!Articles?\b|Paragraphs?\b|Chapter\b|Annex\b)[A-Z][\w’'&-]*"
    r"|on|of|and|the|for|in|to|from|with|against|by|or|etc\.|Etc\.)"
)
_OF_LAW: Final = re.compile(
    r",? (?:of|in|under|to) (?:(?P<this>this|the (?:draft|proposed)|our draft)(?: [A-Z][a-z]+)*? "
    r"(?P<this_word>Act|Decree|Regulation|Rules?|Ordinance|Article|paragraph|subparagraph|Chapter|Section|text|decree|draft)\b"
    r"|(?:the (?P<same>same)|(?P<that>that)) (?P<same_word>Act|Decree|Enforcement Decree|Regulation|Directive|Rules?"
    r"|Article|paragraph|subparagraph|Chapter)\b"
    r"|(?P<draft>the draft)\b"
    r"|the (?P<decree>Enforcement Decree|Decree)\b(?! of [A-Z])|the (?P<rule>Enforcement Rules?)\b(?! of)"
    r"|(?P<eu>(?:Regulation|Directive|Decision) (?:\((?:EU|EC|EEC)(?:, Euratom)?\) )?(?:No )?[0-9]+/[0-9]+(?:/[A-Z]+)?)"
    rf"|(?:the )?(?P<name>(?:{_NAME_WORD}(?:,? |$)){{0,24}}?(?:{_LAW_WORDS})\b(?: on(?: {_NAME_WORD},?){{1,20}})?))"
)
_LAW_BEFORE: Final = re.compile(
    r"(?:(?P<eu>(?:Regulation|Directive) (?:\((?:EU|EC)\) )?(?:No )?[0-9]+/[0-9]+(?:/[A-Z]+)?)"
    rf"|(?P<name>(?:[A-Z][\w’'&-]* )*(?:{_LAW_WORDS}))),? $"
)
#: What a name cannot end with.
_DANGLING: Final = re.compile(r"(?:,|\s+(?:on|of|and|the|for|in|to|from|with|against|by|or))+$")
_WHOLE_LAW: Final = re.compile(r"\bthis (?:Act|Decree|Regulation|Ordinance)\b")
_THE_SAME: Final = re.compile(r"\b[Tt]he same (?P<word>Article|paragraph|subparagraph)\b(?! (?:shall|as))")
_OWN: Final = {"Article": "art", "paragraph": "para", "subparagraph": "subpara", "Chapter": "chp", "Section": "sec"}
_START: Final = re.compile(f"{_UNIT.pattern}|(?P<whole>{_WHOLE_LAW.pattern})")
_HEADINGS: Final = {"Part": "part", "Chapter": "chp", "Section": "sec", "Subsection": "subsec"}
_ORDER: Final = (*UNITS, "sub")
#: No sentence goes further back.
_MOST_BACK: Final = 60


class _Member(NamedTuple):
    start: int
    end: int
    parts: tuple[Step, ...]
    until: tuple[Step, ...] | None = None


def find(text: str) -> list[Citation]:
    """What an English text cites, in its order."""
    found: list[Citation] = []
    place = 0
    while match := _START.search(text, place):
        if match["whole"]:
            found.append(Citation(match.start(), match.end(), match[0]))
            place = match.end()
        else:
            place = max(_group(text, match.start(), found), match.start() + 1)
    return found


def _group(text: str, start: int, found: list[Citation]) -> int:
    """A list of citations that share what follows it; the place behind."""
    first = _unit(text, start)
    if first is None:
        return start
    members, place = [_Member(start, first[1], first[0])], first[1]
    outer: tuple[Step, ...]
    while True:
        last = members[-1]
        if (joined := _further(text, place, last, text.startswith("Articles", start))) is not None:
            members, place = _joined(members, joined), joined.end
        elif (
            (of := _OF.match(text, place)) and (unit := _unit(text, of.end())) and _is_outer(unit[0], members[0].parts)
        ):
            outer, place = unit[0], unit[1]
            members = [_Member(m.start, m.end, _under(outer, m.parts), _under(outer, m.until) if m.until else None)
                       for m in members]  # fmt: skip
            members[-1] = members[-1]._replace(end=place)
        else:
            break
    return _with_law(text, place, members, found)


def _joined(members: list[_Member], new: _Member) -> list[_Member]:
    if new.until is not None:
        return [*members[:-1], members[-1]._replace(end=new.end, until=new.until)]
    return [*members, new]


def _is_outer(outer: tuple[Step, ...], inner: tuple[Step, ...]) -> bool:
    """Whether what follows "of" can hold what stands before it: subparagraph 1 of Article 2."""
    if outer[-1].element in HEADINGS or inner[0].element in HEADINGS:
        return outer[-1].element in HEADINGS and inner[0].element in HEADINGS and outer[-1].element != inner[0].element
    if outer[-1].element not in _ORDER or inner[0].element not in _ORDER:
        return inner[0].element in _ORDER
    return _ORDER.index(outer[-1].element) < _ORDER.index(inner[0].element)


def _under(outer: tuple[Step, ...], parts: tuple[Step, ...]) -> tuple[Step, ...]:
    return (*outer, *parts) if _is_outer(outer, parts) else parts


def _further(text: str, place: int, last: _Member, articles: bool) -> _Member | None:
    """The next member of a list, or (as `until`) the end of a range: its own words, or a number like the last."""
    ranged = _RANGE.match(text, place)
    match = ranged or _JOIN.match(text, place)
    if match is None or (ranged and last.until is not None):
        return None
    full = _unit(text, match.end())
    bare = None if full else _bare(text, match.end(), last.until or last.parts, articles)
    unit = full or bare
    if unit is None:
        return None
    parts, end = unit
    if ranged:
        same = parts[-1].element == last.parts[-1].element
        return _Member(place, end, last.parts, (*_above(last.parts, parts[0]), *parts)) if same else None
    return _Member(match.end(), end, (*_above(last.parts, parts[0]), *parts) if not full else _taken(last.parts, parts))


def _taken(before: tuple[Step, ...], parts: tuple[Step, ...]) -> tuple[Step, ...]:
    """A further unit with its name begins anew: Article 5 (1) and paragraph (2); only point (b) goes on."""
    return (*_above(before, parts[0]), *parts) if parts[0].element == "point" else parts


def _above(parts: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    if step.element not in _ORDER:
        return (
            tuple(s for s in parts if s.element in HEADINGS and s.element != step.element)
            if step.element in HEADINGS
            else ()
        )
    level = _ORDER.index(step.element)
    return tuple(s for s in parts if s.element not in _ORDER or _ORDER.index(s.element) < level)


def _bare(text: str, place: int, like: tuple[Step, ...], articles: bool) -> tuple[tuple[Step, ...], int] | None:
    """`(2)`, `6`, `(b)` as a further number of the same sort, or of one that stands above the last; behind "Articles" a
    number without a bracket is an article."""
    elements = [step.element for step in like]
    rest = f" {text[place : place + 40]}" if text[place : place + 1] != " " else text[place : place + 40]
    if (match := _PARAGRAPH.match(rest)) and ("para" in elements or elements == ["sub"]):
        return _chain(text, place + match.end() - 1, Step("para", int(match[1])))
    if (match := _ITEM.match(rest)) and "point" in elements:
        return (_item(match[1]),), place + match.end() - 1
    if match := _SUBPARAGRAPH.match(rest):
        end = place + match.end() - 1
        if articles or elements == ["art"]:
            return _chain(text, end, Step("art", int(match[1]), int(match[2] or 0)))
        if elements[-1] in ("para", "subpara", "tbl", "form", *HEADINGS):
            return (Step(elements[-1], int(match[1]), int(match[2] or 0)),), end
    return None


def _unit(text: str, place: int) -> tuple[tuple[Step, ...], int] | None:
    """A unit with its name and what follows it at once, and the place behind."""
    match = _UNIT.match(text, place)
    if match is None:
        return None
    if match["art"]:
        return _chain(text, match.end(), Step("art", int(match["art"]), int(match["art_branch"] or 0)))
    if match["para"]:
        return _chain(text, match.end(), Step("para", int(match["para"])))
    if match["subpara"]:
        return _chain(text, match.end(), Step("subpara", int(match["subpara"]), int(match["sub_branch"] or 0)))
    if match["point"]:
        return _chain(text, match.end(), _item(match["point"]))
    if match["item_number"]:  # people call a subparagraph an item
        return _chain(text, match.end(), Step("subpara", int(match["item_number"])))
    if match["heading"]:
        return _heading(text, match)
    if match["tbl"]:
        return (
            Step("tbl", _roman_or_number(match["tbl"]), int(match[match.re.groupindex["tbl"] + 1] or 0)),
        ), match.end()
    if match["form"]:
        return (Step("form", int(match["form"]), int(match["form_branch"] or 0)),), match.end()
    following = _UNIT.match(text, match.end() + 2) if text[match.end() : match.end() + 2] == ", " else None
    if following and following["art"]:
        unit = _unit(text, match.end() + 2)
        return ((Step("addenda"), *unit[0]), unit[1]) if unit else None
    return None


def _heading(text: str, match: re.Match[str]) -> tuple[tuple[Step, ...], int]:
    """Chapter III, Section 2."""
    element = _HEADINGS[match["heading"].strip().removesuffix("s")]
    steps = [Step(element, _roman_or_number(match["name"]), int(match["heading_branch"] or 0))]
    place = match.end()
    while (deeper := _SECTION.match(text, place)) and _is_deeper(_HEADINGS[deeper["word"]], steps[-1].element):
        steps.append(Step(_HEADINGS[deeper["word"]], int(deeper["name"])))
        place = deeper.end()
    return tuple(steps), place


def _is_deeper(element: str, above: str) -> bool:
    return HEADINGS.index(element) > HEADINGS.index(above)


def _roman_or_number(name: str) -> int:
    return int(name) if name.isdigit() else numbering.roman_value(name) or 0


def _item(letters: str) -> Step:
    return Step("point", numbering.item_place_of_letter(letters), lettered=True)


def _chain(text: str, place: int, first: Step) -> tuple[tuple[Step, ...], int]:
    steps = [first]
    while True:
        level = _ORDER.index(steps[-1].element)
        if ordinal := _ORDINAL.match(text, place):
            place = ordinal.end()
        if level < 1 and (match := _PARAGRAPH.match(text, place)):
            steps.append(Step("para", int(match[1])))
        elif level < 2 and (match := _SUBPARAGRAPH.match(text, place) or _TIGHT_SUBPARAGRAPH.match(text, place)):
            branch = match[2] if match.re is _SUBPARAGRAPH else None
            steps.append(Step("subpara", int(match[1]), int(branch or 0)))
        elif level < 3 and (match := _ITEM.match(text, place)):
            steps.append(_item(match[1]))
        elif level < 3 and (match := _SPELT.match(text, place)) and (step := _spelt(match, level)):
            steps.append(step)
        else:
            return tuple(steps), place
        place = match.end()


def _spelt(match: re.Match[str], level: int) -> Step | None:
    if match["para"]:
        return Step("para", int(match["para"])) if level < 1 else None
    if match["subpara"]:
        return Step("subpara", int(match["subpara"])) if level < 2 else None
    return _item(match["point"])


# ------------------------------------------------------------------------------------------------------------- the law


def _with_law(text: str, place: int, members: list[_Member], found: list[Citation]) -> int:
    """Keeps the members, with the law that follows or stands before them; the place behind."""
    scope, law, relative, context, end = _law_behind(text, place, found)
    if end == place and (before := _LAW_BEFORE.search(text, max(0, members[0].start - 120), members[0].start)):
        name = before["eu"] or before["name"].removeprefix("The ")
        members[0] = members[0]._replace(start=before.start())
        scope, law = _scope_of(name)
    elif end > place:
        members[-1] = members[-1]._replace(end=end)
    if relative and any(step.element == relative.element for member in members for step in member.parts):
        relative = None  # paragraphs (1) and (2) of Article 5 of this … says more than it needs
    for member in members:
        parts = (*context, *member.parts)
        until = (*context, *member.until) if member.until else None
        words = text[member.start : member.end]
        found.append(Citation(member.start, member.end, words, scope, law, parts, until, None, relative))
    return members[-1].end


_Law = tuple[Scope, str | None, Relative | None, tuple[Step, ...], int]


def _law_behind(text: str, place: int, found: list[Citation]) -> _Law:
    nothing: _Law = (Scope.THIS, None, None, (), place)
    match = _OF_LAW.match(text, place)
    if match is None:
        return nothing
    end = match.end()
    if match["this"]:
        word = match["this_word"]
        relative = Relative("this", _OWN[word]) if word in _OWN and match["this"] == "this" else None
        return Scope.THIS, None, relative, (), end
    if match["same"] or match["that"]:
        return _same(match["same_word"], found, end)
    if match["draft"]:
        return Scope.THIS, None, None, (), end
    if match["decree"] or match["rule"]:
        return (Scope.DECREE if match["decree"] else Scope.RULE), None, None, (), end
    if match["eu"]:
        return Scope.NAMED, match["eu"], None, (), end
    name = _DANGLING.sub("", match["name"])
    scope, law = _scope_of(name)
    return scope, law, None, (), match.start("name") + len(name)


def _same(word: str, found: list[Citation], end: int) -> _Law:
    if word in _OWN:
        element = _OWN[word]
        earlier = antecedent(found[-_MOST_BACK:], element)
        if earlier is None:
            return Scope.THIS, None, Relative("same", element), (), end
        return earlier.scope, earlier.law, None, parts_to(earlier.parts, element), end
    laws = [one for one in found[-_MOST_BACK:] if one.scope not in (Scope.THIS, Scope.FORMER)]
    return (laws[-1].scope, laws[-1].law, None, (), end) if laws else (Scope.NAMED, f"the same {word}", None, (), end)


def _scope_of(name: str) -> tuple[Scope, str | None]:
    if name in ("Act", "the Act"):
        return Scope.ACT, None
    if name in ("Decree", "Enforcement Decree"):
        return Scope.DECREE, None
    if name in ("Rule", "Rules", "Enforcement Rule", "Enforcement Rules"):
        return Scope.RULE, None
    return Scope.NAMED, name
