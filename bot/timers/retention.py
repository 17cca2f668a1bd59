"""Keeps the promise of how long things are kept: every minute what lives a day at most, every hour everything else, in small steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from ..model.clock import Clock
from ..store import retention
from ..store.database import Database
from ..store.retention import Rule, Terms

log = structlog.get_logger(__name__)

LOOK = 60.0
"""Seconds between two looks at what is short-lived."""
EVERY = timedelta(hours=1)


class Retention:
    """Any number of processes may run it at once: what one has deleted the other does not find."""

    def __init__(self, database: Database, clock: Clock, terms: Terms, step: int = retention.STEP) -> None:
        """`step`: rows that one transaction deletes."""
        self._database = database
        self._clock = clock
        self._terms = terms
        self._step = step
        self._due = clock()

    async def round(self) -> float | None:
        """One step of each table; answers 0 where there is more, so that others write in between."""
        now = self._clock()
        everything = now >= self._due
        full = False
        for rule in self._rules(everything):
            if not (full and rule.takes_along):
                full = await self._take(rule, now) >= self._step or full
        if full:
            return 0
        if everything:
            self._due = now + EVERY
        return LOOK

    def _rules(self, everything: bool) -> Sequence[Rule]:
        return (*retention.SHORT_LIVED, *retention.LONG_LIVED) if everything else retention.SHORT_LIVED

    async def _take(self, rule: Rule, now: datetime) -> int:
        """How many were found; the log tells how many went."""
        keys = await self._database.read(lambda tx: rule.find(tx, now, self._terms, self._step))
        if keys:
            gone = await self._database.run(lambda tx: rule.drop(tx, keys, now, self._terms))
            log.info("forgotten", table=rule.name, rows=gone)
        return len(keys)
