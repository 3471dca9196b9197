"""Whether a text that arrives is a copy of one that is there: the same measure as in `near_copies`, for one text.

Of the texts at hand the fingerprints are kept, sorted; of those that share some with the new text the words are
compared. What is found may differ from what `find_campaigns` would say of all texts anew, since one more text can make
a campaign out of what stood alone; it never takes a text out of a campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from portal.analysis.fingerprints import Numbers, Sets, fingerprint_sets, shingle_sets
from portal.analysis.near_copies import (
    ANCHOR,
    FEWEST_LETTERS,
    TOLD_FROM,
    Campaign,
    Weights,
    compared,
    is_like,
    is_made_of,
    weights_of,
)
from portal.analysis.texts import Text, in_order
from portal.analysis.variants import Variant, adapts, compare_variants, only_quotes

#: Of so many texts with one fingerprint, the first by their ids, each is a candidate.
_OF_ONE_FINGERPRINT: Final = 1_000
#: So many candidates, those with the most fingerprints in common, are compared.
_COMPARED: Final = 100
#: Of so many campaigns, the nearest, it is asked whether the text is made of what their members have in common.
_CAMPAIGNS: Final = 5


@dataclass(frozen=True, slots=True)
class Copy:
    """The template that a text is a variant of, the campaign this belongs to (None: it stood alone until now), and what
    the text adds and leaves out."""

    template: str
    campaign: str | None
    variant: Variant


class CopiesAtHand:
    """The texts at hand and their campaigns, ready to be asked about one text more."""

    def __init__(self, texts: Iterable[Text], campaigns: Iterable[Campaign] = (), quoted: Iterable[str] = ()) -> None:
        """`quoted` are texts that everybody may quote: the draft's clauses. Raises ValueError for two texts with one
        id."""
        self._texts: Final = in_order(texts)
        ready = compared([text.text for text in self._texts], [text for text in quoted if text])
        self._rarity: Final = ready.rarity
        order = np.argsort(ready.fingerprints.hashes, kind="stable")
        self._hashes: Final = ready.fingerprints.hashes[order]
        owners = np.repeat(np.arange(len(self._texts), dtype=np.int32), ready.fingerprints.sizes)
        self._owners: Final = owners[order]
        self._place: Final = {text.id: place for place, text in enumerate(self._texts)}
        self._campaign_of: Final = {
            self._place[member]: campaign for campaign in campaigns for member in campaign.members
            if member in self._place
        }  # fmt: skip

    def of(self, text: Text) -> Copy | None:
        """What a text is a copy of, if of anything."""
        near = self._near(text)
        if not len(near):
            return None
        campaigns = list({self._campaign_of[place].id: self._campaign_of[place]
                          for place in near.tolist() if place in self._campaign_of}.values())  # fmt: skip
        templates = [self._place[campaign.template] for campaign in campaigns]
        alone = [place for place in near.tolist() if place not in self._campaign_of]
        sets = shingle_sets([text.text, *(self._texts[place].text for place in (*templates, *alone))])
        shared, total = self._shared(sets)
        like = is_like(shared[1:], total[1:], total[0]) | is_like(shared[1:], total[0], total[1:])
        likeness = shared[1:] / np.maximum(total[1:] + total[0] - shared[1:], 1e-9)
        # A campaign says by its template, or by all that its members have in common, whether the text belongs to it.
        count = len(campaigns)
        like[:count] = is_like(shared[1 : count + 1], total[1 : count + 1], total[0])
        for number in np.argsort(-likeness[:count], kind="stable")[:_CAMPAIGNS].tolist():
            if not like[number]:
                covered, anchored = self._covered(sets, float(total[0]), campaigns[number])
                like[number] = is_made_of(covered, anchored)[0] or (
                    anchored[0] >= ANCHOR and adapts(self._texts[templates[number]], text)
                )
        found = np.flatnonzero(like)
        if not len(found):
            return None
        # What belongs to a campaign comes before what stood alone; then the most alike.
        nearest = sorted(found.tolist(), key=lambda number: (number >= count, -likeness[number], number))
        for best in nearest[:_CAMPAIGNS]:
            template = self._texts[(*templates, *alone)[best]]
            variant = compare_variants(template, [text])[0]
            if not only_quotes(template, text, variant):
                return Copy(template.id, campaigns[best].id if best < count else None, variant)
        return None

    def _near(self, text: Text) -> Numbers:
        """The texts at hand that share fingerprints with this one, those that share the most first."""
        own = fingerprint_sets([text.text])
        if not len(own.hashes) or own.letters[0] < FEWEST_LETTERS:
            return np.zeros(0, dtype=np.int64)
        begins = np.searchsorted(self._hashes, own.hashes)
        ends = np.searchsorted(self._hashes, own.hashes, side="right")
        owners = [
            self._owners[begin : min(end, begin + _OF_ONE_FINGERPRINT)] for begin, end in zip(begins, ends, strict=True)
        ]
        places, counts = np.unique(np.concatenate(owners), return_counts=True)
        enough = counts >= min(2, len(own.hashes))
        places, counts = places[enough], counts[enough]
        nearest: Numbers = places[np.lexsort((places, -counts))].astype(np.int64)
        others: Numbers = nearest[nearest != self._place.get(text.id, -1)]
        return others[:_COMPARED]

    def _shared(self, sets: Sets) -> tuple[Weights, Weights]:
        """What each text shares with the first one, and what each has, by weight."""
        hashes, owner = sets.of(np.arange(len(sets.sizes)))
        weights = weights_of(self._rarity, hashes)
        own = sets.of(np.zeros(1, dtype=np.int64))[0]
        total: Weights = np.bincount(owner, weights, minlength=len(sets.sizes)).astype(np.float64)
        weights[~np.isin(hashes, own)] = 0
        shared: Weights = np.bincount(owner, weights, minlength=len(sets.sizes)).astype(np.float64)
        return shared, np.maximum(total, 1e-9)

    def _covered(self, sets: Sets, total: float, campaign: Campaign) -> tuple[Weights, Weights]:
        """The share of the first text that any member of a campaign has, and the share that they have in common."""
        members: Sequence[str] = [campaign.template, *(one for one in campaign.members if one != campaign.template)]
        told = shingle_sets([
            self._texts[self._place[member]].text for member in members[:TOLD_FROM] if member in self._place
        ])  # fmt: skip
        own = sets.of(np.zeros(1, dtype=np.int64))[0]
        hashes, counts = np.unique(told.hashes, return_counts=True)
        in_template = np.isin(hashes, told.of(np.zeros(1, dtype=np.int64))[0])
        weights = weights_of(self._rarity, own)
        covered = weights[np.isin(own, hashes)].sum() / total
        anchored = weights[np.isin(own, hashes[(counts >= 2) | in_template])].sum() / total
        return np.asarray([covered]), np.asarray([anchored])
