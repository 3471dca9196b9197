"""The old–new table (신·구조문대비표): the text in force beside the text as it would become, article by article.

By the ministries' conventions: an article without a change is left out; what did not change within one that did is
`(생략)` beside `(현행과 같음)`; what is new stands beside `<신 설>`, what is gone beside `<삭 제>`; changed words are
underlined; in the tables of annexes all this goes for their rows. A view of an alignment: it decides nothing, and knows
no file format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from portal.kernel.i18n import choose_particle
from portal.ordinances import addresses
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Span, Status, Table
from portal.ordinances.compare import ChangeName, Pair, identities
from portal.ordinances.merged_cells import head_rows
from portal.ordinances.old_new_cells import Pairing, pair_rows, shown_spans
from portal.ordinances.redline import ChangeKind, redline


class Run(NamedTuple):
    """A piece of text; underlined where it `changed`. A `remark` is the table's own word, not the law's."""

    text: str
    changed: bool = False
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A clause as one paragraph of a cell. `depth`: 0 for articles and headings, 1 for paragraphs, 4 for sub-items."""

    runs: tuple[Run, ...]
    depth: int = 0

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(run.text for run in self.runs)


Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TableLine(Line):
    """A table of an annex or a clause within a cell, the first `heads` of its rows being headings. `spans` are merged
    cells: row, column, rows, columns; the cells that one covers are empty. `runs` are the same words as lines, for
    whoever prints no table there."""

    rows: tuple[tuple[Cell, ...], ...] = ()
    spans: tuple[Span, ...] = ()
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what stands in the current text, and what in the amended one. Rows of one article have one `group`, the
    eId of the article (of the old text, where it is gone). `old` and `new` are the clauses that the row begins with."""

    group: str
    current: tuple[Line, ...]
    amended: tuple[Line, ...]
    old: str | None
    new: str | None
    change: ChangeName


class Words(NamedTuple):
    """The words of the table itself, in one language."""

    title: str
    current: str
    amended: str
    inserted: str
    deleted: str
    omitted: str
    same: str


WORDS: Final[dict[Language, Words]] = {
    "ko": Words("신ㆍ구조문대비표", "현행", "개정안", "<신 설>", "<삭 제>", "(생략)", "(현행과 같음)"),
    "en": Words("Old–new table", "Current text", "As amended", "<new>", "<deleted>", "(omitted)", "(same as current)"),
}

_DEPTHS: Final = {Kind.PARAGRAPH: 1, Kind.SUBPARAGRAPH: 2, Kind.ITEM: 3, Kind.SUBITEM: 4}
_UNITS: Final = (Kind.PREAMBLE, Kind.ADDENDUM, Kind.ANNEX, Kind.FORM)
#: 각 호 외의 부분: what stands before the clauses of a kind.
_EACH: Final = {Kind.PARAGRAPH: "각 항", Kind.SUBPARAGRAPH: "각 호", Kind.ITEM: "각 목", Kind.SUBITEM: "각 세목"}
_SUFFIXES: Final = {Kind.PARAGRAPH: "항", Kind.SUBPARAGRAPH: "호", Kind.ITEM: "목"}


def old_new_rows(old: Draft, new: Draft, pairs: Sequence[Pair], language: Language = "ko", *,
                 whole: bool = False) -> list[Row]:  # fmt: skip
    """The rows of the table, in the order of the new text; what is gone stands where it stood.

    With `whole` every article is there and nothing is left out. Own addenda are compared where both texts have them;
    those of an amending decree are no part of the table, nor are older ones. A clause without a text in `language` is
    given in Korean.
    """
    return list(_Table(old, new, pairs, language, whole).rows())


class _Table:
    def __init__(self, old: Draft, new: Draft, pairs: Sequence[Pair], language: Language, whole: bool) -> None:
        self._old, self._new, self._language, self._whole = old, new, language, whole
        self._words = WORDS[language]
        self._old_of = identities(pairs)
        self._new_of = {one: other for other, one in self._old_of.items()}
        self._pairs_of_old: dict[str, list[Pair]] = {clause.eid: [] for clause in old.clauses}
        self._pairs_of_new: dict[str, list[Pair]] = {clause.eid: [] for clause in new.clauses}
        for pair in pairs:
            if pair.old is not None and pair.new is not None:
                self._pairs_of_old[pair.old].append(pair)
                self._pairs_of_new[pair.new].append(pair)
        self._changes = {(pair.old, pair.new): pair.change for pair in pairs}
        #: The text of an article that is its ① now, and the other way round.
        self._numbered = {
            pair.new: pair.old for pair in pairs
            if pair.change is ChangeName.SPLIT and pair.old and pair.new and self._gets_number(pair.old, pair.new)
        }  # fmt: skip
        self._unnumbered = {
            pair.new: pair.old for pair in pairs
            if pair.change is ChangeName.MERGED and pair.old and pair.new and self._loses_number(pair.old, pair.new)
        }  # fmt: skip

    def _gets_number(self, old: str, new: str) -> bool:
        kinds = self._old.by_eid[old].kind, self._new.by_eid[new].kind
        return kinds == (Kind.ARTICLE, Kind.PARAGRAPH) and self._new_of.get(old) == self._new.by_eid[new].parent

    def _loses_number(self, old: str, new: str) -> bool:
        kinds = self._old.by_eid[old].kind, self._new.by_eid[new].kind
        return kinds == (Kind.PARAGRAPH, Kind.ARTICLE) and self._old_of.get(new) == self._old.by_eid[old].parent

    def rows(self) -> Iterator[Row]:
        """Unit by unit: headings, articles, own addenda, annexes."""
        for old, new in self._in_order(self._units(self._old), self._units(self._new)):
            if not self._is_left_out(old, new):
                unit = new or old
                assert unit is not None
                for row in self._rows_of(old, new):
                    yield replace(row, group=unit.eid)

    def _units(self, draft: Draft) -> list[Clause]:
        return [
            one for one in draft.clauses
            if one.kind in HEADINGS or one.kind in _UNITS or (one.kind is Kind.ARTICLE and one.is_main_text)
        ]  # fmt: skip

    def _is_left_out(self, old: Clause | None, new: Clause | None) -> bool:
        if any(one is not None and one.kind is Kind.ADDENDUM for one in (old, new)):
            both_own = old is not None and new is not None and old.eid == new.eid == "addenda"
            return not both_own or self._is_unchanged(old, new)
        return self._is_unchanged(old, new)

    def _is_unchanged(self, old: Clause | None, new: Clause | None) -> bool:
        if old is None or new is None or self._whole or self._label(old) != self._label(new):
            return False
        if old.kind in HEADINGS:
            return self._heading(old) == self._heading(new)
        return self._is_same(old, new)

    # ------------------------------------------------------------------------------------------------------ the walk

    def _in_order(self, old: Sequence[Clause], new: Sequence[Clause]) -> list[tuple[Clause | None, Clause | None]]:
        """Both lists as one, in the order of the new one; what is gone from here stands after what it followed."""
        places = {one.eid: place for place, one in enumerate(new)}
        numbers = [addresses.parse(one.eid).sort_key if one.kind is Kind.ARTICLE else () for one in new]
        gone: dict[int, list[Clause]] = defaultdict(list)
        last = -1
        for one in old:
            place = places.get(self._new_of.get(one.eid, ""))
            if place is not None:
                last = place
            elif not self._has_row_elsewhere(one) and one.status is not Status.DELETED:
                after = last
                if one.kind is Kind.ARTICLE:  # articles change places; a reader looks for the number
                    number = addresses.parse(one.eid).sort_key
                    after = max((at for at, other in enumerate(numbers) if other and other < number), default=-1)
                gone[after].append(one)
        ordered: list[tuple[Clause | None, Clause | None]] = [(one, None) for one in gone[-1]]
        for place, one in enumerate(new):
            carried = self._old_of.get(one.eid)
            ordered.append((self._old.by_eid[carried] if carried else None, one))
            ordered += [(other, None) for other in gone[place]]
        return ordered

    def _has_row_elsewhere(self, old: Clause) -> bool:
        """Whether its number stands in the new text with nothing but 삭제: there is its row."""
        return any(pair.change is ChangeName.DELETED for pair in self._pairs_of_old[old.eid])

    def _rows_of(self, old: Clause | None, new: Clause | None) -> list[Row]:
        if old is None:
            assert new is not None
            return self._without_old(new)
        if new is None:
            return [self._gone(old)]
        if new.status is Status.DELETED and old.status is not Status.DELETED:
            return [self._gone(old)]
        if not self._whole and self._is_same(old, new) and old.kind not in HEADINGS:
            return [self._condensed([(old, new)])]
        return self._paired(old, new)

    def _paired(self, old: Clause, new: Clause) -> list[Row]:
        own = self._own_row(old, new)
        if old.kind in HEADINGS:
            return [own]
        olds = self._old.children(old.eid)
        if new.eid in self._unnumbered:
            text_of = self._unnumbered[new.eid]
            olds = (*(one for one in olds if one.eid != text_of), *self._old.children(text_of))
        elif old.eid in self._numbered.values():
            olds = ()
        below = self._rows_below(olds, self._new.children(new.eid))
        beside = self._beside(old, new)
        silent = not (self._text(new) or (beside is not None and self._text(beside)))
        if new.kind is Kind.ARTICLE and below and silent:
            return [_joined(own, below[0]), *below[1:]]
        return [own, *below]

    def _rows_below(self, old: Sequence[Clause], new: Sequence[Clause]) -> list[Row]:
        """The rows of children; neighbours that are all the same share one."""
        rows: list[Row] = []
        alike: list[tuple[Clause, Clause]] = []
        for one, other in self._in_order(old, new):
            if one is not None and other is not None and not self._whole and self._is_same(one, other):
                if alike and not self._go_together(alike[-1], (one, other)):
                    rows.append(self._condensed(alike))
                    alike = []
                alike.append((one, other))
                continue
            if alike:
                rows.append(self._condensed(alike))
                alike = []
            rows += self._rows_of(one, other)
        return [*rows, self._condensed(alike)] if alike else rows

    def _go_together(self, one: tuple[Clause, Clause], other: tuple[Clause, Clause]) -> bool:
        """Whether two neighbours that are the same can be named in one breath."""
        kept = [self._label(old) == self._label(new) for old, new in (one, other)]
        follows = self._place(other[0]) == self._place(one[0]) + 1
        return one[1].kind is other[1].kind and one[1].kind in _DEPTHS and kept[0] == kept[1] and follows

    def _place(self, old: Clause) -> int:
        return [child.eid for child in self._old.children(old.parent)].index(old.eid)

    def _without_old(self, new: Clause) -> list[Row]:
        """A clause that carries on none: new, or a piece of one, or a number that was left behind."""
        sources = {pair.change: self._old.by_eid[pair.old] for pair in self._pairs_of_new[new.eid] if pair.old}
        if new.status is Status.DELETED and ChangeName.DELETED in sources:
            return [self._gone(sources[ChangeName.DELETED])]
        if new.eid in self._numbered:
            article = self._old.by_eid[self._numbered[new.eid]]
            return [self._numbered_row(article, new),
                    *self._rows_below(self._old.children(article.eid), self._new.children(new.eid))]  # fmt: skip
        if ChangeName.SPLIT in sources:
            whole = sources[ChangeName.SPLIT]
            there = self._spoken(whole)
            remark = (Line((self._remark(f"({there}에서 분리)", f"(split from {there})"),)),)
            words = self._compared(self._words_of(whole), self._words_of(new))[1]
            amended = self._own_lines(new, words, self._tables_beside(whole, new, _DEPTHS.get(new.kind, 0))[1])
            row = Row("", remark, amended, whole.eid, new.eid, ChangeName.SPLIT)
            return [row, *self._rows_below((), self._new.children(new.eid))]
        inserted = self._nothing_before(new)
        if new.kind in HEADINGS:
            return [Row("", inserted, self._own_lines(new, (), ()), None, new.eid, ChangeName.INSERTED)]
        if any(self._pairs_of_new[child.eid] for child in self._new.subtree(new.eid)):
            row = Row("", inserted, self._in_full(new), None, new.eid, ChangeName.INSERTED)
            return [row, *self._rows_below((), self._new.children(new.eid))]
        lines = tuple(self._lines(self._new, new))
        return [Row("", inserted, lines, None, new.eid, ChangeName.INSERTED)]

    def _nothing_before(self, new: Clause) -> tuple[Line, ...]:
        """`<신 설>`; where the number stood there with nothing but 삭제, that."""
        before = self._old.by_eid.get(new.eid)
        depth = _DEPTHS.get(new.kind, 0)
        if before is None or before.status is not Status.DELETED or self._pairs_of_old[before.eid]:
            return (Line((Run(self._words.inserted, remark=True),), depth),)
        words = (Run(self._words_of(before) or "삭제"),)
        return (Line(_spaced(self._number_runs(before, changed=False), words), depth),)

    # -------------------------------------------------------------------------------------------------------- rows

    def _own_row(self, old: Clause, new: Clause) -> Row:
        """The clause itself, without what is below it."""
        beside = self._beside(old, new)
        before, after = self._words_of(beside), self._words_of(new)
        unnumbered = new.eid in self._unnumbered
        if before == after and not self._whole and not unnumbered and (before or self._has_below(new)):
            texts = self._omitted(new) if before else ((), ())
        else:
            texts = self._compared(before, after)
        current, amended = self._numbers(old, new)
        if unnumbered:
            label = self._label(self._old.by_eid[self._unnumbered[new.eid]])
            texts = ((Run(label, changed=True), Run(" "), *texts[0]), texts[1])
        change = self._changes.get((old.eid, new.eid), ChangeName.REWORDED)
        depth = _DEPTHS.get(new.kind, 0)
        tables = self._tables_beside(beside, new, depth)
        return Row("", _with_tables(current, texts[0], tables[0], depth),
                   _with_tables(amended, texts[1], tables[1], depth), old.eid, new.eid, change)  # fmt: skip

    def _beside(self, old: Clause, new: Clause) -> Clause | None:
        """The clause whose words stand beside those of the new one; None where nothing stood there."""
        if new.eid in self._unnumbered:
            return self._old.by_eid[self._unnumbered[new.eid]]
        return None if old.eid in self._numbered.values() else old

    def _numbered_row(self, article: Clause, new: Clause) -> Row:
        """The text of an article beside the paragraph that it is now."""
        current, amended = self._compared(self._words_of(article), self._words_of(new))
        tables = self._tables_beside(article, new, 1)
        number = (Run(self._label(new), changed=True),)
        return Row("", _with_tables((), current, tables[0], 1), _with_tables(number, amended, tables[1], 1),
                   article.eid, new.eid, ChangeName.SPLIT)  # fmt: skip

    def _condensed(self, alike: Sequence[tuple[Clause, Clause]]) -> Row:
        """`② ∼ ④ (생략)` beside `③ ∼ ⑤ (현행 제2항부터 제4항까지와 같음)`."""
        olds, news = [old for old, _ in alike], [new for _, new in alike]
        same = self._label(olds[0]) == self._label(news[0])
        current, amended = (
            self._range(ones, not same)
            if len(ones) > 1
            else self._with_heading(ones[0], self._plain_heading(ones[0]), not same)
            for ones in (olds, news)
        )
        moved = self._is_moved_alone(olds[0], news[0])
        if moved:
            current = (Run(self._spoken(olds[0]), changed=True),)
        remark = self._words.same if same and not moved else self._same_as(olds, moved or olds[0].kind not in _DEPTHS)
        depth = _DEPTHS.get(news[0].kind, 0)
        change = ChangeName.SAME if same and not moved else self._changes[olds[0].eid, news[0].eid]
        return Row("", (Line(_spaced(current, (Run(self._words.omitted, remark=True),)), depth),),
                   (Line(_spaced(amended, (Run(remark, remark=True),)), depth),), olds[0].eid, news[0].eid,
                   change)  # fmt: skip

    def _gone(self, old: Clause) -> Row:
        """What is no longer there, with everything below it; where its words went, if they did."""
        carried = self._new_of.get(old.eid)
        if carried is not None and self._new.by_eid[carried].status is not Status.DELETED:
            runs = _spaced(self._number_runs(old, changed=True), (Run(self._words.omitted, remark=True),))
            lines: tuple[Line, ...] = (Line(runs, _DEPTHS.get(old.kind, 0)),)
        else:
            lines = tuple(self._lines(self._old, old))
        amended = [Run(self._words.deleted, remark=True)]
        amended += [self._went(pair) for pair in self._pairs_of_old[old.eid] if pair.change is not ChangeName.DELETED]
        change = ChangeName.DELETED if carried is None else self._changes[old.eid, carried]
        return Row("", lines, (Line(tuple(amended), _DEPTHS.get(old.kind, 0)),), old.eid, carried, change)

    def _went(self, pair: Pair) -> Run:
        assert pair.new is not None
        there = self._spoken(self._new.by_eid[pair.new])
        particle = choose_particle(there, "으로", "로") or "로"
        if pair.change is ChangeName.MERGED:
            return self._remark(f" ({there}{particle} 통합)", f" (merged into {there})")
        return self._remark(f" ({there}{particle} 이동)", f" (moved to {there})")

    # ------------------------------------------------------------------------------------------------------- pieces

    def _lines(self, draft: Draft, top: Clause) -> Iterator[Line]:
        """A clause and all below it, everything underlined. An article without words of its own shares a line with its
        first paragraph; what went elsewhere is only named."""
        waiting: tuple[Run, ...] = ()
        for one in self._subtree(draft, top):
            went = self._new_of.get(one.eid) if draft is self._old and one is not top else None
            number, depth = self._number_runs(one, changed=True), 0 if waiting else _DEPTHS.get(one.kind, 0)
            number, waiting = _spaced(waiting, number), ()
            if went is not None and self._new.by_eid[went].status is not Status.DELETED:
                remark = self._went(Pair(one.eid, went, self._changes[one.eid, went], 0.0))
                yield Line(_spaced(number, (Run(self._words.omitted, remark=True), remark)), depth)
            elif one.kind is Kind.ARTICLE and not self._text(one) and draft.children(one.eid):
                waiting = number
            else:
                text = self._all_changed(self._words_of(one))
                yield from _with_tables(number, text, self._whole_tables(one, depth), depth)

    def _subtree(self, draft: Draft, top: Clause) -> Iterator[Clause]:
        yield top
        if top.kind in HEADINGS:
            return
        for child in draft.children(top.eid):
            went = self._new_of.get(child.eid) if draft is self._old else None
            if went is not None and self._new.by_eid[went].status is not Status.DELETED:
                yield child
            else:
                yield from self._subtree(draft, child)

    def _own_lines(self, one: Clause, text: tuple[Run, ...], tables: Sequence[_Placed]) -> tuple[Line, ...]:
        return _with_tables(self._number_runs(one, changed=True), text, tables, _DEPTHS.get(one.kind, 0))

    def _in_full(self, one: Clause) -> tuple[Line, ...]:
        """The clause without what is below it, everything underlined."""
        tables = self._whole_tables(one, _DEPTHS.get(one.kind, 0))
        return self._own_lines(one, self._all_changed(self._words_of(one)), tables)

    def _all_changed(self, text: str) -> tuple[Run, ...]:
        return (Run(text, changed=True),) if text else ()

    def _compared(self, old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        """Both texts with what changed underlined."""
        changes = redline(old, new, self._language)
        return (
            tuple(Run(c.text, c.kind is not ChangeKind.SAME) for c in changes if c.kind is not ChangeKind.INSERTED),
            tuple(Run(c.text, c.kind is not ChangeKind.SAME) for c in changes if c.kind is not ChangeKind.DELETED),
        )

    def _omitted(self, new: Clause) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        """The clause's own words did not change, but something below it did, or its heading or number."""
        below = next(iter(self._new.children(new.eid)), None)
        if below is None:
            return (Run(self._words.omitted, remark=True),), (Run(self._words.same, remark=True),)
        each = _EACH.get(below.kind, "각 항목")
        return (
            (self._remark(f"({each} 외의 부분 생략)", "(introductory words omitted)"),),
            (self._remark(f"({each} 외의 부분 현행과 같음)", "(introductory words same as current)"),),
        )

    def _numbers(self, old: Clause, new: Clause) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        """Number and heading of both, with what changed underlined."""
        changed = self._label(old) != self._label(new)
        current, amended = self._compared(self._heading(old), self._heading(new))
        pieces = self._with_heading(old, current, changed), self._with_heading(new, amended, changed)
        if self._is_moved_alone(old, new):
            return (Run(self._spoken(old), changed=True),), pieces[1]
        return pieces

    def _number_runs(self, one: Clause, changed: bool) -> tuple[Run, ...]:
        heading = tuple(run._replace(changed=changed) for run in self._plain_heading(one))
        return self._with_heading(one, heading, changed)

    def _plain_heading(self, one: Clause) -> tuple[Run, ...]:
        heading = self._heading(one)
        return (Run(heading),) if heading else ()

    def _with_heading(self, one: Clause, heading: tuple[Run, ...], changed: bool) -> tuple[Run, ...]:
        """`제13조(목적)`, `제2장 총칙`, `[별표 1] 과태료의 부과기준`, `①`."""
        label = self._label(one)
        if one.kind in (Kind.ANNEX, Kind.FORM):
            label = f"[{label}]"
        if not heading:
            return (Run(label, changed),)
        if one.kind in HEADINGS or one.kind in (Kind.ANNEX, Kind.FORM):
            return _spaced((Run(label, changed),), heading)
        space = "" if self._language == "ko" else " "
        bracket = all(run.changed for run in heading) and changed
        return _merged((Run(label + space, changed), Run("(", bracket), *heading, Run(")", bracket)))

    def _is_moved_alone(self, old: Clause, new: Clause) -> bool:
        """Whether the clause came from elsewhere without what it stood under."""
        return (
            new.kind in _DEPTHS and self._changes.get((old.eid, new.eid)) is ChangeName.MOVED
            and self._old_of.get(new.parent or "") != old.parent
        )  # fmt: skip

    def _range(self, ones: Sequence[Clause], changed: bool) -> tuple[Run, ...]:
        labels = [self._label(one) for one in ones]
        if self._language == "ko":
            text = "ㆍ".join(labels) if len(labels) == 2 else f"{labels[0]} ∼ {labels[-1]}"
        else:
            text = f"{labels[0]} {'and' if len(labels) == 2 else 'to'} {labels[-1]}"
        return (Run(text, changed),)

    def _same_as(self, olds: Sequence[Clause], full: bool) -> str:
        names = [self._spoken(one) if full else self._relative(one) for one in olds]
        if self._language == "en":
            between = " " if len(names) < 3 else " to "
            named = names[0] if len(names) == 1 else f"{names[0]}{between if len(names) > 2 else ' and '}{names[-1]}"
            return f"(same as current {named})"
        if len(names) < 3:
            named = " 및 ".join(names)
        else:
            named = f"{names[0]}부터 {names[-1]}까지"
        return f"(현행 {named}{choose_particle(named, '과', '와') or '와'} 같음)"

    def _relative(self, one: Clause) -> str:
        """`제3항`, `제2호의2`, `가목`; in English the number as it is printed."""
        suffix = _SUFFIXES.get(one.kind)
        if self._language == "en" or suffix is None:
            return self._label(one)
        above = self._old.by_eid[one.parent or ""]
        return self._spoken(one).removeprefix(self._spoken(above))

    def _remark(self, korean: str, english: str) -> Run:
        return Run(korean if self._language == "ko" else english, remark=True)

    def _spoken(self, one: Clause) -> str:
        return addresses.parse(one.eid).spoken(self._language)

    def _label(self, one: Clause) -> str:
        if self._language == "ko":
            return one.label
        return one.label_en or addresses.parse(one.eid).english_label

    def _heading(self, one: Clause) -> str:
        return one.heading(self._language) or one.heading("ko") or one.heading("en") or ""

    def _text(self, one: Clause) -> str:
        """The own words of a clause; tables as lines."""
        tables = [table.as_text(self._language_of(one)) for table in one.tables]
        return "\n".join(filter(None, (self._words_of(one), *tables)))

    def _words_of(self, one: Clause | None) -> str:
        """The own words of a clause without its tables."""
        return one.text(self._language_of(one)) or "" if one is not None else ""

    def _language_of(self, one: Clause) -> Language:
        if one.text(self._language) is None:
            return "ko" if one.text("ko") is not None else "en"
        return self._language

    # ------------------------------------------------------------------------------------------------------- tables

    def _tables(self, one: Clause | None) -> list[tuple[Table, _Rows]]:
        if one is None:
            return []
        language = self._language_of(one)
        return [(table, (table.columns(language), *table.rows(language)))
                for table in one.tables if table.columns(language)]  # fmt: skip

    def _whole_tables(self, one: Clause, depth: int) -> list[_Placed]:
        """The tables of a clause that stands there alone, everything underlined."""
        return [(table.after_lines, self._whole_table(table, rows, depth)) for table, rows in self._tables(one)]

    def _whole_table(self, table: Table, rows: _Rows, depth: int) -> TableLine:
        cells = [[self._all_changed(text) for text in texts] for texts in rows]
        return _table_line(cells, range(len(rows)), table.spans, head_rows(table.spans), depth)

    def _tables_beside(self, old: Clause | None, new: Clause, depth: int) -> tuple[list[_Placed], list[_Placed]]:
        """The tables of both clauses, each beside its own, with the lines of text that each stands behind."""
        olds, news = self._tables(old), self._tables(new)
        current: list[_Placed] = []
        amended: list[_Placed] = []
        as_texts = [[["\n".join(map(" | ".join, rows))] for _, rows in tables] for tables in (olds, news)]
        for pairing in pair_rows(*as_texts):
            if pairing.old is None or pairing.new is None:
                gone = pairing.new is None
                table, rows = olds[pairing.old] if pairing.old is not None else news[pairing.new or 0]
                there = self._words.deleted if gone else self._words.inserted
                whole = (table.after_lines, self._whole_table(table, rows, depth))
                remark = (table.after_lines, Line((Run(there, remark=True),), depth))
                current.append(whole if gone else remark)
                amended.append(remark if gone else whole)
                continue
            (before, _), (after, _) = olds[pairing.old], news[pairing.new]
            lines: tuple[Line, Line]
            if pairing.same and not self._whole:
                lines = (Line((self._remark("(표 생략)", "(table omitted)"),), depth),
                         Line((self._remark("(표는 현행과 같음)", "(table same as current)"),), depth))  # fmt: skip
            else:
                lines = self._compared_table(olds[pairing.old], news[pairing.new], depth)
            current.append((before.after_lines, lines[0]))
            amended.append((after.after_lines, lines[1]))
        return current, amended

    def _compared_table(self, old: tuple[Table, _Rows], new: tuple[Table, _Rows], depth: int) -> tuple[Line, Line]:
        """Two tables row by row: headings first; neighbours that are the same as one row that says so."""
        (before, old_rows), (after, new_rows) = old, new
        heads = min(head_rows(before.spans), head_rows(after.spans), len(old_rows), len(new_rows))
        pairings = [Pairing(place, place, old_rows[place] == new_rows[place]) for place in range(heads)]
        pairings += [
            Pairing(None if one is None else one + heads, None if other is None else other + heads, same)
            for one, other, same in pair_rows(old_rows[heads:], new_rows[heads:])
        ]
        shown: tuple[list[int | None], list[int | None]] = ([], [])
        remarks: tuple[list[str], list[str]] = ([], [])
        cells = [[[self._plain(text) for text in texts] for texts in rows] for rows in (old_rows, new_rows)]
        last_same = False
        for number, (one, other, same) in enumerate(pairings):
            if same and not self._whole and number >= heads:
                if not last_same:
                    for side, words in enumerate((self._words.omitted, self._words.same)):
                        shown[side].append(None)
                        remarks[side].append(words)
                last_same = True
                continue
            last_same = False
            if not same:
                self._mark_row(cells, one, other)
            for side, row, words in ((0, one, self._words.inserted), (1, other, self._words.deleted)):
                shown[side].append(row)
                remarks[side].append(words if row is None else "")
        lines = [
            _table_line(cells[side], shown[side], table.spans, heads, depth, remarks[side])
            for side, table in enumerate((before, after))
        ]
        return lines[0], lines[1]

    def _mark_row(self, cells: list[list[list[Cell]]], one: int | None, other: int | None) -> None:
        """Underlines what changed in a row of each table, cell by cell where they have the same columns."""
        rows = [cells[side][place] if place is not None else [] for side, place in enumerate((one, other))]
        texts = [["".join(run.text for run in cell) for cell in row] for row in rows]
        if len(rows[0]) == len(rows[1]):
            for column, (before, after) in enumerate(zip(*texts, strict=True)):
                rows[0][column], rows[1][column] = self._compared(before, after)
        else:
            for row, words in zip(rows, texts, strict=True):
                row[:] = [self._all_changed(text) for text in words]

    def _plain(self, text: str) -> Cell:
        return (Run(text),) if text else ()

    def _has_below(self, new: Clause) -> bool:
        return bool(self._new.children(new.eid))

    def _is_same(self, old: Clause, new: Clause) -> bool:
        """The same words all the way down, under the same numbers below."""
        if (self._heading(old), self._text(old), old.status) != (self._heading(new), self._text(new), new.status):
            return False
        olds, news = self._old.children(old.eid), self._new.children(new.eid)
        if len(olds) != len(news):
            return False
        return all(
            self._old_of.get(other.eid) == one.eid and self._label(one) == self._label(other)
            and self._is_same(one, other)
            for one, other in zip(olds, news, strict=True)
        )  # fmt: skip


#: A line of a cell with the number of lines of text that it stands behind; the rows of a table in one language.
_Placed = tuple[int, Line]
_Rows = Sequence[tuple[str, ...]]


def _table_line(cells: Sequence[Sequence[Cell]], shown: Sequence[int | None], spans: Sequence[Span], heads: int,
                depth: int, remarks: Sequence[str] = ()) -> TableLine:  # fmt: skip
    """The rows of a table that are `shown`, a remark where one is None."""
    width = len(cells[0])
    merged, words = shown_spans(spans, shown, width)
    rows: list[tuple[Cell, ...]] = []
    flat: list[Run] = []
    for place, row in enumerate(shown):
        if row is None:
            own: list[Cell] = [(Run(remarks[place], remark=True),), *((),) * (width - 1)]
        else:
            own = [cells[words[place, column][0]][words[place, column][1]] if (place, column) in words else cell
                   for column, cell in enumerate(cells[row])]  # fmt: skip
        rows.append(tuple(own))
        flat += [Run("\n")] * bool(place)
        for column, cell in enumerate(own[:1] if row is None else own):
            flat += [Run(" | ")] * bool(column)
            flat += [run._replace(text=run.text.replace("\n", " ")) for run in cell]
    return TableLine(_merged(flat), depth, tuple(rows), merged, heads)


def _with_tables(number: tuple[Run, ...], text: tuple[Run, ...], tables: Sequence[_Placed],
                 depth: int) -> tuple[Line, ...]:  # fmt: skip
    """The number of a clause and its text, its tables between the lines of that; behind a text that is left out."""
    if not tables:
        return (Line(_spaced(number, text), depth),)
    lines = _cut_into_lines(text)
    omitted = bool(text) and all(run.remark for run in text)
    found: list[Line] = []
    written = 0
    for after, table in tables:
        until = len(lines) if omitted else max(written, min(after, len(lines)))
        if written < until or (number and not found):
            found.append(Line(_spaced(() if found else number, _joined_lines(lines[written:until])), depth))
        found.append(table)
        written = until
    if written < len(lines) or not found:
        found.append(Line(_spaced(() if found else number, _joined_lines(lines[written:])), depth))
    return tuple(found)


def _cut_into_lines(runs: Iterable[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = []
    for run in runs:
        for number, piece in enumerate(run.text.split("\n")):
            if number or not lines:
                lines.append([])
            lines[-1].append(run._replace(text=piece))
    return lines


def _joined_lines(lines: Sequence[Sequence[Run]]) -> list[Run]:
    """The lines as one; a break is marked where both sides of it are."""
    joined: list[Run] = []
    for line in lines:
        if joined:
            joined.append(Run("\n", changed=joined[-1].changed and line[0].changed))
        joined += line
    return joined


def _spaced(first: Iterable[Run], second: Iterable[Run]) -> tuple[Run, ...]:
    """Both, with a space between if there is anything on both sides; pieces of one sort made one."""
    first, second = tuple(first), tuple(second)
    if not first or not second:
        return _merged((*first, *second))
    between = first[-1].changed and second[0].changed
    return _merged((*first, Run(" ", changed=between), *second))


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbours of one sort made one."""
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1][1:] == run[1:]:
            merged[-1] = run._replace(text=merged[-1].text + run.text)
        elif run.text:
            merged.append(run)
    return tuple(merged)


def _joined(own: Row, first: Row) -> Row:
    """An article's number and heading in front of its first paragraph, as statutes are printed."""

    def with_number(number: tuple[Line, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return (Line(_spaced(number[0].runs, lines[0].runs)), *lines[1:])

    return replace(first, current=with_number(own.current, first.current),
                   amended=with_number(own.amended, first.amended))  # fmt: skip
