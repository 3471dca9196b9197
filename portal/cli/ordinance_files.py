"""What the commands of `portal ordinance` have in common: a file, read in the language that was asked for or told.

Must not know what a command does with a draft.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final, TypeVar

import click

from portal.ordinances import readers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import Clause, Draft, Language, Reading
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.source import MAX_BYTES

_LANGUAGE_NAMES: Final = {"ko": "Korean", "en": "English"}
_Command = TypeVar("_Command", bound=Callable[..., Any])


def format_option(name: str = "--format", parameter: str = "source_format") -> Callable[[_Command], _Command]:
    """The option that names the format of a file."""
    return click.option(name, parameter, type=click.Choice(readers.FORMATS), help="Told by the content otherwise.")


def read_file(file: BinaryIO, source_format: str | None, asked: Language | None, *,
              named: bool = False) -> tuple[Reading, Language]:  # fmt: skip
    """The reading of a file and the language in which it goes on: the one that is asked for, else Korean, else English.
    With `named` a refusal names the file: there is more than one.

    Raises ClickException where the file cannot be read or has no text in the language that is asked for.
    """
    return read_data(data_of(file), file.name, source_format, asked, named=named)


def data_of(file: BinaryIO) -> bytes:
    """What stands in a file, as far as to tell that it is too large."""
    return file.read(MAX_BYTES + 1)


def read_data(data: bytes, name: str, source_format: str | None, asked: Language | None, *,
              named: bool = False) -> tuple[Reading, Language]:  # fmt: skip
    """The same of the bytes of a file that were read already."""
    of = f"{name}: " if named else ""
    try:
        reading = _read(data, name, source_format, asked or "ko")
    except UnreadableDraft as problem:
        english = None if asked else _read_as_english(data, name, source_format, problem)
        if english is None:
            raise click.ClickException(f"{of}{problem}") from None
        return english, "en"
    languages = languages_of(reading.draft)
    language: Language = asked or ("ko" if "ko" in languages or not languages else languages[0])
    if language not in languages:
        raise click.ClickException(f"{of}The file holds no {_LANGUAGE_NAMES[language]} text.")
    return reading, language


def _read(data: bytes, name: str, source_format: str | None, language: Language) -> Reading:
    if source_format:
        return readers.read_as(source_format, data, language)
    return readers.read(data, name, language)


def _read_as_english(data: bytes, name: str, source_format: str | None, problem: UnreadableDraft) -> Reading | None:
    """The same file as an English text, where all that was wrong with it is that no article is in it."""
    if not problem.msgid.startswith("The file holds no clause"):
        return None
    try:
        reading = _read(data, name, source_format, "en")
    except UnreadableDraft:
        return None
    return reading if "en" in languages_of(reading.draft) else None


def languages_of(draft: Draft) -> tuple[Language, ...]:
    """The languages of a draft's words: a file in one language does not say which it is."""
    return tuple(language for language in draft.languages if _is_in(draft, language))


def _is_in(draft: Draft, language: Language) -> bool:
    """Whether what was read as English is no Korean."""
    if language == "ko" or "ko" in draft.languages:
        return True
    words = "".join(clause.text("en") or "" for clause in draft.clauses)
    return sum("가" <= letter <= "힣" for letter in words) * 2 < sum(letter.isalpha() for letter in words)


def label_of(clause: Clause, language: Language) -> str:
    """The number of a clause as it is printed in a language: 제2조, ①, 가. or Article 2, (1), (a)."""
    if language == "ko":
        return clause.label
    return clause.label_en or (clause.label if clause.label.isascii() else parse(clause.eid).english_label)


def say_not_placed(reading: Reading, name: str | None = None) -> None:
    """Names the lines that no clause took, on the standard error output."""
    of = f"{name}: " if name else ""
    for rejected in reading.not_placed:
        click.echo(f"{of}not placed: line {rejected.line}: {rejected.text}", err=True)
