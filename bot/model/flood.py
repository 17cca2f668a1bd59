"""How much one person may send: more than anybody types is not taken in, and they are told so once."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from .message import Address

PER_MINUTE = 40
"""Messages of one person, at once or spread: nobody types faster, and who was without a network for a day sends fewer."""
LOOKED_AT = 40
"""Of what comes beyond that, messages a minute that are still looked at for words of danger."""
MOST_KNOWN = 20_000
"""People counted at once; beyond that those unheard for longest are forgotten, who have the most room anyway."""
MINUTE = 60.0
NOBODY: Mapping[str, int] = {}


class Verdict(Enum):
    """What is to be done with an arrival."""

    TAKE = auto()
    LOOK = auto()
    """It is too much, but may be a cry for help: look at it, and take that."""
    DROP = auto()


@dataclass(slots=True)
class _Room:
    """What somebody may still send, and since when that holds."""

    left: float
    looks: float
    at: datetime


class Floods:
    """Counted in memory by each process, for it needs no durability: a bucket for each person that fills up within a minute."""

    def __init__(self, per_minute: Mapping[str, int] = NOBODY, looked_at: int = LOOKED_AT, most_known: int = MOST_KNOWN) -> None:
        """`per_minute`: of the channel accounts where it is not `PER_MINUTE`."""
        self._per_minute, self._looks, self._known = per_minute, looked_at, most_known
        self._rooms: OrderedDict[Address, _Room] = OrderedDict()

    def judge(self, who: Address, now: datetime) -> Verdict:
        room = self._room(who, now)
        if room.left >= 1:
            room.left -= 1
            return Verdict.TAKE
        if room.looks >= 1:
            room.looks -= 1
            return Verdict.LOOK
        return Verdict.DROP

    def undo(self, who: Address) -> None:
        """What was judged was not stored, or was there before: it comes, or came, again, and counts once."""
        if who in self._rooms:
            self._rooms[who].left += 1

    def _room(self, who: Address, now: datetime) -> _Room:
        most = self._per_minute.get(who.channel, PER_MINUTE)
        room = self._rooms.pop(who, None) or _Room(most, self._looks, now)
        passed = max(0.0, (now - room.at).total_seconds()) / MINUTE
        room.left = min(most, room.left + passed * most)
        room.looks = min(self._looks, room.looks + passed * self._looks)
        room.at = now
        self._rooms[who] = room
        while len(self._rooms) > self._known:
            self._rooms.popitem(last=False)
        return room

    def __len__(self) -> int:
        return len(self._rooms)
