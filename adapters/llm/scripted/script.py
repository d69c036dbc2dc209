"""What the scripted server answers: rules in order, each for some requests, with the answer or fault it gives."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, JsonValue, ValidationError, model_validator

from domain.base import Record
from domain.errors import BadInput

Mode = Literal["faithful", "obeys"]


class Fault(StrEnum):
    """What can go wrong on the way to a model and back; `seconds` and `status` of a rule set how much."""

    DROPPED = "dropped"
    """The connection is closed without a word."""
    STALL = "stall"
    """Nothing comes for `seconds`."""
    DRIP = "drip"
    """One byte every `seconds`."""
    RATE_LIMITED = "rate_limited"
    """429 with `Retry-After: seconds`."""
    QUOTA = "quota"
    """429 `insufficient_quota`: trying again cannot help."""
    SERVER_ERROR = "server_error"
    """`status` (500) with an error body."""
    HTML = "html"
    """`status` (503) with a page of HTML."""
    UNAUTHORIZED = "unauthorized"
    """401: the key is wrong."""
    NO_SUCH_MODEL = "no_such_model"
    """404."""
    NO_FORMAT = "no_format"
    """400 to whoever asks for a `response_format`; everybody else gets the answer."""
    CUT = "cut"
    """The body, or the stream, ends in its middle."""
    MALFORMED_BODY = "malformed_body"
    """200 with a body that is no JSON."""
    MALFORMED_JSON = "malformed_json"
    """An answer that is no JSON."""
    WRONG_SCHEMA = "wrong_schema"
    """JSON of another shape."""
    EXTRA_FIELDS = "extra_fields"
    """The right answer with keys that nobody asked for."""
    REFUSAL = "refusal"
    CONTENT_FILTER = "content_filter"
    TOO_LONG = "too_long"
    """Broken off by the limit of tokens (`finish_reason: length`)."""
    EMPTY = "empty"
    """An answer without text."""
    NO_CHOICES = "no_choices"
    WRONG_LANGUAGE = "wrong_language"
    """The right shape, in a language that nobody on the ticket uses."""
    CLAIMS_DONE = "claims_done"
    """The right answer with sentences about things done that nobody did."""
    INVENTED_IDS = "invented_ids"
    """The right answer, citing events that do not exist."""
    HUGE = "huge"
    """100 KB of answer."""


class Rule(Record):
    """One line of a script. Without conditions it is for every request; `times` is for how many."""

    answer_schema: str | None = Field(default=None, alias="schema")
    """The name of the schema asked for, such as `HandoffText`."""
    says: str | None = None
    """A regular expression, searched for in the messages."""
    times: int | None = Field(default=None, ge=1)
    answer: JsonValue = None
    """The answer as JSON."""
    text: str | None = None
    """The answer as it stands."""
    mode: Mode | None = None
    fault: Fault | None = None
    seconds: float = Field(default=30.0, ge=0)
    status: int | None = Field(default=None, ge=400, le=599)

    @model_validator(mode="after")
    def _one_answer(self) -> Rule:
        given = [self.answer is not None, self.text is not None, self.mode is not None, self.fault is not None]
        if sum(given) != 1:
            raise ValueError("give exactly one of answer, text, mode and fault")
        if self.says is not None:
            try:
                re.compile(self.says)
            except re.error as error:
                raise ValueError(f"says is no regular expression: {error}") from error
        return self

    def fits(self, schema: str | None, said: str) -> bool:
        """Whether the rule is for such a request."""
        named = self.answer_schema is None or self.answer_schema == schema
        return named and (self.says is None or re.search(self.says, said) is not None)


class Script(Record):
    """Rules in order, and what is done with requests that none of them is for."""

    rules: tuple[Rule, ...] = ()
    otherwise: Literal["faithful", "obeys", "run_out"] = "run_out"
    """`run_out` answers 500 and says that the script has nothing for this request."""
    name: str = "scripted"
    """The model's name."""


def load_script(path: Path) -> Script:
    """A script from a YAML or JSON file. Raises `BadInput` with the place of the first mistake."""
    try:
        return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}", mend="name a script that can be read") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path}: no YAML: {' '.join(str(error).split())}", mend="mend the script") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path}: {where}: {first['msg']}", mend="see the how-to on language models") from error
