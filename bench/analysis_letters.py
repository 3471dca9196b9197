"""Letters of the corpus split into passages and assigned to clauses, measured against the passages marked in them.

`python -m bench.analysis_letters` runs it by itself. A passage is found when it overlaps a marked one by at least half
of the stretch that both cover (IoU >= 0.5), one to one. F1 is told for the stretches alone, and with the right article,
a clause that is the same or stands above or below, and exactly the clause; *lenient* asks for half of the marked
passage and the right article. Letters that rules were made with and those that nobody looked at are told apart.
The made letters (`bench/letters/`) are a second author's, for development, and a third one's, held out.
`--learn` prints the weights of `portal.analysis.letters` as all but those that nobody looked at teach them, and the
comments of the corpus, a sentence of which weighs a tenth.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.analysis_tags import BY_THE_DRAFT, DATA, WAYS, WITH_COMMENTS, Stock, agree, stock, taught_by
from bench.passages_learnt import Paragraph
from bench.passages_learnt import learn as learnt
from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.clause_index import article_of
from portal.analysis.letters import LetterReader, Passage
from portal.analysis.passages import ClauseModel

#: The letters of the corpus that the rules were made with.
DEVELOPED_ON = ("01", "03", "06", "07", "09", "10")
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
    ours, theirs = DATA / "corpus" / "letters", DATA / "corpus" / "meetings"
    sets: tuple[tuple[str, Path, Callable[[str], bool]], ...] = (
        ("letters developed on", ours, _developed_on),
        ("letters not looked at", ours, lambda name: not _developed_on(name)),
        ("minutes", theirs, _any),
        ("made letters, development", MADE / "development", _is_letter),
        ("made minutes, development", MADE / "development", lambda name: not _is_letter(name)),
        ("made letters, held out", MADE / "held_out", _is_letter),
        ("made minutes, held out", MADE / "held_out", lambda name: not _is_letter(name)),
    )  # fmt: skip
    return [_row(corpus, size, *one, how) for one in sets for how in WAYS]


def _developed_on(name: str) -> bool:
    return name[:2] in DEVELOPED_ON


def _any(name: str) -> bool:
    return True


def _is_letter(name: str) -> bool:
    return "meeting" not in name


def _row(corpus: Stock, size: int, what: str, folder: Path, chosen: Callable[[str], bool], how: str) -> Row:
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


def _letters(corpus: Stock, folder: Path, chosen: Callable[[str], bool], how: str
             ) -> Iterator[tuple[str, list[Marked], LetterReader]]:  # fmt: skip
    """The texts with what is marked in them, and a reader that has not seen what their writers filed."""
    for file in sorted(folder.glob("*.gold.json")):
        if not chosen(file.name):
            continue
        gold = json.loads(file.read_text(encoding="utf-8"))
        marked = [(part["start"], part["end"], one["clause"].replace("after:", "after_"))
                  for one in gold["comments"] for part in one["segments"]]  # fmt: skip
        writers = {one["organisation"] for one in gold["comments"]}
        others = (one for one in corpus.comments if one.organisation not in writers)
        model = ClauseModel(corpus.index, taught_by(others, how))
        yield file.with_name(gold["file"]).read_text(encoding="utf-8"), marked, LetterReader(model, corpus.tokeniser)


def learn() -> str:
    """The weights as lines of the module: read by the draft alone and with comments, each half."""
    corpus = stock()
    if corpus is None:
        sys.exit(f"the corpus is not at {DATA}")
    taught = [
        (text, marked, reader, 0.5)
        for how in (BY_THE_DRAFT, WITH_COMMENTS)
        for folder, chosen in ((DATA / "corpus" / "letters", _developed_on), (DATA / "corpus" / "meetings", _any),
                               (MADE / "development", _any))
        for text, marked, reader in _letters(corpus, folder, chosen, how)
    ]  # fmt: skip
    by_the_draft = LetterReader(ClauseModel(corpus.index), corpus.tokeniser)
    taught += [(text, marked, by_the_draft, _OF_COMMENTS) for text, marked in _comments()]
    found = learnt([
        Paragraph(inside, begins, np.array([_marked_at(span, marked) for span in spans]), counts)
        for text, marked, reader, counts in taught
        for spans, inside, begins in reader.marks(text)
    ])  # fmt: skip
    found.begins[0] += _MORE_READILY
    inside, begins = ([round(float(one), 2) for one in weights] for weights in (found.inside, found.begins))
    return f"_OF_A_PASSAGE: {inside}\n_BEGINS: {begins}\n_ENTERS, _LEAVES: {found.enters:.2f}, {found.leaves:.2f}"


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
    print(learn()) if "--learn" in sys.argv else print(table(measure(None)))
