"""The street: a channel inside the process, which takes every reply at once and remembers when it came."""

import asyncio
import time

from ..channels.base import Door, Limits, Markup
from ..model.delivery import Outgoing, Result, Sent
from ..model.record import TurnRecord

ACCOUNT = "bench"


class Mailbox:
    """What one citizen is sent in answer to one message; open until the last reply of that turn has come."""

    def __init__(self) -> None:
        self.got: list[Outgoing] = []
        self.last = 0.0
        """When the latest reply came, on the clock of `time.perf_counter`."""
        self._expected: int | None = None
        self._full = asyncio.Event()

    def expect(self) -> None:
        """The citizen writes: what comes from now on is the answer."""
        self.got.clear()
        self._expected = None
        self._full.clear()

    async def full(self) -> float:
        """Wait for the last reply. When it came."""
        await self._full.wait()
        return self.last

    def put(self, out: Outgoing) -> None:
        self.last = time.perf_counter()
        self.got.append(out)
        self._look()

    def told(self, replies: int) -> None:
        """How many replies the turn has: known once it has committed, which may be after the first of them was sent."""
        self._expected = replies
        self._look()

    def _look(self) -> None:
        if self.got and len(self.got) == self._expected:
            self._full.set()


class Street:
    """Limits like the web page's. `answered` is to be told of every turn."""

    account = ACCOUNT
    limits = Limits(Markup.HTML, max_text=4000, repeatable=True, reads_per_minute=1_000_000)
    trouble: str | None = None

    def __init__(self) -> None:
        self.door: Door | None = None
        self.turns = 0
        """Turns answered so far, whoever they were for."""
        self.away = 0
        """Turns in which the model was to be asked and did not answer: keywords are not what is measured."""
        self._by_address: dict[str, Mailbox] = {}
        self._by_conversation: dict[int, Mailbox] = {}

    def moves_in(self, address_id: str, conversation_id: int) -> Mailbox:
        """A citizen's mailbox, from now on."""
        mailbox = Mailbox()
        self._by_address[address_id] = self._by_conversation[conversation_id] = mailbox
        return mailbox

    def answered(self, record: TurnRecord) -> None:
        self.turns += 1
        self.away += any(heard.meaning is not None and heard.meaning.away is not None for heard in record.heard)
        self._by_conversation[record.conversation_id].told(len(record.replies))

    async def start(self, door: Door) -> None:
        self.door = door

    async def send(self, out: Outgoing) -> Result:
        self._by_address[out.address.id].put(out)
        return Sent()

    async def stop(self) -> None:
        self.door = None

    async def close(self) -> None:
        return None
