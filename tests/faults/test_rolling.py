"""A rolling restart: two processes on PostgreSQL behind one address, each stopped and started in turn while citizens talk.

No message is lost or doubled, by the citizens' own records; and nobody waits for a term to run out, which here would take minutes.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from ..fakes.telegram import TOKEN, telegram_server
from .balancer import balanced
from .citizens import Citizen
from .nursery import Forked, Nursery
from .process import Served
from .test_kill import OPENING, TAPS, statuses

AT_ONCE = 24
TERMS = {"SENDER_TERM": "600", "CLAIM_TIME": "600"}
"""Longer than the test may take: what a process does not hand over, nobody gets."""


@pytest_asyncio.fixture(loop_scope="session")
async def pair(tmp_path: Path, database_url: str, born_in: Nursery) -> AsyncIterator[tuple[Served, Served]]:
    one = Forked(born_in, tmp_path, database_url, **TERMS)
    other = Forked(born_in, tmp_path, database_url, **TERMS)
    await one.start()
    await other.start()
    yield one, other
    for process in (one, other):
        await process.kill()


class Street:
    """Whoever goes home, somebody else comes, until it is closed."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.citizens: list[Citizen] = []
        self.closed = False
        self._http = http

    async def live(self) -> None:
        while not self.closed:
            citizen = Citizen(self._http, OPENING, TAPS)
            self.citizens.append(citizen)
            await citizen.live()

    async def until_busy(self, whole: int) -> None:
        """Until most of those who are here now are in the middle of what they do; `whole` messages are shown to who goes home."""
        here = [citizen for citizen in self.citizens if len(citizen.shown) < whole]
        while sum(len(citizen.shown) >= whole // 2 for citizen in here) < len(here) // 2:
            await asyncio.sleep(0.01)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_citizens_talk_on_while_each_process_is_restarted(pair: tuple[Served, Served], database_url: str, tmp_path: Path) -> None:
    limits = httpx.Limits(max_connections=None)
    async with (
        balanced(*(process.port for process in pair)) as balancer,
        httpx.AsyncClient(base_url=balancer.url, limits=limits, timeout=20) as http,
    ):
        model = Citizen(http, OPENING, TAPS)
        await model.live()
        street = Street(http)
        living = [asyncio.create_task(street.live()) for _ in range(AT_ONCE)]
        for process in (*pair, *pair):
            await street.until_busy(len(model.shown))
            assert await process.stop() == 0
            await process.start()
        await street.until_busy(len(model.shown))
        street.closed = True
        await asyncio.gather(*living)
    assert [await process.stop() for process in pair] == [0, 0]
    assert min(balancer.carried.values()) > 0
    assert len(model.texts) > TAPS
    assert len(street.citizens) > AT_ONCE
    for citizen in street.citizens:
        assert citizen.texts == model.texts
        assert max(Counter(event["id"] for event in citizen.shown).values()) == 1
        assert citizen.refused == []
    assert await statuses(database_url, tmp_path) == {("in", "handled"), ("out", "sent")}


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_process_that_stops_hands_over_at_once(pair: tuple[Served, Served]) -> None:
    """The first one holds the senders' office; the other answers without it, though its term has minutes to go."""
    first, second = pair
    async with httpx.AsyncClient(base_url=first.url, timeout=20) as http:
        an = Citizen(http, OPENING, 0)
        await an.live()
    assert await first.stop() == 0
    async with httpx.AsyncClient(base_url=second.url, timeout=20) as http, asyncio.timeout(60):
        ba = Citizen(http, OPENING, 0)
        await ba.live()
    assert await second.stop() == 0
    assert ba.texts == an.texts


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_polls_and_sends_on_telegram_hands_over_at_once(database_url: str, tmp_path: Path, born_in: Nursery) -> None:
    async with telegram_server() as telegram:
        an, settings = telegram.person("An"), {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url}
        first, second = (Forked(born_in, tmp_path, database_url, **TERMS, **settings) for _ in range(2))
        await first.start()
        await an.says("/menu")
        before = len(await an.sees(2))
        await second.start()
        assert await first.stop() == 0
        await an.says("/menu")
        assert len(await an.sees(before + 1)) == before + 1
        assert await second.stop() == 0
    assert await statuses(database_url, tmp_path) == {("in", "handled"), ("out", "sent")}


async def test_who_is_about_to_stop_still_answers_and_says_that_it_is_not_ready(tmp_path: Path, born_in: Nursery) -> None:
    served = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", DRAIN_TIME="3")
    await served.start()
    async with httpx.AsyncClient(base_url=served.url, timeout=20) as http:
        stopping = asyncio.create_task(served.stop())
        async with asyncio.timeout(60):
            while (ready := await http.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.01)
        assert ready.json()["draining"] is True
        assert ready.headers["connection"] == "close"
        assert (await http.get("/healthz")).status_code == 200
        an = Citizen(http, OPENING, 1)
        await an.live()
        assert an.refused == []
    assert await stopping == 0
