"""What staff correct by hand in a text under preview, as a list of acts that is replayed over what was read.

Pure. The file stays as it was read: an act is undone by leaving it out. Nothing is lost silently: a line that was set
aside, or a clause that was dropped, is listed with its words, and so is every line that still waits for its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.drafts import placing
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import msg
from portal.ordinances.clauses import Clause, Draft, Kind, Status, Table
from portal.ordinances.readers.history import split_notes
from portal.ordinances.readers.tree import DELETED

Act = Mapping[str, Any]

#: The words of a clause that can be typed, by the names of `Clause`.
WORDS: Final = ("heading_ko", "text_ko", "heading_en", "text_en")


@dataclass(frozen=True)
class Waiting:
    """A line of the file (from 1, only to be shown: two pieces can stand in one line) that no clause took. `after`: the
    clause that the line before it belongs to; `key`: its place among all that were not placed, by which acts name it.
    """

    line: int
    text: str
    after: str | None
    key: int = 0


@dataclass(frozen=True)
class SetAside:
    """Words of the file that staff left out on purpose: a line (its number), or a clause (0)."""

    line: int
    text: str


@dataclass(frozen=True)
class Corrected:
    """The text as corrected. `renamed`: what the last act changed of addresses, old to new; `english_by_hand`: clauses
    whose English was typed, over which no file is laid; `origins`: where each clause came from, by its address now: the
    address that it has in what was read, or the act that made it. It stays when numbers are corrected."""

    draft: Draft
    waiting: tuple[Waiting, ...]
    set_aside: tuple[SetAside, ...]
    english_by_hand: frozenset[str]
    renamed: Mapping[str, str]
    origins: Mapping[str, str]


@dataclass(frozen=True)
class WayBack:
    """What it does to addresses to take one act back: those that change, new to old, and those that are gone then."""

    renamed: Mapping[str, str]
    gone: frozenset[str]


def corrected(draft: Draft, waiting: Sequence[Waiting], acts: Sequence[Act]) -> Corrected:
    """Replay the acts. Raises InvalidError where one does not fit (the last one, if those before it were accepted)."""
    sheet = _Sheet(draft, waiting)
    for _ in _replayed(sheet, acts):
        pass
    return Corrected(replace(draft, clauses=tuple(sheet.clauses)) if acts else draft,
                     tuple(sheet.waiting[key] for key in sorted(sheet.waiting)), tuple(sheet.set_aside),
                     frozenset(sheet.english_by_hand), sheet.renamed, sheet.origins)


def ways_back(draft: Draft, waiting: Sequence[Waiting], acts: Sequence[Act]) -> list[WayBack]:
    """What taking each of the acts back would do, once those after it are taken back. The acts are replayed once."""
    sheet = _Sheet(draft, waiting)
    found = []
    before = {clause.eid for clause in draft.clauses}
    for _ in _replayed(sheet, acts):
        after = {clause.eid for clause in sheet.clauses}
        back = {new: old for old, new in sheet.renamed.items()}
        found.append(WayBack(back, frozenset(gone(after, before, back))))
        before = after
    return found


def _replayed(sheet: _Sheet, acts: Sequence[Act]) -> Iterator[None]:
    """Do the acts on the sheet, one at a step."""
    for place, act in enumerate(acts):
        sheet.renamed, sheet.origin = {}, f"+{act['version']}" if "version" in act else f"#{place}"
        _ACTS[act["act"]](sheet, act)
        sheet.tidy()
        yield


def gone(before: Collection[str], after: Collection[str], renamed: Mapping[str, str]) -> set[str]:
    """The clauses of the one text, by address, that the other does not have under any address. A clause that took over
    the address of one that is gone is another clause."""
    taken = set(renamed.values())
    return {eid for eid in before if eid not in renamed and (eid not in after or eid in taken)}


class _Sheet:
    def __init__(self, draft: Draft, waiting: Sequence[Waiting]) -> None:
        self.clauses = list(draft.clauses)
        self.waiting = {key: replace(each, key=key) for key, each in enumerate(waiting)}
        self.set_aside: list[SetAside] = []
        self.english_by_hand: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.origins = {clause.eid: clause.eid for clause in draft.clauses}
        #: Where a clause comes from that the act at hand makes.
        self.origin = ""

    def place_of(self, eid: str) -> int:
        for place, clause in enumerate(self.clauses):
            if clause.eid == eid:
                return place
        raise InvalidError(msg("This text has no clause %(eid)s.", eid=eid[:80]))

    def line(self, act: Act) -> Waiting:
        found = self.waiting.pop(act["key"], None)
        if found is None:
            raise InvalidError(msg("This line has found its place."))
        return found

    def insert(self, place: int, act: Act, tables: tuple[Table, ...] = ()) -> Clause:
        """A new clause at this place of the text; what follows and is lower hangs on it."""
        text, notes = split_notes(act.get("text", ""))
        kind = Kind(act["kind"])
        made = Clause(act["step"], kind, act.get("label", "") if kind is Kind.SUBITEM else "",
                      heading_ko=act.get("heading") or None, text_ko=text, notes=notes, tables=tables,
                      status=_status(text))
        self.clauses.insert(place, made)
        self.hang(place, placing.rank(made), None)
        self.clauses[place] = made = placing.printed(self.clauses[place], made.label)
        self.origins[made.eid] = self.origin
        return made

    def hang(self, place: int, highest: int, was: str | None) -> None:
        """Address the clause at this place anew, and what follows it; `was`: its address before the act, which has it
        under way to another one already; None for a clause that is new."""
        before = [was if at == place else clause.eid for at, clause in enumerate(self.clauses)]
        placing.hang_anew(self.clauses, place, highest)
        renamed = {old: clause.eid for old, clause in zip(before, self.clauses, strict=True)
                   if old is not None and old != clause.eid}
        self.renamed |= renamed
        self.origins = {renamed.get(eid, eid): origin for eid, origin in self.origins.items()}
        self.follow(renamed)

    def follow(self, renamed: Mapping[str, str]) -> None:
        """Let what names these clauses name the others."""
        self.english_by_hand = {renamed.get(eid, eid) for eid in self.english_by_hand}
        self.waiting = {key: replace(each, after=renamed.get(each.after, each.after) if each.after else None)
                        for key, each in self.waiting.items()}

    def move_on(self, after: str | None, key: int, eid: str) -> None:
        """The lines behind one that found its place now follow on that place."""
        for number, each in self.waiting.items():
            if number > key and each.after == after:
                self.waiting[number] = replace(each, after=eid)

    def tidy(self) -> None:
        """Preamble, main text, addenda, annexes and forms: the order that every draft has."""
        self.clauses.sort(key=_section)


def _section(clause: Clause) -> int:
    if clause.kind is Kind.PREAMBLE:
        return -1
    return 2 if clause.kind in (Kind.ANNEX, Kind.FORM) else int(clause.eid.startswith("addenda"))


def _status(text: str | None) -> Status:
    return Status.DELETED if (text or "").strip() in DELETED else Status.IN_FORCE


def _number(sheet: _Sheet, act: Act) -> None:
    place = sheet.place_of(act["eid"])
    clause = sheet.clauses[place]
    kind = Kind(act["kind"])
    changed = placing.renumbered(clause, kind, act["step"], act.get("label", ""))
    sheet.clauses[place] = changed
    sheet.hang(place, min(placing.rank(clause), placing.rank(changed)), clause.eid)
    sheet.clauses[place] = placing.printed(sheet.clauses[place], act.get("label", ""))


def _words(sheet: _Sheet, act: Act) -> None:
    place = sheet.place_of(act["eid"])
    clause = sheet.clauses[place]
    given = {name: act[name] for name in WORDS if name in act}
    changed = replace(clause, **given)
    if "text_ko" in given:
        lines = len(changed.lines("ko"))
        changed = replace(changed, status=_status(changed.text_ko), tables=tuple(
            replace(table, after_lines=min(table.after_lines, lines)) for table in changed.tables))
    sheet.clauses[place] = changed
    if any(name.endswith("_en") for name in given):
        sheet.english_by_hand.add(clause.eid)


def _place(sheet: _Sheet, act: Act) -> None:
    line = sheet.line(act)
    place = sheet.place_of(line.after) + 1 if line.after else 0
    sheet.move_on(line.after, line.key, sheet.insert(place, act).eid)


def _take(sheet: _Sheet, act: Act) -> None:
    line = sheet.line(act)
    place = sheet.place_of(act["eid"])
    clause = sheet.clauses[place]
    text, notes = split_notes("\n".join(filter(None, (clause.text_ko, line.text))))
    sheet.clauses[place] = replace(clause, text_ko=text, notes=(*clause.notes, *notes), status=_status(text))
    sheet.move_on(line.after, line.key, clause.eid)


def _aside(sheet: _Sheet, act: Act) -> None:
    line = sheet.line(act)
    sheet.set_aside.append(SetAside(line.line, line.text))


def _split(sheet: _Sheet, act: Act) -> None:
    place = sheet.place_of(act["eid"])
    clause = sheet.clauses[place]
    lines, at = clause.lines("ko"), int(act["from_line"])
    if not 0 <= at < len(lines):
        raise InvalidError(msg("The clause has no such line."))
    sheet.clauses[place] = replace(clause, text_ko="\n".join(lines[:at]), tables=tuple(
        table for table in clause.tables if table.after_lines <= at))
    sheet.insert(place + 1, act, tuple(replace(table, after_lines=table.after_lines - at)
                                       for table in clause.tables if table.after_lines > at))


def _join(sheet: _Sheet, act: Act) -> None:
    place = sheet.place_of(act["eid"])
    clause = sheet.clauses[place]
    if place == 0 or placing.rank(clause) < 0 or placing.rank(sheet.clauses[place - 1]) < 0:
        raise InvalidError(msg("There is no clause before it that it could belong to."))
    before = sheet.clauses[place - 1]
    own = f"{clause.label}({clause.heading_ko}) " if clause.heading_ko else f"{clause.label} "
    # Its number is a line of its own where it has no text beside its tables.
    kept = len(before.lines("ko")) + (not clause.text_ko)
    sheet.clauses[place - 1] = replace(
        before, text_ko="\n".join(filter(None, (before.text_ko, (own + (clause.text_ko or "")).strip()))),
        text_en="\n".join(filter(None, (before.text_en, clause.text_en))) if clause.text_en else before.text_en,
        notes=(*before.notes, *clause.notes),
        tables=(*before.tables, *(replace(table, after_lines=table.after_lines + kept) for table in clause.tables)))
    del sheet.clauses[place]
    # The clause that takes it in stays itself: what was said of the other is not said of it.
    sheet.follow({clause.eid: before.eid})
    del sheet.origins[clause.eid]
    if place < len(sheet.clauses) and placing.rank(sheet.clauses[place]) > placing.rank(clause):
        sheet.hang(place, placing.rank(clause), sheet.clauses[place].eid)


def _drop(sheet: _Sheet, act: Act) -> None:
    eid = act["eid"]
    below = {clause.eid for clause in Draft(tuple(sheet.clauses)).subtree(eid)} if any(
        clause.eid == eid for clause in sheet.clauses) else set()
    place = sheet.place_of(eid)
    left = [clause for clause in sheet.clauses if clause.eid not in below]
    if not any(clause.is_main_text and clause.kind is Kind.ARTICLE for clause in left):
        raise InvalidError(msg("At least one article has to stay."))
    for clause in sheet.clauses:
        if clause.eid in below:
            tables = [table.as_text("ko") or table.as_text("en") for table in clause.tables]
            words = " ".join(filter(None, (clause.label, clause.heading_ko, clause.text_ko, *clause.notes)))
            sheet.set_aside.append(SetAside(0, "\n".join((words, *tables))))
    before = sheet.clauses[place - 1].eid if place else None
    sheet.clauses = left
    sheet.waiting = {key: replace(each, after=before if each.after in below else each.after)
                     for key, each in sheet.waiting.items()}
    sheet.english_by_hand -= below
    for gone_with_it in below:
        del sheet.origins[gone_with_it]


def _insert(sheet: _Sheet, act: Act) -> None:
    """Behind everything below the clause that it is added after, where it stands beside or above that one. `takes`:
    directly behind that clause's own words instead; what stands below then hangs on the new one."""
    place = 0
    if act.get("after"):
        place = sheet.place_of(act["after"])
        made = Clause(act["step"], Kind(act["kind"]), act.get("label", ""))
        place = place + 1 if act.get("takes") else placing.behind(sheet.clauses, place, made)
    sheet.insert(place, act)


_ACTS: Final = {"number": _number, "words": _words, "place": _place, "take": _take, "aside": _aside, "split": _split,
                "join": _join, "drop": _drop, "insert": _insert}
