"""Korean and English together: is a mixed pair of texts on one article about the same issue or not?

Measured on the corpus and the demonstration draft, with what each part adds. Nothing is learnt from the answers. The
numbers in brackets are 95 % intervals, texts drawn again 200 times. The corpus stands beside the project: without it
there are no rows.

    python -m bench.analysis_languages
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import roc_auc_score

from bench.rows import Row, Target
from portal.analysis.clause_space import ClauseSpace
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser, terms_of
from portal.demo import source
from portal.ordinances import readers

if TYPE_CHECKING:
    from bench.stand import Stand

_CORPUS = Path(__file__).parents[2] / "shared" / "data" / "corpus"
_DRAWN = 200


@dataclass(frozen=True)
class _Set:
    texts: list[Text]
    issues: list[str]
    #: Of the comments; the others are of letters and minutes.
    filed: list[bool]


def measure(ready: Stand | None = None) -> list[Row]:
    """A row for each set of pairs and one for each number of texts."""
    if not _CORPUS.is_dir():
        return []
    draft = readers.read(source.raw("draft_v1.json")).draft
    tokeniser = Tokeniser(terms_of(draft))
    given = _read()
    tokens = tokeniser.of_texts(given.texts)
    space = ClauseSpace.learn(draft, tokeniser)
    no_vocabulary = ClauseSpace.learn(draft, tokeniser, ())
    no_draft = ClauseSpace.learn(None, tokeniser)
    nothing = ClauseSpace.learn(None, tokeniser, ())
    unfiled = [replace(text, clause=None) for text in given.texts]
    clause_alone = [Tokens((), one.tokeniser) for one in tokens]
    silent = [replace(text, text="") for text in given.texts]
    alone = sp.csr_array((len(tokens), len(tokens)), dtype=np.float32)
    settings: list[tuple[str, ClauseSpace, Sequence[Text], Sequence[Tokens], Any]] = [
        ("all", space, given.texts, tokens, None),
        ("words alone", space, unfiled, tokens, None),
        ("clause alone", nothing, silent, clause_alone, alone),
        ("no vocabulary", no_vocabulary, given.texts, tokens, None),
        ("no vocabulary, words alone", no_vocabulary, unfiled, tokens, None),
        ("no draft", no_draft, given.texts, tokens, None),
        ("no draft, words alone", no_draft, unfiled, tokens, None),
        ("neither, words alone", nothing, unfiled, tokens, None),
        ("no neighbours", space, given.texts, tokens, alone),
        ("no neighbours, words alone", space, unfiled, tokens, alone),
    ]
    found: list[dict[str, str]] = [{}, {}]
    first: list[float] = [0, 0]
    for name, one, texts, words, neighbours in settings:
        scores = _scores(one, texts, words, neighbours)
        for place, pairs in enumerate(_pairs(given)):
            area, low, high = _area(scores, *pairs)
            found[place][name] = f"{area:.3f} [{low:.3f}, {high:.3f}]"
            if name == "all":
                first[place] = area
    rows = [
        Row(f"Korean–English pairs, {what}", len(given.texts), more={"AUROC": found[place]},
            targets=[Target("AUROC at least .85", first[place] >= 0.85)])
        for place, what in enumerate(("comments", "with letters and minutes"))
    ]  # fmt: skip
    return [*rows, *(_time(space, given, tokens, count) for count in (10_000, 100_000))]


def _read() -> _Set:
    texts, issues, filed = list[Text](), list[str](), list[bool]()
    for file, language, comments in _files():
        for number, comment in enumerate(comments):
            clause = comment["clause"].replace("after:", "after_")
            for place, segment in enumerate(comment["segments"]):
                name = f"{file}.{number:04d}.{place}"
                texts.append(Text(name, comment.get("lang", language), segment["text"], clause))
                issues.append(segment["issue"])
                filed.append(file == "comments")
    return _Set(texts, issues, filed)


def _files() -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    lines = (_CORPUS / "comments.jsonl").read_text("utf-8").splitlines()
    yield "comments", "", [json.loads(line) for line in lines]
    for path in sorted(_CORPUS.glob("*/*.gold.json")):
        gold = json.loads(path.read_text("utf-8"))
        yield f"{path.parent.name}.{path.stem}", gold["lang"], gold["comments"]


def _pairs(given: _Set) -> Iterator[tuple[Any, Any, Any]]:
    """Korean rows, English rows, and which pairs count: those of comments on one article, then those of which one at
    least is of a letter or of minutes."""
    named = [re.search(r"art_\w+?(?=__|$)", text.clause or "") for text in given.texts]
    articles = [match[0] if match else "" for match in named]
    languages = np.asarray([text.language for text in given.texts])
    korean, english = np.flatnonzero(languages == "ko"), np.flatnonzero(languages == "en")
    article, issue, filed = np.asarray(articles), np.asarray(given.issues), np.asarray(given.filed)
    one = (article[korean][:, None] == article[english][None, :]) & (article[korean] != "")[:, None]
    same = issue[korean][:, None] == issue[english][None, :]
    comments = filed[korean][:, None] & filed[english][None, :]
    yield same, one & comments, (korean, english)
    yield same, one & ~comments, (korean, english)


def _scores(space: ClauseSpace, texts: Sequence[Text], tokens: Sequence[Tokens], neighbours: Any) -> Any:
    korean = [row for row, text in enumerate(texts) if text.language == "ko"]
    english = [row for row, text in enumerate(texts) if text.language == "en"]
    first, second = np.repeat(korean, len(english)), np.tile(english, len(korean))
    return space.pair_scores(texts, tokens, first, second, neighbours).reshape(len(korean), len(english))


def area(space: ClauseSpace, texts: Sequence[Text], tokens: Sequence[Tokens], issues: Sequence[str]) -> float:
    """The area under the curve over all mixed pairs of comments on one article."""
    given = _Set(list(texts), list(issues), [True] * len(texts))
    same, counted, _ = next(_pairs(given))
    return float(roc_auc_score(same[counted], _scores(space, given.texts, tokens, None)[counted]))


def _area(scores: Any, same: Any, counted: Any, rows: Any) -> tuple[float, float, float]:
    """The area under the curve, and the middle 95 % of it with texts drawn again."""
    drawn = np.random.default_rng(0)
    areas = []
    for _ in range(_DRAWN):
        korean, english = (drawn.integers(0, len(one), len(one)) for one in rows)
        there = np.ix_(korean, english)
        areas.append(roc_auc_score(same[there][counted[there]], scores[there][counted[there]]))
    low, high = np.quantile(areas, (0.025, 0.975))
    return float(roc_auc_score(same[counted], scores[counted])), float(low), float(high)


def _time(space: ClauseSpace, given: _Set, tokens: Sequence[Tokens], count: int) -> Row:
    """Joining many texts: those of the corpus, each with half of its words exchanged for words of others."""
    drawn = random.Random(0)
    pool = {language: [word for text, one in zip(given.texts, tokens, strict=True) if text.language == language
                       for word in one.words] for language in ("ko", "en")}  # fmt: skip
    texts, words = [], []
    for number in range(count):
        place = drawn.randrange(len(tokens))
        text = given.texts[place]
        kept = [word for word in tokens[place].words if drawn.random() < 0.5]
        added = drawn.choices(pool[text.language], k=len(tokens[place].words) - len(kept))
        texts.append(replace(text, id=f"{number:07d}"))
        words.append(Tokens((*kept, *added), ""))
    began = time.process_time()
    across = space.cross_language(texts, words)
    seconds = time.process_time() - began
    return Row(f"Korean–English neighbours of {count:,} texts", count, more={
        "seconds": round(seconds, 1), "pairs": across.nnz // 2,
        "texts with one": f"{np.mean(np.diff(across.indptr) > 0):.2f}",
    })  # fmt: skip


if __name__ == "__main__":
    from bench.rows import table

    rows = measure()
    for row in rows:
        print(row.what, json.dumps(row.more, ensure_ascii=False, indent=1))
    print(table(rows))
