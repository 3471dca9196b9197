"""The tables of docs/ are those of the code, and are made the same everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from portal.cli import cli, docs
from portal.settings import Settings

_MADE = docs.documents(cli)


@pytest.mark.parametrize("name", sorted(_MADE))
def test_the_tables_are_up_to_date(name: str) -> None:
    path = docs.FOLDER / name
    assert path.is_file(), f"{path} is not there: run `portal docs`"
    assert path.read_text(encoding="utf-8") == _MADE[name], f"{path} is out of date: run `portal docs`"


@pytest.mark.parametrize("env", [{"PYTHONHASHSEED": "1", "LANG": "C", "COLUMNS": "40"},
                                 {"PYTHONHASHSEED": "2", "PORTAL_BASE_URL": "https://portal.test", "TZ": "Asia/Seoul"}])
def test_they_are_made_the_same_everywhere(tmp_path: Path, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "portal.cli", "docs", "--to", str(tmp_path)]
    subprocess.run(command, env={**os.environ, **env}, check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == _MADE


def test_every_address_and_every_setting_is_in_them(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert f"| `{rule.rule}` |" in _MADE["permissions.md"], rule.rule
    for variable in Settings(secret_keys=("k",), demo=True).to_env():
        assert f"`{variable}`" in _MADE["settings.md"]


def test_check_names_what_is_out_of_date_and_writes_nothing(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["docs", "--to", str(tmp_path), *arguments])
        return result.exit_code, result.output

    code, output = run("--check")
    assert code == 1
    assert "jobs.md: out of date" in output
    assert list(tmp_path.iterdir()) == []
    assert run()[0] == 0
    assert run("--check") == (0, "")
    (tmp_path / "audit.md").write_text("edited by hand")
    code, output = run("--check")
    assert (code, output.strip()) == (1, f"{tmp_path / 'audit.md'}: out of date")
    assert (tmp_path / "audit.md").read_text() == "edited by hand"


def test_every_command_says_what_it_does() -> None:
    sections = _MADE["commands.md"].split("\n## ")[1:]
    assert len(sections) > 10
    for section in sections:
        name, usage, *rest = section.split("\n\n")
        assert rest and rest[0].strip().endswith("."), f"{name} has no help: {rest[:1]} {usage}"
