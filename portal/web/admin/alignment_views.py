"""The alignment of a text under preview with the one before, side by side: confirm, set apart, pair otherwise, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import request

from portal.consultations.queries import ConsultationFacts
from portal.drafts import aligning, alignment, correcting, queries
from portal.drafts.alignment import Aligned
from portal.drafts.queries import AlignmentFacts, ImportFacts
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import PUBLISHER
from portal.ordinances import addresses
from portal.ordinances.addresses import Address, parse
from portal.ordinances.clauses import Clause, Draft, Language
from portal.ordinances.problems import InvalidAddress
from portal.ordinances.redline import redline
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.draft_forms import ActForm, PairForm
from portal.web.admin.draft_views import of_importer
from portal.web.admin.same_clause import again, gone_page, is_gone, is_same_file, origin_of
from portal.web.results import Page, Redirect, page

area = Area("admin_alignment", __name__, "/admin/consultations")

#: Which pairs are listed: those that wait for a decision, every change, every clause.
SHOWN: Final = {"open": msg("Not decided yet"), "changed": msg("All changes"), "all": msg("Every clause")}
DECIDED: Final = {"as_proposed": msg("Proposed"), "confirmed": msg("Confirmed"),
                  "corrected": msg("Corrected by staff")}
_EXAMPLE: Final = "제12조의2제3항"
#: Pairs on a page.
_PAGE: Final = 40


@dataclass(frozen=True)
class Side:
    """A clause of one text, as a cell shows it: with what stands below, where that shares its fate."""

    eid: str
    name: str
    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """A pair, side by side. `key` names it in anchors; `changes` are the words, where both sides have some."""

    pair: Aligned
    key: str
    old: Side | None
    new: Side | None
    changes: tuple[tuple[str, str], ...]


def key_of(pair: Aligned) -> str:
    """The name of a pair on its page."""
    return f"p-{pair.new or ''}.{pair.old or ''}"


def _side(c: Context, draft: Draft, eid: str | None, whole: bool) -> Side | None:
    if eid is None:
        return None
    clause = draft.by_eid[eid]
    shown = list(draft.subtree(eid)) if whole else [clause]
    return Side(eid, _name(c, eid), clause.heading_ko or clause.heading_en or "",
                tuple((each.label if each is not clause else "", _words(each, each is not clause)) for each in shown))


def _words(clause: Clause, with_heading: bool) -> str:
    heading = clause.heading_ko or clause.heading_en
    tables = [table.as_text("ko") or table.as_text("en") for table in clause.tables]
    return "\n".join(filter(None, (f"({heading})" if heading and with_heading else "",
                                   clause.text_ko or clause.text_en, *tables)))


def _row(c: Context, facts: AlignmentFacts, pair: Aligned) -> Row:
    one_sided = pair.old is None or pair.new is None
    changes: tuple[tuple[str, str], ...] = ()
    if pair.old and pair.new:
        old, new = facts.old.by_eid[pair.old], facts.new.by_eid[pair.new]
        language: Language = "ko" if old.text_ko or old.heading_ko else "en"
        changes = tuple((str(change.kind), change.text)
                        for change in redline(_words(old, True), _words(new, True), language))
    return Row(pair, key_of(pair), _side(c, facts.old, pair.old, one_sided), _side(c, facts.new, pair.new, one_sided),
               changes)


def _text(c: Context, facts: ConsultationFacts) -> ImportFacts:
    text = queries.current_import(c.session, facts.id)
    if text is None:
        raise NotFoundError(msg("No text is under preview."))
    return text


def _facts(c: Context, facts: ConsultationFacts) -> tuple[AlignmentFacts, int]:
    text = queries.current_import(c.session, facts.id)
    aligned = None if text is None else queries.alignment_of(c.session, text)
    if text is None or aligned is None:
        raise NotFoundError(msg("There is no earlier text that this one could be aligned with."),
                            what_next=msg("Import a revised text first."))
    return aligned, text.version


def _listed(facts: AlignmentFacts, show: str) -> list[Aligned]:
    if show == "all":
        return list(facts.pairs)
    return facts.undecided if show == "open" else facts.changed


def _asked() -> tuple[str, int]:
    show = request.values.get("show", "open")
    page_number = request.values.get("page", "1")
    return (show if show in SHOWN else "open",
            int(page_number) if page_number.isascii() and page_number.isdecimal() and 0 < len(page_number) < 5 else 1)


def _alignment_page(c: Context, facts: ConsultationFacts, *, status: int = 200, problem: Message | None = None,
                    conflict: ConflictError | None = None) -> Page:
    aligned, version = _facts(c, facts)
    show, number = _asked()
    listed = _listed(aligned, show)
    pages = max(1, -(-len(listed) // _PAGE))
    number = min(max(1, number), pages)
    counts = {name: len(_listed(aligned, name)) for name in SHOWN}
    return page(
        "admin/draft_alignment.html", status=status, aligned=aligned, version=version, show=show, number=number,
        pages=pages, counts=counts, total=len(listed), problem=problem, shown_names=SHOWN,
        last_decision=_last_decision(c, aligned),
        decided_names=DECIDED, undecided=counts["open"],
        rows=[_row(c, aligned, pair) for pair in listed[(number - 1) * _PAGE:number * _PAGE]],
        **wizard.frame(c, facts, "draft", None, conflict))


@area.view("/<slug>/draft/alignment", PUBLISHER)
def show_alignment(c: Context, slug: str) -> Page:
    """What each clause was before, side by side."""
    return _alignment_page(c, of_importer(c, slug))


@area.view("/<slug>/draft/alignment", PUBLISHER, methods=("POST",))
def decide(c: Context, slug: str) -> Page | Redirect:
    """Confirm a pair or all that wait, set a pair apart, take a decision back."""
    facts = of_importer(c, slug)
    version = ActForm.posted().seen_version
    act = request.form.get("act", "")
    old, new = request.form.get("old") or None, request.form.get("new") or None
    show, number = _asked()
    at = {"version": version, "now": c.now}
    try:
        next_row = _next(_facts(c, facts)[0], show, old, new)
        if act == "confirm":
            aligning.confirm(c.session, c.actor, facts.id, [(old, new)], **at)
        elif act == "rest":
            aligning.confirm_rest(c.session, c.actor, facts.id, **at)
        elif act == "apart" and old and new:
            aligning.part(c.session, c.actor, facts.id, old, new, **at)
        elif act in ("undo", "undo_all"):
            aligning.undo(c.session, c.actor, facts.id, everything=act == "undo_all", **at)
        else:
            raise InvalidError(msg("This is no decision."))
    except (InvalidError, StateError) as error:
        return _alignment_page(c, facts, status=error.status, problem=error.message)
    except ConflictError as error:
        return _alignment_page(c, facts, status=409, conflict=error)
    return Redirect(f"{wizard.address(facts)}draft/alignment?show={show}&page={number}#{next_row}")


def _last_decision(c: Context, aligned: AlignmentFacts) -> Message | None:
    """What would be taken back, in a few words; None where nothing was decided."""
    if not aligned.decisions:
        return None
    act = aligned.decisions[-1]
    if act["act"] == "confirm":
        pairs = act["pairs"]
        if len(pairs) == 1:
            return msg("%(name)s confirmed", name=_name(c, pairs[0][1] or pairs[0][0]))
        return nmsg("%(n)s change confirmed", "%(n)s changes confirmed", len(pairs))
    old, new = _name(c, act["old"]), _name(c, act["new"])
    return (msg("%(old)s and %(new)s are two clauses", old=old, new=new) if act["act"] == "apart" else
            msg("%(old)s and %(new)s paired", old=old, new=new))


def _next(facts: AlignmentFacts, show: str, old: str | None, new: str | None) -> str:
    """The anchor of the pair after this one, so that the next decision is at hand."""
    listed = _listed(facts, show)
    for place, pair in enumerate(listed):
        if pair.sides == (old, new):
            return key_of(listed[place + 1]) if place + 1 < len(listed) else "pairs"
    return "pairs"


def _pair_page(c: Context, facts: ConsultationFacts, form: PairForm, *, status: int = 200,
               conflict: ConflictError | None = None) -> Page:
    aligned, version = _facts(c, facts)
    old, new = form.old.data or None, form.new.data or None
    own = aligned.new.by_eid.get(new or "") or aligned.old.by_eid.get(old or "")
    if own is None:
        raise NotFoundError(msg("The text has no such clause any more."))
    of_new = bool(new and new in aligned.new.by_eid)
    there = aligned.old if of_new else aligned.new
    present = [pair for pair in aligned.pairs if (pair.new if of_new else pair.old) == own.eid]
    counterparts = {pair.old if of_new else pair.new for pair in present}
    partner_of = {(pair.old if of_new else pair.new): (pair.new if of_new else pair.old) for pair in aligned.pairs}
    candidates = [(_side(c, there, clause.eid, False), score, _name(c, partner_of.get(clause.eid)))
                  for clause, score in alignment.likest(own, there) if clause.eid not in counterparts]
    text = _text(c, facts)
    return page("admin/draft_pair.html", status=status, form=form, of_new=of_new, version=version,
                origin=origin_of(text, own.eid if of_new else None),
                chosen=request.form.get("chosen") if of_new else "",
                own=_side(c, aligned.new if of_new else aligned.old, own.eid, True),
                present=[_row(c, aligned, pair) for pair in present], candidates=candidates, example=_EXAMPLE,
                show=_asked()[0], number=_asked()[1],
                **wizard.frame(c, facts, "draft", None, conflict))


def _name(c: Context, eid: str | None) -> str:
    return parse(eid).spoken("en" if c.locale == "en" else "ko") if eid else ""


@area.view("/<slug>/draft/alignment/pair", PUBLISHER)
def show_pair(c: Context, slug: str) -> Page:
    """The clauses that a clause could be instead, the likest first."""
    facts = of_importer(c, slug)
    _, version = _facts(c, facts)
    return _pair_page(c, facts, PairForm(data={"version": str(version), "old": request.args.get("old", ""),
                                               "new": request.args.get("new", "")}))


@area.view("/<slug>/draft/alignment/pair", PUBLISHER, methods=("POST",))
def save_pair(c: Context, slug: str) -> Page | Redirect:
    """Pair a clause otherwise."""
    facts = of_importer(c, slug)
    form = PairForm.posted()
    show, number = _asked()
    try:
        correcting.require_seen(c.session, c.actor, facts.id, version=form.seen_version)
    except ConflictError as error:
        return _stale_pair(c, facts, form, error)
    try:
        chosen = request.form.get("chosen") or _address(form.other.data or "")
        old, new = (chosen, form.new.data) if form.new.data else (form.old.data, chosen)
        aligning.pair(c.session, c.actor, facts.id, old or "", new or "", as_well=bool(form.as_well.data),
                      version=form.seen_version, now=c.now)
        return Redirect(f"{wizard.address(facts)}draft/alignment?show={show}&page={number}#p-{new}.{old}",
                        notice=msg("Paired."))
    except InvalidError as error:
        form.add_problems(error.problems or {"other": [error.message]})
    return _pair_page(c, facts, form, status=422)


def _stale_pair(c: Context, facts: ConsultationFacts, form: PairForm, conflict: ConflictError) -> Page:
    """The clause that was opened, whatever its number is by now; never another one."""
    text = _text(c, facts)
    if form.new.data:
        clause = again(text, form.new.data)
        if clause is None:
            return gone_page(c, facts, form, conflict, is_gone(c, text, form.new.data))
        form.new.data = clause.eid
    elif not is_same_file(text):
        return gone_page(c, facts, form, conflict, is_gone(c, text, ""))
    return _pair_page(c, facts, form, status=409, conflict=conflict)


def _address(typed: str) -> str:
    """The eId of a clause whose address a person typed: 제12조의2제3항, Article 12-2 (3), or the eId itself."""
    said = typed.strip()
    readers: tuple[Callable[[str], Address], ...] = (
        lambda text: addresses.from_spoken(text.replace(" ", ""), "ko"),
        lambda text: addresses.from_spoken(text, "en"), addresses.parse, addresses.from_compact)
    for read in readers:
        try:
            return read(said).eid
        except (InvalidAddress, ValueError, IndexError):
            continue
    raise InvalidError(msg("Choose a clause, or enter its address, such as %(example)s.", example=_EXAMPLE), {
        "other": [msg("Choose a clause, or enter its address, such as %(example)s.", example=_EXAMPLE)]})
