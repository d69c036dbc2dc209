"""Nothing private leaves: the question is masked before it goes, the answer's placeholders are put back."""

from __future__ import annotations

import json
import re
from typing import TypeVar

from adapters.llm.client import parsed
from adapters.llm.failures import ModelFailure, failure_of
from domain.base import Record
from domain.language_model import ModelRequest
from domain.privacy.redaction import Redaction

A = TypeVar("A", bound=Record)

_PLACEHOLDER = re.compile(r"\[[a-z][a-z_]*-\d+\]")


class Masked:
    """One question as it may leave, and the way back for its answer."""

    def __init__(self, request: ModelRequest) -> None:
        self._redaction = Redaction(request.names, ids=request.ids)
        self.user = self._redaction.redact(request.user)
        self.system = request.system
        self._given = frozenset(_PLACEHOLDER.findall(self.user))

    def read(self, text: str, schema: type[A]) -> A:
        """The answer, with what was masked put back. Raises `ModelFailure`."""
        answer = parsed(text, schema)
        if unknown := set(_PLACEHOLDER.findall(text)) - self._given:
            raise ModelFailure("unknown_placeholder", detail=f"{len(unknown)} of them")
        return self._restored(answer, schema)

    def _restored(self, answer: A, schema: type[A]) -> A:
        try:
            return schema.model_validate(_each_text(json.loads(answer.model_dump_json()), self._redaction.restore))
        except ValueError as error:
            raise failure_of(error) from error


def _each_text(value: object, change: object) -> object:
    if isinstance(value, str):
        return change(value) if callable(change) else value
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _each_text(one, change) for key, one in value.items()}
    return value
