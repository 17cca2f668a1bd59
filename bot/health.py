"""How this process is: `/healthz` (must it be started again?), `/readyz` (may citizens be sent here?), `/metrics` (what does it count?).

`/healthz` looks at this process alone, for a database that is away is not mended by a restart. `/readyz` names what is wrong and where to
look; the language model and the channels are told of and not required, for taps, keywords and people work without them. `/metrics` is for
the operator alone.
"""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .model.clock import now
from .model.errors import StoreError
from .store.backlog import Backlog, backlog
from .store.database import Database
from .store.migrate import is_behind

T = TypeVar("T")
U = TypeVar("U")
PATIENCE = 3.0
"""Seconds a look may take; what takes longer does not answer."""
FRESH = 1.0
"""Seconds for which a look counts for whoever asks next."""
MIGRATE = "The database is of an older release: run `danloi migrate`."
SILENT = f"The database did not answer within {PATIENCE:g} seconds: see that it runs and has connections left."
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


class Served(Protocol):
    """What is looked at of a channel."""

    @property
    def account(self) -> str: ...
    @property
    def trouble(self) -> str | None: ...


class Running(Protocol):
    """What is looked at of a background loop."""

    name: str

    @property
    def alive(self) -> bool: ...


class Looked(Generic[T]):
    """One look at a time and at most one a second, whoever asks and however often: asking costs a stranger more than us."""

    def __init__(self, look: Callable[[], Awaitable[T]], timer: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._timer = timer
        self._task: asyncio.Task[T] | None = None
        self._ended = 0.0

    async def __call__(self) -> T:
        """Raises TimeoutError where the look under way has no answer yet, and whatever the look raised."""
        if self._task is None or (self._task.done() and self._timer() - self._ended >= FRESH):
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(self._task)

    async def _run(self) -> T:
        try:
            return await self._look()
        finally:
            self._ended = self._timer()


@dataclass
class Health:
    """`nlu_ready`: whether some language model answers. `breakers`: for each of its processes, whether it is left alone after failures."""

    database: Database
    nlu_ready: Callable[[], Awaitable[bool]]
    channels: Sequence[Served]
    token: str = field(repr=False)
    at_home: bool = True
    """Nobody but this machine can reach us: whoever asks from it needs no token."""
    breakers: Callable[[], Sequence[bool]] = tuple
    loops: Sequence[Running] = ()
    draining: bool = False

    def __post_init__(self) -> None:
        self._store = Looked(self._look)
        self._nlu = Looked(self.nlu_ready)
        self._backlog = Looked(lambda: self.database.read(lambda tx: backlog(tx, now())))

    def dead(self) -> list[str]:
        """What of this process has ended that must not; empty while all is well."""
        return [*(f"loop {loop.name}" for loop in self.loops if not loop.alive), *([] if self.database.alive else ["database writer"])]

    async def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether citizens may be sent here, and how each part is."""
        store, nlu = await asyncio.gather(_in_time(self._store, SILENT), _in_time(self._nlu, False))
        channels = {channel.account: channel.trouble or "ok" for channel in self.channels}
        state: dict[str, Any] = {"store": store, "nlu": "ok" if nlu else "away", **({"channels": channels} if channels else {})}
        if dead := self.dead():
            state["dead"] = dead
        if self.draining:
            state["draining"] = True
        return store == "ok" and not dead and not self.draining, state

    async def metrics(self) -> bytes:
        """What this process has counted, and what waits in the database, in Prometheus' text format."""
        registry, found = CollectorRegistry(), None
        with suppress(StoreError):
            found = await _in_time(self._backlog, None)
        registry.register(_Shown([*self._of_process(found is not None), *(_of_database(found) if found is not None else ())]))
        return generate_latest(REGISTRY) + generate_latest(registry)

    def may_measure(self, request: Request[Any, Any, Any]) -> bool:
        """With the token; or from this machine while nothing else can reach us, and no proxy has passed it on."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), self.token.encode()):
            return True
        passed_on = any(name in request.headers for name in FORWARDED)
        local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
        return self.at_home and local and not passed_on

    async def _look(self) -> str:
        try:
            return MIGRATE if await self.database.read(is_behind) else "ok"
        except StoreError as error:
            return str(error)

    def _of_process(self, store: bool) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily("danloi_store_up", "Whether the database answers this process.", value=store)
        yield GaugeMetricFamily("danloi_draining", "Whether this process is about to stop.", value=self.draining)
        yield GaugeMetricFamily("danloi_dead_parts", "Parts of this process that have ended and must not.", value=len(self.dead()))
        trouble = GaugeMetricFamily("danloi_channel_trouble", "Whether something keeps a channel from working.", labels=["account"])
        for channel in self.channels:
            trouble.add_metric([channel.account], channel.trouble is not None)
        yield trouble
        breaker = GaugeMetricFamily("danloi_nlu_breaker_open", "Whether a language model is left alone after failures.", labels=["peer"])
        for number, is_open in enumerate(self.breakers(), 1):
            breaker.add_metric([str(number)], is_open)
        yield breaker


def probes(health: Health) -> list[HTTPRouteHandler]:
    """The routes that tell of it."""

    @get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
    def healthz() -> Response[str]:
        dead = health.dead()
        return Response(f"dead: {', '.join(dead)}" if dead else "ok", status_code=503 if dead else 200)

    @get("/readyz")
    async def readyz() -> Response[dict[str, Any]]:
        ready, state = await health.ready()
        return Response(state, status_code=200 if ready else 503)

    @get("/metrics")
    async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not health.may_measure(request):
            raise NotAuthorizedException("Trang này cần mã METRICS_TOKEN của người vận hành.", headers={"WWW-Authenticate": "Bearer"})
        return Response(await health.metrics(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return [healthz, readyz, metrics]


class _Shown(Collector):
    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


async def _in_time(look: Looked[T], otherwise: U) -> T | U:
    try:
        return await look()
    except TimeoutError:
        return otherwise


def _of_database(found: Backlog) -> Iterable[GaugeMetricFamily]:
    """The same from every process, so Prometheus takes the greatest, never the sum."""
    many = GaugeMetricFamily("danloi_outbox_messages", "Messages that wait to be sent, or are being sent.", labels=["account"])
    oldest = GaugeMetricFamily("danloi_outbox_oldest_seconds", "Age of the oldest of them.", labels=["account"])
    for account, outbox in found.outbox.items():
        many.add_metric([account], outbox.many)
        oldest.add_metric([account], outbox.oldest)
    yield from (many, oldest)
    yield GaugeMetricFamily("danloi_inbound_overdue_seconds", "How long a citizen's message has waited past its time.", value=found.overdue)
    cases = GaugeMetricFamily("danloi_cases_waiting", "Cases that nobody has taken yet, by how far they have climbed.", labels=["rung"])
    for rung, waiting in found.cases.items():
        cases.add_metric([rung.name.lower()], waiting)
    yield cases
    yield GaugeMetricFamily("danloi_cases_late", "Waiting cases whose promise to the citizen was missed.", value=found.late)
