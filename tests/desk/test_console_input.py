"""What comes in over HTTP and is not as it should be: two at once, too late, twice, too large, malicious, out of range."""

import asyncio
import re
import socket
from typing import Any
from uuid import uuid4

import pytest

from bot.desk.pages import case_routes
from bot.model.case import CaseStatus
from bot.model.conversation import OwnerKind
from bot.model.message import Address, Inbound, Kind
from bot.model.people import Role
from bot.store import people
from bot.store.tables import case_note, desk_action, message, team
from bot.understanding.text import clean

from .helpers import HERE
from .serving import CSRF, Served, key_in, words_of

NASTY = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "tag": "</textarea></dd><img src=x onerror=alert(1)>",
    "markdown": "**đậm** [bấm](javascript:alert(1)) `x` # a > b ~c~ | d",
    "template": "{{ who.password }} {% raw %} ${x}",
    "right to left": "an\u202egnod\u202c gnart\u2066x",
    "emoji": "👩🏽‍🌾 chào 🇻🇳",
    "null": "a\x00b",
    "lines": "một\r\nhai\n\n\nba\u2028bốn",
    "combining": "Z̸̡̢͔a̷͙l̶g̵o̴",
}


async def test_two_take_at_once_and_one_has_it(served_on_each: Served) -> None:
    served = served_on_each
    case = await served.case()
    helpers = [await served.helper(name, commune=None) for name in ("dinh", "mai")]
    browsers = [await served.browser(one) for one in helpers]
    for browser in browsers:
        await browser.csrf()
    answers = await asyncio.gather(*(browser.post(f"/desk/cases/{case.id}/take") for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 303)
    assert (await served.desk.case(case.id)).volunteer_id == helpers[winner].id
    assert f"{(await helpers[winner].who()).name} đang giữ ca này." in words_of(answers[1 - winner])
    said = [await browser.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"}) for browser in browsers]
    assert [said[winner].status_code, said[1 - winner].status_code] == [303, 409]
    assert await served.said() == [f"**{(await helpers[winner].who()).calls}:** Chào bác"]


async def test_a_lease_that_ends_under_ones_fingers_loses_no_words(served: Served) -> None:
    talk = await served.house.talk("an")
    await talk.says("gặp người")
    number = (await served.desk.conversation(talk)).open_case
    browser = await served.browser(await served.helper("dinh", commune=None))
    case, words = f"/desk/cases/{number}", "Bác ra công an xã\nmang giấy tờ nhé <3"
    await browser.post(f"{case}/take")
    key = key_in(await browser.page(case))
    assert (await browser.post(f"{case}/typing")).status_code == 204
    await served.desk.passes(minutes=16)
    refused = await browser.post(f"{case}/say", {"text": words}, key=key)
    assert (refused.status_code, await served.said()) == (409, [])
    assert "Lời vừa viết vẫn còn đây: nhận lại ca rồi gửi nhé." in words_of(refused)
    assert "mang giấy tờ nhé &lt;3</textarea>" in refused.text
    assert (f'action="{case}/say"' in refused.text, f'value="{key}"' in refused.text, f'href="{case}"' in refused.text) == (
        True,
        True,
        True,
    )
    quick = await browser.post(f"{case}/say", {"text": words}, key=key, headers={"HX-Request": "true"})
    assert (quick.status_code, "<form" in quick.text) == (409, False)  # the words still stand in the box
    assert (await browser.post(f"{case}/take")).status_code == 303
    for _ in range(2):
        assert (await browser.post(f"{case}/say", {"text": words}, key=key)).status_code == 303
    assert len(await served.said()) == 1


async def test_who_is_removed_with_a_page_open_is_out_at_once(served_on_each: Served) -> None:
    served = served_on_each
    talk = await served.house.talk("an")
    await talk.says("gặp người")
    number = (await served.desk.conversation(talk)).open_case
    assert number is not None
    dinh = await served.helper("dinh", commune=None, role=Role.COORDINATOR)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{number}/take")
    async with browser.listens(f"/desk/cases/{number}/events") as stream, browser.listens("/desk/cases/events") as queue:
        await stream.next("head")
        await queue.next("queue")

        def remove(tx: Any) -> None:
            people.change(tx, dinh.id, removed_at=served.clock())
            served.house.app.takeover.released(tx, dinh.id, served.clock())

        await served.database.run(remove)
        await talk.says("cháu ơi số nhà tôi là bảy")
        assert "bảy" not in "".join(event.data for event in [*await stream.ends(seconds=3), *await queue.ends(seconds=3)])
    after, conversation = await served.desk.case(number), await served.desk.conversation(talk)
    assert (after.status, conversation.owner.kind) == (CaseStatus.OPEN, OwnerKind.QUEUE)
    assert (await browser.post(f"/desk/cases/{number}/say", {"text": "Chào bác"})).headers["location"] == "/desk/sign-in"
    assert await served.said() == []


async def test_what_is_read_after_somebody_was_removed_is_not_shown(served_on_each: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are removed between the page's two looks: whether they may still read, and what there is."""
    served = served_on_each
    talk = await served.house.talk("an")
    await talk.says("gặp người")
    number = (await served.desk.conversation(talk)).open_case
    dinh = await served.helper("dinh", commune=None, role=Role.COORDINATOR)
    browser, plain, armed = await served.browser(dinh), served.database.read, False

    async def meanwhile(transaction: Any) -> Any:
        nonlocal armed
        if armed and getattr(transaction, "func", None) is case_routes._news:
            armed = False
            await served.database.run(lambda tx: people.change(tx, dinh.id, removed_at=served.clock()))
            await talk.says("cháu ơi số nhà tôi là bảy")
        return await plain(transaction)

    monkeypatch.setattr(served.database, "read", meanwhile)
    async with browser.listens(f"/desk/cases/{number}/events") as stream:
        await stream.next("head")
        armed = True
        assert "bảy" not in "".join(event.data for event in await stream.ends(seconds=3))
    assert not armed


@pytest.mark.parametrize("seconds", [-400 * 86400, -3600, -1, 3600, 6 * 86400])
async def test_a_clock_that_is_set_back_or_forward_breaks_nothing(served: Served, seconds: float) -> None:
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{case.id}/take")
    served.clock.forward(seconds)
    browser = await served.browser(dinh) if seconds > 12 * 3600 else browser
    for path in ("/desk/cases", f"/desk/cases/{case.id}", "/desk/search"):
        await browser.page(path)
    async with browser.listens(f"/desk/cases/{case.id}/events") as stream:
        await stream.next("head")
    assert (await browser.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"})).status_code == 303
    served.clock.forward(-seconds)
    assert (await browser.post(f"/desk/cases/{case.id}/typing")).status_code == 204
    assert (await browser.post(f"/desk/cases/{case.id}/close", {"outcome": "solved"})).status_code == 303


async def test_a_paste_of_ten_megabytes_is_refused_with_words(served: Served) -> None:
    """Sent whole before anything is read, as browsers do: cut off on the way they would show nothing but a broken connection."""
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{case.id}/take")
    before = await served.everything()
    body = f"{CSRF}={await browser.csrf()}&key={'k' * 32}&text=".encode() + b"x" * 10_000_000
    cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
    for more in ("", f"x-csrftoken: {await browser.csrf()}\r\nHX-Request: true\r\n"):
        head = (
            f"POST /desk/cases/{case.id}/say HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nConnection: close\r\n{more}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )

        def send(head: str = head) -> bytes:
            with socket.create_connection(("127.0.0.1", int(served.url.rsplit(":", 1)[1])), timeout=20) as line:
                line.sendall(head.encode() + body)
                return b"".join(iter(lambda: line.recv(65536), b""))

        told = (await asyncio.to_thread(send)).decode(errors="replace")
        assert " 413 " in told.splitlines()[0]
        assert "no-store" in told
    assert await served.everything() == before
    refused = await browser.post(f"/desk/cases/{case.id}/say", {"text": "x" * 70_000})
    assert (refused.status_code, "Dài quá, máy chủ không nhận" in words_of(refused)) == (413, True)
    assert (await browser.post(f"/desk/cases/{case.id}/say", {"text": "x" * 5_000})).status_code == 409
    assert (await browser.post(f"/desk/cases/{case.id}/say", {"text": "Chào bác"})).status_code == 303


@pytest.mark.parametrize("what", NASTY)
async def test_whatever_is_written_is_shown_and_never_run(served_on_each: Served, what: str) -> None:
    served, text = served_on_each, NASTY[what]
    dinh = await served.helper("dinh", commune=HERE)

    def rename(tx: Any) -> None:
        tx.execute(team.update().values(name=clean(f"Tổ {text}")))
        people.change(tx, dinh.id, name=clean(f"Thử {text}"))  # as whoever adds people does

    await served.database.run(rename)
    talk = await served.house.talk("an")
    await served.house.app.door(Inbound(Address("web", "an"), uuid4().hex, Kind.TEXT, f"cho hỏi {text}"))
    await served.named(talk, f"Sùng {text}")
    await served.house.work()
    await talk.says("xã Đồng Văn mới")
    await talk.says("gặp người")
    number = (await served.desk.conversation(talk)).open_case
    browser, case = await served.browser(dinh), f"/desk/cases/{number}"
    pages = [await browser.page("/desk/cases"), await browser.page(case)]
    for path, form in (
        (f"{case}/take", {}),
        (f"{case}/say", {"text": f"Chào bác {text}"}),
        (f"{case}/note", {"text": f"ghi {text}"}),
    ):
        answer = await browser.post(path, form)
        assert answer.status_code in (303, 409), (path, answer.status_code)
        pages.append(answer.text)
    pages += [await browser.page("/desk/cases"), await browser.page(case), (await browser.post(f"{case}/reveal", {"what": "name"})).text]
    async with browser.listens(f"{case}/events?after=1") as stream:
        pages += [(await stream.next("head")).data, *(event.data for event in await stream.lines(2))]
    search = await browser.post("/desk/search", {"place": text, "person": text, "note": text, "helper": text, "since": text, "topic": text})
    pages.append(search.text)
    assert search.status_code == 200
    refused = await browser.signs_in(text, text, next=text)
    assert refused.status_code == 401
    pages.append(refused.text)
    for page in pages:
        assert not re.search(r"<script>|<img|onerror=alert\(1\)>|onmouseover=\"|href=\"javascript|</textarea></dd>", page), page
        assert not re.search("[\0\u202e\u2066]", re.sub(r'value="[^"]*"|«[^»]*»', "", page))
    kept = " ".join([row.text for row in await served.rows(case_note)] + [row.text for row in await served.rows(message)])
    assert not re.search("[\0\u202e\u2066\u2028]", kept)


async def test_forged_sessions_are_strangers(served: Served) -> None:
    dinh = await served.helper("dinh", commune=None)
    real = (await served.browser(dinh)).client.cookies["danloi_desk"]
    for forged in (real[:-1], f"{real}A", real.swapcase(), "", "null", f"desk:{real}", "A" * 8000, "' OR 1=1 --"):
        browser = await served.browser(None, Cookie=f"danloi_desk={forged}")
        assert (await browser.get("/desk/cases")).status_code in (303, 400), forged
    assert (await (await served.browser(None, Cookie=f"danloi_desk={real}")).get("/desk/cases")).status_code == 200


async def test_the_same_form_twice_is_done_once(served_on_each: Served) -> None:
    served = served_on_each
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.csrf()
    for verb, form in (
        ("take", {}),
        ("say", {"text": "Chào bác"}),
        ("note", {"text": "nghe kém"}),
        ("pass-on", {"reason": "cần người rành hơn"}),
    ):
        answers = await asyncio.gather(*(browser.post(f"/desk/cases/{case.id}/{verb}", form, key=f"{verb}-key-0") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {303}, verb
        await browser.post(f"/desk/cases/{case.id}/{verb}", form, key=f"{verb}-key-0")
    assert len(await served.said()) == 1
    assert [row.text for row in await served.rows(case_note)] == ["nghe kém", "Chuyển cho bàn trực của tỉnh: cần người rành hơn"]
    assert len(await served.rows(desk_action)) == 4
    assert (await served.desk.case(case.id)).status is CaseStatus.OPEN


async def test_back_and_other_words_under_the_same_key_are_said_too(served: Served) -> None:
    """A browser may bring the old page back with its old key. The second saying is another: dropped without a word, it would be lost."""
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser, key = await served.browser(dinh), uuid4().hex
    await browser.post(f"/desk/cases/{case.id}/take", key=key)
    for text in ("Chào bác", "Chào bác", "Bác ra xã nhé", " Chào  bác\r\n"):
        assert (await browser.post(f"/desk/cases/{case.id}/say", {"text": text}, key=key)).status_code == 303
    assert await served.said() == ["**Dinh:** Chào bác", "**Dinh:** Bác ra xã nhé"]


@pytest.mark.parametrize("key", [None, "", "short", "k" * 65, "khoá" * 4, "a b c d e f", "<script>", "k" * 7 + "\0"])
async def test_a_missing_or_odd_key_is_refused(served: Served, key: str | None) -> None:
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    form = {CSRF: await browser.csrf(), **({} if key is None else {"key": key})}
    before = await served.everything()
    answer = await browser.client.post(f"/desk/cases/{case.id}/take", data=form)
    assert (answer.status_code, "Trang này cũ rồi" in words_of(answer)) == (400, True)
    assert await served.everything() == before


@pytest.mark.parametrize(
    ("how", "status"),
    [("missing", 409), ("repeated", 303), ("file", 415), ("json", 415), ("latin", 303), ("broken", 303), ("nothing", 403), ("utf-16", 403)],
)
async def test_fields_that_are_not_as_they_should_be(served: Served, how: str, status: int) -> None:
    case, dinh = await served.case(), await served.helper("dinh", commune=None)
    browser = await served.browser(dinh)
    await browser.post(f"/desk/cases/{case.id}/take")
    csrf, key, path = await browser.csrf(), uuid4().hex, f"/desk/cases/{case.id}/say"
    start, form = f"{CSRF}={csrf}&key={key}", {"Content-Type": "application/x-www-form-urlencoded"}
    more: dict[str, dict[str, Any]] = {
        "missing": {"content": start, "headers": form},
        "repeated": {"content": f"{start}&key={key}&text=mot&text=hai&{CSRF}=x", "headers": form},
        "file": {"data": {CSRF: csrf, "key": key}, "files": {"text": ("a.txt", b"Chao bac")}},
        "json": {"json": {CSRF: csrf, "key": key, "text": "Chào bác"}, "headers": {"x-csrftoken": csrf}},
        "latin": {"content": f"{start}&text=Ch\xe0o".encode("latin-1"), "headers": form},
        "broken": {"content": f"{start}&text=%&%zz=%e1%ba&=&&;", "headers": form},
        "nothing": {"headers": form},
        "utf-16": {"content": f"{start}&text=x".encode("utf-16"), "headers": {"Content-Type": f"{form['Content-Type']}; charset=utf-16"}},
    }
    answer = await browser.client.post(path, **more[how])
    assert answer.status_code == status, answer.text
    assert len(await served.said()) == (1 if status == 303 else 0)
    assert how != "repeated" or await served.said() in (["**Dinh:** mot"], ["**Dinh:** hai"])


NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, 10**30, "9" * 5000, "1e3", "1.0", "1%00", "0x1", "99%2f..%2f1", "x")


async def test_numbers_out_of_range_are_no_pages(served_on_each: Served) -> None:
    served = served_on_each
    await served.case()
    dinh = await served.helper("dinh", commune=None, role=Role.ADMIN)
    browser = await served.browser(dinh)
    for number in NUMBERS:
        for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/take"), ("POST", "/again/1"), ("POST", "/typing")):
            url = f"/desk/cases/{number}{path}"
            answer = await (browser.asks("GET", url) if method == "GET" else browser.post(url))
            assert answer.status_code in (400, 404, 409), (url[:60], answer.status_code)
        answer = await browser.post(f"/desk/cases/1/again/{number}")
        assert answer.status_code in (400, 404, 405, 409), (number, answer.status_code)
        answer = await browser.post("/desk/cases/1/pass-on", {"team": str(number), "reason": "x"})
        assert answer.status_code in (303, 409), (number, answer.status_code)
        answer = await browser.post("/desk/search", {"before": str(number)})
        assert answer.status_code == 200, number


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"since": "2026-02-30"},
        {"until": "hôm qua"},
        {"place": "không có xã này"},
        {"helper": "nobody\0"},
        {"person": "0912 345 678"},
        {"person": "web:an"},
        {"note": "a" * 5000},
        {"status": "gone", "topic": "none", "urgent": "yes", "before": "-1"},
    ],
)
async def test_searches_for_the_impossible_find_nothing_and_say_why(served_on_each: Served, asked: dict[str, str]) -> None:
    served = served_on_each
    await served.case()
    browser = await served.browser(await served.helper("dinh", commune=None))
    answer = await browser.post("/desk/search", asked)
    assert answer.status_code == 200
    assert ('class="trouble"' in answer.text) is (set(asked) <= {"since", "until", "place", "helper"})
    by_address = await browser.get("/desk/search", params=asked)
    assert by_address.status_code == 200


async def test_a_shift_of_no_known_length_is_refused(served_on_each: Served) -> None:
    served = served_on_each
    browser = await served.browser(await served.helper("dinh", commune=None))
    for hours in ("400", "-1", "on\0", "x" * 5000):
        assert (await browser.post("/desk/shift", {"hours": hours})).status_code == 409
    for hours in ("1", "8", "off", ""):
        assert (await browser.post("/desk/shift", {"hours": hours})).status_code == 303
