"""`/v1/channels/slack/actions`: what people click in Slack."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, BackgroundTasks, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.signature import SignatureVerifier

from adapters.notify.slack_blocks import ACKNOWLEDGE, TAKE
from api.auth import House
from api.problems import only
from api.reading import StrictRoute, decode
from app.acknowledging import acknowledge, say_moved
from app.bootstrap import Services
from domain.errors import BadInput, Forbidden, NotFound, TierwiseError, Unauthenticated, Unavailable
from domain.escalation import EscalationState
from domain.policy.policy import Policy
from domain.telling.recipients import known_people

router = APIRouter(prefix="/v1", tags=["notices"], route_class=StrictRoute)
log = structlog.get_logger(__name__)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object", "required": ["payload"],
                    "properties": {"payload": {"type": "string", "description": "Slack's `block_actions` as JSON"}},
                }
            }
        },
    }
}  # fmt: skip
_REPLIES = "https://hooks.slack.com/"
"""Where an answer to a click may go; nothing else that a body names is called."""


class _Value(BaseModel):
    """What a button of ours carries."""

    model_config = ConfigDict(extra="forbid", strict=True)

    tenant: str
    escalation: str
    version: int


class _Click(BaseModel):
    """One click on one button."""

    user: str
    action: str
    value: str
    reply_to: str | None


@router.post(
    "/channels/slack/actions", summary="Take a click in Slack", responses=only(401, 404, 413, 422, 503),
    openapi_extra=_BODY, response_class=Response,
)  # fmt: skip
async def slack_actions(request: Request, house: House, later: BackgroundTasks) -> Response:
    """Slack's interactivity address. The signature is checked over the raw body; the clicker must be somebody of the
    policy (`slack:`), and a click on an older state of the escalation is refused with a word to the clicker.
    """
    body = await request.body()
    _check_signature(house, request, body)
    click = _click(body)
    if click is not None and click.action in (ACKNOWLEDGE, TAKE):
        try:
            await asyncio.to_thread(_carry_out, house, click)
        except Unavailable:
            raise
        except TierwiseError as error:
            log.info("click refused", code=error.code)
            later.add_task(_reply, house, click, f"{error.message}. {error.mend}".strip())
    return Response(status_code=200)


def _check_signature(house: Services, request: Request, body: bytes) -> None:
    secret = house.settings.slack_signing_secret
    if secret is None:
        raise NotFound("Slack is not set up here", mend="set TIERWISE_SLACK_SIGNING_SECRET")
    verifier = SignatureVerifier(secret.get_secret_value())
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    # A stamp that is no number would make the verifier fail instead of refusing.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16 and signature.isascii()):
        raise _unsigned()
    try:
        good = verifier.is_valid(body, stamp, signature)
    except UnicodeDecodeError:
        good = False
    if not good:
        raise _unsigned()


def _unsigned() -> Unauthenticated:
    return Unauthenticated("the signature is not Slack's", mend="check TIERWISE_SLACK_SIGNING_SECRET and the clock")


def _click(body: bytes) -> _Click | None:
    """The click; none for what Slack sends besides. Raises `BadInput`."""
    found = parse_qs(body.decode("utf-8", "replace")).get("payload", [])
    if len(found) != 1:
        raise BadInput("there is no `payload`", mend="point Slack's interactivity address here")
    payload: Any = decode(found[0].encode("utf-8", "surrogatepass"))
    if not isinstance(payload, dict) or payload.get("type") != "block_actions" or not payload.get("actions"):
        return None
    try:
        action = payload["actions"][0]
        return _Click(
            user=payload["user"]["id"], action=action["action_id"], value=action.get("value", ""),
            reply_to=payload.get("response_url"),
        )  # fmt: skip
    except (ValidationError, KeyError, IndexError, TypeError) as error:
        raise BadInput("the click cannot be read", mend="send Slack's own payload") from error


def _carry_out(house: Services, click: _Click) -> None:
    try:
        value = _Value.model_validate_json(click.value)
    except ValidationError as error:
        raise BadInput("the button is not one of ours", mend="use the newest message") from error
    by, at = _person(house.policy, click.user), house.clock.now()
    if click.action == ACKNOWLEDGE:
        acknowledge(
            house.store, house.policy, value.tenant, value.escalation, by=by, via="Slack", at=at, seen=value.version
        )
    else:
        escalation, run = house.store.move_escalation(
            value.tenant, value.escalation, EscalationState.ACCEPTED, by=by, why="taken in Slack", at=at,
            expected=value.version,
        )  # fmt: skip
        say_moved(house.store, house.policy, value.tenant, value.escalation)
        house.engine.go_on(value.tenant, escalation.ticket_id, run)
    house.engine.wake()


def _person(policy: Policy, slack: str) -> str:
    found = next((one.id for one in known_people(policy).values() if one.slack == slack), None)
    if found is None:
        raise Forbidden(
            "your Slack account belongs to nobody of the policy", mend="ask for your member id to be added (`slack:`)"
        )
    return found


def _reply(house: Services, click: _Click, text: str) -> None:
    """A word that only the clicker sees. A courtesy: when it cannot be given, nothing else is lost."""
    if click.reply_to is None or not click.reply_to.startswith(_REPLIES):
        return
    body = json.dumps({"response_type": "ephemeral", "replace_original": False, "text": text}).encode()
    try:
        house.reach.outbound.post(click.reply_to, body, {"Content-Type": "application/json"}, "Slack")
    except TierwiseError as error:
        log.info("no answer to a click", code=error.code)
