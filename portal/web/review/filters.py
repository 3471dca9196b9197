"""The filter of the queue as an address carries it, and as the page shows it: facets with numbers, chips, links.

A filtered list has an address, so that it can be kept, sent and gone back to. Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from portal.kernel.i18n import Message, msg, translate
from portal.kernel.words import COVERAGE_STATES, ORGANISATION_KINDS, POSITIONS
from portal.review.clause_index import ClauseIndex, unit
from portal.review.code_list import CodeList
from portal.review.queries import ClusterName
from portal.review.search import NONE, SORTS, Counts, Cursor, Filter, cleaned
from portal.submissions.law_text import AFTER, base_eid, spoken
from portal.web.review.area import number, numbers

LANGUAGE_NAMES: Final = {"ko": msg("Korean"), "en": msg("English")}
SORT_NAMES: Final = {"law": msg("Order of the law"), "newest": msg("Newest first"), "oldest": msg("Oldest first")}
_DEALT: Final = {"yes": True, "no": False}
#: More choices than these are shown once a facet is narrowed.
_MOST_CLUSTERS: Final = 12
_LONGEST_SEARCH: Final = 200


@dataclass(frozen=True)
class Asked:
    """What an address of the queue asks for: filter, order, page and the segment that is open. What does not count any
    more is left out unless it is asked for."""

    filter: Filter = field(default_factory=lambda: Filter(live=True))
    sort: str = "law"
    cursor: Cursor | None = None
    at: str = ""

    @property
    def at_id(self) -> int | None:
        """The id of the open segment, where the address names one."""
        return number(self.at)

    def pairs(self, *, paged: bool = True) -> list[tuple[str, str]]:
        """Names and values of the address, in a fixed order; without the page's edge unless `paged`."""
        f = self.filter
        pairs = [("clause", each) for each in f.clauses]
        pairs += [("position", each) for each in f.positions]
        pairs += [("kind", each) for each in f.kinds]
        pairs += [("topic", str(each)) for each in f.topics]
        pairs += [("tag", "none" if each == NONE else str(each)) for each in f.tags]
        pairs += [("cluster", "none" if each == NONE else str(each)) for each in f.clusters]
        pairs += [("coverage", each) for each in f.coverage]
        pairs += [("dealt", "yes" if each else "no") for each in f.dealt_with]
        pairs += [("language", each) for each in f.languages]
        pairs += [("unseen", "1")] if f.unseen else []
        pairs += [("q", f.words)] if f.words else []
        pairs += [] if f.live else [("all", "1")]
        pairs += [("sort", self.sort)] if self.sort != "law" else []
        if paged and self.cursor is not None:
            pairs.append(("after" if self.cursor.after else "before", str(self.cursor)))
        return pairs

    def query(self, **more: str | int | None) -> str:
        """The address's query, with its `?`, or nothing. `more` adds to it, or with None leaves out."""
        pairs = [(name, value) for name, value in self.pairs() if name not in more]
        pairs += [(name, str(value)) for name, value in more.items() if value is not None]
        return f"?{urlencode(pairs)}" if pairs else ""

    def first_page(self) -> Asked:
        """The same filter and order from its beginning."""
        return replace(self, cursor=None, at="")

    def turned(self, cursor: Cursor, at: str = "") -> Asked:
        """Another page of the same list."""
        return replace(self, cursor=cursor, at=at)

    def narrowed(self, **to: Any) -> Asked:
        """The same with another filter, from its beginning."""
        return replace(self, filter=replace(self.filter, **to), cursor=None, at="")


def read(args: MultiDict[str, str]) -> Asked:
    """What an address asks for; what it says that nobody could ask for is passed over."""

    def ids(name: str) -> tuple[int, ...]:
        written = args.getlist(name)
        return (*((NONE,) if "none" in written else ()), *(each for each in numbers(written) if each != NONE))

    wanted = cleaned(Filter(
        clauses=tuple(dict.fromkeys(each for each in args.getlist("clause") if _is_eid(each))),
        positions=tuple(args.getlist("position")), kinds=tuple(args.getlist("kind")),
        topics=tuple(numbers(args.getlist("topic"))), tags=ids("tag"), clusters=ids("cluster"),
        coverage=tuple(args.getlist("coverage")),
        dealt_with=tuple(_DEALT[each] for each in dict.fromkeys(args.getlist("dealt")) if each in _DEALT),
        languages=tuple(args.getlist("language")), unseen=args.get("unseen") == "1",
        words=" ".join(args.get("q", "")[:_LONGEST_SEARCH].split()), live=args.get("all") != "1"))
    sort = args.get("sort", "law")
    cursor = None
    for name, after in (("after", True), ("before", False)):
        if args.get(name):
            cursor = Cursor.read(args[name], after=after)
    return Asked(wanted, sort if sort in SORTS else "law", cursor, args.get("at", "")[:20])


def read_back(written: str) -> Asked:
    """The address that a form brings with it, to go back to."""
    return read(MultiDict(parse_qsl(written.removeprefix("?")[:4_000])))


def _is_eid(written: str) -> bool:
    try:
        spoken(written, "en")
    except ValueError:
        return False
    return True


# ------------------------------------------------------------------------------------------------------------ facets


def _option(value: str, label: str | Message, count: int, checked: bool) -> dict[str, Any]:
    return {"value": value, "label": label, "count": count, "checked": checked}


def facet_groups(asked: Asked, counts: Counts, clauses: ClauseIndex, codes: CodeList,
                 names: Mapping[int, ClusterName], locale: str) -> list[dict[str, Any]]:
    """The facets as `components/facets.html` shows them. Choices that would show nothing are left out unless taken."""
    f = asked.filter

    def labelled(name: str, label: Message, labels: Mapping[str, Message], numbers_: Mapping[str, int],
                 chosen: Iterable[str], *, opened: bool = False, kind: str = "") -> dict[str, Any]:
        options = [_option(value, words, numbers_.get(value, 0), value in chosen) for value, words in labels.items()]
        return {"name": name, "label": label, "kind": kind, "open": opened or any(o["checked"] for o in options),
                "options": options}

    dealt = {"no": counts.dealt_with.get(False, 0), "yes": counts.dealt_with.get(True, 0)}
    return [
        labelled("coverage", msg("Where it stands"), COVERAGE_STATES, counts.coverage, f.coverage, opened=True),
        {"name": "unseen", "label": msg("Seen"), "open": True,
         "options": [_option("1", msg("Not yet seen by me"), counts.unseen, f.unseen)]},
        labelled("position", msg("Position"), POSITIONS, counts.positions, f.positions, opened=True, kind="position"),
        {"name": "clause", "label": msg("Clause"), "open": True,
         "options": _clause_options(asked, counts, clauses, locale)},
        {"name": "tag", "label": msg("Tags"), "open": bool(f.tags or f.topics),
         "options": _tag_options(asked, counts, codes, locale)},
        {"name": "cluster", "label": msg("Cluster"), "open": bool(f.clusters),
         "options": _cluster_options(asked, counts, names, locale)},
        labelled("kind", msg("Kind of organisation"), ORGANISATION_KINDS, counts.kinds, f.kinds),
        labelled("dealt", msg("The whole comment"), DEALT_NAMES, dealt, [_dealt(each) for each in f.dealt_with]),
        labelled("language", msg("Language"), LANGUAGE_NAMES, counts.languages, f.languages),
    ]


DEALT_NAMES: Final = {"no": msg("Still to be dealt with"), "yes": msg("Dealt with")}


def _dealt(value: bool) -> str:
    return "yes" if value else "no"


def _clause_options(asked: Asked, counts: Counts, clauses: ClauseIndex, locale: str) -> list[dict[str, Any]]:
    """The articles in the order of the law, and below those that are chosen their clauses."""
    chosen = asked.filter.clauses
    units: dict[str, int] = {}
    for eid, count in counts.clauses.items():
        units[unit(eid)] = units.get(unit(eid), 0) + count
    opened = {unit(each) for each in chosen}
    shown = dict(units)
    inside = {eid: n for eid, n in counts.clauses.items() if unit(eid) in opened}
    for eid in inside:
        # Within an article the address of what is below a clause begins with the clause's own.
        shown[eid] = inside[eid] if eid.startswith(AFTER) else sum(
            n for each, n in inside.items() if f"{base_eid(each)}__".startswith(f"{eid}__"))
    for each in chosen:
        shown.setdefault(each, 0)
    for each in opened:
        shown[each] = units.get(each, 0)
    return [_option(eid, spoken(eid, locale), count, eid in chosen)
            for eid, count in sorted(shown.items(), key=lambda item: (clauses.order(item[0]), item[0]))]


def _tag_options(asked: Asked, counts: Counts, codes: CodeList, locale: str) -> list[dict[str, Any]]:
    f = asked.filter
    taken = {tag.id for tag in codes.tags if tag.topic_id in f.topics} | set(f.tags)
    options = [_option("none", msg("No tag"), counts.tags.get(NONE, 0), NONE in f.tags)]
    options += [_option(str(tag.id), tag.name(locale), counts.tags.get(tag.id, 0), tag.id in taken)
                for tag in codes.tags if counts.tags.get(tag.id) or tag.id in taken]
    return options


def _cluster_options(asked: Asked, counts: Counts, names: Mapping[int, ClusterName],
                     locale: str) -> list[dict[str, Any]]:
    chosen = asked.filter.clusters
    options = [_option("none", msg("In no cluster"), counts.clusters.get(NONE, 0), NONE in chosen)]
    options += [_option(str(each), names[each].title(locale), counts.clusters.get(each, 0), each in chosen)
                for each in shown_clusters(asked, counts) if each in names]
    return options


def shown_clusters(asked: Asked, counts: Counts) -> list[int]:
    """The clusters that the facet shows: the chosen ones, then those with most segments."""
    largest = sorted((each for each in counts.clusters if each != NONE), key=lambda each: -counts.clusters[each])
    chosen = [each for each in asked.filter.clusters if each != NONE]
    return list(dict.fromkeys([*chosen, *largest[:_MOST_CLUSTERS]]))


# ------------------------------------------------------------------------------------------------------------- chips


def chips(asked: Asked, url: str, codes: CodeList, names: Mapping[int, ClusterName],
          locale: str) -> list[dict[str, str]]:
    """The choices in force, each with the address without it."""
    f = asked.filter
    made: list[dict[str, str]] = []

    def add(label: str | Message, **without: Any) -> None:
        made.append({"label": translate(label, locale), "remove_href": url + asked.narrowed(**without).query()})

    def each_of(name: str, values: tuple[Any, ...], label: Any) -> None:
        for value in values:
            add(label(value), **{name: tuple(other for other in values if other != value)})

    each_of("coverage", f.coverage, COVERAGE_STATES.__getitem__)
    if f.unseen:
        add(msg("Not yet seen by me"), unseen=False)
    each_of("positions", f.positions, POSITIONS.__getitem__)
    each_of("clauses", f.clauses, lambda eid: spoken(eid, locale))
    topics = {topic.id: topic.name(locale) for topic in codes.topics}
    each_of("topics", f.topics, lambda each: topics.get(each, str(each)))
    each_of("tags", f.tags, lambda each: msg("No tag") if each == NONE else (
        codes.by_id[each].name(locale) if each in codes.by_id else str(each)))
    each_of("clusters", f.clusters, lambda each: msg("In no cluster") if each == NONE else (
        names[each].title(locale) if each in names else str(each)))
    each_of("kinds", f.kinds, ORGANISATION_KINDS.__getitem__)
    each_of("dealt_with", f.dealt_with, lambda each: DEALT_NAMES[_dealt(each)])
    each_of("languages", f.languages, LANGUAGE_NAMES.__getitem__)
    if f.words:
        add(f"“{f.words}”", words="")
    return made


@dataclass(frozen=True)
class Kept:
    """Names and values that a form keeps in hidden fields; a name may stand more than once."""

    pairs: tuple[tuple[str, str], ...]

    def items(self) -> tuple[tuple[str, str], ...]:
        """As the components ask for them."""
        return self.pairs


def kept(asked: Asked, *but: str) -> Kept:
    """What a form that begins the list anew keeps of its address."""
    return Kept(tuple(pair for pair in asked.pairs(paged=False) if pair[0] not in but))
