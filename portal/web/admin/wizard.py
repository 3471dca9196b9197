"""The six steps of making a consultation: their order, their addresses, what each still lacks, what comes next.

What every page of the steps shows is put together here; the pages themselves stand in the views.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Final

from portal.consultations import policies, services
from portal.consultations.entries import Notice
from portal.consultations.queries import ConsultationFacts, holiday_overrides
from portal.consultations.requirements import Requirement, requirements
from portal.drafts.queries import imports_of
from portal.kernel.errors import ConflictError, StateError
from portal.kernel.i18n import Message, msg
from portal.web.access import Context

#: Step, its word, and what its address ends in; `basics` comes before them and has no number.
STEPS: Final = (
    ("draft", msg("Text"), "draft/"),
    ("notice", msg("Notice"), "notice"),
    ("period", msg("Period"), "period"),
    ("rule", msg("Publication rule"), "rule"),
    ("documents", msg("Documents and people"), "documents"),
    ("check", msg("Check"), "check"),
)
_ENDINGS: Final = {step: ending for step, _, ending in STEPS} | {"basics": "basics"}


def address(facts: ConsultationFacts, ending: str = "") -> str:
    """The address of a page of this consultation."""
    return f"/admin/consultations/{facts.slug}/{ending}"


def step_address(facts: ConsultationFacts, step: str) -> str:
    """Where a step is done."""
    return address(facts, _ENDINGS[step])


def after(step: str) -> str:
    """The step that follows."""
    names = [name for name, _, _ in STEPS]
    return names[0] if step == "basics" else names[min(names.index(step) + 1, len(names) - 1)]


@dataclass(frozen=True)
class Preparation:
    """How far a consultation in preparation is."""

    facts: ConsultationFacts
    requirements: tuple[Requirement, ...]
    makes_table: bool  # the portal makes the old–new table itself

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """What the announcement still needs."""
        return tuple(requirement for requirement in self.requirements if not requirement.met)

    @property
    def next_step(self) -> str:
        """The first step that lacks something; else the check."""
        return self.missing[0].step if self.missing else "check"


def preparation(c: Context, facts: ConsultationFacts) -> Preparation:
    """How far this one is. Two statements."""
    held = imports_of(c.session, [facts.id])
    return Preparation(facts, requirements(
        facts, has_draft=facts.id in held, makes_table=held.get(facts.id, False), now=c.now,
        overrides=holiday_overrides(c.session)), held.get(facts.id, False))


def of_publisher(c: Context, slug: str) -> ConsultationFacts:
    """The consultation at this address, for a publisher of its ministry."""
    return services.require_manageable(c.session, c.actor, slug)


def in_preparation(c: Context, slug: str) -> ConsultationFacts:
    """The same, as long as its facts can be changed. Raises StateError after the announcement."""
    facts = of_publisher(c, slug)
    decision = policies.can_edit(c.actor, facts)
    if not decision and decision.state and decision.reason is not None:
        raise StateError(decision.reason, what_next=msg("Go to the consultation's page to see what can be added."))
    decision.require()
    return facts


def _begun(facts: ConsultationFacts, step: str) -> bool:
    """Whether anything was entered at a step: one that is seen for the first time is not told what it lacks."""
    if facts.announced_at is not None:
        return False
    if step == "notice":
        return any(getattr(facts, field.name) for field in fields(Notice))
    return step == "period" and bool(facts.periods)


def title(c: Context, facts: ConsultationFacts) -> dict[str, Any]:
    """The title as it stands on every page about it, and its language where that is not the page's."""
    shown = facts.title(c.locale)
    other = {"ko": "en", "en": "ko"}[c.locale]
    own = facts.title_en if c.locale == "en" else facts.title_ko
    return {"title": shown, "title_lang": "" if own else other}


def frame(c: Context, facts: ConsultationFacts, step: str, form: Any = None,
          conflict: ConflictError | None = None) -> dict[str, Any]:
    """What every page of the steps shows; after a stale save also what a colleague changed."""
    state = preparation(c, facts)
    lacking = Counter(requirement.step for requirement in state.missing)
    names = [name for name, _, _ in STEPS]
    done = {name for name in names if not lacking[name] and name != "check" and (name != "rule" or facts.periods)}
    return {
        "consultation": facts, "base": address(facts), "step": step,
        "step_number": names.index(step) + 1 if step in names else 0,
        "steps": [{"label": label, "href": step_address(facts, name), "done": name in done}
                  for name, label, _ in STEPS],
        "missing_here": [r for r in state.missing if r.step == step and _begun(facts, step)],
        "makes_table": state.makes_table, **title(c, facts), "conflict": conflict,
        "differing": differing(form, conflict) if form is not None and conflict is not None else []}


@dataclass(frozen=True)
class Differing:
    """A field that a colleague changed while it was open here."""

    label: Message
    theirs: Any
    yours: Any


def differing(form: Any, error: ConflictError) -> list[Differing]:
    """The fields in which what stands there differs from what was typed. The form is made fit to be sent again: whoever
    then saves has seen both."""
    form.version.data = str(error.version)
    found = []
    for name, theirs in error.theirs.items():
        if name in form._fields:
            field = form._fields[name]
            choices = {choice.value: choice.label for choice in getattr(field, "choices", None) or []}
            found.append(Differing(field.label.text, choices.get(theirs, _said(theirs)),
                                   choices.get(field.data, _said(field.data))))
    return found


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return msg("Yes") if value else msg("No")
    return value
