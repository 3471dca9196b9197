"""The forms of making a consultation, one a step. Shape only: what may be entered is the services' to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.kernel import words
from portal.kernel.i18n import Message, msg
from portal.web.forms import Needed, PortalForm, choices

#: Documents that a notice may do without by stating why.
OMITTABLE: Final = ("impact_analysis", "old_new_table", "article_reasons")


class Readable:
    """The field holds something of its kind; what could not be read is said in our words."""

    def __init__(self, missing: Message, unreadable: Message) -> None:
        self.missing = missing
        self.unreadable = unreadable

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None:
            typed = any(str(value).strip() for value in field.raw_data or ())
            field.errors = []
            raise StopValidation(self.unreadable if typed else self.missing)


class Versioned(PortalForm):
    """A form that knows which state it was made from."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version of the state that this form was made from; 0, which fits none, where that was tampered with."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


class BasicsForm(Versioned):
    """What the consultation is."""

    ministry = SelectField(msg("Ministry"), validate_choice=False)
    kind = RadioField(msg("Kind of notice"), choices=choices(words.CONSULTATION_KINDS), validate_choice=False)
    draft_kind = RadioField(msg("Kind of draft"), choices=choices(words.DRAFT_KINDS), validate_choice=False)
    title_ko = StringField(msg("Title in Korean"))
    title_en = StringField(msg("Title in English"))
    slug = StringField(msg("Address"))
    number_prefix = StringField(msg("Number prefix"))

    def entry(self) -> Basics:
        """What was typed."""
        return Basics(kind=self.kind.data or "", draft_kind=self.draft_kind.data or "",
                      title_ko=self.title_ko.data or "", title_en=self.title_en.data or "", slug=self.slug.data or "",
                      number_prefix=self.number_prefix.data or "")

    def ministry_id(self) -> int:
        """The ministry that was chosen; 0, which none has, where that was tampered with."""
        typed = self.ministry.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else 0


class NoticeForm(Versioned):
    """The words of the notice."""

    notice_number = StringField(msg("Notice number"))
    gazette_number = StringField(msg("Gazette number"))
    gazette_url = StringField(msg("Address of the gazette entry"))
    legal_basis_ko = TextAreaField(msg("Legal basis in Korean"))
    legal_basis_en = TextAreaField(msg("Legal basis in English"))
    reason_ko = TextAreaField(msg("Reason for the draft in Korean"))
    reason_en = TextAreaField(msg("Reason for the draft in English"))
    main_content_ko = TextAreaField(msg("Main content in Korean"))
    main_content_en = TextAreaField(msg("Main content in English"))
    receiving_body_ko = TextAreaField(msg("Receiving body in Korean"))
    receiving_body_en = TextAreaField(msg("Receiving body in English"))
    method_ko = TextAreaField(msg("How to file, in Korean"))
    method_en = TextAreaField(msg("How to file, in English"))

    def entry(self) -> Notice:
        """What was typed."""
        return Notice(**{name: field.data or "" for name, field in self._fields.items() if name != "version"})


class PeriodForm(Versioned):
    """The comment period."""

    starts_on = DateField(msg("Day of the notice"), [Readable(
        msg("Choose the day on which the notice starts."), msg("Enter the day as 2026-01-22."))])
    days = IntegerField(msg("Days that it runs"), [Readable(
        msg("Enter how many days the notice runs."), msg("Enter a number of days."))])
    short_period_record = TextAreaField(msg("Record of what allows a shorter period"))

    def entry(self) -> PeriodEntry | None:
        """What was typed; None where day or number cannot be read."""
        starts_on, days = self.starts_on.data, self.days.data
        if not isinstance(starts_on, date) or not isinstance(days, int):
            return None
        return PeriodEntry(starts_on, days, self.short_period_record.data or "")


class RuleForm(Versioned):
    """The publication rule."""

    comments_appear = RadioField(msg("When comments appear"), choices=choices(words.COMMENTS_APPEAR),
                                 validate_choice=False)
    responses_while_open = BooleanField(msg("Responses may be published while the period is open"))
    technical_review = BooleanField(msg("Technical review"))
    legal_review = BooleanField(msg("Legal review"))

    def entry(self) -> Rule:
        """What was chosen."""
        return Rule(self.comments_appear.data or "", bool(self.responses_while_open.data),
                    bool(self.technical_review.data), bool(self.legal_review.data))


def uploaded(name: str) -> tuple[str, bytes] | None:
    """A file of the request: its name as the browser gives it, and its content; None where none was chosen."""
    file: FileStorage | None = request.files.get(name)
    if file is None or not file.filename:
        return None
    try:
        return file.filename, file.read()
    finally:
        file.close()


class DocumentForm(PortalForm):
    """One document of the notice."""

    kind = SelectField(msg("What it is"), choices=choices({"": msg("Choose …"), **words.DOCUMENT_KINDS}),
                       validate_choice=False)
    title_ko = StringField(msg("Title in Korean"))
    title_en = StringField(msg("Title in English"))
    file = FileField(msg("File"))


class OmissionsForm(Versioned):
    """Which documents the notice does without, and why."""

    impact_analysis_ko = TextAreaField(msg("Regulatory impact analysis: reason in Korean"))
    impact_analysis_en = TextAreaField(msg("Regulatory impact analysis: reason in English"))
    old_new_table_ko = TextAreaField(msg("Old–new table: reason in Korean"))
    old_new_table_en = TextAreaField(msg("Old–new table: reason in English"))
    article_reasons_ko = TextAreaField(msg("Reasons article by article: reason in Korean"))
    article_reasons_en = TextAreaField(msg("Reasons article by article: reason in English"))

    def reasons(self) -> dict[str, dict[str, str]]:
        """What was typed, by kind of document."""
        return {kind: {locale: self._fields[f"{kind}_{locale}"].data or "" for locale in ("ko", "en")}
                for kind in OMITTABLE}

    @classmethod
    def of(cls, omitted: Mapping[str, Mapping[str, str]], version: int) -> OmissionsForm:
        """The form for what is stored."""
        values = {f"{kind}_{locale}": reason.get(locale, "") for kind, reason in omitted.items()
                  for locale in ("ko", "en")}
        return cls(data={**values, "version": str(version)})


class AnnounceForm(Versioned):
    """One button, bound to what was checked."""


class ExtensionForm(Versioned):
    """A later last day, and why."""

    last_day = DateField(msg("New last day"), [Readable(
        msg("Choose the last day on which comments can be filed."), msg("Enter the day as 2026-01-22."))])
    reason_ko = TextAreaField(msg("Reason in Korean"))
    reason_en = TextAreaField(msg("Reason in English"))


class FurtherPeriodForm(PeriodForm):
    """Notice given again, over the whole text or some of its articles."""

    over = RadioField(msg("What it is about"), validate_choice=False, default="all",
                      choices=choices({"all": msg("The whole draft"), "some": msg("Some articles")}))
    scope = SelectMultipleField(msg("Articles under consultation again"), validate_choice=False)


class HolidayForm(PortalForm):
    """An ad-hoc day of the calendar."""

    day = DateField(msg("Day"), [Readable(msg("Choose the day."), msg("Enter the day as 2026-01-22."))])
    is_holiday = RadioField(msg("What it is"), choices=choices({
        "yes": msg("A public holiday that the calendar does not know"),
        "no": msg("A working day that the calendar takes for a holiday")}), default="yes", validate_choice=False)
    name_ko = StringField(msg("Name in Korean"), [Needed(msg("Enter the name of the day in Korean."))])
    name_en = StringField(msg("Name in English"))
