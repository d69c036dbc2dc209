"""Every setting, read once; the only place that looks at the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

Tenant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Settings(BaseSettings):
    """Settings come from `TIERWISE_…` variables; a command's options override them."""

    model_config = SettingsConfigDict(env_prefix="TIERWISE_", frozen=True, extra="ignore")

    data_dir: Path = Path(".tierwise")
    """Where the embedded stores live."""
    policy_dir: Path | None = None
    """The policy folder; without one, the data directory's own copy or `policies/default`."""
    tenant: Tenant = "default"
    """The tenant of commands, and of calls without a key on loopback."""
    embedding_model: Path | None = None
    """A sentence-transformers model folder; without one, the MiniLM that comes with the installation."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    public_url: HttpUrl | None = None
    """Where people reach this installation from their mail and chat; without it notices hold no links to it."""
    link_secret: SecretStr | None = None
    """Signs the links of notices; without one, a secret kept in the data directory."""
    mail_sender: str = "tierwise@localhost.localdomain"
    smtp_host: str | None = None
    """The mail server; without one, mail is written as files into the data directory."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    slack_token: SecretStr | None = None
    """The bot token of the Slack app (`xoxb-…`)."""
    slack_signing_secret: SecretStr | None = None
    """Proves that a click comes from Slack; without it, clicks are refused."""
    slack_api_url: str = "https://slack.com/api"
    teams_urls: dict[str, SecretStr] = {}
    """Teams workflows as JSON: the target of the policy's channel → the workflow's address."""
    webhook_urls: dict[str, SecretStr] = {}
    """Webhooks as JSON: the target of the policy's channel → its address."""
    webhook_secrets: dict[str, SecretStr] = {}
    """Webhooks as JSON: the target of the policy's channel → its secret (`whsec_…`)."""
    allow_loopback_targets: bool = False
    """Lets Slack, Teams and webhooks be plain HTTP on this machine: for tests and development only."""
    llm_model: str | None = None
    """The language model's name at its server; without one everything is written by the local path."""
    llm_base_url: HttpUrl | None = None
    """Where an OpenAI-compatible server answers, up to and with `/v1`; without one, OpenAI's own."""
    llm_api_key: SecretStr | None = None
    llm_answers: Literal["json_schema", "json_object", "prompted"] | None = None
    """How the server is told the shape of an answer; without it, found out at the first question."""
    llm_temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.0
    """`null` leaves it to the server: some models take no other than their own."""
    llm_headers: dict[str, SecretStr] = {}
    """More HTTP headers, as JSON."""
    llm_agents: tuple[Literal["triage", "context_gatherer", "summarizer", "knowledge_writer"], ...] = (
        "triage", "context_gatherer", "summarizer", "knowledge_writer"
    )  # fmt: skip
    """The agents that ask the model, as JSON."""
    llm_call_seconds: Annotated[float, Field(gt=0, le=120)] = 8.0
    """For one call, whatever trickles in meanwhile."""
    llm_step_seconds: Annotated[float, Field(gt=0, le=300)] = 20.0
    """For one question with all its tries and pauses; then the local text goes."""
    llm_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    llm_longest_pause: Annotated[float, Field(ge=0, le=60)] = 5.0
    """Seconds between two tries; a server that asks for more is not waited for."""
    llm_breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failed calls in a row after which nobody is asked for `llm_breaker_seconds`."""
    llm_breaker_seconds: Annotated[float, Field(gt=0)] = 30.0
    llm_tokens_per_call: Annotated[int, Field(ge=1)] | None = 12_000
    """Given and made; `null` is no limit."""
    llm_tokens_per_ticket: Annotated[int, Field(ge=1)] | None = 60_000
    llm_tokens_per_day: Annotated[int, Field(ge=1)] | None = 5_000_000
    """Of one tenant, by the day in UTC."""
    llm_money_per_call: Annotated[float, Field(gt=0)] | None = None
    """In the currency of the prices; without a limit only tokens count."""
    llm_money_per_ticket: Annotated[float, Field(gt=0)] | None = None
    llm_money_per_day: Annotated[float, Field(gt=0)] | None = None
    llm_price_in: Annotated[float, Field(ge=0)] = 0.0
    """For a million tokens given, in any one currency."""
    llm_price_out: Annotated[float, Field(ge=0)] = 0.0
    """For a million tokens made."""
    llm_answer_limit: Annotated[int, Field(ge=1000)] = 40_000
    """Characters; a longer answer is refused before it is read."""
    llm_cache_days: Annotated[int, Field(ge=0)] = 30
    """How long answers are kept for equal questions; 0 keeps none."""
    llm_cache_answers: Annotated[int, Field(ge=1)] = 20_000
    """How many are kept of a tenant; the oldest go first."""
    workers: Annotated[int, Field(ge=1, le=64)] = 4
    """Tickets worked on at once."""
    poll_seconds: Annotated[float, Field(gt=0, le=10)] = 0.1
    """How often the queue is looked at."""
    sweep_seconds: Annotated[float, Field(gt=0, le=3600)] = 15.0
    """How often timers are looked at."""
    send_attempts: Annotated[int, Field(ge=1, le=20)] = 6
    """Tries before an effect is given up and shown as failed."""
    body_limit: Annotated[int, Field(ge=1024)] = 1_000_000
    """The largest request body, in bytes."""


def quiet_libraries() -> None:
    """Tells libraries that would phone home, or draw progress bars of their own, not to. Call before importing them."""
    for name, value in (
        ("ANONYMIZED_TELEMETRY", "False"), ("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "1"),
        ("LANGSMITH_TRACING", "false"), ("LANGGRAPH_STRICT_MSGPACK", "true"), ("TOKENIZERS_PARALLELISM", "false"),
        ("RAGAS_DO_NOT_TRACK", "true"),
    ):  # fmt: skip
        os.environ.setdefault(name, value)
