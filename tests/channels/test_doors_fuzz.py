"""Anything at any door: taken in, or refused in words; never a mistake of ours, and never more than a door's measure."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.channels import telegram_webhook, webchat_limits, zalo_bot_webhook, zalo_oa_webhook
from bot.model.message import MOST_BYTES
from bot.settings import Settings
from bot.store.database import Database
from bot.web import MOST_BODY
from bot.written import Written

from ..conftest import Clock
from ..desk.conftest import sqlite  # noqa: F401
from ..fakes.zalo_oa import APP, OA
from .doors import SECRETS, TELEGRAM, ZALO_BOT, ZALO_OA, Doors, body, drawn, oddly, open_doors, spoilt


@pytest.fixture
async def doors(settings: Settings, sqlite: Database, written: Written, clock: Clock) -> AsyncIterator[Doors]:  # noqa: F811
    async with open_doors(settings, sqlite, written, clock) as opened:
        yield opened


@pytest.fixture
async def doors_on_each(settings: Settings, database: Database, written: Written, clock: Clock) -> AsyncIterator[Doors]:
    """What one engine stores, the other may refuse."""
    async with open_doors(settings, database, written, clock) as opened:
        yield opened


PERSON = {"id": 77, "is_bot": False, "first_name": "An"}
CHAT = {"id": 77, "type": "private"}
MESSAGE = {"message_id": 5, "date": 1_795_400_000, "chat": CHAT, "from": PERSON, "text": "chào"}
UPDATES: list[dict[str, Any]] = [
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "edited_message": {**MESSAGE, "edit_date": 1_795_400_009}},
    {"update_id": 3, "callback_query": {"id": "9", "from": PERSON, "chat_instance": "1", "message": MESSAGE, "data": "3:act:menu"}},
    {"update_id": 4, "message": {**MESSAGE, "photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]}},
    {"update_id": 5, "message": {**MESSAGE, "voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}}},
    {
        "update_id": 6,
        "my_chat_member": {
            "chat": CHAT,
            "from": PERSON,
            "date": 1,
            "old_chat_member": {"status": "member", "user": PERSON},
            "new_chat_member": {"status": "kicked", "user": PERSON, "until_date": 0},
        },
    },
]
SAID: list[dict[str, Any]] = [
    {"key": "key-12345678", "text": "chào"},
    {"key": "key-12345678", "tap": "3:act:menu"},
    {"consent": True, "version": "1"},
]


def event(name: str, **parts: Any) -> dict[str, Any]:
    return {"app_id": APP, "event_name": name, "timestamp": "1795400000000", **parts}


def sent(kind: str, **message: Any) -> dict[str, Any]:
    whole = {"msg_id": "cb31dff1c39642000001", **message}
    return event(f"user_send_{kind}", sender={"id": "979122185046046317"}, recipient={"id": OA}, message=whole)


EVENTS: list[dict[str, Any]] = [
    sent("text", text="chào"),
    sent("text", text="3:act:menu"),
    sent(
        "image", text="máy báo thế này", attachments=[{"type": "image", "payload": {"url": "https://a.zdn.vn/b", "thumbnail": "https://a"}}]
    ),
    sent("audio", attachments=[{"type": "audio", "payload": {"url": "https://a.zdn.vn/b"}}]),
    event("user_click_button", sender={"id": "9"}, recipient={"id": OA}, message={"payload": "3:act:menu"}),
    event("user_submit_info", sender={"id": "9"}, recipient={"id": OA}, info={"name": "An", "phone": "84"}),
    event("follow", oa_id=OA, follower={"id": "9"}, user_id_by_app="1"),
    event("unfollow", oa_id=OA, follower={"id": "9"}),
    event("oa_send_text", sender={"id": OA}, recipient={"id": "9"}, message={"msg_id": "cb31dff1c39642000002", "text": "chào bà con"}),
    event("user_seen_message", sender={"id": OA}, recipient={"id": "9"}, message={"msg_ids": ["cb"]}),
]
CHATTED = {
    "from": {"id": "6ede9afa66b800000001", "is_bot": False, "display_name": "An"},
    "chat": {"id": "6ede9afa66b800000001", "chat_type": "PRIVATE"},
    "message_id": "2d758cb5e22200000001",
    "date": 1_795_400_000_000,
    "message_type": "CHAT_MESSAGE",
}
BROUGHT: list[dict[str, Any]] = [
    {"event_name": "message.text.received", "message": {**CHATTED, "text": "chào"}},
    {"ok": True, "result": {"event_name": "message.text.received", "message": {**CHATTED, "text": "chào"}}},
    {"event_name": "message.image.received", "message": {**CHATTED, "photo_url": "https://a.zdn.vn/b", "caption": "đây"}},
    {"event_name": "message.voice.received", "message": {**CHATTED, "voice_url": "https://a.zdn.vn/b"}},
    {"event_name": "message.text.received", "message": {**CHATTED, "chat": {"id": "zgr-1", "chat_type": "GROUP"}, "text": "chào"}},
]


def is_no_object(raw: bytes) -> bool:
    try:
        return not isinstance(json.loads(raw), dict)
    except ValueError:
        return True


async def test_the_sweep_finds_the_doors(doors: Doors) -> None:
    assert set(doors.posts) == {"/chat/session", "/chat/messages", "/chat/pictures", TELEGRAM, ZALO_BOT, ZALO_OA}


@pytest.mark.timeout(300)
async def test_whatever_telegram_may_bring(doors: Doors) -> None:
    for update in drawn(spoilt(UPDATES)):
        answer = await doors.asks("POST", TELEGRAM, content=body(update), headers=SECRETS)
        assert answer.status_code in (200, 400)


@pytest.mark.timeout(300)
async def test_whatever_a_zalo_bot_may_be_brought(doors: Doors) -> None:
    for update in drawn(spoilt(BROUGHT)):
        answer = await doors.asks("POST", ZALO_BOT, content=body(update), headers=SECRETS)
        assert answer.status_code in (200, 400)


@pytest.mark.timeout(300)
async def test_whatever_a_zalo_oa_may_be_brought(doors: Doors) -> None:
    for one in drawn(spoilt(EVENTS)):
        assert await doors.brings(body(one)) == 200, one


@pytest.mark.timeout(300)
async def test_each_odd_value_at_each_place(doors_on_each: Doors) -> None:
    for one in oddly(EVENTS):
        assert await doors_on_each.brings(body(one)) == 200, one
    for path, good in ((TELEGRAM, UPDATES), (ZALO_BOT, BROUGHT), ("/chat/messages", SAID), ("/chat/session", SAID)):
        for one in oddly(good):
            answer = await doors_on_each.asks("POST", path, content=body(one), headers=doors_on_each.trusted(path))
            assert answer.status_code in (200, 201, 202, 400), one


async def test_an_event_with_another_signature_or_none_is_not_of_zalo(doors: Doors) -> None:
    signatures = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)
    for one, odd in drawn(st.tuples(spoilt(EVENTS), signatures)):
        raw = body(one)
        other = {**doors.signed(raw + b" "), zalo_oa_webhook.TIMESTAMP: "1795400000000"}
        for headers in ({}, {zalo_oa_webhook.SIGNATURE: odd.strip()}, other):
            answer = await doors.asks("POST", ZALO_OA, content=raw, headers=headers)
            assert answer.status_code == (200 if raw == b"{}" else 403)


@pytest.mark.timeout(300)
async def test_whatever_a_page_may_send(doors: Doors) -> None:
    for said in drawn(spoilt(SAID)):
        for path in ("/chat/messages", "/chat/session"):
            answer = await doors.asks("POST", path, content=body(said), headers=doors.token())
            assert answer.status_code in (201, 202, 400, 413)
            assert answer.is_success or not answer.json()["message"].isascii()


async def test_bytes_that_are_no_json_no_picture_and_headers_that_are_none(doors: Doors) -> None:
    """A signed event that says nothing is Zalo's, and taken: brought again it would say no more."""
    keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=70)
    for raw, key in drawn(st.tuples(st.binary(max_size=200).filter(is_no_object), keys)):
        for path in doors.posts:
            told = await doors.asks("POST", path, content=raw, headers={**doors.trusted(path, raw), "Idempotency-Key": key.strip()})
            assert told.status_code in ((200,) if path == ZALO_OA else (400, 409, 415)), (path, raw, key)
            names = (*SECRETS, zalo_oa_webhook.SIGNATURE)
            foreign = {"Authorization": f"Bearer {key.strip()}", **dict.fromkeys(names, key.strip())}
            stranger = await doors.asks("POST", path, content=raw, headers=foreign)
            assert stranger.status_code in (400, 401, 403) or (path == ZALO_OA and not raw.strip())


async def test_no_door_takes_more_than_its_measure(doors: Doors) -> None:
    """Counted while it comes, whatever length was announced."""
    measures = {
        "/chat/session": MOST_BODY,
        "/chat/messages": MOST_BODY,
        "/chat/pictures": MOST_BYTES,
        TELEGRAM: telegram_webhook.MOST_BODY,
        ZALO_BOT: zalo_bot_webhook.MOST_BODY,
        ZALO_OA: zalo_oa_webhook.MOST_BODY,
    }
    assert set(measures) == set(doors.posts)
    for path, most in measures.items():
        sent = 0

        async def endless(most: int = most) -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(100):
                sent += most
                yield b"[" * most

        answer = await doors.asks("POST", path, content=endless(), headers=doors.trusted(path))
        assert answer.status_code in (413, 409), path


async def test_deeply_nested_json_is_refused_in_words(doors: Doors) -> None:
    deep = b"[" * 30_000 + b"]" * 30_000
    assert (await doors.asks("POST", "/chat/messages", content=deep, headers=doors.token())).status_code == 400
    for path in (TELEGRAM, ZALO_BOT):
        assert (await doors.asks("POST", path, content=deep, headers=SECRETS)).status_code == 400
    assert await doors.brings(deep) == 200


@pytest.mark.timeout(300)
async def test_an_event_as_deep_as_can_just_be_read(doors: Doors) -> None:
    """Where reading it is still possible, looking into it may not be any more."""
    for depth in range(600, 1000):
        deep = json.dumps(event("user_submit_info", sender={"id": "9"}, info=0, timestamp=None)).replace('"info": 0', '"info": %s')
        assert await doors.brings((deep % ("[" * depth + "]" * depth)).encode()) == 200, depth


@pytest.mark.parametrize(
    ("path", "constant"),
    [
        (TELEGRAM, "PER_ADDRESS_HOOK"),
        (ZALO_BOT, "PER_ADDRESS_HOOK"),
        (ZALO_OA, "PER_ADDRESS_HOOK"),
        ("/readyz", "PER_ADDRESS_READY"),
        ("/chat/copy/x", "PER_ADDRESS"),
    ],
)
async def test_each_door_counts_network_addresses(
    settings: Settings,
    sqlite: Database,  # noqa: F811
    written: Written,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    constant: str,
) -> None:
    monkeypatch.setattr(webchat_limits, constant, 3)
    async with open_doors(settings, sqlite, written, clock) as doors:
        method = "POST" if path in doors.posts else "GET"
        statuses = [(await doors.http.request(method, path)).status_code for _ in range(5)]
        assert statuses[3:] == [429, 429]
        assert 429 not in statuses[:3]
        assert (await doors.http.get("/healthz")).status_code == 200
