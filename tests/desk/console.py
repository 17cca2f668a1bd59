"""The console over real HTTP, before a house whose clock the test moves: a citizen's browser on one side, volunteers' on the other."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.channels.base import Fetches
from bot.channels.webchat import Visitors
from bot.desk import console
from bot.desk.pages.access import COOKIE
from bot.settings import Settings
from bot.store import people
from bot.web import Site

from ..talk import House, Talk
from .helpers import Desk, Helper


@dataclass
class Console:
    """`site.citizen` and `site.browser(helper)` are browsers; what they post reaches the house's door."""

    desk: Desk
    site: Site
    settings: Settings
    stack: AsyncExitStack

    async def citizen(self) -> tuple[Talk, httpx.AsyncClient]:
        """Somebody who has agreed, and their page."""
        http = await self._http()
        agreed = await http.post("/chat/session", json={"consent": True, "version": "1"})
        token = agreed.json()["token"]
        address = Visitors(self.settings.secrets["visitor_key"]).read(token)
        assert address is not None
        http.headers["Authorization"] = f"Bearer {token}"
        return Talk(self.desk.house, address), http

    async def browser(self, helper: Helper | None) -> httpx.AsyncClient:
        """A volunteer's, signed in; or one that is not."""
        http = await self._http()
        if helper is not None:
            assert self.site.desk is not None
            await self.desk.house.app.database.run(lambda tx: people.change(tx, helper.id, must_change=False))
            http.headers["Cookie"] = f"{COOKIE}={await self.site.desk.sessions.open(await helper.who())}"
        return http

    async def _http(self) -> httpx.AsyncClient:
        return await self.stack.enter_async_context(httpx.AsyncClient(base_url=self.site.address, timeout=20))


@asynccontextmanager
async def served(house: House, settings: Settings, files: Mapping[str, Fetches] | None = None) -> AsyncIterator[Console]:
    async def ready() -> bool:
        return True

    app = house.app
    site = Site(settings, app.database, app.script.words, ready)
    site.desk = console.parts(
        settings, app.database, app.takeover, app.script, house.written.catalogue, house.written.places, app.limits, house.clock, files
    )
    async with AsyncExitStack() as stack:
        await site.chat.start(app.door)
        await site.start(app.door, 0)
        stack.push_async_callback(site.stop)
        yield Console(Desk(house), site, settings, stack)
