"""The forms of review: their shape only. Rules live in the services."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel.i18n import msg
from portal.kernel.words import DISPOSITIONS
from portal.responses.services import ChangedClause, ResponseInput
from portal.review.services import ClusterInput
from portal.web.forms import PortalForm, choices


class ClusterForm(PortalForm):
    """A cluster's title and issue."""

    version = IntegerField(default=0)
    title_ko = StringField(msg("Title in Korean"))
    title_en = StringField(msg("Title in English"))
    issue_ko = TextAreaField(msg("The issue in one sentence, in Korean"))
    issue_en = TextAreaField(msg("The issue in one sentence, in English"))

    @property
    def input(self) -> ClusterInput:
        """What the service takes."""
        return ClusterInput(*(str(self._fields[name].data or "") for name in (
            "title_ko", "title_en", "issue_ko", "issue_en")))


class TopicForm(PortalForm):
    """A topic of the code list."""

    version = IntegerField(default=0)
    name_ko = StringField(msg("Name in Korean"))
    name_en = StringField(msg("Name in English"))


class TagForm(PortalForm):
    """A tag of the code list."""

    version = IntegerField(default=0)
    topic_id = SelectField(msg("Topic"), coerce=int, validate_choice=False)
    name_ko = StringField(msg("Name in Korean"))
    name_en = StringField(msg("Name in English"))
    description = TextAreaField(msg("What it is for"))


class ResponseForm(PortalForm):
    """A response: result, texts, the clauses that carry the change."""

    version = IntegerField(default=0)
    disposition = RadioField(msg("Result"), choices=choices(DISPOSITIONS), validate_choice=False)
    text_ko = TextAreaField(msg("Reason in Korean"))
    text_en = TextAreaField(msg("Reason in English"))
    changed_clauses = SelectMultipleField(
        msg("Clauses that carry the change"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        choices=[], validate_choice=False)

    @property
    def input(self) -> ResponseInput:
        """What the service takes. A clause is written `<version>:<eId>`."""
        chosen = []
        for written in self.changed_clauses.data or []:
            version, colon, eid = str(written).partition(":")
            if colon and version.isascii() and version.isdecimal() and len(version) < 9:
                chosen.append(ChangedClause(int(version), eid))
        disposition = self.disposition.data if self.disposition.data not in ("", "None", None) else None
        return ResponseInput(disposition, str(self.text_ko.data or ""), str(self.text_en.data or ""), tuple(chosen))

    @classmethod
    def of(cls, response: Any) -> ResponseForm:
        """The form as a stored response fills it."""
        return cls(data={
            "version": response.version, "disposition": response.disposition, "text_ko": response.text_ko,
            "text_en": response.text_en,
            "changed_clauses": [f"{each['version']}:{each['eid']}" for each in response.changed_clauses]})


class NoteForm(PortalForm):
    """Why a response goes back."""

    version = IntegerField(default=0)
    act = HiddenField()
    digest = HiddenField()
    note = TextAreaField(msg("Why it goes back"))
