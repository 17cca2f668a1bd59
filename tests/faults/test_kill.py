"""kill -9 in the middle of 200 conversations: each message handled once, each reply shown once, none lost. By their own records."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from bot.store.database import connect
from bot.store.tables import message

from .citizens import Citizen
from .nursery import Forked, Nursery

CITIZENS = 200
TAPS = 5
KILLS = 3
OPENING = "làm sao để đăng ký định danh mức 2"


@pytest.mark.timeout(300)
async def test_kill_in_the_middle_of_200_conversations(database_url: str, tmp_path: Path, born_in: Nursery) -> None:
    served = Forked(born_in, tmp_path, database_url)
    await served.start()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=served.url, limits=limits, timeout=20) as http:
        model = Citizen(http, OPENING, TAPS)
        await model.live()

        crowd = [Citizen(http, OPENING, TAPS) for _ in range(CITIZENS)]
        living = [asyncio.create_task(citizen.live()) for citizen in crowd]
        for kill in range(1, KILLS + 1):
            await until_shown(crowd, kill * CITIZENS * len(model.shown) // (KILLS + 1))
            await served.kill()
            await served.start()
        await asyncio.gather(*living)
    assert await served.stop() == 0

    assert len(model.texts) > TAPS
    for citizen in crowd:
        assert citizen.texts == model.texts
        assert max(Counter(event["id"] for event in citizen.shown).values()) == 1
    assert await statuses(database_url, tmp_path) == {("in", "handled"), ("out", "sent")}


async def until_shown(crowd: list[Citizen], enough: int) -> None:
    """Wait until the citizens have seen that many messages in all."""
    while sum(len(citizen.shown) for citizen in crowd) < enough:
        await asyncio.sleep(0.01)


async def statuses(database_url: str, var: Path) -> set[tuple[str, str]]:
    from bot.store.crypto import Keyring

    database = connect(database_url, Keyring((var / "data_key").read_text(), (var / "address_key").read_text()))
    query = select(message.c.direction, message.c.status, func.count()).group_by(message.c.direction, message.c.status)
    rows = await database.read(lambda tx: tx.execute(query).all())
    database.close()
    return {(row.direction, row.status) for row in rows}
