"""The base of all forms: their shape only. Rules live in services; messages are in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import Form, SelectChoice, SelectMultipleField
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel import i18n
from portal.kernel.i18n import Message


class _Translations:
    """WTForms' own messages, from our catalogues."""

    def gettext(self, string: str) -> str:
        return i18n.gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return i18n.ngettext(singular, plural, n)


class PortalForm(Form):  # type: ignore[misc]
    """A form whose messages come from our catalogues and to which a service's problems can be added."""

    form_errors: list[Any]

    class Meta:
        locales = False

        def get_translations(self, form: Any) -> _Translations:
            return _Translations()

    @classmethod
    def posted(cls, **more: Any) -> Any:
        """The form as it was sent."""
        return cls(request.form, **more)

    def prefilled(self) -> frozenset[str]:
        """The fields that hold words which the page put there and nobody need have typed."""
        return frozenset()

    def add_problems(self, problems: Mapping[str, Sequence[Message]]) -> None:
        """Show what a service found at the fields it names; what belongs to no field stands above the form."""
        for name, messages in problems.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *messages]
            else:
                self.form_errors = [*self.form_errors, *messages]


class ChecksField(SelectMultipleField):  # type: ignore[misc]
    """Several of a few, as checkboxes. Which of them are known is the service's to check."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Message, labels: Mapping[str, Message], **more: Any) -> None:
        super().__init__(label, choices=choices(labels), validate_choice=False, **more)


def choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    """The choices of a field from a table of labels (portal/kernel/words.py), in its order."""
    return [SelectChoice(value, label) for value, label in labels.items()]


class Needed:
    """The field must hold something other than white space. `message` says what is asked for."""

    field_flags: dict[str, Any] = {"required": True}

    def __init__(self, message: Message) -> None:
        self.message = message

    def __call__(self, form: Form, field: Any) -> None:
        if field.data is None or not str(field.data).strip():
            field.errors = []
            raise StopValidation(self.message)
