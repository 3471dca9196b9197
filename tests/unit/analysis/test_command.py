"""`portal analyse`: what scripts get, byte for byte the same, and what a person is told about a bad line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.analysis.clusters import Cluster
from portal.analysis.engine import ENGINE, Analysis, Drafts, Engine, Grouping
from portal.analysis.letters import Passage
from portal.analysis.tags import TagSuggestion
from portal.analysis.texts import Text
from portal.cli.analyse import analysis_as_json, group
from portal.demo import source
from portal.ordinances.clauses import Draft
from portal.ordinances.writers import portal_json
from tests.unit.analysis.hostile_texts import HOSTILE
from tests.unit.ordinances import official


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
    suggested = [(line, one) for line in lines for one in printed["suggestions"].get(line["id"], ())]
    assert suggested and all({"tag", "score", "evidence"} == set(one) and one["evidence"] for _, one in suggested)
    labelled = {one["id"] for one in corpus[80:120]}
    assert all(labelled.intersection(one["evidence"]) for _, one in suggested)
    assert any(line["clause"] in one["evidence"] for line, one in suggested)
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
        central = " ".join(cluster["central"].split())
        quotation = central if len(central) <= 100 else f"{central[:100].rstrip()}…"
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


# ------------------------------------------------------------------------------------------------------- two drafts


class Asked:
    """An engine that answers nothing, and what it was asked."""

    def __init__(self) -> None:
        self.drafts = Drafts()
        self.texts: dict[str, Text] = {}
        self.added: dict[str, Text] = {}

    def __call__(self, drafts: Drafts) -> Asked:
        self.drafts = drafts
        return self

    def analyse(self, texts: Iterable[Text], _labels: object = None, *, added: Iterable[Text] = (),
                standing: Grouping | None = None, **_: object) -> Analysis:  # fmt: skip
        self.texts, self.added = {one.id: one for one in texts}, {one.id: one for one in added}
        return Analysis((), (), standing.clusters if standing else (), {}, ())

    def passages(self, _letter: str, examples: Iterable[Text] = (), _progress: object = None) -> list[Passage]:
        self.texts = {one.id: one for one in examples}
        return []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr("portal.analysis.engine.Engine", asked)
    return asked


@pytest.fixture
def korean_file(tmp_path: Path, draft: Draft) -> Path:
    """The demonstration draft in Korean alone."""
    path = tmp_path / "ko.json"
    path.write_bytes(portal_json.write(replace(draft, title_en=None, note_en=None, clauses=tuple(
        replace(clause, heading_en=None, text_en=None, label_en=None) for clause in draft.clauses))))
    return path


def by_address(path: Path, provisions: dict[str, Any], **rest: object) -> Path:
    path.write_text(json.dumps({"title": "A Decree", "provisions": provisions, **rest}), "utf-8")
    return path


@pytest.mark.parametrize("command", ["texts", "letter"])
def test_english_by_clause_address(tmp_path: Path, asked: Asked, draft: Draft, korean_file: Path, command: str) -> None:
    file = write(tmp_path / "texts.jsonl", [{"id": "a", "lang": "ko", "text": "가"}])
    provisions = {clause.eid: {"heading": clause.heading_en, "text": clause.text_en or ""} for clause in draft.clauses
                  if clause.eid.startswith("art_")}  # fmt: skip
    english = by_address(tmp_path / "en.json", {**provisions, "art_999": {"heading": "No", "text": "such article"}})
    result = run(command, file, "--draft", korean_file, "--draft-en", english)
    assert result.exit_code == 0, result.output
    assert asked.drafts.ko is not None and asked.drafts.en is asked.drafts.ko
    assert asked.drafts.ko.languages == ("ko", "en")
    for eid, clause in draft.by_eid.items():
        found = asked.drafts.ko.by_eid[eid]
        assert found.text_ko == clause.text_ko
        assert (found.text_en or "") == ((clause.text_en or "") if eid in provisions else "")
    assert f"{english}: not placed: 1 piece of the English text, the first at provisions.art_999\n" in result.stderr


@official.needs_data
@pytest.mark.parametrize("command", ["texts", "letter"])
def test_the_official_decree_and_its_english(tmp_path: Path, asked: Asked, command: str) -> None:
    file = write(tmp_path / "texts.jsonl", [{"id": "a", "lang": "en", "clause": "art_1", "text": "Good."}])
    english = official.MAPPING / "ai_decree_36053_en.json"
    result = run(command, file, "--draft", official.DECREE_1, "--draft-en", english)
    assert result.exit_code == 0, result.output
    assert asked.drafts.ko is not None and asked.drafts.en is asked.drafts.ko
    assert asked.drafts.ko.by_eid["art_1"].heading_en == "Purpose" and asked.drafts.ko.by_eid["art_1"].heading_ko == "목적"
    alone = run(command, file, "--draft", english)
    assert alone.exit_code == 1 and "give it with --draft-en, and the Korean text with --draft." in alone.stderr


def test_english_that_cannot_be_laid_over(tmp_path: Path, asked: Asked, draft_file: Path, korean_file: Path) -> None:
    file = write(tmp_path / "texts.jsonl", [{"id": "a", "lang": "ko", "text": "가"}])
    english = by_address(tmp_path / "en.json", {"art_1": {"heading": "Purpose", "text": "Words."}})
    for options in (("--draft", english), ("--draft-en", english), ("--draft", english, "--draft-en", english)):
        refused = run("texts", file, *options)
        assert refused.exit_code == 1
        assert f"{english} is an English text by clause address: give it with --draft-en" in refused.stderr
    of_another = by_address(tmp_path / "other.json", {"art_999": {"heading": "Purpose", "text": "Words."}})
    refused = run("texts", file, "--draft", korean_file, "--draft-en", of_another)
    assert refused.exit_code == 1 and f"{of_another}: No clause of the draft has an address" in refused.stderr
    wrong = by_address(tmp_path / "wrong.json", {"art_1": "Words."})
    refused = run("texts", file, "--draft", korean_file, "--draft-en", wrong)
    assert refused.exit_code == 1 and f"{wrong}: provisions.art_1 must hold a heading and a text." in refused.stderr
    needless = run("texts", file, "--draft", draft_file, "--draft-en", english)
    assert needless.exit_code == 0
    assert needless.stderr == f"{english} is left aside: {draft_file} has an English text.\n"
    assert asked.drafts.en is not None and asked.drafts.en.by_eid["art_1"].text_en != "Words."


def test_two_drafts_in_two_files(tmp_path: Path, asked: Asked, draft: Draft, korean_file: Path) -> None:
    file = write(tmp_path / "texts.jsonl", [{"id": "a", "lang": "ko", "text": "가"}])
    english = tmp_path / "en.txt"
    english.write_text("A Decree\n\nArticle 1 (Purpose)\nThis Decree prescribes matters.\n", "utf-8")
    result = run("texts", file, "--draft", korean_file, "--draft-en", english)
    assert result.exit_code == 0, result.output
    assert asked.drafts.ko is not None and asked.drafts.en is not None and asked.drafts.ko is not asked.drafts.en
    assert asked.drafts.en.by_eid["art_1"].heading_en == "Purpose"
    assert asked.drafts.ko.by_eid["art_1"].text_ko == draft.by_eid["art_1"].text_ko
    assert run("texts", file, "--draft-en", english).exit_code == 0 and asked.drafts.ko is None


# ---------------------------------------------------------------------------------------- clauses that are not there


def on(identity: str, clause: str | None) -> dict[str, Any]:
    return {"id": identity, "lang": "ko", "clause": clause, "text": "글"}


def test_a_clause_that_the_draft_does_not_have(tmp_path: Path, asked: Asked, draft_file: Path) -> None:
    fine = [None, "doc", "whole", "art_1", "after_art_1", "after:art_2", "chp_1", "art_23__para_1", "tbl_1"]
    known = [on(f"k{number}", clause) for number, clause in enumerate(fine)]
    result = run("texts", write(tmp_path / "fine.jsonl", known), "--draft", draft_file)
    assert result.exit_code == 0 and not result.stderr
    assert [text.clause for text in asked.texts.values()] == [
        None, "doc", "doc", "art_1", "after_art_1", "after_art_2", "chp_1", "art_23__para_1", "tbl_1"]  # fmt: skip
    strange = ["art_999", "nonsense!!", "after_art_999", "art_1__para_77", "제1조", "\x1b[2Jart_1", "after_doc"]
    file = write(tmp_path / "texts.jsonl", [*known, *(on(f"s{number}", clause) for number, clause in enumerate(strange))])
    result = run("texts", file, "--draft", draft_file, "--json")
    assert result.exit_code == 0
    assert result.stderr == (f'{file}: 7 lines have a clause that the draft does not have (first: "s0", "art_999"); they '
                             "are treated as without a clause.\n")  # fmt: skip
    assert {identity for identity, text in asked.texts.items() if text.clause is None} == {
        "k0", *(f"s{number}" for number in range(7))}  # fmt: skip


def test_one_such_clause_elsewhere(tmp_path: Path, asked: Asked, draft_file: Path) -> None:
    """In the texts that are added, in the earlier comments on a letter; without a draft what can be none."""
    old, new = write(tmp_path / "old.jsonl", [on("a", "art_1")]), write(tmp_path / "new.jsonl", [on("n", "nonsense\x1b!!")])
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"engine": ENGINE, "clusters": []}))
    told = ': 1 line has a clause that the draft does not have ("n", "nonsense!!"); it is treated as without a clause.\n'
    result = run("texts", old, "--draft", draft_file, "--add", new, "--state", state)
    assert result.exit_code == 0 and result.stderr == f"{new}{told}"
    assert asked.texts["a"].clause == "art_1" and asked.added["n"].clause is None
    letter = tmp_path / "letter.txt"
    letter.write_text("의견서", "utf-8")
    result = run("letter", letter, "--draft", draft_file, "--examples", new)
    assert result.exit_code == 0 and result.stderr == f"{new}{told}" and asked.texts["n"].clause is None
    result = run("texts", write(tmp_path / "both.jsonl", [on("a", "art_999"), on("n", "nonsense!!")]))
    assert result.exit_code == 0 and 'both.jsonl: 1 line has a clause that is no address ("n", "nonsense!!");' in result.stderr
    assert (asked.texts["a"].clause, asked.texts["n"].clause) == ("art_999", None)


# ------------------------------------------------------------------------------------------------------ what stood


@pytest.mark.parametrize(("engine_name", "shown"), [
    ("analysis 1 (\x1b[2Jold)", "analysis 1 ([2Jold)"), (None, "unknown"), (7, "7"),
])  # fmt: skip
def test_a_state_of_another_engine(tmp_path: Path, asked: Asked, engine_name: object, shown: str) -> None:
    file, new = write(tmp_path / "texts.jsonl", [on("a", None)]), write(tmp_path / "new.jsonl", [on("n", None)])
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"engine": engine_name, "clusters": [{"id": "c1", "members": ["a"]}]}))
    result = run("texts", file, "--add", new, "--state", state, "--json")
    assert result.exit_code == 0 and list(asked.added) == ["n"]
    assert result.stderr == (f"{state} was made by another version of the engine ({shown}; this is {ENGINE}). The new texts "
                             "are placed all the same.\n")  # fmt: skip
    state.write_text(json.dumps({"engine": ENGINE, "clusters": [{"id": "c1", "members": ["a"]}]}))
    assert not run("texts", file, "--add", new, "--state", state, "--json").stderr


@pytest.mark.parametrize(("clusters", "told"), [
    ([("c1", "a"), ("c2", "b"), ("c1", "d")], 'clusters[2]: there is another cluster with the id "c1".'),
    ([("c1", "ab"), ("c2", "da")], 'clusters[1]: "a" is in the cluster "c1" already.'),
    ([("c1", "aba")], 'clusters[0]: "a" is in the cluster "c1" already.'),
])  # fmt: skip
def test_a_state_that_contradicts_itself(tmp_path: Path, clusters: list[tuple[str, str]], told: str) -> None:
    file = write(tmp_path / "texts.jsonl", [on(identity, None) for identity in "abd"])
    new, state = write(tmp_path / "new.jsonl", [on("n", None)]), tmp_path / "state.json"
    state.write_text(json.dumps({"engine": ENGINE, "clusters": [
        {"id": identity, "members": list(members)} for identity, members in clusters]}))  # fmt: skip
    result = run("texts", file, "--add", new, "--state", state, "--json")
    assert result.exit_code == 1 and not result.stdout
    assert result.stderr == f"Error: {state}: {told}\n"


# ----------------------------------------------------------------------------------------------- evidence, for a reader


def test_evidence_is_words_the_clause_and_earlier_texts() -> None:
    """Also where no word speaks for a tag."""
    analysis = Analysis((), (), (Cluster("c1", ("a",)),), {}, (), suggestions={"n": (
        TagSuggestion("fine", 0.5, ("과태료", "유예"), ("a", "b"), ("art_32",)), TagSuggestion("term", 0.25, (), ("b",)))})
    assert analysis_as_json(analysis, {})["suggestions"] == {"n": [
        {"tag": "fine", "score": 0.5, "evidence": ["과태료", "유예", "art_32", "a", "b"]},
        {"tag": "term", "score": 0.25, "evidence": ["b"]},
    ]}  # fmt: skip


@pytest.mark.usefixtures("prepared")
def test_added_texts_for_a_reader(tmp_path: Path, corpus: list[dict[str, Any]], lines: list[dict[str, Any]],
                                  draft_file: Path) -> None:  # fmt: skip
    """Where each went, what those in none make, and what speaks for the tags."""
    old, new = write(tmp_path / "old.jsonl", lines[:40]), write(tmp_path / "new.jsonl", lines[40:])
    labels = write(tmp_path / "labels.jsonl", [{"id": one["id"], "tags": one["tags"]} for one in corpus[80:120]])
    state = tmp_path / "state.json"
    before = json.loads(run("texts", old, "--draft", draft_file, "--json").stdout)
    dissolved = set(before["clusters"].pop(0)["members"])
    state.write_text(json.dumps(before))
    options = ("texts", old, "--draft", draft_file, "--add", new, "--state", state, "--labels", labels)
    printed, told = json.loads(run(*options, "--json").stdout), run(*options).stdout
    titles = {one["id"]: one["title"] for one in printed["clusters"]}
    tray = set(printed["tray"])
    placed = {one: found[0] for one, found in printed["placed"].items() if one not in tray}
    assert placed and tray.intersection(printed["placed"])
    for identity, found in printed["placed"].items():
        best = f"{found[0]['cluster']} {found[0]['score']:.2f}: {titles[found[0]['cluster']]}" if found else ""
        in_none = f"in none (rather {best})" if best else "in none"
        assert f"\n  {identity}: {best if identity in placed else in_none}\n" in told
    assert f"\n{len(printed['placed'])} texts added; {len(tray.intersection(printed['placed']))} of them in none\n" in told
    assert any(dissolved.intersection(one["members"]) for one in printed["proposals"])
    assert f"\n{len(printed['proposals'])} clusters proposed of the texts in none\n" in told
    for one in printed["proposals"]:
        assert f"\n  {one['id']}: {len(one['members'])} texts: {', '.join(one['members'][:5])}" in told
    for identity, tags in printed["suggestions"].items():
        shown = "; ".join(f"{one['tag']} {one['score']:.2f} ({', '.join(one['evidence'])})" for one in tags)
        assert f"\n{identity}: {shown or '–'}\n" in told


def test_a_letter_for_a_reader(tmp_path: Path, asked: Asked, draft_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A passage that is cut says so, and what is in none is counted: here a heading and a greeting before, a sentence
    between, and one in the other language behind."""
    asks = "과태료의 계도기간을 부칙에\n두어 \x1b[2J주십시오. 준비할 시간이 없습니다."
    long = "회신의 기한이 짧습니다. " * 20
    text = f"의견서\r\n \r\n안녕하십니까.\r\n\r\n{asks} 날이 찹니다.\r\n{long}\r\n\r\nThank you for reading. Yours, A. B.\r\n"
    path = tmp_path / "letter.txt"
    path.write_bytes(text.encode())
    begins = text.index("회신")
    found = [Passage(text.index(asks), text.index(asks) + len(asks), asks, None, 0.5, "similarity"),
             Passage(begins, begins + len(long) - 1, long.strip(), "art_25", 0.95, "citation")]  # fmt: skip
    monkeypatch.setattr(asked, "passages", lambda *_: found)
    told = run("letter", path, "--draft", draft_file).stdout
    assert told == (
        "–  0.50 (similarity)\n  과태료의 계도기간을 부칙에 두어 [2J주십시오. 준비할 시간이 없습니다.\n\n"
        f"art_25  0.95 (citation)\n  {long[:200].rstrip()}…\n\n"
        "2 passages; 5 of the 28 sentences of the letter are in none (a heading counts as one)\n")
    monkeypatch.setattr(asked, "passages", lambda *_: found[:1])
    assert "\n1 passage; 25 of the 28 sentences" in run("letter", path, "--draft", draft_file).stdout
    monkeypatch.setattr(asked, "passages", lambda *_: [])
    assert run("letter", path, "--draft", draft_file).stdout.startswith("0 passages; 28 of the 28 sentences")


def test_other_commands_do_not_load_the_engine() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, portal.cli; print([m for m in ('kiwipiepy', 'sklearn', 'scipy', 'numpy') if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert loaded.strip() == "[]"
