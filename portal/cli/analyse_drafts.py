"""The draft of `portal analyse`: from one file that holds both languages, or from two.

Must not know what a command does with the draft.
"""

from __future__ import annotations

from typing import BinaryIO

import click

from portal.cli.ordinance_files import data_of, languages_of, read_data, say_not_placed
from portal.ordinances.clauses import Draft, Language
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import english_by_eid, portal_json
from portal.ordinances.readers.source import decode


def read_drafts(draft: BinaryIO | None, draft_en: BinaryIO | None) -> tuple[Draft | None, Draft | None]:
    """The Korean and the English draft: one object twice where a file holds both, or where the second file holds the
    English by clause address, which is laid over the Korean text.

    Names on the standard error output what has no place. Raises ClickException for a file that cannot be read.
    """
    found = _read(data_of(draft), draft.name, None) if draft is not None else {}
    if draft_en is None:
        return found.get("ko"), found.get("en")
    if draft is not None and "en" in found:
        click.echo(f"{draft_en.name} is left aside: {draft.name} has an English text.", err=True)
        return found.get("ko"), found["en"]
    data = data_of(draft_en)
    if "ko" in found and _is_by_address(data):
        both = _laid_over(found["ko"], data, draft_en.name)
        return both, both
    english = _read(data, draft_en.name, "en")
    return found.get("ko", english.get("ko")), english.get("en")


def _read(data: bytes, name: str, asked: Language | None) -> dict[Language, Draft]:
    """The draft of a file by each of its languages."""
    if _is_by_address(data):
        raise click.ClickException(f"{name} is an English text by clause address: give it with --draft-en, and the "
                                   "Korean text with --draft.")  # fmt: skip
    reading, _ = read_data(data, name, None, asked, named=True)
    say_not_placed(reading, name)
    return dict.fromkeys(languages_of(reading.draft), reading.draft)


def _is_by_address(data: bytes) -> bool:
    try:
        return english_by_eid.looks_like(portal_json.parse_json(decode(data)))
    except UnreadableDraft:
        return False  # whatever it is: what is wrong with it, its reader says


def _laid_over(draft: Draft, data: bytes, name: str) -> Draft:
    try:
        overlay = english_by_eid.lay_over(draft, data)
    except UnreadableDraft as problem:
        raise click.ClickException(f"{name}: {problem}") from None
    if overlay.draft.clauses == draft.clauses:
        raise click.ClickException(f"{name}: No clause of the draft has an address that stands in the file. Is it the "
                                   "English of another text?")  # fmt: skip
    if overlay.not_fitted:
        pieces = f"{len(overlay.not_fitted)} pieces" if len(overlay.not_fitted) > 1 else "1 piece"
        click.echo(f"{name}: not placed: {pieces} of the English text, the first at {overlay.not_fitted[0].path}",
                   err=True)  # fmt: skip
    return overlay.draft
