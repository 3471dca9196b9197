"""Filing through the web form, fifty comments each."""

from __future__ import annotations

from bench.filing import prepare, requests
from bench.rows import Row
from bench.run import main
from bench.stand import Stand

COMMENTS = 50
_BYTES = 80_000


def measure(stand: Stand) -> list[Row]:
    """Comments a second, and whether the number of statements depends on how many are filed."""
    people, versions = prepare(stand, COMMENTS)
    with stand.web() as web:
        row = stand.measure("filing, fifty comments each", web, lambda: requests(stand, people, versions))
    stand.beside_commit(row, _BYTES)
    row.statements = len(stand.statements(requests(stand, people, versions)[0][0], expected=303))
    one, one_version = prepare(stand, 1, 1)
    of_one = len(stand.statements(requests(stand, one, one_version)[0][0], expected=303))
    assert row.rate is not None
    row.more = {"comments a second": row.rate * COMMENTS, "statements of filing one": of_one}
    row.ask("at least 1,500 comments a second", row.rate * COMMENTS >= 1_500)
    row.ask("as many statements as for one comment", row.statements == of_one)
    row.ask("no error", row.errors == 0)
    return [row]


if __name__ == "__main__":
    main("filing_fifty")
