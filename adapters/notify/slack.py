"""Slack through its Web API: one message for each escalation and place, changed where it stands."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from adapters.notify.slack_blocks import blocks, fallback_text
from domain.effects import Message
from domain.errors import BadInput, Gone, MaybeDone, Misconfigured, TryLater, Unavailable
from domain.telling.records import Living

EVENT = "tierwise_notice"
"""The type of the metadata under which a message carries the key of its effect."""
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_DOUBTFUL = frozenset({"internal_error", "fatal_error", "request_timeout"})
_BUSY = frozenset({"service_unavailable", "ratelimited", "rate_limited", "message_limit_exceeded"})
_SETUP = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
     "no_permission", "org_login_required", "ekm_access_denied", "access_denied"}
)  # fmt: skip
Json = dict[str, Any]  # Any: what Slack answers


class SlackChannel:
    """Implements `domain.helpdesk.Channel`. The reference is `<channel>:<ts>`, as Slack names a message.

    What can be doubled: a message whose first try had no answer, where the app may not read the channel's history
    (`channels:history`). With it, the message is found by the key in its metadata and not posted again.
    """

    edits: ClassVar[bool] = True

    def __init__(self, token: str, base_url: str, outbound: Outbound, links: Links) -> None:
        self._token = token
        self._base = base_url.rstrip("/")
        self._outbound = outbound
        self._links = links

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Posts the message or changes the one that stands there; `<channel>:<ts>`.

        A critical state is also said in the thread below, since a change alone notifies nobody.
        """
        shown = {
            "text": fallback_text(message), "blocks": blocks(tenant, message, self._links.of(tenant, message)),
            "metadata": {"event_type": EVENT, "event_payload": {"key": key}},
            "unfurl_links": False, "unfurl_media": False,
        }  # fmt: skip
        if standing is None:
            known = self._posted(message.to, key, at) if again else None
            return known or self._post({"channel": message.to, **shown})
        channel, _, stamp = standing.reference.partition(":")
        self._call("chat.update", {"channel": channel, "ts": stamp, **shown})
        if message.critical:
            self._post({"channel": channel, "thread_ts": stamp, "reply_broadcast": True, "text": shown["text"]})
        return standing.reference

    def whoami(self) -> str:
        """The workspace and the bot's name. Raises what `send` raises."""
        answer = self._call("auth.test", {})
        return f"{answer.get('user', '?')} in {answer.get('team', '?')}"

    def _post(self, body: Json) -> str:
        answer = self._call("chat.postMessage", body)
        return f"{answer.get('channel', body['channel'])}:{answer.get('ts', '')}"

    def _posted(self, channel: str, key: str, at: datetime) -> str | None:
        """The message that an earlier try left; none when there is none, or history may not be read."""
        asked = {"channel": channel, "oldest": f"{at.timestamp() - 60:.0f}", "limit": 200, "include_all_metadata": True}
        try:
            found = self._call("conversations.history", asked)
        except (Misconfigured, BadInput):
            return None
        for one in found.get("messages", []):
            payload = (one.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return f"{channel}:{one.get('ts', '')}"
        return None

    def _call(self, method: str, body: Json) -> Json:
        headers = {
            "Authorization": f"Bearer {self._token}", "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "tierwise",
        }  # fmt: skip
        raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        answer = self._outbound.post(f"{self._base}/{method}", raw, headers, "Slack")
        try:
            said: Json = json.loads(answer.body)
        except ValueError:
            raise MaybeDone("Slack answered with something that is not JSON") from None
        if not isinstance(said, dict):
            raise MaybeDone("Slack answered with something that is not an object")
        if said.get("ok") is not True:
            raise _refusal(method, str(said.get("error", "unknown_error")))
        return said


def _refusal(method: str, error: str) -> Exception:
    if method == "chat.update" and error in _GONE:
        return Gone(f"Slack: {error}")
    if error in _BUSY:
        return TryLater(f"Slack: {error}", seconds=30)
    if error in _DOUBTFUL:
        return MaybeDone(f"Slack: {error}")
    if error in _SETUP:
        return Misconfigured(f"Slack: {error}", mend="renew TIERWISE_SLACK_TOKEN and the scopes of the app")
    if error == "team_added_to_org":
        return Unavailable(f"Slack: {error}", mend="try again")
    return BadInput(f"Slack: {error}", mend="check the channel's id in the policy and that the app is a member")
