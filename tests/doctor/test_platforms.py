"""Telegram, Zalo Bot and the Zalo OA against their strict fakes: each check well, and seen failing with its remedy."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import get, post

from bot.channels import telegram_webhook, zalo_bot_webhook, zalo_oa_webhook
from bot.channels.webchat import WebChat
from bot.doctor.finding import Finding
from bot.doctor.telegram import telegram
from bot.doctor.zalo_bot import zalo_bot
from bot.doctor.zalo_oa import REFRESH_ENDS_SOON, tokens, values, zalo_oa
from bot.model.tokens import Kept, Pair
from bot.settings import TelegramSettings, ZaloBotSettings, ZaloOaSettings, load
from bot.store.look import Look

from ..fakes.behind_web import Behind, serving
from ..fakes.telegram import TOKEN, TelegramServer, telegram_server
from ..fakes.zalo_bot import TOKEN as BOT_TOKEN
from ..fakes.zalo_bot import ZaloBotServer, zalo_bot_server
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, ZaloServer, zalo_server
from .findings import states, the

SECRET = "a-secret-made-up-for-tests"
NOW = datetime.now(UTC)
ELSEWHERE = "https://danloi.example"
"""Nobody may be asked there: only checks that end before use it."""


async def refuses(raw: Any) -> None:
    raise AssertionError("nothing may come in by the doctor's knocking")


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
async def on_telegram() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as fake:
        yield fake


@pytest.fixture
async def on_zalo_bot() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        yield fake


@pytest.fixture
async def on_zalo() -> AsyncIterator[ZaloServer]:
    async with zalo_server(lambda: NOW.timestamp()) as fake:
        yield fake


async def site(stack: AsyncExitStack, secret: str | None = SECRET, code: str = "QwErTy") -> str:
    """Our own routes, before which the doctor stands."""
    routes = [
        telegram_webhook.webhook(refuses, secret),
        zalo_bot_webhook.webhook(refuses, secret),
        zalo_oa_webhook.webhook(refuses, APP, secret),
        zalo_oa_webhook.verifier(code),
    ]
    return await stack.enter_async_context(serving(Behind(), WebChat(), str, routes=routes))


# --- Telegram


class Hooked:
    """Telegram by webhook, all well; a test spoils one thing."""

    def __init__(self, server: TelegramServer, public: str) -> None:
        self.server, self.public = server, public
        server.hook = {"url": f"{public}{telegram_webhook.PATH}", "secret_token": SECRET}

    async def examined(self, runs: bool = True, secret: str = SECRET) -> list[Finding]:
        found, time = await telegram(TelegramSettings(TOKEN, self.server.url, secret), self.public, runs, NOW)
        assert time is not None
        assert self.server.asked("getUpdates") == []
        return found


@pytest.fixture
async def hooked(on_telegram: TelegramServer, stack: AsyncExitStack) -> Hooked:
    return Hooked(on_telegram, await site(stack))


async def test_telegram_by_webhook_is_well(hooked: Hooked) -> None:
    assert states(await hooked.examined()) == {"telegram": "well", "telegram_webhook": "well", "telegram_door": "well"}


async def test_telegram_by_polling_is_well_until_a_webhook_takes_the_updates(on_telegram: TelegramServer) -> None:
    polled = TelegramSettings(TOKEN, on_telegram.url, None)
    found, _ = await telegram(polled, None, True, NOW)
    assert states(found) == {"telegram": "well", "telegram_webhook": "well"}
    on_telegram.hook = {"url": "https://another.example/bot/a-secret-path", "secret_token": "x"}
    found, _ = await telegram(polled, None, True, NOW)
    conflict = the("telegram_webhook", found)
    assert conflict.state == "mend"
    assert "another.example" in conflict.what
    assert "a-secret-path" not in conflict.what
    assert "danloi serve" in conflict.remedy


async def test_telegram_does_not_know_the_token(on_telegram: TelegramServer) -> None:
    found, _ = await telegram(TelegramSettings("1:" + "x" * 30, on_telegram.url, None), None, False, NOW)
    assert states(found) == {"telegram": "mend"}
    assert "@BotFather" in found[0].remedy


async def test_telegram_is_not_reached() -> None:
    found, time = await telegram(TelegramSettings(TOKEN, "http://127.0.0.1:9", None), None, False, NOW)
    assert states(found) == {"telegram": "mend"}
    assert "api.telegram.org" in found[0].remedy
    assert time is None
    assert TOKEN not in repr(found)


@pytest.mark.parametrize("url", ["", "https://another.example/channels/telegram"])
async def test_a_webhook_that_leads_elsewhere(hooked: Hooked, url: str) -> None:
    hooked.server.hook = {"url": url, "secret_token": SECRET} if url else {}
    found = the("telegram_webhook", await hooked.examined())
    assert found.state == "mend"
    assert "danloi serve" in found.remedy


async def test_what_telegram_could_not_bring(hooked: Hooked) -> None:
    hooked.server.hook_trouble = {"last_error_date": int(NOW.timestamp()) - 60, "last_error_message": "Wrong response: 502 Bad Gateway"}
    found = the("telegram_webhook", await hooked.examined())
    assert found.state == "mend"
    assert "502 Bad Gateway" in found.what
    assert "24 giờ" in found.remedy
    hooked.server.hook_trouble["last_error_date"] -= 86_400
    assert states(await hooked.examined())["telegram_webhook"] == "well"


async def test_updates_that_wait(hooked: Hooked) -> None:
    hooked.server.pending = [{"update_id": number} for number in range(101)]
    found = the("telegram_webhook", await hooked.examined(runs=False))
    assert found.state == "mend"
    assert "101" in found.what
    assert len(hooked.server.pending) == 101


async def test_a_door_with_another_secret(hooked: Hooked) -> None:
    found = the("telegram_door", await hooked.examined(secret="another-secret-made-up"))
    assert found.state == "mend"
    assert "khởi động lại" in found.remedy


@pytest.mark.parametrize(("runs", "state"), [(True, "mend"), (False, "unsure")])
async def test_nobody_behind_the_door(hooked: Hooked, runs: bool, state: str) -> None:
    hooked.public = "http://127.0.0.1:9"
    assert states(await hooked.examined(runs=runs))["telegram_door"] == state


async def test_a_strangers_site_is_not_told_the_secret(hooked: Hooked, on_zalo: ZaloServer) -> None:
    """What answers otherwise than we do may be anybody."""
    on_zalo.calls.clear()
    hooked.public = on_zalo.url
    assert states(await hooked.examined())["telegram_door"] == "mend"
    assert on_zalo.odd == [f"no such address {telegram_webhook.PATH}"]
    on_zalo.odd.clear()


async def test_telegrams_clock(hooked: Hooked) -> None:
    hooked.server.clock_off = 3600
    _, time = await telegram(TelegramSettings(TOKEN, hooked.server.url, None), None, True, NOW)
    assert time is not None
    assert timedelta(minutes=50) < time - datetime.now(UTC) < timedelta(minutes=70)


# --- Zalo Bot


async def test_zalo_bot_by_webhook(on_zalo_bot: ZaloBotServer, stack: AsyncExitStack) -> None:
    public, settings = await site(stack), ZaloBotSettings(BOT_TOKEN, on_zalo_bot.url, SECRET)
    for on_the_wire in (False, True):
        on_zalo_bot.status_too, on_zalo_bot.hook = on_the_wire, {}
        found, time = await zalo_bot(settings, public, True)
        assert states(found) == {"zalo_bot": "well", "zalo_bot_webhook": "mend", "zalo_bot_door": "well"}
        assert "danloi serve" in the("zalo_bot_webhook", found).remedy
        assert time is not None
    on_zalo_bot.hook = {"url": f"{public}{zalo_bot_webhook.PATH}", "secret_token": SECRET}
    found, _ = await zalo_bot(settings, public, True)
    assert set(states(found).values()) == {"well"}
    on_zalo_bot.hook = {"url": "https://another.example/", "secret_token": SECRET}
    found, _ = await zalo_bot(replace(settings, secret="another-secret-made-up"), public, True)
    assert states(found) == {"zalo_bot": "well", "zalo_bot_webhook": "mend", "zalo_bot_door": "mend"}
    assert on_zalo_bot.asked("getUpdates") == []


async def test_zalo_bot_by_polling(on_zalo_bot: ZaloBotServer) -> None:
    settings = ZaloBotSettings(BOT_TOKEN, on_zalo_bot.url)
    found, _ = await zalo_bot(settings, None, True)
    assert states(found) == {"zalo_bot": "well", "zalo_bot_webhook": "well"}
    on_zalo_bot.hook = {"url": "https://another.example/", "secret_token": SECRET}
    found, _ = await zalo_bot(settings, None, True)
    assert states(found) == {"zalo_bot": "well", "zalo_bot_webhook": "mend"}


@pytest.mark.parametrize("on_the_wire", [True, False])
async def test_zalo_bot_does_not_know_the_token_or_is_not_reached(on_zalo_bot: ZaloBotServer, on_the_wire: bool) -> None:
    on_zalo_bot.status_too = on_the_wire
    found, _ = await zalo_bot(ZaloBotSettings("4243:" + "x" * 30, on_zalo_bot.url), None, True)
    assert states(found) == {"zalo_bot": "mend"}
    assert "ZALO_BOT_TOKEN" in found[0].remedy
    found, _ = await zalo_bot(ZaloBotSettings(BOT_TOKEN, "http://127.0.0.1:9"), None, True)
    assert states(found) == {"zalo_bot": "mend"}
    assert "ZALO_BOT_API" in found[0].remedy
    assert BOT_TOKEN not in repr(found)


# --- Zalo OA


def oa(server: ZaloServer, public: str = ELSEWHERE, **more: Any) -> ZaloOaSettings:
    given = {"ZALO_OA_APP_ID": APP, "ZALO_OA_APP_SECRET": APP_SECRET, "ZALO_OA_ID": OA, "ZALO_OA_SECRET": OA_SECRET}
    found = load(
        {**given, "PUBLIC_URL": public, "ZALO_OA_API": server.url, "ZALO_SITE_CODE": "QwErTy", "DANLOI_VAR": "/nowhere"}, make=False
    )
    assert found.zalo_oa is not None
    return replace(found.zalo_oa, **more)


def kept(server: ZaloServer, **more: Any) -> Kept:
    given = server.pair()
    pair = Pair(given["access_token"], given["refresh_token"], NOW + timedelta(hours=20), NOW + timedelta(days=80))
    return replace(Kept(1, pair, NOW - timedelta(hours=5)), **more)


def seen(tokens_kept: Kept | None) -> Look:
    return Look("1", "1", True, 1, NOW, None, [], tokens_kept)


async def test_an_oa_that_is_well(on_zalo: ZaloServer, stack: AsyncExitStack) -> None:
    public = await site(stack)
    found, time = await zalo_oa(oa(on_zalo), public, seen(kept(on_zalo)), True, NOW)
    everything = ("values", "token", "quota", "door", "domain")
    assert states(found) == {f"zalo_oa_{name}": "well" for name in everything}
    assert "1998/2000" in the("zalo_oa_quota", found).what
    assert time is not None
    assert on_zalo.renewals == 0
    assert on_zalo.calls == []
    assert "access-" not in repr(found)


async def test_an_oa_behind_a_door_that_lets_in_anybody_or_nobody(on_zalo: ZaloServer, stack: AsyncExitStack) -> None:
    @post(zalo_oa_webhook.PATH, status_code=200)
    async def open_door() -> str:
        return ""

    @get("/zalo_verifierQwErTy.html")
    async def anything() -> str:
        return "a page for whatever is asked"

    public = await stack.enter_async_context(serving(Behind(), WebChat(), str, routes=[open_door, anything]))
    found, _ = await zalo_oa(oa(on_zalo), public, seen(kept(on_zalo)), True, NOW)
    assert states(found)["zalo_oa_door"] == "mend"
    assert states(found)["zalo_oa_domain"] == "mend"
    for runs, state in ((True, "mend"), (False, "unsure")):
        found, _ = await zalo_oa(oa(on_zalo), "http://127.0.0.1:9", seen(kept(on_zalo)), runs, NOW)
        assert (states(found)["zalo_oa_door"], states(found)["zalo_oa_domain"]) == (state, state)
    found, _ = await zalo_oa(oa(on_zalo, site_code=None), public, seen(kept(on_zalo)), True, NOW)
    assert states(found)["zalo_oa_domain"] == "unsure"


HOUR, LONG = timedelta(hours=1), timedelta(days=60)
RIGHTS: list[tuple[str, bool, str, dict[str, Any]]] = [
    ("good", True, "well", {}),
    ("none", True, "mend", {"pair": None}),
    ("over, and nobody renews it", True, "mend", {"pair": Pair("a", "r", NOW - HOUR, NOW + LONG)}),
    ("over, and nothing runs that would renew it", False, "unsure", {"pair": Pair("a", "r", NOW - HOUR, NOW + LONG)}),
    ("the refresh token is over", False, "mend", {"pair": Pair("a", "r", NOW + HOUR, NOW - HOUR)}),
    ("the refresh token is nearly over", False, "mend", {"pair": Pair("a", "r", NOW + HOUR, NOW + REFRESH_ENDS_SOON - HOUR)}),
    ("a renewal was cut off", True, "mend", {"asked_at": NOW - timedelta(seconds=61)}),
    ("a renewal is under way", True, "well", {"asked_at": NOW - timedelta(seconds=5)}),
    ("Zalo refused", True, "mend", {"trouble": "Zalo refuses to renew the token (error -14014)"}),
]


@pytest.mark.parametrize(("name", "runs", "state", "more"), RIGHTS, ids=[name for name, *_ in RIGHTS])
def test_the_right_to_speak(name: str, runs: bool, state: str, more: dict[str, Any]) -> None:
    good = Kept(1, Pair("a", "r", NOW + 20 * HOUR, NOW + LONG), NOW)
    found = tokens(replace(good, **more), runs, NOW)
    assert states([found]) == {"zalo_oa_token": state}
    if state == "mend" and name != "the refresh token is nearly over":
        assert "Cấp quyền" in found.remedy


def test_the_right_to_speak_where_the_database_is_away() -> None:
    assert states([tokens(None, True, NOW)]) == {"zalo_oa_token": "unsure"}


ODD: list[dict[str, Any]] = [
    {"app": OA},
    {"secret": "cut"},
    {"app_secret": "with a space in it, and long"},
    {"secret": APP},
    {"secret": OA},
]


@pytest.mark.parametrize("more", ODD, ids=repr)
async def test_values_that_cannot_be_right(on_zalo: ZaloServer, more: dict[str, Any]) -> None:
    found = values(oa(on_zalo, **more))
    assert states([found]) == {"zalo_oa_values": "mend"}
    assert "README" in found.remedy


@pytest.mark.parametrize(("error", "state"), [(-216, "mend"), (-219, "mend"), (-221, "mend"), (-9999, "unsure")])
async def test_what_zalo_says_when_asked_for_the_quota(on_zalo: ZaloServer, stack: AsyncExitStack, error: int, state: str) -> None:
    on_zalo.refusals.append(error)
    found, _ = await zalo_oa(oa(on_zalo), await site(stack), seen(kept(on_zalo)), True, NOW)
    assert states(found)["zalo_oa_quota"] == state
    assert str(error) in the("zalo_oa_quota", found).what


@pytest.mark.parametrize(
    ("quotas", "paid", "state"),
    [
        ([{"remain": "0", "total": "2000"}], True, "mend"),
        ([{"remain": "0", "total": "2000"}], False, "well"),
        ({"remain": 5, "total": 10}, True, "well"),
        ([], True, "unsure"),
        ("odd", True, "unsure"),
        ([{"remain": -1, "total": None}], True, "unsure"),
    ],
)
async def test_what_is_left(on_zalo: ZaloServer, stack: AsyncExitStack, quotas: Any, paid: bool, state: str) -> None:
    on_zalo.quotas = quotas
    found, _ = await zalo_oa(oa(on_zalo, paid=paid), await site(stack), seen(kept(on_zalo)), True, NOW)
    assert states(found)["zalo_oa_quota"] == state


async def test_zalo_is_not_reached(on_zalo: ZaloServer, stack: AsyncExitStack) -> None:
    settings, public = replace(oa(on_zalo), api="http://127.0.0.1:9"), await site(stack)
    for tokens_kept in (kept(on_zalo), Kept(0, None), None):
        found, time = await zalo_oa(settings, public, seen(tokens_kept), True, NOW)
        assert states(found)["zalo_oa_quota"] == "mend"
        assert "openapi.zalo.me" in the("zalo_oa_quota", found).remedy
        assert time is None


async def test_without_a_right_zalos_clock_is_heard_all_the_same(on_zalo: ZaloServer, stack: AsyncExitStack) -> None:
    found, time = await zalo_oa(oa(on_zalo), await site(stack), seen(Kept(0, None)), True, NOW)
    assert states(found)["zalo_oa_quota"] == "unsure"
    assert time is not None
