"""`portal ordinance compare`: what scripts get, and what a person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from portal.cli.ordinance import register
from portal.ordinances.writers import portal_json
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL, clause


def run(*arguments: str | Path) -> Result:
    @click.group()
    def portal() -> None:
        """Stands for the real command."""

    register(portal)
    return CliRunner().invoke(portal, ["ordinance", "compare", *map(str, arguments)])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "제1안.json"
    path.write_bytes(portal_json.write(SMALL))
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The second text: an article more, and the last one reworded."""
    clauses = [replace(one, text_ko="그 밖의 사항은 예규로 정한다.") if one.eid == "art_3" else one
               for one in SMALL.clauses]  # fmt: skip
    place = next(place for place, one in enumerate(clauses) if one.eid == "art_3")
    clauses.insert(place + 1, clause("art_4", "위원회의 위원은 위촉한다.", None, parent="chp_1-2"))
    path = tmp_path / "제2안.json"
    path.write_bytes(portal_json.write(replace(SMALL, clauses=tuple(clauses))))
    return path


def test_json_is_every_pair(old: Path, new: Path) -> None:
    result = run(old, new, "--json")
    assert result.exit_code == 0
    printed = json.loads(result.output)
    assert list(printed) == ["pairs"]
    assert all(list(pair) == ["old", "new", "change", "score"] for pair in printed["pairs"])
    assert [pair for pair in printed["pairs"] if pair["change"] != "same"] == [
        {"old": "art_3", "new": "art_3", "change": "reworded",
         "score": next(p["score"] for p in printed["pairs"] if p["new"] == "art_3")},
        {"old": None, "new": "art_4", "change": "inserted", "score": 0.0},
    ]  # fmt: skip
    assert len(printed["pairs"]) == len(SMALL.clauses) + 1


def test_for_a_person(old: Path, new: Path) -> None:
    result = run(old, new)
    assert result.exit_code == 0
    assert "제3조 → 제3조" in result.output and "– → 제4조" in result.output
    assert result.output.splitlines()[-1] == f"{len(SMALL.clauses) - 1} same, 1 reworded, 1 inserted"


@pytest.mark.parametrize(
    ("to", "begins"), [("html", b"<!DOCTYPE html>"), ("docx", b"PK"), ("hwpx", b"PK"), ("xlsx", b"PK")]
)
def test_the_table_as_a_file(old: Path, new: Path, tmp_path: Path, to: str, begins: bytes) -> None:
    out = tmp_path / f"대비표.{to}"
    assert run(old, new, "--table", to, "-o", out).exit_code == 0
    assert out.read_bytes().startswith(begins)


def test_the_table_on_the_terminal(old: Path, new: Path) -> None:
    result = run(old, new, "--table", "html")
    assert "신ㆍ구조문대비표" in result.output and "예규" in result.output
    assert "Old–new table" in run(old, new, "--table", "html", "--lang", "en").output


def test_one_answer_at_a_time(old: Path, new: Path) -> None:
    result = run(old, new, "--json", "--table", "html")
    assert result.exit_code == 2 and "ask for one" in result.output


def test_a_file_that_is_no_draft_is_named(old: Path, tmp_path: Path) -> None:
    other = tmp_path / "메모.txt"
    other.write_text("오늘 할 일", "utf-8")
    result = run(old, other)
    assert result.exit_code == 1 and "메모.txt" in result.output


def test_a_language_that_is_not_there(new: Path, tmp_path: Path) -> None:
    korean = tmp_path / "한글.json"
    korean.write_bytes(portal_json.write(replace(SMALL, title_en=None, clauses=tuple(
        replace(one, heading_en=None, text_en=None, tables=()) for one in SMALL.clauses))))  # fmt: skip
    result = run(korean, new, "--lang", "en")
    assert result.exit_code == 1 and "한글.json" in result.output


KOREAN = "# 시험\n##### 제1조 (목적)\n글\n"


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_korean_text_is_not_compared_as_english(new: Path, tmp_path: Path) -> None:
    result = run(_file(tmp_path, "안.md", KOREAN), new, "--lang", "en")
    assert result.exit_code == 1 and "안.md: The file holds no English text." in result.output


def test_two_texts_without_a_common_language(tmp_path: Path) -> None:
    english = _file(tmp_path, "decree.txt", "Decree\nArticle 1 (Purpose) Text.\n")
    result = run(_file(tmp_path, "안.md", KOREAN), english)
    assert result.exit_code == 1 and "have no language in common" in result.output
    assert run(english, english).output.strip() == "1 same"


def test_lines_that_no_clause_took_are_named_and_not_in_the_answer(new: Path, tmp_path: Path) -> None:
    result = run(_file(tmp_path, "안.md", KOREAN + "## 참고\n딴 줄\n"), new, "--json")
    assert result.exit_code == 0
    assert "안.md: not placed: line 4: ## 참고\n" in result.stderr and "line 5: 딴 줄" in result.stderr
    assert list(json.loads(result.stdout)) == ["pairs"]


def test_the_format_of_either_side_can_be_named(old: Path, tmp_path: Path) -> None:
    other = _file(tmp_path, "안.txt", KOREAN)
    assert run(old, other, "--old-format", "portal_json", "--new-format", "legalize_markdown").exit_code == 0
    wrong = run(old, other, "--new-format", "portal_json")
    assert wrong.exit_code == 1 and "안.txt: This is no valid JSON" in wrong.output
    assert run(other, old, "--old-format", "docx").exit_code == 1


@official.needs_data
def test_the_official_pair() -> None:
    printed = json.loads(run(official.DECREE_1, official.DECREE_2, "--json").output)["pairs"]
    assert {"old": "art_13__para_3", "new": "art_13__para_4", "change": "renumbered", "score": 1.0} in printed
