"""New texts into the clusters that stand, and a full regrouping as a difference to look at first.

When texts arrive, what is grouped stays. A new text goes to the cluster that suits it best (`assist`), unless it fits
worse than four fifths of the texts fit where they are: those go to the tray, and only the tray is grouped, as
proposals. A full regrouping is somebody's explicit act. It keeps the identity of each cluster where most of it stays
together (Kuhn 1955), leaves locked clusters as they are, and never moves what a person placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from portal.analysis.assist import ClusterSuggestion, Standing
from portal.analysis.clusters import Cluster, grouped, kept_together, named
from portal.analysis.features import Features
from portal.analysis.rows import Vectors
from portal.analysis.texts import Text, Tokens

#: The worst-fitting share of what is grouped: a new text that fits worse than these goes to the tray.
WORST_FITTING: Final = 0.2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where new texts go. `placed` has three clusters at most for each text, the first being the one it was put in;
    texts in the tray have their suggestions in `unsure`. `proposals` are clusters of the tray alone."""

    placed: dict[str, tuple[ClusterSuggestion, ...]]
    unsure: dict[str, tuple[ClusterSuggestion, ...]]
    tray: tuple[str, ...]
    proposals: tuple[Cluster, ...]


def place(features: Features, cluster_of: Mapping[str, str], texts: Sequence[Text], tokens: Sequence[Tokens],
          embeddings: Vectors | None = None) -> Placement:  # fmt: skip
    """New texts into the clusters that stand (`cluster_of`: the cluster of each text at hand that has one).

    The tray that is grouped into proposals is made of the new texts that fit nowhere and the texts at hand that have no
    cluster. Nothing that has a cluster is moved. Raises ValueError for a new text with an id at hand.
    """
    known = set(features.ids)
    order = sorted(range(len(texts)), key=lambda row: texts[row].id)
    ids = [texts[row].id for row in order]
    if len(set(ids)) < len(ids) or known.intersection(ids):
        raise ValueError("two texts with one id")
    standing = Standing(features, cluster_of)
    further = features.of(
        [texts[row] for row in order],
        [tokens[row] for row in order],
        None if embeddings is None else np.asarray(embeddings)[order],
    )
    suggestions = standing.suggestions(further) if standing.clusters else [()] * len(ids)
    least = least_fit(standing)
    fits = [bool(found) and found[0].score >= least for found in suggestions]
    unplaced = [row for row, one in enumerate(features.ids) if one not in cluster_of]
    tray_ids = [features.ids[row] for row in unplaced] + [one for one, fit in zip(ids, fits, strict=True) if not fit]
    tray_vectors = np.vstack([features.vectors[unplaced], further.vectors[[not fit for fit in fits]]])
    by_id = np.argsort(np.asarray(tray_ids, dtype=object), kind="stable") if tray_ids else np.zeros(0, dtype=np.intp)
    tray_ids = [tray_ids[row] for row in by_id]
    proposed = named(tray_ids, grouped(tray_vectors[by_id], tray_ids))
    return Placement(
        {one: found for one, found, fit in zip(ids, suggestions, fits, strict=True) if fit},
        {one: found for one, found, fit in zip(ids, suggestions, fits, strict=True) if not fit},
        tuple(tray_ids),
        _renamed(proposed.clusters, set(cluster_of.values())),
    )


def least_fit(standing: Standing) -> float:
    """The fit below which the worst-fitting fifth of the grouped texts lies; while no cluster has two texts nothing is
    known of it, and nothing fits."""
    fits = standing.scores_of_own()
    return float(np.quantile(fits, WORST_FITTING)) if len(fits) else float("inf")


def _renamed(clusters: Iterable[Cluster], taken: set[str]) -> tuple[Cluster, ...]:
    """The clusters with numbers that are not taken."""
    fresh = (name for number in range(1, len(taken) + 1_000_000) if (name := f"c{number}") not in taken)
    return tuple(Cluster(next(fresh), cluster.members) for cluster in clusters)


@dataclass(frozen=True, slots=True)
class Move:
    """A text that a regrouping would move: from a cluster to another; None is the tray."""

    id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Regrouping:
    """What a full regrouping would change. `clusters` keep their ids where most of them stays together; `new` are ids
    that were not there, `gone` those of which nothing is left."""

    clusters: tuple[Cluster, ...]
    tray: tuple[str, ...]
    moves: tuple[Move, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]


def regroup(features: Features, cluster_of: Mapping[str, str], locked: Iterable[str] = (),
            placed_by_people: Iterable[str] = (), together: Iterable[Sequence[str]] = ()) -> Regrouping:  # fmt: skip
    """All texts at hand grouped anew, as a difference to what stands; nothing is changed.

    `locked` clusters keep their members and take no other; texts in `placed_by_people` stay in the cluster (or the
    tray) where a person put them. What belongs `together` (the letters of a campaign) is else kept in one.
    """
    before: dict[str, str | None] = {one: cluster_of.get(one) for one in features.ids}
    closed = set(locked)
    stays = {one for one in placed_by_people if one in before} | {one for one in before if before[one] in closed}
    free = [row for row, one in enumerate(features.ids) if before[one] not in closed]
    names = [features.ids[row] for row in free]
    found = named(names, kept_together(grouped(features.vectors[free], names), names, together))
    after: dict[str, str | None] = {one: before[one] if one in stays else None for one in before}
    carried = _carried(found.clusters, before)
    fresh = _renamed((one for one in found.clusters if one.id not in carried), set(cluster_of.values()))
    by_members = {cluster.members: cluster.id for cluster in fresh}
    for cluster in found.clusters:
        identity = carried.get(cluster.id) or by_members[cluster.members]
        after.update((one, identity) for one in cluster.members if one not in stays)
    return _difference(before, after)


def _carried(clusters: Sequence[Cluster], before: Mapping[str, str | None]) -> dict[str, str]:
    """For new clusters the old one of which they keep most, each old one once, the texts kept in all being the most."""
    old = sorted({cluster for cluster in before.values() if cluster is not None})
    if not old or not clusters:
        return {}
    column = {cluster: number for number, cluster in enumerate(old)}
    shared = np.zeros((len(clusters), len(old)))
    for row, cluster in enumerate(clusters):
        for one in cluster.members:
            was = before[one]
            if was is not None:
                shared[row, column[was]] += 1
    rows, columns = linear_sum_assignment(-shared)
    return {clusters[row].id: old[col] for row, col in zip(rows, columns, strict=True) if shared[row, col] > 0}


def _difference(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Regrouping:
    members: dict[str, list[str]] = {}
    for one in sorted(after):
        cluster = after[one]
        if cluster is not None:
            members.setdefault(cluster, []).append(one)
    was = {cluster for cluster in before.values() if cluster is not None}
    clusters = tuple(
        Cluster(cluster, tuple(texts))
        for cluster, texts in sorted(members.items(), key=lambda item: (-len(item[1]), item))
    )
    return Regrouping(
        clusters,
        tuple(one for one in sorted(after) if after[one] is None),
        tuple(Move(one, before[one], after[one]) for one in sorted(after) if before[one] != after[one]),
        tuple(sorted(set(members) - was)),
        tuple(sorted(was - set(members))),
    )
