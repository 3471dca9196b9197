"""What is suggested for one segment, as its pane shows it: tags with their keys, clusters, the evidence of each, and
the places in the text where the words stand on which they rest. What people decided already is not suggested again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from math import floor
from typing import Final

from portal.analysis.enough import FEWEST
from portal.kernel.i18n import Message, msg, nmsg
from portal.review import policies
from portal.review.code_list import CodeList
from portal.review.desk import Desk
from portal.review.queries import SegmentDetail
from portal.submissions.law_text import spoken
from portal.suggestions import queries
from portal.suggestions.queries import Whose
from portal.suggestions.tag_lessons import tag_lessons
from portal.web.access import Context

#: So many tags are suggested for a segment, where as many are likely enough.
TAGS: Final = 3
#: So many words of evidence are shown.
_WORDS: Final = 4
#: A cluster whose members are hardly like the segment is no suggestion: below, one in thirty is right.
_FAINT: Final = 0.4
#: So many places of one word are marked.
_MARKED: Final = 100
_HANGUL: Final = re.compile("[가-힣]")
#: The ending with which a Korean verb stands in a dictionary; in a text it has others.
_VERB_ENDING: Final = "다"


@dataclass(frozen=True)
class Proposed:
    """A suggestion with its evidence. `key` names it in the page (`tag-1`); `words` are the words of the segment, as
    they stand there. `by_clause`: none of them speaks for it, its clause does, where others that bear it stand. `weak`:
    it is rather a question. `campaign_id`: the segment is a copy in this campaign, `copies` of whose `letters` are in
    the cluster."""

    key: str
    rank: int
    id: int
    title: str
    likelihood: Message
    fits: bool
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    places: tuple[str, ...]
    earlier: tuple[Whose, ...]
    by_clause: bool = False
    weak: bool = False
    campaign_id: int | None = None
    copies: int = 0
    letters: int = 0


def of_segment(c: Context, of: Desk, segment: SegmentDetail,
               codes: CodeList) -> tuple[tuple[Proposed, ...], tuple[Proposed, ...]]:
    """Tags and clusters that are suggested for a segment and not decided yet. At most two statements."""
    if segment.excuse is not None or segment.no_point:
        return (), ()
    tags: list[Proposed] = []
    clusters: list[Proposed] = []
    for each in queries.for_segment(c.session, of.id, segment.id):
        its = (each.rank, tuple(map(pattern, filter(_tells, each.words))), standing(each.words, segment.words))
        by_clause = not any(map(_tells, each.words)) and bool(each.clauses) and each.campaign_id is None
        earlier = tuple({one.organisation_ko: one for one in reversed(each.earlier)}.values())[::-1]
        if each.kind == "tag":
            tag = codes.by_id.get(each.tag_id or 0)
            if tag is not None and not tag.retired and tag.id not in segment.tags:
                tags.append(Proposed(f"tag-{each.rank}", its[0], tag.id, tag.name(c.locale), _likelihood(each.score),
                                     False, its[2], its[1], (), earlier, by_clause, each.score < queries.LIKELY))
        elif each.cluster is not None and segment.cluster_id is None and (each.fits or each.score >= _FAINT):
            clusters.append(Proposed(f"cluster-{each.rank}", its[0], each.cluster.id, each.cluster.title(c.locale),
                                     _alike(each.score), each.fits and each.sure, its[2], its[1],
                                     tuple(spoken(eid, c.locale) for eid in each.clauses), earlier, by_clause,
                                     not each.sure, each.campaign_id, each.copies, each.letters))
    return tuple(tags), tuple(clusters)


def why_few_tags(c: Context, of: Desk, segment: SegmentDetail, tags: Sequence[Proposed],
                 codes: CodeList) -> Message | None:
    """Why a segment without tags is suggested fewer than others are; None where it is not, where nothing is ever
    analysed, and for whoever is shown no suggestions. One statement at most."""
    if (len(tags) >= TAGS or segment.tags or segment.excuse is not None or segment.no_point
            or not c.portal.settings.analysis or not policies.can_triage(c.actor, of)):  # fmt: skip
        return None
    if tags:
        further = {tag.id for tag in codes.current} - {each.id for each in tags}
        return msg("No further tag was likely enough to be suggested.") if further else None
    taught = tag_lessons(c.session, of.id, segment.id)
    if taught.segments < FEWEST:
        return nmsg("Tags are suggested once %(fewest)s segments are tagged; so far %(n)s is.",
                    "Tags are suggested once %(fewest)s segments are tagged; so far %(n)s are.", taught.segments,
                    fewest=FEWEST)
    if not taught.enough:
        return msg("Tags are suggested once two different ones were given; so far all segments bear the same.")
    if not taught.read:
        return msg("Tags are suggested once the analysis has read this segment.")
    return msg("No tag was likely enough to be suggested when the analysis looked last.")


def standing(words: Iterable[str], within: str) -> tuple[str, ...]:
    """Words of the engine as they stand in a text, without what does not stand there or tells nothing by itself."""
    found = [match[0] for word in words if _tells(word) and (match := pattern(word).search(within))]
    return tuple(dict.fromkeys(found))[:_WORDS]


def _tells(word: str) -> bool:
    """Whether a word can be shown as a reason: a Korean one, or one of two letters at least."""
    return bool(_HANGUL.search(word)) or sum(letter.isalpha() for letter in word) > 1


def _likelihood(score: float) -> Message:
    """A probability in per cent, to whole ones: nothing is ever certain."""
    return msg("%(percent)s%% likely", percent=min(99, max(1, round(score * 100))))


def _alike(score: float) -> Message:
    """How alike a segment is to the cluster's members; rounded down, so that what is weak never bears the number from
    which on it is not."""
    return msg("%(percent)s%% alike", percent=min(99, max(1, floor(score * 100))))


def pattern(word: str) -> re.Pattern[str]:
    """Where a word of the engine stands in a text: Korean as it is, a verb by its root; of English, which the engine
    knows by its stems, the whole words that begin so."""
    if _HANGUL.search(word):
        root = word[:-1] if len(word) > 2 and word.endswith(_VERB_ENDING) else word
        return re.compile(re.escape(root), re.IGNORECASE)
    stem = word[:-1] if len(word) > 3 and word[-1] in "iy" else word
    return re.compile(rf"(?<!\w){re.escape(stem)}\w*", re.IGNORECASE)


def marked(words: str, suggestions: Iterable[Proposed]) -> list[tuple[str, str]]:
    """Words in pieces, in their order, each with the keys of the suggestions that rest on it, with spaces between."""
    begins: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for each in suggestions:
        for its in each.patterns:
            for match in islice(its.finditer(words), _MARKED):
                begins.setdefault(match.start(), []).append(each.key)
                ends.setdefault(match.end(), []).append(each.key)
    standing: Counter[str] = Counter()
    pieces: list[tuple[str, str]] = []
    for start, end in pairwise(sorted({0, len(words), *begins, *ends})):
        standing.update(begins.get(start, ()))
        standing.subtract(ends.get(start, ()))
        pieces.append((words[start:end], " ".join(sorted(key for key, n in standing.items() if n > 0))))
    return pieces
