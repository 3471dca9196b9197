"""Another letter in the place of a campaign's template that does not count any more. Loads the engine.

A template that was filed again word for word stands for itself, and so does every other letter that was; else the most
typical of those that are left takes its place. What all others add and leave out is said anew against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.analysis.near_copies import find_campaigns
from portal.analysis.texts import Text
from portal.analysis.variants import Span, compare_variants
from portal.suggestions import texts
from portal.suggestions.texts import LIVE

Spans = tuple[Sequence[Span], Sequence[Span]]

#: The members of a campaign, each with its own copy in a later filing where it has one word for word that is in no
#: campaign yet.
_MEMBERS: Final = text(f"""
    SELECT m.segment_id AS id, m.template, m.additions, m.omissions, {LIVE} AS live, c.version, n.id AS copy
      FROM campaigns c JOIN campaign_members m ON m.campaign_id = c.id JOIN segments s ON s.id = m.segment_id
      JOIN comments k ON k.id = s.comment_id
      LEFT JOIN LATERAL (
           SELECT n.id FROM segments n JOIN comments l ON l.id = n.comment_id
            WHERE s.excuse IS NOT NULL AND n.submission_id = s.submission_id AND n.comment_uid = s.comment_uid
              AND n.excuse IS NULL AND NOT n.no_point AND n.start = s.start AND n."end" = s."end"
              AND ROW(l.reason, l.proposal_text, l.legal_basis, l.language) IS NOT DISTINCT FROM
                  ROW(k.reason, k.proposal_text, k.legal_basis, k.language)
              AND NOT EXISTS (SELECT 1 FROM campaign_members o JOIN campaigns e ON e.id = o.campaign_id
                               WHERE o.segment_id = n.id AND e.id <> c.id AND e.state IN ('open', 'accepted'))
            ORDER BY n.id LIMIT 1) n ON true
     WHERE c.id = :id ORDER BY m.segment_id""")


@dataclass(frozen=True)
class Anew:
    """What a campaign of this version is with another template: of each member what it adds and leaves out."""

    campaign_id: int
    version: int
    template: int
    members: Mapping[int, Spans]


def found_anew(session: Session, consultation_id: int, campaign_id: int, quoted: Sequence[str]) -> Anew | None:
    """A campaign with another template in the place of the one that does not count any more; None where no letter of it
    is left. `quoted` are texts that everybody may quote."""
    rows = session.execute(_MEMBERS, {"id": campaign_id}).all()
    # What it adds and leaves out of the template that was, for as long as nothing better is known.
    before: dict[int, Spans] = {row.id if row.live else row.copy: (row.additions, row.omissions)
                                for row in rows if row.live or row.copy is not None}
    own = next((row.copy for row in rows if row.template and row.copy is not None), None)
    there = {int(one.id): one for one in texts.read(session, consultation_id, list(before)).texts}
    if not there:
        return None
    letters = _letters(session, there)
    template = own if own in there else _most_typical(letters, there, before, quoted)
    return Anew(campaign_id, rows[0].version, template, _compared(template, letters, there))


def _letters(session: Session, there: Mapping[int, Text]) -> list[list[int]]:
    """The members by the letter that each is of, in the order in which they stand in it: one that was cut has
    several."""
    found: dict[int, list[int]] = {}
    for row in session.execute(text("SELECT id, comment_id FROM segments WHERE id = ANY(:ids)"
                                    " ORDER BY comment_id, ordinal"), {"ids": list(there)}):
        found.setdefault(row.comment_id, []).append(row.id)
    return list(found.values())


def _most_typical(letters: Iterable[Sequence[int]], there: Mapping[int, Text], before: Mapping[int, Spans],
                  quoted: Sequence[str]) -> int:
    """The member that the engine makes the template of these, whole letters before those that were cut; where it sees
    no campaign in them, the one that differed least from the template that was."""
    whole = [each[0] for each in letters if len(each) == 1] or sorted(there)
    campaigns = find_campaigns([there[one] for one in whole], quoted).campaigns
    if campaigns:
        return int(max(campaigns, key=lambda campaign: len(campaign.members)).template)
    return min(whole, key=lambda one: (sum(end - start for spans in before[one] for start, end in spans), one))


def _compared(template: int, letters: Iterable[Sequence[int]], there: Mapping[int, Text]) -> dict[int, Spans]:
    """What each letter adds to the template and leaves out. What was cut off a letter is in the campaign no more: its
    parts add nothing, and what all of them leave out stands with the first."""
    found: dict[int, Spans] = {}
    asked: list[tuple[Sequence[int], Text]] = []
    for members in letters:
        found.update(dict.fromkeys(members, ((), ())))
        if template not in members:
            first = there[members[0]]
            words = "\n".join(there[one].text for one in members)
            asked.append((members, first if len(members) == 1 else replace(first, text=words)))
    variants = compare_variants(there[template], [one for _, one in asked])
    for (members, _), variant in zip(asked, variants, strict=True):
        found[members[0]] = (variant.additions if len(members) == 1 else (), variant.omissions)
    return found
