"""The forms of a text under preview: importing, correcting by hand, English, aligning, publishing. Shape only."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from wtforms import BooleanField, FileField, HiddenField, SelectField, StringField, TextAreaField

from portal.drafts.placing import KINDS
from portal.kernel import words
from portal.kernel.i18n import msg
from portal.web.admin.consultation_forms import Versioned
from portal.web.forms import PortalForm, choices

_KINDS = {kind.value: words.CLAUSE_KINDS[kind.value] for kind in KINDS}


class ImportForm(Versioned):
    """A draft, as a file or as pasted text; the text in force that it amends; its English text if that comes apart."""

    file = FileField(msg("Draft"))
    pasted = TextAreaField(msg("Text of the draft"))
    in_force = FileField(msg("Text in force"))
    sentences = BooleanField(msg("The draft is given as amending sentences, not as the whole text"))
    english = FileField(msg("English text"))


class EnglishForm(Versioned):
    """The English text of what is under preview, as a file."""

    english = FileField(msg("English text"))


class PastedEnglishForm(Versioned):
    """English lines, pasted."""

    pasted = TextAreaField(msg("English lines"))


class CrossCheckForm(PortalForm):
    """The consolidated text that the result of amending sentences is held against. Nothing of it is kept."""

    file = FileField(msg("Consolidated text"))
    pasted = TextAreaField(msg("Text of the consolidated text"))


class MarksForm(Versioned):
    """Which clauses of a partial amendment are under consultation: eIds."""

    def under(self) -> Sequence[str]:
        """The clauses that are marked."""
        return request.form.getlist("under")


class PublishForm(Versioned):
    """Publishing a revised text; changes that nobody decided are taken as proposed only by saying so."""

    rest = BooleanField(msg("Take the changes that were not looked at as they are proposed"))


class ClauseForm(Versioned):
    """What a clause is, and its words."""

    kind = SelectField(msg("What it is"), choices=choices(_KINDS), validate_choice=False)
    number = StringField(msg("Number"))
    heading_ko = StringField(msg("Heading in Korean"))
    text_ko = TextAreaField(msg("Words in Korean"))
    heading_en = StringField(msg("Heading in English"))
    text_en = TextAreaField(msg("Words in English"))


class PlaceForm(Versioned):
    """A clause made from a line, from a part of a clause, or from nothing."""

    kind = SelectField(msg("What it is"), choices=choices(_KINDS), validate_choice=False)
    number = StringField(msg("Number"))
    heading = StringField(msg("Heading"))
    text = TextAreaField(msg("Words"))
    takes = BooleanField(msg("What stands below that clause belongs to the new one from now on"))


class LinesForm(Versioned):
    """Lines that wait for their place, and what is to be done with those that are marked."""

    def lines(self) -> list[int]:
        """The keys of the marked lines."""
        return sorted({int(value) for value in request.form.getlist("lines") if value.isascii() and value.isdecimal()
                       and len(value) < 9})


class ActForm(Versioned):
    """One button."""


class PairForm(Versioned):
    """Another counterpart for a clause."""

    old = HiddenField()
    new = HiddenField()
    other = StringField(msg("Another clause"))
    as_well = BooleanField(msg("Its present counterpart stays as well: a split or a merger"))
