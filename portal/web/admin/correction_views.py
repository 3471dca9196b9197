"""Correcting a text under preview by hand: what a clause is and says, lines that wait for a place, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import request

from portal.consultations.queries import ConsultationFacts
from portal.drafts import correcting, placing, queries
from portal.drafts.queries import ImportFacts
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import PUBLISHER
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.draft_forms import ActForm, ClauseForm, ImportForm, LinesForm, PlaceForm
from portal.web.admin.draft_views import depth, draft_page, of_importer
from portal.web.admin.same_clause import again, gone_page, has_same_words, is_gone, is_same_file, origin_of
from portal.web.results import Page, Redirect, page

area = Area("admin_corrections", __name__, "/admin/consultations")


def _text(c: Context, facts: ConsultationFacts) -> ImportFacts:
    text = queries.current_import(c.session, facts.id)
    if text is None:
        raise NotFoundError(msg("No text is under preview."), what_next=msg("A colleague may have dropped or published "
                                                                            "it. Import it again if it is needed."))
    return text


def _clause(text: ImportFacts, eid: str) -> Clause:
    found = text.draft.by_eid.get(eid)
    if found is None:
        raise NotFoundError(msg("The text has no such clause any more."), what_next=msg(
            "Its number may have been corrected. Look for it in the text."))
    return found


def _back(facts: ConsultationFacts, eid: str | None = None, notice: Message | None = None) -> Redirect:
    return Redirect(wizard.step_address(facts, "draft") + (f"#{eid}" if eid else ""), notice=notice)


def _said(c: Context, eid: str) -> str:
    return parse(eid).spoken("en" if c.locale == "en" else "ko")


# ------------------------------------------------------------------------------------------------------------ a clause


def _clause_page(c: Context, facts: ConsultationFacts, text: ImportFacts, clause: Clause, form: ClauseForm, *,
                 status: int = 200, conflict: ConflictError | None = None) -> Page:
    place = text.draft.clauses.index(clause)
    around = text.draft.clauses[max(0, place - 2):place + 3]
    return page("admin/draft_clause.html", status=status, form=form, text=text, clause=clause,
                origin=origin_of(text, clause.eid), name=_said(c, clause.eid),
                below=len(list(text.draft.subtree(clause.eid))) - 1,
                lines=list(enumerate(clause.lines("ko"))), around=around,
                depth_of=lambda each: depth(text.draft, each), **wizard.frame(c, facts, "draft", form, conflict))


def _values(clause: Clause) -> dict[str, str]:
    """What stands in the fields for a clause."""
    return {"kind": clause.kind.value, "number": clause.label,
            **{name: getattr(clause, name) or "" for name in ("heading_ko", "text_ko", "heading_en", "text_en")}}


@area.view("/<slug>/draft/clause", PUBLISHER)
def show_clause(c: Context, slug: str) -> Page:
    """One clause of the preview, to be corrected."""
    facts = of_importer(c, slug)
    text = _text(c, facts)
    clause = _clause(text, request.args.get("at", ""))
    form = ClauseForm(data={"version": str(text.version), **_values(clause)})
    return _clause_page(c, facts, text, clause, form)


@area.view("/<slug>/draft/clause", PUBLISHER, methods=("POST",))
def save_clause(c: Context, slug: str) -> Page | Redirect:
    """Save what was corrected, join the clause to the one before, or leave it out."""
    facts = of_importer(c, slug)
    eid, act = request.form.get("at", ""), request.form.get("act", "")
    form = ClauseForm.posted()
    try:
        correcting.require_seen(c.session, c.actor, facts.id, version=form.seen_version)
    except ConflictError as error:
        return _stale_clause(c, facts, eid, form, error)
    except NotFoundError as error:
        return gone_page(c, facts, form, error)
    try:
        if act == "join":
            correcting.join_clause(c.session, c.actor, facts.id, eid, version=form.seen_version, now=c.now)
            return _back(facts, notice=msg("It is a part of the clause before now."))
        if act == "drop":
            correcting.drop_clause(c.session, c.actor, facts.id, eid, version=form.seen_version, now=c.now)
            return _back(facts, notice=msg("The clause is left out. Its words stand among what was set aside."))
        words = {name: form._fields[name].data or "" for name in ("heading_ko", "text_ko", "heading_en", "text_en")}
        _, eid = correcting.correct_clause(
            c.session, c.actor, facts.id, eid, kind=form.kind.data or "", number=form.number.data or "", words=words,
            version=form.seen_version, now=c.now)
        return _back(facts, eid, msg("Saved as %(name)s.", name=_said(c, eid)))
    except InvalidError as error:
        form.add_problems(error.problems or {"": [error.message]})
    text = _text(c, facts)
    return _clause_page(c, facts, text, _clause(text, eid), form, status=422)


def _stale_clause(c: Context, facts: ConsultationFacts, eid: str, form: ClauseForm, conflict: ConflictError) -> Page:
    """The clause that was opened beside what was typed for it, whatever its number is by now; never another one."""
    text = _text(c, facts)
    clause = again(text, eid)
    if clause is None:
        return gone_page(c, facts, form, conflict, is_gone(c, text, eid))
    conflict.theirs = {name: value for name, value in _values(clause).items()
                       if value != (form._fields[name].data or "").replace("\r\n", "\n").strip()}
    return _clause_page(c, facts, text, clause, form, status=409, conflict=conflict)


# ---------------------------------------------------------------------------------------------- lines, what is missing


def _place_page(c: Context, facts: ConsultationFacts, text: ImportFacts, form: PlaceForm, values: dict[str, Any], *,
                status: int = 200, conflict: ConflictError | None = None) -> Page:
    return page("admin/draft_place.html", status=status, form=form, text=text,
                depth_of=lambda each: depth(text.draft, each), **values,
                **wizard.frame(c, facts, "draft", form, conflict))


#: Of the clauses below the one that another is added after, so many are shown.
_BELOW: Final = 3


def _source(c: Context, text: ImportFacts, *, stale: bool = False) -> dict[str, Any]:
    """What the address of a placing page names: a waiting line, the line of a clause, or the clause to add one after.
    `stale`: it was opened for another state of the text. Raises NotFoundError."""
    after: str | None = request.values.get("after") or request.values.get("at") or None
    if after is not None and stale:
        found = again(text, after)
        after = found.eid if found is not None else ""
    number = request.values.get("line", "")
    line = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else None
    shown: int | None = line
    words, mode = "", "add"
    if request.values.get("at"):
        mode = "split"
        own = _clause(text, after or "").lines("ko")
        if line is None or line >= len(own):
            raise NotFoundError(msg("The clause has no such line."))
        words = "\n".join(own[line:])
        if stale and not has_same_words(text, after or "", words):
            raise NotFoundError(msg("The words of this clause are no longer the same."))
    elif line is not None:
        mode = "line"
        waiting = next((each for each in text.not_placed if each.key == line), None)
        if waiting is None or (stale and not is_same_file(text)):
            raise NotFoundError(msg("This line has found its place."), what_next=msg("Go back to the text."))
        words, after, shown = waiting.text, waiting.after, waiting.line
    elif after is not None:
        _clause(text, after)
    place = [clause.eid for clause in text.draft.clauses].index(after) if after else -1
    clauses = text.draft.clauses
    below = placing.below(clauses, place) if mode == "add" and after else ()
    behind = place + 1 + len(below)
    return {"mode": mode, "line": line, "shown_line": shown, "after": after, "words_of_line": words,
            "name": _said(c, after) if after else "",
            "origin": origin_of(text, after if mode != "line" else None, words if mode == "split" else ""),
            "before": clauses[max(0, place - 2):place + 1], "below": below[-_BELOW:],
            "below_more": max(0, len(below) - _BELOW), "behind": clauses[behind:behind + 2]}


@area.view("/<slug>/draft/place", PUBLISHER)
def show_place(c: Context, slug: str) -> Page:
    """A line, a part of a clause, or a clause that is missing: what is it?"""
    facts = of_importer(c, slug)
    text = _text(c, facts)
    source = _source(c, text)
    first, _, rest = str(source["words_of_line"]).partition("\n")
    guess = placing.guess(first)
    words = "\n".join(filter(None, (guess.text, rest)))
    kind = text.draft.by_eid[source["after"]].kind if source["mode"] == "add" and source["after"] else guess.kind
    form = PlaceForm(data={"version": str(text.version), "kind": kind.value, "number": guess.number,
                           "heading": guess.heading, "text": words})
    return _place_page(c, facts, text, form, source)


@area.view("/<slug>/draft/place", PUBLISHER, methods=("POST",))
def save_place(c: Context, slug: str) -> Page | Redirect:
    """Make it a clause."""
    facts = of_importer(c, slug)
    form = PlaceForm.posted()
    conflict = None
    try:
        correcting.require_seen(c.session, c.actor, facts.id, version=form.seen_version)
    except ConflictError as error:
        conflict = error
    except NotFoundError as error:
        return gone_page(c, facts, form, error)
    text = _text(c, facts)
    try:
        source = _source(c, text, stale=conflict is not None)
    except NotFoundError as error:
        return gone_page(c, facts, form, conflict or error, error.message if conflict else None)
    if conflict is not None:
        return _place_page(c, facts, text, form, source, status=409, conflict=conflict)
    what = {"kind": form.kind.data or "", "number": form.number.data or "", "heading": form.heading.data or "",
            "text": form.text.data or "", "version": form.seen_version, "now": c.now}
    try:
        if source["mode"] == "line":
            done = correcting.place_line(c.session, c.actor, facts.id, source["line"], **what)
        elif source["mode"] == "split":
            done = correcting.split_clause(c.session, c.actor, facts.id, source["after"], source["line"], **what)
        else:
            done = correcting.add_clause(c.session, c.actor, facts.id, source["after"], takes=bool(form.takes.data),
                                         **what)
        known = set(text.origins.values())
        [made] = (eid for eid, origin in done.origins.items() if origin not in known)
        return _back(facts, made, msg("Saved as %(name)s.", name=_said(c, made)))
    except InvalidError as error:
        form.add_problems(error.problems or {"": [error.message]})
    return _place_page(c, facts, text, form, source, status=422)


@area.view("/<slug>/draft/lines", PUBLISHER, methods=("POST",))
def save_lines(c: Context, slug: str) -> Page | Redirect:
    """Set marked lines aside, or add each to the clause that stands before it."""
    form = LinesForm.posted()
    lines = form.lines()

    def act(facts: ConsultationFacts) -> Message:
        if not lines:
            raise InvalidError(msg("Mark the lines first."))
        if request.form.get("act") == "aside":
            correcting.set_aside(c.session, c.actor, facts.id, lines, version=form.seen_version, now=c.now)
            return nmsg("%(n)s line was set aside.", "%(n)s lines were set aside.", len(lines))
        correcting.add_lines(c.session, c.actor, facts.id, lines, version=form.seen_version, now=c.now)
        return nmsg("%(n)s line was added to the clause before it.", "%(n)s lines were added to the clauses before "
                    "them.", len(lines))

    return _acted(c, slug, act)


@area.view("/<slug>/draft/undo", PUBLISHER, methods=("POST",))
def undo(c: Context, slug: str) -> Page | Redirect:
    """Take back the last correction, or all."""
    form = ActForm.posted()

    def act(facts: ConsultationFacts) -> Message:
        correcting.undo(c.session, c.actor, facts.id, everything=request.form.get("act") == "all",
                        version=form.seen_version, now=c.now)
        return msg("Taken back.")

    return _acted(c, slug, act)


def _acted(c: Context, slug: str, act: Callable[[ConsultationFacts], Message]) -> Page | Redirect:
    facts = of_importer(c, slug)
    try:
        return _back(facts, notice=act(facts))
    except (InvalidError, StateError) as error:
        shown = ImportForm()
        shown.add_problems({"": [error.message]})
        return draft_page(c, facts, form=shown, status=error.status)
    except ConflictError as error:
        return draft_page(c, facts, status=409, conflict=error)
