"""A downloaded receipt: verified offline by `portal receipt verify`, with the content that it covers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session, sessionmaker

from portal.cli.receipt import receipt as receipt_commands
from portal.kernel.actor import Actor
from tests.conftest import TestClock
from tests.functional.workspace_scene import Scene, make_scene
from tests.support.client import Visitor


@pytest.fixture
def scene(sessions: sessionmaker[Session], clock: TestClock, sign_in: Callable[[Actor], Visitor]) -> Scene:
    return make_scene(sessions, clock, sign_in)


def downloaded(scene: Scene, tmp_path: Path, what: str) -> Path:
    response = scene.browser.get(f"{scene.path}filings/1/{what}.json")
    assert "attachment" in response.headers["Content-Disposition"]
    path = tmp_path / f"{what}.json"
    path.write_bytes(response.get_data())
    return path


def test_a_downloaded_receipt_verifies_offline(scene: Scene, tmp_path: Path) -> None:
    scene.write(proposal_form="fragment", fragment_old="사전에", fragment_new="미리", **{
        "confidential-0-words": "고지 의무", "confidential-0-ground": "other", "confidential-0-note": "까닭"})
    scene.write("doc")
    scene.file()
    receipt, content = downloaded(scene, tmp_path, "receipt"), downloaded(scene, tmp_path, "content")
    key = scene.browser.app.extensions["portal"].signing_key.public.hex()
    run = CliRunner().invoke

    good = run(receipt_commands, ["verify", str(receipt), "--key", key, "--content", str(content)])
    assert good.exit_code == 0, good.output
    assert "GENUINE" in good.output
    assert "every comment is as it was filed" in good.output
    assert run(receipt_commands, ["verify", str(receipt)]).exit_code == 0

    packed = json.loads(receipt.read_text())
    packed["payload"] = packed["payload"].replace("comments: 2", "comments: 3")
    receipt.write_text(json.dumps(packed))
    assert run(receipt_commands, ["verify", str(receipt)]).exit_code == 1


@pytest.mark.parametrize(("change", "code"), [
    (lambda packed: packed["comments"][0].update(reason="바꾼 글"), 1),
    (lambda packed: packed["comments"].pop(), 1),
    (lambda packed: packed["filing"].update(filing=7), 1),
    (lambda packed: packed.pop("filing"), 2),
])
def test_changed_content_is_found(scene: Scene, tmp_path: Path, change: Callable[[Any], Any], code: int) -> None:
    scene.write()
    scene.write("doc")
    scene.file()
    receipt, content = downloaded(scene, tmp_path, "receipt"), downloaded(scene, tmp_path, "content")
    packed = json.loads(content.read_text())
    change(packed)
    content.write_text(json.dumps(packed))
    result = CliRunner().invoke(receipt_commands, ["verify", str(receipt), "--content", str(content)])
    assert result.exit_code == code


@pytest.mark.parametrize(("words_", "more", "code"), [
    ("not a receipt", [], 2), ("{}", [], 2), (None, ["--key", "00" * 32], 1), (None, ["--key", "zz"], 2),
    (None, ["--key", "0011"], 2)])
def test_what_is_no_receipt_or_of_another_key(scene: Scene, tmp_path: Path, words_: str | None, more: list[str],
                                              code: int) -> None:
    scene.write()
    scene.file()
    path = downloaded(scene, tmp_path, "receipt")
    if words_ is not None:
        path.write_text(words_)
    assert CliRunner().invoke(receipt_commands, ["verify", str(path), *more]).exit_code == code
