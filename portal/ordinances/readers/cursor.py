"""Where in an article (or in addenda without articles) a reader stands: which paragraph, subparagraph, item, sub-item.

It turns marks into addresses, knows which number would come next at each level, and which clause a plain line belongs
to. What a line is, the reader decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.ordinances import numbering
from portal.ordinances.readers.marks import Mark
from portal.ordinances.readers.tree import Node, TreeBuilder

_LEVELS = ("para", "subpara", "point")


@dataclass(slots=True)
class _Level:
    node: Node
    last: tuple[int, int]
    shape: tuple[bool, bool] = (False, False)


class Cursor:
    """Stands nowhere at first; `open` puts it at an article or at a set of addenda."""

    def __init__(self, tree: TreeBuilder) -> None:
        self._tree = tree
        self._base: Node | None = None
        self._levels: dict[str, _Level] = {}
        self._subitems: list[_Level] = []

    def open(self, base: Node) -> None:
        """At the head of an article or of addenda."""
        self._base, self._levels, self._subitems = base, {}, []

    def close(self) -> None:
        """Nowhere: a heading was met."""
        self._base, self._levels, self._subitems = None, {}, []

    @property
    def base(self) -> Node | None:
        """The article or the addenda, None where it stands nowhere."""
        return self._base

    @property
    def node(self) -> Node | None:
        """The innermost clause: a plain line is a line of its text."""
        if self._subitems:
            return self._subitems[-1].node
        return self._at(len(_LEVELS))

    def _at(self, depth: int) -> Node | None:
        """The innermost clause above a level."""
        for element in reversed(_LEVELS[:depth]):
            if element in self._levels:
                return self._levels[element].node
        return self._base

    def last(self, element: str) -> tuple[int, int]:
        """Number and branch that were read last at a level (para, subpara, point) here; (0, 0) for none."""
        level = self._levels.get(element)
        return level.last if level else (0, 0)

    def skip_to(self, element: str, number: int) -> None:
        """Numbers up to this one were left out (② 부터 ⑥ 까지 생략)."""
        self._levels[element].last = (number, 0)

    def enter(self, line: int, element: str, mark: Mark, *, heading: str | None = None, text: str | None = None,
              label: str | None = None) -> Node | None:  # fmt: skip
        """A new paragraph, subparagraph or item; None where its address is taken. Needs a base."""
        depth = _LEVELS.index(element)
        parent = self._at(depth)
        if parent is None:
            raise ValueError("the cursor stands nowhere")
        name = numbering.item_name(mark.number) if mark.lettered else str(mark.number)
        branch = f"-{mark.branch}" if mark.branch else ""
        node = self._tree.add(line, f"{parent.eid}__{element}_{name}{branch}", parent=parent, label=label,
                              heading=heading, text=mark.text if text is None else text)  # fmt: skip
        if node is not None:
            for inner in _LEVELS[depth:]:
                self._levels.pop(inner, None)
            self._subitems = []
            self._levels[element] = _Level(node, (mark.number, mark.branch))
        return node

    @property
    def in_subitems(self) -> bool:
        """Whether it stands at a sub-item."""
        return bool(self._subitems)

    def takes_subitem(self, mark: Mark) -> bool:
        """Whether a sub-item of this number comes next: the first of its shape, or the one after the last."""
        if self._base is None:
            return False
        level = self._level_of(mark)
        return mark.follows(level.last if level else (0, 0)) and (level is not None or len(self._subitems) < 4)

    def _level_of(self, mark: Mark) -> _Level | None:
        return next((level for level in self._subitems if level.shape == (mark.lettered, mark.inner)), None)

    def enter_subitem(self, line: int, mark: Mark) -> Node | None:
        """A new sub-item, one level below those of other shapes; None where its address is taken."""
        level = self._level_of(mark)
        above = self._subitems[: self._subitems.index(level)] if level else self._subitems
        parent = above[-1].node if above else self._at(len(_LEVELS))
        if parent is None:
            raise ValueError("the cursor stands nowhere")
        name = numbering.item_name(mark.number) if mark.lettered else str(mark.number)
        node = self._tree.add(line, f"{parent.eid}__sub_{name}", parent=parent, label=mark.printed, text=mark.text)
        if node is not None:
            self._subitems = [*above, _Level(node, (mark.number, 0), (mark.lettered, mark.inner))]
        return node
