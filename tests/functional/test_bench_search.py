"""The benchmark of searching: what it writes is what the portal would look through, and what it expects is right."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bench import many_comments, search
from bench.stand import SLUG, Stand
from portal.cli import cli
from portal.settings import Settings


def test_what_is_planted_is_found_and_nothing_else(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told = CliRunner().invoke(cli, ["load-test-data", "--submissions", "3", "--comments", "9", "--slug", SLUG],
                              env=settings.to_env())
    assert told.exit_code == 0, told.output
    stand = Stand(settings, None, 9, 1.0)  # type: ignore[arg-type]
    monkeypatch.setattr(many_comments, "SENTENCES", 60)
    monkeypatch.setattr(many_comments, "PLANTED", tuple(
        many_comments.Planted(each.word, 0.2, each.sentences) for each in many_comments.PLANTED))
    with stand.owner() as connection:
        many_comments.fill(connection, stand.loaded["consultation_id"], 300)
        many_comments.check(connection)
        assert connection.execute("SELECT count(*) FROM portal.comments").fetchone() == (309,)
        indexes = connection.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'segment_words'").fetchone()
        assert indexes == (2,)
    with search.asker(stand) as asked:
        for question in search.QUESTIONS:
            there, recall, precision = asked.right(question)
            assert (recall, precision) == (1.0, 1.0), question
            assert there >= 3, question
            asked.queue(question.typed)
            asked.bare(question.typed)
        wrong = search.Question("none", "부담", "said LIKE '%측량%'")
        assert max(asked.right(wrong)[1:]) < 1.0
