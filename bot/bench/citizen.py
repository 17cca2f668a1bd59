"""A citizen of the bench: writes or taps, waits for the last reply, and only then goes on. Each has a chance of its own, from one seed."""

import asyncio
import random
import time
from dataclasses import dataclass
from enum import StrEnum

from ..model.message import Address, Inbound, Kind, Tap, Verb
from .lines import written
from .street import Mailbox, Street

SEED = 20261123
PATIENCE = 30.0
"""Seconds after which a turn without its last reply is an error."""
GUIDE = "topic:eid_level_2"
BACK = "act:go_back"
DEPTH = 3
"""Questions that a tapping citizen goes into the guide before going back, so that it never ends."""


class Does(StrEnum):
    TAPS = "tap"
    """Walks a guide back and forth."""
    WRITES = "text"
    """Asks what needs the model; every second citizen from within a guide."""


@dataclass(frozen=True, slots=True)
class Took:
    """One turn, on the clock of `time.perf_counter`: from the door to its last reply."""

    began: float
    ended: float


class Citizen:
    def __init__(self, street: Street, address: Address, mailbox: Mailbox, number: int, does: Does) -> None:
        self.turns: list[Took] = []
        self.failed = False
        self._street = street
        self._address = address
        self._mailbox = mailbox
        self._does = does
        self._begins_inside = does is Does.TAPS or number % 2 == 0
        self._chance = random.Random(f"{SEED}:{number}")  # noqa: S311  # repeatable on purpose
        self._sent = 0

    async def live(self, until: float) -> None:
        """One turn after the other; the one under way at the end is finished. After a failed one it writes no more."""
        while time.perf_counter() < until and not self.failed:
            try:
                async with asyncio.timeout(PATIENCE):
                    self.turns.append(await self._turn())
            except Exception:
                self.failed = True

    async def _turn(self) -> Took:
        assert self._street.door is not None, "start the assistant first"
        inbound = self._next()
        self._mailbox.expect()
        began = time.perf_counter()
        await self._street.door(inbound)
        return Took(began, await self._mailbox.full())

    def _next(self) -> Inbound:
        key = f"{self._sent}"
        self._sent += 1
        if self._sent == 1 and self._begins_inside:
            return Inbound(self._address, key, Kind.TAP, tap=Tap(GUIDE, 0))
        if self._does is Does.TAPS:
            return Inbound(self._address, key, Kind.TAP, tap=self._tap())
        return Inbound(self._address, key, Kind.TEXT, written(self._chance))

    def _tap(self) -> Tap:
        """The first answer on show, or back after as many of them as were wanted."""
        shown = self._mailbox.got[-1]
        forward = (self._sent - 2) % (2 * DEPTH) < DEPTH
        first = next(button.value for button in shown.buttons if button.value.startswith(f"{Verb.ANSWER}:"))
        return Tap(first if forward else BACK, shown.turn)
