"""One citizen's turn from the door to the platform, over real parts: what comes twice, what must not be kept, what fails."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.listing import show
from bot.model.case import CaseReason, CaseStatus
from bot.model.conversation import Owner, OwnerKind
from bot.model.dialogue import Say
from bot.model.errors import WrittenError
from bot.model.message import Address, Inbound, Kind
from bot.store import cases, conversations
from bot.store.conversations import Change
from bot.store.database import Database, Tx
from bot.store.tables import metadata

from ..talk import House

ID_NUMBER = "001099000123"  # made up: no such person


async def test_from_the_door_to_the_platform(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    turn = await talk.says("lam sao de dang ky dinh danh muc 2")
    assert turn.blocks == ["eid_level_2.intro", "eid_level_2.age"]
    assert turn.record.heard[0].meaning is not None
    assert await house_on_each.deliver() == [reply.text.replace("**", "") for reply in turn.replies]


async def test_the_same_message_twenty_times_is_answered_once(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    inbound = Inbound(talk.address, "one-key", Kind.TEXT, "menu")
    received = await asyncio.gather(*(house_on_each.app.door(inbound) for _ in range(20)))
    assert sum(one.new for one in received) == 1
    await house_on_each.work()
    assert len(await house_on_each.deliver()) == 1


async def test_a_message_that_comes_late_was_written_when_the_platform_says(house_on_each: House) -> None:
    """From then on the platform counts what we may answer. Its clock may be ahead of ours, and a page tells no time."""
    talk, app = await house_on_each.talk("an"), house_on_each.app
    began, last = house_on_each.clock(), []
    for after in (-30, -60, -10, 3600, None):
        house_on_each.clock.forward(1)
        sent_at = None if after is None else began + timedelta(seconds=after)
        received = await app.door(Inbound(talk.address, f"sent {after}", Kind.TEXT, "menu", sent_at=sent_at))
        assert received.new
        moment = await app.database.read(lambda tx: conversations.last_inbound(tx, id_of(tx, app.database, talk.address)))
        assert moment is not None
        last.append((moment - began).total_seconds())
    assert last == [-30, -30, -10, 4, 5]


def id_of(tx: Tx, database: Database, address: Address) -> int:
    found = conversations.find(tx, database.keyring, address)
    assert found is not None
    return found


async def test_a_private_number_reaches_neither_database_nor_log_nor_model(
    house: House, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    nlu: Any = house.app.turn._reader._nlu
    parse = nlu.parse

    async def listen(text: str) -> Any:
        asked.append(text)
        return await parse(text)

    monkeypatch.setattr(nlu, "parse", listen)
    talk = await house.talk("an")
    turn = await talk.says(f"số thẻ của tôi là {ID_NUMBER} giờ làm sao để đăng ký mức 2")
    assert turn.blocks[0] == "common.masked"
    assert asked
    assert all(ID_NUMBER not in text for text in asked)
    kept = await house.app.database.read(conversation_dump)
    assert kept
    assert ID_NUMBER not in kept
    out = capfd.readouterr()
    assert ID_NUMBER not in out.out + out.err


def conversation_dump(tx: Tx) -> str:
    """Everything the tables hold, decrypted."""
    return "\n".join(repr(row) for table in metadata.sorted_tables for row in tx.execute(select(table)))


async def test_who_did_not_agree_beforehand_reads_first_that_this_is_a_machine(house: House) -> None:
    talk = await house.talk("an", consented=False)
    assert (await talk.says("chào")).blocks == ["common.first_words", "common.greet"]
    assert (await talk.says("chào")).blocks == ["common.greet"]


async def test_first_aid_comes_before_even_the_first_words(house: House) -> None:
    talk = await house.talk("an", consented=False)
    turn = await talk.says("tôi vừa đọc mã otp cho nó mất hết tiền rồi")
    assert turn.blocks[0] == "scam_victim.first_aid_1"
    assert turn.blocks[-1] == "common.first_words"


async def test_a_long_story_is_cut_and_the_citizen_is_told(house: House) -> None:
    talk = await house.talk("an")
    turn = await talk.says("đăng ký định danh mức 2 " + "dài dòng " * 120_000)
    assert turn.blocks[0] == "common.cut"
    assert len(turn.record.heard[0].text) <= 4000


async def test_texts_typed_one_after_the_other_are_one_utterance(house: House) -> None:
    talk = await house.talk("an")
    for number, text in enumerate(("cháu ơi cho bác hỏi", "bác muốn làm cái định danh", "mức 2 ấy")):
        await house.app.door(Inbound(talk.address, f"key-{number}", Kind.TEXT, text))
    await house.work()
    assert len(house.records) == 1
    assert house.records[0].flow == "eid_level_2"
    assert len(house.records[0].heard) == 1


async def test_a_case_holds_what_the_volunteer_needs(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    for line in ("đăng ký định danh mức 2", "1", "1", "cho gặp người"):
        turn = await talk.says(line)
    assert turn.record.owner is OwnerKind.QUEUE
    (case,) = await house_on_each.cases()
    assert (case.reason, case.status, case.topic) == (CaseReason.ASKED, CaseStatus.OPEN, "eid_level_2")
    assert case.note.wish.endswith("cho gặp người")
    assert (case.note.flow, case.note.step) == ("eid_level_2", "sim")
    assert case.note.progress is not None
    assert case.note.progress.startswith("3/")
    assert case.note.answers == {"age": "adult", "card": "valid"}
    assert "eid_level_2.card" in case.note.tried
    assert "OTP" in case.note.never_ask


async def test_a_case_tells_by_which_posters_link_the_citizen_came(house: House) -> None:
    talk = await house.talk("an")
    await talk.says("/start xa_dong_van")
    await talk.says("gặp người")
    (case,) = await house.cases()
    assert case.note.place == "xã Đồng Văn"
    assert "xa_dong_van" in await show(house.app.database, case.id, as_json=False)


async def test_one_conversation_has_one_open_case_and_urgency_stays(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("tôi vừa đọc mã otp cho nó mất hết tiền rồi")
    await talk.says("gặp người")
    (case,) = await house_on_each.cases()
    assert case.urgent
    assert case.reason is CaseReason.URGENT


async def test_while_a_person_speaks_the_assistant_is_silent(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("gặp người")
    database, now = house_on_each.app.database, house_on_each.clock()
    found = await database.read(lambda tx: conversations.find(tx, database.keyring, talk.address))
    assert found is not None
    seen = await database.read(lambda tx: conversations.get(tx, found))
    change = Change(seen.epoch, Owner(OwnerKind.HUMAN, "tnv"), by="tnv")
    assert await database.run(lambda tx: conversations.change_owner(tx, found, change, now))
    await house_on_each.app.door(Inbound(talk.address, "k", Kind.TEXT, "menu"))
    await house_on_each.work()
    assert (house_on_each.records[-1].owner, house_on_each.records[-1].replies) == (OwnerKind.HUMAN, ())
    assert await house_on_each.deliver() == []  # what was queued before the take went stale


async def test_a_turn_that_fails_is_tried_again_and_then_a_person_looks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    words: Any = house.app.script.words
    reply = words.reply

    def broken(say: Say, *more: Any) -> Any:
        if say.block == "common.menu":
            raise WrittenError([])
        return reply(say, *more)

    monkeypatch.setattr(words, "reply", broken)
    talk = await house.talk("an")
    await house.app.door(Inbound(talk.address, "k", Kind.TEXT, "menu"))
    for _ in range(6):
        await house.work()
        house.clock.forward(60)
    assert [reply.block for reply in house.records[-1].replies] == ["common.error"]
    (case,) = await house.cases()
    assert case.reason is CaseReason.BOT_ERROR
    assert case.note.wish == "menu"
    monkeypatch.undo()
    assert (await talk.says("chào")).blocks == ["common.greet"]


async def test_a_turn_that_fails_once_is_answered_the_next_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    words: Any = house.app.script.words
    failures = [WrittenError([])]
    reply = words.reply
    monkeypatch.setattr(words, "reply", lambda *given: (_ for _ in ()).throw(failures.pop()) if failures else reply(*given))
    talk = await house.talk("an")
    await house.app.door(Inbound(talk.address, "k", Kind.TEXT, "menu"))
    await house.work()
    assert house.records == []
    house.clock.forward(5)
    await house.work()
    assert [reply.block for reply in house.records[0].replies] == ["common.menu"]


async def test_silence_in_a_guide_is_reminded_of_once(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("đăng ký định danh mức 2")
    await house_on_each.deliver()
    house_on_each.clock.forward(19 * 3600)
    await house_on_each.app.timers.round()
    assert len(await house_on_each.deliver()) == 2
    house_on_each.clock.forward(2 * 3600)
    for _ in range(2):
        await house_on_each.app.timers.round()
    assert len(await house_on_each.deliver()) == 3


@pytest.mark.parametrize(("answer", "goes_on"), [("tiếp tục", True), ("1", True), ("có", True), ("2", False), ("dừng lại", False)])
async def test_what_answers_a_reminder_is_no_answer_to_the_step(house: House, answer: str, goes_on: bool) -> None:
    talk = await house.talk("an")
    for line in ("kích hoạt tài khoản định danh", "1", "1"):
        turn = await talk.says(line)
    assert turn.blocks == ["eid_activate.install"]
    house.clock.forward(21 * 3600)
    await house.app.timers.round()
    turn = await talk.says(answer)
    assert turn.blocks == (["common.back_to_step", "eid_activate.install"] if goes_on else ["common.stopped"])


async def test_a_reminder_that_comes_late_does_nothing(house: House) -> None:
    talk = await house.talk("an")
    await talk.says("đăng ký định danh mức 2")
    house.clock.forward(10 * 3600)
    await talk.says("1")  # goes on: the first reminder is late now, the second one waits for its own time
    before = len(await house.deliver())
    house.clock.forward(11 * 3600)
    await house.app.timers.round()
    assert len(await house.deliver()) == before
    house.clock.forward(10 * 3600)
    await house.app.timers.round()
    assert len(await house.deliver()) == before + 1


async def test_listing_and_showing_cases(house: House) -> None:
    from bot.desk.listing import listing, show
    from bot.model.errors import DanLoiError

    assert await listing(house.app.database, everything=False, as_json=False) == "Không có ca nào đang chờ."
    talk = await house.talk("an")
    await talk.says("tôi vừa đọc mã otp cho nó mất hết tiền rồi")
    line = await listing(house.app.database, everything=False, as_json=False)
    assert "GẤP" in line
    assert "scam_victim" in line
    page = await show(house.app.database, 1, as_json=False)
    assert "Không bao giờ hỏi: OTP" in page
    with pytest.raises(DanLoiError, match="case list"):
        await show(house.app.database, 99, as_json=False)
    closed = await house.app.database.read(lambda tx: cases.listing(tx, CaseStatus.CLOSED))
    assert closed == []


async def test_an_urgent_case_rings(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    talk = await house.talk("an")
    await talk.says("tôi vừa đọc mã otp cho nó mất hết tiền rồi")
    assert "case_opened" in capsys.readouterr().out
