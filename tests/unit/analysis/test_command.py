"""`portal analyse`: what scripts get, byte for byte the same, and what a person is told about a bad line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.analysis.engine import Drafts, Engine
from portal.cli.analyse import group
from portal.demo import source
from tests.unit.analysis.hostile_texts import HOSTILE


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def write(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture
def draft_file(tmp_path: Path) -> Path:
    path = tmp_path / "draft.json"
    path.write_bytes(source.raw("draft_v1.json"))
    return path


@pytest.fixture
def lines(corpus: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": one["id"], "lang": one["lang"], "clause": one["clause"], "position": one["position"],
             "text": one["reason"]} for one in corpus[80:140]]  # fmt: skip


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """The engine that the other tests use, in place of one of its own for every command."""

    def ready(drafts: Drafts) -> Engine:
        assert drafts.by_language() == engine.drafts.by_language()
        return engine

    monkeypatch.setattr("portal.analysis.engine.Engine", ready)


@pytest.mark.usefixtures("prepared")
def test_texts_as_json(tmp_path: Path, lines: list[dict[str, Any]], corpus: list[dict[str, Any]], draft_file: Path) -> None:
    labels = write(tmp_path / "labels.jsonl", [{"id": one["id"], "tags": one["tags"]} for one in corpus[80:120]])
    file = write(tmp_path / "texts.jsonl", lines)
    result = run("texts", file, "--draft", draft_file, "--labels", labels, "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert list(printed) == ["engine", "campaigns", "shared_passages", "clusters", "tray", "suggestions"]
    assert all({"id", "members", "template", "additions"} == set(one) for one in printed["campaigns"])
    assert all({"id", "members", "title", "terms", "central"} <= set(one) for one in printed["clusters"])
    assert all(one["title"] and one["terms"] and one["central"] for one in printed["clusters"])
    assert set(printed["suggestions"]) == {one["id"] for one in corpus[120:140]}
    assert all({"tag", "score", "evidence"} == set(one) for found in printed["suggestions"].values() for one in found)
    by = {line["id"]: line["text"] for line in lines}
    assert all(sentence in by[identity] for one in printed["campaigns"]
               for identity, sentences in one["additions"].items() for sentence in sentences)  # fmt: skip


@pytest.mark.usefixtures("prepared")
def test_the_same_bytes_twice_and_in_any_order(tmp_path: Path, lines: list[dict[str, Any]], draft_file: Path) -> None:
    """By an engine that has done other work, and in a process of its own: nothing depends on what came before, nor on how
    Python hashes strings there."""
    told = []
    for number in range(2):
        file = write(tmp_path / f"{number}.jsonl", Random(number).sample(lines[:40], 40))
        arguments = ["texts", str(file), "--draft", str(draft_file), "--json"]
        told.append(run(*arguments).stdout_bytes if number else subprocess.run(
            [sys.executable, "-m", "portal.cli", "analyse", *arguments],
            capture_output=True, check=True, env={"PATH": "", "PYTHONHASHSEED": "1"},
        ).stdout)  # fmt: skip
    assert told[0] == told[1] and len(told[0]) > 1000


@pytest.mark.usefixtures("prepared")
def test_new_texts_into_an_earlier_output(tmp_path: Path, lines: list[dict[str, Any]], draft_file: Path) -> None:
    old, new = write(tmp_path / "old.jsonl", lines[:40]), write(tmp_path / "new.jsonl", lines[40:])
    state = tmp_path / "state.json"
    state.write_text(run("texts", old, "--draft", draft_file, "--json").stdout)
    result = run("texts", old, "--draft", draft_file, "--add", new, "--state", state, "--json")
    assert result.exit_code == 0, result.output
    before, after = json.loads(state.read_text()), json.loads(result.stdout)
    was = {member: one["id"] for one in before["clusters"] for member in one["members"]}
    now = {member: one["id"] for one in after["clusters"] for member in one["members"]}
    assert {member: now.get(member) for member in was} == was
    assert set(after["placed"]) == {line["id"] for line in lines[40:]}
    assert all(1 <= len(found) <= 3 and {"cluster", "score"} == set(found[0]) for found in after["placed"].values())


@pytest.mark.usefixtures("prepared")
def test_texts_for_a_reader(tmp_path: Path, lines: list[dict[str, Any]], draft_file: Path) -> None:
    file = write(tmp_path / "texts.jsonl", lines[:30])
    result = run("texts", file, "--draft", draft_file)
    assert result.exit_code == 0
    assert "clusters" in result.stdout and "campaigns" in result.stdout
    for cluster in json.loads(run("texts", file, "--draft", draft_file, "--json").stdout)["clusters"]:
        assert f"  {cluster['id']}: {len(cluster['members'])} texts: {cluster['title']}\n" in result.stdout
        quotation = " ".join(cluster["central"].split())[:100]
        assert f": {quotation}\n" in result.stdout


@pytest.mark.usefixtures("prepared")
def test_a_letter(tmp_path: Path, draft_file: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("의견서\n\n1. 제32조에 대하여\n과태료의 계도기간을 부칙에 두어 주시기 바랍니다. 준비할 시간이 없습니다.\n", "utf-8")
    result = run("letter", path, "--draft", draft_file, "--json")
    assert result.exit_code == 0, result.output
    passages = json.loads(result.stdout)["passages"]
    assert [(one["clause"], one["by"]) for one in passages] == [("art_32", "citation")]
    assert "계도기간" in passages[0]["text"] and 0 < passages[0]["score"] <= 1
    assert "art_32" in run("letter", path, "--draft", draft_file).stdout
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n", "utf-8")
    refused = run("letter", empty, "--draft", draft_file)
    assert refused.exit_code == 1 and "empty.txt holds no text." in refused.stderr


@pytest.mark.usefixtures("prepared")
def test_a_letter_tells_how_far_it_is(tmp_path: Path, draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, float]] = []

    @contextmanager
    def shown() -> Iterator[Callable[[str, float], None]]:
        yield lambda what, share: told.append((what, share))

    monkeypatch.setattr("portal.cli.analyse._progress", shown)
    path = tmp_path / "letter.txt"
    path.write_text("1. 제32조에 대하여\n과태료의 계도기간을 부칙에 두어 주시기 바랍니다.\n\n2. 제25조\n회신의 기한이 짧습니다.\n" * 5, "utf-8")
    assert run("letter", path, "--draft", draft_file).exit_code == 0
    shares = [share for what, share in told if what == "Letter"]
    assert told[0] == ("Draft", 0.0) and shares == sorted(shares) and shares[-1] == 1.0 and len(set(shares)) > 5


@pytest.mark.usefixtures("prepared")
def test_a_letter_with_examples(tmp_path: Path, draft_file: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("반딧불이 사라지지 않게 하여 주십시오.\n", "utf-8")
    said = [("art_33", "반딧불이 사라지지"), ("art_28__para_2", "다람쥐가 다치지")] * 40
    examples = write(tmp_path / "examples.jsonl", [
        {"id": str(number), "lang": "ko", "clause": clause, "text": f"{words} 않게 하여 주십시오. {number}번째 의견"}
        for number, (clause, words) in enumerate(said)
    ])  # fmt: skip
    result = run("letter", path, "--draft", draft_file, "--examples", examples, "--json")
    assert result.exit_code == 0, result.output
    assert [one["clause"].partition("__")[0] for one in json.loads(result.stdout)["passages"]] == ["art_33"]
    wrong = write(tmp_path / "wrong.jsonl", [{"id": "1", "lang": "ko"}])
    refused = run("letter", path, "--draft", draft_file, "--examples", wrong)
    assert refused.exit_code == 1 and "line 1" in refused.output


@pytest.mark.usefixtures("prepared")
def test_hostile_texts(tmp_path: Path, draft_file: Path) -> None:
    """What the engine makes of long ones is in test_engine; here: that they are read and printed."""
    file = write(tmp_path / "texts.jsonl", [{"id": name, "lang": "ko", "text": text[:1_000]} for name, text in HOSTILE.items()])
    result = run("texts", file, "--draft", draft_file, "--json")
    assert result.exit_code == 0, result.exception
    printed = json.loads(result.stdout)
    assert sorted([*printed["tray"], *(member for one in printed["clusters"] for member in one["members"])]) == sorted(HOSTILE)


def test_half_a_character(tmp_path: Path) -> None:
    """Python prints none. In a text it becomes what the portal makes of it; elsewhere the line is refused."""
    lines = [{"id": str(number), "lang": "ko", "text": f"\ud800 과태료의 계도기간을 부칙에 두십시오. 준비할 시간이 없습니다.\udfff {number}"} for number in range(3)]
    result = run("texts", write(tmp_path / "texts.jsonl", lines), "--json")
    assert result.exit_code == 0, result.exception
    assert json.loads(result.stdout)["campaigns"]
    refused = run("texts", write(tmp_path / "ids.jsonl", [*lines, {"id": "\ud800", "lang": "ko", "text": ""}]))
    assert refused.exit_code == 1 and "line 4: this holds half a character" in refused.stderr


def test_no_texts(tmp_path: Path) -> None:
    for flag in ((), ("--json",)):
        result = run("texts", write(tmp_path / "texts.jsonl", []), *flag)
        assert result.exit_code == 1 and "texts.jsonl holds no texts." in result.stderr and not result.stdout


def test_a_letter_needs_a_draft_with_words(tmp_path: Path) -> None:
    letter, empty = tmp_path / "letter.txt", tmp_path / "draft.json"
    letter.write_text("의견서", "utf-8")
    empty.write_text("{}")
    assert run("letter", letter, "--draft", empty).exit_code == 1
    letter.write_bytes(b"\xff")
    assert "no text in UTF-8" in run("letter", letter, "--draft", empty).stderr


@pytest.mark.parametrize(("line", "told"), [
    ("x", "line 2: this is no valid JSON."),
    ("[]", "line 2: this is no JSON object."),
    ("[" * 100_000, "line 2: this is no valid JSON."),
    ('{"lang": "ko", "text": ""}', 'line 2: "id" must be a string of 1 to 200 characters.'),
    ('{"id": 5, "lang": "ko", "text": ""}', 'line 2: "id" must be a string'),
    ('{"id": "b", "lang": "fr", "text": ""}', 'line 2: "lang" must be "ko" or "en".'),
    ('{"id": "b", "lang": "ko"}', 'line 2: "text" must be a string.'),
    ('{"id": "b", "lang": "ko", "text": "", "clause": 3}', 'line 2: "clause" must be'),
    ('{"id": "b", "lang": "ko", "text": "", "position": "maybe"}', 'line 2: "position" must be one of support'),
    ('{"id": "b", "lang": "ko", "text": "", "position": []}', 'line 2: "position" must be one of support'),
    ('{"id": "a", "lang": "ko", "text": ""}', 'line 2: there is another text with the id "a".'),
])  # fmt: skip
def test_bad_lines(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(f'{{"id": "a", "lang": "ko", "text": "가"}}\n{line}\n\n', "utf-8")
    result = run("texts", path, "--json")
    assert result.exit_code == 1
    assert told in result.stderr and path.name in result.stderr and not result.stdout


def test_many_bad_lines_and_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b"\xff\n" * 30)
    result = run("texts", path)
    assert "line 1: this is no UTF-8." in result.stderr and "and 20 more lines" in result.stderr


def test_bad_labels_and_state(tmp_path: Path) -> None:
    file = write(tmp_path / "texts.jsonl", [{"id": "a", "lang": "ko", "text": "가"}])
    strange = write(tmp_path / "labels.jsonl", [{"id": "b", "tags": []}, {"id": "a", "tags": "x"}, {"id": "a", "tags": []}, {"id": "a", "tags": []}])
    result = run("texts", file, "--labels", strange)
    assert 'line 1: there is no text with the id "b".' in result.stderr
    assert 'line 2: "tags" must be a list of strings.' in result.stderr
    assert 'line 4: the id "a" has tags already.' in result.stderr
    new = write(tmp_path / "new.jsonl", [{"id": "n", "lang": "ko", "text": "나"}])
    assert run("texts", file, "--add", new).exit_code == 2
    for state, told in (("{", "no valid JSON"), ("{}", "it has no clusters"), ('{"clusters": [{"id": "c1", "members": ["z"]}]}', '"z"')):
        (tmp_path / "state.json").write_text(state)
        result = run("texts", file, "--add", new, "--state", tmp_path / "state.json")
        assert result.exit_code == 1 and told in result.stderr
    assert "is no folder" in run("texts", file, "--model", tmp_path / "nowhere").stderr


def test_other_commands_do_not_load_the_engine() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, portal.cli; print([m for m in ('kiwipiepy', 'sklearn', 'scipy', 'numpy') if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert loaded.strip() == "[]"
