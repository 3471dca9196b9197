"""Whether texts with a label stand on the clause of another text, or on one above or below it.

Knows clauses, no words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from portal.analysis.texts import WHOLE, Text

Given = NDArray[np.bool_]


def clause_path(text: Text) -> tuple[str, ...]:
    """The clause that the filer chose and those above it, the highest first; none for the draft as a whole."""
    if not text.clause or text.clause in WHOLE:
        return ()
    steps = text.clause.removeprefix("after_").removeprefix("after:").split("__")
    return tuple("__".join(steps[:depth]) for depth in range(1, len(steps) + 1))


class StandingClauses:
    """Where examples with labels stand."""

    def __init__(self, examples: Sequence[Text]) -> None:
        paths = list(map(clause_path, examples))
        self._column: Final = {eid: at for at, eid in enumerate(sorted({eid for path in paths for eid in path}))}
        self._on, self._under = self._rows(paths)

    def of_examples(self, asked: Any, known: Any, given: Given) -> Given:
        """For each of the examples `asked` and each label whether one of those `known` that has it stands on its clause
        or above or below: places of examples, and which labels each of `known` was given."""
        return _standing((self._on[asked], self._under[asked]), (self._on[known], self._under[known]), given)

    def of(self, texts: Iterable[Text], given: Given) -> Given:
        """The same for other texts, by all examples."""
        return _standing(self._rows(list(map(clause_path, texts))), (self._on, self._under), given)

    def _rows(self, paths: Sequence[tuple[str, ...]]) -> tuple[Any, Any]:
        """The clause of each text, and all clauses that it is in; those that no example is in left out."""
        known = [[self._column[eid] for eid in path if eid in self._column] for path in paths]
        on = [[self._column[path[-1]]] if path and path[-1] in self._column else [] for path in paths]
        return self._marked(on), self._marked(known)

    def _marked(self, columns: Sequence[Sequence[int]]) -> Any:
        pointers = np.cumsum([0, *map(len, columns)])
        flat = np.asarray([one for row in columns for one in row], dtype=np.intp)
        return sparse.csr_matrix((np.ones(len(flat)), flat, pointers), shape=(len(columns), len(self._column)))


def _standing(asked: tuple[Any, Any], known: tuple[Any, Any], given: Given) -> Given:
    labels = sparse.csr_matrix(given.T.astype(np.float64))
    on, under = (labels @ one for one in known)
    return np.asarray((asked[0] @ under.T + asked[1] @ on.T).toarray() > 0)
