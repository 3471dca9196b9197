"""The benchmarks' own parts: reading wrk, writing its plans, counting statements, options, the table."""

from __future__ import annotations

import importlib
import json
import os

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import cpu, rows, run
from bench.load import lua, read_outcome
from bench.statements import counting
from portal.jobs.queue import enqueue

LINE = ('{"requests": 100, "seconds": 2.0, "p50": 1.5, "p95": 9.0, "p99": 12.0, "slowest": 20.0, "bytes": 5, '
        '"refused": 10, "broken": 2}')


def test_an_outcome_counts_good_answers_only() -> None:
    outcome = read_outcome(f"unable to record\n{LINE}\n")
    assert outcome.rate == 45.0
    assert outcome.errors == 12


@pytest.mark.parametrize("printed", ["", "nothing", "[1]", '{"requests": 1}'])
def test_what_wrk_did_not_say_is_no_outcome(printed: str) -> None:
    with pytest.raises(ValueError):
        read_outcome(printed)


def test_plans_as_lua() -> None:
    assert lua([{"a": 1}]) == "{{[ [=[\na]=] ] = 1}}"
    assert lua("x]=]y") == "[==[\nx]=]y]==]"
    assert lua("ends in ]=") == "[==[\nends in ]=]==]"


def test_statements_are_counted_below_sqlalchemy(session: Session) -> None:
    session.execute(text("SELECT 1"))
    with counting() as counted:
        session.execute(text("SELECT 2"))
        enqueue(session, "publication.build", consultation_id=1)
        session.connection().exec_driver_sql("SELECT %s", (1,))
    assert len(counted) == 3
    session.execute(text("SELECT 3"))
    assert len(counted) == 3


def test_options() -> None:
    assert run.options([]).sizes == (20_000, 200_000)
    quick = run.options(["--quick", "--only", "filing,autosave"])
    assert (quick.sizes, quick.seconds, quick.only) == ((2_000,), 2.0, ("filing", "autosave"))
    assert run.options([], only="edition").only == ("edition",)
    for wrong in (["--only", "nothing"], ["--sizes", "10"], ["--sizes", "many"]):
        with pytest.raises(SystemExit):
            run.options(wrong)


def test_every_measurement_can_be_run() -> None:
    for name in run.MEASUREMENTS:
        module = importlib.import_module(f"bench.{name}")
        assert callable(module.measure) and module.__doc__


def test_the_table_shows_every_target() -> None:
    row = rows.Row("filing", 2_000, 100.0, 1.0, 2.0, 0, 15, 3.25, 0.5, "a bare route", 400.0, 1.0, {"bytes": 12_345})
    row.ask("fast", True)
    row.ask("small", False)
    assert row.ratio == 0.25 and not row.met
    printed = rows.table([row, rows.Row("a web process", 2_000)])
    assert "0.25" in printed and "pass  fast" in printed and "FAIL  small" in printed and "bytes 12,345" in printed
    assert json.loads(json.dumps(row.to_json()))["targets"][1] == {"words": "small", "met": False}


def test_processor_time_of_a_tree_grows() -> None:
    own = os.getpid()
    before = cpu.seconds(own)
    while cpu.seconds(own) == before:
        sum(range(100_000))
    assert own in cpu.tree(own)
    assert cpu.resident_megabytes([own]) > 1
