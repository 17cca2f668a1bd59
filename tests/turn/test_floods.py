"""One person sends far more than anybody types: few turns, told once, and nobody else waits for it. The same at every channel's door."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Limits, Markup
from bot.model.errors import StoreError
from bot.model.flood import PER_MINUTE, Floods, Verdict
from bot.model.message import Address, Inbound, Kind, Received, Refused
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import message
from bot.written import Written

from ..conftest import Clock
from ..desk.helpers import Desk
from ..talk import House, Talk

AN = Address("web", "an")


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, clock: Clock) -> House:
    return House(settings, database, written, None, clock, Limits(Markup.PLAIN))


@pytest.fixture
async def an(house: House) -> Talk:
    return await house.talk("an")


async def floods(house: House, count: int, text: str = "alo", first: int = 0) -> list[Received]:
    return [await house.app.door(Inbound(AN, f"f{number}", Kind.TEXT, f"{text} {number}")) for number in range(first, first + count)]


async def stored(house: House, direction: str) -> list[str]:
    column = message.c.block if direction == "out" else message.c.text
    wanted = select(column).where(message.c.direction == direction).order_by(message.c.id)
    return await house.app.database.read(lambda tx: [str(one) for one in tx.scalars(wanted)])


async def test_a_flood_is_few_turns_and_told_once(an: Talk, house: House) -> None:
    received = await floods(house, 500)
    assert [one.refused for one in received] == [None] * PER_MINUTE + [Refused.TOO_MANY] * (500 - PER_MINUTE)
    assert len(await stored(house, "in")) == PER_MINUTE
    assert await stored(house, "out") == ["common.too_much"]
    await house.work()
    assert len(house.records) == 1


async def test_a_channel_may_have_a_measure_of_its_own(settings: Settings, database: Database, written: Written, clock: Clock) -> None:
    house = House(settings, database, written, None, clock, Limits(Markup.PLAIN, reads_per_minute=3))
    await house.talk("an")
    assert [one.refused for one in await floods(house, 4)] == [None, None, None, Refused.TOO_MANY]


async def test_others_are_answered_as_ever(an: Talk, house: House) -> None:
    await floods(house, 200)
    binh = await house.talk("binh")
    await house.app.door(Inbound(binh.address, "b1", Kind.TEXT, "menu"))
    await house.work()
    assert {record.conversation_id for record in house.records} == {1, 2}


async def test_after_a_minute_they_are_read_again_and_told_again_only_after_an_hour(an: Talk, house: House) -> None:
    await floods(house, 60)
    house.clock.forward(60)
    assert (await floods(house, 1, first=100))[0].refused is None
    await floods(house, 60, first=200)
    assert (await stored(house, "out")).count("common.too_much") == 1
    house.clock.forward(3600)
    await floods(house, 60, first=300)
    assert (await stored(house, "out")).count("common.too_much") == 2


async def test_a_cry_for_help_in_a_flood_is_heard(an: Talk, house: House) -> None:
    await floods(house, PER_MINUTE + 5)
    received = await house.app.door(Inbound(AN, "help", Kind.TEXT, "tôi bị lừa mất tiền rồi"))
    assert received.new
    await house.work()
    (case,) = await house.cases()
    assert case.urgent


async def test_what_is_brought_twice_is_stored_once_and_counts_as_little_as_may_be(an: Talk, house: House) -> None:
    first, *rest = [await house.app.door(Inbound(AN, "same", Kind.TEXT, "chào")) for _ in range(100)]
    assert first.new
    assert not any(one.new for one in rest)
    assert await stored(house, "in") == ["chào"]


async def test_it_is_told_while_a_person_speaks_too(an: Talk, house: House) -> None:
    await an.says("gặp người")
    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    await dinh.takes(await desk.waiting())
    await floods(house, 60)
    assert (await house.deliver())[-1].startswith("Bà con gửi nhiều tin quá")


async def test_a_stranger_who_floods_before_anything_of_theirs_is_stored(house: House) -> None:
    house.app.door._floods = Floods({"web": 0}, looked_at=1)
    assert (await floods(house, 1))[0].refused is Refused.TOO_MANY
    assert await stored(house, "out") == []


def test_memory_is_bounded_and_a_clock_set_back_gives_no_room(clock: Clock) -> None:
    judge = Floods({"web": 2}, looked_at=1, most_known=100)
    for number in range(1000):
        judge.judge(Address("web", str(number)), clock())
    assert len(judge) == 100
    who = Address("web", "an")
    assert [judge.judge(who, clock()) for _ in range(4)] == [Verdict.TAKE, Verdict.TAKE, Verdict.LOOK, Verdict.DROP]
    assert judge.judge(who, clock() - timedelta(days=1)) is Verdict.DROP
    assert judge.judge(who, clock() - timedelta(days=1) + timedelta(seconds=30)) is Verdict.TAKE


async def test_what_could_not_be_stored_or_comes_again_counts_once(an: Talk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform brings a message again each second while the database is away; when it is back, the message is taken in."""
    one = Inbound(AN, "again", Kind.TEXT, "tôi hỏi việc này")
    with monkeypatch.context() as away:
        away.setattr(house.app.database, "run", _away)
        for _ in range(3 * PER_MINUTE):
            with pytest.raises(StoreError):
                await house.app.door(one)
    for _ in range(3 * PER_MINUTE):
        assert (await house.app.door(one)).refused is None
    assert await stored(house, "in") == ["tôi hỏi việc này"]
    assert {one.refused for one in await floods(house, PER_MINUTE - 1)} == {None}


async def _away(work: object) -> None:
    raise StoreError("the database is away")
