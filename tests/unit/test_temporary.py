"""The folder for the temporary files of a test run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.support import temporary


def test_what_this_run_leaves_in_the_temporary_directory_goes_with_its_folder() -> None:
    assert Path(tempfile.gettempdir()).name.startswith("portal-tests-")
    assert os.environ["TMPDIR"] == tempfile.gettempdir()


@pytest.mark.parametrize("given", [True, False])
def test_a_run_takes_away_what_it_left_also_where_memory_does_not_serve(
        given: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if not given:
        monkeypatch.delenv("TMPDIR")
        monkeypatch.setattr(temporary, "_IN_MEMORY", tmp_path / "missing")
    folder = temporary.begin()
    assert folder.parent == tmp_path
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
    (folder / "valid-7").mkdir()
    temporary.end(folder)
    assert list(tmp_path.iterdir()) == []
