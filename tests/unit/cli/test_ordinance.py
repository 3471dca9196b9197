"""`portal ordinance read`: what scripts get, and what a person is told when a file cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli.ordinance import ordinance
from portal.ordinances.writers import portal_json
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(ordinance, ["read", *map(str, arguments)])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "안.json"
    path.write_bytes(portal_json.write(SMALL))
    return path


@pytest.fixture
def markdown(tmp_path: Path) -> Path:
    path = tmp_path / "안.md"
    path.write_text("# 시험\n##### 제1조 (목적)\n글 <개정 2020.1.1>\n## 참고\n딴 줄\n", "utf-8")
    return path


def test_json(markdown: Path) -> None:
    result = run(markdown, "--json")
    assert result.exit_code == 0
    printed = json.loads(result.output)
    counts = printed.pop("counts")
    assert (counts["article"], sum(counts.values())) == (1, 1)
    assert printed == {
        "title": "시험",
        "format": "legalize_markdown",
        "not_placed": [{"line": 4, "text": "## 참고"}, {"line": 5, "text": "딴 줄"}],
        "clauses": [{
            "eid": "art_1", "kind": "article", "label": "제1조", "heading": "목적", "text": "글", "parent": None,
            "status": "in_force", "notes": ["<개정 2020.1.1>"],
        }],
    }  # fmt: skip


def test_json_in_english(small: Path) -> None:
    printed = json.loads(run(small, "--json", "--lang", "en").output)
    assert printed["title"] == "Test Decree"
    clauses = {clause["eid"]: clause for clause in printed["clauses"]}
    assert clauses["art_1"]["text"] == "This is a test."
    assert clauses["art_3"]["text"] is None
    assert clauses["art_2__para_2"]["status"] == "deleted"
    assert clauses["tbl_1"]["tables"] == [
        {"columns": ["Violation", "Amount"], "rows": [["No notice", "500"]], "after_lines": 1, "spans": []},
    ]  # fmt: skip


def test_in_words(small: Path, markdown: Path) -> None:
    lines = run(small).output.splitlines()
    assert lines[:2] == ["시험 시행령", "8 clauses"]
    assert "  paragraph         2" in lines
    assert lines[-3:] == [
        "besides: 4 in addenda, annexes and forms; tables: 1", "read as portal_json", "Every line was placed.",
    ]  # fmt: skip
    assert run(markdown).output.splitlines()[-3:] == [
        "2 lines were not placed:", "  line 4: ## 참고", "  line 5: 딴 줄",
    ]  # fmt: skip


def test_the_format_can_be_named(small: Path, markdown: Path) -> None:
    assert run(small, "--format", "portal_json").exit_code == 0
    wrong = run(markdown, "--format", "portal_json")
    assert (wrong.exit_code, wrong.output) == (1, "Error: This is no valid JSON: line 1, column 1.\n")
    assert run(small, "--format", "pdf").exit_code == 2
    assert run(small, "--format", "docx").output == "Error: The file cannot be unpacked: it may be cut short or damaged.\n"


def test_what_cannot_be_read_ends_with_one_and_a_reason(tmp_path: Path, markdown: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("글", "utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert result.output == (
        "Error: The file holds no clause: no line of it begins an article, such as “제1조 (목적)”.\n"
    )
    assert run(markdown, "--lang", "en").output == "Error: The file holds no English text.\n"
    assert run(tmp_path / "none").exit_code == 2


def test_a_text_in_english_is_read_and_printed_in_it(tmp_path: Path) -> None:
    path = tmp_path / "decree.txt"
    path.write_text("Decree\nArticle 1 (Purpose) (1) Text.\n(2) More.\nAnnex 1 List\nWords\n", "utf-8")
    printed = json.loads(run(path, "--json", "--lang", "en").output)
    assert printed["format"] == "plain_text"
    assert [(clause["eid"], clause["label"], clause["text"]) for clause in printed["clauses"]] == [
        ("art_1", "Article 1", ""), ("art_1__para_1", "(1)", "Text."), ("art_1__para_2", "(2)", "More."),
        ("tbl_1", "Annex 1", "Words"),
    ]  # fmt: skip


def test_an_english_text_is_known_without_being_told(tmp_path: Path) -> None:
    path = tmp_path / "decree.txt"
    path.write_text("Decree\nArticle 1 (Purpose) (1) Text.\n", "utf-8")
    printed = json.loads(run(path, "--json").output)
    assert [(clause["eid"], clause["text"]) for clause in printed["clauses"]] == [
        ("art_1", ""), ("art_1__para_1", "Text."),
    ]  # fmt: skip
    refused = run(path, "--lang", "ko")
    assert refused.exit_code == 1 and "holds no clause" in refused.output


def test_labels_are_in_the_language_that_is_printed(small: Path) -> None:
    def labels(language: str) -> dict[str, str]:
        printed = json.loads(run(small, "--json", "--lang", language).output)
        return {clause["eid"]: clause["label"] for clause in printed["clauses"]}

    korean, english = labels("ko"), labels("en")
    assert (korean["chp_1"], korean["art_1"], korean["art_2__para_2"]) == ("제1장", "제1조", "②")
    assert (english["chp_1"], english["art_1"], english["art_2__para_2"]) == ("Chapter I", "Article 1", "(2)")
    assert all(label.isascii() for label in english.values())


EVERY_FORMAT = [
    ("kr_xml/carbon_neutral_decree_285223.xml", "law_go_kr_xml", 881, []),
    ("kr/ai/ai_basic_act_decree/2026-07-20_36506.md", "legalize_markdown", 402, []),
    ("eu/eu_ai_act_2024_1689_en.json", "eu_ai_act_json", 1036, []),
    ("../demo/draft_v2.json", "portal_json", 402, []),
    ("../demo/draft_v2.json", "portal_json", 402, ["--lang", "en"]),
]  # fmt: skip


@official.needs_data
@pytest.mark.parametrize(("path", "source_format", "clauses", "options"), EVERY_FORMAT)
def test_every_format_of_the_data(path: str, source_format: str, clauses: int, options: list[str]) -> None:
    result = run(official.DATA / "ordinances" / path, "--json", *options)
    assert result.exit_code == 0, result.output
    printed = json.loads(result.output)
    assert printed["format"] == source_format
    assert sum(printed["counts"][kind] for kind in ("article", "paragraph", "subparagraph", "item")) == clauses
    assert printed["not_placed"] == []
    assert run(official.DATA / "ordinances" / path, "--format", source_format).exit_code == 0


@official.needs_data
def test_the_ai_decree_has_347_clauses() -> None:
    printed = json.loads(run(official.DECREE_1, "--json").output)
    counted = sum(printed["counts"][kind] for kind in ("article", "paragraph", "subparagraph", "item"))
    assert counted == 347
    assert printed["not_placed"] == []
    assert run(official.DECREE_1).output.splitlines()[1] == "347 clauses"
