"""Processes on one PostgreSQL database tell each other what waits: here nobody ever polls, so what is not told never happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select, text

from bot.app import App
from bot.channels.webchat import OpenPage, WebChat
from bot.desk import console
from bot.desk.pages.access import COOKIE
from bot.model.clock import now
from bot.model.grouping import Grouping
from bot.model.message import Address, Inbound, Kind
from bot.model.people import Role
from bot.serve import hints
from bot.settings import Settings
from bot.store import people
from bot.store.database import Database, Tx
from bot.store.tables import case, message
from bot.store.wakeups import EVERYTHING, Wakeups
from bot.understanding.reader import Reader
from bot.web import Site
from bot.written import Written

from ..databases import fresh_postgres
from ..desk.web import Browser

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
AN = Address("web", "an")


class Ear:
    """What a process has heard, in order."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._news = asyncio.Condition()

    def __call__(self, hint: str) -> None:
        self.heard.append(hint)
        self._changed = asyncio.ensure_future(self._notify())

    async def until(self, hint: str, times: int = 1) -> None:
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.heard.count(hint) >= times)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def listening(url: str, database: Database, name: str) -> AsyncIterator[tuple[Wakeups, Ear]]:
    ear = Ear()
    wakeups = Wakeups(url, database, name, ear)
    wakeups.start()
    await ear.until(EVERYTHING)
    try:
        yield wakeups, ear
    finally:
        await wakeups.stop()


async def test_a_hint_reaches_the_others_and_not_oneself(database: Database, database_url: str) -> None:
    async with listening(database_url, database, "one") as (one, mine), listening(database_url, database, "other") as (other, theirs):
        for _ in range(100):
            one.tell("turns")
        one.tell("page 0123456789abcdef")
        other.tell("sends")
        await theirs.until("page 0123456789abcdef")
        await mine.until("sends")
        assert sorted(theirs.heard) == [EVERYTHING, "page 0123456789abcdef", "turns"]
        assert mine.heard == [EVERYTHING, "sends"]


async def test_after_a_break_one_looks_for_everything(database: Database, database_url: str) -> None:
    async with listening(database_url, database, "one") as (one, _), listening(database_url, database, "other") as (_, theirs):
        others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
        await database.run(lambda tx: tx.execute(others).all())
        await theirs.until(EVERYTHING, times=2)
        one.tell("turns")
        await theirs.until("turns")


async def test_what_is_still_to_be_told_is_told_before_one_goes(database: Database, database_url: str) -> None:
    async with listening(database_url, database, "other") as (_, theirs):
        gone = Wakeups(database_url, database, "one", lambda hint: None)
        gone.tell("sends")
        await gone.stop()
        await theirs.until("sends")


async def test_a_database_that_is_away_stops_nobody(database: Database, postgres_server: str) -> None:
    wakeups = Wakeups("postgresql://nobody@127.0.0.1:1/none", database, "one", lambda hint: None)
    wakeups.start()
    wakeups.tell("turns")
    await asyncio.sleep(0)
    await wakeups.stop()
    assert not wakeups.listening.is_set()
    assert fresh_postgres(postgres_server)


class Process:
    """A process of the assistant that never looks for itself."""

    def __init__(self, name: str, settings: Settings, url: str, database: Database, written: Written) -> None:
        self.chat = WebChat()
        settings = replace(settings, poll=3600, database_url=url)
        reader = Reader(None, written.catalogue.intents, written.places, terms=written.terms)
        self.app = App(settings, database, written, reader, [self.chat], grouping=Grouping(0, 0), settled=self.chat.announce, me=name)
        wakeups = hints(settings, database, self.app, self.chat, name)
        assert wakeups is not None
        self.wakeups = wakeups

    async def start(self) -> None:
        self.wakeups.start()
        await self.wakeups.listening.wait()
        await self.app.start()

    async def stop(self) -> None:
        await self.app.stop()
        await self.wakeups.stop()


async def test_the_answer_of_one_is_sent_by_another_and_shown_by_a_third(
    settings: Settings, written: Written, database: Database, database_url: str
) -> None:
    """The first holds the office, the second answers, the page is open at the third. Then the first goes, and the second sends too."""
    first, second, third = (Process(name, settings, database_url, database, written) for name in ("one", "two", "three"))
    await first.start()
    async with asyncio.timeout(20):
        while not first.app.senders[0].elected:
            await asyncio.sleep(0.01)
    await second.start()
    await third.start()
    await second.app.door.consent(AN, "1")
    with third.chat.listening(AN) as page:
        await says(second, "gặp người", "m1")
        async with asyncio.timeout(20):
            await page.news.wait()
    assert not second.app.senders[0].elected
    await first.stop()
    with third.chat.listening(AN) as page:
        await says(second, "menu", "m2")
        async with asyncio.timeout(20):
            await page.news.wait()
    await third.stop()
    await second.stop()


async def says(process: Process, words: str, key: str) -> None:
    assert (await process.app.door(Inbound(AN, key, Kind.TEXT, words))).new


async def test_what_a_volunteer_says_at_one_is_sent_by_another(
    settings: Settings, written: Written, database: Database, database_url: str
) -> None:
    first, second = (Process(name, settings, database_url, database, written) for name in ("one", "two"))
    await first.start()
    async with asyncio.timeout(20):
        while not first.app.senders[0].elected:
            await asyncio.sleep(0.01)
    await second.start()
    await second.app.door.consent(AN, "1")
    with first.chat.listening(AN) as page:
        await says(second, "gặp người", "m1")
        await page.news.wait()
        await everything_sent(database, page)
        async with desk_of(second, settings, written) as desk:
            case_id = await database.read(lambda tx: int(tx.scalar(select(case.c.id)) or 0))
            for path, fields in (("take", {}), ("say", {"text": "chào bác"}), ("close", {"outcome": "solved"})):
                assert (await desk.sends(f"/desk/cases/{case_id}/{path}", **fields)).status_code == 303
                await everything_sent(database, page)
    assert not second.app.senders[0].elected
    await first.stop()
    await second.stop()


async def everything_sent(database: Database, page: OpenPage) -> None:
    """Nothing waits any more; the page is told of each that is sent."""
    waiting = select(func.count()).where(message.c.status.in_(("queued", "sending")))
    async with asyncio.timeout(20):
        while await database.read(lambda tx: tx.scalar(waiting)):
            await page.news.wait()
            page.news.clear()


@asynccontextmanager
async def desk_of(process: Process, settings: Settings, written: Written) -> AsyncIterator[Browser]:
    """A volunteer signed in at the desk of that process, put together as `serve` does."""
    app = process.app
    parts = console.parts(
        settings, app.database, app.takeover, app.script, written.catalogue, written.places, app.limits, now, queued=app.wake_senders
    )

    def hire(tx: Tx) -> int:
        return people.add(tx, "dinh", "Giàng Thị Dính", Role.VOLUNTEER, people.province_desk(tx).id, now(), must_change=False)

    number = await app.database.run(hire)
    who = await app.database.read(lambda tx: people.get(tx, number))
    assert who is not None
    site = Site(settings, app.database, app.script.words, ready)
    site.desk = parts
    site.prepare(app.door)
    transport = httpx.ASGITransport(site._app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={"origin": "http://test"}) as http:
        http.cookies.set(COOKIE, await parts.sessions.open(who))
        yield Browser(http, who)


async def ready() -> bool:
    return True
