"""Which texts are copies of one letter, with an own name, order, paragraph or wording: campaigns.

Two lists, never mixed. A *campaign* holds the variants of one template. A *shared passage* is one that stands in texts
of their own, as when two letters quote the same report; it brings nothing together. Groups are stars: a text belongs
because of what it shares with the template or with what several variants have in common, never because of a chain of
neighbours. Nothing is known here of who filed a text.

Texts that share fingerprints are compared by their shingles, weighted by how rare they are (a copy of a letter counts
once in this, and the draft's own words count little).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from portal.analysis.fingerprints import Numbers, Sets, fingerprint_sets, letters_only, shingle_sets
from portal.analysis.rows import Sparse
from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text, in_order
from portal.analysis.variants import Letter, Variant, compare_variants, only_quotes

Weights = NDArray[np.float64]
Marks = NDArray[np.bool_]
Rarity = NDArray[np.float32]

#: Two texts are the same letter when they share this much of what they say together …
_SAME: Final = 0.3
#: … or when a text has this much of its words from the template, or from what several variants have in common …
_OF_THE_TEXT: Final = 0.6
#: … or when it holds so much of the template, and is itself at least to this part made of it (an added passage).
_OF_THE_TEMPLATE: Final = 0.6
_PART_OF_AN_ADDITION: Final = 0.25
#: Or it has as much from any of the variants, and this much from what they have in common: a letter of which every
#: sentence was put in one of several wordings.
ANCHOR: Final = 0.2
#: Shorter texts say too little to be called copies, and shorter passages to be worth naming: "I agree" is no campaign.
FEWEST_LETTERS: Final = 20
#: Of so many texts the rarity of a shingle is told.
_SAMPLE: Final = 10_000
#: So many texts are split into sentences at once.
_SPLIT_AT_ONCE: Final = 20_000
#: What everybody may quote counts so much of what a rare shingle counts.
_QUOTED: Final = 0.1
_TABLE: Final = 1 << 22
#: What at least this share of a campaign's members say is its letter's; a member's words that fewer say are its own.
_OF_THE_LETTER: Final = 0.4
#: What several variants have in common is told from so many of them.
TOLD_FROM: Final = 200
#: How often a group may draw more texts by what it has in common since the last time.
_ROUNDS: Final = 3
_AT_ONCE: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Campaign:
    """The variants of one letter. `template` is the member that holds the most of what the members have in common and
    the least besides, whatever its id; the campaign bears its id. `members` and `variants` (all but the template) stand
    in the order of their ids."""

    id: str
    members: tuple[str, ...]
    template: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """A passage that stands word for word in texts which are no copies of one another."""

    members: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class NearCopies:
    """Campaigns, the largest first, and shared passages, those in most texts first."""

    campaigns: tuple[Campaign, ...]
    shared_passages: tuple[SharedPassage, ...]


def _no_progress(_share: float) -> None:
    """Tells nobody."""


def find_campaigns(texts: Iterable[Text], quoted: Iterable[str] = (),
                   progress: Callable[[float], None] = _no_progress) -> NearCopies:  # fmt: skip
    """The campaigns among texts and the passages they share otherwise.

    `quoted` are texts that everybody may quote: the draft's clauses. `progress` is told the share done, from 0 to 1.
    Raises ValueError when two texts have the same id.
    """
    ordered = _by_words(texts)
    known = [text for text in quoted if text]
    found = _grouped([text.text for text in ordered], known, progress)
    groups, templates = found.groups, found.templates
    _adapt(ordered, found)
    progress(0.7)
    campaigns = []
    place_of = {text.id: place for place, text in enumerate(ordered)}
    for number, places in _members_of(groups):
        template = ordered[templates[number]]
        others = in_order(ordered[place] for place in places if place != templates[number])
        compared_ones = compare_variants(template, others)
        quoting = {variant.id for text, variant in zip(others, compared_ones, strict=True)
                   if only_quotes(template, text, variant)}  # fmt: skip
        variants = tuple(variant for variant in compared_ones if variant.id not in quoting)
        left = [place_of[identity] for identity in quoting] if variants else places
        groups[left] = -1
        if variants:
            members = tuple(sorted((template.id, *(variant.id for variant in variants))))
            campaigns.append(Campaign(template.id, members, template.id, variants))
    progress(0.9)
    passages = _shared_passages(ordered, groups, found.fingerprints, known)
    progress(1.0)
    campaigns.sort(key=lambda campaign: (-len(campaign.members), campaign.id))
    return NearCopies(tuple(campaigns), passages)


def _by_words(texts: Iterable[Text]) -> list[Text]:
    """The texts by what they say, those first that most say word for word: a letter as it is rather than its variants,
    since each text is compared with the first of those that share something with it. Which texts are grouped, around
    which, is nothing that an id decides. Raises ValueError when two texts have the same id."""
    ordered = in_order(texts)
    copies = Counter(text.text for text in ordered)
    return sorted(ordered, key=lambda text: (-copies[text.text], text.text))


def _adapt(ordered: Sequence[Text], found: _Grouped) -> None:
    """Take into a group what says the same sentence by sentence: most members of a smaller group (the others are let
    go), and texts on their own."""
    letters: dict[int, Letter] = {}

    def is_adapted(group: int, place: int) -> bool:
        if group not in letters:
            letters[group] = Letter(ordered[found.templates[group]])
        return letters[group].is_adapted_by(ordered[place])

    members = dict(_members_of(found.groups)) if found.related else {}
    into: dict[int, int] = {}
    taken = set[int]()
    for larger, smaller in found.related:
        if larger in into or smaller in into or smaller in taken or not is_adapted(larger, found.templates[smaller]):
            continue
        adapting = [place for place in members[smaller] if is_adapted(larger, place)]
        if 2 * len(adapting) > len(members[smaller]):
            into[smaller] = larger
            taken.add(larger)
            found.groups[members[smaller]] = -1
            found.groups[adapting] = larger
    for group, of_wording in found.doubtful:
        group = into.get(group, group)
        if is_adapted(group, of_wording[0]):
            found.groups[of_wording] = group


def _members_of(groups: Numbers) -> Iterator[tuple[int, list[int]]]:
    """Each group with its members, ascending."""
    placed = np.flatnonzero(groups >= 0)
    placed = placed[np.argsort(groups[placed], kind="stable")]
    edges = np.flatnonzero(np.diff(groups[placed])) + 1
    for members in np.split(placed, edges) if len(placed) else ():
        yield int(groups[members[0]]), members.tolist()


@dataclass(frozen=True, slots=True)
class Compared:
    """Texts made ready to be compared. `units` are the first texts of each wording, `unit_of` has the wording of each
    text (-1: too short); `linked` are the wordings that have neighbours, `sets` their shingles, and `first` and
    `second` the pairs of neighbours, by their places in `linked`; `rarity` tells how much a shingle counts."""

    fingerprints: Sets
    units: Numbers
    unit_of: Numbers
    linked: Numbers
    sets: Sets
    first: Numbers
    second: Numbers
    rarity: Rarity


def compared(texts: Sequence[str], known: Sequence[str], progress: Callable[[float], None] = _no_progress) -> Compared:
    """Texts made ready to be compared; everybody may quote those that are `known`."""
    fingerprints = fingerprint_sets(texts)
    progress(0.2)
    units, unit_of = _distinct(fingerprints)
    first, second = _neighbours(fingerprints, units)
    progress(0.3)
    linked = np.unique(np.concatenate((first, second)))
    sets = shingle_sets([texts[units[unit]] for unit in linked])
    position = np.full(len(units), -1, dtype=np.int64)
    position[linked] = np.arange(len(linked))
    progress(0.45)
    first, second = position[first], position[second]
    others = shingle_sets([texts[unit] for unit in units[_spread(np.flatnonzero(position < 0))]])
    rarity = _rarity(sets, first, second, others, known)
    return Compared(fingerprints, units, unit_of, linked, sets, first, second, rarity)


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The group of each text (-1: none), the template of each group, and the fingerprints of all texts. Which texts of
    one wording may adapt a group's letter is `doubtful`; of groups that are `related` the smaller, second, may."""

    groups: Numbers
    templates: dict[int, int]
    fingerprints: Sets
    doubtful: Sequence[tuple[int, Sequence[int]]]
    related: Sequence[tuple[int, int]]


def _grouped(texts: Sequence[str], known: Sequence[str], progress: Callable[[float], None]) -> _Grouped:
    """The texts that share enough words."""
    ready = compared(texts, known, progress)
    units, unit_of, linked = ready.units, ready.unit_of, ready.linked
    copies = np.bincount(unit_of[unit_of >= 0], minlength=len(units))
    stars = _Stars(ready.sets, ready.rarity, ready.first, ready.second, copies[linked])
    stars.group()
    progress(0.65)
    stars.take_copies()
    of_unit = np.full(len(units), -1, dtype=np.int64)
    of_unit[linked] = stars.groups
    # A text that is like none but has copies word for word is a campaign with them.
    alone = np.flatnonzero((of_unit < 0) & (copies > 1))
    templates = {group: int(units[linked[template]]) for group, template in stars.templates.items()}
    for number, unit in enumerate(alone.tolist(), start=max(templates, default=-1) + 1):
        of_unit[unit] = number
        templates[number] = int(units[unit])
    groups = np.full(len(texts), -1, dtype=np.int64)
    groups[unit_of >= 0] = of_unit[unit_of[unit_of >= 0]]
    near = {int(linked[text]): group for group, text in stars.near()}
    texts_near: dict[int, list[int]] = {unit: [] for unit in near if of_unit[unit] < 0}
    for text in np.flatnonzero(np.isin(unit_of, list(texts_near))).tolist():
        texts_near[int(unit_of[text])].append(text)
    doubtful = [(near[unit], of_wording) for unit, of_wording in texts_near.items()]
    return _Grouped(groups, templates, ready.fingerprints, doubtful, stars.related())


def _distinct(fingerprints: Sets) -> tuple[Numbers, Numbers]:
    """The first of the texts of each wording, and for each text the wording it has (-1: too short to be compared).

    Texts of the same fingerprints are of one wording: they differ in a few letters at most.
    """
    summed = np.zeros(len(fingerprints.hashes) + 1, dtype=np.uint64)
    hashes = fingerprints.hashes.astype(np.uint64)
    np.cumsum(hashes * hashes * np.uint64(0x9E37_79B9_7F4A_7C15) + (hashes << np.uint64(31)), out=summed[1:])
    digests = summed[fingerprints.starts[1:]] - summed[fingerprints.starts[:-1]]
    taken = np.flatnonzero((fingerprints.sizes > 0) & (fingerprints.letters >= FEWEST_LETTERS))
    unit_of = np.full(len(fingerprints.sizes), -1, dtype=np.int64)
    _, first, wording = np.unique(digests[taken], return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # the wordings by their first texts
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    unit_of[taken] = rank[wording]
    return taken[first[order]], unit_of


def _neighbours(fingerprints: Sets, units: Numbers) -> tuple[Numbers, Numbers]:
    """Pairs of units that share two fingerprints or more. Of the units with a fingerprint each is paired with the first
    and with the one before it, so that the pairs are as many as the fingerprints and not as their squares."""
    hashes, owner = fingerprints.of(units)
    keys = (hashes.astype(np.uint64) << np.uint64(32)) | owner.astype(np.uint64)
    del hashes, owner
    keys.sort()
    unit = (keys & np.uint64(0xFFFF_FFFF)).astype(np.int64)
    same = np.zeros(len(keys), dtype=bool)
    same[1:] = (keys[1:] >> np.uint64(32)) == (keys[:-1] >> np.uint64(32))
    del keys
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(len(same))))
    later = np.flatnonzero(same)
    begin, before = unit[begins[later]], unit[later - 1]
    unit = unit[later]
    other = begin != before
    pairs = np.concatenate((_paired(begin, unit), _paired(before[other], unit[other])))
    pairs.sort()
    if not len(pairs):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], pairs[1:] != pairs[:-1])))
    counts = np.diff(np.concatenate((starts, [len(pairs)])))
    kept = pairs[starts[counts >= 2]]
    return _parted(kept)


def _paired(first: Numbers, second: Numbers) -> NDArray[np.uint64]:
    return (first.astype(np.uint64) << np.uint64(32)) | second.astype(np.uint64)


def _parted(pairs: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFF_FFFF)).astype(np.int64)


def _rarity(sets: Sets, first: Numbers, second: Numbers, others: Sets,
            known: Sequence[str]) -> Rarity:  # fmt: skip
    """How much a shingle counts, by its last bits: its inverse document frequency, a letter and its copies counting
    once, beside `others` that are like none. Shingles of `known` texts count a tenth."""
    count = len(sets.sizes)
    representatives = np.zeros(0, dtype=np.int64)
    if count:
        links = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(count, count))
        _, component = connected_components(links, directed=False)
        _, representatives = np.unique(component, return_index=True)
    sample = _spread(np.sort(representatives))
    told = max(len(sample) + len(others.sizes), 1)
    hashes = np.concatenate((sets.of(sample)[0], others.hashes))
    frequency = np.maximum(np.bincount(hashes & np.uint32(_TABLE - 1), minlength=_TABLE), 1)
    levels = np.log1p(told / np.arange(1, frequency.max() + 1)).astype(np.float32)
    rarity: Rarity = levels[frequency - 1]
    if known:
        quoted = np.unique(shingle_sets(known).hashes & np.uint32(_TABLE - 1))
        rarity[quoted] = np.minimum(rarity[quoted], _QUOTED * rarity.max())
    return rarity


def _spread(numbers: Numbers) -> Numbers:
    """At most so many of them as rarity is told from, evenly spread."""
    return numbers[:: max(-(-len(numbers) // _SAMPLE), 1)].astype(np.int64)


class _Stars:
    """Groups texts around templates, round by round: in each, the texts with more neighbours than any of their
    neighbours are templates and draw what is like them; then what several of a group's members have in common draws
    what is made of it."""

    def __init__(self, sets: Sets, rarity: Rarity, first: Numbers, second: Numbers, copies: Numbers) -> None:
        count = len(sets.sizes)
        self._sets, self._rarity, self._copies = sets, rarity, copies
        self.groups: Numbers = np.full(count, -1, dtype=np.int64)
        self.templates: dict[int, int] = {}
        self._total = self._totals()
        # Both directions, sorted by the first: the neighbours of a text stand together.
        source, target = np.concatenate((first, second)), np.concatenate((second, first))
        order = np.argsort(source, kind="stable")
        self._source, self._target = source[order], target[order]
        degree = np.bincount(self._source, minlength=count)
        self._rank: Numbers = np.empty(count, dtype=np.int64)
        self._rank[np.lexsort((np.arange(count), -degree))] = np.arange(count)

    def _totals(self) -> Weights:
        total = np.zeros(len(self._sets.sizes))
        for start, end in _slices(self._sets.sizes):
            texts = np.arange(start, end)
            hashes, owner = self._sets.of(texts)
            total[start:end] = np.bincount(owner, weights_of(self._rarity, hashes), minlength=end - start)
        return np.maximum(total, 1e-9)

    def group(self) -> None:
        """Fills `groups` (-1: none) and `templates`."""
        source, target = self._source, self._target
        while True:
            free = (self.groups[source] < 0) & (self.groups[target] < 0)
            source, target = source[free], target[free]
            if not len(source):
                break
            best = self._rank.copy()
            np.minimum.at(best, source, self._rank[target])
            is_template = best == self._rank
            tested = is_template[source]
            self._draw(source[tested], target[tested])
            source, target = source[~(tested | is_template[target])], target[~(tested | is_template[target])]
        self._merge()
        if self.templates:
            self._choose_templates()
            self._attach(np.asarray(sorted(self.templates), dtype=np.int64))
            self._let_go()

    def _merge(self) -> None:
        """Take a group into a larger one, a neighbour, when most of it is made of that one's words: the same letter,
        found from two ends."""
        if not self.templates:
            return
        sizes = np.bincount(self.groups[self.groups >= 0], minlength=max(self.templates) + 1)
        one, other = self.groups[self._source], self.groups[self._target]
        both = (one >= 0) & (other >= 0)
        larger = both & ((sizes[one] > sizes[other]) | ((sizes[one] == sizes[other]) & (one < other)))
        pairs = np.unique(_paired(one[larger], other[larger]))
        if not len(pairs):
            return
        into, taken = _parted(pairs)
        members = self._members(taken)
        counts = np.asarray([len(told) for told in members])
        texts = np.concatenate(members)
        made = is_made_of(*self._covered(np.repeat(into, counts), texts))
        share = np.bincount(np.repeat(np.arange(len(pairs)), counts), made, minlength=len(pairs)) / counts
        target = np.arange(len(sizes))
        for pair in np.lexsort((into, -sizes[into], -share)).tolist():
            larger_one, smaller = int(into[pair]), int(taken[pair])
            if share[pair] > 0.5 and target[smaller] == smaller and target[larger_one] == larger_one:
                target[smaller] = larger_one
        placed = self.groups >= 0
        self.groups[placed] = target[self.groups[placed]]
        self.templates = {group: text for group, text in self.templates.items() if target[group] == group}

    def _draw(self, templates: Numbers, texts: Numbers) -> None:
        """Groups of the templates with those texts that are like them."""
        shared = self._shared(templates, texts)
        like = is_like(shared, self._total[templates], self._total[texts])
        templates, texts, shared = templates[like], texts[like], shared[like]
        if not len(templates):
            return
        likeness = shared / (self._total[templates] + self._total[texts] - shared)
        numbers = np.unique(templates)
        start = max(self.templates, default=-1) + 1
        for number, template in enumerate(numbers.tolist(), start=start):
            self.templates[number] = template
        self.groups[numbers] = np.arange(start, start + len(numbers))
        self._assign(self.groups[templates], texts, likeness)
        self._attach(np.arange(start, start + len(numbers)))

    def _assign(self, groups: Numbers, texts: Numbers, likeness: Weights) -> None:
        """Every text to the group that it is most like, of several to the first."""
        order = np.lexsort((groups, -likeness, texts))
        chosen = order[np.concatenate(([True], texts[order][1:] != texts[order][:-1]))] if len(order) else order
        self.groups[texts[chosen]] = groups[chosen]

    def _attach(self, groups: Numbers) -> None:
        """Draw the free neighbours of these groups' members that are made of what the members have in common."""
        for _ in range(_ROUNDS):
            is_new = np.zeros(int(groups[-1]) + 1, dtype=bool)
            is_new[groups] = True
            of_source = self.groups[self._source]
            near = (of_source >= 0) & (self.groups[self._target] < 0)
            near[near] = is_new[np.minimum(of_source[near], len(is_new) - 1)] & (of_source[near] < len(is_new))
            if not near.any():
                return
            pairs = np.unique(_paired(of_source[near], self._target[near]))
            of_group, texts = _parted(pairs)
            covered, anchored = self._covered(of_group, texts)
            templates = self._templates()[of_group]
            like = is_like(self._shared(templates, texts), self._total[templates], self._total[texts])
            made = like | is_made_of(covered, anchored)
            if not made.any():
                return
            self._assign(of_group[made], texts[made], covered[made])

    def _choose_templates(self) -> None:
        """Each group's template anew among its members: that with the most of what the members say and the least of
        what few say, copies word for word counting each. Of many members those with the most copies are asked."""
        for group, members in _members_of(self.groups):
            asked = np.asarray(members, dtype=np.int64)
            asked = asked[np.argsort(-self._copies[asked], kind="stable")][:TOLD_FROM]
            hashes, owner = self._sets.of(asked)
            _, place = np.unique(hashes, return_inverse=True)
            having = np.bincount(place, self._copies[asked][owner])[place]
            # What one says alone is no letter's, of however few: two need it.
            needed = max(_OF_THE_LETTER * int(self._copies[asked].sum()), 1 + _OF_THE_LETTER)
            typical = np.bincount(owner, weights_of(self._rarity, hashes) * (having - needed), minlength=len(asked))
            self.templates[group] = int(asked[typical.argmax()])

    def _let_go(self) -> None:
        """Let go of members that are not of their groups, and of groups of one."""
        placed = np.flatnonzero(self.groups >= 0)
        templates = self._templates()[self.groups[placed]]
        like = is_like(self._shared(templates, placed), self._total[templates], self._total[placed])
        doubtful = placed[~like]
        stays = is_made_of(*self._covered(self.groups[doubtful], doubtful, counted=1))
        self.groups[doubtful[~stays]] = -1
        sizes = np.bincount(self.groups[self.groups >= 0], minlength=max(self.templates) + 1)
        self.groups[(self.groups >= 0) & (sizes[self.groups] < 2)] = -1
        self.templates = {group: text for group, text in self.templates.items() if sizes[group] >= 2}

    def take_copies(self) -> None:
        """A text that is in no group but has copies word for word is a group with them."""
        free = np.flatnonzero((self.groups < 0) & (self._copies > 1))
        start = max(self.templates, default=-1) + 1
        self.groups[free] = np.arange(start, start + len(free))
        self.templates.update(zip(range(start, start + len(free)), free.tolist(), strict=True))

    def near(self) -> list[tuple[int, int]]:
        """For each free text that has something in common with what the members of a group have, though too little to
        be made of it, the group with which it has most."""
        of_source = self.groups[self._source]
        free = (of_source >= 0) & (self.groups[self._target] < 0)
        if not free.any():
            return []
        groups, texts = _parted(np.unique(_paired(of_source[free], self._target[free])))
        _, anchored = self._covered(groups, texts)
        order = np.lexsort((groups, -anchored, texts))
        first = order[np.concatenate(([True], texts[order][1:] != texts[order][:-1]))]
        chosen = first[anchored[first] >= ANCHOR]
        return list(zip(groups[chosen].tolist(), texts[chosen].tolist(), strict=True))

    def related(self) -> list[tuple[int, int]]:
        """Groups whose template has something in common with what the members of a larger one have, behind this, the
        nearest first."""
        one, other = self.groups[self._source], self.groups[self._target]
        apart = (one >= 0) & (other >= 0) & (one != other)
        if not apart.any():
            return []
        placed = self.groups >= 0
        sizes = np.bincount(self.groups[placed], self._copies[placed])
        larger, smaller = _parted(np.unique(_paired(one[apart], other[apart])))
        of_size = (sizes[larger] > sizes[smaller]) | ((sizes[larger] == sizes[smaller]) & (larger < smaller))
        larger, smaller = larger[of_size], smaller[of_size]
        _, anchored = self._covered(larger, self._templates()[smaller])
        order = np.lexsort((smaller, larger, -anchored))
        chosen = order[anchored[order] >= ANCHOR]
        return list(zip(larger[chosen].tolist(), smaller[chosen].tolist(), strict=True))

    def _templates(self) -> Numbers:
        """The template of each group, by its number."""
        templates = np.zeros(max(self.templates) + 1, dtype=np.int64)
        templates[list(self.templates)] = list(self.templates.values())
        return templates

    def _shared(self, first: Numbers, second: Numbers) -> Weights:
        """The weight of the shingles that the texts of each pair have in common."""
        shared = np.zeros(len(first))
        sizes = self._sets.sizes
        for start, end in _slices(sizes[first] + sizes[second]):
            both = self._weighed(first[start:end]).multiply(self._marked(second[start:end]))
            pair = np.repeat(np.arange(end - start), np.diff(both.indptr))
            shared[start:end] = np.bincount(pair, both.data, minlength=end - start)
        return shared

    def _weighed(self, texts: Numbers) -> Sparse:
        """A row for each of some texts, with the weights of its shingles."""
        marked = self._marked(texts)
        marked.data = weights_of(self._rarity, marked.indices.astype(np.uint32))
        return marked

    def _marked(self, texts: Numbers) -> Sparse:
        """The same with a one for each shingle."""
        hashes, _ = self._sets.of(texts)
        ends = np.concatenate(([0], np.cumsum(self._sets.sizes[texts])))
        parts = (np.ones(len(hashes), dtype=np.float32), hashes.astype(np.int64), ends)
        marked = csr_array(parts, shape=(len(texts), 1 << 32))
        marked.has_canonical_format = True  # as sets are kept
        return marked

    def _covered(self, groups: Numbers, texts: Numbers, counted: int = 0) -> tuple[Weights, Weights]:
        """The share of each text that any member of its group has, and the share that its group has in common: that
        stands in the template or in two members. `counted` is 1 for texts that are members themselves."""
        covered, anchored = np.zeros(len(texts)), np.zeros(len(texts))
        if not len(texts):
            return covered, anchored
        wanted = np.unique(groups)
        of_group = np.argsort(groups, kind="stable")
        pools = [self._pool(int(group), told) for group, told in zip(wanted, self._members(wanted), strict=True)]
        place = np.searchsorted(wanted, groups[of_group])
        for start, end in _slices(self._sets.sizes[texts[of_group]]):
            chosen = of_group[start:end]
            low, high = int(place[start]), int(place[end - 1])
            pool = np.concatenate([_numbered(pools[number][0], number - low) for number in range(low, high + 1)])
            counts = np.concatenate([pools[number][1] for number in range(low, high + 1)])
            hashes, owner = self._sets.of(texts[chosen])
            keys = _owned(hashes, (place[start:end] - low)[owner])
            at = np.minimum(np.searchsorted(pool, keys), len(pool) - 1)
            held = np.where(pool[at] == keys, counts[at], 0)
            weights, total = weights_of(self._rarity, hashes), self._total[texts[chosen]]
            for shares, least in ((covered, 1 + counted), (anchored, 2 + counted)):
                shares[chosen] = np.bincount(owner, weights * (held >= least), minlength=len(chosen)) / total
        return covered, anchored

    def _pool(self, group: int, members: Numbers) -> tuple[NDArray[np.uint32], Numbers]:
        """The shingles of a group's members and in how many of them each stands; the template's count as in many."""
        hashes, counts = np.unique(self._sets.of(members)[0], return_counts=True)
        template = self._sets.of(np.asarray([self.templates[group]]))[0]
        in_template = np.isin(hashes, template, assume_unique=True)
        return hashes, np.where(in_template, counts + TOLD_FROM, counts)

    def _members(self, groups: Numbers) -> list[Numbers]:
        """The first members of some groups (ascending)."""
        placed = np.flatnonzero(self.groups >= 0)
        placed = placed[np.argsort(self.groups[placed], kind="stable")]
        begins = np.searchsorted(self.groups[placed], groups)
        ends = np.searchsorted(self.groups[placed], groups, side="right")
        return [placed[begin : min(begin + TOLD_FROM, end)] for begin, end in zip(begins, ends, strict=True)]


def weights_of(rarity: Rarity, hashes: NDArray[np.uint32]) -> Rarity:
    """How much each of some shingles counts."""
    weights: Rarity = rarity[hashes & np.uint32(_TABLE - 1)]
    return weights


def is_like(shared: Weights, of_template: Weights, of_text: Weights) -> Marks:
    """Whether a text is a variant of a template, by the weight of what they share and of each."""
    like: Marks = (
        (shared >= _SAME * (of_template + of_text - shared))
        | (shared >= _OF_THE_TEXT * of_text)
        | ((shared >= _OF_THE_TEMPLATE * of_template) & (shared >= _PART_OF_AN_ADDITION * of_text))
    )
    return like


def is_made_of(covered: Weights, anchored: Weights) -> Marks:
    """Whether texts are made of their groups' words: of what these have in common, or, anchored in it, of any."""
    made: Marks = (anchored >= _OF_THE_TEXT) | ((covered >= _OF_THE_TEXT) & (anchored >= ANCHOR))
    return made


def _numbered(hashes: NDArray[np.uint32], number: int) -> NDArray[np.uint64]:
    return (np.uint64(number) << np.uint64(32)) | hashes.astype(np.uint64)


def _owned(hashes: NDArray[np.uint32], owner: Numbers) -> NDArray[np.uint64]:
    return (owner.astype(np.uint64) << np.uint64(32)) | hashes.astype(np.uint64)


def _slices(sizes: Numbers) -> Iterator[tuple[int, int]]:
    """From where to where to work at once, so that no piece is larger than memory should hold."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        end = max(int(np.searchsorted(ends, before + _AT_ONCE)), start + 1)
        yield start, end
        start = end


def _shared_passages(texts: Sequence[Text], groups: Numbers, fingerprints: Sets,
                     known: Sequence[str]) -> tuple[SharedPassage, ...]:  # fmt: skip
    """Sentences that stand in texts of different groups, neighbouring ones of the same texts together."""
    of_own = np.where(groups >= 0, groups, groups.max(initial=-1) + 1 + np.arange(len(groups)))
    concerned = _sharing(fingerprints, of_own)
    found: dict[str, list[tuple[int, int]]] = {}
    wordings: dict[str, str] = {}
    for start in range(0, len(concerned), _SPLIT_AT_ONCE):
        sentences = [
            (index, number, texts[index].text[begin:end])
            for index in concerned[start : start + _SPLIT_AT_ONCE].tolist()
            for number, (begin, end) in enumerate(split_sentences(texts[index].text, texts[index].language))
        ]
        letters = letters_only([sentence for *_, sentence in sentences])
        for (index, number, sentence), wording in zip(sentences, letters, strict=True):
            if len(wording) >= FEWEST_LETTERS:
                found.setdefault(wording, []).append((index, number))
                wordings.setdefault(wording, sentence)
    passages: dict[tuple[int, ...], list[tuple[int, int, str]]] = {}
    common = [wording for wording, places in found.items() if len({int(of_own[index]) for index, _ in places}) > 1]
    for wording, quoted in zip(common, _are_quoted(common, known), strict=True):
        if not quoted:
            places = found[wording]
            members = tuple(dict.fromkeys(index for index, _ in places))
            passages.setdefault(members, []).append((*places[0], wordings[wording]))
    named = []
    for members, shared in passages.items():
        shared.sort()
        run: list[str] = []
        last: int | None = None
        ids = tuple(sorted(texts[index].id for index in members))
        for _, number, sentence in shared:
            if last is not None and number != last + 1:
                named.append(SharedPassage(ids, " ".join(run)))
                run = []
            run.append(sentence)
            last = number
        named.append(SharedPassage(ids, " ".join(run)))
    named.sort(key=lambda passage: (-len(passage.members), passage.members, passage.text))
    return tuple(named)


def _sharing(fingerprints: Sets, of_own: Numbers) -> Numbers:
    """The texts that share two fingerprints or more with texts of other groups."""
    owner = np.repeat(np.arange(len(fingerprints.sizes)), fingerprints.sizes)
    order = np.argsort(fingerprints.hashes, kind="stable")
    hashes, group = fingerprints.hashes[order], of_own[owner[order]]
    begins = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))) if len(hashes) else order
    if not len(begins):
        return begins
    mixed = np.minimum.reduceat(group, begins) != np.maximum.reduceat(group, begins)
    sizes = np.diff(np.concatenate((begins, [len(hashes)])))
    shares = np.bincount(owner[order][np.repeat(mixed, sizes)], minlength=len(fingerprints.sizes))
    return np.flatnonzero(shares >= 2)


def _are_quoted(wordings: Sequence[str], known: Sequence[str]) -> list[bool]:
    """Whether passages are the draft's own."""
    sets = shingle_sets(wordings)
    owner = np.repeat(np.arange(len(wordings)), sets.sizes)
    quoted = np.isin(sets.hashes, np.unique(shingle_sets(known).hashes))
    shares = np.bincount(owner[quoted], minlength=len(wordings))
    are: list[bool] = ((shares >= _OF_THE_TEXT * sets.sizes) & (shares > 0)).tolist()
    return are
