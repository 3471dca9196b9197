"""The code list of a consultation: topics and tags, added, renamed, retired, restored, imported.

Every form stands on a page of its own address and works without JavaScript. Who may change the list is asked by the
service; the pages ask the same policy, to show only what can be done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import request
from wtforms import SelectChoice

from portal.kernel.errors import ConflictError, InvalidError, NotFoundError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.permissions import REVIEWER, STAFF
from portal.review import code_list, overview, policies
from portal.review.code_list import CodeList, TagFacts, TopicFacts
from portal.review.desk import Desk, desks_of
from portal.web.access import Context
from portal.web.results import Bytes, Page, Redirect, page
from portal.web.review.area import area, desk, number
from portal.web.review.forms import TagForm, TopicForm

#: Two forms stand on the page of the list, each with names of its own.
_OF_TOPIC: Final = "topic-"
#: Far more than five hundred tags with descriptions need.
_LARGEST_FILE: Final = 4 * 1024 * 1024


@area.view("/<slug>/code-list", STAFF)
def codes(c: Context, slug: str) -> Page:
    """The code list, and for reviewers the forms that add to it."""
    return _list_page(c, desk(c, slug))


def _list_page(c: Context, of: Desk, *, topic_form: TopicForm | None = None, tag_form: TagForm | None = None,
               problems: tuple[Message, ...] = (), status: int = 200) -> Page:
    codes = code_list.code_list(c.session, of.id)
    decision = policies.can_change_code_list(c.actor, of)
    others = _others(c, of) if decision.allowed else []
    return page(
        "review/code_list.html", status=status, desk=of, codes=codes, decision=decision, others=others,
        uses=overview.uses_of_tags(c.session, of.id), problems=problems,
        topic_form=topic_form or TopicForm(prefix=_OF_TOPIC),
        tag_form=_with_topics(tag_form or TagForm(), codes, c.locale))


def _others(c: Context, of: Desk) -> list[tuple[Desk, int]]:
    """The other consultations of one's ministries that offer tags, and how many."""
    ministries = [each for each in c.actor.staff_roles if c.actor.has_staff_role(each, *policies.READERS)]
    found = [each for each in desks_of(c.session, ministries) if each.id != of.id]
    sizes = overview.sizes_of_code_lists(c.session, [each.id for each in found])
    return [(each, sizes[each.id]) for each in found if each.id in sizes]


def _with_topics(form: TagForm, codes: CodeList, locale: str) -> TagForm:
    form.topic_id.choices = [SelectChoice(topic.id, topic.name(locale)) for topic in codes.topics]
    return form


# ------------------------------------------------------------------------------------------------------------ adding


@area.view("/<slug>/code-list/topics", REVIEWER, methods=("POST",))
def add_topic(c: Context, slug: str) -> Page | Redirect:
    """Add a topic."""
    of = desk(c, slug)
    form = TopicForm.posted(prefix=_OF_TOPIC)
    try:
        code_list.add_topic(c.session, c.actor, of.id, name_ko=form.name_ko.data or "",
                            name_en=form.name_en.data or "", now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _list_page(c, of, topic_form=form, status=422)
    return _back(of, msg("The topic was added."))


@area.view("/<slug>/code-list/tags", REVIEWER, methods=("POST",))
def add_tag(c: Context, slug: str) -> Page | Redirect:
    """Add a tag under a topic."""
    of = desk(c, slug)
    form = TagForm.posted()
    try:
        code_list.add_tag(c.session, c.actor, of.id, _topic_id(), name_ko=form.name_ko.data or "",
                          name_en=form.name_en.data or "", description=form.description.data or "", now=c.now)
    except InvalidError as error:
        form.add_problems(error.problems)
        return _list_page(c, of, tag_form=form, status=422)
    return _back(of, msg("The tag was added."))


def _topic_id() -> int:
    """The topic that a form names; 0, which none has, for anything else."""
    return number(request.form.get("topic_id")) or 0


def _back(of: Desk, notice: Message) -> Redirect:
    return Redirect(f"{of.url}code-list", notice=notice)


# ---------------------------------------------------------------------------------------------------------- changing


@area.view("/<slug>/code-list/topics/<int:topic_id>", REVIEWER)
def topic(c: Context, slug: str, topic_id: int) -> Page:
    """A topic's names, to be changed."""
    of = desk(c, slug)
    found, codes = _topic(c, of, topic_id)
    return _entry_page(c, of, found, codes, TopicForm(data=vars(found)))


@area.view("/<slug>/code-list/topics/<int:topic_id>", REVIEWER, methods=("POST",), endpoint="rename_topic")
def rename_topic(c: Context, slug: str, topic_id: int) -> Page | Redirect:
    """Give a topic other names."""
    of = desk(c, slug)
    found, codes = _topic(c, of, topic_id)
    form = TopicForm.posted()
    try:
        code_list.rename_topic(
            c.session, c.actor, of.id, topic_id, name_ko=form.name_ko.data or "", name_en=form.name_en.data or "",
            expected_version=form.version.data or 0, now=c.now)
    except (InvalidError, ConflictError) as error:
        return _again(c, of, found, codes, form, error)
    return _back(of, msg("The topic was changed."))


@area.view("/<slug>/code-list/tags/<int:tag_id>", REVIEWER)
def tag_entry(c: Context, slug: str, tag_id: int) -> Page:
    """A tag's names, topic and description, to be changed."""
    of = desk(c, slug)
    found, codes = _tag(c, of, tag_id)
    return _entry_page(c, of, found, codes, TagForm(data=vars(found)))


@area.view("/<slug>/code-list/tags/<int:tag_id>", REVIEWER, methods=("POST",), endpoint="change_tag")
def change_tag(c: Context, slug: str, tag_id: int) -> Page | Redirect:
    """Give a tag other names, another description or another topic."""
    of = desk(c, slug)
    found, codes = _tag(c, of, tag_id)
    form = TagForm.posted()
    try:
        code_list.change_tag(
            c.session, c.actor, of.id, tag_id, name_ko=form.name_ko.data or "", name_en=form.name_en.data or "",
            description=form.description.data or "", topic_id=_topic_id(), expected_version=form.version.data or 0,
            now=c.now)
    except (InvalidError, ConflictError) as error:
        return _again(c, of, found, codes, form, error)
    return _back(of, msg("The tag was changed."))


@area.view("/<slug>/code-list/tags/<int:tag_id>/retire", REVIEWER, methods=("POST",))
def retire_tag(c: Context, slug: str, tag_id: int) -> Redirect:
    """Offer a tag no more."""
    of = desk(c, slug)
    code_list.retire_tag(c.session, c.actor, of.id, _tag(c, of, tag_id)[0].id, now=c.now)
    return _back(of, msg("The tag is offered no more. What carries it keeps it."))


@area.view("/<slug>/code-list/tags/<int:tag_id>/restore", REVIEWER, methods=("POST",))
def restore_tag(c: Context, slug: str, tag_id: int) -> Redirect:
    """Offer a retired tag again."""
    of = desk(c, slug)
    code_list.restore_tag(c.session, c.actor, of.id, _tag(c, of, tag_id)[0].id, now=c.now)
    return _back(of, msg("The tag is offered again."))


def _topic(c: Context, of: Desk, topic_id: int) -> tuple[TopicFacts, CodeList]:
    codes = code_list.code_list(c.session, of.id)
    found = next((each for each in codes.topics if each.id == topic_id), None)
    if found is None:
        raise _unknown()
    return found, codes


def _tag(c: Context, of: Desk, tag_id: int) -> tuple[TagFacts, CodeList]:
    codes = code_list.code_list(c.session, of.id)
    found = codes.by_id.get(tag_id)
    if found is None:
        raise _unknown()
    return found, codes


def _unknown() -> NotFoundError:
    return NotFoundError(msg("There is no such entry in this code list."))


def _again(c: Context, of: Desk, entry: TopicFacts | TagFacts, codes: CodeList, form: TopicForm | TagForm,
           error: InvalidError | ConflictError) -> Page:
    """The form with everything typed, saying what stands in the way; after a conflict it is bound to what is saved
    now, so that sending it again is a choice and no accident."""
    if isinstance(error, ConflictError):
        form.version.data = error.version
        form.version.raw_data = None
        return _entry_page(c, of, entry, codes, form, conflict=error)
    form.add_problems(error.problems)
    return _entry_page(c, of, entry, codes, form, status=422)


def _entry_page(c: Context, of: Desk, entry: TopicFacts | TagFacts, codes: CodeList, form: TopicForm | TagForm, *,
                conflict: ConflictError | None = None, status: int = 200) -> Page:
    of_tag = isinstance(form, TagForm)
    if isinstance(form, TagForm):
        _with_topics(form, codes, c.locale)
    theirs: Mapping[str, Any] = {} if conflict is None else conflict.theirs
    names = {topic.id: topic.name(c.locale) for topic in codes.topics}
    rows = [(field.label.text, names.get(value, "") if name == "topic_id" else value,
             names.get(_topic_id(), "") if name == "topic_id" else field.data or "")
            for name, value in theirs.items() if (field := form._fields[name]) is not None]
    return page(
        "review/code_list_entry.html", status=409 if conflict else status, desk=of, entry=entry, form=form,
        of_tag=of_tag, conflict_=conflict, rows=rows, decision=policies.can_change_code_list(c.actor, of),
        action=f"{of.url}code-list/{'tags' if of_tag else 'topics'}/{entry.id}")


# --------------------------------------------------------------------------------------------------- whole lists


@area.view("/<slug>/code-list.json", STAFF)
def code_list_file(c: Context, slug: str) -> Bytes:
    """The list as the file that the import of another consultation takes."""
    of = desk(c, slug)
    content = json.dumps(_content(code_list.code_list(c.session, of.id)), ensure_ascii=False, indent=1)
    return Bytes(content.encode(), "application/json; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="code-list-{of.slug}.json"'})


def _content(codes: CodeList) -> dict[str, list[dict[str, str]]]:
    """What a list offers, as the import takes it; retired tags stay behind."""
    keys = {topic.id: topic.key for topic in codes.topics}
    return {
        "topics": [{"key": topic.key, "name_ko": topic.name_ko, "name_en": topic.name_en} for topic in codes.topics],
        "tags": [{"key": tag.key, "topic": keys[tag.topic_id], "name_ko": tag.name_ko, "name_en": tag.name_en,
                  "description": tag.description} for tag in codes.current]}


@area.view("/<slug>/code-list/import", REVIEWER, methods=("POST",))
def import_list(c: Context, slug: str) -> Page | Redirect:
    """Add what another consultation's list or a file has and this one lacks."""
    of = desk(c, slug)
    try:
        topics, tags = code_list.import_code_list(c.session, c.actor, of.id, _chosen(c, of), now=c.now)
    except InvalidError as error:
        found = tuple(each for messages in error.problems.values() for each in messages)
        return _list_page(c, of, problems=found or (error.message,), status=422)
    if not topics and not tags:
        return _back(of, msg("Nothing was added: this code list has all of it already."))
    added = {"topics": nmsg("%(n)s topic", "%(n)s topics", topics), "tags": nmsg("%(n)s tag", "%(n)s tags", tags)}
    return _back(of, msg("Added from the list: %(topics)s and %(tags)s.", **added))


def _chosen(c: Context, of: Desk) -> Mapping[str, Any]:
    """The list that the form names: the file's, where one was sent. Raises InvalidError."""
    file = request.files.get("file")
    if file is not None and file.filename:
        try:
            return _read(file.read(_LARGEST_FILE + 1))
        finally:
            file.close()
    wanted = number(request.form.get("from"))
    if wanted is None:
        raise InvalidError(msg("Choose a consultation or a file to import from."))
    if all(other.id != wanted for other, _ in _others(c, of)):
        raise NotFoundError(msg("There is no such consultation."))
    return _content(code_list.code_list(c.session, wanted))


def _read(content: bytes) -> Mapping[str, Any]:
    if len(content) > _LARGEST_FILE:
        raise InvalidError(msg("The file is too large to be a code list."))
    try:
        read = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidError(msg("The file cannot be read as JSON.")) from error
    if not isinstance(read, dict):
        raise InvalidError(msg("This is no code list: topics and tags with a key and a name each are expected."))
    return read
