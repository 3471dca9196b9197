"""An address has five spellings; each is read back, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ordinances import addresses
from portal.ordinances.addresses import Address
from portal.ordinances.clauses import Kind
from portal.ordinances.problems import InvalidAddress
from tests.unit.ordinances import strategies

# eId, compact, path, Korean, English, label
TABLE = [
    ("art_12-2__para_3__subpara_4__point_ga", "12-2.3.4.ga", "a/12-2/3/4/ga", "제12조의2제3항제4호가목",
     "Article 12-2 (3) 4 (a)", "가."),
    ("art_2__subpara_1__point_ga", "2.0.1.ga", "a/2/0/1/ga", "제2조제1호가목",
     "subparagraph 1 (a) of Article 2", "가."),
    ("art_5", "5", "a/5", "제5조", "Article 5", "제5조"),
    ("art_4__para_26", "4.26", "a/4/26", "제4조제26항", "Article 4 (26)", "㉖"),
    ("art_4__para_51", "4.51", "a/4/51", "제4조제51항", "Article 4 (51)", "<51>"),
    ("art_2__para_1__subpara_2-2", "2.1.2-2", "a/2/1/2-2", "제2조제1항제2호의2", "Article 2 (1) 2-2", "2의2."),
    ("art_2__subpara_1__point_ga__sub_1__sub_ga__sub_1", "2.0.1.ga.1.ga.1", "a/2/0/1/ga/1/ga/1",
     "제2조제1호가목1)가)(1)", "subparagraph 1 (a) 1) a) (1) of Article 2", "(1)"),
    ("art_3__para_1__point_no", "3.1.0.no", "a/3/1/0/no", "제3조제1항노목", "item (ad) of Article 3 (1)", "노."),
    ("preamble", "h.preamble", "h/preamble", "전문", "Preamble", "전문"),
    ("part_2", "h.p2", "h/p2", "제2편", "Part II", "제2편"),
    ("part_2__chp_1__sec_1", "h.p2.1.1", "h/p2/1/1", "제2편제1장제1절", "Part II, Chapter I, Section 1", "제1절"),
    ("chp_3", "h.3", "h/3", "제3장", "Chapter III", "제3장"),
    ("chp_3__sec_1__subsec_2", "h.3.1.2", "h/3/1/2", "제3장제1절제2관",
     "Chapter III, Section 1, Subsection 2", "제2관"),
    ("chp_6-2", "h.6-2", "h/6-2", "제6장의2", "Chapter VI-2", "제6장의2"),
    ("addenda", "add", "add", "부칙", "Addenda", "부칙"),
    ("addenda__art_1__para_2", "add.1.2", "add/1/2", "부칙 제1조제2항", "Addenda, Article 1 (2)", "②"),
    ("addenda__para_1", "add.0.1", "add/0/1", "부칙 제1항", "Addenda (1)", "①"),
    ("addenda_36506__art_1__para_2", "add.36506.1.2", "add/36506/1/2", "부칙 <제36506호> 제1조제2항",
     "Addenda No. 36506, Article 1 (2)", "②"),
    ("addenda_36506-2", "add.36506-2", "add/36506-2", "부칙 <제36506호>(2)", "Addenda No. 36506-2", "부칙"),
    ("addenda_3__art_1", "add.003.1", "add/003/1", "부칙 <제3호> 제1조", "Addenda No. 3, Article 1", "제1조"),
    ("addenda__art_100", "add.own.100", "add/own/100", "부칙 제100조", "Addenda, Article 100", "제100조"),
    ("tbl_1", "tbl.1", "tbl/1", "별표 1", "Annex 1", "별표 1"),
    ("tbl_1-3", "tbl.1-3", "tbl/1-3", "별표 1의3", "Annex 1-3", "별표 1의3"),
    ("form_1", "form.1", "form/1", "별지 제1호서식", "Form 1", "별지 제1호서식"),
    ("form_0", "form.0", "form/0", "별지 서식", "Form", "별지 서식"),
    ("form_0-2", "form.0-2", "form/0-2", "별지 서식(2)", "Form (2)", "별지 서식(2)"),
    ("doc", "doc", "doc", "안 전체", "the whole draft", "안 전체"),
    ("after_art_15", "after.15", "after/15", "제15조 다음에 신설", "new clause after Article 15", "제15조 다음에 신설"),
    ("after_art_15__para_2", "after.15.2", "after/15/2", "제15조제2항 다음에 신설", "new clause after Article 15 (2)",
     "제15조제2항 다음에 신설"),
    ("after_tbl_1", "after.tbl.1", "after/tbl/1", "별표 1 다음에 신설", "new clause after Annex 1",
     "별표 1 다음에 신설"),
    ("after_addenda", "after.add", "after/add", "부칙 다음에 신설", "new clause after the Addenda", "부칙 다음에 신설"),
]  # fmt: skip


@pytest.mark.parametrize(("eid", "compact", "path", "korean", "english", "label"), TABLE)
def test_spellings(eid: str, compact: str, path: str, korean: str, english: str, label: str) -> None:
    address = addresses.parse(eid)
    assert (address.eid, address.compact, address.path) == (eid, compact, path)
    assert (address.spoken("ko"), address.spoken("en"), address.label) == (korean, english, label)
    assert addresses.from_compact(compact) == address
    assert addresses.from_path(path) == address
    assert addresses.from_spoken(korean, "ko") == address
    assert addresses.from_spoken(english, "en") == address


@given(strategies.addresses)
def test_every_spelling_is_read_back(address: Address) -> None:
    assert addresses.parse(address.eid) == address
    assert addresses.from_compact(address.compact) == address
    assert addresses.from_path(address.path) == address
    assert addresses.from_spoken(address.spoken("ko"), "ko") == address
    assert addresses.from_spoken(address.spoken("en"), "en") == address


@given(st.text(alphabet="artpchsubdoen_-0123456789/.gaw", max_size=24))
def test_what_is_taken_is_the_one_spelling(text: str) -> None:
    for read, spelling in (
        (addresses.parse, "eid"), (addresses.from_compact, "compact"), (addresses.from_path, "path"),
    ):  # fmt: skip
        try:
            address = read(text)
        except InvalidAddress:
            continue
        assert getattr(address, spelling) == text


@pytest.mark.parametrize("eid", [
    "", "art", "art_", "art_0", "art_01", "art_1-0", "art_1_2", "art_1__", "__art_1", "art_1__art_2", "para_1",
    "art_1__point_ga__subpara_1", "art_1__point_1", "art_1__point_xx", "art_1__sub_1__point_ga", "art_1__para_ga",
    "art_1__sub_1__sub_2__sub_3", "art_12345678", "art_１", "art_1 ", "ART_1", "chp_1__art_1", "sec_1__chp_1", "part_0",
    "addenda_0", "addenda_ga", "addenda__chp_1", "tbl_1__para_1", "tbl_ga", "form_", "preamble_1", "preamble__art_1",
    "doc_1", "doc__art_1", "after_", "after_doc", "after_after_art_1", "after:art_2", "whole", "art_1__para_1__after_x",
    "art_1\n", "art_1%00",
])  # fmt: skip
def test_malformed_eids_are_refused(eid: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.parse(eid)


@pytest.mark.parametrize("path", [
    "", "a", "a/", "/a/1", "a/1/", "a/1/0", "a/0", "a/01", "a/1//2", "a/1/2/3/ga/1/2/3/4", "a/1/2/3/4", "h", "h/p",
    "h/0", "h/3/0", "h/3/1/2/3", "h/preamble/1", "add/0", "add/0/0", "add/00", "add/000", "add/own", "add/own/1",
    "add/0100", "add/36506/0", "tbl", "tbl/ga", "tbl/1/2", "doc/1", "after", "after/", "after/a/15", "after/doc",
    "x/1", "12-2/3",
])  # fmt: skip
def test_malformed_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.from_path(path)


@pytest.mark.parametrize("compact", ["a.12", "12-2.3.0", "0.1", "12.", ".12", "after.a.15", "12/2", "h.p"])
def test_malformed_compact_forms_are_refused(compact: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.from_compact(compact)


@pytest.mark.parametrize(("text", "language"), [
    ("제12조의 2", "ko"), ("12조", "ko"), ("제2조제1호가", "ko"), ("제2조 제1호", "ko"), ("", "ko"),
    ("부칙제1조", "ko"), ("Article 12-2(3)", "en"), ("article 2", "en"), ("subparagraph 1 of Article", "en"),
    ("", "en"), ("Chapter 3", "en"), ("Chapter IIII", "en"), ("the Addenda", "en"),
])  # fmt: skip
def test_looser_wordings_are_no_addresses(text: str, language: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.from_spoken(text, "ko" if language == "ko" else "en")


def test_a_refusal_names_the_address_and_is_short() -> None:
    with pytest.raises(InvalidAddress, match=r"^“art_x” is not the address"):
        addresses.parse("art_x")
    with pytest.raises(InvalidAddress) as caught:
        addresses.parse("art_1__" * 100_000)
    assert len(str(caught.value)) < 300


def test_kind_clause_and_parents() -> None:
    item = addresses.parse("art_2__para_1__subpara_1__point_ga")
    assert item.kind is Kind.ITEM
    assert [parent.eid for parent in item.parents] == ["art_2__para_1__subpara_1", "art_2__para_1", "art_2"]
    behind = addresses.parse("after_art_2")
    assert behind.kind is None
    assert behind.clause == addresses.parse("art_2")
    assert addresses.parse("doc").kind is None
    assert addresses.parse("addenda_36506").kind is Kind.ADDENDUM


def test_addresses_sort_as_the_text_runs() -> None:
    in_order = [
        "doc", "preamble", "part_1", "part_1__chp_1", "part_1__chp_1__sec_1", "part_1__chp_1-2", "part_2",
        "art_2", "art_2__subpara_1", "art_2__subpara_1__point_ga", "art_2__subpara_1__point_ga__sub_1",
        "art_2__subpara_1__point_ha", "art_2__subpara_1__point_geo", "art_2__subpara_1-2", "art_2__subpara_2",
        "art_2__para_1", "art_2__para_1__subpara_9", "art_2__para_1__subpara_10", "after_art_2__para_1",
        "art_2__para_2", "after_art_2", "art_2-2", "art_2-10", "art_10",
        "addenda_471", "addenda_36053__art_1", "after_addenda_36053", "addenda_36053-2", "addenda", "addenda__para_1",
        "addenda__art_1", "tbl_1", "tbl_1-2", "tbl_2", "form_0", "form_0-2", "form_1",
    ]  # fmt: skip
    shuffled = sorted(in_order)
    assert sorted(shuffled, key=lambda eid: addresses.parse(eid).sort_key) == in_order


@given(strategies.addresses, strategies.addresses)
def test_different_addresses_have_different_sort_keys(one: Address, other: Address) -> None:
    assert (one.sort_key == other.sort_key) == (one == other)


@pytest.mark.parametrize(("eid", "label"), [
    ("art_12-2", "Article 12-2"), ("art_12-2__para_3", "(3)"), ("art_2__subpara_1-2", "1-2."),
    ("art_2__subpara_1__point_ga", "(a)"), ("chp_3", "Chapter III"), ("tbl_1", "Annex 1"), ("doc", "the whole draft"),
])
def test_the_number_as_an_english_text_prints_it(eid: str, label: str) -> None:
    assert addresses.parse(eid).english_label == label
