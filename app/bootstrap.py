"""Builds everything from settings; the only place where real or fake is chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.clock import ShiftedClock, SystemClock
from adapters.helpdesks.local import LocalHelpdesk
from adapters.llm.guarded import GuardedModel
from adapters.policy_folder import load_policy
from adapters.storage import keys, outbox
from adapters.storage.audited import MadeWith
from adapters.storage.bursts import SqlBursts
from adapters.storage.documents import SqlDocuments
from adapters.storage.history import SqlHistory
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.knowledge import SqlKnowledge
from adapters.storage.store import Store
from adapters.telemetry.meters import Meters
from app.auditing import anchor_all
from app.bursts import BurstDesk
from app.data_dir import DataDir
from app.dispatch import Dispatch
from app.engine import Engine, JourneyLoop
from app.importing import Importer
from app.judging import ModelJudges
from app.language import open_model
from app.levels import LevelSweep
from app.lost_updates import LostUpdates
from app.measuring import MeasuredSearch, count_run
from app.outbreaks import OutbreakDesk
from app.publishing import LocalPublisher
from app.reach import Reach, open_reach
from app.replay.background import Replays
from app.settings import Settings, quiet_libraries
from app.signing import Signing
from app.taking_down import TakingDown
from app.telling import Telling
from app.work import IndexTicket, Work
from domain.errors import Misconfigured, TierwiseError
from domain.policy.policy import Policy
from domain.ports import Clock, Judges
from domain.ticket import Ticket
from graph.build import Agents, build, make_agents
from graph.checkpoints import checkpoints
from graph.runner import JourneyRunner
from learning.store import ModelStore
from retrieval.chroma import ChromaIndex
from retrieval.documents import ticket_document
from retrieval.embeddings import LocalModel, MiniLm, Remembering
from retrieval.ingest import Indexer
from retrieval.ports import Embedder
from retrieval.search import HybridSearch

DEFAULT_POLICY = Path(__file__).parents[1] / "policies" / "default"


@dataclass(frozen=True)
class Stores:
    """The data directory opened: records, index and search, without journeys."""

    settings: Settings
    data_dir: DataDir
    clock: Clock
    store: Store
    history: SqlHistory
    knowledge: SqlKnowledge
    search: HybridSearch
    bursts: SqlBursts
    indexer: Indexer
    embedder: str
    """Names the model behind the index."""

    def judges(self, policy: Policy) -> Judges:
        """What was learned, as policy lets it speak."""
        return open_judges(self.data_dir, self.store, policy, self.clock)

    @property
    def importer(self) -> Importer:
        """Takes in histories."""
        return Importer(self.store, self.indexer)


@dataclass(frozen=True)
class Services:
    """Everything that runs: stores, policy, journeys and the durable engine."""

    settings: Settings
    clock: Clock
    store: Store
    policy: Policy
    history: SqlHistory
    knowledge: SqlKnowledge
    search: HybridSearch
    bursts: SqlBursts
    indexer: Indexer
    outbreaks: OutbreakDesk
    work: Work
    signing: Signing
    loop: JourneyLoop
    engine: Engine
    reach: Reach
    judges: Judges
    models: ModelStore
    replays: Replays
    meters: Meters
    model: GuardedModel | None
    """The language model, if the settings name one."""
    agents: Agents

    def pings(self) -> dict[str, TierwiseError | None]:
        """Each part asked whether it answers: none, or its complaint."""
        parts: dict[str, Callable[[], object]] = {
            "records": lambda: self.store.read(keys.any_key),
            "index": self.indexer.ensure_same_model,
            "engine": self.engine.ping,
        }
        return {name: _complaint(ask) for name, ask in parts.items()}


def default_embedder(settings: Settings) -> Embedder:
    """The embedding model of the settings, with a memory for texts it has just seen."""
    model = LocalModel(settings.embedding_model) if settings.embedding_model else MiniLm()
    return Remembering(model)


@contextmanager
def open_records(settings: Settings) -> Iterator[tuple[Store, Clock, str]]:
    """The records database alone, which several processes may use at once, its clock, and the tenant in force.

    Raises `Misconfigured`, `DiskFull`.
    """
    data_dir = DataDir(settings.data_dir)
    data_dir.create()
    store = Store.open(data_dir.records)
    try:
        yield store, _clock(data_dir), _of_tenant(settings, data_dir).tenant
    finally:
        store.close()


@contextmanager
def open_stores(
    settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None, check_model: bool = True
) -> Iterator[Stores]:
    """Opens the data directory for this process alone.

    Raises `DataDirInUse`, `EmbedderMismatch` (unless `check_model` is off), `Misconfigured`, `DiskFull`.
    """
    quiet_libraries()
    with ExitStack() as stack:
        data_dir = stack.enter_context(DataDir(settings.data_dir))
        store = Store.open(data_dir.records)
        stack.callback(store.close)
        model = embedder or default_embedder(settings)
        index = ChromaIndex(data_dir.index)
        stack.callback(index.close)
        documents = SqlDocuments(store.engine)
        indexer = Indexer(documents, index, model)
        if check_model:
            indexer.ensure_same_model()
        yield Stores(
            settings=_of_tenant(settings, data_dir), data_dir=data_dir, clock=clock or _clock(data_dir), store=store,
            history=SqlHistory(store.engine), knowledge=SqlKnowledge(store.engine),
            search=HybridSearch(documents, index, model), bursts=SqlBursts(store.engine), indexer=indexer,
            embedder=model.name,
        )  # fmt: skip


@contextmanager
def open_services(
    settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None, policy: Policy | None = None
) -> Iterator[Services]:
    """Opens the data directory and starts the engine; stops it again at the end.

    Raises what `open_stores` raises, and `BadPolicy`.
    """
    with open_stores(settings, embedder=embedder, clock=clock) as stores, ExitStack() as stack:
        rules = policy or load_rules(stores)
        stores.indexer.check()
        loop = JourneyLoop()
        stack.callback(loop.close)
        resources = AsyncExitStack()
        saver = loop.run(resources.enter_async_context(checkpoints(stores.data_dir.checkpoints)))
        stack.callback(lambda: loop.run(resources.aclose()))
        records = SqlJourneyRecords(stores.store.engine, MadeWith(rules, stores.embedder))
        judges = stores.judges(rules)
        meters = Meters()
        model = open_model(settings, stores.clock, stores.store, meters)
        search = MeasuredSearch(stores.search, meters)
        agents = make_agents(
            rules, stores.history, search, stores.knowledge, stores.bursts, judges, model,
            frozenset(settings.llm_agents),
        )  # fmt: skip
        runner = JourneyRunner(build(rules, agents, stores.history, stores.knowledge, records, saver))
        bursts = BurstDesk(stores.store, rules, stores.search)
        outbreaks = OutbreakDesk(stores.store, rules, bursts, stores.clock)
        signing = Signing(stores.store, rules)
        work = Work(
            stores.store, records, runner, _ticket_indexer(stores.indexer), outbreaks, stores.clock, signing,
            rules.forms.never_wait_for, TakingDown(stores.store, records, rules, stores.clock),
            LevelSweep(stores.store, records, rules, stores.clock), rules.same_team,
            count_run(stores.store, meters),
        )  # fmt: skip
        desk = LocalHelpdesk(stores.store)
        reach = open_reach(settings, stores.data_dir, stores.clock)
        meters.watch_outbox(lambda: len(stores.store.read(outbox.waiting)))
        dispatch = Dispatch(
            stores.store, desk,
            Telling(stores.store, rules, reach.channels, stores.clock),
            LocalPublisher(stores.store, stores.indexer), stores.clock,
            LostUpdates(stores.store, desk, rules, stores.clock),
        )  # fmt: skip
        engine = Engine(
            stores.data_dir.engine, stores.store, work, dispatch, stores.clock, loop, workers=settings.workers,
            poll_seconds=settings.poll_seconds, sweep_seconds=settings.sweep_seconds,
            send_attempts=settings.send_attempts,
        )  # fmt: skip
        engine.start()
        stack.callback(lambda: anchor_all(stores.store, stores.data_dir, stores.clock.now()))
        stack.callback(engine.stop)
        replays = Replays(stores.settings, stores.store, policy_folder(stores.settings, stores.data_dir))
        stack.callback(replays.close)
        yield Services(
            settings=stores.settings, clock=stores.clock, store=stores.store, policy=rules, history=stores.history,
            knowledge=stores.knowledge, search=stores.search, bursts=stores.bursts, indexer=stores.indexer,
            outbreaks=outbreaks, work=work, signing=signing, loop=loop, engine=engine, reach=reach,
            judges=judges, models=ModelStore(stores.data_dir.models),
            replays=replays, meters=meters, model=model, agents=agents,
        )  # fmt: skip


def open_judges(data_dir: DataDir, store: Store, policy: Policy, clock: Clock) -> Judges:
    """The judges of a data directory."""
    return ModelJudges(ModelStore(data_dir.models), store, policy, clock)


def load_rules(stores: Stores) -> Policy:
    """The policy in force. Raises `BadPolicy`."""
    return load_policy(policy_folder(stores.settings, stores.data_dir))


def policy_folder(settings: Settings, data_dir: DataDir) -> Path:
    """The policy folder in force: of the settings, of the data directory, or the default one."""
    if settings.policy_dir is not None:
        return settings.policy_dir
    return data_dir.policy if data_dir.policy.is_dir() else DEFAULT_POLICY


def check_exposure(settings: Settings, store: Store) -> bool:
    """Whether the server may listen where the settings say; true when it runs open, on loopback without keys.

    Raises `Misconfigured` when it would be open to the network.
    """
    if store.read(keys.any_key):
        return False
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise Misconfigured(
            f"without any key Tierwise listens on loopback only, not on {settings.host}",
            mend="make a key with `tierwise key create`, or leave --host out",
        )
    return True


def _of_tenant(settings: Settings, data_dir: DataDir) -> Settings:
    """The settings, with the tenant that the data directory was made for unless another was asked for."""
    tenant = data_dir.birth().tenant
    if tenant is None or "tenant" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"tenant": tenant})


def _clock(data_dir: DataDir) -> Clock:
    birth = data_dir.birth()
    if birth.demo_now is None or birth.made_at is None:
        return SystemClock()
    return ShiftedClock(birth.demo_now - birth.made_at)


def _ticket_indexer(indexer: Indexer) -> IndexTicket:
    async def index(tenant: str, ticket: Ticket) -> None:
        await asyncio.to_thread(indexer.index, [ticket_document(ticket, tenant)])

    return index


def _complaint(ask: Callable[[], object]) -> TierwiseError | None:
    try:
        ask()
    except TierwiseError as error:
        return error
    return None
