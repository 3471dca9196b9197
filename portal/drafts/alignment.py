"""What each clause of one text is in the next: as the machine proposes it, and as staff decide.

Pure. A proposal is kept apart from the decisions, which are acts replayed over it: each can be taken back. What nobody
looked at is taken as proposed only by an act of its own, when the version is published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.kernel.errors import InvalidError
from portal.kernel.i18n import msg
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Draft, Kind, Status
from portal.ordinances.compare import ChangeName, Pair, compare, identities
from portal.ordinances.partial import under_consultation
from portal.ordinances.similarity import similarity

Act = Mapping[str, Any]

#: What holds clauses and says nothing that could be amended by itself: it is never outside a notice.
NEVER_OUTSIDE: Final = frozenset({Kind.PREAMBLE, Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.SUBSECTION})


@dataclass(frozen=True, slots=True)
class Aligned:
    """One clause of the old text with the one of the new that it is, by eId; None on one side for what was deleted or
    inserted. `decided`: as_proposed, confirmed or corrected."""

    old: str | None
    new: str | None
    change: str
    score: float
    decided: str = "as_proposed"

    @property
    def sides(self) -> tuple[str | None, str | None]:
        """Both addresses."""
        return self.old, self.new


def proposed(old: Draft, new: Draft) -> list[Aligned]:
    """What the machine makes of the two texts: the new text in its order, then what is gone."""
    return [Aligned(pair.old, pair.new, str(pair.change.value), round(pair.score, 3)) for pair in compare(old, new)]


def packed(pairs: Iterable[Aligned]) -> list[list[Any]]:
    """A proposal as it is stored."""
    return [[pair.old, pair.new, pair.change, pair.score] for pair in pairs]


def unpacked(stored: Iterable[Sequence[Any]]) -> list[Aligned]:
    """A stored proposal."""
    return [Aligned(old, new, change, score) for old, new, change, score in stored]


def decided(proposal: Sequence[Aligned], acts: Sequence[Act], old: Draft, new: Draft) -> list[Aligned]:
    """The alignment after these acts, in the order of the new text, then what is gone. Raises InvalidError where an act
    names a clause that there is not."""
    table = _Decisions(proposal, old, new)
    for act in acts:
        getattr(table, act["act"])(act)
    return table.result()


def as_pairs(pairs: Iterable[Aligned]) -> list[Pair]:
    """The alignment as `portal.ordinances` takes it."""
    return [Pair(pair.old, pair.new, ChangeName(pair.change), pair.score) for pair in pairs]


def carried(pairs: Sequence[Aligned]) -> dict[str, str]:
    """Whose identity each new clause carries on, by eId: of a split or a merger one of them."""
    return identities(as_pairs(pairs))


def linked(links: Iterable[tuple[str, str]], old: Draft, new: Draft) -> list[Aligned]:
    """An alignment of which only the links are known: what became of each clause is told from the texts."""
    table = _Decisions([Aligned(a, b, "", 0.0) for a, b in dict.fromkeys(links)], old, new)
    return [replace(pair, decided="as_proposed") for pair in table.result(name_all=True)]


def kept(given: Sequence[Aligned], proposal: Sequence[Aligned], old: Draft, new: Draft) -> list[Aligned]:
    """An alignment that was given, after the new text was corrected: its links stay; of clauses that it does not name
    the proposal is taken."""
    links = [(pair.old, pair.new) for pair in given
             if pair.old in old.by_eid and pair.new in new.by_eid and pair.old and pair.new]
    known, taken = {pair.new for pair in given}, {source for source, _ in links}
    links += [(pair.old, pair.new) for pair in proposal
              if pair.old and pair.new and pair.old not in taken and pair.new not in known]
    return linked(links, old, new)


def composed(first: Sequence[Aligned], second: Sequence[Aligned], old: Draft, new: Draft) -> list[Aligned]:
    """The alignment of `old` with `new` by way of a text between them."""
    through: dict[str, list[str]] = defaultdict(list)
    for pair in first:
        if pair.old and pair.new:
            through[pair.new].append(pair.old)
    return linked([(source, pair.new) for pair in second if pair.old and pair.new for source in through[pair.old]],
                  old, new)


def of_interest(pairs: Sequence[Aligned], old: Draft, new: Draft) -> list[Aligned]:
    """What a person has to look at: every change; what was inserted or deleted with a whole stands under that whole."""
    one_sided_new = {pair.new for pair in pairs if pair.old is None}
    one_sided_old = {pair.old for pair in pairs if pair.new is None}
    found = []
    for pair in pairs:
        if pair.change == "same" and pair.decided != "corrected":
            continue
        if pair.old is None and pair.new and new.by_eid[pair.new].parent in one_sided_new:
            continue
        if pair.new is None and pair.old and old.by_eid[pair.old].parent in one_sided_old:
            continue
        found.append(pair)
    return found


def differing(pairs: Sequence[Aligned], old: Draft, new: Draft) -> set[str]:
    """The clauses of the new text that an amendment changes, by eId (`portal.ordinances.partial` says which), and what
    holds one or lost one: what a partial amendment puts under consultation."""
    found: set[str] = set()
    new_of = {pair.old: pair.new for pair in pairs if pair.old and pair.new}
    for one in under_consultation(old, new, as_pairs(pairs)):
        eid = one.new.eid if one.new is not None else None
        if one.new is None and one.old is not None:
            above = [new_of[clause.eid] for clause in old.ancestors(one.old.eid) if clause.eid in new_of]
            eid = above[-1] if above else None
        while eid is not None:
            found.add(eid)
            eid = new.by_eid[eid].parent
    return found


def still_fitting(proposal: Sequence[Aligned], acts: Sequence[Act], old: Draft, new: Draft) -> list[Act]:
    """Those of the decisions that fit another proposal too."""
    table = _Decisions(proposal, old, new)
    kept = []
    for act in acts:
        try:
            getattr(table, act["act"])(act)
        except InvalidError:
            continue
        kept.append(act)
    return kept


def undecided(pairs: Sequence[Aligned], old: Draft, new: Draft) -> list[Aligned]:
    """What nobody has decided yet."""
    return [pair for pair in of_interest(pairs, old, new) if pair.decided == "as_proposed"]


def words(clause: Clause) -> str:
    """What a clause says, for telling how much two have in common."""
    return " ".join(filter(None, (clause.heading_ko or clause.heading_en, clause.text_ko or clause.text_en,
                                  *(table.as_text("ko") or table.as_text("en") for table in clause.tables))))


def likest(clause: Clause, text: Draft, most: int = 8) -> list[tuple[Clause, float]]:
    """The clauses of a text that have most in common with this one, of its kind or of one that holds or is held."""
    own = words(clause)
    among = [other for other in text.clauses if other.is_main_text == clause.is_main_text]
    scored = [(other, round(similarity(own, words(other)), 3)) for other in among]
    return sorted((pair for pair in scored if pair[1] > 0.05), key=lambda pair: -pair[1])[:most]


class _Decisions:
    def __init__(self, proposal: Sequence[Aligned], old: Draft, new: Draft) -> None:
        self._old, self._new = old, new
        self._links: dict[tuple[str, str], Aligned] = {
            (pair.old, pair.new): pair for pair in proposal if pair.old and pair.new}
        self._proposed = {pair.sides: pair for pair in proposal}
        self._alone: dict[tuple[str | None, str | None], str] = {}
        self._before = self._counts()
        self._disturbed: set[str] = set()

    def confirm(self, act: Act) -> None:
        for old, new in act["pairs"]:
            pair = self._links.get((old, new)) if old and new else None
            if pair is not None:
                self._links[old, new] = replace(pair, decided="confirmed")
            elif old is None or new is None:
                self._confirm_whole(old, new)

    def _confirm_whole(self, old: str | None, new: str | None) -> None:
        """An insertion or deletion, with everything below it that shares its fate."""
        text = self._new if new else self._old
        if (new or old) not in text.by_eid:
            return
        for clause in text.subtree(new or old or ""):
            self._alone[(None, clause.eid) if new else (clause.eid, None)] = "confirmed"

    def apart(self, act: Act) -> None:
        old, new = act["old"], act["new"]
        if self._links.pop((old, new), None) is None:
            raise InvalidError(msg("These two clauses are not paired any more."))
        self._alone[old, None] = self._alone[None, new] = "corrected"
        self._cut_below(old, new)

    def join(self, act: Act) -> None:
        old, new = act["old"], act["new"]
        if old not in self._old.by_eid or new not in self._new.by_eid:
            unknown = old if new in self._new.by_eid else new
            raise InvalidError(msg("This text has no clause %(eid)s.", eid=str(unknown)[:80]))
        if not act.get("as_well"):
            for sides in [(a, b) for a, b in self._links if (old == a) != (new == b)]:
                # A pair below one that was cut before it is gone already.
                if self._links.pop(sides, None) is not None:
                    self._cut_below(*sides)
        score = similarity(words(self._old.by_eid[old]), words(self._new.by_eid[new]))
        self._links[old, new] = Aligned(old, new, "", round(score, 3), "corrected")
        self._disturb(old, new)

    def _cut_below(self, old: str, new: str) -> None:
        """What stood below the one is not below the other any more: comments must not be carried from clause to clause
        of two wholes that are none. What thereby changes waits for a decision of its own."""
        self._disturb(old, new)
        olds = {clause.eid for clause in self._old.subtree(old)}
        news = {clause.eid for clause in self._new.subtree(new)}
        for sides in [(a, b) for a, b in self._links if a in olds and b in news]:
            del self._links[sides]
            self._disturb(*sides)

    def _disturb(self, old: str, new: str) -> None:
        self._disturbed |= {f"old {old}", f"new {new}"}

    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        return Counter(old for old, _ in self._links), Counter(new for _, new in self._links)

    def result(self, *, name_all: bool = False) -> list[Aligned]:
        of_new: dict[str, list[Aligned]] = defaultdict(list)
        old_counts, new_counts = self._counts()
        partner = {new: old for old, new in self._links}
        for (old, new), pair in self._links.items():
            named = pair
            if name_all:
                named = replace(pair, score=round(similarity(words(self._old.by_eid[old]),
                                                             words(self._new.by_eid[new])), 3))
            if name_all or pair.decided == "corrected" or self._is_disturbed(old, new) or (
                    old_counts[old] != self._before[0][old] or new_counts[new] != self._before[1][new]):
                change = self._name(old, new, old_counts[old], new_counts[new], partner)
                named = replace(named, change=change)
            of_new[new].append(named)
        found: list[Aligned] = []
        for clause in self._new.clauses:
            found += sorted(of_new[clause.eid], key=lambda pair: -pair.score) or [self._one_sided(None, clause.eid)]
        return found + [self._one_sided(clause.eid, None) for clause in self._old.clauses if not old_counts[clause.eid]]

    def _is_disturbed(self, old: str, new: str) -> bool:
        parents = (f"old {self._old.by_eid[old].parent}", f"new {self._new.by_eid[new].parent}")
        return bool(self._disturbed.intersection((f"old {old}", f"new {new}", *parents)))

    def _one_sided(self, old: str | None, new: str | None) -> Aligned:
        known = self._proposed.get((old, new))
        change = "inserted" if old is None else "deleted"
        return Aligned(old, new, known.change if known else change, 0.0,
                       self._alone.get((old, new), "as_proposed"))

    def _name(self, old: str, new: str, olds: int, news: int, partner: Mapping[str, str]) -> str:
        before, after = self._old.by_eid[old], self._new.by_eid[new]
        if olds > 1:
            return "split"
        if news > 1:
            return "merged"
        if after.status is Status.DELETED and before.status is not Status.DELETED:
            return "deleted"
        if (partner.get(after.parent) if after.parent else None) != before.parent:
            return "moved"
        if parse(old).steps[-1] != parse(new).steps[-1]:
            return "renumbered"
        return "same" if words(before) == words(after) else "reworded"
