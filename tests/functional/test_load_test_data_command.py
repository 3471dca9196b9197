"""The command `portal load-test-data`: what it loads, and where it refuses to."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from click.testing import CliRunner
from sqlalchemy.orm import Session, sessionmaker

from portal.cli import cli
from portal.cli.load_test_data import foreign_consultations
from portal.settings import Settings
from tests import factories


def _run(settings: Settings, *arguments: str) -> Any:
    return CliRunner().invoke(cli, ["load-test-data", *arguments], env=settings.to_env())


def test_it_loads_and_then_refuses_beside_real_consultations(
        settings: Settings, sessions: sessionmaker[Session], now: datetime) -> None:
    told = _run(settings, "--submissions", "3", "--comments", "9", "--slug", "told")
    assert told.exit_code == 0, told.output
    assert "told: 3 submissions, 9 comments" in told.output
    assert json.loads((settings.instance / "load-test-told.json").read_text())["comments"] == 9
    assert "already" in _run(settings, "--submissions", "2", "--comments", "4", "--slug", "told").output
    with sessions() as session:
        assert foreign_consultations(session) == []
        real = factories.consultation(session, now, factories.ministry(session, now)).slug
        session.commit()
    refused = _run(settings, "--submissions", "2", "--comments", "4", "--slug", "more")
    assert refused.exit_code == 1 and real in refused.output and "--into-this-database" in refused.output
    beside = _run(settings, "--submissions", "2", "--comments", "4", "--slug", "more", "--into-this-database")
    assert beside.exit_code == 0 and "more: 2 submissions, 4 comments" in beside.output, beside.output


def test_it_says_what_cannot_be(settings: Settings) -> None:
    few = _run(settings, "--submissions", "5", "--comments", "4", "--slug", "few", "--into-this-database")
    assert few.exit_code == 2 and "5 submissions hold 5 to 5000 comments" in few.output
    slug = _run(settings, "--submissions", "1", "--comments", "1", "--slug", "Not a slug")
    assert slug.exit_code == 2 and "--slug" in slug.output
