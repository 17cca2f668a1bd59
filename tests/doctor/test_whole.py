"""The real command beside a real `danloi serve` with every channel, and without it: what it says, how it ends, and that nothing changes."""

import json
import os
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.channels.zalo_oa import account
from bot.doctor.round import Limits, Round
from bot.model.clock import now
from bot.model.tokens import Pair
from bot.settings import Settings
from bot.store.crypto import Keyring
from bot.store.database import connect
from bot.store.tokens import Shelf

from ..fakes.telegram import TOKEN, telegram_server
from ..fakes.zalo_bot import TOKEN as BOT_TOKEN
from ..fakes.zalo_bot import zalo_bot_server
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, ZaloServer, zalo_server
from ..faults.process import Served
from .findings import states, the

UNTOLD = {"serve", "telegram_door", "zalo_bot_door", "zalo_oa_door", "zalo_oa_domain", "public_url"}
"""What cannot be told while nobody is at home."""


async def authorise(served: Served, zalo: ZaloServer) -> None:
    """What an admin does at /desk/zalo."""
    database = connect(served.database_url, Keyring(*((served.var / kept).read_text().strip() for kept in ("data_key", "address_key"))))
    given = zalo.pair()
    pair = Pair(given["access_token"], given["refresh_token"], now() + timedelta(hours=24), now() + timedelta(days=90))
    await Shelf(database, account(OA), now).authorised(pair)
    database.close()


def said(printed: str) -> dict[str, str]:
    found: dict[str, Any] = json.loads(printed)
    assert found["well"] == all(row["state"] != "mend" for row in found["checks"])
    return {row["check"]: row["state"] for row in found["checks"]}


def everything_in(var: Path) -> tuple[list[str], dict[str, tuple[bytes, int]]]:
    """The database's rows, and each file with its permissions."""
    with closing(sqlite3.connect(f"file:{var / 'danloi.db'}?mode=ro", uri=True)) as database:
        rows = list(database.iterdump())
    kept = [path for path in sorted(var.iterdir()) if "danloi.db" not in path.name and path.suffix != ".log"]
    return rows, {path.name: (path.read_bytes(), path.stat().st_mode) for path in kept}


async def test_the_command(tmp_path: Path, trained: Path) -> None:
    async with telegram_server() as telegram, zalo_bot_server() as bot, zalo_server(time.time) as zalo:
        served = Served(
            tmp_path,
            f"sqlite:///{tmp_path / 'danloi.db'}",
            NLU_URL="",
            DANLOI_MODELS=str(trained.parent),
            PUBLIC_URL="{url}",
            ZALO_SITE_CODE="QwErTy",
            TELEGRAM_TOKEN=TOKEN,
            TELEGRAM_API=telegram.url,
            TELEGRAM_RECEIVE="webhook",
            ZALO_BOT_TOKEN=BOT_TOKEN,
            ZALO_BOT_API=bot.url,
            ZALO_BOT_RECEIVE="webhook",
            ZALO_OA_APP_ID=APP,
            ZALO_OA_APP_SECRET=APP_SECRET,
            ZALO_OA_ID=OA,
            ZALO_OA_SECRET=OA_SECRET,
            ZALO_OA_API=zalo.url,
            ZALO_OAUTH=zalo.url,
        )
        status, printed = await served.command("doctor", "--json")
        assert status == 1, printed  # nobody has told the platforms where to bring anything
        assert not (tmp_path / "danloi.db").exists()
        assert os.listdir(tmp_path) == []

        await served.start()
        await telegram.until(lambda: bool(telegram.hook))
        await bot.until(lambda: bool(bot.hook))
        await authorise(served, zalo)
        await served.kill()
        await served.start()
        status, printed = await served.command("doctor", "--json")
        assert set(said(printed).values()) == {"well"}, printed
        assert status == 0
        status, printed = await served.command("doctor")
        assert "Không có gì cần sửa." in printed
        secrets = [TOKEN, BOT_TOKEN, APP_SECRET, OA_SECRET, "access-", "refresh-"]
        secrets += [(tmp_path / name).read_text().strip() for name in ("data_key", "session_key", "telegram_secret", "zalo_bot_secret")]
        for secret in secrets:
            assert secret not in printed, secret

        assert await served.stop() == 0
        before = everything_in(tmp_path)
        status, printed = await served.command("doctor", "--json")
        assert {check for check, state in said(printed).items() if state != "well"} == UNTOLD, printed
        assert status == 0
        assert everything_in(tmp_path) == before
        assert zalo.renewals == 0
        assert telegram.asked("getUpdates") == []
        assert bot.asked("getUpdates") == []

        (tmp_path / "data_key").chmod(0o644)
        telegram.clock_off = 3600
        status, printed = await served.command("doctor", "--json", ZALO_OA_SECRET="cut")
        assert {check for check, state in said(printed).items() if state == "mend"} == {"secrets", "clock", "zalo_oa_values"}, printed
        assert status == 1
        status, printed = await served.command("doctor", "--json", PORT="no port")
        assert said(printed) == {"settings": "mend"}
        assert status == 2
        status, printed = await served.command("doctor", DATABASE_URL="mysql://x/y")
        assert "sqlite:///" in printed
        assert status == 2


async def test_a_check_that_hangs_or_stumbles_stops_no_other(settings: Settings) -> None:
    round_ = Round(settings, {}, limits=Limits(usual=0.0, reading=0.0, model=0.0))
    found = states(await round_.findings())
    assert found["settings"] == "well"
    assert {found[name] for name in ("database", "nlu", "written")} == {"mend"}
    assert "0 giây" in the("nlu", await Round(settings, {}, limits=Limits(model=0.0, reading=0.0)).findings()).what
