"""Hints between processes on one PostgreSQL database: «something waits», by NOTIFY, so that nobody waits for the next poll.

A hint says what kind of thing waits and nothing of anybody. It is sent after the commit, by itself and many at once, for NOTIFY takes a
lock that all of them share. A lost one costs a poll: whoever hears again after a break looks for everything.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress

import psycopg
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from ..model.errors import StoreError
from .database import Database

log = structlog.get_logger(__name__)

CHANNEL = "danloi"
PAUSES = (0.2, 1.0, 5.0, 15.0)
"""Seconds until it is tried again to listen; the last repeats."""
EVERYTHING = "everything"
_TELL = text("SELECT pg_notify(:channel, hint) FROM unnest(CAST(:hints AS text[])) AS hint")


class Wakeups:
    def __init__(self, url: str, database: Database, me: str, heard: Callable[[str], None]) -> None:
        """`me`: this process's name, whose own hints it need not hear. `heard` is told each hint, and `EVERYTHING` after a break."""
        self._url = url
        self._database = database
        self._me = hashlib.sha256(me.encode()).hexdigest()[:12]
        self._heard = heard
        self._hints: set[str] = set()
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.listening = asyncio.Event()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen(), name="wakeups"), asyncio.create_task(self._telling(), name="hints")]

    async def stop(self) -> None:
        """What is still to be told is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._tell()

    def tell(self, hint: str) -> None:
        """Soon, to every other process; the same hint twice is one."""
        self._hints.add(hint)
        self._wanted.set()

    async def _telling(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._tell()

    async def _tell(self) -> None:
        hints, self._hints = [f"{self._me} {hint}" for hint in self._hints], set()
        if hints:
            with suppress(StoreError):
                await self._database.read(lambda tx: _notify(tx, hints))  # nothing is stored

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    failures = 0
                    self.listening.set()
                    self._heard(EVERYTHING)
                    async for notice in connection.notifies():
                        self._hear(notice.payload)
            except psycopg.Error as error:
                log.warning("wakeups_lost", why=type(error).__name__)
            self.listening.clear()
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _connected(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        url = make_url(self._url)
        address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        return await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=10, password=url.password)

    def _hear(self, payload: str) -> None:
        sender, _, hint = payload.partition(" ")
        if sender != self._me and hint:
            self._heard(hint)


def _notify(tx: Connection, hints: list[str]) -> None:
    tx.execute(_TELL, {"channel": CHANNEL, "hints": hints})
