"""Addresses of every form and drafts of every shape, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from portal.ordinances.addresses import Address, parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.spoken import english_heading_label
from portal.ordinances.steps import Step

_numbers = st.one_of(st.integers(1, 30), st.integers(1, 999_999))
_branches = st.one_of(st.just(0), st.integers(1, 30))


def _step(element: str) -> st.SearchStrategy[Step]:
    return st.tuples(_numbers, _branches).map(lambda found: Step(element, *found))


def _lettered(element: str) -> st.SearchStrategy[Step]:
    branches = st.one_of(st.just(0), st.integers(1, 5))
    return st.tuples(st.integers(1, 56), branches).map(lambda found: Step(element, *found, lettered=True))


def _maybe(step: st.SearchStrategy[Step]) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.one_of(st.just(()), step.map(lambda one: (one,)))


def _printable(subitems: list[Step]) -> bool:
    return all([step.lettered for step in subitems].count(sort) <= 2 for sort in (True, False))


def _chain(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.tuples(*parts).map(lambda found: tuple(step for part in found for step in part))


_subitems = st.lists(st.one_of(_step("sub"), _lettered("sub")), max_size=4).filter(_printable).map(tuple)
_below_article = _chain(_maybe(_step("para")), _maybe(_step("subpara")), _maybe(_lettered("point")), _subitems)
_main = _chain(_step("art").map(lambda one: (one,)), _below_article)
_root = st.one_of(st.just(Step("addenda")), _step("addenda")).map(lambda one: (one,))
_addenda = _chain(_root, _maybe(_step("art")), _below_article)
_headings = _chain(*(_maybe(_step(element)) for element in ("part", "chp", "sec", "subsec"))).filter(bool)
_annexes = st.tuples(st.sampled_from(["tbl", "form"]), st.integers(0, 20), _branches).map(lambda found: (Step(*found),))

clauses = st.one_of(_main, _addenda, _headings, _annexes, st.just((Step("preamble"),)))
#: Every address that there can be.
addresses = st.one_of(st.builds(Address, clauses, st.booleans()), st.just(Address((Step("doc"),))))


# ------------------------------------------------------------------------------------------------------------- drafts

_LETTERS = "가나다한글조항호목 법령「」ㆍ·\"'“”()[]<>&*_#|\\`~-+=1234567890.,①②제삭ABCabc\u00a0\u3000\t─│┃é😀"
_line = st.text(alphabet=_LETTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
_marked_line = st.sampled_from(
    [
        "삭제",
        "제3조제1항에 따른다",
        "(정의) 다음과 같다",
        "① 하나",
        "1. 하나",
        "가. 하나",
        "부칙",
        "Deleted",
        "Article 3 (x)",
        "(1) one",
        "<개정 2020.1.1>",
        "[본조신설 2020.1.1]",
        "별표 1",
        "| a | b |",
    ]
)
_text_line = st.one_of(_line, _marked_line)
_note = st.one_of(st.sampled_from(["<개정 2012.2.10>", "<신설 2020.1.1, 2021.2.2>", "[본조신설 2011.6.30]",
                                   "[제3조에서 이동 <2020.1.1>]"]), _line)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A clause's own text: lines, perhaps a blank one between two."""
    lines = draw(st.lists(_text_line, min_size=1, max_size=3))
    if len(lines) > 1 and draw(st.booleans()):
        lines.insert(1, "")
    return "\n".join(lines)


@st.composite
def tables(draw: st.DrawFn, language: Language, after: int) -> Table:
    """A table with merged cells that leave each row at least one cell of its own."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cell = st.one_of(st.just(""), _line, texts())
    cells = [[draw(cell) for _ in range(columns)] for _ in range(rows)]
    spans: list[tuple[int, int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 2))):
        row, column = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        height, width = draw(st.integers(1, rows - row)), draw(st.integers(1, columns - column))
        area = {(row + down, column + right) for down in range(height) for right in range(width)}
        covered = (area | taken) - {(top, left) for top, left, _, _ in spans} - {(row, column)}
        whole = any(all((at, place) in covered for place in range(columns)) for at in range(rows))
        if height * width > 1 and not area & taken and not whole:
            taken |= area
            spans.append((row, column, height, width))
            for at, place in area - {(row, column)}:
                cells[at][place] = ""
    return Table.of_rows(tuple(map(tuple, cells)), language, after, tuple(sorted(spans)))


class _Writer:
    """Draws a draft from above to below."""

    def __init__(self, draw: st.DrawFn, language: Language) -> None:
        self.draw, self.language = draw, language
        self.clauses: list[Clause] = []

    def numbers(self, most: int, start: int = 1) -> list[str]:
        """Increasing numbers, now and then with a branch."""
        found = self.draw(st.lists(st.tuples(st.integers(start, start + 30), st.sampled_from([0, 0, 0, 2, 3])),
                                   max_size=most, unique=True))  # fmt: skip
        return [f"{number}-{branch}" if branch else str(number) for number, branch in sorted(found)]

    def clause(self, eid: str, parent: str | None, *, own_text: bool = True, heading: bool = True) -> None:
        draw, address = self.draw, parse(eid)
        kind = address.kind
        assert kind is not None
        text = draw(texts()) if own_text else ""
        title = draw(st.one_of(st.none(), _line)) if heading else None
        lines = len(text.split("\n")) if text else 0
        found = [draw(tables(self.language, after)) for after in sorted(draw(
            st.lists(st.integers(0, lines), max_size=2)))] if draw(st.integers(0, 5)) == 0 else []  # fmt: skip
        label = address.label
        if kind is Kind.PARAGRAPH and draw(st.integers(0, 9)) == 0:
            label = f"<{address.steps[-1].number}>"
        elif draw(st.integers(0, 19)) == 0 and self.language == "en":
            label = "Rule 1"
        korean, headed = self.language == "ko", kind in HEADINGS
        self.clauses.append(Clause(
            eid=eid, kind=kind, label=label, parent=parent,
            heading_ko=title if korean else None, heading_en=None if korean else title,
            text_ko=text if korean or headed else None, text_en=None if korean else text,
            status=draw(st.sampled_from([Status.IN_FORCE, Status.IN_FORCE, Status.DELETED])),
            notes=tuple(draw(st.lists(_note, max_size=2))),
            label_en=english_heading_label(address.steps[-1]) if headed else None, tables=tuple(found),
        ))  # fmt: skip

    def units(self, base: str, elements: tuple[str, ...]) -> None:
        """Paragraphs, subparagraphs, items and sub-items below a clause; levels may be left out."""
        draw = self.draw
        if not elements or draw(st.integers(0, 2)) == 0:
            return
        element = draw(st.sampled_from(elements))
        rest = elements[elements.index(element) + 1 :]
        if element == "sub":
            depth = base.count("__sub_")
            lettered = depth % 2 == 1
            rest = ("sub",) if depth < 3 else ()
            numerals = ["ga", "na", "da"][: draw(st.integers(1, 3))] if lettered else self.numbers(2)
        elif element == "point":
            numerals = ["ga", "na-2", "geo"][: draw(st.integers(1, 3))]
        else:
            numerals = self.numbers(3)
        for numeral in numerals:
            eid = f"{base}__{element}_{numeral}"
            self.clause(eid, base, own_text=draw(st.integers(0, 4)) > 0, heading=draw(st.integers(0, 4)) == 0)
            self.units(eid, rest)

    def articles(self, numbers: list[str], prefix: str, parent: str | None) -> None:
        for number in numbers:
            eid = f"{prefix}art_{number}"
            self.clause(eid, parent, own_text=self.draw(st.booleans()))
            self.units(eid, ("para", "subpara", "point", "sub"))


@st.composite
def drafts(draw: st.DrawFn, language: Language = "ko") -> Draft:
    """A draft in one language as a reader gives it: parents before children, headings above articles, then addenda,
    then annexes and forms."""
    writer = _Writer(draw, language)
    if draw(st.integers(0, 4)) == 0:
        writer.clause("preamble", None, heading=False)
    numbers = writer.numbers(4) or ["1"]
    if draw(st.booleans()):
        writer.articles(numbers, "", None)
    else:
        part = "part_1__" if draw(st.booleans()) else ""
        if part:
            writer.clause("part_1", None, own_text=False)
        for place, number in enumerate(numbers, 1):
            chapter = f"{part}chp_{place}" + draw(st.sampled_from(["", "-2"]))
            writer.clause(chapter, "part_1" if part else None, own_text=draw(st.integers(0, 9)) == 0)
            parent = chapter
            if draw(st.booleans()):
                parent = f"{chapter}__sec_1"
                writer.clause(parent, chapter, own_text=False)
            writer.articles([number], "", parent)
    for root in draw(st.sampled_from([[], ["addenda"], ["addenda_35"], ["addenda_35", "addenda_35-2", "addenda"]])):
        writer.clause(root, None, own_text=draw(st.booleans()))
        if draw(st.booleans()):
            writer.articles(writer.numbers(2), f"{root}__", root)
        else:
            writer.units(root, ("para", "subpara"))
    for annex in draw(st.lists(st.sampled_from(["tbl_1", "tbl_1-2", "form_0", "form_2"]), unique=True)):
        writer.clause(annex, None, own_text=draw(st.booleans()))
    title = draw(st.one_of(st.none(), _line))
    note = draw(st.one_of(st.none(), texts()))
    korean = language == "ko"
    return Draft(
        tuple(writer.clauses), title_ko=title if korean else None, title_en=None if korean else title,
        note_ko=note if korean else None, note_en=None if korean else note,
        version=draw(st.one_of(st.none(), st.integers(1, 9))),
    )  # fmt: skip
