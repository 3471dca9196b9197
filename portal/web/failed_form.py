"""What of a form that met an error is given back: the texts that a person typed, each under its label, and the whole
form to be sent once more. Knows forms by their fields only; takes whatever was sent and raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException
from wtforms import FieldList, Form, FormField, HiddenField, PasswordField, StringField

from portal.kernel.i18n import Message, msg
from portal.web import csrf
from portal.web.forms import PortalForm

_SECRET_FIELDS = frozenset({"password", "new_password", "password_again", "code", "recovery_code"})


@dataclass(frozen=True)
class Typed:
    """A text and the label of the field in which it was typed."""

    label: Message
    text: str


def typed_texts() -> list[Typed]:
    """The texts of the form that failed, in its order: nothing hidden, chosen or secret."""
    sent = _sent()
    if not sent:
        return []
    form = _form_of({name for name, _ in sent})
    fields = {field.name: field for field in _fields(form)}
    found: list[Typed] = []
    for name, text in sent:
        if not text.strip() or name in _SECRET_FIELDS or name == csrf.FIELD or name in form.prefilled():
            continue
        field = fields.get(name)
        if field is None:
            # Of no form that is known: what no page of ours puts into a hidden field or a choice was typed.
            if any(character.isspace() or not character.isascii() for character in text):
                found.append(Typed(msg("Text %(n)s", n=len(found) + 1), text))
        elif isinstance(field, StringField) and not isinstance(field, (HiddenField, PasswordField)):
            found.append(Typed(field.label.text, text))
    return found


def to_send_again(base_url: str) -> list[tuple[str, str]]:
    """Every field of the form, to be sent once more with a new token. Nothing where another site may have made it, and
    nothing where a password or a file would be missing."""
    if not csrf.from_our_page(request, base_url):
        return []
    sent = [(name, value) for name, value in _sent() if name != csrf.FIELD]
    if any(name in _SECRET_FIELDS for name, _ in sent) or any(file.filename for file in request.files.values()):
        return []
    return sent


def _sent() -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    try:
        return list(request.form.items(multi=True))
    except HTTPException:
        return []


def _form_of(names: set[str]) -> PortalForm:
    """The form of ours that these fields are of, filled: the one that has most of them, and else the least."""
    def likeness(kind: type[PortalForm]) -> tuple[int, int]:
        own = _own(kind)
        return len(own & names), -len(own - names)

    return max(_kinds(PortalForm), key=likeness)(request.form)


_names: dict[type[PortalForm], frozenset[str]] = {}


def _own(kind: type[PortalForm]) -> frozenset[str]:
    """The names of the single fields of an empty form, read once. A list has one entry there: enough to know it by."""
    if kind not in _names:
        _names[kind] = frozenset(field.name for field in _fields(kind()))
    return _names[kind]


def _kinds(kind: type[PortalForm]) -> Iterator[type[PortalForm]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


def _fields(form: Form) -> Iterator[Any]:
    """The single fields of a form, those of lists and of forms inside it as well."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                yield from _fields(entry.form) if isinstance(entry, FormField) else (entry,)
        elif isinstance(field, FormField):
            yield from _fields(field.form)
        else:
            yield field
