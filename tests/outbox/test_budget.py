"""What a platform lets us say after somebody's last message: planned with, never silently lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.channels.base import Limits, Markup
from bot.model.delivery import Budget, NotSent, SlowDown, Status, Unknown
from bot.model.message import Address, Reply
from bot.outbox.deliver import Sender
from bot.store import conversations, messages, turns
from bot.store.database import Database
from bot.store.tables import message

from ..conftest import Clock
from ..fakes.channel import FakePlatform
from ..store.river import GROUPING, River

BUDGET = Budget(timedelta(days=7), timedelta(hours=48), 8)
PAID = Budget(timedelta(days=7), timedelta(hours=48), 8, paid=True)
HOUR = 3600


class Table:
    """A citizen on a platform that counts, and what was said to them."""

    def __init__(self, database: Database, clock: Clock, budget: Budget = BUDGET, behind: float = 0.0) -> None:
        """`behind`: so many seconds is the clock of the process that sends."""
        self.river = River(database, clock)
        sends = lambda: clock() - timedelta(seconds=behind)  # noqa: E731
        self.platform = FakePlatform(limits=Limits(Markup.PLAIN, budget=budget))
        timer = lambda: clock().timestamp()  # noqa: E731
        self.sender = Sender(self.platform, database, lambda _, text: text, "p", sends, lambda _: None, timer=timer)
        self._said = 0

    async def hears(self, after: float = 0.0) -> None:
        """The citizen writes; what they wrote comes so many seconds later."""
        self._said += 1
        await self.river.write("an", "chào", f"m{self._said}")
        wrote = self.river.clock() - timedelta(seconds=after)
        await self._of(lambda tx, found: turns.heard(tx, found, GROUPING, wrote))

    async def answers(self, *texts: str, critical: bool = False) -> None:
        (claim,) = await self.river.claim("w")
        await self.river.answer(claim, texts, critical=critical)
        await self.sends()

    async def notices(self, *texts: str, critical: bool = False) -> None:
        """What comes without the citizen's having written."""
        self._said += 1
        replies = [Reply("x", text, critical=critical) for text in texts]
        key = f"n{self._said}"
        await self._of(lambda tx, found: messages.add_notice(tx, conversations.get(tx, found), 0, replies, self.river.clock(), key))
        await self.sends()

    async def person_says(self, *texts: str) -> None:
        self._said += 1
        key = f"p{self._said}"
        await self._of(lambda tx, found: messages.add_persons(tx, conversations.get(tx, found), texts, "Dính", key, self.river.clock()))
        await self.sends()

    async def sends(self) -> None:
        for _ in range(24):
            await self.sender.round()
            await self.sender.idle()

    async def rows(self) -> list[Row[Any]]:
        wanted = select(message).where(message.c.direction == "out").order_by(message.c.id)
        return list(await self.river.database.read(lambda tx: tx.execute(wanted).all()))

    async def statuses(self) -> list[str]:
        return [str(row.status) for row in await self.rows()]

    async def _of(self, work: Any) -> None:
        def run(tx: Any) -> None:
            found = conversations.find(tx, self.river.database.keyring, Address(self.river.channel, "an"))
            work(tx, found)

        await self.river.database.run(run)


@pytest.fixture
def table(database: Database, clock: Clock) -> Table:
    return Table(database, clock)


async def test_the_assistant_leaves_room_for_people(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    await table.hears()
    await table.answers(*map(str, range(1, 8)))
    assert table.platform.texts == ["1", "2", "3", "4", "5", "6"]
    assert await table.statuses() == ["sent"] * 6 + ["failed"]
    assert "message_over_budget" in capsys.readouterr().out
    await table.notices("một lời hứa", critical=True)
    await table.notices("một lời hứa nữa", critical=True)
    await table.person_says("chào bác")
    await table.person_says("bác ơi")
    assert table.platform.texts[6:] == ["một lời hứa", "chào bác"]
    (last,) = (row for row in await table.rows() if row.text == "bác ơi")
    assert last.status == Status.FAILED
    assert "8 of 8 messages" in last.error


async def test_what_failed_can_be_said_again_once_the_citizen_writes(table: Table) -> None:
    await table.hears()
    await table.answers("1")
    await table.person_says(*map(str, range(2, 10)))
    assert len(table.platform.texts) == 8
    table.river.clock.forward(1)
    await table.hears()
    await table.person_says("9")
    assert table.platform.texts[-1] == "9"


async def test_each_message_of_the_citizen_begins_it_anew(table: Table, clock: Clock) -> None:
    for _ in range(4):
        clock.forward(60)
        await table.hears()
        await table.answers("1", "2", "3", "4", "5", "6")
    assert await table.statuses() == ["sent"] * 24


async def test_what_may_have_arrived_counts(table: Table) -> None:
    table.platform.answers.extend([Unknown("timeout")] * 6)
    await table.hears()
    await table.answers(*"1234567")
    assert await table.statuses() == ["unknown"] * 6 + ["failed"]


async def test_each_try_counts_that_may_have_arrived(table: Table, clock: Clock) -> None:
    table.platform.answers.extend([Unknown("timeout"), NotSent("no connection"), SlowDown(1), Unknown("timeout")])
    await table.hears()
    await table.answers("bà con đừng chuyển tiền", critical=True)
    for _ in range(6):
        clock.forward(60)
        await table.sends()
    await table.notices(*"1234567")
    assert table.platform.texts == ["bà con đừng chuyển tiền"] * 5 + ["1", "2", "3"]


async def test_what_died_under_way_and_was_sent_again_counts_twice(table: Table, clock: Clock) -> None:
    await table.hears()
    (claim,) = await table.river.claim("w")
    await table.river.answer(claim, ["bà con đừng chuyển tiền"], critical=True)
    await table.river.claim_sends("died")
    clock.forward(60)
    await table.sends()
    clock.forward(60)
    await table.sends()
    await table.notices(*"1234567")
    assert table.platform.texts == ["bà con đừng chuyển tiền", *"1234"]


async def test_whose_clock_is_behind_hides_nothing(database: Database, clock: Clock) -> None:
    """Of two machines the one that sends is four seconds behind the one that heard the person."""
    table = Table(database, clock, behind=4)
    await table.hears()
    await table.answers(*"1234567")
    assert await table.statuses() == ["sent"] * 6 + ["failed"]


async def test_what_a_long_past_has_seen_does_not_count(table: Table, clock: Clock) -> None:
    for _ in range(12):
        clock.forward(60)
        await table.hears()
        await table.answers(*"1234567")
    assert await table.statuses() == (["sent"] * 6 + ["failed"]) * 12


@pytest.mark.parametrize(("hours", "status"), [(1, "sent"), (48, "sent"), (48.1, "failed"), (169, "failed")])
async def test_after_48_hours_nothing_is_free(table: Table, clock: Clock, hours: float, status: str) -> None:
    await table.hears()
    await table.answers("1")
    clock.forward(hours * HOUR)
    await table.person_says("chào bác")
    assert (await table.statuses())[-1] == status


@pytest.mark.parametrize(("hours", "status"), [(48.1, "sent"), (168, "sent"), (168.1, "failed")])
async def test_who_pays_may_write_for_seven_days(database: Database, clock: Clock, hours: float, status: str) -> None:
    table = Table(database, clock, PAID)
    await table.hears()
    await table.answers(*"123456789")
    assert len(table.platform.texts) == 9
    clock.forward(hours * HOUR)
    await table.person_says("chào bác")
    assert (await table.statuses())[-1] == status
    if status == "failed":
        assert "7 days" in (await table.rows())[-1].error


async def test_who_never_wrote_is_not_written_to(table: Table) -> None:
    await table.river.write("an", "chào", "m0")  # stored, but never heard: as a follower who has said nothing
    await table.answers("1")
    assert await table.statuses() == ["failed"]


async def test_what_does_not_fit_holds_up_nothing_behind_it(table: Table) -> None:
    await table.hears()
    await table.answers(*map(str, range(1, 31)))
    await table.person_says("chào bác")
    assert table.platform.texts == ["1", "2", "3", "4", "5", "6", "chào bác"]


async def test_without_a_budget_nothing_is_counted(database: Database, clock: Clock) -> None:
    table = Table(database, clock)
    table.platform.limits = Limits(Markup.PLAIN)
    await table.hears()
    await table.answers(*map(str, range(1, 21)))
    assert len(table.platform.texts) == 20


async def test_what_went_out_before_a_late_event_counts_from_when_it_was_written(table: Table) -> None:
    await table.hears()
    table.river.clock.forward(10)
    await table.answers("1", "2", "3")
    table.river.clock.forward(10)
    await table.hears(after=15)
    await table.hears(after=20)
    await table.person_says(*map(str, range(4, 10)))
    assert table.platform.texts == list("12345678")
    assert (await table.statuses())[-1] == "failed"
