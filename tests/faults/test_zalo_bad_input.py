"""What a real `danloi serve` with a Zalo OA makes of bad input: repeated, forged, huge, broken; and that the next citizen is answered."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.channels.zalo_oa import account
from bot.channels.zalo_oa_webhook import PATH
from bot.model.clock import now
from bot.store.crypto import Keyring
from bot.store.database import connect
from bot.store.tokens import Shelf

from ..channels.zalo_line import pair_of
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, ZaloServer, zalo_server
from .nursery import Forked, Nursery
from .process import Served

TWO_HOURS = timedelta(hours=2)


@pytest_asyncio.fixture(loop_scope="session")
async def zalo() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def served(tmp_path: Path, zalo: ZaloServer, born_in: Nursery) -> AsyncIterator[Served]:
    """With the right to speak, as an admin gives it."""
    settings = {"ZALO_OA_APP_ID": APP, "ZALO_OA_APP_SECRET": APP_SECRET, "ZALO_OA_ID": OA, "ZALO_OA_SECRET": OA_SECRET}
    where = {"ZALO_OA_API": zalo.url, "ZALO_OAUTH": zalo.url, "PUBLIC_URL": "{url}"}
    process = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}", **settings, **where)
    await process.start()
    zalo.hook = process.url + PATH
    database = connect(process.database_url, Keyring(*((tmp_path / name).read_text().strip() for name in ("data_key", "address_key"))))
    await Shelf(database, account(OA), now).authorised(pair_of(zalo))
    database.close()
    yield process
    await process.kill()


async def test_bad_input(served: Served, zalo: ZaloServer) -> None:
    an, binh = zalo.person(), zalo.person()
    zalo.heard(an.id)
    late = an.event("text", text="/start eid_level_2")
    late["timestamp"] = str(int((now() - TWO_HOURS).timestamp() * 1000))
    assert await asyncio.gather(*(zalo.deliver(late) for _ in range(20))) == [200] * 20
    await an.sees(2)
    assert await zalo.deliver(late) == 200

    raw = json.dumps(binh.event("text", text="giả")).encode()
    for secret in (APP_SECRET, ""):
        mac = hashlib.sha256(APP.encode() + raw + json.loads(raw)["timestamp"].encode() + secret.encode()).hexdigest()
        assert await zalo.post(raw, {"X-ZEvent-Signature": f"mac={mac}"}) == 403
    huge = json.dumps(binh.event("text", text="x" * 2 * 1024 * 1024)).encode()
    assert await zalo.post(huge, zalo.signed(huge, json.loads(huge)["timestamp"])) == 413
    for event in ({}, {"sender": 5}, {"sender": {"id": binh.id}, "message": {"msg_id": None, "text": None, "attachments": [[]]}}):
        assert await zalo.deliver(zalo.event("user_send_text", recipient={"id": OA}, **event)) == 200

    seen = len(an.screen)
    await binh.says("/start eid_level_2")
    await binh.sees(2)
    await an.says("1")
    await an.sees(seen + 1)
    assert sum("14 tuổi" in "".join([text, *message.labels]) for text, message in zip(an.texts, an.screen, strict=True)) == 1
    assert await served.stop() == 0
    assert "giả" not in served.output.read_text()
