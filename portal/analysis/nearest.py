"""The nearest of many vectors: exactly, block by block, and for many by looking in the nearest of their cells alone.

Nearness is the product of two vectors. Of equals the first wins, so that the result is the same each time.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from portal.analysis.rows import Sparse, Vectors

#: Up to so many vectors all pairs are looked at.
EXACT_UP_TO: Final = 12_000
_BLOCK: Final = 1_024
_CELLS_SOUGHT: Final = 12
_ROUNDS: Final = 6


def nearest(vectors: Vectors, others: Vectors, count: int, kinds: NDArray[Any] | None = None,
            kinds_of_others: NDArray[Any] | None = None, *, itself: bool = True) -> Sparse:  # fmt: skip
    """For each vector the `count` others with the greatest product above zero, of its own kind alone where kinds are
    given: n × m, the weights the products. Without `itself`, vectors and others are the same and no row has its own.

    Among more than EXACT_UP_TO others of a kind, a few percent of the nearest may be missed.
    """
    rows: list[NDArray[np.intp]] = []
    columns: list[NDArray[np.intp]] = []
    values: list[NDArray[np.float32]] = []
    if kinds is None or kinds_of_others is None:
        kinds, kinds_of_others = np.zeros(len(vectors)), np.zeros(len(others))
    for kind in np.unique(kinds):
        these, those = np.flatnonzero(kinds == kind), np.flatnonzero(kinds_of_others == kind)
        for sought, among in _searches(vectors, others, these, those):
            for start in range(0, len(sought), _BLOCK):
                block = sought[start : start + _BLOCK]
                near = vectors[block] @ others[among].T
                if not itself:
                    near[block[:, None] == among[None, :]] = 0
                best = _best(near, count)
                found = np.take_along_axis(near, best, 1)
                kept = found > 0
                rows.append(np.repeat(block, kept.sum(axis=1)))
                columns.append(among[best[kept]])
                values.append(found[kept])
    size = (len(vectors), len(others))
    if not rows:
        return sp.csr_array(size, dtype=np.float32)
    places = (np.concatenate(rows), np.concatenate(columns))
    return sp.csr_array((np.concatenate(values), places), shape=size)


def _best(near: Vectors, count: int) -> NDArray[np.intp]:
    """The columns of the `count` greatest of each row."""
    if count >= near.shape[1]:
        return np.broadcast_to(np.arange(near.shape[1]), near.shape)
    return np.argpartition(near, -count, axis=1)[:, -count:]


def _searches(vectors: Vectors, others: Vectors, these: NDArray[np.intp], those: NDArray[np.intp]) -> Any:
    """What is sought among what: all among all, or each cell's among those of the cells nearest to it."""
    if not len(those):
        return
    if len(those) <= EXACT_UP_TO:
        yield these, those
        return
    centres = _centres(others[those])
    cell_of_these, cell_of_those = _cells(vectors[these], centres), _cells(others[those], centres)
    around = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :_CELLS_SOUGHT]
    by_cell = np.argsort(cell_of_those, kind="stable")
    starts = np.searchsorted(cell_of_those[by_cell], np.arange(len(centres) + 1))
    members = [those[by_cell[starts[cell] : starts[cell + 1]]] for cell in range(len(centres))]
    for cell in np.unique(cell_of_these):
        yield these[cell_of_these == cell], np.sort(np.concatenate([members[one] for one in around[cell]]))


def _centres(vectors: Vectors) -> Vectors:
    """The middles of about as many cells as there are vectors in each (spherical k-means, a few rounds on a sample)."""
    count = int(len(vectors) ** 0.5)
    sample = vectors[:: max(1, len(vectors) // (count * 64))]
    centres = sample[:: max(1, len(sample) // count)][:count].copy()
    for _ in range(_ROUNDS):
        cells = _cells(sample, centres)
        onto = sp.csr_array((np.ones(len(sample), dtype=np.float32), (cells, np.arange(len(sample)))),
                            shape=(len(centres), len(sample)))  # fmt: skip
        sums = onto @ sample
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres).astype(np.float32)
    return centres


def _cells(vectors: Vectors, centres: Vectors) -> NDArray[np.intp]:
    blocks = (vectors[start : start + 8 * _BLOCK] @ centres.T for start in range(0, len(vectors), 8 * _BLOCK))
    return np.concatenate([block.argmax(axis=1) for block in blocks])
