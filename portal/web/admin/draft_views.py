"""The first step, the text: importing it, looking at what was read, marking it; later, publishing a revised version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from flask import request

from portal.consultations.queries import ConsultationFacts
from portal.drafts import policies, queries, services
from portal.drafts.queries import ImportFacts
from portal.kernel.errors import ConflictError, InvalidError
from portal.kernel.i18n import msg, nmsg
from portal.kernel.permissions import PUBLISHER
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Draft
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.consultation_forms import EnglishForm, ImportForm, MarksForm, uploaded
from portal.web.results import Page, Redirect, page

area = Area("admin_drafts", __name__, "/admin/consultations")

#: How the text can be looked at.
VIEWS: Final = ("ko", "en", "both")
#: Lines that the page lists before it says how many more there are.
_MOST_LINES: Final = 200
#: What holds clauses and says nothing that could be amended by itself.
_UNMARKED: Final = frozenset({"part", "chapter", "section", "subsection", "preamble"})
_NUMBERED: Final = frozenset({"paragraph", "subparagraph", "item", "subitem"})


@dataclass(frozen=True)
class Row:
    """A clause of the preview. `depth`: how many numbers hang to its left."""

    clause: Clause
    label_en: str
    depth: int
    under: bool
    can_be_marked: bool


def _rows(text: ImportFacts) -> list[Row]:
    return [Row(clause, clause.label_en or parse(clause.eid).english_label, _depth(text.draft, clause),
                clause.eid not in text.outside_notice, clause.kind not in _UNMARKED)
            for clause in text.draft.clauses]


def _depth(draft: Draft, clause: Clause) -> int:
    return sum(above.kind in _NUMBERED for above in draft.ancestors(clause.eid))


def _draft_page(c: Context, facts: ConsultationFacts, *, form: ImportForm | None = None,
                english: EnglishForm | None = None, status: int = 200, conflict: ConflictError | None = None) -> Page:
    text = queries.current_import(c.session, facts.id)
    newest = queries.latest_version(c.session, facts.id)
    view = request.args.get("view", "")
    values = wizard.frame(c, facts, "draft", None, conflict)
    if text is None:
        return page("admin/draft_import.html", status=status, form=form or ImportForm(), newest=newest,
                    **values)
    changes = None
    if newest is not None:
        changes = Counter(pair.change.value for pair in queries.comparison(c.session, newest, text.draft))
    return page(
        "admin/draft.html", status=status, form=form or ImportForm(),
        english=english or EnglishForm(data={"version": str(text.version)}), text=text, newest=newest,
        rows=_rows(text), counts={kind: n for kind, n in text.draft.counts.items() if n},
        outside_main_text=sum(not clause.is_main_text for clause in text.draft.clauses),
        not_placed=text.not_placed[:_MOST_LINES], not_placed_more=max(0, len(text.not_placed) - _MOST_LINES),
        not_fitted=text.not_fitted[:_MOST_LINES], not_fitted_more=max(0, len(text.not_fitted) - _MOST_LINES),
        without_english=[text.draft.by_eid[eid] for eid in text.without_english[:_MOST_LINES]],
        view=view if view in VIEWS else "ko", has_english="en" in text.draft.languages,
        markable=facts.draft_kind == "partial_amendment", changes=changes,
        can_publish=policies.can_publish_revision(c.actor, facts).allowed, **values)


def _of_importer(c: Context, slug: str) -> ConsultationFacts:
    facts = wizard.of_publisher(c, slug)
    policies.can_import(c.actor, facts).require()
    return facts


@area.view("/<slug>/draft/", PUBLISHER)
def show_draft(c: Context, slug: str) -> Page:
    """The text under preview, or the form to import one."""
    return _draft_page(c, _of_importer(c, slug))


@area.view("/<slug>/draft/import", PUBLISHER, methods=("POST",))
def import_draft(c: Context, slug: str) -> Page | Redirect:
    """Read a file for preview, in place of what was there."""
    facts = _of_importer(c, slug)
    form = ImportForm.posted()
    file, english = uploaded("file"), uploaded("english")
    try:
        if file is None:
            raise InvalidError(msg("Choose a file."), {"file": [msg("Choose the file that holds the draft.")]})
        text = services.import_draft(
            c.session, c.actor, facts.id, filename=file[0], data=file[1], now=c.now,
            english=english[1] if english else None, english_filename=english[0] if english else "")
    except InvalidError as error:
        form.add_problems(error.problems)
        return _draft_page(c, facts, form=form, status=422)
    return Redirect(wizard.step_address(facts, "draft"), notice=nmsg(
        "%(n)s clause was read.", "%(n)s clauses were read.", text.draft.clause_count))


@area.view("/<slug>/draft/english", PUBLISHER, methods=("POST",))
def lay_english(c: Context, slug: str) -> Page | Redirect:
    """Lay an English text over the one under preview."""
    facts = _of_importer(c, slug)
    form = EnglishForm.posted()
    file = uploaded("english")
    try:
        if file is None:
            raise InvalidError(msg("Choose a file."),
                               {"english": [msg("Choose the file that holds the English text.")]})
        services.lay_english(c.session, c.actor, facts.id, filename=file[0], data=file[1], version=form.seen_version,
                             now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _draft_page(c, facts, english=form, status=422)
    except ConflictError as error:
        return _draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft") + "?view=both", notice=msg("The English text is laid over it."))


@area.view("/<slug>/draft/english/drop", PUBLISHER, methods=("POST",))
def drop_english(c: Context, slug: str) -> Page | Redirect:
    """Take the English text off again."""
    facts = _of_importer(c, slug)
    try:
        services.drop_english(c.session, c.actor, facts.id, version=EnglishForm.posted().seen_version, now=c.now)
    except ConflictError as error:
        return _draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("The English text was taken off."))


@area.view("/<slug>/draft/drop", PUBLISHER, methods=("POST",))
def drop_import(c: Context, slug: str) -> Redirect:
    """Drop the text under preview. Published versions stay."""
    facts = _of_importer(c, slug)
    services.drop_import(c.session, c.actor, facts.id, now=c.now)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("The text under preview was dropped."))


@area.view("/<slug>/draft/marks", PUBLISHER, methods=("POST",))
def mark(c: Context, slug: str) -> Page | Redirect:
    """Say which clauses of a partial amendment are under consultation."""
    facts = _of_importer(c, slug)
    form = MarksForm.posted()
    text = queries.current_import(c.session, facts.id)
    under = set(form.under())
    outside = [] if text is None else [
        row.clause.eid for row in _rows(text) if row.can_be_marked and row.clause.eid not in under]
    try:
        services.mark_outside_notice(c.session, c.actor, facts.id, outside, version=form.seen_version, now=c.now)
    except InvalidError as error:
        page_form = ImportForm()
        page_form.add_problems({"": [error.message]})
        return _draft_page(c, facts, form=page_form, status=422)
    except ConflictError as error:
        return _draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("Saved."))


@area.view("/<slug>/draft/publish", PUBLISHER, methods=("POST",))
def publish(c: Context, slug: str) -> Page | Redirect:
    """Publish the text under preview as the next version."""
    facts = wizard.of_publisher(c, slug)
    form = MarksForm.posted()
    try:
        version = services.publish_version(c.session, c.actor, facts.id, import_version=form.seen_version, now=c.now)
    except ConflictError as error:
        return _draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.address(facts), notice=msg(
        "Version %(n)s of the draft is published. The public page shows it within a minute.", n=version.number))
