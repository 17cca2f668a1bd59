"""The language of the console's tests: the real application on a real server on loopback, the test's clock, browsers that keep cookies.

served = ...                                      # the fixture
dinh = await served.browser(await served.helper("dinh"))
await dinh.post(f"/desk/cases/{case.id}/take")
"""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
from litestar import Litestar

from bot.channels.base import Limits, Routed
from bot.desk import console
from bot.desk.pages.access import COOKIE
from bot.model.case import Case
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import conversation, message, metadata
from bot.web import Site
from bot.written import Written

from ..conftest import Clock
from ..talk import BUTTONS, House, Talk
from .helpers import HERE, Desk, Helper

CSRF, CSRF_COOKIE = "_csrf_token", "danloi_desk_csrf"
_TOKEN = re.compile(r'name="_csrf_token" value="([^"]*)"')
_KEY = re.compile(r'name="key" value="([^"]*)"')


class Served:
    """The assistant without its loops and its language model, and before it the real server."""

    def __init__(self, settings: Settings, database: Database, written: Written, clock: Clock, limits: Limits = BUTTONS) -> None:
        self.house = House(settings, database, written, None, clock, limits)
        self.desk = Desk(self.house)
        self.database, self.clock = database, clock
        app, known = self.house.app, written.catalogue
        parts = console.parts(settings, database, app.takeover, app.script, known, written.places, app.limits, clock)
        self.parts = replace(parts, look_again=0.02, keepalive=0.5)
        self._settings, self._words = settings, written.words
        self.others: Sequence[Routed] = ()
        """The channels beside the web chat, for their routes."""
        self._open: list[Browser] = []

    async def start(self) -> None:
        self.site = Site(self._settings, self.database, self._words, _away, self.others, self.clock)
        self.parts = replace(self.parts, closing=asyncio.Event())
        self.site.desk = self.parts
        await self.site.start(self.house.app.door, 0)
        assert self.site._server is not None
        self.url = f"http://127.0.0.1:{self.site._server.servers[0].sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        for browser in self._open:
            await browser.client.aclose()
        await self.site.stop()

    @property
    def app(self) -> Litestar:
        """What was built, as the server runs it."""
        assert self.site._app is not None
        return self.site._app

    async def helper(self, code: str, **more: Any) -> Helper:
        """Somebody who may work at once."""
        return await self.desk.helper(code, **{"must_change": False, **more})

    async def browser(self, who: Helper | None = None, **headers: str) -> "Browser":
        """A browser; signed in where somebody is named."""
        browser = Browser(httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20, verify=False))
        self._open.append(browser)
        if who is not None:
            browser.client.cookies.set(COOKIE, await self.parts.sessions.open(await who.who()), domain="127.0.0.1", path="/desk")
        return browser

    async def case(self, who: str = "an", *says: str, commune: str | None = None) -> Case:
        """A citizen's case that waits; of those tests, the only one of that person."""
        talk = await self.house.talk(who)
        if commune == HERE:
            await talk.says("xã Đồng Văn mới")
        for text in (*says, "gặp người"):
            await talk.says(text)
        number = (await self.desk.conversation(talk)).open_case
        assert number is not None
        return await self.desk.case(number)

    async def named(self, talk: Talk, name: str) -> None:
        """What their channel tells that somebody is called."""
        who = await self.desk.conversation(talk)
        await self.database.run(lambda tx: tx.execute(conversation.update().where(conversation.c.id == who.id).values(name=name)).rowcount)

    async def rows(self, table: Any, *wanted: Any) -> list[Any]:
        return await self.database.read(lambda tx: list(tx.execute(table.select().where(*wanted).order_by(*table.primary_key))))

    async def everything(self) -> dict[str, list[Any]]:
        """All that is stored."""
        return {table.name: await self.rows(table) for table in metadata.sorted_tables}

    async def said(self) -> list[str]:
        """What persons said to citizens, as it lies in the outbox."""
        return [row.text for row in await self.rows(message, message.c.author == "person")]


@dataclass
class Event:
    id: str | None
    kind: str
    data: str


class Browser:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self._csrf: str | None = None

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def page(self, path: str) -> str:
        """A page that opens."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"))
        return answer.text

    async def csrf(self) -> str:
        """The token of this browser's forms."""
        if self._csrf is None:
            signed_in = self.client.cookies.get(COOKIE) is not None
            (self._csrf, *_) = _TOKEN.findall(await self.page("/desk/password" if signed_in else "/desk/sign-in"))
        return self._csrf

    async def post(self, path: str, fields: Mapping[str, Any] | None = None, *, key: str | None = None, **more: Any) -> httpx.Response:
        """A form, as the page would send it."""
        data = {CSRF: await self.csrf(), "key": key or uuid4().hex, **(fields or {})}
        return await self.client.post(path, data=data, **more)

    async def signs_in(self, code: str, password: str, **more: str) -> httpx.Response:
        answer = await self.post("/desk/sign-in", {"code": code, "password": password, **more})
        self._csrf = None
        return answer

    async def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any method; of a stream that never ends only how it begins."""
        async with self.client.stream(method, path, **more) as answer:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                await answer.aread()
            return answer

    @asynccontextmanager
    async def listens(self, path: str, last: str | None = None) -> AsyncIterator["Stream"]:
        headers = {} if last is None else {"Last-Event-ID": last}
        async with self.client.stream("GET", path, headers=headers) as answer:
            yield Stream(answer)


class Stream:
    """Server-sent events, read one by one."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self, kind: str | None = None, seconds: float = 10) -> Event:
        """The next event, of that kind. Raises StopAsyncIteration where the stream has ended."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._event()
                if kind is None or event.kind == kind:
                    return event

    async def lines(self, count: int) -> list[Event]:
        return [await self.next("line") for _ in range(count)]

    async def ends(self, seconds: float = 10) -> list[Event]:
        """Whatever still came until the server ended it."""
        rest = []
        while True:
            try:
                rest.append(await self.next(seconds=seconds))
            except StopAsyncIteration:
                return rest

    async def _event(self) -> Event:
        event = Event(None, "message", "")
        data: list[str] = []
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and any(data):
                event.data = "\n".join(data)
                return event
            if name == "id":
                event.id = value
            elif name == "event":
                event.kind = value
            elif name == "data":
                data.append(value)
        raise StopAsyncIteration


def key_in(page: str) -> str:
    """The key of the page's first action."""
    return str(_KEY.findall(page)[0])


def words_of(answer: httpx.Response) -> str:
    """A page's text as it is read."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def is_refused(answer: httpx.Response) -> bool:
    return answer.status_code in (401, 403) or to_sign_in(answer)


def to_sign_in(answer: httpx.Response) -> bool:
    where: str = answer.headers.get("location", answer.headers.get("hx-redirect", ""))
    return where.startswith("/desk/sign-in")


@asynccontextmanager
async def serving(
    settings: Settings, database: Database, written: Written, clock: Clock, limits: Limits = BUTTONS
) -> AsyncIterator[Served]:
    served = Served(settings, database, written, clock, limits)
    await served.start()
    yield served
    await served.stop()


async def _away() -> bool:
    return False
