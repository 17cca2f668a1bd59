"""Signing in over HTTP: what is told of a wrong name or password, locks, throttling, sessions that end, and what never leaks."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.desk import sign_in as signing_in
from bot.desk import users
from bot.desk.devices import Devices
from bot.desk.pages.access import COOKIE, DEVICE
from bot.desk.passwords import verify
from bot.model.people import Role
from bot.settings import Settings
from bot.store import people
from bot.store.database import Database
from bot.store.tables import session_item
from bot.written import Written

from ..conftest import Clock
from .conftest import PASSWORD
from .helpers import Helper
from .serving import CSRF_COOKIE, Browser, Served, serving, to_sign_in, words_of

OTHER = "đào phai cuối bản"


@pytest.fixture
async def dinh(served: Served, hashed: str) -> Helper:
    return await served.helper("dinh", commune=None, password=hashed)


async def is_in(browser: Browser) -> bool:
    answer = await browser.get("/desk/cases")
    assert answer.status_code == 200 or to_sign_in(answer), answer.status_code
    return answer.status_code == 200


async def test_right_wrong_and_unknown(served: Served, dinh: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong, as much work is done and the same is told: nobody learns which names there are."""
    looked_at: list[bool] = []

    def looking(hashed: str | None, text: str) -> bool:
        looked_at.append(hashed is not None)
        return verify(hashed, text)

    monkeypatch.setattr(signing_in, "verify", looking)
    await served.helper("without", commune=None)  # has no password yet
    told = []
    for code, password in (("dinh", "sai rồi nhé"), ("nobody", PASSWORD), ("without", PASSWORD), ("dinh", "")):
        browser = await served.browser()
        answer = await browser.signs_in(code, password)
        assert answer.status_code == 401
        assert COOKIE not in browser.client.cookies
        told.append(words_of(answer))
    assert looked_at == [True, False, False, True]
    assert len(set(told)) == 1
    assert signing_in.WRONG in told[0]
    assert "sai rồi nhé" not in answer.text
    browser = await served.browser()
    right = await browser.signs_in(" dinh ", PASSWORD)
    assert (right.status_code, right.headers["location"]) == (303, "/desk/cases")
    assert await is_in(browser)


async def test_five_wrong_ones_lock_for_a_while(served: Served, dinh: Helper) -> None:
    browser = await served.browser()
    for _ in range(5):
        assert signing_in.WRONG in words_of(await browser.signs_in("dinh", "sai rồi nhé"))
    for password in ("sai rồi nhé", PASSWORD):
        assert signing_in.LOCKED_OUT in words_of(await browser.signs_in("dinh", password))
        assert not await is_in(browser)
    served.clock.forward(14 * 60 + 59)
    assert signing_in.LOCKED_OUT in words_of(await browser.signs_in("dinh", PASSWORD))
    served.clock.forward(2)
    assert (await browser.signs_in("dinh", PASSWORD)).status_code == 303
    for _ in range(4):  # what was wrong before counts no more
        await (await served.browser()).signs_in("dinh", "sai rồi nhé")
    assert (await (await served.browser()).signs_in("dinh", PASSWORD)).status_code == 303


async def test_a_locked_name_can_be_unlocked(served: Served, dinh: Helper) -> None:
    browser = await served.browser()
    await served.database.run(lambda tx: people.note_failure(tx, dinh.id, 1, served.clock() + timedelta(minutes=15)))
    assert signing_in.LOCKED_OUT in words_of(await browser.signs_in("dinh", PASSWORD))
    await users.unlock(served.database, "dinh", served.clock())
    assert (await browser.signs_in("dinh", PASSWORD)).status_code == 303


async def test_strangers_who_try_lock_out_strangers_and_not_the_own_phone(served: Served, dinh: Helper, hashed: str) -> None:
    own, stranger = await served.browser(), await served.browser()
    assert (await own.signs_in("dinh", PASSWORD)).status_code == 303
    await own.post("/desk/sign-out", {})
    for _ in range(5):
        await stranger.signs_in("dinh", "sai rồi nhé")
    assert (await own.signs_in("dinh", PASSWORD)).status_code == 303
    assert signing_in.LOCKED_OUT in words_of(await stranger.signs_in("dinh", PASSWORD))
    sinh = await served.helper("sinh", commune=None, password=hashed)
    await served.database.run(lambda tx: people.note_failure(tx, sinh.id, 1, served.clock() + timedelta(minutes=15)))
    told = words_of(await own.signs_in("sinh", PASSWORD))
    assert signing_in.LOCKED_OUT in told, "a phone that is known as one's is not known as another's"


async def test_a_known_phone_that_is_wrong_too_often_is_a_strangers(served: Served, dinh: Helper) -> None:
    phone, other = await served.browser(), await served.browser()
    assert (await phone.signs_in("dinh", PASSWORD)).status_code == 303
    for _ in range(5):
        assert signing_in.WRONG in words_of(await phone.signs_in("dinh", "sai rồi nhé"))
    assert (await other.signs_in("dinh", PASSWORD)).status_code == 303, "nobody else is locked out by it"
    for _ in range(5):
        assert signing_in.WRONG in words_of(await phone.signs_in("dinh", "sai rồi nhé"))
    assert signing_in.LOCKED_OUT in words_of(await phone.signs_in("dinh", PASSWORD))
    served.clock.forward(15 * 60)
    assert (await phone.signs_in("dinh", PASSWORD)).status_code == 303


@pytest.mark.parametrize("kept", ["", ".", "x", "a.b", "đ.đ", "a" * 4000])
async def test_what_a_browser_made_up_is_known_to_nobody(served: Served, dinh: Helper, kept: str) -> None:
    devices = Devices(served.database.keyring)
    assert not devices.knows(dinh.id, kept, served.clock())
    made = devices.mark(dinh.id, kept)
    assert made != kept
    assert devices.knows(dinh.id, made, served.clock())
    assert not devices.knows(dinh.id + 1, made, served.clock())
    assert devices.mark(dinh.id, made) == made


async def test_tries_side_by_side_are_no_more_than_one_after_another(served: Served, dinh: Helper) -> None:
    """All are looked at before the first one is counted; the lock holds for those behind it, also for the right password."""
    browsers = [await served.browser() for _ in range(9)]
    for browser in browsers:
        await browser.csrf()
    wrong = [browser.signs_in("dinh", f"sai rồi nhé {number}") for number, browser in enumerate(browsers[:8])]
    told = [words_of(answer) for answer in await asyncio.gather(*wrong, browsers[8].signs_in("dinh", PASSWORD))]
    assert sum(signing_in.WRONG in one for one in told) == 5
    assert signing_in.LOCKED_OUT in told[8]
    assert not await is_in(browsers[8])


async def test_the_old_password_can_not_be_guessed_from_within(served: Served, dinh: Helper) -> None:
    """Who finds a phone signed in may not try on until the password is found."""
    browser = await served.browser(dinh)
    form = {"old": "sai rồi nhé", "new": OTHER, "again": OTHER}
    for _ in range(5):
        assert (await browser.post("/desk/password", form)).status_code == 409
    locked = await browser.post("/desk/password", form | {"old": PASSWORD})
    assert (locked.status_code, signing_in.LOCKED_OUT in words_of(locked)) == (409, True)


async def test_one_address_tries_so_often_and_no_more(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "verify", lambda hashed, text: False)
    browser = await served.browser()
    answers = [await browser.signs_in(f"nobody{number}", "sai rồi nhé") for number in range(31)]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[-1].headers["content-type"].startswith("text/html")
    assert answers[-1].headers["retry-after"] == "60"
    assert "Bạn bấm nhanh quá" in words_of(answers[-1])
    for path in ("/desk/sign-in/", "//desk/sign-in", "/desk//sign-in", "/desk/%73ign-in"):
        assert (await browser.post(served.url + path, {"code": "dinh", "password": PASSWORD})).status_code in (404, 405, 429), path
    assert (await browser.get("/desk/sign-in")).status_code == 200


async def test_a_session_that_is_brought_along_is_never_adopted(served: Served, dinh: Helper) -> None:
    for planted in (b"0" * 43, b"", "đ".encode(), b"a" * 4000, b'"; Path=/', b"../../x"):
        browser = await served.browser()
        await browser.csrf()
        forms = f"{CSRF_COOKIE}={browser.client.cookies[CSRF_COOKIE]}; {COOKIE}=".encode()
        browser.client.headers = httpx.Headers([*browser.client.headers.raw, (b"Cookie", forms + planted)])
        assert to_sign_in(await browser.get("/desk/cases")), planted
    answer = await browser.signs_in("dinh", PASSWORD)
    assert answer.status_code == 303
    assert "../../x" not in answer.headers["set-cookie"]
    assert len(await served.rows(session_item)) == 1


async def test_the_token_changes_at_each_sign_in_and_the_one_before_is_over(served: Served, dinh: Helper) -> None:
    browser, old = await served.browser(), await served.browser()
    assert (await browser.signs_in("dinh", PASSWORD)).status_code == 303
    first = browser.client.cookies[COOKIE]
    old.client.cookies.set(COOKIE, first, domain="127.0.0.1", path="/desk")
    assert await is_in(old)
    browser._csrf = None
    assert (await browser.signs_in("dinh", PASSWORD)).status_code == 303
    assert browser.client.cookies[COOKIE] != first
    assert await is_in(browser)
    assert not await is_in(old)


async def test_who_signs_out_is_out_on_the_server(served: Served, dinh: Helper) -> None:
    browser, copy = await served.browser(dinh), await served.browser()
    copy.client.cookies.set(COOKIE, browser.client.cookies[COOKIE], domain="127.0.0.1", path="/desk")
    assert await is_in(copy)
    assert to_sign_in(await browser.post("/desk/sign-out"))
    assert COOKIE not in browser.client.cookies
    assert not await is_in(copy)
    assert await served.rows(session_item) == []


async def test_half_a_day_of_nothing_ends_a_session_and_a_week_any(served: Served, dinh: Helper) -> None:
    idle, busy = await served.browser(dinh), await served.browser(dinh)
    for _ in range(2):
        served.clock.forward(11 * 3600)
        assert await is_in(busy)
    assert not await is_in(idle)
    for _ in range(14):
        served.clock.forward(10 * 3600)
        assert await is_in(busy)
    served.clock.forward(7 * 3600)  # 169 hours
    assert not await is_in(busy)


async def test_a_page_left_open_is_nobody_being_there(served: Served, dinh: Helper) -> None:
    """Its stream looks for news all the time; that is no reason for a session to go on."""
    browser = await served.browser(dinh)
    async with browser.listens("/desk/cases/events") as stream:
        await stream.next("queue")
        served.clock.forward(11 * 3600)
        async with browser.listens("/desk/cases/events") as again:
            await again.next("queue")
            served.clock.forward(2 * 3600)
            await stream.ends()
            await again.ends()
    assert not await is_in(browser)


@pytest.mark.parametrize("what", ["password", "own password", "role", "removed"])
async def test_what_concerns_signing_in_ends_all_other_sessions_at_once(served: Served, dinh: Helper, what: str) -> None:
    browser, other = await served.browser(dinh), await served.browser(dinh)
    assert await is_in(browser)
    assert await is_in(other)
    match what:
        case "password":
            await users.set_password(served.database, "dinh", OTHER, served.clock())
        case "own password":
            before = browser.client.cookies[COOKIE]
            answer = await browser.post("/desk/password", {"old": PASSWORD, "new": OTHER, "again": OTHER})
            assert (answer.status_code, answer.headers["location"]) == (303, "/desk/cases")
            assert browser.client.cookies[COOKIE] != before
        case "role":
            await users.set_role(served.database, "dinh", Role.COACH, served.clock())
        case "removed":
            await users.remove(served.database, served.house.app.takeover, "dinh", served.clock())
    assert await is_in(browser) is (what == "own password")
    assert not await is_in(other)


async def test_a_password_that_another_gave_is_changed_first(served: Served, hashed: str) -> None:
    await served.helper("new", commune=None, password=hashed, must_change=True)
    browser = await served.browser()
    answer = await browser.signs_in("new", PASSWORD, next="/desk/search")
    assert answer.headers["location"] == "/desk/password"
    page = await browser.page("/desk/password")
    assert "do người khác đặt" in page
    assert 'href="/desk/cases"' not in page
    assert (await browser.get("/desk/cases")).headers["location"] == "/desk/password"
    for form, why in (
        ({"old": PASSWORD, "new": OTHER, "again": "khác hẳn nhé em"}, "không giống nhau"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "phải khác"),
        ({"old": PASSWORD, "new": "ngắn", "again": "ngắn"}, "ít nhất 10"),
    ):
        refused = await browser.post("/desk/password", form)
        assert (refused.status_code, why in words_of(refused)) == (409, True)
    assert (await browser.post("/desk/password", {"old": PASSWORD, "new": OTHER, "again": OTHER})).headers["location"] == "/desk/cases"
    assert await is_in(browser)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/desk/cases/7", "/desk/cases/7"),
        ("/desk/search", "/desk/search"),
        *(
            (wanted, "/desk/cases")
            for wanted in (
                "//evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "https://evil.example/desk/",
                "https:evil.example",
                "/desk/%2f%2fevil.example",
                "%2f%2fevil.example",
                "/desk//evil.example",
                "/desk/../chat",
                "/desk/\\evil.example",
                "/desk/\r\nSet-Cookie: a=b",
                "/desk/\x00",
                "/desk/ế",
                "/deskevil",
                "javascript:alert(1)",
                "/desk/" + "a" * 300,
            )
        ),
    ],
)
async def test_where_one_is_led_is_never_outside(
    served: Served, dinh: Helper, monkeypatch: pytest.MonkeyPatch, wanted: str, led: str
) -> None:
    monkeypatch.setattr(signing_in, "verify", lambda hashed, text: True)
    browser = await served.browser()
    page = (await browser.get("/desk/sign-in", params={"next": wanted})).text
    assert ("evil" in page) is False
    answer = await browser.signs_in("dinh", PASSWORD, next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, led)
    quick = await (await served.browser(None, **{"HX-Request": "true"})).signs_in("dinh", PASSWORD, next=wanted)
    assert quick.headers["hx-redirect"] == led


async def test_a_page_asked_for_without_a_session_is_come_back_to(served: Served, dinh: Helper) -> None:
    browser = await served.browser()
    asked = await browser.get("/desk/cases/7")
    assert asked.headers["location"] == "/desk/sign-in?next=/desk/cases/7"
    page = await browser.page(asked.headers["location"])
    assert 'name="next" value="/desk/cases/7"' in page


@pytest.mark.parametrize("public", [None, "https://tuyenquang.example"])
async def test_cookies_are_for_the_server_alone(
    settings: Settings, sqlite: Database, written: Written, clock: Clock, hashed: str, public: str | None
) -> None:
    async with serving(replace(settings, public_url=public), sqlite, written, clock) as served:
        await served.helper("dinh", commune=None, password=hashed)
        browser = await served.browser()
        page = await browser.get("/desk/sign-in")
        token = page.text.split('name="_csrf_token" value="')[1].split('"')[0]
        set_by_page = page.headers.get_list("set-cookie")
        cookie = set_by_page[0].split(";")[0]
        answer = await browser.client.post(
            "/desk/sign-in", data={"_csrf_token": token, "code": "dinh", "password": PASSWORD}, headers={"Cookie": cookie}
        )
        assert answer.status_code == 303
        cookies = [*set_by_page, *answer.headers.get_list("set-cookie")]
        assert [one.partition("=")[0] for one in cookies] == ["danloi_desk_csrf", COOKIE, DEVICE]
        for one in cookies:
            flags = {flag.strip().lower() for flag in one.split(";")[1:]}
            path = "path=/desk/sign-in" if one.startswith(DEVICE) else "path=/desk"
            assert {"httponly", "samesite=lax", path} <= flags, one
            assert ("secure" in flags) is (public is not None), one
            assert not any(flag.startswith("domain") for flag in flags)
        assert ("strict-transport-security" in answer.headers) is (public is not None)
