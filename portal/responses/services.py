"""Writing, reviewing, approving and publishing responses.

An approval binds to the exact text by its digest: every edit drops it and leads back to drafting, and what an approver
has not seen cannot be approved. Publishing writes an edition that never changes; a later change is another edition.
Each act locks cluster, response and segments in this order, decides coverage anew and writes its audit event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.jobs.queue import mark_dirty
from portal.kernel import public_words
from portal.kernel.actor import SYSTEM, Actor
from portal.kernel.audit import record
from portal.kernel.errors import ConflictError, InvalidError, NotFoundError, StateError
from portal.kernel.i18n import Message, msg, nmsg
from portal.kernel.text import REMARK_LIMIT, typed
from portal.ledger.commitments import digest
from portal.responses import policies, steps
from portal.responses.models import DISPOSITIONS, Response, ResponseAuthor, ResponseEdition
from portal.review import batches, clause_index, coverage
from portal.review.coverage import Scope
from portal.review.desk import Desk, desk_by_id
from portal.review.models import Segment
from portal.review.policies import require_knowledge
from portal.review.services import require_cluster

#: The longest text of a response in one language, in characters.
MAX_TEXT: Final = 20_000
#: The most clauses that one response can name.
MAX_CLAUSES: Final = 200

_VERBS: Final = {"drafted": "response.drafted", "changed": "response.changed", "step": "response.step_changed",
                 "published": "response.published"}


@dataclass(frozen=True)
class ChangedClause:
    """A clause of a draft version that carries the change."""

    version: int
    eid: str


@dataclass(frozen=True)
class ResponseInput:
    """What is typed of a response. `disposition` None: not decided yet."""

    disposition: str | None = None
    text_ko: str = ""
    text_en: str = ""
    changed_clauses: tuple[ChangedClause, ...] = ()


@dataclass(frozen=True)
class Saved:
    """What an act left: the step and the version that the next one starts from. `dropped`: an approval was dropped;
    `told`: what was taken out of the texts."""

    id: int
    version: int
    step: str
    dropped: bool = False
    told: tuple[Message, ...] = ()


def content_digest(response_id: int, disposition: str | None, text_ko: str, text_en: str,
                   changed_clauses: Sequence[Any]) -> str:
    """What an approval binds to: the SHA-256 of everything that would be published of this response."""
    return digest({"response": response_id, "disposition": disposition, "text_ko": text_ko, "text_en": text_en,
                   "changed_clauses": [[each["version"], each["eid"]] for each in changed_clauses]})


def digest_of(row: Response) -> str:
    """The digest of a response's text as it stands."""
    return content_digest(row.id, row.disposition, row.text_ko, row.text_en, row.changed_clauses)


# ----------------------------------------------------------------------------------------------------------- writing


def draft_response(session: Session, actor: Actor, consultation_id: int, *, cluster_id: int | None = None,
                   segment_id: int | None = None, now: datetime) -> int:
    """Begin the response to a cluster or to one segment; its id. One that exists already is the answer.

    Raises NotFoundError, RefusedError, StateError for a segment that does not count any more.
    """
    if (cluster_id is None) == (segment_id is None):
        raise ValueError("a response is to a cluster or to a segment")
    desk = _desk(session, actor, consultation_id)
    policies.can_draft(actor, desk).require()
    where = _lock_subject(session, consultation_id, cluster_id, segment_id)
    made: int | None = session.scalar(
        insert(Response).values(
            consultation_id=consultation_id, cluster_id=cluster_id, segment_id=segment_id, disposition=None,
            text_ko="", text_en="", changed_clauses=[], step="drafting", edition=0, created_by=actor.require_account(),
            created_at=now, updated_by=actor.account_id, updated_at=now, version=1)
        .on_conflict_do_nothing().returning(Response.id))
    if made is None:
        subject = Response.cluster_id == cluster_id if cluster_id is not None else Response.segment_id == segment_id
        found: int = session.execute(select(Response.id).where(subject)).scalar_one()
        return found
    coverage.recompute(session, where)
    _record(session, actor, desk, "drafted", made, now, cluster=cluster_id, segment=segment_id)
    return made


def save_response(session: Session, actor: Actor, consultation_id: int, response_id: int, given: ResponseInput, *,
                  expected_version: int, now: datetime) -> Saved:
    """Save disposition, texts and changed clauses. Whoever changes anything becomes an author; at any step after
    drafting the response goes back to it, and an approval is dropped. What is as it was changes nothing.

    Raises ConflictError with what stands there now for a stale save, InvalidError naming the fields, RefusedError,
    StateError.
    """
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    clean, told = _clean(session, consultation_id, given)
    stored = {name: getattr(row, name) for name in clean}
    if stored == clean:
        return Saved(row.id, row.version, row.step, told=told)
    if row.version != expected_version:
        raise _stale(session, row, stored)
    _require(actor, desk, row, "edit", session, now)
    _require_counts(session, row)
    was = row.step
    dropped = row.approved_digest is not None
    if row.approved_at is not None:  # the first change since an approval: authorship begins anew
        session.execute(delete(ResponseAuthor).where(ResponseAuthor.response_id == row.id))
    session.execute(insert(ResponseAuthor).values(response_id=row.id, account_id=actor.require_account(), since=now)
                    .on_conflict_do_nothing())
    for name, value in clean.items():
        setattr(row, name, value)
    row.step = "drafting"
    row.approved_digest = row.approved_at = row.approved_by = None
    _touch(session, row, actor, now)
    coverage.recompute(session, where)
    changed = sorted(name for name, value in clean.items() if stored[name] != value)
    _record(session, actor, desk, "changed", row.id, now, fields=changed, digest=digest_of(row),
            disposition=row.disposition)
    if was != "drafting":
        _record(session, actor, desk, "step", row.id, now, act="edit", before=was, after="drafting", dropped=dropped)
    return Saved(row.id, row.version, row.step, dropped, told)


def _clean(session: Session, consultation_id: int, given: ResponseInput) -> tuple[dict[str, Any], tuple[Message, ...]]:
    read = {"text_ko": typed(given.text_ko, limit=MAX_TEXT), "text_en": typed(given.text_en, limit=MAX_TEXT)}
    problems: dict[str, list[Message]] = {name: list(each.problems) for name, each in read.items() if each.problems}
    for name, each in read.items():
        if numbers := public_words.problems(each.text):
            problems.setdefault(name, []).extend(numbers)
    if given.disposition is not None and given.disposition not in DISPOSITIONS:
        problems["disposition"] = [msg("Choose one of the results.")]
    known = {version.number: version for version in clause_index.index(session, consultation_id).versions}
    wanted = sorted(set(given.changed_clauses), key=lambda c: (
        c.version, clause_index.order(known[c.version], c.eid) if c.version in known else 0, c.eid))
    if len(wanted) > MAX_CLAUSES or any(c.version not in known or c.eid not in known[c.version].clauses
                                        for c in wanted):
        problems["changed_clauses"] = [msg("Choose clauses of a published version of the draft.")]
    if problems:
        raise InvalidError(msg("The response was not saved: something needs your attention."), problems,
                           spans=public_words.spans({name: each.text for name, each in read.items()}),
                           kept=msg("What you typed is still here."))
    values = {"disposition": given.disposition, "text_ko": read["text_ko"].text, "text_en": read["text_en"].text,
              "changed_clauses": [{"version": c.version, "eid": c.eid} for c in wanted]}
    return values, tuple(message for each in read.values() for message in each.told)


# ------------------------------------------------------------------------------------------------------ step by step


def send_for_approval(session: Session, actor: Actor, consultation_id: int, response_id: int, *,
                      expected_version: int, now: datetime) -> Saved:
    """Send a finished draft on: to the reviews that are set for the consultation, or straight to approval.

    Raises InvalidError while disposition or Korean text is missing.
    """
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "send", session, now)
    _require_version(session, row, expected_version)
    _require_counts(session, row)
    problems: dict[str, list[Message]] = {}
    if row.disposition is None:
        problems["disposition"] = [msg("Choose a result first.")]
    if not row.text_ko:
        problems["text_ko"] = [msg("Write the reason in Korean first.")]
    if problems:
        raise InvalidError(msg("This response is not complete yet, so it was not sent on."), problems)
    return _step(session, actor, desk, row, where, "send", now)


def pass_review(session: Session, actor: Actor, consultation_id: int, response_id: int, *, expected_version: int,
                now: datetime) -> Saved:
    """Pass a technical or legal review: on to the next step. By a reviewer or adviser who wrote none of it."""
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "pass", session, now)
    _require_version(session, row, expected_version)
    _require_counts(session, row)
    return _step(session, actor, desk, row, where, "pass", now)


def send_back(session: Session, actor: Actor, consultation_id: int, response_id: int, *, note: str,
              expected_version: int, now: datetime) -> Saved:
    """Send a response back to drafting, saying why. An approval is dropped. Raises InvalidError without a note."""
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "send_back", session, now)
    _require_version(session, row, expected_version)
    read = typed(note, limit=REMARK_LIMIT)
    problems = list(read.problems) or ([] if read.text else [msg("Say in a few words why it goes back.")])
    if problems:
        raise InvalidError(msg("The response was not sent back: something needs your attention."), {"note": problems})
    return _step(session, actor, desk, row, where, "send_back", now, note=read.text)


def approve(session: Session, actor: Actor, consultation_id: int, response_id: int, *, seen_digest: str,
            now: datetime) -> Saved:
    """Approve exactly the text that the approver has seen (`seen_digest`, see `content_digest`).

    Raises ConflictError when it changed since, RefusedError for an author.
    """
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    if digest_of(row) != seen_digest:
        raise _stale(session, row, _values(row), what_next=msg("Read the text as it stands now before you approve it."))
    _require(actor, desk, row, "approve", session, now)
    _require_counts(session, row)
    row.approved_digest, row.approved_by, row.approved_at = seen_digest, actor.require_account(), now
    return _step(session, actor, desk, row, where, "approve", now, digest=seen_digest)


def publish(session: Session, actor: Actor, consultation_id: int, response_id: int, *, expected_version: int,
            now: datetime) -> Saved:
    """Publish an approved response: its edition is written and never changes again. The publication is made anew.

    Raises StateError before the consultation's rule allows it, when nothing that counts would be answered, and for the
    first edition to a cluster while segments of it are to be answered by themselves and are not yet: the public would
    read the cluster's response as their answer.
    """
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "publish", session, now)
    _require_version(session, row, expected_version)
    if digest_of(row) != row.approved_digest:
        raise StateError(msg("The text is not the one that was approved. It has to be approved again."))
    _require_counts(session, row, publishing=True)
    _require_no_other_answer(session, row)
    assert row.disposition is not None and row.approved_at is not None
    row.edition += 1
    session.add(ResponseEdition(
        response_id=row.id, number=row.edition, disposition=row.disposition, text_ko=row.text_ko, text_en=row.text_en,
        changed_clauses=row.changed_clauses, digest=row.approved_digest, approved_by=row.approved_by,
        approved_at=row.approved_at, published_by=actor.require_account(), published_at=now))
    saved = _step(session, actor, desk, row, where, "publish", now)
    _record(session, actor, desk, "published", row.id, now, edition=row.edition, digest=row.approved_digest)
    mark_dirty(session, "publication", consultation_id, now=now)
    return saved


def begin_edition(session: Session, actor: Actor, consultation_id: int, response_id: int, *, expected_version: int,
                  now: datetime) -> Saved:
    """Take a published response back to drafting for a new edition; the public goes on reading the published one."""
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "reopen", session, now)
    _require_version(session, row, expected_version)
    return _step(session, actor, desk, row, where, "reopen", now)


def give_up_edition(session: Session, actor: Actor, consultation_id: int, response_id: int, *, expected_version: int,
                    now: datetime) -> Saved:
    """Back to the edition that the public reads, as it was approved. What was typed for a new one is kept in the
    response's history alone.

    Raises StateError where nothing was published yet.
    """
    desk, row, where = _locked(session, actor, consultation_id, response_id)
    _require(actor, desk, row, "give_up", session, now)
    _require_version(session, row, expected_version)
    edition = session.scalars(select(ResponseEdition).where(
        ResponseEdition.response_id == row.id, ResponseEdition.number == row.edition)).one_or_none()
    if edition is None:
        raise StateError(msg("Nothing of this response was published yet, so there is no edition to go back to."))
    typed_since = {} if digest_of(row) == edition.digest else {"given_up": _values(row)}
    row.disposition, row.text_ko, row.text_en = edition.disposition, edition.text_ko, edition.text_en
    row.changed_clauses = list(edition.changed_clauses)
    row.approved_digest, row.approved_by, row.approved_at = edition.digest, edition.approved_by, edition.approved_at
    return _step(session, actor, desk, row, where, "give_up", now, **typed_since)


def carry_over(session: Session, *, from_segment_id: int, to_segment_id: int, now: datetime) -> None:
    """Let a segment's own response follow to the segment of a later filing that says the same word for word.

    Can run twice, and does nothing where the new segment has been answered meanwhile or the old one still counts.
    """
    row = session.scalars(select(Response).where(Response.segment_id == from_segment_id).with_for_update()).first()
    if row is None:
        return
    where = coverage.of_segments([from_segment_id, to_segment_id])
    coverage.lock(session, where)
    excuses = dict(session.execute(select(Segment.id, Segment.excuse).where(
        Segment.id.in_([from_segment_id, to_segment_id]))).all())
    taken = session.scalar(select(Response.id).where(Response.segment_id == to_segment_id))
    if excuses.get(from_segment_id) != "superseded" or excuses.get(to_segment_id, "gone") is not None or taken:
        return
    row.segment_id = to_segment_id
    row.version += 1
    session.flush()
    coverage.recompute(session, where)
    desk = desk_by_id(session, row.consultation_id)
    if row.edition:
        mark_dirty(session, "publication", row.consultation_id, now=now)
    _record(session, SYSTEM, desk, "changed", row.id, now, carried_from=from_segment_id, carried_to=to_segment_id)


# ------------------------------------------------------------------------------------------------------------ inside


def _desk(session: Session, actor: Actor, consultation_id: int) -> Desk:
    desk = desk_by_id(session, consultation_id)
    require_knowledge(actor, desk)
    return desk


def _locked(session: Session, actor: Actor, consultation_id: int, response_id: int) -> tuple[Desk, Response, Scope]:
    desk = _desk(session, actor, consultation_id)
    found = session.execute(select(Response.cluster_id, Response.segment_id).where(
        Response.id == response_id, Response.consultation_id == consultation_id)).first()
    if found is None:
        raise unknown_response()
    if found.cluster_id is not None:
        batches.lock_clusters(session, [found.cluster_id])
        require_cluster(session, consultation_id, found.cluster_id)
    row = session.get_one(Response, response_id, with_for_update=True, populate_existing=True)
    where = _scope(row.cluster_id, row.segment_id)
    coverage.lock(session, where)
    return desk, row, where


def _lock_subject(session: Session, consultation_id: int, cluster_id: int | None, segment_id: int | None) -> Scope:
    if cluster_id is not None:
        batches.lock_clusters(session, [cluster_id])
        require_cluster(session, consultation_id, cluster_id)
    where = _scope(cluster_id, segment_id)
    coverage.lock(session, where)
    if segment_id is not None:
        segment = session.execute(select(Segment.consultation_id, Segment.excuse, Segment.no_point).where(
            Segment.id == segment_id)).first()
        if segment is None or segment.consultation_id != consultation_id:
            raise NotFoundError(msg("There is no such segment in this consultation."))
        if segment.excuse is not None:
            raise _does_not_count(segment.excuse)
        if segment.no_point:
            raise StateError(msg("This passage is marked as making no point, so it gets no response of its own."))
    return where


def _scope(cluster_id: int | None, segment_id: int | None) -> Scope:
    if cluster_id is not None:
        return coverage.of_cluster(cluster_id)
    assert segment_id is not None
    return coverage.of_segments([segment_id])


def unknown_response() -> NotFoundError:
    """What is told of a response that is not there, or not in this consultation."""
    return NotFoundError(msg("There is no such response in this consultation."))


def _authors(session: Session, response_id: int) -> frozenset[int]:
    return frozenset(session.scalars(select(ResponseAuthor.account_id).where(
        ResponseAuthor.response_id == response_id)))


def _require(actor: Actor, desk: Desk, row: Response, act: str, session: Session, now: datetime) -> None:
    policies.can(act, actor, desk, row.step, _authors(session, row.id), now).require()


def _require_counts(session: Session, row: Response, *, publishing: bool = False) -> None:
    """A response to a segment that does not count any more goes no further; to publish one to a cluster, at least one
    segment has to be in it."""
    if row.segment_id is not None:
        excuse = session.scalar(select(Segment.excuse).where(Segment.id == row.segment_id))
        if excuse is not None:
            raise _does_not_count(excuse)
    elif publishing and session.scalar(select(Segment.id).where(
            Segment.cluster_id == row.cluster_id, Segment.excuse.is_(None)).limit(1)) is None:
        raise StateError(msg("No segment that counts is in this cluster, so there is nobody to answer."))


def _require_no_other_answer(session: Session, row: Response) -> None:
    if row.cluster_id is None or row.edition:
        return
    apart = session.scalar(
        select(func.count()).select_from(Segment).join(Response, Response.segment_id == Segment.id)
        .where(Segment.cluster_id == row.cluster_id, Segment.excuse.is_(None), Response.edition == 0,
               Response.disposition.is_not(None)))
    if apart:
        raise StateError(
            nmsg("%(n)s segment of this cluster is to be answered by itself, and that answer is not published yet.",
                 "%(n)s segments of this cluster are to be answered by themselves, and those answers are not published "
                 "yet.", apart),
            what_next=msg("Publish those first, or take these segments out of the cluster."))


_EXCUSED: Final = {
    "superseded": msg("The comment was superseded by a later filing, so this response answers nothing any more."),
    "withdrawn": msg("The submission was withdrawn, so this response answers nothing any more."),
    "erased": msg("The comment was erased by law, so this response answers nothing any more."),
}


def _does_not_count(excuse: str) -> StateError:
    return StateError(_EXCUSED[excuse], what_next=msg("Answer the segment of the later filing, if there is one."))


def _values(row: Response) -> dict[str, Any]:
    return {"disposition": row.disposition, "text_ko": row.text_ko, "text_en": row.text_en,
            "changed_clauses": list(row.changed_clauses)}


def _stale(session: Session, row: Response, theirs: dict[str, Any], *,
           what_next: Message | None = None) -> ConflictError:
    who = session.scalar(select(Account.name).where(Account.id == row.updated_by)) or ""
    return ConflictError(
        msg("%(who)s changed this response since your page was made.", who=who), changed_by=who,
        changed_at=row.updated_at, theirs=theirs, version=row.version, what_next=what_next,
        kept=msg("What you typed is still here."))


def _require_version(session: Session, row: Response, expected_version: int) -> None:
    if row.version != expected_version:
        raise _stale(session, row, _values(row))


def _step(session: Session, actor: Actor, desk: Desk, row: Response, where: Scope, act: str, now: datetime,
          **data: Any) -> Saved:
    track = steps.track(technical_review=desk.technical_review, legal_review=desk.legal_review)
    before, row.step = row.step, steps.destination(row.step, act, track)
    dropped = row.step not in ("approved", "published") and row.approved_digest is not None
    if dropped:
        row.approved_digest = None
    _touch(session, row, actor, now)
    coverage.recompute(session, where)
    _record(session, actor, desk, "step", row.id, now, act=act, before=before, after=row.step, **data)
    return Saved(row.id, row.version, row.step, dropped)


def _touch(session: Session, row: Response, actor: Actor, now: datetime) -> None:
    row.updated_by, row.updated_at = actor.account_id, now
    row.version += 1
    session.flush()


def _record(session: Session, actor: Actor, desk: Desk, verb: str, response_id: int, now: datetime,
            **data: Any) -> None:
    record(session, actor, _VERBS[verb], "response", response_id, now=now, ministry_id=desk.ministry_id,
           consultation_id=desk.id, **data)


