"""Letters of the corpus split into passages and assigned to clauses, measured against the passages marked in them.

`python -m bench.analysis_letters` runs it by itself. A passage is found when it overlaps a marked one by at least half
of the stretch that both cover (IoU >= 0.5), one to one. F1 is told for the stretches alone, and with the right article,
a clause that is the same or stands above or below, and exactly the clause; *lenient* asks for half of the marked
passage and the right article. Letters that rules were made with and those that were not are told apart.
`--learn` prints the weights of `portal.analysis.letters` as those letters and the minutes teach them, each read by the
draft alone and with the comments of others, and the comments, a sentence of which weighs a twentieth.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.analysis_tags import BY_THE_DRAFT, DATA, WAYS, WITH_COMMENTS, Stock, agree, stock, taught_by
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.clause_index import article_of
from portal.analysis.learning import Vector
from portal.analysis.letters import LetterReader, Passage
from portal.analysis.passages import ClauseModel

#: The letters that the rules were made with.
DEVELOPED_ON = ("01", "03", "06", "07", "09", "10")
Marked = tuple[int, int, str]
#: How freely the weights are learnt: the inverse of what holds them back.
_FREE = 0.5
#: What a sentence of a comment weighs beside one of a letter.
_OF_COMMENTS = 0.05


def measure(stand: Stand | None) -> list[Row]:
    """A row for each set of letters, by the draft alone and with comments of other organisations, without and with the
    clause that their filers chose."""
    size = stand.comments if stand is not None else 0
    corpus = stock()
    if corpus is None:
        return [Row("letters", size, more={"not measured": f"the corpus is not at {DATA}"})]
    sets = (("letters developed on", "letters", _developed_on),
            ("letters not looked at", "letters", lambda name: not _developed_on(name)),
            ("minutes", "meetings", _any))  # fmt: skip
    return [_row(corpus, size, *one, how) for one in sets for how in WAYS]


def _developed_on(name: str) -> bool:
    return name[:2] in DEVELOPED_ON


def _any(name: str) -> bool:
    return True


def _row(corpus: Stock, size: int, what: str, folder: str, chosen: Callable[[str], bool], how: str) -> Row:
    counts = {"stretches": 0, "right article": 0, "same, above or below": 0, "exactly": 0, "lenient": 0}
    found_all = marked_all = 0
    for text, marked, reader in _letters(corpus, folder, chosen, how):
        found = reader.split(text)
        found_all += len(found)
        marked_all += len(marked)
        for name, hits in matches(found, marked).items():
            counts[name] += hits
    scores = {name: round(2 * hits / max(1, found_all + marked_all), 3) for name, hits in counts.items()}
    row = Row(f"{what}, {how}", size,
              more={"passages found": found_all, "marked": marked_all, **scores})  # fmt: skip
    row.ask("F1 with the right article >= 0.85", scores["right article"] >= 0.85)
    return row


def _letters(corpus: Stock, folder: str, chosen: Callable[[str], bool], how: str
             ) -> Iterator[tuple[str, list[Marked], LetterReader]]:  # fmt: skip
    """The texts with what is marked in them, and a reader that has not seen what their writers filed."""
    for file in sorted((DATA / "corpus" / folder).glob("*.gold.json")):
        if not chosen(file.name):
            continue
        gold = json.loads(file.read_text(encoding="utf-8"))
        marked = [(part["start"], part["end"], one["clause"].replace("after:", "after_"))
                  for one in gold["comments"] for part in one["segments"]]  # fmt: skip
        writers = {one["organisation"] for one in gold["comments"]}
        others = (one for one in corpus.comments if one.organisation not in writers)
        model = ClauseModel(corpus.index, taught_by(others, how))
        yield file.with_name(gold["file"]).read_text(encoding="utf-8"), marked, LetterReader(model, corpus.tokeniser)


def learn() -> tuple[list[float], list[float]]:
    """The weights of sentences to be of a passage, and of passages to begin with one: logistic regression."""
    corpus = stock()
    if corpus is None:
        sys.exit(f"the corpus is not at {DATA}")
    taught = [
        (text, marked, reader, 1.0)
        for how in (BY_THE_DRAFT, WITH_COMMENTS)
        for folder, chosen in (("letters", _developed_on), ("meetings", _any))
        for text, marked, reader in _letters(corpus, folder, chosen, how)
    ]  # fmt: skip
    by_the_draft = LetterReader(ClauseModel(corpus.index), corpus.tokeniser)
    taught += [(text, marked, by_the_draft, _OF_COMMENTS) for text, marked in _comments()]
    inside, of_passage, begins, another = [], [], [], []
    weights: list[Vector] = []
    weights_of_beginnings: list[Vector] = []
    for text, marked, reader, weight in taught:
        for spans, of_sentence, of_beginning in reader.marks(text):
            given = np.array([_marked_at(span, marked) for span in spans])
            inside.append(of_sentence)
            of_passage.append(given >= 0)
            both = (given[1:] >= 0) & (given[:-1] >= 0)
            begins.append(of_beginning[1:][both])
            another.append((given[1:] != given[:-1])[both])
            weights.append(np.full(len(given), weight))
            weights_of_beginnings.append(np.full(int(both.sum()), weight))
    return (_weights(np.concatenate(inside), np.concatenate(of_passage), np.concatenate(weights)),
            _weights(np.concatenate(begins), np.concatenate(another),
                     np.concatenate(weights_of_beginnings)))  # fmt: skip


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


def _weights(marks: Vector, given: Any, weights: Vector) -> list[float]:
    """The weights of the columns, the first of which is always one."""
    middle, scale = marks[:, 1:].mean(axis=0), marks[:, 1:].std(axis=0)
    scale[scale == 0] = 1
    fitted = LogisticRegression(C=_FREE, max_iter=5000).fit((marks[:, 1:] - middle) / scale, given, weights)
    found = fitted.coef_[0] / scale
    return [round(float(one), 2) for one in (fitted.intercept_[0] - middle @ found, *found)]


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
    print(*learn(), sep="\n") if "--learn" in sys.argv else print(table(measure(None)))
