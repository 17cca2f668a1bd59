"""A citizen's picture or voice: from their phone to the one person who has their case, for a day, and to nobody else.

Over real HTTP on both sides, on both databases; what is believed of the store are its rows.
"""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.channels.base import Fetches
from bot.channels.telegram import Telegram
from bot.desk.pages.attachment_routes import GONE, UNFETCHED
from bot.model.case import Case
from bot.model.conversation import OwnerKind
from bot.model.errors import StoreBusy
from bot.model.message import PICTURE, VOICE, Attachment, Inbound, Kind
from bot.model.people import Role
from bot.settings import Settings
from bot.store import attachments, forget, messages, people
from bot.store.database import Database, Tx
from bot.store.tables import attachment, audit, message
from bot.written import Written

from ..channels.telegram_line import QUICKLY, words
from ..channels.zalo_line import zalo_channel
from ..conftest import Clock
from ..fakes.media import media_server
from ..fakes.office import FakeOffice
from ..fakes.pictures import SECRET, picture, with_secrets
from ..fakes.pictures import VOICE as SPOKEN
from ..fakes.telegram import TOKEN, FileFault, TelegramServer, telegram_server
from ..fakes.zalo_oa import ZaloServer
from ..talk import House, Talk
from .console import Console, served
from .helpers import Helper

DAY = 24 * 3600
OWN_ONLY = "Chỉ người đang giữ ca mới xem được."


@dataclass
class Scene:
    """A citizen who speaks with Dinh."""

    console: Console
    talk: Talk
    page: httpx.AsyncClient
    dinh: Helper
    case: Case
    files: Any = None

    @property
    def house(self) -> House:
        return self.console.desk.house

    @property
    def database(self) -> Database:
        return self.house.app.database

    async def uploads(self, data: bytes | None = None, key: str = "key-picture-1") -> httpx.Response:
        body = picture() if data is None else data
        answer = await self.page.post("/chat/pictures", content=body, headers={"Idempotency-Key": key})
        await self.house.work()
        return answer

    async def sends(self, what: Attachment, external_id: str = "77", kind: Kind = Kind.PHOTO, text: str = "") -> None:
        """Through the door, as a channel brings it."""
        await self.house.app.door(Inbound(self.talk.address, external_id, kind, text, attachment=what))
        await self.house.work()

    async def looks(self, helper: Helper | None, number: int = 1) -> httpx.Response:
        browser = await self.console.browser(helper)
        return await browser.get(f"/desk/cases/{self.case.id}/attachments/{number}")

    async def case_page(self, helper: Helper) -> str:
        return (await (await self.console.browser(helper)).get(f"/desk/cases/{self.case.id}")).text

    async def kept(self) -> list[int]:
        return await self.database.read(lambda tx: list(tx.scalars(select(attachment.c.id).order_by(attachment.c.id))))

    async def looked(self) -> list[tuple[str, str, str]]:
        def read(tx: Tx) -> list[tuple[str, str, str]]:
            rows = tx.execute(select(audit).where(audit.c.verb == "see_attachment").order_by(audit.c.id))
            return [(row.actor, row.object, row.detail) for row in rows]

        return await self.database.read(read)

    async def told(self) -> list[str]:
        """What the citizen was told, by the blocks' names, the newest last."""
        conversation = await self.console.desk.conversation(self.talk)
        return await self.database.read(lambda tx: messages.last_blocks(tx, conversation.id, 20))


@asynccontextmanager
async def scene(house: House, settings: Settings, files: Fetches | None = None) -> AsyncIterator[Scene]:
    async with served(house, settings, {"web": files} if files else None) as console:
        talk, page = await console.citizen()
        dinh = await console.desk.helper("dinh", commune=None)
        await talk.says("gặp người")
        case = await dinh.takes(await console.desk.waiting())
        yield Scene(console, talk, page, dinh, case, files)


@pytest.fixture
async def seen(settings: Settings, written: Written, clock: Clock, database: Database) -> AsyncIterator[Scene]:
    """On each database in turn. Nothing here needs a language model."""
    async with scene(House(settings, database, written, None, clock), settings) as one:
        yield one


@pytest.fixture
def house(settings: Settings, written: Written, clock: Clock, sqlite: Database) -> House:
    return House(settings, sqlite, written, None, clock)


@pytest.fixture
async def one(house: House, settings: Settings) -> AsyncIterator[Scene]:
    """On SQLite alone, where storage does not matter."""
    async with scene(house, settings) as it:
        yield it


async def test_a_picture_reaches_the_owner_and_each_look_is_written_down(seen: Scene) -> None:
    assert (await seen.uploads(with_secrets("JPEG"))).json() == {"id": 4, "new": True, "text": "(đã gửi ảnh)"}
    for look in (1, 2):
        shown = await seen.looks(seen.dinh)
        assert shown.status_code == 200
        assert len(await seen.looked()) == look
    assert await seen.looked() == [(f"volunteer:{seen.dinh.id}", f"case:{seen.case.id}", "attachment:1")] * 2
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert SECRET.encode() not in shown.content
    kinds = ("content-type", "content-disposition", "x-content-type-options", "cache-control", "cross-origin-resource-policy")
    assert [shown.headers[kind] for kind in kinds] == [PICTURE, "inline", "nosniff", "no-store", "same-origin"]
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "content-encoding" not in shown.headers


async def test_the_case_page_shows_it_to_its_owner_alone(one: Scene) -> None:
    await one.uploads()
    address = f"/desk/cases/{one.case.id}/attachments/1"
    mine = await one.case_page(one.dinh)
    assert f'<img loading="lazy" src="{address}"' in mine
    over = await one.case_page(await one.console.desk.helper("boss", commune=None, role=Role.COORDINATOR))
    assert address not in over
    assert OWN_ONLY.split(" mới")[0] in over
    policy = (await (await one.console.browser(one.dinh)).get(f"/desk/cases/{one.case.id}")).headers["content-security-policy"]
    assert "img-src 'self'" in policy
    assert "media-src 'self'" in policy
    assert await one.looked() == [], "the page alone is no look"


async def test_nobody_but_the_owner_sees_it(seen: Scene) -> None:
    await seen.uploads()
    desk = seen.console.desk
    others = [
        await desk.helper("nga", commune=None),
        await desk.helper("boss", commune=None, role=Role.COORDINATOR),
        await desk.helper("root", commune=None, role=Role.ADMIN),
        await desk.helper("far", commune="xa_bac_me"),
    ]
    for other in others:
        refused = await seen.looks(other)
        assert refused.status_code == 409
        assert b"\xff\xd8" not in refused.content
    stranger = await seen.looks(None)
    assert (stranger.status_code, stranger.headers["location"]) == (303, f"/desk/sign-in?next=/desk/cases/{seen.case.id}/attachments/1")
    assert await seen.looked() == []


async def test_given_back_between_the_sending_and_the_look(seen: Scene) -> None:
    await seen.uploads()
    await seen.dinh.gives_back(seen.case)
    refused = await seen.looks(seen.dinh)
    assert (refused.status_code, OWN_ONLY in refused.text) == (409, True)


async def test_passed_on_it_is_the_next_ones_and_no_longer_the_first_ones(seen: Scene) -> None:
    await seen.uploads()
    nga = await seen.console.desk.helper("nga", commune=None)
    await seen.dinh.passes_on(seen.case, None)
    for one in (seen.dinh, nga):
        assert (await seen.looks(one)).status_code == 409
    await nga.takes(seen.case)
    assert [(await seen.looks(one)).status_code for one in (seen.dinh, nga)] == [409, 200]


async def test_a_removed_volunteer_sees_nothing_with_the_session_still_in_the_browser(seen: Scene) -> None:
    await seen.uploads()
    browser, address = await seen.console.browser(seen.dinh), f"/desk/cases/{seen.case.id}/attachments/1"
    assert (await browser.get(address)).status_code == 200
    await seen.database.run(lambda tx: people.change(tx, seen.dinh.id, removed_at=seen.house.clock()))
    assert (await browser.get(address)).status_code == 303
    assert len(await seen.looked()) == 1


async def test_after_a_day_it_is_gone_and_said_so(seen: Scene) -> None:
    await seen.uploads()
    seen.house.clock.forward(DAY - 1)
    assert (await seen.looks(seen.dinh)).status_code == 200
    seen.house.clock.forward(1)
    late = await seen.looks(seen.dinh)
    assert (late.status_code, GONE in late.text) == (410, True)
    await seen.dinh.says(seen.case, "Cháu đây ạ")  # so that it stays hers while time goes by
    await seen.console.desk.passes(seconds=1)
    assert await seen.kept() == []
    assert (await seen.looks(seen.dinh)).status_code == 410
    assert GONE in await seen.case_page(seen.dinh)


async def test_another_cases_picture_is_none_of_this_case(one: Scene) -> None:
    await one.uploads()
    other, _ = await one.console.citizen()
    await other.says("gặp người")
    second = await one.dinh.takes(await one.console.desk.waiting())
    browser = await one.console.browser(one.dinh)
    assert (await browser.get(f"/desk/cases/{second.id}/attachments/1")).status_code == 410
    for number, attachment_id in ((one.case.id, 99), (one.case.id, 2**80), (2**80, 1), (99, 1)):
        answer = await browser.get(f"/desk/cases/{number}/attachments/{attachment_id}")
        assert answer.status_code in (404, 409, 410)
    assert await one.looked() == []


async def test_sent_twice_it_is_kept_once(seen: Scene) -> None:
    answers = [await seen.uploads() for _ in range(3)]
    assert [answer.json()["new"] for answer in answers] == [True, False, False]
    assert len(await seen.kept()) == 1


async def test_while_the_assistant_speaks_it_is_refused(seen: Scene) -> None:
    await seen.dinh.gives_back(seen.case)
    late = await seen.uploads()
    assert late.status_code == 409
    assert "chưa có người xem ảnh" in late.json()["message"]
    assert await seen.kept() == []


@pytest.mark.parametrize("owner", [OwnerKind.BOT, OwnerKind.QUEUE])
async def test_it_is_dropped_where_no_person_speaks_at_the_moment_it_is_stored(seen: Scene, owner: OwnerKind) -> None:
    """The picture was on its way while the case changed hands; then the assistant's friendly word follows."""
    if owner is OwnerKind.BOT:
        await seen.dinh.gives_back(seen.case)
    else:
        await seen.dinh.passes_on(seen.case, None)
    await seen.house.app.door(Inbound(seen.talk.address, "77", Kind.PHOTO, attachment=Attachment(PICTURE, picture())))
    assert await seen.kept() == [], "before any turn"
    await seen.house.work()
    assert seen.house.records[-1].replies[0].block == "common.photo"


async def test_what_the_assistant_answers_after_all_it_does_not_keep(seen: Scene) -> None:
    """Sent to a person who gave the conversation back before anybody had read it: the assistant says that it keeps no pictures."""
    await seen.house.app.door(Inbound(seen.talk.address, "77", Kind.PHOTO, attachment=Attachment(PICTURE, picture())))
    assert len(await seen.kept()) == 1
    await seen.dinh.gives_back(seen.case)
    await seen.house.work()
    assert seen.house.records[-1].replies[0].block == "common.photo"
    assert await seen.kept() == []


async def test_taken_after_it_was_refused_the_same_picture_may_come(one: Scene) -> None:
    await one.dinh.passes_on(one.case, None)
    assert (await one.uploads()).status_code == 409
    await one.dinh.takes(one.case)
    assert (await one.uploads()).json()["new"]
    assert len(await one.kept()) == 1


async def test_a_repeated_delivery_keeps_nothing_that_the_first_did_not(seen: Scene) -> None:
    await seen.dinh.passes_on(seen.case, None)
    await seen.sends(Attachment(PICTURE, reference="x"))
    await seen.dinh.takes(seen.case)
    await seen.house.app.door(Inbound(seen.talk.address, "77", Kind.PHOTO, attachment=Attachment(PICTURE, reference="x")))
    assert await seen.kept() == []


async def test_pictures_of_an_album_are_one_to_the_assistant_and_each_its_own_to_a_person(seen: Scene) -> None:
    async def album(*ids: str) -> list[bool]:
        door, address = seen.house.app.door, seen.talk.address
        pieces = [Attachment(PICTURE, reference=one, own_id=one) for one in ids]
        return [(await door(Inbound(address, "album-7", Kind.PHOTO, attachment=piece))).new for piece in pieces]

    assert await album("11", "12", "11") == [True, True, False]
    assert len(await seen.kept()) == 2
    await seen.house.work()
    await seen.dinh.passes_on(seen.case, None)
    assert await album("11", "12") == [False, False], "brought again, it is no new album to the assistant"
    assert await album("13", "14") == [True, False]
    await seen.house.work()
    await seen.dinh.takes(seen.case)
    assert await album("13", "14") == [False, False], "brought again, it does not come to a person who was not there"
    assert len(await seen.kept()) == 2


async def test_message_and_picture_are_stored_both_or_neither(seen: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise StoreBusy("the machine dies between the two")

    async def count() -> int:
        return await seen.database.read(lambda tx: int(tx.scalar(select(func.count()).select_from(message)) or 0))

    before = await count()
    with monkeypatch.context() as patched:
        patched.setattr(attachments, "keep", breaks)
        assert (await seen.uploads()).status_code == 503
    assert (await count(), await seen.kept()) == (before, [])
    assert (await seen.uploads()).json()["new"]
    assert len(await seen.kept()) == 1


async def test_the_first_picture_tells_who_sees_it_and_for_how_long_and_the_next_does_not(seen: Scene) -> None:
    turns = len(seen.house.records)
    await seen.uploads()
    await seen.uploads(key="key-picture-2")
    assert len(seen.house.records) == turns + 2
    assert (await seen.told()).count("desk.attachment_kept") == 1
    await seen.dinh.passes_on(seen.case, None)
    await seen.dinh.takes(seen.case)
    await seen.uploads(key="key-picture-3")
    assert (await seen.told()).count("desk.attachment_kept") == 2


async def test_the_words_under_a_picture_are_masked_and_it_is_kept(one: Scene) -> None:
    await one.sends(Attachment(PICTURE, picture()), text="số của tôi 001099000123 đây")
    page = await one.case_page(one.dinh)
    assert "001099000123" not in page
    assert "/attachments/1" in page
    assert {"common.masked", "desk.attachment_kept"} <= {part for block in await one.told() for part in block.split("+")}


async def test_a_forgotten_conversation_takes_its_pictures_along(seen: Scene) -> None:
    for key in ("key-picture-1", "key-picture-2"):
        await seen.uploads(key=key)
    assert len(await seen.kept()) == 2
    conversation = await seen.console.desk.conversation(seen.talk)
    await seen.database.run(lambda tx: forget.empty(tx, seen.database.keyring, conversation.id, seen.house.clock()))
    assert await seen.kept() == []
    assert (await seen.looks(seen.dinh)).status_code == 409


async def test_an_old_message_takes_its_picture_along(seen: Scene) -> None:
    await seen.uploads()
    seen.house.clock.forward(91 * 86400)
    await seen.house.tidy()
    assert await seen.kept() == []


async def test_a_deleted_conversation_too(seen: Scene) -> None:
    await seen.uploads()
    conversation = await seen.console.desk.conversation(seen.talk)
    await seen.database.run(lambda tx: forget.forget(tx, seen.database.keyring, conversation.id, seen.house.clock()))
    assert await seen.kept() == []


async def test_at_rest_nobody_can_read_it(house: House, settings: Settings, tmp_path: Path) -> None:
    async with scene(house, settings) as it:
        await it.uploads()
        await it.sends(Attachment(PICTURE, reference="the-file-of-the-citizen"))
        rows = sqlite3.connect(tmp_path / "danloi.db").execute("SELECT data, reference FROM attachment").fetchall()
        stored = b"".join(part for row in rows for part in row if part)
        assert len(stored) > 600
        assert b"\xff\xd8\xff" not in stored
        assert b"the-file" not in stored


# --- what lies with Telegram


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with telegram_server() as server:
        server.files = {"large": with_secrets("JPEG"), "spoken": SPOKEN, "page": b"<script>alert(1)</script>"}
        yield server


@pytest.fixture
async def far(house: House, settings: Settings, telegram: TelegramServer) -> AsyncIterator[Scene]:
    """As if the citizen were on Telegram: what they send lies there."""
    channel = Telegram(TOKEN, words, FakeOffice(), api=telegram.url, patience=QUICKLY)
    async with scene(house, settings, channel) as it:
        yield it
    await channel.close()


async def test_a_picture_on_telegram_is_fetched_at_each_look_and_not_before(far: Scene, telegram: TelegramServer) -> None:
    await far.sends(Attachment(PICTURE, reference="large"))
    await far.case_page(far.dinh)
    assert telegram.asked("getFile") == []
    for look in (1, 2):
        shown = await far.looks(far.dinh)
        assert (shown.status_code, shown.headers["content-type"]) == (200, PICTURE)
        assert SECRET.encode() not in shown.content
        assert (len(telegram.downloads), len(await far.looked())) == (look, look)
    nobody = await far.console.desk.helper("nga", commune=None)
    assert (await far.looks(nobody)).status_code == 409
    assert len(telegram.downloads) == 2, "nothing is fetched for who may not see it"


async def test_a_voice_on_telegram_is_heard_as_it_came(far: Scene) -> None:
    await far.sends(Attachment(VOICE, reference="spoken"), kind=Kind.VOICE)
    heard = await far.looks(far.dinh)
    assert (heard.headers["content-type"], heard.content) == (VOICE, SPOKEN)
    assert '<audio controls preload="none"' in await far.case_page(far.dinh)


@pytest.mark.parametrize(
    ("what", "fault", "status"),
    [
        (Attachment(PICTURE, reference="unknown"), None, 410),
        (Attachment(PICTURE, reference="large"), FileFault.GONE, 410),
        (Attachment(PICTURE, reference="large"), FileFault.TOO_BIG, 413),
        (Attachment(PICTURE, reference="large"), FileFault.SLOW, 503),
        (Attachment(PICTURE, reference="large"), FileFault.ELSEWHERE, 503),
        (Attachment(PICTURE, reference="page"), None, 415),
        (Attachment(VOICE, reference="page"), None, 415),
        (Attachment(VOICE, reference="large"), None, 415),
    ],
)
async def test_what_can_not_be_fetched_is_said_plainly(
    far: Scene, telegram: TelegramServer, what: Attachment, fault: FileFault | None, status: int
) -> None:
    await far.sends(what)
    if fault:
        telegram.file_faults.append(fault)
    answer = await far.looks(far.dinh)
    assert answer.status_code == status
    assert "Bạn" in answer.text
    assert b"<script>alert" not in answer.content


HEARD = [
    (SPOKEN, "audio/ogg"),
    (b"\xff\xf1\x50\x80" + bytes(200), "audio/aac"),
    (b"\x00\x00\x00\x20ftypM4A " + bytes(200), "audio/mp4"),
    (b"\xff\xfb\x90\x00" + bytes(200), "audio/mpeg"),
    (b"ID3\x04" + bytes(200), "audio/mpeg"),
    (picture(), None),
    (b"<script>alert(1)</script>", None),
    (b"\xff", None),
    (b"", None),
]


async def test_what_lies_with_zalo_is_seen_and_heard_as_what_its_bytes_are(house: House, settings: Settings) -> None:
    async with media_server() as media:
        oa = zalo_channel(ZaloServer(time.time), media=(media.url,))
        async with scene(house, settings, oa) as far:
            media.files = {"shown": with_secrets("PNG"), **{f"v{number}": data for number, (data, _) in enumerate(HEARD)}}
            await far.sends(Attachment(PICTURE, reference=media.address("shown")), "of-a-picture")
            shown = await far.looks(far.dinh)
            assert (shown.status_code, shown.headers["content-type"], SECRET.encode() in shown.content) == (200, PICTURE, False)
            for number, (data, media_type) in enumerate(HEARD):
                await far.sends(Attachment(VOICE, reference=media.address(f"v{number}")), str(number), Kind.VOICE)
                heard = await far.looks(far.dinh, number + 2)
                if media_type is None:
                    assert (heard.status_code, data in heard.content) == (415, not data)
                else:
                    assert (heard.headers["content-type"], heard.content) == (media_type, data)
        await oa.close()


async def test_given_back_while_it_was_on_its_way_from_telegram(far: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await far.sends(Attachment(PICTURE, reference="large"))
    fetch = far.files.fetch

    async def late(reference: str, most: int) -> Any:
        fetched = await fetch(reference, most)
        await far.dinh.gives_back(far.case)
        return fetched

    monkeypatch.setattr(far.files, "fetch", late)
    answer = await far.looks(far.dinh)
    assert (answer.status_code, OWN_ONLY in answer.text) == (409, True)
    assert b"\xff\xd8" not in answer.content


async def test_a_channel_that_is_no_longer_there_has_nothing_to_fetch(one: Scene) -> None:
    await one.sends(Attachment(PICTURE, reference="large"))
    answer = await one.looks(one.dinh)
    assert answer.status_code == 503
    assert any(text in answer.text for _, text in UNFETCHED.values())


async def test_a_media_type_of_another_hand_is_never_sent(one: Scene) -> None:
    await one.sends(replace(Attachment(PICTURE, picture()), media_type="text/html"))
    assert (await one.looks(one.dinh)).status_code == 410
