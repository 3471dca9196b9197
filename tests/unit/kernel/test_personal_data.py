"""The detector of personal data: what it must find, what it must leave alone, and that nothing makes it slow."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.personal_data import Find, Kind, find, find_resident_numbers
from tests.support.timing import assert_within

DATA = Path(__file__).parents[4] / "shared" / "data"
beside_the_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data are not at {DATA}")


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind.value, one.text) for one in find(text)]


FOUND = {
    Kind.RESIDENT_NUMBER: [
        "900230-1234567", "9002301234567", "900230 1234567", "900230 - 8234567", "900230–1234567", "900230−1234567",
        "900230ー1234567", "９００２３０－１２３４５６７", "9 0 0 2 3 0 - 1 2 3 4 5 6 7", "900230-\n1234567",
        "90\u200b0230-12345\u200d67", "000000-1000000", "999999-5999999", "9\ufe0f00230-1234567",
    ],
    Kind.PHONE: [
        "010-1234-5678", "01012345678", "010 1234 5678", "010.1234.5678", "010·1234·5678", "011-123-4567",
        "02-0000-5512", "(02) 555-1234", "(031)555-1234", "0212345678", "031-000-2290", "070-1234-5678",
        "+82-10-1234-5678", "+82 (0)2 0000 1188", "82-10-1234-5678", "+821012345678", "+1 555-0123", "+1-202-555-0143",
        "(202) 555-0143", "202-555-0143", "+44 20 7946 0912", "+49 (0)30 1234567", "０１０－１２３４－５６７８",
        "01\u200b0-1234-\u20605678",
    ],
    Kind.EMAIL: [
        "policy@tarrowby.example", "a.b+c_d%e-f@x-y.co.kr", "hong@x.kr", "h@회사.한국", "hong (at) x.kr",
        "hong[at]x.kr",
        "hong@sub.x.co.kr", "ｈｏｎｇ＠ｘ．ｋｒ", "ho\u200bng@x.kr", "x" * 64 + "@y.example",
    ],
    Kind.BUSINESS_NUMBER: ["220-81-62517", "２２０-81-62517"],
    Kind.ACCOUNT_NUMBER: [
        "123456-01-123456", "110-123-456789", "1002-123-456789", "123-123456-12345", "301-1234-1234-11",
        "3333-01-1234567", "4111 1111 1111 1111", "4111111111111111", "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
    ],
}
IN_CONTEXT = {
    Kind.PHONE: [("tel ", "1588-1234"), ("대표번호: ", "1588-1234"), ("전화(직통) ", "2100-1234"),
                 ("Phone number: ", "555-0123"), ("TEL. ", "020 7946 0958"),
                 (unicodedata.normalize("NFD", "전화 "), "2100-1234")],
    Kind.BUSINESS_NUMBER: [("사업자등록번호 ", "123-45-67890"), ("사업자번호: ", "1234567890"),
                           ("Business registration no. ", "123 45 67890")],
    Kind.ACCOUNT_NUMBER: [("계좌번호는 ", "12345678901"), ("국민은행(3층) ", "12-3456-789012"),
                          ("bank account no. ", "0012345678"),
                          ("예금주 홍길동 ", "1000-1234-1234"), ("카드번호 ", "1234-5678-9012-3456")],
}


class TestFinds:
    @pytest.mark.parametrize(("kind", "item"), [(kind, item) for kind, items in FOUND.items() for item in items])
    @pytest.mark.parametrize(
        "around", ["{}", "연락은 {}로 주십시오.", "({})", "가\n{}\n나", "a: {}, b", "{}입니다", "“{}”"]
    )
    def test_by_form(self, kind: Kind, item: str, around: str) -> None:
        assert found(around.format(item)) == [(kind.value, item)]

    @pytest.mark.parametrize(
        ("kind", "before", "item"), [(kind, *pair) for kind, pairs in IN_CONTEXT.items() for pair in pairs]
    )
    def test_by_the_words_before(self, kind: Kind, before: str, item: str) -> None:
        assert found(f"{before}{item} 끝") == [(kind.value, item)]
        assert found(f"우리 {item} 끝") == []

    def test_places_are_those_of_the_given_text(self) -> None:
        text = "\u200b가\u200b 900230\u200b-1234567, 010-1234-5678"
        assert find(text) == [
            Find(Kind.RESIDENT_NUMBER, 4, 19, "900230\u200b-1234567"),
            Find(Kind.PHONE, 21, 34, "010-1234-5678"),
        ]

    def test_a_resident_number_is_seen_inside_other_numbers(self) -> None:
        for text in ("123-900230-1234567-1", "계좌 900230-1234567", "tel 900230-1234567", "02-900230-1234567"):
            assert [one.text for one in find_resident_numbers(text)] == ["900230-1234567"]

    def test_many(self) -> None:
        assert found("a@b.kr, 010-1234-5678 / 010-1234-5679; 220-81-62517\n900230-1234567") == [
            ("email", "a@b.kr"), ("phone", "010-1234-5678"), ("phone", "010-1234-5679"),
            ("business_number", "220-81-62517"), ("resident_number", "900230-1234567"),
        ]

    def test_an_area_code_with_half_a_bracket(self) -> None:
        assert found("문의 02)555-1234") == [("phone", "02)555-1234")]

    def test_a_line_before_an_address_does_not_hide_it(self) -> None:
        assert found("_" * 80 + "hong@x.kr") == [("email", "hong@x.kr")]


@pytest.mark.parametrize(
    "text",
    [
        # masked
        "900230-*******", "900230-1******", "900230-●●●●●●●", "010-****-5678", "hong@***",
        # another form
        "900230-0234567", "900230-9234567", "1900230-1234567", "900230-12345678", "90023-1234567",
        # law
        "대통령령 제36053호", "제12조의2제3항제4호가목", "[시행 2026. 1. 22.] [대통령령 제36053호, 2026. 1. 21., 제정]",
        "은행법 제12조의2제3항 2025. 12. 31.", "과학기술정보통신부공고 제2025-1234호", "2025-11-12", "20251112",
        "2025가합12345",
        "예금계좌로 30일 이내에 10억원을", "2025. 11. 12. 14:03:22", "전화 2025. 12. 31.까지",
        "계좌 2025. 11. 12. 13:00:01",
        # amounts, computing power, versions, addresses of pages
        "10,000,000원", "1000000000000원", "10^26", "+1000000", "3.141592653589", "v1.2.3.4", "192.168.100.200",
        "https://www.law.go.kr/x@y", "@handle", "a@b", "1-2-3-4-5-6-7", "123-45-67890",
        # a digest
        "dde4d1ac0531554783617a6ead4562d35fe24fd6", "d6115081701690c328ea9c988a5169864d",
    ],
)
def test_left_alone(text: str) -> None:
    assert found(text) == []


class TestProperties:
    @settings(deadline=None)
    @given(st.text("019-. ()+@ab계좌전화\u200b９\n", max_size=200))
    def test_finds_are_in_order_apart_and_true(self, text: str) -> None:
        finds = find(text)
        for one in finds:
            assert text[one.start : one.end] == one.text
            assert one.text
        for before, after in pairwise(finds):
            assert before.end <= after.start

    @settings(deadline=None)
    @given(
        st.text(st.characters(exclude_categories=("Nd", "Cf", "Mn", "Me", "Cs", "Cc")), max_size=50),
        st.from_regex(r"[0-9]{6}-?[1-8][0-9]{6}", fullmatch=True),
        st.text(st.characters(exclude_categories=("Nd", "Cf", "Mn", "Me", "Cs", "Cc")), max_size=50),
    )
    def test_every_resident_number_is_found_whatever_stands_around(self, before: str, number: str, after: str) -> None:
        ends, begins = (unicodedata.normalize("NFKC", sign) for sign in (before[-1:], after[:1]))  # ª is an a
        if ends.isascii() and ends.isalpha() and begins.isascii() and begins.isalpha():
            before += " "  # thirteen digits between letters are a key
        assert number in [one.text for one in find_resident_numbers(before + number + after)]

    @settings(deadline=None)
    @given(st.text(max_size=300))
    def test_any_text_can_be_read(self, text: str) -> None:
        find(text)


HOSTILE = {
    "digits": "1", "spaced digits": "1 ", "hyphened digits": "1-", "letters": "a", "dotted letters": "a.",
    "addresses without end": "a@", "almost addresses": "a@a.", "addresses": "a@a.aa ", "at": "a (at) ", "signs": "@",
    "context words": "계좌", "context words with numbers": "계좌1 ", "accounts": "account 1 ", "pluses": "+1 ",
    "almost phones": "0101-", "phones": "010-1234-5678 ", "resident numbers": "900230-1234567",
    "almost resident numbers": "900230-", "boxes": "9 0 0 2 3 0 - ", "business numbers": "123-45-67890 ",
    "cards": "1234 ", "ibans": "GB82 ", "full width": "９", "not seen": "9\u200b", "banks": "은행 12345",
    "brackets": "(202) ",
    "mixed": "０1０-1234-5678\u200b", "spaces": " ", "lines": "\n",
}


class TestTime:
    """Five million characters in two seconds of computing, so that nobody can stop the portal with a text."""

    @pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
    def test_hostile_text(self, piece: str) -> None:
        text = ("010-1234-5678 " + piece * (250_000 // len(piece)))[:250_000]
        assert_within(0.1, lambda: find(text))

    @pytest.mark.parametrize("alphabet", ["0123456789-. ()+@a계좌\u200b", "".join(map(chr, range(32, 0x3000)))])
    def test_hostile_mixture(self, alphabet: str) -> None:
        text = "".join(random.Random(1).choices(alphabet, k=250_000))
        assert_within(0.1, lambda: find(text))

    @pytest.mark.parametrize("piece", ["123-45-67890 "])
    def test_five_million_characters(self, piece: str) -> None:
        text = ("010-1234-5678 " + piece * (5_000_000 // len(piece)))[:5_000_000]
        assert_within(2, lambda: find(text))

    def test_an_ordinary_comment_costs_nothing(self) -> None:
        text = "시행령안 제25조의 고려사항만 보아서는 그중 어느 것이 해당하는지 의견이 갈립니다. " * 20
        assert_within(0.01, lambda: find(text))


@beside_the_data
class TestMeasured:
    """On texts written for this project and on the law itself."""

    def _comments(self) -> Iterator[dict[str, Any]]:
        with (DATA / "corpus" / "comments.jsonl").open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)

    def test_every_planted_item_of_these_kinds_and_nothing_else(self) -> None:
        missed, beside = [], []
        for comment in self._comments():
            finds = [one.text for one in find(comment["reason"])]
            missed += [item for item in comment["pii"] if item not in finds]
            beside += [item for item in finds if item not in comment["pii"]]
            for field in ("proposed_wording", "legal_basis"):
                beside += [one.text for one in find(comment[field] or "")]
        assert missed == ["서울특별시 가상구 견본로 45, 101동 202호"]  # a postal address has no form
        assert beside == []

    @pytest.mark.parametrize("folder", ["letters", "meetings"])
    def test_letters_and_minutes(self, folder: str) -> None:
        for path in sorted((DATA / "corpus" / folder).glob("*.txt")):
            for one in find(path.read_text(encoding="utf-8")):
                assert one.kind in (Kind.EMAIL, Kind.PHONE)
                invented = (".example", "@example.", "-000", "555-01", "7946 0")
                assert any(sign in one.text for sign in invented)

    def test_nothing_in_the_text_of_the_law(self) -> None:
        law = DATA / "ordinances"
        paths = [
            *law.glob("kr/**/*.md"), *law.glob("notices/*.txt"), *law.glob("mapping/*_en.json"), *law.glob("eu/*.json"),
            *DATA.glob("demo/*.json"),
        ]
        assert len(paths) >= 45
        hits = {path.name: found(path.read_text(encoding="utf-8")) for path in paths}
        assert {name: finds for name, finds in hits.items() if finds} == {}
