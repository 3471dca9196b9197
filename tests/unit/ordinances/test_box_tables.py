"""Tables drawn with boxes: which become rows of cells, and which stay as they are."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ordinances.readers.box_tables import BoxTable, Drawings
from tests.support.timing import assert_within
from tests.unit.ordinances import official

ANNEXES = official.DATA / "ordinances" / "kr_annexes" / "annex_tables.json"


def take_tables(drawn: list[str]) -> tuple[list[str], list[BoxTable]]:
    return Drawings().take(drawn)


def lines(drawing: str) -> list[str]:
    return [line for line in drawing.split("\n") if line.strip()]


def test_a_plain_table_between_lines() -> None:
    left, [table] = take_tables(lines("""
다음 표와 같다.
 ┌────┬────┐
 │막다른 도로 │너비│
 ├────┼────┤
 │10미터 미만 │2미터 │
 └────┴────┘
끝
"""))  # fmt: skip
    assert left == ["다음 표와 같다.", "끝"]
    assert table.rows == (("막다른 도로", "너비"), ("10미터 미만", "2미터"))
    assert (table.spans, table.after_lines, table.picture) == ((), 1, "")


def test_merged_cells_down_and_across_and_a_rule_beside_text() -> None:
    left, [table] = take_tables(lines("""
┏━━━┯━━━┯━━━━━━━┓
┃위반  │근거  │금액          ┃
┃행위  │법조문├───┬───┨
┃      │      │1회   │2회   ┃
┠───┼───┼───┼───┨
┃가. 가│제1조 │10    │20    ┃
┠───┤      ├───┴───┨
┃나. 나│      │면제          ┃
┗━━━┷━━━┷━━━━━━━┛
"""))  # fmt: skip
    assert left == []
    assert table.rows == (
        ("위반\n행위", "근거\n법조문", "금액", ""), ("", "", "1회", "2회"), ("가. 가", "제1조", "10", "20"),
        ("나. 나", "", "면제", ""),
    )  # fmt: skip
    assert table.spans == ((0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 1, 2), (2, 1, 2, 1), (3, 2, 1, 2))


def test_rows_without_a_rule_between_them_are_told_by_their_numbers_and_by_blank_lines() -> None:
    _, [table] = take_tables(lines("""
┌──────┬───┐
│위반행위    │금액  │
├──────┼───┤
│가. 다음의  │      │
│경우        │      │
│ 1) 하나를  │50    │
│한 경우     │      │
│ 2) 둘      │40    │
├──────┼───┤
│나. 물품    │한 개 │
│            │마다  │
│            │10    │
│            │      │
│그 밖의 것  │20    │
└──────┴───┘
"""))  # fmt: skip
    assert table.rows[1:] == (
        ("가. 다음의\n경우", ""), ("1) 하나를\n한 경우", "50"), ("2) 둘", "40"), ("나. 물품", "한 개\n마다\n10"), ("그 밖의 것", "20"),
    )  # fmt: skip


def test_a_list_with_one_amount_for_all_of_it_stays_one_row() -> None:
    _, [table] = take_tables(lines("""
┌──────┬───┐
│1) 하나     │10    │
│2) 둘       │      │
└──────┴───┘
"""))  # fmt: skip
    assert table.rows == (("1) 하나\n2) 둘", "10"),)


@pytest.mark.parametrize("drawing", [
    "┌──┐\n│가  │",  # no end
    "┌──┬──┐\n│가      │\n└──┴──┘",  # a bar is missing
    "┌──┬──┐\n│가  │나  │\n└─────┘",  # the last rule meets no bar
    "┌──┐\n│가  │\n글\n└──┘",  # a line outside
    "┌─가─┐\n│나  │\n└──┘",  # text upon a stroke
    "└──┘",
    "│가│나│",
    "┌",
])  # fmt: skip
def test_what_is_no_table_without_doubt_stays_line_by_line(drawing: str) -> None:
    assert take_tables(lines(drawing)) == (lines(drawing), [])


def test_an_irregular_cell_is_no_rectangle() -> None:
    drawing = lines("""
┌──┬──┐
│가  │나  │
├──┘    │
│          │
└─────┘
""")  # fmt: skip
    assert take_tables(drawing) == (drawing, [])


def test_the_picture_that_a_table_was_put_in() -> None:
    left, [table] = take_tables([
        "표", '<img src="http://www.law.go.kr/flDownload.do?flSeq=1" alt="img1" >', "┌──┐", "│가  │", "└──┘", "</img>", "끝",
    ])  # fmt: skip
    assert left == ["표", "끝"]
    assert table.picture.startswith("<img src=")
    assert take_tables(['<img id="1"></img>', "글"])[0] == ['<img id="1"></img>', "글"]


def test_other_ways_of_drawing() -> None:
    ascii_wide = lines("┌────┬──┐\n│가나│다│\n├────┼──┤\n│a   │b │\n└────┴──┘")
    assert take_tables(ascii_wide)[1][0].rows == (("가나", "다"), ("a", "b"))
    double = lines("╔══╦══╗\n║가  ║나  ║\n╠══╬══╣\n║다  ║라  ║\n╚══╩══╝")
    assert take_tables(double)[1][0].rows == (("가", "나"), ("다", "라"))


_cells = st.text(st.sampled_from("가나다라1a·ㆍ ."), max_size=12).map(str.strip)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(_cells, min_size=width, max_size=width), min_size=1,
                                                        max_size=6)))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_what_is_drawn_is_read(rows: list[list[str]]) -> None:
    def width(text: str) -> int:
        return sum(1 if each.isascii() else 2 for each in text)

    widths = [max(2, *(width(row[column]) + width(row[column]) % 2 for row in rows)) for column in range(len(rows[0]))]

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (each // 2) for each in widths) + right

    drawn = [rule("┌", "┬", "┐")]
    for place, row in enumerate(rows):
        drawn += [rule("├", "┼", "┤")] * bool(place)
        drawn.append("│" + "│".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)) + "│")
    drawn.append(rule("└", "┴", "┘"))
    left, [table] = take_tables(drawn)
    assert left == []
    assert table.rows == tuple(tuple(row) for row in rows)


@given(st.lists(st.text(st.sampled_from("┌┬┐├┼┤└┴┘─│┃━ 가1"), max_size=12), max_size=12))
@settings(max_examples=400, deadline=None)
def test_whatever_is_drawn_no_letter_is_lost(drawn: list[str]) -> None:
    left, tables = take_tables(drawn)
    kept = "".join(left) + "".join("".join(row) for table in tables for row in table.rows)
    assert sorted(re.sub(r"[\s\u2500-\u257f]", "", "".join(drawn))) == sorted(re.sub(r"[\s\u2500-\u257f]", "", kept))
    for table in tables:
        width = len(table.rows[0])
        assert all(len(row) == width for row in table.rows)
        taken: set[tuple[int, int]] = set()
        for row, column, height, wide in table.spans:
            cells = {(row + down, column + right) for down in range(height) for right in range(wide)}
            assert height * wide > 1
            assert not cells & taken
            assert all(table.rows[at][place] == "" for at, place in cells - {(row, column)})
            taken |= cells


@official.needs_data
def test_the_annexes_of_the_data_that_are_whole_become_tables() -> None:
    drawn = read = 0
    for annex in json.loads(ANNEXES.read_bytes()):
        text = [line for line in unicodedata.normalize("NFC", annex["text"]).split("\n") if line.strip()]
        left, tables = take_tables(text)
        whole = len(re.findall(r"^\s*[└┗]", annex["text"], re.MULTILINE))
        assert len(tables) == whole, annex["title"]
        drawn, read = drawn + len(re.findall(r"^\s*[┌┏]", annex["text"], re.MULTILINE)), read + len(tables)
        kept = "".join(left) + "".join("".join(row) for table in tables for row in table.rows)
        assert sorted(re.sub(r"[\s\u2500-\u257f]", "", "".join(text))) == sorted(re.sub(r"[\s\u2500-\u257f]", "", kept))
    assert (drawn, read) == (17, 11)  # six are cut off in the data, within a table


def test_a_long_table_is_a_table_too() -> None:
    drawn = ["┌──┬──┐", "│가  │나  │", *["├──┼──┤", "│1   │2   │"] * 5_000, "└──┴──┘"]
    left, [table] = take_tables(drawn)
    assert left == [] and len(table.rows) == 5_001


def test_a_rule_without_a_stroke_where_words_stand_is_no_table() -> None:
    drawn = ["┌──────┐", "│가          │", "└──────╴글╵"]
    assert take_tables(drawn) == (drawn, [])


def test_a_drawing_with_more_cells_than_characters_is_no_table() -> None:
    drawn = ["┌" + "┬" * 59 + "┐", "├" + "┴" * 59 + "┤", *["├┤"] * 500, "└┘"]
    assert take_tables(drawn) == (drawn, [])


def test_what_is_drawn_beyond_the_limit_of_a_text_stays_as_it_is() -> None:
    small, long = ["┌──┐", "│가  │", "└──┘"], ["┌──┐", *["│가  │"] * 150_000, "└──┘"]
    drawings = Drawings()
    assert len(drawings.take(small)[1]) == 1
    assert drawings.take(long) == (long, [])
    assert drawings.take(small) == (small, [])


_TOP, _CLOSED, _END = "┌" + "┬" * 59 + "┐", "├" + "┴" * 59 + "┤", "└" + "┴" * 59 + "┘"


@pytest.mark.parametrize("drawn", [
    ["┌" + "─" * 4000 + "┐"] * 4000,
    ["┌" + "┬" * 50_000 + "┐", "└" + "┴" * 50_000 + "┘"],
    ["┌──┐"] + ["│가  │"] * 90_000 + ["└──┘"],
    ["┌──┐", "├──┤", "└──┘"] * 10_000,
    ["┌┐", "└┘"] * 60_000,
    ["┌──┬──┐"] + ["├──┼──┤"] * 80_000 + ["└──┴──┘"],
    ["┌──┬──┐"] + ["│1) 가│나│", "││"] * 50_000 + ["└──┴──┘"],
    ["┌─┬─┬─┐"] + ["│ ├─┤ │", "├─┤ ├─┤"] * 12_000 + ["└─┴─┴─┘"],
    [_TOP] + ["│" * 61] * 9_000 + [_END],
    [_TOP, _CLOSED] + ["├┤"] * 100_000 + ["└┘"],
    [_TOP, _CLOSED, "├┤", "└┘"] * 1_500,
    ["<img >" * 200_000 + "글"] + ["┌┐", "└┘"] * 30_000,
], ids=range(12))  # fmt: skip
def test_a_hostile_drawing_takes_no_longer_than_it_is_long(drawn: list[str]) -> None:
    assert_within(1.5, lambda: take_tables(drawn))
