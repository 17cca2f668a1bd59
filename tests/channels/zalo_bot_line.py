"""A Zalo Bot channel in touch with the fake server, by polling or by webhook, and the door it brings things to."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.channels.webchat import WebChat
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_bot_api import Patience
from bot.channels.zalo_bot_webhook import PATH
from bot.model.message import Address
from bot.settings import ZaloBotSettings

from ..fakes.behind_web import Behind, serving
from ..fakes.door import FakeDoor
from ..fakes.office import FakeOffice
from ..fakes.zalo_bot import TOKEN, Person, ZaloBotServer
from ..faults.process import free_port

SECRET = "a-secret-made-up-for-tests"
QUICKLY = Patience(connect=1.0, answer=0.5, poll=1.0)
NEVER = 1_000.0


@dataclass
class Line:
    channel: ZaloBot
    server: ZaloBotServer
    door: FakeDoor
    hook: str = ""

    def address(self, person: Person) -> Address:
        return Address(self.channel.account, person.id)


def words(block: str) -> str:
    return f"«{block}»"


@asynccontextmanager
async def zalo_bot_line(
    server: ZaloBotServer, mode: str, typing_after: float = NEVER, office: FakeOffice | None = None, media: tuple[str, ...] = ()
) -> AsyncIterator[Line]:
    """`mode`: "polling" or "webhook"."""
    port, by_webhook = free_port(), mode == "webhook"
    url = f"http://127.0.0.1:{port}" if by_webhook else None
    settings = ZaloBotSettings(TOKEN, server.url, SECRET if by_webhook else None, media=media)
    channel = ZaloBot(settings, words, office or FakeOffice(), public_url=url, patience=QUICKLY, typing_after=typing_after)
    line = Line(channel, server, FakeDoor(), f"{url}{PATH}" if url else "")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(channel.close)
        if by_webhook:
            await stack.enter_async_context(serving(Behind(), WebChat(), words, port=port, routes=channel.routes))
        stack.push_async_callback(channel.stop)
        await channel.start(line.door)
        await server.until(lambda: bool(server.hook) if by_webhook else bool(server.asked("deleteWebhook")))
        yield line
