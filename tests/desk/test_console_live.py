"""The live page of a case: what is new, in order, once, and where it was cut it goes on."""

import re
from contextlib import suppress
from typing import Any

import pytest

from bot.model.case import Case
from bot.model.people import Role
from bot.store.tables import message

from .helpers import Helper
from .serving import Browser, Event, Served, Stream


async def held(served: Served) -> tuple[Case, Helper, Browser]:
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{case.id}/take")
    return case, dinh, browser


async def write(served: Served, case: Case, count: int) -> list[int]:
    """Messages of the citizen's, as if each had come through the door. All ids of the conversation."""
    row = {
        "conversation_id": case.conversation_id,
        "direction": "in",
        "status": "handled",
        "author": "citizen",
        "kind": "text",
        "data": {"tap": None, "masked": [], "cut": False},
        "channel": case.channel,
        "turn": 1,
        "epoch": 0,
        "critical": False,
        "quick": False,
        "tries": 0,
        "created_at": served.clock(),
    }
    known = len(await served.rows(message))
    rows = [row | {"text": f"dòng {known + number}", "external_id": f"m{known + number}"} for number in range(count)]
    await served.database.run(lambda tx: tx.execute(message.insert(), rows).close())
    return [row.id for row in await served.rows(message)]


def ids(events: list[Event]) -> list[int]:
    return [int(event.id or 0) for event in events]


@pytest.mark.parametrize("cut_after", [0, 1, 7, 20])
async def test_a_stream_that_was_cut_goes_on_where_it_was(served_on_each: Served, cut_after: int) -> None:
    served = served_on_each
    case, _, browser = await held(served)
    path, (first, *_) = f"/desk/cases/{case.id}/events", await write(served, case, 1)
    known = await write(served, case, 20)
    async with browser.listens(f"{path}?after={first}") as stream:
        got = ids(await stream.lines(cut_after))
    more = await write(served, case, 5)
    last = str(got[-1]) if got else None
    async with browser.listens(f"{path}?after={first}", last) as stream:
        got += ids(await stream.lines(len(more) - 1 - len(got)))
        (newest,) = (await write(served, case, 1))[-1:]
        got += ids(await stream.lines(1))
    assert got == [*known[1:], *more[len(known) :], newest]


async def test_who_was_away_for_hundreds_of_messages_gets_them_all(served_on_each: Served) -> None:
    served = served_on_each
    case, _, browser = await held(served)
    (*_, last) = await write(served, case, 1)
    known = await write(served, case, 250)
    async with browser.listens(f"/desk/cases/{case.id}/events", str(last)) as stream:
        assert ids(await stream.lines(250)) == [one for one in known if one > last]


@pytest.mark.parametrize("last", ["", "x", "-1", "0", "9" * 40, "1e9", "٣", "null", "1; drop", "1\t2"])
async def test_a_last_id_of_garbage_begins_where_the_page_was(served: Served, last: str) -> None:
    case, _, browser = await held(served)
    known = await write(served, case, 3)
    headers = [(b"Last-Event-ID", last.encode())]
    async with browser.client.stream("GET", f"/desk/cases/{case.id}/events?after={known[-3]}", headers=headers) as answer:
        assert answer.status_code == 200
        assert ids(await Stream(answer).lines(2)) == known[-2:]


async def test_a_huge_last_id_waits_for_what_never_comes_and_breaks_nothing(served_on_each: Served) -> None:
    served = served_on_each
    case, _, browser = await held(served)
    async with browser.listens(f"/desk/cases/{case.id}/events", "9" * 18) as stream:
        assert (await stream.next("head")).data


async def test_a_page_and_its_stream_make_one_whole(served: Served) -> None:
    case, _, browser = await held(served)
    known = await write(served, case, 2)
    page = await browser.page(f"/desk/cases/{case.id}")
    (connect,) = re.findall(r'sse-connect="([^"]+)"', page)
    assert [int(one) for one in re.findall(r'id="m(\d+)"', page)] == known
    newer = await write(served, case, 2)
    async with browser.listens(connect) as stream:
        assert ids(await stream.lines(2)) == newer[-2:]


async def test_what_became_of_ones_words_is_told(served: Served) -> None:
    case, _, browser = await held(served)
    await browser.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"})
    async with browser.listens(f"/desk/cases/{case.id}/events") as stream:
        assert "đang giữ" in (await stream.next("head")).data
        assert any("Chào bác" in event.data and "đang gửi" in event.data for event in await stream.lines(len(await served.rows(message))))
        await served.house.deliver()
        while "đã gửi" not in (await stream.next("status")).data:  # it may have looked in the middle of the sending
            pass


async def test_what_became_of_them_between_the_page_and_its_stream_is_told(served: Served) -> None:
    case, _, browser = await held(served)
    await browser.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"})
    page = await browser.page(f"/desk/cases/{case.id}")
    assert "đang gửi" in page
    await served.house.deliver()
    (connect,) = re.findall(r'sse-connect="([^"]+)"', page)
    async with browser.listens(connect) as stream:
        told = (await stream.next("status")).data
        assert ("đã gửi" in told, "đang gửi" in told) == (True, False)


async def test_who_loses_the_case_hears_no_more_of_it(served: Served) -> None:
    case, _, browser = await held(served)
    over = await served.browser(await served.helper("over", commune=None, role=Role.COORDINATOR))
    async with browser.listens(f"/desk/cases/{case.id}/events") as stream:
        await stream.next("head")
        await over.post(f"/desk/cases/{case.id}/pass-on", {"reason": "cần người rành hơn"})
        while "Đang chờ người nhận" not in (await stream.next("head")).data:
            pass
        await write(served, case, 3)
        served.clock.forward(61)
        rest: list[Any] = []
        with suppress(TimeoutError):
            while True:
                rest.append(await stream.next(seconds=0.5))
    assert [event for event in rest if event.kind == "line"] == []
