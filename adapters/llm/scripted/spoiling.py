"""Answers that have the right shape and are wrong: in another language, about deeds nobody did, citing nothing real."""

from __future__ import annotations

from typing import Any

from adapters.llm.scripted.script import Fault

FOREIGN = "Le service informatique a bien reçu votre demande et la traitera dans les meilleurs délais."
DEEDS = (
    "The password was reset and the server was restarted; the problem is resolved.",
    "A backup was restored and the change was approved by the security officer.",
)
NOWHERE = "e-99999"
_TEXT_KEYS = ("text", "quote", "value")


def spoiled(answer: Any, fault: Fault) -> Any:  # Any: JSON
    """The answer with the fault in it."""
    match fault:
        case Fault.WRONG_LANGUAGE:
            return _each_text(answer, lambda _: FOREIGN)
        case Fault.CLAIMS_DONE:
            return _with_deeds(answer)
        case Fault.INVENTED_IDS:
            return _each_id(answer)
        case Fault.EXTRA_FIELDS:
            return {**answer, "confidence": 0.99, "tool": {"name": "close_ticket"}}
        case Fault.WRONG_SCHEMA:
            return {"result": "ok", "items": [1, 2, 3]}
        case _:
            return answer


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    if isinstance(value, dict):
        return {
            key: change(one) if key in _TEXT_KEYS and isinstance(one, str) else _each_text(one, change)
            for key, one in value.items()
        }
    return value


def _each_id(value: Any) -> Any:
    if isinstance(value, list):
        return [_each_id(one) for one in value]
    if isinstance(value, dict):
        return {
            key: [NOWHERE for _ in one] if key == "sources" else NOWHERE if key == "event_id" else _each_id(one)
            for key, one in value.items()
        }
    return value


def _with_deeds(answer: Any) -> Any:
    """Deeds beside what is true, citing events that exist."""
    if not isinstance(answer, dict):
        return answer
    known = [source for part in answer.values() if isinstance(part, list) for one in part
             if isinstance(one, dict) for source in one.get("sources", ())]  # fmt: skip
    deeds = [{"text": text, "sources": known[:1]} for text in DEEDS]
    changed: dict[str, Any] = {}
    for key, part in answer.items():
        if isinstance(part, list) and (not part or "sources" in (part[0] if isinstance(part[0], dict) else {})):
            changed[key] = [*part, *deeds]
        elif key == "text":
            changed[key] = f"{part} {DEEDS[0]}"
        else:
            changed[key] = part
    return changed
