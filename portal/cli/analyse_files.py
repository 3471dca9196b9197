"""The files of `portal analyse`: texts and labels, one JSON object a line, and a refusal that says what is wrong where.

Must not know what a command does with the texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Final, NoReturn, TypeVar, cast

import click

from portal.analysis.texts import POSITIONS, WHOLE, Position, Text
from portal.cli.analyse_printing import as_line
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import LANGUAGES, Draft, Language
from portal.ordinances.problems import InvalidAddress

#: Of so many wrong lines each is named; of more, how many there are.
_NAMED: Final = 10
_LONGEST_ID: Final = 200
#: Of a wrong clause so much is named.
_LONGEST_CLAUSE: Final = 60
#: What people typed.
_TYPED: Final = frozenset({"text", "proposed"})

_Line = TypeVar("_Line")


class _Wrong(Exception):
    """What is wrong with one line."""


def read_texts(file: BinaryIO, known: Mapping[str, Text] | None = None) -> list[Text]:
    """The texts of a file: lines `{"id", "lang", "clause", "position", "text"}`, of which clause and position may be
    missing or null. `known` are the texts of another file, whose ids none of these may have.

    Raises ClickException with the number of every wrong line and what is wrong with it.
    """
    seen = set(known or ())

    def read(line: Mapping[str, Any]) -> Text:
        text = _text(line)
        if text.id in seen:
            raise _Wrong(f'there is another text with the id "{text.id}"')
        seen.add(text.id)
        return text

    return _lines(file, read)


def on_clauses(texts: Iterable[Text], drafts: Sequence[Draft], file: BinaryIO) -> dict[str, Text]:
    """The texts of a file by their ids, those on a clause that no draft has (without a draft: on what is no address) as
    texts that nobody put on a clause. How many these are is said on the standard error output."""
    known = frozenset(eid for draft in drafts for eid in draft.by_eid) if drafts else None
    found = {text.id: text for text in texts}
    strange = [text for text in found.values() if text.clause is not None and not _is_clause(text.clause, known)]
    found.update((text.id, replace(text, clause=None)) for text in strange)
    if strange:
        first, one = strange[0], len(strange) == 1
        what = "a clause that the draft does not have" if drafts else "a clause that is no address"
        named = f'"{as_line(first.id)}", "{as_line(first.clause or "", _LONGEST_CLAUSE)}"'
        click.echo(
            f"{file.name}: 1 line has {what} ({named}); it is treated as without a clause." if one else
            f"{file.name}: {len(strange)} lines have {what} (first: {named}); they are treated as without a clause.",
            err=True,
        )  # fmt: skip
    return found


def _is_clause(clause: str, known: frozenset[str] | None) -> bool:
    """Whether a clause can be chosen: the whole draft, one of those known (None: any), the place behind one."""
    if clause in WHOLE or clause in (known or ()):
        return True
    try:
        address = parse(clause)
    except InvalidAddress:
        return False
    return known is None or address.clause.eid in known


def read_labels(file: BinaryIO, texts: Mapping[str, Text]) -> dict[str, tuple[str, ...]]:
    """The tags of some of the texts: lines `{"id", "tags"}`. Raises ClickException like `read_texts`."""
    labels: dict[str, tuple[str, ...]] = {}

    def read(line: Mapping[str, Any]) -> None:
        identity, tags = _identity(line), line.get("tags")
        if identity not in texts:
            raise _Wrong(f'there is no text with the id "{identity}"')
        if identity in labels:
            raise _Wrong(f'the id "{identity}" has tags already')
        if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
            raise _Wrong('"tags" must be a list of strings')
        labels[identity] = tuple(dict.fromkeys(tags))

    _lines(file, read)
    return labels


def read_state(file: BinaryIO) -> Mapping[str, Any]:
    """An earlier output of `portal analyse texts --json`. Raises ClickException where it is none, where two clusters
    have one id, and where a text is in two."""
    try:
        state = json.loads(file.read().decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise click.ClickException(f"{file.name} is no valid JSON.") from None
    clusters = state.get("clusters") if isinstance(state, dict) else None
    if not isinstance(clusters, list) or not all(map(_is_cluster, clusters)):
        raise click.ClickException(f"{file.name} is no output of portal analyse texts --json: it has no clusters.")
    ids: set[str] = set()
    cluster_of: dict[str, str] = {}
    for place, cluster in enumerate(clusters):
        if cluster["id"] in ids:
            _refuse_cluster(file, place, f'there is another cluster with the id "{cluster["id"]}"')
        ids.add(cluster["id"])
        for member in cluster["members"]:
            if member in cluster_of:
                _refuse_cluster(file, place, f'"{member}" is in the cluster "{cluster_of[member]}" already')
            cluster_of[member] = cluster["id"]
    return cast(Mapping[str, Any], state)


def _refuse_cluster(file: BinaryIO, place: int, problem: str) -> NoReturn:
    raise click.ClickException(f"{file.name}: clusters[{place}]: {problem}.")


def _is_cluster(cluster: Any) -> bool:
    return (
        isinstance(cluster, dict)
        and isinstance(cluster.get("id"), str)
        and isinstance(cluster.get("members"), list)
        and all(isinstance(member, str) for member in cluster["members"])
    )


def _text(line: Mapping[str, Any]) -> Text:
    language, text, clause, position = (line.get(key) for key in ("lang", "text", "clause", "position"))
    if language not in LANGUAGES:
        raise _Wrong('"lang" must be "ko" or "en"')
    if not isinstance(text, str):
        raise _Wrong('"text" must be a string')
    if clause is not None and (not isinstance(clause, str) or not clause):
        raise _Wrong('"clause" must be the address of a clause, "doc", or null')
    if position is not None and position not in POSITIONS:
        raise _Wrong(f'"position" must be one of {", ".join(POSITIONS)}, or null')
    proposed = line.get("proposed")
    if proposed is not None and not isinstance(proposed, str):
        raise _Wrong('"proposed" must be a string or null')
    return Text(_identity(line), cast(Language, language), text, _address(clause), cast("Position | None", position),
                proposed)  # fmt: skip


def _identity(line: Mapping[str, Any]) -> str:
    identity = line.get("id")
    if not isinstance(identity, str) or not identity or len(identity) > _LONGEST_ID:
        raise _Wrong(f'"id" must be a string of 1 to {_LONGEST_ID} characters')
    return identity


def _address(clause: str | None) -> str | None:
    """`whole` and `after:art_2` are other words for `doc` and `after_art_2`."""
    if clause is None:
        return None
    return "doc" if clause in WHOLE else clause.replace("after:", "after_", 1)


def _lines(file: BinaryIO, read: Callable[[Mapping[str, Any]], _Line]) -> list[_Line]:
    found: list[_Line] = []
    problems: list[str] = []
    for number, line in _numbered(file):
        try:
            found.append(read(_object(line)))
        except _Wrong as problem:
            problems.append(f"line {number}: {problem}.")
    if problems:
        _refuse(file, problems)
    return found


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(file, start=1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Wrong("this is no UTF-8") from None
    except (ValueError, RecursionError):
        raise _Wrong("this is no valid JSON") from None
    if not isinstance(read, dict):
        raise _Wrong("this is no JSON object")
    whole = {key: _readable(value) if key in _TYPED and isinstance(value, str) else value
             for key, value in read.items()}  # fmt: skip
    try:
        json.dumps(whole, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise _Wrong("this holds half a character (\\ud800 to \\udfff) outside its text") from None
    return whole


def _readable(text: str) -> str:
    """A text with half characters, which no file can hold, replaced as in the portal."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refuse(file: BinaryIO, problems: list[str]) -> NoReturn:
    more = len(problems) - _NAMED
    named = [*problems[:_NAMED], *([f"… and {more} more lines."] if more > 0 else [])]
    raise click.ClickException("\n  ".join([f"{file.name} cannot be read:", *named]))
