"""What an amending text orders, sentence by sentence: words replaced, clauses rewritten, inserted, struck, renumbered.

Only the orders, as read; what they do to a draft stands in `applying`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portal.ordinances.steps import Step


class Fragment(StrEnum):
    """A part of a clause: the opening words before its 호 or 목, its first or second sentence, its proviso, …"""

    HEADING = "heading"  # 제목
    BODY = "body"  # 제목 외의 부분
    INTRO = "intro"  # 각 호 외의 부분, 각 목 외의 부분
    MAIN = "main"  # 본문
    PROVISO = "proviso"  # 단서
    FIRST = "s1"  # 전단
    SECOND = "s2"  # 후단
    EACH = "each"  # 각 호, 각 목


@dataclass(frozen=True, slots=True)
class Target:
    """Where: a clause by its units from the outermost, or all from it to `until`, or `fragments` of it (각 호 외의 부분
    단서: two). `former` are the units that it had before this amendment (종전의 제4항). `inside` is a place in an annex
    that has no address (위반행위란). `law` is set where the clause is of another text."""

    parts: tuple[Step, ...]
    until: tuple[Step, ...] | None = None
    fragments: tuple[Fragment, ...] = ()
    former: tuple[Step, ...] | None = None
    inside: str = ""
    law: str | None = None

    @property
    def eid(self) -> str:
        """The address that the units name."""
        return "__".join(step.eid for step in self.parts)


@dataclass(frozen=True, slots=True)
class Instruction:
    """The base of all of them. `words` is the part of the sentence that gives the order, as printed; `line` is where
    the sentence stands in the amending text (from 1)."""

    words: str
    targets: tuple[Target, ...]
    line: int = field(default=0, kw_only=True)


@dataclass(frozen=True, slots=True)
class ReplaceWords(Instruction):
    """중 "A"를 "B"로 한다; with `new` empty, 중 "A"를 삭제한다. `each`: 각각. `row` names a row of a table (총계
    "264")."""

    old: str = ""
    new: str = ""
    each: bool = False
    row: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite(Instruction):
    """다음과 같이 한다: `lines` are the new words of all targets, each beginning with its number; `attached` where they
    stand on a sheet of their own (별지와 같이); `undivided` where they cannot be told from those of another order."""

    lines: tuple[str, ...] = ()
    attached: bool = False
    undivided: bool = False


@dataclass(frozen=True, slots=True)
class Insert(Instruction):
    """신설한다: the targets are what is new, `under` where (None: the text as a whole). Fragments (단서, 후단, 각 호)
    are inserted into their target. `lines`, `attached` and `undivided` as above."""

    under: Target | None = None
    lines: tuple[str, ...] = ()
    attached: bool = False
    undivided: bool = False


@dataclass(frozen=True, slots=True)
class Strike(Instruction):
    """삭제한다."""


@dataclass(frozen=True, slots=True)
class Renumber(Instruction):
    """제3항부터 제7항까지를 각각 제4항부터 제8항까지로 한다: the targets in their order become `to`."""

    to: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of the amending text (from 1) that was not understood."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """An amending text: the law that it amends, its orders, its own addenda, and what it does to other laws."""

    title: str | None
    instructions: tuple[Instruction, ...]
    unread: tuple[Unread, ...] = ()
    addenda: tuple[str, ...] = ()
    of_other_laws: tuple[Amendment, ...] = ()
