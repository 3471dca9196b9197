"""Making a consultation: what it is, the notice, the publication rule, the check; then its own page, to its conclusion.

The text, the period and the documents have modules of their own beside this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask import request

from portal.consultations import entries, policies, queries, services
from portal.consultations.queries import ConsultationFacts
from portal.consultations.requirements import advice
from portal.drafts import queries as drafts
from portal.drafts import services as draft_services
from portal.kernel.errors import ConflictError, InvalidError
from portal.kernel.i18n import Message, msg, nmsg, translate
from portal.kernel.permissions import PUBLISHER
from portal.organisations import queries as organisations
from portal.review.unanswered import unanswered
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.consultation_forms import AnnounceForm, BasicsForm, NoticeForm, RuleForm
from portal.web.forms import choices
from portal.web.results import Page, Redirect, page

area = Area("admin_consultations", __name__, "/admin/consultations")

#: What a new notice says of the ways to file, until the publisher says it better; the second is what the law asks for.
_WAYS_TO_FILE = msg("Through this portal; through the Legislative Information System (opinion.lawmaking.go.kr); or by "
                    "post or e-mail to the receiving body, with name (of an organisation: also its representative), "
                    "address and telephone number.")


def wants_preview() -> bool:
    """Whether the form was sent to be looked at, not to be saved."""
    return request.form.get("act") == "preview"


# --------------------------------------------------------------------------------------------------------- what it is


def _own_ministries(c: Context) -> list[tuple[str, str]]:
    own = [ministry_id for ministry_id in c.actor.staff_roles if policies.can_create(c.actor, ministry_id)]
    return [(str(line.id), queries.in_language(line.name_ko, line.name_en, c.locale))
            for line in organisations.ministries(c.session, own)]


def _new_page(c: Context, form: BasicsForm, *, status: int = 200) -> Page:
    ministries = _own_ministries(c)
    form.ministry.choices = choices(dict(ministries))
    return page("admin/consultation_basics.html", status=status, form=form, consultation=None,
                steps=[{"label": label, "done": False} for _, label, _ in wizard.STEPS], step_number=0,
                conflict=None, differing=[], missing_here=[],
                only_ministry=ministries[0] if len(ministries) == 1 else None, suggested=_suggested(c, form))


def _suggested(c: Context, form: BasicsForm) -> dict[str, str] | None:
    """Address and prefix as they would be chosen for what was typed."""
    title = form.title_en.data or ""
    chosen = form.ministry_id()
    slug = next((line.slug for line in organisations.ministries(c.session, [chosen])), "")
    if not title and not slug:
        return None
    return {"slug": entries.suggested_slug(title, slug, c.now),
            "number_prefix": entries.suggested_prefix(title, slug, c.now)}


@area.view("/new", PUBLISHER)
def new(c: Context) -> Page:
    """The beginning: what it is. Nothing is stored before it is sent."""
    own = _own_ministries(c)
    return _new_page(c, BasicsForm(data={"kind": "legislative_notice", "ministry": own[0][0] if own else ""}))


@area.view("/new", PUBLISHER, methods=("POST",))
def create(c: Context) -> Page | Redirect:
    """Make it, and go on to its text."""
    form = BasicsForm.posted()
    if wants_preview():
        return _new_page(c, form)
    try:
        made = services.create_consultation(c.session, c.actor, form.ministry_id(), form.entry(), now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _new_page(c, form, status=422)
    return Redirect(wizard.step_address(made, "draft"),
                    notice=msg("The consultation is made. Nobody outside the ministry sees it before you announce it."))


def _basics_page(c: Context, facts: ConsultationFacts, form: BasicsForm, *, status: int = 200,
                 conflict: ConflictError | None = None) -> Page:
    return page("admin/consultation_basics.html", status=status, form=form, suggested=None, only_ministry=None,
                **wizard.frame(c, facts, "basics", form, conflict))


@area.view("/<slug>/basics", PUBLISHER)
def show_basics(c: Context, slug: str) -> Page:
    """Kind, title, address and prefix."""
    facts = wizard.in_preparation(c, slug)
    values = {name: getattr(facts, name) for name in asdict(BasicsForm().entry())}
    return _basics_page(c, facts, BasicsForm(data={**values, "version": str(facts.version)}))


@area.view("/<slug>/basics", PUBLISHER, methods=("POST",))
def save_basics(c: Context, slug: str) -> Page | Redirect:
    """Change them; the address may be another afterwards."""
    facts = wizard.in_preparation(c, slug)
    form = BasicsForm.posted()
    if wants_preview():
        return _basics_page(c, facts, form)
    try:
        facts = services.change_basics(c.session, c.actor, facts.id, form.entry(), version=form.seen_version, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _basics_page(c, facts, form, status=422)
    except ConflictError as error:
        return _basics_page(c, facts, form, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "draft"), notice=msg("Saved."))


# --------------------------------------------------------------------------------------------------------- the notice


def _notice_page(c: Context, facts: ConsultationFacts, form: NoticeForm, *, status: int = 200,
                 conflict: ConflictError | None = None) -> Page:
    return page("admin/consultation_notice.html", status=status, form=form, preview=form.entry(),
                **wizard.frame(c, facts, "notice", form, conflict))


@area.view("/<slug>/notice", PUBLISHER)
def show_notice(c: Context, slug: str) -> Page:
    """The words of the notice, with what the public will read beside them."""
    facts = wizard.in_preparation(c, slug)
    values = {name: getattr(facts, name) for name in asdict(entries.Notice())}
    if not any(values.values()):
        values["method_ko"] = translate(_WAYS_TO_FILE, "ko")
        values["method_en"] = translate(_WAYS_TO_FILE, "en")
    return _notice_page(c, facts, NoticeForm(data={**values, "version": str(facts.version)}))


@area.view("/<slug>/notice", PUBLISHER, methods=("POST",))
def save_notice(c: Context, slug: str) -> Page | Redirect:
    """Save the notice, half done or whole."""
    facts = wizard.in_preparation(c, slug)
    form = NoticeForm.posted()
    if wants_preview():
        return _notice_page(c, facts, form)
    try:
        facts = services.change_notice(c.session, c.actor, facts.id, form.entry(), version=form.seen_version, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _notice_page(c, facts, form, status=422)
    except ConflictError as error:
        return _notice_page(c, facts, form, status=409, conflict=error)
    lacking = [r for r in wizard.preparation(c, facts).missing if r.step == "notice"]
    notice = msg("Saved.") if not lacking else nmsg(
        "Saved. %(n)s entry of the notice is still missing for the announcement.",
        "Saved. %(n)s entries of the notice are still missing for the announcement.", len(lacking))
    return Redirect(wizard.step_address(facts, "period"), notice=notice)


# ------------------------------------------------------------------------------------------------ the publication rule


def _rule_page(c: Context, facts: ConsultationFacts, form: RuleForm, *, status: int = 200,
               conflict: ConflictError | None = None) -> Page:
    return page("admin/consultation_rule.html", status=status, form=form, preview=form.entry(),
                **wizard.frame(c, facts, "rule", form, conflict))


@area.view("/<slug>/rule", PUBLISHER)
def show_rule(c: Context, slug: str) -> Page:
    """What is published when, and which steps a response passes."""
    facts = wizard.in_preparation(c, slug)
    values = {name: getattr(facts, name) for name in asdict(entries.Rule())}
    return _rule_page(c, facts, RuleForm(data={**values, "version": str(facts.version)}))


@area.view("/<slug>/rule", PUBLISHER, methods=("POST",))
def save_rule(c: Context, slug: str) -> Page | Redirect:
    """Save the rule."""
    facts = wizard.in_preparation(c, slug)
    form = RuleForm.posted()
    if wants_preview():
        return _rule_page(c, facts, form)
    try:
        facts = services.change_rule(c.session, c.actor, facts.id, form.entry(), version=form.seen_version, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _rule_page(c, facts, form, status=422)
    except ConflictError as error:
        return _rule_page(c, facts, form, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "documents"), notice=msg("Saved."))


# ----------------------------------------------------------------------------------------------- check and announcement


def _check_page(c: Context, facts: ConsultationFacts, *, status: int = 200, refused: Sequence[Message] = (),
                conflict: ConflictError | None = None) -> Page:
    text = drafts.current_import(c.session, facts.id)
    aligned = None if text is None else drafts.alignment_of(c.session, text)
    state = wizard.preparation(c, facts)
    return page("admin/consultation_check.html", status=status,
                form=AnnounceForm(data={"version": str(facts.version)}), state=state, text=text, refused=refused,
                left_open=None if text is None else drafts.left_open(text, aligned),
                step_addresses={r.step: wizard.step_address(facts, r.step) for r in state.requirements},
                advice=advice(facts, english_share=text.english_share if text else None),
                **wizard.frame(c, facts, "check", None, conflict))


@area.view("/<slug>/check", PUBLISHER)
def show_check(c: Context, slug: str) -> Page:
    """What is there, what is missing, what the announcement will do."""
    return _check_page(c, wizard.in_preparation(c, slug))


@area.view("/<slug>/announce", PUBLISHER, methods=("POST",))
def announce(c: Context, slug: str) -> Page | Redirect:
    """Announce exactly what was looked at."""
    facts = wizard.of_publisher(c, slug)
    form = AnnounceForm.posted()
    try:
        facts = draft_services.announce_consultation(c.session, c.actor, facts.id, version=form.seen_version, now=c.now)
    except InvalidError as error:
        # What is missing stands in the list of the page itself; what belongs to no entry is said above it.
        return _check_page(c, facts, status=422, refused=error.problems.get("", ()))
    except ConflictError as error:
        return _check_page(c, queries.consultation(c.session, facts.id), status=409, conflict=error)
    return Redirect(wizard.address(facts), notice=msg("Announced. The public page appears within a minute."))


# ---------------------------------------------------------------------------------------------- the consultation's page


@area.view("/<slug>/", PUBLISHER)
def show(c: Context, slug: str) -> Page | Redirect:
    """Where the consultation stands and what can be done with it; in preparation, the check."""
    facts = wizard.of_publisher(c, slug)
    if facts.announced_at is None:
        return Redirect(wizard.step_address(facts, "check"))
    return page(
        "admin/consultation.html", consultation=facts, base=wizard.address(facts), now=c.now,
        phase=facts.phase(c.now), versions=drafts.versions(c.session, facts.id),
        under_preview=drafts.has_import(c.session, facts.id), unanswered=unanswered(c.session, [facts.id])[facts.id],
        can_conclude=policies.can_conclude(c.actor, facts, c.now).allowed,
        can_add=policies.can_add_period(c.actor, facts).allowed,
        extendable=[p.id for p in facts.periods if policies.can_extend(c.actor, facts, p, c.now)],
        **wizard.title(c, facts))


@area.view("/<slug>/conclude", PUBLISHER)
def show_conclude(c: Context, slug: str) -> Page:
    """The question before the conclusion, with the number of what is still unanswered."""
    facts = wizard.of_publisher(c, slug)
    policies.can_conclude(c.actor, facts, c.now).require()
    return page("admin/consultation_conclude.html", consultation=facts, base=wizard.address(facts),
                unanswered=unanswered(c.session, [facts.id])[facts.id],
                **wizard.title(c, facts))


@area.view("/<slug>/conclude", PUBLISHER, methods=("POST",))
def conclude(c: Context, slug: str) -> Redirect:
    """Conclude; refused while an opinion is unanswered."""
    facts = wizard.of_publisher(c, slug)
    # Counted after the row is locked, so that nothing slips in between the count and the conclusion.
    services.lock_for(c.session, c.actor, facts.id, policies.can_manage)
    facts = services.conclude_consultation(c.session, c.actor, facts.id,
                                           unanswered=unanswered(c.session, [facts.id])[facts.id], now=c.now)
    return Redirect(wizard.address(facts), notice=msg("Concluded."))
