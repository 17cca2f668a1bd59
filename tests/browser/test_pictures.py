"""A volunteer shows a citizen where to tap: a screenshot from their phone to the citizen's page, and what is read where it fails."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from ..fakes.pictures import picture
from ..faults.process import Served
from .test_desk import SIZES, asking, enter, hire, is_sound, take


def file(data: bytes, name: str = "man-hinh.png") -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": data}


async def is_loaded(image: Locator) -> None:
    await expect(image).to_have_js_property("naturalWidth", 720)
    await expect(image).to_have_js_property("naturalHeight", 1280)


async def choose(desk: Page, chosen: FilePayload) -> None:
    if not await desk.get_by_label("Chọn ảnh").is_visible():
        await desk.locator("summary", has_text="Ảnh").click()
    await desk.get_by_label("Chọn ảnh").set_input_files(chosen)
    await desk.get_by_role("button", name="Gửi ảnh").click()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_screenshot_reaches_the_citizen_with_its_words(
    browser: Browser, served: Served, tmp_path: Path, width: int, height: int
) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh", width, height)
    await take(desk)
    await expect(citizen.get_by_text("Từ giờ bà con đang nói chuyện với Dính")).to_be_visible()
    words = desk.get_by_label("Trả lời bà con")
    await words.fill("Bấm vào nút màu xanh bên phải nhé")
    await choose(desk, file(b"<!doctype html><script>alert(1)</script>", "man-hinh.jpg"))
    await expect(desk.locator("#trouble")).to_contain_text("không phải ảnh mở được")
    await expect(words).to_have_value("Bấm vào nút màu xanh bên phải nhé")
    await is_sound(desk)
    await desk.screenshot(path=tmp_path / f"desk-choosing-{width}.png")
    await choose(desk, file(picture("PNG", (720, 1280))))
    await expect(desk.locator(".line.person .sent").last).to_have_text("đã gửi")
    await expect(words).to_have_value("")
    await expect(desk.get_by_label("Chọn ảnh")).to_be_hidden()
    shown = citizen.get_by_alt_text("Ảnh người đang giúp gửi")
    await expect(shown).to_be_visible()
    await is_loaded(citizen.locator("img.sent"))
    await expect(citizen.get_by_text("Dính: Bấm vào nút màu xanh bên phải nhé")).to_be_visible()
    own = desk.get_by_alt_text("Ảnh Giàng Thị Dính gửi bà con")
    await own.scroll_into_view_if_needed()
    await is_loaded(own)
    for page in (desk, citizen):
        await is_sound(page)
    await desk.screenshot(path=tmp_path / f"desk-sent-{width}.png")
    await citizen.screenshot(path=tmp_path / f"citizen-{width}.png")
    await citizen.reload()
    await expect(citizen.get_by_alt_text("Ảnh người đang giúp gửi")).to_have_count(1)
    await is_loaded(citizen.locator("img.sent"))


async def test_on_a_lost_network_the_citizen_can_ask_for_it_again(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await take(desk)
    await citizen.route("**/chat/shown/*", lambda route: route.abort())
    await choose(desk, file(picture("PNG", (720, 1280))))
    again = citizen.get_by_role("button", name="Tải lại ảnh")
    await expect(again).to_be_visible()
    await citizen.unroute("**/chat/shown/*")
    await again.click()
    await is_loaded(citizen.locator("img.sent"))
    await expect(again).to_be_hidden()


async def test_without_a_script_the_form_sends_it_too(browser: Browser, served: Served) -> None:
    await hire(served, "dinh", "Giàng Thị Dính")
    citizen, desk = await asking(browser, served), await enter(browser, served, "dinh")
    await take(desk)
    address, cookies = desk.url, await desk.context.storage_state()
    plain = await (await browser.new_context(java_script_enabled=False, storage_state=cookies, locale="vi-VN")).new_page()
    await plain.goto(address)
    await plain.get_by_label("Trả lời bà con").fill("Bấm đây nhé")
    await choose(plain, file(b"no picture"))
    await expect(plain.get_by_label("Lời bạn vừa viết")).to_have_value("Bấm đây nhé")
    await plain.get_by_label("Chọn lại ảnh").set_input_files(file(picture("PNG", (720, 1280))))
    await plain.get_by_role("button", name="Gửi lại").click()
    await expect(plain.get_by_label("Trả lời bà con")).to_be_visible()
    await expect(plain.locator(".line.person")).to_contain_text("Bấm đây nhé")
    await is_loaded(citizen.locator("img.sent"))
    await expect(citizen.get_by_text("Dính: Bấm đây nhé")).to_be_visible()
