"""Sees that a machine's clock was set back, by what waits for moments too far ahead, and lets it go on."""

from datetime import timedelta

import structlog

from ..model.clock import Clock
from ..store import recovery
from ..store.database import Database

log = structlog.get_logger(__name__)

LOOK = 60.0
"""Seconds between two looks."""


class SetBack:
    """Any number of processes may run it at once."""

    def __init__(self, database: Database, clock: Clock, claim_time: float) -> None:
        """`claim_time`: seconds for which a turn is claimed."""
        self._database = database
        self._clock = clock
        self._claim_time = timedelta(seconds=claim_time)

    async def round(self) -> None:
        freed = await self._database.run(lambda tx: recovery.after_set_back(tx, self._clock(), self._claim_time))
        if freed:
            log.warning("clock_was_set_back", freed=freed)
