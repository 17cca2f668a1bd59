"""A Zalo OA in touch with the fake server, and the door it brings things to."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.channels.base import Office
from bot.channels.webchat import WebChat
from bot.channels.zalo_oa import Ways, ZaloOa, account
from bot.channels.zalo_oa_api import Api, App, Patience
from bot.channels.zalo_oa_tokens import Shelf, Tokens
from bot.channels.zalo_oa_webhook import PATH
from bot.model.clock import Clock
from bot.model.delivery import Budget
from bot.model.message import Address
from bot.model.tokens import Asked, Kept, Pair
from bot.replies.formats import numbered

from ..fakes.behind_web import Behind, serving
from ..fakes.door import FakeDoor
from ..fakes.office import FakeOffice
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, Person, ZaloServer
from ..faults.process import free_port

QUICKLY = Patience(connect=1.0, answer=0.5)
BUDGET = Budget(timedelta(days=7), timedelta(hours=48), 8)
WAYS = Ways(BUDGET, buttons=True, per_second=1000)
BACK = "https://danloi.example/desk/zalo/callback"


class MemoryShelf:
    """Where tokens lie in tests of the wire; the real one has tests of its own."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.waiting: Asked | None = None

    async def read(self) -> Kept:
        return self.kept

    async def begin(self, number: int, seen: datetime | None) -> bool:
        if self.kept.number != number or self.kept.asked_at != seen:
            return False
        self.kept = replace(self.kept, asked_at=datetime.now(UTC))
        return True

    async def keep(self, number: int, pair: Pair) -> bool:
        self.kept = Kept(number + 1, pair, datetime.now(UTC))
        return True

    async def undo(self, number: int, trouble: str | None = None) -> None:
        self.kept = replace(self.kept, asked_at=None, trouble=trouble)

    async def spoil(self, number: int) -> None:
        assert self.kept.pair is not None
        self.kept = replace(self.kept, pair=replace(self.kept.pair, access_until=datetime.now(UTC)))

    async def authorised(self, pair: Pair) -> None:
        self.kept = Kept(self.kept.number + 1, pair, datetime.now(UTC))

    async def ask(self, asked: Asked) -> None:
        self.waiting = asked

    async def asked(self) -> Asked | None:
        return self.waiting

    async def take_asked(self) -> Asked | None:
        found, self.waiting = self.waiting, None
        return found


@dataclass
class Line:
    channel: ZaloOa
    server: ZaloServer
    door: FakeDoor

    def address(self, person: Person) -> Address:
        return Address(self.channel.account, person.id)


def now() -> datetime:
    return datetime.now(UTC)


def pair_of(server: ZaloServer, clock: Clock = now) -> Pair:
    """A pair of tokens that the server knows, as it would be kept."""
    given = server.pair()
    lasts = timedelta(seconds=float(given["expires_in"]))
    return Pair(given["access_token"], given["refresh_token"], clock() + lasts, clock() + timedelta(days=90))


def zalo_channel(
    server: ZaloServer,
    shelf: Shelf | None = None,
    *,
    clock: Clock = now,
    office: Office | None = None,
    ways: Ways = WAYS,
    patience: Patience = QUICKLY,
    secret: str | None = OA_SECRET,
    media: Collection[str] = (),
) -> ZaloOa:
    shelf = shelf or MemoryShelf(Kept(1, pair_of(server, clock), clock()))
    api = Api(App(APP, APP_SECRET, OA), server.url, server.url, patience, clock)
    tokens = Tokens(api, shelf, office or FakeOffice(), clock, OA, BACK)
    return ZaloOa(APP, OA, secret, api, tokens, numbered, ways, clock, patience=patience, site_code="QwErTy", media=media)


@asynccontextmanager
async def zalo_line(server: ZaloServer, make: Callable[[ZaloServer], ZaloOa] = zalo_channel) -> AsyncIterator[Line]:
    port = free_port()
    channel = make(server)
    line = Line(channel, server, FakeDoor())
    server.hook = f"http://127.0.0.1:{port}{PATH}"
    async with AsyncExitStack() as stack:
        stack.push_async_callback(channel.close)
        await stack.enter_async_context(serving(Behind(), WebChat(), str, port=port, routes=channel.routes))
        stack.push_async_callback(channel.stop)
        await channel.start(line.door)
        yield line


__all__ = ["BACK", "BUDGET", "QUICKLY", "WAYS", "Line", "MemoryShelf", "account", "now", "pair_of", "zalo_channel", "zalo_line"]


def writer(server: ZaloServer) -> Person:
    """Somebody who has just written, so that the OA may answer."""
    person = server.person()
    server.heard(person.id)
    return person
