"""Zalo's side of the wire for an OA, strict: real HTTP on loopback that refuses what Zalo refuses, and can be told to misbehave.

async with zalo_server() as zalo:
    an = zalo.person()
    await an.says("xin chào")
    messages = await an.sees(1)
"""

import asyncio
import base64
import hashlib
import itertools
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx

from .multipart import parts
from .telegram import dated
from .wire import reachable
from .zalo_rules import Refusal, pictured, recipient, shown, uploaded

APP, APP_SECRET = "2553928453557884079", "an-app-secret-made-up-for-tests"
OA, OA_SECRET = "579745863508352884", "an-oa-secret-made-up-for-tests"
DAY = 86_400.0
HOOK_TRIES = 4


class Fault(StrEnum):
    """What the next message, or the next question for tokens, meets instead of a plain answer."""

    SLOW_DOWN = "-32"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    NONSENSE = "nonsense"
    DROPPED = "dropped"
    """The connection breaks before anything was done."""
    HANGS = "hangs"
    ACCEPTED_AND_DROPPED = "accepted, dropped"
    ACCEPTED_AND_HANGS = "accepted, hangs"
    """It was done; no answer ever."""


TAKEN = frozenset({Fault.ACCEPTED_AND_DROPPED, Fault.ACCEPTED_AND_HANGS})


@dataclass
class Shown:
    """A message of the OA as a person sees it."""

    id: str
    text: str
    buttons: list[dict[str, str]]
    picture: bytes | None = field(default=None, repr=False)

    @property
    def labels(self) -> list[str]:
        return [button["title"] for button in self.buttons]


class ZaloServer:
    """`screens` is what each person sees, `calls` all that was asked. `odd` are calls that are wrong in any case."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        """Seconds; windows, tokens and the times of events follow it."""
        self.url = ""
        self.hook = ""
        """Where events are posted, by whoever may: our own webhook."""
        self.secret = OA_SECRET
        self.app_secret = APP_SECRET
        self.takes_buttons = True
        self.free, self.free_for, self.reach = 8, 2 * DAY, 7 * DAY
        self.access_lasts = 90_000
        self.calls: list[dict[str, Any]] = []
        self.renewals = 0
        self.spent_again = 0
        """How often a refresh token came that had bought its pair."""
        self.odd: list[str] = []
        self.screens: dict[str, list[Shown]] = defaultdict(list)
        self.refusals: deque[int] = deque()
        """Errors that the next messages meet."""
        self.uploads: dict[str, bytes] = {}
        """Pictures by their ids; emptied, all have expired."""
        self.uploaded = 0
        """How often one was brought."""
        self.upload_refusals: deque[int] = deque()
        self.upload_faults: deque[Fault] = deque()
        self.forgets = 0
        """So many uploads have expired by the time that a message names them."""
        self.errors: dict[str, int] = {}
        """Errors that everything to a person meets."""
        self.faults: deque[Fault] = deque()
        self.faulty: Callable[[], Fault | None] = lambda: self.faults.popleft() if self.faults else None
        self.token_faults: deque[Fault] = deque()
        self.quotas: Any = [{"quota_type": "sub_quota", "remain": "1998", "total": "2000", "owner_type": "OA"}]
        """What is left of the package. How the platform writes it is not known: PyPI's zalo-sdk 0.3.0 asks, and hands on what comes."""
        self.clock_off = 0.0
        """Seconds that this server's clock is ahead."""
        self.hook_answers: list[int] = []
        self.echoes = False
        """Whether what the OA says comes back as an event."""
        self.go_on = asyncio.Event()
        """Set at the end: whatever hangs, ends."""
        self._access: dict[str, float] = {}
        self._refresh: set[str] = set()
        self._codes: dict[str, tuple[str, float]] = {}
        self._last: dict[str, float] = {}
        self._spent: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._people = itertools.count(979122185046046317)
        self._changed = asyncio.Condition()

    # --- what people do

    def person(self) -> "Person":
        return Person(self, str(next(self._people)))

    def new_id(self) -> str:
        return f"cb31dff1c39642{next(self._ids):06x}"

    def event(self, name: str, **parts: Any) -> dict[str, Any]:
        return {"app_id": APP, "event_name": name, "timestamp": str(int(self.clock() * 1000)), **parts}

    async def deliver(self, event: dict[str, Any]) -> int:
        """Post an event as Zalo does, again where it was not taken. The last answer."""
        raw = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        status = 0
        for _ in range(HOOK_TRIES):
            status = await self.post(raw, self.signed(raw, str(event["timestamp"])))
            if status == 200:
                break
        return status

    def signed(self, raw: bytes, time: str) -> dict[str, Any]:
        """The header of an event, by the platform's own recipe."""
        mac = hashlib.sha256(APP.encode() + raw + time.encode() + self.secret.encode()).hexdigest()
        return {"X-ZEvent-Signature": f"mac={mac}"}

    async def post(self, raw: bytes, headers: dict[str, Any]) -> int:
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await http.post(self.hook, content=raw, headers={"Content-Type": "application/json", **headers})
        self.hook_answers.append(answer.status_code)
        return answer.status_code

    def heard(self, person: str) -> None:
        """A person wrote: their window begins anew."""
        self._last[person], self._spent[person] = self.clock(), 0

    def grants(self, permission: str) -> dict[str, str]:
        """An admin of the OA opens that link and agrees: what Zalo brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(permission).query).items()}
        assert set(query) == {"app_id", "redirect_uri", "code_challenge", "state"}, query
        assert query["app_id"] == APP
        code = f"code-{next(self._ids)}"
        self._codes[code] = (query["code_challenge"], self.clock() + 600)
        return {"code": code, "oa_id": OA, "state": query["state"]}

    def pair(self) -> dict[str, str]:
        """A fresh pair of tokens."""
        number = next(self._ids)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self._access[access] = self.clock() + self.access_lasts
        self._refresh.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "expires_in": str(self.access_lasts)}

    def forget_access(self) -> None:
        """Every access token is over, whatever was said of its life."""
        self._access.clear()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(holds)

    # --- the wire

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := (await reader.readline()).decode():
                headers: dict[str, str] = {}
                while header := (await reader.readline()).decode().strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, answer = await self._request(line.split(" ")[1], headers, body)
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                head = f"HTTP/1.1 {status} X\r\n{dated(self.clock_off)}content-type: application/json\r\n"
                writer.write(f"{head}content-length: {len(raw)}\r\n\r\n".encode() + raw)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """HTTP is 200 on errors, too."""
        try:
            match path:
                case "/v3.0/oa/message/cs":
                    return 200, await self._message(headers, json.loads(body))
                case "/v3.0/oa/quota/message":
                    return 200, self._quota(headers, json.loads(body))
                case "/v2.0/oa/upload/image":
                    return 200, await self._upload(headers, body)
                case "/v4/oa/access_token":
                    return 200, await self._tokens(headers, dict(parse_qsl(body.decode())))
            self.odd.append(f"no such address {path}")
            return 404, b"<html>"
        except Refusal as refusal:
            return 200, refusal.body
        except _Broken as broken:
            return broken.answer

    async def _message(self, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(body)
        fault = self.faulty()
        if fault is not None and fault not in TAKEN:
            await self._misbehave(fault)
        self._may_ask(headers)
        if self.refusals:
            raise Refusal(self.refusals.popleft())
        person = recipient(body)
        picture = pictured(body.get("message"), self.uploads)
        text, buttons = shown(body, self.takes_buttons, picture is not None)
        self._may_be_sent(person)
        message = Shown(self.new_id(), text, buttons, picture)
        self._spent[person] = self._spent.get(person, 0) + 1
        self.screens[person].append(message)
        if self.echoes:
            await self.deliver(self.echo(person, message.id, text))
        await self._notify()
        if fault is not None:
            await self._misbehave(fault)
        quota = {"quota_type": "reply", "remain": str(self.free - self._spent[person]), "total": str(self.free)}
        return {"error": 0, "message": "Success", "data": {"message_id": message.id, "user_id": person, "quota": quota}}

    def _quota(self, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if body != {"quota_owner": "OA"}:
            self.odd.append(f"no such question for quotas: {body}")
        if self._access.get(headers.get("access_token", ""), 0) <= self.clock():
            raise Refusal(-216, "access token invalid")
        if self.refusals:
            raise Refusal(self.refusals.popleft())
        return {"error": 0, "message": "Success", "data": self.quotas}

    async def _upload(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        self.uploaded += 1
        fault = self.upload_faults.popleft() if self.upload_faults else None
        if fault is not None and fault not in TAKEN:
            await self._misbehave(fault)
        self._may_ask(headers)
        if self.upload_refusals:
            raise Refusal(self.upload_refusals.popleft())
        name = f"attachment-{next(self._ids)}"
        if not headers["content-type"].startswith("multipart/form-data"):
            raise Refusal(-201, "no form")
        self.uploads[name] = uploaded(parts(headers["content-type"], body))
        if self.forgets:
            self.forgets -= 1
            self.uploads.clear()
        if fault is not None:
            await self._misbehave(fault)
        return {"error": 0, "message": "Success", "data": {"attachment_id": name}}

    def _may_ask(self, headers: dict[str, str]) -> None:
        if "authorization" in headers:
            self.odd.append("the token is no Bearer")
        if self._access.get(headers.get("access_token", ""), 0) <= self.clock():
            raise Refusal(-216, "access token invalid")

    def _may_be_sent(self, person: str) -> None:
        if person in self.errors:
            raise Refusal(self.errors[person])
        if person not in self._last:
            raise Refusal(-232, "user has not interacted with the OA")
        silent = self.clock() - self._last[person]
        if silent > self.reach:
            raise Refusal(-230, "user has not interacted with the OA in the past 7 days")
        if silent > self.free_for or self._spent.get(person, 0) >= self.free:
            raise Refusal(-311, "out of reply quota")

    def echo(self, person: str, message_id: str, text: str) -> dict[str, Any]:
        """The event that says that the OA said something."""
        message = {"msg_id": message_id, "text": text}
        return self.event("oa_send_text", sender={"id": OA}, recipient={"id": person}, message=message)

    async def _tokens(self, headers: dict[str, str], form: dict[str, str]) -> dict[str, Any]:
        fault = self.token_faults.popleft() if self.token_faults else None
        if fault is not None and fault not in TAKEN:
            await self._misbehave(fault)
        if headers.get("secret_key") != self.app_secret or form.get("app_id") != APP:
            raise Refusal(-14003, "invalid app")
        match form.get("grant_type"):
            case "refresh_token":
                if form["refresh_token"] not in self._refresh:
                    self.spent_again += 1
                    raise Refusal(-14014, "invalid refresh token")
                self._refresh.discard(form["refresh_token"])
                self.renewals += 1
            case "authorization_code":
                challenge, until = self._codes.pop(form["code"], ("", 0.0))
                if until < self.clock() or _challenge(form["code_verifier"]) != challenge or len(form["code_verifier"]) != 43:
                    raise Refusal(-14010, "invalid code")
            case other:
                self.odd.append(f"grant_type {other}")
                raise Refusal(-14002)
        answer = self.pair()
        await self._notify()
        if fault is not None:
            await self._misbehave(fault)
        return answer

    async def _misbehave(self, fault: Fault) -> None:
        match fault:
            case Fault.SLOW_DOWN:
                raise Refusal(-32, "rate limit")
            case Fault.SERVER_ERROR:
                raise _Broken((500, b"{}"))
            case Fault.BAD_GATEWAY:
                raise _Broken((502, b"<html><h1>502 Bad Gateway</h1></html>"))
            case Fault.NONSENSE:
                raise _Broken((200, b"{not json"))
            case Fault.HANGS | Fault.ACCEPTED_AND_HANGS:
                await self.go_on.wait()
        raise ConnectionResetError

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class _Broken(Exception):
    def __init__(self, answer: tuple[int, bytes]) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Person:
    """Somebody with Zalo on their phone."""

    server: ZaloServer
    id: str

    async def says(self, text: str, **more: Any) -> dict[str, Any]:
        return await self.sends("text", text=text, **more)

    async def sends(self, kind: str, **message: Any) -> dict[str, Any]:
        """Any kind of message. The event, to be repeated."""
        event = self.event(kind, **message)
        self.server.heard(self.id)
        await self.server.deliver(event)
        return event

    def event(self, kind: str, **message: Any) -> dict[str, Any]:
        whole = {"msg_id": self.server.new_id(), **message}
        return self.server.event(f"user_send_{kind}", sender={"id": self.id}, recipient={"id": OA}, message=whole)

    async def taps(self, label: str) -> dict[str, Any]:
        """Tap a button of the last message that has any; where Zalo shows none, type its number."""
        message = next(message for message in reversed(self.screen) if message.buttons or f". {label}" in message.text)
        payloads = {button["title"]: button["payload"] for button in message.buttons}
        if payloads:
            return await self.says(payloads[label])
        lines = dict(line.split(". ", 1)[::-1] for line in message.text.splitlines() if line[:1].isdecimal() and ". " in line)
        return await self.says(lines[label])

    async def follows(self, does: bool = True) -> None:
        name = "follow" if does else "unfollow"
        await self.server.deliver(self.server.event(name, oa_id=OA, follower={"id": self.id}, user_id_by_app="1"))

    async def sees(self, count: int) -> list[Shown]:
        await self.server.until(lambda: len(self.screen) >= count)
        return self.screen

    @property
    def screen(self) -> list[Shown]:
        return self.server.screens[self.id]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.screen]


@asynccontextmanager
async def zalo_server(clock: Callable[[], float], port: int = 0) -> AsyncIterator[ZaloServer]:
    """Listening on loopback. At its end, what was asked of it must have been sensible."""
    fake = ZaloServer(clock)
    async with reachable(fake, port):
        yield fake
    assert fake.odd == []
