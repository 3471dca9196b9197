"""Citations in running text, and the clauses of a draft that they mean.

`find_citations` recognises what a text cites: clauses of the same text (제12조의2제3항, 같은 조 제2항, paragraph (1)),
of the act that a decree serves (법 제4조) and of other laws (「행정절차법」 제21조). `resolve` says which addresses of
a draft a citation names. Both only suggest: a citation written by a person is never taken for an assignment.

Official forms and those that people write (12조의2③, Article 12-2(3)) are recognised; how, in each language, stands in
`citations_korean` and `citations_english`. Knows no page and no storage.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language
from portal.ordinances.steps import HEADINGS as HEADING_ELEMENTS
from portal.ordinances.steps import UNITS, Step


class Scope(StrEnum):
    """Which law a citation is of, as far as its words tell."""

    THIS = "this"  # 이 영, or nothing said
    ACT = "act"  # 법 제3조: the act that a decree serves
    DECREE = "decree"  # 영 제3조: the decree that a rule serves
    RULE = "rule"  # 규칙 제3조
    NAMED = "named"  # 「행정절차법」 제21조
    FORMER = "former"  # 종전의 제3조: this law as it was


class Relative(NamedTuple):
    """What a citation starts from where it is no number: `this` clause (이 조), the `same` one as before (같은 조, its
    antecedent not in the text), or those `before` it (전항, 전2항: so many `back`)."""

    sort: str
    element: str
    back: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation: text[start:end] is `words`. A list is several citations, a range one with `until`.

    `parts` are the units named, the outermost first, those taken over from a citation before it included (in
    제3조제1항 및 제2항 the second one has 제3조 too); they may begin below the article, and are then of the clause
    that the text stands in. `law` is the name of another law as printed. `fragment` is a part of a clause: main
    (본문), proviso (단서), s1 (전단), s2 (후단), intro (각 호 외의 부분), each (각 호), heading (제목), body (제목
    외의 부분). `taken` says how many of the parts were taken over.
    """

    start: int
    end: int
    words: str
    scope: Scope = Scope.THIS
    law: str | None = None
    parts: tuple[Step, ...] = ()
    until: tuple[Step, ...] | None = None
    fragment: str | None = None
    relative: Relative | None = None
    taken: int = 0

    @property
    def is_whole_law(self) -> bool:
        """Whether it names a law and no clause of it (이 영, 「행정절차법」)."""
        return not self.parts and self.relative is None


def find_citations(text: str, language: Language = "ko") -> list[Citation]:
    """What the text cites, in its order; no two overlap."""
    if language == "ko":
        from portal.ordinances import citations_korean

        return citations_korean.find(text)
    from portal.ordinances import citations_english

    return citations_english.find(text)


def antecedent(citations: Sequence[Citation], element: str) -> Citation | None:
    """The last of the citations that names a unit of this sort: what 같은 조, 같은 항 refers to."""
    return next((one for one in reversed(citations) if any(step.element == element for step in one.parts)), None)


def parts_to(parts: Sequence[Step], element: str) -> tuple[Step, ...]:
    """The parts down to the unit of this sort."""
    places = [place for place, step in enumerate(parts) if step.element == element]
    return tuple(parts[: places[-1] + 1]) if places else ()


# ---------------------------------------------------------------------------------------------------------- resolving

_WHOLE: Final = "doc"


def resolve(citation: Citation, draft: Draft, at_eid: str = _WHOLE, language: Language = "ko") -> list[str]:
    """The addresses in the draft that the citation names, in the order of the text: one, several for a range, none
    where it is of another law or the draft has no such clause.

    `at_eid` is the clause that the citing text stands in: 제2항 is the second paragraph of *its* article. `doc` is a
    text from outside, such as a letter, where only citations with an article can be told.
    """
    if not _is_of(citation.scope, draft):
        return []
    resolver = _Resolver(draft, at_eid if at_eid in draft.by_eid else _WHOLE, language)
    return resolver.resolve(citation)


_TITLES: Final = {
    Scope.ACT: ("법", "법률", "Act"),
    Scope.DECREE: ("시행령", "영", "규정", "Decree"),
    Scope.RULE: ("시행규칙", "규칙", "Rule", "Rules"),
}


def _is_of(scope: Scope, draft: Draft) -> bool:
    """Whether what the words call the act (the decree, the rule) is the draft itself, as in a letter about it."""
    if scope is Scope.THIS:
        return True
    titles = tuple((title or "").strip() for title in (draft.title_ko, draft.title_en))
    return any(title.endswith(_TITLES.get(scope, ())) for title in titles if title)


class _Resolver:
    def __init__(self, draft: Draft, at_eid: str, language: Language) -> None:
        self._draft, self._language = draft, language
        self._at = at_eid
        self._place = _place(at_eid)

    def resolve(self, citation: Citation) -> list[str]:
        if citation.relative is not None:
            return self._relative(citation, citation.relative)
        if not citation.parts:
            return [_WHOLE]
        found = self._range(citation.parts, citation.until)
        if not found and citation.taken:  # not of the clause cited before it after all: 제5조 및 제2항
            until = citation.until
            found = self._range(citation.parts[citation.taken :], until[citation.taken :] if until else None)
        return found

    def _relative(self, citation: Citation, relative: Relative) -> list[str]:
        if relative.sort == "same":
            return self._same(citation, relative.element)
        base = self._own(relative.element)
        if base is None:
            return []
        if relative.sort == "before":
            earlier = self._before(base, relative.back)
            return self._below(earlier[-1], citation.parts) if citation.parts and earlier else earlier
        if not citation.parts:
            return [base.eid]
        return self._below(base.eid, citation.parts)

    def _own(self, element: str) -> Clause | None:
        """The unit of this sort that the citing clause is or stands in."""
        if self._at == _WHOLE:
            return None
        chain = (*self._draft.ancestors(self._at), self._draft.by_eid[self._at])
        return next((clause for clause in reversed(chain) if _element(clause.eid) == element), None)

    def _before(self, base: Clause, count: int) -> list[str]:
        siblings = _articles(self._draft, base.eid) if base.kind is Kind.ARTICLE else self._draft.children(base.parent)
        peers = [clause.eid for clause in siblings if clause.kind is base.kind]
        place = peers.index(base.eid)
        return peers[place - count : place] if place >= count else []

    def _same(self, citation: Citation, element: str) -> list[str]:
        """같은 조 whose antecedent stands in the words above this clause; else the article of the clause itself, as in
        a comment on it."""
        if self._at == _WHOLE:
            return []
        chain = (*self._draft.ancestors(self._at), self._draft.by_eid[self._at])
        for clause in reversed(chain):
            earlier = antecedent(find_citations(clause.text(self._language) or "", self._language), element)
            if earlier is None:
                continue
            if not _is_of(earlier.scope, self._draft):
                return []
            return self._range((*parts_to(earlier.parts, element), *citation.parts), None)
        own = self._own(element)
        return self._below(own.eid, citation.parts) if own else []

    def _below(self, eid: str, parts: Sequence[Step]) -> list[str]:
        whole = "__".join((eid, *(step.eid for step in parts)))
        return [whole] if whole in self._draft.by_eid else []

    def _range(self, first: tuple[Step, ...], last: tuple[Step, ...] | None) -> list[str]:
        start = self._find(first)
        if start is None or last is None:
            return [start] if start else []
        end = self._find(last)
        if end is None:
            return []
        clause = self._draft.by_eid[start]
        siblings = _articles(self._draft, start) if clause.kind is Kind.ARTICLE else self._draft.children(clause.parent)
        peers = [one.eid for one in siblings if one.kind is clause.kind]
        if end not in peers or peers.index(end) < peers.index(start):
            return [start, end]
        return peers[peers.index(start) : peers.index(end) + 1]

    def _find(self, parts: tuple[Step, ...]) -> str | None:
        if not parts:
            return None
        first = parts[0].element
        if first in ("tbl", "form"):
            return self._annex(parts)
        if first == "addenda":
            return self._addenda(parts)
        if first in HEADING_ELEMENTS:
            return self._heading(parts)
        return next((eid for eid in self._candidates(parts) if eid in self._draft.by_eid), None)

    def _candidates(self, parts: tuple[Step, ...]) -> Iterable[str]:
        own = "__".join(step.eid for step in parts)
        if parts[0].element == "art":
            yield own
            if len(parts) > 1 and parts[1] == Step("para", 1):  # an article with one paragraph has none with a number
                yield "__".join(step.eid for step in (parts[0], *parts[2:]))
            return
        order = (*UNITS, "sub")
        level = order.index(parts[0].element)
        above = [step for step in self._place if step.element not in order or order.index(step.element) < level]
        while above:
            yield "__".join(step.eid for step in (*above, *parts))
            if above[-1].element == "art" or above[-1].element not in order:
                break
            above.pop()

    def _annex(self, parts: tuple[Step, ...]) -> str | None:
        whole = "__".join(step.eid for step in parts)
        if whole in self._draft.by_eid:
            return whole
        root = parts[0].eid
        if root in self._draft.by_eid:
            return root  # the inside of an annex has no address of its own
        annexes = [clause.eid for clause in self._draft.clauses if _element(clause.eid) == parts[0].element]
        return annexes[0] if parts[0].number == 0 and len(annexes) == 1 else None

    def _addenda(self, parts: tuple[Step, ...]) -> str | None:
        roots = [parts[0].eid]
        if self._place and self._place[0].element == "addenda" and not parts[0].number:
            roots.insert(0, self._place[0].eid)
        for root in roots:
            eid = "__".join((root, *(step.eid for step in parts[1:])))
            if eid in self._draft.by_eid:
                return eid
        return None

    def _heading(self, parts: tuple[Step, ...]) -> str | None:
        own = "__".join(step.eid for step in parts)
        above: tuple[Clause, ...] = ()
        if self._at != _WHOLE:
            above = tuple(c for c in self._draft.ancestors(self._at) if c.kind in HEADINGS)
            at = self._draft.by_eid[self._at]
            above = (*above, at) if at.kind in HEADINGS else above
        level = HEADING_ELEMENTS.index(parts[0].element)
        outer = [c.eid for c in above if HEADING_ELEMENTS.index(_element(c.eid)) < level]
        candidates = [*(f"{eid}__{own}" for eid in reversed(outer)), own]
        return next((eid for eid in candidates if eid in self._draft.by_eid), None)


def _place(eid: str) -> tuple[Step, ...]:
    from portal.ordinances.addresses import parse

    return () if eid == _WHOLE else parse(eid).clause.steps


def _element(eid: str) -> str:
    return eid.rpartition("__")[2].partition("_")[0]


def _articles(draft: Draft, eid: str) -> list[Clause]:
    """The articles that one stands among: of the main text whatever the chapter, or of one set of addenda."""
    root = eid.partition("__")[0] if eid.startswith("addenda") else None
    found = itertools.filterfalse(lambda clause: clause.kind is not Kind.ARTICLE, draft.clauses)
    return [clause for clause in found if (clause.parent == root if root else clause.is_main_text)]
