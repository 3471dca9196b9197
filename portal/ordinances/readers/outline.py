"""Where among parts, chapters, sections and subsections a reader stands. Knows no format and no article."""

from __future__ import annotations

from typing import Final

from portal.ordinances.readers.marks import ELEMENT_OF_UNIT, Mark
from portal.ordinances.readers.tree import Node, TreeBuilder

_LEVELS: Final = ("part", "chp", "sec", "subsec")


class Outline:
    """The headings that are open, the outermost first."""

    def __init__(self, tree: TreeBuilder) -> None:
        self._tree = tree
        self._open: list[tuple[str, Node]] = []

    @property
    def innermost(self) -> Node | None:
        """The heading that an article here lies in; None before the first."""
        return self._open[-1][1] if self._open else None

    def enter(self, line: int, mark: Mark, label: str | None = None) -> Node | None:
        """A new heading, below those of higher levels; None where its address is taken."""
        element = ELEMENT_OF_UNIT[mark.unit]
        depth = _LEVELS.index(element)
        above = [(level, node) for level, node in self._open if _LEVELS.index(level) < depth]
        parent = above[-1][1] if above else None
        branch = f"-{mark.branch}" if mark.branch else ""
        eid = (f"{parent.eid}__" if parent else "") + f"{element}_{mark.number}{branch}"
        node = self._tree.add(line, eid, parent=parent, heading=mark.text or None, label=label)
        if node is not None:
            self._open = [*above, (element, node)]
        return node
