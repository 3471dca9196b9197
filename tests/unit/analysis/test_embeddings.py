"""A model of the operator's own: read from its folder, told apart by its digest, and refused with the reason."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from portal.analysis import embeddings
from portal.analysis.embeddings import ModelProblem, digest_of, load


class Encoded:
    def __init__(self, text: str, length: int) -> None:
        self.ids = [ord(letter) % 7 for letter in text] + [0] * (length - len(text))
        self.attention_mask = [1] * len(text) + [0] * (length - len(text))


class Tokenizer:
    """A token a letter, at most as many as it is told."""

    most = 10_000

    @staticmethod
    def from_file(path: str) -> Tokenizer:
        if Path(path).read_text() != "letters":
            raise ValueError("no tokenizer")
        return Tokenizer()

    def enable_truncation(self, most: int) -> None:
        self.most = most

    def enable_padding(self) -> None:
        self.padded = True

    def encode_batch(self, texts: Sequence[str]) -> list[Encoded]:
        cut = [text[: self.most] for text in texts]
        return [Encoded(text, max(map(len, cut))) for text in cut]


class Session:
    """A network of one layer: a token's vector has a one at its number."""

    def __init__(self, path: str, options: Any, providers: list[str]) -> None:
        assert options.intra_op_num_threads == 1 and providers == ["CPUExecutionProvider"]

    def get_inputs(self) -> list[Any]:
        return [type("Input", (), {"name": name}) for name in ("input_ids", "attention_mask")]

    def run(self, names: None, fed: dict[str, Any]) -> list[Any]:
        assert set(fed) == {"input_ids", "attention_mask"}
        return [np.eye(7, dtype=np.float32)[fed["input_ids"]]]


class SentenceTransformer:
    def __init__(self, folder: str, *, device: str, local_files_only: bool) -> None:
        assert local_files_only and device == "cpu"
        if not (Path(folder) / "weights").is_file():
            raise OSError("no weights")

    def encode(self, texts: list[str], **_: Any) -> Any:
        return [[len(text), 1.0] for text in texts]


@pytest.fixture(autouse=True)
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones in place of those that an operator installs."""
    for name, members in {
        "tokenizers": {"Tokenizer": Tokenizer},
        "onnxruntime": {"InferenceSession": Session, "SessionOptions": type("SessionOptions", (), {})},
        "sentence_transformers": {"SentenceTransformer": SentenceTransformer},
    }.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def onnx(tmp_path: Path) -> Path:
    folder = tmp_path / "small-model"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"network")
    (folder / "tokenizer.json").write_text("letters")
    return folder


def test_an_onnx_model(onnx: Path) -> None:
    model = load(onnx)
    assert (model.name, model.digest) == ("small-model", digest_of(onnx))
    texts = ["가나다", "가나다라마바사아자차", "", "a" * 2000]
    vectors = model.vectors(texts)
    assert vectors.shape == (4, 7) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 1], atol=1e-5)
    assert np.allclose(vectors[0], model.vectors(["가나다"])[0])
    assert len(model.vectors([])) == 0


def test_many_texts_keep_their_places(onnx: Path) -> None:
    model = load(onnx)
    texts = ["가" * (1 + number % 5) + chr(0xAC00 + number) for number in range(100)]
    together = model.vectors(texts)
    assert all(np.allclose(together[place], model.vectors([text])[0]) for place, text in enumerate(texts))


def test_a_sentence_transformers_model(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(ModelProblem, match="no weights"):
        load(tmp_path)
    (tmp_path / "weights").write_bytes(b"1")
    (tmp_path / "config.json").write_text('{"_name_or_path": "multilingual-small"}')
    model = load(tmp_path)
    assert model.name == "multilingual-small"
    assert np.allclose(np.linalg.norm(model.vectors(["가", "나다"]), axis=1), 1)


def test_the_digest_is_of_names_and_contents(onnx: Path) -> None:
    before = digest_of(onnx)
    assert digest_of(onnx) == before
    (onnx / "tokenizer.json").write_text("lettersx")
    assert digest_of(onnx) != before


def test_refusals(tmp_path: Path, onnx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelProblem, match="is no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(ModelProblem, match=r"neither model\.onnx nor"):
        load(tmp_path)
    (onnx / "tokenizer.json").write_text("broken")
    with pytest.raises(ModelProblem, match="cannot be read"):
        load(onnx)
    (onnx / "tokenizer.json").unlink()
    with pytest.raises(ModelProblem, match=r"no tokenizer\.json"):
        load(onnx)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelProblem, match="onnxruntime, which is not installed"):
        load(onnx)


def test_nothing_is_loaded_by_importing_the_port() -> None:
    assert not {"onnxruntime", "tokenizers", "sentence_transformers"} & set(vars(embeddings))
