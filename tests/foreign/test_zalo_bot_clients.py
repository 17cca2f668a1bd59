"""Two clients of the Zalo Bot Platform that we did not write, as bots before our fake of it: python-zalo-bot and that of zalo-bot-mcp.

Only `make foreign` has them. What one of them does not understand of the fake, the fake has wrong, or the other's measurements say why.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ..fakes.zalo_bot import SECRET_HEADER, TOKEN, ZaloBotServer, zalo_bot_server

library = pytest.importorskip("zalo_bot", reason="make foreign brings this client")
measured = pytest.importorskip("zalo_bot_mcp.zalo_api", reason="make foreign brings this client")
SECRET = "a-secret-made-up-for-tests"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        yield fake


@pytest.fixture
async def bot(zalo: ZaloBotServer) -> AsyncIterator[Any]:
    async with library.Bot(TOKEN, base_url=zalo.url) as opened:
        yield opened


@pytest.fixture
async def api(zalo: ZaloBotServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    monkeypatch.setattr(measured, "BASE_URL", zalo.url)
    async with measured.ZaloBotApi(TOKEN) as opened:
        yield opened


# --- python-zalo-bot 0.1.9


async def test_the_library_holds_a_conversation(zalo: ZaloBotServer, bot: Any) -> None:
    an = zalo.person("Vàng Thị Dính")
    me = await bot.get_me()
    assert (me.id, me.account_name, me.can_join_groups) == ("4242", "bot.danloi", False)
    said = await an.says("làm căn cước ở đâu")
    update = await bot.get_update(timeout=5)
    message = update.message
    assert (message.text, message.chat.id, message.chat.type) == ("làm căn cước ở đâu", an.id, "PRIVATE")
    assert (message.from_user.display_name, message.message_id) == ("Vàng Thị Dính", said["message"]["message_id"])
    assert message.date.timestamp() == said["message"]["date"] / 1000
    await bot.send_chat_action(an.id, "typing")
    sent = await message.reply_text("Ở Công an xã. 1. Giờ làm việc & nơi = hỏi?")
    assert an.texts == ["Ở Công an xã. 1. Giờ làm việc & nơi = hỏi?"]
    assert sent.message_id == an.screen[0].id
    await bot.send_message(an.id, "Còn gì nữa không?", reply_to_message_id=message.message_id)
    assert len(an.screen) == 2


async def test_the_library_reads_every_kind_of_message(zalo: ZaloBotServer, bot: Any) -> None:
    an = zalo.person()
    for kind, content in (("image", {"photo_url": "https://x"}), ("sticker", {"sticker": "s", "url": "https://x"}), ("unsupported", {})):
        await an.sends(kind, **content)
        message = (await bot.get_update(timeout=5)).message
        assert message.message_type == "CHAT_MESSAGE"
        assert (message.photo_url, message.sticker) == (content.get("photo_url"), content.get("sticker"))


async def test_the_library_sets_asks_for_and_deletes_a_webhook(zalo: ZaloBotServer, bot: Any) -> None:
    taken: list[tuple[str, str]] = []

    async def takes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines())}
        body = await reader.readexactly(int(headers["content-length"]))
        update = library.Update.de_json(httpx.Response(200, content=body).json()["result"], bot)
        taken.append((headers[SECRET_HEADER.lower()], update.message.text))
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(takes, "127.0.0.1", 0) as site:
        url = f"http://127.0.0.1:{site.sockets[0].getsockname()[1]}/"
        assert await bot._set_webhook_async(url, SECRET)  # its public form starts a loop of its own
        assert (await bot._get_webhook_info_async()).url == url
        await zalo.person().says("xin chào")
        assert taken == [(SECRET, "xin chào")]
        assert await bot._delete_webhook_async()
    with pytest.raises(library.error.InvalidToken, match="Not Found"):  # what it takes any 404 for
        await bot._get_webhook_info_async()


async def test_the_library_sees_the_refusals_that_are_measured(zalo: ZaloBotServer, bot: Any) -> None:
    with pytest.raises(library.error.NetworkError, match="Request timeout"):
        await bot.get_update(timeout=1)
    with pytest.raises(library.error.InvalidToken):
        await bot.send_message("nobody", "chào")
    zalo.status_too = True
    async with httpx.AsyncClient() as http:
        assert (await http.post(f"{zalo.url}/bot{TOKEN}x/getMe", json={})).status_code == 401
    with pytest.raises(library.error.InvalidToken):
        await library.Bot(f"{TOKEN}x", base_url=zalo.url).get_me()


async def test_the_library_does_not_see_a_refusal_in_the_body_alone(zalo: ZaloBotServer, bot: Any) -> None:
    """Where Zalo would word one so, it goes on with nothing in hand; our own client looks at `ok` (channels/zalo_bot_api.py)."""
    an = zalo.person()
    assert await bot.send_message(an.id, "x" * 2001) is None
    assert an.screen == []


# --- the client of zalo-bot-mcp 0.1.1, whose author measured the platform


async def test_the_measured_client_holds_a_conversation(zalo: ZaloBotServer, api: Any) -> None:
    an = zalo.person("An")
    assert (await api.get_me())["account_name"] == "bot.danloi"
    assert await api.get_updates(timeout=1) is None
    await an.says("chào")
    read = measured.parse_update(await api.get_updates(timeout=5))
    assert (read.text, read.chat_id, read.user_id, read.display_name, read.chat_type) == ("chào", an.id, an.id, "An", "PRIVATE")
    await api.send_chat_action(an.id)
    sent = await api.send_message(an.id, "**Chào** bạn", parse_mode="markdown")
    assert sent["message_id"] == an.screen[0].id
    await an.sends("unsupported")
    assert measured.parse_update(await api.get_updates(timeout=5)) is None


async def test_the_measured_client_finds_no_webhook_and_then_one(zalo: ZaloBotServer, api: Any) -> None:
    assert await api.get_webhook_info() is None
    zalo.hook = {"url": "https://danloi.example/channels/zalo_bot", "secret_token": SECRET}
    assert (await api.get_webhook_info())["url"] == "https://danloi.example/channels/zalo_bot"


async def test_the_measured_client_sees_every_refusal(zalo: ZaloBotServer, api: Any) -> None:
    an = zalo.person()
    for on_the_wire in (False, True):
        zalo.status_too = on_the_wire
        zalo.blocked = {an.id}
        with pytest.raises(measured.ZaloClientError):
            await api.send_message(an.id, "chào")
        with pytest.raises(measured.ZaloClientError, match="Not Found"):
            await api.send_message("nobody", "chào")
