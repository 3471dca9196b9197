"""Search words: what is asked for is found, in Korean and English, and the forms are what PostgreSQL reads.

PostgreSQL's own matching is replaced here by a small reader of both forms, so that thousands of texts can be tried.
"""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.kernel.search_text import search_tokens, tsquery_literal, tsvector_literal

_LEXEME = re.compile(r"'((?:[^'\\]|''|\\.)*)'")


def _unquoted(lexeme: str) -> str:
    return re.sub(r"''|\\(.)", lambda match: match[1] or "'", lexeme)


def vector(literal: str) -> dict[str, set[int]]:
    """What PostgreSQL makes of a tsvector literal."""
    places: dict[str, set[int]] = {}
    at = 0
    while at < len(literal):
        match = _LEXEME.match(literal, at)
        assert match, literal[at:]
        positions = re.compile(r"(?::([\d,]+))?(?: |$)").match(literal, match.end())
        assert positions, literal[match.end() :]
        places[_unquoted(match[1])] = {int(place) for place in (positions[1] or "").split(",") if place}
        at = positions.end()
    return places


def matches(query: str, places: dict[str, set[int]]) -> bool:
    """Whether a tsquery literal of `&`, `|`, `<n>`, `:*` and brackets matches; `&` binds more than `|`, `<n>` most."""
    tokens = re.findall(r"'(?:[^'\\]|''|\\.)*'(?::\*)?|<->|<\d+>|[&|()]", query)
    assert "".join(tokens) == query.replace(" ", "")

    def operand() -> tuple[bool, set[int]]:
        token = tokens.pop(0)
        if token == "(":
            result = either()
            assert tokens.pop(0) == ")"
            return result, set()
        lexeme = _unquoted(token.removesuffix(":*")[1:-1])
        if token.endswith(":*"):
            hits = [where for word, where in places.items() if word.startswith(lexeme)]
            return bool(hits), set().union(*hits)
        return lexeme in places, set(places.get(lexeme, ()))

    def phrase() -> bool:
        result, where = operand()
        while tokens and tokens[0].startswith("<"):
            distance = 1 if (operator := tokens.pop(0)) == "<->" else int(operator[1:-1])
            _, after = operand()
            where = {place for place in after if place - distance in where}
            result = bool(where)
        return result

    def both() -> bool:
        result = phrase()
        while tokens and tokens[0] == "&":
            tokens.pop(0)
            result = phrase() and result
        return result

    def either() -> bool:
        result = both()
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            result = both() or result
        return result

    result = either()
    assert not tokens
    return result


def finds(query: str, text: str) -> bool:
    literal = tsquery_literal(query)
    assert literal is not None
    return matches(literal, vector(tsvector_literal(text)))


TEXT = (
    "제23조의 고영향 인공지능 기본법은 생성형 AI 모델의 labels, labelled outputs와 10^26 연산량(1,000억)이다."
)


class TestExamples:
    @pytest.mark.parametrize(
        "query",
        [
            "인공", "공지", "지능", "인공지능", "기본법", "본법은", "법", "능", "제23조", "23조", "제",
            "고영향 인공지능", "모델",
            "기본법 고영향", "AI", "ai", "label", "Labels", "labelling", "output", "outputs", "10^26", "1000",
            "1,000억", "생성형 AI",
            '"인공지능 기본법"', '"고영향 인공지능"', "“생성형 AI 모델”", '"labels, labelled outputs"',
            '"인공지능 기본법', "AI모델",
            "２３", "ＡＩ", "'인공지능'", "(기본법)", '"법은 생성형"',
        ],
    )
    def test_found(self, query: str) -> None:
        assert finds(query, TEXT)

    @pytest.mark.parametrize(
        "query",
        [
            "지능인공", "공능", "민법", "인공지능법", "24조", "3조", "조항", "EU", "lab", "10^25", "100",
            "인공지능 민법",
            '"기본법 인공지능"', '"고영향 기본법"', '"outputs labels"', "능기",
        ],
    )
    def test_not_found(self, query: str) -> None:
        assert not finds(query, TEXT)

    @pytest.mark.parametrize("query", ["", "   ", '""', "!!! & | <-> :*", "'", "\\", "…", '" "'])
    def test_no_word_is_no_query(self, query: str) -> None:
        assert tsquery_literal(query) is None

    def test_tokens(self) -> None:
        assert search_tokens("인공지능 법 AI를") == [
            ("인공", 1), ("공지", 2), ("지능", 3), ("능", 4), ("법", 5), ("ai", 6), ("를", 7),
        ]

    @pytest.mark.parametrize(
        "family",
        [
            ["label", "labels", "labelled", "labelling", "labeled", "Labels'", "label's"],
            ["notice", "notices", "noticed", "noticing"],
            ["policy", "policies"], ["apply", "applies", "applied", "applying"], ["class", "classes"],
            ["require", "requires", "required", "requiring"], ["box", "boxes"],
            ["plan", "plans", "planned", "planning"],
            ["call", "calls", "called", "calling"], ["café", "CAFE", "cafés"],
        ],
    )
    def test_forms_of_a_word_are_one_word(self, family: list[str]) -> None:
        assert len({search_tokens(word)[0][0] for word in family}) == 1

    @pytest.mark.parametrize(
        ("one", "other"), [("status", "state"), ("process", "proceed"), ("string", "str"), ("EU", "US")]
    )
    def test_different_words_stay_different(self, one: str, other: str) -> None:
        assert search_tokens(one) != search_tokens(other)


SYLLABLES = st.text("가나다라인공지능법의은제조", min_size=2, max_size=12)
OTHERS = st.sampled_from([" ", ", ", "AI", "26", "\n", "「", "」", "labels"])
MIXED = st.lists(SYLLABLES | OTHERS, max_size=12).map("".join)
ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


class TestProperties:
    @settings(deadline=None)
    @given(MIXED, SYLLABLES, MIXED, st.data())
    def test_every_piece_of_two_syllables_or_more_is_found(
        self, before: str, word: str, after: str, data: st.DataObject
    ) -> None:
        start = data.draw(st.integers(0, len(word) - 2))
        end = data.draw(st.integers(start + 2, len(word)))
        assert finds(word[start:end], before + word + after)
        assert finds(f'"{word[start:end]}"', before + word + after)

    @settings(deadline=None)
    @given(ANY, ANY, ANY)
    def test_a_text_is_found_by_all_its_words(self, before: str, asked: str, after: str) -> None:
        assume(tsquery_literal(asked) is not None)
        assert finds(asked.replace('"', " "), f"{before} {asked} {after}")

    @settings(deadline=None)
    @given(SYLLABLES, SYLLABLES)
    def test_a_word_that_is_not_there_is_not_found(self, word: str, text: str) -> None:
        assert finds(word, text) == (word in text)

    @settings(deadline=None)
    @given(ANY)
    def test_the_forms_can_be_read(self, text: str) -> None:
        places = vector(tsvector_literal(text))
        expected = defaultdict(set)
        for token, position in search_tokens(text):
            expected[token].add(position)
        assert places == expected
        query = tsquery_literal(text)
        if query is not None:
            matches(query, places)


class TestLimits:
    def test_a_long_text_is_still_found_by_its_last_words(self) -> None:
        text = "합니다 " * 6_000 + "제안드립니다 끝말"
        places = vector(tsvector_literal(text))
        assert max(map(len, places.values())) <= 255
        assert max(place for where in places.values() for place in where) < 16_383
        for query in ("제안드립니다", "드립니다", '"제안드립니다 끝말"', "끝말"):
            assert finds(query, text)
        assert not finds("안건", text)

    def test_the_form_stays_within_a_megabyte(self) -> None:
        text = " ".join(f"word{n:08d}" for n in range(200_000))
        literal = tsvector_literal(text)
        assert len(literal.encode()) < 2_000_000
        assert sum(len(word.encode()) + 8 + 2 * len(where) for word, where in vector(literal).items()) < 1_000_000

    def test_a_long_word_is_cut_the_same_way_on_both_sides(self) -> None:
        assert finds("x" * 150, "a " + "x" * 5_000)
        assert finds("9" * 150, "a " + "9" * 5_000)

    def test_a_long_query_is_cut(self) -> None:
        literal = tsquery_literal("인공지능 " * 1_000_000)
        assert literal is not None
        assert len(literal) < 1_000
