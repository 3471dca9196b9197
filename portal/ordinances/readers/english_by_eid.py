"""Lays an English text over a draft: JSON that gives headings and texts by eId, and chapters by their Korean label.

    {"title", "note", "chapters": {"제1장 총칙": "Chapter I General Provisions"},
     "provisions": {"art_1": {"heading": "Purpose", "text": "…"}}, "addenda": […]}

Its addenda have no eIds and are left out. What fits nowhere is reported, and so is what stays without English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.ordinances.clauses import HEADINGS, Clause, Draft
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.history import split_notes
from portal.ordinances.readers.portal_json import parse_json
from portal.ordinances.readers.source import decode
from portal.ordinances.spoken import split_english_heading
from portal.ordinances.writers.portal_json import heading_name

FORMAT: Final = "english_by_eid"


@dataclass(frozen=True, slots=True)
class NotFitted:
    """A piece of the English text that no clause takes: where it stands in the file, and its words."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """The draft in two languages; what fitted nowhere; the clauses of the main text that stay without English."""

    draft: Draft
    not_fitted: tuple[NotFitted, ...]
    without_english: tuple[str, ...]


def looks_like(document: object) -> bool:
    """Whether a JSON document is one of these."""
    return isinstance(document, dict) and isinstance(document.get("provisions"), dict)


def lay_over(draft: Draft, data: bytes) -> Overlay:
    """The draft with the English text of a file. Raises UnreadableDraft when the file is none of these."""
    document = parse_json(decode(data))
    if not looks_like(document) or not isinstance(document, dict):
        raise UnreadableDraft("This is no English text by clause address: it has no “provisions”.")
    provisions = _provisions(document["provisions"])
    chapters = _texts(document.get("chapters", {}))
    labels: dict[str, list[Clause]] = {}
    for clause in draft.clauses:
        if clause.kind in HEADINGS:
            labels.setdefault(heading_name(clause, "ko") or "", []).append(clause)
    clauses = tuple(_with_english(clause, provisions, chapters) for clause in draft.clauses)
    not_fitted = [
        *(NotFitted(f"provisions.{eid}", _words(provision)) for eid, provision in provisions.items()
          if eid not in draft.by_eid),
        *(NotFitted(f"chapters.{label}", english) for label, english in chapters.items() if label not in labels),
        *_addenda(document.get("addenda", [])),
    ]  # fmt: skip
    without = tuple(
        clause.eid for clause in clauses
        if clause.is_main_text and (clause.text_ko or clause.heading_ko) and not (clause.text_en or clause.heading_en)
    )  # fmt: skip
    title, note = document.get("title"), document.get("note")
    bilingual = replace(
        draft,
        clauses=clauses,
        title_en=title if isinstance(title, str) else draft.title_en,
        note_en=note if isinstance(note, str) else draft.note_en,
    )
    return Overlay(bilingual, tuple(not_fitted), without)


def _provisions(raw: dict[Any, Any]) -> dict[str, dict[str, Any]]:
    for eid, provision in raw.items():
        shaped = isinstance(provision, dict) and all(
            provision.get(key) is None or isinstance(provision[key], str) for key in ("heading", "text")
        )
        if not shaped:
            raise UnreadableDraft("%(path)s must hold a heading and a text.", path=f"provisions.{eid}"[:120])
    return raw


def _texts(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise UnreadableDraft("%(path)s must be an object of texts.", path="chapters")
    return raw


def _with_english(clause: Clause, provisions: Mapping[str, Mapping[str, Any]], chapters: Mapping[str, str]) -> Clause:
    if clause.kind in HEADINGS:
        english = chapters.get(heading_name(clause, "ko") or "")
        if english is None:
            return clause
        label, heading = split_english_heading(english)
        return replace(clause, label_en=label, heading_en=heading, text_en="")
    provision = provisions.get(clause.eid)
    if provision is None:
        return clause
    text, notes = split_notes(provision.get("text") or "")
    # The marks of history translate those of the Korean text, where it has any.
    return replace(clause, heading_en=provision.get("heading") or None, text_en=text, notes=clause.notes or notes)


def _words(provision: Mapping[str, Any]) -> str:
    return " ".join(part for part in (provision.get("heading"), provision.get("text")) if part)


def _addenda(raw: object) -> list[NotFitted]:
    if not isinstance(raw, list):
        return []
    return [NotFitted(f"addenda[{place}]", _words(item) if isinstance(item, dict) else str(item))
            for place, item in enumerate(raw)]  # fmt: skip
