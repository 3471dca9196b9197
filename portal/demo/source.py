"""The demonstration's data: JSON files beside this module, and what they mean. Everything in them is made up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"
OPEN = "ai-basic-act-decree"
CONCLUDED = "ai-basic-act-decree-2025"


@cache
def read(name: str) -> Any:
    """A data file by its name; `.jsonl` gives a list."""
    text = (_DATA / name).read_text()
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines() if line]
    return json.loads(text)


def raw(name: str) -> bytes:
    """A data file's bytes, as one would upload them."""
    return (_DATA / name).read_bytes()


def address(corpus_clause: str) -> str:
    """The corpus says `whole` for `doc` and `after:art_2` for `after_art_2`; nothing else knows those words."""
    return "doc" if corpus_clause == "whole" else corpus_clause.replace("after:", "after_")


@dataclass(frozen=True)
class Wording:
    """A proposed wording in one of the five forms, and where it stands (the comment's clause, or another place)."""

    form: str
    language: str
    old: str
    text: str
    at: str | None


def wording(comment_id: str) -> Wording | None:
    """The form to which a comment's wording was mapped."""
    found = read("wordings.json").get(comment_id)
    if found is None:
        return None
    return Wording(found["form"], found["language"], found.get("old_words", ""),
                   found.get("new_words", found.get("text", "")), found.get("at"))


def consultation(slug: str) -> dict[str, Any]:
    """The facts of one of the two consultations."""
    return next(c for c in read("consultations.json")["consultations"] if c["slug"] == slug)


def points(consultation_facts: dict[str, Any], language: str) -> str:
    """The main content as one text: a heading and a paragraph for each point."""
    return "\n\n".join(f"{n}. {p[f'heading_{language}']}\n{p[f'text_{language}']}"
                       for n, p in enumerate(consultation_facts["main_content"], 1))


def receiving_body(consultation_facts: dict[str, Any], language: str) -> str:
    """Name, address, e-mail and telephone of the receiving body, one a line."""
    body = consultation_facts["receiving_body"]
    keys = (f"name_{language}", f"address_{language}", "email", "telephone")
    return "\n".join(str(body[key]) for key in keys if body.get(key))
