"""Confidential claims: where the marked words stand, and how a text reads without them. Pure.

A claim names words; when a comment is filed each place where they occur becomes a span. Whether a claim is granted is
the ministry's decision, made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.submissions.comment_input import OWN_FIELDS, Claim


class Located(NamedTuple):
    """The places of all claims, as `comments.confidential` stores them, and the claims whose words occur nowhere."""

    spans: list[dict[str, Any]]
    missing: list[Claim]


def locate(claims: Iterable[Claim], texts: Mapping[str, str]) -> Located:
    """Every occurrence of the claims' words in the filer's own texts: in a published comment none may be left over."""
    spans: list[dict[str, Any]] = []
    missing: list[Claim] = []
    for claim in claims:
        places = [(field, start) for field in OWN_FIELDS for start in _occurrences(texts.get(field, ""), claim.words)]
        if not places:
            missing.append(claim)
        spans += [{"field": field, "start": start, "end": start + len(claim.words), "words": claim.words,
                   "ground": claim.ground, "note": claim.note} for field, start in places]
    spans.sort(key=lambda span: (OWN_FIELDS.index(span["field"]), span["start"], span["end"]))
    return Located(spans, missing)


def _occurrences(text: str, words: str) -> list[int]:
    found: list[int] = []
    at = text.find(words) if words else -1
    while at >= 0:
        found.append(at)
        at = text.find(words, at + 1)
    return found


class Piece(NamedTuple):
    """A stretch of a text: its words, and the ground on which they are claimed (None: open to everyone)."""

    words: str
    ground: str | None


def pieces(text: str, spans: Sequence[Mapping[str, Any]], field: str) -> list[Piece]:
    """The text of `field` cut at its spans. Where claims overlap the ground of the first holds; joined, the pieces are
    the text again."""
    cut: list[Piece] = []
    last = 0
    for span in sorted((s for s in spans if s["field"] == field), key=lambda s: (s["start"], s["end"])):
        start, end = max(span["start"], last), min(span["end"], len(text))
        if end <= last:
            continue
        if start > last:
            cut.append(Piece(text[last:start], None))
        cut.append(Piece(text[start:end], span["ground"]))
        last = end
    if last < len(text):
        cut.append(Piece(text[last:], None))
    return cut


def stored_claims(claims: Iterable[Claim]) -> list[dict[str, str]]:
    """Claims as `draft_comments.confidential` stores them."""
    return [{"words": claim.words, "ground": claim.ground, "note": claim.note} for claim in claims]


def read_claims(stored: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """The claims of a draft comment."""
    return tuple(Claim(item["words"], item["ground"], item.get("note", "")) for item in stored)
