"""Rounds of trouble, on Zalo Bot: see rounds.py."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_bot_api import Patience
from bot.settings import ZaloBotSettings
from bot.store.database import Database

from ..channels.zalo_bot_line import words
from ..fakes.office import FakeOffice
from ..fakes.zalo_bot import TOKEN, ZaloBotServer, zalo_bot_server
from .rounds import play

SEEDS = 5
IMPATIENT = Patience(connect=0.5, answer=0.06)


@pytest.fixture
async def server() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        yield fake


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, rounds = metafunc.config.getoption("--seed"), metafunc.config.getoption("--rounds")
        metafunc.parametrize("seed", range(first, first + (rounds or SEEDS)))


async def test_rounds_of_trouble(database: Database, server: ZaloBotServer, seed: int) -> None:
    def channel() -> ZaloBot:
        return ZaloBot(ZaloBotSettings(TOKEN, server.url), words, FakeOffice(), patience=IMPATIENT)

    await play(database, channel, server, [server.person(name) for name in ("An", "Bình", "Chi", "Dung")], seed)
