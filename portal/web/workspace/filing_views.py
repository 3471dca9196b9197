"""Review, filing, receipts, withdrawal: from what was written to what is proved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request

from portal.kernel import ids
from portal.kernel.errors import ConflictError, InvalidError, PortalError, StateError
from portal.kernel.i18n import Message, Value, as_deadline, msg, show
from portal.ledger.receipts import ReceiptFile
from portal.submissions import canonical, filing, law_text, queries, terms
from portal.submissions.filing import FiledMeanwhileError, FilingInput
from portal.submissions.queries import FilingFacts, Written
from portal.web.access import Context
from portal.web.results import Bytes, Page, Redirect, Result, page
from portal.web.workspace.clause_suggestion import cited_clauses
from portal.web.workspace.comment_shown import shown
from portal.web.workspace.forms import FilingForm, WithdrawalForm
from portal.web.workspace.place import Place, desk_view
from portal.web.workspace.public_version import public_name


@desk_view("review")
def review(c: Context, place: Place) -> Page:
    """Every comment on one page as it would be filed, what is in the way, and the signer's block."""
    current = terms.current()
    form = FilingForm(data={
        "request_key": ids.token(), "submission_version": place.desk.submission_version or 0,
        "last_filing": place.desk.filing_count,
        "terms_version": current.version, "terms_digest": current.digest, "signer_name": c.actor.name})
    return _review(c, place, form)


@desk_view("file", methods=("POST",))
def file(c: Context, place: Place) -> Result:
    """File; then go to the receipt. The same form sent again leads to the same receipt."""
    form: FilingForm = FilingForm.posted()
    desk = place.desk
    try:
        if desk.submission_id is None:
            raise InvalidError(msg("Nothing was filed yet."), {"": [msg("There is no comment to file yet.")]})
        receipt = filing.file_submission(
            c.session, c.actor, desk.submission_id, _filing_input(form), signing_key=c.portal.signing_key,
            entered_at=c.entered_at, now=c.now)
    except ConflictError as error:
        # What is shown now is what stands now: the signer looks at it once more.
        form.submission_version.data = error.version
        if isinstance(error, FiledMeanwhileError):
            form.last_filing.data = error.number
            place = replace(place, desk=queries.desk(
                c.session, desk.slug, desk.organisation_id, now=c.now, period=desk.period_number))
        return _review(c, place, form, error)
    except (InvalidError, StateError) as error:
        if isinstance(error, InvalidError):
            form.add_problems({field: messages for field, messages in error.problems.items()
                               if not field.startswith("comments.")})
            current = terms.current()
            form.terms_version.data, form.terms_digest.data = current.version, current.digest
        return _review(c, place, form, error)
    return Redirect(place.url(f"filings/{receipt.filing_number}"))


def _filing_input(form: FilingForm) -> FilingInput:
    return FilingInput(
        signer_name=form.signer_name.data or "", signer_title=form.signer_title.data or "",
        request_key=form.request_key.data or "", terms_version=form.terms_version.data or "",
        terms_digest=form.terms_digest.data or "", terms_agreed=bool(form.terms_agreed.data),
        expected_version=form.submission_version.data, last_filing=form.last_filing.data)


def _review(c: Context, place: Place, form: FilingForm, error: PortalError | None = None) -> Page:
    desk = place.desk
    written = queries.written_comments(c.session, desk.submission_id) if desk.submission_id is not None else []
    newest, over = queries.newest_text(c.session, desk), desk.is_over(c.now)
    filed: Mapping[Any, str] = {}
    if desk.current_filing_id is not None:  # also what was withdrawn: it was received all the same
        filed = queries.filed_digests(c.session, desk.current_filing_id)
    unfiled = {item.id for item in written if filed.get(item.uid) != item.digest}
    comments = [shown(desk, item, number, c.locale, newest, unfiled=over and item.id in unfiled)
                for number, item in enumerate(written, 1)]
    return page(
        "workspace/review.html", status=error.status if error is not None else 200, place=place, form=form,
        come_back_to=place.url("review"), comments=comments, over=over, unfiled=len(unfiled), filed=len(filed),
        unchanged=desk.is_filed and not unfiled and len(filed) == len(written),
        problems=_problems(place, written, c.locale),
        withheld=sum(item.public.withheld is not None for item in comments), cited=_cited(place, written, c.locale),
        refusal=error.message if error is not None else None,
        meanwhile=error if isinstance(error, FiledMeanwhileError) else None, public_name=public_name(desk), signers=[]
        if place.filing or place.filing.state else queries.signers(c.session, desk.organisation_id),
        terms=terms_values(c, place), terms_template=terms.template_name(c.locale))


def _problems(place: Place, written: Sequence[Written], locale: str) -> list[dict[str, Any]]:
    """What keeps the comments from being filed, each with the way to it; `version`: of the draft, where the comment
    stands on another than the newest."""
    newest = place.desk.version_number or 0
    return [{"href": place.url(f"comments/{item.id}"), "address": item.address(locale), "message": problem.message,
             "version": item.law.number if item.law.number < newest else None}
            for item in written for problem in item.problems]


def _cited(place: Place, written: Sequence[Written], locale: str) -> list[tuple[str, str]]:
    """The comments on the whole draft that seem to be about a clause: their editor, and the clauses."""
    found = []
    for item in written:
        eids = cited_clauses(item.law, item.clause_eid, item.input)
        if eids:
            found.append((place.url(f"comments/{item.id}"), ", ".join(law_text.spoken(eid, locale) for eid in eids)))
    return found


def terms_values(c: Context, place: Place) -> dict[str, Any]:
    """What the text of the terms of filing is filled with."""
    korean = c.locale == "ko"
    return {
        "operator": c.settings.operator_ko if korean else c.settings.operator_en, "contact": c.settings.contact_email,
        "kind": place.desk.kind, "ministry": place.desk.ministry(c.locale),
        "comments_appear": place.desk.comments_appear, "responses_while_open": place.desk.responses_while_open}


# ----------------------------------------------------------------------------------------------------------- receipts


@desk_view("filings/", of_filings=True)
def filings(c: Context, place: Place) -> Page:
    """Every filing of this submission, the newest first."""
    found = [] if place.desk.submission_id is None else queries.filings(c.session, place.desk.submission_id)
    return page("workspace/filings.html", place=place, filings=found)


@desk_view("filings/<int:number>", of_filings=True)
def receipt(c: Context, place: Place, number: int) -> Page:
    """The receipt of a filing: what proves it, what comes next, how to correct; and what was filed."""
    facts, later = queries.filing_and_later(c.session, place.desk.submission_id or 0, number)
    newest = queries.newest_text(c.session, place.desk)
    comments = [shown(place.desk, item, item.number, c.locale, newest)
                for item in queries.filed_comments(c.session, facts.id)]
    return page(
        "workspace/receipt.html", place=place, filing=facts, comments=comments, next=_next(c, place, facts, later),
        newest=number == place.desk.filing_count, file_url=place.url(f"filings/{number}/receipt.json"),
        content_url=place.url(f"filings/{number}/content.json"))


@desk_view("filings/<int:number>/receipt.json", of_filings=True)
def receipt_file(c: Context, place: Place, number: int) -> Bytes:
    """The receipt as a file that anyone can verify without this portal."""
    facts = _filing(c, place, number)
    key = c.portal.signing_key
    file = ReceiptFile(facts.payload, facts.signature, facts.key_id,
                       key.public.hex() if key.key_id == facts.key_id else "")
    return _download(file.to_json(), f"receipt-{facts.receipt}.json")


@desk_view("filings/<int:number>/content.json", of_filings=True)
def filing_content(c: Context, place: Place, number: int) -> Bytes:
    """Exactly what the digest of the receipt covers."""
    facts = _filing(c, place, number)
    comments = queries.filed_comments(c.session, facts.id)
    content = canonical.filing_content(
        consultation=place.desk.slug, period=place.desk.period_number, organisation_ko=facts.organisation_ko,
        organisation_en=facts.organisation_en, filing=facts.number, signer_name=facts.signer_name,
        signer_title=facts.signer_title, terms_version=facts.terms_version, terms_digest=facts.terms_digest,
        filed_at=facts.filed_at, comment_digests=[item.digest for item in comments])
    packed = {"filing": content, "comments": [item.content() for item in comments]}
    return _download(json.dumps(packed, ensure_ascii=False, indent=2) + "\n", f"filing-{facts.receipt}.json")


def _download(text: str, name: str) -> Bytes:
    return Bytes(text.encode(), "application/json; charset=utf-8",
                 headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _filing(c: Context, place: Place, number: int) -> FilingFacts:
    # A desk without a submission has no filing number 1 either.
    return queries.filing(c.session, place.desk.submission_id or 0, number)


def _next(c: Context, place: Place, facts: FilingFacts, later: FilingFacts | None) -> list[dict[str, Any]]:
    """What comes next and when, as a timeline that begins with the filing; `later`: the one that took its place."""
    desk = place.desk
    after_close = msg("After the deadline")
    steps = [_step(facts.filed_at, msg("Filed: this receipt proves it"))]
    if facts.withdrawn_at is not None:
        return [*steps, {**_step(facts.withdrawn_at, msg("Withdrawn")), "current": True}]
    if later is not None:
        return [*steps, {**_step(later.filed_at, msg(
            "Superseded by filing %(n)s: that one is published and answered, not this one", n=later.number)),
            "current": True}]
    closed = c.now >= desk.closes_at
    steps.append(_step(as_deadline(desk.closes_at), msg(
        "The comment period ends. Until then you can correct your comments and file again, or withdraw")))
    if desk.comments_appear == "after_close":
        steps.append(_step(after_close, msg("Your comments appear on the public pages, without what is withheld")))
    else:
        steps.append(_step(msg("As soon as they are checked"), msg(
            "Your comments appear on the public pages, once personal data and claims have been checked")))
    steps.append(_step(
        msg("During and after the period") if desk.responses_while_open else after_close,
        msg("The ministry examines every comment and tells you the result with its reason, comment by comment")))
    done = 2 if closed else 1
    for number, step in enumerate(steps, 1):
        step.update(current=number == done, future=number > done)
    return steps


def _step(when: Value, what: Message) -> dict[str, Any]:
    return {"when": show(when), "what": what}


# --------------------------------------------------------------------------------------------------------- withdrawal


@desk_view("withdraw", methods=("GET", "POST"))
def withdraw(c: Context, place: Place) -> Result:
    """Ask for the reason, then withdraw what is filed."""
    if request.method == "GET":
        place.withdrawing.require()
        if not place.desk.is_filed:
            raise StateError(msg("Nothing is filed, so there is nothing to withdraw."))
        return page("workspace/withdraw.html", place=place, form=WithdrawalForm(), refusal=None)
    form: WithdrawalForm = WithdrawalForm.posted()
    refusal: Message
    try:
        filing.withdraw_submission(c.session, c.actor, place.desk.submission_id or 0, form.reason.data or "",
                                   entered_at=c.entered_at, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        refusal, status = error.message, error.status
    except StateError as error:
        refusal, status = error.message, error.status
    else:
        return Redirect(place.url(f"filings/{place.desk.filing_count}"),
                        notice=msg("The submission is withdrawn. What was filed stays on record."))
    return page("workspace/withdraw.html", status=status, place=place, form=form, refusal=refusal)


