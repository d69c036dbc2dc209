"""Checks of an installation: each says what it looked at, whether it is well, and what mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from importlib.metadata import version

from adapters.llm.failures import CODES
from adapters.llm.probing import MENDS, SEE_HOW_TO, probe
from adapters.policy_folder import load_policy
from adapters.storage import inbox, keys, notices, outbox, records
from adapters.storage.store import Store
from app.bootstrap import default_embedder, open_stores, policy_folder
from app.data_dir import DataDir
from app.language import endpoint_of
from app.models import load
from app.reach import check_targets, missing
from app.settings import Settings
from domain.base import Record
from domain.errors import BadPolicy, Misconfigured, TierwiseError
from learning.store import ModelStore

LEAST_FREE = 500_000_000
"""Bytes; below this an import of ordinary size fails."""
NEWEST = 200
"""Decisions looked through for rules that failed."""


class Check(Record):
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def examine(settings: Settings, only: Collection[str] | None = None) -> tuple[Check, ...]:
    """Every check in turn, or those named; one that fails does not keep the others from being made."""
    parts: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("settings", _settings),
        ("disk", _disk),
        ("records", _records),
        ("policy", _policy),
        ("rules", _rules),
        ("channels", _channels),
        ("notices", _notices),
        ("model", _model),
        ("learned", _learned),
        ("index", _index),
        ("engine", _engine),
        ("llm", _llm),
    )
    return tuple(_checked(name, look, settings) for name, look in parts if only is None or name in only)


def _checked(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name=name, ok=True, detail=look(settings))
    except TierwiseError as error:
        return Check(name=name, ok=False, detail=error.message, mend=error.mend)


def _settings(settings: Settings) -> str:
    return f"data in {settings.data_dir}, tenant {settings.tenant}"


def _disk(settings: Settings) -> str:
    folder = settings.data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise Misconfigured(f"{free // 1_000_000} MB free", mend="free some space, or use another --data-dir")
    return f"{free // 1_000_000} MB free"


def _records(settings: Settings) -> str:
    path = DataDir(settings.data_dir).records
    if not path.exists():
        return "no data yet; `tierwise import` or `tierwise demo` makes some"
    store = Store.open(path)
    try:
        holders = "keys exist" if store.read(keys.any_key) else "no keys: loopback only"
        waiting = len(store.read(inbox.waiting)), len(store.read(outbox.waiting))
        failed = store.read(inbox.failed), store.read(outbox.failed)
    finally:
        store.close()
    given_up = "".join(
        f"; {what} that failed for good: {len(rows)}, the last for ticket {rows[0][0]}: {rows[0][1]}"
        for what, rows in zip(("deliveries", "changes"), failed, strict=True)
        if rows
    )
    return f"{holders}; {waiting[0]} deliveries and {waiting[1]} effects waiting{given_up}"


def _policy(settings: Settings) -> str:
    folder = policy_folder(settings, DataDir(settings.data_dir))
    policy = load_policy(folder)
    return f"{folder}: {policy.head.name} {policy.stamp}"


def _rules(settings: Settings) -> str:
    path = DataDir(settings.data_dir).records
    if not path.exists():
        return "no decision yet"
    store = Store.open(path)
    try:
        newest = store.read(lambda c: records.decisions.find(c, settings.tenant, limit=NEWEST))
    finally:
        store.close()
    failures = [failure for decision in newest for failure in decision.rule_failures]
    if failures:
        raise Misconfigured(
            f"{len(failures)} expressions failed in the newest {len(newest)} decisions, the last: "
            f"{failures[0].file} {failures[0].key}: {failures[0].error}",
            mend="mend the expression and load the policy again; until then the rule counts as docs/reference/rules.md "
            "says",
        )
    return f"no expression failed in the newest {len(newest)} decisions"


def _channels(settings: Settings) -> str:
    check_targets(settings)
    try:
        policy = load_policy(policy_folder(settings, DataDir(settings.data_dir)))
    except BadPolicy:
        return "not looked at: the policy has mistakes"
    mail = f"mail to {settings.smtp_host}" if settings.smtp_host else "mail as files in the data directory"
    closed, silent = missing(settings, policy)
    if silent:
        raise Misconfigured(
            f"not set up, and nobody is told instead: {'; '.join(silent)}",
            mend="see docs/how-to/notifications.md, or give their rules a `fallback`",
        )
    if closed:
        return f"{mail}; not set up, so that their fallback is told: {'; '.join(closed)}"
    return f"{mail}; {len(policy.notifications.channels)} other channels"


def _llm(settings: Settings) -> str:
    endpoint = endpoint_of(settings)
    if endpoint is None:
        return "none set: every text is the local path's"
    failure, told = probe(endpoint)
    if failure is not None:
        raise Misconfigured(f"{endpoint.model}: {failure}: {CODES[failure]}", mend=MENDS.get(failure, SEE_HOW_TO))
    priced = settings.llm_price_in or settings.llm_price_out
    price = "" if priced else "; no price set, so that cost counts as 0 (TIERWISE_LLM_PRICE_IN, _OUT)"
    return f"{endpoint.model} answers as its schema says ({told}){price}"


def _notices(settings: Settings) -> str:
    path = DataDir(settings.data_dir).records
    if not path.exists():
        return "none yet"
    store = Store.open(path)
    try:
        lost = store.read(notices.critical_failures)
        counts = store.read(notices.counts)
    finally:
        store.close()
    if lost:
        raise Misconfigured(
            f"{lost} critical notices reached nobody", mend="see GET /v1/notices?state=failed for each and its reason"
        )
    return ", ".join(f"{count} {state}" for state, count in counts) or "none yet"


def _model(settings: Settings) -> str:
    embedder = default_embedder(settings)
    embedder.encode(["a ticket"])
    return f"{embedder.name}, {embedder.dimension} dimensions"


def _index(settings: Settings) -> str:
    if not DataDir(settings.data_dir).records.exists():
        return "nothing to index yet"
    with open_stores(settings) as stores:
        checks = stores.indexer.check()
    rebuilt = sum(check.rebuilt for check in checks)
    return f"{len(checks)} collections in step" + (f", {rebuilt} rebuilt" if rebuilt else "")


def _engine(_settings: Settings) -> str:
    return f"DBOS {version('dbos')} on SQLite, LangGraph {version('langgraph')}"


def _learned(settings: Settings) -> str:
    data_dir = DataDir(settings.data_dir)
    models, tenant = ModelStore(data_dir.models), settings.tenant
    active = models.active(tenant)
    if active is None:
        known = len(models.models(tenant))
        return f"{known} stored, none promoted; the points table answers" if known else "nothing was learned yet"
    loaded = load(models, tenant, active)
    try:
        mode = load_policy(policy_folder(settings, data_dir)).learning.mode
    except BadPolicy:
        return f"{active} is promoted; the policy has mistakes"
    knows = ", ".join((*loaded.risks, *(["routing"] if loaded.teams else [])))
    word = {"off": "is not asked", "shadow": "stands beside the points table", "on": "speaks"}[mode]
    return f"{active} ({knows}) {word}; learning.yaml says mode: {mode}"
