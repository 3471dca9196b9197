"""What was done, in one line: for the notice after an act and for the history of a consultation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError
from portal.kernel.i18n import Message, msg, nmsg
from portal.review import batches
from portal.review.batches import SKIPPED, BatchFacts, Done
from portal.review.code_list import CodeList
from portal.review.desk import Desk
from portal.review.queries import ClusterName
from portal.suggestions.queries import Act
from portal.web.access import Context
from portal.web.review.area import number
from portal.web.review.forms import ClusterForm


def clusters_of(done: Collection[BatchFacts]) -> set[int]:
    """The clusters that these acts name."""
    return {batch.data["to"] for batch in done if batch.data.get("to") is not None}


def not_done(error: PortalError, form: ClusterForm | None = None) -> dict[str, Any]:
    """What a page says of an act that did not succeed, as `conflict` or `problem`; the form as it was sent says what is
    wrong with it, and bears the version that stands now."""
    if isinstance(error, InvalidError) and form is not None:
        form.add_problems(error.problems)
    if not isinstance(error, ConflictError):
        return {"problem": error}
    if form is not None:
        form.version.data, form.version.raw_data = error.version, None
    return {"conflict": error}


def just_done(c: Context, of: Desk) -> BatchFacts | None:
    """The act that this page comes from, while its own maker can take it back."""
    batch_id = number(request.args.get("done"))
    found = None if batch_id is None else batches.batch(c.session, of.id, batch_id)
    return found if found is not None and found.made_by == c.actor.account_id and found.undone_at is None else None


def said(batch: BatchFacts, codes: CodeList, names: Mapping[int, ClusterName], locale: str) -> Message:
    """An act as a sentence."""
    n = batch.segment_count
    if batch.verb == "tagged":
        return _tagged(batch.data, n, codes, locale)
    if batch.verb in ("moved", "clustered"):
        to = batch.data.get("to")
        if to is None:
            return nmsg("Taken out of its cluster: %(n)s segment", "Taken out of their clusters: %(n)s segments", n)
        title = names[to].title(locale) if to in names else f"#{to}"
        if letters := batch.data.get("letters"):
            return nmsg("Moved to the cluster “%(title)s”: %(n)s letter, in %(segments)s segments",
                        "Moved to the cluster “%(title)s”: %(n)s letters, in %(segments)s segments", letters,
                        segments=n, title=title)
        return nmsg("Moved to the cluster “%(title)s”: %(n)s segment",
                    "Moved to the cluster “%(title)s”: %(n)s segments", n, title=title)
    if batch.verb == "merged":
        to = batch.data["to"]
        return nmsg("Merged into the cluster “%(title)s”: %(n)s segment",
                    "Merged into the cluster “%(title)s”: %(n)s segments", n,
                    title=names[to].title(locale) if to in names else f"#{to}")
    if batch.verb == "regrouped":
        return nmsg("Regrouped as proposed: %(n)s segment", "Regrouped as proposed: %(n)s segments", n)
    if batch.verb == "split":
        return nmsg("Comment cut into %(n)s part", "Comment cut into %(n)s parts", n)
    return nmsg("Carried over from an earlier filing, word for word the same: %(n)s segment",
                "Carried over from an earlier filing, word for word the same: %(n)s segments", n)


def said_of_proposal(act: Act, locale: str) -> Message:
    """What was done to a proposal, as a sentence."""
    title = act.proposal.title(locale) or f"#{act.proposal.id}"
    others = ", ".join(f"“{each.title(locale) or each.id}”" for each in act.others)
    match act.what:
        case "merged":
            return msg("Merged into the proposal “%(title)s”: %(others)s", title=title, others=others)
        case "split":
            return nmsg("Split off from the proposal “%(title)s” as %(others)s: %(n)s segment",
                        "Split off from the proposal “%(title)s” as %(others)s: %(n)s segments", act.segments,
                        title=title, others=others)
        case "titles":
            return msg("The proposal “%(title)s” was given this title", title=title)
    if act.others:
        return nmsg("Moved from the proposal “%(title)s” to %(others)s: %(n)s segment",
                    "Moved from the proposal “%(title)s” to %(others)s: %(n)s segments", act.segments, title=title,
                    others=others)
    return nmsg("Taken out of the proposal “%(title)s”: %(n)s segment",
                "Taken out of the proposal “%(title)s”: %(n)s segments", act.segments, title=title)


def left_out(done: Done) -> Message | None:
    """The same for a page that tells by itself how many segments were placed: only where some were left out."""
    told = done.batch_id and not any(ids for why, ids in done.preview.skipped.items() if why != "unchanged")
    return None if told else taken_over(done)


def taken_over(done: Done) -> Message:
    """What became of a suggestion that was accepted: how many segments were placed, what was left out and why."""
    said = nmsg("%(n)s segment was placed.", "%(n)s segments were placed.", done.changed)
    for why, ids in done.preview.skipped.items():
        if ids and why != "unchanged":
            left = nmsg("%(n)s was left out: %(why)s", "%(n)s were left out: %(why)s", len(ids), why=SKIPPED[why])
            said = msg("%(said)s %(more)s", said=said, more=left)
    return said


def _tagged(data: Mapping[str, Any], n: int, codes: CodeList, locale: str) -> Message:
    def names(ids: Collection[int]) -> str:
        return ", ".join(codes.by_id[each].name(locale) for each in ids if each in codes.by_id)

    added, removed = data.get("added", []), data.get("removed", [])
    if added and removed:
        return nmsg("Tagged %(added)s, taken away %(removed)s: %(n)s segment",
                    "Tagged %(added)s, taken away %(removed)s: %(n)s segments", n, added=names(added),
                    removed=names(removed))
    if added:
        return nmsg("Tagged %(tags)s: %(n)s segment", "Tagged %(tags)s: %(n)s segments", n, tags=names(added))
    return nmsg("Tag %(tags)s taken away: %(n)s segment", "Tag %(tags)s taken away: %(n)s segments", n,
                tags=names(removed))
