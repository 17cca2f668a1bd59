"""The switch: while it is on the assistant answers nothing by itself, and each message becomes a person's.

First aid stays, for it needs no model, and so do the rights over one's own data. Every process looks at the switch anew after `FRESH`, so
all have seen it within five seconds; where the database does not answer, what was seen last holds.
"""

from datetime import datetime, timedelta

import structlog

from ..model.clock import Clock
from ..model.errors import DanLoiError
from ..model.meaning import Heard
from ..model.message import Verb, parse_value
from ..model.privacy import Pause
from ..store import desk, pauses
from ..store.database import Database, Tx

log = structlog.get_logger(__name__)

FRESH = timedelta(seconds=2)
EVEN_SO = frozenset(
    {
        "forget_me",
        "forget_yes",
        "forget_no",
        "my_data",
        "my_copy",
        "correct_data",
        "withdraw",
        "withdraw_yes",
        "talk_to_human",
        "call_back",
        "no_call",
    }
)
"""Acts that are done even while the switch is on: people's rights, and the way to a person."""
VERBS = frozenset({Verb.RATE, Verb.REOPEN})


class Switch:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at: datetime | None = None
        self.known: Pause | None = None
        """As it was seen last."""

    async def look(self) -> Pause | None:
        """The pause that holds; None while the assistant answers."""
        now = self._clock()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < FRESH:
            found = await self._database.read(pauses.current)
            if (found is None) is not (self.known is None):
                log.warning("assistant_resumed" if found is None else "assistant_paused")
            self.known, self._looked_at = found, now
        return self.known

    def look_again(self) -> None:
        """What was seen holds no longer."""
        self._looked_at = None


def pause(tx: Tx, reason: str, by: str, now: datetime) -> None:
    """Raises DanLoiError where it is on already."""
    if not pauses.begin(tx, reason, by, now):
        raise DanLoiError("Trợ lý đang tạm nghỉ rồi.")
    desk.write_down(tx, by, "pause", "assistant", now)


def resume(tx: Tx, by: str, now: datetime) -> None:
    """Raises DanLoiError where it is not on."""
    if not pauses.end(tx, now):
        raise DanLoiError("Trợ lý đang làm việc, không tạm nghỉ.")
    desk.write_down(tx, by, "resume", "assistant", now)


def is_done_even_so(heard: Heard, waits_for_phone: bool) -> bool:
    """Whether that is answered though the assistant is silent: words of danger, one's rights, the way to a person, what a person asked."""
    if heard.urgent or (waits_for_phone and "phone" in heard.masked) or heard.act in EVEN_SO:
        return True
    parsed = parse_value(heard.tap.value) if heard.tap is not None else None
    return parsed is not None and (parsed[0] in VERBS or (parsed[0] is Verb.ACT and parsed[1] in EVEN_SO))
