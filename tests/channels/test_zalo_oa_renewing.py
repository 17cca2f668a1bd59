"""The tokens of an OA and several real processes on each database: two at the same moment, and one that is killed in the middle."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.zalo_oa import account
from bot.channels.zalo_oa_tokens import ABANDONED
from bot.model.clock import now
from bot.model.tokens import Pair
from bot.store.database import Database
from bot.store.tokens import Shelf

from ..fakes.zalo_oa import OA, Fault, ZaloServer, zalo_server
from .zalo_line import pair_of

LONG_AGO = timedelta(hours=13)


@pytest.fixture
async def server() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest.fixture
async def due(server: ZaloServer, database: Database) -> Pair:
    """A pair whose time to be renewed has come."""
    pair = pair_of(server)
    await Shelf(database, account(OA), lambda: now() - LONG_AGO).authorised(
        Pair(pair.access, pair.refresh, now() + LONG_AGO / 2, now() + LONG_AGO)
    )
    return pair


class Other:
    """Another process of ours."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout

    async def goes_on(self) -> None:
        self._in.write(b"\n")
        await self._in.drain()

    async def stands_before_the_marker(self) -> None:
        """It has seen that the renewal is due, and nobody's marker."""
        await self.goes_on()
        assert await self._out.readline() == b"begins\n"

    async def tells(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self._out.readline())
        return found

    async def looks(self) -> dict[str, Any]:
        await self.goes_on()
        return await self.tells()

    async def is_killed(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def started(stack: AsyncExitStack, url: str, server: ZaloServer, ahead: float = 0.0) -> Other:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.channels.renewing", url, server.url, str(ahead)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    other = Other(process)
    stack.push_async_callback(other.is_killed)
    assert await other._out.readline() == b"ready\n"
    return other


async def test_two_processes_at_the_same_moment_renew_once(
    due: Pair, server: ZaloServer, database: Database, database_url: str, stack: AsyncExitStack
) -> None:
    """A refresh token buys one pair; who comes second with it would have lost the OA's authorisation for both."""
    both = [await started(stack, database_url, server) for _ in range(2)]
    await asyncio.gather(*(one.stands_before_the_marker() for one in both))
    await asyncio.gather(*(one.goes_on() for one in both))
    await asyncio.gather(*(one.tells() for one in both))
    assert (server.renewals, server.spent_again) == (1, 0)
    told = await asyncio.gather(*(one.looks() for one in both))
    assert server.renewals == 1
    kept = await Shelf(database, account(OA), now).read()
    assert kept.pair is not None
    assert kept.pair.access != due.access
    assert list(told) == [{"token": kept.pair.access, "trouble": None}] * 2


async def test_a_process_killed_between_zalos_answer_and_the_saving(
    due: Pair, server: ZaloServer, database: Database, database_url: str, stack: AsyncExitStack
) -> None:
    """The new pair is nowhere; the marker tells who comes next, who says so and goes on with the old token while it lasts."""
    server.token_faults.append(Fault.ACCEPTED_AND_HANGS)
    first = await started(stack, database_url, server)
    await first.stands_before_the_marker()
    await first.goes_on()
    await server.until(lambda: server.renewals == 1)
    await first.is_killed()
    assert (await Shelf(database, account(OA), now).read()).asked_at is not None

    too_early = await started(stack, database_url, server)
    assert await too_early.looks() == {"token": due.access, "trouble": None}
    reborn = await started(stack, database_url, server, ahead=ABANDONED.total_seconds() + 1)
    await reborn.stands_before_the_marker()
    await reborn.goes_on()
    told = await reborn.tells()
    assert told["token"] == due.access
    assert "/desk/zalo" in told["trouble"]
    assert server.renewals == 1
