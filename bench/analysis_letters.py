"""Letters of the corpus split into passages and assigned to clauses, measured against the passages marked in them.

`python -m bench.analysis_letters` runs it by itself. A passage is found when it overlaps a marked one by at least half
of the stretch that both cover (IoU >= 0.5), one to one. F1 is told for the stretches alone, and with the right article,
a clause that is the same or stands above or below, and exactly the clause; *lenient* asks for half of the marked
passage and the right article. The made letters (`bench/letters/`) are a second author's, for development, and those
held out. `--learn` prints the weights of `portal.analysis.letters` as all but the latter teach them, and the comments
of the corpus, a sentence of which weighs a tenth; `--left-out` measures each of these texts with weights that the
others taught.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.analysis_tags import BY_THE_DRAFT, DATA, WAYS, WITH_COMMENTS, Stock, agree, stock, taught_by
from bench.passages_learnt import Paragraph
from bench.passages_learnt import learn as learnt
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis import letters
from portal.analysis.clause_index import article_of
from portal.analysis.letters import LetterReader, Passage
from portal.analysis.passages import ClauseModel

#: Letters of other authors: README.md there says who may look.
MADE = Path(__file__).parent / "letters"
Marked = tuple[int, int, str]
#: What a sentence of a comment weighs beside one of a letter.
_OF_COMMENTS = 0.1
#: So much more readily another passage begins: comments, most of which are one passage, teach too much hesitation.
_MORE_READILY = 0.3


def measure(stand: Stand | None) -> list[Row]:
    """A row for each set of letters, by the draft alone and with comments of other organisations, without and with the
    clause that their filers chose."""
    size = stand.comments if stand is not None else 0
    corpus = stock()
    if corpus is None:
        return [Row("letters", size, more={"not measured": f"the corpus is not at {DATA}"})]
    return [_row(corpus, size, *one, how) for one in (*_DEVELOPED_ON, *_HELD_OUT) for how in WAYS]


def _any(name: str) -> bool:
    return True


def _is_letter(name: str) -> bool:
    return "meeting" not in name


def _is_minutes(name: str) -> bool:
    return not _is_letter(name)


_Set = tuple[str, Path, Callable[[str], bool]]
#: Rules were made with these, and weights learnt.
_DEVELOPED_ON: tuple[_Set, ...] = (
    ("letters", DATA / "corpus" / "letters", _any),
    ("minutes", DATA / "corpus" / "meetings", _any),
    ("made letters, development", MADE / "development", _is_letter),
    ("made minutes, development", MADE / "development", _is_minutes),
)
_HELD_OUT: tuple[_Set, ...] = (
    ("made letters, held out", MADE / "held_out", _is_letter),
    ("made minutes, held out", MADE / "held_out", _is_minutes),
)


def _row(corpus: Stock, size: int, what: str, folder: Path, chosen: Callable[[str], bool], how: str) -> Row:
    sums = Sums()
    for text, marked, reader in _letters(corpus, folder, chosen, how):
        sums.add(reader.split(text), marked)
    return sums.row(f"{what}, {how}", size)


class Sums:
    """What was found in some texts."""

    def __init__(self) -> None:
        self._found = self._marked = 0
        self._hits: Counter[str] = Counter()

    def add(self, found: Sequence[Passage], marked: Sequence[Marked]) -> None:
        """A text with what is marked in it."""
        self._found += len(found)
        self._marked += len(marked)
        self._hits.update(matches(found, marked))

    def row(self, name: str, size: int) -> Row:
        """F1 in each way of judging."""
        both = max(1, self._found + self._marked)
        scores = {name: round(2 * hits / both, 3) for name, hits in self._hits.items()}
        row = Row(name, size, more={"passages found": self._found, "marked": self._marked, **scores})
        row.ask("F1 with the right article >= 0.85", scores.get("right article", 0) >= 0.85)
        return row


def marked_in(gold: Mapping[str, Any]) -> list[Marked]:
    """What is marked in a text: from where to where, and the clause."""
    return [(part["start"], part["end"], one["clause"].replace("after:", "after_"))
            for one in gold["comments"] for part in one["segments"]]  # fmt: skip


def _letters(corpus: Stock, folder: Path, chosen: Callable[[str], bool], how: str
             ) -> Iterator[tuple[str, list[Marked], LetterReader]]:  # fmt: skip
    """The texts with what is marked in them, and a reader that has not seen what their writers filed."""
    for file in sorted(folder.glob("*.gold.json")):
        if not chosen(file.name):
            continue
        gold = json.loads(file.read_text(encoding="utf-8"))
        marked = marked_in(gold)
        writers = {one["organisation"] for one in gold["comments"]}
        others = (one for one in corpus.comments if one.organisation not in writers)
        model = ClauseModel(corpus.index, taught_by(others, how))
        yield file.with_name(gold["file"]).read_text(encoding="utf-8"), marked, LetterReader(model, corpus.tokeniser)


@dataclass(frozen=True, slots=True)
class _Taught:
    """A text that teaches: which set it is of, what is marked in it, who reads it, and its paragraphs."""

    of: str
    name: str
    text: str
    marked: list[Marked]
    reader: LetterReader
    paragraphs: tuple[Paragraph, ...]


def _texts_that_teach(corpus: Stock) -> Iterator[_Taught]:
    """The texts developed on, read by the draft alone and with comments, each half, and the comments."""
    for how in (BY_THE_DRAFT, WITH_COMMENTS):
        for of, folder, chosen in _DEVELOPED_ON:
            for number, (text, marked, reader) in enumerate(_letters(corpus, folder, chosen, how)):
                yield _Taught(f"{of}, {how}", f"{of} {number}", text, marked, reader,
                              _paragraphs(text, marked, reader, 0.5))
    by_the_draft = LetterReader(ClauseModel(corpus.index), corpus.tokeniser)
    for text, marked in _comments():
        yield _Taught("", "", text, marked, by_the_draft, _paragraphs(text, marked, by_the_draft, _OF_COMMENTS))


def _paragraphs(text: str, marked: Sequence[Marked], reader: LetterReader, counts: float) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(inside, begins, np.array([_marked_at(span, marked) for span in spans]), counts)
                 for spans, inside, begins in reader.marks(text))  # fmt: skip


def _weights(taught: Iterable[_Taught]) -> letters.Weights:
    found = learnt([paragraph for one in taught for paragraph in one.paragraphs])
    begins = found.begins.copy()
    begins[0] += _MORE_READILY
    return letters.Weights(found.inside.round(2), begins.round(2), round(found.enters, 2), round(found.leaves, 2))


def learn() -> str:
    """The weights as lines of the module."""
    corpus = stock()
    if corpus is None:
        sys.exit(f"the corpus is not at {DATA}")
    found = _weights(_texts_that_teach(corpus))
    return (f"of_a_passage={found.of_a_passage.tolist()}\nbegins={found.begins.tolist()}\n"
            f"enters={found.enters}, leaves={found.leaves}")  # fmt: skip


def left_out() -> list[Row]:
    """A row for each set developed on: each text read with weights that the others taught."""
    corpus = stock()
    if corpus is None:
        sys.exit(f"the corpus is not at {DATA}")
    taught = list(_texts_that_teach(corpus))
    sums: dict[str, Sums] = defaultdict(Sums)
    for name in dict.fromkeys(one.name for one in taught if one.name):
        weights = _weights(one for one in taught if one.name != name)
        for one in taught:
            if one.name == name:
                sums[one.of].add(LetterReader(one.reader.model, corpus.tokeniser, weights).split(one.text), one.marked)
    return [of_set.row(f"{of}, left out", 0) for of, of_set in sums.items()]


def _comments() -> Iterator[tuple[str, list[Marked]]]:
    """The comments with what is marked in them, copies of a campaign's letter left out."""
    for line in (DATA / "corpus" / "comments.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        marked, written = [], 0
        for segment in told["segments"]:
            start = told["reason"].index(segment["text"], written)
            written = start + len(segment["text"])
            marked.append((start, written, segment["issue"]))
        if marked and not told["variant_of"]:
            yield told["reason"], marked


def _marked_at(span: tuple[int, int], marked: Sequence[Marked]) -> int:
    """Which marked passage has half of a sentence or more; -1 for none."""
    start, end = span
    having = (number for number, (first, last, _) in enumerate(marked)
              if 2 * (min(end, last) - max(start, first)) >= end - start)  # fmt: skip
    return next(having, -1)


def matches(found: Sequence[Passage], marked: Sequence[Marked]) -> dict[str, int]:
    """How many passages were found, one to one, by each way of judging; the best overlaps are taken first."""
    overlaps = []
    for one, passage in enumerate(found):
        for other, (start, end, _) in enumerate(marked):
            shared = min(passage.end, end) - max(passage.start, start)
            if shared > 0:
                both = max(passage.end, end) - min(passage.start, start)
                overlaps.append((shared / both, shared / (end - start), one, other))
    overlaps.sort(key=lambda pair: (-pair[0], pair[2], pair[3]))

    def count(is_right: Callable[[str, str], bool], is_lenient: bool = False) -> int:
        taken: set[int] = set()
        given: set[int] = set()
        for of_both, of_marked, one, other in overlaps:
            enough = of_marked >= 0.5 if is_lenient else of_both >= 0.5
            is_free = one not in taken and other not in given
            if enough and is_free and is_right(found[one].clause or "", marked[other][2]):
                taken.add(one)
                given.add(other)
        return len(taken)

    def same_article(clause: str, gold: str) -> bool:
        return article_of(clause) == article_of(gold)

    return {"stretches": count(lambda clause, gold: True), "right article": count(same_article),
            "same, above or below": count(agree), "exactly": count(lambda clause, gold: clause == gold),
            "lenient": count(same_article, is_lenient=True)}  # fmt: skip


if __name__ == "__main__":
    if "--learn" in sys.argv:
        print(learn())
    else:
        print(table(left_out() if "--left-out" in sys.argv else measure(None)))
