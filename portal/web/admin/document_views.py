"""The fifth step: the documents of the notice, and who at the ministry will work on what comes in."""

from __future__ import annotations

from urllib.parse import quote

from portal.consultations import policies, queries, services
from portal.consultations.queries import ConsultationFacts
from portal.consultations.requirements import required_documents
from portal.kernel.errors import ConflictError, InvalidError
from portal.kernel.i18n import msg
from portal.kernel.permissions import PUBLISHER
from portal.organisations import queries as organisations
from portal.web.access import Area, Context
from portal.web.admin import wizard
from portal.web.admin.consultation_forms import DocumentForm, OmissionsForm, uploaded
from portal.web.results import Bytes, Page, Redirect, page

area = Area("admin_documents", __name__, "/admin/consultations")


def _documents_page(c: Context, facts: ConsultationFacts, *, form: DocumentForm | None = None,
                    omissions: OmissionsForm | None = None, status: int = 200,
                    conflict: ConflictError | None = None) -> Page:
    preparing = facts.announced_at is None
    omissions = omissions or OmissionsForm.of(facts.omitted_documents, facts.version)
    attached = {document.kind for document in facts.documents}
    return page(
        "admin/consultation_documents.html", status=status, form=form or DocumentForm(), omissions=omissions,
        required=required_documents(facts.kind, facts.draft_kind), attached=attached,
        preparing=preparing,
        staff=organisations.staff_of(c.session, facts.ministry_id),
        administers=c.actor.has_staff_role(facts.ministry_id, "administrator"),
        **wizard.frame(c, facts, "documents", omissions, conflict))


@area.view("/<slug>/documents", PUBLISHER)
def show_documents(c: Context, slug: str) -> Page:
    """What is attached, what is missing or left out, and the people. Once announced, documents are only added."""
    return _documents_page(c, wizard.of_publisher(c, slug))


@area.view("/<slug>/documents", PUBLISHER, methods=("POST",))
def add_document(c: Context, slug: str) -> Page | Redirect:
    """Attach one."""
    facts = wizard.of_publisher(c, slug)
    policies.can_add_document(c.actor, facts).require()
    form = DocumentForm.posted()
    filename, content = uploaded("file") or ("", b"")
    try:
        services.add_document(c.session, c.actor, facts.id, kind=form.kind.data or "", filename=filename,
                              content=content, title_ko=form.title_ko.data or "", title_en=form.title_en.data or "",
                              now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _documents_page(c, facts, form=form, status=422)
    return Redirect(wizard.address(facts, "documents"), notice=msg("Attached."))


@area.view("/<slug>/documents/omissions", PUBLISHER, methods=("POST",))
def omit_documents(c: Context, slug: str) -> Page | Redirect:
    """State what the notice does without."""
    facts = wizard.in_preparation(c, slug)
    form = OmissionsForm.posted()
    try:
        services.omit_documents(c.session, c.actor, facts.id, form.reasons(), version=form.seen_version, now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _documents_page(c, facts, omissions=form, status=422)
    except ConflictError as error:
        reasons = error.theirs.get("omitted_documents", {})
        error.theirs = {name: reasons.get(name[:-3], {}).get(name[-2:], "") for name, field in form._fields.items()
                        if name != "version" and reasons.get(name[:-3], {}).get(name[-2:], "") != (field.data or "")}
        return _documents_page(c, facts, omissions=form, status=409, conflict=error)
    return Redirect(wizard.step_address(facts, "check"), notice=msg("Saved."))


@area.view("/<slug>/documents/<int:document_id>", PUBLISHER)
def show_document(c: Context, slug: str, document_id: int) -> Bytes:
    """The file, always as a download."""
    facts = wizard.of_publisher(c, slug)
    found = queries.document_content(c.session, facts.id, document_id)
    return Bytes(found.content, found.facts.media_type, headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.facts.filename, safe='')}"})


@area.view("/<slug>/documents/<int:document_id>/remove", PUBLISHER, methods=("POST",))
def remove_document(c: Context, slug: str, document_id: int) -> Redirect:
    """Take it off, before the announcement."""
    facts = wizard.of_publisher(c, slug)
    services.remove_document(c.session, c.actor, facts.id, document_id, now=c.now)
    return Redirect(wizard.address(facts, "documents"), notice=msg("The document was taken off the notice."))
