"""The Zalo Bot Platform's side of the wire, strict: real HTTP on loopback that refuses what it refuses, and can be told to misbehave.

async with zalo_bot_server() as zalo:
    an = zalo.person("An")
    await an.says("xin chào")
    message = await an.sees(1)
"""

import asyncio
import itertools
import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from .telegram import TAKEN, Fault, dated
from .wire import reachable
from .zalo_bot_rules import Params, Refusal, hook, odd, picture, text

TOKEN = "4242:made-up-for-tests-and-no-secret"
SECRET_HEADER = "X-Bot-Api-Secret-Token"
HOOK_TRIES = 4
FORM = "application/x-www-form-urlencoded"
IN_STATUS = frozenset({404, 408})
"""Refusals that zalo-bot-mcp has measured in the HTTP status; python-zalo-bot looks for none of them elsewhere."""
PAST = 1_795_400_000_000


@dataclass
class Shown:
    """A message of the bot as a person sees it."""

    id: str
    text: str
    picture: bytes | None = field(default=None, repr=False)

    @property
    def question(self) -> str:
        """The text without the numbered lines that end it."""
        return _NUMBERED.sub("", self.text)

    @property
    def labels(self) -> list[str]:
        """What is offered by numbers, in order."""
        found = _NUMBERED.search(self.text)
        return [line.partition(". ")[2] for line in found[1].splitlines()] if found else []


_NUMBERED = re.compile(r"\n\n(1\. .+(?:\n\d+\. .+)*)$")


class ZaloBotServer:
    """`calls` is all that was asked of it, `screens` what each chat shows. `odd` are calls that are wrong in any case."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.odd: list[str] = []
        self.screens: dict[str, list[Shown]] = defaultdict(list)
        self.faults: deque[Fault] = deque()
        self.faulty: Callable[[], Fault | None] = lambda: self.faults.popleft() if self.faults else None
        """What the next sendMessage meets; a test may put its own dice here."""
        self.status_too = False
        """Whether every refusal is one in its HTTP status as well; all of them are in their body."""
        self.wrapped = True
        """Whether the webhook gets {"ok": true, "result": …} or the update alone."""
        self.pause: dict[str, Any] = {}
        """What a 429 says besides."""
        self.blocked: set[str] = set()
        self.reached_at: str | None = None
        """Where what is at our https address is to be found on loopback."""
        self.pending: deque[Any] = deque()
        self.hook: dict[str, str] = {}
        self.hook_answers: list[int] = []
        self.conflicts = 0
        """How often a second poller came."""
        self.clock_off = 0.0
        """Seconds that this server's clock is ahead."""
        self.polling = 0
        self.answer_late = asyncio.Event()
        self.go_on = asyncio.Event()
        """Set at the end: whatever hangs, ends."""
        self._ids = itertools.count(1)
        self._people = itertools.count(1)
        self._known: set[str] = set()
        self._changed = asyncio.Condition()

    # --- what people do

    def person(self, name: str | None = "An") -> "Person":
        person = Person(self, f"6ede9afa66b8{next(self._people):08x}", name)
        self._known.add(person.id)
        return person

    async def deliver(self, update: Any) -> Any:
        """Give the bot an update: it waits for a poll, or is posted to the webhook, repeated where that fails."""
        self.pending.append(update)
        await self._notify()
        if self.hook:
            await self.post_pending()
        return update

    async def post_pending(self) -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while self.pending:
                update = self.pending.popleft()
                for _ in range(HOOK_TRIES):
                    body = {"ok": True, "result": update} if self.wrapped else update
                    response = await http.post(self.hook["url"], json=body, headers={SECRET_HEADER: self.hook["secret_token"]})
                    self.hook_answers.append(response.status_code)
                    if response.is_success:
                        break

    def new_id(self) -> str:
        return f"2d758cb5e222{next(self._ids):08x}"

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something that this server knows holds."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(holds)

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    # --- the wire

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := (await reader.readline()).decode():
                verb, path, _ = line.split(" ")
                status, answer = await self._request(verb, path, reader)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                head = (
                    f"HTTP/1.1 {status} X\r\n{dated(self.clock_off)}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, verb: str, path: str, reader: asyncio.StreamReader) -> tuple[int, Any]:
        params = await self._json(reader)
        token, _, method = path.removeprefix("/bot").rpartition("/")
        try:
            if token != self.token:
                raise Refusal(401, "Unauthorized")
            wrong = [f"{method} by {verb}"] * (verb != "POST") + odd(method, params)
            if wrong:
                self.odd.extend(wrong)
                raise Refusal(400, "Bad Request")
            self.calls.append((method, params))
            await self._notify()
            result = await getattr(self, f"_{method}")(params)
            await self._notify()
            return 200, {"ok": True} if result is None else {"ok": True, "result": result}
        except Refusal as refusal:
            return refusal.code if self.status_too or refusal.code in IN_STATUS else 200, refusal.body
        except _Broken as broken:
            return broken.answer

    async def _json(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        """What was asked; as a form, too, for the platform's Python library sends nothing else."""
        length, kind = 0, ""
        while header := (await reader.readline()).decode().strip():
            name, _, value = header.partition(":")
            length = int(value) if name.lower() == "content-length" else length
            kind = value.strip() if name.lower() == "content-type" else kind
        body = await reader.readexactly(length)
        if kind == FORM:
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        if kind != "application/json" and (body or kind):
            self.odd.append(f"a body of {kind or 'no kind'}")
        found = json.loads(body or b"{}")
        return found if isinstance(found, dict) else {}

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- the methods

    async def _getMe(self, _params: Params) -> dict[str, Any]:
        return {"id": "4242", "account_name": "bot.danloi", "account_type": "BASIC", "can_join_groups": False}

    async def _getUpdates(self, params: Params) -> Any:
        if self.hook:
            raise Refusal(400, "Bad Request: a webhook is set")
        self.polling += 1
        mine = self.polling
        await self._notify()
        try:
            async with asyncio.timeout(float(params["timeout"])), self._changed:
                await self._changed.wait_for(lambda: bool(self.pending) or self.polling != mine or self.go_on.is_set())
        except TimeoutError:
            pass
        if self.polling != mine:
            self.conflicts += 1
            raise Refusal(409, "Conflict")
        if not self.pending:
            raise Refusal(408, "Request timeout")
        return self.pending.popleft()

    async def _setWebhook(self, params: Params) -> dict[str, Any]:
        hook(params)
        self.hook = dict(params)
        return {"url": params["url"], "updated_at": PAST}

    async def _getWebhookInfo(self, _params: Params) -> dict[str, Any]:
        if not self.hook:
            raise Refusal(404, "Not Found")
        return {"url": self.hook["url"], "updated_at": PAST}

    async def _deleteWebhook(self, _params: Params) -> dict[str, Any]:
        if not self.hook:
            raise Refusal(404, "Not Found")
        self.hook = {}
        return {"url": "", "updated_at": PAST}

    async def _sendPhoto(self, params: Params) -> dict[str, Any]:
        """It fetches the picture itself, from an https address alone."""
        if not params["photo"].startswith("https://"):
            raise Refusal(400, "Bad Request: photo must be an https URL")
        host, _, path = params["photo"].removeprefix("https://").partition("/")
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await http.get(f"{self.reached_at or f'https://{host}'}/{path}")
        fetched = picture(answer.status_code, answer.headers.get("content-type", ""), answer.content)
        return await self._show(params, "caption", fetched)

    async def _sendMessage(self, params: Params) -> dict[str, Any]:
        return await self._show(params, "text")

    async def _show(self, params: Params, words: str, picture: bytes | None = None) -> dict[str, Any]:
        fault = self.faulty()
        if fault is not None and fault not in TAKEN:
            await self._misbehave(fault)
        chat = params["chat_id"]
        if chat not in self._known:
            raise Refusal(404, "Not Found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden")
        message = Shown(self.new_id(), text(params, words), picture)
        self.screens[chat].append(message)
        await self._notify()
        if fault is Fault.LATE:
            await self.answer_late.wait()
        elif fault is not None:
            await self._misbehave(fault)
        return {"message_id": message.id, "date": PAST}

    async def _sendChatAction(self, params: Params) -> None:
        if params["action"] != "typing":
            raise Refusal(400, "Bad Request: unknown action")

    async def _misbehave(self, fault: Fault) -> None:
        match fault:
            case Fault.SLOW_DOWN:
                raise Refusal(429, "Too Many Requests", **self.pause)
            case Fault.SERVER_ERROR:
                raise Refusal(500, "Internal Server Error")
            case Fault.BAD_GATEWAY:
                raise _Broken((502, b"<html><h1>502 Bad Gateway</h1></html>"))
            case Fault.NONSENSE:
                raise _Broken((200, b"{not json"))
            case Fault.HANGS | Fault.ACCEPTED_AND_HANGS:
                await self.go_on.wait()
        raise ConnectionResetError


class _Broken(Exception):
    def __init__(self, answer: tuple[int, bytes]) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Person:
    """Somebody with Zalo on their phone."""

    server: ZaloBotServer
    id: str
    name: str | None
    dates: Iterator[int] = field(default_factory=lambda: itertools.count(PAST, 1000))

    async def says(self, words: str, **more: Any) -> Any:
        """Write a text. The update, to be repeated."""
        return await self.sends("text", text=words, **more)

    async def sends(self, kind: str, **content: Any) -> Any:
        """Any kind of message: "image", "sticker", "unsupported"."""
        return await self.server.deliver(self.update(kind, **content))

    def update(self, kind: str, **content: Any) -> dict[str, Any]:
        return {"event_name": f"message.{kind}.received", "message": {**self.message(), **content}}

    async def chooses(self, label: str) -> Any:
        """Type the number of what was offered last; what was offered by its words is written so."""
        message = next((message for message in reversed(self.screen) if message.labels), None)
        labels = message.labels if message else []
        return await self.says(str(labels.index(label) + 1) if label in labels else label)

    async def sees(self, count: int) -> list[Shown]:
        """Wait until so many messages have been shown in all."""
        await self.server.until(lambda: len(self.screen) >= count)
        return self.screen

    @property
    def screen(self) -> list[Shown]:
        return self.server.screens[self.id]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.screen]

    def message(self) -> dict[str, Any]:
        sender = {"id": self.id, "is_bot": False, **({} if self.name is None else {"display_name": self.name})}
        chat = {"id": self.id, "chat_type": "PRIVATE"}
        return {"from": sender, "chat": chat, "message_id": self.server.new_id(), "date": next(self.dates), "message_type": "CHAT_MESSAGE"}


@asynccontextmanager
async def zalo_bot_server(port: int = 0, token: str = TOKEN) -> AsyncIterator[ZaloBotServer]:
    """Listening on loopback. At its end, what was asked of it must have been sensible."""
    fake = ZaloBotServer(token)
    async with reachable(fake, port):
        yield fake
    assert fake.odd == []
