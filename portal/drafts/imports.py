"""A text under preview: what was read from the files, put together as it would be published, and what did not fit.

Pure: takes what was uploaded or stored, asks nobody. What is stored of a text is the portal's own JSON, and of its
English text the document as it came, so that either can be replaced without the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.drafts import corrections
from portal.drafts.alignment import Aligned
from portal.drafts.corrections import Act, Corrected, Waiting, WayBack
from portal.kernel import public_words
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import Message, msg, translate
from portal.ordinances import partial, readers
from portal.ordinances.amending.applying import Failure
from portal.ordinances.clauses import HEADINGS, Clause, Draft, NotPlaced, Reading
from portal.ordinances.problems import OrdinanceProblem
from portal.ordinances.readers import english_by_eid, english_lines, portal_json
from portal.ordinances.readers.english_by_eid import NotFitted
from portal.ordinances.readers.source import decode
from portal.ordinances.writers.portal_json import as_json, heading_name

#: The source format of a text that was made from the text in force and amending sentences.
AMENDING_SENTENCES: Final = "amending_sentences"
#: What neither a page nor the database can show: NUL and halves of characters, which JSON can name.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def said(problem: OrdinanceProblem) -> Message:
    """What is wrong with a text, in the words of its reader, to be shown in any language."""
    return Message(problem.msgid, dict(problem.values))


def read_draft(filename: str, data: bytes, field: str = "file") -> Reading:
    """The reading of an uploaded draft. Raises InvalidError at `field`."""
    try:
        reading = readers.read(data, filename)
    except OrdinanceProblem as problem:
        raise _refused(said(problem), field) from None
    if not reading.draft.clause_count:
        raise _refused(msg("The file holds words, but no article that could be commented on."), field)
    _require_takable(as_json(reading.draft), field)
    return reading


def read_amendment(in_force: Draft, data: bytes) -> tuple[Reading, list[Aligned]]:
    """The text in force as it would become by amending sentences, and what each clause of it was. Lines that were not
    understood, and orders that could not be carried out or are to be looked at, with the reason, wait like lines
    without a place: staff see to them. Raises InvalidError at `file`."""
    try:
        text = decode(data)
        done = partial.from_sentences(in_force, text)
    except OrdinanceProblem as problem:
        raise _refused(said(problem)) from None
    waiting = [(unread.line, unread.text) for unread in done.unread]
    waiting += [(one.instruction.line, _with_reason(one)) for one in (*done.not_applied, *done.notes)]
    by_line: dict[int, list[str]] = {}
    for line, words in waiting:
        by_line.setdefault(line, []).append(words)
    reading = Reading(done.amended, AMENDING_SENTENCES,
                      tuple(NotPlaced(line, "\n".join(words)) for line, words in sorted(by_line.items())))
    _require_takable(as_json(reading.draft))
    return reading, [Aligned(pair.old, pair.new, str(pair.change.value), round(pair.score, 3)) for pair in done.pairs]


def _with_reason(failure: Failure) -> str:
    """An order with the reason why it waits, in the language of the draft that it is to amend."""
    return f"{failure.instruction.words} — {translate(said(failure.problem), 'ko')}"


def waiting_lines(reading: Reading) -> list[dict[str, Any]]:
    """The lines that no clause took, as they are stored: each with the clause that the line before it belongs to."""
    placed = sorted((line, eid) for line, eid in reading.placed.items() if eid is not None)
    found, at, after = [], 0, None
    for each in reading.not_placed:
        while at < len(placed) and placed[at][0] < each.line:
            after = placed[at][1]
            at += 1
        found.append({"line": each.line, "text": each.text, "after": after})
    return found


def read_english(draft: Draft, filename: str, data: bytes) -> Mapping[str, Any]:
    """The English document that is to be laid over this draft: JSON by clause address, or an English draft in any
    format, its clauses found by their addresses, or lines that begin with English numbers. Raises InvalidError at
    `english`."""
    try:
        document = _english_document(draft, filename, data)
        overlaid = english_by_eid.lay_over(draft, json.dumps(document).encode())
    except OrdinanceProblem as problem:
        raise _refused(said(problem), "english") from None
    _require_takable(document, "english")
    if overlaid.draft.clauses == draft.clauses:
        raise _refused(msg("No clause of this draft has an address that stands in the file. Is it the English of "
                           "another text?"), "english")
    return document


def _english_document(draft: Draft, filename: str, data: bytes) -> dict[str, Any]:
    text = "" if data.startswith(b"PK") else decode(data)
    if text.lstrip().startswith(("{", "[")):
        document = portal_json.parse_json(text)
        if english_by_eid.looks_like(document) and isinstance(document, dict):
            english_by_eid.lay_over(draft, data)
            return document
    elif text and not readers_know(text):
        fitted = english_lines.fit(draft, text)
        if fitted.document["provisions"]:
            lines = [{"text": f"{line.line}: {line.text}"} for line in fitted.not_placed]
            return {**fitted.document, "addenda": lines}
    english = readers.read(data, filename, "en")
    return _by_address(draft, english.draft, english.not_placed)


def readers_know(text: str) -> bool:
    """Whether a text says by itself in which format it is written: Markdown's headings, XML's brackets."""
    return re.search(r"^(?:#{1,6} |---$|<\?xml|<[A-Za-z])", text.lstrip(), re.MULTILINE) is not None


def _by_address(draft: Draft, english: Draft, not_placed: Sequence[NotPlaced]) -> dict[str, Any]:
    """An English draft as a document by address. Its headings take the names of those that stand at their addresses."""
    provisions: dict[str, Any] = {}
    chapters: dict[str, str] = {}
    for clause in english.clauses:
        if clause.kind in HEADINGS and clause.eid in draft.by_eid:
            name = heading_name(draft.by_eid[clause.eid], "ko") or ""
            chapters[name] = " ".join(filter(None, (clause.label_en, clause.heading_en)))
        elif clause.kind not in HEADINGS:
            provisions[clause.eid] = {"heading": clause.heading_en, "text": clause.text_en or ""}
    document: dict[str, Any] = {"chapters": chapters, "provisions": provisions,
                                "addenda": [{"text": f"{line.line}: {line.text}"} for line in not_placed]}
    return {"title": english.title_en, **document} if english.title_en else document


def fit_pasted(draft: Draft, words: str, start: str | None, before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The English document with pasted lines laid into it. Raises InvalidError at `pasted`, naming the lines that fit
    nowhere: nothing is laid over then."""
    fitted = english_lines.fit(draft, words.replace("\r\n", "\n"), start)
    if fitted.not_placed or not (fitted.document["provisions"] or fitted.document["chapters"]):
        problems = [msg("Line %(n)s has no clause with this number here: %(text)s", n=line.line, text=line.text[:200])
                    for line in fitted.not_placed[:20]]
        raise InvalidError(msg("Some of the lines fit no clause."), {"pasted": problems or [
            msg("Paste lines that begin with the English numbers, such as Article 2 (Notice).")]})
    held = dict(before or {"chapters": {}, "provisions": {}})
    document = {**held, "chapters": {**held.get("chapters", {}), **fitted.document["chapters"]},
                "provisions": {**held["provisions"], **fitted.document["provisions"]}}
    _require_takable(document, "pasted")
    return document


@dataclass(frozen=True)
class Restored:
    """A stored text as it would be published, and what is not in it. `not_fitted`: pieces of the English that no
    clause takes; `without_english`: clauses of the main text that say something in Korean only."""

    draft: Draft
    corrected: Corrected
    not_fitted: tuple[NotFitted, ...]
    without_english: tuple[str, ...]


def restored(content: Mapping[str, Any], english: Mapping[str, Any] | None,
             not_placed: Sequence[Mapping[str, Any]] = (), acts: Sequence[Act] = ()) -> Restored:
    """The stored text with what was corrected by hand, and its English laid over it where none was typed. Raises
    InvalidError where an act does not fit."""
    done = corrections.corrected(*_as_read(content, not_placed), acts)
    draft = done.draft
    not_fitted: tuple[NotFitted, ...] = ()
    if english is not None:
        overlay = english_by_eid.lay_over(draft, json.dumps(english, ensure_ascii=False).encode())
        not_fitted = overlay.not_fitted
        draft = replace(overlay.draft, clauses=tuple(
            own if own.eid in done.english_by_hand else laid
            for own, laid in zip(draft.clauses, overlay.draft.clauses, strict=True)))
    without = tuple(clause.eid for clause in draft.clauses if clause.is_main_text and has_words(clause)
                    and not (clause.text_en or clause.heading_en))
    return Restored(draft, done, not_fitted, without)


def ways_back(content: Mapping[str, Any], not_placed: Sequence[Mapping[str, Any]],
              acts: Sequence[Act]) -> list[WayBack]:
    """What taking each of these acts back would do to the addresses of the stored text."""
    return corrections.ways_back(*_as_read(content, not_placed), acts)


def _as_read(content: Mapping[str, Any], not_placed: Sequence[Mapping[str, Any]]) -> tuple[Draft, list[Waiting]]:
    draft = portal_json.read_document(dict(content)).draft
    waiting = [Waiting(line["line"], line["text"], line.get("after")) for line in not_placed]
    return draft, [line if line.after is None or line.after in draft.by_eid else replace(line, after=None)
                   for line in waiting]


def has_words(clause: Clause) -> bool:
    """Whether the clause says anything in Korean itself."""
    return bool(clause.text_ko or clause.heading_ko)


def _refused(message: Message, field: str = "file") -> InvalidError:
    return InvalidError(msg("This file could not be imported."), {field: [message]})


def _require_takable(document: Any, field: str = "file") -> None:
    """Raise InvalidError at `field` for what cannot be stored, or may not be."""
    if _UNSTORABLE.search(_texts(document)):
        raise _refused(msg("The file holds characters that no text can have."), field)
    if numbers := public_words.problems_of(document):
        raise InvalidError(msg("This file could not be imported."), {field: numbers})


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(str(key) + _texts(item) for key, item in value.items())
    if isinstance(value, list):
        return "".join(map(_texts, value))
    return value if isinstance(value, str) else ""

