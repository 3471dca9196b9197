"""A text made from amending sentences, held against the consolidated text that staff bring: where do the two differ?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.consultations.queries import ConsultationFacts
from portal.drafts import cross_check, queries
from portal.drafts.cross_check import CrossCheck
from portal.drafts.queries import ImportFacts
from portal.kernel.errors import InvalidError, NotFoundError
from portal.kernel.i18n import msg
from portal.kernel.permissions import PUBLISHER
from portal.ordinances.addresses import parse
from portal.ordinances.amending.checking import Difference
from portal.ordinances.redline import redline
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.consultation_forms import uploaded
from portal.web.admin.draft_forms import CrossCheckForm
from portal.web.admin.draft_views import PASTED, of_importer
from portal.web.results import Page, page

area = Area("admin_cross_check", __name__, "/admin/consultations")

#: Differences that the page lists before it says how many more there are.
_MOST: Final = 200


@dataclass(frozen=True)
class Row:
    """An address where the two differ. A side is pieces of (whether they differ, words); None where it has no such
    clause."""

    eid: str
    name: str
    computed: tuple[tuple[bool, str], ...] | None
    consolidated: tuple[tuple[bool, str], ...] | None


def _row(c: Context, one: Difference) -> Row:
    changes = redline(one.ours, one.theirs, "ko") if one.ours is not None and one.theirs is not None else ()

    def side(words: str | None, other: str) -> tuple[tuple[bool, str], ...] | None:
        if words is None:
            return None
        return tuple((change.kind != "same", change.text) for change in changes if change.kind != other) or (
            (False, words),)

    return Row(one.eid, parse(one.eid).spoken("en" if c.locale == "en" else "ko"), side(one.ours, "inserted"),
               side(one.theirs, "deleted"))


def _check_page(c: Context, facts: ConsultationFacts, text: ImportFacts, form: CrossCheckForm,
                found: CrossCheck | None = None, status: int = 200) -> Page:
    listed = found.differences if found is not None else ()
    return page("admin/draft_check.html", status=status, form=form, text=text, found=found,
                rows=[_row(c, one) for one in listed[:_MOST]], more=max(0, len(listed) - _MOST),
                **wizard.frame(c, facts, "draft", None, None))


def _text(c: Context, facts: ConsultationFacts) -> ImportFacts:
    text = queries.current_import(c.session, facts.id)
    if text is None or not cross_check.can_be_checked(text):
        raise NotFoundError(msg("There is no text here that was made from amending sentences."),
                            what_next=msg("Only of a partial amendment that was imported as sentences can the result "
                                          "be checked."))
    return text


@area.view("/<slug>/draft/check", PUBLISHER)
def show_check(c: Context, slug: str) -> Page:
    """The form for the consolidated text."""
    facts = of_importer(c, slug)
    return _check_page(c, facts, _text(c, facts), CrossCheckForm())


@area.view("/<slug>/draft/check", PUBLISHER, methods=("POST",))
def check(c: Context, slug: str) -> Page:
    """Where the result of the sentences and the consolidated text differ. Nothing is stored."""
    facts = of_importer(c, slug)
    text = _text(c, facts)
    form = CrossCheckForm.posted()
    file = uploaded("file")
    if file is None and (form.pasted.data or "").strip():
        file = PASTED, form.pasted.data.encode()
    try:
        if file is None:
            raise InvalidError(msg("Choose a file."), {"file": [msg("Choose the consolidated text, or paste it.")]})
        return _check_page(c, facts, text, form, cross_check.cross_check(text, *file))
    except InvalidError as error:
        form.add_problems(error.problems)
        return _check_page(c, facts, text, form, status=422)
