"""A text under preview: what was read from the files, put together as it would be published, and what did not fit.

Pure: takes what was uploaded or stored, asks nobody. What is stored of a text is the portal's own JSON, and of its
English text the document as it came, so that either can be replaced without the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from portal.kernel.errors import InvalidError
from portal.kernel.i18n import Message, msg
from portal.ordinances import readers
from portal.ordinances.clauses import Clause, Draft, Reading
from portal.ordinances.problems import OrdinanceProblem
from portal.ordinances.readers import english_by_eid, portal_json
from portal.ordinances.readers.english_by_eid import Overlay
from portal.ordinances.readers.source import decode
from portal.ordinances.writers.portal_json import as_json

#: What neither a page nor the database can show: NUL and halves of characters, which JSON can name.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def said(problem: OrdinanceProblem) -> Message:
    """What is wrong with a text, in the words of its reader, to be shown in any language."""
    return Message(problem.msgid, dict(problem.values))


def read_draft(filename: str, data: bytes) -> Reading:
    """The reading of an uploaded draft. Raises InvalidError at `file`."""
    try:
        reading = readers.read(data, filename)
    except OrdinanceProblem as problem:
        raise _refused(said(problem)) from None
    if not reading.draft.clause_count:
        raise _refused(msg("The file holds words, but no article that could be commented on."))
    _require_storable(as_json(reading.draft))
    return reading


def read_english(draft: Draft, data: bytes) -> Mapping[str, Any]:
    """The English document that is to be laid over this draft. Raises InvalidError at `english`."""
    try:
        overlay = english_by_eid.lay_over(draft, data)
        document = portal_json.parse_json(decode(data))
    except OrdinanceProblem as problem:
        raise _refused(said(problem), "english") from None
    assert isinstance(document, dict)  # else it could not have been laid over
    _require_storable(document, "english")
    if overlay.draft.clauses == draft.clauses:
        raise _refused(msg("No clause of this draft has an address that stands in the file. Is it the English of "
                           "another text?"), "english")
    return document


def restored(content: Mapping[str, Any], english: Mapping[str, Any] | None) -> Overlay:
    """The stored text, with its English laid over it."""
    draft = portal_json.read_document(dict(content)).draft
    if english is not None:
        return english_by_eid.lay_over(draft, json.dumps(english, ensure_ascii=False).encode())
    return Overlay(draft, (), tuple(clause.eid for clause in draft.clauses if clause.is_main_text and has_words(clause)
                                    and not (clause.text_en or clause.heading_en)))


def has_words(clause: Clause) -> bool:
    """Whether the clause says anything in Korean itself."""
    return bool(clause.text_ko or clause.heading_ko)


def _refused(message: Message, field: str = "file") -> InvalidError:
    return InvalidError(msg("This file could not be imported."), {field: [message]})


def _require_storable(document: Any, field: str = "file") -> None:
    if _UNSTORABLE.search(_texts(document)):
        raise _refused(msg("The file holds characters that no text can have."), field)


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(str(key) + _texts(item) for key, item in value.items())
    if isinstance(value, list):
        return "".join(map(_texts, value))
    return value if isinstance(value, str) else ""

