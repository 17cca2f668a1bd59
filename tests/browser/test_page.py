"""The chat page as a person uses it, on a 360-pixel phone and on a wide screen. `--update` renews the pictures of the README."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from ..faults.process import Served

PICTURES = Path(__file__).parent / "pictures"
SIZES = [(360, 740), (1280, 800)]


async def open_page(browser: Browser, served: Served, width: int = 360, height: int = 740) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(served.url)
    return page


async def agree(page: Page) -> None:
    await page.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await expect(page.locator(".ours").first).to_be_visible()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Nhắn cho trợ lý").fill(text)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_whole_conversation(browser: Browser, served: Served, width: int, height: int, request: pytest.FixtureRequest) -> None:
    page = await open_page(browser, served, width, height)
    await expect(page.get_by_text("không phải công an hay cán bộ")).to_be_visible()
    await expect(page.locator("#say")).to_be_hidden()
    await agree(page)
    await say(page, "bac hoi lam dinh danh muc 2 the nao")
    for label in ("Từ 14 tuổi trở lên", "Có và còn hạn", "Đúng tên tôi", "Xong"):
        await page.locator("button.tap:enabled").get_by_text(label, exact=True).last.click()
        await expect(page.locator(".tap.chosen").last).to_have_text(label)
        if label == "Từ 14 tuổi trở lên":
            await expect(page.get_by_text("thẻ căn cước gắn chip").first).to_be_visible()
            if request.config.getoption("--update"):
                await page.mouse.move(1, 1)
                await page.screenshot(path=PICTURES / f"page-{width}.png")
    await expect(page.get_by_text("chờ tin nhắn báo kết quả")).to_be_visible()
    await say(page, "gặp người")
    await expect(page.get_by_text("tình nguyện viên sẽ trả lời")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    small = await page.locator("button:visible").evaluate_all(
        "all => all.filter(b => b.getBoundingClientRect().height < 44).map(b => b.textContent)"
    )
    assert small == [], "buttons too small for a thumb"


async def test_by_keyboard_alone(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await expect(page.get_by_role("button", name="Đồng ý, bắt đầu")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Nhắn cho trợ lý")).to_be_focused()
    await page.keyboard.type("dang ky dinh danh muc 2")
    await page.keyboard.press("Enter")
    first = page.locator("button.tap:enabled").get_by_text("Từ 14 tuổi trở lên")
    await expect(first).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await first.evaluate("b => b === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Chip là ô vuông nhỏ")).to_be_visible()


async def test_what_a_screen_reader_is_told(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await agree(page)
    assert await page.locator("html").get_attribute("lang") == "vi"
    await expect(page.get_by_role("log", name="Cuộc trò chuyện")).to_be_visible()
    assert await page.get_by_role("log").get_attribute("aria-live") == "polite"
    nameless = await page.locator("button, textarea, img, iframe").evaluate_all(
        "all => all.filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))).length"
    )
    assert nameless == 0
    assert await page.locator("#log .ours .who").first.inner_text() == "Trợ lý:"


async def test_a_message_cannot_inject_anything(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await agree(page)
    await say(page, "<img src=x onerror=alert(1)> **đậm** <b>x</b>")
    await expect(page.locator(".mine").last).to_contain_text("<img src=x onerror=alert(1)> **đậm** <b>x</b>")
    assert await page.locator("#log img").count() == 0


async def test_reload_shows_the_history_once(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await agree(page)
    await say(page, "đăng ký định danh mức 2")
    await expect(page.get_by_text("Từ 14 tuổi trở lên")).to_be_visible()
    before = await page.locator("#log .words").all_inner_texts()
    await page.reload()
    await expect(page.get_by_text("Từ 14 tuổi trở lên")).to_be_visible()
    assert await page.locator("#log .words").all_inner_texts() == before


async def test_while_the_server_is_away_nothing_is_lost(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await agree(page)
    await served.kill()
    await expect(page.locator("#state")).to_be_visible()
    await say(page, "đăng ký định danh mức 2")
    await expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()
    await served.start()
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.get_by_text("Từ 14 tuổi trở lên")).to_be_visible()
    await expect(page.locator(".mine", has_text="đăng ký định danh mức 2")).to_have_count(1)


async def test_what_is_taken_tells_that_the_server_is_back_and_nobody_waits_for_the_next_look(browser: Browser, served: Served) -> None:
    """The page's own time stands still, so it would never look again by itself."""
    page = await open_page(browser, served)
    await page.clock.install()
    await page.reload()
    await agree(page)
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
    await served.kill()
    await expect(page.locator("#state")).to_be_visible()
    await served.start()
    await say(page, "menu")
    await expect(page.get_by_text("cần việc gì").last).to_be_visible()
    await expect(page.locator("#state")).to_be_hidden()


async def test_a_private_number_is_shown_masked(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await agree(page)
    await say(page, "số căn cước của tôi là 001099000123")
    await expect(page.locator(".mine").last).to_contain_text("đã che")
    await expect(page.get_by_text("001099000123")).to_have_count(0)


async def test_bigger_letters_are_remembered(browser: Browser, served: Served) -> None:
    page = await open_page(browser, served)
    await page.get_by_role("button", name="Chữ to hơn").click()
    await page.reload()
    size = await page.locator("body").evaluate("b => parseFloat(getComputedStyle(b).fontSize)")
    assert size > 20


@asynccontextmanager
async def another_site(html: str) -> AsyncIterator[str]:
    """A page of somebody else, on a port of its own and so of another origin."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = html.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n")
        writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_the_widget_in_another_page(browser: Browser, served: Served) -> None:
    html = f"<!doctype html><title>xã</title><h1>Trang của xã</h1><script async src='{served.url}/widget.js'></script>"
    async with another_site(html) as site:
        page = await (await browser.new_context(viewport={"width": 360, "height": 740})).new_page()
        await page.goto(site, wait_until="networkidle")
        await expect(page.locator("h1")).to_have_text("Trang của xã")
        await page.mouse.click(290, 700)  # the launcher, in a closed shadow root at the corner
        async with asyncio.timeout(20):
            while len(page.frames) < 2:
                await page.wait_for_timeout(50)
        chat = page.frames[-1]
        await expect(chat.get_by_role("button", name="Đồng ý, bắt đầu")).to_be_visible()
        await chat.get_by_role("button", name="Đồng ý, bắt đầu").click()
        await expect(chat.get_by_text("đang cần làm việc gì")).to_be_visible()
