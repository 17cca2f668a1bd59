"""Where what is stored has arrived, as on the web, replies are shown with the turn's own commit, and never before what still waits."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.model.delivery import Status
from bot.model.message import Address, Reply
from bot.store import conversations, messages
from bot.store.database import Tx
from bot.store.tables import message

from ..talk import House, Talk


@pytest.fixture
async def an(house_on_each: House) -> Talk:
    """Somebody on a channel that carries nothing."""
    limits = house_on_each.app.limits
    account = house_on_each.platform.account
    house_on_each.app.script._limits = {**limits, account: replace(limits[account], instant=True)}
    return await house_on_each.talk("an")


async def shown(house: House, talk: Talk) -> list[str]:
    def read(tx: Tx) -> list[str]:
        found = conversations.find(tx, house.app.database.keyring, talk.address)
        assert found is not None
        return [one.text for one in messages.shown_since(tx, found, 0, house.clock()) if not one.mine]

    return await house.app.database.read(read)


async def test_a_reply_is_shown_with_its_turn_and_nobody_carries_it(house_on_each: House, an: Talk) -> None:
    told: list[Address] = []
    house_on_each.app.turn.shown = told.append
    await an.says("menu")
    assert len(await shown(house_on_each, an)) == len(house_on_each.records[-1].replies) > 0
    assert told == [an.address]
    assert await house_on_each.deliver() == []


async def test_a_sender_is_woken_only_where_something_waits_for_it(house_on_each: House, an: Talk) -> None:
    woken: list[int] = []
    house_on_each.app.turn.queued = lambda: woken.append(1)
    await an.says("menu")
    assert woken == []
    await an.says("gặp người")
    assert woken == [1]


async def test_what_waits_is_not_overtaken(house_on_each: House, an: Talk) -> None:
    await an.says("menu")
    before = await shown(house_on_each, an)
    database = house_on_each.app.database

    def queue(tx: Tx) -> None:
        found = conversations.find(tx, database.keyring, an.address)
        assert found is not None
        this = conversations.get(tx, found)
        messages.add_notice(tx, this, this.epoch, [Reply("", "từ bàn hỗ trợ")], house_on_each.clock(), "notice")

    await database.run(queue)
    await an.says("menu")
    assert await shown(house_on_each, an) == before
    carried = await house_on_each.deliver()
    assert carried[0] == "từ bàn hỗ trợ"
    assert len(carried) == 1 + len(house_on_each.records[-1].replies)


async def test_what_is_shown_counts_as_sent_once(house_on_each: House, an: Talk) -> None:
    await an.says("menu")

    def read(tx: Tx) -> list[tuple[str, int]]:
        return [tuple(row) for row in tx.execute(select(message.c.status, message.c.tries).where(message.c.direction == "out"))]

    assert set(await house_on_each.app.database.read(read)) == {(Status.SENT, 1)}
