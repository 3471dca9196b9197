"""A conditional random field over the sentences of a paragraph, learnt: the weights of `portal.analysis.letters`.

Each sentence is outside passages, begins one, or goes on with one. The weights are those that make the marked
sequences likeliest, held back from growing (J. Lafferty, A. McCallum, F. Pereira: Conditional Random Fields, 2001). All
paragraphs are taken at once, as arrays of the length of the longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from portal.analysis.learning import Vector

#: How strongly weights are held back from growing, constants less.
_HELD_BACK = 4.0
_CONSTANT_HELD_BACK = 0.01
_OUTSIDE, _BEGINS, _WITHIN = range(3)
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What speaks for each sentence of a paragraph to be of a passage, and for one to begin with it (the first of each
    always one), which passage each is of (-1 for none), and what the paragraph counts."""

    inside: Vector
    begins: Vector
    given: Any
    counts: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What is learnt: of the columns, and for passages to begin behind no passage and to end."""

    inside: Vector
    begins: Vector
    enters: float
    leaves: float


def learn(paragraphs: Sequence[Paragraph]) -> Weights:
    """The weights that paragraphs teach."""
    size, longest = len(paragraphs), max(len(one.given) for one in paragraphs)
    inside = np.zeros((size, longest, paragraphs[0].inside.shape[1]))
    begins = np.zeros((size, longest, paragraphs[0].begins.shape[1]))
    states, there = np.zeros((size, longest), dtype=int), np.zeros((size, longest), dtype=bool)
    for row, one in enumerate(paragraphs):
        length = len(one.given)
        inside[row, :length], begins[row, :length], there[row, :length] = one.inside, one.begins, True
        goes_on = np.append(False, one.given[1:] == one.given[:-1])
        states[row, :length] = np.where(one.given < 0, _OUTSIDE, np.where(goes_on, _WITHIN, _BEGINS))
    counts = np.array([one.counts for one in paragraphs])
    inside, of_inside = _scaled(inside, there)
    later = there.copy()
    later[:, 0] = False
    begins, of_begins = _scaled(begins, later)
    field = _Field(inside, begins, states, there, counts)
    found = minimize(field.loss, np.zeros(field.size), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    split = inside.shape[2]
    return Weights(_back(found[:split], of_inside), _back(found[split:-2], of_begins), *map(float, found[-2:]))


def _scaled(columns: Vector, there: Any) -> tuple[Vector, tuple[Vector, Vector]]:
    middle, scale = columns[there].mean(axis=0), columns[there].std(axis=0)
    middle[0], scale[0] = 0, 1
    scale[scale < 1e-9] = 1
    return (columns - middle) / scale * there[..., None], (middle, scale)


def _back(weights: Vector, of: tuple[Vector, Vector]) -> Vector:
    middle, scale = of
    found: Vector = weights / scale
    found[0] -= found @ middle
    return found


class _Field:
    """The loss and its slope."""

    def __init__(self, inside: Vector, begins: Vector, states: Any, there: Any, counts: Vector) -> None:
        self._inside, self._begins, self._there, self._counts = inside, begins, there, counts
        self._split = inside.shape[2]
        self.size = self._split + begins.shape[2] + 2
        self._held_back = np.full(self.size, _HELD_BACK)
        self._held_back[[0, self._split]] *= _CONSTANT_HELD_BACK
        before, after, both = states[:, :-1], states[:, 1:], there[:, 1:]
        self._signs = np.where(states > _OUTSIDE, 1.0, -1.0) * there
        self._another = (((before > 0) & (after == _BEGINS) & both) * 1.0) - ((before > 0) & (after == _WITHIN) & both)
        self._entered = ((before == 0) & (after == _BEGINS) & both).sum(axis=1)
        self._left = ((before > 0) & (after == _OUTSIDE) & both).sum(axis=1)

    def loss(self, weights: Vector) -> tuple[float, Vector]:
        """The weighted negative logarithm of the likelihood, and what holds the weights back."""
        enters, leaves = weights[-2:]
        odds, another = self._inside @ weights[: self._split], self._begins @ weights[self._split : -2]
        states = np.stack([-odds, odds, odds], axis=-1)
        changes = np.zeros((*odds.shape, 3, 3))
        changes[:, :, _OUTSIDE, _BEGINS], changes[:, :, _OUTSIDE, _WITHIN] = enters, _NEVER
        changes[:, :, _BEGINS:, _OUTSIDE] = leaves
        changes[:, :, _BEGINS:, _BEGINS] = another[..., None]
        changes[:, :, _BEGINS:, _WITHIN] = -another[..., None]
        there, length = self._there, odds.shape[1]
        forward, backward = np.zeros_like(states), np.zeros_like(states)
        forward[:, 0] = states[:, 0] + [0, 0, _NEVER]
        for place in range(1, length):
            step = np.logaddexp.reduce(forward[:, place - 1, :, None] + changes[:, place], axis=1) + states[:, place]
            forward[:, place] = np.where(there[:, place, None], step, forward[:, place - 1])
        whole = np.logaddexp.reduce(forward[:, -1], axis=1)
        for place in range(length - 2, -1, -1):
            behind = (states[:, place + 1] + backward[:, place + 1])[:, None, :]
            step = np.logaddexp.reduce(changes[:, place + 1] + behind, axis=2)
            backward[:, place] = np.where(there[:, place + 1, None], step, 0)
        single = np.exp(forward + backward - whole[:, None, None]) * there[..., None]
        pairs = np.exp(
            forward[:, :-1, :, None] + changes[:, 1:] + (states + backward)[:, 1:, None, :] - whole[:, None, None, None]
        ) * there[:, 1:, None, None]  # fmt: skip
        of_signs = (single[..., _BEGINS:].sum(axis=-1) - single[..., _OUTSIDE] - self._signs) * self._counts[:, None]
        likely = pairs[:, :, _BEGINS:].sum(axis=2)
        of_another = (likely[..., _BEGINS] - likely[..., _WITHIN] - self._another) * self._counts[:, None]
        entered, left = pairs[:, :, _OUTSIDE, _BEGINS].sum(axis=1), likely[..., _OUTSIDE].sum(axis=1)
        told = (odds * self._signs).sum(axis=1) + (another[:, 1:] * self._another).sum(axis=1)
        lost = (whole - told - enters * self._entered - leaves * self._left) @ self._counts
        slope = np.concatenate([
            np.einsum("nt,ntd->d", of_signs, self._inside), np.einsum("nt,ntd->d", of_another, self._begins[:, 1:]),
            [(entered - self._entered) @ self._counts, (left - self._left) @ self._counts],
        ]) + self._held_back * weights  # fmt: skip
        return float(lost + (self._held_back * weights**2).sum() / 2), slope
