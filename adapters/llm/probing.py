"""One small question to see whether a model's server answers as it should; for the doctor."""

from __future__ import annotations

import asyncio

from adapters.llm.client import Endpoint, OpenAiChat, parsed
from adapters.llm.failures import Code, ModelFailure
from prompts.answers import TicketReading

SYSTEM = "You check a connection. Answer with null for every single value and with an empty list for every list."
SEE_HOW_TO = "see docs/how-to/language-model.md; until then the local path answers"
MENDS: dict[Code, str] = {
    "connection": "start the server, or mend TIERWISE_LLM_BASE_URL (up to and with /v1)",
    "timeout": "see whether the server is loaded, or raise TIERWISE_LLM_CALL_SECONDS",
    "unauthorized": "set TIERWISE_LLM_API_KEY to a key that the server knows",
    "no_such_model": "set TIERWISE_LLM_MODEL to a model that the server lists at /v1/models, and end the URL with /v1",
    "quota": "see to the account's quota",
    "wrong_schema": "choose a model that keeps to a JSON schema, or set TIERWISE_LLM_ANSWERS=json_schema",
    "malformed": "choose a model that answers with JSON, or set TIERWISE_LLM_ANSWERS=json_schema",
    "bad_request": "unset TIERWISE_LLM_ANSWERS, or set TIERWISE_LLM_TEMPERATURE=null for models that take no other",
}
"""What mends a failure."""


def probe(endpoint: Endpoint) -> tuple[Code | None, str]:
    """(why it failed, how the server is told the shape); the first is none when the answer fits."""
    chat = OpenAiChat(endpoint)
    chat.warm()
    try:
        reply = asyncio.run(chat.ask(SYSTEM, "Ticket: none.", TicketReading, 200))
        parsed(reply.text, TicketReading)
    except ModelFailure as failure:
        return failure.why, chat.dialect
    return None, chat.dialect
