"""Learned parts are text and numbers: the same bytes for the same values, and nothing else is ever loaded."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadModel
from learning.stored import Value, array, pack, unpack

GRID = np.arange(6, dtype=np.float32).reshape(2, 3)
VALUES: dict[str, Value] = {"a": GRID, "b": "words\n\x00", "c": np.zeros(0)}


def _signed(body: bytes) -> bytes:
    return hashlib.sha256(body).digest() + body


def test_what_was_packed_comes_back_and_order_does_not_matter() -> None:
    data = pack("routing", 1, VALUES)
    assert data == pack("routing", 1, dict(reversed(list(VALUES.items()))))
    found = unpack(data, "routing", 1)
    assert found["b"] == VALUES["b"]
    assert np.array_equal(array(found, "a"), GRID)


@given(st.data())
def test_a_flipped_byte_is_refused(data: st.DataObject) -> None:
    packed = bytearray(pack("routing", 1, VALUES))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadModel, match="damaged"):
        unpack(bytes(packed), "routing", 1)


@pytest.mark.parametrize("bad", [b"", b"short", _signed(b""), _signed(b"no archive")])
def test_bytes_that_are_no_model_are_refused(bad: bytes) -> None:
    with pytest.raises(BadModel):
        unpack(bad, "routing", 1)


def test_another_kind_version_or_type_is_refused() -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    with pytest.raises(BadModel, match="no risk model"):
        unpack(pack("routing", 1, VALUES), "risk", 1)
    with pytest.raises(BadModel, match="format 1; this is 2"):
        unpack(pack("routing", 1, VALUES), "routing", 2)
    fitted = {"kind": "routing", "version": "1", "x": LogisticRegression()}
    with pytest.raises(BadModel, match="other than text and numbers"):
        unpack(_signed(skops.io.dumps(fitted)), "routing", 1)
    with pytest.raises(BadModel, match="not loaded"):
        unpack(_signed(skops.io.dumps({"kind": "routing", "version": "1", "x": VALUES.keys})), "routing", 1)
