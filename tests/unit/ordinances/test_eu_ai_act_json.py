"""The EU AI Act: a law that is not Korean in the same tree, its counts equal to those of the source."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Kind, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import eu_ai_act_json, portal_json
from portal.ordinances.writers import portal_json as writer
from tests.unit.ordinances import official

EU = official.DATA / "ordinances" / "eu" / "eu_ai_act_2024_1689_en.json"


@lru_cache(maxsize=1)
def read() -> Reading:
    return readers.read(EU.read_bytes())


def texts() -> list[tuple[str, str]]:
    document = json.loads(EU.read_bytes())
    articles = [(a["article"], a["text"]) for chapter in document["chapters"] for a in chapter["articles"]]
    return articles + [(a["annex"], a["text"]) for a in document["annexes"]]


def marks(text: str) -> Counter[Kind]:
    """An independent count: numbers at the beginnings of lines that no link stands before, each list running from its
    first number on; a list that begins again in one paragraph has no numbers of its own."""
    found: Counter[Kind] = Counter()
    paragraph = numbered = 0
    letters = ""
    closed = False
    before = ""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        cited = re.fullmatch(r"Articles?\s\d+", before) is not None
        before = line.strip()
        if match := re.match(r"(\d+)\. ", line):
            if int(match[1]) == paragraph + 1:
                paragraph, letters, closed = paragraph + 1, "", False
                found[Kind.PARAGRAPH] += 1
        elif (match := re.match(r"\((\d+)\) ", line)) and not cited:
            if int(match[1]) == numbered + 1:
                numbered, letters, closed = numbered + 1, "", False
                found[Kind.SUBPARAGRAPH] += 1
        elif match := re.match(r"\(([ivx]+|[a-z])\)(?: |$)", line):
            name = match[1]
            closed = closed or (name == "a" and letters != "")
            if closed:
                continue
            if len(name) == 1 and ord(name) - ord("a") == len(letters) and not (
                name == "i" and next((each for each in lines[place + 1 :] if each.startswith("(")), "").startswith("(ii)")
            ):
                letters += name
                found[Kind.ITEM] += 1
            else:
                found[Kind.SUBITEM] += 1
    return found


@official.needs_data
def test_counts_are_those_of_the_source() -> None:
    counted: Counter[Kind] = Counter()
    for name, text in texts():
        if name.startswith("Article"):
            counted += marks(text)
    counts = read().counts
    assert counts[Kind.ARTICLE] == 113
    assert counts[Kind.CHAPTER] == 13
    assert {kind: counts[kind] for kind in counted} == dict(counted)
    assert [c.label for c in read().draft.clauses if c.kind is Kind.ARTICLE] == [f"Article {n}" for n in range(1, 114)]
    assert sum(clause.kind is Kind.ANNEX for clause in read().draft.clauses) == 13
    assert read().not_placed == ()


@official.needs_data
def test_every_letter_of_the_source_is_there() -> None:
    expected = Counter(re.sub(r"\s", "", "".join(f"{name}{text}" for name, text in texts())))
    printed = Counter(re.sub(r"\s", "", "".join(map(_printed, read().draft.clauses))))
    assert not expected - printed - Counter({":": 126})  # Article 1: Subject Matter
    assert not printed - expected


def _printed(clause: Clause) -> str:
    if clause.kind is Kind.CHAPTER:
        return ""
    return "".join((clause.label, clause.heading_en or "", clause.text_en or "", *clause.notes))


@official.needs_data
def test_addresses_are_unique_and_the_portals_own_json_gives_the_same_tree_back() -> None:
    draft = read().draft
    assert len({clause.eid for clause in draft.clauses}) == len(draft.clauses)
    assert all(parse(clause.eid).kind is clause.kind for clause in draft.clauses)
    assert portal_json.read(writer.write(draft)).draft == draft
    assert draft.languages == ("en",)


@official.needs_data
def test_points_and_sub_points() -> None:
    clauses = read().draft.by_eid
    assert clauses["art_5__para_1__point_a"].label == "(h)"
    assert clauses["art_5__para_1__point_a__sub_2"].label == "(ii)"
    assert clauses["art_3__subpara_45__point_na"].label == "(b)"
    assert clauses["art_113__point_na"].text_en == (
        "Chapter III Section 4, Chapter V, Chapter VII and Chapter XII and Article 78 shall apply from 2 August 2025, with"
        " the exception of Article 101;"
    )
    assert clauses["art_2__para_2"].text_en is not None
    assert clauses["art_2__para_2"].text_en.startswith(
        "For AI systems classified as high-risk AI systems in accordance with Article 6(1) related to products covered by"
        " the Union harmonisation legislation listed in Section B of Annex I, only Article 6(1), Articles 102 to 109 and"
        " Article 112 apply. Article 57 applies only"
    )
    assert clauses["art_2__para_3"].notes == ("Related: Recital 24",)
    assert (clauses["chp_3"].label_en, clauses["chp_3"].heading_en) == ("Chapter III", "High-Risk AI System")
    assert clauses["tbl_13"].label == "Annex XIII"


@official.needs_data
def test_a_second_list_in_one_paragraph_is_text() -> None:
    text = read().draft.by_eid["art_43__para_1__point_na"].text_en or ""
    assert [line[:3] for line in text.split("\n")[1:]] == ["(a)", "(b)", "(c)", "(d)"]


SMALL: dict[str, Any] = {
    "regulation": "A", "citation": "B",
    "chapters": [{"chapter": "Chapter I: Opening", "articles": [
        {"article": "Article 1: Aim", "text": "1. First, see\nArticle 2\n(3).\n(a) one;\n(b) two.\n2. Second", "url": "u"},
        {"article": "Article 1: Twice", "text": "Lost"}, {"article": "No number", "text": "Lost too\n\n"},
    ]}],
    "annexes": [{"annex": "Annex II: List", "text": "Words\nRelated:\nRecital 1\n,\nand\nRecital 2"},
                {"annex": "Annex", "text": "Lost as well"}],
}  # fmt: skip


def test_a_small_one() -> None:
    reading = eu_ai_act_json.read(json.dumps(SMALL).encode())
    clauses = reading.draft.by_eid
    assert list(clauses) == ["chp_1", "art_1", "art_1__para_1", "art_1__para_1__point_ga", "art_1__para_1__point_na",
                             "art_1__para_2", "tbl_2"]  # fmt: skip
    assert clauses["art_1__para_1"].text_en == "First, see Article 2(3)."
    assert clauses["tbl_2"].notes == ("Related: Recital 1, and Recital 2",)
    assert [rejected.text for rejected in reading.not_placed] == [
        "Article 1: Twice", "Lost", "No number", "Lost too", "Annex", "Lost as well",
    ]  # fmt: skip
    assert reading.draft.title_en == "A (B)"
    assert dict(reading.facts)["url.art_1"] == "u"


@pytest.mark.parametrize(("change", "message"), [
    ({"chapters": {}}, "This JSON file is no draft: it has no title or no clauses."),
    ({"chapters": [3]}, "chapters[0] must be an object."),
    ({"chapters": [{"chapter": 3}]}, "chapters[0].chapter must be a text."),
    ({"chapters": [{"chapter": "Chapter I"}]}, "chapters[0].articles must be a list."),
    ({"annexes": [{"annex": "Annex I", "text": []}]}, "annexes[0].text must be a text."),
    ({"chapters": []}, "The file holds no clause: no line of it begins an article, such as “제1조 (목적)”."),
])  # fmt: skip
def test_what_is_broken_is_refused_with_its_path(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableDraft) as caught:
        eu_ai_act_json.read(json.dumps(SMALL | change).encode())
    assert str(caught.value) == message
