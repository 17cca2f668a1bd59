"""What stands behind the web chat's ports in a test, and the real application served before it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from litestar.types import ControllerRouterHandler

from bot.channels.counting import Counts
from bot.channels.webchat import Seen, Visitors, WebChat
from bot.channels.webchat_ports import KEEPALIVE, Ports
from bot.model.message import Address, Shown
from bot.replies.formats import render
from bot.web import _Server, build

from .door import FakeDoor


class Behind(FakeDoor):
    """What stands behind the ports: a door that remembers who came, a history that shows what the test lays out."""

    def __init__(self) -> None:
        super().__init__()
        self.consents: list[tuple[Address, str]] = []
        self.shown: list[Shown] = []
        self.pictures: dict[int, bytes] = {}
        """Of messages, by their number."""
        self.with_person = False
        self.visitors = Visitors("a key made up for tests")

    async def history(self, address: Address, after: int) -> Seen:
        if self.trouble:
            raise self.trouble
        return Seen([one for one in self.shown if one.id > after], self.with_person)

    async def person(self, address: Address) -> bool:
        if self.trouble:
            raise self.trouble
        return self.with_person

    async def picture(self, address: Address, message_id: int) -> bytes | None:
        if self.trouble:
            raise self.trouble
        return self.pictures.get(message_id)

    async def consent(self, address: Address, version: str) -> None:
        self.consents.append((address, version))


@asynccontextmanager
async def serving(
    behind: Behind,
    chat: WebChat,
    words: Callable[[str], str],
    *,
    keepalive: float = KEEPALIVE,
    counts: Counts | None = None,
    port: int = 0,
    routes: Sequence[ControllerRouterHandler] = (),
) -> AsyncIterator[str]:
    """The real application on a real server on loopback. Its address."""
    await chat.start(behind)
    ports = Ports(
        chat, behind.visitors, behind.history, behind.consent, behind.person, behind.picture, partial(render, "html"), words, keepalive
    )
    app = build(ports, ("https://xa.example",), counts, routes)
    server = _Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="on"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    await chat.stop()
    server.should_exit = True
    await running
