"""A Telegram channel in touch with the fake server, by polling or by webhook, and the door it brings things to."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.channels.telegram import Telegram
from bot.channels.telegram_api import Patience
from bot.channels.webchat import WebChat
from bot.model.message import Address

from ..fakes.behind_web import Behind, serving
from ..fakes.door import FakeDoor
from ..fakes.office import FakeOffice
from ..fakes.telegram import TOKEN, Person, TelegramServer
from ..faults.process import free_port

SECRET = "a-secret-made-up-for-tests"
QUICKLY = Patience(connect=1.0, answer=0.5, poll=2.0, file=3.0)
NEVER = 1_000.0


@dataclass
class Line:
    channel: Telegram
    server: TelegramServer
    door: FakeDoor
    url: str = ""

    def address(self, person: Person) -> Address:
        return Address(self.channel.account, str(person.id))


def words(block: str) -> str:
    return f"«{block}»"


@asynccontextmanager
async def telegram_line(
    server: TelegramServer, mode: str, typing_after: float = NEVER, office: FakeOffice | None = None
) -> AsyncIterator[Line]:
    """`mode`: "polling" or "webhook"."""
    port = free_port()
    hook = (f"http://127.0.0.1:{port}", SECRET) if mode == "webhook" else None
    office = office or FakeOffice()
    channel = Telegram(TOKEN, words, office, api=server.url, hook=hook, patience=QUICKLY, typing_after=typing_after)
    line = Line(channel, server, FakeDoor(), hook[0] if hook else "")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(channel.close)
        if hook:
            await stack.enter_async_context(serving(Behind(), WebChat(), words, port=port, routes=channel.routes))
        stack.push_async_callback(channel.stop)
        await channel.start(line.door)
        await server.until(lambda: bool(server.asked("setMyShortDescription")))
        yield line
