"""When waiting messages are due: people write one thought in three messages, so text waits a moment for what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Grouping:
    """`pause` seconds after the last waiting text, at most `limit` after the first. Quick messages (taps, numbers, ...) are due at once."""

    pause: float
    limit: float

    def due(self, first: datetime, last: datetime, quick: bool) -> datetime:
        """Judged from stored times alone, so that every process and every restart agrees."""
        if quick:
            return first
        return min(last + timedelta(seconds=self.pause), first + timedelta(seconds=self.limit))
