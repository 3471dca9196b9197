"""The public pages of consultations: start page, consultation, draft, clause, submissions, responses, documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import request

from portal.kernel.errors import NotFoundError
from portal.kernel.permissions import PUBLIC
from portal.ordinances import addresses
from portal.ordinances.addresses import Address
from portal.ordinances.problems import InvalidAddress
from portal.publication import queries, shown
from portal.web.access import Area, Context
from portal.web.public.serving import fresh, missing, stored
from portal.web.results import Bytes, Redirect

area = Area("public", __name__)


def number(name: str) -> int | None:
    """A whole number from the address, or None."""
    raw = request.args.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


@area.view("/", PUBLIC)
def home(c: Context) -> Bytes:
    """Every announced consultation: what is open, what is answered."""
    return stored(c)


@area.view("/c/<slug>/", PUBLIC)
def consultation(c: Context, slug: str) -> Bytes:
    """The notice: all that 법제업무 운영규정 제15조 ③④ lists."""
    return stored(c)


@area.view("/c/<slug>/v<int:version>/", PUBLIC)
def draft(c: Context, slug: str, version: int) -> Bytes:
    """The whole text with the count at each clause."""
    return stored(c)


@area.view("/c/<slug>/v<int:version>/beside", PUBLIC)
def beside(c: Context, slug: str, version: int) -> Bytes:
    """The whole text, Korean and English side by side."""
    return stored(c)


@area.view("/c/<slug>/v<int:version>/files/", PUBLIC)
def files(c: Context, slug: str, version: int) -> Bytes:
    """The downloads of a version."""
    return stored(c)


@area.view("/c/<slug>/v<int:version>/files/<filename>", PUBLIC)
def file(c: Context, slug: str, version: int, filename: str) -> Bytes:
    """A version in one format."""
    return _download(c, slug, version, filename)


@area.view("/c/<slug>/compare/<older>/v<int:version>", PUBLIC)
def compare(c: Context, slug: str, older: str, version: int) -> Bytes:
    """The old–new table of two texts: versions, or the text in force and a version."""
    return stored(c)


@area.view("/c/<slug>/compare/<older>/v<int:version>/text", PUBLIC)
def compare_text(c: Context, slug: str, older: str, version: int) -> Bytes:
    """The newer of two texts with the changes marked."""
    return stored(c)


@area.view("/c/<slug>/compare/<older>/v<int:version>/files/<filename>", PUBLIC)
def compare_file(c: Context, slug: str, older: str, version: int, filename: str) -> Bytes:
    """An old–new table in one format."""
    return _download(c, slug, version, filename, older)


def _download(c: Context, slug: str, version: int, filename: str, compared_with: str = "") -> Bytes:
    """Always as a download: a file says of itself what it is, and is never shown inside our own pages."""
    consultation_id, _, _ = queries.consultation(c.session, slug)
    found = queries.file(c.session, consultation_id, version, filename, compared_with)
    etag = found.digest[:24]
    headers = {"ETag": f'"{etag}"', "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}"}
    if etag in request.if_none_match:
        return Bytes(b"", found.media_type, 304, "public, max-age=86400", headers)
    return Bytes(found.content, found.media_type, cache="public, max-age=86400", headers=headers)


@area.view("/c/<slug>/v<int:version>/<path:place>", PUBLIC)
def clause(c: Context, slug: str, version: int, place: str) -> Bytes | Redirect:
    """A clause with its response and comments; a place behind a clause leads to the clause."""
    try:
        address = addresses.from_path(place.strip("/"))
    except InvalidAddress:
        return _no_clause(c, slug, version, None)
    if address.after or place != address.path:
        return Redirect(f"/c/{slug}/v{version}/{address.clause.path}" + ("?lang=en" if c.locale == "en" else ""))
    after = number("after")
    try:
        if after is None:
            return stored(c)
        consultation_id, facts, _ = queries.consultation(c.session, slug)
        lineage = queries.lineage_at(c.session, consultation_id, version, address.eid)
    except NotFoundError:
        return _no_clause(c, slug, version, address)
    listed = queries.comments_at(c.session, consultation_id, lineage, after)
    return fresh(c, "public/clause_comments.html", {"consultation": facts}, version=version, address=address,
                 clause_url=f"/c/{slug}/v{version}/{address.path}", listed=listed,
                 answers=_answers(c, listed.rows))


def _no_clause(c: Context, slug: str, version: int, address: Address | None) -> Bytes:
    """That a version has no such clause, and where it or the text is. Raises NotFoundError where there is not even the
    version."""
    consultation_id, facts, _ = queries.consultation(c.session, slug)
    if version not in {each["number"] for each in facts["versions"]}:
        raise queries.not_found()
    return missing(c, "public/no_clause.html", {"consultation": facts}, version=version, address=address,
                   elsewhere=queries.versions_with(c.session, consultation_id, address.eid) if address else [])


def _answers(c: Context, comments: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """The responses that these comments name, by number."""
    found = queries.responses_by_id(c.session, {r for comment in comments for r in comment["responses"]})
    return {response_id: shown.response_facts(row) for response_id, row in found.items()}


@area.view("/c/<slug>/submissions/", PUBLIC)
def submissions(c: Context, slug: str) -> Bytes:
    """Who filed, in the order of the public numbers."""
    consultation_id, facts, counts = queries.consultation(c.session, slug)
    kind = request.args.get("kind") or None
    listed = queries.submissions(c.session, consultation_id, kind=kind, before=number("before"),
                                 after=number("after"))
    return fresh(c, "public/submissions.html", {"consultation": facts}, counts=counts, listed=listed, kind=kind)


@area.view("/c/<slug>/submissions/<public_number>", PUBLIC)
def submission(c: Context, slug: str, public_number: str) -> Bytes:
    """One submission, each comment with the response that answers it."""
    consultation_id, facts, _ = queries.consultation(c.session, slug)
    found, comments = queries.submission(c.session, consultation_id, public_number)
    return fresh(c, "public/submission.html", {"consultation": facts}, submission=found, comments=comments,
                 answers=_answers(c, comments))


@area.view("/c/<slug>/responses/", PUBLIC)
def responses(c: Context, slug: str) -> Bytes:
    """The ministry's published responses."""
    consultation_id, facts, counts = queries.consultation(c.session, slug)
    disposition = request.args.get("disposition") or None
    listed = queries.responses(c.session, consultation_id, disposition=disposition, before=number("before"),
                               after=number("after"))
    return fresh(c, "public/responses.html", {"consultation": facts}, counts=counts, listed=listed,
                 disposition=disposition, response_facts=shown.response_facts)


@area.view("/c/<slug>/responses/<int:response_id>", PUBLIC)
def response(c: Context, slug: str, response_id: int) -> Bytes:
    """One response with the comments that it answers and the clauses that carry the change."""
    consultation_id, facts, _ = queries.consultation(c.session, slug)
    found, listed = queries.response(c.session, consultation_id, response_id, number("after") or 0)
    return fresh(c, "public/response.html", {"consultation": facts}, response=found, listed=listed,
                 answers=_answers(c, listed.rows), response_facts=shown.response_facts, changed=shown.changed_facts(
                     queries.changed_clauses(c.session, consultation_id, found.changed_clauses), c.locale))


@area.view("/c/<slug>/documents/<int:document_id>", PUBLIC)
def document(c: Context, slug: str, document_id: int) -> Bytes:
    """A notice document, always as a download: nothing that was uploaded is shown inside our own pages."""
    consultation_id, _, _ = queries.consultation(c.session, slug)
    found = queries.document(c.session, consultation_id, document_id)
    return Bytes(found.content, found.media_type, cache="public, max-age=300", headers={
        "ETag": f'"{found.digest[:24]}"',
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}"})


@area.view("/search", PUBLIC)
def search(c: Context) -> Bytes:
    """The clauses that the words name, and comments and clauses that hold all of them."""
    words = request.args.get("q", "")[:200].strip()
    result = queries.search(c.session, words, now=c.now, after=number("after") or 0,
                            clauses_after=request.args.get("clauses", "")[:60]) if words else None
    return fresh(c, "public/search.html", {}, words_asked=words, result=result, area="search",
                 answers=_answers(c, result.comments.rows) if result else {})
