"""Every door there is before the real store, as one application, and what comes through them whose reading we must not stumble over."""

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.routes import HTTPRoute
from structlog.testing import capture_logs

from bot import web
from bot.channels import telegram_webhook, zalo_bot_webhook, zalo_oa_webhook
from bot.channels.counting import Counts
from bot.channels.telegram import Telegram
from bot.channels.webchat import Visitors
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from bot.health import probes
from bot.settings import Settings, ZaloBotSettings
from bot.store.database import Database
from bot.written import Written

from ..conftest import Clock
from ..fakes.office import FakeOffice
from ..fakes.telegram import TOKEN
from ..fakes.zalo_bot import TOKEN as ZALO_BOT_TOKEN
from ..fakes.zalo_oa import HOOK_TRIES, ZaloServer
from ..talk import House
from . import zalo_bot_line
from .telegram_line import QUICKLY, SECRET, words
from .zalo_line import zalo_channel

NOWHERE = "http://127.0.0.1:9"
BROKEN = {"request_failed", "desk_failed", "zalo_event_stumbled"}
ONCE = settings(max_examples=120, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TELEGRAM, ZALO_BOT, ZALO_OA = telegram_webhook.PATH, zalo_bot_webhook.PATH, zalo_oa_webhook.PATH
SECRETS = {telegram_webhook.SECRET_HEADER: SECRET, zalo_bot_webhook.SECRET_HEADER: zalo_bot_line.SECRET}


@dataclass
class Doors:
    app: Litestar
    http: httpx.AsyncClient
    visitors: Visitors
    counts: Counts
    zalo: ZaloServer
    """Knows how an OA's events are signed."""

    async def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Whatever was counted before is forgotten, for here it is not about how often."""
        self.counts.clear()
        with capture_logs() as logs:
            answer = await self.http.request(method, path, **more)
        assert answer.status_code < 500 or (path == ZALO_OA and answer.status_code == 503), (method, path, more, answer.status_code, logs)
        assert not BROKEN & {str(entry["event"]) for entry in logs}, (path, more, logs)
        return answer

    async def brings(self, raw: bytes) -> int:
        """An event of the OA, signed over whatever it is; again where we had no time for it, for that is what 503 asks for."""
        status = 503
        for _ in range(HOOK_TRIES):
            status = (await self.asks("POST", ZALO_OA, content=raw, headers=self.signed(raw))).status_code
            if status != 503:
                break
        return status

    def signed(self, raw: bytes) -> dict[str, str]:
        return {**self.zalo.signed(raw, "1795400000000"), zalo_oa_webhook.TIMESTAMP: "1795400000000"}

    def trusted(self, path: str, raw: bytes = b"") -> dict[str, str]:
        """All that a door may ask for."""
        headers = {"Idempotency-Key": "key-12345678", **SECRETS, **self.token()}
        return {**headers, **self.signed(raw)} if path == ZALO_OA else headers

    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visitors.new()[0]}"}

    @property
    def posts(self) -> list[str]:
        routes = [route for route in self.app.routes if isinstance(route, HTTPRoute)]
        return [route.path for route in routes if any("POST" in handler.http_methods for handler in route.route_handlers)]


@asynccontextmanager
async def open_doors(settings: Settings, database: Database, written: Written, clock: Clock) -> AsyncIterator[Doors]:
    house = House(settings, database, written, None, clock)
    zalo = nowhere(clock)
    async with platforms(house, zalo) as others:
        site = web.Site(settings, database, written.words, _away, others)
        await site.chat.start(house.app.door)
        ports, counts = site._ports(house.app.door), Counts()
        app = web.build(ports, counts=counts, routes=[*probes(site.health), *(route for one in others for route in one.routes)])
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),  # type: ignore[arg-type]
            base_url="http://test",
        ) as http:
            yield Doors(app, http, ports.visitors, counts, zalo)


def nowhere(clock: Clock) -> ZaloServer:
    """A Zalo that nobody reaches; it knows how events are signed."""
    zalo = ZaloServer(lambda: clock().timestamp())
    zalo.url = NOWHERE
    return zalo


@asynccontextmanager
async def platforms(house: House, zalo: ZaloServer) -> AsyncIterator[tuple[Telegram, ZaloOa, ZaloBot]]:
    """Each channel that has a webhook, with the house's door behind it and no platform before it."""
    telegram = Telegram(TOKEN, words, FakeOffice(), api=NOWHERE, hook=(NOWHERE, SECRET), patience=QUICKLY)
    zalo_oa = zalo_channel(zalo, clock=house.clock)
    bot = ZaloBotSettings(ZALO_BOT_TOKEN, NOWHERE, zalo_bot_line.SECRET)
    zalo_bot = ZaloBot(bot, words, FakeOffice(), public_url=NOWHERE, patience=zalo_bot_line.QUICKLY)
    others = (telegram, zalo_oa, zalo_bot)
    for channel in others:
        channel._door = house.app.door
    yield others
    await telegram._manners.stop()
    await zalo_bot._manners.stop()
    for channel in others:
        await channel.close()


async def _away() -> bool:
    return False


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ODD = ["", "\0", "a\0b", "\ud800", "0" * 30, "9" * 150, "🧨" * 50, -(2**70), 10**40, 1e308]
LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from(ODD))
JSON = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, one in inner for path in paths(one, (*here, name)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.deepcopy(value)
    at = changed
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = new
    return changed


@st.composite
def spoilt(draw: st.DrawFn, good: list[dict[str, Any]]) -> Any:
    """Something that would be fine, were it not for one place in it; or anything at all."""
    one = draw(st.sampled_from(good))
    return draw(st.one_of(JSON, st.just(put(one, draw(st.sampled_from(paths(one))), draw(JSON)))))


def oddly(good: list[dict[str, Any]]) -> list[Any]:
    """Each odd value at each place."""
    return [put(one, path, odd) for one in good for path in paths(one) for odd in ODD]


def drawn(strategy: st.SearchStrategy[Any]) -> list[Any]:
    found: list[Any] = []

    @ONCE
    @given(strategy)
    def draw(one: Any) -> None:
        found.append(one)

    draw()
    return found


def body(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()
