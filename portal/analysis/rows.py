"""Rows of numbers that stand for texts, brought to one length or to one sum."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Sparse: TypeAlias = sp.csr_array

#: What a length or a sum is at the least, so that rows of nothing stay rows of nothing.
_LEAST = 1e-9


def unit(vectors: Any) -> Vectors:
    """Each row of length one (or none)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, _LEAST), dtype=np.float32)


def unit_rows(matrix: Sparse) -> Sparse:
    """The same of a sparse matrix."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    result = sp.csr_array(sp.diags_array(1 / np.maximum(lengths, _LEAST)) @ matrix).astype(np.float32)
    result.eliminate_zeros()
    return result


def rows_of_one(matrix: Sparse) -> Sparse:
    """Each row's weights sum up to one (or are none)."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return sp.csr_array(sp.diags_array(1 / np.maximum(sums, _LEAST)) @ matrix).astype(np.float32)
