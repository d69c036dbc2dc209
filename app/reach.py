"""The channels of this installation, as the settings open them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.notify.links import Links
from adapters.notify.mail_folder import MailFolder
from adapters.notify.outbound import Outbound
from adapters.notify.slack import SlackChannel
from adapters.notify.smtp import Server, SmtpChannel
from adapters.notify.teams import TeamsChannel
from adapters.notify.webhook import WebhookChannel, check_secret
from app.data_dir import DataDir
from app.settings import Settings
from domain.errors import Misconfigured
from domain.helpdesk import Channel
from domain.policy.policy import Policy
from domain.ports import Clock


@dataclass(frozen=True)
class Reach:
    """How people are reached, and how what they click is known to be ours."""

    channels: Mapping[str, Channel]
    """By kind; one that is not set up is missing."""
    links: Links
    outbound: Outbound


def open_reach(settings: Settings, data_dir: DataDir, clock: Clock) -> Reach:
    """Every channel that the settings know. Raises `Misconfigured`."""
    secret = settings.link_secret.get_secret_value().encode() if settings.link_secret else data_dir.link_secret()
    links = Links(str(settings.public_url) if settings.public_url else None, secret)
    outbound = Outbound(allow_loopback=settings.allow_loopback_targets)
    channels: dict[str, Channel] = {"mail": _mail(settings, data_dir, links)}
    if settings.slack_token is not None:
        token = settings.slack_token.get_secret_value()
        channels["slack"] = SlackChannel(token, settings.slack_api_url, outbound, links)
    if settings.teams_urls:
        channels["teams"] = TeamsChannel(_open(settings.teams_urls), outbound, links)
    if settings.webhook_urls:
        urls, secrets = _open(settings.webhook_urls), _open(settings.webhook_secrets)
        channels["webhook"] = WebhookChannel(urls, secrets, outbound, links, clock)
    return Reach(channels=channels, links=links, outbound=outbound)


def missing(settings: Settings, policy: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The channels of the policy that the settings do not open, each with what is missing: all, and those of them
    that a rule without a fallback uses."""
    rules = policy.notifications.rules
    found, silent = [], []
    for channel in policy.notifications.channels:
        what = _missing(settings, channel.kind, channel.target)
        if what:
            found.append(f"{channel.id} ({channel.kind}): {what}")
            if channel.kind == "webhook" and any(one.channel == channel.id and not one.fallback for one in rules):
                silent.append(found[-1])
    return tuple(found), tuple(silent)


def check_targets(settings: Settings) -> None:
    """Raises `Misconfigured` for an address or secret that can never work."""
    outbound = Outbound(allow_loopback=settings.allow_loopback_targets)
    for kind, urls in (("Teams workflow", settings.teams_urls), ("webhook", settings.webhook_urls)):
        for name, url in urls.items():
            outbound.check(url.get_secret_value(), f"the {kind} {name!r}")
    if settings.slack_token is not None:
        outbound.check(settings.slack_api_url, "Slack")
    for name, secret in settings.webhook_secrets.items():
        try:
            check_secret(secret.get_secret_value())
        except Misconfigured as error:
            raise Misconfigured(f"the webhook {name!r}: {error.message}", mend=error.mend) from None


def _missing(settings: Settings, kind: str, target: str | None) -> str:
    if kind == "slack":
        return "" if settings.slack_token else "TIERWISE_SLACK_TOKEN"
    if kind == "teams":
        return "" if target in settings.teams_urls else f"{target!r} in TIERWISE_TEAMS_URLS"
    if target not in settings.webhook_urls:
        return f"{target!r} in TIERWISE_WEBHOOK_URLS"
    return "" if target in settings.webhook_secrets else f"{target!r} in TIERWISE_WEBHOOK_SECRETS"


def _mail(settings: Settings, data_dir: DataDir, links: Links) -> Channel:
    if settings.smtp_host is None:
        return MailFolder(data_dir.mail, settings.mail_sender, links)
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    server = Server(
        host=settings.smtp_host, port=settings.smtp_port, security=settings.smtp_security, user=settings.smtp_user,
        password=password,
    )  # fmt: skip
    return SmtpChannel(server, settings.mail_sender, links)


def _open(secret: Mapping[str, object]) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in secret.items() if hasattr(value, "get_secret_value")}
