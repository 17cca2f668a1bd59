"""The workers: claim conversations that have something due, have each answered side by side, and see that a failed turn is tried again."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog

from . import metrics
from .model.clock import Clock
from .model.conversation import Claim
from .model.errors import ClaimLost
from .model.grouping import Grouping
from .store import turns
from .store.database import Database, Tx
from .turn import Turn

log = structlog.get_logger(__name__)


class Workers:
    """`name`: this process's on its claims. `channels`: the accounts it answers for. `slots`: how many turns side by side."""

    def __init__(
        self,
        database: Database,
        turn: Turn,
        channels: Collection[str],
        grouping: Grouping,
        clock: Clock,
        name: str,
        slots: int,
        claim_time: float,
    ) -> None:
        """`claim_time`: seconds one turn may take before somebody else may claim the conversation."""
        self._database = database
        self._turn = turn
        self._channels = list(channels)
        self._grouping = grouping
        self._clock = clock
        self._name = name
        self._slots = slots
        self._claim_time = claim_time
        self._running: set[asyncio.Task[bool]] = set()
        self._full = False
        self.wake: Callable[[], None] = lambda: None

    async def round(self) -> float | None:
        """Claim what is due and answer it. Answers in how many seconds the next is due."""
        free = self._slots - len(self._running)
        claims, due = await self._database.run(lambda tx: self._look(tx, free)) if free else ([], None)
        for claim in claims:
            self._note_waited(claim)
            task = asyncio.create_task(self._guarded(claim))
            self._running.add(task)
            task.add_done_callback(self._done)
        self._full = self.full  # nothing more can be claimed until a turn ends, which wakes us
        return None if due is None else max(0.02, (due - self._clock()).total_seconds())

    @property
    def full(self) -> bool:
        """Whether what comes now has to wait for a turn to end, or for another process."""
        return len(self._running) >= self._slots

    async def stop(self) -> None:
        """Let the turns under way commit."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _guarded(self, claim: Claim) -> bool:
        """Whether there may be more to claim in that conversation."""
        with structlog.contextvars.bound_contextvars(conversation=claim.conversation.id, claim=claim.number):
            try:
                return await self._turn.take(claim)
            except ClaimLost:
                metrics.TURNS.labels("claim_lost").inc()
                log.info("claim_lost")
                await self._release(claim, self._clock())
            except Exception:
                metrics.TURNS.labels("failed").inc()
                log.exception("turn_failed", tries=claim.tries)
                await self._release(claim, self._clock() + timedelta(seconds=2.0 ** (claim.tries - 1)))
        return True

    async def _release(self, claim: Claim, not_before: datetime) -> None:
        await self._database.run(lambda tx: turns.release(tx, claim, self._grouping, not_before))

    def _look(self, tx: Tx, free: int) -> tuple[list[Claim], datetime | None]:
        """What is claimed, and when the next is due that is left."""
        claims = self._claim(tx, free)
        return claims, None if len(claims) == free else turns.next_due(tx, self._channels)

    def _claim(self, tx: Tx, free: int) -> list[Claim]:
        now = self._clock()
        until = now + timedelta(seconds=self._claim_time)
        return turns.claim(tx, self._name, self._channels, now, until, free)

    def _note_waited(self, claim: Claim) -> None:
        """How long what was due waited for a worker; a turn that is tried again was made to wait."""
        if claim.tries == 1 and claim.waiting:
            came = [one.received_at for one in claim.waiting]
            due = self._grouping.due(min(came), max(came), any(one.quick for one in claim.waiting))
            metrics.STAGE.labels("claim").observe(max(0.0, (self._clock() - due).total_seconds()))

    def _done(self, task: asyncio.Task[bool]) -> None:
        self._running.discard(task)
        failed = not task.cancelled() and task.exception() is not None
        if failed:
            log.error("release_failed", exc_info=task.exception())
        if self._full or failed or task.cancelled() or task.result():
            self.wake()
