"""Writing down what the engine found, as far as it still holds: what people decided meanwhile wins.

Everything is written at the end of a run or of a turn, at once, under the lock that all acts on suggestions take, and
after the segments were locked in the order in which everybody locks them. Nothing here changes a segment.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.kernel.text import LINE_LIMIT
from portal.suggestions import decisions
from portal.suggestions.models import Campaign, CampaignMember, ProposedCluster, ProposedMember, SharedPassage
from portal.suggestions.texts import LIVE

#: The words of a segment are handed over as one text, parted by this.
_PARTED: Final = "\x1f"
_ROWS_AT_ONCE: Final = 20_000
#: Of proposals that were dismissed and of campaigns: so much in common makes two sets of segments the same.
_THE_SAME: Final = 0.8
_MOSTLY: Final = 0.5


Row = TypeVar("Row")


@dataclass(frozen=True)
class Words:
    """A segment's words, and where it stood when they were made."""

    segment_id: int
    start: int
    end: int
    tokeniser: str
    words: Sequence[str]


@dataclass(frozen=True)
class Suggested:
    """A tag or a cluster for a segment, the first being of rank 1."""

    segment_id: int
    rank: int
    target: int
    score: float
    evidence: Mapping[str, Any]
    fits: bool = False


@dataclass(frozen=True)
class Found:
    """A set of segments that raise one issue, the most typical first, and what is said of it."""

    members: tuple[int, ...]
    titles: Mapping[str, str]
    terms: Mapping[str, Sequence[str]]
    central: Mapping[str, Mapping[str, Any]]
    voices: tuple[int, ...]


@dataclass(frozen=True)
class FoundCampaign:
    """Near-copies of one template: of each other member what it adds and leaves out. None: the template does not count
    any more, or a campaign that was accepted has it; another one takes its place at the worker's next turn."""

    template: int | None
    variants: Mapping[int, tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]]

    @property
    def members(self) -> frozenset[int]:
        """All of them."""
        return frozenset([*self.variants, *([] if self.template is None else [self.template])])


@dataclass(frozen=True)
class Standing:
    """A segment when it is written about."""

    start: int
    end: int
    live: bool
    cluster_id: int | None
    tagged: bool


@dataclass
class Storing:
    """What is written down of a consultation in one transaction. `made_by`: the engine and the operator's model."""

    session: Session
    consultation_id: int
    engine: str
    model: str | None
    now: datetime
    run_id: int | None = None
    standing: dict[int, Standing] = field(default_factory=dict)
    _dismissed: list[frozenset[int]] | None = None

    def look(self, ids: Collection[int]) -> None:
        """See how these segments stand now, and hold them there; others may still decide on all else."""
        rows = self.session.execute(text(f"""
            SELECT s.id, s.start, s."end", {LIVE}, s.cluster_id,
                   EXISTS (SELECT 1 FROM segment_tags t WHERE t.segment_id = s.id)
              FROM segments s WHERE s.consultation_id = :c AND s.id = ANY(:ids) ORDER BY s.id FOR KEY SHARE OF s"""),
            {"c": self.consultation_id, "ids": sorted(ids)})
        self.standing = {row[0]: Standing(*row[1:]) for row in rows}

    def is_live(self, segment_id: int) -> bool:
        """Whether a segment is there and counts."""
        found = self.standing.get(segment_id)
        return found is not None and found.live

    # ------------------------------------------------------------------------------------------------------- words

    def words(self, found: Iterable[Words]) -> None:
        """Store the words of segments that stand where they stood. What a regrouping would move because of other words
        than these stays where it is."""
        rows = [each for each in found if (stands := self.standing.get(each.segment_id)) is not None
                and (stands.start, stands.end) == (each.start, each.end)]
        storing = text(f"""
            WITH w AS (
                SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS w(id bigint, start bigint, last bigint,
                                                                          tokeniser text, words text)),
            outdated AS (
                DELETE FROM proposed_moves v USING w JOIN segment_tokens t ON t.segment_id = w.id
                 WHERE v.segment_id = w.id AND (t.start, t."end") IS DISTINCT FROM (w.start, w.last))
            INSERT INTO segment_tokens (segment_id, start, "end", tokeniser, words)
            SELECT w.id, w.start, w.last, w.tokeniser, string_to_array(w.words, '{_PARTED}') FROM w
            ON CONFLICT (segment_id) DO UPDATE SET start = excluded.start, "end" = excluded."end",
               tokeniser = excluded.tokeniser, words = excluded.words""")
        for part in _parts(rows):
            self.session.execute(storing, {"rows": _written(
                {"id": each.segment_id, "start": each.start, "last": each.end, "tokeniser": each.tokeniser,
                 "words": _PARTED.join(each.words)} for each in part)})

    def knows(self, ids: Collection[int], act: int) -> None:
        """Note that the suggestions of these segments know all acts up to this one (`decisions.ACTS`)."""
        self.session.execute(text("UPDATE segment_tokens SET knows_batch = :act WHERE segment_id = ANY(:ids)"),
                             {"act": act, "ids": sorted(ids)})

    # ------------------------------------------------------------------------------------------------- suggestions

    def suggestions(self, kind: str, found: Iterable[Suggested], asked: Collection[int] | None) -> None:
        """Put these suggestions in the place of the earlier ones of the segments `asked` (None: of all). They hold for
        segments that still have no tag or no cluster, and for tags and clusters that may still be chosen. The clusters
        that suited a segment that is in one now are kept, unseen: it may be taken back. What `look` saw counts for
        both: a person may place a segment or take it out meanwhile."""
        placed = [] if kind == "tag" else [each for each in self.standing if self._decided(kind, each)]
        self.session.execute(text("""
            DELETE FROM suggestions g USING segments s
             WHERE s.id = g.segment_id AND g.kind = :kind AND s.consultation_id = :c
               AND s.id NOT IN (SELECT unnest(CAST(:placed AS bigint[])))
               AND (CAST(:ids AS bigint[]) IS NULL OR s.id = ANY(:ids))"""),
            {"kind": kind, "c": self.consultation_id, "placed": placed,
             "ids": None if asked is None else sorted(asked)})
        rows = [each for each in found if self.is_live(each.segment_id) and not self._decided(kind, each.segment_id)]
        may = ("SELECT id FROM tags WHERE consultation_id = :c AND retired_at IS NULL" if kind == "tag" else
               "SELECT id FROM clusters WHERE consultation_id = :c AND merged_into IS NULL AND NOT locked")
        column = "tag_id" if kind == "tag" else "cluster_id"
        storing = text(f"""
            INSERT INTO suggestions (segment_id, kind, rank, {column}, score, fits, evidence, engine, model, made_at)
            SELECT w.id, :kind, w.rank, w.target, w.score, w.fits, w.evidence, :engine, :model, :now
              FROM json_to_recordset(CAST(:rows AS json)) AS w(id bigint, rank int, target bigint, score float8,
                                                               fits boolean, evidence jsonb)
              JOIN ({may}) m ON m.id = w.target ORDER BY w.id, w.rank""")
        for part in _parts(rows):
            self.session.execute(storing, {
                "kind": kind, "c": self.consultation_id, "engine": self.engine, "model": self.model, "now": self.now,
                "rows": _written(
                    {"id": each.segment_id, "rank": each.rank, "target": each.target,
                     "score": min(max(each.score, 0.0), 1.0), "fits": each.fits, "evidence": each.evidence}
                    for each in part)})

    def _decided(self, kind: str, segment_id: int) -> bool:
        stands = self.standing[segment_id]
        return stands.tagged if kind == "tag" else stands.cluster_id is not None

    # --------------------------------------------------------------------------------------------------- proposals

    def proposals(self, found: Iterable[Found]) -> int:
        """Put these sets in the place of the open proposals that nobody keeps; how many stand then. One that is there
        already stays as it is; one that was dismissed does not come back."""
        known = self._proposals("open", "dismissed")
        kept = {member for row, members in known for member in members if row.state == "open" and row.kept}
        dismissed = [frozenset(each for each in members if self._is_free(each, kept)) for row, members in known
                     if row.state == "dismissed"]
        before = {frozenset(members): row for row, members in known if row.state == "open" and not row.kept}
        staying: set[int] = set()
        fresh: list[Found] = []
        for one in found:
            members = tuple(each for each in one.members if self._is_free(each, kept))
            whole = frozenset(members)
            if len(members) < 2 or any(_alike(whole, other) >= _THE_SAME for other in dismissed):
                continue
            row = before.get(whole)
            if row is None:
                fresh.append(Found(members, one.titles, one.terms, one.central, one.voices))
                continue
            staying.add(row.id)
            self._describe(row, one)
        gone = [row.id for row in before.values() if row.id not in staying]
        self.session.execute(text("DELETE FROM proposed_members WHERE proposal_id = ANY(:ids)"), {"ids": gone})
        self.session.execute(text("UPDATE proposed_clusters SET state = 'replaced', version = version + 1"
                                  " WHERE id = ANY(:ids)"), {"ids": gone})
        rows = self.add_proposals(fresh, "open")
        self.session.add_all(
            ProposedMember(proposal_id=row.id, segment_id=segment_id, ordinal=place)
            for row, one in zip(rows, fresh, strict=True) for place, segment_id in enumerate(one.members, 1))
        self.session.flush()
        return len(staying) + len(fresh)

    def describe_anew(self, found: Mapping[int, Found]) -> None:
        """Say what is said now of open proposals of which people changed the members (`to_be_described`), unless they
        changed them again meanwhile; a title that a person gave stays."""
        known = {row.id: (row, members) for row, members in self._proposals("open")}
        named_by_people = decisions.named_by_people(self.session, found)
        for proposal_id, one in found.items():
            row, members = known.get(proposal_id, (None, []))
            live = {each for each in members if self.is_live(each)}
            if row is None or row.engine or live != set(one.members):
                continue
            titles = {"ko": row.title_ko, "en": row.title_en} if row.id in named_by_people else one.titles
            self._describe(row, Found(one.members, titles, one.terms, one.central, one.voices))
            places = [*one.members, *sorted(set(members) - live)]
            self.session.execute(text("""
                UPDATE proposed_members m SET ordinal = w.place
                  FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS w(id, place)
                 WHERE m.proposal_id = :p AND m.segment_id = w.id"""), {"ids": places, "p": proposal_id})
        self.session.flush()

    def was_dismissed(self, members: Collection[int]) -> bool:
        """Whether most of this set and of one that was dismissed are the same segments."""
        if self._dismissed is None:
            self._dismissed = [frozenset(each for each in theirs if self.is_live(each))
                               for _, theirs in self._proposals("dismissed")]
        return any(_alike(frozenset(members), other) >= _MOSTLY for other in self._dismissed)

    def add_proposals(self, found: Sequence[Found], state: str) -> list[ProposedCluster]:
        """New rows, without their members."""
        rows = []
        for one in found:
            row = ProposedCluster(
                consultation_id=self.consultation_id, run_id=self.run_id, title_ko="", title_en="", terms={},
                central={}, voices=[], engine=self.engine, model=self.model, state=state, kept=False,
                made_at=self.now, version=1)
            self._describe(row, one)
            rows.append(row)
        self.session.add_all(rows)
        self.session.flush()
        return rows

    def _describe(self, row: ProposedCluster, one: Found) -> None:
        """What is said of a set now; what is said so already changes nothing."""
        said = {"title_ko": one.titles.get("ko", "")[:LINE_LIMIT], "title_en": one.titles.get("en", "")[:LINE_LIMIT],
                "terms": {language: list(terms) for language, terms in one.terms.items()},
                "central": {language: dict(each) for language, each in one.central.items()},
                "voices": list(one.voices), "engine": self.engine, "model": self.model}
        for name, value in said.items():
            if getattr(row, name) != value:
                setattr(row, name, value)

    def _is_free(self, segment_id: int, kept: Collection[int]) -> bool:
        return self.is_live(segment_id) and self.standing[segment_id].cluster_id is None and segment_id not in kept

    def _proposals(self, *states: str) -> list[tuple[ProposedCluster, list[int]]]:
        rows = self.session.scalars(select(ProposedCluster).where(
            ProposedCluster.consultation_id == self.consultation_id, ProposedCluster.state.in_(states))
            .order_by(ProposedCluster.id), execution_options={"populate_existing": True}).all()
        members: dict[int, list[int]] = {row.id: [] for row in rows}
        for proposal_id, segment_id in self.session.execute(
                select(ProposedMember.proposal_id, ProposedMember.segment_id)
                .where(ProposedMember.proposal_id.in_(members))):
            members[proposal_id].append(segment_id)
        return [(row, members[row.id]) for row in rows]

    # --------------------------------------------------------------------------------------------------- campaigns

    def campaigns(self, found: Iterable[FoundCampaign]) -> int:
        """Put these campaigns in the place of the open ones; how many are open then. Segments that belong to one that
        was accepted join it; one that was dismissed does not come back."""
        known = self.known_campaigns("open", "accepted", "dismissed")
        accepted = [(row, members) for row, members in known if row.state == "accepted"]
        dismissed = [members for row, members in known if row.state == "dismissed"]
        before = {members: row for row, members in known if row.state == "open"}
        taken = {member for _, members in accepted for member in members}
        staying: set[int] = set()
        fresh: list[FoundCampaign] = []
        for one in found:
            members = frozenset(each for each in one.members if self.is_live(each))
            home = next((row for row, theirs in accepted
                         if _shared(members, theirs) >= _MOSTLY * min(len(members), len(theirs) or 1) > 0), None)
            if home is not None:
                self._take_in(home, one, sorted(members - taken))
                taken |= members
                continue
            members -= taken
            if len(members) < 2 or any(_shared(members, theirs) >= _MOSTLY * len(members) for theirs in dismissed):
                continue
            if (row := before.get(members)) is not None:
                staying.add(row.id)
                continue
            fresh.append(FoundCampaign(
                one.template if one.template in members else None,
                {each: one.variants.get(each, ((), ())) for each in sorted(members) if each != one.template}))
        gone = [row.id for row in before.values() if row.id not in staying]
        self.session.execute(text("DELETE FROM campaign_members WHERE campaign_id = ANY(:ids)"), {"ids": gone})
        self.session.execute(text("UPDATE campaigns SET state = 'replaced', version = version + 1"
                                  " WHERE id = ANY(:ids)"), {"ids": gone})
        for one in fresh:
            self.new_campaign(one)
        return len(staying) + len(fresh)

    def _take_in(self, home: Campaign, one: FoundCampaign, joining: Sequence[int]) -> None:
        """Put letters that were found with another campaign's into that one. What they add and leave out is known only
        where they were compared with all that its template says."""
        compared = self.session.scalar(text("""
            SELECT EXISTS (SELECT 1 FROM campaign_members
                            WHERE campaign_id = :id AND template AND segment_id = :template AND additions = '[]')"""),
            {"id": home.id, "template": one.template})
        for each in joining:
            if compared:
                self.join(home.id, each, *one.variants.get(each, ((), ())))
            else:
                self.join_uncompared(home, each)
        home.version += bool(joining)

    def known_campaigns(self, *states: str) -> list[tuple[Campaign, frozenset[int]]]:
        """The campaigns in these states with their members."""
        rows = self.session.scalars(select(Campaign).where(
            Campaign.consultation_id == self.consultation_id, Campaign.state.in_(states)).order_by(Campaign.id),
            execution_options={"populate_existing": True}).all()
        members: dict[int, set[int]] = {row.id: set() for row in rows}
        for campaign_id, segment_id in self.session.execute(
                select(CampaignMember.campaign_id, CampaignMember.segment_id)
                .where(CampaignMember.campaign_id.in_(members))):
            members[campaign_id].add(segment_id)
        return [(row, frozenset(members[row.id])) for row in rows]

    def new_campaign(self, one: FoundCampaign) -> int:
        """An open campaign; its id."""
        row = Campaign(consultation_id=self.consultation_id, run_id=self.run_id, engine=self.engine, state="open",
                       made_at=self.now, version=1)
        self.session.add(row)
        self.session.flush()
        if one.template is not None:
            self.session.add(CampaignMember(campaign_id=row.id, segment_id=one.template, template=True, additions=[],
                                            omissions=[]))
        for segment_id, (additions, omissions) in one.variants.items():
            if segment_id != one.template:
                self.join(row.id, segment_id, additions, omissions)
        self.session.flush()
        return row.id

    def join(self, campaign_id: int, segment_id: int, additions: Sequence[Sequence[int]] = (),
             omissions: Sequence[Sequence[int]] = ()) -> None:
        """One member more."""
        self.session.add(CampaignMember(
            campaign_id=campaign_id, segment_id=segment_id, template=False,
            additions=[list(each) for each in additions], omissions=[list(each) for each in omissions]))

    def join_uncompared(self, campaign: Campaign, segment_id: int) -> None:
        """One member more that was not compared with the template: all of it counts as added until the worker has
        compared all letters of the campaign anew."""
        stands = self.standing[segment_id]
        self.join(campaign.id, segment_id, [(0, stands.end - stands.start)])
        campaign.engine = ""

    def compared_anew(self, campaign_id: int, version: int, template: int, members: Mapping[
            int, tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]]) -> bool:
        """Write down what each member of a campaign adds and leaves out against this template, which may be another
        one; whether it was done: not where others changed the campaign since this version."""
        row = self.session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
        if row is None or row.version != version or row.state == "replaced" or not self.is_live(template):
            return False
        self.session.execute(text("UPDATE campaign_members SET template = false WHERE campaign_id = :c AND template"),
                             {"c": campaign_id})
        self.session.execute(
            text("""
            INSERT INTO campaign_members (campaign_id, segment_id, template, additions, omissions)
            SELECT :c, w.id, w.id = :template, w.additions, w.omissions
              FROM json_to_recordset(CAST(:rows AS json)) AS w(id bigint, additions jsonb, omissions jsonb)
            ON CONFLICT (campaign_id, segment_id) DO UPDATE SET template = excluded.template,
               additions = excluded.additions, omissions = excluded.omissions"""),
            {"c": campaign_id, "template": template, "rows": _written(
                {"id": each, "additions": additions, "omissions": omissions}
                for each, (additions, omissions) in sorted(members.items()) if each in self.standing)})
        row.engine = self.engine
        row.version += 1
        self.session.flush()
        return True

    def passages(self, found: Iterable[tuple[str, Sequence[int]]]) -> int:
        """Put these shared passages in the place of the earlier ones; how many."""
        assert self.run_id is not None
        self.session.execute(text("DELETE FROM shared_passages WHERE consultation_id = :c"),
                             {"c": self.consultation_id})
        rows = [SharedPassage(consultation_id=self.consultation_id, run_id=self.run_id, words=words,
                              segment_ids=live, engine=self.engine)
                for words, ids in found if len(live := [each for each in ids if self.is_live(each)]) > 1]
        self.session.add_all(rows)
        self.session.flush()
        return len(rows)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As many of the rows at a time as are handed over at once."""
    return (rows[start:start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE))


def _written(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as one value, which is far quicker to hand over than an array of each column."""
    return json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))


def _shared(some: frozenset[int], others: frozenset[int]) -> int:
    return len(some & others)


def _alike(some: frozenset[int], others: frozenset[int]) -> float:
    """The share of the segments that two sets have in common (Jaccard)."""
    return len(some & others) / max(len(some | others), 1)
