"""One citizen on each channel, through everything that channel is really made of: HTTP, streams, polls, webhooks, the running loops.

A `Line` says and taps, and shows what reached the person, as plain text.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Protocol
from uuid import uuid4

import httpx

from bot.app import App
from bot.channels.base import Channel
from bot.channels.telegram import Telegram
from bot.channels.terminal import Terminal
from bot.channels.webchat import WebChat
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_bot_api import Patience
from bot.channels.zalo_oa_webhook import PATH
from bot.model.grouping import Grouping
from bot.model.record import TurnRecord
from bot.settings import Settings, ZaloBotSettings
from bot.store.database import Database
from bot.understanding.reader import Model, Reader
from bot.web import Site
from bot.written import Written

from ..channels.zalo_line import zalo_channel
from ..conftest import Clock
from ..fakes import zalo_bot
from ..fakes.behind_web import Behind, serving
from ..fakes.office import FakeOffice
from ..fakes.telegram import TOKEN, telegram_server
from ..fakes.zalo_oa import zalo_server
from ..faults.process import free_port

CHANNELS = (
    "terminal",
    "web",
    "telegram by polling",
    "telegram by webhook",
    "zalo bot by polling",
    "zalo bot by webhook",
    "zalo oa",
    "zalo oa without buttons",
)


@dataclass(frozen=True)
class Message:
    """What a person sees of one message of ours."""

    text: str
    labels: tuple[str, ...] = ()


class Line(Protocol):
    asks_consent: bool
    """Whether the channel tells what is kept before the first message, so that the first words need not."""

    async def says(self, text: str) -> None: ...

    async def taps(self, label: str) -> None: ...

    async def shown(self, count: int) -> list[Message]:
        """Everything shown so far, once it is at least `count` messages."""


@dataclass
class House:
    """The parts below the channels."""

    settings: Settings
    database: Database
    written: Written
    nlu: Model
    clock: Clock

    @asynccontextmanager
    async def running(
        self, channels: Sequence[Channel], records: "Records", settled: Callable[[Any], None] = lambda _: None
    ) -> AsyncIterator[App]:
        reader = Reader(self.nlu, self.written.catalogue.intents, self.written.places, self.clock, self.written.terms)
        app = App(self.settings, self.database, self.written, reader, channels, self.clock, Grouping(0, 0), settled)
        app.turn.answered = records.add
        await app.start()
        try:
            yield app
        finally:
            await app.stop()


class Records:
    """The turns as they were committed."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[TurnRecord] = asyncio.Queue()

    def add(self, record: TurnRecord) -> None:
        self._queue.put_nowait(record)

    async def next(self) -> TurnRecord:
        async with asyncio.timeout(30):
            return await self._queue.get()


class OnTheTerminal:
    asks_consent = False

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._seen: list[Message] = []

    async def says(self, text: str) -> None:
        await self._terminal.type(text)

    async def taps(self, label: str) -> None:
        labels = [button.label for button in self._terminal.buttons.offered]
        await self._terminal.type(f"<tap:{labels.index(label) + 1}>")

    async def shown(self, count: int) -> list[Message]:
        while len(self._seen) < count:
            out = await self._terminal.said.get()
            self._seen.append(Message(out.text, tuple(button.label for button in out.buttons)))
        return self._seen


class OnTheWeb:
    asks_consent = True

    def __init__(self, http: httpx.AsyncClient, headers: dict[str, str], events: AsyncIterator[str]) -> None:
        self._http = http
        self._headers = headers
        self._events = events
        self._seen: list[dict[str, Any]] = []

    async def says(self, text: str) -> None:
        await self._post(text=text)

    async def taps(self, label: str) -> None:
        buttons = next(event["buttons"] for event in reversed(self._seen) if event["buttons"])
        await self._post(tap=next(button["payload"] for button in buttons if button["label"] == label))

    async def shown(self, count: int) -> list[Message]:
        while len(self._seen) < count:
            line = await anext(self._events)
            if line.startswith("data:") and line[5:].strip() and not (event := json.loads(line[5:]))["mine"]:
                self._seen.append(event)
        return [Message(from_html(event["html"]), tuple(button["label"] for button in event["buttons"])) for event in self._seen]

    async def _post(self, **said: str) -> None:
        response = await self._http.post("/chat/messages", json={"key": uuid4().hex, **said}, headers=self._headers)
        assert response.status_code == 202, response.text


class OnTelegram:
    asks_consent = False

    def __init__(self, person: Any) -> None:
        self._person = person

    async def says(self, text: str) -> None:
        await self._person.says(text)

    async def taps(self, label: str) -> None:
        await self._person.taps(label)

    async def shown(self, count: int) -> list[Message]:
        screen = await self._person.sees(count)
        return [Message(message.text, tuple(label.removeprefix("✅ ") for label in message.labels)) for message in screen]


class OnZaloBot:
    """What others tap is chosen by its number."""

    asks_consent = False

    def __init__(self, person: zalo_bot.Person) -> None:
        self._person = person

    async def says(self, text: str) -> None:
        await self._person.says(text)

    async def taps(self, label: str) -> None:
        await self._person.chooses(label)

    async def shown(self, count: int) -> list[Message]:
        return [Message(message.question, tuple(message.labels)) for message in await self._person.sees(count)]


class OnZaloOa:
    asks_consent = False

    def __init__(self, person: Any) -> None:
        self._person = person

    async def says(self, text: str) -> None:
        await self._person.says(text)

    async def taps(self, label: str) -> None:
        await self._person.taps(label)

    async def shown(self, count: int) -> list[Message]:
        """Numbered lines below a text are taps, too."""
        return [_numbered(message.text, message.labels) for message in await self._person.sees(count)]


def _numbered(text: str, labels: list[str]) -> Message:
    words, gap, below = text.rpartition("\n\n1. ")
    if labels or not gap:
        return Message(text, tuple(labels))
    return Message(words, tuple(line.split(". ", 1)[1] for line in f"1. {below}".splitlines()))


def from_html(html: str) -> str:
    """What a browser shows of the page's HTML, as far as words go."""
    listed = re.sub(r"<li>(<p>)?", "\n", html)
    return unescape(re.sub(r"<[^>]+>", "", listed.replace("<br />", "\n")))


@dataclass(frozen=True)
class Built:
    """A channel that has not begun, and what connects a person to it once the assistant runs."""

    channel: Channel
    begin: Callable[[App], Awaitable[Line]]
    settled: Callable[[Any], None] = lambda _: None


@asynccontextmanager
async def line_on(channel: str, house: House, records: Records) -> AsyncIterator[Line]:
    async with lines_on((channel,), house, records) as (line,):
        yield line


@asynccontextmanager
async def lines_on(channels: Sequence[str], house: House, records: Records) -> AsyncIterator[list[Line]]:
    """One assistant on several channels, and one person on each."""
    async with AsyncExitStack() as stack:
        built = [await _built(channel, stack, house) for channel in channels]

        def settled(address: Any) -> None:
            for one in built:
                one.settled(address)

        app = await stack.enter_async_context(house.running([one.channel for one in built], records, settled))
        yield [await one.begin(app) for one in built]


async def _built(channel: str, stack: AsyncExitStack, house: House) -> Built:
    match channel:
        case "terminal":
            return _terminal()
        case "web":
            return _web(stack, house)
        case "telegram by polling" | "telegram by webhook":
            return await _telegram(stack, house, webhook=channel.endswith("webhook"))
        case "zalo bot by polling" | "zalo bot by webhook":
            return await _zalo_bot(stack, webhook=channel.endswith("webhook"))
        case _:
            return await _zalo_oa(stack, house, buttons=channel == "zalo oa")


def _terminal() -> Built:
    terminal = Terminal("an")

    async def begin(_app: App) -> Line:
        return OnTheTerminal(terminal)

    return Built(terminal, begin)


def _web(stack: AsyncExitStack, house: House) -> Built:
    async def ready() -> bool:
        return True

    site = Site(house.settings, house.database, house.written.words, ready)

    async def begin(app: App) -> Line:
        await site.start(app.door, 0)
        stack.push_async_callback(site.stop)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=site.address, timeout=30))
        token = (await http.post("/chat/session", json={"consent": True, "version": "1"})).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        events = await stack.enter_async_context(http.stream("GET", "/chat/events", headers=headers))
        return OnTheWeb(http, headers, events.aiter_lines())

    return Built(site.chat, begin, site.chat.announce)


async def _zalo_oa(stack: AsyncExitStack, house: House, buttons: bool) -> Built:
    server = await stack.enter_async_context(zalo_server(lambda: house.clock().timestamp()))
    server.takes_buttons = buttons
    server.echoes = True
    zalo = zalo_channel(server, clock=house.clock)
    zalo.limits = replace(zalo.limits, per_chat_second=1000)

    async def begin(_app: App) -> Line:
        url = await stack.enter_async_context(serving(Behind(), WebChat(), str, routes=zalo.routes))
        server.hook = url + PATH
        return OnZaloOa(server.person())

    return Built(zalo, begin)


async def _telegram(stack: AsyncExitStack, house: House, webhook: bool) -> Built:
    server = await stack.enter_async_context(telegram_server())
    port = free_port()
    hook = (f"http://127.0.0.1:{port}", "a-secret-made-up-for-tests") if webhook else None
    telegram = Telegram(
        TOKEN, lambda block: house.written.words.text(f"telegram.{block}", house.clock().date()), FakeOffice(), api=server.url, hook=hook
    )
    telegram.limits = replace(telegram.limits, per_second=1000, per_chat_second=1000)  # pace has its own tests, and they need no waiting

    async def begin(_app: App) -> Line:
        if webhook:
            await stack.enter_async_context(serving(Behind(), WebChat(), str, port=port, routes=telegram.routes))
        await server.until(lambda: bool(server.asked("setMyShortDescription")))
        return OnTelegram(server.person("An"))

    return Built(telegram, begin)


async def _zalo_bot(stack: AsyncExitStack, webhook: bool) -> Built:
    server = await stack.enter_async_context(zalo_bot.zalo_bot_server())
    port = free_port()
    secret, url = ("a-secret-made-up-for-tests", f"http://127.0.0.1:{port}") if webhook else (None, None)
    settings = ZaloBotSettings(zalo_bot.TOKEN, server.url, secret, per_second=1000, per_chat_second=1000)
    channel = ZaloBot(settings, str, FakeOffice(), public_url=url, patience=Patience(poll=1))

    async def begin(_app: App) -> Line:
        if webhook:
            await stack.enter_async_context(serving(Behind(), WebChat(), str, port=port, routes=channel.routes))
        await server.until(lambda: bool(server.hook if webhook else server.polling))
        return OnZaloBot(server.person("An"))

    return Built(channel, begin)
