"""A volunteer and a citizen, each in a browser of their own: taken, answered, given back, seen live on both sides.

`--update` renews the pictures of the README.
"""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.desk.passwords import hash_password
from bot.model.clock import now
from bot.model.people import Role
from bot.store import people
from bot.store.crypto import Keyring
from bot.store.database import Tx, connect

from ..faults.process import Served
from .test_page import agree, open_page, say

PICTURES = Path(__file__).parent / "pictures"
SIZES = [(360, 740), (1280, 900)]
PASSWORD = "mot cau de nho, chi cho bai thu"  # made up for this test
SERIOUS = {"serious", "critical"}


async def hire(served: Served, code: str, name: str, role: Role = Role.VOLUNTEER) -> None:
    """Somebody of the province desk, on shift, with a password; written as `danloi user add` writes it."""
    keys = [(served.var / kept).read_text().strip() for kept in ("data_key", "address_key")]
    database = connect(served.database_url, Keyring(*keys))

    def add(tx: Tx) -> None:
        team = people.province_desk(tx)
        until = now().replace(year=now().year + 1)
        people.add(tx, code, name, role, team.id, now(), password=hash_password(PASSWORD), must_change=False, on_until=until)

    await database.run(add)
    database.close()


async def enter(browser: Browser, served: Served, code: str, width: int = 360, height: int = 740) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    await page.goto(f"{served.url}/desk")
    await page.get_by_label("Mã của bạn").fill(code)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Vào").click()
    await expect(page.get_by_role("heading", name="Các ca")).to_be_visible()
    return page


async def asking(browser: Browser, served: Served) -> Page:
    """A citizen in the middle of a guide who has asked for a person."""
    citizen = await open_page(browser, served)
    await agree(citizen)
    await say(citizen, "làm định danh mức 2 thế nào")
    await expect(citizen.get_by_text("bao nhiêu tuổi")).to_be_visible()
    await say(citizen, "gặp người")
    await expect(citizen.get_by_text("Tổ đang có người trực")).to_be_visible()
    return citizen


async def take(desk: Page) -> None:
    await desk.locator(".card a").first.click()
    await desk.get_by_role("button", name="Nhận ca này").click()
    await expect(desk.get_by_text("Bạn đang giữ.")).to_be_visible()


async def answer(desk: Page, text: str) -> None:
    await desk.get_by_label("Trả lời bà con").fill(text)
    await desk.get_by_role("button", name="Gửi cho bà con").click()


async def is_sound(page: Page) -> None:
    """Nothing serious for who can not see or not use a mouse, and nothing wider than the screen."""
    found: Any = await Axe().run(page)
    serious = [one for one in found.response["violations"] if one["impact"] in SERIOUS]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in serious] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    buttons = "all => all.filter(b => b.getBoundingClientRect().height < 40).map(b => b.textContent)"
    small = await page.locator("button:visible:not(.link), summary:visible").evaluate_all(buttons)
    assert small == [], "too small for a thumb"


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_volunteer_takes_answers_and_gives_back_while_the_citizen_sees_it(
    browser: Browser, served: Served, width: int, height: int, request: pytest.FixtureRequest
) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh", width, height)
    await expect(desk.locator(".card")).to_contain_text("Đăng ký định danh mức độ 2")
    await is_sound(desk)
    update = request.config.getoption("--update")
    if update:
        await desk.screenshot(path=PICTURES / f"desk-queue-{width}.png")
    await take(desk)
    await expect(citizen.get_by_text("Từ giờ bà con đang nói chuyện với Dính")).to_be_visible()
    await answer(desk, "Chào bác, cháu xem giúp bác nhé.")
    await expect(citizen.get_by_text("Dính: Chào bác, cháu xem giúp bác nhé.")).to_be_visible()
    await expect(desk.get_by_label("Trả lời bà con")).to_have_value("")
    await expect(desk.locator(".line.person .sent").last).to_have_text("đã gửi")
    await say(citizen, "vâng, tôi chưa có thẻ")
    await expect(desk.locator(".line.citizen").last).to_contain_text("vâng, tôi chưa có thẻ")
    await expect(desk.locator(".line.citizen", has_text="vâng, tôi chưa có thẻ")).to_have_count(1)
    await is_sound(desk)
    if update:
        await desk.screenshot(path=PICTURES / f"desk-case-{width}.png")
    await desk.get_by_text("Trả về trợ lý", exact=True).first.click()
    await desk.get_by_role("button", name="Trả về trợ lý").click()
    await expect(desk.get_by_text("Đã xong")).to_be_visible()
    await expect(citizen.get_by_text("Từ giờ lại là trợ lý máy")).to_be_visible()
    await expect(citizen.get_by_text("Bước 1/7.").last).to_be_visible()
    await citizen.get_by_role("button", name="Rất tốt").click()
    await expect(citizen.get_by_text("Mình đã ghi, cảm ơn bà con.")).to_be_visible()


async def test_what_was_written_survives_a_reload_a_refusal_and_a_lost_line(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await take(desk)
    box = desk.get_by_label("Trả lời bà con")
    await box.fill("bác đọc mã OTP cho cháu")
    await desk.reload()
    await expect(box).to_have_value("bác đọc mã OTP cho cháu")
    await desk.get_by_role("button", name="Gửi cho bà con").click()
    await expect(desk.locator("#trouble")).to_contain_text("Không được hỏi mã OTP")
    await expect(box).to_have_value("bác đọc mã OTP cho cháu")
    await desk.context.set_offline(True)
    await answer(desk, "Bác ra Công an xã nhé.")
    await expect(desk.locator("#trouble")).to_contain_text("Mạng đang chập chờn")
    await desk.context.set_offline(False)
    await desk.get_by_role("button", name="Gửi cho bà con").click()
    await expect(citizen.get_by_text("Bác ra Công an xã nhé.")).to_have_count(1)
    await expect(box).to_have_value("")
    await expect(desk.locator(".line.person", has_text="Bác ra Công an xã nhé.")).to_have_count(1)


async def test_the_back_button_after_sending_says_nothing_twice(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await take(desk)
    await answer(desk, "Chào bác")
    await expect(citizen.get_by_text("Dính: Chào bác")).to_have_count(1)
    await desk.get_by_role("link", name="Tìm").click()
    await desk.go_back()
    await expect(desk.get_by_label("Trả lời bà con")).to_have_value("")
    await expect(desk.locator(".line.person", has_text="Chào bác")).to_have_count(1)


async def test_a_line_that_was_cut_goes_on_where_it_was(browser: Browser, served: Served) -> None:
    """The server is away for a moment; what the citizen wrote meanwhile is there afterwards, once."""
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await take(desk)
    await desk.context.set_offline(True)
    await say(citizen, "tôi ở thôn Mới")
    await expect(citizen.get_by_text("tôi ở thôn Mới")).to_be_visible()
    await desk.context.set_offline(False)
    await expect(desk.locator(".line.citizen", has_text="tôi ở thôn Mới")).to_have_count(1, timeout=20_000)


async def test_two_look_at_one_case_and_one_takes_it(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    await hire(served, "mai", "Lò Thị Mai")
    await asking(browser, served)
    dinh, mai = await enter(browser, served, "dinh"), await enter(browser, served, "mai")
    for page in (dinh, mai):
        await page.locator(".card a").first.click()
    await expect(mai.get_by_text("Cũng đang xem: Giàng Thị Dính")).to_be_visible()
    await dinh.get_by_role("button", name="Nhận ca này").click()
    await expect(mai.get_by_text("Giàng Thị Dính đang giữ.")).to_be_visible()
    await mai.get_by_role("button", name="Nhận ca này").click()
    await expect(mai.locator("#trouble")).to_contain_text("Giàng Thị Dính đang giữ ca này")


async def test_by_keyboard_alone(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await desk.locator(".card a").first.focus()
    await desk.keyboard.press("Enter")
    await desk.get_by_role("button", name="Nhận ca này").focus()
    await desk.keyboard.press("Enter")
    await desk.get_by_label("Trả lời bà con").focus()
    await desk.keyboard.type("Chào bác")
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await expect(citizen.get_by_text("Dính: Chào bác")).to_be_visible()


async def test_who_moves_by_keyboard_keeps_their_place_when_the_list_changes(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    await asking(browser, served)
    desk = await enter(browser, served, "dinh")
    first = desk.locator(".card a").first
    await first.focus()
    await asking(browser, served)
    await expect(desk.locator(".card")).to_have_count(2)
    await expect(first).to_be_focused()


async def test_without_a_script(browser: Browser, served: Served) -> None:
    """A browser that runs no script takes, answers and closes all the same."""
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen = await asking(browser, served)
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    desk = await context.new_page()
    await desk.goto(f"{served.url}/desk")
    await desk.get_by_label("Mã của bạn").fill("dinh")
    await desk.get_by_label("Mật khẩu").fill(PASSWORD)
    await desk.get_by_role("button", name="Vào").click()
    await take(desk)
    await answer(desk, "Chào bác")
    await expect(citizen.get_by_text("Dính: Chào bác")).to_be_visible()
    await desk.get_by_text("Khép ca", exact=True).first.click()
    await desk.get_by_label("Kết thúc thế nào").select_option("solved")
    await desk.get_by_role("button", name="Khép ca").click()
    await expect(desk.get_by_text("Xong việc")).to_be_visible()
    await expect(citizen.get_by_text("đã khép việc này")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_every_page_is_sound(browser: Browser, served: Served, width: int, height: int) -> None:
    await hire(served, "an", "Hoàng Văn An", Role.ADMIN)
    page = await enter(browser, served, "an", width, height)
    for path in (
        *("cases", "search", "search?topic=eid_otp", "password", "plan", "sign-in", "khong-co-trang-nay"),
        *("people", "people/teams", "learn", "learn/approve", "guides", "guides/eid_level_2", "requests", "switch"),
    ):
        await page.goto(f"{served.url}/desk/{path}")
        await is_sound(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_request_that_is_late_and_the_switch(browser: Browser, served: Served, width: int, height: int) -> None:
    await hire(served, "an", "Hoàng Văn An", Role.ADMIN)
    _, done = await served.command("request", "add", "correct", "--note", "sửa tên xã", "--received", "2026-01-05")
    assert "Yêu cầu số 1" in done
    page = await enter(browser, served, "an", width, height)
    await page.goto(f"{served.url}/desk/requests")
    await expect(page.get_by_text("trễ hạn")).to_be_visible()
    await is_sound(page)
    await page.get_by_label("Đã làm gì").fill("đã sửa")
    await page.get_by_role("button", name="Ghi là xong").click()
    await expect(page.get_by_text("Không có yêu cầu nào chờ.")).to_be_visible()
    await page.goto(f"{served.url}/desk/switch")
    await page.get_by_label("Vì sao").fill("thử")
    await page.get_by_role("button", name="Tạm nghỉ trợ lý ngay").click()
    await expect(page.get_by_role("status")).to_contain_text("Trợ lý đang tạm nghỉ")
    await is_sound(page)
    assert "tạm nghỉ rồi" in (await served.command("pause", "lần nữa"))[1]
    await page.get_by_role("button", name="Cho trợ lý làm việc lại").click()
    await expect(page.get_by_role("button", name="Tạm nghỉ trợ lý ngay")).to_be_visible()
