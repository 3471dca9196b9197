"""Partial amendments (일부개정): from the text in force, and the text as it would be or the sentences that amend it,
to the clauses under consultation, each with its old words beside it.

Under consultation is what differs: words, number or place. Staff may add others; which, is stored elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from portal.ordinances.addresses import parse as parse_address
from portal.ordinances.amending.applying import Failure, apply
from portal.ordinances.amending.blocks import Piece, read_pieces, read_plain
from portal.ordinances.amending.instructions import Amendment, Unread
from portal.ordinances.amending.sentences import lines_of_other_laws, parse
from portal.ordinances.clauses import Clause, Draft, Kind, Status
from portal.ordinances.compare import ChangeName, Pair, clause_words, compare
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.similarity import similarity
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import KIND_OF_ELEMENT, Step


@dataclass(frozen=True, slots=True)
class UnderConsultation:
    """A clause that the amendment changes: as it is (None: it is new) and as it would be (None: it is gone)."""

    old: Clause | None
    new: Clause | None
    change: ChangeName

    @property
    def eid(self) -> str:
        """The address that it is commented on at: in the amended text, or where it was."""
        clause = self.new or self.old
        assert clause is not None
        return clause.eid


@dataclass(frozen=True, slots=True)
class Partial:
    """A partial amendment. `not_applied`, `notes` and `unread` are for staff: orders that could not be carried out,
    those to look at, lines that were not understood; empty where the amended text itself was given."""

    in_force: Draft
    amended: Draft
    pairs: tuple[Pair, ...]
    clauses: tuple[UnderConsultation, ...]
    not_applied: tuple[Failure, ...] = ()
    notes: tuple[Failure, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def eids(self) -> tuple[str, ...]:
        """The addresses of the amended text that are under consultation, in its order."""
        return tuple(one.new.eid for one in self.clauses if one.new is not None)


def from_amended(in_force: Draft, amended: Draft) -> Partial:
    """From the text in force and the text as it would become."""
    pairs = compare(in_force, amended)
    return Partial(in_force, amended, tuple(pairs), under_consultation(in_force, amended, pairs))


def from_sentences(in_force: Draft, text: str) -> Partial:
    """From the text in force and the amending sentences; the amending text's own addenda become those of the draft.

    Raises UnreadableDraft where the text holds no amending sentence.
    """
    amendment = parse(unicodedata.normalize("NFC", text))
    if not amendment.instructions:
        raise UnreadableDraft(
            "The text holds no amending sentence, such as “%(example)s”.",
            example="제3조제2항 중 “3년”을 “1년”으로 한다.",
        )
    applied = apply(in_force, amendment)
    amended, lineage = _with_addenda(applied.draft, applied.lineage, amendment)
    pairs = _pairs(in_force, amended, lineage)
    return Partial(in_force, amended, tuple(pairs), under_consultation(in_force, amended, pairs), applied.not_applied,
                   applied.notes, amendment.unread)  # fmt: skip


def under_consultation(in_force: Draft, amended: Draft, pairs: Iterable[Pair]) -> tuple[UnderConsultation, ...]:
    """The clauses that differ, in the order of the pairs.

    A clause is not listed for its parent's new number alone: of a paragraph that became ④ the subparagraphs are the
    same. Older addenda are history.
    """
    found = []
    for pair in pairs:
        old = in_force.by_eid[pair.old] if pair.old else None
        new = amended.by_eid[pair.new] if pair.new else None
        if (new or old) is None or _is_history(old, new) or not _differs(pair, old, new):
            continue
        found.append(UnderConsultation(old, new, pair.change))
    return tuple(found)


def _differs(pair: Pair, old: Clause | None, new: Clause | None) -> bool:
    if pair.change is ChangeName.SAME:
        return False
    if old is None or new is None or pair.change in (ChangeName.SPLIT, ChangeName.MERGED):
        return (new or old) is not None and not (new is None and old is not None and old.status is Status.DELETED)
    own_number = parse_address(old.eid).steps[-1] != parse_address(new.eid).steps[-1]
    if own_number or pair.change is ChangeName.MOVED or old.status is not new.status:
        return True
    return clause_words(old) != clause_words(new)


def _is_history(old: Clause | None, new: Clause | None) -> bool:
    """Older addenda; and the set that was the text's own until now."""
    clause = new or old
    return clause is not None and clause.eid.partition("__")[0].startswith("addenda_")


# ---------------------------------------------------------------------------------------------------- what became of
# what


def _pairs(old: Draft, new: Draft, lineage: dict[str, str]) -> list[Pair]:
    """The alignment that the orders themselves say, as `compare` would put it."""
    now = {was: eid for eid, was in lineage.items()}
    pairs = []
    for clause in new.clauses:
        was = lineage.get(clause.eid)
        pairs.append(_pair(old.by_eid[was], clause, now) if was is not None else _inserted(clause))
    pairs += [Pair(clause.eid, None, ChangeName.DELETED, 0.0) for clause in old.clauses if clause.eid not in now]
    return pairs


def _inserted(clause: Clause) -> Pair:
    return Pair(None, clause.eid, ChangeName.INSERTED, 0.0)


def _pair(old: Clause, new: Clause, now: dict[str, str]) -> Pair:
    words, others = clause_words(old), clause_words(new)
    score = round(similarity(words, others), 3)
    if new.status is Status.DELETED and old.status is not Status.DELETED:
        change = ChangeName.DELETED
    elif (now.get(old.parent) if old.parent else None) != new.parent:
        change = ChangeName.MOVED
    elif old.eid != new.eid:
        change = ChangeName.RENUMBERED
    else:
        change = ChangeName.SAME if words == others else ChangeName.REWORDED
    return Pair(old.eid, new.eid, change, score)


# -------------------------------------------------------------------------------------------------------------- addenda

_STAMP: Final = re.compile(r"제\s*([1-9][0-9]{0,5})\s*호")
_HEAD: Final = re.compile(r"제([0-9]{1,3})조\s*(?:\(|\s\S)")


def _with_addenda(draft: Draft, lineage: dict[str, str], amendment: Amendment) -> tuple[Draft, dict[str, str]]:
    """The addenda of the amending text as the draft's own; those that were its own until now keep their number, or
    stand at the first free one where the text does not say it."""
    if not amendment.addenda:
        return draft, lineage
    own = draft.by_eid.get("addenda")
    number = next((match[1] for note in (own.notes if own else ()) if (match := _STAMP.search(note))), None)
    root = _free(draft, f"addenda_{number or 1}")
    clauses: list[Clause] = []
    carried: dict[str, str] = {}
    for clause in draft.clauses:
        if clause.eid.partition("__")[0] != "addenda":
            clauses.append(clause)
            if clause.eid in lineage:
                carried[clause.eid] = lineage[clause.eid]
        else:
            eid = root + clause.eid.removeprefix("addenda")
            parent = root + clause.parent.removeprefix("addenda") if clause.parent else None
            clauses.append(replace(clause, eid=eid, parent=parent))
            carried[eid] = lineage.get(clause.eid, clause.eid)
    first = next((place for place, one in enumerate(clauses) if one.kind in (Kind.ANNEX, Kind.FORM)), len(clauses))
    clauses[first:first] = _addenda(amendment.addenda)
    return replace(draft, clauses=tuple(clauses)), carried


def _free(draft: Draft, root: str) -> str:
    taken, found, branch = {clause.eid for clause in draft.clauses}, root, 1
    while found in taken:
        branch += 1
        found = f"{root}-{branch}"
    return found


def _addenda(lines: Sequence[str]) -> list[Clause]:
    """The three styles: articles, bare ①, one sentence. What amends another law goes on with the clause that it stands
    in: its numbers are that law's."""
    groups: list[list[str]] = []
    before: list[str] = []
    for line, is_of_other in zip(lines, lines_of_other_laws(lines), strict=True):
        own = groups[-1] if groups else before
        match = _HEAD.match(line)
        if is_of_other and own:
            own[-1] += f"\n{line}"
        elif match and int(match[1]) == len(groups) + 1:
            groups.append([line])
        else:
            own.append(line)
    text, pieces = read_plain(before)
    for number, group in enumerate(groups, 1):
        pieces += read_pieces(group, "art", one=True) or [_article(number, group)]
    root = Clause("addenda", Kind.ADDENDUM, "부칙", text_ko=text)
    found = [root]
    for piece in pieces:
        _write(piece, (Step("addenda"),), found)
    return found


def _article(number: int, lines: Sequence[str]) -> Piece:
    """An article whose head has another form than those of today: all of its words, with what is numbered below."""
    text, below = read_plain([lines[0].partition("조")[2].strip(), *lines[1:]])
    return Piece(Step("art", number), None, text, below)


def _write(piece: Piece, above: tuple[Step, ...], found: list[Clause]) -> None:
    steps = (*above, piece.step)
    eid = "__".join(step.eid for step in steps)
    parent = "__".join(step.eid for step in above)
    address = parse_address(eid)
    kind = KIND_OF_ELEMENT[piece.step.element]
    label_en = english_heading_label(piece.step) if kind in (Kind.PART, Kind.CHAPTER) else None
    found.append(Clause(eid, kind, address.label, piece.heading, piece.text, parent=parent, label_en=label_en))
    for below in piece.below:
        _write(below, steps, found)
