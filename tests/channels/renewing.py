"""One process that renews an OA's tokens, for tests that start several and kill some: python -m tests.channels.renewing DATABASE ZALO AHEAD

It says «ready», waits for a line, looks once, says what token it has and what troubles it, and again for each further line. About to mark a
renewal as begun it says «begins» and waits for a line, too, so that several can stand there together. It believes that it is the one
elected: nothing but the marker in the database keeps two apart. AHEAD: seconds that its clock is ahead.
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta

from bot import logs
from bot.channels.zalo_oa import account
from bot.channels.zalo_oa_api import Api, App, Patience
from bot.channels.zalo_oa_tokens import Tokens
from bot.model import clock
from bot.store.database import connect
from bot.store.tokens import Shelf

from ..databases import KEYRING
from ..fakes.office import FakeOffice
from ..fakes.zalo_oa import APP, APP_SECRET, OA
from .zalo_line import BACK


class Meeting(Shelf):
    async def begin(self, number: int, seen: datetime | None) -> bool:
        print("begins", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        return await super().begin(number, seen)


async def renew(url: str, zalo: str, ahead: float) -> None:
    def now():  # type: ignore[no-untyped-def]
        return clock.now() + timedelta(seconds=ahead)

    logs.set_up("CRITICAL")
    database = connect(url, KEYRING)
    api = Api(App(APP, APP_SECRET, OA), zalo, zalo, Patience(), now)
    tokens = Tokens(api, Meeting(database, account(OA), now), FakeOffice(), now, OA, BACK)
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        await tokens._round()
        print(json.dumps({"token": await tokens.current(), "trouble": tokens.trouble}), flush=True)
    await api.close()
    database.close()


if __name__ == "__main__":
    asyncio.run(renew(sys.argv[1], sys.argv[2], float(sys.argv[3])))
