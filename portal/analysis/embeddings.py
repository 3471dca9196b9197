"""A model of the operator's own for the meaning of sentences: one more likeness of texts where there is one.

The model stands in a local folder: an ONNX export with its `tokenizer.json`, or a sentence-transformers model. It is
never downloaded and never needed; the libraries that run it are the operator's to install. Its name and digest are
stored with each suggestion, so that one can tell what a suggestion rests on.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from portal.analysis.rows import Vectors

_MOST_TOKENS: Final = 512
_AT_ONCE: Final = 32
_PIECE: Final = 1 << 20


class ModelProblem(Exception):
    """The folder holds no model that can be run here; says why."""


class Embedder(Protocol):
    """Turns texts into vectors of length 1, each row a text. `name` and `digest` say which model did."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    def vectors(self, texts: Sequence[str]) -> Vectors: ...


def load(folder: Path) -> Embedder:
    """The model in a folder. Raises ModelProblem when there is none, or when the library that runs it is missing."""
    if not folder.is_dir():
        raise ModelProblem(f"{folder} is no folder")
    network = next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.is_file()), None)
    if network is not None:
        return _onnx(folder, network)
    if (folder / "modules.json").is_file():
        return _sentence_transformers(folder)
    raise ModelProblem(f"{folder} holds neither model.onnx nor a sentence-transformers model (modules.json)")


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of a folder's files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + str(path.stat().st_size).encode() + b"\0")
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ModelProblem(f"the model needs the Python library {name}, which is not installed") from None


def _unit(vectors: Any) -> Vectors:
    found = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Onnx:
    """Mean of the last layer's vectors over the tokens of a text, as multilingual sentence models are trained."""

    name: str
    digest: str
    session: Any
    tokenizer: Any

    def vectors(self, texts: Sequence[str]) -> Vectors:
        # Texts of like length together, so that none is padded far beyond its own.
        order = sorted(range(len(texts)), key=lambda place: (len(texts[place]), place))
        rows: list[Any] = [None] * len(texts)
        for start in range(0, len(order), _AT_ONCE):
            places = order[start : start + _AT_ONCE]
            for place, vector in zip(places, self._batch([texts[place] for place in places]), strict=True):
                rows[place] = vector
        return _unit(np.vstack(rows)) if rows else np.zeros((0, 1), dtype=np.float32)

    def _batch(self, texts: Sequence[str]) -> Any:
        encoded = self.tokenizer.encode_batch(list(texts))
        mask = np.asarray([one.attention_mask for one in encoded], dtype=np.int64)
        fed = {"input_ids": np.asarray([one.ids for one in encoded], dtype=np.int64), "attention_mask": mask,
               "token_type_ids": np.zeros_like(mask)}  # fmt: skip
        asked = {one.name for one in self.session.get_inputs()}
        layer = self.session.run(None, {name: value for name, value in fed.items() if name in asked})[0]
        if layer.ndim == 2:  # the model takes the mean itself
            return layer
        weights = mask[:, :, None].astype(np.float32)
        return (layer * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)


def _onnx(folder: Path, network: Path) -> Embedder:
    runtime, tokenizers = _library("onnxruntime"), _library("tokenizers")
    written = folder / "tokenizer.json"
    if not written.is_file():
        raise ModelProblem(f"{folder} holds no tokenizer.json")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(written))
        session = runtime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # the libraries raise their own kinds
        raise ModelProblem(f"the model in {folder} cannot be read: {problem}") from problem
    tokenizer.enable_truncation(_MOST_TOKENS)
    tokenizer.enable_padding()
    return _Onnx(_name(folder), digest_of(folder), session, tokenizer)


@dataclass(frozen=True, slots=True)
class _SentenceTransformers:
    name: str
    digest: str
    model: Any

    def vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 1), dtype=np.float32)
        return _unit(self.model.encode(list(texts), batch_size=_AT_ONCE, show_progress_bar=False))


def _sentence_transformers(folder: Path) -> Embedder:
    library = _library("sentence_transformers")
    try:
        model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as problem:  # the library raises its own kinds
        raise ModelProblem(f"the model in {folder} cannot be read: {problem}") from problem
    return _SentenceTransformers(_name(folder), digest_of(folder), model)


def _name(folder: Path) -> str:
    """The name that the model's configuration gives, else that of the folder."""
    try:
        told = json.loads((folder / "config.json").read_text("utf-8")).get("_name_or_path")
    except (OSError, ValueError, AttributeError):
        told = None
    return told if isinstance(told, str) and told and not told.startswith(("/", ".")) else folder.resolve().name
