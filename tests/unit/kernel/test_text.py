"""Typed text: one canonical form, nothing taken out silently, limits, first words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.i18n import translate
from portal.kernel.text import canonical, lead_words, typed
from tests.support.timing import assert_within

ANY = st.text(st.characters(), max_size=200)  # surrogates and control characters included


class TestCanonical:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            ("가\r\n나\r다\x0b라\u2028마\x85바", "가\n나\n다\n라\n마\n바"),
            ("\n\n  가 \t\n\n나  \n\n", "  가\n\n나"),
            (unicodedata.normalize("NFD", "의견"), "의견"),
            ("a\x00b\x08c\x7f\x9f", "abc"),
            ("a\u200bb\ufeff\u00adc", "abc"),
            ("a\u202eb\u2066c", "abc"),
            ("a\tb", "a\tb"),
            ("👩\u200d💻", "👩\u200d💻"),
            ("a\ud800b", "a\ufffdb"),
            ("제１조　①", "제１조　①"),
        ],
    )
    def test_examples(self, text: str, form: str) -> None:
        assert canonical(text) == form

    @given(ANY)
    def test_is_idempotent_and_can_be_stored(self, text: str) -> None:
        form = canonical(text)
        assert canonical(form) == form
        assert unicodedata.is_normalized("NFC", form)
        assert "\x00" not in form
        form.encode()

    @given(ANY)
    def test_the_same_words_have_the_same_form(self, text: str) -> None:
        form = canonical(text)
        assert canonical(form.replace("\n", "\r\n")) == form
        assert canonical(unicodedata.normalize("NFD", form)) == form
        assert canonical(f"\n{form} \n") == form or not form


class TestTyped:
    @given(ANY)
    def test_is_canonical(self, text: str) -> None:
        assert typed(text, limit=1_000).text == canonical(text)

    @given(ANY)
    def test_one_line(self, text: str) -> None:
        line = typed(text, limit=1_000, one_line=True).text
        assert "\n" not in line
        assert line == line.strip()

    def test_says_what_it_took_out(self) -> None:
        told = typed("a\x00b\u200bc\ud800").told
        assert [translate(message, "en") for message in told] == [
            "2 characters that cannot be seen were removed from your text.",
            "1 character of your text could not be read; \ufffd stands in its place.",
        ]
        assert "2개" in translate(told[0], "ko")
        assert typed("평범한 글\r\n").told == ()

    def test_a_text_that_is_too_long_is_kept_and_told(self) -> None:
        assert typed("가" * 10, limit=10).problems == ()
        result = typed("가" * 1_011, limit=1_000)
        assert result.text == "가" * 1_011
        assert translate(result.problems[0], "en") == (
            "This text is 11 characters too long: 1,011 of at most 1,000 characters."
        )
        assert translate(result.problems[0], "ko") == (
            "글이 11자 깁니다. 최대 1,000자까지 쓸 수 있는데 지금 1,011자입니다."
        )

    def test_what_is_stripped_does_not_count(self) -> None:
        assert typed("가" * 10 + " \r\n" * 5, limit=10).problems == ()

    def test_five_megabytes_are_answered_at_once(self) -> None:
        text = "\x00가" * 2_500_000
        assert_within(0.1, lambda: typed(text))
        result = typed(text)
        assert result.problems
        assert result.text is text


class TestLeadWords:
    @pytest.mark.parametrize(
        ("text", "length", "lead"),
        [
            ("짧은 글", 10, "짧은 글"),
            ("시행령안 제25조의\n고려사항만 보아서는", 15, "시행령안 제25조의…"),
            ("The definition, which is too broad", 16, "The definition…"),
            ("가" * 30, 10, "가" * 9 + "…"),
            ("  ", 10, ""),
        ],
    )
    def test_examples(self, text: str, length: int, lead: str) -> None:
        assert lead_words(text, length) == lead

    @given(st.text(), st.integers(2, 60))
    def test_is_one_short_line_of_the_text(self, text: str, length: int) -> None:
        lead = lead_words(text, length)
        line = " ".join(text.split())
        assert len(lead) <= length
        assert "\n" not in lead
        assert lead == line or (lead.endswith("…") and line.startswith(lead[:-1]))
