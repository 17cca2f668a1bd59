"""A volunteer's picture: from their form to the citizen's chat, once, for a day, and sent by nobody but who has the case.

Over real HTTP on both sides, on both databases; what is believed of the store are its rows.
"""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from bot.channels.base import Limits
from bot.channels.pictures import fitted
from bot.channels.webchat import FOR_POOR_NETWORKS, Visitors
from bot.model.case import Case
from bot.model.delivery import NotSent, Sent, Unknown
from bot.model.errors import DeskError
from bot.model.message import MOST_BYTES, PICTURE, Kind
from bot.settings import Settings
from bot.store import deliveries, forget
from bot.store.database import Database
from bot.store.tables import attachment, message
from bot.written import Written

from ..conftest import Clock
from ..fakes.pictures import NO_PICTURES, SECRET, picture, png_bomb, with_secrets
from ..talk import BUTTONS, House, Talk
from .helpers import Helper
from .serving import CSRF, Browser, Served, key_in, serving, to_sign_in, words_of

TAKES = replace(BUTTONS, pictures=FOR_POOR_NETWORKS)
DAY = 24 * 3600
SCREEN = picture("PNG", (720, 1280))


@dataclass
class Scene:
    """A citizen on the web page who speaks with Dinh."""

    served: Served
    talk: Talk
    page: httpx.AsyncClient
    dinh: Helper
    browser: Browser
    case: Case

    @property
    def house(self) -> House:
        return self.served.house

    async def shows(
        self, data: bytes = SCREEN, text: str = "", *, key: str | None = None, browser: Browser | None = None, quick: bool = False
    ) -> httpx.Response:
        """The form with a picture, as the page sends it."""
        browser, headers = browser or self.browser, {"HX-Request": "true"} if quick else {}
        fields = {CSRF: await browser.csrf(), "key": key or uuid4().hex, "text": text}
        files = {"picture": ("chup man hinh.jpg", data, "image/jpeg")}
        return await browser.client.post(f"/desk/cases/{self.case.id}/picture", data=fields, files=files, headers=headers)

    async def rows(self) -> list[Any]:
        """What was said by persons."""
        return await self.served.rows(message, message.c.author == "person")

    async def kept(self) -> list[Any]:
        return await self.served.rows(attachment)

    async def case_page(self) -> str:
        return await self.browser.page(f"/desk/cases/{self.case.id}")

    async def history(self, number: int) -> dict[str, Any]:
        """A message as the citizen's page is told of it, anew."""
        async with self.page.stream("GET", "/chat/events") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: {") and (told := json.loads(line.removeprefix("data: ")))["id"] == number:
                    return dict(told)
        raise AssertionError("the stream ended")

    async def arrives(self) -> int:
        """What was sent last is on the citizen's page. Its number."""
        await self.house.deliver()
        return self.house.platform.got[-1].id


@asynccontextmanager
async def scene(settings: Settings, database: Database, written: Written, clock: Clock, limits: Limits = TAKES) -> AsyncIterator[Scene]:
    async with serving(settings, database, written, clock, limits) as served:
        token, address = Visitors(settings.secrets["visitor_key"]).new()
        talk = Talk(served.house, address)
        await served.house.app.door.consent(address, "1")
        await talk.says("gặp người")
        dinh = await served.helper("dinh", commune=None)
        case = await dinh.takes(await served.desk.waiting())
        await talk.says("bấm vào đâu cô ơi")
        await served.house.deliver()
        async with httpx.AsyncClient(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=20) as page:
            yield Scene(served, talk, page, dinh, await served.browser(dinh), case)


@pytest.fixture
async def seen(settings: Settings, written: Written, clock: Clock, database: Database) -> AsyncIterator[Scene]:
    """On each database in turn."""
    async with scene(settings, database, written, clock) as it:
        yield it


@pytest.fixture
async def one(settings: Settings, written: Written, clock: Clock, sqlite: Database) -> AsyncIterator[Scene]:
    """On SQLite alone, where storage does not matter."""
    async with scene(settings, sqlite, written, clock) as it:
        yield it


async def test_a_picture_with_words_is_seen_by_the_citizen_and_by_nobody_else(seen: Scene) -> None:
    answer = await seen.shows(with_secrets("JPEG"), "Bấm vào chỗ này nhé")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/cases/{seen.case.id}")
    number = await seen.arrives()
    sent = seen.house.platform.got[-1]
    assert sent.text == "Dinh: Bấm vào chỗ này nhé"
    assert sent.picture is not None
    assert sent.picture.startswith(b"\xff\xd8\xff")
    assert SECRET.encode() not in sent.picture
    assert "\\xff" not in repr(sent), "a picture must not come into a log"
    told = await seen.history(number)
    assert (told["picture"], told["mine"]) == ({"width": 90, "height": 60}, False)
    assert told["html"] == "<p><strong>Dinh:</strong> Bấm vào chỗ này nhé</p>"
    shown = await seen.page.get(f"/chat/shown/{number}")
    assert (shown.status_code, shown.headers["content-type"], shown.headers["cache-control"]) == (200, PICTURE, "no-store")
    assert shown.content == sent.picture
    other, _ = Visitors(seen.served._settings.secrets["visitor_key"]).new()
    assert (await seen.page.get(f"/chat/shown/{number}", headers={"Authorization": f"Bearer {other}"})).status_code == 410
    assert (await seen.page.get(f"/chat/shown/{number}", headers={"Authorization": "Bearer nobody's"})).status_code == 401
    case = await seen.served.desk.case(seen.case.id)
    assert (case.waiting_since, case.first_reply_at) == (None, seen.house.clock()), "a picture is an answer"


async def test_who_sent_it_sees_it_on_the_case(seen: Scene) -> None:
    await seen.shows(text="xem nhé")
    (kept,) = await seen.kept()
    page = await seen.case_page()
    assert f'<img loading="lazy" src="/desk/cases/{seen.case.id}/attachments/{kept.id}" alt="Ảnh Giàng Thị Dinh gửi bà con' in page
    assert (await seen.browser.get(f"/desk/cases/{seen.case.id}/attachments/{kept.id}")).headers["content-type"] == PICTURE


async def test_without_words_it_says_who_sends_it(one: Scene) -> None:
    await one.shows()
    assert (await one.house.deliver())[-1] == "Dinh gửi một ảnh."


async def test_words_too_long_to_go_along_follow_in_order(settings: Settings, written: Written, clock: Clock, database: Database) -> None:
    limits = replace(TAKES, pictures=replace(FOR_POOR_NETWORKS, caption=200), max_text=600)
    async with scene(settings, database, written, clock, limits) as seen:
        before = len(seen.house.platform.got)
        assert (await seen.shows(text="Bấm nút xanh ở góc phải. " * 40)).status_code == 303
        await seen.house.deliver()
        picture, *words = seen.house.platform.got[before:]
        assert (picture.picture is not None, picture.text) == (True, "Dinh gửi một ảnh, lời ở tin sau.")
        assert len(words) == 2
        assert all(out.picture is None and "Bấm nút xanh" in out.text for out in words)


async def test_the_same_form_twice_is_one_picture_and_another_picture_is_another(seen: Scene) -> None:
    key = key_in(await seen.case_page())
    for _ in range(2):
        assert (await seen.shows(text="đây", key=key)).status_code == 303
    assert (len(await seen.rows()), len(await seen.kept())) == (1, 1)
    quick = await seen.shows(picture("WEBP"), "đây", key=key, quick=True)
    assert (quick.status_code, quick.content) == (204, b"")
    assert (len(await seen.rows()), len(await seen.kept())) == (2, 2)


async def test_after_a_day_it_is_deleted_and_both_pages_say_so(seen: Scene) -> None:
    await seen.shows(text="Bấm đây")
    number = await seen.arrives()
    seen.house.clock.forward(DAY + 1)
    assert (await seen.page.get(f"/chat/shown/{number}")).status_code == 410, "not even before it is swept"
    told = await seen.history(number)
    assert ("picture" in told, told["html"].endswith("<p>(ảnh đã xóa sau 24 giờ)</p>")) == (False, True)
    await seen.served.desk.passes(hours=1)
    assert await seen.kept() == []
    row = await seen.served.rows(message, message.c.id == number)
    assert row[0].text == "**Dinh:** Bấm đây"


async def test_with_the_message_goes_its_picture(seen: Scene) -> None:
    await seen.shows()
    conversation = await seen.served.desk.conversation(seen.talk)
    await seen.served.database.run(lambda tx: forget.forget(tx, seen.served.database.keyring, conversation.id, seen.house.clock()))
    assert await seen.kept() == []
    answer = await seen.shows(text="còn đó không")
    assert (answer.status_code, "còn đó không" in answer.text) == (409, True)
    assert await seen.kept() == []


async def test_at_rest_nobody_can_read_it(one: Scene, tmp_path: Path) -> None:
    await one.shows()
    (stored,) = sqlite3.connect(tmp_path / "danloi.db").execute("SELECT data FROM attachment").fetchone()
    assert len(stored) > 600
    assert b"\xff\xd8\xff" not in stored


async def test_it_is_made_to_fit_the_channel(one: Scene) -> None:
    await one.shows(picture("PNG", (4000, 3000)))
    await one.house.deliver()
    sent = one.house.platform.got[-1].picture
    assert sent is not None
    with Image.open(BytesIO(sent)) as image:
        assert (image.format, image.size) == ("JPEG", (1280, 960))


# --- what is refused


@pytest.mark.parametrize("what", [*NO_PICTURES, "a bomb"])
async def test_what_is_no_picture_is_refused_and_the_words_are_kept(one: Scene, what: str) -> None:
    data = png_bomb() if what == "a bomb" else NO_PICTURES[what]
    answer = await one.shows(data, "lời đã viết")
    assert (answer.status_code, "lời đã viết" in answer.text) == (409, True)
    assert ("Chưa có ảnh nào" if what == "empty" else "không phải ảnh") in words_of(answer)
    assert ('enctype="multipart/form-data"' in answer.text, 'type="file"' in answer.text) == (True, True)
    assert (await one.rows(), await one.kept()) == ([], [])


@pytest.mark.parametrize(("size", "status", "kept"), [(MOST_BYTES + 1, 409, True), (10_000_000, 409, True), (13_000_000, 413, False)])
async def test_what_is_too_large_is_refused_and_the_words_are_kept(one: Scene, size: int, status: int, kept: bool) -> None:
    data = picture() + bytes(size - len(picture()))
    answer = await one.shows(data, "lời đã viết")
    assert (answer.status_code, "lời đã viết" in answer.text) == (status, kept)
    assert "lớn quá 5 MB" in words_of(answer)
    assert await one.rows() == []


async def test_of_the_largest_that_may_be_nothing_is_missing(one: Scene) -> None:
    data = picture() + bytes(MOST_BYTES - len(picture()))
    assert (await one.shows(data)).status_code == 303


async def test_words_that_ask_for_a_secret_go_nowhere_nor_does_the_picture(seen: Scene) -> None:
    answer = await seen.shows(text="bác đọc mã OTP cho cháu")
    assert (answer.status_code, "bác đọc mã OTP cho cháu" in answer.text) == (409, True)
    assert (await seen.rows(), await seen.kept()) == ([], [])


async def test_only_who_has_the_case_may_send_one(seen: Scene) -> None:
    nga = await seen.served.helper("nga", commune=None)
    answer = await seen.shows(text="cháu giúp", browser=await seen.served.browser(nga))
    assert (answer.status_code, "Giàng Thị Dinh đang giữ ca này" in words_of(answer)) == (409, True)
    stranger = await seen.shows(browser=await seen.served.browser())
    assert to_sign_in(stranger)
    await seen.dinh.passes_on(seen.case, None)
    await nga.takes(seen.case)
    late = await seen.shows(text="lời của Dinh")
    assert (late.status_code, "Giàng Thị Nga đang giữ ca này" in words_of(late), "lời của Dinh" in late.text) == (409, True, True)
    assert (await seen.rows(), await seen.kept()) == ([], [])


async def test_taken_by_another_while_it_was_being_painted(seen: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slowly(*what: Any) -> Any:
        painted = await fitted(*what)
        await seen.dinh.gives_back(seen.case)
        return painted

    monkeypatch.setattr("bot.desk.pages.picture_routes.fitted", slowly)
    assert (await seen.shows()).status_code == 409
    assert (await seen.rows(), await seen.kept()) == ([], [])


async def test_a_form_of_another_page_is_not_read(one: Scene) -> None:
    files = {"picture": ("a.jpg", SCREEN, "image/jpeg")}
    path = f"/desk/cases/{one.case.id}"
    assert (await one.browser.client.post(f"{path}/picture", data={"key": uuid4().hex}, files=files)).status_code == 403
    elsewhere = {CSRF: await one.browser.csrf(), "key": uuid4().hex, "text": "chào"}
    assert (await one.browser.client.post(f"{path}/say", data=elsewhere, files=files)).status_code == 415
    assert await one.rows() == []


async def test_words_sent_by_the_wrong_button_do_not_leave_the_picture_behind(one: Scene) -> None:
    answer = await one.browser.post(f"/desk/cases/{one.case.id}/say", {"text": "xem ảnh nhé", "picture": "chup.jpg"})
    assert (answer.status_code, "bấm «Gửi ảnh»" in words_of(answer), "xem ảnh nhé" in answer.text) == (409, True, True)
    assert "chup.jpg" not in answer.text, "sent again, the words go alone"
    assert await one.rows() == []


async def test_where_the_channel_takes_no_pictures_it_is_said_before_one_is_chosen(
    settings: Settings, written: Written, clock: Clock, sqlite: Database
) -> None:
    async with scene(settings, sqlite, written, clock, replace(BUTTONS, pictures=None)) as it:
        page = await it.case_page()
        assert ("Kênh bà con đang dùng không nhận ảnh." in page, 'type="file"' in page) == (True, False)
        answer = await it.shows(text="lời")
        assert (answer.status_code, "không nhận ảnh" in words_of(answer)) == (409, True)
        assert await it.rows() == []


async def test_the_page_says_what_must_not_be_in_it(one: Scene) -> None:
    page = await one.case_page()
    assert "Không có thẻ, giấy tờ, mặt người hay mã trong ảnh." in page
    assert 'formenctype="multipart/form-data"' in page


# --- on its way


async def test_what_waits_holds_no_picture_and_one_whose_day_is_over_is_not_sent(seen: Scene) -> None:
    await seen.shows()
    (row,) = await seen.rows()
    assert (row.kind, row.status, row.data["frame"]) == (Kind.PHOTO, "queued", {"width": 720, "height": 1280})
    seen.house.clock.forward(DAY + 1)
    before = len(seen.house.platform.got)
    await seen.house.deliver()
    assert len(seen.house.platform.got) == before
    (row,) = await seen.rows()
    assert (row.status, row.error) == ("failed", "the picture's day was over before it could be sent")


async def test_nobody_is_sent_one_who_has_left(seen: Scene) -> None:
    conversation = await seen.served.desk.conversation(seen.talk)
    await seen.served.database.run(lambda tx: deliveries.close_address(tx, conversation.id, "gone", seen.house.clock()))
    await seen.shows()
    before = len(seen.house.platform.got)
    await seen.house.deliver()
    assert len(seen.house.platform.got) == before
    assert "chưa gửi được" in await seen.case_page()


async def test_one_that_surely_did_not_leave_is_sent_again_by_itself(seen: Scene) -> None:
    await seen.shows(text="đây")
    seen.house.platform.answers.append(NotSent("no connection"))
    await seen.house.deliver()
    seen.house.clock.forward(5)
    await seen.house.deliver()
    assert [out.picture is not None for out in seen.house.platform.got[-2:]] == [True, True]
    assert [row.status for row in await seen.rows()] == ["sent"]


async def test_one_of_which_nobody_knows_is_sent_again_when_told_while_it_is_kept(seen: Scene) -> None:
    await seen.shows(text="đây")
    seen.house.platform.answers.append(Unknown("no answer"))
    await seen.house.deliver()
    assert "không rõ đã tới" in await seen.case_page()
    (row,) = await seen.rows()
    for _ in range(2):
        answer = await seen.browser.post(f"/desk/cases/{seen.case.id}/again/{row.id}")
        assert answer.status_code == 303
    await seen.house.deliver()
    first, again = seen.house.platform.got[-2:]
    assert (first.picture, first.text) == (again.picture, again.text)
    assert (len(await seen.rows()), len(await seen.kept())) == (2, 2)
    seen.house.clock.forward(DAY + 1)
    who, takeover = await seen.dinh.who(), seen.house.app.takeover
    with pytest.raises(DeskError, match="chọn lại ảnh"):
        await seen.served.database.run(lambda tx: takeover.say_again(tx, who, seen.case.id, row.id, seen.house.clock()))


async def test_where_only_the_words_arrived_the_volunteer_reads_so(seen: Scene) -> None:
    await seen.shows(text="đây")
    seen.house.platform.answers.append(Sent("77", lacking="the platform did not take it"))
    await seen.house.deliver()
    assert "đã gửi lời, ảnh không gửi được" in await seen.case_page()
    async with seen.browser.listens(f"/desk/cases/{seen.case.id}/events?after=0") as stream:
        (line,) = [event for event in await stream.lines(5) if "đây" in event.data][-1:]
    assert "ảnh không gửi được" in line.data


async def test_an_echo_without_words_tells_that_it_arrived(seen: Scene) -> None:
    """Zalo tells of what the OA showed; of a picture whose send got no answer that is how we learn of it."""
    await seen.shows(text="đây")
    seen.house.platform.answers.append(Unknown("no answer"))
    await seen.house.deliver()
    await seen.house.app.door.echo(seen.talk.address, "the platform's id", "", seen.house.clock())
    (row,) = await seen.rows()
    assert (row.status, row.sent_id) == ("sent", "the platform's id")
    assert await seen.served.desk.notes(seen.case.id) == [], "nobody else is thought to have answered"
