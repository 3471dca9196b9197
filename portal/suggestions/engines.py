"""What a worker keeps of the engine: made ready for a draft, with the operator's own model where there is one.

One thing at a time is analysed in a process: the tokeniser serves one draft, and memory is for one collection. Whoever
imports this loads the engine's libraries; processes that answer requests never do.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from portal.analysis import embeddings
from portal.analysis.embeddings import Embedder
from portal.analysis.engine import Engine
from portal.drafts.queries import latest_version
from portal.suggestions import texts

#: Held by whoever analyses in this process.
BUSY: Final = threading.Lock()
#: So many drafts are kept ready.
_MOST: Final = 2

_engines: Final[OrderedDict[int, Engine]] = OrderedDict()
_models: Final[dict[Path, Embedder]] = {}


def engine_for(session: Session, consultation_id: int) -> Engine:
    """The engine for the newest text of a consultation. Only under BUSY."""
    version = latest_version(session, consultation_id)
    key = 0 if version is None else version.id
    if key not in _engines:
        _engines[key] = Engine(texts.newest_draft(session, consultation_id)[1])
        while len(_engines) > _MOST:
            _engines.popitem(last=False)
    _engines.move_to_end(key)
    return _engines[key]


def model_in(folder: Path | None) -> Embedder | None:
    """The operator's own model, read once. Raises ModelProblem. Only under BUSY."""
    if folder is None:
        return None
    if folder not in _models:
        _models[folder] = embeddings.load(folder)
    return _models[folder]


def named(model: Embedder | None) -> str | None:
    """What is stored with a suggestion that rests on a model."""
    return None if model is None else f"{model.name} {model.digest}"
