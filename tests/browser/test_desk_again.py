"""A volunteer whose words may not have arrived says them again by a tap, with a script and without one."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from bot.store.crypto import Keyring
from bot.store.database import connect
from bot.store.tables import message

from ..faults.process import Served
from .test_desk import SIZES, answer, asking, enter, hire, is_sound, take

WORDS = "Bác mở ứng dụng lên giúp cháu nhé."


async def lose_the_persons_words(served: Served) -> None:
    """As if the platform had not answered: on the web page itself nothing is ever unknown."""
    keys = [(served.var / kept).read_text().strip() for kept in ("data_key", "address_key")]
    database = connect(served.database_url, Keyring(*keys))
    await database.run(lambda tx: tx.execute(update(message).where(message.c.author == "person").values(status="unknown")))
    database.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_words_that_may_not_have_arrived_are_said_again(
    browser: Browser, served: Served, tmp_path: Path, width: int, height: int
) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    await asking(browser, served)
    desk = await enter(browser, served, "dinh", width, height)
    await take(desk)
    await answer(desk, WORDS)
    await expect(desk.locator(".line.person .sent").last).to_have_text("đã gửi")
    await lose_the_persons_words(served)
    button = desk.get_by_role("button", name="Gửi lại")
    await expect(button).to_be_visible()
    await is_sound(desk)
    await desk.screenshot(path=tmp_path / f"again-{width}.png")
    await desk.get_by_text("Ảnh", exact=True).click()
    await is_sound(desk)
    await desk.screenshot(path=tmp_path / f"picture-{width}.png")
    context = await browser.new_context(java_script_enabled=False, storage_state=await desk.context.storage_state())
    plain = await context.new_page()
    await plain.goto(desk.url)
    await plain.get_by_role("button", name="Gửi lại").click()
    await expect(plain.locator(".line.person", has_text=WORDS)).to_have_count(2)
    await expect(plain.get_by_role("button", name="Gửi lại")).to_have_count(0)
    await expect(button).to_have_count(0)
    await expect(desk.locator(".line.person", has_text=WORDS)).to_have_count(2)
