"""Pictures on the web chat over real HTTP: only while a person speaks, only pictures, once, small and slowly enough."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels import webchat_pictures
from bot.channels.webchat import Visitors, WebChat
from bot.channels.webchat_limits import PICTURES
from bot.model.errors import StoreBusy
from bot.model.message import MOST_BYTES, PICTURE, Frame, Kind, Shown

from ..fakes.behind_web import Behind, serving
from ..fakes.pictures import NO_PICTURES, SECRET, picture, png_bomb, with_secrets


@pytest.fixture
def behind() -> Behind:
    one = Behind()
    one.with_person = True
    return one


@pytest.fixture
def chat() -> WebChat:
    return WebChat()


@pytest.fixture
async def http(behind: Behind, chat: WebChat) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(behind, chat, lambda block: f"«{block}»", keepalive=0.05) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        token, _ = behind.visitors.new()
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def sends(http: httpx.AsyncClient, body: Any, key: str = "key-picture-1", **headers: str) -> httpx.Response:
    return await http.post("/chat/pictures", content=body, headers={"Idempotency-Key": key, **headers})


async def test_a_picture_reaches_the_door_without_what_was_hidden_in_it(http: httpx.AsyncClient, behind: Behind) -> None:
    answer = await sends(http, with_secrets("JPEG"))
    assert (answer.status_code, answer.json()) == (202, {"id": 1, "new": True, "text": "«picture_sent»"})
    (inbound,) = behind.inbound
    assert (inbound.kind, inbound.text, inbound.external_id) == (Kind.PHOTO, "", "key-picture-1")
    assert inbound.attachment is not None
    assert (inbound.attachment.media_type, inbound.attachment.reference) == (PICTURE, None)
    assert inbound.attachment.data is not None
    assert inbound.attachment.data.startswith(b"\xff\xd8\xff")
    assert SECRET.encode() not in inbound.attachment.data
    assert "\\xff" not in repr(inbound), "a picture must not come into a log"


async def test_where_no_person_speaks_not_even_the_body_is_read(http: httpx.AsyncClient, behind: Behind) -> None:
    behind.with_person = False
    unpacked = len(behind.inbound)
    for body in (picture(), b"not looked at", bytes(MOST_BYTES)):
        answer = await sends(http, body)
        assert (answer.status_code, answer.json()["message"]) == (409, "«picture_alone»")
    assert len(behind.inbound) == unpacked == 0


@pytest.mark.parametrize("name", NO_PICTURES)
async def test_what_is_no_picture_is_refused_whatever_it_is_called(http: httpx.AsyncClient, behind: Behind, name: str) -> None:
    named = {"Content-Type": "image/jpeg", "Content-Disposition": "attachment; filename=anh.jpg"}
    answer = await sends(http, NO_PICTURES[name], **named)
    assert (answer.status_code, answer.json()["message"]) == (415, "«picture_none»")
    assert behind.inbound == []


async def test_a_picture_is_taken_whatever_it_is_called(http: httpx.AsyncClient, behind: Behind) -> None:
    assert (await sends(http, picture("PNG"), **{"Content-Type": "text/html"})).status_code == 202


async def test_a_bomb_is_refused(http: httpx.AsyncClient, behind: Behind) -> None:
    assert (await sends(http, png_bomb())).status_code == 415
    assert behind.inbound == []


async def test_a_huge_picture_is_refused_whether_its_size_is_told_or_not(http: httpx.AsyncClient, behind: Behind) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield picture()
        for _ in range(6):
            yield bytes(1024 * 1024)

    just_right = picture() + bytes(MOST_BYTES - len(picture()))
    assert (await sends(http, just_right)).status_code == 202
    for body in (just_right + b"x", parts()):
        answer = await sends(http, body, "key-picture-2")
        assert (answer.status_code, answer.json()["message"]) == (413, "«picture_big»")
    assert len(behind.inbound) == 1


async def test_a_picture_that_never_arrives_whole_is_given_up(
    http: httpx.AsyncClient, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webchat_pictures, "SLOWEST", 0.05)
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    head = f"POST /chat/pictures HTTP/1.1\r\nHost: x\r\nAuthorization: {http.headers['Authorization']}\r\nIdempotency-Key: key-slow-1\r\n"
    writer.write(f"{head}Content-Length: 5000\r\n\r\n".encode() + picture()[:100])
    async with asyncio.timeout(10):
        assert (await reader.readline()).split()[1] == b"408"
    writer.close()
    assert behind.inbound == []


@pytest.mark.parametrize("token", ["-", "1.5f.abc.def", "x"])
async def test_a_strangers_token_is_refused(http: httpx.AsyncClient, behind: Behind, token: str) -> None:
    forged, _ = Visitors("another key").new()
    for one in (token, forged):
        assert (await sends(http, picture(), Authorization=f"Bearer {one}")).status_code == 401
    assert behind.inbound == []


@pytest.mark.parametrize("key", ["", "short", "key with spaces", "x" * 65, "khoá-dài-đủ"])
async def test_a_picture_needs_a_key_of_its_own(http: httpx.AsyncClient, behind: Behind, key: str) -> None:
    answer = await http.post("/chat/pictures", content=picture(), headers=[(b"Idempotency-Key", key.encode())])
    assert answer.status_code == 400
    assert not answer.json()["message"].isascii()
    assert behind.inbound == []


async def test_the_same_picture_sent_again_is_one(http: httpx.AsyncClient, behind: Behind) -> None:
    answers = await asyncio.gather(*(sends(http, picture()) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [202] * 5
    assert sum(answer.json()["new"] for answer in answers) == 1
    assert len(behind.arrived) == 1


async def test_ten_pictures_a_minute_and_words_still_go(http: httpx.AsyncClient, behind: Behind) -> None:
    for number in range(PICTURES):
        assert (await sends(http, picture(), f"key-picture-{number}")).status_code == 202
    assert (await sends(http, picture(), "key-one-more")).status_code == 429
    assert (await http.post("/chat/messages", json={"key": "key-12345", "text": "chào"})).status_code == 202


async def test_while_nothing_can_be_stored_no_picture_is_acknowledged(http: httpx.AsyncClient, behind: Behind, chat: WebChat) -> None:
    behind.trouble = StoreBusy("busy")
    assert (await sends(http, picture())).status_code == 503
    behind.trouble = None
    await chat.stop()
    assert (await sends(http, picture())).status_code == 503


async def until_line(lines: AsyncIterator[str], wanted: str) -> list[str]:
    seen = []
    async with asyncio.timeout(10):
        async for line in lines:
            seen.append(line)
            if line.strip() == wanted:
                return seen
    raise AssertionError(f"the stream ended after {seen}")


async def test_a_page_learns_at_once_who_speaks(http: httpx.AsyncClient, behind: Behind, chat: WebChat) -> None:
    behind.with_person = False
    async with http.stream("GET", "/chat/events") as stream:
        lines = stream.aiter_lines()
        await until_line(lines, "event: assistant")
        for person, told in ((True, "event: person"), (False, "event: assistant")):
            behind.with_person = person
            seen = await until_line(lines, told)
            assert [line for line in seen if line.startswith("event:")] == [told]


async def test_a_sent_picture_is_the_citizens_own_line(http: httpx.AsyncClient, behind: Behind) -> None:
    behind.shown = [Shown(1, True, "", key="key-picture-1", kind=Kind.PHOTO), Shown(2, True, "đây", key="key-2", kind=Kind.PHOTO)]
    async with http.stream("GET", "/chat/events") as stream:
        texts = [line async for line in _data(stream, 2)]
    assert ["«picture_sent»" in texts[0], "đây" in texts[1]] == [True, True]


async def _data(stream: httpx.Response, count: int) -> AsyncIterator[str]:
    async with asyncio.timeout(10):
        async for line in stream.aiter_lines():
            if line.startswith("data: {"):
                yield line
                count -= 1
                if not count:
                    return


# --- those that a person sends


async def test_one_that_was_sent_is_shown_to_who_it_was_sent_to(http: httpx.AsyncClient, behind: Behind) -> None:
    behind.pictures[7] = picture()
    answer = await http.get("/chat/shown/7")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, PICTURE, picture())
    assert answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in answer.headers
    gone = await http.get("/chat/shown/8")
    assert (gone.status_code, gone.json()["message"]) == (410, "«picture_gone»")
    for odd in (0, -1, 2**70):
        assert (await http.get(f"/chat/shown/{odd}")).status_code in (404, 410)
    assert (await http.get("/chat/shown/7", headers={"Authorization": ""})).status_code == 401
    behind.trouble = StoreBusy("busy")
    assert (await http.get("/chat/shown/7")).status_code == 503


@pytest.mark.parametrize("kept", [True, False])
async def test_the_page_is_told_its_size_before_it_fetches_it(http: httpx.AsyncClient, behind: Behind, kept: bool) -> None:
    behind.shown.append(Shown(7, False, "**Dính:** đây", kind=Kind.PHOTO, frame=Frame(720, 1280, kept)))
    async with http.stream("GET", "/chat/events") as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                told = json.loads(line.removeprefix("data: "))
                break
    assert told.get("picture") == ({"width": 720, "height": 1280} if kept else None)
    assert ("«picture_gone»" in told["html"]) is not kept
