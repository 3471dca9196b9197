"""Tags and clauses suggested on the development corpus: how often they are right, whether probabilities hold, how long
learning takes.

`python -m bench.analysis_tags` runs it by itself. Tags are learnt from 100 and 300 decisions drawn at random, ten
times, and suggested for the comments left over; copies of a campaign's letter are left out, since they would be easy.
Clauses are suggested for passages without their citations, by the draft alone and with the comments of other
organisations and campaigns, with and without the clause that their filers chose.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from bench.rows import Row, table
from bench.stand import Stand
from portal.analysis.clause_index import ClauseIndex, article_of
from portal.analysis.learning import Example
from portal.analysis.passages import ClauseModel, ClauseSuggestion
from portal.analysis.tags import TagModel
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser, terms_of
from portal.ordinances.clauses import Draft, Language
from portal.ordinances.readers import read
from portal.ordinances.references import find_citations

DATA = Path(__file__).parents[2] / "shared" / "data"
#: What clauses are suggested by.
BY_THE_DRAFT, WITHOUT_CLAUSES, WITH_COMMENTS = WAYS = (
    "by the draft alone", "with comments without their clause", "with comments",
)  # fmt: skip
_ROUNDS = 10
_FOLDS = 5
_BINS = 10


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the corpus. `group` is its campaign, else its organisation: what is held out together."""

    text: Text
    tokens: Tokens
    tags: tuple[str, ...]
    organisation: str
    group: str
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Stock:
    """The corpus as the measurements take it."""

    draft: Draft
    index: ClauseIndex
    tokeniser: Tokeniser
    comments: tuple[Comment, ...]
    passages: tuple[Comment, ...]  # of comments with one segment, and of letters and minutes; citations taken out


@cache
def stock() -> Stock | None:
    """The corpus; None where it is not there."""
    if not (DATA / "corpus").is_dir():
        return None
    draft = read((DATA / "demo" / "draft_v1.json").read_bytes(), "draft_v1.json").draft
    tokeniser = Tokeniser(terms_of(draft))
    lines = (DATA / "corpus" / "comments.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    comments = tuple(comment(tokeniser, one, one["id"], one["lang"], one["reason"]) for one in told)
    passages = [
        comment(tokeniser, one, one["id"], one["lang"], without_citations(one["segments"][0]["text"], one["lang"]))
        for one in told if len(one["segments"]) == 1 and one["clause"].startswith("art_")
    ]  # fmt: skip
    for folder in ("letters", "meetings"):
        for file in sorted((DATA / "corpus" / folder).glob("*.gold.json")):
            gold = json.loads(file.read_text(encoding="utf-8"))
            for one in gold["comments"]:
                words = " ".join(segment["text"] for segment in one["segments"])
                if words and one["clause"].startswith("art_"):
                    name, plain = f"{folder} {file.name[:2]} {one['n']:02}", without_citations(words, gold["lang"])
                    passages.append(comment(tokeniser, one, name, gold["lang"], plain))
    return Stock(draft, ClauseIndex(draft, None, tokeniser), tokeniser, comments, tuple(passages))


def comment(tokeniser: Tokeniser, one: dict[str, object], name: str, language: Language, words: str) -> Comment:
    """A comment as it is written down, or some words of it."""
    text = Text(name, language, words, str(one["clause"]).replace("after:", "after_"))
    group = str(one.get("campaign") or one["organisation"])
    return Comment(text, tokeniser.tokens(words, language), tuple(one["tags"]), str(one["organisation"]), group,
                   bool(one.get("variant_of")))  # type: ignore[arg-type]  # fmt: skip


def without_citations(text: str, language: Language) -> str:
    """The text with what it cites taken out."""
    kept, written = [], 0
    for citation in find_citations(text, language):
        kept.append(text[written : citation.start])
        written = citation.end
    return " ".join([*kept, text[written:]])


def agree(clause: str, gold: str) -> bool:
    """Whether two clauses are the same, or one stands in the other."""
    return clause == gold or clause.startswith(f"{gold}__") or gold.startswith(f"{clause}__")


def calibration_error(likely: list[float], right: list[bool]) -> float:
    """Expected calibration error: how far, in ten equal bins, what was promised lies from what came, on the average."""
    promised, came = np.array(likely), np.array(right, dtype=float)
    bins = np.minimum((promised * _BINS).astype(int), _BINS - 1)
    gaps = [abs((promised[bins == one] - came[bins == one]).sum()) for one in range(_BINS)]
    return float(sum(gaps) / max(1, len(likely)))


def measure(stand: Stand | None) -> list[Row]:
    """Rows for tags after 100 and 300 decisions, and for clauses of passages without numbers."""
    size = stand.comments if stand is not None else 0
    corpus = stock()
    if corpus is None:
        return [Row("tags and clauses", size, more={"not measured": f"the corpus is not at {DATA}"})]
    return [*(_tags(corpus, size, count, least) for count, least in ((100, 0.85), (300, 0.90))),
            *(clauses(corpus.index, corpus.passages, _filed(corpus.passages), how) for how in WAYS)]  # fmt: skip


def _tags(corpus: Stock, size: int, count: int, least: float) -> Row:
    told = after_decisions(corpus.comments, corpus.index, count)
    row = Row(f"tags after {count} decisions", size, more={name: round(value, 3) for name, value in told.items()})
    row.ask(f"one of three right >= {least}", told["one of three right"] >= least)
    row.ask("calibration error <= 0.04", told["calibration error"] <= 0.04)
    row.ask("learnt within 1 s", told["seconds"] <= 1.0)
    return row


def after_decisions(comments: Sequence[Comment], index: ClauseIndex, count: int) -> dict[str, float]:
    """What is suggested after so many decisions, drawn ten times: a right one among three, the calibration error, and
    the seconds of learning."""
    originals = [one for one in comments if not one.is_copy]
    hits, likely, right, seconds = [], [], [], []
    for seed in range(_ROUNDS):
        drawn = list(originals)
        random.Random(seed).shuffle(drawn)
        began = time.process_time()
        model = TagModel.train([Example(one.text, one.tokens, one.tags) for one in drawn[:count]],
                               index.space.glossary)
        seconds.append(time.process_time() - began)
        rest = [one for one in drawn[count:] if one.tags]
        suggested = model.suggest([one.text for one in rest], [one.tokens for one in rest])
        for one, tags in zip(rest, suggested, strict=True):
            given = [tag.tag in one.tags for tag in tags]
            hits.append(any(given))
            right += given
            likely += [tag.score for tag in tags]
    return {"one of three right": float(np.mean(hits)), "calibration error": calibration_error(likely, right),
            "seconds": sorted(seconds)[_ROUNDS // 2]}


def _filed(passages: Sequence[Comment]) -> list[Comment]:
    return [one for one in passages if not one.text.id.startswith(("letters", "meetings"))]


def clauses(index: ClauseIndex, passages: Sequence[Comment], comments: Sequence[Comment], how: str,
            of: str = "") -> Row:  # fmt: skip
    """A row for the clauses suggested for passages without numbers, comments of other organisations being at hand."""
    found: list[tuple[Comment, tuple[ClauseSuggestion, ...]]] = []
    for fold in range(_FOLDS):
        asked = [one for one in passages if _fold(one) == fold]
        taught = taught_by([one for one in comments if _fold(one) != fold], how)
        found += _suggested(ClauseModel(index, taught), asked)
    first = [(tags[0].clause if tags else "", str(one.text.clause)) for one, tags in found]
    article = float(np.mean([article_of(clause) == article_of(gold) for clause, gold in first]))
    row = Row(f"{of}clauses of passages without numbers, {how}", len(comments),
              more={"passages": len(found), "right article": round(article, 3),
                    "same, above or below": round(float(np.mean([agree(*pair) for pair in first])), 3),
                    "exactly": round(float(np.mean([one == gold for one, gold in first])), 3),
                    "article among three": round(float(np.mean([
                        any(article_of(tag.clause) == article_of(str(one.text.clause)) for tag in tags)
                        for one, tags in found])), 3)})  # fmt: skip
    row.ask("right article >= 0.90", article >= 0.90)
    return row


def taught_by(comments: Iterable[Comment], how: str) -> list[tuple[Text, Tokens]]:
    """What comments a model is given in one of WAYS."""
    if how == BY_THE_DRAFT:
        return []
    return [(one.text if how == WITH_COMMENTS else replace(one.text, clause=None), one.tokens) for one in comments]


def _suggested(model: ClauseModel, asked: list[Comment]) -> list[tuple[Comment, tuple[ClauseSuggestion, ...]]]:
    texts = [replace(one.text, clause=None) for one in asked]
    return list(zip(asked, model.suggest(texts, [one.tokens for one in asked]), strict=True))


def _fold(one: Comment) -> int:
    return int(hashlib.sha256(one.group.encode()).hexdigest(), 16) % _FOLDS


if __name__ == "__main__":
    print(table(measure(None)))
