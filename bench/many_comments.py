"""Very many comments in a stand's database, written by PostgreSQL itself out of sentences: a million in some minutes.

A comment is some of a few thousand sentences of the loader's voice, one after the other, and now and then a sentence
with a planted word whose share is known. What a search looks through is put together in the same way from what the
portal makes of each sentence; `check` asks for some comments whether the portal makes the same of the whole. Clause,
position, organisation and filing are those of a comment that the loader filed. Everything follows from the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from random import Random
from typing import Any, Final

import psycopg

from portal.cli.synthetic import words
from portal.kernel.search_text import tsvector_literal

#: Sentences to choose from, by language.
SENTENCES: Final = 4_000
_MOST_SENTENCES: Final = 6


@dataclass(frozen=True)
class Planted:
    """A word that stands in no other sentence, its share of the comments, and sentences with it."""

    word: str
    share: float
    sentences: tuple[str, ...]


#: Also inside longer words, behind a line end and before a particle. The pieces of the word, apart, are never it.
PLANTED: Final = (
    Planted("측량", 0.000_02, ("공공측량 성과를 인정하여 주십시오.", "측량의 기준이 필요합니다.")),
    Planted("벌목", 0.001, ("벌목 현장에도 적용되는지요?", "산지벌목업에 관하여도 밝혀 주십시오.",
                            "벌 목록을 주십시오.")),
    Planted("어업", 0.01, ("어업인의 참여를 보장하여 주십시오.", "연안\n어업에는 맞지 않습니다.",
                           "수어 업무를 지원하여 주십시오.")),
    Planted("부담", 0.3, ("이행에 드는 부담이 큽니다.", "행정 부담을 줄여 주시기 바랍니다.",
                          "재정\n부담과 비용부담이 예상됩니다.")),
    Planted("신기술 실증특례", 0.005, ("신기술 실증특례를 두어 주십시오.", "신기술의 실증특례는 다릅니다.")),
    Planted("harbour", 0.01, ("The harbours should be exempt.", "Any harbour falls outside.", "Harboured data must go.",
                              "We are harbouring no such system.", "The harbourmaster disagrees.")),
)


def fill(connection: psycopg.Connection[Any], consultation_id: int, comments: int) -> None:
    """Add so many comments, each with its segment, to the consultation; then what the planner knows is made anew.
    Nothing but this may be at work in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = portal, public")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET synchronous_commit = off")
        for other in ("hashjoin", "mergejoin", "seqscan"):  # every sentence is fetched by its number
            cursor.execute(f"SET enable_{other} = off")
        _sentences(cursor)
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'portal'"
                       " AND tablename IN ('segments', 'segment_words', 'comments') AND indexname LIKE 'ix%'")
        indexes = cursor.fetchall()
        for _, name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for statement in _STATEMENTS:
            cursor.execute(statement, {
                "c": consultation_id, "n": comments, "most": _MOST_SENTENCES, "sentences": SENTENCES})
        for _, _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("DROP SCHEMA made CASCADE")
        for table in ("comments", "segments", "segment_words", "segment_tags"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def check(connection: psycopg.Connection[Any], sample: int = 200) -> None:
    """Raises ValueError when the portal would look through other words than were written for the newest comments."""
    rows = connection.execute("""
        SELECT k.reason, w.words::text FROM portal.segments s JOIN portal.comments k ON k.id = s.comment_id
          JOIN portal.segment_words w ON w.segment_id = s.id ORDER BY s.id DESC LIMIT %s""", [sample]).fetchall()
    for reason, written in rows:
        made = connection.execute("SELECT CAST(%s AS tsvector)::text", [tsvector_literal(reason)]).fetchone()
        if made != (written,):
            raise ValueError(f"the portal would look through other words of: {reason}")


def _sentences(cursor: psycopg.Cursor[Any]) -> None:
    """The sentences with their words, by number: first those of each language, then the planted ones."""
    cursor.execute("DROP SCHEMA IF EXISTS made CASCADE")
    cursor.execute("CREATE SCHEMA made")
    cursor.execute("CREATE UNLOGGED TABLE made.sentences (kind text, n int, said text, words tsvector,"
                   " PRIMARY KEY (kind, n) INCLUDE (said))")
    cursor.execute("CREATE UNLOGGED TABLE made.planted (kind text PRIMARY KEY, seed int, share float, n int)")
    cursor.execute("CREATE AGGREGATE made.joined (tsvector) (SFUNC = tsvector_concat, STYPE = tsvector)")
    random = Random(1)
    known = [planted.word for planted in PLANTED]
    with cursor.copy("COPY made.sentences FROM STDIN") as stream:
        for language in ("ko", "en"):
            said = (words.voice(language).sentence(random) for _ in count())
            own = (each for each in said if not any(word in each.casefold() for word in known))
            for n, each in enumerate(islice(own, SENTENCES)):
                stream.write_row((language, n, each, tsvector_literal(each)))
        for planted in PLANTED:
            for n, each in enumerate(planted.sentences):
                stream.write_row((planted.word, n, each, tsvector_literal(each)))
    for seed, planted in enumerate(PLANTED):
        cursor.execute("INSERT INTO made.planted VALUES (%s, %s, %s, %s)",
                       (planted.word, 100 + seed, planted.share, len(planted.sentences)))
    cursor.execute("ANALYZE made.sentences, made.planted")


def _number(of: str, seed: str, below: str) -> str:
    """SQL: a number from 0 that follows from another one."""
    return f"(((hashint8extended({of}, {seed}) >> 8) & 281474976710655) %% ({below}))::int"


_STATEMENTS: Final = (
    # The comments that the loader filed, by number, to take everything but the words from.
    """CREATE UNLOGGED TABLE made.base AS
       SELECT (row_number() OVER (ORDER BY s.id) - 1)::int AS n, s.id AS segment_id, s.comment_id
         FROM segments s WHERE s.consultation_id = %(c)s AND s.ordinal = 1""",
    "ALTER TABLE made.base ADD PRIMARY KEY (n)",
    # The new ones: where they come from, their language and the numbers of their sentences.
    f"""CREATE UNLOGGED TABLE made.comments AS
        SELECT i, b.segment_id AS base_segment, b.comment_id AS base_comment,
               nextval(pg_get_serial_sequence('portal.comments', 'id')) AS comment_id,
               nextval(pg_get_serial_sequence('portal.segments', 'id')) AS segment_id, gen_random_uuid() AS uid,
               w.language, w.reason, w.words
          FROM generate_series(1::bigint, %(n)s) i
          JOIN made.base b ON b.n = {_number('i', '1', '(SELECT count(*) FROM made.base)')}
         CROSS JOIN LATERAL (SELECT CASE WHEN {_number('i', '2', '100')} < 80 THEN 'ko' ELSE 'en' END) l(language)
         CROSS JOIN LATERAL (
               SELECT l.language, string_agg(m.said, ' ' ORDER BY o), made.joined(m.words ORDER BY o)
                 FROM (SELECT o, t.said, t.words
                         FROM generate_series(1, 1 + {_number('i', '3', '%(most)s')}) o
                         JOIN made.sentences t ON t.kind = l.language
                          AND t.n = {_number('i', '10 + o', '%(sentences)s')}
                       UNION ALL
                       SELECT p.seed, t.said, t.words
                         FROM made.planted p JOIN made.sentences t ON t.kind = p.kind
                          AND t.n = {_number('i', 'p.seed + 100', 'p.n')}
                        WHERE {_number('i', 'p.seed', '1000000')} < p.share * 1000000) m
               ) w(language, reason, words)""",
    """INSERT INTO comments (id, filing_id, uid, number, draft_version_id, clause_eid, lineage_uid, outside_notice,
              language, position, proposal_old, proposal_text, reason, legal_basis, confidential, finds, detector,
              digest)
       OVERRIDING SYSTEM VALUE
       SELECT m.comment_id, k.filing_id, m.uid, 1000 + m.i, k.draft_version_id, k.clause_eid, k.lineage_uid,
              k.outside_notice, m.language, k.position, '', '', m.reason, '', '[]', '[]', k.detector, k.digest
         FROM made.comments m JOIN comments k ON k.id = m.base_comment""",
    """INSERT INTO segments (id, consultation_id, submission_id, comment_id, comment_uid, ordinal, start, "end",
              clause_eid, clause_order, position, language, organisation_id, organisation_kind, filed_at, lead,
              coverage, excuse)
       OVERRIDING SYSTEM VALUE
       SELECT m.segment_id, s.consultation_id, s.submission_id, m.comment_id, m.uid, 1, 0, length(m.reason),
              s.clause_eid, s.clause_order, s.position, m.language, s.organisation_id, s.organisation_kind,
              s.filed_at + m.i * interval '1 millisecond', left(m.reason, 100), s.coverage, s.excuse
         FROM made.comments m JOIN segments s ON s.id = m.base_segment""",
    "INSERT INTO segment_words (segment_id, words) SELECT segment_id, words FROM made.comments",
    """INSERT INTO segment_tags (segment_id, tag_id, tagged_by, tagged_at)
       SELECT m.segment_id, t.tag_id, t.tagged_by, t.tagged_at
         FROM made.comments m JOIN segment_tags t ON t.segment_id = m.base_segment""",
)
