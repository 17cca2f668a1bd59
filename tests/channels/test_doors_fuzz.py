"""Anything at any door: taken in, or refused in words; never a mistake of ours, and never more than a door's measure."""

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.stores.memory import MemoryStore
from structlog.testing import capture_logs

from bot import web
from bot.channels import webchat_limits
from bot.channels.telegram import Telegram
from bot.channels.telegram_webhook import PATH, SECRET_HEADER
from bot.channels.webchat import Visitors
from bot.channels.webchat_limits import COUNTERS
from bot.health import probes
from bot.model.message import MOST_BYTES
from bot.settings import Settings
from bot.store.database import Database
from bot.web import MOST_BODY
from bot.written import Written

from ..conftest import Clock
from ..desk.conftest import sqlite  # noqa: F401
from ..fakes.office import FakeOffice
from ..fakes.telegram import TOKEN
from ..talk import House
from .telegram_line import QUICKLY, SECRET, words

NOWHERE = "http://127.0.0.1:9"
BROKEN = {"request_failed", "desk_failed"}
ONCE = settings(max_examples=120, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@dataclass
class Doors:
    app: Litestar
    http: httpx.AsyncClient
    visitors: Visitors
    counters: MemoryStore

    async def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Whatever was counted before is forgotten, for here it is not about how often."""
        await self.counters.delete_all()
        with capture_logs() as logs:
            answer = await self.http.request(method, path, **more)
        assert answer.status_code < 500, (method, path, more, answer.status_code, logs)
        assert not BROKEN & {str(entry["event"]) for entry in logs}
        return answer

    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.visitors.new()[0]}"}


@asynccontextmanager
async def open_doors(settings: Settings, database: Database, written: Written, clock: Clock) -> AsyncIterator[Doors]:
    """Every door there is before the real store, as one application."""
    house = House(settings, database, written, None, clock)
    telegram = Telegram(TOKEN, words, FakeOffice(), api=NOWHERE, hook=(NOWHERE, SECRET), patience=QUICKLY)
    telegram._door = house.app.door
    site = web.Site(settings, database, written.words, _away, [telegram])
    await site.chat.start(house.app.door)
    ports, counters = site._ports(house.app.door), MemoryStore()
    app = web.build(ports, counters=counters, routes=[*probes(site.health), *telegram.routes])
    assert app.stores.get(COUNTERS) is counters
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type]
        base_url="http://test",
    ) as http:
        yield Doors(app, http, ports.visitors, counters)
    await telegram._manners.stop()
    await telegram.close()


@pytest.fixture
async def doors(settings: Settings, sqlite: Database, written: Written, clock: Clock) -> AsyncIterator[Doors]:  # noqa: F811
    async with open_doors(settings, sqlite, written, clock) as opened:
        yield opened


async def _away() -> bool:
    return False


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from(["", "\0", "0" * 30, "🧨" * 50, -(2**70), 1e308])
)
JSON = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)

PERSON = {"id": 77, "is_bot": False, "first_name": "An"}
CHAT = {"id": 77, "type": "private"}
MESSAGE = {"message_id": 5, "date": 1_795_400_000, "chat": CHAT, "from": PERSON, "text": "chào"}
UPDATES: list[dict[str, Any]] = [
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "edited_message": {**MESSAGE, "edit_date": 1_795_400_009}},
    {"update_id": 3, "callback_query": {"id": "9", "from": PERSON, "chat_instance": "1", "message": MESSAGE, "data": "3:act:menu"}},
    {"update_id": 4, "message": {**MESSAGE, "photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]}},
    {"update_id": 5, "message": {**MESSAGE, "voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}}},
    {
        "update_id": 6,
        "my_chat_member": {
            "chat": CHAT,
            "from": PERSON,
            "date": 1,
            "old_chat_member": {"status": "member", "user": PERSON},
            "new_chat_member": {"status": "kicked", "user": PERSON, "until_date": 0},
        },
    },
]
SAID: list[dict[str, Any]] = [
    {"key": "key-12345678", "text": "chào"},
    {"key": "key-12345678", "tap": "3:act:menu"},
    {"consent": True, "version": "1"},
]


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


def is_no_object(raw: bytes) -> bool:
    try:
        return not isinstance(json.loads(raw), dict)
    except ValueError:
        return True


async def test_the_sweep_finds_the_doors(doors: Doors) -> None:
    assert set(posts(doors)) == {"/chat/session", "/chat/messages", "/chat/pictures", PATH}


def posts(doors: Doors) -> list[str]:
    routes = [route for route in doors.app.routes if isinstance(route, HTTPRoute)]
    return [route.path for route in routes if any("POST" in handler.http_methods for handler in route.route_handlers)]


@pytest.mark.timeout(300)
async def test_whatever_telegram_may_bring(doors: Doors) -> None:
    for update in drawn(spoilt(UPDATES)):
        answer = await doors.asks("POST", PATH, content=body(update), headers={SECRET_HEADER: SECRET})
        assert answer.status_code in (200, 400)


@pytest.mark.timeout(300)
async def test_whatever_a_page_may_send(doors: Doors) -> None:
    for said in drawn(spoilt(SAID)):
        for path in ("/chat/messages", "/chat/session"):
            answer = await doors.asks("POST", path, content=body(said), headers=doors.token())
            assert answer.status_code in (201, 202, 400, 413)
            assert answer.is_success or not answer.json()["message"].isascii()


async def test_bytes_that_are_no_json_no_picture_and_headers_that_are_none(doors: Doors) -> None:
    keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=70)
    for raw, key in drawn(st.tuples(st.binary(max_size=200).filter(is_no_object), keys)):
        for path in posts(doors):
            headers = {"Idempotency-Key": key.strip(), SECRET_HEADER: SECRET, **doors.token()}
            assert (await doors.asks("POST", path, content=raw, headers=headers)).status_code in (400, 409, 415), (path, raw, key)
            stranger = await doors.asks(
                "POST", path, content=raw, headers={"Authorization": f"Bearer {key.strip()}", SECRET_HEADER: key.strip()}
            )
            assert stranger.status_code in (400, 401, 403)


async def test_no_door_takes_more_than_its_measure(doors: Doors) -> None:
    """Counted while it comes, whatever length was announced."""
    measures = {"/chat/session": MOST_BODY, "/chat/messages": MOST_BODY, PATH: 1024 * 1024, "/chat/pictures": MOST_BYTES}
    assert set(measures) == set(posts(doors))
    for path, most in measures.items():
        sent = 0

        async def endless(most: int = most) -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(100):
                sent += most
                yield b"[" * most

        headers = {"Idempotency-Key": "key-12345678", SECRET_HEADER: SECRET, **doors.token()}
        answer = await doors.asks("POST", path, content=endless(), headers=headers)
        assert answer.status_code in (413, 409), path


async def test_deeply_nested_json_is_refused_in_words(doors: Doors) -> None:
    deep = b"[" * 30_000 + b"]" * 30_000
    assert (await doors.asks("POST", "/chat/messages", content=deep, headers=doors.token())).status_code == 400
    assert (await doors.asks("POST", PATH, content=deep, headers={SECRET_HEADER: SECRET})).status_code == 400


@pytest.mark.parametrize(
    ("path", "constant"), [(PATH, "PER_ADDRESS_HOOK"), ("/readyz", "PER_ADDRESS_READY"), ("/chat/copy/x", "PER_ADDRESS")]
)
async def test_each_door_counts_network_addresses(
    settings: Settings,
    sqlite: Database,  # noqa: F811
    written: Written,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    constant: str,
) -> None:
    monkeypatch.setattr(webchat_limits, constant, 3)
    async with open_doors(settings, sqlite, written, clock) as doors:
        method = "POST" if path == PATH else "GET"
        statuses = [(await doors.http.request(method, path)).status_code for _ in range(5)]
        assert statuses[3:] == [429, 429]
        assert 429 not in statuses[:3]
        assert (await doors.http.get("/healthz")).status_code == 200
