"""Writing one comment: the editor, saving by hand and by itself, the public version, removing and restoring."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import request

from portal.kernel import personal_data, unit_of_work
from portal.kernel.audit import record
from portal.kernel.clock import SEOUL
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, PortalError, StateError
from portal.kernel.i18n import Message, as_list, gettext, msg, translate
from portal.kernel.words import POSITION_HINTS, PROPOSAL_FORM_NAMES
from portal.submissions import completeness, law_text, queries, services, wording
from portal.submissions.comment_input import OWN_FIELDS, CommentInput
from portal.submissions.confidentiality import locate
from portal.submissions.law_text import LawText
from portal.submissions.models import MAX_TEXT
from portal.submissions.queries import Written
from portal.submissions.standing import standing
from portal.web.access import Context
from portal.web.by_itself import answer, sent_by_itself
from portal.web.results import Page, Redirect, Result, page
from portal.web.workspace.clause_pane import clause_pane, lead
from portal.web.workspace.clause_suggestion import cited_clauses
from portal.web.workspace.forms import NEW_CLAUSE_HINTS, WORDING_FIELDS, CommentForm, posted_values
from portal.web.workspace.place import Place, desk_view
from portal.web.workspace.public_version import public_version

#: What the button that puts a comment at a clause sends, with the clause's address behind it.
_TO_CLAUSE: Final = "clause:"


@desk_view("comments/new", methods=("GET", "POST"))
def new_comment(c: Context, place: Place) -> Result:
    """Begin a comment at an address of the draft. Nothing is stored before the first save."""
    eid = request.args.get("at", law_text.WHOLE_DRAFT)
    law = law_text.newest(c.session, place.desk.consultation_id)
    if law is None:
        raise StateError(msg("The draft is not published yet."))
    if request.method == "POST":
        return _posted(c, place, _New(law, eid))
    if not law.has(eid):
        raise NotFoundError(msg("The draft has no clause at the address “%(address)s”.", address=eid[:80]),
                            what_next=msg("Go back to the board and open the clause from the text."))
    place.writing.require()
    given = CommentInput(language=c.locale, proposal_form="new_clause" if eid.startswith(law_text.AFTER) else None)
    form = CommentForm.of(given, uid=uuid.uuid4(), version=0, starting_words=_start(law, eid, c.locale))
    return _editor(c, place, law, eid, form, None, given)


@desk_view("comments/<int:comment_id>", methods=("GET", "POST"))
def comment(c: Context, place: Place, comment_id: int) -> Result:
    """Go on writing a comment."""
    if request.method == "POST":
        return _posted(c, place, comment_id)
    written = queries.written_comment(c.session, comment_id)
    start = _start(written.law, written.clause_eid, written.input.proposal_language or written.input.language)
    form = CommentForm.of(written.input, uid=written.uid, version=written.version, starting_words=start)
    return _editor(c, place, written.law, written.clause_eid, form, written, written.input)


@desk_view("comments/<int:comment_id>/public")
def comment_public(c: Context, place: Place, comment_id: int) -> Result:
    """What the public would read of this comment, if it were filed as it is saved."""
    written = queries.written_comment(c.session, comment_id)
    return page("workspace/public_version.html", place=place, comment=written, address=written.address(c.locale),
                version=public_version(place.desk, written), editor_url=place.url(f"comments/{comment_id}"),
                unmatched=[problem.message for problem in written.problems if problem.field == "confidential"])


@desk_view("comments/<int:comment_id>/remove", methods=("GET", "POST"))
def remove_comment(c: Context, place: Place, comment_id: int) -> Result:
    """Ask, then take the comment out of the submission. It can be restored."""
    written = queries.written_comment(c.session, comment_id)
    if request.method == "GET":
        return page("workspace/remove.html", place=place, comment=written, address=written.address(c.locale))
    raw = request.form.get("expected_version", "")
    expected = int(raw) if raw.isdecimal() and len(raw) < 10 else 0
    services.remove_comment(c.session, c.actor, comment_id, expected, now=c.now)
    return Redirect(place.url(), notice=msg("The comment was removed. You find it at the end of the board and can "
                                            "restore it there."))


@desk_view("comments/<int:comment_id>/restore", methods=("POST",))
def restore_comment(c: Context, place: Place, comment_id: int) -> Result:
    """Bring a removed comment back."""
    services.restore_comment(c.session, c.actor, comment_id, now=c.now)
    return Redirect(place.url(f"comments/{comment_id}"), notice=msg("The comment is back as it was."))


# ------------------------------------------------------------------------------------------------------------- saving


@dataclass(frozen=True)
class _New:
    """A comment that is not stored yet: where it is to stand."""

    law: LawText
    eid: str


def _posted(c: Context, place: Place, target: _New | int) -> Result:
    """A save of a new comment or of one with an id: by itself (answered in JSON) or by a button. What cannot be saved
    is shown again as it was typed."""
    form: CommentForm = CommentForm.posted()
    act = request.form.get("act", "save")
    given = _without_empty_clause(c, target, form.to_input())
    if act == "mask":
        given = given.with_masked_resident_numbers()
    try:
        saved = _save(c, place, target, given, form)
    except (ConflictError, InvalidError, StateError) as error:
        if sent_by_itself():
            return answer(error.status, "conflict" if isinstance(error, ConflictError) else "refused", _refusal(error))
        return _not_saved(c, place, target, form, given, error)
    url = place.url(f"comments/{saved.id}")
    if sent_by_itself():
        time = f"{saved.saved_at.astimezone(SEOUL):%H:%M}"
        told = (gettext("Saved at %(time)s, but not filed: the comment period has ended", time=time)
                if place.desk.is_over(c.now) else gettext("Saved at %(time)s", time=time))
        return answer(200, "saved", told,
                      id=saved.id, version=saved.version, url=url)
    if act == "public":
        return Redirect(place.url(f"comments/{saved.id}/public"))
    if act == "review":
        return Redirect(place.url("review"))
    if form.typed_aside():  # perhaps only the clause's own words, with which a full text starts
        written = queries.written_comment(c.session, saved.id)
        law, eid = written.law, written.clause_eid
        aside = form.typed_aside(_start(law, eid, "ko"), _start(law, eid, "en"))
        if aside:
            # The other wording is still in the form that was sent: show it once more instead of dropping it silently.
            form.expected_version.data = saved.version
            return _editor(c, place, law, eid, form, written, given, aside=aside)
    if act.startswith(_TO_CLAUSE) and isinstance(target, int):
        return _put_at_clause(c, place, saved, act.removeprefix(_TO_CLAUSE))
    kept = (msg("Saved, but not filed: the comment period has ended, and the ministry has not received this.")
            if place.desk.is_over(c.now) else msg("Saved. Nobody outside your organisation sees it before you file."))
    notice = saved.told[0] if saved.told else kept
    return Redirect(url, notice=notice)


def _without_empty_clause(c: Context, target: _New | int, given: CommentInput) -> CommentInput:
    """Behind a clause a new one is chosen from the start: who writes none has proposed no wording."""
    if given.proposal_form != "new_clause" or given.proposal_text.strip():
        return given
    eid = target.eid if isinstance(target, _New) else queries.written_comment(c.session, target).clause_eid
    return replace(given, proposal_form=None) if eid.startswith(law_text.AFTER) else given


def _put_at_clause(c: Context, place: Place, saved: services.SavedComment, eid: str) -> Redirect:
    """Put a comment on the whole draft at a clause: the same comment there, and this one removed, from where it can be
    restored."""
    written = queries.written_comment(c.session, saved.id)
    if written.clause_eid != law_text.WHOLE_DRAFT or not written.law.has(eid):
        raise StateError(msg("A comment on the whole draft can be put at a clause of the draft only."))
    services.remove_comment(c.session, c.actor, saved.id, saved.version, now=c.now)
    made = services.add_comment(c.session, c.actor, saved.submission_id, eid, written.input, now=c.now)
    return Redirect(place.url(f"comments/{made.id}"), notice=msg(
        "The comment stands at %(clause)s now. The one on the whole draft was removed; you find it at the end of the "
        "board and can restore it there.", clause=law_text.spoken(eid, c.locale)))


def _save(c: Context, place: Place, target: _New | int, given: CommentInput,
          form: CommentForm) -> services.SavedComment:
    if isinstance(target, int):
        return services.save_comment(c.session, c.actor, target, given, form.expected_version.data or 0, now=c.now)
    submission_id = services.open_submission(
        c.session, c.actor, place.desk.period_id, place.desk.organisation_id, now=c.now)
    return services.add_comment(c.session, c.actor, submission_id, target.eid, given, now=c.now,
                                uid=_uid(form.uid.data))


def _uid(raw: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw or "")
    except ValueError:
        return None


def _not_saved(c: Context, place: Place, target: _New | int, form: CommentForm, given: CommentInput,
               error: ConflictError | InvalidError | StateError) -> Page:
    """The page for a save that was refused: both texts, or the form once more with why."""
    written: Written | None = None
    if isinstance(target, _New):
        law, eid = target.law, target.eid
    else:
        written = queries.written_comment(c.session, target)
        law, eid = written.law, written.clause_eid
    if isinstance(error, ConflictError):
        return _conflict(c, place, eid, form, given, error)
    if not law.has(eid):
        raise error
    return _refused(c, place, law, eid, form, written, given, error)


def _refusal(error: PortalError) -> str:
    problems = error.problems.values() if isinstance(error, InvalidError) else ()
    return " ".join(translate(message) for messages in problems for message in messages) or translate(error.message)


def _refused(c: Context, place: Place, law: LawText, eid: str, form: CommentForm, written: Written | None,
             given: CommentInput, error: InvalidError | StateError) -> Page:
    """The form once more with everything that was typed, and why it was not saved."""
    if isinstance(error, StateError):
        return _editor(c, place, law, eid, form, written, given, status=error.status, refusal=error.message)
    form.add_service_problems(error.problems)
    marked = _marked(form, given, error.spans)
    if marked:
        _note_stopped(c, place)
    return _editor(c, place, law, eid, form, written, given, status=error.status, refusal=error.message, marked=marked)


def _note_stopped(c: Context, place: Place) -> None:
    """That a resident number was refused outlives the refusal; the number itself is written nowhere."""
    unit_of_work.run(c.portal.sessions, lambda session: record(
        session, c.actor, "submission.stopped", "consultation", place.desk.consultation_id, now=c.now,
        ministry_id=place.desk.ministry_id, consultation_id=place.desk.consultation_id,
        organisation_id=place.desk.organisation_id))


def _marked(form: CommentForm, given: CommentInput, spans: Sequence[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """The surroundings of each word that stops the save: (before, the words, after), by the label of its field."""
    found = []
    for field, start, end in spans:
        text = getattr(given, field)
        name = form.field_of(field)
        found.append({"label": form[name].label.text, "anchor": form[name].id, "before": text[max(0, start - 40):start],
                      "words": text[start:end], "after": text[end:end + 40]})
    return found


def _conflict(c: Context, place: Place, eid: str, form: CommentForm, given: CommentInput,
              error: ConflictError) -> Page:
    """Both texts, with every way out: keep mine, keep theirs, keep both."""
    theirs: CommentInput = error.theirs["input"]
    comment_id = error.theirs["id"]
    carried = [(name, value) for name, value in posted_values(form) if name not in ("uid", "expected_version")]
    return page(
        "workspace/conflict.html", status=error.status, place=place, address=law_text.title(eid, c.locale),
        message=error.message, changed_at=error.changed_at, removed=error.theirs["removed"],
        rows=_differences(given, theirs), carried=carried, version=error.version, new_uid=uuid.uuid4(),
        comment_url=place.url(f"comments/{comment_id}"), new_url=place.url("comments/new", at=eid))


def _differences(mine: CommentInput, theirs: CommentInput) -> list[dict[str, Any]]:
    """What the two texts say, field by field; `same` where they agree."""
    rows = []
    labels = {"position": msg("Position"), "proposal_form": msg("Proposed wording"),
              "proposal_old": msg("Words of the clause to replace"), "proposal_text": msg("Wording"),
              "reason": msg("Reason"), "legal_basis": msg("Legal basis, or how another jurisdiction provides")}
    for name, label in labels.items():
        one, other = getattr(mine, name) or "", getattr(theirs, name) or ""
        one = one.replace("\r\n", "\n").strip()
        if one or other:
            rows.append({"field": name, "label": label, "mine": one, "theirs": other, "same": one == other})
    claims = {"mine": "\n".join(claim.words for claim in mine.confidential),
              "theirs": "\n".join(claim.words for claim in theirs.confidential)}
    if any(claims.values()):
        rows.append({"field": "confidential", "label": msg("Confidential words"),
                     "same": claims["mine"] == claims["theirs"], **claims})
    return rows


# ------------------------------------------------------------------------------------------------------------ the page


def _editor(c: Context, place: Place, law: LawText, eid: str, form: CommentForm, written: Written | None,
            given: CommentInput, *, status: int = 200, refusal: Message | None = None,
            marked: Sequence[dict[str, Any]] = (), aside: Sequence[str] = ()) -> Page:
    forms = wording.forms_at(law, eid)
    form.proposal_form.choices = [choice for choice in form.proposal_form.choices if choice.value in ("", *forms)]
    others = (queries.written_comments(c.session, place.desk.submission_id)
              if place.desk.submission_id is not None else [])
    here = [item for item in others if item.clause_eid == eid and (written is None or item.id != written.id)]
    languages = [code for code in ("ko", "en") if wording.starting_words(law, eid, code)]
    readable = all(len(text) <= MAX_TEXT for text in given.texts().values())
    newest, over = queries.newest_text(c.session, place.desk), place.desk.is_over(c.now)
    where = standing(law, eid, newest)
    return page(
        "workspace/editor.html", status=status, standing=where, received=_received(c, place, written) if over else None,
        begin_anew=place.url("comments/new", at=where.eid) if where.outdated and where.eid else None,
        scope=[law_text.spoken(part, c.locale) for part in place.desk.scope or ()], place=place,
        form=form, comment=written, eid=eid,
        pane=clause_pane(law, eid, place.desk.slug, c.locale, place.desk.scope), forms=forms, languages=languages,
        hints=NEW_CLAUSE_HINTS if eid.startswith(law_text.AFTER) else POSITION_HINTS,
        starts={code: _start(law, eid, code) for code in ("ko", "en")},
        redline=wording.shown(given, law, eid) if readable and not marked else None,
        missing=_missing(form, eid, given, law) if written is not None and readable and not refusal else [],
        finds=_finds(given) if readable and not marked else [], located=locate(given.confidential, given.texts()),
        previous=_neighbour(place, others, written, -1, c.locale), next=_neighbour(place, others, written, 1, c.locale),
        here=[{"href": place.url(f"comments/{item.id}"), "comment": item} for item in here],
        save_url=place.url(f"comments/{written.id}") if written is not None else place.url("comments/new", at=eid),
        refusal=refusal, marked=marked, limit=MAX_TEXT,
        cited=[(one, law_text.spoken(one, c.locale)) for one in cited_clauses(law, eid, given)]
        if written is not None and written.removed_at is None and readable and not refusal else [],
        aside=as_list([PROPOSAL_FORM_NAMES[form] for form in aside]) if aside else None, wording_fields=WORDING_FIELDS,
        title=_title(law, eid, c.locale))


def _received(c: Context, place: Place, written: Written | None) -> str:
    """Of a comment after the end of the period, what the ministry has: `filed`, an `earlier` wording, `nothing`.
    What was withdrawn, it has received."""
    desk = place.desk
    if written is None or desk.current_filing_id is None:
        return "nothing"
    filed = queries.filed_digests(c.session, desk.current_filing_id).get(written.uid)
    return "nothing" if filed is None else "filed" if filed == written.digest else "earlier"


def _title(law: LawText, eid: str, locale: str) -> str:
    heading = lead(law, eid, locale)
    address = law_text.title(eid, locale)
    return f"{address} ({heading})" if heading and len(heading) <= 60 else address


def _start(law: LawText, eid: str, language: str) -> str:
    return wording.starting_words(law, eid, language) or ""


def _missing(form: CommentForm, eid: str, given: CommentInput, law: LawText) -> list[dict[str, Any]]:
    """What is left to do before filing, each with the place in the form."""
    found = []
    for problem in completeness.problems(eid, given, law):
        name = form.field_of(problem.field)
        field = form._fields.get(name)
        anchor = "" if field is None else f"{field.id}-0" if field.type in ("RadioField", "FieldList") else field.id
        found.append({"message": problem.message, "anchor": anchor})
    return found


def _finds(given: CommentInput) -> list[str]:
    """Personal data that the detector sees: the public will not read the comment before a reviewer has."""
    return [found.text for field in OWN_FIELDS for found in personal_data.find(getattr(given, field))]


def _neighbour(place: Place, others: Sequence[Written], written: Written | None, step: int,
               locale: str) -> dict[str, str] | None:
    """The comment before or after this one in the order of the law."""
    places = [number for number, item in enumerate(others) if written is not None and item.id == written.id]
    if not places or not 0 <= places[0] + step < len(others):
        return None
    item = others[places[0] + step]
    return {"href": place.url(f"comments/{item.id}"), "label": item.address(locale)}
