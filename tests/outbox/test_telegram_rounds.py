"""Rounds of trouble, on Telegram: see rounds.py."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import Telegram
from bot.channels.telegram_api import Patience
from bot.store.database import Database

from ..channels.telegram_line import words
from ..fakes.office import FakeOffice
from ..fakes.telegram import TOKEN, TelegramServer, telegram_server
from .rounds import play

SEEDS = 10
IMPATIENT = Patience(connect=0.5, answer=0.06)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, rounds = metafunc.config.getoption("--seed"), metafunc.config.getoption("--rounds")
        metafunc.parametrize("seed", range(first, first + (rounds or SEEDS)))


async def test_rounds_of_trouble(database: Database, server: TelegramServer, seed: int) -> None:
    def channel() -> Telegram:
        return Telegram(TOKEN, words, FakeOffice(), api=server.url, patience=IMPATIENT)

    await play(database, channel, server, [server.person(name) for name in ("An", "Bình", "Chi", "Dung")], seed)
