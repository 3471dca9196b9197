"""A consultation's segments as the engine reads them, and the draft that they are about.

The engine knows texts by ids that sort as the segments' do. A segment's text is its own words; where nothing was given
as a reason, the proposed wording, else the legal basis. The libraries of the engine are loaded where they are needed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.analysis.texts import Position, Text, Tokens
from portal.drafts import queries as drafts
from portal.ordinances.clauses import Language

if TYPE_CHECKING:  # it loads numpy and more
    from portal.analysis.engine import Drafts

_ROWS_AT_A_TIME: Final = 1_000
_DIGITS: Final = 16

#: Whether a segment `s` counts and makes a point: what does not is not looked at.
LIVE: Final = "s.excuse IS NULL AND NOT s.no_point"


def text_id(segment_id: int) -> str:
    """The id by which the engine knows a segment."""
    return f"{segment_id:0{_DIGITS}d}"


@dataclass(frozen=True)
class Reading:
    """Segments as texts, in the order of their ids. By these ids, `stored` has the words that are stored with the
    segments, `spans` where each segment stands in its comment's reason, `kinds` the kind of its organisation,
    `clauses` the address that its filer chose. `guarded` are those of comments in which anything is claimed as
    confidential or was found to be personal data."""

    texts: list[Text] = field(default_factory=list)
    stored: dict[str, Tokens] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    clauses: dict[str, str] = field(default_factory=dict)


def read(session: Session, consultation_id: int, ids: Collection[int] | None = None, *,
         silent: bool = False) -> Reading:
    """The live segments of a consultation, or those of `ids` that are live; with `silent` those, too, that count and
    make no point. One statement, streamed."""
    found = Reading()
    which = "s.excuse IS NULL" if silent else LIVE
    rows = session.execute(
        text(f"""
        SELECT s.id, s.start, s."end", s.ordinal, s.clause_eid, s.position, s.language, s.organisation_kind,
               substr(k.reason, s.start::int + 1, (s."end" - s.start)::int) AS reason,
               CASE WHEN s.ordinal = 1 THEN k.proposal_text ELSE '' END AS proposed,
               CASE WHEN s.ordinal = 1 THEN k.legal_basis ELSE '' END AS basis, t.tokeniser, t.words,
               k.confidential <> '[]' OR k.finds <> '[]' AS guarded
          FROM segments s JOIN comments k ON k.id = s.comment_id
          LEFT JOIN segment_tokens t ON t.segment_id = s.id AND t.start = s.start AND t."end" = s."end"
         WHERE s.consultation_id = :c AND {which} AND (CAST(:ids AS bigint[]) IS NULL OR s.id = ANY(:ids))
         ORDER BY s.id"""),
        {"c": consultation_id, "ids": None if ids is None else list(ids)},
        execution_options={"yield_per": _ROWS_AT_A_TIME})
    for row in rows:
        identity = text_id(row.id)
        found.texts.append(Text(
            identity, cast(Language, row.language), next(
                (each for each in (row.reason, row.proposed, row.basis) if each.strip()), ""),
            row.clause_eid, cast(Position, row.position), row.proposed or None))
        found.spans[identity] = (row.start, row.end)
        found.kinds[identity] = row.organisation_kind
        found.clauses[identity] = row.clause_eid
        if row.guarded:
            found.guarded.add(identity)
        if row.tokeniser is not None:
            found.stored[identity] = Tokens(tuple(row.words), row.tokeniser)
    return found


def newest_draft(session: Session, consultation_id: int) -> tuple[int, Drafts]:
    """The id of the newest published version, 0 for none, and its text in the languages that it has. Two statements."""
    from portal.analysis.engine import Drafts

    version = drafts.latest_version(session, consultation_id)
    if version is None:
        return 0, Drafts()
    draft = drafts.draft(session, version)
    return version.id, Drafts(*(draft if language in draft.languages else None for language in ("ko", "en")))
