"""The first step, the text: importing it, looking at what was read, marking it; later, publishing a revised version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from flask import request

from portal.consultations.queries import ConsultationFacts
from portal.drafts import alignment, cross_check, policies, queries, services
from portal.drafts.queries import AlignmentFacts, ImportFacts
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import PUBLISHER
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Draft, Language
from portal.publication.blocks import Block, opening_and_further
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.consultation_forms import uploaded
from portal.web.admin.draft_forms import (
    ActForm,
    EnglishForm,
    ImportForm,
    MarksForm,
    PastedEnglishForm,
    PublishForm,
)
from portal.web.admin.same_clause import again, gone_page, is_gone, origin_of
from portal.web.results import Page, Redirect, page

area = Area("admin_drafts", __name__, "/admin/consultations")

#: How the text can be looked at.
VIEWS: Final = ("ko", "en", "both")
#: Lines that the page lists before it says how many more there are.
_MOST_LINES: Final = 200
_NUMBERED: Final = frozenset({"paragraph", "subparagraph", "item", "subitem"})
_SENTENCE: Final = "제3조제2항 중 “3년”을 “1년”으로 한다."
#: The name of a text that was pasted instead of uploaded.
PASTED: Final = "pasted.txt"
#: What each act of correcting is called in the list of what was done.
ACTS: Final = {
    "number": msg("Number or kind changed"), "words": msg("Words changed"), "place": msg("Line made a clause"),
    "take": msg("Line added to a clause"), "aside": msg("Line set aside"), "split": msg("Clause divided"),
    "join": msg("Joined to the clause before"), "drop": msg("Clause left out"), "insert": msg("Clause added")}


@dataclass(frozen=True)
class Row:
    """A clause of the preview. `depth`: how many numbers hang to its left."""

    clause: Clause
    label_en: str
    depth: int
    under: bool
    can_be_marked: bool

    def parted(self, language: Language) -> tuple[Block, tuple[Block, ...]]:
        """The words up to its first table, and that with all that follows."""
        return opening_and_further(self.clause.text(language) or "", self.clause.tables, language)


def _rows(text: ImportFacts) -> list[Row]:
    return [Row(clause, clause.label_en or parse(clause.eid).english_label, depth(text.draft, clause),
                clause.eid not in text.outside_notice, clause.kind not in alignment.NEVER_OUTSIDE)
            for clause in text.draft.clauses]


def depth(draft: Draft, clause: Clause) -> int:
    """How many numbers hang to the left of a clause's own."""
    return sum(above.kind in _NUMBERED for above in draft.ancestors(clause.eid))


@dataclass(frozen=True)
class Done:
    """One act of correcting, for the list."""

    what: Message
    where: str
    line: int | None
    by: str
    at: str


def _corrections(text: ImportFacts, locale: str) -> list[Done]:
    found = []
    language: Language = "en" if locale == "en" else "ko"
    for act in text.corrections:
        eid = act.get("eid") or act.get("after") or ""
        found.append(Done(ACTS[act["act"]], parse(eid).spoken(language) if eid else "", act.get("line"), act["by"],
                          act["at"]))
    return found[::-1]


def draft_page(c: Context, facts: ConsultationFacts, *, form: ImportForm | None = None,
               english: EnglishForm | None = None, publish: PublishForm | None = None, status: int = 200,
               conflict: ConflictError | None = None) -> Page:
    """The text under preview, or the form to import one."""
    text = queries.current_import(c.session, facts.id)
    newest = queries.latest_version(c.session, facts.id)
    view = request.args.get("view", "")
    values = wizard.frame(c, facts, "draft", None, conflict)
    if text is None:
        return page("admin/draft_import.html", status=status, form=form or ImportForm(), newest=newest,
                    example=_SENTENCE, **values)
    aligned: AlignmentFacts | None = queries.alignment_of(c.session, text)
    version = {"version": str(text.version)}
    if publish is not None:
        publish.version.data = str(text.version)
    return page(
        "admin/draft.html", status=status, form=form or ImportForm(),
        english=english or EnglishForm(data=version), publish=publish or PublishForm(data=version), text=text,
        newest=newest, rows=_rows(text), counts={kind: n for kind, n in text.draft.counts.items() if n},
        outside_main_text=sum(not clause.is_main_text for clause in text.draft.clauses),
        not_placed=text.not_placed[:_MOST_LINES], not_placed_more=max(0, len(text.not_placed) - _MOST_LINES),
        not_fitted=text.not_fitted[:_MOST_LINES], not_fitted_more=max(0, len(text.not_fitted) - _MOST_LINES),
        without_english=[text.draft.by_eid[eid] for eid in text.without_english[:_MOST_LINES]],
        done=_corrections(text, c.locale), view=view if view in VIEWS else "ko",
        has_english="en" in text.draft.languages, markable=facts.draft_kind == "partial_amendment", aligned=aligned,
        changes=None if aligned is None else Counter(pair.change for pair in aligned.pairs),
        undecided=0 if aligned is None else len(aligned.undecided), left_open=queries.left_open(text, aligned),
        can_be_checked=cross_check.can_be_checked(text),
        can_publish=policies.can_publish_revision(c.actor, facts).allowed, **values)


def of_importer(c: Context, slug: str) -> ConsultationFacts:
    """The consultation at this address, for who may import its text."""
    facts = wizard.of_publisher(c, slug)
    policies.can_import(c.actor, facts).require()
    return facts


@area.view("/<slug>/draft/", PUBLISHER)
def show_draft(c: Context, slug: str) -> Page:
    """The text under preview, or the form to import one."""
    return draft_page(c, of_importer(c, slug))


@area.view("/<slug>/draft/import", PUBLISHER, methods=("POST",))
def import_draft(c: Context, slug: str) -> Page | Redirect:
    """Read a file, or pasted text, for preview, in place of what was there."""
    facts = of_importer(c, slug)
    form = ImportForm.posted()
    file, english, in_force = uploaded("file"), uploaded("english"), uploaded("in_force")
    if file is None and (form.pasted.data or "").strip():
        file = PASTED, form.pasted.data.encode()
    try:
        if file is None:
            raise InvalidError(msg("Choose a file."), {"file": [msg("Choose the file that holds the draft.")]})
        text = services.import_draft(
            c.session, c.actor, facts.id, filename=file[0], data=file[1], now=c.now,
            english=english[1] if english else None, english_filename=english[0] if english else "",
            in_force=in_force[1] if in_force else None, in_force_filename=in_force[0] if in_force else "",
            sentences=bool(form.sentences.data), version=form.seen_version)
    except InvalidError as error:
        form.add_problems(error.problems)
        return draft_page(c, facts, form=form, status=422)
    except ConflictError as error:
        if (form.pasted.data or "").strip():  # the page of what stands there now has no field for it
            return gone_page(c, facts, form, error)
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=nmsg(
        "%(n)s clause was read.", "%(n)s clauses were read.", text.draft.clause_count))


@area.view("/<slug>/draft/english", PUBLISHER, methods=("POST",))
def lay_english(c: Context, slug: str) -> Page | Redirect:
    """Lay an English text over the one under preview."""
    facts = of_importer(c, slug)
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
        return draft_page(c, facts, english=form, status=422)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft") + "?view=both", notice=msg("The English text is laid over it."))


@area.view("/<slug>/draft/english/drop", PUBLISHER, methods=("POST",))
def drop_english(c: Context, slug: str) -> Page | Redirect:
    """Take the English text off again."""
    facts = of_importer(c, slug)
    try:
        services.drop_english(c.session, c.actor, facts.id, version=ActForm.posted().seen_version, now=c.now)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("The English text was taken off."))


def _paste_page(c: Context, facts: ConsultationFacts, text: ImportFacts, form: PastedEnglishForm, *, status: int = 200,
                conflict: ConflictError | None = None) -> Page:
    start = again(text, request.values.get("at")) if conflict else text.draft.by_eid.get(request.values.get("at", ""))
    shown = list(text.draft.subtree(start.eid)) if start else [
        clause for clause in text.draft.clauses if clause.eid in set(text.without_english)][:_MOST_LINES]
    return page("admin/draft_paste.html", status=status, form=form, text=text, start=start, shown=shown,
                origin=origin_of(text, start.eid if start else None),
                label_of=lambda clause: clause.label_en or parse(clause.eid).english_label,
                depth_of=lambda clause: depth(text.draft, clause), **wizard.frame(c, facts, "draft", form, conflict))


@area.view("/<slug>/draft/paste", PUBLISHER)
def show_paste(c: Context, slug: str) -> Page | Redirect:
    """A field for English lines, beside the clauses that they are for."""
    facts = of_importer(c, slug)
    text = queries.current_import(c.session, facts.id)
    if text is None:
        return Redirect(wizard.step_address(facts, "draft"))
    return _paste_page(c, facts, text, PastedEnglishForm(data={"version": str(text.version)}))


@area.view("/<slug>/draft/paste", PUBLISHER, methods=("POST",))
def paste_english(c: Context, slug: str) -> Page | Redirect:
    """Lay the pasted lines over the text."""
    facts = of_importer(c, slug)
    form = PastedEnglishForm.posted()
    start = request.form.get("at") or None
    status, conflict = 422, None
    try:
        services.paste_english(c.session, c.actor, facts.id, words=form.pasted.data or "", start=start,
                               version=form.seen_version, now=c.now)
        return Redirect(wizard.step_address(facts, "draft") + "?view=both" + (f"#{start}" if start else ""),
                        notice=msg("The English text is laid over it."))
    except InvalidError as error:
        form.add_problems(error.problems)
    except ConflictError as error:
        status, conflict = 409, error
        form.version.data = str(error.version)
    except NotFoundError as error:
        return gone_page(c, facts, form, error)
    text = queries.current_import(c.session, facts.id)
    assert text is not None  # else it could not have been held
    if conflict is not None and start and again(text, start) is None:
        return gone_page(c, facts, form, conflict, is_gone(c, text, start))
    return _paste_page(c, facts, text, form, status=status, conflict=conflict)


@area.view("/<slug>/draft/drop", PUBLISHER, methods=("POST",))
def drop_import(c: Context, slug: str) -> Page | Redirect:
    """Drop the text under preview. Published versions stay."""
    facts = of_importer(c, slug)
    try:
        services.drop_import(c.session, c.actor, facts.id, version=ActForm.posted().seen_version, now=c.now)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("The text under preview was dropped."))


@area.view("/<slug>/draft/marks", PUBLISHER, methods=("POST",))
def mark(c: Context, slug: str) -> Page | Redirect:
    """Say which clauses of a partial amendment are under consultation; or mark anew those that differ."""
    facts = of_importer(c, slug)
    form = MarksForm.posted()
    text = queries.current_import(c.session, facts.id)
    under = set(form.under())
    outside = [] if text is None else [
        row.clause.eid for row in _rows(text) if row.can_be_marked and row.clause.eid not in under]
    try:
        if request.form.get("act") == "differing":
            services.mark_differing(c.session, c.actor, facts.id, version=form.seen_version, now=c.now)
        else:
            services.mark_outside_notice(c.session, c.actor, facts.id, outside, version=form.seen_version, now=c.now)
    except InvalidError as error:
        page_form = ImportForm()
        page_form.add_problems({"": [error.message]})
        return draft_page(c, facts, form=page_form, status=422)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("Saved."))


@area.view("/<slug>/draft/publish", PUBLISHER, methods=("POST",))
def publish(c: Context, slug: str) -> Page | Redirect:
    """Publish the text under preview as the next version."""
    facts = wizard.of_publisher(c, slug)
    form = PublishForm.posted()
    try:
        version = services.publish_version(c.session, c.actor, facts.id, import_version=form.seen_version,
                                           rest_as_proposed=bool(form.rest.data), now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return draft_page(c, facts, publish=form, status=422)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
    return Redirect(wizard.address(facts), notice=msg(
        "Version %(n)s of the draft is published. The public page shows it within a minute.", n=version.number))
