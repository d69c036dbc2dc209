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
    ):  # fmt: skip
        os.environ.setdefault(name, value)
