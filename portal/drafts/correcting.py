"""Correcting a text under preview by hand: numbers and kinds, words, lines that the reader could not place.

Each act is added to a list that is replayed over what was read; the last one, or all, can be taken back until the text
is published. The file itself is never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from portal.consultations.models import Consultation
from portal.drafts import held as preview
from portal.drafts import imports, placing
from portal.drafts.corrections import WORDS
from portal.drafts.models import DraftImport
from portal.drafts.queries import ImportFacts
from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, TEXT_LIMIT, typed
from portal.ordinances.clauses import Kind

#: More acts than anybody does by hand; a file that needs more is to be corrected itself.
_MOST: Final = 2_000


def correct_clause(session: Session, actor: Actor, consultation_id: int, eid: str, *, kind: str, number: str,
                   words: Mapping[str, str], version: int, now: datetime) -> tuple[ImportFacts, str]:
    """Give a clause another kind or number, or other words (`heading_ko`, `text_ko`, `heading_en`, `text_en`; what is
    not given stays). Returns the text and the clause's address then. Raises InvalidError at `number` or the words."""
    row, held = preview.take(session, actor, consultation_id, version)
    draft = _restored(held, held.corrections).draft
    clause = draft.by_eid.get(eid)
    if clause is None:
        raise InvalidError(msg("This text has no clause %(eid)s.", eid=eid[:80]))
    acts: list[dict[str, Any]] = []
    new = _words(words)
    changed = {name: value for name, value in new.items() if (getattr(clause, name) or "") != value}
    if changed:
        acts.append({"act": "words", "eid": eid, **{name: value or (None if name.startswith("heading") else "")
                                                    for name, value in changed.items()}})
    of_kind = _kind(kind)
    step = placing.step_of(of_kind, number)
    if of_kind is not clause.kind or step != placing.number_of(clause):
        acts.append({"act": "number", "eid": eid, "kind": of_kind.value, "step": step, "label": number.strip()})
    if not acts:
        return preview.under_preview(session, row), eid
    renamed = _add(held, acts, actor, now)
    return _done(session, actor, row, held, now, acts), renamed.get(eid, eid)


def place_line(session: Session, actor: Actor, consultation_id: int, line: int, *, kind: str, number: str,
               heading: str = "", text: str = "", version: int, now: datetime) -> ImportFacts:
    """Make a line that the reader could not place a clause of its own, where it stands in the text."""
    act = {"act": "place", "line": line, **_made(kind, number, heading, text)}
    return _one(session, actor, consultation_id, [act], version, now)


def add_lines(session: Session, actor: Actor, consultation_id: int, lines: Collection[int], eid: str | None = None, *,
              version: int, now: datetime) -> ImportFacts:
    """Make lines part of the text of this clause, or each of the clause that the line before it belongs to."""
    row, held = preview.take(session, actor, consultation_id, version)
    before = {each.line: each.after for each in _restored(held, held.corrections).corrected.waiting}
    acts: list[dict[str, Any]] = []
    for line in sorted(lines):
        target = eid or before.get(line)
        if target is None:
            raise InvalidError(msg("Line %(n)s stands before every clause. Make it a clause, or set it aside.", n=line))
        acts.append({"act": "take", "line": line, "eid": target})
    _add(held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def set_aside(session: Session, actor: Actor, consultation_id: int, lines: Collection[int], *, version: int,
              now: datetime) -> ImportFacts:
    """Leave lines out on purpose. They stay listed."""
    return _one(session, actor, consultation_id, [{"act": "aside", "line": line} for line in sorted(lines)], version,
                now)


def split_clause(session: Session, actor: Actor, consultation_id: int, eid: str, at: int, *, kind: str, number: str,
                 heading: str = "", text: str = "", version: int, now: datetime) -> ImportFacts:
    """Make the lines of a clause's text from line `at` (from 0) on a clause of their own, with these words."""
    act = {"act": "split", "eid": eid, "from_line": at, **_made(kind, number, heading, text)}
    return _one(session, actor, consultation_id, [act], version, now)


def add_clause(session: Session, actor: Actor, consultation_id: int, after: str | None, *, kind: str, number: str,
               heading: str = "", text: str = "", version: int, now: datetime) -> ImportFacts:
    """Add a clause that the file lacks, after this one in the order of the text."""
    act = {"act": "insert", "after": after, **_made(kind, number, heading, text)}
    return _one(session, actor, consultation_id, [act], version, now)


def join_clause(session: Session, actor: Actor, consultation_id: int, eid: str, *, version: int,
                now: datetime) -> ImportFacts:
    """Make what was taken for a clause a part of the text of the clause before it."""
    return _one(session, actor, consultation_id, [{"act": "join", "eid": eid}], version, now)


def drop_clause(session: Session, actor: Actor, consultation_id: int, eid: str, *, version: int,
                now: datetime) -> ImportFacts:
    """Leave a clause and everything below it out. Its words stay listed."""
    return _one(session, actor, consultation_id, [{"act": "drop", "eid": eid}], version, now)


def undo(session: Session, actor: Actor, consultation_id: int, *, everything: bool = False, version: int,
         now: datetime) -> ImportFacts:
    """Take back the last correction, or all of them."""
    row, held = preview.take(session, actor, consultation_id, version)
    if not held.corrections:
        raise StateError(msg("Nothing was corrected by hand."))
    while held.corrections:
        renamed = _restored(held, held.corrections).corrected.renamed
        held.corrections = held.corrections[:-1]
        preview.rename(held, {new: old for old, new in renamed.items()})
        if not everything:
            break
    return _done(session, actor, row, held, now, [{"act": "undo"}])


def _one(session: Session, actor: Actor, consultation_id: int, acts: list[dict[str, Any]], version: int,
         now: datetime) -> ImportFacts:
    row, held = preview.take(session, actor, consultation_id, version)
    _add(held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def _done(session: Session, actor: Actor, row: Consultation, held: DraftImport, now: datetime,
          acts: Sequence[Mapping[str, Any]]) -> ImportFacts:
    preview.touch(row, held)
    preview.propose(session, row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, corrected=[act["act"] for act in acts])
    return preview.under_preview(session, row)


def _add(held: DraftImport, acts: Sequence[Mapping[str, Any]], actor: Actor, now: datetime) -> Mapping[str, str]:
    """Add acts, if all of them fit; else nothing is changed. Returns what the last one renamed."""
    if len(held.corrections) + len(acts) > _MOST:
        raise StateError(msg("This text was corrected too often by hand. Correct the file and import it again."))
    noted = [*held.corrections, *({**act, "by": actor.name, "at": now.isoformat()} for act in acts)]
    renamed = _restored(held, noted).corrected.renamed
    held.corrections = noted
    preview.rename(held, renamed)
    return renamed


def _restored(held: DraftImport, acts: Sequence[Mapping[str, Any]]) -> imports.Restored:
    return imports.restored(held.content, held.english, held.not_placed, acts)


def _made(kind: str, number: str, heading: str, text: str) -> dict[str, Any]:
    of_kind = _kind(kind)
    words = _words({"heading_ko": heading, "text_ko": text})
    if not words["heading_ko"] and not words["text_ko"]:
        raise InvalidError(msg("A clause needs words."), {"text": [msg("Enter the words of the clause.")]})
    return {"kind": of_kind.value, "step": placing.step_of(of_kind, number), "label": number.strip(),
            "heading": words["heading_ko"], "text": words["text_ko"]}


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        raise InvalidError(msg("Choose what it is."), {"kind": [msg("Choose what it is.")]}) from None


def _words(words: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    problems: dict[str, list[Message]] = {}
    for name in WORDS:
        if name in words:
            heading = name.startswith("heading")
            found = typed(words[name], limit=LINE_LIMIT if heading else TEXT_LIMIT, one_line=heading)
            kept[name] = found.text.strip()
            if found.problems:
                problems[name] = list(found.problems)
    if problems:
        raise InvalidError(msg("These words cannot be taken."), problems)
    return kept
