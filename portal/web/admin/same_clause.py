"""The clause that a form was opened for, found again after a colleague changed the text under preview.

A number may name another clause by then. So a form carries where its clause came from (`origins` in
`portal.drafts.queries.ImportFacts`), and never goes to a clause only because that has the number now.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request

from portal.consultations.queries import ConsultationFacts
from portal.drafts.queries import ImportFacts
from portal.kernel.errors import PortalError
from portal.kernel.i18n import Message, msg
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause
from portal.web.access import Context
from portal.web.admin import wizard
from portal.web.results import Page, page


def origin_of(text: ImportFacts, eid: str | None, words: str = "") -> str:
    """Where this clause came from (None: the text as a whole), for the hidden field `origin` of a form; with the words
    of it that the form is about, if it is about some."""
    own = text.origins[eid] if eid else ""
    return f"{text.id}.{own}~{_digest(words)}" if words else f"{text.id}.{own}"


def again(text: ImportFacts, eid: str | None) -> Clause | None:
    """The clause that the form of this request was opened for, which then had this address; None where it is gone, or
    where another file was imported in place of the one that it stood in."""
    mark, _, origin = _asked(text, eid).partition(".")
    name = origin.partition("~")[0]
    return next((clause for clause in text.draft.clauses
                 if mark == str(text.id) and text.origins[clause.eid] == name), None)


def is_same_file(text: ImportFacts) -> bool:
    """Whether the form of this request was opened for this import."""
    return _asked(text, "").partition(".")[0] == str(text.id)


def has_same_words(text: ImportFacts, eid: str, words: str) -> bool:
    """Whether the words are those that the form was opened with."""
    digest = _asked(text, eid).partition("~")[2]
    return not digest or digest == _digest(words)


def _asked(text: ImportFacts, eid: str | None) -> str:
    return request.form.get("origin") or f"{text.id}.{eid or ''}"


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def is_gone(c: Context, text: ImportFacts, eid: str) -> Message:
    """What a person is told whose clause is gone; that another one has its number now, where that is so."""
    if eid in text.draft.by_eid and is_same_file(text):
        return msg("The clause that you had opened is no longer in the text, or its words are no longer the same. What "
                   "stands at %(name)s now is another one.",
                   name=parse(eid).spoken("en" if c.locale == "en" else "ko"))
    return msg("The clause that you had opened is no longer in the text.")


def gone_page(c: Context, facts: ConsultationFacts, form: Any, error: PortalError,
              message: Message | None = None) -> Page:
    """What was typed for a clause or a text that is gone: shown in full, and not fit to be sent for anything else."""
    typed = []
    for field in form:
        if field.type in ("HiddenField", "FileField") or not field.data:
            continue
        labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or []}
        typed.append((field.label.text, msg("Yes") if field.data is True else labels.get(field.data, field.data)))
    return page("admin/draft_gone.html", status=error.status, error=error, gone=message, typed=typed,
                **wizard.frame(c, facts, "draft"))
