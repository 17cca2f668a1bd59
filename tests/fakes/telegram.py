"""Telegram's side of the wire, strict: real HTTP on loopback that refuses what Telegram refuses, and can be told to misbehave.

async with telegram_server() as telegram:
    an = telegram.person("An")
    await an.says("xin chào")
    message = await an.sees(1)
"""

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import httpx

from .multipart import parts
from .telegram_rules import KNOWN, SECRET, Params, Refusal, caption, commands, keyboard, most, number, photo, shown
from .wire import reachable

TOKEN = "4242:made-up-for-tests-and-no-secret"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOOK_TRIES = 4
PAST = 1_795_400_000


class Fault(StrEnum):
    """What the next sendMessage meets instead of a plain answer."""

    SLOW_DOWN = "429"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    NONSENSE = "nonsense"
    DROPPED = "dropped"
    """The connection breaks before the message was taken."""
    HANGS = "hangs"
    """No answer ever, and the message was not taken."""
    ACCEPTED_AND_DROPPED = "accepted, dropped"
    ACCEPTED_AND_HANGS = "accepted, hangs"
    """The message was taken; no answer ever."""
    LATE = "late"
    """The message was taken; the answer comes when the test says so."""


class FileFault(StrEnum):
    """What the next file meets that is asked for."""

    TOO_BIG = "too big"
    """getFile refuses it."""
    GONE = "gone"
    """getFile knows it, the download does not."""
    SIZE_UNTOLD = "size untold"
    SLOW = "slow"
    """The download begins, and never goes on."""
    BROKEN = "broken"
    """The download ends in the middle."""
    ELSEWHERE = "elsewhere"
    """The download is said to lie on another host."""
    CLIMBS = "climbs"
    """The path leads out of the bot's own files."""
    ABSOLUTE = "absolute"
    """The path is an address of its own."""


_LINE: ContextVar[asyncio.StreamReader] = ContextVar("line")
"""What the client of this connection sends: at its end, the client is gone."""
PATHS = {FileFault.CLIMBS: "../../../etc/passwd", FileFault.ABSOLUTE: "http://169.254.169.254/latest/meta-data"}
TAKEN = frozenset({Fault.ACCEPTED_AND_DROPPED, Fault.ACCEPTED_AND_HANGS, Fault.LATE})


@dataclass
class Shown:
    """A message of the bot as a person sees it."""

    id: int
    chat: int
    text: str
    html: bool
    buttons: list[dict[str, str]]
    picture: bytes | None = field(default=None, repr=False)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def raw(self) -> dict[str, Any]:
        rows = {"reply_markup": {"inline_keyboard": [[button] for button in self.buttons]}} if self.buttons else {}
        sender = {"id": 4242, "is_bot": True, "first_name": "Dẫn Lối"}
        return {
            "message_id": self.id,
            "date": PAST,
            "chat": {"id": self.chat, "type": "private"},
            "from": sender,
            **({"text": self.text} if self.picture is None else {"caption": self.text, "photo": []}),
            **rows,
        }


class TelegramServer:
    """`calls` is all that was asked of it, `screens` what each chat shows. `odd` are calls that are wrong in any case."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.odd: list[str] = []
        self.screens: dict[int, list[Shown]] = defaultdict(list)
        self.faults: deque[Fault] = deque()
        self.faulty: Callable[[], Fault | None] = lambda: self.faults.popleft() if self.faults else None
        """What the next sendMessage meets; a test may put its own dice here."""
        self.retry_after = 1
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.moved: dict[int, int] = {}
        self.pending: list[dict[str, Any]] = []
        self.hook: dict[str, str] = {}
        self.hook_answers: list[int] = []
        self.conflicts = 0
        """How often a second poller came."""
        self.toasts: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        """What people sent, by file id."""
        self.file_faults: deque[FileFault] = deque()
        self.downloads: list[str] = []
        """The paths that were asked for, as they came."""
        self.elsewhere = "http://127.0.0.1:9/"
        self._file_fault: FileFault | None = None
        self.hook_trouble: dict[str, Any] = {}
        """What getWebhookInfo tells of the last error."""
        self.clock_off = 0.0
        """Seconds that this server's clock is ahead."""
        self.uploads: deque[tuple[str | None, bytes]] = deque()
        """Photos on their way to a chat, with their names."""
        self.next_update = 700_000
        self.answer_late = asyncio.Event()
        self.go_on = asyncio.Event()
        """Set at the end: whatever hangs, ends."""
        self._ids = itertools.count(1)
        self._people = itertools.count(1_000_001)
        self._queries: set[str] = set()
        self._polling = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    # --- what people do

    def person(self, name: str | None = "An") -> "Person":
        return Person(self, next(self._people), name)

    async def deliver(self, **update: Any) -> dict[str, Any]:
        """Give the bot an update: it waits for a poll, or is posted to the webhook, repeated where that fails."""
        whole = {"update_id": self.next_update, **update}
        self.next_update += 1
        await self.deliver_raw(whole)
        return whole

    async def deliver_raw(self, update: Any) -> None:
        self.pending.append(update)
        await self._notify()
        if self.hook:
            await self.post_pending()

    async def post_pending(self) -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while self.pending:
                update = self.pending[0]
                for _ in range(HOOK_TRIES):
                    response = await http.post(self.hook["url"], json=update, headers={SECRET_HEADER: self.hook["secret_token"]})
                    self.hook_answers.append(response.status_code)
                    if response.is_success:
                        break
                self.pending.pop(0)

    def new_id(self) -> int:
        return next(self._ids)

    def new_query(self) -> str:
        query = str(880_000 + next(self._ids))
        self._queries.add(query)
        return query

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something that this server knows holds."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(holds)

    def asked(self, method: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name == method]

    # --- the wire

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _LINE.set(reader)
        try:
            while line := (await reader.readline()).decode():
                path = line.split(" ")[1]
                status, answer = await (self._download(path, reader) if path.startswith("/file/") else self._request(path, reader))
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nlocation: {self.elsewhere}\r\n{dated(self.clock_off)}"
                writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode())
                if path.startswith("/file/") and self._file_fault in (FileFault.SLOW, FileFault.BROKEN):
                    writer.write(body[: len(body) // 2])
                    await writer.drain()
                    if self._file_fault is FileFault.SLOW:
                        await self.go_on.wait()
                    raise ConnectionResetError
                writer.write(body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, path: str, reader: asyncio.StreamReader) -> tuple[int, Any]:
        params, files = await _form(reader)
        self.uploads.extend(files)
        _, _, rest = path.partition("/bot")
        token, _, method = rest.rpartition("/")
        try:
            if token != self.token:
                raise Refusal("Unauthorized", 401)
            if method not in KNOWN:
                self.odd.append(f"unknown method {method}")
                raise Refusal("Not Found", 404)
            self.odd.extend(f"{method} has no {name}" for name in params.keys() - set(KNOWN[method].split()))
            self.calls.append((method, params))
            await self._notify()
            result = await getattr(self, f"_{method}")(params)
            await self._notify()
            return 200, {"ok": True, "result": result}
        except Refusal as refusal:
            return refusal.status, refusal.body
        except _Broken as broken:
            return broken.answer

    async def _download(self, path: str, reader: asyncio.StreamReader) -> tuple[int, Any]:
        await _form(reader)
        self.downloads.append(path)
        prefix = f"/file/bot{self.token}/photos/"
        if self._file_fault is FileFault.ELSEWHERE:
            return 302, b""
        found = self.files.get(path.removeprefix(prefix)) if path.startswith(prefix) else None
        gone = found is None or self._file_fault is FileFault.GONE
        return (404, {"ok": False, "error_code": 404, "description": "Not Found"}) if gone else (200, found)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- the methods

    async def _getFile(self, params: Params) -> dict[str, Any]:
        self._file_fault = self.file_faults.popleft() if self.file_faults else None
        name = params["file_id"]
        if self._file_fault is FileFault.TOO_BIG:
            raise Refusal("file is too big")
        if name not in self.files:
            raise Refusal("wrong file_id or the file is temporarily unavailable")
        told = {} if self._file_fault is FileFault.SIZE_UNTOLD else {"file_size": len(self.files[name])}
        path = f"photos/{name}" if self._file_fault is None else PATHS.get(self._file_fault, f"photos/{name}")
        return {"file_id": name, "file_unique_id": name, "file_path": path, **told}

    async def _getMe(self, _params: Params) -> dict[str, Any]:
        return {"id": 4242, "is_bot": True, "first_name": "Dẫn Lối", "username": "danloi_test_bot"}

    async def _getUpdates(self, params: Params) -> list[dict[str, Any]]:
        if self.hook:
            raise Refusal("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", 409)
        self._polling += 1
        mine = self._polling
        await self._notify()
        self._confirm(int(params.get("offset", 0)))
        try:
            async with asyncio.timeout(float(params.get("timeout", 0))), self._changed:
                await self._changed.wait_for(lambda: bool(self.pending) or self._polling != mine or self.go_on.is_set())
        except TimeoutError:
            pass
        if self._polling != mine and not _LINE.get().at_eof():  # a poll that was given up is no rival of the next
            self.conflicts += 1
            raise Refusal("terminated by other getUpdates request; make sure that only one bot instance is running", 409)
        return self.pending[: int(params.get("limit", 100))]

    def _confirm(self, offset: int) -> None:
        """The queue up to the update before that offset is forgotten; an offset that names none of it confirms nothing."""
        for place, update in enumerate(self.pending):
            if update["update_id"] == offset - 1:
                self.pending = self.pending[place + 1 :]
                return

    async def _setWebhook(self, params: Params) -> bool:
        if not SECRET.fullmatch(params["secret_token"]):
            raise Refusal("secret token contains illegal symbols")
        if not params["url"].startswith(("https://", "http://127.0.0.1")):
            raise Refusal("bad webhook: An HTTPS URL must be provided for webhook")
        self.hook = dict(params)
        if self.pending:
            task = asyncio.create_task(self.post_pending())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    async def _deleteWebhook(self, _params: Params) -> bool:
        self.hook = {}
        return True

    async def _getWebhookInfo(self, _params: Params) -> dict[str, Any]:
        url = self.hook.get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.pending), **self.hook_trouble}

    async def _sendPhoto(self, params: Params) -> dict[str, Any]:
        """By upload alone; what is another kind of photo to Telegram is an error of ours."""
        name, data = self.uploads.popleft() if self.uploads else (None, b"")

        def show() -> tuple[str, bytes]:
            photo(name, data)
            return caption(params.get("caption", ""), params.get("parse_mode")), data

        return await self._show(params, show)

    async def _sendMessage(self, params: Params) -> dict[str, Any]:
        return await self._show(params, lambda: (shown(params.get("text", ""), params.get("parse_mode")), None))

    async def _show(self, params: Params, seen: Callable[[], tuple[str, bytes | None]]) -> dict[str, Any]:
        fault = self.faulty()
        if fault is not None and fault not in TAKEN:
            await self._misbehave(fault)
        chat = number(params, "chat_id")
        if chat in self.unknown:
            raise Refusal("chat not found")
        if chat in self.moved:
            raise Refusal("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.moved[chat])
        if chat in self.blocked:
            raise Refusal("bot was blocked by the user", 403)
        text, picture = seen()
        message = Shown(self.new_id(), chat, text, "parse_mode" in params, keyboard(params.get("reply_markup")), picture)
        self.screens[chat].append(message)
        await self._notify()
        if fault is Fault.LATE:
            await self.answer_late.wait()
        elif fault is not None:
            await self._misbehave(fault)
        return message.raw()

    async def _misbehave(self, fault: Fault) -> None:
        match fault:
            case Fault.SLOW_DOWN:
                raise Refusal(f"retry after {self.retry_after}", 429, retry_after=self.retry_after)
            case Fault.SERVER_ERROR:
                raise Refusal("Internal Server Error", 500)
            case Fault.BAD_GATEWAY:
                raise _Broken((502, b"<html><h1>502 Bad Gateway</h1></html>"))
            case Fault.NONSENSE:
                raise _Broken((200, b"{not json"))
            case Fault.HANGS | Fault.ACCEPTED_AND_HANGS:
                await self.go_on.wait()
        raise ConnectionResetError

    async def _sendChatAction(self, params: Params) -> bool:
        if params["action"] != "typing":
            raise Refusal("wrong parameter action in request")
        return True

    async def _answerCallbackQuery(self, params: Params) -> bool:
        if params["callback_query_id"] not in self._queries:
            raise Refusal("query is too old and response timeout expired or query ID is invalid")
        most(200, "text")(params)
        self._queries.discard(params["callback_query_id"])
        self.toasts.append(dict(params))
        return True

    async def _editMessageReplyMarkup(self, params: Params) -> dict[str, Any]:
        screen = self.screens[number(params, "chat_id")]
        message = next((message for message in screen if message.id == number(params, "message_id")), None)
        if message is None:
            raise Refusal("message to edit not found")
        buttons = keyboard(params.get("reply_markup"))
        if buttons == message.buttons:
            raise Refusal("message is not modified: specified new message content and reply markup are exactly the same")
        message.buttons = buttons
        return message.raw()

    async def _setMyCommands(self, params: Params) -> bool:
        return bool(commands(params["commands"]))

    async def _setMyDescription(self, params: Params) -> bool:
        most(512, "description")(params)
        return True

    async def _setMyShortDescription(self, params: Params) -> bool:
        most(120, "short_description")(params)
        return True

    async def _leaveChat(self, params: Params) -> bool:
        number(params, "chat_id")
        return True


def dated(off: float = 0.0) -> str:
    """The header that tells a server's time."""
    return f"date: {formatdate(time.time() + off, usegmt=True)}\r\n"


class _Broken(Exception):
    def __init__(self, answer: tuple[int, bytes]) -> None:
        super().__init__()
        self.answer = answer


async def _form(reader: asyncio.StreamReader) -> tuple[dict[str, str], list[tuple[str | None, bytes]]]:
    """Its fields, and its files."""
    length, kind = 0, ""
    while header := (await reader.readline()).decode().strip():
        name, _, value = header.partition(":")
        length = int(value) if name.lower() == "content-length" else length
        kind = value.strip() if name.lower() == "content-type" else kind
    body = await reader.readexactly(length)
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), []
    found = parts(kind, body)
    fields = {name: content.decode() for name, (file, content) in found.items() if file is None}
    return fields, [one for one in found.values() if one[0] is not None]


@dataclass
class Person:
    """Somebody with Telegram on their phone."""

    server: TelegramServer
    id: int
    name: str | None
    dates: Iterator[int] = field(default_factory=lambda: itertools.count(PAST))

    async def says(self, text: str, **more: Any) -> dict[str, Any]:
        """Write a text. The update, to be repeated or edited."""
        return await self.sends(text=text, **more)

    async def sends(self, **content: Any) -> dict[str, Any]:
        """Any kind of message: photo=[…], sticker={…}."""
        return await self.server.deliver(message={**self.message(), **content})

    async def edits(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """Write another text over a message sent before."""
        edited = {**update["message"], "edit_date": next(self.dates) + 60, "text": text}
        return await self.server.deliver(edited_message=edited)

    async def taps(self, label: str, back: int = 1) -> dict[str, Any]:
        """Tap a button of the last message that has any; `back=2` of the one before."""
        message = [message for message in self.screen if message.buttons][-back]
        data = next((button["callback_data"] for button in message.buttons if button["text"].removeprefix("✅ ") == label), None)
        assert data is not None, f"no button «{label}», there are {message.labels}"
        return await self.taps_data(data, message)

    async def taps_data(self, data: str, message: Shown | None = None) -> dict[str, Any]:
        carried = {"message": message.raw()} if message is not None else {}
        query = {"id": self.server.new_query(), "from": self.raw(), "chat_instance": "1", "data": data, **carried}
        return await self.server.deliver(callback_query=query)

    async def blocks(self) -> None:
        self.server.blocked.add(self.id)
        await self._membership("member", "kicked")

    async def unblocks(self) -> None:
        self.server.blocked.discard(self.id)
        await self._membership("kicked", "member")

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
        return {"message_id": self.server.new_id(), "date": next(self.dates), "chat": self.chat(), "from": self.raw()}

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", **self._named()}

    def raw(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, **self._named()}

    def _named(self) -> dict[str, Any]:
        return {} if self.name is None else {"first_name": self.name}

    async def _membership(self, before: str, now: str) -> None:
        bot = {"id": 4242, "is_bot": True, "first_name": "Dẫn Lối"}
        old, new = ({"user": bot, "status": status, "until_date": 0} for status in (before, now))
        change = {"chat": self.chat(), "from": self.raw(), "date": next(self.dates), "old_chat_member": old, "new_chat_member": new}
        await self.server.deliver(my_chat_member=change)


@asynccontextmanager
async def telegram_server(port: int = 0, token: str = TOKEN) -> AsyncIterator[TelegramServer]:
    """Listening on loopback. At its end, what was asked of it must have been sensible."""
    fake = TelegramServer(token)
    async with reachable(fake, port):
        yield fake
    assert fake.odd == []
