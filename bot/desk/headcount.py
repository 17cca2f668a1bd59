"""How many people stand at each step of each guide.

Where somebody stands is hidden at rest with their answers, so a count deciphers every conversation. It is made when somebody asks, at
most once a minute in a process, a few hundred conversations at a time, and nobody waits for it but who asks first.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from ..dialogue.state import State
from ..model.clock import Clock
from ..model.errors import StoreError
from ..store import editions
from ..store.database import Database

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=1)
BATCH = 500
"""Conversations that are read at once."""
PATIENCE = 3.0
"""Seconds that the first who asks waits."""


@dataclass(frozen=True, slots=True)
class Heads:
    now: int = 0
    """In the middle of it."""
    aside: int = 0
    """Who stopped, or was silent for long, and may take it up again."""


@dataclass(frozen=True)
class Headcount:
    at: datetime
    guides: Mapping[str, Heads]
    """Of each guide, whatever its version."""
    steps: Mapping[tuple[str, str, str], Heads]
    """Of each step of a version of a guide."""
    people: int
    """Who is in the middle of any."""

    def of(self, guide: str) -> Heads:
        return self.guides.get(guide, Heads())

    def at_step(self, guide: str, version: str, step: str) -> Heads:
        return self.steps.get((guide, version, step), Heads())

    def versions(self, guide: str) -> Mapping[str, Mapping[str, Heads]]:
        """The steps where people stand, by version."""
        found: dict[str, dict[str, Heads]] = defaultdict(dict)
        for (name, version, step), heads in self.steps.items():
            if name == guide:
                found[version][step] = heads
        return found


class Headcounter:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._last: Headcount | None = None
        self._counting: asyncio.Task[None] | None = None

    async def __call__(self) -> Headcount | None:
        """The last count, and another begun where that is old; None while the first takes its time."""
        stale = self._last is None or self._clock() - self._last.at >= FRESH
        if stale and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(self._count(), name="headcount")
        if self._last is None and self._counting is not None:
            await asyncio.wait([self._counting], timeout=PATIENCE)
        return self._last

    async def _count(self) -> None:
        begun, tally, after = self._clock(), Tally(), 0
        try:
            while some := await self._database.read(partial(editions.some_states, after=after, limit=BATCH)):
                await asyncio.to_thread(tally.add, some.values())
                after = max(some)
        except StoreError as error:
            log.warning("headcount_failed", why=str(error))
            return
        self._last = tally.told(begun)


class Tally:
    """A count under way."""

    def __init__(self) -> None:
        self._guides: dict[str, Counter[str]] = {"now": Counter(), "aside": Counter()}
        self._steps: dict[str, Counter[tuple[str, str, str]]] = {"now": Counter(), "aside": Counter()}
        self._people = 0

    def add(self, states: Iterable[Mapping[str, Any]]) -> None:
        for kept in states:
            state = State.from_dict(kept)
            self._people += bool(state.stack)
            for kind, frames in (("now", state.stack), ("aside", state.paused)):
                self._guides[kind].update({frame.guide for frame in frames})
                self._steps[kind].update({(frame.guide, frame.version, frame.step) for frame in frames})

    def told(self, at: datetime) -> Headcount:
        guides, steps = self._guides, self._steps
        return Headcount(
            at,
            {guide: Heads(guides["now"][guide], guides["aside"][guide]) for guide in guides["now"] | guides["aside"]},
            {step: Heads(steps["now"][step], steps["aside"][step]) for step in steps["now"] | steps["aside"]},
            self._people,
        )
