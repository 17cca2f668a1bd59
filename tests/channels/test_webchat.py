"""The web chat over real HTTP: consent, keys, streams, and everything a browser or a script may send that it should not."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from bot.channels.counting import Counts
from bot.channels.webchat import MOST_PAGES, Visitors, WebChat
from bot.channels.webchat_files import Files
from bot.channels.webchat_limits import PER_ADDRESS_NEW, PER_VISITOR
from bot.model.errors import StoreBusy, StoreFull
from bot.model.message import Button, Shown

from ..fakes.behind_web import Behind, serving
from .contract import CASES, MEGABYTE, Case, Outcome


class Visitor:
    """A browser that has agreed."""

    def __init__(self, http: httpx.AsyncClient, behind: Behind, token: str) -> None:
        self.http = http
        self.door = behind
        self.headers = {"Authorization": f"Bearer {token}"}

    async def text(self, text: str, key: str) -> tuple[Outcome, str]:
        return self._outcome(await self.post({"key": key, "text": text}))

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]:
        return self._outcome(await self.post({"key": key, "tap": payload}))

    async def post(self, body: Any) -> httpx.Response:
        return await self.http.post("/chat/messages", json=body, headers=self.headers)

    def _outcome(self, response: httpx.Response) -> tuple[Outcome, str]:
        return (Outcome.STORED, "") if response.status_code == 202 else (Outcome.REFUSED, response.json()["message"])

    @asynccontextmanager
    async def listening(self, last: int | None = None) -> AsyncIterator[AsyncIterator[str]]:
        headers = self.headers | ({} if last is None else {"Last-Event-ID": str(last)})
        async with self.http.stream("GET", "/chat/events", headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in stream.headers, "a compressed stream may wait for more"
            yield stream.aiter_lines()


async def next_message(lines: AsyncIterator[str]) -> dict[str, Any]:
    async with asyncio.timeout(10):
        async for line in lines:
            if line.startswith("data:") and line[5:].strip():
                message: dict[str, Any] = json.loads(line[5:])
                return message
    raise AssertionError("the stream ended")


async def messages_until_end(lines: AsyncIterator[str]) -> list[str]:
    async with asyncio.timeout(10):
        return [line async for line in lines if line.startswith("data:") and line[5:].strip()]


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def chat() -> WebChat:
    return WebChat()


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
async def http(behind: Behind, chat: WebChat, counts: Counts) -> AsyncIterator[httpx.AsyncClient]:
    """The real application behind a real server on loopback."""
    async with (
        serving(behind, chat, lambda block: f"«{block}»", keepalive=0.05, counts=counts) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as client,
    ):
        yield client


@pytest.fixture
async def visitor(http: httpx.AsyncClient, behind: Behind) -> Visitor:
    response = await http.post("/chat/session", json={"consent": True, "version": "1"})
    return Visitor(http, behind, response.json()["token"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_table_of_every_channel(visitor: Visitor, case: Case) -> None:
    outcome, told = await case.send(visitor)  # type: ignore[misc]
    assert outcome is case.outcome
    if outcome is Outcome.STORED:
        ((_, text, _),) = visitor.door.arrived
        assert text == case.arrives
    else:
        assert told
        assert not told.isascii()
        assert visitor.door.arrived == []


async def test_nothing_is_stored_before_somebody_agreed(http: httpx.AsyncClient, behind: Behind) -> None:
    refused: list[Any] = [
        {"consent": False, "version": "1"},
        {"version": "1"},
        {"consent": "yes", "version": "1"},
        {"consent": True, "version": "<b>"},
        {},
        [],
        None,
    ]
    for body in refused:
        assert (await http.post("/chat/session", json=body)).status_code == 400
    assert behind.consents == []
    await http.post("/chat/session", json={"consent": True, "version": "7"})
    assert [version for _, version in behind.consents] == ["7"]


BAD: list[tuple[Any, int]] = [
    ({"key": "short", "text": "chào"}, 400),
    ({"key": "key with spaces", "text": "chào"}, 400),
    ({"key": "x" * 65, "text": "chào"}, 400),
    ({"text": "chào"}, 400),
    ({"key": "key-12345"}, 400),
    ({"key": "key-12345", "text": "chào", "tap": "1:act:menu"}, 400),
    ({"key": "key-12345", "text": "chào", "more": 1}, 400),
    ({"key": "key-12345", "text": ""}, 400),
    ({"key": "key-12345", "text": " \n\t "}, 400),
    ({"key": "key-12345", "text": 5}, 400),
    ({"key": "key-12345", "text": None}, 400),
    ({"key": 5, "text": "chào"}, 400),
    ({"key": "key-12345", "tap": "1:" + "x" * 80}, 400),
    ({"key": "key-12345", "tap": "1:" + "ộ" * 40}, 400),
    ({"key": "key-12345", "text": "x" * 4001}, 413),
    ({"key": "key-12345", "text": MEGABYTE}, 413),
    ([], 400),
    ("chào", 400),
    (7, 400),
]


@pytest.mark.parametrize(("body", "status"), BAD, ids=range(len(BAD)))
async def test_bad_messages_are_refused_with_words(visitor: Visitor, body: Any, status: int) -> None:
    response = await visitor.post(body)
    assert response.status_code == status
    assert not response.json()["message"].isascii()
    assert visitor.door.arrived == []


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"key": "key-12345", "text": "\\ud800"', b"[" * 20000])
async def test_what_is_no_json_is_refused(visitor: Visitor, raw: bytes) -> None:
    response = await visitor.http.post("/chat/messages", content=raw, headers=visitor.headers | {"Content-Type": "application/json"})
    assert response.status_code == 400
    assert visitor.door.arrived == []


@pytest.mark.parametrize("token", ["-", "x", "1.0.x.y", "2.5f.abc.def", "1.zz.a.b", "é", "Bearer"])
async def test_a_token_that_is_not_ours_is_refused(http: httpx.AsyncClient, token: str) -> None:
    headers = {b"Authorization": f"Bearer {token}".encode()}
    assert (await http.post("/chat/messages", json={"key": "key-12345", "text": "a"}, headers=headers)).status_code == 401
    assert (await http.get("/chat/events", headers=headers)).status_code == 401


def test_tokens_of_another_key_or_too_old_are_nobodys() -> None:
    now = 1_800_000_000.0
    visitors = Visitors("one key", lambda: now)
    token, address = visitors.new()
    assert visitors.read(token) == address
    assert Visitors("another key", lambda: now).read(token) is None
    assert Visitors("one key", lambda: now + 401 * 86400).read(token) is None
    assert visitors.read(token[:-1] + ("0" if token[-1] != "0" else "1")) is None


async def test_twenty_posts_of_one_key_carry_one_external_id(visitor: Visitor) -> None:
    responses = await asyncio.gather(*(visitor.post({"key": "key-twenty", "text": "chào"}) for _ in range(20)))
    assert {response.status_code for response in responses} == {202}
    assert len(visitor.door.arrived) == 1
    assert sum(response.json()["new"] for response in responses) == 1


@pytest.mark.parametrize("trouble", [StoreBusy("busy"), StoreFull("full")])
async def test_while_nothing_can_be_stored_nothing_is_acknowledged(visitor: Visitor, behind: Behind, trouble: Exception) -> None:
    behind.trouble = trouble
    response = await visitor.post({"key": "key-12345", "text": "chào"})
    assert response.status_code == 503
    assert response.headers["retry-after"]
    behind.trouble = None
    assert (await visitor.post({"key": "key-12345", "text": "chào"})).status_code == 202


async def test_who_sends_too_fast_is_asked_to_wait_and_nobody_else_is(visitor: Visitor, http: httpx.AsyncClient, behind: Behind) -> None:
    for n in range(PER_VISITOR):
        assert (await visitor.post({"key": f"key-{n:08}", "text": "chào"})).status_code == 202
    refused = await visitor.post({"key": "key-one-more", "text": "chào"})
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    other = Visitor(http, behind, (await http.post("/chat/session", json={"consent": True, "version": "1"})).json()["token"])
    assert (await other.post({"key": "key-other-1", "text": "chào"})).status_code == 202


async def test_a_stream_shows_the_history_then_what_comes(visitor: Visitor, behind: Behind, chat: WebChat) -> None:
    behind.shown = [Shown(1, True, "chào <b>", key="key-1"), Shown(2, False, "**Chào** bà con", (Button("Menu", "act:menu"),), 1)]
    async with visitor.listening() as lines:
        first, second = await next_message(lines), await next_message(lines)
        assert (first["mine"], first["text"], first["key"]) == (True, "chào <b>", "key-1")
        assert (second["html"], second["buttons"]) == ("<p><strong>Chào</strong> bà con</p>", [{"label": "Menu", "payload": "1:act:menu"}])
        behind.shown.append(Shown(3, False, "thêm"))
        await visitor.post({"key": "key-12345", "text": "wakes this visitor's streams"})
        assert (await next_message(lines))["id"] == 3


async def test_a_stream_goes_on_after_the_last_message_seen(visitor: Visitor, behind: Behind) -> None:
    behind.shown = [Shown(n, False, f"câu {n}") for n in range(1, 6)]
    async with visitor.listening(last=3) as lines:
        assert [(await next_message(lines))["id"] for _ in range(2)] == [4, 5]


async def test_a_reply_settled_behind_a_newer_message_of_the_citizen_is_not_lost(visitor: Visitor, behind: Behind) -> None:
    behind.shown = [Shown(1, False, "một"), Shown(8, True, "tin mới", key="key-8")]
    async with visitor.listening() as lines:
        assert [(await next_message(lines))["id"] for _ in range(2)] == [1, 8]
        behind.shown.insert(1, Shown(6, False, "đến muộn"))
        await visitor.post({"key": "key-12345", "text": "wakes"})
        assert (await next_message(lines))["id"] == 6


async def test_two_tabs_both_see_it_and_silence_is_kept_alive(visitor: Visitor, behind: Behind) -> None:
    async with visitor.listening() as one, visitor.listening() as two:
        async with asyncio.timeout(10):
            async for line in one:
                if "keepalive" in line:
                    break
        behind.shown.append(Shown(1, False, "cả hai cùng thấy"))
        assert (await next_message(one))["id"] == (await next_message(two))["id"] == 1


async def test_stopping_ends_the_streams(visitor: Visitor, chat: WebChat) -> None:
    async with visitor.listening() as lines:
        await chat.stop()
        assert await messages_until_end(lines) == []
    assert (await visitor.post({"key": "key-12345", "text": "chào"})).status_code == 503


async def test_the_pages_come_with_safe_headers_and_small_scripts(http: httpx.AsyncClient) -> None:
    sizes = []
    for path in ("/", "/chat.js", "/chat.css", "/widget.js", "/pictures.js"):
        response = await http.get(path)
        assert response.status_code == 200
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["content-security-policy"].endswith("frame-ancestors 'self' https://xa.example")
        assert response.headers["x-content-type-options"] == "nosniff"
        sizes.append(len(response.content) if path in ("/chat.js", "/widget.js") else 0)
    assert 0 < sum(sizes) < 15_500
    page = (await http.get("/")).text
    assert "«consent_agree»" in page
    assert "{{" not in page
    assert "<script>" not in page


async def test_errors_speak_plainly(http: httpx.AsyncClient) -> None:
    missing = await http.get("/no-such-page")
    assert (missing.status_code, missing.json()["message"]) == (404, "Không có trang này.")


async def test_refusals_come_with_safe_headers_too(http: httpx.AsyncClient) -> None:
    for response in (await http.get("/no-such-page"), await http.post("/chat/messages", json={}), await http.delete("/")):
        assert response.is_client_error
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_version_of_the_page_is_fetched_once_and_small(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.headers["cache-control"] == "no-cache"
    (script,) = re.findall(r'src="(/chat\.js\?v=\w+)"', page.text)
    (style,) = re.findall(r'href="(/chat\.css\?v=\w+)"', page.text)
    for address in (script, style):
        response = await http.get(address)
        assert "immutable" in response.headers["cache-control"]
        assert response.headers["content-encoding"] == "gzip"
    assert "immutable" not in (await http.get("/chat.js?v=older")).headers["cache-control"]
    assert "immutable" not in (await http.get("/widget.js")).headers["cache-control"]


def test_the_consent_names_the_very_words_that_were_read() -> None:
    versions = set()
    for wording in ("giữ 90 ngày", "giữ 30 ngày"):
        page = Files(lambda block, wording=wording: wording, str).page()  # type: ignore[misc]
        versions.update(re.findall(r'data-version="(\w+)"', page))
    assert len(versions) == 2


async def test_a_stream_that_cannot_read_ends_and_leaves_no_noise(visitor: Visitor, behind: Behind, caplog: Any) -> None:
    async with visitor.listening() as lines:
        behind.trouble = StoreBusy("busy")
        assert await messages_until_end(lines) == []
    assert caplog.records == []


async def test_a_page_too_many_ends_the_oldest(visitor: Visitor, behind: Behind) -> None:
    async with AsyncExitStack() as open_pages:
        oldest, *others = [await open_pages.enter_async_context(visitor.listening()) for _ in range(MOST_PAGES + 1)]
        assert await messages_until_end(oldest) == []
        behind.shown.append(Shown(1, False, "vẫn nghe"))
        assert [(await next_message(lines))["id"] for lines in others] == [1] * MOST_PAGES


async def test_a_tap_is_shown_again_as_the_button_it_was(visitor: Visitor, behind: Behind) -> None:
    behind.shown = [
        Shown(1, False, "?", (Button("Có", "answer:g/s.yes"),), 4),
        Shown(2, True, "", turn=4, key="key-tap", tap="4:answer:g/s.yes"),
    ]
    async with visitor.listening() as lines:
        asked, tapped = await next_message(lines), await next_message(lines)
        assert tapped["tap"] == asked["buttons"][0]["payload"]
        assert "tap" not in asked


async def test_made_up_tokens_are_not_counted_one_by_one(http: httpx.AsyncClient, counts: Counts) -> None:
    for n in range(5):
        await http.post("/chat/messages", json={}, headers={"Authorization": f"Bearer 1.0.{n}.x"})
    assert len(counts) == 1


async def test_new_visitors_of_one_address_are_limited(http: httpx.AsyncClient, behind: Behind) -> None:
    agreed = {"consent": True, "version": "1"}
    for _ in range(PER_ADDRESS_NEW):
        await http.post("/chat/session", json=agreed)
    refused = await http.post("/chat/session", json=agreed)
    assert (refused.status_code, len(behind.consents)) == (429, PER_ADDRESS_NEW)
    assert refused.headers["retry-after"]
    assert not refused.json()["message"].isascii()
    for path in ("/chat//session", "/chat/session/", "/chat///session//"):
        assert (await http.post(path, json=agreed)).status_code == 429
