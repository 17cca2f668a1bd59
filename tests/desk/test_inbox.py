"""Somebody answers in the platform's own inbox, beside us: the assistant does not speak over them, and comes back when they are silent."""

from datetime import datetime, timedelta

import pytest

from bot.model.case import CaseStatus
from bot.model.conversation import BOT, INBOX, QUEUE, OwnerKind, volunteer
from bot.model.delivery import Status, Unknown
from bot.model.errors import TooLate
from bot.store.tables import message

from ..talk import House, Talk
from .helpers import Desk

MINUTE = 60


@pytest.fixture
def desk(house_on_each: House) -> Desk:
    return Desk(house_on_each)


async def echo(
    desk: Desk, talk: Talk, text: str = "Chào bác, cháu ở xã đây", sent_id: str = "elsewhere", at: datetime | None = None
) -> None:
    await desk.house.app.door.echo(talk.address, sent_id, text, at or desk.house.clock())


async def later(desk: Desk, minutes: float) -> None:
    desk.house.clock.forward(minutes * MINUTE)
    await desk.house.app.timers.round()


async def test_the_assistant_is_silent_while_somebody_answers_in_the_inbox(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("làm định danh mức 2 thế nào")
    await echo(desk, an)
    assert (await desk.conversation(an)).owner == INBOX
    assert "lease" in await desk.armed(await desk.conversation(an))
    assert await desk.house.deliver() == []  # what the assistant had written is not said over them
    silent = await an.says("vâng, tôi hỏi thêm")
    assert (silent.blocks, silent.record.owner) == ([], OwnerKind.HUMAN)


async def test_each_word_of_theirs_keeps_the_assistant_silent_for_half_an_hour(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    await echo(desk, an)
    await later(desk, 20)
    await echo(desk, an, sent_id="another")
    await later(desk, 20)
    assert (await desk.conversation(an)).owner == INBOX
    await later(desk, 11)
    assert (await desk.conversation(an)).owner == BOT


async def test_what_nobody_answered_in_the_inbox_the_assistant_answers(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    await desk.house.deliver()
    await echo(desk, an)
    await later(desk, 1)
    await an.says("làm hộ chiếu hết bao nhiêu tiền")
    assert await desk.house.deliver() == desk.house.platform.texts
    before = len(desk.house.records)
    await later(desk, 40)
    await desk.house.work()
    (record,) = desk.house.records[before:]
    assert any(reply.block.startswith("passport.") for reply in record.replies)


async def test_what_they_did_answer_is_not_answered_again(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    await echo(desk, an)
    await later(desk, 1)
    await an.says("làm hộ chiếu hết bao nhiêu tiền")
    await later(desk, 1)
    await echo(desk, an, "160.000 đồng bác nhé", "another")
    before = len(desk.house.records)
    await later(desk, 40)
    await desk.house.work()
    assert desk.house.records[before:] == []
    assert (await desk.conversation(an)).owner == BOT


async def test_a_waiting_case_waits_again_afterwards_and_nobody_takes_it_meanwhile(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await desk.waiting()
    await echo(desk, an)
    assert (await desk.conversation(an)).owner == INBOX
    with pytest.raises(TooLate, match="hộp thư"):
        await dinh.takes(case)
    await later(desk, 31)
    after = await desk.conversation(an)
    assert after.owner == QUEUE
    assert await desk.armed(after) >= {"promise"}
    assert (await desk.case(case.id)).status is CaseStatus.OPEN
    await dinh.takes(case)


async def test_a_volunteer_who_has_the_case_keeps_it_and_reads_of_it(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await echo(desk, an)
    assert (await desk.conversation(an)).owner == volunteer(dinh.id)
    assert any("hộp thư" in note.text for note in await desk.notes(case.id))


async def test_the_citizen_goes_back_to_the_assistant_whatever_the_inbox_says(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    said_at = desk.house.clock()
    await echo(desk, an)
    desk.house.clock.forward(MINUTE)
    await an.says("quay lại trợ lý")
    assert (await desk.conversation(an)).owner == BOT
    await echo(desk, an, at=said_at)  # the same, repeated by the platform
    assert (await desk.conversation(an)).owner == BOT


async def test_an_echo_that_comes_hours_late_takes_nothing(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    await echo(desk, an, at=desk.house.clock() - timedelta(hours=2))
    assert (await desk.conversation(an)).owner == BOT


async def test_somebody_who_never_wrote_to_us_may_be_written_to_in_the_inbox(desk: Desk) -> None:
    an = await desk.house.talk("an", consented=False)
    await echo(desk, an)
    assert (await desk.conversation(an)).owner == INBOX


# --- our own


async def test_the_echo_of_what_we_said_is_known_by_its_id(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    await desk.house.deliver()
    for out in desk.house.platform.got:
        await echo(desk, an, "bất kỳ", f"id-{out.id}")
    assert (await desk.conversation(an)).owner == BOT


async def test_an_echo_that_is_here_before_the_answer_to_our_send(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("chào")
    (sender,) = desk.house.app.senders
    desk.house.platform.gate.clear()
    await sender.round()
    await desk.house.app.database.run(lambda tx: None)
    for _ in range(20):
        if desk.house.platform.got:
            break
        await desk.house.app.database.run(lambda tx: None)
    (under_way,) = desk.house.platform.got
    await echo(desk, an, f"{under_way.text}\n\n1. Xem mục lục\n2. Gặp người", "not known yet")
    await echo(desk, an, "", "an echo of a picture, without words")
    assert (await desk.conversation(an)).owner == BOT
    await echo(desk, an, "Lời của người khác hẳn", "elsewhere")
    assert (await desk.conversation(an)).owner == INBOX
    desk.house.platform.gate.set()
    await sender.idle()


async def test_the_echo_of_a_message_that_nobody_knew_of_proves_that_it_arrived(desk: Desk) -> None:
    an = await desk.house.talk("an")
    desk.house.platform.answers.append(Unknown("timeout"))
    await an.says("chào")
    await desk.house.deliver()
    first = desk.house.platform.got[0]
    await echo(desk, an, first.text, "z-77")
    assert (await desk.conversation(an)).owner == BOT
    row = await desk.house.app.database.read(lambda tx: tx.execute(message.select().where(message.c.id == first.id)).one())
    assert (row.status, row.sent_id) == (Status.SENT, "z-77")


# --- a late word about who follows


async def test_who_left_and_wrote_since_is_not_closed_by_the_old_news(desk: Desk) -> None:
    an = await desk.house.talk("an")
    left_at = desk.house.clock()
    desk.house.clock.forward(MINUTE)
    await an.says("chào")
    await desk.house.app.door.reach(an.address, False, left_at)
    assert await desk.house.deliver() != []
    await desk.house.app.door.reach(an.address, False, desk.house.clock())
    await desk.house.app.door.reach(an.address, True, desk.house.clock())
