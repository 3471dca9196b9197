"""Tells where a text that asks for a new article wants it: behind which article of the draft.

People write "insert a new article after Article 2" or 제2조의2를 신설: what they cite is then no clause that they speak
of, but the place for theirs. Only suggests, as citations do. Knows drafts and citations, no passages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from portal.ordinances.addresses import Address
from portal.ordinances.clauses import Draft, Language
from portal.ordinances.references import Citation, Scope

#: So much is looked at before and behind a citation.
_LOOKED_AT: Final = 60
_NEW_ONE: Final = r"(?:article|provision|clause|section)"
#: Before and behind a citation of an article that stands: a new one is to follow it.
_FOLLOWS: Final[Mapping[Language, tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]]] = {
    "ko": ((
        re.compile(""),
        re.compile(
            r"(?:\s?\([^()\n]{1,30}\))?\s?(?:의\s)?(?:바로\s)?(?:다음|뒤)에?\s(?!있|나오|오는|(?:\S+\s){0,4}제\s?\d)"
            r"[^.?!\n]{0,25}?(?:조|조문|조항|규정)[을를이가]?\s[^.?!\n]{0,12}?(?:신설|추가[하해되]|넣|두[어었고]|만들|삽입)"
        ),
    ),),
    "en": (
        (re.compile(rf"\b(?:(?:an?|one|another)\s(?:\w+\s)?new|(?:insert|add)(?:ing)?\s(?:an?\s)?(?:new\s)?)\s?{_NEW_ONE}\s"
                    r"(?:(?:be|to|should|is|inserted|added|placed|put|directly|immediately|right)\s){0,5}"
                    r"(?:after|following|behind)\s$", re.I),
         re.compile("")),
        (re.compile(r"\b(?:after|following|behind)\s$", re.I),
         re.compile(rf",?\s(?:please\s|we\s\w+\s)?(?:to\s)?(?:insert|add)(?:ing)?\s(?:an?\s|one\s)?(?:new\s)?{_NEW_ONE}\b",
                    re.I)),
    ),
}  # fmt: skip
#: Beside the number of an article that does not stand yet: it is to be made.
_NEW: Final[Mapping[Language, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "ko": (re.compile(r"새로운?\s$"),
           re.compile(r"[를을은는이가]?\s?(?:신설|새로\s(?:만들|두|넣)|추가(?=[하해되]|\s*[.!]?\s*\Z)|삽입)")),
    "en": (re.compile(r"\b(?:new|insert(?:ing)?|add(?:ing)?)\s(?:an?\s)?(?:new\s)?$", re.I),
           re.compile(r"\s(?:should\s|to\s|is\sto\s|must\s)?be\s(?:inserted|added)\b|\s\(new\)", re.I)),
}  # fmt: skip


def place_of_new_article(text: str, citation: Citation, draft: Draft, language: Language) -> str | None:
    """The place (`after_art_2`) that a citation names for an article that does not stand yet; None where it names what
    stands, or nothing says that one is asked for."""
    if citation.scope is not Scope.THIS or len(citation.parts) != 1 or citation.until or citation.fragment:
        return None
    article = citation.parts[0]
    if article.element != "art":
        return None
    before = text[max(0, citation.start - _LOOKED_AT) : citation.start]
    behind = text[citation.end : citation.end + _LOOKED_AT]
    if article.eid in draft.by_eid:
        ways = _FOLLOWS[language]
        asked = any(one.search(before) and other.match(behind) for one, other in ways)
        return Address((article,), after=True).eid if asked else None
    leads, follows = _NEW[language]
    if not article.branch or not (leads.search(before) or follows.match(behind)):
        return None
    earlier = (article._replace(branch=branch) for branch in range(article.branch - 1, -1, -1))
    last = next((step for step in earlier if step.eid in draft.by_eid), None)
    return Address((last,), after=True).eid if last else None
