"""`portal ordinance write`: from one format to another, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli.ordinance import ordinance
from portal.cli.ordinance_write import write
from portal.ordinances import readers, writers
from portal.ordinances.writers import portal_json
from tests.unit.ordinances.small_draft import SMALL


def run(*arguments: str) -> Result:
    return CliRunner().invoke(write, list(arguments))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "안.json"
    path.write_bytes(portal_json.write(SMALL))
    return path


@pytest.mark.parametrize("to", writers.FORMATS)
def test_a_draft_is_converted(source: Path, tmp_path: Path, to: str) -> None:
    out = tmp_path / "out"
    result = run(str(source), "--to", to, "-o", str(out))
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == writers.write(SMALL, to)
    assert "8 clauses" in result.stderr


def test_the_other_language(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.docx"
    assert run(str(source), "--to", "docx", "-o", str(out), "--lang", "en").exit_code == 0
    assert readers.read(out.read_bytes()).draft.title_en == "Test Decree"


def test_standard_output(source: Path) -> None:
    result = run(str(source), "--to", "html", "-o", "-")
    assert result.exit_code == 0
    assert result.stdout.startswith("<!doctype html>")


def test_lines_that_no_clause_took_are_named(tmp_path: Path) -> None:
    path = tmp_path / "안.md"
    path.write_text("# 시험\n##### 제1조 (목적)\n글\n##### 제1조 (다시)\n", encoding="utf-8")
    result = run(str(path), "--to", "docx", "-o", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert "not placed: line 4" in result.stderr


def test_what_cannot_be_done_is_said(source: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    korean = tmp_path / "ko.json"
    korean.write_bytes(portal_json.write(readers.read("##### 제1조 (목적)\n글\n".encode()).draft))
    for arguments, message in (
        ((str(empty), "--to", "docx", "-o", "-"), "The file is empty."),
        ((str(korean), "--to", "docx", "-o", "-", "--lang", "en"), "The file holds no English text."),
        ((str(source), "--to", "odt", "-o", "-"), "odt"),
        ((str(source), "--to", "docx", "-o", str(tmp_path / "no" / "out")), "cannot be written"),
    ):
        result = run(*arguments)
        assert result.exit_code != 0
        assert message in result.output


def test_a_korean_text_is_not_written_as_english(tmp_path: Path) -> None:
    path, out = tmp_path / "안.md", tmp_path / "out"
    path.write_text("# 시험\n##### 제1조 (목적)\n글\n", encoding="utf-8")
    result = run(str(path), "--to", "docx", "-o", str(out), "--lang", "en")
    assert (result.exit_code, result.output) == (1, "Error: The file holds no English text.\n")
    assert not out.exists()


def test_an_english_text_is_written_in_english(tmp_path: Path) -> None:
    path, out = tmp_path / "decree.txt", tmp_path / "out"
    path.write_text("Decree\nArticle 1 (Purpose) Text.\n", encoding="utf-8")
    assert run(str(path), "--to", "docx", "-o", str(out)).exit_code == 0
    assert readers.read(out.read_bytes()).draft.title_en == "Decree"


def test_the_command_stands_in_its_group() -> None:
    import portal.cli  # noqa: F401 - joins the groups

    result = CliRunner().invoke(ordinance, ["--help"])
    assert "write" in result.output
