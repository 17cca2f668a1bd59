"""A real `danloi serve` with a Zalo OA: an admin authorises it in the console, citizens are answered, a kill loses nothing."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest_asyncio

from bot.channels.zalo_oa_webhook import PATH
from bot.desk.passwords import hash_password
from bot.model.clock import now
from bot.model.people import Role
from bot.store import people
from bot.store.crypto import Keyring
from bot.store.database import Tx, connect

from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET, ZaloServer, zalo_server
from .nursery import Forked, Nursery
from .process import Served

PASSWORD = "mot cau de nho, chi cho bai thu"  # made up for this test


@pytest_asyncio.fixture(loop_scope="session")
async def zalo() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


def served_on(var: Path, zalo: ZaloServer, born_in: Nursery) -> Served:
    settings = {"ZALO_OA_APP_ID": APP, "ZALO_OA_APP_SECRET": APP_SECRET, "ZALO_OA_ID": OA, "ZALO_OA_SECRET": OA_SECRET}
    where = {"ZALO_OA_API": zalo.url, "ZALO_OAUTH": zalo.url, "PUBLIC_URL": "{url}", "LOG_LEVEL": "INFO"}
    return Forked(born_in, var, f"sqlite:///{var / 'danloi.db'}", **settings, **where)


async def hire(served: Served, code: str, role: Role) -> None:
    keys = [(served.var / kept).read_text().strip() for kept in ("data_key", "address_key")]
    database = connect(served.database_url, Keyring(*keys))

    def add(tx: Tx) -> None:
        team = people.province_desk(tx)
        people.add(tx, code, f"Giàng Thị {code}", role, team.id, now(), password=hash_password(PASSWORD), must_change=False)

    await database.run(add)
    database.close()


class Browser:
    """A form is filled in as a browser does it, cookies and all."""

    def __init__(self, served: Served, stack: AsyncExitStack) -> None:
        self.http = httpx.AsyncClient(base_url=served.url, timeout=20)
        stack.push_async_callback(self.http.aclose)

    async def form(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Fill in a form of that page."""
        token = re.search(r'name="_csrf_token" value="([^"]+)"', (await self.http.get(page)).text)
        assert token is not None
        return await self.http.post(action, data={"_csrf_token": token.group(1), **fields}, follow_redirects=True)

    async def enters(self, code: str) -> None:
        answer = await self.form("/desk/sign-in", "/desk/sign-in", code=code, password=PASSWORD, next="")
        assert answer.status_code == 200, answer.text


async def ready(served: Served) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        state: dict[str, Any] = (await http.get(f"{served.url}/readyz")).json()["channels"]
        return state


async def test_from_the_first_start_to_the_first_answer(tmp_path: Path, zalo: ZaloServer, stack: AsyncExitStack, born_in: Nursery) -> None:
    served = served_on(tmp_path, zalo, born_in)
    await served.start()
    zalo.hook = served.url + PATH
    assert "/desk/zalo" in (await ready(served))[f"zalo_oa:{OA}"]
    an = zalo.person()
    await an.says("chào")
    assert zalo.hook_answers == [200]

    await hire(served, "tinhnguyen", Role.VOLUNTEER)
    await hire(served, "dieuphoi", Role.COORDINATOR)
    await hire(served, "quantri", Role.ADMIN)
    assert (await Browser(served, stack).http.get("/desk/zalo")).status_code == 303
    for code in ("tinhnguyen", "dieuphoi"):
        other = Browser(served, stack)
        await other.enters(code)
        assert (await other.http.get("/desk/zalo")).status_code == 403
        assert (await other.http.get("/desk/zalo/callback?state=x&code=y")).status_code == 403
        assert "/desk/zalo" not in (await other.http.get("/desk/search")).text

    admin = Browser(served, stack)
    await admin.enters("quantri")
    page = await admin.http.get("/desk/zalo")
    assert "chưa được cấp" in page.text
    assert 'href="/desk/zalo"' in page.text
    page = await admin.form("/desk/zalo", "/desk/zalo/authorise")
    link = re.search(r'href="([^"]+/v4/oa/permission[^"]+)"', page.text)
    assert link is not None
    brought = zalo.grants(link.group(1).replace("&amp;", "&"))
    assert (await admin.http.get(f"/desk/zalo/callback?{urlencode({**brought, 'state': 'another'})}")).status_code == 409
    page = await admin.form("/desk/zalo", "/desk/zalo/authorise")
    link = re.search(r'href="([^"]+/v4/oa/permission[^"]+)"', page.text)
    assert link is not None
    back = f"/desk/zalo/callback?{urlencode(zalo.grants(link.group(1).replace('&amp;', '&')))}"
    page = await admin.http.get(back, follow_redirects=True)
    assert "Đang hoạt động" in page.text
    assert (await admin.http.get(back)).status_code == 409
    assert (await ready(served))[f"zalo_oa:{OA}"] == "ok"

    await an.sees(1)  # what waited for the right to speak
    await served.kill()
    await served.start()
    assert (await ready(served))[f"zalo_oa:{OA}"] == "ok"
    seen = len(an.screen)
    await an.says("/start eid_level_2")
    await an.sees(seen + 1)
    assert await served.stop() == 0
    log = served.output.read_text()
    for secret in (APP_SECRET, OA_SECRET, an.id, "access-", "refresh-", "code-"):
        assert secret not in log, secret


async def test_where_no_oa_is_configured_there_is_no_page_and_no_webhook(tmp_path: Path, stack: AsyncExitStack, born_in: Nursery) -> None:
    served = Forked(born_in, tmp_path, f"sqlite:///{tmp_path / 'danloi.db'}")
    await served.start()
    await hire(served, "quantri", Role.ADMIN)
    admin = Browser(served, stack)
    await admin.enters("quantri")
    assert (await admin.http.get("/desk/zalo")).status_code == 404
    assert (await admin.http.post(PATH, json={})).status_code in (404, 405)
    assert await served.stop() == 0
