"""Where an amended draft differs from the text that the ministry published: a check for staff, never the authority."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.ordinances.amending.blocks import steps_between
from portal.ordinances.amending.instructions import (
    Amendment,
    Insert,
    Instruction,
    ReplaceWords,
    Rewrite,
    Strike,
    Target,
)
from portal.ordinances.clauses import Clause, Draft, Status


@dataclass(frozen=True, slots=True)
class Difference:
    """An address where the two differ: heading and words on either side, None where that side has no such clause."""

    eid: str
    ours: str | None
    theirs: str | None


def differences(ours: Draft, theirs: Draft, *, addenda: bool = False) -> list[Difference]:
    """Every address of the main text where the words differ, in the order of their text, then what only ours has. White
    space and the two middle dots of Korean typing make no difference. Addenda and annexes are left out: an amending
    text has addenda of its own, and annexes often come as pictures."""
    found = []
    ours_by_eid, theirs_by_eid = _main(ours, addenda), _main(theirs, addenda)
    for eid, clause in theirs_by_eid.items():
        other = ours_by_eid.get(eid)
        if other is None or _plain(other) != _plain(clause):
            found.append(Difference(eid, _words(other) if other else None, _words(clause)))
    found += [Difference(eid, _words(clause), None) for eid, clause in ours_by_eid.items() if eid not in theirs_by_eid]
    return found


def _main(draft: Draft, addenda: bool) -> dict[str, Clause]:
    return {clause.eid: clause for clause in draft.clauses
            if clause.is_main_text or (addenda and clause.eid.partition("__")[0] == "addenda")}  # fmt: skip


def _words(clause: Clause) -> str:
    heading = f"({clause.heading_ko}) " if clause.heading_ko else ""
    return f"{heading}{clause.text_ko or ''}".strip()


def _plain(clause: Clause) -> str:
    if clause.status is Status.DELETED:
        return "삭제"
    return _letters(_words(clause))


@dataclass(frozen=True, slots=True)
class MissingWords:
    """Words that an amending text orders and that the published text does not have where they should stand."""

    instruction: Instruction
    eid: str
    words: str


def missing_words(amendment: Amendment, published: Draft) -> list[MissingWords]:
    """Whether the published text has what was ordered, where the text before it is not at hand: the new words of each
    replacement, each line of new clauses, and no clause that was struck. What stands on attached sheets, in tables or
    in other laws is not asked for."""
    found: list[MissingWords] = []
    for order in amendment.instructions:
        found += [MissingWords(order, eid, words) for eid, words in _ordered(order, published)
                  if not _has(published, eid, words)]  # fmt: skip
    return found


def checked_words(amendment: Amendment, published: Draft) -> int:
    """How many words and lines `missing_words` looks for."""
    return sum(1 for order in amendment.instructions for _ in _ordered(order, published))


def _ordered(order: Instruction, published: Draft) -> Iterator[tuple[str, str]]:
    """The address, and words that must stand in it or below it."""
    targets = [one for one in order.targets if one.law is None and one.parts[0].element not in ("tbl", "form")]
    if not targets:
        return
    if isinstance(order, ReplaceWords) and order.new:
        yield from ((target.eid, order.new) for target in targets)
    elif isinstance(order, Rewrite | Insert) and not order.attached:
        under = order.under.eid if isinstance(order, Insert) and order.under and order.under.parts else None
        if all(len(target.parts) == 1 for target in targets):
            yield from ((_home(targets, line, published), line) for line in order.lines)
        else:
            above = under or "__".join(step.eid for step in targets[0].parts[:-1]) or targets[0].eid
            yield from ((targets[0].eid if targets[0].fragments else above, line) for line in order.lines)
    elif isinstance(order, Strike) and not any(target.fragments for target in targets):
        yield from ((target.eid, "삭제") for target in targets if target.eid in published.by_eid)


def _home(targets: Sequence[Target], line: str, published: Draft) -> str:
    """The article among the new ones that a line stands in."""
    for eid in _expanded(targets, published):
        if eid in published.by_eid and _has(published, eid, line):
            return eid
    return targets[0].eid


def _expanded(targets: Sequence[Target], published: Draft) -> Iterator[str]:
    for target in targets:
        steps = steps_between(target.parts[-1], target.until[-1]) if target.until else None
        yield from (step.eid for step in steps) if steps else (target.eid,)


def _has(published: Draft, eid: str, words: str) -> bool:
    if eid not in published.by_eid:
        return False
    below = "".join(_said(clause) for clause in published.subtree(eid))
    return _letters(words) in below


def _said(clause: Clause) -> str:
    heading = f"({clause.heading_ko})" if clause.heading_ko else ""
    return _letters(f"{clause.label}{heading}{clause.text_ko or ''}")


def _letters(text: str) -> str:
    return "".join(text.replace("·", "ㆍ").replace("ᆞ", "ㆍ").split())
