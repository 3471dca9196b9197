"""Which clause of a new version is which clause of the old one, and what became of it.

Not by number: a clause is followed by its words and by what stands around it, from the articles down, so that a number
that now names another rule is not taken for the old one. What comes out is a proposal for staff to confirm. The same
texts give the same result; unchanged text costs one reading. Knows no storage and shows nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status
from portal.ordinances.siblings import Neighbour, align
from portal.ordinances.similarity import Weighing, similarity

#: Shorter words (외교부, 위반행위의 내용) stand again by chance: they are not followed to another parent.
_TELLING: Final = 12
_TELLING_ELSEWHERE: Final = 30
#: An article under the same number and heading is the same article, unless nothing of it is left.
_SOMETHING_LEFT: Final = 0.1
#: Articles, annexes and forms: how alike they have to be, at the same number and elsewhere.
_SAME_UNIT_AT_ITS_NUMBER: Final = 0.36
_SAME_UNIT: Final = 0.45
_HEADING_SHARE: Final = 0.3
#: What moved to another parent alone must be as alike as that, and that much more than to anything else.
_MOVED: Final = 0.75
_CLEARLY: Final = 0.1
#: Part of a split or a merger: how much of the part has to stand in the whole, how much more of the whole is found with
#: it than without, and how much of it is found in all.
_PART_IN_WHOLE: Final = 0.5
_PART_ADDS: Final = 0.12
_WHOLE_FOUND: Final = 0.7
#: Two articles that said the same and are one now.
_SAID_THE_SAME: Final = 0.55
#: The text of an article that stands in its first numbered paragraphs now, or the other way round.
_SAME_UNNUMBERED: Final = 0.5


class ChangeName(StrEnum):
    """What became of a clause.

    Whatever its change, a clause may be reworded too: its score is below 1 then. `renumbered`: another address under
    the same parent, or under one that was renumbered; `moved`: under another parent, or with one that moved. A clause
    whose number stays with nothing but 삭제 is `deleted`, and named on both sides; where its words stand elsewhere now,
    it is in a second pair. A `split` is several pairs with the same old clause, `merged` several with the same new one;
    an article whose text gets ① is split into its heading and its ①.
    """

    SAME = "same"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Pair:
    """One clause of the old version with the one of the new that it is, by eId; None on one side for a deletion or an
    insertion. `score` is how similar the words are, 0 to 1; 0 for one-sided pairs."""

    old: str | None
    new: str | None
    change: ChangeName
    score: float


def compare(old: Draft, new: Draft, language: Language | None = None) -> list[Pair]:
    """Every clause of both versions in at least one pair: in the order of the new text, then what is gone in the order
    of the old.

    Compared is the Korean, or the English where a clause has no Korean; with `language`, that language alone.
    """
    comparison = _Comparison(_Side(old, language), _Side(new, language))
    comparison.run()
    return comparison.pairs()


def identities(pairs: Iterable[Pair]) -> dict[str, str]:
    """The old clause that each clause of the new version carries on, each old one once. Of a split the part goes on
    that stayed where it was, or has most of the words, and the others are new; so it is with what was merged."""
    levels: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.old is not None and pair.new is not None:
            levels[pair.new.count("__")].append(pair)
    carried: dict[str, str] = {}
    taken: set[str] = set()

    def preference(pair: Pair) -> tuple[bool, bool, bool, float]:
        # A number that was left behind carries on the clause only where its words stand nowhere else.
        assert pair.old is not None and pair.new is not None
        stays = carried.get(pair.new.rpartition("__")[0], "") == pair.old.rpartition("__")[0]
        return pair.change is ChangeName.DELETED, not stays, pair.old != pair.new, -pair.score

    for level in sorted(levels):
        for pair in sorted(levels[level], key=preference):
            if pair.old and pair.new and pair.new not in carried and pair.old not in taken:
                carried[pair.new] = pair.old
                taken.add(pair.old)
    return carried


# ---------------------------------------------------------------------------------------------------------- one text


class _Side:
    """A draft with the words of its clauses, each put together once."""

    def __init__(self, draft: Draft, language: Language | None) -> None:
        self.draft = draft
        self.own = {clause.eid: clause_words(clause, language) for clause in draft.clauses}
        #: The own text without the heading: what an unnumbered paragraph says.
        self._text = {clause.eid: _text(clause, language) for clause in draft.clauses}
        self.place = {clause.eid: place for place, clause in enumerate(draft.clauses)}
        self.number = {clause.eid: _number(clause) for clause in draft.clauses}

    @cached_property
    def whole(self) -> Mapping[str, str]:
        """The words of each clause with those of everything below it."""
        pieces: dict[str, list[str]] = defaultdict(list)
        whole: dict[str, str] = {}
        for clause in reversed(self.draft.clauses):
            below = pieces.pop(clause.eid, [])
            whole[clause.eid] = text = " ".join(filter(None, (self.own[clause.eid], *reversed(below))))
            if clause.parent is not None and self.draft.by_eid[clause.parent].kind not in HEADINGS:
                pieces[clause.parent].append(text)
        return whole

    def content(self, eid: str) -> str:
        """The words of a clause and everything below it, without its heading."""
        below = (self.whole[child.eid] for child in self.draft.children(eid))
        return " ".join(filter(None, (self._text[eid], *below)))

    def text(self, eid: str) -> str:
        """The own text without the heading."""
        return self._text[eid]

    def struck(self, eid: str) -> bool:
        """Whether nothing is left of the clause but its number."""
        return self.draft.by_eid[eid].status is Status.DELETED

    def clause(self, eid: str) -> Clause:
        """The clause at an address."""
        return self.draft.by_eid[eid]

    def below(self, eid: str) -> tuple[Clause, ...]:
        """What stands directly below a clause; of a heading, without articles."""
        children = self.draft.children(eid)
        if self.clause(eid).kind in HEADINGS:
            return tuple(child for child in children if child.kind is not Kind.ARTICLE)
        return children


def clause_words(clause: Clause, language: Language | None = None) -> str:
    """What a clause says with its tables, white space evened out; of addenda also their number and date. With no
    language, in Korean, or in English where it has no Korean."""
    spoken = _language(clause, language)
    notes = clause.notes if clause.kind is Kind.ADDENDUM else ()
    tables = (table.as_text(spoken) for table in clause.tables)
    pieces = (clause.heading(spoken) or "", clause.text(spoken) or "", *tables, *notes)
    return " ".join(" ".join(pieces).split())


def _text(clause: Clause, language: Language | None) -> str:
    return " ".join((clause.text(_language(clause, language)) or "").split())


def _language(clause: Clause, language: Language | None) -> Language:
    if language is not None:
        return language
    has_korean = clause.heading_ko or clause.text_ko or any(table.columns_ko for table in clause.tables)
    return "ko" if has_korean else "en"


def _number(clause: Clause) -> str:
    """The number of a clause among its siblings: the last element of its address."""
    return parse(clause.eid).steps[-1].eid


# --------------------------------------------------------------------------------------------------------- comparing


class _Comparison:
    """`_new_of` and `_old_of` are the pairs, one to one; `_besides` the further pairs of splits, mergers and numbers
    that were left behind."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self._old, self._new = old, new
        self._weighing = Weighing(old.own.values(), new.own.values())
        self._new_of: dict[str, str] = {}
        self._old_of: dict[str, str] = {}
        self._besides: dict[tuple[str, str], ChangeName] = {}

    def run(self) -> None:
        """Articles, annexes and addenda first, then what is below them, then what changed its parent."""
        for old, new in self._units():
            self._match_unchanged(old, new)
            self._match_units(old, new)
        self._match_addenda()
        self._match_headings()
        self._match_moved()
        self._match_parts()
        self._match_struck()

    # ------------------------------------------------------------------------------------------------------- pairs

    def _match(self, old: str, new: str) -> None:
        self._new_of[old], self._old_of[new] = new, old

    def _free(self, old: str, new: str) -> bool:
        return old not in self._new_of and new not in self._old_of

    def _match_whole(self, old: str, new: str) -> None:
        """Two clauses with the same words all the way down."""
        self._match(old, new)
        self._match_below(old, new)

    def _units(self) -> list[tuple[list[Clause], list[Clause]]]:
        """What is told among all of its kind, wherever it stands."""
        return [
            (_units_of(self._old.draft, kind), _units_of(self._new.draft, kind))
            for kind in (Kind.PREAMBLE, Kind.ARTICLE, Kind.ANNEX, Kind.FORM)
        ]

    def _match_unchanged(self, old: Sequence[Clause], new: Sequence[Clause]) -> None:
        """The same words at the same address; then those that stand once in what is left on either side."""
        for clause in old:
            other = self._new.draft.by_eid.get(clause.eid)
            if other is not None and self._old.whole[clause.eid] == self._new.whole[clause.eid]:
                self._match_whole(clause.eid, clause.eid)
        places: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, clauses, taken, at in ((self._old, old, self._new_of, 0), (self._new, new, self._old_of, 1)):
            for clause in clauses:
                if clause.eid not in taken and not side.struck(clause.eid):
                    places[side.whole[clause.eid]][at].append(clause.eid)
        for whole, (olds, news) in places.items():
            if len(whole) >= _TELLING and len(olds) == len(news) == 1:
                self._match_whole(olds[0], news[0])

    def _match_units(self, old: Sequence[Clause], new: Sequence[Clause]) -> None:
        """Articles that changed: under their number and heading; else the likest first."""
        left_old = [one.eid for one in old if one.eid not in self._new_of and not self._old.struck(one.eid)]
        left_new = [one.eid for one in new if one.eid not in self._old_of and not self._new.struck(one.eid)]
        for eid in left_old:
            if eid in self._new.own and eid in left_new and self._same_heading(eid):
                self._match_whole(eid, eid)
        left_old = [eid for eid in left_old if eid not in self._new_of]
        left_new = [eid for eid in left_new if eid not in self._old_of]
        contents_old = [self._old.content(eid) for eid in left_old]
        contents_new = [self._new.content(eid) for eid in left_new]
        found = []
        for a, b in self._weighing.promising(contents_old, contents_new):
            score = self._weighing.alike(contents_old[a], contents_new[b])
            headings = self._heading(self._old, left_old[a]), self._heading(self._new, left_new[b])
            if all(headings):
                score += _HEADING_SHARE * (self._weighing.alike(*headings) - score)
            at_its_number = left_old[a] == left_new[b]
            if score >= (_SAME_UNIT_AT_ITS_NUMBER if at_its_number else _SAME_UNIT):
                found.append((-score - 0.08 * at_its_number, abs(a - b), left_old[a], left_new[b]))
        for _, _, one, other in sorted(found):
            if self._free(one, other):
                self._match_whole(one, other)

    def _same_heading(self, eid: str) -> bool:
        one, other = self._heading(self._old, eid), self._heading(self._new, eid)
        if not one or one != other:
            return False
        contents = self._old.content(eid), self._new.content(eid)
        return not all(contents) or self._weighing.alike(*contents) >= _SOMETHING_LEFT

    def _heading(self, side: _Side, eid: str) -> str:
        own, text = side.own[eid], side.text(eid)
        return own.removesuffix(text).strip() if own != text else ""

    # -------------------------------------------------------------------------------------------------------- below

    def _match_below(self, old: str, new: str) -> None:
        """What stands below two clauses that are the same one. Articles under a heading are told among all articles."""
        olds, news = self._old.below(old), self._new.below(new)
        numbered_old, numbered_new = _paragraphs(olds), _paragraphs(news)
        if not numbered_old and numbered_new and self._match_numbered(old, new, numbered_new):
            return
        if numbered_old and not numbered_new and self._match_unnumbered(old, new, numbered_old):
            return
        self._match_neighbours(olds, news)

    def _match_neighbours(self, old: Sequence[Clause], new: Sequence[Clause], beside: bool = False) -> None:
        """Two lists of children. `beside`: the parent has another counterpart already, and so may the children."""
        for kind in dict.fromkeys(clause.kind for clause in old):
            olds = [one.eid for one in old if one.kind is kind and self._open(self._old, one.eid, self._new_of)]
            news = [one.eid for one in new if one.kind is kind and (beside or one.eid not in self._old_of)
                    and not self._new.struck(one.eid)]  # fmt: skip
            for a, b in align(self._neighbours(self._old, olds), self._neighbours(self._new, news), self._weighing):
                if news[b] not in self._old_of:
                    self._match_whole(olds[a], news[b])
                else:
                    self._merge(olds[a], news[b])

    def _open(self, side: _Side, eid: str, taken: Mapping[str, str]) -> bool:
        return eid not in taken and not side.struck(eid)

    def _neighbours(self, side: _Side, eids: Sequence[str]) -> list[Neighbour]:
        return [Neighbour(side.own[eid], side.whole[eid], side.number[eid]) for eid in eids]

    def _match_numbered(self, old: str, new: str, paragraphs: Sequence[Clause]) -> bool:
        """An article whose text gets ①: heading and paragraph were one clause. Whether that is so."""
        best = self._likest(self._old.content(old), self._old.text(old), self._new, paragraphs)
        if best is None:
            return False
        self._besides[old, best] = ChangeName.SPLIT
        self._match_neighbours(self._old.below(old), self._new.below(best))
        return True

    def _match_unnumbered(self, old: str, new: str, paragraphs: Sequence[Clause]) -> bool:
        """An article that loses its ①: heading and paragraph are one clause now."""
        best = self._likest(self._new.content(new), self._new.text(new), self._old, paragraphs)
        if best is None:
            return False
        self._besides[best, new] = ChangeName.MERGED
        self._match_neighbours(self._old.below(best), self._new.below(new))
        return True

    def _likest(self, content: str, text: str, side: _Side, paragraphs: Sequence[Clause]) -> str | None:
        if not text:
            return None
        scores = [
            max(self._weighing.alike(content, side.whole[one.eid]), self._weighing.alike(text, side.own[one.eid]))
            for one in paragraphs
        ]
        best = max(range(len(scores)), key=lambda place: (scores[place], -place))
        return paragraphs[best].eid if scores[best] >= _SAME_UNNUMBERED else None

    # ---------------------------------------------------------------------------------------------- addenda, headings

    def _match_addenda(self) -> None:
        """Addenda are told by their number and date, wherever they stand: those of the draft become older ones."""
        olds = [one for one in self._old.draft.clauses if one.kind is Kind.ADDENDUM]
        news = [one for one in self._new.draft.clauses if one.kind is Kind.ADDENDUM]
        by_notes = {one.notes: one.eid for one in reversed(news) if one.notes}
        for one in olds:
            other = by_notes.get(one.notes)
            if other is not None and self._free(one.eid, other):
                self._match_whole(one.eid, other)
        for one in olds:
            new = self._new.draft.by_eid.get(one.eid)
            if new is not None and self._free(one.eid, one.eid) and not (one.notes and new.notes):
                self._match_whole(one.eid, one.eid)

    def _match_headings(self) -> None:
        """A chapter is the one that has its articles; one without any is told by its name."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for old, new in self._new_of.items():
            if self._old.clause(old).kind is Kind.ARTICLE:
                above_old = {one.kind: one.eid for one in self._old.draft.ancestors(old)}
                above_new = {one.kind: one.eid for one in self._new.draft.ancestors(new)}
                for kind in above_old.keys() & above_new.keys():
                    votes[above_old[kind]][above_new[kind]] += 1
        found = []
        for one in self._old.draft.clauses:
            if one.kind not in HEADINGS or self._old.struck(one.eid):
                continue
            for other in self._new.draft.clauses:
                if other.kind is not one.kind or self._new.struck(other.eid):
                    continue
                alike = self._weighing.alike(self._old.own[one.eid], self._new.own[other.eid])
                shared = votes[one.eid][other.eid] / max(1, votes[one.eid].total())
                if alike >= 0.6 or shared >= 0.5:
                    found.append((-alike - shared, one.eid != other.eid, one.eid, other.eid))
        for _, _, old, new in sorted(found):
            if self._free(old, new):
                self._match(old, new)

    # ---------------------------------------------------------------------------------------------------- moved alone

    def _match_moved(self) -> None:
        """What stands under another parent now, from the paragraphs down; what hangs on it comes along."""
        for kinds in ((Kind.ARTICLE, Kind.PARAGRAPH), (Kind.SUBPARAGRAPH,), (Kind.ITEM,), (Kind.SUBITEM,)):
            olds = self._left(self._old, self._new_of, kinds)
            news = self._left(self._new, self._old_of, kinds)
            contents_old = [self._old.content(eid) for eid in olds]
            contents_new = [self._new.content(eid) for eid in news]
            scores = {
                (a, b): self._weighing.alike(contents_old[a], contents_new[b])
                for a, b in self._weighing.promising(contents_old, contents_new)
                if Kind.PARAGRAPH in (self._old.clause(olds[a]).kind, self._new.clause(news[b]).kind)
                or kinds[0] is not Kind.ARTICLE
            }
            for (a, b), score in sorted(scores.items(), key=lambda found: (-found[1], found[0])):
                if score < _MOVED:
                    break
                others = [other for (i, j), other in scores.items() if (i == a) != (j == b)]
                long_enough = min(len(contents_old[a]), len(contents_new[b])) >= _TELLING_ELSEWHERE
                if long_enough and self._free(olds[a], news[b]) and score >= max(others, default=0.0) + _CLEARLY:
                    self._match_whole(olds[a], news[b])

    def _left(self, side: _Side, taken: Mapping[str, str], kinds: Sequence[Kind]) -> list[str]:
        return [
            one.eid for one in side.draft.clauses
            if one.kind in kinds and one.is_main_text and one.eid not in taken and not side.struck(one.eid)
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------------------ splits, mergers

    def _match_parts(self) -> None:
        """What came out of a clause that went on without it, and what went into one."""
        self._match_parts_of_units()
        for new in self._left(self._new, self._old_of, _BELOW_ARTICLES):
            old = self._whole_of(new, self._new, self._old, self._old_of)
            if old is not None:
                self._besides[old, new] = ChangeName.SPLIT
                self._match_neighbours(
                    [one for one in self._old.below(old) if one.eid not in self._new_of], self._new.below(new)
                )
        for old in self._left(self._old, self._new_of, _BELOW_ARTICLES):
            merged = self._whole_of(old, self._old, self._new, self._new_of)
            if merged is not None:
                self._merge(old, merged)

    def _match_parts_of_units(self) -> None:
        """Articles: one that became two, two that became one, and two that said the same and are one now."""
        olds, news = self._changed_articles()
        parts = self._left(self._new, self._old_of, (Kind.ARTICLE,))
        for new, wholes in self._promising(self._new, parts, self._old, olds):
            old = self._likest_whole(self._new.content(new), wholes, self._old, self._new, self._new_of)
            if old is not None and old not in {one for one, _ in self._besides}:
                self._besides[old, new] = ChangeName.SPLIT
                self._match_neighbours(self._old.below(old), self._new.below(new))
        parts = self._left(self._old, self._new_of, (Kind.ARTICLE,))
        for old, wholes in self._promising(self._old, parts, self._new, news):
            content = self._old.content(old)
            merged = self._likest_whole(content, wholes, self._new, self._old, self._old_of)
            if merged is None:
                scores = [(self._weighing.balanced(content, self._new.content(eid)), eid) for eid in wholes]
                best, likest = max(scores, key=lambda found: found[0])
                merged = likest if best >= _SAID_THE_SAME else None
            if merged is not None:
                self._merge(old, merged)

    def _changed_articles(self) -> tuple[list[str], list[str]]:
        changed = [
            (old, new)
            for old, new in self._new_of.items()
            if self._old.clause(old).kind is Kind.ARTICLE
            and self._old.clause(old).is_main_text
            and self._old.whole[old] != self._new.whole[new]
        ]
        return [old for old, _ in changed], [new for _, new in changed]

    def _promising(
        self, side: _Side, parts: Sequence[str], other: _Side, wholes: Sequence[str]
    ) -> list[tuple[str, list[str]]]:
        """For each part the articles of the other version that it may be a part of; parts without any left away."""
        found: dict[str, list[str]] = defaultdict(list)
        contents = [side.content(eid) for eid in parts], [other.content(eid) for eid in wholes]
        for a, b in self._weighing.promising(*contents):
            found[parts[a]].append(wholes[b])
        return list(found.items())

    def _likest_whole(
        self, part: str, wholes: Sequence[str], side: _Side, other: _Side, counterpart: Mapping[str, str]
    ) -> str | None:
        """Of these articles the one that `part` came out of, or went into."""
        best, likest = 0.0, None
        for eid in wholes:
            whole, rest = side.content(eid), other.content(counterpart[eid])
            contained = self._weighing.contained(part, whole)
            if contained > best and contained >= _PART_IN_WHOLE and self._adds(whole, part, rest):
                best, likest = contained, eid
        return likest

    def _adds(self, whole: str, part: str, rest: str) -> bool:
        """Whether the part explains what the rest does not."""
        with_part = self._weighing.covered(whole, (rest, part))
        return with_part >= _WHOLE_FOUND and with_part - self._weighing.covered(whole, (rest,)) >= _PART_ADDS

    def _whole_of(self, part: str, side: _Side, other: _Side, counterpart: Mapping[str, str]) -> str | None:
        """The clause of the other version that this one was part of: a neighbour's, which went on without it."""
        words = side.own[part]
        parent = side.clause(part).parent
        if len(words) < _TELLING or parent is None:
            return None
        best, found = 0.0, None
        for neighbour in side.below(parent):
            whole, rest = counterpart.get(neighbour.eid), side.own[neighbour.eid]
            if whole is None or neighbour.kind is not side.clause(part).kind or other.own[whole] == rest:
                continue
            contained = self._weighing.contained(words, other.own[whole])
            if contained > best and contained >= _PART_IN_WHOLE and self._adds(other.own[whole], words, rest):
                best, found = contained, whole
        return found

    def _merge(self, old: str, new: str) -> None:
        """`old` goes into a clause that carries on another one; what is below it finds its place there."""
        self._besides[old, new] = ChangeName.MERGED
        self._match_neighbours(self._old.below(old), self._new.below(new), beside=True)

    # ------------------------------------------------------------------------------------------------------- struck

    def _match_struck(self) -> None:
        """A number that is left with nothing but 삭제 is the old clause of that number, even where its words stand
        elsewhere now."""
        for one in self._new.draft.clauses:
            if not self._new.struck(one.eid) or one.eid in self._old_of:
                continue
            old = self._at_number(one)
            if old is None:
                continue
            if old not in self._new_of:
                self._match(old, one.eid)
            elif not self._old.struck(old):
                self._besides[old, one.eid] = ChangeName.DELETED

    def _at_number(self, one: Clause) -> str | None:
        if one.kind in HEADINGS or one.parent is None or self._new.clause(one.parent).kind in HEADINGS:
            other = self._old.draft.by_eid.get(one.eid)
            return other.eid if other is not None and other.kind is one.kind else None
        parents = [self._old_of[one.parent]] if one.parent in self._old_of else []
        parents += [old for old, new in self._besides if new == one.parent]
        for parent in parents:
            for sibling in self._old.below(parent):
                if self._old.number[sibling.eid] == self._new.number[one.eid]:
                    return sibling.eid
        return None

    # ------------------------------------------------------------------------------------------------------- result

    def pairs(self) -> list[Pair]:
        """The new text in its order, then what is gone."""
        self._groups()
        labels: dict[tuple[str, str], ChangeName] = {}
        found = []
        for clause in self._new.draft.clauses:
            olds = self._olds_of.get(clause.eid, [])
            found += [self._pair(old, clause.eid, labels) for old in olds]
            if not olds:
                found.append(Pair(None, clause.eid, ChangeName.INSERTED, 0.0))
        gone = [one.eid for one in self._old.draft.clauses if one.eid not in self._news_of]
        return found + [Pair(eid, None, ChangeName.DELETED, 0.0) for eid in gone]

    def _groups(self) -> None:
        self._olds_of: dict[str, list[str]] = defaultdict(list)
        self._news_of: dict[str, list[str]] = defaultdict(list)
        for old, new in [*self._new_of.items(), *self._besides]:
            self._olds_of[new].append(old)
            self._news_of[old].append(new)
        for olds in self._olds_of.values():
            olds.sort(key=self._old.place.__getitem__)
        self._split = {old for (old, _), change in self._besides.items() if change is ChangeName.SPLIT}
        self._merged = {new for (_, new), change in self._besides.items() if change is ChangeName.MERGED}

    def _pair(self, old: str, new: str, labels: dict[tuple[str, str], ChangeName]) -> Pair:
        change = labels[old, new] = self._change(old, new, labels)
        return Pair(old, new, change, round(similarity(self._old.own[old], self._new.own[new]), 3))

    def _change(self, old: str, new: str, labels: Mapping[tuple[str, str], ChangeName]) -> ChangeName:
        before, after = self._old.clause(old), self._new.clause(new)
        if self._new.struck(new) and not self._old.struck(old):
            return ChangeName.DELETED
        if new in self._merged:
            return ChangeName.MERGED
        if old in self._split:
            return ChangeName.SPLIT
        if not self._same_parent(before, after):
            return ChangeName.MOVED
        if self._old.number[old] != self._new.number[new]:
            return ChangeName.RENUMBERED
        if old != new:
            above = labels.get((before.parent or "", after.parent or ""))
            return ChangeName.MOVED if above is ChangeName.MOVED else ChangeName.RENUMBERED
        return ChangeName.SAME if self._old.own[old] == self._new.own[new] else ChangeName.REWORDED

    def _same_parent(self, before: Clause, after: Clause) -> bool:
        """Whether both stand under what is the same clause; an article and its ①, where that is new, are one parent."""
        if before.parent is None or after.parent is None:
            return before.parent is after.parent
        if self._new_of.get(before.parent) == after.parent:
            return True
        kinds = self._old.clause(before.parent).kind, self._new.clause(after.parent).kind
        return (before.parent, after.parent) in self._besides and kinds[0] is not kinds[1]


_BELOW_ARTICLES: Final = (Kind.PARAGRAPH, Kind.SUBPARAGRAPH, Kind.ITEM, Kind.SUBITEM)


def _units_of(draft: Draft, kind: Kind) -> list[Clause]:
    return [clause for clause in draft.clauses if clause.kind is kind and not clause.eid.startswith("addenda")]


def _paragraphs(clauses: Sequence[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.kind is Kind.PARAGRAPH]
