"""A real `danloi serve` is stopped, or killed, in the middle of a send to Telegram; what is unknown is not sent again by itself."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from ..fakes.telegram import TOKEN, Fault, Person, TelegramServer, telegram_server
from .nursery import Forked, Nursery
from .process import Served
from .test_kill import statuses

alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""A file has one process: after a kill nothing waits. On PostgreSQL the killed one might live, and its sends keep their deadline."""


@pytest_asyncio.fixture(loop_scope="session")
async def telegram() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def served(tmp_path: Path, database_url: str, telegram: TelegramServer, born_in: Nursery) -> AsyncIterator[Served]:
    process = Forked(born_in, tmp_path, database_url, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=telegram.url)
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
def an(telegram: TelegramServer) -> Person:
    return telegram.person("An")


async def in_the_middle_of_a_send(telegram: TelegramServer, an: Person) -> None:
    """The first words are shown; that they arrived, Telegram has not said yet. The menu waits behind them."""
    telegram.faults.append(Fault.LATE)
    await an.says("/menu")
    await an.sees(1)


async def test_stopped_in_the_middle_of_a_send_it_waits_for_the_answer(
    served: Served, telegram: TelegramServer, an: Person, tmp_path: Path, database_url: str
) -> None:
    await in_the_middle_of_a_send(telegram, an)
    stopping = asyncio.create_task(served.stop())
    await until_deaf(served)
    assert not stopping.done()
    telegram.answer_late.set()
    assert await stopping == 0
    await served.start()
    await an.sees(2)
    assert await served.stop() == 0
    assert len(set(an.texts)) == 2
    assert await statuses(database_url, tmp_path) == {("in", "handled"), ("out", "sent")}


@alone
async def test_killed_in_the_middle_of_a_send_nothing_comes_twice(
    served: Served, telegram: TelegramServer, an: Person, tmp_path: Path, database_url: str
) -> None:
    await in_the_middle_of_a_send(telegram, an)
    await served.end(signal.SIGKILL)
    await served.start()
    await an.sees(2)  # what was queued behind it
    assert an.texts[1] != an.texts[0]
    await an.says("/menu")
    await an.sees(3)
    assert an.texts.count(an.texts[0]) == 1
    assert await served.stop() == 0
    assert await statuses(database_url, tmp_path) == {("in", "handled"), ("out", "sent"), ("out", "unknown")}


@alone
async def test_updates_that_came_while_we_were_down_are_answered_once(served: Served, telegram: TelegramServer, an: Person) -> None:
    await an.says("/menu")
    await an.sees(2)
    await served.end(signal.SIGKILL)
    update = await an.says("/xoa")
    await telegram.deliver_raw(update)
    await served.start()
    await an.sees(3)
    await an.says("2")
    await an.sees(4)
    assert "xóa hẳn" in an.texts[2]
    assert len(set(an.texts)) == 4


async def until_deaf(served: Served) -> None:
    """Wait until the process takes nothing in any more."""
    async with httpx.AsyncClient() as http:
        while True:
            try:
                await http.get(f"{served.url}/healthz")
            except httpx.TransportError:
                return
            await asyncio.sleep(0.01)
