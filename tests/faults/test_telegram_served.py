"""A real `danloi serve` on Telegram: by webhook, and two processes that share one account."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from ..fakes.telegram import TOKEN, TelegramServer, telegram_server
from .nursery import Forked, Nursery


@pytest_asyncio.fixture(loop_scope="session")
async def telegram() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


async def test_by_webhook(tmp_path: Path, telegram: TelegramServer, born_in: Nursery) -> None:
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url, "TELEGRAM_RECEIVE": "webhook", "PUBLIC_URL": "{url}"}
    served = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", **settings)
    await served.start()
    await telegram.until(lambda: bool(telegram.hook))
    assert telegram.hook["secret_token"] == (tmp_path / "telegram_secret").read_text()
    an = telegram.person("An")
    await an.says("/start eid_level_2")
    await an.sees(3)
    await an.taps("Từ 14 tuổi trở lên")
    await an.sees(4)
    async with httpx.AsyncClient() as http:
        state = (await http.get(f"{served.url}/readyz")).json()
    assert state["channels"] == {"telegram:4242": "ok"}
    assert await served.stop() == 0
    assert telegram.asked("getUpdates") == []
    assert set(telegram.hook_answers) == {200}
    log = served.output.read_text()
    assert TOKEN not in log
    assert telegram.hook["secret_token"] not in log


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_two_processes_one_polls_and_one_sends_and_the_other_takes_over(
    tmp_path: Path, database_url: str, telegram: TelegramServer, born_in: Nursery
) -> None:
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url}
    first, second = (Forked(born_in, tmp_path, database_url, **settings) for _ in range(2))
    await first.start()
    await second.start()
    crowd = [telegram.person(name) for name in ("An", "Bình", "Chi", "Dung", "Em")]
    for person in crowd:
        await person.says("/start eid_level_2")
    for person in crowd:
        await person.sees(3)
        await person.taps("Từ 14 tuổi trở lên")
    assert await first.stop() == 0
    for person in crowd:
        await person.sees(4)
        await person.says("1")
    for person in crowd:
        await person.sees(5)
    assert await second.stop() == 0
    assert telegram.conflicts == 0
    assert [person.texts for person in crowd] == [crowd[0].texts] * len(crowd)
    assert len(set(crowd[0].texts)) == 5
