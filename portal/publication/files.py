"""The files of a version: its text in every format, and its old–new table with each text before it.

Made by the worker, once, for versions are immutable; kept as bytes in the publication. The libraries that write them
are heavy: nothing here is imported by a web process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.drafts import alignment
from portal.kernel.i18n import msg, translate
from portal.ordinances import writers
from portal.ordinances.clauses import Language
from portal.ordinances.old_new_table import old_new_rows
from portal.publication.models import PublishedConsultation, PublishedFile
from portal.publication.versions import IN_FORCE, Edition, Versions, versions

#: Formats of the old–new table, with the ending of a file's name and its media type.
TABLE_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "html": ("html", "text/html; charset=utf-8"),
    "docx": writers.FILE_TYPES["docx"],
    "hwpx": writers.FILE_TYPES["hwpx"],
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")}
TABLE_FORMATS: Final = tuple(TABLE_TYPES)


def wanted(texts: Versions) -> list[tuple[int, str, Language, str]]:
    """Every file that should stand: version, what it is compared with ("" for the text itself), language, format."""
    found: list[tuple[int, str, Language, str]] = []
    for edition in texts.editions:
        if edition.number:
            # The portal's own JSON holds both languages.
            found += [(edition.number, "", language, of) for language in _languages(edition) for of in writers.FORMATS
                      if of != "portal_json" or language == "ko"]
    for old, new in texts.couples():
        if new.number:
            found += [(new.number, old.key, language, of) for language in _languages(old, new) for of in TABLE_FORMATS]
    return found


def _languages(*editions: Edition) -> tuple[Language, ...]:
    return ("ko", "en") if all(edition.has_english for edition in editions) else ("ko",)


def missing(session: Session, consultation_id: int, texts: Versions) -> list[tuple[int, str, Language, str]]:
    """Those that do not stand yet. One statement."""
    known = {tuple(row) for row in session.execute(select(
        PublishedFile.version, PublishedFile.compared_with, PublishedFile.language, PublishedFile.format).where(
        PublishedFile.consultation_id == consultation_id))}
    return [each for each in wanted(texts) if each not in known]


def incomplete(session: Session) -> list[int]:
    """Consultations of which files do not stand, as their pages say, and no job is about to make any. One statement."""
    return list(session.scalars(text("""
        SELECT DISTINCT p.consultation_id FROM publication.pages p
         WHERE p.template = 'public/files.html' AND jsonb_path_exists(p.facts, '$.missing[0]')
           AND NOT EXISTS (SELECT FROM procrastinate_jobs j
                            WHERE j.task_name IN ('publication.list_files', 'publication.make_file')
                              AND j.status IN ('todo', 'doing')
                              AND (j.args->>'consultation_id')::bigint = p.consultation_id)
         ORDER BY 1""")))


def make(session: Session, consultation_id: int, version: int, compared_with: str, language: Language, of: str,
         now: datetime) -> bool:
    """Make one file, unless it stands. Returns whether it was made."""
    published = session.get(PublishedConsultation, consultation_id)
    texts = versions(session, consultation_id)
    if published is None or (version, compared_with, language, of) not in missing(session, consultation_id, texts):
        return False
    new = texts.by_number[version]
    if compared_with:
        old = texts.by_number[0 if compared_with == IN_FORCE else int(compared_with[1:])]
        content = _table(texts, old, new, language, of, published.facts["consultation"])
        ending, media_type = TABLE_TYPES[of]
    else:
        content = writers.write(new.draft, of, language)
        ending, media_type = writers.FILE_TYPES[of]
    both = "" if of == "portal_json" else f"-{language}"
    name = f"{published.slug}-{compared_with + '-' if compared_with else ''}v{version}{both}.{ending}"
    statement = insert(PublishedFile).values(
        consultation_id=consultation_id, version=version, compared_with=compared_with, language=language, format=of,
        filename=name, media_type=media_type, size=len(content), digest=hashlib.sha256(content).hexdigest(),
        content=content, made_at=now)
    session.execute(statement.on_conflict_do_nothing())
    return True


def _table(texts: Versions, old: Edition, new: Edition, language: Language, of: str,
           consultation: Mapping[str, Any]) -> bytes:
    rows = old_new_rows(old.draft, new.draft, alignment.as_pairs(texts.between(old.number, new.number)), language)
    title = new.draft.title(language) or str(consultation[f"title_{language}"] or consultation["title_ko"])
    before = msg("text in force") if not old.number else msg("version %(n)s", n=old.number)
    told = translate(msg("%(old)s → %(new)s", old=before, new=msg("version %(n)s", n=new.number)), language)
    writer = import_module(f"portal.ordinances.writers.old_new_{of}")
    content: bytes = writer.write(rows, f"{title} ({told})", language)
    return content
