"""Making the stored pages: which there are, what they show, and which of them have to be made anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.kernel.i18n import LOCALES
from portal.ordinances import addresses
from portal.publication import facts as make
from portal.publication import files as version_files
from portal.publication.gather import Touched
from portal.publication.models import Page, PublishedConsultation, PublishedResponse
from portal.publication.rendering import made_with, render
from portal.publication.versions import Versions, marked_facts, table_facts, versions

Facts = dict[str, Any]

#: Characters of a response where it is one of several in a list.
_FIRST_WORDS = 90

#: Pages that are written together: fewer waits for the database, and still little memory.
_BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """A page that should stand: address, template, facts."""

    path: str
    template: str
    facts: Facts


def digest(template: str, facts: Facts) -> str:
    """Whether a page's numbers or words changed is told by this."""
    packed = json.dumps([made_with(), template, facts], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(packed.encode()).hexdigest()


def clause_path(slug: str, version: int, eid: str) -> str:
    """The permanent address of a clause."""
    return f"/c/{slug}/v{version}/{addresses.parse(eid).path}"


def wanted_pages(session: Session, consultation_id: int, consultation: Facts, touched: Touched) -> Iterator[Wanted]:
    """The pages of a consultation that a build has to look at."""
    slug = consultation["slug"]
    whole_counts = make.counts(session, consultation_id)
    newest = _newest_responses(session, consultation_id)
    yield Wanted(f"/c/{slug}/", "public/consultation.html", {
        "consultation": consultation, "counts": whole_counts, "newest_responses": newest})
    texts = make.texts(session, consultation_id)
    tally = make.tallies(session, consultation_id)
    by_version = {text.version: text.by_eid() for text in texts}
    editions = versions(session, consultation_id, {text.version: text.clauses for text in texts})
    for text in texts:
        draft = make.draft_page(consultation, text, texts, tally, editions)
        yield Wanted(f"/c/{slug}/v{text.version}/", "public/draft.html", draft)
        yield Wanted(f"/c/{slug}/v{text.version}/beside", "public/beside.html", draft)
    if touched.everything or touched.files:
        yield from _version_pages(session, consultation_id, consultation, editions)
    lineages = None if touched.everything else touched.lineages
    if lineages is not None and not lineages:
        return
    comments = make.first_comments(session, consultation_id, lineages)
    answered = make.responses(session, consultation_id)
    for text in texts:
        if lineages is None or None in lineages:
            yield Wanted(clause_path(slug, text.version, "doc"), "public/clause.html",
                         make.whole_page(consultation, text, tally, comments, answered, by_version))
        for place, clause in enumerate(text.clauses):
            if lineages is None or clause.lineage_uid in lineages:
                yield Wanted(clause_path(slug, text.version, clause.eid), "public/clause.html",
                             make.clause_page(consultation, text, place, tally, comments, answered, by_version,
                                              editions))


def _version_pages(session: Session, consultation_id: int, consultation: Facts, editions: Versions) -> Iterator[Wanted]:
    """The files of each version, and every two texts beside one another: as a table, and as one text with marks."""
    slug = consultation["slug"]
    files = make.files(session, consultation_id)
    told = make.small(consultation)
    standing = {(each["version"], each["compared_with"], each["language"], each["format"]) for each in files}
    missing = [{"version": version, "compared_with": key, "language": language, "format": of}
               for version, key, language, of in version_files.wanted(editions)
               if (version, key, language, of) not in standing]
    for edition in editions.editions:
        if edition.number:
            yield Wanted(f"/c/{slug}/v{edition.number}/files/", "public/files.html", {
                "consultation": told, "version": edition.number,
                "files": [each for each in files if each["version"] == edition.number],
                "missing": [each for each in missing if each["version"] == edition.number]})
    for old, new in editions.couples():
        base = {"consultation": told, "older": [edition.key for edition in editions.editions
                                                if edition.number < new.number]}
        path = f"/c/{slug}/compare/{old.key}/{new.key}"
        yield Wanted(path, "public/compare.html", {
            **base, **table_facts(editions, old, new),
            "files": [each for each in files if each["version"] == new.number and each["compared_with"] == old.key]})
        yield Wanted(path + "/text", "public/compare_text.html", {**base, **marked_facts(editions, old, new)})


def _newest_responses(session: Session, consultation_id: int) -> list[Facts]:
    r = PublishedResponse
    rows = session.execute(select(
        r.id, r.disposition, r.title_ko, r.title_en, r.text_ko, r.text_en, r.published_at, r.comment_count)
        .where(r.consultation_id == consultation_id)
        .order_by(r.published_at.desc(), r.id.desc()).limit(5)).mappings().all()
    places = make.places_of(session, [row["id"] for row in rows])
    return [{**row, "published_at": row["published_at"].isoformat(), "places": places[row["id"]],
             **{name: shorten(row[name], width=_FIRST_WORDS, placeholder="…") for name in ("text_ko", "text_en")}}
            for row in rows]


def home_page(session: Session) -> Wanted:
    """The start page: every announced consultation."""
    rows = session.scalars(select(PublishedConsultation).order_by(
        PublishedConsultation.announced_at.desc(), PublishedConsultation.id.desc())).all()
    return Wanted("/", "public/home.html", {"consultations": [
        {**make.small(row.facts["consultation"]), "counts": row.facts["counts"]} for row in rows]})


def store(session: Session, consultation_id: int, wanted: Iterator[Wanted], now: datetime) -> int:
    """Make the pages whose facts changed, in both languages. Returns how many were made."""
    known: dict[str, str] = dict(session.execute(select(Page.path, Page.facts_digest).where(
        Page.consultation_id == consultation_id, Page.language == "ko")).all())
    made = 0
    rows: list[Facts] = []
    for page in wanted:
        facts_digest = digest(page.template, page.facts)
        if known.get(page.path) == facts_digest:
            continue
        for language in LOCALES:
            rendered = render(page.template, page.facts, language, page.path, now, made_at=now)
            rows.append({
                "path": page.path, "language": language, "consultation_id": consultation_id,
                "template": page.template, "facts": page.facts, "facts_digest": facts_digest,
                "etag": rendered.etag, "body": rendered.zipped, "valid_until": rendered.valid_until,
                "made_at": now})
            made += 1
        if len(rows) >= _BATCH:
            upsert(session, rows)
            rows = []
    if rows:
        upsert(session, rows)
    return made


def refresh(session: Session, consultation_id: int, now: datetime) -> int:
    """Render pages anew whose sentences are out of date, from the facts that stand. Returns how many."""
    stale = session.execute(select(Page.path, Page.language, Page.template, Page.facts, Page.made_at).where(
        Page.consultation_id == consultation_id, Page.valid_until <= now)).all()
    for row in stale:
        rendered = render(row.template, row.facts, row.language, row.path, now, made_at=row.made_at)
        session.execute(update(Page).where(
            Page.path == row.path, Page.language == row.language).values(
            etag=rendered.etag, body=rendered.zipped, valid_until=rendered.valid_until))
    return len(stale)


def upsert(session: Session, rows: list[Facts]) -> None:
    """Write pages over their former editions."""
    statement = insert(Page)
    session.execute(statement.on_conflict_do_update(index_elements=[Page.path, Page.language], set_={
        name: statement.excluded[name] for name in (
            "consultation_id", "template", "facts", "facts_digest", "etag", "body", "valid_until", "made_at")}), rows)

