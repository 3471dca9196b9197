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
    assert clauses["tbl_1"]["table"] == {"columns": ["Violation", "Amount"], "rows": [["No notice", "500"]]}


def test_in_words(small: Path, markdown: Path) -> None:
    lines = run(small).output.splitlines()
    assert lines[:2] == ["시험 시행령", "8 clauses"]
    assert "  paragraph         2" in lines
    assert lines[-1] == "Every line was placed."
    assert run(markdown).output.splitlines()[-3:] == [
        "2 lines were not placed:", "  line 4: ## 참고", "  line 5: 딴 줄",
    ]  # fmt: skip


def test_the_format_can_be_named(small: Path, markdown: Path) -> None:
    assert run(small, "--format", "portal_json").exit_code == 0
    wrong = run(markdown, "--format", "portal_json")
    assert (wrong.exit_code, wrong.output) == (1, "Error: This is no valid JSON: line 1, column 1.\n")
    assert run(small, "--format", "docx").exit_code == 2


def test_what_cannot_be_read_ends_with_one_and_a_reason(tmp_path: Path, markdown: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("글", "utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert result.output.startswith("Error: This is no draft in a format that we read")
    assert run(markdown, "--lang", "en").output == "Error: The file holds no English text.\n"
    assert run(tmp_path / "none").exit_code == 2


@official.needs_data
def test_the_ai_decree_has_347_clauses() -> None:
    printed = json.loads(run(official.DECREE_1, "--json").output)
    counted = sum(printed["counts"][kind] for kind in ("article", "paragraph", "subparagraph", "item"))
    assert counted == 347
    assert printed["not_placed"] == []
    assert run(official.DECREE_1).output.splitlines()[1] == "347 clauses"
