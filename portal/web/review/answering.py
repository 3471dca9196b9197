"""What a page shows of a response: the form or the text, its steps, what this person may do with it now.

Used by a cluster's page and by the response's own. Makes plain values for `templates/review/_response.html`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.kernel.errors import ConflictError
from portal.kernel.i18n import Message, msg
from portal.kernel.policy import Decision
from portal.kernel.words import DISPOSITIONS, STEPS
from portal.ordinances.redline import redline
from portal.responses import policies, queries, steps
from portal.responses.queries import Edition, Happened, ResponseFacts
from portal.review.clause_index import ClauseIndex
from portal.review.desk import Desk
from portal.submissions.law_text import spoken
from portal.web.access import Context
from portal.web.review.forms import NoteForm, ResponseForm


@dataclass(frozen=True)
class Answering:
    """A response as a page shows it. `can`: act -> whether this person may do it now, with the reason if not.
    `next_step`: where sending it on leads."""

    facts: ResponseFacts
    track: tuple[str, ...]
    can: Mapping[str, Decision]
    next_step: str | None
    form: ResponseForm
    note: NoteForm
    clauses: Sequence[Mapping[str, Any]]
    changed: Sequence[Mapping[str, Any]]
    editions: Sequence[Edition]
    history: Sequence[Mapping[str, Any]]
    conflict: ConflictError | None = None

    @property
    def sent_back(self) -> Mapping[str, Any] | None:
        """The note with which it came back, while it is being worked on again."""
        last = next((event for event in self.history if event["act"]), None)
        return last if last is not None and last["act"] == "send_back" and self.facts.step == "drafting" else None

    @property
    def editing(self) -> bool:
        """Whether the form is what the page is for: a draft in the hands of somebody who may write."""
        return bool(self.can["edit"]) and self.facts.step == "drafting"


def answering(c: Context, desk: Desk, facts: ResponseFacts, clauses: ClauseIndex, near: Sequence[str], *,
              form: ResponseForm | None = None, note: NoteForm | None = None,
              conflict: ConflictError | None = None) -> Answering:
    """The values of a response. `near`: addresses of the comments that it answers; their clauses are offered first."""
    track = steps.track(technical_review=desk.technical_review, legal_review=desk.legal_review)
    form = form or ResponseForm.of(facts)
    chosen = set(form.changed_clauses.data or [])
    act = "send" if facts.step == "drafting" else "pass"
    following = steps.destination(facts.step, act, track) if (facts.step, act) in steps.TABLE else None
    return Answering(
        facts, track, {each: policies.can(each, c.actor, desk, facts.step, facts.author_ids, c.now)
                       for each in steps.ACTS}, following, form, note or NoteForm(),
        _offered(clauses, near, chosen, c.locale), changed_clauses(clauses, facts.changed_clauses, desk.slug, c.locale),
        queries.editions(c.session, facts.id) if facts.edition else (),
        [_happened(each) for each in queries.history(c.session, facts.id)], conflict)


def _offered(clauses: ClauseIndex, near: Sequence[str], chosen: set[str], locale: str) -> list[dict[str, Any]]:
    """The clauses of the newest version that can be named: those that the comments are about, those chosen, then those
    that differ from the version before."""
    law = clauses.latest
    if law is None:
        return []
    before = clauses.versions[-2] if len(clauses.versions) > 1 else None
    old = {} if before is None else {clause.lineage_uid: clause for clause in before.clauses.values()}
    differing = {clause.eid for clause in law.clauses.values() if before is not None and (
        clause.lineage_uid not in old or old[clause.lineage_uid].text_ko != clause.text_ko)}
    wanted = {clause.eid for eid in near if (clause := law.clause(eid)) is not None}
    wanted |= {each.eid for eid in list(wanted) for each in law.ancestors(eid) if each.kind == "article"}
    made = []
    for eid, clause in law.clauses.items():
        value = f"{law.number}:{eid}"
        if clause.kind in ("part", "chapter", "section", "subsection"):
            continue
        if eid in wanted or value in chosen or eid in differing:
            made.append({"value": value, "name": spoken(eid, locale), "checked": value in chosen,
                         "near": eid in wanted, "changed": eid in differing,
                         "words": clause.heading(locale) or clause.text(locale)})
    elsewhere = [each for each in sorted(chosen) if not each.startswith(f"{law.number}:")]
    made += [{"value": each, "name": spoken(each.partition(":")[2], locale), "checked": True, "near": True,
              "changed": False, "words": ""} for each in elsewhere]
    return made


def changed_clauses(clauses: ClauseIndex, named: Sequence[Mapping[str, Any]], slug: str,
                    locale: str) -> list[dict[str, Any]]:
    """The clauses that a response names, with what changed in each since the version before."""
    versions = {version.number: version for version in clauses.versions}
    made = []
    for each in named:
        law = versions.get(each["version"])
        clause = None if law is None else law.clauses.get(each["eid"])
        if law is None or clause is None:
            continue
        before = versions.get(each["version"] - 1)
        old = None if before is None else next(
            (c for c in before.clauses.values() if c.lineage_uid == clause.lineage_uid), None)
        language = clause.language(locale)
        changes = None
        if before is not None:
            changes = redline(old.text(locale) if old is not None and old.language(locale) == language else "",
                              clause.text(locale), "en" if language == "en" else "ko")
        made.append({"name": spoken(clause.eid, locale), "href": f"/c/{slug}/v{law.number}/{clause.path}",
                     "version": law.number, "changes": changes, "text": clause.text(locale),
                     "lang": language if language != locale else None})
    return made


_ACT_DONE: Final[Mapping[str, Message]] = {
    "send": msg("Sent on"), "pass": msg("Review passed"), "send_back": msg("Sent back to drafting"),
    "approve": msg("Approved"), "publish": msg("Published"), "reopen": msg("New edition begun"),
    "give_up": msg("New edition given up"),
    "edit": msg("Back to drafting, because it was changed"),
}


def _happened(event: Happened) -> dict[str, Any]:
    """One line of a response's history."""
    data = event.data
    what: Message
    note = ""
    match event.verb:
        case "response.drafted":
            what = msg("Begun")
        case "response.step_changed":
            what = _ACT_DONE.get(data.get("act", ""), msg("Went to another step"))
            note = data.get("note", "")
            if given_up := data.get("given_up"):
                note = "\n\n".join(filter(None, (given_up["text_ko"], given_up["text_en"])))
            if data.get("act") == "edit" and data.get("dropped"):
                what = msg("Back to drafting, because it was changed; the approval was dropped")
            elif data.get("act") in ("send", "pass"):
                what = msg("%(what)s: %(step)s", what=what, step=STEPS[data["after"]])
        case "response.published":
            what = msg("Edition %(n)s published", n=data.get("edition", 1))
        case _ if "carried_from" in data:
            what = msg("Carried over to the later filing, word for word the same")
        case _:
            disposition = data.get("disposition")
            what = msg("Text or result changed")
            if "disposition" in data.get("fields", []) and disposition:
                what = msg("Changed; result: %(disposition)s", disposition=DISPOSITIONS[disposition])
    return {"what": what, "who": event.who, "when": event.at, "note": note,
            "act": data.get("act", "") if event.verb == "response.step_changed" else ""}
