"""The console as its people use it: the real application on a real server on loopback, and browsers that are signed in.

console = await open_console(house)
chu = await console.browser(role=Role.COORDINATOR)
answer = await chu.sends("/desk/people/7/role", role="coach")
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import uvicorn

from bot.channels.webchat import WebChat
from bot.channels.webchat_ports import Ports
from bot.desk import console as desk_console
from bot.desk.pages.access import COOKIE
from bot.desk.pages.parts import Parts
from bot.desk.passwords import hash_password
from bot.model.people import Role, Volunteer
from bot.replies.formats import render
from bot.settings import Settings
from bot.store import desk, people
from bot.store.database import Tx
from bot.web import _Server, build
from bot.written import Written

from ..fakes.behind_web import Behind
from ..talk import House
from .helpers import HERE, Desk, Helper

PASSWORD = "mận trắng đầu bản"
_HASHED: list[str] = []


def hashed() -> str:
    """The hash of PASSWORD, which takes its time, made once."""
    if not _HASHED:
        _HASHED.append(hash_password(PASSWORD))
    return _HASHED[0]


@dataclass
class Browser:
    """One person before the console. `sends` fills in a form as a page without a script would."""

    http: httpx.AsyncClient
    who: Volunteer | None = None
    token: str = ""

    async def gets(self, path: str) -> httpx.Response:
        answer = await self.http.get(path)
        found = re.search(r'name="_csrf_token" value="([^"]+)"', answer.text)
        if found:
            self.token = unescape(found[1])
        return answer

    async def sees(self, path: str) -> str:
        """A page's words, tags left out."""
        answer = await self.gets(path)
        assert answer.status_code == 200, answer.text
        return words(answer)

    async def sends(self, path: str, key: str | None = None, **fields: str | Sequence[str]) -> httpx.Response:
        if not self.token:
            await self.gets("/desk/plan" if self.who else "/desk/sign-in")
        data: Mapping[str, Any] = {"_csrf_token": self.token, "key": key or uuid4().hex, **fields}
        return await self.http.post(path, data=data)


def words(answer: httpx.Response) -> str:
    """What is read of a page."""
    body = answer.text.partition("<main")[2] or answer.text
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@dataclass
class Console:
    house: House
    parts: Parts
    address: str
    desk: Desk
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    async def helper(self, code: str, role: Role = Role.VOLUNTEER, commune: str | None = HERE, **more: Any) -> Helper:
        """Somebody who could sign in with PASSWORD, and need not choose another."""
        return await self.desk.helper(code, commune, role, **{"password": hashed(), "must_change": False, **more})

    async def browser(self, code: str = "", role: Role = Role.VOLUNTEER, commune: str | None = HERE) -> Browser:
        """Somebody of that role, new, signed in."""
        who = await (await self.helper(code or f"{role}-{len(self.browsers)}", role, commune)).who()
        return await self.signed_in(who)

    async def signed_in(self, who: Volunteer) -> Browser:
        browser = self.stranger()
        browser.http.cookies.set(COOKIE, await self.parts.sessions.open(who))
        browser.who = who
        return browser

    def stranger(self) -> Browser:
        http = httpx.AsyncClient(base_url=self.address, timeout=30, headers={"origin": self.address})
        self.browsers.append(http)
        return Browser(http)

    async def person(self, code: str) -> Volunteer | None:
        return await self.house.app.database.read(lambda tx: people.by_code(tx, code))

    async def read(self, work: Any) -> Any:
        return await self.house.app.database.read(work)

    async def run(self, work: Any) -> Any:
        return await self.house.app.database.run(work)

    async def trail(self, thing: str) -> list[str]:
        """What the audit tells of a thing, the latest first: who, what, and what else is told."""

        def look(tx: Tx) -> list[str]:
            return [f"{one.actor} {one.verb}{f' {one.detail}' if one.detail else ''}" for one in desk.trail(tx, thing)]

        told: list[str] = await self.read(look)
        return told


@asynccontextmanager
async def open_console(house: House, settings: Settings, written: Written) -> AsyncIterator[Console]:
    """The application with the console, as `danloi serve` puts it together, on the test's clock."""
    app_of, chat = house.app, WebChat()

    parts = desk_console.parts(
        settings, app_of.database, app_of.takeover, app_of.script, written.catalogue, written.places, app_of.limits, house.clock
    )
    behind = Behind()
    to_html, words = (lambda text: render("html", text)), (lambda block: block)
    ports = Ports(chat, behind.visitors, behind.history, behind.consent, behind.person, behind.picture, to_html, words)
    app = build(ports, routes=[desk_console.console("a key made up for tests, no secret", False)], desk=parts)
    server = _Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="on"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    console = Console(house, parts, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", Desk(house))
    yield console
    for http in console.browsers:
        await http.aclose()
    server.should_exit = True
    await running
