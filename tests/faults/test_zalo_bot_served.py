"""A real `danloi serve` on Zalo Bot: by webhook, and what nobody should be able to bring to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from ..fakes.zalo_bot import SECRET_HEADER, TOKEN, ZaloBotServer, zalo_bot_server
from .nursery import Forked, Nursery
from .process import Served

PATH = "/channels/zalo_bot"


@pytest_asyncio.fixture(loop_scope="session")
async def zalo() -> AsyncIterator[ZaloBotServer]:
    async with zalo_bot_server() as fake:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def served(tmp_path: Path, zalo: ZaloBotServer, born_in: Nursery) -> AsyncIterator[Served]:
    (tmp_path / "zalo_bot_token").write_text(f"{TOKEN}\n")
    settings = {"ZALO_BOT_API": zalo.url, "ZALO_BOT_RECEIVE": "webhook", "PUBLIC_URL": "{url}", "ZALO_BOT_PER_CHAT_SECOND": "100"}
    process = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", **settings)
    await process.start()
    yield process
    await process.kill()


async def test_by_webhook(tmp_path: Path, served: Served, zalo: ZaloBotServer) -> None:
    await zalo.until(lambda: bool(zalo.hook))
    secret = (tmp_path / "zalo_bot_secret").read_text()
    assert zalo.hook == {"url": f"{served.url}{PATH}", "secret_token": secret}
    an = zalo.person("An")
    await an.says("/start eid_level_2")
    first = await an.sees(2)
    assert first[-1].labels == ["Từ 14 tuổi trở lên", "Dưới 14 tuổi"]

    async with httpx.AsyncClient() as http:
        old = an.update("text", text="số 1", date=1_700_000_000_000)
        again = [http.post(f"{served.url}{PATH}", json=old, headers={SECRET_HEADER: secret}) for _ in range(20)]
        assert {response.status_code for response in await asyncio.gather(*again)} == {200}
        assert (await an.sees(3))[-1].labels[0] == "Có và còn hạn"
        halves = an.update("text", text="\ud800 lạ \u0000", **{"from": {"id": an.id, "display_name": "\udfff"}})
        nowhere = an.update("text", text="x", chat={"id": "\ud800"})
        for update in (halves, nowhere):
            body = json.dumps(update)  # half letters go as \\ud800, which JSON allows
            response = await http.post(f"{served.url}{PATH}", content=body, headers={SECRET_HEADER: secret})
            assert response.status_code == 200
        for headers in ({}, {SECRET_HEADER: "forged"}):
            assert (await http.post(f"{served.url}{PATH}", json=an.update("text", text="menu"), headers=headers)).status_code == 403
        await an.sends("unsupported")
        state = (await http.get(f"{served.url}/readyz")).json()
    assert state["channels"] == {"zalo_bot:4242": "ok"}
    await an.sees(5)
    assert {*(label for message in an.screen[2:] for label in message.labels[:1])} == {"Có và còn hạn"}  # twenty times the same: one step
    assert await served.stop() == 0
    assert zalo.asked("getUpdates") == []
    assert set(zalo.hook_answers) == {200}
    log = served.output.read_text()
    assert TOKEN not in log
    assert "made-up-for-tests" not in log
    assert secret not in log
