"""A bounded run of `bench.fuzz_readers` (which does 100,000 for each reader by command)."""

from __future__ import annotations

import pytest

from bench import fuzz_readers
from portal.ordinances import readers


@pytest.mark.parametrize("source_format", readers.FORMATS)
def test_damaged_drafts_are_read_or_refused(source_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes, findings = fuzz_readers.run(source_format, 100, fuzz_readers.seeds())
    assert findings == 0, capsys.readouterr().out
    assert outcomes["read"] > 0
    assert outcomes["refused"] > 0
