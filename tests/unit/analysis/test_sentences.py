"""Sentences: where they end, where they do not, and that none of a text is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.analysis.sentences import split_sentences
from portal.ordinances.clauses import Language
from tests.support.timing import assert_within
from tests.unit.analysis.hostile_texts import HOSTILE


def split(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize(("text", "sentences"), [
    ("시행일은 2025. 11. 12. 입니다. 그런데 3.5%는?아니요!네.", ["시행일은 2025. 11. 12.", "입니다.", "그런데 3.5%는?", "아니요!", "네."]),
    ("그렇습니다.그런데 아닙니다.", ["그렇습니다.", "그런데 아닙니다."]),
    ('그는 "합니다."라고 했다. 끝', ['그는 "합니다."라고 했다.', "끝"]),
    ("1. 첫째\n2. 둘째는 그렇다.\n가. 나다 ① 하나 ② 둘", ["1. 첫째", "2. 둘째는 그렇다.", "가. 나다", "① 하나", "② 둘"]),
    ("이 줄은 서른 글자가 넘도록 길게 써서 다음 줄로 이어지게 하려는\n문장입니다.", [
        "이 줄은 서른 글자가 넘도록 길게 써서 다음 줄로 이어지게 하려는\n문장입니다."]),
    ("미린애숲\n의견입니다", ["미린애숲", "의견입니다"]),
    ("", []),
    (" \n ", []),
])  # fmt: skip
def test_korean(text: str, sentences: list[str]) -> None:
    assert split(text, "ko") == sentences


@pytest.mark.parametrize(("text", "sentences"), [
    ("See Art. 5, i.e. the U.S. rule. No. 3 is fine.", ["See Art. 5, i.e. the U.S. rule.", "No. 3 is fine."]),
    ('He said "stop." Then 10.5 rose!', ['He said "stop."', "Then 10.5 rose!"]),
    ("Merlisand Technologies, Singapore\nWe agree.", ["Merlisand Technologies, Singapore", "We agree."]),
    ("A line that is wrapped at seventy columns goes on with a small\nletter below.", [
        "A line that is wrapped at seventy columns goes on with a small\nletter below."]),
    ("(a) first\n(b) second", ["(a) first", "(b) second"]),
])  # fmt: skip
def test_english(text: str, sentences: list[str]) -> None:
    assert split(text, "en") == sentences


@given(text=st.text(alphabet="가다. ?!\n①1a\"”)-", max_size=80), language=st.sampled_from(["ko", "en"]))
def test_every_letter_is_in_one_sentence(text: str, language: Language) -> None:
    spans = split_sentences(text, language)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    assert_within(3.0, lambda: split_sentences(HOSTILE[name], "ko"), rounds=1)
