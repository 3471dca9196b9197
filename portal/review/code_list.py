"""The code list: topics and, under each, tags. Reviewers keep it; what was tagged stays tagged when a tag is retired.

A key is given once and never changes, so that an exported or imported list can be matched; names may.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, REMARK_LIMIT, typed
from portal.review import policies
from portal.review.desk import Desk, desk_by_id, last_change
from portal.review.models import Tag, Topic

#: More tags than anyone can keep in mind.
MAX_CODES: Final = 500
_KEY: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


@dataclass(frozen=True)
class TopicFacts:
    """A topic."""

    id: int
    key: str
    name_ko: str
    name_en: str
    version: int

    def name(self, locale: str) -> str:
        """The name in the reader's language."""
        return (self.name_en or self.name_ko) if locale == "en" else (self.name_ko or self.name_en)


@dataclass(frozen=True)
class TagFacts:
    """A tag under its topic. `retired`: it is offered no more."""

    id: int
    topic_id: int
    key: str
    name_ko: str
    name_en: str
    description: str
    retired: bool
    version: int

    def name(self, locale: str) -> str:
        """The name in the reader's language."""
        return (self.name_en or self.name_ko) if locale == "en" else (self.name_ko or self.name_en)


@dataclass(frozen=True)
class CodeList:
    """All topics and tags of a consultation, in their order, retired ones too."""

    topics: tuple[TopicFacts, ...] = ()
    tags: tuple[TagFacts, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[int, TagFacts]:
        """Tags by id."""
        return {tag.id: tag for tag in self.tags}

    @cached_property
    def current(self) -> tuple[TagFacts, ...]:
        """The tags that can be given."""
        return tuple(tag for tag in self.tags if not tag.retired)

    def under(self, topic_id: int, *, retired: bool = True) -> tuple[TagFacts, ...]:
        """The tags of a topic."""
        return tuple(tag for tag in self.tags if tag.topic_id == topic_id and (retired or not tag.retired))

    def named(self, written: str) -> TagFacts | None:
        """The current tag with this key, or with this name in either language, whatever the case."""
        wanted = _folded(written)
        return next((tag for tag in self.current if wanted in (
            tag.key, _folded(tag.name_ko), _folded(tag.name_en))), None)


_CODES: Final = text("""
    SELECT o.id, o.key, o.name_ko, o.name_en, o.version,
           t.id, t.topic_id, t.key, t.name_ko, t.name_en, t.description, t.retired_at IS NOT NULL, t.version
      FROM topics o LEFT JOIN tags t ON t.topic_id = o.id
     WHERE o.consultation_id = :c ORDER BY o.ordinal, o.id, t.ordinal, t.id""")


def code_list(session: Session, consultation_id: int) -> CodeList:
    """The code list of a consultation. One statement, for every page of the queue asks for it."""
    rows = session.execute(_CODES, {"c": consultation_id}).all()
    topics = {row[0]: TopicFacts(*row[:5]) for row in rows}
    return CodeList(tuple(topics.values()), tuple(TagFacts(*row[5:]) for row in rows if row[5] is not None))


# ------------------------------------------------------------------------------------------------------------- acts


def add_topic(session: Session, actor: Actor, consultation_id: int, *, name_ko: str, name_en: str, key: str = "",
              now: datetime) -> int:
    """Add a topic; its id. Without a key one is made from the English name. Raises InvalidError."""
    desk = _editable(session, actor, consultation_id)
    known = set(session.scalars(select(Topic.key).where(Topic.consultation_id == consultation_id)))
    values = _checked(name_ko=name_ko, name_en=name_en, key=key, known=known)
    row = Topic(consultation_id=consultation_id, ordinal=_next(session, Topic, consultation_id), version=1, **values)
    session.add(row)
    session.flush()
    _record(session, actor, desk, "topic", row.id, now, act="added", key=row.key)
    return row.id


def add_tag(session: Session, actor: Actor, consultation_id: int, topic_id: int, *, name_ko: str, name_en: str,
            description: str = "", key: str = "", now: datetime) -> int:
    """Add a tag under a topic; its id. Without a key one is made from the English name. Raises InvalidError."""
    desk = _editable(session, actor, consultation_id)
    topic = session.get(Topic, topic_id)
    if topic is None or topic.consultation_id != consultation_id:
        raise InvalidError(msg("Choose a topic of this code list."), {"topic_id": [msg("Choose a topic.")]})
    known = set(session.scalars(select(Tag.key).where(Tag.consultation_id == consultation_id)))
    values = _checked(name_ko=name_ko, name_en=name_en, key=key, known=known)
    row = Tag(consultation_id=consultation_id, topic_id=topic_id, description=_description(description),
              ordinal=_next(session, Tag, consultation_id), retired_at=None, version=1, **values)
    session.add(row)
    session.flush()
    _record(session, actor, desk, "tag", row.id, now, act="added", key=row.key)
    return row.id


def rename_topic(session: Session, actor: Actor, consultation_id: int, topic_id: int, *, name_ko: str, name_en: str,
                 expected_version: int, now: datetime) -> None:
    """Give a topic other names. Raises ConflictError when somebody else changed it."""
    desk = _editable(session, actor, consultation_id)
    row = session.scalars(select(Topic).where(Topic.id == topic_id, Topic.consultation_id == consultation_id)
                          .with_for_update()).first()
    if row is None:
        raise _unknown()
    values = _checked(name_ko=name_ko, name_en=name_en)
    _apply(session, actor, desk, "topic", row, values, expected_version, now)


def change_tag(session: Session, actor: Actor, consultation_id: int, tag_id: int, *, name_ko: str, name_en: str,
               description: str, topic_id: int, expected_version: int, now: datetime) -> None:
    """Give a tag other names, another description or another topic. Raises ConflictError, InvalidError."""
    desk = _editable(session, actor, consultation_id)
    row = _tag(session, consultation_id, tag_id)
    topic = session.get(Topic, topic_id)
    if topic is None or topic.consultation_id != consultation_id:
        raise InvalidError(msg("Choose a topic of this code list."), {"topic_id": [msg("Choose a topic.")]})
    values = {**_checked(name_ko=name_ko, name_en=name_en), "description": _description(description),
              "topic_id": topic_id}
    _apply(session, actor, desk, "tag", row, values, expected_version, now)


def retire_tag(session: Session, actor: Actor, consultation_id: int, tag_id: int, *, now: datetime) -> None:
    """Offer a tag no more. Segments that carry it keep it. Twice does nothing."""
    desk = _editable(session, actor, consultation_id)
    row = _tag(session, consultation_id, tag_id)
    if row.retired_at is None:
        row.retired_at = now
        row.version += 1
        _record(session, actor, desk, "tag", row.id, now, act="retired", key=row.key)


def restore_tag(session: Session, actor: Actor, consultation_id: int, tag_id: int, *, now: datetime) -> None:
    """Offer a retired tag again."""
    desk = _editable(session, actor, consultation_id)
    row = _tag(session, consultation_id, tag_id)
    if row.retired_at is not None:
        row.retired_at = None
        row.version += 1
        _record(session, actor, desk, "tag", row.id, now, act="restored", key=row.key)


def import_code_list(session: Session, actor: Actor, consultation_id: int, content: Mapping[str, Any], *,
                     now: datetime) -> tuple[int, int]:
    """Add the topics and tags of a list that are not there yet, by key; how many of each.

    `content` is `{"topics": [{"key", "name_ko", "name_en"}], "tags": [{"key", "topic", "name_ko", "name_en",
    "description"}]}`. What exists is left as it is. Raises InvalidError for a list that is not of this shape.
    """
    desk = _editable(session, actor, consultation_id)
    topics, tags = _read(content)
    known = code_list(session, consultation_id)
    topic_ids = {topic.key: topic.id for topic in known.topics}
    tag_keys = {tag.key for tag in known.tags}
    if len(known.tags) + len(tags) > MAX_CODES:
        raise InvalidError(msg("A code list holds at most %(n)s tags.", n=MAX_CODES))
    new_topics = [topic for topic in topics if topic["key"] not in topic_ids]
    ordinal = _next(session, Topic, consultation_id)
    for place, topic in enumerate(new_topics):
        row = Topic(consultation_id=consultation_id, ordinal=ordinal + place, version=1, **topic)
        session.add(row)
        session.flush()
        topic_ids[row.key] = row.id
    missing = sorted({tag["topic"] for tag in tags} - topic_ids.keys())
    if missing:
        raise InvalidError(msg("The list has tags under topics that do not exist: %(names)s.",
                               names=", ".join(missing)))
    new_tags = [tag for tag in tags if tag["key"] not in tag_keys]
    ordinal = _next(session, Tag, consultation_id)
    for place, tag in enumerate(new_tags):
        session.add(Tag(consultation_id=consultation_id, topic_id=topic_ids[tag.pop("topic")], retired_at=None,
                        ordinal=ordinal + place, version=1, **tag))
    session.flush()
    if new_topics or new_tags:
        _record(session, actor, desk, "code_list", None, now, act="imported", topics=len(new_topics),
                tags=len(new_tags))
    return len(new_topics), len(new_tags)


# ----------------------------------------------------------------------------------------------------------- inside


def _editable(session: Session, actor: Actor, consultation_id: int) -> Desk:
    desk = desk_by_id(session, consultation_id)
    policies.require_knowledge(actor, desk)
    policies.can_change_code_list(actor, desk).require()
    return desk


def _tag(session: Session, consultation_id: int, tag_id: int) -> Tag:
    row = session.scalars(select(Tag).where(Tag.id == tag_id, Tag.consultation_id == consultation_id)
                          .with_for_update()).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFoundError:
    return NotFoundError(msg("There is no such entry in this code list."))


def _apply(session: Session, actor: Actor, desk: Desk, kind: str, row: Topic | Tag, values: Mapping[str, Any],
           expected_version: int, now: datetime) -> None:
    stored = {name: getattr(row, name) for name in values}
    if stored == dict(values):
        return
    if row.version != expected_version:
        who, when = last_change(session, kind, row.id)
        raise ConflictError(
            msg("%(who)s changed this entry while you were writing.", who=who), changed_by=who, changed_at=when,
            theirs=stored, version=row.version, kept=msg("What you typed is still here."))
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    _record(session, actor, desk, kind, row.id, now, act="changed", key=row.key)


def _record(session: Session, actor: Actor, desk: Desk, kind: str, subject_id: int | None, now: datetime,
            **data: Any) -> None:
    record(session, actor, "review.code_list_changed", kind, subject_id, now=now, ministry_id=desk.ministry_id,
           consultation_id=desk.id, **data)


def _next(session: Session, of: type[Topic] | type[Tag], consultation_id: int) -> int:
    return (session.scalar(select(func.max(of.ordinal)).where(of.consultation_id == consultation_id)) or 0) + 1


def _checked(*, name_ko: str, name_en: str, key: str | None = None,
             known: set[str] | None = None) -> dict[str, Any]:
    """Names (and key) as they are kept. One name is enough; the other language then shows it too."""
    read = {"name_ko": typed(name_ko, limit=LINE_LIMIT, one_line=True),
            "name_en": typed(name_en, limit=LINE_LIMIT, one_line=True)}
    problems: dict[str, list[Message]] = {name: list(each.problems) for name, each in read.items() if each.problems}
    if not any(each.text for each in read.values()):
        problems["name_ko"] = [msg("Give it a name in Korean or in English.")]
    values: dict[str, Any] = {name: each.text for name, each in read.items()}
    if known is not None:
        if len(known) >= MAX_CODES:
            problems[""] = [msg("A code list holds at most %(n)s tags.", n=MAX_CODES)]
        wanted = (key or "").strip()
        if wanted and not (_KEY.fullmatch(wanted) and len(wanted) <= 60):
            problems["key"] = [msg("A key is made of small letters a–z, digits and underscores, such as "
                                   "“label_exception”.")]
        elif wanted in known:
            problems["key"] = [msg("This key is taken.")]
        values["key"] = wanted or _key_from(values["name_en"], known)
    if problems:
        raise InvalidError(msg("The entry was not saved: something needs your attention."), problems)
    return values


def _key_from(name: str, known: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = "_".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("_") or "code"
    if base not in known:
        return base
    return next(f"{base}_{n}" for n in range(2, MAX_CODES + 3) if f"{base}_{n}" not in known)


def _description(written: str) -> str:
    read = typed(written, limit=REMARK_LIMIT)
    if read.problems:
        raise InvalidError(msg("The entry was not saved: something needs your attention."),
                           {"description": read.problems})
    return read.text


def _read(content: Mapping[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    def entry(item: Any, *names: str) -> dict[str, str]:
        values = {name: item.get(name, "") if isinstance(item, Mapping) else None for name in names}
        if not all(isinstance(value, str) for value in values.values()):
            raise _not_a_list()
        read = {name: typed(value or "", limit=REMARK_LIMIT if name == "description" else LINE_LIMIT, one_line=True)
                for name, value in values.items()}
        kept = {name: each.text for name, each in read.items()}
        if (any(each.problems for each in read.values()) or not _KEY.fullmatch(kept["key"])
                or not (kept["name_ko"] or kept["name_en"])):
            raise _not_a_list()
        return kept

    def entries(items: Any, *names: str) -> list[dict[str, str]]:
        if not isinstance(items, Sequence) or isinstance(items, str):
            raise _not_a_list()
        found = [entry(item, *names) for item in items]
        if len({each["key"] for each in found}) < len(found):
            raise InvalidError(msg("This is no code list: a key stands in it twice."))
        return found

    return (entries(content.get("topics"), "key", "name_ko", "name_en"),
            entries(content.get("tags"), "key", "topic", "name_ko", "name_en", "description"))


def _not_a_list() -> InvalidError:
    return InvalidError(msg("This is no code list: topics and tags with a key and a name each are expected."))


def _folded(written: str) -> str:
    return " ".join(unicodedata.normalize("NFC", written).casefold().split())
