"""The officer's duties: copies, requests with the law's days, breaches; at the terminal and on the desk's page."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.desk import officer
from bot.model.errors import DanLoiError
from bot.model.people import Role
from bot.model.privacy import RequestKind
from bot.replies.formats import render
from bot.settings import Settings
from bot.store import requests
from bot.store.database import Database
from bot.store.tables import audit, breach, data_request
from bot.written import Written

from ..conftest import Clock
from ..talk import House
from .helpers import Desk
from .serving import Served

DAY = 86400


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, clock: Clock) -> House:
    return House(settings, database, written, None, clock)


async def a_case(house: House) -> int:
    talk = await house.talk("an")
    await talk.says("tôi ở thôn Nà Lách bên suối")
    await talk.says("gặp người")
    return (await Desk(house).waiting()).id


async def test_a_copy_holds_the_notes_too_and_the_look_is_written_down(house: House) -> None:
    case = await a_case(house)
    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    await dinh.takes(case)
    await dinh.notes(await desk.case(case), "bác nghe hơi kém")
    whole = await officer.export(house.app.database, case, as_json=True, now=house.clock())
    assert "Nà Lách" in whole
    assert "bác nghe hơi kém" in whole
    text = await officer.export(house.app.database, case, as_json=False, now=house.clock())
    assert "Người nhắn: tôi ở thôn Nà Lách bên suối" in text
    rows = await house.app.database.read(lambda tx: tx.execute(audit.select().where(audit.c.verb == "export_person")).all())
    assert [row.object for row in rows] == [f"case:{case}"] * 2


async def test_who_is_erased_leaves_that_it_was_asked_for(house: House, opened: Counter[bytes]) -> None:
    case, keys = await a_case(house), house.app.database.keyring
    hidden = keys.hide(b"words")
    keys.show(hidden)
    assert not opened[hidden]
    assert "Đã xóa hẳn" in await officer.erase(house.app.database, case, house.clock())
    assert "xóa dữ liệu" in await officer.list_requests(house.app.database, True, house.clock())
    assert "Nà Lách" not in str(await house.app.database.read(lambda tx: tx.execute(data_request.select()).all()))
    with pytest.raises(DanLoiError, match="Không có ca số"):
        await officer.erase(house.app.database, case, house.clock())
    keys.show(hidden)
    assert opened[hidden] == 1


async def test_a_request_on_paper_runs_from_the_day_it_came(house: House) -> None:
    database, now = house.app.database, house.clock
    came = datetime(2026, 11, 12, 3, 0, tzinfo=UTC)
    await officer.take_request(database, RequestKind.DELETE, None, "ông Tráng, thôn Mới", came, now())
    (one,) = await database.read(requests.listing)
    assert (one.due_at - came).days == 20
    assert one.is_late(now())  # nobody has answered within two working days
    assert "TRỄ HẠN xóa dữ liệu" in await officer.list_requests(database, False, now())
    await officer.answer_request(database, one.id, now())
    assert "TRỄ HẠN" not in await officer.list_requests(database, False, now())
    house.clock.forward(10 * DAY)
    assert "TRỄ HẠN" in await officer.list_requests(database, False, now())
    await officer.end_request(database, one.id, "đã xóa ngày 3/12", now())
    assert await officer.list_requests(database, False, now()) == "Không có yêu cầu nào chờ."
    assert "đã xóa ngày 3/12" in await officer.list_requests(database, True, now())
    assert "ông Tráng" not in await officer.list_requests(database, True, now())
    for again in (officer.end_request(database, one.id, "nữa", now()), officer.answer_request(database, one.id, now())):
        with pytest.raises(DanLoiError, match="Không có yêu cầu số"):
            await again


async def test_a_breach_has_72_hours_from_when_it_was_noticed(house: House) -> None:
    database, now = house.app.database, house.clock
    noticed = officer.moment("2026-11-22 09:30", now)
    said = await officer.add_breach(database, "mất điện thoại của một người giúp", noticed, None, "đã khóa tài khoản", now())
    assert "trước 25/11/2026 09:30" in said
    assert "báo trước 25/11/2026 09:30" in await officer.list_breaches(database, now())
    house.clock.forward(3 * DAY)
    assert "QUÁ HẠN BÁO" in await officer.list_breaches(database, now())
    await officer.update_breach(database, 1, 3, "đã gọi ba người", now())
    told = await officer.list_breaches(database, now())
    assert "QUÁ HẠN BÁO" not in told
    assert "3 người" in told
    assert "đã khóa tài khoản\nđã gọi ba người" in told
    raw = await database.read(lambda tx: tx.exec_driver_sql("SELECT what FROM breach").scalar_one())
    assert "điện thoại" not in bytes(raw).decode("latin-1")
    assert breach.c.what is not None
    with pytest.raises(DanLoiError, match="Không có sự cố số 9"):
        await officer.update_breach(database, 9, None, None, None)


@pytest.mark.parametrize("text", ["hôm qua", "2026-13-01", "2030-01-01"])
def test_a_moment_that_is_none_or_still_to_come_is_refused(clock: Clock, text: str) -> None:
    with pytest.raises(DanLoiError, match=r"2026-11-26|còn ở phía trước"):
        officer.moment(text, clock)


async def test_the_desk_shows_what_is_late_in_red_and_who_does_it_twice_does_it_once(served: Served) -> None:
    talk = await served.house.talk("an")
    await talk.says("sửa dữ liệu của tôi")
    served.clock.forward(11 * DAY)
    chu = await served.browser(await served.helper("chu", commune=None, role=Role.COORDINATOR))
    page = await chu.page("/desk/requests")
    assert '<mark class="late">trễ hạn</mark>' in page
    assert (await chu.post("/desk/requests/1/done", {"result": " "})).status_code == 409
    for _ in range(2):
        assert (await chu.post("/desk/requests/1/done", {"result": "đã sửa tên xã"}, key="k" * 16)).status_code == 303
    assert (await chu.post("/desk/requests/1/done", {"result": "đã sửa lần nữa"})).status_code == 409
    assert "trễ hạn" not in await chu.page("/desk/requests")
    assert "đã sửa tên xã" in await chu.page("/desk/requests?all=1")


async def test_a_volunteer_does_not_see_them(served: Served) -> None:
    dinh = await served.browser(await served.helper("dinh"))
    assert (await dinh.get("/desk/requests")).status_code == 403


async def test_the_link_to_a_copy_downloads_once_and_rubbish_never(served: Served) -> None:
    talk = await served.house.talk("an")
    await talk.says("tôi ở thôn Nà Lách bên suối")
    served.clock.now = datetime.now(UTC)  # the site goes by the wall's clock
    turn = await talk.says("xin bản sao dữ liệu của tôi")
    assert f'<a href="{link(turn.text)}" download>' in render("html", turn.text)
    browser = await served.browser()
    first, second = await browser.get(link(turn.text)), await browser.get(link(turn.text))
    assert (first.status_code, second.status_code) == (200, 410)
    assert "Nà Lách" in first.text
    assert first.headers["content-disposition"].startswith("attachment")
    assert first.headers["cache-control"] == "no-store"
    assert "dùng rồi" in second.json()["message"]
    for rubbish in ("x", "x" * 43, "%00" * 43, "á" * 43):
        assert (await browser.get(f"/chat/copy/{rubbish}")).status_code == 410


def link(text: str) -> str:
    (found,) = re.findall(r"/chat/copy/[A-Za-z0-9_-]{43}", text)
    return str(found)


async def test_who_took_consent_back_is_asked_for_it_anew_by_the_page(served: Served) -> None:
    await served.site.chat.start(served.house.app.door)
    browser = await served.browser()
    agreed = await browser.client.post("/chat/session", json={"consent": True, "version": "1"})
    token = {"Authorization": f"Bearer {agreed.json()['token']}"}

    async def says(key: str, text: str) -> int:
        answer = await browser.client.post("/chat/messages", json={"key": key, "text": text}, headers=token)
        await served.house.work()
        return answer.status_code

    assert [await says("key-1-long", "rút lại đồng ý"), await says("key-2-long", "có")] == [202, 202]
    assert served.house.records[-1].replies[-1].block == "privacy.withdrawn"
    assert await says("key-3-long", "chào") == 401
