"""What may not stand in words that the public reads is found, and quoted so that it is found again but not repeated."""

from __future__ import annotations

from portal.kernel import public_words
from portal.kernel.i18n import translate

NUMBER = f"900101-{'1234567'}"


def said(document: object) -> list[str]:
    return [translate(problem, "en") for problem in public_words.problems_of(document)]


def test_a_text_without_a_number_has_no_problem() -> None:
    assert said(["2025. 11. 12.", {"a": "02-1234-5678"}, 3, None, "900101-*******"]) == []


def test_the_place_is_quoted_and_the_number_masked() -> None:
    [sentence] = said("가" * 100 + f" 홍길동 {NUMBER} 전화 " + "나" * 100)
    assert "홍길동 900101-******* 전화" in sentence and NUMBER not in sentence
    assert "“…" in sentence and "…”" in sentence and len(sentence) < 200


def test_every_number_is_masked_where_another_is_quoted() -> None:
    [sentence] = said(f"{NUMBER}, {NUMBER}, {NUMBER}, {NUMBER}")
    assert NUMBER not in sentence and sentence.count("/") == 2


def test_texts_of_a_document_are_looked_through_apart() -> None:
    assert said(["900101-", "1234567"]) == []
    [sentence] = said({"eid": "art_1", "tables": [[{"text": f"담당 {NUMBER}"}]], "next": "art_2"})
    assert "“담당 900101-*******”" in sentence


def test_the_places_are_told_by_name() -> None:
    assert public_words.spans({"a": "", "b": f"x {NUMBER}"}) == [("b", 2, 16)]
