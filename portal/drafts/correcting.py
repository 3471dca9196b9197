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
from portal.drafts import corrections, imports, placing
from portal.drafts import held as preview
from portal.drafts.corrections import WORDS, Waiting
from portal.drafts.models import DraftImport
from portal.drafts.queries import ImportFacts
from portal.kernel import public_words
from portal.kernel.actor import Actor
from portal.kernel.errors import InvalidError, StateError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, TEXT_LIMIT, typed
from portal.ordinances.clauses import Kind

#: More acts than anybody does by hand; a file that needs more is to be corrected itself.
_MOST: Final = 2_000


def require_seen(session: Session, actor: Actor, consultation_id: int, *, version: int) -> None:
    """Hold the text under preview until the transaction ends, if it is still the one of this number. Raises
    NotFoundError, ConflictError."""
    preview.take(session, actor, consultation_id, version)


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
        typed_in: dict[str, Any] = {name: value or (None if name.startswith("heading") else "")
                                    for name, value in changed.items()}
        if "heading_en" in changed or "text_en" in changed:
            # No file is laid over a clause whose English was typed: what was laid over the other field is typed, too.
            typed_in = {"heading_en": clause.heading_en, "text_en": clause.text_en, **typed_in}
        acts.append({"act": "words", "eid": eid, **typed_in})
    of_kind = _kind(kind)
    step = placing.step_of(of_kind, number)
    if of_kind is not clause.kind or step != placing.number_of(clause):
        acts.append({"act": "number", "eid": eid, "kind": of_kind.value, "step": step, "label": number.strip()})
    if not acts:
        return preview.under_preview(session, row), eid
    renamed = _add(session, row, held, acts, actor, now)
    return _done(session, actor, row, held, now, acts), renamed.get(eid, eid)


def place_line(session: Session, actor: Actor, consultation_id: int, key: int, *, kind: str, number: str,
               heading: str = "", text: str = "", version: int, now: datetime) -> ImportFacts:
    """Make a line that the reader could not place a clause of its own, where it stands in the text."""
    row, held = preview.take(session, actor, consultation_id, version)
    [line] = _waiting(held, [key])
    acts = [{"act": "place", "key": key, "line": line.line, **_made(kind, number, heading, text)}]
    _add(session, row, held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def add_lines(session: Session, actor: Actor, consultation_id: int, keys: Collection[int], *, version: int,
              now: datetime) -> ImportFacts:
    """Make lines part of the text of the clause that the line before each belongs to."""
    row, held = preview.take(session, actor, consultation_id, version)
    acts: list[dict[str, Any]] = []
    for line in _waiting(held, keys):
        if line.after is None:
            raise InvalidError(msg("Line %(n)s stands before every clause. Make it a clause, or set it aside.",
                                   n=line.line))
        acts.append({"act": "take", "key": line.key, "line": line.line, "eid": line.after})
    _add(session, row, held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def set_aside(session: Session, actor: Actor, consultation_id: int, keys: Collection[int], *, version: int,
              now: datetime) -> ImportFacts:
    """Leave lines out on purpose. They stay listed."""
    row, held = preview.take(session, actor, consultation_id, version)
    acts = [{"act": "aside", "key": line.key, "line": line.line} for line in _waiting(held, keys)]
    _add(session, row, held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def _waiting(held: DraftImport, keys: Collection[int]) -> list[Waiting]:
    """The waiting lines of these keys, in the order of the file."""
    found = {line.key: line for line in _restored(held, held.corrections).corrected.waiting}
    if any(key not in found for key in keys):
        raise InvalidError(msg("This line has found its place."))
    return [found[key] for key in sorted(set(keys))]


def split_clause(session: Session, actor: Actor, consultation_id: int, eid: str, at: int, *, kind: str, number: str,
                 heading: str = "", text: str = "", version: int, now: datetime) -> ImportFacts:
    """Make the lines of a clause's text from line `at` (from 0) on a clause of their own, with these words."""
    act = {"act": "split", "eid": eid, "from_line": at, **_made(kind, number, heading, text)}
    return _one(session, actor, consultation_id, [act], version, now)


def add_clause(session: Session, actor: Actor, consultation_id: int, after: str | None, *, kind: str, number: str,
               heading: str = "", text: str = "", takes: bool = False, version: int, now: datetime) -> ImportFacts:
    """Add a clause that the file lacks, after this one and everything below it; one of a lower kind becomes the first
    below it. `takes`: directly after this one's own words; what stands below it then belongs to the new clause."""
    act = {"act": "insert", "after": after, **_made(kind, number, heading, text), **({"takes": True} if takes else {})}
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
    differed = preview.differing(session, row)
    steps = list(zip(held.corrections, imports.ways_back(held.content, held.not_placed, held.corrections), strict=True))
    undone = steps if everything else steps[-1:]
    for act, back in reversed(undone):
        if back.renamed or back.gone:
            preview.rename(held, back.renamed, back.gone)
        took = act.get("took", {})
        preview.put_back(held, took)
        differed = {back.renamed.get(eid, eid) for eid in differed} | set(took.get("marks", ()))
    held.corrections = held.corrections[:-len(undone)]
    preview.propose(session, row, held)
    preview.bring_in(session, row, held, differed)
    return _done(session, actor, row, held, now, [{"act": "undo"}])


def _one(session: Session, actor: Actor, consultation_id: int, acts: list[dict[str, Any]], version: int,
         now: datetime) -> ImportFacts:
    row, held = preview.take(session, actor, consultation_id, version)
    _add(session, row, held, acts, actor, now)
    return _done(session, actor, row, held, now, acts)


def _done(session: Session, actor: Actor, row: Consultation, held: DraftImport, now: datetime,
          acts: Sequence[Mapping[str, Any]]) -> ImportFacts:
    preview.touch(row, held)
    preview.note(session, actor, "draft.import_changed", row, held, now, corrected=[act["act"] for act in acts])
    return preview.under_preview(session, row)


def _add(session: Session, row: Consultation, held: DraftImport, acts: Sequence[Mapping[str, Any]], actor: Actor,
         now: datetime) -> Mapping[str, str]:
    """Add acts, if all of them fit; else nothing is changed. The alignment is proposed anew, and what differs only now
    comes under consultation; what is thereby lost is kept with the last act. Returns what that one renamed."""
    if len(held.corrections) + len(acts) > _MOST:
        raise StateError(msg("This text was corrected too often by hand. Correct the file and import it again."))
    # The number of the state that the acts make tells what one of them makes from what any other ever made.
    noted = [*held.corrections, *({**act, "by": actor.name, "at": now.isoformat(), "version": row.version + 1}
                                  for act in acts)]
    done = _restored(held, noted)
    renamed = done.corrected.renamed
    gone = corrections.gone(_restored(held, held.corrections).draft.by_eid, done.draft.by_eid, renamed)
    differed = preview.differing(session, row)
    before = (held.outside_notice, held.decisions, held.proposal or ())
    held.corrections = noted
    preview.rename(held, renamed, gone)
    preview.propose(session, row, held)
    preview.bring_in(session, row, held, {renamed.get(eid, eid) for eid in differed})
    if took := preview.lost(before, held, renamed, gone):
        held.corrections = [*noted[:-1], {**noted[-1], "took": took}]
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
            if stopping := public_words.stopping(found):
                problems[name] = stopping
    if problems:
        raise InvalidError(msg("These words cannot be taken."), problems)
    return kept
