"""The language of tests: a citizen says, taps; the assistant answers. Over the real door, turns, words, database and language model.

    talk = await house.talk("an")
    turn = await talk.says("làm định danh mức 2 thế nào")
    assert turn.blocks == ["eid_level_2.intro", "eid_level_2.age"]
    turn = await talk.taps("Từ 14 tuổi trở lên")

Between any two turns the conversation's state is saved to the database and loaded again, for there is nowhere else it could be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from bot.app import App
from bot.channels.base import Limits, Markup
from bot.model.case import Case
from bot.model.grouping import Grouping
from bot.model.message import Address, Button, Inbound, Kind, Reply, Tap
from bot.model.record import TurnRecord
from bot.settings import Settings
from bot.store import cases
from bot.store.database import Database
from bot.understanding.reader import Model, Reader
from bot.written import Written

from .conftest import Clock
from .fakes.channel import FakePlatform

CHANNEL = "web"
BUTTONS = Limits(Markup.PLAIN, reads_per_minute=10_000)


class House:
    """The whole assistant without its loops: each turn is taken when the test says so, on the test's clock."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        written: Written,
        nlu: Model | None,
        clock: Clock,
        limits: Limits = BUTTONS,
        others: Sequence[FakePlatform] = (),
    ) -> None:
        """`limits`: time stands still here, so a person may write by far more in a minute than people do.

        `others`: further channels beside the web.
        """
        self.clock = clock
        self.written = written
        self.platform = FakePlatform(CHANNEL, limits)
        self.platforms = (self.platform, *others)
        reader = Reader(nlu, written.catalogue.intents, written.places, clock, written.terms)
        self.app = App(settings, database, written, reader, self.platforms, clock, Grouping(0, 0))
        self.app.turn.answered = self._answered
        self.records: list[TurnRecord] = []

    async def talk(self, who: str, consented: bool = True, channel: str = CHANNEL) -> "Talk":
        """A citizen begins; on the web they have agreed to what is kept before they write."""
        talk = Talk(self, Address(channel, who))
        if consented:
            await self.app.door.consent(talk.address, "1")
        return talk

    async def work(self) -> None:
        """Answer everything that waits."""
        await self.app.workers.round()
        await self.app.workers.stop()

    async def deliver(self) -> list[str]:
        """Send everything that waits. The texts the platform has got so far."""
        while True:
            before = sum(len(platform.got) for platform in self.platforms)
            for sender in self.app.senders:
                await sender.round()
                await sender.idle()
            if sum(len(platform.got) for platform in self.platforms) == before:
                return self.platform.texts

    async def tidy(self) -> None:
        """Whatever has had its time goes."""
        while await self.app.retention.round() == 0:
            pass

    async def cases(self) -> list[Case]:
        return await self.app.database.read(cases.listing)

    def _answered(self, record: TurnRecord) -> None:
        self.records.append(record)


@dataclass(frozen=True)
class Answered:
    """What one turn did."""

    record: TurnRecord

    @property
    def blocks(self) -> list[str]:
        """Which words were said, by their ids: mending words breaks no test."""
        return [block for reply in self.record.replies for block in reply.block.split("+")]

    @property
    def text(self) -> str:
        return "\n\n".join(reply.text for reply in self.record.replies)

    @property
    def replies(self) -> tuple[Reply, ...]:
        return self.record.replies

    @property
    def labels(self) -> list[str]:
        return [button.label for reply in self.record.replies for button in reply.buttons]


class Talk:
    """One citizen's conversation."""

    def __init__(self, house: House, address: Address) -> None:
        self.house = house
        self.address = address
        self.buttons: tuple[Button, ...] = ()
        self.turn = 0

    async def says(self, text: str) -> Answered:
        return await self.sends(Inbound(self.address, uuid4().hex, Kind.TEXT, text))

    async def taps(self, label: str) -> Answered:
        """Tap a button of the last message that had any."""
        offered = {button.label: button.value for button in self.buttons}
        assert label in offered, f"no button «{label}», there are {list(offered)}"
        return await self.taps_value(offered[label], self.turn)

    async def taps_value(self, value: str, turn: int) -> Answered:
        return await self.sends(Inbound(self.address, uuid4().hex, Kind.TAP, tap=Tap(value, turn)))

    async def sends(self, inbound: Inbound) -> Answered:
        before = len(self.house.records)
        await self.house.app.door(inbound)
        await self.house.work()
        assert len(self.house.records) == before + 1, "the turn failed: see the log"
        answered = Answered(self.house.records[-1])
        for reply in answered.replies:
            if reply.buttons:
                self.buttons, self.turn = reply.buttons, answered.record.turn
        return answered
