"""Turns the scores of labels into probabilities: a logistic curve (J. Platt, 1999) over the score, and over whether an
earlier text with the label stands on the clause of this one.

Few decisions do not tell how often suggestions are right. So the curve begins as one that was measured on the
development corpus after ten to thirty decisions and follows what is observed as observations grow (the most probable
curve where its numbers are normally distributed about the assumed ones). Without the clause in it, what words alone
suggest after few decisions is promised twice as often as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Vector = NDArray[np.float64]

_ASSUMED: Final = (2.5, 1.2, -0.7)
#: How far the numbers of other decisions lie from the assumed ones.
_SPREAD: Final = (1.0, 0.8, 0.7)
#: A higher score never makes a label less likely, nor does an example on the clause.
_BOUNDS: Final = ((0.01, None), (0.0, None), (None, None))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a point of score adds, what an example on the clause adds, and what stands without them: log odds."""

    slope: float = _ASSUMED[0]
    clause: float = _ASSUMED[1]
    offset: float = _ASSUMED[2]

    def likely(self, scores: Vector, standing: NDArray[np.bool_]) -> Vector:
        """Probabilities of labels with these scores; `standing` is where an example has the clause."""
        return np.asarray(expit(self.odds(scores, standing)), dtype=np.float64)

    def odds(self, scores: Vector, standing: NDArray[np.bool_]) -> Vector:
        """The logarithms of the odds of labels with these scores; `standing` is where an example has the clause."""
        return np.asarray(self.slope * scores + self.clause * standing + self.offset, dtype=np.float64)

    @classmethod
    def of(cls, scores: Vector, standing: NDArray[np.bool_], right: NDArray[np.bool_]) -> Calibration:
        """The curve after these were observed to be right or not; without any the assumed one."""
        seen = np.column_stack([scores, standing, np.ones(len(scores))])
        sign = np.where(right, 1.0, -1.0)
        assumed, spread = np.array(_ASSUMED), np.array(_SPREAD)

        def unlikely(numbers: Vector) -> tuple[float, Vector]:
            margin = sign * (seen @ numbers)
            away = (numbers - assumed) / spread
            missed = sign * expit(-margin)
            return float(np.logaddexp(0.0, -margin).sum() + away @ away / 2), away / spread - seen.T @ missed

        found = minimize(unlikely, assumed, jac=True, method="L-BFGS-B", bounds=_BOUNDS).x
        return cls(*map(float, found))
