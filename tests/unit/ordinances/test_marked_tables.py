"""A table as one with its changes: nothing of either edition is lost, and merged cells stay where their rows do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.ordinances.clauses import Span, Table
from portal.ordinances.marked_tables import MarkedTable, marked_tables, plain_tables
from portal.ordinances.merged_cells import covered_cells, sizes

HEADS = ("위반행위", "금액", "")
FINES = (("가. 알리지 않은 경우", "10", "20"), ("나. 거짓으로 알린 경우", "30", "40"), ("", "50", "60"),
         ("다. 없어지는 경우", "70", "80"))  # fmt: skip
SPANS: tuple[Span, ...] = ((0, 1, 1, 2), (2, 0, 2, 1))
MARKS = {"same": "", "deleted": "-", "inserted": "+"}


def table(rows: tuple[tuple[str, ...], ...], spans: tuple[Span, ...] = SPANS, after: int = 0) -> Table:
    return Table(HEADS, (), rows, (), after, spans)


def shown(marked: MarkedTable) -> list[str]:
    covered = covered_cells(sizes(marked.spans))
    return [" | ".join("".join(f"{MARKS[change.kind]}{change.text}" for change in cell)
                       for column, cell in enumerate(row) if (place, column) not in covered)
            for place, row in enumerate(marked.rows)]  # fmt: skip


def test_what_changed_is_marked_in_its_cell() -> None:
    new = (*FINES[:1], ("나. 거짓으로 알린 경우", "30", "45"), *FINES[2:3], ("라. 새로 오는 자", "1", "2"))
    (marked,) = marked_tables((table(FINES),), (table(new),), "ko")
    assert shown(marked) == [
        "위반행위 | 금액", "가. 알리지 않은 경우 | 10 | 20", "나. 거짓으로 알린 경우 | 30 | -40+45", "50 | 60",
        "-다. 없어지는 경우 | -70 | -80", "+라. 새로 오는 자 | +1 | +2"]  # fmt: skip
    assert (marked.heads, marked.is_same, marked.is_gone) == (1, False, False)


def test_a_row_that_is_gone_parts_a_merged_cell() -> None:
    old = (*FINES[:2], ("", "45", "46"), *FINES[2:])
    (marked,) = marked_tables((table(old, ((2, 0, 3, 1),)),), (table(FINES, ((2, 0, 2, 1),)),), "ko")
    assert shown(marked)[2:5] == ["나. 거짓으로 알린 경우 | 30 | 40", " | -45 | -46", "나. 거짓으로 알린 경우 | 50 | 60"]


def test_tables_that_come_go_or_have_other_columns() -> None:
    wide = Table(("가", "나", "다", "라"), (), (("1", "2", "3", "4"),), (), 2)
    gone, new = marked_tables((table(FINES, after=1),), (wide,), "ko")
    assert (gone.is_gone, gone.after_lines, new.is_gone, new.after_lines) == (True, 1, False, 2)
    assert shown(gone)[0] == "-위반행위 | -금액" and shown(new)[1] == "+1 | +2 | +3 | +4"
    assert marked_tables((wide,), (wide,), "ko")[0].is_same
    assert marked_tables((wide,), (wide,), "en") == [] == plain_tables((wide,), "en")
    assert shown(plain_tables((table(FINES),), "ko")[0])[:2] == ["위반행위 | 금액", "가. 알리지 않은 경우 | 10 | 20"]


ROWS = st.lists(st.tuples(*[st.sampled_from(["", "가. 알린 경우", "나. 거짓", "10", "10만원", "20"])] * 3), min_size=1,
                max_size=7).map(tuple)  # fmt: skip


@given(ROWS, ROWS)
def test_both_editions_are_in_it_to_the_last_cell(old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...]) -> None:
    found = marked_tables((table(old, ()),), (table(new, ()),), "ko")
    for rows, left_out in ((old, "inserted"), (new, "deleted")):
        sides = [["".join(change.text for change in cell if change.kind != left_out) for cell in row]
                 for marked in found for row in marked.rows]  # fmt: skip
        wanted = [list(HEADS), *map(list, rows)]
        assert [row for row in sides if any(row)] == [row for row in wanted if any(row)]
    assert all(marked.is_same for marked in found) == (old == new)
