"""The letters of a campaign compared anew, with another template where its own does not count any more. Loads the
engine.

A template that was filed again word for word stands for itself, and so does every other letter that was; else a letter
takes its place that said neither more nor less, else the most typical of those that are left. What that one added to
the template before it stays its own addition: the others are compared with the rest of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    SELECT m.segment_id AS id, m.template, m.additions, m.omissions, s.excuse IS NULL AS counts, {LIVE} AS live,
           c.version, c.engine, n.id AS copy
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
class Letters:
    """What a campaign of this version is made of now. `template`: the member that is its template, None where one has
    to be found, among the members `may_be`. `before`: what each added to the template that was and left out, of those
    of which it is known. `letters` are the members by the letter that each is of, in their order: one that was cut has
    several."""

    campaign_id: int
    version: int
    template: int | None
    may_be: Collection[int]
    before: Mapping[int, Spans]
    letters: Sequence[Sequence[int]]
    there: Mapping[int, Text]


@dataclass(frozen=True)
class Anew:
    """What a campaign of this version is with this template: of each member what it adds and leaves out."""

    campaign_id: int
    version: int
    template: int
    members: Mapping[int, Spans]


def letters(session: Session, consultation_id: int, campaign_id: int) -> Letters | None:
    """The letters of a campaign that count; None where none is left that makes a point. Three statements."""
    rows = [row for row in session.execute(_MEMBERS, {"id": campaign_id}).all() if row.counts or row.copy is not None]
    ids = {row.id: row.id if row.counts else row.copy for row in rows}
    may_be = {ids[row.id] for row in rows if row.live or not row.counts}
    there = {int(one.id): one for one in texts.read(session, consultation_id, list(ids.values()), silent=True).texts}
    may_be &= there.keys()
    if not may_be:
        return None
    found: dict[int, list[int]] = {}
    for row in session.execute(text("SELECT id, comment_id FROM segments WHERE id = ANY(:ids)"
                                    " ORDER BY comment_id, ordinal"), {"ids": list(there)}):
        found.setdefault(row.comment_id, []).append(row.id)
    template = next((ids[row.id] for row in rows if row.template and ids[row.id] in may_be), None)
    # Where all are to be compared anew, some were compared with another template, or with none.
    before = {ids[row.id]: (row.additions, row.omissions) for row in rows if row.engine or row.template}
    return Letters(campaign_id, rows[0].version, template, may_be, before, list(found.values()), there)


def compared(of: Letters, quoted: Sequence[str]) -> Anew:
    """The letters of a campaign compared with its template, or with the one that takes its place. `quoted` are texts
    that everybody may quote."""
    template = _most_typical(of, quoted) if of.template is None else of.template
    own = tuple((start, end) for start, end in of.before.get(template, ((), ()))[0])
    return Anew(of.campaign_id, of.version, template, _compared(template, own, of.letters, of.there))


def without_its_own(template: Text, own: Iterable[Span]) -> Text:
    """A template as the others are compared with it: what only it says is left blank, all else stands where it
    stood."""
    words = template.text
    for start, end in own:
        words = words[:start] + "\n" * len(words[start:end]) + words[end:]
    return replace(template, text=words)


def _most_typical(of: Letters, quoted: Sequence[str]) -> int:
    """The first member that said the same as the template that was; else the one that the engine makes the template of
    these; where it sees no campaign in them, the one that differed least. Whole letters come before those that were
    cut."""
    whole = ([each[0] for each in of.letters if len(each) == 1 and each[0] in of.may_be]
             or sorted(of.may_be))
    differs = {one: sum(end - start for spans in of.before[one] for start, end in spans)
               for one in whole if one in of.before}
    if same := [one for one, length in sorted(differs.items()) if not length]:
        return same[0]
    campaigns = find_campaigns([of.there[one] for one in whole], quoted).campaigns
    if campaigns:
        return int(max(campaigns, key=lambda campaign: len(campaign.members)).template)
    return min(whole, key=lambda one: (differs.get(one, 0), one))


def _compared(template: int, own: Sequence[Span], letters: Iterable[Sequence[int]], there: Mapping[int, Text]
              ) -> dict[int, Spans]:  # fmt: skip
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
    found[template] = (own, ())
    variants = compare_variants(without_its_own(there[template], own), [one for _, one in asked])
    for (members, _), variant in zip(asked, variants, strict=True):
        found[members[0]] = (variant.additions if len(members) == 1 else (), variant.omissions)
    return found
