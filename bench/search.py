"""Searching very many comments: is everything found and nothing else, how long does what the queue asks take (page,
exact number and all facets), and how long the number alone, by the portal and by hand.

Words of known shares are planted (`bench.many_comments`); others are drawn from the comments as they come. What a scan
of the very texts finds is what must be found. Times are of one asker, one question after the other, the data warm.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import many_comments
from bench.rows import Row
from bench.run import main
from bench.stand import Stand
from portal.app import create_backend
from portal.cli.synthetic import words
from portal.kernel.search_text import tsquery_literal
from portal.review import clause_index, code_list, search

#: Comments, and within how many milliseconds 95 of 100 questions are answered.
SIZES: Final = {100_000: 25, 1_000_000: 60}
#: Comments that the loader files; the others take everything but their words from these.
FILED: Final = 2_000
#: How often a question is asked, at least and at most, and for about how many seconds.
_LEAST, _MOST, _SECONDS = 7, 60, 2.0
_DRAWN: Final = 50
#: Milliseconds that the program itself may take to ask and to read the answer.
_OWN: Final = 1.0
_BESIDE_BARE: Final = f"the number: at most 1.3 times the bare SQL, and {_OWN:.0f} ms"


@dataclass(frozen=True)
class Question:
    """What is typed, and a condition on the text `said` that is true of what must be found, and of nothing else."""

    what: str
    typed: str
    found: str


QUESTIONS: Final = (
    Question("rare", "측량", "said LIKE '%측량%'"),
    Question("0.1 %", "벌목", "said LIKE '%벌목%'"),
    Question("1 %", "어업", "said LIKE '%어업%'"),
    Question("30 %", "부담", "said LIKE '%부담%'"),
    Question("a phrase", "“신기술 실증특례”", "said LIKE '%신기술 실증특례%'"),
    Question("an English word", "harbour", r"said ILIKE '%harbour%' AND said ~* '\mharbour(s|ed|ing)?\M'"),
    Question("both languages", "부담 Harbours",
             r"said LIKE '%부담%' AND said ILIKE '%harbour%' AND said ~* '\mharbour(s|ed|ing)?\M'"),
)

_TEXTS: Final = """
    SELECT s.id, concat_ws(E'\\n', substr(k.reason, s.start::int + 1, (s."end" - s.start)::int),
                           CASE WHEN s.ordinal = 1 THEN concat_ws(E'\\n', k.proposal_old, k.proposal_text,
                                                                  k.legal_basis) END) AS said
      FROM segments s JOIN comments k ON k.id = s.comment_id WHERE s.consultation_id = :c"""
_BARE_COUNT: Final = """
    SELECT count(*) FROM segment_words w JOIN segments s ON s.id = w.segment_id
     WHERE s.consultation_id = :c AND w.words @@ CAST(:words AS tsquery)"""

class Asker:
    """Somebody at the queue of the one consultation."""

    def __init__(self, session: Session, ready: Stand) -> None:
        self.session = session
        self.consultation_id: int = ready.loaded["consultation_id"]
        self._account_id = ready.staff("reviewer").account_id
        self._clauses = clause_index.index(session, self.consultation_id)
        self._codes = code_list.code_list(session, self.consultation_id)

    def query(self, typed: str) -> search.Query:
        """What is typed, without any other filter."""
        wanted = search.Filter(words=typed, live=True)
        return search.query(self.consultation_id, self._account_id, wanted, self._clauses, self._codes)

    def queue(self, typed: str) -> None:
        """Page, number and all facets: what the queue's page asks for."""
        search.page_and_counts(self.session, self.query(typed), "law")

    def count(self, typed: str) -> None:
        """The exact number."""
        search.count(self.session, self.query(typed))

    def bare(self, typed: str) -> None:
        """The number by hand."""
        self.session.execute(text(_BARE_COUNT), {
            "c": self.consultation_id, "words": tsquery_literal(typed)}).scalar_one()

    def right(self, question: Question) -> tuple[int, float, float]:
        """How many there are, and recall and precision against a scan of the texts."""
        scan = text(f"SELECT id FROM ({_TEXTS}) t WHERE {question.found}")
        there = set(self.session.execute(scan, {"c": self.consultation_id}).scalars())
        found = set(search.matching_ids(self.session, self.query(question.typed), limit=10**9))
        if search.count(self.session, self.query(question.typed)) != len(found):
            raise ValueError(f"the number for {question.typed} is not that of the segments found")
        good = len(there & found)
        return len(there), good / len(there) if there else 1.0, good / len(found) if found else 1.0


def times(ask: Callable[[str], None], typed: str) -> list[float]:
    """Milliseconds of each time the question was asked, in order of size."""
    ask(typed)
    spent: list[float] = []
    while len(spent) < _LEAST or (len(spent) < _MOST and sum(spent) < _SECONDS * 1e3):
        begun = time.perf_counter()
        ask(typed)
        spent.append((time.perf_counter() - begun) * 1e3)
    return sorted(spent)


def _at(spent: list[float], share: float) -> float:
    return spent[min(len(spent) - 1, int(len(spent) * share))]


@contextmanager
def asker(ready: Stand) -> Iterator[Asker]:
    """Somebody with a connection as the portal's own."""
    backend = create_backend(ready.settings)
    try:
        with backend.sessions() as session:
            yield Asker(session, ready)
    finally:
        backend.engine.dispose()


def prepare(ready: Stand, size: int) -> float | None:
    """Fill the stand up to so many comments, unless it was before; the seconds that it took."""
    mark = Path(ready.settings.instance) / "searchable"
    if mark.exists():
        return None
    begun = time.perf_counter()
    with ready.owner() as connection:
        many_comments.fill(connection, ready.loaded["consultation_id"], size - FILED)
        many_comments.check(connection)
    mark.touch()
    return time.perf_counter() - begun


def drawn(count: int) -> list[str]:
    """Words of two syllables as they come in the comments, each once."""
    random = Random(2)
    found: dict[str, None] = {}
    while len(found) < count:
        runs = re.findall("[가-힣]{2,}", words.voice("ko").sentence(random))
        if runs:
            found.setdefault(random.choice(runs)[:2])
    return list(found)


def measure(ready: Stand, size: int) -> list[Row]:
    """A row for each question, and one for the words as they come."""
    filled = prepare(ready, size)
    most = SIZES[size]
    rows = []
    with asker(ready) as asked:
        for question in QUESTIONS:
            there, recall, precision = asked.right(question)
            queue, count, bare = (times(ask, question.typed) for ask in (asked.queue, asked.count, asked.bare))
            row = Row(f"search, {question.what}", size, p50=_at(queue, 0.5), p95=_at(queue, 0.95), more={
                "there": there, "recall": recall, "precision": precision, "number p50, ms": _at(count, 0.5),
                "number p95, ms": _at(count, 0.95), "bare SQL p50, ms": _at(bare, 0.5)})
            row.ask("everything found, and nothing else", recall == precision == 1.0)
            row.ask(f"page, number and facets: p95 at most {most} ms", _at(queue, 0.95) <= most)
            row.ask(_BESIDE_BARE, _at(count, 0.5) <= 1.3 * _at(bare, 0.5) + _OWN)
            rows.append(row)
        rows.append(_as_they_come(asked, size, most))
    if filled is not None:
        rows[0].more["seconds to fill"] = filled
    return rows


def _as_they_come(asked: Asker, size: int, most: int) -> Row:
    spent, counted, bare, right = [], [], [], []
    for word in drawn(_DRAWN):
        right.append(asked.right(Question(word, word, f"said LIKE '%{word}%'")))
        spent.append(_at(times(asked.queue, word), 0.5))
        counted.append(_at(times(asked.count, word), 0.5))
        bare.append(_at(times(asked.bare, word), 0.5))
    row = Row(f"search, {_DRAWN} words as they come", size, p50=_at(sorted(spent), 0.5), p95=_at(sorted(spent), 0.95),
              more={"there, the middle one": sorted(there for there, _, _ in right)[_DRAWN // 2],
                    "recall": min(recall for _, recall, _ in right),
                    "precision": min(precision for _, _, precision in right),
                    "number p50, ms": _at(sorted(counted), 0.5), "bare SQL p50, ms": _at(sorted(bare), 0.5)})
    row.ask("everything found, and nothing else", row.more["recall"] == row.more["precision"] == 1.0)
    row.ask(f"page, number and facets: p95 at most {most} ms", _at(sorted(spent), 0.95) <= most)
    row.ask(_BESIDE_BARE, sum(counted) <= 1.3 * sum(bare) + _OWN * len(spent))
    return row


if __name__ == "__main__":
    main("search")
