"""Segments that arrive get their words, what they are a copy of, clusters and tags within seconds; after decisions the
suggestions of what is undecided are made anew, a few hundred a turn. Loads the engine.

What a consultation's segments taught is kept in the process. It is made anew when people decided something or more
arrived, but never so often that it takes more than a twentieth of the time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session
from threadpoolctl import threadpool_limits

from portal.analysis.arriving import Arrival, AtHand
from portal.analysis.clusters import Cluster
from portal.analysis.copies_at_hand import Copy
from portal.analysis.embeddings import Embedder, ModelProblem
from portal.analysis.engine import ENGINE, Engine, Grouping
from portal.analysis.near_copies import Campaign
from portal.analysis.texts import Text, Tokens
from portal.analysis.titles import Describer
from portal.analysis.variants import compare_variants
from portal.suggestions import acts, decisions, engines, templates_anew, texts
from portal.suggestions.analysing import cluster_rows, described_anew, tag_rows
from portal.suggestions.models import Campaign as CampaignRow
from portal.suggestions.storing import FoundCampaign, Storing, Words
from portal.suggestions.templates_anew import without_its_own
from portal.suggestions.texts import LIVE, Reading, text_id
from portal.suggestions.waiting import Seen, Waiting

log = structlog.get_logger()

#: So many segments that arrived are looked at in a turn, and of so many undecided ones the suggestions are made anew.
MOST_ARRIVALS: Final = 200
MOST_AGAIN: Final = 500
#: What a consultation taught is made anew at most in this share of the time.
SHARE: Final = 0.05
#: Of so many consultations it is kept.
_MOST_KEPT: Final = 2


@dataclass
class Known:
    """What a consultation taught: `seen` then, at what time, and how long it took. `act`: the last act that its
    suggestions know. `alone`: segments that arrived since, of which the copies among each other are not known."""

    at_hand: AtHand | None
    engine: Engine
    seen: Seen
    act: int
    made: float
    took: float
    alone: list[int] = field(default_factory=list)

    def is_of(self, seen: Seen) -> bool:
        """Whether it knows all that was seen, and the segments that arrived."""
        return self.seen == seen and all(text_id(one) in (self.at_hand or ()) for one in self.alone)

    @property
    def may_be_made_anew(self) -> bool:
        """Whether the share of the time is kept."""
        return time.monotonic() - self.made >= self.took / SHARE


class Arrivals:
    """What the ticker of a process knows and does."""

    def __init__(self, waiting: Waiting, embeddings: Path | None) -> None:
        self._waiting: Final = waiting
        self._embeddings: Final = embeddings
        self._known: Final[OrderedDict[int, Known]] = OrderedDict()
        self._last = 0
        self._describing_from = 0.0
        self._comparing_from = 0.0
        self._passed_over: Final[dict[int, int]] = {}

    def turn(self, session: Session, found: Mapping[int, Seen], now: datetime) -> None:
        """Work on the first of these consultations that has something to do, each in its turn; none while a run is
        being done in this process."""
        if not engines.BUSY.acquire(blocking=False):
            return
        try:
            with threadpool_limits(1):
                for consultation_id in sorted(found, key=lambda one: (one <= self._last, one)):
                    self._last = consultation_id  # of whatever comes of it: one that fails stops no other
                    if self._work(session, consultation_id, found[consultation_id], now):
                        return
        finally:
            engines.BUSY.release()

    def _work(self, session: Session, consultation_id: int, seen: Seen, now: datetime) -> bool:
        """Do what there is to do for a consultation in a turn; whether there was anything."""
        engine = engines.engine_for(session, consultation_id)
        storing = Storing(session, consultation_id, ENGINE, engines.named(self._model()), now)
        known = self._known.get(consultation_id)
        if known is not None and known.engine is not engine:
            known = None
        # First of all: what arrives is compared with the template that stands.
        if seen.uncompared and self._compared_anew(storing, engine):
            return True
        if pending := _pending(session, consultation_id, engine):
            _arrived(storing, known or self._learnt(session, consultation_id, engine, seen, known), pending)
            return True
        known = self._brought_up_to_date(session, consultation_id, engine, seen, known)
        if known is not None and known.at_hand is not None:
            if new := [one for one in known.alone if text_id(one) in known.at_hand][:MOST_ARRIVALS]:
                _copies(storing, known.at_hand, new)
                known.alone = [one for one in known.alone if one not in set(new)]
                return True
            if again := _to_be_made_anew(session, consultation_id, known.act):
                _again(storing, known, known.at_hand, again)
                return True
        if seen.undescribed:
            if time.monotonic() < self._describing_from:
                return False
            if self._described_anew(storing, engine):
                return True
        if seen.uncompared and time.monotonic() < self._comparing_from:
            return False
        if known is None or known.is_of(seen):
            self._waiting.settle(consultation_id, seen)
        return False

    def _compared_anew(self, storing: Storing, engine: Engine) -> bool:
        """Compare the letters of one campaign anew of which that is to be done; whether there was one, and its share of
        the time was kept. One that cannot be compared is passed over until it changes."""
        session, consultation_id = storing.session, storing.consultation_id
        if time.monotonic() < self._comparing_from:
            return False
        asked = next((found for one, version in decisions.to_be_compared(session, consultation_id).items()
                      if self._passed_over.get(one) != version
                      and (found := templates_anew.letters(session, consultation_id, one)) is not None), None)
        if asked is None:
            return False
        quoted = engine.drafts.words()
        session.rollback()  # as in _described_anew
        began = time.monotonic()
        try:
            anew = templates_anew.compared(asked, quoted)
        except Exception:
            log.exception("the letters of a campaign cannot be compared", campaign=asked.campaign_id)
            self._passed_over[asked.campaign_id] = asked.version
            return True
        finally:
            now = time.monotonic()
            self._comparing_from = now + (now - began) / SHARE
        acts.lock(session, consultation_id)
        storing.look(anew.members)
        storing.compared_anew(anew.campaign_id, anew.version, anew.template, anew.members)
        return True

    def _described_anew(self, storing: Storing, engine: Engine) -> bool:
        """Say anew what proposals are about of which people changed the members; whether anything is said. It has its
        share of the time, too."""
        session, consultation_id = storing.session, storing.consultation_id
        proposals = decisions.to_be_described(session, consultation_id)
        if not proposals:
            return False
        began = time.monotonic()
        reading, ready = _ready(session, consultation_id, engine)
        # Nothing was written yet, and no transaction stays open for what is computed now. With it goes the lock of the
        # turn: another worker may come to the same meanwhile, and whoever is later finds it said.
        session.rollback()
        found = {}
        if len(ready) > 1:
            tokens = [reading.stored[one.id] for one in ready]
            features = engine.features(ready, tokens, self._model())
            describer = Describer(ready, tokens, features, engine.drafts.by_language())
            found = described_anew(describer, features, reading, proposals)
        acts.lock(session, consultation_id)
        storing.look({each for members in proposals.values() for each in members})
        storing.describe_anew(found)
        self._describing_from = time.monotonic() + (time.monotonic() - began) / SHARE
        return bool(found)

    # ------------------------------------------------------------------------------------------------ what is known

    def _brought_up_to_date(self, session: Session, consultation_id: int, engine: Engine, seen: Seen,
                            known: Known | None) -> Known | None:
        """What the consultation taught, made anew where it is old and the time allows it. None where nobody needs it:
        the worker has only just begun, and everything was suggested before."""
        if known is None:
            needed = _to_be_made_anew(session, consultation_id, seen.act)
            return self._learnt(session, consultation_id, engine, seen, None) if needed else None
        if known.seen.of_decisions == seen.of_decisions and not known.alone:
            known.seen = seen
        if not known.is_of(seen) and known.may_be_made_anew:
            return self._learnt(session, consultation_id, engine, seen, known)
        return known

    def _learnt(self, session: Session, consultation_id: int, engine: Engine, seen: Seen,
                before: Known | None) -> Known:
        """What the consultation teaches now."""
        began = time.monotonic()
        decided = before is None or before.seen.of_decisions != seen.of_decisions
        at_hand = self._at_hand(session, consultation_id, engine)
        now = time.monotonic()
        # What is not there now does not count any more, or is cut anew and arrives again.
        alone = [] if before is None else [one for one in before.alone if text_id(one) in (at_hand or ())]
        made = Known(at_hand, engine, seen, seen.act if decided or before is None else before.act, now,
                     now - began, alone)
        self._known[consultation_id] = made
        self._known.move_to_end(consultation_id)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return made

    def _model(self) -> Embedder | None:
        try:
            return engines.model_in(self._embeddings)
        except ModelProblem as problem:
            log.warning("the sentence model cannot be read", folder=str(self._embeddings), error=str(problem))
            return None

    def _at_hand(self, session: Session, consultation_id: int, engine: Engine) -> AtHand | None:
        """The segments that have their words, with what people decided of them; None for fewer than two."""
        reading, ready = _ready(session, consultation_id, engine)
        if len(ready) < 2:
            return None
        locked = decisions.locked_clusters(session, consultation_id)
        members: dict[int, list[str]] = {}
        for one, cluster in decisions.clusters_of(session, consultation_id).items():
            if cluster not in locked:
                members.setdefault(cluster, []).append(text_id(one))
        labels = {text_id(one): [str(tag) for tag in tags]
                  for one, tags in decisions.tags_of(session, consultation_id).items() if tags}
        return AtHand(
            engine, ready, [reading.stored[one.id] for one in ready],
            Grouping(tuple(Cluster(str(cluster), tuple(ids)) for cluster, ids in sorted(members.items()))),
            campaigns=_campaigns(session, consultation_id, {one.id for one in ready}), labels=labels,
            embedder=self._model())


def _ready(session: Session, consultation_id: int, engine: Engine) -> tuple[Reading, list[Text]]:
    """A consultation's segments, and those that have their words."""
    reading = texts.read(session, consultation_id)
    return reading, [one for one in reading.texts if one.id in reading.stored
                     and reading.stored[one.id].tokeniser == engine.tokeniser.name]


def _arrived(storing: Storing, known: Known, pending: Sequence[int]) -> None:
    """Look at segments that arrived, and write down what is said of them."""
    reading = texts.read(storing.session, storing.consultation_id, pending)
    said = [_arrival(known, one) for one in reading.texts]
    ids = [int(one.id) for one in said]
    copies = _to_templates(storing, {int(one.id): one.copy for one in said if one.copy is not None})
    acts.lock(storing.session, storing.consultation_id)
    storing.look([*ids, *(int(copy.template) for copy in copies.values())])
    storing.words(Words(int(one.id), *reading.spans[one.id], one.tokens.tokeniser, one.tokens.words) for one in said)
    if known.at_hand is not None:  # else nothing was compared: what was suggested before, by another text, stays
        _suggest(storing, said)
        storing.knows(ids, known.act)
    joined = _join(storing, copies)
    # Copies of one another among those that came together are seen when they are at hand themselves.
    known.alone += [one for one in ids if one not in joined]


def _arrival(known: Known, one: Text) -> Arrival:
    """What is said of a text. One that the engine cannot read is passed over, so that it does not stop all others."""
    try:
        if known.at_hand is not None:
            return known.at_hand.arrival(one)
        words = known.engine.tokeniser.tokens(one.text, one.language)
    except Exception:
        log.exception("a segment cannot be analysed", segment=int(one.id))
        words = Tokens((), known.engine.tokeniser.name)
    return Arrival(one.id, words, None, (), False, ())


def _copies(storing: Storing, at_hand: AtHand, ids: Sequence[int]) -> None:
    """Look whether segments that arrived together are copies of one another."""
    reading = texts.read(storing.session, storing.consultation_id, ids)
    found = {int(one.id): copy for one in reading.texts if (copy := at_hand.copy_of(one)) is not None}
    # Of two that are copies of each other the first is the template.
    found = {one: copy for one, copy in found.items()
             if (other := found.get(int(copy.template))) is None or int(other.template) != one
             or int(copy.template) < one}
    found = _to_templates(storing, found)
    acts.lock(storing.session, storing.consultation_id)
    storing.look([*found, *(int(copy.template) for copy in found.values())])
    _join(storing, found)


def _campaigns(session: Session, consultation_id: int, there: Collection[str]) -> list[Campaign]:
    """The campaigns that a copy may join, as the engine knows them: of texts that are there. Where the template is not
    among these, the first member stands for it; what a copy adds is said of the template all the same
    (`_to_templates`)."""
    members: dict[int, list[str]] = {}
    template: dict[int, str] = {}
    for row in session.execute(text("""
            SELECT m.campaign_id, m.segment_id, m.template FROM campaign_members m
              JOIN campaigns c ON c.id = m.campaign_id
             WHERE c.consultation_id = :c AND c.state IN ('open', 'accepted') ORDER BY 1, 2"""),
            {"c": consultation_id}):
        if (one := text_id(row.segment_id)) in there:
            members.setdefault(row.campaign_id, []).append(one)
            if row.template:
                template[row.campaign_id] = one
    return [Campaign(str(one), tuple(ids), template.get(one, ids[0]), ()) for one, ids in members.items()]


def _pending(session: Session, consultation_id: int, engine: Engine) -> list[int]:
    """Live segments that have no words of this tokeniser, the first that came first."""
    return list(session.scalars(text(f"""
        SELECT s.id FROM segments s
          LEFT JOIN segment_tokens t ON t.segment_id = s.id AND t.start = s.start AND t."end" = s."end"
                                    AND t.tokeniser = :tokeniser
         WHERE s.consultation_id = :c AND {LIVE} AND t.segment_id IS NULL ORDER BY s.id LIMIT :most"""),
        {"c": consultation_id, "tokeniser": engine.tokeniser.name, "most": MOST_ARRIVALS}))


def _to_be_made_anew(session: Session, consultation_id: int, act: int) -> list[int]:
    """Segments without a cluster or without tags whose suggestions do not know this act, the oldest first."""
    return list(session.scalars(text(f"""
        SELECT s.id FROM segments s JOIN segment_tokens t ON t.segment_id = s.id
         WHERE s.consultation_id = :c AND {LIVE} AND (t.knows_batch IS NULL OR t.knows_batch < :act)
           AND (s.cluster_id IS NULL OR NOT EXISTS (SELECT 1 FROM segment_tags g WHERE g.segment_id = s.id))
         ORDER BY t.knows_batch NULLS FIRST, s.id LIMIT :most"""),
        {"c": consultation_id, "act": act, "most": MOST_AGAIN}))


def _again(storing: Storing, known: Known, at_hand: AtHand, ids: Sequence[int]) -> None:
    """Make the suggestions of these segments anew."""
    there = [text_id(one) for one in ids if text_id(one) in at_hand]
    others = texts.read(storing.session, storing.consultation_id, [one for one in ids if text_id(one) not in at_hand])
    said = [*at_hand.again(there), *(_arrival(known, one) for one in others.texts)]
    acts.lock(storing.session, storing.consultation_id)
    storing.look(ids)
    _suggest(storing, said)
    storing.knows(ids, known.act)


def _suggest(storing: Storing, said: Sequence[Arrival]) -> None:
    """Clusters and tags of these segments in the place of the earlier ones. What stands in an open proposal fits no
    other place."""
    ids = [int(one.id) for one in said]
    proposed = set(storing.session.scalars(text("""
        SELECT m.segment_id FROM proposed_members m JOIN proposed_clusters p ON p.id = m.proposal_id
         WHERE p.state = 'open' AND m.segment_id = ANY(:ids)"""), {"ids": ids}))
    fitting = {one.id for one in said if one.fits and int(one.id) not in proposed}
    storing.suggestions("cluster", cluster_rows({one.id: one.clusters for one in said}, fitting), ids)
    storing.suggestions("tag", tag_rows({one.id: one.tags for one in said}), ids)


def _to_templates(storing: Storing, copies: Mapping[int, Copy]) -> dict[int, Copy]:
    """Copies as those of the template that their campaign has now, which may be another one than when the
    consultation was learnt, without what only the template says. Where yet another takes its place before they have
    joined, `_join` sees it."""
    templates = {row.id: (row.template, row.own) for row in storing.session.execute(text("""
        SELECT m.segment_id AS id, t.segment_id AS template, t.additions AS own FROM campaign_members m
          JOIN campaigns c ON c.id = m.campaign_id AND c.state IN ('open', 'accepted')
          JOIN campaign_members t ON t.campaign_id = m.campaign_id AND t.template
         WHERE m.segment_id = ANY(:ids)"""),
        {"ids": sorted({int(copy.template) for copy in copies.values()})})}
    others = {one: (template, own) for one, copy in copies.items()
              for template, own in [templates.get(int(copy.template), (int(copy.template), []))]
              if own or template != int(copy.template)}
    if not others:
        return dict(copies)
    reading = texts.read(storing.session, storing.consultation_id, {*others, *(each for each, _ in others.values())})
    there = {int(one.id): one for one in reading.texts}
    found = dict(copies)
    for one, (template, own) in others.items():
        if {one, template} <= there.keys():
            letter = without_its_own(there[template], own)
            found[one] = replace(copies[one], template=text_id(template),
                                 variant=compare_variants(letter, [there[one]])[0])
    return found


def _join(storing: Storing, copies: Mapping[int, Copy]) -> set[int]:
    """Put copies into the campaigns that they belong to, or into a new one with what they are a copy of, unless such a
    campaign was dismissed; those of which nothing more is to be asked. Where what a segment is a copy of does not count
    any more, it may be one of something else."""
    known = {row.id: row for row, _ in storing.known_campaigns("open", "accepted")}
    templates: dict[int, int] = dict(storing.session.execute(text(f"""
        SELECT m.campaign_id, m.segment_id FROM campaign_members m JOIN segments s ON s.id = m.segment_id AND {LIVE}
         WHERE m.campaign_id = ANY(:ids) AND m.template"""), {"ids": list(known)}).all())
    home: dict[int, int] = {}
    dismissed: set[int] = set()
    for state, segment_id, campaign_id in storing.session.execute(text("""
            SELECT c.state, m.segment_id, c.id FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id
             WHERE c.consultation_id = :c AND c.state IN ('open', 'accepted', 'dismissed')"""),
            {"c": storing.consultation_id}):
        if state == "dismissed":
            dismissed.add(segment_id)
        else:
            home[segment_id] = campaign_id
    grown: set[int] = set()
    for segment_id, copy in sorted(copies.items()):
        template = int(copy.template)
        if segment_id in home or {template, segment_id} & dismissed:
            continue
        if not (storing.is_live(segment_id) and storing.is_live(template)):
            continue
        variant = (copy.variant.additions, copy.variant.omissions)
        campaign_id = home.get(template)
        if campaign_id is None:
            campaign_id = storing.new_campaign(FoundCampaign(template, {segment_id: variant}))
            home[template], templates[campaign_id] = campaign_id, template
        else:
            if templates.get(campaign_id) == template:
                storing.join(campaign_id, segment_id, *variant)
            else:
                storing.join_uncompared(storing.session.get_one(CampaignRow, campaign_id), segment_id)
            grown.add(campaign_id)
        home[segment_id] = campaign_id
    for campaign_id in grown & set(known):
        known[campaign_id].version += 1
    storing.session.flush()
    return {one for one, copy in copies.items() if one in home or {one, int(copy.template)} & dismissed}
