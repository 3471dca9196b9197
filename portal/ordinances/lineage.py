"""Which clause of a new version is which clause of the old one, as far as that is plain without a person.

Careful on purpose: a clause keeps its identity where its words stand again (at its address, or moved as they were), or
where its address has words that are clearly its own reworded. Everything else is deleted there and inserted here; the
full comparison, with splits and merges, and staff who confirm it, come above this. Deterministic, near-linear.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Status

#: From this similarity on, the words at one address are the same clause, reworded.
LEAST_SIMILARITY: Final = 0.5
#: Shorter words (외교부, 삭제) stand again by chance: they are followed only within the same parent.
_LEAST_TELLING: Final = 12


class ChangeName(StrEnum):
    """What became of a clause. A clause that is renumbered or moved may be reworded too: its score is below 1 then. One
    whose number stays in the new text with nothing but 삭제 is deleted, and named on both sides."""

    SAME = "same"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    MOVED = "moved"
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


def same_address_lineage(old: Draft, new: Draft) -> list[Pair]:
    """Every clause of both versions in exactly one pair: in the order of the new text, then what was deleted in the
    order of the old."""
    matching = _Matching(old, new)
    matching.match_telling_words()
    matching.match_by_place()
    return matching.pairs()


def similarity(one: str, other: str) -> float:
    """How much two texts have in common, 0 to 1: Dice's coefficient over pairs of neighbouring characters, spaces left
    out (L. R. Dice, 1945)."""
    if one == other:
        return 1.0
    a, b = _bigrams(one), _bigrams(other)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _bigrams(text: str) -> Counter[str]:
    letters = "".join(text.split())
    if len(letters) < 2:
        return Counter([letters] if letters else [])
    return Counter(letters[place : place + 2] for place in range(len(letters) - 1))


def _words(clause: Clause) -> str:
    """What a clause says, white space evened out: in Korean, or in English where there is no Korean; of addenda also
    their number and date."""
    korean = (clause.heading_ko or "", clause.text_ko or "")
    english = (clause.heading_en or "", clause.text_en or "")
    table = clause.table.as_text("ko" if clause.text_ko is not None else "en") if clause.table else ""
    notes = clause.notes if clause.kind is Kind.ADDENDUM else ()
    return " ".join(" ".join((*(korean if any(korean) else english), table, *notes)).split())


class _Matching:
    def __init__(self, old: Draft, new: Draft) -> None:
        self._old, self._new = old, new
        self._old_words = {clause.eid: _words(clause) for clause in old.clauses}
        self._new_words = {clause.eid: _words(clause) for clause in new.clauses}
        self._new_of: dict[str, str] = {}
        self._old_of: dict[str, str] = {}

    def match_telling_words(self) -> None:
        """Words long enough to be told by: the same at the same address; then those that stand once in what is left of
        the old text and once in what is left of the new."""
        for clause in self._old.clauses:
            other = self._new.by_eid.get(clause.eid)
            if not other or other.kind is not clause.kind or not self._tells(clause, self._old_words):
                continue
            if self._equal(clause, other):
                self._match(clause, other)
        places: dict[tuple[Kind, str], tuple[list[Clause], list[Clause]]] = defaultdict(lambda: ([], []))
        for side, draft, words in ((0, self._old, self._old_words), (1, self._new, self._new_words)):
            for clause in draft.clauses:
                matched = clause.eid in (self._old_of if side else self._new_of)
                if not matched and clause.kind not in HEADINGS and self._tells(clause, words):
                    places[clause.kind, words[clause.eid]][side].append(clause)
        for old_clauses, new_clauses in places.values():
            if len(old_clauses) == len(new_clauses) == 1:
                self._match(old_clauses[0], new_clauses[0])

    def match_by_place(self) -> None:
        """From the top down. Articles are told among all articles, whatever chapter they stand in; anything below only
        within a parent that is the same clause."""
        self._match_among(_tops(self._old), _tops(self._new))
        self._match_among(_articles(self._old), _articles(self._new))
        for clause in self._old.clauses:
            if (counterpart := self._new_of.get(clause.eid)) is not None:
                below_old, below_new = self._old.children(clause.eid), self._new.children(counterpart)
                if clause.kind in HEADINGS:
                    self._match_among(_without_articles(below_old), _without_articles(below_new))
                else:
                    self._match_among(below_old, below_new)

    def pairs(self) -> list[Pair]:
        """The result: the new text in its order, then what is gone."""
        found = [self._pair(self._old_of.get(clause.eid), clause) for clause in self._new.clauses]
        gone = [clause for clause in self._old.clauses if clause.eid not in self._new_of]
        return found + [Pair(clause.eid, None, ChangeName.DELETED, 0.0) for clause in gone]

    def _tells(self, clause: Clause, words: Mapping[str, str]) -> bool:
        """Long enough to be told by. What one set of addenda says (시행일, 경과조치) they all say: only the
        root, with its number, is told by its words."""
        of_addenda = clause.eid.startswith("addenda") and clause.kind is not Kind.ADDENDUM
        return len(words[clause.eid]) >= _LEAST_TELLING and not of_addenda

    def _equal(self, old: Clause, new: Clause) -> bool:
        return self._old_words[old.eid] == self._new_words[new.eid]

    def _match(self, old: Clause, new: Clause) -> None:
        self._new_of[old.eid], self._old_of[new.eid] = new.eid, old.eid

    def _match_among(self, old: Sequence[Clause], new: Sequence[Clause]) -> None:
        """Siblings: the same words first, at the same number if they are there, then the same number where the words
        are similar enough."""
        by_number = {_number(clause): clause for clause in new}
        for clause in old:
            other = by_number.get(_number(clause))
            if not other or not self._fits(clause, other) or not self._equal(clause, other):
                continue
            if self._old_words[clause.eid] or self._alike(clause, other):
                self._match(clause, other)
        waiting: dict[tuple[Kind, str], list[Clause]] = defaultdict(list)
        for clause in reversed(new):
            if clause.eid not in self._old_of and clause.status is Status.IN_FORCE and self._new_words[clause.eid]:
                waiting[clause.kind, self._new_words[clause.eid]].append(clause)
        for clause in old:
            if clause.eid not in self._new_of and (found := waiting.get((clause.kind, self._old_words[clause.eid]))):
                self._match(clause, found.pop())
        for clause in old:
            other = by_number.get(_number(clause))
            if other and self._fits(clause, other) and (other.status is Status.DELETED or self._alike(clause, other)):
                self._match(clause, other)

    def _fits(self, old: Clause, new: Clause) -> bool:
        """Neither has its counterpart yet. A number that was deleted and holds words again is a new clause."""
        revived = old.status is Status.DELETED and new.status is not Status.DELETED
        return old.kind is new.kind and not revived and old.eid not in self._new_of and new.eid not in self._old_of

    def _alike(self, old: Clause, new: Clause) -> bool:
        """A leaf by its own words; what has clauses below it by everything, for a heading alone says little."""
        if not self._old.children(old.eid) and not self._new.children(new.eid):
            return self._similarity(old.eid, new.eid) >= LEAST_SIMILARITY
        one = " ".join(self._old_words[clause.eid] for clause in self._old.subtree(old.eid))
        other = " ".join(self._new_words[clause.eid] for clause in self._new.subtree(new.eid))
        return similarity(one, other) >= LEAST_SIMILARITY

    def _similarity(self, old: str, new: str) -> float:
        return similarity(self._old_words[old], self._new_words[new])

    def _pair(self, old: str | None, new: Clause) -> Pair:
        if old is None:
            return Pair(None, new.eid, ChangeName.INSERTED, 0.0)
        before = self._old.by_eid[old]
        score = round(self._similarity(old, new.eid), 3)
        if new.status is Status.DELETED and before.status is not Status.DELETED:
            return Pair(old, new.eid, ChangeName.DELETED, score)
        if (self._new_of.get(before.parent) if before.parent else None) != new.parent:
            return Pair(old, new.eid, ChangeName.MOVED, score)
        if _number(before) != _number(new):
            return Pair(old, new.eid, ChangeName.RENUMBERED, score)
        return Pair(old, new.eid, ChangeName.SAME if self._equal(before, new) else ChangeName.REWORDED, score)


def _tops(draft: Draft) -> list[Clause]:
    return _without_articles(draft.children(None))


def _articles(draft: Draft) -> list[Clause]:
    return [clause for clause in draft.clauses if clause.kind is Kind.ARTICLE and clause.is_main_text]


def _without_articles(clauses: Sequence[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.kind is not Kind.ARTICLE]


def _number(clause: Clause) -> str:
    """The number of a clause among its siblings: the last element of its address."""
    return parse(clause.eid).steps[-1].eid
