"""Every route of the desk is guarded: found in the built application, asked for by a stranger and by every role, with and without a token.

A route that comes tomorrow is covered without a line here.
"""

from uuid import uuid4

import pytest
from litestar import Router, get
from litestar.handlers import HTTPRouteHandler

from bot.desk import console
from bot.desk.pages.access import ASKS, COOKIE, PUBLIC, asks
from bot.model.case import CaseReason, HandoffNote
from bot.model.dialogue import HandOver
from bot.model.message import Address
from bot.model.people import POWERS, Power, Role
from bot.store import cases, conversations
from bot.store.database import Tx

from .routes import ask, posts, ways
from .serving import CSRF, CSRF_COOKIE, Served, is_refused, to_sign_in, words_of


@pytest.fixture
async def somebody(served: Served) -> Served:
    """A desk with somebody whom a route may be about, and a case."""
    await served.helper("somebody", commune=None)

    def add(tx: Tx) -> None:
        found = conversations.find_or_open(tx, served.database.keyring, Address("web", "an"), "Sùng Thị Mỷ", served.clock())
        cases.open_or_add(tx, found, HandOver(CaseReason.ASKED), HandoffNote("làm giấy"), served.clock())

    await served.database.run(add)
    return served


async def test_the_sweep_finds_the_routes(served: Served) -> None:
    found = {(way.method, way.path) for way in ways(served)}
    assert len(found - {one for one in found if one[0] == "OPTIONS"}) > 12
    assert {
        ("POST", "/desk/cases/{number:int}/take"),
        ("GET", "/desk/cases/{number:int}/events"),
        ("GET", "/desk/static/{name:str}"),
    } <= found
    assert len({way.asks for way in ways(served)} & {PUBLIC, Power.HELP}) == 2


async def test_a_stranger_comes_no_further_than_the_sign_in(somebody: Served) -> None:
    before = await somebody.everything()
    for way in ways(somebody):
        answer = await ask(await somebody.browser(), way)
        if way.asks == PUBLIC:
            assert answer.status_code != 403, way
        else:
            assert (answer.status_code, to_sign_in(answer)) == (303, True), way
            assert answer.content == b"", way
        quick = await ask(await somebody.browser(), way, **{"HX-Request": "true"})
        assert way.asks == PUBLIC or (quick.status_code, quick.headers["hx-redirect"][:13]) == (200, "/desk/sign-in"), way
    assert await somebody.everything() == before


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_its_powers_say_and_nothing_else(somebody: Served, role: Role) -> None:
    who = await somebody.helper(str(role), commune=None, role=role)
    for way in ways(somebody):
        answer = await ask(await somebody.browser(who), way)
        assert answer.status_code < 500, way
        if way.asks == PUBLIC:
            assert answer.status_code != 403, way
        elif isinstance(way.asks, Power) and way.asks in POWERS[role]:
            assert not is_refused(answer), (way, answer.status_code, answer.headers)
        else:
            assert answer.status_code == 403, way
            assert "Trang này không dành cho vai trò của bạn." in words_of(answer), way


async def test_who_must_choose_a_password_may_do_nothing_before(somebody: Served) -> None:
    who = await somebody.helper("new", commune=None, role=Role.ADMIN, must_change=True)
    for way in ways(somebody):
        if way.asks == PUBLIC or way.asks is None:
            continue
        answer = await ask(await somebody.browser(who), way)
        led = answer.headers.get("location") == "/desk/password"
        assert led is not way.newcomers, (way, answer.status_code)


async def with_more(served: Served, monkeypatch: pytest.MonkeyPatch, *more: HTTPRouteHandler) -> None:
    whole = console.console

    def console_with_more(key: str, secure: bool) -> Router:
        router = whole(key, secure)
        for handler in more:
            router.register(handler)
        return router

    monkeypatch.setattr(console, "console", console_with_more)
    await served.stop()
    await served.start()


async def test_each_power_opens_its_routes_to_its_roles(somebody: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that no route asks for yet."""

    def route(power: Power) -> HTTPRouteHandler:
        @get(f"/power-{power}", opt=asks(power), name=power, sync_to_thread=False)
        def shown() -> str:
            return "được vào"

        return shown

    await with_more(somebody, monkeypatch, *map(route, Power))
    for role in Role:
        browser = await somebody.browser(await somebody.helper(role, commune=None, role=role))
        opened = {power for power in Power if (await browser.get(f"/desk/power-{power}")).text == "được vào"}
        assert opened == POWERS[role]


async def test_a_route_that_says_nothing_lets_nobody_in(somebody: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application is built once more with a route whose writer forgot what it asks for."""

    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "bí mật"

    @get("/misspelt", opt={ASKS: "helps"}, sync_to_thread=False)
    def misspelt() -> str:
        return "bí mật"

    await with_more(somebody, monkeypatch, forgotten, misspelt)
    assert {way.path for way in ways(somebody)} > {"/desk/forgotten", "/desk/misspelt"}
    for path in ("/desk/forgotten", "/desk/misspelt"):
        assert to_sign_in(await (await somebody.browser()).get(path))
        for role in Role:
            who = await somebody.helper(f"{role}{path[6]}", commune=None, role=role)
            answer = await (await somebody.browser(who)).get(path)
            assert answer.status_code == 403
            assert "bí mật" not in answer.text


@pytest.mark.parametrize("how", ["none", "forged", "another's", "no cookie", "both forged", "in the address", "forged header", "letters"])
async def test_a_form_without_its_own_token_changes_nothing(somebody: Served, how: str) -> None:
    who = await somebody.helper("admin", commune=None, role=Role.ADMIN)
    browser, another = await somebody.browser(who), await somebody.browser(who)
    mine, theirs, forged = await browser.csrf(), await another.csrf(), "0" * 128
    session = browser.client.cookies[COOKIE]
    fields, headers, query = {"key": uuid4().hex, "text": "chào bác", "sure": "yes"}, {}, ""
    match how:
        case "forged":
            fields[CSRF] = forged
        case "another's":
            fields[CSRF] = theirs
        case "no cookie":
            fields[CSRF] = mine
            browser.client.cookies.delete(CSRF_COOKIE)
        case "both forged":
            fields[CSRF] = forged
            browser.client.cookies.delete(CSRF_COOKIE)
            browser.client.cookies.set(CSRF_COOKIE, forged, domain="127.0.0.1", path="/desk")
        case "in the address":
            query = f"?{CSRF}={mine}"
        case "forged header":
            fields[CSRF] = mine
            headers["x-csrftoken"] = forged
        case "letters":
            fields[CSRF] = "đ" * 128
    assert len(posts(somebody)) > 8
    before = await somebody.everything()
    for way in posts(somebody):
        answer = await browser.client.request(way.method, way.address + query, data=fields, headers=headers)
        assert answer.status_code == 403, (way, answer.status_code)
        assert "Trang này mở lâu quá rồi" in words_of(answer), way
    assert await somebody.everything() == before
    assert browser.client.cookies[COOKIE] == session


async def test_a_token_of_an_older_key_is_replaced_by_the_next_page(somebody: Served) -> None:
    """Else who was there before the key was changed could never send a form again."""
    browser = await somebody.browser(await somebody.helper("dinh", commune=None))
    browser.client.cookies.set(CSRF_COOKIE, "0" * 128, domain="127.0.0.1", path="/desk")
    assert (await browser.post("/desk/shift", {"hours": "4"})).status_code == 303
