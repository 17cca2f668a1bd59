"""«dữ liệu của tôi»: what is kept is told, a copy given, a correction asked for, consent taken back; and each leaves its proof."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, select, update
from sqlalchemy.exc import DBAPIError

from bot.channels.base import Limits, Markup
from bot.channels.webchat_files import Files
from bot.desk import copies
from bot.model.clock import today
from bot.model.errors import StoreError
from bot.model.message import Address, Inbound, Kind, Refused
from bot.model.privacy import TERMS, Act, Purpose, RequestKind
from bot.settings import Settings
from bot.store import consents, holdings, requests
from bot.store.database import Database
from bot.store.ids import NOBODY
from bot.store.tables import consent_log, data_request, message
from bot.written import Written

from ..conftest import Clock
from ..desk.helpers import Desk
from ..talk import House, Talk


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, clock: Clock) -> House:
    """Without a language model: what people ask of us is understood exactly, or not at all."""
    return House(settings, database, written, None, clock)


@pytest.fixture
async def an(house: House) -> Talk:
    return await house.talk("an")


async def rows(house: House, table: Table) -> Sequence[Any]:
    return await house.app.database.read(lambda tx: tx.execute(select(table).order_by(table.c.id)).all())


async def written(house: House) -> Sequence[Any]:
    """Messages of anybody."""
    return [row for row in await rows(house, message) if row.channel != NOBODY.channel]


async def log(house: House) -> list[tuple[str, str, str | None]]:
    return [(row.purpose, row.act, row.block) for row in await rows(house, consent_log)]


async def open_requests(house: House) -> list[tuple[RequestKind, bool]]:
    found = await house.app.database.read(lambda tx: requests.listing(tx, everything=True))
    return sorted((one.kind, one.done_at is not None) for one in found)


async def test_what_is_kept_is_told_and_what_may_be_asked_for(an: Talk, house: House) -> None:
    await an.says("chào")
    house.clock.forward(86400)
    turn = await an.says("du lieu cua toi")
    assert turn.blocks == ["privacy.held", "privacy.seen_by", "privacy.rights"]
    assert "**3 tin nhắn** từ ngày 23/11/2026" in turn.text
    assert "đủ **90 ngày** thì tự xóa" in turn.text
    assert "hết ngày 22/02/2027" in turn.text
    assert "không ai đọc" in turn.text
    assert turn.labels == ["Xin bản sao", "Nhờ sửa", "Xóa dữ liệu", "Rút lại đồng ý"]
    assert await open_requests(house) == [(RequestKind.SEE, True)]


async def test_who_sees_it_is_told_by_name(an: Talk, house: House) -> None:
    await an.says("gặp người")
    assert "đang chờ người giúp" in (await an.says("/dulieu")).text
    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    await dinh.takes(await desk.waiting())
    conversation = await desk.conversation(an)
    held = await house.app.database.read(lambda tx: holdings.of(tx, conversation.id, house.clock()))
    assert held.helper == "Giàng Thị Dinh"


async def test_in_a_guide_the_way_back_is_offered(an: Talk) -> None:
    await an.says("định danh mức 2")
    await an.taps_value("topic:eid_level_2", 1)
    turn = await an.says("dữ liệu của tôi")
    assert turn.labels[-1] == "Làm tiếp"
    assert (await an.taps("Làm tiếp")).blocks == ["eid_level_2.age"]


async def test_a_copy_on_the_web_is_a_link_that_works_once(an: Talk, house: House) -> None:
    await an.says("tôi ở thôn Nà Lách bên suối")
    await an.says("dữ liệu của tôi")
    turn = await an.taps("Xin bản sao")
    (token,) = re.findall(r"/chat/copy/([A-Za-z0-9_-]{43})", turn.text)
    database, now = house.app.database, house.clock()
    number = await database.run(lambda tx: holdings.take_copy(tx, token, now))
    assert number is not None
    whole = await database.read(lambda tx: holdings.copy(tx, database.keyring, number, internal=False))
    assert "Người nhắn: tôi ở thôn Nà Lách bên suối" in copies.text(whole)
    assert await database.run(lambda tx: holdings.take_copy(tx, token, now)) is None


async def test_a_link_is_over_after_fifteen_minutes_and_nobodys_once_they_are_forgotten(an: Talk, house: House) -> None:
    await an.says("xin bản sao")
    turn = await an.says("xin bản sao")
    (token,) = re.findall(r"/chat/copy/([A-Za-z0-9_-]{43})", turn.text)
    late = house.clock.now.replace(minute=16)
    assert await house.app.database.run(lambda tx: holdings.take_copy(tx, token, late)) is None
    await an.says("xóa dữ liệu của tôi")
    await an.taps("Xóa hết")
    number = await house.app.database.run(lambda tx: holdings.take_copy(tx, token, house.clock()))
    assert number is not None
    whole = await house.app.database.read(lambda tx: holdings.copy(tx, house.app.database.keyring, number, internal=False))
    assert [one["text"][:15] for one in whole["messages"]] == ["Mình đã xóa hết"]


async def test_elsewhere_a_copy_is_words_within_the_channels_limits(
    settings: Settings, database: Database, written: Written, clock: Clock
) -> None:
    house = House(settings, database, written, None, clock)
    house.app.rights._place.room["small"] = 4 * 400  # type: ignore[index]
    house.app.script._limits = {**house.app.limits, "small": Limits(Markup.PLAIN, max_text=400, messages_per_turn=8)}
    house.app.workers._channels.append("small")
    talk = Talk(house, Address("small", "an"))
    for number in range(30):
        await talk.says(f"câu số {number} của tôi, kể dài thêm vài chữ")
    turn = await talk.says("xin bản sao dữ liệu của tôi")
    assert 1 < len(turn.replies) <= 8
    assert all(len(reply.text) <= 400 for reply in turn.replies)
    assert "câu số 29 của tôi" in turn.text
    assert "câu số 1 của tôi" not in turn.text
    assert re.search(r"còn \d+ dòng cũ hơn", turn.text)


async def test_a_correction_waits_for_a_person_with_its_days(an: Talk, house: House) -> None:
    await an.says("dữ liệu của tôi")
    turn = await an.taps("Nhờ sửa")
    assert turn.blocks == ["privacy.correction", "desk.handed_over"]
    assert f"**{TERMS[RequestKind.CORRECT].days} ngày**" in turn.text
    await an.says("sửa dữ liệu của tôi")
    found = await house.app.database.read(requests.listing)
    assert [(one.kind, one.case_id is not None) for one in found] == [(RequestKind.CORRECT, True)]
    assert (found[0].due_at - found[0].made_at).days == 10
    assert found[0].answer_by.isoformat() == "2026-11-26T10:00:00+00:00"  # asked on Monday 23/11; 24/11 is a holiday
    assert found[0].answered_at is not None


async def test_deletion_leaves_its_proof_and_nobodys_name(an: Talk, house: House) -> None:
    await an.says("dữ liệu của tôi")
    await an.taps("Nhờ sửa")
    await an.says("xóa dữ liệu của tôi")
    await an.taps("Xóa hết")
    assert await open_requests(house) == [(RequestKind.CORRECT, True), (RequestKind.DELETE, True), (RequestKind.SEE, True)]
    assert {row.conversation_id for row in await rows(house, data_request)} == {None}
    assert ("chat", "given", "web.consent_text") in await log(house)
    assert ("chat", "withdrawn", None) not in await log(house)


async def test_consent_is_taken_back_by_two_taps_and_whoever_writes_then_must_agree_anew(an: Talk, house: House) -> None:
    await an.says("gặp người")
    assert (await an.says("toi muon rut lai dong y")).labels == ["Rút và xóa hết", "Không xóa"]
    assert (await an.says("không")).blocks == ["common.kept"]
    await an.says("rút lại đồng ý")
    assert (await an.taps("Rút và xóa hết")).blocks == ["privacy.withdrawn"]
    assert [(row.direction, row.block) for row in await written(house)] == [("out", "privacy.withdrawn")]
    assert (await log(house))[-2:] == [("chat", "withdrawn", None), ("person", "withdrawn", None)]
    received = await house.app.door(Inbound(an.address, "k9", Kind.TEXT, "còn đây"))
    assert (received.refused, received.id) == (Refused.NO_CONSENT, 0)
    assert len(await written(house)) == 1
    await house.app.door.consent(an.address, "2")
    assert (await an.says("chào")).blocks == ["common.greet"]


async def test_where_no_page_asks_the_first_words_are_said_again(house: House) -> None:
    talk = await house.talk("an", consented=False)
    assert (await talk.says("chào")).blocks[0] == "common.first_words"
    await talk.says("rút lại đồng ý")
    await talk.taps("Rút và xóa hết")
    assert (await talk.says("chào")).blocks[0] == "common.first_words"
    assert (await talk.says("chào")).blocks[0] != "common.first_words"
    assert [act for _, act, _ in await log(house)] == ["told", "withdrawn", "told"]


async def test_the_log_says_for_what_by_which_words_and_when(an: Talk, house: House) -> None:
    await an.says("gặp người")
    await an.taps("Để lại số gọi lại")
    await an.says("0912 345 678")
    assert await log(house) == [
        ("chat", "given", "web.consent_text"),
        ("person", "given", "desk.handed_over"),
        ("call_back", "given", "desk.call_back_ask"),
    ]
    (first, *_) = await rows(house, consent_log)
    assert (first.version, first.words_hash, first.at) == ("1", "", house.clock())  # a page with words that are no more


async def test_the_pages_version_leads_to_its_words(house: House, written: Written) -> None:
    files = Files(lambda block: written.words.text(f"web.{block}", today(house.clock())), str)
    await house.app.door.consent(Address("web", "binh"), files._filled("consent_version"))
    (line,) = await rows(house, consent_log)
    assert len(line.words_hash) == 64
    assert line.words_hash.startswith(line.version)


async def test_the_same_again_is_one_line_and_other_words_are_another(an: Talk, house: House) -> None:
    await house.app.door.consent(an.address, "1")
    await house.app.door.consent(an.address, "1")
    assert len(await log(house)) == 1
    await house.app.door.consent(an.address, "2")
    assert len(await log(house)) == 2


async def test_a_line_of_the_log_cannot_be_changed_and_names_nobody(an: Talk, house: House) -> None:
    with pytest.raises((StoreError, DBAPIError)):
        await house.app.database.run(lambda tx: tx.execute(update(consent_log).values(act=Act.WITHDRAWN)).rowcount)
    (line,) = await rows(house, consent_log)
    keys = house.app.database.keyring
    assert line.act == "given"
    assert line.subject == keys.subject_key(an.address) != keys.address_key(an.address)
    assert "an" not in (line.subject, line.channel)
    entry = await house.app.database.read(lambda tx: consents.last(tx, keys.subject_key(an.address), Purpose.CHAT))
    assert entry is not None


async def test_who_only_asks_about_the_law_is_answered_about_the_law(an: Talk) -> None:
    about_the_law = (
        "luật bảo vệ dữ liệu cá nhân cho dân quyền gì",
        "ai được xem thông tin của em trên VNeID",
        "dữ liệu của tôi trên VNeID có an toàn không",
        "rút lại đồng ý là gì theo luật",
    )
    for text in about_the_law:
        assert not {"privacy.held", "privacy.withdraw_confirm"} & set((await an.says(text)).blocks)


async def test_with_a_person_it_is_told_how(an: Talk, house: House) -> None:
    await an.says("tôi ở xã Đồng Văn")
    await an.says("gặp người")
    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    await dinh.takes(await desk.waiting())
    await house.app.door(Inbound(an.address, "k1", Kind.TEXT, "dữ liệu của tôi"))
    await house.work()
    assert [row.block for row in await rows(house, message)][-1] == "desk.forget_here"
