"""What the tests of the analysis engine share: an engine made ready once, with its tokeniser, and the data that stands
beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.analysis.engine import Drafts, Engine
from portal.analysis.tokens import Tokeniser
from portal.demo import source
from portal.ordinances import readers
from portal.ordinances.clauses import Draft

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "corpus"


@pytest.fixture(scope="session")
def draft() -> Draft:
    """The demonstration draft, in both languages."""
    return readers.read(source.raw("draft_v1.json")).draft


@pytest.fixture(scope="session")
def engine(draft: Draft) -> Engine:
    """The engine made ready for the demonstration draft."""
    return Engine(Drafts(draft, draft))


@pytest.fixture(scope="session")
def tokeniser(engine: Engine) -> Tokeniser:
    """A tokeniser that knows the draft's terms."""
    return engine.tokeniser


@pytest.fixture(scope="session")
def corpus() -> list[dict[str, Any]]:
    """The 420 comments of the corpus."""
    path = CORPUS / "comments.jsonl"
    if not path.is_file():
        pytest.skip(f"the corpus is not at {CORPUS}")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
