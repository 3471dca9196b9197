"""What was done, in one line: for the notice after an act and for the history of a consultation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from portal.kernel.i18n import Message, nmsg
from portal.review.batches import BatchFacts
from portal.review.code_list import CodeList
from portal.review.queries import ClusterName


def clusters_of(batches: Collection[BatchFacts]) -> set[int]:
    """The clusters that these acts name."""
    return {batch.data["to"] for batch in batches if batch.data.get("to") is not None}


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
        return nmsg("Moved to the cluster “%(title)s”: %(n)s segment",
                    "Moved to the cluster “%(title)s”: %(n)s segments", n, title=title)
    if batch.verb == "split":
        return nmsg("Comment cut into %(n)s part", "Comment cut into %(n)s parts", n)
    return nmsg("Carried over from an earlier filing, word for word the same: %(n)s segment",
                "Carried over from an earlier filing, word for word the same: %(n)s segments", n)


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
