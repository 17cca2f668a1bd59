"""An office that at most one process holds. It may be asked for all the time: the database is, only when a third of the term is over."""

import time
from collections.abc import Callable
from datetime import timedelta

from .. import metrics
from ..model.clock import Clock
from . import elections
from .database import Database


class Office:
    def __init__(
        self, database: Database, name: str, holder: str, clock: Clock, term: float, timer: Callable[[], float] = time.monotonic
    ) -> None:
        """`holder`: this process's name. `term`: seconds that a holder may be silent before another may win. `timer`: seconds that pass."""
        self._database = database
        self._name = name
        self._holder = holder
        self._clock = clock
        self._term = term
        self._timer = timer
        self._sure_until = 0.0

    async def hold(self) -> bool:
        """Win it, or keep it. False: another process has it."""
        if self.held:
            return True
        now = self._clock()
        until = now + timedelta(seconds=self._term)
        held = await self._database.run(lambda tx: elections.hold(tx, self._name, self._holder, now, until))
        metrics.OFFICE.labels(self._name).set(held)
        if held:
            self._sure_until = self._timer() + self._term / 3
        return held

    @property
    def held(self) -> bool:
        """Whether it is surely ours; where not, it may still be."""
        return self._timer() < self._sure_until

    async def resign(self) -> None:
        """Another process may win it at once."""
        self._sure_until = 0.0
        metrics.OFFICE.labels(self._name).set(0)
        await self._database.run(lambda tx: elections.resign(tx, self._name, self._holder))
