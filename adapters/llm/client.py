"""One question to an OpenAI-compatible server, once: structured output, whatever else comes is refused by name."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from adapters.llm.failures import ModelFailure, failure_of
from domain.base import Record

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_openai import ChatOpenAI
    from openai import AsyncOpenAI

A = TypeVar("A", bound=Record)

Dialect = Literal["json_schema", "json_object", "prompted"]
"""How a server is told the shape of the answer."""
DIALECTS: tuple[Dialect, ...] = ("json_schema", "json_object", "prompted")
_FORMAT = re.compile(r"response_format|json_schema|json_object|structured|guided", re.IGNORECASE)
_FENCED = re.compile(r"^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$", re.DOTALL)


@dataclass(frozen=True)
class Reply:
    """What came back, and what the server says it counted; none where it does not count."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


@dataclass(frozen=True)
class Endpoint:
    """Whom to ask. `dialect` none finds out by asking, the strictest first."""

    model: str
    base_url: str | None = None
    key: str = ""
    dialect: Dialect | None = None
    seconds: float = 8.0
    """For one call, whatever trickles in meanwhile."""
    temperature: float | None = 0.0
    """None leaves it to the server; some models take no other than their own."""
    most_characters: int = 40_000
    """A longer answer is refused before it is read."""
    headers: tuple[tuple[str, str], ...] = ()


class OpenAiChat:
    """Asks `ChatOpenAI`, without its own retries. Raises `ModelFailure` and nothing else."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._to = endpoint
        self._dialect: Dialect = endpoint.dialect or DIALECTS[0]
        # An HTTP client belongs to the loop it was made on: journeys, HTTP calls and suites run on loops of their own.
        self._chats: WeakKeyDictionary[asyncio.AbstractEventLoop, ChatOpenAI] = WeakKeyDictionary()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._to.model

    @property
    def dialect(self) -> Dialect:
        """How the server is told the shape at present."""
        return self._dialect

    def warm(self) -> None:
        """Imports what the first question would wait for."""
        import langchain_openai  # noqa: F401 - the import is the point

    async def ask(self, system: str, user: str, schema: type[Record], max_tokens: int) -> Reply:
        """One call; with a server that does not know a dialect, one more call for each dialect below it."""
        while True:
            try:
                return await self._once(system, user, schema, max_tokens)
            except ModelFailure as failure:
                lower = DIALECTS[DIALECTS.index(self._dialect) + 1 :]
                if self._to.dialect is not None or failure.detail != "format" or not lower:
                    raise
                self._dialect = lower[0]

    async def _once(self, system: str, user: str, schema: type[Record], max_tokens: int) -> Reply:
        from langchain_core.messages import HumanMessage, SystemMessage

        shape = shape_of(schema)
        stated = system if self._dialect == "json_schema" else f"{system}\n\n{in_words(shape)}"
        messages = [SystemMessage(stated), HumanMessage(user)]
        asked = self._chat().bind(max_tokens=max_tokens, **self._format(shape), **self._also(max_tokens))
        try:
            async with asyncio.timeout(self._to.seconds):
                message: AIMessage = await asked.ainvoke(messages)
        except Exception as error:
            # The boundary: whatever the other side does becomes a code.
            raise self._understood(error) from error
        return self._read(message)

    def _understood(self, error: Exception) -> ModelFailure:
        failure = failure_of(error)
        if failure.why == "bad_request" and self._dialect != "prompted" and _FORMAT.search(str(error)):
            return ModelFailure("bad_request", detail="format")
        return failure

    def _format(self, shape: dict[str, Any]) -> dict[str, Any]:
        if self._dialect == "json_schema":
            named = {"name": shape["name"], "schema": shape["parameters"], "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": named}}
        return {"response_format": {"type": "json_object"}} if self._dialect == "json_object" else {}

    def _also(self, max_tokens: int) -> dict[str, Any]:
        """The limit under its older name too, which is the only one that many servers know."""
        host = (urlsplit(self._to.base_url or "").hostname or "api.openai.com").rpartition(".")
        if host[0].rpartition(".")[2] in ("openai", "azure"):
            return {}
        return {"extra_body": {"max_tokens": max_tokens}}

    def _read(self, message: AIMessage) -> Reply:
        """The text, if it is whole and not too long."""
        if message.additional_kwargs.get("refusal"):
            raise ModelFailure("refused")
        match message.response_metadata.get("finish_reason"):
            case "stop":
                pass
            case "length" | None:
                # A stream or body that ends without a reason ended too early.
                raise ModelFailure("truncated")
            case "content_filter":
                raise ModelFailure("content_filter")
            case other:
                raise ModelFailure("malformed", detail=f"finish_reason {str(other)[:20]}")
        text = message.content if isinstance(message.content, str) else ""
        if not text.strip():
            raise ModelFailure("empty")
        if len(text) > self._to.most_characters:
            raise ModelFailure("too_large", detail=f"{len(text)} characters")
        if self._dialect == "prompted" and (fenced := _FENCED.match(text)):
            text = fenced[1]
        usage = message.usage_metadata
        return Reply(text, usage["input_tokens"] if usage else None, usage["output_tokens"] if usage else None)

    def _chat(self) -> ChatOpenAI:
        loop = asyncio.get_running_loop()
        if loop not in self._chats:
            self._chats[loop] = self._made()
        return self._chats[loop]

    def _made(self) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        return ChatOpenAI(
            model=self._to.model, base_url=self._to.base_url or "https://api.openai.com/v1",
            # Servers without keys take any; an empty one would send the client to look in the environment.
            api_key=SecretStr(self._to.key or "none"), timeout=self._to.seconds, max_retries=0,
            temperature=self._to.temperature, streaming=False, use_responses_api=False,
            default_headers=dict(self._to.headers) or None,
            stream_usage=False, disable_streaming=True, cache=False, verbose=False,
        )  # fmt: skip


def plain_client(endpoint: Endpoint) -> AsyncOpenAI:
    """A client without any of this, for libraries that ask in their own way."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        base_url=endpoint.base_url or "https://api.openai.com/v1", api_key=endpoint.key or "none",
        timeout=endpoint.seconds, default_headers=dict(endpoint.headers) or None,
    )  # fmt: skip


def shape_of(schema: type[Record]) -> dict[str, Any]:
    """`{"name", "parameters"}`: the JSON schema as strict servers want it (closed, every key required)."""
    from langchain_core.utils.function_calling import convert_to_openai_function

    return convert_to_openai_function(schema, strict=True)


def in_words(shape: dict[str, Any]) -> str:
    """The shape for servers that have to be told it in the prompt."""
    stated = json.dumps(shape["parameters"], separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It must satisfy the JSON schema {shape['name']}: {stated}"


def parsed(text: str, schema: type[A]) -> A:
    """The answer as a record. Raises `ModelFailure` for what is no JSON or of another shape."""
    try:
        value = json.loads(text)
        return schema.model_validate(value)
    except (ValueError, RecursionError) as error:
        raise failure_of(error if isinstance(error, ValueError) else ValueError("nested too deeply")) from error
