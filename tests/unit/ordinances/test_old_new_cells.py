"""Two tables of an annex beside one another: rows in pairs, and merged cells of which only some rows are shown."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ordinances.old_new_cells import Pairing, pair_rows, shown_spans

FINES = [("가. 고지하지 않은 경우", "100"), ("나. 신고하지 않은 경우", "200"), ("다. 그 밖의 경우", "300")]


def test_the_same_rows() -> None:
    assert pair_rows(FINES, FINES) == [Pairing(place, place, same=True) for place in range(3)]
    assert pair_rows([], []) == []


def test_a_row_that_changes_comes_and_goes() -> None:
    new = [FINES[0], ("나. 신고하지 않은 경우", "250"), ("나의2. 거짓으로 답한 자", "10"), FINES[2]]
    assert pair_rows(FINES, new) == [
        Pairing(0, 0, same=True), Pairing(1, 1), Pairing(None, 2), Pairing(2, 3, same=True),
    ]  # fmt: skip
    assert pair_rows(new, FINES) == [
        Pairing(0, 0, same=True), Pairing(1, 1), Pairing(2, None), Pairing(3, 2, same=True),
    ]  # fmt: skip


def test_rows_that_share_nothing_are_no_pair() -> None:
    assert pair_rows([("시설", "없음")], [("금액", "50만원")]) == [Pairing(0, None), Pairing(None, 0)]
    assert pair_rows([("1", "가나다")], [("1", "50만원")]) == [Pairing(0, 0)]  # its first cell says which it is


def test_rows_with_other_numbers_are_one_only_where_they_say_nearly_the_same() -> None:
    old = [("라. 자료를 제출하지 않은 경우", "법 제43조제1항제5호", "200")]
    assert pair_rows(old, [("다의2. 명령을 이행하지 않은 경우", "법 제43조제1항제6호", "300")]) == [
        Pairing(0, None), Pairing(None, 0)]  # fmt: skip
    assert pair_rows(old, [("마. 자료를 제출하지 않은 경우", "법 제43조제1항제5호", "300")]) == [Pairing(0, 0)]


_tables = st.lists(st.tuples(st.sampled_from("가나다라마"), st.sampled_from(["10", "20", ""])), max_size=8)


@given(_tables, _tables)
@settings(deadline=None)
def test_every_row_stands_once_and_in_its_order(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    found = pair_rows(old, new)
    assert [pairing.old for pairing in found if pairing.old is not None] == list(range(len(old)))
    assert [pairing.new for pairing in found if pairing.new is not None] == list(range(len(new)))
    for one, other, same in found:
        assert one is not None or other is not None
        assert same == (one is not None and other is not None and old[one] == new[other])


def test_a_merged_cell_stands_as_far_as_its_rows_are_together() -> None:
    tall = [(1, 0, 4, 1), (0, 1, 1, 2)]
    assert shown_spans(tall, range(5), 3) == (((0, 1, 1, 2), (1, 0, 4, 1)), {(1, 0): (1, 0), (0, 1): (0, 1)})
    spans, words = shown_spans(tall, [0, 2, 3, None, 4], 3)
    assert spans == ((0, 1, 1, 2), (1, 0, 2, 1), (3, 0, 1, 3))
    assert words == {(0, 1): (0, 1), (1, 0): (1, 0), (4, 0): (1, 0)}  # who reads row 4 has to know what it is of


@given(st.lists(st.none() | st.integers(0, 6), unique=True, max_size=7), st.integers(1, 3))
@settings(deadline=None)
def test_merged_cells_never_lie_upon_one_another(chosen: list[int | None], width: int) -> None:
    shown = sorted(row for row in chosen if row is not None)
    places: list[int | None] = [*shown[:2], None, *shown[2:]]
    spans, words = shown_spans([(0, 0, 3, 1), (3, 0, 2, width)], places, width)
    taken: set[tuple[int, int]] = set()
    for row, column, height, wide in spans:
        cells = {(row + down, column + right) for down in range(height) for right in range(wide)}
        assert len(cells) > 1 and not cells & taken
        assert all(row < len(places) and column < width for row, column in cells)
        taken |= cells
    assert all(place < len(places) for place, _ in words)
