"""What may not have arrived has a button by which it is said again: a plain form, once, for who has the case alone."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from bot.model.delivery import Refused, Result, Sent, Unknown
from bot.model.people import Role
from bot.settings import Settings
from bot.store.database import Database
from bot.written import Written

from ..conftest import Clock
from .serving import Browser
from .test_pictures_sent import Scene, scene

WORDS = "Chào bác, cháu là Dính"
BUTTON = re.compile(r'<button class="again" form="again" formaction="([^"]+)">Gửi lại</button>')
FORM = re.compile(r'<form id="again" method="post">(.*?)</form>')
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]+)">')


@pytest.fixture
async def seen(settings: Settings, written: Written, clock: Clock, database: Database) -> AsyncIterator[Scene]:
    async with scene(settings, database, written, clock) as it:
        yield it


async def says(seen: Scene, answer: Result) -> int:
    """The volunteer writes, and that is what the platform answers. The message's id."""
    assert (await seen.browser.post(f"/desk/cases/{seen.case.id}/say", {"text": WORDS})).status_code == 303
    seen.house.platform.answers.append(answer)
    await seen.house.deliver()
    return int((await seen.rows())[-1].id)


async def presses(browser: Browser, page: str, at: str) -> int:
    """The button as a browser without a script presses it: its own address, and the fields of the form that it names."""
    (form,) = FORM.findall(page)
    fields = {name: unescape(value) for name, value in FIELD.findall(form)}
    assert set(fields) == {"_csrf_token", "key"}
    return (await browser.client.post(at, data=fields)).status_code


@pytest.mark.parametrize("answer", [Unknown("no answer"), Refused("no more messages")])
async def test_what_may_not_have_arrived_is_said_again_once_by_its_button(seen: Scene, answer: Result) -> None:
    number = await says(seen, answer)
    page = await seen.case_page()
    (at,) = BUTTON.findall(page)
    assert at == f"/desk/cases/{seen.case.id}/again/{number}"
    for _ in range(2):
        assert await presses(seen.browser, page, at) == 303
    await seen.house.deliver()
    first, again = await seen.rows()
    assert (again.text, again.status) == (first.text, "sent")
    assert BUTTON.findall(await seen.case_page()) == [], "said again, it is not offered once more"


async def test_what_arrived_or_is_under_way_is_not_offered(seen: Scene) -> None:
    await says(seen, Sent("7"))
    await seen.browser.post(f"/desk/cases/{seen.case.id}/say", {"text": "đang gửi"})
    page = await seen.case_page()
    assert "đang gửi" in page
    assert BUTTON.findall(page) == []


async def test_only_who_has_the_case_is_offered_it_and_a_form_without_its_token_does_nothing(seen: Scene) -> None:
    await says(seen, Unknown("no answer"))
    (at,) = BUTTON.findall(await seen.case_page())
    boss = await seen.served.browser(await seen.served.helper("boss", commune=None, role=Role.COORDINATOR))
    over = await boss.page(f"/desk/cases/{seen.case.id}")
    assert WORDS in over
    assert (BUTTON.findall(over), FORM.findall(over)) == ([], [])
    assert (await seen.browser.client.post(at, data={"key": "a-key-of-no-page"})).status_code == 403
    assert len(await seen.rows()) == 1


async def test_the_open_page_gets_the_button_and_loses_it(seen: Scene) -> None:
    await seen.browser.post(f"/desk/cases/{seen.case.id}/say", {"text": WORDS})
    async with seen.browser.listens(f"/desk/cases/{seen.case.id}/events?after=0") as stream:
        while WORDS not in (await stream.next("line")).data:
            pass
        seen.house.platform.answers.append(Unknown("no answer"))
        await seen.house.deliver()
        (at,) = BUTTON.findall((await stream.next("status")).data)
        await presses(seen.browser, await seen.case_page(), at)
        (again,) = [line.data for line in [await stream.next("line")]]
        assert WORDS in again
        gone = await stream.next("status")
        assert "không rõ đã tới" in gone.data
        assert BUTTON.findall(gone.data) == []
