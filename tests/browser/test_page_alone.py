"""The chat page against a laid-out conversation: lost connections, expired tokens, answered questions, other tabs, contrast."""

import re
from collections.abc import AsyncIterator
from datetime import date
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from bot.channels.webchat import Visitors, WebChat
from bot.model.message import Button, Inbound, Received, Shown
from bot.written import Written

from ..fakes.behind_web import Behind, serving
from ..fakes.pictures import picture

AGE = (Button("Từ 14 tuổi trở lên", "answer:g/age.adult"), Button("Dưới 14 tuổi", "answer:g/age.child"))
CARD = (Button("Có và còn hạn", "answer:g/card.valid"), Button("Chưa có hoặc bị mất", "answer:g/card.none"))
CONTRAST = """all => {
  const part = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const rgba = (s) => s.match(/[\\d.]+/g).map(Number);
  const solid = (e) => {
    const c = rgba(getComputedStyle(e).backgroundColor);
    return c.length === 3 || c[3] === 1 ? c : solid(e.parentElement);
  };
  const ratio = (e) => {
    const [dark, pale] = [light(rgba(getComputedStyle(e).color)), light(solid(e))].sort((a, b) => a - b);
    return (pale + .05) / (dark + .05);
  };
  const seen = all.filter((e) => e.textContent.trim() && e.getClientRects().length);
  return seen.filter((e) => ratio(e) < 4.5).map((e) => [e.id || e.className || e.tagName, ratio(e)]);
}"""
"""Whatever stands out too little from what is behind it: WCAG AA asks for 4.5."""


class Canned(Behind):
    """Keeps one conversation: what comes in is shown, and answered by the next line laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = [
            ("**Chào bà con!** Đây là trợ lý máy, không phải công an hay cán bộ.", ()),
            ("**Bước 1/6.** Bà con làm cho người bao nhiêu tuổi?", AGE),
            ("**Bước 2/6.** Người đó có **thẻ căn cước gắn chip** còn hạn không?", CARD),
            ("Bà con ra **Công an xã** làm thẻ trước nhé.\n\n1. Mang giấy tờ đang có.\n2. Hỏi giờ tiếp dân.", ()),
        ]

    async def __call__(self, inbound: Inbound) -> Received:
        known = [one.external_id for one in self.inbound]
        received = await super().__call__(inbound)
        if inbound.external_id not in known:
            turn = len(self.inbound)
            tap = None if inbound.tap is None else inbound.tap.payload
            self.shown.append(Shown(2 * turn, True, inbound.text, key=inbound.external_id, tap=tap, kind=inbound.kind))
            if self.answers:
                text, buttons = self.answers.pop(0)
                self.shown.append(Shown(2 * turn + 1, False, text, buttons, turn))
        return received


@pytest.fixture
def behind() -> Canned:
    return Canned()


@pytest_asyncio.fixture(loop_scope="session")
async def url(behind: Canned, written: Written) -> AsyncIterator[str]:
    async with serving(behind, WebChat(), lambda block: written.words.text(f"web.{block}", date(2026, 11, 23))) as address:
        yield address


async def opened(browser: Browser, url: str, **context: object) -> Page:
    shape = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce", **context}
    page = await (await browser.new_context(**shape)).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(url)
    return page


async def agreed(browser: Browser, url: str, **context: object) -> Page:
    page = await opened(browser, url, **context)
    await page.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await expect(page.locator(".ours")).to_have_count(1)
    return page


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Nhắn cho trợ lý").fill(text)
    await page.keyboard.press("Enter")


async def to_the_second_question(page: Page) -> None:
    await say(page, "làm định danh")
    await page.get_by_role("button", name="Từ 14 tuổi trở lên").click()
    await expect(page.get_by_role("button", name="Có và còn hạn")).to_be_visible()


async def test_declining_stores_nothing(browser: Browser, url: str, behind: Canned) -> None:
    page = await opened(browser, url)
    await page.get_by_role("button", name="Không, cảm ơn").click()
    await expect(page.get_by_text("Không sao")).to_be_visible()
    assert (behind.consents, behind.inbound) == ([], [])


async def test_consent_names_the_wording(browser: Browser, url: str, behind: Canned) -> None:
    await agreed(browser, url)
    ((_, version),) = behind.consents
    assert re.fullmatch(r"[0-9a-f]{12}", version)


async def test_after_a_reload_taps_and_answered_questions_are_as_they_were(browser: Browser, url: str) -> None:
    page = await agreed(browser, url)
    await to_the_second_question(page)
    before = await page.locator("#log").inner_text()
    await page.reload()
    await expect(page.get_by_role("button", name="Có và còn hạn")).to_be_enabled()
    assert await page.locator("#log").inner_text() == before
    await expect(page.locator(".mine").last).to_contain_text("Từ 14 tuổi trở lên")
    await expect(page.locator(".tap.chosen")).to_have_text("Từ 14 tuổi trở lên")
    await expect(page.get_by_role("button", name="Dưới 14 tuổi")).to_be_disabled()


async def test_a_question_answered_in_words_can_no_longer_be_tapped(browser: Browser, url: str) -> None:
    page = await agreed(browser, url)
    await say(page, "làm định danh")
    await expect(page.get_by_role("button", name="Dưới 14 tuổi")).to_be_enabled()
    await say(page, "trên 14 tuổi")
    await expect(page.get_by_role("button", name="Có và còn hạn")).to_be_enabled()
    await expect(page.get_by_role("button", name="Dưới 14 tuổi")).to_be_disabled()


async def test_a_token_of_nobody_asks_for_consent_again(browser: Browser, url: str) -> None:
    page = await agreed(browser, url)
    token, _ = Visitors("another key").new()
    await page.evaluate("token => localStorage.setItem('danloi-token', token)", token)
    await page.reload()
    await expect(page.get_by_role("button", name="Đồng ý, bắt đầu")).to_be_visible()


async def test_a_token_that_ran_out_meanwhile_loses_no_message(browser: Browser, url: str, behind: Canned) -> None:
    page = await agreed(browser, url)
    behind.visitors._key = b"a new key"
    await say(page, "làm định danh")
    await expect(page.get_by_role("button", name="Đồng ý, bắt đầu")).to_be_visible()
    await page.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
    await behind.until(lambda: behind.inbound[-1].text == "làm định danh")


async def test_what_was_refused_comes_back_to_be_mended(browser: Browser, url: str, behind: Canned) -> None:
    page = await agreed(browser, url)
    await page.route("**/chat/messages", lambda route: route.fulfill(status=413, json={"message": "Tin nhắn dài quá."}))
    await say(page, "một câu rất dài")
    await expect(page.get_by_text("Tin nhắn dài quá.")).to_be_visible()
    await expect(page.get_by_label("Nhắn cho trợ lý")).to_have_value("một câu rất dài")


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_while_a_server_is_exchanged_nobody_need_send_again(browser: Browser, url: str, behind: Canned, status: int) -> None:
    page = await agreed(browser, url)
    await page.route("**/chat/messages", lambda route: route.fulfill(status=status, body="between two servers"), times=2)
    await say(page, "làm định danh")
    await expect(page.get_by_role("button", name="Dưới 14 tuổi")).to_be_visible()
    await expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
    assert [one.text for one in behind.inbound] == ["chào", "làm định danh"]


async def test_a_post_that_nobody_answers_is_given_up_and_can_be_sent_again(browser: Browser, url: str, behind: Canned) -> None:
    page = await agreed(browser, url)
    await page.clock.install()
    await page.route("**/chat/messages", lambda route: None)
    await say(page, "làm định danh")
    await page.clock.fast_forward(21_000)
    await expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()
    await page.unroute("**/chat/messages")
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.get_by_role("button", name="Dưới 14 tuổi")).to_be_visible()
    assert [one.text for one in behind.inbound] == ["chào", "làm định danh"]


async def test_a_connection_that_went_silent_is_opened_again_after_the_last_message(browser: Browser, url: str, behind: Canned) -> None:
    page = await opened(browser, url)
    await page.clock.install()
    await page.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await expect(page.locator(".ours")).to_have_count(1)
    async with page.expect_request("**/chat/events") as again:
        await page.clock.fast_forward(46_000)
        await expect(page.locator("#state")).to_contain_text("Đang nối lại")
        await page.clock.fast_forward(3_000)
    assert (await (await again.value).all_headers())["last-event-id"] == "3"
    await expect(page.locator("#state")).to_be_hidden()
    await expect(page.locator(".ours")).to_have_count(1)


async def test_writing_does_not_hide_that_there_is_no_network(browser: Browser, url: str) -> None:
    page = await agreed(browser, url)
    await page.context.set_offline(True)
    await expect(page.locator("#state")).to_contain_text("Đang mất mạng")
    await page.get_by_label("Nhắn cho trợ lý").type("a")
    await expect(page.locator("#state")).to_be_visible()


async def test_another_tab_joins_without_asking_again(browser: Browser, url: str) -> None:
    one = await opened(browser, url)
    other = await one.context.new_page()
    await other.goto(url)
    await one.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await expect(other.get_by_text("Chào bà con!")).to_be_visible()
    await expect(other.locator("#consent")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_letters_stand_out_and_nothing_is_too_wide(
    browser: Browser, url: str, width: int, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pictures = tmp_path_factory.getbasetemp()
    page = await opened(browser, url, viewport={"width": width, "height": 740}, color_scheme=scheme)
    await page.screenshot(path=pictures / f"consent-{width}-{scheme}.png")
    every = page.locator("h1, h2, p, button, label, .words, .words *, #consent li")
    assert await every.evaluate_all(CONTRAST) == []
    await page.get_by_role("button", name="Đồng ý, bắt đầu").click()
    await expect(page.locator(".ours")).to_have_count(1)
    await to_the_second_question(page)
    await page.screenshot(path=pictures / f"chat-{width}-{scheme}.png")
    assert await every.evaluate_all(CONTRAST) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.locator(".words").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 18
    assert min(await page.locator("button:visible").evaluate_all("all => all.map(b => b.getBoundingClientRect().height)")) >= 48


async def test_on_a_short_screen_the_consent_is_read_from_its_beginning(browser: Browser, url: str) -> None:
    page = await opened(browser, url, viewport={"width": 360, "height": 520})
    await expect(page.get_by_role("button", name="Đồng ý, bắt đầu")).to_be_focused()
    await expect(page.get_by_role("heading", name="Trước khi trò chuyện")).to_be_in_viewport()


async def test_a_message_higher_than_the_screen_is_read_from_its_beginning(browser: Browser, url: str, behind: Canned) -> None:
    behind.answers[1] = ("Đầu dài.\n\n" + "\n\n".join(f"Đoạn {n} của một câu trả lời rất dài." for n in range(20)), ())
    page = await agreed(browser, url)
    await say(page, "kể hết đi")
    await expect(page.get_by_text("Đầu dài.")).to_be_in_viewport()


PHOTO: FilePayload = {"name": "màn hình.png", "mimeType": "image/png", "buffer": picture("PNG", (3000, 1500))}
SENDS_PICTURE = "Ảnh: gửi cho người đang giúp"


async def with_a_person(browser: Browser, url: str, behind: Canned) -> Page:
    behind.with_person = True
    page = await agreed(browser, url)
    await expect(page.get_by_role("button", name=SENDS_PICTURE)).to_be_visible()
    return page


async def choose(page: Page, file: FilePayload) -> None:
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name=SENDS_PICTURE).click()
    await (await chosen.value).set_files(file)


async def test_a_picture_can_be_sent_while_a_person_speaks_and_only_then(browser: Browser, url: str, behind: Canned) -> None:
    page = await agreed(browser, url)
    button, privacy = page.get_by_role("button", name=SENDS_PICTURE), page.locator("#privacy")
    before = await privacy.inner_text()
    await expect(button).to_be_hidden()
    behind.with_person = True
    await expect(button).to_be_visible()
    await expect(privacy).to_contain_text("Đừng gửi ảnh thẻ")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    assert await page.locator("button").evaluate_all(CONTRAST) == []
    behind.with_person = False
    await expect(button).to_be_hidden()
    await expect(privacy).to_have_text(before)


async def test_a_picture_is_made_small_before_it_leaves_and_is_shown_as_ones_own_line(browser: Browser, url: str, behind: Canned) -> None:
    page = await with_a_person(browser, url, behind)
    async with page.expect_request("**/chat/pictures") as sent:
        await choose(page, PHOTO)
    assert (await (await sent.value).all_headers())["content-type"] == "image/jpeg"
    await expect(page.locator(".mine").last).to_contain_text("(đã gửi ảnh)")
    await expect(page.locator(".mine.waiting")).to_have_count(0)
    attachment = behind.inbound[-1].attachment
    assert attachment is not None
    assert attachment.data is not None
    assert Image.open(BytesIO(attachment.data)).size == (1600, 800)
    await page.reload()
    await expect(page.locator(".mine").last).to_contain_text("(đã gửi ảnh)")


async def test_what_is_no_picture_is_refused_with_a_word_and_not_tried_again(browser: Browser, url: str, behind: Canned) -> None:
    page = await with_a_person(browser, url, behind)
    arrived = len(behind.inbound)
    await choose(page, {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})
    await expect(page.locator(".mine .why")).to_contain_text("không phải ảnh")
    await expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
    assert len(behind.inbound) == arrived


async def test_a_picture_lost_on_the_way_is_sent_again_under_the_same_key(browser: Browser, url: str, behind: Canned) -> None:
    page = await with_a_person(browser, url, behind)
    arrived = len(behind.inbound)
    keys = []

    async def lost(route: Route) -> None:
        keys.append(await route.request.header_value("idempotency-key"))
        await route.abort()

    await page.route("**/chat/pictures", lost, times=1)
    await choose(page, PHOTO)
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.locator(".mine").last).to_contain_text("(đã gửi ảnh)")
    assert [one.external_id for one in behind.inbound[arrived:]] == keys


async def test_while_a_person_speaks_the_page_says_of_no_machine_that_it_answers(browser: Browser, url: str, behind: Canned) -> None:
    page = await with_a_person(browser, url, behind)
    behind.answers = []
    await page.clock.install()
    await say(page, "còn vướng ạ")
    await expect(page.locator(".mine", has_text="còn vướng ạ")).not_to_have_class(re.compile("waiting"))
    await page.clock.run_for(3000)
    await expect(page.locator("#state")).to_be_hidden()
