"""The page where an admin authorises the Zalo OA, on a phone and on a wide screen, as it is before, in between and after."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.model.people import Role

from ..fakes.zalo_oa import ZaloServer, zalo_server
from ..faults.nursery import Nursery
from ..faults.test_zalo_served import served_on
from .test_desk import SIZES, enter, hire, is_sound


@pytest_asyncio.fixture(loop_scope="session")
async def zalo() -> AsyncIterator[ZaloServer]:
    async with zalo_server(time.time) as fake:
        yield fake


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_an_admin_authorises_the_oa(
    browser: Browser, tmp_path: Path, zalo: ZaloServer, born_in: Nursery, width: int, height: int
) -> None:
    served = served_on(tmp_path, zalo, born_in)
    await served.start()
    try:
        await hire(served, "an", "Hoàng Văn An", Role.ADMIN)
        page = await enter(browser, served, "an", width, height)
        await page.goto(f"{served.url}/desk/zalo")
        await expect(page.get_by_text("OA chưa cấp quyền")).to_be_visible()
        await is_sound(page)
        await page.get_by_role("button", name="Cấp quyền").click()
        way = page.get_by_role("button", name="Tới Zalo để cấp quyền")
        await expect(way).to_be_visible()
        await is_sound(page)
        await page.screenshot(path=tmp_path / f"zalo-{width}.png", full_page=True)
        brought = zalo.grants(str(await way.get_attribute("href")))
        await page.goto(f"{served.url}/desk/zalo/callback?" + "&".join(f"{name}={value}" for name, value in brought.items()))
        await expect(page.get_by_text("Đang hoạt động")).to_be_visible()
        await is_sound(page)
    finally:
        await served.stop()
